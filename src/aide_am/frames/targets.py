"""The objectives of a slice: their counts, the natures they may have, where the observed counts stand.

Thresholds and rates are those of chapter OBJ, whose functions are arithmetic alone: here they are given
arrays.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np

from ..bareme import Bareme
from ..decision import Step
from ..evaluation import goals_of
from ..rules import objectives
from ..rules.facts import Facts
from ..terms import INDICATEURS, Indicateur, NatureObjectif
from ..tracing import Case, Goal, Goals, objective_steps
from .doctors import Doctors, by_text
from .engine import NO, UNKNOWN, YEARS, YES, Rate, said_of
from .ranks import Part
from .reading import NULL_DAY
from .shares import (
    AUGMENTATION,
    MAINTIEN,
    NATURES,
    ONE,
    PRIMO,
    ZERO,
    Pair,
    capped,
    larger,
    smaller,
)
from .situations import Answers
from .slices import MAINTIEN_STATED

law: Any = objectives
"""The thresholds of chapter OBJ."""
LEVELS = (14, 18, 55)
"""How many places an observed count has under each nature."""
ROOM = LEVELS[0] * LEVELS[1] * LEVELS[2]


class Taken:
    """The counts of some rows, all of them where `rows` is `None`."""

    def __init__(self, posts: Mapping[str, Any], rows: Any) -> None:
        self._posts, self._rows = posts, rows

    def __getitem__(self, name: str) -> Any:
        """The counts of these rows."""
        counts = self._posts[name]
        return counts if self._rows is None else counts.take(self._rows)

    def wide(self, name: str, dtype: Any) -> Any:
        """The same in a type that holds their product with a tolerance."""
        return self[name].astype(dtype, copy=False)


def _fall(base: Any, wide: bool, borne: str, bareme: Bareme) -> Any:
    return law.seuil_maintien(base, wide, bareme, borne)


def of_indicator(steps: Iterable[Step], name: Indicateur) -> Iterable[Step]:
    """The steps that speak of one indicator."""
    return (step for step in steps if step.values.get("indicateur") == name)


def by_nature(case: Case, goals: Goals, name: Indicateur) -> dict[NatureObjectif, Goal]:
    """The objective of one indicator under each nature; nothing for an indicator that is not the doctor's."""
    pairs = zip(case.facts, goals.by_nature, strict=True)
    return next((by_nature for fact, by_nature in pairs if fact.indicateur == name), {})


def _natures_by_case(case: Case, goals: Goals, fact: Facts) -> tuple[tuple[NatureObjectif, ...], ...]:
    """The natures of an objective whether or not the doctor is a primo-installé, 65 or older."""
    annee = case.dossier.annee
    last = case.temps.annee.parametres["derniere_annee_primo"].num
    return tuple(
        objectives.natures_possibles(fact, primo, senior, annee, last)
        for primo in ((True, False) if case.primo is None else (case.primo,))
        for senior in ((True, False) if goals.senior is None else (goals.senior,))
    )


