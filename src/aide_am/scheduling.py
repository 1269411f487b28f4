"""The schedule of payments of a contract: every payment of every contract year (chapters VRS, CTR).

Each year is one decision of `evaluate`, under the terms that the events of the contract left; what is
added here is when and in how many parts its amount is paid. A year without an observation gives the
worst and the best case that the rules allow.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from .bareme import Bareme
from .chronology import Chronology, chronology, chronology_with
from .closed import shown
from .decision import Alert, Amount, Decision, Missing
from .errors import Refusal, RefusedData
from .evaluation import evaluate
from .events import AvenantOption, AvenantPrimo, AvenantProrogation, Suspension, read_events
from .life import State, on_days, replay
from .models import LAST_YEAR, Dossier, Observation
from .outcomes import recorded_bareme
from .readings import DEFAULT, Readings
from .references import Reference
from .rules import amounts, eligibility, payments, positions, special_cases, texts
from .rules import life as ctr
from .rules.payments import Kind, Premier
from .rules.texts import Temps
from .scheduling_record import Payment, Schedule, ScheduledYear
from .terms import OptionEtp
from .tracing import caller_reference

ONE_DAY = timedelta(days=1)
NOTHING_SEEN = Observation()


def schedule(
    dossier: Dossier,
    observations: Mapping[int, Any] | None = None,
    years: int = 5,
    *,
    events: Iterable[Any] = (),
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> Schedule:
    """Every payment of contract years 1 to `years`.

    observations: by contract year, counts in patients (`Observation`, or a mapping); they win over
    the dossier's own, which serves its `annee`.
    events: what happened to the contract, in order (see `events`).
    force: compute a contract that already runs although the doctor is not eligible.
    Raises `RefusedData` for counts that cannot be read and for impossible events.
    """
    given = read_events(events)
    counts, replaced = _counts(dossier, observations or {}, years)
    frame = _Frame(
        dossier,
        readings or DEFAULT,
        bareme,
        chronology() if bareme is None else chronology_with(bareme),
        force,
        replay(dossier, given, readings=readings),
        counts,
        replaced,
    )
    times = [_temps(frame, annee) for annee in range(1, years + 1)]
    days = [day for rank, temps in enumerate(times, start=1) for day in _days(frame, rank, temps)]
    states = on_days(dossier, given, days, readings=readings)
    found = [
        _year(frame, annee, temps, states[2 * annee - 2], states[2 * annee - 1])
        for annee, temps in enumerate(times, start=1)
        if states[2 * annee - 2].situation != "resilie"
    ]
    return Schedule(dossier, given, counts, years, tuple(found), frame.readings, force)


def again(answer: Schedule, readings: Readings) -> Schedule:
    """The same schedule under other readings."""
    decisions = [year.decision for year in answer.years if year.decision is not None]
    reform = recorded_bareme(used for decision in decisions for used in decision.baremes)
    return schedule(
        answer.dossier,
        answer.observations,
        answer.asked,
        events=answer.events,
        readings=readings,
        bareme=reform,
        force=answer.forced,
    )


class _Frame(NamedTuple):
    """What the years of one schedule share; `last` is the contract after every event."""

    dossier: Dossier
    readings: Readings
    bareme: Bareme | None
    chronology: Chronology
    force: bool
    last: State
    counts: Mapping[int, Observation]
    replaced: int | None


def _counts(
    dossier: Dossier, observations: Mapping[int, Any], years: int
) -> tuple[dict[int, Observation], int | None]:
    """The observation of each year, and the year of the dossier if its own was replaced."""
    if type(years) is not int or not 1 <= years <= LAST_YEAR:
        remedy = "donnez le nombre d’années du contrat à afficher"
        expected = f"un nombre entier de 1 à {LAST_YEAR}"
        raise RefusedData([Refusal("years", shown(years), expected, remedy, "annees")])
    found: dict[int, Observation] = {}
    refused: list[Refusal] = []
    for annee, seen in observations.items():
        if type(annee) is not int or not 1 <= annee <= years:
            expected = f"une année du contrat, de 1 à {years}"
            remedy = "corrigez l’année, ou demandez plus d’années (years)"
            refused.append(Refusal("observations", shown(annee), expected, remedy, "annee"))
            continue
        try:
            found[annee] = Observation.model_validate(seen)
        except RefusedData as error:
            refused += [r._replace(field=f"observations.{annee}.{r.field}") for r in error.refusals]
    if refused:
        raise RefusedData(refused)
    own = dossier.observation
    if own is None:
        return found, None
    replaced = found.setdefault(dossier.annee, own) != own
    return found, dossier.annee if replaced else None


def _temps(frame: _Frame, annee: int) -> Temps:
    contrat, readings = frame.last.contrat, frame.readings
    return texts.textes_applicables(
        contrat.date_signature,
        None,
        contrat.date_embauche,
        annee,
        frame.chronology,
        readings.entree_en_vigueur,
        readings.debut_annee,
    )


def _days(frame: _Frame, annee: int, temps: Temps) -> tuple[date, date]:
    """The first and last day of a year; counted from the signature where the hiring is not known."""
    signature = frame.last.contrat.date_signature
    start = temps.debut or texts.premier_jour(signature, None, annee, temps.acces.texte, "signature")
    end = temps.suivante or texts.premier_jour(signature, None, annee + 1, temps.acces.texte, "signature")
    assert start is not None
    assert end is not None
    return max(start, signature), end - ONE_DAY


class _Money(NamedTuple):
    """The money of a year: in each case its maximum and that of its first day, and its shares.

    `cases`: the lowest, then the highest; exact euros.
    """

    cases: tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]
    low: Fraction
    high: Fraction
    arrondi: str

    def due(self, maximum: Fraction, share: Fraction) -> int:
        """Centimes, rounded once."""
        return amounts.montant_du(maximum, share.numerator, share.denominator, self.arrondi)

    @property
    def ends(self) -> tuple[int, int]:
        """The amount due at the least and at the most."""
        return self.due(self.cases[0][0], self.low), self.due(self.cases[1][0], self.high)


def _year(frame: _Frame, annee: int, temps: Temps, start: State, end: State) -> ScheduledYear:
    """One contract year, from its state on its first and on its last day."""
    debut, fin = temps.debut, None if temps.suivante is None else temps.suivante - ONE_DAY
    if not end.option_connue:
        lacks = (Missing("contrat.contrat_anterieur.option_etp", ("CTR-02",), "montant"),)
        return ScheduledYear(annee, debut, fin, None, None, None, (), lacks, (), {}, None)
    decision = _decision(frame, annee, end)
    before = _before(frame, annee, start, end)
    money = _money(frame, annee, temps, start, end, decision, before)
    plan = payments.premier_versement(start.contrat.option_etp, annee, temps.annee)
    paid = decision.verdict != "non_eligible" or frame.force
    made = _payments(annee, temps, end, plan, money) if paid else ()
    alerts = _alerts(frame, annee, temps, start, end, decision, bool(before), bool(made))
    consulted = dict(decision.readings)
    if money is not None and any(
        amounts.depend_de_l_arrondi(maximum * plan.num, 1, plan.den) for _, maximum in money.cases
    ):
        consulted["arrondi"] = frame.readings.arrondi
    return ScheduledYear(
        annee,
        debut,
        fin if end.resiliation is None else end.resiliation.date - ONE_DAY,
        decision.verdict,
        decision.maximum if money is None else _euros(money.cases[0][0], money.cases[1][0], money.arrondi),
        None if money is None else amounts.amount(*money.ends),
        made,
        (*decision.missing, *_lacks(end, alerts)),
        (*decision.warnings, *alerts),
        consulted,
        decision,
    )


def _euros(low: Fraction, high: Fraction, arrondi: str) -> Amount:
    return amounts.euros(low, high, arrondi)


def _decision(frame: _Frame, annee: int, state: State) -> Decision:
    """The decision of a year under the terms of a state; without observation, nothing was seen."""
    contrat = state.contrat
    if state.situation == "termine":
        contrat = contrat.model_copy(update={"prorogation": False})
    seen = frame.counts.get(annee, NOTHING_SEEN)
    if state.sans_reference:
        seen = seen.model_copy(update=dict.fromkeys(state.sans_reference))
    dossier = Dossier(
        medecin=frame.dossier.medecin,
        contrat=contrat,
        annee=annee,
        observation=seen,
        circonstances_exceptionnelles=frame.dossier.circonstances_exceptionnelles
        and annee == frame.dossier.annee,
        percentiles=frame.dossier.percentiles,
    )
    return evaluate(dossier, readings=frame.readings, bareme=frame.bareme, force=frame.force)


def _before(frame: _Frame, annee: int, start: State, end: State) -> tuple[Decision, ...]:
    """The decision under the objectives of the first day, where an avenant changed them in the year."""
    same = [getattr(start.contrat, name) == getattr(end.contrat, name) for name in OBJECTIVE_TERMS]
    if all(same) and start.sans_reference == end.sans_reference:
        return ()
    contrat = end.contrat.model_copy(update={name: getattr(start.contrat, name) for name in OBJECTIVE_TERMS})
    return (_decision(frame, annee, end._replace(contrat=contrat, sans_reference=start.sans_reference)),)


OBJECTIVE_TERMS = ("objectifs", "nature_objectifs", "patientele_reference")
"""What an avenant of objectives may change in a contract."""


def _money(
    frame: _Frame,
    annee: int,
    temps: Temps,
    start: State,
    end: State,
    decision: Decision,
    before: Sequence[Decision],
) -> _Money | None:
    """The money of a year, `None` where its amount cannot be told."""
    cases = _cases(frame, annee, temps, start, end, decision)
    shares = [d.share for d in (decision, *before)]
    if cases is None or None in shares:
        return None
    low = min(share.low for share in shares if share is not None)
    high = max(share.high for share in shares if share is not None)
    return _Money(cases, Fraction(0) if _open(temps, start, end) else low, high, frame.readings.arrondi)


def _cases(
    frame: _Frame, annee: int, temps: Temps, start: State, end: State, decision: Decision
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]] | None:
    """The lowest and the highest maximum of the year, each with that of the option of its first day.

    Options that follow one another, and a contract that ends, count by days (CTR-02, CTR-05).
    """
    changes = [e for e in end.evenements if isinstance(e, AvenantOption) and start.jour < e.date <= end.jour]
    ended = end.resiliation.date if end.resiliation is not None else temps.suivante
    if not changes and ended == temps.suivante:
        whole = _bounds(decision)
        return None if whole is None else ((whole[0], whole[0]), (whole[1], whole[1]))
    if temps.debut is None or temps.suivante is None or ended is None or not start.option_connue:
        return None
    options = [start.contrat.option_etp, *(e.option_etp for e in changes)]
    days = [max(temps.debut, start.jour), *(min(e.date, ended) for e in changes), ended]
    total = (temps.suivante - temps.debut).days
    whole_years = [_bounds(_whole_year(decision, option, frame)) for option in options]
    low = high = Fraction(0)
    for bounds, (first, last) in zip(whole_years, pairwise(days), strict=True):
        if bounds is None:
            return None
        part = ctr.part_courue((last - first).days, total)
        low, high = low + part * bounds[0], high + part * bounds[1]
    assert whole_years[0] is not None
    return (low, whole_years[0][0]), (high, whole_years[0][1])


def _whole_year(decision: Decision, option: OptionEtp, frame: _Frame) -> Decision:
    """The same year, run whole under one option: only its maximum is used."""
    dossier = decision.dossier
    told = {"option_etp": option, "date_option": None, "contrat_anterieur": None}
    contrat = dossier.contrat.model_copy(update=told)
    alone = dossier.model_copy(update={"contrat": contrat})
    return evaluate(alone, readings=frame.readings, bareme=frame.bareme, force=True)


def _bounds(decision: Decision) -> tuple[Fraction, Fraction] | None:
    found = decision.maximum
    return None if found is None else (Fraction(found.low), Fraction(found.high))


def _open(temps: Temps, start: State, end: State) -> bool:
    """Whether the caisse may pay nothing of the year: suspended (CTR-07), or prolonged late (CTR-01)."""
    return bool(_suspended(start, end) or _late_prorogation(temps, start, end))


def _suspended(start: State, end: State) -> bool:
    return start.assistant == "suspendu" or any(
        isinstance(e, Suspension) and start.jour <= e.date <= end.jour for e in end.evenements
    )


def _late_prorogation(temps: Temps, start: State, end: State) -> bool:
    """Whether the avenant of prorogation came after the first day of the year that it opens."""
    return start.situation in ("termine", "terme_a_confirmer") and any(
        isinstance(e, AvenantProrogation) and start.jour < e.date <= end.jour for e in end.evenements
    )


def _payments(
    annee: int, temps: Temps, end: State, plan: Premier, money: _Money | None
) -> tuple[Payment, ...]:
    """The payments of a year: the first, and what is left over where something may be."""
    texte = temps.montants[0].texte if len(temps.montants) == 1 else None
    signature, start = end.contrat.date_signature, temps.debut
    due_from = None if start is None else max(start, signature)
    due_by = None if due_from is None else payments.au_plus_tard(due_from, plan.mois)
    year, amount, left = temps.annee, None, None
    reference = {
        "VRS-01": year.parametres["delai_versement_mois"].reference,
        "VRS-02": year.parametres["part_acompte"].reference,
        "VRS-04": year.parametres["part_acompte_tiers_temps"].reference,
    }[plan.rule]
    if money is not None:
        firsts = [amounts.montant_du(m, plan.num, plan.den, money.arrondi) for _, m in money.cases]
        amount = amounts.amount(*firsts)
        left = payments.solde(
            (money.due(maximum, share), first)
            for (maximum, _), first in zip(money.cases, firsts, strict=True)
            for share in (money.low, money.high)
        )
    secondary = (year.references["VRS-06"],) if payments.dates_incertaines(temps.montants) else ()
    head = Payment(annee, plan.rule, plan.kind, due_from, due_by, amount, texte, (reference, *secondary))
    rule_id, day = _solde_of(plan, temps, end, left)
    if rule_id is None:
        return (head,)
    kind: Kind = "solde" if left is None else payments.nature_du_solde(left[1])
    references: tuple[Reference, ...] = (reference,) if rule_id == plan.rule else (year.references[rule_id],)
    if kind == "trop_percu":
        references = (*references, year.references["VRS-03"])
    rest = None if left is None else amounts.amount(*left)
    return head, Payment(annee, rule_id, kind, day, day, rest, texte, (*references, *secondary))


def _solde_of(
    plan: Premier, temps: Temps, end: State, left: tuple[int, int] | None
) -> tuple[str | None, date | None]:
    """The rule and the day of what is left over; no rule where nothing can be."""
    if end.resiliation is not None:
        return "CTR-05", end.resiliation.date
    if plan.kind == "acompte":
        return plan.rule, temps.suivante
    return (None, None) if left is None or left == (0, 0) else ("CTR-02", temps.suivante)


# --- What must be said --------------------------------------------------------------------------


def _alerts(
    frame: _Frame,
    annee: int,
    temps: Temps,
    start: State,
    end: State,
    decision: Decision,
    changed: bool,
    paid: bool,
) -> tuple[Alert, ...]:
    """The warnings of a year beyond those of its decision."""
    found = []

    def say(condition: bool, code: str, rule_id: str, **values: Any) -> None:
        if condition:
            found.append(Alert(code, rule_id, {"annee": annee, **values}))

    say(paid and payments.dates_incertaines(temps.montants), "dates_avenant_7", "VRS-06")
    say(frame.replaced == annee, "observation_remplacee", "VRS-05")
    say(changed, "objectifs_en_cours_d_annee", "OBJ-03")
    say(bool(end.sans_reference), "reference_inconnue", "CTR-04", indicateur=" ".join(end.sans_reference))
    say(_suspended(start, end), "suspension", "CTR-07")
    say(_absent_too_long(temps, start, end), "suspension_a_conclure", "CTR-07")
    say(_late_prorogation(temps, start, end), "prorogation_tardive", "CTR-01")
    say(_condition_lost(end), "condition_perdue", "CTR-09")
    say(end.resiliation is not None, "resiliation", "CTR-05")
    say(_terms_before(frame, annee), "termes_d_une_autre_annee", "OBJ-03", dossier=frame.dossier.annee)
    followed = _after_primo(frame, annee, temps, end, decision)
    say(followed == "a_fixer", "nouvel_objectif_a_fixer", "CTR-03")
    say(followed == "a_apprecier", "primo_sous_p30_au_terme", "CTR-03")
    return tuple(found)


def _lacks(end: State, alerts: Iterable[Alert]) -> tuple[Missing, ...]:
    """What only the caisse can say, and the counts of reference that an avenant leaves out."""
    codes = {alert.code: alert.rule for alert in alerts}
    found = [
        Missing(f"contrat.patientele_reference.{name}", ("CTR-04",), "part") for name in end.sans_reference
    ]
    found += [
        Missing(f"caisse.{codes[code]}", (codes[code],), "part")
        for code in LEFT_TO_THE_CAISSE
        if code in codes
    ]
    return tuple(found)


LEFT_TO_THE_CAISSE = (
    "suspension",
    "prorogation_tardive",
    "condition_perdue",
    "primo_sous_p30_au_terme",
    "objectifs_en_cours_d_annee",
)
"""The warnings of which only the caisse can tell the effect on the money."""


def _absent_too_long(temps: Temps, start: State, end: State) -> bool:
    """Whether an absence without suspension lasts longer than the rule allows within the year."""
    if end.assistant != "absent" or end.assistant_depuis is None:
        return False
    return ctr.suspension_due(end.assistant_depuis, temps.acces) <= end.jour


def _condition_lost(end: State) -> bool:
    change = end.changement
    if change is None:
        return False
    acces = chronology().baremes[-1]
    answer = eligibility.secteur(change.secteur, change.option_tarifaire, change.date, acces)
    return ctr.condition_perdue(answer.status)


def _terms_before(frame: _Frame, annee: int) -> bool:
    """Whether the dossier tells a count of reference, fixed at a day unknown, and this year is earlier."""
    return frame.dossier.contrat.patientele_reference is not None and annee < frame.dossier.annee


def _after_primo(frame: _Frame, annee: int, temps: Temps, end: State, decision: Decision) -> str:
    """What follows the objective of a primo-installé (CTR-03); nothing where another one runs."""
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
