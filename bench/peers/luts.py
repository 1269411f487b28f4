"""The figures and tables of the barèmes as small arrays, for the NumPy yardstick.

A `moment` is what a day of signature and a contract year settle together: the text of access, the answers
to the tariff options on that day, the text of the amounts, the class of the year, whether it is past the
term. There are a few dozen of them, and every other table is keyed by the moment.
"""

from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aide_am.bareme import Bareme, Distribution
from aide_am.calendar import aged, anniversary, months_before
from aide_am.chronology import chronology
from aide_am.readings import DEFAULT
from aide_am.rules.eligibility import apres_le_terme
from aide_am.rules.modulation import part_de
from aide_am.terms import BANDES, NATURES_OBJECTIF, OPTIONS_ETP, OPTIONS_TARIFAIRES, STATUTS

from .dossiers import LAST_SIGNATURE, LAST_YEAR, choices, day, slugs

Array = NDArray[Any]
YEARS = LAST_YEAR + 1
CRITERIA = (*(f"ELI-{number:02}" for number in range(1, 11)), "CTR-01")
FAIL = {rule: 1 << number for number, rule in enumerate(CRITERIA)}
FAILED, PRIMO, PENDING = (1 << len(CRITERIA)) - 1, 1 << 13, 1 << 15
REGIMES = ("", *(f"MOD-{number:02}" for number in range(8)))
NEVER, BOTH = -(2**31), (False, True)
NOTHING = -1
"""The centimes of a sum that there is not."""
PRORATA = -1.0
PAID_WHOLE, UNPAID = 0, 1
"""Keys of the tables of shares that no combination of objectives uses."""


class Moment(NamedTuple):
    """What a day of signature and a year settle together."""

    acces: Bareme
    tarifs: tuple[str, ...]
    amounts: Bareme
    classe: str
    late: bool


class Position(NamedTuple):
    """Where a count stands: the ranks that are possible, P30 reached, under P50 (`None`: not known).

    `mode`: which indicator decides of ELI-04 for this specialty; in the positions of PMT alone.
    """

    span: tuple[int, int] | None
    reached: bool | None
    under_p50: bool | None
    mode: str = ""


class Luts(NamedTuple):
    """All tables; the comment of each line gives its key."""

    first: int
    moment: Array  # day × year
    senior: Array  # day × year: the last day of birth of whoever is 65 at signature
    window: Array  # day: the first day of installation of a primo-installé
    access: Array  # moment × specialty × secteur × tariff option: ELI-01, ELI-03, ELI-02 where fees count
    contract: Array  # moment × option × zone × exercice × remplaçant × prorogation: ELI-07, 09, 10, CTR-01
    offset: dict[str, Array]  # moment × specialty: where the positions of its counts begin
    cap: dict[str, Array]  # moment × specialty: the count from which the position stays the same
    position: dict[str, Array]  # offset + count: the rank of a Position
    positions: int  # how many positions of PFA there are
    under: dict[str, Array]  # rank of a Position: that of the same without P95, where others are possible
    rising: Array  # moment: an increase asked at the signature excludes P95 (MNT-09)
    activity: Array  # PMT × PFA positions × recent × mixte × sans seuil: ELI-04 to 06, and PRIMO
    ranks: Array  # PMT × PFA positions: the ranks of the amount
    low: Array  # 1 + moment × option × ranks: centimes
    high: Array
    band: Array  # ranks: 1 + rank of the band, 0 for several
    p30: dict[str, Array]  # moment × specialty
    p50: dict[str, Array]
    regime: Array  # natures × cells × mep
    share: Array
    whole: Array  # the same: 0 or 1, 1 where there is no sum
    third: Array  # day from the first text on: the second anniversary
    two: Array  # specialty: has two indicators
    mep: Array  # specialty
    general: Array  # specialty


