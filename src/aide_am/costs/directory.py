"""The directory of the groupements d'employeurs by region (CST-05): organisations, never persons."""

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ..closed import shown
from ..documents import Format
from ..errors import Refusal, RefusedData
from ..records import adapter_of, json_object
from ..references import Reference
from ..rules.directory import Portee, cle, eloignement, sert


@json_object
class Departement(NamedTuple):
    """A département, by its official code, and the one region that it belongs to."""

    code: str
    nom: str
    region: str


@json_object
class DirectoryEntry(NamedTuple):
    """A groupement d'employeurs and how to reach it; `None` is what the source does not give.

    `regions`: "France entière" alone for a national one. `courriel` is also `None` where the source
    prints only the address of a person. `telephone` in pairs, `site` as a link. `rna`: the number of
    the association in the national register, where it is printed.
    """

    nom: str
    portee: Portee
    regions: tuple[str, ...]
    courriel: str | None
    telephone: str | None
    site: str | None
    rna: str | None


@json_object
class Directory(NamedTuple):
    """The groupements asked for, the most local first, and the sources of the answer.

    `region`: `None` for the whole list. `departement`: the one that was asked for. `references`: that
    of the list, then that of the départements where one of them led to the region.
    """

    region: str | None
    departement: Departement | None
    entries: tuple[DirectoryEntry, ...]
    references: tuple[Reference, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a groupement, with the nature of the source and the day of its check."""
        source = self.references[0]
        return [
            {
                "portee": entry.portee,
                "regions": ", ".join(entry.regions),
                "nom": entry.nom,
                "courriel": entry.courriel,
                "telephone": entry.telephone,
                "site": entry.site,
                "rna": entry.rna,
                "source": source.source,
                "nature_source": source.nature,
                "verifie": source.checked,
            }
            for entry in self.entries
        ]

    def explain(self, format: Format = "texte") -> str:
        """The directory in French, as text, Markdown or HTML."""
        from .directory_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The directory as JSON text."""
        return adapter_of(Directory).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Directory":
        """The directory that `to_json` wrote, equal to it."""
        return adapter_of(Directory).validate_json(text)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `to_json`."""
        return adapter_of(Directory).json_schema(mode="serialization")


class Repertoire(NamedTuple):
    """Both shipped files, proved: the list in its own order, the regions, the départements by code."""

    entries: tuple[DirectoryEntry, ...]
    reference: Reference
    regions: tuple[str, ...]
    departements: Mapping[str, Departement]
    geography: Reference


@cache
def repertoire() -> Repertoire:
    """The shipped directory, loaded at the first question and not at import."""
    from ..loading import DATA
    from .directory_loading import load_directory

    return load_directory(DATA)


def groupements(*, region: str | None = None, departement: str | None = None) -> Directory:
    """The groupements d'employeurs of a region, or of that of a département; all of them without either.

    Those of the region come first, then the interregional ones that list it, then the national ones.
    `region` by its name, `departement` by its code ("31", "2A", "971") or its name; names are read
    without case, accents or hyphens. The source tells the region of a groupement, never its exact
    territory: a département does not narrow the answer further. Raises `RefusedData` for a name that is
    not known, and for a département of another region.
    """
    known, refused = repertoire(), list[Refusal]()
    asked = _found("region", region, {name: name for name in known.regions}, refused)
    codes = {each.nom: each.code for each in known.departements.values()}
    code = _found("departement", departement, codes | {code: code for code in known.departements}, refused)
    place = None if code is None else known.departements[code]
    if asked is not None and place is not None and asked != place.region:
        refused.append(_contradiction(asked, place))
    if refused:
        raise RefusedData(refused)
    if asked is None and place is not None:
        asked = place.region
    listed = [entry for entry in known.entries if asked is None or sert(entry.regions, asked)]
    return Directory(
        region=asked,
        departement=place,
        entries=tuple(sorted(listed, key=lambda entry: eloignement(entry.regions))),
        references=(known.reference, *(() if place is None else (known.geography,))),
    )


WHAT: Mapping[str, tuple[str, str]] = {
    "region": ("le nom d’une région", "Occitanie"),
    "departement": ("le code ou le nom d’un département", "31"),
}
"""What is expected of each argument, and an example of it."""


def _found(field: str, value: object, names: Mapping[str, str], refused: list[Refusal]) -> str | None:
    """What a name stands for among `names`; a name that is not known joins the refusals."""
    if value is None:
        return None
    expected, example = WHAT[field]
    if not isinstance(value, str):
        remedy = f'écrivez-le entre guillemets, par exemple "{example}"'
        refused.append(Refusal(field, shown(value), f"{expected}, en texte", remedy, "type"))
        return None
    keys = {cle(name): name for name in names}
    if cle(value) in keys:
        return names[keys[cle(value)]]
    # A code has no neighbour: 31 is no slip for 32.
    words = [key for key in keys if not key[0].isdigit()]
    near = [keys[key] for key in difflib.get_close_matches(cle(value), words, n=3, cutoff=0.6)]
    remedy = _other_kind(field, value) or _remedy(field, near)
    refused.append(Refusal(field, shown(value), expected, remedy, "choix"))
    return None


def _other_kind(field: str, value: str) -> str | None:
    """What to ask instead of a region given as a département, or of a code without its zero."""
    names = {cle(name): name for name in repertoire().regions}
    if field == "departement" and cle(value) in names:
        return f"« {names[cle(value)]} » est une région : demandez region"
    if field == "departement" and value.isascii() and value.isdigit() and len(value) == 1:
        return f"essayez « 0{value} »"
    return None


def _remedy(field: str, near: Sequence[str]) -> str:
    """The nearest names; without any, the regions, or how a département is also written."""
    if not near and field == "departement":
        return "écrivez son code, par exemple 01, 2A ou 971"
    names = near or repertoire().regions
    return f"essayez {', '.join(f'« {name} »' for name in names)}"


def _contradiction(region: str, place: Departement) -> Refusal:
    return Refusal(
        "departement",
        f"« {place.nom} » ({place.code}), de la région {place.region}",
        f"un département de la région demandée, {region}",
        "gardez la région ou le département, pas les deux",
        "region_contraire",
    )
