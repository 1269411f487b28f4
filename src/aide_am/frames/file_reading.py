"""Reading CSV, Parquet and NDJSON files of dossiers, a block at a time.

What a cell means is the matter of `columns.py`, so every cell of a CSV stays the text that it is. Rows
whose cells have types of their own (NDJSON, Excel) are read twice, for the types and for the values: a
column whose cells are not all of one type is text.
"""

import codecs
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from functools import reduce
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from .. import french
from ..closed import shown
from ..errors import Refusal, RefusedData

BLOCK = 50_000
"""The rows that are answered at a time."""
BLOCK_BYTES = 2**20
"""The bytes of a text that are read at a time; Arrow reads 32 times as many ahead."""
TOGETHER = 4
"""The blocks of a CSV that are answered together, about as many rows as `BLOCK`."""
SEPARATORS = (";", ",", "\t")
WINDOWS = "cp1252"
FRENCH_WINDOWS = bytes([*range(1, 0x80), *range(0xA0, 0x100), *"€…Œ‘’“”•–—™œŸ".encode(WINDOWS)])
"""The bytes of a French text in Windows-1252: any other tells another encoding."""
SHOWN_ROWS = 5
"""The row numbers that a refusal or a summary gives."""

EXACT = 2**53
"""The whole numbers that a binary float, or any reader of JSON, holds exactly."""

Block = tuple["pa.Table", "pa.Array[Any]"]
"""Rows of a file, and the number of each in it."""
Row = tuple[int, dict[str, Any]]
"""The number of a row in its file, and its cells."""


class Source(NamedTuple):
    """An open file: its columns, its number of rows (at most, for a CSV), its blocks.

    separator: that of the CSV, else `;`, for a CSV that is written. notes: what its owner should know of
    how it was read, in French.
    """

    schema: "pa.Schema"
    size: int
    blocks: Iterator[Block]
    separator: str = SEPARATORS[0]
    notes: tuple[str, ...] = ()


# --- Refusals of a whole file ----------------------------------------------------------------------


def of_file(received: str, expected: str, remedy: str, code: str, place: str = "fichier") -> RefusedData:
    """The refusal of a file as a whole, or of one place in it."""
    return RefusedData([Refusal(place, received, expected, remedy, code)])


def unreadable(what: str, error: Exception) -> RefusedData:
    """The refusal of a file that is not `what` its suffix says."""
    received = f"un fichier qui ne se lit pas ({' '.join(str(error).split())})"
    return of_file(received, what, "vérifiez le fichier et son suffixe", "illisible")


def no_header() -> RefusedData:
    """The refusal of a file whose first row is empty."""
    return of_file("une première ligne vide", "les noms des colonnes", "mettez l’en-tête en ligne 1", "vide")


def check_names(names: Sequence[str]) -> None:
    """Refuse columns without a name, and names that come twice."""
    remedy = "donnez à chaque colonne un nom, et un seul"
    found = [
        Refusal(f"colonne {name}", f"{count} colonnes de ce nom", "un nom par colonne", remedy, "doublon")
        if name
        else Refusal(
            f"colonne n° {names.index('') + 1}", "une colonne sans nom", "un nom", remedy, "sans_nom"
        )
        for name, count in Counter(names).items()
        if count > 1 or not name
    ]
    if found:
        raise RefusedData(found)


# --- Parquet ---------------------------------------------------------------------------------------


def parquet_file(path: Path) -> Source:
    """A Parquet file; its first row has the number 1."""
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise unreadable("un fichier Parquet", error) from None
    blocks = (pa.Table.from_batches([batch]) for batch in file.iter_batches(BLOCK))
    return Source(file.schema_arrow, file.metadata.num_rows, _numbered(blocks, 1))


def _numbered(tables: Iterable["pa.Table"], number: int) -> Iterator[Block]:
    """The tables with the numbers of their rows, of which the first is given."""
    for table in tables:
        yield table, pa.array(range(number, number + table.num_rows), pa.int64())
        number += table.num_rows


# --- CSV -------------------------------------------------------------------------------------------


def csv_file(path: Path, wanted: Iterable[str]) -> Source:
    """A CSV, in UTF-8 or Windows-1252; its header has the number 1.

    wanted: the names that tell the separator, that under which the header has the most of them.
    """
    encoding, lines = scanned(path)
    separator, names = _header(path, encoding, set(wanted))
    notes = ("Texte lu en Windows-1252.",) if encoding == WINDOWS else ()
    schema = pa.schema([(name, pa.string()) for name in names])
    return Source(schema, lines, _csv_blocks(path, encoding, separator, names), separator, notes)


def scanned(path: Path) -> tuple[str, int]:
    """The encoding of a text, and its lines after the first; refuses what is not surely understood."""
    utf_8, strange, lines = True, set[int](), 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        chunk = b" "
        while chunk:
            chunk = file.read(BLOCK_BYTES)
            lines += chunk.count(b"\n")
            strange.update(chunk.translate(None, FRENCH_WINDOWS))
            try:
                utf_8 = utf_8 and decoder.decode(chunk, not chunk) is not None
            except UnicodeDecodeError:
                utf_8 = False
    if 0 in strange or (strange and not utf_8):
        received = "un texte qui n’est ni de l’UTF-8 ni du Windows-1252"
        raise of_file(received, "l’un des deux", "enregistrez-le en « CSV UTF-8 »", "encodage")
    return ("utf-8" if utf_8 else WINDOWS), lines


def _header(path: Path, encoding: str, wanted: set[str]) -> tuple[str, list[str]]:
    def names(separator: str) -> list[str]:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            return next(csv.reader(file, delimiter=separator), [])

    try:
        found = {separator: names(separator) for separator in SEPARATORS}
    except csv.Error as error:
        raise unreadable("un CSV", error) from None
    best = max(found, key=lambda each: (len(wanted.intersection(found[each])), len(found[each])))
    if not found[best]:
        raise no_header()
    return best, found[best]


