"""CST-03 and CST-04: the ways to employ side by side, the consultations that pay the rest, the reports."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aide_am import Readings, RefusedData, bareme_at, collective_example, schemas
from aide_am.collective.models import DossierCollectif
from aide_am.costs import (
    Associe,
    BreakEven,
    CoefficientGroupement,
    ComparedEmployment,
    EmploiDirect,
    EmploymentComparison,
    FactureGroupement,
    Modalite,
    Poste,
    Projet,
    RemainingCost,
    break_even,
    collective_cost,
    compare_employment,
    employment_cost,
    remaining_cost,
    shared_cost,
    usual_ways,
)
from aide_am.costs.examples import project_example, project_examples, project_texts
from aide_am.costs.rendering import explain_remaining
from aide_am.documents import Format
from aide_am.simulation import Growth
from depth import drawing
from plans import REACHED
from support import as_dict, dossier

PROPERTY = drawing(40)
SIGNED = {"contrat.date_signature": "2024-09-01", "annee": 1, "observation": None}
DOCTOR = dossier(**SIGNED)
"""A généraliste of 1300/1800, 1 ETP from 2024-09-01: 38 000, 28 000, then up to 22 000 a year."""
POSTE = Poste(debut=date(2024, 9, 1), etp=Decimal(1), position=9)
"""2 159.91 gross × 12 × 1.30 = 33 694.60 a year in direct employment."""
PATH = {3: {"pmt": 1500, "pfa": 1890}, 4: REACHED, 5: {"pmt": 1299, "pfa": 2500}}
"""Year 3: 9/11 of 22 000; year 4: all; year 5: a fall, so nothing."""
REFORM = bareme_at(date(2024, 9, 1)).with_changes(montants={("1", "3+", "p30_p90"): 30_000})
CLOSED_SECTOR = {"medecin.secteur": "2", "medecin.option_tarifaire": "aucune"}
NARROW, WIDE = "\u202f", "\u00a0"
Ways = dict[str, Any]
FORMS: tuple[Format, ...] = ("texte", "markdown", "html")


@cache
def schema(name: str) -> dict[str, Any]:
    return schemas()[name]


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace(NARROW, " ").replace(WIDE, " ")


def compared(ways: Ways | None = None, path: Any = PATH, **told: Any) -> EmploymentComparison:
    return compare_employment(DOCTOR, told.pop("poste", POSTE), ways, path, **told)


def direct(yearly: str) -> EmploiDirect:
    """Direct employment at so many loaded euros a year."""
    return EmploiDirect(cout_charge_annuel=yearly)


def chosen(comparison: EmploymentComparison, name: str) -> ComparedEmployment:
    """A way by its name."""
    (found,) = [each for each in comparison.compared if each.name == name]
    return found


def rests(comparison: EmploymentComparison, name: str, case: Any = "trajectoire") -> list[str]:
    return [str(year.rest) for year in chosen(comparison, name).remaining.balance.case(case).years]


def refused(call: Callable[[], object]) -> list[str]:
    """The fields that a call refuses, in their order."""
    with pytest.raises(RefusedData) as error:
        call()
    for refusal in error.value.refusals:
        assert refusal.received
        assert refusal.expected
        assert refusal.remedy
    return [refusal.field for refusal in error.value.refusals]


# --- The ways to employ --------------------------------------------------------------------------


@pytest.mark.rule("CST-04")
def test_without_a_choice_every_way_of_the_rule_is_compared_and_each_bears_the_whole_post() -> None:
    ways = [each.modalite for each in compared().compared]
    assert [(way.structure, way.emploi.mode) for way in ways] == [
        ("medecin", "direct"),
        ("medecin", "tese"),
        ("medecin", "groupement"),
        ("medecin", "coefficient"),
        ("SCM", "direct"),
        ("SEL", "direct"),
        ("SISA", "groupement"),
    ]
    assert {way.part for way in ways} == {Fraction(1)}
    assert {way.frais_structure_annuels for way in ways} == {None}
    assert [each.name for each in compared().compared] == list(usual_ways())


@pytest.mark.rule("CST-04", "CST-01", "CST-02")
@pytest.mark.parametrize(
    ("name", "costs"),
    [
        ("Emploi direct", ["33694.60"] * 5),
        ("Emploi direct, Tese", ["33694.60"] * 5),
        # 12 × (83 + 70) more a year, 700 once
        ("Groupement, facture", ["36230.60", *["35530.60"] * 4]),
        # 2 159.91 × 12 × 1.6
        ("Groupement, coefficient", ["41470.27"] * 5),
        ("SCM", ["33694.60"] * 5),
        ("SEL", ["33694.60"] * 5),
        ("SISA", ["36230.60", *["35530.60"] * 4]),
    ],
)
def test_each_usual_way_costs_what_its_defaults_make(name: str, costs: list[str]) -> None:
    years = chosen(compared(), name).remaining.balance.case("trajectoire").years
    assert [str(year.cost) for year in years] == costs
    assert [str(year.aid) for year in years] == ["38000.00", "28000.00", "18000.00", "22000.00", "0.00"]
    assert [year.rest for year in years] == [
        Decimal(cost) - aid for cost, aid in zip(costs, [38000, 28000, 18000, 22000, 0], strict=True)
    ]


FEES = st.none() | st.integers(0, 100_000).map(lambda cents: str(Decimal(cents).scaleb(-2)))
FACTORS = st.none() | st.integers(100, 500).map(lambda hundredths: str(Decimal(hundredths).scaleb(-2)))
EMPLOIS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, mode=st.just("direct"), facteur_employeur=FACTORS, paie_mensuelle=FEES),
    st.builds(dict, mode=st.just("tese"), facteur_employeur=FACTORS, recrutement=FEES),
    st.builds(dict, mode=st.just("groupement"), gestion_mensuelle=FEES, deplacements_mensuels=FEES),
    st.builds(dict, mode=st.just("coefficient"), coefficient=FACTORS, adhesion_annuelle=FEES),
)
WAYS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    structure=st.sampled_from(("medecin", "SCM", "SEL", "SISA")),
    emploi=EMPLOIS,
    part=st.integers(1, 12).map(lambda twelfths: f"{twelfths}/12"),
    frais_structure_annuels=FEES,
)
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=40)


@pytest.mark.rule("CST-04")
@drawing(15)
@given(
    st.dictionaries(NAMES, WAYS, min_size=1, max_size=4),
    st.sampled_from((None, {3: PATH[3]}, {3: {"pmt": 1500}})),
)
def test_the_aid_is_the_same_under_every_way_and_only_the_cost_differs(ways: Ways, path: Any) -> None:
    found = compared(ways, path, years=3)
    assert [each.name for each in found.compared] == list(ways)
    first = found.compared[0].remaining.balance
    for each in found.compared:
        balance = each.remaining.balance
        assert [case.name for case in balance.cases] == [case.name for case in first.cases]
        for case, reference in zip(balance.cases, first.cases, strict=True):
            assert [year.aid for year in case.years] == [year.aid for year in reference.years]
            for year in case.years:
                assert year.aid is not None
                assert year.rest == year.cost - year.aid
            assert case.rest == sum(year.cost - (year.aid or 0) for year in case.years)
    assert EmploymentComparison.from_json(found.to_json()) == found
    Draft202012Validator(schema("modes_d_emploi")).validate(json.loads(found.to_json()))
    for form in FORMS:
        assert "None" not in re.sub("|".join(map(re.escape, ways)), "", found.explain(form))


@pytest.mark.rule("CST-04")
@pytest.mark.parametrize("emploi", [EmploiDirect(), FactureGroupement(), CoefficientGroupement()])
@pytest.mark.parametrize("path", [None, PATH, Growth(pmt="0.03", pfa="0.02")])
def test_one_way_alone_is_what_remains_to_the_doctor_who_asks_for_it_alone(emploi: Any, path: Any) -> None:
    alone = remaining_cost(DOCTOR, POSTE, emploi, path)
    assert chosen(compared({"seul": Modalite(emploi=emploi)}, path), "seul").remaining == alone


@pytest.mark.rule("CST-04")
def test_a_way_is_told_by_a_model_or_by_its_fields_and_the_order_is_kept() -> None:
    fields = {"structure": "SCM", "emploi": {"mode": "groupement"}, "part": "1/2"}
    found = compared(
        {"z": fields, "a": Modalite(emploi=EmploiDirect()), "m": Modalite.model_validate(fields)}
    )
    assert [each.name for each in found.compared] == ["z", "a", "m"]
    assert chosen(found, "z")._replace(name="m") == chosen(found, "m")
    assert found.way("m") == chosen(found, "m")
    with pytest.raises(KeyError, match="modalité inconnue : b ; modalités : z, a, m"):
        found.way("b")


@pytest.mark.rule("CST-04", "CST-03")
@pytest.mark.parametrize(
    ("part", "year", "three"),
    [
        ("1", "34000.00", "102000.00"),
        ("1/2", "17000.00", "51000.00"),
        ("0.5", "17000.00", "51000.00"),
        ("1/3", "11333.33", "34000.00"),
        ("0.25", "8500.00", "25500.00"),
    ],
)
def test_a_part_of_the_post_is_a_part_of_its_cost_and_of_the_fees_of_the_company(
    part: str, year: str, three: str
) -> None:
    way = Modalite(structure="SCM", emploi=direct("33700"), part=part, frais_structure_annuels="300")
    case = chosen(compared({"SCM": way}, None, years=3), "SCM").remaining.balance.case("meilleur")
    assert str(case.years[0].cost) == year
    assert str(sum((each.cost for each in case.years), Decimal(0))) == three
    assert case.years[0].aid == 38000, "the contract of the doctor is his own"


@pytest.mark.rule("CST-04")
def test_the_fees_of_a_company_run_by_days_as_the_post_does() -> None:
    half = Poste(debut=date(2024, 9, 1), fin=date(2025, 2, 28), contrat_travail="CDI", etp=1, position=9)
    way = Modalite(structure="SISA", emploi=direct("12000"), frais_structure_annuels="300")
    year = chosen(compared({"SISA": way}, poste=half), "SISA").remaining.balance.case("pire").years[0]
    assert str(year.cost) == "6150.00"


@pytest.mark.rule("CST-04")
@pytest.mark.parametrize(
    ("structure", "fees", "told"),
    [
        ("medecin", None, False),
        ("SCM", None, True),
        ("SEL", None, True),
        ("SISA", None, True),
        ("SCM", "0", False),
        ("SISA", "0.01", False),
    ],
)
def test_fees_of_a_company_that_are_not_given_are_missing_and_not_zero(
    structure: Any, fees: Any, told: bool
) -> None:
    way = Modalite(structure=structure, emploi=EmploiDirect(), frais_structure_annuels=fees)
    found = compared({"x": way})
    codes = {note.code for note in chosen(found, "x").remaining.balance.notes}
    assert ("structure_non_comptee" in codes) is told
    assert ("ils ne sont pas comptés" in plain(found.explain())) is told


# --- What is refused -----------------------------------------------------------------------------


def test_what_is_wrong_in_every_way_comes_at_once_with_its_name() -> None:
    ways = {
        "bon": {"emploi": {"mode": "tese"}},
        "sans mode": {"emploi": {}},
        "trop": {"emploi": {"mode": "direct", "facteur_employeur": "0.5"}, "part": "2"},
        "clé": {"emploi": {"mode": "tese"}, "partie": "1/2"},
        "structure": {"structure": "CPTS", "emploi": {"mode": "tese"}},
        "gratuit": {"emploi": {"mode": "tese", "paie_mensuelle": "10"}},
    }
    assert refused(lambda: compared(ways)) == [
        "sans mode : emploi",
        "trop : emploi.facteur_employeur",
        "trop : part",
        "clé : partie",
        "structure : structure",
        "gratuit : emploi.paie_mensuelle",
    ]


def test_a_salary_that_nothing_gives_is_refused_for_each_way_that_needs_it_along_with_the_rest() -> None:
    poor = Poste(debut=date(2024, 9, 1), etp=1)
    ways = {
        "direct": {"emploi": {"mode": "direct"}},
        "chargé": {"emploi": {"mode": "direct", "cout_charge_annuel": "30000"}},
        "faux": {"emploi": {"mode": "autre"}},
        "coefficient": {"emploi": {"mode": "coefficient"}},
    }
    assert refused(lambda: compared(ways, poste=poor)) == [
        "direct : poste.salaire_brut",
        "faux : emploi",
        "coefficient : poste.salaire_brut",
    ]


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: compare_employment(None, POSTE), "dossier"),  # type: ignore[arg-type]
        (lambda: compare_employment(DOCTOR, {"debut": "2024-09-01"}), "poste"),  # type: ignore[arg-type]
        (lambda: compared([EmploiDirect()]), "modalites"),  # type: ignore[arg-type]
        (lambda: compared(path="3 %"), "path"),
        (lambda: compared(path={9: {"pmt": 1}}), "observations"),
        (lambda: compared(path={3: {"pmt": -1}}), "observations.3.pmt"),
        (lambda: compared(years=0), "years"),
        (lambda: compared(years=100), "years"),
        (lambda: compared(years=True), "years"),
        (lambda: compared(readings="strict"), "readings"),
    ],
)
def test_what_is_asked_of_all_the_ways_is_refused_by_its_own_name(call: Any, field: str) -> None:
    assert refused(call) == [field]


@pytest.mark.parametrize("years", [1, 99])
def test_as_many_years_as_a_contract_may_be_asked_for(years: int) -> None:
    found = compared({"x": {"emploi": {"mode": "tese"}}}, {1: REACHED}, years=years)
    assert len(found.rows()) == years * len(chosen(found, "x").remaining.balance.cases)


@pytest.mark.parametrize("way", [None, 3, "tese", EmploiDirect(), [{"mode": "tese"}]])
def test_a_way_that_is_no_way_is_refused_by_its_name_and_nothing_else(way: Any) -> None:
    (field,) = refused(lambda: compared({"a": way}))
    assert field.startswith("a")
    assert "dossier" not in field, "no dossier is in question"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 41, "\t"])
def test_the_name_of_a_way_holds_on_a_line(name: str) -> None:
    way = {"emploi": {"mode": "tese"}}
    assert refused(lambda: compared({name: way})) == ["modalites"]
    assert refused(lambda: projet(modalites={name: way})) == ["modalites"]


def test_two_ways_cannot_bear_the_same_name() -> None:
    way = {"emploi": {"mode": "tese"}}
    assert refused(lambda: compared({1: way, "1": way})) == ["modalites"]  # type: ignore[dict-item]


@pytest.mark.parametrize("name", ["x" * 40, "l’Élan « à 2 »", "1/2", f"Emploi{WIDE}direct", f"A{NARROW}; B"])
def test_a_name_in_french_is_kept_as_it_is(name: str) -> None:
    way = {"emploi": {"mode": "tese"}}
    assert compared({name: way}).compared[0].name == name
    assert list(projet(modalites={name: way}).modalites or ()) == [name]


def test_no_way_at_all_is_told_and_not_a_crash() -> None:
    nothing = compared({})
    assert (nothing.compared, nothing.rows()) == ((), [])
    assert EmploymentComparison.from_json(nothing.to_json()) == nothing
    for form in FORMS:
        assert "Aucune modalité à comparer." in nothing.explain(form)


# --- Paths, readings, reforms, what nobody knows ----------------------------------------------------


@pytest.mark.rule("CST-04", "CST-03")
def test_the_cases_of_each_way_are_those_of_the_rules_and_of_the_path() -> None:
    def cases(path: Any) -> list[str]:
        return [case.name for case in compared(None, path).compared[3].remaining.balance.cases]

    assert cases(None) == ["pire", "meilleur"]
    assert cases(PATH) == ["pire", "trajectoire", "meilleur"]
    assert cases({3: {"pmt": 1500}}) == ["pire", "trajectoire_basse", "trajectoire_haute", "meilleur"]


@pytest.mark.rule("CST-04")
def test_a_reading_changes_the_aid_of_every_way() -> None:
    level = compared(readings=Readings(taux_atteinte="niveau"))
    assert {rests(level, name)[2] for name in ("Emploi direct", "SCM")} == {"11694.60"}
    assert rests(level, "Groupement, coefficient")[2] == "19470.27"


@pytest.mark.rule("CST-04")
def test_a_simulated_bareme_is_the_aid_of_every_way_and_says_so_first() -> None:
    found = compared(path={3: REACHED, 4: REACHED, 5: REACHED}, bareme=REFORM)
    assert rests(found, "Emploi direct")[2:] == ["3694.60"] * 3
    assert rests(found, "SISA")[2:] == ["5530.60"] * 3
    for answer in (found, chosen(found, "SCM").remaining):
        lines = plain(answer.explain()).splitlines()
        assert lines[2] == "BARÈME SIMULÉ : ce résultat n’est pas le droit en vigueur."
        assert "BARÈME SIMULÉ" in answer.explain("markdown")
        assert "BARÈME SIMULÉ" in answer.explain("html")
    assert "BARÈME SIMULÉ" not in compared().explain()


@pytest.mark.rule("CST-04")
def test_an_event_of_the_contract_changes_every_way() -> None:
    half = {"type": "avenant_option", "date": "2026-09-01", "option_etp": "0.5"}
    found = compared(None, None, events=[half])
    for each in found.compared:
        assert each.remaining.balance.case("meilleur").years[2].aid == 11000


@pytest.mark.rule("CST-04", "MNT-04")
def test_an_aid_that_no_text_gives_leaves_no_way_the_cheapest_and_no_zero() -> None:
    before = {"option_etp": "1", "date_signature": "2021-09-01", "objectifs_atteints": True}
    doctor = dossier(**SIGNED | {"contrat.option_etp": "1.5", "contrat.contrat_anterieur": before})
    found = compare_employment(doctor, POSTE)
    assert {each.remaining.balance.case("meilleur").rest for each in found.compared} == {None}
    text = plain(found.explain())
    assert "Reste à charge : à dire par la caisse." in text
    assert "le plus bas" not in text
    assert "Années 1 et 2 : aucun texte ne donne le montant de l’aide" in text


def test_the_years_of_a_doctor_who_is_not_eligible_are_told_in_the_plural() -> None:
    text = plain(remaining_cost(dossier(**SIGNED | CLOSED_SECTOR), POSTE, EmploiDirect()).explain())
    assert "Années 1, 2, 3, 4 et 5 : non éligible, aucune aide n’est comptée." in text


@pytest.mark.rule("CST-03", "ELI-03")
def test_a_doctor_whose_right_is_not_settled_is_told_so_beside_the_aid_that_is_counted() -> None:
    """Secteur 2, option not told: the aid is counted in full, and nobody has granted it yet."""
    pending = dossier(**SIGNED | {"medecin.secteur": "2", "medecin.option_tarifaire": None})
    alone = remaining_cost(pending, POSTE, EmploiDirect())
    assert {year.verdict for year in alone.balance.case("pire").years} == {"a_instruire"}
    assert "à instruire" in plain(alone.explain())
    assert "à instruire" in plain(compare_employment(pending, POSTE).explain())


CDD = {"debut": "2024-09-01", "contrat_travail": "CDD", "etp": "1", "position": 5}


@pytest.mark.rule("CST-04")
@pytest.mark.parametrize(
    ("signed", "poste"),
    [
        ("2028-02-29", {"debut": "2028-02-29", "etp": "1", "position": 5}),
        ("2024-09-01", {**CDD, "fin": "2026-02-28"}),
        ("2024-09-01", {"debut": "2024-11-30", "heures_hebdomadaires": "17.5", "salaire_brut": "1999.99"}),
        ("2022-03-01", {"debut": "2022-03-15", "etp": "0.34", "salaire_brut": "2000"}),
        ("2026-12-31", {"debut": "2026-12-31", "etp": "1", "position": 9, "hausse_annuelle": "0.015"}),
    ],
)
def test_the_years_of_the_path_sum_to_its_total_whatever_the_days(signed: str, poste: Any) -> None:
    doctor = dossier(**SIGNED | {"contrat.date_signature": signed, "contrat.objectifs": None})
    found = compare_employment(doctor, Poste.model_validate(poste), force=True)
    for each in found.compared:
        balance = each.remaining.balance
        spent = sum((line.montant for line in each.remaining.cost.lines), Decimal(0))
        for case in balance.cases:
            assert sum((year.cost for year in case.years), Decimal(0)) == spent
            assert sum((month.cost for month in case.months), Decimal(0)) == spent
            assert case.rest == sum((year.rest or Decimal(0) for year in case.years), Decimal(0))
    assert_well_written(found.explain)


@pytest.mark.parametrize(("rise", "years"), [("0.2", 20), ("0.1", 99), (None, 99)])
def test_a_sum_that_is_very_large_is_still_exact_to_the_centime(rise: str | None, years: int) -> None:
    """12 × 10 × 1 000 000 × 1.3 = 156 millions, raised each year."""
    huge = Poste(debut=date(2024, 9, 1), etp=10, salaire_brut="1000000", hausse_annuelle=rise)
    found = compared({"x": {"emploi": {"mode": "direct"}}}, None, poste=huge, years=years)
    for year in chosen(found, "x").remaining.balance.case("pire").years:
        exact = 156_000_000 * (1 + Fraction(rise or 0)) ** (year.annee - 1)
        assert year.cost == Decimal(int(exact * 100 + Fraction(1, 2))).scaleb(-2)
    assert EmploymentComparison.from_json(found.to_json()) == found


# --- Tables --------------------------------------------------------------------------------------


def test_a_comparison_has_a_row_a_way_case_and_year() -> None:
    found = compared(
        {"b": {"emploi": {"mode": "tese"}}, "a": {"structure": "SEL", "emploi": {"mode": "direct"}}}
    )
    rows = found.rows()
    assert len(rows) == 2 * 3 * 5
    assert list(rows[0]) == [
        "modalite", "structure", "mode", "identifiant", "part", "cas", "annee",
        "du", "au", "verdict", "cout", "aide", "reste", "cumul", "par_mois", "notes",
    ]  # fmt: skip
    assert [row["modalite"] for row in rows] == ["b"] * 15 + ["a"] * 15
    assert {(row["structure"], row["mode"]) for row in rows} == {("medecin", "tese"), ("SEL", "direct")}
    assert rows[7] == {
        "modalite": "b",
        "structure": "medecin",
        "mode": "tese",
        "identifiant": "medecin",
        "part": Fraction(1),
        "cas": "trajectoire",
        "annee": 3,
        "du": date(2026, 9, 1),
        "au": date(2027, 8, 31),
        "verdict": "eligible",
        "cout": Decimal("33694.60"),
        "aide": Decimal("18000.00"),
        "reste": Decimal("15694.60"),
        "cumul": Decimal("17083.80"),
        "par_mois": Decimal("1307.88"),
        "notes": "minimum_a_verifier hors_allegements versement_au_plus_tard",
    }


# --- Consultations that pay the rest ---------------------------------------------------------------


def without_aid(yearly: str, part: str = "1") -> RemainingCost:
    """A doctor who has no contract and pays so many euros a year, or a part of them."""
    others = [] if part == "1" else [Associe(identifiant="autre", part=str(1 - Fraction(part)))]
    payers = [Associe(identifiant="medecin_1", part=part), *others]
    return shared_cost(Poste(debut=date(2024, 9, 1), etp=1), direct(yearly), payers)


def first(found: BreakEven) -> tuple[int | None, int | None]:
    return found.years[0].consultations, found.years[0].a_month


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("yearly", "fee", "charges", "year", "month"),
    [
        ("36000", "30", "0", 1200, 100),
        ("36000.01", "30", "0", 1201, 101),
        ("35999.99", "30", "0", 1200, 100),
        ("35970", "30", "0", 1199, 100),
        ("35970.01", "30", "0", 1200, 100),
        ("36000", "26.50", "0", 1359, 114),
        ("36000", "30", "0.5", 2400, 200),
        ("36000.01", "30", "0.5", 2401, 201),
        ("36000", "30", "0.25", 1600, 134),
        ("35640", "30", "0.45", 2160, 180),
        ("36000", "60", "0.5", 1200, 100),
        ("36000", "0.01", "0", 3_600_000, 300_000),
        ("0.01", "30", "0", 1, 1),
        ("36000", "36000", "0", 1, 1),
        ("36000", "35999.99", "0", 2, 1),
    ],
)
def test_consultations_are_whole_and_rounded_up(
    yearly: str, fee: str, charges: str, year: int, month: int
) -> None:
    assert first(break_even(without_aid(yearly), fee, charges=charges)) == (year, month)


@pytest.mark.rule("CST-03")
@given(st.integers(1, 10_000_000), st.integers(1, 100_000), st.integers(0, 99))
@PROPERTY
def test_the_consultations_pay_the_rest_and_one_less_does_not(cents: int, fee: int, percent: int) -> None:
    found = break_even(
        without_aid(str(Decimal(cents).scaleb(-2))),
        str(Decimal(fee).scaleb(-2)),
        charges=str(Decimal(percent).scaleb(-2)),
    )
    kept = Fraction(fee * (100 - percent), 100)
    for year in found.years:
        assert year.rest is not None
        assert year.consultations is not None
        assert year.a_month is not None
        rest = int(year.rest * 100)
        assert (year.consultations - 1) * kept < rest <= year.consultations * kept
        assert (year.a_month - 1) * kept < Fraction(rest, 12) <= year.a_month * kept
        assert 12 * year.a_month >= year.consultations


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("yearly", "expected"),
    [
        ("0", (0, 0)),
        ("21999.99", (0, 0)),
        ("22000", (0, 0)),
        ("22000.01", (1, 1)),
        ("22030", (1, 1)),
        ("22030.01", (2, 1)),
    ],
)
def test_nothing_to_pay_asks_for_no_consultation(yearly: str, expected: tuple[int, int]) -> None:
    """The aid of year 3 is 22 000 € in the best case."""
    answer = remaining_cost(DOCTOR, POSTE, direct(yearly), {3: REACHED}, 3)
    assert [
        (year.consultations, year.a_month)
        for year in break_even(answer, "30").years
        if year.case == "meilleur"
    ] == [expected]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("years", "expected"), [(1, []), (2, []), (3, [3]), (5, [3, 4, 5]), (7, [3, 4, 5, 6, 7])]
)
def test_the_question_is_asked_of_year_3_and_of_each_later_one(years: int, expected: list[int]) -> None:
    answer = remaining_cost(DOCTOR, POSTE, EmploiDirect(), PATH if years == 5 else None, years)
    found = break_even(answer, 30)
    for case in answer.balance.cases:
        assert [year.annee for year in found.years if year.case == case.name] == expected


@pytest.mark.rule("CST-03")
def test_each_of_those_who_share_has_his_own_consultations() -> None:
    found = break_even(without_aid("36000", "2/3"), "30")
    assert {(year.identifiant, year.consultations) for year in found.years} == {
        ("medecin_1", 800),
        ("autre", 400),
    }
    rows = found.rows()
    assert list(rows[0]) == [
        "identifiant",
        "cas",
        "annee",
        "reste",
        "consultations",
        "consultations_par_mois",
    ]
    assert [row["identifiant"] for row in rows][:1] == ["medecin_1"]
    assert rows[-1]["reste"] == Decimal("12000.00")


@pytest.mark.rule("CST-03")
def test_an_aid_that_is_not_known_asks_for_no_known_number_and_not_for_none() -> None:
    answer = remaining_cost(DOCTOR, POSTE, EmploiDirect())
    balance = answer.balance
    years = tuple(year._replace(aid=None, rest=None, monthly=None) for year in balance.cases[0].years)
    unknown = balance._replace(cases=(balance.cases[0]._replace(years=years), *balance.cases[1:]))
    found = break_even(answer._replace(balances=(unknown,)), 30)
    assert {(year.rest, year.consultations, year.a_month) for year in found.years if year.case == "pire"} == {
        (None, None, None)
    }
    assert BreakEven.from_json(found.to_json()) == found
    text = plain(explain_remaining(answer._replace(balances=(unknown,)), "texte", False, found))
    assert re.search(r"Pire cas +3 +à dire par la caisse +à dire par la caisse +à dire par la caisse", text)


@pytest.mark.rule("CST-03", "CTR-05")
def test_a_year_that_a_resiliation_cuts_short_is_not_spread_over_twelve_months() -> None:
    """Three months of year 3 remain to be paid: 281 consultations, and not 24 a month."""
    end = {
        "type": "resiliation",
        "date": "2026-12-01",
        "initiative": "medecin",
        "motif": "cessation_d_activite",
    }
    answer = remaining_cost(DOCTOR, POSTE, EmploiDirect(), events=[end])
    (year, _) = found = break_even(answer, 30).years
    assert (str(year.rest), year.consultations, year.a_month) == ("8423.65", 281, None)
    assert {each.a_month for each in found} == {None}
    text = plain(explain_remaining(answer, "texte", False, break_even(answer, 30)))
    assert re.search(r"^Pire cas +3 +8 423,65 € +281 +–$", text, re.M)


@pytest.mark.parametrize(
    ("fee", "charges", "field"),
    [
        ("0", "0", "honoraire"),
        (0, "0", "honoraire"),
        ("0.00", "0.4", "honoraire"),
        ("-0.01", "0", "honoraire"),
        (-30, "0", "honoraire"),
        (30.0, "0", "honoraire"),
        ("30.001", "0", "honoraire"),
        ("30,50", "0", "honoraire"),
        (True, "0", "honoraire"),
        (None, "0", "honoraire"),
        ("NaN", "0", "honoraire"),
        ("Infinity", "0", "honoraire"),
        ("30", "1", "charges"),
        ("30", "1.0", "charges"),
        ("30", "1.01", "charges"),
        ("30", "-0.01", "charges"),
        ("30", 0.4, "charges"),
        ("30", True, "charges"),
        ("30", "40 %", "charges"),
        ("30", None, "charges"),
    ],
)
def test_a_fee_of_which_nothing_is_kept_or_that_is_no_exact_number_is_refused(
    fee: Any, charges: Any, field: str
) -> None:
    assert refused(lambda: break_even(without_aid("36000"), fee, charges=charges)) == [field]


def test_both_answers_about_a_consultation_are_refused_at_once() -> None:
    assert refused(lambda: break_even(without_aid("36000"), "x", charges="y")) == ["honoraire", "charges"]
    cost = employment_cost(POSTE, EmploiDirect())
    assert refused(lambda: break_even(cost, 30)) == ["remaining"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fee", "charges", "field"),
    [("0", "0", "honoraire"), ("30", "1", "charges"), (Decimal(0), "0.5", "honoraire")],
)
def test_the_refusal_of_a_consultation_shows_it_as_a_reader_wrote_it(
    fee: Any, charges: str, field: str
) -> None:
    with pytest.raises(RefusedData) as error:
        break_even(without_aid("36000"), fee, charges=charges)
    assert "decimal" not in error.value.refusals[0].received.lower()


@pytest.mark.parametrize(("fee", "charges"), [(30, "0"), ("30", Decimal("0.45")), (Decimal("26.50"), "0.99")])
def test_consultations_read_back_from_json_and_say_what_was_told(fee: Any, charges: Any) -> None:
    found = break_even(without_aid("36000"), fee, charges=charges)
    assert BreakEven.from_json(found.to_json()) == found
    assert (found.honoraire, found.charges) == (Decimal(fee), Decimal(charges))
    assert json.loads(found.to_json(indent=1)) == json.loads(found.to_json())


def test_the_consultations_have_a_schema_as_every_other_answer() -> None:
    answer: Any = BreakEven
    told = answer.json_schema()
    assert told in schemas().values()
    Draft202012Validator(told).validate(json.loads(break_even(without_aid("36000"), 30).to_json()))


# --- A whole question in one file ------------------------------------------------------------------


def projet(**told: Any) -> Projet:
    return Projet.model_validate({"poste": {"debut": "2024-09-01", "etp": "1", "position": 9}, **told})


ONE_DOCTOR = as_dict(**SIGNED)
SHARERS = [{"identifiant": "medecin_1", "part": "1/3"}, {"identifiant": "medecin_2", "part": "2/3"}]
GROUP = json.loads(collective_example("cabinet_annee_1").model_dump_json())


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"dossier": ONE_DOCTOR, "associes": SHARERS}, ["associes"]),
        ({"dossier": ONE_DOCTOR, "groupe": GROUP}, ["groupe"]),
        ({"associes": SHARERS, "groupe": GROUP}, ["groupe"]),
        ({"dossier": ONE_DOCTOR, "cle": {"medecin_1": "1"}}, ["cle"]),
        ({"cle": {"medecin_1": "1"}}, ["cle"]),
        ({"emploi": {"mode": "interim"}}, ["emploi"]),
        ({"emploi": "tese"}, ["emploi"]),
        ({"emploi": {"facteur_employeur": "1.4"}}, ["emploi"]),
        ({"emploi": {"mode": "tese", "gestion_mensuelle": "1"}}, ["emploi.gestion_mensuelle"]),
        ({"modalites": {"x": None}}, ["modalites.x"]),
        ({"modalites": {"x": {"emploi": {"mode": "tese"}, "part": "2"}}}, ["modalites.x.part"]),
        ({"poste": {"debut": "2024-09-01", "etp": "1", "salaire_brut": "-1"}}, ["poste.salaire_brut"]),
        ({"poste": {"debut": "2024-09-01", "etp": "1", "fin": "2024-08-31"}}, ["poste.fin"]),
        ({"associes": [{"identifiant": "a", "part": "4/3"}]}, ["associes.0.part"]),
        ({"lieu": "Toulouse"}, ["lieu"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_project_is_refused_and_nothing_that_is_right(
    told: Any, fields: list[str]
) -> None:
    assert refused(lambda: projet(**told)) == fields


def test_every_fault_of_a_project_is_told_at_once_under_its_path() -> None:
    wrong = {
        "poste": {"debut": "1/9/2026", "etp": 0},
        "emploi": {"mode": "autre"},
        "modalites": {"x": {"emploi": {"mode": "tese"}, "part": "0"}},
        "dossier": ONE_DOCTOR | {"annee": 0},
        "associes": SHARERS,
    }
    assert set(refused(lambda: Projet.model_validate(wrong))) == {
        "poste.debut", "poste.etp", "emploi", "modalites.x.part", "dossier.annee", "associes",
    }  # fmt: skip


@pytest.mark.parametrize("part", ["1/3", "0.5", "1", "1/1", "3/9"])
def test_a_part_is_a_fraction_or_a_decimal_text(part: str) -> None:
    found = projet(associes=[{"identifiant": "a", "part": part}])
    assert found.associes is not None
    assert found.associes[0].part == Fraction(part)


@pytest.mark.parametrize(
    "part", ["0", "0/3", "1/0", "-1/3", "4/3", "1/3/3", "1 / 3", "un tiers", "33 %", 0.5, True, None, ""]
)
def test_a_part_that_is_no_part_is_refused(part: Any) -> None:
    assert refused(lambda: projet(associes=[{"identifiant": "a", "part": part}])) == ["associes.0.part"]


def test_a_key_given_twice_in_a_project_is_refused() -> None:
    text = '{"poste": {"debut": "2024-09-01", "etp": "1", "etp": "0.5"}}'
    assert refused(lambda: Projet.model_validate_json(text)) == ["etp"]
    twice = '{"poste": {"debut": "2024-09-01", "etp": "1"}, "modalites": {"x": {}, "x": {}}}'
    assert refused(lambda: Projet.model_validate_json(twice)) == ["x"]


@pytest.mark.parametrize("name", list(project_examples()))
def test_each_example_of_a_project_is_valid_under_its_schema_and_reads_back(name: str) -> None:
    found = project_example(name)
    Draft202012Validator(schema("projet")).validate(json.loads(project_texts()[name]))
    Draft202012Validator(schema("projet")).validate(json.loads(found.model_dump_json()))
    assert Projet.model_validate_json(found.model_dump_json()) == found


def test_the_examples_cover_every_way_to_employ_and_to_share() -> None:
    found = project_examples().values()
    assert {each.emploi.mode for each in found if each.emploi} == {
        "direct",
        "tese",
        "groupement",
        "coefficient",
    }
    assert {each.poste.contrat_travail for each in found} == {"CDI", "CDD"}
    assert any(each.associes for each in found)
    assert any(each.groupe and each.cle for each in found)
    assert any(each.modalites for each in found)
    assert any(each.poste.temps < 1 for each in found)
    with pytest.raises(KeyError, match="exemple inconnu : rien ; exemples : "):
        project_example("rien")


# --- Reports -------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The text of a fragment, its tags, the tags left open, and the width of every row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.tags, self.open = "", list[str](), list[str]()
        self.tables: list[list[int]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


ENGLISH = re.compile(
    r"\b(None|True|False|Decimal|Fraction|null|the|and|year|years|cost|unknown|default|month|share|rest)\b"
)
BARE = re.compile(r"(?<=\w) [;:!?%€»]|« |'")
"""A space that may break before high punctuation or after « , and the typewriter's apostrophe."""


