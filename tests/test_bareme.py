"""The barème of a day, and the checked copies that a reform makes of it."""

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from aide_am.bareme import (
    PARTS,
    SIMULATION,
    Bareme,
    Change,
    Part,
    disorder,
    distribution,
    replacing_parametre,
    replacing_percentile,
    specialite_from_code,
)
from aide_am.chronology import (
    ENTREE_PAR_DEFAUT,
    bareme_at,
    before_the_first_text,
    chronology,
    chronology_with,
    first_day,
)
from aide_am.errors import InvalidBareme, Refusal, RefusedData
from aide_am.loading import shipped
from aide_am.references import Reference, weakness
from aide_am.tables import Row
from aide_am.terms import PERCENTILES

AVENANT_7, ARBITRAL, CONVENTION = shipped()
REFORM = Reference(SIMULATION, "barème simulé", "deduit", date(2026, 11, 21))
ONE_ETP = ("1", "3+", "p30_p90")
GENERALISTE = ("medecine_generale", "pfa", "p50")
BOTH_SHORT = ("MOD-01", "non_atteint_sans_baisse", "non_atteint_sans_baisse")


# The text in force


@pytest.mark.parametrize(
    ("day", "texte"),
    [
        ("2019-09-01", "avenant_7"),
        ("2019-09-02", "avenant_7"),
        ("2020-02-29", "avenant_7"),
        ("2023-04-30", "avenant_7"),
        ("2023-05-01", "reglement_arbitral_2023"),
        ("2023-05-02", "reglement_arbitral_2023"),
        ("2024-02-29", "reglement_arbitral_2023"),
        ("2024-06-20", "reglement_arbitral_2023"),
        ("2024-06-21", "reglement_arbitral_2023"),
        ("2024-06-22", "convention_2024"),
        ("2024-06-23", "convention_2024"),
        ("2028-02-29", "convention_2024"),
        ("9999-12-31", "convention_2024"),
    ],
)
@pytest.mark.rule("TMP-01")
def test_the_bareme_of_a_day_is_that_of_the_text_in_force(day: str, texte: str) -> None:
    assert bareme_at(date.fromisoformat(day)).texte == texte


@pytest.mark.parametrize(
    ("day", "texte", "depends"),
    [
        ("2024-06-20", "reglement_arbitral_2023", False),
        ("2024-06-21", "convention_2024", True),
        ("2024-06-22", "convention_2024", False),
        ("2023-04-30", "avenant_7", False),
        ("2023-05-01", "reglement_arbitral_2023", False),
        ("2019-09-01", "avenant_7", False),
    ],
)
@pytest.mark.rule("TMP-01")
def test_the_reading_of_21_june_moves_the_convention_by_one_day_and_nothing_else(
    day: str, texte: str, depends: bool
) -> None:
    on = date.fromisoformat(day)
    assert chronology().at(on, "2024-06-21").texte == texte
    assert chronology().depends_on_reading(on) is depends
    assert (chronology().at(on, ENTREE_PAR_DEFAUT).texte != texte) is depends


@pytest.mark.parametrize("reading", ["2024-06-22", "2024-06-21"])
@pytest.mark.parametrize("day", ["2019-08-31", "2018-02-28", "0001-01-01"])
@pytest.mark.rule("TMP-04")
def test_a_day_before_the_first_text_is_refused(day: str, reading: str) -> None:
    expected = Refusal(
        "date",
        f"« {day} »",
        "une date à partir du 2019-09-01, premier jour du dispositif",
        "vérifiez la date ; aucun contrat n’a pu être signé avant ce jour",
        "avant_le_premier_texte",
    )
    with pytest.raises(RefusedData) as by_reading:
        chronology().at(date.fromisoformat(day), reading)
    assert by_reading.value.refusals == (expected,)
    with pytest.raises(RefusedData) as by_default:
        bareme_at(date.fromisoformat(day))
    assert by_default.value.refusals == (expected,)


