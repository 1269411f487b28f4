"""`evaluate`: the one place that orders the rules. It holds no law.

The chapters follow one another as in `rules.md`: texts, eligibility, amount, objectives, share. What
each found is kept in `Workings`, from which `tracing` makes the reasons when they are asked for.
"""

from collections.abc import Collection, Iterable
from fractions import Fraction
from functools import lru_cache, partial

from .bareme import Bareme, Distribution, Specialite
from .chronology import Chronology, chronology_with
from .closed import expected_type
from .decision import Amount, Criterion, Decision, Details, Objective, Reasons, Share, Step
from .errors import Refusal, RefusedData
from .models import Dossier, NatureObjectifs, of_indicator, target_refusal
from .readings import DEFAULT, Readings, explored
from .rules import (
    amounts,
    eligibility,
    life,
    modulation,
    objectives,
    options,
    positions,
    special_cases,
    texts,
)
from .rules.answers import encore_utiles
from .rules.facts import Facts
from .rules.modulation import Modulation
from .rules.objectives import Target
from .terms import Bande, Indicateur, NatureObjectif, Verdict
from .tracing import Case, Goal, Goals, Workings, caller_reference, excludes_p95, reasons, time_steps


def evaluate(
    dossier: Dossier,
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
    strict: bool = False,
) -> Decision:
    """Evaluate one contract year of one doctor.

    readings: the choice made on each open point of law; by default those of the rule book.
    bareme: a barème, simulated or not, to use in the place of the shipped one of its text.
    force: compute the amount of a contract that already runs although the doctor is not eligible.
    strict: refuse a contract year that starts after the last check of the data, instead of warning.
    Raises `RefusedData` (in French) for what only the rules can see to be impossible.
    """
    check_types(dossier, readings, bareme)
    return evaluate_as_signed(dossier, dossier, readings or DEFAULT, bareme, force, strict)


def evaluate_as_signed(
    dossier: Dossier,
    signed: Dossier,
    choices: Readings,
    bareme: Bareme | None = None,
    force: bool = False,
    strict: bool = False,
) -> Decision:
    """`evaluate`, of a contract that avenants changed since: `signed` tells it without them (MNT-09)."""
    case = case_of(dossier, choices, chronology_with(bareme), signed)
    if strict and texts.annee_apres_verification(case.temps.debut, case.temps.annee):
        raise RefusedData([_future_refusal(case)])
    if case.recent is False and (refused := _under_base(case.facts)):
        raise RefusedData(refused)
    criteria = criteria_of(case)
    verdict = verdict_of(criteria)
    if verdict == "non_eligible" and not force:
        work = Workings(case, bareme, criteria, (), None, None, (), None, None)
        return _decision(work, verdict, None, None, (), None, force, strict)
    bands = bands_of(case)
    maximum = amounts.maximum(dossier.contrat.option_etp, dossier.annee, bands, case.temps.montants)
    avant = texts.jours_avant_l_option(case.temps, dossier.contrat.date_option)
    if avant or texts.option_sans_date(dossier.contrat, case.temps.debut):
        maximum = _two_options(case, bands, maximum, avant)
    goals = goals_of(case)
    regimes, part, shares = share_of(case, goals) if maximum.euros else ((), None, ())
    due = _due(maximum.euros, part, choices.arrondi) if maximum.euros and part else None
    work = Workings(case, bareme, criteria, bands, maximum, goals, shares, part, due)
    top = None if maximum.euros is None else amounts.euros(*maximum.euros, choices.arrondi)
    return _decision(work, verdict, top, objectives_of(goals), regimes, due, force, strict)


def check_types(dossier: object, readings: object, bareme: object) -> None:
    """Refuse, in French, what is no `Dossier`, `Readings` or `Bareme`."""
    if not isinstance(dossier, Dossier):
        expected_type("dossier", dossier, Dossier, "un Dossier", "Dossier.model_validate(…)")
    check_choices(readings, bareme)


