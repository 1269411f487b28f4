"""Chapter CTR: the life of a contract, from a change of option to a résiliation and its carence."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from ..bareme import Bareme
from ..calendar import aged, anniversary, months_after, months_before
from ..terms import StatutCritere
from .amounts import Maximum, arrondie
from .modulation import versement_integral
from .registry import rule

Bounds = tuple[Fraction, Fraction]
"""The least and the most, in exact euros."""


@rule("CTR-01")
def tacite_reconduction(acces: Bareme) -> bool:
    """Contracts of the convention renew themselves; those of an older text end at their term."""
    return acces.modulation_publiee


@rule("CTR-01")
def renouvele(annee: int, acces: Bareme) -> bool:
    """Whether a year is that of a contract renewed by itself: no source says what is asked of it."""
    return tacite_reconduction(acces) and annee > derniere_annee(0, acces)


@rule("CTR-01")
def derniere_annee(prorogations: int, acces: Bareme) -> int:
    """The last contract year before the term, each prorogation adding as many years."""
    return acces.parametres["duree_contrat"].num * (1 + prorogations)


@rule("CTR-02", "CTR-05")
def par_jours(parts: Iterable[tuple[int, Bounds]], jours: int) -> Bounds:
    """Amounts of a whole year that ran one after the other, each for some of its `jours` days.

    The days after a résiliation are nobody's. The day count is a deduction.
    """
    low = high = Fraction(0)
    for run, (least, most) in parts:
        low, high = low + Fraction(run, jours) * least, high + Fraction(run, jours) * most
    return low, high


@rule("CTR-02")
def au_prorata_des_options(before: Sequence[Maximum], new: Maximum, jours_avant: int, jours: int) -> Maximum:
    """The maximum of a year in which the option changed, prorated by days (a deduction).

    `before`: the maxima of the options that may have run the first `jours_avant` of its `jours`.
    Where the new option, or every other one, has no amount, there is no maximum.
    """
    rows = (*new.rows, *(row for other in before for row in other.rows))
    ends = [euros for other in before if (euros := other.euros) is not None]
    if new.euros is None or not ends:
        return Maximum(None, rows)
    first = (Fraction(min(low for low, _ in ends)), Fraction(max(high for _, high in ends)))
    then = (Fraction(new.euros[0]), Fraction(new.euros[1]))
    return Maximum(par_jours(((jours_avant, first), (jours - jours_avant, then)), jours), rows)


@rule("CTR-02", "MNT-06")
def l_une_ou_l_autre(before: Sequence[Maximum], new: Maximum) -> Maximum:
    """The maximum of a year of which nobody knows when the option changed: from one option to the other."""
    rows = (*new.rows, *(row for other in before for row in other.rows))
    ends = [euros for other in before if (euros := other.euros) is not None]
    if new.euros is None or not ends:
        return Maximum(None, rows)
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return Maximum((min(low, new.euros[0]), max(high, new.euros[1])), rows)


@rule("CTR-03")
def suite_du_primo(levels: Iterable[Iterable[str]], annee: int, bareme: Bareme) -> str:
    """What follows the objective of a primo-installé, from the possible levels of each indicator.

    `a_fixer`: P50 is reached on one of them, or year 3 ends with one at P30 at least: an avenant sets
    a new objective. `a_apprecier`: under P30 at that date. `inconnu`: the levels leave it open.
    `en_cours`: the first objective still runs.
    """
    best = [min(level, key=_LEVELS.index) for level in levels if level]
    sure = [max(level, key=_LEVELS.index) for level in levels if level]
    last = annee >= bareme.parametres["derniere_annee_primo"].num
    enough = ("p50", "p30") if last else ("p50",)
    if any(level in enough for level in sure):
        return "a_fixer"
    if any(level in enough for level in best) or not best:
        return "inconnu"
    return "a_apprecier" if last else "en_cours"


_LEVELS = ("p50", "p30", "sous_p30")


@rule("CTR-03")
def echeance_du_nouvel_objectif(avenant: date, annee: Bareme) -> date:
    """The day by which a primo-installé must reach his new objective: 2 years, 1 before 2024."""
    return anniversary(avenant, annee.parametres["objectif_primo_annees"].num)


@rule("CTR-04")
def revision_a_65_ans(date_naissance: date | None, jour: date, bareme: Bareme) -> bool | None:
    """Whether the objective may be revised to maintien on `jour`: from the 65th birthday on."""
    if date_naissance is None:
        return None
    return aged(date_naissance, bareme.parametres["age_senior"].num, jour)


@rule("CTR-04")
def anniversaire_senior(date_naissance: date, bareme: Bareme) -> date:
    """The 65th birthday."""
    return anniversary(date_naissance, bareme.parametres["age_senior"].num)


@rule("CTR-04")
def revision_ouverte(
    date_naissance: date | None,
    date_signature: date,
    annee: int,
    suivante: date | None,
    natures: Iterable[str | None],
    bareme: Bareme,
) -> date | None:
    """The day from which an avenant may replace the objectives of a modulated year by maintien.

    It is the 65th birthday of a doctor under 65 at the signature, on or before the last day of the year
    (`suivante` is the day after it). `natures`: what the contract states of each indicator; `None` where
    it states maintien for all of them, or where one of the two days is not known.
    """
    if date_naissance is None or suivante is None or versement_integral(annee, bareme):
        return None
    birthday = anniversaire_senior(date_naissance, bareme)
    stated = all(nature == "maintien" for nature in natures)
    return None if stated or not date_signature < birthday < suivante else birthday


@rule("CTR-04")
def dernier_comptage(jour: date) -> date:
    """The last count known before `jour`: 30 June of the year, or 31 December of the year before."""
    june = date(jour.year, 6, 30)
    return june if june < jour else date(jour.year - 1, 12, 31)


@rule("CTR-05")
def recupere(verse: int, du: int) -> int:
    """What the caisse recovers, in centimes: paid − due for the days run, if positive."""
    return max(0, verse - du)


@rule("CTR-05", "MNT-07")
def recupere_au_prorata(verse: int, jours_restants: int, jours: int, arrondi: str) -> int:
    """The same by the other reading, in centimes: paid × days left / days of the year, rounded once."""
    return arrondie(verse * jours_restants, jours, arrondi)


@rule("CTR-05")
def du_apres_recuperation(verse: int, recupere: int, du: int) -> tuple[int, int]:
    """What a year cut short is worth by that other reading, at the least and at the most, in centimes.

    What the doctor keeps; where the days run are worth more, no source says whether the rest is paid.
    """
    kept = verse - recupere
    return kept, max(kept, du)


@rule("CTR-05")
def fin_de_preavis(resiliation: date, acces: Bareme) -> date:
    """The last day on which a doctor may give notice of a résiliation, by registered letter."""
    return months_before(resiliation, acces.parametres["preavis_mois"].num)


@rule("CTR-05")
def preavis_tardif(initiative: str, notification: date | None, limite: date) -> bool:
    """Whether a doctor gave notice after the last day; a day that is not told is not late."""
    return initiative == "medecin" and notification is not None and notification > limite


@rule("CTR-06")
def fin_de_carence(resiliation: date, acces: Bareme) -> date:
    """The latest day from which a new contract may be signed; the caisse decides by the ground."""
    return anniversary(resiliation, acces.parametres["carence_annees"].num)


@rule("CTR-07")
def suspension_due(absence: date, acces: Bareme) -> date:
    """The day from which an absence without replacement calls for an avenant of suspension."""
    return months_after(absence, acces.parametres["absence_mois"].num)


@rule("CTR-07")
def absence_longue(absence: date, fin: date | None, acces: Bareme) -> bool:
    """Whether the post is held by nobody for longer than the rule allows; `fin` is the first day it is.

    A vacancy of which no end is told goes on. A departure counts like an absence, by deduction.
    """
    return fin is None or suspension_due(absence, acces) < fin


@rule("CTR-08")
def points_d_echange(date_signature: date, fin: date, acces: Bareme) -> tuple[date, ...]:
    """The follow-ups with the caisse, every 6 months over the whole contract, its end excluded."""
    step = acces.parametres["suivi_mois"].num
    found: list[date] = []
    while (day := months_after(date_signature, step * (len(found) + 1))) < fin:
        found.append(day)
    return tuple(found)


@rule("CTR-08")
def remplacement_du_secretaire(promotion: date, acces: Bareme) -> date:
    """The day by which the post of a promoted secretary must be filled."""
    return months_after(promotion, acces.parametres["remplacement_secretaire_mois"].num)


@rule("CTR-08")
def echeances_de_formation(date_signature: date, acces: Bareme) -> tuple[date | None, date]:
    """The days by which the assistant must be enrolled and certified, from the signature.

    There is a day of its own for the enrolment where it comes before the certification (avenant 7).
    """
    enrolled = anniversary(date_signature, acces.parametres["inscription_formation_annees"].num)
    certified = anniversary(date_signature, acces.parametres["certification_annees"].num)
    return (enrolled if enrolled < certified else None), certified


@rule("CTR-08")
def diplome_attendu(profil: str | None) -> tuple[str, ...]:
    """The certification of a profile: FAE for the three trades of care, CQP for the others.

    Unknown profile: either. One who may take the FAE may also hold the CQP. Another diploma of health
    (a sage-femme) does not stand for it: the CPNEFP may lighten the CQP, which is not modelled.
    """
    if profil in ("infirmier", "aide_soignant", "auxiliaire_puericulture"):
        return ("FAE", "CQP")
    return ("CQP", "FAE") if profil is None else ("CQP",)


@rule("CTR-08")
def echeance_de_l_objectif(date_signature: date, acces: Bareme) -> date:
    """The day by which an objective of increase must be reached: 2 years, 5 under avenant 7."""
    return anniversary(date_signature, acces.parametres["objectif_annees"].num)


@rule("CTR-09")
def condition_perdue(statut: StatutCritere) -> bool:
    """Whether a change of secteur or option tarifaire may cost the contract: the caisse decides.

    `statut`: what ELI-03 answers to the new situation.
    """
    return statut != "satisfait"