def assert_well_written(explain: Callable[[Any], str]) -> None:
    """Well formed in the three forms, in French with its typography, the same entries everywhere."""
    text, markdown, html = map(explain, FORMS)
    for found in (text, markdown):
        assert not ENGLISH.search(found), ENGLISH.search(found)
        assert not BARE.search(found), found[BARE.search(found).start() - 40 :][:90]  # type: ignore[union-attr]
        assert "{" not in found
        assert found.endswith("\n")
    page = Page(html)
    assert page.open == []
    assert not {"script", "style", "iframe"} & set(page.tags)
    assert all(len(set(widths)) == 1 for widths in page.tables)
    tables = list(tables_of(markdown))
    assert [len(table) - 1 for table in tables] == [len(widths) for widths in page.tables]
    assert all(len({row.replace(r"\|", "").count("|") for row in table}) == 1 for table in tables)
    unescaped = re.sub(r"\\(.)", r"\1", markdown)
    for line in text.splitlines():
        if line.startswith("- "):
            assert line.removeprefix("- ") in page.text
            assert line in unescaped


def tables_of(markdown: str) -> Iterator[list[str]]:
    """The lines of each table."""
    table: list[str] = []
    for line in [*markdown.splitlines(), ""]:
        if line.startswith("|"):
            table.append(line)
        elif table:
            yield table
            table = []


