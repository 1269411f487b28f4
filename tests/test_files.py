"""Files of dossiers: what is read, what is refused in words, what is written, in every format."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Readings, RefusedData
from aide_am.bareme import Bareme
from aide_am.chronology import bareme_of, chronology
from aide_am.frames import COLUMNS, OUTPUTS, evaluate_frame, explain_row, file_reading, workbook
from aide_am.frames.files import REASON, ROW, Summary, evaluate_file
from aide_am.frames.template import template as write_template
from aide_am.readings import CHOICES
from depth import drawing

HEADER = (
    "nom", "specialite", "secteur", "date_naissance", "date_installation", "date_signature", "option_etp",
    "pmt_initiale", "pfa_initiale", "pmt_objectif", "pfa_objectif", "annee", "pmt_observee", "pfa_observee",
)  # fmt: skip
GENERALISTE = (
    "Dr A", "medecine_generale", "1", "02/05/1970", "01/09/2005", "01/09/2024", "1",
    "1300", "1800", "1560", "1910", "3", "1500", "1890",
)  # fmt: skip
WRONG = (*GENERALISTE[:1], "dermato", *GENERALISTE[2:])
EXCLUDED = (*GENERALISTE[:1], "radiologie", *GENERALISTE[2:])
SUFFIXES = ("csv", "xlsx", "parquet", "ndjson")


def written(path: Path, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> Path:
    """A file of these rows, in the format of its suffix; texts are texts."""
    records = [dict(zip(header, row, strict=True)) for row in rows]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([header, *rows])
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [header, *rows]:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    return path


def cells(path: Path, sheet: int = 0) -> list[dict[str, Any]]:
    """The rows of a file, whatever its format, as its own tools read them."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".ndjson":
        return [json.loads(line, parse_float=Decimal) for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".xlsx":
        head, *rows = openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def text(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return path


def refusal(source: Path, **options: Any) -> str:
    """The refusal of a file, of which nothing is written."""
    output = source.parent / "refus.parquet"
    with pytest.raises(RefusedData) as refused:
        evaluate_file(source, output, **options)
    assert sorted(source.parent.glob("*refus*")) == []
    return str(refused.value)


def money(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value).replace(",", ".")).quantize(Decimal("0.01"))


# Any format into any other


@pytest.mark.parametrize("given_suffix", SUFFIXES)
@pytest.mark.parametrize("asked", SUFFIXES)
def test_the_answers_are_those_of_the_table_whatever_the_formats(
    tmp_path: Path, given_suffix: str, asked: str
) -> None:
    source = written(tmp_path / f"entree.{given_suffix}", GENERALISTE, WRONG, EXCLUDED)
    output, errors = tmp_path / f"sortie.{asked}", tmp_path / f"refus.{asked}"
    summary = evaluate_file(source, output, errors=errors)
    rows, expected = cells(output), evaluate_frame(pa.Table.from_pylist(
        [dict(zip(HEADER, row, strict=True)) for row in (GENERALISTE, WRONG, EXCLUDED)])
    ).to_pylist()  # fmt: skip
    assert list(rows[0]) == [*HEADER, *OUTPUTS]
    for row, answer in zip(rows, expected, strict=True):
        assert row["nom"] == answer["nom"]
        for name in ("verdict", "band", "regime", "criteria_failed", "missing", "error", "codes"):
            assert (row[name] or None) == answer[name]
        for name in ("maximum_low", "maximum_high", "amount_due_low", "amount_due_high"):
            assert money(row[name]) == answer[name]
        share = row["share_low"]
        assert (None if share in (None, "") else float(str(share).replace(",", "."))) == answer["share_low"]
    (refused,) = cells(errors)
    first = 1 if given_suffix in ("parquet", "ndjson") else 2
    assert (int(refused[ROW]), refused[REASON]) == (first + 1, expected[1]["error"])
    assert refused["specialite"] == "dermato"
    assert (summary.rows, summary.refused, summary.undecided) == (3, 1, 0)
    assert summary.verdicts == {"eligible": 1, "non_eligible": 1}
    assert summary.due["eligible"] == (Decimal("18000.00"), Decimal("18000.00"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_row_of_a_written_file_is_explained_on_demand(tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"sortie.{suffix}"
    evaluate_file(
        written(tmp_path / "entree.csv", GENERALISTE), output, readings=Readings(taux_atteinte="niveau")
    )
    decision = explain_row(cells(output)[0])
    assert decision.amount_due is not None
    assert decision.amount_due.value == Decimal("22000.00")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("asked", ["csv", "parquet"])
def test_blocks_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, asked: str
) -> None:
    rows = [(f"Dr {n}", *(WRONG if n % 3 == 0 else GENERALISTE)[1:]) for n in range(25)]
    source = written(tmp_path / f"entree.{suffix}", *rows)
    whole = evaluate_file(source, tmp_path / f"a.{asked}", errors=tmp_path / f"ea.{asked}")
    monkeypatch.setattr(file_reading, "BLOCK", 4)
    monkeypatch.setattr(file_reading, "BLOCK_BYTES", 200)
    told: list[tuple[int, int]] = []
    parts = evaluate_file(
        source, tmp_path / f"b.{asked}", errors=tmp_path / f"eb.{asked}", progress=lambda *n: told.append(n)
    )
    assert len(told) > 2
    assert told[-1][0] == 25 <= told[-1][1]
    for first, second in (("a", "b"), ("ea", "eb")):
        assert cells(tmp_path / f"{first}.{asked}") == cells(tmp_path / f"{second}.{asked}")
    assert (whole.reasons, whole.due, whole.verdicts) == (parts.reasons, parts.due, parts.verdicts)
    assert [row["nom"] for row in cells(tmp_path / f"b.{asked}")] == [row[0] for row in rows]


def test_a_cell_keeps_its_type_from_parquet_to_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "specialite": pa.array(["medecine_generale"]).dictionary_encode(),
            "date_signature": pa.array([dt.date(2024, 9, 1)]),
            "option_etp": pa.array([Decimal("1.0")]),
            "annee": pa.array([1], pa.int8()),
            "rpps": pa.array([10001234567.0]),
            "liste": pa.array([[1, 2]]),
            "octets": pa.array([b"x"]),
            "rien": pa.nulls(1),
            "instant": pa.array([dt.datetime(2024, 9, 1, 8, 30)]),
            "oui": pa.array([True]),
            "nan": pa.array([float("nan")]),
            "long": pa.array(["é"], pa.large_string()),
        }
    )
    source = tmp_path / "entree.parquet"
    pq.write_table(table, source)
    for suffix in SUFFIXES:
        evaluate_file(source, tmp_path / f"sortie.{suffix}")
        (row,) = cells(tmp_path / f"sortie.{suffix}")
        assert row["verdict"] == "a_instruire"
        assert row["rpps"] in (10001234567, "10001234567")
        assert row["long"] == "é"
        assert row["rien"] in (None, "")
    kept = pq.read_table(tmp_path / "sortie.parquet")
    for name in table.column_names[1:]:
        assert kept.schema.field(name).type == table.schema.field(name).type
    assert cells(tmp_path / "sortie.csv")[0]["oui"] == "vrai"
    assert json.loads((tmp_path / "sortie.ndjson").read_text("utf-8"))["oui"] is True
    assert json.loads((tmp_path / "sortie.ndjson").read_text("utf-8"))["nan"] is None


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
NASTY = ["=1+1", 'a;b,c\t"d"', "deux\nlignes", "\\", "«\u202f»", "😀", "@x", " espace "]


@drawing(25)
@given(rows=st.lists(st.sampled_from(NASTY) | names, min_size=1, max_size=6))
@pytest.mark.parametrize("suffix", ["csv", "parquet", "ndjson", "xlsx"])
def test_a_text_comes_out_as_it_came_in(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, rows: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("textes")
    source, output = folder / "entree.parquet", folder / f"sortie.{suffix}"
    pq.write_table(
        pa.Table.from_pylist([dict(zip(HEADER, (n, *GENERALISTE[1:]), strict=True)) for n in rows]), source
    )
    evaluate_file(source, output)
    assert [row["nom"] or "" for row in cells(output)] == rows


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_of_a_french_excel_is_understood(tmp_path: Path, encoding: str, separator: str) -> None:
    wide = {",": '"0,85"'}.get(separator, "0,85")
    lines = (
        separator.join(("médecin", "specialite", "date_signature", "option_etp", "annee", "pfa_initiale",
                        "part_honoraires_cliniques", "secteur")),
        separator.join(("Zoé Lœuf", "chirurgie_generale", "01/09/2024", "1", "1", "1 800", wide, "1")),
    )  # fmt: skip
    output = tmp_path / "sortie.csv"
    summary = evaluate_file(text(tmp_path / "entree.csv", *lines, encoding=encoding), output)
    assert summary.refused == 0
    assert summary.notes == (("Texte lu en Windows-1252.",) if encoding == "cp1252" else ())
    content = output.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") is (separator != ",")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator)
    assert row["médecin"] == "Zoé Lœuf"
    assert row["maximum_low"] == ("38000.00" if separator == "," else "38000,00")


@pytest.mark.parametrize("encoding", ["utf-16", "cp850", "mac-roman"])
def test_another_encoding_is_refused_in_words(tmp_path: Path, encoding: str) -> None:
    source = text(tmp_path / "entree.csv", "prénom;specialite", "Zoé;x", encoding=encoding)
    assert "ni de l’UTF-8 ni du Windows-1252" in refusal(source)


def test_a_utf_8_text_cut_in_a_letter_is_not_utf_8(tmp_path: Path) -> None:
    source = tmp_path / "entree.csv"
    source.write_bytes("specialite;nom\nx;\u0192".encode()[:-1])
    assert file_reading.scanned(source)[0] == "cp1252"


def test_rows_have_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    source = tmp_path / "entree.csv"
    rows: list[tuple[str, ...]] = [("sur\ndeux lignes", *GENERALISTE[1:]), ("",) * len(HEADER), WRONG]
    written(source, *rows)
    with source.open("a", encoding="utf-8") as file:
        file.write("\n" + ";".join(WRONG) + "\n")
    summary = evaluate_file(source, tmp_path / "sortie.csv", errors=tmp_path / "refus.csv")
    assert [row[ROW] for row in cells(tmp_path / "refus.csv")] == ["4", "6"]
    assert summary.rows == 3
    (reason,) = summary.reasons
    assert (reason.times, reason.rows) == (2, (4, 6))
    assert reason.text.startswith("specialite : attendu ")


def test_a_csv_whose_rows_change_length_is_refused_with_their_numbers(tmp_path: Path) -> None:
    source = text(tmp_path / "entree.csv", ";".join(HEADER), ";".join(GENERALISTE), "a;b", "a")
    message = refusal(source)
    assert "2 à la ligne 3 et 1 à la ligne 4" in message
    assert "14 par ligne" in message


def test_a_word_that_pandas_would_read_as_missing_is_a_word(tmp_path: Path) -> None:
    row = (*GENERALISTE[:7], "NA", *GENERALISTE[8:])
    summary = evaluate_file(written(tmp_path / "entree.csv", row), tmp_path / "sortie.csv")
    assert [reason.text.partition(" : ")[0] for reason in summary.reasons] == ["pmt_initiale"]


def test_texts_that_a_spreadsheet_would_run_are_counted_and_kept(tmp_path: Path) -> None:
    rows = [(name, *GENERALISTE[1:]) for name in ("=1+1", "+x", "@x", "-x", "-5", "a=b")]
    source = written(tmp_path / "entree.csv", *rows)
    assert evaluate_file(source, tmp_path / "sortie.csv").formulas == 4
    assert [row["nom"] for row in cells(tmp_path / "sortie.csv")] == [row[0] for row in rows]
    assert evaluate_file(source, tmp_path / "sortie.xlsx").formulas == 0


# What is refused before any work


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "un fichier vide"),
        ("\n", "une première ligne vide"),
        (";".join(HEADER) + "\n", "un en-tête sans aucune ligne"),
        ("specialite;annee;annee\nx;1;2\n", "colonne annee : reçu 2 colonnes de ce nom"),
        ("specialite;;annee\nx;1;2\n", "colonne n° 2 : reçu une colonne sans nom"),
        ("specialite;annee\nx;1\n", "colonne date_signature : reçu les colonnes specialite, annee"),
        ("rien\nx\n", "colonne annee"),
        ("specialite;date_signature;option_etp;annee;secteurs\nx;y;1;1;1\n", "« secteur » ?"),
    ],
)  # fmt: skip
def test_a_csv_that_is_no_table_of_dossiers_is_refused(tmp_path: Path, content: str, said: str) -> None:
    source = tmp_path / "entree.csv"
    source.write_text(content, "utf-8")
    assert said in refusal(source)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_not_what_its_suffix_says_is_refused(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"entree.{suffix}"
    source.write_bytes(b"PK\x03\x04 rien de tel" if suffix != "csv" else b"\0\1\2")
    assert "1 donnée refusée" in refusal(source)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_answers_given_again_are_refused(tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"sortie.{suffix}"
    evaluate_file(written(tmp_path / "entree.csv", GENERALISTE), output)
    assert "colonne verdict : reçu une colonne qui porte le nom d’une réponse" in refusal(output)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_refused_rows_put_right_are_read_again(tmp_path: Path, suffix: str) -> None:
    errors, again = tmp_path / f"e1.{suffix}", tmp_path / f"e2.{suffix}"
    evaluate_file(written(tmp_path / "entree.csv", WRONG), tmp_path / "s.csv", errors=errors)
    evaluate_file(errors, tmp_path / "s2.csv", errors=again)
    (row,) = cells(again)
    assert str(row[f"{ROW}_bis"]) in ("1", "2")
    assert str(row[ROW]) == "2"


def test_suffixes_and_files_that_meet_are_refused_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(RefusedData) as refused:
        evaluate_file(tmp_path / "a.ods", tmp_path / "b.csv", errors=tmp_path / "x" / ".." / "b.csv")
    assert [r.code for r in refused.value.refusals] == ["format", "meme_fichier"]
    assert ".csv, .xlsx, .parquet, .ndjson, .jsonl" in str(refused.value)


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path / "entree.csv", GENERALISTE)
    old = tmp_path / "sortie.xlsx"
    old.write_text("ancien", "utf-8")

    def fails(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Summary, "add", fails)
    with pytest.raises(KeyboardInterrupt):
        evaluate_file(source, old, errors=tmp_path / "refus.csv")
    assert old.read_text("utf-8") == "ancien"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entree.csv", "sortie.xlsx"]


# NDJSON


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"annee": 1', "ligne 2"),
        ("[1]", "un objet JSON complet"),
        ('{"annee": 1, "annee": 2}', "chaque clé une seule fois"),
        ('{"medecin": {"specialite": "mep"}}', "ligne 2, colonne medecin : reçu un objet ou une liste"),
    ],
)
def test_a_line_that_is_no_flat_object_is_refused(tmp_path: Path, line: str, said: str) -> None:
    good = json.dumps(dict(zip(HEADER, GENERALISTE, strict=True)))
    assert said in refusal(text(tmp_path / "entree.ndjson", good, line))


