"""Chapter MNT: the maximum amount of the contract year, and money rounded once."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..bareme import Bareme
from ..decision import Amount
from ..tables import Row
from ..terms import Bande, OptionEtp
from .registry import rule

CENTS = 100


class Maximum(NamedTuple):
    """The lowest and highest maximum in euros, `None` where no text gives one, and its rows.

    Whole euros, but for a year shared by two options (CTR-02): there exact fractions.
    """

    euros: tuple[int | Fraction, int | Fraction] | None
    rows: tuple[Row[int | None], ...]


@rule("MNT-03", "MNT-05", "MNT-06", "MNT-08")
@lru_cache(maxsize=4096)
def maximum(
    option: OptionEtp, annee: int, possible: tuple[Bande, ...], baremes: tuple[Bareme, ...]
) -> Maximum:
    """The amounts that the possible bands and texts allow: one value, an interval, or none.

    Under P30 the common band applies (MNT-08, a deduction). If a possible row gives no amount, there
    is no maximum: never zero.
    """
    rows = tuple(
        bareme.montants[
            option, bareme.classes_annee.at(annee).value, "p30_p90" if bande == "sous_p30" else bande
        ]
        for bareme in baremes
        for bande in possible
    )
    amounts = [row.value for row in rows if row.value is not None]
    if len(amounts) < len(rows):
        return Maximum(None, rows)
    return Maximum((min(amounts), max(amounts)), rows)


@rule("MNT-07")
def montant_du(euros: int | Fraction, num: int, den: int, arrondi: str) -> int:
    """Whole centimes of `euros` × `num` / `den`, rounded once by the reading `arrondi`."""
    return arrondie(euros.numerator * CENTS * num, euros.denominator * den, arrondi)


@rule("MNT-07")
def arrondie(num: int, den: int, arrondi: str) -> int:
    """Whole centimes of `num` / `den` centimes, in arithmetic alone: the same for arrays of numbers."""
    if arrondi == "arrondi_centime":
        return (2 * num + den) // (2 * den)
    if arrondi == "troncature_centime":
        return num // den
    return num // (den * CENTS) * CENTS


@rule("MNT-07")
def depend_de_l_arrondi(euros: int | Fraction, num: int, den: int) -> bool:
    """Whether the three roundings would give different sums: the exact one is not in whole euros."""
    return euros * num % den != 0


@rule("MNT-07", "CTR-02")
def maximum_arrondi(euros: int | Fraction, arrondi: str) -> bool:
    """Whether the maximum that is shown is itself rounded: the amount due is made of the exact one."""
    return not isinstance(euros, int) and montant_du(euros, 1, 1, arrondi) != euros * CENTS


@lru_cache(maxsize=4096)
def amount(low: int, high: int) -> Amount:
    """An `Amount` in euros, with two decimals, from whole centimes."""
    bottom, top = from_centimes(low), from_centimes(high)
    return Amount(bottom, top, bottom if low == high else None)


def centimes(amount: Decimal) -> int:
    """Whole centimes of an amount in euros with two decimals."""
    return int(amount.scaleb(2))


def from_centimes(cents: int) -> Decimal:
    """Euros with two decimals from whole centimes."""
    return Decimal(cents).scaleb(-2)


def euros(low: int | Fraction, high: int | Fraction, arrondi: str) -> Amount:
    """An `Amount` from euros, whole or to be rounded by the reading `arrondi`."""
    return amount(montant_du(low, 1, 1, arrondi), montant_du(high, 1, 1, arrondi))
