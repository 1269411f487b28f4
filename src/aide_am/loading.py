"""TOML to barèmes, strictly: what has no source, or leaves a gap, does not load.

The files are read with the standard library, with exact decimals. Shapes are closed pydantic models
whose errors name the file and the key; the proofs of the tables are those of `tables`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from .bareme import (
    CALLER,
    PARAMETRES,
    SIMULATION,
    Bareme,
    Distribution,
    Parametre,
    Part,
    Specialite,
    disorder,
    distribution,
)
from .errors import InvalidBareme
from .readings import CHOICES
from .references import Reference, Source
from .tables import ANY, DecisionTable, Interval, IntervalTable, Line, decision_table, overlaid, rising
from .terms import (
    BANDES,
    CLASSES_ANNEE,
    GROUPES,
    INDICATEURS,
    NATURES_OBJECTIF,
    OPTIONS_DE_SPECIALITE,
    OPTIONS_ETP,
    OPTIONS_TARIFAIRES,
    PERCENTILES,
    STATUTS,
    TEXTES,
    TRANCHES,
    ClasseAnnee,
    Groupe,
    Indicateur,
    NatureSource,
    OptionEtp,
    OptionTarifaire,
    Percentile,
    Texte,
)

OWN = "livre_des_regles"
"""The source of what the authors deduced."""
DATA = Path(__file__).parent / "data"

Whole = Annotated[int, Strict(), Field(ge=0)]
Exact = Annotated[Decimal, Strict(), Field(ge=0)]
Day = Annotated[date, Strict()]
Text = Annotated[str, Field(min_length=1)]
Cell = Text | list[Text]
Bound = Annotated[str, Field(pattern=r"^plus de \d+$")]
"""A percentile known by a bound alone."""
BOUNDED: tuple[Percentile, ...] = ("p70", "p90", "p95")
"""The percentiles that a bound may tell: the rules of P30 and P50 read whole counts alone."""


class Shape(BaseModel):
    """What a file, or a part of it, must look like; a key that is not told is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReferenceShape(Shape):
    """Where a figure was read: a source of the register and a place in it."""

    source: Text
    lieu: Text
    nature: NatureSource
    verifie: Day


class _Source(Shape):
    id: Text
    titre: Text
    editeur: Text
    date: Text
    nature: NatureSource
    adresse: str
    verifie: Day


class _Variante(Shape):
    lecture: Text
    debut: Day
    reference: ReferenceShape


class _Texte(Shape):
    id: Texte
    nom: Text
    debut: Day
    modulation: Literal["publiee", "deduite"]
    variantes: list[_Variante] = []
    reference: ReferenceShape


class _Specialite(Shape):
    slug: Text
    libelle: Text
    groupe: Groupe
    codes_am: list[Text]
    code_convention: Text | None = None


class _VarianteParametre(Shape):
    textes: Annotated[list[Texte], Field(min_length=1)]
    valeur: Whole | Exact
    reference: ReferenceShape


class ParametreShape(Shape):
    """A figure of a file, its bounds and the rule that reads it."""

    valeur: Whole | Exact
    unite: Text
    minimum: Whole
    maximum: Whole
    regle: Text
    libelle: Text
    reference: ReferenceShape


class _ParametreParTexte(ParametreShape):
    variantes: list[_VarianteParametre] = []


class _Parametres(Shape):
    """The whole file, whose keys are the names of the parameters."""

    parametres: dict[str, _ParametreParTexte]

    @model_validator(mode="before")
    @classmethod
    def _whole_file(cls, raw: Any) -> Any:
        return {"parametres": raw}


class _Distributions(Shape):
    textes: list[Texte]
    indicateur: Indicateur
    percentiles: list[Percentile]
    reference: ReferenceShape
    valeurs: dict[str, list[Whole | Literal["NC"] | Bound]]


class _NonPublies(Shape):
    textes: list[Texte]
    indicateur: Indicateur
    percentiles: list[Percentile]
    sauf: list[Text]
    reference: ReferenceShape


class _ClasseAnnee(Shape):
    classe: ClasseAnnee
    de: Whole
    a: Whole | None = None


class _Montants(Shape):
    bandes: list[Text]
    annee: Text
    montants: list[Whole | Literal["refus"]]


