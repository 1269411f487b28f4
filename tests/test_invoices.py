"""What a post costs, item by item (CST-01, CST-02): the totals of source 003, each rule, then properties."""

import calendar
import json
import math
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aide_am import RefusedData
from aide_am.costs import figures
from aide_am.costs.invoicing import employment_cost, invoice
from aide_am.costs.loading import load_employment
from aide_am.costs.models import (
    CoefficientGroupement,
    EmploiDirect,
    FactureGroupement,
    Modalite,
    Poste,
    Projet,
)
from aide_am.costs.records import Assumption, CostLine, EmploymentCost
from aide_am.errors import Refusal
from aide_am.french import NARROW, WIDE
from aide_am.loading import DATA
from depth import drawing
from invoice_strategies import Given, emploi_dicts, for_a_cdi, invoiced, number, poste_dicts

PROPERTY = drawing(100)
DAY = timedelta(days=1)
MODELS: dict[str, Any] = {
    "direct": EmploiDirect,
    "tese": EmploiDirect,
    "groupement": FactureGroupement,
    "coefficient": CoefficientGroupement,
}


def poste(**changes: Any) -> Poste:
    """A CDI of one full time at 2 000 € gross from 1 January 2026, but for the changes."""
    given: Given = {"debut": "2026-01-01", "etp": "1", "salaire_brut": "2000"}
    return Poste.model_validate(given | changes)


def emploi(mode: str = "direct", **fields: Any) -> Any:
    return MODELS[mode].model_validate({"mode": mode} | fields)


def cost(post: Poste, mode: str = "direct", until: str | None = None, **fields: Any) -> EmploymentCost:
    """The invoice of a post, employed so."""
    last = None if until is None else date.fromisoformat(until)
    return employment_cost(post, emploi(mode, **fields), until=last)


