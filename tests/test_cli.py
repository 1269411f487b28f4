"""The command line: every command, every exit code, what goes to which stream."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aide_am import (
    Decision,
    __version__,
    collective_examples,
    evaluate,
    evaluate_collective,
    example,
    examples,
    schemas,
)
from aide_am.chronology import chronology
from aide_am.cli.published import TextName
from aide_am.collective.examples import collective_texts
from aide_am.costs.examples import account_examples, project_examples
from aide_am.examples import example_texts
from aide_am.french import NARROW, WIDE
from aide_am.publication import as_csv, as_markdown, employment_tables, published_tables
from aide_am.readings import CHOICES
from aide_am.terms import TEXTES
from support import as_dict, dossier
from terminal import Answer, Shell

ANSI = re.compile(r"\x1b\[")
ALL_TABLES = (*published_tables(chronology().baremes), *employment_tables())
PAGE = Path(__file__).parent.parent / "docs" / "ligne_de_commande.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(as_dict()), "utf-8")
    return path


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(WIDE, " ")


def text_of(**overrides: Any) -> str:
    return json.dumps(as_dict(**overrides))


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """This interpreter on some code, its output read through pipes."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


# evaluate: answers


def test_evaluate_answers_in_text_by_default(shell: Shell, file: Path) -> None:
    code, out, err = shell("evaluate", str(file))
    assert (code, err) == (0, "")
    assert out == evaluate(dossier()).explain()
    assert "Montant dû : 18 000 €." in plain(out)


def test_evaluate_shows_when_another_reading_would_change_the_amount(shell: Shell, file: Path) -> None:
    out = plain(shell("evaluate", str(file)).out)
    assert "→ montant dû 22 000 €" in out
    assert "Toutes lectures confondues, le montant dû est entre 18 000 € et 22 000 €." in out


def test_evaluate_reads_the_standard_input(shell: Shell, file: Path) -> None:
    assert shell("evaluate", "-", stdin=text_of()) == shell("evaluate", str(file))


def test_evaluate_reads_a_file_that_begins_with_a_byte_order_mark(shell: Shell, file: Path) -> None:
    assert shell("evaluate", "-", stdin=b"\xef\xbb\xbf" + text_of().encode()) == shell("evaluate", str(file))


def test_evaluate_writes_markdown(shell: Shell, file: Path) -> None:
    code, out, _ = shell("evaluate", str(file), "--format", "markdown")
    assert code == 0
    assert out == evaluate(dossier()).explain("markdown")


def test_html_in_a_file_is_a_page_that_a_browser_reads_as_utf_8(shell: Shell, file: Path) -> None:
    page = file.with_name("décision.html")
    shell("collective", "-", "--format", "html", "-o", str(page), stdin=collective_texts()["cabinet_annee_1"])
    text = page.read_text("utf-8")
    assert text.startswith('<!doctype html>\n<html lang="fr"><head><meta charset="utf-8">')
    html = evaluate_collective(collective_examples()["cabinet_annee_1"]).explain("html")
    head = re.search("<h3>(.*?)</h3>", html)
    assert head is not None
    assert f"<title>{head[1]}</title>" in text
    assert f"<h1>{head[1]}</h1>" in text
    assert html.partition("</h3>")[2].replace("h4>", "h2>").strip() in text


def test_evaluate_writes_html(shell: Shell, file: Path) -> None:
    assert shell("evaluate", str(file), "--format", "html").out.strip() == evaluate(dossier()).explain("html")


def test_evaluate_writes_the_decision_as_json_without_loss(shell: Shell, file: Path) -> None:
    code, out, _ = shell("evaluate", str(file), "--format", "json")
    assert code == 0
    assert Decision.from_json(out) == evaluate(dossier())
    Draft202012Validator(schemas()["decision"]).validate(json.loads(out))


def test_a_reading_changes_the_amount(shell: Shell) -> None:
    out = shell("evaluate", "-", "--lecture", "taux_atteinte=niveau", "--format", "json", stdin=text_of()).out
    decision = Decision.from_json(out)
    assert decision.choices.taux_atteinte == "niveau"
    assert str(decision.amount_due and decision.amount_due.value) == "22000.00"