def test_the_first_day_of_the_aid_is_that_of_the_first_text() -> None:
    assert first_day() == date(2019, 9, 1)
    assert (
        before_the_first_text("contrat.date_signature", date(2019, 8, 31)).field == "contrat.date_signature"
    )


def test_the_texts_follow_one_another_from_the_first_day_without_going_back() -> None:
    days = [first_day() + timedelta(days=step) for step in range(365 * 8)]
    met = list(dict.fromkeys(bareme_at(day).texte for day in days))
    assert met == ["avenant_7", "reglement_arbitral_2023", "convention_2024"]


def test_the_shipped_baremes_are_loaded_once() -> None:
    assert chronology() is chronology()
    assert chronology().baremes is shipped()
    assert bareme_at(date(2024, 9, 1)) is CONVENTION


# A reform


@pytest.mark.parametrize("bareme", shipped(), ids=lambda bareme: bareme.texte)
def test_a_shipped_bareme_is_not_simulated(bareme: Bareme) -> None:
    assert bareme.simulated is False
    assert bareme.changes == ()
    assert chronology().simulated is False


def test_a_changed_amount_is_read_in_the_copy_with_its_source_and_nowhere_else() -> None:
    reform = CONVENTION.with_changes(montants={ONE_ETP: 24_000})
    assert reform.montants[ONE_ETP] == Row(CONVENTION.montants[ONE_ETP].id, 24_000, REFORM)
    assert CONVENTION.montants[ONE_ETP].value == 22_000
    assert {key for key, row in reform.montants.rows.items() if row != CONVENTION.montants[key]} == {ONE_ETP}


def test_an_amount_can_be_given_where_no_text_gives_one() -> None:
    assert CONVENTION.montants["2", "1", "p95"].value is None
    reform = CONVENTION.with_changes(montants={("2", "1", "p95"): 0})
    assert reform.montants["2", "1", "p95"].value == 0


def test_a_changed_percentile_is_read_in_the_copy_with_its_source_and_nowhere_else() -> None:
    reform = CONVENTION.with_changes(percentiles={GENERALISTE: 1600})
    was = CONVENTION.percentiles["medecine_generale", "pfa"]
    now = reform.percentiles["medecine_generale", "pfa"]
    assert now[:5] == (1219, 1600, None, 2587, 3207)
    assert now.known == (1219, 1600, 2587, 3207)
    assert now.references == (was.references[0], REFORM, *was.references[2:])
    assert was[:5] == (1219, 1514, None, 2587, 3207)
    changed = {key for key, row in reform.percentiles.items() if row != CONVENTION.percentiles[key]}
    assert changed == {("medecine_generale", "pfa")}


def test_several_percentiles_of_a_distribution_change_together_even_when_one_alone_would_not_rise() -> None:
    reform = CONVENTION.with_changes(
        percentiles={
            ("medecine_generale", "pfa", "p30"): 1600,
            ("medecine_generale", "pfa", "p50"): 1700,
            ("medecine_generale", "pfa", "p70"): 2000,
            ("dermatologie", "pfa", "p95"): 9000,
        }
    )
    assert reform.percentiles["medecine_generale", "pfa"].known == (1600, 1700, 2000, 2587, 3207)
    assert reform.percentiles["dermatologie", "pfa"].known == (1916, 9000)


