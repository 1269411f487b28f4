"""The directory of the groupements d'employeurs as a French document."""

from collections.abc import Mapping

from .. import french
from ..documents import Document, Entry, Format, Grid, Section, written
from ..rendering import reference_text
from ..rules.directory import PORTEES, Portee
from ..sentences import WORDS
from .directory import Directory, DirectoryEntry

NOT_GIVEN = "–"
HEADERS = ("Région", "Groupement", "Courriel", "Téléphone", "Site")
NOTES = (
    "La liste est celle des groupements qui se sont fait connaître auprès de l’Assurance Maladie ; "
    "d’autres peuvent exister.",
    "La source donne la région d’un groupement, jamais son territoire exact : demandez-lui s’il "
    "intervient là où vous exercez.",
    "Organisations seulement : ni nom de personne, ni adresse qui en porte un. Un tiret : la source ne "
    "donne rien d’autre.",
)
QUALIFIED: Mapping[Portee, tuple[str, str]] = {
    "regionale": ("propre à la région", "propres à la région"),
    "interregionale": ("interrégional qui la cite", "interrégionaux qui la citent"),
    "nationale": ("national", "nationaux"),
}
"""How far a groupement goes, of one and of several."""


def explain(found: Directory, format: Format = "texte") -> str:
    """The directory in French; raises `ValueError` for a format that does not exist."""
    return written(document(found), format)


def document(found: Directory) -> Document:
    """The explanation before it is written."""
    wide = tuple(
        Entry(french.typeset(f"{entry.nom} : {', '.join(entry.regions)}."))
        for entry in found.entries
        if entry.portee == "interregionale"
    )
    grid = Grid(HEADERS, tuple(_row(entry) for entry in found.entries))
    return Document(
        title(found),
        tuple(french.typeset(line) for line in _answer(found)),
        (
            Section("Groupements", wide, grid),
            Section("À savoir", tuple(Entry(french.typeset(note)) for note in NOTES)),
            Section("Sources", tuple(Entry(french.typeset(reference_text(r))) for r in found.references)),
        ),
    )


def title(found: Directory) -> str:
    """What was asked for, in one line."""
    text = "Groupements d’employeurs"
    if found.departement is not None:
        text += f", {found.departement.nom} ({found.departement.code})"
    return text + (f", région {found.region}" if found.region else ", liste entière")


def _answer(found: Directory) -> list[str]:
    source = found.references[0]
    checked = (
        "Liste reprise d’une copie de la page d’ameli, qui ne porte pas de date ; "
        f"relue le {french.day(source.checked)} ({WORDS[source.nature]})."
    )
    if found.region is None:
        return [f"{len(found.entries)} groupements d’employeurs dans la liste.", checked]
    counts = {portee: sum(entry.portee == portee for entry in found.entries) for portee in PORTEES}
    told = [f"{count or 'aucun'} {QUALIFIED[portee][count > 1]}" for portee, count in counts.items()]
    lines = [f"Région {found.region} : {french.enumeration(told)}."]
    if not counts["regionale"]:
        lines.append("La liste n’a aucun groupement pour cette région elle-même.")
    return [*lines, checked]


def _row(entry: DirectoryEntry) -> tuple[str, ...]:
    if entry.portee == "interregionale":
        region = f"Interrégional, {len(entry.regions)} régions"
    else:
        region = entry.regions[0]
    name = entry.nom if entry.rna is None else f"{entry.nom} (RNA {entry.rna})"
    contacts = (entry.courriel, entry.telephone, entry.site)
    return (region, name, *(contact or NOT_GIVEN for contact in contacts))
