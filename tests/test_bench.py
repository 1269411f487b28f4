"""The benchmark of tables, without its clock: what it compares gives the same answers, whatever the table."""

from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import narwhals as nw
import pytest

from aide_am import bareme_at
from aide_am.frames import OUTPUTS, evaluate_frame
from aide_am.terms import Texte

BENCH = Path(__file__).parent.parent / "bench"
REGIMES = {"MOD-00", "MOD-01", "MOD-02", "MOD-03", "MOD-04", "MOD-05", "MOD-06"}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return import_module("frames")


def answers(frame: Any) -> dict[str, list[Any]]:
    """The output columns as plain values, the null of each kind of table as `None`."""
    found = nw.from_native(evaluate_frame(frame)).lazy().collect("pyarrow").to_arrow()
    columns = {name: found.column(name).to_pylist() for name in OUTPUTS}
    return {name: [None if v != v else v for v in values] for name, values in columns.items()}


def test_numpy_by_hand_pays_every_doctor_what_evaluate_frame_pays(bench: ModuleType) -> None:
    assert bench.disagreements(2_000) == []


def test_a_wrong_answer_by_hand_would_be_found(bench: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    right = bench.yardstick.answer

    def wrong(table: Any) -> Any:
        found = right(table)
        found["amount_due_low"][3] += 1
        return found

    monkeypatch.setattr(bench.yardstick, "answer", wrong)
    (said,) = bench.disagreements(200)
    assert said.startswith("row 3, amount_due_low: ")


def test_the_dossiers_of_the_benchmark_meet_every_text_verdict_and_regime(bench: ModuleType) -> None:
    table = bench.dossiers.make(5_000)
    found = bench.yardstick.in_words(bench.yardstick.answer(table))
    assert set(found["verdict"]) == {"eligible", "non_eligible", "a_instruire"}
    assert set(found["regime"]) == {*REGIMES, None}
    assert set(found["band"]) == {None, "sous_p30", "p30_p90", "p90_p95", "p95"}
    intervals = {low != high for low, high in zip(found["share_low"], found["share_high"], strict=True)}
    assert intervals == {True, False}
    epoch = bench.dossiers.EPOCH
    signed = {bareme_at(date.fromordinal(day + epoch)).texte for day in table["date_signature"].tolist()}
    assert signed == set(get_args(Texte))


@pytest.mark.parametrize("kind", ["text", "arrow", "pandas", "duckdb"])
def test_every_kind_of_table_of_the_benchmark_holds_the_same_dossiers(bench: ModuleType, kind: str) -> None:
    table = bench.dossiers.make(300)
    given = getattr(bench.dossiers, kind)(table)
    assert answers(given) == answers(bench.dossiers.coded(table))


def test_days_written_as_text_are_the_same_days(bench: ModuleType) -> None:
    table = bench.dossiers.make(300)
    assert answers(bench.dossiers.text(table, dates=True)) == answers(bench.dossiers.coded(table))


def test_the_dossiers_with_data_left_out_are_answered_and_not_as_if_they_were_complete(
    bench: ModuleType,
) -> None:
    table = bench.dossiers.make(300)
    sparse = answers(bench.dossiers.coded(bench.dossiers.with_nulls(table)))
    assert sparse["error"] == [None] * 300
    assert sparse["missing"] != answers(bench.dossiers.coded(table))["missing"]


# From the hand-computed cases of the part of the rules: a généraliste of secteur 1, 1 ETP, in his year 3.
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pmt_obs": 1045}, (True, 1, 22000, 1, 2, 1, 22000)),  # exactly 95 %, the other missed without drop
        ({"pmt_obs": 1100, "pfa_obs": 1400}, (True, 1, 22000, 1, 3, 0, 0)),
        ({"pmt": 1900, "pmt_obs": 2000, "pmt_cible": 2000}, (True, 2, 26000, 1, 2, 1, 26000)),
        ({"pmt": 774, "pfa": 1218, "secteur": 2, "optam": True}, (False, 0, 0, 0, 0, 0, 0)),
        ({"secteur": 2}, (False, 0, 0, 0, 0, 0, 0)),
        ({"annee": 1}, (True, 1, 38000, 2, 2, 1, 38000)),
    ],
)
def test_the_part_of_the_rules_pays_the_cases_computed_by_hand(
    bench: ModuleType, changes: dict[str, int], expected: tuple[float, ...]
) -> None:
    doctors = bench.subset.doctors(bench.dossiers.make(1))
    doctor = {"specialite": 0, "secteur": 1, "optam": False, "zone": 1, "pmt": 1000, "pfa": 1500, "etp": 2}
    doctor |= {"annee": 3, "signature": 20100, "pmt_obs": 1000, "pfa_obs": 1500, "pmt_cible": 1100}
    doctor |= {"pfa_cible": 1600, "age": 50, "primo": False, **changes}
    one = {name: doctors[name].copy() for name in doctors}
    for name, value in doctor.items():
        one[name][:] = value
    assert tuple(values[0] for values in bench.subset.answer(one).values()) == expected
