"""One doctor: the amount over his observed counts, the payments of his contract."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from math import isqrt
from typing import Any

import altair as alt

from .. import french
from ..bareme import Bareme
from ..closed import expected_type
from ..decision import Amount, Decision
from ..models import Dossier, of_indicator
from ..readings import Readings
from ..rendering import contract, title
from ..scheduling_record import Payment, Schedule
from ..scheduling_rendering import KINDS, ended, window, year_verdict
from ..terms import Indicateur, Verdict
from ..whatif import Frontier, Tile, again, consulted, frontier
from ..whatif_rendering import KINDS as SHARES
from ..whatif_rendering import SHORT
from ..wording import amount_text, conditioned, conditioned_by_all, named_sum, sum_text
from .style import (
    BLUE,
    DEEP,
    EUROS,
    GREY,
    INK,
    LIGHT_BLUE,
    LIGHT_GREY,
    LIGHT_ORANGE,
    ORANGE,
    PALE,
    WHOLE,
    Row,
    chosen_among,
    halo,
    readings_note,
    rows,
    source_note,
    titled,
)

WIDTH, HEIGHT = 620, 420
MOST_CELLS = 4_000
"""The most rectangles of a map, and the most counts of a curve."""
FINEST = 24
"""The most pieces of one side of a rectangle on which the amount varies."""
LETTER, LINE_HEIGHT, NEAR = 6.5, 16, 32
"""Pixels of a letter, of a line, and around the doctor."""
Window = tuple[int, int]
"""The first and the last count that are drawn."""


# --- The amount over the observed counts --------------------------------------------------------


def amount_map(
    dossier: Dossier,
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> alt.LayerChart:
    """The amount due over every observed PMT × PFA, the doctor on it; over PFA for PFA alone.

    The rectangles are those of `frontier`, with exact bounds in patients; where the amount runs along a
    rate they are cut in smaller ones, each with its amounts at both ends. readings, bareme, force: as
    for `evaluate`; raises `RefusedData` as `frontier` does.
    """
    found = frontier(dossier, readings=readings, bareme=bareme, force=force)
    decision = again(found)
    chart = _map(found, decision) if len(found.steps) > 1 else _curve(found, decision)
    notes = [title(decision), *_observed_note(found, decision), *_unsettled_note(found)]
    notes += readings_note(chosen_among(found.choices, consulted(found))) + source_note(decision.warnings)
    counts = " et ".join(SHORT[name] for name in found.steps)
    name = conditioned("Montant dû", decision.verdict, decision.forced)
    heading = f"{name} selon la patientèle observée ({counts})"
    return titled(chart, heading, notes, simulated=decision.simulated, width=WIDTH, height=HEIGHT)


def _observed_note(found: Frontier, decision: Decision) -> list[str]:
    if decision.dossier.observation is None or decision.amount_due is None:
        return ["Rien n’est observé pour cette année."]
    seen = [f"{SHORT[n]} {_said(of_indicator(decision.dossier.observation, n))}" for n in found.steps]
    due = named_sum("montant dû", decision.amount_due, decision.verdict, decision.forced)
    return [f"Observé : {french.enumeration(seen)} → {due}."]


def _said(count: int | None) -> str:
    return "non connue" if count is None else french.whole(count)


def _unsettled_note(found: Frontier) -> list[str]:
    if all(tile.lowest.value is not None and tile.highest.value is not None for tile in found.tiles):
        return []
    return ["Gris : une donnée manque, le montant n’est connu qu’entre deux bornes."]


def _window(found: Frontier, name: Indicateur) -> Window:
    """The counts to draw: every step and the doctor, with room around them."""
    counts = list(found.steps[name][1:])
    observed = of_indicator(found.dossier.observation, name)
    counts += [] if observed is None else [observed]
    low, high = min(counts, default=0), max(counts, default=0)
    room = max((high - low) * 2 // 5, high // 20, 10)
    return max(0, low - room), high + room


def _map(found: Frontier, decision: Decision) -> alt.LayerChart:
    """PMT across, PFA up."""
    pmt, pfa = _window(found, "pmt"), _window(found, "pfa")
    x = alt.X("pmt_de:Q", **_axis(found, "pmt", pmt))
    y = alt.Y("pfa_de:Q", **_axis(found, "pfa", pfa))
    cells = list(_cells(found, pmt, pfa))
    top = max(float(tile.highest.high) for tile in found.tiles)
    scale = alt.Scale(domain=[0, max(top, 1)], range=[PALE, DEEP])
    legend = alt.Legend(format=EUROS, tickCount=5)
    color = alt.Color("montant:Q", title="Montant dû", scale=scale, legend=legend)
    edge = alt.Stroke("montant:Q", scale=scale, legend=None)  # no white thread between the pieces
    box: dict[str, Any] = {"x": x, "x2": "pmt_a:Q", "y": y, "y2": "pfa_a:Q"}
    tooltip = [alt.Tooltip(f"{name}:N", title=said) for name, said in
               (("pmt", "PMT"), ("pfa", "PFA"), ("part", "Part versée"), ("dit", "Montant dû"))]  # fmt: skip
    certain = alt.Chart(rows([cell for cell in cells if cell["certain"]])).mark_rect()
    unsure = alt.Chart(rows([cell for cell in cells if not cell["certain"]])).mark_rect(color=LIGHT_GREY)
    border = alt.Chart(rows([_box(*place) for place, _ in _tiles(found, pmt, pfa)]))
    labels = alt.Chart(rows(list(_labels(found, pmt, pfa)))).encode(
        x=alt.X("x:Q", **_axis(found, "pmt", pmt)), y=alt.Y("y:Q", **_axis(found, "pfa", pfa)), text="dit:N"
    )
    layers = [
        certain.encode(**box, color=color, stroke=edge, tooltip=tooltip),
        unsure.encode(**box, tooltip=tooltip),
        border.mark_rect(filled=False, stroke="white", strokeWidth=1).encode(**box),
        labels.mark_text(color=INK, limit=WIDTH),
        *_doctor(found, decision, "pmt_de", "pfa_de", x, y, pmt),
    ]
    return alt.LayerChart(layer=layers)


def _axis(found: Frontier, name: Indicateur, window: Window) -> dict[str, Any]:
    """Ticks at the very counts where a rule changes."""
    low, high = window
    values = sorted({low, high, *(step for step in found.steps[name] if low <= step <= high)})
    axis = alt.Axis(format=WHOLE, values=values, grid=False, labelOverlap="greedy", labelSeparation=4)
    scale = alt.Scale(domain=[low, high + 1], nice=False, zero=False)
    return {"title": f"{SHORT[name]} observée (patients)", "axis": axis, "scale": scale}


def _tiles(found: Frontier, pmt: Window, pfa: Window) -> Iterator[tuple[tuple[Window, Window], Tile]]:
    """The rectangles within the windows, and the spans of counts of each that are drawn."""
    for tile in found.tiles:
        across, up = _cut(tile.pmt_from or 0, tile.pmt_to, pmt), _cut(tile.pfa_from, tile.pfa_to, pfa)
        if across is not None and up is not None:
            yield (across, up), tile


def _cut(first: int, last: int | None, window: Window) -> Window | None:
    low, high = max(first, window[0]), window[1] if last is None else min(last, window[1])
    return (low, high) if low <= high else None


def _box(across: Window, up: Window) -> Row:
    return {"pmt_de": across[0], "pmt_a": across[1] + 1, "pfa_de": up[0], "pfa_a": up[1] + 1}


def _cells(found: Frontier, pmt: Window, pfa: Window) -> Iterator[Row]:
    """The rectangles as they are drawn, those where the amount varies in pieces of whole patients."""
    shown = list(_tiles(found, pmt, pfa))
    varying = sum(not tile.constant for _, tile in shown)
    pieces = min(FINEST, isqrt(MOST_CELLS // max(1, varying)))
    for (across, up), tile in shown:
        if tile.constant:
            yield _cell((across, up), tile, tile.lowest, tile.highest)
            continue
        for place in product(_pieces(across, pieces), _pieces(up, pieces)):
            (left, right), (bottom, top) = place
            yield _cell(place, tile, found.at(left, bottom), found.at(right, top))


def _pieces(span: Window, most: int) -> list[Window]:
    """A span of counts in at most this many pieces, all of them whole patients."""
    first, last = span
    count = min(most, last - first + 1)
    cuts = [first + (last - first + 1) * rank // count for rank in range(count + 1)]
    return [(low, high - 1) for low, high in pairwise(cuts)]


def _cell(place: tuple[Window, Window], tile: Tile, lowest: Amount, highest: Amount) -> Row:
    certain = lowest.value is not None and highest.value is not None
    return {
        **_box(*place),
        "pmt": _between(place[0]),
        "pfa": _between(place[1]),
        "part": french.typeset(SHARES[tile.kind]),
        "certain": certain,
        "montant": float(lowest.low + highest.low) / 2 if certain else None,
        "dit": _from_to(lowest, highest),
    }


def _between(span: Window) -> str:
    low, high = span
    return french.whole(low) if low == high else f"{french.whole(low)} à {french.whole(high)}"


def _from_to(lowest: Amount, highest: Amount) -> str:
    if lowest == highest:
        return amount_text(lowest)
    return f"{amount_text(lowest)} → {amount_text(highest)}"


def _labels(found: Frontier, pmt: Window, pfa: Window) -> Iterator[Row]:
    """The amount written on each rectangle that has the room for it, and no doctor in the way."""
    counts = [of_indicator(found.dossier.observation, name) for name in found.steps]
    seen = [] if None in counts else [(counts[0] or 0, counts[1] or 0)]
    per_x, per_y = WIDTH / (pmt[1] - pmt[0]), HEIGHT / (pfa[1] - pfa[0])
    for (across, up), tile in _tiles(found, pmt, pfa):
        said = _from_to(tile.lowest, tile.highest)
        width, height = (across[1] + 1 - across[0]) * per_x, (up[1] + 1 - up[0]) * per_y
        hidden = any(
            across[0] <= x <= across[1] and abs(y - (up[0] + up[1]) / 2) * per_y < NEAR for x, y in seen
        )
        if len(said) * LETTER < width and height > LINE_HEIGHT and not hidden:
            yield {"x": (across[0] + across[1] + 1) / 2, "y": (up[0] + up[1] + 1) / 2, "dit": said}


def _doctor(
    found: Frontier, decision: Decision, across: str, up: str, x: alt.X, y: alt.Y, window: Window
) -> list[alt.Chart]:
    """The doctor where he was observed; nothing where a count is not known."""
    seen = [of_indicator(found.dossier.observation, name) for name in found.steps]
    if None in seen or decision.amount_due is None:
        return []
    first = seen[0]
    assert first is not None
    last = seen[1] if len(seen) > 1 else float(decision.amount_due.low)
    place = {across: first, up: last, "dit": f"médecin : {amount_text(decision.amount_due)}"}
    point = alt.Chart(rows([place])).encode(x=x, y=y)
    left = first > sum(window) / 2
    side = {"align": "right", "dx": -10} if left else {"align": "left", "dx": 10}
    return [
        point.mark_point(filled=True, size=130, color=ORANGE, stroke="white", strokeWidth=2, opacity=1),
        *halo(point.encode(text="dit:N"), fontWeight="bold", dy=-12, **side),
    ]


def _curve(found: Frontier, decision: Decision) -> alt.LayerChart:
    """The amount over PFA, one step a patient where it runs along a rate."""
    ((name, _),) = found.steps.items()
    span = _window(found, name)
    points = list(_points(found, span))
    x = alt.X("pfa_de:Q", **_axis(found, name, span))
    top = max([point["haut"] for point in points] + [1])
    y = alt.Y(
        "bas:Q", title="Montant dû", axis=alt.Axis(format=EUROS), scale=alt.Scale(domain=[0, top * 1.12])
    )
    drawn = alt.Chart(rows(points)).encode(x=x, y=y)
    tooltip = [alt.Tooltip("pfa:N", title="PFA"), alt.Tooltip("dit:N", title="Montant dû")]
    layers = [
        drawn.mark_area(interpolate="step-after", color=LIGHT_GREY).encode(y2="haut:Q"),
        drawn.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2.5).encode(tooltip=tooltip),
        drawn.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2.5).encode(y=alt.Y("haut:Q")),
        *_between_bounds(found, decision, x, y),
        *_doctor(found, decision, "pfa_de", "bas", x, y, span),
    ]
    return alt.LayerChart(layer=layers)


def _between_bounds(found: Frontier, decision: Decision, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """A line over the amounts that are possible for the doctor, where his is not certain."""
    seen, due = of_indicator(found.dossier.observation, "pfa"), decision.amount_due
    if seen is None or due is None or due.value is not None:
        return []
    place = {"pfa_de": seen, "bas": float(due.low), "haut": float(due.high)}
    line = alt.Chart(rows([place])).mark_rule(color=ORANGE, strokeWidth=3)
    return [line.encode(x=x, y=y, y2="haut:Q")]


def _points(found: Frontier, span: Window) -> Iterator[Row]:
    """The first count of each step that is drawn, and the end of the last one."""
    most = max(2, MOST_CELLS // max(1, len(found.tiles)))
    amount = None
    for tile in found.tiles:
        cut = _cut(tile.pfa_from, tile.pfa_to, span)
        if cut is None:
            continue
        for first, _ in [cut] if tile.constant else _pieces(cut, most):
            amount = tile.lowest if tile.constant else found.at(pfa=first)
            yield _point(first, amount)
    assert amount is not None
    yield _point(span[1] + 1, amount)


def _point(count: int, amount: Amount) -> Row:
    low, high = float(amount.low), float(amount.high)
    return {"pfa_de": count, "pfa": french.whole(count), "bas": low, "haut": high, "dit": amount_text(amount)}


# --- The payments of a contract -----------------------------------------------------------------

CERTAIN, POSSIBLE = "Certain", "Possible (entre les deux bornes)"
BACK, MAYBE_BACK = "Trop-perçu", "Trop-perçu possible"
STATES = {CERTAIN: BLUE, POSSIBLE: LIGHT_BLUE, BACK: ORANGE, MAYBE_BACK: LIGHT_ORANGE}
"""What a piece of a bar is, and its colour."""


def schedule_chart(schedule: Schedule) -> alt.LayerChart:
    """The payments of a contract in the order in which they fall due, one bar each.

    A full bar is certain, a pale one possible: it goes from the lowest to the highest amount. Under
    zero is what the doctor gives back (VRS-03). A payment that no text gives has no bar and says so.
    """
    expected_type("schedule", schedule, Schedule, "un Schedule", "schedule(dossier)")
    payments = schedule.payments
    verdicts = {year.annee: year.verdict for year in schedule.years}
    names = [_called(payment, verdicts[payment.annee], schedule.forced) for payment in payments]
    sure = conditioned_by_all(CERTAIN, verdicts.values(), schedule.forced)
    colors = {sure if state == CERTAIN else state: color for state, color in STATES.items()}
    bars = [bar for name, payment in zip(names, payments, strict=True) for bar in _bars(name, payment, sure)]
    labels = [
        {"versement": name, "x": _end(payment), "dit": sum_text(payment.amount)}
        for name, payment in zip(names, payments, strict=True)
    ]
    y = alt.Y("versement:N", title=None, sort=names, axis=alt.Axis(labelLimit=LABEL, labelPadding=8))
    x = alt.X(
        "de:Q",
        title="Montant",
        axis=alt.Axis(format=EUROS, tickCount=7),
        scale=alt.Scale(domain=_reach(payments), nice=False),
    )
    states = [state for state in colors if any(bar["etat"] == state for bar in bars)]
    color = alt.Color("etat:N", title=None, legend=alt.Legend(orient="top", labelLimit=LABEL),
                      scale=alt.Scale(domain=states, range=[colors[state] for state in states]))  # fmt: skip
    tooltip = [alt.Tooltip("versement:N", title="Versement"), alt.Tooltip("dit:N", title="Montant"),
               alt.Tooltip("regle:N", title="Règle")]  # fmt: skip
    drawn = alt.Chart(rows(bars)).mark_bar(size=16).encode(x=x, x2="a:Q", y=y, color=color, tooltip=tooltip)
    zero = alt.Chart(rows([{"de": 0}])).mark_rule(color=GREY).encode(x=alt.X("de:Q"))
    texts = alt.Chart(rows(labels)).mark_text(align="left", dx=6, color=INK)
    chart = alt.LayerChart(layer=[drawn, zero, texts.encode(x=alt.X("x:Q"), y=y, text="dit:N")])
    return titled(
        chart, "Versements du contrat", _schedule_notes(schedule),
        simulated=any(y.decision is not None and y.decision.simulated for y in schedule.years),
        width=WIDTH, height=alt.Step(30),
    )  # fmt: skip


LABEL = 520
"""The most pixels of a label at the side."""


def _schedule_notes(schedule: Schedule) -> list[str]:
    notes = [contract(schedule.dossier)]
    verdicts = [year.verdict for year in schedule.years]
    run = f"Total dû sur {len(verdicts)} an{'s' if len(verdicts) > 1 else ''}"
    notes.append(f"{conditioned_by_all(run, verdicts, schedule.forced)} : {sum_text(schedule.total)}.")
    over = [year for year in schedule.years if ended(year)]
    refused = [str(y.annee) for y in schedule.years if y.verdict == "non_eligible" and y not in over]
    if over:
        notes.append(f"Contrat {french.lower(year_verdict(over[0]))}.")
    if refused:
        notes.append(f"Non éligible, année{'s' if len(refused) > 1 else ''} {french.enumeration(refused)}.")
    return notes + readings_note(schedule.readings) + source_note(schedule.warnings)


def _called(payment: Payment, verdict: Verdict | None, forced: bool) -> str:
    """Which payment, and when: unique in a contract, whose parts of a year have kinds of their own."""
    kind = conditioned(KINDS[payment.kind], verdict, forced)
    return french.typeset(f"Année {payment.annee}, {kind} – {window(payment)}")


def _bars(name: str, payment: Payment, sure: str) -> list[Row]:
    """The pieces of one bar: the certain part from zero, then what is possible, on each side of zero.

    sure: what the certain part is called, with what it hangs on (DIT-01).
    """
    if payment.amount is None:
        return []
    low, high = float(payment.amount.low), float(payment.amount.high)
    pieces = [(0.0, low, sure) if low > 0 else (high, 0.0, BACK) if high < 0 else (0.0, 0.0, sure)]
    pieces.append((max(low, 0.0), high, POSSIBLE))
    pieces.append((low, min(high, 0.0), MAYBE_BACK))
    told = {"versement": name, "dit": amount_text(payment.amount), "regle": payment.rule}
    return [{**told, "de": a, "a": b, "etat": state} for a, b, state in pieces if a < b]


def _end(payment: Payment) -> float:
    return 0.0 if payment.amount is None else max(0.0, float(payment.amount.high))


def _reach(payments: Sequence[Payment]) -> list[float]:
    """The ends of the axis, with room for the amounts at the end of the bars."""
    amounts = [payment.amount for payment in payments if payment.amount is not None]
    low = min([0.0, *(float(amount.low) for amount in amounts)])
    high = max([1.0, *(float(amount.high) for amount in amounts)])
    return [low * 1.05, high + (high - low) * (0.4 if any(a.value is None for a in amounts) else 0.15)]
