"""The reasons of a decision on a contrat collectif, as codes and values, from what was evaluated.

Nothing is decided here: each step reads what a rule found and says it with its rule id, its sources,
the readings it hung on, what it lacked, what must be said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ..calendar import ONE_DAY
from ..decision import Alert, Criterion, Missing, Step, Value
from ..models import of_indicator
from ..readings import CHOICES, Readings
from ..references import Reference
from ..rules import amounts, collective
from ..rules.collective import Bounds
from ..terms import Indicateur
from .bareme import BaremeCollectif
from .decision import CollectiveObjective, OwnObjective
from .models import DossierCollectif, Membre, adhesion


class Case(NamedTuple):
    """A dossier, its readings, and who is in the contract, by rank in the dossier.

    `founders` adhered at the signature, `entered` by the first day of the year, `inside` are in the
    contract that year. `etps`: the numbers of ETP that may be financed.
    """

    dossier: DossierCollectif
    readings: Readings
    bareme: BaremeCollectif
    start: date
    end: date
    founders: Mapping[int, Membre]
    entered: Mapping[int, Membre]
    inside: Mapping[int, Membre]
    etps: tuple[Decimal, ...]

    def entry(self, membre: Membre) -> date:
        """The day on which a doctor adhered."""
        return adhesion(membre, self.dossier.date_signature)

    @property
    def whole(self) -> bool:
        """Whether the year is paid whole, whatever the result."""
        return collective.versement_integral(self.dossier.annee, self.bareme)

    @property
    def observation(self) -> bool:
        """Whether something was counted for the year, whatever it holds."""
        members = self.inside.values()
        return self.dossier.observation is not None or all(m.observation is not None for m in members)

    @property
    def average(self) -> Fraction | None:
        """The mean PMT of the doctors of the year, each at his adhesion."""
        total = collective.base_collective([m.patientele.pmt for m in self.inside.values()])
        return None if total is None else Fraction(total, len(self.inside))


class Goal(NamedTuple):
    """One indicator of the group: its counts, and what must be gained for each number of ETP."""

    indicator: Indicateur
    base: int | None
    gains: tuple[int | None, ...]
    observed: int | None
    increments: tuple[tuple[int, int], ...]

    def rates(self, lecture: str) -> list[Bounds]:
        """The rate for each number of ETP: the more there is to gain, the lower."""
        found = []
        for least, most in self.increments:
            low, _ = collective.taux_collectif(self.observed, self.base, most, lecture)
            _, high = collective.taux_collectif(self.observed, self.base, least, lecture)
            found.append((low, high))
        return found


class Workings(NamedTuple):
    """All that an evaluation found past the verdict.

    `maxima`: euros for each number of ETP. `shares`: by value of the reading `objectifs_collectifs`,
    the share for each number of ETP; empty without an observation. `due`: centimes.
    """

    goals: tuple[Goal, ...]
    objectives: tuple[CollectiveObjective, ...]
    own: tuple[OwnObjective, ...]
    maxima: tuple[Fraction, ...]
    shares: Mapping[str, Sequence[Bounds]]
    due: tuple[int, int] | None


def trace(case: Case, work: Workings | None) -> tuple[Step, ...]:
    """The steps of the year, then of the amount, the objectives and the share where they were computed."""
    found = [*_year(case), *_group(case)]
    if work is not None:
        found.append(_amount(case, work))
        found += [_objective(case, *pair) for pair in zip(work.goals, work.objectives, strict=True)]
        found += [*_own(case, work.own), *_counts(case, work), *_share(case, work)]
    return tuple(found)


def _year(case: Case) -> Iterator[Step]:
    dossier, bareme = case.dossier, case.bareme
    yield Step(
        "COL-09",
        "annee",
        {
            "annee": dossier.annee,
            "signature": dossier.date_signature.isoformat(),
            "debut": case.start.isoformat(),
            "fin": (case.end - ONE_DAY).isoformat(),
            "terme": collective.fin_du_contrat(dossier.date_signature, bareme).isoformat(),
        },
        references=(bareme.reference, bareme.parametres["duree_contrat"].reference),
    )
    if case.start > bareme.checked:
        values: dict[str, Value] = {
            "annee": dossier.annee,
            "debut": case.start.isoformat(),
            "verifie": bareme.checked.isoformat(),
        }
        yield Step("TMP-04", "annee_future", values, warnings=("annee_future",))


def _group(case: Case) -> Iterator[Step]:
    """Who is in the contract that year; under the threshold after an entry or a withdrawal, it is said."""
    moved = case.founders.keys() != case.inside.keys()
    average, seuil = case.average, case.bareme.parametres["seuil_pmt_moyen"]
    values: dict[str, Value] = {
        "medecins": len(case.inside),
        "fondateurs": len(case.founders),
        "moyenne": None if average is None else str(average),
        "seuil": seuil.num,
    }
    used = (case.bareme.references["COL-02"],)
    if moved:
        yield Step("COL-02", "mouvements", values, references=used, warnings=("mouvements",))
    else:
        yield Step("COL-02", "adherents", values, references=used)
    if moved and average is not None and average < seuil.num:
        yield Step("COL-03", "sous_le_seuil", values, references=(seuil.reference,))


def _amount(case: Case, work: Workings) -> Step:
    row = case.bareme.montants.at(case.dossier.annee)
    low, high = min(work.maxima), max(work.maxima)
    return Step(
        "COL-05",
        "montant" if low == high else "intervalle",
        {
            "annee": case.dossier.annee,
            "etp_bas": str(min(case.etps)),
            "etp": str(max(case.etps)),
            "euros": row.value,
            "bas": amounts.montant_du(low, 1, 1, case.readings.arrondi),
            "haut": amounts.montant_du(high, 1, 1, case.readings.arrondi),
        },
        row.id,
        (row.reference,),
        ("demi_etp_collectif",) if case.dossier.etp % 1 else (),
    )


def _objective(case: Case, goal: Goal, shown: CollectiveObjective) -> Step:
    target, objectif = shown.target, case.bareme.objectifs[goal.indicator]
    deadline = collective.echeance_collective(case.dossier.date_signature, case.bareme)
    code = "base_inconnue" if target is None else "intervalle" if target.value is None else "objectif"
    return Step(
        "COL-06",
        code,
        {
            "indicateur": goal.indicator,
            "base": goal.base,
            "par_etp": objectif.par_etp,
            "gains": shown.gains,
            "plus_bas": shown.increment.low,
            "plus_haut": shown.increment.high,
            "cible_basse": None if target is None else target.low,
            "cible_haute": None if target is None else target.high,
            "echeance": deadline.isoformat(),
        },
        references=(objectif.reference, case.bareme.parametres["objectif_annees"].reference),
        missing=_objective_lacks(case, goal),
    )


def _objective_lacks(case: Case, goal: Goal) -> tuple[str, ...]:
    """The counts that would tell the base, and the gains that would still lower the increment."""
    name = goal.indicator
    found = [
        f"membres.{rank}.patientele.{name}"
        for rank, m in case.inside.items()
        if of_indicator(m.patientele, name) is None
    ]
    if any(high for _, high in goal.increments):
        pairs = zip(case.entered, goal.gains, strict=True)
        found += [f"membres.{rank}.gains_anterieurs.{name}" for rank, gain in pairs if gain is None]
    return tuple(found)


def _own(case: Case, own: Sequence[OwnObjective]) -> Iterator[Step]:
    ranks = {m.identifiant: rank for rank, m in case.inside.items()}
    for objective in own:
        place, bareme = f"membres.{ranks[objective.member]}", case.bareme
        lacks: tuple[str, ...] = () if objective.certain else (f"{place}.date_installation",)
        if objective.due and not case.whole and objective.observed is None:
            lacks += (f"{place}.observation.{objective.indicator}",)
        yield Step(
            "COL-06",
            "objectif_propre" if objective.certain else "objectif_propre_possible",
            {
                "membre": objective.member,
                "indicateur": objective.indicator,
                "cible": objective.target,
                "echeance": objective.deadline.isoformat(),
                "observe": objective.observed,
            },
            references=(bareme.objectifs[objective.indicator].reference,),
            missing=lacks,
        )
    certain = {objective.member for objective in own if objective.certain}
    if certain:
        yield Step("COL-06", "nouveaux_comptes", {"medecins": len(certain)}, warnings=("nouveaux_comptes",))


def _counts(case: Case, work: Workings) -> Iterator[Step]:
    """What the counts of the group say, indicator by indicator."""
    for goal, shown in zip(work.goals, work.objectives, strict=True):
        if goal.observed is not None:
            yield _count(case, goal, shown)
        elif case.observation and not case.whole:
            values: dict[str, Value] = {"indicateur": goal.indicator}
            yield Step("COL-07", "non_observe", values, missing=(f"observation.{goal.indicator}",))


def _count(case: Case, goal: Goal, shown: CollectiveObjective) -> Step:
    fallen = collective.sous_le_depart(goal.observed, goal.base)
    by_reading = [goal.rates(lecture) for lecture in CHOICES["taux_atteinte"]]
    matters = not case.whole and any(rates != by_reading[0] for rates in by_reading)
    assert shown.rate is not None
    code = {True: "atteint", False: "non_atteint", None: "incertain"}[shown.reached]
    if shown.reached is False and shown.rate.value is None:
        code = "non_atteint_intervalle"
    return Step(
        "COL-07",
        "en_baisse" if fallen else code,
        {
            "indicateur": goal.indicator,
            "observe": goal.observed,
            "base": goal.base,
            "taux_bas": str(shown.rate.low),
            "taux_haut": str(shown.rate.high),
            "plus_bas": shown.increment.low,
            "plus_haut": shown.increment.high,
            "lecture": case.readings.taux_atteinte,
        },
        references=_modulation(case),
        readings=("taux_atteinte",) if matters else (),
        missing=("caisse.COL-07",) if fallen else (),
        warnings=("sous_le_depart",) if fallen else (),
    )


def _modulation(case: Case) -> tuple[Reference, ...]:
    return (case.bareme.parametres["premiere_annee_modulee"].reference,)


def _share(case: Case, work: Workings) -> Iterator[Step]:
    used = _modulation(case)
    if case.whole:
        yield Step("COL-07", "integral", {"annee": case.dossier.annee}, references=used)
    elif work.due is None:
        yield Step("COL-07", "sans_observation", {}, references=used, missing=("observation",))
    else:
        yield _part(case, work, used)
    if work.due is not None:
        yield _due(case, work, work.due)


def _part(case: Case, work: Workings, used: tuple[Reference, ...]) -> Step:
    low, high = hull(work.shares[case.readings.objectifs_collectifs])
    open_own = any(objective.due and not objective.reached for objective in work.own)
    matters = len({tuple(shares) for shares in work.shares.values()}) > 1
    return Step(
        "COL-07",
        "part" if low == high else "part_intervalle",
        {"bas": str(low), "haut": str(high)},
        references=used,
        readings=("objectifs_collectifs",) if matters else (),
        missing=("caisse.COL-06",) if open_own else (),
        warnings=("objectif_propre_effet",) if open_own else (),
    )


def _due(case: Case, work: Workings, due: tuple[int, int]) -> Step:
    shares = work.shares[case.readings.objectifs_collectifs]
    matters = any(
        amounts.depend_de_l_arrondi(euros, rate.numerator, rate.denominator)
        for euros, share in zip(work.maxima, shares, strict=True)
        for rate in share
    )
    values: dict[str, Value] = {"bas": due[0], "haut": due[1], "lecture": case.readings.arrondi}
    return Step("MNT-07", "montant_du", values, readings=("arrondi",) if matters else ())


def hull(bounds: Iterable[Bounds]) -> Bounds:
    """The interval that holds them all."""
    found = list(bounds)
    return min(low for low, _ in found), max(high for _, high in found)


def missing(criteria: Sequence[Criterion], steps: Sequence[Step]) -> tuple[Missing, ...]:
    """What is missing: first what would settle the verdict, then the share; the caisse comes last in each."""
    waiting: dict[str, dict[str, None]] = {}
    settles: dict[str, None] = {}
    for criterion in criteria:
        settles.update(dict.fromkeys(criterion.missing))
    every: tuple[Step | Criterion, ...] = (*criteria, *steps)
    for step in every:
        for field in step.missing:
            waiting.setdefault(field, {})[step.rule] = None
    found = [
        Missing(field, tuple(rules), "verdict" if field in settles else "part")
        for field, rules in waiting.items()
    ]
    return tuple(
        sorted(found, key=lambda m: (m.stage == "part", m.field.startswith("caisse."), -len(m.rules)))
    )


def alerts(steps: Iterable[Step | Criterion], bareme: BaremeCollectif) -> tuple[Alert, ...]:
    """The weak source first, in every decision; then each warning once, by indicator."""
    weak: dict[str, Value] = {"source": bareme.reference.source, "verifie": bareme.checked.isoformat()}
    found: dict[tuple[str, Value], Alert] = {
        ("source_collective", None): Alert("source_collective", "TMP-04", weak)
    }
    for step in steps:
        for code in step.warnings:
            found.setdefault((code, step.values.get("indicateur")), Alert(code, step.rule, step.values))
    return tuple(found.values())
