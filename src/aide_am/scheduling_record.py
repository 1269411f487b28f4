"""What a schedule answers: payments, contract years, and their JSON and table at the edge."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from .decision import Alert, Amount, Decision, Missing
from .documents import Format
from .events import EventRecord
from .models import Dossier, Observation
from .readings import Readings
from .records import adapter_of, json_object
from .references import Reference, weakness
from .rules import amounts
from .rules.payments import Kind
from .terms import NATURES_SOURCE, Texte, Verdict

WEAKEST = "nature_source"
"""The code of the warning that tells the weakest nature of source used."""


@json_object
class Payment(NamedTuple):
    """One payment: `amount` in euros, `None` where no text gives the amount of the year.

    `due_from` and `due_by` are `None` when the years count from an unknown hiring; `texte` is `None`
    when several texts are possible. Where the maximum of a year is an interval, the ends of its
    payments are bounds of each: those of one case sum to its amount due, the bounds need not.
    """

    annee: int
    rule: str
    kind: Kind
    due_from: date | None
    due_by: date | None
    amount: Amount | None
    texte: Texte | None
    references: tuple[Reference, ...]


@json_object
class ScheduledYear(NamedTuple):
    """One contract year: its first and last day, its decision, its amount due and its payments.

    `maximum` and `amount_due` are those of the decision, but for a year that events cut or change.
    `decision` is `None` only where the option of the year is not known.
    """

    annee: int
    debut: date | None
    fin: date | None
    verdict: Verdict | None
    maximum: Amount | None
    amount_due: Amount | None
    payments: tuple[Payment, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    decision: Decision | None


def weakened(alert: Alert, references: Iterable[Reference]) -> Alert:
    """The warning of the weakest source, with these sources counted too (TMP-04); any other as it is."""
    weakest = max(references, key=weakness, default=None)
    if alert.code != WEAKEST or weakest is None:
        return alert
    if weakness(weakest) <= NATURES_SOURCE.index(str(alert.values["nature"])):
        return alert
    return alert._replace(values={**alert.values, "nature": weakest.nature, "source": weakest.source})


@json_object
class Schedule(NamedTuple):
    """The payments of a contract, year by year, and what they were asked with: enough to ask again."""

    dossier: Dossier
    events: tuple[EventRecord, ...]
    observations: dict[int, Observation]
    asked: int
    years: tuple[ScheduledYear, ...]
    choices: Readings
    forced: bool

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Every payment, year by year, in the order in which they fall due."""
        return tuple(payment for year in self.years for payment in year.payments)

    @property
    def total(self) -> Amount | None:
        """The amounts due of all the years together; `None` where that of one year is not known."""
        return self.cumulated[-1] if self.years else amounts.amount(0, 0)

    @property
    def cumulated(self) -> tuple[Amount | None, ...]:
        """The amounts due up to each year, in the order of `years`."""
        found: list[Amount | None] = []
        low = high = 0
        for year in self.years:
            if year.verdict != "non_eligible" or self.forced:
                if year.amount_due is None:
                    return (*found, *[None] * (len(self.years) - len(found)))
                low += amounts.centimes(year.amount_due.low)
                high += amounts.centimes(year.amount_due.high)
            found.append(amounts.amount(low, high))
        return tuple(found)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is missing over all the years, each datum once."""
        found: dict[str, Missing] = {}
        for year in self.years:
            for missing in year.missing:
                known = found.setdefault(missing.field, missing)
                if missing.code != known.code:
                    found[missing.field] = known._replace(code="")
        return tuple(found.values())

    @property
    def warnings(self) -> tuple[Alert, ...]:
        """What the reader must know over all the years: each warning once, with the years it speaks of."""
        found: dict[tuple[str, str], tuple[Alert, list[str]]] = {}
        for year in self.years:
            for alert in year.warnings:
                if alert.code != WEAKEST:
                    message = alert._replace(values={**alert.values, "annee": ""}).message
                    found.setdefault((alert.code, message), (alert, []))[1].append(str(year.annee))
        weakest = self._weakest()
        return (
            *(
                alert._replace(values={**alert.values, "annee": " ".join(years)})
                for alert, years in found.values()
            ),
            *(() if weakest is None else (weakest,)),
        )

    def _weakest(self) -> Alert | None:
        """The weakest source of all the decisions and payments."""
        told = [alert for year in self.years for alert in year.warnings if alert.code == WEAKEST]
        if not told:
            return None
        worst = max(told, key=lambda alert: NATURES_SOURCE.index(str(alert.values["nature"])))
        return weakened(worst, (source for payment in self.payments for source in payment.references))

    @property
    def readings(self) -> dict[str, str]:
        """The readings that any of the years consulted."""
        return {name: value for year in self.years for name, value in year.readings.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a payment, ready for a data frame; amounts as `Decimal`, days as `date`."""
        return [
            {
                "annee": p.annee,
                "regle": p.rule,
                "nature": p.kind,
                "du": p.due_from,
                "au": p.due_by,
                "montant_min": None if p.amount is None else p.amount.low,
                "montant_max": None if p.amount is None else p.amount.high,
                "montant": None if p.amount is None else p.amount.value,
                "texte": p.texte,
            }
            for p in self.payments
        ]

    def explain(self, format: Format = "texte") -> str:
        """The schedule in French, as text, Markdown or HTML."""
        from .scheduling_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The schedule as JSON text, its decisions included."""
        return adapter_of(Schedule).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Schedule":
        """The schedule that `to_json` wrote, equal to it."""
        return adapter_of(Schedule).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(Schedule).json_schema(mode="serialization")
