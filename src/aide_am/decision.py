"""What the engine answers: light frozen records, and their JSON at the edge.

Amounts are euros as `Decimal`; shares and rates are exact fractions of 1; counts are patients.
Codes and values only: sentences are made on demand by `rendering`.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import GetCoreSchemaHandler, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from .bareme import Change
from .closed import plain_text
from .documents import Format
from .models import Dossier
from .readings import Readings
from .records import adapter_of, json_object
from .references import Reference
from .terms import Bande, Indicateur, NatureObjectif, Statut, StatutCritere, Texte, Verdict

Value = bool | int | str | None
"""What a trace holds: nothing that JSON could not give back unchanged."""

_Fraction = Annotated[
    Fraction,
    PlainValidator(lambda value: value if isinstance(value, Fraction) else Fraction(value)),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(/\d+)?$"}),
]
_Decimal = Annotated[
    Decimal,
    PlainValidator(lambda value: value if isinstance(value, Decimal) else Decimal(value)),
    PlainSerializer(plain_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
]
_Number = Annotated[
    int | Decimal,
    PlainValidator(lambda value: value if isinstance(value, int | Decimal) else Decimal(value)),
    PlainSerializer(lambda value: value if isinstance(value, int) else str(value)),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}]}),
]
Stage = Literal["verdict", "montant", "part"]


@json_object
class Step(NamedTuple):
    """One step of the reasoning: its rule, a code that says what happened, the values read.

    `row` is the row of the table that applied; `references` are its sources; `readings`, `missing`
    and `warnings` are what this step consulted, lacked and wants to be said.
    """

    rule: str
    code: str
    values: dict[str, Value]
    row: str | None = None
    references: tuple[Reference, ...] = ()
    readings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@json_object
class Criterion(NamedTuple):
    """One criterion of chapter ELI: a step with a status, and value − threshold = gap."""

    rule: str
    status: StatutCritere
    code: str
    values: dict[str, Value]
    value: _Number | None = None
    threshold: _Number | None = None
    gap: _Number | None = None
    row: str | None = None
    references: tuple[Reference, ...] = ()
    readings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@json_object
class Amount(NamedTuple):
    """Euros: the lowest and the highest possible, and `value` when they agree."""

    low: _Decimal
    high: _Decimal
    value: _Decimal | None


@json_object
class Share(NamedTuple):
    """A fraction of 1: the lowest and the highest possible, and `value` when they agree."""

    low: _Fraction
    high: _Fraction
    value: _Fraction | None


@json_object
class Objective(NamedTuple):
    """One indicator (OBJ-01 to OBJ-08), in patients; `rate` is not capped, money is.

    `nature` and `status` are `None` when several are possible, or when nothing was observed.
    `missing_patients`: to be atteint. `missing_to_target`: to the full target. `can_lose`: before
    the next worse status, `None` when there is none.
    """

    indicator: Indicateur
    nature: NatureObjectif | None
    possible_natures: tuple[NatureObjectif, ...]
    initial: int | None
    base: int | None
    target: int | None
    observed: int | None
    rate: _Fraction | None
    status: Statut | None
    possible_statuses: tuple[Statut, ...]
    reached_from: int | None
    missing_patients: int | None
    missing_to_target: int | None
    can_lose: int | None


@json_object
class Missing(NamedTuple):
    """A datum to find, or a decision of the caisse (`caisse.RULE`), and the rules that wait for it.

    `code`: `simulateur` where the official simulator gives it too (DIT-04), else empty.
    """

    field: str
    rules: tuple[str, ...]
    stage: Stage
    code: str = ""

    @property
    def message(self) -> str:
        """What to look for and where, in French."""
        from .sentences import missing_sentence

        return missing_sentence(self)


@json_object
class Alert(NamedTuple):
    """Something the reader must know: a code, the rule that says it, the values it speaks of."""

    code: str
    rule: str
    values: dict[str, Value]

    @property
    def message(self) -> str:
        """The warning in French."""
        from .sentences import warning_sentence

        return warning_sentence(self)


@json_object
class BaremeUsed(NamedTuple):
    """One text that the decision used: its version, the day of its last check, its simulated values."""

    texte: Texte
    version: str
    checked: date
    simulated: bool
    changes: tuple[Change, ...]


class Details:
    """The reasons of a decision, made from its workings when first asked for, then kept.

    Building them costs more than deciding: tables of doctors never ask.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], "Reasons"] | None, made: "Reasons | None" = None) -> None:
        self._make = make
        self._made = made

    @property
    def reasons(self) -> "Reasons":
        """The reasons, made once."""
        if self._made is None:
            assert self._make is not None
            self._made = self._make()
            self._make = None
        return self._made

    def __repr__(self) -> str:
        """Nothing of them: they are made when asked for."""
        return "Details(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Details) and self.reasons == other.reasons

    def __hash__(self) -> int:
        return 0

    def __reduce__(self) -> tuple[type["Details"], tuple[None, "Reasons"]]:
        return Details, (None, self.reasons)


