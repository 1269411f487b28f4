"""Files of dossiers: read in blocks, answered by `evaluate_frame`, written in blocks.

CSV, Excel, Parquet and NDJSON, any into any, told apart by their suffix. A file larger than memory
passes through it a block at a time; an Excel sheet, which ends at 1 048 576 rows, is read whole.
Nothing is written beside the files that the caller names: each is made in a temporary directory next
to its place, and put there once everything went well.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .. import french
from ..bareme import Bareme
from ..errors import AideAmError, Refusal, RefusedData
from ..readings import Readings
from .columns import BY_NAME
from .evaluation import evaluate_frame
from .file_reading import Source, check_names, csv_file, ndjson_file, of_file, parquet_file
from .file_summary import Reason, Summary
from .file_writing import WRITERS, Write

FORMATS: Mapping[str, str] = {
    ".csv": "csv",
    ".xlsx": "excel",
    ".parquet": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}
"""The suffixes that are known, and what they mean."""
ROW, REASON = "ligne_du_fichier", "motif_du_refus"
"""The columns that a file of refused rows has before its own."""
RESULTS, REFUSED = "Résultats", "Lignes refusées"
"""What is written of a block: every row with its answers, the refused ones alone."""
WITHOUT_EXTRA = (
    "les fichiers Excel demandent des bibliothèques qui ne sont pas installées : "
    'lancez pip install "aide-am[files]".'
)


def evaluate_file(
    source: Path,
    output: Path,
    *,
    errors: Path | None = None,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    columns: Mapping[str, str | None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Answer every row of a file into another; what was found, as a summary.

    source, output, errors: the file that is read, the one that is written, and that of the refused rows,
    each with its number and its reasons; existing files are replaced. readings, bareme, columns: as for
    `evaluate_frame`. progress: told after each block the rows answered, and those that there are (at
    most, for a CSV). Raises `RefusedData` for a file that cannot be read, or whose columns are not those
    of dossiers; `OSError` as the system does. Nothing is written then.
    """
    check_paths(source, output, errors)
    called = {**dict(zip(BY_NAME, BY_NAME, strict=True)), **(columns or {})}
    names = {name: own for name, own in called.items() if own is not None}
    found = _opened(source, names.values())
    check_names(found.schema.names)
    if _kind(output) == "excel" and _kind(source) != "csv":  # the rows of a CSV are counted on the way
        _excel("workbook").check_rows(found.size)

    def answer(block: "pa.Table", numbers: Any) -> dict[str, "pa.Table"]:
        answered = evaluate_frame(block, readings=readings, bareme=bareme, columns=columns)
        return _parts(_plain(answered), numbers, found.schema.names)

    empty = answer(found.schema.empty_table(), pa.array([], pa.int64()))
    targets = [output] if errors is None else [output, errors]
    summary = Summary(found.notes, {own for own in names.values() if own in found.schema.names})
    with replaced(targets) as scratch, ExitStack() as stack:
        writers = [*_writers(stack, scratch, empty, found.separator, (names, readings or Readings(), bareme))]
        for block, numbers in found.blocks:
            parts = answer(block, numbers)
            for what, write in writers:
                write(parts[what])
            summary.add(parts[RESULTS], parts[REFUSED], block if "csv" in map(_kind, targets) else None)
            if progress is not None:
                progress(summary.rows, found.size)
        if not summary.rows:
            raise of_file("un en-tête sans aucune ligne", "au moins un dossier", "ajoutez des lignes", "vide")
    return summary


def _plain(table: "pa.Table") -> "pa.Table":
    """The table with texts in the place of dictionaries, which differ between blocks."""
    dictionary = pa.types.is_dictionary
    plain = [each.with_type(each.type.value_type) if dictionary(each.type) else each for each in table.schema]
    return table.cast(pa.schema(plain))


def _parts(answered: "pa.Table", numbers: Any, names: Sequence[str]) -> dict[str, "pa.Table"]:
    """The answered rows, and the refused ones: their number in the file, reasons, the cells of the file."""
    row, reason = (_free(name, names) for name in (ROW, REASON))
    refused = answered.append_column(row, numbers).filter(pc.is_valid(answered["error"]))
    told = refused.select([row, "error", *names]).rename_columns([row, reason, *names])
    return {RESULTS: answered, REFUSED: told}


def _free(name: str, names: Sequence[str]) -> str:
    """The name, longer where the file already has it: that of refused rows put right and given again."""
    while name in names:
        name += "_bis"
    return name


# --- Places ----------------------------------------------------------------------------------------


def _kind(path: Path) -> str:
    return FORMATS[path.suffix.lower()]


def check_paths(source: Path, output: Path, errors: Path | None) -> None:
    """Refuse unknown suffixes and files that would overwrite one another, all at once."""
    given = {"entrée": source, "sortie": output, "fichier des refus": errors}
    named = {name: path for name, path in given.items() if path is not None}
    known, remedy = ", ".join(FORMATS), "donnez à chaque fichier l’un de ces suffixes"
    found = [
        Refusal(name, f"« {path} »", f"un fichier {known}", remedy, "format")
        for name, path in named.items()
        if path.suffix.lower() not in FORMATS
    ]
    places: dict[Path, str] = {}
    for name, path in named.items():
        if (first := places.setdefault(path.resolve(), name)) != name:
            expected = f"un autre fichier que celui de « {first} »"
            found.append(Refusal(name, f"« {path} »", expected, "donnez un autre nom", "meme_fichier"))
    if found:
        raise RefusedData(found)


@contextmanager
def replaced(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """A scratch file for each target, which takes its place at the end, if all went well."""
    with ExitStack() as stack:
        places = [path.resolve() for path in targets]
        for place in places:
            if place.is_dir():
                raise IsADirectoryError(None, None, str(place))
        scratch = []
        for place in places:
            directory = TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent)
            scratch.append(Path(stack.enter_context(directory)) / place.name)
        yield scratch
        for made, place in zip(scratch, places, strict=True):
            os.replace(made, place)


# --- Formats ---------------------------------------------------------------------------------------


def _excel(module: str) -> Any:
    """The module of this package that needs a library of Excel files; without it, how to install it."""
    try:
        return import_module(f".{module}", __package__)
    except ModuleNotFoundError as error:
        raise AideAmError(french.typeset(WITHOUT_EXTRA)) from error


def _opened(path: Path, names: Iterable[str]) -> Source:
    """The file, ready to be read in blocks."""
    if path.stat().st_size == 0:
        expected = "un en-tête et une ligne par dossier"
        raise of_file("un fichier vide", expected, "vérifiez le fichier", "vide")
    match _kind(path):
        case "csv":
            return csv_file(path, names)
        case "parquet":
            return parquet_file(path)
        case "ndjson":
            return ndjson_file(path)
    found: Source = _excel("sheets").excel_file(path)
    return found


def _writers(
    stack: ExitStack,
    paths: Sequence[Path],
    empty: Mapping[str, "pa.Table"],
    separator: str,
    book: tuple[Any, ...],
) -> Iterator[tuple[str, Write]]:
    """What writes each part of a block: `RESULTS` in the first file, `REFUSED` in the second.

    A workbook of answers has a sheet for both.
    """
    for path, what in zip(paths, (RESULTS, REFUSED), strict=False):
        if _kind(path) == "excel":
            held = empty if what == RESULTS else {what: empty[what]}
            yield from stack.enter_context(_excel("workbook").tables(path, held, *book))
        else:
            yield what, stack.enter_context(WRITERS[_kind(path)](path, empty[what].schema, separator))


__all__ = ["FORMATS", "Reason", "Summary", "check_paths", "evaluate_file", "replaced"]
