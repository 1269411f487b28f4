"""Ready groups, one for each typical situation, as the JSON that a caller would write."""

from functools import cache
from pathlib import Path

from ..closed import texts_in
from ..records import named
from .models import DossierCollectif

DIRECTORY = Path(__file__).parent.parent / "data" / "exemples_collectifs"


@cache
def collective_examples() -> dict[str, DossierCollectif]:
    """Every example by its name, in alphabetical order, validated."""
    return {name: DossierCollectif.model_validate_json(text) for name, text in collective_texts().items()}


def collective_example(name: str) -> DossierCollectif:
    """One example by its name; a `KeyError` lists the names."""
    return named(collective_examples(), name, "exemple inconnu", "exemples")


@cache
def collective_texts() -> dict[str, str]:
    """The JSON text of every example by its name."""
    return texts_in(DIRECTORY)
