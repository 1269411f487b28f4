"""Every figure of the law comes from the barème that was asked for: changing it changes the answer."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import aide_am
from aide_am import (
    AvenantObjectifs,
    Bareme,
    Dossier,
    RefusedData,
    Resiliation,
    bareme_at,
    collective_example,
    deadlines,
    evaluate,
    recovery,
    replay,
    schedule,
)
from aide_am.bareme import PARAMETRES
from aide_am.chronology import chronology, register
from aide_am.costs import (
    EmploiDirect,
    Poste,
    RemainingCost,
    break_even,
    collective_cost,
    remaining_cost,
    shared_cost,
)
from aide_am.costs.models import Associe
from aide_am.costs.rendering import explain_remaining
from support import dossier

CONVENTION, ARBITRAL = bareme_at(date(2024, 9, 1)), bareme_at(date(2023, 6, 1))
SIGNED_2023 = {"contrat.date_signature": "2023-06-01", "annee": 1, "observation": None}
SIGNED_2024 = {"contrat.date_signature": "2024-09-01", "annee": 1, "observation": None}
EMPLOI = EmploiDirect(cout_charge_annuel="36000")


def poste(debut: str, fin: str | None = None) -> Poste:
    return Poste(debut=date.fromisoformat(debut), fin=fin, etp="1")


def under(bareme: Bareme, **parametres: Any) -> Bareme:
    return bareme.with_changes(parametres=parametres)


def years(answer: RemainingCost) -> list[int]:
    return sorted({year.annee for year in break_even(answer, "30").years})


# --- The consultations that pay what remains ------------------------------------------------------


@pytest.mark.rule("CST-03", "MOD-00")
@pytest.mark.parametrize(
    ("changes", "bareme", "expected"),
    [
        (SIGNED_2024, None, [3, 4, 5]),
        (SIGNED_2024, under(CONVENTION, premiere_annee_modulee=2), [2, 3, 4, 5]),
        (SIGNED_2024, under(CONVENTION, premiere_annee_modulee=5), [5]),
        (SIGNED_2024, under(ARBITRAL, premiere_annee_modulee=2), [3, 4, 5]),
        # years 1 and 2 of this contract are of the règlement arbitral, the later ones of the convention
        (SIGNED_2023, None, [3, 4, 5]),
        (SIGNED_2023, under(ARBITRAL, premiere_annee_modulee=2), [2, 3, 4, 5]),
        (SIGNED_2023, under(CONVENTION, premiere_annee_modulee=1), [3, 4, 5]),
        (SIGNED_2023, under(CONVENTION, premiere_annee_modulee=5), [5]),
    ],
)
def test_consultations_are_counted_in_the_years_that_the_barème_of_each_modulates(
    changes: dict[str, Any], bareme: Bareme | None, expected: list[int]
) -> None:
    doctor = dossier(**changes)
    debut = changes["contrat.date_signature"]
    answer = remaining_cost(doctor, poste(debut), EMPLOI, bareme=bareme)
    assert years(answer) == expected
    again = RemainingCost.from_json(answer.to_json())
    assert years(again) == expected


@pytest.mark.rule("CST-03", "MOD-00")
def test_a_year_listed_is_a_year_whose_aid_the_counts_may_lower() -> None:
    """Years whose best and worst case differ are modulated: they are all listed, and no other here."""
    for first in (1, 2, 3, 4):
        answer = remaining_cost(
            dossier(**SIGNED_2024),
            poste("2024-09-01"),
            EMPLOI,
            bareme=under(CONVENTION, premiere_annee_modulee=first),
        )
        worst, best = (answer.balance.case(name) for name in ("pire", "meilleur"))
        pairs = zip(worst.years, best.years, strict=True)
        assert years(answer) == [low.annee for low, high in pairs if low.aid != high.aid]


@pytest.mark.rule("CST-03")
def test_one_who_shares_without_a_contract_follows_the_reform_of_those_who_have_one() -> None:
    associes = [
        Associe(identifiant="a", part="1/2", dossier=dossier(**SIGNED_2024)),
        Associe(identifiant="b", part="1/2"),
    ]
    reform = under(CONVENTION, premiere_annee_modulee=2)
    answer = shared_cost(poste("2024-09-01"), EMPLOI, associes, bareme=reform)
    found = break_even(answer, "30").years
    assert {(year.identifiant, year.annee) for year in found} == {
        (label, annee) for label in ("a", "b") for annee in (2, 3, 4, 5)
    }


@pytest.mark.rule("CST-03", "COL-07")
def test_the_years_of_a_group_are_those_that_its_own_barème_modulates() -> None:
    group = collective_example("cabinet_annee_1")
    answer = collective_cost(group, poste(group.date_signature.isoformat()), EMPLOI)
    assert years(answer) == [3, 4, 5]


@pytest.mark.rule("CST-03")
def test_the_report_without_a_modulated_year_names_the_first_one_of_the_reform() -> None:
    reform = under(CONVENTION, premiere_annee_modulee=4)
    answer = remaining_cost(dossier(**SIGNED_2024), poste("2024-09-01"), EMPLOI, years=3, bareme=reform)
    text = explain_remaining(answer, found=break_even(answer, "30"))
    assert "à partir de l’année 4 du contrat" in text


# --- The days without an assistant ------------------------------------------------------------------


@pytest.mark.rule("CTR-07", "CST-03")
@pytest.mark.parametrize(
    ("changes", "bareme", "debut", "noted"),
    [
        (SIGNED_2024, None, "2025-03-01", True),
        (SIGNED_2024, under(CONVENTION, absence_mois=12), "2025-03-01", False),
        (SIGNED_2024, under(CONVENTION, absence_mois=12), "2025-09-02", True),
        (SIGNED_2024, under(CONVENTION, absence_mois=0), "2024-09-02", True),
        (SIGNED_2024, under(ARBITRAL, absence_mois=12), "2025-03-01", True),
        (SIGNED_2023, under(ARBITRAL, absence_mois=12), "2023-12-01", False),
        (SIGNED_2023, under(CONVENTION, absence_mois=12), "2023-12-01", True),
    ],
)
def test_the_note_of_an_uncovered_post_follows_the_absence_of_the_barème_at_the_signature(
    changes: dict[str, Any], bareme: Bareme | None, debut: str, noted: bool
) -> None:
    answer = remaining_cost(dossier(**changes), poste(debut), EMPLOI, bareme=bareme)
    assert ("poste_non_couvert" in {note.code for note in answer.balance.notes}) is noted


# --- A target under its base ------------------------------------------------------------------------

NEWCOMER = {
    "medecin.date_naissance": "1980-01-01",
    "medecin.date_installation": "2023-03-01",
    "contrat.patientele_initiale": {"pmt": 900, "pfa": 1300},
    "contrat.objectifs": {"pmt": 850},
    "observation": {"pmt": 1300, "pfa": 1700},
}
"""Installed 18 months before 2024-09-01 with 900/1300 patients, and a target under them."""
WIDER = under(CONVENTION, fenetre_primo_mois=24)


@pytest.mark.rule("ELI-06", "OBJ-02")
def test_a_reform_that_makes_a_doctor_a_primo_installé_takes_his_target_under_the_base() -> None:
    decision = evaluate(dossier(**NEWCOMER), bareme=WIDER)
    assert {o.nature for o in (decision.objectives or {}).values()} == {"primo_installe"}
    assert replay(dossier(**NEWCOMER), bareme=WIDER).contrat.date_signature == date(2024, 9, 1)
    event = AvenantObjectifs(date=date(2025, 3, 1), objectifs={"pfa": 1250})
    assert len(replay(dossier(**NEWCOMER), [event], bareme=WIDER).evenements) == 1


@pytest.mark.rule("ELI-06", "OBJ-02")
@pytest.mark.parametrize("bareme", [None, under(CONVENTION, fenetre_primo_mois=17), under(ARBITRAL)])
@pytest.mark.parametrize(
    "ask",
    [
        lambda doctor, bareme: evaluate(doctor, bareme=bareme),
        lambda doctor, bareme: schedule(doctor, bareme=bareme),
        lambda doctor, bareme: replay(doctor, bareme=bareme),
        lambda doctor, bareme: deadlines(doctor, bareme=bareme),
    ],
)
def test_where_the_barème_asked_for_makes_him_none_the_target_is_refused_as_in_a_dossier(
    ask: Callable[[Dossier, Bareme | None], Any], bareme: Bareme | None
) -> None:
    refused = dossier(**{**NEWCOMER, "medecin.secteur": "2", "medecin.option_tarifaire": "aucune"})
    for doctor in (dossier(**NEWCOMER), refused):
        with pytest.raises(RefusedData) as error:
            ask(doctor, bareme)
        (one,) = error.value.refusals
        assert (one.field, one.received, one.code) == ("contrat.objectifs.pmt", "850", "cible_sous_la_base")
    with pytest.raises(RefusedData) as error:
        dossier(**{**NEWCOMER, "medecin.date_installation": "2010-03-01"})
    assert error.value.refusals == (one,)


@pytest.mark.rule("OBJ-02")
def test_an_avenant_that_leaves_a_target_under_its_base_is_judged_by_the_barème_asked_for() -> None:
    doctor = dossier(**{**NEWCOMER, "contrat.objectifs": None})
    event = AvenantObjectifs(date=date(2025, 3, 1), objectifs={"pmt": 850})
    with pytest.raises(RefusedData) as error:
        replay(doctor, [event])
    assert [refusal.code for refusal in error.value.refusals] == ["cible_sous_la_base"]
    assert len(replay(doctor, [event], bareme=WIDER).evenements) == 1


@pytest.mark.rule("ELI-06", "CTR-03")
def test_the_avenant_of_a_primo_installé_is_judged_by_the_barème_asked_for() -> None:
    event = {"type": "avenant_primo", "date": "2027-09-01", "objectifs": {"pmt": 1500, "pfa": 2000}}
    doctor = dossier(**{**NEWCOMER, "contrat.objectifs": None})
    with pytest.raises(RefusedData) as error:
        replay(doctor, [event])
    assert [refusal.code for refusal in error.value.refusals] == ["pas_primo"]
    assert len(replay(doctor, [event], bareme=WIDER).evenements) == 1
    narrower, recent = under(CONVENTION, fenetre_primo_mois=3), dossier(**PRIMO)
    assert len(replay(recent, [event]).evenements) == 1
    with pytest.raises(RefusedData):
        replay(recent, [event], bareme=narrower)


@pytest.mark.rule("OBJ-02")
def test_an_indicator_whose_maintien_is_stated_is_not_refused_beside_one_that_is() -> None:
    changes = {
        **NEWCOMER,
        "contrat.objectifs": {"pmt": 850, "pfa": 1200},
        "contrat.nature_objectifs": {"pfa": "maintien"},
    }
    with pytest.raises(RefusedData) as error:
        evaluate(dossier(**changes))
    assert [refusal.field for refusal in error.value.refusals] == ["contrat.objectifs.pmt"]


# --- Every figure that stands alone -------------------------------------------------------------------

SENIOR = {"medecin.date_naissance": "1958-09-01", "contrat.objectifs": None}
MIDDLE = {"medecin.date_naissance": "1975-05-02", "medecin.date_installation": "2005-09-01"}
PRIMO = {
    "medecin.date_installation": "2024-03-01",
    "medecin.date_naissance": "1985-01-01",
    "contrat.patientele_initiale": {"pmt": 700, "pfa": 1000},
    "contrat.objectifs": None,
    "annee": 1,
    "observation": None,
}
THIRD = {
    "contrat.date_signature": "2022-03-01",
    "contrat.option_etp": "1/3",
    "medecin.exercice_coordonne": True,
    "annee": 1,
    "observation": None,
}
NEW_GOAL = [{"type": "avenant_primo", "date": "2027-09-01", "objectifs": {"pmt": 1500, "pfa": 2000}}]
HIRED = [{"type": "embauche", "date": "2024-10-01", "secretaire_promue": True, "profil": "secretaire"}]
ABSENT = [*HIRED, {"type": "absence", "date": "2025-02-01"}]
ENDED = Resiliation(date=date(2026, 1, 1), initiative="medecin", motif="choix_du_medecin")


def decided(**changes: Any) -> Callable[[Bareme], Any]:
    def ask(bareme: Bareme) -> Any:
        found = evaluate(dossier(**changes), bareme=bareme)
        criteria = [(c.rule, c.status, c.threshold) for c in found.criteria]
        return found.verdict, criteria, found.share, found.amount_due, found.possible_regimes

    return ask


def paid(count: int = 5, **changes: Any) -> Callable[[Bareme], Any]:
    def ask(bareme: Bareme) -> Any:
        found = schedule(dossier(**changes), years=count, bareme=bareme)
        return [(p.annee, p.kind, p.due_from, p.due_by, p.amount) for p in found.payments]

    return ask


def due(events: Iterable[Any] = (), count: int = 5, **changes: Any) -> Callable[[Bareme], Any]:
    def ask(bareme: Bareme) -> Any:
        doctor = dossier(**changes)
        found = deadlines(doctor, events=list(events), years=count, bareme=bareme)
        return [(item.kind, item.code, item.day) for item in found.items]

    return ask


WITNESSES: dict[str, tuple[Any, Callable[[Bareme], Any]]] = {
    "seuil_honoraires_cliniques": (
        "0.9",
        decided(**{"medecin.specialite": "orl", "medecin.part_honoraires_cliniques": "0.85"}),
    ),
    "annee_etp_eleve": (
        4,
        decided(
            **{
                **MIDDLE,
                "contrat.option_etp": "2",
                "contrat.date_option": "2026-09-01",
                "contrat.contrat_anterieur": {
                    "option_etp": "1",
                    "date_signature": "2024-09-01",
                    "objectifs_atteints": True,
                },
            }
        ),
    ),
    "fenetre_primo_mois": (3, decided(**PRIMO)),
    "derniere_annee_primo": (2, decided(**{**PRIMO, "annee": 3, "observation": {"pmt": 1200, "pfa": 1700}})),
    "age_senior": (67, decided(**SENIOR, annee=3, observation={"pmt": 1300, "pfa": 1800})),
    "taux_atteint": ("0.8", decided(observation={"pmt": 1520, "pfa": 1890})),
    "tolerance_augmentation": (
        "0.2",
        lambda bareme: (
            evaluate(
                dossier(observation={"pmt": 1150, "pfa": 1850}),
                readings=aide_am.Readings(tolerance_augmentation="5_points"),
                bareme=bareme,
            ).amount_due
        ),
    ),
    "tolerance_maintien": (
        "0.2",
        decided(
            **{"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"}, **MIDDLE},
            **{"contrat.objectifs": None, "observation": {"pmt": 1200, "pfa": 1650}},
        ),
    ),
    "tolerance_senior": ("0.02", decided(**SENIOR, observation={"pmt": 1200, "pfa": 1650})),
    "premiere_annee_modulee": (2, paid()),
    "duree_contrat": (4, due()),
    "delai_versement_mois": (3, paid()),
    "part_acompte": ("0.4", paid()),
    "part_acompte_tiers_temps": ("0.6", paid(**THIRD)),
    "suivi_mois": (12, due()),
    "remplacement_secretaire_mois": (9, due(HIRED)),
    "inscription_formation_annees": (1, due(HIRED)),
    "certification_annees": (1, due(HIRED)),
    "exercice_coordonne_annees": (3, due()),
    "objectif_annees": (4, due(**{"contrat.date_signature": "2024-09-01"})),
    "objectif_primo_annees": (1, due(NEW_GOAL, **PRIMO)),
    "absence_mois": (6, due(ABSENT)),
    "carence_annees": (
        5,
        lambda bareme: recovery(dossier(), [ENDED], bareme=bareme).new_contract_by,
    ),
    "preavis_mois": (3, due([ENDED])),
}
"""By parameter: another value, and a question whose answer hangs on it under the convention of 2024."""


OF_AVENANT_7 = ("inscription_formation_annees", "exercice_coordonne_annees")
"""The parameters that no answer under the convention of 2024 reads: each has a test of its own."""


def test_every_parameter_has_a_witness() -> None:
    assert tuple(WITNESSES) == PARAMETRES


@pytest.mark.rule("TMP-03")
@pytest.mark.parametrize("name", [name for name in PARAMETRES if name not in OF_AVENANT_7])
def test_changing_a_parameter_of_the_barème_changes_the_answer_that_reads_it(name: str) -> None:
    value, ask = WITNESSES[name]
    assert ask(CONVENTION.with_changes(parametres={name: value})) != ask(CONVENTION)


@pytest.mark.rule("CTR-08")
def test_the_enrolment_of_avenant_7_follows_the_barème_of_avenant_7() -> None:
    changes = {"contrat.date_signature": "2022-03-01", "annee": 1, "observation": None}
    hired = [{"type": "embauche", "date": "2022-04-01", "profil": "secretaire"}]
    ask = due(hired, **changes, **{"medecin.exercice_coordonne": True})
    avenant = bareme_at(date(2022, 3, 1))
    assert ask(under(avenant, inscription_formation_annees=1)) != ask(avenant)
    assert ask(under(CONVENTION, inscription_formation_annees=1)) == ask(avenant)


@pytest.mark.rule("CTR-08", "ELI-10")
def test_the_deadline_of_a_coordinated_practice_follows_the_barème_of_avenant_7() -> None:
    changes = {"contrat.date_signature": "2022-03-01", "annee": 1, "observation": None}
    ask = due((), **changes, **{"medecin.exercice_coordonne": False})
    avenant = bareme_at(date(2022, 3, 1))
    assert ask(under(avenant, exercice_coordonne_annees=3)) != ask(avenant)
    assert ask(under(CONVENTION, exercice_coordonne_annees=3)) == ask(avenant)


@pytest.mark.rule("VRS-04")
def test_the_first_part_of_a_third_of_a_post_follows_the_barème_of_its_year() -> None:
    ask = paid(**THIRD)
    avenant = bareme_at(date(2022, 3, 1))
    for bareme in (avenant, CONVENTION):
        assert ask(under(bareme, part_acompte_tiers_temps="0.6")) != ask(bareme)
    assert ask(under(ARBITRAL, part_acompte_tiers_temps="0.6")) != ask(ARBITRAL)


@pytest.mark.rule("ELI-06")
@pytest.mark.parametrize("text", ["2022-03-01", "2023-06-01", "2024-09-01"])
@pytest.mark.parametrize("other", ["2022-03-01", "2023-06-01", "2024-09-01"])
def test_the_window_of_a_primo_installé_is_that_of_the_text_at_his_signature(text: str, other: str) -> None:
    signed = date.fromisoformat(text)
    installed = signed.replace(year=signed.year - 2)
    doctor = dossier(
        **{**PRIMO, "contrat.date_signature": text, "medecin.date_installation": installed.isoformat()}
    )
    reform = under(bareme_at(date.fromisoformat(other)), fenetre_primo_mois=24)
    found = next(c for c in evaluate(doctor, bareme=reform).criteria if c.rule == "ELI-06")
    assert (found.status == "satisfait") is (text == other)


# --- The register -------------------------------------------------------------------------------------


def test_no_module_but_the_chronology_takes_the_last_barème() -> None:
    package = Path(aide_am.__file__).parent
    texts = {str(p.relative_to(package)): p.read_text("utf-8") for p in package.rglob("*.py")}
    assert {name for name, text in texts.items() if "chronology().baremes[" in text} == {"chronology.py"}
    askers = {name for name, text in texts.items() if re.search(r"\blast_bareme\b", text)}
    assert askers == {"chronology.py", "plots/distribution.py"}


def test_a_simulated_barème_changes_nothing_of_the_register() -> None:
    reform = CONVENTION.with_changes(
        montants={("1", "1", "p95"): 1},
        percentiles={("medecine_generale", "pmt", "p30"): 1},
        parametres={"age_senior": 62, "taux_atteint": Decimal("0.9")},
        modulation={("MOD-01", "atteint", "non_atteint_sans_baisse"): "prorata"},
    )
    for bareme in (reform, *chronology().baremes):
        told = {name: parametre.libelle for name, parametre in bareme.parametres.items()}
        assert told == register().libelles
        for name in set(register()._fields) - {"libelles"}:
            assert getattr(bareme, name) == getattr(register(), name)