def check_choices(readings: object, bareme: object) -> None:
    """Refuse, in French, what is no `Readings` or `Bareme`; `None` is the default of both."""
    if readings is not None and not isinstance(readings, Readings):
        expected_type("readings", readings, Readings, "des Readings", 'Readings(taux_atteinte="niveau")')
    if bareme is not None and not isinstance(bareme, Bareme):
        expected_type("bareme", bareme, Bareme, "un Bareme", "bareme_at(…).with_changes(…)")


def paliers(
    dossier: Dossier, *, readings: Readings | None = None, bareme: Bareme | None = None
) -> dict[Indicateur, tuple[int, ...]]:
    """For each indicator of the doctor, the counts at which its objective may change the share (OBJ-07).

    Under every nature that the objective may have; none of it depends on the observation. Raises
    `RefusedData` as `evaluate` does.
    """
    case = case_of(dossier, readings or DEFAULT, chronology_with(bareme))
    steps: dict[Indicateur, tuple[int, ...]] = {}
    for fact, goals in zip(case.facts, goals_of(case).by_nature, strict=True):
        counts = [
            objectives.paliers(
                goal.objective,
                goal.target,
                goal.wide,
                fact.distribution.p30,
                case.temps.annee,
                case.readings,
            )
            for goal in goals.values()
        ]
        steps[fact.indicateur] = tuple(sorted(set().union(*counts)))
    return steps


def primo_installe(
    dossier: Dossier, *, readings: Readings | None = None, bareme: Bareme | None = None
) -> bool | None:
    """Whether the doctor was a primo-installé at the signature (ELI-06).

    `None` when it is not known, or left to the caisse (a derogation).
    """
    return case_of(dossier, readings or DEFAULT, chronology_with(bareme)).primo


def _two_options(
    case: Case, bands: tuple[Bande, ...], maximum: amounts.Maximum, days: int
) -> amounts.Maximum:
    """The maximum of a year in which the option changed after `days` days.

    When the first one is not known, it may be any that was open on one of the days before (ELI-07).
    """
    debut, suivante = case.temps.debut, case.temps.suivante
    contrat = case.dossier.contrat
    told = options.option_avant(contrat)
    possible = options.options_possibles(
        case.specialite.groupe, case.dossier.medecin.zone, _days_before_the_avenant(case)
    )
    others = [
        amounts.maximum(option, case.dossier.annee, bands, case.temps.montants)
        for option in (possible if told is None else (told,))
    ]
    if debut is None or suivante is None:
        return life.l_une_ou_l_autre(others, maximum)
    return life.au_prorata_des_options(others, maximum, days, (suivante - debut).days)


def _decision(
    work: Workings,
    verdict: Verdict,
    maximum: Amount | None,
    shown: dict[Indicateur, Objective] | None,
    regimes: tuple[str, ...],
    due: tuple[int, int] | None,
    force: bool,
    strict: bool,
) -> Decision:
    bands = work.bands
    return Decision(
        work.case.dossier,
        verdict,
        work.criteria,
        bands[0] if len(bands) == 1 else None,
        bands,
        maximum,
        shown,
        regimes[0] if len(regimes) == 1 else None,
        regimes,
        work.share,
        None if due is None else amounts.amount(*due),
        work.case.readings,
        force,
        strict,
        Details(partial(_explained, work, verdict)),
    )


def _explained(work: Workings, verdict: Verdict) -> Reasons:
    """The reasons; for a refused doctor nothing is asked that could not change the refusal (DIT-03)."""
    useful = None if verdict != "non_eligible" else _useful(work.case, work.criteria)
    return reasons(work, _revised, useful)


def _revised(work: Workings) -> Workings:
    """CTR-04: the objectives, the share and the amount due if an avenant to maintien decided of the year.

    The maximum stays: an avenant moves no position (MNT-01).
    """
    dossier = work.case.dossier
    natures = NatureObjectifs(pmt="maintien", pfa="maintien")
    contrat = dossier.contrat.model_copy(update={"nature_objectifs": natures, "objectifs": None})
    changed = dossier.model_copy(update={"contrat": contrat})
    case = case_of(changed, work.case.readings, work.case.chronology, work.case.signed)
    goals, euros = goals_of(case), None if work.maximum is None else work.maximum.euros
    _, part, shares = share_of(case, goals) if euros else ((), None, ())
    due = _due(euros, part, case.readings.arrondi) if euros and part else None
    return work._replace(case=case, goals=goals, shares=shares, share=part, due=due)


