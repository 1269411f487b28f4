"""The pictures: what is drawn is what the engine says, in French, without network."""

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Dossier, Readings, RefusedData, bareme_at, evaluate, frontier, schedule
from aide_am.frames import evaluate_frame, summarise
from aide_am.models import Observation
from aide_am.plots import amount_map, distribution_chart, schedule_chart, spend_chart
from depth import drawing
from support import dossier
from test_summary import rows_of, table

LAW = bareme_at(date(2024, 9, 1))
REFORM = LAW.with_changes(montants={("1", "3+", "p30_p90"): 30_000})
MOST = 5_000
"""The values beyond which Altair refuses a chart."""
Rows = list[dict[str, Any]]


def spec(chart: alt.LayerChart) -> dict[str, Any]:
    """The chart as Vega-Lite, checked against its schema."""
    found = chart.to_dict(validate=True)
    assert json.loads(json.dumps(found)) == found
    return found


def values(chart: alt.LayerChart, *fields: str) -> Rows:
    """The distinct rows of the layers that draw these fields."""
    found: list[Any] = []
    for rows in spec(chart)["datasets"].values():
        found += [row for row in rows if set(fields) <= set(row) and row not in found]
    return found


def drawn(chart: alt.LayerChart) -> int:
    """How many values a chart holds."""
    return sum(len(rows) for rows in spec(chart)["datasets"].values())


def written(chart: alt.LayerChart) -> str:
    """The titles in plain spaces."""
    title = spec(chart)["title"]
    return plain(" ".join([*title["text"], *title["subtitle"]]))


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def euros(amount: Any) -> tuple[float, float]:
    assert amount is not None
    return float(amount.low), float(amount.high)


# --- The amount over the observed counts --------------------------------------------------------

DERMATOLOGUE = dossier(**{
    "medecin.specialite": "dermatologie", "contrat.patientele_initiale": {"pfa": 2400},
    "contrat.objectifs": {"pfa": 2700}, "observation": {"pfa": 2550},
})  # fmt: skip
SENIOR = dossier(**{"medecin.date_naissance": "1950-01-01", "contrat.objectifs": None})
OPEN = dossier(**{"contrat.objectifs": None})


def due(asked: Dossier, **counts: int) -> tuple[float, float]:
    seen = asked.model_copy(update={"observation": Observation(**counts)})
    return euros(evaluate(seen).amount_due)


@cache
def cells(name: str) -> Rows:
    asked = {"readme": dossier(), "senior": SENIOR, "open": OPEN}[name]
    return values(amount_map(asked), "pmt_de", "pfa_a", "montant")


@pytest.mark.parametrize("name", ["readme", "senior", "open"])
@drawing(60)
@given(data=st.data())
def test_every_count_of_the_map_has_one_cell_that_says_its_amount(name: str, data: st.DataObject) -> None:
    asked, drawn_cells = {"readme": dossier(), "senior": SENIOR, "open": OPEN}[name], cells(name)
    pmt = data.draw(
        st.integers(min(c["pmt_de"] for c in drawn_cells), max(c["pmt_a"] for c in drawn_cells) - 1)
    )
    pfa = data.draw(
        st.integers(min(c["pfa_de"] for c in drawn_cells), max(c["pfa_a"] for c in drawn_cells) - 1)
    )
    (cell,) = [c for c in drawn_cells if c["pmt_de"] <= pmt < c["pmt_a"] and c["pfa_de"] <= pfa < c["pfa_a"]]
    low, _ = due(asked, pmt=cell["pmt_de"], pfa=cell["pfa_de"])
    _, high = due(asked, pmt=cell["pmt_a"] - 1, pfa=cell["pfa_a"] - 1)
    here = due(asked, pmt=pmt, pfa=pfa)
    assert low <= here[0] <= here[1] <= high
    assert cell["certain"] is (here[0] == here[1])
    assert cell["montant"] == (pytest.approx((low + high) / 2) if cell["certain"] else None)