def test_several_readings_are_taken_together(shell: Shell) -> None:
    chosen = ["--lecture", "taux_atteinte=niveau", "--lecture", "arrondi=troncature_euro"]
    decision = Decision.from_json(shell("evaluate", "-", *chosen, "--format", "json", stdin=text_of()).out)
    assert (decision.choices.taux_atteinte, decision.choices.arrondi) == ("niveau", "troncature_euro")


def test_force_computes_the_contract_of_a_doctor_who_is_not_eligible(shell: Shell) -> None:
    text = text_of(**{"medecin.secteur": "non_conventionne"})
    assert "Montant maximal" not in shell("evaluate", "-", stdin=text).out
    forced = shell("evaluate", "-", "--force", stdin=text)
    assert forced.code == 0
    assert "Montant maximal" in forced.out


def test_strict_refuses_a_year_after_the_last_check(shell: Shell) -> None:
    text = text_of(annee=9)
    assert shell("evaluate", "-", stdin=text).code == 0
    code, out, err = shell("evaluate", "-", "--strict", stdin=text)
    assert (code, out) == (1, "")
    assert "1 donnée refusée" in err


@pytest.mark.parametrize("name", list(examples()))
def test_every_example_is_answered(shell: Shell, name: str) -> None:
    code, out, err = shell("evaluate", "-", stdin=example_texts()[name])
    assert (code, err) == (0, "")
    assert out == evaluate(example(name)).explain()


def test_the_answer_goes_to_a_file_when_one_is_named(shell: Shell, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "réponse.txt"
    assert shell("evaluate", str(file), "-o", str(target)) == Answer(0, "", "")
    assert target.read_bytes().decode("utf-8") == shell("evaluate", str(file)).out
    assert shell("evaluate", str(file), "--output", "-").out == shell("evaluate", str(file)).out


# evaluate: refusals


def test_every_refusal_comes_at_once_on_stderr_and_nothing_on_stdout(shell: Shell) -> None:
    text = text_of(annee="3", **{"contrat.option_etp": "3", "contrat.patientele_initiale.pmt": -1})
    code, out, err = shell("evaluate", "-", "--lecture", "trou_6_2=peut_etre", stdin=text)
    assert (code, out) == (1, "")
    lines = plain(err).splitlines()
    assert lines[0] == "4 données refusées :"
    assert [line.split(" : ")[0] for line in lines[1:]] == [
        "- contrat.option_etp",
        "- contrat.patientele_initiale.pmt",
        "- annee",
        "- --lecture trou_6_2",
    ]


def test_an_unknown_reading_is_refused_and_the_nearest_one_offered(shell: Shell) -> None:
    code, out, err = shell("evaluate", "-", "--lecture", "taux_ateinte=niveau", stdin=text_of())
    assert (code, out) == (1, "")
    assert "renommez en « taux_atteinte »" in plain(err)


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("[{}, {}, {}]", "une liste de 3 éléments"),
        (" [{}]", "une liste de 1 élément"),
        ("[{", "une liste"),
        ("[" * 100_000, "une liste"),
    ],
)
def test_a_list_of_dossiers_is_refused_in_one_clear_sentence(shell: Shell, text: str, received: str) -> None:
    code, out, err = shell("evaluate", "-", stdin=text)
    assert (code, out) == (1, "")
    assert plain(err) == (
        "1 donnée refusée :\n"
        f"- dossier : reçu {received} ; attendu : un seul dossier, entre accolades ; "
        "à faire : évaluez les dossiers un par un\n"
    )


@pytest.mark.parametrize("text", ["", "{", "3", "null", '"dossier"'])
def test_what_is_no_dossier_is_refused(shell: Shell, text: str) -> None:
    code, out, err = shell("evaluate", "-", stdin=text)
    assert (code, out) == (1, "")
    assert err.startswith("1 donnée refusée")


