"""Data that the models refuse by their dates: fillers (DIT-07), and years that nothing explains (CTR-01).

Nothing here reads a model: the models ask it.
"""

from datetime import date
from functools import cache

from ..calendar import aged
from ..chronology import bareme_of
from .registry import rule

LAST_UNEXPLAINED_YEAR = 10
"""The largest year of a contract of which nothing says that it goes on: a term and one prorogation."""
FILLERS = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1901, 1, 1), date(9999, 12, 31))
"""The days that spreadsheets and old files write in an empty cell. 1970-01-01 may be a birthday."""
YOUNGEST, OLDEST = 20, 100
"""The ages of a doctor at the signature, in whole years, beyond which the birth is a filler."""


@rule("DIT-07")
def filler(day: date) -> bool:
    """Whether a day is one of those that fill an empty cell."""
    return day in FILLERS


@rule("DIT-07")
def improbable_birth(naissance: date, signature: date) -> bool:
    """Whether a birth makes the doctor under 20, or over 100 in whole years, at the signature."""
    return not aged(naissance, YOUNGEST, signature) or aged(naissance, OLDEST + 1, signature)


@rule("CTR-01")
def unexplained_year(annee: int, signature: date, prorogation: bool | None) -> bool:
    """Whether a year is past a term and its prorogation, of a contract that nothing says goes on."""
    return annee > LAST_UNEXPLAINED_YEAR and not prorogation and signature < first_renewable()


@cache
def first_renewable() -> date:
    """The first day from which a contract may renew itself, under any reading of the entry into force."""
    convention = bareme_of("convention_2024")
    return min(convention.debut, *convention.variantes.values())