def _useful(case: Case, criteria: Iterable[Criterion]) -> frozenset[str]:
    """The data that the criteria of a refused doctor lack, and that may still change the verdict."""
    lacking = lacking_of(criteria)
    return encore_utiles(lacking, map(lacking_of, admitting(case)) if lacking else ())


def lacking_of(criteria: Iterable[Criterion]) -> frozenset[str]:
    """The data that some criteria lack."""
    return frozenset(field for criterion in criteria for field in criterion.missing)


def admitting(case: Case, rules: Collection[str] | None = None) -> list[tuple[Criterion, ...]]:
    """The criteria under each combination of readings that does not refuse; `rules`: these criteria alone."""

    def under(readings: Readings) -> tuple[list[str], tuple[Criterion, ...]]:
        found = case_of(case.dossier, readings, case.chronology, case.signed)
        criteria = tuple(c for c in criteria_of(found) if rules is None or c.rule in rules)
        time = time_steps(found.dossier.contrat, found.dossier.annee, found.temps, found.chronology)
        steps: tuple[Step | Criterion, ...] = (*time, *criteria)
        return [name for step in steps for name in step.readings], criteria

    every = explored(
        under, lambda answer: answer[0], lambda answer: (verdict_of(answer[1]), lacking_of(answer[1]))
    )
    return [criteria for (_, criteria), _ in every if verdict_of(criteria) != "non_eligible"]


@lru_cache(maxsize=4096)
def _place(acces: Bareme, slug: str) -> tuple[Specialite, tuple[tuple[Indicateur, Distribution], ...]]:
    """The specialty, and its published distributions under the text of access."""
    specialite = acces.specialites[slug]
    return specialite, tuple(
        (name, acces.percentiles[slug, name]) for name in objectives.indicateurs(specialite)
    )


def case_of(
    dossier: Dossier, readings: Readings, texts_of_law: Chronology, signed: Dossier | None = None
) -> Case:
    """What the texts and the specialty of a dossier select, and the facts of each indicator.

    signed: the same contract without the avenants that came since, where they are known.
    """
    signed = signed or dossier
    medecin, contrat, annee = dossier.medecin, dossier.contrat, dossier.annee
    temps = texts.textes_applicables(
        contrat.date_signature,
        contrat.date_option,
        contrat.date_embauche,
        annee,
        texts_of_law,
        readings.entree_en_vigueur,
        readings.debut_annee,
    )
    specialite, distributions = _place(temps.acces, medecin.specialite)
    differing: tuple[str, ...] = ()
    if dossier.percentiles is not None:
        distributions, differing = _completed(dossier, distributions)
    renewed = readings.objectifs_prorogation == "nouveaux" and eligibility.apres_le_terme(annee, temps.acces)
    facts = []
    for name, known in distributions:
        facts.append(_facts(dossier, name, known, renewed))
    mode = eligibility.mode_de_decision(specialite.groupe, specialite.indicateurs, readings.indicateur_p30)
    recent = special_cases.recemment_installe(medecin.date_installation, contrat.date_signature, temps.acces)
    primo = special_cases.primo_installe(recent, facts, mode)
    derogation = special_cases.par_derogation(primo, medecin.derogation_installation)
    primo = None if derogation else primo
    for place, fact in enumerate(facts):
        if positions.p95_a_exclure(fact.rank) and excludes_p95(annee, signed, temps.acces, fact.indicateur):
            facts[place] = fact._replace(rank=positions.sans_p95(fact, primo, mode))
    return Case(
        dossier, readings, texts_of_law, temps, specialite, tuple(facts), differing, recent, primo, mode,
        derogation, signed,
    )  # fmt: skip


