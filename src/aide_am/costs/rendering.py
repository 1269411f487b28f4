"""The invoice of a post, what remains to pay, and the ways to employ side by side, as French documents."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from .. import french
from ..collective.decision import CollectiveDecision
from ..collective.rendering import missing_entries
from ..collective.rendering import readings_entries as readings_of_group
from ..documents import Document, Entry, Format, Grid, Section, written
from ..references import Reference
from ..rendering import SIMULATED, UNKNOWN, contract, sentence_case
from ..scheduling_record import Schedule
from ..scheduling_rendering import readings_entries, schedule_sections
from ..sentences import WORDS, warning_sentence
from .bareme import Remarque, bareme_emploi
from .consultations import BreakEven, first_year
from .models import Emploi, Modalite, Poste
from .records import (
    Assumption,
    Balance,
    Case,
    CaseName,
    EmploymentComparison,
    EmploymentCost,
    MonthBalance,
    Note,
    RemainingCost,
    sum_of,
)
from .remaining import ALONE, COMPANY
from .sentences import CASES, ORIGINES, RUBRIQUES

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def explain_cost(cost: EmploymentCost, format: Format = "texte") -> str:
    """The invoice in French; raises `ValueError` for a format that does not exist."""
    count = len(cost.months)
    days = f"du {french.day(cost.debut)} au {french.day(cost.fin)}"
    answer = f"Coût {days} : {french.euros(cost.total)}, {count} mois."
    sections = (
        Section("Facture, mois par mois", grid=_invoice(cost)),
        Section("Hypothèses", _assumptions(cost.assumptions)),
        Section("À savoir", _notes(cost.notes)),
        Section("Ce mode d’emploi", _remarks(bareme_emploi().modes[cost.emploi.mode].remarques)),
    )
    title = french.typeset(f"Coût d’un poste : {way_text(cost.emploi)}, {post_text(cost.poste)}")
    return written(Document(title, (french.typeset(answer),), _kept(sections)), format)


def explain_remaining(
    remaining: RemainingCost,
    format: Format = "texte",
    months: bool = False,
    found: BreakEven | None = None,
) -> str:
    """What remains to pay in French, and the consultations that pay it; raises `ValueError` for a format."""
    cost = remaining.cost
    answer = [SIMULATED] if any(map(is_simulated, remaining.schedules)) else []
    days = f"du {french.day(cost.debut)} au {french.day(cost.fin)}"
    answer.append(f"Coût du poste {days} : {french.euros(cost.total)}.")
    answer += [
        line for balance in remaining.balances for line in _answer(balance, len(remaining.balances) > 1)
    ]
    sections = [
        *(_years(balance, len(remaining.balances) > 1) for balance in remaining.balances),
        *(_treasury(each) for each in remaining.balances if months and _dated(each)),
        *(() if found is None else (break_even_section(found),)),
        *_common(remaining),
    ]
    who = [contract(s.dossier) for s in remaining.schedules if s is not None]
    title = f"Reste à charge : {way_text(cost.emploi)}, {post_text(cost.poste)}"
    if len(who) == 1 and len(remaining.balances) == 1:
        title += f" – {who[0]}"
    lines = tuple(map(french.typeset, answer))
    return written(Document(french.typeset(title), lines, _kept(sections)), format)


def explain_comparison(comparison: EmploymentComparison, format: Format = "texte") -> str:
    """The ways to employ in French; raises `ValueError` for a format that does not exist."""
    if not comparison.compared:
        return written(Document("Modes d’emploi", ("Aucune modalité à comparer.",), ()), format)
    first = comparison.compared[0].remaining
    names = [case.name for case in first.balance.cases]
    shown = next((name for name in names if name.startswith("trajectoire")), names[0])
    answer = [SIMULATED] if any(map(is_simulated, first.schedules)) else []
    answer += [_cheapest(comparison, shown), f"Par année : {CASES[shown]}. {WHAT_COUNTS}"]
    sections = [
        Section("Côte à côte, sur toute la durée", grid=_side_by_side(comparison, names, shown)),
        Section(f"Reste à charge par année, {CASES[shown]}", grid=_by_year(comparison, shown)),
        *_way_sections(comparison),
        *_schedule_sections(first),
    ]
    title = f"Modes d’emploi comparés : {post_text(first.cost.poste)}"
    title += "".join(f" – {contract(s.dossier)}" for s in first.schedules if s is not None)
    lines = tuple(map(french.typeset, answer))
    return written(Document(french.typeset(title), lines, _kept(sections)), format)


def break_even_section(found: BreakEven) -> Section:
    """The section that tells how many consultations pay what remains."""
    several = len({year.identifiant for year in found.years}) > 1
    head = ("Cas", "Année", "Reste à charge", "Consultations en plus", "Par mois")
    if not found.years:
        told = (
            f"Le reste à charge d’une consultation se compte à partir de l’année {first_year()} du contrat."
        )
        return Section("Consultations en plus", (Entry(told),))
    rows = tuple(
        (
            *((payer_text(year.identifiant),) if several else ()),
            sentence_case(CASES[year.case]),
            str(year.annee),
            _sum(year.rest),
            UNKNOWN if year.consultations is None else french.whole(year.consultations),
            UNKNOWN if year.rest is None else "–" if year.a_month is None else french.whole(year.a_month),
        )
        for year in found.years
    )
    headers = (*(("Payeur",) if several else ()), *head)
    numbers = frozenset(range(len(headers) - 4, len(headers)))
    kept = f", dont {french.percent(1 - found.charges)} gardés" if found.charges else ", gardés en entier"
    title = f"Consultations en plus qui paient le reste à charge, à {french.euros(found.honoraire)}{kept}"
    return Section(french.typeset(title), grid=Grid(headers, rows, numbers))


WHAT_COUNTS = (
    "Un reste négatif est un excédent d’aide. Les frais « non comptés » ne sont pas à zéro : ils manquent."
)


def _kept(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(s for s in sections if s.entries or (s.grid is not None and s.grid.rows))


def is_simulated(schedule: Schedule | None) -> bool:
    """Whether a simulated barème answered for a year of the contract."""
    return schedule is not None and any(
        y.decision is not None and y.decision.simulated for y in schedule.years
    )


def way_text(emploi: Emploi) -> str:
    """The French name of a way to employ."""
    return bareme_emploi().modes[emploi.mode].libelle


def payer_text(identifiant: str) -> str:
    """The label of a payer; the two that are not the caller's, in French."""
    return {ALONE: "médecin", COMPANY: "société"}.get(identifiant, identifiant)


