"""Answers of tables that were once wrong, and cells that once stopped a whole table."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from aide_am import Readings, RefusedData, bareme_at
from aide_am.frames import OUTPUTS, evaluate_frame, explain_row

ROW: dict[str, Any] = {
    "specialite": "medecine_generale",
    "secteur": "1",
    "date_signature": date(2024, 7, 1),
    "option_etp": "1",
    "pmt_initiale": 1500,
    "pfa_initiale": 1800,
    "annee": 1,
}


def told(table: Any, **options: Any) -> list[dict[str, Any]]:
    answers = nw.from_native(evaluate_frame(table, **options)).select(*OUTPUTS).to_native()
    if isinstance(answers, pd.DataFrame):
        return list(answers.astype(object).where(answers.notna(), None).to_dict("records"))
    return list(answers.to_pylist() if isinstance(answers, pa.Table) else answers.to_dicts())


def objects(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows as a data frame of Python objects."""
    return pd.DataFrame([{**ROW, **row} for row in rows], dtype=object)


def arrow(**columns: Any) -> pa.Table:
    size = max((len(values) for values in columns.values()), default=1)
    return pa.table({**{name: [value] * size for name, value in ROW.items()}, **columns})


def test_a_first_table_in_which_no_option_comes_after_its_signature_is_answered() -> None:
    apart = Readings(borne_p30="exclue", trou_6_2="cent", arrondi="troncature_euro")
    rows = told(pl.DataFrame([{**ROW, "date_option": date(2024, 7, 1)}]), readings=apart)
    assert rows[0]["verdict"] == "eligible"
    assert rows[0]["maximum_low"] == Decimal("38000.00")


def test_a_relation_is_not_mistaken_for_a_table_of_its_database() -> None:
    connection = duckdb.connect()
    connection.execute("create table resultat as select 1 as a")
    connection.from_arrow(arrow()).create("dossiers")
    answers = evaluate_frame(connection.table("dossiers"))
    assert answers.select("verdict").fetchall() == [("eligible",)]


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("s"), pa.timestamp("us")])
def test_a_day_past_the_calendar_is_refused_and_stops_no_other_row(kind: pa.DataType) -> None:
    scale = {"date32[day]": 1, "timestamp[s]": 86_400, "timestamp[us]": 86_400_000_000}[str(kind)]
    days = pa.array([(date(2024, 7, 1) - date(1970, 1, 1)).days * scale, 3_000_000 * scale])
    whole = days.cast(pa.int32()) if kind == pa.date32() else days
    good, bad = told(arrow(date_signature=whole.cast(kind)))
    assert good["verdict"] == "eligible"
    assert bad["verdict"] is None
    assert "date_signature : reçu" in bad["error"]
    assert "calendrier" in bad["error"]


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize("cell", [-0.0, "-0", "-0,0", Decimal("-0.0")])
def test_a_part_of_minus_nought_is_nought(cell: Any) -> None:
    surgeon = {"specialite": "chirurgie_generale"}
    rows = told(objects(*({**surgeon, "part_honoraires_cliniques": each} for each in (cell, 0))))
    assert [row["criteria_failed"] for row in rows] == ["ELI-02", "ELI-02"]


@pytest.mark.rule("OBJ-05")
def test_the_threshold_of_a_very_large_target_is_exact() -> None:
    bareme = bareme_at(date(2020, 1, 1)).with_changes(parametres={"taux_atteint": "0.995"})
    doctor = {
        "specialite": ["medecine_generale"] * 2, "secteur": ["1"] * 2, "zone": ["ZIP"] * 2, "annee": [3] * 2,
        "exercice_coordonne": [True] * 2, "date_naissance": [date(1970, 1, 1)] * 2, "option_etp": ["1"] * 2,
        "date_installation": [date(2000, 1, 1)] * 2, "date_signature": [date(2019, 9, 1)] * 2,
        "pmt_initiale": [700] * 2, "pmt_reference": [9_000_000, 1000], "pmt_observee": [9_500_000, 1400],
    }  # fmt: skip
    large, small = told(pl.DataFrame(doctor), bareme=bareme, readings=Readings(taux_atteinte="niveau"))
    assert large["pmt_status"] == "non_atteint_sans_baisse"
    assert small["pmt_status"] == "atteint"


@pytest.mark.rule("TMP-03")
def test_two_writings_of_one_instant_are_the_days_that_they_write() -> None:
    days = (
        datetime(2024, 6, 22, tzinfo=timezone(timedelta(hours=14))),
        datetime(2024, 6, 21, tzinfo=timezone(timedelta(hours=-10))),
    )
    rows = told(objects(*({"date_signature": day} for day in days)))
    assert [row["maximum_low"] for row in rows] == [Decimal("38000.00"), Decimal("36000.00")]


