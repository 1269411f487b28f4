"""CST-02: the account of a groupement d'employeurs and the statement of each of its members."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aide_am import RefusedData, french
from aide_am.costs.groupement import CompteGroupement, Lines, Statement, Statements, shares, statements
from aide_am.costs.groupement_rendering import coefficient_text
from aide_am.rules import groupement as rules
from cost_strategies import account_dicts, accounts, euros
from depth import drawing

PROPERTY = drawing(150)
CENT = Decimal("0.01")
pytestmark = pytest.mark.rule("CST-02")


def as_dict(**changes: Any) -> dict[str, Any]:
    """Wages 10 000 €, running costs 600 €, three doctors: 300 h, 100 h, none; 50 € of adhesion each."""
    found: dict[str, Any] = {
        "debut": "2026-01-01",
        "fin": "2026-03-31",
        "masse_salariale": "10000",
        "frais_fonctionnement": "600",
        "adhesion": "50",
        "membres": [member(1, heures="300"), member(2, heures="100"), member(3, heures="0")],
    }
    return found | changes


def member(number: int, **use: Any) -> dict[str, Any]:
    return {"identifiant": f"medecin_{number}"} | use


def money(montant: Any, libelle: str = "subvention régionale") -> dict[str, Any]:
    return {"libelle": libelle, "montant": montant}


def account(**changes: Any) -> CompteGroupement:
    return CompteGroupement.model_validate(as_dict(**changes))


def lines(*sums: str) -> Lines:
    return Lines(*map(Decimal, sums))


def refused(**changes: Any) -> dict[tuple[str, str], Any]:
    """The refusals of the account with these changes, by field and code."""
    with pytest.raises(RefusedData) as caught:
        account(**changes)
    return {(refusal.field, refusal.code): refusal for refusal in caught.value.refusals}


# What each member pays.


def test_wages_follow_real_use_and_the_coefficient_covers_what_the_adhesions_leave_of_the_costs() -> None:
    found = statements(account())
    assert found.coefficient == found.least == Fraction(10450, 10000)
    assert found.cost == 10600
    assert found.statements == (
        Statement("medecin_1", Fraction(3, 4), lines("7500", "337.5", "50", "0", "0", "0", "7887.5")),
        Statement("medecin_2", Fraction(1, 4), lines("2500", "112.5", "50", "0", "0", "0", "2662.5")),
        Statement("medecin_3", Fraction(0), lines("0", "0", "50", "0", "0", "0", "50")),
    )
    assert found.total == lines("10000", "450", "150", "0", "0", "0", "10600")


def test_a_coefficient_over_the_covering_one_is_given_back_since_a_groupement_makes_no_profit() -> None:
    found = statements(account(coefficient="1.06"))
    assert (found.coefficient, found.least) == (Fraction(106, 100), Fraction(1045, 1000))
    assert found.total == lines("10000", "600", "150", "-150", "0", "0", "10600")
    assert found.statements[0].lines == lines("7500", "450", "50", "-112.5", "0", "0", "7887.5")
    assert [each.lines.net for each in found.statements] == [
        each.lines.net for each in statements(account()).statements
    ]


def test_adhesions_over_the_running_costs_leave_the_coefficient_at_one_and_come_back_by_use() -> None:
    found = statements(account(adhesion="300"))
    assert found.coefficient == found.least == 1
    assert found.total == lines("10000", "0", "900", "-300", "0", "0", "10600")
    assert found.statements[2].lines == lines("0", "0", "300", "0", "0", "0", "300")


def test_subsidies_reduce_the_bills_and_of_the_income_only_the_part_given_back_does() -> None:
    found = statements(
        account(
            subventions=[money("1000"), money("200", "fonds européen")],
            produits=[money("500", "formation"), money("300", "conseil")],
            retrocession="0.25",
        )
    )
    assert found.total == lines("10000", "450", "150", "0", "-1200", "-200", "9200")
    assert found.statements[1].lines == lines("2500", "112.5", "50", "0", "-300", "-50", "2312.5")


def test_parts_given_as_such_bill_like_the_hours_of_which_they_are_the_share() -> None:
    parts = [member(1, part="0.75"), member(2, part="0.25"), member(3, part="0")]
    assert statements(account(membres=parts)).rows() == statements(account()).rows()


def test_three_equal_members_share_a_centime_that_does_not_divide() -> None:
    equal = [member(rank, heures=1) for rank in (1, 2, 3)]
    found = statements(account(membres=equal, masse_salariale="100", frais_fonctionnement=0, adhesion=0))
    assert [each.share for each in found.statements] == [Fraction(1, 3)] * 3
    assert sorted(each.lines.net for each in found.statements) == [Decimal("33.33")] * 2 + [Decimal("33.34")]


@pytest.mark.parametrize(
    ("wages", "costs", "adhesions", "least"),
    [
        (100, 0, 0, Fraction(1)),
        (100, 6, 0, Fraction(106, 100)),
        (100, 6, 5, Fraction(101, 100)),
        (100, 6, 6, Fraction(1)),
        (100, 6, 7, Fraction(1)),
        (3, 1, 0, Fraction(4, 3)),
    ],
)
def test_the_least_coefficient_is_cost_less_adhesions_over_wages_and_never_under_one(
    wages: int, costs: int, adhesions: int, least: Fraction
) -> None:
    assert rules.coefficient_couvrant(wages, costs, adhesions) == least


@pytest.mark.parametrize(
    ("exact", "shown"),
    [("1.06", "1.06"), ("4/3", "1.3334"), ("1.06120000001", "1.0613"), ("1.0612", "1.0612"), ("1", "1")],
)
def test_a_coefficient_is_rounded_up_to_be_shown(exact: str, shown: str) -> None:
    assert rules.coefficient_affichable(Fraction(exact)) == Fraction(shown)


def test_the_rows_are_plain_mappings() -> None:
    first = statements(account()).rows()[0]
    assert list(first) == ["membre", "part", *Lines._fields]
    assert (first["membre"], first["part"], first["net"]) == ("medecin_1", Fraction(3, 4), Decimal("7887.5"))


# What is refused.


def test_a_coefficient_just_under_the_covering_one_is_refused_as_under_invoicing() -> None:
    assert statements(account(coefficient="1.045")).total.regularisation == 0
    assert statements(account(coefficient="1.045001")).total.regularisation == Decimal("-0.01")
    refusal = refused(coefficient="1.044999")["coefficient", "sous_facturation"]
    assert refusal.received == '"1.044999"'
    assert refusal.expected.startswith("au moins 1.045 :")
    assert "sous-facturation" in refusal.expected


def test_the_least_coefficient_that_a_refusal_offers_is_rounded_up_so_that_it_is_accepted() -> None:
    changes: dict[str, Any] = {"masse_salariale": "300", "frais_fonctionnement": "100", "adhesion": 0}
    refusal = refused(**changes, coefficient="1.3333")["coefficient", "sous_facturation"]
    assert '"1.3334"' in refusal.remedy
    assert statements(account(**changes, coefficient="1.3334")).total.regularisation == Decimal("-0.02")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"fin": "2025-12-31"}, "fin", "date_impossible"),
        ({"fin": "31/03/2026"}, "fin", "date"),
        ({"masse_salariale": "-1"}, "masse_salariale", "euros"),
        ({"masse_salariale": "0"}, "masse_salariale", "masse_nulle"),
        ({"masse_salariale": 10000.0}, "masse_salariale", "euros"),
        ({"frais_fonctionnement": "-0.01"}, "frais_fonctionnement", "euros"),
        ({"adhesion": "-50"}, "adhesion", "euros"),
        ({"coefficient": "0.99"}, "coefficient", "coefficient"),
        ({"coefficient": 1.06}, "coefficient", "coefficient"),
        ({"coefficient": "1.0600001"}, "coefficient", "coefficient"),
        ({"coefficient": "1000000"}, "coefficient", "coefficient"),
        ({"coefficient": Decimal("NaN")}, "coefficient", "coefficient"),
        ({"retrocession": "1.01"}, "retrocession", "part"),
        ({"retrocession": "0.5"}, "retrocession", "sans_produits"),
        ({"produits": [money("10")]}, "retrocession", "retrocession_manquante"),
        ({"subventions": [money("-1")]}, "subventions.0.montant", "euros"),
        ({"subventions": [money("1", " ")]}, "subventions.0.libelle", "libelle"),
        ({"subventions": [money("1", "a\nb")]}, "subventions.0.libelle", "libelle"),
        ({"membres": []}, "membres", "sans_membre"),
        ({"membres": 3}, "membres", "tuple_type"),
        ({"membres": [member(1, heures="-1")]}, "membres.0.heures", "heures"),
        ({"membres": [member(1, heures=7.5)]}, "membres.0.heures", "heures"),
        ({"membres": [member(1, heures=Decimal("1E+9"))]}, "membres.0.heures", "heures"),
        ({"membres": [member(1, heures="0"), member(2, heures=0)]}, "membres", "sans_heures"),
        (
            {"membres": [member(1, heures="1"), member(1, heures=2)]},
            "membres.1.identifiant",
            "identifiant_double",
        ),
        ({"membres": [member(1)]}, "membres.0", "heures_ou_part"),
        ({"membres": [member(1, heures="1", part="1")]}, "membres.0", "heures_ou_part"),
        ({"membres": [member(1, heures="1"), member(2, part="1")]}, "membres", "heures_et_parts"),
        ({"membres": [member(1, part="0.5"), member(2, part="0.501")]}, "membres", "parts_au_dela_de_un"),
        ({"membres": [member(1, part="0.5"), member(2, part="0.499")]}, "membres", "parts_incompletes"),
        ({"membres": [member(1, part="1.5")]}, "membres.0.part", "part"),
        ({"tva": "20"}, "tva", "extra_forbidden"),
    ],
)
def test_what_cannot_be_true_is_refused_in_french(changes: dict[str, Any], field: str, code: str) -> None:
    found = refused(**changes)
    assert list(found) == [(field, code)]
    assert str(found[field, code]).startswith(f"{field} : reçu ")


@pytest.mark.parametrize("name", ["debut", "fin", "masse_salariale", "frais_fonctionnement", "membres"])
def test_what_an_account_needs_is_asked_for_and_nothing_else_is_refused(name: str) -> None:
    given = as_dict()
    del given[name]
    with pytest.raises(RefusedData) as caught:
        CompteGroupement.model_validate(given)
    assert [(refusal.field, refusal.code) for refusal in caught.value.refusals] == [(name, "missing")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subventions": [money("10450")]}, "subventions"),
        ({"produits": [money("10450")], "retrocession": "1"}, "produits"),
        ({"subventions": [money("450")], "produits": [money("20000")], "retrocession": "0.5"}, "subventions"),
    ],
)
def test_resources_may_pay_the_whole_use_but_not_a_centime_more(changes: dict[str, Any], field: str) -> None:
    found = statements(account(**changes))
    assert [each.lines.net for each in found.statements] == [50, 50, 50]
    first = changes[field][0]["montant"]
    more = changes | {field: [money(f"{first}.01" if field == "subventions" else "10450.01")]}
    assert [key[0] for key in refused(**more)] == [field]


def test_adhesions_over_the_whole_cost_are_refused() -> None:
    assert statements(account(adhesion="3533.33")).total.net == 10600
    assert list(refused(adhesion="3533.34")) == [("adhesion", "ressources_au_dela_du_cout")]


def test_every_refusal_comes_at_once() -> None:
    found = refused(
        fin="2025-01-01",
        masse_salariale="0",
        frais_fonctionnement="-1",
        subventions=[money("x")],
        membres=[member(1, heures="1"), member(1, heures="1"), member(3, heures="un")],
    )
    assert set(found) == {
        ("fin", "date_impossible"),
        ("masse_salariale", "masse_nulle"),
        ("frais_fonctionnement", "euros"),
        ("subventions.0.montant", "euros"),
        ("membres.1.identifiant", "identifiant_double"),
        ("membres.2.heures", "heures"),
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"produits": [money("10")], "retrocession": "moitié"}, "retrocession"),
        ({"produits": [money("x")], "retrocession": "0.5"}, "produits.0.montant"),
        ({"produits": "beaucoup", "retrocession": "0.5"}, "produits"),
        ({"adhesion": "x", "coefficient": "1"}, "adhesion"),
        ({"membres": [member(1, heures="x"), member(2, heures="0")]}, "membres.0.heures"),
    ],
)
def test_nothing_is_compared_to_what_cannot_be_read(changes: dict[str, Any], field: str) -> None:
    assert [key[0] for key in refused(**changes)] == [field]


def test_statements_are_made_of_an_account_and_nothing_else() -> None:
    with pytest.raises(RefusedData, match="un CompteGroupement"):
        statements(as_dict())  # type: ignore[arg-type]


# What a reader sees.


def test_the_explanation_tells_the_coefficient_each_member_and_the_sources() -> None:
    text = statements(account(subventions=[money("0.60")])).explain()
    for part in (
        "Groupement d’employeurs, du 1er janvier 2026 au 31 mars 2026",
        "Coût du groupement : 10 600 € (salaires chargés 10 000 €, frais de fonctionnement 600 €).",
        "Coefficient sur les salaires chargés : 1,045.",
        "À payer par les membres : 10 599,40 €.",
        "Subvention « subvention régionale » : 0,60 €.",
        "−0,45 €",
        "medecin_3 : aucune utilisation, seule l’adhésion est due.",
        "[CST-02]",
        "Banque des Territoires",
        "groupement ASOE",
    ):
        assert part in text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"coefficient": "1.06"},
            "Le coefficient dépasse celui qui couvre les frais de fonctionnement (1,045)",
        ),
        ({"adhesion": "300"}, "Les adhésions dépassent les frais de fonctionnement : l’excédent, 300 €"),
        ({"adhesion": "0"}, "medecin_3 : aucune utilisation, rien n’est dû."),
        (
            {"produits": [money("500")], "retrocession": "0.2"},
            "Le groupement garde 400 € de ses produits : ils ne réduisent pas ces décomptes.",
        ),
    ],
)
def test_a_note_says_what_is_given_back_and_what_is_kept(changes: dict[str, Any], said: str) -> None:
    notes = statements(account(**changes)).notes
    assert any(french.typeset(said) in note for note in notes)


def test_an_account_without_surplus_nor_income_in_which_all_take_part_needs_no_note() -> None:
    assert statements(account(membres=[member(1, heures="1")])).notes == ()


def test_a_rétrocession_is_told_with_its_part_and_its_sum() -> None:
    text = statements(account(produits=[money("500", "formation")], retrocession="0.2")).explain("markdown")
    assert french.typeset("Produit « formation » : 500 €.") in text
    assert french.typeset("Rétrocession de 20 % des produits : 100 €.") in text


@pytest.mark.parametrize(
    ("exact", "said"),
    [
        ("1", "1"),
        ("1.06", "1,06"),
        ("1.061225", "1,061225"),
        ("4/3", "1,3334, arrondi par excès (exactement 4/3)"),
        ("1.0000001", "1,0001, arrondi par excès (exactement 10 000 001/10 000 000)"),
    ],
)
def test_a_coefficient_is_said_in_decimals_with_its_fraction_where_they_do_not_end(
    exact: str, said: str
) -> None:
    assert coefficient_text(Fraction(exact)).replace(french.NARROW, " ") == said


def test_a_notebook_shows_html_and_a_format_that_does_not_exist_is_an_error() -> None:
    found = statements(account())
    assert found._repr_html_() == found.explain("html")
    assert found.explain("html").startswith("<div")
    with pytest.raises(ValueError, match="format inconnu"):
        found.explain("pdf")  # type: ignore[arg-type]


# What holds for every account.


@PROPERTY
@given(accounts())
def test_the_shares_sum_to_one(account: CompteGroupement) -> None:
    assert sum(shares(account)) == 1


@PROPERTY
@given(accounts())
def test_the_statements_sum_to_the_cost_less_subsidies_and_rétrocession(account: CompteGroupement) -> None:
    found = statements(account)
    given_back = sum(each.montant for each in account.subventions)
    income = sum(each.montant for each in account.produits)
    back = Fraction(account.retrocession or 0) * Fraction(income)
    assert abs(Fraction(found.total.retrocession) + back) <= Fraction(1, 200)
    assert found.cost == account.masse_salariale + account.frais_fonctionnement
    assert found.total.net == found.cost - given_back + found.total.retrocession
    assert sum(each.lines.net for each in found.statements) == found.total.net


@PROPERTY
@given(accounts())
def test_every_line_sums_to_its_total_and_every_statement_to_its_net(account: CompteGroupement) -> None:
    found = statements(account)
    for name in Lines._fields:
        total = getattr(found.total, name)
        assert sum(getattr(each.lines, name) for each in found.statements) == total
    for each in (*(statement.lines for statement in found.statements), found.total):
        assert sum(each[:-1]) == each.net


@PROPERTY
@given(accounts())
def test_a_net_and_its_wages_are_the_exact_share_to_the_centime_and_other_lines_to_two(
    account: CompteGroupement,
) -> None:
    found, cent = statements(account), Fraction(1, 100)
    by_use = Fraction(found.total.net - found.total.adhesion)
    for each in found.statements:
        assert abs(Fraction(each.lines.salaires) - each.share * Fraction(found.total.salaires)) < cent
        assert abs(Fraction(each.lines.net - account.adhesion) - each.share * by_use) < cent
        for name in ("frais", "regularisation", "subventions", "retrocession"):
            exact = each.share * Fraction(getattr(found.total, name))
            assert abs(Fraction(getattr(each.lines, name)) - exact) < 2 * cent


@PROPERTY
@given(accounts())
def test_nobody_is_paid_by_the_groupement_and_who_uses_nothing_owes_the_adhesion_alone(
    account: CompteGroupement,
) -> None:
    for each in statements(account).statements:
        assert each.lines.net >= 0
        if each.share == 0:
            assert each.lines.net == each.lines.adhesion == account.adhesion
            assert not any(each.lines._replace(adhesion=Decimal(0), net=Decimal(0)))


@PROPERTY
@given(accounts())
def test_what_is_billed_over_the_cost_comes_back_and_the_coefficient_covers_the_cost(
    account: CompteGroupement,
) -> None:
    found = statements(account)
    total = found.total
    assert found.coefficient >= found.least >= 1
    assert total.regularisation <= 0
    assert total.salaires + total.frais + total.adhesion + total.regularisation == found.cost
    if found.coefficient == found.least > 1:
        assert total.regularisation == 0


@PROPERTY
@given(account_dicts(spare=500), st.integers(1, 500))
def test_more_subsidy_never_raises_the_net_of_a_member_by_more_than_the_centime_of_rounding(
    given_account: dict[str, Any], more: int
) -> None:
    before = statements(CompteGroupement.model_validate(given_account))
    added = [*given_account["subventions"], money(euros(more), "subvention de plus")]
    after = statements(CompteGroupement.model_validate(given_account | {"subventions": added}))
    assert after.total.net == before.total.net - Decimal(euros(more))
    for old, new in zip(before.statements, after.statements, strict=True):
        assert new.lines.net <= old.lines.net + CENT


@PROPERTY
@given(account_dicts(in_parts=False), st.integers(0, 5), st.integers(1, 100_000))
def test_more_hours_of_a_member_never_lower_his_part_of_the_wages(
    given_account: dict[str, Any], rank: int, more: int
) -> None:
    rank %= len(given_account["membres"])
    members = [dict(each) for each in given_account["membres"]]
    members[rank]["heures"] = str(Decimal(members[rank]["heures"]) + Decimal(euros(more)))
    before = statements(CompteGroupement.model_validate(given_account)).statements
    after = statements(CompteGroupement.model_validate(given_account | {"membres": members})).statements
    assert after[rank].lines.salaires >= before[rank].lines.salaires
    assert after[rank].share >= before[rank].share


@PROPERTY
@given(account_dicts(), st.randoms(use_true_random=False))
def test_the_order_of_the_members_changes_nothing_for_any_of_them(
    given_account: dict[str, Any], random: Any
) -> None:
    shuffled = list(given_account["membres"])
    random.shuffle(shuffled)
    before = statements(CompteGroupement.model_validate(given_account)).statements
    after = statements(CompteGroupement.model_validate(given_account | {"membres": shuffled})).statements
    assert [each.member for each in after] == [each["identifiant"] for each in shuffled]
    assert set(after) == set(before)


@PROPERTY
@given(accounts())
def test_the_coefficient_shown_is_accepted_and_a_hair_under_the_exact_one_is_not(
    account: CompteGroupement,
) -> None:
    found = statements(account)
    shown = rules.coefficient_affichable(found.least)
    assume(1 < shown < 900_000)
    given_account = account.model_dump()
    text = format(Decimal(shown.numerator) / shown.denominator, "f")
    accepted = CompteGroupement.model_validate(given_account | {"coefficient": text})
    assert statements(accepted).least == found.least
    under = format(Decimal(int((found.least - Fraction(1, 10**6)) * 10**6)).scaleb(-6), "f")
    with pytest.raises(RefusedData, match="coefficient"):
        CompteGroupement.model_validate(given_account | {"coefficient": under})


@PROPERTY
@given(accounts())
def test_statements_are_read_back_from_their_json_which_fits_its_schema(account: CompteGroupement) -> None:
    found = statements(account)
    assert Statements.from_json(found.to_json()) == found
    assert CompteGroupement.model_validate_json(account.model_dump_json()) == account
    jsonschema.validate(json.loads(found.to_json()), Statements.json_schema())


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize("name", ["adhesion", "frais_fonctionnement"])
def test_a_sum_that_is_said_to_be_nothing_at_all_is_refused(name: str) -> None:
    account = {
        "debut": "2026-01-01",
        "fin": "2026-12-31",
        "masse_salariale": "90000",
        "frais_fonctionnement": "5400",
        "membres": [{"identifiant": "medecin_1", "heures": "1607"}],
    }
    with pytest.raises(RefusedData) as refused:
        CompteGroupement.model_validate(account | {name: None})
    assert [refusal.field for refusal in refused.value.refusals] == [name]
