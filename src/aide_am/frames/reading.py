"""From the columns of a table to arrays of codes, a slice at a time.

Every kind of cell has one code: the rank in a closed list from 1 (0 is unknown), days since 1970,
whole patients, a fraction of 1. `BAD` marks a cell that only the models can refuse in words.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import Refusal, RefusedData
from .columns import BY_NAME, Column, Kind, dossier_of, known_slugs, slug_of, understood
from .ranks import Ranks

Codes = Any
"""A NumPy array of codes."""
NULL_DAY, BAD_DAY = -(2**31) + 1, -(2**31)
EPOCH = date(1970, 1, 1).toordinal()
MOST = 10_000_000
"""The largest count for which whole numbers of 64 bits hold every product of the rules."""
DIGITS = 15
"""The decimals that a binary float tells apart from their neighbours."""
MICROSECONDS_A_DAY = 86_400_000_000

_NULLS: Mapping[Kind, int] = {
    "choix": 0, "specialite": 0, "code": 0, "drapeau": 0, "effectif": -1, "annee": -1, "date": NULL_DAY,
}  # fmt: skip
_BADS: Mapping[Kind, int] = {
    "choix": -1, "specialite": -1, "code": -1, "drapeau": -1, "effectif": -2, "annee": -2, "date": BAD_DAY,
}  # fmt: skip

_TYPES: Mapping[Kind, Any] = {
    "choix": np.int8, "specialite": np.int8, "code": np.int8, "drapeau": np.int8,
    "effectif": np.int32, "annee": np.int32, "date": np.int32, "part": np.float64,
}  # fmt: skip
"""The smallest type that holds the codes of a kind of cell."""
_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_WHOLE, _FLOAT, _DECIMAL = (pa.types.is_integer,), (pa.types.is_floating,), (pa.types.is_decimal,)
_NUMBER = (*_WHOLE, *_FLOAT, *_DECIMAL)
_DAYS = (pa.types.is_date, pa.types.is_timestamp)
_ACCEPTED: Mapping[Kind, tuple[tuple[Callable[[pa.DataType], bool], ...], str]] = {
    "choix": ((*_TEXT, *_NUMBER), "du texte"),
    "specialite": (_TEXT, "du texte"),
    "code": ((*_TEXT, *_NUMBER), "du texte"),
    "date": ((*_DAYS, *_TEXT), "des dates, ou du texte AAAA-MM-JJ ou JJ/MM/AAAA"),
    "effectif": ((*_NUMBER, *_TEXT), "des nombres entiers"),
    "annee": ((*_NUMBER, *_TEXT), "des nombres entiers"),
    "drapeau": ((pa.types.is_boolean, *_NUMBER, *_TEXT), "vrai ou faux"),
    "part": ((*_NUMBER, *_TEXT), "des parts entre 0 et 1"),
}


class Reader:
    """One column of a table: its codes by slice, and the value of any cell.

    values: an Arrow array, or a list where a data frame holds Python objects.
    """

    def __init__(self, column: Column, values: "pa.Array[Any] | list[Any]") -> None:
        self.column, self.values = column, _usual(values)
        self._known: dict[tuple[type, Any], Any] = {}
        self.met = Ranks(None)
        self.empty = not isinstance(values, list) and _says_nothing(self.values)

    def cell(self, row: int) -> Any:
        """The value of one cell as Python."""
        if isinstance(self.values, list):
            return self.values[row]
        return as_python(self.values[row])

    def codes(self, start: int, stop: int) -> Codes:
        """The codes of a slice of rows."""
        kind = self.column.kind
        if isinstance(self.values, list):
            return self._of_values(self.values[start:stop])
        part = self.values.slice(start, stop - start)
        if pa.types.is_dictionary(part.type):
            return self._of_dictionary(part)
        if kind == "part":
            return self._of_floats(part) if pa.types.is_floating(part.type) else self._of_distinct(part)
        if kind in ("effectif", "annee") and (
            pa.types.is_integer(part.type) or pa.types.is_floating(part.type)
        ):
            return self._of_counts(part)
        if kind == "date" and pa.types.is_date32(part.type):
            return _filled(part.cast(pa.int32()), NULL_DAY)
        if kind == "date" and pa.types.is_timestamp(part.type):
            return _of_timestamps(part)
        if kind == "drapeau" and pa.types.is_boolean(part.type):
            return _filled(part.cast(pa.int8()), -1) + np.int8(1)
        return self._of_distinct(part)

    def ranks(self, start: int, stop: int) -> Codes:
        """The ranks of the distinct values of a slice, 0 for none: what is not a number of any kind."""
        if isinstance(self.values, list):
            cells = self.values[start:stop]
        else:
            part = self.values.slice(start, stop - start)
            if not pa.types.is_dictionary(part.type):
                part = part.dictionary_encode()
            indices = pc.fill_null(part.indices.cast(pa.int64()), len(part.dictionary)).to_numpy()
            ranks = [self._rank(value) for value in [*map(as_python, part.dictionary), None]]
            return np.array(ranks, np.int64).take(indices)
        return np.array([self._rank(value) for value in cells], np.int64)

    def _rank(self, value: Any) -> int:
        value = understood(self.column.kind, value)
        try:
            return 0 if value is None else self.met.rank((type(value), value))
        except TypeError:  # a list in a cell has no key
            return self.met.rank((type(value), repr(value)))

    def _of_counts(self, part: "pa.Array[Any]") -> Codes:
        null, bad = _NULLS["effectif"], _BADS["effectif"]
        values = part.fill_null(0).to_numpy(zero_copy_only=False) if part.null_count else part.to_numpy()
        if values.dtype.kind == "f":
            absent = np.isnan(values)
            whole = np.where(absent, 0, values)
            fine = (whole >= 0) & (whole <= MOST) & (whole == np.floor(whole))
            counts = np.where(fine, whole, bad).astype(np.int32)
            counts[absent] = null
        elif values.dtype == np.int32:
            counts = values
            if counts.size and (counts.min() < 0 or counts.max() > MOST):
                counts = np.where((counts < 0) | (counts > MOST), bad, counts)
        else:
            counts = values.astype(np.int32)
            low, high = (values.min(), values.max()) if values.size else (0, 0)
            if low < 0 or high > MOST:
                counts[(values < 0) | (values > MOST)] = bad
        if part.null_count:
            counts = np.where(part.is_null().to_numpy(zero_copy_only=False), null, counts).astype(np.int32)
        return counts

    def _of_floats(self, part: "pa.Array[Any]") -> Codes:
        values = part.fill_null(np.nan).to_numpy(zero_copy_only=False)
        if values.dtype != np.float64:  # the shortest text of a smaller float is that of the cell
            return self._of_distinct(part)
        return np.where((values >= 0) & (values <= 1) | np.isnan(values), values, -1.0)

    def _of_dictionary(self, part: Any) -> Codes:
        codes = self._of_values([as_python(value) for value in part.dictionary])
        null = np.nan if self.column.kind == "part" else _NULLS[self.column.kind]
        table = np.append(codes, np.array([null], codes.dtype))
        indices = part.indices.cast(pa.int64())
        if indices.null_count:
            indices = pc.fill_null(indices, len(codes))
        return table.take(indices.to_numpy(zero_copy_only=False))

    def _of_distinct(self, part: "pa.Array[Any]") -> Codes:
        if pa.types.is_null(part.type):
            return self._of_values([None]).repeat(len(part))
        return self._of_dictionary(part.dictionary_encode())

    def _of_values(self, values: Sequence[Any]) -> Codes:
        return np.array([self._code(value) for value in values], _TYPES[self.column.kind])

    def _code(self, value: Any) -> Any:
        """The code of one value, kept for the next time."""
        if isinstance(value, datetime) and value.tzinfo is not None:  # equal to the same instant elsewhere
            return code_of(self.column, value)
        try:
            key = (type(value), value)
            if key not in self._known:
                self._known[key] = code_of(self.column, value)
            return self._known[key]
        except TypeError:  # a list in a cell has no key
            return code_of(self.column, value)


def as_python(scalar: Any) -> Any:
    """A cell as Python: a small float as its shortest text says, a day past the calendar in words."""
    try:
        value = scalar.as_py()
    except (OverflowError, ValueError):
        return "une date hors du calendrier"
    small = isinstance(value, float) and scalar.type.bit_width < 64
    return (
        float(str(np.float32(value) if scalar.type.bit_width == 32 else np.float16(value)))
        if small
        else value
    )


def _usual(values: Any) -> Any:
    """The same values in a type that every step knows: small decimals become usual ones."""
    if not isinstance(values, list) and pa.types.is_decimal(values.type) and values.type.bit_width < 128:
        return values.cast(pa.decimal128(values.type.precision, values.type.scale))
    return values


def _says_nothing(values: Any) -> bool:
    """Whether no cell says anything: a spreadsheet reads an empty column of dates as numbers."""
    nulls: int = pc.sum(pc.is_null(values, nan_is_null=True)).as_py() or 0
    return nulls == len(values)


def code_of(column: Column, cell: Any) -> Any:
    """The code of one cell, `BAD` where the models must say what is wrong."""
    kind = column.kind
    value = understood(kind, cell)
    if kind == "part":
        if value is None:
            return float("nan")
        fine = isinstance(value, Decimal) and 0 <= value <= 1 and len(value.as_tuple().digits) <= DIGITS
        return float(value) if fine else -1.0
    if value is None:
        return _NULLS[kind]
    bad = _BADS[kind]
    if kind in ("effectif", "annee"):
        return value if type(value) is int and 0 <= value <= MOST else bad
    if kind == "date":
        return _day(value)
    if kind == "drapeau":
        return int(value) + 1 if isinstance(value, bool) else bad
    known = {"choix": column.choices, "specialite": known_slugs(), "code": ()}[kind]
    return known.index(value) + 1 if isinstance(value, str) and value in known else bad


def rank_of_specialite(cells: Mapping[str, Any]) -> int:
    """The code of the specialty of a row, from its three columns."""
    given = {name: understood(BY_NAME[name].kind, value) for name, value in cells.items()}
    slug, refused = slug_of(given)
    if refused:
        return _BADS["specialite"]
    return code_of(BY_NAME["specialite"], slug)  # type: ignore[no-any-return]


def _day(value: Any) -> int:
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return BAD_DAY
    return value.toordinal() - EPOCH if type(value) is date else BAD_DAY


def _filled(array: Any, null: int) -> Codes:
    if array.null_count:
        array = array.fill_null(null)
    found: Codes = array.to_numpy(zero_copy_only=False)
    return found


def _of_timestamps(part: Any) -> Codes:
    if part.type.tz is not None:
        part = pc.local_timestamp(part)
    absent = part.is_null().to_numpy(zero_copy_only=False)
    instants = _filled(part.cast(pa.timestamp("us"), safe=False).cast(pa.int64()), 0)
    days, rest = np.divmod(instants, MICROSECONDS_A_DAY)
    return np.where(absent, NULL_DAY, np.where(rest == 0, days, BAD_DAY)).astype(np.int32)


class Table:
    """The known columns of a table, by their own names, and its number of rows.

    called: how the table calls them, where that differs.
    """

    def __init__(
        self,
        size: int,
        columns: "Mapping[str, pa.Array[Any] | list[Any]]",
        called: Mapping[str, str] | None = None,
    ) -> None:
        self.size = size
        self.called = dict(called or {})
        self.readers = {name: Reader(BY_NAME[name], values) for name, values in columns.items()}
        check_types(self.readers, self.called)

    def cells(self, row: int) -> dict[str, Any]:
        """The cells of one row, by the names of the columns."""
        return {name: reader.cell(row) for name, reader in self.readers.items() if not reader.empty}

    def specialites(self, start: int, stop: int) -> Codes:
        """The specialty of a slice of rows, from its slug or its code; `None` where no row has any."""
        slug, code, mep = (self.readers.get(name) for name in ("specialite", "specialite_am", "mep"))
        if (code is None or code.empty) and (mep is None or mep.empty):
            return None if slug is None or slug.empty else slug.codes(start, stop)
        places = [
            np.zeros(stop - start, np.int64) if reader is None or reader.empty else reader.ranks(start, stop)
            for reader in (slug, code, mep)
        ]
        room = [1 if reader is None else len(reader.met.values) for reader in (slug, code, mep)]
        key = (places[0] * room[1] + places[1]) * room[2] + places[2]
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
        return np.array([self._specialite(start + row) for row in first.tolist()], np.int8).take(back)

    def _specialite(self, row: int) -> int:
        names = ("specialite", "specialite_am", "mep")
        cells = {name: self.readers[name].cell(row) for name in names if name in self.readers}
        return rank_of_specialite(cells)

    def dossier(self, row: int) -> Any:
        """The dossier of one row; raises `RefusedData`."""
        return dossier_of(self.cells(row))


def check_types(readers: Mapping[str, Reader], called: Mapping[str, str]) -> None:
    """Refuse columns whose type cannot hold what they should, all at once."""
    found = []
    for name, reader in readers.items():
        if isinstance(reader.values, list) or reader.empty:
            continue
        kind = reader.values.type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        accepted, expected = _ACCEPTED[reader.column.kind]
        if pa.types.is_null(kind) or any(accepts(kind) for accepts in accepted):
            continue
        remedy = "convertissez la colonne avant l’évaluation"
        found.append(
            Refusal(f"colonne {called.get(name, name)}", f"le type {kind}", expected, remedy, "type_colonne")
        )
    if found:
        raise RefusedData(found)