def test_the_bounds_of_the_map_are_the_counts_at_which_a_rule_changes() -> None:
    steps = frontier(dossier()).steps
    assert {1300, 1547} == set(steps["pmt"][1:]) <= {cell["pmt_de"] for cell in cells("readme")}
    assert {1800, 1905} == set(steps["pfa"][1:]) <= {cell["pfa_de"] for cell in cells("readme")}
    ticks = spec(amount_map(dossier()))["layer"][0]["encoding"]["x"]["axis"]["values"]
    assert {1300, 1547} < set(ticks)


def test_the_doctor_stands_on_the_map_where_he_was_observed() -> None:
    (place,) = [row for row in values(amount_map(dossier()), "dit", "pmt_de") if "médecin" in row["dit"]]
    assert (place["pmt_de"], place["pfa_de"], plain(place["dit"])) == (1500, 1890, "médecin : 18 000 €")
    chart = amount_map(dossier(observation=None))
    assert not [row for row in values(chart, "dit") if "médecin" in row["dit"]]
    assert "Rien n’est observé" in written(chart)


def test_the_amount_over_one_indicator_is_exact_at_every_count() -> None:
    """Half of the way from 2400 to 2700, P90 not published: 11 000 to 13 000 € (a rise excludes P95)."""
    chart = amount_map(DERMATOLOGUE)
    points = values(chart, "pfa_de", "bas", "haut", "pfa")
    for point, after in pairwise(points):
        for count in {point["pfa_de"], after["pfa_de"] - 1}:
            assert (point["bas"], point["haut"]) == due(DERMATOLOGUE, pfa=count)
    assert [point["pfa_de"] for point in points[1:-1]] == [*range(2400, 2686)]  # one step a patient
    (segment,) = [row for row in values(chart, "pfa_de", "bas", "haut") if "pfa" not in row]
    assert segment == {"pfa_de": 2550, "bas": 11000.0, "haut": 13000.0}
    assert "le montant n’est connu qu’entre deux bornes" in written(chart)


def test_a_simulated_bareme_a_reading_and_the_nature_of_the_source_stand_on_the_picture() -> None:
    chart = amount_map(dossier(), bareme=REFORM, readings=Readings(taux_atteinte="niveau"))
    text = written(chart)
    assert text.startswith("BARÈME SIMULÉ : ce résultat n’est pas le droit en vigueur. Montant dû")
    assert (
        "Lectures autres que par défaut : taux d’atteinte d’un objectif d’augmentation (patientèle observée"
        in text
    )
    assert "de nature « déduction »" in text
    default = written(amount_map(dossier()))
    assert "SIMULÉ" not in default
    assert "Lectures" not in default
    assert "de nature « source secondaire »" in default


@pytest.mark.parametrize("asked", [dossier(), SENIOR, OPEN, DERMATOLOGUE, dossier(annee=1)])
def test_a_picture_of_one_doctor_holds_less_than_altair_may_hold(asked: Dossier) -> None:
    chart = amount_map(asked)
    assert 0 < len(values(chart, "dit")) <= drawn(chart) < MOST


def test_a_doctor_who_is_not_eligible_has_no_map_unless_forced() -> None:
    refused = dossier(**{"medecin.secteur": "non_conventionne"})
    with pytest.raises(RefusedData, match="non éligible"):
        amount_map(refused)
    assert "22 000 €" in plain(json.dumps(spec(amount_map(refused, force=True)), ensure_ascii=False))


# --- The schedule -------------------------------------------------------------------------------


def bars_of(chart: alt.LayerChart) -> Iterator[tuple[str, str, float, float]]:
    for row in values(chart, "versement", "de", "a", "etat"):
        yield plain(row["versement"]), row["etat"], row["de"], row["a"]


