"""What if: how many patients away the next amount is, and the map of all the amounts of a year."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aide_am import Decision, Dossier, Readings, RefusedData, bareme_at, evaluate
from aide_am.decision import Amount
from aide_am.documents import Format
from aide_am.evaluation import paliers
from aide_am.models import Observation
from aide_am.readings import CHOICES
from aide_am.rules.objectives import ONE, ZERO
from aide_am.whatif import Frontier, Gap, Gaps, Tile, Together, better, consulted, frontier, gaps
from depth import drawing
from strategies import dossiers, maybe, readings
from support import as_dict, dossier

Counted = Callable[[int, int], Decision]


def euros(low: str, high: str | None = None) -> Amount:
    bottom, top = Decimal(low).quantize(Decimal("0.01")), Decimal(high or low).quantize(Decimal("0.01"))
    return Amount(bottom, top, bottom if bottom == top else None)


FULL, NOTHING, OPEN = euros("22000"), euros("0"), euros("0", "22000")


def gaps_of(*, readings: dict[str, Any] | None = None, force: bool = False, **overrides: Any) -> Gaps:
    return gaps(dossier(**overrides), readings=Readings(**(readings or {})), force=force)


def frontier_of(*, readings: dict[str, Any] | None = None, force: bool = False, **overrides: Any) -> Frontier:
    return frontier(dossier(**overrides), readings=Readings(**(readings or {})), force=force)


def counted(found: Dossier, chosen: Readings) -> Counted:
    """The decision at any observed PMT and PFA."""

    @cache
    def at(pmt: int, pfa: int) -> Decision:
        seen = found.model_copy(update={"observation": Observation(pmt=pmt, pfa=pfa)})
        return evaluate(seen, readings=chosen, force=True)

    return at


def due(decision: Decision) -> Amount:
    assert decision.amount_due is not None
    return decision.amount_due


# --- The example of the README, by hand ---------------------------------------------------------


def test_the_doctor_of_the_example_is_13_pmt_or_1_pfa_away_from_more_and_may_lose_200_pmt() -> None:
    """Base 1300/1800, targets 1560/1910, observed 1500/1890: rates 200/260 and 90/110, due 18 000 €.

    PMT pays more from 213/260 on (18 023,08 €), all from 1300 + ⌈0,95 × 260⌉ = 1547 on; under 1300, nothing.
    PFA: 91/110 gives 18 200 €; all from 1800 + ⌈0,95 × 110⌉ = 1905 on; 89/110 gives 17 800 €.
    """
    found = gaps_of()
    assert found.amount == euros("18000")
    assert found.indicators == {
        "pmt": Gap("pmt", 1500, 13, euros("18023.08"), 47, FULL, 200, NOTHING),
        "pfa": Gap("pfa", 1890, 1, euros("18200"), 15, FULL, 0, euros("17800")),
    }
    assert found.together is None


def test_the_map_of_the_example_has_nine_rectangles() -> None:
    """The prorata runs from 0 at both bases to 246/260 of 22 000 € at 1546 and 1904."""
    found = frontier_of()
    assert found.steps == {"pmt": (0, 1300, 1547), "pfa": (0, 1800, 1905)}
    pmt, pfa = ((0, 1299), (1300, 1546), (1547, None)), ((0, 1799), (1800, 1904), (1905, None))
    under = [Tile(*pmt[0], *each, "zero", True, NOTHING, NOTHING) for each in pfa]
    middle = [
        Tile(*pmt[1], *pfa[0], "zero", True, NOTHING, NOTHING),
        Tile(*pmt[1], *pfa[1], "prorata", False, NOTHING, euros("20815.38")),
        Tile(*pmt[1], *pfa[2], "cent", True, FULL, FULL),
    ]
    over = [
        Tile(*pmt[2], *pfa[0], "zero", True, NOTHING, NOTHING),
        Tile(*pmt[2], *pfa[1], "cent", True, FULL, FULL),
        Tile(*pmt[2], *pfa[2], "cent", True, FULL, FULL),
    ]
    assert found.tiles == (*under, *middle, *over)


@pytest.mark.parametrize(
    ("pmt", "pfa", "expected"),
    [
        (1299, 5000, "0"), (1300, 1800, "0"), (1300, 1801, "200"), (1301, 1800, "84.62"),
        (1546, 1904, "20815.38"), (1547, 1904, "22000"), (1546, 1905, "22000"), (9000, 1799, "0"),
    ],
)  # fmt: skip
def test_the_map_answers_at_any_count(pmt: int, pfa: int, expected: str) -> None:
    assert frontier_of().at(pmt, pfa) == euros(expected)


def test_a_doctor_whose_two_indicators_fell_needs_both_and_is_told_the_shortest_way() -> None:
    """1250/1700: both bases give a rate of 0; one patient more on either, the fewest PMT: 50 and 101."""
    found = gaps_of(**{"observation.pmt": 1250, "observation.pfa": 1700})
    assert found.indicators["pmt"] == Gap("pmt", 1250, None, None, 0, NOTHING, 1250, None)
    assert found.indicators["pfa"] == Gap("pfa", 1700, None, None, 0, NOTHING, 1700, None)
    assert found.together == Together(50, 101, euros("200"))


def test_a_doctor_at_the_maximum_can_gain_nothing_and_knows_what_he_may_lose() -> None:
    """1560/1910: one objective may be missed without a fall, never both; each may fall to its base."""
    found = gaps_of(**{"observation.pmt": 1560, "observation.pfa": 1910})
    assert found.indicators["pmt"] == Gap("pmt", 1560, None, None, 0, FULL, 260, NOTHING)
    assert found.indicators["pfa"] == Gap("pfa", 1910, None, None, 0, FULL, 110, NOTHING)
    assert found.together is None


# --- The other regimes --------------------------------------------------------------------------

SENIOR = {"medecin.date_naissance": "1950-01-01", "contrat.objectifs": None}
MIXED = {"contrat.objectifs": {"pmt": 1560, "pfa": 1800}}
ALONE = {
    "medecin.specialite": "dermatologie",
    "contrat.patientele_initiale": {"pmt": None, "pfa": 2000},
    "contrat.objectifs": {"pmt": None, "pfa": 2200},
    "observation": {"pmt": None, "pfa": 2150},
    "percentiles": {"pfa": {"p50": 2500, "p90": 3000, "p95": 4000}},
}
SENIOR_ALONE = ALONE | {"medecin.date_naissance": "1950-01-01", "contrat.objectifs": None}
PRIMO = {
    "medecin.date_installation": "2024-03-01",
    "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
    "contrat.objectifs": None,
    "observation": {"pmt": 900, "pfa": 1000},
}
FELL = {"observation.pmt": 1250, "observation.pfa": 1850}


@pytest.mark.parametrize(
    ("overrides", "steps"),
    [
        pytest.param(SENIOR, {"pmt": (0, 1170), "pfa": (0, 1620)}, id="65 ans : 10 %"),
        pytest.param(MIXED, {"pmt": (0, 1300), "pfa": (0, 1710)}, id="mixte : base, et 95 % de la base"),
        pytest.param(ALONE, {"pfa": (0, 2000, 2190)}, id="file active seule"),
        pytest.param(PRIMO, {"pmt": (0, 775, 1045), "pfa": (0, 1219, 1514)}, id="primo-installé : P30, P50"),
        pytest.param({"annee": 2}, {"pmt": (0,), "pfa": (0,)}, id="année 2 : tout est payé"),
    ],
)
def test_the_steps_of_a_doctor_are_the_counts_of_his_regime(
    overrides: dict[str, Any], steps: dict[str, tuple[int, ...]]
) -> None:
    assert frontier_of(**overrides).steps == steps


@pytest.mark.parametrize(
    ("chosen", "overrides", "steps"),
    [
        ({"taux_atteinte": "niveau"}, {}, {"pmt": (0, 1300, 1482), "pfa": (0, 1800, 1815)}),
        ({"tolerance_augmentation": "5_points"}, {},
         {"pmt": (0, 1235, 1300, 1547), "pfa": (0, 1710, 1800, 1905)}),
        ({"borne_tolerance": "exclue"}, SENIOR, {"pmt": (0, 1171), "pfa": (0, 1621)}),
        ({"trou_6_2": "cent"}, MIXED, {"pmt": (0, 1300), "pfa": (0, 1710, 1801)}),
        ({}, SENIOR_ALONE, {"pfa": (0, 1800)}),
        ({"tolerance_6_2": "5_points"}, SENIOR_ALONE, {"pfa": (0, 1900)}),
        ({"tolerance_6_2": "5_points"}, SENIOR, {"pmt": (0, 1170), "pfa": (0, 1620)}),
        ({"modulation_avant_2024": "inconnue"}, {"contrat.date_signature": "2021-09-01"},
         {"pmt": (0,), "pfa": (0,)}),
    ],
)  # fmt: skip
def test_another_reading_moves_the_steps(
    chosen: dict[str, str], overrides: dict[str, Any], steps: dict[str, tuple[int, ...]]
) -> None:
    assert frontier_of(readings=chosen, force=True, **overrides).steps == steps


def test_a_doctor_with_pfa_alone_has_one_row_of_segments() -> None:
    """2000 to 2200: nothing under the base, all from 2190; at 2150, 150/200 of 22 000 € = 16 500 €."""
    found = frontier_of(**ALONE)
    assert found.tiles == (
        Tile(None, None, 0, 1999, "zero", True, NOTHING, NOTHING),
        Tile(None, None, 2000, 2189, "prorata", False, NOTHING, euros("20790")),
        Tile(None, None, 2190, None, "cent", True, FULL, FULL),
    )
    assert found.at(pfa=2150) == found.at(7, 2150) == euros("16500")
    assert gaps_of(**ALONE).indicators == {
        "pfa": Gap("pfa", 2150, 1, euros("16610"), 40, FULL, 0, euros("16390"))
    }


def test_a_senior_keeps_everything_as_long_as_one_indicator_holds() -> None:
    """1200/1600: 90 % of 1300 is held, of 1800 is not; at 1169 the better rate is 1169/1300."""
    found = gaps_of(**{**SENIOR, "observation.pmt": 1200, "observation.pfa": 1600})
    assert found.indicators["pmt"] == Gap("pmt", 1200, None, None, 0, FULL, 30, euros("19783.08"))
    assert found.indicators["pfa"] == Gap("pfa", 1600, None, None, 0, FULL, 1600, None)


def test_a_doctor_with_mixed_objectives_loses_everything_with_one_patient_under_a_floor() -> None:
    found = gaps_of(**{**MIXED, "observation.pfa": 1720})
    assert found.indicators["pmt"] == Gap("pmt", 1500, None, None, 0, FULL, 200, NOTHING)
    assert found.indicators["pfa"] == Gap("pfa", 1720, None, None, 0, FULL, 10, NOTHING)


def test_a_primo_installe_is_paid_by_the_better_rate_until_one_indicator_reaches_p50() -> None:
    """900/1045 = 0,8612 beats 1000/1514; PFA passes it at 1304, and 145 PMT more need 219 PFA beside."""
    found = gaps_of(**PRIMO)
    assert found.amount == euros("18947.37")
    assert found.indicators["pfa"].to_gain == 304
    assert found.indicators["pfa"].to_full == 514
    assert found.indicators["pmt"].to_gain == 1
    assert found.indicators["pmt"].to_full == 145


def test_the_first_two_years_have_nothing_to_gain_and_everything_to_lose() -> None:
    for annee in (1, 2):
        found = gaps_of(annee=annee)
        for gap in found.indicators.values():
            assert (gap.to_gain, gap.next_amount, gap.to_full, gap.amount_below) == (None, None, 0, None)
            assert gap.can_lose == gap.observed
            assert gap.full_amount == found.amount
        assert [tile.kind for tile in frontier_of(annee=annee).tiles] == ["cent"]


# --- Intervals ----------------------------------------------------------------------------------


@pytest.mark.rule("MOD-08")
def test_exceptional_circumstances_are_neither_better_nor_worse_than_a_prorata() -> None:
    """From a fall the caisse decides, 0 to 22 000 €: only the whole amount is surely better.

    From a prorata, a fall leaves an interval that starts lower: it is not as good.
    """
    lifted = {"circonstances_exceptionnelles": True}
    fallen = gaps_of(**lifted, **FELL)
    assert fallen.amount == OPEN
    assert fallen.indicators["pmt"] == Gap("pmt", 1250, 297, FULL, 297, FULL, 1250, None)
    assert fallen.indicators["pfa"] == Gap("pfa", 1850, None, None, 0, OPEN, 1850, None)
    present = gaps_of(**lifted)
    assert present.indicators["pmt"] == Gap("pmt", 1500, 13, euros("18023.08"), 47, FULL, 200, OPEN)
    nothing = gaps_of(**lifted, **{"observation.pmt": 1300, "observation.pfa": 1800})
    assert nothing.amount == NOTHING
    assert nothing.indicators["pmt"].can_lose == 1300


def test_a_doctor_of_unknown_age_has_the_steps_of_both_regimes_and_intervals() -> None:
    found = frontier_of(**{"medecin.date_naissance": None, "contrat.objectifs": None})
    assert found.steps == {"pmt": (0, 1170), "pfa": (0, 1620)}
    assert {tile.kind for tile in found.tiles} == {"intervalle"}
    assert found.at(0, 0) == NOTHING
    assert found.at(1170, 0) == OPEN


def test_an_unknown_band_leaves_an_interval_of_which_both_ends_count() -> None:
    unknown = {**ALONE, "percentiles": None}
    assert gaps_of(**unknown).amount == euros("16500", "19500")
    assert gaps_of(**unknown).indicators["pfa"].next_amount == euros("16610", "19630")
    assert [tile.kind for tile in frontier_of(**unknown).tiles] == ["zero", "prorata", "cent"]


def test_a_reform_that_pays_less_to_those_who_do_better_is_followed_as_it_is() -> None:
    """Nothing for two objectives reached: one of them is the best there is, and reaching the other costs."""
    perverse = bareme_at(date(2026, 9, 1)).with_changes(modulation={("MOD-01", "atteint", "atteint"): "zero"})
    found = gaps(dossier(**{"observation.pmt": 1500, "observation.pfa": 1905}), bareme=perverse)
    assert found.amount == FULL
    assert found.indicators["pmt"] == Gap("pmt", 1500, None, None, 0, FULL, 200, NOTHING)
    reached = gaps(dossier(**{"observation.pmt": 1547, "observation.pfa": 1905}), bareme=perverse)
    assert reached.amount == NOTHING
    assert reached.indicators["pmt"] == Gap("pmt", 1547, None, None, 0, NOTHING, 1547, None)
    assert frontier(dossier(), bareme=perverse).at(1547, 1905) == NOTHING


# --- Refusals -----------------------------------------------------------------------------------


def refused(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(RefusedData) as caught:
        call()
    return [(refusal.field, refusal.code) for refusal in caught.value.refusals]


@pytest.mark.parametrize(
    ("observation", "fields"),
    [
        (None, ["observation.pmt", "observation.pfa"]),
        ({"pmt": 1500, "pfa": None}, ["observation.pfa"]),
        ({"pmt": None, "pfa": 0}, ["observation.pmt"]),
    ],
)
def test_gaps_need_the_observation_of_every_indicator_and_name_those_that_miss(
    observation: Any, fields: list[str]
) -> None:
    unseen = dossier(observation=observation)
    assert refused(lambda: gaps(unseen)) == [(field, "observation_manquante") for field in fields]
    assert frontier(unseen).tiles == frontier_of().tiles


def test_a_doctor_with_pfa_alone_need_not_have_his_pmt_observed() -> None:
    unseen = dossier(**{**ALONE, "observation": None})
    assert refused(lambda: gaps(unseen)) == [("observation.pfa", "observation_manquante")]


def test_a_doctor_who_is_not_eligible_is_refused_unless_his_contract_runs() -> None:
    excluded = dossier(**{"medecin.remplacant": True, "observation": None})
    missing = [("observation.pmt", "observation_manquante"), ("observation.pfa", "observation_manquante")]
    assert refused(lambda: gaps(excluded)) == [("dossier", "non_eligible"), *missing]
    assert refused(lambda: frontier(excluded)) == [("dossier", "non_eligible")]
    with pytest.raises(RefusedData, match=r"ELI-09.*force=True"):
        frontier(excluded)
    assert frontier(excluded, force=True).tiles == frontier_of().tiles


def test_a_year_without_amount_is_refused_even_by_force() -> None:
    early = dossier(**{"contrat.option_etp": "2", "annee": 1})
    for call in (gaps, frontier):
        assert refused(lambda: call(early, force=True)) == [("annee", "sans_montant")]  # noqa: B023


def test_the_map_refuses_a_count_that_it_needs_and_does_not_get() -> None:
    assert refused(lambda: frontier_of().at(pfa=1800)) == [("observation.pmt", "observation_manquante")]
    assert refused(lambda: frontier_of().at(-1, 1800)) == [("pmt", "greater_than_equal")]


# --- What is written ----------------------------------------------------------------------------

SITUATIONS: tuple[dict[str, Any], ...] = (
    {}, {"annee": 1}, FELL, {"observation.pmt": 0, "observation.pfa": 0}, SENIOR, MIXED, ALONE, PRIMO,
    {"circonstances_exceptionnelles": True}, {"medecin.date_naissance": None, "contrat.objectifs": None},
)  # fmt: skip


@pytest.mark.parametrize("overrides", SITUATIONS)
def test_an_answer_travels_as_json_and_can_be_asked_again(overrides: dict[str, Any]) -> None:
    distances, whole = gaps_of(**overrides), frontier_of(**overrides)
    assert Gaps.from_json(distances.to_json()) == distances
    copied = Frontier.from_json(whole.to_json(indent=2))
    assert copied == whole
    assert copied.at(1400, 2100) == whole.at(1400, 2100)


def test_a_simulated_bareme_travels_and_is_named() -> None:
    simulated = bareme_at(date(2026, 9, 1)).with_changes(montants={("1", "3+", "p30_p90"): 30000})
    distances = gaps(dossier(), bareme=simulated)
    whole = frontier(dossier(), bareme=simulated)
    assert distances.indicators["pfa"].full_amount == whole.at(2000, 2000) == euros("30000")
    assert Frontier.from_json(whole.to_json()).at(2000, 2000) == euros("30000")
    for text in (distances.explain(), Frontier.from_json(whole.to_json()).explain()):
        assert "BARÈME SIMULÉ" in text
    assert "BARÈME SIMULÉ" not in gaps_of().explain()


def test_rows_are_flat_and_ready_for_a_data_frame() -> None:
    first, second = gaps_of().rows()
    assert (first["indicator"], first["to_gain"], first["next_low"]) == ("pmt", 13, Decimal("18023.08"))
    assert (first["can_lose"], first["below_value"]) == (200, Decimal("0.00"))
    assert (second["indicator"], second["full_high"], second["together"]) == (
        "pfa",
        Decimal("22000.00"),
        None,
    )
    both = gaps_of(**{"observation.pmt": 1250, "observation.pfa": 1700}).rows()
    assert [(row["together"], row["together_low"], row["next_low"]) for row in both] == [
        (50, Decimal("200.00"), None),
        (101, Decimal("200.00"), None),
    ]
    rows = frontier_of().rows()
    assert rows[4] == {
        "pmt_from": 1300, "pmt_to": 1546, "pfa_from": 1800, "pfa_to": 1904,
        "kind": "prorata", "constant": False,
        "lowest_low": Decimal("0.00"), "lowest_high": Decimal("0.00"), "lowest_value": Decimal("0.00"),
        "highest_low": Decimal("20815.38"), "highest_high": Decimal("20815.38"),
        "highest_value": Decimal("20815.38"),
    }  # fmt: skip
    assert len({tuple(row) for row in rows}) == 1
    assert len(rows) == 9


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("overrides", "sentences"),
    [
        ({}, ["PMT (1 500 observés) : 13 patients de plus pour 18 023,08 €, "
              "47 patients de plus pour 22 000 € ; "
              "200 patients perdus laissent au moins ce montant, un de plus donne 0 €.",
              "PFA (1 890 observés) : 1 patient de plus pour 18 200 €, 15 patients de plus pour 22 000 € ; "
              "un patient de moins donne 17 800 €.",
              "sinon : patientèle observée rapportée à la cible → montant dû 22 000 €",
              "taux_atteinte=progression (retenu) | niveau"]),
        ({"observation.pmt": 1250, "observation.pfa": 1700},
         ["Ensemble, au plus court : 50 patients de plus en PMT et "
          "101 patients de plus en PFA donnent 200 €.",
          "aucune hausse de cet indicateur seul ne donne mieux ; toute perte laisse au moins ce montant."]),
        ({"observation.pmt": 1301}, ["1 patient perdu laisse au moins ce montant"]),
        ({"observation.pmt": 1546, "observation.pfa": 1800},
         ["1 patient de plus pour 22 000 € ; un patient de moins donne 20 730,77 €."]),
        ({"medecin.date_naissance": None, "contrat.objectifs": None},
         ["Montant dû : entre 0 € et 22 000 €.", "CE QUI MANQUE", "n’est pas certain est un intervalle"]),
    ],
)  # fmt: skip
def test_the_distances_are_said_in_french(overrides: dict[str, Any], sentences: list[str]) -> None:
    said = plain(gaps_of(**overrides).explain())
    for sentence in sentences:
        assert sentence in said


@pytest.mark.parametrize(
    ("overrides", "lines"),
    [
        ({}, ["Observé : PMT 1 500 et PFA 1 890 → 18 000 €.", "1 300 à 1 546 0 € 0 € → 20 815,38 € 22 000 €",
              "1 547 et plus 0 € 22 000 € 22 000 €", "sinon : à l’euro inférieur → ",
              "les mêmes nombres de patients, d’autres montants"]),
        (ALONE, ["0 à 1 999 0 % 0 €", "2 000 à 2 189 prorata 0 € → 20 790 €",
                 "2 190 et plus 100 % 22 000 €"]),
        ({"annee": 1, "observation": None}, ["PMT PFA 0 et plus", "0 et plus 38 000 €"]),
        ({"contrat.objectifs": {"pmt": 1301, "pfa": 1910}, "observation": None},
         ["1 300 0 € 0 € → 20 800 € 22 000 €"]),
    ],
)  # fmt: skip
def test_the_map_is_said_in_french(overrides: dict[str, Any], lines: list[str]) -> None:
    said = " ".join(plain(frontier_of(**overrides).explain()).split())
    for line in lines:
        assert line in said


@pytest.mark.parametrize("format", ["texte", "markdown", "html"])
def test_both_are_written_in_the_three_formats(format: Format) -> None:
    distances, whole = gaps_of(), frontier_of()
    for text in (distances.explain(format), whole.explain(format)):
        assert "22\u202f000\u00a0€" in text
        assert "Médecine générale" in text
    assert distances._repr_html_() == distances.explain("html")
    assert whole._repr_html_() == whole.explain("html")
    with pytest.raises(ValueError, match="format inconnu"):
        distances.explain("pdf")  # type: ignore[arg-type]


def test_a_reading_under_which_nothing_is_paid_is_said_too() -> None:
    """Under P30 by one patient of PMT only when equality does not count."""
    edge = {"contrat.patientele_initiale.pmt": 775, "contrat.objectifs.pmt": 900, "observation.pmt": 850}
    said = plain(gaps_of(**edge).explain())
    assert "borne_p30=incluse (retenu) | exclue" in said
    assert "sinon : le P30 doit être dépassé → un dossier non éligible (ELI-04)" in said


# --- Against the law, count by count ------------------------------------------------------------

SIGNATURES = ("2021-09-01", "2023-06-01", "2024-09-01")
SMALL = st.integers(0, 24)
READINGS_OF_COUNTS = (
    "taux_atteinte", "tolerance_augmentation", "borne_tolerance", "trou_6_2", "primo_sous_p30", "arrondi",
    "cumul_avenant_7", "tolerance_6_2",
    "modulation_avant_2024", "tranche_deux_indicateurs", "objectifs_prorogation",
)  # fmt: skip
BEYOND = 60
"""Over every count of `small_years` at which something changes."""


@st.composite
def small_years(draw: st.DrawFn) -> Dossier:
    """A contract year whose counts are so small that every one of them can be tried.

    Published percentiles are larger: a primo-installé is drawn where none is published.
    """
    slug = draw(st.sampled_from(("medecine_generale", "pediatrie", "mep", "dermatologie")))
    signed = draw(st.sampled_from(SIGNATURES))
    unpublished = signed == SIGNATURES[0] and slug != "medecine_generale"
    initial = {name: draw(SMALL) for name in ("pmt", "pfa")}
    p30 = draw(st.integers(1, 20))
    p50 = p30 + draw(st.integers(1, 20))
    cells = {"p30": p30, "p50": draw(maybe(st.just(p50))), "p90": p50 + 9, "p95": p50 + 12}
    natures = st.sampled_from(("augmentation", "maintien"))
    data = as_dict(
        **{
            "medecin.specialite": slug,
            "medecin.date_naissance": draw(st.sampled_from(("1970-05-02", "1970-05-02", "1950-01-01", None))),
            "medecin.date_installation": draw(st.sampled_from((signed, None, "2005-09-01")))
            if unpublished
            else "2005-09-01",
            "medecin.activite_mixte": draw(st.booleans()),
            "contrat.date_signature": signed,
            "contrat.option_etp": draw(st.sampled_from(("1", "0.5", "1/3"))),
            "contrat.patientele_initiale": {
                name: draw(st.sampled_from((count, count, count, None))) for name, count in initial.items()
            },
            "contrat.objectifs": {
                name: draw(maybe(st.integers(count, count + 24))) for name, count in initial.items()
            },
            "contrat.nature_objectifs": {name: draw(maybe(natures)) for name in initial},
            "annee": draw(st.sampled_from((3, 3, 3, 4, 6, 2))),
            "observation": {name: draw(st.integers(0, 50)) for name in initial},
            "circonstances_exceptionnelles": draw(st.sampled_from((False, False, True))),
            "percentiles": {"pmt": cells, "pfa": cells} if unpublished else None,
        }
    )
    try:
        return Dossier.model_validate(data)
    except RefusedData:
        assume(False)
        raise


def chosen_readings() -> st.SearchStrategy[Readings]:
    return st.fixed_dictionaries({name: st.sampled_from(CHOICES[name]) for name in READINGS_OF_COUNTS}).map(
        lambda values: Readings(**values)
    )


def answered(made: Callable[..., Any], found: Dossier, chosen: Readings) -> Any:
    """The answer, for a year that has amounts."""
    try:
        return made(found, readings=chosen, force=True)
    except RefusedData:
        assume(False)


@pytest.mark.rule("OBJ-07")
@drawing(250)
@given(found=small_years(), chosen=chosen_readings())
def test_one_patient_fewer_than_gaps_says_does_not_reach_a_better_amount(
    found: Dossier, chosen: Readings
) -> None:
    answer: Gaps = answered(gaps, found, chosen)
    at = counted(found, chosen)
    assert found.observation is not None
    here = {"pmt": found.observation.pmt or 0, "pfa": found.observation.pfa or 0}
    present = due(at(**here))
    assert answer.amount == present
    for name, gap in answer.indicators.items():
        amounts = [due(at(**{**here, name: count})) for count in range(BEYOND)]
        more = [count for count in range(here[name] + 1, BEYOND) if better(amounts[count], present)]
        assert gap.to_gain == (more[0] - here[name] if more else None)
        assert gap.next_amount == (amounts[more[0]] if more else None)
        best = amounts[-1]
        assert all(best == each or better(best, each) for each in amounts[here[name] :])
        assert gap.full_amount == best
        assert here[name] + gap.to_full == next(c for c in range(here[name], BEYOND) if amounts[c] == best)
        worse = [c for c in range(here[name]) if not (amounts[c] == present or better(amounts[c], present))]
        assert gap.can_lose == (here[name] - worse[-1] - 1 if worse else here[name])
        assert gap.amount_below == (amounts[worse[-1]] if worse else None)


@pytest.mark.rule("OBJ-07")
@drawing(30)
@given(found=small_years(), chosen=chosen_readings())
def test_no_pair_of_increases_is_shorter_than_the_one_that_is_told(found: Dossier, chosen: Readings) -> None:
    answer: Gaps = answered(gaps, found, chosen)
    assume(len(answer.indicators) == 2)
    at = counted(found, chosen)
    assert found.observation is not None
    pmt, pfa = found.observation.pmt, found.observation.pfa
    assert pmt is not None
    assert pfa is not None
    if any(gap.to_gain is not None for gap in answer.indicators.values()):
        assert answer.together is None
        return
    found_better = [
        (left + right, left, right)
        for left, right in product(range(BEYOND - pmt), range(BEYOND - pfa))
        if better(due(at(pmt + left, pfa + right)), answer.amount)
    ]
    if not found_better:
        assert answer.together is None
        return
    _, left, right = min(found_better)
    assert answer.together == Together(left, right, due(at(pmt + left, pfa + right)))


@pytest.mark.rule("OBJ-07")
@drawing(80)
@given(found=small_years(), chosen=chosen_readings())
def test_the_rectangles_hold_every_count_once_and_the_rule_does_not_change_inside(
    found: Dossier, chosen: Readings
) -> None:
    answer: Frontier = answered(frontier, found, chosen)
    at = counted(found, chosen)
    covered: dict[tuple[int, int], Tile] = {}
    width = BEYOND if "pmt" in answer.steps else 1
    for tile in answer.tiles:
        columns = range(tile.pmt_from or 0, width if tile.pmt_to is None else tile.pmt_to + 1)
        rows = range(tile.pfa_from, BEYOND if tile.pfa_to is None else tile.pfa_to + 1)
        assert len(columns) > 0
        assert len(rows) > 0
        inside = {(pmt, pfa): at(pmt, pfa) for pmt, pfa in product(columns[::3] or columns, rows[::2])}
        for point in product({columns[0], columns[-1]}, {rows[0], rows[-1]}):
            inside[point] = at(*point)
        assert_tile(tile, inside)
        assert due(inside[columns[0], rows[0]]) == tile.lowest
        assert due(inside[columns[-1], rows[-1]]) == tile.highest
        assert not covered.keys() & set(product(columns, rows))
        covered.update(dict.fromkeys(product(columns, rows), tile))
    assert covered.keys() == set(product(range(width), range(BEYOND)))


def assert_tile(tile: Tile, inside: dict[tuple[int, int], Decision]) -> None:
    """Every amount lies between those of the two corners, and the kind says what the shares are."""
    for decision in inside.values():
        amount, share = due(decision), decision.share
        assert share is not None
        assert tile.lowest.low <= amount.low <= tile.highest.low
        assert tile.lowest.high <= amount.high <= tile.highest.high
        assert (not tile.constant) or amount == tile.lowest == tile.highest
        if tile.kind in ("cent", "zero"):
            assert share.value == (1 if tile.kind == "cent" else 0)
        elif tile.kind == "prorata":
            assert share.value is not None
    if tile.kind == "intervalle":
        assert any(
            decision.share is not None and decision.share.value is None for decision in inside.values()
        )


@pytest.mark.rule("OBJ-07")
@drawing(60)
@given(
    found=dossiers(observed=True),
    chosen=readings(),
    points=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 4000)), min_size=4, max_size=4),
)
def test_the_map_of_any_doctor_agrees_with_his_decisions_at_the_edges_and_elsewhere(
    found: Dossier, chosen: Readings, points: list[tuple[int, int]]
) -> None:
    answer: Frontier = answered(frontier, found, chosen)
    at = counted(found, chosen)
    edges = [sorted({max(0, step + shift) for step in answer.steps.get(name, (0,)) for shift in (-1, 0)})
             for name in ("pmt", "pfa")]  # fmt: skip
    for pmt, pfa in [*product(*edges), *points]:
        (tile,) = [each for each in answer.tiles if holds(each, pmt, pfa)]
        amount = due(at(pmt, pfa))
        assert tile.lowest.low <= amount.low <= tile.highest.low
        assert tile.lowest.high <= amount.high <= tile.highest.high
        assert answer.at(pmt, pfa) == amount


def holds(tile: Tile, pmt: int, pfa: int) -> bool:
    in_pmt = tile.pmt_from is None or (tile.pmt_from <= pmt and (tile.pmt_to is None or pmt <= tile.pmt_to))
    return in_pmt and tile.pfa_from <= pfa and (tile.pfa_to is None or pfa <= tile.pfa_to)


@pytest.mark.rule("OBJ-07")
@drawing(150)
@given(found=small_years(), chosen=chosen_readings())
def test_a_status_or_the_course_of_a_rate_changes_at_a_step_of_its_indicator_and_nowhere_else(
    found: Dossier, chosen: Readings
) -> None:
    answered(frontier, found, chosen)
    at = counted(found, chosen)
    for name, steps in paliers(found, readings=chosen).items():
        assert steps[0] == 0
        seen = [(at(count, count).objectives or {})[name] for count in range(BEYOND)]
        rates = [None if each.rate is None else max(ZERO, min(ONE, each.rate)) for each in seen]
        for count in set(range(1, BEYOND)) - set(steps):
            assert seen[count - 1].possible_statuses == seen[count].possible_statuses
            assert (rates[count - 1] is None) == (rates[count] is None)
        for count in set(range(1, BEYOND - 1)) - set(steps) - {step - 1 for step in steps}:
            before, here, after = rates[count - 1 : count + 2]
            if before is not None and here is not None and after is not None:
                assert here - before == after - here


def test_the_counts_of_the_example_are_found_one_by_one() -> None:
    """Every PMT and every PFA of the example, with patients enough for the long bisections."""
    found, at = gaps_of(), counted(dossier(), Readings())
    for name, start in (("pmt", 1500), ("pfa", 1890)):
        gap = found.indicators[name]  # type: ignore[index]
        amounts = {c: due(at(**{"pmt": 1500, "pfa": 1890, name: c})) for c in range(start - 300, start + 300)}
        first = next(c for c in range(start, start + 300) if better(amounts[c], found.amount))
        assert gap.to_gain == first - start
        assert amounts[first - 1] == found.amount
        assert all(amounts[start - loss] == found.amount for loss in range(gap.can_lose + 1))
        assert better(found.amount, amounts[start - gap.can_lose - 1])


def under_another(found: Any, call: Any, name: str, value: str) -> Any:
    """An answer under another value of one reading, but for what only records the choice."""
    choices = Readings.model_validate({**found.choices.model_dump(), name: value})
    try:
        other = call(found.dossier, readings=choices, force=found.forced)
    except RefusedData as refused:
        return refused.refusals
    return other._replace(choices=found.choices, baremes=found.baremes)


@drawing(60)
@given(found=small_years(), chosen=chosen_readings())
def test_a_reading_that_no_decision_behind_an_answer_consulted_changes_nothing(
    found: Dossier, chosen: Readings
) -> None:
    for call in (gaps, frontier):
        try:
            answer = call(found, readings=chosen, force=True)
        except RefusedData:
            continue
        aside = [name for name in CHOICES if name not in consulted(answer)]
        assert {"objectifs_collectifs", "demi_etp_collectif"} <= set(aside)
        for name in aside:
            for value in CHOICES[name]:
                assert under_another(answer, call, name, value) == answer, (name, value)
