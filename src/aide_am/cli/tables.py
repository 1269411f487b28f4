"""The commands on files of dossiers: their answers, and an empty workbook to fill."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import french
from ..errors import AideAmError, Refusal, RefusedData
from ..readings import Readings
from ..sentences import WORDS
from ..terms import Verdict
from ..wording import conditioned
from .program import FrenchCommand, app
from .streams import ANSWERED, REASONS, REFUSED, Lecture, checked, chosen_readings, misuse, write

if TYPE_CHECKING:
    from ..frames.files import Reason, Summary

EXTRA = frozenset({"narwhals", "numpy", "pyarrow", "python_calamine", "xlsxwriter"})
"""What the extra `files` brings."""
WITHOUT_EXTRA = (
    "les fichiers de dossiers demandent des bibliothèques qui ne sont pas installées : "
    'lancez pip install "aide-am[cli,files]".'
)
SHOWN_REASONS = 10
"""The reasons of refusal that a summary gives."""
FORMULAS = (
    "Attention, cellules du CSV qui commencent par =, +, - ou @ : {}. Un tableur les prend pour des "
    "formules, un .xlsx les garde comme textes."
)
IN_OPTIONS: tuple[tuple[str, str], ...] = (
    (r'columns=\{"(.*?)": "(.*?)"\}', r'--columns "\1=\2"'),
    (r'columns=\{"(.*?)": None\}', r'--columns "\1="'),
    (r"^columns\[(.*?)\]", r"--columns \1"),
    (r"(?<![\w-])columns(?!\w)", "--columns"),
    (r"ou None si", "ou rien après le signe = si"),
)
"""What the refusals of the library name, and how it is said here."""


@app.command("batch", cls=FrenchCommand, short_help="Évalue un fichier de dossiers, une ligne chacun.")
def batch_command(
    fichier: Annotated[
        Path, typer.Argument(metavar="FICHIER", help="Dossiers en .csv, .xlsx, .parquet, .ndjson ou .jsonl.")
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FICHIER", help="Écrit les réponses ; le suffixe dit la forme."
        ),
    ],
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="FICHIER", help="Écrit aussi les lignes refusées, et pourquoi."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns",
            metavar="NOM=COLONNE",
            help="Nom dans le fichier d’une colonne de dossier ; rien après = : absente ; répétable.",
        ),
    ] = None,
    lecture: Lecture = None,
) -> None:
    """Évalue chaque ligne d’un fichier de dossiers, et résume ce qui a été trouvé.

    Le code de retour est 1 si des lignes sont refusées : les fichiers sont écrits quand même.
    """
    readings, names = _readings(lecture), _named_columns(columns or [])
    with _files(), _writing(output, errors):
        from ..frames.files import check_paths, evaluate_file

        check_paths(fichier, output, errors)
        _check_readable(fichier)
        with _progress() as progress, _in_options():
            summary = evaluate_file(
                fichier, output, errors=errors, readings=readings, columns=names, progress=progress
            )
    write(french.typeset(told(summary)), None)
    raise typer.Exit(REFUSED if summary.refused else ANSWERED)


@app.command("template", cls=FrenchCommand, short_help="Écrit un classeur vide, à remplir de dossiers.")
def template_command(
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER.xlsx", help="Le classeur à écrire.")],
) -> None:
    """Écrit un classeur Excel vide : les colonnes d’un dossier, leurs listes, leur aide."""
    if fichier.suffix.lower() != ".xlsx":
        raise misuse(f"le modèle est un classeur .xlsx, reçu « {fichier} »")
    if fichier.exists():
        raise misuse(f"{fichier} existe déjà : donnez un autre nom, ou supprimez-le d’abord")
    with _files(), _writing(fichier):
        from ..frames.files import replaced
        from ..frames.template import template

        with replaced([fichier]) as scratch:
            template(scratch[0])


# --- Around the library ----------------------------------------------------------------------------


def _readings(options: Iterable[str] | None) -> Readings:
    refusals: list[Refusal] = []
    found = checked(Readings, "--lecture ", json.dumps(chosen_readings(options or [])), refusals)
    if found is None:
        raise RefusedData(refusals)
    return found


def _named_columns(options: Iterable[str]) -> dict[str, str | None]:
    """Column of a dossier → its name in the file, `None` where it has none."""
    found: dict[str, str | None] = {}
    for option in options:
        name, equals, own = option.partition("=")
        if not (name and equals):
            raise misuse(f"--columns attend NOM=COLONNE, reçu « {option} »")
        if found.setdefault(name, own or None) != (own or None):
            raise misuse(f"--columns donne deux colonnes à « {name} »")
    return found


@contextmanager
def _files() -> Iterator[None]:
    """What needs the extra `files`; without it, how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise AideAmError(french.typeset(WITHOUT_EXTRA)) from None


