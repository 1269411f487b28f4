"""The ways to employ side by side as a French document (CST-04)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from .. import french
from ..documents import Document, Entry, Format, Grid, Section, written
from ..rendering import SIMULATED, contract
from ..wording import UNKNOWN
from .bareme import bareme_emploi
from .entries import (
    assumptions,
    count_text,
    is_simulated,
    item_cells,
    kept,
    low_text,
    notes,
    post_text,
    remarks,
    sum_text,
    way_text,
)
from .models import Modalite
from .records import CaseName, EmploymentComparison, by_item
from .rendering import path_section, schedule_sections_of
from .sentences import CASES, RUBRIQUES


def explain_comparison(comparison: EmploymentComparison, format: Format = "texte") -> str:
    """The ways to employ in French; raises `ValueError` for a format that does not exist."""
    if not comparison.compared:
        return written(Document("Modes d’emploi", ("Aucune modalité à comparer.",), ()), format)
    first = comparison.compared[0].remaining
    names = [case.name for case in first.balance.cases]
    shown = next((name for name in names if name.startswith("trajectoire")), names[0])
    answer = [SIMULATED] if any(map(is_simulated, first.schedules)) else []
    answer += [_cheapest(comparison, shown), *_not_ranked(comparison)]
    side = (Entry(french.typeset(WHAT_COUNTS)),)
    sections = [
        Section("Côte à côte, sur toute la durée", side, _side_by_side(comparison, names, shown)),
        Section("Le coût par rubrique, sur toute la durée", grid=_by_item(comparison)),
        Section(f"Reste à charge par année, {CASES[shown]}", grid=_by_year(comparison, shown)),
        *path_section(first),
        *_way_sections(comparison),
        *schedule_sections_of(first),
    ]
    title = f"Modes d’emploi comparés : {post_text(first.cost.poste)}"
    title += "".join(f" – {contract(s.dossier)}" for s in first.schedules if s is not None)
    lines = tuple(map(french.typeset, answer))
    return written(Document(french.typeset(title), lines, kept(sections)), format)


WHAT_COUNTS = (
    "Un reste négatif est un excédent d’aide. Les frais dont « rien n’est compté » ne sont pas à zéro : "
    "ils manquent."
)


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
    years = count_text(comparison.compared[0].remaining.balance)
    parts = {each.remaining.balance.part for each in comparison.compared}
    warned = " Les parts du poste diffèrent d’une modalité à l’autre." if len(parts) > 1 else ""
    least_of = f"{CASES[name]} : {french.euros(least)}"
    return f"Reste à charge le plus bas {years}, {least_of}, avec {names}.{warned}"


def _not_ranked(comparison: EmploymentComparison) -> Iterator[str]:
    """What some ways count and others leave out: the order would change with it."""
    given: dict[str, list[bool]] = {}
    for each in comparison.compared:
        for figure in each.remaining.cost.assumptions:
            given.setdefault(figure.libelle, []).append(figure.valeur is not None)
    count = len(comparison.compared)
    left = [label for label, told in given.items() if not all(told) and (any(told) or len(told) < count)]
    codes = {note.code for each in comparison.compared for note in each.remaining.balance.notes}
    left += ["les frais propres de la structure"] if "structure_non_comptee" in codes else []
    if left:
        yield f"Ce classement ne compte pas, là où ils ne sont pas donnés : {french.enumeration(left)}."


def _by_item(comparison: EmploymentComparison) -> Grid:
    """One line a way, one column an item, over the whole contract and the whole post."""
    sums = [by_item(each.remaining.cost.lines) for each in comparison.compared]
    used = [name for name in RUBRIQUES if any(name in items for items in sums)]
    rows = [
        (each.name, *item_cells(items, used), french.euros(each.remaining.cost.total))
        for each, items in zip(comparison.compared, sums, strict=True)
    ]
    headers = ("Modalité", *(french.capital(RUBRIQUES[name]) for name in used), "Total du poste")
    return Grid(headers, tuple(rows), frozenset(range(1, len(headers))))


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
        rests = (sum_text(balance.case(name).rest) for name in names)
        rows.append(
            (
                each.name,
                french.share(balance.part),
                french.euros(cost),
                *rests,
                UNKNOWN if low.lowest is None else low_text(low),
            )
        )
    return Grid(headers, tuple(rows), frozenset(range(1, len(headers))))


def _by_year(comparison: EmploymentComparison, name: CaseName) -> Grid:
    years = [year.annee for year in comparison.compared[0].remaining.balance.case(name).years]
    rows = tuple(
        (each.name, *(sum_text(year.rest) for year in each.remaining.balance.case(name).years))
        for each in comparison.compared
    )
    headers = ("Modalité", *(f"Année {annee}" for annee in years))
    return Grid(headers, rows, frozenset(range(1, len(headers))))


def _way_sections(comparison: EmploymentComparison) -> Iterator[Section]:
    """What all the ways assume, then what each adds."""
    told = [
        (
            *assumptions(each.remaining.cost.assumptions),
            *notes((*each.remaining.cost.notes, *each.remaining.balance.notes)),
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
    told = (
        *bareme.structures[modalite.structure].remarques,
        *bareme.modes[modalite.emploi.mode].remarques,
    )
    return (employer, *remarks(told))


def _employer(modalite: Modalite) -> str:
    if modalite.emploi.mode in ("groupement", "coefficient") and modalite.structure != "SISA":
        return "le groupement d’employeurs"
    return bareme_emploi().structures[modalite.structure].libelle
