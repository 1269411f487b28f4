"""A contract along a path of PMT and PFA: what each year would pay, and what would have changed it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from .bareme import Bareme, exact_decimal
from .closed import Closed, ReadBy, expected_type, expected_value, shown
from .decision import Amount, Decision
from .documents import Format
from .errors import Refusal, RefusedData
from .evaluation import check_types
from .events import read_events
from .models import Dossier, Observation, of_indicator
from .readings import DEFAULT, Readings, explored
from .records import adapter_of, json_object
from .rules import amounts
from .scheduling import check_years, schedule
from .scheduling_record import Schedule, ScheduledYear
from .terms import INDICATEURS, Verdict
from .whatif import Gaps, gaps

EVERY_READING: Literal["toutes"] = "toutes"
"""Asks for the results under every combination of the readings that matter."""


def _read_growth(value: object) -> Decimal:
    growth = None if type(value) is int and abs(value) > 1 else exact_decimal(value)
    if growth is None or not growth.is_finite() or not -1 <= growth <= 1:
        raise expected_value(
            'une croissance annuelle en texte décimal entre -1 et 1, par exemple "0.03" pour 3 %',
            "écrivez la part entre guillemets, avec un point",
            "croissance",
        )
    return growth


Croissance = Annotated[
    Decimal, ReadBy(_read_growth, {"type": "string", "pattern": r"^-?(0(\.\d+)?|1(\.0+)?)$"})
]
"""A yearly growth as an exact fraction between −1 and 1."""


class Growth(Closed):
    """A yearly growth of each count, from the one at signature: `"0.03"` is 3 % a year.

    The count of year n is the initial one × (1 + growth)^n, truncated to the patient; a growth left out
    is not known, and neither is its count.
    """

    pmt: Croissance | None = None
    pfa: Croissance | None = None


Path: TypeAlias = Mapping[int, Any] | Growth
"""Counts by contract year, or a yearly growth."""


@json_object
class SimulatedYear(NamedTuple):
    """One year of the path: what was seen, what is due, alone and up to it, and the distances to more.

    `gaps` is `None` where the counts change nothing, or where the amount is not that of a whole year.
    """

    annee: int
    observation: Observation | None
    amount_due: Amount | None
    cumulated: Amount | None
    gaps: Gaps | None


@json_object
class Scenario(NamedTuple):
    """One distinct result over the readings: the verdict and the amount by year, the total, what leads there.

    No amounts: under these readings the events told are impossible.
    """

    verdicts: tuple[Verdict | None, ...]
    amounts: tuple[Amount | None, ...]
    total: Amount | None
    readings: tuple[dict[str, str], ...]


@json_object
class Simulation(NamedTuple):
    """A schedule along a path, year by year; `scenarios` are the results over every reading, if asked."""

    schedule: Schedule
    years: tuple[SimulatedYear, ...]
    scenarios: tuple[Scenario, ...]

    @property
    def total(self) -> Amount | None:
        """The amounts due of all the years, under the readings of the schedule."""
        return self.schedule.total

    @property
    def span(self) -> Amount | None:
        """The lowest and the highest total over every scenario; `None` where one is not known."""
        totals = [scenario.total for scenario in self.scenarios if scenario.amounts] or [self.total]
        known = [total for total in totals if total is not None]
        if len(known) < len(totals):
            return None
        low, high = min(total.low for total in known), max(total.high for total in known)
        return amounts.amount(amounts.centimes(low), amounts.centimes(high))

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a year, ready for a data frame; amounts as `Decimal`."""
        return [
            {
                "annee": year.annee,
                "pmt": of_indicator(year.observation, "pmt"),
                "pfa": of_indicator(year.observation, "pfa"),
                "verdict": told.verdict,
                "du_min": None if year.amount_due is None else year.amount_due.low,
                "du_max": None if year.amount_due is None else year.amount_due.high,
                "cumul_min": None if year.cumulated is None else year.cumulated.low,
                "cumul_max": None if year.cumulated is None else year.cumulated.high,
            }
            for year, told in zip(self.years, self.schedule.years, strict=True)
        ]

    def explain(self, format: Format = "texte") -> str:
        """The simulation in French, as text, Markdown or HTML."""
        from .simulation_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The simulation as JSON text."""
        return adapter_of(Simulation).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Simulation":
        """The simulation that `to_json` wrote, equal to it."""
        return adapter_of(Simulation).validate_json(text)


def simulate(
    dossier: Dossier,
    path: Path,
    years: int = 5,
    *,
    events: Iterable[Any] = (),
    readings: Readings | Literal["toutes"] | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> Simulation:
    """The contract of a dossier over `years` years, along a path of observed counts.

    path: counts by contract year (as `schedule` reads them), or a yearly `Growth`.
    readings: those of one simulation, or "toutes" for the distinct results under all of them; the
    schedule is then that of the default readings.
    The dossier's own observation serves its year where the path says nothing of it. Raises
    `RefusedData` as `schedule` does.
    """
    check_years(years)
    check_types(dossier, None, bareme)
    expected_type(
        "path", path, (Mapping, Growth), "des effectifs par année, ou une croissance", "Growth(pmt=…)"
    )
    if not (readings is None or isinstance(readings, Readings) or readings == EVERY_READING):
        remedy = f"écrivez « {EVERY_READING} », ou donnez des Readings"
        raise RefusedData([Refusal("readings", shown(readings), f'"{EVERY_READING}"', remedy, "lectures")])
    given = read_events(events)
    seen = grown(dossier, path, years) if isinstance(path, Growth) else path

    def under(choices: Readings) -> Schedule:
        return schedule(dossier, seen, years, events=given, readings=choices, bareme=bareme, force=force)

    def possible(choices: Readings) -> Schedule:
        try:
            return under(choices)
        except RefusedData:
            return main._replace(years=(), choices=choices)

    chosen = readings if isinstance(readings, Readings) else DEFAULT
    main = under(chosen)
    found = explored(possible, lambda answer: answer.readings, _result) if readings == EVERY_READING else []
    told = zip(main.years, main.cumulated, strict=True)
    return Simulation(
        main,
        tuple(_year(main, year, total, chosen, bareme) for year, total in told),
        tuple(
            Scenario(
                tuple(year.verdict for year in answer.years),
                tuple(year.amount_due for year in answer.years),
                answer.total,
                combinations,
            )
            for answer, combinations in found
        ),
    )


def grown(dossier: Dossier, growth: Growth, years: int) -> dict[int, Observation]:
    """The counts of each year under a yearly growth, truncated to the patient."""
    initial = dossier.contrat.patientele_initiale
    found: dict[int, Observation] = {}
    for annee in range(1, years + 1):
        counts = {}
        for name in INDICATEURS:
            start, rate = of_indicator(initial, name), getattr(growth, name)
            known = start is not None and rate is not None
            counts[name] = int(start * (1 + Fraction(rate)) ** annee) if known else None  # type: ignore[operator]
        found[annee] = Observation(**counts)
    return found


def _result(answer: Schedule) -> tuple[Any, ...]:
    """What makes two schedules distinct."""
    years = tuple((year.annee, year.verdict, year.amount_due) for year in answer.years)
    return years, tuple((p.kind, p.due_from, p.amount) for p in answer.payments)


def _year(
    answer: Schedule, year: ScheduledYear, total: Amount | None, readings: Readings, bareme: Bareme | None
) -> SimulatedYear:
    seen, decision = answer.observations.get(year.annee), year.decision
    distances = None
    if decision is not None and _counts_matter(year, decision):
        distances = gaps(decision.dossier, readings=readings, bareme=bareme, force=answer.forced)
    return SimulatedYear(year.annee, seen, year.amount_due, total, distances)


def _counts_matter(year: ScheduledYear, decision: Decision) -> bool:
    """Whether the distances of a year can be told: modulated, whole, under one set of terms, all seen."""
    return (
        bool(year.payments)
        and decision.regime != "MOD-00"
        and decision.amount_due is not None
        and decision.amount_due == year.amount_due
        and "objectifs_en_cours_d_annee" not in {alert.code for alert in year.warnings}
        and all(objective.observed is not None for objective in (decision.objectives or {}).values())
    )
