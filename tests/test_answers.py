"""How an answer is said (chapter DIT): sums with their verdict, other readings, what is still asked."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from aide_am import Decision, Readings, evaluate, schedule
from aide_am.frames import evaluate_frame
from aide_am.readings import combinations
from strategies import dossiers, readings
from support import decide, dossier


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def fields(decision: Decision) -> list[str]:
    return [missing.field for missing in decision.missing]


def row(**cells: Any) -> pl.DataFrame:
    """A table of one généraliste of 1 300 and 1 800 patients, 1 ETP signed 2024-09-01, year 1."""
    told = {
        "specialite": "medecine_generale", "date_signature": date(2024, 9, 1), "option_etp": "1", "annee": 1,
        "secteur": "1", "zone": "ZIP", "date_installation": date(2005, 9, 1),
        "date_naissance": date(1970, 5, 2), "pmt_initiale": 1300, "pfa_initiale": 1800, **cells,
    }  # fmt: skip
    return pl.DataFrame([{name: cell for name, cell in told.items() if cell is not None}])


# --- DIT-03: what is still asked ------------------------------------------------------------------

RADIOLOGUE: dict[str, Any] = {
    "medecin.specialite": "radiologie", "medecin.secteur": None, "contrat.patientele_initiale": {},
    "contrat.objectifs": None, "observation": None, "annee": 1,
}  # fmt: skip
SOUS_LE_SEUIL: dict[str, Any] = {
    "contrat.patientele_initiale": {"pmt": 700, "pfa": 1800}, "contrat.objectifs": None,
    "medecin.secteur": None, "observation": None, "annee": 1,
}  # fmt: skip


@pytest.mark.rule("DIT-03", "ELI-01")
def test_a_radiologue_who_is_refused_is_asked_neither_his_secteur_nor_his_file_active() -> None:
    assert fields(decide(**RADIOLOGUE)) == []
    table = evaluate_frame(row(specialite="radiologie", secteur=None, pmt_initiale=None, pfa_initiale=None))
    assert table["verdict"].to_list() == ["non_eligible"]
    assert table["missing"].to_list() == [None]


@pytest.mark.rule("DIT-03", "ELI-04")
def test_a_doctor_whom_another_reading_admits_is_still_asked_his_secteur() -> None:
    decision = decide(**SOUS_LE_SEUIL)
    assert decision.verdict == "non_eligible"
    assert fields(decision) == ["medecin.secteur"]
    table = evaluate_frame(row(secteur=None, pmt_initiale=700))
    assert table["verdict"].to_list() == ["non_eligible"]
    assert table["missing"].to_list() == ["medecin.secteur"]


@pytest.mark.rule("DIT-03", "ELI-09")
def test_a_remplacant_whom_no_reading_admits_is_asked_nothing() -> None:
    assert fields(decide(**SOUS_LE_SEUIL, **{"medecin.remplacant": True})) == []
    table = evaluate_frame(row(secteur=None, pmt_initiale=700, remplacant=True))
    assert table["missing"].to_list() == [None]


@pytest.mark.rule("DIT-03", "ELI-02")
def test_a_chirurgien_at_eighty_percent_is_asked_his_counts_under_the_reading_that_refuses_him() -> None:
    strict = {"seuil_honoraires_cliniques": "plus_de_80"}
    told: dict[str, Any] = {**RADIOLOGUE, "medecin.specialite": "chirurgie_generale", "medecin.secteur": "1"}
    at_80 = decide(**told, **{"medecin.part_honoraires_cliniques": "0.80"}, readings=strict)
    under = decide(**told, **{"medecin.part_honoraires_cliniques": "0.79"}, readings=strict)
    assert at_80.verdict == under.verdict == "non_eligible"
    assert "contrat.patientele_initiale.pfa" in fields(at_80)
    assert fields(under) == []
    for part, asked in (("0.80", True), ("0.79", False)):
        table = row(
            specialite="chirurgie_generale",
            part_honoraires_cliniques=part,
            pmt_initiale=None,
            pfa_initiale=None,
        )
        (missing,) = evaluate_frame(table, readings=Readings(**strict))["missing"].to_list()
        assert ("contrat.patientele_initiale.pfa" in (missing or "")) == asked


@pytest.mark.rule("DIT-03")
def test_a_contract_that_is_computed_all_the_same_asks_what_its_money_lacks_and_nothing_of_access() -> None:
    forced = decide(**{**RADIOLOGUE, "annee": 3}, force=True)
    assert "observation" in fields(forced)
    assert "medecin.secteur" not in fields(forced)
    assert all(missing.stage != "verdict" for missing in forced.missing)


@pytest.mark.rule("DIT-03", "TMP-02")
def test_the_day_of_hiring_is_not_asked_for_a_contract_that_is_refused() -> None:
    old = {"contrat.date_signature": "2022-03-01", "medecin.remplacant": True, "annee": 1}
    assert fields(decide(**old, readings={"debut_annee": "embauche"})) == []
    table = evaluate_frame(
        row(date_signature=date(2022, 3, 1), remplacant=True), readings=Readings(debut_annee="embauche")
    )
    assert table["missing"].to_list() == [None]


@pytest.mark.rule("DIT-03", "VRS-01")
def test_the_years_of_a_refused_contract_ask_for_nothing() -> None:
    told = schedule(dossier(**RADIOLOGUE))
    assert {year.verdict for year in told.years} == {"non_eligible"}
    assert told.missing == ()


@pytest.mark.rule("DIT-03")
@settings(derandomize=True, deadline=None, max_examples=150)
@given(dossiers(), readings())
def test_what_a_refused_doctor_is_asked_is_missing_under_a_reading_that_admits_him(  # type: ignore[no-untyped-def]
    dossier, chosen
) -> None:
    decision = evaluate(dossier, readings=chosen)
    if decision.verdict != "non_eligible":
        return
    own = {field for criterion in decision.criteria for field in criterion.missing}
    every = [evaluate(dossier, readings=Readings(**names)) for names in of_access()]
    admitting = [found for found in every if found.verdict != "non_eligible"]
    asked = {field for found in admitting for criterion in found.criteria for field in criterion.missing}
    assert set(fields(decision)) == own & asked


def of_access() -> Iterator[dict[str, str]]:
    """Every combination of the readings that a criterion of access may consult."""
    return combinations(
        (
            "entree_en_vigueur",
            "indicateur_p30",
            "borne_p30",
            "seuil_honoraires_cliniques",
            "specialites_a_seuil",
        )
    )
