"""Ready projects and an account of a groupement, as the JSON that a caller would write."""

from functools import cache
from pathlib import Path

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
    try:
        return project_examples()[name]
    except KeyError:
        raise KeyError(f"exemple inconnu : {name} ; exemples : {', '.join(project_examples())}") from None


@cache
def project_texts() -> dict[str, str]:
    """The JSON text of every example by its name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(DIRECTORY.glob("*.json"))}


@cache
def account_examples() -> dict[str, CompteGroupement]:
    """Every account by its name, validated."""
    return {name: CompteGroupement.model_validate_json(text) for name, text in account_texts().items()}


@cache
def account_texts() -> dict[str, str]:
    """The JSON text of every account by its name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(ACCOUNTS.glob("*.json"))}
