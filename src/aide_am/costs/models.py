"""What a caller fills about a post (chapter CST): the post, the way to employ, who shares it.

Closed and frozen, in the manner of `models`. Gross salaries are those of a full time; loaded costs are
those of the post as it stands. A field left out takes the dated default of `data/emploi.toml` where there
is one, and is otherwise not counted; the answer says which. Labels of doctors are the
caller's own: never the name of a person.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, Strict, ValidatorFunctionWrapHandler, WrapValidator

from ..bareme import exact_decimal
from ..calendar import months_after
from ..closed import Closed, Coherent, ReadBy, as_pydantic, expected_type, expected_value, readable, shown
from ..collective.models import DossierCollectif, Identifiant
from ..errors import Refusal, RefusedData
from ..events import Euros
from ..french import NARROW, WIDE
from ..models import LAST_YEAR, Dossier, Jour, Observation, Part
from ..rules import costs
from ..simulation import Growth
from .bareme import POSITIONS, Structure, bareme_emploi

ContratTravail: TypeAlias = Literal["CDI", "CDD"]
MOST_ETP, MOST_HOURS, MOST_FACTOR, MOST_SALARY, MOST_RISE = 10, 168, 5, 10**6, Decimal("0.2")
"""The most posts in one, hours a week, factor on a gross salary, gross salary, yearly rise."""
LONGEST = 40
"""The longest name of a way to employ, in characters."""


_EXACT = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]}
WITH_A_POINT = "écrivez {} entre guillemets, avec un point"


def _number(allowed: Callable[[Decimal], bool], expected: str, what: str, code: str) -> ReadBy:
    """What reads an exact number that is allowed; `what` is to be written between quotes."""

    def read(value: object) -> Decimal:
        found = exact_decimal(value)
        if found is None or not found.is_finite() or not allowed(found):
            raise expected_value(expected, WITH_A_POINT.format(what), code)
        return found

    return ReadBy(read, _EXACT)


def read_part(value: object) -> Fraction:
    """A part of a whole: a `Fraction`, a decimal text, or text such as "1/3"; over 0, at most 1."""
    found: Fraction | None = None
    if isinstance(value, Fraction):
        found = value
    elif isinstance(value, str) and value.count("/") == 1:
        above, below = value.split("/")
        if all(len(n) < 10 and n.isascii() and n.isdigit() for n in (above, below)) and int(below):
            found = Fraction(int(above), int(below))
    else:
        exact = exact_decimal(value)
        found = Fraction(exact) if exact is not None and exact.is_finite() else None
    if found is None or not 0 < found <= 1:
        raise expected_value(
            'une part au-dessus de 0 et jusqu’à 1, par exemple "1/3" ou "0.5"',
            "écrivez la part entre guillemets",
            "part",
        )
    return found


def _known_position(value: int) -> int:
    if value not in POSITIONS:
        raise expected_value(
            f"une position d’assistant médical : {', '.join(map(str, POSITIONS))}",
            "vérifiez la position sur la convention collective (IDCC 1147)",
            "position",
        )
    return value


Quotite = Annotated[
    Decimal,
    _number(
        lambda etp: 0 < etp <= MOST_ETP,
        f'un temps de travail en ETP, au-dessus de 0 et jusqu’à {MOST_ETP}, par exemple "0.5"',
        "le nombre",
        "etp",
    ),
]
"""A number of full-time posts."""
Heures = Annotated[
    Decimal,
    _number(
        lambda hours: 0 < hours <= MOST_HOURS,
        'des heures par semaine, au-dessus de 0, par exemple "17.5"',
        "le nombre",
        "heures",
    ),
]
"""Hours a week."""
Facteur = Annotated[
    Decimal,
    _number(
        lambda factor: 1 <= factor <= MOST_FACTOR,
        f'un coefficient du salaire brut, de 1 à {MOST_FACTOR}, par exemple "1.42" pour 42 % de charges',
        "1 plus la part des charges,",
        "coefficient",
    ),
]
"""What one euro of gross salary costs."""
Cle = Annotated[
    Fraction, ReadBy(read_part, {"type": "string", "pattern": r"^(\d{1,9}/\d{1,9}|0(\.\d+)?|1(\.0+)?)$"})
]
"""An exact part of a whole, over 0."""
Salaire = Annotated[
    Decimal,
    _number(
        lambda euros: 0 < euros <= MOST_SALARY and euros == round(euros, 2),
        'un salaire brut mensuel à temps plein, au-dessus de zéro, par exemple "2159.91"',
        "les euros et les centimes",
        "salaire",
    ),
]
"""Gross euros a month for a full time, over 0, in whole centimes."""
Hausse = Annotated[
    Decimal,
    _number(
        lambda rise: 0 <= rise <= MOST_RISE,
        f'une hausse annuelle de 0 à {MOST_RISE}, par exemple "0.02" pour 2 %',
        "la part",
        "hausse",
    ),
]
"""A yearly rise of a salary, an exact fraction."""
Position = Annotated[int, Strict(), AfterValidator(_known_position)]


ALIKE = {"etp": "heures_hebdomadaires"}
"""A field that another, where it cannot be read, was meant to stand for."""


def _given(model: type[BaseModel], value: Any) -> Any:
    """The parts of refused data that can be read; what was not given at all is `None`, nested models too."""
    found = readable(model, value)
    for name in model.model_fields:
        if not isinstance(value, model) and (not isinstance(value, dict) or value.get(name) is None):
            setattr(found, name, None)
    return found


class _CoherentGiven(Coherent):
    """A model of which what is not given is not compared, nor a field already refused."""

    @classmethod
    def _incoherences_of_refused(cls, value: Any, unread: Iterable[Refusal]) -> Iterator[Refusal]:
        fields = {refusal.field for refusal in unread}
        fields |= {alike for alike, field in ALIKE.items() if field in fields}
        yield from (r for r in cls._incoherences(_given(cls, value)) if r.field not in fields)


class Poste(_CoherentGiven):
    """The post (CST-01): its days, its working time, its salary.

    `fin`: the last day, which a CDD must have. Working time: `etp` or `heures_hebdomadaires`, one of them.
    `salaire_brut`: gross euros a month for a full time, on the first day counted. `position`: in the CCN
    (IDCC 1147), its minimum standing for a salary that is not given. `hausse_annuelle`: the caller's yearly
    rise from that day, `"0.02"` is 2 %.
    """

    debut: Jour
    fin: Jour | None = None
    contrat_travail: ContratTravail = "CDI"
    etp: Quotite | None = None
    heures_hebdomadaires: Heures | None = None
    salaire_brut: Salaire | None = None
    position: Position | None = None
    hausse_annuelle: Hausse | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        if given.debut is not None and given.debut.year > date.max.year - LAST_YEAR:
            expected = f"une date jusqu’à l’an {date.max.year - LAST_YEAR}"
            yield Refusal("debut", f"« {given.debut} »", expected, "vérifiez l’année", "date_impossible")
        if given.debut is not None and given.fin is not None and given.fin < given.debut:
            expected = f"une date à partir du début ({given.debut.isoformat()})"
            remedy = "vérifiez les deux dates : l’une des deux est fausse"
            yield Refusal("fin", f"« {given.fin.isoformat()} »", expected, remedy, "date_impossible")
        elif (
            given.debut is not None
            and given.fin is not None
            and given.fin.year > given.debut.year + LAST_YEAR
        ):
            expected = f"une date dans les {LAST_YEAR} ans qui suivent le début"
            yield Refusal("fin", f"« {given.fin} »", expected, "vérifiez l’année", "date_impossible")
        if given.contrat_travail == "CDD" and given.fin is None:
            remedy = "donnez le dernier jour du contrat, ou dites « CDI »"
            yield Refusal("fin", "rien", "le dernier jour d’un CDD", remedy, "cdd_sans_fin")
        if (given.etp is None) == (given.heures_hebdomadaires is None):
            received = "rien" if given.etp is None else "etp et heures_hebdomadaires"
            expected, remedy = "le temps de travail, une seule fois", 'donnez par exemple etp "1"'
            yield Refusal("etp", received, expected, remedy, "temps_de_travail")

    @property
    def temps(self) -> Fraction:
        """The working time in ETP, exact."""
        if self.etp is not None:
            return Fraction(self.etp)
        assert self.heures_hebdomadaires is not None
        full = bareme_emploi().parametres["heures_temps_plein"]
        return Fraction(self.heures_hebdomadaires) * full.den / full.num


class EmploiDirect(_CoherentGiven):
    """Direct employment (CST-01), with or without the Tese.

    `cout_charge_annuel`: loaded euros a year of the post as it stands, instead of salary × factor.
    `paie_mensuelle`: what a provider asks a month for the payroll. `recrutement`: euros, once, at the start.
    """

    mode: Literal["direct", "tese"] = "direct"
    facteur_employeur: Facteur | None = None
    cout_charge_annuel: Euros | None = None
    paie_mensuelle: Euros | None = None
    recrutement: Euros | None = None
    prime_fin_cdd: Part | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        yield from _one_of(given, "facteur_employeur", "cout_charge_annuel")
        if given.mode == "tese" and given.paie_mensuelle is not None:
            expected, remedy = "rien : le Tese est gratuit", "retirez ce champ, ou dites mode « direct »"
            yield Refusal("paie_mensuelle", shown(given.paie_mensuelle), expected, remedy, "tese_gratuit")


class FactureGroupement(_CoherentGiven):
    """A groupement d'employeurs that itemises its invoice (CST-02); euros.

    `salaire_charge_mensuel`: loaded euros a month of the post as it stands, instead of salary × factor.
    `provision_fin_contrat`: once, for a CDD; `appel_provision`: when it is called.
    """

    mode: Literal["groupement"] = "groupement"
    mise_en_place: Euros | None = None
    adhesion_annuelle: Euros | None = None
    gestion_mensuelle: Euros | None = None
    paie_mensuelle: Euros | None = None
    facteur_employeur: Facteur | None = None
    salaire_charge_mensuel: Euros | None = None
    deplacements_mensuels: Euros | None = None
    provision_fin_contrat: Euros | None = None
    appel_provision: Literal["debut", "fin"] = "debut"

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        yield from _one_of(given, "facteur_employeur", "salaire_charge_mensuel")


class CoefficientGroupement(Closed):
    """A groupement d'employeurs that asks one coefficient on the gross salary (CST-02)."""

    mode: Literal["coefficient"] = "coefficient"
    coefficient: Facteur | None = None
    adhesion_annuelle: Euros | None = None
    mise_en_place: Euros | None = None


