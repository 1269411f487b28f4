"""What chapter CST answers: the invoice of a post, what remains to pay, and their JSON and tables.

Money is `Decimal` in whole centimes; `None` is a sum that no text gives: the caisse must say. Days are
bounds included. A reste à charge under zero is an excess of aid, shown as such.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from ..collective.decision import CollectiveDecision
from ..decision import _Decimal, _Fraction
from ..documents import Format
from ..records import adapter_of, json_object, named
from ..references import Reference
from ..scheduling_record import Schedule
from ..terms import Verdict
from .bareme import Structure
from .models import Emploi, Modalite, Poste

Rubrique: TypeAlias = Literal[
    "salaire_charge",
    "paie",
    "prime_fin_cdd",
    "recrutement",
    "mise_en_place",
    "adhesion",
    "gestion",
    "deplacements",
    "provision_fin_contrat",
    "frais_structure",
]
Origine: TypeAlias = Literal["saisi", "defaut", "non_compte"]
CaseName: TypeAlias = Literal["pire", "trajectoire", "trajectoire_basse", "trajectoire_haute", "meilleur"]


@json_object
class Note(NamedTuple):
    """What a reader must know: a code, and its sentence in French."""

    code: str
    texte: str


@json_object
class Assumption(NamedTuple):
    """One figure of the cost: the caller's own, a dated default with its source, or left out of the cost."""

    nom: str
    libelle: str
    valeur: _Decimal | None
    unite: str
    origine: Origine
    reference: Reference | None


@json_object
class CostLine(NamedTuple):
    """Euros of one item over some days of one calendar month."""

    debut: date
    fin: date
    rubrique: Rubrique
    montant: _Decimal