class _Tableau(Shape):
    texte: Texte
    options: list[OptionEtp]
    reference: ReferenceShape
    lignes: list[_Montants]


class _Pourcentages(Shape):
    option: OptionEtp
    cellules: dict[str, Whole | Exact | Literal["inconnu"]]
    reference: ReferenceShape


class _Reponse(Shape):
    groupes: Cell | None = None
    specialites: list[Text] | None = None
    textes: Cell | None = None
    options: Cell | None = None
    reponse: Text
    reference: ReferenceShape


class _ParSpecialite(_Reponse):
    """An answer for whole groups, less those of `sauf`, and for specialties by name."""

    sauf: list[Text] = []
    departements: list[Annotated[str, Field(pattern=r"^(\d{2}|2[AB]|97\d)$")]] = []


class _OptionTarifaire(Shape):
    option: OptionTarifaire
    du: Day | None = None
    au: Day | None = None
    reponse: Literal["satisfait", "satisfait_avant_l_heure", "non_satisfait", "a_apprecier"]
    reference: ReferenceShape


class _Regime(Shape):
    pmt: Cell
    pfa: Cell
    mep: Cell
    regime: Text


class _Regimes(Shape):
    reference: ReferenceShape
    lignes: list[_Regime]


class _Modulation(Shape):
    pmt: Cell | None = None
    pfa: Cell | None = None
    augmentation: Cell | None = None
    maintien: Cell | None = None
    hausse: Cell | None = None
    part: Literal["cent", "zero", "prorata", "prorata_bas"] | None = None
    lecture: Text | None = None
    parts: dict[str, Literal["cent", "zero", "prorata", "prorata_bas", "ouverte"]] = {}


class _VarianteModulation(Shape):
    textes: Annotated[list[Texte], Field(min_length=1)]
    reference: ReferenceShape
    lignes: Annotated[list[_Modulation], Field(min_length=1)]


class _TableModulation(Shape):
    regime: Text
    titre: Text
    reference: ReferenceShape
    lignes: list[_Modulation]
    variantes: list[_VarianteModulation] = []


class _Sources(Shape):
    sources: Annotated[list[_Source], Field(min_length=1)]


class _Textes(Shape):
    textes: list[_Texte]


class _Regles(Shape):
    regles: dict[str, Text]
    references: dict[str, ReferenceShape]


class _Specialites(Shape):
    reference: ReferenceShape
    groupes: dict[Groupe, list[Indicateur]]
    specialites: list[_Specialite]


class _Percentiles(Shape):
    distributions: list[_Distributions]
    non_publies: list[_NonPublies]


class _FichierMontants(Shape):
    classes_annee: list[_ClasseAnnee]
    tableaux: list[_Tableau]


class _Objectifs(Shape):
    pourcentages: list[_Pourcentages]


class _Eligibilite(Shape):
    specialites: list[_ParSpecialite]
    honoraires_cliniques: list[_Reponse]
    options_tarifaires: list[_OptionTarifaire]
    options_par_specialite: list[_ParSpecialite]
    options_etp: list[_Reponse]
    exercice_coordonne: list[_Reponse]


class _FichierModulation(Shape):
    regimes: _Regimes
    tables: list[_TableModulation]


ShapeT = TypeVar("ShapeT", bound=Shape)
V = TypeVar("V")
_Inputs: TypeAlias = Mapping[str, Sequence[str]]

SELON_LA_TENSION = "selon_la_tension"
OUVERTURES = ("satisfait", "non_satisfait", "a_apprecier", SELON_LA_TENSION)
GENRES = ("prevue", "autre_specialite", "non_tranchee")
"""The answers of ELI-01, and those of ELI-03 for an option made for some specialties."""
STATUT_CODES = dict(zip(("A", "N0", "N-"), STATUTS, strict=True))
NIVEAU_CODES = {"P50": "p50", "P30": "p30", "<P30": "sous_p30"}
OUI_NON = ("oui", "non")
REGIME_INPUTS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "MOD-01": {"pmt": STATUT_CODES, "pfa": STATUT_CODES},
    "MOD-02": {"pfa": STATUT_CODES},
    "MOD-03": {"pmt": STATUT_CODES, "pfa": STATUT_CODES},
    "MOD-04": {
        "augmentation": STATUT_CODES,
        "maintien": STATUT_CODES,
        "hausse": {answer: answer for answer in OUI_NON},
    },
    "MOD-05": {"pfa": STATUT_CODES},
    "MOD-06": {"pmt": NIVEAU_CODES, "pfa": NIVEAU_CODES},
    "MOD-07": {"pfa": NIVEAU_CODES},
}
"""The closed inputs of each modulation table: code printed in the file → value used by the rules."""


