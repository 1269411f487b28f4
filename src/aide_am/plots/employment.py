"""A post: the treasury month by month, the ways to employ side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import altair as alt

from .. import french
from ..closed import expected_type, shown
from ..costs.entries import is_simulated, month_text, post_text, way_text
from ..costs.records import (
    Balance,
    Case,
    CaseName,
    EmploymentComparison,
    MonthBalance,
    RemainingCost,
    YearBalance,
)
from ..costs.sentences import CASES
from ..references import weakness
from ..rendering import contract
from ..scheduling_record import WEAKEST, Schedule
from ..sentences import WORDS
from ..terms import NATURES_SOURCE
from ..wording import UNKNOWN
from .style import (
    BLUE,
    EUROS,
    GREY,
    INK,
    LIGHT_BLUE,
    LIGHT_ORANGE,
    ORANGE,
    PALE,
    Row,
    halo,
    readings_note,
    rows,
    source_note,
    titled,
)
from .tables import refused

WIDTH, HEIGHT, LINE = 620, 360, 18
MOST_WAYS = 8
"""The most ways to employ that a reader can compare."""
MOST_TICKS = 11
"""The most months that are written under a line."""
LABEL, LETTER = 280, 6.5
"""The most pixels of a label at the side; those of a letter, and a little more."""
SHORT = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
LINES: Mapping[CaseName, tuple[str, list[int]]] = {
    "pire": (ORANGE, [7, 3]),
    "trajectoire": (BLUE, [1, 0]),
    "trajectoire_basse": (BLUE, [1, 0]),
    "trajectoire_haute": (BLUE, [7, 3]),
    "meilleur": (GREY, [2, 2]),
}
"""The colour and the dashes of the line of each case."""
TOLD = ("sous_le_minimum", "avant_le_contrat", "cdd_conteste")
"""The notes on a cost that a picture bears too; the others stand in the report."""


# --- The treasury of one payer ------------------------------------------------------------------


def treasury_chart(remaining: RemainingCost, identifiant: str | None = None) -> alt.LayerChart:
    """The treasury of one payer at the end of each calendar month: aid paid − cost, cumulated, in euros.

    identifiant: the payer; `None`: the first. A band from the worst to the best of the rules, the path as a
    line, the lowest month of the prudent case marked: the path at the least, or the worst without a path.
    A case is drawn up to the month from which nobody can say what is paid. Raises `RefusedData` for an
    unknown payer, and where no month is known, as under a contrat collectif.
    """
    expected_type("remaining", remaining, RemainingCost, "un RemainingCost", "remaining_cost(dossier, …)")
    rank = _rank(remaining, identifiant)
    balance = remaining.balances[rank]
    months = sorted({month.mois for case in balance.cases for month in case.months})
    known = {case.name: _treasury(case, months) for case in balance.cases}
    if not any(known.values()):
        expected = "un contrat dont les versements sont datés ; aucune source ne date l’aide collective"
        remedy = "lisez le reste à charge par année : remaining.explain()"
        raise refused("remaining", "une trésorerie inconnue tous les mois", expected, remedy, "tresorerie")
    heading = "Trésorerie à la fin de chaque mois : aide versée moins dépenses, cumulées"
    heading += f" ({balance.identifiant})" if len(remaining.balances) > 1 else ""
    return titled(
        _lines(balance, known, months), heading, _treasury_notes(remaining, rank),
        simulated=is_simulated(remaining.schedules[rank]), width=WIDTH, height=HEIGHT,
    )  # fmt: skip


def _rank(remaining: RemainingCost, identifiant: str | None) -> int:
    """That of a payer by his label."""
    labels = [balance.identifiant for balance in remaining.balances]
    if identifiant is not None and identifiant not in labels:
        expected = f"un payeur : {', '.join(labels)}"
        raise refused("identifiant", shown(identifiant), expected, "reprenez l’un de ces repères", "payeur")
    return 0 if identifiant is None else labels.index(identifiant)


def _treasury(case: Case, months: Sequence[date]) -> dict[date, Decimal]:
    """The treasury at the end of each month up to the first that is not known.

    It stays as it is in the months of which the case says nothing: others end later, or begin sooner.
    """
    told = {month.mois: month.treasury for month in case.months}
    found: dict[date, Decimal] = {}
    held = Decimal("0.00")
    for month in months:
        now = told.get(month, held)
        if now is None:
            break
        found[month] = held = now
    return found


def _drawn(balance: Balance) -> tuple[Case, ...]:
    """The cases of the path, or the two of the rules without a path; the least aid first."""
    return balance.cases[1:-1] or balance.cases


def _lines(
    balance: Balance, known: Mapping[CaseName, Mapping[date, Decimal]], months: Sequence[date]
) -> alt.LayerChart:
    """The band, the zero, a line a case, the lowest month."""
    labels = [_short(month) for month in months]
    step = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) <= n * MOST_TICKS)
    axis = alt.Axis(values=labels[::step], labelAngle=0, grid=True, labelFlush=False)
    x = alt.X("mois:O", title=None, axis=axis, scale=alt.Scale(domain=labels))
    y = alt.Y("tresorerie:Q", title="Trésorerie", axis=alt.Axis(format=EUROS, tickCount=6),
              scale=alt.Scale(domain=_span(known.values()), nice=False))  # fmt: skip
    band = [
        {"mois": _short(month), "tresorerie": float(low), "meilleur": float(known["meilleur"][month])}
        for month, low in known["pire"].items()
        if month in known["meilleur"]
    ]
    layers = [
        alt.Chart(rows(band)).mark_area(color=PALE, opacity=1).encode(x=x, y=y, y2="meilleur:Q"),
        alt.Chart(rows([{"tresorerie": 0}])).mark_rule(color=INK).encode(y=y),
        _paths(known).encode(x=x, y=y),
        *_lowest(_drawn(balance)[0], labels, x, y),
    ]
    return alt.LayerChart(layer=layers)


def _paths(known: Mapping[CaseName, Mapping[date, Decimal]]) -> alt.Chart:
    """One line a case, told apart by its colour, by its dashes and by its name."""
    points = [
        {"mois": _short(month), "tresorerie": float(held), "cas": _case(name), "dit": french.euros(held)}
        for name, path in known.items()
        for month, held in path.items()
    ]
    names = [name for name, path in known.items() if path]
    said, legend = [_case(name) for name in names], alt.Legend(orient="top", labelLimit=WIDTH, symbolSize=400)
    colors, dashes = ([LINES[name][rank] for name in names] for rank in (0, 1))
    tooltip = [alt.Tooltip("cas:N", title="Cas"), alt.Tooltip("mois:O", title="Fin de"),
               alt.Tooltip("dit:N", title="Trésorerie")]  # fmt: skip
    color = alt.Color("cas:N", title=None, legend=legend, scale=alt.Scale(domain=said, range=colors))
    dash = alt.StrokeDash("cas:N", title=None, legend=legend, scale=alt.Scale(domain=said, range=dashes))
    line = alt.Chart(rows(points)).mark_line(strokeWidth=2)
    drawn: alt.Chart = line.encode(color=color, strokeDash=dash, tooltip=tooltip)
    return drawn


def _span(known: Iterable[Mapping[date, Decimal]]) -> list[float]:
    """The ends of the axis, with room under the lowest month for its label."""
    sums = [0.0, *(float(each) for path in known for each in path.values())]
    room = max(max(sums) - min(sums), 1.0)
    return [min(sums) - room * 0.12, max(sums) + room * 0.05]


def _lowest(case: Case, labels: Sequence[str], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The lowest month marked; nothing where a month is not known: it could be lower."""
    month = case.lowest
    if month is None:
        return []
    place = {"mois": _short(month.mois), "tresorerie": float(month.treasury or 0), "dit": _low(month)}
    point = alt.Chart(rows([place])).encode(x=x, y=y)
    first = labels.index(_short(month.mois)) < len(labels) / 2
    how: dict[str, Any] = {"align": "left", "dx": -6} if first else {"align": "right", "dx": 6}
    return [
        point.mark_point(filled=True, size=90, color=LINES[case.name][0], stroke="white", opacity=1),
        *halo(point.encode(text="dit:N"), fontWeight="bold", dy=16, **how),
    ]