@cache
def luts() -> Luts:
    """Every table, from the shipped barèmes under the default readings."""
    moments, moment, senior, window, third = _days()
    places = {name: _places(name, moments) for name in ("pmt", "pfa")}
    found = {name: place[3] for name, place in places.items()}
    low, high = _amounts(moments)
    regime, share = _shares()
    groups = [chronology().baremes[-1].specialites[slug] for slug in slugs()]
    return Luts(
        day(chronology().baremes[0].debut), moment, senior, window, _access(moments), _contract(moments),
        {name: place[0] for name, place in places.items()},
        {name: place[1] for name, place in places.items()},
        {name: place[2] for name, place in places.items()},
        len(found["pfa"]), {name: place[4] for name, place in places.items()},
        np.array([moment.acces.texte != "avenant_7" for moment in moments]),
        _activity(found["pmt"], found["pfa"]), _ranks(found["pmt"], found["pfa"]),
        low, high, _bands(),
        {name: _cell(name, "p30", moments) for name in places},
        {name: _cell(name, "p50", moments) for name in places},
        regime, share, (share != 0).astype(np.int32), third,
        np.array([len(one.indicateurs) == 2 for one in groups]),
        np.array([one.groupe == "mep" for one in groups]),
        np.array([one.groupe == "generaliste" for one in groups]),
    )  # fmt: skip


def _days() -> tuple[list[Moment], Array, Array, Array, Array]:
    """The moments, and the tables keyed by a day of signature."""
    baremes = chronology().baremes
    first, last = baremes[0].debut, LAST_SIGNATURE
    days = [first + timedelta(days=shift) for shift in range((last - first).days + 1)]
    moments: dict[Moment, int] = {}
    moment = np.zeros((len(days), YEARS), np.uint8)
    senior = np.full((len(days), YEARS), NEVER, np.int32)
    for place, signed in enumerate(days):
        for year in range(1, YEARS):
            found = _moment(signed, year)
            moment[place, year] = moments.setdefault(found, len(moments))
            if found.amounts.modulation_publiee:
                senior[place, year] = _last_birth(signed, found.amounts)
    months = baremes[-1].parametres["fenetre_primo_mois"].num
    years = baremes[-1].parametres["annee_etp_eleve"].num - 1
    window = [day(months_before(signed, months)) for signed in days]
    third = [day(anniversary(signed, years)) for signed in days]
    return (
        list(moments), moment.ravel(), senior.ravel(), np.array(window, np.int32), np.array(third, np.int32)
    )  # fmt: skip


def _moment(signed: date, year: int) -> Moment:
    at, reading = chronology().at, DEFAULT.entree_en_vigueur
    acces = at(signed, reading)
    amounts = at(anniversary(signed, year - 1), reading)
    tarifs = tuple(acces.options_tarifaires[o].at(signed.toordinal()).value for o in OPTIONS_TARIFAIRES)
    return Moment(acces, tarifs, amounts, acces.classes_annee.at(year).value, apres_le_terme(year, acces))


def _last_birth(signed: date, bareme: Bareme) -> int:
    age = bareme.parametres["age_senior"].num
    born = anniversary(signed, -age) + timedelta(days=1)
    while not aged(born, age, signed):
        born -= timedelta(days=1)
    return day(born)


# --- Eligibility -------------------------------------------------------------------------------------


def _answer(rule: str, answer: str) -> int:
    """The bits of a criterion from the word of a table or a status."""
    if answer in ("non_satisfait", "fermee"):
        return FAIL[rule]
    return PENDING if answer in ("inconnu", "a_apprecier", "selon_la_tension") else 0


def _access(moments: list[Moment]) -> Array:
    """ELI-01 and ELI-03; the bit of ELI-02 where a share of clinical fees is asked for."""
    rows = []
    for moment, slug in product(moments, slugs()):
        acces, groupe = moment.acces, moment.acces.specialites[slug].groupe
        bits = _answer("ELI-01", acces.eligibilite["ELI-01"][(slug,)].value)
        bits |= FAIL["ELI-02"] if acces.eligibilite["ELI-02"][(groupe,)].value != "sans_seuil" else 0
        for secteur, tarif in product(choices("secteur"), moment.tarifs):
            answer = {"1": "satisfait", "2": tarif}.get(secteur, "non_satisfait")
            rows.append(bits | _answer("ELI-03", answer))
    assert choices("option_tarifaire") == OPTIONS_TARIFAIRES
    return np.array(rows, np.uint16)