def by_item(found: EmploymentCost) -> dict[str, Decimal]:
    """Euros of each item of an invoice."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in found.lines:
        sums[line.rubrique] += line.montant
    return dict(sums)


def by_month(found: EmploymentCost) -> dict[str, dict[str, str]]:
    """The invoice month by month: euros of each item."""
    return {
        f"{month:%Y-%m}": {line.rubrique: str(line.montant) for line in lines}
        for month, lines in found.months.items()
    }


def wages(found: EmploymentCost) -> list[tuple[str, str, str]]:
    """First day, last day and euros of each line of loaded salary."""
    return [
        (line.debut.isoformat(), line.fin.isoformat(), str(line.montant))
        for line in found.lines
        if line.rubrique == "salaire_charge"
    ]


def assumption(found: EmploymentCost, name: str) -> Assumption:
    (told,) = [each for each in found.assumptions if each.nom == name]
    return told


def notes(found: EmploymentCost) -> dict[str, str]:
    return {note.code: note.texte for note in found.notes}


def refused(model: Any, given: Any) -> dict[str, str]:
    """The refusals of some data: field → code."""
    with pytest.raises(RefusedData) as error:
        model.model_validate(given)
    found = {refusal.field: refusal.code for refusal in error.value.refusals}
    assert len(found) == len(error.value.refusals)
    return found


def refusal_of(post: Poste, mode: str = "direct", until: str | None = None, **fields: Any) -> Refusal:
    """The one refusal of an invoice."""
    with pytest.raises(RefusedData) as error:
        cost(post, mode, until, **fields)
    (found,) = error.value.refusals
    return found


# Source 003: the two totals of the GEIO, to the euro

HALF_TIME = {
    "debut": "2026-01-01",
    "fin": "2026-06-30",
    "contrat_travail": "CDD",
    "etp": "0.5",
    "salaire_brut": None,
}
MONTH = {"salaire_charge": "2167.00", "gestion": "83.00", "paie": "70.00"}


@pytest.mark.rule("CST-02")
def test_six_months_of_a_half_time_cdd_cost_the_15820_euros_of_the_source_month_by_month() -> None:
    found = cost(poste(**HALF_TIME), "groupement", salaire_charge_mensuel="2167")
    assert found.total == 700 + 6 * (83 + 70 + 2167) + 1200 == 15820
    first = {"mise_en_place": "700.00", "provision_fin_contrat": "1200.00"} | MONTH
    assert by_month(found) == {"2026-01": first} | {f"2026-0{month}": MONTH for month in range(2, 7)}


@pytest.mark.rule("CST-02")
def test_a_year_of_a_cdi_costs_the_63988_euros_of_the_source_month_by_month() -> None:
    found = cost(poste(salaire_brut=None), "groupement", salaire_charge_mensuel="5121")
    assert found.total == 700 + 12 * (83 + 70 + 5121) == 63988
    month = MONTH | {"salaire_charge": "5121.00"}
    assert by_month(found) == {"2026-01": {"mise_en_place": "700.00"} | month} | {
        f"2026-{number:02}": month for number in range(2, 13)
    }


@pytest.mark.rule("CST-02")
def test_the_other_salary_that_reproduces_the_short_contract_leaves_the_provision_out() -> None:
    post = poste(**HALF_TIME)
    found = cost(post, "groupement", salaire_charge_mensuel="2367", provision_fin_contrat="0")
    assert found.total == 15820
    assert "provision_fin_contrat" not in by_item(found)


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize(
    "called", [{}, {"appel_provision": "debut"}, {"appel_provision": "fin"}], ids=["défaut", "début", "fin"]
)
def test_the_end_of_a_cdd_is_provisioned_at_the_start_unless_the_caller_says_the_end(called: Given) -> None:
    found = cost(poste(**HALF_TIME), "groupement", salaire_charge_mensuel="2167", **called)
    (line,) = [line for line in found.lines if line.rubrique == "provision_fin_contrat"]
    day = date(2026, 6, 30) if called.get("appel_provision") == "fin" else date(2026, 1, 1)
    assert (line.debut, line.fin, line.montant) == (day, day, 1200)
    assert found.total == 15820
    assert ("provision_au_debut" in notes(found)) is (day == date(2026, 1, 1))


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize(("until", "counted"), [("2026-06-29", False), ("2026-06-30", True)])
def test_a_provision_called_at_the_end_is_counted_from_the_last_day_of_the_post(
    until: str, counted: bool
) -> None:
    post = poste(**HALF_TIME)
    found = cost(post, "groupement", until, salaire_charge_mensuel="2167", appel_provision="fin")
    assert ("provision_fin_contrat" in by_item(found)) is counted


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize("fin", [None, "2026-06-30"])
def test_a_cdi_has_neither_provision_nor_bonus_even_if_the_post_ends(fin: str | None) -> None:
    for mode in MODELS:
        found = cost(poste(fin=fin), mode)
        assert not {"provision_fin_contrat", "prime_fin_cdd"} & set(by_item(found))
        assert not {"provision_fin_contrat", "prime_fin_cdd"} & {each.nom for each in found.assumptions}


@pytest.mark.rule("CST-02")
def test_the_itemised_invoice_counts_every_fee_that_the_caller_types() -> None:
    found = cost(
        poste(debut="2026-03-01", fin="2028-02-29"),
        "groupement",
        mise_en_place="250",
        adhesion_annuelle="120",
        gestion_mensuelle="40",
        paie_mensuelle="25.50",
        facteur_employeur="1.5",
        deplacements_mensuels="12.34",
    )
    assert by_item(found) == {
        "mise_en_place": 250,
        "adhesion": 240,
        "gestion": 24 * 40,
        "paie": 24 * Decimal("25.50"),
        "salaire_charge": 24 * 3000,
        "deplacements": 24 * Decimal("12.34"),
    }


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize(
    ("until", "days"),
    [
        ("2027-04-14", ["2026-04-15"]),
        ("2027-04-15", ["2026-04-15", "2027-04-15"]),
        ("2028-04-15", ["2026-04-15", "2027-04-15", "2028-04-15"]),
    ],
)
def test_the_membership_is_paid_on_the_first_day_of_each_year_of_the_post(
    until: str, days: list[str]
) -> None:
    found = cost(poste(debut="2026-04-15"), "coefficient", until, adhesion_annuelle="100")
    lines = [line for line in found.lines if line.rubrique == "adhesion"]
    assert [line.debut.isoformat() for line in lines] == days
    assert {line.montant for line in lines} == {Decimal(100)}


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize(("given", "year"), [(None, "38400.00"), ("1.6", "38400.00"), ("1.45", "34800.00")])
def test_one_coefficient_on_the_gross_salary_is_the_whole_cost(given: str | None, year: str) -> None:
    found = cost(poste(), "coefficient", coefficient=given)
    assert str(found.total) == year
    assert set(by_item(found)) == {"salaire_charge"}


@pytest.mark.rule("CST-02")
def test_the_coefficient_of_a_cdd_includes_its_end_and_a_set_up_fee_is_counted_only_where_typed() -> None:
    short = poste(fin="2026-06-30", contrat_travail="CDD")
    assert by_item(cost(short, "coefficient")) == {"salaire_charge": 6 * 3200}
    typed = cost(short, "coefficient", mise_en_place="300", adhesion_annuelle="50")
    assert by_item(typed) == {"salaire_charge": 6 * 3200, "mise_en_place": 300, "adhesion": 50}


# CST-01: direct employment


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    "debut",
    [
        "2026-01-01",
        "2026-01-15",
        "2026-01-31",
        "2026-02-28",
        "2027-02-15",
        "2027-03-01",
        "2028-02-10",
        "2028-02-29",
        "2026-12-31",
    ],
)
@pytest.mark.parametrize(
    ("gross", "factor", "year"),
    [("2000", "1.42", "34080.00"), ("1815.79", None, "28326.32"), ("2159.91", "1", "25918.92")],
)
def test_a_whole_year_costs_gross_times_12_times_factor_whatever_the_first_day(
    debut: str, gross: str, factor: str | None, year: str
) -> None:
    found = cost(poste(debut=debut, salaire_brut=gross), facteur_employeur=factor)
    assert str(found.total) == year
    assert set(by_item(found)) == {"salaire_charge"}


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize("debut", ["2026-01-01", "2026-04-15", "2027-02-15"])
def test_a_loaded_yearly_cost_typed_by_the_user_is_the_cost_of_the_year(debut: str) -> None:
    found = cost(poste(debut=debut, salaire_brut=None, etp="0.5"), cout_charge_annuel="31000.01")
    assert str(found.total) == "31000.01"
    assert assumption(found, "cout_charge_annuel").origine == "saisi"
    assert "facteur_employeur" not in {each.nom for each in found.assumptions}


@pytest.mark.rule("CST-01")
def test_twelve_equal_months_are_invoiced_to_the_centime_of_the_year() -> None:
    found = cost(poste(salaire_brut=None), cout_charge_annuel="1000")
    assert [str(line.montant) for line in found.lines] == ["83.33", "83.34", "83.33"] * 4
    assert str(found.total) == "1000.00"


@pytest.mark.rule("CST-01")
def test_the_tese_is_free_and_shown_so_with_its_source() -> None:
    found = cost(poste(), "tese", facteur_employeur="1.3")
    assert by_item(found) == {"salaire_charge": 31200}
    told = assumption(found, "paie_mensuelle")
    assert (told.valeur, told.origine) == (0, "defaut")
    assert told.reference is not None
    assert (told.reference.source, told.reference.nature) == ("recrutement_en_pratique", "ameli")


@pytest.mark.rule("CST-01")
def test_a_payroll_provider_and_a_recruitment_are_counted_where_the_user_types_them() -> None:
    found = cost(poste(), facteur_employeur="1", paie_mensuelle="25", recrutement="400.40")
    assert by_item(found) == {"salaire_charge": 24000, "paie": 300, "recrutement": Decimal("400.40")}
    (line,) = [line for line in found.lines if line.rubrique == "recrutement"]
    assert line.debut == line.fin == date(2026, 1, 1)


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("working", "year"),
    [
        ({"etp": "1"}, "24000.00"),
        ({"etp": "0.5"}, "12000.00"),
        ({"heures_hebdomadaires": "17.5"}, "12000.00"),
        ({"heures_hebdomadaires": 35}, "24000.00"),
        ({"heures_hebdomadaires": "24"}, "16457.14"),
        ({"etp": "2"}, "48000.00"),
        ({"etp": "0.333"}, "7992.00"),
    ],
)
def test_part_time_costs_its_part_of_a_full_time_of_35_hours(working: Given, year: str) -> None:
    found = cost(poste(**{"etp": None} | working), facteur_employeur="1")
    assert str(found.total) == year


@pytest.mark.rule("CST-01")
def test_hours_are_turned_into_etp_by_a_default_that_is_shown_with_its_source() -> None:
    found = cost(poste(etp=None, heures_hebdomadaires="17.5"))
    assert assumption(found, "heures_hebdomadaires").valeur == Decimal("17.5")
    told = assumption(found, "heures_temps_plein")
    assert (told.valeur, told.origine, told.reference and told.reference.source) == (
        35,
        "defaut",
        "urps_partenaires",
    )
    assert "heures_temps_plein" not in {each.nom for each in cost(poste()).assumptions}


# CST-01: the conventional minimum


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("debut", "position", "year"),
    [
        ("2024-01-01", 5, "21789.48"),
        ("2024-01-01", 9, "25918.92"),
        ("2026-07-01", 5, "21789.48"),
        ("2019-07-01", 5, "19704.00"),
        ("2020-01-01", 9, "23316.00"),
    ],
)
def test_a_position_stands_for_the_minimum_of_the_grid_of_its_days(
    debut: str, position: int, year: str
) -> None:
    post = poste(debut=debut, salaire_brut=None, position=position)
    found = cost(post, facteur_employeur="1")
    assert str(found.total) == year
    told = assumption(found, "position")
    assert told.origine == "defaut"
    assert told.valeur == Decimal(year) / 12
    assert told.reference is not None
    assert told.reference.nature == "secondaire"
    assert "minimum_a_verifier" in notes(found)


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize("position", [6, 7, 8])
def test_a_position_whose_minimum_is_not_known_is_refused_with_what_is_known(position: int) -> None:
    found = refusal_of(poste(salaire_brut=None, position=position))
    assert (found.field, found.received, found.code) == ("poste.position", str(position), "minimum_inconnu")
    for known in (f"1{NARROW}815,79{WIDE}€", f"2{NARROW}159,91{WIDE}€", "position 5", "position 9"):
        assert known in found.expected
    assert "poste.salaire_brut" in found.remedy


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("debut", "until", "unknown"),
    [
        ("2019-06-26", "2019-06-26", "2019-06-26"),
        ("2019-06-26", "2019-12-31", "2019-06-26"),
        ("2019-06-27", "2020-12-31", None),
        ("2020-06-01", None, "2021-01-01"),
        ("2020-06-01", "2021-01-01", "2021-01-01"),
        ("2020-06-01", "2026-01-01", "2021-01-01"),
        ("2020-06-01", "2020-12-31", None),
        ("2021-01-01", "2021-01-01", "2021-01-01"),
        ("2022-06-01", None, "2022-06-01"),
        ("2023-12-31", "2023-12-31", "2023-12-31"),
        ("2023-12-31", "2024-12-30", "2023-12-31"),
        ("2024-01-01", "2034-12-31", None),
    ],
)
def test_a_post_by_position_is_refused_as_soon_as_one_of_its_days_has_no_known_grid(
    debut: str, until: str | None, unknown: str | None
) -> None:
    post = poste(debut=debut, salaire_brut=None, position=5)
    if unknown is None:
        assert cost(post, until=until).total > 0
    else:
        found = refusal_of(post, until=until)
        assert (found.field, found.code) == ("poste.position", "minimum_inconnu")
        assert unknown in found.expected


@pytest.mark.rule("CST-01")
def test_days_without_a_known_grid_are_invoiced_from_a_typed_salary_or_a_loaded_cost() -> None:
    assert cost(poste(debut="2022-01-01", position=6), facteur_employeur="1").total == 24000
    bare = poste(debut="2022-01-01", salaire_brut=None)
    assert cost(bare, cout_charge_annuel="30000").total == 30000
    monthly = cost(bare, "groupement", salaire_charge_mensuel="2500", mise_en_place="0")
    assert by_item(monthly)["salaire_charge"] == 30000


@pytest.mark.rule("CST-01")
def test_a_typed_salary_goes_before_the_minimum_of_the_position() -> None:
    found = cost(poste(position=9, salaire_brut="2500"), facteur_employeur="1")
    assert found.total == 30000
    assert assumption(found, "salaire_brut").origine == "saisi"
    assert "position" not in {each.nom for each in found.assumptions}


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize("mode", ["direct", "tese", "groupement", "coefficient"])
def test_a_post_without_salary_position_or_loaded_cost_is_refused(mode: str) -> None:
    found = refusal_of(poste(salaire_brut=None), mode)
    assert (found.field, found.received, found.code) == ("poste.salaire_brut", "rien", "salaire")


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("gross", "position", "noted"),
    [
        ("1815.78", None, True),
        ("1815.79", None, False),
        ("1815.78", 5, True),
        ("1815.79", 5, False),
        ("2159.90", 9, True),
        ("2159.91", 9, False),
        ("1815.78", 6, True),
        ("1815.79", 6, False),
        ("1815.78", 8, True),
    ],
)
def test_a_salary_under_the_conventional_minimum_is_invoiced_and_noted(
    gross: str, position: int | None, noted: bool
) -> None:
    found = cost(poste(salaire_brut=gross, position=position, etp="0.5"), facteur_employeur="1")
    assert found.total == Decimal(gross) * 6
    assert ("sous_le_minimum" in notes(found)) is noted
    if noted:
        assert "avenant 90" in notes(found)["sous_le_minimum"]


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(("until", "noted"), [("2023-12-31", False), ("2024-01-01", True)])
def test_a_salary_that_a_later_grid_overtakes_is_noted(until: str, noted: bool) -> None:
    found = cost(poste(debut="2020-06-01", salaire_brut="1700"), until=until)
    assert ("sous_le_minimum" in notes(found)) is noted


@pytest.mark.rule("CST-01")
def test_the_minimum_of_a_grid_that_was_replaced_is_not_called_the_latest() -> None:
    post = poste(debut="2020-01-01", fin="2020-12-31", salaire_brut=None, position=5)
    assert "avenant 76" in notes(cost(post))["minimum_a_verifier"]
    assert "dernière" not in notes(cost(post))["minimum_a_verifier"]


@pytest.fixture
def later_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped figures and one grid more, from 16 June 2026, in the middle of a month."""
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    path = directory / "emploi.toml"
    text = path.read_text("utf-8").replace("debut = 2024-01-01", "debut = 2024-01-01\nfin = 2026-06-15")
    begin = text.index('[[grilles]]\nnom = "avenant 90"')
    later = text[begin : text.index("# Who employs")]
    later = later.replace("avenant 90", "avenant 91").replace(
        "debut = 2024-01-01\nfin = 2026-06-15", "debut = 2026-06-16"
    )
    later = later.replace("1815.79", "1900.00").replace("2159.91", "2200.00")
    path.write_text(text.replace("# Who employs", f"{later}\n# Who employs"), "utf-8")
    loaded = load_employment(directory)
    assert len(loaded.grilles) == 3
    monkeypatch.setattr(figures, "bareme_emploi", lambda: loaded)


