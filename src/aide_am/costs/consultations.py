"""How many extra consultations pay what remains, from the first year whose aid is modulated (CST-03)."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ..chronology import ENTREE_PAR_DEFAUT, chronology, first_day
from ..closed import Closed, expected_type
from ..collective.bareme import bareme_collectif
from ..decision import _Decimal
from ..errors import Refusal, RefusedData
from ..events import Euros
from ..models import Part
from ..records import adapter_of, json_object
from ..rules import costs
from ..scheduling import law_of
from .records import CaseName, RemainingCost, YearBalance


@json_object
class BreakEvenYear(NamedTuple):
    """One payer, case and contract year: what remains in euros, and the consultations that pay it.

    `consultations` of the year and `a_month` are whole, rounded up; 0 where nothing remains, `None` where
    the aid is not known; no `a_month` for a year that is cut short.
    """

    identifiant: str
    case: CaseName
    annee: int
    rest: _Decimal | None
    consultations: int | None
    a_month: int | None


@json_object
class BreakEven(NamedTuple):
    """The years of the caller's question, and what he said of a consultation."""

    honoraire: _Decimal
    charges: _Decimal
    years: tuple[BreakEvenYear, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a payer, case and year, ready for a data frame."""
        return [
            {
                "identifiant": year.identifiant,
                "cas": year.case,
                "annee": year.annee,
                "reste": year.rest,
                "consultations": year.consultations,
                "consultations_par_mois": year.a_month,
            }
            for year in self.years
        ]

    def to_json(self, *, indent: int | None = None) -> str:
        """The answer as JSON text."""
        return adapter_of(BreakEven).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "BreakEven":
        """The answer that `to_json` wrote, equal to it."""
        return adapter_of(BreakEven).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(BreakEven).json_schema(mode="serialization")


def first_year(remaining: RemainingCost) -> int:
    """The first contract year whose aid is modulated, by the text of the last year of a payer."""
    return min(
        _first_modulated(remaining, rank)(case.years[-1])
        for rank, balance in enumerate(remaining.balances)
        for case in balance.cases
        if case.years
    )


def _first_modulated(remaining: RemainingCost, rank: int) -> Callable[[YearBalance], int]:
    """The first modulated year by the text of each year of one payer, simulated or not (MOD-00, COL-07).

    One who has no contract follows that of those with whom he shares.
    """
    if remaining.decisions:
        return lambda year: bareme_collectif().parametres["premiere_annee_modulee"].num
    told = [schedule for schedule in remaining.schedules if schedule is not None]
    schedule = remaining.schedules[rank] or (told[0] if told else None)
    law = chronology() if schedule is None else law_of(schedule)
    reading = ENTREE_PAR_DEFAUT if schedule is None else schedule.choices.entree_en_vigueur
    signature = first_day() if schedule is None else schedule.dossier.contrat.date_signature

    def first(year: YearBalance) -> int:
        return law.at(max(year.debut, signature), reading).parametres["premiere_annee_modulee"].num

    return first


class _Consultation(Closed):
    honoraire: Euros
    charges: Part


def break_even(
    remaining: RemainingCost,
    honoraire: Decimal | int | str,
    *,
    charges: Decimal | str = Decimal(0),
) -> BreakEven:
    """The extra consultations that pay the reste à charge of each year whose aid is modulated.

    honoraire: euros of one consultation, the caller's own. charges: the part of it that he does not keep
    (contributions, fees); by default none, which is the fewest consultations. Raises `RefusedData` for a
    fee of nothing, or of which nothing is kept.
    """
    expected_type("remaining", remaining, RemainingCost, "un RemainingCost", "remaining_cost(…)")
    given = _Consultation(honoraire=honoraire, charges=charges)
    kept = Fraction(given.honoraire) * (1 - Fraction(given.charges))
    if not kept:
        field = "charges" if given.honoraire else "honoraire"
        expected = "un honoraire dont il reste quelque chose"
        remedy = "donnez l’honoraire d’une consultation, et la part qui n’en est pas gardée"
        raise RefusedData([Refusal(field, str(getattr(given, field)), expected, remedy, "honoraire")])
    firsts = [_first_modulated(remaining, rank) for rank in range(len(remaining.balances))]
    years = tuple(
        BreakEvenYear(
            balance.identifiant,
            case.name,
            year.annee,
            year.rest,
            None if year.rest is None else costs.consultations(Fraction(year.rest), kept),
            None
            if year.rest is None or year.monthly is None
            else costs.consultations(costs.par_mois(Fraction(year.rest)), kept),
        )
        for balance, first in zip(remaining.balances, firsts, strict=True)
        for case in balance.cases
        for year in case.years
        if year.annee >= first(year)
    )
    return BreakEven(given.honoraire, given.charges, years)
