"""What is spent and what the aid brings, year by year and month by month, in one course of events."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

from ..calendar import ONE_DAY, anniversary, month_starts, months_after
from ..rules import amounts, costs
from ..rules.amounts import from_centimes
from .aid import AidYear, Course
from .records import Case, CaseName, CostLine, MonthBalance, YearBalance

End = Literal["low", "high"]


class Spent(NamedTuple):
    """Centimes spent over some days, all of one calendar month and of one contract year."""

    debut: date
    fin: date
    centimes: int


def spent_by(lines: Iterable[CostLine], parts: Sequence[Fraction]) -> list[list[Spent]]:
    """What each payer of a key spends over the days of the lines; together, all of it.

    Sums are shared as they add up, so that a payer is never more than a centime from his exact part.
    """
    spans: dict[tuple[date, date], int] = {}
    for line in lines:
        span = (line.debut, line.fin)
        spans[span] = spans.get(span, 0) + amounts.centimes(line.montant)
    reached = [costs.repartis(total, parts) for total in accumulate(spans.values(), initial=0)]
    return [
        [
            Spent(debut, fin, after[rank] - before[rank])
            for (debut, fin), before, after in zip(spans, reached[:-1], reached[1:], strict=True)
        ]
        for rank in range(len(parts))
    ]


def case(name: CaseName, spent: Sequence[Spent], years: Sequence[AidYear], end: End, *, latest: bool) -> Case:
    """One course of events: the low or the high aid; `latest`: paid on the last day permitted."""
    return Case(name, tuple(_years(spent, years, end)), tuple(_months(spent, years, end, latest)))


def _course(year: AidYear, end: End) -> Course | None:
    return year.low if end == "low" else year.high


def _years(spent: Sequence[Spent], years: Sequence[AidYear], end: End) -> Iterator[YearBalance]:
    total: int | None = 0
    for year in years:
        course = _course(year, end)
        cost = sum(each.centimes for each in spent if year.debut <= each.debut <= year.fin)
        rest = None if course is None else costs.reste_a_charge(cost, course.due)
        total = None if rest is None or total is None else total + rest
        whole = year.fin + ONE_DAY >= anniversary(year.debut, 1)
        monthly = costs.au_centime(costs.par_mois(Fraction(rest))) if rest is not None and whole else None
        yield YearBalance(
            year.annee,
            year.debut,
            year.fin,
            year.verdict,
            from_centimes(cost),
            None if course is None else from_centimes(course.due),
            _euros(rest),
            _euros(total),
            _euros(monthly),
        )


def _months(
    spent: Sequence[Spent], years: Sequence[AidYear], end: End, latest: bool
) -> Iterator[MonthBalance]:
    payments = [
        (paid.au if latest else paid.du, paid.centimes)
        for year in years
        if (course := _course(year, end)) is not None
        for paid in course.payments or ()
    ]
    days = [each.debut for each in spent] + [year.debut for year in years] + [day for day, _ in payments]
    ends = [each.fin for each in spent] + [year.fin for year in years] + [day for day, _ in payments]
    unknown = min((y.debut for y in years if _untold(_course(y, end))), default=None)
    treasury = 0
    for first in month_starts(min(days), max(ends)):
        last = months_after(first, 1) - ONE_DAY
        cost = sum(each.centimes for each in spent if first <= each.debut <= last)
        aid = _of_days(years, end, first, last)
        paid: int | None = sum(centimes for day, centimes in payments if first <= day <= last)
        if unknown is not None and unknown <= last:
            paid = None
        treasury += (paid or 0) - cost
        yield MonthBalance(
            first,
            from_centimes(cost),
            _euros(aid),
            _euros(None if aid is None else costs.reste_a_charge(cost, aid)),
            _euros(paid),
            _euros(None if paid is None else treasury),
        )


def _untold(course: Course | None) -> bool:
    """Whether nobody can say what is paid when."""
    return course is None or course.payments is None


def _of_days(years: Sequence[AidYear], end: End, first: date, last: date) -> int | None:
    """The centimes of aid that the days of a month bear, each year spread over its days; `None`: untold."""
    total = 0
    for year in years:
        if year.fin < first or last < year.debut:
            continue
        course = _course(year, end)
        if course is None:
            return None
        total += _spread(course.due, year, min(last, year.fin) + ONE_DAY)
        total -= _spread(course.due, year, max(first, year.debut))
    return total


def _spread(due: int, year: AidYear, before: date) -> int:
    """The centimes of a year's aid that its days before one day bear."""
    days = (year.fin - year.debut).days + 1
    return costs.au_centime(costs.par_jours(Fraction(due), (before - year.debut).days, days))


def _euros(centimes: int | None) -> Decimal | None:
    return None if centimes is None else from_centimes(centimes)