@pytest.mark.parametrize(
    ("value", "exact", "fraction"),
    [
        (Decimal("0.9"), Decimal("0.9"), (9, 10)),
        ("0.875", Decimal("0.875"), (7, 8)),
        (1, Decimal(1), (1, 1)),
        (0, Decimal(0), (0, 1)),
    ],
)
def test_a_changed_parameter_is_exact_in_the_copy(
    value: Decimal | int | str, exact: Decimal, fraction: tuple[int, int]
) -> None:
    reform = CONVENTION.with_changes(parametres={"taux_atteint": value})
    now, was = reform.parametres["taux_atteint"], CONVENTION.parametres["taux_atteint"]
    assert (now.valeur, (now.num, now.den), now.reference) == (exact, fraction, REFORM)
    assert (now.unite, now.minimum, now.maximum, now.regle, now.libelle) == (
        was.unite, was.minimum, was.maximum, was.regle, was.libelle,
    )  # fmt: skip
    assert was.valeur == Decimal("0.95")
    assert {n for n in reform.parametres if reform.parametres[n] != CONVENTION.parametres[n]} == {
        "taux_atteint"
    }


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (120, "120"), ("120", "120"), ("12.0", "12.0")])
def test_a_parameter_of_whole_units_takes_whole_values_within_its_bounds(
    value: int | str, shown: str
) -> None:
    reform = CONVENTION.with_changes(parametres={"fenetre_primo_mois": value})
    assert reform.parametres["fenetre_primo_mois"].valeur == Decimal(shown)
    assert reform.changes == (Change("parametres", ("fenetre_primo_mois",), shown),)


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_share_is_read_in_the_copy_with_its_source_and_nowhere_else(part: str) -> None:
    reform = CONVENTION.with_changes(modulation={BOTH_SHORT: part})
    regime, *key = BOTH_SHORT
    was = CONVENTION.modulation[regime][tuple(key)]
    assert reform.modulation[regime][tuple(key)] == Row(was.id, Part(part, "", {}), REFORM)
    assert was.value.fixed == "prorata"
    others = CONVENTION.modulation.keys() - {regime}
    assert all(reform.modulation[name] is CONVENTION.modulation[name] for name in others)


def test_a_share_that_a_reading_chose_can_be_fixed() -> None:
    key = ("MOD-07", "sous_p30")
    assert CONVENTION.modulation["MOD-07"]["sous_p30",].value.reading == "primo_sous_p30"
    reform = CONVENTION.with_changes(modulation={key: "cent"})
    assert reform.modulation["MOD-07"]["sous_p30",].value == Part("cent", "", {})


def test_two_shares_of_one_table_change_together() -> None:
    reform = CONVENTION.with_changes(
        modulation={("MOD-05", "atteint"): "zero", ("MOD-05", "non_atteint_sans_baisse"): "cent"}
    )
    assert [row.value.fixed for row in reform.modulation["MOD-05"].rows.values()] == [
        "zero",
        "cent",
        "prorata",
    ]


ALL_KINDS: dict[str, Mapping[Any, Any]] = {
    "montants": {ONE_ETP: 24_000},
    "percentiles": {GENERALISTE: 1600},
    "parametres": {"taux_atteint": Decimal("0.90")},
    "modulation": {BOTH_SHORT: "cent"},
}
RECORDED = (
    Change("montants", ONE_ETP, "24000"),
    Change("percentiles", GENERALISTE, "1600"),
    Change("parametres", ("taux_atteint",), "0.90"),
    Change("modulation", BOTH_SHORT, "cent"),
)


def test_a_reform_is_marked_as_simulated_and_records_what_it_changed() -> None:
    reform = CONVENTION.with_changes(**ALL_KINDS)
    assert reform.simulated is True
    assert reform.changes == RECORDED
    assert reform.reference == CONVENTION.reference
    assert SIMULATION in reform.sources
    assert CONVENTION.simulated is False
    assert CONVENTION.changes == ()


def test_a_reform_touches_only_the_tables_it_may_change() -> None:
    reform = CONVENTION.with_changes(**ALL_KINDS)
    same = {
        field.name
        for field in dataclasses.fields(Bareme)
        if getattr(reform, field.name) is getattr(CONVENTION, field.name)
    }
    assert {field.name for field in dataclasses.fields(Bareme)} - same == {
        "changes", "modulation", "modulation_par_acces", "montants", "parametres", "percentiles", "simulated",
    }  # fmt: skip


def test_a_reform_that_changes_nothing_is_simulated_all_the_same() -> None:
    reform = CONVENTION.with_changes()
    assert reform.simulated is True
    assert reform.changes == ()
    assert dict(reform.montants.rows) == dict(CONVENTION.montants.rows)
    assert dict(reform.percentiles) == dict(CONVENTION.percentiles)
    assert dict(reform.parametres) == dict(CONVENTION.parametres)


