"""The proofs of the tables: each has a broken table that must fail, and the mended one that passes."""

from collections.abc import Sequence
from datetime import date

import pytest

from aide_am.errors import InvalidBareme
from aide_am.references import Reference
from aide_am.tables import Interval, IntervalTable, Line, Row, decision_table, overlaid, rising

LAW = Reference("arrete", "article 1", "texte", date(2026, 11, 21))
REFORM = Reference("simulation", "barème simulé", "deduit", date(2026, 11, 21))

INPUTS = {"couleur": ("rouge", "vert"), "taille": ("petit", "grand")}


def line(couleur: str | Sequence[str], taille: str | Sequence[str], value: str) -> Line[str]:
    return Line({"couleur": couleur, "taille": taille}, value, LAW)


RED = line("rouge", "*", "arrêt")
SMALL_GREEN = line("vert", "petit", "départ lent")
BIG_GREEN = line("vert", "grand", "départ")
WHOLE = [RED, SMALL_GREEN, BIG_GREEN]


def test_a_whole_table_expands_each_printed_line_over_the_combinations_it_covers() -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    assert table.name == "feux"
    assert dict(table.inputs) == INPUTS
    assert dict(table.rows) == {
        ("rouge", "petit"): Row("feux/1", "arrêt", LAW),
        ("rouge", "grand"): Row("feux/1", "arrêt", LAW),
        ("vert", "petit"): Row("feux/2", "départ lent", LAW),
        ("vert", "grand"): Row("feux/3", "départ", LAW),
    }


def test_a_cell_may_name_several_values() -> None:
    table = decision_table("feux", INPUTS, [line(["rouge", "vert"], ["petit", "grand"], "arrêt")])
    assert {row.value for row in table.rows.values()} == {"arrêt"}
    assert len(table.rows) == 4


def test_the_inputs_are_read_in_the_order_of_the_table_whatever_the_order_of_the_cells() -> None:
    turned = [Line(dict(reversed(list(one.cells.items()))), one.value, LAW) for one in WHOLE]
    assert dict(decision_table("feux", INPUTS, turned).rows) == dict(
        decision_table("feux", INPUTS, WHOLE).rows
    )


def test_lines_laid_over_a_table_stand_in_the_place_of_its_rows_and_of_no_other() -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    night = overlaid(table, "feux nuit", [line("*", "grand", "prudence")])
    assert dict(night.rows) == {
        **table.rows,
        ("rouge", "grand"): Row("feux nuit/1", "prudence", LAW),
        ("vert", "grand"): Row("feux nuit/1", "prudence", LAW),
    }
    assert table["rouge", "grand"].value == "arrêt"


