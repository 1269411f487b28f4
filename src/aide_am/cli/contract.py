"""The commands on the life of a contract, on what a few patients change, and on groups."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..agenda import deadlines
from ..agenda_record import Deadlines
from ..closed import read_json
from ..collective.evaluation import evaluate_collective
from ..collective.models import DossierCollectif
from ..comparison import BASE, changed, compare
from ..errors import RefusedData
from ..models import Dossier
from ..readings import Readings
from ..scheduling import schedule
from ..scheduling_record import Schedule
from ..simulation import EVERY_READING, Growth, Simulation, simulate
from ..termination import recovery
from ..whatif import gaps
from .dossier import AnswerFormat
from .program import FrenchCommand, app
from .streams import STANDARD, Lecture, chosen_readings, misuse, read_text, validated, write


class RowsFormat(StrEnum):
    """How an answer with rows is written."""

    texte = "texte"
    markdown = "markdown"
    html = "html"
    json = "json"
    csv = "csv"


class ComparisonFormat(StrEnum):
    """How a comparison is written."""

    texte = "texte"
    markdown = "markdown"
    html = "html"
    csv = "csv"


Fichier = Annotated[
    str, typer.Argument(metavar="FICHIER", help="Dossier en JSON ; « - » : l’entrée standard.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Calcule aussi un contrat en cours d’un médecin non éligible.")
]
Annees = Annotated[int, typer.Option("--annees", metavar="N", help="Nombre d’années du contrat.")]
Observations = Annotated[
    list[str] | None,
    typer.Option(
        "--observation",
        metavar="ANNÉE:pmt=N,pfa=N",
        help="Effectifs observés d’une année, par exemple 3:pmt=1500,pfa=1890 ; répétable.",
    ),
]
Croissance = Annotated[
    str | None,
    typer.Option(
        "--croissance", metavar="pmt=X,pfa=X", help="Croissance annuelle, par exemple pmt=0.03,pfa=0.02."
    ),
]
Evenements = Annotated[
    str | None,
    typer.Option("--evenements", metavar="FICHIER", help="Liste JSON des événements du contrat."),
]
EvenementsLus = Annotated[
    str,
    typer.Option("--evenements", metavar="FICHIER", help="Liste JSON des événements, résiliation comprise."),
]
Forme = Annotated[RowsFormat, typer.Option("--format", help="Forme de la réponse.")]
Sortie = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FICHIER", help="Écrit la réponse dans ce fichier.")
]


@app.command("schedule", cls=FrenchCommand, short_help="Échéancier des versements d’un contrat.")
def schedule_command(
    fichier: Fichier,
    annees: Annees = 5,
    observation: Observations = None,
    evenements: Evenements = None,
    format: Forme = RowsFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Échéancier : chaque versement de chaque année du contrat, sa date, son montant, sa règle."""
    dossier, readings = _dossier(fichier, lecture, evenements)
    answer = schedule(
        dossier, _counts(observation), annees, events=_events(evenements), readings=readings, force=force
    )
    write(_written(answer, format), output)


