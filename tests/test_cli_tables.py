"""The commands on files of dossiers: what they print, what they refuse, what they write."""

import builtins
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from aide_am.frames import COLUMNS, OUTPUTS, files
from aide_am.french import NARROW, WIDE
from terminal import Shell

HEADER = (
    "nom;specialite;secteur;date_naissance;date_installation;date_signature;option_etp;"
    "pmt_initiale;pfa_initiale;pmt_objectif;pfa_objectif;annee;pmt_observee;pfa_observee"
)
GENERALISTE = "Dr A;medecine_generale;1;02/05/1970;01/09/2005;01/09/2024;1;1300;1800;1560;1910;3;1500;1890"
WRONG = GENERALISTE.replace("medecine_generale", "dermato")
EXCLUDED = GENERALISTE.replace("medecine_generale", "radiologie")
OPEN = GENERALISTE.replace("1560;1910", ";")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return table(tmp_path, GENERALISTE, OPEN, EXCLUDED)


def table(folder: Path, *rows: str, header: str = HEADER, name: str = "dossiers.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(WIDE, " ")


def test_batch_writes_the_answers_and_says_what_it_found(shell: Shell, source: Path) -> None:
    code, out, err = shell("batch", "dossiers.csv", "-o", "reponses.parquet")
    assert (code, err) == (0, "")
    found = pq.read_table("reponses.parquet")
    assert found.column_names == [*HEADER.split(";"), *OUTPUTS]
    assert found.column("amount_due_low").to_pylist() == [Decimal("18000.00"), Decimal("0.00"), None]
    assert plain(out).splitlines() == [
        "3 lignes lues, 0 ligne refusée.",
        "",
        "Éligible : 2 lignes, montants dus : de 18 000 € à 40 000 €.",
        "Non éligible : 1 ligne.",
        "Total des montants dus : de 18 000 € à 40 000 €.",
        "Montant encore ouvert, ou non connu : 1 ligne.",
    ]


@pytest.mark.rule("DIT-06")
def test_batch_tells_a_contract_past_its_term_from_a_doctor_who_is_not_eligible(
    shell: Shell, source: Path
) -> None:
    fields, cells = HEADER.split(";"), GENERALISTE.split(";")
    row = dict(zip(fields, cells, strict=True)) | {"annee": "7", "zone": "ZIP", "exercice_coordonne": "oui"}
    ended = row | {"date_signature": "2020-03-01", "prorogation": "non"}
    table(source.parent, ";".join(ended.values()), ";".join((ended | {"prorogation": "oui"}).values()),
          header=";".join(ended))  # fmt: skip
    out = plain(shell("batch", "dossiers.csv", "-o", "reponses.parquet").out)
    assert "Non éligible : 1 ligne, dont 1 ligne d’un contrat arrivé à son terme." in out


def test_batch_tells_refused_rows_with_their_numbers_and_code_1(shell: Shell, source: Path) -> None:
    table(source.parent, GENERALISTE, *[WRONG] * 7, EXCLUDED.replace(";3;", ";trois;"))
    code, out, err = shell("batch", "dossiers.csv", "-o", "reponses.csv", "--errors", "refus.csv")
    assert (code, err) == (1, "")
    lines = plain(out).splitlines()
    assert lines[0] == "9 lignes lues, 8 lignes refusées."
    expected = "attendu le nom court d’une spécialité du référentiel : 7 lignes (3, 4, 5, 6, 7, …)"
    assert f"- specialite : {expected}" in lines
    assert "- annee : attendu un nombre entier, sans guillemets : 1 ligne (10)" in lines
    written = Path("refus.csv").read_text("utf-8-sig").splitlines()
    assert written[0].startswith('"ligne_du_fichier";"motif_du_refus";"nom"')
    assert [line.partition(";")[0] for line in written[1:]] == ["3", "4", "5", "6", "7", "8", "9", "10"]
    assert len(Path("reponses.csv").read_text("utf-8-sig").splitlines()) == 10


def test_batch_of_refused_rows_only_goes_straight_to_their_reasons(shell: Shell, source: Path) -> None:
    table(source.parent, WRONG)
    lines = plain(shell("batch", "dossiers.csv", "-o", "reponses.csv").out).splitlines()
    assert lines[:3] == ["1 ligne lue, 1 ligne refusée.", "", "REFUS LES PLUS FRÉQUENTS"]


def test_batch_tells_at_most_ten_reasons(shell: Shell, source: Path) -> None:
    names = [column.name for column in COLUMNS if column.kind == "effectif"][:12]
    header = ";".join(["specialite", "date_signature", "option_etp", "annee", *names])
    row = ";".join(["medecine_generale", "2024-09-01", "1", "3", *["x"] * 12])
    table(source.parent, row, header=header)
    lines = plain(shell("batch", "dossiers.csv", "-o", "reponses.csv").out).splitlines()
    assert len([line for line in lines if line.startswith("- ")]) == 11
    assert lines[-1] == "- et 2 autres motifs"


def test_batch_warns_of_cells_that_a_spreadsheet_would_run(shell: Shell, source: Path) -> None:
    table(source.parent, GENERALISTE.replace("Dr A", "=1+1"))
    out = shell("batch", "dossiers.csv", "-o", "reponses.csv").out
    assert "Attention, cellules du CSV qui commencent par =, +, - ou @ : 1." in plain(out)
    assert "Attention" not in shell("batch", "dossiers.csv", "-o", "reponses.xlsx").out


def test_batch_follows_the_readings_that_are_chosen(shell: Shell, source: Path) -> None:
    table(source.parent, GENERALISTE)
    out = shell("batch", "dossiers.csv", "-o", "r.csv", "--lecture", "taux_atteinte=niveau").out
    assert "Total des montants dus : 22 000 €." in plain(out)
    code, out, err = shell("batch", "dossiers.csv", "-o", "non.csv", "--lecture", "taux_atteinte=autre")
    assert (code, out) == (1, "")
    assert "--lecture taux_atteinte" in err
    assert not Path("non.csv").exists()


def test_batch_reads_columns_under_other_names(shell: Shell, source: Path) -> None:
    header = HEADER.replace("annee", "An du contrat").replace("secteur", "secteurs")
    table(source.parent, GENERALISTE, header=header)
    code, out, err = shell("batch", "dossiers.csv", "-o", "r.csv")
    assert (code, out) == (1, "")
    assert '--columns "annee=…"' in err or '--columns "annee=An du contrat"' in err
    assert '--columns "secteur=secteurs", ou --columns "secteur="' in err
    assert "columns=" not in err.replace('--columns "', "")
    given = ("--columns", "annee=An du contrat", "--columns", "secteur=secteurs")
    code, out, _ = shell("batch", "dossiers.csv", "-o", "r.csv", *given)
    assert code == 0
    assert "18 000 €" in plain(out)
    code, out, _ = shell("batch", "dossiers.csv", "-o", "r.csv", *given[:3], "secteur=")
    assert "À instruire : 1 ligne" in plain(out)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("annee=absente", "--columns annee : reçu \"absente\""),
        ("anee=x", "--columns : reçu \"anee\""),
    ],
)  # fmt: skip
def test_batch_refuses_a_name_that_is_not_there(shell: Shell, source: Path, option: str, said: str) -> None:
    code, _, err = shell("batch", "dossiers.csv", "-o", "r.csv", "--columns", option)
    assert code == 1
    assert said in plain(err)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("dossiers.csv",), 2, "Il manque l’option"),
        (("absent.csv", "-o", "r.csv"), 2, "Fichier introuvable : absent.csv."),
        (("dossiers.csv", "-o", "absent/r.csv"), 2, "absent/r.csv (le répertoire n’existe pas)."),
        (("dossier.csv", "-o", "r.csv"), 2, "Fichier illisible : dossier.csv (c’est un répertoire)."),
        (("dossiers.csv", "-o", "dossier.csv"), 2, "Impossible d’écrire dossier.csv (c’est un répertoire)."),
        (("dossiers.csv", "-o", "r.csv", "--columns", "x"), 2, "--columns attend NOM=COLONNE, reçu « x »"),
        (("dossiers.csv", "-o", "r.csv", "--columns", "a=b", "--columns", "a=c"), 2, "deux colonnes à « a »"),
        (("dossiers.csv", "-o", "r.csv", "--lecture", "x"), 2, "--lecture attend NOM=VALEUR"),
        (("dossiers.csv", "-o", "r.ods"), 1, "un fichier .csv, .xlsx, .parquet, .ndjson, .jsonl"),
        (("dossiers.csv", "-o", "dossiers.csv"), 1, "un autre fichier que celui de « entrée »"),
        (("dossiers.csv", "-o", "r.csv", "--errors", "r.csv"), 1, "un autre fichier que celui de « sortie »"),
    ],
)  # fmt: skip
def test_batch_refuses_in_french_and_writes_nothing(
    shell: Shell, source: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("dossier.csv").mkdir()
    before = sorted(Path().iterdir()), source.read_text("utf-8")
    answer = shell("batch", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert said in plain(answer.err)
    assert (sorted(Path().iterdir()), source.read_text("utf-8")) == before


def test_batch_replaces_an_answer_that_is_there(shell: Shell, source: Path) -> None:
    Path("r.csv").write_text("ancien", "utf-8")
    assert shell("batch", "dossiers.csv", "-o", "r.csv").code == 0
    assert "ancien" not in Path("r.csv").read_text("utf-8")


def test_batch_says_which_text_and_which_sheet_it_read(shell: Shell, source: Path) -> None:
    source.write_bytes(source.read_text("utf-8").replace("Dr A", "Zoé").encode("cp1252"))
    assert "Texte lu en Windows-1252." in shell("batch", "dossiers.csv", "-o", "r.xlsx").out


def test_batch_shows_its_progress_on_a_terminal_only(
    shell: Shell, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("rich.console.Console", lambda **_: Console(file=screen, force_terminal=True))
    assert shell("batch", "dossiers.csv", "-o", "r.csv").err == ""
    assert screen.getvalue() == ""
    monkeypatch.setattr("sys.stderr", screen)
    assert shell("batch", "dossiers.csv", "-o", "r.csv").code == 0
    assert "3 lignes" in plain(screen.getvalue())


@pytest.mark.parametrize("command", [("batch", "dossiers.csv", "-o", "r.csv"), ("template", "m.xlsx")])
def test_without_the_extra_the_command_says_how_to_install_it(
    shell: Shell, source: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name in ("frames.files", "frames.workbook"):
            raise ModuleNotFoundError(name="pyarrow")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    code, out, err = shell(*command)
    assert (code, out) == (2, "")
    assert 'pip install "aide-am[cli,files]"' in err


@pytest.mark.parametrize(("name", "library"), [("dossiers.csv", "xlsxwriter"), ("d.xlsx", "python_calamine")])
def test_without_the_libraries_of_excel_the_refusal_says_how_to_install_them(
    shell: Shell, source: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    shell("template", "d.xlsx")
    monkeypatch.setitem(__import__("sys").modules, library, None)
    for module in ("aide_am.frames.workbook", "aide_am.frames.sheets"):
        monkeypatch.delitem(__import__("sys").modules, module, raising=False)
    output = "r.xlsx" if library == "xlsxwriter" else "r.csv"
    code, _, err = shell("batch", name, "-o", output)
    assert code == 2
    assert 'pip install "aide-am[files]"' in plain(err)


def test_template_writes_a_workbook_that_batch_answers_once_filled(shell: Shell, source: Path) -> None:
    assert shell("template", "modele.xlsx") == (0, "", "")
    book = openpyxl.load_workbook("modele.xlsx")
    sheet = book["Dossiers"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for name, value in zip(HEADER.split(";")[1:], GENERALISTE.split(";")[1:], strict=True):
        sheet.cell(2, places[name]).value = value
    book.save("modele.xlsx")
    code, out, _ = shell("batch", "modele.xlsx", "-o", "reponses.xlsx")
    assert code == 0
    assert "Feuille lue : « Dossiers », la première du classeur." in plain(out)
    assert "Total des montants dus : 18 000 €." in plain(out)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("modele.csv", "le modèle est un classeur .xlsx"),
        ("dossiers.xlsx", "dossiers.xlsx existe déjà"),
        ("absent/modele.xlsx", "le répertoire n’existe pas"),
    ],
)
def test_template_never_writes_over_a_workbook(shell: Shell, source: Path, name: str, said: str) -> None:
    Path("dossiers.xlsx").write_text("déjà rempli", "utf-8")
    code, out, err = shell("template", name)
    assert (code, out) == (2, "")
    assert said.casefold() in plain(err).casefold()
    assert Path("dossiers.xlsx").read_text("utf-8") == "déjà rempli"


@pytest.mark.parametrize("command", ["batch", "template"])
def test_the_help_is_in_french(shell: Shell, command: str) -> None:
    code, out, _ = shell(command, "--help")
    assert code == 0
    assert "Affiche cette aide." in out
    assert "code de retour est 1" in " ".join(out.split()) or command == "template"


def test_every_suffix_is_told_in_the_help(shell: Shell) -> None:
    out = shell("batch", "--help").out
    assert all(suffix in out for suffix in files.FORMATS)
