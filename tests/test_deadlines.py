"""The calendar of a contract: its dates by rule, what settles them, and the file a calendar imports."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from aide_am import AideAmError, Dossier, Readings, RefusedData, bareme_at
from aide_am.agenda import deadlines
from aide_am.agenda_record import KINDS, Deadline, Deadlines, Kind
from aide_am.agenda_rendering import scheduled
from aide_am.calendar import anniversary, months_after
from aide_am.scheduling import schedule
from aide_am.scheduling_rendering import readings_sections
from aide_am.sentences import warning_sentence
from depth import drawing
from strategies import dossiers
from support import dossier

SIGNED = date(2024, 9, 1)
AVENANT_7 = {"contrat.date_signature": "2021-03-15", "medecin.exercice_coordonne": True}
PRIMO: dict[str, Any] = {
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
    "contrat.objectifs": None,
    "observation": None,
}


def calendar(
    events: list[Any] | tuple[Any, ...] = (),
    *,
    years: int = 5,
    observations: dict[int, Any] | None = None,
    readings: dict[str, Any] | None = None,
    force: bool = False,
    **overrides: Any,
) -> Deadlines:
    """The calendar of `dossier(**overrides)`."""
    return deadlines(
        dossier(**overrides),
        events,
        years=years,
        observations=observations,
        readings=Readings(**(readings or {})),
        force=force,
    )


def of(found: Deadlines, kind: Kind) -> list[Deadline]:
    """The deadlines of one kind."""
    return [item for item in found.items if item.kind == kind]


def the(found: Deadlines, kind: Kind) -> Deadline:
    """The one deadline of a kind."""
    (item,) = of(found, kind)
    return item


def days(found: Deadlines, kind: Kind) -> list[str]:
    """The days of one kind, in ISO form."""
    return [item.day.isoformat() for item in of(found, kind)]


def status(found: Deadlines, kind: Kind) -> tuple[str, str | None]:
    """The status of the one deadline of a kind, and the day on which it was settled."""
    item = the(found, kind)
    return item.status, None if item.done_on is None else item.done_on.isoformat()


def plain(text: str) -> str:
    """The text with plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def event(kind: str, day: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "date": day, **fields}


def resiliation(day: str) -> dict[str, Any]:
    return event("resiliation", day, initiative="medecin", motif="choix_du_medecin")


# --- Follow-ups, anniversaries, end -------------------------------------------------------------


@pytest.mark.rule("CTR-08")
def test_the_doctor_meets_the_caisse_every_six_months_over_the_whole_contract() -> None:
    assert days(calendar(), "suivi") == [
        "2025-03-01", "2025-09-01", "2026-03-01", "2026-09-01", "2027-03-01",
        "2027-09-01", "2028-03-01", "2028-09-01", "2029-03-01", "2029-09-01",
    ]  # fmt: skip


@pytest.mark.rule("CTR-01", "CTR-08")
@pytest.mark.parametrize("years", [1, 3, 4, 5, 10])
def test_a_contract_that_goes_on_has_its_follow_up_on_the_last_anniversary_that_is_shown(years: int) -> None:
    found = calendar(years=years)
    assert days(found, "suivi")[-1] == days(found, "anniversaire")[-1]
    assert len(of(found, "suivi")) == 2 * years


@pytest.mark.rule("CTR-01", "CTR-08")
def test_there_is_no_follow_up_on_the_first_day_after_the_term_of_an_older_contract() -> None:
    assert days(calendar(years=4, **AVENANT_7), "suivi")[-1] == "2025-03-15"
    for years in (5, 7):
        assert days(calendar(years=years, **AVENANT_7), "suivi")[-1] == "2025-09-15"
    assert (
        days(calendar([event("avenant_prorogation", "2026-01-10")], **AVENANT_7), "suivi")[-1] == "2026-03-15"
    )


@pytest.mark.rule("CTR-01", "TMP-02")
def test_an_older_contract_of_unknown_hiring_is_not_said_to_run_past_its_term() -> None:
    found = calendar(years=7, readings={"debut_annee": "embauche"}, **AVENANT_7)
    assert days(found, "suivi")[-1] == "2025-09-15"
    assert "contrat.prorogation" in found.missing


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ("2024-08-31", ["2025-02-28", "2025-08-31", "2026-02-28", "2026-08-31", "2027-02-28", "2027-08-31",
                        "2028-02-29", "2028-08-31", "2029-02-28", "2029-08-31"]),
        ("2024-02-29", ["2024-08-29", "2025-02-28", "2025-08-29", "2026-02-28", "2026-08-29", "2027-02-28",
                        "2027-08-29", "2028-02-29", "2028-08-29"]),
    ],
)  # fmt: skip
def test_follow_ups_from_the_end_of_a_month_do_not_drift(signed: str, expected: list[str]) -> None:
    assert days(calendar(**{"contrat.date_signature": signed}), "suivi") == expected


@pytest.mark.rule("CTR-08", "TMP-02")
@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ("2024-09-01", ["2025-09-01", "2026-09-01", "2027-09-01", "2028-09-01", "2029-09-01"]),
        ("2024-08-31", ["2025-08-31", "2026-08-31", "2027-08-31", "2028-08-31", "2029-08-31"]),
        ("2024-02-29", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
    ],
)
def test_the_anniversary_of_29_february_is_the_28th_in_common_years(signed: str, expected: list[str]) -> None:
    found = calendar(**{"contrat.date_signature": signed})
    assert days(found, "anniversaire") == expected
    assert [item.annee for item in of(found, "anniversaire")] == list(range(2, len(expected) + 2))


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize(
    ("signed", "reading", "code", "day"),
    [
        ("2024-06-22", "2024-06-22", "reconduction", "2029-06-21"),
        ("2024-06-21", "2024-06-22", "sauf_avenant", "2029-06-20"),
        ("2024-06-21", "2024-06-21", "reconduction", "2029-06-20"),
        ("2024-06-20", "2024-06-21", "sauf_avenant", "2029-06-19"),
        ("2024-02-29", "2024-06-22", "sauf_avenant", "2029-02-27"),
    ],
)
def test_a_contract_renews_itself_from_the_convention_on_and_else_ends_at_its_term(
    signed: str, reading: str, code: str, day: str
) -> None:
    found = calendar(readings={"entree_en_vigueur": reading}, **{"contrat.date_signature": signed})
    end = the(found, "fin_de_contrat")
    assert (end.code, end.day.isoformat(), end.annee, end.rule) == (code, day, 5, "CTR-01")


@pytest.mark.rule("CTR-01")
def test_under_tacit_renewal_the_calendar_goes_on_as_far_as_it_is_asked() -> None:
    found = calendar(years=10)
    assert days(found, "fin_de_contrat") == ["2029-08-31", "2034-08-31"]
    assert {item.code for item in of(found, "fin_de_contrat")} == {"reconduction"}
    assert len(of(found, "suivi")) == 20
    assert days(found, "anniversaire")[-1] == "2034-09-01"
    assert found.missing == {}


@pytest.mark.rule("CTR-01")
def test_the_end_of_the_term_is_not_shown_before_the_fifth_year_is_asked() -> None:
    assert of(calendar(years=4), "fin_de_contrat") == []
    assert days(calendar(years=4), "anniversaire")[-1] == "2028-09-01"


