"""Shares that the sources leave open: `cumul_avenant_7` (MOD-01) and `tolerance_6_2` (MOD-04, MOD-05).

Each is told by `evaluate` and by a table: the same answer.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Decision, Readings, bareme_at, gaps, outcomes
from aide_am.frames import evaluate_frame, near_thresholds
from aide_am.loading import DATA, load
from depth import drawing
from support import decide, dossier, missing_fields, warning_codes

A, N0, NB = "atteint", "non_atteint_sans_baisse", "non_atteint_avec_baisse"
PMT = {A: 1560, N0: 1430, NB: 1299}
PFA = {A: 1910, N0: 1833, NB: 1799}
HALF, ALL, NOTHING = Fraction(1, 2), Fraction(1), Fraction(0)

OLD: dict[str, Any] = {
    "contrat.date_signature": "2020-11-01",
    "contrat.option_etp": "0.5",
    "contrat.objectifs": {"pmt": 1560, "pfa": 1910},
    "medecin.exercice_coordonne": True,
    "annee": 5,
    "percentiles": {"pfa": {"p30": 1000, "p50": 1400, "p70": 1900, "p90": 2500, "p95": 3000}},
}
SIGNED_LATER = {**OLD, "contrat.date_signature": "2023-05-01", "annee": 3, "percentiles": None}
BY_CAISSE = "caisse.MOD-01"

ROW: dict[str, Any] = {
    "specialite": "medecine_generale", "secteur": "1", "date_naissance": date(1970, 5, 2),
    "date_installation": date(2005, 9, 1), "zone": "ZIP", "exercice_coordonne": True,
    "date_signature": date(2020, 11, 1), "option_etp": "0.5", "annee": 5,
    "pmt_initiale": 1300, "pfa_initiale": 1800, "pmt_objectif": 1560, "pfa_objectif": 1910,
    "pfa_p30": 1000, "pfa_p50": 1400, "pfa_p70": 1900, "pfa_p90": 2500, "pfa_p95": 3000,
}  # fmt: skip


def bounds(decision: Decision) -> tuple[Fraction, Fraction]:
    assert decision.share is not None
    return decision.share.low, decision.share.high


def told(readings: Readings | None = None, **cells: Any) -> Mapping[str, Any]:
    """The one row of a table of one doctor."""
    return evaluate_frame(pl.DataFrame([{**ROW, **cells}]), readings=readings).row(0, named=True)


# --- MOD-01, contracts signed under avenant 7 ---------------------------------------------------

CUMULATIVE = [
    # PMT, PFA, share by the tables of the fiche, share where both objectives are asked, told to be open
    (A, A, (ALL, ALL), (ALL, ALL), False),
    (A, N0, (ALL, ALL), (NOTHING, ALL), True),
    (N0, A, (ALL, ALL), (NOTHING, ALL), True),
    (N0, N0, (HALF, HALF), (NOTHING, ALL), True),
    (A, NB, (NOTHING, NOTHING), (NOTHING, NOTHING), False),
    (NB, A, (NOTHING, NOTHING), (NOTHING, NOTHING), False),
    (N0, NB, (NOTHING, NOTHING), (NOTHING, NOTHING), False),
    (NB, NB, (NOTHING, NOTHING), (NOTHING, NOTHING), False),
]


@pytest.mark.rule("MOD-01")
@pytest.mark.parametrize(("pmt", "pfa", "one", "both", "doubt"), CUMULATIVE)
def test_a_contract_of_avenant_7_may_ask_for_both_objectives_and_always_says_so(
    pmt: str,
    pfa: str,
    one: tuple[Fraction, Fraction],
    both: tuple[Fraction, Fraction],
    doubt: bool,
) -> None:
    seen = {"pmt": PMT[pmt], "pfa": PFA[pfa]}
    for value, expected in (("non", one), ("oui", both)):
        decision = decide(readings={"cumul_avenant_7": value}, **OLD, observation=seen)
        assert decision.regime == "MOD-01"
        assert bounds(decision) == expected
        assert ("cumul_avenant_7" in decision.readings) is doubt
        assert ("cumul_avenant_7" in warning_codes(decision)) is doubt
        assert (BY_CAISSE in missing_fields(decision)) is (doubt and value == "oui")
        row = told(
            Readings(cumul_avenant_7=value),  # type: ignore[arg-type]
            pmt_observee=seen["pmt"], pfa_observee=seen["pfa"],
        )  # fmt: skip
        assert (row["share_low"], row["share_high"]) == tuple(map(float, expected))
        assert (BY_CAISSE in (row["missing"] or "")) is (doubt and value == "oui")


@pytest.mark.rule("MOD-01")
def test_pmt_reached_and_pfa_flat_is_due_whole_or_up_to_the_caisse() -> None:
    """The case of the press: 0.5 ETP signed on 1 November 2020, year 5."""
    seen = {"pmt": 1560, "pfa": 1800}
    default = decide(**OLD, observation=seen)
    assert default.amount_due is not None
    assert default.amount_due.value == 11_000
    open_to = decide(readings={"cumul_avenant_7": "oui"}, **OLD, observation=seen)
    assert open_to.amount_due is not None
    assert (open_to.amount_due.low, open_to.amount_due.high) == (0, 11_000)
    shares = {(o.share.low, o.share.high) for o in outcomes(default.dossier) if o.share is not None}
    assert shares == {(ALL, ALL), (NOTHING, ALL)}


@pytest.mark.rule("MOD-01")
@pytest.mark.parametrize("reading", ["non", "oui"])
def test_the_share_that_the_caisse_must_settle_is_told_apart_from_a_datum_that_is_missing(
    reading: str,
) -> None:
    decision = decide(readings={"cumul_avenant_7": reading}, **OLD, observation={"pmt": 1560, "pfa": 1800})
    (step,) = [each for each in decision.steps if each.rule == "MOD-01"]
    assert step.values["a_decider"] is (reading == "oui")
    assert {reference.source for reference in step.references} == {"urps_occitanie_2026", "quotidien_2025"}
    unknown = decide(readings={"cumul_avenant_7": reading}, **OLD, observation={"pmt": 1560})
    (step,) = [each for each in unknown.steps if each.rule == "MOD-01"]
    assert step.values["a_decider"] is False
    assert "observation.pfa" in missing_fields(unknown)
    assert "cumul_avenant_7" in warning_codes(unknown)


@pytest.mark.rule("MOD-01")
@pytest.mark.parametrize("pmt", [A, N0])
@pytest.mark.parametrize("pfa", [A, N0])
def test_a_contract_signed_since_may_2023_is_never_asked_for_both_objectives(pmt: str, pfa: str) -> None:
    seen = {"pmt": PMT[pmt], "pfa": PFA[pfa]}
    decision = decide(readings={"cumul_avenant_7": "oui"}, **SIGNED_LATER, observation=seen)
    assert bounds(decision) == bounds(decide(**SIGNED_LATER, observation=seen))
    assert "cumul_avenant_7" not in decision.readings
    assert "cumul_avenant_7" not in warning_codes(decision)


@pytest.mark.rule("MOD-01")
def test_the_years_of_an_old_contract_before_the_convention_warn_too() -> None:
    decision = decide(**OLD | {"annee": 3}, observation={"pmt": 1560, "pfa": 1800})
    assert {"cumul_avenant_7", "modulation_deduite"} <= warning_codes(decision)
    first = decide(**OLD | {"annee": 2}, observation={"pmt": 1560, "pfa": 1800})
    assert "cumul_avenant_7" not in warning_codes(first)


@pytest.mark.rule("MOD-01", "MOD-08")
def test_circumstances_lift_the_nought_of_a_fall_and_not_what_the_caisse_decides_anyway() -> None:
    both = {"cumul_avenant_7": "oui"}
    old = OLD | {"circonstances_exceptionnelles": True}
    flat = decide(readings=both, **old, observation={"pmt": 1560, "pfa": 1800})
    assert missing_fields(flat) >= {BY_CAISSE}
    assert "caisse.MOD-08" not in missing_fields(flat)
    fallen = decide(readings=both, **old, observation={"pmt": 1560, "pfa": 1700})
    assert bounds(fallen) == (NOTHING, ALL)
    assert "caisse.MOD-08" in missing_fields(fallen)
    assert BY_CAISSE not in missing_fields(fallen)


@pytest.mark.rule("MOD-01")
def test_a_reform_of_a_line_holds_for_the_contracts_of_avenant_7_too() -> None:
    reform = bareme_at(date(2024, 9, 1)).with_changes(modulation={("MOD-01", A, N0): "prorata_bas"})
    assert reform.parts("MOD-01", "avenant_7")[A, N0].value.fixed == "prorata_bas"
    assert reform.parts("MOD-01", "convention_2024")[A, N0].value.fixed == "prorata_bas"
    assert reform.parts("MOD-01", "avenant_7")[N0, N0].value.reading == "cumul_avenant_7"


@pytest.mark.rule("MOD-01")
def test_by_default_the_lines_of_avenant_7_are_those_of_the_fiche() -> None:
    for bareme in load(DATA):
        whole, old = bareme.modulation["MOD-01"], bareme.parts("MOD-01", "avenant_7")
        for key, row in old.rows.items():
            part = row.value
            assert (part.fixed or part.by_value["non"]) == whole[key].value.fixed
        assert bareme.parts("MOD-01", "reglement_arbitral_2023") is whole


@pytest.mark.rule("MOD-01", "OBJ-07")
def test_where_both_objectives_are_asked_the_gaps_say_what_makes_the_aid_sure() -> None:
    doctor = dossier(**OLD, observation={"pmt": 1560, "pfa": 1800})
    found = gaps(doctor, readings=Readings(cumul_avenant_7="oui"))
    assert found.indicators["pfa"].to_gain == 105  # 95 % of the way from 1 800 to 1 910
    assert gaps(doctor).indicators["pfa"].to_gain is None


# --- MOD-04 and MOD-05: the fall of 65 and older --------------------------------------------------

OLDER: dict[str, Any] = {"medecin.date_naissance": "1959-09-01"}
MIXED = OLDER | {
    "contrat.nature_objectifs": {"pmt": "augmentation", "pfa": "maintien"},
    "contrat.objectifs": {"pmt": 1560},
}
DERMATO = OLDER | {
    "medecin.specialite": "dermatologie",
    "contrat.patientele_initiale": {"pfa": 2000},
    "contrat.objectifs": None,
}
BOTH_KEPT = OLDER | {"contrat.objectifs": None}


@pytest.mark.rule("MOD-04", "OBJ-06")
@pytest.mark.parametrize(
    ("seen", "wide", "narrow"),
    [(1710, A, A), (1709, A, NB), (1620, A, NB), (1619, NB, NB)],  # 95 % and 90 % of 1 800
)
def test_a_doctor_of_65_with_one_increase_keeps_10_points_or_5_by_reading(
    seen: int, wide: str, narrow: str
) -> None:
    for value, status in (("elargie", wide), ("5_points", narrow)):
        reading = {"tolerance_6_2": value}
        decision = decide(readings=reading, **MIXED, observation={"pmt": 1300, "pfa": seen})
        assert decision.objectives is not None
        assert decision.regime == "MOD-04"
        assert decision.objectives["pfa"].status == status
        assert bounds(decision) == ((ALL, ALL) if status == A else (NOTHING, NOTHING))
        assert ("tolerance_6_2" in decision.readings) is (wide != narrow)
        row = evaluate_frame(pl.DataFrame([MIXED_ROW | {"pfa_observee": seen}]), readings=Readings(**reading))  # type: ignore[arg-type]
        assert row["pfa_status"][0] == status


MIXED_ROW: dict[str, Any] = {
    "specialite": "medecine_generale", "secteur": "1", "zone": "ZIP", "date_naissance": date(1959, 9, 1),
    "date_installation": date(2005, 9, 1), "date_signature": date(2024, 9, 1), "option_etp": "1", "annee": 3,
    "pmt_initiale": 1300, "pfa_initiale": 1800, "pmt_objectif": 1560, "pmt_nature": "augmentation",
    "pfa_nature": "maintien", "pmt_observee": 1300,
}  # fmt: skip


@pytest.mark.rule("MOD-05", "OBJ-06")
@pytest.mark.parametrize(
    ("seen", "wide", "narrow"),
    [
        (1900, ALL, ALL),
        (1899, ALL, Fraction(1899, 2000)),
        (1800, ALL, Fraction(9, 10)),
        (1799, Fraction(1799, 2000), Fraction(1799, 2000)),
    ],
)
def test_a_dermatologue_of_65_keeps_10_points_or_5_by_reading(
    seen: int, wide: Fraction, narrow: Fraction
) -> None:
    for value, part in (("elargie", wide), ("5_points", narrow)):
        decision = decide(readings={"tolerance_6_2": value}, **DERMATO, observation={"pfa": seen})
        assert decision.regime == "MOD-05"
        assert bounds(decision) == (part, part)
        assert ("tolerance_6_2" in decision.readings) is (wide != narrow)


@pytest.mark.rule("MOD-03", "OBJ-06")
@pytest.mark.parametrize("value", ["elargie", "5_points"])
def test_with_two_objectives_to_keep_a_doctor_of_65_keeps_his_10_points(value: str) -> None:
    decision = decide(readings={"tolerance_6_2": value}, **BOTH_KEPT, observation={"pmt": 1170, "pfa": 1000})
    assert decision.regime == "MOD-03"
    assert decision.objectives is not None
    assert decision.objectives["pmt"].status == A
    assert "tolerance_6_2" not in decision.readings


@pytest.mark.rule("OBJ-06")
@pytest.mark.parametrize("born", ["1959-09-02", "1961-08-01"])
def test_a_doctor_under_65_at_p95_has_5_points_whatever_the_reading(born: str) -> None:
    at_p95 = {
        "medecin.date_naissance": born,
        "contrat.patientele_initiale": {"pmt": 1300, "pfa": 3300},
        "contrat.objectifs": {"pmt": 1560},
        "observation": {"pmt": 1560, "pfa": 3100},
    }
    for value in ("elargie", "5_points"):
        decision = decide(readings={"tolerance_6_2": value}, **at_p95)
        assert decision.regime == "MOD-04"
        assert bounds(decision) == (NOTHING, NOTHING)
        assert "tolerance_6_2" not in decision.readings


@pytest.mark.rule("OBJ-06", "OBJ-08")
def test_where_the_nature_of_the_other_objective_is_open_the_reading_leaves_the_status_open() -> None:
    """PMT to keep; PFA to keep or to raise: 10 points in the one table, 5 in the other."""
    doctor = OLDER | {
        "contrat.nature_objectifs": {"pmt": "maintien"},
        "contrat.patientele_initiale": {"pmt": 1300},
        "contrat.objectifs": {"pfa": 1910},
        "observation": {"pmt": 1200, "pfa": 1900},
    }
    wide = decide(**doctor)
    narrow = decide(readings={"tolerance_6_2": "5_points"}, **doctor)
    assert wide.objectives is not None
    assert narrow.objectives is not None
    assert wide.possible_regimes == narrow.possible_regimes == ("MOD-04", "MOD-03")
    assert wide.objectives["pmt"].status == A
    assert narrow.objectives["pmt"].possible_statuses == (A, NB)
    assert missing_fields(narrow) == missing_fields(wide)  # the birth is known: nothing more is asked
    assert bounds(narrow) == (NOTHING, ALL)


@pytest.mark.rule("OBJ-06", "OBJ-08")
def test_two_doctors_of_65_alike_but_for_the_other_objective_keep_10_points_or_5_in_one_table() -> None:
    """PMT to keep, 1 200 left of 1 300; PFA to raise, to keep, or to raise or to keep."""
    kept = MIXED_ROW | {
        "pmt_nature": "maintien", "pmt_objectif": None, "pmt_observee": 1200, "pfa_observee": 1900,
    }  # fmt: skip
    rows = [
        kept | {"pfa_nature": "augmentation", "pfa_objectif": 1910},
        kept | {"pfa_nature": "maintien", "pfa_objectif": None},
        kept | {"pfa_nature": None, "pfa_objectif": 1910, "pfa_initiale": None},
    ]
    table = evaluate_frame(pl.DataFrame(rows), readings=Readings(tolerance_6_2="5_points"))
    assert table["regime"].to_list() == ["MOD-04", "MOD-03", None]
    assert table["pmt_status"].to_list() == [NB, A, None]
    assert table["share_low"].to_list() == [0, 1, 0]
    assert table["share_high"].to_list() == [0, 1, 1]
    wide = evaluate_frame(pl.DataFrame(rows))
    assert wide["pmt_status"].to_list() == [A, A, A]


@pytest.mark.rule("OBJ-06", "OBJ-07")
def test_gaps_and_near_thresholds_follow_the_reading() -> None:
    doctor = dossier(**DERMATO, observation={"pfa": 1890})
    assert gaps(doctor).indicators["pfa"].can_lose == 90
    narrow = gaps(doctor, readings=Readings(tolerance_6_2="5_points")).indicators["pfa"]
    assert (narrow.to_full, narrow.can_lose) == (10, 0)
    rows = [MIXED_ROW | {"pfa_observee": 1705}]
    table = evaluate_frame(pl.DataFrame(rows), readings=Readings(tolerance_6_2="5_points"))
    near = near_thresholds(table, 10)
    assert near["pfa_missing_patients"].to_list() == [5]


@pytest.mark.rule("OBJ-06")
@drawing(150)
@given(
    base=st.integers(1, 4000),
    seen=st.integers(0, 4000),
    bound=st.sampled_from(("incluse", "exclue")),
    reading=st.sampled_from(("elargie", "5_points")),
)
def test_the_fall_of_65_and_older_in_6_2_is_10_points_or_5(
    base: int, seen: int, bound: str, reading: str
) -> None:
    decision = decide(
        readings={"borne_tolerance": bound, "tolerance_6_2": reading},
        force=True,
        **DERMATO | {"contrat.patientele_initiale": {"pfa": base}, "observation": {"pfa": seen}},
    )
    assert decision.objectives is not None
    lost = base - seen
    kept = lost * 20 <= base
    if reading == "elargie":
        kept = kept or (lost * 10 <= base if bound == "incluse" else lost * 10 < base)
    assert decision.objectives["pfa"].status == (A if kept else NB)
