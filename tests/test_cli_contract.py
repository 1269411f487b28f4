"""The commands on the life of a contract: what they print, what they refuse, what they write."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from ical.calendar_stream import IcsCalendarStream

from aide_am import (
    CollectiveDecision,
    Deadlines,
    Dossier,
    Gaps,
    Growth,
    Readings,
    Recovery,
    Schedule,
    Simulation,
    collective_example,
    compare,
    deadlines,
    evaluate_collective,
    gaps,
    recovery,
    schedule,
    simulate,
)
from aide_am.cli.contract import COLUMNS
from aide_am.french import NARROW, WIDE
from support import as_dict
from terminal import Shell

DOSSIER = Dossier.model_validate(as_dict())
KINDS = {"schedule": "schedule", "calendar": "deadlines", "simulate": "simulation"}
EVENTS = [{"type": "avenant_option", "date": "2027-03-01", "option_etp": "0.5"}]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(as_dict()), "utf-8")
    return str(path)


@pytest.fixture
def events(tmp_path: Path) -> str:
    path = tmp_path / "evenements.json"
    path.write_text(json.dumps(EVENTS), "utf-8")
    return str(path)


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(WIDE, " ")


def test_schedule_prints_what_the_library_says(shell: Shell, file: str, events: str) -> None:
    assert shell("schedule", file).out == schedule(DOSSIER).explain()
    seen = ("--observation", "4:pmt=1290,pfa=1950", "--observation", "5:pmt=1560,pfa=1910")
    counts = {4: {"pmt": 1290, "pfa": 1950}, 5: {"pmt": 1560, "pfa": 1910}}
    asked = shell("schedule", file, *seen, "--evenements", events, "--annees", "6", "--format", "json")
    assert asked.code == 0
    assert Schedule.from_json(asked.out) == schedule(DOSSIER, counts, 6, events=EVENTS)


def test_schedule_as_csv_has_a_line_for_each_payment(shell: Shell, file: str) -> None:
    rows = list(csv.DictReader(io.StringIO(shell("schedule", file, "--format", "csv").out)))
    payments = schedule(DOSSIER).payments
    assert [row["montant_min"] for row in rows] == [str(p.amount.low) for p in payments if p.amount]
    assert (rows[0]["du"], rows[0]["au"]) == ("2024-09-01", "2024-11-01")
    assert rows[-1]["montant"] == ""


def test_schedule_takes_readings_and_force(shell: Shell, file: str, tmp_path: Path) -> None:
    assert "88 000 €" in plain(shell("schedule", file, "--lecture", "taux_atteinte=niveau").out)
    small = tmp_path / "petit.json"
    small.write_text(
        json.dumps(
            as_dict(**{"contrat.patientele_initiale": {"pmt": 700, "pfa": 1300}, "contrat.objectifs": None})
        ),
        "utf-8",
    )
    assert "Non éligible" in plain(shell("schedule", str(small)).out)
    assert "VRS-01" not in shell("schedule", str(small)).out
    assert "VRS-01" in shell("schedule", str(small), "--force").out


def test_calendar_prints_the_dates_and_writes_a_file_that_a_client_reads(
    shell: Shell, file: str, tmp_path: Path
) -> None:
    assert shell("calendar", file).out == deadlines(DOSSIER).explain()
    assert Deadlines.from_json(shell("calendar", file, "--format", "json").out) == deadlines(DOSSIER)
    target = tmp_path / "contrat.ics"
    assert shell("calendar", file, "--ics", "--reference", "Cabinet A", "-o", str(target)) == (0, "", "")
    assert target.read_bytes() == deadlines(DOSSIER).to_ics("Cabinet A")
    calendar = IcsCalendarStream.calendar_from_ics(target.read_text("utf-8"))
    assert len(calendar.events) == len(deadlines(DOSSIER).items)
    assert shell("calendar", file, "--ics").out.encode() == deadlines(DOSSIER).to_ics()


def test_simulate_follows_a_growth_a_path_or_every_reading(shell: Shell, file: str) -> None:
    growth = shell("simulate", file, "--croissance", "pmt=0.01,pfa=0.02", "--format", "json")
    assert Simulation.from_json(growth.out) == simulate(DOSSIER, Growth(pmt="0.01", pfa="0.02"))  # type: ignore[arg-type]
    path = shell("simulate", file, "--observation", "4:pmt=1400,pfa=1850")
    assert path.out == simulate(DOSSIER, {4: {"pmt": 1400, "pfa": 1850}}).explain()
    every = shell("simulate", file, "--toutes-lectures")
    assert every.out == simulate(DOSSIER, {}, readings="toutes").explain()
    rows = list(csv.DictReader(io.StringIO(shell("simulate", file, "--format", "csv").out)))
    assert [row["annee"] for row in rows] == ["1", "2", "3", "4", "5"]


def test_compare_reads_each_value_as_the_dossier_takes_it(shell: Shell, file: str) -> None:
    found = shell(
        "compare",
        file,
        "--variante",
        "demi:contrat.option_etp=0.5",
        "--variante",
        "grand:contrat.patientele_initiale.pmt=2000,contrat.objectifs.pmt=2100,medecin.rqth=true",
    )
    changes = {
        "contrat.patientele_initiale.pmt": 2000,
        "contrat.objectifs.pmt": 2100,
        "medecin.rqth": True,
    }
    expected = compare(DOSSIER, demi={"contrat.option_etp": "0.5"}, grand=changes)
    assert (found.code, found.out) == (0, expected.explain())
    rows = list(
        csv.DictReader(io.StringIO(shell("compare", file, "--variante", "a:annee=4", "--format", "csv").out))
    )
    assert [row["variante"] for row in rows] == ["dossier", "a"]


def test_collective_prints_the_decision_of_a_group(shell: Shell) -> None:
    text = shell("examples", "maison_de_sante_annee_3").out
    decision = evaluate_collective(collective_example("maison_de_sante_annee_3"))
    assert shell("collective", "-", stdin=text).out == decision.explain()
    assert shell("collective", "-", "--format", "markdown", stdin=text).out == decision.explain("markdown")
    answer = shell("collective", "-", "--format", "json", stdin=text)
    assert CollectiveDecision.from_json(answer.out) == decision
    lowest = shell("collective", "-", "--lecture", "objectifs_collectifs=taux_le_plus_bas", stdin=text)
    assert lowest.out != decision.explain()


@pytest.mark.parametrize("command", ["schedule", "calendar", "simulate", "collective"])
def test_refused_data_goes_to_stderr_with_exit_code_1(shell: Shell, command: str) -> None:
    code, out, err = shell(command, "-", stdin='{"annee": "3"}')
    assert (code, out) == (1, "")
    assert "annee : reçu" in plain(err)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("schedule", "--observation", "3"), "--observation attend ANNÉE:pmt=N,pfa=N, reçu « 3 »"),
        (("schedule", "--observation", "3:pmt=²"), "--observation attend ANNÉE:pmt=N,pfa=N"),
        (("schedule", "--observation", "3:pmt=٣"), "--observation attend ANNÉE:pmt=N,pfa=N"),
        (("schedule", "--observation", "²:pmt=3"), "--observation attend ANNÉE:pmt=N,pfa=N"),
        (("schedule", "--observation", "3:pmt=" + "9" * 5000), "--observation attend ANNÉE:pmt=N,pfa=N"),
        (("schedule", "--annees", "x"), "--annees attend un nombre entier."),
        (("schedule", "--annees", "9" * 5000), "--annees attend un nombre entier."),
        (("calendar", "--ics", "--format", "texte"), "--ics et --format ne vont pas ensemble"),
        (("recovery",), "il manque l’option --evenements"),
        (("compare", "--variante", "dossier:annee=2"), "une variante ne s’appelle pas « dossier »"),
        (("schedule", "--observation", "3:pmt=x"), "--observation attend ANNÉE:pmt=N,pfa=N"),
        (("schedule", "--observation", "x:pmt=1"), "--observation attend ANNÉE:pmt=N,pfa=N"),
        (("schedule", "--observation", "3:pmt=1", "--observation", "3:pfa=1"), "donne deux fois l’année 3"),
        (("schedule", "--observation", "3:pmt=1,pmt=2"), "--observation attend NOM=VALEUR"),
        (("schedule", "--evenements", "absent.json"), "fichier introuvable : absent.json"),
        (("simulate", "--croissance", "0.03"), "--croissance attend NOM=VALEUR"),
        (("simulate", "--croissance", "pmt=0", "--observation", "3:pmt=1"), "pas les deux"),
        (("simulate", "--toutes-lectures", "--lecture", "arrondi=troncature_euro"), "ne vont pas ensemble"),
        (("compare",), "au moins une --variante"),
        (("compare", "--variante", "demi"), "--variante attend NOM:CHAMP=VALEUR"),
        (("compare", "--variante", "années 2:annee=2"), "--variante attend NOM:CHAMP=VALEUR"),
        (("compare", "--variante", "years:annee=2"), "une variante ne s’appelle pas « years »"),
        (("compare", "--variante", "a:annee=2", "--variante", "a:annee=4"), "le même nom"),
        (("compare", "--variante", "a:annee=2", "--format", "json"), "valeurs : texte, markdown, html, csv"),
    ],
)
def test_wrong_usage_is_said_in_french_with_exit_code_2(
    shell: Shell, file: str, arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = shell(arguments[0], file, *arguments[1:])
    assert (code, out) == (2, "")
    assert sentence.lower() in plain(err).lower()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("schedule", "--annees", "0"), "--annees"),
        (("schedule", "--observation", "9:pmt=1"), "observations"),
        (("schedule", "--observation", "3:pmx=1"), "observations.3.pmx"),
        (("simulate", "--croissance", "pmt=2"), "pmt"),
        (("simulate", "--croissance", "surnom=0.1"), "surnom"),
        (("compare", "--variante", "a:contrat.option_etp=3"), "a : contrat.option_etp"),
    ],
)
def test_data_that_cannot_be_is_refused_with_its_field_and_exit_code_1(
    shell: Shell, file: str, arguments: tuple[str, ...], field: str
) -> None:
    code, out, err = shell(arguments[0], file, *arguments[1:])
    assert (code, out) == (1, "")
    assert f"- {field} : reçu" in plain(err)


def test_events_that_are_not_a_list_or_cannot_be_are_refused(shell: Shell, file: str, tmp_path: Path) -> None:
    path = tmp_path / "evenements.json"
    path.write_text('{"type": "absence"}', "utf-8")
    assert "une liste d’événements" in shell("schedule", file, "--evenements", str(path)).err
    path.write_text('[{"type": "retour", "date": "2025-03-01"}]', "utf-8")
    code, _, err = shell("calendar", file, "--evenements", str(path))
    assert code == 1
    assert "le retour de l’assistant du 1er mars 2025, après la signature du 1er septembre 2024" in plain(err)


def test_without_the_extra_the_calendar_file_says_how_to_install_it(
    shell: Shell, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "icalendar", None)
    code, out, err = shell("calendar", file, "--ics")
    assert (code, out) == (2, "")
    assert 'pip install "aide-am[calendar]"' in err


# What the standard input, the events and the dossiers of others are taken for


def test_the_standard_input_is_not_read_twice(shell: Shell) -> None:
    for command in ("schedule", "calendar", "simulate", "recovery"):
        code, out, err = shell(command, "-", "--evenements", "-", stdin=json.dumps(as_dict()))
        assert (code, out) == (2, "")
        assert "à la fois le dossier et les événements" in err


def test_the_events_may_come_from_the_standard_input(shell: Shell, file: str, events: str) -> None:
    text = Path(events).read_text("utf-8")
    assert shell("schedule", file, "--evenements", "-", stdin=text) == shell(
        "schedule", file, "--evenements", events
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[{", '- evenements : reçu "[{", ligne 1, colonne 3 ; attendu : un texte JSON complet'),
        ("3", "- evenements : reçu 3 ; attendu : une liste d’événements"),
        ("null", "- evenements : reçu null ; attendu : une liste d’événements"),
        ('"absence"', '- evenements : reçu "absence" ; attendu : une liste d’événements'),
        ('[{"type": "absence", "type": "retour"}]', "- evenements : type : reçu deux fois la même clé"),
        ('[{"type": "absense", "date": "2026-01-01"}]', "à faire : essayez « absence »"),
    ],
)
def test_events_that_cannot_be_read_are_blamed_and_not_the_dossier(
    shell: Shell, file: str, text: str, sentence: str
) -> None:
    code, out, err = shell("schedule", file, "--evenements", "-", stdin=text)
    assert (code, out) == (1, "")
    assert sentence in plain(err)
    assert plain(err).startswith("1 donnée refusée")


@pytest.mark.parametrize("command", ["evaluate", "schedule", "calendar", "simulate", "gaps"])
def test_the_dossier_of_a_group_is_sent_to_the_command_of_groups(shell: Shell, command: str) -> None:
    code, out, err = shell(command, "-", stdin=shell("examples", "cabinet_annee_1").out)
    assert (code, out) == (1, "")
    assert plain(err) == (
        "1 donnée refusée :\n- dossier : reçu un dossier de contrat collectif ; "
        "attendu : le dossier d’un médecin ; à faire : lancez aide-am collective\n"
    )


def test_the_dossier_of_a_doctor_is_sent_to_the_command_of_doctors(shell: Shell) -> None:
    code, out, err = shell("collective", "-", stdin=json.dumps(as_dict()))
    assert (code, out) == (1, "")
    assert plain(err) == (
        "1 donnée refusée :\n- dossier : reçu le dossier d’un médecin ; "
        "attendu : un dossier de contrat collectif ; à faire : lancez aide-am evaluate\n"
    )


def test_a_year_past_those_that_are_asked_names_the_option_that_asks_for_more(
    shell: Shell, file: str
) -> None:
    err = plain(shell("schedule", file, "--observation", "9:pmt=1").err)
    assert "demandez plus d’années (--annees)" in err


# Tables without a row, forms, gaps, recovery


@pytest.mark.parametrize("command", ["schedule", "calendar", "simulate"])
def test_a_table_without_a_row_keeps_the_header_of_the_others(shell: Shell, file: str, command: str) -> None:
    header = shell(command, file, "--format", "csv").out.splitlines()[0]
    (columns,) = [
        names for kind, names in COLUMNS.items() if kind.__name__.lower().startswith(KINDS[command])
    ]
    assert ",".join(columns) == header


def test_the_schedule_of_a_doctor_who_is_not_eligible_is_an_empty_table(shell: Shell) -> None:
    text = json.dumps(as_dict(**{"medecin.secteur": "non_conventionne"}))
    found = shell("schedule", "-", "--format", "csv", stdin=text)
    assert (found.code, found.out) == (
        0,
        "annee,regle,nature,du,au,montant_min,montant_max,montant,texte\n",
    )


def test_each_command_offers_the_forms_it_writes_and_no_other(shell: Shell) -> None:
    for command in ("compare", "evaluate", "collective", "gaps", "recovery"):
        (forms,) = re.findall(r"--format +[<\[](.*?)[>\]]", shell(command, "--help").out)
        assert ("json" in forms) is (command != "compare"), command
        assert ("csv" in forms) is (command in ("compare", "gaps")), command
        assert "html" in forms
    text = shell("examples", "cabinet_annee_1").out
    html = evaluate_collective(collective_example("cabinet_annee_1")).explain("html")
    assert shell("collective", "-", "--format", "html", stdin=text).out.strip() == html.strip()


def test_gaps_prints_what_the_library_says(shell: Shell, file: str) -> None:
    assert shell("gaps", file).out == gaps(DOSSIER).explain()
    assert shell("gaps", file, "--format", "markdown").out == gaps(DOSSIER).explain("markdown")
    assert Gaps.from_json(shell("gaps", file, "--format", "json").out) == gaps(DOSSIER)
    rows = list(csv.DictReader(io.StringIO(shell("gaps", file, "--format", "csv").out)))
    assert [(row["indicator"], row["to_gain"]) for row in rows] == [("pmt", "13"), ("pfa", "1")]
    level = shell("gaps", file, "--lecture", "taux_atteinte=niveau")
    assert level.out == gaps(DOSSIER, readings=Readings(taux_atteinte="niveau")).explain()


def test_gaps_of_a_doctor_who_is_not_eligible_are_told_by_force_alone(shell: Shell) -> None:
    text = json.dumps(as_dict(**{"medecin.secteur": "non_conventionne"}))
    code, out, err = shell("gaps", "-", stdin=text)
    assert (code, out) == (1, "")
    assert "demandez --force si le contrat court déjà" in plain(err)
    forced = shell("gaps", "-", "--force", stdin=text).out
    assert "Montant dû si le contrat est maintenu : 18 000 €." in plain(forced)


RESILIATION = [
    {"type": "resiliation", "date": "2027-03-01", "initiative": "medecin", "motif": "cessation_d_activite"}
]


def test_recovery_prints_what_the_library_says(shell: Shell, file: str, tmp_path: Path) -> None:
    path = tmp_path / "resiliation.json"
    path.write_text(json.dumps(RESILIATION), "utf-8")
    asked = ("recovery", file, "--evenements", str(path))
    assert shell(*asked).out.strip() == recovery(DOSSIER, RESILIATION).explain().strip()
    seen = recovery(DOSSIER, RESILIATION, {3: {"pmt": 1560, "pfa": 1910}})
    found = shell(*asked, "--observation", "3:pmt=1560,pfa=1910", "--format", "json")
    assert (found.code, Recovery.from_json(found.out)) == (0, seen)
    assert (
        shell(*asked, "--format", "html").out.strip()
        == recovery(DOSSIER, RESILIATION).explain("html").strip()
    )


@pytest.mark.rule("CTR-05")
def test_recovery_shows_the_sums_of_both_readings(shell: Shell, file: str, tmp_path: Path) -> None:
    told = {**RESILIATION[0], "date": "2027-01-15", "verse": "11000"}
    path = tmp_path / "resiliation.json"
    path.write_text(json.dumps([told]), "utf-8")
    asked = ("recovery", file, "--evenements", str(path), "--observation", "3:pmt=1560,pfa=1910")
    text = plain(shell(*asked).out)
    assert "Somme à récupérer : 2 802,74 €." in text
    assert "→ 6 901,37 € à récupérer, entre 0 € et 4 098,63 € à verser au médecin" in text
    other = plain(shell(*asked, "--lecture", "recuperation=prorata_du_verse").out)
    assert "Somme à récupérer : 6 901,37 €." in other
    assert "→ 2 802,74 € à récupérer" in other
    found = json.loads(shell(*asked, "--format", "json").out)
    assert {other["value"]: other["recovered"]["low"] for other in found["others"]}[
        "prorata_du_verse"
    ] == "6901.37"


def test_recovery_without_a_resiliation_is_refused(shell: Shell, file: str, events: str) -> None:
    code, out, err = shell("recovery", file, "--evenements", events)
    assert (code, out) == (1, "")
    assert "aucune résiliation" in plain(err)