@pytest.mark.rule("CTR-01")
def test_an_older_contract_stops_at_its_term_and_the_prorogation_is_missing_beyond() -> None:
    found = calendar(years=7, **AVENANT_7)
    assert the(found, "fin_de_contrat").code == "sauf_avenant"
    assert max(item.day for item in found.items) == date(2026, 3, 15)
    assert set(found.missing) == {"contrat.prorogation"}
    assert calendar(years=5, **AVENANT_7).missing == {}


@pytest.mark.rule("CTR-01")
def test_an_older_contract_that_is_not_prolonged_ends_and_nothing_is_missing() -> None:
    found = calendar(years=7, **AVENANT_7, **{"contrat.prorogation": False})
    assert (the(found, "fin_de_contrat").code, found.missing) == ("terme", {})
    assert len(of(found, "versement")) == 5


@pytest.mark.rule("CTR-01")
def test_an_avenant_of_prorogation_settles_the_first_term_and_opens_a_second_one() -> None:
    told = [event("avenant_prorogation", "2026-01-10")]
    first, second = of(calendar(told, years=10, **AVENANT_7), "fin_de_contrat")
    assert (first.code, first.status, first.done_on) == ("proroge", "done", date(2026, 1, 10))
    assert (second.code, second.status, second.day) == ("sauf_avenant", "due", date(2031, 3, 14))


@pytest.mark.rule("CTR-01")
def test_a_prorogation_told_without_its_day_settles_the_term_on_a_day_unknown() -> None:
    found = calendar(**AVENANT_7, **{"contrat.prorogation": True})
    assert status(found, "fin_de_contrat") == ("done", None)
    assert the(found, "fin_de_contrat").state == "réglée"


# --- Résiliation and carence --------------------------------------------------------------------


@pytest.mark.rule("CTR-05", "CTR-06")
def test_a_resiliation_cuts_what_comes_after_it_and_opens_a_carence_of_two_years() -> None:
    found = calendar([resiliation("2026-03-01")])
    assert days(found, "suivi") == ["2025-03-01", "2025-09-01"]
    assert days(found, "anniversaire") == ["2025-09-01"]
    assert of(found, "certification") == of(found, "objectif_augmentation") == []
    end, carence = the(found, "fin_de_contrat"), the(found, "carence")
    assert (end.code, end.day, end.rule, end.annee) == ("resiliation", date(2026, 2, 28), "CTR-05", 2)
    assert (carence.day, carence.status, carence.annee) == (date(2028, 3, 1), "a_apprecier", None)
    last = of(found, "solde")[-1]
    assert (last.code, last.day, last.rule) == ("trop_percu", date(2026, 3, 1), "CTR-05")
    later = of(calendar([resiliation("2028-08-01")]), "solde")[-1]
    assert (later.code, later.rank, later.day) == ("resiliation", 4, date(2028, 8, 1))
    assert plain(later.label).startswith("Solde de l’année 4 à la résiliation : ")


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(("ended", "kept"), [("2026-03-01", 2), ("2026-03-02", 3)])
def test_a_follow_up_on_the_first_day_without_contract_does_not_take_place(ended: str, kept: int) -> None:
    assert len(of(calendar([resiliation(ended)]), "suivi")) == kept


@pytest.mark.rule("CTR-05", "VRS-01")
@pytest.mark.parametrize(
    ("ended", "start", "day", "expected"),
    [
        ("2025-09-02", None, "2025-09-01", "a_apprecier"),
        ("2025-09-15", "2025-09-01", "2025-09-14", "a_apprecier"),
        ("2025-10-31", "2025-09-01", "2025-10-30", "a_apprecier"),
        ("2025-11-01", "2025-09-01", "2025-10-31", "due"),
        ("2025-11-02", "2025-09-01", "2025-11-01", "due"),
        ("2025-12-24", "2025-09-01", "2025-11-01", "due"),
    ],
)
def test_a_resiliation_before_the_last_day_of_a_payment_leaves_it_to_the_caisse_and_cuts_its_window(
    ended: str, start: str | None, day: str, expected: str
) -> None:
    second = of(calendar([resiliation(ended)]), "versement")[-1]
    assert (second.rank, second.status, second.day.isoformat()) == (2, expected, day)
    assert (None if second.start is None else second.start.isoformat()) == start


@pytest.mark.rule("CTR-05", "VRS-01")
def test_a_payment_of_which_the_resiliation_tells_the_sum_is_settled() -> None:
    second = of(calendar([resiliation("2025-09-15") | {"verse": "28000"}]), "versement")[-1]
    assert (second.status, second.done_on) == ("done", None)
    assert second.amount is not None
    assert second.amount.value == Decimal("28000.00")


@pytest.mark.rule("CTR-05", "VRS-04")
def test_the_acompte_of_a_third_due_on_the_first_day_of_its_year_is_not_left_open() -> None:
    found = calendar([resiliation("2022-03-20")], **AVENANT_7, **{"contrat.option_etp": "1/3"})
    second = of(found, "versement")[-1]
    assert (second.day, second.status) == (date(2022, 3, 15), "due")


@pytest.mark.rule("CTR-01", "CTR-05")
@pytest.mark.parametrize(
    ("ended", "codes"),
    [
        ("2029-08-31", ["resiliation"]),
        ("2029-09-01", ["resiliation"]),
        ("2029-09-02", ["reconduction", "resiliation"]),
    ],
)
def test_a_contract_resilie_at_its_anniversary_is_not_said_to_be_renewed(
    ended: str, codes: list[str]
) -> None:
    found = calendar([resiliation(ended)], years=6)
    assert [item.code for item in of(found, "fin_de_contrat")] == codes


@pytest.mark.rule("CTR-05")
def test_a_contract_whose_years_are_not_known_still_ends_by_resiliation() -> None:
    told = [resiliation("2023-01-01")]
    ended = calendar(told, readings={"debut_annee": "embauche"}, **AVENANT_7)
    assert days(ended, "fin_de_contrat") == ["2022-12-31"]


@pytest.mark.rule("CTR-05")
def test_a_resiliation_after_the_years_that_were_asked_changes_nothing() -> None:
    far, none = calendar([resiliation("2030-01-01")]), calendar()
    assert far.items == none.items


@pytest.mark.rule("CTR-05")
def test_a_contract_resilie_on_the_day_of_its_signature_has_its_end_and_its_carence_alone() -> None:
    found = calendar([resiliation("2024-09-01")])
    assert [(item.kind, item.day) for item in found.items] == [
        ("fin_de_contrat", SIGNED),
        ("carence", date(2026, 9, 1)),
    ]


@pytest.mark.rule("CTR-05", "CTR-08")
@pytest.mark.parametrize(
    ("ended", "notice"),
    [("2027-01-15", "2026-11-15"), ("2026-04-30", "2026-02-28"), ("2026-10-31", "2026-08-31")],
)
def test_the_last_day_of_the_notice_of_a_doctor_is_a_date_of_the_calendar(ended: str, notice: str) -> None:
    item = the(calendar([resiliation(ended)]), "preavis")
    assert (item.day.isoformat(), item.rule, item.status, item.nature) == (
        notice, "CTR-05", "due", "secondaire",
    )  # fmt: skip
    assert plain(item.label).startswith(
        "Dernier jour pour notifier, par lettre recommandée, la résiliation du "
    )