def test_a_line_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    source = text(tmp_path / "entree.jsonl", '{"annee": "é"}', encoding="cp1252")
    assert "ligne 1 : reçu un octet qui n’est pas de l’UTF-8" in refusal(source)


def test_types_that_change_and_keys_that_come_late_are_understood(tmp_path: Path) -> None:
    base = dict(zip(HEADER, GENERALISTE, strict=True))
    rows = [
        {**base, "pmt_initiale": 1300, "big": 2**70, "mixed": 1},
        {**base, "pmt_initiale": "1300", "pfa_initiale": 1800.0, "mixed": True},
        {**base, "rqth": False, "mixed": 0.5},
    ]
    source = text(
        tmp_path / "entree.ndjson", "", *(json.dumps(row) for row in rows[:2]), " ", json.dumps(rows[2])
    )
    summary = evaluate_file(source, tmp_path / "sortie.ndjson")
    assert summary.due["eligible"] == (Decimal(54000), Decimal(54000))
    found = cells(tmp_path / "sortie.ndjson")
    assert [row["rqth"] for row in found] == [None, None, False]
    assert found[0]["big"] == str(2**70)
    assert [row["mixed"] for row in found] == ["1", "vrai", "0.5"]


def test_a_number_that_a_binary_float_would_round_is_kept_as_text(tmp_path: Path) -> None:
    base = dict(zip(HEADER, GENERALISTE, strict=True))
    lines = [json.dumps({**base, "id": each}) for each in (2**53 + 1, 0.5, -(2**53))]
    evaluate_file(text(tmp_path / "entree.ndjson", *lines), tmp_path / "sortie.parquet")
    kept = pq.read_table(tmp_path / "sortie.parquet")["id"].to_pylist()
    assert kept == ["9007199254740993", "0.5", "-9007199254740992"]


