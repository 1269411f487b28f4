"""The doctors of a slice: the texts of their years, their positions, their criteria, their maximum.

Codes are made of the cells by dates and thresholds; facets answer by situation what the scalar rules say
(chapters TMP, ELI and MNT).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from ..bareme import distribution
from ..evaluation import admitting, bands_of, case_of, criteria_of, lacking_of
from ..rules import amounts, answers
from ..terms import BANDES, INDICATEURS, OPTIONS_ETP, Indicateur
from ..tracing import Case, Workings, maximum_steps, position_steps, rise_steps
from .engine import (
    CRITERIA,
    NO,
    RULES,
    UNKNOWN,
    YEARS,
    Engine,
    lacks_of,
    said_of,
    three,
    together,
)
from .ranks import Part
from .reading import EPOCH, NULL_DAY
from .results import NO_SUM
from .situations import Answers
from .slices import AUGMENTATION_STATED, Rows, merged, of_disputed_days, own_percentiles, sources_of

NON_ELIGIBLE = 2
"""The rank of that verdict; the others are 0, and 1 where a criterion is not sure."""
PLACED = "MNT-01"
SAYING = (*RULES, PLACED)
"""The rules that speak before the maximum, in the order of a decision: a refusal ends with the criteria."""
HIGH_OPTIONS = tuple(OPTIONS_ETP.index(option) + 1 for option in ("1.5", "2"))


def _date(day: Any) -> date:
    return date.fromordinal(int(day) + EPOCH)


def by_text(choices: list[Any], text: Any, make: Callable[[Any], Any]) -> Any:
    """An array that depends on a text: made once where the texts agree."""
    found = make(choices[0])
    for number, choice in enumerate(choices[1:], start=1):
        if choice is not choices[0]:
            found = np.where(text == number, make(choice), found)
    return found


class Met(NamedTuple):
    """What one group of criteria answers: the rules that refuse, as bits, and the ranks of what is told."""

    failed: int
    unsure: int
    lacks: int
    primo: int
    said: int
    useful: int


class Doctors:
    """What every row is before its objectives are looked at."""

    def __init__(self, engine: Engine, cells: Rows) -> None:
        self.engine, self.cells, self.size = engine, cells, cells.size
        self.readings = engine.readings
        self._cases: dict[int, Case] = {}
        self._time()
        self._position()

    def case(self, row: int) -> Case:
        """What `evaluate` selects for one row, which answers for its situation."""
        if row not in self._cases:
            self._cases[row] = case_of(self.cells.dossier(row), self.readings, self.engine.chronology)
        return self._cases[row]

    def _time(self) -> None:
        engine, cells = self.engine, self.cells
        signature, annee = cells.get("date_signature"), cells.get("annee")
        self.time = engine.time.at(
            [(signature - engine.first, engine.span), (annee, YEARS)],
            self.size,
            lambda row: engine.ask_time(_date(signature[row]), int(annee[row])),
        )
        self.acces = self.time["acces"]

    def _position(self) -> None:
        engine, cells = self.engine, self.cells
        slug = cells.get("specialite").astype(np.intp) - 1
        self.groupe, self.opening = engine.groupe_of.take(slug), engine.access_of.take(slug)
        self.two, self.mep = engine.two_of.take(slug), engine.mep_of.take(slug)
        self.general = engine.general_of.take(slug)
        self.place, self.own, self.position = {}, {}, {}
        self._sources: list[Part] = []
        self.row = row = slug + self.acces.astype(np.intp) * len(engine.slugs)
        for name in INDICATEURS:
            place = engine.distribution_of[name].take(row)
            self.place[name] = place
            counts, own = cells.counts(f"{name}_initiale"), own_percentiles(cells, name)
            if own is None:
                cell = np.minimum(counts, engine.cap - 1)
                cell[counts < 0] = engine.cap
                cell += place * np.int32(engine.cap + 1)
                self.position[name] = engine.position_table.take(cell)
            else:
                published, bounds = engine.published.take(place, axis=0), engine.bounds.take(place, axis=0)
                self.own[name] = merged(published, bounds, own)
                self._sources += sources_of(published, bounds, own, place > 0)
                self.position[name] = np.where(place > 0, self._own_position(name, counts, bounds), 0)

    def sources(self) -> Part:
        """Which percentiles have a weak source, and which of the caller's own are used or differ (MNT-01)."""
        known = self.engine.sources.part(self.engine.source_of.take(self.row))
        if not self._sources:
            return known
        return self.engine.own_sources.ranks([known, *self._sources], self.size)

    def weak_p50(self, name: Indicateur, rows: Any) -> Any:
        """Whether the P50 of some rows has a weak source; that of the caller has one."""
        weak = self.engine.weak_p50_of[name].take(self.row.take(rows))
        if name in self.own:
            published = self.engine.published[:, 1].take(self.place[name].take(rows))
            weak |= (published < 0) & (self.own[name][1].take(rows) >= 0)
        return weak

    def _own_position(self, name: Indicateur, counts: Any, bounds: Any) -> Any:
        """MNT-01 with percentiles of the caller: known ones, those reached, the side of P30 and of bounds."""
        cells = self.own[name]
        over = {rank: np.where(cells[rank] < 0, bounds[:, rank], -1) for rank in self.engine.bounded}
        parts: list[Part] = [(cell >= 0, 2) for cell in cells]
        parts += [((cell >= 0) & (counts >= cell), 2) for cell in cells]
        parts += [(np.where(cells[0] < 0, 0, 1 + np.sign(counts - cells[0])), 3), (counts < 0, 2)]
        parts += [(np.where(bound < 0, 0, 1 + (counts > bound)), 3) for bound in over.values()]

        def ask(row: int) -> tuple[int]:
            told = [None if cell[row] < 0 else int(cell[row]) for cell in cells]
            limits = [over[rank][row] if rank in over else -1 for rank in range(len(cells))]
            known = distribution(told, (), tuple(None if limit < 0 else int(limit) for limit in limits))
            return (self.engine.position_rank(None if counts[row] < 0 else int(counts[row]), known),)

        return self.engine.own_positions.at(parts, self.size, ask)["rank"]

    def positions(self) -> list[Part]:
        """The positions of both indicators as inputs of a facet."""
        return [self.engine.positions.part(self.position[name]) for name in INDICATEURS]

    def verdict(self) -> Answers:
        """The verdict: the criteria are asked apart, then put together."""
        facets = self.engine.criteria
        self.mixte, self.recent = self.cells.yes("activite_mixte"), self._recent()
        self.claimed, self.text_of_option = self.cells.known("derogation_installation", 0), self._text()
        inputs = self._inputs()
        found = {name: facets[name].at(parts, self.size, self._ask(name)) for name, parts in inputs.items()}
        self.primo = found["activity"]["primo"]
        self._leave_p95()
        kinds = {name: facets[name].met.part(each.ranks) for name, each in found.items()}
        ranks = [
            self.engine.access_met.ranks([kinds["specialties"], kinds["tarifs"]], self.size),
            self.engine.claims_met.ranks([kinds["activity"], kinds["options"]], self.size),
        ]

        def ask(row: int) -> tuple[int, ...]:
            return self._together([facets[name].met.values[each.ranks[row]] for name, each in found.items()])

        return self.engine.verdicts.at(ranks, self.size, ask)

    def _inputs(self) -> dict[str, list[Part]]:
        """What each group of criteria reads."""
        engine, cells = self.engine, self.cells
        access, opening = engine.access_codes.part(self.time["access"]), engine.accesses.part(self.opening)
        free = cells.yes("rqth") | cells.yes("ald")
        told = [cells.part(name, 3) for name in ("remplacant", "exercice_coordonne", "prorogation")]
        doctor = [(self.groupe, 16), (free, 2), (self.recent, 3), (self.mixte, 2), (self.claimed, 2)]
        starter = engine.starters.ranks([(self.acces, 3), *doctor, self.sources()], self.size)
        return {
            "specialties": [access, opening, (self._fees(), 4)],
            "tarifs": [access, opening, cells.part("secteur", 4), cells.part("option_tarifaire", 5), *told],
            "activity": [starter, engine.pairs.ranks(self.positions(), self.size)],
            "options": self._option(),
        }

    def _together(self, met: Sequence[Met]) -> tuple[int, ...]:
        """The verdict of the groups of criteria, the rules that refuse, what is lacking and said."""
        engine = self.engine
        failed = sum(each.failed for each in met)
        pairs = [pair for each in met for pair in engine.asked.values[each.lacks]]
        if failed:
            pairs = self._still_useful(pairs, [each.useful for each in met])
        lacks = engine.lacks["criteria"].rank(tuple(sorted(pairs, key=lambda pair: RULES.index(pair[0]))))
        rules = " ".join(rule for bit, rule in enumerate(RULES) if failed >> bit & 1)
        spoken = sorted(
            (pair for each in met for pair in engine.said_by_criteria.values[each.said]),
            key=lambda pair: SAYING.index(pair[0]),
        )
        said = together(said for rule, said in spoken if rule in RULES or not failed)
        verdict = NON_ELIGIBLE if failed else max(each.unsure for each in met)
        return verdict, engine.failed_texts.rank(rules), lacks, engine.said["verdict"].rank(said)

    def _leave_p95(self) -> None:
        """MNT-09: where the contract asked a rise at the signature, P95 is no longer a possible position."""
        cells, day = self.cells, self.cells.get("date_option")
        told = self.engine.rises.take(self.acces) & (self.time["echu"] == NO)
        if day is not None:
            told &= (day == NULL_DAY) | (day == cells.get("date_signature"))
        for name in INDICATEURS:
            told &= cells.counts(f"{name}_reference") < 0
        slug = cells.get("specialite").astype(np.intp) - 1
        self.left_p95 = {name: np.zeros(self.size, np.int8) for name in INDICATEURS}
        for name in INDICATEURS:
            initial, stated = cells.counts(f"{name}_initiale"), cells.get(f"{name}_nature")
            asked = cells.counts(f"{name}_objectif") > initial
            if stated is not None:
                asked = np.where(stated == 0, asked, stated == AUGMENTATION_STATED)
            sure = (self.primo == NO) | ((self.primo == UNKNOWN) & self.engine.decides[name].take(slug))
            rows = np.flatnonzero(told & asked & sure & (initial >= 0))
            if rows.size:
                position = self.position[name].astype(np.int32)
                position[rows] = self.engine.without_p95(position.take(rows))
                self.left_p95[name][:] = position != self.position[name]
                self.position[name] = position

    def rise(self) -> Answers:
        """What is said of the indicators that a rise asked at the signature leaves under P95 (MNT-09)."""
        engine = self.engine

        def ask(row: int) -> tuple[int]:
            return (engine.said["rise"].rank(said_of(rise_steps(self.case(row)))),)

        parts: list[Part] = [(self.left_p95[name], 2) for name in INDICATEURS]
        return engine.rise.at([*parts, (self.acces, 3)], self.size, ask)

    def _ask(self, name: str) -> Callable[[int], tuple[int, ...]]:
        """What these criteria answer to one row, and what they lack where a reading admits it (DIT-03).

        That of the activity also tells a primo-installé.
        """

        def ask(row: int) -> Met:
            case = self.case(row)
            criteria = [criterion for criterion in criteria_of(case) if criterion.rule in CRITERIA[name]]
            failed = sum(1 << RULES.index(c.rule) for c in criteria if c.status == "non_satisfait")
            unsure = int(any(c.status in ("inconnu", "a_apprecier") for c in criteria))
            told = [(criterion.rule, said_of([criterion])) for criterion in criteria]
            if name == "activity":
                work = Workings(case, self.engine.bareme, (), bands_of(case), None, None, (), None, None)
                told.append((PLACED, said_of(position_steps(work))))
            said = self.engine.said_by_criteria.rank(tuple(told))
            found = admitting(case, CRITERIA[name])
            useful = self.engine.useful.rank(frozenset().union(*map(lacking_of, found)) if found else None)
            lacks = self.engine.asked.rank(lacks_of(criteria))
            return Met(failed, unsure, lacks, three(case.primo), said, useful)

        return ask

    def _still_useful(self, pairs: Sequence[tuple[str, str]], ranks: Iterable[int]) -> list[tuple[str, str]]:
        """What a refused row still asks: nothing where some criteria refuse it under every reading (DIT-03).

        Criteria of two groups consult no reading in common that changes both, but on the rows that
        `disputed` leaves.
        """
        admitted = [self.engine.useful.values[rank] for rank in ranks]
        if None in admitted:
            return []
        useful = answers.encore_utiles({field for _, field in pairs}, admitted)
        return [pair for pair in pairs if pair[1] in useful]

    def _fees(self) -> Any:
        """ELI-02: unknown, under the threshold, at it, over it."""
        part = self.cells.get("part_honoraires_cliniques")
        if part is None:
            return 0
        ends = [float(b.parametres["seuil_honoraires_cliniques"].valeur) for b in self.engine.baremes]
        end = np.array(ends).take(self.acces)
        return np.where(np.isnan(part), 0, 2 + np.sign(part - end)).astype(np.int32)

    def _recent(self) -> Any:
        """ELI-06: installed within the window, outside of it, or not known."""
        installed, signature = self.cells.get("date_installation"), self.cells.get("date_signature")
        if installed is None:
            return UNKNOWN
        opens = by_text(self.engine.windows, self.acces, lambda days: days.at(signature))
        recent = (installed >= opens).astype(np.int8)
        recent[installed == NULL_DAY] = UNKNOWN
        return recent

    def _text(self) -> Any:
        """The text of the day on which the option was obtained (ELI-07)."""
        day = self.cells.get("date_option")
        if day is None:
            return self.acces
        found = np.searchsorted(self.engine.starts, day, side="right") - 1
        return np.where(day == NULL_DAY, self.acces, found).astype(np.int8)

    def _option(self) -> list[Part]:
        """The inputs of ELI-07 and ELI-08; those of ELI-08 are looked at for 1.5 and 2 ETP alone."""
        cells = self.cells
        option = cells.get("option_etp")
        parts = [(option, 6), cells.part("zone", 4), (self.text_of_option, 3), (self.general, 2)]
        high = np.flatnonzero(option >= min(HIGH_OPTIONS))
        avenant, early, follows = (np.zeros(self.size, np.int8) for _ in range(3))
        if high.size:
            signature = cells.get("date_signature").take(high)
            day, start = (
                np.full(high.size, NULL_DAY) if codes is None else codes.take(high)
                for codes in (cells.get("date_option"), cells.get("anterieur_date_signature"))
            )
            obtained = np.where(day == NULL_DAY, signature, day)
            text = self.text_of_option.take(high)
            avenant[high] = (obtained > signature) & (start == signature)
            first = np.array([b.parametres["annee_etp_eleve"].num for b in self.engine.baremes]).take(text)
            early[high] = cells.get("annee").take(high) < first
            opens = by_text(self.engine.follows, text, lambda days: days.at(start))
            follows[high] = np.where(start == NULL_DAY, UNKNOWN, obtained >= opens)
        parts += [(avenant, 2), (early, 2), (follows, 3)]
        parts += [cells.part("anterieur_option_etp", 6), cells.part("anterieur_objectifs_atteints", 3)]
        signed, held = of_disputed_days(self.engine, cells)
        parts += [(self._days_held(), 1 + len(self.engine.baremes) ** 2), (signed, 2), (held, 3)]
        return parts

    def _days_held(self) -> Any:
        """ELI-07: the texts of the days before an avenant, 0 where none or no option before it is told."""
        cells = self.cells
        day, start = cells.get("date_option"), cells.get("anterieur_date_signature")
        signature = cells.get("date_signature")
        if day is None or cells.get("anterieur_option_etp") is None:
            return 0
        told = (day != NULL_DAY) & (day > signature)
        if start is not None:
            told &= (start == NULL_DAY) | (start == signature)
        last = np.searchsorted(self.engine.starts, day - 1, side="right") - 1
        texts = 1 + self.acces.astype(np.int32) * len(self.engine.baremes) + last
        return np.where(told, texts, 0).astype(np.int8)

    def maximum(self) -> Answers:
        """The maximum of the year and its band (chapter MNT)."""
        parts = [
            self.engine.amount_codes.part(self.time["amount"]),
            (self.two, 2),
            *self.positions(),
        ]
        parts.append(self.cells.part("option_etp", 6))
        return self.engine.maximum.at(parts, self.size, self._ask_maximum)

    def _ask_maximum(self, row: int) -> tuple[int, ...]:
        case = self.case(row)
        bands = bands_of(case)
        dossier = case.dossier
        maximum = amounts.maximum(dossier.contrat.option_etp, dossier.annee, bands, case.temps.montants)
        work = Workings(case, self.engine.bareme, (), bands, maximum, None, (), None, None)
        low, high = maximum.euros or (NO_SUM, NO_SUM)
        band = BANDES.index(bands[0]) if len(bands) == 1 else -1
        steps = tuple(maximum_steps(work, maximum))
        lacks = self.engine.lacks["maximum"].rank(lacks_of(steps))
        said = self.engine.said["maximum"].rank(said_of(steps))
        return int(maximum.euros is not None), int(low), int(high), band, lacks, said
