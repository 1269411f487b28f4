"""The invoice of a post, item by item over its days (CST-01, CST-02).

What runs by the month is counted by days in the months that are not whole, summed exactly over each year
from the first day and rounded as it adds up: twelve months make the year of CST-01 to the centime, whatever
the day on which it begins (February closes a year by what its opening left), and two
invoices of the same days sum to the same centimes, wherever the months are cut.
"""

from calendar import monthrange
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from ..calendar import ONE_DAY, anniversaries, anniversary, month_starts, months_after
from ..closed import expected_type, shown
from ..errors import Refusal, RefusedData
from ..french import day as day_text
from ..french import enumeration
from ..models import LAST_YEAR
from ..rules import costs
from ..rules.amounts import from_centimes
from .figures import Figures, figures_of, notes_of, revalued
from .models import CoefficientGroupement, Emploi, EmploiDirect, FactureGroupement, Poste, check_employment
from .records import CostLine, EmploymentCost, Note, Rubrique
from .sentences import RUBRIQUES, note

Monthly: TypeAlias = Callable[[date], Fraction]
"""Euros a month, on a day."""
DEFAULT_MONTHS = 12
"""How long a CDI is followed where the caller does not say."""


class Flow(NamedTuple):
    """An item that runs by the month."""

    rubrique: Rubrique
    monthly: Monthly


class Once(NamedTuple):
    """An item that falls on one day."""

    rubrique: Rubrique
    jour: date
    euros: Fraction


def employment_cost(poste: Poste, emploi: Emploi, *, until: date | None = None) -> EmploymentCost:
    """The invoice of a post, one line an item and calendar month, or part of one.

    until: the last day that is counted; by default the end of the post, twelve months for a CDI.
    Raises `RefusedData` for a salary that neither the post nor the way to employ gives.
    """
    check_employment(poste, emploi)
    return invoice(poste, emploi, last_day(poste, until))


def last_day(poste: Poste, until: date | None) -> date:
    """The last day to count."""
    if until is None:
        return poste.fin or months_after(poste.debut, DEFAULT_MONTHS) - ONE_DAY
    expected_type("until", until, date, "une date", "donnez le dernier jour à compter")
    if until < poste.debut:
        expected = f"une date à partir du début du poste ({poste.debut.isoformat()})"
        raise RefusedData(
            [Refusal("until", shown(until), expected, "vérifiez les deux dates", "date_impossible")]
        )
    if until > (latest := anniversary(poste.debut, LAST_YEAR)):
        expected = f"une date jusqu’au {latest.isoformat()}"
        raise RefusedData([Refusal("until", shown(until), expected, "vérifiez l’année", "date_impossible")])
    return until if poste.fin is None else min(until, poste.fin)


def invoice(
    poste: Poste,
    emploi: Emploi,
    last: date,
    first: date | None = None,
    cuts: Iterable[date] = (),
    structure: Decimal | None = None,
) -> EmploymentCost:
    """The invoice from `first` (that of the post if later) to `last`, its months also cut on these days.

    A salary is that of the first day counted; its rises fall on the anniversaries of that day.
    structure: euros a year of the company.
    """
    start = poste.debut if first is None else max(poste.debut, first)
    figures = figures_of(poste, emploi, start, last, structure)
    spans = _spans(start, last, [*cuts, *figures.changes(last)])
    years = set(anniversaries(start, last))
    lines = [line for flow in flows(poste, emploi, figures) for line in _running(flow, spans, years)]
    fallen = [once for once in onces(poste, emploi, figures, last) if once.euros]
    for once in fallen:
        if start <= once.jour <= last:
            amount = from_centimes(costs.centimes(once.euros))
            lines.append(CostLine(once.jour, once.jour, once.rubrique, amount))
    kept = sorted((line for line in lines if line.montant), key=lambda line: (line.debut, line.fin))
    notes = (*notes_of(poste, emploi, figures, last), *_outside(poste, fallen, start, last))
    return EmploymentCost(poste, emploi, start, last, tuple(kept), figures.assumptions, notes)


def _outside(poste: Poste, fallen: Iterable[Once], start: date, last: date) -> Iterator[Note]:
    """What falls before the days that are counted, or after them: it is told, never left out in silence."""
    before = [once.rubrique for once in fallen if once.jour < start]
    if poste.debut < start:
        what = f", ni {enumeration([RUBRIQUES[name] for name in dict.fromkeys(before)])}" if before else ""
        yield note("avant_le_contrat", jour=day_text(start), quoi=what)
    for once in fallen:
        if once.jour > last:
            yield note("apres_les_jours", quoi=RUBRIQUES[once.rubrique], jour=day_text(once.jour))


