"""The barème of the contrat collectif (chapter COL): immutable tables, read at the first question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, NamedTuple, TypeAlias, get_args

from ..bareme import Parametre
from ..references import Reference, Source
from ..tables import DecisionTable, IntervalTable
from ..terms import Indicateur

Structure: TypeAlias = Literal["SCP", "SCM", "SISA", "SEL", "autre"]
STRUCTURES: tuple[Structure, ...] = get_args(Structure)
PARAMETRES_COLLECTIFS = (
    "seuil_pmt_moyen",
    "etp_par_medecin",
    "bonus_par_medecin",
    "objectif_annees",
    "installation_recente_mois",
    "nouveau_medecin_annees",
    "premiere_annee_modulee",
    "duree_contrat",
    "carence_annees",
    "cqp_annees",
)
"""The parameters that the rules read, in the order of the file."""
RULES_IN_WORDS = ("COL-02", "COL-08", "COL-10", "COL-11")
"""The rules whose source stands alone in the file, since they read no figure of their own."""


class ObjectifParEtp(NamedTuple):
    """Patients of one indicator: more for one ETP, and the target of a doctor newly installed (COL-06)."""

    par_etp: int
    nouveau_medecin: int
    reference: Reference


class Piece(NamedTuple):
    """A paper of the dossier (COL-11); `bonus`: asked for where the bonus is claimed."""

    id: str
    libelle: str
    bonus: bool


@dataclass(frozen=True, slots=True, eq=False)
class BaremeCollectif:
    """Every table of the contrat collectif, all proved when loaded.

    `structures`: structure → answer. `specialites`: group of the specialty → answer. `secteurs`:
    (secteur, tariff option) → answer. `montants`: contract year → euros for one ETP.
    """

    debut: date
    reference: Reference
    version: str
    checked: date
    sources: Mapping[str, Source]
    regles: Mapping[str, str]
    parametres: Mapping[str, Parametre]
    structures: DecisionTable[str]
    specialites: DecisionTable[str]
    secteurs: DecisionTable[str]
    bonus_debut: date
    bonus_reference: Reference
    montants: IntervalTable[int]
    objectifs: Mapping[Indicateur, ObjectifParEtp]
    pieces: tuple[Piece, ...]
    references: Mapping[str, Reference]


@cache
def bareme_collectif() -> BaremeCollectif:
    """The shipped barème, loaded at the first question and not at import."""
    from ..loading import DATA
    from .loading import load_collective

    return load_collective(DATA)