def named(name: str) -> Any:
    """The answer to an example, whatever its kind."""
    found = project_example(name)
    if found.associes is not None and found.emploi is not None:
        return shared_cost(found.poste, found.emploi, found.associes)
    if found.groupe is not None and found.emploi is not None:
        return collective_cost(found.groupe, found.poste, found.emploi, found.cle)
    if found.dossier is not None and found.emploi is None:
        return compare_employment(found.dossier, found.poste, found.modalites)
    if found.dossier is not None and found.emploi is not None:
        return remaining_cost(found.dossier, found.poste, found.emploi)
    assert found.emploi is not None
    return employment_cost(found.poste, found.emploi)


@pytest.mark.parametrize("name", list(project_examples()))
def test_the_report_of_each_example_is_well_formed_and_french(name: str) -> None:
    answer = named(name)
    assert_well_written(answer.explain)
    assert answer._repr_html_() == answer.explain("html")
    with pytest.raises(ValueError, match="texte, markdown, html"):
        answer.explain("pdf")


@pytest.mark.parametrize("path", [None, PATH, {3: {"pmt": 1500}}])
def test_the_reports_of_a_path_are_well_formed_and_french(path: Any) -> None:
    found = compared(path=path)
    assert_well_written(found.explain)
    remaining = chosen(found, "SCM").remaining
    consultations = break_even(remaining, "26.50", charges="0.45")
    assert_well_written(lambda form: explain_remaining(remaining, form, True, consultations))


