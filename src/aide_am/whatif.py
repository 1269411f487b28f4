"""What if: the distances of one contract year to its next amounts, and the map of all its amounts.

`gaps` says how few patients more pay better, and how many may be lost for nothing; `frontier` gives the
amount due over every observed PMT and PFA. No law is here: the rules list the counts at which a share
may change (`paliers`, OBJ-07), `evaluate` gives every amount, and between two of these counts both ends
of the amount only rise with the patients, so that a bisection finds a count exactly.

Amounts that are not certain are intervals. One is *as good* as another when neither of its ends is
lower, and *better* when it also differs: an interval that is lower on one side and higher on the other
(circonstances exceptionnelles, MOD-08) is neither better nor worse.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise, product
from typing import Any, Literal, NamedTuple

from .bareme import Bareme
from .closed import expected_type
from .decision import Amount, BaremeUsed, Decision, Share
from .documents import Format
from .errors import Refusal, RefusedData
from .evaluation import evaluate, paliers
from .models import Dossier, Observation, of_indicator
from .outcomes import recorded_bareme
from .readings import Readings
from .records import adapter_of, json_object
from .rules import answers
from .terms import Indicateur

Kind = Literal["cent", "zero", "prorata", "intervalle"]
"""The share over a rectangle: all, nothing, a rate, or not determined. The first three as the tables."""

Point = tuple[int, ...]
"""Observed counts, in the order of the indicators of the doctor: PMT then PFA, or PFA alone."""

Segment = tuple[int, int | None]
"""The first and the last count of a segment; `None`: it is open."""


# --- What is answered ---------------------------------------------------------------------------


@json_object
class Gap(NamedTuple):
    """The distances of one indicator, in patients, the other one held still.

    `to_gain`: the fewest patients more that give a better amount, `next_amount`; `None` if no number
    does. `to_full`: the fewest that give the best it can alone, `full_amount` (the greatest `low`, then
    the greatest `high`); 0 when it is there.
    `can_lose`: this loss and every smaller one keep an amount as good as the present; one patient fewer
    leaves `amount_below`, `None` when everything can be lost.
    """

    indicator: Indicateur
    observed: int
    to_gain: int | None
    next_amount: Amount | None
    to_full: int
    full_amount: Amount
    can_lose: int
    amount_below: Amount | None


@json_object
class Together(NamedTuple):
    """Patients more of both indicators, the fewest in all, where neither alone gives a better amount."""

    pmt: int
    pfa: int
    amount: Amount


@json_object
class Gaps(NamedTuple):
    """The amount due of a contract year, and how far each indicator is from the next ones.

    Self-contained, like a decision: with its dossier, its readings and its barèmes it can be made again.
    """

    dossier: Dossier
    amount: Amount
    indicators: dict[Indicateur, Gap]
    together: Together | None
    choices: Readings
    forced: bool
    baremes: tuple[BaremeUsed, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One flat dict an indicator, for a data frame; `together` is its part of the pair."""
        pair = self.together
        return [
            {
                "indicator": name,
                "observed": gap.observed,
                **_flat("amount", self.amount),
                "to_gain": gap.to_gain,
                **_flat("next", gap.next_amount),
                "to_full": gap.to_full,
                **_flat("full", gap.full_amount),
                "can_lose": gap.can_lose,
                **_flat("below", gap.amount_below),
                "together": None if pair is None else getattr(pair, name),
                **_flat("together", None if pair is None else pair.amount),
            }
            for name, gap in self.indicators.items()
        ]

    def explain(self, format: Format = "texte") -> str:
        """The distances in French, as text, Markdown or HTML."""
        from .whatif_rendering import gaps_explained

        return gaps_explained(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """JSON text, that `from_json` reads back."""
        return adapter_of(Gaps).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Gaps":
        """What `to_json` wrote, equal to it."""
        return adapter_of(Gaps).validate_json(text)


@json_object
class Tile(NamedTuple):
    """A rectangle of observed counts on which the rule does not change; both ends are included.

    `pmt_to` or `pfa_to` is `None` when it is open: beyond its first count the amount no longer changes.
    Both of `pmt` are `None` for a doctor with PFA alone. `lowest` and `highest` are the amounts due at
    its lowest and highest counts; between them the amount never falls. `constant`: they are the same.
    """

    pmt_from: int | None
    pmt_to: int | None
    pfa_from: int
    pfa_to: int | None
    kind: Kind
    constant: bool
    lowest: Amount
    highest: Amount


@json_object
class Frontier(NamedTuple):
    """The amount due of a contract year over every observed PMT and PFA.

    `steps`: the first count of each segment of each indicator, from 0; the last segment is open.
    `tiles`: one for each pair of segments, PMT first; together they cover every count once.
    """

    dossier: Dossier
    steps: dict[Indicateur, tuple[int, ...]]
    tiles: tuple[Tile, ...]
    choices: Readings
    forced: bool
    baremes: tuple[BaremeUsed, ...]

    def at(self, pmt: int | None = None, pfa: int | None = None) -> Amount:
        """The amount due at these observed counts; PMT is ignored for a doctor with PFA alone.

        Raises `RefusedData` for a count that the doctor's specialty needs and that is not given.
        """
        counts = Observation(pmt=pmt, pfa=pfa)
        if refused := _missing_counts(counts, tuple(self.steps)):
            raise RefusedData(refused)
        decision = again(self, self.dossier.model_copy(update={"observation": counts}))
        assert decision.amount_due is not None
        return decision.amount_due

    def rows(self) -> list[dict[str, Any]]:
        """One flat dict a rectangle, for a data frame."""
        return [
            {
                **dict(zip(Tile._fields[:6], tile, strict=False)),
                **_flat("lowest", tile.lowest),
                **_flat("highest", tile.highest),
            }
            for tile in self.tiles
        ]

    def explain(self, format: Format = "texte") -> str:
        """The map in French, as text, Markdown or HTML."""
        from .whatif_rendering import frontier_explained

        return frontier_explained(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """JSON text, that `from_json` reads back."""
        return adapter_of(Frontier).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Frontier":
        """What `to_json` wrote, equal to it."""
        return adapter_of(Frontier).validate_json(text)


def _flat(name: str, amount: Amount | None) -> dict[str, Any]:
    """The columns of an amount; all empty where there is none."""
    low, high, value = (None, None, None) if amount is None else amount
    return {f"{name}_low": low, f"{name}_high": high, f"{name}_value": value}


def again(found: Gaps | Frontier, dossier: Dossier | None = None) -> Decision:
    """The decision behind an answer, made again; on another observation if one is given."""
    return evaluate(
        found.dossier if dossier is None else dossier,
        readings=found.choices,
        bareme=recorded_bareme(found.baremes),
        force=found.forced,
    )


# --- Amounts by counts --------------------------------------------------------------------------


class _Plane(NamedTuple):
    """A contract year whose observed counts vary: its decision as it stands, its steps, its results.

    `made`: every decision that was made so far, that one first.
    """

    decision: Decision
    made: list[Decision]
    steps: Mapping[Indicateur, Sequence[int]]
    result: Callable[[Point], tuple[Share, Amount]]

    def amount(self, point: Point) -> Amount:
        return self.result(point)[1]


def _plane(dossier: Dossier, readings: Readings | None, bareme: Bareme | None, force: bool) -> _Plane:
    """Raises what `evaluate` raises, and the refusal of what is no dossier."""
    expected_type("dossier", dossier, Dossier, "un Dossier", "Dossier.model_validate(…)")
    steps = paliers(dossier, readings=readings, bareme=bareme)
    made = [evaluate(dossier, readings=readings, bareme=bareme, force=force)]

    @cache
    def result(point: Point) -> tuple[Share, Amount]:
        counts = Observation.model_validate(dict(zip(steps, point, strict=True)))
        observed = dossier.model_copy(update={"observation": counts})
        decision = evaluate(observed, readings=readings, bareme=bareme, force=force)
        assert decision.share is not None
        assert decision.amount_due is not None
        made.append(decision)
        return decision.share, decision.amount_due

    return _Plane(made[0], made, steps, result)


def consulted(found: Gaps | Frontier) -> frozenset[str]:
    """The readings that the decisions behind an answer consulted: no other one can change it."""
    plane = _plane(found.dossier, found.choices, recorded_bareme(found.baremes), found.forced)
    if isinstance(found, Gaps):
        _gaps(plane)
    else:
        _frontier(plane)
    return frozenset(name for decision in plane.made for name in decision.readings)


def _without_amount(decision: Decision) -> list[Refusal]:
    """Why a contract year has no amount at all, whatever its counts: not eligible, or no text gives one."""
    if decision.maximum is not None:
        return []
    failed = [criterion.rule for criterion in decision.criteria if criterion.status == "non_satisfait"]
    if failed and not decision.forced:
        received = f"un dossier non éligible ({', '.join(failed)})"
        remedy = "corrigez le dossier, ou demandez force=True si le contrat court déjà"
        if answers.seul_le_terme(decision.criteria) is not None:
            received = "un contrat arrivé à son terme, qu’aucun avenant n’a prorogé (CTR-01)"
            remedy = "donnez contrat.prorogation si un avenant l’a prorogé"
        return [Refusal("dossier", received, "un dossier éligible ou à instruire", remedy, "non_eligible")]
    expected = "une année dont un texte donne le montant maximal"
    remedy = "choisissez une autre année du contrat, ou interrogez la caisse"
    return [Refusal("annee", str(decision.dossier.annee), expected, remedy, "sans_montant")]


def _missing_counts(observation: Observation | None, names: Sequence[Indicateur]) -> list[Refusal]:
    remedy = "donnez le nombre de patients observé pour l’année"
    return [
        Refusal(
            f"observation.{name}", "rien", "un nombre entier de patients", remedy, "observation_manquante"
        )
        for name in names
        if of_indicator(observation, name) is None
    ]


def _spans(steps: Sequence[int]) -> list[Segment]:
    return [*((first, after - 1) for first, after in pairwise(steps)), (steps[-1], None)]


def as_good(amount: Amount, other: Amount) -> bool:
    """Whether neither end of an amount is under that of another."""
    return amount.low >= other.low and amount.high >= other.high


def better(amount: Amount, other: Amount) -> bool:
    """Whether an amount is as good as another, and not the same."""
    return amount != other and as_good(amount, other)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """The first count from `low` to `high` at which something holds that then holds up to `high`."""
    return bisect_left(range(high), True, low, key=holds) if holds(high) else None


# --- Gaps ---------------------------------------------------------------------------------------


def gaps(
    dossier: Dossier, *, readings: Readings | None = None, bareme: Bareme | None = None, force: bool = False
) -> Gaps:
    """The smallest change of each indicator that gives a better amount, and the largest loss for free.

    readings, bareme, force: as for `evaluate`. In years 1 and 2 nothing can be gained and everything
    can be lost. Raises `RefusedData` as `evaluate` does, and for an observation that is not given, a
    doctor who is not eligible (without `force`), a year that has no amount.
    """
    return _gaps(_plane(dossier, readings, bareme, force))


def _gaps(plane: _Plane) -> Gaps:
    decision, names = plane.decision, tuple(plane.steps)
    dossier = decision.dossier
    refused = _without_amount(decision) + _missing_counts(dossier.observation, names)
    if refused:
        raise RefusedData(refused)
    counts = [of_indicator(dossier.observation, name) for name in names]
    here = tuple([count for count in counts if count is not None])
    found = {name: _gap(plane, here, rank, name) for rank, name in enumerate(names)}
    alone = any(gap.to_gain is not None for gap in found.values())
    pair = None if alone or len(names) == 1 else _together(plane, here)
    amount = plane.amount(here)
    return Gaps(dossier, amount, found, pair, decision.choices, decision.forced, decision.baremes)


def _gap(plane: _Plane, here: Point, rank: int, name: Indicateur) -> Gap:
    """The distances of the indicator of this rank, from the counts of `here`."""
    observed, present = here[rank], plane.amount(here)
    spans = _spans(plane.steps[name])

    def at(count: int) -> Amount:
        return plane.amount((*here[:rank], count, *here[rank + 1 :]))

    tops = [at(high) for _, high in _from(spans, observed)]
    full = max(tops, key=lambda amount: (amount.low, amount.high))
    gaining = _climb(spans, observed, lambda count: better(at(count), present))
    best = _climb(spans, observed, lambda count: as_good(at(count), full))
    fallen = _fall(spans, observed, lambda count: as_good(at(count), present))
    assert best is not None
    return Gap(
        name,
        observed,
        None if gaining is None else gaining - observed,
        None if gaining is None else at(gaining),
        best - observed,
        full,
        observed if fallen is None else observed - fallen - 1,
        None if fallen is None else at(fallen),
    )


def _climb(spans: Sequence[Segment], start: int, holds: Callable[[int], bool]) -> int | None:
    """The first count from `start` up at which something holds, that within a span then holds on."""
    for low, high in _from(spans, start):
        count = _first(low, high, holds)
        if count is not None:
            return count
    return None


def _fall(spans: Sequence[Segment], start: int, holds: Callable[[int], bool]) -> int | None:
    """The first count from `start` down at which something fails, that within a span then fails on."""
    for first, last in reversed(spans):
        if first > start:
            continue
        high = start if last is None else min(last, start)
        if not holds(first):
            kept = _first(first, high, holds)
            return high if kept is None else kept - 1
    return None


def _from(spans: Sequence[Segment], start: int) -> Iterator[tuple[int, int]]:
    """The counts of the spans from `start` up; of an open one, its first: beyond, nothing changes."""
    for first, last in spans:
        low = max(first, start)
        high = low if last is None else last
        if low <= high:
            yield low, high


def _together(plane: _Plane, here: Point) -> Together | None:
    """The pair of increases with the fewest patients in all; at equality, the fewest of PMT."""
    present = plane.amount(here)
    pmt_spans, pfa_spans = (
        list(_from(_spans(plane.steps[name]), count)) for name, count in zip(plane.steps, here, strict=True)
    )
    found = [
        point
        for (left, right), (low, high) in product(pmt_spans, pfa_spans)
        for point in _least(
            left, right, low, high, lambda pmt, pfa: better(plane.amount((pmt, pfa)), present)
        )
    ]
    if not found:
        return None
    pmt, pfa = min(found, key=lambda point: (sum(point), point))
    return Together(pmt - here[0], pfa - here[1], plane.amount((pmt, pfa)))


def _least(
    left: int, right: int, low: int, high: int, holds: Callable[[int, int], bool]
) -> list[tuple[int, int]]:
    """The least points of a rectangle at which something holds that then holds above them.

    From the left: the lowest point of each stair, each under the one before.
    """
    pmt = _first(left, right, lambda count: holds(count, high)) if low <= high else None
    if pmt is None:
        return []
    pfa = _first(low, high, partial(holds, pmt))
    assert pfa is not None
    return [(pmt, pfa), *_least(pmt, right, low, pfa - 1, holds)]


# --- Frontier -----------------------------------------------------------------------------------


def frontier(
    dossier: Dossier, *, readings: Readings | None = None, bareme: Bareme | None = None, force: bool = False
) -> Frontier:
    """The amount due over every observed PMT and PFA, by rectangles on which the rule does not change.

    The observation of the dossier does not matter and may be missing. readings, bareme, force: as for
    `evaluate`. Raises `RefusedData` as `evaluate` does, and for a doctor who is not eligible (without
    `force`) or a year that has no amount.
    """
    return _frontier(_plane(dossier, readings, bareme, force))


def _frontier(plane: _Plane) -> Frontier:
    decision = plane.decision
    if refused := _without_amount(decision):
        raise RefusedData(refused)
    steps = _needed(plane)
    tiles = tuple(_tiles(plane, [_spans(counts) for counts in steps.values()]).values())
    return Frontier(decision.dossier, steps, tiles, decision.choices, decision.forced, decision.baremes)


def _tiles(plane: _Plane, spans: Sequence[Sequence[Segment]]) -> dict[tuple[Segment, ...], Tile]:
    return {place: _tile(plane, place) for place in product(*spans)}


def _tile(plane: _Plane, place: tuple[Segment, ...]) -> Tile:
    least, lowest = plane.result(tuple([first for first, _ in place]))
    most, highest = plane.result(tuple([first if last is None else last for first, last in place]))
    pmt_from, pmt_to = place[0] if len(place) > 1 else (None, None)
    kind = _kind(least, most)
    return Tile(pmt_from, pmt_to, *place[-1], kind, lowest == highest, lowest, highest)


def _kind(least: Share, most: Share) -> Kind:
    """What the shares at the two ends of a rectangle say of it."""
    if least.value is None or most.value is None:
        return "intervalle"
    if least.value == most.value == 1:
        return "cent"
    return "zero" if least.value == most.value == 0 else "prorata"


def _needed(plane: _Plane) -> dict[Indicateur, tuple[int, ...]]:
    """The steps, without those on both sides of which every amount is the same and stays so."""
    spans = {name: _spans(counts) for name, counts in plane.steps.items()}
    tiles = _tiles(plane, list(spans.values()))

    def plain(rank: int, span: Segment) -> list[tuple[Kind, Amount] | None]:
        """What holds all over each rectangle of a segment; `None` where the amount varies."""
        return [
            (tile.kind, tile.lowest) if tile.constant else None
            for place, tile in tiles.items()
            if place[rank] == span
        ]

    kept: dict[Indicateur, tuple[int, ...]] = {}
    for rank, (name, segments) in enumerate(spans.items()):
        found = [segments[0][0]]
        for before, after in pairwise(segments):
            left = plain(rank, before)
            if None in left or left != plain(rank, after):
                found.append(after[0])
        kept[name] = tuple(found)
    return kept
