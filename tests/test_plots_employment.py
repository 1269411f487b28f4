"""The pictures of a post: the treasury month by month, the ways to employ side by side."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Readings, RefusedData, bareme_at
from aide_am.collective.examples import collective_examples
from aide_am.costs.collective import collective_cost
from aide_am.costs.comparison import compare_employment, usual_ways
from aide_am.costs.models import Associe, CoefficientGroupement, EmploiDirect, Modalite, Poste
from aide_am.costs.records import Case, EmploymentComparison, RemainingCost, YearBalance
from aide_am.costs.remaining import remaining_cost, shared_cost
from aide_am.costs.sentences import CASES
from aide_am.french import capital
from aide_am.plots import employment_chart, treasury_chart
from aide_am.plots.employment import MOST_WAYS
from depth import drawing
from support import dossier

POST = Poste(debut=date(2024, 9, 1), etp="1", position=9)
PATH = {3: {"pmt": 1500, "pfa": 1890}, 4: {"pmt": 1540, "pfa": 1900}, 5: {"pmt": 1560, "pfa": 1910}}
UNSEEN = dossier(observation=None)
REFORM = bareme_at(date(2024, 9, 1)).with_changes(montants={("1", "3+", "p30_p90"): 30_000})
Rows = list[dict[str, Any]]


def spec(chart: alt.LayerChart) -> dict[str, Any]:
    """The chart as Vega-Lite, checked against its schema."""
    found = chart.to_dict(validate=True)
    assert json.loads(json.dumps(found)) == found
    return found


def layer(chart: alt.LayerChart, *fields: str) -> Rows:
    """The rows of the one layer, or of the twin layers, that draw exactly these fields."""
    found = [rows for rows in spec(chart)["datasets"].values() if rows and set(rows[0]) == set(fields)]
    assert len(found) <= 1
    return found[0] if found else []


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def written(chart: alt.LayerChart) -> str:
    """The titles in plain spaces."""
    title = spec(chart)["title"]
    return plain(" ".join([*title["text"], *title["subtitle"]]))


@cache
def alone(name: str) -> RemainingCost:
    """One doctor: a path that is certain, one that is not, none at all, a contract of 1/3 ETP."""
    third = dossier(
        **{"contrat.option_etp": "1/3", "contrat.date_signature": "2022-03-01", "observation": None}
    )
    part_time = Poste(debut=date(2022, 3, 15), heures_hebdomadaires="11.7", salaire_brut="2300")
    return {
        "path": lambda: remaining_cost(dossier(), POST, EmploiDirect(), PATH),
        "partial": lambda: remaining_cost(dossier(), POST, EmploiDirect(), {3: {"pmt": 1500}}),
        "none": lambda: remaining_cost(UNSEEN, POST, EmploiDirect()),
        "third": lambda: remaining_cost(third, part_time, EmploiDirect(mode="tese"), years=3),
    }[name]()


@cache
def shared() -> RemainingCost:
    associes = [
        Associe(identifiant="medecin_1", part="2/3", dossier=dossier(), observations=PATH),
        Associe(identifiant="medecin_2", part="1/3"),
    ]
    return shared_cost(POST, CoefficientGroupement(), associes)


def without(remaining: RemainingCost, first: date) -> RemainingCost:
    """The same, nobody knowing from one month on what is paid in the best case."""
    balance = remaining.balance
    months = tuple(
        month if month.mois < first else month._replace(paid=None, treasury=None)
        for month in balance.cases[-1].months
    )
    cases = (*balance.cases[:-1], balance.cases[-1]._replace(months=months))
    return remaining._replace(balances=(balance._replace(cases=cases),))


# --- The treasury of one payer ------------------------------------------------------------------


def lines(chart: alt.LayerChart) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for row in layer(chart, "mois", "tresorerie", "cas", "dit"):
        found.setdefault(row["cas"], []).append(row["tresorerie"])
    return found


def sums(case: Case) -> list[float]:
    return [float(month.treasury) for month in case.months if month.treasury is not None]


@pytest.mark.rule("CST-03")
@pytest.mark.parametrize("name", ["path", "partial", "none", "third"])
def test_the_line_of_each_case_is_its_treasury_at_the_end_of_every_month(name: str) -> None:
    balance = alone(name).balance
    drawn = lines(treasury_chart(alone(name)))
    assert set(drawn) == {capital(CASES[case.name]) for case in balance.cases}
    for case in balance.cases:
        line, own = drawn[capital(CASES[case.name])], sums(case)
        assert line[: len(own)] == own  # these contracts all begin in the same month
        assert set(line[len(own) :]) <= {own[-1]}  # nothing moves any more


@pytest.mark.parametrize("name", ["path", "partial", "none", "third"])
def test_the_band_spans_the_worst_and_the_best_case_every_month(name: str) -> None:
    chart = treasury_chart(alone(name))
    band = layer(chart, "mois", "tresorerie", "meilleur")
    drawn = lines(chart)
    assert [row["tresorerie"] for row in band] == drawn[capital(CASES["pire"])]
    assert [row["meilleur"] for row in band] == drawn[capital(CASES["meilleur"])]
    assert all(row["tresorerie"] <= row["meilleur"] for row in band)


def test_the_axis_bears_every_month_once_and_says_some_of_them_in_french() -> None:
    x = spec(treasury_chart(alone("path")))["layer"][0]["encoding"]["x"]
    months = x["scale"]["domain"]
    assert (months[0], months[1], months[-1]) == ("sept. 2024", "oct. 2024", "sept. 2029")
    assert len(months) == len(set(months)) == 61
    assert x["axis"]["values"] == months[::6]


@pytest.mark.parametrize(
    ("name", "prudent", "said"),
    [
        ("path", "trajectoire", "creux : −53 165,31 € en août 2029"),
        ("partial", "trajectoire_basse", "creux : −102 473 € en septembre 2029"),
        ("none", "pire", "creux : −102 473 € en septembre 2029"),
    ],
)
def test_the_lowest_month_of_the_prudent_case_is_marked(name: str, prudent: Any, said: str) -> None:
    lowest = alone(name).balance.case(prudent).lowest
    assert lowest is not None
    (mark,) = layer(treasury_chart(alone(name)), "mois", "tresorerie", "dit")
    assert (mark["tresorerie"], plain(mark["dit"])) == (float(lowest.treasury or 0), said)


def test_each_of_those_who_share_has_his_own_treasury() -> None:
    first, second = treasury_chart(shared()), treasury_chart(shared(), "medecin_2")
    assert lines(first) == lines(treasury_chart(shared(), "medecin_1")) != lines(second)
    assert lines(second)[capital(CASES["pire"])] == sums(shared().balances[1].cases[0])
    assert "(medecin_1)" in written(first)
    assert "Médecine générale, 1 ETP" in written(first)
    assert "Part du poste : 1/3 (33,33 %)." in written(second)
    assert "n’a pas de contrat d’aide" in written(second)
    assert "Médecine générale" not in written(second)


def test_a_treasury_that_nobody_knows_from_a_month_on_is_drawn_up_to_there_and_said() -> None:
    chart = treasury_chart(without(alone("none"), date(2026, 9, 1)))
    drawn = lines(chart)
    assert len(drawn[capital(CASES["meilleur"])]) == 24
    assert len(layer(chart, "mois", "tresorerie", "meilleur")) == 24
    assert len(drawn[capital(CASES["pire"])]) == 61
    assert "à partir de septembre 2026 : " + CASES["meilleur"] in written(chart)
    assert "à partir de" not in written(treasury_chart(alone("none")))


def test_no_month_is_called_the_lowest_where_one_of_the_prudent_case_is_not_known() -> None:
    worst = alone("none").balance.cases[0]
    unknown = tuple(month._replace(treasury=None) for month in worst.months[30:])
    cases = (worst._replace(months=worst.months[:30] + unknown), alone("none").balance.cases[-1])
    found = alone("none")._replace(balances=(alone("none").balance._replace(cases=cases),))
    assert layer(treasury_chart(found), "mois", "tresorerie", "dit") == []


def test_a_case_that_ends_sooner_or_begins_later_keeps_its_treasury() -> None:
    worst, best = alone("none").balance.cases
    cases = (worst, best._replace(months=best.months[2:40]))
    found = alone("none")._replace(balances=(alone("none").balance._replace(cases=cases),))
    line = lines(treasury_chart(found))[capital(CASES["meilleur"])]
    assert line[:3] == [0.0, 0.0, float(best.months[2].treasury or 0)]
    assert set(line[40:]) == {float(best.months[39].treasury or 0)}
    assert len(line) == 61


def test_the_treasury_of_a_contrat_collectif_is_refused_for_no_source_dates_its_aid() -> None:
    group = next(iter(collective_examples().values()))
    poste = Poste(debut=group.date_signature, etp=str(group.etp), salaire_brut="2300")
    with pytest.raises(RefusedData, match="aucune source ne date l’aide collective"):
        treasury_chart(collective_cost(group, poste, EmploiDirect()))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"identifiant": "medecin_3"}, '"medecin_3" ; attendu : un payeur : medecin_1, medecin_2'),
        ({"identifiant": 1}, "un payeur : medecin_1, medecin_2"),
    ],
)
def test_a_payer_who_is_none_is_refused_in_french(options: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedData, match=said):
        treasury_chart(shared(), **options)
    with pytest.raises(RefusedData, match="un RemainingCost"):
        treasury_chart(alone("path").cost)  # type: ignore[arg-type]


def test_the_picture_of_a_treasury_says_how_weak_its_sources_are_and_what_is_not_counted() -> None:
    text = written(treasury_chart(alone("path")))
    assert "Coût : 2 chiffres par défaut, dont la source la plus faible est de nature « déduction »." in text
    assert "Non compté : hausse annuelle du salaire, paye confiée" in text
    assert "Aide : la source la plus faible utilisée est de nature « source secondaire »" in text
    assert "l’aide est versée le dernier jour permis" in text
    assert "Lectures" not in text
    own = EmploiDirect(facteur_employeur="1.42", paie_mensuelle="30", recrutement="500")
    paid = Poste(debut=date(2024, 9, 1), etp="1", salaire_brut="1700", position=9, hausse_annuelle="0")
    other = written(
        treasury_chart(remaining_cost(dossier(), paid, own, PATH, readings=Readings(taux_atteinte="niveau")))
    )
    assert "par défaut, dont" not in other
    assert "Non compté" not in other
    assert (
        "Lectures autres que par défaut : taux d’atteinte d’un objectif d’augmentation (patientèle observée"
        in other
    )
    assert "sous le minimum conventionnel" in other


def test_the_treasury_of_a_simulated_bareme_says_so() -> None:
    found = remaining_cost(UNSEEN, POST, EmploiDirect(), bareme=REFORM)
    assert written(treasury_chart(found)).startswith("BARÈME SIMULÉ")
    assert "SIMULÉ" not in written(treasury_chart(alone("none")))


# --- The ways to employ -------------------------------------------------------------------------

THREE = {name: usual_ways()[name] for name in ("Emploi direct", "Groupement, facture", "SCM")}
BAR = ("ligne", "modalite", "annee", "cout", "dit", "regles", "de", "a", "etat")
TEXT = ("ligne", "modalite", "annee", "cout", "dit", "regles", "x")
POSSIBLE = ("Reste à payer, possible", "L’aide dépasse le coût, possible")


@cache
def compared(path: str) -> EmploymentComparison:
    seen: dict[str, Any] = {"path": PATH, "partial": {3: {"pmt": 1500}}, "none": None}
    return compare_employment(dossier() if seen[path] else UNSEEN, POST, THREE, seen[path])


def ends(chart: alt.LayerChart, way: str, year: int) -> tuple[float, float, float, float]:
    """The lowest and the highest end of a bar, and the same of its certain pieces."""
    bars = [row for row in layer(chart, *BAR) if (row["modalite"], row["annee"]) == (way, str(year))]
    sure = [row for row in bars if row["etat"] not in POSSIBLE]
    low, high = (min([0.0, *(r["de"] for r in rows)]) for rows in (bars, sure))
    return low, max([0.0, *(r["a"] for r in bars)]), high, max([0.0, *(r["a"] for r in sure)])


def expected_ends(rests: list[Decimal]) -> tuple[float, float, float, float]:
    low, high = float(min(rests)), float(max(rests))
    return min(low, 0.0), max(high, 0.0), min(high, 0.0), max(low, 0.0)


def rests(comparison: EmploymentComparison, way: str, rank: int, names: list[Any]) -> list[Decimal]:
    found = [comparison.way(way).remaining.balance.case(name).years[rank].rest for name in names]
    assert None not in found
    return found


@pytest.mark.rule("CST-04")
@pytest.mark.parametrize("way", THREE)
@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("path", ["trajectoire"]),
        ("partial", ["trajectoire_basse", "trajectoire_haute"]),
        ("none", ["pire", "meilleur"]),
    ],
)
def test_the_bar_of_each_way_and_year_is_its_reste_a_charge(path: str, names: list[Any], way: str) -> None:
    comparison = compared(path)
    chart = employment_chart(comparison)
    for rank in range(5):
        assert ends(chart, way, rank + 1) == expected_ends(rests(comparison, way, rank, names))


@pytest.mark.parametrize("way", THREE)
def test_a_thin_line_spans_what_the_rules_allow_around_a_path(way: str) -> None:
    spans = {row["ligne"]: row for row in layer(employment_chart(compared("path")), "ligne", "de", "a")}
    for rank in range(5):
        low, high = sorted(map(float, rests(compared("path"), way, rank, ["pire", "meilleur"])))
        span = spans.get(f"{rank + 1}\t{way}")
        assert (low, high) == (low, low) if span is None else (span["de"], span["a"]) == (low, high)
    assert len(spans) == 3 * len(THREE)  # the aid of the first two years is certain
    assert layer(employment_chart(compared("none")), "ligne", "de", "a") == []


def labels(chart: alt.LayerChart) -> dict[tuple[str, str], str]:
    return {(row["modalite"], row["annee"]): plain(row["dit"]) for row in layer(chart, *TEXT)}


def test_the_sums_stand_in_words_and_the_totals_under_the_years() -> None:
    with_path, bare = (labels(employment_chart(compared(path))) for path in ("path", "none"))
    assert with_path["Emploi direct", "1"] == "−4 305 €"
    assert with_path["Emploi direct", "3"] == "15 695 €, au pire 33 695 €"
    assert with_path["Emploi direct", "toutes"] == "42 165 € (selon les règles, de 36 473 € à 102 473 €)"
    assert bare["Emploi direct", "3"] == "de 11 695 € à 33 695 €"
    assert bare["Emploi direct", "toutes"] == "de 36 473 € à 102 473 €"
    assert "Barre : la trajectoire donnée." in written(employment_chart(compared("path")))
    assert "Barre : la trajectoire donnée." in written(employment_chart(compared("partial")))
    assert "aucune trajectoire n’est donnée" in written(employment_chart(compared("none")))


def test_an_aid_that_exceeds_the_cost_is_under_zero_and_the_legend_says_it() -> None:
    chart = employment_chart(compared("path"))
    found = {(row["etat"], row["de"] < 0) for row in layer(chart, *BAR)}
    assert found == {("Reste à payer", False), ("L’aide dépasse le coût", True)}
    domain = spec(chart)["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert domain == ["Reste à payer", "L’aide dépasse le coût"]


def test_a_rest_that_no_text_gives_has_no_bar_and_says_so() -> None:
    asked = dossier(**{"contrat.option_etp": "1.5", "observation": None})
    comparison = compare_employment(asked, POST, THREE, force=True)
    years = comparison.way("SCM").remaining.balance.cases[0].years
    unknown = [str(year.annee) for year in years if year.rest is None]
    assert unknown
    chart = employment_chart(comparison)
    assert not [row for row in layer(chart, *BAR) if row["annee"] in unknown]
    said = labels(chart)
    assert {said[way, annee] for way in THREE for annee in (*unknown, "toutes")} == {"à dire par la caisse"}
    assert "aucun texte ne donne le montant de l’aide" in written(chart)


@drawing(60)
@given(low=st.integers(-(10**7), 10**7), more=st.integers(0, 10**7), cost=st.integers(0, 10**7))
def test_a_bar_spans_any_two_rests_to_the_centime_on_both_sides_of_zero(
    low: int, more: int, cost: int
) -> None:
    best, worst = Decimal(low).scaleb(-2), Decimal(low + more).scaleb(-2)
    balance = compared("none").way("SCM").remaining.balance
    cases = tuple(
        case._replace(years=(_year(case.years[0], rest, cost),), months=())
        for case, rest in zip(balance.cases, (worst, best), strict=True)
    )
    chart = employment_chart(_with_cases(compared("none"), cases))
    assert ends(chart, "SCM", 1) == expected_ends([best, worst])
    scale = spec(chart)["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert scale[0] <= min(0.0, float(best))
    assert scale[1] >= max(0.0, float(worst))


def _year(year: YearBalance, rest: Decimal, cost: int) -> YearBalance:
    return year._replace(cost=Decimal(cost).scaleb(-2), rest=rest, cumulated=rest)


def _with_cases(comparison: EmploymentComparison, cases: tuple[Case, ...]) -> EmploymentComparison:
    scm = comparison.way("SCM")
    balance = scm.remaining.balance._replace(cases=cases)
    return EmploymentComparison((scm._replace(remaining=scm.remaining._replace(balances=(balance,))),))


def many(count: int) -> Mapping[str, Modalite]:
    return {f"modalité {rank}": Modalite(emploi=EmploiDirect()) for rank in range(count)}


@pytest.mark.parametrize("count", [1, 2, MOST_WAYS])
def test_as_many_ways_as_can_be_read_are_drawn_year_by_year(count: int) -> None:
    chart = employment_chart(compare_employment(UNSEEN, POST, many(count)))
    keys = spec(chart)["layer"][0]["encoding"]["y"]["scale"]["domain"]
    heads = [key for key in keys if "\t" not in key]
    assert len(keys) - len(heads) == count * 6 == len(layer(chart, *TEXT))
    assert heads[0] == "Année 1 (sept. 2024 – août 2025)"
    assert heads[-1] == "Total du contrat, sans barre"
    assert keys[: count + 1] == [heads[0], *(f"1\t{name}" for name in many(count))]


@pytest.mark.parametrize("count", [0, MOST_WAYS + 1])
def test_no_way_and_more_ways_than_can_be_read_are_refused_in_french(count: int) -> None:
    comparison = compare_employment(UNSEEN, POST, many(count))
    with pytest.raises(
        RefusedData, match=f"{count} modalités ; attendu : de 1 à {MOST_WAYS}, pour être lues"
    ):
        employment_chart(comparison)
    with pytest.raises(RefusedData, match="un EmploymentComparison"):
        employment_chart(comparison.rows())  # type: ignore[arg-type]


def test_the_picture_of_the_ways_says_which_of_them_a_remark_is_about() -> None:
    half = Modalite(structure="SCM", part="1/2", emploi=EmploiDirect(), frais_structure_annuels="400")
    comparison = compare_employment(UNSEEN, POST, {**THREE, "SCM à deux": half}, bareme=REFORM)
    text = written(employment_chart(comparison))
    assert text.startswith("BARÈME SIMULÉ : ce résultat n’est pas le droit en vigueur. Reste à charge")
    assert text.count("Médecine générale, 1 ETP, contrat du 1er septembre 2024") == 1
    assert "« SCM » : les frais propres de la structure ne sont pas donnés" in text
    assert "Part du poste : « SCM à deux » 1/2 (50 %)." in text
    assert "« SCM à deux » : le temps de travail financé (0,5 ETP)" in text
    assert "Non compté : hausse annuelle du salaire ; dans certaines modalités, paye confiée" in text
    assert "de nature « déduction »" in text
    assert "Trésorerie" not in text


# --- Files --------------------------------------------------------------------------------------


@cache
def pictures() -> dict[str, alt.LayerChart]:
    return {
        "Trésorerie à la fin de chaque mois": treasury_chart(alone("path")),
        "Reste à charge selon le mode d’emploi": employment_chart(compare_employment(dossier(), POST)),
    }


@pytest.mark.parametrize("title", pictures())
def test_a_picture_of_a_post_saves_to_png_and_svg_with_french_numbers(title: str, tmp_path: Path) -> None:
    chart = pictures()[title]
    chart.save(str(tmp_path / "image.png"), scale_factor=1)
    assert (tmp_path / "image.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert (tmp_path / "image.png").stat().st_size > 10_000
    chart.save(str(tmp_path / "image.svg"))
    svg = plain((tmp_path / "image.svg").read_text("utf-8"))
    assert svg.startswith("<svg")
    assert title in svg
    numbers = re.findall(r">([^<>]*)</text>", svg)
    assert any(re.search("[0-9] [0-9]{3} €", number) for number in numbers)
    assert not any(re.search(r"[0-9],[0-9]{3}\b", number) for number in numbers)
    assert any("sept. 2024" in number for number in numbers)


def test_a_treasury_of_the_longest_contract_is_still_a_picture(tmp_path: Path) -> None:
    found = remaining_cost(UNSEEN, POST, EmploiDirect(), years=99)
    ticks = spec(treasury_chart(found))["layer"][0]["encoding"]["x"]["axis"]["values"]
    assert 1 < len(ticks) <= 11
    treasury_chart(found).save(str(tmp_path / "image.svg"))
    assert (tmp_path / "image.svg").stat().st_size > 10_000
