"""`evaluate`: the one place that orders the rules. It holds no law.

The chapters follow one another as in `rules.md`: texts, eligibility, amount, objectives, share. What
each found is kept in `Workings`, from which `tracing` makes the reasons when they are asked for.
"""

from collections.abc import Iterable
from functools import lru_cache, partial

from .bareme import Bareme, Distribution, Specialite
from .chronology import Chronology, chronology, chronology_with
from .decision import Amount, Criterion, Decision, Details, Objective, Share
from .errors import Refusal, RefusedData
from .models import Dossier, of_indicator, target_refusal
from .readings import DEFAULT, Readings
from .rules import amounts, eligibility, modulation, objectives, positions, special_cases, texts
from .rules.modulation import Modulation
from .rules.objectives import Facts, Target
from .rules.positions import Rank
from .terms import Bande, Indicateur, NatureObjectif, Verdict
from .tracing import Case, Goals, Workings, caller_reference, reasons


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
    choices = readings or DEFAULT
    case = _case(dossier, choices, chronology() if bareme is None else chronology_with(bareme))
    if strict and texts.annee_apres_verification(case.temps.debut, case.temps.annee):
        raise RefusedData([_future_refusal(case)])
    criteria = _criteria(case)
    verdict = _verdict(criteria)
    if verdict == "non_eligible" and not force:
        work = Workings(case, bareme, criteria, (), None, None, (), None, None)
        return _decision(work, verdict, None, None, (), None, force, strict)
    bands = _bands(case)
    maximum = amounts.maximum(dossier.contrat.option_etp, dossier.annee, bands, case.temps.montants)
    goals = _goals(case)
    regimes, part, shares = _share(case, goals) if maximum.euros else ((), None, ())
    due = _due(maximum.euros, part, choices.arrondi) if maximum.euros and part else None
    work = Workings(case, bareme, criteria, bands, maximum, goals, shares, part, due)
    top = None if maximum.euros is None else amounts.euros(*maximum.euros)
    return _decision(work, verdict, top, _objectives(case, goals), regimes, due, force, strict)


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
        Details(partial(reasons, work)),
    )


@lru_cache(maxsize=4096)
def _place(acces: Bareme, slug: str) -> tuple[Specialite, dict[Indicateur, Distribution]]:
    """The specialty, and its published distributions under the text of access."""
    specialite = acces.specialites[slug]
    return specialite, {name: acces.percentiles[slug, name] for name in specialite.indicateurs}


def _case(dossier: Dossier, readings: Readings, texts_of_law: Chronology) -> Case:
    medecin, contrat = dossier.medecin, dossier.contrat
    temps = texts.textes_applicables(
        contrat.date_signature,
        contrat.date_option,
        contrat.date_embauche,
        dossier.annee,
        texts_of_law,
        readings.entree_en_vigueur,
        readings.debut_annee,
    )
    specialite, distributions = _place(temps.acces, medecin.specialite)
    differing: tuple[str, ...] = ()
    if dossier.percentiles is not None:
        distributions, differing = _completed(dossier, distributions)
    initial = contrat.patientele_initiale
    counts: dict[Indicateur, int | None] = (
        {"pfa": initial.pfa} if len(distributions) == 1 else {"pmt": initial.pmt, "pfa": initial.pfa}
    )
    ranks = {name: positions.position(count, distributions[name]) for name, count in counts.items()}
    mode = eligibility.mode_de_decision(specialite.groupe, specialite.indicateurs, readings.indicateur_p30)
    recent = special_cases.recemment_installe(medecin.date_installation, contrat.date_signature, temps.acces)
    primo = False if recent is False else special_cases.primo_parmi(recent, counts, distributions, mode)
    return Case(
        dossier, readings, texts_of_law, temps, specialite, counts, distributions, differing, ranks,
        recent, primo, mode,
    )  # fmt: skip


def _completed(
    dossier: Dossier, published: dict[Indicateur, Distribution]
) -> tuple[dict[Indicateur, Distribution], tuple[str, ...]]:
    """The published distributions completed by those of the caller (MNT-01)."""
    merged = {}
    differing: list[str] = []
    for name, known in published.items():
        merged[name], different = positions.complete(name, known, dossier.percentiles, caller_reference())
        differing += [f"{name}.{cell}" for cell in different]
    return merged, tuple(differing)