@cache
def shipped() -> tuple[Bareme, ...]:
    """The barèmes of the package, oldest text first; read and proved once, at first use."""
    return load(DATA)


def load(directory: Path) -> tuple[Bareme, ...]:
    """Read and prove every file of `directory`; raises `InvalidBareme` naming the file and the key."""
    return _Loader(directory).baremes()


def read_shape(path: Path, shape: type[ShapeT]) -> ShapeT:
    """A TOML file, with exact decimals, in its shape; raises `InvalidBareme` naming the file and the key."""
    try:
        with path.open("rb") as file:
            raw = tomllib.load(file, parse_float=Decimal)
    except (OSError, ValueError, ArithmeticError) as error:  # a number may be out of any decimal
        raise InvalidBareme(path.name, [str(error)]) from None
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))} : {e['msg']}" for e in error.errors()]
        raise InvalidBareme(path.name, faults) from None


class Register:
    """The sources and the rules of a directory, to which every other file of it refers."""

    def __init__(self, directory: Path) -> None:
        register = read_shape(directory / "sources.toml", _Sources).sources
        self.sources = {s.id: Source(**s.model_dump()) for s in register}
        wanted = {SIMULATION, CALLER, OWN} - self.sources.keys()
        faults = [f"source absente : {name}" for name in sorted(wanted)]
        if len(self.sources) < len(register):
            faults.append("un identifiant de source est donné deux fois")
        if faults:
            raise InvalidBareme("sources.toml", faults)
        rules = read_shape(directory / "regles.toml", _Regles)
        self.regles = rules.regles
        if unknown := rules.references.keys() - self.regles.keys():
            raise InvalidBareme("regles.toml", [f"règle inconnue : {name}" for name in sorted(unknown)])
        self.references = {name: self.reference("regles.toml", r) for name, r in rules.references.items()}
        self.checked = min(source.verifie for source in self.sources.values())

    def reference(self, place: str, reference: ReferenceShape) -> Reference:
        """The reference that `place` gives; raises `InvalidBareme` where its source is not registered."""
        if reference.source not in self.sources:
            raise InvalidBareme(place, [f"source inconnue « {reference.source} »"])
        return Reference(reference.source, reference.lieu, reference.nature, reference.verifie)

    def parametre(
        self, place: str, p: ParametreShape, value: int | Decimal, reference: ReferenceShape
    ) -> Parametre:
        """A parameter of the file `place` at one of its values, as an exact fraction too."""
        valeur = Decimal(value)
        num, den = valeur.as_integer_ratio()
        source = self.reference(place, reference)
        return Parametre(valeur, num, den, p.unite, p.minimum, p.maximum, p.regle, p.libelle, source)


