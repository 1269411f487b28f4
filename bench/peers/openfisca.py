"""The part of the rules of `subset` in OpenFisca-core: one entity, a parameter tree, a variable an answer.

Parameters become NumPy tables once, as an expert writes it: the fancy indexing of the documentation is a
Python loop, 24 times as slow. OpenFisca computes in float32.
"""

import datetime
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from aide_am.terms import OPTIONS_ETP

from .dossiers import Table, choices, slugs
from .subset import ANSWERS, figures

PERIOD = "2025"
DOCTOR = Entity("doctor", "doctors", "Doctor", "")
SPECIALITE = Enum("Specialite", {slug: slug for slug in slugs()})
ZONE = Enum("Zone", {zone: zone for zone in choices("zone")})
OPTION = Enum("Option", {f"etp_{number}": option for number, option in enumerate(OPTIONS_ETP)})
BAND = Enum("Band", {f"band_{number}": str(number) for number in range(4)})
STATUS = Enum("Status", {f"status_{number}": str(number) for number in range(4)})


def codes(values: Any) -> Any:
    """The ranks behind an array of Enum."""
    return np.asarray(values).view(np.ndarray)


def _variable(name: str, kind: type, formula: Callable[..., Any] | None = None, enum: Any = None) -> type:
    body: dict[str, Any] = {
        "value_type": kind, "entity": DOCTOR, "definition_period": DateUnit.YEAR, "label": name
    }  # fmt: skip
    if enum is not None:
        body |= {"possible_values": enum, "default_value": next(iter(enum))}
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def _value(value: float) -> dict[str, Any]:
    return {"values": {"2024-01-01": {"value": value}}}


def _tree() -> dict[str, Any]:
    law = figures()
    tree: dict[str, Any] = {
        f"p30_{name}": {slug: _value(cell) for slug, cell in zip(slugs(), cells, strict=True)}
        for name, cells in law.p30.items()
    }
    tree["two"] = {slug: _value(int(two)) for slug, two in zip(slugs(), law.two, strict=True)}
    tree |= {f"p90_{name}": _value(cell) for name, cell in law.p90.items()}
    tree |= {f"p95_{name}": _value(cell) for name, cell in law.p95.items()}
    tree["age"] = _value(law.age)
    tree["amounts"] = {
        band.name: {
            f"year_{year}": {option.name: _value(euros) for option, euros in zip(OPTION, row, strict=True)}
            for year, row in enumerate(law.amounts[band.index], start=1)
        }
        for band in BAND
    }
    return tree


@cache
def _tables(p: Any) -> tuple[Any, Any, Any, Any]:
    """P30 of both indicators, whether there are two, and the amounts, by the ranks of the Enums."""

    def by(node: Any) -> Any:
        return np.array([getattr(node, one.name) for one in SPECIALITE])

    amounts = [
        [
            [getattr(getattr(getattr(p.amounts, b.name), f"year_{y}"), o.name) for o in OPTION]
            for y in (1, 2, 3)
        ]
        for b in BAND
    ]
    return by(p.p30_pmt), by(p.p30_pfa), by(p.two).astype(bool), np.array(amounts, np.float32)


def eligible(d: Any, period: Any, parameters: Any) -> Any:
    pmt, pfa, _, _ = _tables(parameters(period))
    spec = codes(d("specialite", period))
    active = (d("pmt", period) >= pmt[spec]) | (d("pfa", period) >= pfa[spec]) | d("primo", period)
    return active & (pfa[spec] < pfa.max()) & ((d("secteur", period) == 1) | d("optam", period))


def general(d: Any, period: Any) -> Any:
    return d("specialite", period) == SPECIALITE[slugs()[figures().general]]


def two(d: Any, period: Any, parameters: Any) -> Any:
    return _tables(parameters(period))[2][codes(d("specialite", period))]


def band(d: Any, period: Any, parameters: Any) -> Any:
    p, asked = parameters(period), d("general", period) & d("eligible", period)
    p90 = asked & ((d("pmt", period) >= p.p90_pmt) | (d("pfa", period) >= p.p90_pfa))
    p95 = asked & ((d("pmt", period) >= p.p95_pmt) | (d("pfa", period) >= p.p95_pfa))
    return d("eligible", period).astype(np.uint8) + p90 + p95


