"""CTR-05 and CTR-06: what the caisse recovers after a résiliation, and the first new signature."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Readings, RefusedData
from aide_am.scheduling import schedule
from aide_am.termination import Recovery, recovery
from depth import drawing
from support import dossier

YEAR_3, YEAR_4 = date(2026, 9, 1), date(2027, 9, 1)
BOTH_REACHED = {3: {"pmt": 1560, "pfa": 1910}}


def ended(day: date | str, verse: str | None = None, **options: Any) -> Recovery:
    """What follows a résiliation of the example contract (1 ETP, signed on 1 September 2024)."""
    told = {} if verse is None else {"verse": verse}
    event = {"type": "resiliation", "date": str(day), "initiative": "medecin", "motif": "autre", **told}
    observations = options.pop("observations", None)
    return recovery(dossier(observation=None), [event], observations, **options)


def sums(answer: Recovery) -> list[tuple[str, str] | None]:
    """Due, paid, recovered and left to pay, each at the least and at the most."""
    found = (answer.due, answer.paid, answer.recovered, answer.left_to_pay)
    return [None if amount is None else (str(amount.low), str(amount.high)) for amount in found]


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(
    ("day", "run", "total", "due", "paid", "recovered"),
    [
        ("2024-11-02", 62, 365, "6454.79", "38000.00", "31545.21"),  # 38 000 × 62 / 365
        ("2025-08-31", 364, 365, "37895.89", "38000.00", "104.11"),
        ("2026-02-01", 153, 365, "11736.99", "28000.00", "16263.01"),  # 28 000 × 153 / 365
    ],
)
def test_the_caisse_recovers_what_was_paid_for_the_days_that_are_not_run(
    day: str, run: int, total: int, due: str, paid: str, recovered: str
) -> None:
    answer = ended(day)
    assert (answer.jours_courus, answer.jours) == (run, total)
    assert sums(answer) == [(due, due), (paid, paid), (recovered, recovered), ("0.00", "0.00")]


@pytest.mark.rule("CTR-05")
def test_a_year_with_29_february_has_366_days() -> None:
    answer = ended("2028-02-29", observations={4: {"pmt": 1560, "pfa": 1910}})
    assert (answer.jours_courus, answer.jours) == (181, 366)
    assert sums(answer)[0] == ("10879.78", "10879.78")  # 22 000 × 181 / 366
    assert sums(answer)[2] == ("120.22", "120.22")  # acompte of 11 000


@pytest.mark.rule("CTR-05")
def test_nothing_is_recovered_once_the_days_run_are_worth_the_acompte_and_the_rest_is_still_to_pay() -> None:
    answer = ended("2027-08-01", observations=BOTH_REACHED)
    assert sums(answer) == [("20131.51",) * 2, ("11000.00",) * 2, ("0.00",) * 2, ("9131.51",) * 2]


@pytest.mark.rule("CTR-05")
def test_without_an_observation_of_a_modulated_year_the_sum_is_an_interval() -> None:
    answer = ended("2026-12-01")
    assert sums(answer) == [("0.00", "5484.93"), ("11000.00",) * 2, ("5515.07", "11000.00"), ("0.00", "0.00")]
    assert {missing.field for missing in answer.missing} >= {"observation.pmt", "observation.pfa"}


@pytest.mark.rule("CTR-05")
def test_while_a_payment_may_or_may_not_have_been_made_the_sum_is_an_interval_until_it_is_told() -> None:
    answer = ended("2024-10-31")
    assert sums(answer)[1:3] == [("0.00", "38000.00"), ("0.00", "31753.42")]
    assert "evenements.0.verse" in {missing.field for missing in answer.missing}
    told = ended("2024-10-31", verse="38000")
    assert sums(told)[2] == ("31753.42", "31753.42")
    assert "evenements.0.verse" not in {missing.field for missing in told.missing}


@pytest.mark.rule("CTR-05")
def test_a_résiliation_on_the_first_day_of_a_paid_year_recovers_everything() -> None:
    assert sums(ended(YEAR_3, verse="11000"))[2] == ("11000.00", "11000.00")
    assert sums(ended("2025-09-01", verse="28000"))[2] == ("28000.00", "28000.00")


@pytest.mark.rule("CTR-05")
def test_a_résiliation_on_the_next_anniversary_recovers_nothing_of_the_year_that_ended() -> None:
    answer = ended(YEAR_4, observations=BOTH_REACHED)
    assert sums(answer)[1:3] == [("0.00", "0.00"), ("0.00", "0.00")]


@pytest.mark.rule("CTR-05")
@drawing(60)
@given(day=st.integers(0, 365), option=st.sampled_from(("0.5", "1")), year=st.sampled_from((1, 2)))
def test_what_is_recovered_is_linear_in_the_days_run(day: int, option: str, year: int) -> None:
    whole = {("0.5", 1): 19000, ("1", 1): 38000, ("0.5", 2): 14000, ("1", 2): 28000}[option, year]
    start = date(2023 + year, 9, 1)
    end = start + timedelta(days=day)
    event = {"type": "resiliation", "date": str(end), "initiative": "caisse", "motif": "autre"}
    if day < 365:
        event["verse"] = str(whole)
    answer = recovery(dossier(**{"contrat.option_etp": option, "observation": None}), [event])
    assert answer.recovered is not None
    expected = Decimal(whole) * (365 - day) / 365
    assert answer.recovered.value is not None
    assert abs(answer.recovered.value - expected) <= Decimal("0.005")


@pytest.mark.rule("CTR-05", "MNT-07")
def test_the_due_of_the_days_run_is_rounded_once_by_the_reading() -> None:
    dues = {
        value: sums(ended("2026-02-01", readings=Readings(arrondi=value)))[0]  # type: ignore[arg-type]
        for value in ("arrondi_centime", "troncature_centime", "troncature_euro")
    }
    assert [found and found[0] for found in dues.values()] == ["11736.99", "11736.98", "11736.00"]


# --- The reading `recuperation` -----------------------------------------------------------------

FALLEN = {3: {"pmt": 1290, "pfa": 1910}}


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(
    ("observations", "by_due", "left"),
    [
        (BOTH_REACHED, ("2802.74", "2802.74"), ("0.00", "4098.63")),  # due 22 000 × 136 / 365 = 8 197.26
        (FALLEN, ("11000.00", "11000.00"), ("0.00", "0.00")),
        (None, ("2802.74", "11000.00"), ("0.00", "4098.63")),
    ],
)
def test_the_sum_recovered_by_what_is_due_and_by_the_days_left_differ_and_both_are_shown(
    observations: Any, by_due: tuple[str, str], left: tuple[str, str]
) -> None:
    """Résiliation on 15 January 2027, 11 000 € paid for year 3: 136 days run, 229 left."""
    one = ended("2027-01-15", "11000", observations=observations)
    other = ended(
        "2027-01-15", "11000", observations=observations, readings=Readings(recuperation="prorata_du_verse")
    )
    assert sums(one)[2:] == [by_due, ("0.00", "0.00")]
    assert sums(other)[2:] == [("6901.37", "6901.37"), left]  # 11 000 × 229 / 365
    assert (one.readings["recuperation"], other.readings["recuperation"]) == ("sur_le_du", "prorata_du_verse")
    for answer, apart in ((one, other), (other, one)):
        told = [each for each in answer.others if each.reading == "recuperation"]
        assert [(each.recovered, each.left_to_pay) for each in told] == [(apart.recovered, apart.left_to_pay)]
        read = Recovery.from_json(answer.to_json())
        assert read.others == answer.others
        text = answer.explain().replace("\u202f", " ").replace("\u00a0", " ")
        assert "6 901,37 €" in text
        assert ("2 802,74 €" if by_due[0] == "2802.74" else "11 000 €") in text
        assert "Somme récupérée après une résiliation" in text


@pytest.mark.rule("CTR-05")
def test_what_is_left_to_pay_by_the_days_left_is_for_the_caisse_to_say() -> None:
    other = Readings(recuperation="prorata_du_verse")
    answer = ended("2027-01-15", "11000", observations=BOTH_REACHED, readings=other)
    assert "caisse.CTR-05" in {missing.field for missing in answer.missing}
    nothing_more = ended("2027-01-15", "11000", observations=FALLEN, readings=other)
    assert "caisse.CTR-05" not in {missing.field for missing in nothing_more.missing}


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize("day", ["2025-02-01", "2026-02-01", "2025-09-01", "2028-09-01"])
def test_where_the_whole_year_was_paid_or_nothing_the_two_readings_agree(day: str) -> None:
    answer = ended(
        day, "28000" if day == "2025-09-01" else None, observations={3: {"pmt": 1290, "pfa": 1900}}
    )
    assert "recuperation" not in answer.readings
    assert not [other for other in answer.others if other.reading == "recuperation"]


@pytest.mark.rule("CTR-05", "MNT-07")
def test_the_part_of_the_days_left_is_rounded_once_by_the_reading() -> None:
    found = {
        value: sums(
            ended("2027-01-15", "11000", readings=Readings(recuperation="prorata_du_verse", arrondi=value))
        )[2]  # type: ignore[arg-type]
        for value in ("arrondi_centime", "troncature_centime", "troncature_euro")
    }
    assert [each and each[0] for each in found.values()] == ["6901.37", "6901.36", "6901.00"]


@pytest.mark.rule("CTR-05")
def test_a_refused_doctor_has_no_sum_by_either_reading() -> None:
    event = {"type": "resiliation", "date": "2027-01-15", "initiative": "medecin", "motif": "autre"}
    refused = dossier(**{"contrat.patientele_initiale": {"pmt": 700, "pfa": 1800}, "contrat.objectifs": None})
    for value in ("sur_le_du", "prorata_du_verse"):
        answer = recovery(refused, [event | {"verse": "11000"}], readings=Readings(recuperation=value))  # type: ignore[arg-type]
        assert (answer.verdict, answer.recovered, answer.left_to_pay) == ("non_eligible", None, None)


@pytest.mark.rule("CTR-05", "VRS-03", "VRS-05")
@drawing(120)
@given(
    day=st.integers(1, 364),
    paid=st.integers(0, 1_100_000),
    pmt=st.integers(1200, 1600),
    reading=st.sampled_from(("sur_le_du", "prorata_du_verse")),
    rounding=st.sampled_from(("arrondi_centime", "troncature_centime", "troncature_euro")),
)
def test_the_solde_of_the_schedule_is_what_is_recovered_or_left_to_pay(
    day: int, paid: int, pmt: int, reading: str, rounding: str
) -> None:
    end = {
        "type": "resiliation", "date": str(YEAR_3 + timedelta(days=day)), "initiative": "caisse",
        "motif": "autre", "verse": str(Decimal(paid).scaleb(-2)),
    }  # fmt: skip
    counts = {3: {"pmt": pmt, "pfa": 1830}}
    choices = Readings(recuperation=reading, arrondi=rounding)  # type: ignore[arg-type]
    answer = recovery(dossier(observation=None), [end], counts, readings=choices)
    year = schedule(dossier(observation=None), counts, events=[end], readings=choices).years[-1]
    acompte, solde = year.payments
    assert answer.recovered is not None
    assert answer.left_to_pay is not None
    assert acompte.amount is not None
    assert solde.amount is not None
    assert year.amount_due is not None
    assert acompte.amount.value == Decimal(paid).scaleb(-2)
    assert solde.amount.low == answer.left_to_pay.low - answer.recovered.low
    assert solde.amount.high == answer.left_to_pay.high - answer.recovered.low
    assert year.amount_due.low == acompte.amount.low + solde.amount.low
    assert year.amount_due.high == acompte.amount.high + solde.amount.high
    assert ("recuperation" in year.readings) == ("recuperation" in answer.readings)
    if reading == "prorata_du_verse":
        exact = Decimal(paid) * (365 - day) / 365
        assert abs(answer.recovered.low * 100 - exact) <= (100 if rounding == "troncature_euro" else 1)


@pytest.mark.rule("CTR-05", "CTR-03")
def test_a_reading_under_which_an_event_could_not_be_gives_no_sum_and_stops_nothing() -> None:
    """A primo-installé by his PMT is none where both indicators decide: his avenant could not be."""
    doctor = dossier(
        **{
            "contrat.patientele_initiale": {"pmt": 900, "pfa": 1600},
            "contrat.objectifs": None,
            "medecin.date_installation": "2024-03-01",
            "observation": None,
            "annee": 1,
        }
    )
    events = [
        {"type": "avenant_primo", "date": "2026-10-01", "objectifs": {"pmt": 1300, "pfa": 1900}},
        {
            "type": "resiliation",
            "date": "2027-01-15",
            "initiative": "caisse",
            "motif": "autre",
            "verse": "11000",
        },
    ]
    answer = recovery(doctor, events)
    impossible = [each for each in answer.others if each.reading == "indicateur_p30"]
    assert [(each.value, each.recovered) for each in impossible] == [
        ("un_des_deux", None),
        ("les_deux", None),
    ]
    assert [each.possible for each in impossible] == [False, False]
    assert "→ les données du dossier se contredisent alors" in answer.explain().replace("\u00a0", " ")


# --- The notice of a doctor ---------------------------------------------------------------------


def noticed(day: str, notification: str | None, **options: Any) -> Recovery:
    event = {
        "type": "resiliation", "date": day, "initiative": "medecin", "motif": "autre",
        "date_notification": notification, **options,
    }  # fmt: skip
    return recovery(dossier(observation=None), [event])


@pytest.mark.rule("CTR-05")
@pytest.mark.parametrize(
    ("day", "notification", "late"),
    [
        ("2027-01-15", "2026-11-15", False),
        ("2027-01-15", "2026-11-16", True),
        ("2027-01-15", "2027-02-01", True),
        ("2027-01-15", None, False),
        ("2026-04-30", "2026-02-28", False),
        ("2026-04-30", "2026-03-01", True),
        ("2026-09-01", "2026-07-02", True),  # the first day of a year: the year before is whole
    ],
)
def test_a_doctor_gives_two_months_notice_by_registered_letter_and_a_late_one_is_a_warning(
    day: str, notification: str | None, late: bool
) -> None:
    answer = noticed(day, notification)
    assert ([a.code for a in answer.warnings].count("preavis_tardif") == 1) is late
    text = answer.explain().replace("\u00a0", " ")
    assert "le médecin notifie la résiliation par lettre recommandée, au plus tard le " in text
    assert ("le préavis de 2 mois, que donne une source secondaire, n’est pas tenu" in text) is late
    assert "recommandations_medicales" in {reference.source for reference in answer.references}


@pytest.mark.rule("CTR-05")
def test_a_caisse_has_no_notice_to_give() -> None:
    answer = noticed("2027-01-15", "2027-01-14", initiative="caisse")
    assert answer.notice_by is None
    assert "preavis_tardif" not in {alert.code for alert in answer.warnings}
    assert "Préavis" not in answer.explain()


@pytest.mark.rule("CTR-05")
def test_a_late_notice_is_a_warning_of_the_schedule_too() -> None:
    event = {
        "type": "resiliation", "date": "2027-01-15", "initiative": "medecin", "motif": "autre",
        "date_notification": "2026-12-24",
    }  # fmt: skip
    found = schedule(dossier(observation=None), events=[event])
    assert "preavis_tardif" in {alert.code for alert in found.warnings}


@pytest.mark.rule("CTR-06")
def test_a_new_contract_waits_up_to_two_years_and_the_caisse_decides() -> None:
    answer = ended("2027-03-15")
    assert (answer.new_contract_from, answer.new_contract_by) == (date(2027, 3, 15), date(2029, 3, 15))
    assert "caisse.CTR-06" in {missing.field for missing in answer.missing}
    leap = ended("2028-02-29")
    assert leap.new_contract_by == date(2030, 2, 28)


@pytest.mark.rule("CTR-05")
def test_an_avenant_before_the_résiliation_counts_by_days_too() -> None:
    events = [
        {"type": "avenant_option", "date": "2026-12-01", "option_etp": "0.5"},
        {"type": "resiliation", "date": "2027-03-01", "initiative": "medecin", "motif": "autre"},
    ]
    answer = recovery(dossier(observation=None), events, BOTH_REACHED)
    # 91 days at 22 000, 90 days at 11 000, over 365; the acompte was half of 22 000
    assert sums(answer)[0] == ("8197.26", "8197.26")
    assert sums(answer)[2] == ("2802.74", "2802.74")


def test_without_a_résiliation_there_is_nothing_to_recover_and_it_is_said() -> None:
    with pytest.raises(RefusedData, match="une résiliation"):
        recovery(dossier(), [])


def test_the_answer_reads_back_from_json_and_speaks_french() -> None:
    answer = ended("2026-12-01")
    assert Recovery.from_json(answer.to_json()) == answer
    text = answer.explain().replace("\u202f", " ").replace("\u00a0", " ")
    assert "Somme à récupérer : entre 5 515,07 € et 11 000 €." in text
    assert "au plus tard à partir du 1er décembre 2028" in text
    assert "<h3>" in answer._repr_html_()


def test_under_avenant_7_counted_from_an_unknown_hiring_nothing_is_guessed() -> None:
    event = {"type": "resiliation", "date": "2023-06-01", "initiative": "medecin", "motif": "autre"}
    doctor = dossier(**{"contrat.date_signature": "2021-09-01", "observation": None, "annee": 1})
    answer = recovery(doctor, [event], readings=Readings(debut_annee="embauche"))
    assert (answer.annee, answer.due, answer.recovered) == (None, None, None)


@pytest.mark.rule("CTR-05", "TMP-04")
def test_the_weakest_source_of_a_résiliation_is_that_of_its_days_too() -> None:
    answer = ended("2027-01-15", "11000", observations=BOTH_REACHED)
    (told,) = [alert for alert in answer.warnings if alert.code == "nature_source"]
    assert told.values["nature"] == "deduit"  # no text counts the days
    assert "deduit" in [reference.nature for reference in answer.references]
    assert "de nature « déduction »" in answer.explain().replace("\u00a0", " ")


@pytest.mark.rule("CTR-05", "TMP-02")
@pytest.mark.parametrize("hired", [None, "2021-01-02"])
def test_a_resiliation_that_no_year_counted_from_the_hiring_holds_says_that_the_start_is_a_reading(
    hired: str | None,
) -> None:
    """Under avenant 7, ended before the hiring, or with a hiring that nobody tells."""
    doctor = dossier(
        **{
            "contrat.date_signature": "2019-12-07",
            "contrat.date_embauche": hired,
            "medecin.zone": "ZIP",
            "medecin.exercice_coordonne": True,
            "observation": None,
        }
    )
    event = {"type": "resiliation", "date": "2020-05-12", "initiative": "caisse", "motif": "autre"}
    answer = recovery(doctor, [event], readings=Readings(debut_annee="embauche"))
    assert (answer.due, answer.recovered) == (None, None)
    assert answer.readings["debut_annee"] == "embauche"
    other = next(other for other in answer.others if other.reading == "debut_annee")
    assert other.recovered == recovery(doctor, [event]).recovered is not None
