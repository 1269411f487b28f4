"""The commands on the cost of the post: what they print, what they refuse, what they write."""

import csv
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aide_am import Dossier, Readings, schemas
from aide_am.costs import (
    BreakEven,
    CompteGroupement,
    EmploymentComparison,
    EmploymentCost,
    Projet,
    RemainingCost,
    Statements,
    break_even,
    collective_cost,
    compare_employment,
    employment_cost,
    remaining_cost,
    shared_cost,
    statements,
)
from aide_am.costs.examples import project_examples, project_texts
from aide_am.costs.rendering import explain_remaining
from aide_am.documents import page
from aide_am.french import NARROW, WIDE
from aide_am.simulation import Growth
from support import as_dict
from terminal import Answer, Shell

POSTE = {"debut": "2024-09-01", "etp": "1", "position": 9}
DOCTOR = as_dict(annee=1, observation=None)
"""1300/1800, 1 ETP signed 2024-09-01."""
PATH = ("--observation", "3:pmt=1500,pfa=1890", "--observation", "4:pmt=3000,pfa=5000")
COUNTS = {3: {"pmt": 1500, "pfa": 1890}, 4: {"pmt": 3000, "pfa": 5000}}
EVENTS = [{"type": "avenant_option", "date": "2025-09-01", "option_etp": "0.5"}]
ACCOUNT = {
    "debut": "2026-01-01",
    "fin": "2026-12-31",
    "masse_salariale": "90000",
    "frais_fonctionnement": "5400",
    "membres": [
        {"identifiant": "medecin_1", "heures": "1607"},
        {"identifiant": "cabinet_2", "heures": "803.5"},
    ],
    "subventions": [{"libelle": "emploi aidé", "montant": "3000"}],
}
FORMS = ("texte", "markdown", "html")
COMMANDS = ("cost", "compare-employment", "statements")


@cache
def schema(name: str) -> dict[str, Any]:
    return schemas()[name]


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(WIDE, " ")


def project(**told: Any) -> str:
    return json.dumps({"poste": POSTE, **told})


ALONE = project(emploi={"mode": "direct"}, dossier=DOCTOR)
NOBODY = project(emploi={"mode": "direct"})
WAYS = project(
    modalites={"b": {"emploi": {"mode": "tese"}}, "a": {"emploi": {"mode": "coefficient"}}}, dossier=DOCTOR
)
SHARERS = project(
    emploi={"mode": "tese"},
    associes=[
        {"identifiant": "medecin_1", "part": "1/3", "dossier": DOCTOR},
        {"identifiant": "medecin_2", "part": "2/3"},
    ],
)
GROUP = project_texts()["contrat_collectif"]


def read(text: str) -> Projet:
    return Projet.model_validate_json(text)


def library(text: str, path: Any = None, years: int = 5, **told: Any) -> RemainingCost:
    """What the library answers to a project with one doctor."""
    found = read(text)
    assert found.dossier is not None
    assert found.emploi is not None
    return remaining_cost(found.dossier, found.poste, found.emploi, path, years, **told)


@pytest.fixture
def doctor(tmp_path: Path) -> str:
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(DOCTOR), "utf-8")
    return str(path)


@pytest.fixture
def events(tmp_path: Path) -> str:
    path = tmp_path / "evenements.json"
    path.write_text(json.dumps(EVENTS), "utf-8")
    return str(path)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def misused(answer: Answer) -> str:
    """What a misuse says: in French, on the error stream alone, with where to find help."""
    assert (answer.code, answer.out) == (2, "")
    assert not re.search(r"\b(the|option|invalid|missing|Error|argument '|expected)\b", answer.err)
    assert "Aide" in answer.err
    return plain(answer.err)


def refused(answer: Answer) -> list[str]:
    """The fields that are refused, on the error stream alone."""
    assert (answer.code, answer.out) == (1, "")
    assert re.match(r"\d+ données? refusées?", plain(answer.err))
    return re.findall(r"^- (.*?) : reçu", plain(answer.err), re.M)


# --- Each example ----------------------------------------------------------------------------------