# Excel


def sheet_of(path: Path, rows: list[list[Any]], *, title: str = "Feuille") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def typed() -> list[Any]:
    return [
        "Dr A", "medecine_generale", 1, dt.date(1970, 5, 2), dt.datetime(2005, 9, 1), dt.date(2024, 9, 1), 1,
        1300, 1800.0, 1560, "1910", 3, 1500, 1890,
    ]  # fmt: skip


def test_typed_cells_of_a_sheet_give_the_same_answer(tmp_path: Path) -> None:
    source = sheet_of(tmp_path / "entree.xlsx", [list(HEADER), typed(), [None] * 14, typed()])
    summary = evaluate_file(source, tmp_path / "sortie.parquet")
    assert (summary.rows, summary.due["eligible"][0]) == (2, Decimal(36000))
    table = pq.read_table(tmp_path / "sortie.parquet")
    kinds = {
        name: str(table.schema.field(name).type)
        for name in ("date_naissance", "pmt_initiale", "pfa_objectif")
    }
    assert kinds == {"date_naissance": "date32[day]", "pmt_initiale": "int64", "pfa_objectif": "string"}


def test_an_error_of_a_formula_is_no_empty_cell(tmp_path: Path) -> None:
    row = typed()
    row[12] = "#N/A"
    source = sheet_of(tmp_path / "entree.xlsx", [list(HEADER), typed(), row])
    summary = evaluate_file(source, tmp_path / "sortie.parquet")
    (reason,) = summary.reasons
    assert reason.rows == (3,)
    assert 'pmt_observee : reçu "#N/A"' in cells(tmp_path / "sortie.parquet")[1]["error"]


