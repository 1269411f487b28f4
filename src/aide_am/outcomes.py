"""What a dossier gives under every combination of the readings that it consults."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from .bareme import Bareme, Change
from .chronology import bareme_of
from .decision import Amount, BaremeUsed, Criterion, Decision, Share
from .errors import RefusedData
from .evaluation import evaluate
from .models import Dossier
from .readings import CHOICES, Readings, explored
from .rules.answers import ZERO, Effet, Shown, condition, effets, etendue
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
    """The distinct results of a dossier, that of the default readings first; `span` sums them up.

    Two results are distinct when their verdict, maximum, share or amount due differ. Readings under which
    the data contradict one another have none. Raises `RefusedData` as `evaluate` does.
    """
    evaluate(dossier, bareme=bareme, force=force, strict=strict)
    return _outcomes(dossier, bareme, force, strict)


def _outcomes(dossier: Dossier, bareme: Bareme | None, force: bool, strict: bool) -> tuple[Outcome, ...]:
    def under(readings: Readings) -> Decision | None:
        try:
            return evaluate(dossier, readings=readings, bareme=bareme, force=force, strict=strict)
        except RefusedData:
            return None

    every = explored(
        under,
        lambda decision: OF_THE_TARGETS if decision is None else decision.readings,
        lambda decision: None if decision is None else result_of(decision),
    )
    return tuple(
        Outcome(d.verdict, d.maximum, d.share, d.amount_due, d, combinations)
        for d, combinations in every
        if d is not None
    )


OF_THE_TARGETS = ("entree_en_vigueur", "debut_annee", "indicateur_p30", "objectifs_prorogation")
"""The readings that tell the nature of an objective, hence whether its target is refused (OBJ-02)."""


def result_of(decision: Decision) -> tuple[Verdict, *tuple[Decimal | Fraction | None, ...]]:
    """What makes two results distinct."""
    bounds: list[Decimal | Fraction | None] = []
    for interval in (decision.maximum, decision.share, decision.amount_due):
        bounds += (None, None) if interval is None else (interval.low, interval.high)
    return (decision.verdict, *bounds)


class Alternative(NamedTuple):
    """What one other value of one reading would give, and what that changes of what is shown (DIT-02).

    `decision` is `None` where the data contradict one another under it; no `effects`: it is not told.
    """

    reading: str
    value: str
    decision: Decision | None
    effects: tuple[Effet, ...]


def alternatives(decision: Decision) -> tuple[Alternative, ...]:
    """Every other value of every reading that a decision consulted, one at a time."""
    found = []
    for name, value, readings in others(decision.readings, decision.choices):
        bareme, force = given_bareme(decision), decision.forced
        try:
            other = evaluate(decision.dossier, readings=readings, bareme=bareme, force=force)
        except RefusedData:
            found.append(Alternative(name, value, None, ("verdict",)))
            continue
        found.append(Alternative(name, value, other, effets(shown_of(decision), shown_of(other))))
    return tuple(found)


def others(consulted: Iterable[str], choices: Readings) -> Iterator[tuple[str, str, Readings]]:
    """Each other value of each reading consulted, with the readings that hold it alone changed."""
    for name in consulted:
        for value in CHOICES[name]:
            if value != getattr(choices, name):
                yield name, value, choices.model_copy(update={name: value})


def shown_of(decision: Decision) -> Shown:
    """What a person is shown of a decision."""
    return Shown(decision.verdict, result_of(decision)[1:], statuses(decision.criteria))


def statuses(criteria: Iterable[Criterion]) -> tuple[tuple[object, ...], ...]:
    """The rule, the member of a group that it is about, and the status of each criterion."""
    return tuple((c.rule, c.values.get("membre"), c.status) for c in criteria)


# --- The span of every reading ----------------------------------------------------------------------


class End(NamedTuple):
    """One end of a span, in euros: its verdict, and the readings to change together to come to it."""

    amount: Decimal
    verdict: Verdict
    readings: dict[str, str]


class Span(NamedTuple):
    """What every combination of the readings gives together (DIT-01), in euros.

    of: the amount due; the maximum of the year where no amount is due yet. low, high: its ends, 0 where a
    refusal is among the results; `None` where a result has no known sum. verdicts: those met, that of the
    chosen readings first. admitted: the ends of the results that are not refused. ends: a refusal (0), then
    both ends of the others, each with the fewest readings to change for it; none to change: those chosen.
    forced: whether sums were asked of a refused contract too, which are then no refusal.
    """

    of: Literal["montant_du", "montant_maximal"]
    low: Decimal | None
    high: Decimal | None
    verdicts: tuple[Verdict, ...]
    admitted: Amount | None
    ends: tuple[End, ...]
    forced: bool

    @property
    def refused(self) -> bool:
        """Whether a refusal, of which nothing is due, is among the results."""
        return "non_eligible" in self.verdicts and not self.forced


class Result(NamedTuple):
    """One distinct result of a dossier or of a group, and the combinations of readings that give it."""

    verdict: Verdict
    maximum: Amount | None
    amount_due: Amount | None
    readings: tuple[dict[str, str], ...]


def span(decision: Decision) -> Span:
    """The lowest and the highest sum over every combination of readings, and the verdicts met (DIT-01).

    A sum that was asked of a refused contract (`force`) counts as computed, not as 0.
    """
    every = _outcomes(decision.dossier, given_bareme(decision), decision.forced, decision.strict)
    found = [Result(each.verdict, each.maximum, each.amount_due, each.readings) for each in every]
    return span_of(found, decision.choices, decision.forced)


def span_of(found: Sequence[Result], choices: Readings, forced: bool) -> Span:
    """The span of the results of one dossier, told from the readings chosen."""
    near = sorted(found, key=lambda result: len(_changed(result.readings, choices)))
    refused = [result for result in near if condition(result.verdict, forced) == "refuse"]
    admitted = [result for result in near if result not in refused]
    due = any(result.amount_due is not None for result in admitted) or not admitted
    sums = [result.amount_due if due else result.maximum for result in admitted]
    low, high = etendue(bool(refused), sums)
    bottom, top = etendue(False, sums)
    ends = [End(ZERO, "non_eligible", _changed(result.readings, choices)) for result in refused[:1]]
    whole = None
    if bottom is not None and top is not None:
        whole = Amount(bottom, top, bottom if bottom == top else None)
        for end in dict.fromkeys((bottom, top)):
            result = next(r for r, amount in zip(admitted, sums, strict=True) if amount and end in amount[:2])
            ends.append(End(end, result.verdict, _changed(result.readings, choices)))
    verdicts = tuple(dict.fromkeys(result.verdict for result in near))
    of: Literal["montant_du", "montant_maximal"] = "montant_du" if due else "montant_maximal"
    return Span(of, low, high, verdicts, whole, tuple(ends), forced)


def _changed(combinations: Iterable[Mapping[str, str]], choices: Readings) -> dict[str, str]:
    """The fewest readings to change to come to one of these combinations."""
    changed = (
        {name: value for name, value in combination.items() if value != getattr(choices, name)}
        for combination in combinations
    )
    return min(changed, key=len)


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