def test_a_reform_with_unchanged_values_keeps_every_value() -> None:
    reform = CONVENTION.with_changes(montants={ONE_ETP: 22_000}, percentiles={GENERALISTE: 1514})
    assert {key: row.value for key, row in reform.montants.rows.items()} == {
        key: row.value for key, row in CONVENTION.montants.rows.items()
    }
    assert {key: row[:7] for key, row in reform.percentiles.items()} == {
        key: row[:7] for key, row in CONVENTION.percentiles.items()
    }


def test_a_value_changed_twice_keeps_the_last_and_the_rest_is_kept() -> None:
    twice = CONVENTION.with_changes(**ALL_KINDS).with_changes(
        montants={ONE_ETP: 25_000}, parametres={"taux_atteint": "0.80"}
    )
    assert twice.montants[ONE_ETP].value == 25_000
    assert twice.parametres["taux_atteint"].valeur == Decimal("0.80")
    assert twice.percentiles["medecine_generale", "pfa"].p50 == 1600
    assert twice.changes == (
        RECORDED[1],
        RECORDED[3],
        Change("montants", ONE_ETP, "25000"),
        Change("parametres", ("taux_atteint",), "0.80"),
    )


def test_the_same_key_in_two_tables_is_two_changes() -> None:
    key = ("1", "3+", "p95")
    first = CONVENTION.with_changes(montants={key: 1})
    kept = dataclasses.replace(first, changes=(Change("autre", key, "1"), *first.changes))
    assert kept.with_changes(montants={key: 2}).changes == (
        Change("autre", key, "1"),
        Change("montants", key, "2"),
    )


def test_recorded_changes_are_played_again_on_the_shipped_bareme() -> None:
    again = CONVENTION.with_recorded(iter(RECORDED))
    reform = CONVENTION.with_changes(**ALL_KINDS)
    assert again.changes == reform.changes
    assert again.simulated is True
    assert dict(again.montants.rows) == dict(reform.montants.rows)
    assert dict(again.percentiles) == dict(reform.percentiles)
    assert dict(again.parametres) == dict(reform.parametres)
    assert {name: dict(table.rows) for name, table in again.modulation.items()} == {
        name: dict(table.rows) for name, table in reform.modulation.items()
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (Change("objectifs", ("1", "p30_p50"), "35"), "table inconnue : objectifs"),
        (Change("montants", ONE_ETP, "1.5"), f"montants {ONE_ETP} : '1.5' n’est pas un nombre entier"),
        (Change("montants", ONE_ETP, ""), f"montants {ONE_ETP} : '' n’est pas un nombre entier"),
        (Change("montants", ONE_ETP, "²"), f"montants {ONE_ETP} : '²' n’est pas un nombre entier"),
        (
            Change("percentiles", GENERALISTE, "-1"),
            f"percentiles {GENERALISTE} : '-1' n’est pas un nombre entier",
        ),
    ],
)
def test_a_recorded_change_that_no_reform_could_have_made_is_refused(change: Change, fault: str) -> None:
    with pytest.raises(InvalidBareme) as refused:
        CONVENTION.with_recorded([*RECORDED, change])
    assert refused.value.place == "barème simulé"
    assert refused.value.faults == (fault,)


# What a reform refuses

EUROS = "{} : {} n’est pas un montant en euros entiers, positif ou nul"
PATIENTS = "{} : {} n’est pas un nombre entier de patients"
THREE = "{} n’est pas une clé de 3 éléments"
INEXACT = "taux_atteint : {} n’est pas un nombre exact ; donnez un texte décimal ou un Decimal"
KNOWN = "{} : {} ; régime ou part inconnus (cent, zero, prorata, prorata_bas)"