def _one_of(given: Any, first: str, second: str) -> Iterator[Refusal]:
    if getattr(given, first) is not None and getattr(given, second) is not None:
        expected = f"l’un des deux seulement : {first} ou {second}"
        yield Refusal(second, shown(getattr(given, second)), expected, "retirez l’un des deux", "deux_couts")


EMPLOIS: dict[str, type[Closed]] = {
    "direct": EmploiDirect,
    "tese": EmploiDirect,
    "groupement": FactureGroupement,
    "coefficient": CoefficientGroupement,
}


def _read_emploi(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """The model that `mode` names, with its refusals under their own fields."""
    if isinstance(value, BaseModel):
        return handler(value)
    mode = value.get("mode") if isinstance(value, dict) else None
    if not isinstance(mode, str) or mode not in EMPLOIS:
        raise expected_value(
            f"un objet dont « mode » est l’un de : {', '.join(EMPLOIS)}",
            'par exemple {"mode": "direct"}',
            "mode",
        )
    try:
        return EMPLOIS[mode].model_validate(value)
    except RefusedData as refused:
        raise as_pydantic(EMPLOIS[mode].__name__, refused.refusals, value) from None


Emploi: TypeAlias = Annotated[
    EmploiDirect | FactureGroupement | CoefficientGroupement,
    Field(discriminator="mode"),
    WrapValidator(_read_emploi),
]
"""A way to bear the cost of the post, told by its `mode`."""


def check_employment(poste: object, emploi: object) -> None:
    """Nothing for a post and a way to employ; raises `RefusedData` for anything else."""
    expected_type("poste", poste, Poste, "un Poste", "Poste.model_validate(…)")
    kinds = tuple(EMPLOIS.values())
    expected_type("emploi", emploi, kinds, "une façon d’employer", "par exemple EmploiDirect()")


class Modalite(Closed):
    """One way to employ, to be compared (CST-04): who employs, at what cost, for which part of the post.

    `frais_structure_annuels`: what the company itself costs a year because of the post, shared by the same
    part; not counted where it is not given.
    """

    structure: Structure = "medecin"
    emploi: Emploi
    part: Cle = Fraction(1)
    frais_structure_annuels: Euros | None = None


class Associe(_CoherentGiven):
    """A doctor who shares the post (CST-03), with his own contract and his own path, if he has them.

    `part`: of the post, the parts of all summing to one. No `dossier`: he pays and no aid comes.
    """

    identifiant: Identifiant
    part: Cle
    dossier: Dossier | None = None
    observations: dict[int, Observation] | None = None
    croissance: Growth | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        yield from _one_of(given, "observations", "croissance")
        if given.dossier is None:
            for name in ("observations", "croissance"):
                if getattr(given, name) is not None:
                    expected, remedy = "rien, puisqu’il n’y a pas de dossier", "donnez le dossier du médecin"
                    yield Refusal(name, "une trajectoire", expected, remedy, "trajectoire_sans_dossier")


COMPANY = "societe"
"""The label of the company of a contrat collectif: no payer may bear it."""


def key_refusals(field: str, labels: Sequence[str], parts: list[Fraction]) -> Iterator[Refusal]:
    """The refusals of a key: parts that do not sum to one (CST-03), a label given twice or reserved."""
    for label in dict.fromkeys(labels):
        if labels.count(label) > 1:
            expected, remedy = "un repère par payeur", "donnez à chacun un repère différent"
            yield Refusal(field, shown(label), expected, remedy, "identifiant_double")
        if label == COMPANY:
            expected = f"un repère autre que « {COMPANY} », celui de la société elle-même"
            yield Refusal(field, shown(label), expected, "choisissez un autre repère", "identifiant_reserve")
    if not costs.cle_complete(parts):
        expected, remedy = "des parts dont la somme fait 1", "corrigez les parts, par exemple « 1/3 »"
        yield Refusal(field, f"une somme de {sum(parts)}", expected, remedy, "cle_incomplete")


class Projet(_CoherentGiven):
    """A whole question in one file: the post, and one way to employ or several to compare.

    `dossier`: the doctor alone. Instead of him, `associes`: those who share the post; or `groupe`: a contrat
    collectif, and the `cle` by which its company shares, label → part. `structure`: who employs under
    `emploi`, and `frais_structure_annuels` its own euros a year; each of `modalites` tells its own.
    """

    poste: Poste
    emploi: Emploi | None = None
    modalites: dict[str, Modalite] | None = None
    dossier: Dossier | None = None
    associes: tuple[Associe, ...] | None = None
    groupe: DossierCollectif | None = None
    cle: dict[Identifiant, Cle] | None = None
    structure: Structure | None = None
    frais_structure_annuels: Euros | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        told = [name for name in ("dossier", "associes", "groupe") if getattr(given, name) is not None]
        if len(told) > 1:
            expected, remedy = "un seul de : dossier, associes, groupe", "gardez l’un d’eux"
            yield Refusal(told[1], " et ".join(told), expected, remedy, "deux_contrats")
        if given.cle is not None and given.groupe is None:
            expected, remedy = "rien, sans groupe", "donnez le groupe, ou des associés avec leurs parts"
            yield Refusal("cle", "une clé", expected, remedy, "cle_sans_groupe")
        company = [
            name for name in ("structure", "frais_structure_annuels") if getattr(given, name) is not None
        ]
        for name in company if given.groupe is not None or given.emploi is None else ():
            expected = "rien : une modalité et un groupe disent la leur"
            yield Refusal(name, shown(getattr(given, name)), expected, "retirez ce champ", "structure")
        if given.modalites is not None and not given.modalites:
            expected, remedy = "au moins une modalité", "retirez « modalites » pour comparer les modes usuels"
            yield Refusal("modalites", "rien", expected, remedy, "sans_modalite")
        yield from name_refusals(given.modalites or ())


def name_refusals(names: Iterable[object]) -> Iterator[Refusal]:
    """The names of ways to employ that do not hold on a line; the spaces of French typography do."""
    for name in names:
        plain = re.sub(f"[{WIDE}{NARROW}]", " ", name) if isinstance(name, str) else ""
        if not plain.strip() or len(plain) > LONGEST or not plain.isprintable():
            expected = f"un nom de 1 à {LONGEST} caractères, sur une ligne"
            yield Refusal("modalites", shown(name), expected, "renommez cette modalité", "nom")


def after_longest_cdd(poste: Poste) -> date:
    """The day after the longest CDD that would begin with this post."""
    return months_after(poste.debut, bareme_emploi().parametres["duree_cdd_mois"].num)
