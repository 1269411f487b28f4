"""One year of a contract: its decision, its money and its payments (chapters VRS and CTR).

The year is evaluated under the terms that the events left on its last day. Options that follow one
another, and a contract that ends, count by days; what no text settles makes an interval.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from .calendar import ONE_DAY
from .contract_terms import (
    UNTOLD_OPTION,
    Year,
    alerts_of,
    as_told,
    closed_option,
    condition_lost,
    interrupted_from_the_start,
    interruptions,
    lacks_of,
    late_prorogation,
    unplaced_events,
)
from .decision import Alert, Amount, Decision, Missing
from .evaluation import evaluate_as_signed, verdict_of
from .events import AvenantOption, AvenantProrogation
from .life import State
from .models import (
    Contrat,
    Dossier,
    NatureObjectifs,
    Objectifs,
    Observation,
    Patientele,
    of_indicator,
)
from .readings import CHOICES
from .rules import amounts, eligibility, payments
from .rules import life as ctr
from .rules.dates import unexplained_year
from .rules.payments import Kind, Premier
from .scheduling_record import Payment, ScheduledYear
from .terms import INDICATEURS, OptionEtp, Verdict

NOTHING_SEEN = Observation()


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

    def depends_on_rounding(self, plan: Premier) -> bool:
        """Whether another rounding would give other sums: what is due, or the first payment."""
        ends = ((self.cases[0], self.low), (self.cases[1], self.high))
        return any(
            amounts.depend_de_l_arrondi(maximum, share.numerator, share.denominator)
            or amounts.depend_de_l_arrondi(first, plan.num, plan.den)
            for (maximum, first), share in ends
        )

    @property
    def ends(self) -> tuple[int, int]:
        """The amount due at the least and at the most."""
        return self.due(self.cases[0][0], self.low), self.due(self.cases[1][0], self.high)


def contract_year(year: Year) -> ScheduledYear:
    """One contract year, from its state on its first and on its last day."""
    frame, annee, temps, _, end = year[:5]
    fin = None if temps.suivante is None else temps.suivante - ONE_DAY
    if not end.option_connue:
        return ScheduledYear(annee, temps.debut, fin, None, None, None, (), (UNTOLD_OPTION,), (), {}, None)
    terms = _terms_in_force(year, end)
    if unexplained_year(annee, terms.date_signature, terms.prorogation):
        return _ended(year, fin, terms)
    decision = _decision(year, end, frame.force)
    others = _other_terms(year, decision)
    verdict = _verdict(year, decision)
    refused = verdict == "non_eligible" and not frame.force
    paid = NOTHING_PAID if refused else _paid(year, decision, others)
    alerts = alerts_of(year, decision, bool(others), bool(paid.payments))
    asking = (decision, *others)
    if refused:
        asking = (decision,) if decision.verdict == "non_eligible" else ()
    consulted = {name: value for each in (*others, decision) for name, value in each.readings.items()}
    return ScheduledYear(
        annee,
        temps.debut,
        fin if end.resiliation is None else end.resiliation.date - ONE_DAY,
        verdict,
        paid.maximum,
        paid.due,
        paid.payments,
        (*_still_missing(year, asking), *(() if refused else lacks_of(year, alerts)), *paid.missing),
        (*_warnings(year, decision, paid.due), *alerts),
        {**consulted, **paid.readings},
        decision,
    )


class _Paid(NamedTuple):
    """What a year pays, with the readings on which that hangs and what it lacks beside its decisions."""

    maximum: Amount | None
    due: Amount | None
    payments: tuple[Payment, ...]
    readings: Mapping[str, str]
    missing: tuple[Missing, ...]


NOTHING_PAID = _Paid(None, None, (), {}, ())


def _paid(year: Year, decision: Decision, others: Sequence[Decision]) -> _Paid:
    """What a year that is not refused pays; the first payment follows the option of its first day."""
    readings, start = year.frame.readings, year.start
    plan = payments.premier_versement(start.contrat.option_etp, year.annee, year.temps.annee)
    money = _money(year, decision, others)
    settled = None if money is None else _settled(year, plan, money, readings.recuperation)
    made = _payments(year, plan, settled) if start.option_connue else ()
    if money is None or settled is None:
        return _Paid(*_untold(year, decision, others), made, {}, ())
    top = amounts.euros(money.cases[0][0], money.cases[1][0], money.arrondi)
    used = {"arrondi": readings.arrondi} if money.depends_on_rounding(plan) else {}
    found = _Paid(top, amounts.amount(*money.ends), made, used, ())
    cut_short = made and year.end.resiliation is not None
    return _cut_short(year, plan, money, settled, found) if cut_short else found


def _cut_short(
    year: Year, plan: Premier, money: _Money, settled: list[tuple[int, int]], whole: _Paid
) -> _Paid:
    """CTR-05: a year that a résiliation ends is worth what its cases say, by the reading `recuperation`."""
    chosen = year.frame.readings.recuperation
    worth = [each for each, _ in settled]
    due = amounts.amount(min(worth), max(worth))
    if all(_settled(year, plan, money, each) == settled for each in CHOICES["recuperation"]):
        return whole._replace(due=due)
    rest = UNTOLD_REST if chosen != "sur_le_du" and due.value is None else ()
    return whole._replace(due=due, readings={**whole.readings, "recuperation": chosen}, missing=rest)


def _ended(year: Year, fin: date | None, terms: Contrat) -> ScheduledYear:
    """A year past every term that is told, which `evaluate` refuses: its amount hangs on a prorogation."""
    over = terms.prorogation is False
    missing = () if over else (Missing("contrat.prorogation", ("CTR-01",), "montant"),)
    verdict: Verdict = "non_eligible" if over else "a_instruire"
    return ScheduledYear(year.annee, year.temps.debut, fin, verdict, None, None, (), missing, (), {}, None)


UNTOLD_REST = (Missing("caisse.CTR-05", ("CTR-05",), "part"),)
"""Whether what the days run are worth beyond what is kept is paid, by a reading of `recuperation`."""


def _warnings(year: Year, decision: Decision, due: Amount | None) -> Iterable[Alert]:
    """The warnings of the decision; CTR-04 gives no sum where the year does not pay that of its decision."""
    ended = year.end.resiliation
    for alert in decision.warnings:
        if alert.rule == "CTR-04":
            if ended is not None and ended.date <= date.fromisoformat(str(alert.values["jour"])):
                continue
            if due != decision.amount_due:
                values = {**alert.values, "bas": None, "haut": None}
                alert = alert._replace(values=values)
        yield alert


def _verdict(year: Year, decision: Decision) -> Verdict:
    """That of the decision, unless an event tells more, or leaves it to the caisse.

    An option that was not open on the day of its avenant refuses the years that follow, and one that was
    open is no longer in doubt (ELI-07).
    """
    if closed_option(year) is not None:
        return "non_eligible"
    verdict = verdict_of(as_told(year, decision))
    lost = verdict == "eligible" and (condition_lost(year) or bool(interruptions(year)))
    unplaced = verdict == "non_eligible" and unplaced_events(year)
    return "a_instruire" if lost or unplaced else verdict


def _untold(
    year: Year, decision: Decision, others: Sequence[Decision]
) -> tuple[Amount | None, Amount | None]:
    """The maximum and the amount due where the money of the year cannot be told in full.

    A year whose first option is not known and that changed once has those of its decision: its payments
    are not known, since the first of them follows that option.
    """
    changes = len(_changes(year))
    if unplaced_events(year) or year.end.resiliation is not None or changes > 1:
        return None, None
    if changes == 1 and not year.start.option_connue:
        alone = not others and not interruptions(year)
        return decision.maximum, decision.amount_due if alone else None
    return (None if changes else decision.maximum), None


def _still_missing(year: Year, decisions: Sequence[Decision]) -> tuple[Missing, ...]:
    """What the decisions lack, but for the counts that were given and that an unknown base sets aside.

    The official simulator is named where all of them name it (DIT-04).
    """
    seen = year.frame.counts.get(year.annee, NOTHING_SEEN)
    given = {f"observation.{name}" for name in INDICATEURS if of_indicator(seen, name) is not None}
    every = {missing.field: missing for decision in decisions for missing in decision.missing}
    settled = {field for decision in decisions for field in _told_by_events(year, decision)}
    plain = {missing.field for decision in decisions for missing in decision.missing if not missing.code}
    return tuple(
        missing._replace(code="") if field in plain else missing
        for field, missing in every.items()
        if field not in given | settled
    )


def _told_by_events(year: Year, decision: Decision) -> set[str]:
    """What a decision lacks for one criterion alone, which the events settle (ELI-07)."""
    before, after = decision.criteria, as_told(year, decision)
    fields = {field for criterion in before for field in criterion.missing}
    waiting = {missing.field for missing in decision.missing if missing.rules == ("ELI-07",)}
    return (fields - {field for criterion in after for field in criterion.missing}) & waiting


def _decision(year: Year, state: State, force: bool) -> Decision:
    """The decision of a year under the terms of a state; without observation, nothing was seen."""
    frame, annee = year.frame, year.annee
    seen = frame.counts.get(annee, NOTHING_SEEN)
    if state.sans_reference:
        seen = seen.model_copy(update=dict.fromkeys(state.sans_reference))
    dossier = Dossier(
        medecin=frame.dossier.medecin,
        contrat=_terms_in_force(year, state),
        annee=annee,
        observation=seen,
        circonstances_exceptionnelles=frame.dossier.circonstances_exceptionnelles
        and annee == frame.dossier.annee,
        percentiles=frame.dossier.percentiles,
    )
    return evaluate_as_signed(dossier, frame.dossier, frame.readings, frame.bareme, force)


def _terms_in_force(year: Year, state: State) -> Contrat:
    """The contract of a state as this year reads it, past its term too.

    Past a term that no event prolongs, the prorogation is not known, or refused. Under the reading
    `nouveaux`, a count of reference fixed before the first prorogation is none of the new objectives.
    """
    contrat, update = state.contrat, {}
    if state.situation in ("termine", "terme_a_confirmer"):
        update["prorogation"] = False if state.situation == "termine" else None
    prolonged = [rank for rank, e in enumerate(state.evenements) if isinstance(e, AvenantProrogation)]
    new = year.frame.readings.objectifs_prorogation == "nouveaux"
    if new and prolonged and eligibility.apres_le_terme(year.annee, year.temps.acces):
        since = state.evenements[prolonged[0] :]
        if not any(getattr(event, "patientele_reference", None) is not None for event in since):
            update["patientele_reference"] = None
    return contrat.model_copy(update=update)


def _other_terms(year: Year, decision: Decision) -> tuple[Decision, ...]:
    """The decisions under the objectives that other days of the year had, where they differ.

    An option that changes differs by its objectives where they follow it (published growth).
    """
    found: list[Decision] = []
    for state in (year.start, *year.during):
        same = (
            _objectives_of(state) == _objectives_of(year.end)
            and state.sans_reference == year.end.sans_reference
        )
        if same and state.contrat.option_etp == year.end.contrat.option_etp:
            continue
        other = _decision(year, state, force=True)
        if not same or (decision.objectives is not None and _targets(other) != _targets(decision)):
            found.append(other)
    return tuple(found)


def _targets(decision: Decision) -> list[int | None]:
    return [objective.target for objective in (decision.objectives or {}).values()]


def _objectives_of(state: State) -> tuple[Objectifs | None, NatureObjectifs | None, Patientele]:
    """What an avenant of objectives may change in a contract."""
    contrat = state.contrat
    return contrat.objectifs, contrat.nature_objectifs, contrat.patientele_reference or Patientele()


def _money(year: Year, decision: Decision, others: Sequence[Decision]) -> _Money | None:
    """The money of a year, `None` where its amount cannot be told."""
    cases = None if unplaced_events(year) else _cases(year, decision)
    shares = [d.share for d in (decision, *others)]
    if cases is None or None in shares:
        return None
    low = min(share.low for share in shares if share is not None)
    high = max(share.high for share in shares if share is not None)
    return _Money(cases, Fraction(0) if _open(year) else low, high, year.frame.readings.arrondi)


def _cases(
    year: Year, decision: Decision
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]] | None:
    """The lowest and the highest maximum of the year, each with that of the option of its first day.

    Options that follow one another, and a contract that ends, count by days (CTR-02, CTR-05).
    """
    temps, start, end = year.temps, year.start, year.end
    changes = _changes(year)
    ended = end.resiliation.date if end.resiliation is not None else temps.suivante
    if not changes and ended == temps.suivante:
        whole = _bounds(decision)
        return None if whole is None else ((whole[0], whole[0]), (whole[1], whole[1]))
    if temps.debut is None or temps.suivante is None or ended is None or not start.option_connue:
        return None
    options = [start.contrat.option_etp, *(e.option_etp for e in changes)]
    days = [temps.debut, *(min(e.date, ended) for e in changes), ended]
    total = (temps.suivante - temps.debut).days
    whole_years = [_bounds(_whole_year(year, decision, option)) for option in options]
    known = [bounds for bounds in whole_years if bounds is not None]
    if len(known) < len(whole_years):
        return None
    runs = [(last - first).days for first, last in pairwise(days)]
    low, high = ctr.par_jours(zip(runs, known, strict=True), total)
    return (low, known[0][0]), (high, known[0][1])


def _changes(year: Year) -> list[AvenantOption]:
    """The changes of option within the year."""
    start, end = year.start, year.end
    return [e for e in end.evenements if isinstance(e, AvenantOption) and start.jour < e.date <= end.jour]


def _whole_year(year: Year, decision: Decision, option: OptionEtp) -> Decision:
    """The same year, run whole under one option: only its maximum is used."""
    dossier = decision.dossier
    told = {"option_etp": option, "date_option": None, "contrat_anterieur": None}
    contrat = dossier.contrat.model_copy(update=told)
    alone = dossier.model_copy(update={"contrat": contrat})
    frame = year.frame
    return evaluate_as_signed(alone, frame.dossier, frame.readings, frame.bareme, force=True)


def _bounds(decision: Decision) -> tuple[Fraction, Fraction] | None:
    found = decision.maximum
    return None if found is None else (Fraction(found.low), Fraction(found.high))


def _open(year: Year) -> bool:
    """Whether the caisse may pay nothing of the year: nobody in post (CTR-07), or prolonged late (CTR-01)."""
    return bool(interruptions(year)) or late_prorogation(year)


def _settled(year: Year, plan: Premier, money: _Money, lecture: str) -> list[tuple[int, int]]:
    """Every case of the year: what is due in all, and its first payment, in centimes.

    `lecture`: that of the sum recovered after a résiliation (CTR-05).
    """
    *_, maybe = _window(year, plan)
    cases = [
        (money.due(maximum, share), first)
        for maximum, whole in money.cases
        for share in (money.low, money.high)
        for first in _made(year, plan, money, whole, maybe)
    ]
    start, end, after = year.temps.debut, year.end.resiliation, year.temps.suivante
    if lecture == "sur_le_du" or end is None or start is None or after is None:
        return sorted(set(cases))
    left, total = (after - end.date).days, (after - start).days
    found = set()
    for due, first in cases:
        taken = ctr.recupere_au_prorata(first, left, total, money.arrondi)
        found |= {(worth, first) for worth in ctr.du_apres_recuperation(first, taken, due)}
    return sorted(found)


def _payments(year: Year, plan: Premier, settled: list[tuple[int, int]] | None) -> tuple[Payment, ...]:
    """The payments of a year: the first, and what is left over where something may be.

    `settled`: its cases, `None` where its amount cannot be told.
    """
    annee, temps, bareme = year.annee, year.temps, year.temps.annee
    texte = temps.montants[0].texte if len(temps.montants) == 1 else None
    due_from, due_by, _ = _window(year, plan)
    amount = left = None
    if settled is not None:
        firsts = [first for _, first in settled]
        amount = amounts.amount(min(firsts), max(firsts))
        left = payments.solde(settled)
    sources = (bareme.parametres[FIGURE_OF[plan.rule]].reference,)
    weak = (bareme.references["VRS-06"],) if payments.dates_incertaines(temps.montants) else ()
    head = Payment(annee, plan.rule, plan.kind, due_from, due_by, amount, texte, (*sources, *weak))
    rule_id, day = _solde_of(year, plan, left)
    if rule_id is None:
        return (head,)
    kind: Kind = "solde" if left is None else payments.nature_du_solde(left[1])
    also = [rule_id] if rule_id != plan.rule else []
    also += ["CTR-02"] if _changes(year) and rule_id != "CTR-02" else []
    also += ["VRS-03"] if kind == "trop_percu" else []
    told = tuple(bareme.references[each] for each in also)
    rest = None if left is None else amounts.amount(*left)
    references = (*(sources if rule_id == plan.rule else ()), *told, *weak)
    return head, Payment(annee, rule_id, kind, day, day, rest, texte, references)


FIGURE_OF: Mapping[str, str] = {
    "VRS-01": "delai_versement_mois",
    "VRS-02": "part_acompte",
    "VRS-04": "part_acompte_tiers_temps",
}
"""The figure on which the first payment of each rule rests."""


def _window(year: Year, plan: Premier) -> tuple[date | None, date | None, bool]:
    """The days of the first payment, and whether a résiliation leaves it open if it was made."""
    first_day, end = year.temps.debut, year.end.resiliation
    if first_day is None:
        return None, None, False
    due_from = max(first_day, year.end.contrat.date_signature)
    due_by = payments.au_plus_tard(due_from, plan.mois)
    if end is None or end.date >= due_by:
        return due_from, due_by, False
    return due_from, max(due_from, end.date - ONE_DAY), True


def _made(year: Year, plan: Premier, money: _Money, first: Fraction, maybe: bool) -> tuple[int, ...]:
    """What the first payment may have been, in centimes: what the résiliation tells of it wins."""
    end = year.end.resiliation
    if end is not None and end.verse is not None:
        return (amounts.centimes(end.verse),)
    whole = amounts.montant_du(first, plan.num, plan.den, money.arrondi)
    may_wait = interrupted_from_the_start(year) or late_prorogation(year)
    return (0, whole) if maybe or may_wait else (whole,)


def _solde_of(year: Year, plan: Premier, left: tuple[int, int] | None) -> tuple[str | None, date | None]:
    """The rule and the day of what is left over; no rule where nothing can be."""
    temps, end = year.temps, year.end
    if end.resiliation is not None:
        return "CTR-05", end.resiliation.date
    if plan.kind == "acompte":
        return plan.rule, temps.suivante
    if left is None or left == (0, 0):
        return None, None
    why = "CTR-07" if interruptions(year) else "CTR-01" if late_prorogation(year) else "CTR-02"
    return why, temps.suivante
