"""Values that were met, each with its rank: what arrays hold in their place."""

from collections.abc import Hashable
from threading import RLock
from typing import Any

Part = tuple[Any, int]
"""The codes of one input of a facet, an array or one number for every row, and how many there can be."""


class Ranks:
    """Values that were met, each with its rank from 0."""

    def __init__(self, *values: Hashable) -> None:
        self.values: list[Any] = []
        self._ranks: dict[Hashable, int] = {}
        self._lock = RLock()
        for value in values:
            self.rank(value)

    def rank(self, value: Hashable) -> int:
        """The rank of a value, the next one if it is new."""
        rank = self._ranks.get(value)
        if rank is None:
            with self._lock:
                rank = self._ranks.setdefault(value, len(self.values))
                if rank == len(self.values):
                    self.values.append(value)
        return rank

    def part(self, codes: Any, least: int = 16) -> Part:
        """Ranks as an input of a facet, with room for those that may yet come."""
        return codes, max(least, 1 << (len(self.values) * 5 // 4).bit_length())
