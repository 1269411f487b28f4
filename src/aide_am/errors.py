"""The exceptions of the package, and the refusal that names a field, what came and what to do."""

from collections.abc import Iterable
from typing import NamedTuple


class Refusal(NamedTuple):
    """One refused datum, in French: the field, what was received, what is expected, the remedy."""

    field: str
    received: str
    expected: str
    remedy: str
    code: str

    def __str__(self) -> str:
        """The refusal in one line, as an analyst reads it in a column."""
        return f"{self.field} : reçu {self.received} ; attendu : {self.expected} ; à faire : {self.remedy}"


class AideAmError(Exception):
    """The root of every exception that this package raises on purpose."""


class RefusedData(AideAmError, ValueError):
    """Data of a dossier that cannot be read or cannot be true; every refusal at once."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        """A headline with the count, then one line a refusal."""
        count = len(self.refusals)
        head = "1 donnée refusée" if count == 1 else f"{count} données refusées"
        return "\n".join([f"{head} :", *(f"- {refusal}" for refusal in self.refusals)])


class InvalidBareme(AideAmError):
    """Data of the law that does not load, or a change that would break it; every fault at once."""

    def __init__(self, place: str, faults: Iterable[str]) -> None:
        self.place = place
        self.faults = tuple(faults)
        super().__init__(place, self.faults)

    def __str__(self) -> str:
        """The file or table, then one line a fault."""
        return "\n".join([f"Barème refusé, {self.place} :", *(f"- {f}" for f in self.faults)])
