"""Seeded dossiers of the whole convention: NumPy codes, and the same ones as data frames.

One array a column of `aide_am.frames.COLUMNS`. Choices are ranks in the list of the column (uint8), flags
0 or 1 (uint8), days whole days since 1970 (int32), counts int32, the share of fees float64. What is not
known is `NULL`, `NULL_DAY`, -1 and NaN.

Complete: everything that the rules ask of a doctor is given; empty are the contract that went before
for whoever holds no 1.5 or 2 ETP, and the prorogation before the term. Left out: stated natures,
references, avenants (`date_option`), hirings, own percentiles. Recently installed are généralistes from
2023 on, the only ones whose P50 is published for both indicators.
"""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from aide_am.calendar import anniversary
from aide_am.chronology import bareme_of, chronology
from aide_am.frames import BY_NAME

Table = dict[str, NDArray[Any]]
Draw = np.random.Generator

NULL, NULL_DAY = 255, -(2**31)
EPOCH = date(1970, 1, 1).toordinal()
LAST_SIGNATURE, LAST_YEAR = date(2026, 11, 21), 7
MIX = {"medecine_generale": 0.55, "pediatrie": 0.06, "mep": 0.05}
FULLY_PUBLISHED = "medecine_generale"
SPARSE = {
    "option_tarifaire": 0.05, "date_naissance": 0.1, "date_installation": 0.1, "zone": 0.1,
    "part_honoraires_cliniques": 0.3, "exercice_coordonne": 0.2, "pmt_initiale": 0.03, "pfa_initiale": 0.03,
    "pmt_objectif": 0.15, "pfa_objectif": 0.15, "pmt_observee": 0.1, "pfa_observee": 0.1,
}  # fmt: skip
"""The part of the cells that the second variant leaves empty."""


def slugs() -> tuple[str, ...]:
    """The specialties, in the order of their ranks."""
    return tuple(chronology().baremes[-1].specialites)


def choices(name: str) -> tuple[str, ...]:
    """The list of a column, in the order of its ranks."""
    return slugs() if name == "specialite" else BY_NAME[name].choices


def day(value: date) -> int:
    """Days since 1970."""
    return value.toordinal() - EPOCH


def rank(name: str, choice: str) -> int:
    """The rank of a choice in the list of its column."""
    return choices(name).index(choice)


def make(n: int, seed: int = 20240622) -> Table:
    """`n` complete dossiers."""
    draw = np.random.default_rng(seed)
    t: Table = {"specialite": _specialties(draw, n)}
    t |= _contracts(draw, n)
    t |= _doctors(draw, n, t)
    t |= _counts(draw, n, t)
    t |= _before(draw, n, t)
    return {name: t[name] for name in BY_NAME if name in t}


def with_nulls(t: Table, seed: int = 65) -> Table:
    """The same dossiers, of which many data are not known."""
    draw = np.random.default_rng(seed)
    result = dict(t)
    for name, part in SPARSE.items():
        result[name] = t[name].copy()
        result[name][draw.random(len(t[name])) < part] = _null(name)
    return result


def _null(name: str) -> Any:
    kind = BY_NAME[name].kind
    return {"date": NULL_DAY, "effectif": -1, "part": np.nan}.get(kind, NULL)


def _chosen(draw: Draw, n: int, parts: list[float]) -> NDArray[np.uint8]:
    return np.searchsorted(np.cumsum(parts)[:-1], draw.random(n), "right").astype(np.uint8)


def _flags(draw: Draw, n: int, part: float) -> NDArray[np.uint8]:
    return (draw.random(n) < part).view(np.uint8)


def _specialties(draw: Draw, n: int) -> NDArray[np.uint8]:
    known = slugs()
    rest = (1 - sum(MIX.values())) / (len(known) - len(MIX))
    return _chosen(draw, n, [MIX.get(slug, rest) for slug in known])


