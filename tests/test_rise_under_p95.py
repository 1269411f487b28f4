"""MNT-09: a contract that asked an indicator to rise at the signature leaves it under P95."""

from typing import Any

import polars as pl
import pytest

from aide_am import Decision, Dossier, evaluate, outcomes, schedule
from aide_am.frames import COLUMNS, evaluate_frame
from frames_support import place_of
from support import decide, dossier, missing_fields, warning_codes

DERMATO: dict[str, Any] = {
    "medecin.specialite": "dermatologie",
    "contrat.patientele_initiale": {"pfa": 2000},
    "contrat.objectifs": {"pfa": 2200},
    "observation": None,
}
UNDER_P95, OPEN = (22000, 26000), (22000, 38000)


def ends(decision: Decision) -> tuple[int, int]:
    assert decision.maximum is not None
    return int(decision.maximum.low), int(decision.maximum.high)


@pytest.mark.rule("MNT-09", "MNT-06")
def test_a_dermatologue_whose_contract_says_2000_then_2200_has_at_most_26_000_in_year_3() -> None:
    decision = decide(**DERMATO)
    assert ends(decision) == UNDER_P95
    assert decision.possible_bands == ("p30_p90", "p90_p95")
    assert "percentiles.pfa.p90" in missing_fields(decision)
    assert "percentiles.pfa.p95" not in missing_fields(decision)
    (step,) = [step for step in decision.trace if step.rule == "MNT-09"]
    assert {reference.nature for reference in step.references} == {"deduit"}
    assert "p95_exclu" in warning_codes(decision)
    assert "demandait une augmentation à la signature" in decision.explain()
    assert ends(decide(**DERMATO, annee=1)) == (38000, 38000)
    assert ends(decide(**DERMATO, annee=2)) == (28000, 28000)


