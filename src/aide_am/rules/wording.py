"""Chapter DIT: which source, which patients and which end a sentence may speak of; no French is here."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from ..decision import Criterion
from ..terms import NatureObjectif, OptionEtp, Texte
from .registry import rule


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