@pytest.mark.parametrize(
    ("changes", "place", "faults"),
    [
        # An amount.
        ({"montants": {ONE_ETP: 1.0}}, "montants", [EUROS.format(ONE_ETP, "1.0")]),
        ({"montants": {ONE_ETP: True}}, "montants", [EUROS.format(ONE_ETP, "True")]),
        ({"montants": {ONE_ETP: -1}}, "montants", [EUROS.format(ONE_ETP, "-1")]),
        ({"montants": {ONE_ETP: "22000"}}, "montants", [EUROS.format(ONE_ETP, "'22000'")]),
        ({"montants": {ONE_ETP: None}}, "montants", [EUROS.format(ONE_ETP, "None")]),
        ({"montants": {ONE_ETP: float("nan")}}, "montants", [EUROS.format(ONE_ETP, "nan")]),
        (
            {"montants": {ONE_ETP: -1, ("2", "3+", "p95"): 0.5}},
            "montants",
            [EUROS.format(ONE_ETP, "-1"), EUROS.format(("2", "3+", "p95"), "0.5")],
        ),
        (
            {"montants": {("3", "1", "p95"): 1, ("1", "1", "sous_p30"): 1}},
            "montants convention_2024",
            [
                "aucune ligne pour 3 × 1 × p95",
                "aucune ligne pour 1 × 1 × sous_p30",
            ],
        ),
        (
            {"montants": {("1", "1"): 1, (*ONE_ETP, ""): 1, (): 1, "abc": 1, None: 1}},
            "montants",
            [
                THREE.format("('1', '1')"),
                THREE.format("('1', '3+', 'p30_p90', '')"),
                THREE.format("()"),
                THREE.format("'abc'"),
                THREE.format("None"),
            ],
        ),
        # A percentile.
        ({"percentiles": {GENERALISTE: 1600.0}}, "percentiles", [PATIENTS.format(GENERALISTE, "1600.0")]),
        ({"percentiles": {GENERALISTE: True}}, "percentiles", [PATIENTS.format(GENERALISTE, "True")]),
        ({"percentiles": {GENERALISTE: -1}}, "percentiles", [PATIENTS.format(GENERALISTE, "-1")]),
        ({"percentiles": {GENERALISTE: "1600"}}, "percentiles", [PATIENTS.format(GENERALISTE, "'1600'")]),
        (
            {"percentiles": dict.fromkeys(
                [("homeopathie", "pfa", "p50"), ("orl", "pfb", "p50"), ("orl", "pfa", "p55")], 1
            )},
            "percentiles",
            [
                "aucun percentile ('homeopathie', 'pfa', 'p50')",
                "aucun percentile ('orl', 'pfa', 'p55')",
                "aucun percentile ('orl', 'pfb', 'p50')",
            ],
        ),
        (
            {"percentiles": {GENERALISTE[:2]: 1600, (): 1, "p50": 1}},
            "percentiles",
            [
                THREE.format("('medecine_generale', 'pfa')"),
                THREE.format("()"),
                THREE.format("'p50'"),
            ],
        ),
        (
            {"percentiles": {GENERALISTE: 1219}},
            "percentiles",
            ["medecine_generale pfa : P30 = 1219 devrait être inférieur à P50 = 1219"],
        ),
        (
            {"percentiles": {GENERALISTE: 2587, ("medecine_generale", "pfa", "p70"): 2587}},
            "percentiles",
            [
                "medecine_generale pfa : P50 = 2587 devrait être inférieur à P70 = 2587",
                "medecine_generale pfa : P70 = 2587 devrait être inférieur à P90 = 2587",
            ],
        ),
        # A parameter.
        ({"parametres": {"taux": 1}}, "parametres", ["aucun paramètre « taux »"]),
        (
            {"parametres": {"taux_atteint": 0.9}},
            "parametres",
            [INEXACT.format("0.9")],
        ),
        (
            {"parametres": {"taux_atteint": True}},
            "parametres",
            [INEXACT.format("True")],
        ),
        *(
            ({"parametres": {"taux_atteint": text}}, "parametres", [INEXACT.format(repr(text))])
            for text in ("0,9", "NaN", "", " 0.9", "0.9 ", ".9", "0.", "+0.9", "9e-1", "0_9", "٠.٩", "9/10")
        ),
        ({"parametres": {"taux_atteint": None}}, "parametres", [INEXACT.format("None")]),
        (
            {"parametres": {"taux_atteint": Decimal("NaN")}},
            "parametres",
            ["taux_atteint : NaN est hors de [0, 1]"],
        ),
        (
            {"parametres": {"taux_atteint": Decimal("Infinity")}},
            "parametres",
            ["taux_atteint : Infinity est hors de [0, 1]"],
        ),
        ({"parametres": {"taux_atteint": "1.01"}}, "parametres", ["taux_atteint : 1.01 est hors de [0, 1]"]),
        ({"parametres": {"taux_atteint": "-0.1"}}, "parametres", ["taux_atteint : -0.1 est hors de [0, 1]"]),
        ({"parametres": {"age_senior": 131}}, "parametres", ["age_senior : 131 est hors de [0, 130]"]),
        ({"parametres": {"duree_contrat": 0}}, "parametres", ["duree_contrat : 0 est hors de [1, 10]"]),
        (
            {"parametres": {"fenetre_primo_mois": "12.5"}},
            "parametres",
            ["fenetre_primo_mois : 12.5 n’est pas un nombre entier (mois)"],
        ),
        (
            {"parametres": {"taux": 1, "age_senior": 64, "taux_atteint": 2}},
            "parametres",
            ["aucun paramètre « taux »", "taux_atteint : 2 est hors de [0, 1]"],
        ),
        # A share.
        ({"modulation": {BOTH_SHORT: "moitié"}}, "modulation", [KNOWN.format(BOTH_SHORT, "'moitié'")]),
        ({"modulation": {BOTH_SHORT: None}}, "modulation", [KNOWN.format(BOTH_SHORT, "None")]),
        (
            {"modulation": {("MOD-99", "atteint"): "cent"}},
            "modulation",
            [KNOWN.format(("MOD-99", "atteint"), "'cent'")],
        ),
        ({"modulation": {(): "cent"}}, "modulation", [KNOWN.format("()", "'cent'")]),
        ({"modulation": {"MOD-01": "cent"}}, "modulation", [KNOWN.format("MOD-01", "'cent'")]),
        ({"modulation": {None: "cent"}}, "modulation", [KNOWN.format("None", "'cent'")]),
        ({"modulation": {("MOD-01",): "cent"}}, "MOD-01", ["aucune ligne pour "]),
        ({"modulation": {("MOD-02", "A"): "cent"}}, "MOD-02", ["aucune ligne pour A"]),
        ({"modulation": {("MOD-01", "atteint"): "cent"}}, "MOD-01", ["aucune ligne pour atteint"]),
    ],
)  # fmt: skip
def test_a_reform_that_breaks_a_proof_is_refused_and_the_shipped_bareme_is_untouched(
    changes: dict[str, Any], place: str, faults: list[str]
) -> None:
    before = (CONVENTION.montants, CONVENTION.percentiles, CONVENTION.parametres, CONVENTION.modulation)
    with pytest.raises(InvalidBareme) as refused:
        CONVENTION.with_changes(**changes)
    assert refused.value.place == place
    assert list(refused.value.faults) == faults
    assert before == (
        CONVENTION.montants, CONVENTION.percentiles, CONVENTION.parametres, CONVENTION.modulation,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"montants": {ONE_ETP: 0}}, id="an amount of zero"),
        pytest.param({"percentiles": {GENERALISTE: 1220}}, id="one patient over the P30"),
        pytest.param({"percentiles": {GENERALISTE: 2586}}, id="one patient under the P90"),
        pytest.param({"percentiles": {("medecine_generale", "pfa", "p30"): 0}}, id="a percentile of zero"),
        pytest.param({"parametres": {"taux_atteint": "1"}}, id="a share at its maximum"),
        pytest.param({"parametres": {"age_senior": 130}}, id="an age at its maximum"),
        pytest.param({"parametres": {"duree_contrat": 1}}, id="a duration at its minimum"),
    ],
)
def test_a_reform_at_the_edge_of_what_is_allowed_is_accepted(changes: dict[str, Any]) -> None:
    assert len(CONVENTION.with_changes(**changes).changes) == 1


