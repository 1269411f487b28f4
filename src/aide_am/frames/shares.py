"""How a share comes about from rates, and fractions as pairs of arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..bareme import OUVERTE
from ..rules import modulation, objectives
from ..rules.modulation import Modulation
from ..terms import INDICATEURS, NatureObjectif
from ..tracing import Case, Goal, Goals
from .engine import End, Rate

NATURES: Mapping[NatureObjectif, int] = {"augmentation": 1, "maintien": 2, "primo_installe": 4}
AUGMENTATION, MAINTIEN, PRIMO = NATURES.values()
Pair = tuple[Any, Any]
"""A fraction as two arrays of whole numbers."""
ZERO: Pair = (np.zeros(1, np.int64), np.ones(1, np.int64))
ONE: Pair = (np.ones(1, np.int64), np.ones(1, np.int64))


def kind_of(goal: Goal, lecture: str) -> str:
    """How the rate of an objective comes about: its formula (OBJ-04), or nought, or open."""
    objective = goal.objective
    if objective.rate is None:
        primo = objective.nature == "primo_installe" and objective.observed is not None
        return "primo" if primo else "open"
    progress = objective.nature == "augmentation" and lecture == "progression"
    start = objective.base if progress else 0
    ends = (start, objective.target, objective.observed)
    if None not in ends and objective.rate == objectives.taux(*ends):  # type: ignore[arg-type]
        return "known"
    assert objective.rate == 0, "a rate that no formula of OBJ-04 gives"
    return "zero"


def end_of(case: Case, goals: Goals, found: tuple[Modulation, ...], *, high: bool) -> End:
    """One end of the share of a situation: 0 or 1 where every row with its codes has it, else its terms."""
    terms: set[Any] = set()
    for natures, each in zip(goals.combinations, found, strict=True):
        if each.regime is None or (high and each.lifted):
            terms.add(int(high))
            continue
        width = len(case.temps.annee.modulation[each.regime].inputs)
        ranks = range(len(natures)) if width == MIXED else range(len(natures) - width, len(natures))
        rates = []
        for rank in ranks:
            how = kind_of(goals.by_nature[rank][natures[rank]], case.readings.taux_atteinte)
            rates.append((INDICATEURS.index(case.facts[rank].indicateur), NATURES[natures[rank]], how))
        parts = {modulation.part_de(row.value, case.readings) for row in each.rows}
        terms |= {_term(part, rates, high) for part in parts}
    fixed = int(high)
    return fixed if fixed in terms else tuple(sorted(terms - {1 - fixed})) or 1 - fixed


MIXED = 3
"""The inputs of a table of mixed natures (MOD-04), which reads both objectives."""


def _term(part: str, rates: list[Rate], high: bool) -> Any:
    """One end of a part: 0, 1, or the better or lower of the rates that are not 0 or 1 themselves."""
    if part in ("cent", "zero"):
        return int(part == "cent")
    if part == OUVERTE:
        return int(high)
    better = part == "prorata"
    fixed = {"open": int(high), "zero": 0}
    said = {"primo": "au_plus" if high else "au_moins"}
    ends = {fixed.get(kind, (name, nature, said.get(kind, kind))) for name, nature, kind in rates}
    if int(better) in ends:
        return int(better)
    known = tuple(sorted(end for end in ends if not isinstance(end, int)))
    return (better, known) if known else int(not better)


def larger(one: Pair, other: Pair) -> Pair:
    """The larger of two fractions, row by row."""
    first = one[0] * other[1] >= other[0] * one[1]
    return np.where(first, one[0], other[0]), np.where(first, one[1], other[1])


def smaller(one: Pair, other: Pair) -> Pair:
    """The smaller of two fractions, row by row."""
    first = one[0] * other[1] <= other[0] * one[1]
    return np.where(first, one[0], other[0]), np.where(first, one[1], other[1])


def capped(observed: Any, end: Any, otherwise: Pair) -> Pair:
    """`observed` / `end`, at most 1; `otherwise` where there is no such end, or it is 0."""
    there = end > 0
    den = np.where(there, end, otherwise[1])
    return np.where(there, np.minimum(observed, den), otherwise[0]), den
