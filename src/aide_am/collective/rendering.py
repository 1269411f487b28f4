"""A decision on a contrat collectif as a French document, from codes and values."""

from collections.abc import Iterator, Mapping

from .. import french
from ..decision import Criterion, Step
from ..documents import Document, Entry, Format, Grid, Section, written
from ..outcomes import others, statuses
from ..rendering import (
    MARKS,
    due_lines,
    maximum_lines,
    named,
    past_its_term,
    row_text,
    share_text,
    verdict_line,
    waiting,
)
from ..rules.answers import Shown, effets
from ..sentences import (
    UNKNOWN,
    WORDS,
    by_weight,
    missing_sentence,
    step_sentence,
    warning_sentence,
)
from ..wording import (
    OTHER_READINGS,
    Other,
    by_reading,
    changed_criteria,
    codes_section,
    combined,
    effects_text,
    reading_entries,
    result_text,
    span_entries,
)
from .bareme import bareme_collectif
from .decision import CollectiveDecision, Count, OwnObjective
from .evaluation import evaluate_collective
from .models import Membre
from .outcomes import collective_result, collective_span
from .sentences import decimal

CHAPTERS: Mapping[str, str] = {
    "COL-05": "Montant maximal",
    "COL-06": "Objectifs du groupe",
    "COL-07": "Part versée",
    "MNT-07": "Montant dû",
}
"""The titles of the steps that are no criterion, by rule; the others tell the year and the group."""


def explain(decision: CollectiveDecision, format: Format = "texte") -> str:
    """The decision in French; raises `ValueError` for a format that does not exist."""
    return written(document(decision), format)


def document(decision: CollectiveDecision) -> Document:
    """The explanation before it is written."""
    readings, names = told_readings(decision)
    sections = [
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in by_weight(decision.warnings))),
        Section("Ce qui manque", missing_entries(decision)),
        Section(OTHER_READINGS, readings),
        Section("Médecins adhérents cette année", grid=_members(decision)),
        Section("Objectifs", grid=_objectives(decision)),
        *_chapters(decision),
        Section("Pièces à réunir", _papers(decision), folded=True),
        codes_section(names, decision.choices),
        Section("Barème et source", _sources(decision)),
    ]
    kept = tuple(s for s in sections if s.entries or (s.grid is not None and s.grid.rows))
    return Document(_title(decision), tuple(_answer(decision)), kept)


def _title(decision: CollectiveDecision) -> str:
    dossier = decision.dossier
    structure = dossier.structure or "société"
    return french.typeset(
        f"Contrat collectif, {structure}, {decimal(str(dossier.etp))} ETP, "
        f"contrat du {french.day(dossier.date_signature)}, année {dossier.annee}"
    )


def _answer(decision: CollectiveDecision) -> list[str]:
    failed = list(dict.fromkeys(_label(c) for c in decision.criteria if c.status == "non_satisfait"))
    lines = [verdict_line(decision, failed, "sans renouvellement (COL-09)")]
    if not past_its_term(decision):
        refusing = (c for c in decision.criteria if c.status == "non_satisfait")
        lines += dict.fromkeys(map(step_sentence, refusing))
    lines += maximum_lines(decision)
    if decision.share is not None:
        lines.append(f"Part versée : {share_text(decision.share)}.")
    lines += due_lines(decision, "Montant dû à la société")
    lines.append("Nature de la source : secondaire.")
    return [french.typeset(line) for line in lines]


def _label(criterion: Criterion) -> str:
    """The rule of a criterion, and the doctor if it is about one."""
    member = criterion.values.get("membre")
    return named(criterion.rule) if member is None else f"{named(criterion.rule)}, {member}"


def missing_entries(decision: CollectiveDecision) -> tuple[Entry, ...]:
    """What is missing, with its field and rules."""
    return tuple(
        Entry(french.capital(missing_sentence(m)), (french.typeset(waiting(m)),)) for m in decision.missing
    )


def told_readings(decision: CollectiveDecision) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """What each reading changes and, last, the span of all; the readings told, alone or in a combination."""
    others, span = other_readings(decision), collective_span(decision)
    together = (name for end in combined(span) for name in end.readings)
    names = (*(other.name for other in others), *together)
    return (*reading_entries(others), *span_entries(span)), names


def other_readings(decision: CollectiveDecision) -> tuple[Other, ...]:
    """The readings of which another value changes the verdict, a sum or a criterion (DIT-02)."""
    return by_reading(_effects(decision), decision.choices)


def _effects(decision: CollectiveDecision) -> Iterator[tuple[str, str, str]]:
    for name, value, readings in others(decision.readings, decision.choices):
        other = evaluate_collective(decision.dossier, readings=readings, force=decision.forced)
        changed = effets(_shown(decision), _shown(other))
        if changed:
            before = (decision.maximum, decision.amount_due)
            result = result_text(
                other.verdict, other.maximum, other.amount_due, other.forced, other.criteria, before
            )
            criteria = changed_criteria(decision.criteria, other.criteria)
            yield name, value, effects_text(changed, other.verdict, result, criteria)


