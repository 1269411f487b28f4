"""Labels and entries that the reports of chapter CST share, in French."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from .. import french
from ..calendar import ONE_DAY, anniversary
from ..documents import Entry, Section
from ..references import Reference
from ..scheduling_record import Schedule
from ..sentences import WORDS
from ..wording import UNKNOWN
from .bareme import Remarque, bareme_emploi
from .models import COMPANY, Emploi, Poste
from .records import Assumption, Balance, Case, Note, Rubrique
from .sentences import ORIGINES


def kept(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections that have something to say."""
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
    """The label of a payer; that of the company in French."""
    return "société" if identifiant == COMPANY else identifiant


def post_text(poste: Poste) -> str:
    """CDI, 1 ETP, à partir du 1er septembre 2026."""
    if poste.etp is not None:
        temps = f"{french.decimal(poste.etp)} ETP"
    else:
        temps = f"{french.decimal(poste.heures_hebdomadaires or Decimal(0))} h par semaine"
    until = "" if poste.fin is None else f" jusqu’au {french.day(poste.fin)}"
    return f"{poste.contrat_travail}, {temps}, à partir du {french.day(poste.debut)}{until}"


def month_text(day: date) -> str:
    """Septembre 2026, of a day of the month."""
    return f"{french.MONTHS[day.month - 1]} {day.year}"


def assumptions(found: Iterable[Assumption]) -> tuple[Entry, ...]:
    """Each figure, where it comes from, and its source if it is a default."""
    return tuple(_assumption(each) for each in found)


FIXED = ("frais_tese", "heures_temps_plein")
"""The parameters that no field of the caller replaces."""


def _assumption(found: Assumption) -> Entry:
    """A figure, where it comes from, and its source if it is a default."""
    if found.valeur is None:
        return Entry(french.typeset(f"{french.capital(found.libelle)} : {ORIGINES[found.origine]}"))
    text = f"{french.capital(found.libelle)} : {_value(found)} – {ORIGINES[found.origine]}"
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
        return f"{french.decimal(value * 100)} %"
    if found.unite == "coefficient":
        return f"× {french.decimal(value)}"
    if found.unite.startswith("euros"):
        return f"{french.euros(value)}{found.unite.removeprefix('euros')}"
    return f"{french.decimal(value)} {found.unite}"


def notes(found: Iterable[Note]) -> tuple[Entry, ...]:
    """What a reader must know."""
    return tuple(Entry(note.texte) for note in found)


def remarks(found: Iterable[Remarque]) -> tuple[Entry, ...]:
    """What to know of a way to employ, each with its source."""
    return tuple(Entry(french.typeset(each.texte), (_source(each.reference),)) for each in found)


def _source(reference: Reference) -> str:
    """The publisher, the place and the nature of a source."""
    source = bareme_emploi().sources[reference.source]
    return french.typeset(f"{source.editeur}, {reference.place} ({WORDS[reference.nature]})")


def sum_text(amount: Decimal | None) -> str:
    """Euros, or that the caisse must say."""
    return UNKNOWN if amount is None else french.euros(amount)


def item_cells(items: Mapping[Rubrique, Decimal], used: Iterable[Rubrique]) -> list[str]:
    """Euros of each item that is used, a dash for one that costs nothing here."""
    return [french.euros(items[name]) if items.get(name) else "–" for name in used]


def count_text(balance: Balance) -> str:
    """Sur 5 ans; from day to day where the last year is cut short."""
    years = balance.cases[0].years
    if years[-1].fin + ONE_DAY < anniversary(years[-1].debut, 1):
        return f"du {french.day(years[0].debut)} au {french.day(years[-1].fin)}"
    return f"sur {len(years)} an{'s' if len(years) > 1 else ''}"


def low_text(case: Case) -> str:
    """The lowest treasury of a case and its month, where they are known."""
    low = case.lowest
    assert low is not None
    return f"{sum_text(low.treasury)} fin {month_text(low.mois)}"


def payer_notes(balances: Sequence[Balance]) -> Iterator[Entry]:
    """What each payer must know: once where all must, else by his name."""
    for told in dict.fromkeys(note for balance in balances for note in balance.notes):
        names = [payer_text(each.identifiant) for each in balances if told in each.notes]
        every = len(names) == len(balances)
        who = french.typeset(f"{french.enumeration(names)} : ")
        yield Entry(told.texte if every else who + french.lower(told.texte))
