"""One dossier, from a dict to its decision: time, beside two yardsticks in the same run.

Yardsticks: the validation of the same dict by the models alone, and that of a flat pydantic model.
Rounds are interleaved, so that a noisy machine slows all of them; the ratios are what to compare.

    python bench/single.py [rounds]
"""

import json
import sys
from statistics import median
from time import perf_counter
from typing import Any

from pydantic import BaseModel

from aide_am import Decision, Dossier, evaluate
from aide_am.examples import example_texts

LOOPS = 1000
DATA: dict[str, Any] = json.loads(example_texts()["generaliste_annee_3"])


class Flat(BaseModel):
    """The flat model of the yardstick: fourteen fields, no rule."""

    specialite: str
    secteur: int
    optam: bool
    zone: str
    pmt: int
    pfa: int
    etp: float
    annee: int
    signature: str
    pmt_obs: int
    pfa_obs: int
    pmt_cible: int
    pfa_cible: int
    age: int


FLAT = {
    "specialite": "01",
    "secteur": 1,
    "optam": False,
    "zone": "ZIP",
    "pmt": 1300,
    "pfa": 1800,
    "etp": 1.0,
    "annee": 3,
    "signature": "2024-09-01",
    "pmt_obs": 1500,
    "pfa_obs": 1890,
    "pmt_cible": 1560,
    "pfa_cible": 1910,
    "age": 54,
}


def flat() -> None:
    Flat.model_validate(FLAT)


def validate() -> None:
    Dossier.model_validate(DATA)


def variants() -> list[dict[str, Any]]:
    """The same dossier at as many observed counts: no answer about counts can be remembered."""
    return [{**DATA, "observation": {"pmt": 1301 + k % 250, "pfa": 1801 + k % 100}} for k in range(LOOPS)]


def read(decision: Decision) -> None:
    """Read the verdict, the criteria, the objectives and the amounts."""
    assert decision.verdict == "eligible"
    assert len([c.status for c in decision.criteria]) == 10
    assert decision.objectives is not None
    for objective in decision.objectives.values():
        assert objective.status
        assert objective.rate is not None
    assert decision.maximum is not None
    assert decision.share is not None
    assert decision.amount_due is not None


def decide(data: dict[str, Any]) -> None:
    read(evaluate(Dossier.model_validate(data)))


def decide_with_trace(data: dict[str, Any]) -> None:
    decision = evaluate(Dossier.model_validate(data))
    read(decision)
    assert decision.trace
    assert decision.warnings


def timed(run: Any, over: list[Any]) -> float:
    """Microseconds a call."""
    start = perf_counter()
    for data in over:
        run(*data)
    return (perf_counter() - start) / len(over) * 1e6


def main(rounds: int = 31) -> None:
    same: list[Any] = [()] * LOOPS
    different = [(data,) for data in variants()]
    jobs = {
        "flat pydantic model": (flat, same),
        "Dossier.model_validate": (validate, same),
        "dict to decision, read": (decide, different),
        "dict to decision, read, with trace": (decide_with_trace, different),
    }
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, (run, over) in jobs.items():
            found[name].append(timed(run, over))
    base = found["flat pydantic model"]
    print(f"{'µs a dossier':40}{'min':>9}{'median':>9}{'ratio to flat model (median)':>31}")
    for name, times in found.items():
        ratio = median(a / b for a, b in zip(times, base, strict=True))
        print(f"{name:40}{min(times):9.2f}{median(times):9.2f}{ratio:31.2f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
