"""What the calendar of a contract answers: its dates, each in French, and their JSON and table."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from . import french
from .chronology import register
from .decision import Alert, Amount, BaremeUsed, Value
from .documents import Format
from .events import EventRecord
from .models import Dossier, Observation
from .readings import Readings
from .records import adapter_of, json_object
from .references import Reference, weakness
from .rendering import reference_text
from .sentences import DEADLINES, sentence
from .terms import NatureSource, Verdict
from .wording import amount_text, conditioned

Kind: TypeAlias = Literal[
    "versement",
    "solde",
    "suivi",
    "anniversaire",
    "inscription",
    "certification",
    "exercice_coordonne",
    "remplacement_secretaire",
    "objectif_augmentation",
    "nouvel_objectif_primo",
    "objectif_primo",
    "anniversaire_65_ans",
    "suspension",
    "preavis",
    "fin_de_contrat",
    "carence",
]
Status: TypeAlias = Literal["due", "done", "a_apprecier"]

KINDS: Mapping[Kind, str] = {
    "versement": "versements",
    "solde": "soldes",
    "suivi": "points d’échange",
    "anniversaire": "anniversaires",
    "inscription": "inscription à la formation",
    "certification": "certification",
    "exercice_coordonne": "exercice coordonné",
    "remplacement_secretaire": "remplacement du secrétaire",
    "objectif_augmentation": "objectif d’augmentation",
    "nouvel_objectif_primo": "nouvel objectif du primo-installé",
    "objectif_primo": "échéance de ce nouvel objectif",
    "anniversaire_65_ans": "65e anniversaire",
    "suspension": "suspension",
    "preavis": "préavis d’une résiliation",
    "fin_de_contrat": "fin du contrat",
    "carence": "délai de carence",
}
UNKNOWN_AMOUNT = "montant à dire par la caisse"
ADDED = ("profil", "assistant")
"""The values of a deadline that add their own words to its sentence."""


@json_object
class Deadline(NamedTuple):
    """One date of a contract: `day` is the last day, `start` the first one of a window, if it is one.

    `kind` and `rank` together tell it from every other of the same contract; the rank of a payment is
    its contract year. `annee` is the contract year, `None` outside the contract or when the years
    count from an unknown hiring. `status`: `done` when an event settled it, on `done_on`;
    `a_apprecier` when only the caisse can say. `code` names what is particular to it; `values` are
    those of its sentence, euros as decimal text (`bas`, `haut`).
    """

    kind: Kind
    rank: int
    code: str
    rule: str
    start: date | None
    day: date
    annee: int | None
    status: Status
    done_on: date | None
    values: dict[str, Value]
    references: tuple[Reference, ...]

    @property
    def label(self) -> str:
        """The deadline in one French sentence, without its day."""
        key = f"{self.kind} {self.code}" if self.code else self.kind
        amount = self.amount
        shown = UNKNOWN_AMOUNT if amount is None else conditioned(amount_text(amount), self._verdict)
        text = sentence(DEADLINES[key], {**self.values, "annee": self.annee, "montant": shown})
        text += "".join(sentence(DEADLINES[each], self.values) for each in ADDED if each in self.values)
        if self.nature != "deduit":
            return text
        how = DEADLINES.get(f"deduit {self.kind}", DEADLINES["deduit"])
        return f"{text} ({sentence(how, self.values)})"

    @property
    def _verdict(self) -> Verdict | None:
        """The verdict that a payment hangs on (DIT-01), where the caisse must still admit the contract."""
        return "a_instruire" if self.values.get("verdict") == "a_instruire" else None

    @property
    def nature(self) -> NatureSource:
        """The nature of the weakest of its sources (TMP-04)."""
        return max(self.references, key=weakness).nature

    @property
    def amount(self) -> Amount | None:
        """The euros of a payment; `None` where no text gives them, and for what is not a payment."""
        low, high = self.values.get("bas"), self.values.get("haut")
        if low is None or high is None:
            return None
        ends = Decimal(str(low)), Decimal(str(high))
        return Amount(*ends, ends[0] if low == high else None)

    @property
    def when(self) -> str:
        """Le 1er mars 2025, or from one day to another, in French."""
        if self.start is None:
            return f"le {french.day(self.day)}"
        return f"du {french.day(self.start)} au {french.day(self.day)}"

    @property
    def state(self) -> str:
        """What there is to know of its status, in French."""
        if self.status == "done":
            return "réglée" if self.done_on is None else f"réglée le {french.day(self.done_on)}"
        return "à apprécier par la caisse" if self.status == "a_apprecier" else "prévue"

    @property
    def notes(self) -> tuple[str, ...]:
        """Its rule, its status and its sources, in French, one line each."""
        title = register().regles[self.rule]
        lines = [f"Règle {self.rule} : {title}."]
        if self.status != "due":
            lines.append(f"Échéance {self.state}.")
        lines += [f"{french.capital(reference_text(reference))}." for reference in self.references]
        return tuple(map(french.typeset, lines))


@json_object
class Deadlines(NamedTuple):
    """Every date of contract years 1 to `years`, in order.

    `missing`: the fields that nobody gave, and the kinds of deadlines left out for lack of each.
    `warnings`, `readings`: those of the schedule of its payments, what must be known (the weakest
    source is that of the dates too) and what was consulted. `observations`, `baremes`, `choices` and
    `forced`: what it was asked with, enough to ask again. `checked`: the day on which the data of the
    law were last checked.
    """

    dossier: Dossier
    events: tuple[EventRecord, ...]
    observations: dict[int, Observation]
    years: int
    items: tuple[Deadline, ...]
    missing: dict[str, tuple[Kind, ...]]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    baremes: tuple[BaremeUsed, ...]
    choices: Readings
    forced: bool
    simulated: bool
    checked: date

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a deadline, ready for a data frame; days as `date`, euros as `Decimal`.

        `nature` is the kind of the deadline, `nature_source` that of its weakest source.
        """
        return [
            {
                "nature": item.kind,
                "rang": item.rank,
                "regle": item.rule,
                "du": item.start,
                "au": item.day,
                "annee": item.annee,
                "etat": item.status,
                "fait_le": item.done_on,
                "montant_min": None if item.amount is None else item.amount.low,
                "montant_max": None if item.amount is None else item.amount.high,
                "libelle": item.label,
                "nature_source": item.nature,
            }
            for item in self.items
        ]

    def explain(self, format: Format = "texte") -> str:
        """The calendar in French, as text, Markdown or HTML."""
        from .agenda_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_ics(self, reference: str | None = None) -> bytes:
        """The calendar as an iCalendar file, which a calendar application imports.

        `reference`: what the caller calls this contract; it heads every summary, and tells apart the
        contracts of two doctors of one specialty signed on the same day. Asks for the extra
        `calendar`; raises `AideAmError` (in French) without it, `RefusedData` if `reference` is not
        text.
        """
        from .ics import to_ics

        return to_ics(self, reference)

    def to_json(self, *, indent: int | None = None) -> str:
        """The calendar as JSON text."""
        return adapter_of(Deadlines).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Deadlines":
        """The calendar that `to_json` wrote, equal to it."""
        return adapter_of(Deadlines).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(Deadlines).json_schema(mode="serialization")
