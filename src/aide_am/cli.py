"""The command line: a dossier in, a decision out; the tables, the sources, the schemas, the examples.

Exit codes: 0 answered, 1 refused data, 2 wrong usage. Answers go to stdout, refusals and complaints
to stderr. When stdout is not a terminal the text is plain: no colour, no wrapping, UTF-8.
"""

import difflib
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from . import __version__, french
from .bareme import Bareme
from .chronology import chronology
from .closed import Closed
from .decision import Amount, Decision
from .errors import Refusal, RefusedData
from .evaluation import evaluate
from .examples import example_texts, examples, schemas
from .models import Dossier
from .publication import PublishedTable, as_csv, as_markdown, published_tables
from .publication import sources as table_of_sources
from .readings import Readings
from .sentences import ETP, WORDS

ANSWERED, REFUSED, MISUSED = 0, 1, 2
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""The root of the complaints of the parser; where it stands depends on the release of typer."""
STANDARD = "-"
"""The file name that means the standard input, or the standard output."""
REASONS: Mapping[type[OSError], str] = {
    FileNotFoundError: "le répertoire n’existe pas",
    IsADirectoryError: "c’est un répertoire",
    NotADirectoryError: "ce n’est pas un répertoire",
    PermissionError: "accès refusé",
}


class AnswerFormat(StrEnum):
    """How a decision is written."""

    texte = "texte"
    markdown = "markdown"
    json = "json"


class TableFormat(StrEnum):
    """How a table is written."""

    markdown = "markdown"
    csv = "csv"


class TextName(StrEnum):
    """The texts, by their ids."""

    avenant_7 = "avenant_7"
    reglement_arbitral_2023 = "reglement_arbitral_2023"
    convention_2024 = "convention_2024"


class SchemaName(StrEnum):
    """What a schema describes."""

    dossier = "dossier"
    decision = "decision"


HELP_IN_FRENCH: Mapping[str, str] = {
    "Show this message and exit.": "Affiche cette aide.",
    "Commands:": "Commandes :",
    "Arguments:": "Arguments :",
    "Options:": "Options :",
    "Usage:": "Usage :",
    "[required]": "[obligatoire]",
    "[default: ": "[par défaut : ",
}
USAGE_IN_FRENCH: tuple[tuple[str, str], ...] = (
    (r"No such command '(.*?)'.*", r"commande inconnue : \1"),
    (r"No such option:? '?(--?[^\s'.]+).*", r"option inconnue : \1"),
    (r"Missing argument '(.*?)'.*", r"il manque l’argument \1"),
    (r"Missing command.*", "il manque une commande"),
    (r"Option '(.*?)' requires an argument.*", r"l’option \1 attend une valeur"),
    (
        r"Got unexpected extra arguments? \((.*)\)|Got unexpected extra argument\(s\) \((.*)\)",
        r"en trop : \1\2",
    ),
    (
        r"Invalid value for '(.*?)':.*?'(.*?)' is not one of (.*?)\.?",
        r"« \2 » n’est pas une valeur de \1 ; valeurs : \3",
    ),
    (r"Invalid value(?: for '?.*?'?)?: (.*)", r"\1"),
)
"""What the parser says in English, and the same in French; anything else stays as it is."""


def _french_help(text: str) -> str:
    for english, sentence in HELP_IN_FRENCH.items():
        text = text.replace(english, french.typeset(sentence))
    return text


class FrenchCommand(TyperCommand):
    """A command whose help is in French."""

    def get_help(self, ctx: Any) -> str:
        """The help of the parser, its few words in French."""
        return _french_help(super().get_help(ctx))


class FrenchGroup(TyperGroup):
    """The program, whose help is in French."""

    def get_help(self, ctx: Any) -> str:
        """The help of the parser, its few words in French."""
        return _french_help(super().get_help(ctx))


app = typer.Typer(
    name="aide-am",
    cls=FrenchGroup,
    help="Aide à l’emploi d’un assistant médical : droits, montants, objectifs, part versée, et pourquoi.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    subcommand_metavar="COMMANDE [ARGUMENTS]",
    options_metavar="[OPTIONS]",
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on these arguments (by default those of the process); the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = typer.main.get_command(app).main(given, prog_name="aide-am", standalone_mode=False)
    except RefusedData as refused:
        _complain(french.typeset(str(refused)))
        return REFUSED
    except _UsageError as error:
        context = getattr(error, "ctx", None)
        program = context.command_path if context else "aide-am"
        _complain(french.typeset(f"{_usage_sentence(error)}\nAide : {program} --help"))
        return MISUSED
    return code if isinstance(code, int) else ANSWERED


def _usage_sentence(error: Any) -> str:
    """The complaint of the parser in French."""
    message = str(error.format_message())
    for pattern, sentence in USAGE_IN_FRENCH:
        if found := re.fullmatch(pattern, message, flags=re.DOTALL):
            text = found.expand(sentence)
            if "is not one of" in message:
                text = text.replace("'", "")
            return text[:1].upper() + text[1:] + "."
    return message


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _misuse(message: str) -> typer.BadParameter:
    return typer.BadParameter(message)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"aide-am {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def program(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Affiche la version.")
    ] = False,
) -> None:
    """Aide à l’emploi d’un assistant médical : droits, montants, objectifs, part versée, et pourquoi."""
    if context.invoked_subcommand is None:
        _complain(context.get_help())
        raise typer.Exit(MISUSED)


@app.command("evaluate", cls=FrenchCommand, short_help="Évalue un dossier : le montant, et pourquoi.")
def evaluate_command(
    fichier: Annotated[
        str, typer.Argument(metavar="FICHIER", help="Dossier en JSON ; « - » : l’entrée standard.")
    ],
    format: Annotated[
        AnswerFormat, typer.Option("--format", help="Forme de la réponse.")
    ] = AnswerFormat.texte,
    lecture: Annotated[
        list[str] | None,
        typer.Option(
            "--lecture", metavar="NOM=VALEUR", help="Choix sur un point de droit ouvert ; répétable."
        ),
    ] = None,
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
    chosen = _chosen_readings(lecture or [])
    text = _read(fichier)
    dossier, readings = _validated(text, chosen)
    decision = evaluate(dossier, readings=readings, force=force, strict=strict)
    _write(_answer(decision, format), output)


def _chosen_readings(options: Iterable[str]) -> dict[str, str]:
    """The readings asked for; the shape is a matter of usage, names and values are data."""
    chosen: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not (name and equals and value):
            raise _misuse(f"--lecture attend NOM=VALEUR, reçu « {option} »")
        if chosen.setdefault(name, value) != value:
            raise _misuse(f"--lecture donne deux valeurs à « {name} »")
    return chosen


def _read(file: str) -> str:
    """The text of the file, or of the standard input."""
    try:
        content = sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
    except FileNotFoundError:
        raise _misuse(f"fichier introuvable : {file}") from None
    except OSError as error:
        raise _misuse(f"fichier illisible : {file} ({_reason(error)})") from None
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


def _validated(text: str, chosen: Mapping[str, str]) -> tuple[Dossier, Readings]:
    """The dossier and the readings; the refusals of both come at once."""
    refusals: list[Refusal] = []
    dossier = _checked(Dossier, "", text, refusals)
    readings = _checked(Readings, "--lecture ", json.dumps(chosen), refusals)
    if dossier is None or readings is None:
        raise RefusedData(refusals)
    return dossier, readings


ModelT = TypeVar("ModelT", bound=Closed)


def _checked(model: type[ModelT], prefix: str, text: str, refusals: list[Refusal]) -> ModelT | None:
    if text.lstrip().startswith("["):
        refusals.append(_list_refusal(text))
        return None
    try:
        return model.model_validate_json(text)
    except RefusedData as refused:
        refusals += [refusal._replace(field=prefix + refusal.field) for refusal in refused.refusals]
        return None


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


def _answer(decision: Decision, format: AnswerFormat) -> str:
    if format is AnswerFormat.json:
        return decision.to_json(indent=2) + "\n"
    return decision.explain("texte" if format is AnswerFormat.texte else "markdown")


def _print(text: str) -> None:
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


def _write(text: str, output: Path | None) -> None:
    if output is None or str(output) == STANDARD:
        _print(text if text.endswith("\n") else f"{text}\n")
        return
    try:
        output.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise _misuse(f"impossible d’écrire {output} ({_reason(error)})") from None


@app.command("tables", cls=FrenchCommand, short_help="Affiche les tableaux des textes.")
def tables_command(
    identifiant: Annotated[
        str | None,
        typer.Argument(metavar="[TABLEAU]", help="Un seul tableau, par son identifiant.", show_default=False),
    ] = None,
    texte: Annotated[TextName | None, typer.Option("--texte", help="Les tableaux de ce seul texte.")] = None,
    format: Annotated[
        TableFormat | None,
        typer.Option("--format", help="Forme ; sans elle, Markdown, ou à l’écran un tableau tracé."),
    ] = None,
) -> None:
    """Affiche les tableaux comme les textes les impriment : percentiles, montants, objectifs, parts."""
    tables = published_tables(_baremes(texte))
    if identifiant is not None:
        tables = (_named({table.id: table for table in tables}, identifiant, "tableau"),)
    _publish(tables, format)


@app.command("sources", cls=FrenchCommand, short_help="Affiche le registre des sources.")
def sources_command(
    format: Annotated[
        TableFormat | None,
        typer.Option("--format", help="Forme ; sans elle, Markdown, ou à l’écran un tableau tracé."),
    ] = None,
) -> None:
    """Affiche le registre des sources, leur nature et le jour de leur dernière vérification."""
    _publish([table_of_sources(_baremes(None))], format)


def _baremes(texte: TextName | None) -> tuple[Bareme, ...]:
    return tuple(b for b in chronology().baremes if texte is None or b.texte == texte.value)


T = TypeVar("T")


def _named(found: Mapping[str, T], name: str, what: str) -> T:
    """The thing of that name; an unknown name is wrong usage, and the nearest ones are offered."""
    if name in found:
        return found[name]
    near = difflib.get_close_matches(name, found, n=3, cutoff=0.4) or list(found)
    raise _misuse(f"{what} inconnu : « {name} » ; essayez : {', '.join(near)}")


def _publish(tables: Sequence[PublishedTable], format: TableFormat | None) -> None:
    """Tables to stdout: as asked, else drawn on a terminal and in Markdown elsewhere."""
    if format is None and sys.stdout.isatty():
        for table in tables:
            _draw(table)
    elif format is TableFormat.csv:
        _write("\n".join(_csv_block(table, len(tables) > 1) for table in tables), None)
    else:
        _write("\n".join(as_markdown(table) for table in tables), None)


def _csv_block(table: PublishedTable, named: bool) -> str:
    """The CSV of a table; among several, a first line with its id."""
    return f"{table.id}\n{as_csv(table)}" if named else as_csv(table)


def _draw(table: PublishedTable) -> None:
    """A table on a terminal; cells are text, never markup."""
    drawn = Table(title=Text(f"{table.title} [{table.id}]"))
    for header in table.headers:
        drawn.add_column(Text(header))
    for row in table.rows:
        drawn.add_row(*map(Text, row))
    console = Console()
    console.print(drawn)
    console.print(Text(table.reference_line, style="dim"), soft_wrap=True)
    console.print()


@app.command("schema", cls=FrenchCommand, short_help="Affiche un schéma JSON.")
def schema_command(
    nom: Annotated[SchemaName, typer.Argument(metavar="dossier|decision", help="Ce que le schéma décrit.")],
) -> None:
    """Affiche le schéma JSON d’un dossier (ce qui est lu) ou d’une décision (ce qui est écrit)."""
    _write(json.dumps(schemas()[nom.value], ensure_ascii=False, indent=2), None)


@app.command("examples", cls=FrenchCommand, short_help="Affiche les dossiers d’exemple.")
def examples_command(
    nom: Annotated[
        str | None,
        typer.Argument(metavar="[EXEMPLE]", help="Le texte JSON de cet exemple.", show_default=False),
    ] = None,
) -> None:
    """Affiche la liste des dossiers d’exemple, ou le texte JSON de l’un d’eux."""
    if nom is not None:
        _write(_named(example_texts(), nom, "exemple"), None)
        return
    width = max(map(len, examples()))
    lines = [f"{name:<{width}}  {_description(dossier)}" for name, dossier in examples().items()]
    _write("\n".join(lines), None)


def _description(dossier: Dossier) -> str:
    """One line on a dossier: the doctor, the contract, the verdict and the amount."""
    decision = evaluate(dossier)
    specialite = chronology().baremes[-1].specialites[dossier.medecin.specialite].libelle
    answer = WORDS[decision.verdict].lower()
    if decision.amount_due is not None:
        answer += f", {_amount(decision.amount_due)}"
    elif decision.maximum is not None:
        answer += f", au maximum {_amount(decision.maximum)}"
    contract = f"{specialite}, {ETP[dossier.contrat.option_etp]}, année {dossier.annee}"
    return french.typeset(f"{contract} : {answer}")


def _amount(amount: Amount) -> str:
    if amount.value is not None:
        return french.euros(amount.value)
    return f"de {french.euros(amount.low)} à {french.euros(amount.high)}"
