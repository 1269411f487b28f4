"""The tables as the law prints them, held against golden files that were read against the sources.

After a change of the law: `aide-am tables ID > tests/data/publication/ID.md`, then read the diff
against the source before keeping it.
"""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from aide_am import Bareme, bareme_at
from aide_am.chronology import chronology
from aide_am.french import NARROW, WIDE
from aide_am.publication import (
    PublishedTable,
    as_csv,
    as_markdown,
    employment_tables,
    published_tables,
    sources,
)
from aide_am.terms import TEXTES

GOLDEN = Path(__file__).parent / "data" / "publication"
RULES = {
    "percentiles-avenant_7": "MNT-01",
    "montants-avenant_7": "MNT-03",
    "objectifs-avenant_7": "OBJ-03",
    "percentiles-reglement_arbitral_2023": "MNT-01",
    "montants-reglement_arbitral_2023": "MNT-03",
    "percentiles-convention_2024": "MNT-01",
    "montants-convention_2024": "MNT-03",
    "specialites": "ELI-01",
    "options": "ELI-07",
    "MOD-01": "MOD-01",
    "MOD-01-signes-avenant_7": "MOD-01",
    "MOD-02": "MOD-02",
    "MOD-03": "MOD-03",
    "MOD-04": "MOD-04",
    "MOD-05": "MOD-05",
    "MOD-06": "MOD-06",
    "MOD-07": "MOD-07",
    "parametres": "OBJ-06",
    "couts": "CST-02",
    "minima": "CST-01",
}
CONVENTION = bareme_at(date(2024, 9, 1))


def shipped() -> dict[str, PublishedTable]:
    tables = (*published_tables(chronology().baremes), *employment_tables())
    return {table.id: table for table in tables}


def of(*baremes: Bareme) -> dict[str, PublishedTable]:
    return {table.id: table for table in published_tables(baremes)}


def plain(cell: str) -> str:
    return cell.replace(NARROW, " ").replace(WIDE, " ")


def cells(table: PublishedTable, **where: str) -> list[dict[str, str]]:
    """The rows of a table, by heading, that have these first words under these headings."""
    rows = [dict(zip(table.headers, map(plain, row), strict=True)) for row in table.rows]
    return [row for row in rows if all(row[head] == value for head, value in where.items())]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.rule(rule)) for name, rule in RULES.items()]
)
def test_a_published_table_is_the_one_that_was_read_against_its_source(name: str) -> None:
    assert as_markdown(shipped()[name]) == (GOLDEN / f"{name}.md").read_text("utf-8")


def test_the_register_of_sources_is_the_one_that_was_read() -> None:
    assert as_markdown(sources(chronology().baremes)) == (GOLDEN / "sources.md").read_text("utf-8")


def test_every_table_has_its_golden_file_and_no_golden_file_is_left_over() -> None:
    assert list(shipped()) == list(RULES)
    assert {path.stem for path in GOLDEN.glob("*.md")} == {*RULES, "sources"}


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize(
    ("specialite", "avenant_7", "later"),
    [
        ("Psychiatrie et neuro-psychiatrie", "ouverte", "ouverte"),
        ("Neurologie", "selon la tension du département", "ouverte"),
        ("Médecine nucléaire", "selon la tension du département", "exclue"),
        (
            "Chirurgie maxillo-faciale et stomatologie",
            "selon la tension du département",
            "à apprécier par la caisse",
        ),
        (
            "Radiodiagnostic et imagerie médicale",
            "selon la tension du département "
            "(ouverte dans les départements 08, 09, 10, 15, 43, 46, 48, 53, 88, 89, 91)",
            "exclue",
        ),
    ],
)
def test_the_table_of_specialties_says_what_each_text_opened(
    specialite: str, avenant_7: str, later: str
) -> None:
    (row,) = [row for row in shipped()["specialites"].rows if specialite in row[0].split(", ")]
    assert list(map(plain, row[1:])) == [avenant_7, later, later]


@pytest.mark.rule("ELI-01")
def test_every_specialty_is_in_one_row_of_the_table_of_specialties() -> None:
    named = [name for row in shipped()["specialites"].rows for name in row[0].split(", ")]
    assert sorted(named) == sorted(each.libelle for each in CONVENTION.specialites.values())