def answered(name: str) -> EmploymentCost | RemainingCost | EmploymentComparison:
    """What the library answers to an example, whatever its kind."""
    found = project_examples()[name]
    if found.emploi is None:
        assert found.dossier is not None
        return compare_employment(found.dossier, found.poste, found.modalites)
    if found.associes is not None:
        return shared_cost(found.poste, found.emploi, found.associes)
    if found.groupe is not None:
        return collective_cost(found.groupe, found.poste, found.emploi, found.cle)
    if found.dossier is not None:
        return remaining_cost(found.dossier, found.poste, found.emploi)
    return employment_cost(found.poste, found.emploi)


KINDS = {
    EmploymentCost: ("cost", "cout"),
    RemainingCost: ("cost", "reste_a_charge"),
    EmploymentComparison: ("compare-employment", "modes_d_emploi"),
}


@pytest.mark.rule("CST-01", "CST-02", "CST-03", "CST-04")
@pytest.mark.parametrize("name", list(project_examples()))
def test_each_example_is_answered_in_every_form_as_the_library_does(shell: Shell, name: str) -> None:
    text = shell("examples", name).out
    assert text.strip() == project_texts()[name].strip()
    answer = answered(name)
    command, kind = KINDS[type(answer)]
    assert shell(command, "-", stdin=text) == (0, answer.explain(), "")
    for form in FORMS:
        found = shell(command, "-", "--format", form, stdin=text)
        assert (found.code, found.out.strip()) == (0, answer.explain(form).strip())  # type: ignore[arg-type]
    told = shell(command, "-", "--format", "json", stdin=text).out
    assert type(answer).from_json(told) == answer
    Draft202012Validator(schema(kind)).validate(json.loads(told))
    rows = table(shell(command, "-", "--format", "csv", stdin=text).out)
    assert [list(row) for row in rows] == [list(row) for row in answer.rows()]
    assert [[row[key] for key in row] for row in rows] == [
        ["" if value is None else str(value) for value in row.values()] for row in answer.rows()
    ]


def test_the_list_of_the_examples_tells_every_project_in_french(shell: Shell) -> None:
    lines = {line.split()[0]: line for line in plain(shell("examples").out).splitlines()}
    assert set(project_examples()) < set(lines)
    assert lines["groupement_cdd"].endswith(" du 1er janvier 2026 jusqu’au 30 juin 2026 : 15 820 €")
    assert lines["groupement_cdi"].endswith(" du 1er janvier 2026, première année : 63 988 €")


@pytest.mark.rule("CST-02")
@pytest.mark.parametrize(("name", "total"), [("groupement_cdd", "15 820 €"), ("groupement_cdi", "63 988 €")])
def test_the_two_totals_of_the_source_are_printed_to_the_euro(shell: Shell, name: str, total: str) -> None:
    text = plain(shell("cost", "-", stdin=project_texts()[name]).out)
    assert total in text.splitlines()[2]
    rows = table(shell("cost", "-", "--format", "csv", stdin=project_texts()[name]).out)
    assert list(rows[0]) == ["debut", "fin", "rubrique", "montant"]
    assert f"{sum(float(row['montant']) for row in rows):,.0f} €".replace(",", " ") == total


# --- aide-am cost ----------------------------------------------------------------------------------


@pytest.mark.rule("CST-03")
def test_cost_takes_a_path_events_years_readings_and_force(shell: Shell, events: str) -> None:
    def asked(*options: str) -> RemainingCost:
        found = shell("cost", "-", *options, "--format", "json", stdin=ALONE)
        assert (found.code, found.err) == (0, "")
        return RemainingCost.from_json(found.out)

    assert asked() == library(ALONE)
    assert asked(*PATH) == library(ALONE, COUNTS)
    growth = Growth(pmt="0.03", pfa="0.02")
    assert asked("--croissance", "pmt=0.03,pfa=0.02") == library(ALONE, growth)
    assert asked("--annees", "7") == library(ALONE, None, 7)
    assert asked("--evenements", events) == library(ALONE, events=EVENTS)
    level = Readings(taux_atteinte="niveau")
    assert asked(*PATH, "--lecture", "taux_atteinte=niveau") == library(ALONE, COUNTS, readings=level)
    closed = {"medecin.secteur": "2", "medecin.option_tarifaire": "aucune"}
    out = project(emploi={"mode": "direct"}, dossier=as_dict(annee=1, observation=None, **closed))
    plainly = shell("cost", "-", "--format", "json", stdin=out).out
    forced = shell("cost", "-", "--force", "--format", "json", stdin=out).out
    assert RemainingCost.from_json(plainly) == library(out)
    assert RemainingCost.from_json(forced) == library(out, force=True)
    assert plainly != forced


