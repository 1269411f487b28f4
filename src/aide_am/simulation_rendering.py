"""A simulation as a French document: the path, the payments, what would have changed the outcome."""

from . import french
from .documents import Document, Entry, Format, Grid, Section, written
from .models import of_indicator
from .rendering import contract
from .scheduling_rendering import (
    ended,
    payments_grid,
    readings_sections,
    schedule_sections,
    total_lines,
    year_due,
    year_verdict,
)
from .simulation import Scenario, SimulatedYear, Simulation
from .whatif_rendering import gap_sentence
from .wording import (
    amount_text,
    codes_section,
    combination_text,
    conditioned_by_all,
    due_text,
    named_sum,
    sum_text,
)


def explain(simulation: Simulation, format: Format = "texte") -> str:
    """The simulation in French; raises `ValueError` for a format that does not exist."""
    return written(document(simulation), format)


def document(simulation: Simulation) -> Document:
    """The simulation before it is written."""
    schedule = simulation.schedule
    lines = total_lines(schedule)
    if simulation.scenarios:
        count = len(simulation.scenarios)
        lines.append(
            f"Sous toutes les lectures ({count} résultat{'s' if count > 1 else ''}) : "
            f"{_span_text(simulation)}."
        )
    sections = [
        Section("Trajectoire", grid=_path(simulation)),
        Section("Versements", grid=payments_grid(schedule)),
        Section("Ce qui aurait changé le résultat", _changes(simulation)),
        *schedule_sections(schedule),
    ]
    if simulation.scenarios:
        sections.append(Section("Résultats sous toutes les lectures", _scenarios(simulation)))
        changed = [told for each in simulation.scenarios for told in _changes_of(each, simulation)]
        sections.append(codes_section((name for told in changed for name in told), schedule.choices))
    else:
        sections += readings_sections(schedule)
    return Document(
        french.typeset(f"Simulation : {contract(schedule.dossier)}"),
        tuple(map(french.typeset, lines)),
        tuple(s for s in sections if s.entries or (s.grid is not None and s.grid.rows)),
    )


def _path(simulation: Simulation) -> Grid:
    headers = ("Année", "PMT", "PFA", "Verdict", "Part", "Dû", "Cumul")
    rows = []
    for year, told in zip(simulation.years, simulation.schedule.years, strict=True):
        share = None if told.decision is None else told.decision.share
        rows.append(
            (
                str(year.annee),
                _count(year, "pmt"),
                _count(year, "pfa"),
                year_verdict(told),
                "–" if share is None or share.value is None else french.percent(share.value),
                year_due(told, year.amount_due, simulation.schedule.forced),
                sum_text(year.cumulated),
            )
        )
    return Grid(headers, tuple(rows), frozenset({0, 1, 2, 4, 5, 6}))


def _count(year: SimulatedYear, name: str) -> str:
    count = of_indicator(year.observation, name)  # type: ignore[arg-type]
    return "–" if count is None else french.whole(count)


def _changes(simulation: Simulation) -> tuple[Entry, ...]:
    """By year, the distances of each indicator to the next amounts."""
    verdicts = {year.annee: year.verdict for year in simulation.schedule.years}
    entries = []
    for year in simulation.years:
        if year.gaps is None:
            continue
        notes = [french.typeset(gap_sentence(gap)) for gap in year.gaps.indicators.values()]
        if year.gaps.together is not None:
            pair = year.gaps.together
            notes.append(
                french.typeset(
                    f"ensemble : {french.whole(pair.pmt)} en PMT et {french.whole(pair.pfa)} en file active "
                    f"de plus pour {amount_text(pair.amount)}."
                )
            )
        due = named_sum("montant dû", year.gaps.amount, verdicts[year.annee], simulation.schedule.forced)
        text = f"Année {year.annee}, {due}"
        entries.append(Entry(french.typeset(text), tuple(notes)))
    return tuple(entries)


def _scenarios(simulation: Simulation) -> tuple[Entry, ...]:
    return tuple(_scenario(scenario, simulation) for scenario in simulation.scenarios)


def _span_text(simulation: Simulation) -> str:
    """The totals of every reading together, a refusal said as such (DIT-01)."""
    forced = simulation.schedule.forced
    possible = [scenario for scenario in simulation.scenarios if scenario.amounts]
    admitted = [scenario for scenario in possible if forced or set(scenario.verdicts) != {"non_eligible"}]
    parts = ["0 € (non éligible)"] if len(admitted) < len(possible) else []
    if admitted:
        whole = simulation._replace(scenarios=tuple(admitted)).span
        verdicts = [verdict for scenario in admitted for verdict in scenario.verdicts]
        parts.append(conditioned_by_all(sum_text(whole), verdicts, forced))
    return " ou ".join(parts)


def _scenario(scenario: Scenario, simulation: Simulation) -> Entry:
    """A result, and the values of the readings that lead to it."""
    forced = simulation.schedule.forced
    over = {year.annee: year for year in simulation.schedule.years if ended(year)}
    told = zip(scenario.verdicts, scenario.amounts, strict=True)
    years = " ; ".join(
        f"année {rank} : "
        + (
            year_due(over[rank], due, forced)
            if verdict == "non_eligible" and rank in over
            else due_text(verdict, due, forced)
        )
        for rank, (verdict, due) in enumerate(told, start=1)
    )
    notes = [combination_text(changed) for changed in _changes_of(scenario, simulation) if changed]
    text = french.typeset(f"Total {sum_text(scenario.total)} ({years})")
    if set(scenario.verdicts) == {"non_eligible"} and not forced:
        text = french.typeset(f"Total {due_text('non_eligible', None)}")
    if not scenario.amounts:
        text = "Sous ces lectures, les événements donnés sont impossibles"
    return Entry(text, tuple(map(french.typeset, notes or ["avec les lectures retenues"])))


def _changes_of(scenario: Scenario, simulation: Simulation) -> list[dict[str, str]]:
    """The readings to change to come to a result: each set of them that holds no smaller one."""
    choices = simulation.schedule.choices
    found = [
        {name: value for name, value in combination.items() if value != getattr(choices, name)}
        for combination in scenario.readings
    ]
    items = {frozenset(changed.items()): changed for changed in sorted(found, key=len)}
    return [changed for key, changed in items.items() if not any(other < key for other in items)]
