"""A decision is a value: it compares, goes into a set, travels, and names the texts that it used."""

import copy
import pickle
import re
import shutil
from pathlib import Path

from aide_am import evaluate
from aide_am.decision import Details
from aide_am.loading import DATA, load
from support import decide, dossier, warning_codes


def test_the_same_doctor_has_equal_decisions_that_a_set_holds_once() -> None:
    first, again, other = decide(), decide(), decide(annee=2)
    assert first == again
    assert first != other
    assert hash(first.details) == hash(other.details)
    assert len({first.details, again.details, other.details}) == 2
    assert first.details != "une décision"


def test_a_decision_travels_with_its_reasons_although_nobody_had_asked_for_them() -> None:
    decision = decide()
    for copied in (pickle.loads(pickle.dumps(decision)), copy.copy(decision), copy.deepcopy(decision)):
        assert copied == decision
        assert copied.trace == decision.trace
        assert copied.to_json() == decision.to_json()


def test_the_reasons_are_made_once() -> None:
    made: list[int] = []
    found = decide().details.reasons
    details = Details(lambda: made.append(1) or found)  # type: ignore[func-returns-value]
    assert details.reasons is details.reasons is found
    assert made == [1]


def test_a_decision_names_the_versions_of_its_texts_that_of_access_first() -> None:
    older = {"contrat.date_signature": "2023-06-01", "annee": 3}
    assert decide(**older).version == "reglement_arbitral_2023 2026-11-21 ; convention_2024 2026-11-21"
    assert decide().version == "convention_2024 2026-11-21"
    assert [used.texte for used in evaluate(dossier(**older)).baremes] == [
        "reglement_arbitral_2023",
        "convention_2024",
    ]


def test_a_doctor_judged_on_the_pages_of_ameli_alone_is_warned_of_no_weaker_source(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    for path in data.glob("*.toml"):
        text = re.sub(r'nature = "(secondaire|presse|deduit)"', 'nature = "ameli"', path.read_text("utf-8"))
        path.write_text(text, encoding="utf-8")
    stronger = evaluate(dossier(), bareme=load(data)[-1])
    assert warning_codes(stronger) == warning_codes(decide()) - {"nature_source"}
    assert "nature_source" in warning_codes(decide())
    assert stronger.amount_due == decide().amount_due
