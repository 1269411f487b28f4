"""Every kind of table in, the same kind out: narwhals tells them apart, Arrow carries the columns."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import narwhals as nw
import pyarrow as pa
from narwhals.exceptions import DuplicateError

from ..closed import shown
from ..errors import Refusal, RefusedData
from .results import SCHEMA

Solve = Callable[["Mapping[str, pa.Array[Any] | list[Any]]", int], "dict[str, pa.Array[Any]]"]
"""From the known columns of a part of a table, and its size, to the output columns."""

BATCH = 100_000
"""The rows of a DuckDB relation that are read and answered together."""
_QUOTED = re.compile(r"- '(.*)' \d+ times")
KINDS = "un tableau pandas, Polars (direct ou différé), PyArrow, DuckDB ou PySpark"


def opened(frame: Any) -> "nw.DataFrame[Any] | nw.LazyFrame[Any]":
    """The frame as narwhals knows it; raises `RefusedData` for anything else."""
    try:
        found: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(frame)
        found.collect_schema()
        return found
    except DuplicateError as error:
        twice = ", ".join(sorted(set(_QUOTED.findall(str(error)))))
        remedy = "renommez l’une des deux : rien ne dit laquelle est la bonne"
        raise RefusedData(
            [
                Refusal(
                    "frame",
                    f"deux fois la colonne {twice}",
                    "chaque colonne une fois",
                    remedy,
                    "colonne_double",
                )
            ]
        ) from None
    except TypeError:
        received = f"un objet {type(frame).__module__.partition('.')[0]}.{type(frame).__name__}"
        remedy = "donnez un de ces tableaux, par exemple polars.DataFrame(…)"
        raise RefusedData([Refusal("frame", received, KINDS, remedy, "tableau")]) from None


def column_names(frame: "nw.DataFrame[Any] | nw.LazyFrame[Any]") -> list[str]:
    """The names of the columns."""
    return frame.collect_schema().names()


def extended(frame: Any, known: Mapping[str, str], solve: Solve) -> Any:
    """The same kind of frame with the output columns after its own.

    known: column of a dossier → its name in this frame.
    """
    table = opened(frame)
    native = nw.to_native(table)
    if isinstance(table, nw.DataFrame):
        found = _eager(native, table, known, solve)
    elif table.implementation.is_polars():
        found = _lazy_polars(native, known, solve)
    elif table.implementation.is_duckdb():
        found = _duckdb(native, known, solve)
    elif table.implementation.is_pyspark() or table.implementation.is_pyspark_connect():
        found = _spark(native, known, solve)
    else:
        received = f"un tableau {table.implementation.name.lower()}"
        remedy = "convertissez-le d’abord, par exemple en PyArrow"
        raise RefusedData([Refusal("frame", received, KINDS, remedy, "tableau")])
    return nw.from_native(found) if isinstance(frame, nw.DataFrame | nw.LazyFrame) else found


def _eager(native: Any, table: "nw.DataFrame[Any]", known: Mapping[str, str], solve: Solve) -> Any:
    if table.implementation.is_polars():
        return _polars(native, known, solve)
    if table.implementation.is_pandas():
        return _pandas(native, known, solve)
    arrow = native if table.implementation.is_pyarrow() else table.to_arrow()
    return _arrow(arrow, known, solve)


def one_array(column: Any) -> Any:
    """A chunked array as one array."""
    if isinstance(column, pa.ChunkedArray):
        if not column.num_chunks:
            return pa.nulls(0, column.type)
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column


def _read(own: str, read: Callable[[str], Any]) -> Any:
    """A column as an Arrow array; raises `RefusedData` for a type that Arrow has not."""
    try:
        return read(own)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        received = f"un type que la lecture ne connaît pas ({str(error).splitlines()[0][:60]})"
        remedy = "convertissez la colonne avant l’évaluation"
        refusal = Refusal(f"colonne {own}", received, "un type courant", remedy, "type_colonne")
        raise RefusedData([refusal]) from None


def _arrow(table: "pa.Table", known: Mapping[str, str], solve: Solve) -> "pa.Table":
    columns = {name: _read(own, lambda own: one_array(table.column(own))) for name, own in known.items()}
    for name, values in solve(columns, table.num_rows).items():
        table = table.append_column(name, values)
    return table


def _polars(frame: Any, known: Mapping[str, str], solve: Solve) -> Any:
    import polars as pl

    columns = {
        name: _read(own, lambda own: _of_polars(frame.get_column(own), pl)) for name, own in known.items()
    }
    answers = solve(columns, frame.height)
    return frame.with_columns(*(_to_polars(name, values, pl) for name, values in answers.items()))


def _to_polars(name: str, values: Any, pl: Any) -> Any:
    """A column of Polars; one text for every row, or none, is not read row by row."""
    one = pa.types.is_dictionary(values.type) and len(values.dictionary) == 1 and not values.null_count
    if len(values) > 1 and (one or values.null_count == len(values)):
        return pl.Series(name, pl.from_arrow(values[:1])).new_from_index(0, len(values))
    return pl.Series(name, pl.from_arrow(values))


def _of_polars(series: Any, pl: Any) -> Any:
    if series.dtype == pl.Object:
        return series.to_list()
    return one_array(series.rechunk().to_arrow())


def _lazy_polars(frame: Any, known: Mapping[str, str], solve: Solve) -> Any:
    import polars as pl

    schema = frame.collect_schema()
    empty = pl.from_arrow(SCHEMA.empty_table())
    assert isinstance(empty, pl.DataFrame)
    return frame.map_batches(
        lambda part: _polars(part, known, solve), schema={**schema, **empty.schema}, streamable=True
    )


def _pandas(frame: Any, known: Mapping[str, str], solve: Solve) -> Any:
    import pandas as pd

    columns = {name: _read(own, lambda own: _of_pandas(frame[own])) for name, own in known.items()}
    answers = solve(columns, len(frame))
    exact = {SCHEMA.field("maximum_low").type: pd.ArrowDtype(SCHEMA.field("maximum_low").type)}
    added = pa.table(answers).to_pandas(types_mapper=exact.get)
    added.index = frame.index
    return pd.concat([frame, added], axis=1)


def _of_pandas(series: Any) -> Any:
    if series.dtype == object:
        return series.tolist()
    return one_array(pa.Array.from_pandas(series))


def _duckdb(relation: Any, known: Mapping[str, str], solve: Solve) -> Any:
    """Read and answered in batches, in the order of the relation; the answer is held in memory."""
    parts = list(_batches(relation.to_arrow_reader(BATCH), known, solve))
    resultat = pa.Table.from_batches(parts) if parts else _arrow(relation.to_arrow_table(), known, solve)
    return _on_its_connection(relation, resultat)


def _on_its_connection(relation: Any, _aide_am_reponses_: "pa.Table") -> Any:
    """A relation over these answers, on the connection of the first one.

    DuckDB finds them by the name of the argument, which no table of anybody has.
    """
    return relation.query("_aide_am_dossiers_", "SELECT * FROM _aide_am_reponses_")


def _batches(
    batches: "Iterable[pa.RecordBatch]", known: Mapping[str, str], solve: Solve
) -> "Iterator[pa.RecordBatch]":
    for batch in batches:
        columns = {name: batch.column(own) for name, own in known.items()}
        answers = solve(columns, batch.num_rows)
        names = [*batch.schema.names, *answers]
        yield pa.RecordBatch.from_arrays([*batch.columns, *map(_plain, answers.values())], names)


def _plain(values: Any) -> Any:
    """A column without a dictionary: those of two batches would differ."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _spark(frame: Any, known: Mapping[str, str], solve: Solve) -> Any:
    """Each worker answers for its own partitions, with this package and its extra `frames` installed."""
    from pyspark.sql import types as spark

    kinds: dict[Any, Any] = {SCHEMA.field("maximum_low").type: spark.DecimalType(12, 2)}
    kinds[pa.float64()] = spark.DoubleType()
    schema = spark.StructType(
        [
            *frame.schema.fields,
            *(spark.StructField(f.name, kinds.get(f.type, spark.StringType())) for f in SCHEMA),
        ]
    )
    return frame.mapInArrow(lambda batches: _batches(batches, known, solve), schema)