# Nothing of a barème can be written


@pytest.mark.parametrize(
    "bareme", [CONVENTION, CONVENTION.with_changes(**ALL_KINDS)], ids=["shipped", "reform"]
)
@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Bareme)])
def test_no_field_of_a_bareme_can_be_assigned(bareme: Bareme, name: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(bareme, name, None)


@pytest.mark.parametrize("bareme", [*shipped(), CONVENTION.with_changes(**ALL_KINDS)])
def test_every_mapping_of_a_bareme_refuses_writes(bareme: Bareme) -> None:
    mappings = [
        bareme.variantes,
        bareme.sources,
        bareme.regles,
        bareme.parametres,
        bareme.specialites,
        bareme.percentiles,
        bareme.eligibilite,
        bareme.options_tarifaires,
        bareme.modulation,
        bareme.modulation_par_acces,
        bareme.titres,
        bareme.montants.rows,
        bareme.montants.inputs,
        bareme.regimes.rows,
        *(table.rows for table in bareme.modulation.values()),
        *(table.rows for table in bareme.modulation_par_acces.values()),
        *(table.rows for table in bareme.eligibilite.values()),
        *(row.value.by_value for table in bareme.modulation.values() for row in table.rows.values()),
    ]
    for mapping in mappings:
        assert isinstance(mapping, MappingProxyType)


# The pieces of a barème


@pytest.mark.parametrize(
    ("cells", "known", "spans"),
    [
        ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5), ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5))),
        ((1, 2, None, 4, 5), (1, 2, 4, 5), ((0, 0), (1, 1), (2, 3), (4, 4), (5, 5))),
        ((1, None, None, None, None), (1,), ((0, 0), (1, 5))),
        ((None, None, None, None, 5), (5,), ((0, 4), (5, 5))),
        ((None, None, None, None, None), (), ((0, 5),)),
        ((0, None, None, None, None), (0,), ((0, 0), (1, 5))),
    ],
)
def test_a_distribution_knows_which_ranks_a_count_can_have(
    cells: tuple[int | None, ...], known: tuple[int, ...], spans: tuple[tuple[int, int], ...]
) -> None:
    made = distribution(cells, (REFORM,) * 5)
    assert made[:5] == cells
    assert (made.known, made.spans, made.references) == (known, spans, (REFORM,) * 5)