@pytest.mark.rule("CST-01", "CST-02", "CST-04")
@pytest.mark.parametrize("format", ["texte", "markdown", "html"])
def test_every_default_is_shown_with_its_source_its_nature_and_that_it_can_be_replaced(format: Any) -> None:
    found = compared()
    text = plain(found.explain(format))
    text = Page(text).text if format == "html" else re.sub(r"\\(.)", r"\1", text)
    defaults = [
        a for each in found.compared for a in each.remaining.cost.assumptions if a.origine == "defaut"
    ]
    assert len({a.nom for a in defaults}) >= 6
    for assumption in defaults:
        assert assumption.reference is not None
        label = plain(assumption.libelle)[1:]
        (line, *_) = [each for each in re.split("\n", text) if label in each and "par défaut" in each]
        below = text[text.index(line) :][:900]
        assert plain(assumption.reference.place) in plain(below)
        assert "vérifié le 21 novembre 2026" in below
    natures = set(re.findall(r"nature : ([^;\n]+) ;", text))
    assert natures == {"source secondaire", "déduction", "source officielle ameli"}


@pytest.mark.rule("CST-01")
def test_only_what_can_be_replaced_is_said_to_be() -> None:
    """The Tese is free: a price of one's own is refused, so the report does not offer it."""
    assert refused(lambda: EmploiDirect(mode="tese", paie_mensuelle="10")) == ["paie_mensuelle"]
    text = plain(employment_cost(POSTE, EmploiDirect(mode="tese")).explain())
    told = text[text.index("Prix du Titre emploi service entreprise") :].splitlines()[:3]
    assert "remplaçable" not in "\n".join(told)
    factor = text[text.index("- Facteur employeur") :].splitlines()[:3]
    assert "remplaçable" in "\n".join(factor)