def _completed(
    dossier: Dossier, published: tuple[tuple[Indicateur, Distribution], ...]
) -> tuple[tuple[tuple[Indicateur, Distribution], ...], tuple[str, ...]]:
    """The published distributions completed by those of the caller (MNT-01)."""
    merged = []
    differing: list[str] = []
    for name, known in published:
        complete, different = positions.complete(name, known, dossier.percentiles, caller_reference())
        merged.append((name, complete))
        differing += [f"{name}.{cell}" for cell in different]
    return tuple(merged), tuple(differing)


def _facts(dossier: Dossier, name: Indicateur, known: Distribution, renewed: bool) -> Facts:
    """What is known of one indicator; `renewed`: new objectives, of which only an avenant tells."""
    contrat, observation = dossier.contrat, dossier.observation
    initial = of_indicator(contrat.patientele_initiale, name)
    supplied = of_indicator(contrat.objectifs, name)
    fixed = of_indicator(contrat.patientele_reference, name)
    base = objectives.base_de(initial, fixed)
    if renewed and fixed is None:
        base = supplied = None
    natures = contrat.nature_objectifs
    return Facts(
        name,
        initial,
        base,
        supplied,
        of_indicator(observation, name),
        None if natures is None else getattr(natures, name),
        positions.position(initial, known),
        known,
        observation is not None,
    )


def _future_refusal(case: Case) -> Refusal:
    return Refusal(
        "annee",
        str(case.dossier.annee),
        f"une année de contrat commencée au plus tard le {case.temps.annee.checked.isoformat()}, "
        "jour de la dernière vérification des données",
        "attendez une version à jour, ou évaluez sans strict=True",
        "annee_future",
    )


def criteria_of(case: Case) -> tuple[Criterion, ...]:
    """Every criterion of chapter ELI, and CTR-01 past the term."""
    medecin, contrat = case.dossier.medecin, case.dossier.contrat
    readings, acces, groupe = case.readings, case.temps.acces, case.specialite.groupe
    zone, option = medecin.zone, contrat.option_etp
    activite_mixte, recent, primo = medecin.activite_mixte, case.recent, case.primo
    claimed = medecin.derogation_installation
    sans_seuil = medecin.rqth or medecin.ald
    facts = case.facts
    reached = []
    for fact in facts:
        reached.append(eligibility.p30_atteint(fact.initial, fact.distribution.p30, readings.borne_p30))
    answer = eligibility.seuil_atteint(case.mode, reached)
    modes = eligibility.modes_possibles(groupe, case.specialite.indicateurs)
    activity_readings = eligibility.lectures_activite(modes, facts, reached)
    primo_readings = special_cases.lectures_primo(recent, facts, modes)
    criteria = (
        eligibility.specialite(case.specialite.slug, acces),
        eligibility.honoraires_cliniques(
            groupe,
            medecin.part_honoraires_cliniques,
            acces,
            readings.specialites_a_seuil,
            readings.seuil_honoraires_cliniques,
        ),
        eligibility.secteur(
            medecin.secteur, medecin.option_tarifaire, medecin.specialite, contrat.date_signature, acces
        ),
        eligibility.activite_minimale(
            case.mode, facts, reached, answer, sans_seuil, primo, recent, claimed, case.derogation,
            activite_mixte, activity_readings, acces,
        ),
        eligibility.exceptions(
            medecin.rqth, medecin.ald, activite_mixte, primo, recent, answer, case.derogation
        ),
        eligibility.primo_installation(
            case.mode, primo, recent, answer or sans_seuil, claimed, case.derogation, facts, primo_readings,
            acces,
        ),
        _option_criterion(case),
        eligibility.etp_eleve(
            option, groupe, zone, case.dossier.annee, contrat.date_signature, contrat.date_option,
            contrat.contrat_anterieur, case.temps.option,
        ),
        eligibility.signataire(medecin.remplacant),
        eligibility.exercice_coordonne(medecin.exercice_coordonne, contrat.date_signature, acces),
    )  # fmt: skip
    if not eligibility.apres_le_terme(case.dossier.annee, acces):
        return criteria
    depart = texts.premier_jour(
        contrat.date_signature, contrat.date_embauche, 1, acces.texte, readings.debut_annee
    )
    return (*criteria, eligibility.prorogation(contrat.prorogation, case.dossier.annee, acces, depart))


