"""A contract along a path: each year as evaluate says, cumulated, and under every reading."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Observation, Readings, RefusedData, evaluate
from aide_am.models import Dossier
from aide_am.scheduling import schedule
from aide_am.simulation import Growth, Simulation, grown, simulate
from depth import drawing
from strategies import dossiers, readings
from support import as_dict, dossier

NEW = dossier(observation=None, annee=1)


def due(simulation: Simulation) -> list[tuple[str, str] | None]:
    return [
        None if y.amount_due is None else (str(y.amount_due.low), str(y.amount_due.high))
        for y in simulation.years
    ]


def test_a_path_year_by_year_pays_each_year_and_cumulates() -> None:
    path = {3: {"pmt": 1500, "pfa": 1890}, 4: {"pmt": 1560, "pfa": 1890}, 5: {"pmt": 1290, "pfa": 2000}}
    simulation = simulate(NEW, path)
    assert due(simulation) == [
        ("38000.00", "38000.00"),
        ("28000.00", "28000.00"),
        ("18000.00", "18000.00"),
        ("22000.00", "22000.00"),
        ("0.00", "0.00"),
    ]
    assert [str(y.cumulated.value) for y in simulation.years if y.cumulated] == [
        "38000.00",
        "66000.00",
        "84000.00",
        "106000.00",
        "106000.00",
    ]
    assert simulation.total == simulation.span == simulation.schedule.total


def test_a_growth_starts_from_the_signature_and_is_truncated_to_the_patient() -> None:
    counts = grown(NEW, Growth(pmt="0.05", pfa="-0.005"), 3)  # type: ignore[arg-type]
    # 1 300 × 1,05 = 1 365 ; × 1,05² = 1 433,25 ; × 1,05³ = 1 504,91 ; 1 800 × 0,995³ = 1 773,13
    assert [(seen.pmt, seen.pfa) for seen in counts.values()] == [(1365, 1791), (1433, 1782), (1504, 1773)]


def test_a_growth_left_out_or_a_count_not_known_at_signature_gives_no_count() -> None:
    assert grown(NEW, Growth(pmt="0.05"), 1)[1] == Observation(pmt=1365, pfa=None)  # type: ignore[arg-type]
    unknown = dossier(
        **{"contrat.patientele_initiale": {"pmt": None, "pfa": 1800}, "contrat.objectifs": None}
    )
    assert grown(unknown, Growth(pmt="0.05", pfa="0"), 1)[1] == Observation(pmt=None, pfa=1800)  # type: ignore[arg-type]


@pytest.mark.parametrize("growth", [0.03, "3 %", "1.01", "-1.5", True, "0,03"])
def test_a_growth_that_is_not_an_exact_part_is_refused_in_french(growth: Any) -> None:
    with pytest.raises(RefusedData, match="croissance annuelle en texte décimal"):
        Growth(pmt=growth)


@drawing(80)
@given(
    doctor=dossiers(),
    chosen=readings(),
    counts=st.dictionaries(
        st.integers(1, 5),
        st.fixed_dictionaries({"pmt": st.integers(500, 3500), "pfa": st.integers(500, 3500)}),
    ),
)
def test_the_schedule_evaluated_year_by_year_equals_the_simulation(
    doctor: Dossier, chosen: Readings, counts: dict[int, dict[str, int]]
) -> None:
    try:
        payments = schedule(doctor, counts, readings=chosen, force=True)
    except RefusedData:
        with pytest.raises(RefusedData):
            simulate(doctor, counts, readings=chosen, force=True)
        return
    simulation = simulate(doctor, counts, readings=chosen, force=True)
    assert simulation.schedule == payments
    assert [y.amount_due for y in simulation.years] == [y.amount_due for y in payments.years]
    assert tuple(y.cumulated for y in simulation.years) == payments.cumulated


def test_every_reading_gives_the_distinct_results_the_default_first() -> None:
    simulation = simulate(NEW, {3: {"pmt": 1500, "pfa": 1890}}, 3, readings="toutes")
    assert [str(s.total and s.total.value) for s in simulation.scenarios] == ["84000.00", "88000.00"]
    assert simulation.scenarios[1].readings == ({"taux_atteinte": "niveau"},)
    assert simulation.span is not None
    assert (simulation.span.low, simulation.span.high) == (Decimal(84000), Decimal(88000))


@drawing(40)
@given(doctor=dossiers(), chosen=readings())
def test_the_result_under_any_readings_is_one_of_the_scenarios(doctor: Dossier, chosen: Readings) -> None:
    counts = {3: {"pmt": 1500, "pfa": 1700}}
    every = simulate(doctor, counts, 4, readings="toutes", force=True)
    one = simulate(doctor, counts, 4, readings=chosen, force=True)
    found = {tuple(scenario.amounts) for scenario in every.scenarios}
    assert tuple(year.amount_due for year in one.years) in found


def test_a_year_says_what_would_have_changed_it_and_years_1_and_2_nothing() -> None:
    simulation = simulate(NEW, {1: {"pmt": 1310, "pfa": 1810}, 3: {"pmt": 1290, "pfa": 1795}})
    assert [year.gaps is None for year in simulation.years] == [True, True, False, True, True]
    found = simulation.years[2].gaps
    assert found is not None
    assert found.together is not None
    assert (found.together.pmt, found.together.pfa) == (10, 6)
    assert found.together.amount.value == Decimal(200)
    assert evaluate(dossier(observation={"pmt": 1300, "pfa": 1801})).share == (Fraction(1, 110),) * 3


def test_a_path_that_cannot_be_read_is_refused_all_at_once() -> None:
    with pytest.raises(RefusedData) as error:
        simulate(NEW, {0: {}, 6: {"pmt": 1}, 3: {"pmt": -1, "pfb": 2}})
    assert [refusal.field for refusal in error.value.refusals] == [
        "observations",
        "observations",
        "observations.3.pmt",
        "observations.3.pfb",
    ]


def test_another_word_than_toutes_is_refused() -> None:
    with pytest.raises(RefusedData, match="toutes"):
        simulate(NEW, {}, readings="tous")  # type: ignore[arg-type]


def test_the_simulation_reads_back_from_json_gives_rows_and_speaks_french() -> None:
    simulation = simulate(NEW, Growth(pmt="0.03", pfa="0.01"), readings="toutes")  # type: ignore[arg-type]
    assert Simulation.from_json(simulation.to_json()) == simulation
    assert [row["pmt"] for row in simulation.rows()] == [1339, 1379, 1420, 1463, 1507]
    text = simulation.explain().replace("\u202f", " ").replace("\u00a0", " ")
    assert "Total dû sur 5 années : " in text
    assert "RÉSULTATS SOUS TOUTES LES LECTURES" in text
    assert "<table>" in simulation._repr_html_()


def test_the_observation_of_the_dossier_serves_its_year_unless_the_path_says_otherwise() -> None:
    told = Dossier.model_validate(as_dict())
    assert due(simulate(told, {}))[2] == ("18000.00", "18000.00")
    assert due(simulate(told, {3: {"pmt": 1560, "pfa": 1910}}))[2] == ("22000.00", "22000.00")
    codes = {alert.code for alert in simulate(told, {3: {"pmt": 1560, "pfa": 1910}}).schedule.warnings}
    assert "observation_remplacee" in codes
    assert "observation_remplacee" not in {a.code for a in simulate(told, {}).schedule.warnings}