def test_lines_laid_over_a_table_twice_or_outside_of_it_are_refused() -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    wrong = [line("rouge", "grand", "a"), line("*", "grand", "b"), line("bleu", "grand", "c")]
    with pytest.raises(InvalidBareme) as refused:
        overlaid(table, "feux nuit", wrong)
    assert refused.value.place == "feux nuit"
    assert list(refused.value.faults) == [
        "chevauchement : rouge × grand dans feux nuit/1, feux nuit/2",
        "ligne 3 : valeur hors du domaine de « couleur » : « bleu »",
    ]


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        pytest.param(
            [RED, SMALL_GREEN],
            ["trou : aucune ligne pour vert × grand"],
            id="a gap",
        ),
        pytest.param(
            [],
            [
                "trou : aucune ligne pour rouge × petit",
                "trou : aucune ligne pour rouge × grand",
                "trou : aucune ligne pour vert × petit",
                "trou : aucune ligne pour vert × grand",
            ],
            id="no line at all",
        ),
        pytest.param(
            [*WHOLE, line("vert", "grand", "départ")],
            ["chevauchement : vert × grand dans feux/3, feux/4"],
            id="an overlap, even when both lines agree",
        ),
        pytest.param(
            [RED, SMALL_GREEN, line("vert", ["grand", "grand"], "départ")],
            ["chevauchement : vert × grand dans feux/3, feux/3"],
            id="a value named twice in one cell",
        ),
        pytest.param(
            [*WHOLE, line("bleu", "petit", "départ")],
            ["ligne 4 : valeur hors du domaine de « couleur » : « bleu »"],
            id="an unknown value",
        ),
        pytest.param(
            [*WHOLE, line("vert", ["petit", "moyen"], "départ")],
            ["ligne 4 : valeur hors du domaine de « taille » : « moyen »"],
            id="an unknown value beside a known one",
        ),
        pytest.param(
            [*WHOLE, line([], "petit", "départ")],
            ["ligne 4 : cellule vide « couleur »"],
            id="an empty cell",
        ),
        pytest.param(
            [RED, SMALL_GREEN, line("vert", "", "départ")],
            [
                "ligne 3 : cellule vide « taille »",
                "ligne 3 : valeur hors du domaine de « taille » : «  »",
                "trou : aucune ligne pour vert × grand",
            ],
            id="a cell of no letters",
        ),
        pytest.param(
            [*WHOLE, line(["*"], "petit", "départ")],
            ["ligne 4 : valeur hors du domaine de « couleur » : « * »"],
            id="the sign for all inside a list",
        ),
        pytest.param(
            [*WHOLE, Line({"couleur": "vert", "taille": "petit", "forme": "rond"}, "départ", LAW)],
            ["ligne 4 : entrée inconnue « forme »"],
            id="an unknown input",
        ),
        pytest.param(
            [*WHOLE, Line({"couleur": "vert"}, "départ", LAW)],
            ["ligne 4 : entrée absente « taille »"],
            id="a missing input",
        ),
        pytest.param(
            [Line({"forme": "rond", "couleur": "bleu"}, "départ", LAW), *WHOLE, BIG_GREEN],
            [
                "ligne 1 : entrée inconnue « forme »",
                "ligne 1 : valeur hors du domaine de « couleur » : « bleu »",
                "ligne 1 : entrée absente « taille »",
                "chevauchement : vert × grand dans feux/4, feux/5",
            ],
            id="every fault at once",
        ),
    ],
)
def test_a_broken_decision_table_is_refused_with_every_fault(
    lines: list[Line[str]], faults: list[str]
) -> None:
    with pytest.raises(InvalidBareme) as refused:
        decision_table("feux", INPUTS, lines)
    assert refused.value.place == "feux"
    assert list(refused.value.faults) == faults
    assert str(refused.value) == "\n".join(["Barème refusé, feux :", *(f"- {fault}" for fault in faults)])


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([RED, SMALL_GREEN, BIG_GREEN], id="the gap filled"),
        pytest.param([line("*", "*", "arrêt")], id="one line for all"),
        pytest.param([RED, line("vert", ["petit", "grand"], "départ")], id="the overlap joined"),
    ],
)
def test_the_smallest_mended_decision_table_loads(lines: list[Line[str]]) -> None:
    assert len(decision_table("feux", INPUTS, lines).rows) == 4


def test_a_table_of_one_input_is_keyed_by_tuples_of_one_value() -> None:
    table = decision_table("tailles", {"taille": ("petit", "grand")}, [Line({"taille": "*"}, "départ", LAW)])
    assert table["grand",] == Row("tailles/1", "départ", LAW)


def test_looking_up_a_combination_gives_its_row() -> None:
    assert decision_table("feux", INPUTS, WHOLE)["vert", "petit"] == Row("feux/2", "départ lent", LAW)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (("bleu", "petit"), "bleu × petit"),
        (("vert",), "vert"),
        (("vert", "petit", "rond"), "vert × petit × rond"),
        (("petit", "vert"), "petit × vert"),
        ("vert", "vert"),
    ],
)
def test_looking_up_out_of_the_domain_is_refused_and_never_a_default(
    key: tuple[str, ...], shown: str
) -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    with pytest.raises(InvalidBareme) as refused:
        table[key]
    assert refused.value.place == "feux"
    assert refused.value.faults == (f"aucune ligne pour {shown}",)
    assert refused.value.__suppress_context__


def test_replacing_gives_a_copy_with_the_new_value_its_source_and_the_id_of_the_row() -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    changed = table.replacing({("vert", "petit"): "arrêt"}, REFORM)
    assert changed["vert", "petit"] == Row("feux/2", "arrêt", REFORM)
    assert changed["vert", "grand"] == Row("feux/3", "départ", LAW)
    assert (changed.name, changed.inputs) == (table.name, table.inputs)
    assert table["vert", "petit"] == Row("feux/2", "départ lent", LAW)