def _csv_blocks(path: Path, encoding: str, separator: str, names: list[str]) -> Iterator[Block]:
    ragged: list[Any] = []

    def noted(row: Any) -> str:
        ragged.append(row)
        return "skip"

    reading = pa_csv.ReadOptions(
        use_threads=False,  # so that Arrow knows the numbers of the ragged rows
        encoding=encoding,
        block_size=BLOCK_BYTES,
        column_names=names,
        skip_rows_after_names=1,
    )
    parsing = pa_csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=noted
    )
    texts = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    try:
        with pa_csv.open_csv(path, reading, parsing, texts) as reader:
            parts = iter(lambda: list(islice(reader, TOGETHER)), [])
            for table, numbers in _numbered(map(pa.Table.from_batches, parts), 2):
                if not ragged:
                    yield _filled(table, numbers)
                elif len(ragged) >= SHOWN_ROWS:
                    break
    except pa.ArrowInvalid as error:
        raise unreadable("un CSV", error) from None
    if ragged:
        raise _ragged(ragged[:SHOWN_ROWS], separator)


def _filled(table: "pa.Table", numbers: Any) -> Block:
    """The rows that have a cell at all, with their numbers."""
    if any(column.null_count == 0 for column in table.columns):
        return table, numbers
    mask = reduce(pc.or_, (pc.is_valid(column) for column in table.columns))
    return table.filter(mask), numbers.filter(mask.combine_chunks())


def _ragged(rows: list[Any], separator: str) -> RefusedData:
    """The refusal of a CSV with rows that are too long or too short."""
    told = french.enumeration([f"{row.actual_columns} à la ligne {row.number}" for row in rows])
    received, expected = f"un nombre de cellules qui change : {told}", f"{rows[0].expected_columns} par ligne"
    remedy = f"complétez ces lignes, et mettez entre guillemets un texte qui contient « {separator} »"
    return of_file(received, expected, remedy, "cellules")


# --- Rows of cells with their own types ------------------------------------------------------------

TYPES: dict[type, Any] = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
TYPES |= {date: pa.date32(), datetime: pa.timestamp("us")}


def of_rows(
    rows: Callable[[], Iterator[Row]], names: Iterable[str] = (), notes: tuple[str, ...] = ()
) -> Source:
    """The source of these rows, asked for twice; `names`: the columns, where a header tells them."""
    kinds: dict[str, set[type]] = {name: set() for name in names}
    size = 0
    for numbers, columns in _blocks(rows()):
        size += len(numbers)
        for name, values in columns.items():
            kinds.setdefault(name, set()).update(map(type, values))
    schema = pa.schema([(name, _type(found - {type(None)})) for name, found in kinds.items()])
    return Source(schema, size, _typed(rows(), schema), notes=notes)


def _blocks(rows: Iterator[Row]) -> Iterator[tuple[list[int], dict[str, list[Any]]]]:
    while block := list(islice(rows, BLOCK)):
        names = dict.fromkeys(chain.from_iterable(row for _, row in block))
        yield [number for number, _ in block], {name: [row.get(name) for _, row in block] for name in names}


def _type(kinds: set[type]) -> Any:
    if kinds == {int, float}:
        return pa.float64()
    return TYPES.get(next(iter(kinds)), pa.string()) if len(kinds) == 1 else pa.string()


def _typed(rows: Iterator[Row], schema: "pa.Schema") -> Iterator[Block]:
    for numbers, columns in _blocks(rows):
        cells = {field.name: columns.get(field.name, [None] * len(numbers)) for field in schema}
        for field in schema:
            if pa.types.is_string(field.type):
                cells[field.name] = [as_text(value) for value in cells[field.name]]
        yield pa.table(cells, schema), pa.array(numbers, pa.int64())


def as_text(value: object) -> str | None:
    """A cell as text, such that it is understood as the cell itself."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "vrai" if value else "faux"
    return value.isoformat() if isinstance(value, date | time) else str(value)


# --- NDJSON ----------------------------------------------------------------------------------------


def ndjson_file(path: Path) -> Source:
    """A file of one flat JSON object a line; numbers of rows are those of lines."""
    source = of_rows(lambda: _ndjson_rows(path))
    if not source.size:
        raise of_file("un fichier vide", "un objet JSON par ligne", "vérifiez le fichier", "vide")
    return source


def _ndjson_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield number, _cells(f"ligne {number}", line)


def _cells(place: str, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError:
        received, remedy = "un octet qui n’est pas de l’UTF-8", "enregistrez le fichier en UTF-8"
        raise of_file(received, "de l’UTF-8", remedy, "encodage", place) from None
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        expected = "un objet JSON complet, chaque clé une seule fois, sur une ligne"
        received, remedy = shown(line.decode("utf-8-sig").strip()), "vérifiez accolades, guillemets, virgules"
        raise of_file(received, expected, remedy, "json_invalid", place)
    for name, value in row.items():
        if isinstance(value, dict | list):
            received, remedy = (
                "un objet ou une liste",
                "donnez à chaque champ sa propre clé, par exemple annee",
            )
            raise of_file(received, "une valeur simple", remedy, "imbrique", f"{place}, colonne {name}")
    return row


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a mapping; a key given twice is an error, a too large number is text."""
    found = {key: str(value) if type(value) is int and abs(value) > EXACT else value for key, value in pairs}
    if len(found) < len(pairs):
        raise ValueError
    return found


__all__ = ["EXACT", "Block", "Row", "Source", "csv_file", "ndjson_file", "of_rows", "parquet_file", "scanned"]
