"""The empty Excel workbook that an analyst fills: its columns, their lists, their help."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import french
from ..chronology import register
from ..models import LAST_YEAR
from ..terms import INDICATEURS, PERCENTILES
from .columns import COLUMNS, Column
from .workbook import FIRST_DAY, ROWS, Book, opened

DOSSIERS, LISTS, HELP = "Dossiers", "Listes", "Aide"
OWN_PERCENTILE = "{percentile} de la spécialité, {indicateur}, là où aucun n’est publié"
INDICATORS: Mapping[str, str] = {"pmt": "patientèle médecin traitant (PMT)", "pfa": "file active (PFA)"}
MEANINGS: Mapping[str, str] = {
    "specialite": "Spécialité du médecin, par son nom court ; ou laissez vide et donnez specialite_am",
    "specialite_am": "Code de spécialité de l’Assurance Maladie, à la place de specialite",
    "mep": "Médecin généraliste à exercice particulier ; demandé avec les codes 01, 22 et 23",
    "secteur": "Secteur conventionnel",
    "option_tarifaire": "Option tarifaire, pour le secteur 2",
    "date_naissance": "Date de naissance du médecin",
    "date_installation": "Date de première installation dans le département, ou jour de la dérogation",
    "derogation_installation": "Déménagement trop lointain pour garder sa patientèle, ou changement "
    "de spécialité, traité comme une nouvelle installation (CPN)",
    "zone": "Zone du cabinet",
    "part_honoraires_cliniques": "Part des honoraires cliniques sur les douze mois avant la signature "
    "(chirurgiens, ORL, gynécologues)",
    "rqth": "Reconnaissance de la qualité de travailleur handicapé ; faux si la cellule est vide",
    "ald": "Affection de longue durée ; faux si la cellule est vide",
    "activite_mixte": "Activité mixte, libérale et salariée ; faux si la cellule est vide",
    "remplacant": "Médecin remplaçant ; faux si la cellule est vide",
    "exercice_coordonne": "Exercice regroupé et coordonné à la signature, demandé par l’avenant 7",
    "date_signature": "Date de signature du contrat",
    "option_etp": "Temps de travail de l’assistant, en équivalent temps plein",
    **{f"{i}_initiale": f"Effectif à la signature, {words}" for i, words in INDICATORS.items()},
    **{
        f"{i}_objectif": f"Cible du contrat, {words} ; la cible, non le nombre de patients en plus"
        for i, words in INDICATORS.items()
    },
    **{
        f"{i}_nature": f"Nature de l’objectif, {words}, quand le contrat la dit"
        for i, words in INDICATORS.items()
    },
    **{f"{i}_reference": f"Base fixée par un avenant, {words}" for i, words in INDICATORS.items()},
    "anterieur_option_etp": "Option avant l’avenant, ou du contrat antérieur pour 1,5 et 2 ETP",
    "anterieur_date_signature": "Date de signature du contrat antérieur, pour 1,5 et 2 ETP",
    "anterieur_objectifs_atteints": "Tous les objectifs du contrat antérieur atteints, pour 1,5 et 2 ETP",
    "date_option": "Jour où l’option a été obtenue ; la signature si la cellule est vide",
    "date_embauche": "Date d’embauche de l’assistant",
    "prorogation": "Avenant de prorogation, au-delà du terme d’un contrat d’avant la convention 2024",
    "annee": "Année du contrat, 1 pour la première",
    **{f"{i}_observee": f"Effectif observé pour l’année, {words}" for i, words in INDICATORS.items()},
    "circonstances_exceptionnelles": "Circonstances exceptionnelles reconnues par la CPN ; "
    "faux si la cellule est vide",
    **{
        f"{i}_{percentile}": OWN_PERCENTILE.format(percentile=percentile.upper(), indicateur=INDICATORS[i])
        for i in INDICATEURS
        for percentile in PERCENTILES
    },
}
"""What each column of a table of dossiers means."""
UNITS: Mapping[str, str] = {
    "choix": "texte",
    "specialite": "texte",
    "code": "texte de deux chiffres",
    "date": "date",
    "effectif": "patients",
    "annee": "année de contrat",
    "drapeau": "vrai ou faux",
    "part": "part",
}
ACCEPTED: Mapping[str, str] = {
    "specialite": f"un nom court de la feuille {LISTS}",
    "code": f"un code de la feuille {LISTS}",
    "date": "31/12/2024 ou 2024-12-31",
    "effectif": "un nombre entier, 0 ou plus",
    "annee": f"un nombre entier de 1 à {LAST_YEAR}",
    "drapeau": "vrai, faux",
    "part": "de 0 à 1, ou de 0 % à 100 %",
}
EMPTY = (
    "Une ligne par dossier, sous l’en-tête de la feuille « Dossiers ». Vide veut dire « non connu », "
    "jamais zéro. Les colonnes en bleu foncé sont obligatoires, les autres peuvent être supprimées."
)


def template(path: Path) -> None:
    """Write an empty workbook with every column of a table of dossiers, its lists and its help."""
    with opened(path) as book:
        sheet, lists, aide = (book.sheet(name) for name in (DOSSIERS, LISTS, HELP))
        sources = _write_lists(book, lists)
        _write_columns(book, sheet, sources)
        _write_help(book, aide)


def _write_columns(book: Book, sheet: Any, sources: Mapping[str, str]) -> None:
    for rank, column in enumerate(COLUMNS):
        look = "obligatoire" if column.required else "entree"
        sheet.write_string(0, rank, column.name, book.formats[look])
        cells = {"date": "date", "effectif": "effectif", "annee": "annee", "part": "part"}
        width = 34 if column.kind == "specialite" else max(len(column.name) + 4, 12)
        sheet.set_column(rank, rank, width, book.formats[cells.get(column.kind, "texte")])
        sheet.data_validation(1, rank, ROWS - 1, rank, _validation(column, sources))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(COLUMNS) - 1)


def _validation(column: Column, sources: Mapping[str, str]) -> dict[str, Any]:
    """What Excel checks when a cell is filled, and what it says."""
    rules: Mapping[str, dict[str, Any]] = {
        "choix": {"validate": "list", "source": list(column.choices)},
        "drapeau": {"validate": "list", "source": ["vrai", "faux"]},
        "date": {"validate": "date", "criteria": ">=", "value": FIRST_DAY},
        "effectif": {"validate": "integer", "criteria": ">=", "value": 0},
        "annee": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": LAST_YEAR},
        "part": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
        **{kind: {"validate": "list", "source": source} for kind, source in sources.items()},
    }
    return {
        **rules[column.kind],
        "input_title": column.name[:32],
        "input_message": french.typeset(f"{MEANINGS[column.name]}."),
        "error_title": "Valeur non admise",
        "error_message": french.typeset(f"{column.name} : {accepted(column)}."),
    }


def accepted(column: Column) -> str:
    """The values that a column accepts, in French."""
    return ", ".join(column.choices) or ACCEPTED[column.kind]


def _write_lists(book: Book, sheet: Any) -> dict[str, str]:
    """The specialties with their names and codes; the ranges of the two lists, by kind of column."""
    known = list(register().specialites.values())
    codes = sorted({code for specialite in known for code in specialite.codes_am})
    header = ("specialite", "Nom de la spécialité", "Codes de l’Assurance Maladie", "specialite_am")
    lines = [(s.slug, s.libelle, ", ".join(s.codes_am)) for s in known]
    lines += [("", "", "")] * (len(codes) - len(lines))
    for rank, (name, width) in enumerate(zip(header, (40, 64, 30, 16), strict=True)):
        sheet.set_column(rank, rank, width)
        sheet.write_string(0, rank, name, book.formats["entree"])
    for row, line in enumerate(lines, 1):
        code = codes[row - 1] if row <= len(codes) else ""
        for rank, value in enumerate((*line, code)):
            if value:
                sheet.write_string(row, rank, value)
    sheet.freeze_panes(1, 0)
    return {
        "specialite": f"={LISTS}!$A$2:$A${len(known) + 1}",
        "code": f"={LISTS}!$D$2:$D${len(codes) + 1}",
    }


def _write_help(book: Book, sheet: Any) -> None:
    header = ("Colonne", "Obligatoire", "Sens", "Unité", "Valeurs admises")
    sheet.write_string(0, 0, french.typeset(EMPTY))
    for rank, (name, width) in enumerate(zip(header, (32, 12, 80, 22, 44), strict=True)):
        sheet.set_column(rank, rank, width)
        sheet.write_string(2, rank, name, book.formats["entree"])
    for row, column in enumerate(COLUMNS, 3):
        required = "oui" if column.required else "non"
        line = (column.name, required, MEANINGS[column.name], UNITS[column.kind], accepted(column))
        for rank, value in enumerate(line):
            sheet.write_string(row, rank, french.typeset(value), book.formats["sens"])


__all__ = ["MEANINGS", "template"]
