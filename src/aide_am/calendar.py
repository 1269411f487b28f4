"""Anniversaries and ages, exact to the day (TMP-02): 29 February falls on the 28th in common years."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from .bareme import Bareme

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=65536)
def anniversary(day: date, years: int) -> date:
    """The same day `years` later (earlier if negative); 29 February becomes 28 February."""
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(years=years)


@lru_cache(maxsize=65536)
def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or the last day of a shorter month."""
    from dateutil.relativedelta import relativedelta

    return day - relativedelta(months=months)


@lru_cache(maxsize=65536)
def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=months)


def anniversaries(day: date, last: date) -> Iterator[date]:
    """The same day of each year, itself first, up to `last`."""
    years = 0
    while (found := anniversary(day, years)) <= last:
        yield found
        years += 1


def month_starts(start: date, end: date) -> Iterator[date]:
    """The first day of each calendar month from one day to another."""
    month = start.replace(day=1)
    while month <= end:
        yield month
        month = months_after(month, 1)


def aged(naissance: date, age: int, day: date) -> bool:
    """Whether somebody born on `naissance` is `age` years old or more on `day`."""
    if day.year - naissance.year != age:
        return day.year - naissance.year > age
    return day >= anniversary(naissance, age)


def within_primo_window(installation: date, signature: date, bareme: Bareme) -> bool:
    """ELI-06: installed within the window before the signature, bounds included."""
    months = int(bareme.parametres["fenetre_primo_mois"].valeur)
    return months_before(signature, months) <= installation <= signature
