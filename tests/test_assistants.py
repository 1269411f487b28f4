"""The assistants of a contract: who is in post, who is away, who left, and what it does (CTR-07, CTR-08)."""

import json
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Depart, Embauche, RefusedData, bareme_at, deadlines, events, life, sentences
from aide_am.agenda_record import Deadline
from aide_am.contract_terms import MONEY_EVENTS
from aide_am.events import EvenementAssistant, Event, read_events
from aide_am.life import Place, State, replay, timeline, vacancies
from aide_am.rules import life as ctr
from aide_am.scheduling import schedule
from aide_am.simulation import simulate
from depth import drawing
from plans import AVENANT_7, bounds, codes, lacks, planned, reached
from plans import year as contract_year
from strategies import KINDS, OF_AN_ASSISTANT, histories
from support import dossier

CONVENTION = bareme_at(date(2024, 9, 1))


def event(kind: str, day: str, **values: Any) -> dict[str, Any]:
    """An event as JSON would write it."""
    more = {"diplome": "CQP"} if kind == "certification" else {}
    return {"type": kind, "date": day, **more, **values}


def state(told: list[dict[str, Any]], on: str | None = None, **overrides: Any) -> State:
    return replay(dossier(**overrides), told, None if on is None else date.fromisoformat(on))


def refusal(told: list[dict[str, Any]], **overrides: Any) -> tuple[str, str]:
    """The code of the one refusal of the last event, and what it names, its spaces made plain."""
    replay(dossier(**overrides), told[:-1])
    with pytest.raises(RefusedData) as error:
        replay(dossier(**overrides), told)
    (found,) = error.value.refusals
    assert found.field == f"evenements.{len(told) - 1}"
    return found.code, found.received.replace("\u00a0", " ")


MATERNITY = [
    event("embauche", "2024-10-01", profil="secretaire"),
    event("certification", "2025-02-01"),
    event("absence", "2025-03-01"),
    event("embauche", "2025-04-01", profil="infirmier"),
    event("retour", "2025-11-01"),
]
"""The first assistant is certified, away on maternity leave, replaced after a month, and back."""


# --- Absence, replacement, return ---------------------------------------------------------------


@pytest.mark.rule("CTR-07", "CTR-08")
@pytest.mark.parametrize(
    ("day", "situation", "profil", "certified", "away"),
    [
        ("2024-10-01", "present", "secretaire", False, 0),
        ("2025-02-28", "present", "secretaire", True, 0),
        ("2025-03-01", "absent", "secretaire", True, 0),
        ("2025-03-31", "absent", "secretaire", True, 0),
        ("2025-04-01", "present", "infirmier", False, 1),
        ("2025-10-31", "present", "infirmier", False, 1),
        ("2025-11-01", "present", "secretaire", True, 0),  # her own certification stands
        ("2027-01-01", "present", "secretaire", True, 0),
    ],
)
def test_the_first_assistant_comes_back_with_her_certification_in_the_place_of_the_replacement(
    day: str, situation: str, profil: str, certified: bool, away: int
) -> None:
    found = state(MATERNITY, day)
    assert (found.assistant, found.situation) == (situation, "en_cours")
    assert found.embauche is not None
    assert found.embauche.profil == profil
    assert (found.certification is not None) is certified
    assert len(found.assistants[1].remplaces) == away
    assert found.contrat.date_embauche == date(2024, 10, 1)


@pytest.mark.rule("CTR-07")
def test_a_replacement_who_falls_ill_is_replaced_and_each_may_come_back_in_turn() -> None:
    told = [
        event("embauche", "2024-10-01", profil="secretaire"),
        event("absence", "2025-01-01"),
        event("embauche", "2025-01-15", profil="infirmier"),
        event("absence", "2025-02-01"),
        event("embauche", "2025-02-15", profil="autre"),
        event("retour", "2025-03-01"),
        event("retour", "2025-04-01"),
    ]
    profiles = [each.embauche and each.embauche.profil for each in timeline(dossier(), told)[1:]]
    one, other, third = "secretaire", "infirmier", "autre"
    assert profiles == [one, one, other, other, third, other, one]
    code, said = refusal([*told, event("retour", "2025-05-01")])
    assert code == "sans_absence"
    assert "après le retour de l’assistant du 1er avril 2025" in said


