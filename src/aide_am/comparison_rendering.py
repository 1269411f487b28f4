"""A comparison as a French document: the variants side by side, then what differs and why."""

from . import french
from .chronology import register
from .comparison import Compared, Comparison, Difference
from .decision import Amount, Criterion, Share, Step
from .documents import Document, Entry, Format, Grid, Section, written
from .rendering import contract
from .rules.answers import condition
from .sentences import WORDS, step_sentence
from .wording import amount_text, conditioned_by_all, due_text, verdict_cell

NOTHING = "–"


def explain(comparison: Comparison, format: Format = "texte") -> str:
    """The comparison in French; raises `ValueError` for a format that does not exist."""
    return written(document(comparison), format)


def document(comparison: Comparison) -> Document:
    """The comparison before it is written."""
    base = comparison.compared[0]
    sections = [Section("Côte à côte", grid=_grid(comparison))]
    for other in comparison.compared[1:]:
        entries = _differences(base, other)
        nothing = (Entry("Rien ne diffère pour cette année du contrat."),)
        sections.append(Section(f"Ce qui diffère : {other.name}", entries or nothing))
    title = f"Comparaison : {contract(base.decision.dossier)}, année {base.decision.dossier.annee}"
    answer = tuple(french.typeset(_answer(base, other)) for other in comparison.compared[1:])
    return Document(french.typeset(title), answer, tuple(sections))


def _answer(base: Compared, other: Compared) -> str:
    """What a variant changes to the amount of the year and to the total."""
    simulated = " (barème simulé)" if other.decision.simulated else ""
    years = len(other.schedule.years)
    return (
        f"{other.name}{simulated} : montant dû {_due(other)}, contre {_due(base)} ; total sur {years} "
        f"année{'s' if years > 1 else ''} {_total(other)}, contre {_total(base)}."
    )


def _due(compared: Compared) -> str:
    """The amount of the year with its verdict (DIT-01)."""
    decision = compared.decision
    return due_text(decision.verdict, decision.amount_due, decision.forced, NOTHING, decision.criteria)


def _total(compared: Compared) -> str:
    """The total of the years with their verdicts."""
    told = compared.schedule
    verdicts = [year.verdict for year in told.years]
    if verdicts and set(verdicts) == {"non_eligible"}:
        first = told.years[0].decision
        criteria = () if first is None else first.criteria
        return due_text("non_eligible", told.total, told.forced, NOTHING, criteria)
    return NOTHING if told.total is None else conditioned_by_all(_amount(told.total), verdicts, told.forced)


def _grid(comparison: Comparison) -> Grid:
    """One column a variant, one line a result."""
    each = comparison.compared
    lines = (
        ("Verdict", *(verdict_cell(c.decision.verdict, criteria=c.decision.criteria) for c in each)),
        ("Tranche", *(NOTHING if c.decision.band is None else WORDS[c.decision.band] for c in each)),
        ("Montant maximal", *(_amount(c.decision.maximum) for c in each)),
        ("Régime", *(c.decision.regime or NOTHING for c in each)),
        ("Part versée", *(_share(c.decision.share) for c in each)),
        ("Montant dû", *(_amount(c.decision.amount_due) for c in each)),
        ("Total des années", *(_amount(c.schedule.total) for c in each)),
    )
    return Grid(("", *(c.name for c in each)), lines, frozenset(range(1, len(each) + 1)))


def _amount(amount: Amount | None) -> str:
    return NOTHING if amount is None else amount_text(amount)


def _share(share: Share | None) -> str:
    if share is None:
        return NOTHING
    if share.value is not None:
        return french.percent(share.value)
    return f"{french.percent(share.low)} à {french.percent(share.high)}"


def _differences(base: Compared, other: Compared) -> tuple[Entry, ...]:
    """What differs; a refusal computes nothing, and the steps that it leaves out are told at once."""
    sides = (("du dossier", base.decision), ("de la variante", other.decision))
    stopped = [who for who, told in sides if condition(told.verdict, told.forced) == "refuse"]
    kept = [d for d in other.differences if not stopped or _told(d)]
    entries = [_difference(difference) for difference in kept]
    if len(kept) < len(other.differences):
        entries.append(Entry(french.typeset(f"Le calcul {stopped[0]} s’arrête à son verdict : {NO_MORE}")))
    return tuple(entries)


def _told(difference: Difference) -> bool:
    """Whether both sides have this step, or it is a criterion, of which a refusal hangs."""
    before, after = difference.before, difference.after
    return isinstance(before or after, Criterion) or not (before is None or after is None)


NO_MORE = "ni montant, ni objectif, ni part à comparer."
"""What a refusal leaves out."""


def _difference(difference: Difference) -> Entry:
    """A step, as it was and as it becomes."""
    before, after = difference.before, difference.after
    title = register().regles[difference.rule]
    notes = (f"dossier : {_step(before)}", f"variante : {_step(after)}")
    return Entry(f"[{difference.rule}] {title}", tuple(french.typeset(note) for note in notes))


def _step(step: Step | Criterion | None) -> str:
    if step is None:
        return "cette étape n’existe pas."
    status = f"{WORDS[step.status]} – " if isinstance(step, Criterion) else ""
    return f"{status}{step_sentence(step)}"
