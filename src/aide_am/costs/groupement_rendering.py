"""The statements of a groupement d'employeurs as a French document; sentences live here."""

from decimal import Decimal
from fractions import Fraction

from .. import french
from ..chronology import register
from ..documents import Document, Entry, Format, Grid, Section, written
from ..references import Reference
from ..rendering import reference_text
from ..rules import groupement as cst
from .groupement import PLACES, Lines, Ressource, Statements, plain

SOURCES = (
    ("groupements_inclusion_numerique", "le modèle économique d’un groupement d’employeurs"),
    ("groupement_pratique_2024", "I, 2, un groupement n’a pas le droit de faire des bénéfices"),
)
"""The sources of the model, and the place in each."""
HEADERS = (
    "membre",
    "part d’utilisation",
    "salaires",
    "frais",
    "adhésion",
    "régularisation",
    "subventions",
    "rétrocession",
    "net à payer",
)


def explain(found: Statements, format: Format = "texte") -> str:
    """The statements in French; raises `ValueError` for a format that does not exist."""
    return written(document(found), format)


def document(found: Statements) -> Document:
    """The statements before they are written."""
    account = found.account
    sections = (
        Section("Décompte de chaque membre", grid=_grid(found)),
        Section("À savoir", tuple(Entry(note) for note in notes(found))),
        Section("Ressources du groupement", _resources(found)),
        Section("Sources", _sources()),
    )
    title = f"Groupement d’employeurs, du {french.day(account.debut)} au {french.day(account.fin)}"
    kept = tuple(section for section in sections if section.entries or section.grid)
    return Document(french.typeset(title), tuple(map(french.typeset, _answer(found))), kept)


def _answer(found: Statements) -> list[str]:
    account = found.account
    return [
        f"Coût du groupement : {french.euros(found.cost)} (salaires chargés "
        f"{french.euros(account.masse_salariale)}, frais de fonctionnement "
        f"{french.euros(account.frais_fonctionnement)}).",
        f"Coefficient sur les salaires chargés : {coefficient_text(found.coefficient)}.",
        f"À payer par les membres : {french.euros(found.total.net)}.",
    ]


def coefficient_text(coefficient: Fraction) -> str:
    """1,06, or 1,3334 rounded up, with its exact fraction."""
    text = _shown(coefficient)
    if 10**PLACES % coefficient.denominator == 0:
        return text
    exact = f"{french.whole(coefficient.numerator)}/{french.whole(coefficient.denominator)}"
    return f"{text}, arrondi par excès (exactement {exact})"


def _shown(coefficient: Fraction) -> str:
    """A coefficient in decimals: as it is where they end, rounded up where they do not."""
    ends = 10**PLACES % coefficient.denominator == 0
    number = coefficient if ends else cst.coefficient_affichable(coefficient)
    return plain(number).replace(".", ",")


def notes(found: Statements) -> tuple[str, ...]:
    """What a reader should know of these statements."""
    return tuple(map(french.typeset, (*_surplus(found), *_kept(found), *_unused(found))))


def _surplus(found: Statements) -> list[str]:
    """Why something was billed over the cost, and that it is given back."""
    back = -found.total.regularisation
    if not back:
        return []
    if found.coefficient > found.least:
        why = f"Le coefficient dépasse celui qui couvre les frais de fonctionnement ({_shown(found.least)})"
    else:
        why = "Les adhésions dépassent les frais de fonctionnement"
    return [
        f"{why} : l’excédent, {french.euros(back)}, est rendu aux membres selon leur utilisation, car un "
        "groupement ne fait pas de bénéfice."
    ]


def _kept(found: Statements) -> list[str]:
    """The income that the groupement keeps."""
    left = _sum(found.account.produits) + found.total.retrocession
    if not left:
        return []
    return [f"Le groupement garde {french.euros(left)} de ses produits : ils ne réduisent pas ces décomptes."]


def _unused(found: Statements) -> list[str]:
    """The members who used nothing."""
    due = "seule l’adhésion est due" if found.account.adhesion else "rien n’est dû"
    return [f"{each.member} : aucune utilisation, {due}." for each in found.statements if each.share == 0]


def _grid(found: Statements) -> Grid:
    rows = [(each.member, french.share(each.share), *_cells(each.lines)) for each in found.statements]
    rows.append(("total", french.share(Fraction(1)), *_cells(found.total)))
    return Grid(HEADERS, tuple(rows), frozenset(range(1, len(HEADERS))))


def _cells(lines: Lines) -> tuple[str, ...]:
    return tuple(french.euros(each) for each in lines)


def _resources(found: Statements) -> tuple[Entry, ...]:
    """Each subsidy and each income, with what comes back to the members."""
    account = found.account
    texts = [f"Subvention « {each.libelle} » : {french.euros(each.montant)}" for each in account.subventions]
    texts += [f"Produit « {each.libelle} » : {french.euros(each.montant)}" for each in account.produits]
    if account.retrocession is not None and account.produits:
        back = french.euros(-found.total.retrocession)
        texts.append(f"Rétrocession de {french.percent(account.retrocession)} des produits : {back}")
    return tuple(Entry(french.typeset(f"{text}.")) for text in texts)


def _sum(resources: tuple[Ressource, ...]) -> Decimal:
    return sum((each.montant for each in resources), Decimal(0))


def _sources() -> tuple[Entry, ...]:
    """The rule, and where each source says it."""
    names = register()
    found = [(names.sources[name], place) for name, place in SOURCES]
    lines = [Reference(source.id, place, source.nature, source.verifie) for source, place in found]
    rule = Entry(french.typeset(f"[CST-02] {names.regles['CST-02']}"))
    return (rule, *(Entry(french.typeset(reference_text(line))) for line in lines))
