"""What holds for every contract: its payments sum, its years stand alone, its events replay."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aide_am import Dossier, Readings, RefusedData, bareme_at, evaluate
from aide_am.events import read_events
from aide_am.life import Place, State, replay, timeline, vacancies
from aide_am.models import Observation
from aide_am.readings import CHOICES
from aide_am.rules import amounts, payments
from aide_am.rules import life as ctr
from aide_am.scheduling import schedule
from aide_am.scheduling_record import Schedule, ScheduledYear
from depth import drawing
from plans import AVENANT_7, planned, reached
from plans import year as contract_year
from strategies import (
    KINDS,
    OF_AN_ASSISTANT,
    Life,
    clashes,
    dossiers,
    event_dicts,
    histories,
    iso,
    maybe,
    readings,
)
from support import dossier, warning_codes

YEARS = 7


def signed_alone(**fixed: Any) -> st.SearchStrategy[Dossier]:
    """Dossiers that tell no change of option: their option is that of the signature."""
    return dossiers(**fixed).map(
        lambda d: d.model_copy(update={"contrat": d.contrat.model_copy(update={"date_option": None})})
    )


def counted() -> st.SearchStrategy[dict[int, dict[str, int | None]]]:
    """What was counted in some of the years."""
    counts = st.fixed_dictionaries({name: maybe(st.integers(0, 4000)) for name in ("pmt", "pfa")})
    return st.dictionaries(st.integers(1, YEARS), counts, max_size=4)


def planned_or_refused(doctor: Dossier, *args: Any, **options: Any) -> Schedule:
    """The schedule, unless the rules see in one of its years a target that cannot be."""
    try:
        return schedule(doctor, *args, **options)
    except RefusedData as error:
        if {refusal.code for refusal in error.refusals} != {"cible_sous_la_base"}:
            raise
        assume(False)
        raise


def assert_sums(year: ScheduledYear) -> None:
    """The payments of a year sum to its amount due, to the centime (VRS-05).

    Where the first of them is not certain (a suspension, a résiliation), the ends of each are its own.
    """
    told = [payment.amount for payment in year.payments]
    if year.amount_due is None:
        assert set(told) <= {None}
        return
    if not year.payments:
        return
    low = sum(amount.low for amount in told if amount is not None)
    high = sum(amount.high for amount in told if amount is not None)
    assert len(told) == len([amount for amount in told if amount is not None])
    assert year.maximum is not None
    open_first = len(told) > 1 and told[0] is not None and told[0].value is None
    if year.maximum.value is None or open_first:
        assert low <= year.amount_due.low
        assert high >= year.amount_due.high
        return
    assert (low, high) == (year.amount_due.low, year.amount_due.high)
    if year.amount_due.value is not None:
        assert sum(amount.value for amount in told if amount and amount.value) == year.amount_due.value


def assert_bounds(year: ScheduledYear) -> None:
    """Low is not over high, a value is given where they agree, and a trop-perçu is negative."""
    for amount in (year.maximum, year.amount_due, *(payment.amount for payment in year.payments)):
        if amount is not None:
            assert amount.low <= amount.high
            assert amount.value == (amount.low if amount.low == amount.high else None)
            assert amount.low == round(amount.low, 2)
    for payment in year.payments:
        if payment.amount is not None:
            assert (payment.kind == "trop_percu") == (payment.amount.high < 0)
            assert payment.kind in ("solde", "trop_percu") or payment.amount.low >= 0
        if payment.due_from is not None:
            assert payment.due_by is not None
            assert payment.due_from <= payment.due_by <= payment.due_from + timedelta(days=62)


# --- VRS: sums ----------------------------------------------------------------------------------


@pytest.mark.rule("VRS-02", "VRS-03", "VRS-05")
@drawing(120)
@given(dossier=signed_alone(), seen=counted(), chosen=readings(), force=st.booleans())
def test_the_payments_of_every_doctor_sum_to_what_is_due_to_the_centime(
    dossier: Dossier, seen: dict[int, Any], chosen: Readings, force: bool
) -> None:
    plan = planned_or_refused(dossier, seen, YEARS, readings=chosen, force=force)
    for year in plan.years:
        assert_sums(year)
        assert_bounds(year)
        if year.verdict == "non_eligible" and not force:
            assert year.payments == ()


@pytest.mark.rule("VRS-02", "VRS-04", "VRS-05", "MNT-07")
@drawing(150)
@given(
    amount=st.integers(1, 26_000),
    part=st.integers(0, 10_000),
    pmt=st.integers(1200, 1700),
    arrondi=st.sampled_from(CHOICES["arrondi"]),
)
def test_any_amount_split_in_any_part_sums_under_every_rounding(
    amount: int, part: int, pmt: int, arrondi: Any
) -> None:
    reform = bareme_at(date(2024, 9, 1)).with_changes(
        montants={("1", "3+", "p30_p90"): amount}, parametres={"part_acompte": Decimal(part) / 10_000}
    )
    plan = schedule(
        dossier(observation=None),
        {3: {"pmt": pmt, "pfa": 1800}},
        readings=Readings(arrondi=arrondi),
        bareme=reform,
    )
    for year in plan.years:
        assert_sums(year)
        assert_bounds(year)
    first = contract_year(plan, 3).payments[0].amount
    assert first is not None
    assert abs(first.low - amount * Decimal(part) / 10_000) < (
        1 if arrondi == "troncature_euro" else Decimal("0.01")
    )


@pytest.mark.rule("VRS-03", "VRS-05")
@drawing(100)
@given(cases=st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=4))
def test_the_solde_bounds_what_is_left_over_in_every_case(cases: list[tuple[int, int]]) -> None:
    low, high = payments.solde(cases)
    assert {low, high} <= {due - first for due, first in cases}
    assert all(low <= due - first <= high for due, first in cases)


@pytest.mark.rule("CTR-02", "CTR-05", "VRS-05")
@drawing(120)
@given(data=st.data(), chosen=readings(), seen=counted())
def test_the_payments_of_a_contract_that_changes_and_ends_sum_to_what_is_due(
    data: st.DataObject, chosen: Readings, seen: dict[int, Any]
) -> None:
    doctor = data.draw(signed_alone(specialite="medecine_generale", option="1"))
    doctor = doctor.model_copy(update={"contrat": doctor.contrat.model_copy(update={"prorogation": None})})
    events = data.draw(histories(doctor, options=("0.5", "1", "1.5", "2")))
    dated = {"entree_en_vigueur": "2024-06-22", "debut_annee": "signature", "indicateur_p30": "defaut"}
    plan = planned_or_refused(
        doctor, seen, YEARS, events=events, readings=chosen.model_copy(update=dated), force=True
    )
    for year in plan.years:
        assert_sums(year)
        assert_bounds(year)
    assert Schedule.from_json(plan.to_json()) == plan


# --- Each year stands alone ---------------------------------------------------------------------


@pytest.mark.rule("VRS-01", "VRS-02", "TMP-03")
@drawing(80)
@given(doctor=signed_alone(), seen=counted(), chosen=readings(), force=st.booleans())
def test_each_year_of_a_schedule_is_the_decision_on_that_year(
    doctor: Dossier, seen: dict[int, Any], chosen: Readings, force: bool
) -> None:
    """Past the term the schedule may know more: that the objectives are those of the signature (MNT-09)."""
    plan = planned_or_refused(doctor, seen, YEARS, readings=chosen, force=force)
    for year in plan.years:
        own = doctor.observation if doctor.annee == year.annee else None
        alone = Dossier(
            medecin=doctor.medecin,
            contrat=doctor.contrat,
            annee=year.annee,
            observation=Observation.model_validate(seen.get(year.annee, own or {})),
            circonstances_exceptionnelles=doctor.circonstances_exceptionnelles and doctor.annee == year.annee,
            percentiles=doctor.percentiles,
        )
        decision = evaluate(alone, readings=chosen, force=force)
        assert year.decision is not None
        if warning_codes(year.decision) != warning_codes(decision):
            assert year.annee > 5 >= doctor.annee
            assert warning_codes(year.decision) - warning_codes(decision) == {"p95_exclu"}
            assert {*decision.possible_bands} - {"p95"} <= {*year.decision.possible_bands}
            assert {*year.decision.possible_bands} <= {*decision.possible_bands}
            assert {m.field for m in year.missing} <= {m.field for m in decision.missing}
            continue
        assert (year.verdict, year.maximum, year.amount_due) == (
            decision.verdict,
            decision.maximum,
            decision.amount_due,
        )
        assert (year.decision.share, year.decision.regime) == (decision.share, decision.regime)
        assert {m.field for m in decision.missing} == {m.field for m in year.missing}


@pytest.mark.rule("VRS-02")
@drawing(60)
@given(doctor=signed_alone(), seen=counted(), annee=st.integers(1, YEARS), other=st.integers(0, 4000))
def test_the_observation_of_one_year_changes_no_other(
    doctor: Dossier, seen: dict[int, Any], annee: int, other: int
) -> None:
    changed = seen | {annee: {"pmt": other, "pfa": other}}
    before = planned_or_refused(doctor, seen, YEARS, force=True)
    after = planned_or_refused(doctor, changed, YEARS, force=True)
    for one, same in zip(before.years, after.years, strict=True):
        if one.annee != annee:
            assert one == same


@pytest.mark.rule("VRS-02")
@drawing(60)
@given(doctor=signed_alone(), seen=counted(), chosen=readings())
def test_an_observation_narrows_what_was_said_without_it(
    doctor: Dossier, seen: dict[int, Any], chosen: Readings
) -> None:
    unseen = doctor.model_copy(update={"observation": None})
    wide = planned_or_refused(unseen, {}, YEARS, readings=chosen, force=True)
    narrow = planned_or_refused(unseen, seen, YEARS, readings=chosen, force=True)
    for one, other in zip(wide.years, narrow.years, strict=True):
        if one.amount_due is None:
            assert other.amount_due is None
            continue
        assert other.amount_due is not None
        assert one.amount_due.low <= other.amount_due.low <= other.amount_due.high <= one.amount_due.high


@pytest.mark.rule("CTR-02", "CTR-05", "CTR-07")
@drawing(60)
@given(data=st.data())
def test_what_happens_later_changes_no_year_that_is_over(data: st.DataObject) -> None:
    doctor = dossier(observation=None)
    events = data.draw(histories(doctor, at_most=8))
    plan = schedule(doctor, reached(), events=events)
    for year in plan.years:
        assert year.debut is not None
        end = date(year.debut.year + 1, 9, 1)
        known = [event for event in events if date.fromisoformat(event["date"]) < end]
        if any(v.over is None for v in vacancies(replay(doctor, known).evenements)):
            continue  # nobody in post at its end: what follows says whether it lasted too long (CTR-07)
        assert contract_year(schedule(doctor, reached(), events=known), year.annee) == year


# --- Options and days ---------------------------------------------------------------------------


@pytest.mark.rule("CTR-02")
@drawing(80)
@given(data=st.data())
def test_a_year_with_several_options_is_due_each_by_the_number_of_its_days(data: st.DataObject) -> None:
    option = data.draw(st.sampled_from(("0.5", "1")))
    signed = data.draw(st.dates(date(2024, 6, 22), date(2026, 6, 1)))
    doctor = dossier(
        **{"contrat.option_etp": option, "contrat.date_signature": iso(signed), "observation": None}
    )
    events = data.draw(histories(doctor, kinds=("avenant_option",), at_most=10))
    plan = schedule(doctor, reached(), events=events)
    whole = {1: (19_000, 38_000), 2: (14_000, 28_000)}
    for year in plan.years:
        assert year.debut is not None
        assert year.fin is not None
        exact = 0
        day, length = year.debut, (year.fin - year.debut).days + 1
        while day <= year.fin:
            running = [e["option_etp"] for e in events if date.fromisoformat(e["date"]) <= day]
            half, full = whole.get(year.annee, (11_000, 22_000))
            exact += full if (running or [option])[-1] == "1" else half
            day += timedelta(days=1)
        assert year.maximum is not None
        assert year.maximum.value == Decimal((200 * exact + length) // (2 * length)).scaleb(-2)
        assert year.amount_due == year.maximum


@pytest.mark.rule("CTR-02")
@drawing(100)
@given(
    one=st.integers(1, 80_000),
    other=st.integers(1, 80_000),
    days=st.integers(0, 366),
    length=st.sampled_from((365, 366)),
)
def test_two_options_prorated_lie_between_the_two_and_change_places(
    one: int, other: int, days: int, length: int
) -> None:
    days = min(days, length)
    first, second = amounts.Maximum((one, one), ()), amounts.Maximum((other, other), ())
    found = ctr.au_prorata_des_options([first], second, days, length).euros
    back = ctr.au_prorata_des_options([second], first, length - days, length).euros
    assert found is not None
    assert min(one, other) <= found[0] == found[1] <= max(one, other)
    assert found == back
    assert ctr.au_prorata_des_options([amounts.Maximum(None, ())], second, days, length).euros is None
    assert ctr.au_prorata_des_options([first], amounts.Maximum(None, ()), days, length).euros is None


@pytest.mark.rule("CTR-05")
@drawing(60)
@given(day=st.dates(date(2024, 9, 2), date(2029, 8, 31)), later=st.integers(1, 400))
def test_a_contract_that_ends_later_is_due_more(day: date, later: int) -> None:
    def total(end: date) -> Decimal:
        ends = {"type": "resiliation", "date": iso(end), "initiative": "caisse", "motif": "autre"}
        plan = planned(reached(), events=[ends])
        assert plan.total is not None
        assert plan.total.value is not None
        paid = [payment.amount.value for payment in plan.payments if payment.amount is not None]
        known = [amount for amount in paid if amount is not None]
        assert sum(known) == plan.total.value or len(known) < len(paid)
        return plan.total.value

    assert total(day) < total(day + timedelta(days=later)) or day + timedelta(days=later) > date(2029, 8, 31)


# --- Events -------------------------------------------------------------------------------------


@pytest.mark.rule("CTR-02", "CTR-05")
@drawing(150)
@given(data=st.data())
def test_any_event_is_the_same_once_written_and_read(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    day = data.draw(st.dates(date(2019, 9, 1), date(2090, 1, 1)))
    (event,) = read_events([data.draw(event_dicts(kind, day))])
    assert event.type == kind
    assert read_events([json.loads(event.model_dump_json())]) == (event,)
    assert read_events([event.model_dump(mode="json", exclude_none=True)]) == (event,)
    assert type(event).model_validate_json(event.model_dump_json()) == event


@pytest.mark.rule("CTR-01", "CTR-02", "CTR-03", "CTR-04", "CTR-05", "CTR-07", "CTR-08")
@drawing(100)
@given(data=st.data())
def test_the_state_on_any_day_depends_on_what_happened_by_then(data: st.DataObject) -> None:
    signed = data.draw(st.sampled_from(("2024-09-01", "2023-06-01", "2020-02-29")))
    doctor = dossier(**{"contrat.date_signature": signed, "medecin.exercice_coordonne": True})
    events = data.draw(histories(doctor, terms=True, at_most=8))
    day = date.fromisoformat(signed) + timedelta(days=data.draw(st.integers(-10, 4000)))
    known = [event for event in events if date.fromisoformat(event["date"]) <= day]
    assert replay(doctor, events, day) == replay(doctor, known, day)
    assert timeline(doctor, events) == timeline(doctor, read_events(events))


# --- One contract, event after event ------------------------------------------------------------

STARTS: dict[str, dict[str, Any]] = {
    "convention": {},
    "règlement arbitral": {"contrat.date_signature": "2023-06-01", "contrat.option_etp": "0.5"},
    "avenant 7, signed on 29 February": AVENANT_7
    | {"contrat.date_signature": "2020-02-29", "contrat.option_etp": "1/3"},
    "hired before the signature": {"contrat.date_embauche": "2024-08-01"},
    "64 at the signature": {"medecin.date_naissance": "1960-05-02"},
    "birth not known": {"medecin.date_naissance": None},
    "primo-installé": {
        "medecin.date_naissance": "1990-01-01",
        "medecin.date_installation": "2024-03-01",
        "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
        "contrat.objectifs": None,
    },
    "installation not known": {"medecin.date_installation": None},
}


class Contract(RuleBasedStateMachine):
    """Events happen to a contract; the tests know, by themselves, which can and what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self.doctor = dossier()
        self.life = Life.of(self.doctor)

    @initialize(start=st.sampled_from(sorted(STARTS)))
    def sign(self, start: str) -> None:
        self.doctor = dossier(**STARTS[start])
        self.life = Life.of(self.doctor)

    def next_day(self, data: st.DataObject) -> date:
        gap = data.draw(st.sampled_from((0, 1, 31, 92, 365)) | st.integers(0, 800), label="days later")
        return max(self.life.day, self.life.signed) + timedelta(days=gap)

    @precondition(lambda self: self.life.ended is None)
    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        day = self.next_day(data)
        told: dict[str, Any] = {"option_etp": {"1": "0.5"}.get(self.life.option, "1")}
        told["assistant"] = data.draw(st.sampled_from((1, 1, 2)), label="assistant")
        possible = [kind for kind in KINDS if not self.life.why_not({"type": kind, "date": iso(day), **told})]
        assume(possible)
        kind = data.draw(st.sampled_from(possible))
        names = ["option_etp"] if kind == "avenant_option" else ["assistant"] * (kind in OF_AN_ASSISTANT)
        fixed = {name: told[name] for name in names}
        event = data.draw(event_dicts(kind, day, **fixed), label="event")
        if clashes(self.doctor, [*self.events, event]):
            return
        self.life = self.life.after(event)
        self.events.append(event)
        assert len(timeline(self.doctor, self.events)) == len(self.events) + 1

    @rule(data=st.data(), earlier=st.integers(0, 500))
    def what_cannot_be_is_refused(self, data: st.DataObject, earlier: int) -> None:
        late = data.draw(st.booleans(), label="late enough")
        day = self.next_day(data) if late else max(self.life.day, self.life.signed) - timedelta(days=earlier)
        event = data.draw(event_dicts(data.draw(st.sampled_from(KINDS)), day), label="refused")
        reasons = self.life.why_not(event)
        if not reasons and clashes(self.doctor, [*self.events, event]):
            reasons = {"cible_sous_la_base"}
        assume(reasons)
        with pytest.raises(RefusedData) as error:
            replay(self.doctor, [*self.events, event])
        (refusal,) = error.value.refusals
        assert refusal.field == f"evenements.{len(self.events)}"
        assert refusal.code in reasons
        assert ", après " in refusal.received

    def found(self) -> State:
        return replay(self.doctor, self.events)

    @invariant()
    def the_state_is_what_the_events_made_it(self) -> None:
        state, life = self.found(), self.life
        assert state.contrat.option_etp == life.option
        for rank, seat in enumerate(life.seats, start=1):
            place = state.assistants.get(rank, Place())
            assert place.situation == seat.situation
            assert place.depuis == seat.since
            assert place.secretaire == seat.secretary
            assert (place.personne is None) == seat.vacant
            people = [*place.remplaces, *([] if place.personne is None else [place.personne])]
            assert [
                {name for name, done in (("enrolled", p.inscription), ("certified", p.certification)) if done}
                for p in people
            ] == [set(training) for training in seat.people]
        assert (state.assistant, state.poste) == (life.seats[0].situation, life.seats[0].secretary)
        assert (state.certification is not None) == ("certified" in life.seats[0].holder)
        assert (state.inscription is not None) == ("enrolled" in life.seats[0].holder)
        assert state.prorogations == life.prolonged
        assert state.terme == life.term
        assert (state.resiliation is None) == (life.ended is None)
        assert state.contrat.date_signature == life.signed
        assert state.jour == max(life.day, life.signed)

    @invariant()
    def the_situation_is_told_by_the_day(self) -> None:
        state, life = self.found(), self.life
        if life.ended is not None:
            assert state.situation == "resilie"
        elif life.term is not None and state.jour >= life.term:
            assert state.situation in ("termine", "terme_a_confirmer")
        else:
            suspended = any(seat.situation == "suspendu" for seat in life.seats)
            assert state.situation == ("suspendu" if suspended else "en_cours")
        assert replay(self.doctor, self.events, life.signed - timedelta(days=1)).situation == "non_signe"

    @invariant()
    def replaying_gives_the_same_and_json_keeps_it(self) -> None:
        written = [event.model_dump_json() for event in read_events(self.events)]
        read = [json.loads(text) for text in written]
        assert timeline(self.doctor, read) == timeline(self.doctor, self.events)
        assert self.found().evenements == read_events(self.events)

    @invariant()
    def what_was_so_stays_so(self) -> None:
        before = timeline(self.doctor, self.events[:-1])
        assert timeline(self.doctor, self.events)[: len(before)] == before


TestContract = pytest.mark.rule(
    "CTR-01", "CTR-02", "CTR-03", "CTR-04", "CTR-05", "CTR-07", "CTR-08", "CTR-09"
)(Contract.TestCase)
Contract.TestCase.settings = settings(drawing(40), stateful_step_count=12)
