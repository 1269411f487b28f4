"""The command that evaluates one dossier, and the options that it shares with the others."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from ..decision import Decision
from ..documents import Format
from ..evaluation import evaluate
from ..models import Dossier
from .program import FrenchCommand, app
from .streams import Lecture, chosen_readings, read_text, validated, write


class AnswerFormat(StrEnum):
    """How a decision is written."""

    texte = "texte"
    markdown = "markdown"
    html = "html"
    json = "json"


@app.command("evaluate", cls=FrenchCommand, short_help="Évalue un dossier : le montant, et pourquoi.")
def evaluate_command(
    fichier: Annotated[
        str, typer.Argument(metavar="FICHIER", help="Dossier en JSON ; « - » : l’entrée standard.")
    ],
    format: Annotated[
        AnswerFormat, typer.Option("--format", help="Forme de la réponse.")
    ] = AnswerFormat.texte,
    lecture: Lecture = None,
    force: Annotated[
        bool, typer.Option("--force", help="Calcule aussi un contrat en cours d’un médecin non éligible.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse une année postérieure à la vérification des données.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FICHIER", help="Écrit la réponse dans ce fichier."),
    ] = None,
) -> None:
    """Évalue un dossier : verdict, montant maximal, objectifs, part versée, montant dû, et pourquoi."""
    chosen = chosen_readings(lecture or [])
    text = read_text(fichier)
    dossier, readings = validated(Dossier, text, chosen)
    decision = evaluate(dossier, readings=readings, force=force, strict=strict)
    write(_answer(decision, format), output)


def _answer(decision: Decision, format: AnswerFormat) -> str:
    if format is AnswerFormat.json:
        return decision.to_json(indent=2) + "\n"
    return decision.explain(cast(Format, format.value))
