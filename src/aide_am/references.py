"""Where a value comes from: the register of sources and the reference that each value carries."""

import datetime
from typing import NamedTuple

from .records import json_object
from .terms import NATURES_SOURCE, NatureSource


class Source(NamedTuple):
    """A document of the register (TMP-04)."""

    id: str
    titre: str
    editeur: str
    date: str
    nature: NatureSource
    adresse: str
    verifie: datetime.date


@json_object
class Reference(NamedTuple):
    """The source of one value, the place in it, its nature there, the day it was last checked."""

    source: str
    place: str
    nature: NatureSource
    checked: datetime.date


_RANK = {nature: rank for rank, nature in enumerate(NATURES_SOURCE)}


def weakness(reference: Reference) -> int:
    """0 for a text of law, then ameli, secondary, press; 4 for a deduction (TMP-04)."""
    return _RANK[reference.nature]