def _future_refusal(case: Case) -> Refusal:
    return Refusal(
        "annee",
        str(case.dossier.annee),
        f"une année de contrat commencée au plus tard le {case.temps.annee.checked.isoformat()}, "
        "jour de la dernière vérification des données",
        "attendez une version à jour, ou évaluez sans strict=True",
        "annee_future",
    )


def _criteria(case: Case) -> tuple[Criterion, ...]:
    medecin, contrat = case.dossier.medecin, case.dossier.contrat
    readings, acces, groupe = case.readings, case.temps.acces, case.specialite.groupe
    zone, option = medecin.zone, contrat.option_etp
    activite_mixte, recent, primo = medecin.activite_mixte, case.recent, case.primo
    sans_seuil = medecin.rqth or medecin.ald
    reached = {
        name: eligibility.p30_atteint(count, case.distributions[name].p30, readings.borne_p30)
        for name, count in case.counts.items()
    }
    answer = eligibility.seuil_atteint(case.mode, reached)
    modes = eligibility.modes_possibles(groupe, case.specialite.indicateurs)
    activity_readings = eligibility.lectures_activite(modes, case.counts, case.distributions, reached)
    primo_readings: tuple[str, ...] = ()
    if recent is not False and len(modes) > 1:
        primo_readings = special_cases.lectures_primo(recent, case.counts, case.distributions, modes)
    criteria = (
        eligibility.specialite(case.specialite.slug, groupe, acces),
        eligibility.honoraires_cliniques(
            groupe,
            medecin.part_honoraires_cliniques,
            acces,
            readings.specialites_a_seuil,
            readings.seuil_honoraires_cliniques,
        ),
        eligibility.secteur(medecin.secteur, medecin.option_tarifaire, contrat.date_signature, acces),
        eligibility.activite_minimale(
            case.mode, case.counts, case.distributions, reached, answer,
            sans_seuil, primo, recent, activite_mixte, activity_readings,
        ),
        eligibility.exceptions(medecin.rqth, medecin.ald, activite_mixte, primo, recent, answer),
        eligibility.primo_installation(
            primo, recent, answer, case.counts, case.distributions, primo_readings
        ),
        eligibility.option_ouverte(
            option, zone, contrat.date_option or contrat.date_signature, case.temps.option
        ),
        eligibility.etp_eleve(
            option, groupe, zone, case.dossier.annee, contrat.date_signature, contrat.date_option,
            contrat.contrat_anterieur, case.temps.option,
        ),
        eligibility.signataire(medecin.remplacant),
        eligibility.exercice_coordonne(medecin.exercice_coordonne, acces),
    )  # fmt: skip
    term = eligibility.prorogation(contrat.prorogation, case.dossier.annee, acces)
    return criteria if term is None else (*criteria, term)


def _verdict(criteria: Iterable[Criterion]) -> Verdict:
    statuses = [criterion.status for criterion in criteria]
    if "non_satisfait" in statuses:
        return "non_eligible"
    return "a_instruire" if "inconnu" in statuses or "a_apprecier" in statuses else "eligible"


def _bands(case: Case) -> tuple[Bande, ...]:
    ranks = case.ranks
    if len(ranks) == 1:
        return positions.bandes(ranks["pfa"])
    lecture = case.readings.tranche_deux_indicateurs
    return positions.bandes(positions.tranche_deux_indicateurs(ranks["pmt"], ranks["pfa"], lecture))


def _goals(case: Case) -> Goals:
    """Every objective under every nature that it may have."""
    medecin, annee = case.dossier.medecin, case.dossier.annee
    year = case.temps.annee
    senior = special_cases.senior_a_la_signature(
        medecin.date_naissance, case.dossier.contrat.date_signature, case.temps.publiee, year
    )
    last = year.parametres["derniere_annee_primo"].num
    past_term = eligibility.apres_le_terme(annee, case.temps.acces)
    facts = [_facts(case, name, rank, past_term, annee > last) for name, rank in case.ranks.items()]
    combinations = objectives.combinaisons(facts, case.primo, senior, annee, last)
    if not combinations:
        raise RefusedData(_under_base(facts))
    found: dict[tuple[Indicateur, NatureObjectif], tuple[Objective, Target, bool | None]] = {}
    for rank, fact in enumerate(facts):
        wide = special_cases.tolerance_elargie(
            senior, fact.stated, medecin.date_naissance, case.temps.debut, year
        )
        for nature in {combination[rank]: None for combination in combinations}:
            found[fact.indicateur, nature] = (*_objective(case, fact, nature, wide), wide)
    return Goals(combinations, found, senior, past_term)


