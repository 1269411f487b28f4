"""The aid of each contract year, at the least and at the most: what is due, and what is paid when.

The lowest and the highest case of a year are each one consistent course: its payments sum to its due.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ..calendar import ONE_DAY, anniversary
from ..collective.decision import CollectiveDecision
from ..decision import Amount
from ..errors import Refusal, RefusedData
from ..rules import amounts, answers, costs
from ..scheduling_record import Schedule, ScheduledYear
from ..terms import Verdict


class Paid(NamedTuple):
    """One payment: the days between which it falls due, and centimes; under zero it is given back."""

    du: date
    au: date
    centimes: int


class Course(NamedTuple):
    """Centimes due for a year, and its payments; `None` where no source says when."""

    due: int
    payments: tuple[Paid, ...] | None


class AidYear(NamedTuple):
    """One contract year: its days, its lowest and highest course, `None` where the aid is not known.

    `lacks`: the data without which its amount is not known; none where no text gives one. `over`: the
    contract ended at its term before this year (DIT-06).
    """

    annee: int
    debut: date
    fin: date
    verdict: Verdict | None
    low: Course | None
    high: Course | None
    lacks: tuple[str, ...] = ()
    over: bool = False


NOTHING = Course(0, ())


def of_schedule(schedule: Schedule) -> tuple[AidYear, ...]:
    """The years of an individual contract; raises `RefusedData` where they count from an unknown hiring.

    A contract that ends on its first day has no year, and is refused.
    """
    if not schedule.years:
        expected, remedy = "un contrat qui court au moins un jour", "vérifiez la date de la résiliation"
        raise RefusedData(
            [Refusal("events", "une résiliation dès le premier jour", expected, remedy, "sans_annee")]
        )
    return tuple(_of_year(year, schedule.forced) for year in schedule.years)


def _of_year(year: ScheduledYear, forced: bool) -> AidYear:
    if year.debut is None or year.fin is None:
        remedy = "donnez contrat.date_embauche, ou la lecture debut_annee=signature"
        expected = "le jour d’embauche, dont les années du contrat partent"
        raise RefusedData([Refusal("contrat.date_embauche", "rien", expected, remedy, "embauche")])
    if year.verdict == "non_eligible" and not forced:
        over = year.decision is not None and answers.seul_le_terme(year.decision.criteria) is not None
        return AidYear(year.annee, year.debut, year.fin, year.verdict, NOTHING, NOTHING, (), over)
    low, high = (_course(year, highest) for highest in (False, True))
    lacks = tuple(missing.field for missing in year.missing if missing.stage == "montant")
    return AidYear(year.annee, year.debut, year.fin, year.verdict, low, high, lacks)


def _course(year: ScheduledYear, highest: bool) -> Course | None:
    """The first payment at one end, and what is left of the amount due at the same end."""
    due, payments = year.amount_due, year.payments
    if due is None or any(p.amount is None for p in payments):
        return None
    whole, made = _end(due, highest), list[Paid]()
    left = whole
    for payment in payments:
        assert payment.amount is not None
        assert payment.due_from is not None
        assert payment.due_by is not None
        last = payment is payments[-1]
        paid = left if last else _end(payment.amount, highest)
        made.append(Paid(payment.due_from, payment.due_by, paid))
        left -= paid
    return Course(whole, tuple(made) if made or not whole else None)


def _end(amount: Amount, highest: bool) -> int:
    return amounts.centimes(amount.high if highest else amount.low)


def of_decisions(decisions: Iterable[CollectiveDecision]) -> tuple[AidYear, ...]:
    """The years of a contrat collectif: without counts, from nothing to the maximum (COL-07)."""
    return tuple(_of_decision(decision) for decision in decisions)


def _of_decision(decision: CollectiveDecision) -> AidYear:
    low: Course | None = None
    high: Course | None = None
    over = False
    if decision.verdict == "non_eligible" and not decision.forced:
        low = high = NOTHING
        over = answers.seul_le_terme(decision.criteria) is not None
    elif decision.amount_due is not None:
        low, high = (Course(_end(decision.amount_due, highest), None) for highest in (False, True))
    elif decision.maximum is not None:
        low, high = Course(0, None), Course(_end(decision.maximum, True), None)
    last = decision.year_end - ONE_DAY
    return AidYear(decision.dossier.annee, decision.year_start, last, decision.verdict, low, high, (), over)


def without_contract(debut: date, years: int) -> tuple[AidYear, ...]:
    """The years of somebody who pays and has no contract: no aid."""
    firsts = [anniversary(debut, each) for each in range(years + 1)]
    return tuple(
        AidYear(rank, first, following - ONE_DAY, None, NOTHING, NOTHING)
        for rank, (first, following) in enumerate(pairwise(firsts), start=1)
    )


def shared(years: Sequence[AidYear], parts: Sequence[Fraction], rank: int) -> tuple[AidYear, ...]:
    """The part of one payer in an aid that a key shares: the parts of each year sum to it."""
    return tuple(
        year._replace(low=_part(year.low, parts, rank), high=_part(year.high, parts, rank)) for year in years
    )


def _part(course: Course | None, parts: Sequence[Fraction], rank: int) -> Course | None:
    """One payer's part of a course; no source says when it is paid."""
    if course is None or course == NOTHING:
        return course
    return Course(costs.repartis(course.due, parts)[rank], None)
