"""A simulation as a French document: the path, the payments, what would have changed the outcome."""

from . import french
from .documents import Document, Entry, Format, Grid, Section, written
from .lectures import lectures
from .models import of_indicator
from .rendering import amount_text, contract, sum_text
from .scheduling_rendering import payments_grid, readings_entries, schedule_sections, year_verdict
from .simulation import Scenario, SimulatedYear, Simulation
from .whatif_rendering import gap_sentence


def explain(simulation: Simulation, format: Format = "texte") -> str:
    """The simulation in French; raises `ValueError` for a format that does not exist."""
    return written(document(simulation), format)


def document(simulation: Simulation) -> Document:
    """The simulation before it is written."""
    schedule = simulation.schedule
    lines = [f"Total dû sur {len(simulation.years)} années : {sum_text(simulation.total)}."]
    if simulation.scenarios:
        count = len(simulation.scenarios)
        lines.append(
            f"Sous toutes les lectures ({count} résultat{'s' if count > 1 else ''}) : "
            f"{sum_text(simulation.span)}."
        )
    sections = [
        Section("Trajectoire", grid=_path(simulation)),
        Section("Versements", grid=payments_grid(schedule)),
        Section("Ce qui aurait changé le résultat", _changes(simulation)),
        *schedule_sections(schedule),
    ]
    if simulation.scenarios:
        sections.append(Section("Résultats sous toutes les lectures", _scenarios(simulation)))
    else:
        sections.append(Section("Ce que changerait une autre lecture", readings_entries(schedule)))
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
                sum_text(year.amount_due),
                sum_text(year.cumulated),
            )
        )
    return Grid(headers, tuple(rows), frozenset({0, 1, 2, 4, 5, 6}))


def _count(year: SimulatedYear, name: str) -> str:
    count = of_indicator(year.observation, name)  # type: ignore[arg-type]
    return "–" if count is None else french.whole(count)


def _changes(simulation: Simulation) -> tuple[Entry, ...]:
    """By year, the distances of each indicator to the next amounts."""
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
        text = f"Année {year.annee}, montant dû {amount_text(year.gaps.amount)}"
        entries.append(Entry(french.typeset(text), tuple(notes)))
    return tuple(entries)


def _scenarios(simulation: Simulation) -> tuple[Entry, ...]:
    return tuple(_scenario(scenario) for scenario in simulation.scenarios)


def _scenario(scenario: Scenario) -> Entry:
    """A result, and the values of the readings that lead to it."""
    years = " ; ".join(
        f"année {rank} : {sum_text(due)}" for rank, due in enumerate(scenario.amounts, start=1)
    )
    values: dict[str, list[str]] = {}
    for combination in scenario.readings:
        for name, value in combination.items():
            values.setdefault(name, [])
            if value not in values[name]:
                values[name].append(value)
    notes = [
        f"{lecture.titre} : {french.enumeration([lecture.valeurs[value].libelle for value in chosen], 'ou')}"
        for lecture, chosen in ((lectures()[name], chosen) for name, chosen in values.items())
    ]
    text = french.typeset(f"Total {sum_text(scenario.total)} ({years})")
    if not scenario.amounts:
        text = "Sous ces lectures, les événements donnés sont impossibles"
    return Entry(text, tuple(french.typeset(note) for note in notes))