def _reason(error: OSError) -> str:
    return REASONS.get(type(error), str(error.strerror or error))


def _check_readable(file: Path) -> None:
    try:
        file.open("rb").close()
    except FileNotFoundError:
        raise misuse(f"fichier introuvable : {file}") from None
    except OSError as error:
        raise misuse(f"fichier illisible : {file} ({_reason(error)})") from None


@contextmanager
def _writing(*targets: Path | None) -> Iterator[None]:
    """Where a file cannot be written, which and why."""
    try:
        yield
    except OSError as error:
        named = " ou ".join(str(target) for target in targets if target is not None)
        raise misuse(f"impossible d’écrire {named} ({_reason(error)})") from None


@contextmanager
def _in_options() -> Iterator[None]:
    """The refusals of the library, in the words of the command line."""

    def said(text: str) -> str:
        for pattern, words in IN_OPTIONS:
            text = re.sub(pattern, words, text)
        return text

    try:
        yield
    except RefusedData as refused:
        raise RefusedData(
            r._replace(field=said(r.field), remedy=said(r.remedy)) for r in refused.refusals
        ) from None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    shown: Any = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Évaluation", total=None)

        def advance(done: int, size: int) -> None:
            bar.update(task, completed=done, total=size, description=f"{french.whole(done)} lignes")

        yield advance


# --- The summary -----------------------------------------------------------------------------------


def told(summary: "Summary") -> str:
    """What was found in a file, in French."""
    parts = [[f"{_rows(summary.rows, 'lue')}, {_rows(summary.refused, 'refusée')}.", *summary.notes]]
    parts.append(_verdicts(summary))
    if summary.reasons:
        told, more = summary.reasons[:SHOWN_REASONS], len(summary.reasons) - SHOWN_REASONS
        parts.append(["REFUS LES PLUS FRÉQUENTS", *map(_refused, told)])
        parts[-1] += [f"- et {more} autre{'s' if more > 1 else ''} motif{'s' if more > 1 else ''}"] * (
            more > 0
        )
    if summary.formulas:
        parts.append([FORMULAS.format(french.whole(summary.formulas))])
    return "\n\n".join("\n".join(part) for part in parts if part)


def _verdicts(summary: "Summary") -> list[str]:
    lines = []
    verdicts: tuple[Verdict, ...] = ("eligible", "a_instruire", "non_eligible")
    for verdict in verdicts:
        if count := summary.verdicts[verdict]:
            called = conditioned("montants dus", verdict)
            due = "" if verdict == "non_eligible" else f", {called} : {_sums([summary.due[verdict]])}"
            over = summary.ended if verdict == "non_eligible" else 0
            told = f", dont {_rows(over)} d’un contrat arrivé à son terme" if over else ""
            lines.append(f"{WORDS[verdict]} : {_rows(count)}{due}{told}.")
    if summary.due:
        open_too = ", si les contrats à instruire sont admis" if summary.verdicts["a_instruire"] else ""
        lines.append(f"Total des montants dus{open_too} : {_sums(summary.due.values())}.")
        lines.append(f"Montant encore ouvert, ou non connu : {_rows(summary.undecided)}.")
    return lines


def _rows(count: int, what: str = "") -> str:
    plural = "s" if count > 1 else ""
    return f"{french.whole(count)} ligne{plural}" + (f" {what}{plural}" if what else "")


def _sums(dues: "Iterable[tuple[Any, Any]]") -> str:
    pairs = list(dues)
    low, high = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    return french.euros(low) if low == high else f"de {french.euros(low)} à {french.euros(high)}"


def _refused(reason: "Reason") -> str:
    more = ", …" if reason.times > len(reason.rows) else ""
    which = ", ".join(map(str, reason.rows))
    return f"- {reason.text} : {_rows(reason.times)} ({which}{more})"


__all__ = ["batch_command", "template_command", "told"]
