"""The figures of a post: what the caller gave, the dated defaults, and what is left out (CST-01, CST-02).

Each figure that is used, or that could have been, is an `Assumption` of the answer.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .. import french
from ..bareme import Parametre
from ..calendar import anniversaries, anniversary
from ..errors import Refusal, RefusedData
from ..rules import costs
from .bareme import POSITIONS, Grille, bareme_emploi
from .models import CoefficientGroupement, Emploi, EmploiDirect, FactureGroupement, Poste, after_longest_cdd
from .records import Assumption, Note
from .sentences import LABELS, note

UNITS = {
    "adhesion_annuelle": "euros par an",
    "frais_structure_annuels": "euros par an",
    "cout_charge_annuel": "euros par an",
    "recrutement": "euros",
    "mise_en_place": "euros",
}
"""The unit of a figure that no parameter of the data describes; euros a month otherwise."""


class Salaire(NamedTuple):
    """Gross euros a month for a full time: the caller's, or the minimum of a position by day."""

    brut: Fraction | None
    position: int | None
    hausse: Fraction
    debut: date

    def on(self, day: date) -> Fraction:
        """The salary of a day."""
        if self.brut is not None:
            return revalued(self.brut, self.hausse, self.debut, day)
        assert self.position is not None
        found = minimum(self.position, day)
        assert found is not None
        return revalued(Fraction(found[0]), self.hausse, self.debut, day)


class Figures(NamedTuple):
    """Exact euros and parts by name, `None` where nothing is counted, and where each comes from."""

    first: date
    temps: Fraction
    salaire: Salaire | None
    values: dict[str, Fraction | None]
    assumptions: tuple[Assumption, ...]

    def changes(self, last: date) -> list[date]:
        """The days up to `last` from which the salary is another: rises and, by position, grids."""
        rises = anniversaries(self.first, last)
        return [*rises, *(grid_days() if self.salaire is not None and self.salaire.brut is None else ())]

    def of(self, name: str) -> Fraction:
        """What a figure adds to the cost: nothing where it is not counted, and its assumption says so."""
        return self.values.get(name) or Fraction(0)


def revalued(euros: Fraction, hausse: Fraction, debut: date, day: date) -> Fraction:
    """A sum after the yearly rises that fell between two days; none before the first."""
    years = day.year - debut.year
    return costs.revalorise(euros, hausse, max(0, years - (day < anniversary(debut, years))))


def minimum(position: int, day: date) -> tuple[Decimal, Grille] | None:
    """The conventional minimum of a position on a day and its grid (CST-01); `None` where it is not known."""
    for grille in bareme_emploi().grilles:
        if grille.debut <= day and (grille.fin is None or day <= grille.fin):
            found = grille.minima[position]
            return None if found is None else (found, grille)
    return None


def grid_days() -> Iterator[date]:
    """The days from which another minimum counts."""
    for grille in bareme_emploi().grilles:
        yield grille.debut
        if grille.fin is not None:
            yield grille.fin + timedelta(days=1)


def figures_of(
    poste: Poste, emploi: Emploi, first: date, last: date, structure: Decimal | None = None
) -> Figures:
    """Every figure of the invoice of these days; raises `RefusedData` for a salary that nothing gives."""
    if refused := list(_only_for_a_cdd(poste, emploi)):
        raise RefusedData(refused)
    values: dict[str, Fraction | None] = {}
    told = [*_temps(poste)]
    loaded = _loaded_field(emploi)
    salaire = None if loaded else _salaire(poste, emploi, first, last)
    told += _salary_assumptions(poste, salaire, first)
    for name in _fields(poste, emploi):
        assumption = _figure(name, getattr(emploi, name), _default(name, poste, emploi))
        values[name] = None if assumption.valeur is None else Fraction(assumption.valeur)
        told.append(assumption)
    if structure is not None:
        values["frais_structure_annuels"] = Fraction(structure)
        told.append(_figure("frais_structure_annuels", structure, None))
    return Figures(first, poste.temps, salaire, values, tuple(told))