def _contracts(draw: Draw, n: int) -> Table:
    """Signatures from the first text on, options by text, years that have begun by the last signature."""
    first, last = day(chronology().baremes[0].debut), day(LAST_SIGNATURE)
    signed = draw.integers(first, last + 1, n, np.int32)
    turning = [day(bareme.debut) + shift for bareme in chronology().baremes[1:] for shift in (-1, 0, 1)]
    at = draw.random(n) < 0.02
    signed[at] = draw.choice(np.array(turning, np.int32), int(at.sum()))
    begun = np.minimum(LAST_YEAR, 1 + (last - signed) / 365.3)
    annee = (1 + np.floor(draw.random(n) * begun)).astype(np.uint8)
    by_text = [[0.3, 0.4, 0.28, 0.01, 0.01], [0.01, 0.45, 0.5, 0.02, 0.02], [0.01, 0.4, 0.5, 0.05, 0.04]]
    text = np.searchsorted([day(b.debut) for b in chronology().baremes[1:]], signed, "right")
    options = np.choose(text, [_chosen(draw, n, parts) for parts in by_text])
    late = annee > chronology().baremes[0].parametres["duree_contrat"].num
    prorogation = np.where(late, _flags(draw, n, 0.9), np.uint8(NULL))
    return {
        "date_signature": signed,
        "option_etp": options.astype(np.uint8),
        "annee": annee,
        "prorogation": prorogation.astype(np.uint8),
        "circonstances_exceptionnelles": _flags(draw, n, 0.01),
    }


def _doctors(draw: Draw, n: int, t: Table) -> Table:
    signed, option = t["date_signature"], t["option_etp"]
    secteur = _chosen(draw, n, [0.75, 0.24, 0.01])
    tariff = _chosen(draw, n, [0.1, 0.65, 0.15, 0.1])
    aged = draw.integers(30 * 366, 76 * 366, n, np.int32)
    born = signed - aged
    at = draw.random(n) < 0.02
    born[at] = _birthdays(signed[at]) + draw.integers(-1, 2, int(at.sum()))
    installed = signed - 380 - (draw.random(n) * (signed - born - 380 - 27.5 * 366)).astype(np.int32)
    starter = _may_start(t) & (draw.random(n) < 0.08)
    installed[starter] = signed[starter] - draw.integers(0, 373, int(starter.sum()))
    sparse = (option == rank("option_etp", "1")) | (option >= rank("option_etp", "1.5"))
    zone = np.where(sparse & (draw.random(n) < 0.8), 0, _chosen(draw, n, [0.35, 0.35, 0.3]))
    return {
        "secteur": secteur,
        "option_tarifaire": np.where(secteur == 0, 0, tariff).astype(np.uint8),
        "date_naissance": born,
        "date_installation": installed,
        "zone": zone.astype(np.uint8),
        "part_honoraires_cliniques": draw.integers(60, 101, n) / 100,
        "rqth": _flags(draw, n, 0.02),
        "ald": _flags(draw, n, 0.02),
        "activite_mixte": _flags(draw, n, 0.05),
        "remplacant": _flags(draw, n, 0.01),
        "exercice_coordonne": _flags(draw, n, 0.93),
    }


def _birthdays(signed: NDArray[np.int32]) -> NDArray[np.int32]:
    """The day of birth of whoever turns 65 on the day of signature."""
    days, places = np.unique(signed, return_inverse=True)
    age = int(chronology().baremes[-1].parametres["age_senior"].valeur)
    found = [day(anniversary(date.fromordinal(int(each) + EPOCH), -age)) for each in days]
    return np.array(found, np.int32)[places]


def _may_start(t: Table) -> NDArray[Any]:
    """Whose first installation the yardstick covers: both P50 are published."""
    since = day(bareme_of("reglement_arbitral_2023").debut)
    general: NDArray[Any] = t["specialite"] == slugs().index(FULLY_PUBLISHED)
    return general & (t["date_signature"] >= since)


def _counts(draw: Draw, n: int, t: Table) -> Table:
    """Counts around the percentiles, targets that are not under them, observations around the bounds."""
    recent = _may_start(t) & (t["date_signature"] - t["date_installation"] <= 373)
    activity = draw.lognormal(0.45, 0.5, n) * np.where(recent, 0.6, 1)
    found: Table = {}
    for name, default in (("pmt", 30), ("pfa", 1000)):
        cells = [_cells(slug, name) for slug in slugs()]
        usual = np.array([cell[0] if cell and cell[0] else default for cell in cells], np.float64)
        initial = np.rint(usual[t["specialite"]] * activity * draw.lognormal(0, 0.12, n)).astype(np.int32)
        known = np.array([edge for edge in _cells(FULLY_PUBLISHED, name) if edge], np.int32)
        at = (t["specialite"] == slugs().index(FULLY_PUBLISHED)) & (draw.random(n) < 0.08)
        initial[at] = draw.choice(known, int(at.sum())) - draw.integers(0, 2, int(at.sum()))
        low, high = int(known[0]), int(known[1])
        mixed = recent & (t["activite_mixte"] == 1)
        initial[mixed] = np.minimum(initial[mixed], high)
        more = np.ceil(initial * draw.uniform(1, 1.25, n)).astype(np.int32)
        target = np.where(draw.random(n) < 0.35, initial, more)
        target[mixed] = np.maximum(initial[mixed], draw.integers(low, high + 1, int(mixed.sum())))
        found[f"{name}_initiale"], found[f"{name}_objectif"] = initial, target
        found[f"{name}_observee"] = _observed(draw, n, initial, target)
    return found


