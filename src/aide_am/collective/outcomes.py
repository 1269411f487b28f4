"""What a group gives under every combination of the readings that its decision consults."""

from typing import Any, NamedTuple

from ..decision import Amount, Share
from ..outcomes import Result, Span, span_of
from ..readings import Readings, explored
from ..terms import Verdict
from .decision import CollectiveDecision
from .evaluation import evaluate_collective
from .models import DossierCollectif


class CollectiveOutcome(NamedTuple):
    """One distinct result, the decision that shows it, and every combination of readings that gives it."""

    verdict: Verdict
    maximum: Amount | None
    share: Share | None
    amount_due: Amount | None
    decision: CollectiveDecision
    readings: tuple[dict[str, str], ...]


def collective_outcomes(dossier: DossierCollectif, *, force: bool = False) -> tuple[CollectiveOutcome, ...]:
    """The distinct results over the readings that are consulted, that of the default readings first.

    Two results are distinct when their verdict, maximum, share or amount due differ.
    """

    def under(readings: Readings) -> CollectiveDecision:
        return evaluate_collective(dossier, readings=readings, force=force)

    return tuple(
        CollectiveOutcome(d.verdict, d.maximum, d.share, d.amount_due, d, combinations)
        for d, combinations in explored(under, lambda decision: decision.readings, collective_result)
    )


def collective_result(decision: CollectiveDecision) -> tuple[Any, ...]:
    """What makes two results distinct."""
    return decision.verdict, decision.maximum, decision.share, decision.amount_due


def collective_span(decision: CollectiveDecision) -> Span:
    """The lowest and the highest sum of a group over every reading, and the verdicts met (DIT-01)."""
    every = collective_outcomes(decision.dossier, force=decision.forced)
    found = [Result(each.verdict, each.maximum, each.amount_due, each.readings) for each in every]
    return span_of(found, decision.choices, decision.forced)
