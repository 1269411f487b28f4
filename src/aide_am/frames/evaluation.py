"""`evaluate_frame`: the answers of `evaluate` for a whole table, and `explain_row` for one of its rows."""

import difflib
import json
from collections.abc import Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..bareme import Bareme, Change
from ..closed import expected_type, shown
from ..decision import Decision
from ..errors import Refusal, RefusedData
from ..evaluation import check_choices, evaluate
from ..outcomes import bareme_recorded
from ..readings import Readings
from .backends import as_json, column_names, extended, opened, row_of
from .columns import BY_NAME, COLUMNS, OUTPUTS, dossier_of, in_columns
from .engine import Engine, engine
from .kernel import answer
from .reading import Table
from .results import Results
from .slices import Rows, uncovered, uncovered_by

BLOCK = 1 << 16
"""The rows that are answered together: what they need stays in the caches of a processor."""
MOST_EUROS, MOST_PATIENTS = 10**9, 10**6
"""What a column of sums holds, and the largest percentile that the positions of a table are made for."""
THREADS = 2
"""More would wait for one another: between two steps on arrays only one of them runs."""
NEAR = 0.82
"""How alike a foreign name must be to a known one, that is not there, to be taken for a slip."""


def evaluate_frame(
    frame: Any,
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> Any:
    """The table with the answers of `evaluate` in columns of their own, row by row.

    frame: pandas, Polars (eager or lazy), PyArrow, DuckDB or PySpark, one row a dossier.
    readings, bareme: as for `evaluate`.
    columns: column of a dossier → its name in this table; `None` says that there is none.
    Returns the same kind of table, the rows in number and order, the columns of `OUTPUTS` added. A row
    with refused data has its reasons in `error` and no answer. Raises `RefusedData` for a column that
    is missing, misspelt, or of a type that cannot hold it.
    """
    check_choices(readings, bareme)
    _check_mapping(columns)
    if bareme is not None:
        _within_columns(bareme)
    known = known_columns(column_names(opened(frame)), columns)
    called: dict[str, str | None] = {name: own for name, own in known.items() if name != own}
    called |= {name: None for name, own in (columns or {}).items() if own is None}
    return extended(frame, known, Solver(readings or Readings(), bareme, called))


class Solver:
    """What answers for a part of a table; it travels to other processes.

    called: column of a dossier → its name in the table where that differs, `None` where it has none.
    """

    def __init__(self, readings: Readings, bareme: Bareme | None, called: Mapping[str, str | None]) -> None:
        self.readings, self.bareme = readings, bareme
        self.called = renamed(called)
        self.codes = codes_of(readings, bareme, called)

    def __call__(self, columns: Mapping[str, Any], size: int) -> dict[str, Any]:
        """The output columns of a part of a table."""
        table, results = Table(size, columns, self.called), Results(size)
        law = engine(self.readings, self.bareme)
        slices = [(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
        with ThreadPoolExecutor(min(THREADS, len(slices)) or 1) as pool:
            for _ in pool.map(lambda ends: answer_slice(law, table, ends, results), slices):
                pass
        return results.arrays(self.codes)

    def __reduce__(self) -> Any:
        return _solver, (self.codes,)


def answer_slice(law: Engine, table: Table, ends: tuple[int, int], results: Results) -> None:
    """The answers of some rows: those that the codes cover at once, the others one by one."""
    start, stop = ends
    cells = Rows(table, start, stop)
    left = uncovered(cells) if law.exact else np.ones(cells.size, bool)
    others = [_set_apart(cells, left)]
    if cells.size:
        others.append(_set_apart(cells, uncovered_by(law, cells)))
    if cells.size:
        rows: Any = slice(start, stop) if cells.size == stop - start else cells.rows + start
        try:
            answer(law, cells, rows, results)
        except RefusedData:  # a refusal that no code foresaw: every row says its own
            others.append(cells.rows)
    for row in sorted(np.concatenate(others).tolist()):
        one_by_one(table, start + row, results, law.readings, law.bareme)


def _set_apart(cells: Rows, left: Any) -> Any:
    """The rows that are left to `evaluate`; the others stay in `cells`."""
    if not left.any():
        return np.empty(0, np.int64)
    apart = cells.rows[left]
    cells.keep(np.flatnonzero(~left))
    return apart


def one_by_one(table: Table, row: int, results: Results, readings: Readings, bareme: Bareme | None) -> None:
    """The answer of one row by `evaluate` itself, or the reasons of its refusal."""
    try:
        results.put(row, decided(table.cells(row), table.called, readings, bareme))
    except RefusedData as error:
        results.refuse(row, " ; ".join(map(str, error.refusals)))


def decided(
    cells: Mapping[str, Any], called: Mapping[str, str], readings: Readings, bareme: Bareme | None
) -> Decision:
    """The decision of one row; raises `RefusedData` under the names that the table uses."""
    try:
        return evaluate(dossier_of(cells), readings=readings, bareme=bareme)
    except RefusedData as error:
        raise in_columns(error.refusals, called) from None


def known_columns(names: Iterable[str], columns: Mapping[str, str | None] | None) -> dict[str, str]:
    """Column of a dossier → its name in a table that has these names; raises `RefusedData`."""
    present = [str(name) for name in names]
    given = dict(columns or {})
    found: list[Refusal] = [
        Refusal("columns", shown(name), f"une colonne de dossier : {', '.join(BY_NAME)}",
                "corrigez la clé de columns", "colonne_inconnue")
        for name in given if name not in BY_NAME
    ] + [
        Refusal(f"columns[{name}]", shown(own), f"une colonne du tableau : {', '.join(present)}",
                "corrigez le nom, ou None si le tableau ne l’a pas", "colonne_absente")
        for name, own in given.items() if name in BY_NAME and own is not None and own not in present
    ]  # fmt: skip
    known = {name: name for name in BY_NAME if name in present and name not in given}
    known |= {name: own for name, own in given.items() if own is not None and own in present}
    found += _taken(present)
    found += _absent(known, present)
    found += _misspelt(known, given, present)
    if found:
        raise RefusedData(found)
    return {column.name: known[column.name] for column in COLUMNS if column.name in known}


def _taken(present: list[str]) -> Iterable[Refusal]:
    for name in present:
        if name in OUTPUTS:
            remedy = "renommez-la ou retirez-la : rien n’est écrasé"
            yield Refusal(
                f"colonne {name}",
                "une colonne qui porte le nom d’une réponse",
                "un autre nom",
                remedy,
                "colonne_prise",
            )


def _absent(known: Mapping[str, str], present: list[str]) -> Iterable[Refusal]:
    for column in COLUMNS:
        if not column.required or column.name in known:
            continue
        if column.name == "specialite" and "specialite_am" in known:
            continue
        expected = "cette colonne, obligatoire"
        if column.name == "specialite":
            expected += " (ou specialite_am, avec mep)"
        near = difflib.get_close_matches(column.name, present, n=1, cutoff=0.6)
        remedy = f'donnez columns={{"{column.name}": "{near[0] if near else "…"}"}}, ou renommez la colonne'
        received = f"les colonnes {', '.join(present)}"
        yield Refusal(f"colonne {column.name}", received, expected, remedy, "colonne_absente")


def _misspelt(
    known: Mapping[str, str], given: Mapping[str, str | None], present: list[str]
) -> Iterable[Refusal]:
    """A foreign column whose name is nearly that of a known one: read as absent, it would be a guess."""
    free = [name for name in BY_NAME if name not in known and name not in given]
    used = set(known.values())
    for own in present:
        near = difflib.get_close_matches(own.casefold().replace(" ", "_"), free, n=1, cutoff=NEAR)
        if own in used or not near:
            continue
        name = near[0]
        remedy = f'donnez columns={{"{name}": "{own}"}}, ou columns={{"{name}": None}} si c’est autre chose'
        yield Refusal(f"colonne {own}", "un nom inconnu", f"« {name} » ?", remedy, "colonne_voisine")


def _check_mapping(columns: object) -> None:
    if columns is not None:
        remedy = 'écrivez par exemple columns={"date_signature": "Date signature"}'
        expected_type("columns", columns, Mapping, "une table : colonne d’un dossier → son nom ici", remedy)


def _within_columns(bareme: Bareme) -> None:
    """Refuse sums and percentiles that the columns of a table do not hold."""
    most = max(row.value or 0 for row in bareme.montants.rows.values())
    counts = max(cell or 0 for each in bareme.percentiles.values() for cell in each[:5])
    for what, found, limit in (("montants", most, MOST_EUROS), ("percentiles", counts, MOST_PATIENTS)):
        if found > limit:
            remedy = "corrigez la valeur, ou évaluez ces dossiers un par un"
            raise RefusedData(
                [Refusal(f"bareme.{what}", str(found), f"au plus {limit} dans un tableau", remedy, "bareme")]
            )


# --- One row again -----------------------------------------------------------------------------------


def codes_of(readings: Readings, bareme: Bareme | None, called: Mapping[str, str | None]) -> str:
    """What makes a row again, with its cells: the readings chosen, the simulated barème, the names."""
    chosen = {
        name: value for name, value in readings.model_dump().items() if value != getattr(Readings(), name)
    }
    changed = None if bareme is None else [list(change) for change in bareme.changes]
    text = None if bareme is None else bareme.texte
    return as_json({"lectures": chosen, "texte": text, "changements": changed, "colonnes": dict(called)})


def read_codes(codes: str) -> tuple[Readings, Bareme | None, dict[str, str | None]]:
    """The readings, the barème and the names of columns that `codes_of` wrote."""
    told = json.loads(codes)
    bareme = None
    if told["texte"] is not None:
        changes = [Change(table, tuple(key), value) for table, key, value in told["changements"]]
        bareme = bareme_recorded(told["texte"], changes)
    return Readings.model_validate(told["lectures"]), bareme, told["colonnes"]


def _solver(codes: str) -> Solver:
    return Solver(*read_codes(codes))


def renamed(called: Mapping[str, str | None]) -> dict[str, str]:
    """The columns that a table has under another name."""
    return {name: own for name, own in called.items() if own is not None}


def places(called: Mapping[str, str | None], present: Container[str]) -> dict[str, str]:
    """Column of a dossier → its name, among the columns that a table has."""
    names = {name: called.get(name, name) for name in BY_NAME}
    return {name: own for name, own in names.items() if own is not None and own in present}


def explain_row(frame: Any, row: int | None = None) -> Decision:
    """The full decision of one row of a table that `evaluate_frame` answered.

    frame: the table, with `row` its rank (the first is 0), or one row as a mapping. The readings, the
    simulated barème and the names of the columns are read in its column `codes`. Raises `RefusedData`
    for a row whose data is refused.
    """
    cells = dict(frame) if isinstance(frame, Mapping) else row_of(frame, row)  # type: ignore[arg-type]
    codes = cells.get("codes")
    if not isinstance(codes, str):
        remedy = "passez d’abord le tableau à evaluate_frame"
        raise RefusedData(
            [Refusal("codes", shown(codes), "la colonne codes d’une évaluation", remedy, "codes")]
        )
    readings, bareme, called = read_codes(codes)
    own = {name: cells[place] for name, place in places(called, cells).items()}
    return decided(own, renamed(called), readings, bareme)
