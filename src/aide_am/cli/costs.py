"""The commands on the cost of the post: its invoice, what remains to pay, the ways to employ."""

from datetime import date
from typing import Annotated, Any, cast

import typer

from ..calendar import ONE_DAY, anniversary
from ..closed import Closed
from ..costs.collective import collective_cost
from ..costs.comparison import compare_employment
from ..costs.consultations import BreakEven, break_even
from ..costs.groupement import CompteGroupement, statements
from ..costs.invoicing import employment_cost
from ..costs.models import Projet
from ..costs.records import RemainingCost
from ..costs.remaining import remaining_cost, shared_cost
from ..costs.rendering import explain_remaining
from ..documents import Format
from ..errors import Refusal, RefusedData
from ..models import Dossier
from ..readings import Readings
from ..scheduling import check_years
from ..simulation import Growth
from .contract import (
    Annees,
    Croissance,
    Evenements,
    Force,
    Forme,
    Observations,
    RowsFormat,
    Sortie,
    _as_csv,
    _check_one_path,
    _events,
    _path,
    _written,
)
from .program import FrenchCommand, app
from .streams import STANDARD, Lecture, checked, chosen_readings, misuse, read_text, validated, write

FichierProjet = Annotated[
    str,
    typer.Argument(
        metavar="FICHIER", help="Projet en JSON : poste, emploi ou modalites ; « - » : l’entrée standard."
    ),
]
FichierDossier = Annotated[
    str | None,
    typer.Option(
        "--dossier", metavar="FICHIER", help="Dossier du médecin en JSON, s’il n’est pas dans le projet."
    ),
]