def post_text(poste: Poste) -> str:
    """CDI, 1 ETP, à partir du 1er septembre 2026."""
    if poste.etp is not None:
        temps = f"{_number(poste.etp)} ETP"
    else:
        temps = f"{_number(poste.heures_hebdomadaires or Decimal(0))} h par semaine"
    until = "" if poste.fin is None else f" jusqu’au {french.day(poste.fin)}"
    return f"{poste.contrat_travail}, {temps}, à partir du {french.day(poste.debut)}{until}"


def _number(value: Decimal) -> str:
    """A decimal in French, without zeros at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def month_name(mois: MonthBalance) -> str:
    """Septembre 2026."""
    return f"{MONTHS[mois.mois.month - 1]} {mois.mois.year}"


def _invoice(cost: EmploymentCost) -> Grid:
    """One line a month, one column an item, the total and what it comes to."""
    used = [name for name in RUBRIQUES if any(line.rubrique == name for line in cost.lines)]
    rows, reached = [], Decimal(0)
    for first, lines in cost.months.items():
        total = sum_of(lines)
        reached += total
        items = (sum_of(line for line in lines if line.rubrique == name) for name in used)
        cells = [french.euros(item) if item else "–" for item in items]
        month = f"{MONTHS[first.month - 1]} {first.year}"
        rows.append((month, *cells, french.euros(total), french.euros(reached)))
    whole = (french.euros(sum_of(line for line in cost.lines if line.rubrique == name)) for name in used)
    rows.append(("total", *whole, french.euros(cost.total), ""))
    headers = ("Mois", *(sentence_case(RUBRIQUES[name]) for name in used), "Total", "Cumul")
    return Grid(headers, tuple(rows), frozenset(range(1, len(headers))))


def _assumptions(found: Iterable[Assumption]) -> tuple[Entry, ...]:
    return tuple(_assumption(each) for each in found)


FIXED = ("frais_tese", "heures_temps_plein")
"""The parameters that no field of the caller replaces."""


def _assumption(found: Assumption) -> Entry:
    """A figure, where it comes from, and its source if it is a default."""
    if found.valeur is None:
        return Entry(french.typeset(f"{sentence_case(found.libelle)} : {ORIGINES[found.origine]}"))
    text = f"{sentence_case(found.libelle)} : {_value(found)} – {ORIGINES[found.origine]}"
    if found.reference is None:
        return Entry(french.typeset(text))
    source = bareme_emploi().sources[found.reference.source]
    where = f"{source.titre} ({source.editeur}, {source.date}) – {found.reference.place}"
    checked = french.day(found.reference.checked)
    nature = f"nature : {WORDS[found.reference.nature]} ; vérifié le {checked}"
    if found.reference not in [bareme_emploi().parametres[name].reference for name in FIXED]:
        nature += " ; remplaçable"
    return Entry(french.typeset(text), (french.typeset(where), french.typeset(nature)))


def _value(found: Assumption) -> str:
    value = found.valeur or Decimal(0)
    if found.unite == "part":
        return french.percent(value)
    if found.unite == "coefficient":
        return f"× {_number(value)}"
    if found.unite.startswith("euros"):
        return f"{french.euros(value)}{found.unite.removeprefix('euros')}"
    return f"{_number(value)} {found.unite}"


def _notes(notes: Iterable[Note]) -> tuple[Entry, ...]:
    return tuple(Entry(note.texte) for note in notes)


def _remarks(remarks: Iterable[Remarque]) -> tuple[Entry, ...]:
    return tuple(Entry(french.typeset(each.texte), (_source(each.reference),)) for each in remarks)


def _source(reference: Reference) -> str:
    """The publisher, the place and the nature of a source."""
    source = bareme_emploi().sources[reference.source]
    return french.typeset(f"{source.editeur}, {reference.place} ({WORDS[reference.nature]})")


def _sum(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else french.euros(amount)


def _answer(balance: Balance, named: bool) -> Iterator[str]:
    """What remains over all the years, and when the treasury is lowest."""
    who = f"{payer_text(balance.identifiant)}, " if named else ""
    who += "" if balance.part == 1 else f"part de {french.share(balance.part)}, "
    told = [f"{CASES[case.name]}, {_sum(case.rest)}" for case in balance.cases]
    case_of = str if named else sentence_case
    yield case_of(f"{who}reste à charge sur {_count(balance)} : {' ; '.join(told)}.")
    lows = [f"{CASES[case.name]}, {_low(case)}" for case in balance.cases if case.lowest is not None]
    if lows:
        yield case_of(f"{who}trésorerie la plus basse : {' ; '.join(lows)}.")


def _count(balance: Balance) -> str:
    years = len(balance.cases[0].years)
    return f"{years} an{'s' if years > 1 else ''}"


def _low(case: Case) -> str:
    low = case.lowest
    assert low is not None
    return f"{_sum(low.treasury)} fin {month_name(low)}"


def _years(balance: Balance, named: bool) -> Section:
    """One line a case and contract year."""
    headers = ("Cas", "Année", "Début", "Coût", "Aide due", "Reste à charge", "Cumul", "Par mois")
    rows = tuple(
        (
            sentence_case(CASES[case.name]),
            str(year.annee),
            year.debut.strftime("%d/%m/%Y"),
            french.euros(year.cost),
            _sum(year.aid),
            _sum(year.rest),
            _sum(year.cumulated),
            "–" if year.monthly is None else french.euros(year.monthly),
        )
        for case in balance.cases
        for year in case.years
    )
    title = "Par année du contrat" + (f" : {payer_text(balance.identifiant)}" if named else "")
    return Section(french.typeset(title), grid=Grid(headers, rows, frozenset(range(1, 8))))


def _dated(balance: Balance) -> bool:
    """Whether a month of the treasury is known."""
    return any(month.treasury is not None for case in balance.cases for month in case.months)


def _payer_notes(balances: Sequence[Balance]) -> Iterator[Entry]:
    """What each payer must know: once where all must, else by his name."""
    for told in dict.fromkeys(note for balance in balances for note in balance.notes):
        names = [payer_text(each.identifiant) for each in balances if told in each.notes]
        every = len(names) == len(balances)
        yield Entry(told.texte if every else french.typeset(f"{french.enumeration(names)} : ") + told.texte)


def _treasury(balance: Balance) -> Section:
    """One line a month: the cost, then what each case pays and leaves."""
    headers = ["Mois", "Coût"]
    for case in balance.cases:
        headers += [f"Aide versée, {CASES[case.name]}", f"Trésorerie, {CASES[case.name]}"]
    by_month = [{month.mois: month for month in case.months} for case in balance.cases]
    rows = []
    for first in sorted({mois for months in by_month for mois in months}):
        each = [months.get(first) for months in by_month]
        known = next(month for month in each if month is not None)
        cells = [month_name(known), french.euros(known.cost)]
        for month in each:
            paid = None if month is None else month.paid
            cells.append("–" if month is None or paid == 0 else _sum(paid))
            cells.append("–" if month is None else _sum(month.treasury))
        rows.append(tuple(cells))
    title = f"Trésorerie, mois par mois : {payer_text(balance.identifiant)}"
    grid = Grid(tuple(headers), tuple(rows), frozenset(range(1, len(headers))))
    return Section(french.typeset(title), grid=grid, folded=True)


def _common(remaining: RemainingCost) -> Iterator[Section]:
    """What stands behind the sums: assumptions, notes, contracts, readings."""
    yield Section("Hypothèses", _assumptions(remaining.cost.assumptions))
    yield Section("À savoir du poste", (*_notes(remaining.cost.notes), *_payer_notes(remaining.balances)))
    mode = bareme_emploi().modes[remaining.cost.emploi.mode]
    yield Section("Ce mode d’emploi", _remarks(mode.remarques))
    yield from _schedule_sections(remaining)
    if remaining.decisions:
        yield from _collective_sections(remaining.decisions)


def _collective_sections(decisions: Sequence[CollectiveDecision]) -> Iterator[Section]:
    """The warnings, the missing data and the readings of the years of a contrat collectif."""
    alerts = dict.fromkeys(warning_sentence(alert) for each in decisions for alert in each.warnings)
    lacks = dict.fromkeys(entry for each in decisions for entry in missing_entries(each))
    yield Section("À savoir, contrat collectif", tuple(map(Entry, alerts)))
    yield Section("Ce qui manque, contrat collectif", tuple(lacks))
    for each in decisions:
        told = tuple(entry for entry in readings_of_group(each) if len(entry.notes) != 1)
        yield Section(f"Ce que changerait une autre lecture, année {each.dossier.annee}", told)


def _schedule_sections(remaining: RemainingCost) -> Iterator[Section]:
    """The warnings, the missing data and the readings of each contract."""
    several = sum(schedule is not None for schedule in remaining.schedules) > 1
    told = zip(remaining.balances, remaining.schedules, remaining.bounds, strict=True)
    for balance, schedule, bounds in told:
        if schedule is None or bounds is None:
            continue
        who = f" ({payer_text(balance.identifiant)})" if several else ""
        for section in schedule_sections(schedule):
            yield section._replace(title=f"{section.title}, contrat{who}")
        yield Section(f"Ce que changerait une autre lecture, aide totale{who}", readings_entries(schedule))
        if bounds != schedule:
            entries = readings_entries(bounds)
            yield Section(f"Et sur le pire et le meilleur des règles{who}", entries)


def _cheapest(comparison: EmploymentComparison, name: CaseName) -> str:
    """The way that leaves least to pay, or that the caisse must say."""
    known = [
        (rest, each.name)
        for each in comparison.compared
        if (rest := each.remaining.balance.case(name).rest) is not None
    ]
    if not known:
        return f"Reste à charge : {UNKNOWN}."
    least = min(rest for rest, _ in known)
    names = french.enumeration([f"« {way} »" for rest, way in known if rest == least])
    years = _count(comparison.compared[0].remaining.balance)
    parts = {each.remaining.balance.part for each in comparison.compared}
    warned = " Les parts du poste diffèrent d’une modalité à l’autre." if len(parts) > 1 else ""
    least_of = f"{CASES[name]} : {french.euros(least)}"
    return f"Reste à charge le plus bas sur {years}, {least_of}, avec {names}.{warned}"


def _side_by_side(comparison: EmploymentComparison, names: Sequence[CaseName], shown: CaseName) -> Grid:
    headers = (
        "Modalité",
        "Part du poste",
        "Coût",
        *(f"Reste, {CASES[name]}" for name in names),
        f"Trésorerie la plus basse, {CASES[shown]}",
    )
    rows = []
    for each in comparison.compared:
        balance = each.remaining.balance
        low = balance.case(shown)
        cost = sum((year.cost for year in low.years), Decimal(0))
        rests = (_sum(balance.case(name).rest) for name in names)
        rows.append(
            (
                each.name,
                french.share(balance.part),
                french.euros(cost),
                *rests,
                UNKNOWN if low.lowest is None else _low(low),
            )
        )
    return Grid(headers, tuple(rows), frozenset(range(1, len(headers))))


def _by_year(comparison: EmploymentComparison, name: CaseName) -> Grid:
    years = [year.annee for year in comparison.compared[0].remaining.balance.case(name).years]
    rows = tuple(
        (each.name, *(_sum(year.rest) for year in each.remaining.balance.case(name).years))
        for each in comparison.compared
    )
    headers = ("Modalité", *(f"Année {annee}" for annee in years))
    return Grid(headers, rows, frozenset(range(1, len(headers))))


def _way_sections(comparison: EmploymentComparison) -> Iterator[Section]:
    """What all the ways assume, then what each adds."""
    told = [
        (
            *_assumptions(each.remaining.cost.assumptions),
            *_notes((*each.remaining.cost.notes, *each.remaining.balance.notes)),
        )
        for each in comparison.compared
    ]
    shared = [entry for entry in told[0] if all(entry in entries for entries in told)]
    yield Section("Hypothèses communes", tuple(shared))
    for each, entries in zip(comparison.compared, told, strict=True):
        own = tuple(entry for entry in entries if entry not in shared)
        yield Section(f"{french.typeset('Hypothèses : ')}{each.name}", (*_who(each.modalite), *own))


def _who(modalite: Modalite) -> tuple[Entry, ...]:
    """Who employs, and what to know of it."""
    bareme = bareme_emploi()
    employer = Entry(french.typeset(f"Employeur : {_employer(modalite)} ; {way_text(modalite.emploi)}"))
    remarks = (
        *bareme.structures[modalite.structure].remarques,
        *bareme.modes[modalite.emploi.mode].remarques,
    )
    return (employer, *_remarks(remarks))


def _employer(modalite: Modalite) -> str:
    if modalite.emploi.mode in ("groupement", "coefficient"):
        return "le groupement d’employeurs"
    return bareme_emploi().structures[modalite.structure].libelle


__all__ = [
    "break_even_section",
    "explain_comparison",
    "explain_cost",
    "explain_remaining",
    "is_simulated",
    "month_name",
    "post_text",
    "way_text",
]