def _low(month: MonthBalance) -> str:
    return french.typeset(f"creux : {french.euros(month.treasury or Decimal(0))} en {month_text(month.mois)}")


def _short(month: date) -> str:
    """Sept. 2026."""
    return f"{SHORT[month.month - 1]} {month.year}"


def _case(name: CaseName) -> str:
    return french.capital(CASES[name])


def _treasury_notes(remaining: RemainingCost, rank: int) -> list[str]:
    cost, balance, schedule = remaining.cost, remaining.balances[rank], remaining.schedules[rank]
    alone = {"": remaining._replace(balances=(balance,))}
    notes = [*_contract_notes([schedule]), f"Poste : {way_text(cost.emploi)}, {post_text(cost.poste)}."]
    notes += [f"Part du poste : {french.share(balance.part)}."] if balance.part != 1 else []
    notes += [*_unknown_notes(balance), *_facts_notes(alone), *_figures_notes(alone)]
    return notes + _law_notes([schedule, remaining.bounds[rank]])


def _unknown_notes(balance: Balance) -> Iterator[str]:
    """From which month on nobody can say what is paid, and in which cases."""
    found: dict[str, list[str]] = {}
    for case in balance.cases:
        first = next((month for month in case.months if month.treasury is None), None)
        if first is not None:
            found.setdefault(month_text(first.mois), []).append(CASES[case.name])
    for month, names in found.items():
        yield f"Trésorerie {UNKNOWN} à partir de {month} : {french.enumeration(names)}."