@pytest.mark.rule("ELI-07")
def test_the_table_of_options_says_what_is_not_settled_in_zac() -> None:
    (row,) = cells(shipped()["options"], Option="1 ETP")
    assert row["avenant 7 à la convention de 2016"] == "ouverte en ZIP, à apprécier en ZAC"
    assert "Medscape" in shipped()["options"].reference_line


@pytest.mark.rule("MNT-03", "MNT-04")
def test_the_tiers_temps_from_p90_has_8_767_euros_from_year_3() -> None:
    (row,) = cells(
        shipped()["montants-convention_2024"],
        Patientèle="P90 ≤ patientèle < P95",
        Année="Année 3 et au-delà",
    )
    assert row["1/3 ETP"] == "8 767 €"


@pytest.mark.rule("MNT-05")
def test_1_5_and_2_etp_have_amounts_from_year_3_only() -> None:
    for row in cells(shipped()["montants-convention_2024"]):
        given = row["Année"] == "Année 3 et au-delà"
        assert (row["1,5 ETP"] != "–") is given
        assert (row["2 ETP"] != "–") is given


@pytest.mark.rule("MNT-03")
@pytest.mark.parametrize("texte", ["avenant_7", "reglement_arbitral_2023"])
def test_before_2024_p95_has_the_same_amounts_every_year_printed_once(texte: str) -> None:
    (row,) = cells(shipped()[f"montants-{texte}"], Patientèle="P95 ≤ patientèle")
    assert row == {
        "Patientèle": "P95 ≤ patientèle",
        "Année": "Année 1 et suivantes",
        "1/3 ETP": "12 000 €",
        "0,5 ETP": "18 000 €",
        "1 ETP": "36 000 €",
        "1,5 ETP": "–",
        "2 ETP": "–",
    }


@pytest.mark.rule("MNT-01")
@pytest.mark.parametrize(
    ("specialite", "p30"),
    [("Dermatologie et vénéréologie", "1 916"), ("Psychiatrie et neuro-psychiatrie", "173")],
)
def test_a_specialty_with_file_active_alone_has_no_pmt_and_a_p30(specialite: str, p30: str) -> None:
    (row,) = cells(shipped()["percentiles-convention_2024"], Spécialité=specialite)
    assert [row[f"PMT {p}"] for p in ("P30", "P50", "P90", "P95")] == ["–"] * 4
    assert [row[f"PFA {p}"] for p in ("P30", "P50", "P90", "P95")] == [p30, "NC", "NC", "NC"]


@pytest.mark.rule("OBJ-03")
def test_the_growth_that_no_source_gives_is_printed_as_unknown() -> None:
    table = shipped()["objectifs-avenant_7"]
    unknown = [
        (row["Patientèle"], head) for row in cells(table) for head, cell in row.items() if cell == "inconnu"
    ]
    assert unknown == [("P50 ≤ patientèle < P70", "0,5 ETP"), ("P70 ≤ patientèle < P90", "1 ETP")]


@pytest.mark.rule("TMP-05")
def test_the_tables_of_shares_say_to_which_texts_they_apply_by_deduction() -> None:
    assert "Appliquée par déduction" in shipped()["MOD-01"].reference_line
    assert "Appliquée par déduction" not in of(CONVENTION)["MOD-01"].reference_line


@pytest.mark.rule("MOD-08")
def test_exceptional_circumstances_are_noted_under_5_1_and_5_2_only() -> None:
    noted = [name for name, table in shipped().items() if "MOD-08" in table.reference_line]
    assert noted == ["MOD-01", "MOD-01-signes-avenant_7", "MOD-02"]


def test_every_table_names_the_day_of_its_last_check_and_has_full_rows() -> None:
    for table in shipped().values():
        assert plain("Vérifié le 21 novembre 2026.") in plain(table.reference_line)
        assert {len(row) for row in table.rows} == {len(table.headers)}


def test_thousands_take_a_narrow_no_break_space_and_signs_a_no_break_space() -> None:
    row = shipped()["montants-convention_2024"].rows[3]
    assert row[2] == f"8{NARROW}767{WIDE}€"
    assert shipped()["objectifs-avenant_7"].rows[2][1] == f"7,5{WIDE}%"
    texts = [
        text for t in shipped().values() for text in (t.title, t.reference_line, *t.headers, *sum(t.rows, ()))
    ]
    assert not [text for text in texts if any(sign in text for sign in (" ;", " :", " %", " €", "« "))]