@pytest.mark.rule("CST-03")
def test_the_doctor_may_stand_in_a_file_of_his_own(shell: Shell, doctor: str, tmp_path: Path) -> None:
    expected = library(ALONE, COUNTS).explain()
    assert shell("cost", "-", "--dossier", doctor, *PATH, stdin=NOBODY) == (0, expected, "")
    path = tmp_path / "projet.json"
    path.write_text(NOBODY, "utf-8")
    assert shell("cost", str(path), "--dossier", "-", *PATH, stdin=json.dumps(DOCTOR)).out == expected
    found = shell("compare-employment", "-", "--dossier", doctor, stdin=project()).out
    dossier = Dossier.model_validate(DOCTOR)
    assert found == compare_employment(dossier, read(ALONE).poste).explain()


@pytest.mark.rule("CST-03")
def test_the_consultations_are_shown_in_every_form(shell: Shell) -> None:
    answer = library(ALONE, COUNTS)
    found = break_even(answer, "26.50", charges="0.45")
    asked = ("cost", "-", *PATH, "--consultation", "26.50", "--charges", "0.45")
    for form in FORMS:
        expected = explain_remaining(answer, form, False, found)  # type: ignore[arg-type]
        assert shell(*asked, "--format", form, stdin=ALONE).out.strip() == expected.strip()
    assert "À 26,50 €, DONT 55 % GARDÉS" in plain(shell(*asked, stdin=ALONE).out)
    assert BreakEven.from_json(shell(*asked, "--format", "json", stdin=ALONE).out) == found
    rows = table(shell(*asked, "--format", "csv", stdin=ALONE).out)
    assert list(rows[0]) == [
        "identifiant",
        "cas",
        "annee",
        "reste",
        "consultations",
        "consultations_par_mois",
    ]
    assert [row["consultations"] for row in rows] == [str(year.consultations) for year in found.years]
    assert {row["annee"] for row in rows} == {"3", "4", "5"}
    alone = shell("cost", "-", *PATH, "--consultation", "30", stdin=ALONE)
    assert "GARDÉS EN ENTIER" in alone.out


@pytest.mark.rule("CST-03")
def test_the_months_are_shown_when_they_are_asked_for(shell: Shell) -> None:
    answer = library(ALONE)
    assert shell("cost", "-", "--mois", stdin=ALONE).out == answer.explain(months=True)
    rows = table(shell("cost", "-", "--mois", "--format", "csv", stdin=ALONE).out)
    assert list(rows[0]) == [
        "identifiant", "cas", "mois", "cout", "aide_du_mois", "reste", "aide_versee", "tresorerie",
    ]  # fmt: skip
    assert len(rows) == len(answer.month_rows())
    (november,) = [row for row in rows if row["cas"] == "pire" and row["mois"] == "2024-11-01"]
    assert (november["aide_versee"], november["tresorerie"]) == ("38000.00", "29576.35")
    group = table(shell("cost", "-", "--mois", "--format", "csv", stdin=GROUP).out)
    assert {row["tresorerie"] for row in group} == {""}, "no source dates the aid of a group"


@pytest.mark.rule("CST-03")
def test_those_who_share_and_groups_have_a_row_a_payer(shell: Shell) -> None:
    rows = table(shell("cost", "-", "--format", "csv", stdin=SHARERS).out)
    assert list(rows[0]) == [
        "identifiant", "part", "cas", "annee", "du", "au", "verdict",
        "cout", "aide", "reste", "cumul", "par_mois", "notes",
    ]  # fmt: skip
    assert list(dict.fromkeys(row["identifiant"] for row in rows)) == ["medecin_1", "medecin_2"]
    assert rows[0]["cout"] == "11231.53"
    assert {row["aide"] for row in rows if row["identifiant"] == "medecin_2"} == {"0.00"}
    told = shell("cost", "-", "--observation", "3:pmt=2460,pfa=3210", "--format", "csv", stdin=GROUP)
    assert (told.code, told.err) == (0, "")
    wanted = ("trajectoire_basse", "3", "societe")
    (year,) = [row for row in table(told.out) if (row["cas"], row["annee"], row["identifiant"]) == wanted]
    assert year["aide"] == "22000.00"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", [*FORMS, "json", "csv"])
