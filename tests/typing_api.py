"""The public names as an outside caller types them; checked by mypy in strict mode, never run."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from aide_am import (
    AvenantOption,
    Bareme,
    CollectiveDecision,
    Deadlines,
    Decision,
    Depart,
    Dossier,
    DossierCollectif,
    Event,
    Frontier,
    Gaps,
    Growth,
    OtherRecovery,
    Outcome,
    Payment,
    Readings,
    Recovery,
    RefusedData,
    Resiliation,
    Schedule,
    Simulation,
    Span,
    State,
    bareme_at,
    collective_span,
    compare,
    deadlines,
    evaluate,
    evaluate_collective,
    frontier,
    gaps,
    outcomes,
    recovery,
    replay,
    schedule,
    simulate,
    span,
    specialite_of_code,
)
from aide_am.costs import (
    Associe,
    BreakEven,
    Directory,
    EmploiDirect,
    EmploymentComparison,
    EmploymentCost,
    Poste,
    RemainingCost,
    break_even,
    compare_employment,
    employment_cost,
    groupements,
    remaining_cost,
    shared_cost,
)


def amount_of(data: dict[str, object]) -> Decimal | None:
    """The amount due of a dossier, when it is certain."""
    try:
        dossier = Dossier.model_validate(data)
    except RefusedData as error:
        fields: list[str] = [refusal.field for refusal in error.refusals]
        raise ValueError(fields) from error
    decision: Decision = evaluate(dossier, readings=Readings(taux_atteinte="niveau"), force=True)
    text: str = decision.explain("markdown")
    share: Fraction | None = decision.share.value if decision.share else None
    assert text or share
    return decision.amount_due.value if decision.amount_due else None


def reform() -> Bareme:
    """A simulated barème."""
    return bareme_at(date(2026, 1, 1)).with_changes(
        montants={("1", "3+", "p30_p90"): 23_000}, parametres={"tolerance_maintien": "0.07"}
    )


def every_result(dossier: Dossier) -> list[Decimal]:
    """The lowest amount of each distinct result."""
    found: tuple[Outcome, ...] = outcomes(dossier, bareme=reform())
    return [outcome.amount_due.low for outcome in found if outcome.amount_due]


def every_reading(decision: Decision) -> tuple[Decimal | None, dict[str, str]]:
    """The lowest sum over every reading, and the readings to change for it."""
    found: Span = span(decision)
    return found.low, found.ends[0].readings


SLUG: str = specialite_of_code("06", "am")


def a_life(dossier: Dossier, day: date) -> tuple[Payment, ...]:
    """The life of a contract: its state, its payments, its calendar, its end."""
    events: list[Event] = [AvenantOption(date=day, option_etp="0.5")]
    state: State = replay(dossier, events, on=day)
    payments: Schedule = schedule(dossier, {3: {"pmt": 1500}}, events=events)
    calendar: Deadlines = deadlines(dossier, events)
    end = Resiliation(date=day, initiative="medecin", motif="autre")
    recovered: Recovery = recovery(dossier, [*events, Depart(date=day), end])
    others: tuple[OtherRecovery, ...] = recovered.others
    ics: bytes = calendar.to_ics()
    assert state.contrat
    assert recovered.recovered
    assert others
    assert ics
    return payments.payments


def what_if(dossier: Dossier) -> list[dict[str, object]]:
    """Distances, map, path and variants."""
    near: Gaps = gaps(dossier)
    every: Frontier = frontier(dossier)
    path: Simulation = simulate(dossier, Growth(), readings="toutes")
    variants = compare(dossier, half={"contrat.option_etp": "0.5"}, reform=reform())
    return [*near.rows(), *every.rows(), *path.rows(), *variants.rows()]


def a_group(group: DossierCollectif) -> Decimal | None:
    """The amount due of a contrat collectif, or the lowest over every reading."""
    decision: CollectiveDecision = evaluate_collective(group)
    found: Span = collective_span(decision)
    return decision.amount_due.value if decision.amount_due else found.low


def a_post(dossier: Dossier, day: date) -> list[Decimal | None]:
    """What a post costs, what remains of it, and to whom."""
    post = Poste(debut=day, etp=Decimal(1), position=5)
    invoice: EmploymentCost = employment_cost(post, EmploiDirect())
    remaining: RemainingCost = remaining_cost(dossier, post, EmploiDirect(), {3: {"pmt": 1500}})
    half = Associe(identifiant="medecin_1", part=Fraction(1, 2), dossier=dossier)
    other = Associe(identifiant="medecin_2", part=Fraction(1, 2))
    shared: RemainingCost = shared_cost(post, EmploiDirect(), [half, other])
    compared: EmploymentComparison = compare_employment(dossier, post)
    consultations: BreakEven = break_even(remaining, "30")
    near: Directory = groupements(region="Occitanie")
    assert consultations.years
    assert near.entries
    rests = [way.remaining.payer("medecin").case("pire").rest for way in compared.compared]
    return [invoice.total, shared.payer("medecin_1").case("meilleur").rest, *rests]
