"""A part of the rules, small enough for the general engines: their figures, their doctors, and NumPy.

It is not the law. Figures are those of the convention; eligible: a P30 of the specialty is published,
secteur 1 or an OPTAM option, P30 reached on either indicator or primo-installé. The band is the better of
the two, P90 and P95 for généralistes alone. 1/3 ETP only if signed before the convention; 1.5 and 2 ETP for
généralistes in ZIP from year 3. At P95 or past 65 the objective is to keep the patientèle, else its target;
a rate is a level. Nothing is missing, refused or explained; euros are floats.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aide_am.chronology import chronology
from aide_am.terms import INDICATEURS, OPTIONS_ETP

from .dossiers import NULL_DAY, Table, day, rank, slugs

Array = NDArray[Any]
BLOCK = 1 << 15
NEVER = 1 << 30
DAYS_A_YEAR = 365.25
ANSWERS = ("eligible", "band", "maximum", "status_pmt", "status_pfa", "share", "due")
"""Bands: 0 none, 1 to 3. Statuses: 0 none, 1 atteint, 2 sans baisse, 3 avec baisse. Euros, unrounded."""


class Figures(NamedTuple):
    """What the part reads in the barème of the convention."""

    p30: dict[str, list[int]]  # indicator → specialty, `NEVER` where there is none
    p90: dict[str, int]  # of généralistes
    p95: dict[str, int]
    two: list[bool]  # specialty: two objectives
    general: int
    amounts: list[list[list[int]]]  # band, year − 1, option: euros, 0 for none
    begins: int  # first day of the convention
    den: int
    kept: tuple[int, int]  # of `den` patients: up to 65, and after
    age: int


@cache
def figures() -> Figures:
    """From the shipped barème."""
    law = chronology().baremes[-1]
    narrow, wide = law.parametres["tolerance_maintien"], law.parametres["tolerance_senior"]
    general = "medecine_generale"
    p30: dict[str, list[int]] = {
        name: [_known(law.percentiles.get((slug, name)), "p30") for slug in slugs()] for name in INDICATEURS
    }
    amounts = [
        [[law.montants[option, year, band].value or 0 for option in OPTIONS_ETP] for year in ("1", "2", "3+")]
        for band in ("p30_p90", "p90_p95", "p95")
    ]
    return Figures(
        p30,
        {name: _known(law.percentiles[general, name], "p90") for name in INDICATEURS},
        {name: _known(law.percentiles[general, name], "p95") for name in INDICATEURS},
        [len(law.specialites[slug].indicateurs) == 2 for slug in slugs()],
        slugs().index(general),
        [[[0] * len(OPTIONS_ETP)] * 3, *amounts],
        day(law.debut),
        narrow.den * wide.den,
        ((narrow.den - narrow.num) * wide.den, (wide.den - wide.num) * narrow.den),
        law.parametres["age_senior"].num,
    )


def _known(distribution: Any, percentile: str) -> int:
    cell = None if distribution is None else getattr(distribution, percentile)
    return NEVER if cell is None else cell


def doctors(t: Table) -> Table:
    """The columns that the part reads, from the dossiers of the whole."""
    age = (t["date_signature"] - t["date_naissance"]) / DAYS_A_YEAR
    return {
        "specialite": t["specialite"],
        "secteur": t["secteur"] + np.uint8(1),
        "optam": (t["secteur"] == rank("secteur", "2")) & (t["option_tarifaire"] > 0),
        "zone": t["zone"],
        "pmt": t["pmt_initiale"],
        "pfa": t["pfa_initiale"],
        "etp": t["option_etp"],
        "annee": np.minimum(t["annee"], 3).astype(np.uint8),
        "signature": t["date_signature"].astype("datetime64[D]"),
        "pmt_obs": t["pmt_observee"],
        "pfa_obs": t["pfa_observee"],
        "pmt_cible": t["pmt_objectif"],
        "pfa_cible": t["pfa_objectif"],
        "age": age.astype(np.uint8),
        "primo": (t["date_signature"] - t["date_installation"] <= DAYS_A_YEAR)
        & (t["date_installation"] != NULL_DAY),
    }


class Luts(NamedTuple):
    """Arrays by specialty, and the tables of amounts and shares."""

    p30: dict[str, Array]
    known: Array
    two: Array
    maximum: Array  # band × year × option × généraliste in ZIP × signed before the convention
    share: Array  # year 3 × keeps × PMT × PFA status; -1 is a prorata


@cache
def luts() -> Luts:
    """The arrays of the NumPy version."""
    law = figures()
    maximum = np.zeros((4, 4, 5, 2, 2))
    for band, year, option in np.ndindex(4, 3, 5):
        for zip_, old in np.ndindex(2, 2):
            opened = old if option == 0 else zip_ and year == 2 if option >= 3 else True
            maximum[band, year + 1, option, zip_, old] = law.amounts[band][year][option] if opened else 0
    share = np.zeros((2, 2, 4, 4))
    share[0, :, :, 1:] = 1
    for pmt, pfa in np.ndindex(4, 3):
        fallen, reached = 3 in (pmt, pfa + 1), 1 in (pmt, pfa + 1)
        share[1, 1, pmt, pfa + 1] = 1 if reached else -1
        share[1, 0, pmt, pfa + 1] = 0 if fallen else 1 if reached else -1
    p30 = {name: np.array(cells, np.int32) for name, cells in law.p30.items()}
    return Luts(p30, p30["pfa"] < NEVER, np.array(law.two), maximum.ravel(), share.ravel())


def answer(t: Table, block: int = BLOCK) -> Table:
    """The answers of the doctors, in NumPy."""
    n = len(t["pmt"])
    kinds = (bool, np.uint8, np.float64, np.uint8, np.uint8, np.float64, np.float64)
    out: Table = {name: np.empty(n, kind) for name, kind in zip(ANSWERS, kinds, strict=True)}
    for start in range(0, n, block):
        part = slice(start, min(start + block, n))
        _block({k: v[part] for k, v in t.items()}, {k: v[part] for k, v in out.items()}, luts(), figures())
    return out


def _block(t: Table, out: Table, tables: Luts, law: Figures) -> None:
    spec = t["specialite"].astype(np.intp)
    pmt, pfa = t["pmt"], t["pfa"]
    eligible = pmt >= tables.p30["pmt"].take(spec)
    eligible |= pfa >= tables.p30["pfa"].take(spec)
    eligible |= t["primo"]
    eligible &= tables.known.take(spec)
    eligible &= (t["secteur"] == 1) | t["optam"]
    general = spec == law.general
    at_p95 = general & eligible & ((pmt >= law.p95["pmt"]) | (pfa >= law.p95["pfa"]))
    at_p90 = general & eligible & ((pmt >= law.p90["pmt"]) | (pfa >= law.p90["pfa"]))
    band = eligible.view(np.uint8) + at_p90.view(np.uint8)
    band += at_p95.view(np.uint8)
    out["eligible"][:], out["band"][:] = eligible, band
    key = band.astype(np.uint16)
    old = t["signature"].view(np.int64) < law.begins
    inputs = ((4, t["annee"]), (5, t["etp"]), (2, general & (t["zone"] == 0)), (2, old))
    for size, column in inputs:
        key *= size
        key += column
    np.take(tables.maximum, key.astype(np.intp), out=out["maximum"], mode="clip")
    _pay(t, out, tables, law, at_p95, tables.two.take(spec) & eligible)


def _pay(t: Table, out: Table, tables: Luts, law: Figures, at_p95: Array, both: Array) -> None:
    senior = t["age"] > law.age
    keeps = at_p95 | senior
    kept = np.array(law.kept, np.int32).take(senior.astype(np.intp))
    bits = np.negative(keeps.view(np.int8), dtype=np.int32)
    bases = {}
    for name, shown in (("pmt", both), ("pfa", out["eligible"])):
        observed = t[f"{name}_obs"]
        base = t[name] ^ t[f"{name}_cible"]  # cheaper than `where`: all bits set where the base is kept
        base &= bits
        base ^= t[f"{name}_cible"]
        bases[name] = base
        missed = observed * np.int32(law.den) < base * kept
        status = (observed < t[name]).view(np.uint8) + np.uint8(1)
        status *= missed
        status += 1
        np.multiply(status, shown, out=out[f"status_{name}"])
    key = (t["annee"] >= 3).astype(np.uint16)
    for size, column in ((2, keeps), (4, out["status_pmt"]), (4, out["status_pfa"])):
        key *= size
        key += column
    share = out["share"]
    np.take(tables.share, key.astype(np.intp), out=share, mode="clip")
    rows = np.flatnonzero(share < 0)
    rate = t["pfa_obs"][rows] / bases["pfa"][rows]
    other = np.where(out["status_pmt"][rows] > 0, t["pmt_obs"][rows] / np.maximum(bases["pmt"][rows], 1), 0)
    share[rows] = np.maximum(rate, other)
    np.multiply(out["maximum"], share, out=out["due"])


def check(mine: Table, theirs: Table) -> None:
    """Raise `AssertionError` where two engines differ by more than the half of a centime."""
    for name in ANSWERS:
        gap = np.abs(mine[name].astype(float) - np.asarray(theirs[name]).astype(float)).max(initial=0)
        assert gap < 0.005, (name, gap)
