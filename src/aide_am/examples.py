"""Ready dossiers, one for each typical situation, as the JSON that a caller would write."""

from functools import cache
from pathlib import Path
from typing import Any

from .closed import texts_in
from .models import Dossier
from .records import named

DIRECTORY = Path(__file__).parent / "data" / "exemples"


@cache
def examples() -> dict[str, Dossier]:
    """Every example by its name, in alphabetical order, validated."""
    return {name: Dossier.model_validate_json(text) for name, text in example_texts().items()}


def example(name: str) -> Dossier:
    """One example by its name; a `KeyError` lists the names."""
    return named(examples(), name, "exemple inconnu", "exemples")


@cache
def example_texts() -> dict[str, str]:
    """The JSON text of every example by its name."""
    return texts_in(DIRECTORY)


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of what is read (dossiers, events) and of what is written (the answers)."""
    from .agenda_record import Deadlines
    from .collective.decision import CollectiveDecision
    from .collective.models import DossierCollectif
    from .costs import (
        BreakEven,
        CompteGroupement,
        Directory,
        EmploymentComparison,
        EmploymentCost,
        Projet,
        RemainingCost,
        Statements,
    )
    from .decision import Decision
    from .events import EventRecord
    from .records import adapter_of
    from .scheduling_record import Schedule

    return {
        "dossier": Dossier.model_json_schema(),
        "decision": Decision.json_schema(),
        "evenements": adapter_of(tuple[EventRecord, ...]).json_schema(),
        "echeancier": Schedule.json_schema(),
        "echeances": Deadlines.json_schema(),
        "dossier_collectif": DossierCollectif.model_json_schema(),
        "decision_collective": CollectiveDecision.json_schema(),
        "projet": Projet.model_json_schema(),
        "cout": EmploymentCost.json_schema(),
        "reste_a_charge": RemainingCost.json_schema(),
        "modes_d_emploi": EmploymentComparison.json_schema(),
        "consultations": BreakEven.json_schema(),
        "compte_groupement": CompteGroupement.model_json_schema(),
        "releves_groupement": Statements.json_schema(),
        "repertoire": Directory.json_schema(),
    }
