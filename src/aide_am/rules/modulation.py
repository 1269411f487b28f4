"""Chapter MOD: the share of the maximum that is paid, by the table of the regime."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..bareme import OUVERTE, Bareme, Part
from ..decision import Objective, Share
from ..readings import Readings
from ..tables import Row
from ..terms import STATUTS, Texte
from .objectives import ONE, ZERO, Target
from .registry import rule
from .special_cases import niveaux_primo, roles_mixtes


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


@rule("MOD-06", "MOD-07")
def cellules(objective: Objective, target: Target, p30: int | None) -> tuple[str, ...]:
    """The possible inputs of an objective to a table: its statuses, or levels for a primo-installé."""
    if objective.nature == "primo_installe":
        return niveaux_primo(objective.observed, target.low, target.high, p30)
    return objective.possible_statuses or STATUTS


@rule("MOD-01", "MOD-02", "MOD-03", "MOD-04", "MOD-05", "MOD-06", "MOD-07", "MOD-08")
def part_versee(
    regime: str,
    objectives: Sequence[tuple[Objective, Target]],
    cells: Sequence[tuple[str, ...]],
    bareme: Bareme,
    acces: Texte,
    readings: Readings,
    circonstances: bool,
) -> Modulation:
    """The share over every combination of the cells of the objectives (PMT then PFA, or PFA alone).

    `bareme` is that of the contract year, `acces` the text under which the contract was signed.
    """
    table = bareme.parts(regime, acces)
    width = len(table.inputs)
    if width == 3:
        columns: Sequence[tuple[str, ...]] = colonnes_mixtes([o for o, _ in objectives], cells)
    else:
        columns, objectives = cells[-width:], objectives[-width:]
    rows: dict[str, Row[Part]] = {}
    for key in product(*columns):
        row = table.rows[key]
        rows[row.id] = row
    lows, highs, lifted = [], [], False
    for row in rows.values():
        part = part_de(row.value, readings)
        lifted = lifted or (circonstances and leve_le_zero(regime, part))
        least, most = valeur(part, objectives)
        lows.append(least)
        highs.append(most)
    return Modulation(regime, min(lows), ONE if lifted else max(highs), tuple(rows.values()), lifted)


@rule("MOD-04")
def colonnes_mixtes(
    objectives: Sequence[Objective], cells: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    """The columns of a mixed table: the augmentation, the maintien, and whether the latter rose."""
    augmentation, maintien = roles_mixtes([objective.nature for objective in objectives])
    return cells[augmentation], cells[maintien], hausse(objectives[maintien])


@rule("MOD-04")
def hausse(objective: Objective) -> tuple[str, ...]:
    """Whether the count of a maintien rose over its base; both when one is not known."""
    if objective.base is None or objective.observed is None:
        return ("oui", "non")
    return ("oui",) if objective.observed > objective.base else ("non",)


def part_de(part: Part, readings: Readings) -> str:
    """The share of a row, by its reading where it has one."""
    return part.fixed or part.by_value[getattr(readings, part.reading)]


@rule("MOD-01")
def laissee_a_la_caisse(rows: Sequence[Row[Part]], readings: Readings) -> bool:
    """Whether a row leaves the share to the caisse: the objectives of avenant 7 read as cumulative."""
    return any(part_de(row.value, readings) == OUVERTE for row in rows)


def valeur(part: str, objectives: Sequence[tuple[Objective, Target]]) -> tuple[Fraction, Fraction]:
    """The bounds of a share: all, nothing, what the caisse decides, the better or the lower of the rates."""
    if part == "cent":
        return ONE, ONE
    if part == "zero":
        return ZERO, ZERO
    if part == OUVERTE:
        return ZERO, ONE
    low, high = bornes_du_taux(*objectives[0])
    if len(objectives) == 1:
        return low, high
    other_low, other_high = bornes_du_taux(*objectives[1])
    choose = max if part == "prorata" else min
    one = choose(low, other_low)
    return one, one if low is high and other_low is other_high else choose(high, other_high)


@rule("OBJ-04")
def bornes_du_taux(objective: Objective, target: Target) -> tuple[Fraction, Fraction]:
    """The bounds of a rate that scales money: never under 0 nor over 1.

    An unknown rate is between 0 and 1; that of a primo-installé whose target has bounds, between theirs.
    """
    rate = objective.rate
    if rate is not None:
        if rate.numerator <= 0:
            return ZERO, ZERO
        return (ONE, ONE) if rate.numerator >= rate.denominator else (rate, rate)
    if objective.nature != "primo_installe" or objective.observed is None:
        return ZERO, ONE
    low = min(ONE, Fraction(objective.observed, target.high)) if target.high else ZERO
    return low, min(ONE, Fraction(objective.observed, target.low)) if target.low else ONE


@rule("MOD-08")
def leve_le_zero(regime: str, part: str) -> bool:
    """Exceptional circumstances lift the 0 % rows of MOD-01 and MOD-02 only; the caisse decides."""
    return part == "zero" and regime in ("MOD-01", "MOD-02")


def share(low: Fraction, high: Fraction) -> Share:
    """A `Share` from its bounds."""
    return Share(low, high, low if low is high or low == high else None)


SHARE_ONE = Share(ONE, ONE, ONE)
