"""What a doctor or an analyst reads: French, complete, the same reasons in three formats."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given

from aide_am import bareme_at, evaluate, example, examples, french, outcomes, sentences, span
from aide_am.decision import Decision, Missing
from aide_am.outcomes import alternatives
from aide_am.sentences import missing_sentence
from depth import drawing
from strategies import dossiers, readings
from support import dossier


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@drawing(150)
@given(dossiers(), readings())
def test_every_reason_of_every_doctor_has_its_sentence(dossier, chosen) -> None:  # type: ignore[no-untyped-def]
    decision = evaluate(dossier, readings=chosen, force=True)
    text = decision.explain()
    for said in (*decision.warnings, *decision.missing):
        assert said.message in text or said.message[1:] in text
    for step in decision.steps:
        assert f"[{step.rule}]" in text
        for reference in step.references:
            assert french.typeset(reference.place) in text
    assert "{" not in text
    assert "None" not in text


@pytest.mark.parametrize("name", examples())
def test_the_three_formats_say_the_same_lines(name: str) -> None:
    decision = evaluate(example(name))
    lines = [line.strip(" -") for line in decision.explain("texte").splitlines() if line.startswith("-")]
    markdown = re.sub(r"\\(.)", r"\1", decision.explain("markdown"))
    assert lines
    assert all(line in markdown for line in lines)
    read = Reader()
    read.feed(decision.explain("html"))
    assert all(line in read.text for line in lines)
    assert read.open == []


class Reader(HTMLParser):
    """The text of a fragment, and the tags left open."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_decision_shows_itself_in_a_notebook() -> None:
    decision = evaluate(example("dermatologue"))
    assert decision._repr_html_() == decision.explain("html")
    assert decision._repr_html_().startswith('<div class="aide-am" lang="fr">')


def test_a_format_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="texte, markdown, html"):
        evaluate(example("dermatologue")).explain("pdf")  # type: ignore[arg-type]


def test_the_doctor_who_is_paid_nothing_reads_which_indicator_fell_and_what_the_sources_say() -> None:
    text = plain(evaluate(example("generaliste_en_baisse")).explain())
    assert "Part versée : 0 % (MOD-01)." in text
    assert "Montant dû : 0 €." in text
    assert (
        "en baisse : patientèle médecin traitant (PMT), 1 290 observés pour une base de 1 300 (−10)" in text
    )
    assert "ligne : MOD-01/5" in text
    assert "illustration 5.1" in text
    assert "aucune tolérance pour l’augmentation" in text
    assert "baisse tolérée de 0 à 5 points) → montant dû 22 000 €" in text


def test_the_doctor_of_the_worked_line_reads_rates_share_and_amount() -> None:
    text = plain(evaluate(example("generaliste_annee_3")).explain())
    for gained, floor in (
        ("200 patients gagnés sur 260 demandés (76,92 %)", "1 547"),
        ("90 patients gagnés sur 110 demandés (81,82 %)", "1 905"),
    ):
        assert f"soit {gained} : objectif non atteint, sans baisse ; il l’est à partir de {floor}." in text
    assert "Part versée : 9/11 (81,82 %) (MOD-01)." in text
    assert "Montant dû : 18 000 €." in text
    assert "Toutes lectures confondues, le montant dû est entre 18 000 € et 22 000 €." in text


def test_the_dermatologue_reads_what_to_ask_the_caisse_for() -> None:
    text = plain(evaluate(example("dermatologue")).explain())
    assert "Montant maximal de l’année : entre 22 000 € et 38 000 €." in text
    assert "Le P90 de la spécialité, file active (PFA), qui n’est pas publié ; la caisse peut" in text


def test_a_refused_doctor_reads_which_criterion_and_by_how_much() -> None:
    text = plain(evaluate(example("sous_le_seuil")).explain())
    assert "Verdict : non éligible. Critère non satisfait : activité minimale (ELI-04)." in text
    assert "valeur 640, seuil 775, écart −135 (en patients)" in text
    assert "Montant" not in text.split("PAS À PAS")[0]
    forced = plain(evaluate(example("sous_le_seuil"), force=True).explain())
    assert "Le calcul continue parce qu’il a été demandé (contrat déjà en cours)." in forced


def test_a_simulated_bareme_says_so_first_and_names_what_it_changes() -> None:
    reform = bareme_at(date(2026, 1, 1)).with_changes(montants={("1", "3+", "p30_p90"): 24000})
    decision = evaluate(example("generaliste_annee_3"), bareme=reform)
    text = plain(decision.explain())
    assert text.splitlines()[2].startswith("BARÈME SIMULÉ")
    assert "barème simulé (montant, 1 ETP, année 3 et suivantes, de P30 à P90 : 24 000 €)" in text
    again = Decision.from_json(decision.to_json())
    assert again.explain() == decision.explain()
    assert span(again) == span(decision)


