"""A decision as a French document, built from codes and values; sentences come from `sentences`."""

from collections.abc import Mapping

from . import french
from .chronology import register
from .decision import Amount, Criterion, Decision, Objective, Share, Step
from .documents import Document, Entry, Format, Section, written
from .lectures import lectures
from .models import Dossier
from .outcomes import Alternative, alternatives, span
from .references import Reference
from .sentences import ETP, WORDS, missing_sentence, step_sentence, warning_sentence

SIMULATED = "BARÈME SIMULÉ : ce résultat n’est pas le droit en vigueur."
"""The headline of an answer that a simulated barème gave."""
UNKNOWN = "à dire par la caisse"
"""What stands for a sum that no text gives."""
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
    sections = [
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in decision.warnings)),
        Section(
            "Ce qui manque",
            tuple(
                Entry(sentence_case(missing_sentence(m)), (f"{m.field} – {', '.join(m.rules)}",))
                for m in decision.missing
            ),
        ),
        Section("Ce que changerait une autre lecture", _readings(decision)),
        *_chapters(decision),
        Section("Barème", tuple(Entry(line) for line in _baremes(decision))),
    ]
    return Document(title(decision), tuple(_answer(decision)), tuple(s for s in sections if s.entries))


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
    verdict = f"Verdict : {WORDS[decision.verdict].lower()}."
    failed = [c.rule for c in decision.criteria if c.status == "non_satisfait"]
    if failed:
        verdict += f" Critère non satisfait : {french.enumeration(failed)}."
    if failed and decision.forced:
        verdict += " Le calcul continue parce qu’il a été demandé (contrat déjà en cours)."
    lines.append(verdict)
    if decision.maximum is not None:
        lines.append(f"Montant maximal de l’année : {amount_text(decision.maximum)}.")
    if decision.objectives and decision.dossier.observation is not None:
        lines += [_objective_line(o) for o in decision.objectives.values() if o.status]
    if decision.share is not None:
        regime = f" ({decision.regime})" if decision.regime else ""
        lines.append(f"Part versée : {_share(decision.share)}{regime}.")
    if decision.amount_due is not None:
        lines.append(f"Montant dû : {amount_text(decision.amount_due)}.")
    elif decision.maximum is not None:
        lines.append("Montant dû : il dépend de l’observation de l’année.")
    return [french.typeset(line) for line in lines]


def _objective_line(objective: Objective) -> str:
    status = objective.status or ""
    text = f"{sentence_case(WORDS[objective.indicator])} : {WORDS[status]}"
    if objective.observed is not None and objective.base is not None:
        gap = objective.observed - objective.base
        text += f" ({french.whole(objective.observed)} pour une base de {french.whole(objective.base)}, "
        text += f"soit {'+' if gap > 0 else ''}{french.whole(gap)})"
    if objective.missing_patients:
        text += f", il manque {patients(objective.missing_patients)} pour l’atteindre"
    if objective.can_lose is not None:
        text += f", marge avant un statut moins bon : {patients(objective.can_lose)}"
    return text + "."


def patients(count: int) -> str:
    """1 patient, 1 300 patients."""
    return f"{french.whole(count)} patient{'s' if count > 1 else ''}"


def sum_text(amount: Amount | None) -> str:
    """The amount, or that the caisse must say."""
    return UNKNOWN if amount is None else amount_text(amount)


def amount_text(amount: Amount) -> str:
    """18 000 €, or both ends of an interval."""
    if amount.value is not None:
        return french.euros(amount.value)
    return f"entre {french.euros(amount.low)} et {french.euros(amount.high)}"


def _share(share: Share) -> str:
    if share.value is not None:
        return french.share(share.value)
    return f"entre {french.share(share.low)} et {french.share(share.high)}"


def _readings(decision: Decision) -> tuple[Entry, ...]:
    """Each consulted reading, and what its other values would give; last, the span of them all."""
    others = alternatives(decision)
    entries = []
    for name, chosen in decision.readings.items():
        lecture = lectures()[name]
        changing = [a for a in others if a.reading == name and a.changes]
        valeur = lecture.valeurs[chosen]
        notes = [f"retenu, {name}={chosen} : {valeur.libelle} ({valeur.preuve})"]
        for other in changing:
            autre = lecture.valeurs[other.value]
            notes.append(f"sinon, {name}={other.value} : {autre.libelle} ({autre.preuve}) → {_result(other)}")
        entries.append(
            Entry(
                french.typeset(f"{lecture.titre}{'' if changing else ' : sans effet ici'}"),
                tuple(french.typeset(note) for note in notes),
            )
        )
    if any(other.changes for other in others) and (every := span(decision)) is not None:
        text = f"Toutes lectures confondues, le montant dû est {amount_text(every)}."
        entries.append(Entry(french.typeset(text)))
    return tuple(entries)


def _result(other: Alternative) -> str:
    if other.amount_due is not None:
        return f"montant dû {amount_text(other.amount_due)}"
    if other.maximum is not None:
        return f"montant maximal {amount_text(other.maximum)}"
    if other.verdict == "non_eligible":
        return WORDS[other.verdict].lower()
    return "aucun montant connu"


def _chapters(decision: Decision) -> list[Section]:
    entries: dict[str, list[Entry]] = {}
    for step in decision.steps:
        entries.setdefault(CHAPTERS.get(step.rule) or CHAPTERS[step.rule[:3]], []).append(
            _entry(step, decision)
        )
    return [Section(f"Pas à pas – {title}", tuple(found), folded=True) for title, found in entries.items()]


def _entry(step: Step | Criterion, decision: Decision) -> Entry:
    title = register().regles[step.rule]
    mark = f" {MARKS[step.status]} {WORDS[step.status]}" if isinstance(step, Criterion) else ""
    notes = []
    if isinstance(step, Criterion) and step.threshold is not None:
        notes.append(_comparison(step))
    if step.rule.startswith("MOD"):
        notes += _fallen(decision)
    if step.row is not None:
        notes.append(f"ligne : {step.row}")
    notes += [reference_text(reference) for reference in dict.fromkeys(step.references)]
    text = f"[{step.rule}] {title}{mark} – {step_sentence(step)}"
    return Entry(french.typeset(text), tuple(french.typeset(note) for note in notes))


def _comparison(criterion: Criterion) -> str:
    def shown(value: object) -> str:
        if value is None:
            return "non connu"
        return french.whole(value) if isinstance(value, int) else french.percent(value)  # type: ignore[arg-type]

    gap = "" if criterion.gap is None else f", écart {shown(criterion.gap)}"
    return f"valeur {shown(criterion.value)}, seuil {shown(criterion.threshold)}{gap}"


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
    return (
        f"source : {source.editeur}, « {source.titre} » ({source.date}){where} – "
        f"{WORDS[reference.nature]}, vérifié le {french.day(reference.checked)}"
    )


def _baremes(decision: Decision) -> list[str]:
    lines = []
    for bareme in decision.baremes:
        line = f"{sentence_case(WORDS[bareme.texte])}, version « {bareme.version} »"
        if bareme.simulated:
            changes = [
                f"{change.table} {' × '.join(change.key)} = {change.value}" for change in bareme.changes
            ]
            line += f", simulée ({' ; '.join(changes) or 'sans valeur changée'})"
        lines.append(french.typeset(line))
    return lines


def sentence_case(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