@json_object
class EmploymentCost(NamedTuple):
    """The invoice of a post over its days: lines in the order of days, assumptions, what to know."""

    poste: Poste
    emploi: Emploi
    debut: date
    fin: date
    lines: tuple[CostLine, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[Note, ...]

    @property
    def total(self) -> Decimal:
        """Euros of every line."""
        return sum_of(self.lines)

    @property
    def months(self) -> dict[date, tuple[CostLine, ...]]:
        """The lines of each calendar month, by its first day."""
        found: dict[date, list[CostLine]] = {}
        for line in self.lines:
            found.setdefault(line.debut.replace(day=1), []).append(line)
        return {month: tuple(lines) for month, lines in found.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a line, ready for a data frame; euros as `Decimal`, days as `date`."""
        return [line._asdict() for line in self.lines]

    def explain(self, format: Format = "texte") -> str:
        """The invoice month by month in French, as text, Markdown or HTML."""
        from .rendering import explain_cost

        return explain_cost(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The invoice as JSON text."""
        return adapter_of(EmploymentCost).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "EmploymentCost":
        """The invoice that `to_json` wrote, equal to it."""
        return adapter_of(EmploymentCost).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(EmploymentCost).json_schema(mode="serialization")


@json_object
class YearBalance(NamedTuple):
    """One contract year: cost − aid due = rest, in euros; `monthly`: the rest a month of a whole year."""

    annee: int
    debut: date
    fin: date
    verdict: Verdict | None
    cost: _Decimal
    aid: _Decimal | None
    rest: _Decimal | None
    cumulated: _Decimal | None
    monthly: _Decimal | None


@json_object
class MonthBalance(NamedTuple):
    """One calendar month, in euros.

    `aid`: the part of the year's aid that its days bear; `rest`: cost − that part. `paid`: what the
    caisse pays in the month; `treasury`: all that was paid − all that was spent, at the end of the month.
    """

    mois: date
    cost: _Decimal
    aid: _Decimal | None
    rest: _Decimal | None
    paid: _Decimal | None
    treasury: _Decimal | None


@json_object
class Case(NamedTuple):
    """One course of events: the worst or the best that the rules allow, or the caller's path."""

    name: CaseName
    years: tuple[YearBalance, ...]
    months: tuple[MonthBalance, ...]

    @property
    def rest(self) -> Decimal | None:
        """What remains to pay over all the years; `None` where the aid of one is not known."""
        return self.years[-1].cumulated if self.years else Decimal("0.00")

    @property
    def lowest(self) -> MonthBalance | None:
        """The first month in which the treasury is lowest; `None` where one is not known."""
        if not self.months or any(month.treasury is None for month in self.months):
            return None
        return min(self.months, key=lambda month: month.treasury or Decimal(0))


@json_object
class Balance(NamedTuple):
    """What remains to one payer: his part of the post, and the cases, the worst first."""

    identifiant: str
    part: _Fraction
    cases: tuple[Case, ...]
    notes: tuple[Note, ...]

    def case(self, name: CaseName) -> Case:
        """The case of that name; a `KeyError` lists the names."""
        found: dict[str, Case] = {case.name: case for case in self.cases}
        return named(found, name, "cas inconnu", "cas")


@json_object
class RemainingCost(NamedTuple):
    """The cost of a post and what remains of it to each payer, once the aid is counted (CST-03).

    `structure`: who employs; `None` under a contrat collectif, whose dossier says it.
    `schedules`: the contract of each payer under his path, `None` for who has none; `bounds`: the same
    whatever is counted; `decisions`: the years of the contrat collectif, if the post is under one.
    """

    cost: EmploymentCost
    structure: Structure | None
    balances: tuple[Balance, ...]
    schedules: tuple[Schedule | None, ...]
    bounds: tuple[Schedule | None, ...]
    decisions: tuple[CollectiveDecision, ...]

    @property
    def balance(self) -> Balance:
        """That of the first payer: the doctor alone, or the company of a contrat collectif."""
        return self.balances[0]

    def payer(self, name: str) -> Balance:
        """The payer of that label; a `KeyError` lists the labels."""
        found = {balance.identifiant: balance for balance in self.balances}
        return named(found, name, "payeur inconnu", "payeurs")

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a payer, case and contract year, ready for a data frame; euros as `Decimal`."""
        return [
            {
                "identifiant": balance.identifiant,
                "part": balance.part,
                "cas": case.name,
                "annee": year.annee,
                "du": year.debut,
                "au": year.fin,
                "verdict": year.verdict,
                "cout": year.cost,
                "aide": year.aid,
                "reste": year.rest,
                "cumul": year.cumulated,
                "par_mois": year.monthly,
                "notes": " ".join(note.code for note in (*self.cost.notes, *balance.notes)),
            }
            for balance in self.balances
            for case in balance.cases
            for year in case.years
        ]

    def month_rows(self) -> list[dict[str, Any]]:
        """One plain mapping a payer, case and calendar month, ready for a data frame."""
        return [
            {
                "identifiant": balance.identifiant,
                "cas": case.name,
                "mois": month.mois,
                "cout": month.cost,
                "aide_du_mois": month.aid,
                "reste": month.rest,
                "aide_versee": month.paid,
                "tresorerie": month.treasury,
            }
            for balance in self.balances
            for case in balance.cases
            for month in case.months
        ]

    def explain(self, format: Format = "texte", *, months: bool = False) -> str:
        """What remains to pay, in French; `months`: with the treasury month by month."""
        from .rendering import explain_remaining

        return explain_remaining(self, format, months)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The answer as JSON text, schedules and decisions included."""
        return adapter_of(RemainingCost).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "RemainingCost":
        """The answer that `to_json` wrote, equal to it."""
        return adapter_of(RemainingCost).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(RemainingCost).json_schema(mode="serialization")


@json_object
class ComparedEmployment(NamedTuple):
    """One way to employ: its name, what the caller said of it, what remains to pay."""

    name: str
    modalite: Modalite
    remaining: RemainingCost


@json_object
class EmploymentComparison(NamedTuple):
    """The ways to employ side by side, in the order in which they were given (CST-04)."""

    compared: tuple[ComparedEmployment, ...]

    def way(self, name: str) -> ComparedEmployment:
        """The way of that name; a `KeyError` lists the names."""
        found = {each.name: each for each in self.compared}
        return named(found, name, "modalité inconnue", "modalités")

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a way, case and contract year, ready for a data frame."""
        return [
            {
                "modalite": each.name,
                "structure": each.modalite.structure,
                "mode": each.modalite.emploi.mode,
                **row,
            }
            for each in self.compared
            for row in each.remaining.rows()
        ]

    def explain(self, format: Format = "texte") -> str:
        """The comparison in French, with its assumptions, as text, Markdown or HTML."""
        from .comparison_rendering import explain_comparison

        return explain_comparison(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The comparison as JSON text."""
        return adapter_of(EmploymentComparison).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "EmploymentComparison":
        """The comparison that `to_json` wrote, equal to it."""
        return adapter_of(EmploymentComparison).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(EmploymentComparison).json_schema(mode="serialization")


def by_item(lines: Iterable[CostLine]) -> dict[Rubrique, Decimal]:
    """Euros of each item of some lines."""
    found: dict[Rubrique, Decimal] = {}
    for line in lines:
        found[line.rubrique] = found.get(line.rubrique, Decimal("0.00")) + line.montant
    return found


def sum_of(lines: Iterable[CostLine]) -> Decimal:
    """Euros of some lines."""
    return sum((line.montant for line in lines), Decimal("0.00"))
