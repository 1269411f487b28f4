"""Chapter CST: the cost of the post, how it is shared, and what remains to pay once the aid is counted.

Euros are exact fractions until they are rounded, half up, to whole centimes. Sums that run over time are
rounded up to each day and subtracted: the parts of a month, of a year, of a doctor always sum to the whole.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil

from .amounts import CENTS, arrondie
from .registry import rule

MONTHS = 12


@rule("CST-01", "CST-02")
def salaire_charge(brut: Fraction, etp: Fraction, facteur: Fraction) -> Fraction:
    """Loaded euros a month: gross of a full time × part of it worked × factor of the employer.

    The single coefficient of a groupement d'employeurs is such a factor.
    """
    return brut * etp * facteur


@rule("CST-01")
def par_mois(annuel: Fraction) -> Fraction:
    """Euros a month of a yearly cost: twelve months make a year."""
    return annuel / MONTHS


@rule("CST-01", "CST-02")
def par_jours(mensuel: Fraction, jours: int, jours_du_mois: int) -> Fraction:
    """Euros of some days of a calendar month, by days (a deduction: no text says how)."""
    return mensuel * jours / jours_du_mois


@rule("CST-01")
def revalorise(salaire: Fraction, hausse: Fraction, annees: int) -> Fraction:
    """A salary after `annees` yearly rises, the caller's own assumption: no text gives one."""
    return salaire * (1 + hausse) ** annees


@rule("CST-01")
def prime_de_fin_de_cdd(bruts_charges: Fraction, part: Fraction) -> Fraction:
    """Euros of the end-of-contract bonus of a CDD: a part of all the salaries paid, loaded like them."""
    return bruts_charges * part


@rule("CST-03")
def centimes(euros: Fraction) -> int:
    """Whole centimes, half up."""
    return au_centime(euros * CENTS)


@rule("CST-02", "CST-03")
def au_centime(exact: Fraction) -> int:
    """Whole centimes of exact centimes, half up."""
    return arrondie(exact.numerator, exact.denominator, "arrondi_centime")


@rule("CST-03")
def cle_complete(parts: Sequence[Fraction]) -> bool:
    """Whether the parts of a key sum to one."""
    return sum(parts) == 1


@rule("CST-02", "CST-03")
def repartis(total: int, parts: Sequence[Fraction]) -> list[int]:
    """Whole centimes of a total by a key: each within a centime of its exact part, their sum the total.

    Each part is the difference of two cumulated sums, rounded half up.
    """
    reached = accumulate(parts, initial=Fraction(0))
    return [high - low for low, high in pairwise([au_centime(total * part) for part in reached])]


@rule("CST-03", "CST-04")
def reste_a_charge(cout: int, aide: int) -> int:
    """Centimes that remain to pay: cost − aid due; under zero, the aid exceeds the cost."""
    return cout - aide


@rule("CST-03")
def consultations(reste: Fraction, garde: Fraction) -> int:
    """Whole consultations of which `garde` euros are kept each, that pay `reste` euros; none under zero."""
    return max(0, ceil(reste / garde))
