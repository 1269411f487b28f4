"""The criteria of access in a table of dossiers: what a row says is what `evaluate` says of the doctor."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from aide_am import Readings, bareme_at, evaluate
from aide_am.frames import evaluate_frame
from aide_am.frames.columns import dossier_of
from support import warning_codes

ROW: dict[str, Any] = {
    "specialite": "medecine_generale", "secteur": "1", "zone": "ZIP", "exercice_coordonne": True,
    "date_naissance": date(1970, 5, 2), "date_installation": date(2005, 9, 1), "option_etp": "1",
    "date_signature": date(2024, 9, 1), "annee": 1, "pmt_initiale": 1300, "pfa_initiale": 2400,
}  # fmt: skip
AVENANT_7 = {"date_signature": date(2022, 3, 1)}
FEW = {"pmt_initiale": 300, "pfa_initiale": 500}
MOVED = {"date_installation": date(2024, 6, 1), "derogation_installation": "demenagement"}
SPECIALTIES = sorted(bareme_at(date(2022, 3, 1)).specialites)


def row(*changes: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(ROW)
    for change in changes:
        made |= change
    return made


def answers(rows: list[dict[str, Any]], readings: Readings | None = None) -> list[dict[str, Any]]:
    """What the table says of each row, held against `evaluate`."""
    names = {name: None for each in rows for name in each}
    frame = pl.DataFrame(
        [{name: each.get(name) for name in names} for each in rows], infer_schema_length=None
    )
    found: list[dict[str, Any]] = evaluate_frame(frame, readings=readings).to_dicts()
    for each in found:
        each |= {name: each[name] or "" for name in ("criteria_failed", "missing")}
    for given, answer in zip(rows, found, strict=True):
        decision = evaluate(dossier_of(given), readings=readings)
        failed = [c.rule for c in decision.criteria if c.status == "non_satisfait"]
        assert answer["verdict"] == decision.verdict
        assert answer["criteria_failed"].split() == failed
        assert answer["missing"].split() == [missing.field for missing in decision.missing]
    return found


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", [date(2022, 3, 1), date(2023, 6, 1), date(2024, 9, 1)])
def test_every_specialty_has_its_own_answer_under_each_text(signed: date) -> None:
    found = answers([row({"specialite": slug, "date_signature": signed}) for slug in SPECIALTIES])
    refused = {
        slug for slug, each in zip(SPECIALTIES, found, strict=True) if "ELI-01" in each["criteria_failed"]
    }
    asked = {
        slug for slug, each in zip(SPECIALTIES, found, strict=True) if "caisse.ELI-01" in each["missing"]
    }
    if signed < date(2023, 5, 1):
        assert refused == set()
        assert {"mep", "dermatologie", "radiologie", "anesthesie"} <= asked
        assert not asked & {"medecine_generale", "cardiologie", "gynecologie_obstetrique", "psychiatrie"}
    else:
        assert len(refused) == 6
        assert asked == {"chirurgie_maxillo_faciale_stomatologie"}


@pytest.mark.rule("ELI-03")
def test_an_option_made_for_other_specialties_changes_no_verdict() -> None:
    doctor = {"secteur": "2", "option_tarifaire": "OPTAM-CO", "part_honoraires_cliniques": "0.9"}
    rows = [row(doctor, {"specialite": slug}) for slug in ("medecine_generale", "chirurgie_generale", "orl")]
    for each in answers(rows):
        assert "ELI-03" not in each["criteria_failed"]
    warned = ["optam_co_autre_specialite" in warning_codes(evaluate(dossier_of(each))) for each in rows]
    assert warned == [True, False, False]


@pytest.mark.rule("ELI-04")
def test_a_pediatre_is_judged_by_his_file_active_in_a_table_too() -> None:
    pediatre = row({"specialite": "pediatrie", "pmt_initiale": 51, "pfa_initiale": 900})
    reached = row({"specialite": "pediatrie", "pmt_initiale": 50, "pfa_initiale": 949})
    assert [each["verdict"] for each in answers([pediatre, reached])] == ["non_eligible", "eligible"]
    found = answers([pediatre, reached], Readings(indicateur_p30="un_des_deux"))
    assert [each["verdict"] for each in found] == ["eligible", "eligible"]


@pytest.mark.rule("ELI-06", "ELI-04")
def test_a_derogation_is_told_in_a_column() -> None:
    found = answers(
        [
            row(FEW),
            row(FEW, MOVED),
            row(FEW, MOVED, {"derogation_installation": "changement_specialite"}),
            row(FEW, MOVED, {"derogation_installation": None}),
            row(FEW, MOVED, {"date_installation": date(2023, 8, 31)}),
            row(FEW, MOVED, {"date_installation": None}),
            row(MOVED),
        ]
    )
    assert [each["verdict"] for each in found] == [
        "non_eligible", "a_instruire", "a_instruire", "eligible", "non_eligible", "a_instruire", "eligible",
    ]  # fmt: skip
    waiting = ["caisse.ELI-06" in each["missing"].split() for each in found]
    assert waiting == [False, True, True, False, False, False, False]


@pytest.mark.rule("ELI-06", "OBJ-08")
def test_a_derogation_is_paid_in_a_table_as_evaluate_pays_it() -> None:
    counts = {
        "pmt_initiale": 700,
        "pfa_initiale": 900,
        "annee": 3,
        "pmt_objectif": 1500,
        "pfa_objectif": 2300,
    }
    made = row(counts, MOVED, {"pmt_observee": 1100, "pfa_observee": 1600})
    (answer,) = answers([made])
    due = evaluate(dossier_of(made)).amount_due
    assert due is not None
    assert (answer["amount_due_low"], answer["amount_due_high"]) == (due.low, due.high)
    assert due.low < due.high


@pytest.mark.rule("ELI-07", "ELI-10")
@pytest.mark.parametrize(
    ("changes", "verdict", "missing"),
    [
        ({}, "eligible", None),
        ({"zone": "ZAC"}, "a_instruire", "caisse.ELI-07"),
        ({"zone": None}, "a_instruire", "medecin.zone"),
        ({"zone": "hors_zone"}, "non_eligible", None),
        ({"exercice_coordonne": False}, "a_instruire", "caisse.ELI-10"),
        ({"exercice_coordonne": None}, "a_instruire", "medecin.exercice_coordonne"),
    ],
)
def test_one_etp_in_zac_and_a_practice_to_be_coordinated_wait_for_the_caisse(
    changes: dict[str, Any], verdict: str, missing: str | None
) -> None:
    (answer,) = answers([row(AVENANT_7, changes)])
    assert answer["verdict"] == verdict
    if missing is not None:
        assert missing in answer["missing"].split()
