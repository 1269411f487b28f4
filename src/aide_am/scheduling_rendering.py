"""A schedule as a French document: the payments, the years, what is missing, what a reading changes."""

from collections.abc import Iterator

from . import french
from .decision import Amount, Missing
from .documents import Document, Entry, Format, Grid, Section, written
from .errors import RefusedData
from .outcomes import others, statuses
from .rendering import SIMULATED, contract, waiting
from .rules.answers import Effet, Shown, condition, effets
from .scheduling_record import Payment, Schedule, ScheduledYear
from .sentences import WORDS, by_weight, event_label, missing_sentence, warning_sentence
from .terms import Verdict
from .wording import (
    OTHER_READINGS,
    Other,
    amount_text,
    by_reading,
    changed_criteria,
    codes_section,
    conditioned,
    conditioned_by_all,
    criteria_text,
    due_text,
    reading_entries,
    sum_text,
    verdict_cell,
)

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
        *readings_sections(schedule),
    )
    kept = tuple(s for s in sections if s.entries or (s.grid is not None and s.grid.rows))
    return Document(_title(schedule), tuple(map(french.typeset, _answer(schedule))), kept)


def schedule_sections(schedule: Schedule) -> tuple[Section, ...]:
    """The events, what must be said, and what is missing."""
    events = tuple(Entry(french.typeset(french.capital(event_label(event)))) for event in schedule.events)
    return (
        Section("Événements", events),
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in by_weight(schedule.warnings))),
        Section("Ce qui manque", tuple(_missing(schedule, missing) for missing in schedule.missing)),
    )


def _missing(schedule: Schedule, missing: Missing) -> Entry:
    """A datum to find, and the years that wait for it."""
    years = [str(y.annee) for y in schedule.years if missing.field in {m.field for m in y.missing}]
    when = f"année{'s' if len(years) > 1 else ''} {french.enumeration(years)}"
    return Entry(french.capital(missing_sentence(missing)), (french.typeset(f"{waiting(missing)} – {when}"),))


def _title(schedule: Schedule) -> str:
    return french.typeset(f"Échéancier : {contract(schedule.dossier)}")


def _answer(schedule: Schedule) -> list[str]:
    lines = total_lines(schedule)
    if any(year.decision is not None and year.decision.simulated for year in schedule.years):
        lines.insert(0, SIMULATED)
    if any(payment.kind == "trop_percu" for payment in schedule.payments):
        lines.append("Un trop-perçu est à rendre ou à compenser : aucun texte ne dit comment.")
    return lines


def year_verdict(year: ScheduledYear) -> str:
    """The verdict of a year in words; that of a contract past its term with its last day (DIT-06)."""
    criteria = () if year.decision is None else year.decision.criteria
    return verdict_cell(year.verdict, "option non connue", criteria)


def year_due(year: ScheduledYear, amount: Amount | None, forced: bool) -> str:
    """What is due for a year, with its verdict."""
    criteria = () if year.decision is None else year.decision.criteria
    return due_text(year.verdict, amount, forced, criteria=criteria)


def ended(year: ScheduledYear) -> bool:
    """Whether nothing but the term of the contract refuses this year."""
    return year.verdict == "non_eligible" and year_verdict(year) != WORDS[year.verdict]


def total_lines(schedule: Schedule) -> list[str]:
    """The total with the verdicts that it hangs on (DIT-01), the years refused, the end of the contract."""
    count, empty = len(schedule.years), refused_years(schedule)
    name = f"Total dû sur {count} année{'s' if count > 1 else ''}"
    called = conditioned_by_all(name, (year.verdict for year in schedule.years), schedule.forced)
    over = [year for year in schedule.years if ended(year)]
    closed = [str(y.annee) for y in schedule.years if y.verdict == "non_eligible" and y not in over]
    nothing = " (non éligible)" if closed and len(empty) == count else ""
    lines = [f"{called} : {sum_text(schedule.total)}{nothing}."]
    if closed:
        lines.append(f"Non éligible, année{'s' if len(closed) > 1 else ''} {french.enumeration(closed)}.")
    if over:
        lines.append(f"Contrat {french.lower(year_verdict(over[0]))} : rien n’est dû ensuite.")
    return lines


