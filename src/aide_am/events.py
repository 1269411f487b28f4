"""What happens to a contract: typed events, in the order in which they happen.

Each names itself by `type`, so that a list of them reads from JSON. `date` is the day from which the
event counts. What an event does to the contract is told by `life`.
"""

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, StrictBool

from .bareme import exact_decimal
from .closed import Closed, ReadBy, expected_value, shown
from .errors import Refusal, RefusedData
from .models import Jour, NatureObjectifs, Objectifs, Patientele
from .terms import OptionEtp, OptionTarifaire, Secteur

Profil: TypeAlias = Literal["secretaire", "infirmier", "aide_soignant", "auxiliaire_puericulture", "autre"]
Diplome: TypeAlias = Literal["CQP", "FAE"]
Initiative: TypeAlias = Literal["medecin", "caisse"]
Motif: TypeAlias = Literal[
    "choix_du_medecin",
    "cessation_d_activite",
    "changement_d_adresse",
    "changement_de_specialite",
    "fin_du_contrat_de_travail",
    "non_respect_des_engagements",
    "passage_au_contrat_collectif",
    "autre",
]


def _read_euros(value: object) -> Decimal:
    amount = exact_decimal(value)
    if amount is None or not amount.is_finite() or amount.is_signed() or amount != round(amount, 2):
        raise expected_value(
            'une somme en euros, positive ou nulle, par exemple "11000.50"',
            "écrivez les euros et les centimes entre guillemets, avec un point",
            "euros",
        )
    return amount


Euros = Annotated[
    Decimal,
    ReadBy(
        _read_euros,
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]},
    ),
]
"""Euros, not negative, in whole centimes: a decimal text, a `Decimal` or a whole number."""


class Evenement(Closed):
    """Any event: the day from which it counts."""

    date: Jour


class AvenantOption(Evenement):
    """Change of option (CTR-02). `objectifs_atteints`: asked of 1.5 and 2 ETP (ELI-08).

    `objectifs` and `nature_objectifs` are those of the avenant; left out, those in force go on.
    """

    type: Literal["avenant_option"] = "avenant_option"
    option_etp: OptionEtp
    objectifs_atteints: StrictBool | None = None
    objectifs: Objectifs | None = None
    nature_objectifs: NatureObjectifs | None = None
    patientele_reference: Patientele | None = None


class AvenantObjectifs(Evenement):
    """New objectives, and the count from which they run (OBJ-02, OBJ-03)."""

    type: Literal["avenant_objectifs"] = "avenant_objectifs"
    objectifs: Objectifs | None = None
    nature_objectifs: NatureObjectifs | None = None
    patientele_reference: Patientele | None = None


class Avenant65Ans(Evenement):
    """Both objectives become maintien, from the 65th birthday on (CTR-04).

    `patientele_reference`: the last count known before it; a count left out is missing, not that of
    the signature.
    """

    type: Literal["avenant_65_ans"] = "avenant_65_ans"
    patientele_reference: Patientele | None = None


class AvenantPrimo(Evenement):
    """The new objective of a primo-installé, an increase (CTR-03)."""

    type: Literal["avenant_primo"] = "avenant_primo"
    objectifs: Objectifs | None = None
    patientele_reference: Patientele | None = None


class AvenantProrogation(Evenement):
    """Prolongs a contract of an older text by a term (CTR-01); new objectives where it states them."""

    type: Literal["avenant_prorogation"] = "avenant_prorogation"
    objectifs: Objectifs | None = None
    nature_objectifs: NatureObjectifs | None = None
    patientele_reference: Patientele | None = None


class Embauche(Evenement):
    """The assistant is recruited, or the one who left is replaced.

    `secretaire_promue`: the doctor's own secretary, whose post must be filled again (CTR-08).
    """

    type: Literal["embauche"] = "embauche"
    profil: Profil | None = None
    secretaire_promue: StrictBool | None = None


class Absence(Evenement):
    """The assistant is absent and nobody replaces him (CTR-07)."""

    type: Literal["absence"] = "absence"


class Suspension(Evenement):
    """The avenant that suspends the contract during an absence (CTR-07)."""

    type: Literal["avenant_suspension"] = "avenant_suspension"


class Retour(Evenement):
    """The assistant is back, or replaced (CTR-07)."""

    type: Literal["retour"] = "retour"


class InscriptionFormation(Evenement):
    """The assistant is enrolled for the certification (CTR-08)."""

    type: Literal["inscription_formation"] = "inscription_formation"


class Certification(Evenement):
    """The assistant obtained the CQP, or the FAE (CTR-08)."""

    type: Literal["certification"] = "certification"
    diplome: Diplome


class RemplacementSecretaire(Evenement):
    """The post of the promoted secretary is filled again (CTR-08)."""

    type: Literal["remplacement_secretaire"] = "remplacement_secretaire"


class ChangementTarifaire(Evenement):
    """The doctor changes of secteur, or leaves or joins an option tarifaire (CTR-09)."""

    type: Literal["changement_tarifaire"] = "changement_tarifaire"
    secteur: Secteur
    option_tarifaire: OptionTarifaire | None = None


class Resiliation(Evenement):
    """The contract ends: `date` is the first day without it (CTR-05, CTR-06).

    `verse`: euros already paid for the contract year in progress, where the caller knows.
    """

    type: Literal["resiliation"] = "resiliation"
    initiative: Initiative
    motif: Motif
    verse: Euros | None = None


Event: TypeAlias = (
    AvenantOption
    | AvenantObjectifs
    | Avenant65Ans
    | AvenantPrimo
    | AvenantProrogation
    | Embauche
    | Absence
    | Suspension
    | Retour
    | InscriptionFormation
    | Certification
    | RemplacementSecretaire
    | ChangementTarifaire
    | Resiliation
)
"""Any event of a contract."""

AVENANTS = (AvenantOption, AvenantObjectifs, Avenant65Ans, AvenantPrimo, AvenantProrogation)
"""The events that change the terms of the contract."""

EventRecord = Annotated[Event, Field(discriminator="type")]
"""An event as a field of a record: JSON tells its kind by `type`."""
EVENTS: Mapping[str, type[Event]] = {kind.model_fields["type"].default: kind for kind in get_args(Event)}
"""Each type of event by the name that JSON gives it."""


def read_events(values: Iterable[Any]) -> tuple[Event, ...]:
    """Mappings or events as typed events; raises `RefusedData`, every refusal of every event at once."""
    found: list[Event] = []
    refused: list[Refusal] = []
    for rank, value in enumerate(values):
        try:
            found.append(_read(value))
        except RefusedData as error:
            refused += [r._replace(field=f"evenements.{rank}.{r.field}") for r in error.refusals]
    if refused:
        raise RefusedData(refused)
    return tuple(found)


def _read(value: Any) -> Event:
    if isinstance(value, get_args(Event)):
        return value  # type: ignore[no-any-return]
    kind = value.get("type") if isinstance(value, Mapping) else None
    if isinstance(kind, str) and kind in EVENTS:
        return EVENTS[kind].model_validate(dict(value))
    near = difflib.get_close_matches(str(kind), EVENTS, n=1, cutoff=0.4)
    remedy = f"essayez « {near[0]} »" if near else "donnez à l’événement un de ces types"
    expected = f"un événement dont le type est connu : {', '.join(EVENTS)}"
    raise RefusedData([Refusal("type", shown(value if kind is None else kind), expected, remedy, "type")])
