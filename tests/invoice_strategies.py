"""Hypothesis strategies of the invoices (CST-01, CST-02): dicts that the models of a post accept."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

Given: TypeAlias = dict[str, Any]
TURNS = ("2023-02-28", "2024-02-29", "2027-02-15", "2027-03-01", "2028-02-10", "2028-02-29", "2026-01-31")
"""First days of a post around which months and years are of unequal lengths."""
DAYS = st.sampled_from(TURNS).map(date.fromisoformat) | st.dates(date(2019, 1, 1), date(2033, 12, 31))
GRID = st.dates(date(2024, 1, 1), date(2033, 12, 31))
"""First days from which the minima of positions 5 and 9 are known."""
HARD_CENTS = st.sampled_from((1, 2, 5, 7, 11, 12, 100, 1_001)) | st.integers(1, 600_000)
"""Sums in centimes that seldom divide by the days of a month."""


def number(value: int, places: int) -> str:
    """An exact decimal text: `number(1250, 2)` is 12.50."""
    return format(Decimal(value).scaleb(-places), "f")


EUROS = HARD_CENTS.map(lambda cents: number(cents, 2)) | st.integers(0, 5_000) | st.just("0")
PARTS = st.sampled_from(("0", "0.1", "0.10", "1", "0.333")) | st.integers(0, 100).map(lambda n: number(n, 3))
RISES = st.sampled_from(("0", "0.02", "0.20")) | st.integers(0, 200).map(lambda n: number(n, 3))
FACTORS = st.sampled_from((1, "1", "1.0", "1.30", "1.6", 5)) | st.integers(100, 500).map(
    lambda n: number(n, 2)
)
ETP = st.sampled_from((1, 2, "0.5", "1", "1.5", "0.001")) | st.integers(1, 10_000).map(lambda n: number(n, 3))
HOURS = st.sampled_from((35, "17.5", "24", "0.25")) | st.integers(1, 16_800).map(lambda n: number(n, 2))


def optional(drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | drawn


@st.composite
def poste_dicts(draw: st.DrawFn, *, longest: int = 900, **fixed: Any) -> Given:
    """A post of at most `longest` days, or without an end; its salary typed, or that of a known minimum."""
    by_position = draw(st.booleans()) if "salaire_brut" not in fixed else fixed["salaire_brut"] is None
    debut = fixed.get("debut") or draw(GRID if by_position else DAYS)
    contract = fixed.get("contrat_travail") or draw(st.sampled_from(("CDI", "CDD")))
    length = draw(st.integers(0, longest) if contract == "CDD" else optional(st.integers(0, longest)))
    by_hours = draw(st.booleans())
    found: Given = {
        "debut": debut,
        "fin": None if length is None else debut + timedelta(days=length),
        "contrat_travail": contract,
        "etp": None if by_hours else draw(ETP),
        "heures_hebdomadaires": draw(HOURS) if by_hours else None,
        "salaire_brut": None if by_position else draw(HARD_CENTS.map(lambda cents: number(cents, 2))),
        "position": draw(st.sampled_from((5, 9)) if by_position else optional(st.integers(5, 9))),
        "hausse_annuelle": draw(optional(RISES)),
    }
    return found | fixed


@st.composite
def direct_dicts(draw: st.DrawFn, *, loaded: bool | None = None) -> Given:
    """Direct employment, with or without the Tese; `loaded`: by a loaded cost, by a gross salary."""
    mode = draw(st.sampled_from(("direct", "tese")))
    by_cost = draw(st.booleans()) if loaded is None else loaded
    return {
        "mode": mode,
        "facteur_employeur": None if by_cost else draw(optional(FACTORS)),
        "cout_charge_annuel": draw(EUROS) if by_cost else None,
        "paie_mensuelle": None if mode == "tese" else draw(optional(EUROS)),
        "recrutement": draw(optional(EUROS)),
        "prime_fin_cdd": draw(optional(PARTS)),
    }


@st.composite
def facture_dicts(draw: st.DrawFn, *, loaded: bool | None = None) -> Given:
    """A groupement d'employeurs that itemises its invoice."""
    by_cost = draw(st.booleans()) if loaded is None else loaded
    names = ("mise_en_place", "adhesion_annuelle", "gestion_mensuelle", "paie_mensuelle")
    found: Given = {name: draw(optional(EUROS)) for name in names}
    return found | {
        "mode": "groupement",
        "facteur_employeur": None if by_cost else draw(optional(FACTORS)),
        "salaire_charge_mensuel": draw(EUROS) if by_cost else None,
        "deplacements_mensuels": draw(optional(EUROS)),
        "provision_fin_contrat": draw(optional(EUROS)),
        "appel_provision": draw(st.sampled_from(("debut", "fin"))),
    }


@st.composite
def coefficient_dicts(draw: st.DrawFn) -> Given:
    """A groupement d'employeurs that asks one coefficient."""
    return {
        "mode": "coefficient",
        "coefficient": draw(optional(FACTORS)),
        "adhesion_annuelle": draw(optional(EUROS)),
        "mise_en_place": draw(optional(EUROS)),
    }


def emploi_dicts(*, loaded: bool | None = None) -> st.SearchStrategy[Given]:
    """Any way to employ; `loaded=False`: from the gross salary of the post alone."""
    ways: list[st.SearchStrategy[Given]] = [direct_dicts(loaded=loaded), facture_dicts(loaded=loaded)]
    return st.one_of(*ways) if loaded else st.one_of(*ways, coefficient_dicts())


def for_a_cdi(way: Given) -> Given:
    """A way to employ without what only a CDD has."""
    return {name: None if name in ("prime_fin_cdd", "provision_fin_contrat") else way[name] for name in way}


@st.composite
def invoiced(
    draw: st.DrawFn, *, loaded: bool | None = None, **fixed: Any
) -> tuple[Given, Given, date | None]:
    """A post, a way to employ, and the last day to count if the caller says one."""
    poste = draw(poste_dicts(**fixed))
    until = draw(optional(st.integers(0, 1_000)))
    way = draw(emploi_dicts(loaded=loaded))
    return (
        poste,
        way if poste["contrat_travail"] == "CDD" else for_a_cdi(way),
        None if until is None else poste["debut"] + timedelta(days=until),
    )