@pytest.mark.rule("CTR-05", "CTR-08")
def test_the_notice_is_settled_in_time_left_to_the_caisse_when_late_and_none_for_the_caisse() -> None:
    in_time = calendar([resiliation("2027-01-15") | {"date_notification": "2026-11-15"}])
    assert status(in_time, "preavis") == ("done", "2026-11-15")
    late = calendar([resiliation("2027-01-15") | {"date_notification": "2026-11-16"}])
    assert status(late, "preavis") == ("a_apprecier", None)
    assert "preavis_tardif" in {alert.code for alert in late.warnings}
    by_caisse = calendar([resiliation("2027-01-15") | {"initiative": "caisse"}])
    assert of(by_caisse, "preavis") == []
    assert of(calendar([resiliation("2024-10-15")]), "preavis") == []  # before the signature


@pytest.mark.rule("CTR-08")
def test_the_notice_of_a_resiliation_after_the_years_that_were_asked_is_in_the_calendar_if_its_day_is() -> (
    None
):
    assert days(calendar([resiliation("2025-10-15")], years=1), "preavis") == ["2025-08-15"]
    assert days(calendar([resiliation("2025-12-15")], years=1), "preavis") == []


# --- Training, secretary, absence ---------------------------------------------------------------


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("signed", "enrolled", "certified"),
    [
        ("2021-03-15", ["2023-03-15"], ["2024-03-15"]),
        ("2023-04-30", ["2025-04-30"], ["2026-04-30"]),
        ("2023-05-01", [], ["2025-05-01"]),
        ("2024-09-01", [], ["2026-09-01"]),
        ("2024-02-29", [], ["2026-02-28"]),
    ],
)
def test_the_assistant_is_certified_in_2_years_or_under_avenant_7_enrolled_in_2_and_certified_in_3(
    signed: str, enrolled: list[str], certified: list[str]
) -> None:
    found = calendar(**{"contrat.date_signature": signed, "medecin.exercice_coordonne": True})
    assert days(found, "inscription") == enrolled
    assert days(found, "certification") == certified
    assert the(found, "certification").status == "due"


SAGE_FEMME = "CQP), sage-femme : son diplôme n’en dispense pas, allègements et VAE se demandent à la CPNEFP"


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("profil", "diplomes"),
    [
        (None, "CQP ou FAE"),
        ("secretaire", "CQP"),
        ("autre", "CQP"),
        ("sage_femme", SAGE_FEMME),
        ("infirmier", "FAE ou CQP"),
        ("aide_soignant", "FAE ou CQP"),
        ("auxiliaire_puericulture", "FAE ou CQP"),
    ],
)
def test_the_certification_to_obtain_depends_on_the_trade_of_the_assistant(
    profil: str | None, diplomes: str
) -> None:
    found = calendar([event("embauche", "2024-10-01", profil=profil)])
    label = plain(the(found, "certification").label)
    assert label == f"Certification de l’assistant ({diplomes if ')' in diplomes else f'{diplomes})'}"


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("profil", "diplome", "expected"),
    [
        ("secretaire", "CQP", ("done", "2026-01-05")),
        ("secretaire", "FAE", ("a_apprecier", None)),
        ("sage_femme", "CQP", ("done", "2026-01-05")),
        ("sage_femme", "FAE", ("a_apprecier", None)),  # the FAE is for three other trades
        ("infirmier", "FAE", ("done", "2026-01-05")),
        ("infirmier", "CQP", ("done", "2026-01-05")),
        (None, "FAE", ("done", "2026-01-05")),
    ],
)
def test_a_certification_settles_the_deadline_if_it_fits_the_trade(
    profil: str | None, diplome: str, expected: tuple[str, str | None]
) -> None:
    told = [
        event("embauche", "2024-10-01", profil=profil),
        event("certification", "2026-01-05", diplome=diplome),
    ]
    assert status(calendar(told), "certification") == expected


@pytest.mark.rule("CTR-08")
def test_under_avenant_7_an_enrolment_settles_one_deadline_and_a_certification_both() -> None:
    enrolled = [event("inscription_formation", "2022-01-10")]
    found = calendar(enrolled, **AVENANT_7)
    assert status(found, "inscription") == ("done", "2022-01-10")
    assert status(found, "certification") == ("due", None)
    certified = calendar([event("certification", "2022-02-10", diplome="CQP")], **AVENANT_7)
    assert status(certified, "inscription") == status(certified, "certification") == ("done", "2022-02-10")


@pytest.mark.rule("CTR-08")
def test_the_certification_of_an_assistant_who_replaces_another_is_for_the_caisse_to_date() -> None:
    told = [
        event("embauche", "2024-10-01", profil="secretaire"),
        event("absence", "2025-06-01"),
        event("embauche", "2025-07-01", profil="infirmier"),
    ]
    first, second = of(calendar(told), "certification")
    assert (first.day, first.status, first.values["diplomes"]) == (date(2026, 9, 1), "a_apprecier", "CQP")
    assert (second.day, second.status, second.rank) == (date(2027, 7, 1), "a_apprecier", 2)
    assert "embauché le 1er juillet 2025 (FAE ou CQP)" in plain(second.label)
    certified = [*told, event("certification", "2026-05-01", diplome="FAE")]
    assert [item.done_on for item in of(calendar(certified), "certification")] == [date(2026, 5, 1)] * 2


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(("hired", "count"), [("2027-09-01", 2), ("2027-09-02", 1), ("2031-01-01", 1)])
def test_a_certification_due_after_the_years_that_were_asked_is_left_out(hired: str, count: int) -> None:
    told = [event("absence", "2025-06-01"), event("embauche", hired)]
    assert len(of(calendar(told), "certification")) == count


@pytest.mark.rule("CTR-08")
def test_the_trade_of_the_one_who_comes_later_does_not_change_what_the_first_had_to_obtain() -> None:
    told = [event("absence", "2025-06-01"), event("embauche", "2025-07-01", profil="infirmier")]
    first, second = of(calendar(told, **{"contrat.date_embauche": "2024-09-15"}), "certification")
    assert (first.values["diplomes"], second.values["diplomes"]) == ("CQP FAE", "FAE CQP")


@pytest.mark.rule("CTR-08")
def test_the_first_assistant_certified_before_leaving_settles_his_own_deadline_only() -> None:
    told = [
        event("certification", "2025-01-01", diplome="CQP"),
        event("absence", "2025-06-01"),
        event("embauche", "2025-07-01"),
    ]
    first, second = of(calendar(told), "certification")
    assert (first.status, second.status) == ("done", "a_apprecier")


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("hired", "day"),
    [("2024-09-01", "2025-03-01"), ("2024-08-31", "2025-02-28"), ("2024-01-01", "2024-07-01")],
)
def test_a_promoted_secretary_is_replaced_within_6_months_of_the_hiring(hired: str, day: str) -> None:
    found = calendar([event("embauche", hired, profil="secretaire", secretaire_promue=True)])
    assert days(found, "remplacement_secretaire") == [day]
    assert status(found, "remplacement_secretaire") == ("due", None)


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize("promoted", [None, False])
def test_nobody_is_replaced_where_no_secretary_was_promoted(promoted: bool | None) -> None:
    found = calendar([event("embauche", "2024-10-01", secretaire_promue=promoted)])
    assert of(found, "remplacement_secretaire") == []


@pytest.mark.rule("CTR-08")
def test_each_promoted_secretary_is_replaced_in_turn() -> None:
    told = [
        event("embauche", "2024-10-01", secretaire_promue=True),
        event("remplacement_secretaire", "2024-11-01"),
        event("absence", "2025-06-01"),
        event("embauche", "2025-07-01", secretaire_promue=True),
    ]
    first, second = of(calendar(told), "remplacement_secretaire")
    assert (first.status, first.done_on) == ("done", date(2024, 11, 1))
    assert (second.status, second.day) == ("due", date(2026, 1, 1))


