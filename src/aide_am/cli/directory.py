"""The command that gives the directory of the groupements d'employeurs."""

from typing import Annotated

import typer

from ..costs.directory import groupements
from ..errors import RefusedData
from .contract import Forme, RowsFormat, Sortie, _written
from .program import FrenchCommand, app
from .streams import write


@app.command(
    "groupements", cls=FrenchCommand, short_help="Répertoire des groupements d’employeurs, par région."
)
def groupements_command(
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="RÉGION", help="Nom de la région, par exemple Occitanie."),
    ] = None,
    departement: Annotated[
        str | None,
        typer.Option("--departement", metavar="DÉPARTEMENT", help="Code ou nom, par exemple 31 ou 2A."),
    ] = None,
    format: Forme = RowsFormat.texte,
    output: Sortie = None,
) -> None:
    """Groupements d’employeurs : ceux d’une région, les interrégionaux qui la citent, les nationaux."""
    try:
        answer = groupements(region=region, departement=departement)
    except RefusedData as refused:
        raise RefusedData(r._replace(field=f"--{r.field}") for r in refused.refusals) from None
    write(_written(answer, format), output)
