"""Chapter TMP: which text applies, when the contract year begins, how old the data are."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ..bareme import Bareme
from ..calendar import anniversary
from ..chronology import Chronology
from ..models import Contrat
from .registry import rule


class Temps(NamedTuple):
    """The texts of one contract year.

    `acces` was in force at signature, `option` on the day the option was obtained, `montants` on the
    first day of the year: several are possible when that day, `debut`, is not known; `suivante` is the
    first day of the next year. `annee` is the barème whose figures the year follows, and `publiee`
    whether its shares are published (TMP-05).
    """

    acces: Bareme
    option: Bareme
    debut: date | None
    suivante: date | None
    montants: tuple[Bareme, ...]
    annee: Bareme
    publiee: bool | None


@rule("TMP-02")
def premier_jour(
    date_signature: date, date_embauche: date | None, annee: int, texte: str, debut_annee: str
) -> date | None:
    """First day of contract year `annee`: the anniversary of the signature.

    Under avenant 7 and the reading `embauche`, of the hiring; `None` when that day is not known.
    """
    if texte == "avenant_7" and debut_annee == "embauche":
        return None if date_embauche is None else anniversary(date_embauche, annee - 1)
    return anniversary(date_signature, annee - 1)


@rule("TMP-01", "TMP-03")
@lru_cache(maxsize=65536)
def textes_applicables(
    date_signature: date,
    date_option: date | None,
    date_embauche: date | None,
    annee: int,
    chronology: Chronology,
    entree_en_vigueur: str,
    debut_annee: str,
) -> Temps:
    """Access by the text at signature, option by that of its day, amounts by that of the year's first day.

    A year never takes a text older than its contract. With the first day unknown, every text from
    the signature on is possible.
    """
    acces = chronology.at(date_signature, entree_en_vigueur)
    option = acces if date_option is None else chronology.at(date_option, entree_en_vigueur)
    debut = premier_jour(date_signature, date_embauche, annee, acces.texte, debut_annee)
    suivante = premier_jour(date_signature, date_embauche, annee + 1, acces.texte, debut_annee)
    if debut is None:
        montants = chronology.baremes[chronology.baremes.index(acces) :]
    else:
        montants = (chronology.at(max(debut, date_signature), entree_en_vigueur),)
    return Temps(acces, option, debut, suivante, montants, montants[-1], modulation_publiee(montants))


@rule("TMP-04")
def annee_apres_verification(debut: date | None, bareme: Bareme) -> bool:
    """Whether the contract year starts after the last check of the data."""
    return debut is not None and debut > bareme.checked


@rule("TMP-03")
def jours_avant_l_option(temps: Temps, date_option: date | None) -> int:
    """Days of the year before the option was obtained; 0 where one option runs it whole (CTR-02).

    All of them where it was obtained later: counted from the hiring, the year would end after it.
    """
    if date_option is None or temps.debut is None or temps.suivante is None:
        return 0
    return max(0, (min(date_option, temps.suivante) - temps.debut).days)


@rule("TMP-02", "CTR-02")
def option_sans_date(contrat: Contrat, debut: date | None) -> bool:
    """Whether the option changed in a year that nothing places: it may run all of it, a part or none."""
    option = contrat.date_option
    return debut is None and option is not None and option > contrat.date_signature


@rule("TMP-05")
def modulation_publiee(montants: tuple[Bareme, ...]) -> bool | None:
    """Whether shares and tolerances are published for this year; `None` when its text is not known."""
    answers = {bareme.modulation_publiee for bareme in montants}
    return answers.pop() if len(answers) == 1 else None
