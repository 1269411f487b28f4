"""The same function on a local PySpark session: the answers of Polars, computed by two workers."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aide_am import Readings, RefusedData, bareme_at
from aide_am.frames import OUTPUTS, evaluate_frame, explain_row
from depth import DEPTH
from frames_support import polars_table, random_table

pytestmark = pytest.mark.deep
SIZE = 10_000 if DEPTH == "thorough" else 2_000


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    """Random dossiers with a rank, without dates beyond what a session reads."""
    return polars_table(random_table(308, SIZE)).with_row_index("rang").cast({"rang": pl.Int64})


def spark_frame(session: Any, table: pl.DataFrame) -> Any:
    return session.createDataFrame(table.to_arrow(compat_level=pl.CompatLevel.oldest()))


def rows_of(answers: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in answers.select("rang", *OUTPUTS).orderBy("rang").collect()]


def test_a_table_on_spark_gets_the_answers_of_polars(spark: Any, table: pl.DataFrame) -> None:
    frame = spark_frame(spark, table).repartition(4)
    answers = evaluate_frame(frame)
    assert type(answers) is type(frame)
    assert answers.columns == [*table.columns, *OUTPUTS]
    assert answers.schema.fields[: len(table.columns)] == frame.schema.fields
    assert str(answers.schema["amount_due_low"].dataType) == "DecimalType(12,2)"
    wanted = evaluate_frame(table).select("rang", *OUTPUTS).rows()
    assert rows_of(answers) == wanted


def test_a_reform_and_readings_travel_to_the_workers(spark: Any, table: pl.DataFrame) -> None:
    day = table["date_signature"].drop_nulls().max()
    reform = bareme_at(day).with_changes(montants={("1", "3+", "p30_p90"): 24_680})  # type: ignore[arg-type]
    chosen = Readings(taux_atteinte="niveau", arrondi="troncature_euro")
    own = {"pmt_initiale": "MT"}
    renamed = table.rename(own)
    answers = evaluate_frame(spark_frame(spark, renamed), readings=chosen, bareme=reform, columns=own)
    wanted = evaluate_frame(renamed, readings=chosen, bareme=reform, columns=own)
    assert rows_of(answers) == wanted.select("rang", *OUTPUTS).rows()
    plain = evaluate_frame(renamed, columns=own)
    assert plain.select(OUTPUTS).rows() != wanted.select(OUTPUTS).rows()
    row = answers.filter("verdict = 'eligible'").orderBy("rang").first()
    assert explain_row(row.asDict()) == explain_row(wanted, row["rang"])
    with pytest.raises(RefusedData, match="PySpark"):
        explain_row(answers, 0)


def test_answers_are_asked_on_with_spark_sql(spark: Any, table: pl.DataFrame) -> None:
    answers = evaluate_frame(spark_frame(spark, table))
    answers.createOrReplaceTempView("reponses")
    found = spark.sql(
        "SELECT verdict, count(*) AS n, sum(amount_due_high) AS s FROM reponses GROUP BY verdict"
    )
    told = {row["verdict"]: (row["n"], row["s"]) for row in found.collect()}
    wanted = evaluate_frame(table).group_by("verdict").agg(pl.len(), pl.col("amount_due_high").sum()).rows()
    assert told == {verdict: (count, total or None) for verdict, count, total in wanted}


def test_a_table_without_rows_and_a_wrong_column_on_spark(
    spark: Any, table: pl.DataFrame, tmp_path: Path
) -> None:
    frame = spark_frame(spark, table)
    assert evaluate_frame(frame.limit(0)).collect() == []
    with pytest.raises(RefusedData, match="colonne annee"):
        evaluate_frame(frame.drop("annee"))
    with pytest.raises(RefusedData, match="colonne Zone"):
        evaluate_frame(frame.drop("zone").withColumnRenamed("rang", "Zone"))
