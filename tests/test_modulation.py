"""Chapter MOD: the share that a doctor is paid, table by table as the source prints them.

Each illustration is checked end to end: counts that give the printed statuses, then the share.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from aide_am import Decision
from support import decide, missing_fields, warning_codes

A, N0, NB = "atteint", "non_atteint_sans_baisse", "non_atteint_avec_baisse"
ALL, NOTHING = Fraction(1), Fraction(0)

AVENANT_7: dict[str, Any] = {"contrat.date_signature": "2022-03-01", "medecin.exercice_coordonne": True}
BORN_65_AT_SIGNATURE = {"medecin.date_naissance": "1959-09-01"}


def statuses(decision: Decision) -> tuple[str | None, ...]:
    assert decision.objectives is not None
    return tuple(each.status for each in decision.objectives.values())


def share(decision: Decision) -> Fraction | None:
    assert decision.share is not None
    return decision.share.value


def bounds(decision: Decision) -> tuple[Fraction, Fraction]:
    assert decision.share is not None
    assert decision.share.value is None
    return decision.share.low, decision.share.high


def due(decision: Decision) -> Decimal | None:
    assert decision.amount_due is not None
    return decision.amount_due.value


# --- MOD-00: years 1 and 2 ----------------------------------------------------------------------


@pytest.mark.rule("MOD-00")
@pytest.mark.parametrize(("annee", "expected"), [(1, ALL), (2, ALL), (3, NOTHING), (4, NOTHING)])
def test_a_doctor_who_loses_patients_is_paid_whole_in_years_1_and_2_only(
    annee: int, expected: Fraction
) -> None:
    decision = decide(annee=annee, observation={"pmt": 900, "pfa": 1000})
    assert share(decision) == expected
    assert (decision.regime == "MOD-00") == (annee < 3)


@pytest.mark.rule("MOD-00")
@pytest.mark.parametrize(("annee", "euros"), [(1, "38000.00"), (2, "28000.00")])
def test_a_doctor_is_paid_whole_in_years_1_and_2_without_any_observation(annee: int, euros: str) -> None:
    decision = decide(annee=annee, observation=None)
    assert share(decision) == 1
    assert due(decision) == Decimal(euros)


@pytest.mark.rule("MOD-00")
def test_counts_of_years_1_and_2_inform_without_changing_the_money() -> None:
    decision = decide(annee=2, observation={"pmt": 1299, "pfa": 1855})
    assert statuses(decision) == (NB, N0)
    assert share(decision) == 1


@pytest.mark.rule("MOD-00", "OBJ-08")
def test_from_year_3_a_doctor_without_observation_has_a_maximum_and_no_share() -> None:
    decision = decide(observation=None)
    assert decision.maximum is not None
    assert decision.maximum.value == 22000
    assert decision.share is None
    assert decision.amount_due is None
    assert "observation" in missing_fields(decision)


# --- MOD-01: illustration 5.1, two increases ----------------------------------------------------

# 1300 + 260 and 1800 + 110
PMT = {A: 1560, N0: 1430, NB: 1299}
PFA = {A: 1910, N0: 1833, NB: 1799}
BEST = Fraction(1, 2)  # 130/260 is better than 33/110

ILLUSTRATION_5_1 = [
    # PMT, PFA, share
    (A, A, ALL),
    (A, N0, ALL),
    (N0, A, ALL),
    (N0, N0, BEST),
    (A, NB, NOTHING),
    (NB, A, NOTHING),
    (N0, NB, NOTHING),
    (NB, N0, NOTHING),
    (NB, NB, NOTHING),
]


@pytest.mark.rule("MOD-01")
@pytest.mark.parametrize("specialite", ["medecine_generale", "mep", "pediatrie"])
@pytest.mark.parametrize(("pmt", "pfa", "expected"), ILLUSTRATION_5_1)
def test_illustration_5_1_two_increases(specialite: str, pmt: str, pfa: str, expected: Fraction) -> None:
    decision = decide(**{"medecin.specialite": specialite}, observation={"pmt": PMT[pmt], "pfa": PFA[pfa]})
    assert statuses(decision) == (pmt, pfa)
    assert decision.regime == "MOD-01"
    assert share(decision) == expected


@pytest.mark.rule("MOD-01")
@pytest.mark.parametrize(
    ("pmt", "pfa", "best"),
    [
        (1300, 1800, Fraction(0)),
        (1300, 1801, Fraction(1, 110)),
        (1301, 1800, Fraction(1, 260)),
        (1500, 1890, Fraction(9, 11)),
        (1546, 1904, max(Fraction(246, 260), Fraction(104, 110))),
    ],
)
def test_a_doctor_who_reaches_neither_is_paid_at_the_better_of_his_two_rates(
    pmt: int, pfa: int, best: Fraction
) -> None:
    assert share(decide(observation={"pmt": pmt, "pfa": pfa})) == best


@pytest.mark.rule("MOD-01", "OBJ-04")
def test_read_as_a_level_the_better_rate_is_a_share_of_the_target() -> None:
    level = {"taux_atteinte": "niveau"}
    decision = decide(readings=level, observation={"pmt": 1400, "pfa": 1810})
    assert statuses(decision) == (N0, N0)
    assert share(decision) == max(Fraction(1400, 1560), Fraction(1810, 1910))


# --- MOD-02: illustration 5.2, file active alone ------------------------------------------------

DERMATO: dict[str, Any] = {
    "medecin.specialite": "dermatologie",
    "contrat.patientele_initiale": {"pfa": 2000},
    "contrat.objectifs": {"pfa": 2200},
}


@pytest.mark.rule("MOD-02")
@pytest.mark.parametrize(
    ("pfa", "observed", "expected"),
    [
        (A, 2200, ALL),
        (A, 2190, ALL),
        (N0, 2189, Fraction(189, 200)),
        (N0, 2100, Fraction(1, 2)),
        (N0, 2000, NOTHING),
        (NB, 1999, NOTHING),
        (NB, 0, NOTHING),
    ],
)
def test_illustration_5_2_file_active_alone(pfa: str, observed: int, expected: Fraction) -> None:
    decision = decide(**DERMATO, observation={"pfa": observed})
    assert statuses(decision) == (pfa,)
    assert decision.regime == "MOD-02"
    assert share(decision) == expected


# --- MOD-03: illustration 6.1, two maintiens ----------------------------------------------------

P95_BOTH: dict[str, Any] = {
    "contrat.patientele_initiale": {"pmt": 2200, "pfa": 3300},
    "contrat.objectifs": None,
}
SENIOR: dict[str, Any] = {**BORN_65_AT_SIGNATURE, "contrat.objectifs": None}

ILLUSTRATION_6_1 = [
    # PMT, PFA, share at P95 (−5 % or less is reached), share at 65 (−10 % or less is reached)
    (A, A, ALL, ALL),
    (A, NB, ALL, ALL),
    (NB, A, ALL, ALL),
    (NB, NB, Fraction(2089, 2200), Fraction(1169, 1300)),
]


@pytest.mark.rule("MOD-03")
@pytest.mark.parametrize(("pmt", "pfa", "expected"), [(row[0], row[1], row[2]) for row in ILLUSTRATION_6_1])
def test_illustration_6_1_a_doctor_at_p95_on_both(pmt: str, pfa: str, expected: Fraction) -> None:
    seen = {"pmt": {A: 2090, NB: 2089}[pmt], "pfa": {A: 3135, NB: 3100}[pfa]}
    decision = decide(**P95_BOTH, observation=seen)
    assert statuses(decision) == (pmt, pfa)
    assert decision.regime == "MOD-03"
    assert share(decision) == expected


@pytest.mark.rule("MOD-03")
@pytest.mark.parametrize(("pmt", "pfa", "expected"), [(row[0], row[1], row[3]) for row in ILLUSTRATION_6_1])
def test_illustration_6_1_a_doctor_of_65(pmt: str, pfa: str, expected: Fraction) -> None:
    seen = {"pmt": {A: 1170, NB: 1169}[pmt], "pfa": {A: 1620, NB: 1600}[pfa]}
    decision = decide(**SENIOR, observation=seen)
    assert statuses(decision) == (pmt, pfa)
    assert decision.regime == "MOD-03"
    assert share(decision) == expected


@pytest.mark.rule("MOD-03")
def test_a_doctor_who_maintains_neither_is_paid_at_the_better_rate_and_never_zero_by_rule() -> None:
    assert share(decide(**P95_BOTH, observation={"pmt": 220, "pfa": 33})) == Fraction(1, 10)
    assert share(decide(**P95_BOTH, observation={"pmt": 22, "pfa": 1650})) == Fraction(1, 2)


# --- MOD-04: first illustration 6.2, one increase and one maintien ------------------------------

INCREASE_PMT: dict[str, Any] = {
    "contrat.patientele_initiale": {"pmt": 1300, "pfa": 3300},
    "contrat.objectifs": {"pmt": 1560},
}
INCREASE_PFA: dict[str, Any] = {
    "contrat.patientele_initiale": {"pmt": 2200, "pfa": 1800},
    "contrat.objectifs": {"pfa": 1910},
}
# What a maintien may do: a fall of 0 to 5 points, a stand, a rise, a fall of more than 5 points.
DIP, FLAT, RISE, FALL = "baisse de 0 à 5 pts", "sans changement", "hausse", "baisse de plus de 5 pts"
MAINTIEN_PFA = {DIP: 3135, FLAT: 3300, RISE: 3301, FALL: 3134}
MAINTIEN_PMT = {DIP: 2090, FLAT: 2200, RISE: 2201, FALL: 2089}

ILLUSTRATION_6_2 = [
    # increase, maintien, share
    (A, DIP, ALL),
    (A, FLAT, ALL),
    (A, RISE, ALL),
    (N0, DIP, ALL),
    (N0, FLAT, ALL),
    (N0, RISE, ALL),  # not printed; the rule book reads "maintien reached"
    (A, FALL, NOTHING),
    (N0, FALL, NOTHING),
    (NB, DIP, NOTHING),
    (NB, FLAT, NOTHING),
    (NB, FALL, NOTHING),
]


@pytest.mark.rule("MOD-04")
@pytest.mark.parametrize("hole", ["zero", "cent"])
@pytest.mark.parametrize(("increase", "maintien", "expected"), ILLUSTRATION_6_2)
def test_first_illustration_6_2_one_increase_and_one_maintien(
    increase: str, maintien: str, expected: Fraction, hole: str
) -> None:
    kept = NB if maintien == FALL else A
    reading = {"trou_6_2": hole}
    decision = decide(
        readings=reading, **INCREASE_PMT, observation={"pmt": PMT[increase], "pfa": MAINTIEN_PFA[maintien]}
    )
    assert statuses(decision) == (increase, kept)
    assert decision.regime == "MOD-04"
    assert share(decision) == expected
    decision = decide(
        readings=reading, **INCREASE_PFA, observation={"pmt": MAINTIEN_PMT[maintien], "pfa": PFA[increase]}
    )
    assert statuses(decision) == (kept, increase)
    assert decision.regime == "MOD-04"
    assert share(decision) == expected


@pytest.mark.rule("MOD-04")
@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (INCREASE_PMT, {"pmt": PMT[NB], "pfa": MAINTIEN_PFA[RISE]}),
        (INCREASE_PFA, {"pmt": MAINTIEN_PMT[RISE], "pfa": PFA[NB]}),
    ],
)
def test_the_hole_of_6_2_an_increase_that_fell_beside_a_maintien_that_rose_is_paid_by_reading(
    given: dict[str, Any], seen: dict[str, int]
) -> None:
    default = decide(**given, observation=seen)
    assert share(default) == 0
    assert default.readings["trou_6_2"] == "zero"
    generous = decide(readings={"trou_6_2": "cent"}, **given, observation=seen)
    assert share(generous) == 1


@pytest.mark.rule("MOD-04")
def test_the_hole_of_6_2_is_not_consulted_when_the_maintien_stands_still() -> None:
    flat = decide(**INCREASE_PMT, observation={"pmt": PMT[NB], "pfa": MAINTIEN_PFA[FLAT]})
    assert "trou_6_2" not in flat.readings


@pytest.mark.rule("MOD-04", "OBJ-06")
@pytest.mark.parametrize(("seen", "expected"), [(1620, ALL), (1619, NOTHING)])
def test_a_doctor_of_65_with_mixed_objectives_keeps_his_10_points(seen: int, expected: Fraction) -> None:
    mixed = {
        **BORN_65_AT_SIGNATURE,
        "contrat.nature_objectifs": {"pmt": "augmentation", "pfa": "maintien"},
        "contrat.objectifs": {"pmt": 1560},
    }
    decision = decide(**mixed, observation={"pmt": 1300, "pfa": seen})
    assert decision.regime == "MOD-04"
    assert share(decision) == expected


@pytest.mark.rule("MOD-04")
def test_there_is_no_prorata_between_an_increase_and_a_maintien() -> None:
    for pmt in (0, 1299, 1300, 1430, 1546, 1547, 1560):
        for pfa in (0, 3134, 3135, 3300, 3301):
            assert share(decide(**INCREASE_PMT, observation={"pmt": pmt, "pfa": pfa})) in (0, 1)


# --- MOD-05: second illustration 6.2, file active alone, maintien -------------------------------

DERMATO_AT_P95: dict[str, Any] = DERMATO | {
    "contrat.objectifs": None,
    "percentiles": {"pfa": {"p50": 1920, "p90": 1950, "p95": 2000}},
}


@pytest.mark.rule("MOD-05")
@pytest.mark.parametrize(
    ("pfa", "observed", "expected"),
    [
        (A, 2100, ALL),
        (A, 2000, ALL),
        (A, 1900, ALL),
        (NB, 1899, Fraction(1899, 2000)),
        (NB, 1000, Fraction(1, 2)),
        (NB, 0, NOTHING),
    ],
)
def test_second_illustration_6_2_a_dermatologue_at_p95(pfa: str, observed: int, expected: Fraction) -> None:
    decision = decide(**DERMATO_AT_P95, observation={"pfa": observed})
    assert statuses(decision) == (pfa,)
    assert decision.regime == "MOD-05"
    assert share(decision) == expected


@pytest.mark.rule("MOD-05", "OBJ-06")
@pytest.mark.parametrize(
    ("pfa", "observed", "expected"),
    [(A, 1801, ALL), (A, 1800, ALL), (NB, 1799, Fraction(1799, 2000)), (NB, 1000, Fraction(1, 2))],
)
def test_second_illustration_6_2_a_dermatologue_of_65(pfa: str, observed: int, expected: Fraction) -> None:
    old = DERMATO | BORN_65_AT_SIGNATURE | {"contrat.objectifs": None}
    decision = decide(**old, observation={"pfa": observed})
    assert statuses(decision) == (pfa,)
    assert decision.regime == "MOD-05"
    assert share(decision) == expected


# --- MOD-06: illustration 7, primo-installé with PMT and PFA ------------------------------------

PRIMO: dict[str, Any] = {
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
    "contrat.objectifs": None,
}
HIGH, MIDDLE, LOW = "≥ P50", "P30 ≤ P < P50", "< P30"
PRIMO_PMT = {HIGH: 1045, MIDDLE: 900, LOW: 700}
PRIMO_PFA = {HIGH: 1514, MIDDLE: 1300, LOW: 1000}

ILLUSTRATION_7 = [
    # PMT, PFA, share: prorata of the better rate, of the lower rate, zero (reading primo_sous_p30)
    (HIGH, HIGH, ALL, ALL, ALL),
    (MIDDLE, HIGH, ALL, ALL, ALL),
    (HIGH, MIDDLE, ALL, ALL, ALL),
    (MIDDLE, MIDDLE, Fraction(900, 1045), Fraction(900, 1045), Fraction(900, 1045)),
    (HIGH, LOW, ALL, Fraction(1000, 1514), NOTHING),
    (MIDDLE, LOW, Fraction(900, 1045), Fraction(1000, 1514), NOTHING),
    (LOW, HIGH, ALL, Fraction(700, 1045), NOTHING),
    (LOW, MIDDLE, Fraction(1300, 1514), Fraction(700, 1045), NOTHING),
    (LOW, LOW, Fraction(700, 1045), Fraction(1000, 1514), NOTHING),
]


@pytest.mark.rule("MOD-06")
@pytest.mark.parametrize(("pmt", "pfa", "best", "lowest", "nothing"), ILLUSTRATION_7)
def test_illustration_7_a_primo_installe_with_two_objectives(
    pmt: str, pfa: str, best: Fraction, lowest: Fraction, nothing: Fraction
) -> None:
    seen = {"pmt": PRIMO_PMT[pmt], "pfa": PRIMO_PFA[pfa]}
    by_reading = {"prorata": best, "taux_le_plus_bas": lowest, "zero": nothing}
    default = decide(**PRIMO, observation=seen)
    assert default.verdict == "eligible"
    assert default.regime == "MOD-06"
    assert share(default) == best
    for reading, expected in by_reading.items():
        assert share(decide(readings={"primo_sous_p30": reading}, **PRIMO, observation=seen)) == expected
    under_p30 = LOW in (pmt, pfa)
    assert ("primo_sous_p30" in default.readings) == under_p30
    assert ("primo_sous_p30" in warning_codes(default)) == under_p30


@pytest.mark.rule("MOD-06")
@pytest.mark.parametrize(
    ("pmt", "pfa", "expected"),
    [
        (1044, 1514, ALL),
        (1045, 1219, ALL),
        (1045, 1218, NOTHING),
        (775, 1514, ALL),
        (774, 1514, NOTHING),
        (1044, 1513, max(Fraction(1044, 1045), Fraction(1513, 1514))),
        (775, 1219, Fraction(1219, 1514)),
        (774, 1219, NOTHING),
        (775, 1218, NOTHING),
    ],
)
def test_the_levels_of_a_primo_installe_hold_at_each_bound(pmt: int, pfa: int, expected: Fraction) -> None:
    decision = decide(readings={"primo_sous_p30": "zero"}, **PRIMO, observation={"pmt": pmt, "pfa": pfa})
    assert share(decision) == expected


@pytest.mark.rule("MOD-06")
def test_a_primo_installe_at_900_and_1300_is_paid_at_the_better_of_900_over_1045_and_1300_over_1514() -> None:
    first_year = decide(**PRIMO, annee=1, observation=None)
    assert due(first_year) == Decimal("38000.00")
    assert "admis_sous_p30" in warning_codes(first_year)
    third_year = decide(**PRIMO, observation={"pmt": 900, "pfa": 1300})
    assert share(third_year) == max(Fraction(900, 1045), Fraction(1300, 1514))
    assert due(third_year) == Decimal("18947.37")


@pytest.mark.rule("MOD-06", "OBJ-08")
def test_a_primo_installe_whose_second_count_is_unknown_is_paid_at_least_his_known_rate() -> None:
    decision = decide(**PRIMO, observation={"pmt": 900})
    assert bounds(decision) == (Fraction(900, 1045), 1)
    assert "observation.pfa" in missing_fields(decision)


@pytest.mark.rule("MOD-06", "OBJ-03")
def test_a_primo_installe_with_activite_mixte_is_rated_on_the_number_of_his_contract() -> None:
    mixed = PRIMO | {"medecin.activite_mixte": True, "contrat.objectifs": {"pmt": 800, "pfa": 1300}}
    assert share(decide(**mixed, observation={"pmt": 800, "pfa": 1219})) == 1
    decision = decide(**mixed, observation={"pmt": 780, "pfa": 1219})
    assert share(decision) == max(Fraction(780, 800), Fraction(1219, 1300))


# --- MOD-07: illustration 7, primo-installé with a file active alone, and MEP -------------------

PRIMO_DERMATO: dict[str, Any] = {
    "medecin.specialite": "dermatologie",
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pfa": 500},
    "contrat.objectifs": None,
    "percentiles": {"pfa": {"p50": 2300}},  # P30 is published: 1916
}
PRIMO_MEP: dict[str, Any] = {
    "medecin.specialite": "mep",
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 100, "pfa": 500},
    "contrat.objectifs": None,
    "percentiles": {"pfa": {"p50": 1300}},  # P30 is published: 1025
}


@pytest.mark.rule("MOD-07")
@pytest.mark.parametrize(
    ("level", "observed", "best", "nothing"),
    [
        (HIGH, 2301, ALL, ALL),
        (HIGH, 2300, ALL, ALL),
        (MIDDLE, 2299, Fraction(2299, 2300), Fraction(2299, 2300)),
        (MIDDLE, 1916, Fraction(1916, 2300), Fraction(1916, 2300)),
        (LOW, 1915, Fraction(1915, 2300), NOTHING),
        (LOW, 0, NOTHING, NOTHING),
    ],
)
def test_illustration_7_a_primo_installe_with_a_file_active_alone(
    level: str, observed: int, best: Fraction, nothing: Fraction
) -> None:
    by_reading = {"prorata": best, "taux_le_plus_bas": best, "zero": nothing}
    for reading, expected in by_reading.items():
        decision = decide(
            readings={"primo_sous_p30": reading}, **PRIMO_DERMATO, observation={"pfa": observed}
        )
        assert decision.regime == "MOD-07"
        assert share(decision) == expected
        assert ("primo_sous_p30" in warning_codes(decision)) == (level == LOW)


@pytest.mark.rule("MOD-07")
@pytest.mark.parametrize("pmt", [None, 0, 5000])
@pytest.mark.parametrize(
    ("observed", "expected"),
    [(1300, ALL), (1299, Fraction(1299, 1300)), (1025, Fraction(1025, 1300)), (1024, Fraction(1024, 1300))],
)
def test_a_primo_installe_mep_is_judged_on_his_file_active_alone(
    pmt: int | None, observed: int, expected: Fraction
) -> None:
    decision = decide(**PRIMO_MEP, observation={"pmt": pmt, "pfa": observed})
    assert decision.regime == "MOD-07"
    assert share(decision) == expected


@pytest.mark.rule("MOD-07")
def test_the_table_of_a_primo_installe_mep_is_said_to_be_deduced() -> None:
    decision = decide(**PRIMO_MEP, observation={"pfa": 1200})
    (step,) = [each for each in decision.trace if each.rule == "MOD-07"]
    assert {reference.nature for reference in step.references} == {"deduit"}
    dermato = decide(**PRIMO_DERMATO, observation={"pfa": 2000})
    (step,) = [each for each in dermato.trace if each.rule == "MOD-07"]
    assert {reference.nature for reference in step.references} == {"secondaire"}


@pytest.mark.rule("MOD-07", "OBJ-08")
def test_a_primo_installe_whose_p50_is_not_published_has_an_open_share() -> None:
    unknown = PRIMO_DERMATO | {"percentiles": None}
    decision = decide(**unknown, observation={"pfa": 2000})
    assert decision.regime == "MOD-07"
    assert bounds(decision) == (0, 1)
    assert "percentiles.pfa.p50" in missing_fields(decision)


@pytest.mark.rule("MOD-07", "OBJ-03")
@pytest.mark.parametrize(
    ("observed", "most"),
    [(0, NOTHING), (1915, Fraction(1915, 1917)), (1916, Fraction(1916, 1917)), (1917, ALL)],
)
def test_a_primo_installe_at_or_under_p30_is_never_paid_whole_even_if_p50_is_not_published(
    observed: int, most: Fraction
) -> None:
    decision = decide(**(PRIMO_DERMATO | {"percentiles": None}), observation={"pfa": observed})
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (0, most)


@pytest.mark.rule("OBJ-08", "OBJ-02")
@pytest.mark.parametrize(("stated", "other"), [("pmt", "pfa"), ("pfa", "pmt")])
@pytest.mark.parametrize("nature", ["augmentation", "maintien"])
def test_no_table_covers_a_primo_installe_whose_contract_states_another_nature_for_one_indicator(
    stated: str, other: str, nature: str
) -> None:
    doctor = {
        "medecin.date_installation": "2024-03-01",
        "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
        "contrat.objectifs": None,
        "contrat.nature_objectifs": {stated: nature},
        "observation": {"pmt": 1100, "pfa": 1600},
    }
    decision = decide(**doctor)
    assert decision.verdict == "eligible"
    assert decision.objectives is not None
    assert decision.objectives[stated].nature == nature  # type: ignore[index]
    assert decision.objectives[other].nature == "primo_installe"  # type: ignore[index]
    assert (decision.regime, decision.possible_regimes, bounds(decision)) == (None, (), (0, 1))
    assert "sans_regime" in warning_codes(decision)
    assert "caisse.MOD" in missing_fields(decision)


# --- Primo-installé from year 4, and at 65 ------------------------------------------------------


@pytest.mark.rule("MOD-01", "MOD-02")
@pytest.mark.parametrize(
    ("given", "seen", "regime"),
    [(PRIMO, {"pmt": 1045, "pfa": 1514}, "MOD-01"), (PRIMO_DERMATO, {"pfa": 2300}, "MOD-02")],
)
def test_from_year_4_a_primo_installe_without_his_avenant_has_an_open_share(
    given: dict[str, Any], seen: dict[str, int], regime: str
) -> None:
    decision = decide(**given, annee=4, observation=seen)
    assert decision.regime == regime
    assert bounds(decision) == (0, 1)
    assert "contrat.objectifs.pfa" in missing_fields(decision)


@pytest.mark.rule("MOD-01")
@pytest.mark.parametrize(
    ("pmt", "pfa", "expected"),
    [(1200, 1550, ALL), (1125, 1525, Fraction(1, 2)), (1049, 1600, NOTHING), (1050, 1500, NOTHING)],
)
def test_from_year_4_a_primo_installe_is_paid_on_the_objective_of_his_avenant(
    pmt: int, pfa: int, expected: Fraction
) -> None:
    avenant = PRIMO | {
        "contrat.patientele_reference": {"pmt": 1050, "pfa": 1510},
        "contrat.objectifs": {"pmt": 1200, "pfa": 1600},
    }
    decision = decide(**avenant, annee=4, observation={"pmt": pmt, "pfa": pfa})
    assert decision.regime == "MOD-01"
    assert share(decision) == expected


@pytest.mark.rule("MOD-02")
def test_from_year_4_a_primo_installe_dermatologue_is_paid_on_the_objective_of_his_avenant() -> None:
    avenant = PRIMO_DERMATO | {
        "contrat.patientele_reference": {"pfa": 2300},
        "contrat.objectifs": {"pfa": 2400},
    }
    decision = decide(**avenant, annee=4, observation={"pfa": 2350})
    assert decision.regime == "MOD-02"
    assert share(decision) == Fraction(1, 2)


@pytest.mark.rule("MOD-03", "MOD-05")
@pytest.mark.parametrize(
    ("given", "seen", "regime"),
    [(PRIMO, {"pmt": 270, "pfa": 100}, "MOD-03"), (PRIMO_DERMATO, {"pfa": 450}, "MOD-05")],
)
def test_a_primo_installe_of_65_is_paid_on_what_he_maintains(
    given: dict[str, Any], seen: dict[str, int], regime: str
) -> None:
    decision = decide(**given, **BORN_65_AT_SIGNATURE, observation=seen)
    assert decision.regime == regime
    assert share(decision) == 1


# --- MOD-08: circonstances exceptionnelles ------------------------------------------------------

EXCEPTIONAL = {"circonstances_exceptionnelles": True}


@pytest.mark.rule("MOD-08")
@pytest.mark.parametrize(("pmt", "pfa", "expected"), ILLUSTRATION_5_1)
def test_exceptional_circumstances_open_the_rows_at_0_percent_of_illustration_5_1(
    pmt: str, pfa: str, expected: Fraction
) -> None:
    decision = decide(**EXCEPTIONAL, observation={"pmt": PMT[pmt], "pfa": PFA[pfa]})
    lifted = NB in (pmt, pfa)
    assert decision.regime == "MOD-01"
    assert ("caisse.MOD-08" in missing_fields(decision)) == lifted
    if lifted:
        assert bounds(decision) == (0, 1)
        assert decision.amount_due is not None
        assert (decision.amount_due.low, decision.amount_due.high) == (0, 22000)
    else:
        assert share(decision) == expected


@pytest.mark.rule("MOD-08")
@pytest.mark.parametrize(
    ("pfa", "expected"), [(2200, (1, 1)), (2100, (Fraction(1, 2), Fraction(1, 2))), (1999, (0, 1))]
)
def test_exceptional_circumstances_open_the_row_at_0_percent_of_illustration_5_2(
    pfa: int, expected: tuple[Fraction, Fraction]
) -> None:
    decision = decide(**DERMATO, **EXCEPTIONAL, observation={"pfa": pfa})
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == expected
    assert ("caisse.MOD-08" in missing_fields(decision)) == (pfa < 2000)


@pytest.mark.rule("MOD-08")
def test_exceptional_circumstances_do_not_lift_a_prorata_that_happens_to_be_zero() -> None:
    decision = decide(**EXCEPTIONAL, observation={"pmt": 1300, "pfa": 1800})
    assert statuses(decision) == (N0, N0)
    assert share(decision) == 0
    assert "caisse.MOD-08" not in missing_fields(decision)
    alone = decide(**DERMATO, **EXCEPTIONAL, observation={"pfa": 2000})
    assert share(alone) == 0


@pytest.mark.rule("MOD-08", "MOD-04")
@pytest.mark.parametrize(("increase", "maintien", "expected"), ILLUSTRATION_6_2)
def test_exceptional_circumstances_change_nothing_to_illustration_6_2(
    increase: str, maintien: str, expected: Fraction
) -> None:
    seen = {"pmt": PMT[increase], "pfa": MAINTIEN_PFA[maintien]}
    decision = decide(**INCREASE_PMT, **EXCEPTIONAL, observation=seen)
    assert share(decision) == expected
    assert "caisse.MOD-08" not in missing_fields(decision)


@pytest.mark.rule("MOD-08", "MOD-06", "MOD-07")
def test_exceptional_circumstances_change_nothing_to_a_primo_installe_at_zero() -> None:
    zero = {"primo_sous_p30": "zero"}
    decision = decide(readings=zero, **PRIMO, **EXCEPTIONAL, observation={"pmt": 700, "pfa": 1000})
    assert share(decision) == 0
    decision = decide(readings=zero, **PRIMO_DERMATO, **EXCEPTIONAL, observation={"pfa": 1000})
    assert share(decision) == 0


@pytest.mark.rule("MOD-08", "MOD-03", "MOD-05")
def test_exceptional_circumstances_change_nothing_to_a_prorata_of_maintien() -> None:
    decision = decide(**P95_BOTH, **EXCEPTIONAL, observation={"pmt": 0, "pfa": 0})
    assert share(decision) == 0
    decision = decide(**DERMATO_AT_P95, **EXCEPTIONAL, observation={"pfa": 1000})
    assert share(decision) == Fraction(1, 2)


# --- TMP-05: years before the convention --------------------------------------------------------


@pytest.mark.rule("TMP-05")
@pytest.mark.parametrize(
    ("signature", "before"),
    # year 3 starts on 2024-06-21, 2024-06-22, 2024-06-23
    [("2022-06-21", True), ("2022-06-22", False), ("2022-06-23", False)],
)
def test_the_tables_are_deduced_for_a_year_that_starts_before_the_convention(
    signature: str, before: bool
) -> None:
    old = {"contrat.date_signature": signature, "medecin.exercice_coordonne": True}
    default = decide(**old)
    assert share(default) == Fraction(9, 11)
    assert ("modulation_deduite" in warning_codes(default)) == before
    assert ("modulation_avant_2024" in default.readings) == before
    unknown = decide(readings={"modulation_avant_2024": "inconnue"}, **old)
    assert unknown.share is not None
    expected = (NOTHING, ALL) if before else (Fraction(9, 11), Fraction(9, 11))
    assert (unknown.share.low, unknown.share.high) == expected
    (step,) = [each for each in default.trace if each.rule == "MOD-01"]
    assert {reference.nature for reference in step.references} == {"deduit" if before else "secondaire"}


@pytest.mark.rule("TMP-05", "MOD-00")
def test_years_1_and_2_are_paid_whole_before_the_convention_too() -> None:
    unknown = {"modulation_avant_2024": "inconnue"}
    for annee in (1, 2):
        assert share(decide(readings=unknown, **AVENANT_7, annee=annee)) == 1


@pytest.mark.rule("TMP-05")
def test_without_a_published_table_a_doctor_is_due_between_0_and_the_maximum() -> None:
    decision = decide(readings={"modulation_avant_2024": "inconnue"}, **AVENANT_7)
    assert decision.maximum is not None
    assert decision.amount_due is not None
    assert (decision.amount_due.low, decision.amount_due.high) == (0, decision.maximum.high)
    assert decision.amount_due.value is None


@pytest.mark.rule("TMP-05", "OBJ-08")
def test_without_a_published_table_nor_an_observation_there_is_no_share() -> None:
    decision = decide(readings={"modulation_avant_2024": "inconnue"}, **AVENANT_7, observation=None)
    assert decision.share is None


# --- The worked lines ---------------------------------------------------------------------------


@pytest.mark.rule("MOD-01")
def test_a_generaliste_at_1500_and_1890_is_due_18_000_euros() -> None:
    for annee, euros in ((1, 38000), (2, 28000), (3, 22000)):
        maximum = decide(annee=annee).maximum
        assert maximum is not None
        assert maximum.value == euros
    decision = decide()
    assert decision.objectives is not None
    rates = {name: each.rate for name, each in decision.objectives.items()}
    assert rates == {"pmt": Fraction(200, 260), "pfa": Fraction(90, 110)}
    assert statuses(decision) == (N0, N0)
    assert share(decision) == Fraction(9, 11)
    assert str(due(decision)) == "18000.00"


@pytest.mark.rule("MOD-01")
def test_a_generaliste_at_1290_and_1950_is_due_nothing() -> None:
    decision = decide(observation={"pmt": 1290, "pfa": 1950})
    assert statuses(decision) == (NB, A)
    assert share(decision) == 0
    assert str(due(decision)) == "0.00"