@pytest.mark.rule("CST-01")
@pytest.mark.usefixtures("later_grid")
def test_a_grid_that_changes_within_a_month_changes_the_salary_from_its_day() -> None:
    post = poste(debut="2026-05-01", fin="2026-07-31", salaire_brut=None, position=5)
    assert wages(cost(post, facteur_employeur="1")) == [
        ("2026-05-01", "2026-05-31", "1815.79"),
        ("2026-06-01", "2026-06-15", "907.90"),
        ("2026-06-16", "2026-06-30", "950.00"),
        ("2026-07-01", "2026-07-31", "1900.00"),
    ]


@pytest.mark.rule("CST-01")
@pytest.mark.usefixtures("later_grid")
def test_a_grid_that_changes_does_not_change_a_typed_salary_nor_cut_its_month() -> None:
    found = cost(poste(debut="2026-06-01", fin="2026-06-30"), facteur_employeur="1")
    assert wages(found) == [("2026-06-01", "2026-06-30", "2000.00")]


# CST-01: the bonus of a CDD, part months, rises


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("given", "bonus"), [(None, "1560.00"), ("0.10", "1560.00"), ("0.06", "936.00"), ("0", None)]
)
def test_a_cdd_ends_with_a_bonus_of_ten_percent_of_its_salaries_loaded_like_them(
    given: str | None, bonus: str | None
) -> None:
    post = poste(fin="2026-06-30", contrat_travail="CDD")
    found = cost(post, facteur_employeur="1.3", prime_fin_cdd=given)
    lines = [line for line in found.lines if line.rubrique == "prime_fin_cdd"]
    assert [(line.debut, line.fin, str(line.montant)) for line in lines] == (
        [] if bonus is None else [(date(2026, 6, 30), date(2026, 6, 30), bonus)]
    )
    assert by_item(found)["salaire_charge"] == 15600


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("until", "counted"), [("2026-06-29", False), ("2026-06-30", True), ("2027-01-01", True)]
)
def test_the_bonus_is_counted_from_the_last_day_of_the_cdd(until: str, counted: bool) -> None:
    post = poste(fin="2026-06-30", contrat_travail="CDD")
    assert ("prime_fin_cdd" in by_item(cost(post, until=until))) is counted


@pytest.mark.rule("CST-01")
def test_the_bonus_is_that_of_a_loaded_cost_too_and_of_every_year_of_the_cdd() -> None:
    post = poste(fin="2027-06-30", contrat_travail="CDD", salaire_brut=None, hausse_annuelle="0.02")
    found = cost(post, cout_charge_annuel="30000")
    assert by_item(found) == {"salaire_charge": 45300, "prime_fin_cdd": 4530}


