"""One year of a contract before its money: its terms on its first and last day, and what must be said."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .bareme import Bareme
from .chronology import Chronology
from .decision import Alert, Criterion, Decision, Missing, Value
from .events import AVENANTS, Absence, AvenantOption, AvenantPrimo, AvenantProrogation, Depart, Resiliation
from .life import State, Vacancy, vacancies
from .models import Dossier, Observation
from .readings import Readings
from .rules import eligibility, options, payments, positions, special_cases
from .rules import life as ctr
from .rules.texts import Temps
from .tracing import caller_reference


class Frame(NamedTuple):
    """What the years of one schedule share; `last` is the contract after every event."""

    dossier: Dossier
    readings: Readings
    bareme: Bareme | None
    chronology: Chronology
    force: bool
    last: State
    counts: Mapping[int, Observation]
    replaced: int | None


class Year(NamedTuple):
    """One year of a schedule: its texts and days, the contract on its first and on its last day.

    `during`: the contract after each event of the year. Where the hiring is not known the days are those
    of the signature, and events cannot be placed in a year (see `unplaced_events`).
    """

    frame: Frame
    annee: int
    temps: Temps
    start: State
    end: State
    during: tuple[State, ...]


def unplaced_events(year: Year) -> bool:
    """Whether an event that changes the money cannot be placed, since years count from an unknown hiring."""
    every = year.frame.last.evenements
    told = [event for event in every if isinstance(event, MONEY_EVENTS)]
    longer = [event for event in told if isinstance(event, AvenantProrogation) and states_nothing(event)]
    vacant = any(_counts(vacancy, year.temps) for vacancy in vacancies(every))
    return year.temps.debut is None and (vacant or len(longer) < len(told))


def states_nothing(event: AvenantProrogation) -> bool:
    """Whether a prorogation leaves the objectives as they are: then no year before the term hangs on it."""
    return not any((event.objectifs, event.nature_objectifs, event.patientele_reference))


MONEY_EVENTS = (*AVENANTS, Resiliation)
"""The events that change what a year pays, vacancies apart."""


def interruptions(year: Year) -> tuple[Vacancy, ...]:
    """The vacancies of the year that leave its money to the caisse, told by an avenant or not (CTR-07).

    The contract may be suspended from the first day of a vacancy: all of its days count, those before it
    is too long included. What ends it may come in a later year.
    """
    start, end = year.start, year.end
    return tuple(
        vacancy
        for vacancy in vacancies(year.frame.last.evenements)
        if _counts(vacancy, year.temps)
        and vacancy.cause.date <= end.jour
        and (vacancy.over is None or vacancy.over > start.jour)
    )


def _counts(vacancy: Vacancy, temps: Temps) -> bool:
    return vacancy.suspension is not None or ctr.absence_longue(vacancy.cause.date, vacancy.over, temps.acces)


def interrupted_from_the_start(year: Year) -> bool:
    """Whether a vacancy runs on the first day of the year: its first payment may wait (CTR-07)."""
    return any(vacancy.cause.date <= year.start.jour for vacancy in interruptions(year))


def late_prorogation(year: Year) -> bool:
    """Whether the avenant of prorogation came after the first day of the year that it opens (CTR-01)."""
    start, end = year.start, year.end
    return start.situation in ("termine", "terme_a_confirmer") and any(
        isinstance(e, AvenantProrogation) and start.jour < e.date <= end.jour for e in end.evenements
    )


def options_held(year: Year) -> tuple[Criterion, ...]:
    """What ELI-07 says of each option told before that of the year, on the day on which it was obtained.

    That of the signature is left out where nobody knows it.
    """
    frame = year.frame
    medecin, contrat, law = frame.dossier.medecin, frame.dossier.contrat, frame.chronology
    first = options.option_avant(contrat) if options.avenant_d_option(contrat) else contrat.option_etp
    told = [(first, contrat.date_signature)]
    told += [(e.option_etp, e.date) for e in year.end.evenements if isinstance(e, AvenantOption)]
    groupe = year.temps.acces.specialites[medecin.specialite].groupe
    return tuple(
        options.option_accessible(
            option, groupe, medecin.zone, day, law.at(day, frame.readings.entree_en_vigueur)
        )
        for option, day in told[:-1]
        if option is not None
    )


def closed_option(year: Year) -> Criterion | None:
    """The first option that the events told on a day on which it was not open (ELI-07)."""
    return next((held for held in options_held(year) if held.status == "non_satisfait"), None)


def as_told(year: Year, decision: Decision) -> tuple[Criterion, ...]:
    """The criteria of a decision: events that tell how the option before was obtained settle it (ELI-07)."""
    held = options_held(year)
    known = bool(held) and all(each.status == "satisfait" for each in held)
    return tuple(
        criterion._replace(status="satisfait", missing=())
        if known and criterion.code in options.DOUTES
        else criterion
        for criterion in decision.criteria
    )


def alerts_of(year: Year, decision: Decision, changed: bool, paid: bool) -> tuple[Alert, ...]:
    """The warnings of a year beyond those of its decision.

    `changed`: an avenant changed its objectives; `paid`: it has payments.
    """
    frame, annee, temps, end = year.frame, year.annee, year.temps, year.end
    found = []

    def say(condition: bool, code: str, rule_id: str, **values: Any) -> None:
        if condition:
            found.append(Alert(code, rule_id, {"annee": annee, **values}))

    say(paid and payments.dates_incertaines(temps.montants), "dates_avenant_7", "VRS-06")
    say(frame.replaced == annee, "observation_remplacee", "VRS-05")
    modulated = decision.regime != "MOD-00"
    say(changed and modulated, "objectifs_en_cours_d_annee", "OBJ-03")
    names = " ".join(end.sans_reference)
    say(bool(names) and modulated, "reference_inconnue", "CTR-04", indicateur=names)
    vacant = interruptions(year)
    untold = [vacancy.cause for vacancy in vacant if vacancy.suspension is None]
    say(len(untold) < len(vacant), "suspension", "CTR-07")
    mois = temps.acces.parametres["absence_mois"].num
    say(any(isinstance(cause, Absence) for cause in untold), "suspension_a_conclure", "CTR-07", mois=mois)
    say(any(isinstance(cause, Depart) for cause in untold), "depart_sans_remplacement", "CTR-07", mois=mois)
    say(late_prorogation(year), "prorogation_tardive", "CTR-01")
    say(condition_lost(year), "condition_perdue", "CTR-09")
    closed = closed_option(year)
    say(closed is not None, "option_fermee", "ELI-07", **({} if closed is None else closed.values))
    say(end.resiliation is not None, "resiliation", "CTR-05")
    found += late_notice(end.resiliation, temps.acces, annee)
    say(_terms_before(year), "termes_d_une_autre_annee", "OBJ-03", dossier=frame.dossier.annee)
    followed = _after_primo(year, decision)
    say(followed == "a_fixer", "nouvel_objectif_a_fixer", "CTR-03")
    say(followed == "a_apprecier", "primo_sous_p30_au_terme", "CTR-03")
    return tuple(found)


def late_notice(end: Resiliation | None, acces: Bareme, annee: int | None) -> list[Alert]:
    """The warning of a doctor's résiliation whose notice was given late, if it was (CTR-05)."""
    if end is None:
        return []
    limit = ctr.fin_de_preavis(end.date, acces)
    if not ctr.preavis_tardif(end.initiative, end.date_notification, limit):
        return []
    assert end.date_notification is not None
    values: dict[str, Value] = {
        "annee": annee,
        "notification": end.date_notification.isoformat(),
        "limite": limit.isoformat(),
        "mois": acces.parametres["preavis_mois"].num,
    }
    return [Alert("preavis_tardif", "CTR-05", values)]


