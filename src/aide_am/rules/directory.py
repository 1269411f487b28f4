"""Rule CST-05: how a cell of the directory is read, what it may hold, and whom a groupement serves.

The columns of the source have shifted: a cell is what it contains, never what stands above it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

from .registry import rule

Sorte: TypeAlias = Literal["courriel", "telephone", "site"]
SORTES: tuple[Sorte, ...] = get_args(Sorte)
Portee: TypeAlias = Literal["regionale", "interregionale", "nationale"]
PORTEES: tuple[Portee, ...] = get_args(Portee)
"""From the most local to the least."""
FRANCE_ENTIERE = "France entière"
GENERIQUES = frozenset({
    "accueil", "adherent", "adherents", "administration", "agence", "asso", "association", "assistant",
    "assistants", "bonjour", "bureau", "cabinet", "candidature", "candidatures", "comptabilite",
    "contact", "contacts", "coordination", "cpts", "direction", "emploi", "emplois", "employeur",
    "employeurs", "formation", "ge", "geiq", "gestion", "groupement", "groupements", "info", "infos",
    "mail", "medical", "medicaux", "msp", "paie", "paye", "pole", "recrutement", "rh", "sante",
    "secretariat", "service", "services", "sisa", "social", "urps",
})  # fmt: skip
"""The words of an address that name a task or a structure."""
TELEPHONE = re.compile(r"(?:(?:\+|00)33(?:\(0\))?|0)([1-9][0-9]{8})")
CELLULES: Mapping[Sorte, re.Pattern[str]] = {
    "courriel": re.compile(r"[a-z0-9][a-z0-9._+-]*@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE),
    "telephone": TELEPHONE,
    "site": re.compile(r"(?:https?://|www\.)(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s|@]*)?", re.IGNORECASE),
}
CIVILITES = re.compile(
    r"(?<![\w.])(?:M\.|MM\.|Mr|Mme|Mlle|Monsieur|Madame|Dr|Docteur|Pr|Professeur|Président|Présidente)(?!\w)",
    re.IGNORECASE,
)


@rule("CST-05")
def sorte(cellule: str) -> Sorte | None:
    """What a cell holds: one e-mail address, one French telephone, one site; `None` for anything else."""
    return next((kind for kind, pattern in CELLULES.items() if pattern.fullmatch(_tight(cellule))), None)


@rule("CST-05")
def telephone(cellule: str) -> str:
    """A French number in five pairs, `05 65 00 00 00`, whatever stood between its digits.

    Raises `ValueError` for a cell that is no telephone.
    """
    found = TELEPHONE.fullmatch(_tight(cellule))
    if found is None:
        raise ValueError(cellule)
    return " ".join(re.findall("..", f"0{found[1]}"))


@rule("CST-05")
def site(cellule: str) -> str:
    """A site as a link: as it is printed, and http:// before a bare `www.`, which every browser follows.

    The source gives no scheme there; a site that has https takes its visitors to it.
    """
    return cellule if "://" in cellule else f"http://{cellule}"


@rule("CST-05")
def normalise(kind: Sorte, cellule: str) -> str:
    """A cell of that kind as the directory gives it; an e-mail address is left as it is printed."""
    if kind == "telephone":
        return telephone(cellule)
    return site(cellule) if kind == "site" else cellule


@rule("CST-05")
def nominative(adresse: str) -> bool:
    """Whether an address carries a person's name, by its form: initial.name@, prenom.nom@.

    So it is when several words stand before the @ and one of them is no generic word: the name of a
    town there is refused too, unless it joins `GENERIQUES`. A single word says nothing of its form:
    a name written without a separator is not recognised.
    """
    words = re.findall("[a-z]+", cle(adresse.partition("@")[0]))
    return len(words) > 1 and not GENERIQUES.issuperset(words)


@rule("CST-05")
def civilite(nom: str) -> bool:
    """Whether the name of an organisation holds the title of a person, and so, likely, a person."""
    return CIVILITES.search(nom) is not None


@rule("CST-05")
def portee(regions: Sequence[str]) -> Portee:
    """How far a groupement goes: the whole of France, several regions, or one."""
    if FRANCE_ENTIERE in regions:
        return "nationale"
    return "regionale" if len(regions) == 1 else "interregionale"


@rule("CST-05")
def sert(regions: Sequence[str], region: str) -> bool:
    """Whether a groupement is listed for a region; where in it, the source does not say."""
    return region in regions or FRANCE_ENTIERE in regions


@rule("CST-05")
def eloignement(regions: Sequence[str]) -> int:
    """The rank of a groupement in an answer: the most local first."""
    return PORTEES.index(portee(regions))


@rule("CST-05")
def cle(nom: str) -> str:
    """A name without case, accents, hyphens or apostrophes: how two ways to write it are one."""
    plain = unicodedata.normalize("NFKD", nom.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall("[a-z0-9]+", letters))


def _tight(cellule: str) -> str:
    """A cell without what stands between the digits of a number; any other is left as it is."""
    digits = re.sub(r"[\s.\-/]", "", cellule)
    return digits if TELEPHONE.fullmatch(digits) else cellule
