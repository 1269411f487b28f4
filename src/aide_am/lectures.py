"""Titles, labels and evidence of the readings, from `data/lectures.toml`; read at first use."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from .errors import InvalidBareme
from .readings import CHOICES

FILE = Path(__file__).parent / "data" / "lectures.toml"


class Valeur(BaseModel):
    """One value of a reading: its label, and what speaks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    libelle: str
    preuve: str


class Lecture(BaseModel):
    """One open point of law: its title and its values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titre: str
    valeurs: dict[str, Valeur]


@cache
def lectures() -> Mapping[str, Lecture]:
    """Every reading by its name, as shipped."""
    return load_lectures(FILE)


def load_lectures(file: Path) -> Mapping[str, Lecture]:
    """Read the file and hold it against `Readings`: the same names, the same values, in order."""
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidBareme(file.name, [str(error)]) from None
    try:
        found = TypeAdapter(dict[str, Lecture]).validate_python(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))} : {e['msg']}" for e in error.errors()]
        raise InvalidBareme(file.name, faults) from None
    described = {name: tuple(lecture.valeurs) for name, lecture in found.items()}
    faults = [
        f"{name} : décrit {described.get(name)}, déclaré {CHOICES.get(name)}"
        for name in dict.fromkeys([*CHOICES, *described])
        if described.get(name) != CHOICES.get(name)
    ]
    if faults:
        raise InvalidBareme(file.name, faults)
    return found