def refused_years(schedule: Schedule) -> list[str]:
    """The years of which nothing is due because the contract is refused."""
    return [
        str(year.annee)
        for year in schedule.years
        if year.verdict is not None and condition(year.verdict, schedule.forced) == "refuse"
    ]


def payments_grid(schedule: Schedule) -> Grid:
    """One line a payment, with the verdict of its year where the caisse must still admit the contract."""
    verdicts = {year.annee: year.verdict for year in schedule.years}
    headers = ("Année", "Versement", "Exigible", "Montant", "Règle", "Texte")
    return Grid(
        headers,
        tuple(_payment(p, verdicts[p.annee], schedule.forced) for p in schedule.payments),
        frozenset({0, 3}),
    )


def _payment(payment: Payment, verdict: Verdict | None, forced: bool) -> tuple[str, ...]:
    return (
        str(payment.annee),
        conditioned(KINDS[payment.kind], verdict, forced),
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


def readings_sections(schedule: Schedule, title: str = OTHER_READINGS) -> tuple[Section, Section]:
    """What each other reading changes, and the codes that ask for them."""
    told = other_readings(schedule)
    return (
        Section(title, reading_entries(told, evidence=False)),
        codes_section((other.name for other in told), schedule.choices),
    )


def other_readings(schedule: Schedule) -> tuple[Other, ...]:
    """Each reading of which another value changes a verdict, a payment or a criterion (DIT-02)."""
    return by_reading(_effects(schedule), schedule.choices)


def _effects(schedule: Schedule) -> Iterator[tuple[str, str, str]]:
    from .scheduling import again

    for name, value, readings in others(schedule.readings, schedule.choices):
        try:
            other = again(schedule, readings)
        except RefusedData:
            yield name, value, "les événements donnés sont alors impossibles"
            continue
        if effect := _effect(schedule, other, effets(_shown(schedule), _shown(other))):
            yield name, value, effect


def _shown(schedule: Schedule) -> Shown:
    """What a person would see change: the verdict of each year, the payments, the criteria."""
    decisions = [(year.annee, year.decision) for year in schedule.years]
    criteria = tuple((annee, statuses(told.criteria)) for annee, told in decisions if told is not None)
    return Shown(tuple((year.annee, year.verdict) for year in schedule.years), _money(schedule), criteria)


def _effect(schedule: Schedule, other: Schedule, changed: tuple[Effet, ...]) -> str:
    """What another reading gives: the total with its verdicts, else the criteria; "" if it is the same."""
    if changed == ("critere",):
        pairs = zip(schedule.years, other.years, strict=True)
        told = [
            (y.decision, o.decision) for y, o in pairs if y.decision is not None and o.decision is not None
        ]
        return criteria_text(each for y, o in told for each in changed_criteria(y.criteria, o.criteria))
    if not changed:
        return ""
    text = total_text(other)
    return f"{text}, avec d’autres dates ou d’autres versements" if text == total_text(schedule) else text


def total_text(schedule: Schedule) -> str:
    """The total in a few words, with the years that are refused."""
    refused = refused_years(schedule)
    over = [str(year.annee) for year in schedule.years if ended(year)]
    closed = [annee for annee in refused if annee not in over]
    if refused and len(refused) == len(schedule.years):
        return f"{'non éligible' if closed else 'arrivé à son terme'}, rien n’est dû"
    name = conditioned_by_all("total", (year.verdict for year in schedule.years), schedule.forced)
    text = f"{name}{' ' if name == 'total' else ' : '}{sum_text(schedule.total)}"
    for years, why in ((closed, "non éligible"), (over, "arrivé à son terme")):
        if years:
            text += f", {why} année{'s' if len(years) > 1 else ''} {french.enumeration(years)}"
    return text


def _money(schedule: Schedule) -> tuple[object, ...]:
    """What a person would see change: who is paid, when and how much."""
    return tuple((p.annee, p.kind, p.due_from, p.due_by, p.amount) for p in schedule.payments)
