"""Write the pages and schemas that the code itself knows: run it after a change, a test compares.

python docs/generate.py
"""

import json
from pathlib import Path

from aide_am import schemas
from aide_am.chronology import chronology
from aide_am.collective.bareme import bareme_collectif
from aide_am.lectures import lectures
from aide_am.readings import DEFAULT
from aide_am.rules import registry

HERE = Path(__file__).parent
START, END = "<!-- tableau des lectures -->", "<!-- fin du tableau -->"


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
    for name, c in bareme_collectif().parametres.items():
        source = f"{bareme.sources[c.reference.source].editeur}, {c.reference.place} ({c.reference.nature})"
        lines.append(f"| `{name}` – {c.libelle} | {c.valeur} ({c.unite}) | {c.regle} | {source} |")
    lines += [
        "",
        "## Les sources",
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
        "Spécialités de l’avenant 7 hors médecine générale, activité mixte sous le seuil, OPTAM-CO après 2024, premières",
        "années d’un nouveau contrat à 1,5 ou 2 ETP, circonstances exceptionnelles, délai de carence après une résiliation,",
        "aide pendant une suspension, condition d’accès perdue, contrat collectif sous son départ : la réponse le dit, et ne",
        "devine pas.",
    ]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Every generated file with its text."""
    found = {
        HERE / "regles.md": rules_page(),
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
