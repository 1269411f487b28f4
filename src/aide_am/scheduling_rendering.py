"""A schedule as a French document: the payments, the years, what is missing, what a reading changes."""

from . import french
from .decision import Amount, Missing
from .documents import Document, Entry, Format, Grid, Section, written
from .errors import RefusedData
from .lectures import lectures
from .readings import CHOICES, Readings
from .rendering import SIMULATED, amount_text, contract, lower_case, sentence_case, sum_text, waiting
from .scheduling_record import Payment, Schedule, ScheduledYear
from .sentences import WORDS, event_label, missing_sentence, verdict_words, warning_sentence

KINDS = {
    "versement_unique": "versement unique",
    "acompte": "acompte",
    "solde": "solde",
    "trop_percu": "trop-perçu",
}


def explain(schedule: Schedule, format: Format = "texte") -> str:
    """The schedule in French; raises `ValueError` for a format that does not exist."""
    return written(document(schedule), format)


def document(schedule: Schedule) -> Document:
    """The schedule before it is written."""
    sections = (
        Section("Versements", grid=payments_grid(schedule)),
        Section("Années", grid=years_grid(schedule)),
        *schedule_sections(schedule),
        Section("Ce que changerait une autre lecture", readings_entries(schedule)),
    )
    kept = tuple(s for s in sections if s.entries or (s.grid is not None and s.grid.rows))
    return Document(_title(schedule), tuple(map(french.typeset, _answer(schedule))), kept)


def schedule_sections(schedule: Schedule) -> tuple[Section, ...]:
    """The events, what must be said, and what is missing."""
    events = tuple(Entry(french.typeset(sentence_case(event_label(event)))) for event in schedule.events)
    return (
        Section("Événements", events),
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in schedule.warnings)),
        Section("Ce qui manque", tuple(_missing(schedule, missing) for missing in schedule.missing)),
    )


def _missing(schedule: Schedule, missing: Missing) -> Entry:
    """A datum to find, and the years that wait for it."""
    years = [str(y.annee) for y in schedule.years if missing.field in {m.field for m in y.missing}]
    when = f"année{'s' if len(years) > 1 else ''} {french.enumeration(years)}"
    return Entry(sentence_case(missing_sentence(missing)), (french.typeset(f"{waiting(missing)} – {when}"),))


def _title(schedule: Schedule) -> str:
    return french.typeset(f"Échéancier : {contract(schedule.dossier)}")


def _answer(schedule: Schedule) -> list[str]:
    over = [year for year in schedule.years if ended(year)]
    refused = [str(y.annee) for y in schedule.years if y.verdict == "non_eligible" and y not in over]
    count = len(schedule.years)
    lines = [f"Total dû sur {count} année{'s' if count > 1 else ''} : {sum_text(schedule.total)}."]
    if any(year.decision is not None and year.decision.simulated for year in schedule.years):
        lines.insert(0, SIMULATED)
    if refused:
        years = french.enumeration(refused)
        lines.append(f"Non éligible, année{'s' if len(refused) > 1 else ''} {years}.")
    if over:
        lines.append(f"Contrat {lower_case(year_verdict(over[0]))} : rien n’est dû ensuite.")
    if any(payment.kind == "trop_percu" for payment in schedule.payments):
        lines.append("Un trop-perçu est à rendre ou à compenser : aucun texte ne dit comment.")
    return lines


def year_verdict(year: ScheduledYear) -> str:
    """The verdict of a year in words; that of a contract past its term with its last day (DIT-06)."""
    if year.verdict is None:
        return "option non connue"
    return verdict_words(year.verdict, () if year.decision is None else year.decision.criteria)


def ended(year: ScheduledYear) -> bool:
    """Whether nothing but the term of the contract refuses this year."""
    return year.verdict == "non_eligible" and year_verdict(year) != WORDS[year.verdict]


def payments_grid(schedule: Schedule) -> Grid:
    """One line a payment."""
    headers = ("Année", "Versement", "Exigible", "Montant", "Règle", "Texte")
    return Grid(headers, tuple(_payment(p) for p in schedule.payments), frozenset({0, 3}))


def _payment(payment: Payment) -> tuple[str, ...]:
    return (
        str(payment.annee),
        KINDS[payment.kind],
        window(payment),
        sum_text(payment.amount),
        payment.rule,
        "plusieurs possibles" if payment.texte is None else WORDS[payment.texte],
    )


def window(payment: Payment) -> str:
    """Le 1er septembre 2027, or from one day to another."""
    if payment.due_from is None or payment.due_by is None:
        return "date d’embauche non connue"
    if payment.due_from == payment.due_by:
        return f"le {french.day(payment.due_from)}"
    return f"du {french.day(payment.due_from)} au {french.day(payment.due_by)}"


def years_grid(schedule: Schedule) -> Grid:
    """One line a contract year."""
    headers = ("Année", "Du", "Au", "Verdict", "Maximum", "Part", "Dû", "Cumul")
    rows = [_year(y, total) for y, total in zip(schedule.years, schedule.cumulated, strict=True)]
    return Grid(headers, tuple(rows), frozenset({0, 4, 5, 6, 7}))


def _year(year: ScheduledYear, total: Amount | None) -> tuple[str, ...]:
    share = None if year.decision is None else year.decision.share
    if share is None:
        part = "–"
    elif share.value is not None:
        part = french.percent(share.value)
    else:
        part = f"{french.percent(share.low)} à {french.percent(share.high)}"
    return (
        str(year.annee),
        "–" if year.debut is None else french.day(year.debut),
        "–" if year.fin is None else french.day(year.fin),
        year_verdict(year),
        "–" if year.maximum is None else amount_text(year.maximum),
        part,
        "–" if year.amount_due is None else amount_text(year.amount_due),
        sum_text(total),
    )


def readings_entries(schedule: Schedule) -> tuple[Entry, ...]:
    """Each consulted reading under which another value gives other payments, and its total then."""
    from .scheduling import again

    entries = []
    for name, chosen in schedule.readings.items():
        lecture = lectures()[name]
        notes = []
        for value in CHOICES[name]:
            if value == chosen:
                continue
            readings = Readings(**{**schedule.choices.model_dump(), name: value})
            label = f"sinon : {lecture.valeurs[value].libelle}"
            try:
                other = again(schedule, readings)
            except RefusedData:
                notes.append(french.typeset(f"{label} → les événements donnés sont alors impossibles"))
                continue
            if _money(other) != _money(schedule):
                notes.append(french.typeset(f"{label} → total {sum_text(other.total)}"))
        if notes:
            kept = f"retenu : {lecture.valeurs[chosen].libelle}"
            entries.append(Entry(french.typeset(lecture.titre), (french.typeset(kept), *notes)))
    return tuple(entries)


def _money(schedule: Schedule) -> tuple[object, ...]:
    """What a person would see change: who is paid, when and how much."""
    return tuple((p.annee, p.kind, p.due_from, p.due_by, p.amount) for p in schedule.payments)
