"""Reading the first visible sheet of an Excel workbook; its first row is the header.

A sheet ends at 1 048 576 rows: it is read whole by calamine, which gives an error of a formula (#N/A,
#REF!…) as an empty cell. These are found in the XML of the sheet and kept as texts, which the models
refuse: what is wrong is not what is unknown.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from functools import partial, reduce
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum, XmlError, ZipError

from .file_reading import (
    BLOCK_BYTES,
    EXACT,
    Row,
    Source,
    as_text,
    check_names,
    no_header,
    of_rows,
    unreadable,
)

Wrong = Mapping[int, Mapping[int, str]]
"""The errors of a sheet: number of the row → rank of the column → its text."""


def excel_file(path: Path) -> Source:
    """The first visible sheet of a workbook; numbers of rows are those that Excel shows."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        visible = [sheet.visible == SheetVisibleEnum.Visible for sheet in book.sheets_metadata]
        rank = visible.index(True) if True in visible else 0
        sheet = book.get_sheet_by_index(rank)
        wrong = _wrong_cells(path, rank)
    except (CalamineError, ZipError, XmlError, zipfile.BadZipFile, LookupError) as error:
        raise unreadable("un classeur Excel (.xlsx)", error) from None
    header = next(_sheet_rows(sheet, wrong), (1, []))[1]
    names = [(as_text(value) or "").strip() for value in header]
    if not any(names):
        raise no_header()
    check_names([name for name in names if name])
    notes = (f"Feuille lue : « {sheet.name} », la première du classeur.",) if len(visible) > 1 else ()
    return of_rows(partial(_rows, sheet, wrong, names), filter(None, names), notes)


def _rows(sheet: Any, wrong: Wrong, names: list[str]) -> Iterator[Row]:
    """The rows under the header that have a cell at all; what has no name is the column ""."""
    for number, cells in _sheet_rows(sheet, wrong):
        if number > 1 and any(cell is not None for cell in cells):
            pairs = zip(names, cells, strict=True)
            yield number, {name: cell for name, cell in pairs if name or cell is not None}


def _sheet_rows(sheet: Any, wrong: Wrong) -> Iterator[tuple[int, list[Any]]]:
    """The rows of a sheet from the first, empty cells as `None`, whole numbers as such."""
    left = sheet.start[1] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_cell(value) for value in row]
        for column, text in wrong.get(number, {}).items():
            cells[column - left] = text
        yield number, cells


def _cell(value: Any) -> Any:
    if type(value) is float and value.is_integer() and abs(value) <= EXACT:
        return int(value)
    if type(value) is datetime and value.time() == time():
        return value.date()
    return None if value == "" else value


# --- The errors of formulas ------------------------------------------------------------------------

_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\w+:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_TARGET = re.compile(rb'Target="/?(?:xl/)?([^"]+)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)([0-9]+)"[^>]*>(.*?)</(?:\w+:)?c>', re.DOTALL
)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")


def _wrong_cells(path: Path, rank: int) -> Wrong:
    """The errors of the sheet of that rank."""
    found: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(path) as archive, archive.open(_member(archive, rank)) as file:
        rest = b""
        while chunk := file.read(BLOCK_BYTES):
            rest += chunk
            if b't="e"' in rest:
                for letters, row, inside in _ERROR.findall(rest):
                    text = _VALUE.findall(inside) or [b"#N/A"]
                    found.setdefault(int(row), {})[_rank(letters)] = text[0].decode()
            rest = rest[max(rest.rfind(b"<row"), rest.rfind(b":row"), 0) :]
    return found


def _member(archive: zipfile.ZipFile, rank: int) -> str:
    """The name, in the archive, of the sheet of that rank; `LookupError` where there is none."""
    wanted = b'Id="%s"' % _SHEET.findall(archive.read("xl/workbook.xml"))[rank]
    relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    targets = [_TARGET.findall(relation)[0] for relation in relations if wanted in relation]
    return f"xl/{targets[0].decode()}"


def _rank(letters: bytes) -> int:
    """The rank of a column from its letters: A is 0, AA is 26."""
    return reduce(lambda rank, letter: rank * 26 + letter - 64, letters, 0) - 1


__all__ = ["excel_file"]