# --- The ways to employ -------------------------------------------------------------------------

REST, MAYBE_REST = "Reste à payer", "Reste à payer, possible"
EXCESS, MAYBE_EXCESS = "L’aide dépasse le coût", "L’aide dépasse le coût, possible"
STATES = {REST: BLUE, MAYBE_REST: LIGHT_BLUE, EXCESS: ORANGE, MAYBE_EXCESS: LIGHT_ORANGE}
"""What a piece of a bar is, and its colour."""
HEAD, TOTAL = "\t", "total"
"""What parts the year from the way in the name of a line; the group of the totals."""


class _Line(NamedTuple):
    """One way in one contract year, or in all of them (`year` is `None`): the rests, in euros."""

    key: str
    way: str
    year: YearBalance | None
    drawn: tuple[Decimal | None, ...]
    rules: tuple[Decimal | None, ...]


def employment_chart(comparison: EmploymentComparison) -> alt.LayerChart:
    """What remains to pay under each way to employ, contract year by contract year, in euros.

    A full bar is certain, a pale one possible: it spans the path at the least and at the most or, without a
    path, the worst and the best of the rules; with a path, a thin line spans these. Under zero the aid
    exceeds the cost. Under the years stand the totals, in words. What no text gives has no bar and says so.
    Raises `RefusedData` for no way at all, and for more than `MOST_WAYS`.
    """
    expected = "un EmploymentComparison"
    expected_type("comparison", comparison, EmploymentComparison, expected, "compare_employment(…)")
    ways = {each.name: each.remaining for each in comparison.compared}
    if not 1 <= len(ways) <= MOST_WAYS:
        expected, remedy = f"de 1 à {MOST_WAYS}, pour être lues", "choisissez celles à comparer"
        raise refused("comparison", f"{len(ways)} modalités", expected, remedy, "modalites")
    lines = [line for name, remaining in ways.items() for line in _lines_of(name, remaining.balance)]
    return titled(
        _ways(lines), "Reste à charge selon le mode d’emploi, par année du contrat",
        _comparison_notes(ways),
        simulated=any(is_simulated(remaining.schedules[0]) for remaining in ways.values()),
        width=WIDTH, height=alt.Step(LINE),
    )  # fmt: skip


def _lines_of(name: str, balance: Balance) -> Iterator[_Line]:
    """The years of one way, then its total."""
    drawn, rules = _drawn(balance), (balance.cases[0], balance.cases[-1])
    for rank, year in enumerate(drawn[0].years):
        rests = [tuple(case.years[rank].rest for case in cases) for cases in (drawn, rules)]
        yield _Line(f"{year.annee}{HEAD}{name}", name, year, *rests)
    totals = [tuple(case.rest for case in cases) for cases in (drawn, rules)]
    yield _Line(f"{TOTAL}{HEAD}{name}", name, None, *totals)


def _ways(lines: Sequence[_Line]) -> alt.LayerChart:
    """One group of lines a year, the totals last."""
    bars = [piece for line in lines for piece in _pieces(line)]
    spans, texts = [span for line in lines for span in _rule(line)], [_label(line) for line in lines]
    ends = [0.0, *(end for row in (*bars, *spans) for end in (row["de"], row["a"]))]
    y = _groups(lines)
    x = alt.X("de:Q", title="Reste à charge de l’année : coût moins aide due",
              axis=alt.Axis(format=EUROS, tickCount=6),
              scale=alt.Scale(domain=_reach(ends, texts), nice=False))  # fmt: skip
    states = [state for state in STATES if any(bar["etat"] == state for bar in bars)]
    color = alt.Color("etat:N", title=None, legend=alt.Legend(orient="top", labelLimit=LABEL, columns=2),
                      scale=alt.Scale(domain=states, range=[STATES[state] for state in states]))  # fmt: skip
    tooltip = [alt.Tooltip(f"{field}:N", title=said) for field, said in TOOLTIP.items()]
    span, words = alt.Chart(rows(spans)), alt.Chart(rows(texts)).mark_text(align="left", dx=6, color=INK)
    tick: dict[str, Any] = {"color": INK, "thickness": 1.5, "size": 8}
    layers = [
        alt.Chart(rows(bars)).mark_bar(size=13).encode(x=x, x2="a:Q", y=y, color=color, tooltip=tooltip),
        span.mark_rule(color=INK).encode(x=x, x2="a:Q", y=y),
        span.mark_tick(**tick).encode(x=x, y=y),
        span.mark_tick(**tick).encode(x=alt.X("a:Q"), y=y),
        alt.Chart(rows([{"de": 0}])).mark_rule(color=GREY).encode(x=alt.X("de:Q")),
        words.encode(x=alt.X("x:Q"), y=y, text="dit:N", tooltip=tooltip),
    ]
    return alt.LayerChart(layer=layers)


