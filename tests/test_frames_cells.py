"""What a cell may hold: understood where it can mean one thing only, else refused in words."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest

from aide_am import Decision, Refusal, RefusedData
from aide_am.frames import COLUMNS, OUTPUTS, evaluate_frame, explain_row

ROW: dict[str, Any] = {
    "specialite": "medecine_generale",
    "secteur": "1",
    "option_tarifaire": "OPTAM",
    "date_naissance": date(1970, 5, 2),
    "date_installation": date(2005, 9, 1),
    "zone": "ZIP",
    "part_honoraires_cliniques": "0.85",
    "rqth": False,
    "date_signature": date(2024, 9, 1),
    "option_etp": "1",
    "pmt_initiale": 1300,
    "pfa_initiale": 1800,
    "pmt_objectif": 1560,
    "pfa_objectif": 1910,
    "annee": 3,
    "pmt_observee": 1500,
    "pfa_observee": 1890,
}
"""The README's doctor: 9/11 of 22 000 €, which is 18 000 €."""


def table(column: str, *cells: Any, rows: Mapping[str, Any] = ROW) -> pl.DataFrame:
    """The README's doctor once a cell, between two untouched ones; the column holds Python objects."""
    values = {name: [cell] * (len(cells) + 2) for name, cell in rows.items()}
    own = rows.get(column)
    values[column] = [own, *cells, own]
    series = [pl.Series(name, cells) for name, cells in values.items() if name != column]
    return pl.DataFrame([*series, pl.Series(column, values[column], dtype=pl.Object)])


def told(column: str, cell: Any, rows: Mapping[str, Any] = ROW) -> dict[str, Any]:
    """The answer to a row in which one cell was replaced; its neighbours must be answered as ever."""
    answers = evaluate_frame(table(column, cell, rows=rows))
    before, found, after = answers.select(OUTPUTS).rows(named=True)
    assert before["error"] is None
    assert before == after
    if found["error"] is not None:
        assert all(found[name] is None for name in OUTPUTS if name not in ("error", "codes"))
    return dict(found)


def read(column: str, cell: Any, rows: Mapping[str, Any] = ROW) -> Any:
    """What the decision holds where a column was read; the row must not be refused."""
    answers = evaluate_frame(table(column, cell, rows=rows))
    assert answers["error"].to_list() == [None] * 3
    dossier: Any = explain_row(answers, 1).dossier
    place = next(found.path for found in COLUMNS if found.name == column)
    for name in place:
        dossier = None if dossier is None else getattr(dossier, name)
    return dossier


def refused(column: str, cell: Any, rows: Mapping[str, Any] = ROW) -> str:
    """The words that refuse a cell; they name the column and say what to do."""
    error = told(column, cell, rows)["error"]
    assert error is not None, f"{cell!r} was understood"
    assert error.startswith(f"{column} : reçu "), error
    assert " ; attendu : " in error
    assert " ; à faire : " in error
    return str(error)


def test_the_doctor_of_the_readme_gets_his_amount_from_a_table() -> None:
    (answer,) = evaluate_frame(pl.DataFrame([ROW])).rows(named=True)
    assert (answer["verdict"], answer["regime"]) == ("eligible", "MOD-01")
    assert answer["maximum_low"] == answer["maximum_high"] == Decimal("22000.00")
    assert answer["share_low"] == answer["share_high"] == 9 / 11
    assert answer["amount_due_low"] == answer["amount_due_high"] == Decimal("18000.00")
    assert (answer["pmt_rate"], answer["pfa_rate"]) == (200 / 260, 90 / 110)
    assert answer["missing"] is answer["error"] is answer["criteria_failed"] is None


# --- Dates --------------------------------------------------------------------------------------

NEW_YEAR = date(2024, 12, 31)


@pytest.mark.parametrize(
    "cell",
    [
        NEW_YEAR,
        "2024-12-31",
        " 2024-12-31 ",
        "31/12/2024",
        "31/12/2024 00:00",
        "31/12/2024 00:00:00",
        "2024-12-31 00:00:00",
        "2024-12-31T00:00:00",
        datetime(2024, 12, 31),
        pd.Timestamp("2024-12-31"),
    ],
)
def test_a_date_is_understood_as_excel_data_frames_and_french_analysts_write_it(cell: Any) -> None:
    assert read("date_signature", cell) == NEW_YEAR