CDD_ONLY = ("prime_fin_cdd", "provision_fin_contrat")
"""The fields of a way to employ that only a CDD has."""


def _only_for_a_cdd(poste: Poste, emploi: Emploi) -> Iterator[Refusal]:
    """The refusal of what a CDI has not: a figure that is typed is never left out in silence."""
    for name in CDD_ONLY if poste.contrat_travail == "CDI" else ():
        given = getattr(emploi, name, None)
        if given is not None:
            expected, remedy = (
                "rien : le poste est un CDI",
                "retirez ce champ, ou dites contrat_travail « CDD »",
            )
            yield Refusal(f"emploi.{name}", str(given), expected, remedy, "sans_cdd")


def _loaded_field(emploi: Emploi) -> str | None:
    """The field by which the caller gave a loaded cost, instead of a gross salary."""
    for name in ("cout_charge_annuel", "salaire_charge_mensuel"):
        if getattr(emploi, name, None) is not None:
            return name
    return None


def _fields(poste: Poste, emploi: Emploi) -> Iterator[str]:
    """The figures of a way to employ that matter for this post, in the order of its model."""
    loaded = _loaded_field(emploi)
    for name in type(emploi).model_fields:
        if name in ("mode", "appel_provision"):
            continue
        if name in CDD_ONLY and poste.contrat_travail == "CDI":
            continue
        if name in ("cout_charge_annuel", "salaire_charge_mensuel") and name != loaded:
            continue
        if name == "facteur_employeur" and loaded:
            continue
        yield name


def _default(name: str, poste: Poste, emploi: Emploi) -> Parametre | None:
    """The parameter that stands for a field that is left out: that of its name, if there is one."""
    parametres = bareme_emploi().parametres
    if isinstance(emploi, EmploiDirect) and name == "paie_mensuelle":
        return parametres["frais_tese"] if emploi.mode == "tese" else None
    if isinstance(emploi, CoefficientGroupement) and name == "mise_en_place":
        return None
    return parametres.get("coefficient_groupement" if name == "coefficient" else name)


def _figure(name: str, given: Decimal | None, default: Parametre | None) -> Assumption:
    label = default.libelle if default is not None else LABELS[name]
    unit = default.unite if default is not None else UNITS.get(name, "euros par mois")
    label = french.typeset(label)
    if given is not None:
        return Assumption(name, label, given, unit, "saisi", None)
    if default is None:
        return Assumption(name, label, None, unit, "non_compte", None)
    return Assumption(name, label, default.valeur, unit, "defaut", default.reference)


def _temps(poste: Poste) -> Iterator[Assumption]:
    label = french.typeset(LABELS["temps"])
    if poste.etp is not None:
        yield Assumption("etp", label, poste.etp, "ETP", "saisi", None)
        return
    hours, full = poste.heures_hebdomadaires, bareme_emploi().parametres["heures_temps_plein"]
    yield Assumption("heures_hebdomadaires", label, hours, "heures par semaine", "saisi", None)
    yield _figure("heures_temps_plein", None, full)


def _salaire(poste: Poste, emploi: Emploi, first: date, last: date) -> Salaire:
    """The gross salary; a position stands for it where its minimum is known on every day that counts.

    The bonus of a CDD counts from its first day.
    """
    hausse = Fraction(poste.hausse_annuelle or 0)
    if poste.salaire_brut is not None:
        return Salaire(Fraction(poste.salaire_brut), None, hausse, first)
    if poste.position is None:
        remedy = "donnez poste.salaire_brut, poste.position, ou un coût chargé dans emploi"
        raise RefusedData(
            [
                Refusal(
                    "poste.salaire_brut",
                    "rien",
                    "le salaire brut mensuel d’un temps plein",
                    remedy,
                    "salaire",
                )
            ]
        )
    bonus = isinstance(emploi, EmploiDirect) and poste.contrat_travail == "CDD"
    start = poste.debut if bonus else first
    days = [start, *(day for day in grid_days() if start < day <= last)]
    unknown = [day for day in days if minimum(poste.position, day) is None]
    if unknown:
        raise RefusedData([_unknown_minimum(poste.position, unknown[0])])
    return Salaire(None, poste.position, hausse, first)


