"""Chapter DIT: the verdict that a sum hangs on, what another reading changes, what is still asked."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from ..decision import Amount
from ..terms import Verdict
from .registry import rule

Condition = Literal["acquis", "si_admis", "si_maintenu", "refuse"]
"""What a sum hangs on: nothing more, that the caisse admits the contract, that it goes on, nothing is due."""
Effet = Literal["verdict", "montant", "critere"]
"""What another reading changes of what is shown."""

ZERO = Decimal(0)


class Shown(NamedTuple):
    """What a person is shown of an answer: verdicts, sums (shares and dates with them), criteria."""

    verdict: Hashable
    montant: Hashable
    critere: Hashable


@rule("DIT-01")
def condition(verdict: Verdict, force: bool) -> Condition:
    """The condition of the sums of a verdict; `force`: those of a refused contract are computed too."""
    if verdict == "non_eligible":
        return "si_maintenu" if force else "refuse"
    return "si_admis" if verdict == "a_instruire" else "acquis"


@rule("DIT-01")
def etendue(refus: bool, admis: Sequence[Amount | None]) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and the highest sum, in euros, over several results: a refusal pays nothing.

    admis: the sums of the results that are not refused. An end that one of them leaves unknown is `None`.
    """
    known = [amount for amount in admis if amount is not None]
    open_end = len(known) < len(admis) or not (known or refus)
    low = ZERO if refus else None if open_end else min(amount.low for amount in known)
    return low, None if open_end else max([ZERO, *(amount.high for amount in known)])


@rule("DIT-02")
def effets(avant: Shown, apres: Shown) -> tuple[Effet, ...]:
    """What differs between two answers, in the order in which it is told; nothing: not to be listed."""
    names: tuple[Effet, ...] = ("verdict", "montant", "critere")
    return tuple(name for name in names if getattr(avant, name) != getattr(apres, name))


@rule("DIT-03")
def encore_utiles(manquants: Collection[str], admissibles: Iterable[Collection[str]]) -> frozenset[str]:
    """The missing data that may still change a refusal: one of the readings does not refuse, and lacks them.

    admissibles: what the criteria lack under each combination of readings that does not refuse.
    """
    return frozenset(manquants) & frozenset().union(*admissibles)
