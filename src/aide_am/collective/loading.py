"""`collectif.toml` to the barème of the contrat collectif, strictly, in the manner of `loading`."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, Strict

from ..errors import InvalidBareme
from ..loading import Cell, Day, ParametreShape, ReferenceShape, Register, Shape, Text, Whole, read_shape
from ..references import Reference
from ..tables import DecisionTable, Interval, IntervalTable, Line, decision_table
from ..terms import GROUPES, INDICATEURS, OPTIONS_TARIFAIRES, Indicateur, Secteur
from .bareme import (
    PARAMETRES_COLLECTIFS,
    RULES_IN_WORDS,
    STRUCTURES,
    BaremeCollectif,
    ObjectifParEtp,
    Piece,
)

FILE = "collectif.toml"
SECTEURS: tuple[Secteur, ...] = ("1", "2", "non_conventionne")
Reponse = Literal["satisfait", "non_satisfait", "a_apprecier"]


class _Jour(Shape):
    jour: Day
    reference: ReferenceShape


class _Ligne(Shape):
    structures: Cell | None = None
    groupes: Cell | None = None
    secteurs: Cell | None = None
    options: Cell | None = None
    reponse: Reponse
    reference: ReferenceShape


class _Montant(Shape):
    de: Whole
    a: Whole | None = None
    euros: Whole
    reference: ReferenceShape


class _Objectif(Shape):
    par_etp: Whole
    nouveau_medecin: Whole
    reference: ReferenceShape


class _Piece(Shape):
    id: Text
    libelle: Text
    bonus: Annotated[bool, Strict()] = False


class _Collectif(Shape):
    entree_en_vigueur: _Jour
    structures: list[_Ligne]
    specialites: list[_Ligne]
    secteurs: list[_Ligne]
    bonus: _Jour
    montants: list[_Montant]
    objectifs: dict[Indicateur, _Objectif]
    parametres: dict[str, ParametreShape]
    pieces: Annotated[list[_Piece], Field(min_length=1)]
    references: dict[str, ReferenceShape]


def load_collective(directory: Path) -> BaremeCollectif:
    """Read and prove `collectif.toml` of `directory`, beside its register of sources and its rules.

    Raises `InvalidBareme` naming the file and the key.
    """
    register = Register(directory)
    shape = read_shape(directory / FILE, _Collectif)
    faults = [
        *_rule_faults(shape, register.regles),
        *_figure_faults(shape),
        *(f"pièce donnée deux fois : {name}" for name in _twice(piece.id for piece in shape.pieces)),
    ]
    if faults:
        raise InvalidBareme(FILE, faults)

    def reference(given: ReferenceShape) -> Reference:
        return register.reference(FILE, given)

    def table(name: str, inputs: Mapping[str, Sequence[str]], rows: Sequence[_Ligne]) -> DecisionTable[str]:
        lines: list[Line[str]] = []
        for row in rows:
            cells = row.model_dump(exclude={"reponse", "reference"}, exclude_none=True)
            lines.append(Line(cells, row.reponse, reference(row.reference)))
        return decision_table(f"{FILE} {name}", inputs, lines)

    return BaremeCollectif(
        debut=shape.entree_en_vigueur.jour,
        reference=reference(shape.entree_en_vigueur.reference),
        version=f"dispositif_collectif_2026 {register.checked.isoformat()}",
        checked=register.checked,
        sources=MappingProxyType(register.sources),
        regles=MappingProxyType(register.regles),
        parametres=MappingProxyType(
            {name: register.parametre(FILE, p, p.valeur, p.reference) for name, p in shape.parametres.items()}
        ),
        structures=table("structures", {"structures": STRUCTURES}, shape.structures),
        specialites=table("specialites", {"groupes": GROUPES}, shape.specialites),
        secteurs=table("secteurs", {"secteurs": SECTEURS, "options": OPTIONS_TARIFAIRES}, shape.secteurs),
        bonus_debut=shape.bonus.jour,
        bonus_reference=reference(shape.bonus.reference),
        montants=IntervalTable(
            f"{FILE} montants",
            1,
            [Interval(m.de, m.a, m.euros, reference(m.reference)) for m in shape.montants],
        ),
        objectifs=MappingProxyType(
            {
                name: ObjectifParEtp(o.par_etp, o.nouveau_medecin, reference(o.reference))
                for name, o in shape.objectifs.items()
            }
        ),
        pieces=tuple(Piece(p.id, p.libelle, p.bonus) for p in shape.pieces),
        references=MappingProxyType({name: reference(r) for name, r in shape.references.items()}),
    )


def _rule_faults(shape: _Collectif, regles: Mapping[str, str]) -> list[str]:
    """A parameter names a rule of the register; the rules in words have one source each."""
    faults = [
        f"parametres.{name} : règle inconnue « {p.regle} »"
        for name, p in shape.parametres.items()
        if p.regle not in regles
    ]
    if tuple(shape.references) != RULES_IN_WORDS:
        faults.append(f"références attendues, dans l’ordre : {', '.join(RULES_IN_WORDS)}")
    return faults


def _figure_faults(shape: _Collectif) -> list[str]:
    """The parameters that the rules read, within their bounds; half an ETP is a whole count of patients."""
    faults = []
    if tuple(shape.parametres) != PARAMETRES_COLLECTIFS:
        faults.append(f"paramètres attendus, dans l’ordre : {', '.join(PARAMETRES_COLLECTIFS)}")
    for name, p in shape.parametres.items():
        if not p.minimum <= p.valeur <= p.maximum:
            faults.append(f"parametres.{name} : {p.valeur} hors de [{p.minimum}, {p.maximum}]")
        step = Decimal("0.5") if p.unite == "ETP" else Decimal(1)
        if Decimal(p.valeur) % step:
            faults.append(f"parametres.{name} : {p.valeur} n’est pas un multiple de {step} ({p.unite})")
    if tuple(shape.objectifs) != INDICATEURS:
        faults.append(f"objectifs attendus, dans l’ordre : {', '.join(INDICATEURS)}")
    faults += [
        f"objectifs.{name} : {o.par_etp} par ETP, dont la moitié n’est pas un nombre entier de patients"
        for name, o in shape.objectifs.items()
        if o.par_etp % 2
    ]
    if shape.bonus.jour < shape.entree_en_vigueur.jour:
        faults.append("bonus.jour : avant l’entrée en vigueur")
    return faults


def _twice(names: Iterable[str]) -> list[str]:
    found = list(names)
    return sorted({name for name in found if found.count(name) > 1})
