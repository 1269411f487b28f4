"""What a dossier gives under every combination of the readings that it consults."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .bareme import Bareme, Change
from .chronology import bareme_of
from .decision import Amount, BaremeUsed, Decision, Share
from .evaluation import evaluate
from .models import Dossier
from .readings import CHOICES, Readings, explored
from .terms import Texte, Verdict


class Outcome(NamedTuple):
    """One distinct result, the decision that shows it, and every combination that leads to it.

    A combination names the readings that were consulted on its way, the others do not matter.
    """

    verdict: Verdict
    maximum: Amount | None
    share: Share | None
    amount_due: Amount | None
    decision: Decision
    readings: tuple[dict[str, str], ...]


def outcomes(
    dossier: Dossier, *, bareme: Bareme | None = None, force: bool = False, strict: bool = False
) -> tuple[Outcome, ...]:
    """The distinct results of a dossier, that of the default readings first.

    Two results are distinct when their verdict, maximum, share or amount due differ. Raises
    `RefusedData` as `evaluate` does.
    """

    def under(readings: Readings) -> Decision:
        return evaluate(dossier, readings=readings, bareme=bareme, force=force, strict=strict)

    return tuple(
        Outcome(d.verdict, d.maximum, d.share, d.amount_due, d, combinations)
        for d, combinations in explored(under, lambda decision: decision.readings, result_of)
    )


def result_of(decision: Decision) -> tuple[Verdict, *tuple[Decimal | Fraction | None, ...]]:
    """What makes two results distinct."""
    bounds: list[Decimal | Fraction | None] = []
    for interval in (decision.maximum, decision.share, decision.amount_due):
        bounds += (None, None) if interval is None else (interval.low, interval.high)
    return (decision.verdict, *bounds)


class Alternative(NamedTuple):
    """What one other value of one reading would give; `changes` says whether the result differs."""

    reading: str
    value: str
    verdict: Verdict
    maximum: Amount | None
    amount_due: Amount | None
    changes: bool


def alternatives(decision: Decision) -> tuple[Alternative, ...]:
    """Every other value of every reading that a decision consulted, one at a time."""
    found = []
    for name, chosen in decision.readings.items():
        for value in CHOICES[name]:
            if value == chosen:
                continue
            readings = Readings.model_validate({**decision.choices.model_dump(), name: value})
            other = evaluate(
                decision.dossier, readings=readings, bareme=given_bareme(decision), force=decision.forced
            )
            changes = result_of(other) != result_of(decision)
            found.append(Alternative(name, value, other.verdict, other.maximum, other.amount_due, changes))
    return tuple(found)


def span(decision: Decision) -> Amount | None:
    """The lowest and highest amount due over every combination of readings; `None` if none is due."""
    dues = [
        outcome.amount_due
        for outcome in outcomes(decision.dossier, bareme=given_bareme(decision), force=decision.forced)
        if outcome.amount_due is not None
    ]
    if not dues:
        return None
    low, high = min(due.low for due in dues), max(due.high for due in dues)
    return Amount(low, high, low if low == high else None)


def given_bareme(decision: Decision) -> Bareme | None:
    """The simulated barème of a decision, made again from its recorded changes."""
    return recorded_bareme(decision.baremes)


def recorded_bareme(baremes: Iterable[BaremeUsed]) -> Bareme | None:
    """The simulated barème among those that an answer used, made again; `None` if there is none."""
    for used in baremes:
        if used.simulated:
            return bareme_recorded(used.texte, used.changes)
    return None


def bareme_recorded(texte: Texte, changes: Iterable[Change]) -> Bareme:
    """The barème of a text with these recorded changes, that of the house if there are none."""
    recorded = tuple(changes)
    shipped = bareme_of(texte)
    return shipped.with_recorded(recorded) if recorded else shipped