@pytest.mark.rule("CST-01")
def test_the_bonus_follows_the_rises_to_the_day_where_only_later_days_are_counted() -> None:
    rise = {"salaire_brut": "3000", "hausse_annuelle": "0.10"}
    post = poste(debut="2025-01-01", fin="2026-06-30", contrat_travail="CDD", **rise)
    found = invoice(post, emploi(facteur_employeur="1"), date(2026, 6, 30), date(2025, 3, 16))
    paid = 14 * 3000 + Fraction(15, 31) * 3000 + Fraction(16, 31) * 3300 + 3 * 3300
    assert by_item(found)["prime_fin_cdd"] == Decimal(half_up(paid / 10)).scaleb(-2)
    assert found.lines[0].debut == date(2025, 3, 16)


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(("fin", "long"), [("2027-06-30", False), ("2027-07-01", True)])
def test_a_cdd_of_more_than_18_months_is_noted_and_any_cdd_is_disputed(fin: str, long: bool) -> None:
    told = notes(cost(poste(fin=fin, contrat_travail="CDD")))
    assert ("cdd_long" in told) is long
    assert "cdd_conteste" in told
    assert not {"cdd_long", "cdd_conteste"} & set(notes(cost(poste(fin=fin))))


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("debut", "fin", "lines"),
    [
        ("2026-01-17", "2026-01-31", [("2026-01-17", "2026-01-31", "1500.00")]),
        ("2026-01-31", "2026-01-31", [("2026-01-31", "2026-01-31", "100.00")]),
        ("2026-02-01", "2026-02-28", [("2026-02-01", "2026-02-28", "3100.00")]),
        ("2026-02-15", "2026-02-28", [("2026-02-15", "2026-02-28", "1550.00")]),
        ("2028-02-01", "2028-02-29", [("2028-02-01", "2028-02-29", "3100.00")]),
        ("2028-02-01", "2028-02-28", [("2028-02-01", "2028-02-28", "2993.10")]),
        ("2028-02-29", "2028-02-29", [("2028-02-29", "2028-02-29", "106.90")]),
        ("2026-04-01", "2026-04-01", [("2026-04-01", "2026-04-01", "103.33")]),
        (
            "2026-03-30",
            "2026-05-02",
            [
                ("2026-03-30", "2026-03-31", "200.00"),
                ("2026-04-01", "2026-04-30", "3100.00"),
                ("2026-05-01", "2026-05-02", "200.00"),
            ],
        ),
    ],
)
def test_a_month_that_is_not_whole_is_counted_by_its_days(
    debut: str, fin: str, lines: list[tuple[str, str, str]]
) -> None:
    found = cost(poste(debut=debut, fin=fin, salaire_brut="3100"), facteur_employeur="1")
    assert wages(found) == lines


@pytest.mark.rule("CST-02")
def test_the_monthly_fees_of_a_groupement_are_counted_by_days_and_those_paid_once_are_not() -> None:
    post = poste(debut="2026-06-16", fin="2026-06-30", contrat_travail="CDD", salaire_brut=None)
    found = cost(post, "groupement", salaire_charge_mensuel="3000", adhesion_annuelle="60")
    assert by_item(found) == {
        "mise_en_place": 700,
        "adhesion": 60,
        "provision_fin_contrat": 1200,
        "salaire_charge": 1500,
        "gestion": Decimal("41.50"),
        "paie": 35,
    }


@pytest.mark.rule("CST-01")
def test_a_yearly_rise_counts_from_each_anniversary_of_the_post_to_the_day() -> None:
    post = poste(debut="2026-04-16", salaire_brut="3000", hausse_annuelle="0.10")
    found = wages(cost(post, until="2028-05-31", facteur_employeur="1"))
    assert [line for line in found if line[0][:7] in ("2027-04", "2027-05", "2028-04", "2028-05")] == [
        ("2027-04-01", "2027-04-15", "1500.00"),
        ("2027-04-16", "2027-04-30", "1650.00"),
        ("2027-05-01", "2027-05-31", "3300.00"),
        ("2028-04-01", "2028-04-15", "1650.00"),
        ("2028-04-16", "2028-04-30", "1815.00"),
        ("2028-05-01", "2028-05-31", "3630.00"),
    ]


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("mode", "fields", "year"),
    [
        ("direct", {"facteur_employeur": "1"}, 24480),
        ("direct", {"cout_charge_annuel": "30000"}, 30600),
        ("groupement", {"salaire_charge_mensuel": "2500"}, 30600),
        ("coefficient", {"coefficient": "1.5"}, 36720),
    ],
)
def test_a_rise_of_two_percent_raises_the_second_year_of_salary_and_no_fee(
    mode: str, fields: Given, year: int
) -> None:
    post = poste(hausse_annuelle="0.02")
    first, both = (by_item(cost(post, mode, until, **fields)) for until in ("2026-12-31", "2027-12-31"))
    assert both["salaire_charge"] - first["salaire_charge"] == year
    assert both.get("gestion", 0) == 2 * first.get("gestion", 0)


@pytest.mark.rule("CST-01")
def test_the_anniversary_of_29_february_falls_on_the_28th_in_common_years() -> None:
    post = poste(debut="2024-02-29", salaire_brut="2900", hausse_annuelle="0.2")
    found = wages(cost(post, until="2025-02-28", facteur_employeur="1"))
    assert found[0] == ("2024-02-29", "2024-02-29", "100.00")
    assert found[-1][:2] == ("2025-02-28", "2025-02-28")
    assert Decimal(found[-1][2]) == round(Decimal(3480) / 28, 2)
    assert sum(Decimal(line[2]) for line in found[:-1]) == 12 * 2900


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("fin", "until", "last"),
    [
        (None, None, "2026-12-31"),
        (None, "2026-03-15", "2026-03-15"),
        (None, "2028-03-15", "2028-03-15"),
        ("2026-06-30", None, "2026-06-30"),
        ("2026-06-30", "2026-03-15", "2026-03-15"),
        ("2026-06-30", "2028-03-15", "2026-06-30"),
        ("2029-06-30", None, "2029-06-30"),
        (None, "2026-01-01", "2026-01-01"),
    ],
)
def test_the_invoice_ends_with_the_post_with_until_or_after_twelve_months(
    fin: str | None, until: str | None, last: str
) -> None:
    found = cost(poste(fin=fin), until=until)
    assert (found.debut, found.fin) == (date(2026, 1, 1), date.fromisoformat(last))
    assert found.lines[-1].fin == found.fin


