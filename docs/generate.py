"""Write the pages and schemas that the code itself knows: run it after a change, a test compares.

python docs/generate.py
"""

import json
from pathlib import Path

from aide_am import schemas
from aide_am.chronology import chronology, register
from aide_am.collective.bareme import bareme_collectif
from aide_am.costs.bareme import bareme_emploi
from aide_am.frames import COLUMNS, OUTPUTS
from aide_am.frames.template import MEANINGS, accepted
from aide_am.french import typeset
from aide_am.lectures import lectures
from aide_am.publication import employment_tables
from aide_am.readings import DEFAULT
from aide_am.rules import registry

HERE = Path(__file__).parent
START, END = "<!-- tableau des lectures -->", "<!-- fin du tableau -->"

COLUMN_RULES = {
    "specialite": "ELI-01, OBJ-01", "specialite_am": "ELI-01, OBJ-01", "mep": "ELI-01, OBJ-01",
    "secteur": "ELI-03", "option_tarifaire": "ELI-03", "date_naissance": "OBJ-02, OBJ-06", "date_installation": "ELI-06",
    "derogation_installation": "ELI-06",
    "zone": "ELI-07, ELI-08", "part_honoraires_cliniques": "ELI-02", "rqth": "ELI-05", "ald": "ELI-05",
    "activite_mixte": "ELI-05", "remplacant": "ELI-09", "exercice_coordonne": "ELI-10",
    "date_signature": "TMP-02, TMP-03", "option_etp": "ELI-07, MNT-03", "date_option": "ELI-07, CTR-02",
    "date_embauche": "TMP-02", "prorogation": "CTR-01", "annee": "TMP-02", "circonstances_exceptionnelles": "MOD-08",
}  # fmt: skip
FAMILY_RULES = {
    "initiale": "ELI-04, MNT-01", "objectif": "OBJ-03", "nature": "OBJ-02", "reference": "OBJ-03",
    "observee": "OBJ-04, OBJ-05", "option_etp": "ELI-07, ELI-08, CTR-02", "date_signature": "ELI-07, ELI-08", "objectifs_atteints": "ELI-08",
    **dict.fromkeys(("p30", "p50", "p70", "p90", "p95"), "MNT-01"),
}  # fmt: skip
"""The rules that read a column, by its name or by what follows the name of its indicator."""
COLUMN_VALUES = {
    "specialite": "un nom court, par exemple medecine_generale",
    "code": "un code, par exemple 05",
    "part": "de 0 à 1, par exemple 0,85",
}
"""What the cells of a kind hold, where a workbook says it in the words of its lists."""
OUTPUT_MEANINGS = {
    "verdict": ("texte", "`eligible`, `a_instruire`, `non_eligible` ; vide si la ligne est refusée"),
    "criteria_failed": ("texte", "les critères non satisfaits, par leur règle, séparés par des espaces"),
    "band": ("texte", "la tranche du montant, si elle est certaine"),
    "maximum_low": ("euros", "le montant maximal de l’année, au moins"),
    "maximum_high": ("euros", "le montant maximal de l’année, au plus"),
    "regime": ("texte", "la table de modulation, `MOD-00` à `MOD-07`, si elle est certaine"),
    "pmt_status": ("texte", "le statut de l’objectif de patientèle médecin traitant"),
    "pfa_status": ("texte", "le statut de l’objectif de file active"),
    "pmt_rate": ("nombre", "son taux d’atteinte, fraction de 1, pour être lu"),
    "pfa_rate": ("nombre", "son taux d’atteinte, fraction de 1, pour être lu"),
    "share_low": ("nombre", "la part versée, au moins, fraction de 1, pour être lue"),
    "share_high": ("nombre", "la part versée, au plus, fraction de 1, pour être lue"),
    "amount_due_low": ("euros", "le montant dû, au moins"),
    "amount_due_high": ("euros", "le montant dû, au plus"),
    "missing": (
        "texte",
        "les données qui manquent, par leur nom, séparées par des espaces, la plus utile d’abord",
    ),
    "warnings": (
        "texte",
        "les codes de ce qu’il faut savoir (`annee_future`, `nature_source`…), séparés par des espaces, dans l’ordre de la décision",
    ),
    "error": ("texte", "pourquoi la ligne est refusée"),
    "codes": (
        "texte",
        "les lectures, le barème et les noms de colonnes : de quoi refaire la décision de la ligne",
    ),
}


def readings_table() -> str:
    """Every reading with its values, the default first, and their evidence."""
    lines = ["| lecture | valeur | ce qu’elle dit | ce qui parle pour elle |", "|---|---|---|---|"]
    for name, lecture in lectures().items():
        for value, said in lecture.valeurs.items():
            default = " (défaut)" if getattr(DEFAULT, name) == value else ""
            lines.append(f"| `{name}` | `{value}`{default} | {said.libelle} | {said.preuve} |")
    return "\n".join(lines)