class _Loader(Register):
    """One reading of a directory; each method reads one file and returns proved tables."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.directory = directory

    def read(self, shape: type[ShapeT]) -> ShapeT:
        return read_shape(self.directory / _FILES[shape], shape)

    def baremes(self) -> tuple[Bareme, ...]:
        textes = self.textes()
        specialites = self.specialites()
        parametres = self.parametres()
        percentiles = self.percentiles(specialites)
        shape = self.read(_Eligibilite)
        eligibilite = self.eligibilite(shape, specialites)
        departements = self.departements(shape.specialites)
        options_tarifaires = self.options_tarifaires(shape.options_tarifaires)
        classes, montants = self.montants()
        objectifs = self.objectifs()
        regimes, modulation, par_acces, titres = self.modulation()
        return tuple(
            Bareme(
                texte=texte.id,
                nom=texte.nom,
                debut=texte.debut,
                variantes=MappingProxyType({v.lecture: v.debut for v in texte.variantes}),
                modulation_publiee=texte.modulation == "publiee",
                reference=self.reference("textes.toml", texte.reference),
                version=f"{texte.id} {self.checked.isoformat()}",
                checked=self.checked,
                sources=MappingProxyType(self.sources),
                regles=MappingProxyType(self.regles),
                references=MappingProxyType(self.references),
                parametres=parametres[texte.id],
                specialites=specialites,
                percentiles=percentiles[texte.id],
                eligibilite=eligibilite[texte.id],
                departements=departements[texte.id],
                options_tarifaires=options_tarifaires,
                classes_annee=classes,
                montants=montants[texte.id],
                objectifs=objectifs if texte.id == "avenant_7" else None,
                regimes=regimes,
                modulation=modulation,
                modulation_par_acces=par_acces,
                titres=titres,
            )
            for texte in textes
        )

    def textes(self) -> Sequence[_Texte]:
        textes = self.read(_Textes).textes
        faults = []
        if tuple(texte.id for texte in textes) != TEXTES:
            faults.append(f"textes attendus, dans l’ordre : {', '.join(TEXTES)}")
        days = [(f"{texte.id} ({texte.debut.isoformat()})", texte.debut.toordinal()) for texte in textes]
        for lecture in {v.lecture for texte in textes for v in texte.variantes}:
            faults += rising(
                f"lecture {lecture}",
                [
                    (t.id, next((v.debut for v in t.variantes if v.lecture == lecture), t.debut).toordinal())
                    for t in textes
                ],
            )
        for variante in (v for texte in textes for v in texte.variantes):
            self.reference("textes.toml", variante.reference)
            if variante.lecture not in CHOICES["entree_en_vigueur"]:
                faults.append(f"lecture inconnue de entree_en_vigueur : {variante.lecture}")
        faults += rising("premiers jours", days)
        if faults:
            raise InvalidBareme("textes.toml", faults)
        return textes

    def specialites(self) -> Mapping[str, Specialite]:
        shape = self.read(_Specialites)
        self.reference("specialites.toml", shape.reference)
        faults = [f"groupe sans indicateurs : {g}" for g in GROUPES if not shape.groupes.get(g)]
        found: dict[str, Specialite] = {}
        for s in shape.specialites:
            if s.slug in found:
                faults.append(f"slug donné deux fois : {s.slug}")
            found[s.slug] = Specialite(
                s.slug,
                s.libelle,
                s.groupe,
                tuple(s.codes_am),
                s.code_convention,
                tuple(shape.groupes.get(s.groupe, ())),
            )
        faults += _shared_codes(found.values())
        if faults:
            raise InvalidBareme("specialites.toml", faults)
        return MappingProxyType(found)

    def parametres(self) -> Mapping[Texte, Mapping[str, Parametre]]:
        """By text: the value of a parameter, or that of the one variant that names the text."""
        result: dict[Texte, dict[str, Parametre]] = {texte: {} for texte in TEXTES}
        file = "parametres.toml"
        faults = []
        given = self.read(_Parametres).parametres
        for name, p in given.items():
            if p.regle not in self.regles:
                faults.append(f"{name} : règle inconnue « {p.regle} »")
            varied = [texte for variante in p.variantes for texte in variante.textes]
            faults += [
                f"{name} : deux variantes pour {t}" for t in sorted(set(varied)) if varied.count(t) > 1
            ]
            faults += self.value_faults(name, p, p.valeur)
            for texte in TEXTES:
                result[texte][name] = self.parametre(file, p, p.valeur, p.reference)
            for variante in p.variantes:
                faults += self.value_faults(name, p, variante.valeur)
                for texte in variante.textes:
                    result[texte][name] = self.parametre(file, p, variante.valeur, variante.reference)
        if tuple(given) != PARAMETRES:
            faults.append(f"paramètres attendus, dans l’ordre : {', '.join(PARAMETRES)}")
        if faults:
            raise InvalidBareme(file, faults)
        return {texte: MappingProxyType(found) for texte, found in result.items()}

    def value_faults(self, name: str, p: ParametreShape, value: int | Decimal) -> list[str]:
        """What is wrong with one value of a parameter: out of its bounds, or not whole."""
        faults = []
        if not p.minimum <= value <= p.maximum:
            faults.append(f"{name} : {value} hors de [{p.minimum}, {p.maximum}]")
        if p.unite != "part" and Decimal(value) % 1:
            faults.append(f"{name} : {value} n’est pas un nombre entier ({p.unite})")
        return faults

    def percentiles(
        self, specialites: Mapping[str, Specialite]
    ) -> Mapping[str, Mapping[tuple[str, str], Distribution]]:
        """Every cell given once or refused once; each distribution rises, and each bound says something."""
        shape = self.read(_Percentiles)
        file = "percentiles.toml"
        faults: list[str] = []
        cells: dict[tuple[str, str, str, str], list[tuple[int | str | None, Reference]]] = {
            (texte, slug, indicateur, percentile): []
            for texte in TEXTES
            for slug in specialites
            for indicateur in INDICATEURS
            for percentile in PERCENTILES
        }

        def put(key: tuple[str, str, str, str], value: int | str | None, reference: Reference) -> None:
            if key in cells:
                cells[key].append((value, reference))
            else:
                faults.append(f"case inconnue : {' × '.join(key)}")

        for d in shape.distributions:
            reference = self.reference(file, d.reference)
            for slug, valeurs in d.valeurs.items():
                if len(valeurs) != len(d.percentiles):
                    faults.append(f"{slug} : {len(valeurs)} valeurs pour {len(d.percentiles)} colonnes")
                for texte in d.textes:
                    for percentile, value in zip(d.percentiles, valeurs, strict=False):
                        told = None if value == "NC" else value
                        put((texte, slug, d.indicateur, percentile), told, reference)
        for n in shape.non_publies:
            reference = self.reference(file, n.reference)
            faults += [f"« sauf » : spécialité inconnue {slug}" for slug in n.sauf if slug not in specialites]
            for texte in n.textes:
                for slug in specialites.keys() - set(n.sauf):
                    for percentile in n.percentiles:
                        put((texte, slug, n.indicateur, percentile), None, reference)
        for key, found in cells.items():
            if len(found) != 1:
                fault = "trou" if not found else "chevauchement"
                faults.append(f"{fault} : {' × '.join(key)}")
        if faults:
            raise InvalidBareme(file, faults)
        result: dict[str, Mapping[tuple[str, str], Distribution]] = {}
        for texte in TEXTES:
            distributions: dict[tuple[str, str], Distribution] = {}
            for slug in specialites:
                for indicateur in INDICATEURS:
                    row = [cells[texte, slug, indicateur, p][0] for p in PERCENTILES]
                    made = distributions[slug, indicateur] = _distribution(row)
                    name = f"{texte} {slug} {indicateur}"
                    faults += [*disorder(name, made), *_idle_bounds(name, made)]
            result[texte] = MappingProxyType(distributions)
        if faults:
            raise InvalidBareme(file, faults)
        return result

    def montants(
        self,
    ) -> tuple[IntervalTable[ClasseAnnee], Mapping[str, DecisionTable[int | None]]]:
        shape = self.read(_FichierMontants)
        file = "montants.toml"
        own = Reference(OWN, file, "deduit", self.checked)
        classes: IntervalTable[ClasseAnnee] = IntervalTable(
            f"{file} classes_annee",
            1,
            [Interval(c.de, c.a, c.classe, own) for c in shape.classes_annee],
        )
        lines: dict[str, list[Line[int | None]]] = {texte: [] for texte in TEXTES}
        faults = []
        if tuple(c.classe for c in shape.classes_annee) != CLASSES_ANNEE:
            faults.append(f"classes d’année attendues, dans l’ordre : {', '.join(CLASSES_ANNEE)}")
        for tableau in shape.tableaux:
            reference = self.reference(file, tableau.reference)
            for ligne in tableau.lignes:
                if len(ligne.montants) != len(tableau.options):
                    faults.append(f"{tableau.texte} : {ligne.montants} pour {tableau.options}")
                for option, montant in zip(tableau.options, ligne.montants, strict=False):
                    cells: Mapping[str, str | Sequence[str]] = {
                        "option_etp": option,
                        "annee": ligne.annee,
                        "bande": ligne.bandes,
                    }
                    value = None if montant == "refus" else int(montant)
                    lines[tableau.texte].append(Line(cells, value, reference))
        if faults:
            raise InvalidBareme(file, faults)
        inputs = {"option_etp": OPTIONS_ETP, "annee": CLASSES_ANNEE, "bande": BANDES[1:]}
        return classes, {
            texte: _named_by_key(decision_table(f"montants {texte}", inputs, lines[texte]))
            for texte in TEXTES
        }

    def objectifs(self) -> DecisionTable[Decimal | None]:
        lines = [
            Line(
                {"option_etp": p.option, "tranche": tranche},
                None if cell == "inconnu" else Decimal(cell),
                self.reference("objectifs.toml", p.reference),
            )
            for p in self.read(_Objectifs).pourcentages
            for tranche, cell in p.cellules.items()
        ]
        # Avenant 7 had three options; under P30 and from P95 no growth is asked.
        inputs = {"option_etp": OPTIONS_ETP[:3], "tranche": TRANCHES[1:5]}
        return decision_table("objectifs avenant_7", inputs, lines)

    def eligibilite(
        self, shape: _Eligibilite, known: Mapping[str, Specialite]
    ) -> Mapping[str, Mapping[str, DecisionTable[str]]]:
        """Rule id → table, for each text; the text is an input of the file, fixed by the barème."""
        slugs: _Inputs = {"specialites": tuple(known), "textes": TEXTES}
        groupes: _Inputs = {"groupes": GROUPES, "textes": TEXTES}
        tarifs: _Inputs = {"options": OPTIONS_DE_SPECIALITE, "specialites": tuple(known)}
        options: _Inputs = {"textes": TEXTES, "options": OPTIONS_ETP}
        wholes: dict[str, tuple[_Inputs, Sequence[_Reponse], tuple[str, ...]]] = {
            "ELI-01": (slugs, self.by_slug("ELI-01", shape.specialites, known), OUVERTURES),
            "ELI-02": (groupes, shape.honoraires_cliniques, ("sans_seuil", "seuil", "selon_lecture")),
            "ELI-03": (tarifs, self.by_slug("ELI-03", shape.options_par_specialite, known), GENRES),
            "ELI-07": (options, shape.options_etp, ("ouverte", "fermee", "zip", "sous_conditions")),
            "ELI-10": ({"textes": TEXTES}, shape.exercice_coordonne, ("exige", "libre")),
        }
        tables = {
            rule: decision_table(f"eligibilite.toml {rule}", inputs, self.reponses(rule, inputs, rows, known))
            for rule, (inputs, rows, known) in wholes.items()
        }
        return {
            texte: MappingProxyType({rule: _fixed(table, texte) for rule, table in tables.items()})
            for texte in TEXTES
        }

    def by_slug(
        self, rule: str, rows: Iterable[_ParSpecialite], known: Mapping[str, Specialite]
    ) -> Sequence[_ParSpecialite]:
        """The same rows, whose groups are told specialty by specialty, less those of `sauf`."""
        found, faults = [], []
        for number, row in enumerate(rows, start=1):
            groupes = [row.groupes] if isinstance(row.groupes, str) else row.groupes or []
            taken = [slug for slug, each in known.items() if each.groupe in groupes]
            faults += [
                f"ligne {number} : groupe inconnu « {name} »" for name in groupes if name not in GROUPES
            ]
            faults += [
                f"ligne {number} : « sauf » : {slug} n’est pas d’un de ses groupes"
                for slug in row.sauf
                if slug not in taken
            ]
            if row.groupes is not None:
                slugs = [slug for slug in taken if slug not in row.sauf] + (row.specialites or [])
                row = row.model_copy(update={"groupes": None, "specialites": slugs})
            found.append(row)
        if faults:
            raise InvalidBareme(f"eligibilite.toml {rule}", faults)
        return found

    def departements(self, rows: Iterable[_ParSpecialite]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """For each text, the départements that a source names for a specialty (ELI-01)."""
        found: dict[str, dict[str, tuple[str, ...]]] = {texte: {} for texte in TEXTES}
        for number, row in enumerate(rows, start=1):
            if not row.departements:
                continue
            if row.reponse != SELON_LA_TENSION:
                fault = f"ligne {number} : des départements pour la réponse « {row.reponse} »"
                raise InvalidBareme("eligibilite.toml ELI-01", [fault])
            for texte in row.textes or ():
                found[texte].update(dict.fromkeys(row.specialites or (), tuple(row.departements)))
        return {texte: MappingProxyType(named) for texte, named in found.items()}

    def reponses(
        self,
        rule: str,
        inputs: Mapping[str, Sequence[str]],
        rows: Iterable[_Reponse],
        known: Sequence[str],
    ) -> list[Line[str]]:
        lines = []
        for row in rows:
            if row.reponse not in known:
                raise InvalidBareme(f"eligibilite.toml {rule}", [f"réponse inconnue « {row.reponse} »"])
            unread = {"reponse", "reference", "sauf", "departements"}
            cells = row.model_dump(exclude=unread, exclude_none=True)
            lines.append(Line(cells, row.reponse, self.reference("eligibilite.toml", row.reference)))
        return lines

    def options_tarifaires(self, rows: Sequence[_OptionTarifaire]) -> Mapping[str, IntervalTable[str]]:
        return MappingProxyType(
            {
                option: IntervalTable(
                    f"eligibilite.toml ELI-03 {option}",
                    date.min.toordinal(),
                    [
                        Interval(
                            None if row.du is None else row.du.toordinal(),
                            None if row.au is None else row.au.toordinal(),
                            row.reponse,
                            self.reference("eligibilite.toml", row.reference),
                        )
                        for row in rows
                        if row.option == option
                    ],
                )
                for option in OPTIONS_TARIFAIRES
            }
        )

    def modulation(
        self,
    ) -> tuple[
        DecisionTable[str | None],
        Mapping[str, DecisionTable[Part]],
        Mapping[tuple[str, Texte], DecisionTable[Part]],
        Mapping[str, str],
    ]:
        shape = self.read(_FichierModulation)
        file = "modulation.toml"
        reference = self.reference(file, shape.regimes.reference)
        regimes: DecisionTable[str | None] = decision_table(
            f"{file} regimes",
            {"pmt": (*NATURES_OBJECTIF, "absent"), "pfa": NATURES_OBJECTIF, "mep": OUI_NON},
            [
                Line(
                    {"pmt": line.pmt, "pfa": line.pfa, "mep": line.mep},
                    None if line.regime == "refus" else line.regime,
                    reference,
                )
                for line in shape.regimes.lignes
            ],
        )
        faults = [
            f"régime sans table : {regime}"
            for regime in sorted({row.value for row in regimes.rows.values() if row.value})
            if regime not in {table.regime for table in shape.tables}
        ]
        if [table.regime for table in shape.tables] != list(REGIME_INPUTS):
            faults.append(f"tables attendues, une fois chacune : {', '.join(REGIME_INPUTS)}")
        if faults:
            raise InvalidBareme(file, faults)
        tables = {table.regime: self.parts(file, table) for table in shape.tables}
        par_acces = {
            (table.regime, texte): self.parts_par_acces(file, table, texte, tables[table.regime])
            for table in shape.tables
            for texte in TEXTES
            if any(texte in variante.textes for variante in table.variantes)
        }
        titres = {table.regime: table.titre for table in shape.tables}
        return regimes, MappingProxyType(tables), MappingProxyType(par_acces), MappingProxyType(titres)

    def parts(self, file: str, table: _TableModulation) -> DecisionTable[Part]:
        codes = REGIME_INPUTS[table.regime]
        lines = self.lines(file, table.regime, table.lignes, table.reference)
        inputs = {name: tuple(values.values()) for name, values in codes.items()}
        return decision_table(table.regime, inputs, lines)

    def parts_par_acces(
        self, file: str, table: _TableModulation, texte: Texte, whole: DecisionTable[Part]
    ) -> DecisionTable[Part]:
        """The table of the contracts signed under a text: its variants stand over the whole table."""
        lines = [
            line
            for variante in table.variantes
            if texte in variante.textes
            for line in self.lines(file, table.regime, variante.lignes, variante.reference)
        ]
        return overlaid(whole, f"{table.regime} {texte}", lines)

    def lines(
        self, file: str, regime: str, rows: Sequence[_Modulation], source: ReferenceShape
    ) -> list[Line[Part]]:
        """The printed lines of a table of shares, their codes as the rules use them."""
        codes = REGIME_INPUTS[regime]
        reference = self.reference(file, source)
        lines = []
        for number, line in enumerate(rows, start=1):
            if (line.part is None) is (line.lecture is None) or bool(line.parts) is not bool(line.lecture):
                raise InvalidBareme(
                    f"{file} {regime}",
                    [f"ligne {number} : donnez une part, ou une lecture et la part de chaque valeur"],
                )
            if line.lecture and set(CHOICES.get(line.lecture, ())) != set(line.parts):
                raise InvalidBareme(
                    f"{file} {regime}",
                    [f"ligne {number} : les parts ne sont pas celles de la lecture « {line.lecture} »"],
                )
            given = line.model_dump(exclude={"part", "lecture", "parts"}, exclude_none=True)
            cells = {name: _decoded(cell, codes.get(name, {})) for name, cell in given.items()}
            part = Part(line.part or "", line.lecture or "", MappingProxyType(dict(line.parts)))
            lines.append(Line(cells, part, reference))
        return lines


_FILES: Mapping[type[Shape], str] = {
    _Textes: "textes.toml",
    _Specialites: "specialites.toml",
    _Parametres: "parametres.toml",
    _Percentiles: "percentiles.toml",
    _FichierMontants: "montants.toml",
    _Objectifs: "objectifs.toml",
    _Eligibilite: "eligibilite.toml",
    _FichierModulation: "modulation.toml",
}


def _distribution(row: Sequence[tuple[int | str | None, Reference]]) -> Distribution:
    """The distribution of five cells: a count, a bound, or nothing."""
    values = [value if isinstance(value, int) else None for value, _ in row]
    bounds = tuple(int(value.split()[-1]) if isinstance(value, str) else None for value, _ in row)
    return distribution(values, tuple(reference for _, reference in row), bounds)


def _idle_bounds(name: str, known: Distribution) -> list[str]:
    """The bounds that say nothing: of a percentile that no bound may tell, or that a lower one is over."""
    faults = []
    for rank, over in enumerate(known.bounds):
        percentile = PERCENTILES[rank]
        if over is not None and percentile not in BOUNDED:
            allowed = ", ".join(BOUNDED)
            faults.append(f"{name} : une borne ne se donne que pour {allowed}, pas pour {percentile}")
        elif over is not None and any(cell is not None and cell >= over for cell in known[:5][:rank]):
            faults.append(f"{name} : la borne de {percentile}, plus de {over}, ne dit rien de plus")
    return faults


def _decoded(cell: str | Sequence[str], codes: Mapping[str, str]) -> str | Sequence[str]:
    """Printed codes as the values that the rules use; a word that is no code stays what it is not."""
    if cell == ANY:
        return ANY
    words = [cell] if isinstance(cell, str) else cell
    return [codes.get(word, f"code inconnu {word}") for word in words]


def _named_by_key(table: DecisionTable[V]) -> DecisionTable[V]:
    """The same table, whose rows are named by their cell: the key that `with_changes` takes."""
    rows = {key: row._replace(id=f"{table.name}, {' × '.join(key)}") for key, row in table.rows.items()}
    return DecisionTable(table.name, table.inputs, rows)


def _fixed(table: DecisionTable[str], texte: str) -> DecisionTable[str]:
    """The part of a table that one text uses, without the input `textes`, if it has it."""
    names = list(table.inputs)
    if "textes" not in names:
        return table
    rank = names.index("textes")
    return DecisionTable(
        table.name,
        {name: table.inputs[name] for name in names if name != "textes"},
        {key[:rank] + key[rank + 1 :]: row for key, row in table.rows.items() if key[rank] == texte},
    )


def _shared_codes(specialites: Iterable[Specialite]) -> list[str]:
    """A code may serve two specialties only when being a MEP or not tells them apart."""
    owners: dict[tuple[str, str], list[Specialite]] = {}
    for specialite in specialites:
        for code in specialite.codes_am:
            owners.setdefault(("am", code), []).append(specialite)
        if specialite.code_convention is not None:
            owners.setdefault(("convention", specialite.code_convention), []).append(specialite)
    return [
        f"code {code} ({nomenclature}) : {', '.join(s.slug for s in found)}"
        for (nomenclature, code), found in owners.items()
        if len(found) > 1
        and not (
            nomenclature == "am" and [s.groupe == "mep" for s in found].count(True) == 1 == len(found) - 1
        )
    ]