@pytest.mark.rule("VRS-03")
def test_every_payment_has_a_bar_certain_possible_or_to_give_back() -> None:
    """Year 3: 18 000 €, of which 11 000 as acompte; year 4: nothing due; year 5: not observed yet."""
    found = schedule(dossier(), {3: {"pmt": 1500, "pfa": 1890}, 4: {"pmt": 1290, "pfa": 1790}})
    bars = [(name.split(" –")[0], *bar) for name, *bar in bars_of(schedule_chart(found))]
    possible, back = "Possible (entre les deux bornes)", "Trop-perçu possible"
    assert bars == [
        ("Année 1, versement unique", "Certain", 0, 38000),
        ("Année 2, versement unique", "Certain", 0, 28000),
        ("Année 3, acompte", "Certain", 0, 11000),
        ("Année 3, solde", "Certain", 0, 7000),
        ("Année 4, acompte", "Certain", 0, 11000),
        ("Année 4, trop-perçu", "Trop-perçu", -11000, 0),
        ("Année 5, acompte", "Certain", 0, 11000),
        ("Année 5, solde", possible, 0, 11000),
        ("Année 5, solde", back, -11000, 0),
    ]


@pytest.mark.parametrize("option", ["1", "0.5", "1/3"])
def test_the_bars_of_a_payment_span_its_amount_to_the_euro(option: str) -> None:
    asked = dossier(
        **{"contrat.option_etp": option, "contrat.date_signature": "2022-03-01", "observation": None}
    )
    found = schedule(asked)
    chart = schedule_chart(found)
    bars = list(bars_of(chart))
    labels = {plain(row["versement"]): plain(row["dit"]) for row in values(chart, "versement", "x")}
    assert len(labels) == len(found.payments)
    for payment, name in zip(found.payments, labels, strict=True):
        assert payment.amount is not None
        mine = [bar for bar in bars if bar[0] == name]
        low, high = euros(payment.amount)
        assert min([0.0, *(bar[2] for bar in mine)]) == min(low, 0.0)
        assert max([0.0, *(bar[3] for bar in mine)]) == max(high, 0.0)
        assert sum(bar[3] - bar[2] for bar in mine) == max(high, 0) - min(low, 0)


def test_a_payment_that_no_text_gives_has_no_bar_and_says_so() -> None:
    found = schedule(dossier(**{"contrat.option_etp": "1.5", "annee": 3}), force=True)
    assert any(payment.amount is None for payment in found.payments)
    chart = schedule_chart(found)
    said = {row["versement"]: row["dit"] for row in values(chart, "versement", "x")}
    drawn_names = {row["versement"] for row in values(chart, "versement", "etat")}
    silent = [name for name in said if name not in drawn_names]
    assert silent
    assert {said[name] for name in silent} == {"à dire par la caisse"}


def test_a_schedule_of_a_simulated_bareme_says_so_and_nothing_else_is_a_schedule() -> None:
    assert written(schedule_chart(schedule(dossier(), bareme=REFORM))).startswith("BARÈME SIMULÉ")
    with pytest.raises(RefusedData, match="un Schedule"):
        schedule_chart(dossier())  # type: ignore[arg-type]


# --- A distribution -----------------------------------------------------------------------------


def counts(size: int, seed: int = 5) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    patients = random.gamma(6, 200, size).astype(int)
    missing = [
        None if lost else int(count) for count, lost in zip(patients, random.random(size) < 0.1, strict=True)
    ]
    return pl.DataFrame({"specialite": ["medecine_generale"] * size, "pmt_initiale": missing})