OVER_9 = (None, None, None, 9, None)
OVER_5_AND_9 = (None, None, 5, 9, None)


@pytest.mark.parametrize(
    ("cells", "bounds", "edges", "spans"),
    [
        ((None,) * 5, OVER_9, (10,), ((0, 3), (0, 5))),
        ((1, 2, None, None, 20), OVER_9, (1, 2, 10, 20), ((0, 0), (1, 1), (2, 3), (2, 4), (5, 5))),
        ((1, 2, 12, None, 20), OVER_9, (1, 2, 10, 12, 20), ((0, 0), (1, 1), (2, 2), (2, 2), (3, 4), (5, 5))),
        ((1, 2, None, None, None), OVER_5_AND_9, (1, 2, 6, 10), ((0, 0), (1, 1), (2, 2), (2, 3), (2, 5))),
    ],
)
def test_a_count_up_to_a_bound_is_under_its_percentile_and_beyond_it_the_rank_stays_open(
    cells: tuple[int | None, ...],
    bounds: tuple[int | None, ...],
    edges: tuple[int, ...],
    spans: tuple[tuple[int, int], ...],
) -> None:
    made = distribution(cells, (REFORM,) * 5, bounds)
    assert (made.edges, made.spans, made.bounds) == (edges, spans, bounds)
    assert made.known == tuple(cell for cell in cells if cell is not None)


def test_a_percentile_that_is_replaced_loses_its_bound() -> None:
    made = replacing_percentile(
        distribution((None,) * 5, (CONVENTION.reference,) * 5, (None, None, None, 9, None)), "p90", 7, REFORM
    )
    assert (made.p90, made.bounds, made.edges) == (7, (None,) * 5, (7,))


