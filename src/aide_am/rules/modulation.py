"""Chapter MOD: the share of the maximum that is paid, by the table of the regime."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..bareme import Bareme, Part
from ..decision import Objective, Share
from ..readings import Readings
from ..tables import Row
from ..terms import STATUTS
from .objectives import ONE, ZERO, Target
from .registry import rule
from .special_cases import niveaux_primo, roles_mixtes


class Goal(NamedTuple):
    """One objective on its way to a table: its cells (statuses, or levels of a primo-installé).

    `low` and `high` bound the rate that scales money, between 0 and 1.
    """

    objective: Objective
    cells: tuple[str, ...]
    low: Fraction
    high: Fraction


class Modulation(NamedTuple):
    """The share under one regime: its bounds, the rows that applied.

    `regime` is `None` where no table covers the natures; `lifted` says that exceptional
    circumstances opened a row at 0 %.
    """

    regime: str | None
    low: Fraction
    high: Fraction
    rows: tuple[Row[Part], ...]
    lifted: bool


@rule("MOD-00")
def versement_integral(annee: int, bareme: Bareme) -> bool:
    """Years 1 and 2 are paid whole, whatever the result."""
    return annee < bareme.parametres["premiere_annee_modulee"].num


@rule("MOD-01", "MOD-02", "MOD-03", "MOD-04", "MOD-05", "MOD-06", "MOD-07")
def regime_de(natures: Sequence[str], groupe: str, bareme: Bareme) -> str | None:
    """The regime of these natures (PMT then PFA, or PFA alone); `None` where no table covers them."""
    pmt = natures[0] if len(natures) == 2 else "absent"
    return bareme.regimes[pmt, natures[-1], "oui" if groupe == "mep" else "non"].value


def sans_regime() -> Modulation:
    """The answer where no table covers the natures: the caisse must say."""
    return Modulation(None, ZERO, ONE, (), False)


@rule("TMP-05")
def tables_ecartees(publiee: bool | None, lecture: str) -> bool:
    """Whether an earlier year is left open: the reading refuses the tables of the convention."""
    return not publiee and lecture == "inconnue"


def but(objective: Objective) -> Goal:
    """An augmentation or a maintien, whose cells are its statuses."""
    low, high = borne_par_le_taux(objective)
    return Goal(objective, objective.possible_statuses or STATUTS, low, high)


@rule("MOD-06", "MOD-07")
def but_primo(objective: Objective, target: Target, p30: int | None) -> Goal:
    """A primo-installé, whose cells are levels; a target known by its bounds bounds the rate."""
    cells = niveaux_primo(objective.observed, target.low, target.high, p30)
    low, high = borne_par_le_taux(objective)
    if objective.rate is None and objective.observed is not None and target.high:
        low = min(ONE, Fraction(objective.observed, target.high))
    return Goal(objective, cells, low, high)


@rule("OBJ-04")
def borne_par_le_taux(objective: Objective) -> tuple[Fraction, Fraction]:
    """The bounds of a rate that scales money: never under 0 nor over 1; 0 to 1 when unknown."""
    rate = objective.rate
    if rate is None:
        return ZERO, ONE
    if rate.numerator <= 0:
        return ZERO, ZERO
    return (ONE, ONE) if rate.numerator >= rate.denominator else (rate, rate)


@rule("MOD-01", "MOD-02", "MOD-03", "MOD-04", "MOD-05", "MOD-06", "MOD-07", "MOD-08")
def part_versee(
    regime: str, goals: Sequence[Goal], bareme: Bareme, readings: Readings, circonstances: bool
) -> Modulation:
    """The share over every combination of cells that the goals allow."""
    table = bareme.modulation[regime]
    inputs = table.inputs
    if "hausse" in inputs:
        augmentation, maintien = roles_mixtes([goal.objective.nature for goal in goals])
        columns = [goals[augmentation].cells, goals[maintien].cells, hausse(goals[maintien].objective)]
    else:
        goals = goals[-len(inputs) :]
        columns = [goal.cells for goal in goals]
    rows = {row.id: row for row in [table.rows[cells] for cells in product(*columns)]}
    parts = [part_de(row.value, readings) for row in rows.values()]
    shares = [valeur(part, goals) for part in parts]
    lifted = circonstances and leve_le_zero(regime, parts)
    return Modulation(
        regime,
        min([low for low, _ in shares]),
        ONE if lifted else max([high for _, high in shares]),
        tuple(rows.values()),
        lifted,
    )


@rule("MOD-04")
def hausse(objective: Objective) -> tuple[str, ...]:
    """Whether the count of a maintien rose over its base; both when one is not known."""
    if objective.base is None or objective.observed is None:
        return ("oui", "non")
    return ("oui",) if objective.observed > objective.base else ("non",)


def part_de(part: Part, readings: Readings) -> str:
    """The share of a row, by its reading where it has one."""
    return part.fixed or part.by_value[getattr(readings, part.reading or "")]


def valeur(part: str, goals: Sequence[Goal]) -> tuple[Fraction, Fraction]:
    """The bounds of a share: all, nothing, the better or the lower of the rates."""
    if part == "cent":
        return ONE, ONE
    if part == "zero":
        return ZERO, ZERO
    choose = max if part == "prorata" else min
    return choose([goal.low for goal in goals]), choose([goal.high for goal in goals])


@rule("MOD-08")
def leve_le_zero(regime: str, parts: Sequence[str]) -> bool:
    """Exceptional circumstances lift the 0 % rows of MOD-01 and MOD-02 only; the caisse decides."""
    return regime in ("MOD-01", "MOD-02") and "zero" in parts


def share(low: Fraction, high: Fraction) -> Share:
    """A `Share` from its bounds."""
    return Share(low, high, low if low == high else None)


SHARE_ONE = Share(ONE, ONE, ONE)