def _unknown_minimum(position: int, day: date) -> Refusal:
    """The refusal of a position whose minimum is not known on a day, with what is known."""
    known = [
        f"position {each} : {french.euros(found[0])}"
        for each in sorted(bareme_emploi().grilles[0].minima)
        if (found := minimum(each, day)) is not None
    ]
    about = f" ; connu ce jour-là : {french.enumeration(known)}" if known else ""
    return Refusal(
        "poste.position",
        str(position),
        f"une position dont le minimum est connu le {day.isoformat()}{about}",
        "donnez poste.salaire_brut, d’après l’outil de la convention collective (IDCC 1147)",
        "minimum_inconnu",
    )


def _salary_assumptions(poste: Poste, salaire: Salaire | None, first: date) -> Iterator[Assumption]:
    unit = "euros par mois"
    if salaire is not None and poste.salaire_brut is not None:
        label = french.typeset(LABELS["salaire_brut"])
        yield Assumption("salaire_brut", label, poste.salaire_brut, unit, "saisi", None)
    elif salaire is not None and poste.position is not None:
        found = minimum(poste.position, first)
        assert found is not None
        value, grille = found
        label = french.typeset(f"{LABELS['minimum_conventionnel']}, position {poste.position} ({grille.nom})")
        yield Assumption("position", label, value, unit, "defaut", grille.reference)
    given = poste.hausse_annuelle
    label = french.typeset(LABELS["hausse_annuelle"])
    yield Assumption(
        "hausse_annuelle", label, given, "part", "non_compte" if given is None else "saisi", None
    )


def notes_of(poste: Poste, emploi: Emploi, figures: Figures, last: date) -> tuple[Note, ...]:
    """What a reader of the invoice must know."""
    return (*_salary_notes(poste, figures, last), *_contract_notes(poste, emploi, figures))


def _least(position: int, day: date) -> tuple[int, Decimal, Grille] | None:
    """The greatest minimum known on a day of the positions up to this one: minima rise with positions."""
    known = [(each, found) for each in POSITIONS if each <= position and (found := minimum(each, day))]
    return (known[-1][0], *known[-1][1]) if known else None


def _salary_notes(poste: Poste, figures: Figures, last: date) -> Iterator[Note]:
    """The minima that stand for the salary, or the first one that a typed salary is under."""
    if figures.salaire is None:
        return
    for day in [figures.first, *(day for day in grid_days() if figures.first < day <= last)]:
        found = _least(poste.position or min(POSITIONS), day)
        if found is None:
            continue
        told = {"position": str(found[0]), "minimum": french.euros(found[1]), "grille": found[2].nom}
        if poste.salaire_brut is None:
            yield note("minimum_a_verifier", **told)
        elif figures.salaire.on(day) < found[1]:
            yield note("sous_le_minimum", brut=french.euros(poste.salaire_brut), **told)
            return


def _contract_notes(poste: Poste, emploi: Emploi, figures: Figures) -> Iterator[Note]:
    """What the kind of contract and the way to employ leave open."""
    if figures.salaire is None and (poste.salaire_brut is not None or poste.position is not None):
        yield note("salaire_remplace")
    if poste.contrat_travail == "CDD":
        yield note("cdd_conteste")
        if poste.fin is not None and poste.fin >= after_longest_cdd(poste):
            months = bareme_emploi().parametres["duree_cdd_mois"].num
            yield note("cdd_long", mois=str(months))
        called = isinstance(emploi, FactureGroupement) and emploi.appel_provision == "debut"
        if called and poste.debut >= figures.first and figures.of("provision_fin_contrat"):
            yield note("provision_au_debut")
    if isinstance(emploi, FactureGroupement) and emploi.adhesion_annuelle and emploi.mise_en_place is None:
        yield note("adhesion_a_verifier")
    if any(a.nom == "facteur_employeur" and a.origine == "defaut" for a in figures.assumptions):
        yield note("hors_allegements")