# What is assumed


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("mode", "contract", "told"),
    [
        (
            "direct",
            "CDI",
            {
                "facteur_employeur": ("1.30", "defaut", "deduit"),
                "paie_mensuelle": (None, "non_compte", None),
                "recrutement": (None, "non_compte", None),
            },
        ),
        (
            "tese",
            "CDD",
            {
                "facteur_employeur": ("1.30", "defaut", "deduit"),
                "paie_mensuelle": ("0", "defaut", "ameli"),
                "recrutement": (None, "non_compte", None),
                "prime_fin_cdd": ("0.10", "defaut", "secondaire"),
            },
        ),
        (
            "groupement",
            "CDD",
            {
                "mise_en_place": ("700", "defaut", "secondaire"),
                "adhesion_annuelle": (None, "non_compte", None),
                "gestion_mensuelle": ("83", "defaut", "secondaire"),
                "paie_mensuelle": ("70", "defaut", "secondaire"),
                "facteur_employeur": ("1.30", "defaut", "deduit"),
                "deplacements_mensuels": (None, "non_compte", None),
                "provision_fin_contrat": ("1200", "defaut", "secondaire"),
            },
        ),
        (
            "coefficient",
            "CDD",
            {
                "coefficient": ("1.6", "defaut", "secondaire"),
                "adhesion_annuelle": (None, "non_compte", None),
                "mise_en_place": (None, "non_compte", None),
            },
        ),
    ],
)
def test_every_figure_says_whether_it_is_a_default_with_its_nature_or_is_not_counted(
    mode: str, contract: str, told: dict[str, tuple[str | None, str, str | None]]
) -> None:
    found = cost(poste(contrat_travail=contract, fin="2026-12-31"), mode)
    own = {"etp": ("1", "saisi", None), "salaire_brut": ("2000", "saisi", None)}
    rise = {"hausse_annuelle": (None, "non_compte", None)}
    assert {
        each.nom: (
            None if each.valeur is None else str(each.valeur),
            each.origine,
            None if each.reference is None else each.reference.nature,
        )
        for each in found.assumptions
    } == own | rise | told


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("mode", "fields"),
    [
        (
            "direct",
            {"facteur_employeur": "1.4", "paie_mensuelle": "1", "recrutement": "0", "prime_fin_cdd": "0"},
        ),
        (
            "direct",
            {"cout_charge_annuel": "1", "paie_mensuelle": "1", "recrutement": "0", "prime_fin_cdd": "0"},
        ),
        (
            "groupement",
            {
                "mise_en_place": "0",
                "adhesion_annuelle": "10",
                "gestion_mensuelle": "0",
                "paie_mensuelle": "70",
                "salaire_charge_mensuel": "2167",
                "deplacements_mensuels": "0",
                "provision_fin_contrat": "1200",
            },
        ),
        ("coefficient", {"coefficient": "1.6", "adhesion_annuelle": "0", "mise_en_place": "0"}),
    ],
)
def test_what_the_caller_types_is_said_to_be_typed_even_a_zero_or_the_default_itself(
    mode: str, fields: Given
) -> None:
    post = poste(contrat_travail="CDD", fin="2026-12-31", hausse_annuelle="0")
    found = cost(post, mode, **fields)
    for name, value in fields.items():
        told = assumption(found, name)
        assert (told.valeur, told.origine, told.reference) == (Decimal(value), "saisi", None)
    assert {each.origine for each in found.assumptions} == {"saisi"}


def test_a_typed_zero_counts_nothing_and_is_not_the_default() -> None:
    free = {"mise_en_place": "0", "gestion_mensuelle": 0, "paie_mensuelle": "0.00"}
    assert set(by_item(cost(poste(), "groupement", **free))) == {"salaire_charge"}


@pytest.mark.rule("CST-01")
def test_a_default_employer_factor_is_said_to_be_an_order_of_magnitude() -> None:
    assert "hors_allegements" in notes(cost(poste()))
    assert "hors_allegements" not in notes(cost(poste(), facteur_employeur="1.3"))


@given(invoiced())
@PROPERTY
def test_every_label_and_every_note_is_a_text_in_french_typography(
    case: tuple[Given, Given, date | None],
) -> None:
    found = invoiced_cost(*case)
    for text in [each.libelle for each in found.assumptions] + [note.texte for note in found.notes]:
        assert text
        assert "'" not in text
        assert not any(f" {mark}" in text for mark in ":;!?%€»")
        assert not any(mark in text for mark in "{}_")


# Refusals, in French and all at once