@pytest.mark.rule("CST-04")
def test_what_is_not_counted_is_told_and_what_was_typed_is_told_as_such() -> None:
    ways = {"x": {"emploi": {"mode": "groupement", "gestion_mensuelle": "0", "paie_mensuelle": "71.50"}}}
    text = plain(compared(ways).explain())
    assert "- Frais de déplacement : rien n’est compté" in text
    assert "- Adhésion annuelle au groupement : rien n’est compté" in text
    assert "- Frais de gestion du groupement : 0 € par mois – valeur saisie" in text
    assert "- Traitement de la paye et suivi de l’activité : 71,50 € par mois – valeur saisie" in text
    assert "- Hausse annuelle du salaire : rien n’est compté" in text
    assert "Les frais dont « rien n’est compté » ne sont pas à zéro : ils manquent." in text


@pytest.mark.rule("CST-04")
def test_the_report_says_the_cheapest_way_under_the_path_and_every_sum_side_by_side() -> None:
    ways = {"Tese": {"emploi": {"mode": "tese"}}, "Groupement": {"emploi": {"mode": "groupement"}}}
    text = plain(compared(ways).explain())
    # 5 × 33 694.60 − 106 000; 9 880 more in the groupement
    assert "Reste à charge le plus bas sur 5 ans, trajectoire : 62 473 €, avec « Tese »." in text
    assert re.search(r"^Tese +100 % +168 473 € +102 473 € +62 473 € +36 473 € ", text, re.M)
    assert re.search(r"^Groupement +100 % +178 353 € +112 353 € +72 353 € +46 353 € ", text, re.M)
    assert re.search(r"^Tese +−4 305,40 € +5 694,60 € +15 694,60 € +11 694,60 € +33 694,60 €$", text, re.M)
    reverse = plain(compared(dict(reversed(ways.items()))).explain())
    assert "avec « Tese »" in reverse
    assert reverse.index("Groupement   ") < reverse.index("Tese   ")


