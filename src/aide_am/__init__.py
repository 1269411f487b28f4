"""The rules of the aide à l'emploi d'un assistant médical, from a dossier to an amount and its reasons.

from aide_am import Dossier, evaluate
decision = evaluate(Dossier.model_validate(data))
print(decision.explain())
"""

from importlib import import_module
from typing import TYPE_CHECKING

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
from .outcomes import Outcome, Span, outcomes, span
from .readings import Readings

if TYPE_CHECKING:
    from .agenda import deadlines
    from .agenda_record import Deadline, Deadlines
    from .collective.decision import CollectiveDecision
    from .collective.evaluation import (
        carence_end,
        closing_balance,
        contract_end,
        cqp_deadline,
        evaluate_collective,
    )
    from .collective.examples import collective_example, collective_examples
    from .collective.models import DossierCollectif, Membre
    from .collective.outcomes import CollectiveOutcome, collective_outcomes, collective_span
    from .comparison import Comparison, compare
    from .events import (
        Absence,
        Avenant65Ans,
        AvenantObjectifs,
        AvenantOption,
        AvenantPrimo,
        AvenantProrogation,
        Certification,
        ChangementTarifaire,
        Depart,
        Embauche,
        Event,
        InscriptionFormation,
        RemplacementSecretaire,
        Resiliation,
        Retour,
        Suspension,
        read_events,
    )
    from .life import State, replay, timeline
    from .scheduling import schedule
    from .scheduling_record import Payment, Schedule, ScheduledYear
    from .simulation import Growth, Simulation, simulate
    from .termination import OtherRecovery, Recovery, recovery
    from .whatif import Frontier, Gaps, frontier, gaps

__version__ = "0.1.0"

_LATER = {
    "deadlines": "agenda",
    "Deadline": "agenda_record",
    "Deadlines": "agenda_record",
    "CollectiveDecision": "collective.decision",
    "CollectiveOutcome": "collective.outcomes",
    "collective_outcomes": "collective.outcomes",
    "collective_span": "collective.outcomes",
    "carence_end": "collective.evaluation",
    "closing_balance": "collective.evaluation",
    "contract_end": "collective.evaluation",
    "cqp_deadline": "collective.evaluation",
    "evaluate_collective": "collective.evaluation",
    "collective_example": "collective.examples",
    "collective_examples": "collective.examples",
    "DossierCollectif": "collective.models",
    "Membre": "collective.models",
    "Comparison": "comparison",
    "compare": "comparison",
    "Absence": "events",
    "Avenant65Ans": "events",
    "AvenantObjectifs": "events",
    "AvenantOption": "events",
    "AvenantPrimo": "events",
    "AvenantProrogation": "events",
    "Certification": "events",
    "ChangementTarifaire": "events",
    "Depart": "events",
    "Embauche": "events",
    "Event": "events",
    "InscriptionFormation": "events",
    "RemplacementSecretaire": "events",
    "Resiliation": "events",
    "Retour": "events",
    "Suspension": "events",
    "read_events": "events",
    "State": "life",
    "replay": "life",
    "timeline": "life",
    "schedule": "scheduling",
    "Payment": "scheduling_record",
    "Schedule": "scheduling_record",
    "ScheduledYear": "scheduling_record",
    "Growth": "simulation",
    "Simulation": "simulation",
    "simulate": "simulation",
    "OtherRecovery": "termination",
    "Recovery": "termination",
    "recovery": "termination",
    "Frontier": "whatif",
    "Gaps": "whatif",
    "frontier": "whatif",
    "gaps": "whatif",
}
"""The names that are imported when first asked for: one dossier does not pay for the life of a contract."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "Absence",
    "AideAmError",
    "Avenant65Ans",
    "AvenantObjectifs",
    "AvenantOption",
    "AvenantPrimo",
    "AvenantProrogation",
    "Bareme",
    "Certification",
    "ChangementTarifaire",
    "CollectiveDecision",
    "CollectiveOutcome",
    "Comparison",
    "Contrat",
    "ContratAnterieur",
    "Deadline",
    "Deadlines",
    "Decision",
    "Depart",
    "Dossier",
    "DossierCollectif",
    "Embauche",
    "Event",
    "Frontier",
    "Gaps",
    "Growth",
    "InscriptionFormation",
    "InvalidBareme",
    "Medecin",
    "Membre",
    "NatureObjectifs",
    "Objectifs",
    "Observation",
    "OtherRecovery",
    "Outcome",
    "Patientele",
    "Payment",
    "Percentiles",
    "Readings",
    "Recovery",
    "Refusal",
    "RefusedData",
    "RemplacementSecretaire",
    "Resiliation",
    "Retour",
    "Schedule",
    "ScheduledYear",
    "Seuils",
    "Simulation",
    "Span",
    "State",
    "Suspension",
    "__version__",
    "bareme_at",
    "carence_end",
    "closing_balance",
    "collective_example",
    "collective_examples",
    "collective_outcomes",
    "collective_span",
    "compare",
    "contract_end",
    "cqp_deadline",
    "deadlines",
    "evaluate",
    "evaluate_collective",
    "example",
    "examples",
    "frontier",
    "gaps",
    "outcomes",
    "read_events",
    "recovery",
    "replay",
    "schedule",
    "schemas",
    "simulate",
    "span",
    "specialite_of_code",
    "timeline",
]