def _spans(first: date, last: date, cuts: Iterable[date]) -> list[tuple[date, date]]:
    """Days in pieces of one calendar month, cut also on these first days."""
    after = last + ONE_DAY
    firsts = {first, after, *cuts, *anniversaries(first, last), *month_starts(first, last)}
    days = sorted(day for day in firsts if first <= day <= after)
    return [(start, following - ONE_DAY) for start, following in pairwise(days)]


def _exact(monthly: Monthly, first: date, last: date, start: date) -> Fraction:
    """Euros of some days of one calendar month; the month that closes a year makes it twelve months."""
    days = (last - first).days + 1
    years = first.year - start.year
    closing = anniversary(start, years)
    if first < closing and (first.year, first.month) == (closing.year, closing.month):
        opening = anniversary(start, years - 1)
        begun = costs.par_jours(Fraction(1), _length(opening) - opening.day + 1, _length(opening))
        return costs.par_jours(monthly(first) * (1 - begun), days, closing.day - 1)
    return costs.par_jours(monthly(first), days, _length(first))


def _length(day: date) -> int:
    """The days of the calendar month of a day."""
    return monthrange(day.year, day.month)[1]


def _running(flow: Flow, spans: Sequence[tuple[date, date]], years: Container[date]) -> Iterator[CostLine]:
    """The lines of one item: each is what the sum of its year, rounded, rises by."""
    exact, reached = Fraction(0), 0
    for first, last in spans:
        if first in years:
            exact, reached = Fraction(0), 0
        exact += _exact(flow.monthly, first, last, spans[0][0])
        total = costs.centimes(exact)
        yield CostLine(first, last, flow.rubrique, from_centimes(total - reached))
        reached = total


def flows(poste: Poste, emploi: Emploi, figures: Figures) -> Iterator[Flow]:
    """What runs by the month."""
    yield Flow("salaire_charge", _wages(poste, emploi, figures))
    fees: tuple[tuple[Rubrique, Fraction], ...] = (
        ("gestion", figures.of("gestion_mensuelle")),
        ("paie", figures.of("paie_mensuelle")),
        ("deplacements", figures.of("deplacements_mensuels")),
        ("frais_structure", costs.par_mois(figures.of("frais_structure_annuels"))),
    )
    yield from (Flow(rubrique, _constant(euros)) for rubrique, euros in fees if euros)


def _constant(euros: Fraction) -> Monthly:
    return lambda day: euros


def _wages(poste: Poste, emploi: Emploi, figures: Figures) -> Monthly:
    """Loaded euros a month: the caller's loaded cost, or gross × working time × factor."""
    salaire, hausse = figures.salaire, Fraction(poste.hausse_annuelle or 0)
    if salaire is None:
        loaded = figures.of("salaire_charge_mensuel") + costs.par_mois(figures.of("cout_charge_annuel"))
        return lambda day: revalued(loaded, hausse, figures.first, day)
    name = "coefficient" if isinstance(emploi, CoefficientGroupement) else "facteur_employeur"
    factor = figures.of(name)
    return lambda day: costs.salaire_charge(salaire.on(day), figures.temps, factor)


def onces(poste: Poste, emploi: Emploi, figures: Figures, last: date) -> Iterator[Once]:
    """What falls on one day: set-up, recruitment, membership of each year up to `last`, the end of a CDD."""
    yield Once("mise_en_place", poste.debut, figures.of("mise_en_place"))
    yield Once("recrutement", poste.debut, figures.of("recrutement"))
    for day in anniversaries(poste.debut, last):
        yield Once("adhesion", day, figures.of("adhesion_annuelle"))
    if poste.contrat_travail == "CDI" or poste.fin is None:
        return
    if isinstance(emploi, FactureGroupement):
        called = poste.debut if emploi.appel_provision == "debut" else poste.fin
        yield Once("provision_fin_contrat", called, figures.of("provision_fin_contrat"))
    elif isinstance(emploi, EmploiDirect):
        wages, until = _wages(poste, emploi, figures), min(last, poste.fin)
        spans = _spans(poste.debut, until, figures.changes(until))
        paid = sum((_exact(wages, *span, poste.debut) for span in spans), Fraction(0))
        yield Once("prime_fin_cdd", poste.fin, costs.prime_de_fin_de_cdd(paid, figures.of("prime_fin_cdd")))