def test_bytes_that_are_not_utf_8_are_refused(shell: Shell) -> None:
    code, out, err = shell("evaluate", "-", stdin=b'{"annee": "\xe9"}')
    assert (code, out) == (1, "")
    assert "un octet qui n’est pas de l’UTF-8, en position 11" in err


def test_a_refused_dossier_writes_no_file(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "réponse.txt"
    assert shell("evaluate", "-", "-o", str(target), stdin="{}").code == 1
    assert not target.exists()


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["evaluer"], "Commande inconnue : evaluer."),
        (["--verbeux"], "Option inconnue : --verbeux."),
        (["evaluate"], "Il manque l’argument FICHIER."),
        (["evaluate", "-", "--frmat", "json"], "Option inconnue : --frmat."),
        (["evaluate", "-", "--format"], "L’option --format attend une valeur."),
        (
            ["evaluate", "-", "--format", "pdf"],
            "« pdf » n’est pas une valeur de --format ; valeurs : texte, markdown, html, json.",
        ),
        (["evaluate", "a.json", "b.json"], "En trop : b.json."),
        (["evaluate", "absent.json"], "Fichier introuvable : absent.json."),
        (["evaluate", "l'absent.json"], "Fichier introuvable : l'absent.json."),
        (["evaluate", "-", "--lecture", "x"], "--lecture attend NOM=VALEUR, reçu « x »."),
        (["evaluate", "-", "--lecture", "=x"], "--lecture attend NOM=VALEUR, reçu « =x »."),
        (["evaluate", "-", "--lecture", "x="], "--lecture attend NOM=VALEUR, reçu « x= »."),
        (
            ["evaluate", "-", "--lecture", "trou_6_2=zero", "--lecture", "trou_6_2=cent"],
            "--lecture donne deux valeurs à « trou_6_2 ».",
        ),
        (["tables", "MOD-9"], "Tableau inconnu : « MOD-9 » ; essayez :"),
        (["tables", "montants-avenant_7", "--texte", "convention_2024"], "Tableau inconnu :"),
        (["tables", "--texte", "avenant_8"], "« avenant_8 » n’est pas une valeur de --texte"),
        (["sources", "--format", "json"], "« json » n’est pas une valeur de --format"),
        (["schema"], "Il manque l’argument NOM."),
        (["schema", "bareme"], "« bareme » n’est pas une valeur de NOM"),
        (["examples", "generaliste"], "Exemple inconnu : « generaliste » ; essayez : generaliste_annee"),
    ],
)
def test_wrong_usage_is_said_in_french_on_stderr(shell: Shell, arguments: list[str], sentence: str) -> None:
    code, out, err = shell(*arguments)
    assert (code, out) == (2, "")
    assert plain(err).startswith(sentence)
    assert re.search(r"\nAide : aide-am( \w+)? --help\n$", plain(err))


def test_a_directory_is_no_dossier(shell: Shell, tmp_path: Path) -> None:
    code, out, err = shell("evaluate", str(tmp_path))
    assert (code, out) == (2, "")
    assert "(c’est un répertoire)" in err or "(accès refusé)" in err


def test_an_answer_that_cannot_be_written_is_wrong_usage(shell: Shell, file: Path, tmp_path: Path) -> None:
    code, out, err = shell("evaluate", str(file), "-o", str(tmp_path / "absent" / "réponse.txt"))
    assert (code, out) == (2, "")
    assert "(le répertoire n’existe pas)" in err


def test_no_command_shows_the_help_on_stderr(shell: Shell) -> None:
    code, out, err = shell()
    assert (code, out) == (2, "")
    assert err == shell("--help").out


# Help and version


def test_version(shell: Shell) -> None:
    assert shell("--version") == Answer(0, f"aide-am {__version__}\n", "")


@pytest.mark.parametrize(
    "command",
    [
        [],
        *([name] for name in ("evaluate", "tables", "sources", "schema", "examples")),
        *(
            [name]
            for name in ("schedule", "calendar", "simulate", "compare", "collective", "gaps", "recovery")
        ),
    ],
)
def test_the_help_is_in_french(shell: Shell, command: list[str]) -> None:
    code, out, err = shell(*command, "--help")
    assert (code, err) == (0, "")
    assert "Affiche cette aide." in out
    for english in ("Show this message", "Usage:", "Options:", "Commands:", "Arguments:", "[required]"):
        assert english not in out


