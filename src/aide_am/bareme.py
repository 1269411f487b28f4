"""The barème of one text: immutable tables, and a checked copy of them for a reform."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from .closed import plain_text
from .errors import InvalidBareme
from .records import json_object
from .references import Reference, Source
from .tables import DecisionTable, IntervalTable, rising
from .terms import PERCENTILES, ClasseAnnee, Groupe, Indicateur, Texte

CALLER, SIMULATION = "appelant", "simulation"
"""The sources of values that a caller gives, with a dossier or in a simulated barème."""


class Specialite(NamedTuple):
    """A specialty: its French name, its group, its codes in both nomenclatures (OBJ-01)."""

    slug: str
    libelle: str
    groupe: Groupe
    codes_am: tuple[str, ...]
    code_convention: str | None
    indicateurs: tuple[Indicateur, ...]


class Distribution(NamedTuple):
    """Percentiles of one specialty and one indicator, in patients; `None` is not published.

    `bounds` has, for a percentile known by a bound alone, the count that it is over. `known` are the
    published ones, rising; `edges` are the counts at which a position changes, and `spans[i]` is the
    range of ranks of a count that reaches exactly the first i of them. `references` has the source of
    each cell.
    """

    p30: int | None
    p50: int | None
    p70: int | None
    p90: int | None
    p95: int | None
    known: tuple[int, ...]
    edges: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    references: tuple[Reference, ...]
    bounds: tuple[int | None, ...]


NO_BOUNDS: tuple[int | None, ...] = (None,) * len(PERCENTILES)


def distribution(
    cells: Sequence[int | None],
    references: tuple[Reference, ...],
    bounds: tuple[int | None, ...] = NO_BOUNDS,
) -> Distribution:
    """A distribution from its five cells, `None` where not published, their sources and their bounds."""
    starts = [cell if over is None else over + 1 for cell, over in zip(cells, bounds, strict=True)]
    edges = tuple(sorted({start for start in starts if start is not None}))
    p30, p50, p70, p90, p95 = cells
    return Distribution(
        p30, p50, p70, p90, p95,
        tuple(cell for cell in cells if cell is not None),
        edges,
        tuple(_ranks_of(count, cells, starts) for count in (-1, *edges)),
        references,
        bounds,
    )  # fmt: skip


def _ranks_of(count: int, cells: Sequence[int | None], starts: Sequence[int | None]) -> tuple[int, int]:
    """The lowest and highest rank of a count: the percentiles it reaches, those it is surely under."""
    reached = [rank for rank, cell in enumerate(cells, start=1) if cell is not None and count >= cell]
    under = [rank for rank, start in enumerate(starts) if start is not None and count < start]
    return max(reached, default=0), min(under, default=len(cells))


class Parametre(NamedTuple):
    """A figure that stands alone, exact, with the fraction `num / den` it equals."""

    valeur: Decimal
    num: int
    den: int
    unite: str
    minimum: int
    maximum: int
    regle: str
    libelle: str
    reference: Reference


class Part(NamedTuple):
    """The share of a modulation row: fixed, or chosen by a reading; the other is empty."""

    fixed: str
    reading: str
    by_value: Mapping[str, str]


@json_object
class Change(NamedTuple):
    """One value that a simulated barème changed: table, key, new value as text."""

    table: str
    key: tuple[str, ...]
    value: str


PARTS = ("cent", "zero", "prorata", "prorata_bas")
OUVERTE = "ouverte"
"""The part of a reading that leaves the share to the caisse: from 0 to 1."""
PARAMETRES = (
    "seuil_honoraires_cliniques",
    "annee_etp_eleve",
    "fenetre_primo_mois",
    "derniere_annee_primo",
    "age_senior",
    "taux_atteint",
    "tolerance_augmentation",
    "tolerance_maintien",
    "tolerance_senior",
    "premiere_annee_modulee",
    "duree_contrat",
    "delai_versement_mois",
    "part_acompte",
    "part_acompte_tiers_temps",
    "suivi_mois",
    "remplacement_secretaire_mois",
    "inscription_formation_annees",
    "certification_annees",
    "exercice_coordonne_annees",
    "objectif_annees",
    "objectif_primo_annees",
    "absence_mois",
    "carence_annees",
    "preavis_mois",
)
"""The parameters that the rules read, in the order of the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Bareme:
    """Every table of one text, all proved when loaded.

    `montants`: (option_etp, year class, band) → euros a year, or `None` where no text gives one.
    `objectifs`: (option_etp, tranche) → growth in percent, or `None` where no source gives one;
    the table itself is `None` for the texts whose coefficients are not public.
    `modulation`: regime → table of shares; `modulation_par_acces`: that of the contracts signed under a
    text, where it differs. `eligibilite`: rule id → table of answers.
    `departements`: specialty → the départements in which a source says that it was open (ELI-01).
    `references`: rule id → the source of a rule that has no figure of its own.
    """

    texte: Texte
    nom: str
    debut: date
    variantes: Mapping[str, date]
    modulation_publiee: bool
    reference: Reference
    version: str
    checked: date
    sources: Mapping[str, Source]
    regles: Mapping[str, str]
    references: Mapping[str, Reference]
    parametres: Mapping[str, Parametre]
    specialites: Mapping[str, Specialite]
    percentiles: Mapping[tuple[str, str], Distribution]
    eligibilite: Mapping[str, DecisionTable[str]]
    departements: Mapping[str, tuple[str, ...]]
    options_tarifaires: Mapping[str, IntervalTable[str]]
    classes_annee: IntervalTable[ClasseAnnee]
    montants: DecisionTable[int | None]
    objectifs: DecisionTable[Decimal | None] | None
    regimes: DecisionTable[str | None]
    modulation: Mapping[str, DecisionTable[Part]]
    modulation_par_acces: Mapping[tuple[str, Texte], DecisionTable[Part]]
    titres: Mapping[str, str]
    simulated: bool = False
    changes: tuple[Change, ...] = ()

    def with_changes(
        self,
        *,
        montants: Mapping[tuple[str, str, str], int] | None = None,
        percentiles: Mapping[tuple[str, str, str], int] | None = None,
        parametres: Mapping[str, Decimal | int | str] | None = None,
        modulation: Mapping[tuple[str, ...], str] | None = None,
    ) -> "Bareme":
        """An immutable copy with other values, proved like the original and marked as simulated.

        montants: (option_etp, "1" | "2" | "3+", band) → whole euros a year.
        percentiles: (specialite, indicateur, "p30"…) → patients.
        parametres: name → exact value (`Decimal`, whole number or decimal string).
        modulation: (regime, *inputs of its table) → "cent", "zero", "prorata", "prorata_bas".
        Raises `InvalidBareme` (in French) for an unknown key or a value that breaks a proof.
        """
        reference = Reference(SIMULATION, "barème simulé", "deduit", self.checked)
        changes = [
            *(Change("montants", key, str(value)) for key, value in (montants or {}).items()),
            *(Change("percentiles", key, str(value)) for key, value in (percentiles or {}).items()),
            *(Change("parametres", (key,), plain_text(value)) for key, value in (parametres or {}).items()),
            *(Change("modulation", key, value) for key, value in (modulation or {}).items()),
        ]
        kept = [c for c in self.changes if (c.table, c.key) not in {(n.table, n.key) for n in changes}]
        return dataclasses.replace(
            self,
            montants=self._montants(montants or {}, reference),
            percentiles=self._percentiles(percentiles or {}, reference),
            parametres=self._parametres(parametres or {}, reference),
            modulation=self._modulation(modulation or {}, reference),
            modulation_par_acces=self._modulation_par_acces(modulation or {}, reference),
            simulated=True,
            changes=(*kept, *changes),
        )

    def with_recorded(self, changes: Iterable[Change]) -> "Bareme":
        """The copy that these recorded changes describe (a decision read back from JSON)."""
        recorded = tuple(changes)
        tables = ("montants", "percentiles", "parametres", "modulation")
        faults = [f"table inconnue : {c.table}" for c in recorded if c.table not in tables]
        faults += [
            f"{c.table} : clé {c.key}" for c in recorded if c.table == "parametres" and len(c.key) != 1
        ]
        faults += [
            f"{c.table} {c.key} : {c.value!r} n’est pas un nombre entier"
            for c in recorded
            if c.table in ("montants", "percentiles") and not (c.value.isascii() and c.value.isdigit())
        ]
        if faults:
            raise InvalidBareme("barème simulé", faults)

        def of(table: str, read: Any) -> dict[Any, Any]:
            return {c.key: read(c.value) for c in recorded if c.table == table}

        return self.with_changes(
            montants=of("montants", int),
            percentiles=of("percentiles", int),
            parametres={key[0]: value for key, value in of("parametres", str).items()},
            modulation=of("modulation", str),
        )

    def _montants(
        self, changes: Mapping[tuple[str, str, str], int], reference: Reference
    ) -> DecisionTable[int | None]:
        known = cast("Mapping[tuple[str, ...], int | None]", changes)
        wrong = _wrong_keys(changes, 3) or [
            f"{key} : {value!r} n’est pas un montant en euros entiers, positif ou nul"
            for key, value in changes.items()
            if type(value) is not int or value < 0
        ]
        if wrong:
            raise InvalidBareme("montants", wrong)
        return self.montants.replacing(known, reference)

    def _percentiles(
        self, changes: Mapping[tuple[str, str, str], int], reference: Reference
    ) -> Mapping[tuple[str, str], Distribution]:
        result = dict(self.percentiles)
        faults = _wrong_keys(changes, 3)
        if faults:
            raise InvalidBareme("percentiles", faults)
        for key, value in changes.items():
            slug, indicateur, percentile = key
            if (slug, indicateur) not in result or percentile not in PERCENTILES:
                faults.append(f"aucun percentile {key}")
            elif type(value) is not int or value < 0:
                faults.append(f"{key} : {value!r} n’est pas un nombre entier de patients")
            else:
                result[slug, indicateur] = replacing_percentile(
                    result[slug, indicateur], percentile, value, reference
                )
        for slug, indicateur, _ in changes:
            if (slug, indicateur) in result:
                faults += disorder(f"{slug} {indicateur}", result[slug, indicateur])
        if faults:
            raise InvalidBareme("percentiles", sorted(set(faults)))
        return MappingProxyType(result)

    def _parametres(
        self, changes: Mapping[str, Decimal | int | str], reference: Reference
    ) -> Mapping[str, Parametre]:
        result = dict(self.parametres)
        faults = []
        for name, value in changes.items():
            if name not in result:
                faults.append(f"aucun paramètre « {name} »")
                continue
            changed, fault = replacing_parametre(result[name], value, reference)
            result[name] = changed
            faults += [f"{name} : {fault}"] if fault else []
        if faults:
            raise InvalidBareme("parametres", faults)
        return MappingProxyType(result)

    def _modulation(
        self, changes: Mapping[tuple[str, ...], str], reference: Reference
    ) -> Mapping[str, DecisionTable[Part]]:
        result = dict(self.modulation)
        for key, value in changes.items():
            if not isinstance(key, tuple) or not key or key[0] not in result or value not in PARTS:
                raise InvalidBareme(
                    "modulation", [f"{key} : {value!r} ; régime ou part inconnus ({', '.join(PARTS)})"]
                )
            fixed = Part(value, "", MappingProxyType({}))
            result[key[0]] = result[key[0]].replacing({key[1:]: fixed}, reference)
        return MappingProxyType(result)

    def _modulation_par_acces(
        self, changes: Mapping[tuple[str, ...], str], reference: Reference
    ) -> Mapping[tuple[str, Texte], DecisionTable[Part]]:
        """The same changes for the contracts of every text: `_modulation` proved them."""
        result = dict(self.modulation_par_acces)
        for place, table in result.items():
            parts = {
                key[1:]: Part(value, "", MappingProxyType({}))
                for key, value in changes.items()
                if key[0] == place[0]
            }
            result[place] = table.replacing(parts, reference)
        return MappingProxyType(result)

    def parts(self, regime: str, acces: Texte) -> DecisionTable[Part]:
        """The shares of a regime for a contract signed under the text `acces`."""
        return self.modulation_par_acces.get((regime, acces), self.modulation[regime])


