"""What is known of one indicator of one dossier: the input that the rules of counts share."""

from typing import NamedTuple

from ..bareme import Distribution
from ..terms import Indicateur, NatureEnoncee

Rank = tuple[int, int]
"""The lowest and the highest possible rank of a count among `TRANCHES`."""


DEUX = ("un_des_deux", "les_deux")
"""The deciding modes under which both indicators count."""


class Facts(NamedTuple):
    """Counts in patients, position among the percentiles, and what the contract states.

    `base` is the count from which the objective runs (OBJ-03). `observation` says whether one was
    given, whatever it holds.
    """

    indicateur: Indicateur
    initial: int | None
    base: int | None
    supplied: int | None
    observed: int | None
    stated: NatureEnoncee | None
    rank: Rank
    distribution: Distribution
    observation: bool

    def decides(self, mode: str) -> bool:
        """Whether this indicator counts under a deciding mode: its own, or one for both."""
        return self.indicateur == mode or mode in DEUX