def test_a_doctor_of_the_chirurgie_reads_shares_as_percentages() -> None:
    text = plain(evaluate(example("chirurgien")).explain())
    assert "valeur 85 %, seuil 80 %, écart 5 points" in text


def test_the_other_readings_of_a_refused_doctor_say_what_they_would_pay() -> None:
    doctor = dossier(**{"contrat.patientele_initiale": {"pmt": 700, "pfa": 1800}, "annee": 1})
    text = plain(evaluate(doctor).explain())
    assert "sinon : l’un des deux indicateurs suffit" in text
    assert "→ éligible, montant dû 38 000 €" in text
    assert "→ non éligible, rien n’est dû" in plain(
        evaluate(dossier(**{"contrat.patientele_initiale": {"pmt": 775, "pfa": 1800}, "annee": 1})).explain()
    )


def test_the_alternatives_of_a_decision_are_the_other_values_of_what_it_consulted() -> None:
    decision = evaluate(example("generaliste_annee_3"))
    (other,) = alternatives(decision)
    assert (other.reading, other.value, other.effects) == ("taux_atteinte", "niveau", ("montant",))
    assert other.decision is not None
    assert other.decision.amount_due is not None
    assert other.decision.amount_due.value == Decimal(22000)
    assert len(outcomes(example("generaliste_annee_3"))) == 2


def test_without_an_amount_due_the_span_is_that_of_the_maximum() -> None:
    found = span(evaluate(example("dermatologue")))
    assert (found.of, found.low, found.high) == ("montant_maximal", Decimal(22000), Decimal(38000))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("medecin.secteur", "le secteur conventionnel du médecin"),
        ("percentiles.pmt.p95", "le P95 de la spécialité, patientèle médecin traitant (PMT)"),
        ("contrat.objectifs.pfa", "la cible de l’objectif, file active (PFA)"),
        ("observation.pmt", "l’effectif observé, patientèle médecin traitant (PMT)"),
    ],
)
def test_a_missing_datum_is_named_in_french(field: str, said: str) -> None:
    assert missing_sentence(Missing(field, ("ELI-04",), "verdict")).startswith(said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vrai : oui ; non ? 5 % de 3 € !", "Vrai\u00a0: oui\u202f; non\u202f? 5\u00a0% de 3\u00a0€\u202f!"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("sans", "sans"),
    ],
)
def test_punctuation_takes_the_no_break_spaces_of_french(text: str, expected: str) -> None:
    assert french.typeset(text) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (french.whole(1234567), "1 234 567"),
        (french.whole(-10), "−10"),
        (french.whole(999), "999"),
        (french.euros(Decimal("18000.00")), "18 000 €"),
        (french.euros(Decimal("18947.37")), "18 947,37 €"),
        (french.euros(Decimal("6136.90")), "6 136,90 €"),
        (french.percent(Fraction(9, 11)), "81,82 %"),
        (french.percent(Decimal("0.075")), "7,5 %"),
        (french.percent(Fraction(1)), "100 %"),
        (french.percent(Fraction(99999, 100000)), "99,99 %"),
        (french.percent(Fraction(1, 100000)), "0,01 %"),
        (french.percent(Fraction(-1, 100000)), "−0,01 %"),
        (french.percent(Fraction(-1, 20)), "−5 %"),
        (french.percent(Fraction(25)), "2 500 %"),
        (french.patients(0), "0 patient"),
        (french.patients(1), "1 patient"),
        (french.patients(1300), "1 300 patients"),
        (french.share(Fraction(9, 11)), "9/11 (81,82 %)"),
        (french.share(Fraction(0)), "0 %"),
        (french.share(Fraction(1915, 2034)), "environ 94,15 %"),
        (french.share(Fraction(123, 1000)), "12,3 %"),
        (french.day(date(2024, 9, 1)), "1er septembre 2024"),
        (french.day(date(2024, 12, 31)), "31 décembre 2024"),
        (french.enumeration(["a", "b", "c"]), "a, b et c"),
        (french.enumeration(["a", "b"], "ou"), "a ou b"),
        (french.enumeration(["a"]), "a"),
    ],
)
def test_numbers_and_dates_are_written_in_french(shown: str, expected: str) -> None:
    assert plain(shown) == expected


def test_no_sentence_is_left_unused_by_the_codes_that_exist() -> None:
    """Every template can be filled: its formats exist."""
    known = set(sentences._WRITERS) | {""}
    for template in (
        *sentences.SENTENCES.values(),
        *sentences.ALERTS.values(),
        *sentences.REVISIONS.values(),
    ):
        for _, name, spec, _ in sentences._FORMATTER.parse(template):
            assert name is None or (spec or "").partition("|")[0] in known, template
