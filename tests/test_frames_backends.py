"""The same table in every kind of data frame: the same kind out, the same rows in order, the same answers."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Readings, RefusedData, bareme_at, evaluate
from aide_am.frames import COLUMNS, OUTPUTS, backends, evaluate_frame, explain_row
from aide_am.models import Dossier
from depth import DEPTH, drawing
from frames_support import COUNTS, DAYS, FLAGS, Columns, place_of, polars_table, random_table
from strategies import dossier_dicts

pytestmark = pytest.mark.deep
SIZE = 3_000 if DEPTH == "thorough" else 300
TEXTS = ("specialite", "secteur", "option_tarifaire", "zone", "option_etp", "pmt_nature", "pfa_nature")
CONNECTION = duckdb.connect()
"""A connection of its own, not the one that DuckDB shares by default."""


# --- The same columns in every kind -------------------------------------------------------------


def pandas_numpy(columns: Columns) -> pd.DataFrame:
    """Dates as datetime64, counts as floats with NaN, flags as objects: what pandas reads from CSV."""
    frame = pd.DataFrame(columns)
    for name in columns:
        if name in DAYS:
            frame[name] = pd.to_datetime(frame[name], errors="coerce").astype("datetime64[s]")
        elif name in COUNTS:
            frame[name] = frame[name].astype("float64")
    return frame


def pandas_nullable(columns: Columns) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    for name in columns:
        kind = "Int64" if name in (*COUNTS, "annee") else "boolean" if name in FLAGS else "string"
        frame[name] = pandas_numpy({name: columns[name]})[name] if name in DAYS else frame[name].astype(kind)
    return frame


def pandas_objects(columns: Columns) -> pd.DataFrame:
    """Python objects in every column, with each of the ways in which pandas writes nothing."""
    absent = (None, np.nan, pd.NaT, pd.NA)
    return pd.DataFrame(
        {
            name: pd.Series(
                [absent[rank % 4] if cell is None else cell for rank, cell in enumerate(cells)], dtype=object
            )
            for name, cells in columns.items()
        }
    )


def pandas_arrow(columns: Columns) -> pd.DataFrame:
    return pyarrow_table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def pandas_categories(columns: Columns) -> pd.DataFrame:
    frame = pandas_numpy(columns)
    return frame.astype({name: "category" for name in TEXTS if name in columns})


def pyarrow_table(columns: Columns) -> pa.Table:
    return polars_table(columns).to_arrow(compat_level=pl.CompatLevel.oldest())


def pyarrow_dictionaries(columns: Columns) -> pa.Table:
    table = pyarrow_table(columns)
    for name in [*TEXTS, "pmt_observee", "date_signature"]:
        place = table.column_names.index(name)
        table = table.set_column(place, name, table.column(name).dictionary_encode())
    return table


def pyarrow_chunks(columns: Columns) -> pa.Table:
    """In chunks of several sizes, one of them empty."""
    table = pyarrow_dictionaries(columns)
    return pa.concat_tables([table[:100], table[100:100], table[100:101], table[101:]])


def duckdb_relation(columns: Columns) -> Any:
    arrow = pyarrow_table(columns)
    return CONNECTION.from_arrow(arrow)


def duckdb_query(columns: Columns) -> Any:
    CONNECTION.register("lus", pyarrow_table(columns))
    CONNECTION.execute("CREATE OR REPLACE TABLE dossiers_en_base AS SELECT * FROM lus")
    return CONNECTION.sql("SELECT * FROM dossiers_en_base")


KINDS: dict[str, Callable[[Columns], Any]] = {
    "polars": polars_table,
    "polars lazy": lambda columns: polars_table(columns).lazy(),
    "pandas numpy": pandas_numpy,
    "pandas nullable": pandas_nullable,
    "pandas objects": pandas_objects,
    "pandas arrow": pandas_arrow,
    "pandas categories": pandas_categories,
    "pyarrow": pyarrow_table,
    "pyarrow dictionaries": pyarrow_dictionaries,
    "pyarrow chunks": pyarrow_chunks,
    "duckdb": duckdb_relation,
    "duckdb query": duckdb_query,
    "narwhals polars": lambda columns: nw.from_native(polars_table(columns)),
    "narwhals lazy": lambda columns: nw.from_native(polars_table(columns).lazy()),
    "narwhals pandas": lambda columns: nw.from_native(pandas_nullable(columns)),
    "narwhals pyarrow": lambda columns: nw.from_native(pyarrow_table(columns)),
    "narwhals duckdb": lambda columns: nw.from_native(duckdb_relation(columns)),
}
kinds = pytest.mark.parametrize("kind", list(KINDS))


def cells_of(frame: Any, names: list[str]) -> list[tuple[Any, ...]]:
    """The rows of a frame of any kind, as Python values; what is not known is `None`."""
    native = nw.to_native(frame, pass_through=True)
    if isinstance(native, pl.LazyFrame):
        native = native.collect()
    if isinstance(native, duckdb.DuckDBPyRelation):
        native = native.to_arrow_table()
    columns = [nw.from_native(native).get_column(name).to_list() for name in names]
    return [tuple(None if absent(cell) else cell for cell in row) for row in zip(*columns, strict=True)]


def absent(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)


def small_table(seed: int, size: int = SIZE) -> Columns:
    """A table without dates that pandas cannot hold in its usual types, every column there."""
    columns = random_table(seed, size)
    names = [column.name for column in COLUMNS if column.path]
    columns = {name: columns.get(name, [None] * size) for name in names}
    for name in DAYS:
        columns[name] = [day if day is None or day.year < 2200 else None for day in columns[name]]
    for row in range(7, size, 50):
        columns["annee"][row] = 0
    return columns


# --- Answers ------------------------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("seed", [201, 218])
def test_every_kind_of_table_gets_the_answers_of_polars_in_the_order_of_its_rows(
    kind: str, seed: int
) -> None:
    columns = small_table(seed)
    frame = KINDS[kind](columns)
    readings = Readings(taux_atteinte="niveau") if seed % 2 else None
    wanted = evaluate_frame(polars_table(columns), readings=readings)
    answers = evaluate_frame(frame, readings=readings)
    assert type(answers) is type(frame)
    assert nw.from_native(answers, pass_through=True).collect_schema().names() == [*columns, *OUTPUTS]
    assert cells_of(answers, list(OUTPUTS)) == wanted.select(OUTPUTS).rows()
    assert wanted["error"].null_count() < SIZE
    assert wanted["verdict"].n_unique() == 4


@kinds
def test_no_kind_of_table_loses_or_changes_a_column_of_its_own(kind: str) -> None:
    columns = small_table(203) | {"rpps": [f"{10**10 + row}" for row in range(SIZE)]}
    frame = KINDS[kind](columns)
    before = cells_of(frame, list(columns))
    answers = evaluate_frame(frame)
    assert cells_of(answers, list(columns)) == before
    assert cells_of(frame, list(columns)) == before
    given_schema = nw.from_native(frame, pass_through=True).collect_schema()
    told_schema = nw.from_native(answers, pass_through=True).collect_schema()
    assert given_schema.names() == list(columns)
    assert {name: told_schema[name] for name in columns} == dict(given_schema)


@kinds
def test_every_kind_of_table_has_exact_sums_and_fractions_of_one(kind: str) -> None:
    answers = evaluate_frame(KINDS[kind](small_table(204)))
    schema = nw.from_native(answers, pass_through=True).collect_schema()
    sums = [name for name in OUTPUTS if name.startswith(("maximum", "amount_due"))]
    rates = [name for name in OUTPUTS if name.endswith("_rate") or name.startswith("share")]
    assert all(schema[name] == nw.Decimal for name in sums)
    assert all(schema[name] == nw.Float64 for name in rates)
    texts = [name for name in OUTPUTS if name not in (*sums, *rates)]
    assert all(schema[name] in (nw.Categorical, nw.String) for name in texts)
    known = [cell for row in cells_of(answers, sums) for cell in row if cell is not None]
    assert len(known) > 100
    assert all(isinstance(cell, Decimal) and -cell.as_tuple().exponent == 2 for cell in known)


@kinds
def test_a_table_without_rows_is_answered_by_a_table_without_rows(kind: str) -> None:
    if kind == "pyarrow chunks":
        frame: Any = pyarrow_dictionaries(small_table(205)).slice(0, 0)
    else:
        frame = KINDS[kind]({name: cells[:0] for name, cells in small_table(205).items()})
    answers = evaluate_frame(frame)
    assert type(answers) is type(frame)
    assert nw.from_native(answers, pass_through=True).collect_schema().names()[-len(OUTPUTS) :] == list(
        OUTPUTS
    )
    assert cells_of(answers, list(OUTPUTS)) == []


@kinds
def test_every_kind_of_table_explains_a_row(kind: str) -> None:
    columns = small_table(206)
    reform = bareme_at(date(2024, 6, 22)).with_changes(montants={("1", "3+", "p30_p90"): 12_345})
    readings = Readings(arrondi="troncature_euro")
    answers = evaluate_frame(KINDS[kind](columns), bareme=reform, readings=readings)
    wanted = evaluate_frame(polars_table(columns), bareme=reform, readings=readings)
    rows = [row for row, verdict in enumerate(wanted["verdict"]) if verdict is not None][:6]
    for row in rows:
        assert explain_row(answers, row) == explain_row(wanted, row)
        assert explain_row(answers, row).simulated
    refused = next(row for row, error in enumerate(wanted["error"]) if error is not None)
    with pytest.raises(RefusedData):
        explain_row(answers, refused)
    with pytest.raises(RefusedData, match="comptez les lignes depuis 0"):
        explain_row(answers, SIZE)


@kinds
def test_a_wrong_column_is_told_before_anything_is_read(kind: str) -> None:
    columns = small_table(207)
    columns["pmt_initial"] = columns.pop("pmt_initiale")
    with pytest.raises(RefusedData, match="pmt_initial"):
        evaluate_frame(KINDS[kind](columns))
    without = {name: cells for name, cells in small_table(207).items() if name != "annee"}
    with pytest.raises(RefusedData, match="colonne annee"):
        evaluate_frame(KINDS[kind](without))


def dossier_of(row: dict[str, Any]) -> Dossier:
    tree: dict[str, Any] = {"contrat": {"patientele_initiale": {}}}
    for name, cell in row.items():
        if cell is not None:
            place = tree
            for parent in place_of(name)[:-1]:
                place = place.setdefault(parent, {})
            place[place_of(name)[-1]] = cell
    return Dossier.model_validate(tree)


def flat(dossier: dict[str, Any]) -> dict[str, Any]:
    """A dossier as the row of a table; dates as text."""
    row = {}
    for column in [column.name for column in COLUMNS if column.path]:
        cell: Any = dossier
        for part in place_of(column):
            cell = None if cell is None else cell.get(part)
        row[column] = cell
    return row


@drawing(40)
@given(dossiers=st.lists(dossier_dicts(), min_size=1, max_size=6))
def test_a_few_dossiers_get_their_own_decisions_in_every_kind_of_table(
    dossiers: list[dict[str, Any]],
) -> None:
    rows = [flat(dossier) for dossier in dossiers]
    wanted: list[Any] = []
    for row in rows:
        try:
            decision = evaluate(dossier_of(row))
        except RefusedData:
            wanted.append((None, None, None))
            continue
        due = decision.amount_due
        wanted.append((decision.verdict, None if due is None else due.low, None if due is None else due.high))
    names = ["verdict", "amount_due_low", "amount_due_high"]
    arrow = pa.Table.from_pylist(rows)
    frames: list[Any] = [arrow, pl.DataFrame(rows, infer_schema_length=None), CONNECTION.from_arrow(arrow)]
    frames += [
        pd.DataFrame(rows),
        pd.DataFrame(rows, dtype=object),
        pl.LazyFrame(rows, infer_schema_length=None),
    ]
    for frame in frames:
        assert cells_of(evaluate_frame(frame), names) == wanted


# --- pandas -------------------------------------------------------------------------------------

INDEXES: dict[str, Any] = {
    "repeated": pd.Index([7, 7, 3] * (SIZE // 3), name="rang"),
    "text": pd.Index([f"PS{row}" for row in range(SIZE)]),
    "several levels": pd.MultiIndex.from_product([["34", "30"], range(SIZE // 2)], names=["dep", "rang"]),
    "backwards": pd.RangeIndex(SIZE, 0, -1),
    "days": pd.date_range("2024-01-01", periods=SIZE),
}


@pytest.mark.parametrize("name", list(INDEXES))
def test_an_index_of_pandas_is_kept_even_where_its_values_repeat(name: str) -> None:
    columns = small_table(208)
    frame = pandas_numpy(columns).set_axis(INDEXES[name])
    answers = evaluate_frame(frame)
    pd.testing.assert_index_equal(answers.index, INDEXES[name])
    pd.testing.assert_frame_equal(answers[list(columns)], frame)
    assert cells_of(answers, list(OUTPUTS)) == evaluate_frame(polars_table(columns)).select(OUTPUTS).rows()


def test_the_types_of_pandas_are_kept_and_the_answers_are_categories_and_exact_decimals() -> None:
    for build in (pandas_numpy, pandas_nullable, pandas_objects, pandas_arrow, pandas_categories):
        frame = build(small_table(209))
        answers = evaluate_frame(frame)
        assert answers.dtypes[: len(frame.columns)].to_list() == frame.dtypes.to_list()
        assert isinstance(answers["verdict"].dtype, pd.CategoricalDtype)
        assert isinstance(answers["amount_due_low"].dtype, pd.ArrowDtype)
        assert answers["share_low"].dtype == np.float64


def test_a_table_of_pandas_filtered_by_its_analyst_keeps_its_rows() -> None:
    frame = pandas_numpy(small_table(210))
    kept = frame[frame["annee"] == 3]
    answers = evaluate_frame(kept)
    assert answers.index.to_list() == kept.index.to_list()
    whole = evaluate_frame(frame)
    assert cells_of(answers, list(OUTPUTS)) == cells_of(whole[whole["annee"] == 3], list(OUTPUTS))


def test_a_column_of_pandas_whose_name_is_no_text_is_kept() -> None:
    frame = pandas_numpy(small_table(211))
    frame[2024] = 1
    answers = evaluate_frame(frame)
    assert answers[2024].to_list() == [1] * SIZE
    assert "verdict" in answers.columns


@pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
def test_a_column_given_twice_is_refused_in_words(kind: str) -> None:
    frame: Any = pandas_numpy(small_table(211))
    if kind == "pandas":
        frame = pd.concat([frame, frame[["annee"]]], axis=1)
    else:
        frame = pyarrow_table(small_table(211))
        frame = frame.append_column("annee", frame.column("annee"))
    with pytest.raises(RefusedData, match="annee"):
        evaluate_frame(frame)


# --- Polars, lazily -----------------------------------------------------------------------------


def test_a_lazy_table_of_polars_is_answered_only_when_it_is_collected() -> None:
    columns = small_table(212)
    read: list[int] = []

    def seen(part: pl.DataFrame) -> pl.DataFrame:
        read.append(part.height)
        return part

    answers = evaluate_frame(polars_table(columns).lazy().map_batches(seen))
    assert answers.collect_schema().names() == [*columns, *OUTPUTS]
    assert read == []
    assert answers.collect().rows() == evaluate_frame(polars_table(columns)).rows()
    assert sum(read) == SIZE


Asked = Callable[[Any], Any]
QUESTIONS: dict[str, Asked] = {
    "one answer": lambda frame: frame.select("verdict"),
    "an answer and an own column": lambda frame: frame.select("annee", "amount_due_high"),
    "own columns alone": lambda frame: frame.select("annee", "zone"),
    "rows by an answer": lambda frame: frame.filter(pl.col("verdict").cast(pl.String) == "eligible"),
    "rows by an own column": lambda frame: frame.filter(pl.col("annee") == 3),
    "rows by both": lambda frame: frame.filter(pl.col("annee") == 3, pl.col("share_low") < 1),
    "first rows": lambda frame: frame.head(20),
    "last rows": lambda frame: frame.tail(20),
    "rows in the middle": lambda frame: frame.slice(50, 30),
    "in order of an answer": lambda frame: frame.with_row_index("rang").sort(
        "maximum_low", "rang", nulls_last=True
    ),
    "sums": lambda frame: frame.group_by("annee").agg(pl.col("amount_due_high").sum()).sort("annee"),
    "an own column renamed after": lambda frame: frame.rename({"annee": "an"}).select("an", "regime"),
}


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
@pytest.mark.parametrize("question", list(QUESTIONS))
def test_a_question_asked_of_a_lazy_table_is_answered_as_by_an_eager_one(question: str, engine: Any) -> None:
    table = polars_table(small_table(213))
    ask = QUESTIONS[question]
    lazy = ask(evaluate_frame(table.lazy())).collect(engine=engine)
    eager = ask(evaluate_frame(table))
    assert lazy.columns == eager.columns
    assert lazy.rows() == eager.rows()
    assert lazy.height > 0


def test_many_batches_of_a_lazy_table_come_back_whole_and_in_order() -> None:
    table = polars_table(small_table(214))
    tall = pl.concat([table] * 40)
    answers = evaluate_frame(tall.lazy()).collect(engine="streaming")
    assert answers.rows() == evaluate_frame(table).rows() * 40


# --- DuckDB -------------------------------------------------------------------------------------


def test_a_relation_of_many_batches_keeps_its_rows_in_order_on_its_own_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backends, "BATCH", 2_000)
    table = polars_table(small_table(215))
    table = table.filter(evaluate_frame(table)["error"].is_null())[:220]
    tall = pl.concat([table] * 50).with_row_index("rang").to_arrow(compat_level=pl.CompatLevel.oldest())
    relation = CONNECTION.from_arrow(tall)
    answers = evaluate_frame(relation)
    assert answers.aggregate("count(*)").limit(1).fetchall() == [(11_000,)]
    wanted = evaluate_frame(table).select("verdict", "amount_due_low", "error").rows()
    found = answers.order("rang").select("verdict", "amount_due_low", "error").fetchall()
    assert found == wanted * 50
    assert answers.select("rang").limit(3, 3_999).fetchall() == [(3_999,), (4_000,), (4_001,)]


def test_a_relation_is_asked_on_with_sql() -> None:
    columns = small_table(216)
    answers = evaluate_frame(duckdb_relation(columns))
    found = answers.filter("verdict = 'eligible'").aggregate("count(*), sum(amount_due_high)").fetchall()
    eager = evaluate_frame(polars_table(columns)).filter(pl.col("verdict").cast(pl.String) == "eligible")
    assert found == [(eager.height, eager["amount_due_high"].sum())]


def test_two_relations_answered_one_after_the_other_keep_their_own_answers() -> None:
    first, second = small_table(217), small_table(218)
    answers = [evaluate_frame(duckdb_relation(columns)) for columns in (first, second)]
    for told, columns in zip(answers, (first, second), strict=True):
        wanted = evaluate_frame(polars_table(columns)).select(OUTPUTS).rows()
        assert cells_of(told, list(OUTPUTS)) == wanted


# --- What is no table ---------------------------------------------------------------------------


def rows_one_by_one() -> Iterator[dict[str, int]]:
    yield {"annee": 3}


@pytest.mark.parametrize(
    "thing",
    [
        None,
        3,
        "dossiers.csv",
        {"annee": [3]},
        [{"annee": 3}],
        rows_one_by_one(),
        np.zeros((2, 2)),
        pl.Series("annee", [3]),
        pd.Series([3], name="annee"),
        pa.chunked_array([[3]]),
        nw.from_native(pl.Series("annee", [3]), series_only=True),
        duckdb,
        object(),
        pl.DataFrame,
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_no_table_is_refused_in_french(thing: Any) -> None:
    with pytest.raises(RefusedData) as error:
        evaluate_frame(thing)
    (refusal,) = error.value.refusals
    assert refusal.field == "frame"
    assert "pandas, Polars (direct ou différé), PyArrow, DuckDB ou PySpark" in refusal.expected
    assert type(thing).__name__ in refusal.received
