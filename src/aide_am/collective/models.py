"""What a caller fills for a contrat collectif (chapter COL): the company, its doctors, the contract year.

Closed and frozen, in the manner of `models`. `None` means not known, but for the days that have a
default: `date_adhesion` is the signature, no `date_retrait` is no withdrawal, no
`fin_collectif_anterieur` is no earlier contrat collectif. Labels of doctors are the caller's own:
never the name of a person.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Strict, StrictBool

from ..bareme import exact_decimal
from ..calendar import anniversary
from ..chronology import before_the_first_text, first_day
from ..closed import Closed, Coherent, ReadBy, expected_value, readable, shown
from ..errors import Refusal
from ..models import LAST_YEAR, Annee, Effectifs, Jour, Observation, Patientele, SlugSpecialite
from ..terms import INDICATEURS, OptionTarifaire, Secteur
from .bareme import Structure, bareme_collectif

ContratIndividuel: TypeAlias = Literal["aucun", "clos", "en_cours"]
LABEL_LENGTH = 40
"""The longest label of a doctor, in characters."""


def _read_etp(value: object) -> Decimal:
    etp = None if type(value) is int else exact_decimal(value)
    if etp is None or not etp.is_finite() or etp <= 0 or etp * 2 % 1:
        raise expected_value(
            'un nombre d’ETP en texte décimal, par demis, par exemple "2.5"',
            "écrivez le nombre entre guillemets, avec un point",
            "etp",
        )
    return etp


def _label(value: str) -> str:
    if not value.strip() or len(value) > LABEL_LENGTH or not value.isprintable():
        raise expected_value(
            f"un repère de 1 à {LABEL_LENGTH} caractères, sur une ligne",
            'choisissez un repère, par exemple "medecin_1", jamais le nom d’une personne',
            "identifiant",
        )
    return value


Etp = Annotated[Decimal, ReadBy(_read_etp, {"type": "string", "pattern": r"^\d+(\.[05]0*)?$"})]
"""A decimal string or `Decimal`, in halves, over zero."""
Identifiant = Annotated[str, Strict(), AfterValidator(_label)]


class Membre(Closed):
    """A doctor who adheres, or adhered. `patientele` is counted at the adhesion.

    `gains_anterieurs`: patients already gained under earlier individual contracts (COL-06).
    `observation`: his own counts for the contract year. `fin_collectif_anterieur`: the end of an
    earlier contrat collectif (COL-09), `derogation_carence`: granted by the director of the caisse.
    """

    identifiant: Identifiant
    specialite: SlugSpecialite
    secteur: Secteur | None = None
    option_tarifaire: OptionTarifaire | None = None
    associe_en_nom_propre: StrictBool | None = None
    patientele: Patientele
    date_installation: Jour | None = None
    date_adhesion: Jour | None = None
    date_retrait: Jour | None = None
    contrat_individuel: ContratIndividuel | None = None
    date_cloture_individuel: Jour | None = None
    gains_anterieurs: Effectifs | None = None
    fin_collectif_anterieur: Jour | None = None
    derogation_carence: StrictBool = False
    maitre_de_stage_pamsu: StrictBool | None = None
    accueille_docteur_junior: StrictBool | None = None
    observation: Observation | None = None


class DossierCollectif(Coherent):
    """A company, its contrat collectif and one contract year (1 is the first).

    `etp`: the financed ETP, as exact decimal text in halves. `observation`: the counts of the whole
    group for the year; by default the sum of those of its doctors, where all are known.
    """

    structure: Structure | None = None
    activite_de_soins: StrictBool | None = None
    date_signature: Jour
    etp: Etp
    membres: tuple[Membre, ...]
    annee: Annee
    observation: Observation | None = None
    agree_terrain_de_stage: StrictBool | None = None
    groupement_employeurs: StrictBool = False
    convention_cabinets_medicaux: StrictBool | None = None
    renouvellement: StrictBool | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> Iterator[Refusal]:
        signature, membres = given.date_signature, given.membres or ()
        yield from _repeated_labels(membres)
        for rank, membre in enumerate(membres):
            yield from _impossible_past(rank, membre)
        if signature is None:
            return
        if signature < bareme_collectif().debut:
            yield _before_the_first_day("date_signature", signature)
        elif signature.year > date.max.year - LAST_YEAR:
            expected = f"une date jusqu’à l’an {date.max.year - LAST_YEAR}"
            yield _date_refusal("date_signature", signature, expected)
        else:
            for rank, membre in enumerate(membres):
                yield from _impossible_days(rank, membre, signature)
            if given.membres is not None:
                yield from _group_faults(given, signature)

    @classmethod
    def _incoherences_of_refused(cls, value: Any, unread: Iterable[Refusal]) -> Iterator[Refusal]:
        return cls._incoherences(_readable_group(value))


def adhesion(membre: Any, signature: date) -> date:
    """The day from which a doctor is in the contract: the signature, or a later anniversary."""
    return membre.date_adhesion or signature


def present(membre: Any, signature: date, day: date) -> bool:
    """Whether a doctor is in the contract on `day` (COL-02)."""
    return adhesion(membre, signature) <= day and (membre.date_retrait is None or membre.date_retrait > day)


def _readable_group(value: Any) -> Any:
    """The parts of refused data that can be read, member by member."""
    group = readable(DossierCollectif, value)
    raw = value.get("membres") if isinstance(value, dict) else None
    if isinstance(raw, list | tuple):
        group.membres = [_readable_member(each) for each in raw]
    else:
        group.membres = None
    return group


def _readable_member(value: Any) -> Any:
    """An adhesion that cannot be read is not one at the signature: nothing is compared to it."""
    membre = readable(Membre, value)
    if isinstance(value, dict) and value.get("date_adhesion") is not None and membre.date_adhesion is None:
        membre.date_installation = membre.date_retrait = None
    return membre


def _repeated_labels(membres: Any) -> Iterator[Refusal]:
    seen: dict[str, int] = {}
    for rank, membre in enumerate(membres):
        label = membre.identifiant
        if label is None:
            continue
        if label in seen:
            remedy = "donnez à chaque médecin un repère différent"
            expected = f"un repère que le membre {seen[label]} ne porte pas déjà"
            field = f"membres.{rank}.identifiant"
            yield Refusal(field, shown(label), expected, remedy, "identifiant_double")
        else:
            seen[label] = rank


def _impossible_past(rank: int, membre: Any) -> Iterator[Refusal]:
    """An individual contract that never was has neither an end nor gains; one that runs has no end."""
    state, place = membre.contrat_individuel, f"membres.{rank}"
    closed, earlier = membre.date_cloture_individuel, membre.fin_collectif_anterieur
    if closed is not None and state in ("aucun", "en_cours"):
        expected = f"rien, puisque contrat_individuel est « {state} »"
        yield _date_refusal(f"{place}.date_cloture_individuel", closed, expected)
    elif closed is not None and closed < first_day():
        yield before_the_first_text(f"{place}.date_cloture_individuel", closed)
    if earlier is not None and earlier < bareme_collectif().debut:
        yield _before_the_first_day(f"{place}.fin_collectif_anterieur", earlier)
    gains = membre.gains_anterieurs
    for name in INDICATEURS if gains is not None and state == "aucun" else ():
        gained = getattr(gains, name)
        if gained:
            yield Refusal(
                f"{place}.gains_anterieurs.{name}",
                shown(gained),
                "rien ou 0, puisque contrat_individuel est « aucun »",
                "dites « clos » si un contrat individuel a existé, ou retirez ce nombre",
                "gains_sans_contrat",
            )


def _impossible_days(rank: int, membre: Any, signature: date) -> Iterator[Refusal]:
    """Adhesions and withdrawals stand on anniversaries, the withdrawal after the adhesion (COL-02)."""
    entry, exit_day, place = adhesion(membre, signature), membre.date_retrait, f"membres.{rank}"
    if not _is_anniversary(entry, signature):
        yield _off_anniversary(f"{place}.date_adhesion", entry, signature, 0)
    if exit_day is not None and not _is_anniversary(exit_day, signature):
        yield _off_anniversary(f"{place}.date_retrait", exit_day, signature, 1)
    elif exit_day is not None and exit_day <= entry:
        expected = f"une date après l’adhésion ({entry.isoformat()})"
        yield _date_refusal(f"{place}.date_retrait", exit_day, expected)
    if membre.date_installation is not None and membre.date_installation > entry:
        expected = f"une date jusqu’à l’adhésion ({entry.isoformat()})"
        yield _date_refusal(f"{place}.date_installation", membre.date_installation, expected)


def _group_faults(dossier: Any, signature: date) -> Iterator[Refusal]:
    """Somebody adheres at the signature and in the year; the count of the group is that of its doctors."""
    membres, annee = dossier.membres, dossier.annee
    if not any(present(membre, signature, signature) for membre in membres):
        expected = "au moins un médecin qui adhère dès la signature"
        yield Refusal("membres", f"{len(membres)} médecin(s)", expected, "ajoutez-le", "sans_adherent")
        return
    if annee is None:
        return
    start = anniversary(signature, annee - 1)
    inside = [membre for membre in membres if present(membre, signature, start)]
    if not inside:
        expected = f"au moins un médecin présent le {start.isoformat()}, début de l’année {annee}"
        remedy = "vérifiez les retraits et l’année"
        yield Refusal("membres", "que des retraits", expected, remedy, "sans_adherent")
        return
    for name in INDICATEURS if dossier.observation is not None else ():
        whole, parts = getattr(dossier.observation, name), own_counts(inside, name)
        if whole is not None and None not in parts and sum(parts) != whole:
            yield Refusal(
                f"observation.{name}",
                shown(whole),
                f"la somme des effectifs des médecins présents, {sum(parts)}",
                "ne gardez que l’un des deux, ou corrigez celui qui est faux",
                "total_different",
            )


def own_counts(membres: Any, name: str) -> list[Any]:
    """The observed counts of each doctor, `None` where one is not known."""
    return [m.observation and getattr(m.observation, name) for m in membres]


def _is_anniversary(day: date, signature: date) -> bool:
    years = day.year - signature.year
    return years >= 0 and anniversary(signature, years) == day


def _off_anniversary(field: str, received: date, signature: date, least: int) -> Refusal:
    """The refusal of a day that is no anniversary; `least`: the first one allowed, 0 is the signature."""
    years = min(max(received.year - signature.year, least), date.max.year - signature.year)
    found = {
        anniversary(signature, each)
        for each in (years - 1, years, years + 1)
        if _allowed(each, least, signature)
    }
    before = max((day for day in found if day < received), default=None)
    after = min((day for day in found if day > received), default=None)
    near = " ou ".join(day.isoformat() for day in (before, after) if day is not None)
    return Refusal(
        field,
        f"« {received.isoformat()} »",
        f"un anniversaire de la signature ({signature.isoformat()}){'' if least else ', ou ce jour même'}",
        f"choisissez {near}",
        "hors_anniversaire",
    )


def _allowed(years: int, least: int, signature: date) -> bool:
    return years >= least and signature.year + years <= date.max.year


def _before_the_first_day(field: str, day: date) -> Refusal:
    return Refusal(
        field,
        f"« {day.isoformat()} »",
        f"une date à partir du {bareme_collectif().debut.isoformat()}, premier jour du contrat collectif",
        "vérifiez la date ; avant ce jour, seul le contrat individuel existait",
        "avant_le_contrat_collectif",
    )


def _date_refusal(field: str, received: date, expected: str) -> Refusal:
    remedy = "vérifiez les deux données : l’une des deux est fausse"
    return Refusal(field, f"« {received.isoformat()} »", expected, remedy, "date_impossible")


__all__ = ["ContratIndividuel", "DossierCollectif", "Membre"]
