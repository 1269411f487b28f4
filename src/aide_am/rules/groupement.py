"""Chapter CST: how a groupement d'employeurs bills its members (CST-02).

Billing follows real use, a coefficient covers the running costs, there is no under-invoicing (source
`groupements_inclusion_numerique`) and no profit (source `groupement_pratique_2024`). Money is in whole
centimes, shares are exact fractions.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from .costs import au_centime, repartis
from .registry import rule

DECIMALS = 4
"""The decimals with which a coefficient is shown, rounded up."""


@rule("CST-02")
def parts_d_utilisation(heures: Sequence[Fraction]) -> list[Fraction]:
    """Each member's share of real use: his hours over those of all, which are not zero."""
    total = sum(heures)
    return [each / total for each in heures]


@rule("CST-02")
def coefficient_couvrant(masse: int, frais: int, adhesions: int) -> Fraction:
    """The least coefficient on loaded wages that covers the running costs left by the adhesions.

    Never under 1: wages are billed in full whatever the adhesions bring. `masse` is not zero.
    """
    return max(Fraction(1), Fraction(masse + frais - adhesions, masse))


@rule("CST-02")
def coefficient_affichable(coefficient: Fraction) -> Fraction:
    """A coefficient rounded up to `DECIMALS` decimals: what it shows is never under-invoicing."""
    scale = 10**DECIMALS
    return Fraction(-(-coefficient.numerator * scale // coefficient.denominator), scale)


@rule("CST-02")
def facturation(masse: int, coefficient: Fraction) -> int:
    """Centimes billed for the use of all members: loaded wages × coefficient, half up."""
    return au_centime(masse * coefficient)


@rule("CST-02")
def excedent(facture: int, adhesions: int, masse: int, frais: int) -> int:
    """Centimes billed over the cost, given back to the members: a groupement makes no profit.

    Never under zero for a coefficient that covers the costs.
    """
    return facture + adhesions - masse - frais


@rule("CST-02")
def retrocession(produits: int, part: Fraction) -> int:
    """Centimes of the other income that go back to the members, half up."""
    return au_centime(produits * part)


@rule("CST-02")
def lignes(totaux: Sequence[int], parts: Sequence[Fraction]) -> list[tuple[int, ...]]:
    """The centimes of each member (rows) in each total (columns), by share of use.

    The running subtotals are split, and a line is the step from one to the next: so every column sums
    to its total, the first column and every row are within a centime of their exact part, and the other
    cells within two. A share of zero gives zeros.
    """
    subtotals = [repartis(total, parts) for total in accumulate(totaux, initial=0)]
    columns = [[high - low for low, high in zip(*pair, strict=True)] for pair in pairwise(subtotals)]
    return list(zip(*columns, strict=True))
