"""Chapter CTR: what happens to a contract, what cannot happen to it, and what it does to the money."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from aide_am import Readings, RefusedData, bareme_at, evaluate
from aide_am.errors import Refusal
from aide_am.events import (
    EVENTS,
    Absence,
    Avenant65Ans,
    AvenantOption,
    Certification,
    Embauche,
    InscriptionFormation,
    Resiliation,
    read_events,
)
from aide_am.life import State, on_days, replay, timeline
from aide_am.models import Objectifs, Patientele
from aide_am.rules import life as ctr
from aide_am.rules.amounts import Maximum
from aide_am.scheduling import schedule
from aide_am.scheduling_record import Schedule
from aide_am.simulation import simulate
from aide_am.termination import recovery
from plans import AVENANT_7, COMMON, REACHED, THIRD, at, bounds, codes, lacks, parts, planned, reached, value
from plans import year as contract_year
from support import decide, dossier, warning_codes

CONVENTION = bareme_at(date(2024, 9, 1))
ARBITRAL = bareme_at(date(2023, 6, 1))
AVENANT = bareme_at(date(2022, 9, 1))
OLDER = {"contrat.date_signature": "2023-06-01"}
"""A contract of the règlement arbitral: its term is 1 June 2028."""
PRIMO: dict[str, Any] = {
    "medecin.date_naissance": "1990-01-01",
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
    "contrat.objectifs": None,
}
TURNING_65: dict[str, Any] = {"medecin.date_naissance": "1960-05-02"}
"""64 at the signature of 1 September 2024, 65 on 2 May 2025."""


def event(kind: str, day: str, **values: Any) -> dict[str, Any]:
    """An event as JSON would write it."""
    needed: dict[str, dict[str, Any]] = {
        "avenant_option": {"option_etp": "0.5"},
        "avenant_objectifs": {"nature_objectifs": {}},
        "certification": {"diplome": "CQP"},
        "changement_tarifaire": {"secteur": "1"},
        "resiliation": {"initiative": "medecin", "motif": "autre"},
    }
    return {"type": kind, "date": day, **needed.get(kind, {}), **values}


def option(etp: str, day: str, **values: Any) -> dict[str, Any]:
    """A change of option; of 1.5 and 2 ETP, with the objectives reached."""
    more = {"objectifs_atteints": True} if etp in ("1.5", "2") else {}
    return event("avenant_option", day, option_etp=etp, **more, **values)


def state(events: list[dict[str, Any]], on: str | None = None, **overrides: Any) -> State:
    """The contract of `dossier(**overrides)` after these events, or on a day."""
    return replay(dossier(**overrides), events, None if on is None else date.fromisoformat(on))


def refused(events: list[dict[str, Any]], **overrides: Any) -> tuple[Refusal, ...]:
    """The refusals of a sequence that cannot be, their spaces made plain."""
    with pytest.raises(RefusedData) as error:
        replay(dossier(**overrides), events)
    return tuple(
        refusal._replace(received=refusal.received.replace("\u202f", " ").replace("\u00a0", " "))
        for refusal in error.value.refusals
    )


def assert_french(refusal: Refusal) -> None:
    """A refusal names what is expected and what to do."""
    assert refusal.expected
    assert refusal.remedy
    assert str(refusal).count(" ; ") >= 2
    assert " : reçu " in str(refusal)


# --- What each event does -----------------------------------------------------------------------


@pytest.mark.rule("CTR-02")
def test_an_avenant_of_option_changes_the_option_and_remembers_the_one_before() -> None:
    after = state([option("2", "2026-09-01")])
    assert (after.contrat.option_etp, after.contrat.date_option) == ("2", date(2026, 9, 1))
    before = after.contrat.contrat_anterieur
    assert before is not None
    assert (before.option_etp, before.date_signature) == ("1", date(2024, 9, 1))
    assert before.objectifs_atteints is True
    assert after.contrat.objectifs == Objectifs(pmt=1560, pfa=1910)


@pytest.mark.rule("CTR-02")
def test_an_avenant_of_option_may_state_new_objectives_and_keeps_those_it_leaves_out() -> None:
    after = state(
        [option("0.5", "2025-09-01", objectifs={"pmt": 1430}, nature_objectifs={"pmt": "augmentation"})]
    )
    assert after.contrat.objectifs == Objectifs(pmt=1430, pfa=1910)
    assert after.contrat.nature_objectifs is not None
    assert after.contrat.nature_objectifs.pmt == "augmentation"
    assert after.contrat.nature_objectifs.pfa is None


@pytest.mark.rule("CTR-02", "OBJ-03")
def test_an_avenant_of_objectives_changes_the_targets_and_the_base_it_states() -> None:
    after = state(
        [
            event(
                "avenant_objectifs",
                "2026-01-01",
                objectifs={"pfa": 2000},
                patientele_reference={"pfa": 1850},
                nature_objectifs={"pmt": "maintien"},
            )
        ]
    )
    assert after.contrat.objectifs == Objectifs(pmt=1560, pfa=2000)
    assert after.contrat.patientele_reference == Patientele(pfa=1850)
    assert after.contrat.nature_objectifs is not None
    assert after.contrat.nature_objectifs.pmt == "maintien"
    assert after.contrat.option_etp == "1"


@pytest.mark.rule("CTR-04")
def test_the_avenant_of_65_makes_both_objectives_maintien_of_the_count_it_fixes() -> None:
    given = {"pmt": 1400, "pfa": 1850}
    after = state([event("avenant_65_ans", "2025-06-01", patientele_reference=given)], **TURNING_65)
    assert after.contrat.nature_objectifs is not None
    assert after.contrat.nature_objectifs.model_dump() == {"pmt": "maintien", "pfa": "maintien"}
    assert after.contrat.patientele_reference == Patientele(pmt=1400, pfa=1850)
    assert after.contrat.objectifs is None  # the targets of before are no more
    assert after.sans_reference == ()


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("given", "without"),
    [(None, ("pmt", "pfa")), ({"pmt": 1400}, ("pfa",)), ({"pfa": 1850}, ("pmt",))],
)
def test_a_count_that_the_avenant_of_65_leaves_out_is_missing_until_another_gives_it(
    given: dict[str, int] | None, without: tuple[str, ...]
) -> None:
    senior = event("avenant_65_ans", "2025-06-01", patientele_reference=given)
    assert state([senior], **TURNING_65).sans_reference == without
    later = event("avenant_objectifs", "2025-07-01", patientele_reference={"pmt": 1400, "pfa": 1850})
    assert state([senior, later], **TURNING_65).sans_reference == ()


@pytest.mark.rule("CTR-03")
def test_the_avenant_of_a_primo_installe_sets_an_increase_from_the_count_it_fixes() -> None:
    after = state(
        [
            event(
                "avenant_primo",
                "2027-09-01",
                objectifs={"pmt": 1200, "pfa": 1700},
                patientele_reference={"pmt": 1050, "pfa": 1600},
            )
        ],
        **PRIMO,
    )
    assert after.contrat.objectifs == Objectifs(pmt=1200, pfa=1700)
    assert after.contrat.patientele_reference == Patientele(pmt=1050, pfa=1600)
    assert after.contrat.nature_objectifs is not None
    assert after.contrat.nature_objectifs.model_dump() == {"pmt": "augmentation", "pfa": "augmentation"}


@pytest.mark.rule("CTR-01")
def test_each_prorogation_moves_the_term_of_an_older_contract_by_5_years() -> None:
    once = [event("avenant_prorogation", "2028-05-01")]
    twice = [*once, event("avenant_prorogation", "2033-05-01")]
    terms = [state(events, **OLDER).terme for events in ([], once, twice)]
    assert terms == [date(2028, 6, 1), date(2033, 6, 1), date(2038, 6, 1)]
    assert state(once, **OLDER).contrat.prorogation is True
    assert state([]).terme is None  # tacit renewal from 22 June 2024 on


@pytest.mark.rule("CTR-07")
def test_the_assistant_is_hired_absent_suspended_and_back() -> None:
    events = [
        event("embauche", "2024-10-01"),
        event("absence", "2025-01-10"),
        event("avenant_suspension", "2025-04-10"),
        event("retour", "2025-06-01"),
    ]
    found = timeline(dossier(**{"contrat.date_embauche": None}), events)
    assert [(each.assistant, each.situation) for each in found] == [
        ("inconnu", "en_cours"),
        ("present", "en_cours"),
        ("absent", "en_cours"),
        ("suspendu", "suspendu"),
        ("present", "en_cours"),
    ]
    assert found[-1].assistant_depuis == date(2025, 6, 1)
    assert found[-1].contrat.date_embauche == date(2024, 10, 1)


@pytest.mark.rule("CTR-07", "CTR-08")
def test_an_assistant_who_is_replaced_leaves_his_training_to_his_successor() -> None:
    first = [
        event("embauche", "2024-10-01"),
        event("inscription_formation", "2025-01-05"),
        event("certification", "2025-11-05"),
    ]
    certified = state(first)
    assert certified.inscription == InscriptionFormation(date=date(2025, 1, 5))
    assert certified.certification == Certification(date=date(2025, 11, 5), diplome="CQP")
    events = [*first, event("absence", "2026-01-01"), event("embauche", "2026-02-01", profil="infirmier")]
    after = state(events)
    assert (after.inscription, after.certification, after.assistant) == (None, None, "present")
    assert after.embauche == Embauche(date=date(2026, 2, 1), profil="infirmier")
    assert after.contrat.date_embauche == date(2024, 10, 1)
    assert state([*events, event("certification", "2026-09-01", diplome="FAE")]).certification is not None


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("promoted", "poste"), [(None, "inconnu"), (False, "sans_objet"), (True, "a_remplacer")]
)
def test_a_promoted_secretary_leaves_a_post_to_fill(promoted: bool | None, poste: str) -> None:
    assert state([event("embauche", "2024-10-01", secretaire_promue=promoted)]).poste == poste


@pytest.mark.rule("CTR-08")
def test_the_post_of_a_promoted_secretary_is_filled_again() -> None:
    events = [
        event("embauche", "2024-10-01", secretaire_promue=True),
        event("remplacement_secretaire", "2025-03-01"),
    ]
    assert state(events).poste == "remplace"
    assert state(events, "2025-02-28").poste == "a_remplacer"


@pytest.mark.rule("CTR-09")
def test_a_change_of_secteur_changes_the_doctor_and_nothing_of_the_contract() -> None:
    after = state([event("changement_tarifaire", "2025-01-01", secteur="2", option_tarifaire="OPTAM")])
    assert (after.medecin.secteur, after.medecin.option_tarifaire) == ("2", "OPTAM")
    assert after.contrat == dossier().contrat


@pytest.mark.rule("CTR-05")
def test_a_resiliation_ends_the_contract_on_its_day_and_not_before() -> None:
    events = [event("resiliation", "2026-03-01", verse="28000.00")]
    assert state(events, "2026-02-28").situation == "en_cours"
    assert state(events, "2026-03-01").situation == "resilie"
    assert state(events).resiliation == Resiliation(
        date=date(2026, 3, 1), initiative="medecin", motif="autre", verse=Decimal("28000.00")
    )


# --- The situation on any day -------------------------------------------------------------------


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize(
    ("overrides", "day", "situation"),
    [
        ({}, "2024-08-31", "non_signe"),
        ({}, "2024-09-01", "en_cours"),
        ({}, "2029-08-31", "en_cours"),
        ({}, "2029-09-01", "en_cours"),  # tacit renewal
        ({"contrat.date_signature": "2024-06-22"}, "2029-06-22", "en_cours"),
        ({"contrat.date_signature": "2024-06-21"}, "2029-06-20", "en_cours"),
        ({"contrat.date_signature": "2024-06-21"}, "2029-06-21", "terme_a_confirmer"),
        (OLDER, "2028-05-31", "en_cours"),
        (OLDER, "2028-06-01", "terme_a_confirmer"),
        (OLDER | {"contrat.prorogation": False}, "2028-06-01", "termine"),
        (OLDER | {"contrat.prorogation": True}, "2028-06-01", "en_cours"),
        (OLDER | {"contrat.prorogation": True}, "2033-05-31", "en_cours"),
        (OLDER | {"contrat.prorogation": True}, "2033-06-01", "terme_a_confirmer"),
        ({"contrat.date_signature": "2024-02-29"}, "2029-02-27", "en_cours"),
        ({"contrat.date_signature": "2024-02-29"}, "2029-02-28", "terme_a_confirmer"),
    ],
)
def test_a_contract_of_an_older_text_ends_at_its_term_unless_prolonged(
    overrides: dict[str, Any], day: str, situation: str
) -> None:
    assert state([], day, **overrides).situation == situation


@pytest.mark.rule("CTR-01", "TMP-01")
def test_under_the_reading_of_21_june_a_contract_of_that_day_renews_itself() -> None:
    doctor = dossier(**{"contrat.date_signature": "2024-06-21"})
    assert replay(doctor, readings=Readings(entree_en_vigueur="2024-06-21")).terme is None
    assert replay(doctor).terme == date(2029, 6, 21)


@pytest.mark.rule("CTR-01", "TMP-02")
def test_the_term_counts_from_the_hiring_where_the_years_do() -> None:
    hired = dossier(**AVENANT_7 | {"contrat.date_embauche": "2022-11-15"})
    chosen = Readings(debut_annee="embauche")
    assert replay(hired).terme == date(2027, 9, 1)
    assert replay(hired, readings=chosen).terme == date(2027, 11, 15)
    unknown = dossier(**AVENANT_7)
    assert replay(unknown, readings=chosen).terme is None
    told = [event("embauche", "2022-11-15")]
    assert replay(unknown, told, readings=chosen).terme == date(2027, 11, 15)


SEQUENCE = [
    event("embauche", "2024-10-01", secretaire_promue=True),
    event("inscription_formation", "2024-12-01"),
    event("remplacement_secretaire", "2025-02-01"),
    option("0.5", "2025-03-01"),
    event("changement_tarifaire", "2025-06-01", secteur="2", option_tarifaire="OPTAM"),
    event("absence", "2025-10-01"),
    event("avenant_suspension", "2026-01-01"),
    event("retour", "2026-02-01"),
    event("certification", "2026-03-01"),
    option("1", "2026-09-01"),
    event("avenant_objectifs", "2026-09-01", objectifs={"pmt": 1600}),
    event("resiliation", "2027-05-01"),
]


@pytest.mark.rule("CTR-02", "CTR-05", "CTR-07")
def test_the_state_after_each_event_is_that_of_the_events_so_far() -> None:
    doctor = dossier()
    whole = timeline(doctor, SEQUENCE)
    assert len(whole) == len(SEQUENCE) + 1
    for count, reached_then in enumerate(whole):
        assert timeline(doctor, SEQUENCE[:count]) == whole[: count + 1]
        assert replay(doctor, SEQUENCE[:count]) == reached_then
        assert reached_then.evenements == read_events(SEQUENCE[:count])


@pytest.mark.rule("CTR-02", "CTR-05", "CTR-07")
def test_the_state_on_a_day_takes_no_notice_of_what_comes_later() -> None:
    doctor = dossier()
    asked = [date(2024, 8, 1) + timedelta(days=7 * week) for week in range(160)]
    asked += [date.fromisoformat(e["date"]) + timedelta(days=shift) for e in SEQUENCE for shift in (-1, 0)]
    for day, found in zip(asked, on_days(doctor, SEQUENCE, asked), strict=True):
        known = [e for e in SEQUENCE if date.fromisoformat(e["date"]) <= day]
        assert found.jour == day
        assert found == replay(doctor, known, day) == replay(doctor, SEQUENCE, day)


@pytest.mark.rule("CTR-02")
def test_replaying_the_same_events_gives_the_same_state() -> None:
    doctor = dossier()
    assert timeline(doctor, SEQUENCE) == timeline(doctor, SEQUENCE)
    assert timeline(doctor, read_events(SEQUENCE)) == timeline(doctor, SEQUENCE)
    assert schedule(doctor, events=SEQUENCE) == schedule(doctor, events=SEQUENCE)
    assert doctor == dossier()


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize("kind", ["embauche", "inscription_formation", "certification"])
def test_an_assistant_may_be_hired_enrolled_and_certified_before_the_signature(kind: str) -> None:
    after = state([event(kind, "2024-06-01")])
    assert (after.jour, after.situation) == (date(2024, 9, 1), "en_cours")
    assert [e.type for e in after.evenements] == [kind]


@pytest.mark.rule("CTR-01", "TMP-02")
def test_years_that_count_from_the_hiring_count_from_the_hiring_that_an_event_tells() -> None:
    plan = planned(
        years=2,
        events=[event("embauche", "2022-11-15")],
        readings={"debut_annee": "embauche"},
        **AVENANT_7 | COMMON,
    )
    assert [each.debut for each in plan.years] == [date(2022, 11, 15), date(2023, 11, 15)]
    assert [value(each.amount_due) for each in plan.years] == ["36000.00", "27000.00"]


@pytest.mark.rule("CTR-07")
def test_an_assistant_whose_hiring_lies_ahead_is_not_there_yet() -> None:
    hired = {"contrat.date_embauche": "2024-12-01"}
    assert state([], "2024-12-01", **hired).assistant == "present"
    assert state([], "2024-11-30", **hired).assistant != "present"


@pytest.mark.rule("CTR-07")
def test_the_hiring_of_the_contract_may_be_told_again_as_an_event() -> None:
    told = state([event("embauche", "2024-10-01", profil="autre")], **{"contrat.date_embauche": "2024-10-01"})
    assert (told.assistant, told.assistant_depuis) == ("present", date(2024, 10, 1))
    assert told.embauche is not None


# --- What cannot be -----------------------------------------------------------------------------

HIRED = event("embauche", "2024-10-01")
AWAY = event("absence", "2025-03-01")
IMPOSSIBLE: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str, str, str]] = {
    "the assistant hired twice": (
        {},
        [HIRED, event("embauche", "2025-08-01")],
        "assistant_present",
        "l’embauche du 1er août 2025",
        "l’embauche du 1er octobre 2024",
    ),
    "hired again over the hiring of the contract": (
        {"contrat.date_embauche": "2024-10-01"},
        [event("embauche", "2025-08-01")],
        "assistant_present",
        "l’embauche du 1er août 2025",
        "l’embauche du 1er octobre 2024",
    ),
    "hired again after his return": (
        {},
        [AWAY, event("retour", "2025-04-02"), event("embauche", "2025-05-01")],
        "assistant_present",
        "l’embauche du 1er mai 2025",
        "le retour de l’assistant du 2 avril 2025",
    ),
    "absent twice": (
        {},
        [HIRED, AWAY, event("absence", "2025-03-02")],
        "assistant_absent",
        "l’absence de l’assistant du 2 mars 2025",
        "l’absence de l’assistant du 1er mars 2025",
    ),
    "absent while suspended": (
        {},
        [AWAY, event("avenant_suspension", "2025-06-01"), event("absence", "2025-07-01")],
        "assistant_absent",
        "l’absence de l’assistant du 1er juillet 2025",
        "l’avenant de suspension du 1er juin 2025",
    ),
    "back without an absence": (
        {},
        [HIRED, event("retour", "2025-03-01")],
        "sans_absence",
        "le retour de l’assistant du 1er mars 2025",
        "l’embauche du 1er octobre 2024",
    ),
    "back twice": (
        {},
        [AWAY, event("retour", "2025-04-01"), event("retour", "2025-05-01")],
        "sans_absence",
        "le retour de l’assistant du 1er mai 2025",
        "le retour de l’assistant du 1er avril 2025",
    ),
    "back before anything was told": (
        {},
        [event("retour", "2025-03-01")],
        "sans_absence",
        "le retour de l’assistant du 1er mars 2025",
        "la signature du 1er septembre 2024",
    ),
    "suspended without an absence": (
        {},
        [HIRED, event("avenant_suspension", "2025-03-01")],
        "sans_absence",
        "l’avenant de suspension du 1er mars 2025",
        "l’embauche du 1er octobre 2024",
    ),
    "suspended twice": (
        {},
        [AWAY, event("avenant_suspension", "2025-06-01"), event("avenant_suspension", "2025-07-01")],
        "sans_absence",
        "l’avenant de suspension du 1er juillet 2025",
        "l’avenant de suspension du 1er juin 2025",
    ),
    "the option of the signature": (
        {},
        [option("1", "2025-03-01")],
        "meme_option",
        "l’avenant d’option (1 ETP) du 1er mars 2025",
        "la signature du 1er septembre 2024",
    ),
    "the option of the signature, after a hiring": (
        {},
        [HIRED, option("1", "2025-03-01")],
        "meme_option",
        "l’avenant d’option (1 ETP) du 1er mars 2025",
        "la signature du 1er septembre 2024",
    ),
    "the option of the last avenant": (
        {},
        [option("0.5", "2025-03-01"), AWAY, option("0.5", "2025-04-01")],
        "meme_option",
        "l’avenant d’option (0,5 ETP) du 1er avril 2025",
        "l’avenant d’option (0,5 ETP) du 1er mars 2025",
    ),
    "65 on the eve of the birthday": (
        TURNING_65,
        [event("avenant_65_ans", "2025-05-01")],
        "avant_65_ans",
        "l’avenant des 65 ans du 1er mai 2025",
        "une naissance le 2 mai 1960",
    ),
    "primo-installé, installed 13 months before": (
        {"medecin.date_installation": "2023-08-31"},
        [event("avenant_primo", "2026-09-01")],
        "pas_primo",
        "l’avenant de nouvel objectif du primo-installé du 1er septembre 2026",
        "l’installation du 31 août 2023",
    ),
    "prolonged under tacit renewal": (
        {},
        [event("avenant_prorogation", "2029-06-01")],
        "tacite",
        "l’avenant de prorogation du 1er juin 2029",
        "la signature du 1er septembre 2024",
    ),
    "prolonged twice before the term": (
        OLDER,
        [event("avenant_prorogation", "2028-01-01"), event("avenant_prorogation", "2028-05-31")],
        "deja_proroge",
        "l’avenant de prorogation du 31 mai 2028",
        "l’avenant de prorogation du 1er janvier 2028",
    ),
    "past the term": (
        OLDER,
        [event("changement_tarifaire", "2028-06-01")],
        "apres_terme",
        "le changement de secteur ou d’option tarifaire du 1er juin 2028",
        "le terme du 1er juin 2028",
    ),
    "ended after its term": (
        OLDER,
        [event("resiliation", "2028-06-01")],
        "apres_terme",
        "la résiliation du 1er juin 2028",
        "le terme du 1er juin 2028",
    ),
    "past the term of a prorogation": (
        OLDER,
        [event("avenant_prorogation", "2028-01-01"), event("absence", "2033-06-01")],
        "apres_terme",
        "l’absence de l’assistant du 1er juin 2033",
        "le terme du 1er juin 2033",
    ),
    "certified twice": (
        {},
        [event("certification", "2025-03-01"), event("certification", "2025-04-01", diplome="FAE")],
        "deja_certifie",
        "la certification du 1er avril 2025",
        "la certification du 1er mars 2025",
    ),
    "enrolled after the certification": (
        {},
        [event("certification", "2025-03-01"), event("inscription_formation", "2025-04-01")],
        "deja_certifie",
        "l’inscription à la formation du 1er avril 2025",
        "la certification du 1er mars 2025",
    ),
    "enrolled twice": (
        {},
        [event("inscription_formation", "2025-03-01"), event("inscription_formation", "2025-04-01")],
        "deja_inscrit",
        "l’inscription à la formation du 1er avril 2025",
        "l’inscription à la formation du 1er mars 2025",
    ),
    "a secretary replaced who was not promoted": (
        {},
        [
            event("embauche", "2024-10-01", secretaire_promue=False),
            event("remplacement_secretaire", "2025-03-01"),
        ],
        "sans_promotion",
        "le remplacement du secrétaire du 1er mars 2025",
        "l’embauche du 1er octobre 2024",
    ),
    "a secretary replaced twice": (
        {},
        [
            event("embauche", "2024-10-01", secretaire_promue=True),
            event("remplacement_secretaire", "2025-03-01"),
            event("remplacement_secretaire", "2025-04-01"),
        ],
        "deja_remplace",
        "le remplacement du secrétaire du 1er avril 2025",
        "le remplacement du secrétaire du 1er mars 2025",
    ),
    "out of order": (
        {},
        [AWAY, event("changement_tarifaire", "2025-02-28")],
        "ordre",
        "le changement de secteur ou d’option tarifaire du 28 février 2025",
        "l’absence de l’assistant du 1er mars 2025",
    ),
}


@pytest.mark.rule("CTR-01", "CTR-02", "CTR-03", "CTR-04", "CTR-07", "CTR-08")
@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_two_events_that_cannot_both_be_true_are_refused_and_named(case: str) -> None:
    overrides, events, code, one, other = IMPOSSIBLE[case]
    (refusal,) = refused(events, **overrides)
    assert (refusal.field, refusal.code) == (f"evenements.{len(events) - 1}", code)
    assert refusal.received.startswith(f"{one}, après {other}")
    assert_french(refusal)
    replay(dossier(**overrides), events[:-1])  # without the last, all is well


@pytest.mark.rule("CTR-02", "CTR-03", "CTR-04", "CTR-07")
@pytest.mark.parametrize(
    ("overrides", "events"),
    [
        (TURNING_65, [event("avenant_65_ans", "2025-05-02")]),
        ({"medecin.date_naissance": "1960-02-29"}, [event("avenant_65_ans", "2025-02-28")]),
        ({"medecin.date_naissance": None}, [event("avenant_65_ans", "2025-02-28")]),
        ({"medecin.date_installation": None}, [option("0.5", "2024-09-01")]),
        (PRIMO | {"medecin.derogation_installation": "demenagement"}, [event("avenant_primo", "2027-06-01")]),
        ({}, [AWAY, event("retour", "2025-03-01")]),  # the same day, in this order
        ({}, [AWAY, event("embauche", "2025-03-01")]),
        ({}, [AWAY, event("avenant_suspension", "2025-06-01"), event("embauche", "2025-07-01")]),
        ({}, [option("0.5", "2025-03-01"), option("1", "2025-03-02")]),
        (OLDER, [event("changement_tarifaire", "2028-05-31")]),
        (OLDER, [event("avenant_prorogation", "2028-09-01"), event("absence", "2029-01-01")]),
        (OLDER, [event("avenant_prorogation", "2028-01-01"), event("avenant_prorogation", "2028-06-01")]),
        ({"contrat.date_signature": "2024-06-21"}, [event("avenant_prorogation", "2029-06-01")]),
        ({}, [event("absence", "2024-09-01")]),
        ({}, [event("absence", "2035-01-01")]),  # tacit renewal has no term
    ],
)
def test_the_other_side_of_each_bound_is_accepted(
    overrides: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    assert len(timeline(dossier(**overrides), events)) == len(events) + 1


@pytest.mark.rule("CTR-04")
def test_born_on_29_february_a_doctor_is_65_on_the_28th_and_not_on_the_27th() -> None:
    (refusal,) = refused([event("avenant_65_ans", "2025-02-27")], **{"medecin.date_naissance": "1960-02-29"})
    assert "(65 ans le 28 février 2025)" in refusal.received


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02"])
@pytest.mark.parametrize("kind", EVENTS)
def test_nothing_happens_to_a_contract_from_its_resiliation_on(kind: str, day: str) -> None:
    (refusal,) = refused([event("resiliation", "2026-03-01"), event(kind, day)])
    assert (refusal.field, refusal.code) == ("evenements.1", "apres_resiliation")
    assert refusal.received.endswith(", après la résiliation du 1er mars 2026")
    assert_french(refusal)


@pytest.mark.rule("CTR-02", "CTR-07")
@pytest.mark.parametrize("kind", sorted(set(EVENTS) - {"embauche", "inscription_formation", "certification"}))
def test_an_event_that_supposes_the_contract_is_refused_before_its_signature(kind: str) -> None:
    (refusal,) = refused([event(kind, "2024-08-31")])
    assert refusal.code == "avant_signature"
    assert refusal.received.endswith(", après la signature du 1er septembre 2024")


@pytest.mark.rule("CTR-07")
def test_an_assistant_cannot_be_absent_before_he_is_hired() -> None:
    (refusal,) = refused([event("absence", "2024-10-01")], **{"contrat.date_embauche": "2024-12-01"})
    assert "l’absence de l’assistant du 1er octobre 2024" in refusal.received
    assert "l’embauche du 1er décembre 2024" in refusal.received


@pytest.mark.rule("CTR-03", "ELI-06")
def test_a_doctor_over_p50_at_the_signature_has_no_objective_of_a_primo_installe_to_replace() -> None:
    over = {
        "medecin.date_installation": "2024-03-01",
        "contrat.patientele_initiale": {"pmt": 1045, "pfa": 1514},
    }
    (refusal,) = refused([event("avenant_primo", "2026-09-01")], **over | {"contrat.objectifs": None})
    assert refusal.code == "pas_primo"


@pytest.mark.rule("CTR-02", "CTR-07")
def test_every_impossible_pair_is_refused_at_once() -> None:
    found = refused(
        [
            event("absence", "2024-08-01"),
            option("1", "2025-01-01"),
            event("retour", "2025-02-01"),
            event("certification", "2025-03-01"),
            event("certification", "2025-04-01"),
            event("embauche", "2025-02-01"),
            event("resiliation", "2026-01-01"),
            event("absence", "2026-02-01"),
        ]
    )
    assert [(refusal.field, refusal.code) for refusal in found] == [
        ("evenements.0", "avant_signature"),
        ("evenements.1", "meme_option"),
        ("evenements.2", "sans_absence"),
        ("evenements.4", "deja_certifie"),
        ("evenements.5", "ordre"),
        ("evenements.7", "apres_resiliation"),
    ]


@pytest.mark.rule("CTR-02")
def test_events_after_the_day_asked_for_are_checked_all_the_same() -> None:
    with pytest.raises(RefusedData):
        replay(dossier(), [event("retour", "2027-01-01")], date(2025, 1, 1))


@pytest.mark.rule("CTR-02")
def test_a_schedule_refuses_an_impossible_sequence_in_the_same_words() -> None:
    events = [event("retour", "2027-01-01")]
    with pytest.raises(RefusedData) as error:
        schedule(dossier(), events=events)
    with pytest.raises(RefusedData) as same:
        replay(dossier(), events)
    assert error.value.refusals == same.value.refusals


@pytest.mark.rule("CTR-02")
def test_events_that_cannot_be_read_are_refused_all_at_once_in_french() -> None:
    wrong: list[Any] = [
        {"type": "resilation", "date": "2026-01-01"},
        {"date": "2026-01-01"},
        {"type": "absence", "date": "01/02/2026"},
        {"type": "absence", "date": "2026-01-01", "motif": "autre"},
        {"type": "avenant_option", "date": "2026-01-01", "option_etp": 1},
        {"type": "resiliation", "date": "2026-01-01", "initiative": "medecin", "motif": "autre", "verse": -1},
        "absence",
        Absence(date=date(2026, 1, 1)),
    ]
    with pytest.raises(RefusedData) as error:
        read_events(wrong)
    found = error.value.refusals
    assert [refusal.field for refusal in found] == [
        "evenements.0.type",
        "evenements.1.type",
        "evenements.2.date",
        "evenements.3.motif",
        "evenements.4.option_etp",
        "evenements.5.verse",
        "evenements.6.type",
    ]
    assert "resiliation" in found[0].remedy
    assert "2026-02-01" in found[2].remedy
    for refusal in found:
        assert_french(refusal)


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(
    ("verse", "read"),
    [
        ("11000.50", "11000.50"),
        ("0", "0"),
        (11000, "11000"),
        (Decimal("1.2"), "1.2"),
        ("11000.500", "11000.5"),
    ],
)
def test_a_sum_already_paid_is_read_in_exact_euros(verse: Any, read: str) -> None:
    (found,) = read_events([event("resiliation", "2026-01-01", verse=verse)])
    assert isinstance(found, Resiliation)
    assert found.verse == Decimal(read)


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(
    "verse", [-1, "-0.01", 0.5, "10.005", "11 000", "11000,50", "NaN", "Infinity", True, ""]
)
def test_a_sum_that_is_not_exact_euros_in_whole_centimes_is_refused(verse: Any) -> None:
    with pytest.raises(RefusedData) as error:
        read_events([event("resiliation", "2026-01-01", verse=verse)])
    (refusal,) = error.value.refusals
    assert (refusal.field, refusal.code) == ("evenements.0.verse", "euros")


# --- CTR-01 and the money -----------------------------------------------------------------------


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize(
    ("prorogation", "verdict", "due"),
    [(True, "eligible", "22000.00"), (None, "a_instruire", "22000.00"), (False, "non_eligible", None)],
)
def test_year_6_of_an_older_contract_needs_its_prorogation(
    prorogation: bool | None, verdict: str, due: str | None
) -> None:
    plan = planned(reached(6), 6, **OLDER | {"contrat.prorogation": prorogation})
    assert [each.verdict for each in plan.years] == ["eligible"] * 5 + [verdict]
    assert value(contract_year(plan, 6).amount_due) == due
    assert bool(contract_year(plan, 6).payments) is (due is not None)
    assert ("contrat.prorogation" in lacks(plan, 6)) is (prorogation is None)


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize("day", ["2028-01-15", "2028-05-31", "2028-06-01"])
def test_a_prorogation_signed_by_the_term_gives_the_amounts_of_year_3_for_5_years(day: str) -> None:
    plan = planned(reached(11), 11, events=[event("avenant_prorogation", day)], **OLDER)
    assert [value(each.amount_due) for each in plan.years[5:10]] == ["22000.00"] * 5
    assert {each.verdict for each in plan.years[:10]} == {"eligible"}
    assert parts(plan, 6) == [("acompte", "11000.00"), ("solde", "11000.00")]
    assert contract_year(plan, 11).verdict == "a_instruire"  # another prorogation may follow
    assert "contrat.prorogation" in lacks(plan, 11)


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize(
    ("signed", "annee", "warned"),
    [
        ("2024-09-01", 5, False),
        ("2024-09-01", 6, True),
        ("2024-09-01", 11, True),
        ("2024-06-22", 6, True),
        ("2024-06-21", 6, False),  # it does not renew itself: its prorogation is asked for
    ],
)
def test_from_year_6_a_contract_renewed_by_itself_says_that_no_source_tells_what_is_asked_of_it(
    signed: str, annee: int, warned: bool
) -> None:
    told = {"contrat.date_signature": signed, "annee": annee, "contrat.prorogation": True}
    decision = decide(**told)
    assert ("contrat_renouvele" in warning_codes(decision)) is warned
    assert (decision.verdict, decision.amount_due) == ("eligible", decide(**told | {"annee": 4}).amount_due)
    plan = planned(years=annee, **{"contrat.date_signature": signed, "contrat.prorogation": True})
    assert ("contrat_renouvele" in codes(contract_year(plan, annee))) is warned


@pytest.mark.rule("CTR-01", "TMP-01")
def test_under_the_reading_of_21_june_a_contract_of_that_day_carries_the_warning_in_year_6() -> None:
    told = {"contrat.date_signature": "2024-06-21", "annee": 6}
    assert "contrat_renouvele" in warning_codes(decide(**told, readings={"entree_en_vigueur": "2024-06-21"}))


@pytest.mark.rule("CTR-01")
def test_a_prorogation_signed_after_the_term_leaves_its_year_to_the_caisse() -> None:
    plan = planned(reached(7), 7, events=[event("avenant_prorogation", "2028-06-02")], **OLDER)
    assert bounds(contract_year(plan, 6).amount_due) == ("0.00", "22000.00")
    assert "prorogation_tardive" in codes(contract_year(plan, 6))
    assert value(contract_year(plan, 7).amount_due) == "22000.00"


@pytest.mark.rule("CTR-01", "OBJ-03")
@pytest.mark.parametrize(
    ("lecture", "stated", "low", "high"),
    [
        ("inchanges", None, "22000.00", "22000.00"),
        ("nouveaux", None, "0.00", "22000.00"),
        # 1 700 over a base of 1 600: 50 of 100 patients, and the file active neither lost nor gained
        ("nouveaux", {"pmt": 1700, "pfa": 2000}, "11000.00", "11000.00"),
    ],
)
def test_the_objectives_of_a_prorogation_are_those_of_the_contract_or_new_ones(
    lecture: Any, stated: dict[str, int] | None, low: str, high: str
) -> None:
    values = (
        {} if stated is None else {"objectifs": stated, "patientele_reference": {"pmt": 1600, "pfa": 1910}}
    )
    plan = planned(
        {6: {"pmt": 1650, "pfa": 1910}},
        6,
        events=[event("avenant_prorogation", "2028-06-01", **values)],
        readings={"objectifs_prorogation": lecture},
        **OLDER,
    )
    assert bounds(contract_year(plan, 6).amount_due) == (low, high)


@pytest.mark.rule("CTR-01")
def test_the_term_of_a_contract_is_5_years_and_each_prorogation_adds_5() -> None:
    assert [ctr.derniere_annee(count, ARBITRAL) for count in range(3)] == [5, 10, 15]
    assert [ctr.tacite_reconduction(text) for text in (AVENANT, ARBITRAL, CONVENTION)] == [False, False, True]


# --- CTR-02: the option changes in a year -------------------------------------------------------


@pytest.mark.rule("CTR-02", "VRS-05")
@pytest.mark.parametrize(
    ("signed", "events", "annee", "due", "paid"),
    [
        # year 1: 181 days at 38 000 and 184 at 19 000, of 365
        (
            "1",
            [option("0.5", "2025-03-01")],
            1,
            "28421.92",
            [("versement_unique", "38000.00"), ("trop_percu", "-9578.08")],
        ),
        # year 1: 181 days at 19 000 and 184 at 38 000
        (
            "0.5",
            [option("1", "2025-03-01")],
            1,
            "28578.08",
            [("versement_unique", "19000.00"), ("solde", "9578.08")],
        ),
        # year 2: 334 days at 28 000 and 31 at 14 000
        (
            "1",
            [option("0.5", "2026-08-01")],
            2,
            "26810.96",
            [("versement_unique", "28000.00"), ("trop_percu", "-1189.04")],
        ),
        # year 3: 91 days at 11 000 and 274 at 22 000
        (
            "0.5",
            [option("1", "2026-12-01")],
            3,
            "19257.53",
            [("acompte", "5500.00"), ("solde", "13757.53")],
        ),
        # year 3: 334 days at 22 000 and 31 at 44 000
        (
            "1",
            [option("2", "2027-08-01")],
            3,
            "23868.49",
            [("acompte", "11000.00"), ("solde", "12868.49")],
        ),
        # year 3: 91 days at 22 000, 90 at 11 000, 184 at 22 000
        (
            "1",
            [option("0.5", "2026-12-01"), option("1", "2027-03-01")],
            3,
            "19287.67",
            [("acompte", "11000.00"), ("solde", "8287.67")],
        ),
        # year 3: 30 days at 11 000, 61 at 22 000, 90 at 11 000, 184 at 22 000
        (
            "0.5",
            [option("1", "2026-10-01"), option("0.5", "2026-12-01"), option("1", "2027-03-01")],
            3,
            "18383.56",
            [("acompte", "5500.00"), ("solde", "12883.56")],
        ),
        # year 4 has 366 days: 91 at 22 000 and 275 at 11 000
        (
            "1",
            [option("0.5", "2027-12-01")],
            4,
            "13734.97",
            [("acompte", "11000.00"), ("solde", "2734.97")],
        ),
    ],
)
def test_a_year_with_several_options_counts_each_by_its_days(
    signed: str, events: list[dict[str, Any]], annee: int, due: str, paid: list[tuple[str, str]]
) -> None:
    plan = planned(reached(), events=events, **{"contrat.option_etp": signed})
    found = contract_year(plan, annee)
    assert (value(found.maximum), value(found.amount_due)) == (due, due)
    assert parts(plan, annee) == paid
    assert [p.rule for p in found.payments][1] == ("CTR-02" if annee < 3 else "VRS-02")


@pytest.mark.rule("CTR-02")
def test_a_year_of_366_days_under_an_older_text_is_prorated_by_366() -> None:
    # from 1 September 2023: 182 days at 36 000 and 184 at 18 000
    plan = planned(years=1, events=[option("0.5", "2024-03-01")], **{"contrat.date_signature": "2023-09-01"})
    assert value(contract_year(plan, 1).amount_due) == "26950.82"


@pytest.mark.rule("CTR-02")
@pytest.mark.parametrize(
    ("day", "amounts"),
    [
        ("2026-08-31", ["38000.00", "27961.64", "11000.00"]),  # 364 days at 28 000 and 1 at 14 000
        ("2026-09-01", ["38000.00", "28000.00", "11000.00"]),  # the first day of year 3
        ("2026-09-02", ["38000.00", "28000.00", "11030.14"]),  # 1 day at 22 000 and 364 at 11 000
        ("2024-09-01", ["19000.00", "14000.00", "11000.00"]),  # on the day of the signature
    ],
)
def test_an_option_runs_from_the_day_of_its_avenant(day: str, amounts: list[str]) -> None:
    plan = planned(reached(3), 3, events=[option("0.5", day)])
    assert [value(each.amount_due) for each in plan.years] == amounts


@pytest.mark.rule("CTR-02")
def test_a_third_of_an_etp_that_becomes_a_half_is_paid_70_percent_of_its_first_option() -> None:
    # year 3 from 1 September 2024: 181 days at 7 350 and 184 at 11 000
    plan = planned(reached(), events=[option("0.5", "2025-03-01")], **THIRD | COMMON)
    assert parts(plan, 3) == [("acompte", "5145.00"), ("solde", "4045.00")]
    assert value(contract_year(plan, 3).amount_due) == "9190.00"
    assert parts(plan, 4) == [("acompte", "5500.00"), ("solde", "5500.00")]


@pytest.mark.rule("CTR-02", "OBJ-04")
def test_the_share_applies_to_the_prorated_maximum_and_is_rounded_once() -> None:
    plan = planned({3: {"pmt": 1430, "pfa": 1800}}, events=[option("2", "2027-08-01")])
    # half of (334 × 22 000 + 31 × 44 000) / 365 = 11 934.246…
    assert value(contract_year(plan, 3).amount_due) == "11934.25"
    assert parts(plan, 3)[1] == ("solde", "934.25")


@pytest.mark.rule("CTR-02")
@pytest.mark.parametrize(
    ("before", "after", "day"),
    [
        ("1", "0.5", "2025-03-01"),
        ("0.5", "1", "2026-12-01"),
        ("1", "2", "2027-08-01"),
        ("1", "1.5", "2026-09-01"),
    ],
)
def test_a_change_told_by_the_dossier_is_the_change_told_by_an_event(
    before: str, after: str, day: str
) -> None:
    seen = {annee: {"pmt": 1500, "pfa": 1890} for annee in range(1, 6)}
    told = {
        "contrat.option_etp": after,
        "contrat.date_option": day,
        "contrat.contrat_anterieur": {
            "option_etp": before,
            "date_signature": "2024-09-01",
            "objectifs_atteints": True if after in ("1.5", "2") else None,
        },
        "annee": 5,
    }
    by_dossier = planned(seen, **told)
    by_event = planned(seen, events=[option(after, day)], **{"contrat.option_etp": before})
    for one, other in zip(by_dossier.years, by_event.years, strict=True):
        assert one._replace(decision=None) == other._replace(decision=None)
        if one.fin is None or one.fin < date.fromisoformat(day):
            continue
        alone = evaluate(dossier(**told | {"annee": one.annee, "observation": seen[one.annee]}))
        assert (one.maximum, one.amount_due) == (alone.maximum, alone.amount_due)


@pytest.mark.rule("CTR-02")
def test_the_same_change_told_by_the_dossier_and_by_an_event_is_told_once_too_many() -> None:
    told = {
        "contrat.option_etp": "2",
        "contrat.date_option": "2027-08-01",
        "contrat.contrat_anterieur": {"option_etp": "1", "date_signature": "2024-09-01"},
    }
    (refusal,) = refused([option("2", "2027-08-02")], **told)
    assert refusal.received == (
        "l’avenant d’option (2 ETP) du 2 août 2027, après l’avenant d’option (2 ETP) du 1er août 2027"
    )


@pytest.mark.rule("CTR-02", "MNT-06")
def test_a_change_from_an_option_that_is_not_known_leaves_the_same_interval_as_the_decision() -> None:
    told = {
        "contrat.option_etp": "2",
        "contrat.date_option": "2027-08-01",
        "contrat.contrat_anterieur": {"date_signature": "2024-09-01", "objectifs_atteints": True},
        "observation": REACHED,
    }
    alone = evaluate(dossier(**told))
    found = contract_year(schedule(dossier(**told)), 3)
    assert found.maximum == alone.maximum
    assert found.amount_due == alone.amount_due
    assert "contrat.contrat_anterieur.option_etp" in {missing.field for missing in found.missing}


@pytest.mark.rule("CTR-02", "MNT-06")
def test_several_options_possible_before_give_the_lowest_and_the_highest() -> None:
    earlier = [Maximum((11_000, 13_000), ()), Maximum((22_000, 26_000), ()), Maximum(None, ())]
    found = ctr.au_prorata_des_options(earlier, Maximum((44_000, 52_000), ()), 73, 365)
    # a fifth of the year at 11 000 at the least, at 26 000 at the most
    assert found.euros == (Fraction(37_400), Fraction(46_800))


@pytest.mark.rule("CTR-02")
def test_a_dossier_whose_option_was_obtained_later_but_did_not_change_has_a_schedule() -> None:
    told = {
        "contrat.date_option": "2027-08-01",
        "contrat.contrat_anterieur": {"option_etp": "1", "date_signature": "2024-09-01"},
    }
    plan = planned(reached(), **told)
    assert [value(each.amount_due) for each in plan.years[:3]] == ["38000.00", "28000.00", "22000.00"]


@pytest.mark.rule("CTR-02", "ELI-08")
@pytest.mark.parametrize(("second", "due"), [("2", "44000.00"), ("1", "22000.00"), ("0.5", "11000.00")])
def test_a_doctor_at_1_5_etp_may_change_again(second: str, due: str) -> None:
    plan = planned(reached(), events=[option("1.5", "2026-09-01"), option(second, "2027-09-01")])
    assert value(contract_year(plan, 3).amount_due) == "33000.00"
    assert contract_year(plan, 4).verdict == "eligible"
    assert value(contract_year(plan, 4).amount_due) == due


@pytest.mark.rule("CTR-02", "ELI-08")
def test_a_doctor_who_comes_down_from_2_etp_to_1_5_is_still_in_the_scheme() -> None:
    plan = planned(reached(), events=[option("2", "2026-09-01"), option("1.5", "2027-09-01")])
    assert value(contract_year(plan, 4).amount_due) == "33000.00"


@pytest.mark.rule("CTR-02", "ELI-07", "ELI-08")
@pytest.mark.parametrize(
    ("overrides", "change"),
    [
        ({}, option("2", "2026-08-31")),  # in year 2
        ({"medecin.zone": "ZAC"}, option("2", "2026-09-01")),
        ({}, option("2", "2026-09-01") | {"objectifs_atteints": False}),
        ({"contrat.option_etp": "0.5"}, option("1.5", "2026-09-01")),
        ({}, option("1/3", "2026-09-01")),
    ],
)
def test_an_option_that_could_not_be_obtained_makes_year_3_not_eligible(
    overrides: dict[str, Any], change: dict[str, Any]
) -> None:
    plan = planned(reached(), events=[change], **overrides)
    assert contract_year(plan, 3).verdict == "non_eligible"
    assert contract_year(plan, 3).payments == ()
    assert contract_year(plan, 1).verdict == "eligible"


@pytest.mark.rule("CTR-02")
def test_an_avenant_that_gives_no_word_on_the_objectives_of_2_etp_leaves_the_file_open() -> None:
    plan = planned(reached(), events=[event("avenant_option", "2026-09-01", option_etp="2")])
    assert contract_year(plan, 3).verdict == "a_instruire"
    assert "contrat.contrat_anterieur.objectifs_atteints" in lacks(plan, 3)


@pytest.mark.rule("OBJ-03", "CTR-02")
def test_an_avenant_of_objectives_in_the_year_leaves_both_objectives_possible() -> None:
    # 1 500 and 1 890 of 1 560 and 1 910: 90/110; of 1 520 and 1 910: PMT reached, 200 of 220
    fixed = event("avenant_objectifs", "2027-01-01", objectifs={"pmt": 1520})
    seen = {3: {"pmt": 1510, "pfa": 1890}, 4: {"pmt": 1510, "pfa": 1890}}
    plan = planned(seen, events=[fixed])
    assert bounds(contract_year(plan, 3).amount_due) == ("18000.00", "22000.00")
    assert "objectifs_en_cours_d_annee" in codes(contract_year(plan, 3))
    assert "caisse.OBJ-03" in lacks(plan, 3)
    assert value(contract_year(plan, 4).amount_due) == "22000.00"
    assert "objectifs_en_cours_d_annee" not in codes(contract_year(plan, 4))


@pytest.mark.rule("OBJ-03", "MOD-00")
def test_an_avenant_of_objectives_in_year_1_leaves_nothing_of_that_year_to_the_caisse() -> None:
    fixed = event("avenant_objectifs", "2025-01-01", objectifs={"pmt": 1520})
    plan = planned(events=[fixed])
    assert value(contract_year(plan, 1).amount_due) == "38000.00"
    assert lacks(plan, 1) == set()


# --- CTR-03: primo-installé ---------------------------------------------------------------------

NEW = {"objectifs": {"pmt": 1200, "pfa": 1700}, "patientele_reference": {"pmt": 1050, "pfa": 1600}}


@pytest.mark.rule("CTR-03")
@pytest.mark.parametrize(
    ("annee", "seen", "warned"),
    [
        (1, {"pmt": 1045, "pfa": 1514}, "nouvel_objectif_a_fixer"),  # P50 reached: at once
        (2, {"pmt": 1045, "pfa": 1514}, "nouvel_objectif_a_fixer"),
        (2, {"pmt": 1044, "pfa": 1513}, None),  # P30 only: the objective still runs
        (2, {"pmt": 774, "pfa": 1218}, None),
        (3, {"pmt": 1045, "pfa": 1514}, "nouvel_objectif_a_fixer"),
        (3, {"pmt": 775, "pfa": 1219}, "nouvel_objectif_a_fixer"),  # at least P30 at the end of year 3
        (3, {"pmt": 774, "pfa": 1218}, "primo_sous_p30_au_terme"),
    ],
)
def test_what_follows_the_objective_of_a_primo_installe(
    annee: int, seen: dict[str, int], warned: str | None
) -> None:
    plan = planned({annee: seen}, **PRIMO)
    found = codes(contract_year(plan, annee)) & {"nouvel_objectif_a_fixer", "primo_sous_p30_au_terme"}
    assert found == ({warned} if warned else set())
    assert ("caisse.CTR-03" in lacks(plan, annee)) is (warned == "primo_sous_p30_au_terme")


@pytest.mark.rule("CTR-03", "MOD-01")
@pytest.mark.parametrize(
    ("seen", "due"),
    [
        ({"pmt": 1125, "pfa": 1600}, "11000.00"),  # 75 of 150 patients
        ({"pmt": 1200, "pfa": 1600}, "22000.00"),
        ({"pmt": 1200, "pfa": 1599}, "0.00"),  # under the count of the avenant
    ],
)
def test_from_the_avenant_of_year_4_a_primo_installe_is_paid_for_his_new_objective(
    seen: dict[str, int], due: str
) -> None:
    fixed = event("avenant_primo", "2027-09-01", **NEW)
    plan = planned({3: {"pmt": 1045, "pfa": 1514}, 4: seen}, events=[fixed], **PRIMO)
    assert value(contract_year(plan, 3).amount_due) == "22000.00"
    assert value(contract_year(plan, 4).amount_due) == due


@pytest.mark.rule("CTR-03", "MOD-01")
def test_a_primo_installe_who_reached_p50_early_has_his_new_objective_in_year_3() -> None:
    fixed = event("avenant_primo", "2026-09-01", **NEW)
    plan = planned({3: {"pmt": 1125, "pfa": 1600}}, events=[fixed], **PRIMO)
    assert value(contract_year(plan, 3).amount_due) == "11000.00"
    assert "nouvel_objectif_a_fixer" not in codes(contract_year(plan, 3))


@pytest.mark.rule("CTR-03", "OBJ-03")
def test_a_new_objective_without_its_number_is_missing_not_the_p50_of_before() -> None:
    fixed = event("avenant_primo", "2026-09-01")
    plan = planned({3: {"pmt": 1125, "pfa": 1600}}, events=[fixed], **PRIMO)
    assert bounds(contract_year(plan, 3).amount_due) == ("0.00", "22000.00")
    assert {"contrat.objectifs.pmt", "contrat.objectifs.pfa"} <= lacks(plan, 3)


@pytest.mark.rule("CTR-03")
@pytest.mark.parametrize(
    ("levels", "annee", "answer"),
    [
        ([("p50",), ("p50",)], 1, "a_fixer"),
        ([("p30",), ("p30",)], 2, "en_cours"),
        ([("sous_p30",), ("sous_p30",)], 2, "en_cours"),
        ([("p30",), ("p30",)], 3, "a_fixer"),
        ([("sous_p30",), ("sous_p30",)], 3, "a_apprecier"),
        ([("sous_p30",)], 3, "a_apprecier"),
        ([("p30",)], 3, "a_fixer"),
        ([("p50", "p30")], 3, "a_fixer"),  # P50 not published: P30 is enough
        ([("p50", "p30")], 2, "inconnu"),
        ([("p50", "p30", "sous_p30")], 3, "inconnu"),
        ([("p30", "sous_p30")], 3, "inconnu"),
    ],
)
def test_the_new_objective_comes_at_p50_or_at_the_end_of_year_3(
    levels: list[tuple[str, ...]], annee: int, answer: str
) -> None:
    assert ctr.suite_du_primo(levels, annee, CONVENTION) == answer


@pytest.mark.rule("CTR-03")
def test_a_new_objective_is_to_be_reached_within_2_years_and_1_before_2024() -> None:
    assert ctr.echeance_du_nouvel_objectif(date(2027, 9, 1), CONVENTION) == date(2029, 9, 1)
    assert ctr.echeance_du_nouvel_objectif(date(2024, 2, 29), ARBITRAL) == date(2025, 2, 28)
    assert ctr.echeance_du_nouvel_objectif(date(2023, 3, 1), AVENANT) == date(2024, 3, 1)


# --- CTR-04: 65 ---------------------------------------------------------------------------------


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(2026, 1, 1), date(2025, 12, 31)),
        (date(2026, 6, 29), date(2025, 12, 31)),
        (date(2026, 6, 30), date(2025, 12, 31)),
        (date(2026, 7, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2026, 6, 30)),
        (date(2027, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_last_count_is_that_of_30_june_or_of_31_december_of_the_year_before(
    day: date, counted: date
) -> None:
    assert ctr.dernier_comptage(day) == counted


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("born", "day", "open_to_revision"),
    [
        (date(1960, 5, 2), date(2025, 5, 1), False),
        (date(1960, 5, 2), date(2025, 5, 2), True),
        (date(1960, 2, 29), date(2025, 2, 27), False),
        (date(1960, 2, 29), date(2025, 2, 28), True),
        (None, date(2025, 5, 2), None),
    ],
)
def test_the_objective_may_be_revised_from_the_65th_birthday(
    born: date | None, day: date, open_to_revision: bool | None
) -> None:
    assert ctr.revision_a_65_ans(born, day, CONVENTION) is open_to_revision


@pytest.mark.rule("CTR-04")
def test_the_65th_birthday_of_a_doctor_born_on_29_february() -> None:
    assert ctr.anniversaire_senior(date(1960, 2, 29), CONVENTION) == date(2025, 2, 28)
    assert ctr.anniversaire_senior(date(1960, 5, 2), CONVENTION) == date(2025, 5, 2)


@pytest.mark.rule("CTR-04", "OBJ-06", "MOD-03")
@pytest.mark.parametrize(
    ("seen", "due"),
    [
        ({"pmt": 1260, "pfa": 100}, "22000.00"),  # 90 % of 1 400
        ({"pmt": 1259, "pfa": 1665}, "22000.00"),  # 90 % of 1 850
        ({"pmt": 1259, "pfa": 1664}, "19788.11"),  # neither: the better rate, 1 664 / 1 850
        ({"pmt": 0, "pfa": 0}, "0.00"),
    ],
)
def test_after_the_avenant_of_65_the_count_may_fall_by_10_percent(seen: dict[str, int], due: str) -> None:
    fixed = event("avenant_65_ans", "2025-05-02", patientele_reference={"pmt": 1400, "pfa": 1850})
    plan = planned({3: seen}, events=[fixed], **TURNING_65)
    assert value(contract_year(plan, 3).amount_due) == due


@pytest.mark.rule("CTR-04")
def test_the_year_of_the_avenant_of_65_covers_the_objectives_of_before_and_after() -> None:
    fixed = event("avenant_65_ans", "2027-03-01", patientele_reference={"pmt": 1300, "pfa": 1800})
    seen = {3: {"pmt": 1300, "pfa": 1800}, 4: {"pmt": 1300, "pfa": 1800}}
    plan = planned(seen, events=[fixed], **TURNING_65)
    # before: nothing gained, 0; after: maintained, everything
    assert bounds(contract_year(plan, 3).amount_due) == ("0.00", "22000.00")
    assert value(contract_year(plan, 4).amount_due) == "22000.00"


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("given", "low", "high", "without"),
    [
        (None, "0.00", "22000.00", {"pmt", "pfa"}),
        ({"pmt": 1400}, "19784.29", "22000.00", {"pfa"}),  # PMT not kept: 1 259 / 1 400 at the least
        ({"pmt": 1300}, "22000.00", "22000.00", {"pfa"}),  # PMT kept within 10 %
    ],
)
def test_the_count_to_keep_is_missing_not_that_of_the_signature(
    given: dict[str, int] | None, low: str, high: str, without: set[str]
) -> None:
    fixed = event("avenant_65_ans", "2025-05-02", patientele_reference=given)
    plan = planned({3: {"pmt": 1259, "pfa": 1800}}, events=[fixed], **TURNING_65)
    assert bounds(contract_year(plan, 3).amount_due) == (low, high)
    found = {m.rsplit(".", 1)[1] for m in lacks(plan, 3) if m.startswith("contrat.patientele_reference")}
    assert found == without


@pytest.mark.rule("CTR-04")
def test_an_observation_that_was_given_is_not_said_to_be_missing() -> None:
    plan = planned(
        {3: {"pmt": 1259, "pfa": 1800}}, events=[event("avenant_65_ans", "2025-05-02")], **TURNING_65
    )
    assert not {field for field in lacks(plan, 3) if field.startswith("observation")}


@pytest.mark.rule("CTR-04", "MOD-00")
def test_the_avenant_of_65_leaves_nothing_missing_of_a_year_that_is_paid_whole() -> None:
    plan = planned(events=[event("avenant_65_ans", "2025-05-02")], **TURNING_65)
    assert value(contract_year(plan, 2).amount_due) == "28000.00"
    assert lacks(plan, 2) == set()


@pytest.mark.rule("CTR-04", "OBJ-01")
def test_a_specialist_of_65_has_no_count_of_medecin_traitant_to_give() -> None:
    specialist = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": 2000},
        "contrat.objectifs": {"pfa": 2200},
    }
    fixed = event("avenant_65_ans", "2025-05-02", patientele_reference={"pfa": 2100})
    plan = planned({3: {"pfa": 1890}}, events=[fixed], **TURNING_65 | specialist)
    assert "reference_inconnue" not in codes(contract_year(plan, 3))
    assert not {field for field in lacks(plan, 3) if field.endswith(".pmt")}


# --- CTR-05: résiliation ------------------------------------------------------------------------


@pytest.mark.rule("CTR-05", "VRS-05")
@pytest.mark.parametrize(
    ("day", "annee", "due", "paid"),
    [
        # year 1: 181 days of 365 of 38 000
        ("2025-03-01", 1, "18843.84", [("versement_unique", "38000.00"), ("trop_percu", "-19156.16")]),
        ("2025-08-31", 1, "37895.89", [("versement_unique", "38000.00"), ("trop_percu", "-104.11")]),
        # year 2: 30 days of 28 000
        ("2025-12-01", 2, "6980.82", [("versement_unique", "28000.00"), ("trop_percu", "-21019.18")]),
        # year 3: 181 days, 182 days and 183 days of 22 000, less the acompte
        ("2027-03-01", 3, "10909.59", [("acompte", "11000.00"), ("trop_percu", "-90.41")]),
        ("2027-03-02", 3, "10969.86", [("acompte", "11000.00"), ("trop_percu", "-30.14")]),
        ("2027-03-03", 3, "11030.14", [("acompte", "11000.00"), ("solde", "30.14")]),
        # year 4 has 366 days, 182 of them run
        ("2028-03-01", 4, "10939.89", [("acompte", "11000.00"), ("trop_percu", "-60.11")]),
    ],
)
def test_a_contract_that_ends_in_the_year_is_due_the_days_it_ran(
    day: str, annee: int, due: str, paid: list[tuple[str, str]]
) -> None:
    plan = planned(reached(), events=[event("resiliation", day)])
    found = contract_year(plan, annee)
    assert value(found.amount_due) == due
    assert parts(plan, annee) == paid
    last = found.payments[-1]
    assert (last.rule, last.due_from) == ("CTR-05", date.fromisoformat(day))
    assert found.fin == date.fromisoformat(day) - timedelta(days=1)
    assert [each.annee for each in plan.years] == list(range(1, annee + 1))
    assert "resiliation" in codes(found)


@pytest.mark.rule("CTR-05")
def test_a_contract_that_ends_on_its_anniversary_owes_nothing_back() -> None:
    plan = planned(reached(), events=[event("resiliation", "2026-09-01")])
    assert [value(each.amount_due) for each in plan.years] == ["38000.00", "28000.00"]
    assert [p.kind for p in plan.payments] == ["versement_unique", "versement_unique"]


@pytest.mark.rule("CTR-05")
def test_a_contract_that_ends_the_day_it_was_signed_never_ran() -> None:
    plan = planned(events=[event("resiliation", "2024-09-01")])
    assert (plan.years, plan.payments, value(plan.total)) == ((), (), "0.00")


@pytest.mark.rule("CTR-05", "VRS-03")
def test_without_observation_the_recovery_of_year_3_lies_between_two_bounds() -> None:
    plan = planned(events=[event("resiliation", "2027-03-01")])
    assert bounds(contract_year(plan, 3).amount_due) == ("0.00", "10909.59")
    left = contract_year(plan, 3).payments[1]
    assert (left.kind, bounds(left.amount)) == ("trop_percu", ("-11000.00", "-90.41"))


@pytest.mark.rule("CTR-05", "VRS-04")
def test_a_third_of_an_etp_that_ends_in_the_year_has_been_paid_70_percent() -> None:
    # year 2 from 1 September 2023, 182 days of 366 of 9 000
    plan = planned(reached(), events=[event("resiliation", "2024-03-01")], **THIRD | COMMON)
    assert parts(plan, 2) == [("acompte", "6300.00"), ("trop_percu", "-1824.59")]


@pytest.mark.rule("CTR-02", "CTR-05")
def test_a_year_that_changes_of_option_and_ends_counts_each_option_by_its_days() -> None:
    # 91 days at 11 000 and 90 at 22 000, of 365
    events = [option("1", "2026-12-01"), event("resiliation", "2027-03-01")]
    plan = planned(reached(), events=events, **{"contrat.option_etp": "0.5"})
    assert value(contract_year(plan, 3).amount_due) == "8167.12"
    assert parts(plan, 3) == [("acompte", "5500.00"), ("solde", "2667.12")]


@pytest.mark.rule("CTR-05")
def test_what_is_recovered_is_what_was_paid_too_much_and_never_negative() -> None:
    whole = (Fraction(365), Fraction(730))
    assert ctr.par_jours([(181, whole)], 365) == (181, 362)
    assert ctr.par_jours([(0, whole)], 365) == (0, 0)
    assert ctr.par_jours([(365, whole)], 365) == whole
    assert [ctr.recupere(3800000, due) for due in (1884384, 3800000, 3800001)] == [1915616, 0, 0]


# --- CTR-06: carence ----------------------------------------------------------------------------


@pytest.mark.rule("CTR-06")
@pytest.mark.parametrize(
    ("ended", "free"),
    [
        (date(2027, 3, 1), date(2029, 3, 1)),
        (date(2028, 2, 29), date(2030, 2, 28)),
    ],
)
def test_the_carence_lasts_2_years_at_the_most(ended: date, free: date) -> None:
    assert ctr.fin_de_carence(ended, CONVENTION) == free


@pytest.mark.rule("CTR-06")
def test_a_resiliation_says_that_the_caisse_decides_of_the_carence() -> None:
    plan = planned(reached(), events=[event("resiliation", "2027-03-01")])
    (said,) = [alert for alert in plan.warnings if alert.code == "resiliation"]
    assert "carence" in said.message
    assert "caisse" in said.message


# --- CTR-07: absence and suspension -------------------------------------------------------------


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("absent", "due"),
    [(date(2025, 3, 1), date(2025, 6, 1)), (date(2024, 11, 30), date(2025, 2, 28))],
)
def test_an_absence_calls_for_a_suspension_after_3_months(absent: date, due: date) -> None:
    assert ctr.suspension_due(absent, CONVENTION) == due


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("events", "open_years"),
    [
        ([("absence", "2026-10-01"), ("avenant_suspension", "2027-01-01"), ("retour", "2027-03-01")], [3]),
        ([("absence", "2026-10-01"), ("avenant_suspension", "2027-01-01"), ("embauche", "2027-03-01")], [3]),
        ([("absence", "2026-10-01"), ("avenant_suspension", "2027-01-01")], [3, 4, 5]),
        ([("absence", "2026-10-01"), ("avenant_suspension", "2027-01-01"), ("retour", "2027-09-01")], [3]),
        ([("absence", "2026-10-01"), ("avenant_suspension", "2027-01-01"), ("retour", "2027-09-02")], [3, 4]),
        ([("absence", "2026-10-01"), ("retour", "2026-12-01")], []),
    ],
)
def test_what_a_suspended_year_is_due_is_for_the_caisse_to_say(
    events: list[tuple[str, str]], open_years: list[int]
) -> None:
    plan = planned(reached(), events=[event(kind, day) for kind, day in events])
    for found in plan.years[2:]:
        suspended = found.annee in open_years
        assert bounds(found.amount_due) == ("0.00" if suspended else "22000.00", "22000.00")
        assert ("suspension" in codes(found)) is suspended
        assert ("caisse.CTR-07" in lacks(plan, found.annee)) is suspended
        paid = "0.00" if suspended and found.annee > 3 else "11000.00"  # suspended on its first day
        assert bounds(found.payments[0].amount) == (paid, "11000.00")
        most = "22000.00" if paid == "0.00" else "11000.00"
        assert bounds(found.payments[1].amount) == ("-11000.00" if suspended else "11000.00", most)


@pytest.mark.rule("CTR-07", "VRS-05")
def test_a_year_1_that_is_suspended_may_have_to_be_paid_back_under_the_rule_of_the_suspension() -> None:
    events = [event("absence", "2024-12-01"), event("avenant_suspension", "2025-03-01")]
    plan = planned(reached(1), 1, events=events)
    assert bounds(contract_year(plan, 1).amount_due) == ("0.00", "38000.00")
    _, left = contract_year(plan, 1).payments
    assert bounds(left.amount) == ("-38000.00", "0.00")
    assert left.rule == "CTR-07"  # no option changed


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("events", "warned"),
    [
        ([("absence", "2025-05-31")], [1, 2, 3]),  # 3 months on 31 August, the last day of year 1
        ([("absence", "2025-06-01")], [1, 2, 3]),  # year 1 too: suspended from the first day of it
        ([("absence", "2025-01-01"), ("retour", "2025-03-31")], []),
        ([("absence", "2025-01-01"), ("retour", "2025-06-01")], [1]),  # 5 months without an avenant
        ([("absence", "2025-07-01"), ("retour", "2025-12-15")], [1, 2]),  # 3 months on 1 October
        ([("absence", "2025-07-01"), ("retour", "2025-10-01")], []),  # 3 months and no more
        ([("absence", "2025-07-01"), ("retour", "2025-10-02")], [1, 2]),
        ([("absence", "2025-01-01"), ("resiliation", "2025-02-01")], []),  # ended after a month
    ],
)
def test_an_absence_of_more_than_3_months_without_an_avenant_is_said(
    events: list[tuple[str, str]], warned: list[int]
) -> None:
    plan = planned(reached(3), 3, events=[event(kind, day) for kind, day in events])
    assert [each.annee for each in plan.years if "suspension_a_conclure" in codes(each)] == warned


@pytest.mark.rule("CTR-07")
def test_a_suspended_contract_does_not_ask_for_the_avenant_it_already_has() -> None:
    events = [event("absence", "2025-01-01"), event("avenant_suspension", "2025-04-01")]
    plan = planned(reached(2), 2, events=events)
    assert not [each.annee for each in plan.years if "suspension_a_conclure" in codes(each)]


# --- CTR-08: dates to keep ----------------------------------------------------------------------


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("signed", "end", "days"),
    [
        (date(2024, 9, 1), date(2026, 3, 1), ["2025-03-01", "2025-09-01"]),
        (date(2024, 9, 1), date(2026, 3, 2), ["2025-03-01", "2025-09-01", "2026-03-01"]),
        (date(2024, 8, 31), date(2026, 1, 1), ["2025-02-28", "2025-08-31"]),  # not the 28th for ever
        (date(2024, 9, 1), date(2024, 10, 1), []),
    ],
)
def test_the_caisse_is_met_every_6_months_over_the_whole_contract(
    signed: date, end: date, days: list[str]
) -> None:
    assert [day.isoformat() for day in ctr.points_d_echange(signed, end, CONVENTION)] == days
    assert len(ctr.points_d_echange(signed, date(signed.year + 5, 9, 1), CONVENTION)) >= 9


@pytest.mark.rule("CTR-08")
def test_a_promoted_secretary_is_replaced_within_6_months() -> None:
    assert ctr.remplacement_du_secretaire(date(2024, 10, 1), CONVENTION) == date(2025, 4, 1)
    assert ctr.remplacement_du_secretaire(date(2024, 8, 31), CONVENTION) == date(2025, 2, 28)


@pytest.mark.rule("CTR-08")
def test_the_assistant_is_certified_within_2_years_of_the_signature_and_3_under_avenant_7() -> None:
    signed = date(2024, 9, 1)
    assert ctr.echeances_de_formation(signed, CONVENTION)[1] == date(2026, 9, 1)
    assert ctr.echeances_de_formation(date(2023, 6, 1), ARBITRAL)[1] == date(2025, 6, 1)
    # enrolled within 2 years, certified within 3
    assert ctr.echeances_de_formation(date(2020, 2, 29), AVENANT) == (date(2022, 2, 28), date(2023, 2, 28))


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("profile", "fae"),
    [
        ("infirmier", True),
        ("aide_soignant", True),
        ("auxiliaire_puericulture", True),
        ("secretaire", False),
        ("sage_femme", False),
        ("autre", False),
        (None, True),  # not known: either
    ],
)
def test_the_fae_is_for_three_trades_of_care_alone(profile: str | None, fae: bool) -> None:
    assert ("FAE" in ctr.diplome_attendu(profile)) is fae
    assert "CQP" in ctr.diplome_attendu(profile)


@pytest.mark.rule("CTR-08")
def test_an_objective_is_to_be_reached_in_2_years_and_in_5_under_avenant_7() -> None:
    assert ctr.echeance_de_l_objectif(date(2024, 9, 1), CONVENTION) == date(2026, 9, 1)
    assert ctr.echeance_de_l_objectif(date(2023, 6, 1), ARBITRAL) == date(2025, 6, 1)
    assert ctr.echeance_de_l_objectif(date(2022, 9, 1), AVENANT) == date(2027, 9, 1)


# --- CTR-09: a condition of access is lost ------------------------------------------------------


@pytest.mark.rule("CTR-09")
@pytest.mark.parametrize(
    ("secteur", "tarif", "lost"),
    [
        ("1", None, False),
        ("2", "OPTAM", False),
        ("2", "OPTAM-ACO", False),
        ("2", "OPTAM-CO", True),  # no more from 2025: the caisse decides
        ("2", "aucune", True),
        ("2", None, True),
        ("non_conventionne", None, True),
    ],
)
def test_a_doctor_who_leaves_the_controlled_fees_may_lose_his_contract_the_caisse_decides(
    secteur: str, tarif: str | None, lost: bool
) -> None:
    change = event("changement_tarifaire", "2026-01-15", secteur=secteur, option_tarifaire=tarif)
    plan = planned(reached(), events=[change])
    assert [each.annee for each in plan.years if "condition_perdue" in codes(each)] == (
        [2, 3, 4, 5] if lost else []
    )
    assert [each.annee for each in plan.years if "caisse.CTR-09" in lacks(plan, each.annee)] == (
        [2, 3, 4, 5] if lost else []
    )
    assert "non_eligible" not in {each.verdict for each in plan.years}
    assert len(plan.payments) == 8


@pytest.mark.rule("CTR-09")
def test_a_condition_that_is_found_again_is_no_longer_lost() -> None:
    events = [
        event("changement_tarifaire", "2025-01-15", secteur="2", option_tarifaire="aucune"),
        event("changement_tarifaire", "2025-10-01", secteur="2", option_tarifaire="OPTAM"),
    ]
    plan = planned(reached(), events=events)
    assert "condition_perdue" in codes(contract_year(plan, 1))
    assert "condition_perdue" not in codes(contract_year(plan, 3))


@pytest.mark.rule("CTR-09")
@pytest.mark.parametrize(
    ("status", "lost"),
    [("satisfait", False), ("non_satisfait", True), ("inconnu", True), ("a_apprecier", True)],
)
def test_only_a_condition_that_is_met_is_not_lost(status: Any, lost: bool) -> None:
    assert ctr.condition_perdue(status) is lost


# --- What the reader is told --------------------------------------------------------------------


@pytest.mark.rule("CTR-02", "CTR-05")
def test_a_schedule_keeps_its_events_and_reads_them_again() -> None:
    plan = planned(reached(), events=SEQUENCE)
    assert [e.type for e in plan.events] == [e["type"] for e in SEQUENCE]
    assert Schedule.from_json(plan.to_json()) == plan


@pytest.mark.rule("CTR-02")
def test_every_type_of_event_is_read_by_its_name() -> None:
    for kind, model in EVENTS.items():
        (read,) = read_events([event(kind, "2025-01-01")])
        assert type(read) is model
        assert read_events([read]) == (read,)
        assert model.model_validate_json(read.model_dump_json()) == read
    assert type(read_events([event("avenant_65_ans", "2025-01-01")])[0]) is Avenant65Ans
    assert AvenantOption(date=date(2025, 1, 1), option_etp="1").type == "avenant_option"


@pytest.mark.rule("CTR-03", "CTR-05", "CTR-07", "CTR-09")
def test_what_the_caisse_decides_is_said_in_french_with_its_rule() -> None:
    events = [
        event("changement_tarifaire", "2026-10-01", secteur="2", option_tarifaire="aucune"),
        event("absence", "2026-10-01"),
        event("avenant_suspension", "2027-01-01"),
        event("resiliation", "2027-06-01"),
    ]
    plan = planned({3: {"pmt": 774, "pfa": 1218}}, events=events, **PRIMO)
    said = {alert.code: alert for alert in plan.warnings}
    rules = {"suspension": "CTR-07", "condition_perdue": "CTR-09", "resiliation": "CTR-05"}
    rules["primo_sous_p30_au_terme"] = "CTR-03"
    for code, rule_id in rules.items():
        assert said[code].rule == rule_id
        assert "caisse" in said[code].message
    assert {"caisse.CTR-03", "caisse.CTR-07", "caisse.CTR-09"} <= lacks(plan, 3)
    assert all(missing.message for missing in plan.missing)


@pytest.mark.rule("CTR-05")
def test_a_band_over_p90_ends_by_its_own_amount() -> None:
    # 181 days of 365 of 26 000
    plan = planned(reached(), events=[event("resiliation", "2027-03-01")], **at(1858))
    assert parts(plan, 3) == [("acompte", "13000.00"), ("trop_percu", "-106.85")]


# --- Found wrong --------------------------------------------------------------------------------

HIRED_BEFORE = {
    "medecin.exercice_coordonne": True,
    "medecin.zone": "ZIP",
    "contrat.date_signature": "2022-09-01",
    "contrat.date_embauche": "2022-08-01",
    "contrat.option_etp": "0.5",
    "contrat.objectifs": None,
    "observation": None,
    "annee": 1,
}


def test_an_observation_past_the_years_asked_does_not_stop_the_explanation() -> None:
    shared = [option("0.5", "2025-03-01")]
    assert "Total dû sur 2 années" in schedule(dossier(), years=2, events=shared).explain()


@pytest.mark.rule("CTR-03")
def test_events_that_another_reading_makes_impossible_are_said_so_and_not_refused() -> None:
    over = {
        "medecin.date_installation": "2024-06-01",
        "contrat.patientele_initiale": {"pmt": 900, "pfa": 1600},
        "contrat.objectifs": None,
        "observation": None,
    }
    fixed = event(
        "avenant_primo",
        "2027-09-01",
        patientele_reference={"pmt": 1050, "pfa": 1620},
        objectifs={"pmt": 1200, "pfa": 1700},
    )
    counts = {4: {"pmt": 1100, "pfa": 1650}}
    assert (
        "les événements donnés sont alors impossibles"
        in schedule(dossier(**over), counts, events=[fixed]).explain()
    )
    every = simulate(dossier(**over), counts, events=[fixed], readings="toutes")
    assert () in {scenario.amounts for scenario in every.scenarios}
    assert every.span is not None
    assert "les événements donnés sont impossibles" in every.explain()


@pytest.mark.rule("OBJ-06", "CTR-02")
def test_the_readings_and_the_data_of_the_objectives_before_an_avenant_count_too() -> None:
    doctor = dossier(
        **{"medecin.date_naissance": "1950-01-01", "contrat.objectifs": None, "observation": None}
    )
    fixed = [event("avenant_objectifs", "2027-03-01", patientele_reference={"pmt": 1100, "pfa": 1500})]
    counts = {3: {"pmt": 1170, "pfa": 1620}}  # 90 % of 1 300 and 1 800
    span = simulate(doctor, counts, 3, events=fixed, readings="toutes").span
    assert bounds(span) == ("85800.00", "88000.00")
    assert schedule(doctor, counts, 3, events=fixed).readings["borne_tolerance"] == "incluse"


@pytest.mark.rule("OBJ-03", "CTR-02")
def test_under_avenant_7_the_growth_of_the_option_before_is_not_forgotten() -> None:
    told = AVENANT_7 | {
        "contrat.option_etp": "0.5",
        "medecin.zone": "ZIP",
        "contrat.date_signature": "2021-01-10",
        "contrat.patientele_initiale": {"pmt": 1600, "pfa": 2700},
        "contrat.objectifs": None,
    }
    plan = schedule(dossier(**told), {3: {"pmt": 1700, "pfa": 2900}}, 3, events=[option("1", "2023-03-01")])
    assert bounds(contract_year(plan, 3).amount_due) == ("13820.58", "23287.67")
    assert "objectifs_en_cours_d_annee" in codes(contract_year(plan, 3))


@pytest.mark.rule("TMP-02", "CTR-05")
def test_events_of_a_contract_that_counts_from_an_unknown_hiring_have_no_place_and_no_amount() -> None:
    told = HIRED_BEFORE | {"contrat.date_embauche": None}
    ends = [event("resiliation", "2024-12-15")]
    plan = schedule(dossier(**told), years=3, events=ends, readings=Readings(debut_annee="embauche"))
    assert {(each.maximum, each.amount_due) for each in plan.years} == {(None, None)}
    assert "contrat.date_embauche" in lacks(plan, 1)


@pytest.mark.rule("TMP-02", "CTR-02", "CTR-05")
def test_the_days_of_a_year_count_from_the_hiring_that_came_before_the_signature() -> None:
    hired = Readings(debut_annee="embauche")
    plan = schedule(dossier(**HIRED_BEFORE), years=1, events=[option("1", "2023-03-01")], readings=hired)
    # 212 days at 18 000 and 153 at 36 000, from 1 August
    assert value(contract_year(plan, 1).maximum) == "25545.21"
    ended = recovery(dossier(**HIRED_BEFORE), [event("resiliation", "2023-03-01")], readings=hired)
    assert (ended.jours_courus, ended.jours, value(ended.due)) == (212, 365, "10454.79")
    early = HIRED_BEFORE | {"contrat.date_signature": "2022-01-10", "contrat.date_embauche": "2021-12-15"}
    ended = recovery(dossier(**early), [event("resiliation", "2022-12-20")], readings=hired)
    assert (ended.annee, ended.jours_courus) == (2, 5)


@pytest.mark.rule("CTR-05", "CTR-07")
def test_a_payment_that_a_suspension_may_have_stopped_is_not_taken_as_made() -> None:
    events = [event("absence", "2025-02-01"), event("avenant_suspension", "2025-05-01")]
    ended = recovery(dossier(observation=None, annee=1), [*events, event("resiliation", "2026-03-01")])
    assert (bounds(ended.paid), bounds(ended.recovered)) == (("0.00", "28000.00"), ("0.00", "28000.00"))


@pytest.mark.rule("CTR-02")
def test_a_year_of_three_options_the_first_unknown_has_no_maximum() -> None:
    told = {"contrat.date_option": "2026-11-01", "annee": 3, "observation": None}
    plan = schedule(dossier(**told), reached(3), 3, events=[option("0.5", "2027-03-01")])
    found = contract_year(plan, 3)
    assert (found.maximum, found.amount_due, found.payments) == (None, None, ())
    assert "contrat.contrat_anterieur.option_etp" in lacks(plan, 3)


@pytest.mark.rule("CTR-01")
def test_new_objectives_of_a_prorogation_are_not_those_of_an_avenant_years_before() -> None:
    told = AVENANT_7 | {
        "contrat.date_signature": "2020-01-10",
        "contrat.objectifs": {"pmt": 1500, "pfa": 1950},
    }
    before = event("avenant_objectifs", "2022-05-05", patientele_reference={"pmt": 1300, "pfa": 1800})
    longer = event("avenant_prorogation", "2025-01-05")
    new = Readings(objectifs_prorogation="nouveaux")
    counts = {6: {"pmt": 1600, "pfa": 2050}}
    for events in ([longer], [before, longer]):
        plan = schedule(dossier(**told), counts, 6, events=events, readings=new)
        assert bounds(contract_year(plan, 6).amount_due) == ("0.00", "22000.00")


@pytest.mark.rule("OBJ-03")
def test_objectives_that_come_and_go_within_a_year_count_too() -> None:
    events = [
        event("avenant_objectifs", "2026-12-01", objectifs={"pmt": 2000, "pfa": 2500}),
        event("avenant_objectifs", "2027-03-01", objectifs={"pmt": 1560, "pfa": 1910}),
    ]
    plan = planned({3: {"pmt": 1560, "pfa": 1910}}, 3, events=events)
    assert bounds(contract_year(plan, 3).amount_due) == ("8171.43", "22000.00")


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(
    ("verse", "first", "rest"),
    [
        (None, ("0.00", "11000.00"), ("-9191.78", "1808.22")),
        ("11000", ("11000.00", "11000.00"), ("-9191.78", "-9191.78")),
        ("0", ("0.00", "0.00"), ("1808.22", "1808.22")),
    ],
)
def test_a_contract_that_ends_while_its_acompte_may_be_unpaid_says_so(
    verse: str | None, first: tuple[str, str], rest: tuple[str, str]
) -> None:
    told = {} if verse is None else {"verse": verse}
    plan = planned(reached(3), 3, events=[event("resiliation", "2026-10-01", **told)])
    head, left = contract_year(plan, 3).payments
    assert (bounds(head.amount), bounds(left.amount)) == (first, rest)
    assert head.due_by == date(2026, 9, 30)


@pytest.mark.rule("TMP-04", "CTR-02")
def test_the_weakest_source_of_a_schedule_is_that_of_any_of_its_years_and_payments() -> None:
    plan = planned(reached(), events=[option("0.5", "2026-12-01"), event("resiliation", "2028-03-01")])
    (weakest,) = [alert for alert in plan.warnings if alert.code == "nature_source"]
    assert weakest.values["nature"] == "deduit"
    avenant_7 = schedule(dossier(**HIRED_BEFORE), years=2)
    (dates,) = [alert for alert in avenant_7.warnings if alert.code == "dates_avenant_7"]
    assert dates.values["annee"] == "1"
    older = schedule(
        dossier(**HIRED_BEFORE | {"contrat.date_signature": "2020-01-10", "contrat.date_embauche": None})
    )
    (dates,) = [alert for alert in older.warnings if alert.code == "dates_avenant_7"]
    assert dates.message.startswith("Années 1, 2, 3 et 4")


@pytest.mark.rule("CTR-06", "CTR-01")
def test_a_simulated_bareme_rules_the_life_of_the_contract_too() -> None:
    reform = bareme_at(date(2025, 1, 1)).with_changes(parametres={"carence_annees": 5, "absence_mois": 1})
    ended = recovery(dossier(observation=None), [event("resiliation", "2026-03-01")], bareme=reform)
    assert ended.new_contract_by == date(2031, 3, 1)
    away = [event("absence", "2025-01-01"), event("retour", "2025-03-01")]
    assert "suspension_a_conclure" in codes(contract_year(schedule(dossier(), events=away, bareme=reform), 1))
    assert "suspension_a_conclure" not in codes(contract_year(schedule(dossier(), events=away), 1))


@pytest.mark.rule("CTR-01", "CTR-02")
def test_an_option_that_the_dossier_tells_past_the_term_is_not_refused() -> None:
    told = AVENANT_7 | {
        "contrat.date_signature": "2020-02-28",
        "contrat.date_option": "2025-02-28",
        "contrat.contrat_anterieur": {"option_etp": "0.5", "date_signature": "2020-02-28"},
        "annee": 6,
    }
    found = contract_year(schedule(dossier(**told), reached(6), 6, force=True), 6)
    alone = evaluate(dossier(**told), force=True)
    assert (found.verdict, found.maximum) == (alone.verdict, alone.maximum)


@pytest.mark.rule("CTR-01", "TMP-02")
def test_a_prorogation_alone_takes_no_amount_from_the_years_of_an_unknown_hiring() -> None:
    told = HIRED_BEFORE | {"contrat.date_embauche": None}
    hired = Readings(debut_annee="embauche")
    plan = schedule(
        dossier(**told), years=2, events=[event("avenant_prorogation", "2027-01-01")], readings=hired
    )
    assert plan.years[0].amount_due == schedule(dossier(**told), years=2, readings=hired).years[0].amount_due
    assert plan.years[0].amount_due is not None