@pytest.mark.parametrize(("cell", "day"), [("5/6/2024", (2024, 6, 5)), ("05/06/2024", (2024, 6, 5))])
def test_a_french_date_begins_with_its_day(cell: str, day: tuple[int, int, int]) -> None:
    assert read("date_signature", cell) == date(*day)


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2024",
        "29/02/2023",
        "2024-02-30",
        "12/31/2024",
        "31/12/24",
        "31-12-2024",
        "31.12.2024",
        "2024/12/31",
        "20241231",
        "2024-W52-2",
        "31 décembre 2024",
        "00/12/2024",
        "2024-12",
        "demain",
        "31/12/2024 08:30",
        "2024-12-31T08:30:00",
        datetime(2024, 12, 31, 8, 30),
        pd.Timestamp("2024-12-31 00:00:01"),
        time(0, 0),
        45657,
        45657.0,
        "45657",
        True,
        ["2024-12-31"],
    ],
)
def test_a_date_that_is_none_or_could_be_two_is_refused_in_words(cell: Any) -> None:
    assert "une date, AAAA-MM-JJ ou JJ/MM/AAAA" in refused("date_signature", cell)


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Float64])
def test_a_column_of_serial_numbers_of_excel_is_no_column_of_dates(dtype: Any) -> None:
    frame = pl.DataFrame([ROW]).with_columns(pl.lit(45657, dtype=dtype).alias("date_signature"))
    with pytest.raises(RefusedData) as error:
        evaluate_frame(frame)
    (refusal,) = error.value.refusals
    assert refusal.field == "colonne date_signature"
    assert "AAAA-MM-JJ ou JJ/MM/AAAA" in refusal.expected
    assert "int64" in refusal.received or "double" in refusal.received


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(1899, 12, 29), "une date à partir du 2019-09-01"),
        (date(2019, 8, 31), "une date à partir du 2019-09-01"),
        ("31/08/2019", "une date à partir du 2019-09-01"),
        (date(9901, 1, 1), "une date jusqu’à l’an 9900"),
        (date(9999, 12, 30), "une date jusqu’à l’an 9900"),
    ],
)
def test_a_signature_out_of_time_is_refused_in_the_words_of_the_models(day: Any, why: str) -> None:
    assert why in refused("date_signature", day)


@pytest.mark.parametrize("day", [date(2200, 1, 1), date(2262, 4, 12), date(9900, 12, 31), date(2019, 9, 1)])
def test_a_signature_far_away_is_still_a_signature(day: date) -> None:
    unborn = {name: cell for name, cell in ROW.items() if name != "date_naissance"}
    assert read("date_signature", day, unborn) == day


@pytest.mark.rule("DIT-07")
@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(1500, 2, 28), "01/01/1000"])
def test_a_birth_long_ago_fills_an_empty_cell(day: Any) -> None:
    assert "laissez vide si la date n’est pas connue" in refused("date_naissance", day)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize(("hour", "fine"), [(0, True), (1, False)])
def test_a_column_of_instants_holds_dates_where_they_are_midnights(unit: Any, hour: int, fine: bool) -> None:
    instants = pl.Series("date_signature", [datetime(2024, 9, 1, hour)], dtype=pl.Datetime(unit))
    answers = evaluate_frame(pl.DataFrame([ROW]).with_columns(instants))
    assert (answers["error"].item() is None) is fine


@pytest.mark.parametrize("day", [date(1960, 2, 29), date(1950, 1, 1)])
def test_a_midnight_before_1970_is_the_day_it_says(day: date) -> None:
    instants = pl.Series("date_naissance", [datetime(day.year, day.month, day.day)], dtype=pl.Datetime("us"))
    answers = evaluate_frame(pl.DataFrame([ROW]).with_columns(instants))
    assert explain_row(answers, 0).dossier.medecin.date_naissance == day


def test_a_midnight_of_paris_is_a_day_of_paris() -> None:
    instants = pl.Series("date_signature", [datetime(2024, 8, 31, 22, tzinfo=UTC)])
    paris = instants.dt.convert_time_zone("Europe/Paris")
    answers = evaluate_frame(pl.DataFrame([ROW]).with_columns(paris))
    assert answers["error"].item() is None
    assert explain_row(answers, 0).dossier.contrat.date_signature == date(2024, 9, 1)


# --- Counts and years ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        1300.0,
        "1300",
        " 1300 ",
        "1 300",
        "1\u00a0300",
        "1\u202f300",
        "1300.0",
        "1300,0",
        "1300,00",
        Decimal("1300"),
        Decimal("1300.0"),
        Decimal("1.3E3"),
    ],
)
def test_a_count_is_understood_as_spreadsheets_write_it(cell: Any) -> None:
    count = read("pmt_initiale", cell)
    assert count == read("pmt_initiale", 1300) == 1300
    assert type(count) is int


@pytest.mark.parametrize(
    "cell",
    [
        1300.5,
        "1300.5",
        "1300,5",
        "1.300",
        "1,300",
        "13 00",
        "1 3000",
        "1 300,5",
        "mille trois cents",
        "1300 patients",
        "env. 1300",
        "1300-1400",
        "0x514",
        "1e3",
        "١٣٠٠",
        "#N/A",
        "#REF!",
        "-",
        "n.c.",
        float("inf"),
        True,
        date(2024, 1, 1),
        [1300],
        {"pmt": 1300},
    ],
)
def test_a_count_that_is_none_or_could_be_two_is_refused_in_words(cell: Any) -> None:
    assert "un nombre entier" in refused("pmt_initiale", cell)