class Targets:
    """The objectives of the doctors of a slice, indicator by indicator (OBJ-03)."""

    def __init__(self, doctors: Doctors) -> None:
        self.doctors, self.engine, self.readings = doctors, doctors.engine, doctors.readings
        self.cells, self.size, self.time = doctors.cells, doctors.size, doctors.time
        cells = doctors.cells
        self.observed = cells.known("pmt_observee", -1) | cells.known("pfa_observee", -1)
        self.born = cells.known("date_naissance", NULL_DAY)
        self.senior = self._senior()
        renewed = doctors.time["echu"] if doctors.readings.objectifs_prorogation == "nouveaux" else None
        self.posts = {name: self._posts(name, renewed) for name in INDICATEURS}
        self.rates: dict[Indicateur, Any] = {}

    def _posts(self, name: Indicateur, renewed: Any) -> dict[str, Any]:
        """The counts of one indicator, also where it is not the doctor's: nothing reads them there."""
        cells = self.cells
        raw = {
            key: cells.counts(f"{name}_{key}") for key in ("initiale", "objectif", "reference", "observee")
        }
        stated = cells.get(f"{name}_nature")
        fixed, supplied, base = raw["reference"], raw["objectif"], raw["initiale"]
        if cells.get(f"{name}_reference") is not None:
            base = np.where(fixed < 0, base, fixed)
        if renewed is not None:
            open_again = (renewed == YES) & (fixed < 0)
            base, supplied = np.where(open_again, -1, base), np.where(open_again, -1, supplied)
        posts = {**raw, "objectif": supplied, "nature": stated, "base": base}
        self._raised(name, posts)
        return posts

    def _raised(self, name: Indicateur, posts: dict[str, Any]) -> None:
        """The base and the target of an increase: supplied, published growth, or unknown (OBJ-03)."""
        supplied, base = posts["objectif"], posts["base"]
        posts["raised_base"], posts["raised"], posts["feeble"] = base, supplied, None
        none = supplied < 0
        if not none.any():
            return
        after = (self.doctors.primo != NO) & (self.time["apres"] == YES) & none
        target, raised = supplied, base
        if after.any():
            raised = np.where(after, posts["reference"], base)
        grown = np.flatnonzero(none & (base >= 0) & ~after)
        if grown.size:
            place = (
                np.asarray(self.doctors.text_of_option).take(grown),
                self.cells.get("option_etp").take(grown),
                self.engine.tranches(self.doctors.position[name].take(grown)),
            )
            num, den = self.engine.growth_num[place], self.engine.growth_den[place]
            known = den > 0
            target = supplied.copy()
            counts = base.take(grown[known]).astype(np.int64)
            target[grown[known]] = law.croissance(counts, num[known], den[known])
            posts["feeble"] = np.zeros(self.size, bool)
            posts["feeble"][grown] = self.engine.growth_weak[place]
        posts["raised_base"], posts["raised"] = raised, target

    def _senior(self) -> Any:
        """OBJ-02: 65 or older at the signature, where that regime is open."""
        publiee, born = self.time["publiee"], self.cells.get("date_naissance")
        if born is None:
            return np.where(publiee == NO, NO, UNKNOWN).astype(np.int8)
        old = by_text(self.engine.ages, self.time["annee"], lambda days: days.at(born))
        reached = self.cells.get("date_signature") >= old
        answer = reached.astype(np.int8)
        answer[reached & (publiee == UNKNOWN)] = UNKNOWN
        answer[born == NULL_DAY] = UNKNOWN
        answer[publiee == NO] = NO
        return answer

    def _wide(self, posts: Mapping[str, Any]) -> Any:
        """OBJ-06: whether a maintien tolerates the wider fall, from the signature or by avenant."""
        stated, born = posts["nature"], self.cells.get("date_naissance")
        if stated is None:
            return self.senior
        rows = np.flatnonzero((stated == MAINTIEN_STATED) & (self.senior != YES))
        wide = self.senior.copy()
        if not rows.size:
            return wide
        if born is None:
            wide[rows] = UNKNOWN
            return wide
        signature, annee = (
            self.cells.get("date_signature").take(rows),
            self.cells.get("annee").take(rows),
        )
        debut = self.engine.first_days(signature, annee)
        old = by_text(
            self.engine.ages,
            self.time["annee"].take(rows),
            lambda made: made.at(born.take(rows)),
        )
        unknown = (born.take(rows) == NULL_DAY) | (self.time["unknown"].take(rows) == YES)
        wide[rows] = np.where(unknown, UNKNOWN, np.where(debut >= old, YES, self.senior.take(rows)))
        return wide

    def revision(self) -> Any:
        """CTR-04: whether a doctor turns 65 under his contract before the year ends, in a modulated year."""
        found, born = np.zeros(self.size, np.int8), self.cells.get("date_naissance")
        if born is None:
            return found
        signature, annee, text = self.cells.get("date_signature"), self.cells.get("annee"), self.time["annee"]
        first = np.array([b.parametres["premiere_annee_modulee"].num for b in self.engine.baremes]).take(text)
        old = by_text(self.engine.ages, text, lambda days: days.at(born))
        may = (born != NULL_DAY) & (signature < old) & (annee >= first) & (self.time["unknown"] != YES)
        stated = [posts["nature"] for posts in self.posts.values()]
        if stated[-1] is not None:
            kept = stated[-1] == MAINTIEN_STATED
            may &= ~(
                kept
                & (~self.doctors.two | ((stated[0] == MAINTIEN_STATED) if stated[0] is not None else False))
            )
        rows = np.flatnonzero(may)
        after = self.engine.first_days(signature.take(rows), np.minimum(annee.take(rows) + 1, YEARS - 1))
        found[rows] = old.take(rows) < after
        return found

    def doctor(self) -> Part:
        """What both objectives of a doctor read of him (OBJ-02)."""
        parts = [(self.doctors.primo, 3), (self.senior, 3), self.year(), (self.doctors.recent, 3)]
        parts += [(self.born, 2), (self.doctors.mixte, 2), (self.doctors.claimed, 2)]
        unsure = self.doctors.primo == UNKNOWN
        if unsure.any():
            unknown = [self.engine.lacks_of_p50(self.doctors.position[name]) for name in INDICATEURS]
            lacks = self.doctors.groupe * np.int16(9) + unknown[0] * np.int16(3) + unknown[1]
            parts.append((np.where(unsure, lacks, 0), 9 * 16))
        return self.engine.doctors.ranks(parts, self.size)

    def natures_of(self, name: Indicateur, doctor: Part) -> Answers:
        """The natures that one objective may have (OBJ-02), and what its target lacks (OBJ-03)."""

        def ask(row: int) -> tuple[int, ...]:
            case = self.doctors.case(row)
            goals, facts = goals_of(case), [fact for fact in case.facts if fact.indicateur == name]
            lacks = tuple(
                (step.rule, step.values.get("nature"), step.missing, said_of([step]))
                for step in of_indicator(objective_steps(case, goals), name)
                if step.rule in ("OBJ-02", "OBJ-03")
            )
            natures = tuple(_natures_by_case(case, goals, fact) for fact in facts)
            met = self.engine.natures_met.rank(natures)
            mask = sum(NATURES[nature] for nature in by_nature(case, goals, name))
            return met, self.engine.targets_met.rank((natures, lacks)), mask

        return self.engine.natures[name].at([doctor, self._state(name)], self.size, ask)

    def _newcomer(self, name: Indicateur) -> Any:
        """What is said of the target of a primo-installé: whether a number is his target, and its source."""
        told = np.zeros(self.size, np.int8)
        rows = np.flatnonzero(self.doctors.primo != NO)
        if rows.size:
            number = self.posts[name]["objectif"].take(rows)
            _, low, high = self._primo_ends(name, rows)
            told[rows] = ((number >= 0) & (number == low) & (number == high)) + 2 * self.doctors.weak_p50(
                name, rows
            ).astype(np.int8)
        return told

    def _state(self, name: Indicateur) -> Part:
        """What is known of one objective before anything is observed."""
        posts = self.posts[name]
        supplied, base = posts["objectif"], posts["base"]
        state = np.sign(supplied - base).astype(np.int8)
        state += np.int8(4)
        state[base < 0] = 2
        none = supplied < 0
        state[none] = (base >= 0)[none]
        parts: list[Part] = [(state, 6), self.engine.positions.part(self.doctors.position[name])]
        if posts["nature"] is not None:
            parts.append((posts["nature"], 3))
        parts += [((posts[each] < 0), 2) for each in ("initiale", "reference", "raised")]
        parts.append((self._newcomer(name), 4))
        if posts["feeble"] is not None:
            parts.append((posts["feeble"], 2))
        if not isinstance(self.doctors.mixte, int):
            single, rows = np.zeros(self.size, bool), np.flatnonzero(self.doctors.mixte)
            if rows.size:
                _, low, high = self._primo_ends(name, rows)
                single[rows] = (low == high) & (low >= 0)
            parts.append((single, 2))
        ranks, many = self.engine.states[name].ranks(parts, self.size)
        return (np.where(self.doctors.two, ranks + 1, 0), many + 1) if name == "pmt" else (ranks, many)

    def year(self) -> Part:
        """The texts and the state of the contract year as an input of a facet."""
        return self.engine.year_codes.part(self.time["year"])

    def level(self, name: Indicateur, mask: Any) -> Any:
        """The place of the observed count under each nature that its objective may have, and its rate."""
        posts = self.posts[name]
        level = np.zeros(self.size, np.int16)
        rate = self.rates[name] = np.full(self.size, np.nan)
        for nature, place, weight in (
            (AUGMENTATION, self._level_of_increase, 1),
            (MAINTIEN, self._level_of_maintien, LEVELS[0]),
            (PRIMO, self._level_of_primo, LEVELS[0] * LEVELS[1]),
        ):
            concerned = (mask & nature) != 0
            if not concerned.any():
                continue
            rows = None if concerned.all() else np.flatnonzero(concerned)
            found = place(name, Taken(posts, rows), rows)
            found *= np.int16(weight)
            num, den = self._rate(name, nature, rows)
            if rows is None:
                level, self.rates[name] = level + found, num / den
            else:
                level[rows] += found
                rate[rows] = num / den
        return level

    def _threshold(self, rows: Any, make: Callable[[Bareme], Any]) -> Any:
        text = self.time["annee"]
        return by_text(self.engine.tolerances, text if rows is None else text.take(rows), make)

    def _level_of_increase(self, name: Indicateur, posts: "Taken", rows: Any) -> Any:
        """OBJ-05: unknown, or under the floor, under the base, at it, over it; and reached or not."""
        observed, readings = posts["observee"], self.readings
        base, target = (
            posts.wide("raised_base", self.engine.counts),
            posts.wide("raised", self.engine.counts),
        )
        kept = self._threshold(
            rows, lambda bareme: law.plancher_augmentation(base, bareme, readings.tolerance_augmentation)
        )
        level = (observed >= kept).astype(np.int16)
        level += observed >= base
        level += observed > base
        reached = self._threshold(
            rows, lambda bareme: law.seuil_augmentation(base, target, bareme, readings.taux_atteinte)
        )
        goal = (observed >= reached).astype(np.int16)
        goal += np.int16(1)
        goal[target < 0] = 0
        goal *= np.int16(4)
        level += goal
        level += np.int16(2)
        level[base < 0] = 1
        level[observed < 0] = 0
        return level

    def _level_of_maintien(self, name: Indicateur, posts: "Taken", rows: Any) -> Any:
        """OBJ-06: unknown, or beyond the wide fall, the narrow one, within, over the base; and which fall."""
        observed, base = posts["observee"], posts.wide("base", self.engine.counts)
        borne = self.readings.borne_tolerance
        level = np.full(observed.size, 2, np.int16)
        for wide in (True, False):
            level += observed >= self._threshold(rows, partial(_fall, base, wide, borne))
        level += observed > base
        wide = self._wide(self.posts[name])
        level[base < 0] = 1
        level[observed < 0] = 0
        level *= np.int16(3)
        level += wide if rows is None else wide.take(rows)
        return level

    def _level_of_primo(self, name: Indicateur, posts: "Taken", rows: Any) -> Any:
        """MOD-06: unknown, or where it stands beside P30 and the two ends of the target."""
        observed = posts["observee"]
        p30, low, high = self._primo_ends(name, rows)
        level = np.zeros(observed.size, np.int16)
        for end in (p30, low, high):
            level *= np.int16(3)
            level += np.where(end < 0, 0, 1 + (observed >= end)).astype(np.int16)
        level *= np.int16(2)
        level += low == high
        level += np.int16(1)
        level[observed < 0] = 0
        return level

    def _primo_ends(self, name: Indicateur, rows: Any) -> tuple[Any, Any, Any]:
        """OBJ-03: P30, and the ends of the target of a primo-installé, -1 where they are open."""
        if name in self.doctors.own:
            p30, p50 = (cell if rows is None else cell.take(rows) for cell in self.doctors.own[name][:2])
        else:
            place = self.doctors.place[name] if rows is None else self.doctors.place[name].take(rows)
            p30, p50 = (self.engine.published[:, cell].take(place) for cell in (0, 1))
        low, high = np.where(p50 >= 0, p50, np.where(p30 >= 0, p30 + 1, -1)), p50
        if isinstance(self.doctors.mixte, int):
            return p30, low, high
        mixte, number = (
            each if rows is None else each.take(rows)
            for each in (self.doctors.mixte, self.posts[name]["objectif"])
        )
        within = (number >= 0) & ((p30 < 0) | (number >= p30)) & ((p50 < 0) | (number <= p50))
        ends = [np.where(within, number, end) for end in (p30, p50)]
        return p30, np.where(mixte == YES, ends[0], low), np.where(mixte == YES, ends[1], high)

    def _rate(self, name: Indicateur, nature: int, rows: Any) -> Pair:
        """OBJ-04: the rate of an objective under one nature, neither floored nor capped."""
        posts = Taken(self.posts[name], rows)
        num = posts["observee"]
        if nature == AUGMENTATION:
            den = posts["raised"]
            if self.readings.taux_atteinte == "progression":
                start = posts["raised_base"]
                num, den = num - start, den - start
        else:
            den = posts["base"] if nature == MAINTIEN else self._primo_ends(name, rows)[1]
        if den.all():
            return num, den
        return np.where(den == 0, 1, num), np.where(den == 0, 1, den)

    def _scaled(self, rate: Rate, rows: Any) -> Pair:
        """OBJ-04: one end of a rate that scales money, never under 0 nor over 1."""
        name, nature, kind = INDICATEURS[rate[0]], rate[1], rate[2]
        if kind != "known":
            observed = self.posts[name]["observee"].take(rows).astype(np.int64)
            _, low, top = self._primo_ends(name, rows)
            return capped(observed, low, ONE) if kind == "au_plus" else capped(observed, top, ZERO)
        num, den = self._rate(name, nature, rows)
        return np.clip(num, 0, den).astype(np.int64), den.astype(np.int64)

    def end(self, end: tuple[Any, ...], rows: Any, high: bool) -> Pair:
        """One end of a share that rates make."""
        terms = []
        for better, rates in end:
            pairs = [self._scaled(rate, rows) for rate in rates]
            terms.append(reduce(larger if better else smaller, pairs))
        return reduce(larger if high else smaller, terms)