def test_the_answer_is_written_to_a_file_and_nothing_is_printed(
    shell: Shell, tmp_path: Path, command: str, form: str
) -> None:
    text = json.dumps(ACCOUNT) if command == "statements" else WAYS if command != "cost" else ALONE
    path = tmp_path / f"réponse.{form}"
    asked = (command, "-", "--format", form)
    assert shell(*asked, "-o", str(path), stdin=text) == (0, "", "")
    written, printed = path.read_bytes().decode("utf-8"), shell(*asked, stdin=text).out
    assert (page(printed.strip(), "") if form == "html" else printed.strip()) in written
    assert "\r" not in written
    assert shell(*asked, "--output", "-", stdin=text).out == printed
    if form != "html":
        assert written.strip() == printed.strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_cannot_be_read_or_written_is_a_misuse_told_in_french(
    shell: Shell, tmp_path: Path, command: str
) -> None:
    text = json.dumps(ACCOUNT) if command == "statements" else WAYS if command != "cost" else ALONE
    absent = str(tmp_path / "absent.json")
    assert "Fichier introuvable" in misused(shell(command, absent))
    assert "c’est un répertoire" in misused(shell(command, str(tmp_path)))
    assert "Impossible d’écrire" in misused(shell(command, "-", "-o", str(tmp_path), stdin=text))
    assert "le répertoire n’existe pas" in misused(
        shell(command, "-", "-o", str(tmp_path / "rien" / "x.txt"), stdin=text)
    )
    assert "valeurs : texte, markdown, html, json, csv" in misused(
        shell(command, "-", "--format", "pdf", stdin=text)
    )
    assert "Il manque l’argument FICHIER" in misused(shell(command))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", ["", "{", "[]", "[{}]", "null", "3", '"x"', '{"poste": }', "\ufeff{}"])
def test_a_text_that_is_no_project_is_refused_and_never_a_crash(
    shell: Shell, command: str, text: str
) -> None:
    assert refused(shell(command, "-", stdin=text))
    assert refused(shell(command, "-", stdin=b"\xff\xfe{"))


@pytest.mark.parametrize("command", ["cost", "compare-employment"])
def test_a_key_given_twice_is_refused(shell: Shell, command: str) -> None:
    text = '{"poste": {"debut": "2024-09-01", "etp": "1", "etp": "0.5"}}'
    assert refused(shell(command, "-", stdin=text)) == ["etp"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_is_french_and_names_every_form(shell: Shell, command: str) -> None:
    found = shell(command, "--help")
    assert found.code == 0
    assert "<texte|markdown|html|json|csv>" in re.sub(
        r"\s", "", found.out.replace("[", "<").replace("]", ">")
    )
    assert "Usage :" in plain(found.out)
    assert not re.search(r"\b(the|Options:|Show|default)\b", found.out)


# --- Misuse ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--observation", "x"), "--observation attend ANNÉE:pmt=N,pfa=N, reçu « x »"),
        (("--observation", "3:pmt=1,pmt=2"), "séparés par des virgules"),
        (("--observation", "3:pmt=1", "--observation", "3:pfa=1"), "deux fois l’année 3"),
        (("--croissance", "0.03"), "--croissance attend NOM=VALEUR"),
        (("--croissance", "pmt=0.03", "--observation", "3:pmt=1"), "pas les deux"),
        (("--annees", "cinq"), "--annees attend un nombre entier"),
        (("--lecture", "taux_atteinte"), "--lecture attend NOM=VALEUR"),
    ],
)
@pytest.mark.parametrize("command", ["cost", "compare-employment"])
def test_an_option_that_cannot_be_read_is_a_misuse(
    shell: Shell, command: str, options: tuple[str, ...], sentence: str
) -> None:
    assert sentence in misused(shell(command, "-", *options, stdin=ALONE))


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--observation", "9:pmt=1"), "observations"),
        (("--observation", "3:foo=1"), "observations.3.foo"),
        (("--croissance", "pmt=3"), "pmt"),
        (("--croissance", "foo=0.1"), "foo"),
        (("--annees", "0"), "--annees"),
        (("--annees", "100"), "--annees"),
        (("--lecture", "taux_atteinte=autre"), "--lecture taux_atteinte"),
    ],
)
@pytest.mark.parametrize("command", ["cost", "compare-employment"])
def test_a_value_that_is_wrong_is_refused_by_its_name(
    shell: Shell, command: str, options: tuple[str, ...], field: str
) -> None:
    assert refused(shell(command, "-", *options, stdin=ALONE)) == [field]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (("--consultation", "abc"), "--consultation"),
        (("--consultation", "26,50"), "--consultation"),
        (("--consultation", "0"), "--consultation"),
        (("--consultation", "-3"), "--consultation"),
        (("--consultation", "30", "--charges", "1"), "--charges"),
        (("--consultation", "30", "--charges", "45"), "--charges"),
        (("--consultation", "30", "--charges", "45%"), "--charges"),
        (("--consultation", "30", "--charges", "-0.1"), "--charges"),
    ],
)
def test_a_consultation_that_is_wrong_is_refused_by_its_option(
    shell: Shell, options: tuple[str, ...], option: str
) -> None:
    assert refused(shell("cost", "-", *options, stdin=ALONE)) == [option]


