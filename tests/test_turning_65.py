"""A doctor under 65 at the signature who turned 65 since: what `evaluate` says of an avenant (CTR-04)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given

from aide_am import Decision, Dossier, NatureObjectifs, Readings, bareme_at, evaluate
from aide_am.decision import Alert
from aide_am.rules import life as ctr
from aide_am.scheduling import schedule
from depth import drawing
from strategies import dossiers, readings
from support import decide, dossier

CONVENTION = bareme_at(date(2024, 9, 1))
FALLEN = {"pmt": 1250, "pfa": 1720}  # 1 300 and 1 800 at the signature: under both, by less than 5 %
SAID = ("revision_65_ans",)


def told(decision: Decision) -> Alert | None:
    """What the decision says of an avenant, if it does."""
    found = [alert for alert in decision.warnings if alert.rule == "CTR-04"]
    assert len(found) <= 1
    assert {alert.code for alert in found} <= set(SAID)
    return found[0] if found else None


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def turning(born: str | None = "1960-05-02", **overrides: Any) -> Decision:
    """Year 3 of a doctor of 64 at the signature of 2024-09-01, whose counts fell a little."""
    return decide(**{"medecin.date_naissance": born, "observation": FALLEN} | overrides)


@pytest.mark.rule("CTR-04", "OBJ-06")
def test_a_doctor_of_65_since_who_fell_a_little_gets_nothing_and_is_told_what_an_avenant_would_pay() -> None:
    found = turning()
    assert found.amount_due is not None
    assert (found.verdict, found.amount_due.value) == ("eligible", Decimal(0))
    alert = told(found)
    assert alert is not None
    assert plain(alert.message) == (
        "Année 3 : le médecin a 65 ans à compter du 2 mai 2025 ; dès ce jour, un avenant peut "
        "remplacer les objectifs par un maintien. S’il décidait de toute l’année, le montant dû serait de "
        "22 000 €, sur la base de 1 300 patients (PMT) et 1 800 patients (PFA), qui tient lieu du comptage "
        "du 31 décembre 2024, à donner pour l’avenant."
    )
    assert plain(alert.message) in plain(found.explain())
    assert Decision.from_json(found.to_json()) == found


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("born", "said"),
    [
        ("1959-09-01", None),  # 65 on the day of the signature
        ("1959-09-02", "2024-09-02"),
        ("1962-08-31", "2027-08-31"),  # on the last day of year 3
        ("1962-09-01", None),  # on the first day of year 4
        ("1960-02-29", "2025-02-28"),
        (None, None),
    ],
)
def test_the_avenant_is_told_of_a_year_whose_last_day_is_not_before_the_65th_birthday(
    born: str | None, said: str | None
) -> None:
    alert = told(turning(born))
    assert (None if alert is None else alert.values["jour"]) == said


@pytest.mark.rule("CTR-04", "MOD-00")
def test_a_year_that_is_paid_whole_says_nothing_of_an_avenant() -> None:
    assert told(turning(annee=2)) is None
    assert told(turning(annee=3)) is not None
    assert told(turning(annee=7)) is not None


@pytest.mark.rule("CTR-04", "OBJ-02")
@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"pmt": "maintien", "pfa": "maintien"}, False),
        ({"pmt": "maintien", "pfa": None}, True),
        ({"pmt": "augmentation", "pfa": "augmentation"}, True),
    ],
)
def test_a_contract_that_states_maintien_for_every_indicator_has_nothing_to_replace(
    stated: dict[str, str | None], said: bool
) -> None:
    targets = {name: None if stated[name] == "maintien" else target for name, target in TARGETS.items()}
    found = turning(**{"contrat.nature_objectifs": stated, "contrat.objectifs": targets})
    assert (told(found) is not None) is said


TARGETS = {"pmt": 1560, "pfa": 1910}


@pytest.mark.rule("CTR-04", "OBJ-01")
def test_of_a_specialty_with_one_indicator_the_file_active_alone_counts() -> None:
    specialist = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": 2000},
        "contrat.objectifs": {"pfa": 2200},
    }
    alert = told(turning(**specialist, observation={"pfa": 1950}))
    assert alert is not None
    assert alert.values["bases"] == "pfa=2000"
    done = {"contrat.nature_objectifs": {"pfa": "maintien"}, "contrat.objectifs": None}
    assert told(turning(**specialist | done, observation={"pfa": 1950})) is None


@pytest.mark.rule("CTR-04", "OBJ-06")
@pytest.mark.parametrize(
    ("born", "due"),
    [
        ("1961-09-01", 2_200_000),  # 65 on the first day of the year: a fall of 10 % is tolerated
        ("1961-09-02", 2_030_769),  # the day after: 5 % alone, and 1200/1300 is paid
    ],
)
def test_the_tolerance_is_that_of_a_doctor_of_65_on_the_first_day_of_the_year(born: str, due: int) -> None:
    alert = told(turning(born, observation={"pmt": 1200, "pfa": 1660}))
    assert alert is not None
    assert (alert.values["bas"], alert.values["haut"]) == (due, due)


@pytest.mark.rule("CTR-04")
def test_the_reading_of_the_bound_is_named_where_the_sum_hangs_on_it() -> None:
    seen = {"pmt": 1170, "pfa": 1500}  # 10 % less, exactly
    assert "borne_tolerance" not in turning("1970-01-01", observation=seen).readings
    assert turning(observation=seen).readings["borne_tolerance"] == "incluse"
    sums = []
    for borne in ("incluse", "exclue"):
        alert = told(turning(observation=seen, readings={"borne_tolerance": borne}))
        assert alert is not None
        sums.append(alert.values["bas"])
    assert sums == [2_200_000, 1_980_000]


@pytest.mark.rule("CTR-04")
def test_without_an_observation_the_avenant_is_told_without_a_sum() -> None:
    alert = told(turning(observation=None))
    assert alert is not None
    assert alert.values["bas"] is None
    assert "€" not in alert.message


@pytest.mark.rule("CTR-04", "DIT-01")
def test_a_sum_that_hangs_on_the_verdict_says_so_and_a_refused_doctor_is_told_none() -> None:
    alert = told(turning(**{"medecin.secteur": None}))
    assert alert is not None
    assert "22 000 €, si le contrat est admis, sur la base" in plain(alert.message)
    assert told(turning(**{"medecin.secteur": "non_conventionne"})) is None
    assert told(turning(**{"medecin.secteur": "non_conventionne"}, force=True)) is not None


@pytest.mark.rule("CTR-04", "OBJ-03")
def test_the_base_is_the_count_of_an_avenant_where_there_is_one() -> None:
    alert = told(turning(**{"contrat.patientele_reference": {"pmt": 1400}, "contrat.objectifs": None}))
    assert alert is not None
    assert alert.values["bases"] == "pmt=1400 pfa=1800"


@pytest.mark.rule("CTR-04")
def test_a_base_that_is_not_known_is_said_and_not_taken_for_nothing() -> None:
    unknown = {"contrat.patientele_initiale": {"pmt": 1300}, "contrat.objectifs": {"pmt": 1560}}
    alert = told(turning(**unknown, observation={"pmt": 1100, "pfa": 1720}))
    assert alert is not None
    assert alert.values["bas"] < alert.values["haut"]  # type: ignore[operator]
    assert "1 300 patients (PMT) et un effectif non connu (PFA)" in plain(alert.message)


@pytest.mark.rule("CTR-04", "TMP-02")
def test_a_year_whose_last_day_is_not_known_says_nothing() -> None:
    signed = {"contrat.date_signature": "2022-03-01", "medecin.exercice_coordonne": True, "annee": 5}
    found = turning("1960-05-02", **signed, readings={"debut_annee": "embauche"})
    assert told(found) is None
    assert told(turning("1960-05-02", **signed)) is not None


@pytest.mark.rule("CTR-04")
@drawing(150)
@given(doctor=dossiers(observed=True), chosen=readings())
def test_the_sum_is_that_of_the_same_year_under_a_contract_that_states_maintien(
    doctor: Dossier, chosen: Readings
) -> None:
    born = doctor.medecin.date_naissance
    assume(born is not None and doctor.annee >= 3)
    found = evaluate(doctor, readings=chosen, force=True)
    alert = told(found)
    assume(alert is not None and alert.values["bas"] is not None)
    assert alert is not None
    natures = NatureObjectifs(pmt="maintien", pfa="maintien")
    contrat = doctor.contrat.model_copy(update={"nature_objectifs": natures, "objectifs": None})
    other = evaluate(doctor.model_copy(update={"contrat": contrat}), readings=chosen, force=True)
    assert told(other) is None
    assert other.verdict == found.verdict
    if "p95_exclu" not in [alert.code for alert in found.warnings]:  # a maintien excludes no P95 (MNT-09)
        assert other.band == found.band
    if other.maximum == found.maximum and other.amount_due is not None:
        assert (Decimal(str(alert.values["bas"])), Decimal(str(alert.values["haut"]))) == (
            other.amount_due.low * 100,
            other.amount_due.high * 100,
        )


# --- In a schedule --------------------------------------------------------------------------------


def planned_65(events: list[dict[str, Any]]) -> dict[int, Alert | None]:
    """What each of five years of the same contract says of the avenant."""
    doctor = dossier(**{"medecin.date_naissance": "1960-05-02", "observation": None})
    plan = schedule(doctor, {3: FALLEN}, events=events)
    found: dict[int, Alert | None] = {}
    for year in plan.years:
        alerts = [alert for alert in year.warnings if alert.rule == "CTR-04" and alert.code in SAID]
        found[year.annee] = alerts[0] if alerts else None
    return found


@pytest.mark.rule("CTR-04")
def test_a_schedule_says_it_of_each_modulated_year_with_a_sum_where_one_is_counted() -> None:
    found = planned_65([])
    assert {annee for annee, alert in found.items() if alert is not None} == {3, 4, 5}
    third, fourth = found[3], found[4]
    assert third is not None
    assert fourth is not None
    assert third.values["bas"] == third.values["haut"] is not None
    assert fourth.values["bas"] is None


@pytest.mark.rule("CTR-04", "CTR-05")
def test_once_the_avenant_is_signed_or_the_contract_over_nothing_more_is_said() -> None:
    signed = {
        "type": "avenant_65_ans",
        "date": "2026-06-01",
        "patientele_reference": {"pmt": 1300, "pfa": 1800},
    }
    assert set(planned_65([signed]).values()) == {None}
    late = dossier(**{"medecin.date_naissance": "1961-12-01", "observation": None})
    for day, said in (("2026-11-30", False), ("2026-12-01", False), ("2026-12-02", True)):
        end = {"type": "resiliation", "date": day, "initiative": "medecin", "motif": "choix_du_medecin"}
        (third,) = [year for year in schedule(late, events=[end]).years if year.annee == 3]
        assert any(alert.code in SAID for alert in third.warnings) is said


@pytest.mark.rule("CTR-04", "CTR-07")
def test_a_year_that_the_caisse_must_settle_has_no_sum_of_an_avenant() -> None:
    alert = planned_65([{"type": "absence", "date": "2026-10-01"}])[3]
    assert alert is not None
    assert alert.values["bas"] == alert.values["haut"]
    rising = dossier(**{"medecin.date_naissance": "1960-05-02", "observation": None})
    plan = schedule(rising, {3: TARGETS}, events=[{"type": "absence", "date": "2026-10-01"}])
    (third,) = [year for year in plan.years if year.annee == 3]
    (said,) = [each for each in third.warnings if each.code in SAID]
    assert said.values["bas"] is None


@pytest.mark.rule("CTR-04")
@pytest.mark.parametrize(
    ("annee", "suivante", "natures", "expected"),
    [
        (3, date(2027, 9, 1), ("augmentation", None), date(2025, 5, 2)),
        (2, date(2027, 9, 1), ("augmentation", None), None),
        (3, date(2025, 5, 2), (None, None), None),
        (3, date(2025, 5, 3), (None, None), date(2025, 5, 2)),
        (3, None, (None, None), None),
        (3, date(2027, 9, 1), ("maintien",), None),
    ],
)
def test_the_day_of_the_revision(
    annee: int, suivante: date | None, natures: tuple[str | None, ...], expected: date | None
) -> None:
    signed, born = date(2024, 9, 1), date(1960, 5, 2)
    assert ctr.revision_ouverte(born, signed, annee, suivante, natures, CONVENTION) == expected
    assert ctr.revision_ouverte(None, signed, annee, suivante, natures, CONVENTION) is None