def replacing_percentile(
    was: Distribution, percentile: str, value: int, reference: Reference
) -> Distribution:
    """A copy of the distribution with one cell changed, its bound gone, and the source of that cell."""
    rank = PERCENTILES.index(percentile)
    cells, references, bounds = list(was[:5]), list(was.references), list(was.bounds)
    cells[rank], references[rank], bounds[rank] = value, reference, None
    return distribution(cells, tuple(references), tuple(bounds))


def replacing_parametre(
    parametre: Parametre, value: Decimal | int | str, reference: Reference
) -> tuple[Parametre, str | None]:
    """A copy with another value, and what is wrong with it, if anything."""
    exact = exact_decimal(value)
    if exact is None:
        return parametre, f"{value!r} n’est pas un nombre exact ; donnez un texte décimal ou un Decimal"
    if not exact.is_finite() or not parametre.minimum <= exact <= parametre.maximum:
        return parametre, f"{value} est hors de [{parametre.minimum}, {parametre.maximum}]"
    if parametre.unite != "part" and exact != int(exact):
        return parametre, f"{value} n’est pas un nombre entier ({parametre.unite})"
    num, den = exact.as_integer_ratio()
    return parametre._replace(valeur=exact, num=num, den=den, reference=reference), None


_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def exact_decimal(value: object) -> Decimal | None:
    """The exact number in a `Decimal`, a whole number or a plain decimal text; else `None`."""
    if isinstance(value, Decimal):
        return value
    if type(value) is int or (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        return Decimal(value)
    return None


def _wrong_keys(changes: Mapping[tuple[str, str, str], int], width: int) -> list[str]:
    return [
        f"{key!r} n’est pas une clé de {width} éléments"
        for key in changes
        if not isinstance(key, tuple) or len(key) != width
    ]


def disorder(name: str, distribution: Distribution) -> list[str]:
    """What breaks P30 < P50 < P70 < P90 < P95 among the known cells (MNT-01).

    A percentile known by a bound is over it, and so are those after it.
    """
    labels = [percentile.upper() for percentile in PERCENTILES]
    cells = distribution[:5]
    faults = rising(name, zip(labels, cells, strict=True))
    for rank, over in enumerate(distribution.bounds):
        faults += [
            f"{name} : {labels[rank]}, plus de {over}, devrait être inférieur à {label} = {cell}"
            for label, cell in zip(labels[rank + 1 :], cells[rank + 1 :], strict=True)
            if over is not None and cell is not None and cell <= over + 1
        ]
    return faults


def specialite_from_code(
    code: str,
    nomenclature: str,
    specialites: Mapping[str, Specialite],
    mep: bool | None,
) -> list[Specialite]:
    """The specialties that bear `code` in the named nomenclature, told apart by `mep` if given."""
    found = [
        specialite
        for specialite in specialites.values()
        if (code in specialite.codes_am if nomenclature == "am" else code == specialite.code_convention)
    ]
    if len(found) > 1 and mep is not None:
        return [specialite for specialite in found if (specialite.groupe == "mep") is mep]
    return found