@pytest.mark.rule("CTR-07")
@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([], ("due", None)),
        ([event("retour", "2025-09-01")], ("done", "2025-09-01")),
        ([event("retour", "2025-09-02")], ("a_apprecier", None)),
        ([event("embauche", "2025-08-31")], ("done", "2025-08-31")),
        ([event("avenant_suspension", "2025-10-15")], ("done", "2025-10-15")),
    ],
)
def test_an_absence_of_three_months_without_replacement_calls_for_a_suspension(
    after: list[Any], expected: tuple[str, str | None]
) -> None:
    found = calendar([event("absence", "2025-06-01"), *after])
    assert days(found, "suspension") == ["2025-09-01"]
    assert status(found, "suspension") == expected


@pytest.mark.rule("CTR-07")
def test_each_absence_has_its_own_day() -> None:
    told = [
        event("absence", "2024-11-30"), event("retour", "2025-01-10"),
        event("absence", "2025-11-30"), event("avenant_suspension", "2025-12-15"),
        event("retour", "2026-05-01"),
        event("absence", "2035-01-01"),
    ]  # fmt: skip
    found = of(calendar(told), "suspension")
    assert [(item.rank, item.day, item.status) for item in found] == [
        (1, date(2025, 2, 28), "done"),
        (2, date(2026, 2, 28), "done"),
    ]


@pytest.mark.rule("CTR-07")
def test_an_absence_cut_short_by_the_end_of_the_contract_calls_for_nothing() -> None:
    told = [event("absence", "2025-06-01"), resiliation("2025-09-01")]
    assert of(calendar(told), "suspension") == []


# --- Exercice coordonné -------------------------------------------------------------------------


@pytest.mark.rule("CTR-08", "ELI-10")
@pytest.mark.parametrize(
    ("signed", "day"),
    [("2021-03-15", "2023-03-15"), ("2019-09-01", "2021-09-01"), ("2023-04-30", "2025-04-30")],
)
def test_a_doctor_of_avenant_7_who_committed_himself_exercises_with_others_within_2_years(
    signed: str, day: str
) -> None:
    found = calendar(**{"contrat.date_signature": signed, "medecin.exercice_coordonne": False})
    item = the(found, "exercice_coordonne")
    assert (item.day.isoformat(), item.rule, item.status, item.code) == (day, "CTR-08", "due", "")
    assert [each.source for each in item.references] == ["csmf_criteres", "fmf_proposition_avenant_7"]
    assert "2 ans de la signature" in plain(item.label)


@pytest.mark.rule("CTR-08", "ELI-10")
def test_a_coordinated_practice_that_is_not_known_is_said_to_be_maybe_awaited() -> None:
    found = calendar(**AVENANT_7 | {"medecin.exercice_coordonne": None})
    item = the(found, "exercice_coordonne")
    assert (item.day.isoformat(), item.code) == ("2023-03-15", "eventuel")
    assert "si le médecin n’exerçait pas encore ainsi" in item.label


@pytest.mark.rule("CTR-08", "ELI-10")
@pytest.mark.parametrize(
    "doctor",
    [
        AVENANT_7,
        *(
            {"contrat.date_signature": signed, "medecin.exercice_coordonne": coordinated}
            for signed in ("2023-05-01", "2024-09-01")
            for coordinated in (False, None)
        ),
    ],
)
def test_nothing_is_awaited_of_who_exercises_with_others_or_signed_since_may_2023(
    doctor: dict[str, Any],
) -> None:
    assert of(calendar(**doctor), "exercice_coordonne") == []


@pytest.mark.rule("CTR-08", "ELI-10")
@pytest.mark.parametrize(("ended", "count"), [("2023-03-15", 0), ("2023-03-16", 1)])
def test_a_contract_that_ends_before_the_2_years_awaits_nothing(ended: str, count: int) -> None:
    found = calendar([resiliation(ended)], **AVENANT_7 | {"medecin.exercice_coordonne": False})
    assert len(of(found, "exercice_coordonne")) == count
    assert (
        of(calendar(years=1, **AVENANT_7 | {"medecin.exercice_coordonne": False}), "exercice_coordonne") == []
    )


@pytest.mark.rule("CTR-08", "ELI-10")
def test_the_uid_of_the_coordinated_practice_hangs_on_nothing_that_is_learnt_later() -> None:
    doctor = AVENANT_7 | {"medecin.exercice_coordonne": None}
    key = ("exercice_coordonne", 1)
    before, after = uids(calendar(**doctor)), uids(calendar(**doctor | {"medecin.exercice_coordonne": False}))
    assert before[key] == after[key]


@pytest.mark.rule("CTR-08", "ELI-10")
def test_the_payments_of_a_doctor_who_committed_himself_wait_for_the_caisse() -> None:
    found = calendar(**AVENANT_7 | {"medecin.exercice_coordonne": False, "contrat.objectifs": None})
    assert {item.status for item in of(found, "versement")} == {"a_apprecier"}


# --- 65 years, objectives -----------------------------------------------------------------------


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1959-09-01", []),
        ("1959-09-02", ["2024-09-02"]),
        ("1962-05-02", ["2027-05-02"]),
        ("1964-02-29", ["2029-02-28"]),
        ("1964-08-31", ["2029-08-31"]),
        ("1964-09-02", []),
    ],
)
def test_the_65th_birthday_counts_when_it_falls_within_the_contract(born: str, expected: list[str]) -> None:
    found = calendar(**{"medecin.date_naissance": born})
    assert days(found, "anniversaire_65_ans") == expected


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(("born", "count"), [("1961-03-14", 1), ("1961-03-15", 0)])
def test_a_birthday_on_the_first_day_after_an_older_contract_is_too_late(born: str, count: int) -> None:
    found = calendar(**AVENANT_7, **{"medecin.date_naissance": born, "contrat.prorogation": False})
    assert len(of(found, "anniversaire_65_ans")) == count


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("born", "counted"),
    [("1962-06-30", "2026-12-31"), ("1962-07-01", "2027-06-30"), ("1962-12-31", "2027-06-30"),
     ("1962-01-01", "2026-12-31")],
)  # fmt: skip
def test_the_birthday_names_the_last_count_known_before_it(born: str, counted: str) -> None:
    assert the(calendar(**{"medecin.date_naissance": born}), "anniversaire_65_ans").values == {
        "age": 65,
        "comptage": counted,
    }


@pytest.mark.rule("CTR-04")
def test_the_avenant_of_the_65_years_settles_the_birthday_and_the_objective_of_increase() -> None:
    told = [event("avenant_65_ans", "2026-06-01", patientele_reference={"pmt": 1300, "pfa": 1800})]
    found = calendar(told, **{"medecin.date_naissance": "1961-05-02"})
    assert status(found, "anniversaire_65_ans") == ("done", "2026-06-01")
    assert status(found, "objectif_augmentation") == ("done", "2026-06-01")


@pytest.mark.rule("CTR-04")
def test_an_unknown_birthday_is_left_out_and_said_to_be_missing() -> None:
    found = calendar(**{"medecin.date_naissance": None})
    assert found.missing == {"medecin.date_naissance": ("anniversaire_65_ans",)}
    assert "date de naissance" in found.explain()


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(
    ("signed", "day"),
    [("2024-09-01", "2026-09-01"), ("2023-05-01", "2025-05-01"), ("2023-04-30", "2028-04-30"),
     ("2024-02-29", "2026-02-28")],
)  # fmt: skip
def test_an_objective_of_increase_is_reached_in_2_years_and_in_5_under_avenant_7(
    signed: str, day: str
) -> None:
    found = calendar(**{"contrat.date_signature": signed, "medecin.exercice_coordonne": True})
    assert days(found, "objectif_augmentation") == [day]
    assert status(found, "objectif_augmentation") == ("due", None)