@pytest.mark.parametrize("cell", [-1, -1.0, "-1", -(10**12), "-1300"])
def test_a_count_under_nothing_is_refused_in_words(cell: Any) -> None:
    assert "un nombre supérieur ou égal à 0" in refused("pmt_observee", cell)


@pytest.mark.parametrize("cell", [10_000_000, 10_000_001, 2**31, 2**53 + 1, 2**63, 10**20])
def test_a_count_beyond_reason_is_read_to_the_patient_like_another(cell: int) -> None:
    assert read("pmt_observee", cell) == cell


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt8, pl.Int16, pl.UInt16, pl.UInt32, pl.UInt64, pl.Float32])
def test_a_count_is_read_from_every_type_of_number(dtype: Any) -> None:
    frame = pl.DataFrame([ROW]).with_columns(pl.lit(100, dtype=dtype).alias("pmt_observee"))
    answers = evaluate_frame(frame)
    assert explain_row(answers, 0).dossier.observation.pmt == 100  # type: ignore[union-attr]
    assert answers["pmt_status"].item() == "non_atteint_avec_baisse"


@pytest.mark.parametrize("value", [2**32 + 1500, 2**63 + 1500, 2**40])
def test_a_count_too_large_for_a_narrow_number_is_never_cut_to_fit(value: int) -> None:
    frame = pl.DataFrame([ROW]).with_columns(pl.lit(value, dtype=pl.UInt64).alias("pmt_observee"))
    answers = evaluate_frame(frame)
    assert answers["pmt_rate"].item() == float((value - 1300) / 260)
    assert explain_row(answers, 0).dossier.observation.pmt == value  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", [3, 3.0, "3", " 3 ", "3.0", "3,0", Decimal(3)])
def test_a_year_is_understood_as_spreadsheets_write_it(cell: Any) -> None:
    assert read("annee", cell) == 3


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (0, "un nombre supérieur ou égal à 1"),
        (-3, "un nombre supérieur ou égal à 1"),
        (100, "un nombre inférieur ou égal à 99"),
        (2026, "un nombre inférieur ou égal à 99"),
        (3.5, "un nombre entier"),
        ("troisième", "un nombre entier"),
        ("année 3", "un nombre entier"),
        (True, "un nombre entier"),
    ],
)
def test_a_year_that_no_contract_has_is_refused_in_words(cell: Any, why: str) -> None:
    assert why in refused("annee", cell)


# --- Flags --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", [True, "VRAI", "vrai", "oui", "Oui", "OUI", "true", "TRUE", 1, 1.0, "1", " oui "]
)
def test_a_flag_that_says_yes(cell: Any) -> None:
    assert read("rqth", cell) is True


@pytest.mark.parametrize("cell", [False, "FAUX", "faux", "non", "Non", "false", "False", 0, 0.0, "0"])
def test_a_flag_that_says_no(cell: Any) -> None:
    assert read("rqth", cell) is False


@pytest.mark.parametrize(
    "cell", ["peut-être", "o", "n", "X", "x", "y", "yes", 2, -1, 0.5, "2", "vrai ?", date(2024, 1, 1)]
)
def test_a_flag_that_says_neither_is_refused_in_words(cell: Any) -> None:
    assert "true ou false" in refused("rqth", cell)


@pytest.mark.parametrize("cell", ["peut-être", 2, "X"])
def test_the_flag_mep_is_refused_in_the_same_words(cell: Any) -> None:
    coded = {name: value for name, value in ROW.items() if name != "specialite"} | {
        "specialite_am": "05",
        "mep": False,
    }
    assert "true ou false" in refused("mep", cell, coded)


# --- Closed lists -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "option"),
    [
        (1, "1"), (1.0, "1"), ("1", "1"), ("1,0", "1"), ("1.0", "1"),
        (0.5, "0.5"), ("0.5", "0.5"), ("0,5", "0.5"), ("0,50", "0.5"), (Decimal("0.50"), "0.5"),
        ("1/3", "1/3"), (" 1/3 ", "1/3"), (1.5, "1.5"), ("1,5", "1.5"), (2, "2"), (2.0, "2"),
    ],
)  # fmt: skip
def test_an_option_is_understood_as_a_number_too(cell: Any, option: str) -> None:
    assert read("option_etp", cell) == option


@pytest.mark.parametrize(
    "cell", [0.333, 0.33, "0,33", 1 / 3, 0, 3, "un", "1 ETP", "50 %", "1/2", "½", True, -1]
)
def test_an_option_that_is_none_is_refused_in_words(cell: Any) -> None:
    assert '"1/3"' in refused("option_etp", cell)


