"""One year of a contract: its decision, its money and its payments (chapters VRS and CTR).

The year is evaluated under the terms that the events left on its last day. Options that follow one
another, and a contract that ends, count by days; what no text settles makes an interval.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from .contract_terms import Year, alerts_of, condition_lost, lacks_of, late_prorogation, suspended
from .decision import Amount, Decision, Missing
from .evaluation import evaluate
from .events import AvenantOption
from .life import State
from .models import Dossier, Observation, of_indicator
from .references import Reference
from .rules import amounts, payments
from .rules import life as ctr
from .rules.payments import Kind, Premier
from .scheduling_record import Payment, ScheduledYear
from .terms import INDICATEURS, OptionEtp

ONE_DAY = timedelta(days=1)
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
    frame, annee, temps, start, end = year
    debut, fin = temps.debut, None if temps.suivante is None else temps.suivante - ONE_DAY
    if not end.option_connue:
        lacks = (Missing("contrat.contrat_anterieur.option_etp", ("CTR-02",), "montant"),)
        return ScheduledYear(annee, debut, fin, None, None, None, (), lacks, (), {}, None)
    decision = _decision(year, end)
    before = _before(year)
    money = _money(year, decision, before)
    plan = payments.premier_versement(start.contrat.option_etp, annee, temps.annee)
    paid = decision.verdict != "non_eligible" or frame.force
    made = _payments(year, plan, money) if paid else ()
    alerts = alerts_of(year, decision, bool(before), bool(made))
    consulted = dict(decision.readings)
    if money is not None and money.depends_on_rounding(plan):
        consulted["arrondi"] = frame.readings.arrondi
    return ScheduledYear(
        annee,
        debut,
        fin if end.resiliation is None else end.resiliation.date - ONE_DAY,
        "a_instruire" if decision.verdict == "eligible" and condition_lost(end) else decision.verdict,
        decision.maximum if money is None else _euros(money.cases[0][0], money.cases[1][0], money.arrondi),
        _due(year, decision, before) if money is None else amounts.amount(*money.ends),
        made,
        (*_still_missing(year, decision), *lacks_of(end, alerts)),
        (*decision.warnings, *alerts),
        consulted,
        decision,
    )


def _due(year: Year, decision: Decision, before: Sequence[Decision]) -> Amount | None:
    """The amount due of a year whose first option is not known: that of its decision, if all of it.

    Its payments are not known, since the first of them follows that option.
    """
    start, end = year.start, year.end
    whole = end.resiliation is None and not before and not suspended(year)
    changes = len(end.evenements) - len(start.evenements)
    return decision.amount_due if not start.option_connue and whole and changes == 1 else None


def _still_missing(year: Year, decision: Decision) -> tuple[Missing, ...]:
    """What the decision lacks, but for the counts that were given and that an unknown base sets aside."""
    seen = year.frame.counts.get(year.annee, NOTHING_SEEN)
    given = {f"observation.{name}" for name in INDICATEURS if of_indicator(seen, name) is not None}
    return tuple(missing for missing in decision.missing if missing.field not in given)


def _euros(low: Fraction, high: Fraction, arrondi: str) -> Amount:
    return amounts.euros(low, high, arrondi)


def _decision(year: Year, state: State) -> Decision:
    """The decision of a year under the terms of a state; without observation, nothing was seen."""
    frame, annee = year.frame, year.annee
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


def _before(year: Year) -> tuple[Decision, ...]:
    """The decision under the objectives of the first day, where an avenant changed them in the year."""
    start, end = year.start, year.end
    same = [getattr(start.contrat, name) == getattr(end.contrat, name) for name in OBJECTIVE_TERMS]
    if all(same) and start.sans_reference == end.sans_reference:
        return ()
    contrat = end.contrat.model_copy(update={name: getattr(start.contrat, name) for name in OBJECTIVE_TERMS})
    return (_decision(year, end._replace(contrat=contrat, sans_reference=start.sans_reference)),)


OBJECTIVE_TERMS = ("objectifs", "nature_objectifs", "patientele_reference")
"""What an avenant of objectives may change in a contract."""


def _money(year: Year, decision: Decision, before: Sequence[Decision]) -> _Money | None:
    """The money of a year, `None` where its amount cannot be told."""
    cases = _cases(year, decision)
    shares = [d.share for d in (decision, *before)]
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
    whole_years = [_bounds(_whole_year(year, decision, option)) for option in options]
    low = high = Fraction(0)
    for bounds, (first, last) in zip(whole_years, pairwise(days), strict=True):
        if bounds is None:
            return None
        part = ctr.part_courue((last - first).days, total)
        low, high = low + part * bounds[0], high + part * bounds[1]
    assert whole_years[0] is not None
    return (low, whole_years[0][0]), (high, whole_years[0][1])


def _whole_year(year: Year, decision: Decision, option: OptionEtp) -> Decision:
    """The same year, run whole under one option: only its maximum is used."""
    dossier = decision.dossier
    told = {"option_etp": option, "date_option": None, "contrat_anterieur": None}
    contrat = dossier.contrat.model_copy(update=told)
    alone = dossier.model_copy(update={"contrat": contrat})
    frame = year.frame
    return evaluate(alone, readings=frame.readings, bareme=frame.bareme, force=True)


def _bounds(decision: Decision) -> tuple[Fraction, Fraction] | None:
    found = decision.maximum
    return None if found is None else (Fraction(found.low), Fraction(found.high))


def _open(year: Year) -> bool:
    """Whether the caisse may pay nothing of the year: suspended (CTR-07), or prolonged late (CTR-01)."""
    return suspended(year) or late_prorogation(year)


def _payments(year: Year, plan: Premier, money: _Money | None) -> tuple[Payment, ...]:
    """The payments of a year: the first, and what is left over where something may be."""
    annee, temps, end = year.annee, year.temps, year.end
    texte = temps.montants[0].texte if len(temps.montants) == 1 else None
    signature, first_day = end.contrat.date_signature, temps.debut
    due_from = None if first_day is None else max(first_day, signature)
    due_by = None if due_from is None else payments.au_plus_tard(due_from, plan.mois)
    bareme, amount, left = temps.annee, None, None
    reference = {
        "VRS-01": bareme.parametres["delai_versement_mois"].reference,
        "VRS-02": bareme.parametres["part_acompte"].reference,
        "VRS-04": bareme.parametres["part_acompte_tiers_temps"].reference,
    }[plan.rule]
    if money is not None:
        firsts = [amounts.montant_du(m, plan.num, plan.den, money.arrondi) for _, m in money.cases]
        amount = amounts.amount(*firsts)
        left = payments.solde(
            (money.due(maximum, share), first)
            for (maximum, _), first in zip(money.cases, firsts, strict=True)
            for share in (money.low, money.high)
        )
    secondary = (bareme.references["VRS-06"],) if payments.dates_incertaines(temps.montants) else ()
    head = Payment(annee, plan.rule, plan.kind, due_from, due_by, amount, texte, (reference, *secondary))
    rule_id, day = _solde_of(year, plan, left)
    if rule_id is None:
        return (head,)
    kind: Kind = "solde" if left is None else payments.nature_du_solde(left[1])
    references: tuple[Reference, ...] = (
        (reference,) if rule_id == plan.rule else (bareme.references[rule_id],)
    )
    if kind == "trop_percu":
        references = (*references, bareme.references["VRS-03"])
    rest = None if left is None else amounts.amount(*left)
    return head, Payment(annee, rule_id, kind, day, day, rest, texte, (*references, *secondary))


def _solde_of(year: Year, plan: Premier, left: tuple[int, int] | None) -> tuple[str | None, date | None]:
    """The rule and the day of what is left over; no rule where nothing can be."""
    temps, end = year.temps, year.end
    if end.resiliation is not None:
        return "CTR-05", end.resiliation.date
    if plan.kind == "acompte":
        return plan.rule, temps.suivante
    if left is None or left == (0, 0):
        return None, None
    why = "CTR-07" if suspended(year) else "CTR-01" if late_prorogation(year) else "CTR-02"
    return why, temps.suivante