def row_of(frame: Any, row: int) -> dict[str, Any]:
    """The cells of one row of a frame, the first is 0; raises `RefusedData` where there is none."""
    table = opened(frame)
    if table.implementation.is_pyspark() or table.implementation.is_pyspark_connect():
        remedy = "donnez la ligne elle-même : explain_row(ligne.asDict())"
        received = "un tableau PySpark, dont les lignes n’ont pas de rang"
        raise RefusedData([Refusal("frame", received, "un tableau ordonné", remedy, "tableau")])
    if type(row) is not int or row < 0:
        raise _no_row(row, "le rang d’une ligne, la première est 0")
    if isinstance(table, nw.LazyFrame):
        native = nw.to_native(table)
        one = native.slice(row, 1).collect() if table.implementation.is_polars() else native.limit(1, row)
        rows = nw.from_native(one)
        found = (rows.collect() if isinstance(rows, nw.LazyFrame) else rows).rows(named=True)
    else:
        found = table[row : row + 1].rows(named=True)
    if not found:
        raise _no_row(row, "le rang d’une ligne du tableau")
    return dict(found[0])


def _no_row(row: object, expected: str) -> RefusedData:
    return RefusedData([Refusal("row", shown(row), expected, "comptez les lignes depuis 0", "ligne")])


def as_json(value: Mapping[str, Any]) -> str:
    """Codes as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
