"""ELI-07 through time: the option that an avenant changed is judged too, on the days on which it was held."""

from datetime import date
from functools import lru_cache

from ..bareme import Bareme
from ..chronology import Chronology
from ..decision import Criterion
from ..models import Contrat
from ..terms import OPTIONS_ETP, Groupe, OptionEtp, StatutCritere, Zone
from .eligibility import CACHED, option_ouverte
from .registry import rule

Jours = tuple[tuple[date, Bareme], ...]
"""The texts of some days, each with the first of them on which it was in force."""


@rule("ELI-07", "CTR-02")
def avenant_d_option(contrat: Contrat) -> date | None:
    """The day of the avenant that gave the contract its option; `None` where it has it from the signature."""
    day = contrat.date_option
    return None if day is None or day <= contrat.date_signature else day


@rule("ELI-07", "CTR-02")
def option_avant(contrat: Contrat) -> OptionEtp | None:
    """The option that the avenant changed; `None` where there is no avenant, or it is not known.

    `contrat_anterieur` with another day of signature tells of an older contract, not of this one.
    """
    before = contrat.contrat_anterieur
    if before is None or avenant_d_option(contrat) is None:
        return None
    return before.option_etp if before.date_signature in (None, contrat.date_signature) else None


@rule("ELI-07", "TMP-01")
@lru_cache(maxsize=CACHED)
def jours_avant(signature: date, avenant: date, chronology: Chronology, entree_en_vigueur: str) -> Jours:
    """The texts in force from the signature to the day before the avenant."""
    starts = [(b.variantes.get(entree_en_vigueur, b.debut), b) for b in chronology.baremes]
    later = [(start, bareme) for start, bareme in starts if signature < start < avenant]
    return ((signature, chronology.at(signature, entree_en_vigueur)), *later)


@rule("ELI-07", "ELI-08")
def option_accessible(
    option: OptionEtp, groupe: Groupe, zone: Zone | None, jour: date, bareme: Bareme
) -> Criterion:
    """Whether a doctor could obtain this option on one day: 1.5 and 2 ETP for généralistes in ZIP alone."""
    found = option_ouverte(option, zone, jour, bareme)
    if found.code != "sous_conditions":
        return found
    if groupe != "generaliste" or zone not in (None, "ZIP"):
        return found._replace(status="non_satisfait", code="hors_zip")
    unknown = found._replace(status="inconnu", code="zone_inconnue", missing=("medecin.zone",))
    return unknown if zone is None else found


@rule("ELI-07")
@lru_cache(maxsize=CACHED)
def options_possibles(groupe: Groupe, zone: Zone | None, jours: Jours) -> tuple[OptionEtp, ...]:
    """The options that may have been held on one of these days: those that a text did not close."""
    return tuple(
        option
        for option in OPTIONS_ETP
        if any(option_accessible(option, groupe, zone, *day).status != "non_satisfait" for day in jours)
    )


@rule("ELI-07")
@lru_cache(maxsize=CACHED)
def option_tenue(
    option: OptionEtp, groupe: Groupe, zone: Zone | None, jours: Jours, avenant: date
) -> Criterion:
    """The option held until the avenant was open on one of the days before it (`jours`).

    Open at the signature: satisfait. Open on a later day alone: an earlier avenant may have obtained it,
    which only the caisse knows, or the events of the contract.
    """
    days = [option_accessible(option, groupe, zone, *day) for day in jours]
    statuses = [day.status for day in days]
    if statuses[0] == "satisfait":
        return days[0]
    opened = next((str(day.values["jour"]) for day in days if day.status == "satisfait"), None)
    status: StatutCritere = "a_apprecier"
    code = "avant_a_apprecier" if statuses[0] == "a_apprecier" or opened is None else "avant_plus_tard"
    missing: tuple[str, ...] = ("caisse.ELI-07",)
    if set(statuses) == {"non_satisfait"}:
        status, code, missing = "non_satisfait", "avant_fermee", ()
    elif "inconnu" in statuses:
        status, code, missing = "inconnu", "avant_zone_inconnue", ("medecin.zone",)
    return Criterion(
        "ELI-07",
        status,
        code,
        {**days[0].values, "avenant": avenant.isoformat(), "ouverture": opened},
        row=days[0].row,
        references=tuple({reference: None for day in days for reference in day.references}),
        missing=missing,
    )


DOUTES = ("avant_a_apprecier", "avant_plus_tard", "avant_zone_inconnue")
"""What is doubtful of an option held before an avenant, as long as nobody tells how it was obtained."""
_WORST: tuple[StatutCritere, ...] = ("non_satisfait", "inconnu", "a_apprecier", "satisfait")


@rule("ELI-07")
def la_moins_sure(option: Criterion, tenue: Criterion) -> Criterion:
    """Of the option of the contract and that before it, the criterion that decides, with what both lack."""
    worst = min(option, tenue, key=lambda criterion: _WORST.index(criterion.status))
    missing = () if worst.status == "non_satisfait" else (*option.missing, *tenue.missing)
    return worst._replace(missing=tuple(dict.fromkeys(missing)))