@pytest.mark.rule("CTR-07")
def test_a_replacement_who_leaves_for_good_lets_the_first_assistant_come_back() -> None:
    told = [*MATERNITY[:-1], event("depart", "2025-06-01"), event("retour", "2025-07-01")]
    assert state(told, "2025-06-15").assistant == "parti"
    back = state(told)
    assert back.embauche is not None
    assert (back.assistant, back.embauche.profil) == ("present", "secretaire")
    assert back.certification is not None


@pytest.mark.rule("CTR-07")
def test_an_assistant_hired_by_the_dossier_alone_is_replaced_and_comes_back() -> None:
    told = [event("absence", "2025-03-01"), event("embauche", "2025-04-01"), event("retour", "2025-11-01")]
    found = state(told, **{"contrat.date_embauche": "2024-10-01"})
    assert (found.assistant, found.embauche) == ("present", None)


# --- Departure ----------------------------------------------------------------------------------

LEFT = [event("embauche", "2024-10-01"), event("certification", "2025-02-01"), event("depart", "2025-03-01")]


@pytest.mark.rule("CTR-07")
def test_an_assistant_who_leaves_for_good_is_followed_by_another_whose_training_is_his_own() -> None:
    assert (state(LEFT).assistant, state(LEFT).certification) == ("parti", None)
    hired = state([*LEFT, event("embauche", "2025-05-01", profil="sage_femme")])
    assert hired.embauche == Embauche(date=date(2025, 5, 1), profil="sage_femme")
    assert (hired.assistant, hired.certification) == ("present", None)
    assert hired.assistants[1].remplaces == ()


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("told", "code", "named"),
    [
        ([*LEFT, event("retour", "2025-04-01")], "deja_parti", "le retour de l’assistant du 1er avril 2025"),
        ([*LEFT, event("depart", "2025-04-01")], "deja_parti", "le départ de l’assistant du 1er avril 2025"),
        ([*LEFT, event("absence", "2025-04-01")], "deja_parti", "l’absence de l’assistant du 1er avril 2025"),
        ([*LEFT, event("certification", "2025-04-01")], "deja_parti", "la certification du 1er avril 2025"),
        (
            [event("absence", "2025-01-01"), event("depart", "2025-02-01"), event("retour", "2025-04-01")],
            "deja_parti",
            "le retour de l’assistant du 1er avril 2025",
        ),
        (
            [*LEFT, event("embauche", "2025-04-01"), event("retour", "2025-05-01")],
            "sans_absence",
            "le retour de l’assistant du 1er mai 2025, après l’embauche du 1er avril 2025",
        ),
        (
            [event("embauche", "2025-01-01"), event("embauche", "2025-02-01", assistant=2),
             event("absence", "2025-03-01", assistant=2), event("retour", "2025-04-01")],
            "sans_absence",
            "le retour de l’assistant du 1er avril 2025, après l’embauche du 1er janvier 2025",
        ),
        (
            [event("embauche", "2025-01-01", assistant=2), event("embauche", "2025-02-01", assistant=2)],
            "assistant_present",
            "l’embauche (assistant 2) du 1er février 2025, après l’embauche (assistant 2) du 1er janvier",
        ),
    ],
)  # fmt: skip
def test_what_cannot_happen_to_an_assistant_who_left_is_refused_and_named(
    told: list[dict[str, Any]], code: str, named: str
) -> None:
    found, said = refusal(told)
    assert found == code
    assert said.startswith(named)


@pytest.mark.rule("CTR-07")
def test_an_assistant_whose_hiring_lies_ahead_cannot_leave_yet() -> None:
    hired = {"contrat.date_embauche": "2025-10-01"}
    assert refusal([event("depart", "2025-05-01")], **hired)[0] == "assistant_absent"