# tables and sources


def test_tables_prints_every_table_in_markdown(shell: Shell) -> None:
    code, out, err = shell("tables")
    assert (code, err) == (0, "")
    assert out == "\n".join(map(as_markdown, ALL_TABLES))


@pytest.mark.parametrize("texte", TEXTES)
def test_tables_prints_those_of_one_text(shell: Shell, texte: str) -> None:
    (bareme,) = [bareme for bareme in chronology().baremes if bareme.texte == texte]
    out = shell("tables", "--texte", texte).out
    assert out == "\n".join(map(as_markdown, published_tables([bareme])))


def test_every_text_can_be_named() -> None:
    assert tuple(choice.value for choice in TextName) == TEXTES


def test_tables_prints_one_table_as_clean_csv(shell: Shell) -> None:
    tables = {table.id: table for table in ALL_TABLES}
    out = shell("tables", "montants-convention_2024", "--format", "csv").out
    assert out == as_csv(tables["montants-convention_2024"])
    assert out.startswith("Patientèle,Année,1/3 ETP,")


def test_tables_prints_several_tables_as_named_blocks_of_csv(shell: Shell) -> None:
    blocks = shell("tables", "--format", "csv").out.split("\n\n")
    ids = [block.splitlines()[0] for block in blocks]
    assert ids == [table.id for table in ALL_TABLES]


def test_sources_prints_the_register(shell: Shell) -> None:
    register = chronology().baremes[-1].sources
    lines = shell("sources", "--format", "csv").out.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == list(register)
    markdown = shell("sources").out
    assert "### Registre des sources" in markdown
    assert shell("sources", "--format", "markdown").out == markdown


