"""Chapter MNT: the published tables of amounts, row by row, and money rounded once."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from aide_am import Decision, Dossier, Readings, RefusedData, bareme_at, evaluate
from depth import drawing
from strategies import dossier_dicts, dossiers, readings
from support import decide, dossier, missing_fields, warning_codes

OF_2019 = {"pfa": {"p30": 1000, "p50": 1400, "p90": 2600, "p95": 3200}}
"""The percentiles of avenant 7 for the file active are not public: the caller gives them."""
OLDER = {"medecin.exercice_coordonne": True, "percentiles": OF_2019, "contrat.objectifs": None}
FOLLOWS_1_ETP = {"option_etp": "1", "date_signature": "2021-06-01", "objectifs_atteints": True}
CENTIME = Decimal("0.01")


def euros(decision: Decision) -> tuple[Decimal, Decimal]:
    assert decision.maximum is not None
    return decision.maximum.low, decision.maximum.high


def due(decision: Decision) -> str:
    assert decision.amount_due is not None
    return str(decision.amount_due.value)


NO_AMOUNT = {"sans_montant", "montant_incertain"}


def assert_no_amount(decision: Decision, code: str = "sans_montant") -> None:
    assert (decision.maximum, decision.share, decision.amount_due) == (None, None, None)
    assert warning_codes(decision) & NO_AMOUNT == {code}


# MNT-03, MNT-04, MNT-05: the tables, as published. None: no text gives an amount.

REACHING: dict[tuple[str, int], dict[str, Any]] = {
    ("avenant_7", 1): {"contrat.date_signature": "2019-10-15"},
    ("avenant_7", 2): {"contrat.date_signature": "2019-10-15"},
    ("avenant_7", 3): {"contrat.date_signature": "2019-10-15"},
    ("avenant_7", 4): {"contrat.date_signature": "2019-09-01"},
    ("reglement_arbitral_2023", 1): {
        "contrat.date_signature": "2023-04-15",
        "contrat.date_embauche": "2023-06-01",
    },
    ("reglement_arbitral_2023", 2): {"contrat.date_signature": "2022-06-01"},
    ("reglement_arbitral_2023", 3): {"contrat.date_signature": "2021-06-01"},
    ("reglement_arbitral_2023", 4): {"contrat.date_signature": "2020-06-01"},
    ("convention_2024", 1): {"contrat.date_signature": "2023-04-15", "contrat.date_embauche": "2024-07-01"},
    ("convention_2024", 2): {"contrat.date_signature": "2022-10-15", "contrat.date_embauche": "2023-07-01"},
    ("convention_2024", 3): {"contrat.date_signature": "2022-07-01"},
    ("convention_2024", 4): {"contrat.date_signature": "2021-07-01"},
}
"""Contracts of avenant 7 whose year starts under the text, hired late where only that leads there."""
ADULTS = {"p30_p90": (900, 1500), "p90_p95": (1600, 2700), "p95": (1800, 3300)}
ADULTS_AND_CHILDREN = {"p30_p90": (1300, 1800), "p90_p95": (1900, 2700), "p95": (2200, 3300)}

BEFORE_2024 = [
    # band, year, 1/3, 0.5, 1
    ("p30_p90", 1, 12000, 18000, 36000),
    ("p30_p90", 2, 9000, 13500, 27000),
    ("p30_p90", 3, 7000, 10500, 21000),
    ("p30_p90", 4, 7000, 10500, 21000),
    ("p90_p95", 1, 12000, 18000, 36000),
    ("p90_p95", 2, 9000, 13500, 27000),
    ("p90_p95", 3, 8350, 12500, 25000),
    ("p90_p95", 4, 8350, 12500, 25000),
    ("p95", 1, 12000, 18000, 36000),
    ("p95", 2, 12000, 18000, 36000),
    ("p95", 3, 12000, 18000, 36000),
    ("p95", 4, 12000, 18000, 36000),
]
SINCE_2024 = [
    # band, year, 1/3, 0.5, 1
    ("p30_p90", 1, None, 19000, 38000),
    ("p30_p90", 2, 9450, 14000, 28000),
    ("p30_p90", 3, 7350, 11000, 22000),
    ("p30_p90", 4, 7350, 11000, 22000),
    ("p90_p95", 1, None, 19000, 38000),
    ("p90_p95", 2, 9450, 14000, 28000),
    ("p90_p95", 3, 8767, 13000, 26000),
    ("p90_p95", 4, 8767, 13000, 26000),
    ("p95", 1, 12600, 19000, 38000),
    ("p95", 2, 12600, 19000, 38000),
    ("p95", 3, 12600, 19000, 38000),
    ("p95", 4, 12600, 19000, 38000),
]
MORE_THAN_1_ETP = [
    # band, year, 1.5, 2
    ("p30_p90", 1, None, None),
    ("p30_p90", 2, None, None),
    ("p30_p90", 3, 33000, 44000),
    ("p30_p90", 4, 33000, 44000),
    ("p90_p95", 1, None, None),
    ("p90_p95", 2, None, None),
    ("p90_p95", 3, 39000, 52000),
    ("p90_p95", 4, 39000, 52000),
    ("p95", 1, None, None),
    ("p95", 2, None, None),
    ("p95", 3, 57000, 76000),
    ("p95", 4, 57000, 76000),
]


def assert_maximum(decision: Decision, band: str, amount: int | None) -> None:
    assert decision.band == band
    if amount is None:
        assert_no_amount(decision)
        return
    assert decision.maximum == (amount, amount, amount)
    assert "sans_montant" not in warning_codes(decision)


@pytest.mark.rule("MNT-03", "MNT-01")
@pytest.mark.parametrize("text", ["avenant_7", "reglement_arbitral_2023"])
@pytest.mark.parametrize(("band", "annee", "third", "half", "full"), BEFORE_2024)
def test_the_amounts_of_2019_were_kept_by_the_reglement_arbitral(
    text: str, band: str, annee: int, third: int, half: int, full: int
) -> None:
    pmt, pfa = ADULTS[band]
    contract = {**OLDER, **REACHING[text, annee], "contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}}
    for option, amount in [("1/3", third), ("0.5", half), ("1", full)]:
        chosen = {"contrat.option_etp": option, "annee": annee}
        decision = decide(readings={"debut_annee": _counted_from(contract)}, **contract, **chosen)
        assert [used.texte for used in decision.baremes][-1] == text
        assert_maximum(decision, band, amount)


@pytest.mark.rule("MNT-03", "MNT-04")
@pytest.mark.parametrize(("band", "annee", "third", "half", "full"), SINCE_2024)
def test_an_older_contract_has_the_amounts_of_2024_in_the_years_under_the_convention(
    band: str, annee: int, third: int | None, half: int, full: int
) -> None:
    pmt, pfa = ADULTS[band]
    contract = OLDER | REACHING["convention_2024", annee]
    contract["contrat.patientele_initiale"] = {"pmt": pmt, "pfa": pfa}
    for option, amount in [("1/3", third), ("0.5", half), ("1", full)]:
        chosen = {"contrat.option_etp": option, "annee": annee}
        decision = decide(readings={"debut_annee": _counted_from(contract)}, **contract, **chosen)
        assert [used.texte for used in decision.baremes][-1] == "convention_2024"
        assert_maximum(decision, band, amount)


def _counted_from(contract: dict[str, Any]) -> str:
    return "embauche" if "contrat.date_embauche" in contract else "signature"


@pytest.mark.rule("MNT-03")
@pytest.mark.parametrize(("band", "annee", "third", "half", "full"), SINCE_2024)
def test_a_contract_signed_under_the_convention_has_its_amounts(
    band: str, annee: int, third: int | None, half: int, full: int
) -> None:
    pmt, pfa = ADULTS_AND_CHILDREN[band]
    contract = {"contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}, "contrat.objectifs": None}
    for option, amount in [("0.5", half), ("1", full)]:
        assert_maximum(decide(**contract, **{"contrat.option_etp": option, "annee": annee}), band, amount)


@pytest.mark.rule("MNT-03", "MNT-05", "ELI-08")
@pytest.mark.parametrize(("band", "annee", "one_and_a_half", "two"), MORE_THAN_1_ETP)
def test_1_5_and_2_etp_have_amounts_from_the_third_year_only(
    band: str, annee: int, one_and_a_half: int | None, two: int | None
) -> None:
    pmt, pfa = ADULTS_AND_CHILDREN[band]
    contract = {
        "contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa},
        "contrat.objectifs": None,
        "contrat.contrat_anterieur": FOLLOWS_1_ETP,
    }
    for option, amount in [("1.5", one_and_a_half), ("2", two)]:
        assert_maximum(decide(**contract, **{"contrat.option_etp": option, "annee": annee}), band, amount)


@pytest.mark.rule("MNT-05", "MNT-04")
@pytest.mark.parametrize("option", ["1.5", "2"])
@pytest.mark.parametrize("annee", [1, 3])
@pytest.mark.parametrize("text", ["avenant_7", "reglement_arbitral_2023"])
def test_no_older_text_gives_an_amount_for_1_5_or_2_etp(text: str, annee: int, option: str) -> None:
    contract = OLDER | REACHING[text, annee] | {"contrat.option_etp": option, "annee": annee}
    assert_no_amount(decide(readings={"debut_annee": _counted_from(contract)}, force=True, **contract))


@pytest.mark.rule("MNT-03")
@pytest.mark.parametrize(
    ("option", "annee", "amount"),
    [("0.5", 1, 18000), ("0.5", 2, 13500), ("1", 1, 36000), ("1", 2, 27000)],
)
def test_a_contract_signed_under_the_reglement_arbitral_has_its_amounts(
    option: str, annee: int, amount: int
) -> None:
    contract = {"contrat.date_signature": "2023-05-15", "contrat.option_etp": option, "annee": annee}
    assert_maximum(decide(**contract), "p30_p90", amount)


@pytest.mark.rule("MNT-04")
@pytest.mark.parametrize("annee", [1, 2, 3])
def test_a_third_of_an_etp_signed_under_the_convention_is_closed_and_never_paid_zero(annee: int) -> None:
    decision = decide(**{"contrat.option_etp": "1/3", "annee": annee})
    assert decision.verdict == "non_eligible"
    assert decision.maximum is None


@pytest.mark.rule("MNT-05", "TMP-03")
@pytest.mark.parametrize("option", ["1.5", "2"])
def test_an_avenant_of_2_etp_whose_year_may_be_under_a_text_without_amount_has_an_uncertain_one(
    option: str,
) -> None:
    contract = {
        "contrat.date_signature": "2022-03-01",
        "contrat.option_etp": option,
        "contrat.patientele_initiale": {"pmt": 900, "pfa": 1500},
        **OLDER,
    }
    hired_from = {"debut_annee": "embauche"}
    unknown = decide(readings=hired_from, force=True, **contract)
    assert_no_amount(unknown, "montant_incertain")
    assert "contrat.date_embauche" in missing_fields(unknown)
    early = contract | {"contrat.date_embauche": "2022-03-01"}
    assert_no_amount(decide(readings=hired_from, force=True, **early), "sans_montant")
    late = decide(readings=hired_from, force=True, **contract, **{"contrat.date_embauche": "2022-07-01"})
    assert euros(late) == ((33000, 33000) if option == "1.5" else (44000, 44000))


@pytest.mark.rule("MNT-04", "MNT-02")
def test_a_third_of_an_etp_whose_band_may_have_no_amount_has_an_uncertain_one() -> None:
    contract = OLDER | {
        "contrat.date_signature": "2023-04-15",
        "contrat.date_embauche": "2024-07-01",
        "contrat.option_etp": "1/3",
        "annee": 1,
        "observation": None,
    }
    hired_from = {"debut_annee": "embauche"}

    def first_year(pfa: int | None) -> Decision:
        counts = {"contrat.patientele_initiale": {"pmt": 900, "pfa": pfa}}
        return decide(readings=hired_from, **contract, **counts)

    assert_no_amount(first_year(1500), "sans_montant")
    assert_no_amount(first_year(None), "montant_incertain")
    assert "contrat.patientele_initiale.pfa" in missing_fields(first_year(None))
    published = [row[2] for row in SINCE_2024 if row[:2] == ("p95", 1)]
    assert [int(end) for end in euros(first_year(3300))] == published * 2


@pytest.mark.rule("MNT-05", "MNT-06")
def test_a_reform_that_pays_one_band_of_the_first_year_of_2_etp_leaves_the_others_without_amount() -> None:
    reform = bareme_at(date(2024, 9, 1)).with_changes(montants={("2", "1", "p30_p90"): 70000})

    def first_year(pfa: int | None) -> Decision:
        counts = {"contrat.patientele_initiale": {"pmt": 1300, "pfa": pfa}, "contrat.objectifs": None}
        contract = {"contrat.option_etp": "2", "contrat.contrat_anterieur": FOLLOWS_1_ETP, "annee": 1}
        return evaluate(dossier(**contract, **counts), bareme=reform)

    assert euros(first_year(1800)) == (70000, 70000)
    assert_no_amount(first_year(3300), "sans_montant")
    assert_no_amount(first_year(None), "montant_incertain")
    assert "contrat.patientele_initiale.pfa" in missing_fields(first_year(None))
    assert "contrat.patientele_initiale.pfa" not in missing_fields(first_year(3300))


@pytest.mark.rule("MNT-03", "MNT-05")
@drawing(200)
@given(d=dossiers(), chosen=readings())
def test_every_maximum_stands_in_a_published_table(d: Dossier, chosen: Readings) -> None:
    published = {amount for row in (*BEFORE_2024, *SINCE_2024, *MORE_THAN_1_ETP) for amount in row[2:]}
    decision = evaluate(d, readings=chosen, force=True)
    if decision.maximum is None:
        (step,) = [step for step in decision.trace if step.code in NO_AMOUNT]
        certain = [len(str(step.values[name]).split()) == 1 for name in ("textes", "bandes")]
        shared = "option_en_cours_d_annee" in warning_codes(decision)
        assert_no_amount(decision, "sans_montant" if all(certain) and not shared else step.code)
    else:
        assert not warning_codes(decision) & NO_AMOUNT
        if "option_en_cours_d_annee" not in warning_codes(decision):
            assert {int(end) for end in euros(decision)} <= published
        assert decision.maximum.low <= decision.maximum.high


# MNT-01: position among the percentiles


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    ("pmt", "band", "amount"),
    [
        (774, "sous_p30", 22000),
        (775, "p30_p90", 22000),
        (776, "p30_p90", 22000),
        (1044, "p30_p90", 22000),
        (1045, "p30_p90", 22000),
        (1857, "p30_p90", 22000),
        (1858, "p90_p95", 26000),
        (1859, "p90_p95", 26000),
        (2186, "p90_p95", 26000),
        (2187, "p95", 38000),
        (2188, "p95", 38000),
    ],
)
def test_a_generaliste_stands_among_the_percentiles_of_the_medecin_traitant(
    pmt: int, band: str, amount: int
) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": pmt, "pfa": 1300}, "contrat.objectifs": None}
    decision = decide(readings={"tranche_deux_indicateurs": "pmt"}, force=True, **counts)
    assert_maximum(decision, band, amount)


@pytest.mark.rule("MNT-01", "MNT-02")
@pytest.mark.parametrize(
    ("pfa", "band", "amount"),
    [
        (1218, "p30_p90", 22000),  # the PMT, over P30, is the higher of the two
        (1219, "p30_p90", 22000),
        (2586, "p30_p90", 22000),
        (2587, "p90_p95", 26000),
        (2588, "p90_p95", 26000),
        (3206, "p90_p95", 26000),
        (3207, "p95", 38000),
        (3208, "p95", 38000),
    ],
)
def test_a_generaliste_stands_among_the_percentiles_of_the_file_active(
    pfa: int, band: str, amount: int
) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 800, "pfa": pfa}, "contrat.objectifs": None}
    assert_maximum(decide(**counts), band, amount)


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    ("pmt", "band", "amount"),
    [
        (639, "sous_p30", 7000),
        (640, "p30_p90", 7000),
        (641, "p30_p90", 7000),
        (1502, "p30_p90", 7000),
        (1503, "p90_p95", 8350),
        (1504, "p90_p95", 8350),
        (1720, "p90_p95", 8350),
        (1721, "p95", 12000),
        (1722, "p95", 12000),
    ],
)
def test_a_generaliste_of_avenant_7_stands_among_the_percentiles_of_adults(
    pmt: int, band: str, amount: int
) -> None:
    contract = OLDER | REACHING["avenant_7", 3]
    contract |= {"contrat.option_etp": "1/3", "contrat.patientele_initiale": {"pmt": pmt, "pfa": 1100}}
    decision = decide(readings={"tranche_deux_indicateurs": "pmt"}, force=True, **contract)
    assert_maximum(decision, band, amount)


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    ("pfa", "band", "amount"),
    [
        (1915, "sous_p30", 22000),
        (1916, "p30_p90", 22000),
        (1917, "p30_p90", 22000),
        (3499, "p30_p90", 22000),
        (3500, "p90_p95", 26000),
        (3501, "p90_p95", 26000),
        (4199, "p90_p95", 26000),
        (4200, "p95", 38000),
        (4201, "p95", 38000),
    ],
)
def test_a_dermatologue_stands_among_the_percentiles_that_his_caisse_gave_him(
    pfa: int, band: str, amount: int
) -> None:
    doctor = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": pfa},
        "contrat.objectifs": None,
        "percentiles": {"pfa": {"p50": 2500, "p90": 3500, "p95": 4200}},
    }
    assert_maximum(decide(force=True, **doctor), band, amount)


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    ("signed", "band", "amount"),
    [
        ("2023-04-30", "p90_p95", 26000),  # over 1 503 adults: for the whole contract
        ("2023-05-01", "p30_p90", 22000),
    ],
)
def test_the_position_is_that_of_the_distribution_at_signature_for_the_whole_contract(
    signed: str, band: str, amount: int
) -> None:
    contract = OLDER | {"contrat.date_signature": signed, "annee": 3}
    contract["contrat.patientele_initiale"] = {"pmt": 1600, "pfa": 1300}
    decision = decide(**contract)
    assert [used.texte for used in decision.baremes][-1] == "convention_2024"
    assert_maximum(decision, band, amount)


@pytest.mark.rule("MNT-01")
def test_the_percentiles_of_avenant_7_are_used_with_the_nature_of_their_sources() -> None:
    decision = decide(**OLDER, **REACHING["avenant_7", 3])
    (step,) = [s for s in decision.trace if s.rule == "MNT-01" and s.values["indicateur"] == "pmt"]
    assert [step.values[name] for name in ("p30", "p50", "p90", "p95")] == [640, 850, 1503, 1721]
    assert {reference.nature for reference in step.references} == {"secondaire", "deduit"}
    (weakest,) = [alert for alert in decision.warnings if alert.code == "nature_source"]
    assert weakest.values["nature"] == "deduit"


# MNT-01: percentiles that the caller supplies


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    "cells",
    [
        {"p30": 2000, "p50": 1999},
        {"p30": 2000, "p50": 2000},
        {"p50": 2500, "p70": 2500},
        {"p70": 3000, "p90": 2999},
        {"p90": 3500, "p95": 3500},
        {"p30": 2000, "p95": 1999},
    ],
)
@pytest.mark.parametrize("indicateur", ["pmt", "pfa"])
def test_percentiles_that_do_not_rise_are_refused(indicateur: str, cells: dict[str, int]) -> None:
    with pytest.raises(RefusedData) as refused:
        dossier(**{"medecin.specialite": "hematologie", "percentiles": {indicateur: cells}})
    (refusal,) = refused.value.refusals
    assert (refusal.field, refusal.code) == (f"percentiles.{indicateur}", "percentiles_desordonnes")


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(("p50", "accepted"), [(1915, False), (1916, False), (1917, True)])
def test_percentiles_rise_once_merged_with_the_published_ones(p50: int, accepted: bool) -> None:
    doctor = dossier(
        **{
            "medecin.specialite": "dermatologie",
            "contrat.patientele_initiale": {"pfa": 2000},
            "contrat.objectifs": None,
            "percentiles": {"pfa": {"p50": p50}},
        }
    )
    if accepted:
        assert evaluate(doctor).verdict == "eligible"
    else:
        with pytest.raises(RefusedData) as refused:
            evaluate(doctor)
        assert [r.code for r in refused.value.refusals] == ["percentiles_desordonnes"]


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(("p90", "warned"), [(1857, True), (1858, False), (1859, True)])
def test_a_published_percentile_wins_with_a_warning_if_the_doctor_has_another(p90: int, warned: bool) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 1858, "pfa": 1800}, "contrat.objectifs": None}
    decision = decide(**counts, percentiles={"pmt": {"p90": p90}})
    assert_maximum(decision, "p90_p95", 26000)
    assert ("percentiles_differents" in warning_codes(decision)) is warned


@pytest.mark.rule("MNT-01", "MNT-06")
@pytest.mark.parametrize(
    ("cells", "pfa", "bands", "low", "high"),
    [
        ({}, 2000, ("p30_p90", "p90_p95", "p95"), 22000, 38000),
        ({"p50": 2500}, 2000, ("p30_p90",), 22000, 22000),
        ({"p50": 1990}, 2000, ("p30_p90", "p90_p95", "p95"), 22000, 38000),
        ({"p70": 2500}, 2000, ("p30_p90",), 22000, 22000),
        ({"p90": 2001}, 2000, ("p30_p90",), 22000, 22000),
        ({"p90": 2000}, 2000, ("p90_p95", "p95"), 26000, 38000),
        ({"p95": 2001}, 2000, ("p30_p90", "p90_p95"), 22000, 26000),
        ({"p95": 2000}, 2000, ("p95",), 38000, 38000),
        ({"p90": 1990, "p95": 2001}, 2000, ("p90_p95",), 26000, 26000),
    ],
)
def test_each_percentile_that_the_caisse_gives_narrows_the_amount_of_a_dermatologue(
    cells: dict[str, int], pfa: int, bands: tuple[str, ...], low: int, high: int
) -> None:
    doctor = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": pfa},
        "contrat.objectifs": None,
        "percentiles": {"pfa": cells},
    }
    decision = decide(**doctor)
    assert decision.possible_bands == bands
    assert euros(decision) == (low, high)
    assert decision.band == (bands[0] if len(bands) == 1 else None)


@pytest.mark.rule("MNT-01", "MNT-06")
@drawing(200)
@given(data=dossier_dicts(), chosen=readings())
def test_a_doctor_without_percentiles_of_his_own_has_a_wider_amount_never_another(
    data: dict[str, Any], chosen: Readings
) -> None:
    known = evaluate(Dossier.model_validate(data), readings=chosen, force=True)
    unknown = evaluate(Dossier.model_validate(data | {"percentiles": None}), readings=chosen, force=True)
    assert set(known.possible_bands) <= set(unknown.possible_bands)
    if unknown.maximum is not None:
        assert known.maximum is not None
        assert unknown.maximum.low <= known.maximum.low
        assert known.maximum.high <= unknown.maximum.high


# MNT-01: a percentile known by a bound alone

HALF_OF_2022: dict[str, Any] = {
    "contrat.date_signature": "2022-03-01",
    "contrat.option_etp": "0.5",
    "contrat.objectifs": None,
    "medecin.exercice_coordonne": True,
}


@pytest.mark.rule("MNT-01", "MNT-06")
@pytest.mark.parametrize(
    ("pmt", "pfa", "bands", "high"),
    [
        (900, 1500, ("p30_p90",), 10500),
        (900, 2355, ("p30_p90",), 10500),
        (900, 2356, ("p30_p90", "p90_p95", "p95"), 18000),
        (1503, 2355, ("p90_p95",), 12500),
        (1721, 1500, ("p95",), 18000),
        (600, 1500, ("sous_p30", "p30_p90"), 10500),
    ],
)
def test_a_generaliste_of_avenant_7_whose_file_active_is_up_to_2355_is_under_its_p90(
    pmt: int, pfa: int, bands: tuple[str, ...], high: int
) -> None:
    decision = decide(force=True, **HALF_OF_2022, **{"contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}})
    assert decision.possible_bands == bands
    assert decision.maximum is not None
    assert decision.maximum.high == high
    assert (decision.maximum.value is None) is (pfa > 2355)
    (step,) = [s for s in decision.trace if s.rule == "MNT-01" and s.values["indicateur"] == "pfa"]
    assert step.values["p90_plus_de"] == 2355
    assert {reference.source for reference in step.references} == {"fmf_apa"}
    assert "P90 plus de 2 355, P95 non publié" in french_spaces(decision.explain())


def french_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    ("cells", "pfa", "bands", "warned"),
    [
        ({"p90": 2355}, 2355, ("p30_p90",), True),  # the published bound wins
        ({"p90": 1400}, 1500, ("p30_p90",), True),
        ({"p90": 2356}, 2355, ("p30_p90",), False),
        ({"p90": 2356}, 2356, ("p90_p95", "p95"), False),
        ({"p90": 2355, "p95": 2357}, 2357, ("p95",), True),
        ({"p70": 2500}, 2499, ("p30_p90",), False),
    ],
)
def test_a_published_bound_wins_over_the_percentile_of_the_doctor_that_it_excludes(
    cells: dict[str, int], pfa: int, bands: tuple[str, ...], warned: bool
) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": 900, "pfa": pfa}, "percentiles": {"pfa": cells}}
    decision = decide(**HALF_OF_2022, **counts)
    assert decision.possible_bands == bands
    assert ("percentiles_differents" in warning_codes(decision)) is warned


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(("p95", "accepted"), [(2355, False), (2356, False), (2357, True)])
def test_a_p95_that_a_p90_over_2355_excludes_is_refused(p95: int, accepted: bool) -> None:
    doctor = dossier(**HALF_OF_2022, percentiles={"pfa": {"p95": p95}})
    if accepted:
        assert evaluate(doctor).verdict != "non_eligible"
        return
    with pytest.raises(RefusedData, match="P90, plus de 2355, devrait être inférieur à P95") as refused:
        evaluate(doctor)
    assert [r.code for r in refused.value.refusals] == ["percentiles_desordonnes"]


# MNT-02: two indicators


@pytest.mark.rule("MNT-02")
@pytest.mark.parametrize(
    ("pmt", "pfa", "la_plus_haute", "by_pmt", "la_plus_basse"),
    [
        (1300, 1800, 22000, 22000, 22000),
        (1300, 2600, 26000, 22000, 22000),
        (1300, 3300, 38000, 22000, 22000),
        (1900, 1800, 26000, 26000, 22000),
        (1900, 2600, 26000, 26000, 26000),
        (1900, 3300, 38000, 26000, 26000),
        (2200, 1800, 38000, 38000, 22000),
        (2200, 2600, 38000, 38000, 26000),
        (2200, 3300, 38000, 38000, 38000),
    ],
)
def test_the_higher_of_two_indicators_sets_the_amount_unless_read_otherwise(
    pmt: int, pfa: int, la_plus_haute: int, by_pmt: int, la_plus_basse: int
) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}, "contrat.objectifs": None}
    for reading, amount in [
        ("la_plus_haute", la_plus_haute),
        ("pmt", by_pmt),
        ("la_plus_basse", la_plus_basse),
    ]:
        decision = decide(readings={"tranche_deux_indicateurs": reading}, **counts)
        assert euros(decision) == (amount, amount)
        matters = len({la_plus_haute, by_pmt, la_plus_basse}) > 1
        assert ("tranche_deux_indicateurs" in decision.readings) is matters


@pytest.mark.rule("MNT-02", "MNT-06")
@pytest.mark.parametrize(
    ("pmt", "pfa", "reading", "low", "high"),
    [
        (1300, None, "la_plus_haute", 22000, 38000),
        (1900, None, "la_plus_haute", 26000, 38000),
        (2200, None, "la_plus_haute", 38000, 38000),
        (1300, None, "pmt", 22000, 22000),
        (1900, None, "pmt", 26000, 26000),
        (1900, None, "la_plus_basse", 22000, 26000),
        (2200, None, "la_plus_basse", 22000, 38000),
        (None, 3300, "la_plus_haute", 38000, 38000),
        (None, 3300, "pmt", 22000, 38000),
        (None, 1800, "la_plus_basse", 22000, 22000),
    ],
)
def test_an_indicator_that_is_not_known_leaves_the_amounts_that_it_could_give(
    pmt: int | None, pfa: int | None, reading: str, low: int, high: int
) -> None:
    counts = {"contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}, "contrat.objectifs": None}
    decision = decide(readings={"tranche_deux_indicateurs": reading}, **counts)
    assert euros(decision) == (low, high)


# MNT-06: a set of positions


@pytest.mark.rule("MNT-06")
@pytest.mark.parametrize(
    ("option", "annee", "low", "high"),
    [
        ("1", 1, 38000, 38000),
        ("1", 2, 28000, 38000),
        ("1", 3, 22000, 38000),
        ("0.5", 1, 19000, 19000),
        ("0.5", 2, 14000, 19000),
        ("0.5", 3, 11000, 19000),
    ],
)
def test_a_dermatologue_has_an_interval_unless_every_position_gives_the_same_amount(
    option: str, annee: int, low: int, high: int
) -> None:
    doctor = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": 2000},
        "contrat.objectifs": None,
        "contrat.option_etp": option,
        "annee": annee,
    }
    decision = decide(**doctor)
    assert decision.verdict == "eligible"
    assert decision.band is None
    assert decision.possible_bands == ("p30_p90", "p90_p95", "p95")
    assert decision.maximum == (low, high, low if low == high else None)
    asked = {"percentiles.pfa.p90", "percentiles.pfa.p95"} <= missing_fields(decision)
    assert asked is (low != high)


@pytest.mark.rule("MNT-06")
@pytest.mark.parametrize(("option", "low", "high"), [("1.5", 33000, 57000), ("2", 44000, 76000)])
def test_a_generaliste_whose_counts_are_not_known_has_an_interval_that_says_why(
    option: str, low: int, high: int
) -> None:
    contract = {
        "contrat.patientele_initiale": {},
        "contrat.objectifs": None,
        "contrat.option_etp": option,
        "contrat.contrat_anterieur": FOLLOWS_1_ETP,
    }
    decision = decide(**contract)
    assert decision.verdict == "a_instruire"
    assert euros(decision) == (low, high)
    asked = {"contrat.patientele_initiale.pmt", "contrat.patientele_initiale.pfa"}
    assert asked <= missing_fields(decision)


# MNT-07: whole centimes, rounded once


@pytest.mark.rule("MNT-07")
@pytest.mark.parametrize(
    ("more", "gained", "half_up", "truncated", "whole_euros", "matters"),
    [
        (128, 1, "171.88", "171.87", "171.00", True),  # 171.875: half a centime goes up
        (128, 3, "515.63", "515.62", "515.00", True),  # 515.625: not to the even centime
        (128, 5, "859.38", "859.37", "859.00", True),  # 859.375
        (260, 200, "16923.08", "16923.07", "16923.00", True),  # 16 923.0769…
        (300, 100, "7333.33", "7333.33", "7333.00", True),  # 7 333.3333…
        (300, 200, "14666.67", "14666.66", "14666.00", True),  # 14 666.6666…
        (640, 10, "343.75", "343.75", "343.00", True),  # exact in centimes
        (110, 90, "18000.00", "18000.00", "18000.00", False),  # exact in euros
        (100, 0, "0.00", "0.00", "0.00", False),
    ],
)
def test_a_prorata_of_22_000_is_rounded_once_by_the_reading(
    more: int, gained: int, half_up: str, truncated: str, whole_euros: str, matters: bool
) -> None:
    year = {
        "contrat.objectifs": {"pmt": 1300 + more, "pfa": 1800 + more},
        "observation": {"pmt": 1300 + gained, "pfa": 1800},
    }
    for reading, amount in [
        ("arrondi_centime", half_up),
        ("troncature_centime", truncated),
        ("troncature_euro", whole_euros),
    ]:
        decision = decide(readings={"arrondi": reading}, **year)
        assert decision.share is not None
        assert decision.share.value == Fraction(gained, more)
        assert due(decision) == amount
        assert ("arrondi" in decision.readings) is matters


@pytest.mark.rule("MNT-07")
@drawing(250)
@given(d=dossiers(observed=True), chosen=readings())
def test_the_amount_due_is_the_maximum_times_the_share_to_the_centime(d: Dossier, chosen: Readings) -> None:
    decision = evaluate(d, readings=chosen, force=True)
    if decision.maximum is None or decision.share is None:
        assert decision.amount_due is None
        return
    assert decision.amount_due is not None
    (step,) = [step for step in decision.trace if step.rule == "MNT-07"]
    for name, place in (("low", "maximum_bas"), ("high", "maximum_haut")):
        shown, part = getattr(decision.maximum, name), getattr(decision.share, name)
        exact = Fraction(str(step.values[place]))
        amount = getattr(decision.amount_due, name)
        assert amount == _rounded(exact * part, chosen.arrondi)
        assert shown == _rounded(exact, chosen.arrondi)
        assert amount.as_tuple().exponent == -2
        assert 0 <= amount <= shown
        by_hand = _rounded(Fraction(shown) * part, chosen.arrondi)
        if by_hand != amount:  # the maximum of a year of two options is itself rounded
            assert step.values["maximum_arrondi"] is True
            assert abs(by_hand - amount) <= (1 if chosen.arrondi == "troncature_euro" else CENTIME)
    assert decision.amount_due.low <= decision.amount_due.high


@pytest.mark.rule("MNT-07", "CTR-02")
@pytest.mark.parametrize(
    ("observed", "amount", "by_hand", "said"),
    [
        (1915, "13344.07", "13344.08", True),  # 7 350 × 195/365 + 22 000 × 170/365 = 14 173.2876…
        (1017, "7086.64", "7086.65", True),
        (2034, "14173.29", "14173.29", False),  # all of it is paid: the maximum, rounded once
        (0, "0.00", "0.00", False),
    ],
)
def test_a_year_of_two_options_says_that_its_maximum_is_rounded_and_that_a_centime_may_be_missing_by_hand(
    observed: int, amount: str, by_hand: str, said: bool
) -> None:
    contract = {
        "medecin.exercice_coordonne": True,
        "contrat.date_signature": "2023-01-05",
        "contrat.date_option": "2025-07-19",
        "contrat.contrat_anterieur": {"option_etp": "1/3"},
        "contrat.patientele_initiale": {"pmt": 900, "pfa": 1500},
        "contrat.patientele_reference": {"pmt": 0, "pfa": 0},
        "contrat.objectifs": {"pmt": 2034, "pfa": 4000},
        "observation": {"pmt": observed, "pfa": 0},
    }
    decision = decide(**contract)
    assert decision.maximum is not None
    assert decision.share is not None
    assert decision.share.value == Fraction(observed, 2034)
    assert due(decision) == amount
    assert _rounded(Fraction(decision.maximum.low) * decision.share.low, "arrondi_centime") == Decimal(
        by_hand
    )
    assert ("peut s’en écarter d’un centime" in decision.explain()) is said


@pytest.mark.rule("MNT-07")
def test_a_year_of_one_option_says_nothing_of_a_rounded_maximum() -> None:
    assert "s’en écarter" not in decide().explain()


def _rounded(exact: Fraction, reading: str) -> Decimal:
    if reading == "arrondi_centime":
        return Decimal((exact * 100 + Fraction(1, 2)) // 1) / 100
    unit = 100 if reading == "troncature_centime" else 1
    return Decimal(exact * unit // 1) / unit


@pytest.mark.rule("MNT-07")
@pytest.mark.parametrize("text", ["0.005", "171.875", "515.625", "2.674999"])
def test_half_up_is_what_the_decimal_module_calls_half_up(text: str) -> None:
    exact = Decimal(text)
    assert _rounded(Fraction(text), "arrondi_centime") == exact.quantize(CENTIME, ROUND_HALF_UP)
    assert _rounded(Fraction(text), "troncature_centime") == exact.quantize(CENTIME, ROUND_DOWN)


@pytest.mark.rule("MNT-07")
def test_the_ends_of_an_interval_are_rounded_like_a_single_amount() -> None:
    doctor = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": 2000},
        "contrat.objectifs": {"pfa": 2300},
        "contrat.nature_objectifs": {"pfa": "augmentation"},
        "observation": {"pfa": 2100},
    }
    decision = decide(**doctor)
    assert decision.share is not None
    assert decision.share.value == Fraction(1, 3)
    assert decision.amount_due == (Decimal("7333.33"), Decimal("8666.67"), None)


# MNT-08: admitted under P30


@pytest.mark.rule("MNT-08", "ELI-05")
@pytest.mark.parametrize(
    "admitted",
    [{"medecin.rqth": True}, {"medecin.ald": True}, {"medecin.date_installation": "2024-06-01"}],
    ids=["rqth", "ald", "primo-installé"],
)
@pytest.mark.parametrize(("annee", "amount"), [(1, 38000), (2, 28000), (3, 22000)])
def test_a_doctor_admitted_under_p30_has_the_common_amounts_with_a_warning(
    admitted: dict[str, Any], annee: int, amount: int
) -> None:
    doctor = {
        "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
        "contrat.objectifs": None,
        "annee": annee,
        **admitted,
    }
    decision = decide(**doctor)
    assert decision.verdict == "eligible"
    assert decision.band == "sous_p30"
    assert euros(decision) == (amount, amount)
    assert "admis_sous_p30" in warning_codes(decision)
    (step,) = [step for step in decision.trace if step.rule == "MNT-08"]
    assert {reference.nature for reference in step.references} == {"deduit"}


@pytest.mark.rule("MNT-08")
@pytest.mark.parametrize(
    ("pmt", "pfa", "warned"),
    [(774, 1218, True), (775, 1218, False), (774, 1219, False), (775, 1219, False)],
)
def test_only_a_doctor_under_p30_on_both_indicators_is_warned_of_that_deduction(
    pmt: int, pfa: int, warned: bool
) -> None:
    doctor = {
        "medecin.rqth": True,
        "contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa},
        "contrat.objectifs": None,
    }
    assert ("admis_sous_p30" in warning_codes(decide(**doctor))) is warned


@pytest.mark.rule("MNT-08")
@pytest.mark.parametrize(
    ("pmt", "pfa", "code"),
    [
        (300, 500, "sous_p30"),
        (300, None, "peut_etre_sous_p30"),
        (None, 500, "peut_etre_sous_p30"),
        (None, None, "peut_etre_sous_p30"),
        (775, None, None),
    ],
)
def test_a_doctor_who_is_only_maybe_under_p30_is_not_told_that_he_was_admitted_there(
    pmt: int | None, pfa: int | None, code: str | None
) -> None:
    doctor = {
        "medecin.rqth": True,
        "contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa},
        "contrat.objectifs": None,
    }
    decision = decide(**doctor)
    assert [step.code for step in decision.trace if step.rule == "MNT-08"] == ([code] if code else [])
    assert ("sous_p30" in decision.possible_bands) is (code is not None)
    assert ("admis_sous_p30" in warning_codes(decision)) is (code == "sous_p30")


# The worked lines


@pytest.mark.rule("MNT-03", "MNT-07")
@pytest.mark.parametrize(("annee", "most"), [(1, 38000), (2, 28000), (3, 22000)])
def test_a_generaliste_at_1300_and_1800_has_38_000_then_28_000_then_at_most_22_000(
    annee: int, most: int
) -> None:
    decision = decide(annee=annee, observation=None)
    assert decision.verdict == "eligible"
    assert euros(decision) == (most, most)
    if annee < 3:
        assert decision.share == (1, 1, 1)
        assert due(decision) == f"{most}.00"
    else:
        assert (decision.share, decision.amount_due) == (None, None)


@pytest.mark.rule("MNT-07", "MOD-01")
def test_a_generaliste_who_gains_200_of_260_and_90_of_110_is_due_18_000() -> None:
    decision = decide()
    assert decision.objectives is not None
    assert [objective.rate for objective in decision.objectives.values()] == [
        Fraction(200, 260),
        Fraction(90, 110),
    ]
    assert {objective.status for objective in decision.objectives.values()} == {"non_atteint_sans_baisse"}
    assert decision.share == (Fraction(9, 11),) * 3
    assert due(decision) == "18000.00"


@pytest.mark.rule("MNT-07", "MOD-01")
def test_a_generaliste_who_loses_10_patients_is_due_nothing_and_is_told_which_count_fell() -> None:
    decision = decide(observation={"pmt": 1290, "pfa": 1950})
    assert due(decision) == "0.00"
    assert decision.objectives is not None
    assert decision.objectives["pmt"].status == "non_atteint_avec_baisse"
    assert decision.objectives["pfa"].status == "atteint"
    assert "1290" in decision.explain().replace(" ", "").replace("\u202f", "").replace("\xa0", "")


@pytest.mark.rule("MNT-04", "MNT-06", "TMP-03")
@pytest.mark.parametrize(
    ("percentiles", "annee", "low", "high"),
    [
        (OF_2019, 2, 9000, 9000),
        (OF_2019, 3, 7350, 7350),
        (None, 2, 9000, 9000),
        (None, 3, 7350, 7350),
    ],
)
def test_a_third_of_an_etp_signed_in_october_2022_has_9_000_then_at_most_7_350(
    percentiles: dict[str, Any] | None, annee: int, low: int, high: int
) -> None:
    decision = _third_of_2022(1500, percentiles, annee)
    assert euros(decision) == (low, high)
    assert not {"percentiles.pfa.p90", "percentiles.pfa.p95"} & missing_fields(decision)
    beyond = _third_of_2022(2356, None, annee)
    assert euros(beyond) == ((9000, 12000) if annee == 2 else (7350, 12600))
    assert {"percentiles.pfa.p90", "percentiles.pfa.p95"} <= missing_fields(beyond)


def _third_of_2022(pfa: int, percentiles: dict[str, Any] | None, annee: int) -> Decision:
    contract = {
        "contrat.date_signature": "2022-10-15",
        "contrat.option_etp": "1/3",
        "contrat.patientele_initiale": {"pmt": 900, "pfa": pfa},
        "contrat.objectifs": None,
        "medecin.exercice_coordonne": True,
        "percentiles": percentiles,
        "annee": annee,
    }
    decision = decide(**contract)
    assert decision.verdict == "eligible"
    return decision


@pytest.mark.rule("MNT-06")
def test_a_dermatologue_at_2000_has_between_22_000_and_38_000_and_what_to_ask_his_caisse() -> None:
    doctor = {
        "medecin.specialite": "dermatologie",
        "contrat.patientele_initiale": {"pfa": 2000},
        "contrat.objectifs": None,
        "observation": None,
    }
    decision = decide(**doctor)
    assert decision.verdict == "eligible"
    assert decision.band is None
    assert decision.maximum == (22000, 38000, None)
    asked = [missing for missing in decision.missing if missing.stage == "montant"]
    assert {missing.field for missing in asked} == {"percentiles.pfa.p90", "percentiles.pfa.p95"}
    assert all("caisse" in missing.message for missing in asked)


@pytest.mark.rule("MNT-08", "MOD-06")
def test_a_primo_installe_at_300_and_500_has_38_000_then_the_better_of_his_rates() -> None:
    doctor = {
        "medecin.date_installation": "2024-06-01",
        "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
        "contrat.objectifs": None,
    }
    first = decide(**doctor, annee=1)
    assert due(first) == "38000.00"
    assert "admis_sous_p30" in warning_codes(first)
    third = decide(**doctor, observation={"pmt": 900, "pfa": 1300})
    assert third.share == (Fraction(900, 1045),) * 3
    assert due(third) == "18947.37"


@pytest.mark.rule("OBJ-05", "MOD-01", "MNT-01")
def test_a_doctor_of_avenant_7_who_fell_from_2333_to_2013_is_due_nothing_whatever_he_gained_elsewhere() -> (
    None
):
    # CSMF, April 2025: 2 059 → 2 161 and 2 333 → 2 449, observed 2 673 and 2 013
    contract = HALF_OF_2022 | {
        "contrat.date_signature": "2021-03-01",
        "contrat.patientele_initiale": {"pmt": 2059, "pfa": 2333},
        "contrat.nature_objectifs": {"pmt": "augmentation", "pfa": "augmentation"},
        "contrat.objectifs": {"pmt": 2161, "pfa": 2449},
        "observation": {"pmt": 2673, "pfa": 2013},
        "annee": 4,
    }
    decision = decide(**contract)
    assert decision.objectives is not None
    assert decision.objectives["pmt"].status == "atteint"
    assert decision.objectives["pfa"].status == "non_atteint_avec_baisse"
    assert due(decision) == "0.00"