@pytest.mark.rule("CTR-07")
def test_a_contract_suspended_during_an_absence_stays_so_if_the_assistant_then_leaves() -> None:
    told = [
        event("absence", "2025-01-01"),
        event("avenant_suspension", "2025-04-01"),
        event("depart", "2025-05-01"),
    ]
    assert (state(told).situation, state(told).assistant_depuis) == ("suspendu", date(2025, 4, 1))
    (vacancy,) = vacancies(state(told).evenements)
    assert (vacancy.cause.date, vacancy.over) == (date(2025, 1, 1), None)
    again = state([*told, event("embauche", "2025-06-01")])
    assert (again.situation, again.assistants[1].remplaces) == ("en_cours", ())


# --- Two half-time assistants --------------------------------------------------------------------

HALVES = [
    event("embauche", "2024-10-01", profil="secretaire"),
    event("embauche", "2024-11-01", profil="infirmier", assistant=2),
    event("certification", "2025-06-01", assistant=2, diplome="FAE"),
    event("absence", "2026-01-01", assistant=2),
]


@pytest.mark.rule("CTR-07", "CTR-08")
def test_two_half_time_assistants_make_up_one_etp_each_with_his_own_certification() -> None:
    found = state(HALVES)
    first, second = found.assistants[1], found.assistants[2]
    assert (first.situation, second.situation) == ("present", "absent")
    assert first.personne is not None
    assert second.personne is not None
    assert (first.personne.certification, second.personne.certification is not None) == (None, True)
    assert found.assistant == "present"
    assert found.certification is None


@pytest.mark.rule("CTR-08")
def test_each_of_two_assistants_has_his_own_date_of_certification() -> None:
    found = [item for item in deadlines(dossier(), HALVES).items if item.kind == "certification"]
    assert [(item.rank, item.status, item.day) for item in found] == [
        (1, "due", date(2026, 9, 1)),
        (101, "done", date(2026, 9, 1)),
    ]
    labels = [item.label for item in found]
    assert labels == [
        "Certification de l’assistant (CQP)",
        "Certification de l’assistant (FAE ou CQP), assistant 2",
    ]


@pytest.mark.rule("CTR-07")
def test_either_of_two_assistants_may_suspend_the_contract() -> None:
    told = [*HALVES, event("avenant_suspension", "2026-04-01", assistant=2)]
    assert state(told).situation == "suspendu"
    assert state([*told, event("retour", "2026-05-01", assistant=2)]).situation == "en_cours"


@pytest.mark.rule("CTR-08")
def test_what_happens_to_the_second_assistant_moves_no_date_of_the_first() -> None:
    alone = [each for each in HALVES if "assistant" not in each]
    one = {(i.kind, i.rank): i for i in deadlines(dossier(), alone).items if i.kind != "solde"}
    both = {(i.kind, i.rank): i for i in deadlines(dossier(), HALVES).items}
    told = ("certification", "suspension", "suivi", "anniversaire", "fin_de_contrat")
    assert {key: item for key, item in one.items() if key[0] in told}.items() <= both.items()
    assert both["suspension", 101].values["absence"] == "2026-01-01"


@pytest.mark.rule("CTR-08")
def test_each_promoted_secretary_leaves_her_own_post_to_fill() -> None:
    told = [
        event("embauche", "2024-10-01", secretaire_promue=True),
        event("embauche", "2024-10-01", secretaire_promue=True, assistant=2),
        event("remplacement_secretaire", "2024-12-01", assistant=2),
    ]
    assert [place.secretaire for place in state(told).assistants.values()] == ["a_remplacer", "remplace"]
    found = [i for i in deadlines(dossier(), told).items if i.kind == "remplacement_secretaire"]
    assert [(item.rank, item.status) for item in found] == [(1, "due"), (101, "done")]


@pytest.mark.rule("CTR-07")
def test_an_event_without_a_rank_is_that_of_the_one_assistant() -> None:
    (told,) = read_events([{"type": "embauche", "date": "2024-10-01"}])
    assert told == Embauche(date=date(2024, 10, 1), assistant=1)
    for rank in (0, 10, "2", 1.0, True, None):
        with pytest.raises(RefusedData) as error:
            read_events([{"type": "absence", "date": "2024-10-01", "assistant": rank}])
        assert error.value.refusals[0].field == "evenements.0.assistant"


# --- Certification dates -------------------------------------------------------------------------


def certifications(told: list[dict[str, Any]], **overrides: Any) -> list[Deadline]:
    found = deadlines(dossier(**({"observation": None} | overrides)), told, years=5)
    return [item for item in found.items if item.kind in ("certification", "inscription")]


