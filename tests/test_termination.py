"""CTR-05 and CTR-06: what the caisse recovers after a résiliation, and the first new signature."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aide_am import Readings, RefusedData
from aide_am.termination import Recovery, recovery
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
@settings(derandomize=True, deadline=None, max_examples=60)
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
