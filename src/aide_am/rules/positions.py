"""MNT-01 and MNT-02: where a patientèle stands among percentiles, and the band of two indicators."""

from bisect import bisect_right
from collections.abc import Mapping

from ..bareme import Distribution, disorder, replacing_percentile
from ..errors import RefusedData
from ..models import Percentiles, Seuils, percentile_refusal
from ..references import Reference
from ..terms import BANDES, PERCENTILES, TRANCHES, Bande, Indicateur
from .facts import Rank
from .registry import rule

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


def unknown_between(rank: Rank, distribution: Distribution, indicateur: Indicateur) -> tuple[str, ...]:
    """The percentiles not published that would settle the band of a count."""
    names = ("p30", None, None, "p90", "p95")
    return tuple(
        f"percentiles.{indicateur}.{name}"
        for edge, name in enumerate(names, start=1)
        if name and rank[0] < edge <= rank[1] and distribution[edge - 1] is None
    )
