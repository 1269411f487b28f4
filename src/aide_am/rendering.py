"""A decision as a French document, built from codes and values; sentences come from `sentences`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from . import french
from .bareme import CALLER, Change
from .chronology import last_bareme, register
from .decision import Amount, Criterion, Decision, Missing, Objective, Share, Step
from .documents import Document, Entry, Format, Section, written
from .lectures import lectures
from .models import Dossier
from .outcomes import Alternative, alternatives, span
from .references import Reference
from .sentences import (
    ETP,
    PARTS,
    WORDS,
    missing_sentence,
    step_sentence,
    verdict_words,
    warning_sentence,
)

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
    sections = [
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in decision.warnings)),
        Section(
            "Ce qui manque",
            tuple(Entry(sentence_case(missing_sentence(m)), (waiting(m),)) for m in decision.missing),
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
    words = verdict_words(decision.verdict, decision.criteria)
    verdict = f"Verdict : {lower_case(words)}."
    failed = [named(c.rule) for c in decision.criteria if c.status == "non_satisfait"]
    if words != WORDS[decision.verdict]:
        verdict = f"Contrat {lower_case(words)}, sans avenant de prorogation (CTR-01)."
    elif failed:
        plural = "s" if len(failed) > 1 else ""
        verdict += f" Critère{plural} non satisfait{plural} : {french.enumeration(failed)}."
    if failed and decision.forced:
        verdict += " Le calcul continue parce qu’il a été demandé (contrat déjà en cours)."
    lines.append(verdict)
    if decision.maximum is not None:
        lines.append(f"Montant maximal de l’année : {amount_text(decision.maximum)}.")
    if decision.objectives and decision.dossier.observation is not None:
        lines += [_objective_line(o) for o in decision.objectives.values() if o.status]
    if decision.share is not None:
        regime = f" ({decision.regime})" if decision.regime else ""
        left = ", à la décision de la caisse" if CAISSE in {m.field for m in decision.missing} else ""
        lines.append(f"Part versée : {_share(decision.share)}{left}{regime}.")
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


patients = french.patients


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
        notes.append(f"ligne{'s' if ' ; ' in step.row else ''} : {row_text(step.row)}")
    notes += [reference_text(reference) for reference in dict.fromkeys(step.references)]
    text = f"[{step.rule}] {title}{mark} – {step_sentence(step)}"
    return Entry(french.typeset(text), tuple(french.typeset(note) for note in notes))


def _comparison(criterion: Criterion) -> str:
    def shown(value: object, unknown: str = "non connu") -> str:
        if value is None:
            return unknown
        return french.whole(value) if isinstance(value, int) else french.percent(value)  # type: ignore[arg-type]

    gap = "" if criterion.gap is None else f", écart {shown(criterion.gap)}"
    return f"valeur {shown(criterion.value, 'non connue')}, seuil {shown(criterion.threshold)}{gap}"


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
    return f"{lower_case(register().regles[rule_id])} ({rule_id})"


def row_text(row: str) -> str:
    """Which rows of which table applied, in words: 1 ETP, année 3 et suivantes, de P30 à P90."""
    return " ; ".join(map(_row_text, row.split(" ; ")))


def _row_text(row: str) -> str:
    table, comma, cells = row.partition(", ")
    if not comma:
        return row.removeprefix("eligibilite.toml ")
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
        return f"{last_bareme().parametres[change.key[0]].libelle} : {change.value.replace('.', ',')}"
    regime, *cells = change.key
    return f"{regime}, {', '.join(WORDS.get(cell, cell) for cell in cells)} : {PARTS[change.value]}"


def _baremes(decision: Decision) -> list[str]:
    lines = []
    for bareme in decision.baremes:
        line = f"{sentence_case(WORDS[bareme.texte])}, données vérifiées le {french.day(bareme.checked)}"
        if bareme.simulated:
            changes = " ; ".join(map(change_text, bareme.changes))
            line += f", barème simulé ({changes or 'sans valeur changée'})"
        lines.append(french.typeset(line))
    return lines


def lower_case(text: str) -> str:
    """The text with its first letter in lower case."""
    return text[:1].lower() + text[1:]


def sentence_case(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