@pytest.mark.parametrize(("cell", "secteur"), [(1, "1"), (1.0, "1"), ("1", "1"), (2, "2"), ("2.0", "2")])
def test_a_secteur_is_understood_as_a_number_too(cell: Any, secteur: str) -> None:
    assert read("secteur", cell) == secteur


@pytest.mark.parametrize("cell", [3, 0, "S1", "secteur 1", "NON_CONVENTIONNE", True, 1.5])
def test_a_secteur_that_is_none_is_refused_in_words(cell: Any) -> None:
    assert '"non_conventionne"' in refused("secteur", cell)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("zone", "zip"), ("zone", "ZIP1"), ("zone", 1),
        ("option_tarifaire", "optam"), ("option_tarifaire", "OPTAM CO"),
        ("pmt_nature", "Augmentation"), ("pfa_nature", "primo_installe"), ("anterieur_option_etp", "0.4"),
    ],
)  # fmt: skip
def test_a_name_that_is_in_no_list_is_refused_with_the_list(column: str, cell: Any) -> None:
    choices = next(found.choices for found in COLUMNS if found.name == column)
    error = refused(column, cell)
    assert all(choice in error for choice in choices)


@pytest.mark.parametrize(
    "cell", ["Médecine générale", "medecine generale", "MEDECINE_GENERALE", "01", "cardiologue", 1, ""]
)
def test_a_specialty_that_is_not_known_is_refused_in_words(cell: Any) -> None:
    refused("specialite", cell)


def test_a_specialty_nearly_right_is_refused_with_the_nearest_ones() -> None:
    assert "« cardiologie »" in refused("specialite", "cardiologue")


# --- Shares -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [0.85, "0.85", "0,85", Decimal("0.85"), " 0,85 "])
def test_a_share_is_a_fraction_of_one(cell: Any) -> None:
    assert read("part_honoraires_cliniques", cell) == Decimal("0.85")


@pytest.mark.parametrize(
    ("cell", "part"),
    [(0, "0"), (1, "1"), (0.0, "0"), (1.0, "1"), ("1,0", "1"), (0.1 + 0.2, "0.30000000000000004")],
)
def test_the_ends_of_a_share_and_what_a_float_says(cell: Any, part: str) -> None:
    assert read("part_honoraires_cliniques", cell) == Decimal(part)


@pytest.mark.parametrize(
    "cell", [85, 85.0, "85", "80 %", "85%", "0.85 %", 1.01, "1,0001", -0.1, "-0,1", "4/5", float("inf"), True]
)
def test_a_share_that_is_none_is_refused_in_words(cell: Any) -> None:
    assert "une fraction de 1" in refused("part_honoraires_cliniques", cell)


@pytest.mark.parametrize(
    ("part", "failed"),
    [
        ("0.80", None),
        ("0.8", None),
        ("0.79999999999999999999", "ELI-02"),
        ("0.80000000000000000001", None),
        ("0,7999", "ELI-02"),
    ],
)
@pytest.mark.rule("ELI-02")
def test_the_share_of_a_surgeon_is_compared_exactly_at_eighty_percent(part: str, failed: str | None) -> None:
    surgeon = ROW | {"specialite": "orl", "pfa_initiale": 2100, "pfa_objectif": 2200}
    assert told("part_honoraires_cliniques", part, surgeon)["criteria_failed"] == failed


# --- Nothing known ------------------------------------------------------------------------------

OPTIONAL = [column.name for column in COLUMNS if not column.required]
REQUIRED = [column.name for column in COLUMNS if column.required]
EMPTY = [None, "", "   ", "\u00a0", float("nan"), pd.NaT, pd.NA, Decimal("NaN")]


@pytest.mark.parametrize("cell", EMPTY, ids=repr)
@pytest.mark.parametrize("column", OPTIONAL)
def test_an_empty_cell_says_that_the_datum_is_not_known(column: str, cell: Any) -> None:
    without = {name: value for name, value in ROW.items() if name != column}
    (wanted,) = evaluate_frame(pl.DataFrame([without])).select(OUTPUTS).rows()
    answers = evaluate_frame(table(column, cell)).select(OUTPUTS).rows()
    assert answers[1] == wanted
    assert answers[0] == answers[2]


@pytest.mark.parametrize("cell", EMPTY, ids=repr)
@pytest.mark.parametrize("column", REQUIRED)
def test_an_empty_cell_where_one_is_needed_is_refused_in_words(column: str, cell: Any) -> None:
    error = refused(column, cell)
    assert "une valeur, ce champ est obligatoire" in error


