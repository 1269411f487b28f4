"""The commands on the life of a contract: what they print, what they refuse, what they write."""

import csv
import io
import json
from pathlib import Path

import pytest
from ical.calendar_stream import IcsCalendarStream

from aide_am import (
    CollectiveDecision,
    Deadlines,
    Dossier,
    Growth,
    Schedule,
    Simulation,
    collective_example,
    compare,
    deadlines,
    evaluate_collective,
    schedule,
    simulate,
)
from aide_am.french import NARROW, WIDE
from support import as_dict
from terminal import Shell

DOSSIER = Dossier.model_validate(as_dict())
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
        (("schedule", "--observation", "3"), "--observation attend"),
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
        (("compare", "--variante", "years:annee=2"), "--variante attend NOM:CHAMP=VALEUR"),
        (("compare", "--variante", "a:annee=2", "--variante", "a:annee=4"), "le même nom"),
        (("compare", "--variante", "a:annee=2", "--format", "json"), "en texte, markdown, html ou csv"),
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
        (("schedule", "--annees", "0"), "years"),
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
