"""The reasons of a decision, as codes and values, made from what the evaluation kept.

Nothing is decided here: each step reads what a rule found and says it with its rule id, the row of
the table that applied, its sources, the readings it hung on, what it lacked, what must be said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from .bareme import CALLER, NO_BOUNDS, Bareme, Distribution, Part, Specialite
from .calendar import ONE_DAY
from .chronology import Chronology, register
from .decision import (
    Alert,
    BaremeUsed,
    Criterion,
    Missing,
    Objective,
    Reasons,
    Share,
    Stage,
    Step,
    Value,
)
from .models import Contrat, Dossier, of_indicator
from .readings import CHOICES, Readings
from .references import Reference, weakness
from .rules import (
    amounts,
    answers,
    eligibility,
    life,
    modulation,
    objectives,
    options,
    positions,
    special_cases,
    texts,
    tiers_temps,
)
from .rules.amounts import Maximum
from .rules.facts import Facts
from .rules.modulation import Modulation
from .rules.objectives import Target
from .rules.texts import Temps
from .tables import Row
from .terms import NATURES_SOURCE, PERCENTILES, Bande, Indicateur, NatureObjectif


class Case(NamedTuple):
    """A dossier, its readings, and what its texts and its specialty select.

    `primo` is `None` too where a derogation alone makes the doctor one (`derogation`): the caisse decides.
    `signed`: the dossier, or the same contract without the avenants that events tell.
    """

    dossier: Dossier
    readings: Readings
    chronology: Chronology
    temps: Temps
    specialite: Specialite
    facts: tuple[Facts, ...]
    differing: tuple[str, ...]
    recent: bool | None
    primo: bool | None
    mode: str
    derogation: bool
    signed: Dossier


class Goal(NamedTuple):
    """One objective under one nature, its target, and whether the tolerance of 65 and older applies.

    `senior_fall`: the same for the doctor, before the reading `tolerance_6_2`; `in_6_2`: whether his
    maintien may stand in an illustration 6.2.
    """

    objective: Objective
    target: Target
    wide: bool | None
    senior_fall: bool | None = None
    in_6_2: bool = False


class Goals(NamedTuple):
    """The natures that are possible together, and for each indicator its objective under each nature."""

    combinations: tuple[tuple[NatureObjectif, ...], ...]
    by_nature: Sequence[dict[NatureObjectif, Goal]]
    senior: bool | None


class Workings(NamedTuple):
    """All that an evaluation found, chapter by chapter; empty past a `non_eligible`."""

    case: Case
    given: Bareme | None
    criteria: tuple[Criterion, ...]
    bands: tuple[Bande, ...]
    maximum: Maximum | None
    goals: Goals | None
    shares: tuple[Modulation, ...]
    share: Share | None
    due: tuple[int, int] | None


@cache
def caller_reference() -> Reference:
    """The source of the percentiles that come with a dossier."""
    return Reference(CALLER, "percentiles du dossier, non vérifiés ici", "secondaire", register().checked)


def reasons(
    work: Workings, revised: Callable[[Workings], Workings], useful: frozenset[str] | None = None
) -> Reasons:
    """Everything that a decision says about itself.

    revised: the year under an avenant to maintien. useful: of a refused doctor, what may still change the
    refusal; nothing else is asked for it (DIT-03).
    """
    case, dossier = work.case, work.case.dossier
    time = tuple(time_steps(dossier.contrat, dossier.annee, case.temps, case.chronology))
    trace = (*time, *_after_verdict(work), *_revision(work, revised))
    every: list[Step | Criterion] = [*time, *work.criteria, *trace[len(time) :]]
    return Reasons(
        missing_of(every if useful is None else _still_asking(work, trace, useful)),
        _alerts(every, work),
        _consulted(every, work.case.readings),
        trace,
        _baremes(work),
    )


def _still_asking(work: Workings, trace: Iterable[Step], useful: frozenset[str]) -> list[Step | Criterion]:
    """The steps of a refused doctor with what they still ask; money that is computed asks what it lacks."""
    asking: list[Step | Criterion] = [
        criterion._replace(missing=tuple(field for field in criterion.missing if field in useful))
        for criterion in work.criteria
    ]
    return [*asking, *trace] if work.maximum is not None else asking


def time_steps(contrat: Contrat, annee: int, temps: texts.Temps, chronology: Chronology) -> Iterable[Step]:
    """The steps of chapter TMP, which read no more of a dossier than its contract and its year."""
    signature, debut = contrat.date_signature, temps.debut
    days = {signature, contrat.date_option or signature, debut or signature}
    if avenant := options.avenant_d_option(contrat):
        days.add(avenant - ONE_DAY)
    readings: tuple[str, ...] = ()
    if any(map(chronology.depends_on_reading, days)):
        readings = ("entree_en_vigueur",)
    if temps.acces.texte == "avenant_7" and contrat.date_embauche != signature:
        readings += ("debut_annee",)
    yield Step(
        "TMP-03",
        "annee_datee" if debut else "annee_sans_date",
        {
            "annee": annee,
            "debut": None if debut is None else debut.isoformat(),
            "fin": None if temps.suivante is None else _eve(temps.suivante),
            "signature": signature.isoformat(),
            "acces": temps.acces.texte,
            "montants": " ".join(bareme.texte for bareme in temps.montants),
        },
        references=tuple({b.reference: None for b in (temps.acces, *temps.montants)}),
        readings=readings,
        missing=() if debut else ("contrat.date_embauche",),
    )
    if debut and texts.annee_apres_verification(debut, temps.annee):
        values: dict[str, Value] = {
            "annee": annee,
            "debut": debut.isoformat(),
            "verifie": temps.annee.checked.isoformat(),
        }
        yield Step("TMP-04", "annee_future", values, warnings=("annee_future",))
    if life.renouvele(annee, temps.acces):
        term = temps.acces.parametres["duree_contrat"]
        values = {"annee": annee, "duree": term.num}
        yield Step(
            "CTR-01", "renouvele", values, references=(term.reference,), warnings=("contrat_renouvele",)
        )


def _eve(day: date) -> str:
    return date.fromordinal(day.toordinal() - 1).isoformat()


def _after_verdict(work: Workings) -> Iterable[Step]:
    if work.maximum is None or work.goals is None:
        return
    yield from position_steps(work)
    yield from rise_steps(work.case)
    yield from maximum_steps(work, work.maximum)
    yield from objective_steps(work.case, work.goals)
    if work.maximum.euros is not None:
        yield from share_steps(work)
        if work.due is not None and work.share is not None:
            yield _due(work, work.maximum.euros, work.due, work.share)


def position_steps(work: Workings) -> Iterable[Step]:
    """The steps that place the patientèle among the percentiles (MNT-01, MNT-02)."""
    for fact in work.case.facts:
        yield _position(work.case, fact)
    if len(work.case.facts) > 1:
        yield _band(work)


def _revision(work: Workings, revised: Callable[[Workings], Workings]) -> Iterable[Step]:
    """CTR-04: what an avenant to maintien, open from the 65th birthday on, would make of the year."""
    case = work.case
    if work.goals is None:
        return
    birthday = life.revision_ouverte(
        case.dossier.medecin.date_naissance,
        case.dossier.contrat.date_signature,
        case.dossier.annee,
        case.temps.suivante,
        [fact.stated for fact in case.facts],
        case.temps.annee,
    )
    if birthday is None:
        return
    yield _revised_step(work, birthday, revised(work))


def _revised_step(work: Workings, birthday: date, other: Workings) -> Step:
    """What `other`, the year under that avenant, would pay; no sum where nothing was observed."""
    case = work.case
    due = other.due if any(fact.observed is not None for fact in case.facts) else None
    return Step(
        "CTR-04",
        "revision_65_ans",
        {
            "annee": case.dossier.annee,
            "age": case.temps.annee.parametres["age_senior"].num,
            "jour": birthday.isoformat(),
            "comptage": life.dernier_comptage(birthday).isoformat(),
            "bases": " ".join(
                f"{fact.indicateur}={'?' if fact.base is None else fact.base}" for fact in other.case.facts
            ),
            "bas": None if due is None else due[0],
            "haut": None if due is None else due[1],
            "sous_reserve": any(c.status in ("inconnu", "a_apprecier") for c in work.criteria),
        },
        references=(case.temps.annee.references["CTR-04"],),
        readings=() if due is None else _readings_of_the_sum(other),
        warnings=("revision_65_ans",),
    )


def _readings_of_the_sum(work: Workings) -> tuple[str, ...]:
    """The readings on which an amount due hangs: those of its objectives, its share and its rounding."""
    assert work.goals is not None
    assert work.maximum is not None
    assert work.maximum.euros is not None
    assert work.due is not None
    assert work.share is not None
    last = _due(work, work.maximum.euros, work.due, work.share)
    steps = (*objective_steps(work.case, work.goals), *share_steps(work), last)
    return tuple({name: None for step in steps for name in step.readings})


def _position_lacks(fact: Facts) -> tuple[str, ...]:
    if fact.initial is None:
        return (f"contrat.patientele_initiale.{fact.indicateur}",)
    return positions.unknown_between(fact.rank, fact.distribution, fact.indicateur)


def _position(case: Case, fact: Facts) -> Step:
    distribution = fact.distribution
    differing = [cell.partition(".")[2] for cell in case.differing if cell.startswith(f"{fact.indicateur}.")]
    warnings: tuple[str, ...] = ("percentiles_differents",) if differing else ()
    if caller_reference() in distribution.references:
        warnings += ("percentiles_du_dossier",)
    return Step(
        "MNT-01",
        "position",
        {
            "indicateur": fact.indicateur,
            "effectif": fact.initial,
            **{name: getattr(distribution, name) for name in PERCENTILES},
            **_bounds(distribution),
            "bandes": " ".join(positions.bandes(positions.position(fact.initial, distribution))),
            "ecartes": " ".join(differing),
        },
        references=_percentile_sources(distribution),
        readings=_readings_of_p95(case, fact),
        warnings=warnings,
    )


def _percentile_sources(distribution: Distribution) -> tuple[Reference, ...]:
    """The sources of the percentiles that are published, or known by a bound."""
    cells = zip(distribution[:5], distribution.bounds, distribution.references, strict=True)
    return tuple({source: None for cell, over, source in cells if cell is not None or over is not None})


def _bounds(distribution: Distribution) -> dict[str, Value]:
    """The percentiles known by a bound alone, with the count that they are over."""
    if distribution.bounds == NO_BOUNDS:
        return {}
    named = zip(PERCENTILES, distribution.bounds, strict=True)
    return {f"{name}_plus_de": over for name, over in named if over is not None}


def _readings_of_p95(case: Case, fact: Facts) -> tuple[str, ...]:
    """MNT-09: the reading that P95 hangs on, where nobody knows whether the doctor is a primo-installé."""
    rank = positions.position(fact.initial, fact.distribution)
    if case.primo is not None or not positions.p95_a_exclure(rank):
        return ()
    if not excludes_p95(case.dossier.annee, case.signed, case.temps.acces, fact.indicateur):
        return ()
    modes = eligibility.modes_possibles(case.specialite.groupe, case.specialite.indicateurs)
    return positions.lectures_p95(fact._replace(rank=rank), case.primo, modes)


def excludes_p95(annee: int, signed: Dossier, acces: Bareme, indicateur: Indicateur) -> bool:
    """Whether the contract, as it was signed, asked this indicator to rise from under P95 (MNT-09)."""
    past = eligibility.apres_le_terme(annee, acces) and eligibility.apres_le_terme(signed.annee, acces)
    return positions.hausse_exclut_p95(acces.texte) and positions.hausse_a_la_signature(
        signed.contrat, indicateur, past
    )


def rise_steps(case: Case) -> Iterable[Step]:
    """The indicators that a rise asked at the signature leaves under P95 (MNT-09)."""
    for fact in case.facts:
        if fact.rank != positions.position(fact.initial, fact.distribution):
            yield _without_p95(case, fact)


def _without_p95(case: Case, fact: Facts) -> Step:
    """The position that an objective of increase excludes."""
    values: dict[str, Value] = {
        "indicateur": fact.indicateur,
        "bandes": " ".join(positions.bandes(fact.rank)),
    }
    references = (case.temps.acces.references["MNT-09"],)
    return Step("MNT-09", "p95_exclu", values, references=references, warnings=("p95_exclu",))


def _band(work: Workings) -> Step:
    case = work.case
    pmt, pfa = case.facts
    every = {
        positions.bandes(positions.tranche_deux_indicateurs(pmt.rank, pfa.rank, each))
        for each in CHOICES["tranche_deux_indicateurs"]
    }
    return Step(
        "MNT-02",
        "tranche",
        {
            "bandes": " ".join(work.bands),
            "lecture": case.readings.tranche_deux_indicateurs,
        },
        readings=("tranche_deux_indicateurs",) if len(every) > 1 else (),
    )


def maximum_steps(work: Workings, maximum: Maximum) -> Iterable[Step]:
    """The steps that set the maximum: chapter MNT, and CTR-02 where two options share the year."""
    case, option = work.case, work.case.dossier.contrat.option_etp
    values: dict[str, Value] = {
        "option": option,
        "annee": case.dossier.annee,
        "bandes": " ".join(work.bands),
        "textes": " ".join(bareme.texte for bareme in case.temps.montants),
    }
    references = tuple({row.reference: None for row in maximum.rows})
    lines = " ; ".join({row.id: None for row in maximum.rows})
    legacy = tiers_temps.tableau_du_tiers_temps(option, case.temps.annee)
    if legacy is not None and len(case.temps.montants) == 1:
        yield Step("MNT-04", legacy, {"annee": case.dossier.annee}, references=references)
    if "sous_p30" in work.bands:
        deduced = (references[0]._replace(nature="deduit"),)
        certain = work.bands == ("sous_p30",)
        warned = ("admis_sous_p30",) if certain else ()
        yield Step(
            "MNT-08",
            "sous_p30" if certain else "peut_etre_sous_p30",
            values,
            references=deduced,
            warnings=warned,
        )
    unknown = tuple(lack for fact in case.facts for lack in _position_lacks(fact))
    unknown = (*unknown, *_old_option_lacks(case))
    days = texts.jours_avant_l_option(case.temps, case.dossier.contrat.date_option)
    if maximum.euros is None:
        rule = "MNT-05" if option in ("1.5", "2") else "MNT-04"
        none = all(row.value is None for row in maximum.rows)
        code = "sans_montant" if none else "montant_incertain"
        lacks = () if none else unknown
        shared = ("option_en_cours_d_annee",) if days else ()
        yield Step(rule, code, values, lines, references, missing=lacks, warnings=(code, *shared))
        return
    low, high = maximum.euros
    if days:
        yield _two_options(work, maximum.euros, days, lines, references, unknown)
        return
    values |= {"bas": int(low), "haut": int(high)}
    if low == high:
        yield Step("MNT-03", "montant", values, lines, references)
    else:
        yield Step("MNT-06", "intervalle", values, lines, references, missing=unknown)


def _two_options(
    work: Workings,
    euros: tuple[int | Fraction, int | Fraction],
    days: int,
    lines: str,
    references: tuple[Reference, ...],
    unknown: tuple[str, ...],
) -> Step:
    """The year that two options share, prorated by days."""
    case = work.case
    debut, suivante = case.temps.debut, case.temps.suivante
    assert debut is not None
    assert suivante is not None
    arrondi = case.readings.arrondi
    low, high = (amounts.montant_du(end, 1, 1, arrondi) for end in euros)
    matters = any(amounts.depend_de_l_arrondi(end, 1, 1) for end in euros)
    return Step(
        "CTR-02",
        "prorata" if low == high else "prorata_intervalle",
        {
            "option": case.dossier.contrat.option_etp,
            "option_avant": options.option_avant(case.dossier.contrat),
            "annee": case.dossier.annee,
            "jours_avant": days,
            "jours_apres": (suivante - debut).days - days,
            "bas": low,
            "haut": high,
        },
        lines,
        (*references, case.temps.annee.references["CTR-02"]),
        ("arrondi",) if matters else (),
        () if low == high else unknown,
        ("option_en_cours_d_annee",),
    )


def _old_option_lacks(case: Case) -> tuple[str, ...]:
    """The option before, where a year has two and the first is not known."""
    contrat = case.dossier.contrat
    known = options.option_avant(contrat) is not None
    during = texts.jours_avant_l_option(case.temps, contrat.date_option)
    return ("contrat.contrat_anterieur.option_etp",) if during and not known else ()


def objective_steps(case: Case, goals: Goals) -> Iterable[Step]:
    """The steps of chapter OBJ: each objective under every nature that it may have."""
    given = case.dossier.contrat.patientele_initiale.pmt
    yield Step(
        "OBJ-01",
        "deux_indicateurs" if len(case.facts) == 2 else "file_active_seule",
        {"specialite": case.specialite.slug},
        warnings=("pmt_ignoree",) if given is not None and len(case.facts) == 1 else (),
    )
    yield _counting(case)
    whole = modulation.versement_integral(case.dossier.annee, case.temps.annee)
    for fact, by_nature in zip(case.facts, goals.by_nature, strict=True):
        yield _nature(case, fact, goals.senior, list(by_nature))
        for nature, goal in by_nature.items():
            yield _target(case, fact, nature, goal, len(by_nature) == 1)
            if goal.objective.observed is not None:
                yield _status(case, fact, nature, goal)
            elif fact.observation and not whole:
                values: dict[str, Value] = {"indicateur": fact.indicateur}
                yield Step("OBJ-08", "non_observe", values, missing=(f"observation.{fact.indicateur}",))


def _counting(case: Case) -> Step:
    """Who is counted for each indicator."""
    acces = case.temps.acces
    modes: dict[str, Value] = {
        fact.indicateur: objectives.mode_de_comptage(acces.texte, fact.indicateur) for fact in case.facts
    }
    if "adultes" not in modes.values():
        return Step("OBJ-09", "tous", modes)
    return Step("OBJ-09", "par_indicateur", modes, references=(acces.references["OBJ-09"],))


def _nature(case: Case, fact: Facts, senior: bool | None, natures: list[NatureObjectif]) -> Step:
    values: dict[str, Value] = {
        "indicateur": fact.indicateur,
        "natures": " ".join(natures),
        "enoncee": fact.stated is not None,
        "senior": senior,
        "primo": case.primo,
        "p95": special_cases.au_p95(fact.rank),
    }
    several = len(natures) > 1
    reference = case.temps.annee.parametres["age_senior"].reference
    return Step(
        "OBJ-02",
        "natures" if several else "nature",
        values,
        references=(reference,) if senior and "maintien" in natures else (),
        missing=_nature_lacks(case, fact, senior) if several else (),
    )


def _nature_lacks(case: Case, fact: Facts, senior: bool | None) -> tuple[str, ...]:
    """What would tell the possible natures of an objective apart."""
    found = []
    if senior is None:
        born = case.dossier.medecin.date_naissance
        found.append("medecin.date_naissance" if born is None else "contrat.date_embauche")
    if case.primo is None:
        found += _primo_lacks(case)
    if fact.initial is None:
        found.append(f"contrat.patientele_initiale.{fact.indicateur}")
    elif special_cases.au_p95(fact.rank) is None:
        found.append(f"percentiles.{fact.indicateur}.p95")
    return tuple(found)


def _target(case: Case, fact: Facts, nature: NatureObjectif, goal: Goal, certain: bool) -> Step:
    name, target, objective = fact.indicateur, goal.target, goal.objective
    fixed = of_indicator(case.dossier.contrat.patientele_reference, name)
    past_term = eligibility.apres_le_terme(case.dossier.annee, case.temps.acces)
    return Step(
        "OBJ-03",
        target.code,
        {
            "indicateur": name,
            "nature": nature,
            "base": objective.base,
            "cible": objective.target,
            "au_moins": target.low,
            "au_plus": target.high,
            "texte": case.temps.acces.texte,
            "avenant": fixed is not None,
            **({"simulateur": _simulator(case)} if target.code == "inconnue" else {}),
        },
        references=() if target.reference is None else (target.reference,),
        readings=("objectifs_prorogation",) if past_term and fixed is None else (),
        missing=_target_lacks(case, fact, nature, objective),
        warnings=_target_alerts(case, fact, nature, goal) if certain else (),
    )


def _simulator(case: Case) -> bool:
    medecin, option = case.dossier.medecin, case.dossier.contrat.option_etp
    return answers.simulateur_cite(case.temps.acces.texte, option, medecin.rqth or medecin.ald)


def _target_lacks(case: Case, fact: Facts, nature: NatureObjectif, objective: Objective) -> tuple[str, ...]:
    name = fact.indicateur
    if nature == "primo_installe":
        if objective.target is not None:
            return ()
        mixte = case.dossier.medecin.activite_mixte
        return (f"contrat.objectifs.{name}" if mixte else f"percentiles.{name}.p50",)
    found: tuple[str, ...] = ()
    if nature == "augmentation" and objective.target is None:
        found = (f"contrat.objectifs.{name}",)
    if fact.initial is None and objective.base is None:
        found += (f"contrat.patientele_initiale.{name}",)
    elif objective.base is None or (nature == "augmentation" and _after_primo_unfixed(case, fact)):
        found += (f"contrat.patientele_reference.{name}",)
    if nature == "augmentation" and case.primo is None and _after_primo(case):
        found += _primo_lacks(case)
    return found


def _primo_lacks(case: Case) -> tuple[str, ...]:
    """What would tell whether the doctor is a primo-installé."""
    if case.derogation:
        return ("caisse.ELI-06",)
    if case.recent is None:
        return ("medecin.date_installation",)
    return special_cases.inconnues_du_p50(case.facts, case.mode)


def _after_primo_unfixed(case: Case, fact: Facts) -> bool:
    """Whether a primo-installé, or maybe one, is past year 3 without the base that his avenant fixed."""
    fixed = of_indicator(case.dossier.contrat.patientele_reference, fact.indicateur)
    return _after_primo(case) and fixed is None


def _after_primo(case: Case) -> bool:
    return special_cases.apres_primo(case.primo, case.dossier.annee, case.temps.annee)


def _target_alerts(case: Case, fact: Facts, nature: NatureObjectif, goal: Goal) -> tuple[str, ...]:
    supplied = fact.supplied
    if supplied is None:
        return ()
    if nature == "augmentation":
        return ("primo_sans_reference",) if _after_primo_unfixed(case, fact) else ()
    if goal.target.code == "entre_p30_et_p50":
        return ("cible_mixte_hors_bornes",)
    return ("cible_ecartee",) if goal.objective.target != supplied else ()


def _status(case: Case, fact: Facts, nature: NatureObjectif, goal: Goal) -> Step:
    parametres = case.temps.annee.parametres
    objective, wide = goal.objective, goal.wide
    lacks: tuple[str, ...] = ()
    used = parametres["taux_atteint"].reference
    if nature == "maintien":
        used = parametres["tolerance_senior" if wide else "tolerance_maintien"].reference
        if goal.senior_fall is None and objective.status is None and objective.base is not None:
            born = case.dossier.medecin.date_naissance
            lacks = ("medecin.date_naissance" if born is None else "contrat.date_embauche",)
    elif nature == "primo_installe":
        used = parametres["derniere_annee_primo"].reference
        lacks = _level_lacks(fact, goal.target)
    rate = objective.rate
    return Step(
        "OBJ-06" if nature == "maintien" else "OBJ-05",
        objective.status or "statuts",
        {
            "indicateur": fact.indicateur,
            "nature": nature,
            "observe": objective.observed,
            "base": objective.base,
            "cible": objective.target,
            "seuil": objective.reached_from,
            "statuts": " ".join(objective.possible_statuses),
            "large": wide,
            "taux": None if rate is None else str(rate),
            "lecture": case.readings.taux_atteinte,
        },
        references=(used,),
        readings=_status_readings(case, goal, nature),
        missing=lacks,
    )


def _level_lacks(fact: Facts, target: Target) -> tuple[str, ...]:
    p30 = fact.distribution.p30
    cells = special_cases.niveaux_primo(fact.observed, target.low, target.high, p30)
    return (f"percentiles.{fact.indicateur}.p30",) if p30 is None and len(cells) > 1 else ()


def _status_readings(case: Case, goal: Goal, nature: NatureObjectif) -> tuple[str, ...]:
    """The readings that the observed count makes matter."""
    objective = goal.objective
    observed, base, year = objective.observed, objective.base, case.temps.annee
    if observed is None or base is None or nature == "primo_installe":
        return ()
    if nature == "maintien":
        return _fall_readings(case, goal, base, observed)
    if observed < base:
        if observed < objectives.plancher_augmentation(base, year, "5_points"):
            return ()
        scaled = case.readings.tolerance_augmentation != "stricte"
        return ("tolerance_augmentation", *(("taux_atteinte",) if scaled else ()))
    if objective.target is None:
        return ("taux_atteinte",) if observed == base else ()
    return ("taux_atteinte",) if observed < objective.target else ()


def _fall_readings(case: Case, goal: Goal, base: int, observed: int) -> tuple[str, ...]:
    """The readings of the fall that 65 and older may keep, where they move the status of this count."""
    year = case.temps.annee
    within = {
        borne: observed >= objectives.seuil_maintien(base, True, year, borne)
        for borne in CHOICES["borne_tolerance"]
    }
    found: tuple[str, ...] = ()
    if goal.wide is not False and len(set(within.values())) > 1:
        found = ("borne_tolerance",)
    borne = case.readings.borne_tolerance
    narrow = observed >= objectives.seuil_maintien(base, False, year, borne)
    if goal.in_6_2 and goal.senior_fall is not False and within[borne] != narrow:
        found += ("tolerance_6_2",)
    return found


def share_steps(work: Workings) -> Iterable[Step]:
    """The steps of chapter MOD."""
    case = work.case
    year = case.temps.annee
    if modulation.versement_integral(case.dossier.annee, year):
        used = (year.parametres["premiere_annee_modulee"].reference,)
        yield Step("MOD-00", "integral", {"annee": case.dossier.annee}, references=used)
        return
    if not case.temps.publiee:
        yield Step(
            "TMP-05",
            "modulation_deduite",
            {"lecture": case.readings.modulation_avant_2024},
            readings=("modulation_avant_2024",),
            warnings=("modulation_deduite",),
        )
    if case.dossier.observation is None:
        yield Step("OBJ-08", "sans_observation", {}, missing=("observation",))
        return
    if modulation.tables_ecartees(case.temps.publiee, case.readings.modulation_avant_2024):
        return
    for found in work.shares:
        yield _regime(case, found)


def _regime(case: Case, found: Modulation) -> Step:
    if found.regime is None:
        return Step("OBJ-08", "sans_regime", {}, missing=("caisse.MOD",), warnings=("sans_regime",))
    references = _references_of(case, found.regime, found.rows)
    mep = found.regime == "MOD-07" and case.specialite.groupe == "mep"
    if mep or not case.temps.publiee:
        references = tuple(reference._replace(nature="deduit") for reference in references)
    readings = tuple({row.value.reading: None for row in found.rows if row.value.reading})
    warnings: tuple[str, ...] = ("circonstances",) if found.lifted else ()
    warnings += tuple(code for code in ("primo_sous_p30", "cumul_avenant_7") if code in readings)
    open_row = modulation.laissee_a_la_caisse(found.rows, case.readings)
    lacks = (f"caisse.{found.regime}",) if open_row else ()
    return Step(
        found.regime,
        "part" if found.low == found.high else "part_intervalle",
        {
            "bas": str(found.low),
            "haut": str(found.high),
            "parts": " ".join({modulation.part_de(row.value, case.readings): None for row in found.rows}),
            "leve": found.lifted,
            "a_decider": (found.lifted or open_row) and len(found.rows) == 1,
            "seul": len(case.temps.annee.modulation[found.regime].inputs) == 1,
            "mep": mep,
        },
        " ; ".join(row.id for row in found.rows),
        references,
        readings,
        (*lacks, *(("caisse.MOD-08",) if found.lifted else ())),
        warnings,
    )


def _references_of(case: Case, regime: str, rows: Sequence[Row[Part]]) -> tuple[Reference, ...]:
    """The sources of the rows of a table of shares; with those of the rows that a variant stands for."""
    whole, table = case.temps.annee.modulation[regime], case.temps.annee.parts(regime, case.temps.acces.texte)
    if table is whole:
        return tuple({row.reference: None for row in rows})
    found = [(whole[key].reference, row.reference) for key, row in table.rows.items() if row in rows]
    return tuple({reference: None for pair in found for reference in pair})


def _due(
    work: Workings, euros: tuple[int | Fraction, int | Fraction], due: tuple[int, int], part: Share
) -> Step:
    ends = ((euros[0], part.low), (euros[1], part.high))
    arrondi = work.case.readings.arrondi
    matters = any(amounts.depend_de_l_arrondi(e, rate.numerator, rate.denominator) for e, rate in ends)
    values: dict[str, Value] = {
        "bas": due[0],
        "haut": due[1],
        "maximum_bas": _plain(euros[0]),
        "maximum_haut": _plain(euros[1]),
        "part_basse": str(part.low),
        "part_haute": str(part.high),
        "lecture": arrondi,
    }
    if any(amounts.maximum_arrondi(e, arrondi) and 0 < rate < 1 for e, rate in ends):
        values["maximum_arrondi"] = True
    return Step(
        "MNT-07",
        "montant_du",
        values,
        readings=("arrondi",) if matters else (),
    )


def _plain(number: int | Fraction) -> int | str:
    """A number as a trace holds it: JSON gives it back unchanged."""
    return number if isinstance(number, int) else str(number)


_STAGES: Mapping[str, Stage] = {
    "ELI": "verdict",
    "CTR-01": "verdict",
    "CTR-02": "montant",
    "TMP": "montant",
    "MNT": "montant",
}
_STAGE_ORDER: tuple[Stage, ...] = ("verdict", "montant", "part")


def _stage(rule_id: str) -> Stage:
    return _STAGES.get(rule_id) or _STAGES.get(rule_id[:3], "part")


def missing_of(steps: Iterable[Step | Criterion]) -> tuple[Missing, ...]:
    """What is missing: first what would settle the verdict, then the amount, then the share.

    Within a stage, data that the doctor can find come before decisions of the caisse, and a datum
    that more rules wait for before the others.
    """
    waiting: dict[str, dict[str, None]] = {}
    codes: dict[str, str] = {}
    for step in steps:
        for field in step.missing:
            waiting.setdefault(field, {})[step.rule] = None
            if step.values.get("simulateur") and field.startswith("contrat.objectifs."):
                codes[field] = "simulateur"
    found = [
        Missing(field, tuple(rules), _stage(next(iter(rules))), codes.get(field, ""))
        for field, rules in waiting.items()
    ]
    return tuple(
        sorted(
            found,
            key=lambda m: (_STAGE_ORDER.index(m.stage), m.field.startswith("caisse."), -len(m.rules)),
        )
    )


def weak(reference: Reference) -> bool:
    """Whether a source is one of which the reader is told: weaker than a text of law or ameli (TMP-04)."""
    return weakness(reference) > NATURES_SOURCE.index("ameli")


def _alerts(steps: Iterable[Step | Criterion], work: Workings) -> tuple[Alert, ...]:
    """What the reader must know: each warning once, then the weakest nature of source used."""
    found: dict[tuple[str, Value], Alert] = {}
    references: dict[Reference, None] = {}
    for step in steps:
        references.update(dict.fromkeys(step.references))
        for code in step.warnings:
            key = (code, step.values.get("indicateur"))
            found.setdefault(key, Alert(code, step.rule, step.values))
    weakest = max(references, key=weakness)
    if weak(weakest):
        values: dict[str, Value] = {
            "nature": weakest.nature,
            "source": weakest.source,
            "verifie": min(reference.checked for reference in references).isoformat(),
        }
        found["nature_source", None] = Alert("nature_source", "TMP-04", values)
    if work.case.chronology.simulated:
        found["bareme_simule", None] = Alert("bareme_simule", "TMP-04", {})
    return tuple(found.values())


def _consulted(steps: Iterable[Step | Criterion], readings: Readings) -> dict[str, str]:
    names = dict.fromkeys(name for step in steps for name in step.readings)
    return {name: getattr(readings, name) for name in names}


def _baremes(work: Workings) -> tuple[BaremeUsed, ...]:
    """The barèmes used, and the one that was given even if its text was not reached."""
    temps = work.case.temps
    used = dict.fromkeys((temps.acces, temps.option, *temps.montants))
    if work.given is not None:
        used[work.given] = None
    return tuple(BaremeUsed(b.texte, b.version, b.checked, b.simulated, b.changes) for b in used)