def _shown(decision: CollectiveDecision) -> Shown:
    return Shown(decision.verdict, collective_result(decision)[1:], statuses(decision.criteria))


def _members(decision: CollectiveDecision) -> Grid:
    headers = ("médecin", "adhésion", "retrait", "PMT à l’adhésion", "PFA à l’adhésion", "critères à revoir")
    dossier = decision.dossier
    weak: dict[object, list[str]] = {}
    for criterion in decision.criteria:
        if criterion.status not in ("satisfait", "sans_objet"):
            text = f"{criterion.rule} {WORDS[criterion.status]}"
            weak.setdefault(criterion.values.get("membre"), []).append(text)

    def row(m: Membre) -> tuple[str, ...]:
        return (
            m.identifiant,
            french.day(m.date_adhesion or dossier.date_signature),
            "–" if m.date_retrait is None else french.day(m.date_retrait),
            _patients(m.patientele.pmt),
            _patients(m.patientele.pfa),
            ", ".join(weak.get(m.identifiant, ["–"])),
        )

    inside = set(decision.members)
    return Grid(headers, tuple(row(m) for m in dossier.membres if m.identifiant in inside), frozenset({3, 4}))


def _objectives(decision: CollectiveDecision) -> Grid:
    headers = ("objectif", "départ", "à gagner", "cible", "observé", "taux", "reste à gagner")
    rows: list[tuple[str, ...]] = [
        (
            f"groupe, {o.indicator.upper()}",
            _patients(o.base),
            _count(o.increment),
            _count(o.target),
            _patients(o.observed),
            UNKNOWN if o.rate is None else share_text(o.rate),
            _count(o.missing_patients),
        )
        for o in (decision.objectives or {}).values()
    ]
    rows += [_own_row(o) for o in decision.own_objectives if o.certain]
    return Grid(headers, tuple(rows), frozenset({1, 2, 3, 4, 6}))


def _own_row(own: OwnObjective) -> tuple[str, ...]:
    left = None if own.observed is None else max(0, own.target - own.observed)
    rate = UNKNOWN if own.rate is None else share_text(own.rate)
    name = f"{own.member}, {own.indicator.upper()}"
    return (name, "–", "–", _patients(own.target), _patients(own.observed), rate, _patients(left))


def _patients(number: int | None) -> str:
    return UNKNOWN if number is None else french.whole(number)


def _count(number: Count | None) -> str:
    if number is None:
        return UNKNOWN
    if number.value is not None:
        return french.whole(number.value)
    return f"de {french.whole(number.low)} à {french.whole(number.high)}"


def _chapters(decision: CollectiveDecision) -> list[Section]:
    entries: dict[str, list[Entry]] = {"Éligibilité": [_entry(c) for c in decision.criteria]}
    for step in decision.trace:
        entries.setdefault(CHAPTERS.get(step.rule, "Année et groupe"), []).append(_entry(step))
    return [Section(f"Pas à pas – {title}", tuple(found), folded=True) for title, found in entries.items()]


def _entry(step: Step | Criterion) -> Entry:
    title = bareme_collectif().regles[step.rule]
    mark = f" {MARKS[step.status]} {WORDS[step.status]}" if isinstance(step, Criterion) else ""
    notes = [] if step.row is None else [f"ligne{'s' if ' ; ' in step.row else ''} : {row_text(step.row)}"]
    notes += [
        f"source : {reference.place} ({WORDS[reference.nature]})"
        for reference in dict.fromkeys(step.references)
    ]
    text = f"[{step.rule}] {title}{mark} – {step_sentence(step)}"
    return Entry(french.typeset(text), tuple(french.typeset(note) for note in notes))


def _sources(decision: CollectiveDecision) -> tuple[Entry, ...]:
    """The version of the data, and each document once: the steps only say where in it."""
    checked = bareme_collectif().checked
    lines = [f"Contrat collectif, données vérifiées le {french.day(checked)}"]
    for name in dict.fromkeys(reference.source for reference in decision.references):
        source = bareme_collectif().sources[name]
        lines.append(
            f"{source.editeur}, « {source.titre} » ({source.date}), {source.adresse} – "
            f"{WORDS[source.nature]}, vérifié le {french.day(source.verifie)}"
        )
    return tuple(Entry(french.typeset(line)) for line in lines)


def _papers(decision: CollectiveDecision) -> tuple[Entry, ...]:
    pieces = {piece.id: piece.libelle for piece in bareme_collectif().pieces}
    return tuple(Entry(french.typeset(french.capital(pieces[name]))) for name in decision.papers)