@pytest.mark.rule("CTR-08", "TMP-04")
@pytest.mark.parametrize(
    ("signed", "said", "nature"),
    [("2024-09-01", True, "deduit"), ("2023-05-01", True, "deduit"), ("2023-04-30", False, "secondaire")],
)
def test_a_time_limit_that_no_source_gives_is_said_to_be_deduced(
    signed: str, said: bool, nature: str
) -> None:
    found = calendar(**{"contrat.date_signature": signed, "medecin.exercice_coordonne": True})
    item = the(found, "objectif_augmentation")
    assert plain(item.label).endswith(" (délai déduit, 2 ans)") is said
    assert item.nature == nature
    (row,) = [row for row in found.rows() if row["nature"] == "objectif_augmentation"]
    assert row["nature_source"] == nature


@pytest.mark.rule("CTR-05", "TMP-04")
def test_a_sum_that_is_counted_by_deduction_says_so_and_no_other_label_does() -> None:
    found = calendar([resiliation("2028-08-01")])
    for item in found.items:
        deduced = any(reference.nature == "deduit" for reference in item.references)
        assert item.label.endswith(" (par déduction)") or not deduced or item.kind == "objectif_augmentation"
        assert ("dédu" in item.label) is deduced
    assert of(found, "solde")[-1].nature == "deduit"


@pytest.mark.rule("CTR-08", "OBJ-02")
@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, [""]),
        ({"contrat.objectifs": {"pmt": 1300, "pfa": 1910}}, [""]),
        ({"contrat.objectifs": None, "contrat.patientele_initiale": {"pmt": 2200, "pfa": 3300}}, []),
        ({"contrat.objectifs": None, "medecin.date_naissance": "1955-01-01"}, []),
        ({"contrat.objectifs": None, "medecin.date_naissance": None}, ["eventuel"]),
        (PRIMO, []),
    ],
)
def test_only_an_objective_of_increase_has_its_deadline(changes: dict[str, Any], codes: list[str]) -> None:
    found = calendar(**changes | {"observation": None})
    assert [item.code for item in of(found, "objectif_augmentation")] == codes


@pytest.mark.rule("CTR-08")
@pytest.mark.parametrize(("day", "expected"), [("2026-09-01", "done"), ("2026-09-02", "due")])
def test_an_avenant_after_the_deadline_of_an_objective_does_not_settle_it(day: str, expected: str) -> None:
    natures = {"pmt": "maintien", "pfa": "maintien"}
    found = calendar([event("avenant_objectifs", day, nature_objectifs=natures)])
    assert the(found, "objectif_augmentation").status == expected


@pytest.mark.rule("CTR-08")
def test_an_avenant_that_keeps_one_objective_of_increase_leaves_its_deadline() -> None:
    found = calendar([event("avenant_objectifs", "2025-09-01", nature_objectifs={"pmt": "maintien"})])
    assert the(found, "objectif_augmentation").status == "due"


@pytest.mark.rule("CTR-03")
def test_the_first_objective_of_a_primo_installe_ends_with_year_3() -> None:
    found = calendar(**PRIMO)
    assert days(found, "nouvel_objectif_primo") == ["2027-08-31"]
    assert status(found, "nouvel_objectif_primo") == ("due", None)
    assert the(found, "nouvel_objectif_primo").annee == 3
    assert of(calendar(years=2, **PRIMO), "nouvel_objectif_primo") == []


@pytest.mark.rule("CTR-03")
@pytest.mark.parametrize(
    ("observations", "day", "expected"),
    [
        ({2: {"pmt": 1045, "pfa": 900}}, "2026-08-31", "due"),
        ({2: {"pmt": 1044, "pfa": 900}}, "2027-08-31", "due"),
        ({3: {"pmt": 775, "pfa": 900}}, "2027-08-31", "due"),
        ({3: {"pmt": 774, "pfa": 900}}, "2027-08-31", "a_apprecier"),
    ],
)
def test_p50_brings_the_new_objective_forward_and_p30_decides_who_gets_one(
    observations: dict[int, Any], day: str, expected: str
) -> None:
    found = calendar(observations=observations, **PRIMO)
    assert (days(found, "nouvel_objectif_primo"), the(found, "nouvel_objectif_primo").status) == (
        [day],
        expected,
    )


@pytest.mark.rule("CTR-03")
@pytest.mark.parametrize(
    ("observations", "said"),
    [
        (None, False),
        ({2: {"pmt": 1045, "pfa": 900}}, True),
        ({2: {"pmt": 1044, "pfa": 900}}, False),
        ({3: {"pmt": 775, "pfa": 900}}, False),
        ({3: {"pmt": 774, "pfa": 900}}, False),
    ],
)
def test_p50_reached_before_the_end_calls_for_an_objective_by_the_end_of_the_year_that_shows_it(
    observations: dict[int, Any] | None, said: bool
) -> None:
    label = the(calendar(observations=observations, **PRIMO), "nouvel_objectif_primo").label
    assert label.endswith("(au plus tard à la fin de l’année où il est constaté)") is said
    assert ("P50" in label) is said


@pytest.mark.rule("CTR-03")
@pytest.mark.parametrize(
    ("signed", "installed", "avenant", "day"),
    [
        ("2024-09-01", "2024-03-01", "2027-08-01", "2029-08-01"),
        ("2021-03-15", "2020-10-01", "2024-02-29", "2025-02-28"),
        ("2021-03-15", "2020-10-01", "2024-06-21", "2025-06-21"),
        ("2022-03-15", "2021-10-01", "2024-06-21", "2025-06-21"),
        ("2022-03-15", "2021-10-01", "2024-06-22", "2026-06-22"),
    ],
)
def test_a_new_objective_is_reached_in_2_years_and_in_1_before_the_convention(
    signed: str, installed: str, avenant: str, day: str
) -> None:
    changes = PRIMO | {"contrat.date_signature": signed, "medecin.date_installation": installed}
    told = [event("avenant_primo", avenant, objectifs={"pmt": 1200})]
    found = calendar(told, **changes)
    assert days(found, "objectif_primo") == [day]
    assert status(found, "nouvel_objectif_primo") == ("done", avenant)


@pytest.mark.rule("CTR-03")
def test_a_new_objective_that_the_contract_does_not_outlive_has_no_deadline() -> None:
    older = PRIMO | {"contrat.date_signature": "2021-03-15", "medecin.date_installation": "2020-10-01"}
    told = [event("avenant_primo", "2024-06-22", objectifs={"pmt": 1200})]
    assert of(calendar(told, **older), "objectif_primo") == []
    assert of(calendar([event("avenant_primo", "2031-01-01")], **PRIMO), "objectif_primo") == []


@pytest.mark.rule("CTR-03")
def test_another_avenant_may_settle_the_first_objective_of_a_primo_installe() -> None:
    told = [event("avenant_objectifs", "2026-01-01", nature_objectifs={"pmt": "maintien", "pfa": "maintien"})]
    assert status(calendar(told, **PRIMO), "nouvel_objectif_primo") == ("done", "2026-01-01")