def _cells(slug: str, name: str) -> list[int | None]:
    published = chronology().baremes[-1].percentiles.get((slug, name))
    return [] if published is None else [cell for cell in published[:5] if cell or cell is published.p30]


def _observed(draw: Draw, n: int, initial: NDArray[np.int32], target: NDArray[np.int32]) -> NDArray[np.int32]:
    observed = np.rint(target * draw.normal(0.99, 0.06, n)).clip(0)
    figures = chronology().baremes[-1].parametres
    reached, kept, senior = (
        figures[name] for name in ("taux_atteint", "tolerance_maintien", "tolerance_senior")
    )
    edges = (
        initial,
        -(-initial * (kept.den - kept.num) // kept.den),
        -(-initial * (senior.den - senior.num) // senior.den),
        initial - (-(target - initial) * reached.num // reached.den),
    )
    hit = draw.integers(0, 40, n)
    for which, edge in enumerate(edges):
        observed = np.where(hit == which, np.maximum(edge - draw.integers(0, 2, n), 0), observed)
    return observed.astype(np.int32)


def _before(draw: Draw, n: int, t: Table) -> Table:
    """The contract that one of 1.5 or 2 ETP follows."""
    high = t["option_etp"] >= rank("option_etp", "1.5")
    one, half = rank("option_etp", "1"), rank("option_etp", "0.5")
    first = day(chronology().baremes[0].debut)
    signed = np.maximum(first, t["date_signature"] - draw.integers(600, 1500, n, np.int32))
    option = np.where(draw.random(n) < 0.9, one, half)
    return {
        "anterieur_option_etp": np.where(high, option, NULL).astype(np.uint8),
        "anterieur_date_signature": np.where(high, signed, NULL_DAY).astype(np.int32),
        "anterieur_objectifs_atteints": np.where(high, _flags(draw, n, 0.92), NULL).astype(np.uint8),
    }


# --- Data frames -------------------------------------------------------------------------------------


def arrow(t: Table) -> "pa.Table":
    """The dossiers as an Arrow table, the choices as dictionaries."""
    return pa.table({name: _column(name, values) for name, values in t.items()})


def _column(name: str, values: NDArray[Any]) -> "pa.Array[Any]":
    kind = BY_NAME[name].kind
    null = np.isnan(values) if kind == "part" else values == _null(name)
    mask = null if kind != "annee" and null.any() else None
    if kind in ("choix", "specialite"):
        ranks = pa.array(values, pa.uint8(), mask=mask)
        return pa.DictionaryArray.from_arrays(ranks, pa.array(choices(name)))
    if kind == "drapeau":
        return pa.array(values == 1, mask=mask)
    return pa.array(values, pa.date32() if kind == "date" else None, mask=mask)


def coded(t: Table) -> Any:
    """The dossiers as a Polars frame, the choices as Enum columns."""
    import polars as pl

    lists = [name for name in t if BY_NAME[name].kind in ("choix", "specialite")]
    frame = pl.from_arrow(arrow(t))
    assert isinstance(frame, pl.DataFrame)
    return frame.cast({name: pl.Enum(choices(name)) for name in lists})


def text(t: Table, *, dates: bool = False) -> Any:
    """The dossiers as a Polars frame, the choices as String columns, and the days too if asked for."""
    import polars as pl

    lists = [name for name in t if BY_NAME[name].kind in ("choix", "specialite")]
    days = [name for name in t if BY_NAME[name].kind == "date"] if dates else []
    return coded(t).cast(dict.fromkeys((*lists, *days), pl.String))


def pandas(t: Table) -> Any:
    """The dossiers as a pandas frame: categories, datetime64, nullable booleans."""
    import pandas as pd

    mapped = {pa.bool_(): pd.BooleanDtype()}
    return arrow(t).to_pandas(date_as_object=False, types_mapper=mapped.get)


def duckdb(t: Table) -> Any:
    """The dossiers as a DuckDB relation, over a table held in memory."""
    import duckdb

    connection = duckdb.connect()
    connection.from_arrow(arrow(t)).create("dossiers")
    return connection.table("dossiers")
