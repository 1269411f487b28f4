"""ELI-07 and CTR-02: an option held before an avenant is judged on the days on which it was held."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from aide_am import Dossier, Readings, bareme_at, evaluate, schedule
from aide_am.chronology import chronology
from aide_am.frames import evaluate_frame
from aide_am.rules import options
from aide_am.terms import OPTIONS_ETP
from frames_support import place_of
from support import criterion, decide, dossier, missing_fields

IN_ZAC = {
    "medecin.zone": "ZAC",
    "contrat.date_signature": "2024-09-01",
    "contrat.option_etp": "1",
    "contrat.date_option": "2026-12-01",
    "observation": None,
    "annee": 3,
}
OF_2022: dict[str, Any] = {
    "medecin.exercice_coordonne": True,
    "contrat.date_signature": "2022-03-01",
    "contrat.option_etp": "0.5",
    "contrat.patientele_initiale": {"pmt": 900, "pfa": 1500},
    "contrat.objectifs": None,
    "observation": None,
}


def before(option: str | None) -> dict[str, Any]:
    """The option that the avenant changed."""
    return {"contrat.contrat_anterieur": None if option is None else {"option_etp": option}}


def row_of(doctor: Dossier) -> dict[str, Any]:
    """The dossier as a row of a table."""
    from aide_am.frames import COLUMNS

    data, found = doctor.model_dump(mode="python"), {}
    for column in COLUMNS:
        place: Any = data
        for name in place_of(column.name) if column.path else ():
            place = None if place is None else place.get(name)
        if column.path and place is not None:
            found[column.name] = str(place) if isinstance(place, Decimal) else place
    return found


# Signed under the convention, the option changed in year 3.


@pytest.mark.rule("ELI-07", "CTR-02")
@pytest.mark.parametrize(
    ("option", "verdict", "low", "high"),
    [
        ("1/3", "non_eligible", None, None),
        ("0.5", "eligible", "19257.53", "19257.53"),
        ("1", "eligible", "22000.00", "22000.00"),
        ("1.5", "non_eligible", None, None),
        ("2", "non_eligible", None, None),
        (None, "eligible", "19257.53", "22000.00"),
    ],
)
def test_a_doctor_in_zac_who_signed_in_2024_held_0_5_or_1_etp_before_his_avenant_and_nothing_else(
    option: str | None, verdict: str, low: str | None, high: str | None
) -> None:
    decision = decide(**IN_ZAC, **before(option))
    assert decision.verdict == verdict
    if low is None:
        assert decision.maximum is None
        assert criterion(decision, "ELI-07").code == "avant_fermee"
        assert "n’était ouverte à ce médecin aucun jour" in decision.explain()
        return
    assert decision.maximum is not None
    assert (str(decision.maximum.low), str(decision.maximum.high)) == (low, high)
    assert ("contrat.contrat_anterieur.option_etp" in missing_fields(decision)) is (low != high)


@pytest.mark.rule("ELI-07", "CTR-02")
@pytest.mark.parametrize(
    ("specialite", "zone", "high"),
    [
        ("medecine_generale", "ZIP", "27484.93"),
        ("medecine_generale", None, "27484.93"),
        ("medecine_generale", "ZAC", "22000.00"),
        ("medecine_generale", "hors_zone", "22000.00"),
        ("mep", "ZIP", "22000.00"),
    ],
)
def test_2_etp_may_have_run_before_the_avenant_of_a_generaliste_in_zip_alone(
    specialite: str, zone: str | None, high: str
) -> None:
    doctor = {"medecin.specialite": specialite, "medecin.zone": zone, "contrat.objectifs": None}
    doctor["contrat.patientele_initiale"] = {"pmt": 1300, "pfa": 1800}
    percentiles = {"pfa": {"p90": 2000}, "pmt": {"p90": 2000}}
    decision = decide(**IN_ZAC | doctor | {"percentiles": percentiles})
    assert decision.maximum is not None
    assert str(decision.maximum.high) == high


# Signed under avenant 7: the texts that followed opened other options, to who signed an avenant.

OPENED = [
    # zone, day of the avenant, and what ELI-07 says of each option held before it
    ("hors_zone", "2023-05-01", {"1/3": "s", "0.5": "s", "1": "n", "1.5": "n", "2": "n"}),
    ("hors_zone", "2023-05-02", {"1/3": "s", "0.5": "s", "1": "a", "1.5": "n", "2": "n"}),
    ("hors_zone", "2026-06-01", {"1/3": "s", "0.5": "s", "1": "a", "1.5": "n", "2": "n"}),
    ("ZIP", "2023-05-01", {"1/3": "s", "0.5": "s", "1": "s", "1.5": "n", "2": "n"}),
    ("ZIP", "2024-06-22", {"1/3": "s", "0.5": "s", "1": "s", "1.5": "n", "2": "n"}),
    ("ZIP", "2024-06-23", {"1/3": "s", "0.5": "s", "1": "s", "1.5": "a", "2": "a"}),
    (None, "2023-05-01", {"1/3": "s", "0.5": "s", "1": "i", "1.5": "n", "2": "n"}),
    (None, "2026-06-01", {"1/3": "s", "0.5": "s", "1": "i", "1.5": "i", "2": "i"}),
    ("ZAC", "2023-05-01", {"1/3": "s", "0.5": "s", "1.5": "n", "2": "n"}),
    ("ZAC", "2026-06-01", {"1/3": "s", "0.5": "s", "1": "a", "1.5": "n", "2": "n"}),
]
SHORT = {"s": "satisfait", "n": "non_satisfait", "a": "a_apprecier", "i": "inconnu"}


def year_of(day: str) -> int:
    return date.fromisoformat(day).year - 2022 + (day[5:] >= "03-01")


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize(("zone", "avenant", "answers"), OPENED)
def test_an_option_held_before_an_avenant_of_a_contract_of_2022_was_open_at_the_signature_later_or_never(
    zone: str | None, avenant: str, answers: dict[str, str]
) -> None:
    contract = OF_2022 | {"medecin.zone": zone, "contrat.date_option": avenant, "annee": year_of(avenant)}
    for option, short in answers.items():
        found = criterion(decide(**contract, **before(option)), "ELI-07")
        assert found.status == SHORT[short], option
        later = contract | {"annee": 5}  # and in every year that follows
        assert criterion(decide(**later, **before(option)), "ELI-07").status == SHORT[short]
        asked = {"a": {"caisse.ELI-07"}, "i": {"medecin.zone"}}.get(short, set())
        assert set(found.missing) == asked


@pytest.mark.rule("ELI-07")
def test_1_etp_held_in_zac_before_an_avenant_of_april_2023_is_as_sure_as_it_was_at_the_signature() -> None:
    contract = OF_2022 | {"medecin.zone": "ZAC", "contrat.date_option": "2023-04-01", "annee": 2}
    at_the_signature = criterion(
        decide(**contract | {"contrat.option_etp": "1", "contrat.date_option": None}), "ELI-07"
    )
    held = criterion(decide(**contract, **before("1")), "ELI-07")
    assert held.status == at_the_signature.status != "satisfait"
    assert set(held.missing) == set(at_the_signature.missing)
    assert held.code.startswith("avant_")


@pytest.mark.rule("ELI-07", "CTR-02")
@pytest.mark.parametrize(
    ("zone", "avenant", "possible"),
    [
        ("hors_zone", "2023-05-01", ("1/3", "0.5")),
        ("hors_zone", "2023-05-02", ("1/3", "0.5", "1")),
        ("hors_zone", "2026-06-01", ("1/3", "0.5", "1")),
        ("ZIP", "2024-06-22", ("1/3", "0.5", "1")),
        ("ZIP", "2024-06-23", ("1/3", "0.5", "1", "1.5", "2")),
        (None, "2024-06-23", ("1/3", "0.5", "1", "1.5", "2")),
    ],
)
def test_the_options_possible_before_an_avenant_are_those_open_on_one_of_the_days_before_it(
    zone: Any, avenant: str, possible: tuple[str, ...]
) -> None:
    law, day = chronology(), date.fromisoformat(avenant)
    days = options.jours_avant(date(2022, 3, 1), day, law, "2024-06-22")
    assert options.options_possibles("generaliste", zone, days) == possible


@pytest.mark.rule("ELI-07", "CTR-02", "MNT-03")
@pytest.mark.parametrize("zone", ["ZAC", "hors_zone"])
def test_a_doctor_at_p95_never_has_76_000_outside_zip(zone: str) -> None:
    contract = OF_2022 | {"medecin.zone": zone, "contrat.date_option": "2026-12-01", "annee": 5}
    contract["contrat.patientele_initiale"] = {"pmt": 1800, "pfa": 1500}
    decision = decide(**contract, **before(None))
    assert decision.maximum is not None
    assert decision.maximum.high < 38000
    in_zip = decide(**contract | {"medecin.zone": "ZIP"}, **before(None))
    assert in_zip.maximum is not None
    assert 38000 < in_zip.maximum.high < 76000


@pytest.mark.rule("ELI-07")
def test_a_contrat_anterieur_signed_on_another_day_is_not_the_contract_that_the_avenant_changed() -> None:
    older = {"option_etp": "1/3", "date_signature": "2021-06-01"}
    decision = decide(**IN_ZAC, **{"contrat.contrat_anterieur": older})
    assert decision.verdict == "eligible"
    assert decision.maximum is not None
    assert (str(decision.maximum.low), str(decision.maximum.high)) == ("19257.53", "22000.00")
    same = older | {"date_signature": "2024-09-01"}
    assert decide(**IN_ZAC, **{"contrat.contrat_anterieur": same}).verdict == "non_eligible"


@pytest.mark.rule("ELI-07", "TMP-01")
@pytest.mark.parametrize(
    ("reading", "status"), [("2024-06-22", "non_satisfait"), ("2024-06-21", "a_apprecier")]
)
def test_2_etp_before_an_avenant_of_22_june_2024_hangs_on_the_day_on_which_the_convention_began(
    reading: str, status: str
) -> None:
    contract = OF_2022 | {"medecin.zone": "ZIP", "contrat.date_option": "2024-06-22", "annee": 3}
    decision = decide(readings={"entree_en_vigueur": reading}, **contract, **before("2"))
    assert criterion(decision, "ELI-07").status == status
    assert decision.readings["entree_en_vigueur"] == reading


# Lawful histories, told by events.

HALF_THEN_ONE_THEN_HALF = [
    {"type": "avenant_option", "date": "2023-09-01", "option_etp": "1"},
    {"type": "avenant_option", "date": "2026-06-01", "option_etp": "0.5"},
]
ONE_THEN_TWO_THEN_ONE = [
    {"type": "avenant_option", "date": "2025-03-01", "option_etp": "2", "objectifs_atteints": True},
    {"type": "avenant_option", "date": "2026-06-01", "option_etp": "1"},
]


@pytest.mark.rule("ELI-07", "CTR-02")
@pytest.mark.parametrize(
    ("zone", "option", "events", "maxima"),
    [
        ("hors_zone", "0.5", HALF_THEN_ONE_THEN_HALF, [18000, "20213.11", 21000, 22000, "13772.60"]),
        ("ZIP", "1", ONE_THEN_TWO_THEN_ONE, [36000, 27000, 21000, 44000, "27545.21"]),
    ],
    ids=["hors zone", "ZIP"],
)  # fmt: skip
def test_a_lawful_history_of_avenants_is_paid_in_every_year(
    zone: str, option: str, events: list[dict[str, Any]], maxima: list[str | int]
) -> None:
    doctor = dossier(**OF_2022 | {"medecin.zone": zone, "contrat.option_etp": option, "annee": 1})
    years = schedule(doctor, events=events).years
    assert [year.verdict for year in years] == ["eligible"] * 5
    assert [year.maximum.value for year in years if year.maximum] == list(map(Decimal, maxima))
    assert not any(missing.field == "caisse.ELI-07" for year in years for missing in year.missing)
    alone = decide(
        **OF_2022
        | {
            "medecin.zone": zone,
            "contrat.option_etp": events[-1]["option_etp"],
            "contrat.date_option": events[-1]["date"],
            "annee": 5,
        }
        | before(events[0]["option_etp"])
    )
    assert alone.verdict == "a_instruire"  # the dossier alone does not tell the first avenant
    assert "caisse.ELI-07" in missing_fields(alone)
    assert alone.maximum == years[-1].maximum


@pytest.mark.rule("ELI-07", "CTR-02")
@pytest.mark.parametrize(("first", "verdict"), [("2023-04-30", "non_eligible"), ("2023-05-01", "eligible")])
def test_an_avenant_to_an_option_that_was_closed_on_its_day_refuses_the_years_that_follow(
    first: str, verdict: str
) -> None:
    doctor = dossier(**OF_2022 | {"medecin.zone": "hors_zone", "annee": 1})
    events = [HALF_THEN_ONE_THEN_HALF[0] | {"date": first}, HALF_THEN_ONE_THEN_HALF[1]]
    years = schedule(doctor, events=events).years
    assert [year.verdict for year in years] == ["eligible", *[verdict] * 4]
    last = years[-1]
    assert bool(last.payments) is (verdict == "eligible")
    codes = {alert.code for alert in last.warnings}
    if verdict == "eligible":
        assert "option_fermee" not in codes
        return
    assert (last.maximum, last.amount_due, last.missing) == (None, None, ())
    (alert,) = [alert for alert in last.warnings if alert.code == "option_fermee"]
    assert "30 avril 2023" in alert.message.replace("\xa0", " ")
    forced = schedule(doctor, events=events, force=True).years[-1]
    assert forced.verdict == "non_eligible"
    assert forced.maximum is not None


@pytest.mark.rule("ELI-07")
def test_an_unknown_option_at_the_signature_is_not_held_against_a_doctor_whose_events_tell_the_others() -> (
    None
):
    told = {"contrat.date_option": "2023-09-01", "contrat.option_etp": "1", "medecin.zone": "hors_zone"}
    doctor = dossier(**OF_2022 | told | {"annee": 5})
    years = schedule(doctor, events=HALF_THEN_ONE_THEN_HALF[1:]).years
    assert years[-1].verdict == "eligible"


# The same in a table, and over every history.


@pytest.mark.rule("ELI-07")
def test_a_table_says_of_the_option_before_what_evaluate_says() -> None:
    doctors = [
        dossier(**contract | {"medecin.zone": zone, "contrat.date_option": day} | before(option))
        for contract in (OF_2022 | {"annee": 5}, IN_ZAC | {"annee": 4, "contrat.option_etp": "0.5"})
        for zone in ("ZIP", "ZAC", "hors_zone", None)
        for day in (None, "2025-03-01", "2026-02-28")
        for option in (None, *OPTIONS_ETP)
    ]
    names = list(dict.fromkeys(name for doctor in doctors for name in row_of(doctor)))
    frame = pl.DataFrame([{name: row_of(doctor).get(name) for name in names} for doctor in doctors])
    answers = evaluate_frame(frame)
    told = [evaluate(doctor) for doctor in doctors]
    assert answers["verdict"].to_list() == [decision.verdict for decision in told]
    assert answers["missing"].to_list() == [
        " ".join(missing.field for missing in decision.missing) or None for decision in told
    ]
    assert {decision.verdict for decision in told} == {"eligible", "a_instruire", "non_eligible"}


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize("groupe", ["generaliste", "mep", "specialite_clinique"])
@pytest.mark.parametrize("zone", ["ZIP", "ZAC", "hors_zone", None])
def test_a_later_avenant_never_closes_what_an_earlier_one_left_possible(groupe: Any, zone: Any) -> None:
    law = chronology()
    avenants = [date(2023, 5, 1), date(2023, 5, 2), date(2024, 6, 22), date(2024, 6, 23), date(2026, 1, 1)]
    for signature in (date(2019, 9, 1), date(2023, 4, 30)):
        found = [
            set(
                options.options_possibles(
                    groupe, zone, options.jours_avant(signature, day, law, "2024-06-22")
                )
            )
            for day in avenants
        ]
        assert all(earlier <= later for earlier, later in pairwise(found))
        held = options.jours_avant(signature, avenants[-1], law, "2024-06-22")
        for option in OPTIONS_ETP:
            refused = options.option_tenue(option, groupe, zone, held, avenants[-1]).status == "non_satisfait"
            assert refused is (option not in found[-1])


@pytest.mark.rule("ELI-07")
def test_the_days_before_an_avenant_are_those_of_the_texts_in_force_until_the_day_before_it() -> None:
    law = chronology()

    def texts(signature: date, avenant: date, reading: str = "2024-06-22") -> list[str]:
        return [bareme.texte for _, bareme in options.jours_avant(signature, avenant, law, reading)]

    assert texts(date(2022, 3, 1), date(2023, 5, 1)) == ["avenant_7"]
    assert texts(date(2022, 3, 1), date(2023, 5, 2)) == ["avenant_7", "reglement_arbitral_2023"]
    assert texts(date(2023, 5, 1), date(2024, 6, 22)) == ["reglement_arbitral_2023"]
    assert len(texts(date(2023, 5, 1), date(2024, 6, 22), "2024-06-21")) == 2
    assert texts(date(2024, 6, 22), date(2030, 1, 1)) == ["convention_2024"]
    assert (
        bareme_at(date(2022, 3, 1)) is options.jours_avant(date(2022, 3, 1), date(2022, 3, 2), law, "")[0][1]
    )
    assert Readings().entree_en_vigueur == "2024-06-22"


@pytest.mark.rule("CTR-02", "ELI-07")
def test_the_option_that_is_asked_is_that_held_before_the_avenant() -> None:
    told = decide(**IN_ZAC, **before(None)).explain().replace("\u00a0", " ")
    assert "L’option tenue avant l’avenant" in told


@pytest.mark.rule("ELI-07", "OBJ-03")
@pytest.mark.parametrize(("day", "option"), [("2022-09-01", "1"), ("2024-09-01", "1/3")])
def test_an_avenant_of_option_that_refuses_the_contract_is_not_said_to_change_its_objectives(
    day: str, option: str
) -> None:
    doctor = dossier(**OF_2022 | {"medecin.zone": "hors_zone", "annee": 1})
    events = [{"type": "avenant_option", "date": day, "option_etp": option}]
    plan = schedule(doctor, {3: {"pmt": 1100, "pfa": 1600}}, 3, events=events)
    assert plan.years[2].verdict == "non_eligible"
    assert "objectifs_en_cours_d_annee" not in [alert.code for alert in plan.warnings]
