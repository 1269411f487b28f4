"""What the engine answers for a contrat collectif: light frozen records, and their JSON at the edge.

Amounts are euros as `Decimal`; shares and rates are exact fractions of 1; counts are patients.
Codes and values only: sentences are made on demand by `rendering`.
"""

from datetime import date
from typing import Any, NamedTuple

from ..decision import Alert, Amount, Criterion, Missing, Share, Step, _Decimal, _Fraction
from ..documents import Format
from ..readings import Readings
from ..records import adapter_of, json_object
from ..references import Reference
from ..terms import Indicateur, Verdict
from .models import DossierCollectif


@json_object
class Count(NamedTuple):
    """Patients: the lowest and the highest possible, and `value` when they agree."""

    low: int
    high: int
    value: int | None


@json_object
class Cap(NamedTuple):
    """The cap of the financed ETP at the signature (COL-04), and the bonus « docteurs juniors ».

    `base`: without the bonus. `bonus_low`, `bonus_high`: the bonus at the signature, none before its
    first day; the two differ where a datum of the bonus is not known.
    """

    base: _Decimal
    bonus_low: _Decimal
    bonus_high: _Decimal


@json_object
class CollectiveObjective(NamedTuple):
    """One indicator of the group (COL-06, COL-07), in patients.

    `base`: at the adhesion of each doctor of the year. `gains`: already gained under earlier
    individual contracts. `rate`: between 0 and 1, whatever was observed.
    """

    indicator: Indicateur
    base: int | None
    gains: int | None
    increment: Count
    target: Count | None
    observed: int | None
    rate: Share | None
    reached: bool | None

    @property
    def missing_patients(self) -> Count | None:
        """Patients still to gain to reach the target; `None` where a count is not known."""
        if self.target is None or self.observed is None:
            return None
        low, high = (max(0, end - self.observed) for end in (self.target.low, self.target.high))
        return count(low, high)


@json_object
class OwnObjective(NamedTuple):
    """One indicator of a doctor newly installed at his adhesion, or maybe so (COL-06).

    `certain`: whether he is known to be one. `due`: whether `deadline` falls in this year, or before.
    """

    member: str
    indicator: Indicateur
    certain: bool
    target: int
    deadline: date
    due: bool
    observed: int | None
    rate: Share | None
    reached: bool | None


@json_object
class CollectiveDecision(NamedTuple):
    """The whole answer, self-contained: with its dossier and its readings it can be made again.

    `average`: mean PMT, at their adhesion, of the doctors of the year. `papers`: ids of COL-11.
    The amount is paid to the company.
    """

    dossier: DossierCollectif
    verdict: Verdict
    criteria: tuple[Criterion, ...]
    year_start: date
    year_end: date
    contract_end: date
    members: tuple[str, ...]
    average: _Fraction | None
    cap: Cap
    maximum: Amount | None
    objectives: dict[Indicateur, CollectiveObjective] | None
    own_objectives: tuple[OwnObjective, ...]
    share: Share | None
    amount_due: Amount | None
    papers: tuple[str, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    trace: tuple[Step, ...]
    version: str
    choices: Readings
    forced: bool

    @property
    def steps(self) -> tuple[Step | Criterion, ...]:
        """Every step: the criteria, then those of the year, the amount, the objectives, the share."""
        return (*self.criteria, *self.trace)

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every source used, once."""
        return tuple(dict.fromkeys(each for step in self.steps for each in step.references))

    def explain(self, format: Format = "texte") -> str:
        """The decision in French, step by step, as text, Markdown or HTML."""
        from .rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The decision as JSON text: decimals and fractions as strings, dates in ISO form."""
        return adapter_of(CollectiveDecision).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "CollectiveDecision":
        """The decision that `to_json` wrote, equal to it."""
        return adapter_of(CollectiveDecision).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(CollectiveDecision).json_schema(mode="serialization")


def count(low: int, high: int) -> Count:
    """A `Count` from its bounds."""
    return Count(low, high, low if low == high else None)
