"""Chapter VRS: in how many parts the amount of a contract year is paid, when, and what is left over."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from ..bareme import Bareme
from ..calendar import months_after
from ..terms import OptionEtp
from .registry import rule

Kind: TypeAlias = Literal["versement_unique", "acompte", "solde", "trop_percu"]


class Premier(NamedTuple):
    """The first payment of a contract year: its rule, its part `num / den` of the maximum, its delay."""

    rule: str
    kind: Kind
    num: int
    den: int
    mois: int


@rule("VRS-01", "VRS-02", "VRS-04")
def premier_versement(option: OptionEtp, annee: int, bareme: Bareme) -> Premier:
    """All of it in years 1 and 2, half of it from year 3; 70 % every year of a 1/3 ETP contract.

    Within 2 months of the start of the year; the 1/3 ETP one of years 1 and 2, on its first day.
    """
    modulated = annee >= bareme.parametres["premiere_annee_modulee"].num
    delay = bareme.parametres["delai_versement_mois"].num
    if option == "1/3":
        part = bareme.parametres["part_acompte_tiers_temps"]
        return Premier("VRS-04", "acompte", part.num, part.den, delay if modulated else 0)
    if not modulated:
        return Premier("VRS-01", "versement_unique", 1, 1, delay)
    part = bareme.parametres["part_acompte"]
    return Premier("VRS-02", "acompte", part.num, part.den, delay)


@rule("VRS-01", "VRS-02", "VRS-04")
def au_plus_tard(debut: date, mois: int) -> date:
    """The last day of a payment that falls due at the start of a contract year."""
    return months_after(debut, mois)


@rule("VRS-02", "VRS-04", "VRS-05")
def solde(cases: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Amount due − first payment, in centimes, at the least and at the most over the possible cases."""
    left = [due - first for due, first in cases]
    return min(left), max(left)


@rule("VRS-03")
def nature_du_solde(high: int) -> Kind:
    """A solde known to be negative is a trop-perçu, never clipped to zero."""
    return "trop_percu" if high < 0 else "solde"


@rule("VRS-06")
def dates_incertaines(montants: Iterable[Bareme]) -> bool:
    """Whether the year may take amounts of avenant 7: sums certain, dates of a secondary source."""
    return any(bareme.texte == "avenant_7" for bareme in montants)
