"""Random tables of dossiers, aimed at the bounds of the law: many rows at once, always the same for a seed.

`random_table` gives plain cells (text, `date`, whole numbers, booleans, decimal text; `None` is not known).
One row in four is drawn; the others are its neighbours, with one or two cells moved by a patient, a day or a
word: rows that look alike and may differ in law. `polars_table` writes the same cells in the many ways of
data frames.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aide_am import bareme_at
from aide_am.readings import CHOICES, Readings
from aide_am.terms import PERCENTILES
from depth import SHIFT

Cells = NDArray[Any]
Columns = dict[str, list[Any]]
UNKNOWN = -(2**62)
"""No count and no day: made `None` at the end."""

SLUGS = tuple(bareme_at(date(2024, 6, 22)).specialites)
CODES = {slug: found.codes_am for slug, found in bareme_at(date(2024, 6, 22)).specialites.items()}
TEXT_DAYS = (date(2019, 9, 1), date(2023, 5, 1), date(2024, 6, 22))
DISTRIBUTIONS = [bareme_at(day).percentiles for day in TEXT_DAYS]
FILLERS = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1901, 1, 1), date(9999, 12, 31))
KEY_DAYS = (
    date(2019, 9, 1), date(2020, 2, 29), date(2020, 6, 22), date(2021, 6, 21), date(2021, 6, 22),
    date(2022, 6, 22), date(2023, 5, 1), date(2023, 6, 21), date(2023, 6, 22), date(2024, 2, 29),
    date(2024, 6, 21), date(2024, 6, 22), date(2024, 12, 31), date(2025, 1, 1), date(2028, 2, 29),
)  # fmt: skip
WORDS: Mapping[str, tuple[str, ...]] = {
    "secteur": ("1", "2", "non_conventionne"),
    "option_tarifaire": ("aucune", "OPTAM", "OPTAM-ACO", "OPTAM-CO"),
    "derogation_installation": ("demenagement", "changement_specialite"),
    "zone": ("ZIP", "ZAC", "hors_zone"),
    "option_etp": ("1", "0.5", "1/3", "1.5", "2"),
    "anterieur_option_etp": ("1", "0.5", "1/3", "1.5", "2"),
    "pmt_nature": ("augmentation", "maintien"),
    "pfa_nature": ("augmentation", "maintien"),
    "part_honoraires_cliniques": ("0", "0.5", "0.7999", "0.80", "0.8001", "1", "0.799999999999"),
    "specialite": SLUGS,
}
FLAGS = (
    "rqth", "ald", "activite_mixte", "remplacant", "exercice_coordonne",
    "anterieur_objectifs_atteints", "prorogation", "circonstances_exceptionnelles",
)  # fmt: skip
DAYS = (
    "date_naissance", "date_installation", "date_signature",
    "anterieur_date_signature", "date_option", "date_embauche",
)  # fmt: skip
COUNTS = tuple(
    f"{indicator}_{what}"
    for what in ("initiale", "objectif", "reference", "observee", *PERCENTILES)
    for indicator in ("pmt", "pfa")
)
REQUIRED = ("specialite", "date_signature", "option_etp", "annee")


PLACES: Mapping[str, tuple[str, ...]] = {
    **{
        name: ("medecin", name)
        for name in (
            "specialite", "secteur", "option_tarifaire", "date_naissance", "date_installation",
            "derogation_installation", "zone",
            "part_honoraires_cliniques", "rqth", "ald", "activite_mixte", "remplacant", "exercice_coordonne",
        )
    },
    **{
        name: ("contrat", name)
        for name in ("date_signature", "option_etp", "date_option", "date_embauche", "prorogation")
    },
    "annee": ("annee",),
    "circonstances_exceptionnelles": ("circonstances_exceptionnelles",),
    "anterieur_option_etp": ("contrat", "contrat_anterieur", "option_etp"),
    "anterieur_date_signature": ("contrat", "contrat_anterieur", "date_signature"),
    "anterieur_objectifs_atteints": ("contrat", "contrat_anterieur", "objectifs_atteints"),
}  # fmt: skip
OF_COUNTS: Mapping[str, tuple[str, ...]] = {
    "initiale": ("contrat", "patientele_initiale"),
    "objectif": ("contrat", "objectifs"),
    "nature": ("contrat", "nature_objectifs"),
    "reference": ("contrat", "patientele_reference"),
    "observee": ("observation",),
}


def place_of(column: str) -> tuple[str, ...]:
    """Where the JSON of a dossier says what a column says."""
    if column in PLACES:
        return PLACES[column]
    indicator, _, what = column.partition("_")
    if what in OF_COUNTS:
        return (*OF_COUNTS[what], indicator)
    return ("percentiles", indicator, what)


def days_of(days: Sequence[date]) -> Cells:
    """Days since 1970."""
    return np.array(days, "datetime64[D]").astype(np.int64)


def years_after(days: Cells, years: "Cells | int") -> Cells:
    """The same day some years later; 29 February becomes the 28th in common years (TMP-02)."""
    given = np.where(days == UNKNOWN, 0, days).astype("datetime64[D]")
    months = given.astype("datetime64[M]")
    rank = (given - months.astype("datetime64[D]")).astype(np.int64)
    target = months + 12 * np.asarray(years)
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    found = target.astype("datetime64[D]").astype(np.int64) + np.minimum(rank, length - 1)
    return np.where(days == UNKNOWN, UNKNOWN, found)


class Draw:
    """Random cells of `size` rows."""

    def __init__(self, seed: int, size: int) -> None:
        self.random, self.size = np.random.default_rng(seed + SHIFT), size

    def chance(self, part: float) -> Cells:
        """True for about this part of the rows."""
        return self.random.random(self.size) < part

    def between(self, low: "Cells | int", high: "Cells | int") -> Cells:
        """Whole numbers, both ends included."""
        return self.random.integers(low, np.maximum(low, high), self.size, endpoint=True)

    def one_of(self, values: Sequence[Any], weights: Sequence[float] | None = None) -> Cells:
        """One of these values a row."""
        chances = None if weights is None else np.array(weights) / np.sum(weights)
        return self.random.choice(np.array(values, object), self.size, p=chances)

    def pick(self, *arrays: "Cells | int", weights: Sequence[float] | None = None) -> Cells:
        """The cell of one of these arrays, row by row."""
        stacked = np.stack([np.broadcast_to(np.asarray(array, np.int64), self.size) for array in arrays])
        chances = None if weights is None else np.array(weights) / np.sum(weights)
        return stacked[self.random.choice(len(arrays), self.size, p=chances), np.arange(self.size)]

    def near(self, cells: Cells) -> Cells:
        """The same counts or days, one less or one more; what is unknown stays so."""
        return np.where(cells == UNKNOWN, UNKNOWN, cells + self.between(-1, 1))

    def unknown(self, cells: Cells, part: float) -> Cells:
        """The same cells, of which this part is not known."""
        return np.where(self.chance(part), UNKNOWN if cells.dtype != object else None, cells)

    def known(self, cells: Cells, otherwise: Cells) -> Cells:
        """The cells, or the others where they are not known."""
        return np.where(cells == UNKNOWN, otherwise, cells)


# --- The columns of a table ---------------------------------------------------------------------


def random_table(seed: int, size: int) -> Columns:
    """A table of `size` rows, by column: complete, full of holes, or with whole columns left out."""
    drawn = Draw(seed, max(1, size // 4))
    cells = _drawn(drawn)
    table = Draw(seed + 1_000_000, size)
    cells = _neighbours(table, cells, drawn.size)
    _refused(table, cells)
    _holes(table, cells)
    return {name: _plain(name, values) for name, values in cells.items()}


def _drawn(draw: Draw) -> dict[str, Cells]:
    cells: dict[str, Cells] = {}
    _contract(draw, cells)
    _doctor(draw, cells)
    _option(draw, cells)
    for indicator in ("pmt", "pfa"):
        _patients(draw, cells, indicator)
    _newcomers(draw, cells)
    return cells


def _contract(draw: Draw, cells: dict[str, Cells]) -> None:
    favourites = draw.random.choice(SLUGS, int(draw.random.integers(1, 6)))
    slugs = ("medecine_generale", "mep", "pediatrie", *favourites, *SLUGS)
    cells["specialite"] = draw.one_of(
        slugs, [22, 4, 5, *[10 / len(favourites)] * len(favourites)] + [0.25] * len(SLUGS)
    )
    first, last = days_of([date(2019, 9, 1), date(2027, 6, 30)])
    anywhere = draw.between(first, last)
    few = draw.random.integers(first, last, int(draw.random.integers(1, 12)), endpoint=True)
    keys = draw.near(draw.one_of(list(days_of(KEY_DAYS))).astype(np.int64))
    palette = draw.one_of(list(few)).astype(np.int64)
    recent = draw.between(*days_of([date(2021, 6, 23), date(2025, 6, 30)]))
    far = draw.one_of(list(days_of([date(2100, 2, 28), date(2199, 12, 31), date(9899, 12, 31)])))
    signed = draw.pick(anywhere, keys, palette, recent, far.astype(np.int64), weights=[15, 35, 25, 25, 0.2])
    cells["date_signature"] = np.maximum(signed, first)
    years = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99]
    cells["annee"] = draw.one_of(years, [7, 8, 40, 18, 12, 6, 3, 3, 0.5, 0.2, 0.2, 0.1]).astype(np.int64)
    option = draw.one_of(WORDS["option_etp"], [42, 30, 12, 8, 8])
    old = cells["date_signature"] < days_of(TEXT_DAYS)[1]
    closed = (option == "1/3") & ~old | np.isin(option, ("1.5", "2")) & old
    cells["option_etp"] = np.where(closed & draw.chance(0.7), draw.one_of(["0.5", "1"]), option)


def _doctor(draw: Draw, cells: dict[str, Cells]) -> None:
    signed = cells["date_signature"]
    start = years_after(signed, cells["annee"] - 1)
    turned = draw.pick(
        draw.near(years_after(signed, -65)),
        draw.near(years_after(start, -65)),
        days_of([date(1960, 2, 29)])[0],
    )
    born = draw.pick(turned, signed - draw.between(10_950, 29_200), weights=[1, 3])
    year_before = draw.near(years_after(signed, -1))
    window = signed - draw.between(0, 365)
    installed = draw.pick(
        year_before, window, signed, signed - draw.between(366, 12_000), weights=[3, 5, 1, 14]
    )
    cells["date_naissance"] = draw.unknown(born, 0.12)
    cells["date_installation"] = draw.unknown(np.minimum(signed, np.maximum(installed, born + 9_000)), 0.1)
    cells["derogation_installation"] = draw.one_of([*WORDS["derogation_installation"], None], [8, 8, 84])
    cells["secteur"] = draw.one_of([*WORDS["secteur"], None], [75, 20, 2, 3])
    cells["option_tarifaire"] = draw.one_of([*WORDS["option_tarifaire"], None], [2, 30, 12, 10, 10])
    cells["zone"] = draw.one_of([*WORDS["zone"], None], [65, 12, 12, 11])
    cells["part_honoraires_cliniques"] = draw.one_of(
        [*WORDS["part_honoraires_cliniques"], None], [1, 1, 3, 5, 3, 5, 1, 3]
    )
    for name, truth, lie in (
        ("rqth", 4, 40),
        ("ald", 4, 40),
        ("activite_mixte", 20, 60),
        ("remplacant", 2, 80),
    ):
        cells[name] = draw.one_of([True, False, None], [truth, lie, 30])
    cells["exercice_coordonne"] = draw.one_of([True, False, None], [85, 5, 10])
    cells["circonstances_exceptionnelles"] = draw.one_of([True, False, None], [20, 60, 20])
    cells["prorogation"] = draw.one_of([True, False, None], [60, 15, 25])


def _option(draw: Draw, cells: dict[str, Cells]) -> None:
    """The day of the option, the contract before, the hiring; for 1.5 and 2 ETP mostly what they ask."""
    signed, year = cells["date_signature"], cells["annee"]
    start, end = years_after(signed, year - 1), years_after(signed, year)
    key = np.maximum(signed, draw.near(draw.one_of(list(days_of(KEY_DAYS))).astype(np.int64)))
    inside = draw.between(start + 1, end - 1)
    obtained = draw.pick(
        UNKNOWN, signed, draw.between(signed, start), draw.near(start), inside, end - 1, key, end,
        weights=[60, 6, 6, 4, 16, 2, 6, 0.3],
    )  # fmt: skip
    cells["date_option"] = np.where(obtained == UNKNOWN, UNKNOWN, np.clip(obtained, signed, end))
    high = np.isin(cells["option_etp"], ("1.5", "2")) & draw.chance(0.75)
    cells["specialite"] = np.where(high, "medecine_generale", cells["specialite"])
    cells["zone"] = np.where(high, "ZIP", cells["zone"])
    before = draw.one_of([*WORDS["anterieur_option_etp"], None], [20, 20, 8, 6, 6, 50])
    cells["anterieur_option_etp"] = np.where(high, "1", before)
    reached = draw.one_of([True, False, None], [2, 1, 3])
    cells["anterieur_objectifs_atteints"] = np.where(high & draw.chance(0.8), True, reached)
    first = days_of([date(2019, 9, 1)])[0]
    day = draw.known(cells["date_option"], signed)
    older = draw.pick(
        signed, draw.near(years_after(signed, -2)), draw.near(years_after(day, -2)), signed - 1500
    )
    older = np.clip(np.where(draw.chance(0.5), signed, older), first, signed)
    cells["anterieur_date_signature"] = np.where(high | draw.chance(0.3), older, UNKNOWN)
    around = draw.near(draw.one_of(list(days_of(KEY_DAYS))).astype(np.int64))
    hired = draw.pick(signed + draw.between(-30, 400), draw.near(signed), around, weights=[4, 2, 1])
    cells["date_embauche"] = draw.unknown(hired, 0.45)


def _patients(draw: Draw, cells: dict[str, Cells], indicator: str) -> None:
    published, other = _published(cells, indicator, 0), _published(cells, indicator, 1)
    bounds = _published(cells, indicator, 0, bounds=True)
    own, merged = _own_percentiles(draw, published, bounds)
    for rank, percentile in enumerate(PERCENTILES):
        cells[f"{indicator}_{percentile}"] = own[rank]
    anything = draw.between(0, 4_000)
    edges = [draw.known(draw.near(edge), anything) for edge in (*merged, other[0], other[4], bounds[3])]
    initial = draw.pick(*edges, anything, 0, weights=[2, 2, 1, 2, 3, 0.5, 0.5, 1, 5, 0.3])
    initial = np.where(draw.chance(0.002), draw.pick(9_999_999, 10_000_001, 3_000_000_000), initial)
    initial = np.maximum(0, initial)
    cells[f"{indicator}_initiale"] = draw.unknown(initial, 0.06)
    fixed = draw.unknown(np.maximum(0, initial + draw.between(-200, 300)), 0.8)
    cells[f"{indicator}_reference"] = fixed
    base = draw.known(fixed, initial)
    target = _target(draw, base, merged)
    cells[f"{indicator}_objectif"] = target
    cells[f"{indicator}_nature"] = draw.one_of(["augmentation", "maintien", None], [14, 22, 64])
    seen = _observed(draw, base, draw.known(target, base + 100), merged)
    cells[f"{indicator}_observee"] = draw.unknown(np.maximum(0, seen), 0.07)


def _newcomers(draw: Draw, cells: dict[str, Cells]) -> None:
    """Some of the doctors made primo-installés, mostly in their third year: few patients, newly there."""
    signed, chosen = cells["date_signature"], draw.chance(0.16)
    installed = draw.pick(signed - draw.between(0, 360), draw.near(years_after(signed, -1)), weights=[4, 1])
    cells["date_installation"] = np.where(chosen, np.minimum(signed, installed), cells["date_installation"])
    born = draw.pick(signed - draw.between(10_950, 20_000), cells["date_naissance"], weights=[4, 1])
    cells["date_naissance"] = np.where(chosen, born, cells["date_naissance"])
    cells["annee"] = np.where(chosen & draw.chance(0.7), 3, cells["annee"])
    common = draw.one_of(["medecine_generale", "pediatrie", "dermatologie", "mep"], [6, 2, 2, 1])
    cells["specialite"] = np.where(chosen & draw.chance(0.6), common, cells["specialite"])
    for indicator in ("pmt", "pfa"):
        published = _published(cells, indicator, 0)
        bounds = [draw.known(published[rank], cells[f"{indicator}_{PERCENTILES[rank]}"]) for rank in (0, 1)]
        p30, p50 = bounds[0], draw.known(bounds[1], bounds[0])
        few = np.where(p50 == UNKNOWN, draw.between(0, 800), draw.between(0, np.maximum(1, p50)))
        name = f"{indicator}_initiale"
        cells[name] = np.where(chosen, few, cells[name])
        edges = [draw.known(draw.near(edge), few) for edge in (p30, p50)]
        seen = draw.pick(*edges, few, few + draw.between(0, 400), weights=[2, 2, 1, 1])
        name = f"{indicator}_observee"
        cells[name] = np.where(chosen & draw.chance(0.9), np.maximum(0, seen), cells[name])
        for name in (f"{indicator}_nature", f"{indicator}_reference"):
            nothing = None if name in WORDS else UNKNOWN
            cells[name] = np.where(chosen & draw.chance(0.85), nothing, cells[name])


def _published(cells: dict[str, Cells], indicator: str, shift: int, *, bounds: bool = False) -> list[Cells]:
    """The five percentiles of every row, or their bounds, under the text at signature or `shift` away."""
    rank = np.searchsorted(days_of(TEXT_DAYS), cells["date_signature"], side="right") - 1
    table = np.full((len(TEXT_DAYS), len(SLUGS), 5), UNKNOWN)
    for text, known in enumerate(DISTRIBUTIONS):
        for place, slug in enumerate(SLUGS):
            found = known.get((slug, indicator))
            if found is not None:
                told = found.bounds if bounds else found[:5]
                table[text, place] = [UNKNOWN if cell is None else cell for cell in told]
    order = {slug: place for place, slug in enumerate(SLUGS)}
    places = np.array([order[slug] for slug in cells["specialite"]])
    return list(table[(np.maximum(rank, 0) + shift) % len(TEXT_DAYS), places].T)


def _own_percentiles(
    draw: Draw, published: list[Cells], bounds: list[Cells]
) -> tuple[list[Cells], list[Cells]]:
    """The caller's own cells, and all that is known with them; a few contradict what is published."""
    share = float(draw.random.choice([0.1, 0.5, 0.9]))
    given, own, merged = draw.chance(share), [], []
    low = np.full(draw.size, 20)
    for rank, known in enumerate(published):
        top = low + 700
        for later in reversed(published[rank + 1 :]):
            top = np.where(later == UNKNOWN, top, later - 1)
        value = draw.known(known, draw.between(low + 1, top))
        kept = given & draw.chance(0.75)
        wrong = value + np.where((known != UNKNOWN) & draw.chance(0.1), draw.between(-3, 3), 0)
        own.append(np.where(kept, wrong, UNKNOWN))
        merged.append(np.where(kept | (known != UNKNOWN), value, UNKNOWN))
        low = draw.known(merged[-1], low)
        low = np.where(draw.chance(0.9), np.maximum(low, bounds[rank] + 1), low)
    return own, merged


