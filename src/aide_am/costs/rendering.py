"""The invoice of a post, and what remains to pay, as French documents."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from .. import french
from ..collective.decision import CollectiveDecision
from ..collective.rendering import missing_entries, told_readings
from ..decision import Alert
from ..documents import Document, Entry, Format, Grid, Section, written
from ..models import of_indicator
from ..rendering import SIMULATED, contract
from ..scheduling_record import Schedule
from ..scheduling_rendering import other_readings, schedule_sections, year_due, year_verdict
from ..sentences import warning_sentence
from ..wording import OTHER_READINGS, UNKNOWN, codes_section, reading_entries
from .bareme import bareme_emploi
from .consultations import BreakEven, first_year
from .entries import (
    assumptions,
    count_text,
    is_simulated,
    item_cells,
    kept,
    low_text,
    month_text,
    notes,
    payer_notes,
    payer_text,
    post_text,
    remarks,
    sum_text,
    way_text,
)
from .records import Balance, Case, EmploymentCost, RemainingCost, by_item, sum_of
from .sentences import CASES, RUBRIQUES


def explain_cost(cost: EmploymentCost, format: Format = "texte") -> str:
    """The invoice in French; raises `ValueError` for a format that does not exist."""
    days = f"du {french.day(cost.debut)} au {french.day(cost.fin)}"
    answer = f"Coût {days} : {french.euros(cost.total)}."
    sections = (
        Section("Facture, mois par mois", grid=_invoice(cost)),
        Section("Hypothèses", assumptions(cost.assumptions)),
        Section("À savoir", notes(cost.notes)),
        Section("Ce mode d’emploi", remarks(bareme_emploi().modes[cost.emploi.mode].remarques)),
    )
    title = french.typeset(f"Coût d’un poste : {way_text(cost.emploi)}, {post_text(cost.poste)}")
    return written(Document(title, (french.typeset(answer),), kept(sections)), format)


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
    several = len(remaining.balances) > 1
    answer += [line for balance in remaining.balances for line in _answer(balance, several)]
    sections = [
        *(_years(balance, several) for balance in remaining.balances),
        Section("Le coût par rubrique", grid=_by_item(remaining)),
        *path_section(remaining),
        *(_treasury(each) for each in remaining.balances if months and _dated(each)),
        *(() if found is None else (break_even_section(found, first_year(remaining)),)),
        *_common(remaining),
    ]
    who = [contract(s.dossier) for s in remaining.schedules if s is not None]
    title = f"Reste à charge : {way_text(cost.emploi)}, {post_text(cost.poste)}"
    if len(who) == 1 and len(remaining.balances) == 1:
        title += f" – {who[0]}"
    lines = tuple(map(french.typeset, answer))
    return written(Document(french.typeset(title), lines, kept(sections)), format)


def break_even_section(found: BreakEven, first: int) -> Section:
    """The section that tells how many consultations pay what remains; `first`: the first modulated year."""
    several = len({year.identifiant for year in found.years}) > 1
    head = ("Cas", "Année", "Reste à charge", "Consultations en plus", "Par mois")
    if not found.years:
        told = f"Le reste à charge d’une consultation se compte à partir de l’année {first} du contrat."
        return Section("Consultations en plus", (Entry(told),))
    rows = tuple(
        (
            *((payer_text(year.identifiant),) if several else ()),
            french.capital(CASES[year.case]),
            str(year.annee),
            sum_text(year.rest),
            UNKNOWN if year.consultations is None else french.whole(year.consultations),
            UNKNOWN if year.rest is None else "–" if year.a_month is None else french.whole(year.a_month),
        )
        for year in found.years
    )
    headers = (*(("Payeur",) if several else ()), *head)
    numbers = frozenset(range(len(headers) - 4, len(headers)))
    kept = (
        f", dont {french.decimal((1 - found.charges) * 100)} % gardés"
        if found.charges
        else ", gardés en entier"
    )
    title = f"Consultations en plus qui paient le reste à charge, à {french.euros(found.honoraire)}{kept}"
    return Section(french.typeset(title), grid=Grid(headers, rows, numbers))


def _invoice(cost: EmploymentCost) -> Grid:
    """One line a month, one column an item, the total and what it comes to."""
    whole = by_item(cost.lines)
    used = [name for name in RUBRIQUES if name in whole]
    rows, reached = [], Decimal(0)
    for first, lines in cost.months.items():
        total = sum_of(lines)
        reached += total
        cells = item_cells(by_item(lines), used)
        rows.append((month_text(first), *cells, french.euros(total), french.euros(reached)))
    rows.append(("total", *item_cells(whole, used), french.euros(cost.total), ""))
    headers = ("Mois", *(french.capital(RUBRIQUES[name]) for name in used), "Total", "Cumul")
    return Grid(headers, tuple(rows), frozenset(range(1, len(headers))))


def _answer(balance: Balance, named: bool) -> Iterator[str]:
    """What remains over all the years, and when the treasury is lowest."""
    cases = _distinct(balance)
    who = f"{payer_text(balance.identifiant)}, " if named else ""
    who += "" if balance.part == 1 else f"part de {french.share(balance.part)}, "
    told = [f"{CASES[case.name]}, {sum_text(case.rest)}" for case in cases]
    case_of = str if named else french.capital
    yield case_of(f"{who}reste à charge {count_text(balance)} : {' ; '.join(told)}.")
    lows = [f"{CASES[case.name]}, {low_text(case)}" for case in cases if case.lowest is not None]
    if lows:
        yield case_of(f"{who}trésorerie la plus basse : {' ; '.join(lows)}.")
    if not named and "non_eligible" in {note.code for note in balance.notes}:
        yield "Le médecin n’est pas éligible : le motif se lit par aide-am evaluate."
    if not named and "a_instruire" in {note.code for note in balance.notes}:
        yield "L’aide est comptée si le contrat est admis : la caisse doit encore le dire."


def _distinct(balance: Balance) -> list[Case]:
    """The cases that differ: a payer whom no aid concerns has one course of events."""
    found: list[Case] = []
    for each in balance.cases:
        if all((each.years, each.months) != (other.years, other.months) for other in found):
            found.append(each)
    return found


def _case_text(case: Case, cases: Sequence[Case]) -> str:
    return french.capital(CASES[case.name]) if len(cases) > 1 else "Tous"


def _years(balance: Balance, named: bool) -> Section:
    """One line a case and contract year."""
    cases, codes = _distinct(balance), {note.code for note in balance.notes}
    headers = ("Cas", "Année", "Début", "Coût", "Aide due", "Reste à charge", "Cumul", "Par mois")
    rows = tuple(
        (
            _case_text(case, cases),
            str(year.annee),
            year.debut.strftime("%d/%m/%Y"),
            french.euros(year.cost),
            sum_text(year.aid),
            sum_text(year.rest),
            sum_text(year.cumulated),
            "–" if year.monthly is None else french.euros(year.monthly),
        )
        for case in cases
        for year in case.years
    )
    title = "Par année" if "sans_contrat" in codes else "Par année du contrat"
    title += f" : {payer_text(balance.identifiant)}" if named else ""
    return Section(french.typeset(title), grid=Grid(headers, rows, frozenset(range(1, 8))))


def _dated(balance: Balance) -> bool:
    """Whether a month of the treasury is known."""
    return any(month.treasury is not None for case in balance.cases for month in case.months)


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
        cells = [month_text(first), french.euros(known.cost)]
        for month in each:
            paid = None if month is None else month.paid
            cells.append("–" if month is None or paid == 0 else sum_text(paid))
            cells.append("–" if month is None else sum_text(month.treasury))
        rows.append(tuple(cells))
    title = f"Trésorerie, mois par mois : {payer_text(balance.identifiant)}"
    grid = Grid(tuple(headers), tuple(rows), frozenset(range(1, len(headers))))
    return Section(french.typeset(title), grid=grid, folded=True)


def _by_item(remaining: RemainingCost) -> Grid:
    """One line an item, one column a contract year of the first payer, then the whole post."""
    lines = remaining.cost.lines
    years = remaining.balance.cases[0].years if len(remaining.schedules) == 1 else ()
    whole = by_item(lines)
    parts = [by_item(line for line in lines if year.debut <= line.debut <= year.fin) for year in years]
    rows = [
        (french.capital(label), *(french.euros(part.get(name, Decimal(0))) for part in (*parts, whole)))
        for name, label in RUBRIQUES.items()
        if name in whole
    ]
    headers = ("Rubrique", *(f"Année {year.annee}" for year in years), "Total du poste")
    return Grid(headers, tuple(rows), frozenset(range(1, len(headers))))


def path_section(remaining: RemainingCost) -> Iterator[Section]:
    """What each year is supposed to count, and the aid that it gives; that no path is given, if none is."""
    told = zip(remaining.balances, remaining.schedules, remaining.bounds, strict=True)
    contracts = [(balance, path, bounds) for balance, path, bounds in told if path is not None]
    for balance, path, bounds in contracts:
        who = f" ({payer_text(balance.identifiant)})" if len(contracts) > 1 else ""
        title = "La trajectoire, et l’aide qu’elle donne"
        if path == bounds:
            title = "Les effectifs du dossier, et l’aide qu’ils donnent"
        if path.observations:
            yield Section(f"{title}{who}", grid=_path(path))
    if contracts and not any(path.observations for _, path, _ in contracts):
        yield Section("La trajectoire", (Entry(french.typeset(NO_PATH)),))


NO_PATH = "Aucune trajectoire n’est donnée : seuls le pire et le meilleur cas des règles sont calculés."


def _path(schedule: Schedule) -> Grid:
    rows = []
    for year in schedule.years:
        seen = schedule.observations.get(year.annee)
        counts = [of_indicator(seen, "pmt"), of_indicator(seen, "pfa")]
        share = None if year.decision is None or year.decision.share is None else year.decision.share
        rows.append(
            (
                str(year.annee),
                *("–" if count is None else french.whole(count) for count in counts),
                year_verdict(year),
                "–" if year.decision is None else year.decision.regime or "–",
                "–" if share is None or share.value is None else french.percent(share.value),
                year_due(year, year.amount_due, schedule.forced),
            )
        )
    headers = ("Année", "PMT", "PFA", "Verdict", "Régime", "Part versée", "Aide due")
    return Grid(headers, tuple(rows), frozenset({0, 1, 2, 5, 6}))


def _common(remaining: RemainingCost) -> Iterator[Section]:
    """What stands behind the sums: assumptions, notes, contracts, readings."""
    yield Section("Hypothèses", assumptions(remaining.cost.assumptions))
    yield Section("À savoir du poste", (*notes(remaining.cost.notes), *payer_notes(remaining.balances)))
    mode = bareme_emploi().modes[remaining.cost.emploi.mode]
    structure = (
        () if remaining.structure is None else bareme_emploi().structures[remaining.structure].remarques
    )
    yield Section("Ce mode d’emploi", remarks((*structure, *mode.remarques)))
    yield from schedule_sections_of(remaining)
    if remaining.decisions:
        yield from _collective_sections(remaining.decisions)


def _collective_sections(decisions: Sequence[CollectiveDecision]) -> Iterator[Section]:
    """The warnings, the missing data and the readings of the years of a contrat collectif."""
    alerts: dict[str, tuple[Alert, list[str]]] = {}
    for each in decisions:
        for alert in each.warnings:
            key = warning_sentence(alert._replace(values={**alert.values, "annee": ""}))
            alerts.setdefault(key, (alert, []))[1].append(str(each.dossier.annee))
    merged = (a._replace(values={**a.values, "annee": " ".join(years)}) for a, years in alerts.values())
    lacks = dict.fromkeys(entry for each in decisions for entry in missing_entries(each))
    yield Section("À savoir, contrat collectif", tuple(Entry(warning_sentence(alert)) for alert in merged))
    yield Section("Ce qui manque, contrat collectif", tuple(lacks))
    names: list[str] = []
    for each in decisions:
        entries, told = told_readings(each)
        yield Section(f"{OTHER_READINGS}, année {each.dossier.annee}", entries)
        names.extend(told)
    yield codes_section(names, decisions[0].choices)


def schedule_sections_of(remaining: RemainingCost) -> Iterator[Section]:
    """The warnings, the missing data and the readings of each contract."""
    several = sum(schedule is not None for schedule in remaining.schedules) > 1
    told = zip(remaining.balances, remaining.schedules, remaining.bounds, strict=True)
    for balance, schedule, bounds in told:
        if schedule is None or bounds is None:
            continue
        who = f" ({payer_text(balance.identifiant)})" if several else ""
        for section in schedule_sections(schedule):
            yield section._replace(title=f"{section.title}, contrat{who}")
        found = other_readings(schedule)
        yield Section(f"{OTHER_READINGS}, aide totale{who}", reading_entries(found, evidence=False))
        if bounds != schedule:
            others = other_readings(bounds)
            entries = reading_entries(others, evidence=False)
            yield Section(f"Et sur le pire et le meilleur des règles{who}", entries)
            found = (*found, *others)
        yield codes_section((other.name for other in found), schedule.choices)