def maximum(d: Any, period: Any, parameters: Any) -> Any:
    year, option = d("annee", period), codes(d("etp", period))
    amounts = _tables(parameters(period))[3][codes(d("band", period)), year - 1, option]
    dense = ~(d("general", period) & (d("zone", period) == ZONE["ZIP"]) & (year >= 3))
    recent = d("signature", period) >= np.datetime64(figures().begins, "D")
    return np.where(((option >= 3) & dense) | ((option == 0) & recent), 0, amounts)


def senior(d: Any, period: Any, parameters: Any) -> Any:
    return d("age", period) > parameters(period).age


def keeps(d: Any, period: Any) -> Any:
    return (d("band", period) == BAND["band_3"]) | d("senior", period)


def base_pmt(d: Any, period: Any) -> Any:
    return np.where(d("keeps", period), d("pmt", period), d("pmt_cible", period))


def base_pfa(d: Any, period: Any) -> Any:
    return np.where(d("keeps", period), d("pfa", period), d("pfa_cible", period))


def _status(d: Any, period: Any, name: str) -> Any:
    law, observed = figures(), d(f"{name}_obs", period)
    kept = np.where(d("senior", period), law.kept[1], law.kept[0])
    missed = observed * law.den < d(f"base_{name}", period) * kept
    return 1 + missed * (1 + (observed < d(name, period)))


def status_pmt(d: Any, period: Any) -> Any:
    return (_status(d, period, "pmt") * (d("eligible", period) & d("two", period))).astype(np.uint8)


def status_pfa(d: Any, period: Any) -> Any:
    return (_status(d, period, "pfa") * d("eligible", period)).astype(np.uint8)


def share(d: Any, period: Any) -> Any:
    pmt, pfa = codes(d("status_pmt", period)), codes(d("status_pfa", period))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = d("pfa_obs", period) / d("base_pfa", period)
        other = np.where(d("two", period), d("pmt_obs", period) / d("base_pmt", period), 0)
    fallen = ~d("keeps", period) & ((pmt == 3) | (pfa == 3))
    cases = [~d("eligible", period), d("annee", period) < 3, fallen, (pmt == 1) | (pfa == 1)]
    return np.select(cases, [0, 1, 0, 1], np.maximum(rate, other))


def due(d: Any, period: Any) -> Any:
    return d("maximum", period) * d("share", period)


@cache
def system() -> Any:
    """The tax and benefit system."""
    found = TaxBenefitSystem([DOCTOR])
    counts = ("pmt", "pfa", "pmt_obs", "pfa_obs", "pmt_cible", "pfa_cible")
    inputs = [_variable(name, int) for name in (*counts, "secteur", "annee", "age")]
    inputs += [_variable(name, bool) for name in ("optam", "primo")]
    inputs.append(_variable("signature", datetime.date))
    enums = {"specialite": SPECIALITE, "zone": ZONE, "etp": OPTION}
    inputs += [_variable(name, Enum, enum=enum) for name, enum in enums.items()]
    answers = [_variable(f.__name__, bool, f) for f in (eligible, general, two, senior, keeps)]
    answers += [_variable(f.__name__, int, f) for f in (base_pmt, base_pfa)]
    answers += [_variable(f.__name__, float, f) for f in (maximum, share, due)]
    answers += [_variable("band", Enum, band, BAND)]
    answers += [_variable(f.__name__, Enum, f, STATUS) for f in (status_pmt, status_pfa)]
    for variable in (*inputs, *answers):
        found.add_variable(variable)
    found.parameters = ParameterNode("", data=_tree())
    return found


def answer(doctors: Table) -> dict[str, Any]:
    """The answers of coded doctors, the cheapest input that OpenFisca takes."""
    simulation = SimulationBuilder.build_default_simulation(system(), count=len(doctors["pmt"]))
    for name, values in doctors.items():
        simulation.set_input(name, PERIOD, values)
    return {name: codes(simulation.calculate(name, PERIOD)) for name in ANSWERS}
