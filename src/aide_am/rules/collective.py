"""Chapter COL: the contrat collectif of a group of généralistes, one function a rule idea.

Its source is secondary everywhere. What it leaves open is a reading (`objectifs_collectifs`,
`demi_etp_collectif`), an interval, or a choice listed in docs/contrat_collectif.md.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..calendar import anniversary, months_before
from ..collective.bareme import BaremeCollectif, Piece, Structure
from ..collective.decision import Cap
from ..collective.models import ContratIndividuel
from ..decision import Criterion, Value
from ..references import Reference
from ..tables import Row
from ..terms import Groupe, OptionTarifaire, Secteur, StatutCritere
from .amounts import CENTS, montant_du
from .registry import rule

ZERO, ONE = Fraction(0), Fraction(1)
Bounds = tuple[Fraction, Fraction]
"""The lowest and the highest possible rate or share."""
OPEN: Bounds = (ZERO, ONE)
_WORST: tuple[StatutCritere, ...] = ("non_satisfait", "inconnu", "a_apprecier", "satisfait", "sans_objet")
EXEMPT = ("infirmier", "aide_soignant", "auxiliaire_puericulture")
"""The trades of care that need no CQP."""


def _criterion(
    rule_id: str,
    answers: Mapping[str, StatutCritere],
    fields: Mapping[str, tuple[str, ...]],
    values: dict[str, Value],
    references: tuple[Reference, ...],
) -> Criterion:
    """One criterion from several answers: the worst decides, and `causes` names those that made it.

    `fields`: for each answer that may be unknown, the data that would settle it.
    """
    status = min(answers.values(), key=_WORST.index)
    causes = [name for name, answer in answers.items() if answer == status]
    missing: tuple[str, ...] = ()
    if status == "inconnu":
        missing = tuple(field for name in causes for field in fields[name])
    elif status == "a_apprecier":
        missing = (f"caisse.{rule_id}",)
    values["causes"] = "" if status == "satisfait" else " ".join(f"{rule_id}.{name}" for name in causes)
    return Criterion(rule_id, status, status, values, references=references, missing=missing)


def _answer(said: bool | None) -> StatutCritere:
    return "inconnu" if said is None else "satisfait" if said else "non_satisfait"


@rule("COL-01")
def signataire(
    structure: Structure | None, activite_de_soins: bool | None, bareme: BaremeCollectif
) -> Criterion:
    """A SCP, SCM or SISA with a care activity of its own signs; a SEL does not, another is for the caisse."""
    row = None if structure is None else bareme.structures[(structure,)]
    answers: dict[str, StatutCritere] = {
        "structure": "inconnu" if row is None else row.value,  # type: ignore[dict-item]
        "activite_de_soins": _answer(activite_de_soins),
    }
    references = (bareme.reference,) if row is None else (row.reference,)
    found = _criterion(
        "COL-01", answers, {name: (name,) for name in answers}, {"structure": structure}, references
    )
    return found._replace(row=None if row is None else row.id)


@rule("COL-02")
def adherent(
    rang: int,
    identifiant: str,
    groupe: Groupe,
    secteur: Secteur | None,
    option: OptionTarifaire | None,
    associe: bool | None,
    seul: bool,
    bareme: BaremeCollectif,
) -> Criterion:
    """A généraliste, MEP excluded, secteur 1 or 2 OPTAM, associé in his own name.

    `seul`: nobody else adhered at the signature; the source speaks of a group, so the caisse decides.
    """
    speciality = bareme.specialites[(groupe,)]
    tariff = secteur_ouvert(secteur, option, bareme)
    answers: dict[str, StatutCritere] = {
        "specialite": speciality.value,  # type: ignore[dict-item]
        "secteur": "inconnu" if tariff is None else tariff.value,  # type: ignore[dict-item]
        "associe": _answer(associe),
        "seul": "a_apprecier" if seul else "satisfait",
    }
    fields = {
        "secteur": (f"membres.{rang}.{'secteur' if secteur is None else 'option_tarifaire'}",),
        "associe": (f"membres.{rang}.associe_en_nom_propre",),
    }
    used = (speciality.reference, *(() if tariff is None else (tariff.reference,)))
    return _criterion(
        "COL-02", answers, fields, {"membre": identifiant}, (*used, bareme.references["COL-02"])
    )


@rule("COL-02")
def secteur_ouvert(
    secteur: Secteur | None, option: OptionTarifaire | None, bareme: BaremeCollectif
) -> Row[str] | None:
    """The answer to a secteur and its option; `None` where one that counts is not known."""
    if secteur is None or (secteur == "2" and option is None):
        return None
    return bareme.secteurs[secteur, option or "aucune"]


@rule("COL-03")
def activite_moyenne(pmt: Mapping[int, int | None], bareme: BaremeCollectif) -> Criterion:
    """The mean PMT of the doctors who adhered at the signature, by rank, reaches the P30; equality counts.

    What is known may be enough: no count is under zero. Falling under it later ends nothing by itself.
    """
    seuil = bareme.parametres["seuil_pmt_moyen"]
    asked = seuil.num * len(pmt)
    known = sum(count for count in pmt.values() if count is not None)
    lacking = tuple(f"membres.{rang}.patientele.pmt" for rang, count in pmt.items() if count is None)
    status: StatutCritere = "satisfait" if known >= asked else "inconnu" if lacking else "non_satisfait"
    total = None if lacking else known
    values: dict[str, Value] = {
        "medecins": len(pmt),
        "seuil": seuil.num,
        "moyenne": None if total is None else str(Fraction(total, len(pmt))),
    }
    return Criterion(
        "COL-03", status, status, values, total, asked, None if total is None else total - asked,
        references=(seuil.reference,), missing=lacking if status == "inconnu" else (),
    )  # fmt: skip


@rule("COL-04")
def accueille_un_junior(pamsu: bool | None, junior: bool | None) -> bool | None:
    """Whether a doctor is PAMSU and hosts a docteur junior."""
    if pamsu is False or junior is False:
        return False
    return None if pamsu is None or junior is None else True


@rule("COL-04")
def bonus_docteurs_juniors(
    accueils: Sequence[bool | None], agree: bool | None, bareme: BaremeCollectif
) -> tuple[Decimal, Decimal]:
    """ETP of bonus, at the least and at the most: by PAMSU doctor who hosts one.

    By doctor of the group where the structure itself is agréée terrain de stage.
    """
    each = bareme.parametres["bonus_par_medecin"].valeur
    whole = each * len(accueils)
    if agree:
        return whole, whole
    low, high = (each * sum(said in answers for said in accueils) for answers in ((True,), (True, None)))
    return low, whole if agree is None else high


@rule("COL-04")
def plafond(medecins: int, bonus: tuple[Decimal, Decimal], jour: date, bareme: BaremeCollectif) -> Cap:
    """One ETP by doctor who adheres, and the bonus where `jour` is not before its first day."""
    base = bareme.parametres["etp_par_medecin"].valeur * medecins
    low, high = bonus if jour >= bareme.bonus_debut else (Decimal(0), Decimal(0))
    return Cap(base, low, high)


@rule("COL-04")
def etp_admis(
    etp: Decimal,
    cap: Cap,
    plus_tard: Decimal,
    lecture: str,
    unknown: tuple[str, ...],
    bareme: BaremeCollectif,
) -> Criterion:
    """The ETP chosen at the signature is within the cap; later entries and withdrawals leave it as it is.

    `plus_tard`: the cap with those who adhered since and the bonus of today. Between the two only an
    avenant could be, of which the source says nothing. `unknown`: the data of the bonus not known.
    """
    status: StatutCritere = "non_satisfait"
    if etp <= cap.base + cap.bonus_low:
        status = "satisfait"
    elif etp <= cap.base + cap.bonus_high:
        status = "inconnu"
    elif etp <= plus_tard:
        status = "a_apprecier"
    half = bool(etp % 1)
    answers: dict[str, StatutCritere] = {"plafond": status, "demi_etp": demi_etp(etp, lecture)}
    values: dict[str, Value] = {
        "etp": str(etp),
        "medecins": str(cap.base),
        "bonus_bas": str(cap.bonus_low),
        "bonus_haut": str(cap.bonus_high),
    }
    parametres = bareme.parametres
    used = (parametres["etp_par_medecin"].reference, bareme.bonus_reference)
    found = _criterion("COL-04", answers, {"plafond": unknown}, values, used)
    return found._replace(
        value=etp,
        threshold=cap.base + cap.bonus_low,
        gap=etp - cap.base - cap.bonus_low,
        readings=("demi_etp_collectif",) if half else (),
        warnings=("demi_etp",) if half else (),
    )


@rule("COL-04")
def demi_etp(etp: Decimal, lecture: str) -> StatutCritere:
    """Whether half an ETP is admitted: the source does not say (reading `demi_etp_collectif`)."""
    if not etp % 1 or lecture == "lineaire":
        return "satisfait"
    return "non_satisfait" if lecture == "non_admis" else "a_apprecier"


@rule("COL-04", "COL-05")
def etp_finances(etp: Decimal, lecture: str) -> tuple[Decimal, ...]:
    """The numbers of ETP that may be financed: the half counts, does not, or either (interval)."""
    whole = etp // 1
    if etp == whole or lecture == "lineaire":
        return (etp,)
    return (whole,) if lecture == "non_admis" else (whole, etp)


@rule("COL-05")
def maximum_collectif(etp: Decimal, annee: int, bareme: BaremeCollectif) -> Fraction:
    """Euros of the contract year: those of one ETP × the financed ETP. No increase for P90 or P95."""
    return Fraction(etp) * bareme.montants.at(annee).value


@rule("COL-06")
def base_collective(counts: Sequence[int | None]) -> int | None:
    """The start of the group: the sum of the counts of the doctors of the year, each at his adhesion."""
    return None if None in counts else sum(count for count in counts if count is not None)


@rule("COL-06")
def gains_de(contrat_individuel: ContratIndividuel | None, gains: int | None) -> int | None:
    """Patients a doctor already gained under individual contracts: none without such a contract."""
    return 0 if contrat_individuel == "aucun" else gains


@rule("COL-06")
def augmentation_demandee(etp: Decimal, par_etp: int, gains: Sequence[int | None]) -> tuple[int, int]:
    """Patients that the group must gain, at the least and at the most, never under 0.

    So many by financed ETP, less those that its doctors gained before; a gain not known may be any.
    """
    asked = int(etp * par_etp)
    high = max(0, asked - sum(gain for gain in gains if gain is not None))
    return (0 if None in gains else high), high


@rule("COL-06")
def echeance_collective(date_signature: date, bareme: BaremeCollectif) -> date:
    """The day by which the collective objective must be reached."""
    return anniversary(date_signature, bareme.parametres["objectif_annees"].num)


@rule("COL-06")
def nouvellement_installe(
    date_installation: date | None, date_adhesion: date, bareme: BaremeCollectif
) -> bool | None:
    """Installed for less than 12 months at the adhesion: 12 months to the day is too long."""
    if date_installation is None:
        return None
    return date_installation > months_before(
        date_adhesion, bareme.parametres["installation_recente_mois"].num
    )


@rule("COL-06")
def echeance_propre(date_adhesion: date, bareme: BaremeCollectif) -> date:
    """The day by which a doctor newly installed must reach the P50: 3 years after his adhesion."""
    return anniversary(date_adhesion, bareme.parametres["nouveau_medecin_annees"].num)


@rule("COL-07")
def versement_integral(annee: int, bareme: BaremeCollectif) -> bool:
    """Years 1 and 2 are paid whole, whatever the result."""
    return annee < bareme.parametres["premiere_annee_modulee"].num


@rule("COL-07")
def taux_collectif(observed: int | None, base: int | None, increment: int, lecture: str) -> Bounds:
    """The rate of one indicator, between 0 and 1; open without its counts.

    By progress or by level (reading `taux_atteinte`). « Intégralement atteint »: no tolerance of 5 %.
    Where nothing was left to gain, a fall has no rate of progress: open.
    """
    if observed is None or base is None:
        return OPEN
    if observed >= base + increment:
        return ONE, ONE
    if lecture == "niveau":
        rate = Fraction(observed, base + increment)
    elif increment == 0:
        return OPEN
    else:
        rate = max(ZERO, Fraction(observed - base, increment))
    return rate, rate


@rule("COL-06")
def taux_propre(observed: int | None, target: int) -> Bounds:
    """The rate of a doctor newly installed: observed / P50, never over 1; open without his count."""
    if observed is None:
        return OPEN
    rate = min(ONE, Fraction(observed, target))
    return rate, rate


@rule("COL-07")
def deux_taux(rates: Sequence[Bounds], lecture: str) -> Bounds:
    """How PMT and PFA combine: the lower, the better, or anything between (`objectifs_collectifs`)."""
    lows, highs = [low for low, _ in rates], [high for _, high in rates]
    if lecture == "taux_le_plus_bas":
        return min(lows), min(highs)
    return (max(lows) if lecture == "meilleur_taux" else min(lows)), max(highs)


@rule("COL-07")
def part_collective(group: Bounds, own: Sequence[Bounds]) -> Bounds:
    """The prorata of the year: the rate of the group.

    The source does not say what an objective of his own, missed by a doctor newly installed, takes
    away: the share may go down to his rate.
    """
    low, high = group
    return min([low, *(least for least, _ in own)]), high


@rule("COL-07")
def sous_le_depart(observed: int | None, base: int | None) -> bool:
    """Whether the group fell under its start: never 0 for that alone, but the caisse may terminate."""
    return observed is not None and base is not None and observed < base


@rule("COL-08")
def sans_cumul(
    rang: int,
    identifiant: str,
    etat: ContratIndividuel | None,
    cloture: date | None,
    adhesion: date,
    bareme: BaremeCollectif,
) -> Criterion:
    """No individual contract runs at the adhesion: it was closed on that day at the latest."""
    said: StatutCritere = "satisfait"
    field = "contrat_individuel"
    if etat is None:
        said = "inconnu"
    elif etat == "en_cours":
        said = "non_satisfait"
    elif etat == "clos":
        field = "date_cloture_individuel"
        said = _answer(None if cloture is None else cloture <= adhesion)
    return _criterion(
        "COL-08",
        {field: said},
        {field: (f"membres.{rang}.{field}",)},
        {"membre": identifiant, "cloture": None if cloture is None else cloture.isoformat()},
        (bareme.references["COL-08"],),
    )


@rule("COL-08")
def solde_de_cloture(du: Decimal, verse: Decimal, jours_courus: int, jours: int, arrondi: str) -> int:
    """Centimes left by an individual contract closed within its year, by days (a deduction).

    Over 0: still owed to the doctor; under 0: to be repaid. `du` and `verse`: euros of the whole year.
    """
    return montant_du(Fraction(du), jours_courus, jours, arrondi) - int(verse * CENTS)


@rule("COL-09")
def fin_du_contrat(date_signature: date, bareme: BaremeCollectif) -> date:
    """The day on which the contract ends, unless it is renewed."""
    return anniversary(date_signature, bareme.parametres["duree_contrat"].num)


@rule("COL-09")
def terme(
    annee: int, renouvellement: bool | None, date_signature: date, bareme: BaremeCollectif
) -> Criterion:
    """Past its 5 years the contract must have been renewed; the source does not say how."""
    duree = bareme.parametres["duree_contrat"]
    values: dict[str, Value] = {"annee": annee, "duree": duree.num}
    if annee <= duree.num:
        return Criterion("COL-09", "satisfait", "dans_la_duree", values, references=(duree.reference,))
    status = _answer(renouvellement)
    values["terme"] = fin_du_contrat(date_signature, bareme).isoformat()
    return Criterion(
        "COL-09", status, f"renouvellement_{status}", values,
        references=(duree.reference,),
        missing=("renouvellement",) if status == "inconnu" else (),
        warnings=() if status == "non_satisfait" else ("renouvele",),
    )  # fmt: skip


@rule("COL-09")
def fin_de_carence(fin: date, bareme: BaremeCollectif) -> date:
    """The day from which a doctor may sign again after the end of a contrat collectif."""
    return anniversary(fin, bareme.parametres["carence_annees"].num)


@rule("COL-09")
def carence(
    identifiant: str,
    fin: date | None,
    cloture: date | None,
    derogation: bool,
    adhesion: date,
    bareme: BaremeCollectif,
) -> Criterion:
    """No adhesion within 2 years of an earlier contrat collectif, unless the director agrees.

    An individual contract closed to pass over (on the day of the adhesion or its eve) opens none; closed
    before, the caisse decides by the ground (CTR-06).
    """
    values: dict[str, Value] = {"membre": identifiant, "fin_carence": None}
    if fin is None and cloture is not None and not derogation and (adhesion - cloture).days > 1:
        over = fin_de_carence(cloture, bareme)
        if adhesion < over:
            values["fin_carence"] = over.isoformat()
            sources = (bareme.parametres["carence_annees"].reference,)
            return Criterion(
                "COL-09", "a_apprecier", "carence_individuelle", values,
                references=sources, missing=("caisse.COL-09",),
            )  # fmt: skip
    if fin is None:
        return Criterion("COL-09", "sans_objet", "sans_objet", values)
    over = fin_de_carence(fin, bareme)
    values["fin_carence"] = over.isoformat()
    status = _answer(adhesion >= over or derogation)
    code = "carence_levee" if derogation and adhesion < over else f"carence_{status}"
    return Criterion(
        "COL-09", status, code, values, references=(bareme.parametres["carence_annees"].reference,)
    )


@rule("COL-10")
def employeur(groupement: bool, convention: bool | None, bareme: BaremeCollectif) -> Criterion:
    """A groupement d'employeurs may employ, if the contract falls under the CCN cabinets médicaux."""
    if not groupement:
        return Criterion("COL-10", "sans_objet", "sans_objet", {})
    status = _answer(convention)
    return Criterion(
        "COL-10", status, status, {},
        references=(bareme.references["COL-10"],),
        missing=("convention_cabinets_medicaux",) if status == "inconnu" else (),
    )  # fmt: skip


@rule("COL-10")
def limite_du_cqp(date_embauche: date, profession: str | None, bareme: BaremeCollectif) -> date | None:
    """The day by which an assistant must hold the CQP, from the hiring; `None` for the trades of care."""
    if profession in EXEMPT:
        return None
    return anniversary(date_embauche, bareme.parametres["cqp_annees"].num)


@rule("COL-11")
def pieces(bonus: bool, bareme: BaremeCollectif) -> tuple[Piece, ...]:
    """The papers of the dossier; those of the bonus where it is claimed."""
    return tuple(piece for piece in bareme.pieces if bonus or not piece.bonus)
