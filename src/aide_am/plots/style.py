"""What every picture shares: French numbers, colours, the title and what must stand under it."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from .. import french
from ..decision import Alert
from ..lectures import lectures
from ..readings import CHOICES, Readings
from ..rendering import SIMULATED
from ..wording import label

BLUE, LIGHT_BLUE, ORANGE, LIGHT_ORANGE = "#0072B2", "#9CCBE6", "#D55E00", "#F5C29B"
PALE, DEEP = "#EEF5FA", "#4A97CC"
"""The ends of a scale of amounts: dark text is readable on both."""
GREY, LIGHT_GREY, INK = "#6B6B6B", "#CFCFCF", "#1F1F1F"
EUROS = "$,.0f"
WHOLE = ",d"
LINE = 120
"""The characters of a line under a title."""
Row = dict[str, Any]


def titled(
    chart: alt.LayerChart,
    title: str,
    notes: Iterable[str],
    *,
    simulated: bool,
    width: int,
    height: int | alt.Step,
) -> alt.LayerChart:
    """The chart with its size, its titles and French numbers; a simulated barème is said first."""
    lines = [
        line for note in notes for line in textwrap.wrap(french.typeset(note), LINE, break_long_words=False)
    ]
    head = [SIMULATED, title] if simulated else [title]
    told = alt.TitleParams(
        text=[french.typeset(line) for line in head],
        subtitle=lines,
        anchor="start",
        color=ORANGE if simulated else INK,
        subtitleColor=GREY,
        subtitlePadding=6,
        offset=14,
    )
    numbers = alt.NumberLocale(
        decimal=",", thousands=french.NARROW, grouping=[3], currency=["", f"{french.WIDE}€"], minus="−"
    )
    axis = alt.AxisConfig(labelColor=INK, titleColor=INK, titleFontWeight="normal", gridColor="#E8E8E8")
    view = alt.ViewConfig(stroke=LIGHT_GREY)
    styled: alt.LayerChart = chart.properties(width=width, height=height, title=told).configure(
        locale=alt.Locale(number=numbers), axis=axis, view=view
    )
    return styled


def rows(values: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """The values that a chart draws, inside its own text."""
    return alt.InlineData(values=[dict(value) for value in values])


def readings_note(chosen: Mapping[str, str]) -> list[str]:
    """The readings other than the default ones, if there are any."""
    told = {name: value for name, value in chosen.items() if value != CHOICES[name][0]}
    other = [f"{french.lower(lectures()[name].titre)} ({label(name, value)})" for name, value in told.items()]
    return [f"Lectures autres que par défaut : {', '.join(other)}."] if other else []


def chosen_among(readings: Readings, consulted: Iterable[str]) -> dict[str, str]:
    """The value of each reading that mattered."""
    return {name: getattr(readings, name) for name in consulted}


def source_note(warnings: Iterable[Alert]) -> list[str]:
    """The nature of the weakest source."""
    return [alert.message for alert in warnings if alert.code == "nature_source"]


def halo(chart: alt.Chart, **how: Any) -> list[alt.Chart]:
    """A text that stays readable over lines: twice, the first time as a white outline."""
    return [
        chart.mark_text(stroke="white", strokeWidth=3, strokeJoin="round", **how),
        chart.mark_text(color=INK, **how),
    ]
