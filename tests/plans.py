"""Helpers of the tests of schedules: typical doctors, their schedules, and what each year pays."""

from collections.abc import Mapping
from typing import Any

from aide_am import Readings
from aide_am.decision import Amount
from aide_am.scheduling import schedule
from aide_am.scheduling_record import Payment, Schedule, ScheduledYear
from support import dossier

REACHED = {"pmt": 3000, "pfa": 5000}
"""Counts that reach every objective of the doctors below."""
AVENANT_7: dict[str, Any] = {
    "medecin.exercice_coordonne": True,
    "contrat.date_signature": "2022-09-01",
    "percentiles": {"pfa": {"p30": 1000, "p50": 1600, "p70": 1700, "p90": 2600, "p95": 3200}},
    "observation": None,
}
"""A doctor of avenant 7, where PMT P90 is 1 503 and P95 1 721, and the PFA is that of his own caisse."""
COMMON = {"contrat.patientele_initiale": {"pmt": 1300, "pfa": 1800}}
THIRD = AVENANT_7 | {"contrat.option_etp": "1/3"}


def at(pmt: int) -> dict[str, Any]:
    """A doctor whose PMT is given and whose file active stays in the common band."""
    return {"contrat.patientele_initiale": {"pmt": pmt, "pfa": 1800}, "contrat.objectifs": {"pfa": 1910}}


def planned(
    observations: Mapping[int, Any] | None = None,
    years: int = 5,
    *,
    events: list[Any] | None = None,
    readings: dict[str, Any] | None = None,
    force: bool = False,
    **overrides: Any,
) -> Schedule:
    """The schedule of `dossier(**overrides)`, its own observation left out unless it is given."""
    doctor = dossier(**({"observation": None} | overrides))
    return schedule(
        doctor, observations, years, events=events or (), readings=Readings(**(readings or {})), force=force
    )


def reached(years: int = 5) -> dict[int, dict[str, int]]:
    """Every objective reached in every year."""
    return dict.fromkeys(range(1, years + 1), REACHED)


def year(plan: Schedule, annee: int) -> ScheduledYear:
    """One contract year of a schedule."""
    (found,) = [each for each in plan.years if each.annee == annee]
    return found


def parts(plan: Schedule, annee: int) -> list[tuple[str, str | None]]:
    """The kind and the certain amount of each payment of a year, in whole centimes as text."""
    return [(p.kind, value(p.amount)) for p in year(plan, annee).payments]


def value(amount: Amount | None) -> str | None:
    """The certain value of an amount, as text with two decimals."""
    return None if amount is None or amount.value is None else str(amount.value)


def bounds(amount: Amount | None) -> tuple[str, str]:
    """The lowest and the highest of an amount, as text."""
    assert amount is not None
    return str(amount.low), str(amount.high)


def days(payment: Payment) -> tuple[str, str]:
    """From when and until when a payment is due."""
    assert payment.due_from is not None
    assert payment.due_by is not None
    return payment.due_from.isoformat(), payment.due_by.isoformat()


def codes(scheduled: ScheduledYear) -> set[str]:
    """The codes of the warnings of a year."""
    return {alert.code for alert in scheduled.warnings}


def lacks(plan: Schedule, annee: int) -> set[str]:
    """What a year says is missing."""
    return {missing.field for missing in year(plan, annee).missing}
