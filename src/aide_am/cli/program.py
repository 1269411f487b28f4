"""The program `aide-am`: its parser, its help and its complaints in French, its exit codes."""

import io
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from .. import __version__, french
from ..errors import AideAmError, RefusedData
from .streams import ANSWERED, MISUSED, REFUSED

_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""The root of the complaints of the parser; where it stands depends on the release of typer."""
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
    (r"Missing option '(.*?)'.*", r"il manque l’option \1"),
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
    (r"Invalid value for '(.*?)': .*\bint(?:eger)?\b.*", r"\1 attend un nombre entier"),
    (r"Invalid value(?: for '?.*?'?)?: (.*)", r"\1"),
)
"""What the parser says in English, and the same in French; anything else stays as it is."""
OPTION_OF: Mapping[str, str] = {"years": "--annees", "force=True": "--force", "strict=True": "--strict"}
"""What the refusals of the library name, and the option that gives it here."""


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
        _complain(french.typeset(str(_with_options(refused))))
        return REFUSED
    except AideAmError as error:
        _complain(french.typeset(french.capital(str(error))))
        return MISUSED
    except _UsageError as error:
        context = getattr(error, "ctx", None)
        program = context.command_path if context else "aide-am"
        _complain(french.typeset(f"{_usage_sentence(error)}\nAide : {program} --help"))
        return MISUSED
    return code if isinstance(code, int) else ANSWERED


def _with_options(refused: RefusedData) -> RefusedData:
    """The refusals, in the words of the command line."""

    def named(text: str) -> str:
        for argument, option in OPTION_OF.items():
            text = re.sub(rf"(?<!\w){argument}(?!\w)", option, text)
        return text

    return RefusedData(
        r._replace(field=named(r.field), expected=named(r.expected), remedy=named(r.remedy))
        for r in refused.refusals
    )


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