TIME = {"debut": "2026-01-01", "etp": "1"}


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (TIME | {"salaire_brut": "-1"}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": "0"}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": 0}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": 2000.5}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": "2000.005"}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": "2 000"}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": "2000,50"}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": "1000000.01"}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": True}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": Decimal("NaN")}, {"salaire_brut": "salaire"}),
        (TIME | {"salaire_brut": Decimal("Infinity")}, {"salaire_brut": "salaire"}),
        (TIME | {"etp": 0.5}, {"etp": "etp"}),
        (TIME | {"etp": "0"}, {"etp": "etp"}),
        (TIME | {"etp": "-0.5"}, {"etp": "etp"}),
        (TIME | {"etp": "10.01"}, {"etp": "etp"}),
        (TIME | {"etp": True}, {"etp": "etp"}),
        ({"debut": "2026-01-01", "heures_hebdomadaires": 17.5}, {"heures_hebdomadaires": "heures"}),
        ({"debut": "2026-01-01", "heures_hebdomadaires": "0"}, {"heures_hebdomadaires": "heures"}),
        ({"debut": "2026-01-01", "heures_hebdomadaires": "168.01"}, {"heures_hebdomadaires": "heures"}),
        ({"debut": "2026-01-01"}, {"etp": "temps_de_travail"}),
        (TIME | {"heures_hebdomadaires": "35"}, {"etp": "temps_de_travail"}),
        (TIME | {"fin": "2025-12-31"}, {"fin": "date_impossible"}),
        (TIME | {"contrat_travail": "CDD"}, {"fin": "cdd_sans_fin"}),
        (TIME | {"contrat_travail": "interim"}, {"contrat_travail": "literal_error"}),
        (TIME | {"position": 4}, {"position": "position"}),
        (TIME | {"position": 10}, {"position": "position"}),
        (TIME | {"position": "5"}, {"position": "int_type"}),
        (TIME | {"hausse_annuelle": "0.21"}, {"hausse_annuelle": "hausse"}),
        (TIME | {"hausse_annuelle": "-0.01"}, {"hausse_annuelle": "hausse"}),
        (TIME | {"hausse_annuelle": 0.02}, {"hausse_annuelle": "hausse"}),
        (TIME | {"salaire": "2000"}, {"salaire": "extra_forbidden"}),
        ({"etp": "1"}, {"debut": "missing"}),
        (TIME | {"debut": "01/01/2026"}, {"debut": "date"}),
        (TIME | {"debut": "9901-01-01"}, {"debut": "date_impossible"}),
        (
            {
                "debut": "2026-01-01",
                "fin": "2025-12-31",
                "contrat_travail": "CDD",
                "etp": 0.5,
                "salaire_brut": "-1",
                "position": 12,
                "prime": "0.1",
            },
            {
                "fin": "date_impossible",
                "etp": "etp",
                "salaire_brut": "salaire",
                "position": "position",
                "prime": "extra_forbidden",
            },
        ),
    ],
)
def test_a_post_that_cannot_be_is_refused_in_full(given: Given, told: dict[str, str]) -> None:
    assert refused(Poste, given) == told


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    "given",
    [
        TIME | {"salaire_brut": "0.01"},
        TIME | {"salaire_brut": "1000000"},
        TIME | {"salaire_brut": 2000},
        TIME | {"etp": "10"},
        TIME | {"etp": Decimal("0.5")},
        TIME | {"fin": "2026-01-01", "contrat_travail": "CDD"},
        {"debut": date(2026, 1, 1), "heures_hebdomadaires": "168"},
        TIME | {"hausse_annuelle": "0"},
        TIME | {"hausse_annuelle": "0.2"},
        TIME | {"position": 5},
        TIME | {"position": 9},
    ],
)
def test_a_post_on_a_bound_is_accepted(given: Given) -> None:
    post = Poste.model_validate(given)
    assert Poste.model_validate_json(post.model_dump_json()) == post


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("mode", "fields", "told"),
    [
        ("direct", {"facteur_employeur": "0.99"}, {"facteur_employeur": "coefficient"}),
        ("direct", {"facteur_employeur": "5.01"}, {"facteur_employeur": "coefficient"}),
        ("direct", {"facteur_employeur": 1.42}, {"facteur_employeur": "coefficient"}),
        ("direct", {"facteur_employeur": "42 %"}, {"facteur_employeur": "coefficient"}),
        (
            "direct",
            {"facteur_employeur": "1.3", "cout_charge_annuel": "1"},
            {"cout_charge_annuel": "deux_couts"},
        ),
        ("direct", {"cout_charge_annuel": "-1"}, {"cout_charge_annuel": "euros"}),
        ("direct", {"cout_charge_annuel": 30000.0}, {"cout_charge_annuel": "euros"}),
        ("direct", {"paie_mensuelle": "1.005"}, {"paie_mensuelle": "euros"}),
        ("direct", {"recrutement": -1}, {"recrutement": "euros"}),
        ("direct", {"prime_fin_cdd": "1.1"}, {"prime_fin_cdd": "part"}),
        ("direct", {"gestion_mensuelle": "83"}, {"gestion_mensuelle": "extra_forbidden"}),
        ("tese", {"paie_mensuelle": "10"}, {"paie_mensuelle": "tese_gratuit"}),
        ("tese", {"paie_mensuelle": "0"}, {"paie_mensuelle": "tese_gratuit"}),
        (
            "groupement",
            {"facteur_employeur": "1", "salaire_charge_mensuel": "1"},
            {"salaire_charge_mensuel": "deux_couts"},
        ),
        ("groupement", {"facteur_employeur": "0"}, {"facteur_employeur": "coefficient"}),
        ("groupement", {"appel_provision": "milieu"}, {"appel_provision": "literal_error"}),
        ("groupement", {"provision_fin_contrat": "-1200"}, {"provision_fin_contrat": "euros"}),
        ("coefficient", {"coefficient": "0.9"}, {"coefficient": "coefficient"}),
        ("coefficient", {"coefficient": 1.6}, {"coefficient": "coefficient"}),
        ("coefficient", {"facteur_employeur": "1.3"}, {"facteur_employeur": "extra_forbidden"}),
        (
            "tese",
            {"facteur_employeur": "0.9", "cout_charge_annuel": 1.5, "paie_mensuelle": "10", "prime": "0.1"},
            {
                "facteur_employeur": "coefficient",
                "cout_charge_annuel": "euros",
                "paie_mensuelle": "tese_gratuit",
                "prime": "extra_forbidden",
            },
        ),
    ],
)
def test_a_way_to_employ_that_cannot_be_is_refused_in_full(
    mode: str, fields: Given, told: dict[str, str]
) -> None:
    assert refused(MODELS[mode], {"mode": mode} | fields) == told
    whole = refused(Projet, {"poste": TIME, "emploi": {"mode": mode} | fields})
    assert {
        field.removeprefix("emploi.").removeprefix(f"{mode}."): code for field, code in whole.items()
    } == told


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    "given", [{"mode": "portage"}, {"mode": None}, {"mode": ["direct"]}, {}, "direct", 1]
)
def test_an_unknown_mode_is_refused_with_the_list_of_the_modes(given: Any) -> None:
    with pytest.raises(RefusedData) as error:
        Projet.model_validate({"poste": TIME, "emploi": given})
    (found,) = error.value.refusals
    assert (found.field, found.code) == ("emploi", "mode")
    assert found.expected.endswith("direct, tese, groupement, coefficient")


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    "part", ["0", 0, "-1/2", "0/3", "1/0", "3/2", "1.01", 2, 0.5, True, "1/2/3", "", "/", "un"]
)
def test_a_part_of_zero_or_over_one_is_refused(part: Any) -> None:
    assert refused(Modalite, {"emploi": {"mode": "direct"}, "part": part}) == {"part": "part"}


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize(
    ("part", "read"), [("1", 1), (1, 1), ("0.5", "1/2"), ("1/3", "1/3"), (Fraction(2, 7), "2/7"), ("3/3", 1)]
)
def test_a_part_over_zero_and_at_most_one_is_read_exactly(part: Any, read: Any) -> None:
    assert Modalite.model_validate({"emploi": {"mode": "direct"}, "part": part}).part == Fraction(read)


def test_every_refusal_of_a_project_comes_at_once_under_its_own_field_in_french() -> None:
    given = {
        "poste": {"debut": "2026-01-01", "fin": "2025-12-31", "etp": 1.0, "salaire_brut": "-5"},
        "emploi": {"mode": "direct", "facteur_employeur": "1.3", "cout_charge_annuel": "30000"},
        "annee": 1,
    }
    with pytest.raises(RefusedData) as error:
        Projet.model_validate(given)
    assert {refusal.field: refusal.code for refusal in error.value.refusals} == {
        "poste.fin": "date_impossible",
        "poste.etp": "etp",
        "poste.salaire_brut": "salaire",
        "emploi.cout_charge_annuel": "deux_couts",
        "annee": "extra_forbidden",
    }
    for word in ("should", "valid", "input", "field", "expected", "greater"):
        assert word not in str(error.value)


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2025, 12, 31), "date_impossible"),
        ("2026-12-31", "type"),
        (datetime(2026, 12, 31), "type"),
        (12, "type"),
        (date.max, "date_impossible"),
    ],
)
def test_a_last_day_that_is_no_day_of_the_post_is_refused(until: Any, code: str) -> None:
    with pytest.raises(RefusedData) as error:
        employment_cost(poste(), emploi(), until=until)
    assert [(refusal.field, refusal.code) for refusal in error.value.refusals] == [("until", code)]


@pytest.mark.rule("CST-01")
def test_an_end_beyond_the_calendar_is_refused_and_no_error_of_python_comes_out() -> None:
    assert refused(Poste, TIME | {"fin": "9999-12-30"}) == {"fin": "date_impossible"}


def test_arguments_that_are_no_post_or_no_way_to_employ_are_refused() -> None:
    wrong: Any = {"mode": "direct"}
    for arguments, field in (((wrong, emploi()), "poste"), ((poste(), wrong), "emploi")):
        with pytest.raises(RefusedData) as error:
            employment_cost(*arguments)
        assert [(refusal.field, refusal.code) for refusal in error.value.refusals] == [(field, "type")]


def test_a_post_cannot_be_changed_in_place() -> None:
    with pytest.raises(Exception, match="frozen"):
        poste().etp = Decimal(2)


# The records


def test_the_rows_are_the_lines_ready_for_a_data_frame() -> None:
    found = cost(poste(**HALF_TIME), "groupement", salaire_charge_mensuel="2167")
    assert found.rows()[:2] == [
        {
            "debut": date(2026, 1, 1),
            "fin": date(2026, 1, 1),
            "rubrique": "mise_en_place",
            "montant": Decimal("700.00"),
        },
        {
            "debut": date(2026, 1, 1),
            "fin": date(2026, 1, 1),
            "rubrique": "provision_fin_contrat",
            "montant": Decimal("1200.00"),
        },
    ]
    assert sum(row["montant"] for row in found.rows()) == found.total
    assert len(found.rows()) == len(found.lines) == 20


def test_a_post_that_costs_nothing_has_no_line_and_a_total_of_zero() -> None:
    found = cost(poste(salaire_brut=None), cout_charge_annuel="0")
    assert (found.lines, found.months, found.rows(), str(found.total)) == ((), {}, [], "0.00")