def _option_criterion(case: Case) -> Criterion:
    """ELI-07: the option of the contract on its day, and that which an avenant changed on the days before."""
    contrat, zone = case.dossier.contrat, case.dossier.medecin.zone
    day = contrat.date_option or contrat.date_signature
    found = eligibility.option_ouverte(contrat.option_etp, zone, day, case.temps.option)
    before = options.option_avant(contrat)
    if before is None:
        return found
    days = _days_before_the_avenant(case)
    held = options.option_tenue(before, case.specialite.groupe, zone, days, day)
    return options.la_moins_sure(found, held)


def _days_before_the_avenant(case: Case) -> options.Jours:
    contrat = case.dossier.contrat
    avenant = options.avenant_d_option(contrat) or contrat.date_signature
    return options.jours_avant(
        contrat.date_signature, avenant, case.chronology, case.readings.entree_en_vigueur
    )


def verdict_of(criteria: Iterable[Criterion]) -> Verdict:
    """The verdict that the criteria give together."""
    verdict: Verdict = "eligible"
    for criterion in criteria:
        status = criterion.status
        if status == "non_satisfait":
            return "non_eligible"
        if status == "inconnu" or status == "a_apprecier":
            verdict = "a_instruire"
    return verdict


def bands_of(case: Case) -> tuple[Bande, ...]:
    """The bands that the positions allow (MNT-01, MNT-02)."""
    if len(case.facts) == 1:
        return positions.bandes(case.facts[0].rank)
    pmt, pfa = case.facts
    lecture = case.readings.tranche_deux_indicateurs
    return positions.bandes(positions.tranche_deux_indicateurs(pmt.rank, pfa.rank, lecture))


def goals_of(case: Case) -> Goals:
    """Every objective under every nature that it may have."""
    dossier, year, facts = case.dossier, case.temps.annee, case.facts
    senior = special_cases.senior_a_la_signature(
        dossier.medecin.date_naissance, dossier.contrat.date_signature, case.temps.publiee, year
    )
    last = year.parametres["derniere_annee_primo"].num
    combinations = objectives.combinaisons(facts, case.primo, senior, dossier.annee, last)
    if not combinations:
        raise RefusedData(_under_base(facts))
    by_nature: list[dict[NatureObjectif, Goal]] = []
    for rank, fact in enumerate(facts):
        goals: dict[NatureObjectif, Goal] = {}
        for natures in combinations:
            if natures[rank] not in goals:
                goals[natures[rank]] = _goal(case, fact, natures[rank], senior, combinations, rank)
        by_nature.append(goals)
    return Goals(combinations, by_nature, senior)


def _fixed(case: Case, fact: Facts) -> int | None:
    """The base that an avenant fixed, and no other: past year 3 that of a primo-installé is his avenant's."""
    return of_indicator(case.dossier.contrat.patientele_reference, fact.indicateur)


def _regimes_of(
    case: Case, combinations: Iterable[tuple[NatureObjectif, ...]], rank: int, nature: NatureObjectif
) -> frozenset[str | None]:
    """The regimes in which the indicator of this rank may have this nature."""
    year, groupe = case.temps.annee, case.specialite.groupe
    return frozenset(
        modulation.regime_de(each, groupe, year) for each in combinations if each[rank] == nature
    )


def _goal(
    case: Case,
    fact: Facts,
    nature: NatureObjectif,
    senior: bool | None,
    combinations: Iterable[tuple[NatureObjectif, ...]],
    rank: int,
) -> Goal:
    """One objective under one nature; `combinations` and its `rank` in them tell its possible regimes."""
    year, readings, medecin = case.temps.annee, case.readings, case.dossier.medecin
    if nature == "augmentation":
        if fact.supplied is None and special_cases.apres_primo(case.primo, case.dossier.annee, year):
            fact = fact._replace(base=_fixed(case, fact))
            target = objectives.INCONNUE
        else:
            option = case.dossier.contrat.option_etp
            target = objectives.cible_augmentation(fact, option, case.temps.option)
        return Goal(objectives.augmentation(fact, target.low, year, readings), target, None)
    if nature == "maintien":
        fall = special_cases.tolerance_elargie(
            senior, fact.stated, medecin.date_naissance, case.temps.debut, year
        )
        regimes = _regimes_of(case, combinations, rank, nature)
        wide = special_cases.tolerance_en_6_2(fall, regimes, readings.tolerance_6_2)
        in_6_2 = not regimes.isdisjoint(special_cases.ILLUSTRATIONS_6_2)
        target = Target(fact.base, fact.base, None, "base")
        return Goal(objectives.maintien(fact, wide, year, readings), target, wide, fall, in_6_2)
    target = objectives.cible_primo(fact, medecin.activite_mixte)
    return Goal(objectives.primo(fact, target), target, None)