def _contract(moments: list[Moment]) -> Array:
    """ELI-07, ELI-09, ELI-10 and CTR-01; a prorogation is 0, 1 or not known (2)."""
    inputs = (moments, OPTIONS_ETP, choices("zone"), (0, 1), (0, 1), (0, 1, 2))
    rows = []
    for moment, option, zone, together, locum, prolonged in product(*inputs):
        answer = moment.acces.eligibilite["ELI-07"][(option,)].value
        outside = {"ZIP": 0, "ZAC": PENDING}.get(zone, FAIL["ELI-07"])
        bits = outside if answer == "zip" else _answer("ELI-07", answer)
        asked = moment.acces.eligibilite["ELI-10"][()].value == "exige"
        bits |= PENDING if asked and not together else 0
        bits |= FAIL["ELI-09"] if locum else 0
        bits |= (FAIL["CTR-01"], 0, PENDING)[prolonged] if moment.late else 0
        rows.append(bits)
    return np.array(rows, np.uint16)


def _activity(pmt: list[Position], pfa: list[Position]) -> Array:
    """ELI-04, ELI-05, ELI-06, and whether the doctor is a primo-installé."""
    rows = []
    for first, second, recent, mixed, exempt in product(pmt, pfa, BOTH, BOTH, BOTH):
        deciding = first if first.mode == "pmt" else second
        answer = deciding.reached
        primo = deciding.under_p50 if recent else False
        bits = PRIMO if primo else PENDING if primo is None else 0
        if not (exempt or answer or primo):
            pending = answer is None or primo is None or mixed
            bits |= PENDING if pending else FAIL["ELI-04"]
        rows.append(bits)
    return np.array(rows, np.uint16)


# --- Positions and amounts ---------------------------------------------------------------------------


def _places(name: str, moments: list[Moment]) -> tuple[Array, Array, Array, list[Position], Array]:
    """Offsets, caps, positions of every count of every distribution, the list of positions, and those
    without P95."""
    known: dict[Position, int] = {}
    starts: dict[tuple[Any, ...], int] = {}
    offsets, caps = [], []
    codes: list[int] = []
    for moment, slug in product(moments, slugs()):
        specialite = moment.acces.specialites[slug]
        own = name in specialite.indicateurs
        found = moment.acces.percentiles[slug, name] if own else None
        general = specialite.groupe == "generaliste"
        mode = ("pmt" if general else "pfa") if name == "pmt" else ""
        cap = found.edges[-1] if found and found.edges else 0
        key = (found and (found[:5], found.bounds), mode)
        if key not in starts:
            starts[key] = len(codes)
            codes += [known.setdefault(_position(found, count, mode), len(known)) for count in range(cap + 1)]
        offsets.append(starts[key])
        caps.append(cap)
    under = [known.setdefault(_under_p95(each), len(known)) for each in list(known)]
    under += range(len(under), len(known))
    arrays = np.array(offsets, np.int32), np.array(caps, np.int32), np.array(codes, np.uint8)
    return *arrays, list(known), np.array(under, np.uint8)


def _under_p95(position: Position) -> Position:
    low, high = position.span or (0, 0)
    return position._replace(span=(low, high - 1)) if low < high == 5 else position


def _position(found: Distribution | None, count: int, mode: str) -> Position:
    if found is None:
        return Position(None, None, None, mode)
    span = found.spans[sum(count >= edge for edge in found.edges)]
    reached = None if found.p30 is None else count >= found.p30
    under = count < found.p50 if found.p50 is not None else True if reached is False else None
    return Position(span, reached, under, mode)


