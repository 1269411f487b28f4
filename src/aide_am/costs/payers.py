"""What every payer has: the invoice over the days of contracts, the cases, what to know (CST-03)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from ..bareme import Bareme
from ..calendar import ONE_DAY
from ..decision import Missing
from ..errors import Refusal, RefusedData
from ..french import day, enumeration, fraction
from ..rules import life as ctr
from ..scheduling import law_of
from ..scheduling_record import Schedule
from ..sentences import missing_sentence
from .aid import NOTHING, AidYear
from .balances import Spent, case
from .invoicing import invoice
from .models import Emploi, Poste
from .records import Case, EmploymentCost, Note
from .sentences import note


def cases_of(
    spent: Sequence[Spent], bounds: Sequence[AidYear], path: Sequence[AidYear] | None
) -> tuple[Case, ...]:
    """The worst case of the rules, the path, the best case."""
    worst = case("pire", spent, bounds, "low", latest=True)
    best = case("meilleur", spent, bounds, "high", latest=False)
    if path is None:
        return worst, best
    if all(year.low == year.high for year in path):
        return worst, case("trajectoire", spent, path, "low", latest=True), best
    low = case("trajectoire_basse", spent, path, "low", latest=True)
    return worst, low, case("trajectoire_haute", spent, path, "high", latest=True), best


def invoice_over(
    poste: Poste, emploi: Emploi, contracts: Sequence[Sequence[AidYear]], structure: Decimal | None = None
) -> EmploymentCost:
    """The invoice over the days of the contracts, cut at each of their years."""
    first = min(years[0].debut for years in contracts)
    last = max(years[-1].fin for years in contracts)
    if poste.debut > last or (poste.fin is not None and poste.fin < first):
        expected = (
            f"un poste dont des jours tombent dans le contrat ({first.isoformat()} – {last.isoformat()})"
        )
        remedy = "vérifiez les dates du poste et celles du contrat"
        raise RefusedData([Refusal("poste.debut", poste.debut.isoformat(), expected, remedy, "hors_contrat")])
    cuts = {day for years in contracts for year in years for day in (year.debut, year.fin + ONE_DAY)}
    end = last if poste.fin is None else min(last, poste.fin)
    return invoice(poste, emploi, end, first, cuts, structure)


def contract_notes(
    bounds: Schedule, years: Sequence[AidYear], poste: Poste, part: Fraction
) -> Iterable[Note]:
    """What a payer with a contract must know."""
    yield from year_notes(years)
    terms = [year.decision.dossier.contrat for year in bounds.years if year.decision is not None]
    wanted = max(Fraction(contrat.option_etp) for contrat in (bounds.dossier.contrat, *terms))
    if part * poste.temps < wanted:
        yield note("temps_sous_l_option", temps=fraction(part * poste.temps), option=fraction(wanted))
    signature, choices = bounds.dossier.contrat.date_signature, bounds.choices
    acces = law_of(bounds).at(signature, choices.entree_en_vigueur)
    yield from uncovered(years, poste, acces)
    if any(year.high is not None and year.high.due for year in years):
        yield note("versement_au_plus_tard")


def year_notes(years: Sequence[AidYear]) -> Iterable[Note]:
    """What the years of a contract leave to the caisse."""
    for code, found in (
        ("a_instruire", [y for y in years if y.verdict == "a_instruire" and y.high not in (None, NOTHING)]),
        (
            "non_eligible",
            [y for y in years if y.verdict == "non_eligible" and y.high == NOTHING and not y.over],
        ),
        ("terme", [y for y in years if y.over]),
        ("aide_inconnue", [y for y in years if y.low is None and not y.lacks]),
        ("versements_inconnus", [y for y in years if y.low is not None and y.low.payments is None]),
    ):
        if found:
            yield note(code, annees=_which(found))
    if lacking := [y for y in years if y.low is None and y.lacks]:
        fields = list(dict.fromkeys(field for year in lacking for field in year.lacks))
        told = [missing_sentence(Missing(field, (), "montant")) for field in fields]
        yield note("aide_a_preciser", annees=_which(lacking), champs=enumeration(told))


def _which(years: Sequence[AidYear]) -> str:
    """Année 3, or Années 1 et 2."""
    return f"Année{'s' if len(years) > 1 else ''} {enumeration([str(year.annee) for year in years])}"


def uncovered(years: Sequence[AidYear], poste: Poste, acces: Bareme) -> Iterable[Note]:
    """The days of a contract without an assistant, for longer than an absence or not (CTR-07).

    `acces`: the barème of the text at the signature, whose figure tells how long an absence may last.
    """
    start, end = years[0].debut, years[-1].fin
    until = end if poste.fin is None else poste.fin
    late, early = ctr.suspension_due(start, acces), ctr.suspension_due(until + ONE_DAY, acces)
    if poste.debut > late or early <= end:
        yield note("poste_non_couvert", debut=day(poste.debut), fin=day(until))
    elif poste.debut > start:
        yield note("poste_apres_le_contrat", jour=day(poste.debut))
