"""MNT-01, MNT-02, MNT-09: where a patientèle stands among percentiles, and the band of two indicators."""

from bisect import bisect_right
from collections.abc import Mapping

from ..bareme import Distribution, disorder, replacing_percentile
from ..errors import RefusedData
from ..models import Contrat, Percentiles, Seuils, of_indicator, percentile_refusal
from ..references import Reference
from ..terms import BANDES, PERCENTILES, TRANCHES, Bande, Indicateur, Texte
from .facts import Facts, Rank
from .registry import rule
from .special_cases import P95_RANK

ANYWHERE: Rank = (0, len(TRANCHES) - 1)
BAND_OF_RANK: tuple[Bande, ...] = ("sous_p30", "p30_p90", "p30_p90", "p30_p90", "p90_p95", "p95")


@rule("MNT-01")
def complete(
    indicateur: Indicateur, published: Distribution, percentiles: Percentiles | None, caller: Reference
) -> tuple[Distribution, tuple[str, ...]]:
    """The published percentiles, completed cell by cell by those of the caller.

    A published value wins, and so does a published bound over the caller's value that it excludes; the
    names of the cells that differ come second. Raises `RefusedData` when the whole does not rise.
    """
    seuils: Seuils | None = None if percentiles is None else getattr(percentiles, indicateur)
    if seuils is None:
        return published, ()
    merged, differing = published, []
    for percentile, over in zip(PERCENTILES, published.bounds, strict=True):
        own, known = getattr(seuils, percentile), getattr(published, percentile)
        excluded = own is not None and over is not None and own <= over
        if own is not None and known is None and not excluded:
            merged = replacing_percentile(merged, percentile, own, caller)
        elif own is not None and own != known:
            differing.append(percentile)
    if faults := disorder("ordre", merged):
        raise RefusedData(percentile_refusal(indicateur, fault) for fault in faults)
    return merged, tuple(differing)


@rule("MNT-01")
def position(effectif: int | None, distribution: Distribution) -> Rank:
    """The ranks that are possible for a count: [P30, P50), [P50, P70)…; unknown cells leave several.

    A count up to a bound is under its percentile; beyond, the bound says nothing.
    """
    if effectif is None:
        return ANYWHERE
    return distribution.spans[bisect_right(distribution.edges, effectif)]


@rule("MNT-01")
def bandes(rank: Rank) -> tuple[Bande, ...]:
    """The bands that a range of ranks allows, lowest first."""
    return _BANDES[rank]


_BANDES: Mapping[Rank, tuple[Bande, ...]] = {
    (low, high): tuple(b for b in BANDES if b in BAND_OF_RANK[low : high + 1])
    for low in range(len(TRANCHES))
    for high in range(low, len(TRANCHES))
}


@rule("MNT-02")
def tranche_deux_indicateurs(pmt: Rank, pfa: Rank, lecture: str) -> Rank:
    """The rank that sets the amount of a doctor with two indicators, by reading."""
    if lecture == "pmt":
        return pmt
    if pmt == pfa:
        return pmt
    choose = max if lecture == "la_plus_haute" else min
    return choose(pmt[0], pfa[0]), choose(pmt[1], pfa[1])


@rule("MNT-09")
def hausse_exclut_p95(texte: Texte) -> bool:
    """Whether an objective that rises tells a count under P95: for contracts signed from May 2023."""
    return texte != "avenant_7"


@rule("MNT-09")
def hausse_a_la_signature(contrat: Contrat, indicateur: Indicateur, echu: bool) -> bool:
    """Whether the contract asked this indicator to rise at the signature: nature stated, else target.

    Where its objectives may be those of an avenant nobody knows, and the answer is no: a count of reference,
    an option obtained later, a contract told past its term (`echu`). Avenants that are events change nothing.
    """
    option = contrat.date_option
    if echu or contrat.patientele_reference is not None or option not in (None, contrat.date_signature):
        return False
    stated = contrat.nature_objectifs and getattr(contrat.nature_objectifs, indicateur)
    if stated is not None:
        return bool(stated == "augmentation")
    initial = of_indicator(contrat.patientele_initiale, indicateur)
    target = of_indicator(contrat.objectifs, indicateur)
    return initial is not None and target is not None and target > initial


@rule("MNT-09")
def p95_a_exclure(rank: Rank) -> bool:
    """Whether P95 is one of several possible positions: it alone could be excluded, and leave another."""
    low, high = rank
    return low < high == P95_RANK


@rule("MNT-09")
def sans_p95(fact: Facts, primo: bool | None, mode: str) -> Rank:
    """The ranks of an indicator whose contract asked a rise: from P95 it would have asked a maintien.

    The target of a primo-installé is P50, which says nothing here. Where nobody knows whether he is one,
    the deciding indicator is under P95 either way: a primo-installé is under P50 on it.
    """
    told = primo is False or (primo is None and fact.decides(mode))
    if fact.initial is None or not told or not p95_a_exclure(fact.rank):
        return fact.rank
    low, high = fact.rank
    return low, high - 1


@rule("MNT-09")
def lectures_p95(fact: Facts, primo: bool | None, modes: tuple[str, ...]) -> tuple[str, ...]:
    """The reading that changes whether P95 is excluded, where the contract asked this indicator to rise.

    fact: with the ranks of its count alone. modes: those that the reading may give.
    """
    return ("indicateur_p30",) if len({sans_p95(fact, primo, mode) for mode in modes}) > 1 else ()


def unknown_between(rank: Rank, distribution: Distribution, indicateur: Indicateur) -> tuple[str, ...]:
    """The percentiles not published that would settle the band of a count."""
    names = ("p30", None, None, "p90", "p95")
    return tuple(
        f"percentiles.{indicateur}.{name}"
        for edge, name in enumerate(names, start=1)
        if name and rank[0] < edge <= rank[1] and distribution[edge - 1] is None
    )
