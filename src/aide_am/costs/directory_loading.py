"""`groupements.toml` and `departements.toml` to the directory, strictly, in the manner of `loading`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from ..errors import InvalidBareme
from ..loading import ReferenceShape, Register, Shape, Text, read_shape
from ..rules.directory import FRANCE_ENTIERE, SORTES, civilite, cle, nominative, normalise, portee, sorte
from .directory import Departement, DirectoryEntry, Repertoire

GROUPEMENTS, DEPARTEMENTS = "groupements.toml", "departements.toml"
Code = Annotated[str, Field(pattern=r"^([0-9]{2}|2[AB]|97[1-6])$")]
Rna = Annotated[str, Field(pattern=r"^W[0-9A-Z]{9}$")]


class _Groupement(Shape):
    regions: Annotated[list[Text], Field(min_length=1)]
    nom: Text
    cellules: Annotated[list[Text], Field(min_length=1)]
    rna: Rna | None = None


class _Groupements(Shape):
    reference: ReferenceShape
    groupements: Annotated[list[_Groupement], Field(min_length=1)]


class _Departements(Shape):
    reference: ReferenceShape
    regions: dict[Text, Annotated[dict[Code, Text], Field(min_length=1)]]


def load_directory(directory: Path) -> Repertoire:
    """Read and prove both files of `directory`, beside its register of sources.

    Raises `InvalidBareme` naming the file and the entry.
    """
    register = Register(directory)
    places = read_shape(directory / DEPARTEMENTS, _Departements)
    if faults := [*_place_faults(places)]:
        raise InvalidBareme(DEPARTEMENTS, faults)
    shape = read_shape(directory / GROUPEMENTS, _Groupements)
    if faults := [*_entry_faults(shape, places.regions), *_repeated(shape)]:
        raise InvalidBareme(GROUPEMENTS, faults)
    return Repertoire(
        entries=tuple(map(_entry, shape.groupements)),
        reference=register.reference(GROUPEMENTS, shape.reference),
        regions=tuple(places.regions),
        departements=MappingProxyType(
            {
                code: Departement(code, nom, region)
                for region, found in places.regions.items()
                for code, nom in found.items()
            }
        ),
        geography=register.reference(DEPARTEMENTS, places.reference),
    )


def _place_faults(shape: _Departements) -> Iterator[str]:
    """A code in two regions, a name that two places share once case and accents are gone."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    regions: dict[str, str] = {}
    for region, found in shape.regions.items():
        if (other := regions.setdefault(cle(region), region)) != region:
            yield f"région donnée deux fois : « {other} » et « {region} »"
        for code, nom in found.items():
            if code in codes:
                yield f"département {code} dans deux régions : {codes[code]} et {region}"
            if cle(nom) in names:
                yield f"nom de département donné deux fois : « {nom} » ({names[cle(nom)]} et {code})"
            codes[code], names[cle(nom)] = region, code


def _entry_faults(shape: _Groupements, regions: Mapping[str, object]) -> Iterator[str]:
    """Every fault of every entry, under its rank and its name."""
    for rank, entry in enumerate(shape.groupements):
        for fault in (*_region_faults(entry, regions), *_cell_faults(entry)):
            yield f"groupements.{rank} « {entry.nom} » : {fault}"


def _region_faults(entry: _Groupement, regions: Mapping[str, object]) -> Iterator[str]:
    for region in entry.regions:
        if region not in regions and region != FRANCE_ENTIERE:
            yield f"région inconnue « {region} »"
    if len(set(entry.regions)) < len(entry.regions):
        yield "une région est donnée deux fois"
    if FRANCE_ENTIERE in entry.regions and len(entry.regions) > 1:
        yield f"« {FRANCE_ENTIERE} » ne va avec aucune autre région"
    if civilite(entry.nom):
        yield "nom : il porte celui d’une personne"


def _cell_faults(entry: _Groupement) -> Iterator[str]:
    """A cell that is none of the three, two of a kind, an address that carries a person's name."""
    kinds = [sorte(cellule) for cellule in entry.cellules]
    for rank, (cellule, kind) in enumerate(zip(entry.cellules, kinds, strict=True)):
        if kind is None:
            yield f"cellules.{rank} : ni un courriel, ni un téléphone, ni un site"
        elif kind == "courriel" and nominative(cellule):
            yield f"cellules.{rank} : un courriel qui porte le nom d’une personne"
    for kind in SORTES:
        if (count := kinds.count(kind)) > 1:
            yield f"{count} cellules de la même sorte, {kind}"


def _repeated(shape: _Groupements) -> Iterator[str]:
    names = [cle(entry.nom) for entry in shape.groupements]
    for rank, entry in enumerate(shape.groupements):
        if cle(entry.nom) in names[:rank]:
            yield f"groupements.{rank} « {entry.nom} » : donné deux fois"


def _entry(given: _Groupement) -> DirectoryEntry:
    cells = {sorte(cellule): cellule for cellule in given.cellules}
    contacts = {kind: normalise(kind, cells[kind]) for kind in SORTES if kind in cells}
    return DirectoryEntry(
        nom=given.nom,
        portee=portee(given.regions),
        regions=tuple(given.regions),
        courriel=contacts.get("courriel"),
        telephone=contacts.get("telephone"),
        site=contacts.get("site"),
        rna=given.rna,
    )