def test_missing_is_never_read_as_zero() -> None:
    assert told("pmt_observee", None)["missing"] == "observation.pmt"
    assert told("pmt_observee", 0)["pmt_status"] == "non_atteint_avec_baisse"
    assert told("pmt_observee", None)["pmt_status"] is None


def test_a_column_of_nan_is_a_column_of_nothing_known() -> None:
    frame = pl.DataFrame([ROW, ROW]).with_columns(pl.lit(float("nan")).alias("pmt_observee"))
    answers = evaluate_frame(frame)
    assert answers["missing"].to_list() == ["observation.pmt"] * 2


@pytest.mark.parametrize("column", OPTIONAL)
def test_a_column_that_pandas_read_as_nan_because_it_is_empty_says_nothing(column: str) -> None:
    without = {name: value for name, value in ROW.items() if name != column}
    frame = pd.DataFrame([without] * 2)
    frame[column] = float("nan")
    answers = evaluate_frame(pl.from_pandas(frame, nan_to_null=False))
    wanted = evaluate_frame(pl.DataFrame([without] * 2))
    assert answers.select(OUTPUTS).rows() == wanted.select(OUTPUTS).rows()
    assert evaluate_frame(frame)["error"].isna().all()


# --- Specialties by their code ------------------------------------------------------------------

CODED = {name: value for name, value in ROW.items() if name != "specialite"} | {
    "specialite_am": "05",
    "mep": False,
}
SPECIALIST = CODED | {"pfa_initiale": 2000, "pfa_objectif": 2100}


@pytest.mark.parametrize(
    ("code", "mep", "slug"),
    [
        ("01", False, "medecine_generale"), ("01", "oui", "mep"),
        (1, False, "medecine_generale"), (1.0, True, "mep"),
        ("1", "non", "medecine_generale"), ("22", True, "mep"), (23, False, "medecine_generale"),
        ("05", None, "dermatologie"), (5, None, "dermatologie"), ("5,0", False, "dermatologie"),
        ("06", None, "radiologie"),
        (" 33 ", None, "psychiatrie"), ("17", None, "psychiatrie"), (75, None, "psychiatrie"),
    ],
)  # fmt: skip
def test_a_code_of_the_assurance_maladie_stands_for_the_slug(code: Any, mep: Any, slug: str) -> None:
    frame = table("specialite_am", code, rows=SPECIALIST | {"mep": mep})[1]
    answers = evaluate_frame(frame)
    assert answers["error"].item() is None
    assert explain_row(answers, 0).dossier.medecin.specialite == slug


@pytest.mark.parametrize("code", ["01", 1, "22", 23.0])
def test_a_code_that_generalistes_and_mep_share_needs_the_flag(code: Any) -> None:
    error = evaluate_frame(table("specialite_am", code, rows=CODED | {"mep": None})[1])["error"].item()
    assert error.startswith("specialite_am : reçu ")
    assert "vrai ou faux dans la colonne mep" in error
    assert "mep=True" not in error


@pytest.mark.parametrize("code", ["99", "", 0, "1A", "medecine_generale", 5.5, -5, True, "٠٥"])
def test_a_code_that_is_none_is_refused_in_words(code: Any) -> None:
    error = evaluate_frame(table("specialite_am", code, rows=CODED)[1])["error"].item()
    assert error is not None
    assert error.startswith("specialite" if code == "" else "specialite_am : reçu ")


@pytest.mark.parametrize(
    ("slug", "code", "mep", "fine"),
    [
        ("dermatologie", "05", None, True),
        ("dermatologie", 5, False, True),
        ("medecine_generale", "01", None, True),
        ("mep", "01", None, True),
        ("mep", "01", True, True),
        ("mep", "22", False, False),
        ("medecine_generale", "23", True, False),
        ("dermatologie", "06", None, False),
        ("dermatologie", "01", None, False),
        ("medecine_generale", "05", None, False),
        ("dermatologie", "99", None, False),
        ("autre_specialite", "05", None, False),
    ],
)
def test_a_slug_and_a_code_that_disagree_are_refused(slug: str, code: Any, mep: Any, fine: bool) -> None:
    row = SPECIALIST | {"specialite": slug, "mep": mep}
    answers = evaluate_frame(table("specialite_am", code, rows=row)[1])
    error = answers["error"].item()
    assert (error is None) is fine
    if fine:
        assert explain_row(answers, 0).dossier.medecin.specialite == slug
    else:
        assert error.startswith(("specialite_am : reçu ", "mep : reçu "))


def test_a_bad_code_and_a_bad_date_are_told_together() -> None:
    row = CODED | {"specialite_am": "99", "date_signature": date(2018, 1, 1), "pmt_initiale": -4}
    error = evaluate_frame(pl.DataFrame([row]))["error"].item()
    assert all(f"{name} : reçu " in error for name in ("specialite_am", "date_signature", "pmt_initiale"))
    assert error.count(" ; à faire : ") == 3
    assert "specialite : " not in error