@pytest.mark.rule("CST-04")
def test_equal_ways_are_all_named_the_cheapest() -> None:
    ways = {
        "a": {"emploi": {"mode": "tese"}},
        "b": {"emploi": {"mode": "direct"}},
        "c": {"emploi": {"mode": "coefficient"}},
    }
    assert "avec « a » et « b »." in plain(compared(ways).explain())


@pytest.mark.rule("CST-04")
def test_the_column_of_the_treasury_says_of_which_case_it_is() -> None:
    for path, case in ((None, "pire cas"), (PATH, "trajectoire")):
        header = next(
            line for line in plain(compared(path=path).explain()).splitlines() if "Trésorerie" in line
        )
        assert f"Trésorerie la plus basse, {case}" in header


@pytest.mark.rule("CST-04")
def test_a_path_that_misses_a_count_does_not_call_the_higher_rest_the_lower() -> None:
    """« au moins » and « au plus » are of the aid: beside a rest they would say the contrary."""
    found = compared({"x": {"emploi": {"mode": "tese"}}}, {3: {"pmt": 1500}})
    balance = chosen(found, "x").remaining.balance
    low, high = balance.case("trajectoire_basse").rest, balance.case("trajectoire_haute").rest
    assert low is not None
    assert high is not None
    assert low > high
    for text in (plain(found.explain()), plain(chosen(found, "x").remaining.explain())):
        assert "trajectoire, au moins, 102 473" not in text
        assert "trajectoire, au moins : 102 473" not in text