def test_the_tables_of_one_text_are_those_of_the_whole_publication() -> None:
    assert [t.id for t in published_tables([CONVENTION])] == [
        "percentiles-convention_2024",
        "montants-convention_2024",
        "specialites",
        "options",
        "MOD-01",
        "MOD-01-signes-avenant_7",
        *(f"MOD-0{n}" for n in range(2, 8)),
        "parametres",
    ]
    assert of(CONVENTION)["montants-convention_2024"] == shipped()["montants-convention_2024"]
    assert published_tables([]) == ()


def test_a_reform_of_an_amount_is_printed_in_a_table_marked_as_simulated() -> None:
    reform = CONVENTION.with_changes(montants={("1", "1", "p90_p95"): 40_000})
    table = of(reform)["montants-convention_2024"]
    assert table.title.endswith("(barème simulé)")
    assert plain("barème simulé (déduction)") in plain(table.reference_line)
    first = [plain(row[4]) for row in table.rows if row[1] == "Année 1"]
    assert first == ["38 000 €", "40 000 €"]


def test_a_reform_of_one_combination_breaks_its_printed_line_into_combinations() -> None:
    reform = CONVENTION.with_changes(modulation={("MOD-01", "non_atteint_avec_baisse", "atteint"): "prorata"})
    table = of(reform)["MOD-01"]
    assert [plain(" | ".join(row)) for row in table.rows if row[0] == "MOD-01/5"] == [
        "MOD-01/5 | non atteint avec baisse | atteint | prorata du meilleur taux",
        "MOD-01/5 | non atteint avec baisse | non atteint sans baisse ou non atteint avec baisse | 0 %",
    ]


def test_a_line_that_is_no_longer_a_product_is_printed_combination_by_combination() -> None:
    reform = CONVENTION.with_changes(
        modulation={("MOD-03", "non_atteint_sans_baisse", "non_atteint_avec_baisse"): "zero"}
    )
    rows = [plain(" | ".join(row[1:])) for row in of(reform)["MOD-03"].rows if row[0] == "MOD-03/3"]
    assert rows == [
        "non atteint sans baisse | non atteint sans baisse | prorata du meilleur taux",
        "non atteint avec baisse | non atteint sans baisse | prorata du meilleur taux",
        "non atteint avec baisse | non atteint avec baisse | prorata du meilleur taux",
        "non atteint sans baisse | non atteint avec baisse | 0 %",
    ]


def test_a_shared_table_that_a_reform_changed_is_printed_for_each_text() -> None:
    reform = CONVENTION.with_changes(modulation={("MOD-05", "non_atteint_avec_baisse"): "zero"})
    tables = of(*chronology().replacing(reform).baremes)
    names = [name for name in tables if name.startswith("MOD-05")]
    assert names == [f"MOD-05-{texte}" for texte in TEXTES]
    assert "0 %" in {plain(row[2]) for row in tables["MOD-05-convention_2024"].rows}
    assert "0 %" not in {plain(row[2]) for row in tables["MOD-05-avenant_7"].rows}


def test_a_parameter_that_a_reform_changed_has_a_line_for_each_value() -> None:
    reform = CONVENTION.with_changes(parametres={"age_senior": 67})
    table = of(*chronology().replacing(reform).baremes)["parametres"]
    lines = [plain(" | ".join(row[2:4])) for row in table.rows if row[1].startswith("âge de l’objectif")]
    assert lines == [
        "avenant 7 à la convention de 2016 et règlement arbitral de 2023 | 65",
        "convention médicale 2024-2029 | 67",
    ]


def test_csv_gives_back_the_cells_of_every_table() -> None:
    for table in shipped().values():
        read = list(csv.reader(io.StringIO(as_csv(table))))
        assert [tuple(line) for line in read] == [table.headers, *table.rows]


def test_a_bar_in_a_cell_does_not_break_the_markdown() -> None:
    table = PublishedTable("t", "T", ("a",), (("x|y\\z",),), "Source.")
    assert "| x\\|y\\\\z |" in as_markdown(table)
