"""What follows a résiliation, as a French document."""

from . import french
from .documents import Document, Entry, Format, Section, written
from .lectures import lectures
from .outcomes import recorded_bareme
from .readings import CHOICES, Readings
from .rendering import contract, reference_text, sentence_case, sum_text
from .sentences import MOTIFS, missing_sentence, warning_sentence
from .termination import Recovery, recovery


def explain(answer: Recovery, format: Format = "texte") -> str:
    """The answer in French; raises `ValueError` for a format that does not exist."""
    return written(document(answer), format)


def document(answer: Recovery) -> Document:
    """The answer before it is written."""
    end = answer.resiliation
    lines = [
        f"Résiliation au {french.day(end.date)}, à l’initiative "
        f"{'du médecin' if end.initiative == 'medecin' else 'de la caisse'} : {MOTIFS[end.motif]}.",
        f"Somme à récupérer : {sum_text(answer.recovered)}.",
    ]
    if answer.verdict == "non_eligible" and not answer.forced:
        lines.append(
            "Non éligible : aucun montant n’est calculé, sauf pour un contrat qui court (force=True)."
        )
    if answer.left_to_pay is not None and answer.left_to_pay.high:
        lines.append(f"Reste à verser au médecin : {sum_text(answer.left_to_pay)}.")
    lines.append(
        f"Nouveau contrat : possible au plus tard à partir du {french.day(answer.new_contract_by)} ; "
        f"la caisse peut l’admettre dès le {french.day(answer.new_contract_from)}, selon le motif."
    )
    steps = [
        Entry(f"Année {answer.annee} : {answer.jours_courus} jours courus sur {answer.jours}."),
        Entry(f"[CTR-05] Dû pour ces jours : {sum_text(answer.due)}."),
        Entry(f"[CTR-05] Déjà versé pour cette année : {sum_text(answer.paid)}."),
    ]
    sections = (
        Section("Calcul", tuple(steps) if answer.jours is not None else ()),
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in answer.warnings)),
        Section("Ce qui manque", tuple(Entry(sentence_case(missing_sentence(m))) for m in answer.missing)),
        Section("Ce que changerait une autre lecture", _readings(answer)),
        Section("Sources", tuple(Entry(reference_text(reference)) for reference in answer.references)),
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


def _readings(answer: Recovery) -> tuple[Entry, ...]:
    """Each consulted reading under which another value recovers another sum."""
    entries = []
    for name, chosen in answer.readings.items():
        notes = []
        for value in CHOICES[name]:
            if value == chosen:
                continue
            readings = Readings(**{**answer.choices.model_dump(), name: value})
            other = recovery(
                answer.dossier,
                answer.events,
                answer.observations,
                readings=readings,
                bareme=recorded_bareme(answer.baremes),
                force=answer.forced,
            )
            if (other.recovered, other.left_to_pay) != (answer.recovered, answer.left_to_pay):
                label = lectures()[name].valeurs[value].libelle
                notes.append(f"sinon, {name}={value} : {label} → {sum_text(other.recovered)} à récupérer")
        if notes:
            kept = f"retenu, {name}={chosen} : {lectures()[name].valeurs[chosen].libelle}"
            entries.append(Entry(lectures()[name].titre, tuple(map(french.typeset, (kept, *notes)))))
    return tuple(entries)
