"""The rows of a slice that the codes cover, answered with arrays, chapter by chapter as in `evaluate`.

Money is exact in whole numbers: shares are fractions, rounded once (MNT-07).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..evaluation import goals_of, objectives_of, share_of
from ..rules import amounts, modulation
from ..terms import INDICATEURS, STATUTS, Indicateur
from ..tracing import Workings, objective_steps, share_steps, weak
from .doctors import NON_ELIGIBLE, Doctors
from .engine import SILENT, SPEAKING, Engine, lacks_of, said_of
from .ranks import Part
from .results import CLOSED, NO_SUM, Results
from .shares import end_of, kind_of
from .situations import Answers
from .slices import Rows
from .targets import ROOM, Targets, by_nature, of_indicator

TOLD_LAST = (*INDICATEURS, "shares", "revision")
LACKING_LAST = (*INDICATEURS, "shares")
"""The parts of a decision that warn, or lack data, last: a key of their own, lest that of all be too long."""
NO_RATE, KNOWN_RATE, ZERO_RATE = 0, 1, 2
SCALED = 2
"""The rank of the last end of a share that is fixed: none, 0 and 1 come first."""
arrondie: Any = amounts.arrondie
"""MNT-07, here given arrays."""


def answer(engine: Engine, cells: Rows, rows: Any, results: Results) -> None:
    """Write the answers of these rows: `rows` are their places in the results."""
    found = Work(Doctors(engine, cells)).answers()
    results.fill(rows, found)
    results.say("criteria_failed", rows, engine.failed_texts.values, found["failed"])
    results.say("missing", rows, engine.missing_texts.values, found["missing"])
    results.say("warnings", rows, engine.warning_texts.values, found["warnings"])


class Work:
    """One slice under way."""

    def __init__(self, doctors: Doctors) -> None:
        self.doctors, self.engine, self.readings = doctors, doctors.engine, doctors.readings
        self.cells, self.size, self.time = doctors.cells, doctors.size, doctors.time

    def _objectives(self) -> dict[Indicateur, Answers]:
        """Each objective: its status, its rate, and what the tables of shares read of it."""
        engine = self.engine
        doctor = self.targets.doctor()
        self.natures = {name: self.targets.natures_of(name, doctor) for name in INDICATEURS}
        year = engine.years.ranks(
            [self.targets.year(), (self.targets.observed, 2), (self.targets.born, 2)], self.size
        )
        natures_met = [engine.natures_met.part(self.natures[name]["natures"]) for name in INDICATEURS]
        parts = [(self.doctors.primo, 3), (self.targets.senior, 3), *natures_met]
        self.together = engine.together.ranks(parts, self.size)
        # Under this reading the tolerance of an objective follows the nature of the other one.
        beside = [self.together] if self.readings.tolerance_6_2 == "5_points" else []
        found = {}
        for name, natures in self.natures.items():
            target = engine.targets_met.part(natures["target"])
            level = engine.levels[name].ranks([(self.targets.level(name, natures["mask"]), ROOM)], self.size)
            found[name] = engine.objectives[name].at(
                [target, year, level, *beside], self.size, self._ask_objective(name)
            )
        return found

    def _ask_objective(self, name: Indicateur) -> Callable[[int], tuple[int, ...]]:
        def ask(row: int) -> tuple[int, ...]:
            case = self.doctors.case(row)
            goals = goals_of(case)
            steps = tuple(of_indicator(objective_steps(case, goals), name))
            lacks, said = lacks_of(steps), self.engine.said[name].rank(said_of(steps))
            own = by_nature(case, goals, name)
            if not own:
                return (
                    self.engine.cells_met.rank(()),
                    -1,
                    NO_RATE,
                    self.engine.lacks[name].rank(lacks),
                    said,
                )
            status = objectives_of(goals)[name].status
            kinds = {nature: kind_of(goal, self.readings.taux_atteinte) for nature, goal in own.items()}
            p30 = next(fact.distribution.p30 for fact in case.facts if fact.indicateur == name)
            cells = tuple(
                (
                    nature,
                    kinds[nature],
                    modulation.cellules(*goal[:2], p30),
                    modulation.hausse(goal.objective),
                )
                for nature, goal in own.items()
            )
            rate = {"known": KNOWN_RATE, "zero": ZERO_RATE}.get(next(iter(kinds.values())), NO_RATE)
            return (
                self.engine.cells_met.rank(cells),
                -1 if status is None else STATUTS.index(status),
                rate if len(kinds) == 1 else NO_RATE,
                self.engine.lacks[name].rank(lacks),
                said,
            )

        return ask

    def _shares(self, found: Mapping[Indicateur, Answers]) -> Answers:
        """The share of a year, by the natures that are possible together and the cells of each objective."""
        engine = self.engine
        lifted = self.cells.yes("circonstances_exceptionnelles")
        year = engine.share_years.ranks(
            [
                self.targets.year(),
                (self.doctors.acces, len(engine.baremes)),
                (self.doctors.mep, 2),
                (lifted, 2),
                (self.targets.observed, 2),
            ],
            self.size,
        )
        cells = [engine.cells_met.part(found[name]["cells"]) for name in INDICATEURS]
        both = engine.cell_pairs.ranks(cells, self.size)
        return engine.shares.at([self.together, year, both], self.size, self._ask_share)

    def _ask_share(self, row: int) -> tuple[int, ...]:
        engine, case = self.engine, self.doctors.case(row)
        goals = goals_of(case)
        regimes, part, found = share_of(case, goals)
        work = Workings(case, engine.bareme, (), (), None, goals, found, part, None)
        regime = CLOSED["regime"].index(regimes[0]) if len(regimes) == 1 else -1
        steps = tuple(share_steps(work))
        told = (
            regime,
            engine.lacks["shares"].rank(lacks_of(steps)),
            engine.said["shares"].rank(said_of(steps)),
        )
        if part is None:
            return 0, 0, *told
        if not found:
            return engine.ends.rank(int(part.low)), engine.ends.rank(int(part.high)), *told
        ends = [engine.ends.rank(end_of(case, goals, found, high=high)) for high in (False, True)]
        return ends[0], ends[1], *told

    def _counting(self) -> Answers:
        """What is said of the counts themselves, whatever the objectives (OBJ-01, OBJ-09)."""
        engine, doctors = self.engine, self.doctors

        def ask(row: int) -> tuple[int]:
            case = doctors.case(row)
            steps = (s for s in objective_steps(case, goals_of(case)) if "indicateur" not in s.values)
            return (engine.said["counting"].rank(said_of(steps)),)

        parts = [(doctors.acces, 3), (doctors.two, 2), (self.cells.known("pmt_initiale", -1), 2)]
        return engine.counting.at(parts, self.size, ask)

    def _revision(self) -> Answers:
        """What is said of an avenant to maintien that the year leaves open (CTR-04)."""
        engine, opened = self.engine, self.targets.revision()

        def ask(row: int) -> tuple[int]:
            source = engine.baremes[self.time["annee"][row]].references["CTR-04"]
            told = (("revision_65_ans",), weak(source)) if opened[row] else SILENT
            return (engine.said["revision"].rank(told),)

        return engine.revision.at([(opened, 2), (self.time["annee"], 3)], self.size, ask)

    def answers(self) -> dict[str, Any]:
        """What the decisions say: nothing past a refusal, no share without a maximum."""
        criteria, maximum = self.doctors.verdict(), self.doctors.maximum()
        eligible = criteria["verdict"] != NON_ELIGIBLE
        self.targets = Targets(self.doctors)
        own, counting = self._objectives(), self._counting().only(eligible)
        revision, rise = self._revision().only(eligible), self.doctors.rise().only(eligible)
        top = maximum.only(eligible)
        share = self._shares(own).only(top["known"])
        shown = {name: answers.only(eligible) for name, answers in own.items()}
        lacks: dict[str, Answers] = {"criteria": criteria, "maximum": top, "shares": share}
        lacks |= {str(name): answers for name, answers in shown.items()}
        found = {"verdict": criteria["verdict"], "failed": criteria["failed"], "band": top["band"]}
        found |= {f"{name}_status": answers["status"] for name, answers in shown.items()}
        found |= {f"{name}_rate": self._shown_rate(name, answers["rate"]) for name, answers in shown.items()}
        found |= self._money(top, share)
        return {
            **found,
            "regime": share["regime"],
            "missing": self._missing(eligible, {name: lacks[name]["lacks"] for name in self.engine.lacks}),
            "warnings": self._warnings(
                {
                    **lacks,
                    "time": self.time,
                    "verdict": criteria,
                    "rise": rise,
                    "counting": counting,
                    "revision": revision,
                }
            ),
        }

    def _shown_rate(self, name: Indicateur, kind: Any) -> Any:
        """The rate of an objective of one nature, where there is one."""
        rate = self.targets.rates[name]
        rate[kind != KNOWN_RATE] = np.nan
        rate[kind == ZERO_RATE] = 0
        return rate

    def _money(self, top: Answers, share: Answers) -> dict[str, Any]:
        """The maximum, the share and the amount due; their high ends are made where they differ."""
        low, high = _centimes(top["low"]), top["high"]
        part, due = self._paid(low, share["low"], np.arange(self.size), False)
        found = {"maximum_low": low, "share_low": part, "amount_due_low": due}
        spread = np.array([isinstance(end, tuple) and len(end) > 1 for end in self.engine.ends.values])
        differ = (high != top["low"]) | (share["low"] != share["high"])
        apart = np.flatnonzero(differ | spread.take(share["high"]))
        if not apart.size:
            return found | {"maximum_high": low, "share_high": part, "amount_due_high": due}
        low, part, due = low.copy(), part.copy(), due.copy()
        low[apart] = _centimes(high.take(apart))
        part[apart], due[apart] = self._paid(low.take(apart), share["high"].take(apart), apart, True)
        return found | {"maximum_high": low, "share_high": part, "amount_due_high": due}

    def _paid(self, centimes: Any, rank: Any, rows: Any, high: bool) -> tuple[Any, Any]:
        """One end of the share and of the amount due of some rows, rounded once (MNT-07)."""
        ends = self.engine.ends.values
        fixed = np.array(
            [np.nan if end is None or isinstance(end, tuple) else end for end in ends], np.float64
        )
        part = fixed.take(rank)
        due = np.where(part == 1, centimes, 0)
        due[rank == 0] = NO_SUM
        scaled = np.flatnonzero(rank > SCALED)
        made = rank.take(scaled)
        for each in np.flatnonzero(np.bincount(made)).tolist():
            chosen = scaled[made == each]
            num, den = self.targets.end(ends[each], rows.take(chosen), high)
            part[chosen] = num / den
            due[chosen] = arrondie(centimes.take(chosen) * num, den, self.readings.arrondi)
        return part, due

    def _warnings(self, answers: Mapping[str, Answers]) -> Any:
        """The rank of the text that has the warnings of each row."""
        engine, said = self.engine, {name: answers[name]["said"] for name in SPEAKING}
        parts = {name: engine.said[name].part(codes, 2) for name, codes in said.items()}
        objectives = engine.said_of_objectives.ranks([parts.pop(name) for name in TOLD_LAST], self.size)

        def ask(row: int) -> tuple[int]:
            return (
                engine.ask_warnings(engine.said[name].values[codes[row]] for name, codes in said.items()),
            )

        return engine.warnings.at([*parts.values(), objectives], self.size, ask)["text"]

    def _missing(self, eligible: Any, lacks: Mapping[str, Any]) -> Any:
        """The rank of the text that says what each row lacks; no hiring is asked for a refusal (DIT-03)."""
        engine, unknown = self.engine, self.time["unknown"] * eligible
        some = unknown != 0
        for codes in lacks.values():
            some |= codes != 0
        rows = np.flatnonzero(some)
        text = np.zeros(self.size, np.int32)
        taken = {name: codes.take(rows) for name, codes in lacks.items()}
        lacking = {name: engine.lacks[name].part(codes) for name, codes in taken.items()}
        after = engine.lacking.ranks([lacking.pop(name) for name in LACKING_LAST], rows.size)
        parts: list[Part] = [(unknown.take(rows), 2), *lacking.values(), after]

        def ask(row: int) -> tuple[int, ...]:
            said = [engine.lacks[name].values[codes[row]] for name, codes in taken.items()]
            return (engine.ask_missing(bool(unknown[rows[row]]), said),)

        if rows.size:
            text[rows] = engine.missing.at(parts, rows.size, ask)["text"]
        return text


def _centimes(euros: Any) -> Any:
    found = euros.astype(np.int64)
    found *= amounts.CENTS
    found[euros == NO_SUM] = NO_SUM
    return found