@pytest.mark.rule("CTR-03")
def test_a_doctor_who_may_be_primo_installe_is_asked_when_he_was_installed() -> None:
    found = calendar(**PRIMO | {"medecin.date_installation": None})
    assert of(found, "nouvel_objectif_primo") == []
    assert found.missing == {"medecin.date_installation": ("nouvel_objectif_primo",)}


@pytest.mark.rule("CTR-03", "ELI-06")
def test_the_caisse_is_asked_whether_a_derogation_makes_a_primo_installe() -> None:
    found = calendar(**PRIMO | {"medecin.derogation_installation": "changement_specialite"})
    assert of(found, "nouvel_objectif_primo") == []
    assert found.missing == {"caisse.ELI-06": ("nouvel_objectif_primo",)}
    assert "dérogation d’installation" in plain(found.explain())


# --- Payments -----------------------------------------------------------------------------------


@pytest.mark.rule("VRS-01", "VRS-02")
def test_the_calendar_holds_each_payment_of_the_schedule_with_its_window_and_its_amount() -> None:
    found = calendar()
    shown = [(i.start, i.day, plain(i.label)) for i in found.items if i.kind in ("versement", "solde")]
    assert shown == [
        (date(2024, 9, 1), date(2024, 11, 1), "Versement de l’année 1 : 38 000 €"),
        (date(2025, 9, 1), date(2025, 11, 1), "Versement de l’année 2 : 28 000 €"),
        (date(2026, 9, 1), date(2026, 11, 1), "Acompte de l’année 3 : 11 000 €"),
        (None, date(2027, 9, 1), "Solde de l’année 3 : 7 000 €"),
        (date(2027, 9, 1), date(2027, 11, 1), "Acompte de l’année 4 : 11 000 €"),
        (None, date(2028, 9, 1), "Solde de l’année 4 : entre −11 000 € et 11 000 €"),
        (date(2028, 9, 1), date(2028, 11, 1), "Acompte de l’année 5 : 11 000 €"),
        (None, date(2029, 9, 1), "Solde de l’année 5 : entre −11 000 € et 11 000 €"),
    ]


@pytest.mark.rule("VRS-03")
def test_a_trop_percu_is_named_and_keeps_the_place_of_the_solde() -> None:
    lost = calendar(observations={3: {"pmt": 1200, "pfa": 1890}})
    year_3 = next(item for item in of(lost, "solde") if item.rank == 3)
    assert (year_3.code, plain(year_3.label)) == (
        "trop_percu",
        "Trop-perçu de l’année 3 : −11 000 € (par déduction)",
    )
    assert year_3.amount is not None
    assert year_3.amount.value == Decimal("-11000.00")


@pytest.mark.rule("VRS-04")
def test_a_third_of_an_assistant_is_paid_in_two_parts_every_year() -> None:
    found = calendar(**AVENANT_7, **{"contrat.option_etp": "1/3"})
    assert [len(of(found, kind)) for kind in ("versement", "solde")] == [5, 5]
    assert of(found, "versement")[0].start is None


def test_a_year_without_an_amount_is_for_the_caisse_to_say() -> None:
    found = calendar(force=True, **{"contrat.option_etp": "2"})
    first = of(found, "versement")[0]
    assert (first.status, first.amount) == ("a_apprecier", None)
    assert plain(first.label) == "Versement de l’année 1 : montant à dire par la caisse"


def test_payments_that_wait_for_the_caisse_are_a_apprecier() -> None:
    told = [event("absence", "2026-10-01"), event("avenant_suspension", "2027-01-05")]
    found = calendar(told)
    assert {i.rank for i in found.items if i.kind == "versement" and i.status == "a_apprecier"} == {3, 4, 5}


def test_a_doctor_who_is_not_eligible_has_dates_but_no_payment_and_no_objective() -> None:
    refused: dict[str, Any] = {"contrat.patientele_initiale": {"pmt": 640, "pfa": 1800}}
    found = calendar(**refused)
    kinds = {item.kind for item in found.items}
    assert kinds == {"suivi", "anniversaire", "certification", "fin_de_contrat"}
    forced = {item.kind for item in calendar(force=True, **refused).items}
    assert forced == {*kinds, "versement", "solde", "objectif_augmentation"}


@pytest.mark.rule("TMP-02")
def test_years_counted_from_an_unknown_hiring_have_no_dates_and_the_hiring_is_missing() -> None:
    found = calendar(readings={"debut_annee": "embauche"}, **AVENANT_7)
    assert {item.kind for item in found.items} == {
        "suivi", "inscription", "certification", "objectif_augmentation",
    }  # fmt: skip
    assert {item.annee for item in found.items} == {None}
    assert found.missing == {
        "contrat.date_embauche": ("versement", "solde", "anniversaire", "fin_de_contrat")
    }
    primo = AVENANT_7 | PRIMO | {"medecin.date_installation": "2020-10-01"}
    asked = calendar(readings={"debut_annee": "embauche"}, **primo).missing
    assert "nouvel_objectif_primo" in asked["contrat.date_embauche"]


@pytest.mark.rule("TMP-02")
def test_years_counted_from_the_hiring_begin_on_its_anniversaries() -> None:
    hired = AVENANT_7 | {"contrat.date_embauche": "2021-06-01"}
    found = calendar(readings={"debut_annee": "embauche"}, **hired)
    assert days(found, "anniversaire")[0] == "2022-06-01"
    assert days(found, "fin_de_contrat") == ["2026-05-31"]
    assert of(found, "suivi")[0].annee == 1
    early = calendar(
        [event("embauche", "2021-06-01", secretaire_promue=True)],
        readings={"debut_annee": "embauche"},
        **AVENANT_7,
    )
    assert days(early, "anniversaire") == days(found, "anniversaire")


@pytest.mark.rule("CTR-02")
def test_an_option_that_nobody_gave_leaves_its_payments_out() -> None:
    found = calendar(**{"contrat.option_etp": "0.5", "contrat.date_option": "2026-09-01"})
    assert found.missing == {"contrat.contrat_anterieur.option_etp": ("versement", "solde")}
    assert {item.rank for item in of(found, "versement")} == {3, 4, 5}


# --- The record ---------------------------------------------------------------------------------


def test_every_kind_has_its_name_and_every_deadline_its_rule_and_its_source() -> None:
    assert tuple(KINDS) == get_args(Kind)
    for item in calendar(years=6, **PRIMO).items:
        assert item.references
        assert item.notes[0].startswith(f"Règle {item.rule}")


def test_the_calendar_is_a_table_of_plain_values() -> None:
    found = calendar()
    assert len(found.rows()) == len(found.items)
    assert found.rows()[0] == {
        "nature": "versement", "rang": 1, "regle": "VRS-01", "du": date(2024, 9, 1), "au": date(2024, 11, 1),
        "annee": 1, "etat": "due", "fait_le": None, "montant_min": Decimal("38000.00"),
        "montant_max": Decimal("38000.00"), "libelle": of(found, "versement")[0].label,
        "nature_source": "secondaire",
    }  # fmt: skip
    assert found.rows()[1]["montant_min"] is None


def test_the_calendar_reads_back_from_its_json_and_fits_its_schema() -> None:
    found = calendar([resiliation("2026-03-01")], **{"medecin.date_naissance": None})
    assert Deadlines.from_json(found.to_json(indent=2)) == found
    jsonschema.validate(json.loads(found.to_json()), Deadlines.json_schema())