def test_no_instant_is_taken_for_an_empty_cell() -> None:
    born = pa.array([-2_147_483_647, None], pa.timestamp("us"))
    strange, empty = told(arrow(date_naissance=born))
    assert "date_naissance" in strange["error"]
    assert empty["error"] is None


@pytest.mark.rule("ELI-02")
def test_a_small_float_is_the_number_that_it_shows() -> None:
    surgeon = arrow(part_honoraires_cliniques=pa.array([0.8, 0.81], pa.float32()))
    surgeon = surgeon.set_column(0, "specialite", pa.array(["chirurgie_generale"] * 2))
    rows = told(surgeon, readings=Readings(seuil_honoraires_cliniques="plus_de_80"))
    assert ["ELI-02" in (row["criteria_failed"] or "") for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("specialite_am", ["01"]),
        ("mep", {"a": 1}),
        ("specialite", "\ud800"),
        ("pmt_initiale", "9" * 400),
        ("option_etp", "1" * 5000),
        ("pmt_observee", Decimal("sNaN")),
        ("pmt_initiale", (0, (1, 5), 2)),
    ],
)
def test_a_strange_cell_stops_no_other_row(column: str, cell: Any) -> None:
    good, strange = told(objects({}, {column: cell}))
    assert good["error"] is None
    assert strange["error"] is None or column in strange["error"]
    assert strange["error"] is not None or cell.is_nan()


@pytest.mark.parametrize(
    "table",
    [
        pl.DataFrame(ROW).with_columns(pl.col("pmt_initiale").cast(pl.Int128)),
        pd.DataFrame([ROW]).astype({"pmt_initiale": pd.SparseDtype("int64")}),
    ],
    ids=["Int128", "Sparse"],
)
def test_a_type_that_no_reading_knows_is_refused_under_the_name_of_its_column(table: Any) -> None:
    with pytest.raises(RefusedData, match="colonne pmt_initiale"):
        evaluate_frame(table)


def test_a_small_decimal_is_read_as_any_other() -> None:
    count = pa.array([Decimal("1500"), Decimal("1500.5")]).cast(pa.decimal128(8, 1)).cast(pa.decimal64(8, 1))
    good, bad = told(arrow(pmt_initiale=count))
    assert good["verdict"] == "eligible"
    assert "pmt_initiale" in bad["error"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"montants": {("1", "1", "p30_p90"): 10**10}}, "bareme.montants"),
        ({"percentiles": {("medecine_generale", "pmt", "p95"): 10**7}}, "bareme.percentiles"),
    ],
)
def test_a_barème_that_no_column_holds_is_refused(changes: dict[str, Any], word: str) -> None:
    bareme = bareme_at(date(2025, 1, 1)).with_changes(**changes)
    with pytest.raises(RefusedData, match=word):
        evaluate_frame(pl.DataFrame(ROW), bareme=bareme)


@pytest.mark.parametrize(("name", "value"), [("age_senior", "7E+1"), ("taux_atteint", "1E-7")])
def test_a_parameter_given_with_an_exponent_is_read_back(name: str, value: str) -> None:
    bareme = bareme_at(date(2025, 1, 1)).with_changes(parametres={name: Decimal(value)})
    answers = evaluate_frame(pl.DataFrame(ROW), bareme=bareme)
    assert explain_row(answers, 0).simulated


def test_the_categories_of_a_table_are_those_of_its_own_rows() -> None:
    told(pl.DataFrame([{**ROW, "secteur": None}, {**ROW, "remplacant": True}], infer_schema_length=None))
    answers = evaluate_frame(arrow())
    for name in ("missing", "criteria_failed", "error"):
        kept = {text for text in answers.column(name).to_pylist() if text is not None}
        assert set(answers.column(name).combine_chunks().dictionary.to_pylist()) == kept


def test_one_row_of_pandas_is_explained_with_its_own_types() -> None:
    answers = evaluate_frame(pd.DataFrame([ROW]))
    cells = dict(answers.iloc[0])
    assert isinstance(cells["pmt_initiale"], np.integer)
    assert explain_row(cells).verdict == "eligible"


def test_a_refusal_names_the_right_one_of_two_columns_that_bear_each_other_s_name() -> None:
    swapped = {**ROW, "annee": -3, "pmt_initiale": 1}
    (row,) = told(pl.DataFrame(swapped), columns={"annee": "pmt_initiale", "pmt_initiale": "annee"})
    assert row["error"].startswith("annee : reçu -3")