# --- Categories ---------------------------------------------------------------------------------

WORDS = {
    "specialite": "dermatologie",
    "secteur": "2",
    "option_tarifaire": "OPTAM-ACO",
    "zone": "ZAC",
    "option_etp": "0.5",
}
OTHERS = {"specialite": "orl", "secteur": "1", "option_tarifaire": "aucune", "zone": "ZIP", "option_etp": "1"}


@pytest.mark.parametrize("kind", ["enum", "categorical", "pandas"])
def test_categories_are_read_like_their_text(kind: str) -> None:
    rows = [ROW | WORDS, ROW | OTHERS, ROW | WORDS | {"zone": None}]
    plain = pl.DataFrame(rows)
    if kind == "pandas":
        frame = pd.DataFrame(rows)
        for name in WORDS:
            frame[name] = frame[name].astype("category")
        told = evaluate_frame(frame)
        found = [
            [None if value != value else value for value in told[name]] for name in ("verdict", "missing")
        ]
    else:
        casts = [
            pl.col(name).cast(
                pl.Enum(sorted({WORDS[name], OTHERS[name], "inutile"})) if kind == "enum" else pl.Categorical
            )
            for name in WORDS
        ]
        answers = evaluate_frame(plain.with_columns(casts))
        found = [answers[name].to_list() for name in ("verdict", "missing")]
    wanted = evaluate_frame(plain)
    assert found == [wanted[name].to_list() for name in ("verdict", "missing")]


def test_a_category_that_is_in_no_list_refuses_its_rows_alone() -> None:
    frame = pl.DataFrame([ROW, ROW | {"zone": "Zip"}, ROW]).with_columns(pl.col("zone").cast(pl.Categorical))
    errors = evaluate_frame(frame)["error"].to_list()
    assert errors[0] is errors[2] is None
    assert errors[1].startswith('zone : reçu "Zip" ; attendu : ')


def test_categories_of_counts_dates_and_flags_are_read_too() -> None:
    words = {
        "pmt_initiale": "1 300",
        "date_signature": "01/09/2024",
        "rqth": "FAUX",
        "part_honoraires_cliniques": "0,85",
        "annee": "3",
    }
    frame = pl.DataFrame([ROW | words] * 2).with_columns(pl.col(name).cast(pl.Categorical) for name in words)
    wanted = evaluate_frame(pl.DataFrame([ROW] * 2))
    assert evaluate_frame(frame).select(OUTPUTS).rows() == wanted.select(OUTPUTS).rows()


# --- Refused rows and the others ----------------------------------------------------------------


def test_refused_rows_neither_stop_nor_change_the_others() -> None:
    wrong: list[dict[str, Any]] = [
        {"zone": "zip"}, {"annee": 0}, {"pmt_initiale": -1}, {"date_signature": date(2000, 1, 1)},
        {"pmt_objectif": 1200}, {"date_naissance": date(2024, 9, 1)}, {"date_installation": date(2024, 9, 2)},
    ]  # fmt: skip
    rows = [ROW | change for pair in zip(wrong, [{}] * len(wrong), strict=True) for change in pair]
    answers = evaluate_frame(pl.DataFrame(rows))
    assert answers.height == len(rows)
    assert answers["error"].is_null().to_list() == [False, True] * len(wrong)
    alone = evaluate_frame(pl.DataFrame([ROW])).select(OUTPUTS).row(0)
    assert set(answers.select(OUTPUTS)[1::2].rows()) == {alone}
    refused_rows = answers[::2].select(name for name in OUTPUTS if name not in ("error", "codes"))
    assert all(value is None for row in refused_rows.rows() for value in row)


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ({"pmt_objectif": 1200}, ["pmt_objectif"]),
        ({"pmt_objectif": 1200, "pfa_objectif": 1700}, ["pmt_objectif", "pfa_objectif"]),
        ({"date_installation": date(2024, 3, 1), "pmt_objectif": 1200}, ["pmt_objectif"]),
        ({"date_naissance": date(2010, 1, 1)}, ["date_naissance"]),
        ({"date_installation": date(2025, 1, 1)}, ["date_installation"]),
        ({"date_option": date(2024, 8, 31)}, ["date_option"]),
        ({"date_option": date(2027, 9, 1)}, ["date_option"]),
        ({"anterieur_date_signature": date(2024, 9, 2)}, ["anterieur_date_signature"]),
        ({"pmt_nature": "augmentation", "pmt_objectif": 1300}, ["pmt_objectif"]),
        ({"annee": 0, "secteur": "4", "pmt_observee": -2}, ["annee", "secteur", "pmt_observee"]),
    ],
)
def test_the_error_of_a_row_speaks_of_its_columns(change: dict[str, Any], columns: list[str]) -> None:
    error = evaluate_frame(pl.DataFrame([ROW | change]))["error"].item()
    starts = [part.split(" : ")[0] for part in error.split(" ; à faire : ")]
    named = [starts[0], *(start.rsplit(" ; ", 1)[-1] for start in starts[1:-1])]
    assert sorted(named) == sorted(columns), error
    assert "contrat." not in error
    assert "medecin." not in error


