"""Ready dossiers, one for each typical situation, as the JSON that a caller would write."""

from functools import cache
from pathlib import Path
from typing import Any

from .models import Dossier

DIRECTORY = Path(__file__).parent / "data" / "exemples"


@cache
def examples() -> dict[str, Dossier]:
    """Every example by its name, in alphabetical order, validated."""
    return {name: Dossier.model_validate_json(text) for name, text in example_texts().items()}


def example(name: str) -> Dossier:
    """One example by its name; a `KeyError` lists the names."""
    try:
        return examples()[name]
    except KeyError:
        raise KeyError(f"exemple inconnu : {name} ; exemples : {', '.join(examples())}") from None


@cache
def example_texts() -> dict[str, str]:
    """The JSON text of every example by its name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(DIRECTORY.glob("*.json"))}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of `Dossier` (what is read) and `Decision` (what is written)."""
    from .decision import Decision

    return {"dossier": Dossier.model_json_schema(), "decision": Decision.json_schema()}