def test_replacing_one_combination_of_a_line_leaves_the_others_of_that_line() -> None:
    changed = decision_table("feux", INPUTS, WHOLE).replacing({("rouge", "petit"): "départ"}, REFORM)
    assert changed["rouge", "petit"] == Row("feux/1", "départ", REFORM)
    assert changed["rouge", "grand"] == Row("feux/1", "arrêt", LAW)


def test_replacing_a_combination_that_is_no_row_is_refused_with_every_such_key() -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    with pytest.raises(InvalidBareme) as refused:
        table.replacing({("bleu", "petit"): "x", ("vert", "petit"): "x", ("vert", "moyen"): "x"}, REFORM)
    assert refused.value.place == "feux"
    assert refused.value.faults == (
        "aucune ligne pour bleu × petit",
        "aucune ligne pour vert × moyen",
    )


def test_the_rows_and_the_inputs_of_a_table_refuse_writes() -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    with pytest.raises(TypeError, match="does not support item assignment"):
        table.rows["vert", "petit"] = Row("feux/2", "arrêt", LAW)  # type: ignore[index]
    with pytest.raises(TypeError, match="does not support item assignment"):
        table.inputs["taille"] = ("petit",)  # type: ignore[index]


@pytest.mark.parametrize("name", ["name", "inputs", "rows", "autre"])
def test_no_attribute_of_a_decision_table_can_be_set(name: str) -> None:
    table = decision_table("feux", INPUTS, WHOLE)
    with pytest.raises(AttributeError, match=f"une table est immuable : {name}"):
        setattr(table, name, {})
    assert table["vert", "petit"] == Row("feux/2", "départ lent", LAW)


@pytest.mark.parametrize("name", ["name", "_lows", "_rows", "autre"])
def test_no_attribute_of_an_interval_table_can_be_set(name: str) -> None:
    table = IntervalTable("années", 1, [interval(1, None)])
    with pytest.raises(AttributeError, match=f"une table est immuable : {name}"):
        setattr(table, name, ())
    assert table.at(1) == Row("années/1", "v", LAW)


def test_a_table_keeps_nothing_of_the_mappings_it_was_made_from() -> None:
    inputs = {key: list(domain) for key, domain in INPUTS.items()}
    table = decision_table("feux", inputs, WHOLE)
    inputs["couleur"].append("bleu")
    inputs["forme"] = ["rond"]
    assert dict(table.inputs) == INPUTS


def interval(low: int | None, high: int | None, value: str = "v") -> Interval[str]:
    return Interval(low, high, value, LAW)


GAPLESS = [interval(1, 1, "un"), interval(2, 4, "deux à quatre"), interval(5, None, "cinq et plus")]


@pytest.mark.parametrize(
    ("position", "row"),
    [
        (1, Row("années/1", "un", LAW)),
        (2, Row("années/2", "deux à quatre", LAW)),
        (3, Row("années/2", "deux à quatre", LAW)),
        (4, Row("années/2", "deux à quatre", LAW)),
        (5, Row("années/3", "cinq et plus", LAW)),
        (6, Row("années/3", "cinq et plus", LAW)),
        (10**9, Row("années/3", "cinq et plus", LAW)),
    ],
)
def test_both_bounds_of_an_interval_belong_to_it(position: int, row: Row[str]) -> None:
    assert IntervalTable("années", 1, GAPLESS).at(position) == row


@pytest.mark.parametrize("position", [0, -1])
def test_looking_up_before_the_domain_is_refused(position: int) -> None:
    table = IntervalTable("années", 1, GAPLESS)
    assert table.name == "années"
    with pytest.raises(InvalidBareme) as refused:
        table.at(position)
    assert refused.value.place == "années"
    assert refused.value.faults == (f"{position} est avant le début du domaine",)


START = "le début du domaine (1) n’est pas couvert"
END = "la fin du domaine n’est pas couverte"


