"""`emploi.toml` to the figures of chapter CST, strictly, in the manner of `loading`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from ..errors import InvalidBareme
from ..loading import Day, ParametreShape, ReferenceShape, Register, Shape, Text, read_shape
from ..references import Reference
from ..tables import rising
from .bareme import MODES, PARAMETRES_EMPLOI, POSITIONS, STRUCTURES, BaremeEmploi, Fiche, Grille, Remarque

FILE = "emploi.toml"
UNKNOWN = "inconnu"
ANY_VALUE = ("coefficient", "part")
"""The units of which a value need not be whole."""
Minimum = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$")] | Literal["inconnu"]


class _Grille(Shape):
    nom: Text
    debut: Day
    fin: Day | None = None
    minima: dict[str, Minimum]
    reference: ReferenceShape


class _Remarque(Shape):
    texte: Text
    reference: ReferenceShape


class _Fiche(Shape):
    libelle: Text
    remarques: Annotated[list[_Remarque], Field(min_length=1)]


class _Emploi(Shape):
    parametres: dict[str, ParametreShape]
    grilles: Annotated[list[_Grille], Field(min_length=1)]
    structures: dict[str, _Fiche]
    modes: dict[str, _Fiche]


def load_employment(directory: Path) -> BaremeEmploi:
    """Read and prove `emploi.toml` of `directory`, beside its register of sources and its rules.

    Raises `InvalidBareme` naming the file and the key.
    """
    register = Register(directory)
    shape = read_shape(directory / FILE, _Emploi)
    faults = [*_figure_faults(shape, register.regles), *_name_faults(shape)]
    faults += _minimum_faults(shape.grilles) or _period_faults(shape.grilles)
    if faults:
        raise InvalidBareme(FILE, faults)

    def reference(given: ReferenceShape) -> Reference:
        return register.reference(FILE, given)

    def fiche(given: _Fiche) -> Fiche:
        return Fiche(given.libelle, tuple(Remarque(r.texte, reference(r.reference)) for r in given.remarques))

    return BaremeEmploi(
        version=f"emploi {register.checked.isoformat()}",
        checked=register.checked,
        sources=MappingProxyType(register.sources),
        parametres=MappingProxyType(
            {name: register.parametre(FILE, p, p.valeur, p.reference) for name, p in shape.parametres.items()}
        ),
        grilles=tuple(
            Grille(g.nom, g.debut, g.fin, _minima(g.minima), reference(g.reference)) for g in shape.grilles
        ),
        structures=MappingProxyType({name: fiche(shape.structures[name]) for name in STRUCTURES}),
        modes=MappingProxyType({name: fiche(shape.modes[name]) for name in MODES}),
    )


def _figure_faults(shape: _Emploi, regles: Mapping[str, str]) -> list[str]:
    """The parameters that the rules read, each within its bounds and under a rule of the register."""
    faults = []
    if tuple(shape.parametres) != PARAMETRES_EMPLOI:
        faults.append(f"paramètres attendus, dans l’ordre : {', '.join(PARAMETRES_EMPLOI)}")
    for name, p in shape.parametres.items():
        if p.regle not in regles:
            faults.append(f"parametres.{name} : règle inconnue « {p.regle} »")
        if not p.minimum <= p.valeur <= p.maximum:
            faults.append(f"parametres.{name} : {p.valeur} hors de [{p.minimum}, {p.maximum}]")
        if p.unite not in ANY_VALUE and Decimal(p.valeur) % 1:
            faults.append(f"parametres.{name} : {p.valeur} n’est pas un nombre entier ({p.unite})")
    return faults


def _name_faults(shape: _Emploi) -> list[str]:
    """One sheet for each structure and each mode."""
    faults = []
    for what, given, known in (
        ("structures", shape.structures, STRUCTURES),
        ("modes", shape.modes, MODES),
    ):
        if tuple(given) != known:
            faults.append(f"{what} : attendu, dans l’ordre : {', '.join(known)}")
    return faults


def _minimum_faults(grilles: Iterable[_Grille]) -> list[str]:
    """Every position of a grid is told, and the known minima rise."""
    faults = []
    for grille in grilles:
        if list(grille.minima) != [str(position) for position in POSITIONS]:
            faults.append(f"{grille.nom} : positions attendues, dans l’ordre : {POSITIONS}")
            continue
        known = [(f"position {position}", m) for position, m in _minima(grille.minima).items()]
        faults += rising(grille.nom, [(name, None if m is None else int(m * 100)) for name, m in known])
    return faults


def _period_faults(grilles: Iterable[_Grille]) -> list[str]:
    """Grids follow one another without a day in common; a hole between two is a minimum that is not known."""
    given = list(grilles)
    faults = [f"{g.nom} : finit avant de commencer" for g in given if g.fin is not None and g.fin < g.debut]
    for before, after in pairwise(given):
        if before.fin is None or after.debut < before.fin + timedelta(days=1):
            faults.append(f"{after.nom} : commence avant la fin de {before.nom}")
    return faults


def _minima(given: Mapping[str, str]) -> Mapping[int, Decimal | None]:
    return MappingProxyType(
        {int(name): None if value == UNKNOWN else Decimal(value) for name, value in given.items()}
    )
