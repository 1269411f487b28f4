"""`evaluate_collective`: the one place that orders the rules of the contrat collectif. It holds no law.

Chapter COL: the company and its doctors, the ETP, the amount, the objectives, the share. What the
source leaves open is a reading or an interval; its nature, `secondaire`, shows in every decision.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator

from ..calendar import ONE_DAY, anniversary
from ..chronology import register
from ..closed import Closed, expected_type, expected_value, readable
from ..decision import Criterion, Share, Step
from ..errors import Refusal, RefusedData
from ..events import Euros, Profil
from ..models import LAST_YEAR, Jour, of_indicator
from ..readings import CHOICES, DEFAULT, Readings, explored
from ..rules import amounts, collective
from ..rules.answers import encore_utiles
from ..rules.collective import Bounds
from ..terms import INDICATEURS, Indicateur, Verdict
from .bareme import bareme_collectif
from .decision import Cap, CollectiveDecision, CollectiveObjective, OwnObjective, count
from .models import DossierCollectif, Membre, adhesion, present
from .tracing import Case, Goal, Workings, alerts, hull, missing, trace


def evaluate_collective(
    dossier: DossierCollectif, *, readings: Readings | None = None, force: bool = False
) -> CollectiveDecision:
    """Evaluate one contract year of one contrat collectif (chapter COL).

    readings: the choice made on each open point of law; by default those of the rule book.
    force: compute the amount of a contract that already runs although the group is not eligible.
    """
    remedy = "DossierCollectif.model_validate(…)"
    expected_type("dossier", dossier, DossierCollectif, "un DossierCollectif", remedy)
    case = _case(dossier, readings or DEFAULT)
    cap = _cap(case)
    criteria = tuple(_criteria(case, cap))
    verdict = _verdict(criteria)
    work = _workings(case) if verdict != "non_eligible" or force else None
    return _decision(case, cap, verdict, criteria, work, force)


def _decision(
    case: Case,
    cap: Cap,
    verdict: Verdict,
    criteria: tuple[Criterion, ...],
    work: Workings | None,
    force: bool,
) -> CollectiveDecision:
    dossier, bareme, readings = case.dossier, case.bareme, case.readings
    found = trace(case, work)
    steps: tuple[Step | Criterion, ...] = (*criteria, *found)
    maximum = share = due = None
    if work is not None:
        maximum = amounts.euros(min(work.maxima), max(work.maxima), readings.arrondi)
    if work is not None and work.due is not None:
        share = _share(hull(work.shares[readings.objectifs_collectifs]))
        due = amounts.amount(*work.due)
    consulted = dict.fromkeys(name for step in steps for name in step.readings)
    return CollectiveDecision(
        dossier,
        verdict,
        criteria,
        case.start,
        case.end,
        collective.fin_du_contrat(dossier.date_signature, bareme),
        tuple(membre.identifiant for membre in case.inside.values()),
        case.average,
        cap,
        maximum,
        None if work is None else {objective.indicator: objective for objective in work.objectives},
        () if work is None else work.own,
        share,
        due,
        tuple(piece.id for piece in collective.pieces(dossier.etp > cap.base, bareme)),
        missing(*_asking(case, verdict, criteria, found, force)),
        alerts(steps, bareme),
        {name: getattr(readings, name) for name in consulted},
        found,
        bareme.version,
        readings,
        force,
    )


def _case(dossier: DossierCollectif, readings: Readings) -> Case:
    signature = dossier.date_signature
    start, end = (anniversary(signature, years) for years in (dossier.annee - 1, dossier.annee))
    ranked = list(enumerate(dossier.membres))
    return Case(
        dossier,
        readings,
        bareme_collectif(),
        start,
        end,
        {rank: m for rank, m in ranked if present(m, signature, signature)},
        {rank: m for rank, m in ranked if adhesion(m, signature) <= start},
        {rank: m for rank, m in ranked if present(m, signature, start)},
        collective.etp_finances(dossier.etp, readings.demi_etp_collectif),
    )


# The criteria


def _hosts(membre: Membre) -> bool | None:
    return collective.accueille_un_junior(membre.maitre_de_stage_pamsu, membre.accueille_docteur_junior)


def _cap(case: Case) -> Cap:
    return _cap_of(case, case.founders.values(), case.dossier.date_signature)


def _cap_of(case: Case, membres: Iterable[Membre], day: date) -> Cap:
    hosts = [_hosts(membre) for membre in membres]
    bonus = collective.bonus_docteurs_juniors(hosts, case.dossier.agree_terrain_de_stage, case.bareme)
    return collective.plafond(len(hosts), bonus, day, case.bareme)


def _bonus_lacks(case: Case) -> Iterator[str]:
    """The data that would tell the bonus of those who adhered at the signature."""
    if case.dossier.agree_terrain_de_stage is None:
        yield "agree_terrain_de_stage"
    for rank, membre in case.founders.items():
        for name in ("maitre_de_stage_pamsu", "accueille_docteur_junior"):
            if _hosts(membre) is None and getattr(membre, name) is None:
                yield f"membres.{rank}.{name}"


def _criteria(case: Case, cap: Cap) -> Iterator[Criterion]:
    dossier, bareme, inside = case.dossier, case.bareme, case.inside
    later = _cap_of(case, case.entered.values(), case.end - ONE_DAY)
    yield collective.signataire(dossier.structure, dossier.activite_de_soins, bareme)
    for rank, m in inside.items():
        groupe = register().specialites[m.specialite].groupe
        alone = len(case.founders) == 1
        yield collective.adherent(
            rank, m.identifiant, groupe, m.secteur, m.option_tarifaire, m.associe_en_nom_propre, alone, bareme
        )
    yield collective.activite_moyenne({rank: m.patientele.pmt for rank, m in case.founders.items()}, bareme)
    yield collective.etp_admis(
        dossier.etp,
        cap,
        later.base + later.bonus_high,
        case.readings.demi_etp_collectif,
        tuple(_bonus_lacks(case)),
        bareme,
    )
    for rank, m in inside.items():
        closed = m.date_cloture_individuel
        yield collective.sans_cumul(rank, m.identifiant, m.contrat_individuel, closed, case.entry(m), bareme)
    yield collective.terme(dossier.annee, dossier.renouvellement, dossier.date_signature, bareme)
    for m in inside.values():
        ended = m.fin_collectif_anterieur
        closed = m.date_cloture_individuel
        yield collective.carence(m.identifiant, ended, closed, m.derogation_carence, case.entry(m), bareme)
    yield collective.employeur(dossier.groupement_employeurs, dossier.convention_cabinets_medicaux, bareme)


def _verdict(criteria: Iterable[Criterion]) -> Verdict:
    found = {criterion.status for criterion in criteria}
    if "non_satisfait" in found:
        return "non_eligible"
    return "a_instruire" if found & {"inconnu", "a_apprecier"} else "eligible"


def _asking(
    case: Case, verdict: Verdict, criteria: tuple[Criterion, ...], steps: tuple[Step, ...], force: bool
) -> tuple[tuple[Criterion, ...], tuple[Step, ...]]:
    """The steps with what they still ask: of a refused group, what may change the refusal alone (DIT-03)."""
    if verdict != "non_eligible":
        return criteria, steps
    lacking = _lacking(criteria)
    useful = encore_utiles(lacking, _admitting(case.dossier) if lacking else ())
    kept = tuple(c._replace(missing=tuple(f for f in c.missing if f in useful)) for c in criteria)
    return kept, steps if force else ()


def _lacking(criteria: Iterable[Criterion]) -> frozenset[str]:
    return frozenset(field for criterion in criteria for field in criterion.missing)


def _admitting(dossier: DossierCollectif) -> list[frozenset[str]]:
    """What the criteria lack under each combination of readings that does not refuse the group."""

    def under(readings: Readings) -> tuple[Criterion, ...]:
        case = _case(dossier, readings)
        return tuple(_criteria(case, _cap(case)))

    def consulted(criteria: tuple[Criterion, ...]) -> list[str]:
        return [name for criterion in criteria for name in criterion.readings]

    every = explored(under, consulted, lambda criteria: (_verdict(criteria), _lacking(criteria)))
    return [_lacking(criteria) for criteria, _ in every if _verdict(criteria) != "non_eligible"]


# The objectives and the money


def _workings(case: Case) -> Workings:
    goals, own = tuple(_goal(case, name) for name in INDICATEURS), tuple(_own(case))
    lecture = case.readings.taux_atteinte
    maxima = tuple(collective.maximum_collectif(etp, case.dossier.annee, case.bareme) for etp in case.etps)
    shares = {}
    if case.whole or case.observation:
        shares = {each: _shares(case, goals, own, each) for each in CHOICES["objectifs_collectifs"]}
    return Workings(
        goals,
        tuple(_objective(goal, lecture) for goal in goals),
        own,
        maxima,
        shares,
        _due(case, maxima, shares[case.readings.objectifs_collectifs]) if shares else None,
    )


def _due(case: Case, maxima: Sequence[Any], shares: Sequence[Bounds]) -> tuple[int, int]:
    """Whole centimes, at the least and at the most, over the numbers of ETP that may be financed."""
    found = [
        amounts.montant_du(euros, rate.numerator, rate.denominator, case.readings.arrondi)
        for euros, share in zip(maxima, shares, strict=True)
        for rate in share
    ]
    return min(found), max(found)


def _shares(case: Case, goals: Sequence[Goal], own: Sequence[OwnObjective], lecture: str) -> list[Bounds]:
    """The share for each number of ETP, under one reading of the two objectives."""
    if case.whole:
        return [(collective.ONE, collective.ONE)] * len(case.etps)
    due: dict[str, list[Bounds]] = {}
    for objective in own:
        if objective.due:
            rate = collective.taux_propre(objective.observed, objective.target)
            due.setdefault(objective.member, []).append(rate)
    mine = [collective.deux_taux(rates, lecture) for rates in due.values()]
    pairs = zip(*(goal.rates(case.readings.taux_atteinte) for goal in goals), strict=True)
    return [collective.part_collective(collective.deux_taux(pair, lecture), mine) for pair in pairs]


def _goal(case: Case, name: Indicateur) -> Goal:
    """One collective objective.

    Earlier gains count for whoever adhered: a withdrawal leaves the increment as it is.
    """
    gains = tuple(
        collective.gains_de(m.contrat_individuel, of_indicator(m.gains_anterieurs, name))
        for m in case.entered.values()
    )
    inside = case.inside.values()
    counted = of_indicator(case.dossier.observation, name)
    if counted is None:
        counted = collective.base_collective([of_indicator(m.observation, name) for m in inside])
    return Goal(
        name,
        collective.base_collective([of_indicator(m.patientele, name) for m in inside]),
        gains,
        counted,
        tuple(
            collective.augmentation_demandee(etp, case.bareme.objectifs[name].par_etp, gains)
            for etp in case.etps
        ),
    )


def _objective(goal: Goal, lecture: str) -> CollectiveObjective:
    low, high = min(low for low, _ in goal.increments), max(high for _, high in goal.increments)
    base, observed = goal.base, goal.observed
    reached = None
    if observed is not None and base is not None and (observed >= base + low) == (observed >= base + high):
        reached = observed >= base + low
    return CollectiveObjective(
        goal.indicator,
        base,
        None if None in goal.gains else sum(gain for gain in goal.gains if gain is not None),
        count(low, high),
        None if base is None else count(base + low, base + high),
        observed,
        None if observed is None else _share(hull(goal.rates(lecture))),
        reached,
    )


def _own(case: Case) -> Iterator[OwnObjective]:
    """The objectives of the doctors newly installed, and of those who may be."""
    for m in case.inside.values():
        entry = case.entry(m)
        recent = collective.nouvellement_installe(m.date_installation, entry, case.bareme)
        deadline = collective.echeance_propre(entry, case.bareme)
        for name in () if recent is False else INDICATEURS:
            target = case.bareme.objectifs[name].nouveau_medecin
            seen = of_indicator(m.observation, name)
            yield OwnObjective(
                m.identifiant,
                name,
                recent is True,
                target,
                deadline,
                deadline <= case.end,
                seen,
                None if seen is None else _share(collective.taux_propre(seen, target)),
                None if seen is None else seen >= target,
            )


def _share(bounds: Bounds) -> Share:
    low, high = bounds
    return Share(low, high, low if low == high else None)


# Dates and sums that stand outside of a contract year


def _near_enough(day: date) -> date:
    """A day after which the calendar goes on for the years of any contract."""
    last = date.max.year - LAST_YEAR
    if day.year > last:
        raise expected_value(f"une date jusqu’à l’an {last}", "vérifiez l’année", "date_impossible")
    return day


Day = Annotated[Jour, AfterValidator(_near_enough)]


class _Signed(Closed):
    date_signature: Day


class _Ended(Closed):
    end: Day


class _Hired(Closed):
    date_embauche: Day
    profession: Profil | None


class _ClosedContract(Closed):
    due: Euros
    paid: Euros
    year_start: Day
    closing: Day


def contract_end(date_signature: date) -> date:
    """The day on which a contrat collectif ends, unless it is renewed (COL-09).

    Raises `RefusedData` for what is no day, here as in the functions below.
    """
    return collective.fin_du_contrat(
        _Signed(date_signature=date_signature).date_signature, bareme_collectif()
    )


def carence_end(end: date) -> date:
    """The day from which a doctor may sign again after the end of a contrat collectif (COL-09)."""
    return collective.fin_de_carence(_Ended(end=end).end, bareme_collectif())


def cqp_deadline(date_embauche: date, profession: str | None = None) -> date | None:
    """The day by which an assistant must hold the CQP (COL-10).

    `None` for `infirmier`, `aide_soignant` and `auxiliaire_puericulture`, whom the source exempts.
    Raises `RefusedData` for a profession that is not one of those of `Embauche`.
    """
    hired = _Hired(date_embauche=date_embauche, profession=profession)
    return collective.limite_du_cqp(hired.date_embauche, hired.profession, bareme_collectif())


def closing_balance(
    due: Decimal | int | str,
    paid: Decimal | int | str,
    year_start: date,
    closing: date,
    *,
    readings: Readings | None = None,
) -> Decimal:
    """Euros left by an individual contract closed to join a contrat collectif (COL-08, a deduction).

    Over 0: still owed to the doctor; under 0: to be repaid. `due` and `paid`: euros of the whole
    contract year that begins on `year_start`, exact (`Decimal`, whole number or decimal text). Raises
    `RefusedData` (in French) for a closing out of that year, or a sum that is not whole centimes.
    """
    found: list[Refusal] = []
    try:
        given = _ClosedContract(due=due, paid=paid, year_start=year_start, closing=closing)
    except RefusedData as error:
        found += error.refusals
        given = readable(_ClosedContract, {"year_start": year_start, "closing": closing})
    start, closed = given.year_start, given.closing
    if start is not None and closed is not None and not start <= closed <= anniversary(start, 1):
        expected = f"une date du {start.isoformat()} au {anniversary(start, 1).isoformat()}"
        remedy = "donnez le début de l’année où le contrat a été clos"
        found.append(Refusal("closing", closed.isoformat(), expected, remedy, "date_impossible"))
    if found:
        raise RefusedData(found)
    run, days = (closed - start).days, (anniversary(start, 1) - start).days
    arrondi = (readings or DEFAULT).arrondi
    return Decimal(collective.solde_de_cloture(given.due, given.paid, run, days, arrondi)).scaleb(-2)
