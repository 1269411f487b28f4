"""Writing CSV, Parquet and NDJSON files, a block at a time.

With `;` or a tabulation a CSV is what a French Excel opens: a byte order mark, decimal commas; with `,`
it has decimal points. A text that begins with =, +, - or @ is written as it is: changing it would
corrupt data.
"""

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from .file_reading import EXACT

Write = Callable[["pa.Table"], None]
"""Writes the rows of a block after those before."""


@contextmanager
def _parquet(path: Path, schema: "pa.Schema", separator: str) -> Iterator[Write]:
    with pq.ParquetWriter(path, schema) as writer:
        yield writer.write_table


@contextmanager
def _csv(path: Path, schema: "pa.Schema", separator: str) -> Iterator[Write]:
    comma = separator != ","
    shape = _csv_table(schema.empty_table(), comma).schema
    options = pa_csv.WriteOptions(delimiter=separator)
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8 if comma else b"")
        with pa_csv.CSVWriter(file, shape, write_options=options) as writer:
            yield lambda table: writer.write_table(_csv_table(table, comma))


@contextmanager
def _ndjson(path: Path, schema: "pa.Schema", separator: str) -> Iterator[Write]:
    with path.open("wb") as file:
        yield lambda table: file.writelines(line.encode() for line in _lines(table).to_pylist())


WRITERS: Mapping[str, Callable[[Path, "pa.Schema", str], AbstractContextManager[Write]]] = {
    "csv": _csv,
    "parquet": _parquet,
    "ndjson": _ndjson,
}
"""What opens a file to write, by its format: its place, its columns, the separator of a CSV."""


def _csv_table(table: "pa.Table", comma: bool) -> "pa.Table":
    """The cells of a table as a CSV has them: numbers with a comma if asked, ISO days, vrai and faux."""
    arrays = []
    for column in table.columns:
        if pa.types.is_boolean(column.type):
            column = pc.if_else(column, "vrai", "faux")
        elif pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
            column = _numbers(column)
            column = pc.replace_substring(column, ".", ",") if comma else column
        elif _is_nested(column.type):
            column = _as_json(column)
        arrays.append(column)
    return pa.table(arrays, table.column_names)


def _lines(table: "pa.Table") -> Any:
    """Each row as a line of JSON."""
    cells = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        texts = pc.fill_null(_json_cells(column), "null")
        cells.append(pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False), texts, ": "))
    return pc.binary_join_element_wise("{", pc.binary_join_element_wise(*cells, ", "), "}\n", "")


def _json_cells(column: Any) -> Any:
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(column)
    if _is_nested(kind):
        return _as_json(column)
    distinct = column.cast(pa.string()).combine_chunks().dictionary_encode()  # Python reads each text once
    return _as_json(distinct.dictionary).take(distinct.indices)


def _numbers(column: Any) -> Any:
    """Numbers as text; a whole number in a binary float without point nor exponent, NaN as null."""
    if pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    column = column.cast(pa.float64())
    finite = pc.is_finite(column)
    whole = pc.and_(finite, pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), EXACT)))
    integers = pc.if_else(whole, column, 0.0).cast(pa.int64()).cast(pa.string())
    texts = pc.if_else(whole, integers, column.cast(pa.string()))
    return pc.if_else(finite, texts, pa.scalar(None, pa.string()))


def _is_nested(kind: Any) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _as_json(column: Any) -> Any:
    """Cells as JSON, null as null."""
    texts = [
        None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()
    ]
    return pa.array(texts, pa.string())


__all__ = ["WRITERS", "Write"]
