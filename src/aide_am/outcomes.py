"""What a dossier gives under every combination of the readings that it consults."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .bareme import Bareme
from .decision import Amount, Decision, Share
from .evaluation import evaluate
from .models import Dossier
from .readings import CHOICES, Readings
from .terms import Verdict


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
    found: dict[tuple[Any, ...], tuple[Decision, list[dict[str, str]]]] = {}
    pending: list[dict[str, str]] = [{}]
    while pending:
        chosen = pending.pop()
        readings = Readings(**chosen)
        decision = evaluate(dossier, readings=readings, bareme=bareme, force=force, strict=strict)
        undecided = [name for name in decision.readings if name not in chosen]
        if undecided:
            name = undecided[0]
            pending += [{**chosen, name: value} for value in reversed(CHOICES[name])]
            continue
        found.setdefault(result_of(decision), (decision, []))[1].append(chosen)
    return tuple(
        Outcome(d.verdict, d.maximum, d.share, d.amount_due, d, tuple(combinations))
        for d, combinations in found.values()
    )


def result_of(decision: Decision) -> tuple[Verdict, *tuple[Decimal | Fraction | None, ...]]:
    """What makes two results distinct."""
    bounds: list[Decimal | Fraction | None] = []
    for interval in (decision.maximum, decision.share, decision.amount_due):
        bounds += (None, None) if interval is None else (interval.low, interval.high)
    return (decision.verdict, *bounds)
