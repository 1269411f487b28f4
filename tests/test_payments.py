"""Chapter VRS: in how many parts each year of a contract is paid, on which days, and what is left over."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aide_am import Readings, RefusedData, bareme_at
from aide_am.rules import payments
from aide_am.scheduling import schedule
from aide_am.scheduling_record import Schedule
from plans import (
    AVENANT_7,
    COMMON,
    REACHED,
    THIRD,
    at,
    bounds,
    codes,
    days,
    parts,
    planned,
    reached,
    value,
    year,
)
from support import as_dict, dossier

# --- VRS-01: years 1 and 2 ----------------------------------------------------------------------


@pytest.mark.rule("VRS-01")
@pytest.mark.parametrize(
    ("option", "pmt", "first", "second"),
    [
        ("0.5", 1300, "19000.00", "14000.00"),
        ("1", 1300, "38000.00", "28000.00"),
        ("0.5", 1858, "19000.00", "14000.00"),  # P90: the same until year 3
        ("1", 1858, "38000.00", "28000.00"),
        ("0.5", 2187, "19000.00", "19000.00"),  # P95
        ("1", 2187, "38000.00", "38000.00"),
    ],
)
def test_years_1_and_2_are_paid_at_once_and_whole(option: str, pmt: int, first: str, second: str) -> None:
    plan = planned(years=2, **{"contrat.option_etp": option}, **at(pmt))
    assert parts(plan, 1) == [("versement_unique", first)]
    assert parts(plan, 2) == [("versement_unique", second)]
    assert [payment.rule for payment in plan.payments] == ["VRS-01", "VRS-01"]


@pytest.mark.rule("VRS-01")
def test_years_1_and_2_are_paid_whole_to_a_doctor_who_lost_half_of_his_patients() -> None:
    plan = planned({1: {"pmt": 650, "pfa": 900}, 2: {"pmt": 650, "pfa": 900}}, 2)
    assert [value(payment.amount) for payment in plan.payments] == ["38000.00", "28000.00"]


@pytest.mark.rule("VRS-01")
def test_year_1_is_due_within_2_months_of_the_signature_and_year_2_of_the_anniversary() -> None:
    plan = planned(years=2, **{"contrat.date_signature": "2024-10-15"})
    assert [days(p) for p in plan.payments] == [("2024-10-15", "2024-12-15"), ("2025-10-15", "2025-12-15")]


# --- VRS-02: acompte and solde ------------------------------------------------------------------


@pytest.mark.rule("VRS-02", "VRS-05")
@pytest.mark.parametrize(
    ("option", "pmt", "acompte", "solde"),
    [
        ("0.5", 1300, "5500.00", "5500.00"),  # 11 000
        ("0.5", 1858, "6500.00", "6500.00"),  # 13 000
        ("0.5", 2187, "9500.00", "9500.00"),  # 19 000
        ("1", 1300, "11000.00", "11000.00"),  # 22 000
        ("1", 1858, "13000.00", "13000.00"),  # 26 000
        ("1", 2187, "19000.00", "19000.00"),  # 38 000
        ("1.5", 1300, "16500.00", "16500.00"),  # 33 000
        ("1.5", 1858, "19500.00", "19500.00"),  # 39 000
        ("1.5", 2187, "28500.00", "28500.00"),  # 57 000
        ("2", 1300, "22000.00", "22000.00"),  # 44 000
        ("2", 1858, "26000.00", "26000.00"),  # 52 000
        ("2", 2187, "38000.00", "38000.00"),  # 76 000
    ],
)
def test_from_year_3_half_is_paid_first_and_half_at_the_next_anniversary(
    option: str, pmt: int, acompte: str, solde: str
) -> None:
    change = {
        "type": "avenant_option",
        "date": "2026-09-01",
        "option_etp": option,
        "objectifs_atteints": True,
    }
    signed = option if option in ("0.5", "1") else "1"
    events = [] if option == signed else [change]
    plan = planned(reached(), events=events, **{"contrat.option_etp": signed}, **at(pmt))
    for annee in (3, 4, 5):
        assert parts(plan, annee) == [("acompte", acompte), ("solde", solde)]
        assert [p.rule for p in year(plan, annee).payments] == ["VRS-02", "VRS-02"]


@pytest.mark.rule("VRS-02")
def test_the_acompte_is_due_within_2_months_of_the_anniversary_and_the_solde_at_the_next() -> None:
    plan = planned(reached(), **{"contrat.date_signature": "2024-10-15"})
    assert [days(p) for p in year(plan, 3).payments] == [
        ("2026-10-15", "2026-12-15"),
        ("2027-10-15", "2027-10-15"),
    ]
    assert [days(p) for p in year(plan, 5).payments] == [
        ("2028-10-15", "2028-12-15"),
        ("2029-10-15", "2029-10-15"),
    ]


@pytest.mark.rule("VRS-02")
def test_a_doctor_who_reaches_his_objectives_is_due_132_000_euros_over_the_5_years_of_1_etp() -> None:
    plan = planned(reached())
    assert value(plan.total) == "132000.00"
    assert [value(amount) for amount in plan.cumulated] == [
        "38000.00",
        "66000.00",
        "88000.00",
        "110000.00",
        "132000.00",
    ]


@pytest.mark.rule("VRS-02", "VRS-04")
def test_the_first_year_of_acompte_is_the_third() -> None:
    convention = bareme_at(date(2024, 9, 1))
    kinds = [payments.premier_versement("1", annee, convention).kind for annee in (1, 2, 3, 4)]
    assert kinds == ["versement_unique", "versement_unique", "acompte", "acompte"]
    third = [payments.premier_versement("1/3", annee, convention) for annee in (1, 2, 3, 4)]
    assert {(p.kind, p.num / p.den) for p in third} == {("acompte", 0.7)}
    half = payments.premier_versement("1", 3, convention)
    assert half.num / half.den == 0.5


# --- VRS-03: trop-perçu -------------------------------------------------------------------------


@pytest.mark.rule("VRS-02", "VRS-03", "VRS-05")
@pytest.mark.parametrize(
    ("pmt", "pfa", "due", "kind", "left"),
    [
        (1560, 1910, "22000.00", "solde", "11000.00"),  # both reached
        (1560, 1800, "22000.00", "solde", "11000.00"),  # one reached, the other without a fall
        (1431, 1800, "11084.62", "solde", "84.62"),  # 131 of the 260 patients
        (1430, 1800, "11000.00", "solde", "0.00"),  # half of the objective: exactly the acompte
        (1429, 1800, "10915.38", "trop_percu", "-84.62"),  # 129 of the 260
        (1300, 1822, "4400.00", "trop_percu", "-6600.00"),  # 22 of the 110 of the file active
        (1300, 1800, "0.00", "trop_percu", "-11000.00"),  # neither lost nor gained
        (1299, 1910, "0.00", "trop_percu", "-11000.00"),  # one patient lost
        (1560, 1799, "0.00", "trop_percu", "-11000.00"),
    ],
)
def test_what_is_due_less_the_acompte_is_a_solde_or_a_trop_percu_never_clipped(
    pmt: int, pfa: int, due: str, kind: str, left: str
) -> None:
    plan = planned({3: {"pmt": pmt, "pfa": pfa}})
    assert value(year(plan, 3).amount_due) == due
    assert parts(plan, 3) == [("acompte", "11000.00"), (kind, left)]


@pytest.mark.rule("VRS-03")
@pytest.mark.parametrize(("high", "kind"), [(1, "solde"), (0, "solde"), (-1, "trop_percu")])
def test_a_centime_below_zero_is_a_trop_percu(high: int, kind: str) -> None:
    assert payments.nature_du_solde(high) == kind


@pytest.mark.rule("VRS-03")
def test_a_solde_that_is_negative_in_every_case_is_a_trop_percu_although_it_is_not_known() -> None:
    plan = planned(
        {3: {"pfa": 700}},
        **{
            "medecin.specialite": "dermatologie",
            "medecin.date_installation": "2024-03-01",
            "contrat.patientele_initiale": {"pfa": 500},
            "contrat.objectifs": None,
        },
    )
    # P50 is over P30 = 1 916: at the most 700 / 1 917 of 22 000, 8 033.39
    assert bounds(year(plan, 3).amount_due) == ("0.00", "8033.39")
    left = year(plan, 3).payments[1]
    assert (left.kind, bounds(left.amount)) == ("trop_percu", ("-11000.00", "-2966.61"))


@pytest.mark.rule("VRS-03")
def test_a_trop_percu_and_its_year_say_that_no_text_tells_of_it() -> None:
    left = year(planned({3: {"pmt": 1299, "pfa": 1800}}), 3).payments[1]
    assert "deduit" in {reference.nature for reference in left.references}
    whole = year(planned(reached()), 3).payments[1]
    assert "deduit" not in {reference.nature for reference in whole.references}


# --- VRS-04: the contract of 1/3 ETP ------------------------------------------------------------


@pytest.mark.rule("VRS-04", "VRS-05")
@pytest.mark.parametrize(
    ("pmt", "annee", "acompte", "solde"),
    [
        (1300, 1, "8400.00", "3600.00"),  # 12 000, avenant 7
        (1300, 2, "6300.00", "2700.00"),  # 9 000, règlement arbitral
        (1300, 3, "5145.00", "2205.00"),  # 7 350, convention
        (1300, 4, "5145.00", "2205.00"),
        (1503, 3, "6136.90", "2630.10"),  # 8 767, P90
        (1503, 2, "6300.00", "2700.00"),
        (1721, 1, "8400.00", "3600.00"),  # P95, 12 000
        (1721, 3, "8820.00", "3780.00"),  # P95, 12 600
        (1721, 5, "8820.00", "3780.00"),
    ],
)
def test_a_third_of_an_etp_is_paid_70_and_30_percent_every_year(
    pmt: int, annee: int, acompte: str, solde: str
) -> None:
    plan = planned(reached(), **THIRD | at(pmt))
    assert parts(plan, annee) == [("acompte", acompte), ("solde", solde)]
    assert {p.rule for p in year(plan, annee).payments} == {"VRS-04"}


@pytest.mark.rule("VRS-04")
@pytest.mark.parametrize(
    ("signed", "annee", "acompte", "solde"),
    [
        ("2021-06-21", 3, "4900.00", "2100.00"),  # 7 000 until June 2024
        ("2021-06-21", 4, "4900.00", "2100.00"),  # the year began on 21 June 2024
        ("2021-06-21", 5, "5145.00", "2205.00"),
        ("2021-06-22", 4, "5145.00", "2205.00"),
    ],
)
def test_a_third_of_an_etp_takes_the_new_amounts_at_its_anniversary(
    signed: str, annee: int, acompte: str, solde: str
) -> None:
    plan = planned(reached(), **THIRD | COMMON | {"contrat.date_signature": signed})
    assert parts(plan, annee) == [("acompte", acompte), ("solde", solde)]


@pytest.mark.rule("VRS-04")
def test_before_2024_the_band_of_p90_is_paid_5_845_and_2_505() -> None:
    plan = planned(reached(), **THIRD | at(1503) | {"contrat.date_signature": "2021-03-01"})
    assert parts(plan, 3) == [("acompte", "5845.00"), ("solde", "2505.00")]


@pytest.mark.rule("VRS-04")
def test_a_third_of_an_etp_whose_year_2_runs_from_a_hiring_after_june_2024_gets_9_450() -> None:
    plan = planned(
        reached(),
        readings={"debut_annee": "embauche"},
        **THIRD | COMMON | {"contrat.date_signature": "2023-04-15", "contrat.date_embauche": "2023-07-01"},
    )
    assert parts(plan, 2) == [("acompte", "6615.00"), ("solde", "2835.00")]
    assert days(year(plan, 2).payments[0]) == ("2024-07-01", "2024-07-01")
    assert days(year(plan, 2).payments[1]) == ("2025-07-01", "2025-07-01")


@pytest.mark.rule("VRS-04")
def test_the_70_percent_are_due_at_the_start_of_the_year_and_the_30_at_the_next_anniversary() -> None:
    plan = planned(reached(), **THIRD | COMMON)
    assert days(year(plan, 2).payments[0]) == ("2023-09-01", "2023-09-01")
    assert days(year(plan, 2).payments[1]) == ("2024-09-01", "2024-09-01")
    # from year 3, within 2 months
    assert days(year(plan, 3).payments[0]) == ("2024-09-01", "2024-11-01")
    assert days(year(plan, 3).payments[1]) == ("2025-09-01", "2025-09-01")
    assert year(plan, 1).payments[0].due_from == date(2022, 9, 1)


@pytest.mark.rule("VRS-03", "VRS-04")
@pytest.mark.parametrize(
    ("annee", "seen", "kind", "solde"),
    [
        (2, {"pmt": 650, "pfa": 900}, "solde", "2700.00"),  # year 2 is not modulated
        (3, {"pmt": 1560, "pfa": 1910}, "solde", "2205.00"),
        (3, {"pmt": 1482, "pfa": 1800}, "solde", "0.00"),  # 182 of 260: 70 %, the acompte itself
        (3, {"pmt": 1430, "pfa": 1800}, "trop_percu", "-1470.00"),  # half of 7 350, less 5 145
        (3, {"pmt": 1299, "pfa": 1800}, "trop_percu", "-5145.00"),
    ],
)
def test_the_second_part_of_a_third_of_an_etp_is_modulated_from_year_3(
    annee: int, seen: dict[str, int], kind: str, solde: str
) -> None:
    plan = planned({annee: seen}, **THIRD | COMMON)
    assert parts(plan, annee)[1] == (kind, solde)


# --- VRS-05: to the centime ---------------------------------------------------------------------


@pytest.mark.rule("VRS-05")
@pytest.mark.parametrize(
    ("arrondi", "due", "left"),
    [
        ("arrondi_centime", "11084.62", "84.62"),  # 131/260 of 22 000 is 11 084.615…
        ("troncature_centime", "11084.61", "84.61"),
        ("troncature_euro", "11084.00", "84.00"),
    ],
)
def test_the_solde_takes_the_rounding_of_the_amount_due(arrondi: str, due: str, left: str) -> None:
    plan = planned({3: {"pmt": 1431, "pfa": 1800}}, readings={"arrondi": arrondi})
    assert value(year(plan, 3).amount_due) == due
    assert parts(plan, 3) == [("acompte", "11000.00"), ("solde", left)]


@pytest.mark.rule("VRS-05")
@pytest.mark.parametrize(
    ("arrondi", "acompte", "solde"),
    [
        ("arrondi_centime", "6136.90", "2630.10"),
        ("troncature_centime", "6136.90", "2630.10"),
        ("troncature_euro", "6136.00", "2631.00"),
    ],
)
def test_8_767_euros_are_never_lost_nor_gained_by_paying_them_twice(
    arrondi: str, acompte: str, solde: str
) -> None:
    plan = planned(reached(), readings={"arrondi": arrondi}, **THIRD | at(1503))
    assert parts(plan, 3) == [("acompte", acompte), ("solde", solde)]
    assert value(year(plan, 3).amount_due) == "8767.00"
    assert year(plan, 3).readings["arrondi"] == arrondi  # 70 % of it is not in whole euros


@pytest.mark.rule("VRS-05")
def test_a_year_in_whole_euros_does_not_consult_the_rounding() -> None:
    assert "arrondi" not in year(planned(reached()), 3).readings


# --- Straddling the texts -----------------------------------------------------------------------


@pytest.mark.rule("VRS-01", "VRS-02", "TMP-03")
@pytest.mark.parametrize(
    ("signed", "amounts"),
    [
        ("2023-06-21", ["36000.00", "27000.00", "22000.00"]),  # year 2 begins on 21 June 2024: too early
        ("2023-06-22", ["36000.00", "28000.00", "22000.00"]),
        ("2024-06-21", ["36000.00", "28000.00", "22000.00"]),
        ("2024-06-22", ["38000.00", "28000.00", "22000.00"]),
    ],
)
def test_each_year_takes_the_amount_of_the_text_of_its_first_day(signed: str, amounts: list[str]) -> None:
    plan = planned(reached(3), 3, **{"contrat.date_signature": signed})
    assert [value(each.amount_due) for each in plan.years] == amounts
    assert parts(plan, 3) == [("acompte", "11000.00"), ("solde", "11000.00")]


@pytest.mark.rule("VRS-01", "TMP-01")
def test_under_the_reading_of_21_june_a_year_that_begins_on_that_day_takes_the_new_amounts() -> None:
    plan = planned(
        reached(2),
        2,
        readings={"entree_en_vigueur": "2024-06-21"},
        **{"contrat.date_signature": "2023-06-21"},
    )
    assert parts(plan, 2) == [("versement_unique", "28000.00")]


@pytest.mark.rule("VRS-02")
@pytest.mark.parametrize(("signed", "acompte"), [("2021-06-21", "10500.00"), ("2021-06-22", "11000.00")])
def test_the_acompte_of_year_4_is_half_of_21_000_or_of_22_000(signed: str, acompte: str) -> None:
    plan = planned(reached(), **AVENANT_7 | COMMON | {"contrat.date_signature": signed})
    assert parts(plan, 4) == [("acompte", acompte), ("solde", acompte)]


@pytest.mark.rule("VRS-01")
def test_each_payment_names_the_text_of_its_amount() -> None:
    plan = planned(reached(3), 3, **AVENANT_7 | COMMON)
    assert [p.texte for p in plan.payments] == [
        "avenant_7",
        "reglement_arbitral_2023",
        "convention_2024",
        "convention_2024",
    ]


# --- Days that do not exist every year ----------------------------------------------------------


@pytest.mark.rule("VRS-01", "VRS-02", "TMP-02")
@pytest.mark.parametrize(
    ("signed", "annee", "first", "last"),
    [
        ("2024-02-29", 1, ("2024-02-29", "2024-04-29"), None),
        ("2024-02-29", 2, ("2025-02-28", "2025-04-28"), None),
        ("2024-02-29", 3, ("2026-02-28", "2026-04-28"), ("2027-02-28", "2027-02-28")),
        ("2024-02-29", 4, ("2027-02-28", "2027-04-28"), ("2028-02-29", "2028-02-29")),
        ("2024-02-29", 5, ("2028-02-29", "2028-04-29"), ("2029-02-28", "2029-02-28")),
        ("2025-12-31", 1, ("2025-12-31", "2026-02-28"), None),  # 31 February does not exist
        ("2025-12-31", 2, ("2026-12-31", "2027-02-28"), None),
        ("2025-12-31", 3, ("2027-12-31", "2028-02-29"), ("2028-12-31", "2028-12-31")),
        ("2025-07-31", 1, ("2025-07-31", "2025-09-30"), None),
        ("2025-08-31", 3, ("2027-08-31", "2027-10-31"), ("2028-08-31", "2028-08-31")),
    ],
)
def test_the_days_of_29_february_and_of_the_ends_of_months(
    signed: str, annee: int, first: tuple[str, str], last: tuple[str, str] | None
) -> None:
    found = [days(p) for p in year(planned(reached(), **{"contrat.date_signature": signed}), annee).payments]
    assert found == [first] if last is None else found == [first, last]


@pytest.mark.rule("VRS-01", "TMP-02")
def test_the_years_of_a_contract_follow_one_another_without_a_gap() -> None:
    plan = planned(reached(9), 9, **{"contrat.date_signature": "2024-02-29", "contrat.prorogation": True})
    for before, after in zip(plan.years, plan.years[1:], strict=False):
        assert before.fin is not None
        assert before.fin + timedelta(days=1) == after.debut
    assert (plan.years[3].debut, plan.years[3].fin) == (date(2027, 2, 28), date(2028, 2, 28))


# --- Years 6 and later --------------------------------------------------------------------------


@pytest.mark.rule("VRS-02", "CTR-01")
@pytest.mark.parametrize("annee", [6, 7, 10])
def test_years_6_and_later_of_a_renewed_contract_are_paid_as_year_3(annee: int) -> None:
    plan = planned(reached(10), 10)
    assert parts(plan, annee) == [("acompte", "11000.00"), ("solde", "11000.00")]
    assert days(year(plan, annee).payments[0]) == (f"{2023 + annee}-09-01", f"{2023 + annee}-11-01")


@pytest.mark.rule("VRS-04", "CTR-01")
def test_a_prolonged_third_of_an_etp_is_still_paid_70_and_30_in_year_6() -> None:
    plan = planned(reached(6), 6, **THIRD | COMMON | {"contrat.prorogation": True})
    assert parts(plan, 6) == [("acompte", "5145.00"), ("solde", "2205.00")]


# --- What is not known --------------------------------------------------------------------------


@pytest.mark.rule("VRS-02", "OBJ-08")
def test_a_year_without_observation_gives_the_worst_and_the_best_case() -> None:
    plan = planned()
    assert [value(each.amount_due) for each in plan.years[:2]] == ["38000.00", "28000.00"]
    for annee in (3, 4, 5):
        acompte, solde = year(plan, annee).payments
        assert value(acompte.amount) == "11000.00"
        assert (solde.kind, bounds(solde.amount)) == ("solde", ("-11000.00", "11000.00"))
        assert solde.amount is not None
        assert solde.amount.value is None
        assert {m.field for m in year(plan, annee).missing} == {"observation.pmt", "observation.pfa"}
    assert bounds(plan.total) == ("66000.00", "132000.00")


@pytest.mark.rule("VRS-02", "OBJ-08")
@pytest.mark.parametrize(
    ("seen", "low", "high"),
    [
        ({"pmt": 1560}, "-11000.00", "11000.00"),  # the file active may still have fallen
        ({"pfa": 1799}, "-11000.00", "-11000.00"),  # it fell: nothing, whatever the PMT
    ],
)
def test_half_an_observation_leaves_open_what_the_other_half_decides(
    seen: dict[str, int], low: str, high: str
) -> None:
    assert bounds(year(planned({3: seen}), 3).payments[1].amount) == (low, high)


@pytest.mark.rule("VRS-02", "MOD-03")
def test_a_doctor_who_keeps_one_of_two_patienteles_is_certain_of_his_solde() -> None:
    keeps = {"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"}, "contrat.objectifs": None}
    plan = planned({3: {"pmt": 1300}}, **keeps)
    assert parts(plan, 3) == [("acompte", "11000.00"), ("solde", "11000.00")]


@pytest.mark.rule("VRS-04", "MNT-06")
def test_an_unknown_band_gives_each_payment_its_own_bounds() -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 900, "pfa": 2356}, "percentiles": None}
    plan = planned(reached(), **THIRD | counts | {"contrat.objectifs": {"pmt": 1000, "pfa": 2500}})
    acompte, solde = year(plan, 3).payments
    assert bounds(year(plan, 3).maximum) == ("7350.00", "12600.00")
    assert bounds(acompte.amount) == ("5145.00", "8820.00")
    assert bounds(solde.amount) == ("2205.00", "3780.00")


@pytest.mark.rule("VRS-04", "MNT-04")
def test_a_year_for_which_no_text_gives_an_amount_has_payments_without_amount_never_zero() -> None:
    hired = {"contrat.date_signature": "2023-04-15", "contrat.date_embauche": "2024-07-01"}
    plan = planned(reached(), readings={"debut_annee": "embauche"}, **THIRD | COMMON | hired)
    first = year(plan, 1)
    assert (first.maximum, first.amount_due) == (None, None)
    assert [(p.rule, p.amount) for p in first.payments] == [("VRS-04", None), ("VRS-04", None)]
    assert days(first.payments[0])[0] == "2024-07-01"
    assert "sans_montant" in codes(first)
    assert parts(plan, 2) == [("acompte", "6615.00"), ("solde", "2835.00")]
    assert (plan.total, plan.cumulated) == (None, (None,) * 5)


@pytest.mark.rule("VRS-04", "MNT-04")
def test_at_p95_year_1_of_a_third_of_an_etp_under_the_convention_is_8_820_and_3_780() -> None:
    hired = {"contrat.date_signature": "2023-04-15", "contrat.date_embauche": "2024-07-01"}
    plan = planned(reached(), readings={"debut_annee": "embauche"}, **THIRD | at(1721) | hired)
    assert parts(plan, 1) == [("acompte", "8820.00"), ("solde", "3780.00")]


@pytest.mark.rule("VRS-02", "TMP-02")
def test_years_that_count_from_an_unknown_hiring_have_no_days_and_the_amounts_of_every_text() -> None:
    plan = planned(reached(), readings={"debut_annee": "embauche"}, **AVENANT_7 | COMMON)
    third = year(plan, 3)
    assert (third.debut, third.fin) == (None, None)
    assert [(p.due_from, p.due_by, p.texte) for p in third.payments] == [(None, None, None)] * 2
    assert [bounds(p.amount) for p in third.payments] == [("10500.00", "11000.00")] * 2
    assert "contrat.date_embauche" in {m.field for m in third.missing}


# --- Who is not eligible ------------------------------------------------------------------------


@pytest.mark.rule("VRS-01", "VRS-02")
def test_a_doctor_who_is_not_eligible_is_paid_nothing() -> None:
    plan = planned(reached(), **{"medecin.specialite": "radiologie"})
    assert plan.payments == ()
    assert [(each.verdict, each.amount_due) for each in plan.years] == [("non_eligible", None)] * 5
    assert value(plan.total) == "0.00"


@pytest.mark.rule("VRS-01", "VRS-02")
def test_a_contract_that_runs_although_the_doctor_is_not_eligible_is_computed_when_forced() -> None:
    plan = planned(reached(), force=True, **{"medecin.remplacant": True})
    assert [each.verdict for each in plan.years] == ["non_eligible"] * 5
    assert value(plan.total) == "132000.00"
    assert len(plan.payments) == 8


@pytest.mark.rule("VRS-01")
def test_a_doctor_whose_file_is_still_open_sees_what_he_may_be_paid() -> None:
    plan = planned(years=1, **{"medecin.secteur": None})
    assert year(plan, 1).verdict == "a_instruire"
    assert parts(plan, 1) == [("versement_unique", "38000.00")]


# --- Observations -------------------------------------------------------------------------------


@pytest.mark.rule("VRS-05")
def test_the_observation_of_the_dossier_serves_its_own_year_and_no_other() -> None:
    plan = schedule(dossier(observation={"pmt": 1500, "pfa": 1890}))  # year 3: 90 of 110
    assert value(year(plan, 3).amount_due) == "18000.00"
    assert bounds(year(plan, 4).amount_due) == ("0.00", "22000.00")


@pytest.mark.rule("VRS-05")
def test_an_observation_given_to_the_schedule_wins_over_that_of_the_dossier_and_says_so() -> None:
    doctor = dossier(observation={"pmt": 1500, "pfa": 1890})
    plan = schedule(doctor, {3: {"pmt": 1560, "pfa": 1910}})
    assert value(year(plan, 3).amount_due) == "22000.00"
    assert [each.annee for each in plan.years if "observation_remplacee" in codes(each)] == [3]
    same = schedule(doctor, {3: {"pmt": 1500, "pfa": 1890}, 4: REACHED})
    assert not [each.annee for each in same.years if "observation_remplacee" in codes(each)]


@pytest.mark.rule("VRS-05")
def test_observations_that_cannot_be_read_are_refused_all_at_once_in_french() -> None:
    wrong: dict[Any, Any] = {
        0: REACHED,
        6: REACHED,
        "3": REACHED,
        3: {"pmt": -1, "pfa": 1.5},
        4: {"patients": 1300},
        5: 1300,
    }
    with pytest.raises(RefusedData) as refused:
        schedule(dossier(), wrong)
    found = [(refusal.field.removesuffix(".dossier"), refusal.received) for refusal in refused.value.refusals]
    assert found == [
        ("observations", "0"),
        ("observations", "6"),
        ("observations", '"3"'),
        ("observations.3.pmt", "-1"),
        ("observations.3.pfa", "1.5"),
        ("observations.4.patients", "1300"),
        ("observations.5", "1300"),
    ]
    assert str(refused.value).startswith("7 données refusées :\n")
    assert all("attendu" in str(refusal) and "à faire" in str(refusal) for refusal in refused.value.refusals)


@pytest.mark.rule("VRS-05")
@pytest.mark.parametrize("years", [0, -1, 100, 2.0, "5", True, None])
def test_a_number_of_years_that_is_not_one_from_1_to_99_is_refused(years: Any) -> None:
    with pytest.raises(RefusedData) as refused:
        schedule(dossier(), years=years)
    (refusal,) = refused.value.refusals
    assert (refusal.field, refusal.code) == ("years", "annees")


@pytest.mark.rule("VRS-05")
@pytest.mark.parametrize("years", [1, 5, 99])
def test_a_schedule_has_as_many_years_as_were_asked(years: int) -> None:
    assert [each.annee for each in schedule(dossier(), years=years).years] == list(range(1, years + 1))


@pytest.mark.rule("VRS-02", "MOD-08")
def test_exceptional_circumstances_open_the_year_of_the_dossier_and_no_other() -> None:
    fallen = {3: {"pmt": 1299, "pfa": 1799}, 4: {"pmt": 1299, "pfa": 1799}}
    plan = planned(fallen, circonstances_exceptionnelles=True)
    assert bounds(year(plan, 3).payments[1].amount) == ("-11000.00", "11000.00")
    assert parts(plan, 4)[1] == ("trop_percu", "-11000.00")


# --- VRS-06: avenant 7 --------------------------------------------------------------------------


@pytest.mark.rule("VRS-06")
@pytest.mark.parametrize(
    ("signed", "warned"),
    [
        ("2022-04-29", [1, 2]),  # year 2 begins on 29 April 2023
        ("2022-04-30", [1, 2]),
        ("2022-05-01", [1]),  # and on 1 May under the règlement arbitral
        ("2023-04-30", [1]),
        ("2023-05-01", []),
    ],
)
def test_years_under_the_amounts_of_avenant_7_have_certain_sums_and_uncertain_dates(
    signed: str, warned: list[int]
) -> None:
    plan = planned(years=2, **AVENANT_7 | COMMON | {"contrat.date_signature": signed})
    assert [value(each.amount_due) for each in plan.years] == ["36000.00", "27000.00"]
    assert [each.annee for each in plan.years if "dates_avenant_7" in codes(each)] == warned
    for each in plan.years:
        sources = {reference.source for p in each.payments for reference in p.references}
        assert ("cnom_2021" in sources) is (each.annee in warned)
    natures = {r.nature for p in plan.payments for r in p.references if r.source == "cnom_2021"}
    assert natures <= {"secondaire"}


@pytest.mark.rule("VRS-06")
def test_a_doctor_of_avenant_7_who_is_paid_nothing_is_not_warned_of_dates() -> None:
    plan = planned(years=1, **AVENANT_7 | COMMON | {"medecin.remplacant": True})
    assert "dates_avenant_7" not in codes(year(plan, 1))


@pytest.mark.rule("VRS-06")
def test_the_warning_of_the_dates_says_in_french_what_the_one_source_says() -> None:
    plan = planned(years=1, **AVENANT_7 | COMMON)
    (said,) = [alert for alert in plan.warnings if alert.code == "dates_avenant_7"]
    assert said.rule == "VRS-06"
    assert "70\u202f% dans les 15 jours" in said.message or "70\u00a0% dans les 15 jours" in said.message


# --- At the edge --------------------------------------------------------------------------------


@pytest.mark.rule("VRS-05")
@pytest.mark.parametrize("overrides", [{}, THIRD | COMMON, {"medecin.specialite": "radiologie"}])
def test_a_schedule_is_the_same_once_written_and_read(overrides: dict[str, Any]) -> None:
    doctor = dossier(**overrides)
    leaves = {"type": "resiliation", "date": "2027-01-10", "initiative": "medecin", "motif": "autre"}
    plan = schedule(doctor, {2: REACHED}, 6, events=[leaves], readings=Readings(arrondi="troncature_euro"))
    assert Schedule.from_json(plan.to_json()) == plan


@pytest.mark.rule("VRS-05")
def test_the_rows_of_a_data_frame_are_the_payments() -> None:
    plan = planned({3: {"pmt": 1429, "pfa": 1800}}, 3)
    assert [(row["annee"], row["nature"], row["montant"]) for row in plan.rows()] == [
        (1, "versement_unique", Decimal(38000)),
        (2, "versement_unique", Decimal(28000)),
        (3, "acompte", Decimal(11000)),
        (3, "trop_percu", Decimal("-84.62")),
    ]
    assert plan.rows()[3]["du"] == date(2027, 9, 1)


@pytest.mark.rule("VRS-01")
def test_a_schedule_does_not_change_the_dossier_it_was_asked_of() -> None:
    doctor = dossier()
    schedule(doctor, {3: REACHED})
    assert doctor.model_dump(mode="json") == as_dict()
