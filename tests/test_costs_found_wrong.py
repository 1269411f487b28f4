"""Chapter CST: what was found wrong once, each with its case."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from aide_am import DossierCollectif, RefusedData, collective_example
from aide_am.costs import (
    Associe,
    EmploiDirect,
    FactureGroupement,
    Poste,
    RemainingCost,
    break_even,
    collective_cost,
    employment_cost,
    remaining_cost,
    shared_cost,
)
from aide_am.french import NARROW, WIDE
from support import dossier

DOCTOR = dossier(annee=1, observation=None)
GROUP = collective_example("cabinet_annee_1")
GROUP_POST = Poste.model_validate({"debut": GROUP.date_signature, "etp": "2", "position": 9})


def poste(**changes: Any) -> Poste:
    """A full time at 2 000 € gross from the day of the contract, but for the changes."""
    return Poste.model_validate({"debut": "2024-09-01", "etp": "1", "salaire_brut": "2000"} | changes)


def texts(answer: RemainingCost) -> dict[str, str]:
    """The notes of the first payer and of the cost, by code."""
    return {note.code: plain(note.texte) for note in (*answer.cost.notes, *answer.balance.notes)}


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(WIDE, " ")


def report(answer: Any) -> str:
    return plain(answer.explain())


@pytest.mark.rule("CST-01", "CST-03")
@pytest.mark.parametrize(("fin", "told"), [("2029-08-31", False), ("2029-09-01", True)])
def test_the_bonus_of_a_cdd_that_ends_after_the_days_counted_is_told(fin: str, told: bool) -> None:
    found = remaining_cost(DOCTOR, poste(fin=fin, contrat_travail="CDD"), EmploiDirect())
    assert found.cost.total == Decimal(156_000) + (0 if told else 15_600)
    assert ("apres_les_jours" in texts(found)) is told
    if told:
        said = "Prime de fin de CDD : due le 1er septembre 2029, après les jours comptés ; elle ne l’est pas "
        said += "ici."
        assert texts(found)["apres_les_jours"] == said


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize(("until", "told"), [("2026-06-30", False), ("2026-06-29", True)])
def test_a_provision_called_at_the_end_is_told_where_the_days_stop_before_it(until: str, told: bool) -> None:
    cdd = poste(debut="2026-01-01", fin="2026-06-30", contrat_travail="CDD", etp="0.5")
    way = FactureGroupement.model_validate({"salaire_charge_mensuel": "2167", "appel_provision": "fin"})
    found = employment_cost(cdd, way, until=date.fromisoformat(until))
    assert ("apres_les_jours" in {note.code for note in found.notes}) is told
    assert any(line.rubrique == "provision_fin_contrat" for line in found.lines) is not told


@pytest.mark.rule("CST-02", "CST-03")
def test_what_falls_before_the_contract_is_named_and_no_note_says_that_it_is_called() -> None:
    before = remaining_cost(
        DOCTOR, poste(debut="2024-08-31", fin="2025-12-31", contrat_travail="CDD"), FactureGroupement()
    )
    assert texts(before)["avant_le_contrat"] == (
        "Les jours du poste avant le premier jour du contrat (1er septembre 2024) ne sont pas comptés, "
        "ni mise en place et provision de fin de contrat."
    )
    assert "provision_au_debut" not in texts(before)
    on_the_day = remaining_cost(DOCTOR, poste(fin="2025-12-31", contrat_travail="CDD"), FactureGroupement())
    assert "provision_au_debut" in texts(on_the_day)
    assert "avant_le_contrat" not in texts(on_the_day)
    assert on_the_day.cost.total - before.cost.total == 1900


@pytest.mark.rule("CST-03")
def test_the_year_that_ends_on_29_february_is_a_whole_one() -> None:
    leap = dossier(**{"contrat.date_signature": "2024-02-29", "annee": 1, "observation": None})
    found = remaining_cost(leap, poste(debut="2024-02-29"), EmploiDirect())
    assert [str(year.monthly) for year in found.balance.case("pire").years[2:]] == ["2600.00"] * 3
    assert [year.a_month for year in break_even(found, "30").years if year.case == "pire"] == [87] * 3


@pytest.mark.rule("CST-03", "COL-10")
def test_the_same_aid_of_a_year_has_the_same_parts_whatever_the_years_before() -> None:
    reached = {4: {"pmt": 3470, "pfa": 4420}, 5: {"pmt": 3470, "pfa": 4420}}
    found = collective_cost(
        GROUP,
        GROUP_POST,
        EmploiDirect(),
        {"a": "1/3", "b": "1/3", "c": "1/3"},
        {3: {"pmt": 2950, "pfa": 4310}, **reached},
    )
    for label in ("a", "b", "c"):
        path, best = (found.payer(label).case(name).years for name in ("trajectoire_haute", "meilleur"))
        assert [year.aid for year in path[3:]] == [year.aid for year in best[3:]]
    parts = [found.payer(label).case("meilleur").years[4].aid for label in ("a", "b", "c")]
    assert sum(parts, Decimal(0)) == found.payer("societe").case("meilleur").years[4].aid == Decimal(44_000)  # type: ignore[arg-type]


@pytest.mark.rule("CST-03")
def test_an_amount_that_a_datum_would_tell_is_not_said_to_be_in_no_text() -> None:
    changes = {
        "annee": 3,
        "observation": None,
        "contrat.date_option": "2026-03-01",
        "contrat.option_etp": "0.5",
    }
    found = texts(remaining_cost(dossier(**changes), poste(etp="0.5"), EmploiDirect()))
    assert "aide_inconnue" not in found
    assert found["aide_a_preciser"] == (
        "Année 1 : le montant de l’aide n’est pas connu, il manque l’option tenue avant l’avenant, "
        "ou celle du contrat antérieur."
    )


@pytest.mark.rule("CTR-07", "CST-03")
@pytest.mark.parametrize(("fin", "told"), [("2029-09-30", False), ("2029-09-29", True)])
def test_only_more_than_three_months_without_an_assistant_are_told(fin: str, told: bool) -> None:
    january = dossier(**{"contrat.date_signature": "2025-01-01", "annee": 1, "observation": None})
    found = remaining_cost(january, poste(debut="2025-01-01", fin=fin), EmploiDirect())
    assert ("poste_non_couvert" in texts(found)) is told


@pytest.mark.rule("CST-03")
def test_no_payer_bears_the_label_of_the_company() -> None:
    with pytest.raises(RefusedData) as refused:
        collective_cost(GROUP, GROUP_POST, EmploiDirect(), {"societe": "1/2", "b": "1/2"})
    assert [refusal.code for refusal in refused.value.refusals] == ["identifiant_reserve"]
    sharers = [Associe(identifiant=label, part=Fraction(1, 2)) for label in ("societe", "b")]
    with pytest.raises(RefusedData) as refused:
        shared_cost(poste(), EmploiDirect(), sharers)
    assert [refusal.code for refusal in refused.value.refusals] == ["identifiant_reserve"]


@pytest.mark.rule("CST-03")
def test_a_group_that_is_not_eligible_is_not_called_a_doctor() -> None:
    group = DossierCollectif.model_validate({**GROUP.model_dump(), "activite_de_soins": False})
    said = texts(collective_cost(group, GROUP_POST, EmploiDirect()))["non_eligible"]
    assert said == "Années 1, 2, 3, 4 et 5 : non éligible, aucune aide n’est comptée."


@pytest.mark.rule("CST-03")
def test_a_contract_that_is_cut_is_told_by_its_days() -> None:
    end = {"type": "resiliation", "date": "2026-12-01", "initiative": "medecin", "motif": "choix_du_medecin"}
    found = report(remaining_cost(DOCTOR, poste(), EmploiDirect(), events=[end]))
    assert "Reste à charge du 1er septembre 2024 au 30 novembre 2026 : " in found
    assert "Reste à charge sur 5 ans : " in report(remaining_cost(DOCTOR, poste(), EmploiDirect()))


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(("rise", "said"), [("0.02125", "2,125 %"), ("0.00004", "0,004 %"), ("0.02", "2 %")])
def test_a_part_is_printed_as_it_was_given(rise: str, said: str) -> None:
    found = employment_cost(poste(hausse_annuelle=rise), EmploiDirect())
    assert f"Hausse annuelle du salaire : {said} – valeur saisie" in report(found)


@pytest.mark.rule("CST-03")
def test_the_company_that_employs_is_told_to_those_who_share_and_its_costs_are_shared() -> None:
    sharers = [Associe(identifiant=label, part=Fraction(1, 2)) for label in ("medecin_1", "medecin_2")]
    bare = shared_cost(poste(), EmploiDirect(), sharers, structure="SCM")
    found = shared_cost(poste(), EmploiDirect(), sharers, structure="SCM", frais_structure_annuels="300")
    assert found.cost.total - bare.cost.total == 5 * 300
    assert "structure_non_comptee" in texts(bare)
    assert "structure_non_comptee" not in texts(found)
    assert "La clé de répartition doit suivre l’utilisation réelle" in report(found)


@pytest.mark.rule("CST-03")
def test_who_has_no_contract_is_told_of_one_course_and_of_what_no_year_bears() -> None:
    nobody = Associe(identifiant="medecin_2", part=Fraction(1, 2))
    signed = Associe(identifiant="medecin_1", part=Fraction(1, 2), dossier=DOCTOR)
    found = shared_cost(poste(), EmploiDirect(), [signed, nobody])
    told = report(found)
    assert "PAR ANNÉE : MEDECIN_2" in told
    assert told.count("\nTous ") == 5
    assert not {"hors_du_contrat", "hors_des_annees"} & {n.code for b in found.balances for n in b.notes}
    later = dossier(**{"contrat.date_signature": "2024-11-15", "annee": 1, "observation": None})
    sharers = [
        Associe(identifiant="medecin_1", part=Fraction(1, 4), dossier=DOCTOR),
        nobody,
        Associe(identifiant="medecin_3", part=Fraction(1, 4), dossier=later),
    ]
    staggered = shared_cost(poste(), EmploiDirect(), sharers)
    notes = {b.identifiant: {n.code: plain(n.texte) for n in b.notes} for b in staggered.balances}
    assert "hors_du_contrat" in notes["medecin_1"]
    assert "hors_du_contrat" in notes["medecin_3"]
    said = "Le poste court plus longtemps que les années montrées : "
    assert notes["medecin_2"]["hors_des_annees"].startswith(said)


@pytest.mark.rule("CST-03")
def test_a_doctor_hired_two_months_late_is_told_that_the_aid_is_counted_whole() -> None:
    found = texts(remaining_cost(DOCTOR, poste(debut="2024-11-01"), EmploiDirect()))
    assert found["poste_apres_le_contrat"].startswith(
        "Le poste commence le 1er novembre 2024, après le contrat : "
    )
    assert "poste_apres_le_contrat" not in texts(remaining_cost(DOCTOR, poste(), EmploiDirect()))


@pytest.mark.rule("CST-04")
def test_the_report_shows_the_path_the_aid_it_gives_and_what_the_cost_is_made_of() -> None:
    path = {3: {"pmt": 1480, "pfa": 1890}}
    found = report(remaining_cost(DOCTOR, poste(), EmploiDirect(paie_mensuelle=Decimal(40)), path))
    (year,) = [line.split() for line in found.splitlines() if "1 480" in line]
    assert year[:5] == ["3", "1", "480", "1", "890"]
    assert "LE COÛT PAR RUBRIQUE" in found
    assert any(line.startswith("Paye et suivi ") and "480 €" in line for line in found.splitlines())
    bare = report(remaining_cost(DOCTOR, poste(), EmploiDirect()))
    assert (
        "Aucune trajectoire n’est donnée : seuls le pire et le meilleur cas des règles sont calculés." in bare
    )


@pytest.mark.rule("CST-03")
def test_two_doctors_who_share_a_post_are_told_apart_and_one_alone_is_not_named() -> None:
    reached = {3: {"pmt": 1560, "pfa": 1910}}
    sharers = [
        Associe(identifiant=label, part=Fraction(1, 2), dossier=DOCTOR, observations=reached)
        for label in ("nord", "sud")
    ]
    told = plain(shared_cost(poste(), EmploiDirect(), sharers).explain("markdown"))
    title = "La trajectoire, et l’aide qu’elle donne"
    assert [f"{title} (nord)" in told, f"{title} (sud)" in told] == [True, True]
    alone = plain(remaining_cost(DOCTOR, poste(), EmploiDirect(), reached).explain("markdown"))
    assert title in alone
    assert f"{title} (" not in alone


@pytest.mark.rule("CST-01")
def test_a_post_counted_in_hours_is_told_in_its_hours() -> None:
    hours = poste(etp=None, heures_hebdomadaires="17.5")
    told = report(remaining_cost(DOCTOR, hours, EmploiDirect()))
    assert "CDI, 17,5 h par semaine, à partir du 1er septembre 2024" in told