@pytest.mark.rule("CTR-07", "CTR-08")
def test_the_certification_of_the_first_assistant_settles_her_deadline_although_she_was_replaced() -> None:
    found = certifications(MATERNITY)
    assert [(item.rank, item.status) for item in found] == [(1, "done")]  # the replacement left in time


@pytest.mark.rule("CTR-07", "CTR-08")
def test_the_certification_of_the_replacement_is_not_that_of_the_first_assistant_who_came_back() -> None:
    told = [
        event("embauche", "2024-10-01"),
        event("absence", "2025-03-01"),
        event("embauche", "2025-04-01"),
        event("certification", "2025-10-01"),
        event("retour", "2025-11-01"),
    ]
    found = certifications(told)
    assert [(item.rank, item.status) for item in found] == [(1, "due"), (2, "done")]
    still_away = certifications(told[:-1])
    assert [(item.rank, item.status) for item in still_away] == [(1, "done"), (2, "done")]


@pytest.mark.rule("CTR-07", "CTR-08")
def test_who_is_hired_after_a_departure_has_the_time_of_a_first_assistant_from_his_hiring() -> None:
    found = certifications([*LEFT, event("embauche", "2025-05-01")])
    assert [(item.rank, item.day, item.status) for item in found] == [
        (1, date(2026, 9, 1), "done"),
        (2, date(2027, 5, 1), "due"),
    ]
    assert [item.nature for item in found] == ["secondaire", "deduit"]  # no text dates the second one
    replaced = certifications(
        [event("embauche", "2024-10-01"), event("absence", "2025-03-01"), event("embauche", "2025-05-01")]
    )
    assert [(item.rank, item.status) for item in replaced] == [(1, "a_apprecier"), (2, "a_apprecier")]


@pytest.mark.rule("CTR-07", "CTR-08")
def test_under_avenant_7_who_is_hired_after_a_departure_is_enrolled_in_2_years_and_certified_in_3() -> None:
    told = [
        event("embauche", "2022-10-01"),
        event("depart", "2023-03-01"),
        event("embauche", "2023-05-01"),
        event("inscription_formation", "2024-05-01"),
    ]
    found = certifications(told, **AVENANT_7)
    assert [(item.kind, item.rank, item.day, item.status) for item in found] == [
        ("inscription", 1, date(2024, 9, 1), "done"),
        ("inscription", 2, date(2025, 5, 1), "done"),
        ("certification", 1, date(2025, 9, 1), "a_apprecier"),
        ("certification", 2, date(2026, 5, 1), "due"),
    ]
    assert "embauché le 1er mai 2023" in found[1].label.replace("\u00a0", " ")


@pytest.mark.rule("CTR-07")
def test_a_departure_opens_the_same_clock_as_an_absence_and_says_that_it_is_deduced() -> None:
    (found,) = [i for i in deadlines(dossier(), LEFT).items if i.kind == "suspension"]
    assert (found.day, found.code, found.status) == (date(2025, 6, 1), "depart", "due")
    assert "délai déduit" in found.label
    assert found.nature == "deduit"
    replaced = [*LEFT, event("embauche", "2025-06-01")]
    (done,) = [i for i in deadlines(dossier(), replaced).items if i.kind == "suspension"]
    assert (done.status, done.done_on) == ("done", date(2025, 6, 1))


@pytest.mark.rule("CTR-08")
def test_a_sage_femme_is_expected_to_obtain_the_cqp_and_is_told_of_what_may_lighten_it() -> None:
    assert ctr.diplome_attendu("sage_femme") == ("CQP",)
    (found,) = certifications([event("embauche", "2024-10-01", profil="sage_femme")])
    assert found.values["diplomes"] == "CQP"
    assert "sage-femme" in found.label
    assert "CPNEFP" in found.label


# --- The money of a year in which nobody holds the post -------------------------------------------

