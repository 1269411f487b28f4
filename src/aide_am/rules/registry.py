"""Each rule function carries the ids of `rules.md` that it computes; tests check that none is missing."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeVar

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

RULES: dict[str, list[Callable[..., Any]]] = {}
"""Rule id → the functions that compute it."""


def rule(*ids: str) -> Callable[[FunctionT], FunctionT]:
    """Register a function under its rule ids and leave it as it is."""

    def register(function: FunctionT) -> FunctionT:
        for rule_id in ids:
            RULES.setdefault(rule_id, []).append(function)
        return function

    return register


def functions(rule_id: str) -> list[Callable[..., Any]]:
    """The functions that compute a rule, every chapter having been read."""
    for module in iter_modules([str(Path(__file__).parent)], f"{__package__}."):
        import_module(module.name)
    return RULES.get(rule_id, [])