def test_the_first_visible_sheet_is_read_and_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cachée"
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Contrats")
    for row in (HEADER, GENERALISTE):
        sheet.append(row)
    book.save(tmp_path / "entree.xlsx")
    summary = evaluate_file(tmp_path / "entree.xlsx", tmp_path / "sortie.csv")
    assert summary.rows == 1
    assert "« Contrats »" in summary.notes[0]


def test_a_column_without_name_is_refused_if_it_holds_something(tmp_path: Path) -> None:
    empty = sheet_of(tmp_path / "vide.xlsx", [[*HEADER, None], [*typed(), ""]])
    assert evaluate_file(empty, tmp_path / "sortie.csv").rows == 1
    (tmp_path / "sortie.csv").unlink()
    assert "une colonne sans nom" in refusal(
        sheet_of(tmp_path / "entree.xlsx", [[*HEADER, None], [*typed(), "x"]])
    )


def test_a_sheet_that_is_empty_is_refused(tmp_path: Path) -> None:
    assert "une première ligne vide" in refusal(sheet_of(tmp_path / "entree.xlsx", []))


@pytest.fixture
def book(tmp_path: Path) -> Any:
    source = written(tmp_path / "entree.csv", ("=1+1", *GENERALISTE[1:]), WRONG)
    evaluate_file(source, tmp_path / "sortie.xlsx", readings=Readings(taux_atteinte="niveau"))
    return openpyxl.load_workbook(tmp_path / "sortie.xlsx")