@pytest.mark.parametrize(
    "options",
    [
        ("--consultation", "30"),
        ("--mois",),
        PATH,
        ("--croissance", "pmt=0.03"),
        ("--charges", "0.4"),
    ],
)
def test_an_option_that_means_nothing_without_a_doctor_is_not_passed_over_in_silence(
    shell: Shell, options: tuple[str, ...]
) -> None:
    assert misused(shell("cost", "-", *options, stdin=NOBODY))


def test_three_years_asked_for_without_a_doctor_are_not_answered_by_twelve_months(shell: Shell) -> None:
    found = shell("cost", "-", "--annees", "3", stdin=NOBODY)
    assert found.code == 0
    assert "Coût du 1er septembre 2024 au 31 août 2027 : " in plain(found.out)


def test_charges_without_a_consultation_are_not_passed_over_in_silence(shell: Shell) -> None:
    assert "--consultation" in misused(shell("cost", "-", "--charges", "0.4", stdin=ALONE))


def test_events_without_a_doctor_are_a_misuse(shell: Shell, events: str) -> None:
    for text in (NOBODY, SHARERS, GROUP):
        assert "donnez son dossier" in misused(shell("cost", "-", "--evenements", events, stdin=text))


def test_the_path_of_those_who_share_stands_in_the_project(shell: Shell) -> None:
    assert "dans le projet" in misused(shell("cost", "-", *PATH, stdin=SHARERS))
    assert "--observation" in misused(shell("cost", "-", "--croissance", "pmt=0.1", stdin=GROUP))


@pytest.mark.parametrize("command", ["cost", "compare-employment"])
def test_a_project_that_says_for_whom_takes_no_other_doctor(shell: Shell, doctor: str, command: str) -> None:
    for text in (ALONE, SHARERS, GROUP):
        said = misused(shell(command, "-", "--dossier", doctor, stdin=text))
        assert "retirez --dossier" in said


@pytest.mark.parametrize("command", ["cost", "compare-employment"])
def test_the_standard_input_is_read_once(shell: Shell, doctor: str, tmp_path: Path, command: str) -> None:
    assert "entrée standard" in misused(shell(command, "-", "--dossier", "-", stdin=NOBODY))


def test_the_standard_input_does_not_hold_the_events_too(shell: Shell, tmp_path: Path) -> None:
    assert "entrée standard" in misused(shell("cost", "-", "--evenements", "-", stdin=ALONE))
    path = tmp_path / "projet.json"
    path.write_text(NOBODY, "utf-8")
    asked = ("cost", str(path), "--dossier", "-", "--evenements", "-")
    assert "entrée standard" in misused(shell(*asked, stdin=json.dumps(DOCTOR)))
    told = shell("cost", "-", "--evenements", "-", stdin="[]")
    assert "entrée standard" in misused(told)


