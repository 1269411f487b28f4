"""The special cases of the convention: primo-installé, 65 and older, P95 and over, mixed objectives."""

from collections.abc import Collection, Sequence
from datetime import date

from ..bareme import Bareme, Distribution
from ..calendar import aged, within_primo_window
from ..terms import DerogationInstallation
from .facts import Facts, Rank
from .registry import rule

P95_RANK = 5


@rule("ELI-06")
def sous_p50(effectif: int | None, distribution: Distribution) -> bool | None:
    """Whether a count is under P50; a count under P30 is, whether P50 is published or not."""
    if effectif is None:
        return None
    if distribution.p50 is not None:
        return effectif < distribution.p50
    return True if distribution.p30 is not None and effectif < distribution.p30 else None


@rule("ELI-06")
def recemment_installe(date_installation: date | None, date_signature: date, bareme: Bareme) -> bool | None:
    """Installed within the window before the signature, bounds included; `None` without the date."""
    if date_installation is None:
        return None
    return within_primo_window(date_installation, date_signature, bareme)


@rule("ELI-06")
def primo_installe(recent: bool | None, facts: Sequence[Facts], mode: str) -> bool | None:
    """First installation in the département, and under P50 on the deciding indicator, or on both."""
    if recent is False:
        return False
    answers = [sous_p50(fact.initial, fact.distribution) for fact in facts if fact.decides(mode)]
    if False in answers:
        return False
    return None if recent is None or None in answers else True


@rule("ELI-06")
def par_derogation(primo: bool | None, derogation: DerogationInstallation | None) -> bool:
    """Whether the doctor would be a primo-installé by derogation of the CPN alone: the caisse decides."""
    return bool(primo) and derogation is not None


@rule("ELI-06")
def inconnues_du_p50(facts: Sequence[Facts], mode: str) -> tuple[str, ...]:
    """The counts and P50 that the deciding indicators lack to tell a primo-installé."""
    return tuple(
        f"contrat.patientele_initiale.{fact.indicateur}"
        if fact.initial is None
        else f"percentiles.{fact.indicateur}.p50"
        for fact in facts
        if fact.decides(mode) and sous_p50(fact.initial, fact.distribution) is None
    )


@rule("ELI-06")
def lectures_primo(recent: bool | None, facts: Sequence[Facts], modes: tuple[str, ...]) -> tuple[str, ...]:
    """The reading that changes the answer of ELI-06, among the modes that it may give."""
    if recent is False or len(modes) == 1:
        return ()
    answers = {primo_installe(recent, facts, mode) for mode in modes}
    return ("indicateur_p30",) if len(answers) > 1 else ()


@rule("OBJ-02", "OBJ-03")
def apres_primo(primo: bool | None, annee: int, bareme: Bareme) -> bool:
    """Whether a primo-installé, or maybe one, is past the last year of his first objective."""
    return primo is not False and annee > bareme.parametres["derniere_annee_primo"].num


@rule("OBJ-02", "TMP-05")
def senior_a_la_signature(
    date_naissance: date | None, date_signature: date, publiee: bool | None, bareme: Bareme
) -> bool | None:
    """Under the regime of 65 and older from the signature; before 2024 only an avenant opens it."""
    if publiee is False:
        return False
    if date_naissance is None:
        return None
    senior = aged(date_naissance, int(bareme.parametres["age_senior"].valeur), date_signature)
    return None if senior and publiee is None else senior


@rule("OBJ-06")
def tolerance_elargie(
    senior: bool | None,
    stated: str | None,
    date_naissance: date | None,
    debut: date | None,
    bareme: Bareme,
) -> bool | None:
    """Whether a maintien tolerates the wider fall of 65 and older, from the signature or by avenant."""
    if senior:
        return True
    if stated != "maintien":
        return senior
    if date_naissance is None or debut is None:
        return None
    by_avenant = aged(date_naissance, int(bareme.parametres["age_senior"].valeur), debut)
    return True if by_avenant else senior


@rule("OBJ-06", "MOD-04", "MOD-05")
def tolerance_en_6_2(wide: bool | None, regimes: Collection[str | None], lecture: str) -> bool | None:
    """The wider fall of 65 and older by the reading, for a maintien in one of these possible regimes.

    The reading is that of both illustrations 6.2 (MOD-04, MOD-05); MOD-03 keeps the wider fall. `None`
    where the regime, not known, decides.
    """
    in_6_2 = [regime in ILLUSTRATIONS_6_2 for regime in regimes]
    if lecture == "elargie" or wide is False or not any(in_6_2):
        return wide
    return False if all(in_6_2) else None


ILLUSTRATIONS_6_2 = ("MOD-04", "MOD-05")


@rule("OBJ-02")
def au_p95(rank: Rank) -> bool | None:
    """Whether an indicator stands at P95 or over; `None` when its position leaves it open."""
    low, high = rank
    return True if low == P95_RANK else None if high == P95_RANK else False


@rule("MOD-04")
def roles_mixtes(natures: Sequence[str | None]) -> tuple[int, int]:
    """With one objective of each kind: the positions of the augmentation and of the maintien."""
    return natures.index("augmentation"), natures.index("maintien")


@rule("OBJ-05")
def issues_primo(observed: int | None, low: int | None, high: int | None) -> tuple[bool, bool]:
    """Whether a primo-installé may have reached his objective, and whether he may have missed it.

    `low` and `high` bound the objective: P50, or a number between P30 and P50; `None` is open.
    """
    if observed is None:
        return True, True
    return low is None or observed >= low, high is None or observed < high


@rule("MOD-06", "MOD-07")
def niveaux_primo(
    observed: int | None, low: int | None, high: int | None, p30: int | None
) -> tuple[str, ...]:
    """The levels possible for a primo-installé: the objective reached, from P30 on, under P30."""
    reached, missed = issues_primo(observed, low, high)
    levels: tuple[str, ...] = ("p50",) if reached else ()
    if missed and (observed is None or p30 is None or observed >= p30):
        levels += ("p30",)
    if missed and (observed is None or p30 is None or observed < p30):
        levels += ("sous_p30",)
    return levels