def _groups(lines: Sequence[_Line]) -> alt.Y:
    """The names of the ways at the side, each group under its own name in bold."""
    start = f"indexof(datum.value, '{HEAD}')"
    bold = alt.condition(f"{start} < 0", alt.value("bold"), alt.value("normal"))
    name = f"slice(datum.value, {start} + 1)"
    axis = alt.Axis(labelExpr=name, labelLimit=LABEL, labelFontWeight=bold, ticks=False)
    return alt.Y("ligne:N", title=None, axis=axis, scale=alt.Scale(domain=list(_keys(lines))))


TOOLTIP = {
    "modalite": "Modalité",
    "annee": "Année",
    "cout": "Coût",
    "dit": "Reste à charge",
    "regles": "Selon les règles",
}
"""What is told of a line, and under which name."""


def _keys(lines: Sequence[_Line]) -> Iterator[str]:
    """The lines from top to bottom, each group under its name."""
    years = {line.year.annee: line.year for line in reversed(lines) if line.year is not None}
    for annee, year in sorted(years.items()):
        yield f"Année {annee} ({_short(year.debut)} – {_short(year.fin)})"
        yield from (line.key for line in lines if line.year is not None and line.year.annee == annee)
    yield "Total du contrat, sans barre"
    yield from (line.key for line in lines if line.year is None)


def _pieces(line: _Line) -> list[Row]:
    """The pieces of one bar: the certain part from zero, then what is possible, on each side of zero."""
    known = _ends(line.drawn)
    if known is None or line.year is None:
        return []
    low, high = (float(end) for end in known)
    pieces = [
        (0.0, low, REST),
        (max(low, 0.0), high, MAYBE_REST),
        (low, min(high, 0.0), MAYBE_EXCESS),
        (high, 0.0, EXCESS),
    ]
    return [{**_told(line), "de": a, "a": b, "etat": state} for a, b, state in pieces if a < b]


def _rule(line: _Line) -> list[Row]:
    """What the rules allow around the path; nothing where the bar shows it."""
    known = _ends(line.rules)
    if known is None or line.year is None or line.drawn == line.rules or known[0] == known[1]:
        return []
    return [{"ligne": line.key, "de": float(known[0]), "a": float(known[1])}]


def _label(line: _Line) -> Row:
    """What remains in words, at the end of the bar or of the thin line."""
    ends = [piece["a"] for piece in (*_pieces(line), *_rule(line))]
    said, known = _told(line), _ends(line.rules)
    if known is not None and line.year is None and line.drawn != line.rules:
        said["dit"] += f" (selon les règles, {said['regles']})"
    elif known is not None and _rule(line):
        said["dit"] += f", au pire {_sum(known[1])}"
    return {**said, "x": max([0.0, *ends])}


def _reach(ends: Iterable[float], texts: Iterable[Row]) -> list[float]:
    """The ends of the axis, with room for each text on the right of its place."""
    low, high = min(0.0, *ends) * 1.05, max(1.0, *ends)
    for text in texts:
        width = min(len(text["dit"]) * LETTER, WIDTH * 0.8)
        high = max(high, low + (text["x"] - low) * WIDTH / (WIDTH - width))
    return [low, high]


def _told(line: _Line) -> Row:
    return {
        "ligne": line.key,
        "modalite": line.way,
        "annee": "toutes" if line.year is None else str(line.year.annee),
        "cout": "" if line.year is None else french.euros(line.year.cost),
        "dit": _between(line.drawn),
        "regles": _between(line.rules),
    }


