"""The calendar of a contract as a French document: its dates, what to know, what a reading changes."""

from . import french
from .agenda_record import KINDS, Deadline, Deadlines
from .decision import Missing
from .documents import Document, Entry, Format, Grid, Section, written
from .outcomes import recorded_bareme
from .rendering import SIMULATED, contract, reference_text
from .scheduling import schedule
from .scheduling_record import Schedule
from .scheduling_rendering import readings_sections, refused_years
from .sentences import by_weight, event_label, missing_sentence, warning_sentence


def explain(found: Deadlines, format: Format = "texte") -> str:
    """The calendar in French; raises `ValueError` for a format that does not exist."""
    return written(document(found), format)


def scheduled(found: Deadlines) -> Schedule:
    """The schedule of the payments of a calendar, asked again."""
    return schedule(
        found.dossier,
        found.observations,
        found.years,
        events=found.events,
        readings=found.choices,
        bareme=recorded_bareme(found.baremes),
        force=found.forced,
    )


def document(found: Deadlines) -> Document:
    """The calendar before it is written."""
    headers = ("Date", "Échéance", "Année", "État", "Règle")
    grid = Grid(headers, tuple(map(_row, found.items)), frozenset({2}))
    events = tuple(Entry(french.typeset(french.capital(event_label(e)))) for e in found.events)
    missing = tuple(
        Entry(
            french.capital(missing_sentence(Missing(field, ("CTR-08",), "montant"))),
            (french.typeset(f"sans date : {', '.join(KINDS[kind] for kind in kinds)}"),),
        )
        for field, kinds in found.missing.items()
    )
    sources = {
        reference: sorted({item.rule for item in found.items if reference in item.references})
        for item in found.items
        for reference in item.references
    }
    entries = tuple(
        Entry(french.typeset(f"{', '.join(rules)} – {reference_text(reference)}"))
        for reference, rules in sources.items()
    )
    paid = scheduled(found)
    others, codes = readings_sections(paid)
    sections = (
        Section("Échéances", grid=grid),
        Section("Événements", events),
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in by_weight(found.warnings))),
        Section("Ce qui manque", missing),
        others,
        Section("Sources", entries, folded=True),
        codes,
    )
    title = french.typeset(f"Calendrier : {contract(found.dossier)}")
    kept = tuple(s for s in sections if s.entries or (s.grid is not None and s.grid.rows))
    return Document(title, tuple(map(french.typeset, _answer(found, paid))), kept)


def _answer(found: Deadlines, paid: Schedule) -> list[str]:
    count, left = len(found.items), [item for item in found.items if item.status == "a_apprecier"]
    years = f"{found.years} ans" if found.years > 1 else "1 an"
    lines = [f"{count} échéance{'s' if count > 1 else ''} sur {years}."]
    if left:
        lines.append(f"À apprécier par la caisse : {len(left)}.")
    if refused := refused_years(paid):
        years = f"année{'s' if len(refused) > 1 else ''} {french.enumeration(refused)}"
        lines.append(f"Non éligible, {years} : rien n’est dû.")
    if found.simulated:
        lines.insert(0, SIMULATED)
    return lines


def _row(item: Deadline) -> tuple[str, ...]:
    annee = "–" if item.annee is None else str(item.annee)
    return french.capital(item.when), item.label, annee, item.state, item.rule
