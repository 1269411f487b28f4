"""Ready projects and an account of a groupement, as the JSON that a caller would write."""

from functools import cache
from pathlib import Path

from ..closed import texts_in
from ..records import named
from .groupement import CompteGroupement
from .models import Projet

DATA = Path(__file__).parent.parent / "data"
DIRECTORY, ACCOUNTS = DATA / "exemples_emploi", DATA / "exemples_groupement"


@cache
def project_examples() -> dict[str, Projet]:
    """Every example by its name, in alphabetical order, validated."""
    return {name: Projet.model_validate_json(text) for name, text in project_texts().items()}


def project_example(name: str) -> Projet:
    """One example by its name; a `KeyError` lists the names."""
    return named(project_examples(), name, "exemple inconnu", "exemples")


@cache
def project_texts() -> dict[str, str]:
    """The JSON text of every example by its name."""
    return texts_in(DIRECTORY)


@cache
def account_examples() -> dict[str, CompteGroupement]:
    """Every account by its name, validated."""
    return {name: CompteGroupement.model_validate_json(text) for name, text in account_texts().items()}


@cache
def account_texts() -> dict[str, str]:
    """The JSON text of every account by its name."""
    return texts_in(ACCOUNTS)
