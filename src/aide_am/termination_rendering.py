"""What follows a résiliation, as a French document."""

from . import french
from .documents import Document, Entry, Format, Section, written
from .rendering import contract, reference_text
from .sentences import MOTIFS, WORDS, by_weight, missing_sentence, warning_sentence
from .termination import OtherRecovery, Recovery
from .wording import (
    CONTRADICTED,
    OTHER_READINGS,
    UNKNOWN,
    Other,
    amount_text,
    codes_section,
    conditioned,
    reading_entries,
    sum_text,
)

HOW = {
    "sur_le_du": "le versé, moins le dû de ces jours",
    "prorata_du_verse": "le versé × jours restants / jours de l’année",
}
"""How the sum recovered comes about, by the reading `recuperation`."""


def explain(answer: Recovery, format: Format = "texte") -> str:
    """The answer in French; raises `ValueError` for a format that does not exist."""
    return written(document(answer), format)


def document(answer: Recovery) -> Document:
    """The answer before it is written."""
    end = answer.resiliation
    lines = [
        f"Résiliation au {french.day(end.date)}, à l’initiative "
        f"{'du médecin' if end.initiative == 'medecin' else 'de la caisse'} : {MOTIFS[end.motif]}.",
    ]
    refused = answer.verdict == "non_eligible" and not answer.forced
    if refused:
        lines.append(
            "Non éligible : aucun montant n’est calculé, sauf demande expresse pour un contrat qui court."
        )
    lines.append(f"{_called(answer, 'Somme à récupérer')} : {sum_text(answer.recovered)}.")
    if answer.left_to_pay is not None and answer.left_to_pay.high:
        lines.append(f"{_called(answer, 'Reste à verser au médecin')} : {sum_text(answer.left_to_pay)}.")
    lines.append(
        f"Nouveau contrat : possible au plus tard à partir du {french.day(answer.new_contract_by)} ; "
        f"la caisse peut l’admettre dès le {french.day(answer.new_contract_from)}, selon le motif."
    )
    if answer.notice_by is not None:
        lines.append(_notice(answer))
    steps = [
        Entry(f"Année {answer.annee} : {answer.jours_courus} jours courus sur {answer.jours}."),
        Entry(f"[CTR-05] {_called(answer, 'Dû pour ces jours')} : {sum_text(answer.due)}."),
        Entry(f"[CTR-05] Déjà versé pour cette année : {sum_text(answer.paid)}."),
        Entry(f"[CTR-05] À récupérer : {HOW[answer.choices.recuperation]}, {sum_text(answer.recovered)}."),
    ]
    steps = steps[:1] if refused else steps
    readings = _other_readings(answer)
    sections = (
        Section("Calcul", tuple(steps) if answer.jours is not None else ()),
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in by_weight(answer.warnings))),
        Section("Ce qui manque", tuple(Entry(french.capital(missing_sentence(m))) for m in answer.missing)),
        Section(OTHER_READINGS, reading_entries(readings, evidence=False)),
        Section("Sources", tuple(Entry(reference_text(reference)) for reference in answer.references)),
        codes_section((other.name for other in readings), answer.choices),
    )
    return Document(
        french.typeset(f"Résiliation : {contract(answer.dossier)}"),
        tuple(map(french.typeset, lines)),
        tuple(
            section._replace(entries=tuple(e._replace(text=french.typeset(e.text)) for e in section.entries))
            for section in sections
            if section.entries
        ),
    )


def _notice(answer: Recovery) -> str:
    """CTR-05: the notice of a doctor's own résiliation."""
    assert answer.notice_by is not None
    told = answer.resiliation.date_notification
    given = "" if told is None else f" ; elle l’a été le {french.day(told)}"
    return (
        "Préavis (source secondaire) : le médecin notifie la résiliation par lettre recommandée, "
        f"au plus tard le {french.day(answer.notice_by)}{given}."
    )


def _sums(other: OtherRecovery, answer: Recovery) -> str:
    """What another reading gives: its verdict where it differs, what it recovers, what it leaves to pay."""
    if not other.possible:
        return CONTRADICTED
    differs = other.verdict is not None and other.verdict != answer.verdict
    text = f"{WORDS[other.verdict].lower()}, " if differs and other.verdict is not None else ""
    if other.recovered is None:
        return f"{text}somme {UNKNOWN}"
    text += f"{amount_text(other.recovered)} à récupérer"
    if other.left_to_pay is None:
        return f"{text}, le reste à verser est {UNKNOWN}"
    return f"{text}, {amount_text(other.left_to_pay)} à verser au médecin" if other.left_to_pay.high else text


def _called(answer: Recovery, name: str) -> str:
    """The name of a sum with the verdict that it hangs on (DIT-01)."""
    return conditioned(name, answer.verdict, answer.forced)


def _other_readings(answer: Recovery) -> tuple[Other, ...]:
    """Each consulted reading under which another value recovers, or leaves to pay, another sum."""
    found: dict[str, list[tuple[str, str]]] = {}
    for other in answer.others:
        found.setdefault(other.reading, []).append((other.value, _sums(other, answer)))
    return tuple(Other(name, chosen, tuple(found.get(name, ()))) for name, chosen in answer.readings.items())