def lacks_of(year: Year, alerts: Iterable[Alert]) -> tuple[Missing, ...]:
    """What only the caisse can say, and the counts of reference that an avenant leaves out."""
    codes = {alert.code: alert.rule for alert in alerts}
    unknown = year.end.sans_reference if "reference_inconnue" in codes else ()
    caisse = dict.fromkeys(codes[code] for code in LEFT_TO_THE_CAISSE if code in codes)
    return (
        *(Missing(f"contrat.patientele_reference.{name}", ("CTR-04",), "part") for name in unknown),
        *(Missing(f"caisse.{rule_id}", (rule_id,), "part") for rule_id in caisse),
        *(() if year.start.option_connue else (UNTOLD_OPTION,)),
    )


UNTOLD_OPTION = Missing("contrat.contrat_anterieur.option_etp", ("CTR-02",), "montant")
"""The option before one that the dossier alone tells."""
LEFT_TO_THE_CAISSE = (
    "suspension",
    "suspension_a_conclure",
    "depart_sans_remplacement",
    "prorogation_tardive",
    "condition_perdue",
    "primo_sous_p30_au_terme",
    "objectifs_en_cours_d_annee",
)
"""The warnings of which only the caisse can tell the effect on the money."""


def condition_lost(year: Year) -> bool:
    """Whether a change of secteur or option tarifaire may cost the contract (CTR-09)."""
    change = year.end.changement
    if change is None:
        return False
    acces, slug = year.temps.acces, year.frame.dossier.medecin.specialite
    answer = eligibility.secteur(change.secteur, change.option_tarifaire, slug, change.date, acces)
    return ctr.condition_perdue(answer.status)


def _terms_before(year: Year) -> bool:
    """Whether the dossier tells a count of reference, fixed at a day unknown, and this year is earlier."""
    dossier = year.frame.dossier
    return dossier.contrat.patientele_reference is not None and year.annee < dossier.annee


def _after_primo(year: Year, decision: Decision) -> str:
    """What follows the objective of a primo-installé (CTR-03); nothing where another one runs."""
    frame, annee, temps, end = year.frame, year.annee, year.temps, year.end
    if any(isinstance(e, AvenantPrimo) for e in end.evenements) or decision.objectives is None:
        return "en_cours"
    if annee > temps.annee.parametres["derniere_annee_primo"].num or annee not in frame.counts:
        return "en_cours"
    levels = []
    for name, objective in decision.objectives.items():
        if objective.nature != "primo_installe" or objective.observed is None:
            return "en_cours"
        published = temps.acces.percentiles[decision.dossier.medecin.specialite, name]
        known, _ = positions.complete(name, published, frame.dossier.percentiles, caller_reference())
        target = objective.target
        levels.append(special_cases.niveaux_primo(objective.observed, target, target, known.p30))
    return ctr.suite_du_primo(levels, annee, temps.annee)