def test_a_workbook_of_answers_is_typed_and_easy_to_read(book: Any) -> None:
    assert book.sheetnames == ["Résultats", "Lignes refusées", "Barème et lectures"]
    sheet = book["Résultats"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:AF3"
    at = {cell.value: cell.column for cell in sheet[1]}
    cell = {name: sheet.cell(2, column) for name, column in at.items()}
    assert (cell["nom"].value, cell["nom"].data_type) == ("=1+1", "s")
    assert cell["date_signature"].value == dt.datetime(2024, 9, 1)
    assert cell["date_signature"].number_format == "dd/mm/yyyy"
    assert (cell["pmt_initiale"].value, cell["pmt_initiale"].data_type) == (1300, "n")
    assert (cell["amount_due_low"].value, cell["amount_due_low"].number_format) == (
        22000,
        "#,##0.00\\ [$€-40C]",
    )
    assert (cell["share_low"].value, cell["share_low"].number_format) == (1, "0.00%")
    assert sheet.cell(3, at["verdict"]).value is None
    assert sheet.cell(3, at["specialite"]).value == "dermato"


def test_a_workbook_tells_its_refused_rows(book: Any) -> None:
    head, row = book["Lignes refusées"].iter_rows(values_only=True)
    assert head == (ROW, REASON, *HEADER)
    assert row[0] == 3
    assert row[1].startswith('specialite : reçu "dermato"')


def test_a_workbook_tells_the_baremes_and_the_readings(book: Any) -> None:
    rows = list(book["Barème et lectures"].iter_rows(values_only=True))
    for bareme in chronology().baremes:
        (line,) = [row for row in rows if row[1] == bareme.texte]
        assert (line[2], line[4].date(), line[5]) == (bareme.version, bareme.checked, "non")
    readings = {row[3]: row for row in rows if row[3] in CHOICES}
    assert set(readings) == set(CHOICES)
    assert readings["taux_atteinte"][1] == "patientèle observée rapportée à la cible"
    assert [name for name, row in readings.items() if row[5] == "choisie"] == ["taux_atteinte"]


def test_a_simulated_bareme_is_told(tmp_path: Path) -> None:
    bareme: Bareme = bareme_of("convention_2024").with_changes(montants={("1", "3+", "p30_p90"): 25000})
    source = written(tmp_path / "entree.csv", GENERALISTE)
    evaluate_file(source, tmp_path / "sortie.xlsx", bareme=bareme)
    rows = list(openpyxl.load_workbook(tmp_path / "sortie.xlsx").worksheets[2].iter_rows(values_only=True))
    assert ("montants", "1, 3+, p30_p90", "25000", None, None, None) in rows
    assert [row[1] for row in rows if row[5] == "oui"] == ["convention_2024"]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path / "entree.csv", GENERALISTE, WRONG)
    evaluate_file(source, tmp_path / "a.xlsx")
    monkeypatch.setattr("time.time", lambda: 2e9)
    evaluate_file(source, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(("rows", "fits"), [(2**20 - 1, True), (2**20, False)])
def test_a_sheet_holds_1_048_575_rows_under_its_header(rows: int, fits: bool) -> None:
    if fits:
        assert workbook.check_rows(rows) is None  # type: ignore[func-returns-value]
    else:
        with pytest.raises(RefusedData, match="1\u202f048\u202f575 lignes au plus"):
            workbook.check_rows(rows)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(workbook, "ROWS", 3)
    source = written(tmp_path / f"entree.{suffix}", GENERALISTE, GENERALISTE)
    evaluate_file(source, tmp_path / "sortie.xlsx")
    written(source, GENERALISTE, GENERALISTE, GENERALISTE)
    with pytest.raises(RefusedData, match="lignes au plus"):
        evaluate_file(source, tmp_path / "sortie.xlsx")


def test_a_cell_too_long_for_a_sheet_is_refused_and_never_cut(tmp_path: Path) -> None:
    source = written(tmp_path / "entree.csv", ("x" * 32_768, *GENERALISTE[1:]))
    with pytest.raises(RefusedData, match="à la ligne 2"):
        evaluate_file(source, tmp_path / "sortie.xlsx")
    assert evaluate_file(source, tmp_path / "sortie.csv").rows == 1


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        ("date", "31/12/2024", dt.date(2024, 12, 31)),
        ("date", "2024-12-31", dt.date(2024, 12, 31)),
        ("date", "31/02/2024", "31/02/2024"),
        ("date", "01/01/1899", "1899-01-01"),
        ("effectif", "1 300", 1300),
        ("effectif", "beaucoup", "beaucoup"),
        ("part", "0,85", 0.85),
        ("part", "85", "85"),
        ("drapeau", "oui", True),
        ("choix", "0,5", "0,5"),
        (None, "=1", "=1"),
        (None, "01", "01"),
        (None, 10**15, str(10**15)),
        (None, float("nan"), None),
        (None, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "2024-01-01 00:00:00+00:00"),
    ],
)
def test_a_cell_of_a_sheet_is_typed_where_it_is_understood(kind: Any, value: Any, held: Any) -> None:
    assert workbook._cell(value, kind) == held


