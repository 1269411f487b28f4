"""The public names as an outside caller types them; checked by mypy in strict mode, never run."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from aide_am import (
    Bareme,
    Decision,
    Dossier,
    Outcome,
    Readings,
    RefusedData,
    bareme_at,
    evaluate,
    outcomes,
    specialite_of_code,
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


SLUG: str = specialite_of_code("06", "am")
