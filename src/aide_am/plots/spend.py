"""The spend of two barèmes, or of two readings, side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import altair as alt
import narwhals as nw

from .. import french
from ..closed import shown
from ..decision import Amount
from ..frames import summarise
from ..frames.backends import opened
from ..frames.evaluation import read_codes
from ..frames.summary import Scenario
from ..rendering import change_text
from ..sentences import WORDS
from ..wording import amount_text
from .style import BLUE, EUROS, GREY, INK, LIGHT_BLUE, LIGHT_GREY, WHOLE, Row, readings_note, rows, titled
from .tables import collected, refused

WIDTH, BAR = 620, 18
MOST_GROUPS = 40
"""The most groups that a reader can compare."""
MOST_CHANGES = 3
"""The most values of a simulated barème that are written out."""
COLORS = ((GREY, LIGHT_GREY), (BLUE, LIGHT_BLUE))
"""For each table, the colour of what is certain and of what is possible."""
UNKNOWN = "non renseigné"


class _Side(NamedTuple):
    """One of the two tables: its name, its groups, what it was evaluated with."""

    name: str
    groups: list[Row]
    simulated: bool
    notes: list[str]


def spend_chart(
    before: Any,
    after: Any,
    *,
    by: str | None = None,
    scenario: Scenario | None = None,
    names: tuple[str, str] | None = None,
) -> alt.LayerChart:
    """The amounts due of two evaluated tables side by side, group by group.

    before, after: what `evaluate_frame` returned, for two barèmes or two readings. by: the column of the
    groups; `None`: one for the whole table. scenario: draw what is expected under it (`summarise`). names:
    what the tables are called; by default by their barème.
    A full bar is the sum of the lowest amounts, its pale end goes up to that of the highest. What has no
    amount is in no bar and is said under the title. Raises `RefusedData`, in French.
    """
    if by is not None and not isinstance(by, str):
        raise refused("by", shown(by), "un nom de colonne, ou rien", 'écrivez par exemple by="annee"', "by")
    first, second = (_side(frame, by, scenario) for frame in (before, after))
    if names is None:
        names = (first.name, second.name) if first.name != second.name else ("Avant", "Après")
    sides = [side._replace(name=name) for side, name in zip((first, second), names, strict=True)]
    groups = sorted({group["groupe"] for side in sides for group in side.groups}, key=_order)
    if len(groups) > MOST_GROUPS:
        expected, remedy = f"{MOST_GROUPS} au plus, pour être lus", "regroupez, ou filtrez le tableau"
        raise refused("by", f"{len(groups)} groupes", expected, remedy, "groupes")
    heading = "Montant dû" if scenario is None else "Montant attendu selon le scénario"
    heading += "" if by is None else f", par « {by} »"
    notes = [note for side in sides for note in _notes(side)]
    simulated = any(side.simulated for side in sides)
    chart = _drawn(sides, groups, by)
    return titled(chart, heading, notes, simulated=simulated, width=WIDTH, height=alt.Step(BAR))


def _side(frame: Any, by: str | None, scenario: Scenario | None) -> _Side:
    found = collected(opened(summarise(frame, by=by, scenario=scenario)))
    sums = "amount_due" if scenario is None else "expected"
    left = "without_amount" if scenario is None else "not_estimated"
    groups = [
        {"groupe": _group_name(row[by], by) if by else "Ensemble",
         "bas": _known(row[f"{sums}_low"]), "haut": _known(row[f"{sums}_high"]),
         "lignes": int(row["rows"]), "sans": int(row[left]), "refus": int(row["refused"]),
         "instruire": int(row["a_instruire"])}
        for row in found
    ]  # fmt: skip
    simulated, notes = _evaluated_with(frame)
    return _Side("Barème simulé" if simulated else "Barème en vigueur", groups, simulated, notes)


def _evaluated_with(frame: Any) -> tuple[bool, list[str]]:
    """Whether a simulated barème answered, its values, and the readings other than the default ones."""
    simulated, notes = False, []
    for row in collected(opened(frame).select(nw.col("codes").cast(nw.String)).unique().sort("codes")):
        readings, bareme, _ = read_codes(row["codes"])
        notes += [note[:1].lower() + note[1:] for note in readings_note(readings.model_dump())]
        if bareme is not None and bareme.simulated:
            simulated = True
            changes = [change_text(change) for change in bareme.changes]
            more = f", et {len(changes) - MOST_CHANGES} autres" if len(changes) > MOST_CHANGES else ""
            notes.append(f"{' ; '.join(changes[:MOST_CHANGES])}{more}.")
    return simulated, list(dict.fromkeys(notes))


# --- What is drawn ------------------------------------------------------------------------------


def _drawn(sides: Sequence[_Side], groups: list[str], by: str | None) -> alt.LayerChart:
    bars = [bar for side in sides for group in side.groups for bar in _bars(side.name, group)]
    states = [state for side in sides for state in (side.name, _possible(side.name))]
    colors = dict(zip(states, (color for pair in COLORS for color in pair), strict=True))
    used = [state for state in states if any(bar["etat"] == state for bar in bars)]
    reach = max([bar["a"] for bar in bars] + [1.0]) * (1.25 if len(used) <= len(sides) else 1.5)
    x = alt.X("de:Q", title=None, axis=alt.Axis(format=EUROS, tickCount=5),
              scale=alt.Scale(domain=[0, reach], nice=False))  # fmt: skip
    y = alt.Y("groupe:N", title=by, sort=groups, axis=alt.Axis(labelLimit=WIDTH // 2),
              scale=alt.Scale(paddingInner=0.3))  # fmt: skip
    offset = alt.YOffset("serie:N", sort=[side.name for side in sides])
    color = alt.Color("etat:N", title=None, legend=alt.Legend(orient="top", labelLimit=WIDTH, columns=2),
                      scale=alt.Scale(domain=used, range=[colors[state] for state in used]))  # fmt: skip
    tooltip = [alt.Tooltip("serie:N", title="Barème"), alt.Tooltip("groupe:N", title="Groupe"),
               alt.Tooltip("dit:N", title="Montant"), alt.Tooltip("lignes:Q", title="Dossiers", format=WHOLE),
               alt.Tooltip("sans:Q", title="Sans montant", format=WHOLE)]  # fmt: skip
    place: dict[str, Any] = {"y": y, "yOffset": offset}
    drawn = alt.Chart(rows(bars)).mark_bar().encode(x=x, x2="a:Q", color=color, tooltip=tooltip, **place)
    last = [bar for bar in bars if bar["fin"]]
    texts = alt.Chart(rows(last)).mark_text(align="left", dx=5, color=INK, fontSize=10)
    return alt.LayerChart(layer=[drawn, texts.encode(x=alt.X("a:Q"), text="court:N", **place)])


def _possible(name: str) -> str:
    return f"{name}, possible"


def _bars(name: str, group: Mapping[str, Any]) -> Iterator[Row]:
    """The certain part of one bar, then what is possible; nothing where no amount is known."""
    if group["bas"] is None:
        return
    low, high = float(group["bas"]), float(group["haut"])
    told = {"groupe": group["groupe"], "serie": name, "lignes": group["lignes"], "sans": group["sans"]}
    told |= {"dit": amount_text(_amount(group["bas"], group["haut"])), "court": _short(group)}
    yield {**told, "de": 0, "a": low, "etat": name, "fin": low == high}
    if low < high:
        yield {**told, "de": low, "a": high, "etat": _possible(name), "fin": True}


def _short(group: Mapping[str, Any]) -> str:
    """The sums in whole euros: the centimes are in the tooltip."""
    low, high = (Decimal(round(group[end])) for end in ("bas", "haut"))
    return amount_text(_amount(low, high))


def _amount(low: Decimal, high: Decimal) -> Amount:
    return Amount(low, high, low if low == high else None)


def _notes(side: _Side) -> Iterable[str]:
    """The total of a table, the rows that are in no sum, the readings and the values of its barème."""
    known = [group for group in side.groups if group["bas"] is not None]
    low, high = (sum((group[end] for group in known), Decimal(0)) for end in ("bas", "haut"))
    note = f"{side.name} : {amount_text(_amount(low, high)) if known else 'aucun montant connu'}"
    told = (
        ("instruire", "dossier{} à instruire, compté{} si le contrat est admis"),
        ("sans", "dossier{} sans montant connu"),
        ("refus", "dossier{} refusé{}"),
    )
    for column, said in told:
        count = sum(group[column] for group in side.groups)
        end = "s" if count > 1 else ""
        note += f" ; {french.whole(count)} {said.format(end, end)}" if count else ""
    return [f"{note}.", *(f"{side.name} : {each}" for each in side.notes)]


def _known(value: Any) -> Decimal | None:
    """The sum of a group; pandas writes `NA` for none."""
    return value if isinstance(value, Decimal) else None


def _group_name(value: object, by: str) -> str:
    """The name of a group; a code that an answer gives is said in words."""
    if value is None or value != value:
        return UNKNOWN
    return WORDS.get(str(value), str(value)) if by in CODED else str(value)


CODED = frozenset({"verdict", "band", "pmt_status", "pfa_status"})
"""The columns of an answer whose values are codes."""


def _order(group: str) -> tuple[bool, float, str]:
    """Numbers as numbers, then names, the unknown last."""
    number = float(group) if group.isascii() and group.isdigit() else float("inf")
    return group == UNKNOWN, number, group
