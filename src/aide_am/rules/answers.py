"""Chapter DIT: what a sum hangs on, what another reading changes, what is asked and cited; no French here.

The dates that are fillers (DIT-07) are in `dates`: the models ask them.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from ..decision import Amount, Criterion
from ..terms import NatureObjectif, OptionEtp, Texte, Verdict
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


@rule("DIT-04")
def simulateur_cite(acces: Texte, option: OptionEtp, sans_seuil: bool) -> bool:
    """Whether the official simulator may be named as a source of a target.

    It knows contracts signed from 2023-05-01, 0.5 or 1 ETP, without RQTH or ALD (`sans_seuil`).
    """
    return acces != "avenant_7" and option in ("0.5", "1") and not sans_seuil


@rule("DIT-05")
def patients_du_taux(
    nature: NatureObjectif, lecture: str, base: int | None, cible: int | None, observe: int
) -> tuple[int, int | None]:
    """The patients that a rate of attainment counts, and those that were asked for.

    Gained, never under 0, on the way from the base for an increase read as progress; else all that are
    observed. The second is `None` where the target is not known.
    """
    if nature != "augmentation" or lecture == "niveau" or base is None:
        return observe, cible
    return max(0, observe - base), None if cible is None else cible - base


@rule("DIT-06")
def seul_le_terme(criteria: Iterable[Criterion]) -> Criterion | None:
    """The criterion of a contract that ended at its term, where nothing else is refused; else `None`."""
    failed = [criterion for criterion in criteria if criterion.status == "non_satisfait"]
    return failed[0] if len(failed) == 1 and failed[0].code in TERMES else None


TERMES = ("prorogation_non_satisfait", "renouvellement_non_satisfait")
"""The criteria that say that a contract, individual or collectif, ended at its term."""


@rule("DIT-06")
def dernier_jour(criterion: Criterion) -> date | None:
    """The last day of a contract that ended at its term; `None` when it is not known."""
    told = criterion.values.get("terme")
    return None if told is None else date.fromisoformat(str(told))


@rule("DIT-06")
def plafonne(parts: Iterable[str], high: Fraction) -> bool:
    """Whether a share that follows a rate stops at everything."""
    return high == 1 and any(part.startswith("prorata") for part in parts)