def _ranks(pmt: list[Position], pfa: list[Position]) -> Array:
    """MNT-02, the higher of the two: the lowest and the highest rank, of six each."""
    rows = []
    for first, second in product(pmt, pfa):
        low, high = second.span or (0, 0)
        if first.span is not None:
            low, high = max(low, first.span[0]), max(high, first.span[1])
        rows.append(low * 6 + high)
    return np.array(rows, np.uint8)


BAND_OF_RANK = ("sous_p30", "p30_p90", "p30_p90", "p30_p90", "p90_p95", "p95")


def _bands() -> Array:
    rows = []
    for low, high in product(range(6), range(6)):
        found = set(BAND_OF_RANK[low : high + 1])
        rows.append(1 + BANDES.index(found.pop()) if len(found) == 1 else 0)
    return np.array(rows, np.uint8)


def _amounts(moments: list[Moment]) -> tuple[Array, Array]:
    """Centimes at the least and at the most; key 0 is for whoever is not eligible."""
    ends = [(NOTHING, NOTHING)]
    for moment, option, low, high in product(moments, OPTIONS_ETP, range(6), range(6)):
        bands = {"p30_p90" if band == "sous_p30" else band for band in BAND_OF_RANK[low : high + 1]}
        euros = [moment.amounts.montants[option, moment.classe, band].value for band in bands]
        sums = [100 * each for each in euros if each is not None]
        ends.append((min(sums), max(sums)) if sums and len(sums) == len(euros) else (NOTHING, NOTHING))
    low_high = np.array(ends, np.int32).T
    return low_high[0].copy(), low_high[1].copy()


def _cell(name: str, percentile: str, moments: list[Moment]) -> Array:
    found = [moment.acces.percentiles.get((slug, name)) for moment, slug in product(moments, slugs())]
    cells = [getattr(one, percentile) if one else None for one in found]
    return np.array([0 if cell is None else cell for cell in cells], np.int32)


# --- Shares ------------------------------------------------------------------------------------------


def _shares() -> tuple[Array, Array]:
    """Regime and share by natures (0: no objective), cells (0: none) and MEP: see `share_key`."""
    size = share_key(3, 3, 3, 3, 1) + 1
    regime, share = np.zeros(size, np.uint8), np.full(size, np.nan)
    regime[PAID_WHOLE], share[PAID_WHOLE] = REGIMES.index("MOD-00"), 1
    bareme = chronology().baremes[-1]
    for pmt, pfa, mep in product(range(4), range(1, 4), (0, 1)):
        names = [("absent", *NATURES_OBJECTIF)[nature] for nature in (pmt, pfa)]
        found = bareme.regimes[names[0], names[1], "oui" if mep else "non"].value
        if found is None:
            continue
        for first, second in product(range(1, 4) if pmt else (0,), range(1, 4)):
            key = share_key(pmt, pfa, first, second, mep)
            regime[key] = REGIMES.index(found)
            share[key] = _share(bareme, found, names, (first, second))
    return regime, share


def share_key(pmt: Any, pfa: Any, first: Any, second: Any, mep: Any) -> Any:
    """The key of the tables of shares."""
    return (((pmt * 4 + pfa) * 4 + first) * 4 + second) * 2 + mep


def _share(bareme: Bareme, regime: str, natures: list[str], cells: tuple[int, int]) -> float:
    """All, nothing, or the better rate, under the default readings, which no rise of a maintien changes."""
    table = bareme.modulation[regime]
    words = [
        (("p50", "p30", "sous_p30") if nature == "primo_installe" else STATUTS)[max(cell, 1) - 1]
        for nature, cell in zip(natures, cells, strict=True)
    ]
    if len(table.inputs) == 3:
        words = words if natures[0] == "augmentation" else words[::-1]
        keys = [(*words, "oui"), (*words, "non")]
    else:
        keys = [tuple(words[-len(table.inputs) :])]
    (part,) = {part_de(table[key].value, DEFAULT) for key in keys}
    return {"cent": 1.0, "zero": 0.0, "prorata": PRORATA}[part]
