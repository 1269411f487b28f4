"""Helpers of the tests: the example dossier of the README, changed by dotted path, and its answers."""

import importlib.util
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

from aide_am import Decision, Dossier, Readings, evaluate
from aide_am.decision import Criterion

EXAMPLE: dict[str, Any] = {
    "medecin": {
        "specialite": "medecine_generale",
        "secteur": "1",
        "option_tarifaire": None,
        "date_naissance": "1970-05-02",
        "date_installation": "2005-09-01",
        "derogation_installation": None,
        "zone": "ZIP",
        "part_honoraires_cliniques": None,
        "rqth": False,
        "ald": False,
        "activite_mixte": False,
        "remplacant": False,
        "exercice_coordonne": None,
    },
    "contrat": {
        "date_signature": "2024-09-01",
        "option_etp": "1",
        "patientele_initiale": {"pmt": 1300, "pfa": 1800},
        "objectifs": {"pmt": 1560, "pfa": 1910},
        "nature_objectifs": None,
        "patientele_reference": None,
        "contrat_anterieur": None,
        "date_option": None,
        "date_embauche": None,
        "prorogation": None,
    },
    "annee": 3,
    "observation": {"pmt": 1500, "pfa": 1890},
    "circonstances_exceptionnelles": False,
    "percentiles": None,
}


def as_dict(**overrides: Any) -> dict[str, Any]:
    """The example as a dict, with values replaced by dotted path.

    `as_dict(**{"contrat.date_signature": "2022-03-01", "annee": 1})`; a `None` on the way becomes `{}`.
    """
    result = deepcopy(EXAMPLE)
    for path, value in overrides.items():
        *parents, last = path.split(".")
        place = result
        for name in parents:
            if place.get(name) is None:
                place[name] = {}
            place = place[name]
        place[last] = deepcopy(value)
    return result


def dossier(**overrides: Any) -> Dossier:
    """A généraliste at 1300/1800 in ZIP, 1 ETP signed 2024-09-01, year 3, but for the overrides."""
    return Dossier.model_validate(as_dict(**overrides))


def decide(*, readings: dict[str, Any] | None = None, force: bool = False, **overrides: Any) -> Decision:
    """The decision on `dossier(**overrides)`, under these readings."""
    return evaluate(dossier(**overrides), readings=Readings(**(readings or {})), force=force)


def verdict_of(*, readings: dict[str, Any] | None = None, **overrides: Any) -> str:
    """The verdict on `dossier(**overrides)`."""
    return decide(readings=readings, **overrides).verdict


def criterion(decision: Decision, rule: str) -> Criterion:
    """The one criterion of a decision that carries this rule id."""
    (found,) = [each for each in decision.criteria if each.rule == rule]
    return found


def status_of(rule: str, *, readings: dict[str, Any] | None = None, **overrides: Any) -> str:
    """The status of one criterion on `dossier(**overrides)`."""
    return criterion(decide(readings=readings, **overrides), rule).status


def warning_codes(decision: Decision) -> set[str]:
    """The codes of the warnings of a decision."""
    return {alert.code for alert in decision.warnings}


def missing_fields(decision: Decision) -> set[str]:
    """The fields that a decision says are missing."""
    return {missing.field for missing in decision.missing}


def script(path: Path) -> ModuleType:
    """A script of the project as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