# --- A project that does not fit the command ---------------------------------------------------------


def test_a_project_without_a_way_to_employ_says_what_to_give(shell: Shell) -> None:
    bare = shell("cost", "-", stdin=project(dossier=DOCTOR))
    assert refused(bare) == ["emploi"]
    assert "donnez « emploi »" in plain(bare.err)
    several = shell("cost", "-", stdin=WAYS)
    assert refused(several) == ["emploi"]
    assert "aide-am compare-employment" in several.err


@pytest.mark.rule("CST-04")
def test_a_project_without_ways_compares_the_usual_ones(shell: Shell) -> None:
    dossier = Dossier.model_validate(DOCTOR)
    expected = compare_employment(dossier, read(ALONE).poste, None, COUNTS)
    found = shell("compare-employment", "-", *PATH, "--format", "json", stdin=project(dossier=DOCTOR))
    assert EmploymentComparison.from_json(found.out) == expected
    assert len(expected.compared) == 7
    assert shell("compare-employment", "-", *PATH, stdin=project(dossier=DOCTOR)).out == expected.explain()


def test_a_comparison_of_nobody_says_what_to_give(shell: Shell) -> None:
    found = shell("compare-employment", "-", stdin=NOBODY)
    assert refused(found) == ["dossier"]
    assert "--dossier" in found.err


@pytest.mark.parametrize("text", [SHARERS, GROUP])
def test_a_comparison_of_several_is_sent_to_the_command_that_answers(shell: Shell, text: str) -> None:
    """--dossier would be refused: the project says already for whom."""
    found = shell("compare-employment", "-", stdin=text)
    assert found.code in (1, 2)
    assert "aide-am cost" in found.err
    assert "--dossier" not in found.err


def test_a_comparison_of_no_way_is_refused(shell: Shell) -> None:
    empty = shell("compare-employment", "-", stdin=project(modalites={}, dossier=DOCTOR))
    assert refused(empty) == ["modalites"]


@pytest.mark.rule("CST-04")
def test_a_comparison_takes_the_events_of_the_contract(shell: Shell, events: str) -> None:
    dossier = Dossier.model_validate(DOCTOR)
    expected = compare_employment(dossier, read(WAYS).poste, read(WAYS).modalites, events=EVENTS)
    found = shell("compare-employment", "-", "--evenements", events, stdin=WAYS)
    assert (found.code, found.out) == (0, expected.explain())


@pytest.mark.rule("CST-04")
def test_the_table_of_a_comparison_has_the_ways_in_the_order_of_the_file(shell: Shell) -> None:
    rows = table(shell("compare-employment", "-", "--format", "csv", stdin=WAYS).out)
    assert list(rows[0])[:7] == ["modalite", "structure", "mode", "identifiant", "part", "cas", "annee"]
    assert list(dict.fromkeys(row["modalite"] for row in rows)) == ["b", "a"]
    assert len(rows) == 2 * 2 * 5


WRONG_FILES = {
    "doctor": json.dumps(DOCTOR),
    "group": json.dumps(json.loads(GROUP)["groupe"]),
    "project": ALONE,
    "account": json.dumps(ACCOUNT),
}


@pytest.mark.parametrize(
    ("command", "kind", "remedy"),
    [
        ("cost", "doctor", "--dossier"),
        ("compare-employment", "doctor", "--dossier"),
        ("cost", "group", "groupe"),
        ("cost", "account", "aide-am statements"),
        ("compare-employment", "account", "aide-am statements"),
        ("statements", "project", "aide-am cost"),
        ("statements", "doctor", "aide-am evaluate"),
        ("statements", "group", "aide-am collective"),
        ("evaluate", "project", "aide-am cost"),
        ("schedule", "project", "aide-am cost"),
        ("collective", "project", "aide-am cost"),
        ("evaluate", "account", "aide-am statements"),
        ("collective", "account", "aide-am statements"),
        ("evaluate", "group", "aide-am collective"),
    ],
)
def test_a_file_of_another_kind_is_sent_to_its_command_in_one_refusal(
    shell: Shell, command: str, kind: str, remedy: str
) -> None:
    found = shell(command, "-", stdin=WRONG_FILES[kind])
    assert len(refused(found)) == 1
    assert remedy in found.err


