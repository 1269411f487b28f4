"""Chapter TMP: which text applies on which day, when a contract year begins, how old the data are."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Bareme, Readings, RefusedData, bareme_at, evaluate
from depth import drawing
from strategies import dossiers, readings
from support import criterion, decide, dossier, missing_fields, status_of, warning_codes

AVENANT_7, REGLEMENT, CONVENTION = "avenant_7", "reglement_arbitral_2023", "convention_2024"
NATURES = {"texte", "ameli", "secondaire", "presse", "deduit"}
COORDINATED = {"medecin.exercice_coordonne": True}
OF_2019 = {"percentiles.pfa": {"p30": 1000, "p50": 1400, "p90": 2600, "p95": 3200}}
"""The percentiles of avenant 7 for the file active are not public: the caller gives them."""


def maximum(**overrides: Any) -> Decimal | None:
    known = OF_2019 if overrides["contrat.date_signature"] < "2023-05-01" else {}
    found = decide(**(COORDINATED | known | overrides)).maximum
    assert found is not None
    return found.value


def year_of(**overrides: Any) -> tuple[str, str]:
    """First and last day of the contract year, as the trace says them."""
    (step,) = [step for step in decide(**overrides).trace if step.rule == "TMP-03"]
    return str(step.values["debut"]), str(step.values["fin"])


# TMP-01: three texts, each from its day


@pytest.mark.rule("TMP-01")
@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2019-09-01", AVENANT_7),
        ("2019-09-02", AVENANT_7),
        ("2023-04-29", AVENANT_7),
        ("2023-04-30", AVENANT_7),
        ("2023-05-01", REGLEMENT),
        ("2023-05-02", REGLEMENT),
        ("2024-06-20", REGLEMENT),
        ("2024-06-21", REGLEMENT),
        ("2024-06-22", CONVENTION),
        ("2024-06-23", CONVENTION),
        ("2026-02-25", CONVENTION),
        ("2026-11-21", CONVENTION),
    ],
)
def test_each_day_has_the_text_that_was_in_force(day: str, text: str) -> None:
    assert bareme_at(date.fromisoformat(day)).texte == text


@pytest.mark.rule("TMP-01", "TMP-04")
def test_no_text_was_in_force_before_september_2019() -> None:
    with pytest.raises(RefusedData) as refused:
        bareme_at(date(2019, 8, 31))
    assert refused.value.refusals[0].code == "avant_le_premier_texte"


@pytest.mark.rule("TMP-01", "TMP-03")
@pytest.mark.parametrize(
    ("signed", "first_year"),
    [
        ("2019-09-01", 36000),
        ("2023-04-30", 36000),
        ("2023-05-01", 36000),
        ("2024-06-20", 36000),
        ("2024-06-21", 36000),
        ("2024-06-22", 38000),
        ("2024-06-23", 38000),
    ],
)
def test_a_doctor_gets_the_first_year_of_the_text_of_his_signature(signed: str, first_year: int) -> None:
    assert maximum(**{"contrat.date_signature": signed, "annee": 1}) == first_year


@pytest.mark.rule("TMP-01")
@pytest.mark.parametrize(
    ("signed", "reading", "first_year"),
    [
        ("2024-06-20", "2024-06-22", 36000),
        ("2024-06-20", "2024-06-21", 36000),
        ("2024-06-21", "2024-06-22", 36000),
        ("2024-06-21", "2024-06-21", 38000),
        ("2024-06-22", "2024-06-22", 38000),
        ("2024-06-22", "2024-06-21", 38000),
    ],
)
def test_the_entry_into_force_is_read_on_the_21st_or_on_the_22nd_of_june(
    signed: str, reading: str, first_year: int
) -> None:
    chosen = {"entree_en_vigueur": reading}
    assert maximum(readings=chosen, **{"contrat.date_signature": signed, "annee": 1}) == first_year


@pytest.mark.rule("TMP-01", "ELI-07")
@pytest.mark.parametrize(
    ("reading", "status"), [("2024-06-22", "non_satisfait"), ("2024-06-21", "satisfait")]
)
def test_two_etp_obtained_on_the_21st_of_june_hang_on_the_entry_into_force(reading: str, status: str) -> None:
    two_etp = {
        "contrat.date_signature": "2024-06-21",
        "contrat.option_etp": "2",
        "contrat.contrat_anterieur": {
            "option_etp": "1",
            "date_signature": "2021-06-01",
            "objectifs_atteints": True,
        },
    }
    assert status_of("ELI-07", readings={"entree_en_vigueur": reading}, **two_etp) == status


@pytest.mark.rule("TMP-01")
@pytest.mark.parametrize(
    ("signed", "annee", "consulted"),
    [
        ("2024-06-20", 1, False),
        ("2024-06-21", 1, True),
        ("2024-06-22", 1, False),
        ("2023-06-20", 2, False),
        ("2023-06-21", 2, True),
        ("2023-06-22", 2, False),
    ],
)
def test_the_entry_into_force_is_only_a_question_for_a_day_between_the_two(
    signed: str, annee: int, consulted: bool
) -> None:
    decision = decide(**{"contrat.date_signature": signed, "annee": annee})
    assert ("entree_en_vigueur" in decision.readings) is consulted


# TMP-02: when a contract year begins


@pytest.mark.rule("TMP-02")
@pytest.mark.parametrize(
    ("annee", "first", "last"),
    [
        (1, "2024-09-01", "2025-08-31"),
        (2, "2025-09-01", "2026-08-31"),
        (3, "2026-09-01", "2027-08-31"),
        (6, "2029-09-01", "2030-08-31"),
    ],
)
def test_a_contract_year_runs_from_anniversary_to_the_day_before_the_next(
    annee: int, first: str, last: str
) -> None:
    assert year_of(annee=annee) == (first, last)


@pytest.mark.rule("TMP-02")
@pytest.mark.parametrize(
    ("annee", "first", "last"),
    [
        (1, "2020-02-29", "2021-02-27"),
        (2, "2021-02-28", "2022-02-27"),
        (3, "2022-02-28", "2023-02-27"),
        (4, "2023-02-28", "2024-02-28"),
        (5, "2024-02-29", "2025-02-27"),
    ],
)
def test_a_contract_signed_on_29_february_has_its_anniversary_on_the_28th_in_common_years(
    annee: int, first: str, last: str
) -> None:
    signed = {"contrat.date_signature": "2020-02-29", **COORDINATED}
    assert year_of(annee=annee, **signed) == (first, last)


@pytest.mark.rule("TMP-02")
@drawing(150)
@given(
    signed=st.just(date(2020, 2, 29))
    | st.just(date(2024, 2, 29))
    | st.dates(date(2019, 9, 1), date(2026, 1, 1))
)
def test_contract_years_follow_one_another_without_gap_or_overlap(signed: date) -> None:
    years = [
        year_of(annee=annee, **{"contrat.date_signature": signed.isoformat(), **COORDINATED})
        for annee in range(1, 7)
    ]
    for (_, last), (first, _) in itertools.pairwise(years):
        assert date.fromisoformat(first) - date.fromisoformat(last) == timedelta(days=1)


@pytest.mark.rule("TMP-02", "TMP-03")
@pytest.mark.parametrize(
    ("signed", "annee", "most"),
    [
        ("2020-02-29", 4, 21000),  # from 2023-02-28
        ("2020-02-29", 5, 21000),  # from 2024-02-29
        ("2024-02-29", 1, 36000),
        ("2024-02-29", 2, 28000),  # from 2025-02-28
        ("2024-02-29", 5, 22000),  # from 2028-02-29
    ],
)
def test_a_contract_signed_on_29_february_follows_the_texts_like_any_other(
    signed: str, annee: int, most: int
) -> None:
    assert maximum(**{"contrat.date_signature": signed, "annee": annee}) == most


@pytest.mark.rule("TMP-02", "MNT-04")
@pytest.mark.parametrize(
    ("debut_annee", "hired", "annee", "most"),
    [
        ("signature", "2023-07-01", 2, 9000),  # from 2023-10-15
        ("signature", "2023-07-01", 3, 7350),  # from 2024-10-15
        ("embauche", "2023-06-21", 2, 9000),  # from 2024-06-21
        ("embauche", "2023-06-22", 2, 9450),  # from 2024-06-22
        ("embauche", "2023-07-01", 2, 9450),  # from 2024-07-01
        ("embauche", "2023-07-01", 3, 7350),  # from 2025-07-01
        ("embauche", "2022-10-15", 2, 9000),  # hired on the day of the signature
    ],
)
def test_years_of_avenant_7_count_from_the_signature_or_from_the_hiring(
    debut_annee: str, hired: str, annee: int, most: int
) -> None:
    third = {
        "contrat.date_signature": "2022-10-15",
        "contrat.option_etp": "1/3",
        "contrat.date_embauche": hired,
        "annee": annee,
    }
    assert maximum(readings={"debut_annee": debut_annee}, **third) == most


@pytest.mark.rule("TMP-02")
def test_years_that_count_from_an_unknown_hiring_leave_every_text_open() -> None:
    decision = decide(
        readings={"debut_annee": "embauche"},
        **{"contrat.date_signature": "2022-10-15", "contrat.option_etp": "1/3", "annee": 2},
        **(COORDINATED | OF_2019),
    )
    assert decision.maximum == (9000, 9450, None)
    assert "contrat.date_embauche" in missing_fields(decision)
    assert decision.readings["debut_annee"] == "embauche"


@pytest.mark.rule("TMP-02")
@pytest.mark.parametrize("debut_annee", ["signature", "embauche"])
@pytest.mark.parametrize("signed", ["2023-05-01", "2024-09-01"])
def test_years_count_from_the_signature_alone_since_the_reglement_arbitral(
    debut_annee: str, signed: str
) -> None:
    hired = {"contrat.date_signature": signed, "contrat.date_embauche": "2024-12-01", "annee": 2}
    decision = decide(readings={"debut_annee": debut_annee}, **hired)
    (step,) = [step for step in decision.trace if step.rule == "TMP-03"]
    assert step.values["debut"] == f"{int(signed[:4]) + 1}{signed[4:]}"
    assert "debut_annee" not in decision.readings


@pytest.mark.rule("TMP-02", "CTR-01")
@pytest.mark.parametrize(
    ("signed", "annee", "most"),
    [
        ("2019-10-15", 4, 21000),
        ("2019-10-15", 5, 21000),  # from 2023-10-15
        ("2019-10-15", 6, 22000),  # from 2024-10-15
        ("2019-10-15", 7, 22000),
        ("2024-09-01", 4, 22000),
        ("2024-09-01", 6, 22000),
        ("2024-09-01", 11, 22000),
    ],
)
def test_years_after_the_third_keep_the_amounts_of_the_third(signed: str, annee: int, most: int) -> None:
    prolonged = {"contrat.date_signature": signed, "annee": annee, "contrat.prorogation": True}
    assert maximum(**prolonged) == most


# TMP-03: access by the text at signature, amounts by that of the first day of the year


@pytest.mark.rule("TMP-03")
@pytest.mark.parametrize(
    ("signed", "annee", "most"),
    [
        ("2024-06-21", 1, 36000),  # nearly all of it under the convention: never retroactive
        ("2024-06-21", 2, 28000),
        ("2024-06-21", 3, 22000),
        ("2023-06-21", 2, 27000),  # from 2024-06-21
        ("2023-06-22", 1, 36000),
        ("2023-06-22", 2, 28000),  # from 2024-06-22
        ("2023-06-23", 2, 28000),
        ("2022-06-21", 3, 21000),  # from 2024-06-21
        ("2022-06-22", 3, 22000),  # from 2024-06-22
        ("2021-06-21", 4, 21000),
        ("2021-06-22", 3, 21000),
        ("2021-06-22", 4, 22000),
    ],
)
def test_an_older_contract_gets_the_amounts_of_2024_from_its_first_anniversary_under_the_convention(
    signed: str, annee: int, most: int
) -> None:
    assert maximum(**{"contrat.date_signature": signed, "annee": annee}) == most


@pytest.mark.rule("TMP-03")
@drawing(100)
@given(signed=st.dates(date(2019, 9, 1), date(2024, 6, 21)), annee=st.integers(1, 5))
def test_a_year_that_starts_before_the_convention_never_gets_its_amounts(signed: date, annee: int) -> None:
    contract = {"contrat.date_signature": signed.isoformat(), "annee": annee}
    first = date.fromisoformat(year_of(**contract, **COORDINATED)[0])
    before, after = {1: (36000, 38000), 2: (27000, 28000)}.get(annee, (21000, 22000))
    assert maximum(**contract) == (before if first < date(2024, 6, 22) else after)


@pytest.mark.rule("TMP-03", "ELI-04", "ELI-10")
@pytest.mark.parametrize(
    ("signed", "verdict"),
    [
        ("2022-03-01", "eligible"),
        ("2023-04-29", "eligible"),
        ("2023-04-30", "eligible"),
        ("2023-05-01", "non_eligible"),
        ("2023-05-02", "non_eligible"),
        ("2024-06-22", "non_eligible"),
        ("2024-09-01", "non_eligible"),
    ],
)
def test_640_adult_patients_gave_access_until_the_reglement_arbitral(signed: str, verdict: str) -> None:
    small = {
        "contrat.date_signature": signed,
        "contrat.patientele_initiale": {"pmt": 640},
        "contrat.objectifs": None,
        "annee": 1,
    }
    assert decide(**small, **COORDINATED).verdict == verdict


@pytest.mark.rule("TMP-03", "ELI-07")
@pytest.mark.parametrize(
    ("obtained", "status"),
    [
        ("2023-04-30", "non_satisfait"),
        ("2023-05-01", "satisfait"),
        ("2023-05-02", "satisfait"),
    ],
)
def test_the_option_is_judged_on_the_day_it_was_obtained(obtained: str, status: str) -> None:
    outside = {
        "medecin.zone": "hors_zone",
        "contrat.date_signature": "2022-10-15",
        "contrat.date_option": obtained,
        "annee": 1,
    }
    assert status_of("ELI-07", **outside) == status


@pytest.mark.rule("TMP-03", "ELI-04", "ELI-10")
def test_an_option_obtained_later_changes_nothing_to_the_conditions_of_access() -> None:
    contract = {
        "contrat.date_signature": "2022-10-15",
        "contrat.date_option": "2024-07-01",
        "contrat.patientele_initiale.pmt": 640,
        "annee": 2,
    }
    decision = decide(**contract)
    assert criterion(decision, "ELI-04").threshold == 640
    assert criterion(decision, "ELI-10").status == "inconnu"


# TMP-04: sources, and the age of the data


def _references(bareme: Bareme) -> list[tuple[str, date]]:
    found = [bareme.reference, *(p.reference for p in bareme.parametres.values())]
    found += [row.reference for row in bareme.montants.rows.values()]
    for table in bareme.eligibilite.values():
        found += [row.reference for row in table.rows.values()]
    for table in bareme.modulation.values():
        found += [row.reference for row in table.rows.values()]
    for distribution in bareme.percentiles.values():
        found += distribution.references
    assert all(reference.source in bareme.sources for reference in found)
    return [(reference.nature, reference.checked) for reference in found]


@pytest.mark.rule("TMP-04")
@pytest.mark.parametrize("day", [date(2019, 9, 1), date(2023, 5, 1), date(2024, 6, 22)])
def test_every_value_of_every_text_says_its_source_its_nature_and_the_day_of_its_check(day: date) -> None:
    found = _references(bareme_at(day))
    assert len(found) > 100
    assert {nature for nature, _ in found} <= NATURES
    assert {checked for _, checked in found} <= {date(2026, 11, 21), date(2026, 11, 28)}


@pytest.mark.rule("TMP-04")
@pytest.mark.parametrize("signed", ["2019-08-31", "2019-08-01", "2018-01-01"])
def test_a_doctor_cannot_have_signed_before_the_first_text(signed: str) -> None:
    with pytest.raises(RefusedData) as refused:
        dossier(**{"contrat.date_signature": signed})
    (refusal,) = [r for r in refused.value.refusals if r.field == "contrat.date_signature"]
    assert refusal.code == "avant_le_premier_texte"
    assert signed in refusal.received
    assert "2019-09-01" in refusal.expected


@pytest.mark.rule("TMP-04", "ELI-08")
@pytest.mark.parametrize(("before", "accepted"), [("2019-08-31", False), ("2019-09-01", True)])
def test_the_contract_that_2_etp_follow_was_not_signed_before_the_first_text_either(
    before: str, accepted: bool
) -> None:
    contract = {
        "contrat.option_etp": "2",
        "contrat.contrat_anterieur": {
            "option_etp": "1",
            "date_signature": before,
            "objectifs_atteints": True,
        },
    }
    if accepted:
        assert decide(**contract).verdict == "eligible"
    else:
        with pytest.raises(RefusedData) as refused:
            decide(**contract)
        assert [r.field for r in refused.value.refusals] == ["contrat.contrat_anterieur.date_signature"]


@pytest.mark.rule("TMP-04")
def test_a_doctor_can_have_signed_on_the_first_day_of_the_first_text() -> None:
    assert dossier(**{"contrat.date_signature": "2019-09-01"}).contrat.date_signature == date(2019, 9, 1)


@pytest.mark.rule("TMP-04")
@pytest.mark.parametrize(
    ("signed", "annee", "warned"),
    [
        ("2024-11-20", 3, False),
        ("2024-11-21", 3, False),  # starts on the day of the last check
        ("2024-11-22", 3, True),
        ("2026-11-21", 1, False),
        ("2026-11-22", 1, True),
        ("2024-11-21", 4, True),
    ],
)
def test_a_year_that_starts_after_the_last_check_carries_a_warning_or_is_refused_in_strict_mode(
    signed: str, annee: int, warned: bool
) -> None:
    contract = dossier(**{"contrat.date_signature": signed, "annee": annee})
    assert ("annee_future" in warning_codes(evaluate(contract))) is warned
    if warned:
        with pytest.raises(RefusedData) as refused:
            evaluate(contract, strict=True)
        assert [r.code for r in refused.value.refusals] == ["annee_future"]
        assert "2026-11-21" in refused.value.refusals[0].expected
    else:
        assert evaluate(contract, strict=True).verdict == "eligible"


@pytest.mark.rule("TMP-04")
@drawing(150)
@given(d=dossiers(), chosen=readings())
def test_strict_mode_refuses_exactly_the_years_that_would_be_warned_of(d: Any, chosen: Readings) -> None:
    warned = "annee_future" in warning_codes(evaluate(d, readings=chosen))
    try:
        evaluate(d, readings=chosen, strict=True)
        refused = False
    except RefusedData:
        refused = True
    assert refused is warned


# TMP-05: the share of the years before the convention


@pytest.mark.rule("TMP-05")
@pytest.mark.parametrize(
    ("signed", "annee", "deduced"),
    [
        ("2021-06-20", 3, True),
        ("2022-06-21", 3, True),  # from 2024-06-21
        ("2022-06-22", 3, False),  # from 2024-06-22
        ("2022-06-23", 3, False),
        ("2022-06-21", 2, False),  # paid whole, nothing to deduce
        ("2022-06-21", 4, False),  # from 2025-06-21
        ("2024-09-01", 3, False),
    ],
)
def test_the_tables_of_shares_are_a_deduction_for_years_that_start_before_the_convention(
    signed: str, annee: int, deduced: bool
) -> None:
    decision = decide(**{"contrat.date_signature": signed, "annee": annee}, **(COORDINATED | OF_2019))
    assert ("modulation_deduite" in warning_codes(decision)) is deduced
    assert ("modulation_avant_2024" in decision.readings) is deduced
    if annee >= 3:
        (row,) = [step for step in decision.trace if step.rule == "MOD-01"]
        assert ({reference.nature for reference in row.references} == {"deduit"}) is deduced


@pytest.mark.rule("TMP-05")
@pytest.mark.parametrize(
    ("signed", "reading", "due"),
    [
        ("2022-06-21", "tables_2024", ("17181.82", "17181.82")),  # 9/11 of 21 000
        ("2022-06-21", "inconnue", ("0.00", "21000.00")),
        ("2022-06-22", "tables_2024", ("18000.00", "18000.00")),
        ("2022-06-22", "inconnue", ("18000.00", "18000.00")),
    ],
)
def test_the_share_before_the_convention_is_that_of_its_tables_or_unknown(
    signed: str, reading: str, due: tuple[str, str]
) -> None:
    decision = decide(
        readings={"modulation_avant_2024": reading},
        **{"contrat.date_signature": signed, "annee": 3},
        **(COORDINATED | OF_2019),
    )
    assert decision.amount_due is not None
    assert (str(decision.amount_due.low), str(decision.amount_due.high)) == due


@pytest.mark.rule("TMP-05", "OBJ-02")
@pytest.mark.parametrize(
    ("signed", "nature"),
    [
        ("2022-06-21", "augmentation"),  # year 3 from 2024-06-21
        ("2022-06-22", "maintien"),  # year 3 from 2024-06-22
    ],
)
def test_the_regime_of_65_and_older_needs_an_avenant_before_the_convention(signed: str, nature: str) -> None:
    old = {
        "medecin.date_naissance": "1950-01-01",
        "contrat.date_signature": signed,
        "contrat.objectifs": None,
    }
    objectives = decide(**old, **(COORDINATED | OF_2019)).objectives
    assert objectives is not None
    assert {objective.nature for objective in objectives.values()} == {nature}


@pytest.mark.rule("TMP-05", "OBJ-06")
@pytest.mark.parametrize(
    ("born", "status"),
    [
        ("1959-06-21", "atteint"),  # 65 on 2024-06-21, the first day of year 3
        ("1959-06-22", "non_atteint_avec_baisse"),
    ],
)
def test_an_avenant_of_maintien_gives_its_10_percent_before_the_convention_too(
    born: str, status: str
) -> None:
    by_avenant = {
        "medecin.date_naissance": born,
        "contrat.date_signature": "2022-06-21",
        "contrat.objectifs": None,
        "contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"},
        "observation": {"pmt": 1180, "pfa": 1800},  # a fall of 9.2 %
    }
    objectives = decide(**by_avenant, **(COORDINATED | OF_2019)).objectives
    assert objectives is not None
    assert objectives["pmt"].status == status