def _between(rests: Sequence[Decimal | None]) -> str:
    known = _ends(rests)
    if known is None:
        return UNKNOWN
    low, high = map(_sum, known)
    return low if low == high else f"de {low} à {high}"


def _sum(rest: Decimal) -> str:
    """Whole euros: the bars are no finer."""
    return french.euros(Decimal(round(rest)))


def _ends(rests: Sequence[Decimal | None]) -> tuple[Decimal, Decimal] | None:
    """The lowest and the highest rest; `None` where one is not known."""
    known = [rest for rest in rests if rest is not None]
    return (min(known), max(known)) if len(known) == len(rests) else None


def _comparison_notes(ways: Mapping[str, RemainingCost]) -> list[str]:
    schedules = [remaining.schedules[0] for remaining in ways.values()]
    bounds = [remaining.bounds[0] for remaining in ways.values()]
    posts = dict.fromkeys(post_text(remaining.cost.poste) for remaining in ways.values())
    notes = [*_contract_notes(schedules), *(f"Poste : {post}." for post in posts)]
    if any(len(remaining.balance.cases) > 2 for remaining in ways.values()):
        notes.append("Barre : la trajectoire donnée. Trait fin : du meilleur au pire cas des règles.")
    else:
        notes.append("Barre : du meilleur au pire cas des règles ; aucune trajectoire n’est donnée.")
    parts = [f"« {name} » {french.share(r.balance.part)}" for name, r in ways.items() if r.balance.part != 1]
    notes += [f"Part du poste : {' ; '.join(parts)}."] if parts else []
    notes += [
        *_facts_notes(ways, ("versement_au_plus_tard",)),
        *_figures_notes(ways),
        *_law_notes([*schedules, *bounds]),
    ]
    return notes


# --- What stands under the title ----------------------------------------------------------------


def _contract_notes(schedules: Iterable[Schedule | None]) -> list[str]:
    """The doctors and their contracts."""
    return list(dict.fromkeys(contract(each.dossier) for each in schedules if each is not None))


def _law_notes(schedules: Iterable[Schedule | None]) -> list[str]:
    """The readings other than the default ones, and the weakest source of the aid."""
    known = [each for each in schedules if each is not None]
    readings = {name: value for each in known for name, value in each.readings.items()}
    alerts = [alert for each in known for alert in each.warnings if alert.code == WEAKEST]
    weakest = sorted(alerts, key=lambda alert: NATURES_SOURCE.index(str(alert.values["nature"])))[-1:]
    told = [f"Aide : {text[:1].lower()}{text[1:]}" for text in source_note(weakest)]
    return readings_note(readings) + told


def _facts_notes(ways: Mapping[str, RemainingCost], without: Sequence[str] = ()) -> list[str]:
    """What a reader must know of a cost and of its payer; what one way alone has is told under its name."""
    found: dict[str, list[str]] = {}
    for name, remaining in ways.items():
        own = [note for note in remaining.cost.notes if note.code in TOLD]
        for note in (*own, *remaining.balance.notes):
            if note.code not in without:
                found.setdefault(note.texte, []).append(name)
    return [_under(names, ways, text) for text, names in found.items()]


def _figures_notes(ways: Mapping[str, RemainingCost]) -> list[str]:
    """How weak the default figures of the cost are, and what is not counted in it."""
    left: dict[str, list[str]] = {}
    defaults: dict[str, int] = {}
    for name, remaining in ways.items():
        for each in remaining.cost.assumptions:
            if each.origine == "defaut" and each.reference is not None:
                defaults[each.libelle] = weakness(each.reference)
            elif each.origine == "non_compte":
                left.setdefault(each.libelle, []).append(name)
    notes = []
    if defaults:
        nature = WORDS[NATURES_SOURCE[max(defaults.values())]]
        count = "1 chiffre" if len(defaults) == 1 else f"{len(defaults)} chiffres"
        notes.append(f"Coût : {count} par défaut, dont la source la plus faible est de nature « {nature} ».")
    shared = [label for label, names in left.items() if len(names) == len(ways)]
    told = [french.enumeration(shared)] if shared else []
    if some := [label for label in left if label not in shared]:
        told.append(f"dans certaines modalités, {french.enumeration(some)}")
    return [*notes, f"Non compté : {' ; '.join(told)}."] if told else notes


def _under(names: Sequence[str], ways: Mapping[str, RemainingCost], text: str) -> str:
    """The text, under the names of its ways where it does not speak of all of them."""
    if len(names) == len(ways):
        return text
    return f"{french.enumeration([f'« {name} »' for name in names])} : {text[:1].lower()}{text[1:]}"