@given(invoiced())
@PROPERTY
def test_an_invoice_written_in_json_is_read_back_equal_and_fits_its_schema(
    case: tuple[Given, Given, date | None],
) -> None:
    found = invoiced_cost(*case)
    text = found.to_json()
    assert EmploymentCost.from_json(text) == found
    jsonschema.validate(json.loads(text), EmploymentCost.json_schema())


@pytest.mark.parametrize(
    "changes",
    [
        {"salaire_brut": Decimal("2E+3")},
        {"etp": Decimal("1E+0")},
        {"etp": Decimal("1E-7")},
        {"etp": "0.0000001"},
        {"hausse_annuelle": "0.0000001"},
        {"etp": None, "heures_hebdomadaires": Decimal("1E+1")},
    ],
    ids=str,
)
def test_a_decimal_with_an_exponent_is_written_so_that_it_can_be_read_again(changes: Given) -> None:
    found = cost(poste(**changes))
    assert EmploymentCost.from_json(found.to_json()) == found


# Properties


def invoiced_cost(post: Given, way: Given, until: date | None) -> EmploymentCost:
    """The invoice of a drawn case."""
    return employment_cost(Poste.model_validate(post), emploi(**way), until=until)


def anniversary(debut: date, years: int) -> date:
    """The first day of a later year of the post; 29 February falls on the 28th in common years."""
    year = debut.year + years
    day = 28 if (debut.month, debut.day) == (2, 29) and not calendar.isleap(year) else debut.day
    return date(year, debut.month, day)


def length(day: date) -> int:
    """The days of the calendar month of a day."""
    return calendar.monthrange(day.year, day.month)[1]


def half_up(euros: Fraction) -> int:
    """Whole centimes."""
    return math.floor(euros * 100 + Fraction(1, 2))


def months_by_day(debut: date, last: date) -> Iterator[tuple[int, date, Fraction]]:
    """Each day of the post, its year of the post, and the part of a month that it makes.

    By the days of its calendar month; those that end a year of the post share what is left of the twelve
    months, which differs in February alone.
    """
    years = 0
    while (first := anniversary(debut, years)) <= last:
        after = anniversary(debut, years + 1)
        began = Fraction(length(first) - first.day + 1, length(first))
        day = first
        while day < after and day <= last:
            ends = (day.year, day.month) == (after.year, after.month)
            yield years, day, (1 - began) / (after.day - 1) if ends else Fraction(1, length(day))
            day += DAY
        years += 1


MINIMA = {5: Fraction("1815.79"), 9: Fraction("2159.91")}
DEFAULTS = {
    "facteur_employeur": "1.30",
    "prime_fin_cdd": "0.10",
    "mise_en_place": "700",
    "gestion_mensuelle": "83",
    "paie_mensuelle": "70",
    "provision_fin_contrat": "1200",
    "coefficient": "1.6",
}


class Oracle:
    """The same invoice, computed again day by day from the dicts, the published figures and nothing else."""

    def __init__(self, post: Given, way: Given, until: date | None) -> None:
        self.post, self.way, self.mode = post, way, way["mode"]
        self.last = min(each for each in (post["fin"], until) if each) if post["fin"] or until else None
        self.last = self.last or anniversary(post["debut"], 1) - DAY
        self.cumulated: dict[str, dict[date, int]] = {}
        for name, rate in self._rates().items():
            self.cumulated[name] = self._cumulated(rate)

    def _typed(self, name: str, default: bool = True) -> Fraction:
        value = self.way.get(name)
        if value is None:
            value = DEFAULTS.get(name, 0) if default else 0
        return Fraction(value)

    def _wage(self) -> Fraction:
        post, way = self.post, self.way
        if way.get("cout_charge_annuel") is not None:
            return Fraction(way["cout_charge_annuel"]) / 12
        if way.get("salaire_charge_mensuel") is not None:
            return Fraction(way["salaire_charge_mensuel"])
        gross = MINIMA[post["position"]] if post["salaire_brut"] is None else Fraction(post["salaire_brut"])
        time = Fraction(post["heures_hebdomadaires"] or 0) / 35 + Fraction(post["etp"] or 0)
        return (
            gross * time * self._typed("coefficient" if self.mode == "coefficient" else "facteur_employeur")
        )

    def _rates(self) -> dict[str, Fraction]:
        rates = {"salaire_charge": self._wage()}
        if self.mode in ("direct", "groupement"):
            rates["paie"] = self._typed("paie_mensuelle", self.mode == "groupement")
        if self.mode == "groupement":
            rates["gestion"] = self._typed("gestion_mensuelle")
            rates["deplacements"] = self._typed("deplacements_mensuels")
        return rates

    def _cumulated(self, rate: Fraction) -> dict[date, int]:
        """Centimes from the start to each day, each year of the post rounded by itself."""
        found, before, running, current = {}, 0, Fraction(0), 0
        rise = Fraction(self.post["hausse_annuelle"] or 0) if rate == self._wage() else Fraction(0)
        assert self.last is not None
        for years, day, month in months_by_day(self.post["debut"], self.last):
            if years != current:
                before, running, current = before + half_up(running), Fraction(0), years
            running += rate * (1 + rise) ** years * month
            found[day] = before + half_up(running)
        return found

    def once(self) -> dict[tuple[str, date], int]:
        """Centimes that fall on one day, by item."""
        debut, fin, last = self.post["debut"], self.post["fin"], self.last
        assert last is not None
        found = {("mise_en_place", debut): self._typed("mise_en_place", self.mode == "groupement")}
        found["recrutement", debut] = self._typed("recrutement")
        for years in range(last.year - debut.year + 1):
            if anniversary(debut, years) <= last:
                found["adhesion", anniversary(debut, years)] = self._typed("adhesion_annuelle")
        if self.post["contrat_travail"] == "CDD":
            if self.mode == "groupement":
                called = debut if self.way["appel_provision"] == "debut" else fin
                found["provision_fin_contrat", called] = self._typed("provision_fin_contrat")
            elif self.mode != "coefficient":
                rise, wage = Fraction(self.post["hausse_annuelle"] or 0), self._wage()
                paid = sum(wage * (1 + rise) ** y * month for y, _, month in months_by_day(debut, fin))
                found["prime_fin_cdd", fin] = paid * self._typed("prime_fin_cdd")
        cents = {key: half_up(euros) for key, euros in found.items() if key[1] <= last}
        return {key: each for key, each in cents.items() if each}

    def expected(self, line: CostLine) -> Decimal:
        sums = self.cumulated[line.rubrique]
        return Decimal(sums[line.fin] - sums.get(line.debut - DAY, 0)).scaleb(-2)


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced())
@PROPERTY
def test_every_line_is_that_of_an_independent_exact_computation(
    case: tuple[Given, Given, date | None],
) -> None:
    found, oracle = invoiced_cost(*case), Oracle(*case)
    once = {"mise_en_place", "recrutement", "adhesion", "provision_fin_contrat", "prime_fin_cdd"}
    assert {
        (line.rubrique, line.debut): int(line.montant * 100) for line in found.lines if line.rubrique in once
    } == oracle.once()
    running = [line for line in found.lines if line.rubrique not in once]
    assert [line.montant for line in running] == [oracle.expected(line) for line in running]
    sums = by_item(found)
    for name, cumulated in oracle.cumulated.items():
        assert sums.get(name, 0) * 100 == cumulated[found.fin]


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced())
@PROPERTY
def test_lines_sum_to_the_total_in_whole_centimes_and_none_is_negative_or_empty(
    case: tuple[Given, Given, date | None],
) -> None:
    found = invoiced_cost(*case)
    assert found.total == sum(line.montant for line in found.lines)
    assert found.total == sum(line.montant for lines in found.months.values() for line in lines)
    assert all(line.montant > 0 for line in found.lines)
    assert {line.montant.as_tuple().exponent for line in found.lines} <= {-2}


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced())
@PROPERTY
def test_every_line_lies_in_one_calendar_month_of_the_post_and_lines_follow_the_days(
    case: tuple[Given, Given, date | None],
) -> None:
    found = invoiced_cost(*case)
    for line in found.lines:
        assert found.debut <= line.debut <= line.fin <= found.fin
        assert (line.debut.year, line.debut.month) == (line.fin.year, line.fin.month)
    starts = [line.debut for line in found.lines]
    assert starts == sorted(starts)
    for name in by_item(found):
        own = [line for line in found.lines if line.rubrique == name]
        assert all(before.fin < after.debut for before, after in pairwise(own))


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced(), st.integers(0, 1_000))
@PROPERTY
def test_the_lines_up_to_a_day_are_the_same_however_far_one_looks(
    case: tuple[Given, Given, date | None], days: int
) -> None:
    longer = invoiced_cost(*case)
    until = min(longer.fin, longer.debut + timedelta(days=days))
    shorter = invoiced_cost(case[0], case[1], until)
    assert [line for line in shorter.lines if line.fin < until] == [
        line for line in longer.lines if line.fin < until
    ]
    assert shorter.total <= longer.total
    for name, euros in by_item(shorter).items():
        assert euros <= by_item(longer)[name]


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced(), st.lists(st.integers(-40, 1_100), max_size=6))
@PROPERTY
def test_months_cut_in_any_way_sum_to_the_same_centimes(
    case: tuple[Given, Given, date | None], offsets: list[int]
) -> None:
    whole = invoiced_cost(*case)
    cuts = [whole.debut + timedelta(days=offset) for offset in offsets]
    pieces = invoice(whole.poste, whole.emploi, whole.fin, cuts=cuts)
    left = list(pieces.lines)
    for line in whole.lines:
        within = [
            each
            for each in left
            if each.rubrique == line.rubrique and line.debut <= each.debut and each.fin <= line.fin
        ]
        assert sum(each.montant for each in within) == line.montant
        left = [each for each in left if each not in within]
    assert left == []
    for day in cuts:
        assert not any(line.debut < day <= line.fin for line in pieces.lines)


