"""What a sentence may say (DIT-04 to DIT-06): true sources, patients before percentages, ends as they are."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import (
    Decision,
    Observation,
    Readings,
    RefusedData,
    bareme_at,
    compare,
    deadlines,
    evaluate,
    evaluate_collective,
    example,
    gaps,
    recovery,
    schedule,
    simulate,
)
from aide_am.collective.models import DossierCollectif
from aide_am.costs import EmploiDirect, Poste, remaining_cost
from aide_am.decision import Missing
from aide_am.rules import answers
from aide_am.sentences import by_weight, missing_sentence, step_sentence
from collective_strategies import groups
from depth import drawing
from strategies import dossiers, histories, readings
from support import decide, dossier
from test_collective import as_dict as group_as_dict

ALSO = "le simulateur officiel et la caisse la donnent aussi"
ALONE = "la caisse la donne aussi"
OPEN: dict[str, Any] = {"contrat.objectifs": None}
AVENANT_7: dict[str, Any] = {"contrat.date_signature": "2022-03-01", "medecin.exercice_coordonne": True}
ENDED: dict[str, Any] = AVENANT_7 | {
    "contrat.date_signature": "2020-03-01",
    "contrat.prorogation": False,
    "annee": 7,
}
TWO: dict[str, Any] = {
    "contrat.option_etp": "2",
    "contrat.date_option": "2026-10-01",
    "annee": 4,
    "contrat.contrat_anterieur": {
        "option_etp": "1",
        "date_signature": "2024-09-01",
        "objectifs_atteints": True,
    },
}


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def said(answer: Any) -> str:
    """An explanation with ordinary spaces."""
    return plain(answer.explain())


def status_lines(**overrides: Any) -> list[str]:
    """What the decision on a doctor says of each status."""
    steps = decide(force=True, **overrides).trace
    return [plain(step_sentence(step)) for step in steps if step.rule in ("OBJ-05", "OBJ-06")]


def share_line(decision: Decision) -> str:
    """What a decision says of the share that is paid."""
    (found,) = [plain(step_sentence(s)) for s in decision.trace if s.rule.startswith("MOD")]
    return found


# --- DIT-04: where a target is found ------------------------------------------------------------------


@pytest.mark.rule("DIT-04")
@pytest.mark.parametrize("option", ["0.5", "1"])
@pytest.mark.parametrize("signed", ["2023-05-01", "2024-06-22", "2025-03-01"])
def test_a_doctor_at_half_or_full_time_since_may_2023_finds_his_target_in_the_official_simulator_too(
    option: str, signed: str
) -> None:
    decision = decide(**OPEN, **{"contrat.option_etp": option, "contrat.date_signature": signed, "annee": 1})
    text = said(decision)
    assert (
        f"La cible de l’objectif, file active (PFA) ; elle figure au contrat ou à son avenant, {ALSO}" in text
    )
    assert (
        f"la cible n’est pas connue (base : 1 300). Elle figure au contrat ou à son avenant ; {ALSO}." in text
    )
    assert {m.code for m in decision.missing if m.field.startswith("contrat.objectifs")} == {"simulateur"}


@pytest.mark.rule("DIT-04")
@pytest.mark.parametrize(
    "case",
    [
        {"medecin.rqth": True},
        {"medecin.ald": True},
        TWO,
        TWO | {"contrat.option_etp": "1.5"},
        AVENANT_7,
        AVENANT_7 | {"contrat.date_signature": "2023-04-30"},
        AVENANT_7 | {"contrat.option_etp": "0.5", "annee": 3},
        {"contrat.option_etp": "1/3", "contrat.date_signature": "2023-04-30"},
    ],
    ids=["rqth", "ald", "2 ETP", "1,5 ETP", "avenant 7", "la veille", "0,5 avenant 7", "tiers-temps"],
)
def test_a_doctor_whom_the_official_simulator_does_not_know_is_sent_to_his_contract_and_his_caisse(
    case: dict[str, Any],
) -> None:
    doctor = dossier(**OPEN, **case)
    text = said(evaluate(doctor, force=True))
    assert "simulateur" not in text
    assert ALONE in text
    assert "simulateur" not in said(schedule(doctor, years=3, force=True))


@pytest.mark.rule("DIT-04")
def test_a_schedule_that_passes_to_2_etp_no_longer_names_the_simulator() -> None:
    doctor = dossier(**OPEN, annee=1, observation=None)
    assert "simulateur" in said(schedule(doctor, years=5))
    later = [{"type": "avenant_option", "date": "2027-09-01", "option_etp": "2", "objectifs_atteints": True}]
    assert "simulateur" not in said(schedule(doctor, years=5, events=later))


@pytest.mark.rule("DIT-04")
def test_where_to_find_a_target_is_kept_in_the_json_of_a_decision() -> None:
    decision = decide(**OPEN)
    assert '"code":"simulateur"' in decision.to_json()
    assert Decision.from_json(decision.to_json()) == decision


# --- DIT-05: patients first ---------------------------------------------------------------------------


@pytest.mark.rule("DIT-05")
def test_a_rate_is_said_in_patients_gained_then_in_percent() -> None:
    case: dict[str, Any] = {
        "contrat.patientele_initiale": {"pmt": 2059, "pfa": 2333},
        "contrat.objectifs": {"pmt": 2161, "pfa": 2449},
        "observation": {"pmt": 2673, "pfa": 2013},
    }
    pmt, pfa = status_lines(**case)
    assert "2 673 patients observés, soit 614 patients gagnés sur 102 demandés (601,96 %)" in pmt
    assert "2 013 patients observés, 320 de moins que la base de 2 333" in pfa
    assert "307/51" not in said(decide(**case))


@pytest.mark.rule("DIT-05")
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"observation": {"pmt": 1301, "pfa": None}}, "soit 1 patient gagné sur 260 demandés (0,38 %)"),
        ({"observation": {"pmt": 1300, "pfa": None}}, "soit aucun patient gagné sur 260 demandés (0 %)"),
        (
            {"observation": {"pmt": 1301, "pfa": None}, "contrat.objectifs.pmt": 1301},
            "soit 1 patient gagné sur 1 demandé (100 %)",
        ),
        ({"observation": {"pmt": 1300, "pfa": None}, **OPEN}, "1 300 patients observés, aucun gagné : "),
        ({"observation": {"pmt": 1, "pfa": None}}, "1 patient observé, 1 299 de moins que la base de"),
        (
            {"observation": {"pmt": 1300, "pfa": None}, "medecin.date_naissance": "1955-01-01", **OPEN},
            "1 300 patients observés pour 1 300 à maintenir (100 %) : maintien atteint",
        ),
        (
            {
                "observation": {"pmt": 900, "pfa": None},
                "medecin.date_installation": "2024-06-01",
                "contrat.patientele_initiale": {"pmt": 600, "pfa": 900},
                **OPEN,
            },
            "900 patients observés pour 1 045 à atteindre (86,12 %) : objectif non atteint",
        ),
    ],
)
def test_each_kind_of_rate_names_its_own_patients(case: dict[str, Any], expected: str) -> None:
    assert expected in status_lines(**case)[0]


@pytest.mark.rule("DIT-05")
def test_under_the_reading_of_the_level_the_patients_are_all_those_of_the_doctor() -> None:
    lines = [
        plain(step_sentence(step))
        for step in decide(readings={"taux_atteinte": "niveau"}).trace
        if step.rule == "OBJ-05"
    ]
    assert "1 500 patients observés pour 1 560 demandés (96,15 %) : objectif atteint." in lines[0]


@pytest.mark.rule("DIT-05")
def test_a_tolerated_dip_is_said_to_be_one() -> None:
    steps = decide(
        readings={"tolerance_augmentation": "5_points"}, observation={"pmt": 1290, "pfa": 1800}
    ).trace
    line = next(plain(step_sentence(step)) for step in steps if step.rule == "OBJ-05")
    assert "10 de moins que la base de 1 300, baisse tolérée : objectif non atteint, sans baisse" in line


@pytest.mark.rule("DIT-05")
def test_a_long_fraction_is_never_shown_and_a_rounded_share_is_said_to_be_one() -> None:
    case: dict[str, Any] = {
        "medecin.date_installation": "2024-06-01",
        "contrat.patientele_initiale": {"pmt": 600, "pfa": 900},
        "observation": {"pmt": 900, "pfa": 1300},
    }
    text = said(decide(**OPEN, **case))
    assert "Part versée : environ 86,12 % (MOD-06)." in text
    assert "180/209" not in text


@pytest.mark.rule("DIT-05")
def test_a_group_is_told_the_patients_that_it_gained() -> None:
    two = group_as_dict(annee=3, observation={"pmt": 2260, "pfa": 3110})
    decision = evaluate_collective(DossierCollectif.model_validate(two))
    lines = [plain(step_sentence(s)) for s in decision.trace if s.code.startswith("non_atteint")]
    assert (
        "2 260 patients observés, soit 260 patients gagnés sur 520 demandés (50 %) : objectif non atteint."
        in lines[0]
    )
    level = evaluate_collective(decision.dossier, readings=Readings(taux_atteinte="niveau"))
    lines = [plain(step_sentence(s)) for s in level.trace if s.code.startswith("non_atteint")]
    assert "2 260 patients observés pour 2 520 demandés (89,68 %) : objectif non atteint." in lines[0]


# --- DIT-06: ends, decisions of the caisse, caps ------------------------------------------------------


@pytest.mark.rule("DIT-06")
def test_a_contract_past_its_term_has_ended_its_doctor_is_not_refused() -> None:
    decision = decide(**ENDED)
    text = said(decision)
    assert decision.verdict == "non_eligible"
    assert "Contrat arrivé à son terme le 28 février 2025, sans avenant de prorogation (CTR-01)." in text
    assert "non prorogé, est arrivé à son terme de 5 ans, le 28 février 2025." in text
    assert "non éligible" not in text.split("CE QUE CHANGERAIT")[0]


@pytest.mark.rule("DIT-06")
@pytest.mark.parametrize(
    ("embauche", "expected"), [("2020-06-01", " le 31 mai 2025"), (None, ", sans avenant de prorogation")]
)
def test_years_that_count_from_the_hiring_end_with_them(embauche: str | None, expected: str) -> None:
    decision = decide(**ENDED, **{"contrat.date_embauche": embauche}, readings={"debut_annee": "embauche"})
    assert f"Contrat arrivé à son terme{expected}" in said(decision)


@pytest.mark.rule("DIT-06")
def test_a_contract_signed_on_29_february_ends_on_the_eve_of_its_anniversary() -> None:
    assert "terme le 27 février 2025" in said(decide(**ENDED | {"contrat.date_signature": "2020-02-29"}))


@pytest.mark.rule("DIT-06")
def test_a_doctor_who_is_refused_for_something_else_as_well_is_not_eligible() -> None:
    text = said(decide(**ENDED, **{"medecin.remplacant": True}))
    assert (
        "Verdict : non éligible. Critères non satisfaits : qualité de signataire (ELI-09) et durée et "
        "prorogation (CTR-01)."
    ) in text


@pytest.mark.rule("DIT-06")
def test_the_schedule_the_comparison_and_the_simulation_of_an_ended_contract_say_its_end() -> None:
    doctor = dossier(**ENDED)
    path = {3: Observation(pmt=1500, pfa=1890)}
    for text in (said(schedule(doctor, years=7)), said(simulate(doctor, path, years=7))):
        assert "Arrivé à son terme le 28 février 2025" in text
        assert "Non éligible" not in text
    assert "Contrat arrivé à son terme le 28 février 2025 : rien n’est dû ensuite." in said(
        schedule(doctor, years=7)
    )
    assert "Arrivé à son terme le 28 février 2025" in said(compare(doctor, autre={"annee": 5}))


@pytest.mark.rule("DIT-06")
def test_nobody_is_told_what_a_few_patients_change_in_a_contract_that_has_ended() -> None:
    with pytest.raises(RefusedData, match="un contrat arrivé à son terme, qu’aucun avenant n’a prorogé"):
        gaps(dossier(**ENDED))


@pytest.mark.rule("DIT-06")
def test_the_cost_of_a_post_says_that_the_contract_has_ended_and_counts_no_aid() -> None:
    post = Poste.model_validate({"debut": "2020-03-01", "etp": "1", "salaire_brut": "2000"})
    text = said(remaining_cost(dossier(**ENDED), post, EmploiDirect(), years=7))
    assert "Années 6 et 7 : le contrat est arrivé à son terme, aucune aide n’est comptée." in text
    assert "non éligible" not in text


@pytest.mark.rule("DIT-06")
def test_a_contrat_collectif_that_is_not_renewed_has_ended_too() -> None:
    ended = group_as_dict(annee=6, renouvellement=False)
    decision = evaluate_collective(DossierCollectif.model_validate(ended))
    assert decision.verdict == "non_eligible"
    text = said(decision)
    assert "Contrat arrivé à son terme le 1er mars 2031, sans renouvellement (COL-09)." in text
    assert "non éligible" not in text


@pytest.mark.rule("DIT-06")
def test_the_share_that_circumstances_leave_open_is_a_decision_of_the_caisse() -> None:
    decision = decide(circonstances_exceptionnelles=True, observation={"pmt": 1200, "pfa": 1700})
    left = "que la caisse fixe après avis de la CPN (circonstances exceptionnelles)"
    assert share_line(decision) == f"Part versée : de 0 % à 100 %, {left}."
    assert "Part versée : entre 0 % et 100 %, à la décision de la caisse (MOD-01)." in said(decision)
    unknown = decide(observation={"pmt": 1500, "pfa": None})
    assert ", selon les données qui manquent." in share_line(unknown)


@pytest.mark.rule("DIT-06")
def test_a_better_rate_over_1_is_said_to_be_capped() -> None:
    decision = decide(
        **OPEN,
        **{
            "medecin.date_installation": "2024-06-01",
            "contrat.patientele_initiale": {"pmt": 600, "pfa": 900},
            "observation": {"pmt": 1500, "pfa": 1000},
        },
    )
    assert share_line(decision) == (
        "Part versée : 100 %. Ligne appliquée : prorata du meilleur taux, plafonné à 100 %."
    )


@pytest.mark.rule("DIT-06")
@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"pmt": 1560, "pfa": 1910}, "Part versée : 100 %."),
        ({"pmt": 1200, "pfa": 1910}, "Part versée : 0 %."),
        (
            {"pmt": 1500, "pfa": 1890},
            "Part versée : 9/11 (81,82 %). Ligne appliquée : prorata du meilleur taux.",
        ),
    ],
)
def test_the_row_of_the_table_is_named_where_the_share_does_not_say_it(
    seen: dict[str, int], expected: str
) -> None:
    assert share_line(decide(observation=seen)) == expected


@pytest.mark.rule("DIT-06")
def test_a_share_is_capped_only_where_a_rate_gives_all() -> None:
    assert answers.plafonne(["prorata"], Fraction(1))
    assert answers.plafonne(["cent", "prorata_bas"], Fraction(1))
    assert not answers.plafonne(["prorata"], Fraction(9, 11))
    assert not answers.plafonne(["cent"], Fraction(1))


# --- Words that misled --------------------------------------------------------------------------------


@pytest.mark.rule("ELI-06")
def test_a_primo_installe_is_installed_for_the_first_time_in_the_departement() -> None:
    text = said(
        decide(
            **OPEN,
            **{
                "medecin.date_installation": "2024-06-01",
                "contrat.patientele_initiale": {"pmt": 600, "pfa": 900},
            },
        )
    )
    assert "installé pour la première fois dans le département dans les douze mois" in text
    assert "objectif de primo-installé." in text
    assert "de nature primo" not in text


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize("zone", ["ZIP", "ZAC", "hors_zone", None])
def test_the_zone_that_opens_1_etp_is_named_zip(zone: str | None) -> None:
    text = said(decide(**AVENANT_7, **{"medecin.zone": zone}))
    assert "en ZIP (avenant 7)" in text or "ZIP ou ZAC" in text
    assert "zone sous-dense" not in text.replace("1 ETP en zone sous-dense", "")


@pytest.mark.rule("OBJ-03")
def test_what_is_not_known_agrees_with_its_noun() -> None:
    unknown = {"contrat.patientele_initiale": {"pmt": 1300, "pfa": None}, **OPEN}
    text = said(decide(**unknown))
    assert "la cible n’est pas connue (base : non connue)" in text
    assert "effectif initial non connu" in text
    assert "valeur non connue" in said(decide(**{"medecin.specialite": "chirurgie_viscerale"}, **OPEN))


@pytest.mark.rule("OBJ-09")
def test_a_doctor_of_two_sites_reads_which_caisse_signs() -> None:
    assert "Le contrat se signe avec la caisse du cabinet principal" in said(decide())


def test_the_bareme_is_named_with_its_day_and_a_simulated_one_says_what_it_changes_in_words() -> None:
    assert "- Convention 2024, données vérifiées le 21 novembre 2026" in said(decide())
    reform = bareme_at(date(2026, 1, 1)).with_changes(
        montants={("1", "3+", "p95"): 40000},
        percentiles={("dermatologie", "pfa", "p90"): 3900},
        parametres={"taux_atteint": "0.9"},
        modulation={("MOD-02", "non_atteint_sans_baisse"): "zero"},
    )
    text = said(evaluate(example("dermatologue"), bareme=reform))
    assert "montant, 1 ETP, année 3 et suivantes, P95 et plus : 40 000 €" in text
    assert "P90, Dermatologie et vénéréologie, file active (PFA) : 3 900 patients" in text
    assert " : 0,9 ; " in text
    assert "MOD-02, non atteint sans baisse : 0 %" in text


def test_percentiles_of_the_dossier_are_never_said_to_be_verified() -> None:
    text = said(evaluate(example("chirurgien")))
    assert "source : percentiles du dossier, non vérifiés ici\n" in text
    assert "non vérifiés ici – " not in text


@pytest.mark.rule("TMP-05")
@pytest.mark.parametrize(
    ("lecture", "expected"),
    [
        ("tables_2024", "celles de la convention sont appliquées, par déduction."),
        ("inconnue", "la part est laissée ouverte, de 0 au maximum."),
    ],
)
def test_what_stands_for_tables_that_were_not_published_is_said(lecture: str, expected: str) -> None:
    decision = decide(**AVENANT_7, annee=1, readings={"modulation_avant_2024": lecture})
    assert decision.share is not None
    later = decide(
        **AVENANT_7 | {"contrat.date_signature": "2021-03-01"}, readings={"modulation_avant_2024": lecture}
    )
    assert expected in said(later)
    assert f"versée avant la convention 2024 : {expected}" in said(later)


@pytest.mark.rule("ELI-02", "ELI-04")
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            {"contrat.patientele_initiale": {"pmt": 700, "pfa": 1300}},
            "valeur 700, seuil 775, écart −75 (en patients)",
        ),
        ({"medecin.part_honoraires_cliniques": "0.79"}, "valeur 79 %, seuil 80 %, écart −1 point"),
        ({"medecin.part_honoraires_cliniques": "0.7999"}, "valeur 79,99 %, seuil 80 %, écart −0,01 point"),
        ({"medecin.part_honoraires_cliniques": "0.85"}, "valeur 85 %, seuil 80 %, écart 5 points"),
    ],
)
def test_what_lies_between_a_value_and_its_threshold_has_its_unit(
    case: dict[str, Any], expected: str
) -> None:
    surgeon = (
        {"medecin.specialite": "chirurgie_viscerale"} if "medecin.part_honoraires_cliniques" in case else {}
    )
    assert f"{expected}\n" in said(decide(**OPEN, **case, **surgeon))


@pytest.mark.rule("TMP-04")
def test_a_schedule_says_which_years_start_after_the_last_check() -> None:
    assert "Les années 4 et 5 commencent après la dernière vérification" in said(schedule(dossier(), years=5))
    assert "L’année 5 commence après la dernière vérification" in said(decide(annee=5))


@pytest.mark.parametrize(
    "field",
    ["observation.pmt", "observation", "percentiles.pfa.p90", "contrat.objectifs.pmt"],
)
def test_what_is_missing_reads_well_for_a_doctor_and_for_his_caisse(field: str) -> None:
    assert "à demander à la caisse" not in plain(missing_sentence(Missing(field, (), "part")))


# --- Everything that is said --------------------------------------------------------------------------

CODES = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\bcaisse\.[A-Z]|\b[a-z]+\.[a-z]+\.[a-z]")
FRACTION = re.compile(r"\b\d+/\d+\b")
DISAGREEING = re.compile(
    r"(?<!effectif )(?<!nombre )non connu\)|non connu patients|(?:à|de) non connu|base : non connu\b"
)
AWKWARD = re.compile(
    r"\(s\)|(?<![\d ])1 (?:patients|jours)\b|None|\{|\}|  \b|\.\.(?!\.)| ,|zone sous-dense \("
)


def columns(text: str) -> str:
    """The cells of the tables of an explanation, each on its line."""
    return re.sub(r"(?<=\S)  +", "\n", plain(text))


def faults(text: str) -> list[str]:
    """The lines to which a doctor or a caisse would object; the codes for an analyst, told last, aside."""
    codes = r"CODES DES LECTURES, POUR L’ANALYSTE\n.*?(?=\n\n|\Z)"
    text = re.sub(codes, "", plain(text), flags=re.DOTALL | re.IGNORECASE)
    found = []
    for line in text.splitlines():
        words = re.sub(r"« .*? »", "«»", line.strip()).replace("aide_am,", "")
        if CODES.search(words) or DISAGREEING.search(line) or AWKWARD.search(words):
            found.append(line)
        if any(len(each) > 5 for each in FRACTION.findall(line)):
            found.append(line)
        if "Ligne appliquée" in line and "100 %" in line and "plafonné" not in line:
            found.append(line)
    return found


@pytest.mark.rule("DIT-04", "DIT-05", "DIT-06")
@drawing(150)
@given(dossiers(), readings())
def test_no_explanation_holds_a_code_a_long_fraction_a_wrong_agreement_or_a_source_that_is_none(  # type: ignore[no-untyped-def]
    dossier, chosen
) -> None:
    text = evaluate(dossier, readings=chosen, force=True).explain()
    assert faults(text) == []
    contrat, medecin = dossier.contrat, dossier.medecin
    known = contrat.date_signature >= date(2023, 5, 1) and contrat.option_etp in ("0.5", "1")
    if not known or medecin.rqth or medecin.ald:
        assert "simulateur" not in text


@pytest.mark.rule("DIT-05", "DIT-06")
@drawing(60)
@given(dossiers())
def test_no_schedule_and_no_html_holds_them_either(dossier) -> None:  # type: ignore[no-untyped-def]
    found = schedule(dossier, years=3, force=True)
    assert faults(columns(found.explain())) == []
    html = re.sub(r"<summary>Codes des lectures.*?</details>", "", evaluate(dossier).explain("html"))
    assert faults(re.sub(r"<[^>]+>", "\n", html)) == []


@pytest.mark.rule("DIT-05", "DIT-06")
@drawing(25)
@given(st.data(), dossiers())
def test_no_report_on_the_life_of_a_contract_holds_them_either(data, dossier) -> None:  # type: ignore[no-untyped-def]
    events = data.draw(histories(dossier, terms=True))
    asked: tuple[Callable[[], Any], ...] = (
        lambda: schedule(dossier, years=6, events=events, force=True),
        lambda: deadlines(dossier, events=events),
        lambda: compare(dossier, autre={"annee": 3}, force=True),
    )
    for answer in asked:
        with suppress(RefusedData):  # a history that clashes with the dossier says nothing
            assert faults(columns(answer().explain())) == []


@pytest.mark.rule("DIT-05", "DIT-06")
@drawing(80)
@given(groups())
def test_no_explanation_of_a_group_holds_them_either(group: DossierCollectif) -> None:
    text = evaluate_collective(group, force=True).explain()
    named = {member.identifiant for member in group.membres}
    for name in named:
        text = text.replace(name, "docteur")
    assert faults(columns(text)) == []


# --- Read aloud by a caisse and by a doctor -----------------------------------------------------------

CSMF: dict[str, Any] = AVENANT_7 | {
    "contrat.date_signature": "2021-06-01",
    "contrat.option_etp": "0.5",
    "contrat.patientele_initiale": {"pmt": 2059, "pfa": 2333},
    "contrat.objectifs": {"pmt": 2161, "pfa": 2449},
    "observation": {"pmt": 2013, "pfa": 2673},
}
"""The case of the CSMF: a contract of avenant 7 that pays nothing in year 3."""


@pytest.mark.rule("DIT-02")
def test_a_reading_that_changes_the_maximum_of_a_doctor_who_is_due_nothing_says_the_maximum() -> None:
    text = said(decide(**CSMF))
    assert "sinon : la plus basse des deux" in text
    assert "→ montant maximal 10 500 €, montant dû inchangé" in text
    assert "→ montant dû 0 €" not in text


@pytest.mark.rule("DIT-01")
def test_the_readings_that_only_together_give_an_end_have_their_codes_too() -> None:
    case = {"medecin.date_naissance": "1960-06-01", "observation": {"pmt": 1250, "pfa": 1750}}
    text = said(decide(**case))
    assert "20 157,07 € : en retenant à la fois « une baisse de 5 % de la base au plus" in text
    codes = text.split("CODES DES LECTURES")[1]
    assert "tolerance_augmentation=stricte (retenu) | 5_points" in codes
    assert "taux_atteinte=progression (retenu) | niveau" in codes


@pytest.mark.rule("DIT-01")
def test_a_simulation_under_every_reading_says_which_of_them_refuse_the_doctor() -> None:
    doctor = dossier(**OPEN, **{"contrat.patientele_initiale": {"pmt": 775, "pfa": 1218}}, observation=None)
    every = said(simulate(doctor, {}, years=2, readings="toutes")).split("LECTURES\n", 1)[1]
    kept, refused = every.split("CODES DES")[0].split("- Total ")[1:]
    assert kept.split("\n    ")[1:] == ["avec les lectures retenues\n"]
    assert refused.split("\n    ") == [
        "0 € (non éligible)",
        "en retenant « le P30 doit être dépassé » (Patientèle égale au P30)",
        "en retenant « les deux indicateurs sont exigés » (Indicateur de l’activité minimale)\n\n",
    ]


@pytest.mark.rule("DIT-02")
def test_a_reading_that_moves_the_payments_and_not_the_total_says_so() -> None:
    doctor = dossier(
        **AVENANT_7 | {"contrat.date_signature": "2020-03-01", "contrat.date_embauche": "2020-04-01"},
        **OPEN,
        annee=1,
    )
    text = said(schedule(doctor, years=2))
    assert "sinon : à l’embauche de l’assistant → total 63 000 €, avec d’autres dates ou d’autres" in text


@pytest.mark.rule("DIT-01", "ELI-04")
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            {"contrat.patientele_initiale": {"pmt": 774, "pfa": 1300}, **OPEN},
            "n’atteint pas le P30 de la spécialité (774 patients, pour un seuil de 775 patients).",
        ),
        (
            {"medecin.specialite": "chirurgie_viscerale", "medecin.part_honoraires_cliniques": "0.7999"}
            | OPEN,
            "La part des honoraires cliniques ne suffit pas (79,99 %, pour un seuil de 80 %).",
        ),
        ({"medecin.specialite": "radiologie"} | OPEN, "La spécialité est exclue de l’aide."),
        (
            AVENANT_7 | OPEN | {"medecin.zone": "hors_zone"},
            "L’option 1 ETP n’était ouverte qu’en ZIP (avenant 7).",
        ),
    ],
    ids=["774", "79,99 %", "radiologie", "hors zone"],
)
def test_a_refused_doctor_reads_why_and_by_how_much_at_once(case: dict[str, Any], expected: str) -> None:
    answer = said(decide(**case)).split("À SAVOIR")[0]
    assert "Verdict : non éligible. Critère non satisfait : " in answer
    assert answer.rstrip().endswith(expected)
    assert "derogation_installation" not in answer


@pytest.mark.rule("ELI-04")
def test_indicators_that_disagree_promise_no_other_answer_to_a_doctor_who_has_no_threshold() -> None:
    case = {"contrat.patientele_initiale": {"pmt": 700, "pfa": 1300}, "medecin.rqth": True, **OPEN}
    text = said(decide(**case))
    assert "la réponse change" not in text
    assert "ne sont pas du même côté du P30 : il est atteint ou non selon l’indicateur qui décide." in text


def test_what_moves_the_money_is_told_before_the_notes_on_the_data_and_the_sources() -> None:
    decision = decide(**AVENANT_7, annee=4, percentiles={"pfa": {"p30": 1000, "p50": 1400}})
    codes = [alert.code for alert in by_weight(decision.warnings)]
    assert codes[0] == "cumul_avenant_7"
    assert codes[-2:] == ["percentiles_du_dossier", "nature_source"]
    known = said(decision).split("À SAVOIR\n- ")[1]
    assert known.startswith("Contrat signé sous l’avenant 7")


def test_a_count_that_did_not_move_is_not_said_to_have_moved_by_nothing() -> None:
    text = said(decide(observation={"pmt": 1300, "pfa": 1890}))
    assert "(PMT) : objectif non atteint, sans baisse (1 300 pour une base de 1 300), il manque" in text
    assert "soit 0" not in text


def test_percentiles_that_differ_are_named_as_they_are_printed() -> None:
    text = said(decide(percentiles={"pmt": {"p50": 1000}}))
    assert "des percentiles fournis (P50) diffèrent des publiés" in text


@pytest.mark.rule("TMP-04", "CTR-05")
def test_a_recovery_counted_by_days_says_that_it_is_deduced() -> None:
    end = {"type": "resiliation", "date": "2027-01-15", "initiative": "medecin", "motif": "choix_du_medecin"}
    text = said(recovery(dossier(), [end]))
    known = text.split("À SAVOIR\n")[1].split("\n\n")[0].splitlines()
    assert known[0].startswith("- Année 3 : le contrat est résilié")
    assert known[-1].startswith("- La source la plus faible utilisée est de nature « déduction »")


@pytest.mark.rule("DIT-01")
def test_a_comparison_with_a_refused_doctor_tells_once_that_nothing_is_left_to_compare() -> None:
    under = {"contrat.patientele_initiale": {"pmt": 774, "pfa": 1300}, **OPEN}
    text = said(compare(dossier(**under), plus={"contrat.patientele_initiale": {"pmt": 775, "pfa": 1300}}))
    assert "cette étape n’existe pas" not in text
    assert text.count("Le calcul du dossier s’arrête à son verdict") == 1
    ended = ENDED | OPEN
    text = said(compare(dossier(**ended | {"annee": 3}), fin={"annee": 7}))
    assert "variante : non satisfait – Le contrat, signé avant la convention et non prorogé" in text


@pytest.mark.rule("DIT-06", "CTR-01")
def test_an_ended_contract_is_asked_for_its_prorogation_not_for_a_calculation_by_force() -> None:
    with pytest.raises(RefusedData, match="prorogation si un avenant l’a prorogé") as refused:
        gaps(dossier(**ENDED))
    assert "force" not in str(refused.value)


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("absence", "Année 3 : l’assistant a été absent plus de 3 mois sans remplacement ; "),
        (
            "depart",
            "Année 3 : l’assistant est parti sans être remplacé dans les 3 mois, le délai d’une absence",
        ),
    ],
)
def test_a_vacant_post_is_told_with_its_months_though_somebody_was_hired_since(
    event: str, expected: str
) -> None:
    told = [
        {"type": "embauche", "date": "2024-09-01"},
        {"type": event, "date": "2026-10-01"},
        {"type": "embauche", "date": "2027-04-01"},
    ]
    assert expected in said(schedule(dossier(), years=3, events=told))


@pytest.mark.rule("CTR-05")
def test_the_recovery_of_a_refused_contract_says_the_refusal_first_and_no_empty_sum() -> None:
    under = {"contrat.patientele_initiale": {"pmt": 774, "pfa": 1300}, **OPEN}
    end = {"type": "resiliation", "date": "2027-01-15", "initiative": "medecin", "motif": "choix_du_medecin"}
    text = said(recovery(dossier(**under), [end]))
    assert text.index("Non éligible : aucun montant") < text.index(
        "Somme à récupérer : à dire par la caisse."
    )
    assert "Dû pour ces jours" not in text


def test_no_step_is_told_twice_in_the_same_words() -> None:
    text = said(decide(**AVENANT_7, **{"medecin.specialite": "mep"}, **OPEN))
    steps = [line for line in text.splitlines() if line.startswith("- [")]
    assert len(steps) == len(set(steps))


def test_a_doctor_who_does_not_know_the_abbreviations_finds_those_of_his_text() -> None:
    text = said(decide(**AVENANT_7, **OPEN)).split("\nSIGLES\n")[1]
    assert "- P30 : 30e percentile : 30 % des médecins de la spécialité ont un effectif plus bas" in text
    assert "- ZIP : zone d’intervention prioritaire" in text
    assert "RQTH" not in text


@pytest.mark.rule("DIT-01", "COL-03")
def test_a_refused_group_reads_why_at_once() -> None:
    small = group_as_dict()
    for member in small["membres"]:
        member["patientele"]["pmt"] = 700
    answer = said(evaluate_collective(DossierCollectif.model_validate(small))).split("À SAVOIR")[0]
    assert "Verdict : non éligible. Critère non satisfait : activité minimale du groupe (COL-03)." in answer
    assert "leur patientèle médecin traitant moyenne (700) n’atteint pas 775." in answer