@pytest.mark.parametrize(
    "own",
    [{"pfa_p30": 1219, "pfa_p50": 1000}, {"pfa_p70": 3000}, {"pmt_p70": 1045}, {"pmt_p90": 5, "pmt_p95": 5}],
)
@pytest.mark.rule("MNT-01")
def test_percentiles_that_do_not_rise_are_refused_in_words(own: dict[str, int]) -> None:
    error = evaluate_frame(pl.DataFrame([ROW | own]))["error"].item()
    indicator = next(iter(own)).partition("_")[0]
    assert error.startswith(f"percentiles.{indicator} : reçu ")
    assert "P30 < P50 < P70 < P90 < P95" in error


# --- Columns ------------------------------------------------------------------------------------


def faults(frame: Any, **options: Any) -> dict[str, Refusal]:
    """The refusals of a table that is wrong as a whole, by field."""
    with pytest.raises(RefusedData) as error:
        evaluate_frame(frame, **options)
    return {refusal.field: refusal for refusal in error.value.refusals}


@pytest.mark.parametrize("column", REQUIRED)
def test_a_table_without_a_column_that_is_needed_is_one_error_that_lists_what_it_has(column: str) -> None:
    frame = pl.DataFrame([ROW]).drop(column)
    found = faults(frame)
    assert list(found) == [f"colonne {column}"]
    refusal = found[f"colonne {column}"]
    assert all(name in refusal.received for name in frame.columns)
    assert "obligatoire" in refusal.expected
    assert f'columns={{"{column}": ' in refusal.remedy


def test_every_fault_of_a_table_comes_at_once() -> None:
    frame = pl.DataFrame(
        {"Specialité": ["orl"], "datesignature": ["2024-09-01"], "verdict": [1], "pmt_initial": [3]}
    )
    found = faults(frame)
    needed = {f"colonne {name}" for name in REQUIRED}
    assert needed | {"colonne verdict", "colonne pmt_initial"} <= set(found)


def test_the_types_that_cannot_hold_a_column_are_told_together() -> None:
    frame = pl.DataFrame([ROW]).with_columns(
        date_signature=pl.lit(45657), pmt_initiale=pl.lit(True), specialite=pl.lit(1),
        rqth=pl.lit(date(2024, 1, 1)), annee=pl.lit([3]),
    )  # fmt: skip
    found = faults(frame)
    wrong = {"date_signature", "pmt_initiale", "specialite", "rqth", "annee"}
    assert set(found) == {f"colonne {name}" for name in wrong}
    assert all(refusal.received and refusal.expected for refusal in found.values())
    assert found["colonne pmt_initiale"].expected == "des nombres entiers"
    assert "bool" in found["colonne pmt_initiale"].received


@pytest.mark.parametrize(
    ("near", "column"),
    [
        ("pmt_initial", "pmt_initiale"),
        ("PMT_initiale", "pmt_initiale"),
        ("pmt initiale", "pmt_initiale"),
        ("Date_naissance", "date_naissance"),
        ("date naissance", "date_naissance"),
        ("date_de_naissance", "date_naissance"),
        ("pfa_observées", "pfa_observee"),
        ("pfa_observée", "pfa_observee"),
        ("Zone", "zone"),
        ("ZONE", "zone"),
        ("secteurs", "secteur"),
        ("option tarifaire", "option_tarifaire"),
        ("RQTH", "rqth"),
    ],
)
def test_a_column_that_is_nearly_known_is_told_and_never_passed_over(near: str, column: str) -> None:
    frame = pl.DataFrame([ROW]).drop(column, strict=False).with_columns(pl.lit(None).alias(near))
    found = faults(frame)
    assert list(found) == [f"colonne {near}"]
    assert f"« {column} »" in found[f"colonne {near}"].expected
    assert f'columns={{"{column}": "{near}"}}' in found[f"colonne {near}"].remedy


@pytest.mark.parametrize(
    "foreign",
    ["nom", "rpps", "departement", "caisse", "commentaire", "id", "age", "ville", "date", "scenario"],
)
def test_a_foreign_column_is_no_slip(foreign: str) -> None:
    answers = evaluate_frame(pl.DataFrame([ROW]).with_columns(pl.lit("34").alias(foreign)))
    assert answers[foreign].to_list() == ["34"]
    assert answers["error"].item() is None


OWN = {"specialite": "Spécialité", "pmt_initiale": "MT au départ", "annee": "An"}


