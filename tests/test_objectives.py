"""Chapter OBJ: what the contract asks of a doctor, and whether it was reached."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from aide_am import Decision, RefusedData, bareme_at, evaluate
from aide_am.decision import Objective
from aide_am.rules.objectives import hors_bornes_mixtes
from support import decide, dossier, missing_fields, warning_codes

A, N0, NB = "atteint", "non_atteint_sans_baisse", "non_atteint_avec_baisse"

# The PFA distribution of a caller under avenant 7, of which a bound of P90 alone is published.
PFA_AV7 = {"p30": 1000, "p50": 1400, "p70": 1900, "p90": 2600, "p95": 3200}
AVENANT_7: dict[str, Any] = {"contrat.date_signature": "2022-03-01", "medecin.exercice_coordonne": True}
PRIMO: dict[str, Any] = {
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
    "contrat.objectifs": None,
}
P95_BOTH: dict[str, Any] = {
    "contrat.patientele_initiale": {"pmt": 2200, "pfa": 3300},
    "contrat.objectifs": None,
}
BORN_65_AT_SIGNATURE = {"medecin.date_naissance": "1959-09-01"}
DERMATO: dict[str, Any] = {
    "medecin.specialite": "dermatologie",
    "contrat.patientele_initiale": {"pfa": 2000},
    "contrat.objectifs": {"pfa": 2200},
}


def objectives(decision: Decision) -> dict[str, Objective]:
    assert decision.objectives is not None
    return {str(name): each for name, each in decision.objectives.items()}


def objective(name: str, *, readings: dict[str, Any] | None = None, **overrides: Any) -> Objective:
    return objectives(decide(readings=readings, **overrides))[name]


def natures(**overrides: Any) -> dict[str, str | None]:
    return {name: each.nature for name, each in objectives(decide(**overrides)).items()}


# --- OBJ-01: indicators -------------------------------------------------------------------------


@pytest.mark.rule("OBJ-01")
@pytest.mark.parametrize("specialite", ["medecine_generale", "mep", "pediatrie"])
def test_generalistes_mep_and_pediatres_have_a_pmt_and_a_pfa(specialite: str) -> None:
    assert list(objectives(decide(**{"medecin.specialite": specialite}))) == ["pmt", "pfa"]


@pytest.mark.rule("OBJ-01")
@pytest.mark.parametrize("specialite", ["dermatologie", "cardiologie", "ophtalmologie", "psychiatrie"])
def test_the_other_doctors_have_their_file_active_alone(specialite: str) -> None:
    pfa = {"contrat.patientele_initiale": {"pfa": 4000}, "contrat.objectifs": {"pfa": 4200}}
    assert list(objectives(decide(**{"medecin.specialite": specialite}, **pfa))) == ["pfa"]


@pytest.mark.rule("OBJ-01")
def test_the_pmt_of_a_dermatologue_is_ignored_and_he_is_told() -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 900, "pfa": 2000}, "contrat.objectifs": {"pfa": 2200}}
    with_pmt = decide(**{"medecin.specialite": "dermatologie"}, **counts)
    without = decide(**DERMATO)
    assert list(objectives(with_pmt)) == ["pfa"]
    assert "pmt_ignoree" in warning_codes(with_pmt)
    assert "pmt_ignoree" not in warning_codes(without)
    assert with_pmt.share == without.share


# --- OBJ-02: nature -----------------------------------------------------------------------------


@pytest.mark.rule("OBJ-02")
def test_a_stated_nature_wins_over_targets_and_age() -> None:
    stated = {"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "augmentation"}}
    assert natures(**stated) == {"pmt": "maintien", "pfa": "augmentation"}
    assert natures(**stated, **BORN_65_AT_SIGNATURE) == {"pmt": "maintien", "pfa": "augmentation"}


@pytest.mark.rule("OBJ-02")
def test_a_stated_nature_wins_over_a_primo_installation() -> None:
    stated = PRIMO | {
        "contrat.nature_objectifs": {"pmt": "augmentation", "pfa": "augmentation"},
        "contrat.objectifs": {"pmt": 400, "pfa": 600},
    }
    assert natures(**stated) == {"pmt": "augmentation", "pfa": "augmentation"}


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize("annee", [1, 2, 3])
def test_a_primo_installe_is_one_up_to_year_3_whatever_his_targets(annee: int) -> None:
    both = {"pmt": "primo_installe", "pfa": "primo_installe"}
    assert natures(**PRIMO, annee=annee) == both
    assert natures(**(PRIMO | {"contrat.objectifs": {"pmt": 300, "pfa": 700}}), annee=annee) == both


@pytest.mark.rule("OBJ-02")
def test_a_primo_installe_has_objectives_of_increase_from_year_4() -> None:
    assert natures(**PRIMO, annee=4) == {"pmt": "augmentation", "pfa": "augmentation"}


@pytest.mark.rule("OBJ-02")
def test_a_primo_installe_of_65_is_to_maintain() -> None:
    assert natures(**PRIMO, **BORN_65_AT_SIGNATURE) == {"pmt": "maintien", "pfa": "maintien"}
    under_65 = PRIMO | {"medecin.date_naissance": "1959-09-02"}
    assert natures(**under_65) == {"pmt": "primo_installe", "pfa": "primo_installe"}


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize(
    ("target", "nature"), [(1301, "augmentation"), (1300, "maintien"), (1560, "augmentation")]
)
def test_a_target_over_the_base_is_an_increase_and_an_equal_one_a_maintien(target: int, nature: str) -> None:
    assert objective("pmt", **{"contrat.objectifs": {"pmt": target, "pfa": 1910}}).nature == nature


@pytest.mark.rule("OBJ-02", "OBJ-03")
def test_the_target_is_compared_with_the_base_that_an_avenant_fixed() -> None:
    fixed = {"contrat.patientele_reference": {"pmt": 1560}}
    pmt = objective("pmt", **fixed)
    assert (pmt.base, pmt.initial, pmt.nature) == (1560, 1300, "maintien")


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize(
    ("pmt", "pfa", "expected"),
    [
        (2186, 3206, ("augmentation", "augmentation")),
        (2187, 3206, ("maintien", "augmentation")),
        (2186, 3207, ("augmentation", "maintien")),
        (2187, 3207, ("maintien", "maintien")),
        (2188, 3208, ("maintien", "maintien")),
    ],
)
def test_without_targets_a_doctor_maintains_the_indicators_that_stand_at_p95(
    pmt: int, pfa: int, expected: tuple[str, str]
) -> None:
    found = natures(**{"contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}, "contrat.objectifs": None})
    assert (found["pmt"], found["pfa"]) == expected


@pytest.mark.rule("OBJ-02")
def test_a_doctor_over_p95_whose_contract_gives_a_higher_target_has_an_increase() -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 2200, "pfa": 3300}}
    assert natures(**counts, **{"contrat.objectifs": {"pmt": 2300}}) == {
        "pmt": "augmentation",
        "pfa": "maintien",
    }


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize(
    ("naissance", "nature"),
    [("1959-08-31", "maintien"), ("1959-09-01", "maintien"), ("1959-09-02", "augmentation")],
)
def test_the_age_of_65_is_judged_on_the_day_of_signature(naissance: str, nature: str) -> None:
    born = {"medecin.date_naissance": naissance, "contrat.objectifs": None}
    assert natures(**born) == {"pmt": nature, "pfa": nature}


@pytest.mark.rule("OBJ-02")
def test_turning_65_during_the_contract_changes_nothing_without_an_avenant() -> None:
    turning = {"medecin.date_naissance": "1960-01-01", "contrat.objectifs": None}
    for annee in (1, 2, 3, 4, 5):
        assert natures(**turning, annee=annee) == {"pmt": "augmentation", "pfa": "augmentation"}


@pytest.mark.rule("OBJ-02", "OBJ-08")
def test_without_a_birth_date_a_doctor_may_have_to_increase_or_to_maintain() -> None:
    decision = decide(**{"medecin.date_naissance": None, "contrat.objectifs": None})
    for each in objectives(decision).values():
        assert each.nature is None
        assert set(each.possible_natures) == {"augmentation", "maintien"}
    assert decision.regime is None
    assert set(decision.possible_regimes) >= {"MOD-01", "MOD-03"}
    assert "medecin.date_naissance" in missing_fields(decision)


@pytest.mark.rule("OBJ-02", "OBJ-08")
def test_without_a_p95_a_dermatologue_may_have_to_increase_or_to_maintain() -> None:
    unknown = DERMATO | {"contrat.objectifs": None, "observation": {"pfa": 2000}}
    decision = decide(**unknown)
    pfa = objectives(decision)["pfa"]
    assert pfa.nature is None
    assert set(pfa.possible_natures) == {"augmentation", "maintien"}
    assert set(decision.possible_regimes) == {"MOD-02", "MOD-05"}
    assert "percentiles.pfa.p95" in missing_fields(decision)


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize(("p95", "nature"), [(1999, "maintien"), (2000, "maintien"), (2001, "augmentation")])
def test_the_p95_of_his_caisse_settles_the_nature_for_a_dermatologue(p95: int, nature: str) -> None:
    known = DERMATO | {"contrat.objectifs": None, "percentiles": {"pfa": {"p95": p95}}}
    assert natures(**known) == {"pfa": nature}


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize("target", [1299, 1, 0])
def test_a_target_under_the_base_is_refused(target: int) -> None:
    with pytest.raises(RefusedData) as refused:
        dossier(**{"contrat.objectifs": {"pmt": target, "pfa": 1910}})
    assert [refusal.field for refusal in refused.value.refusals] == ["contrat.objectifs.pmt"]


@pytest.mark.rule("OBJ-02")
def test_a_target_under_the_base_is_accepted_where_the_contract_states_a_maintien() -> None:
    stated = {
        "contrat.objectifs": {"pmt": 1200, "pfa": 1910},
        "contrat.nature_objectifs": {"pmt": "maintien"},
    }
    pmt = objective("pmt", **stated)
    assert (pmt.nature, pmt.target) == ("maintien", 1300)


@pytest.mark.rule("OBJ-02")
@pytest.mark.parametrize(
    ("specialite", "initial", "target"),
    [("medecine_generale", {"pmt": 1045, "pfa": 1800}, {"pmt": 900}), ("mep", {"pfa": 1800}, {"pfa": 900})],
)
def test_a_recent_doctor_who_is_no_primo_installe_is_refused_a_target_under_his_base(
    specialite: str, initial: dict[str, int], target: dict[str, int]
) -> None:
    given = {
        "medecin.specialite": specialite,
        "medecin.date_installation": "2024-03-01",
        "contrat.patientele_initiale": initial,
        "contrat.objectifs": target,
        "percentiles": {"pfa": {"p50": 1600}} if specialite == "mep" else None,
    }
    with pytest.raises(RefusedData) as refused:
        decide(**given)
    fields = [refusal.field for refusal in refused.value.refusals]
    assert fields == [f"contrat.objectifs.{name}" for name in target]


@pytest.mark.rule("OBJ-02")
def test_a_primo_installe_may_have_a_target_under_his_base_up_to_year_3_only() -> None:
    given = PRIMO | {"contrat.objectifs": {"pmt": 200, "pfa": 600}}
    assert objective("pmt", **given, annee=3).target == 1045
    with pytest.raises(RefusedData) as refused:
        decide(**given, annee=4)
    assert [refusal.field for refusal in refused.value.refusals] == ["contrat.objectifs.pmt"]


# --- OBJ-03: base and target --------------------------------------------------------------------


@pytest.mark.rule("OBJ-03")
def test_the_base_is_the_patientele_at_signature_or_the_count_of_an_avenant() -> None:
    assert objective("pmt").base == 1300
    changed = {"contrat.patientele_reference": {"pmt": 1400, "pfa": None}}
    assert objective("pmt", **changed).base == 1400
    assert objective("pfa", **changed).base == 1800


@pytest.mark.rule("OBJ-03", "OBJ-05")
def test_a_fall_is_counted_from_the_base_of_the_avenant() -> None:
    changed: dict[str, Any] = {"contrat.patientele_reference": {"pmt": 1400}}
    assert objective("pmt", **changed, **{"observation.pmt": 1399}).status == NB
    assert objective("pmt", **changed, **{"observation.pmt": 1400}).status == N0


@pytest.mark.rule("OBJ-03")
def test_the_target_of_a_maintien_is_its_base_and_of_an_increase_the_number_of_the_contract() -> None:
    found = objectives(decide(**P95_BOTH))
    assert (found["pmt"].target, found["pfa"].target) == (2200, 3300)
    found = objectives(decide())
    assert (found["pmt"].target, found["pfa"].target) == (1560, 1910)


PERCENTAGES = [  # domain.md 1.1: option, band of the indicator, initial PFA, patients to gain
    ("1/3", "P30-P50 +20 %", 1203, 240),
    ("1/3", "P50-P70 +15 %", 1603, 240),
    ("1/3", "P70-P90 +7.5 %", 2355, 176),
    ("1/3", "P90-P95 +4 %", 2807, 112),
    ("0.5", "P30-P50 +25 %", 1203, 300),
    ("0.5", "P50-P70 unknown", 1603, None),
    ("0.5", "P70-P90 +12.5 %", 2355, 294),
    ("0.5", "P90-P95 +6 %", 2807, 168),
    ("1", "P30-P50 +35 %", 1203, 421),
    ("1", "P50-P70 +26 %", 1603, 416),
    ("1", "P70-P90 unknown", 2355, None),
    ("1", "P90-P95 +12.5 %", 2807, 350),
    # both ends of each band
    ("1/3", "P30 +20 %", 1000, 200),
    ("1/3", "P50 less one +20 %", 1399, 279),
    ("1/3", "P50 +15 %", 1400, 210),
    ("1/3", "P70 less one +15 %", 1899, 284),
    ("1/3", "P70 +7.5 %", 1900, 142),
    ("1/3", "P90 less one +7.5 %", 2599, 194),
    ("1/3", "P90 +4 %", 2600, 104),
    ("1/3", "P95 less one +4 %", 3199, 127),
]


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize(
    ("option", "band", "initial", "gain"), PERCENTAGES, ids=[f"{row[0]} {row[1]}" for row in PERCENTAGES]
)
def test_under_avenant_7_a_doctor_gains_the_published_percentage_truncated_to_the_patient(
    option: str, band: str, initial: int, gain: int | None
) -> None:
    given = AVENANT_7 | {
        "contrat.option_etp": option,
        "contrat.patientele_initiale": {"pmt": 700, "pfa": initial},
        "contrat.objectifs": None,
        "percentiles": {"pfa": PFA_AV7},
    }
    decision = decide(**given)
    pfa = objectives(decision)["pfa"]
    assert pfa.nature == "augmentation"
    assert pfa.target == (None if gain is None else initial + gain)
    assert ("contrat.objectifs.pfa" in missing_fields(decision)) == ("unknown" in band)


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize("option", ["1/3", "0.5", "1"])
def test_under_avenant_7_a_doctor_at_p95_maintains(option: str) -> None:
    given = AVENANT_7 | {
        "contrat.option_etp": option,
        "contrat.patientele_initiale": {"pmt": 700, "pfa": 3200},
        "contrat.objectifs": None,
        "percentiles": {"pfa": PFA_AV7},
    }
    pfa = objective("pfa", **given)
    assert (pfa.nature, pfa.target) == ("maintien", 3200)


@pytest.mark.rule("OBJ-03", "MNT-01")
@pytest.mark.parametrize(
    ("pmt", "target"),
    [(849, 1146), (850, 1071), (900, 1134), (1106, 1393), (1107, None), (1502, None), (1503, 1690)],
)
def test_under_avenant_7_900_patients_become_1134_for_a_full_time_assistant_without_any_datum_of_the_doctor(
    pmt: int, target: int | None
) -> None:
    given = AVENANT_7 | {"contrat.date_signature": "2020-03-01", "contrat.option_etp": "1"}
    given |= {"contrat.patientele_initiale": {"pmt": pmt, "pfa": 1500}, "contrat.objectifs": None}
    assert objective("pmt", **given).target == target


@pytest.mark.rule("OBJ-03", "MNT-01")
def test_under_avenant_7_2355_patients_of_the_file_active_become_2649_for_half_an_assistant() -> None:
    given = AVENANT_7 | {
        "contrat.option_etp": "0.5",
        "contrat.patientele_initiale": {"pmt": 975, "pfa": 2355},
        "contrat.objectifs": None,
    }
    assert objective("pfa", **given).target is None  # its P70 is not published: P30 to P50, or beyond
    assert objective("pfa", **given, percentiles={"pfa": {"p70": 1900}}).target == 2649


@pytest.mark.rule("OBJ-03", "MNT-01")
@pytest.mark.parametrize("pfa", [1500, 2355, 2356])
def test_under_avenant_7_a_doctor_in_an_unknown_band_has_an_unknown_target(pfa: int) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 900, "pfa": pfa}, "contrat.objectifs": None}
    found = objectives(decide(**AVENANT_7, **counts))
    assert found["pmt"].nature == "augmentation"
    assert found["pfa"].nature == ("augmentation" if pfa <= 2355 else None)  # P95 stays possible beyond
    assert found["pfa"].target is None  # the bound of P90 tells no band of the growth


@pytest.mark.rule("OBJ-03")
def test_under_avenant_7_the_number_of_the_contract_wins_over_the_percentage() -> None:
    given = AVENANT_7 | {
        "contrat.patientele_initiale": {"pmt": 700, "pfa": 1203},
        "contrat.objectifs": {"pmt": 800, "pfa": 1300},
        "percentiles": {"pfa": PFA_AV7},
    }
    found = objectives(decide(**given))
    assert (found["pmt"].target, found["pfa"].target) == (800, 1300)


@pytest.mark.rule("OBJ-03", "OBJ-08")
@pytest.mark.parametrize("signature", ["2023-05-01", "2024-06-21", "2024-06-22", "2026-01-05"])
def test_from_2023_a_target_that_the_doctor_does_not_give_is_missing(signature: str) -> None:
    decision = decide(**{"contrat.date_signature": signature, "contrat.objectifs": None})
    found = objectives(decision)
    assert (found["pmt"].target, found["pfa"].target) == (None, None)
    assert {"contrat.objectifs.pmt", "contrat.objectifs.pfa"} <= missing_fields(decision)
    assert decision.share is not None
    assert (decision.share.low, decision.share.high, decision.share.value) == (0, 1, None)


@pytest.mark.rule("OBJ-03")
def test_a_primo_installe_is_to_reach_p50_whatever_the_contract_says() -> None:
    found = objectives(decide(**PRIMO))
    assert (found["pmt"].target, found["pfa"].target) == (1045, 1514)
    found = objectives(decide(**(PRIMO | {"contrat.objectifs": {"pmt": 800, "pfa": 1300}})))
    assert (found["pmt"].target, found["pfa"].target) == (1045, 1514)


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize("numbers", [(775, 1219), (900, 1400), (1045, 1514)])
def test_a_primo_installe_with_activite_mixte_is_to_reach_the_number_of_his_contract(
    numbers: tuple[int, int],
) -> None:
    given = PRIMO | {
        "medecin.activite_mixte": True,
        "contrat.objectifs": {"pmt": numbers[0], "pfa": numbers[1]},
        "observation": {"pmt": numbers[0], "pfa": numbers[1] - 1},
    }
    found = objectives(decide(**given))
    assert (found["pmt"].target, found["pfa"].target) == numbers
    assert (found["pmt"].status, found["pfa"].status) == (A, N0)


@pytest.mark.rule("OBJ-03", "OBJ-08")
def test_a_primo_installe_with_activite_mixte_and_no_number_aims_between_p30_and_p50() -> None:
    def statuses(observed: int) -> set[str]:
        given = PRIMO | {"medecin.activite_mixte": True, "observation": {"pmt": observed, "pfa": 1000}}
        return set(objective("pmt", **given).possible_statuses)

    assert statuses(774) == {N0}
    assert statuses(775) == {A, N0}
    assert statuses(1044) == {A, N0}
    assert statuses(1045) == {A}
    decision = decide(**PRIMO, **{"medecin.activite_mixte": True})
    assert {"contrat.objectifs.pmt", "contrat.objectifs.pfa"} <= missing_fields(decision)


MIXTE = PRIMO | {"medecin.activite_mixte": True, "observation": {"pmt": 900, "pfa": 1514}}


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize("number", [0, 774, 1046, 5000])
def test_a_number_outside_of_p30_to_p50_is_not_used_for_a_primo_installe_with_activite_mixte(
    number: int,
) -> None:
    decision = decide(**(MIXTE | {"contrat.objectifs": {"pmt": number, "pfa": 1400}}))
    found = objectives(decision)
    assert (found["pmt"].target, found["pmt"].rate) == (None, None)
    assert found["pmt"].possible_statuses == (A, N0)
    assert (found["pfa"].target, found["pfa"].status) == (1400, A)
    (pmt, pfa) = [step for step in decision.trace if step.rule == "OBJ-03"]
    assert (pmt.code, pmt.values["au_moins"], pmt.values["au_plus"]) == ("entre_p30_et_p50", 775, 1045)
    assert pfa.code == "contrat"
    (warning,) = [each for each in decision.warnings if each.code == "cible_mixte_hors_bornes"]
    assert warning.values["indicateur"] == "pmt"
    without = decide(**(MIXTE | {"contrat.objectifs": {"pfa": 1400}}))
    assert decision.share == without.share
    assert "cible_mixte_hors_bornes" not in warning_codes(without)


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize("number", [775, 1045])
def test_the_bounds_p30_and_p50_are_numbers_that_a_primo_installe_with_activite_mixte_may_have(
    number: int,
) -> None:
    decision = decide(**(MIXTE | {"contrat.objectifs": {"pmt": number, "pfa": 1514}}))
    assert objectives(decision)["pmt"].target == number
    assert "cible_mixte_hors_bornes" not in warning_codes(decision)


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize(("number", "outside"), [(774, True), (775, False), (1045, False), (1046, True)])
def test_the_number_of_a_mixed_primo_installe_lies_between_p30_and_p50(number: int, outside: bool) -> None:
    known = bareme_at(date(2024, 9, 1)).percentiles["medecine_generale", "pmt"]
    assert hors_bornes_mixtes(number, known) is outside


PRIMO_DERMATO: dict[str, Any] = {
    "medecin.specialite": "dermatologie",
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pfa": 1000},
    "contrat.objectifs": None,
}
"""The P30 of dermatologues is published, 1916, and their P50 is not."""


@pytest.mark.rule("OBJ-03", "OBJ-08")
@pytest.mark.parametrize("supplied", [None, {"pfa": 2000}])
@pytest.mark.parametrize(
    ("observed", "statuses"),
    [(1915, (N0,)), (1916, (N0,)), (1917, (A, N0)), (9000, (A, N0))],
)
def test_a_primo_installe_whose_p50_is_not_published_has_a_target_somewhere_above_p30(
    supplied: dict[str, int] | None, observed: int, statuses: tuple[str, ...]
) -> None:
    doctor = PRIMO_DERMATO | {"contrat.objectifs": supplied, "observation": {"pfa": observed}}
    decision = decide(**doctor)
    found = objectives(decision)["pfa"]
    assert (found.nature, found.target, found.rate) == ("primo_installe", None, None)
    assert found.possible_statuses == statuses
    (step,) = [step for step in decision.trace if step.rule == "OBJ-03"]
    assert (step.code, step.values["au_moins"], step.values["au_plus"]) == ("p50_inconnu", 1917, None)
    assert step.missing == ("percentiles.pfa.p50",)
    assert ("cible_ecartee" in warning_codes(decision)) is (supplied is not None)


# --- OBJ-03, CTR-01: prolonged contracts --------------------------------------------------------

PROLONGED: dict[str, Any] = {
    "contrat.date_signature": "2021-03-01",
    "medecin.exercice_coordonne": True,
    "contrat.prorogation": True,
}


@pytest.mark.rule("OBJ-03")
def test_a_prolonged_contract_keeps_its_base_and_its_target() -> None:
    for annee in (5, 6):
        pmt = objective("pmt", **PROLONGED, annee=annee)
        assert (pmt.base, pmt.target) == (1300, 1560)


@pytest.mark.rule("OBJ-03", "OBJ-08")
def test_a_prolonged_contract_has_unknown_objectives_where_the_caisse_sets_new_ones() -> None:
    new = {"objectifs_prorogation": "nouveaux"}
    within_its_term = objective("pmt", readings=new, **PROLONGED, annee=5)
    assert (within_its_term.base, within_its_term.target) == (1300, 1560)
    decision = decide(readings=new, **PROLONGED, annee=6)
    pmt = objectives(decision)["pmt"]
    assert (pmt.base, pmt.target, pmt.rate) == (None, None, None)
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (0, 1)
    assert decision.readings["objectifs_prorogation"] == "nouveaux"


@pytest.mark.rule("OBJ-03")
def test_new_objectives_of_a_prolonged_contract_count_once_its_avenant_is_given() -> None:
    fixed = PROLONGED | {
        "contrat.patientele_reference": {"pmt": 1400, "pfa": 1850},
        "contrat.objectifs": {"pmt": 1500, "pfa": 1950},
    }
    pmt = objective("pmt", readings={"objectifs_prorogation": "nouveaux"}, **fixed, annee=6)
    assert (pmt.base, pmt.target, pmt.rate, pmt.status) == (1400, 1500, 1, A)


@pytest.mark.rule("OBJ-03")
def test_a_contract_of_the_convention_is_renewed_with_its_objectives() -> None:
    pmt = objective("pmt", readings={"objectifs_prorogation": "nouveaux"}, annee=6)
    assert (pmt.base, pmt.target) == (1300, 1560)


# --- OBJ-04: rate -------------------------------------------------------------------------------


@pytest.mark.rule("OBJ-04")
@pytest.mark.parametrize(
    ("observed", "progress", "level"),
    [
        (1299, Fraction(-1, 260), Fraction(1299, 1560)),
        (1300, Fraction(0), Fraction(1300, 1560)),
        (1301, Fraction(1, 260), Fraction(1301, 1560)),
        (1500, Fraction(200, 260), Fraction(1500, 1560)),
        (1560, Fraction(1), Fraction(1)),
        (1690, Fraction(390, 260), Fraction(1690, 1560)),
    ],
)
def test_an_increase_is_rated_by_progress_or_by_level(
    observed: int, progress: Fraction, level: Fraction
) -> None:
    seen = {"observation.pmt": observed}
    assert objective("pmt", **seen).rate == progress
    assert objective("pmt", readings={"taux_atteinte": "niveau"}, **seen).rate == level


@pytest.mark.rule("OBJ-04")
@pytest.mark.parametrize("reading", ["progression", "niveau"])
def test_a_maintien_and_a_primo_installe_are_rated_by_level_under_both_readings(reading: str) -> None:
    chosen = {"taux_atteinte": reading}
    kept = objective("pmt", readings=chosen, **P95_BOTH, observation={"pmt": 2000, "pfa": 3300})
    assert kept.rate == Fraction(2000, 2200)
    first = objective("pmt", readings=chosen, **PRIMO, observation={"pmt": 900, "pfa": 1300})
    assert first.rate == Fraction(900, 1045)


@pytest.mark.rule("OBJ-04")
def test_a_rate_over_1_pays_no_more_than_everything() -> None:
    decision = decide(observation={"pmt": 5000, "pfa": 6000})
    assert decision.share is not None
    assert decision.share.value == 1
    assert decision.amount_due == decision.maximum


# --- OBJ-05: status of an increase and of a primo-installé --------------------------------------


@pytest.mark.rule("OBJ-05")
@pytest.mark.parametrize(
    ("observed", "progress", "level"),
    [
        (1298, NB, NB),
        (1299, NB, NB),  # base − 1
        (1300, N0, N0),
        (1301, N0, N0),
        (1481, N0, N0),
        (1482, N0, A),  # 95 % of 1560
        (1483, N0, A),
        (1546, N0, A),
        (1547, A, A),  # 1300 + 95 % of 260
        (1548, A, A),
        (1559, A, A),
        (1560, A, A),
        (1561, A, A),
    ],
)
def test_an_increase_is_reached_at_95_percent_and_falls_under_its_base(
    observed: int, progress: str, level: str
) -> None:
    seen = {"observation.pmt": observed}
    assert objective("pmt", **seen).status == progress
    assert objective("pmt", readings={"taux_atteinte": "niveau"}, **seen).status == level


@pytest.mark.rule("OBJ-05")
@pytest.mark.parametrize(("observed", "status"), [(1904, N0), (1905, A), (1906, A)])
def test_95_percent_of_110_patients_is_105_patients(observed: int, status: str) -> None:
    assert objective("pfa", **{"observation.pfa": observed}).status == status


@pytest.mark.rule("OBJ-05")
def test_a_doctor_at_95_percent_of_a_small_target_has_still_fallen_under_his_base() -> None:
    small = {"contrat.objectifs": {"pmt": 1310, "pfa": 1910}}
    level = {"taux_atteinte": "niveau"}
    assert objective("pmt", readings=level, **small, **{"observation.pmt": 1299}).status == NB
    assert objective("pmt", readings=level, **small, **{"observation.pmt": 1300}).status == A


@pytest.mark.rule("OBJ-05")
@pytest.mark.parametrize("rating", ["progression", "niveau"])
@pytest.mark.parametrize(
    ("observed", "strict", "tolerant"),
    [(1234, NB, NB), (1235, NB, N0), (1236, NB, N0), (1299, NB, N0), (1300, N0, N0), (1301, N0, N0)],
)
def test_a_dip_of_5_points_of_the_base_is_forgiven_by_one_reading_only(
    observed: int, strict: str, tolerant: str, rating: str
) -> None:
    seen = {"observation.pmt": observed}
    reading = {"taux_atteinte": rating}
    assert objective("pmt", readings=reading, **seen).status == strict
    forgiven = objective("pmt", readings=reading | {"tolerance_augmentation": "5_points"}, **seen)
    assert forgiven.status == tolerant


@pytest.mark.rule("OBJ-04", "OBJ-05")
def test_a_forgiven_dip_has_a_rate_of_zero_and_never_less() -> None:
    forgiven = {"tolerance_augmentation": "5_points"}
    dip = {"observation": {"pmt": 1250, "pfa": 1750}}
    assert objective("pmt", readings=forgiven, **dip).rate == 0
    decision = decide(readings=forgiven, **dip)
    assert decision.share is not None
    assert decision.share.value == 0
    half_up = decide(readings=forgiven, observation={"pmt": 1250, "pfa": 1855})
    assert half_up.share is not None
    assert half_up.share.value == Fraction(1, 2)


@pytest.mark.rule("OBJ-05")
@pytest.mark.parametrize(("observed", "status"), [(0, N0), (299, N0), (1044, N0), (1045, A), (1046, A)])
def test_a_primo_installe_reaches_his_objective_at_p50_and_never_falls(observed: int, status: str) -> None:
    assert objective("pmt", **PRIMO, observation={"pmt": observed, "pfa": 1300}).status == status


# --- OBJ-06: tolerance of a maintien ------------------------------------------------------------


@pytest.mark.rule("OBJ-06")
@pytest.mark.parametrize("bound", ["incluse", "exclue"])
@pytest.mark.parametrize(
    ("observed", "status"), [(2088, NB), (2089, NB), (2090, A), (2091, A), (2200, A), (2201, A)]
)
def test_a_doctor_at_p95_may_lose_5_percent_bound_included(observed: int, status: str, bound: str) -> None:
    seen = {"observation": {"pmt": observed, "pfa": 3300}}
    assert objective("pmt", readings={"borne_tolerance": bound}, **P95_BOTH, **seen).status == status


@pytest.mark.rule("OBJ-06")
@pytest.mark.parametrize(
    ("observed", "included", "excluded"),
    [(1169, NB, NB), (1170, A, NB), (1171, A, A), (1234, A, A), (1235, A, A), (1300, A, A)],
)
def test_a_doctor_of_65_may_lose_10_percent_bound_by_reading(
    observed: int, included: str, excluded: str
) -> None:
    old = {**BORN_65_AT_SIGNATURE, "contrat.objectifs": None, "observation": {"pmt": observed, "pfa": 1800}}
    assert objective("pmt", **old).status == included
    assert objective("pmt", readings={"borne_tolerance": "exclue"}, **old).status == excluded


@pytest.mark.rule("OBJ-06")
@pytest.mark.parametrize(
    ("initial", "observed", "included", "excluded"),
    # 10 % of 1305 is 130.5: no whole patient stands on the bound, the readings agree
    [(1305, 1174, NB, NB), (1305, 1175, A, A), (1310, 1178, NB, NB), (1310, 1179, A, NB), (1310, 1180, A, A)],
)
def test_the_bound_of_10_percent_only_matters_to_the_patient_who_stands_on_it(
    initial: int, observed: int, included: str, excluded: str
) -> None:
    old = {
        **BORN_65_AT_SIGNATURE,
        "contrat.patientele_initiale": {"pmt": initial, "pfa": 1800},
        "contrat.objectifs": None,
        "observation": {"pmt": observed, "pfa": 1800},
    }
    assert objective("pmt", **old).status == included
    assert objective("pmt", readings={"borne_tolerance": "exclue"}, **old).status == excluded


@pytest.mark.rule("OBJ-06")
def test_the_wider_tolerance_applies_to_a_doctor_of_65_who_stands_at_p95() -> None:
    old = {**P95_BOTH, **BORN_65_AT_SIGNATURE}
    assert objective("pmt", **old, observation={"pmt": 1980, "pfa": 3300}).status == A
    assert objective("pmt", **old, observation={"pmt": 1979, "pfa": 3300}).status == NB


@pytest.mark.rule("OBJ-06")
@pytest.mark.parametrize(
    ("naissance", "status"),
    # year 3 of a contract signed 2024-09-01 starts on 2026-09-01
    [("1961-08-31", A), ("1961-09-01", A), ("1961-09-02", NB)],
)
def test_a_maintien_stated_by_avenant_is_wide_once_65_on_the_first_day_of_the_year(
    naissance: str, status: str
) -> None:
    stated = {
        "medecin.date_naissance": naissance,
        "contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"},
        "contrat.objectifs": None,
        "observation": {"pmt": 1170, "pfa": 1800},
    }
    assert objective("pmt", **stated).status == status


@pytest.mark.rule("OBJ-06")
def test_a_maintien_for_p95_stays_at_5_percent_for_who_turns_65_later_without_avenant() -> None:
    turned = {**P95_BOTH, "medecin.date_naissance": "1960-01-01"}
    assert objective("pmt", **turned, observation={"pmt": 2089, "pfa": 3300}).status == NB
    assert objective("pmt", **turned, observation={"pmt": 2090, "pfa": 3300}).status == A


@pytest.mark.rule("OBJ-06", "OBJ-08")
def test_without_a_birth_date_the_tolerance_of_a_maintien_is_open_between_5_and_10_percent() -> None:
    unknown: dict[str, Any] = {
        "medecin.date_naissance": None,
        "contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"},
        "contrat.objectifs": None,
    }

    def statuses(observed: int) -> set[str]:
        seen = {"observation": {"pmt": observed, "pfa": 1000}}
        return set(objective("pmt", **unknown, **seen).possible_statuses)

    assert statuses(1169) == {NB}
    assert statuses(1170) == {A, NB}
    assert statuses(1234) == {A, NB}
    assert statuses(1235) == {A}
    decision = decide(**unknown, observation={"pmt": 1200, "pfa": 1000})
    assert "medecin.date_naissance" in missing_fields(decision)
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (Fraction(1200, 1300), 1)


@pytest.mark.rule("OBJ-06")
def test_the_tolerance_of_a_maintien_is_not_cumulated_with_the_95_percent() -> None:
    # 95 % of the 95 % tolerated would be 1986
    seen = {"observation": {"pmt": 1986, "pfa": 3300}}
    assert objective("pmt", **P95_BOTH, **seen).status == NB


@pytest.mark.rule("TMP-05", "OBJ-02", "OBJ-06")
@pytest.mark.parametrize(
    ("signature", "nature"),
    # year 3 starts on 2024-06-21, 2024-06-22, 2024-06-23
    [("2022-06-21", "augmentation"), ("2022-06-22", "maintien"), ("2022-06-23", "maintien")],
)
def test_before_the_convention_65_opens_no_maintien_without_an_avenant(signature: str, nature: str) -> None:
    old = AVENANT_7 | {
        "contrat.date_signature": signature,
        "medecin.date_naissance": "1950-01-01",
        "contrat.patientele_initiale": {"pmt": 700, "pfa": 1500},
        "contrat.objectifs": None,
        "percentiles": {"pfa": PFA_AV7},
    }
    assert objective("pmt", **old).nature == nature


@pytest.mark.rule("TMP-05", "OBJ-02")
def test_before_the_convention_an_unknown_birth_date_leaves_no_doubt_on_the_nature() -> None:
    unknown = AVENANT_7 | {
        "medecin.date_naissance": None,
        "contrat.patientele_initiale": {"pmt": 700, "pfa": 1500},
        "contrat.objectifs": None,
        "percentiles": {"pfa": PFA_AV7},
    }
    assert natures(**unknown) == {"pmt": "augmentation", "pfa": "augmentation"}


@pytest.mark.rule("TMP-05", "OBJ-06")
def test_before_the_convention_an_avenant_of_maintien_opens_the_10_percent_at_65() -> None:
    old = AVENANT_7 | {
        "medecin.date_naissance": "1950-01-01",
        "contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"},
        "contrat.objectifs": None,
    }
    assert objective("pmt", **old, observation={"pmt": 1170, "pfa": 1800}).status == A
    assert objective("pmt", **old, observation={"pmt": 1169, "pfa": 1800}).status == NB


@pytest.mark.rule("TMP-05", "OBJ-06")
def test_before_the_convention_a_doctor_of_70_at_p95_without_avenant_may_lose_5_percent_only() -> None:
    old = AVENANT_7 | {
        "medecin.date_naissance": "1950-01-01",
        "contrat.patientele_initiale": {"pmt": 2000, "pfa": 1500},
        "contrat.objectifs": {"pfa": 1600},
        "percentiles": {"pfa": PFA_AV7},
    }
    assert objective("pmt", **old, observation={"pmt": 1900, "pfa": 1600}).status == A
    assert objective("pmt", **old, observation={"pmt": 1899, "pfa": 1600}).status == NB


# --- OBJ-07: margins ----------------------------------------------------------------------------

WORSE = {A: 0, N0: 1, NB: 2}
MARGINS: list[tuple[str, dict[str, Any], list[int]]] = [
    ("increase", {}, [0, 1200, 1235, 1250, 1299, 1300, 1301, 1482, 1500, 1546, 1547, 1559, 1560, 1700]),
    ("p95", P95_BOTH, [0, 2000, 2089, 2090, 2091, 2199, 2200, 2300]),
    ("65", {**BORN_65_AT_SIGNATURE, "contrat.objectifs": None}, [0, 1169, 1170, 1171, 1235, 1300, 1400]),
    ("primo", PRIMO, [0, 299, 300, 774, 775, 1044, 1045, 1046, 1200]),
]
CASES = [(label, given, seen) for label, given, every in MARGINS for seen in every]
READINGS = [
    {"taux_atteinte": rating, "tolerance_augmentation": dip, "borne_tolerance": bound}
    for rating in ("progression", "niveau")
    for dip in ("stricte", "5_points")
    for bound in ("incluse", "exclue")
]


@pytest.mark.rule("OBJ-07")
@pytest.mark.parametrize("readings", READINGS, ids=lambda r: " ".join(r.values()))
@pytest.mark.parametrize(("label", "given", "observed"), CASES, ids=[f"{c[0]} {c[2]}" for c in CASES])
def test_a_doctor_knows_the_patients_he_misses_and_those_he_may_lose(
    label: str, given: dict[str, Any], observed: int, readings: dict[str, str]
) -> None:
    def at(count: int) -> Objective:
        seen = {"observation": {"pmt": count, "pfa": 1850}}
        return objective("pmt", readings=readings, **given, **seen)

    now = at(observed)
    assert now.status is not None
    assert now.missing_patients is not None
    assert now.target is not None
    assert at(observed + now.missing_patients).status == A
    if now.missing_patients:
        assert at(observed + now.missing_patients - 1).status != A
    assert (now.missing_patients == 0) == (now.status == A)
    assert now.missing_to_target == max(0, now.target - observed)
    if now.can_lose is None:
        assert at(0).status == now.status, "nothing worse exists"
    else:
        assert at(observed - now.can_lose).status == now.status
        if observed > now.can_lose:
            after: str | None = at(observed - now.can_lose - 1).status
            assert after is not None
            assert WORSE[after] > WORSE[now.status]


@pytest.mark.rule("OBJ-07")
def test_the_worked_line_says_47_and_60_patients_are_missing_and_200_may_be_lost() -> None:
    pmt = objective("pmt")
    assert (pmt.missing_patients, pmt.missing_to_target, pmt.can_lose) == (47, 60, 200)
    pfa = objective("pfa")
    assert (pfa.missing_patients, pfa.missing_to_target, pfa.can_lose) == (15, 20, 90)


@pytest.mark.rule("OBJ-07")
def test_a_doctor_whose_target_is_unknown_still_knows_the_fall_that_costs_him_everything() -> None:
    unknown = {"contrat.objectifs": None}
    assert objective("pmt", **unknown, **{"observation.pmt": 1299}).status == NB
    open_target = objective("pmt", **unknown, **{"observation.pmt": 1301})
    assert set(open_target.possible_statuses) == {A, N0}
    assert open_target.missing_patients is None
    assert open_target.missing_to_target is None


# --- OBJ-08: what is not known ------------------------------------------------------------------


@pytest.mark.rule("OBJ-08")
def test_a_count_that_was_not_observed_leaves_every_status_possible() -> None:
    decision = decide(observation={"pmt": 1500})
    pfa = objectives(decision)["pfa"]
    assert pfa.status is None
    assert set(pfa.possible_statuses) == {A, N0, NB}
    assert (pfa.rate, pfa.missing_patients) == (None, None)
    assert "observation.pfa" in missing_fields(decision)
    assert decision.share is not None
    assert (decision.share.low, decision.share.high, decision.share.value) == (0, 1, None)


@pytest.mark.rule("OBJ-08")
def test_a_fall_settles_the_share_whatever_the_other_count_was() -> None:
    decision = decide(observation={"pmt": 1299})
    assert decision.share is not None
    assert decision.share.value == 0


@pytest.mark.rule("OBJ-08")
def test_a_maintien_reached_settles_the_share_whatever_the_other_count_was() -> None:
    decision = decide(**P95_BOTH, observation={"pmt": 2090})
    assert decision.share is not None
    assert decision.share.value == 1


@pytest.mark.rule("OBJ-08")
def test_an_unknown_target_of_a_reached_neighbour_still_pays_everything_above_the_base() -> None:
    decision = decide(**{"contrat.objectifs": {"pmt": 1560}, "observation": {"pmt": 1560, "pfa": 1800}})
    assert decision.share is not None
    assert decision.share.value == 1
    falling = decide(**{"contrat.objectifs": {"pmt": 1560}, "observation": {"pmt": 1560, "pfa": 1799}})
    assert falling.share is not None
    assert falling.share.value == 0


@pytest.mark.rule("OBJ-08")
def test_an_unknown_target_bounds_the_share_by_the_rate_of_the_other() -> None:
    decision = decide(**{"contrat.objectifs": {"pmt": 1560}, "observation": {"pmt": 1430, "pfa": 1850}})
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (Fraction(1, 2), 1)


@pytest.mark.rule("OBJ-08")
def test_an_initial_count_that_is_not_known_leaves_the_base_and_the_rate_open() -> None:
    decision = decide(**{"contrat.patientele_initiale": {"pmt": 1300}, "contrat.objectifs": {"pmt": 1560}})
    pfa = objectives(decision)["pfa"]
    assert (pfa.base, pfa.rate, pfa.status) == (None, None, None)
    assert "contrat.patientele_initiale.pfa" in missing_fields(decision)


@pytest.mark.rule("OBJ-08")
def test_an_unknown_installation_date_leaves_the_regime_of_the_primo_installe_possible() -> None:
    recent = PRIMO | {"medecin.date_installation": None}
    decision = decide(**recent)
    assert decision.regime is None
    assert set(decision.possible_regimes) == {"MOD-01", "MOD-06"}
    assert "medecin.date_installation" in missing_fields(decision)


# --- OBJ-09: what is counted --------------------------------------------------------------------


@pytest.mark.rule("OBJ-09")
@pytest.mark.parametrize(
    ("signature", "pmt"), [("2023-04-30", "adultes"), ("2023-05-01", "tous"), ("2024-06-22", "tous")]
)
def test_under_avenant_7_the_pmt_counts_adults_alone_and_the_file_active_every_age(
    signature: str, pmt: str
) -> None:
    decision = evaluate(dossier(**{"contrat.date_signature": signature, "medecin.exercice_coordonne": True}))
    (step,) = [each for each in decision.trace if each.rule == "OBJ-09"]
    assert step.values == {"pmt": pmt, "pfa": "tous"}
    assert [reference.source for reference in step.references] == (
        ["csmf_criteres"] if pmt == "adultes" else []
    )
    said = "la patientèle médecin traitant (PMT) les adultes seulement, la file active (PFA) tous les âges"
    assert (said in decision.explain()) is (pmt == "adultes")


@pytest.mark.rule("OBJ-09", "OBJ-01")
@pytest.mark.parametrize("signature", ["2023-04-30", "2024-06-22"])
def test_a_specialty_with_the_file_active_alone_counts_every_age_under_every_text(signature: str) -> None:
    counts = {"contrat.patientele_initiale": {"pfa": 2000}, "contrat.objectifs": None}
    told = {"medecin.specialite": "dermatologie", "contrat.date_signature": signature}
    decision = decide(force=True, **told, **counts)
    (step,) = [each for each in decision.trace if each.rule == "OBJ-09"]
    assert (step.code, step.values) == ("tous", {"pfa": "tous"})