OPEN = ("0.00", "22000.00")


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("told", "open_years"),
    [
        ([("absence", "2026-10-01"), ("retour", "2027-01-01")], []),  # 3 months and no more
        ([("absence", "2026-10-01"), ("retour", "2027-01-02")], [3]),
        ([("absence", "2026-10-01"), ("embauche", "2027-02-01")], [3]),  # replaced, but late
        ([("absence", "2026-10-01"), ("embauche", "2026-11-01"), ("retour", "2027-08-01")], []),
        ([("absence", "2026-10-01")], [3, 4, 5]),
        ([("absence", "2027-08-01"), ("retour", "2027-12-01")], [3, 4]),  # from the first day of it
        ([("depart", "2026-10-01"), ("embauche", "2027-01-02")], [3]),
        ([("depart", "2026-10-01"), ("embauche", "2027-01-01")], []),
        ([("depart", "2026-10-01")], [3, 4, 5]),
        ([("absence", "2026-10-01"), ("depart", "2026-12-01"), ("embauche", "2027-01-02")], [3]),
        ([("absence", "2026-10-01"), ("avenant_suspension", "2026-11-01"), ("retour", "2026-12-01")], [3]),
    ],
)
def test_a_year_in_which_nobody_holds_the_post_over_3_months_is_for_the_caisse_to_say_avenant_or_not(
    told: list[tuple[str, str]], open_years: list[int]
) -> None:
    happened = [event(kind, day) for kind, day in told]
    plan = planned(reached(), events=happened)
    for found in plan.years[2:]:
        is_open = found.annee in open_years
        assert bounds(found.amount_due) == (OPEN if is_open else ("22000.00", "22000.00"))
        assert found.verdict == ("a_instruire" if is_open else "eligible")
        assert ("caisse.CTR-07" in lacks(plan, found.annee)) is is_open
        said = {"suspension", "suspension_a_conclure", "depart_sans_remplacement"} & set(codes(found))
        assert bool(said) is is_open
    walked = simulate(dossier(observation=None), reached(), events=happened)
    assert [year.amount_due for year in walked.years] == [year.amount_due for year in plan.years]
    assert [row["verdict"] for row in walked.rows()] == [year.verdict for year in plan.years]


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(("rank", "kind"), [(1, "absence"), (2, "absence"), (1, "depart"), (2, "depart")])
def test_one_of_two_assistants_missing_over_3_months_leaves_the_year_to_the_caisse(
    rank: int, kind: str
) -> None:
    told = [*HALVES[:2], event(kind, "2026-10-01", assistant=rank)]
    assert bounds(contract_year(planned(reached(), events=told), 3).amount_due) == OPEN


@pytest.mark.rule("CTR-07", "VRS-05")
def test_a_first_payment_is_not_taken_as_made_where_the_post_is_held_by_nobody_on_its_first_day() -> None:
    plan = planned(reached(), events=[event("depart", "2027-07-01"), event("embauche", "2027-12-01")])
    third, fourth = contract_year(plan, 3), contract_year(plan, 4)
    assert bounds(third.payments[0].amount) == ("11000.00", "11000.00")
    assert bounds(fourth.payments[0].amount) == ("0.00", "11000.00")
    assert third.payments[1].rule == fourth.payments[1].rule == "VRS-02"


@pytest.mark.rule("CTR-07", "TMP-02")
def test_a_vacancy_that_nothing_places_in_a_year_leaves_no_amount() -> None:
    told = [event("absence", "2023-10-01"), event("retour", "2024-03-01")]
    unplaced = {"observation": None, **AVENANT_7}
    plan = planned(reached(), events=told, readings={"debut_annee": "embauche"}, **unplaced)
    assert {year.amount_due for year in plan.years} == {None}
    short = [event("absence", "2023-10-01"), event("retour", "2023-12-01")]
    plan = planned(reached(), events=short, readings={"debut_annee": "embauche"}, **unplaced)
    assert contract_year(plan, 1).amount_due is not None


@pytest.mark.rule("CTR-07")
def test_what_is_said_of_a_departure_names_the_caisse_and_the_deduction() -> None:
    plan = planned(reached(), events=[event("depart", "2026-10-01")])
    (said,) = [a for a in contract_year(plan, 3).warnings if a.code == "depart_sans_remplacement"]
    assert "par déduction" in said.message
    assert "caisse" in said.message
    assert plan.explain()


# --- Properties -----------------------------------------------------------------------------------