@pytest.mark.parametrize("format", ["texte", "markdown", "html"])
def test_the_calendar_explains_itself_in_french(format: Any) -> None:
    text = plain(calendar([resiliation("2026-03-01")]).explain(format))
    for words in ("Calendrier", "La résiliation du 1er mars 2026", "Fin du délai de carence", "Sources"):
        assert words.lower() in text.lower()
    assert "À apprécier par la caisse" in text


def test_the_calendar_holds_the_warnings_and_the_readings_of_its_payments() -> None:
    told = [event("absence", "2026-10-01"), event("avenant_suspension", "2027-01-05")]
    seen = {3: {"pmt": 1500, "pfa": 1890}}
    found = calendar(told, observations=seen)
    paid = schedule(dossier(), seen, events=told)
    *others, weakest = found.warnings
    assert (tuple(others), found.readings) == (paid.warnings[:-1], paid.readings)
    assert (weakest.code, weakest.values["nature"]) == ("nature_source", "deduit")
    assert found.observations == paid.observations
    text = found.explain("markdown")
    assert "À savoir" in text
    for alert in found.warnings:
        assert warning_sentence(alert) in text


@pytest.mark.rule("TMP-04")
@pytest.mark.parametrize(
    ("changes", "nature"),
    [({}, "deduit"), ({"contrat.objectifs": {"pmt": 1300, "pfa": 1800}, "contrat.nature_objectifs":
      {"pmt": "maintien", "pfa": "maintien"}}, "secondaire")],
)  # fmt: skip
def test_the_weakest_source_that_is_told_is_that_of_the_dates_and_of_the_payments(
    changes: dict[str, Any], nature: str
) -> None:
    found = calendar(**changes)
    (alert,) = [alert for alert in found.warnings if alert.code == "nature_source"]
    assert alert.values["nature"] == nature
    natures = [item.nature for item in found.items]
    assert ("deduit" in natures) is (nature == "deduit")


@pytest.mark.rule("OBJ-03", "CTR-02")
def test_the_calendar_shows_what_another_reading_would_change() -> None:
    title = "Ce que changerait une autre lecture"
    older: dict[str, Any] = {**AVENANT_7, "contrat.date_signature": "2022-09-01"}
    for changes in ({}, older, PRIMO):
        paid = schedule(dossier(**changes))
        entries = readings_sections(paid)[0].entries
        text = calendar(**changes).explain()
        assert (title.upper() in text) is bool(entries)
        for entry in entries:
            assert entry.text in text
            assert all(note in text for note in entry.notes)
    assert title in calendar(**older).explain("markdown")


def test_another_reading_is_looked_for_under_the_terms_that_were_asked() -> None:
    """The simulated barème, the events, the counts and the years are those of the calendar."""
    bareme = bareme_at(SIGNED).with_changes(parametres={"part_acompte": "0.4"})
    told = [resiliation("2027-12-01")]
    asked: dict[str, Any] = {"readings": Readings(arrondi="troncature_euro"), "bareme": bareme, "force": True}
    seen = {3: {"pmt": 1430, "pfa": 1890}}
    found = deadlines(dossier(), told, years=4, observations=seen, **asked)
    paid = schedule(dossier(), seen, 4, events=told, **asked)
    assert scheduled(found) == paid
    assert scheduled(Deadlines.from_json(found.to_json())) == paid


def test_the_calendar_of_one_year_says_so_and_shows_itself_in_a_notebook() -> None:
    found = calendar(years=1)
    assert plain(found.explain().splitlines()[2]) == f"{len(found.items)} échéances sur 1 an."
    assert found._repr_html_() == found.explain("html")


def test_a_settled_deadline_and_one_left_to_the_caisse_say_so() -> None:
    told = [event("certification", "2025-05-01", diplome="CQP"), resiliation("2027-01-01")]
    found = calendar(told)
    assert plain(the(found, "certification").state) == "réglée le 1er mai 2025"
    assert the(found, "carence").notes[1] == "Échéance à apprécier par la caisse."


def test_a_simulated_bareme_moves_the_dates_and_is_said_to_be_simulated() -> None:
    bareme = bareme_at(SIGNED).with_changes(parametres={"suivi_mois": 12, "certification_annees": 3})
    found = deadlines(dossier(), bareme=bareme)
    assert len(of(found, "suivi")) == 5
    assert days(found, "certification") == ["2027-09-01"]
    assert found.simulated
    assert "BARÈME SIMULÉ" in found.explain()
    assert all("BARÈME SIMULÉ" in plain(e.description or "") for e in parsed(found).events)


def test_bad_years_and_impossible_events_are_refused() -> None:
    with pytest.raises(RefusedData):
        calendar(years=0)
    with pytest.raises(RefusedData):
        calendar([event("retour", "2025-01-01")])


# --- The file of a calendar ---------------------------------------------------------------------


def parsed(found: Deadlines, reference: str | None = None) -> Calendar:
    """The file, read by another library than the one that wrote it."""
    return IcsCalendarStream.calendar_from_ics(found.to_ics(reference).decode())


def uids(found: Deadlines, reference: str | None = None) -> dict[tuple[str, int], str]:
    """The UID of each deadline, by what identifies it."""
    read = parsed(found, reference).events
    return {(item.kind, item.rank): str(e.uid) for item, e in zip(found.items, read, strict=True)}


def test_another_library_reads_the_same_dates_without_times() -> None:
    found = calendar()
    read = parsed(found)
    assert read.prodid.startswith("-//aide_am//")
    assert (read.version, read.method) == ("2.0", None)
    for item, e in zip(found.items, read.events, strict=True):
        assert type(e.dtstart) is date
        assert (e.dtstart, e.dtend) == (item.start or item.day, item.day + timedelta(days=1))
        assert e.summary == item.label
        assert e.transparency == "TRANSPARENT"
        assert e.dtstamp == datetime(2026, 11, 21, tzinfo=UTC)
        assert next(iter(e.categories)) == "Assistant médical"


def test_each_event_tells_its_rule_its_source_and_when_the_caisse_decides() -> None:
    found = calendar([event("certification", "2025-05-01", diplome="CQP"), resiliation("2027-01-01")])
    by_kind = {item.kind: e for item, e in zip(found.items, parsed(found).events, strict=True)}
    assert "Règle CTR-06 : " in plain(by_kind["carence"].description or "")
    assert "à apprécier par la caisse" in (by_kind["carence"].description or "")
    assert "à apprécier" not in (by_kind["suivi"].description or "")
    assert "« Le recrutement d’un assistant médical en pratique »" in plain(
        by_kind["suivi"].description or ""
    )
    assert plain(by_kind["certification"].summary or "").endswith("(CQP ou FAE) (réglée le 1er mai 2025)")


def test_the_file_is_folded_at_75_octets_and_ends_its_lines_as_the_format_wants() -> None:
    raw = calendar().to_ics("Cabinet du Vieux-Port ; Dr É. Ñ, bureau 3")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert b"METHOD" not in raw
    assert b"TZID" not in raw


def test_two_doctors_who_signed_on_one_day_keep_apart_by_their_reference() -> None:
    found = calendar()
    one, two, none = (set(uids(found, name).values()) for name in ("Dr A", "Dr B", None))
    assert len(one | two | none) == 3 * len(found.items)
    assert set(uids(found, "  Dr   A\n").values()) == one
    assert set(uids(found, "").values()) == none
    assert parsed(found, "Dr A").events[0].summary == f"Dr A – {found.items[0].label}"