def test_columns_with_names_of_their_own_are_read_and_keep_them() -> None:
    frame = pl.DataFrame([ROW]).rename(OWN)
    answers = evaluate_frame(frame, columns=OWN)
    assert answers.columns == [*frame.columns, *OUTPUTS]
    wanted = evaluate_frame(pl.DataFrame([ROW])).select(OUTPUTS).drop("codes").row(0)
    assert answers.select(OUTPUTS).drop("codes").row(0) == wanted
    decision: Decision = explain_row(answers, 0)
    assert decision.dossier.contrat.patientele_initiale.pmt == 1300


def test_a_refused_cell_is_told_under_the_name_that_the_table_uses() -> None:
    frame = pl.DataFrame([ROW | {"pmt_initiale": -1, "annee": 0}]).rename(OWN)
    answers = evaluate_frame(frame, columns=OWN)
    assert answers["error"].item().startswith("MT au départ : reçu -1 ; ")
    assert "An : reçu 0 ; " in answers["error"].item()
    with pytest.raises(RefusedData) as error:
        explain_row(answers, 0)
    assert {refusal.field for refusal in error.value.refusals} == {"MT au départ", "An"}


def test_a_rule_that_refuses_a_target_names_the_column_of_the_table_too() -> None:
    row = ROW | {"date_installation": date(2024, 3, 1), "pmt_objectif": 1200}
    answers = evaluate_frame(
        pl.DataFrame([row]).rename({"pmt_objectif": "cible MT"}), columns={"pmt_objectif": "cible MT"}
    )
    assert answers["error"].item().startswith("cible MT : reçu 1200 ; ")
    with pytest.raises(RefusedData) as error:
        explain_row(answers, 0)
    assert [refusal.field for refusal in error.value.refusals] == ["cible MT"]


def test_a_type_that_cannot_hold_a_column_is_told_under_the_name_that_the_table_uses() -> None:
    frame = pl.DataFrame([ROW]).rename(OWN).with_columns(pl.lit(date(2024, 1, 1)).alias("An"))
    assert list(faults(frame, columns=OWN)) == ["colonne An"]


def test_none_says_that_the_table_has_no_such_column() -> None:
    frame = pl.DataFrame([ROW]).with_columns(pl.lit("du texte").alias("rqth"))
    answers = evaluate_frame(frame, columns={"rqth": None})
    assert answers["error"].item() is None
    assert answers["rqth"].item() == "du texte"
    assert explain_row(answers, 0).dossier.medecin.rqth is False


def test_none_accepts_a_foreign_column_with_a_near_name() -> None:
    frame = pl.DataFrame([ROW]).drop("zone").with_columns(pl.lit("Nord").alias("Zone"))
    assert evaluate_frame(frame, columns={"zone": None})["missing"].item() is None


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"pmt": "pmt_initiale"}, "columns"),
        ({"pmt_initiale": "ailleurs"}, "columns[pmt_initiale]"),
        ({"specialite": None}, "colonne specialite"),
        ({"annee": None}, "colonne annee"),
        ({"verdict": "annee"}, "columns"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_in_words(
    columns: dict[str, str | None], field: str
) -> None:
    found = faults(pl.DataFrame([ROW]), columns=columns)
    assert field in found
    assert "attendu" in str(RefusedData(found.values()))


@pytest.mark.parametrize(
    "columns", [["specialite"], "specialite", {"pmt_initiale": 3}, {3: "pmt_initiale"}, 4]
)
def test_a_mapping_that_is_none_is_refused_in_words(columns: Any) -> None:
    with pytest.raises(RefusedData):
        evaluate_frame(pl.DataFrame([ROW]), columns=columns)


def test_one_column_may_be_read_as_two_where_the_caller_says_so() -> None:
    answers = evaluate_frame(pl.DataFrame([ROW]), columns={"pmt_observee": "pmt_initiale"})
    assert answers["pmt_rate"].item() == 0


@pytest.mark.parametrize("name", OUTPUTS)
def test_nothing_is_written_over_a_column_that_bears_the_name_of_an_answer(name: str) -> None:
    found = faults(pl.DataFrame([ROW]).with_columns(pl.lit(1).alias(name)))
    assert list(found) == [f"colonne {name}"]
    assert "rien n’est écrasé" in found[f"colonne {name}"].remedy


def test_a_table_already_answered_is_not_answered_again_over_itself() -> None:
    assert set(faults(evaluate_frame(pl.DataFrame([ROW])))) == {f"colonne {name}" for name in OUTPUTS}


@pytest.mark.parametrize("option", ["readings", "bareme"])
def test_an_option_of_the_wrong_type_is_refused_in_words(option: str) -> None:
    assert list(faults(pl.DataFrame([ROW]), **{option: {"taux_atteinte": "niveau"}})) == [option]
