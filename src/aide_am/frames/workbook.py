"""Excel workbooks of answers: the rows, those that are refused, the barèmes and readings used.

Cells are typed (dates, whole numbers, euros, percents) and texts stay texts, also those that begin
with =. Amounts are binary floats there, as in any sheet, exact to the centime. Nothing depends on the
clock: the same rows give the same bytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from .. import __version__, french
from ..bareme import Bareme
from ..chronology import chronology, chronology_with
from ..errors import Refusal, RefusedData
from ..lectures import lectures
from ..readings import DEFAULT, Readings
from .backends import one_array
from .columns import BY_NAME, OUTPUTS, understood
from .results import RATES, SUMS

ROWS = 2**20
"""The rows of a sheet, header included."""
LONGEST = 32_767
"""The characters that a cell holds."""
DIGITS = 10**15
"""From here on, a number in a cell loses its last digits."""
FIRST_DAY = date(1900, 3, 1)
"""The first day that every spreadsheet counts alike."""
LAW = "Barème et lectures"

FORMATS: Mapping[str, Mapping[str, Any]] = {
    "euros": {"num_format": "#,##0.00\\ [$€-40C]"},
    "part": {"num_format": "0.00%"},
    "effectif": {"num_format": "#,##0"},
    "annee": {"num_format": "0"},
    "date": {"num_format": "dd/mm/yyyy"},
    "instant": {"num_format": "dd/mm/yyyy hh:mm:ss"},
    "texte": {"num_format": "@"},
    "entree": {"bold": True, "bg_color": "#D9E1F2", "bottom": 1},
    "reponse": {"bold": True, "bg_color": "#E2EFDA", "bottom": 1},
    "obligatoire": {"bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF", "bottom": 1},
    "titre": {"bold": True, "font_size": 12},
    "sens": {"text_wrap": True, "valign": "top"},
}
"""What cells look like. `[$€-40C]` is the euro as French writes it."""
WIDTHS: Mapping[str, int] = {"error": 60, "missing": 40, "warnings": 40, "codes": 14, "motif_du_refus": 60}
"""The columns that are wider, or narrower, than their names ask for."""


def check_rows(rows: int) -> None:
    """Refuse more rows than a sheet holds under its header."""
    if rows >= ROWS:
        most = french.whole(ROWS - 1)
        received = f"au moins {french.whole(rows)} lignes"
        remedy = "écrivez un .csv ou un .parquet, ou partagez le fichier"
        expected = f"{most} lignes au plus sous l’en-tête d’une feuille Excel"
        raise RefusedData([Refusal("sortie", received, expected, remedy, "feuille_pleine")])


class Book:
    """A workbook that is written row by row, and its formats."""

    def __init__(self, path: Path) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self.file = xlsxwriter.Workbook(str(path), options)
        made = max(bareme.checked for bareme in chronology().baremes)
        self.file.set_properties({"created": datetime.combine(made, time())})
        self.formats = {name: self.file.add_format(dict(look)) for name, look in FORMATS.items()}

    def sheet(self, name: str) -> Any:
        return self.file.add_worksheet(name)


@contextmanager
def opened(path: Path) -> Iterator[Book]:
    """A workbook that is completed only if all went well."""
    book = Book(path)
    yield book
    book.file.close()


Part = tuple[str, tuple[str, ...], list[tuple[str | date, ...]]]
"""A title, a header, lines."""


# --- Tables ----------------------------------------------------------------------------------------


@contextmanager
def tables(
    path: Path,
    empty: "Mapping[str, pa.Table]",
    names: Mapping[str, str],
    readings: Readings,
    bareme: Bareme | None,
) -> "Iterator[list[tuple[str, Callable[[pa.Table], None]]]]":
    """A workbook of these sheets, and of the barèmes and the readings that the answers stand on.

    empty: name of a sheet → its columns. names: column of a dossier → its name in the file. Yields what
    writes the rows of a block, for each sheet.
    """
    with opened(path) as book:
        sheets = {name: _Table(book, name, table.schema, names) for name, table in empty.items()}
        _write_law(book, law(readings, bareme))
        yield [(name, sheet.add) for name, sheet in sheets.items()]
        for sheet in sheets.values():
            sheet.end()


class _Table:
    """A sheet with a header that stays in sight, a filter, and typed cells."""

    def __init__(self, book: Book, name: str, schema: "pa.Schema", names: Mapping[str, str]) -> None:
        self.sheet, self.formats, self.rows, self.width = book.sheet(name), book.formats, 1, len(schema)
        of_dossiers = {own: BY_NAME[column].kind for column, own in names.items()}
        self.kinds: list[str | None] = []
        for rank, column in enumerate(schema.names):
            kind = "euros" if column in SUMS else "part" if column in RATES else of_dossiers.get(column)
            self.kinds.append(kind)
            look = "reponse" if column in OUTPUTS else "entree"
            self.sheet.write_string(0, rank, column, self.formats[look])
            self.sheet.set_column(rank, rank, WIDTHS.get(column, min(max(len(column) + 4, 12), 40)))
        self.sheet.freeze_panes(1, 0)

    def add(self, table: "pa.Table") -> None:
        """Write the rows of a block under those before."""
        check_rows(self.rows - 1 + table.num_rows)
        columns = [_cells(column, kind) for column, kind in zip(table.columns, self.kinds, strict=True)]
        for row, cells in enumerate(zip(*columns, strict=True), self.rows):
            for rank, value in enumerate(cells):
                if value is not None:
                    self._put(row, rank, value)
        self.rows += table.num_rows

    def _put(self, row: int, rank: int, value: Any) -> None:
        kind = self.kinds[rank]
        if isinstance(value, str):
            if len(value) > LONGEST:
                raise _too_long(row)
            self.sheet.write_string(row, rank, value)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, rank, value)
        elif isinstance(value, date):
            look = "instant" if isinstance(value, datetime) else "date"
            self.sheet.write_datetime(row, rank, value, self.formats[look])
        else:
            self.sheet.write_number(row, rank, value, self.formats.get(kind or ""))

    def end(self) -> None:
        """Put the filter over all the rows."""
        self.sheet.autofilter(0, 0, self.rows - 1, self.width - 1)


def _too_long(row: int) -> RefusedData:
    received = f"un texte de plus de {french.whole(LONGEST)} caractères à la ligne {row + 1}"
    remedy = "raccourcissez-le, ou écrivez un .csv ou un .parquet"
    return RefusedData([Refusal("sortie", received, "ce que contient une cellule", remedy, "cellule_pleine")])


def _cells(column: Any, kind: str | None) -> list[Any]:
    """The values of a column as a sheet holds them; each distinct one is read once."""
    array = one_array(column)
    if pa.types.is_nested(array.type):
        return [_held(value) for value in array.to_pylist()]
    coded = array.dictionary_encode()
    distinct = [_cell(value, kind) for value in coded.dictionary.to_pylist()]
    return [None if rank is None else distinct[rank] for rank in coded.indices.to_pylist()]


def _cell(value: Any, kind: str | None) -> Any:
    """A cell, of the type that its column says where it can be understood so."""
    if kind is None or kind == "euros" or value is None:
        return _held(value)
    if kind in ("choix", "specialite", "code"):
        return _held(value)
    found = understood(kind, value)  # type: ignore[arg-type]
    if kind == "date" and isinstance(found, str):
        try:
            found = date.fromisoformat(found)
        except ValueError:
            return found
    if kind == "part" and isinstance(found, Decimal) and not 0 <= found <= 1:
        return _held(value)
    return _held(found)


def _held(value: Any) -> Any:
    """The value as a cell holds it, else its text; `None` for a cell that stays empty."""
    if value is None or value == "" or value != value:
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal | int | float):
        number = float(value)
        return number if abs(number) < DIGITS else str(value)
    if isinstance(value, datetime):
        return value if value.tzinfo is None and value.date() >= FIRST_DAY else value.isoformat(" ")
    if isinstance(value, date):
        return value if value >= FIRST_DAY else value.isoformat()
    return str(value)


# --- The law that was used -------------------------------------------------------------------------


def _write_law(book: Book, parts: Sequence[Part]) -> None:
    sheet = book.sheet(LAW)
    for rank, width in enumerate((52, 44, 44, 22, 22, 14)):
        sheet.set_column(rank, rank, width)
    row = 0
    for title, header, lines in parts:
        sheet.write_string(row, 0, title, book.formats["titre"])
        for rank, name in enumerate(header):
            sheet.write_string(row + 1, rank, name, book.formats["reponse"])
        for row, line in enumerate(lines, row + 2):  # noqa: B020  the row after the last one goes on
            for rank, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(row, rank, value, book.formats["date"])
                else:
                    sheet.write_string(row, rank, value)
        row += 2


def law(readings: Readings, bareme: Bareme | None) -> list[Part]:
    """What the answers stand on: the barèmes and their days, the readings, what a simulation changed."""
    used = chronology_with(bareme).baremes
    parts: list[Part] = [
        (
            f"Barèmes (aide_am {__version__})",
            ("Texte", "Identifiant", "Version", "En vigueur depuis", "Vérifié le", "Simulé"),
            [(b.nom, b.texte, b.version, b.debut, b.checked, "oui" if b.simulated else "non") for b in used],
        ),
        (
            "Lectures des points de droit ouverts",
            ("Point de droit", "Lecture retenue", "Lecture par défaut", "Nom", "Valeur", "Choix"),
            [_reading(name, value) for name, value in readings.model_dump().items()],
        ),
    ]
    changes: list[tuple[str | date, ...]] = [
        (change.table, ", ".join(change.key), change.value) for b in used for change in b.changes
    ]
    if changes:
        parts.append(("Valeurs changées par la simulation", ("Table", "Case", "Valeur"), changes))
    return parts


def _reading(name: str, value: str) -> tuple[str, ...]:
    lecture, default = lectures()[name], getattr(DEFAULT, name)
    labels = {key: each.libelle for key, each in lecture.valeurs.items()}
    choice = "par défaut" if value == default else "choisie"
    return lecture.titre, labels[value], labels[default], name, value, choice


__all__ = ["check_rows", "law", "opened", "tables"]