@pytest.mark.parametrize("reference", [5, 0, False, ["Dr A"], b"Dr A"])
def test_a_reference_that_is_not_text_is_refused_in_french(reference: Any) -> None:
    with pytest.raises(RefusedData) as caught:
        calendar(years=1).to_ics(reference)
    (refusal,) = caught.value.refusals
    assert (refusal.field, refusal.code) == ("reference", "string_type")
    assert refusal.expected.startswith("un texte")


def test_the_uid_of_a_payment_does_not_change_with_its_amount_nor_that_of_an_end_with_its_day() -> None:
    before = uids(calendar())
    lost = uids(calendar(observations={3: {"pmt": 1200, "pfa": 1890}, 4: {"pmt": 1600, "pfa": 1950}}))
    assert lost == before
    ended = uids(calendar([resiliation("2026-03-01")]))
    assert {key: before[key] for key in ended if key in before} == {
        key: uid for key, uid in ended.items() if key in before
    }
    assert ("fin_de_contrat", 1) in ended


def test_settling_a_deadline_changes_no_uid() -> None:
    told = [event("embauche", "2024-10-01", secretaire_promue=True), event("absence", "2025-06-01")]
    later = [
        event("remplacement_secretaire", "2025-06-05"),
        event("retour", "2025-07-01"),
        event("certification", "2026-01-01", diplome="CQP"),
    ]
    before, after = calendar(told), calendar([*told, *later])
    gone = {("solde", 1), ("solde", 2)}  # without a return, only the caisse could say what was due (CTR-07)
    assert uids(after) == {key: uid for key, uid in uids(before).items() if key not in gone}
    assert [i.status for i in after.items].count("done") == 3


def test_without_its_extra_the_file_is_refused_in_french_and_the_rest_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    found = calendar()
    assert found.rows()
    with pytest.raises(AideAmError, match=r'pip install "aide-am\[calendar\]"'):
        found.to_ics()


# --- Properties ---------------------------------------------------------------------------------


@st.composite
def lives(draw: st.DrawFn, signed: date) -> list[dict[str, Any]]:
    """A life of a contract: events in order that follow one another without contradiction."""
    profil = draw(st.sampled_from((None, "secretaire", "infirmier")))
    promoted = draw(st.booleans())
    steps = [
        [event("embauche", "", profil=profil, secretaire_promue=promoted)],
        [event("certification", "", diplome=draw(st.sampled_from(("CQP", "FAE"))))],
        [event("absence", "")],
        [draw(st.sampled_from((event("avenant_suspension", ""), event("retour", ""))))],
    ]
    kept = steps[: draw(st.integers(0, len(steps)))]
    if draw(st.booleans()):
        kept.append([resiliation("")])
    day, told = signed, []
    for (step,) in kept:
        day += timedelta(days=draw(st.integers(0, 500)))
        told.append(step | {"date": day.isoformat()})
    return told


@st.composite
def contracts(draw: st.DrawFn) -> tuple[Dossier, list[dict[str, Any]], int, Readings]:
    """A dossier, the events of its contract and a number of years that agree with one another."""
    found = draw(dossiers())
    readings = Readings(debut_annee=draw(st.sampled_from(("signature", "embauche"))))
    told = draw(lives(found.contrat.date_signature)) if found.contrat.date_embauche is None else []
    years = draw(st.integers(1, 11))
    try:
        schedule(found, years=years, events=told, readings=readings)
    except RefusedData:
        assume(False)
    return found, told, years, readings


@drawing(150)
@given(contracts())
def test_every_day_falls_within_the_contract_or_a_window_around_it(drawn: Any) -> None:
    found, told, years, readings = drawn
    answer = deadlines(found, told, years=years, readings=readings)
    signed = found.contrat.date_signature
    hired = [signed, found.contrat.date_embauche or signed]
    hired += [date.fromisoformat(step["date"]) for step in told if step["type"] == "embauche"]
    first = max(hired) if readings.debut_annee == "embauche" and signed < date(2023, 5, 1) else signed
    last = anniversary(first, years)
    for item in answer.items:
        assert item.label
        assert "non connu" not in item.label
        assert signed <= (item.start or item.day) <= item.day
        assert item.day <= (anniversary(last, 2) if item.kind == "carence" else last)


@drawing(100)
@given(contracts())
def test_the_same_contract_gives_the_same_file_and_each_deadline_its_own_uid(drawn: Any) -> None:
    found, told, years, readings = drawn
    answer = deadlines(found, told, years=years, readings=readings)
    assert answer.to_ics() == deadlines(found, told, years=years, readings=readings).to_ics()
    assert Deadlines.from_json(answer.to_json()) == answer
    assert list(answer.items) == sorted(answer.items, key=lambda item: item.day)
    assert len({(item.kind, item.rank) for item in answer.items}) == len(answer.items)
    if answer.items:
        read = parsed(answer).events
        assert len({e.uid for e in read}) == len(answer.items)
        assert [(e.dtstart, e.dtend - timedelta(days=1)) for e in read] == [
            (item.start or item.day, item.day) for item in answer.items
        ]


@drawing(100)
@given(contracts())
def test_asking_for_one_more_year_moves_no_date(drawn: Any) -> None:
    found, told, years, readings = drawn
    assume(not any(step["type"] == "resiliation" for step in told))
    answer = deadlines(found, told, years=years, readings=readings)
    more = deadlines(found, told, years=years + 1, readings=readings)
    kept = {(item.kind, item.rank): item.day for item in more.items}
    assert {(item.kind, item.rank): item.day for item in answer.items}.items() <= kept.items()


@drawing(100)
@example(date(2024, 2, 29))
@example(date(2024, 8, 31))
@example(date(2023, 8, 31))
@given(st.dates(date(2019, 9, 1), date(2026, 11, 21)))
def test_whatever_the_day_of_the_signature_the_calendar_is_whole(signed: date) -> None:
    found = calendar(**{"contrat.date_signature": signed.isoformat(), "medecin.exercice_coordonne": True})
    goes_on = signed >= date(2024, 6, 22)
    expected = [months_after(signed, 6 * n) for n in range(1, 11 if goes_on else 10)]
    assert [item.day for item in of(found, "suivi")] == expected
    assert the(found, "fin_de_contrat").day == anniversary(signed, 5) - timedelta(days=1)
    assert len(of(found, "versement")) == 5
    assert {item.annee for item in of(found, "suivi")} == {1, 2, 3, 4, 5, *([6] if goes_on else [])}


@drawing(60)
@given(contracts(), st.integers(0, 1500))
def test_a_resiliation_only_takes_dates_away_or_says_the_end(drawn: Any, after: int) -> None:
    found, told, years, readings = drawn
    assume(not any(step["type"] == "resiliation" for step in told))
    signed = found.contrat.date_signature
    last = date.fromisoformat(told[-1]["date"]) if told else signed
    ended = last + timedelta(days=after)
    whole = deadlines(found, told, years=years, readings=readings)
    try:
        cut = deadlines(found, [*told, resiliation(ended.isoformat())], years=years, readings=readings)
    except RefusedData:
        assume(False)
    known = {(item.kind, item.rank): item.day for item in whole.items}
    for item in cut.items:
        if item.kind == "carence":
            continue
        last_day = ended if item.kind == "solde" else max(ended - timedelta(days=1), signed)
        assert item.day <= last_day or item.kind == "remplacement_secretaire"
        if item.kind in ("versement", "solde", "fin_de_contrat", "nouvel_objectif_primo", "preavis"):
            continue
        assert known[item.kind, item.rank] == item.day
