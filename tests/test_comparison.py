"""The same dossier under several options, dates, readings or barèmes, and what differs."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from aide_am import Readings, RefusedData, bareme_at, evaluate
from aide_am.comparison import Compared, changed, compare
from aide_am.models import Dossier
from aide_am.scheduling import schedule
from depth import drawing
from strategies import dossiers
from support import dossier

HALF = {"contrat.option_etp": "0.5"}


def rules_of(compared: Compared) -> list[str]:
    return [difference.rule for difference in compared.differences]


def test_half_a_post_differs_by_its_option_its_maximum_and_its_amount() -> None:
    half = compare(dossier(), demi=HALF)["demi"]
    assert rules_of(half) == ["ELI-07", "MNT-03", "MNT-07"]
    assert half.decision.amount_due is not None
    assert half.decision.amount_due.value == Decimal(9000)


def test_a_reading_differs_by_the_status_and_the_share() -> None:
    found = compare(dossier(), niveau=Readings(taux_atteinte="niveau"))["niveau"]
    assert rules_of(found) == ["OBJ-05", "OBJ-05", "MOD-01", "MNT-07"]


def test_a_reform_differs_by_its_maximum_and_says_that_it_is_simulated() -> None:
    reform = bareme_at(date(2025, 1, 1)).with_changes(montants={("1", "3+", "p30_p90"): 30000})
    comparison = compare(dossier(), reforme=reform)
    found = comparison["reforme"]
    assert rules_of(found) == ["MNT-03", "MNT-07"]
    assert found.decision.amount_due is not None
    assert found.decision.amount_due.value == Decimal("24545.45")
    assert "(barème simulé)" in comparison.explain().replace("\u00a0", " ")


def test_an_earlier_signature_differs_by_its_texts_and_an_unknown_band_pairs_with_the_known_one() -> None:
    over = {"contrat.patientele_initiale.pfa": 2400, "contrat.objectifs.pfa": 2500}
    found = compare(dossier(**over), avant={"contrat": {"date_signature": "2022-09-01"}})["avant"]
    assert {"TMP-03", "ELI-10", "MNT-01", "MNT-06"} <= set(rules_of(found))
    (maximum,) = [d for d in found.differences if d.rule == "MNT-06"]
    assert maximum.before is not None
    assert maximum.before.rule == "MNT-03"


def test_a_step_that_only_one_of_them_has_stands_alone() -> None:
    shared = {
        "contrat.option_etp": "0.5",
        "contrat.date_option": "2027-03-01",
        "contrat.contrat_anterieur": {"option_etp": "1"},
    }
    found = compare(dossier(), avenant=shared)["avenant"]
    assert "CTR-02" in rules_of(found)
    refused = compare(dossier(), petit={"contrat.patientele_initiale.pmt": 700})["petit"]
    assert [d.rule for d in refused.differences if d.after is None][:1] == ["MNT-01"]


@drawing(60)
@given(doctor=dossiers())
def test_a_dossier_compared_to_itself_does_not_differ(doctor: Dossier) -> None:
    comparison = compare(doctor, same={}, whole=doctor, force=True)
    base = comparison.compared[0]
    assert base.decision == evaluate(doctor, force=True)
    assert base.schedule == schedule(doctor, force=True)
    for each in comparison.compared[1:]:
        assert each.differences == ()
        assert each.decision == base.decision
    assert "Rien ne diffère" in comparison.explain()


def test_a_table_has_a_line_for_the_dossier_and_one_for_each_variant() -> None:
    rows = compare(dossier(), demi=HALF, niveau=Readings(taux_atteinte="niveau")).rows()
    assert [row["variante"] for row in rows] == ["dossier", "demi", "niveau"]
    assert [(row["maximum_max"], row["part_min"], row["du_min"]) for row in rows] == [
        (22000, Fraction(9, 11), 18000),
        (11000, Fraction(9, 11), 9000),
        (22000, 1, 22000),
    ]


def test_variants_that_cannot_be_are_refused_all_at_once_with_their_names() -> None:
    with pytest.raises(RefusedData) as error:
        compare(
            dossier(),
            trois={"contrat.option_etp": "3"},
            nombre=3,  # type: ignore[arg-type]
            cle={"medecin.surnom": "x", "annee": 0},
        )
    fields = [refusal.field for refusal in error.value.refusals]
    assert fields == [
        "trois : contrat.option_etp",
        "nombre : variante",
        "cle : medecin.surnom",
        "cle : annee",
    ]


def test_a_variant_has_a_name_and_an_unknown_name_lists_the_others() -> None:
    comparison = compare(dossier(), demi=HALF)
    with pytest.raises(KeyError, match="dossier, demi"):
        comparison["double"]
    assert comparison[0][1].name == "demi"


def test_changes_take_a_dotted_path_or_nested_mappings_and_leave_the_rest() -> None:
    base = dossier()
    by_path = changed(base, {"contrat.patientele_initiale.pmt": 1400, "observation.pmt": 1400})
    nested = changed(
        base, {"contrat": {"patientele_initiale": {"pmt": 1400, "pfa": 1800}}, "observation.pmt": 1400}
    )
    assert by_path == nested
    assert by_path.contrat.patientele_initiale.pfa == 1800
    assert changed(dossier(observation=None), {"observation.pmt": 1400}).observation is not None
    assert changed(base, {}) == base


def test_the_comparison_shows_the_variants_side_by_side_in_three_forms() -> None:
    comparison = compare(dossier(), demi=HALF)
    text = comparison.explain().replace("\u202f", " ").replace("\u00a0", " ")
    assert "demi : montant dû 9 000 €, contre 18 000 €" in text
    assert "| Montant dû | 18 000 € | 9 000 € |" in comparison.explain("markdown").replace(
        "\u202f", " "
    ).replace("\u00a0", " ")
    assert "<table>" in comparison._repr_html_()