KINDS = {
    "polars": lambda frame: frame,
    "lazy": lambda frame: frame.lazy(),
    "pandas": lambda frame: frame.to_pandas(),
    "pyarrow": lambda frame: frame.to_arrow(),
    "duckdb": lambda frame: duckdb.from_arrow(frame.to_arrow()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_bars_of_a_distribution_count_every_doctor_once(kind: str) -> None:
    frame = counts(2_000)
    chart = distribution_chart(KINDS[kind](frame))
    bars = values(chart, "de", "a", "medecins")
    known = frame["pmt_initiale"].drop_nulls()
    end = bars[-1]["a"] if known.max() < bars[-1]["a"] else 4_400  # type: ignore[operator]
    assert sum(bar["medecins"] for bar in bars) == (known < end).sum()
    for bar in bars:
        assert bar["medecins"] == known.is_between(bar["de"], bar["a"] - 1).sum()
    assert "d’effectif non connu" in written(chart)


def test_the_percentiles_stand_on_the_distribution_with_their_source() -> None:
    chart = distribution_chart(counts(500))
    known = LAW.percentiles["medecine_generale", "pmt"]
    rules = {plain(row["dit"]): row["de"] for row in values(chart, "de", "dit")}
    assert list(rules.values()) == [known.p30, known.p50, known.p90, known.p95]
    assert list(rules) == ["P30 : 775", "P50 : 1 045", "P90 : 1 858", "P95 : 2 187"]
    patients = counts(500)["pmt_initiale"].drop_nulls()
    under = round(100 * (patients < 775).sum() / len(patients))
    assert f"sous P30 {under} %" in written(chart)
    assert "P30, P50, P90 et P95 : convention médicale 2024-2029, source secondaire" in written(chart)


def test_percentiles_that_are_not_published_are_said_not_to_be() -> None:
    frame = (
        counts(500).rename({"pmt_initiale": "pfa_initiale"}).with_columns(specialite=pl.lit("dermatologie"))
    )
    chart = distribution_chart(frame, "pfa")
    assert [plain(row["dit"]) for row in values(chart, "de", "dit")] == ["P30 : 1 916"]
    assert "Non publiés : P50, P90 et P95." in written(chart)
    nobody = frame.with_columns(specialite=pl.lit("hematologie"))
    assert "Non publiés : P30, P50, P90 et P95." in written(distribution_chart(nobody, "pfa"))


def test_percentiles_of_a_simulated_bareme_are_said_to_be_simulated() -> None:
    law = LAW.with_changes(percentiles={("medecine_generale", "pmt", "p30"): 800})
    chart = distribution_chart(counts(200), bareme=law)
    assert written(chart).startswith("BARÈME SIMULÉ")
    assert "P30 : 800" in {plain(row["dit"]) for row in values(chart, "de", "dit")}


def test_a_quarter_of_a_million_doctors_are_some_dozens_of_values() -> None:
    chart = distribution_chart(counts(250_000))
    assert drawn(chart) < 80
    assert len(json.dumps(spec(chart))) < 20_000
    outlier = pl.concat(
        [counts(100), pl.DataFrame({"specialite": ["medecine_generale"], "pmt_initiale": [9_999_999]})]
    )
    assert "4 400 patients et plus : 1." in written(distribution_chart(outlier))


TWO = pl.concat([counts(2), counts(2).with_columns(specialite=pl.lit("mep"))])


@pytest.mark.parametrize(
    ("frame", "options", "said"),
    [
        (counts(5), {"indicator": "pma"}, '"pmt" ou "pfa"'),
        (counts(5), {"indicator": "pfa"}, "une colonne du tableau : specialite, pmt_initiale"),
        (counts(5), {"specialite": "dermatologie"}, "une spécialité qui a cet indicateur"),
        (counts(5), {"bareme": "2024"}, "un Bareme"),
        (counts(5).drop("specialite"), {}, "la spécialité du groupe"),
        (counts(5).with_columns(pl.col("pmt_initiale").cast(pl.String)), {}, "le type String"),
        (counts(5).with_columns(pmt_initiale=pl.lit(None, pl.Int64)), {}, "aucun effectif connu"),
        (TWO, {}, r"2 spécialités dans le tableau \(medecine_generale, mep\)"),
        ("counts.csv", {}, "un tableau pandas, Polars"),
    ],
)  # fmt: skip
def test_a_distribution_that_cannot_be_drawn_is_refused_in_french(
    frame: Any, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedData, match=said):
        distribution_chart(frame, **options)


# --- The spend of two barèmes -------------------------------------------------------------------

DOCTORS = table(
    {},
    {"annee": 1},
    {"pmt_objectif": None, "pfa_objectif": None},
    {"departement": "31", "pmt_observee": 1600},
    {"departement": "31", "pmt_observee": None, "pfa_observee": None},
    {"departement": None, "pmt_observee": 1600},
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bars_of_two_baremes_are_the_sums_of_their_summaries(kind: str) -> None:
    frame = KINDS[kind](DOCTORS)
    before, after = evaluate_frame(frame), evaluate_frame(frame, bareme=REFORM)
    bars = values(spend_chart(before, after, by="departement"), "de", "a", "etat")
    for name, answers in (("Barème en vigueur", before), ("Barème simulé", after)):
        for row in rows_of(summarise(answers, by="departement")):
            mine = [
                b for b in bars if (b["serie"], b["groupe"]) == (name, row["departement"] or "non renseigné")
            ]
            assert mine[0]["a"] == float(row["amount_due_low"])
            assert mine[-1]["a"] == float(row["amount_due_high"])
            assert len(mine) == (1 if row["amount_due_low"] == row["amount_due_high"] else 2)
            assert mine[0]["sans"] == row["without_amount"]


def test_the_spend_of_a_simulated_bareme_says_what_it_changes_and_what_is_in_no_bar() -> None:
    chart = spend_chart(evaluate_frame(DOCTORS), evaluate_frame(DOCTORS, bareme=REFORM))
    text = written(chart)
    assert text.startswith("BARÈME SIMULÉ")
    assert "Barème en vigueur : entre 100 000 € et 122 000 € ; 1 dossier sans montant connu." in text
    assert "Barème simulé : montant, 1 ETP, année 3 et suivantes, de P30 à P90 : 30 000 €." in text


@pytest.mark.rule("DIT-01")
def test_the_spend_says_how_many_contracts_are_counted_as_if_they_were_admitted() -> None:
    answers = evaluate_frame(table({"annee": 1}, {"annee": 1, "secteur": None}))
    text = written(spend_chart(answers, answers))
    assert "76 000 € ; 1 dossier à instruire, compté si le contrat est admis." in text


@pytest.mark.rule("DIT-01", "VRS-01")
def test_the_picture_of_the_payments_of_a_doctor_to_be_examined_says_what_they_hang_on() -> None:
    text = written(schedule_chart(schedule(dossier(**{"medecin.secteur": None}))))
    assert "Total dû sur 5 ans si le contrat est admis : " in text
    map_of = written(amount_map(dossier(**{"medecin.secteur": None})))
    assert map_of.startswith("Montant dû si le contrat est admis selon la patientèle observée")


@pytest.mark.rule("DIT-01")
def test_no_payment_of_a_doctor_to_be_examined_is_called_certain_and_no_group_bears_a_code() -> None:
    asked = schedule_chart(schedule(dossier(**{"medecin.secteur": None})))
    sure = {bar[1] for bar in bars_of(asked)}
    assert "Certain si le contrat est admis" in sure
    assert "Certain" not in sure
    answers = evaluate_frame(table({"annee": 1}, {"annee": 1, "secteur": None}))
    drawn_groups = {bar["groupe"] for bar in values(spend_chart(answers, answers, by="verdict"), "etat")}
    assert drawn_groups == {"Éligible", "À instruire"}


def test_two_readings_are_before_and_after_and_are_named() -> None:
    before, after = (
        evaluate_frame(DOCTORS),
        evaluate_frame(DOCTORS, readings=Readings(arrondi="troncature_euro")),
    )
    text = written(spend_chart(before, after))
    assert "Après : lectures autres que par défaut : arrondi du montant (à l’euro inférieur)." in text
    named = spend_chart(before, after, names=("Règle", "Étude"))
    assert {bar["serie"] for bar in values(named, "serie", "etat")} == {"Règle", "Étude"}


def test_the_spend_under_a_scenario_is_what_is_expected() -> None:
    answers = evaluate_frame(DOCTORS)
    chart = spend_chart(answers, answers, scenario="0.5", by="annee")
    wanted = {
        str(row["annee"]): float(row["expected_low"])
        for row in rows_of(summarise(answers, by="annee", scenario="0.5"))
    }
    assert {bar["groupe"]: bar["a"] for bar in values(chart, "serie", "etat")} == wanted
    assert "Montant attendu selon le scénario" in written(chart)


def test_more_groups_than_can_be_read_are_refused() -> None:
    many = pl.concat([DOCTORS.head(1)] * 41).with_columns(rang=pl.int_range(41))
    answers = evaluate_frame(many)
    with pytest.raises(RefusedData, match="41 groupes ; attendu : 40 au plus"):
        spend_chart(answers, answers, by="rang")
    with pytest.raises(RefusedData, match="un nom de colonne, ou rien"):
        spend_chart(answers, answers, by=["rang"])  # type: ignore[arg-type]


# --- Files and notebooks ------------------------------------------------------------------------


@cache
def pictures() -> dict[str, alt.LayerChart]:
    answers = evaluate_frame(DOCTORS)
    return {
        "Montant dû selon la patientèle observée": amount_map(dossier()),
        "Versements du contrat": schedule_chart(schedule(dossier())),
        "distribution de la": distribution_chart(counts(300)),
        "BARÈME SIMULÉ": spend_chart(answers, evaluate_frame(DOCTORS, bareme=REFORM), by="departement"),
    }


@pytest.mark.parametrize("title", pictures())
def test_a_picture_saves_to_png_svg_and_html_without_network(title: str, tmp_path: Path) -> None:
    chart = pictures()[title]
    chart.save(str(tmp_path / "image.png"), scale_factor=1)
    assert (tmp_path / "image.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    chart.save(str(tmp_path / "image.svg"))
    svg = (tmp_path / "image.svg").read_text("utf-8")
    assert svg.startswith("<svg")
    assert title in plain(svg)
    numbers = re.findall(r">([^<>]*)</text>", svg)
    assert any(re.search("[0-9]\u202f[0-9]{3}", number) for number in numbers)
    assert not any(re.search(r"[0-9],[0-9]{3}\b", number) for number in numbers)
    chart.save(str(tmp_path / "image.html"), inline=True)
    page = (tmp_path / "image.html").read_text("utf-8")
    assert not re.search(r'<(script|link)[^>]*(src|href)="', page)


@pytest.mark.parametrize("title", pictures())
def test_a_picture_shows_itself_in_a_notebook_without_network(title: str) -> None:
    with alt.renderers.enable("svg"):
        shown = pictures()[title]._repr_mimebundle_()
    assert "<svg" in str(shown["image/svg+xml"])  # type: ignore[index,call-overload]


def test_without_its_extra_the_module_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['altair'] = None\n"
        "try:\n    import aide_am.plots\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("AideAmError les graphiques demandent")
    assert 'pip install "aide-am[plots]"' in shown.stdout
    assert importlib.import_module("aide_am.plots").__all__ == sorted(
        importlib.import_module("aide_am.plots").__all__
    )


def test_pandas_groups_without_an_amount_are_left_out_of_the_bars() -> None:
    unseen = table({"departement": "31", "pmt_observee": None, "pfa_observee": None}, {})
    answers = evaluate_frame(unseen.to_pandas())
    assert isinstance(answers, pd.DataFrame)
    chart = spend_chart(answers, answers, by="departement")
    assert {bar["groupe"] for bar in values(chart, "serie", "etat")} == {"09"}
    assert Decimal(18000) == values(chart, "serie", "etat")[0]["a"]
