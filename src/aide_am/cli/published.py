"""The commands that show what the engine stands on: tables, sources, schemas, examples."""

import difflib
import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .. import french
from ..bareme import Bareme
from ..chronology import chronology, register
from ..collective.evaluation import evaluate_collective
from ..collective.examples import collective_examples, collective_texts
from ..collective.models import DossierCollectif
from ..costs.bareme import bareme_emploi
from ..costs.entries import post_text
from ..costs.examples import account_examples, account_texts, project_examples, project_texts
from ..costs.groupement import CompteGroupement, statements
from ..costs.invoicing import employment_cost
from ..costs.models import Projet
from ..decision import Amount
from ..evaluation import evaluate
from ..examples import example_texts, examples, schemas
from ..models import Dossier
from ..publication import PublishedTable, as_csv, as_markdown, employment_tables, published_tables
from ..publication import sources as table_of_sources
from ..sentences import ETP, WORDS
from ..wording import conditioned
from .program import FrenchCommand, app
from .streams import misuse, write


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
    evenements = "evenements"
    echeancier = "echeancier"
    echeances = "echeances"
    dossier_collectif = "dossier_collectif"
    decision_collective = "decision_collective"
    projet = "projet"
    cout = "cout"
    reste_a_charge = "reste_a_charge"
    modes_d_emploi = "modes_d_emploi"
    consultations = "consultations"
    compte_groupement = "compte_groupement"
    releves_groupement = "releves_groupement"
    repertoire = "repertoire"


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
    tables += () if texte is not None else employment_tables()
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
    raise misuse(f"{what} inconnu : « {name} » ; essayez : {', '.join(near)}")


def _publish(tables: Sequence[PublishedTable], format: TableFormat | None) -> None:
    """Tables to stdout: as asked, else drawn on a terminal and in Markdown elsewhere."""
    if format is None and sys.stdout.isatty():
        for table in tables:
            _draw(table)
    elif format is TableFormat.csv:
        write("\n".join(_csv_block(table, len(tables) > 1) for table in tables), None)
    else:
        write("\n".join(as_markdown(table) for table in tables), None)


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
    nom: Annotated[SchemaName, typer.Argument(metavar="NOM", help=f"Un de : {', '.join(SchemaName)}.")],
) -> None:
    """Affiche un schéma JSON : de ce qui est lu (dossiers, événements) ou de ce qui est écrit."""
    write(json.dumps(schemas()[nom.value], ensure_ascii=False, indent=2), None)


@app.command("examples", cls=FrenchCommand, short_help="Affiche les dossiers d’exemple.")
def examples_command(
    nom: Annotated[
        str | None,
        typer.Argument(metavar="[EXEMPLE]", help="Le texte JSON de cet exemple.", show_default=False),
    ] = None,
) -> None:
    """Affiche la liste des dossiers d’exemple, ou le texte JSON de l’un d’eux."""
    if nom is not None:
        write(
            _named(
                {**example_texts(), **collective_texts(), **project_texts(), **account_texts()},
                nom,
                "exemple",
            ),
            None,
        )
        return
    lines = {name: _description(dossier) for name, dossier in examples().items()}
    lines |= {name: _group(dossier) for name, dossier in collective_examples().items()}
    lines |= {name: _project(projet) for name, projet in project_examples().items()}
    lines |= {name: _account(account) for name, account in account_examples().items()}
    width = max(map(len, lines))
    write("\n".join(f"{name:<{width}}  {line}" for name, line in lines.items()), None)


def _project(projet: Projet) -> str:
    """One line on a project: the question it asks, and the cost of its post."""
    post = post_text(projet.poste)
    if projet.emploi is None:
        return french.typeset(f"Modes d’emploi à comparer, {post}")
    mode = bareme_emploi().modes[projet.emploi.mode].libelle
    cost = employment_cost(projet.poste, projet.emploi)
    shared = ", associés" if projet.associes else ", contrat collectif" if projet.groupe else ""
    first = "" if projet.poste.fin is not None else ", première année"
    return french.typeset(f"Coût d’un poste, {mode}{shared}, {post}{first} : {french.euros(cost.total)}")


def _account(account: CompteGroupement) -> str:
    """One line on an account: its members, and what they pay together."""
    found = statements(account)
    total = french.euros(found.total.net)
    return french.typeset(f"Compte d’un groupement, {len(found.statements)} membres : {total}")


def _group(dossier: DossierCollectif) -> str:
    """One line on a group: its doctors, its posts, the verdict and the amount."""
    decision = evaluate_collective(dossier)
    answer = WORDS[decision.verdict].lower()
    if decision.amount_due is not None:
        answer += f", {conditioned(_amount(decision.amount_due), decision.verdict)}"
    elif decision.maximum is not None:
        answer += f", au maximum {conditioned(_amount(decision.maximum), decision.verdict)}"
    posts = str(dossier.etp).replace(".", ",")
    count = len(dossier.membres)
    return french.typeset(
        f"Contrat collectif, {count} médecins, {posts} ETP, année {dossier.annee} : {answer}"
    )


def _description(dossier: Dossier) -> str:
    """One line on a dossier: the doctor, the contract, the verdict and the amount."""
    decision = evaluate(dossier)
    specialite = register().specialites[dossier.medecin.specialite].libelle
    answer = WORDS[decision.verdict].lower()
    if decision.amount_due is not None:
        answer += f", {conditioned(_amount(decision.amount_due), decision.verdict)}"
    elif decision.maximum is not None:
        answer += f", au maximum {conditioned(_amount(decision.maximum), decision.verdict)}"
    contract = f"{specialite}, {ETP[dossier.contrat.option_etp]}, année {dossier.annee}"
    return french.typeset(f"{contract} : {answer}")


def _amount(amount: Amount) -> str:
    if amount.value is not None:
        return french.euros(amount.value)
    return f"de {french.euros(amount.low)} à {french.euros(amount.high)}"