@pytest.mark.rule("CST-01", "CST-02")
@given(poste_dicts(fin=None, contrat_travail="CDI"), emploi_dicts().map(for_a_cdi), st.integers(1, 4))
@PROPERTY
def test_twelve_identical_months_make_each_year_to_the_centime(post: Given, way: Given, years: int) -> None:
    last = anniversary(post["debut"], years) - DAY
    found, oracle = by_item(invoiced_cost(post, way, last)), Oracle(post, way, last)
    rise = Fraction(post["hausse_annuelle"] or 0)
    yearly = [half_up(12 * oracle._wage() * (1 + rise) ** year) for year in range(years)]
    assert found.get("salaire_charge", Decimal(0)) * 100 == sum(yearly)
    for name, rate in oracle._rates().items():
        if name != "salaire_charge":
            assert found.get(name, Decimal(0)) == Decimal(int(rate * 1200)).scaleb(-2) * years


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced(loaded=False, heures_hebdomadaires=None), st.integers(1, 1_000))
@PROPERTY
def test_the_salary_of_a_part_time_is_its_part_of_a_full_time_within_a_centime_a_line(
    case: tuple[Given, Given, date | None], thousandths: int
) -> None:
    post, way, until = case
    part = Fraction(thousandths, 1_000)
    full, less = (
        {
            (line.debut, line.fin): Fraction(line.montant)
            for line in invoiced_cost(post | {"etp": etp}, way, until).lines
            if line.rubrique == "salaire_charge"
        }
        for etp in ("1", number(thousandths, 3))
    )
    nothing = Fraction(0)  # what costs nothing, once rounded, makes no line
    for days in {*full, *less}:
        assert abs(less.get(days, nothing) - full.get(days, nothing) * part) <= (1 + part) / 100


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced(loaded=False), st.integers(1, 600_000), st.integers(1, 600_000))
@PROPERTY
def test_a_higher_salary_never_costs_less(
    case: tuple[Given, Given, date | None], cents: int, others: int
) -> None:
    post, way, until = case
    low, high = sorted((cents, others))
    totals = [
        invoiced_cost(post | {"salaire_brut": number(each, 2)}, way, until).total for each in (low, high)
    ]
    assert totals[0] <= totals[1]


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced(loaded=False))
@PROPERTY
def test_seventeen_and_a_half_hours_are_half_a_post_line_by_line(
    case: tuple[Given, Given, date | None],
) -> None:
    post, way, until = case
    by_hours = post | {"etp": None, "heures_hebdomadaires": "17.5"}
    by_part = post | {"etp": "0.5", "heures_hebdomadaires": None}
    assert invoiced_cost(by_hours, way, until).lines == invoiced_cost(by_part, way, until).lines


@pytest.mark.rule("CST-01", "CST-02")
@given(invoiced())
@PROPERTY
def test_a_default_that_the_caller_types_changes_where_it_comes_from_and_no_line(
    case: tuple[Given, Given, date | None],
) -> None:
    found = invoiced_cost(*case)
    defaults = {each.nom: str(each.valeur) for each in found.assumptions if each.origine == "defaut"}
    assume(case[1]["mode"] != "tese")
    typed = {name: value for name, value in defaults.items() if name in case[1]}
    assume(typed)
    again = invoiced_cost(case[0], case[1] | typed, case[2])
    assert again.lines == found.lines
    assert {assumption(again, name).origine for name in typed} == {"saisi"}
    assert all(assumption(found, name).reference is not None for name in typed)


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("emploi", "field"),
    [
        (EmploiDirect(prime_fin_cdd="0.1"), "emploi.prime_fin_cdd"),
        (FactureGroupement(provision_fin_contrat="1200"), "emploi.provision_fin_contrat"),
        (FactureGroupement(provision_fin_contrat="0"), "emploi.provision_fin_contrat"),
    ],
)
def test_what_only_a_cdd_has_is_refused_for_a_cdi_and_never_left_out_in_silence(
    emploi: EmploiDirect | FactureGroupement, field: str
) -> None:
    with pytest.raises(RefusedData) as refused:
        employment_cost(Poste(debut="2026-01-01", etp="1", position=5), emploi)
    assert [refusal.field for refusal in refused.value.refusals] == [field]


@pytest.mark.rule("CST-02")
def test_the_set_up_of_a_groupement_by_coefficient_is_paid_once_and_said_so() -> None:
    found = employment_cost(
        Poste(debut="2026-01-01", etp="1", salaire_brut="2000"), CoefficientGroupement(mise_en_place="700")
    )
    assert found.total == Decimal(2000) * 12 * Decimal("1.6") + 700
    (told,) = [each for each in found.assumptions if each.nom == "mise_en_place"]
    assert (told.valeur, told.unite, told.origine) == (Decimal(700), "euros", "saisi")
