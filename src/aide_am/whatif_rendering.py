"""What if, as French documents: the distances of `gaps`, the map of `frontier`."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from . import french
from .decision import Decision
from .documents import Document, Entry, Format, Grid, Section, written
from .errors import RefusedData
from .french import patients
from .models import of_indicator
from .outcomes import others, recorded_bareme
from .readings import CHOICES
from .rendering import SIMULATED, title, waiting
from .sentences import by_weight
from .terms import Indicateur
from .whatif import Frontier, Gap, Gaps, Kind, Segment, Tile, again, consulted, frontier, gaps
from .wording import OTHER_READINGS, amount_text, by_reading, codes_section, conditioned, reading_entries

AnswerT = TypeVar("AnswerT", Gaps, Frontier)

SHORT: Mapping[Indicateur, str] = {"pmt": "PMT", "pfa": "PFA"}
KINDS: Mapping[Kind, str] = {
    "cent": "100 %",
    "zero": "0 %",
    "prorata": "prorata",
    "intervalle": "non déterminée",
}
NONE = "–"
ON_INTERVALS = (
    "Un montant qui n’est pas certain est un intervalle. Il en améliore un autre si aucune de ses bornes "
    "n’est plus basse et que l’une au moins est plus haute ; les circonstances exceptionnelles (MOD-08) "
    "donnent des intervalles qui ne sont ni meilleurs ni moins bons qu’un prorata."
)
ON_TILES = (
    "« A → B » : le montant va de A, aux plus petits effectifs de la case, à B, aux plus grands, sans jamais "
    "baisser entre les deux."
)
SAME_COUNTS = "les mêmes nombres de patients, d’autres montants"


# --- Gaps ---------------------------------------------------------------------------------------


def gaps_explained(found: Gaps, format: Format = "texte") -> str:
    """The distances in French; raises `ValueError` for a format that does not exist."""
    decision = again(found)
    lines = [f"{_called(decision, 'Montant dû')} : {amount_text(found.amount)}."]
    lines += [gap_sentence(gap) for gap in found.indicators.values()]
    if found.together is not None:
        pair = found.together
        lines.append(
            "Aucun des deux ne suffit seul. Ensemble, au plus court : "
            f"{patients(pair.pmt)} de plus en PMT et {patients(pair.pfa)} de plus en PFA donnent "
            f"{amount_text(pair.amount)}."
        )
    certain = found.amount.value is not None and not decision.dossier.circonstances_exceptionnelles
    headers = ("Indicateur", "Observé", "Pour gagner", "Montant", "Pour le mieux", "Montant")
    sections = (
        Section(
            "Les écarts, en patients",
            () if certain else (Entry(french.typeset(ON_INTERVALS)),),
            Grid(
                (*headers, "Perte possible", "Montant au-delà"),
                tuple(_row(gap) for gap in found.indicators.values()),
                frozenset(range(1, 8)),
            ),
        ),
        *_common(found, decision, gaps, _summary),
    )
    return written(Document(f"Et si… {title(decision)}", _answer(decision, lines), sections), format)


def gap_sentence(gap: Gap) -> str:
    """What a few patients change, for one indicator."""
    text = f"{SHORT[gap.indicator]} ({french.whole(gap.observed)} observés) : "
    if gap.to_gain is None:
        text += "aucune hausse de cet indicateur seul ne donne mieux ; "
    else:
        text += f"{patients(gap.to_gain)} de plus pour {amount_text(gap.next_amount or gap.full_amount)}"
        if gap.to_full != gap.to_gain:
            text += f", {patients(gap.to_full)} de plus pour {amount_text(gap.full_amount)}"
        text += " ; "
    if gap.amount_below is None:
        return f"{text}toute perte laisse au moins ce montant."
    below = amount_text(gap.amount_below)
    if gap.can_lose == 0:
        return f"{text}un patient de moins donne {below}."
    lost = "perdu laisse" if gap.can_lose == 1 else "perdus laissent"
    return f"{text}{patients(gap.can_lose)} {lost} au moins ce montant, un de plus donne {below}."


def _row(gap: Gap) -> tuple[str, ...]:
    def shown(count: int | None) -> str:
        return NONE if count is None else french.typeset(french.whole(count))

    return (
        SHORT[gap.indicator],
        shown(gap.observed),
        shown(gap.to_gain),
        NONE if gap.next_amount is None else amount_text(gap.next_amount),
        shown(gap.to_full),
        amount_text(gap.full_amount),
        "toute" if gap.amount_below is None else shown(gap.can_lose),
        NONE if gap.amount_below is None else amount_text(gap.amount_below),
    )


def _summary(found: Gaps) -> str:
    """The distances in one line, to set two readings side by side."""
    parts = [f"montant dû {amount_text(found.amount)}"]
    for name, gap in found.indicators.items():
        gain = "aucun gain" if gap.to_gain is None else f"gain à +{french.whole(gap.to_gain)}"
        loss = "toute perte" if gap.amount_below is None else f"perte possible {french.whole(gap.can_lose)}"
        parts.append(f"{SHORT[name]} : {gain}, mieux à +{french.whole(gap.to_full)}, {loss}")
    return " ; ".join(parts)


# --- Frontier -----------------------------------------------------------------------------------


def frontier_explained(found: Frontier, format: Format = "texte") -> str:
    """The map in French; raises `ValueError` for a format that does not exist."""
    decision = again(found)
    name = _called(decision, f"Montant dû de l’année {found.dossier.annee}")
    lines = [f"{name} selon les effectifs observés."]
    if decision.amount_due is not None and found.dossier.observation is not None:
        seen = [
            f"{SHORT[name]} {french.whole(count)}"
            for name in found.steps
            if (count := of_indicator(found.dossier.observation, name)) is not None
        ]
        lines.append(f"Observé : {french.enumeration(seen)} → {amount_text(decision.amount_due)}.")
    grid = _map(found) if len(found.steps) > 1 else _segments(found)
    notes = () if all(tile.constant for tile in found.tiles) else (Entry(french.typeset(ON_TILES)),)
    sections = (
        Section(_called(decision, "Montant dû"), notes, grid),
        *_common(found, decision, frontier, _steps),
    )
    return written(Document(f"Et si… {title(decision)}", _answer(decision, lines), sections), format)


def _map(found: Frontier) -> Grid:
    """PMT down, PFA across."""
    lines: dict[str, list[str]] = {}
    columns: dict[str, None] = {}
    for tile in found.tiles:
        columns[f"PFA {_range((tile.pfa_from, tile.pfa_to))}"] = None
        lines.setdefault(_range((tile.pmt_from or 0, tile.pmt_to)), []).append(_cell(tile))
    return Grid(
        ("PMT", *columns), tuple((head, *cells) for head, cells in lines.items()), _right(len(columns))
    )


def _segments(found: Frontier) -> Grid:
    """One line a segment of PFA."""
    rows = tuple(
        (_range((tile.pfa_from, tile.pfa_to)), french.typeset(KINDS[tile.kind]), _cell(tile))
        for tile in found.tiles
    )
    return Grid(("PFA", "Part versée", "Montant dû"), rows, frozenset({2}))


def _right(count: int) -> frozenset[int]:
    return frozenset(range(1, count + 1))


def _range(span: Segment) -> str:
    first, last = span
    if last is None:
        return f"{french.whole(first)} et plus"
    if first == last:
        return french.whole(first)
    return f"{french.whole(first)} à {french.whole(last)}"


def _cell(tile: Tile) -> str:
    lowest = amount_text(tile.lowest)
    return lowest if tile.constant else f"{lowest} → {amount_text(tile.highest)}"


def _steps(found: Frontier) -> str:
    """The steps and the range of the amounts, to set two readings side by side."""
    parts = [
        f"paliers {SHORT[name]} : {', '.join(map(french.whole, counts[1:])) or 'aucun'}"
        for name, counts in found.steps.items()
    ]
    parts.append(f"montant au plus bas {amount_text(found.tiles[0].lowest)}")
    parts.append(f"au plus haut {amount_text(found.tiles[-1].highest)}")
    return " ; ".join(parts)


# --- Both ---------------------------------------------------------------------------------------


def _called(decision: Decision, name: str) -> str:
    """The name of a sum with the verdict that it hangs on (DIT-01)."""
    return conditioned(name, decision.verdict, decision.forced)


def _answer(decision: Decision, lines: list[str]) -> tuple[str, ...]:
    return tuple(french.typeset(line) for line in ([SIMULATED] if decision.simulated else []) + lines)


def _common(
    found: AnswerT, decision: Decision, make: Callable[..., AnswerT], summary: Callable[[AnswerT], str]
) -> tuple[Section, ...]:
    """What the decision lacks and warns of, and what every other reading would change of this answer."""
    missing = [each for each in decision.missing if not each.field.startswith("observation")]
    lacks = [Entry(french.capital(m.message), (french.typeset(waiting(m)),)) for m in missing]
    told = by_reading(_effects(found, make, summary), found.choices)
    sections = (
        Section("À savoir", tuple(Entry(alert.message) for alert in by_weight(decision.warnings))),
        Section("Ce qui manque", tuple(lacks)),
        Section(OTHER_READINGS, reading_entries(told, evidence=False)),
        codes_section((other.name for other in told), found.choices),
    )
    return tuple(section for section in sections if section.entries)


def _effects(
    found: AnswerT, make: Callable[..., AnswerT], summary: Callable[[AnswerT], str]
) -> Iterator[tuple[str, str, str]]:
    """What each other value of each reading changes of this answer."""
    bareme, mattering = recorded_bareme(found.baremes), consulted(found)
    for name, value, choices in others((name for name in CHOICES if name in mattering), found.choices):
        try:
            other = make(found.dossier, readings=choices, bareme=bareme, force=found.forced)
        except RefusedData as refused:
            yield name, value, " ; ".join(refusal.received for refusal in refused.refusals)
            continue
        if other._replace(choices=found.choices, baremes=found.baremes) != found:
            effect = summary(other)
            yield name, value, SAME_COUNTS if effect == summary(found) else effect
