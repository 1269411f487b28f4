"""What happens to a contract: typed events, in the order in which they happen.

Each names itself by `type`, so that a list of them reads from JSON. `date` is the day from which the
event counts. What an event does to the contract is told by `life`.
"""

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, Field, Strict, StrictBool, model_validator

from .bareme import exact_decimal
from .closed import Closed, ReadBy, expected_value, shown, wrong_type
from .errors import Refusal, RefusedData
from .models import Jour, NatureObjectifs, Objectifs, Patientele
from .terms import OptionEtp, OptionTarifaire, Secteur

Profil: TypeAlias = Literal[
    "secretaire", "infirmier", "aide_soignant", "auxiliaire_puericulture", "sage_femme", "autre"
]
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
    if amount is None or not amount.is_finite() or amount.is_signed() or not _in_centimes(amount):
        raise expected_value(
            'une somme en euros, positive ou nulle, par exemple "11000.50"',
            "écrivez les euros et les centimes entre guillemets, avec un point",
            "euros",
        )
    return Decimal(format(amount, "f"))


LARGEST = 15
"""The most digits of a sum of euros, before the centimes."""


def _in_centimes(amount: Decimal) -> bool:
    return amount.adjusted() < LARGEST and amount == round(amount, 2)


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
    """New objectives, and the count from which they run (OBJ-02, OBJ-03); it states one of them at least."""

    type: Literal["avenant_objectifs"] = "avenant_objectifs"
    objectifs: Objectifs | None = None
    nature_objectifs: NatureObjectifs | None = None
    patientele_reference: Patientele | None = None

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        stated = (self.objectifs, self.nature_objectifs, self.patientele_reference)
        if all(term is None for term in stated):
            raise expected_value(
                "au moins un de : objectifs, nature_objectifs, patientele_reference",
                "donnez ce que l’avenant fixe",
                "avenant_vide",
            )
        return self


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


MOST_ASSISTANTS = 9
"""The most assistants who make up the ETP of one contract together."""


class EvenementAssistant(Evenement):
    """What happens to one assistant (CTR-07, CTR-08).

    `assistant`: his rank among those who make up the ETP of the option together, 1 where there is one;
    whoever replaces another takes his rank.
    """

    assistant: Annotated[int, Strict(), Field(ge=1, le=MOST_ASSISTANTS)] = 1


class Embauche(EvenementAssistant):
    """An assistant is recruited, in the place of the one who is away or left, if there was one.

    `secretaire_promue`: the doctor's own secretary, whose post must be filled again (CTR-08).
    """

    type: Literal["embauche"] = "embauche"
    profil: Profil | None = None
    secretaire_promue: StrictBool | None = None


class Absence(EvenementAssistant):
    """The assistant is absent, and may come back; nobody replaces him until another is hired (CTR-07)."""

    type: Literal["absence"] = "absence"


class Depart(EvenementAssistant):
    """The assistant leaves for good, on the first day without him: his post is vacant (CTR-07)."""

    type: Literal["depart"] = "depart"


class Suspension(EvenementAssistant):
    """The avenant that suspends the contract while the post of an assistant is vacant (CTR-07)."""

    type: Literal["avenant_suspension"] = "avenant_suspension"


class Retour(EvenementAssistant):
    """The assistant who was away is back, in the place of whoever replaced him (CTR-07)."""

    type: Literal["retour"] = "retour"


class InscriptionFormation(EvenementAssistant):
    """The assistant is enrolled for the certification (CTR-08)."""

    type: Literal["inscription_formation"] = "inscription_formation"


class Certification(EvenementAssistant):
    """The assistant obtained the CQP, or the FAE (CTR-08)."""

    type: Literal["certification"] = "certification"
    diplome: Diplome


class RemplacementSecretaire(EvenementAssistant):
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
    `date_notification`: the day of the registered letter, for a doctor's own résiliation.
    """

    type: Literal["resiliation"] = "resiliation"
    initiative: Initiative
    motif: Motif
    verse: Euros | None = None
    date_notification: Jour | None = None


Event: TypeAlias = (
    AvenantOption
    | AvenantObjectifs
    | Avenant65Ans
    | AvenantPrimo
    | AvenantProrogation
    | Embauche
    | Absence
    | Depart
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
    if isinstance(values, (str, bytes, bytearray, Mapping, BaseModel)) or not isinstance(values, Iterable):
        remedy = "mettez les événements entre crochets"
        raise wrong_type("evenements", values, "une liste d’événements", remedy)
    found: list[Event] = []
    refused: list[Refusal] = []
    for rank, value in enumerate(values):
        try:
            found.append(_read(value))
        except RefusedData as error:
            place = f"evenements.{rank}"
            refused += [
                r._replace(field=place if r.field == "dossier" else f"{place}.{r.field}")
                for r in error.refusals
            ]
    if refused:
        raise RefusedData(refused)
    return tuple(found)


def _read(value: Any) -> Event:
    if isinstance(value, get_args(Event)):
        return value  # type: ignore[no-any-return]
    if not isinstance(value, Mapping):
        raise wrong_type("type", value, "un événement, entre accolades", "donnez ses champs par leur nom")
    if "type" not in value:
        raise RefusedData([_without_type(value)])
    kind = value["type"]
    if isinstance(kind, str) and kind in EVENTS:
        return EVENTS[kind].model_validate(dict(value))
    near = difflib.get_close_matches(str(kind).casefold(), EVENTS, n=1, cutoff=0.4)
    expected = "un type d’événement connu" if near else f"un type d’événement : {', '.join(EVENTS)}"
    remedy = f"essayez « {near[0]} »" if near else "donnez à l’événement un de ces types"
    raise RefusedData([Refusal("type", shown(kind), expected, remedy, "type")])


def _without_type(value: Mapping[Any, Any]) -> Refusal:
    """The refusal of an event without a type; the key that looks like it is named."""
    expected = f"un type d’événement : {', '.join(EVENTS)}"
    for key in value:
        if difflib.get_close_matches(str(key).casefold(), ["type"], cutoff=0.6):
            return Refusal(str(key), shown(value[key]), "la clé « type »", "renommez en « type »", "type")
    return Refusal("type", "rien", expected, "donnez à l’événement un de ces types", "type")
