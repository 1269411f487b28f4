"""Chapter CTR: the life of a contract, from a change of option to a résiliation."""

from collections.abc import Sequence
from fractions import Fraction

from .amounts import Maximum
from .registry import rule


@rule("CTR-02")
def au_prorata_des_options(before: Sequence[Maximum], new: Maximum, jours_avant: int, jours: int) -> Maximum:
    """The maximum of a year in which the option changed, prorated by days (a deduction).

    `before`: the maxima of the options that may have run the first `jours_avant` of its `jours`.
    Where the new option, or every other one, has no amount, there is no maximum.
    """
    rows = (*new.rows, *(row for other in before for row in other.rows))
    ends = [euros for other in before if (euros := other.euros) is not None]
    if new.euros is None or not ends:
        return Maximum(None, rows)
    first = Fraction(jours_avant, jours)
    low = first * min(low for low, _ in ends) + (1 - first) * new.euros[0]
    return Maximum((low, first * max(high for _, high in ends) + (1 - first) * new.euros[1]), rows)
