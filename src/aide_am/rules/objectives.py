"""Chapter OBJ: the nature, the base and the target of each objective, and whether it is reached.

Everything here is one indicator at a time. What is not known (count, target, nature) leaves several
statuses; nothing is filled in. The thresholds are arithmetic alone, so that a table gives them arrays.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..bareme import Bareme, Distribution, Specialite
from ..decision import Objective
from ..readings import Readings
from ..references import Reference
from ..terms import TRANCHES, Indicateur, NatureObjectif, OptionEtp, Statut, Texte
from .facts import Facts
from .registry import rule
from .special_cases import au_p95, issues_primo

ZERO, ONE = Fraction(0), Fraction(1)
ATTEINT: tuple[Statut, ...] = ("atteint",)
SANS_BAISSE: tuple[Statut, ...] = ("non_atteint_sans_baisse",)
AVEC_BAISSE: tuple[Statut, ...] = ("non_atteint_avec_baisse",)
AUGMENTATION: tuple[NatureObjectif, ...] = ("augmentation",)
MAINTIEN: tuple[NatureObjectif, ...] = ("maintien",)
PRIMO: tuple[NatureObjectif, ...] = ("primo_installe",)


class Target(NamedTuple):
    """The lowest and highest possible target; equal when it is known, `None` where it is open."""

    low: int | None
    high: int | None
    reference: Reference | None
    code: str


INCONNUE = Target(None, None, None, "inconnue")
"""The target of an increase that nothing gives."""


@rule("OBJ-01")
def indicateurs(specialite: Specialite) -> tuple[Indicateur, ...]:
    """PMT and PFA for généralistes, MEP and pédiatres; PFA alone for every other specialty."""
    return specialite.indicateurs


@rule("OBJ-09")
def mode_de_comptage(texte: Texte, indicateur: Indicateur) -> str:
    """Who is counted, over every site of the doctor: under avenant 7 adults alone for the PMT, else all ages.

    An observation is counted like its contract; nothing is converted here.
    """
    return "adultes" if texte == "avenant_7" and indicateur == "pmt" else "tous"


@rule("OBJ-03")
def base_de(initial: int | None, reference: int | None) -> int | None:
    """The count that an avenant fixed, or the one at signature."""
    return initial if reference is None else reference


@rule("OBJ-02")
def natures_possibles(
    facts: Facts, primo: bool, senior: bool, annee: int, derniere_annee_primo: int
) -> tuple[NatureObjectif, ...]:
    """The natures that one objective may have; none when its target is under its base.

    Stated, else primo-installé (to year 3, then the increase of the avenant), else by the target
    supplied, else maintien from 65 or P95, else augmentation.
    """
    if facts.stated is not None:
        return (facts.stated,)
    if primo and not senior and annee <= derniere_annee_primo:
        return PRIMO
    supplied, base = facts.supplied, facts.base
    if supplied is not None:
        if base is None:
            return AUGMENTATION + MAINTIEN
        if supplied < base:
            return ()
        return AUGMENTATION if supplied > base else MAINTIEN
    if primo and not senior:
        return AUGMENTATION
    at_p95 = True if senior else au_p95(facts.rank)
    if at_p95 is None:
        return AUGMENTATION + MAINTIEN
    return MAINTIEN if at_p95 else AUGMENTATION


@rule("OBJ-02", "OBJ-08")
def combinaisons(
    facts: Sequence[Facts],
    primo: bool | None,
    senior: bool | None,
    annee: int,
    derniere_annee_primo: int,
) -> tuple[tuple[NatureObjectif, ...], ...]:
    """Every combination of natures that what is not known leaves open, without repetition."""
    if primo is not None and senior is not None:
        each = []
        for fact in facts:
            each.append(natures_possibles(fact, primo, senior, annee, derniere_annee_primo))
        return tuple(product(*each))
    found: dict[tuple[NatureObjectif, ...], None] = {}
    for is_primo in (True, False) if primo is None else (primo,):
        for is_senior in (True, False) if senior is None else (senior,):
            found.update(dict.fromkeys(combinaisons(facts, is_primo, is_senior, annee, derniere_annee_primo)))
    return tuple(found)


@rule("OBJ-03")
def cible_augmentation(facts: Facts, option: OptionEtp, bareme: Bareme) -> Target:
    """The contract's number, or under avenant 7 the published growth truncated to the patient.

    `bareme` is that of the day on which the option was obtained. Unknown band, cell or text: unknown
    target.
    """
    if facts.supplied is not None:
        return Target(facts.supplied, facts.supplied, None, "contrat")
    low, high = facts.rank
    key = (option, TRANCHES[low])
    if bareme.objectifs is None or facts.base is None or low != high or key not in bareme.objectifs.rows:
        return INCONNUE
    row = bareme.objectifs.rows[key]
    if row.value is None:
        return INCONNUE
    target = croissance(facts.base, *row.value.as_integer_ratio())
    return Target(target, target, row.reference, "pourcentage")


@rule("OBJ-03")
def croissance(base: int, num: int, den: int) -> int:
    """The base and its growth of `num` / `den` percent, truncated to the patient."""
    return base + base * num // (den * 100)


@rule("OBJ-03")
def cible_primo(facts: Facts, activite_mixte: bool) -> Target:
    """P50; with activité mixte the contract's number, between P30 and P50, or those bounds without it.

    A number outside of those bounds is not used. Where P50 is not published the target is open, above
    P30: the contract's number does not stand for it.
    """
    p30, p50 = facts.distribution.p30, facts.distribution.p50
    reference = facts.distribution.references[1]
    number = facts.supplied if activite_mixte else None
    if number is not None and not hors_bornes_mixtes(number, facts.distribution):
        return Target(number, number, None, "contrat")
    if activite_mixte:
        return Target(p30, p50, reference, "entre_p30_et_p50")
    if p50 is None:
        return Target(None if p30 is None else p30 + 1, None, reference, "p50_inconnu")
    return Target(p50, p50, reference, "p50")


@rule("OBJ-03")
def hors_bornes_mixtes(supplied: int, distribution: Distribution) -> bool:
    """Whether the number of a primo-installé with activité mixte is outside of P30 to P50."""
    p30, p50 = distribution.p30, distribution.p50
    return (p30 is not None and supplied < p30) or (p50 is not None and supplied > p50)


@rule("OBJ-04")
def taux(start: int, target: int, observed: int) -> Fraction:
    """Exact rate of the way from `start` to `target`, neither floored nor capped; 1 where there is none.

    `start` is the base for an increase read as progress, else 0.
    """
    if target == start:
        return ONE
    return Fraction(observed - start, target - start)


def ceiling(count: int, num: int, den: int) -> int:
    """The smallest whole number of patients that is at least `count` × `num` / `den`."""
    return -(-count * num // den)


def at_least(floor: int, count: int) -> int:
    """The larger of two counts, in arithmetic alone: the same for an array of counts."""
    return count + (floor - count) * (floor > count)


def at_most(top: int, count: int) -> int:
    """The smaller of two counts, in arithmetic alone: the same for an array of counts."""
    return count + (top - count) * (top < count)


@rule("OBJ-05")
def seuil_augmentation(base: int, target: int, bareme: Bareme, lecture: str) -> int:
    """The count from which an increase is atteint: 95 % of the way, never under the base."""
    taux_atteint = bareme.parametres["taux_atteint"]
    if lecture == "progression":
        return at_least(base, base + ceiling(target - base, taux_atteint.num, taux_atteint.den))
    return at_least(base, ceiling(target, taux_atteint.num, taux_atteint.den))


@rule("OBJ-05")
def plancher_augmentation(base: int, bareme: Bareme, lecture: str) -> int:
    """The count under which an increase is avec baisse: its base, or 5 % less by reading."""
    if lecture == "stricte":
        return base
    tolerance = bareme.parametres["tolerance_augmentation"]
    return ceiling(base, tolerance.den - tolerance.num, tolerance.den)


@rule("OBJ-06")
def seuil_maintien(base: int, wide: bool, bareme: Bareme, borne: str) -> int:
    """The count from which a maintien is atteint: 95 % of the base, or 90 % at 65 and older."""
    narrow = bareme.parametres["tolerance_maintien"]
    first = ceiling(base, narrow.den - narrow.num, narrow.den)
    if not wide:
        return first
    senior = bareme.parametres["tolerance_senior"]
    kept = senior.den - senior.num
    second = ceiling(base, kept, senior.den) if borne == "incluse" else base * kept // senior.den + 1
    return at_most(first, second)


@rule("OBJ-04", "OBJ-05", "OBJ-07", "OBJ-08")
def augmentation(facts: Facts, target: int | None, bareme: Bareme, readings: Readings) -> Objective:
    """An increase: avec baisse under the base, atteint from 95 %, sans baisse between."""
    observed, base = facts.observed, facts.base
    lecture = readings.taux_atteinte
    reached = rate = None
    if base is None:
        statuses = ATTEINT + SANS_BAISSE + AVEC_BAISSE
        kept = 0
    else:
        kept = plancher_augmentation(base, bareme, readings.tolerance_augmentation)
        if target is not None:
            reached = seuil_augmentation(base, target, bareme, lecture)
            if observed is not None:
                rate = taux(base if lecture == "progression" else 0, target, observed)
        statuses = _statut_augmentation(observed, base, kept, reached)
    if observed is not None and base is not None and lecture == "progression":
        if target is None and kept <= observed <= base:
            statuses, rate = SANS_BAISSE, ZERO
        elif statuses is SANS_BAISSE and observed < base:
            rate = ZERO
    return _objective(facts, "augmentation", target, rate, statuses, reached, kept)


def _statut_augmentation(
    observed: int | None, base: int, kept: int, reached: int | None
) -> tuple[Statut, ...]:
    if observed is None:
        return ATTEINT + SANS_BAISSE + AVEC_BAISSE
    if observed < kept:
        return AVEC_BAISSE
    if observed < base:
        return SANS_BAISSE
    if reached is None:
        return ATTEINT + SANS_BAISSE
    return ATTEINT if observed >= reached else SANS_BAISSE


@rule("OBJ-04", "OBJ-06", "OBJ-07", "OBJ-08")
def maintien(facts: Facts, wide: bool | None, bareme: Bareme, readings: Readings) -> Objective:
    """A maintien: atteint within the tolerated fall, avec baisse beyond; its target is its base."""
    observed, base = facts.observed, facts.base
    statuses = ATTEINT + AVEC_BAISSE
    if base is None:
        return _objective(facts, "maintien", None, None, statuses, None, None)
    ends = [
        seuil_maintien(base, is_wide, bareme, readings.borne_tolerance)
        for is_wide in ((True, False) if wide is None else (wide,))
    ]
    reached = ends[0] if ends[0] == ends[-1] else None
    if observed is None:
        return _objective(facts, "maintien", base, None, statuses, reached, None)
    if observed >= max(ends):
        statuses = ATTEINT
    elif observed < min(ends):
        statuses = AVEC_BAISSE
    return _objective(facts, "maintien", base, taux(0, base, observed), statuses, reached, None)


@rule("OBJ-04", "OBJ-05", "OBJ-07", "OBJ-08")
def primo(facts: Facts, target: Target) -> Objective:
    """A primo-installé: atteint from the target (P50) on, else sans baisse, whatever the base."""
    known = target.low if target.low == target.high else None
    reached, missed = issues_primo(facts.observed, target.low, target.high)
    statuses = (ATTEINT if reached else ()) + (SANS_BAISSE if missed else ())
    rate = None if known is None or facts.observed is None else taux(0, known, facts.observed)
    return _objective(facts, "primo_installe", known, rate, statuses, known, None)


@rule("OBJ-07")
def _objective(
    facts: Facts,
    nature: NatureObjectif,
    target: int | None,
    rate: Fraction | None,
    statuses: tuple[Statut, ...],
    reached: int | None,
    kept: int | None,
) -> Objective:
    """The objective with its margins: patients missing, and patients that may still be lost."""
    observed = facts.observed
    missing = to_target = can_lose = None
    status = statuses[0] if len(statuses) == 1 else None
    if observed is not None:
        missing = None if reached is None else max(0, reached - observed)
        to_target = None if target is None else max(0, target - observed)
        floor = reached if status == "atteint" else kept if statuses is SANS_BAISSE else None
        can_lose = None if floor is None else observed - floor
    return Objective(
        facts.indicateur,
        nature,
        (nature,),
        facts.initial,
        facts.base,
        target,
        observed,
        rate,
        status,
        statuses if facts.observation else (),
        reached,
        missing,
        to_target,
        can_lose,
    )


@rule("OBJ-07")
def paliers(
    objective: Objective,
    target: Target,
    wide: bool | None,
    p30: int | None,
    bareme: Bareme,
    readings: Readings,
) -> tuple[int, ...]:
    """The counts, from 0 up, at which a status, a level, a rise or the course of a rate may change.

    From one to the next the share is the same, or runs along one rate; from the last one on it no
    longer changes. They do not depend on what was observed.
    """
    base, borne = objective.base, readings.borne_tolerance
    ends: tuple[int | None, ...]
    if objective.nature == "primo_installe":
        ends = (p30, target.low, target.high)
    elif base is None:
        ends = ()
    elif objective.nature == "maintien":
        wides = (True, False) if wide is None else (wide,)
        ends = (*(seuil_maintien(base, each, bareme, borne) for each in wides), base, base + 1)
    else:
        kept = plancher_augmentation(base, bareme, readings.tolerance_augmentation)
        rising = base + 1 if objective.target is None else None
        ends = (kept, base, rising, objective.reached_from, objective.target)
    return tuple(sorted({0, *(end for end in ends if end is not None)}))


@rule("OBJ-08")
def en_commun(possible: Sequence[Objective]) -> Objective:
    """What the natures that an objective may have agree on; the rest is `None`."""
    first = possible[0]
    statuses = tuple({status: None for o in possible for status in o.possible_statuses})
    targets = {o.target for o in possible}
    bases = {o.base for o in possible}
    return Objective(
        first.indicator,
        None,
        tuple(nature for o in possible for nature in o.possible_natures),
        first.initial,
        first.base if len(bases) == 1 else None,
        first.target if len(targets) == 1 else None,
        first.observed,
        None,
        statuses[0] if len(statuses) == 1 else None,
        statuses,
        None,
        None,
        None,
        None,
    )