def test_the_dossier_of_a_group_is_no_dossier_of_a_doctor(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "groupe.json"
    path.write_text(WRONG_FILES["group"], "utf-8")
    found = shell("cost", "-", "--dossier", str(path), stdin=NOBODY)
    (field,) = refused(found)
    assert "--dossier" in field


def test_what_is_wrong_in_a_dossier_is_told_under_its_option(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(DOCTOR | {"annee": 0}), "utf-8")
    assert refused(shell("cost", "-", "--dossier", str(path), stdin=NOBODY)) == ["--dossier : annee"]


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({"emploi": {"mode": "interim"}}, ["emploi"]),
        ({"emploi": {"mode": "tese", "paie_mensuelle": "10"}}, ["emploi.paie_mensuelle"]),
        ({"emploi": {"mode": "direct"}, "dossier": DOCTOR, "cle": {"medecin_1": "1"}}, ["cle"]),
        ({"poste": {**POSTE, "salaire_brut": "-1"}}, ["poste.salaire_brut"]),
        ({"poste": {**POSTE, "fin": "2024-08-31"}}, ["poste.fin"]),
        ({"poste": {**POSTE, "position": None}, "emploi": {"mode": "direct"}}, ["poste.salaire_brut"]),
        ({"poste": {**POSTE, "position": 7}, "emploi": {"mode": "direct"}}, ["poste.position"]),
        ({"emploi": {"mode": "tese"}, "associes": []}, ["associes"]),
        ({"emploi": {"mode": "tese"}, "associes": [{"identifiant": "a", "part": "1/3"}]}, ["associes"]),
        ({"emploi": {"mode": "tese"}, "associes": [{"identifiant": "a", "part": "1/2"}] * 2}, ["associes"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_project_is_refused_by_its_path(
    shell: Shell, told: Any, fields: list[str]
) -> None:
    assert refused(shell("cost", "-", stdin=project(**told))) == fields


def test_every_way_that_is_wrong_is_told_at_once_by_its_name(shell: Shell) -> None:
    ways = {"x": {"emploi": {"mode": "autre"}}, "y": {"emploi": {"mode": "tese"}, "part": "2"}}
    fields = refused(shell("compare-employment", "-", stdin=project(modalites=ways, dossier=DOCTOR)))
    assert fields == ["modalites.x.emploi", "modalites.y.part"]


# --- aide-am statements ----------------------------------------------------------------------------


@pytest.mark.rule("CST-02")
def test_statements_print_what_the_library_says(shell: Shell) -> None:
    expected = statements(CompteGroupement.model_validate(ACCOUNT))
    text = json.dumps(ACCOUNT)
    assert shell("statements", "-", stdin=text) == (0, expected.explain(), "")
    for form in FORMS:
        found = shell("statements", "-", "--format", form, stdin=text).out
        assert found.strip() == expected.explain(form).strip()  # type: ignore[arg-type]
    told = shell("statements", "-", "--format", "json", stdin=text).out
    assert Statements.from_json(told) == expected
    Draft202012Validator(schema("releves_groupement")).validate(json.loads(told))
    Draft202012Validator(schema("compte_groupement")).validate(ACCOUNT)
    rows = table(shell("statements", "-", "--format", "csv", stdin=text).out)
    assert list(rows[0]) == [
        "membre", "part", "salaires", "frais", "adhesion",
        "regularisation", "subventions", "retrocession", "net",
    ]  # fmt: skip
    assert [(row["membre"], row["part"], row["net"]) for row in rows] == [
        ("medecin_1", "2/3", "61600.00"),
        ("cabinet_2", "1/3", "30800.00"),
    ]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"masse_salariale": "-1"}, "masse_salariale"),
        ({"fin": "2025-12-31"}, "fin"),
        ({"membres": [{"identifiant": "a", "part": "0.6"}, {"identifiant": "b", "part": "0.5"}]}, "membres"),
        ({"coefficient": "1.05"}, "coefficient"),
    ],
)
def test_an_account_that_cannot_be_is_refused(shell: Shell, told: Any, field: str) -> None:
    assert refused(shell("statements", "-", stdin=json.dumps(ACCOUNT | told))) == [field]
