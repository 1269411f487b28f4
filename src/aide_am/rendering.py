"""A decision as a French document, built from codes and values; sentences come from `sentences`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from . import french
from .bareme import CALLER, Change
from .chronology import register
from .collective.decision import CollectiveDecision
from .decision import Criterion, Decision, Missing, Objective, Share, Step
from .documents import Document, Entry, Format, Section, written
from .models import Dossier
from .outcomes import Alternative, alternatives, span
from .references import Reference
from .sentences import (
    ETP,
    PARTS,
    SIGLES,
    STATUSES,
    WORDS,
    by_weight,
    missing_sentence,
    step_sentence,
    verdict_words,
    warning_sentence,
)
from .terms import TEXTES
from .wording import (
    CONTRADICTED,
    OTHER_READINGS,
    amount_text,
    by_reading,
    changed_criteria,
    codes_section,
    combined,
    conditioned,
    effects_text,
    reading_entries,
    result_text,
    span_entries,
)

SIMULATED = "BARÈME SIMULÉ : ce résultat n’est pas le droit en vigueur."
"""The headline of an answer that a simulated barème gave."""
CHAPTERS: Mapping[str, str] = {
    "TMP": "Textes et dates",
    "ELI": "Éligibilité",
    "CTR": "Éligibilité",
    "CTR-02": "Montant maximal",
    "CTR-04": "Montant dû",
    "MNT": "Montant maximal",
    "OBJ": "Objectifs",
    "MOD": "Part versée",
    "MNT-07": "Montant dû",
}
YEARS: Mapping[str, str] = {"1": "année 1", "2": "année 2", "3+": "année 3 et suivantes"}
CAISSE = "caisse.MOD-08"
"""What is missing where only the caisse can settle the share."""
MARKS: Mapping[str, str] = {
    "satisfait": "✓",
    "non_satisfait": "✗",
    "inconnu": "?",
    "a_apprecier": "?",
    "sans_objet": "–",
}


def explain(decision: Decision, format: Format = "texte") -> str:
    """The decision in French; raises `ValueError` for a format that does not exist."""
    return written(document(decision), format)


def document(decision: Decision) -> Document:
    """The explanation before it is written."""
    others, codes = _other_readings(decision)
    sections = [
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in by_weight(decision.warnings))),
        Section(
            "Ce qui manque",
            tuple(Entry(french.capital(missing_sentence(m)), (waiting(m),)) for m in decision.missing),
        ),
        others,
        *_chapters(decision),
        codes,
        Section("Barème", tuple(Entry(line) for line in _baremes(decision))),
    ]
    answer = tuple(_answer(decision))
    texts = [
        title(decision),
        *answer,
        *(text for s in sections for e in s.entries for text in (e.text, *e.notes)),
    ]
    sections.append(Section("Sigles", tuple(_sigles(" ".join(texts))), folded=True))
    return Document(title(decision), answer, tuple(s for s in sections if s.entries))


def _sigles(text: str) -> Iterator[Entry]:
    """What stands behind each of the abbreviations that a text holds."""
    words = set(re.findall(r"\w+", text))
    return (Entry(french.typeset(f"{name} : {told}")) for name, told in SIGLES.items() if name in words)


def title(decision: Decision) -> str:
    """The doctor, the contract and its year in one line."""
    return french.typeset(f"{contract(decision.dossier)}, année {decision.dossier.annee}")


def contract(dossier: Dossier) -> str:
    """The doctor and the contract in one line."""
    contrat = dossier.contrat
    specialite = register().specialites[dossier.medecin.specialite].libelle
    return f"{specialite}, {ETP[contrat.option_etp]}, contrat du {french.day(contrat.date_signature)}"


def _answer(decision: Decision) -> list[str]:
    lines = []
    if decision.simulated:
        lines.append(SIMULATED)
    failed = [named(c.rule) for c in decision.criteria if c.status == "non_satisfait"]
    lines.append(verdict_line(decision, failed, "sans avenant de prorogation (CTR-01)"))
    if not past_its_term(decision):
        lines += [_reason(c) for c in decision.criteria if c.status == "non_satisfait"]
    lines += maximum_lines(decision)
    if decision.objectives and decision.dossier.observation is not None:
        lines += [_objective_line(o) for o in decision.objectives.values() if o.status]
    if decision.share is not None:
        regime = f" ({decision.regime})" if decision.regime else ""
        left = ", à la décision de la caisse" if CAISSE in {m.field for m in decision.missing} else ""
        lines.append(f"Part versée : {share_text(decision.share)}{left}{regime}.")
    lines += due_lines(decision, "Montant dû")
    return [french.typeset(line) for line in lines]


def _reason(criterion: Criterion) -> str:
    """Why a criterion refuses, in one sentence, with the figures that were compared."""
    first = re.split(r"(?<=[^.])\. ", step_sentence(criterion))[0].removesuffix(".")
    if criterion.threshold is None or criterion.value is None:
        return f"{first}."
    return f"{first} ({_figure(criterion.value)}, pour un seuil de {_figure(criterion.threshold)})."


def _figure(value: object) -> str:
    """A count of patients, or a percentage."""
    return french.patients(value) if isinstance(value, int) else french.percent(value)  # type: ignore[arg-type]


def past_its_term(decision: Decision | CollectiveDecision) -> bool:
    """Whether the verdict is said as that of a contract that ended at its term (DIT-06)."""
    return verdict_words(decision.verdict, decision.criteria) != WORDS[decision.verdict]


def verdict_line(decision: Decision | CollectiveDecision, failed: list[str], ended: str) -> str:
    """The verdict and the criteria that refuse (`failed`); `ended`: what a contract past its term lacks."""
    words = verdict_words(decision.verdict, decision.criteria)
    line = f"Verdict : {french.lower(words)}."
    if past_its_term(decision):
        line = f"Contrat {french.lower(words)}, {ended}."
    elif failed:
        plural = "s" if len(failed) > 1 else ""
        line += f" Critère{plural} non satisfait{plural} : {french.enumeration(failed)}."
    if failed and decision.forced:
        line += " Le calcul continue parce qu’il a été demandé (contrat déjà en cours)."
    return line


def maximum_lines(decision: Decision | CollectiveDecision) -> list[str]:
    """The maximum of the year, where there is one, with what it hangs on."""
    if decision.maximum is None:
        return []
    called = conditioned("Montant maximal de l’année", decision.verdict, decision.forced)
    return [f"{called} : {amount_text(decision.maximum)}."]


def due_lines(decision: Decision | CollectiveDecision, name: str) -> list[str]:
    """What is due under this name, with what it hangs on; nothing where there is no maximum either."""
    called = conditioned(name, decision.verdict, decision.forced)
    if decision.amount_due is not None:
        return [f"{called} : {amount_text(decision.amount_due)}."]
    return [] if decision.maximum is None else [f"{called} : il dépend de l’observation de l’année."]


def _objective_line(objective: Objective) -> str:
    status = objective.status
    assert status is not None
    text = f"{french.capital(WORDS[objective.indicator])} : {STATUSES[status]}"
    if objective.observed is not None and objective.base is not None:
        gap = objective.observed - objective.base
        moved = f", soit {'+' if gap > 0 else ''}{french.whole(gap)}" if gap else ""
        text += (
            f" ({french.whole(objective.observed)} pour une base de {french.whole(objective.base)}{moved})"
        )
    if objective.missing_patients:
        text += f", il manque {french.patients(objective.missing_patients)} pour l’atteindre"
    if objective.can_lose is not None:
        text += f", marge avant un statut moins bon : {french.patients(objective.can_lose)}"
    return text + "."


def share_text(share: Share) -> str:
    """50 %, or both ends of an interval."""
    if share.value is not None:
        return french.share(share.value)
    return f"entre {french.share(share.low)} et {french.share(share.high)}"


def _other_readings(decision: Decision) -> tuple[Section, ...]:
    """Each other reading that changes something, the span of them all, and the codes that ask for them."""
    told = by_reading(
        ((o.reading, o.value, _effect(decision, o)) for o in alternatives(decision) if o.effects),
        decision.choices,
    )
    whole = span(decision)
    together = (name for end in combined(whole) for name in end.readings)
    names = (*(other.name for other in told), *together)
    entries = (*reading_entries(told), *span_entries(whole))
    return Section(OTHER_READINGS, entries), codes_section(names, decision.choices)


def _effect(decision: Decision, alternative: Alternative) -> str:
    other = alternative.decision
    if other is None:
        return CONTRADICTED
    before = (decision.maximum, decision.amount_due)
    result = result_text(other.verdict, other.maximum, other.amount_due, other.forced, other.criteria, before)
    criteria = changed_criteria(decision.criteria, other.criteria)
    return effects_text(alternative.effects, other.verdict, result, criteria)


def _chapters(decision: Decision) -> list[Section]:
    entries: dict[str, list[Entry]] = {}
    for step in decision.steps:
        entries.setdefault(CHAPTERS.get(step.rule) or CHAPTERS[step.rule[:3]], []).append(
            _entry(step, decision)
        )
    return [
        Section(f"Pas à pas – {title}", tuple(dict.fromkeys(found)), folded=True)
        for title, found in entries.items()
    ]


def _entry(step: Step | Criterion, decision: Decision) -> Entry:
    title = register().regles[step.rule]
    mark = f" {MARKS[step.status]} {WORDS[step.status]}" if isinstance(step, Criterion) else ""
    notes = []
    if isinstance(step, Criterion) and step.threshold is not None:
        notes.append(_comparison(step))
    if step.rule.startswith("MOD"):
        notes += _fallen(decision)
    if step.row is not None:
        notes.append(f"ligne{'s' if ' ; ' in step.row else ''} : {row_text(step.row)}")
    notes += [reference_text(reference) for reference in dict.fromkeys(step.references)]
    text = f"[{step.rule}] {title}{mark} – {step_sentence(step)}"
    return Entry(french.typeset(text), tuple(french.typeset(note) for note in notes))


def _comparison(criterion: Criterion) -> str:
    """The value, the threshold and what lies between: patients, or percents and points."""

    def shown(value: object, unknown: str = "non connu") -> str:
        if value is None:
            return unknown
        return french.whole(value) if isinstance(value, int) else french.percent(value)  # type: ignore[arg-type]

    patients = isinstance(criterion.threshold, int)
    unit = " (en patients)" if patients else ""
    gap = "" if criterion.gap is None else f", écart {shown(criterion.gap)}"
    if criterion.gap is not None and not patients:
        points = 100 * Decimal(criterion.gap)
        gap = f", écart {french.decimal(points).replace('-', '−')} point{'s' if abs(points) >= 2 else ''}"
    return f"valeur {shown(criterion.value, 'non connue')}, seuil {shown(criterion.threshold)}{gap}{unit}"


def _fallen(decision: Decision) -> list[str]:
    """Which indicators fell, and by how much: what a doctor asks first when nothing is paid."""
    if decision.share is None or decision.share.high != 0 or not decision.objectives:
        return []
    return [
        f"en baisse : {WORDS[o.indicator]}, {french.whole(o.observed)} observés pour une base de "
        f"{french.whole(o.base)} ({french.whole(o.observed - o.base)})"
        for o in decision.objectives.values()
        if o.status == "non_atteint_avec_baisse" and o.observed is not None and o.base is not None
    ]


def reference_text(reference: Reference) -> str:
    """The source of a value: who publishes it, where in it, its nature, the day of the last check."""
    source = register().sources[reference.source]
    where = f", {reference.place}" if reference.place else ""
    if reference.source == CALLER:
        return f"source : {reference.place}"
    return (
        f"source : {source.editeur}, « {source.titre} » ({source.date}){where} – "
        f"{WORDS[reference.nature]}, vérifié le {french.day(reference.checked)}"
    )


def waiting(missing: Missing) -> str:
    """The rules that wait for a datum, by their titles."""
    return f"règle{'s' if len(missing.rules) > 1 else ''} : {', '.join(map(named, missing.rules))}"


def named(rule_id: str) -> str:
    """Activité minimale (ELI-04)."""
    return f"{french.lower(register().regles[rule_id])} ({rule_id})"


def row_text(row: str) -> str:
    """Which rows of which table applied, in words: 1 ETP, année 3 et suivantes, de P30 à P90."""
    return " ; ".join(map(_row_text, row.split(" ; ")))


def _row_text(row: str) -> str:
    table, comma, cells = row.partition(", ")
    if not comma:
        own = re.sub(r"^\w+\.toml ", "", row)
        return re.sub("|".join(TEXTES), lambda found: WORDS[found[0]], own)
    texte = WORDS[table.removeprefix("montants ")]
    return f"montants, {texte} : {_amount_key(cells.split(' × '))}"


def _amount_key(key: Sequence[str]) -> str:
    option, year, band = key
    return f"{ETP[option]}, {YEARS[year]}, {WORDS[band]}"


def change_text(change: Change) -> str:
    """One value of a simulated barème in words: what it is of, then the new value."""
    if change.table == "montants":
        return f"montant, {_amount_key(change.key)} : {french.euros(Decimal(change.value))}"
    if change.table == "percentiles":
        slug, indicator, cell = change.key
        of = f"{register().specialites[slug].libelle}, {WORDS[indicator]}"
        return f"{cell.upper()}, {of} : {french.patients(int(change.value))}"
    if change.table == "parametres":
        return f"{register().libelles[change.key[0]]} : {change.value.replace('.', ',')}"
    regime, *cells = change.key
    return f"{regime}, {', '.join(WORDS.get(cell, cell) for cell in cells)} : {PARTS[change.value]}"


def _baremes(decision: Decision) -> list[str]:
    lines = []
    for bareme in decision.baremes:
        line = f"{french.capital(WORDS[bareme.texte])}, données vérifiées le {french.day(bareme.checked)}"
        if bareme.simulated:
            changes = " ; ".join(map(change_text, bareme.changes))
            line += f", barème simulé ({changes or 'sans valeur changée'})"
        lines.append(french.typeset(line))
    return lines
