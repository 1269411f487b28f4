"""Special cases of the convention, rule by rule: what a dossier shows only through its reasons."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from aide_am import Decision, Readings, RefusedData, bareme_at, evaluate
from aide_am.decision import Step
from aide_am.rules import modulation, special_cases, tiers_temps
from support import decide, dossier, missing_fields

CONVENTION = bareme_at(date(2024, 9, 1))


def step(decision: Decision, rule: str, indicateur: str | None = None) -> Step:
    """The first step of a rule, of one indicator if it is named."""
    found = [s for s in decision.trace if s.rule == rule]
    return next(s for s in found if indicateur in (None, s.values.get("indicateur")))


PRIMO: dict[str, Any] = {
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
    "contrat.objectifs": None,
}


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize(
    ("changes", "code", "source"),
    [
        ({}, "p50", "urps_occitanie_2026"),
        ({"medecin.activite_mixte": True}, "entre_p30_et_p50", "urps_occitanie_2026"),
        (
            {"medecin.specialite": "dermatologie", "contrat.patientele_initiale": {"pfa": 500}},
            "p50_inconnu",
            "urps_occitanie_2026",
        ),
    ],
)
def test_the_target_of_a_primo_installe_names_its_source(
    changes: dict[str, Any], code: str, source: str
) -> None:
    found = step(decide(**(PRIMO | changes)), "OBJ-03", "pfa")
    assert found.code == code
    assert [reference.source for reference in found.references] == [source]


@pytest.mark.rule("OBJ-05", "MOD-06")
@pytest.mark.parametrize(
    ("observed", "low", "high", "issues", "levels"),
    [
        (None, 1045, 1045, (True, True), ("p50", "p30", "sous_p30")),
        (1045, 1045, 1045, (True, False), ("p50",)),
        (1044, 1045, 1045, (False, True), ("p30",)),
        (775, 1045, 1045, (False, True), ("p30",)),
        (774, 1045, 1045, (False, True), ("sous_p30",)),
        (800, 775, 1045, (True, True), ("p50", "p30")),
        (800, None, None, (True, True), ("p50", "p30")),
        (700, None, None, (True, True), ("p50", "sous_p30")),
    ],
)
def test_a_primo_installe_reaches_his_objective_or_stands_over_or_under_p30(
    observed: int | None,
    low: int | None,
    high: int | None,
    issues: tuple[bool, bool],
    levels: tuple[str, ...],
) -> None:
    assert special_cases.issues_primo(observed, low, high) == issues
    assert special_cases.niveaux_primo(observed, low, high, 775) == levels


@pytest.mark.rule("MOD-06")
def test_without_a_published_p30_a_primo_installe_who_missed_may_be_on_either_side() -> None:
    assert special_cases.niveaux_primo(700, 1045, 1045, None) == ("p30", "sous_p30")


@pytest.mark.rule("OBJ-08")
def test_two_possible_natures_keep_what_they_agree_on() -> None:
    unknown = {"contrat.patientele_initiale": {"pfa": 2000}, "contrat.objectifs": None}
    decision = decide(**({"medecin.specialite": "dermatologie", "observation": {"pfa": 1800}} | unknown))
    assert decision.objectives is not None
    found = decision.objectives["pfa"]
    assert (found.nature, found.possible_natures) == (None, ("augmentation", "maintien"))
    assert (found.indicator, found.initial, found.base, found.target) == ("pfa", 2000, 2000, None)
    assert (found.observed, found.rate) == (1800, None)
    assert (found.status, found.possible_statuses) == (
        "non_atteint_avec_baisse",
        ("non_atteint_avec_baisse",),
    )
    assert (found.reached_from, found.missing_patients, found.missing_to_target, found.can_lose) == (
        None,
    ) * 4


@pytest.mark.rule("OBJ-08")
def test_two_possible_natures_with_the_same_target_have_it() -> None:
    changes = {
        "medecin.date_installation": "2024-03-01",
        "medecin.date_naissance": None,
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": 2400},
        "contrat.objectifs": {"pfa": 2500},
        "observation": {"pfa": 2450},
        "percentiles": {"pfa": {"p50": 2500, "p90": 4000, "p95": 5000}},
    }
    decision = decide(**changes)
    assert decision.objectives is not None
    found = decision.objectives["pfa"]
    assert set(found.possible_natures) == {"primo_installe", "augmentation"}
    assert (found.base, found.target) == (2400, 2500)
    assert (found.status, found.possible_statuses) == (
        "non_atteint_sans_baisse",
        ("non_atteint_sans_baisse",),
    )


@pytest.mark.rule("OBJ-08")
def test_two_possible_natures_with_two_bases_have_none() -> None:
    changes = PRIMO | {
        "medecin.date_naissance": None,
        "annee": 4,
        "observation": {"pmt": 900, "pfa": 1300},
    }
    decision = decide(**changes)
    assert decision.objectives is not None
    found = decision.objectives["pmt"]
    assert set(found.possible_natures) == {"augmentation", "maintien"}
    assert (found.base, found.target, found.status) == (None, None, None)
    assert len(set(found.possible_statuses)) == 3


@pytest.mark.rule("OBJ-06")
def test_a_maintien_whose_tolerance_is_not_known_has_no_single_threshold() -> None:
    stated = {"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"}}
    decision = decide(
        **(stated | {"medecin.date_naissance": None, "observation": {"pmt": 1200, "pfa": 1800}})
    )
    assert decision.objectives is not None
    assert decision.objectives["pmt"].reached_from is None
    assert decision.objectives["pmt"].status is None
    assert decision.objectives["pfa"].status == "atteint"
    assert "medecin.date_naissance" in missing_fields(decision)


@pytest.mark.rule("MNT-01")
def test_the_percentiles_of_one_indicator_alone_leave_the_other_as_published() -> None:
    decision = decide(percentiles={"pfa": {"p30": 1220, "p90": 2587, "p70": 1900}})
    assert step(decision, "MNT-01", "pfa").values["ecartes"] == "p30"
    assert step(decision, "MNT-01", "pmt").values["ecartes"] == ""


@pytest.mark.rule("MNT-01")
def test_percentiles_out_of_order_once_merged_are_refused_on_their_indicator() -> None:
    doctor = dossier(percentiles={"pfa": {"p70": 1500}})
    with pytest.raises(RefusedData) as error:
        evaluate(doctor)
    (refusal,) = error.value.refusals
    assert refusal.field == "percentiles.pfa"
    assert refusal.received == "ordre : P50 = 1514 devrait être inférieur à P70 = 1500"


@pytest.mark.rule("MNT-01", "MNT-06")
@pytest.mark.parametrize(
    ("count", "cells", "missing"),
    [
        (2000, {}, {"percentiles.pfa.p90", "percentiles.pfa.p95"}),
        (2000, {"p90": 3000}, set()),
        (3500, {"p90": 3000}, {"percentiles.pfa.p95"}),
        (3500, {"p95": 4000}, {"percentiles.pfa.p90"}),
        (None, {}, {"contrat.patientele_initiale.pfa"}),
    ],
)
def test_the_percentiles_that_would_settle_a_band_are_asked_for_and_no_other(
    count: int | None, cells: dict[str, int], missing: set[str]
) -> None:
    doctor = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": count},
        "contrat.nature_objectifs": {"pfa": "maintien"},
        "contrat.objectifs": None,
        "observation": None,
        "percentiles": {"pfa": cells} if cells else None,
    }
    decision = decide(**doctor)
    asked = {m.field for m in decision.missing if m.stage == "montant"}
    asked |= {m.field for m in decision.missing if m.field.startswith("contrat.patientele_initiale")}
    assert asked == missing


@pytest.mark.rule("ELI-06")
@pytest.mark.parametrize("lecture", ["un_des_deux", "les_deux"])
def test_both_counts_of_a_pediatre_tell_whether_he_is_a_primo_installe(lecture: Any) -> None:
    doctor = dossier(
        **{
            "medecin.specialite": "pediatrie",
            "medecin.date_installation": "2024-06-01",
            "contrat.patientele_initiale": {"pmt": 60, "pfa": 1000},
            "contrat.objectifs": None,
        }
    )
    decision = evaluate(doctor, readings=Readings(indicateur_p30=lecture))
    (criterion,) = [c for c in decision.criteria if c.rule == "ELI-06"]
    assert criterion.missing == ("percentiles.pmt.p50", "percentiles.pfa.p50")


@pytest.mark.rule("MOD-03", "OBJ-08")
def test_where_no_table_covers_the_natures_everything_is_open_and_no_row_applied() -> None:
    found = modulation.sans_regime()
    assert found == modulation.Modulation(None, Fraction(0), Fraction(1), (), False)
    assert found.lifted is False


@pytest.mark.rule("MNT-04")
@pytest.mark.parametrize(
    ("option", "day", "expected"),
    [
        ("1/3", date(2024, 9, 1), "convention"),
        ("1/3", date(2023, 9, 1), "avant_convention"),
        ("1/3", date(2020, 9, 1), "avant_convention"),
        ("0.5", date(2024, 9, 1), None),
    ],
)
def test_a_third_of_an_etp_follows_the_table_of_the_text_of_its_year(
    option: Any, day: date, expected: str | None
) -> None:
    assert tiers_temps.tableau_du_tiers_temps(option, bareme_at(day)) == expected


@pytest.mark.rule("MOD-06")
@pytest.mark.parametrize(
    ("observed", "row", "share"),
    [
        ({"pmt": 1045, "pfa": 1514}, "MOD-06/1", Fraction(1)),
        ({"pmt": 1044, "pfa": 1514}, "MOD-06/2", Fraction(1)),
        ({"pmt": 1045, "pfa": 1513}, "MOD-06/3", Fraction(1)),
        ({"pmt": 1044, "pfa": 1513}, "MOD-06/4", Fraction(1513, 1514)),
        ({"pmt": 1200, "pfa": 1218}, "MOD-06/5", Fraction(1)),
        ({"pmt": 774, "pfa": 1600}, "MOD-06/6", Fraction(1)),
    ],
)
def test_one_row_of_illustration_7_applies_to_a_primo_installe_and_never_pays_over_the_maximum(
    observed: dict[str, int], row: str, share: Fraction
) -> None:
    decision = decide(**(PRIMO | {"observation": observed}))
    assert step(decision, "MOD-06").row == row
    assert decision.share is not None
    assert decision.share.value == share


@pytest.mark.rule("MOD-06", "OBJ-08")
@pytest.mark.parametrize(
    ("observed", "low", "high"),
    [
        ({"pmt": 900, "pfa": 1300}, Fraction(900, 1045), Fraction(1)),
        ({"pmt": 500, "pfa": 1100}, Fraction(1100, 1514), Fraction(1100, 1219)),
        ({"pmt": 1045, "pfa": 1514}, Fraction(1), Fraction(1)),
    ],
)
def test_a_mixed_primo_installe_without_a_number_is_paid_between_the_rates_to_p50_and_to_p30(
    observed: dict[str, int], low: Fraction, high: Fraction
) -> None:
    decision = decide(**(PRIMO | {"medecin.activite_mixte": True, "observation": observed}))
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (low, high)
