"""Answers that were once wrong: each case came before its mend."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from aide_am import Decision, Readings, bareme_at, evaluate, outcomes
from support import decide, dossier, missing_fields, warning_codes

PRIMO_2021: dict[str, Any] = {
    "medecin.date_naissance": "1980-01-01",
    "medecin.date_installation": "2021-06-01",
    "medecin.exercice_coordonne": True,
    "contrat.date_signature": "2021-09-01",
    "contrat.patientele_initiale": {"pmt": 700, "pfa": 1500},
    "contrat.patientele_reference": {"pmt": 900, "pfa": 1500},
    "contrat.objectifs": None,
    "annee": 4,
    "observation": {"pmt": 1000, "pfa": 1500},
    "percentiles": {"pfa": {"p30": 1000, "p50": 1600, "p70": 1700, "p90": 2600, "p95": 3200}},
}


def bounds(decision: Decision) -> tuple[Decimal, Decimal]:
    """The lowest and the highest amount due."""
    assert decision.amount_due is not None
    return decision.amount_due.low, decision.amount_due.high


@pytest.mark.rule("OBJ-03", "MOD-01")
def test_from_year_4_a_primo_installe_has_the_target_of_his_avenant_not_the_growth_of_avenant_7() -> None:
    decision = decide(**PRIMO_2021)
    assert decision.objectives is not None
    assert decision.objectives["pmt"].target is None
    assert bounds(decision) == (Decimal(0), Decimal(22000))
    assert "contrat.objectifs.pmt" in missing_fields(decision)


@pytest.mark.rule("OBJ-02", "OBJ-03", "MOD-03")
@pytest.mark.parametrize("installed", ["2024-06-01", None])
@pytest.mark.parametrize("annee", [3, 4])
def test_maintien_wins_for_a_primo_installe_of_65_in_every_year(installed: str | None, annee: int) -> None:
    decision = decide(
        **{
            "medecin.date_naissance": "1958-01-01",
            "medecin.date_installation": installed,
            "contrat.patientele_initiale": {"pmt": 900, "pfa": 1300},
            "contrat.objectifs": None,
            "annee": annee,
            "observation": {"pmt": 900, "pfa": 1300},
        }
    )
    assert decision.regime == "MOD-03"
    assert bounds(decision) == (Decimal(22000), Decimal(22000))
    assert not missing_fields(decision)


@pytest.mark.rule("OBJ-04")
@pytest.mark.parametrize(("lecture", "due"), [("progression", (0, 0)), ("niveau", (0, 22000))])
def test_a_doctor_at_his_base_without_a_known_target_names_the_reading_of_the_rate(
    lecture: Any, due: tuple[int, int]
) -> None:
    doctor = dossier(**{"contrat.objectifs": None, "observation": {"pmt": 1300, "pfa": 1800}})
    decision = evaluate(doctor, readings=Readings(taux_atteinte=lecture))
    assert decision.readings == {"taux_atteinte": lecture}
    assert bounds(decision) == due
    assert len(outcomes(doctor)) == 2


@pytest.mark.rule("CTR-02", "MNT-06", "TMP-03")
@pytest.mark.parametrize(
    ("before", "low", "high"),
    [
        ("1", "23868.49", "23868.49"),  # (334 × 22 000 + 31 × 44 000) / 365
        ("0.5", "13802.74", "13802.74"),  # (334 × 11 000 + 31 × 44 000) / 365
        (None, "13802.74", "44000.00"),  # in ZIP, from 0,5 ETP to 2 ETP; never 1/3, closed since 2023
    ],
)
def test_a_year_shared_by_two_options_is_prorated_by_days(before: str | None, low: str, high: str) -> None:
    decision = decide(
        **{
            "contrat.option_etp": "2",
            "contrat.date_option": "2027-08-01",
            "contrat.contrat_anterieur": {"option_etp": before, "date_signature": "2024-09-01"},
        }
    )
    decision = evaluate(decision.dossier, force=True)
    assert decision.maximum is not None
    assert (decision.maximum.low, decision.maximum.high) == (Decimal(low), Decimal(high))
    assert decision.maximum.value == (Decimal(low) if low == high else None)
    assert "option_en_cours_d_annee" in warning_codes(decision)
    assert ("contrat.contrat_anterieur.option_etp" in missing_fields(decision)) is (before is None)


@pytest.mark.rule("MNT-04")
def test_an_avenant_of_2_etp_in_a_year_under_an_older_text_has_no_certain_amount() -> None:
    decision = decide(
        **{
            "medecin.exercice_coordonne": True,
            "contrat.date_signature": "2020-07-15",
            "contrat.option_etp": "2",
            "contrat.date_option": "2024-07-01",
            "contrat.contrat_anterieur": {
                "option_etp": "1",
                "date_signature": "2020-07-15",
                "objectifs_atteints": True,
            },
            "annee": 4,
        }
    )
    assert decision.maximum is None
    assert "montant_incertain" in warning_codes(decision)


@pytest.mark.rule("OBJ-03")
def test_a_target_is_not_said_to_be_set_aside_while_its_nature_is_open() -> None:
    open_nature = {
        "medecin.date_installation": None,
        "contrat.patientele_initiale": {"pmt": 900, "pfa": 1300},
        "contrat.objectifs": {"pmt": 1200, "pfa": 1500},
        "observation": {"pmt": 1100, "pfa": 1450},
    }
    assert "cible_ecartee" not in warning_codes(decide(**open_nature))
    settled = open_nature | {"medecin.date_installation": "2024-06-01"}
    assert "cible_ecartee" in warning_codes(decide(**settled))


@pytest.mark.rule("MNT-04")
def test_a_third_of_an_etp_hired_on_an_unknown_day_is_not_said_to_follow_one_table() -> None:
    doctor = dossier(
        **{
            "medecin.exercice_coordonne": True,
            "contrat": {
                "date_signature": "2022-10-15",
                "option_etp": "1/3",
                "patientele_initiale": {"pmt": 900, "pfa": 1500},
            },
            "annee": 2,
            "observation": None,
        }
    )
    unknown = evaluate(doctor, readings=Readings(debut_annee="embauche"))
    assert not [step for step in unknown.trace if step.code in ("convention", "avant_convention")]
    assert [step for step in evaluate(doctor).trace if step.code == "avant_convention"]


def test_a_reform_of_one_figure_keeps_the_source_of_the_text_itself() -> None:
    reform = bareme_at(date(2026, 1, 1)).with_changes(parametres={"taux_atteint": "0.9"})
    decision = evaluate(dossier(), bareme=reform)
    assert decision.trace[0].references[0].source == "ameli_juin_2024"
    assert decision.simulated is True


def test_percentiles_that_come_with_a_dossier_are_said_not_to_be_checked() -> None:
    decision = decide(percentiles={"pfa": {"p70": 1900}})
    assert "percentiles_du_dossier" in warning_codes(decision)


@pytest.mark.rule("OBJ-03")
@pytest.mark.parametrize(("obtained", "target"), [("2023-04-30", 1260), ("2023-05-01", None)])
def test_the_growth_of_avenant_7_is_that_of_options_obtained_under_it(
    obtained: str, target: int | None
) -> None:
    decision = decide(
        **{
            "contrat.date_signature": "2022-06-01",
            "contrat.date_option": obtained,
            "contrat.patientele_initiale": {"pmt": 1000, "pfa": 1800},
            "contrat.objectifs": None,
            "medecin.exercice_coordonne": True,
            "annee": 3,
        }
    )
    assert decision.objectives is not None
    assert decision.objectives["pmt"].target == target


@pytest.mark.rule("MOD-07")
def test_a_primo_installe_of_a_specialty_without_p50_is_not_paid_by_the_number_of_his_contract() -> None:
    decision = decide(
        **{
            "medecin.specialite": "dermatologie",
            "medecin.date_installation": "2024-03-01",
            "contrat.patientele_initiale": {"pfa": 500},
            "contrat.objectifs": {"pfa": 1200},
            "observation": {"pfa": 1100},
        }
    )
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (Fraction(0), Fraction(1100, 1917))
    assert "percentiles.pfa.p50" in missing_fields(decision)


@pytest.mark.rule("CTR-02", "TMP-02")
@pytest.mark.parametrize(("hired", "bounds_of"), [("2022-12-01", (18_000, 36_000)), (None, (18_000, 38_000))])
def test_an_option_that_changed_in_a_year_of_unknown_first_day_gives_the_interval_of_both(
    hired: str | None, bounds_of: tuple[int, int]
) -> None:
    doctor = dossier(
        **{
            "medecin.exercice_coordonne": True,
            "contrat.date_signature": "2022-09-01",
            "contrat.date_embauche": hired,
            "contrat.option_etp": "1",
            "contrat.date_option": "2023-03-01",
            "contrat.contrat_anterieur": {"option_etp": "0.5"},
            "contrat.objectifs": None,
            "percentiles": {"pfa": {"p30": 1000, "p90": 2500, "p95": 3000}},
            "observation": None,
            "annee": 1,
        }
    )
    decision = evaluate(doctor, readings=Readings(debut_annee="embauche"))
    assert decision.maximum is not None
    low, high = bounds_of
    assert low <= decision.maximum.low <= decision.maximum.high <= high
    assert (decision.maximum.value is None) is (hired is None)


@pytest.mark.rule("CTR-02", "TMP-02")
@pytest.mark.parametrize(
    ("obtained", "least"), [("2022-08-31", 10_528), ("2022-09-01", 10_500), ("2023-08-31", 10_500)]
)
def test_an_option_obtained_after_a_year_that_counts_from_the_signature_leaves_that_of_before_all_of_it(
    obtained: str, least: int
) -> None:
    doctor = dossier(
        **{
            "medecin.exercice_coordonne": True,
            "medecin.zone": "ZIP",
            "contrat.date_signature": "2019-09-01",
            "contrat.date_embauche": None,
            "contrat.option_etp": "1",
            "contrat.date_option": obtained,
            "contrat.contrat_anterieur": {"option_etp": "0.5"},
            "contrat.patientele_initiale": {"pmt": 900, "pfa": 1400},
            "contrat.objectifs": None,
            "percentiles": {"pfa": {"p30": 1000, "p90": 2500, "p95": 3000}},
            "observation": None,
            "annee": 3,
        }
    )
    maximum = evaluate(doctor).maximum
    assert maximum is not None
    assert int(maximum.low) == int(maximum.high) == least


@pytest.mark.rule("ELI-02")
def test_a_part_is_written_the_same_whatever_was_asked_before() -> None:
    surgeon = {"medecin.specialite": "chirurgie_orthopedique", "contrat.patientele_initiale": {"pfa": 1500}}
    written = [
        decide(**surgeon, **{"medecin.part_honoraires_cliniques": part, "contrat.objectifs": None}).to_json()
        for part in ("0.85", "0.850", "0.85")
    ]
    assert written[0] == written[2]
    values = [json.loads(text)["criteria"][1]["value"] for text in written]
    assert values == ["0.85"] * 3