def test_a_percentile_over_a_bound_is_under_those_that_follow() -> None:
    def faults(p95: int) -> list[str]:
        cells, bounds = (None, None, None, None, p95), (None, None, None, 9, None)
        return disorder("orl", distribution(cells, (REFORM,) * 5, bounds))

    assert faults(10) == ["orl : P90, plus de 9, devrait être inférieur à P95 = 10"]
    assert faults(11) == []


@pytest.mark.parametrize(("rank", "percentile"), list(enumerate(PERCENTILES)))
def test_a_percentile_is_replaced_in_its_own_cell(rank: int, percentile: str) -> None:
    law = CONVENTION.reference
    made = replacing_percentile(distribution((10, 20, 30, 40, 50), (law,) * 5), percentile, 7, REFORM)
    assert getattr(made, percentile) == 7
    assert [cell for place, cell in enumerate(made[:5]) if place != rank] == [
        cell for cell in (10, 20, 30, 40, 50) if cell != 10 * (rank + 1)
    ]
    assert [reference == REFORM for reference in made.references] == [place == rank for place in range(5)]


def test_a_distribution_that_does_not_rise_says_where() -> None:
    assert disorder("orl", distribution((2, None, 2, None, 1), (REFORM,) * 5)) == [
        "orl : P30 = 2 devrait être inférieur à P70 = 2",
        "orl : P70 = 2 devrait être inférieur à P95 = 1",
    ]
    assert disorder("orl", distribution((1, None, 2, None, 3), (REFORM,) * 5)) == []


def test_a_refused_parameter_keeps_its_value() -> None:
    was = CONVENTION.parametres["taux_atteint"]
    assert replacing_parametre(was, "2", REFORM) == (was, "2 est hors de [0, 1]")


def test_a_code_leads_to_every_specialty_that_bears_it_in_the_named_nomenclature() -> None:
    def slugs(code: str, nomenclature: str, mep: bool | None) -> list[str]:
        found = specialite_from_code(code, nomenclature, CONVENTION.specialites, mep)
        return [specialite.slug for specialite in found]

    assert slugs("01", "am", None) == ["medecine_generale", "mep"]
    assert slugs("01", "am", True) == ["mep"]
    assert slugs("01", "am", False) == ["medecine_generale"]
    assert slugs("01", "convention", None) == ["medecine_generale"]
    assert slugs("06", "am", True) == ["radiologie"]
    assert slugs("06", "convention", False) == ["dermatologie"]
    assert slugs("99", "am", None) == []


def test_the_natures_of_sources_go_from_the_text_of_law_to_the_deduction() -> None:
    natures = ("texte", "ameli", "secondaire", "presse", "deduit")
    assert [weakness(REFORM._replace(nature=nature)) for nature in natures] == [0, 1, 2, 3, 4]  # type: ignore[arg-type]


# A simulated barème among the others


def test_a_simulated_bareme_takes_the_place_of_the_one_of_its_text() -> None:
    reform = ARBITRAL.with_changes(montants={ONE_ETP: 1})
    replaced = chronology().replacing(reform)
    assert replaced.baremes == (AVENANT_7, reform, CONVENTION)
    assert replaced.simulated is True
    assert replaced.at(date(2023, 5, 1), ENTREE_PAR_DEFAUT) is reform
    assert replaced.at(date(2023, 4, 30), ENTREE_PAR_DEFAUT) is AVENANT_7
    assert chronology().baremes == (AVENANT_7, ARBITRAL, CONVENTION)


def test_the_chronology_of_a_reform_is_that_of_the_shipped_baremes_with_it() -> None:
    reform = CONVENTION.with_changes(montants={ONE_ETP: 1})
    assert chronology_with(reform).baremes == (AVENANT_7, ARBITRAL, reform)
    assert chronology_with(reform) is chronology_with(reform)
    assert chronology_with(CONVENTION).simulated is False