@pytest.mark.rule("CST-04")
@pytest.mark.parametrize("structure", ["SCM", "SEL", "SISA"])
def test_a_company_that_goes_through_a_groupement_is_not_said_to_employ(structure: Any) -> None:
    text = plain(compared({"x": Modalite(structure=structure, emploi=FactureGroupement())}).explain())
    assert "Employeur : le groupement d’employeurs" in text
    assert f"La {structure} emploie" not in text


@pytest.mark.rule("CST-04")
def test_a_doctor_who_pays_a_part_is_not_said_to_bear_the_post_alone() -> None:
    text = plain(compared({"x": Modalite(emploi=EmploiDirect(), part="1/2")}).explain())
    assert "1/2 (50 %)" in text
    assert "porte seul" not in text


@pytest.mark.rule("CST-04")
@pytest.mark.parametrize(
    ("structure", "emploi", "employer"),
    [
        ("medecin", EmploiDirect(), "le médecin"),
        ("SCM", EmploiDirect(mode="tese"), "une SCM"),
        ("SEL", EmploiDirect(), "une SEL"),
        ("SISA", FactureGroupement(), "le groupement d’employeurs que la SISA constitue (maison de santé)"),
        ("medecin", CoefficientGroupement(), "le groupement d’employeurs"),
    ],
)
def test_the_report_says_who_employs(structure: Any, emploi: Any, employer: str) -> None:
    text = plain(compared({"x": Modalite(structure=structure, emploi=emploi)}).explain())
    assert f"Employeur : {employer} ; " in text


@pytest.mark.rule("CST-03", "CST-04")
def test_a_reading_that_would_change_what_is_shown_is_told_with_its_total() -> None:
    for answer in (compared(), chosen(compared(), "SEL").remaining):
        text = plain(answer.explain())
        assert "retenu : part du chemin parcouru entre la base et la cible" in text
        assert "sinon : patientèle observée rapportée à la cible → total 110 000 €" in text
        assert "sinon : une baisse de 5 % de la base au plus compte comme sans baisse" in text
        assert "taux_atteinte=progression (retenu) | niveau" in text