# The template


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "modele.xlsx"
    write_template(path)
    return path


def test_the_template_has_every_column_in_order_and_tells_each(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["Dossiers", "Listes", "Aide"]
    assert [cell.value for cell in book["Dossiers"][1]] == [column.name for column in COLUMNS]
    told = {row[0]: row for row in book["Aide"].iter_rows(min_row=4, values_only=True)}
    assert list(told) == [column.name for column in COLUMNS]
    assert all(all(row) for row in told.values())
    required = [column.name for column in COLUMNS if column.required]
    assert [name for name, row in told.items() if row[1] == "oui"] == required
    dark = [c.value for c in book["Dossiers"][1] if c.fill.start_color.rgb == "FF1F4E78"]
    assert dark == required


def test_the_template_offers_the_closed_lists(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    rules = {
        str(rule.sqref).partition("2")[0]: rule for rule in book["Dossiers"].data_validations.dataValidation
    }
    letters = {cell.value: cell.column_letter for cell in book["Dossiers"][1]}
    assert set(rules) == set(letters.values())
    assert rules[letters["option_etp"]].formula1 == '"1/3,0.5,1,1.5,2"'
    assert rules[letters["rqth"]].formula1 == '"vrai,faux"'
    assert rules[letters["annee"]].type == "whole"
    assert rules[letters["part_honoraires_cliniques"]].type == "decimal"
    assert rules[letters["date_signature"]].type == "date"
    known = chronology().baremes[-1].specialites
    assert rules[letters["specialite"]].formula1 == f"Listes!$A$2:$A${len(known) + 1}"
    listed = [
        row[:2] for row in book["Listes"].iter_rows(min_row=2, max_row=len(known) + 1, values_only=True)
    ]
    assert listed == [(each.slug, each.libelle) for each in known.values()]


def test_a_template_filled_with_a_dossier_is_answered(tmp_path: Path, template: Path) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book["Dossiers"]
    letters = {cell.value: cell.column for cell in sheet[1]}
    for name, value in zip(HEADER[1:], typed()[1:], strict=True):
        sheet.cell(2, letters[name]).value = value
    sheet.cell(2, letters["rqth"]).value = "faux"
    book.save(template)
    summary = evaluate_file(template, tmp_path / "sortie.xlsx")
    assert (summary.rows, summary.due["eligible"][0]) == (1, Decimal(18000))
    assert cells(tmp_path / "sortie.xlsx")[0]["amount_due_low"] == 18000


def test_a_template_that_is_still_empty_says_so(template: Path) -> None:
    assert "un en-tête sans aucune ligne" in refusal(template)


# The summary


def test_a_summary_counts_what_is_still_open(tmp_path: Path) -> None:
    open_ = (*GENERALISTE[:12], "", "")
    summary = evaluate_file(
        written(tmp_path / "entree.csv", GENERALISTE, open_, EXCLUDED), tmp_path / "s.csv"
    )
    assert summary.undecided == 1
    low, high = summary.due["eligible"]
    assert low <= high
    assert low == Decimal("18000.00") + (money(cells(tmp_path / "s.csv")[1]["amount_due_low"]) or 0)


def test_reasons_that_differ_by_what_was_given_are_one(tmp_path: Path) -> None:
    rows = [(*GENERALISTE[:9], str(target), *GENERALISTE[10:]) for target in (10, 20, 30, 40, 50, 60)]
    (reason,) = evaluate_file(written(tmp_path / "entree.csv", *rows), tmp_path / "s.csv").reasons
    assert reason.text == "pmt_objectif : attendu la cible à atteindre, au moins la base (…)"
    assert (reason.times, reason.rows) == (6, (2, 3, 4, 5, 6))


def test_a_reason_is_told_whole_whatever_the_refused_cell_says(tmp_path: Path) -> None:
    trap = "3 ; attendu : rien (1) ; à faire : rien ; secteur : reçu 1"
    rows = [(*GENERALISTE[:11], trap, *GENERALISTE[12:]), (*GENERALISTE[:11], "trois", *GENERALISTE[12:])]
    (reason,) = evaluate_file(written(tmp_path / "entree.csv", *rows), tmp_path / "s.csv").reasons
    assert reason == ("annee : attendu un nombre entier, sans guillemets", 2, (2, 3))


def test_a_row_counts_once_for_each_of_its_reasons(tmp_path: Path) -> None:
    row = (*WRONG[:11], "trois", *WRONG[12:])
    summary = evaluate_file(written(tmp_path / "entree.csv", row, WRONG), tmp_path / "s.csv")
    assert [(each.text.partition(" : ")[0], each.times) for each in summary.reasons] == [
        ("specialite", 2),
        ("annee", 1),
    ]
    assert summary.refused == 2


@pytest.mark.parametrize("asked", ["xlsx", "csv"])
def test_reasons_are_those_of_the_columns_under_other_names(tmp_path: Path, asked: str) -> None:
    header = tuple("An" if name == "annee" else name for name in HEADER)
    row = (*GENERALISTE[:11], "trois", *GENERALISTE[12:])
    source = written(tmp_path / "entree.csv", row, header=header)
    (reason,) = evaluate_file(source, tmp_path / f"s.{asked}", columns={"annee": "An"}).reasons
    assert reason.text.startswith("An : attendu")
