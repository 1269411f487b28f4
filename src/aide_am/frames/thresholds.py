"""`near_thresholds`: the doctors of an evaluated table whom a few patients bring over a threshold.

No law is here: the table is evaluated again with a few patients more and fewer, and where that changes
an answer, `evaluate` finds the count at which it does, one doctor at a time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import pyarrow as pa

from .. import french
from ..bareme import Bareme
from ..closed import shown
from ..decision import Amount, Decision
from ..errors import Refusal, RefusedData
from ..evaluation import evaluate
from ..models import of_indicator
from ..readings import Readings
from ..terms import INDICATEURS, Indicateur
from ..wording import amount_text, conditioned
from .backends import extended, one_array, opened
from .columns import BY_NAME, OUTPUTS, dossier_of, understood
from .evaluation import evaluate_frame, places, read_codes
from .results import MONEY, SUMS

FAR = 1_000
"""The most patients that still count as a few."""
COUNT = pa.int64()
OF_INDICATOR = {
    "missing_patients": COUNT, "gain_low": MONEY, "gain_high": MONEY,
    "can_lose": COUNT, "loss_low": MONEY, "loss_high": MONEY,
}  # fmt: skip
ADDED: Mapping[str, pa.DataType] = {
    "row": COUNT,
    **{f"{name}_{column}": kind for name in INDICATEURS for column, kind in OF_INDICATOR.items()},
    "changes_amount": pa.bool_(),
    "message": pa.string(),
}
"""The columns that `near_thresholds` adds, in their order."""
WHERE: Mapping[Indicateur, str] = {"pmt": "patientèle médecin traitant", "pfa": "file active"}


class Crossing(NamedTuple):
    """The fewest patients that cross a threshold, fewer if negative, and the decision there."""

    indicator: Indicateur
    patients: int
    there: Decision


def near_thresholds(frame: Any, patients: int = 10, *, label: str | None = None) -> Any:
    """The rows that at most `patients` patients, more or fewer, bring over a threshold.

    frame: what `evaluate_frame` returned. A threshold is a count of one indicator, the other one held
    still, at which its status changes (OBJ-05, OBJ-06) or at which everything is paid. Rows whose share
    cannot depend on the counts (years 1 and 2, MOD-00) and rows without an amount due are none.
    label: a column that names the doctors in the messages; by default the number of the line, from 1.

    Returns the same kind of table, these rows in their order, with the columns of `ADDED`: `row`, their
    rank from 0, for `explain_row`; for each indicator `missing_patients`, the fewest more that cross the
    next threshold, and the amount due there (`gain_low`, `gain_high`); `can_lose`, the loss that still
    stays over the threshold below (OBJ-07), and the amount due with one patient fewer (`loss_low`,
    `loss_high`); all null where the threshold is further away; `changes_amount`; `message`, in French.
    A lazy table is read into memory; the rows of PySpark rank as they are collected. Raises
    `RefusedData` for a table that was not evaluated.
    """
    table = opened(frame)
    schema = evaluated(table)
    _check_names(schema, label)
    eager = collected(table)
    answers = {rank: row for part in _parts(eager) for rank, row in _answered(part, _few(patients))}
    ranks = sorted(answers)
    kept = eager[ranks]
    names = [f"de la ligne {french.whole(rank + 1)}" for rank in ranks]
    if label is not None:
        names = [shown_name(value, name) for value, name in zip(kept[label].to_list(), names, strict=True)]
    rows = [_row(rank, *answers[rank], name) for rank, name in zip(ranks, names, strict=True)]
    added = {name: pa.array([row.get(name) for row in rows], kind) for name, kind in ADDED.items()}
    found = nw.from_native(extended(nw.to_native(kept), {}, lambda columns, size: added))
    return in_kind_of(frame, _whole(found))


def near_ranks(table: "nw.DataFrame[Any]", patients: int) -> list[int]:
    """The ranks of these rows in an eager evaluated table."""
    return [part.ranks[place] for part in _parts(table) for place in _screened(part, _few(patients))]


# --- Which rows --------------------------------------------------------------------------------------


class _Dossiers(NamedTuple):
    """Rows that one evaluation answered: their ranks, their cells under the names of a dossier."""

    ranks: list[int]
    cells: "pa.Table"
    answers: "pa.Table | nw.DataFrame[Any]"
    readings: Readings
    bareme: Bareme | None


def _parts(table: "nw.DataFrame[Any]") -> Iterator[_Dossiers]:
    """The rows whose share depends on the counts, by the readings and the barème that answered them."""
    regime = nw.col("regime").cast(nw.String).fill_null("")
    hot = (~nw.col("amount_due_low").is_null()) & (regime != "MOD-00")
    seen = table.select(hot.alias("hot"), nw.col("codes").cast(nw.String))
    by_codes: dict[str, list[int]] = {}
    for rank, (is_hot, codes) in enumerate(zip(seen["hot"].to_list(), seen["codes"].to_list(), strict=True)):
        if is_hot:
            by_codes.setdefault(codes, []).append(rank)
    for codes, ranks in by_codes.items():
        readings, bareme, called = read_codes(codes)
        rows = table[ranks]
        known = places(called, table.columns)
        cells = pa.table({name: _cells(rows[own], name) for name, own in known.items()})
        yield _Dossiers(ranks, cells, rows, readings, bareme)


def _cells(series: "nw.Series[Any]", name: str) -> Any:
    """A column as Arrow; Python objects of several types as what they were understood to be."""
    if series.dtype != nw.Object:
        return one_array(series.to_arrow())
    kind = BY_NAME[name].kind
    values = [understood(kind, value) for value in series.to_list()]
    return pa.array([str(value) if kind == "date" and value is not None else value for value in values])


def _screened(part: _Dossiers, patients: int) -> list[int]:
    """The places of the rows that this many patients bring over a threshold."""
    found: set[int] = set()
    for name in INDICATEURS:
        column = f"{name}_observee"
        if column not in part.cells.column_names:
            continue
        counts = [understood("effectif", value) for value in part.cells[column].to_pylist()]
        before = list(_standing(part.answers, name))
        for shift in (patients, -patients):
            moved = pa.array([None if n is None else max(0, n + shift) for n in counts], COUNT)
            rank = part.cells.column_names.index(column)
            shifted = part.cells.set_column(rank, column, moved)
            there = evaluate_frame(shifted, readings=part.readings, bareme=part.bareme)
            after = _standing(nw.from_native(there), name)
            found.update(place for place, (a, b) in enumerate(zip(before, after, strict=True)) if a != b)
    return sorted(found)


def _standing(table: Any, name: Indicateur) -> Iterator[tuple[str | None, bool]]:
    """The status of an indicator and whether everything is paid, row by row."""
    statuses = table[f"{name}_status"].cast(nw.String).to_list()
    return ((status if isinstance(status, str) else None, low == 1)
            for status, low in zip(statuses, table["share_low"].to_list(), strict=True))  # fmt: skip


# --- How far -----------------------------------------------------------------------------------------


def _answered(part: _Dossiers, patients: int) -> Iterator[tuple[int, tuple[Decision, list[Crossing]]]]:
    """The rank, the decision and the thresholds of each row that has one so near."""
    places = _screened(part, patients)
    for place, cells in zip(places, part.cells.take(pa.array(places, COUNT)).to_pylist(), strict=True):
        dossier = dossier_of(cells)
        here = evaluate(dossier, readings=part.readings, bareme=part.bareme)
        crossings = [
            crossing
            for name in here.objectives or {}
            for way in (1, -1)
            if (crossing := _crossing(here, name, way, patients, part.bareme)) is not None
        ]
        yield part.ranks[place], (here, crossings)


def _crossing(
    here: Decision, name: Indicateur, way: int, patients: int, bareme: Bareme | None
) -> Crossing | None:
    """The nearest threshold of an indicator in one direction: up to it, statuses only rise with counts."""
    seen = here.dossier.observation
    observed = of_indicator(seen, name)
    if seen is None or observed is None:
        return None
    most = patients if way > 0 else min(patients, observed)

    def there(distance: int) -> Decision:
        counts = seen.model_copy(update={name: observed + way * distance})
        moved = here.dossier.model_copy(update={"observation": counts})
        return evaluate(moved, readings=here.choices, bareme=bareme)

    def crossed(distance: int) -> bool:
        return _state(there(distance), name) != _state(here, name)

    if most == 0 or not crossed(most):
        return None
    distance = bisect_left(range(most), True, 1, key=crossed)
    return Crossing(name, way * distance, there(distance))


def _state(decision: Decision, name: Indicateur) -> tuple[str | None, bool]:
    assert decision.objectives is not None
    return decision.objectives[name].status, decision.share is not None and decision.share.low == 1


# --- What is said ------------------------------------------------------------------------------------


def _row(rank: int, here: Decision, crossings: Sequence[Crossing], name: str) -> dict[str, Any]:
    """The added columns of one row."""
    row: dict[str, Any] = {"row": rank}
    for each in crossings:
        due = _due(each.there)
        side = "gain" if each.patients > 0 else "loss"
        count = ("missing_patients", each.patients) if side == "gain" else ("can_lose", -each.patients - 1)
        row |= {f"{each.indicator}_{count[0]}": count[1]}
        row |= {f"{each.indicator}_{side}_low": due.low, f"{each.indicator}_{side}_high": due.high}
    row["changes_amount"] = any(_due(each.there) != _due(here) for each in crossings)
    row["message"] = " ".join(_message(here, each, name) for each in crossings)
    return row


def _due(decision: Decision) -> Amount:
    assert decision.amount_due is not None
    return decision.amount_due


def _message(here: Decision, crossing: Crossing, name: str) -> str:
    """One threshold in French: who, how many patients, of which kind, and what it does to the amount."""
    count, where = french.patients(abs(crossing.patients)), WHERE[crossing.indicator]
    before, after = (_state(each, crossing.indicator) for each in (here, crossing.there))
    if crossing.patients > 0:
        text = f"Il manque {count} en {where} au docteur {name} pour {_gained(before, after)}"
    else:
        text = f"Avec {count} de moins en {where}, le docteur {name} {_lost(before, after)}"
    return french.typeset(f"{text} ; {_change(here, crossing.there)}.")


def _gained(before: tuple[str | None, bool], after: tuple[str | None, bool]) -> str:
    if after[0] == before[0]:
        return "que tout soit versé"
    return "atteindre son objectif" if after[0] == "atteint" else "ne plus être en baisse"


def _lost(before: tuple[str | None, bool], after: tuple[str | None, bool]) -> str:
    if after[0] == before[0]:
        return "ne toucherait plus la totalité"
    return "n’atteindrait plus son objectif" if before[0] == "atteint" else "serait en baisse"


def _change(before: Decision, after: Decision) -> str:
    here, there = _due(before), _due(after)
    called = conditioned("montant dû", before.verdict, before.forced)
    if here == there:
        return f"le {called} ne changerait pas ({amount_text(here)})"
    if here.value is not None and there.value is not None:
        return f"le {called} passerait de {amount_text(here)} à {amount_text(there)}"
    return f"{called} : {amount_text(here)} aujourd’hui, {amount_text(there)} alors"


def shown_name(value: object, default: str) -> str:
    """What a column says of a doctor, or the number of his line where it says nothing."""
    return default if value is None or value != value or value == "" else str(value)


# --- Tables ------------------------------------------------------------------------------------------


def evaluated(table: "nw.DataFrame[Any] | nw.LazyFrame[Any]") -> nw.Schema:
    """The schema of a table that `evaluate_frame` answered; raises `RefusedData` for another one."""
    schema = table.collect_schema()
    absent = [name for name in OUTPUTS if name not in schema]
    if absent:
        received = f"un tableau sans {', '.join(absent)}"
        remedy = "passez d’abord le tableau à evaluate_frame"
        expected = "un tableau que evaluate_frame a rendu"
        raise RefusedData([Refusal("frame", received, expected, remedy, "non_evalue")])
    expected, remedy = "des décimaux exacts", "gardez leur type (Parquet), ou évaluez de nouveau"
    found = [
        Refusal(f"colonne {name}", f"le type {schema[name]}", expected, remedy, "type_colonne")
        for name in SUMS
        if schema[name] not in (nw.Decimal, nw.Object)
    ]
    if found:
        raise RefusedData(found)
    return schema


def _check_names(schema: Iterable[str], label: str | None) -> None:
    names = list(schema)
    remedy = "renommez-la ou retirez-la : rien n’est écrasé"
    found = [
        Refusal(f"colonne {name}", "une colonne qui porte le nom d’une réponse", "un autre nom", remedy,
                "colonne_prise")
        for name in names if name in ADDED
    ]  # fmt: skip
    if label is not None and label not in names:
        expected = f"une colonne du tableau : {', '.join(names)}"
        found.append(Refusal("label", shown(label), expected, "corrigez le nom", "colonne_inconnue"))
    if found:
        raise RefusedData(found)


def _few(patients: object) -> int:
    if type(patients) is int and 1 <= patients <= FAR:
        return patients
    expected = f"un nombre entier de patients, de 1 à {french.whole(FAR)}"
    raise RefusedData([Refusal("patients", shown(patients), expected, "écrivez par exemple 10", "effectif")])


def collected(table: "nw.DataFrame[Any] | nw.LazyFrame[Any]") -> "nw.DataFrame[Any]":
    """The table in memory: a lazy Polars one as Polars, DuckDB and PySpark as Arrow."""
    return table.collect() if isinstance(table, nw.LazyFrame) else table


def in_kind_of(frame: Any, found: "nw.DataFrame[Any] | nw.LazyFrame[Any]") -> Any:
    """A result as the kind of table that the caller gave."""
    table = opened(frame)
    if isinstance(table, nw.LazyFrame) and isinstance(found, nw.DataFrame):
        found = opened(_later(nw.to_native(table), nw.to_native(found), table.implementation))
    return found if isinstance(frame, nw.DataFrame | nw.LazyFrame) else nw.to_native(found)


def _later(like: Any, resultat: Any, kind: nw.Implementation) -> Any:
    """A result in memory as a lazy table; DuckDB finds `resultat` by its name."""
    if kind.is_polars():
        return resultat.lazy()
    if kind.is_duckdb():
        return like.query("dossiers", "SELECT * FROM resultat")
    return like.sparkSession.createDataFrame(resultat)


def _whole(table: Any) -> Any:
    """Counts that pandas made floats of, because some are null, as whole numbers again."""
    if not table.implementation.is_pandas():
        return table
    counts = {name: "Int64" for name, kind in ADDED.items() if kind == COUNT}
    return nw.from_native(nw.to_native(table).astype(counts))
