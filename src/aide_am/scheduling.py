"""The schedule of payments of a contract: every payment of every contract year (chapters VRS, CTR).

Each year is one decision of `evaluate`, under the terms that the events of the contract left; what is
added is when and in how many parts its amount is paid. A year without an observation gives the worst
and the best case that the rules allow.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count, repeat
from typing import Any

from .bareme import Bareme
from .calendar import ONE_DAY
from .chronology import Chronology, chronology_with
from .closed import shown
from .contract_terms import Frame, Year
from .contract_year import contract_year
from .errors import Refusal, RefusedData
from .events import read_events
from .life import on_days, timeline
from .models import LAST_YEAR, Dossier, Observation
from .outcomes import recorded_bareme
from .readings import DEFAULT, Readings
from .rules import texts
from .rules.texts import Temps
from .scheduling_record import Schedule


def schedule(
    dossier: Dossier,
    observations: Mapping[int, Any] | None = None,
    years: int = 5,
    *,
    events: Iterable[Any] = (),
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> Schedule:
    """Every payment of contract years 1 to `years`.

    observations: by contract year, counts in patients (`Observation`, or a mapping); they win over
    the dossier's own, which serves its `annee`.
    events: what happened to the contract, in order (see `events`).
    force: compute a contract that already runs although the doctor is not eligible.
    Raises `RefusedData` for counts that cannot be read and for impossible events.
    """
    given = read_events(events)
    history = timeline(dossier, given, readings=readings, bareme=bareme)
    counts, replaced = _counts(dossier, {} if observations is None else observations, years)
    frame = Frame(
        dossier,
        readings or DEFAULT,
        bareme,
        chronology_with(bareme),
        force,
        history[-1],
        counts,
        replaced,
    )
    times = [_temps(frame, annee) for annee in range(1, years + 1)]
    ends = [_days(frame, annee, temps) for annee, temps in enumerate(times, start=1)]
    starting = on_days(dossier, given, [first for first, _ in ends], readings=readings, bareme=bareme)
    ending = on_days(dossier, given, [last for _, last in ends], readings=readings, bareme=bareme)
    during = [tuple(state for state in history[1:] if first < state.jour <= last) for first, last in ends]
    told = map(Year, repeat(frame), count(1), times, starting, ending, during)
    found = tuple(contract_year(year) for year in told if year.start.situation != "resilie")
    return Schedule(dossier, given, counts, years, found, frame.readings, force)


def again(answer: Schedule, readings: Readings) -> Schedule:
    """The same schedule under other readings."""
    return schedule(
        answer.dossier,
        answer.observations,
        answer.asked,
        events=answer.events,
        readings=readings,
        bareme=_reform(answer),
        force=answer.forced,
    )


def law_of(answer: Schedule) -> Chronology:
    """The texts under which a schedule was made, its simulated barème among them."""
    return chronology_with(_reform(answer))


def _reform(answer: Schedule) -> Bareme | None:
    """The simulated barème of a schedule, made again from what its decisions recorded."""
    decisions = [year.decision for year in answer.years if year.decision is not None]
    return recorded_bareme(used for decision in decisions for used in decision.baremes)


def check_years(years: object) -> None:
    """Refuse a number of contract years that is none."""
    if type(years) is not int or not 1 <= years <= LAST_YEAR:
        remedy = "donnez le nombre d’années du contrat à afficher"
        expected = f"un nombre entier de 1 à {LAST_YEAR}"
        raise RefusedData([Refusal("years", shown(years), expected, remedy, "annees")])


def _counts(
    dossier: Dossier, observations: Mapping[int, Any], years: int
) -> tuple[dict[int, Observation], int | None]:
    """The observation of each year, and the year of the dossier if its own was replaced."""
    check_years(years)
    if not isinstance(observations, Mapping):
        remedy = 'par exemple {3: {"pmt": 1500, "pfa": 1890}}'
        expected = "des effectifs par année du contrat"
        raise RefusedData([Refusal("observations", shown(observations), expected, remedy, "observations")])
    found: dict[int, Observation] = {}
    refused: list[Refusal] = []
    for annee, seen in observations.items():
        if type(annee) is not int or not 1 <= annee <= years:
            expected = f"une année du contrat, de 1 à {years}"
            remedy = "corrigez l’année, ou demandez plus d’années (years)"
            refused.append(Refusal("observations", shown(annee), expected, remedy, "annee"))
            continue
        try:
            found[annee] = Observation.model_validate(seen)
        except RefusedData as error:
            place = f"observations.{annee}"
            refused += [
                r._replace(field=place if r.field == "dossier" else f"{place}.{r.field}")
                for r in error.refusals
            ]
    if refused:
        raise RefusedData(refused)
    own = dossier.observation
    if own is None or dossier.annee > years:
        return found, None
    replaced = found.setdefault(dossier.annee, own) != own
    return found, dossier.annee if replaced else None


def _temps(frame: Frame, annee: int) -> Temps:
    contrat, readings = frame.last.contrat, frame.readings
    return texts.textes_applicables(
        contrat.date_signature,
        None,
        contrat.date_embauche,
        annee,
        frame.chronology,
        readings.entree_en_vigueur,
        readings.debut_annee,
    )


def _days(frame: Frame, annee: int, temps: Temps) -> tuple[date, date]:
    """The first and last day of a year; counted from the signature where the hiring is not known."""
    signature = frame.last.contrat.date_signature
    start = temps.debut or texts.premier_jour(signature, None, annee, temps.acces.texte, "signature")
    end = temps.suivante or texts.premier_jour(signature, None, annee + 1, temps.acces.texte, "signature")
    assert start is not None
    assert end is not None
    return max(start, signature), end - ONE_DAY
