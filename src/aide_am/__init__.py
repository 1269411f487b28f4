"""The rules of the aide à l'emploi d'un assistant médical, from a dossier to an amount and its reasons.

from aide_am import Dossier, evaluate
decision = evaluate(Dossier.model_validate(data))
print(decision.explain())
"""

from .bareme import Bareme
from .chronology import bareme_at
from .decision import Decision
from .errors import AideAmError, InvalidBareme, Refusal, RefusedData
from .evaluation import evaluate
from .examples import example, examples, schemas
from .models import (
    Contrat,
    ContratAnterieur,
    Dossier,
    Medecin,
    NatureObjectifs,
    Objectifs,
    Observation,
    Patientele,
    Percentiles,
    Seuils,
    specialite_of_code,
)
from .outcomes import Outcome, outcomes
from .readings import Readings

__version__ = "0.1.0"

__all__ = [
    "AideAmError",
    "Bareme",
    "Contrat",
    "ContratAnterieur",
    "Decision",
    "Dossier",
    "InvalidBareme",
    "Medecin",
    "NatureObjectifs",
    "Objectifs",
    "Observation",
    "Outcome",
    "Patientele",
    "Percentiles",
    "Readings",
    "Refusal",
    "RefusedData",
    "Seuils",
    "__version__",
    "bareme_at",
    "evaluate",
    "example",
    "examples",
    "outcomes",
    "schemas",
    "specialite_of_code",
]
