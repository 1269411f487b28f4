"""What every command reads and writes: files, streams, dossiers, readings."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import typer

from ..closed import Closed, read_json
from ..collective.models import DossierCollectif
from ..costs.groupement import CompteGroupement
from ..costs.models import Projet
from ..documents import page
from ..errors import Refusal, RefusedData
from ..models import Dossier
from ..readings import Readings

ANSWERED, REFUSED, MISUSED = 0, 1, 2
STANDARD = "-"
"""The file name that means the standard input, or the standard output."""
REASONS: Mapping[type[OSError], str] = {
    FileNotFoundError: "le répertoire n’existe pas",
    IsADirectoryError: "c’est un répertoire",
    NotADirectoryError: "ce n’est pas un répertoire",
    PermissionError: "accès refusé",
}


ModelT = TypeVar("ModelT", bound=Closed)


def misuse(message: str) -> typer.BadParameter:
    """The complaint of wrong usage, in French."""
    return typer.BadParameter(message)


Lecture = Annotated[
    list[str] | None,
    typer.Option("--lecture", metavar="NOM=VALEUR", help="Choix sur un point de droit ouvert ; répétable."),
]


def chosen_readings(options: Iterable[str]) -> dict[str, str]:
    """The readings asked for; the shape is a matter of usage, names and values are data."""
    chosen: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not (name and equals and value):
            raise misuse(f"--lecture attend NOM=VALEUR, reçu « {option} »")
        if chosen.setdefault(name, value) != value:
            raise misuse(f"--lecture donne deux valeurs à « {name} »")
    return chosen


def read_text(file: str) -> str:
    """The text of the file, or of the standard input."""
    try:
        content = sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
    except FileNotFoundError:
        raise misuse(f"fichier introuvable : {file}") from None
    except OSError as error:
        raise misuse(f"fichier illisible : {file} ({_reason(error)})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedData([_not_utf_8(error)]) from None


def _reason(error: OSError) -> str:
    """Why a file cannot be read or written; what the system says in English when it is rare."""
    return next((why for kind, why in REASONS.items() if isinstance(error, kind)), str(error.strerror))


def _not_utf_8(error: UnicodeDecodeError) -> Refusal:
    return Refusal(
        "dossier",
        f"un octet qui n’est pas de l’UTF-8, en position {error.start}",
        "un texte JSON en UTF-8",
        "enregistrez le fichier en UTF-8",
        "encodage",
    )


def validated(model: type[ModelT], text: str, chosen: Mapping[str, str]) -> tuple[ModelT, Readings]:
    """The dossier and the readings; the refusals of both come at once."""
    refusals: list[Refusal] = []
    dossier = checked(model, "", text, refusals)
    readings = checked(Readings, "--lecture ", json.dumps(chosen), refusals)
    if dossier is None or readings is None:
        raise RefusedData(refusals)
    return dossier, readings


def checked(model: type[ModelT], prefix: str, text: str, refusals: list[Refusal]) -> ModelT | None:
    """A model from JSON text; its refusals are added to the others, under a prefix."""
    if text.lstrip().startswith("["):
        refusals.append(_list_refusal(text))
        return None
    try:
        value = read_json(text)
        if other := _other_command(model, value):
            raise RefusedData([other])
        return model.model_validate(value)
    except RefusedData as refused:
        refusals += [refusal._replace(field=prefix + refusal.field) for refusal in refused.refusals]
        return None


class Kind(NamedTuple):
    """A file that a command reads: its model, the key that only it has, its name, where it goes."""

    model: type[Closed]
    key: str
    what: str
    remedy: str


KINDS = (
    Kind(Projet, "poste", "un projet", "lancez aide-am cost"),
    Kind(Dossier, "medecin", "le dossier d’un médecin", "lancez aide-am evaluate"),
    Kind(CompteGroupement, "masse_salariale", "le compte d’un groupement", "lancez aide-am statements"),
    Kind(DossierCollectif, "membres", "un dossier de contrat collectif", "lancez aide-am collective"),
)
IN_A_PROJECT: Mapping[str, str] = {
    "medecin": "donnez-le par --dossier, à côté d’un projet",
    "membres": "donnez-le dans un projet, sous « groupe »",
}


def _other_command(model: type[Closed], value: object) -> Refusal | None:
    """The refusal of a file that another command reads; its own key tells it."""
    if not isinstance(value, dict):
        return None
    wanted = [kind for kind in KINDS if kind.model is model]
    found = [kind for kind in KINDS if kind.key in value]
    if not wanted or not found or wanted[0] is found[0] or {"medecin", "membres"} <= set(value):
        return None
    remedy = IN_A_PROJECT.get(found[0].key, found[0].remedy) if model is Projet else found[0].remedy
    return Refusal("dossier", found[0].what, wanted[0].what, remedy, "autre_commande")


def _list_refusal(text: str) -> Refusal:
    try:
        count = len(json.loads(text))
    except (ValueError, RecursionError):
        received = "une liste"
    else:
        received = f"une liste de {count} élément{'s' if count > 1 else ''}"
    return Refusal(
        "dossier",
        received,
        "un seul dossier, entre accolades",
        "évaluez les dossiers un par un",
        "liste",
    )


def print_text(text: str) -> None:
    """Text to stdout; a reader of the pipe that leaves has had its answer."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        raise typer.Exit(ANSWERED) from None


def _silence_stdout() -> None:
    """Nothing more to say, and no complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(text: str, output: Path | None) -> None:
    """Text to a file, or to stdout; a fragment of HTML becomes a whole page in a file."""
    if output is None or str(output) == STANDARD:
        print_text(text if text.endswith("\n") else f"{text}\n")
        return
    if text.startswith("<div"):
        text = page(text, f"aide-am – {output.stem}")
    try:
        output.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise misuse(f"impossible d’écrire {output} ({_reason(error)})") from None