@pytest.mark.rule("CST-03")
def test_the_readings_of_a_contrat_collectif_are_told_too() -> None:
    group = collective_example("maison_de_sante_annee_3")
    poste = Poste(debut=group.date_signature, etp=group.etp, position=9)
    text = plain(collective_cost(group, poste, EmploiDirect()).explain())
    assert "sinon : patientèle observée rapportée à la cible" in text
    assert "sinon : le meilleur des deux taux compte" in text
    assert "source secondaire" in text


@pytest.mark.rule("CST-03")
def test_the_treasury_is_shown_month_by_month_when_it_is_asked_for_and_not_otherwise() -> None:
    answer = remaining_cost(DOCTOR, POSTE, EmploiDirect(), PATH)
    assert "TRÉSORERIE, MOIS PAR MOIS" not in answer.explain()
    text = plain(answer.explain(months=True))
    assert "TRÉSORERIE, MOIS PAR MOIS" in text
    for month in ("septembre 2024", "février 2026", "août 2029"):
        assert re.search(rf"^{month} +2 807,8\d €", text, re.M)
    row = next(line for line in text.splitlines() if line.startswith("novembre 2024"))
    # three months spent, 38 000 paid on 1 November at the latest
    assert re.fullmatch(
        r"novembre 2024 +2 807,8\d € +38 000 € +29 576,35 € +38 000 € +29 576,35 € +– +29 576,35 €", row
    )
    assert_well_written(lambda form: answer.explain(form, months=True))
    assert "<details><summary>" in answer.explain("html", months=True)


@pytest.mark.rule("CST-03")
def test_a_treasury_that_no_source_dates_is_said_once_and_not_month_by_month() -> None:
    found = project_example("contrat_collectif")
    assert found.groupe is not None
    assert found.emploi is not None
    text = plain(collective_cost(found.groupe, found.poste, found.emploi, found.cle).explain(months=True))
    assert "la trésorerie n’est pas calculée" in text
    assert text.count("à dire par la caisse") < 20


@pytest.mark.rule("CST-03")
def test_those_who_share_are_named_as_they_named_themselves_and_the_company_in_french() -> None:
    shared = named("scm_deux_associes").explain()
    assert "medecin_1, part de 1/2" in plain(shared)
    group = plain(named("contrat_collectif").explain())
    assert "Societe" not in group
    assert "SOCIETE" not in group
    assert "ociété" in group


@pytest.mark.rule("CST-03")
def test_a_note_on_one_of_those_who_share_says_of_whom_it_is() -> None:
    doctor = dossier(**SIGNED | CLOSED_SECTOR)
    payers = [
        Associe(identifiant="medecin_1", part="1/3", dossier=doctor),
        Associe(identifiant="medecin_2", part="1/3", dossier=DOCTOR),
        Associe(identifiant="medecin_3", part="1/3"),
    ]
    lines = plain(shared_cost(POSTE, EmploiDirect(), payers).explain()).splitlines()
    for words, who in (
        ("non éligible, aucune aide", "medecin_1"),
        ("n’a pas de contrat d’aide", "medecin_3"),
        ("inférieur à l’option", "medecin_2"),
    ):
        assert any(words in line and who in line for line in lines), words


@pytest.mark.rule("CST-03")
def test_the_hours_of_a_large_post_are_written_in_french_digits() -> None:
    group = json.loads(collective_example("docteurs_juniors").model_dump_json())
    large = DossierCollectif.model_validate(group | {"etp": "10"})
    poste = Poste(debut=large.date_signature, etp="9.5", position=9)
    text = plain(collective_cost(large, poste, EmploiDirect(), force=True).explain())
    assert "(9,5 ETP) est inférieur à l’option du contrat (10 ETP)" in text


@pytest.mark.rule("CST-03")
def test_the_cost_of_a_shared_post_is_told_over_the_days_that_are_counted() -> None:
    """Two contracts of different days: the cost told first is of more days than either contract."""
    answer = named("scm_deux_associes")
    text = plain(answer.explain())
    total = plain(f"{answer.cost.total:,.2f}".replace(",", " ").replace(".", ","))
    line = next(line for line in text.splitlines() if total in line)
    assert "la durée du contrat " not in line


@pytest.mark.rule("CST-03")
def test_consultations_that_were_asked_for_too_soon_are_said_to_be_of_year_3_and_later() -> None:
    answer = remaining_cost(DOCTOR, POSTE, EmploiDirect(), None, 2)
    text = plain(explain_remaining(answer, "texte", False, break_even(answer, 30)))
    assert "onsultations en plus" in text or "CONSULTATIONS" in text
    assert "année 3" in text


@pytest.mark.rule("CST-03")
def test_the_consultations_are_shown_with_what_is_kept_of_each() -> None:
    answer = remaining_cost(DOCTOR, POSTE, EmploiDirect(), PATH)
    text = plain(explain_remaining(answer, "texte", False, break_even(answer, "30", charges="0.45")))
    assert "À 30 €, DONT 55 % GARDÉS" in text
    assert re.search(r"^Trajectoire +3 +15 694,60 € +952 +80$", text, re.M)
    whole = plain(explain_remaining(answer, "texte", False, break_even(answer, "26.50")))
    assert "À 26,50 €, GARDÉS EN ENTIER" in whole
    assert "CONSULTATIONS" not in answer.explain().upper()


HOSTILE = '<b>&amp;|*_[x](y)`"</b>'


def test_the_name_of_a_way_can_neither_break_a_page_nor_a_table() -> None:
    found = compared({HOSTILE: {"emploi": {"mode": "tese"}}, "sage": {"emploi": {"mode": "direct"}}})
    html = found.explain("html")
    assert "<b>" not in html
    assert HOSTILE in Page(html).text
    markdown = found.explain("markdown")
    assert all(
        len({re.sub(r"\\.", "", row).count("|") for row in table}) == 1 for table in tables_of(markdown)
    )
    assert HOSTILE not in markdown
    assert HOSTILE in re.sub(r"\\(.)", r"\1", markdown)
    assert HOSTILE in found.explain()
    assert EmploymentComparison.from_json(found.to_json()) == found


def test_the_label_of_a_payer_can_neither_break_a_page_nor_a_table() -> None:
    label = "<i>|`*x*</i>"
    payers = [Associe(identifiant=label, part="1/2", dossier=DOCTOR), Associe(identifiant="b", part="1/2")]
    answer = shared_cost(POSTE, EmploiDirect(), payers)
    found = break_even(answer, 30)
    html = explain_remaining(answer, "html", True, found)
    assert "<i>" not in html
    assert Page(html).open == []
    markdown = explain_remaining(answer, "markdown", True, found)
    assert all(
        len({re.sub(r"\\.", "", row).count("|") for row in table}) == 1 for table in tables_of(markdown)
    )
    assert label not in markdown