class Reasons(NamedTuple):
    """What a decision lacked, warns of, consulted, and how it came about."""

    missing: tuple[Missing, ...]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    trace: tuple[Step, ...]
    baremes: tuple[BaremeUsed, ...]


class Decision(NamedTuple):
    """The whole answer, self-contained: with its dossier and its readings it can be made again.

    `missing`, `warnings`, `readings` (those consulted), `trace` and `baremes` are made on demand.
    """

    dossier: Dossier
    verdict: Verdict
    criteria: tuple[Criterion, ...]
    band: Bande | None
    possible_bands: tuple[Bande, ...]
    maximum: Amount | None
    objectives: dict[Indicateur, Objective] | None
    regime: str | None
    possible_regimes: tuple[str, ...]
    share: Share | None
    amount_due: Amount | None
    choices: Readings
    forced: bool
    strict: bool
    details: Details

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is missing, what would settle the verdict first."""
        return self.details.reasons.missing

    @property
    def warnings(self) -> tuple[Alert, ...]:
        """What the reader must know: weak sources, old data, deductions, disagreements."""
        return self.details.reasons.warnings

    @property
    def readings(self) -> dict[str, str]:
        """The readings that this decision consulted, with the value that was chosen."""
        return self.details.reasons.readings

    @property
    def trace(self) -> tuple[Step, ...]:
        """The steps of chapters TMP, MNT, OBJ and MOD; those of ELI are the criteria."""
        return self.details.reasons.trace

    @property
    def baremes(self) -> tuple[BaremeUsed, ...]:
        """The texts used, that of access first, with their versions and simulated values."""
        return self.details.reasons.baremes

    @property
    def steps(self) -> tuple[Step | Criterion, ...]:
        """Every step in the order of the chapters: TMP, the criteria of ELI, then the others."""
        time = tuple(step for step in self.trace if step.rule.startswith("TMP-0") and step.rule < "TMP-05")
        return (*time, *self.criteria, *self.trace[len(time) :])

    @property
    def version(self) -> str:
        """The versions of the barèmes used, the text of access first."""
        return " ; ".join(bareme.version for bareme in self.baremes)

    @property
    def simulated(self) -> bool:
        """Whether a simulated barème was given (reform)."""
        return any(bareme.simulated for bareme in self.baremes)

    def explain(self, format: Format = "texte") -> str:
        """The decision in French, step by step, as text, Markdown or HTML."""
        from .rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The decision as JSON text: decimals and fractions as strings, dates in ISO form."""
        return adapter_of(Decision).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Decision":
        """The decision that `to_json` wrote, equal to it."""
        return adapter_of(Decision).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(Decision).json_schema(mode="serialization")

    def _record(self) -> "DecisionRecord":
        eager = self._asdict()
        del eager["details"]
        return DecisionRecord(**eager, **self.details.reasons._asdict())

    @classmethod
    def _of_record(cls, record: "DecisionRecord") -> "Decision":
        values = record._asdict()
        made = Reasons(**{name: values.pop(name) for name in Reasons._fields})
        return cls(**values, details=Details(None, made))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """JSON writes a decision with what is made on demand, also inside another record."""
        record = handler.generate_schema(DecisionRecord)
        return core_schema.no_info_after_validator_function(
            cls._of_record,
            record,
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda decision, serialize: serialize(decision._record()), schema=record
            ),
        )


@json_object
class DecisionRecord(NamedTuple):
    """A decision as JSON writes it: every field, those made on demand included."""

    dossier: Dossier
    verdict: Verdict
    criteria: tuple[Criterion, ...]
    band: Bande | None
    possible_bands: tuple[Bande, ...]
    maximum: Amount | None
    objectives: dict[Indicateur, Objective] | None
    regime: str | None
    possible_regimes: tuple[str, ...]
    share: Share | None
    amount_due: Amount | None
    choices: Readings
    forced: bool
    strict: bool
    missing: tuple[Missing, ...]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    trace: tuple[Step, ...]
    baremes: tuple[BaremeUsed, ...]