def _target(draw: Draw, base: Cells, merged: list[Cells]) -> Cells:
    bounds = draw.known(draw.near(draw.pick(merged[0], merged[1])), base)
    bounds = np.where(draw.chance(0.7), np.maximum(bounds, base), bounds)
    return draw.pick(
        UNKNOWN, base + draw.between(1, 600), base, base + draw.between(1, 20), bounds, base * 2,
        np.maximum(0, base - draw.between(1, 300)),
        weights=[30, 38, 8, 7, 8, 2, 1],
    )  # fmt: skip


def _observed(draw: Draw, base: Cells, target: Cells, merged: list[Cells]) -> Cells:
    way = target - base
    edges = (
        base, base * 95 // 100, -(-base * 95 // 100), base * 90 // 100, -(-base * 90 // 100),
        target, -(-target * 95 // 100), base - (-way * 95 // 100), base + way * 95 // 100,
        *(draw.known(edge, base) for edge in merged[:2]),
    )  # fmt: skip
    around = draw.near(draw.pick(*edges))
    between = draw.between(np.minimum(base, target), np.maximum(base, target))
    return draw.pick(around, between, draw.between(0, 4_000), 0, base * 1_000, weights=[55, 35, 9, 1, 0.3])


# --- Neighbours, refusals, holes ----------------------------------------------------------------


def _neighbours(draw: Draw, cells: dict[str, Cells], known: int) -> dict[str, Cells]:
    """Every row drawn, then rows like one of them but for a cell or two."""
    rows = np.concatenate([np.arange(known), draw.random.integers(0, known, draw.size)])[: draw.size]
    found = {name: values[rows].copy() for name, values in cells.items()}
    later = np.arange(draw.size) >= known
    for part in (0.9, 0.35):
        moved = draw.random.integers(0, len(found), draw.size)
        changed = later & draw.chance(part)
        for rank, name in enumerate(found):
            _move(draw, name, found[name], np.flatnonzero(changed & (moved == rank)))
    order = draw.random.permutation(draw.size)
    return {name: values[order] for name, values in found.items()}


def _move(draw: Draw, name: str, values: Cells, rows: Cells) -> None:
    """Move the cells of these rows in place: a patient, a day, a year, another word, or nothing known."""
    size = len(rows)
    if name == "annee":
        values[rows] = np.maximum(1, values[rows] + draw.random.choice([-1, 1, 2], size))
    elif name in COUNTS or name in DAYS:
        steps = [-1, 1, 1, 2, -50, 50] if name in COUNTS else [-1, 1, 1, 7, 365, -365]
        shifted = values[rows] + draw.random.choice(steps, size)
        values[rows] = np.where(
            values[rows] == UNKNOWN, UNKNOWN, np.maximum(0 if name in COUNTS else -40_000, shifted)
        )
        if name != "date_signature":
            values[rows[draw.random.random(size) < 0.15]] = UNKNOWN
        else:
            values[rows] = np.maximum(values[rows], days_of([date(2019, 9, 1)])[0])
    else:
        options: list[Any] = [True, False, None] if name in FLAGS else [*WORDS[name], None]
        options = options[:-1] if name in REQUIRED else options
        values[rows] = draw.random.choice(np.array(options, object), size)


def _refused(draw: Draw, cells: dict[str, Cells]) -> None:
    """A few cells that no dossier may hold, and a few that are missing where they may not."""
    fillers = tuple(days_of(FILLERS))
    wrong: dict[str, Sequence[Any]] = {
        "specialite": ("cardiologue", None),
        "secteur": ("3",),
        "zone": ("zip",),
        "option_etp": ("0.33", None),
        "annee": (0, 11, 100, -1),
        "part_honoraires_cliniques": ("1.5", "-0.1", "85"),
        "date_signature": (days_of([date(2019, 8, 31)])[0], days_of([date(9950, 1, 1)])[0], UNKNOWN),
        "date_naissance": (days_of([date(2026, 1, 1)])[0], *fillers, *days_of([date(1919, 1, 1)])),
        "date_installation": (days_of([date(2029, 1, 1)])[0], *fillers),
        "date_embauche": fillers,
        "date_option": (days_of([date(2019, 1, 1)])[0], days_of([date(2120, 1, 1)])[0], *fillers),
        "anterieur_date_signature": (days_of([date(2018, 1, 1)])[0], days_of([date(2030, 1, 1)])[0]),
        **dict.fromkeys(COUNTS, (-1, -500)),
    }
    share = float(draw.random.choice([0, 0.002, 0.002, 0.02]))
    for row in np.flatnonzero(draw.chance(share)):
        name = str(draw.random.choice(np.array(list(wrong), object)))
        cells[name][row] = draw.random.choice(np.array(wrong[name], object))


def _holes(draw: Draw, cells: dict[str, Cells]) -> None:
    """Empty cells, in a share that varies by column; some tables are left whole, some lose columns."""
    kind = draw.random.choice(["whole", "whole", "some", "many", "columns"])
    shares = {"whole": [0.0], "some": [0, 0.02, 0.1], "many": [0, 0.1, 0.4, 0.8], "columns": [0, 0, 0.05]}[
        kind
    ]
    for name in [name for name in cells if name not in REQUIRED]:
        if kind == "columns" and draw.random.random() < 0.2:
            del cells[name]
        else:
            cells[name] = draw.unknown(cells[name], float(draw.random.choice(shares)))


def _plain(name: str, values: Cells) -> list[Any]:
    if values.dtype == object:
        return [None if value is None or value == UNKNOWN else value for value in values.tolist()]
    found = values.astype("datetime64[D]").astype(object) if name in DAYS else values.astype(object)
    found[values == UNKNOWN] = None
    plain: list[Any] = found.tolist()
    return plain


def with_codes(columns: Columns, seed: int) -> Columns:
    """The same table with codes of the Assurance Maladie and the flag `mep` in the place of most slugs."""
    random = np.random.default_rng(seed + SHIFT)
    slugs, codes, meps = list(columns["specialite"]), [], []
    for row, slug in enumerate(slugs):
        known = CODES.get(slug, ())
        code = str(random.choice(known)) if known and random.random() < 0.9 else None
        told = random.choice([None, "oui"], p=[0.03, 0.97])
        codes.append(code)
        meps.append(None if told is None else slug == "mep")
        if code is not None and random.random() < 0.9:
            slugs[row] = None
    return {"specialite_am": codes, "mep": meps} | columns | {"specialite": slugs}


def random_readings(seed: int) -> Readings:
    """Every open point of law settled at random."""
    random = np.random.default_rng(seed + SHIFT)
    return Readings(**{name: str(random.choice(values)) for name, values in CHOICES.items()})  # type: ignore[arg-type]


# --- The same cells as a data frame writes them -------------------------------------------------

Writer = Callable[[list[Any]], pl.Series]


def polars_table(columns: Columns, seed: int | None = None) -> pl.DataFrame:
    """The table in Polars: the plainest types, or with a seed one of the many ways to write each column."""
    random = None if seed is None else np.random.default_rng(seed + SHIFT)
    found = {}
    for name, cells in columns.items():
        ways = _ways(name, cells)
        found[name] = ways[0] if random is None else ways[int(random.integers(len(ways)))]
    return pl.DataFrame([writer(columns[name]).alias(name) for name, writer in found.items()])


def _mapped(dtype: Any, write: Callable[[Any], Any] | None = None) -> Writer:
    def series(cells: list[Any]) -> pl.Series:
        written = cells if write is None else [None if cell is None else write(cell) for cell in cells]
        return pl.Series(written, dtype=dtype, strict=True)

    return series


def spaced(count: int) -> str:
    """1 300, with a narrow no-break space."""
    return f"{count:,}".replace(",", "\u202f")


def _ways(name: str, cells: list[Any]) -> list[Writer]:
    known = [cell for cell in cells if cell is not None]
    if name in DAYS:
        return [
            _mapped(pl.Date),
            _mapped(pl.Datetime("us"), lambda day: datetime(day.year, day.month, day.day)),
            _mapped(pl.String, date.isoformat),
            _mapped(pl.String, lambda day: f"{day.day:02}/{day.month:02}/{day.year:04}"),
        ]
    if name in FLAGS or name == "mep":
        words = {True: "VRAI", False: "FAUX"}
        return [_mapped(pl.Boolean), _mapped(pl.Int8, int), _mapped(pl.String, words.__getitem__)]
    if name in COUNTS or name == "annee":
        ways = [
            _mapped(pl.Int64),
            _mapped(pl.Float64, float),
            _mapped(pl.String, str),
            _mapped(pl.String, spaced),
        ]
        return [*ways, _mapped(pl.Int32)] if all(abs(count) < 2**31 for count in known) else ways
    if name == "part_honoraires_cliniques":
        comma = _mapped(pl.String, lambda part: part.replace(".", ","))
        return [_mapped(pl.String), _mapped(pl.Float64, float), comma, _mapped(pl.Decimal(20, 12), Decimal)]
    if not all(isinstance(cell, str) for cell in known):
        return [pl.Series]
    ways = [_mapped(pl.String), _mapped(pl.Categorical)]
    return [*ways, _mapped(pl.Enum(sorted(set(known))))]