def test_on_a_terminal_tables_are_drawn_and_their_cells_are_never_markup(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    drawn = shell("tables", "montants-convention_2024").out
    assert "│" in drawn
    assert "8 767 €" in plain(drawn)
    assert "[montants-convention_2024]" in drawn
    assert "│" not in shell("tables", "montants-convention_2024", "--format", "markdown").out


# schema and examples


@pytest.mark.parametrize("name", schemas())
def test_schema_prints_the_published_schema(shell: Shell, name: str) -> None:
    code, out, _ = shell("schema", name)
    assert code == 0
    assert json.loads(out) == schemas()[name]


def test_examples_lists_each_example_with_its_verdict_and_amount(shell: Shell) -> None:
    lines = plain(shell("examples").out).splitlines()
    assert [line.split()[0] for line in lines] == [
        *examples(),
        *collective_examples(),
        *project_examples(),
        *account_examples(),
    ]
    (group,) = [line for line in lines if line.startswith("cabinet_annee_1 ")]
    assert group.endswith("Contrat collectif, 3 médecins, 2 ETP, année 1 : éligible, 76 000 €")
    (third,) = [line for line in lines if line.startswith("generaliste_annee_3 ")]
    assert third.endswith("Médecine générale, 1 ETP, année 3 : éligible, 18 000 €")
    (refused,) = [line for line in lines if line.startswith("sous_le_seuil ")]
    assert refused.endswith(": non éligible")
    (post,) = [line for line in lines if line.startswith("groupement_cdd ")]
    assert post.endswith(" à partir du 1er janvier 2026 jusqu’au 30 juin 2026 : 15 820 €")
    (unknown,) = [line for line in lines if line.startswith("dermatologue ")]
    assert unknown.endswith(": éligible, au maximum de 22 000 € à 38 000 €")


@pytest.mark.parametrize("name", list(examples()))
def test_examples_prints_the_json_of_one(shell: Shell, name: str) -> None:
    assert json.loads(shell("examples", name).out) == json.loads(example_texts()[name])


# The process: pipes, encodings, the extra


def test_nothing_is_coloured_nor_wrapped_in_a_pipe() -> None:
    code = "from aide_am.__main__ import main; import sys; sys.argv[1:] = ['tables']; main()"
    done = python(code, FORCE_COLOR="1", COLUMNS="40", TERM="xterm-256color")
    assert done.returncode == 0
    assert not ANSI.search(done.stdout)
    assert done.stdout == "\n".join(map(as_markdown, ALL_TABLES))


def test_the_output_is_utf_8_whatever_the_locale() -> None:
    code = "from aide_am.__main__ import main; import sys; sys.argv[1:] = ['tables', 'MOD-06']; main()"
    done = python(code, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "≥ P50" in plain(done.stdout)


def test_a_reader_that_leaves_early_is_no_error() -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "aide_am", "tables"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    complaint = running.stderr.read()
    running.stderr.close()
    assert (running.wait(), complaint) == (0, b"")


def test_python_dash_m_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aide_am", "evaluate", "absent.json"], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert "introuvable" in done.stderr.decode("utf-8")


@pytest.mark.parametrize("absent", ["typer", "rich"])
def test_without_the_extra_one_sentence_says_how_to_install_it(absent: str) -> None:
    done = python(f"import sys; sys.modules['{absent}'] = None; from aide_am.__main__ import main; main()")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert 'pip install "aide-am[cli]"' in done.stderr


def test_a_fault_of_the_package_itself_is_not_taken_for_a_missing_extra() -> None:
    done = python(
        "import sys; sys.modules['aide_am.french'] = None; from aide_am.__main__ import main; main()"
    )
    assert done.returncode == 1
    assert "aide_am.french" in done.stderr


def test_only_the_command_line_imports_the_extra() -> None:
    done = python(
        "import sys, importlib, pkgutil, aide_am\n"
        "names = [m.name for m in pkgutil.iter_modules(aide_am.__path__, 'aide_am.')]\n"
        "for name in names:\n"
        "    if name != 'aide_am.cli': importlib.import_module(name)\n"
        "print(*{'typer', 'rich', 'click', 'icalendar'} & set(sys.modules))"
    )
    assert (done.returncode, done.stdout.strip()) == (0, "")


# The page of the user guide


def commands_of_the_page() -> list[tuple[str, list[str]]]:
    """Every command that the page shows, with the lines of its answer."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, *lines = part.splitlines()
            if command.startswith("aide-am "):
                found.append((command.removeprefix("aide-am "), lines))
    return found


def holds(shown: list[str], answer: list[str]) -> bool:
    """Whether the answer is what is shown, a line « … » standing for any lines."""
    if "…" not in shown:
        return shown == answer
    text = "\n".join(["", *answer, ""])
    pieces = [piece.strip("\n") for piece in "\n".join(["", *shown, ""]).split("\n…\n")]
    return bool(re.search(".*?".join(re.escape(f"\n{piece}") for piece in pieces if piece), text, re.DOTALL))


def test_the_page_of_the_user_guide_shows_real_outputs(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text("utf-8")
    files = re.findall(r"`(\w+\.json)` qui contient `(.*?)`", page)
    files += re.findall(r"`(\w+\.csv)`\s:\n\n```csv\n(.*?)```", page, flags=re.DOTALL)
    for name, text in files:
        Path(name).write_text(text, "utf-8")
    for command, shown in commands_of_the_page():
        line, _, target = command.partition(" > ")
        line, _, origin = line.partition(" < ")
        answer = shell(*shlex.split(line), stdin=Path(origin).read_bytes() if origin else "")
        if target:
            Path(target).write_text(answer.out, "utf-8")
        else:
            assert holds(shown, (answer.out + answer.err).splitlines()), command


def test_the_page_of_the_user_guide_names_every_reading_and_its_values() -> None:
    page = PAGE.read_text("utf-8")
    for name, (default, *others) in CHOICES.items():
        values = f"| `{default}` | {', '.join(f'`{value}`' for value in others)} |"
        assert re.search(rf"^\| `{name}` \| .+ {re.escape(values)}$", page, flags=re.MULTILINE), name