@app.command("calendar", cls=FrenchCommand, short_help="Échéances d’un contrat, aussi en iCalendar.")
def calendar_command(
    fichier: Fichier,
    annees: Annees = 5,
    observation: Observations = None,
    evenements: Evenements = None,
    ics: Annotated[bool, typer.Option("--ics", help="Écrit un calendrier iCalendar (.ics).")] = False,
    reference: Annotated[
        str | None,
        typer.Option("--reference", metavar="TEXTE", help="Nom du contrat, qui distingue deux calendriers."),
    ] = None,
    format: Annotated[
        RowsFormat | None, typer.Option("--format", help="Forme de la réponse ; texte par défaut.")
    ] = None,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Échéances : points d’échange, anniversaires, formation, 65 ans, versements, fin du contrat."""
    if ics and format is not None:
        raise misuse("--ics et --format ne vont pas ensemble")
    dossier, readings = _dossier(fichier, lecture, evenements)
    answer = deadlines(
        dossier,
        _events(evenements),
        years=annees,
        observations=_counts(observation),
        readings=readings,
        force=force,
    )
    if ics:
        write(answer.to_ics(reference).decode(), output)
    else:
        write(_written(answer, format or RowsFormat.texte), output)


@app.command("simulate", cls=FrenchCommand, short_help="Simule un contrat le long d’une trajectoire.")
def simulate_command(
    fichier: Fichier,
    annees: Annees = 5,
    observation: Observations = None,
    croissance: Croissance = None,
    toutes_lectures: Annotated[
        bool, typer.Option("--toutes-lectures", help="Montre les résultats sous toutes les lectures.")
    ] = False,
    evenements: Evenements = None,
    format: Forme = RowsFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Simulation : ce que paie chaque année le long d’une trajectoire de PMT et de file active."""
    if toutes_lectures and lecture:
        raise misuse("--toutes-lectures et --lecture ne vont pas ensemble")
    _check_one_path(observation, croissance)
    dossier, readings = _dossier(fichier, lecture, evenements)
    answer = simulate(
        dossier,
        _path(observation, croissance),
        annees,
        events=_events(evenements),
        readings=EVERY_READING if toutes_lectures else readings,
        force=force,
    )
    write(_written(answer, format), output)


@app.command("compare", cls=FrenchCommand, short_help="Compare un dossier à des variantes.")
def compare_command(
    fichier: Fichier,
    variante: Annotated[
        list[str] | None,
        typer.Option(
            "--variante",
            metavar="NOM:CHAMP=VALEUR,…",
            help="Variante du dossier, par exemple demi:contrat.option_etp=0.5 ; répétable.",
        ),
    ] = None,
    annees: Annees = 5,
    format: Annotated[
        ComparisonFormat, typer.Option("--format", help="Forme de la réponse.")
    ] = ComparisonFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Comparaison : le même dossier sous d’autres options, dates ou effectifs, et ce qui diffère."""
    if not variante:
        raise misuse("donnez au moins une --variante")
    dossier, readings = _dossier(fichier, lecture)
    variants: dict[str, Any] = dict(_variant(dossier, text) for text in variante)
    if len(variants) < len(variante):
        raise misuse("deux variantes portent le même nom")
    answer = compare(dossier, years=annees, readings=readings, force=force, **variants)
    write(_written(answer, RowsFormat(format.value)), output)


@app.command("gaps", cls=FrenchCommand, short_help="Distances aux montants voisins, en patients.")
def gaps_command(
    fichier: Fichier,
    format: Forme = RowsFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Écarts : combien de patients de plus paient mieux, et combien peuvent partir sans rien changer."""
    dossier, readings = _dossier(fichier, lecture)
    write(_written(gaps(dossier, readings=readings, force=force), format), output)


@app.command("recovery", cls=FrenchCommand, short_help="Ce que la caisse récupère après une résiliation.")
def recovery_command(
    fichier: Fichier,
    evenements: EvenementsLus,
    observation: Observations = None,
    format: Annotated[
        AnswerFormat, typer.Option("--format", help="Forme de la réponse.")
    ] = AnswerFormat.texte,
    lecture: Lecture = None,
    force: Force = False,
    output: Sortie = None,
) -> None:
    """Résiliation : ce qui est dû pour les jours courus, ce que la caisse récupère, le prochain contrat."""
    dossier, readings = _dossier(fichier, lecture, evenements)
    answer = recovery(dossier, _events(evenements), _counts(observation), readings=readings, force=force)
    write(_written(answer, RowsFormat(format.value)), output)


@app.command("collective", cls=FrenchCommand, short_help="Évalue un contrat collectif.")
def collective_command(
    fichier: Annotated[
        str, typer.Argument(metavar="FICHIER", help="Dossier collectif en JSON ; « - » : l’entrée standard.")
    ],
    format: Annotated[
        AnswerFormat, typer.Option("--format", help="Forme de la réponse.")
    ] = AnswerFormat.texte,
    lecture: Lecture = None,
    force: Annotated[
        bool, typer.Option("--force", help="Calcule aussi un contrat en cours d’un groupe non éligible.")
    ] = False,
    output: Sortie = None,
) -> None:
    """Contrat collectif : éligibilité du groupe et de chaque médecin, montant, objectifs, part versée."""
    dossier, readings = validated(DossierCollectif, read_text(fichier), chosen_readings(lecture or []))
    decision = evaluate_collective(dossier, readings=readings, force=force)
    write(_written(decision, RowsFormat(format.value)), output)


def _dossier(file: str, lecture: Iterable[str] | None, events: str | None = None) -> tuple[Dossier, Readings]:
    """The dossier and the readings; the standard input is read once, so it cannot hold the events too."""
    if file == events == STANDARD:
        raise misuse("l’entrée standard ne donne pas à la fois le dossier et les événements")
    return validated(Dossier, read_text(file), chosen_readings(lecture or []))


def _events(file: str | None) -> Any:
    """The events of a JSON text; what is no list of events is refused by whoever reads them."""
    if file is None:
        return ()
    try:
        return read_json(read_text(file))
    except RefusedData as refused:
        raise RefusedData(
            r._replace(field="evenements" if r.field == "dossier" else f"evenements : {r.field}")
            for r in refused.refusals
        ) from None


SMALL = re.compile("[0-9]{1,9}")
"""A year or a count, as it is written on the command line."""


def _counts(options: Iterable[str] | None) -> dict[int, dict[str, int]]:
    """The counts asked for, by contract year."""
    found: dict[int, dict[str, int]] = {}
    for option in options or []:
        year, colon, counts = option.partition(":")
        values = _pairs("--observation", counts) if colon else {}
        if not (values and all(map(SMALL.fullmatch, (year, *values.values())))):
            raise misuse(f"--observation attend ANNÉE:pmt=N,pfa=N, reçu « {option} »")
        if int(year) in found:
            raise misuse(f"--observation donne deux fois l’année {year}")
        found[int(year)] = {name: int(value) for name, value in values.items()}
    return found


def _check_one_path(observation: list[str] | None, croissance: str | None) -> None:
    if croissance is not None and observation:
        raise misuse("donnez la trajectoire par --croissance ou par --observation, pas les deux")


def _path(observation: list[str] | None, croissance: str | None) -> dict[int, dict[str, int]] | Growth:
    """The counts asked for by year, or the yearly growth."""
    return _counts(observation) if croissance is None else Growth(**_pairs("--croissance", croissance))


def _pairs(option: str, text: str) -> dict[str, str]:
    """NOM=VALEUR, separated by commas."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value) or name in found:
            raise misuse(f"{option} attend NOM=VALEUR, séparés par des virgules, reçu « {text} »")
        found[name] = value
    return found


RESERVED = (BASE, "years", "readings", "bareme", "force")
"""The names that `compare` keeps for itself."""


def _variant(dossier: Dossier, text: str) -> tuple[str, Mapping[str, Any]]:
    """A variant and its changes; a value is text where the dossier takes text, else JSON."""
    name, colon, changes = text.partition(":")
    if name in RESERVED:
        raise misuse(f"une variante ne s’appelle pas « {name} » : choisissez un autre nom")
    if not (name.isidentifier() and colon):
        raise misuse(f"--variante attend NOM:CHAMP=VALEUR, reçu « {text} »")
    found: dict[str, Any] = {}
    for path, value in _pairs("--variante", changes).items():
        try:
            changed(dossier, {path: value})
            found[path] = value
        except RefusedData:
            found[path] = _plain(value)
    return name, found


def _plain(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _written(answer: Any, format: RowsFormat) -> str:
    """An answer in the form that was asked for."""
    if format is RowsFormat.json:
        return str(answer.to_json(indent=2)) + "\n"
    if format is RowsFormat.csv:
        return _as_csv(answer.rows(), COLUMNS.get(type(answer), ()))
    return str(answer.explain(format.value))


COLUMNS: Mapping[type, tuple[str, ...]] = {
    Schedule: ("annee", "regle", "nature", "du", "au", "montant_min", "montant_max", "montant", "texte"),
    Deadlines: (
        "nature", "rang", "regle", "du", "au", "annee", "etat", "fait_le", "montant_min", "montant_max",
        "libelle", "nature_source",
    ),
    Simulation: ("annee", "pmt", "pfa", "verdict", "du_min", "du_max", "cumul_min", "cumul_max"),
}  # fmt: skip
"""The columns of the answers that may have no row."""


def _as_csv(rows: list[dict[str, Any]], columns: Iterable[str]) -> str:
    """Rows as CSV: points in decimals, ISO days, nothing where a value is not known."""
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0] if rows else columns), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()