@app.command("cost", cls=FrenchCommand, short_help="Coût d’un poste, et reste à charge.")
def cost_command(
    fichier: FichierProjet,
    dossier: FichierDossier = None,
    annees: Annotated[
        int | None,
        typer.Option(
            "--annees", metavar="N", help="Nombre d’années du contrat, ou du poste ; 5, ou 12 mois."
        ),
    ] = None,
    observation: Observations = None,
    croissance: Croissance = None,
    evenements: Evenements = None,
    consultation: Annotated[
        str | None,
        typer.Option(
            "--consultation",
            metavar="EUROS",
            help="Honoraire : combien de consultations en plus paient le reste.",
        ),
    ] = None,
    charges: Annotated[
        str | None,
        typer.Option(
            "--charges", metavar="PART", help="Part de l’honoraire qui n’est pas gardée, par exemple 0.4."
        ),
    ] = None,
    mois: Annotated[bool, typer.Option("--mois", help="Montre aussi la trésorerie mois par mois.")] = False,
    format: Forme = RowsFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Coût d’un poste ; avec un dossier, des associés ou un groupe, ce qui reste à payer."""
    if charges is not None and consultation is None:
        raise misuse("--charges se donne avec --consultation")
    projet, readings = _projet(fichier, dossier, lecture, evenements)
    path, events = _path_or_none(observation, croissance), _events(evenements)
    answer = _remaining(projet, path, 5 if annees is None else annees, events, readings, force)
    if answer is None:
        if path is not None or events or consultation is not None or mois or lecture or force:
            raise misuse(
                "sans dossier : ni trajectoire, ni événements, ni lecture, ni consultations, ni mois"
            )
        write(
            _written(employment_cost(projet.poste, _emploi(projet), until=_until(projet, annees)), format),
            output,
        )
        return
    if mois and consultation is not None and format in (RowsFormat.csv, RowsFormat.json):
        raise misuse("--mois et --consultation ne vont pas ensemble dans un tableau ou en JSON")
    found = None if consultation is None else _consultations(answer, consultation, charges)
    if format is RowsFormat.csv:
        rows = found.rows() if found is not None else answer.month_rows() if mois else answer.rows()
        write(_as_csv(rows, COLUMNS), output)
    elif format is RowsFormat.json:
        write((found or answer).to_json(indent=2), output)
    else:
        write(explain_remaining(answer, cast("Format", format.value), mois, found), output)


@app.command("compare-employment", cls=FrenchCommand, short_help="Compare les modes d’emploi.")
def compare_employment_command(
    fichier: FichierProjet,
    dossier: FichierDossier = None,
    annees: Annees = 5,
    observation: Observations = None,
    croissance: Croissance = None,
    evenements: Evenements = None,
    format: Forme = RowsFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Modes d’emploi côte à côte : emploi direct, Tese, groupement, SCM, SEL, SISA, ou ceux du projet."""
    projet, readings = _projet(fichier, dossier, lecture, evenements)
    if projet.associes is not None or projet.groupe is not None:
        received, expected = "un poste partagé", "un médecin seul"
        raise RefusedData([Refusal("projet", received, expected, "lancez aide-am cost", "autre_commande")])
    if projet.dossier is None:
        expected, remedy = "le dossier du médecin", "donnez « dossier » dans le projet, ou --dossier"
        raise RefusedData([Refusal("dossier", "rien", expected, remedy, "missing")])
    path = _path_or_none(observation, croissance)
    answer = compare_employment(
        projet.dossier,
        projet.poste,
        projet.modalites,
        path,
        annees,
        events=_events(evenements),
        readings=readings,
        force=force,
    )
    write(_written(answer, format), output)


@app.command("statements", cls=FrenchCommand, short_help="Factures des membres d’un groupement d’employeurs.")
def statements_command(
    fichier: Annotated[
        str,
        typer.Argument(metavar="FICHIER", help="Compte du groupement en JSON ; « - » : l’entrée standard."),
    ],
    format: Forme = RowsFormat.texte,
    output: Sortie = None,
) -> None:
    """Groupement d’employeurs : ce que paie chaque membre, au prorata de l’utilisation réelle."""
    account, _ = validated(CompteGroupement, read_text(fichier), {})
    write(_written(statements(account), format), output)


COLUMNS = ("identifiant", "cas", "annee", "reste", "consultations", "consultations_par_mois")
"""The columns of the consultations, which may have no row."""


def _until(projet: Projet, annees: int | None) -> date | None:
    """The last day of the years of a post without a doctor, where they are asked for."""
    if annees is None:
        return None
    check_years(annees)
    return anniversary(projet.poste.debut, annees) - ONE_DAY


def _consultations(answer: RemainingCost, honoraire: str, charges: str | None) -> BreakEven:
    """The consultations that pay the rest, their refusals under the options."""
    try:
        return break_even(answer, honoraire, charges="0" if charges is None else charges)
    except RefusedData as error:
        options = {"honoraire": "--consultation", "charges": "--charges"}
        remedies = {"charges": "écrivez une part de 0 à 1 : 0.45 pour 45 %"}
        raise RefusedData(
            r._replace(field=options.get(r.field, r.field), remedy=remedies.get(r.field, r.remedy))
            for r in error.refusals
        ) from None


def _projet(
    fichier: str, dossier: str | None, lecture: list[str] | None, evenements: str | None
) -> tuple[Projet, Readings]:
    """The question of a file; the standard input is read once."""
    if [fichier, dossier, evenements].count(STANDARD) > 1:
        raise misuse("l’entrée standard ne donne qu’un seul de : projet, dossier, événements")
    projet, readings = validated(Projet, read_text(fichier), chosen_readings(lecture or []))
    if dossier is None:
        return projet, readings
    if projet.dossier is not None or projet.associes is not None or projet.groupe is not None:
        raise misuse("le projet dit déjà pour qui : retirez --dossier")
    refused: list[Refusal] = []
    read: Closed | None = checked(Dossier, "--dossier : ", read_text(dossier), refused)
    if read is None:
        raise RefusedData(refused)
    return projet.model_copy(update={"dossier": read}), readings


def _path_or_none(observation: list[str] | None, croissance: str | None) -> Any:
    """The path asked for, if any is."""
    _check_one_path(observation, croissance)
    return _path(observation, croissance) or None


def _emploi(projet: Projet) -> Any:
    """The one way to employ of a project."""
    if projet.emploi is None:
        remedy = "donnez « emploi »" if projet.modalites is None else "lancez aide-am compare-employment"
        raise RefusedData([Refusal("emploi", "rien", "un mode d’emploi", remedy, "missing")])
    return projet.emploi


def _remaining(
    projet: Projet, path: Any, years: int, events: Any, readings: Readings, force: bool
) -> RemainingCost | None:
    """What remains to those of whom the project tells; `None` where it tells of nobody."""
    emploi = _emploi(projet)
    if events and projet.dossier is None:
        raise misuse("les événements sont ceux du contrat d’un médecin : donnez son dossier")
    if projet.associes is not None:
        if path is not None:
            raise misuse("la trajectoire de chaque associé se donne dans le projet")
        return shared_cost(
            projet.poste,
            emploi,
            projet.associes,
            years,
            structure=projet.structure or "medecin",
            frais_structure_annuels=projet.frais_structure_annuels,
            readings=readings,
            force=force,
        )
    if projet.groupe is not None:
        if isinstance(path, Growth):
            raise misuse("un groupe suit des effectifs par année : --observation")
        return collective_cost(
            projet.groupe, projet.poste, emploi, projet.cle, path, years, readings=readings, force=force
        )
    if projet.dossier is None:
        return None
    return remaining_cost(
        projet.dossier,
        projet.poste,
        emploi,
        path,
        years,
        structure=projet.structure or "medecin",
        frais_structure_annuels=projet.frais_structure_annuels,
        events=events,
        readings=readings,
        force=force,
    )
