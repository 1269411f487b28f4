"""Which text is in force on which day (TMP-01), with a simulated barème in the place of its own text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from .bareme import Bareme, Specialite
from .errors import Refusal, RefusedData
from .references import Source
from .terms import Texte

ENTREE_PAR_DEFAUT = "2024-06-22"


@dataclass(frozen=True, slots=True, eq=False)
class Chronology:
    """The barèmes that follow one another, oldest first."""

    baremes: tuple[Bareme, ...]

    def at(self, day: date, entree_en_vigueur: str) -> Bareme:
        """The barème in force on `day` under this reading of the entry into force.

        Raises `RefusedData` before the first text.
        """
        for bareme in reversed(self.baremes):
            if day >= bareme.variantes.get(entree_en_vigueur, bareme.debut):
                return bareme
        raise RefusedData([before_the_first_text("date", day)])

    def depends_on_reading(self, day: date) -> bool:
        """Whether the two readings of the entry into force give different texts on `day`."""
        return any(
            (day >= bareme.debut) != (day >= debut)
            for bareme in self.baremes
            for debut in bareme.variantes.values()
        )

    @property
    def simulated(self) -> bool:
        """Whether a simulated barème stands in it."""
        return any(bareme.simulated for bareme in self.baremes)

    def replacing(self, bareme: Bareme) -> "Chronology":
        """The same chronology, with `bareme` in the place of the one of its text."""
        return Chronology(tuple(bareme if b.texte == bareme.texte else b for b in self.baremes))


@cache
def chronology() -> Chronology:
    """The chronology of the shipped barèmes, loaded at the first question and not at import."""
    from .loading import shipped

    return Chronology(shipped())


def last_bareme() -> Bareme:
    """The shipped barème of the last text: for a question that names no day, never for a rule."""
    return chronology().baremes[-1]


class Register(NamedTuple):
    """What every barème holds alike and no simulated one changes: names and sources, no figure of the law."""

    specialites: Mapping[str, Specialite]
    regles: Mapping[str, str]
    sources: Mapping[str, Source]
    libelles: Mapping[str, str]
    checked: date


@cache
def register() -> Register:
    """The names of specialties, rules and parameters (`libelles`), the sources, the day of the last check."""
    last = last_bareme()
    libelles = {name: parametre.libelle for name, parametre in last.parametres.items()}
    return Register(last.specialites, last.regles, last.sources, libelles, last.checked)


def bareme_of(texte: Texte) -> Bareme:
    """The shipped barème of a text."""
    return next(bareme for bareme in chronology().baremes if bareme.texte == texte)


@lru_cache(maxsize=32)
def chronology_with(bareme: Bareme | None) -> Chronology:
    """The shipped chronology, with `bareme`, if there is one, in the place of that of its text."""
    if bareme is None:
        return chronology()
    return chronology().replacing(bareme)


@cache
def first_day() -> date:
    """The first day on which a contract could be signed (TMP-01, TMP-04)."""
    return chronology().baremes[0].debut


def before_the_first_text(field: str, day: date) -> Refusal:
    """The refusal of a day before the first text (TMP-04)."""
    first = first_day().isoformat()
    return Refusal(
        field,
        f"« {day.isoformat()} »",
        f"une date à partir du {first}, premier jour du dispositif",
        "vérifiez la date ; aucun contrat n’a pu être signé avant ce jour",
        "avant_le_premier_texte",
    )


def bareme_at(day: date) -> Bareme:
    """The barème of the text in force on `day` (TMP-01, default reading of the entry into force).

    Raises `RefusedData` before the first text.
    """
    return chronology().at(day, ENTREE_PAR_DEFAUT)
