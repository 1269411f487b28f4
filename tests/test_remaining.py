"""CST-03: what remains to pay once the aid is counted, for a doctor, for those who share, for a group."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aide_am import Dossier, Readings, RefusedData, bareme_at
from aide_am.calendar import anniversary
from aide_am.collective.models import DossierCollectif
from aide_am.costs.collective import collective_cost
from aide_am.costs.invoicing import employment_cost
from aide_am.costs.models import EMPLOIS, Associe, EmploiDirect, FactureGroupement, Poste
from aide_am.costs.records import Balance, Case, MonthBalance, RemainingCost, YearBalance
from aide_am.costs.remaining import remaining_cost, shared_cost
from aide_am.scheduling import schedule
from aide_am.simulation import Growth
from collective_strategies import groups
from depth import drawing
from invoice_strategies import emploi_dicts, for_a_cdi, number
from plans import AVENANT_7, REACHED, THIRD, at, reached
from strategies import dossiers, histories, maybe
from support import dossier

PROPERTY = drawing(60)
POSTE = Poste(debut=date(2024, 9, 1), etp=Decimal(1), position=9)
DIRECT = EmploiDirect()
ROUND = EmploiDirect(cout_charge_annuel=Decimal(36_000))
"""3 000 € in every whole month."""
YEARLY = Decimal("33694.60")
"""Position 9 of avenant 90, 2 159.91 × 12 × 1.30."""
CLOSED_SECTOR = {"medecin.secteur": "2", "medecin.option_tarifaire": "aucune"}
PATH = {3: {"pmt": 1500, "pfa": 1890}, 4: REACHED, 5: {"pmt": 1299, "pfa": 2500}}
"""Year 3: 200 of 260 and 90 of 110, so 9/11 of 22 000; year 4: all; year 5: a fall, so nothing."""


def remaining(path: Any = None, *, poste: Poste = POSTE, emploi: Any = DIRECT, **told: Any) -> RemainingCost:
    """The answer for `dossier(**overrides)`, without its own observation; other arguments go on."""
    names = ("years", "part", "events", "readings", "bareme", "force")
    given_ = {name: told.pop(name) for name in names if name in told}
    return remaining_cost(dossier(**({"observation": None} | told)), poste, emploi, path, **given_)


def poste(**told: Any) -> Poste:
    """A full time from 2024-09-01 at 2 000 € gross, but for what is told."""
    base = {"debut": "2024-09-01", "etp": "1", "salaire_brut": "2000"}
    return Poste.model_validate({name: value for name, value in (base | told).items() if value is not None})


def texts(values: Any) -> list[str | None]:
    return [None if value is None else str(value) for value in values]


def aids(case: Case) -> list[str | None]:
    return texts(year.aid for year in case.years)


def rests(case: Case) -> list[str | None]:
    return texts(year.rest for year in case.years)


def month(case: Case, name: str) -> MonthBalance:
    """The month written AAAA-MM."""
    (found,) = [each for each in case.months if each.mois.isoformat()[:7] == name]
    return found


def payments(case: Case) -> dict[str, str]:
    """The months in which the caisse pays, or is paid back."""
    return {each.mois.isoformat()[:7]: str(each.paid) for each in case.months if each.paid}


def codes(balance: Balance) -> set[str]:
    return {note.code for note in balance.notes}


def names(balance: Balance) -> list[str]:
    return [case.name for case in balance.cases]


def fields(error: pytest.ExceptionInfo[RefusedData]) -> list[str]:
    return [refusal.field for refusal in error.value.refusals]


def total(values: Any) -> Decimal:
    return sum(values, Decimal(0))


# --- One doctor, by contract year ----------------------------------------------------------------


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("annee", "aid", "rest", "cumulated", "monthly"),
    [
        (1, "38000.00", "-4305.40", "-4305.40", "-358.78"),
        (2, "28000.00", "5694.60", "1389.20", "474.55"),
        (3, "18000.00", "15694.60", "17083.80", "1307.88"),
        (4, "22000.00", "11694.60", "28778.40", "974.55"),
        (5, "0.00", "33694.60", "62473.00", "2807.88"),
    ],
)
def test_each_year_of_a_path_costs_its_post_less_its_aid(
    annee: int, aid: str, rest: str, cumulated: str, monthly: str
) -> None:
    answer = remaining(PATH)
    year = answer.balance.case("trajectoire").years[annee - 1]
    start = anniversary(date(2024, 9, 1), annee - 1)
    assert (year.annee, year.debut, year.fin) == (annee, start, anniversary(start, 1) - timedelta(days=1))
    assert year.verdict == "eligible"
    assert [str(each) for each in year[4:]] == [str(YEARLY), aid, rest, cumulated, monthly]


@pytest.mark.rule("CST-03")
def test_an_excess_of_aid_is_a_rest_under_zero_never_clipped() -> None:
    case = remaining(reached()).balance.case("trajectoire")
    assert case.years[0].rest == Decimal("-4305.40")
    assert case.years[0].monthly == Decimal("-358.78")


@pytest.mark.rule("CST-03", "MOD-00", "MOD-01")
def test_the_worst_case_of_two_augmentations_is_nothing_from_year_3_and_the_best_is_the_maximum() -> None:
    answer = remaining()
    assert names(answer.balance) == ["pire", "meilleur"]
    assert aids(answer.balance.case("pire")) == ["38000.00", "28000.00", "0.00", "0.00", "0.00"]
    assert aids(answer.balance.case("meilleur")) == ["38000.00", "28000.00", *["22000.00"] * 3]
    assert str(answer.balance.case("pire").rest) == "102473.00"
    assert str(answer.balance.case("meilleur").rest) == "36473.00"


@pytest.mark.rule("CST-03")
def test_the_worst_and_the_best_case_do_not_depend_on_the_path() -> None:
    for path in (PATH, reached(), Growth(pmt="0.01", pfa="0.01"), {3: {"pmt": 1500}}):
        told = remaining(path).balance
        for name in ("pire", "meilleur"):
            assert told.case(name) == remaining().balance.case(name)  # type: ignore[arg-type]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("growth", "expected"),
    [
        ({"pmt": "0.03", "pfa": "0.03"}, ["22000.00"] * 3),
        ({"pmt": "0", "pfa": "0.02"}, ["22000.00"] * 3),  # 1 910 in year 3: the target
        ({"pmt": "0", "pfa": "0.01"}, ["10800.00", "14600.00", "18200.00"]),  # 1 854, 1 873, 1 891
        ({"pmt": "0", "pfa": "0"}, ["0.00"] * 3),  # no progress, no fall
        ({"pmt": "-0.01", "pfa": "0.03"}, ["0.00"] * 3),
    ],
)
def test_a_yearly_growth_is_a_path(growth: dict[str, str], expected: list[str]) -> None:
    case = remaining(Growth.model_validate(growth)).balance.case("trajectoire")
    assert aids(case)[2:] == expected


@pytest.mark.rule("CST-03", "OBJ-08")
@pytest.mark.parametrize("path", [{}, {3: {"pmt": 1500}}, {3: REACHED}, Growth(pmt="0.03"), Growth()])
def test_a_path_that_misses_a_count_gives_what_is_left_at_the_least_and_at_the_most(path: Any) -> None:
    balance = remaining(path).balance
    assert names(balance) == ["pire", "trajectoire_basse", "trajectoire_haute", "meilleur"]
    low, high = balance.case("trajectoire_basse"), balance.case("trajectoire_haute")
    assert aids(low)[:2] == aids(high)[:2] == ["38000.00", "28000.00"]
    assert aids(low)[3:] == ["0.00"] * 2
    assert aids(high)[2:] == ["22000.00"] * 3
    assert low.rest is not None
    assert high.rest is not None
    assert low.rest > high.rest


@pytest.mark.rule("CST-03")
def test_a_year_whose_counts_are_known_is_the_same_at_the_least_and_at_the_most() -> None:
    balance = remaining({3: {"pmt": 1500, "pfa": 1890}}).balance
    for name in ("trajectoire_basse", "trajectoire_haute"):
        assert aids(balance.case(name))[2] == "18000.00"  # type: ignore[arg-type]


@pytest.mark.rule("CST-03")
def test_the_counts_of_the_dossier_serve_its_year_where_the_path_is_silent_and_no_other() -> None:
    seen = {"observation": {"pmt": 1500, "pfa": 1890}}
    balance = remaining({4: REACHED}, **seen).balance
    assert aids(balance.case("trajectoire_basse")) == ["38000.00", "28000.00", "18000.00", "22000.00", "0.00"]
    replaced = remaining({3: REACHED}, **seen).balance
    assert aids(replaced.case("trajectoire_basse"))[2:4] == ["22000.00", "0.00"]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize("years", [1, 2, 3, 7])
def test_there_is_one_balance_a_contract_year_asked_for(years: int) -> None:
    case = remaining(reached(years), years=years).balance.case("trajectoire")
    assert [year.annee for year in case.years] == list(range(1, years + 1))
    assert [str(year.cost) for year in case.years] == [str(YEARLY)] * years


@pytest.mark.rule("CST-03", "MNT-03")
@pytest.mark.parametrize(
    ("overrides", "worst", "best"),
    [
        (
            {"contrat.option_etp": "0.5"},
            ["19000.00", "14000.00", "0.00"],
            ["19000.00", "14000.00", "11000.00"],
        ),
        (at(1858), ["38000.00", "28000.00", "0.00"], ["38000.00", "28000.00", "26000.00"]),
        (at(2187), ["38000.00", "38000.00", "0.00"], ["38000.00", "38000.00", "38000.00"]),  # P95
    ],
)
def test_the_two_ends_follow_the_option_and_the_band(
    overrides: dict[str, Any], worst: list[str], best: list[str]
) -> None:
    balance = remaining(years=3, **overrides).balance
    assert aids(balance.case("pire")) == worst
    assert aids(balance.case("meilleur")) == best


@pytest.mark.rule("CST-03", "MOD-03")
@pytest.mark.parametrize(
    ("seen", "aid"),
    [
        ({"pmt": 1170, "pfa": 900}, "22000.00"),  # 10 % under, bound included: atteint
        ({"pmt": 650, "pfa": 900}, "11000.00"),
        ({"pmt": 130, "pfa": 0}, "2200.00"),  # never 0 by rule: the prorata of the better rate
        ({"pmt": 0, "pfa": 0}, "0.00"),  # a prorata of nobody
    ],
)
def test_a_doctor_of_65_keeps_the_prorata_of_his_better_rate(seen: dict[str, int], aid: str) -> None:
    old = {"medecin.date_naissance": "1958-01-01", "contrat.objectifs": None}
    balance = remaining({3: seen, 4: REACHED, 5: REACHED}, **old).balance
    assert aids(balance.case("trajectoire"))[2] == aid
    lowest, path = balance.case("pire").years[2].aid, balance.case("trajectoire").years[2].aid
    assert lowest is not None
    assert path is not None
    assert lowest <= path


@pytest.mark.rule("CST-03", "MOD-06")
def test_a_primo_installe_is_paid_by_his_p50_in_year_3_and_unknown_after_without_an_avenant() -> None:
    primo = {
        "medecin.date_installation": "2024-06-01",
        "contrat.patientele_initiale": {"pmt": 500, "pfa": 800},
        "contrat.objectifs": None,
    }
    p50 = {"pmt": 1045, "pfa": 1219}
    balance = remaining({3: p50, 4: p50, 5: p50}, **primo).balance
    assert aids(balance.case("trajectoire_basse")) == ["38000.00", "28000.00", "22000.00", "0.00", "0.00"]
    assert aids(balance.case("trajectoire_haute")) == ["38000.00", "28000.00", *["22000.00"] * 3]


@pytest.mark.rule("CST-03", "VRS-04")
def test_a_third_of_a_post_is_paid_70_and_30() -> None:
    balance = remaining(reached(), poste=poste(debut="2022-09-01", etp="0.34"), **THIRD).balance
    case = balance.case("trajectoire")
    assert aids(case) == ["12000.00", "9000.00", "7350.00", "7350.00", "7350.00"]
    assert payments(case) == {
        "2022-09": "8400.00",
        "2023-09": "9900.00",  # 3 600 of year 1, 6 300 of year 2
        "2024-09": "2700.00",
        "2024-11": "5145.00",
        "2025-09": "2205.00",
        "2025-11": "5145.00",
        "2026-09": "2205.00",
        "2026-11": "5145.00",
        "2027-09": "2205.00",
    }


# --- What nobody knows, what nobody pays ------------------------------------------------------------


@pytest.mark.rule("CST-03", "TMP-02")
def test_years_that_count_from_an_unknown_hiring_are_refused_by_the_field_of_the_hiring() -> None:
    hiring = Readings(debut_annee="embauche")
    old = poste(debut="2022-09-01")
    with pytest.raises(RefusedData) as refused:
        remaining(years=7, poste=old, readings=hiring, **AVENANT_7)
    assert fields(refused) == ["contrat.date_embauche"]
    known = remaining(
        years=7, poste=old, readings=hiring, **AVENANT_7 | {"contrat.date_embauche": "2023-01-16"}
    )
    assert known.balance.cases[0].years[0].debut == date(2023, 1, 16)
    assert len(known.balance.cases[0].years) == 7


@pytest.mark.rule("CST-03", "MNT-04", "MNT-05")
def test_a_year_whose_amount_no_text_gives_is_none_and_all_that_rests_on_it_never_zero() -> None:
    before = {"option_etp": "1", "date_signature": "2021-09-01", "objectifs_atteints": True}
    answer = remaining(reached(), **{"contrat.option_etp": "1.5", "contrat.contrat_anterieur": before})
    assert "aide_inconnue" in codes(answer.balance)
    for case in answer.balance.cases:
        for year in case.years[:2]:
            assert (year.cost, year.aid, year.rest, year.monthly) == (YEARLY, None, None, None)
        assert all(year.cumulated is None for year in case.years)
        assert all(year.rest is not None for year in case.years[2:])
        assert case.rest is None
        assert case.lowest is None
        assert all(each.paid is None and each.treasury is None for each in case.months)
        assert [each.aid is None for each in case.months[:25]] == [True] * 24 + [False]
        assert all(each.rest is None for each in case.months[:24])


@pytest.mark.rule("CST-03", "MNT-04")
def test_what_was_paid_before_an_unknown_year_is_still_told() -> None:
    """1 ETP that becomes 1.5 in year 2: no text gives its amount before year 3 (MNT-05)."""
    change = {
        "type": "avenant_option",
        "date": "2025-09-01",
        "option_etp": "1.5",
        "objectifs_atteints": True,
    }
    answer = remaining(reached(3), years=3, events=[change], force=True)
    case = answer.balance.case("pire")
    assert aids(case) == ["38000.00", None, "0.00"]
    assert texts(year.cumulated for year in case.years) == ["-4305.40", None, None]
    assert str(month(case, "2024-11").treasury) == "29576.35"
    assert month(case, "2025-09").treasury is None


@pytest.mark.rule("CST-03")
def test_a_doctor_who_is_not_eligible_pays_the_whole_post_and_a_note_says_why() -> None:
    balance = remaining(reached(), **CLOSED_SECTOR).balance
    assert "non_eligible" in codes(balance)
    for case in balance.cases:
        assert aids(case) == ["0.00"] * 5
        assert {year.verdict for year in case.years} == {"non_eligible"}
        assert case.rest == 5 * YEARLY
        assert payments(case) == {}


@pytest.mark.rule("CST-03")
def test_a_contract_that_already_runs_is_counted_by_force() -> None:
    balance = remaining(reached(), force=True, **CLOSED_SECTOR).balance
    assert aids(balance.case("trajectoire")) == ["38000.00", "28000.00", *["22000.00"] * 3]
    assert "non_eligible" not in codes(balance)


@pytest.mark.rule("CST-03")
def test_an_aid_that_a_fall_takes_away_is_not_told_as_a_lack_of_eligibility() -> None:
    fallen = CLOSED_SECTOR | {"observation": {"pmt": 900, "pfa": 900}}
    balance = remaining(force=True, **fallen).balance
    assert aids(balance.case("meilleur"))[2] == "0.00"
    assert "non_eligible" not in codes(balance)


# --- Events, readings, reforms --------------------------------------------------------------------


@pytest.mark.rule("CST-03", "CTR-05")
def test_a_resiliation_stops_the_post_and_gives_back_the_days_that_did_not_run() -> None:
    end = {"type": "resiliation", "date": "2026-03-01", "initiative": "medecin", "motif": "autre"}
    case = remaining(reached(), events=[end]).balance.case("trajectoire")
    due = Fraction(28_000 * 181, 365)
    assert [year.annee for year in case.years] == [1, 2]
    last = case.years[1]
    assert (last.fin, last.monthly) == (date(2026, 2, 28), None)
    assert str(last.cost) == "16847.30"  # six whole months
    assert last.aid == cents(due) == Decimal("13884.93")
    assert payments(case) == {"2024-11": "38000.00", "2025-11": "28000.00", "2026-03": "-14115.07"}
    assert case.months[-1].mois == date(2026, 3, 1)
    assert case.months[-1].cost == 0
    assert case.months[-1].treasury == -total(year.rest for year in case.years)


@pytest.mark.rule("CST-03", "CTR-05")
def test_a_contract_that_ends_on_its_first_day_leaves_nothing_to_count_and_is_refused() -> None:
    end = {"type": "resiliation", "date": "2024-09-01", "initiative": "medecin", "motif": "autre"}
    with pytest.raises(RefusedData) as refused:
        remaining(events=[end])
    assert fields(refused) == ["events"]


@pytest.mark.rule("CST-03", "CTR-02")
def test_a_change_of_option_within_a_year_is_counted_by_days() -> None:
    change = {"type": "avenant_option", "date": "2026-03-01", "option_etp": "0.5"}
    case = remaining(reached(), events=[change]).balance.case("trajectoire")
    expected = cents(Fraction(28_000 * 181 + 14_000 * 184, 365))
    assert aids(case) == ["38000.00", str(expected), *["11000.00"] * 3]


@pytest.mark.rule("CST-03", "CTR-07")
def test_a_suspension_leaves_the_aid_of_its_year_between_nothing_and_all() -> None:
    events = [
        {"type": "absence", "date": "2025-10-01"},
        {"type": "avenant_suspension", "date": "2026-01-10"},
        {"type": "retour", "date": "2026-05-01"},
    ]
    balance = remaining(reached(), events=events).balance
    low, high = balance.case("trajectoire_basse"), balance.case("trajectoire_haute")
    assert aids(low)[1:3] == ["0.00", "22000.00"]
    assert aids(high)[1:3] == ["28000.00", "22000.00"]
    assert payments(low)["2026-09"] == "-28000.00"  # paid before the suspension


@pytest.mark.rule("CST-03", "CTR-07")
@pytest.mark.parametrize("told", ["absence", "depart"])
def test_a_post_that_nobody_holds_over_3_months_leaves_the_aid_open_without_an_avenant_too(told: str) -> None:
    events = [{"type": told, "date": "2025-10-01"}, {"type": "embauche", "date": "2026-05-01"}]
    balance = remaining(reached(), events=events).balance
    assert aids(balance.case("trajectoire_basse"))[1:3] == ["0.00", "22000.00"]
    assert aids(balance.case("trajectoire_haute"))[1:3] == ["28000.00", "22000.00"]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("seen", "reading", "aid"),
    [
        ({"pmt": 1500, "pfa": 1890}, {}, "18000.00"),
        ({"pmt": 1500, "pfa": 1890}, {"taux_atteinte": "niveau"}, "22000.00"),  # 1 500 of 1 560: 96 %
        ({"pmt": 1500, "pfa": 1800}, {}, "16923.08"),  # 22 000 × 200 / 260
        ({"pmt": 1500, "pfa": 1800}, {"arrondi": "troncature_centime"}, "16923.07"),
        ({"pmt": 1500, "pfa": 1800}, {"arrondi": "troncature_euro"}, "16923.00"),
    ],
)
def test_a_reading_that_changes_the_aid_changes_what_remains(
    seen: dict[str, int], reading: dict[str, Any], aid: str
) -> None:
    answer = remaining(dict.fromkeys((3, 4, 5), seen), readings=Readings(**reading))
    year = answer.balance.case("trajectoire").years[2]
    assert str(year.aid) == aid
    assert year.rest == YEARLY - Decimal(aid)


@pytest.mark.rule("CST-03")
def test_a_simulated_bareme_is_counted_in_the_years_of_its_text() -> None:
    reform = bareme_at(date(2024, 9, 1)).with_changes(montants={("1", "3+", "p30_p90"): 24_000})
    answer = remaining(reached(), bareme=reform)
    assert aids(answer.balance.case("trajectoire")) == ["38000.00", "28000.00", *["24000.00"] * 3]
    assert aids(answer.balance.case("meilleur"))[2:] == ["24000.00"] * 3


# --- Treasury ---------------------------------------------------------------------------------------


@pytest.mark.rule("CST-03", "VRS-01", "VRS-02", "VRS-03")
def test_each_payment_falls_in_its_month_and_what_was_paid_too_much_is_paid_back() -> None:
    case = remaining(PATH).balance.case("trajectoire")
    assert payments(case) == {
        "2024-11": "38000.00",
        "2025-11": "28000.00",
        "2026-11": "11000.00",
        "2027-09": "7000.00",
        "2027-11": "11000.00",
        "2028-09": "11000.00",
        "2028-11": "11000.00",
        "2029-09": "-11000.00",
    }


@pytest.mark.rule("CST-03", "VRS-02")
def test_the_best_case_is_paid_on_the_first_day_permitted_and_the_others_on_the_last() -> None:
    balance = remaining(reached()).balance
    best, path = balance.case("meilleur"), balance.case("trajectoire")
    assert aids(best) == aids(path)
    assert payments(best) == {
        "2024-09": "38000.00",
        "2025-09": "28000.00",
        "2026-09": "11000.00",
        "2027-09": "22000.00",
        "2028-09": "22000.00",
        "2029-09": "11000.00",
    }
    assert list(payments(path))[:3] == ["2024-11", "2025-11", "2026-11"]
    assert "versement_au_plus_tard" in codes(balance)


@pytest.mark.rule("CST-03", "VRS-03")
def test_the_worst_case_gives_back_every_acompte() -> None:
    case = remaining().balance.case("pire")
    paid = payments(case)
    assert [paid[key] for key in ("2026-11", "2027-11", "2028-11")] == ["11000.00"] * 3
    assert [paid[key] for key in ("2027-09", "2028-09", "2029-09")] == ["-11000.00"] * 3


@pytest.mark.rule("CST-03")
def test_the_solde_of_the_last_year_has_a_month_of_its_own_after_the_post() -> None:
    case = remaining(reached()).balance.case("trajectoire")
    assert case.months[0].mois == date(2024, 9, 1)
    assert case.months[-1].mois == date(2029, 9, 1)
    assert len(case.months) == 61
    assert (case.months[-1].cost, case.months[-1].aid, case.months[-1].paid) == (0, 0, 11_000)
    assert case.months[-1].treasury == -total(year.rest for year in case.years)


@pytest.mark.rule("CST-03")
def test_the_treasury_of_a_month_is_all_that_was_paid_less_all_that_was_spent() -> None:
    case = remaining(reached(), emploi=ROUND).balance.case("trajectoire")
    expected = {
        "2024-09": "-3000.00",
        "2024-10": "-6000.00",
        "2024-11": "29000.00",  # 38 000 − 9 000
        "2025-10": "-4000.00",  # 14 months
        "2025-11": "21000.00",
        "2026-10": "-12000.00",  # 66 000 − 26 × 3 000
        "2026-11": "-4000.00",
        "2027-08": "-31000.00",
        "2029-08": "-59000.00",  # 66 000 + 55 000 − 60 × 3 000
        "2029-09": "-48000.00",
    }
    assert {name: str(month(case, name).treasury) for name in expected} == expected


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("path", "name", "lowest"),
    [
        (None, "pire", "2029-09"),  # the last acompte is paid back
        (reached(), "trajectoire", "2029-08"),  # before the last solde
        (PATH, "trajectoire", "2029-09"),
    ],
)
def test_the_lowest_month_of_the_treasury_is_told(path: Any, name: Any, lowest: str) -> None:
    case = remaining(path).balance.case(name)
    assert case.lowest is not None
    assert case.lowest.mois.isoformat()[:7] == lowest
    assert case.lowest.treasury == min(each.treasury for each in case.months if each.treasury is not None)


@pytest.mark.rule("CST-03")
def test_a_cheap_post_is_lowest_while_the_first_payment_is_awaited() -> None:
    balance = remaining(years=2, emploi=EmploiDirect(cout_charge_annuel=Decimal(12_000))).balance
    found = {case.name: case.lowest for case in balance.cases}
    assert found["pire"] is not None
    assert found["pire"].mois == date(2024, 10, 1)
    assert found["pire"].treasury == -2000
    assert found["meilleur"] is not None
    assert found["meilleur"].mois == date(2025, 8, 1)  # never under zero: 38 000 − 12 000
    assert found["meilleur"].treasury == 26_000


@pytest.mark.rule("CST-03")
def test_of_several_months_equally_low_the_first_is_told() -> None:
    early = poste(fin="2024-10-31")
    case = remaining(years=1, poste=early, emploi=ROUND, **CLOSED_SECTOR).balance.case("pire")
    assert [str(each.treasury) for each in case.months] == ["-3000.00"] + ["-6000.00"] * 11
    assert case.lowest is not None
    assert case.lowest.mois == date(2024, 10, 1)


@pytest.mark.rule("CST-03")
def test_a_payment_and_its_repayment_in_the_same_month_are_summed() -> None:
    """A contract signed on 1 November: acompte of a year and solde of the year before, two months apart."""
    signed = {"contrat.date_signature": "2024-11-01"}
    paid = payments(remaining(reached(), **signed).balance.case("meilleur"))
    assert paid["2027-11"] == "22000.00"
    worst = payments(remaining(**signed).balance.case("pire"))
    assert (worst["2027-01"], worst["2027-11"], worst["2028-01"]) == ("11000.00", "-11000.00", "11000.00")


# --- The post and the contract do not always cover each other -----------------------------------------


@pytest.mark.rule("CST-03")
def test_a_post_that_starts_before_the_contract_is_counted_from_the_contract() -> None:
    answer = remaining(reached(), poste=poste(debut="2024-03-15"), emploi=ROUND)
    case = answer.balance.case("trajectoire")
    assert "avant_le_contrat" in {note.code for note in answer.cost.notes}
    assert case.months[0].mois == date(2024, 9, 1)
    assert [str(year.cost) for year in case.years] == ["36000.00"] * 5
    assert answer.cost.total == 180_000
    assert answer.cost.debut == date(2024, 9, 1)


@pytest.mark.rule("CST-03")
def test_what_is_paid_once_before_the_contract_is_not_counted() -> None:
    before = remaining(poste=poste(debut="2024-08-31"), emploi=FactureGroupement())
    after = remaining(poste=poste(debut="2024-09-01"), emploi=FactureGroupement())
    kinds = [{line.rubrique for line in answer.cost.lines} for answer in (before, after)]
    assert "mise_en_place" not in kinds[0]
    assert "mise_en_place" in kinds[1]


@pytest.mark.rule("CST-03")
def test_a_post_that_starts_after_the_contract_costs_nothing_until_then_and_the_aid_goes_on() -> None:
    answer = remaining(reached(), poste=poste(debut="2025-03-01"), emploi=ROUND)
    case = answer.balance.case("trajectoire")
    assert texts(year.cost for year in case.years) == ["18000.00", *["36000.00"] * 4]
    assert aids(case)[0] == "38000.00"
    assert str(month(case, "2025-02").treasury) == "38000.00"
    assert "poste_non_couvert" in codes(answer.balance)


@pytest.mark.rule("CST-03")
def test_a_post_that_ends_early_costs_nothing_more() -> None:
    answer = remaining(reached(), poste=poste(fin="2026-02-28"), emploi=ROUND)
    case = answer.balance.case("trajectoire")
    assert texts(year.cost for year in case.years) == ["36000.00", "18000.00", "0.00", "0.00", "0.00"]
    assert "poste_non_couvert" in codes(answer.balance)
    assert case.months[-1].mois == date(2029, 9, 1)


@pytest.mark.rule("CST-03", "CTR-07")
@pytest.mark.parametrize(
    ("told", "noted"),
    [
        ({"debut": "2024-12-01"}, False),  # three months without an assistant, no longer
        ({"debut": "2024-12-02"}, True),
        ({"fin": "2029-05-31"}, False),
        ({"fin": "2029-05-30"}, True),
    ],
)
def test_a_contract_without_an_assistant_for_over_three_months_is_noted(
    told: dict[str, Any], noted: bool
) -> None:
    answer = remaining(poste=poste(**told), emploi=ROUND)
    assert ("poste_non_couvert" in codes(answer.balance)) is noted


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize("told", [{"debut": "2029-09-01"}, {"debut": "2023-01-01", "fin": "2024-08-31"}])
def test_a_post_wholly_out_of_the_contract_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(RefusedData) as refused:
        remaining(poste=poste(**told))
    assert fields(refused) == ["poste.debut"]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize("told", [{"debut": "2029-08-31"}, {"debut": "2023-01-01", "fin": "2024-09-01"}])
def test_a_post_with_one_day_in_the_contract_is_counted(told: dict[str, Any]) -> None:
    answer = remaining(poste=poste(**told), emploi=ROUND)
    assert answer.cost.debut == answer.cost.fin
    assert 0 < answer.cost.total < 120


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("worked", "option", "part", "noted"),
    [
        ({"etp": "1"}, "1", "1", False),
        ({"etp": "0.99"}, "1", "1", True),
        ({"heures_hebdomadaires": "17.5"}, "0.5", "1", False),
        ({"heures_hebdomadaires": "17"}, "0.5", "1", True),
        ({"etp": "1"}, "0.5", "1/2", False),
        ({"etp": "1"}, "1", "1/2", True),
    ],
)
def test_hours_under_the_option_are_noted(
    worked: dict[str, Any], option: str, part: str, noted: bool
) -> None:
    own = poste(**({"etp": None} | worked))
    balance = remaining(poste=own, part=part, **{"contrat.option_etp": option}).balance
    assert ("temps_sous_l_option" in codes(balance)) is noted


@pytest.mark.rule("CST-03", "CTR-02")
def test_hours_under_an_option_obtained_later_are_noted() -> None:
    change = {"type": "avenant_option", "date": "2026-09-01", "option_etp": "1"}
    half = poste(etp="0.5")
    assert "temps_sous_l_option" in codes(
        remaining(poste=half, events=[change], **{"contrat.option_etp": "0.5"}).balance
    )


@pytest.mark.rule("CST-03")
def test_a_doctor_who_pays_a_part_of_the_post_keeps_his_whole_aid() -> None:
    case = remaining(reached(), emploi=ROUND, part="1/3", **{"contrat.option_etp": "0.5"}).balance.case(
        "trajectoire"
    )
    assert texts(year.cost for year in case.years) == ["12000.00"] * 5
    assert aids(case)[:3] == ["19000.00", "14000.00", "11000.00"]
    assert str(case.rest) == "-6000.00"


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize("part", [0, "0", "1.01", "4/3", "-0.5", "1/0", 0.5, True, None, "un tiers"])
def test_a_part_that_is_none_is_refused(part: Any) -> None:
    with pytest.raises(RefusedData) as refused:
        remaining(part=part)
    assert fields(refused) == ["part"]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: remaining(years=0), "years"),
        (lambda: remaining(years="5"), "years"),
        (lambda: remaining({6: REACHED}), "observations"),
        (lambda: remaining({3: {"pmt": -1}}), "observations.3.pmt"),
        (lambda: remaining([REACHED]), "path"),
        (lambda: remaining(poste={"debut": "2024-09-01"}), "poste"),  # type: ignore[arg-type]
        (lambda: remaining(emploi=None), "emploi"),
        (lambda: remaining_cost(None, POSTE, DIRECT), "dossier"),  # type: ignore[arg-type]
        (lambda: shared_cost({}, DIRECT, sharers("1")), "poste"),  # type: ignore[arg-type]
        (lambda: shared_cost(POSTE, {"mode": "direct"}, sharers("1")), "emploi"),  # type: ignore[arg-type]
        (lambda: shared_cost(POSTE, DIRECT, [{"identifiant": "a"}]), "associes.0"),  # type: ignore[list-item]
        (lambda: collective_cost(company(), {}, DIRECT), "poste"),  # type: ignore[arg-type]
        (lambda: collective_cost(dossier(), POSTE, DIRECT), "dossier"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(call: Any, field: str) -> None:
    with pytest.raises(RefusedData) as refused:
        call()
    assert fields(refused) == [field]


@pytest.mark.rule("CST-03")
def test_a_salary_that_nothing_gives_is_refused() -> None:
    with pytest.raises(RefusedData) as refused:
        remaining(poste=poste(salaire_brut=None))
    assert fields(refused) == ["poste.salaire_brut"]


# --- The records --------------------------------------------------------------------------------------


@pytest.mark.rule("CST-03")
def test_the_tables_have_a_row_a_case_and_year_and_a_row_a_case_and_month() -> None:
    answer = remaining(PATH)
    rows, months = answer.rows(), answer.month_rows()
    assert len(rows) == 3 * 5
    assert len(months) == 3 * 61
    assert rows[5] == {
        "identifiant": "medecin",
        "part": Fraction(1),
        "cas": "trajectoire",
        "annee": 1,
        "du": date(2024, 9, 1),
        "au": date(2025, 8, 31),
        "verdict": "eligible",
        "cout": YEARLY,
        "aide": Decimal(38_000),
        "reste": Decimal("-4305.40"),
        "cumul": Decimal("-4305.40"),
        "par_mois": Decimal("-358.78"),
        "notes": "minimum_a_verifier hors_allegements versement_au_plus_tard",
    }
    assert (months[0]["mois"], months[0]["aide_versee"]) == (date(2024, 9, 1), 0)


@pytest.mark.rule("CST-03")
def test_a_payer_and_a_case_are_found_by_name_and_an_unknown_one_lists_them() -> None:
    answer = remaining()
    assert answer.payer("medecin") == answer.balance == answer.balances[0]
    with pytest.raises(KeyError, match="medecin"):
        answer.payer("medecin_2")
    with pytest.raises(KeyError, match="pire, meilleur"):
        answer.balance.case("trajectoire")


@pytest.mark.rule("CST-03")
def test_the_answer_carries_the_schedule_of_the_path_it_was_made_with() -> None:
    answer = remaining(PATH)
    assert answer.schedules == (schedule(dossier(observation=None), PATH),)
    assert remaining().schedules == (schedule(dossier(observation=None)),)


# --- Doctors who share --------------------------------------------------------------------------------


def sharers(*parts: str, **overrides: Any) -> list[Associe]:
    """Doctors of 0.5 ETP who reach all their objectives, by their parts."""
    own = dossier(**({"observation": None, "contrat.option_etp": "0.5"} | overrides))
    return [
        Associe.model_validate(
            {"identifiant": f"medecin_{rank}", "part": part, "dossier": own, "observations": reached()}
        )
        for rank, part in enumerate(parts, start=1)
    ]


@pytest.mark.rule("CST-03")
def test_two_doctors_who_share_a_post_by_half_each_keep_their_own_contract() -> None:
    answer = shared_cost(POSTE, ROUND, sharers("1/2", "0.5"))
    for label in ("medecin_1", "medecin_2"):
        case = answer.payer(label).case("trajectoire")
        assert texts(year.cost for year in case.years) == ["18000.00"] * 5
        assert aids(case) == ["19000.00", "14000.00", *["11000.00"] * 3]
        assert texts(year.cumulated for year in case.years) == [
            "-1000.00",
            "3000.00",
            "10000.00",
            "17000.00",
            "24000.00",
        ]
        assert answer.payer(label).part == Fraction(1, 2)


@pytest.mark.rule("CST-03")
def test_three_doctors_who_share_by_thirds_pay_every_month_to_the_centime() -> None:
    answer = shared_cost(poste(etp="1.5"), EmploiDirect(), sharers("1/3", "1/3", "1/3"))
    lines = {first: total(line.montant for line in lines) for first, lines in answer.cost.months.items()}
    for first, cost in lines.items():
        own = [month(b.cases[0], first.isoformat()[:7]).cost for b in answer.balances]
        assert sum(own) == cost
        assert max(own) - min(own) <= Decimal("0.02")


@pytest.mark.rule("CST-03")
def test_contracts_of_different_days_each_count_their_own_years() -> None:
    first, second = sharers("1/2", "1/2")
    changed = dossier(
        **{"observation": None, "contrat.option_etp": "0.5", "contrat.date_signature": "2025-03-01"}
    )
    second = second.model_copy(update={"dossier": changed})
    answer = shared_cost(POSTE, ROUND, [first, second])
    cases = {label: answer.payer(label).case("trajectoire") for label in ("medecin_1", "medecin_2")}
    assert cases["medecin_1"].years[0].debut == date(2024, 9, 1)
    assert cases["medecin_2"].years[0].debut == date(2025, 3, 1)
    for case in cases.values():
        assert texts(year.cost for year in case.years) == ["18000.00"] * 5
    before = month(cases["medecin_2"], "2024-09")
    assert (before.cost, before.aid, before.paid) == (1500, 0, 0)
    assert payments(cases["medecin_2"])["2025-05"] == "19000.00"
    for label, case in cases.items():
        assert total(m.cost for m in case.months) == 99_000  # 66 months by half; his years bear 60
        assert "hors_du_contrat" in codes(answer.payer(label))


@pytest.mark.rule("CST-03")
def test_an_associate_without_a_contract_pays_his_part_and_no_aid_comes() -> None:
    with_contract, _ = sharers("2/3", "1/3")
    alone = Associe(identifiant="medecin_2", part=Fraction(1, 3))
    answer = shared_cost(POSTE, ROUND, [with_contract, alone])
    balance = answer.payer("medecin_2")
    assert names(balance) == ["pire", "meilleur"]
    assert "sans_contrat" in codes(balance)
    assert answer.schedules[1] is None
    for case in balance.cases:
        assert texts(year.cost for year in case.years) == ["12000.00"] * 5
        assert rests(case) == ["12000.00"] * 5
        assert {year.verdict for year in case.years} == {None}
        assert payments(case) == {}
        assert str(case.months[-1].treasury) == "-60000.00"


@pytest.mark.rule("CST-03")
def test_hours_are_compared_to_the_option_by_the_part_of_each() -> None:
    answer = shared_cost(POSTE, ROUND, sharers("0.4", "0.6"))
    assert [("temps_sous_l_option" in codes(b)) for b in answer.balances] == [True, False]


@pytest.mark.rule("CST-03")
def test_an_associate_may_tell_his_path_by_a_growth() -> None:
    (one,) = sharers("1")
    growing = one.model_copy(update={"observations": None, "croissance": Growth(pmt="0", pfa="0.01")})
    case = shared_cost(POSTE, ROUND, [growing]).payer("medecin_1").case("trajectoire")
    assert aids(case)[2:] == ["5400.00", "7300.00", "9100.00"]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize("parts", [("1/2",), ("1/2", "1/3"), ("2/3", "1/2"), ("0.33", "0.33", "0.33"), ()])
def test_parts_that_do_not_sum_to_one_are_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(RefusedData) as refused:
        shared_cost(POSTE, ROUND, sharers(*parts))
    assert [(r.field, r.code) for r in refused.value.refusals] == [("associes", "cle_incomplete")]


@pytest.mark.rule("CST-03")
def test_two_associates_of_the_same_label_are_refused_and_the_key_at_once() -> None:
    one, two = sharers("1/2", "1/3")
    with pytest.raises(RefusedData) as refused:
        shared_cost(POSTE, ROUND, [one, two.model_copy(update={"identifiant": "medecin_1"})])
    assert {r.code for r in refused.value.refusals} == {"cle_incomplete", "identifiant_double"}


@pytest.mark.rule("CST-03")
def test_what_is_refused_of_an_associate_is_named_by_his_label_all_at_once() -> None:
    wrong = [each.model_copy(update={"observations": {9: REACHED}}) for each in sharers("1/2", "1/2")]
    with pytest.raises(RefusedData) as refused:
        shared_cost(POSTE, ROUND, wrong)
    found = fields(refused)
    assert len(found) == 2
    assert ["medecin_1" in found[0], "medecin_2" in found[1]] == [True, True]


@pytest.mark.rule("CST-03", "TMP-02")
def test_a_hiring_that_is_not_known_is_refused_by_the_label_of_who_lacks_it() -> None:
    first, second = sharers("1/2", "1/2")
    old = dossier(**AVENANT_7 | {"contrat.option_etp": "0.5"})
    with pytest.raises(RefusedData) as refused:
        shared_cost(
            poste(debut="2022-09-01"),
            ROUND,
            [first, second.model_copy(update={"dossier": old, "observations": None})],
            readings=Readings(debut_annee="embauche"),
        )
    (field,) = fields(refused)
    assert "medecin_2" in field
    assert "contrat.date_embauche" in field


# --- A company under a contrat collectif ---------------------------------------------------------------


def company(**changes: Any) -> DossierCollectif:
    """A SISA of two généralistes at 1 000 / 1 500 each, 2 ETP signed on 2026-03-01."""
    members = [
        {
            "identifiant": f"medecin_{number}",
            "specialite": "medecine_generale",
            "secteur": "1",
            "associe_en_nom_propre": True,
            "patientele": {"pmt": 1000, "pfa": 1500},
            "date_installation": "2010-01-04",
            "contrat_individuel": "aucun",
        }
        for number in (1, 2)
    ]
    base = {
        "structure": "SISA",
        "activite_de_soins": True,
        "date_signature": "2026-03-01",
        "etp": "2",
        "membres": members,
        "annee": 1,
    }
    return DossierCollectif.model_validate(base | changes)


TEAM = poste(debut="2026-03-01", etp="2")
KEY = {"medecin_1": "1/3", "medecin_2": "2/3"}
ALL = {"pmt": 2520, "pfa": 3220}
"""260 PMT and 110 PFA more for each of the 2 ETP."""
HALF = {"pmt": 2260, "pfa": 3110}


@pytest.mark.rule("CST-03", "COL-05", "COL-07")
def test_a_company_is_paid_by_etp_and_its_worst_case_from_year_3_is_nothing() -> None:
    answer = collective_cost(company(), TEAM, ROUND)
    assert [balance.identifiant for balance in answer.balances] == ["societe"]
    assert names(answer.balance) == ["pire", "meilleur"]
    assert aids(answer.balance.case("meilleur")) == ["76000.00", "56000.00", *["44000.00"] * 3]
    assert aids(answer.balance.case("pire")) == ["76000.00", "56000.00", *["0.00"] * 3]
    assert rests(answer.balance.case("pire"))[0] == "-40000.00"
    assert answer.schedules == (None,)
    assert [decision.dossier.annee for decision in answer.decisions] == [1, 2, 3, 4, 5]


@pytest.mark.rule("CST-03", "COL-06", "COL-07")
@pytest.mark.parametrize(("seen", "aid"), [(ALL, "44000.00"), (HALF, "22000.00")])
def test_the_counts_of_a_company_are_told_by_year(seen: dict[str, int], aid: str) -> None:
    answer = collective_cost(company(), TEAM, ROUND, None, dict.fromkeys((3, 4, 5), seen))
    assert aids(answer.balance.case("trajectoire"))[2:] == [aid] * 3


@pytest.mark.rule("CST-03", "COL-07")
def test_a_year_of_a_company_without_counts_is_told_at_the_least_and_at_the_most() -> None:
    balance = collective_cost(company(), TEAM, ROUND, None, {4: HALF}).balance
    assert aids(balance.case("trajectoire_basse"))[2:] == ["0.00", "22000.00", "0.00"]
    assert aids(balance.case("trajectoire_haute"))[2:] == ["44000.00", "22000.00", "44000.00"]


@pytest.mark.rule("CST-03", "COL-05")
def test_the_treasury_of_a_company_is_not_told_since_no_source_says_when_it_is_paid() -> None:
    answer = collective_cost(company(), TEAM, ROUND, KEY, dict.fromkeys((3, 4, 5), ALL))
    assert "versements_inconnus" in codes(answer.balance)
    for balance in answer.balances:
        for case in balance.cases:
            assert case.lowest is None
            assert all(each.paid is None and each.treasury is None for each in case.months)
            assert all(each.aid is not None for each in case.months)


@pytest.mark.rule("CST-03", "COL-10")
def test_a_key_shares_the_cost_and_the_aid_of_a_company_to_the_centime() -> None:
    answer = collective_cost(company(), TEAM, ROUND, KEY, dict.fromkeys((3, 4, 5), ALL))
    assert [balance.identifiant for balance in answer.balances] == ["societe", "medecin_1", "medecin_2"]
    first = answer.payer("medecin_1").case("trajectoire")
    assert [str(year.aid) for year in first.years][:3] == ["25333.33", "18666.67", "14666.67"]
    assert texts(year.cost for year in first.years) == ["12000.00"] * 5
    assert "part_libre" in codes(answer.payer("medecin_1"))
    for own, other, whole in zip(
        first.years,
        answer.payer("medecin_2").case("trajectoire").years,
        answer.balance.case("trajectoire").years,
        strict=True,
    ):
        assert own.aid is not None
        assert other.aid is not None
        assert own.aid + other.aid == whole.aid
        assert own.cost + other.cost == whole.cost


@pytest.mark.rule("CST-03", "COL-10")
@pytest.mark.parametrize(
    "key",
    [{"medecin_1": "1/3"}, {"medecin_1": "0.5", "medecin_2": "0.51"}, {"medecin_1": "2"}, {"": "1"}],
)
def test_a_key_that_does_not_sum_to_one_or_names_nobody_is_refused(key: dict[str, str]) -> None:
    with pytest.raises(RefusedData) as refused:
        collective_cost(company(), TEAM, ROUND, key)
    assert all(field.startswith("cle") for field in fields(refused))


@pytest.mark.rule("CST-03")
def test_counts_of_a_year_that_is_not_asked_for_are_refused() -> None:
    with pytest.raises(RefusedData) as refused:
        collective_cost(company(), TEAM, ROUND, None, {6: ALL})
    assert fields(refused)[0].startswith("observations")
    assert collective_cost(company(), TEAM, ROUND, None, {6: ALL}, 6).decisions[5].amount_due is not None


@pytest.mark.rule("CST-03", "COL-01")
def test_a_company_that_cannot_sign_pays_the_whole_post() -> None:
    answer = collective_cost(company(structure="SEL"), TEAM, ROUND, KEY)
    assert "non_eligible" in codes(answer.balance)
    for balance in answer.balances:
        for case in balance.cases:
            assert aids(case) == ["0.00"] * 5
            assert [case.rest] == [total(year.cost for year in case.years)]
    forced = collective_cost(company(structure="SEL"), TEAM, ROUND, force=True)
    assert aids(forced.balance.case("meilleur"))[0] == "76000.00"


@pytest.mark.rule("CST-03", "COL-02")
def test_a_company_that_all_its_doctors_leave_is_refused() -> None:
    members = [m.model_dump() | {"date_retrait": "2028-03-01"} for m in company().membres]
    left = company(membres=members)
    assert len(collective_cost(left, TEAM, ROUND, years=2).balance.cases[0].years) == 2
    with pytest.raises(RefusedData) as refused:
        collective_cost(left, TEAM, ROUND, years=3)
    assert fields(refused) == ["membres"]


@pytest.mark.rule("CST-03", "COL-05")
@pytest.mark.parametrize(("etp", "noted"), [("2", False), ("1.9", True)])
def test_hours_under_the_etp_of_the_company_are_noted(etp: str, noted: bool) -> None:
    answer = collective_cost(company(), poste(debut="2026-03-01", etp=etp), ROUND)
    assert ("temps_sous_l_option" in codes(answer.balance)) is noted


# --- Properties -------------------------------------------------------------------------------------------


def cents(euros: Fraction) -> Decimal:
    """Half up to the centime."""
    scaled = (Decimal(euros.numerator) / Decimal(euros.denominator)).quantize(Decimal("0.0001"))
    return scaled.quantize(Decimal("0.01"), ROUND_HALF_UP)


def employments() -> st.SearchStrategy[Any]:
    """Any way to employ, as its model."""
    return emploi_dicts().map(lambda way: EMPLOIS[way["mode"]].model_validate(for_a_cdi(way)))


@st.composite
def posts(draw: st.DrawFn, signed: date) -> Poste:
    """A post with days in the first contract year, whatever its start and its end."""
    first = signed + timedelta(days=draw(st.sampled_from((0, 0, -1, 1, -40, 29)) | st.integers(-300, 360)))
    length = draw(st.none() | st.integers(301, 2500))
    last = None if length is None else first + timedelta(days=length)
    fixed = last is not None and draw(st.booleans())
    return Poste(
        debut=first,
        fin=last,
        contrat_travail="CDD" if fixed else "CDI",
        etp=draw(st.sampled_from(("0.33", "0.5", "1", "1.5"))),
        salaire_brut=draw(st.integers(100_000, 400_000).map(lambda cents_: number(cents_, 2))),
        hausse_annuelle=draw(maybe(st.sampled_from(("0", "0.0137")))),
    )


SEEN = st.fixed_dictionaries({"pmt": st.integers(0, 3500), "pfa": st.integers(0, 4500)})


@st.composite
def known_doctors(draw: st.DrawFn, *, first_of_month: bool = False) -> Dossier:
    """A généraliste of whom all is known: every amount of a complete path is certain."""
    signed = draw(st.dates(date(2024, 6, 22), date(2028, 3, 1)))
    signed = max(signed.replace(day=1), date(2024, 7, 1)) if first_of_month else signed
    pmt, pfa = draw(st.integers(775, 2400)), draw(st.integers(1219, 3500))
    third = not first_of_month and draw(st.sampled_from((False, False, False, True)))
    told: dict[str, Any] = {
        "observation": None,
        "contrat.date_signature": signed.isoformat(),
        "contrat.option_etp": draw(st.sampled_from(("0.5", "1"))),
        "contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa},
        "contrat.objectifs": {"pmt": pmt + draw(st.integers(0, 300)), "pfa": pfa + draw(st.integers(0, 300))},
        "medecin.date_naissance": draw(st.sampled_from(("1970-05-02", "1955-01-01"))),
    }
    if third:
        told |= {name: value for name, value in THIRD.items() if name not in told}
        told |= {"contrat.date_signature": "2022-09-01", "contrat.option_etp": "1/3"}
    return dossier(**told)


@st.composite
def known_cases(draw: st.DrawFn, **fixed: Any) -> tuple[Dossier, Poste, Any, dict[int, Any], int]:
    """A doctor of whom all is known, his post, and a complete path."""
    doctor = draw(known_doctors(**fixed))
    years = draw(st.integers(1, 5))
    path = {annee: draw(SEEN) for annee in range(1, years + 1)}
    return doctor, draw(posts(doctor.contrat.date_signature)), draw(employments()), path, years


@st.composite
def any_cases(draw: st.DrawFn) -> tuple[Dossier, Poste, Any, dict[int, Any], int, bool]:
    """Any doctor the models accept, some of his data unknown, and a path that may miss counts."""
    doctor = draw(dossiers())
    years = draw(st.integers(1, 6))
    partial = st.fixed_dictionaries({name: maybe(st.integers(0, 4000)) for name in ("pmt", "pfa")})
    path = draw(st.dictionaries(st.integers(1, years), partial))
    return (
        doctor,
        draw(posts(doctor.contrat.date_signature)),
        draw(employments()),
        path,
        years,
        draw(st.booleans()),
    )


def by_month(balances: Any, pick: Any) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for balance in balances:
        for each in balance.cases[0].months:
            found[each.mois] += pick(each)
    return dict(found)


def spent_by_month(answer: RemainingCost) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for line in answer.cost.lines:
        found[line.debut.replace(day=1)] += line.montant
    return dict(found)


def all_months_agree(months: dict[date, Decimal], lines: dict[date, Decimal]) -> bool:
    return all(months.get(first, 0) == lines.get(first, 0) for first in {*months, *lines})


@pytest.mark.rule("CST-03")
@PROPERTY
@given(st.data(), st.integers(1, 4))
def test_what_all_payers_pay_is_the_cost_of_the_post_each_month_to_the_centime(
    data: st.DataObject, size: int
) -> None:
    weights = [data.draw(st.integers(1, 40)) for _ in range(size)]
    sharing = [
        Associe(
            identifiant=f"medecin_{rank}",
            part=Fraction(weight, sum(weights)),
            dossier=data.draw(maybe(known_doctors())),
        )
        for rank, weight in enumerate(weights, start=1)
    ]
    first = next((each.dossier for each in sharing if each.dossier is not None), None)
    own = data.draw(posts(date(2025, 1, 1) if first is None else first.contrat.date_signature))
    answer = shared_cost(own, data.draw(employments()), sharing, data.draw(st.integers(1, 5)))
    assert all_months_agree(by_month(answer.balances, lambda m: m.cost), spent_by_month(answer))
    for balance in answer.balances:
        exact = answer.cost.total * balance.part.numerator / balance.part.denominator
        own_total = total(each.cost for each in balance.cases[0].months)
        assert abs(own_total - exact) <= Decimal("0.01")
        for case in balance.cases:
            assert [each.cost for each in case.months if each.cost] == [
                each.cost for each in balance.cases[0].months if each.cost
            ]


@pytest.mark.rule("CST-03")
@PROPERTY
@given(known_cases(), st.integers(1, 99))
def test_a_part_and_what_is_left_of_it_make_the_whole(case: Any, hundredths: int) -> None:
    doctor, own, emploi, path, years = case
    part = Fraction(hundredths, 100)
    other = Associe(identifiant="medecin_2", part=1 - part, dossier=doctor)
    shared = shared_cost(
        own,
        emploi,
        [Associe(identifiant="medecin_1", part=part, dossier=doctor, observations=path), other],
        years,
    )
    alone = remaining_cost(doctor, own, emploi, path, years, part=part)
    whole = remaining_cost(doctor, own, emploi, path, years)
    assert alone.balance.cases == shared.payer("medecin_1").cases
    assert alone.cost == whole.cost == shared.cost
    for mine, theirs, all_ in zip(
        shared.payer("medecin_1").cases[0].years,
        shared.payer("medecin_2").cases[0].years,
        whole.balance.cases[0].years,
        strict=True,
    ):
        assert mine.cost + theirs.cost == all_.cost
        assert mine.aid == theirs.aid == all_.aid


def ends_in_order(worse: YearBalance, better: YearBalance) -> None:
    """Where both are known, the worse year leaves at least as much to pay, alone and cumulated."""
    for name in ("rest", "cumulated"):
        more, less = getattr(worse, name), getattr(better, name)
        assert (more is None) == (less is None)
        assert more is None or more >= less


@pytest.mark.rule("CST-03")
@drawing(100)
@given(any_cases())
def test_the_path_lies_between_the_best_and_the_worst_case_every_year(case: Any) -> None:
    doctor, own, emploi, path, years, force = case
    balance = remaining_cost(doctor, own, emploi, path, years, force=force).balance
    assert names(balance)[0] == "pire"
    assert names(balance)[-1] == "meilleur"
    for worse, better in zip(balance.cases, balance.cases[1:], strict=False):
        for first, second in zip(worse.years, better.years, strict=True):
            ends_in_order(first, second)


@pytest.mark.rule("CST-03")
@PROPERTY
@given(any_cases(), st.integers(0, 9000), st.integers(0, 9000), st.integers(0, 9000))
def test_more_aid_never_raises_what_remains(case: Any, one: int, two: int, three: int) -> None:
    doctor, own, emploi, path, years, force = case
    law = bareme_at(date(2024, 9, 1))
    more = {"1": one, "2": two, "3+": three}
    richer = law.with_changes(
        montants={
            key: row.value + more[key[1]]  # type: ignore[index, misc]
            for key, row in ((key, law.montants[key]) for key in MONTANTS)
            if row.value is not None
        }
    )
    before = remaining_cost(doctor, own, emploi, path, years, force=force)
    after = remaining_cost(doctor, own, emploi, path, years, force=force, bareme=richer)
    for old in before.balance.cases:
        for new in after.balance.cases:
            if new.name == old.name:
                for first, second in zip(old.years, new.years, strict=True):
                    assert first.cost == second.cost
                    ends_in_order(first, second)


MONTANTS = [
    (option, annee, bande)
    for option in ("1/3", "0.5", "1", "1.5", "2")
    for annee in ("1", "2", "3+")
    for bande in ("p30_p90", "p90_p95", "p95")
]


@pytest.mark.rule("CST-03", "VRS-05")
@drawing(100)
@given(any_cases())
def test_the_months_bear_the_aid_of_the_years_and_the_payments_sum_to_it(case: Any) -> None:
    doctor, own, emploi, path, years, force = case
    answer = remaining_cost(doctor, own, emploi, path, years, force=force)
    for each in answer.balance.cases:
        months = each.months
        if all(year.aid is not None for year in each.years):
            due = total(year.aid for year in each.years)
            assert total(m.aid for m in months) == due
            assert total(m.rest for m in months) == each.rest
        else:
            assert each.rest is None
            assert months[-1].treasury is None
        if all(m.paid is not None for m in months):
            paid = total(m.paid for m in months)
            assert paid == total(year.aid for year in each.years)
            assert months[-1].treasury == paid - answer.cost.total
            assert each.lowest is not None
        else:
            assert each.lowest is None
        assert total(m.cost for m in months) == answer.cost.total
        assert total(year.cost for year in each.years) == answer.cost.total
        assert all((m.rest is None) == (m.aid is None) for m in months)


@pytest.mark.rule("CST-03")
@PROPERTY
@given(known_cases())
def test_the_treasury_is_that_of_the_rows_of_the_schedule(case: Any) -> None:
    """An oracle of its own: the rows of the schedule by the month of their last day, and the invoice."""
    doctor, own, emploi, path, years = case
    plan = schedule(doctor, path, years)
    found = remaining_cost(doctor, own, emploi, path, years).balance.case("trajectoire")
    first, last = plan.years[0].debut, plan.years[-1].fin
    assert first is not None
    assert last is not None
    assume(own.fin is None or own.fin >= first)
    flows: dict[str, Decimal] = defaultdict(Decimal)
    for row in plan.rows():
        flows[row["au"].isoformat()[:7]] += row["montant"]
    costs: dict[str, Decimal] = defaultdict(Decimal)
    if own.debut >= first:
        for line in employment_cost(own, emploi, until=last).lines:
            costs[line.debut.isoformat()[:7]] += line.montant
    reached_ = Decimal(0)
    for each in found.months:
        name = each.mois.isoformat()[:7]
        reached_ += flows[name] - (costs[name] if own.debut >= first else each.cost)
        assert each.paid == flows[name]
        assert each.treasury == reached_
        assert own.debut < first or each.cost == costs[name]
    assert total(each.paid for each in found.months) == total(flows.values())
    for year, told in zip(found.years, plan.years, strict=True):
        assert told.amount_due is not None
        assert year.aid == told.amount_due.value
    lows = [each for each in found.months if each.treasury == min(m.treasury for m in found.months)]  # type: ignore[type-var]
    assert found.lowest == lows[0]


@pytest.mark.rule("CST-03")
@PROPERTY
@given(known_cases(first_of_month=True))
def test_twelve_months_of_a_contract_year_make_its_cost_and_its_aid(case: Any) -> None:
    doctor, own, emploi, path, years = case
    for each in remaining_cost(doctor, own, emploi, path, years).balance.cases:
        for year in each.years:
            months = [m for m in each.months if year.debut <= m.mois <= year.fin]
            assert len(months) == 12
            assert total(m.cost for m in months) == year.cost
            assert total(m.aid for m in months) == year.aid
            assert total(m.rest for m in months) == year.rest
            assert year.rest is not None
            assert year.monthly is not None
            assert abs(year.monthly * 12 - year.rest) <= Decimal("0.06")


@pytest.mark.rule("CST-03")
@PROPERTY
@given(known_cases())
def test_cutting_the_invoice_at_contract_years_changes_no_total(case: Any) -> None:
    doctor, own, emploi, path, years = case
    answer = remaining_cost(doctor, own, emploi, path, years)
    last = answer.balance.cases[0].years[-1].fin
    whole = employment_cost(own, emploi, until=last)
    if own.debut >= doctor.contrat.date_signature:
        assert answer.cost.total == whole.total
    else:  # each item of each year is rounded from another first day
        items = {line.rubrique for line in whole.lines}
        assert answer.cost.total <= whole.total + Decimal("0.01") * len(items) * (years + 1)
    first = max(own.debut, doctor.contrat.date_signature)
    assert all(first <= line.debut <= line.fin <= last for line in answer.cost.lines)


@pytest.mark.rule("CST-03", "CTR-02", "CTR-05", "CTR-07")
@drawing(100)
@given(st.data())
def test_whatever_happens_to_a_contract_its_payments_sum_to_its_aid(data: st.DataObject) -> None:
    doctor = data.draw(known_doctors())
    events = data.draw(histories(doctor, kinds=COUNTED, at_most=4))
    signed = doctor.contrat.date_signature
    assume(not any(e["type"] == "resiliation" and e["date"] == signed.isoformat() for e in events))
    path = data.draw(st.dictionaries(st.integers(1, 4), SEEN))
    long = Poste(debut=signed, etp="1", salaire_brut="2000")
    answer = remaining_cost(doctor, long, ROUND, path, 4, events=events, force=True)
    for each in answer.balance.cases:
        assert total(year.cost for year in each.years) == answer.cost.total
        if all(year.aid is not None for year in each.years):
            due = total(year.aid for year in each.years)
            assert total(m.paid for m in each.months) == due
            assert total(m.aid for m in each.months) == due
    for worse, better in zip(answer.balance.cases, answer.balance.cases[1:], strict=False):
        for first, second in zip(worse.years, better.years, strict=True):
            ends_in_order(first, second)


COUNTED = ("avenant_option", "absence", "avenant_suspension", "retour", "resiliation", "avenant_65_ans")


@pytest.mark.rule("CST-03", "COL-10")
@drawing(40)
@given(st.data())
def test_the_parts_of_a_company_sum_to_it_whatever_the_group(data: st.DataObject) -> None:
    group = data.draw(groups(annee=1))
    leavings = [m.date_retrait for m in group.membres if m.date_retrait is not None]
    weights = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    key = {f"medecin_{rank}": Fraction(w, sum(weights)) for rank, w in enumerate(weights, start=1)}
    years = 1 if leavings else data.draw(st.integers(1, 4))
    seen = data.draw(st.dictionaries(st.integers(2, max(2, years)), SEEN)) if years > 1 else {}
    own = data.draw(posts(group.date_signature))
    answer = collective_cost(
        group, own, data.draw(employments()), key, seen, years, force=data.draw(st.booleans())
    )
    whole, *parts = answer.balances
    for rank, case in enumerate(whole.cases):
        mine = [part.cases[rank] for part in parts]
        assert all(each.name == case.name for each in mine)
        for rank_, year in enumerate(case.years):
            assert sum(each.years[rank_].cost for each in mine) == year.cost
            told = [each.years[rank_].aid for each in mine]
            assert (None in told) == (year.aid is None)
            assert year.aid is None or total(told) == year.aid
        for rank_, each in enumerate(case.months):
            assert sum(part.months[rank_].cost for part in mine) == each.cost


@pytest.mark.rule("CST-03")
@drawing(25)
@given(any_cases())
def test_the_answer_reads_back_from_json_equal_to_itself(case: Any) -> None:
    doctor, own, emploi, path, years, force = case
    answer = remaining_cost(doctor, own, emploi, path, years, force=force)
    assert RemainingCost.from_json(answer.to_json()) == answer


@pytest.mark.rule("CST-03")
def test_the_answers_of_those_who_share_and_of_a_company_read_back_from_json() -> None:
    for answer in (
        shared_cost(POSTE, ROUND, [*sharers("1/3"), Associe(identifiant="autre", part="2/3")]),
        collective_cost(company(), TEAM, ROUND, KEY, {3: HALF}),
    ):
        assert RemainingCost.from_json(answer.to_json()) == answer
        assert RemainingCost.json_schema()["type"] == "object"
