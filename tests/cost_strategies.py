"""Hypothesis strategies of chapter CST: what the models of the costs accept."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from aide_am.costs.groupement import CompteGroupement
from aide_am.rules import groupement as rules

CENTS = st.sampled_from((0, 1, 2, 99, 100)) | st.integers(0, 5_000_000)
"""Sums in centimes, small ones often: there the roundings show."""


def plain(number: Fraction | int, places: int) -> str:
    """An exact decimal text."""
    return format(Decimal(int(Fraction(number) * 10**places)).scaleb(-places), "f")


def euros(cents: int) -> str:
    """Centimes as the text of a sum in euros."""
    return plain(Fraction(cents, 100), 2)


def accounts(**fixed: Any) -> st.SearchStrategy[CompteGroupement]:
    """Valid accounts of a groupement; `in_parts` and `spare` as in `account_dicts`."""
    return account_dicts(**fixed).map(CompteGroupement.model_validate)


@st.composite
def account_dicts(draw: st.DrawFn, *, in_parts: bool | None = None, spare: int = 0) -> dict[str, Any]:
    """The same as input of the model; `spare`: centimes of cost that no resource pays, at least."""
    wages, costs = draw(CENTS.map(lambda cents: cents + 1 + spare)), draw(CENTS)
    size = draw(st.integers(1, 6))
    left = wages + costs - spare
    fee = draw(st.just(0) | st.integers(0, left // size))
    left -= fee * size
    income, part = draw(st.integers(0, 2 * left)), draw(st.integers(0, 100))
    part = part if income * part <= left * 100 - 100 else 0
    left -= -(-income * part // 100)
    subsidies = [draw(st.integers(0, left))] if draw(st.booleans()) else []
    least = rules.coefficient_affichable(rules.coefficient_couvrant(wages, costs, fee * size))
    over = draw(st.none() | st.integers(0, 2_000))
    over = None if least > 900_000 else over
    return {
        "debut": "2026-01-01",
        "fin": draw(st.sampled_from(("2026-01-01", "2026-01-31", "2026-12-31"))),
        "masse_salariale": euros(wages),
        "frais_fonctionnement": euros(costs),
        "membres": draw(_members(size, in_parts)),
        "adhesion": euros(fee),
        "coefficient": None if over is None else plain(least + Fraction(over, 10_000), 4),
        "subventions": [{"libelle": "subvention régionale", "montant": euros(each)} for each in subsidies],
        "produits": [{"libelle": "formation", "montant": euros(income)}] if income else [],
        "retrocession": plain(Fraction(part, 100), 2) if income else None,
    }


@st.composite
def _members(draw: st.DrawFn, size: int, in_parts: bool | None) -> list[dict[str, Any]]:
    """Hours, some of them zero, or parts that sum to one."""
    names = draw(st.permutations([f"medecin_{rank}" for rank in range(1, size + 1)]))
    if draw(st.booleans()) if in_parts is None else in_parts:
        cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=size - 1, max_size=size - 1)))
        parts = [high - low for low, high in zip([0, *cuts], [*cuts, 1000], strict=True)]
        uses = [("part", plain(Fraction(part, 1000), 3)) for part in parts]
    else:
        hours = st.sampled_from((0, 0, 1, 3, 15_167)) | st.integers(0, 200_000)
        drawn = draw(st.lists(hours, min_size=size, max_size=size).filter(any))
        uses = [("heures", plain(Fraction(each, 100), 2)) for each in drawn]
    return [{"identifiant": name, kind: use} for name, (kind, use) in zip(names, uses, strict=True)]