def _facts(case: Case, name: Indicateur, rank: Rank, past_term: bool, after_primo: bool) -> Facts:
    contrat, observation = case.dossier.contrat, case.dossier.observation
    stated = contrat.nature_objectifs
    initial = case.counts[name]
    supplied = of_indicator(contrat.objectifs, name)
    fixed = of_indicator(contrat.patientele_reference, name)
    base = objectives.base_de(initial, fixed)
    if fixed is None and past_term and case.readings.objectifs_prorogation == "nouveaux":
        base = supplied = None
    elif fixed is None and supplied is None and after_primo and case.primo is not False:
        base = None
    return Facts(
        name,
        initial,
        base,
        supplied,
        of_indicator(observation, name),
        None if stated is None else getattr(stated, name),
        rank,
        case.distributions[name],
        observation is not None,
    )


def _objective(
    case: Case, facts: Facts, nature: NatureObjectif, wide: bool | None
) -> tuple[Objective, Target]:
    year, readings = case.temps.annee, case.readings
    if nature == "augmentation":
        option = case.dossier.contrat.option_etp
        target = objectives.cible_augmentation(facts, option, case.temps.acces)
        return objectives.augmentation(facts, target.low, year, readings), target
    if nature == "maintien":
        target = Target(facts.base, facts.base, None, "base")
        return objectives.maintien(facts, wide, year, readings), target
    target = objectives.cible_primo(facts, case.dossier.medecin.activite_mixte)
    return objectives.primo(facts, target), target


def _under_base(facts: Iterable[Facts]) -> list[Refusal]:
    return [
        target_refusal(fact.indicateur, fact.supplied, f"au moins la base ({fact.base})")
        for fact in facts
        if fact.supplied is not None and fact.base is not None and fact.supplied < fact.base
    ]


def _objectives(case: Case, goals: Goals) -> dict[Indicateur, Objective]:
    """One objective an indicator; under several possible natures, what they have in common."""
    if len(goals.combinations) == 1:
        return {name: found[0] for (name, _), found in goals.found.items()}
    each: dict[Indicateur, list[Objective]] = {name: [] for name in case.counts}
    for (name, _), found in goals.found.items():
        each[name].append(found[0])
    return {name: objectives.en_commun(possible) for name, possible in each.items()}


def _share(case: Case, goals: Goals) -> tuple[tuple[str, ...], Share | None, tuple[Modulation, ...]]:
    """The possible regimes, the share over all of them, and what each gives.

    Past year 2 there is no share without an observation.
    """
    dossier, year = case.dossier, case.temps.annee
    if modulation.versement_integral(dossier.annee, year):
        return ("MOD-00",), modulation.SHARE_ONE, ()
    if modulation.tables_ecartees(case.temps.publiee, case.readings.modulation_avant_2024):
        open_share = modulation.share(objectives.ZERO, objectives.ONE)
        return (), None if dossier.observation is None else open_share, ()
    found = tuple([_under(case, goals, natures) for natures in goals.combinations])
    if len(found) == 1 and found[0].regime is not None:
        regimes, low, high = (found[0].regime,), found[0].low, found[0].high
    else:
        regimes = tuple({m.regime: None for m in found if m.regime is not None})  # type: ignore[assignment]
        low, high = min(m.low for m in found), max(m.high for m in found)
    if dossier.observation is None:
        return regimes, None, found
    return regimes, modulation.share(low, high), found


def _under(case: Case, goals: Goals, natures: tuple[NatureObjectif, ...]) -> Modulation:
    """The share under one combination of natures."""
    year = case.temps.annee
    regime = modulation.regime_de(natures, case.specialite.groupe, year)
    if regime is None:
        return modulation.sans_regime()
    each, cells = [], []
    for name, nature in zip(case.counts, natures, strict=True):
        objective, target, _ = goals.found[name, nature]
        each.append((objective, target))
        cells.append(modulation.cellules(objective, target, case.distributions[name].p30))
    circumstances = case.dossier.circonstances_exceptionnelles
    return modulation.part_versee(regime, each, cells, year, case.readings, circumstances)


def _due(euros: tuple[int, int], part: Share, arrondi: str) -> tuple[int, int]:
    """Whole centimes, at the least and at the most."""
    low = amounts.montant_du(euros[0], part.low.numerator, part.low.denominator, arrondi)
    if part.value is not None and euros[0] == euros[1]:
        return low, low
    return low, amounts.montant_du(euros[1], part.high.numerator, part.high.denominator, arrondi)
