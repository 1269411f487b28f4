"""How an answer is said (chapter DIT): sums with their verdict, other readings, what is still asked."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import (
    Decision,
    Readings,
    RefusedData,
    collective_example,
    collective_span,
    compare,
    deadlines,
    evaluate,
    evaluate_collective,
    example,
    examples,
    french,
    frontier,
    gaps,
    outcomes,
    recovery,
    schedule,
    simulate,
    span,
)
from aide_am.frames import evaluate_frame, near_thresholds
from aide_am.lectures import lectures
from aide_am.outcomes import alternatives
from aide_am.readings import CHOICES, combinations
from depth import drawing
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


# --- DIT-01: a sum and the verdict that it hangs on -------------------------------------------------

NOTHING_SEEN: dict[str, Any] = {"contrat.objectifs": None, "observation": None, "annee": 1}
CHIRURGIEN: dict[str, Any] = {
    **NOTHING_SEEN, "medecin.specialite": "chirurgie_generale", "contrat.patientele_initiale": {"pfa": 2000},
    "medecin.part_honoraires_cliniques": "0.80", "percentiles": {"pfa": {"p30": 500}},
}  # fmt: skip


def explained(decision: Decision) -> str:
    """What is read before the steps."""
    return plain(decision.explain()).split("PAS À PAS")[0]


def of_patients(pmt: int | None, pfa: int | None, **more: Any) -> Decision:
    return decide(**{**NOTHING_SEEN, "contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}, **more})


@pytest.mark.rule("DIT-01", "ELI-04")
@pytest.mark.parametrize(
    ("pmt", "pfa", "verdict"),
    [
        (774, 1800, "non_eligible"),
        (774, 1219, "non_eligible"),
        (775, 1218, "eligible"),
        (775, 1800, "eligible"),
    ],
)
def test_a_generaliste_whom_another_reading_refuses_never_reads_38_000_euros_alone(
    pmt: int, pfa: int, verdict: str
) -> None:
    decision = of_patients(pmt, pfa)
    assert decision.verdict == verdict
    said = "Toutes lectures confondues, le montant dû est 0 € (non éligible) ou 38 000 €."
    assert said in explained(decision)
    assert ("Montant dû" in explained(decision)) == (verdict == "eligible")
    found = span(decision)
    assert (found.low, found.high, set(found.verdicts)) == (0, 38000, {"eligible", "non_eligible"})
    assert found.verdicts[0] == verdict


@pytest.mark.rule("DIT-01", "ELI-02")
def test_a_chirurgien_at_exactly_eighty_percent_reads_the_refusal_of_the_other_reading() -> None:
    decision = decide(**CHIRURGIEN)
    assert decision.verdict == "eligible"
    text = explained(decision)
    assert "sinon : il faut plus de 80 %" in text
    assert "→ non éligible, rien n’est dû" in text
    assert "Toutes lectures confondues, le montant dû est 0 € (non éligible) ou 38 000 €." in text


@pytest.mark.rule("DIT-01")
def test_what_is_due_to_a_doctor_to_be_examined_is_due_if_his_contract_is_admitted() -> None:
    text = explained(of_patients(1300, 1800, **{"medecin.secteur": None}))
    assert "Montant maximal de l’année si le contrat est admis : 38 000 €." in text
    assert "Montant dû si le contrat est admis : 38 000 €." in text
    assert "Montant dû :" not in text
    later = decide(**{**NOTHING_SEEN, "annee": 3, "medecin.secteur": None})
    assert "Montant dû si le contrat est admis : il dépend de l’observation de l’année." in explained(later)
    either = explained(of_patients(700, None))
    assert "le montant dû est 0 € (non éligible) ou 38 000 € si le contrat est admis." in either


@pytest.mark.rule("DIT-01")
def test_the_sum_that_is_asked_of_a_refused_contract_is_due_if_it_is_kept() -> None:
    forced = decide(**{"medecin.remplacant": True}, force=True)
    assert "Montant dû si le contrat est maintenu : 18 000 €." in explained(forced)
    assert span(forced).low == 18000
    assert "(non éligible)" not in explained(forced)
    edge = {"contrat.patientele_initiale": {"pmt": 774, "pfa": 1800}}
    text = explained(decide(**edge, force=True))
    assert "le montant dû est entre 20 320 € et 22 000 € si le contrat est maintenu." in text


@pytest.mark.rule("DIT-01")
def test_an_end_that_two_readings_give_together_says_which_two() -> None:
    decision = decide(observation={"pmt": 1290, "pfa": 1790})
    text = explained(decision)
    assert "Toutes lectures confondues, le montant dû est entre 0 € et 20 617,80 €." in text
    assert (
        "20 617,80 € : en retenant à la fois "
        "« une baisse de 5 % de la base au plus compte comme sans baisse » "
        "(Baisse d’un objectif d’augmentation) et « patientèle observée rapportée à la cible »"
    ) in text
    top = span(decision).ends[-1]
    assert top.readings == {"tolerance_augmentation": "5_points", "taux_atteinte": "niveau"}
    again = evaluate(decision.dossier, readings=Readings(**top.readings))  # type: ignore[arg-type]
    assert again.amount_due is not None
    assert again.amount_due.high == top.amount


@pytest.mark.rule("DIT-01")
def test_a_doctor_whom_no_reading_admits_has_no_span_of_amounts() -> None:
    refused = decide(**RADIOLOGUE)
    found = span(refused)
    assert (found.low, found.high, found.verdicts, found.admitted) == (0, 0, ("non_eligible",), None)
    assert "Toutes lectures" not in explained(refused)


@pytest.mark.rule("DIT-01")
@drawing(150)
@given(dossiers(), readings(), st.booleans())
def test_the_ends_of_a_span_are_those_of_the_outcomes_and_can_be_made_again(  # type: ignore[no-untyped-def]
    dossier, chosen, force
) -> None:
    decision = evaluate(dossier, readings=chosen, force=force)
    found, every = span(decision), outcomes(dossier, force=force)
    assert set(found.verdicts) == {outcome.verdict for outcome in every}
    admitted = [o for o in every if o.verdict != "non_eligible" or force]
    assert found.refused == (len(admitted) < len(every))
    if found.refused:
        assert found.low == 0
    for end in found.ends:
        changed = {**chosen.model_dump(), **end.readings}
        again = evaluate(dossier, readings=Readings(**changed), force=force)
        assert again.verdict == end.verdict
        amount = again.amount_due if found.of == "montant_du" else again.maximum
        assert end.amount in (amount.low, amount.high) if amount is not None else end.amount == 0
    sums = [o.amount_due if found.of == "montant_du" else o.maximum for o in admitted]
    if sums and None not in sums:
        assert found.admitted is not None
        assert found.admitted.low == min(amount.low for amount in sums if amount is not None)
        assert found.admitted.high == max(amount.high for amount in sums if amount is not None)
    else:
        assert found.admitted is None


@pytest.mark.rule("DIT-01")
@drawing(100)
@given(dossiers(), readings())
def test_no_text_gives_an_amount_due_without_the_verdict_it_hangs_on(dossier, chosen) -> None:  # type: ignore[no-untyped-def]
    decision = evaluate(dossier, readings=chosen)
    head = explained(decision)
    if decision.verdict == "a_instruire":
        assert "Montant dû :" not in head
        assert "Montant maximal de l’année :" not in head
    if decision.verdict == "non_eligible":
        assert "Montant dû" not in head
    for line in head.splitlines():
        if line.startswith("- Toutes lectures") and span(decision).refused:
            assert "0 € (non éligible) ou " in line


@pytest.mark.rule("DIT-01", "VRS-01")
def test_the_payments_of_a_doctor_to_be_examined_are_due_if_his_contract_is_admitted() -> None:
    doctor = dossier(**NOTHING_SEEN, **{"medecin.secteur": None})
    text = plain(schedule(doctor).explain())
    assert "Total dû sur 5 années si le contrat est admis : entre 66 000 € et 132 000 €." in text
    assert text.count("versement unique si le contrat est admis") == 2
    assert text.count("acompte si le contrat est admis") == 3
    assert "versement unique " not in plain(deadlines(doctor).explain())
    assert "Versement de l’année 1 : 38 000 € si le contrat est admis" in plain(deadlines(doctor).explain())


@pytest.mark.rule("DIT-01", "VRS-01")
def test_the_total_of_a_schedule_names_the_refusal_of_another_reading() -> None:
    doctor = dossier(**{**NOTHING_SEEN, "contrat.patientele_initiale": {"pmt": 775, "pfa": 1800}})
    text = plain(schedule(doctor).explain())
    assert "sinon : le P30 doit être dépassé → non éligible, rien n’est dû" in text
    every = plain(simulate(doctor, {}, readings="toutes").explain())
    assert (
        "Sous toutes les lectures (2 résultats) : 0 € (non éligible) ou entre 66 000 € et 132 000 €." in every
    )
    assert "Total 0 € (non éligible)\n" in every


@pytest.mark.rule("DIT-01")
def test_a_variant_that_is_refused_is_compared_as_nothing_and_says_so() -> None:
    text = plain(compare(dossier(), remplaçant=dossier(**{"medecin.remplacant": True})).explain())
    assert "remplaçant : montant dû 0 € (non éligible), contre 18 000 €" in text


@pytest.mark.rule("DIT-01")
def test_the_distances_and_the_map_of_a_doctor_to_be_examined_say_what_they_hang_on() -> None:
    doctor = dossier(**{"medecin.secteur": None})
    assert "Montant dû si le contrat est admis : 18 000 €." in plain(gaps(doctor).explain())
    said = plain(frontier(doctor).explain())
    assert "Montant dû de l’année 3 si le contrat est admis selon les effectifs observés." in said


@pytest.mark.rule("DIT-01")
def test_a_threshold_of_a_row_to_be_examined_says_what_its_sum_hangs_on() -> None:
    seen = {
        "pmt_objectif": 1560,
        "pfa_objectif": 1910,
        "pmt_observee": 1500,
        "pfa_observee": 1890,
        "annee": 3,
    }
    (message,) = near_thresholds(evaluate_frame(row(secteur=None, **seen)), 20)["message"].to_list()
    assert "le montant dû si le contrat est admis passerait de 18 000 € à 22 000 €" in plain(message)


@pytest.mark.rule("DIT-01", "COL-03")
def test_the_sums_of_a_group_to_be_examined_are_due_if_its_contract_is_admitted() -> None:
    text = plain(evaluate_collective(collective_example("maison_de_sante_annee_3")).explain())
    assert ("Montant dû à la société si le contrat est admis" in text) == ("à instruire." in text)
    group = collective_example("maison_de_sante_annee_3").model_copy(
        update={"etp": Decimal("1.5"), "annee": 1}
    )
    found = collective_span(evaluate_collective(group))
    assert found.refused
    assert found.low == 0
    assert "0 € (non éligible) ou " in plain(evaluate_collective(group).explain())


# --- DIT-02: what another reading changes -----------------------------------------------------------


@pytest.mark.rule("DIT-02")
@pytest.mark.parametrize("name", examples())
def test_a_reading_that_changes_nothing_is_not_told_and_a_code_is_in_no_sentence_of_a_doctor(
    name: str,
) -> None:
    decision = evaluate(example(name))
    text, _, codes = plain(decision.explain()).partition("CODES DES LECTURES, POUR L’ANALYSTE")
    assert "sans effet ici" not in text
    told = {other.reading for other in alternatives(decision) if other.effects}
    for reading in CHOICES:
        title = plain(french.typeset(lectures()[reading].titre))
        assert (f"- {title}\n" in text) == (reading in told)
        assert f"{reading}=" not in text
        assert (f" {reading}=" in codes) == (reading in told)


@pytest.mark.rule("DIT-02", "ELI-02")
def test_a_reading_that_changes_a_criterion_alone_says_which() -> None:
    orl = {**CHIRURGIEN, "medecin.specialite": "orl", "medecin.part_honoraires_cliniques": "0.90"}
    orl["percentiles"] = None
    orl["contrat.patientele_initiale"] = {"pfa": 9000}
    text = explained(decide(**orl))
    assert (
        "sinon : chirurgiens seulement (URPS Occitanie, II.1) → critère ELI-02 (honoraires cliniques) : "
        "sans objet au lieu de satisfait, sans changer le verdict ni le montant"
    ) in text
    assert "Toutes lectures" not in text


@pytest.mark.rule("DIT-02", "OBJ-02")
def test_a_reading_under_which_the_target_contradicts_its_base_is_said_and_stops_nothing() -> None:
    primo = {
        **NOTHING_SEEN, "medecin.date_installation": "2024-05-01",
        "contrat.patientele_initiale": {"pmt": 900, "pfa": 2500},
        "contrat.objectifs": {"pmt": 1300, "pfa": 1800},
    }  # fmt: skip
    decision = decide(**primo)
    assert "→ les données du dossier se contredisent alors" in explained(decision)
    assert len(outcomes(decision.dossier)) == 1
    with pytest.raises(RefusedData, match="objectifs"):
        evaluate(decision.dossier, readings=Readings(indicateur_p30="les_deux"))


@pytest.mark.rule("DIT-02")
@drawing(100)
@given(dossiers(), readings())
def test_a_line_on_another_reading_always_says_what_it_changes(dossier, chosen) -> None:  # type: ignore[no-untyped-def]
    decision = evaluate(dossier, readings=chosen)
    for other in alternatives(decision):
        assert other.decision is not None
        same = (
            other.decision.verdict == decision.verdict
            and other.decision.maximum == decision.maximum
            and other.decision.share == decision.share
            and other.decision.amount_due == decision.amount_due
            and [c.status for c in other.decision.criteria] == [c.status for c in decision.criteria]
        )
        assert same == (not other.effects)


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


@pytest.mark.rule("DIT-03", "CTR-05", "CTR-08")
def test_the_calendar_and_the_resiliation_of_a_refused_contract_ask_nothing_of_its_doctor() -> None:
    refused = dossier(**{**RADIOLOGUE, "medecin.date_naissance": None})
    assert deadlines(refused).missing == {}
    assert "Non éligible, années 1, 2, 3, 4 et 5 : rien n’est dû." in plain(deadlines(refused).explain())
    assert "medecin.date_naissance" in deadlines(refused, force=True).missing
    end = {"type": "resiliation", "date": "2026-01-15", "initiative": "medecin", "motif": "choix_du_medecin"}
    asked = {missing.field for missing in recovery(refused, [end]).missing}
    assert asked == {"caisse.CTR-06"}


@pytest.mark.rule("DIT-01", "VRS-01")
def test_the_total_of_a_refused_contract_says_the_refusal() -> None:
    refused = dossier(**RADIOLOGUE)
    for text in (schedule(refused).explain(), simulate(refused, {}).explain()):
        assert "Total dû sur 5 années : 0 € (non éligible)." in plain(text)


@pytest.mark.rule("DIT-03")
@drawing(150)
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