def readings_page(page: str) -> str:
    """The page of the readings with its table written anew."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n\n{readings_table()}\n\n{END}{rest.partition(END)[2]}"


def rules_page() -> str:
    """Every rule: its title, the functions that compute it; then every figure and every source."""
    *older, bareme = chronology().baremes
    lines = [
        "# Les règles et leurs sources",
        "",
        "Cette page est écrite par `docs/generate.py` à partir du code et des données.",
        "",
        "| règle | titre | fonctions |",
        "|---|---|---|",
    ]
    for rule_id, title in bareme.regles.items():
        found = [
            f"`{f.__module__.removeprefix('aide_am.')}.{f.__name__}`" for f in registry.functions(rule_id)
        ]
        lines.append(f"| {rule_id} | {title} | {', '.join(found)} |")
    lines += [
        "",
        "## Les chiffres isolés",
        "",
        "| paramètre | valeur | règle | source |",
        "|---|---|---|---|",
    ]
    for name, p in bareme.parametres.items():
        source = f"{bareme.sources[p.reference.source].editeur}, {p.reference.place} ({p.reference.nature})"
        others = [f"{b.texte} : {b.parametres[name].valeur}" for b in older if b.parametres[name] != p]
        value = f"{p.valeur} ({p.unite})" + "".join(f" ; {other}" for other in others)
        lines.append(f"| `{name}` – {p.libelle} | {value} | {p.regle} | {source} |")
    for name, c in (*bareme_collectif().parametres.items(), *bareme_emploi().parametres.items()):
        source = f"{bareme.sources[c.reference.source].editeur}, {c.reference.place} ({c.reference.nature})"
        lines.append(f"| `{name}` – {c.libelle} | {c.valeur} ({c.unite}) | {c.regle} | {source} |")
    lines += ["", *grids(), "", "## Les sources"]
    lines += [
        "",
        "| source | éditeur | date | nature | vérifiée le |",
        "|---|---|---|---|---|",
    ]
    for source in bareme.sources.values():
        lines.append(
            f"| `{source.id}` – {source.titre} | {source.editeur} | {source.date} | {source.nature} "
            f"| {source.verifie.isoformat()} |"
        )
    lines += [
        "",
        "La nature est celle de la source en général ; chaque valeur porte la sienne, du plus sûr au plus faible :",
        "`texte`, `ameli`, `secondaire`, `presse`, `deduit`.",
        "",
        "## Ce qui reste à la caisse",
        "",
        "Sous l’avenant 7 : spécialités dont l’accès suivait la tension du département, 1 ETP en ZAC, exercice coordonné qui",
        "n’était pas encore là à la signature. Dérogation d’installation (déménagement, changement de spécialité), activité",
        "mixte sous le seuil, OPTAM-CO après 2024, option dont rien ne dit par quel avenant elle fut obtenue, premières années",
        "d’un nouveau contrat à 1,5 ou 2 ETP, objectifs de l’année où un avenant les change, part d’un contrat de l’avenant 7",
        "dont les deux objectifs ne sont pas atteints (lecture `cumul_avenant_7`), circonstances exceptionnelles, solde des jours",
        "courus avant une résiliation (lecture `recuperation`), délai de carence, aide pendant que le poste n’est pas tenu,",
        "primo-installé resté sous le P30 au terme de son objectif, prorogation signée après le terme, condition d’accès perdue,",
        "contrat collectif sous son départ, dates de versement de l’aide collective, aide d’un poste en CDD : la réponse le dit,",
        "et ne devine pas.",
    ]
    return "\n".join(lines) + "\n"


def grids() -> list[str]:
    """The conventional minima of an assistant médical, by dated grid (CST-01)."""
    *_, minima = employment_tables()
    lines = [
        "## Les minima conventionnels (IDCC 1147)",
        "",
        "« NC » : non connu. Entre deux grilles, rien n’est connu.",
        "",
    ]
    lines += [f"| {' | '.join(minima.headers)} |", f"|{'---|' * len(minima.headers)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in minima.rows), "", minima.reference_line]


def columns_page() -> str:
    """Every column of a table of dossiers, then every column of its answers."""
    lines = [
        "# Les colonnes d’un tableau",
        "",
        "Cette page est écrite par `docs/generate.py` à partir du code. [Les tableaux de dossiers](tableaux.md) disent comment s’en servir.",
        "",
        "## Ce qui est lu",
        "",
        "« oui » : la colonne est obligatoire. `specialite` peut être remplacée par `specialite_am`.",
        "",
        "| colonne | obligatoire | sens | valeurs | règles |",
        "|---|---|---|---|---|",
    ]
    for column in COLUMNS:
        required = "oui" if column.required else ""
        values = COLUMN_VALUES.get(column.kind) or accepted(column)
        meaning = MEANINGS[column.name].replace("|", "\\|")
        lines.append(f"| `{column.name}` | {required} | {meaning} | {values} | {_rules_of(column.name)} |")
    lines += ["", "## Ce qui est répondu", "", "| colonne | type | sens |", "|---|---|---|"]
    lines += [f"| `{name}` | {' | '.join(OUTPUT_MEANINGS[name])} |" for name in OUTPUTS]
    lines += [
        "",
        "« euros » : un décimal exact à deux chiffres, `decimal(12, 2)`. « nombre » : un nombre à virgule flottante, pour être",
        "lu, jamais pour recalculer une somme. « texte » : une catégorie en Polars et en pandas, du texte en DuckDB et en Spark.",
    ]
    return typeset("\n".join(lines)) + "\n"


def _rules_of(name: str) -> str:
    """The rules that read a column; raises `KeyError` for one that does not exist."""
    regles = register().regles
    found = COLUMN_RULES.get(name) or FAMILY_RULES[name.partition("_")[2]]
    return ", ".join(rule_id for rule_id in found.split(", ") if regles[rule_id])


def pages() -> dict[Path, str]:
    """Every generated file with its text."""
    found = {
        HERE / "regles.md": rules_page(),
        HERE / "colonnes.md": columns_page(),
        HERE / "lectures.md": readings_page((HERE / "lectures.md").read_text("utf-8")),
    }
    for name, schema in schemas().items():
        text = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        found[HERE / "schemas" / f"{name}.json"] = text
    return found


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.relative_to(HERE.parent))
