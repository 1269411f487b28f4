"""The whole convention in hand-written NumPy: blocks that fit in the cache, small types, tables to look up.

For complete dossiers (`dossiers.make`) under the default readings. It answers with codes: verdict, criteria
that failed as bits, band, statuses, regime (all 0 for none), centimes (-1), rates and shares (NaN). It says
neither what is missing nor why, refuses nothing and understands no other data: what an expert would write
for one table, to time beside `evaluate_frame`.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aide_am.chronology import chronology
from aide_am.terms import BANDES, STATUTS

from .dossiers import NULL, Table, rank
from .luts import (
    CRITERIA,
    FAIL,
    FAILED,
    PENDING,
    PRIMO,
    REGIMES,
    UNPAID,
    YEARS,
    Luts,
    luts,
    share_key,
)

Array = NDArray[Any]
BLOCK = 1 << 15
VERDICTS = ("", "eligible", "non_eligible", "a_instruire")
MAINTIEN, PRIMO_INSTALLE = 2, 3
"""The codes of two natures; 1 is an augmentation, 0 no objective."""
ANSWERS = {
    "verdict": np.uint8, "criteria_failed": np.uint16, "band": np.uint8,
    "maximum_low": np.int32, "maximum_high": np.int32, "regime": np.uint8,
    "pmt_status": np.uint8, "pfa_status": np.uint8, "pmt_rate": np.float64, "pfa_rate": np.float64,
    "share_low": np.float64, "share_high": np.float64,
    "amount_due_low": np.int32, "amount_due_high": np.int32,
}  # fmt: skip


class Figures(NamedTuple):
    """The figures that stand alone; tolerances as what is left of `den` patients."""

    fees: float
    first_year: int
    last_primo: int
    den: int
    reached: int
    kept: int
    kept_senior: int
    high_etp_year: int


class Objectives(NamedTuple):
    """One objective a row: its nature and its cell, its rate as `run` over `way`."""

    nature: Array
    cell: Array
    run: Array
    way: Array


@cache
def figures() -> Figures:
    """From the shipped barème of the convention."""
    found = chronology().baremes[-1].parametres
    den = int(
        np.lcm.reduce([found[n].den for n in ("taux_atteint", "tolerance_maintien", "tolerance_senior")])
    )
    part = {name: parametre.num * den // parametre.den for name, parametre in found.items()}
    return Figures(
        float(found["seuil_honoraires_cliniques"].valeur),
        found["premiere_annee_modulee"].num,
        found["derniere_annee_primo"].num,
        den,
        part["taux_atteint"],
        den - part["tolerance_maintien"],
        den - part["tolerance_senior"],
        found["annee_etp_eleve"].num,
    )


def answer(t: Table, block: int = BLOCK) -> Table:
    """The answers of complete dossiers."""
    n, law = len(t["annee"]), luts()
    out: Table = {name: np.empty(n, kind) for name, kind in ANSWERS.items()}
    with np.errstate(invalid="ignore"):
        for start in range(0, n, block):
            part = slice(start, min(start + block, n))
            _block({k: v[part] for k, v in t.items()}, {k: v[part] for k, v in out.items()}, law)
    return out


def _block(t: Table, out: Table, law: Luts) -> None:
    day = (t["date_signature"] - law.first).astype(np.intp)
    year = day * YEARS
    year += t["annee"]
    moment = law.moment.take(year).astype(np.intp)
    spec = t["specialite"].astype(np.intp)
    place = moment * len(law.two)
    place += spec
    recent = t["date_installation"] >= law.window.take(day)
    pair = _pair(t, moment, place, recent, law)
    bits = _criteria(t, day, moment, place, pair, recent, law)
    eligible = (bits & FAILED) == 0
    np.bitwise_and(bits, FAILED, out=out["criteria_failed"])
    verdict = (bits >= PENDING).view(np.uint8)
    verdict *= 2
    verdict *= eligible
    verdict += 2
    verdict -= eligible
    out["verdict"][:] = verdict
    _maximum(t, moment, pair, eligible, out, law)
    senior = t["date_naissance"] <= law.senior.take(year)
    primo = (bits & PRIMO) != 0
    primo &= ~senior
    primo &= t["annee"] <= figures().last_primo
    _shares(t, spec, place, primo, senior, eligible, out, law)


def _pair(t: Table, moment: Array, place: Array, recent: Array, law: Luts) -> Array:
    """The positions of both counts among their percentiles, as one key; a rise excludes P95 (MNT-09)."""
    found = []
    rising = law.rising.take(moment) & (t["prorogation"] == NULL)
    for name in ("pmt", "pfa"):
        count = np.minimum(t[f"{name}_initiale"], law.cap[name].take(place))
        count += law.offset[name].take(place)
        position = law.position[name].take(count.astype(np.intp))
        asked = rising & (t[f"{name}_objectif"] > t[f"{name}_initiale"])
        if name == "pmt":
            asked &= ~recent
        found.append(np.where(asked, law.under[name].take(position), position))
    pair: Array = found[0].astype(np.intp)
    pair *= law.positions
    pair += found[1]
    return pair


def _criteria(
    t: Table, day: Array, moment: Array, place: Array, pair: Array, recent: Array, law: Luts
) -> Array:
    """The bits of every criterion."""
    key = place * 3
    key += t["secteur"]
    key *= 4
    key += t["option_tarifaire"]
    bits = law.access.take(key)
    enough = (t["part_honoraires_cliniques"] >= figures().fees).astype(np.uint16)
    enough *= FAIL["ELI-02"]
    bits &= ~enough
    key = moment * 5
    key += t["option_etp"]
    key *= 3
    key += t["zone"]
    flags = t["exercice_coordonne"] * np.uint8(2)
    flags += t["remplacant"]
    flags *= 3
    flags += np.minimum(t["prorogation"], 2)
    key *= 12
    key += flags
    bits |= law.contract.take(key)
    flags = recent.view(np.uint8) * np.uint8(2)
    flags += t["activite_mixte"]
    flags *= 2
    flags += t["rqth"] | t["ald"]
    key = pair * 8
    key += flags
    bits |= law.activity.take(key)
    _high_options(t, day, bits, law)
    return bits


def _high_options(t: Table, day: Array, bits: Array, law: Luts) -> None:
    """ELI-08, on the few rows of 1.5 and 2 ETP."""
    rows = np.flatnonzero(t["option_etp"] >= rank("option_etp", "1.5"))
    fine = law.general.take(t["specialite"][rows])
    fine &= t["zone"][rows] == rank("zone", "ZIP")
    fine &= t["anterieur_option_etp"][rows] >= rank("anterieur_option_etp", "1")
    fine &= t["anterieur_objectifs_atteints"][rows] == 1
    fine &= t["date_signature"][rows] >= law.third.take(t["anterieur_date_signature"][rows] - law.first)
    early = t["annee"][rows] < figures().high_etp_year
    bits[rows] |= np.where(fine, np.where(early, PENDING, 0), FAIL["ELI-08"]).astype(np.uint16)


def _maximum(t: Table, moment: Array, pair: Array, eligible: Array, out: Table, law: Luts) -> None:
    ranks = law.ranks.take(pair)
    band = law.band.take(ranks)
    np.multiply(band, eligible, out=out["band"])
    key = moment * 5
    key += t["option_etp"]
    key *= 36
    key += ranks
    key += 1
    key *= eligible
    out["maximum_low"][:] = law.low.take(key)
    out["maximum_high"][:] = law.high.take(key)


# --- Objectives and shares -----------------------------------------------------------------------------


def _objectives(t: Table, name: str, senior: Array) -> Objectives:
    """Every objective as an increase or a maintien; `_starters` writes over those of primo-installés."""
    base, target, observed = t[f"{name}_initiale"], t[f"{name}_objectif"], t[f"{name}_observee"]
    keeps = target == base
    start = base * ~keeps
    way = target - start
    run = observed - start
    law = figures()
    kept = np.array([law.reached, law.reached, law.kept, law.kept_senior], np.int32)
    which = keeps.view(np.uint8) * np.uint8(2)
    which += senior
    missed = run * np.int32(law.den) < way * kept.take(which)
    worse = run < 0
    worse |= keeps
    cell = worse.view(np.uint8) + np.uint8(1)
    cell *= missed.view(np.uint8)
    cell += 1
    nature = keeps.view(np.uint8) + np.uint8(1)
    nowhere = np.flatnonzero(way == 0)
    run[nowhere] = way[nowhere] = 1
    return Objectives(nature, cell, run, way)


def _starters(t: Table, name: str, place: Array, rows: Array, found: Objectives, law: Luts) -> Array:
    """The objectives of primo-installés: P50, or the number of the contract where the activity is mixed.

    Returns their statuses; the cell of the table of shares is a level.
    """
    observed = t[f"{name}_observee"][rows]
    own = t["activite_mixte"][rows] == 1
    target = np.where(own, t[f"{name}_objectif"][rows], law.p50[name].take(place[rows]))
    missed = observed < target
    found.nature[rows] = PRIMO_INSTALLE
    found.run[rows], found.way[rows] = observed, target
    found.cell[rows] = np.where(missed, 2 + (observed < law.p30[name].take(place[rows])), 1)
    return 1 + missed.view(np.uint8)


def _shares(
    t: Table, spec: Array, place: Array, primo: Array, senior: Array, eligible: Array, out: Table, law: Luts
) -> None:
    both = law.two.take(spec)
    starters = np.flatnonzero(primo)
    found = []
    for name, shown in (("pmt", both & eligible), ("pfa", eligible)):
        objectives = _objectives(t, name, senior)
        status = out[f"{name}_status"]
        status[:] = objectives.cell
        if starters.size:
            status[starters] = _starters(t, name, place, starters, objectives, law)
        status *= shown
        objectives.run[:] *= shown
        objectives.way[:] *= shown  # 0 / 0 is NaN: no rate
        np.divide(objectives.run, objectives.way, out=out[f"{name}_rate"])
        found.append(objectives)
    pmt, pfa = found
    first, second = pmt.nature * both, pmt.cell * both
    key = share_key(first.astype(np.uint16), pfa.nature, second, pfa.cell, law.mep.take(spec))
    key *= t["annee"] >= figures().first_year
    key = np.where(out["maximum_low"] < 0, UNPAID, key.astype(np.intp))
    out["regime"][:] = law.regime.take(key)
    _due(t, key, pmt, pfa, out, law)


def _due(t: Table, key: Array, pmt: Objectives, pfa: Objectives, out: Table, law: Luts) -> None:
    """The share and the sum due; exact centimes, rounded half up, on the rows of a prorata."""
    low, high = out["share_low"], out["share_high"]
    low[:] = law.share.take(key)
    rows = np.flatnonzero(low < 0)
    run, way = pfa.run[rows], pfa.way[rows]
    other, length = pmt.run[rows], pmt.way[rows]
    better = other / length > run / way
    run, way = np.where(better, other, run).astype(np.int64), np.where(better, length, way).astype(np.int64)
    run = run.clip(0, way)
    low[rows] = run / way
    high[:] = low
    whole = law.whole.take(key)
    for end in ("low", "high"):
        maximum, due = out[f"maximum_{end}"], out[f"amount_due_{end}"]
        np.multiply(maximum, whole, out=due)
        due[rows] = (2 * maximum[rows] * run + way) // (2 * way)
    lifted = np.flatnonzero(t["circonstances_exceptionnelles"])
    regime = out["regime"][lifted]
    nothing = law.share.take(key[lifted]) == 0
    lifted = lifted[nothing & (regime >= _MOD_01) & (regime <= _MOD_02)]
    high[lifted] = 1
    out["amount_due_high"][lifted] = out["maximum_high"][lifted]


_MOD_01, _MOD_02 = REGIMES.index("MOD-01"), REGIMES.index("MOD-02")


# --- In words --------------------------------------------------------------------------------------------


def in_words(answers: Table) -> dict[str, list[Any]]:
    """The answers as `evaluate_frame` writes them, sums in whole centimes, `None` for none."""
    words = {"verdict": VERDICTS, "band": ("", *BANDES), "regime": REGIMES}
    words |= dict.fromkeys(("pmt_status", "pfa_status"), ("", *STATUTS))
    found: dict[str, list[Any]] = {}
    for name, codes in answers.items():
        values = codes.tolist()
        if name in words:
            found[name] = [words[name][code] or None for code in values]
        elif name == "criteria_failed":
            found[name] = [" ".join(r for r in CRITERIA if code & FAIL[r]) or None for code in values]
        elif codes.dtype.kind == "f":
            found[name] = [None if value != value else value for value in values]
        else:
            found[name] = [None if value < 0 else value for value in values]
    return found