def _under_base(facts: Iterable[Facts]) -> list[Refusal]:
    """OBJ-02: the targets under their base, which only a primo-installé may have unless maintien is stated.

    A dossier is refused by itself where no barème could make him one; here by the barème of the question.
    """
    return [
        target_refusal(fact.indicateur, fact.supplied, f"au moins la base ({fact.base})")
        for fact in facts
        if fact.supplied is not None
        and fact.base is not None
        and fact.supplied < fact.base
        and fact.stated is None
    ]


def objectives_of(goals: Goals) -> dict[Indicateur, Objective]:
    """One objective an indicator; under several possible natures, what they have in common."""
    shown: dict[Indicateur, Objective] = {}
    for possible in goals.by_nature:
        if len(possible) == 1:
            (goal,) = possible.values()
            shown[goal.objective.indicator] = goal.objective
        else:
            common = objectives.en_commun([goal.objective for goal in possible.values()])
            shown[common.indicator] = common
    return shown


def share_of(case: Case, goals: Goals) -> tuple[tuple[str, ...], Share | None, tuple[Modulation, ...]]:
    """The possible regimes, the share over all of them, and what each gives.

    Past year 2 there is no share without an observation.
    """
    dossier, year = case.dossier, case.temps.annee
    found: tuple[Modulation, ...]
    regimes: tuple[str, ...]
    if modulation.versement_integral(dossier.annee, year):
        return ("MOD-00",), modulation.SHARE_ONE, ()
    if modulation.tables_ecartees(case.temps.publiee, case.readings.modulation_avant_2024):
        open_share = modulation.share(objectives.ZERO, objectives.ONE)
        return (), None if dossier.observation is None else open_share, ()
    if len(goals.combinations) == 1:
        only = _under(case, goals, goals.combinations[0])
        found, low, high = (only,), only.low, only.high
        regimes = () if only.regime is None else (only.regime,)
    else:
        found = tuple([_under(case, goals, natures) for natures in goals.combinations])
        low, high = min([m.low for m in found]), max([m.high for m in found])
        regimes = tuple({m.regime: None for m in found if m.regime is not None})
    if dossier.observation is None:
        return regimes, None, found
    return regimes, modulation.share(low, high), found


def _under(case: Case, goals: Goals, natures: tuple[NatureObjectif, ...]) -> Modulation:
    """The share under one combination of natures."""
    year = case.temps.annee
    regime = modulation.regime_de(natures, case.specialite.groupe, year)
    if regime is None:
        return modulation.sans_regime()
    pairs, cells = [], []
    for rank, nature in enumerate(natures):
        goal = goals.by_nature[rank][nature]
        p30 = case.facts[rank].distribution.p30
        pairs.append((goal.objective, goal.target))
        cells.append(modulation.cellules(goal.objective, goal.target, p30))
    circumstances = case.dossier.circonstances_exceptionnelles
    acces = case.temps.acces.texte
    return modulation.part_versee(regime, pairs, cells, year, acces, case.readings, circumstances)


def _due(euros: tuple[int | Fraction, int | Fraction], part: Share, arrondi: str) -> tuple[int, int]:
    """Whole centimes, at the least and at the most."""
    low = amounts.montant_du(euros[0], part.low.numerator, part.low.denominator, arrondi)
    if part.value is not None and euros[0] == euros[1]:
        return low, low
    return low, amounts.montant_du(euros[1], part.high.numerator, part.high.denominator, arrondi)
