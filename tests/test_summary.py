"""What a table adds up to, group by group, and the doctors whom a few patients bring over a threshold."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from aide_am import Dossier, Readings, RefusedData, bareme_at, evaluate
from aide_am.frames import SUMMARY, evaluate_frame, explain_row, near_thresholds, summarise
from aide_am.models import Observation, of_indicator
from frames_support import polars_table, random_table
from test_frames_spark import spark_frame

CONNECTION = duckdb.connect()
VERDICTS = ("eligible", "a_instruire", "non_eligible")
SUMS = ("maximum_low", "maximum_high", "amount_due_low", "amount_due_high", "expected_low", "expected_high")
Rows = list[dict[str, Any]]


# --- A table by hand ----------------------------------------------------------------------------

DOCTOR: dict[str, Any] = {
    "specialite": "medecine_generale", "secteur": "1", "zone": "ZIP", "option_tarifaire": None,
    "date_naissance": "1970-05-02", "date_installation": "2005-09-01", "date_signature": "2024-09-01",
    "option_etp": "1", "annee": 3, "pmt_initiale": 1300, "pfa_initiale": 1800,
    "pmt_objectif": 1560, "pfa_objectif": 1910, "pmt_observee": 1500, "pfa_observee": 1890,
}  # fmt: skip
"""The doctor of the README: 22 000 € at most, 9/11 of it due; 47 PMT or 15 PFA short of his objectives."""


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """One doctor a row, the doctor of the README but for what is given."""
    return pl.DataFrame([{"departement": "09", **DOCTOR, **row} for row in rows], infer_schema_length=None)


@cache
def contracts() -> pl.DataFrame:
    """Seven contracts of two départements, each in a situation of its own, evaluated."""
    return evaluate_frame(
        table(
            {"annee": 1},  # 38 000 € whatever the result
            {},  # 18 000 € of 22 000 €
            {"pmt_observee": None, "pfa_observee": None},  # 22 000 € at most, nothing observed
            {"departement": "31", "pmt_objectif": None, "pfa_objectif": None},  # 0 to 22 000 €
            {"departement": "31", "secteur": None, "pmt_observee": 1600},  # à instruire, 22 000 €
            {"departement": "31", "secteur": "non_conventionne"},  # non eligible
            {"departement": "31", "annee": 0},  # refused
        )
    )


def rows_of(found: Any) -> Rows:
    """The rows of any kind of table; what pandas writes for nothing is nothing."""
    frame = nw.from_native(found)
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return [
        {name: None if value is None or value is pd.NA or value != value else value
         for name, value in row.items()}
        for row in frame.rows(named=True)
    ]  # fmt: skip


def test_a_summary_counts_every_row_once_and_adds_up_what_is_known() -> None:
    (row,) = rows_of(summarise(contracts()))
    assert row == {
        "rows": 7, "refused": 1, "eligible": 4, "a_instruire": 1, "non_eligible": 1,
        "settled": 3, "open": 2, "without_amount": 1, "without_maximum": 0,
        "maximum_low": Decimal("126000.00"), "maximum_high": Decimal("126000.00"),
        "amount_due_low": Decimal("78000.00"), "amount_due_high": Decimal("100000.00"),
        "settled_shares": 3, "full_payments": 2, "full_payment_share": 2 / 3,
        "mean_share": pytest.approx((1 + 9 / 11 + 1) / 3, abs=1e-15),
    }  # fmt: skip


def test_a_summary_by_a_column_has_one_sorted_row_a_group() -> None:
    found = rows_of(summarise(contracts(), by="departement"))
    assert [(row["departement"], row["rows"], row["amount_due_high"]) for row in found] == [
        ("09", 3, Decimal("56000.00")),
        ("31", 4, Decimal("44000.00")),
    ]
    pairs = rows_of(summarise(contracts(), by=["departement", "verdict"]))
    assert [(row["departement"], row["verdict"], row["rows"]) for row in pairs] == [
        ("09", "eligible", 3), ("31", "a_instruire", 1), ("31", "eligible", 1), ("31", "non_eligible", 1),
        ("31", None, 1),
    ]  # fmt: skip


def test_a_group_without_any_amount_has_no_sum_rather_than_zero() -> None:
    by_verdict = {row["verdict"]: row for row in rows_of(summarise(contracts(), by="verdict", scenario="1"))}
    for verdict in ("non_eligible", None):
        assert all(by_verdict[verdict][name] is None for name in SUMS)
        assert by_verdict[verdict]["full_payment_share"] is None
        assert by_verdict[verdict]["mean_share"] is None


def test_an_empty_table_has_no_group_and_one_row_of_nothing() -> None:
    empty = contracts().head(0)
    assert rows_of(summarise(empty, by="annee")) == []
    (row,) = rows_of(summarise(empty, scenario="0.5"))
    assert (row["rows"], row["amount_due_low"], row["expected_low"]) == (0, None, None)


def test_a_year_that_no_text_gives_an_amount_to_is_counted_and_not_summed() -> None:
    """1.5 ETP under a new contract has amounts from year 3 only (MNT-05)."""
    before = {"anterieur_option_etp": "1", "anterieur_date_signature": "2019-09-01"}
    row = {**before, "anterieur_objectifs_atteints": True, "option_etp": "1.5", "annee": 2}
    (found,) = rows_of(summarise(evaluate_frame(table(row)), scenario="0.8"))
    assert (found["a_instruire"], found["without_maximum"], found["not_estimated"]) == (1, 1, 1)
    assert found["expected_low"] is None


# --- A scenario ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("0", "78000"),
        ("1", "122000"),
        ("0.85", "115400"),  # 78 000 + 2 × 18 700
        (0.85, "115400"),
        ("0,85", "115400"),
        (Decimal("0.85"), "115400"),
        (Fraction(1, 3), "92666.66"),  # 2 × 7 333,33
        (1, "122000"),
        ({"annee": {3: "0.5", 4: "0.9"}}, "100000"),
        ({"departement": {"09": "0.5", "31": "0.25"}}, "94500"),
        ({"verdict": {"eligible": "0.5"}}, "100000"),
    ],
)
def test_an_open_contract_is_expected_to_get_its_maximum_times_the_assumed_share(
    scenario: Any, expected: str
) -> None:
    (row,) = rows_of(summarise(contracts(), scenario=scenario))
    assert row["expected_low"] == row["expected_high"] == Decimal(expected)
    assert row["not_estimated"] == 0


def test_an_open_contract_whose_value_the_scenario_does_not_name_is_counted_apart() -> None:
    (row,) = rows_of(summarise(contracts(), scenario={"departement": {"31": "0.5"}}))
    assert (row["expected_low"], row["not_estimated"]) == (Decimal("89000.00"), 1)


@pytest.mark.parametrize(
    ("share", "expected"), [("0.1", "11000.00"), ("0.5", "11000.00"), ("0.55", "12100.00"), ("1", "13000.00")]
)
def test_an_expected_amount_stays_within_the_interval_that_is_already_known(
    share: str, expected: str
) -> None:
    """A dermatologue at half of his increase, whose P90 is not published: 11 000 to 13 000 € for 22 000 to
    26 000 €; what a share makes of either maximum is kept between both."""
    cells = {"specialite": "dermatologie", "pmt_observee": None, "pfa_observee": 2550}
    targets = {"pmt_initiale": None, "pmt_objectif": None, "pfa_initiale": 2400, "pfa_objectif": 2700}
    one = evaluate_frame(table({**cells, **targets}))
    (row,) = rows_of(summarise(one, scenario=share))
    assert (row["amount_due_low"], row["amount_due_high"]) == (Decimal(11000), Decimal(13000))
    assert row["expected_low"] == Decimal(expected)
    assert row["expected_high"] == min(max(26000 * Decimal(share), Decimal(11000)), Decimal(13000))


@pytest.mark.parametrize(
    ("part", "centimes"),
    [(Fraction(1, 128), 17188), (Fraction(3, 128), 51563), (Fraction(1, 64), 34375), ("0.333333", 733333)],
)
def test_an_expected_amount_is_rounded_once_a_row_half_up(part: Any, centimes: int) -> None:
    """22 000 € ÷ 128 is 171,875 €."""
    open_row = {"pmt_observee": None, "pfa_observee": None}
    one = evaluate_frame(table(open_row, open_row))
    (row,) = rows_of(summarise(one, scenario=part))
    assert row["expected_low"] == 2 * Decimal(centimes) / 100


# --- The same sums for every kind of table ------------------------------------------------------


def as_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    found = frame.to_pandas()
    found.index = pd.Index(range(7, 7 + len(found)))
    return found


def objects_of(answers: pd.DataFrame) -> pd.DataFrame:
    """The sums as Python decimals, as pandas reads them back from a Parquet file."""
    sums = {name: answers[name].astype(object).where(answers[name].notna(), None) for name in SUMS[:4]}
    return answers.assign(**sums)


KINDS: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "polars_lazy": lambda frame: frame.lazy(),
    "pandas": as_pandas,
    "pyarrow": lambda frame: frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
    "duckdb": lambda frame: CONNECTION.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest())),
    "narwhals": lambda frame: nw.from_native(frame),
}
SCENARIOS: dict[str, Any] = {
    "none": None,
    "one": "0.83",
    "by_year": {"annee": {3: "0.7", 4: "0.125", 5: "1"}},
}
BYS: tuple[Any, ...] = (None, "annee", ["verdict", "zone"], "regime")


@cache
def dossiers() -> pl.DataFrame:
    """Random dossiers; the option is that of the signature."""
    columns = {name: cells for name, cells in random_table(41, 900).items() if name != "date_option"}
    return polars_table(columns)


@cache
def answered(kind: str) -> Any:
    if kind == "pandas_objects":
        return objects_of(evaluate_frame(as_pandas(dossiers())))
    return evaluate_frame(KINDS[kind](dossiers()))


def added_up(rows: Rows, by: Any, scenario: Any) -> Rows:
    """The summary in plain Python, one row at a time, from its definition."""
    keys = [] if by is None else [by] if isinstance(by, str) else by
    groups: dict[tuple[Any, ...], Rows] = {} if keys else {(): []}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    order = sorted(groups, key=lambda group: [(value is None, value or 0) for value in group])
    return [dict(zip(keys, group, strict=True)) | _added(groups[group], scenario) for group in order]


def _added(rows: Rows, scenario: Any) -> dict[str, Any]:
    admitted = [row for row in rows if row["verdict"] in ("eligible", "a_instruire")]
    settled = [row for row in admitted if row["amount_due_low"] is not None and _settled(row, "amount_due")]
    shares = [row["share_low"] for row in rows if row["share_low"] is not None and _settled(row, "share")]
    found = {
        "rows": len(rows),
        "refused": sum(row["error"] is not None for row in rows),
        **{name: sum(row["verdict"] == name for row in rows) for name in VERDICTS},
        "settled": len(settled),
        "open": len(admitted) - len(settled),
        "without_amount": sum(row["amount_due_low"] is None for row in admitted),
        "without_maximum": sum(row["maximum_low"] is None for row in admitted),
        **{name: _sum([row[name] for row in rows]) for name in SUMS[:4]},
        "settled_shares": len(shares),
        "full_payments": shares.count(1),
        "full_payment_share": shares.count(1) / len(shares) if shares else None,
        "mean_share": pytest.approx(sum(shares) / len(shares), abs=1e-12) if shares else None,
    }  # fmt: skip
    if scenario is None:
        return found
    expected = [_expected(row, scenario) for row in admitted]
    return found | {
        "expected_low": _sum([low for low, _ in expected]),
        "expected_high": _sum([high for _, high in expected]),
        "not_estimated": sum(low is None for low, _ in expected),
    }


def _settled(row: dict[str, Any], name: str) -> bool:
    return bool(row[f"{name}_low"] == row[f"{name}_high"])


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _expected(row: dict[str, Any], scenario: Any) -> tuple[Decimal | None, Decimal | None]:
    low, high = row["amount_due_low"], row["amount_due_high"]
    if low is not None and low == high:
        return low, low
    part = scenario["annee"].get(row["annee"]) if isinstance(scenario, dict) else scenario
    if part is None or row["maximum_low"] is None:
        return None, None
    ends = []
    for name in ("maximum_low", "maximum_high"):
        exact = Fraction(row[name]) * Fraction(part) * 100
        euros = Decimal((2 * exact + 1).__floor__() // 2) / 100
        ends.append(euros if low is None else min(max(euros, low), high))
    return ends[0], ends[1]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("by", BYS, ids=str)
@pytest.mark.parametrize("kind", [*KINDS, "pandas_objects"])
def test_the_sums_are_those_of_exact_decimals_for_every_kind_of_table(
    kind: str, by: Any, scenario: str
) -> None:
    answers = answered(kind)
    found = summarise(answers, by=by, scenario=SCENARIOS[scenario])
    assert type(found) is type(answers)
    assert rows_of(found) == added_up(rows_of(answered("polars")), by, SCENARIOS[scenario])


def test_the_columns_come_in_the_order_that_is_announced() -> None:
    found = summarise(contracts(), by="annee", scenario="0.5", near=5)
    assert found.columns == ["annee", *SUMMARY]
    assert found.schema["amount_due_low"].scale == 2  # type: ignore[attr-defined]


def test_a_summary_of_spark_is_that_of_polars(spark: Any) -> None:
    frame = evaluate_frame(spark_frame(spark, dossiers()))
    scenario = SCENARIOS["by_year"]
    found = summarise(frame, by="annee", scenario=scenario)
    assert type(found) is type(frame)
    wanted = rows_of(summarise(answered("polars"), by="annee", scenario=scenario))
    assert [{**row, "mean_share": None} for row in rows_of(found)] == [
        {**row, "mean_share": None} for row in wanted
    ]
    near = near_thresholds(frame, 4)
    assert type(near) is type(frame)
    wanted_near = near_thresholds(answered("polars"), 4)
    assert sorted(row["message"] for row in rows_of(near)) == sorted(wanted_near["message"])


# --- Near a threshold ---------------------------------------------------------------------------


@pytest.mark.rule("OBJ-07")
@pytest.mark.parametrize(("patients", "near"), [(14, False), (15, True), (46, True), (1000, True)])
def test_the_doctor_of_the_readme_is_15_pfa_away_from_his_objective(patients: int, near: bool) -> None:
    found = near_thresholds(evaluate_frame(table({})), patients)
    assert found.height == near
    if patients == 15:
        (row,) = found.rows(named=True)
        assert (row["row"], row["pfa_missing_patients"], row["pfa_gain_low"], row["pfa_gain_high"]) == (
            0, 15, Decimal("22000.00"), Decimal("22000.00"),
        )  # fmt: skip
        assert row["pmt_missing_patients"] is row["pfa_can_lose"] is row["pfa_loss_low"] is None
        assert row["changes_amount"]
        assert row["message"] == (
            "Il manque 15 patients en file active au docteur de la ligne 1 pour atteindre son objectif\u202f"
            "; le montant dû passerait de 18\u202f000\u00a0€ à 22\u202f000\u00a0€."
        )


@pytest.mark.rule("OBJ-07")
@pytest.mark.parametrize(
    ("cells", "patients", "said"),
    [
        (
            {"pfa_observee": 1802},
            3,
            "Avec 3 patients de moins en file active, le docteur 77 serait en baisse ; "
            "le montant dû passerait de 16 923,08 € à 0 €.",
        ),
        (
            {"pmt_observee": 1299},
            1,
            "Il manque 1 patient en patientèle médecin traitant au docteur 77 pour ne plus être en baisse ; "
            "le montant dû passerait de 0 € à 18 000 €.",
        ),
        (
            {"pmt_observee": 1547},
            1,
            "Avec 1 patient de moins en patientèle médecin traitant, le docteur 77 n’atteindrait plus son "
            "objectif ; le montant dû passerait de 22 000 € à 20 815,38 €.",
        ),
        (
            {"pmt_observee": 1600, "pfa_observee": 1904},
            1,
            "Il manque 1 patient en file active au docteur 77 pour atteindre son objectif ; "
            "le montant dû ne changerait pas (22 000 €).",
        ),
    ],
)
def test_a_message_says_who_how_many_and_what_it_does_to_the_amount(
    cells: dict[str, Any], patients: int, said: str
) -> None:
    answers = evaluate_frame(table({"matricule": "77", **cells}))
    (row,) = near_thresholds(answers, patients, label="matricule").rows(named=True)
    assert row["message"].replace("\u202f", " ").replace("\u00a0", " ") == said
    assert row["changes_amount"] is ("passerait" in said)


@pytest.mark.parametrize("column", ["pmt", "pfa"])
def test_what_can_be_lost_is_what_the_objective_of_the_decision_says(column: str) -> None:
    answers = evaluate_frame(table({"pmt_observee": 1303, "pfa_observee": 1803}))
    (row,) = near_thresholds(answers, 5).rows(named=True)
    objectives = explain_row(answers, row["row"]).objectives
    assert objectives is not None
    assert row[f"{column}_can_lose"] == objectives[column].can_lose == 3  # type: ignore[index]


@pytest.mark.rule("MOD-00")
@pytest.mark.parametrize("annee", [1, 2])
def test_a_doctor_whose_year_is_paid_whatever_the_result_is_near_no_threshold(annee: int) -> None:
    assert near_thresholds(evaluate_frame(table({"annee": annee, "pfa_observee": 1904})), 5).height == 0


def test_rows_without_an_amount_are_near_no_threshold() -> None:
    unseen = {"pmt_observee": None, "pfa_observee": None}
    rows = [unseen, {"secteur": "non_conventionne", "pfa_observee": 1904}, {"annee": 0, "pfa_observee": 1904}]
    assert near_thresholds(evaluate_frame(table(*rows)), 5).height == 0


def state(dossier: Dossier, name: Any, counts: Observation, bareme: Any = None) -> tuple[Any, bool]:
    decision = evaluate(dossier.model_copy(update={"observation": counts}), bareme=bareme)
    assert decision.objectives is not None
    assert decision.share is not None
    return decision.objectives[name].status, decision.share.low == 1


def nearest(dossier: Dossier, name: Any, way: int, most: int) -> int | None:
    """The fewest patients that change a status or the whole payment, tried one by one."""
    seen = dossier.observation
    observed = of_indicator(seen, name)
    if seen is None or observed is None:
        return None
    here = state(dossier, name, seen)
    for distance in range(1, most + 1):
        count = observed + way * distance
        if count >= 0 and state(dossier, name, seen.model_copy(update={name: count})) != here:
            return distance
    return None


def test_the_rows_near_a_threshold_are_those_found_patient_by_patient() -> None:
    most, answers = 4, answered("polars")
    found = {row["row"]: row for row in near_thresholds(answers, most).rows(named=True)}
    rows = answers.with_row_index("rank").filter(
        pl.col("amount_due_low").is_not_null() & (pl.col("regime").cast(pl.String).fill_null("") != "MOD-00")
    )
    tried = 0
    for row in rows.rows(named=True):
        decision = explain_row(row)
        wanted: dict[str, int | None] = {}
        for name in decision.objectives or {}:
            more, fewer = (nearest(decision.dossier, name, way, most) for way in (1, -1))
            wanted |= {
                f"{name}_missing_patients": more,
                f"{name}_can_lose": None if fewer is None else fewer - 1,
            }
        near = any(count is not None for count in wanted.values())
        assert near is (row["rank"] in found), row["rank"]
        if near:
            tried += 1
            assert {name: found[row["rank"]][name] for name in wanted} == wanted
    assert tried == len(found) > 40


@pytest.mark.parametrize("kind", [*KINDS, "pandas_objects"])
def test_every_kind_of_table_has_the_same_rows_near_a_threshold(kind: str) -> None:
    answers = answered(kind)
    found = near_thresholds(answers, 4)
    assert type(found) is type(answers)
    added = near_thresholds(answered("polars"), 4).columns[len(answered("polars").columns) :]
    wanted = near_thresholds(answered("polars"), 4).select(added).rows(named=True)
    assert [{name: row[name] for name in added} for row in rows_of(found)] == wanted


def test_the_rows_near_a_threshold_are_counted_by_group() -> None:
    answers = answered("polars")
    counted = {row["annee"]: row["near_threshold"] for row in rows_of(summarise(answers, by="annee", near=4))}
    rows = near_thresholds(answers, 4)["annee"].to_list()
    assert counted == {annee: rows.count(annee) for annee in counted}
    assert sum(counted.values()) == len(rows) > 40
    assert rows_of(summarise(answered("duckdb"), near=4))[0]["near_threshold"] == len(rows)


def test_each_row_is_measured_under_its_own_readings_and_its_own_bareme() -> None:
    """The level reaches 95 % of 1910 from 1815 PFA on; a simulated tolerance of 90 %, from 1899 on."""
    law = bareme_at(date(2024, 9, 1)).with_changes(parametres={"taux_atteint": "0.9"})
    one = table({"pmt_observee": 1302, "pfa_observee": 1890})
    level = evaluate_frame(one.with_columns(pfa_observee=1812), readings=Readings(taux_atteinte="niveau"))
    simulated = evaluate_frame(one, bareme=law)
    plain = evaluate_frame(one)
    both = pl.concat([plain, level, simulated], how="vertical_relaxed")
    found = {row["row"]: row["pfa_missing_patients"] for row in near_thresholds(both, 20).rows(named=True)}
    assert found == {0: 15, 1: 3, 2: 9}


# --- Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ({"by": "departemnt"}, ["by : reçu \"departemnt\"", ": departement, spec", "« departement »"]),
        ({"by": ["annee", "region"]}, ["reçu \"region\""]),
        ({"by": 3}, ["by : reçu 3", "un nom de colonne"]),
        ({"by": "amount_due_low"}, ["amount_due_low, le nom d’une colonne de la synthèse", "renommez"]),
        ({"scenario": "1.2"}, ["scenario : reçu \"1.2\"", "une part entre 0 et 1"]),
        ({"scenario": "beaucoup"}, ["une part entre 0 et 1"]),
        ({"scenario": True}, ["scenario : reçu true"]),
        ({"scenario": "0.1234567"}, ["de six décimales au plus"]),
        ({"scenario": {"annee": {3: "0.5"}, "zone": {"ZIP": "1"}}}, ["une seule colonne"]),
        ({"scenario": {"anne": {3: "0.5"}}}, ["essayez « annee »"]),
        ({"scenario": {"annee": "0.5"}}, ["une part pour chaque valeur"]),
        ({"scenario": {"annee": {"trois": "0.5"}}}, ["scenario[annee] : reçu \"trois\"", "un nombre"]),
        ({"scenario": {"annee": {3: "1/2"}}}, ["scenario[annee][3]"]),
        ({"scenario": {"annee": {3: Fraction(1, 999_983), 4: Fraction(1, 3)}}}, ["commun"]),
        ({"near": 0}, ["patients : reçu 0", "de 1 à 1 000"]),
        ({"near": "5"}, ["un nombre entier de patients"]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_french(ask: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(RefusedData) as refused:
        summarise(contracts(), **ask)
    text = str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
    assert all(part in text for part in said), text


@pytest.mark.parametrize("ask", [summarise, near_thresholds])
def test_a_table_that_was_not_evaluated_is_refused_with_what_it_lacks(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(RefusedData, match=r"sans verdict, criteria_failed, .* passez d’abord le tableau"):
        ask(table({}))
    with pytest.raises(RefusedData, match="un tableau pandas, Polars"):
        ask([1, 2])


def test_sums_that_became_floats_are_refused() -> None:
    frame = contracts().with_columns(pl.col("amount_due_low").cast(pl.Float64))
    with pytest.raises(
        RefusedData, match="colonne amount_due_low : reçu le type Float64 ; attendu : des décimaux"
    ):
        summarise(frame)


def test_a_column_that_bears_the_name_of_an_answer_or_is_not_there_is_refused() -> None:
    with pytest.raises(RefusedData) as refused:
        near_thresholds(contracts().with_columns(message=pl.lit("")), label="matricule")
    assert [refusal.code for refusal in refused.value.refusals] == ["colonne_prise", "colonne_inconnue"]


def test_the_decision_behind_a_message_is_a_call_away() -> None:
    answers = contracts()
    found = near_thresholds(answers, 41).rows(named=True)
    assert [row["row"] for row in found] == [1, 4]
    for row in found:
        due = explain_row(answers, row["row"]).amount_due
        assert due is not None
        assert (due.low, due.high) == (row["amount_due_low"], row["amount_due_high"])


def test_a_pyarrow_table_keeps_its_own_columns() -> None:
    answers = evaluate_frame(table({}).to_arrow())
    found = near_thresholds(answers, 15)
    assert isinstance(found, pa.Table)
    assert found.column_names[: len(answers.column_names)] == answers.column_names


# --- Corners of the law -------------------------------------------------------------------------


@pytest.mark.rule("MOD-06")
@pytest.mark.parametrize(
    ("observed", "said"),
    [
        (1218, "Il manque 1 patient en file active au docteur de la ligne 1 pour que tout soit versé ;"),
        (1219, "Avec 1 patient de moins en file active, le docteur de la ligne 1 ne toucherait plus"),
    ],
)  # fmt: skip
def test_the_p30_of_a_primo_installe_is_a_threshold_although_his_status_does_not_change(
    observed: int, said: str
) -> None:
    """PMT at its P50, PFA around its P30, under the reading that pays nothing below it."""
    newcomer = {
        "date_installation": "2024-06-01", "date_naissance": "1990-01-01", "pmt_initiale": 500,
        "pfa_initiale": 700, "pmt_objectif": None, "pfa_objectif": None, "pmt_observee": 1100,
        "pfa_observee": observed,
    }  # fmt: skip
    answers = evaluate_frame(table(newcomer), readings=Readings(primo_sous_p30="zero"))
    (row,) = near_thresholds(answers, 1).rows(named=True)
    assert row["message"].replace("\u202f", " ").startswith(said)
    assert row["changes_amount"]


def test_a_doctor_with_one_indicator_needs_no_column_for_the_other() -> None:
    frame = table(
        {"specialite": "dermatologie", "pfa_initiale": 2400, "pfa_objectif": 2700, "pfa_observee": 2684}
    )
    answers = evaluate_frame(frame.drop("pmt_initiale", "pmt_objectif", "pmt_observee"))
    (row,) = near_thresholds(answers, 1).rows(named=True)
    assert (row["pfa_missing_patients"], row["pmt_missing_patients"]) == (1, None)
    assert "entre 20\u202f826,67\u00a0€ et 24\u202f613,33\u00a0€ aujourd’hui" in row["message"]


def test_a_doctor_without_any_patient_can_lose_none() -> None:
    answers = evaluate_frame(table({"pmt_observee": 0, "pfa_observee": 1890}))
    assert near_thresholds(answers, 1).height == 0


def test_columns_of_other_names_and_columns_left_aside_are_those_of_the_evaluation() -> None:
    frame = table({"pfa_observee": 1904}).rename({"pfa_observee": "file_active"})
    frame = frame.with_columns(prorogation=pl.lit("sans objet"))
    answers = evaluate_frame(frame, columns={"pfa_observee": "file_active", "prorogation": None})
    (row,) = near_thresholds(answers, 1).rows(named=True)
    assert row["pfa_missing_patients"] == 1