@pytest.mark.rule("CTR-07")
@drawing(150)
@given(data=st.data())
def test_on_each_day_a_post_is_held_by_somebody_or_vacant_as_the_vacancies_say(data: st.DataObject) -> None:
    doctor = dossier(observation=None)
    told = data.draw(histories(doctor, kinds=OF_AN_ASSISTANT, at_most=12))
    whole = replay(doctor, told)
    found = vacancies(whole.evenements)
    days = {date.fromisoformat(each["date"]) + timedelta(days=shift) for each in told for shift in (-1, 0, 1)}
    for day in sorted(day for day in days if day >= date(2024, 9, 1)):
        for rank, place in replay(doctor, told, day).assistants.items():
            vacant = [
                v for v in found
                if v.assistant == rank and v.cause.date <= day and (v.over is None or day < v.over)
            ]  # fmt: skip
            assert len(vacant) <= 1
            assert bool(vacant) is (place.situation in ("absent", "parti", "suspendu"))
            assert place.situation != "present" or place.personne is not None


@pytest.mark.rule("CTR-07")
@drawing(60)
@given(data=st.data())
def test_a_vacancy_never_raises_what_is_due_and_refuses_nobody(data: st.DataObject) -> None:
    doctor = dossier(observation=None)
    told = data.draw(histories(doctor, kinds=OF_AN_ASSISTANT, at_most=10))
    plain, changed = schedule(doctor, reached()), schedule(doctor, reached(), events=told)
    for before, after in zip(plain.years, changed.years, strict=True):
        assert before.amount_due is not None
        assert after.amount_due is not None
        assert after.amount_due.high == before.amount_due.high
        is_open = after.verdict == "a_instruire"
        assert after.amount_due.low == (0 if is_open else before.amount_due.low)
        assert after.verdict != "non_eligible"


@pytest.mark.rule("CTR-08")
@drawing(60)
@given(data=st.data())
def test_every_history_of_assistants_has_a_calendar_whose_dates_are_told_apart(data: st.DataObject) -> None:
    doctor = dossier(observation=None)
    told = data.draw(histories(doctor, kinds=OF_AN_ASSISTANT, at_most=12))
    found = deadlines(doctor, told)
    assert len({(item.kind, item.rank) for item in found.items}) == len(found.items)
    assert all(item.label and "non connu" not in item.label for item in found.items)
    before = deadlines(doctor, told[:-1])
    kept = ("certification", "inscription", "suspension", "remplacement_secretaire")
    named = {(i.kind, i.rank): i.day for i in found.items if i.kind in kept}
    for item in before.items:
        if item.kind in kept:
            assert named.get((item.kind, item.rank), item.day) == item.day


# --- Nothing forgotten ------------------------------------------------------------------------------


def test_every_kind_of_event_has_an_effect_a_name_in_french_and_a_place_in_the_tests() -> None:
    every = set(get_args(Event))
    assert set(events.EVENTS.values()) == every
    assert set(life.EFFECTS) == every
    assert set(sentences.EVENTS) == set(events.EVENTS) == set(KINDS)
    own = {kind for kind in every if issubclass(kind, EvenementAssistant)}
    assert {kind.model_fields["type"].default for kind in own} == set(OF_AN_ASSISTANT)
    assert set(life.ALLOWED) <= own
    assert set(life.CHECKS) <= every
    money = {kind.model_fields["type"].default for kind in every - own if kind in MONEY_EVENTS}
    assert money == set(events.EVENTS) - set(OF_AN_ASSISTANT) - {"changement_tarifaire"}


def test_every_code_of_an_impossible_event_is_said() -> None:
    assert set(life._WRONG_ASSISTANT.values()) | {"deja_parti"} <= set(life.EXPECTED)
    assert set(life._WRONG_ASSISTANT) == set(life.ALLOWED)


def test_a_departure_is_written_and_read_like_any_event() -> None:
    (told,) = read_events([{"type": "depart", "date": "2025-03-01", "assistant": 2}])
    assert told == Depart(date=date(2025, 3, 1), assistant=2)
    assert read_events([json.loads(told.model_dump_json())]) == (told,)
    assert Place().situation == "inconnu"