@pytest.mark.rule("MNT-09")
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"contrat.objectifs": {"pfa": 2001}}, UNDER_P95),
        ({"contrat.objectifs": {"pfa": 2000}}, OPEN),  # a maintien
        ({"contrat.objectifs": None}, OPEN),
        ({"contrat.objectifs": None, "contrat.nature_objectifs": {"pfa": "augmentation"}}, UNDER_P95),
        ({"contrat.nature_objectifs": {"pfa": "maintien"}}, OPEN),  # what is stated wins
        ({"contrat.nature_objectifs": {"pmt": "augmentation"}, "contrat.objectifs": None}, OPEN),
        ({"contrat.patientele_initiale": {}}, OPEN),
        ({"contrat.patientele_initiale": {}, "contrat.nature_objectifs": {"pfa": "augmentation"}}, OPEN),
        ({"percentiles": {"pfa": {"p90": 1950}}}, (26000, 26000)),
        ({"percentiles": {"pfa": {"p95": 2000}}}, (38000, 38000)),  # the percentiles say it: nothing is open
        ({"percentiles": {"pfa": {"p95": 2001}}}, UNDER_P95),
    ],
)
def test_only_a_rise_that_the_contract_asked_of_a_position_that_is_open_excludes_p95(
    told: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert ends(decide(**DERMATO | told)) == expected


@pytest.mark.rule("MNT-09")
@pytest.mark.parametrize(
    "avenant",
    [
        {"contrat.patientele_reference": {"pfa": 2000}},
        {"contrat.patientele_reference": {"pmt": 900}},
        {"contrat.date_option": "2025-09-01", "contrat.contrat_anterieur": {"option_etp": "0.5"}},
    ],
)
def test_the_objectives_of_an_avenant_say_nothing_of_the_position_at_the_signature(
    avenant: dict[str, Any],
) -> None:
    decision = decide(**DERMATO | avenant)
    assert ends(decision) == OPEN
    assert "p95_exclu" not in warning_codes(decision)


@pytest.mark.rule("MNT-09", "CTR-01")
@pytest.mark.parametrize(("signed", "annee", "expected"), [
    ("2023-05-01", 5, UNDER_P95),
    ("2023-05-01", 6, OPEN),  # past the term, its objectives may be those of the prorogation
    ("2024-09-01", 6, UNDER_P95),  # renewed, with the objectives of the contract
    ("2023-04-30", 3, OPEN),  # avenant 7
])  # fmt: skip
def test_the_rise_tells_of_contracts_signed_from_may_2023_up_to_their_term(
    signed: str, annee: int, expected: tuple[int, int]
) -> None:
    contract = {"contrat.date_signature": signed, "annee": annee, "contrat.prorogation": True}
    assert ends(decide(force=True, **DERMATO | contract)) == expected


@pytest.mark.rule("MNT-09", "ELI-06")
@pytest.mark.parametrize("installed", ["2024-03-01", None, "2005-09-01"])
def test_a_primo_installe_or_maybe_one_is_under_p95_on_the_indicator_that_decides(
    installed: str | None,
) -> None:
    assert ends(decide(**DERMATO, **{"medecin.date_installation": installed})) == UNDER_P95


@pytest.mark.rule("MNT-09")
@pytest.mark.parametrize(("installed", "expected"), [("2005-09-01", UNDER_P95), ("2024-03-01", OPEN)])
def test_the_p50_target_of_a_primo_installe_says_nothing_of_the_indicator_that_does_not_decide(
    installed: str, expected: tuple[int, int]
) -> None:
    doctor = {
        "medecin.specialite": "mep",
        "medecin.date_installation": installed,
        "contrat.patientele_initiale": {"pmt": 900, "pfa": 1100},
        "contrat.objectifs": {"pmt": 1000, "pfa": 1300},
        "percentiles": {"pfa": {"p50": 1200, "p90": 2400, "p95": 3000}},
        "observation": None,
    }
    decision = decide(readings={"tranche_deux_indicateurs": "pmt"}, **doctor)
    assert ends(decision) == expected


@pytest.mark.rule("MNT-09", "MNT-01")
@pytest.mark.parametrize(
    "avenant",
    [
        {"type": "avenant_objectifs", "date": "2027-09-01", "objectifs": {"pfa": 2500}},
        {"type": "avenant_objectifs", "date": "2027-09-01", "patientele_reference": {"pfa": 2100}},
        {"type": "avenant_65_ans", "date": "2027-09-01", "patientele_reference": {"pfa": 2100}},
    ],
)
def test_what_the_contract_asked_at_the_signature_tells_of_its_whole_life_whatever_avenants_came_since(
    avenant: dict[str, Any],
) -> None:
    doctor = dossier(**DERMATO | {"medecin.date_naissance": "1962-03-01"})
    told = schedule(doctor, events=[avenant]).years
    assert [ends(year.decision) for year in told if year.decision][2:] == [UNDER_P95] * 3


@pytest.mark.rule("MNT-09", "CTR-02")
def test_a_dermatologue_who_asked_a_rise_and_halves_his_option_has_at_most_13_000_afterwards() -> None:
    halved = [{"type": "avenant_option", "date": "2026-10-01", "option_etp": "0.5"}]
    seen = {4: {"pfa": 2200}}
    year = schedule(dossier(**DERMATO), seen, events=halved).years[3]
    assert year.amount_due is not None
    assert (str(year.amount_due.low), str(year.amount_due.high)) == ("11000.00", "13000.00")


@pytest.mark.rule("MNT-09", "CTR-01")
def test_a_contract_prolonged_by_an_event_keeps_what_it_asked_at_its_signature() -> None:
    longer = [{"type": "avenant_prorogation", "date": "2028-04-01"}]
    doctor = dossier(**DERMATO | {"contrat.date_signature": "2023-05-01"})
    years = schedule(doctor, years=7, events=longer).years
    assert [ends(year.decision) for year in years if year.decision][2:] == [UNDER_P95] * 5


@pytest.mark.rule("MNT-09", "DIT-02")
@pytest.mark.parametrize(("installed", "consulted"), [(None, True), ("2005-09-01", False)])
def test_where_nobody_knows_a_primo_installe_the_indicator_that_decides_is_a_reading_of_p95(
    installed: str | None, consulted: bool
) -> None:
    """A MEP whose contract asks his PMT to rise: `les_deux` puts it under P95, the default does not."""
    doctor = {
        "medecin.specialite": "mep",
        "medecin.date_installation": installed,
        "contrat.patientele_initiale": {"pmt": 415, "pfa": None},
        "contrat.objectifs": {"pmt": 435, "pfa": 3893},
        "observation": None,
    }
    lowest = {"tranche_deux_indicateurs": "la_plus_basse"}
    decision = decide(readings=lowest, **doctor)
    assert ends(decision) == (UNDER_P95 if installed else OPEN)
    assert ends(decide(readings={**lowest, "indicateur_p30": "les_deux"}, **doctor)) == UNDER_P95
    assert ("indicateur_p30" in decision.readings) is consulted
    assert {ends(outcome.decision) for outcome in outcomes(dossier(**doctor))} == {UNDER_P95, OPEN}


@pytest.mark.rule("MNT-09")
def test_the_objectives_of_an_avenant_alone_leave_the_position_open_in_a_schedule_too() -> None:
    rise = [{"type": "avenant_objectifs", "date": "2027-09-01", "objectifs": {"pfa": 2500}}]
    years = schedule(dossier(**DERMATO | {"contrat.objectifs": None}), events=rise).years
    assert [ends(year.decision) for year in years if year.decision][2:] == [OPEN] * 3


def row_of(doctor: Dossier) -> dict[str, Any]:
    data, found = doctor.model_dump(mode="json"), {}
    for column in COLUMNS:
        place: Any = data
        for name in place_of(column.name) if column.path else ():
            place = None if place is None else place.get(name)
        found[column.name] = place if column.path else None
    return found


@pytest.mark.rule("MNT-09")
def test_a_table_excludes_p95_where_evaluate_does() -> None:
    changes: list[dict[str, Any]] = [
        {}, {"contrat.objectifs": {"pfa": 2000}}, {"contrat.objectifs": None},
        {"contrat.nature_objectifs": {"pfa": "augmentation"}},
        {"contrat.nature_objectifs": {"pfa": "maintien"}},
        {"contrat.patientele_reference": {"pfa": 2000}}, {"medecin.date_installation": "2024-03-01"},
        {"medecin.date_installation": None}, {"percentiles": {"pfa": {"p95": 2001}}}, {"annee": 6},
        {"contrat.date_signature": "2023-05-01", "annee": 6}, {"contrat.date_signature": "2023-04-30"},
        {"contrat.date_option": "2024-09-01"}, {"contrat.date_option": "2025-09-01"},
        {"medecin.specialite": "pediatrie", "contrat.patientele_initiale": {"pmt": 60, "pfa": 1000}},
        {"medecin.specialite": "mep", "contrat.objectifs": {"pmt": 900, "pfa": 2200}},
    ]  # fmt: skip
    doctors = [dossier(**DERMATO | change) for change in changes]
    frame = pl.DataFrame([row_of(doctor) for doctor in doctors], infer_schema_length=None)
    answers = evaluate_frame(frame)
    for place, doctor in enumerate(doctors):
        decision = evaluate(doctor)
        expected = (None, None) if decision.maximum is None else ends(decision)
        assert (answers["maximum_low"][place], answers["maximum_high"][place]) == expected, changes[place]
        assert answers["missing"][place] == (" ".join(m.field for m in decision.missing) or None)
        told = (answers["warnings"][place] or "").split()
        assert ("p95_exclu" in told) is ("p95_exclu" in warning_codes(decision)), changes[place]
