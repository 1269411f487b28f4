"""The dated figures of chapter CST that stand where the caller gives none: parameters, minima, remarks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple, TypeAlias, get_args

from ..bareme import Parametre
from ..references import Reference, Source

Structure: TypeAlias = Literal["medecin", "SCM", "SEL", "SISA"]
STRUCTURES: tuple[Structure, ...] = get_args(Structure)
Mode: TypeAlias = Literal["direct", "tese", "groupement", "coefficient"]
MODES: tuple[Mode, ...] = get_args(Mode)
POSITIONS = (5, 6, 7, 8, 9)
"""The positions of an assistant médical in the CCN cabinets médicaux (IDCC 1147)."""
PARAMETRES_EMPLOI = (
    "facteur_employeur",
    "prime_fin_cdd",
    "duree_cdd_mois",
    "heures_temps_plein",
    "frais_tese",
    "mise_en_place",
    "gestion_mensuelle",
    "paie_mensuelle",
    "provision_fin_contrat",
    "coefficient_groupement",
)
"""The parameters that the rules read, in the order of the file."""


class Grille(NamedTuple):
    """One dated grid: gross euros a month for a full time by position, `None` where it is not known."""

    nom: str
    debut: date
    fin: date | None
    minima: Mapping[int, Decimal | None]
    reference: Reference


class Remarque(NamedTuple):
    """What to know of a way to employ, and where it is said."""

    texte: str
    reference: Reference


class Fiche(NamedTuple):
    """A structure or a mode: its name in French, and what to know of it."""

    libelle: str
    remarques: tuple[Remarque, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BaremeEmploi:
    """Every figure and remark on the ways to employ, all proved when loaded."""

    version: str
    checked: date
    sources: Mapping[str, Source]
    parametres: Mapping[str, Parametre]
    grilles: tuple[Grille, ...]
    structures: Mapping[Structure, Fiche]
    modes: Mapping[Mode, Fiche]


@cache
def bareme_emploi() -> BaremeEmploi:
    """The shipped figures, loaded at the first question and not at import."""
    from ..loading import DATA
    from .loading import load_employment

    return load_employment(DATA)
