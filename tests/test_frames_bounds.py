"""Tables at every bound of the law at once: each count stands on a threshold, or one patient beside it."""

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from aide_am import Readings, bareme_at
from aide_am.frames import evaluate_frame
from test_frames_law import differences

SIGNED = date(2024, 9, 1)
GENERAL = bareme_at(SIGNED).percentiles["medecine_generale", "pmt"]
FILE = bareme_at(SIGNED).percentiles["medecine_generale", "pfa"]
ROW: dict[str, Any] = {
    "specialite": "medecine_generale",
    "secteur": "1",
    "date_naissance": date(1990, 1, 1),
    "date_installation": date(2024, 6, 1),
    "date_signature": SIGNED,
    "option_etp": "1",
    "annee": 3,
    "pmt_initiale": 600,
    "pfa_initiale": 900,
}


def around(*counts: int | None) -> list[int]:
    """Each of these counts, and its two neighbours."""
    return sorted({count + step for count in counts if count is not None for step in (-1, 0, 1)})


def compared(rows: list[dict[str, Any]], readings: Readings | None = None) -> list[str]:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    answers = evaluate_frame(pl.DataFrame(columns), readings=readings)
    assert answers["error"].null_count() == len(rows)
    return differences(columns, answers, readings or Readings(), None)


@pytest.mark.rule("OBJ-03", "MOD-06")
@pytest.mark.parametrize("indicator", ["pmt", "pfa"])
def test_the_number_of_a_primo_installe_with_activite_mixte_counts_from_p30_to_p50_bounds_included(
    indicator: str,
) -> None:
    ends = {"pmt": GENERAL, "pfa": FILE}[indicator]
    other = "pfa" if indicator == "pmt" else "pmt"
    numbers = around(ends.p30, ends.p50)
    seen = [*around(ends.p30, ends.p50), (ends.p30 + ends.p50) // 2]  # type: ignore[operator]
    beside = around(*{"pmt": FILE, "pfa": GENERAL}[indicator][:2])
    rows = [
        ROW
        | {"activite_mixte": mixte, f"{indicator}_objectif": number, f"{other}_objectif": None}
        | {f"{indicator}_observee": count, f"{other}_observee": second}
        for number, count, second, mixte in product(numbers, seen, beside, (True, False))
    ]
    assert len(rows) >= 400
    assert compared(rows) == []


@pytest.mark.rule("ELI-04", "ELI-06", "MNT-01")
def test_a_newcomer_at_each_percentile_of_both_indicators_is_answered_as_alone() -> None:
    rows = [
        ROW | {"pmt_initiale": pmt, "pfa_initiale": pfa, "pmt_observee": pmt, "pfa_observee": pfa}
        for pmt, pfa in product(around(*GENERAL[:5]), around(*FILE[:5]))
    ]
    assert compared(rows) == []
    assert compared(rows, Readings(borne_p30="exclue", indicateur_p30="les_deux")) == []


@pytest.mark.rule("OBJ-05", "OBJ-06", "MOD-01", "MOD-03", "MOD-04")
@pytest.mark.parametrize("natures", [(None, None), ("maintien", "maintien"), (None, "maintien")])
@pytest.mark.parametrize("born", [date(1955, 1, 1), date(1975, 1, 1)])
def test_a_count_at_each_bound_of_its_objective_has_the_status_it_has_alone(
    natures: tuple[str | None, str | None], born: date
) -> None:
    settled = ROW | {"date_installation": date(2005, 9, 1), "date_naissance": born}
    settled |= {
        "pmt_initiale": 1300,
        "pfa_initiale": 1800,
        "pmt_nature": natures[0],
        "pfa_nature": natures[1],
    }
    settled |= {"pmt_objectif": None if natures[0] else 1561, "pfa_objectif": None if natures[1] else 1911}
    counts = {
        name: around(
            *(-(-base * part // 100) for part in (90, 95, 100)), -(-(base * 5 + target * 95) // 100), target
        )
        for name, base, target in (("pmt", 1300, 1561), ("pfa", 1800, 1911))
    }
    rows = [
        settled | {"pmt_observee": a, "pfa_observee": b} for a, b in product(counts["pmt"], counts["pfa"])
    ]
    for readings in (Readings(), Readings(borne_tolerance="exclue", tolerance_augmentation="5_points")):
        assert compared(rows, readings) == []