@pytest.mark.parametrize(
    ("intervals", "faults"),
    [
        pytest.param([], [START, END], id="empty"),
        pytest.param([interval(2, None)], [START], id="starts late"),
        pytest.param([interval(0, None)], [START], id="starts early"),
        pytest.param([interval(1, 9)], [END], id="ends"),
        pytest.param(
            [interval(1, 1), interval(3, None)], ["trou entre les lignes 1 et 2"], id="a gap of one number"
        ),
        pytest.param(
            [interval(1, 2), interval(2, None)],
            ["chevauchement entre les lignes 1 et 2"],
            id="an overlap of one number",
        ),
        pytest.param(
            [interval(1, None), interval(2, None)],
            ["chevauchement entre les lignes 1 et 2"],
            id="an open end before the last line",
        ),
        pytest.param(
            [interval(1, 3), interval(None, None)],
            ["chevauchement entre les lignes 1 et 2"],
            id="an open start after the first line",
        ),
        pytest.param(
            [interval(1, 1), interval(2, 3), interval(5, None)],
            ["trou entre les lignes 2 et 3"],
            id="a gap lower down",
        ),
        pytest.param(
            [interval(1, 2), interval(3, 2), interval(3, None)],
            ["bornes à l’envers : 3 après 2"],
            id="bounds the wrong way round",
        ),
        pytest.param(
            [interval(3, None), interval(1, 2)],
            [START, END, "chevauchement entre les lignes 1 et 2"],
            id="lines in the wrong order",
        ),
        pytest.param(
            [interval(2, 1), interval(4, 4), interval(4, 9)],
            [
                "bornes à l’envers : 2 après 1",
                START,
                END,
                "trou entre les lignes 1 et 2",
                "chevauchement entre les lignes 2 et 3",
            ],
            id="every fault at once",
        ),
    ],
)
def test_a_broken_interval_table_is_refused_with_every_fault(
    intervals: list[Interval[str]], faults: list[str]
) -> None:
    with pytest.raises(InvalidBareme) as refused:
        IntervalTable("années", 1, intervals)
    assert refused.value.place == "années"
    assert list(refused.value.faults) == faults


@pytest.mark.parametrize(
    "intervals",
    [
        pytest.param([interval(1, None)], id="one line from the start on"),
        pytest.param([interval(None, None)], id="one line open at both ends"),
        pytest.param([interval(1, 1), interval(2, None)], id="lines that touch"),
        pytest.param([interval(None, 2), interval(3, None)], id="an open start"),
    ],
)
def test_the_smallest_mended_interval_table_loads(intervals: list[Interval[str]]) -> None:
    table = IntervalTable("années", 1, intervals)
    assert table.at(1).id == "années/1"
    assert table.at(1000).id == f"années/{len(intervals)}"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="no value"),
        pytest.param([("p30", 775)], id="one value"),
        pytest.param([("p30", None), ("p50", None)], id="nothing published"),
        pytest.param([("p30", 1), ("p50", 2), ("p90", 3)], id="rising by one"),
        pytest.param([("p30", 1), ("p50", None), ("p90", 2)], id="rising over an unpublished one"),
    ],
)
def test_a_series_that_rises_has_no_fault(values: list[tuple[str, int | None]]) -> None:
    assert rising("mg", values) == []


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        pytest.param(
            [("p30", 2), ("p50", 2)],
            ["mg : p30 = 2 devrait être inférieur à p50 = 2"],
            id="equal",
        ),
        pytest.param(
            [("p30", 3), ("p50", 2)],
            ["mg : p30 = 3 devrait être inférieur à p50 = 2"],
            id="falling",
        ),
        pytest.param(
            [("p30", 3), ("p50", None), ("p90", 3)],
            ["mg : p30 = 3 devrait être inférieur à p90 = 3"],
            id="equal over an unpublished one",
        ),
        pytest.param(
            [("p30", 3), ("p50", 2), ("p90", 9), ("p95", 0)],
            [
                "mg : p30 = 3 devrait être inférieur à p50 = 2",
                "mg : p90 = 9 devrait être inférieur à p95 = 0",
            ],
            id="every fault at once",
        ),
    ],
)
def test_a_series_that_does_not_rise_strictly_says_where(
    values: list[tuple[str, int | None]], faults: list[str]
) -> None:
    assert rising("mg", values) == faults
