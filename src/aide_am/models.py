"""What a caller fills: the doctor, the contract, the contract year, the observation.

Closed and frozen. `None` means not known; what a doctor must claim or declare defaults to false.
ISO dates and decimal strings are read, nothing else is coerced. Counts are whole patients over all
the doctor's sites (OBJ-09). Bad data raises `RefusedData`, in French, every refusal at once.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, StrictBool

from .bareme import exact_decimal, specialite_from_code
from .calendar import anniversary, months_before
from .chronology import bareme_of, before_the_first_text, chronology, first_day, register
from .closed import (
    Closed,
    Coherent,
    ReadBy,
    expected_date,
    expected_part,
    expected_value,
    shown,
    unknown_choice,
)
from .errors import Refusal, RefusedData
from .rules.dates import (
    LAST_UNEXPLAINED_YEAR,
    OLDEST,
    YOUNGEST,
    filler,
    improbable_birth,
    unexplained_year,
)
from .tables import rising
from .terms import (
    INDICATEURS,
    PERCENTILES,
    DerogationInstallation,
    Indicateur,
    NatureEnoncee,
    Nomenclature,
    OptionEtp,
    OptionTarifaire,
    Secteur,
    Zone,
)

LAST_YEAR = 99
"""The largest contract year that is read: beyond, the calendar itself would end."""
WITHOUT_FILLER = "laissez vide si la date n’est pas connue, sinon donnez la vraie"
"""What to do about a probable filler (DIT-07)."""


def _read_date(value: object) -> date:
    if type(value) is str and len(value) == 10 and value[4] == value[7] == "-":
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise expected_date(value) from None
    if type(value) is not date:
        raise expected_date(value)
    if filler(value):
        expected = f"une vraie date : {value.isoformat()} remplit d’ordinaire une case vide"
        raise expected_value(expected, WITHOUT_FILLER, "date_de_remplissage")
    return value


def _read_part(value: object) -> Decimal:
    part = None if type(value) is int else exact_decimal(value)
    if part is None or not part.is_finite() or part.is_signed() or part > 1:
        raise expected_part(value)
    return part


def _known_specialite(slug: str) -> str:
    known = register().specialites
    if slug not in known:
        raise unknown_choice(slug, known, "le nom court d’une spécialité du référentiel")
    return slug


def _list_specialites(schema: dict[str, Any]) -> None:
    schema["enum"] = list(register().specialites)


Jour = Annotated[date, ReadBy(_read_date, {"type": "string", "format": "date"})]
"""ISO date text or a `date`; a timestamp, a date and time, a French date, a filler (DIT-07) are refused."""
Effectif = Annotated[int, Strict(), Field(ge=0)]
Part = Annotated[Decimal, ReadBy(_read_part, {"type": "string", "pattern": r"^(0(\.\d+)?|1(\.0+)?)$"})]
"""A decimal string or `Decimal` between 0 and 1."""
SlugSpecialite = Annotated[
    str, Strict(), AfterValidator(_known_specialite), Field(json_schema_extra=_list_specialites)
]
Annee = Annotated[int, Strict(), Field(ge=1, le=LAST_YEAR)]


class Medecin(Closed):
    """The doctor. `part_honoraires_cliniques` is a fraction of 1 (ELI-02).

    `date_installation`: the first installation in the département, or, with `derogation_installation`, the
    day of the move or of the change of specialty that counts as one (ELI-06).
    """

    specialite: SlugSpecialite
    secteur: Secteur | None = None
    option_tarifaire: OptionTarifaire | None = None
    date_naissance: Jour | None = None
    date_installation: Jour | None = None
    derogation_installation: DerogationInstallation | None = None
    zone: Zone | None = None
    part_honoraires_cliniques: Part | None = None
    rqth: StrictBool = False
    ald: StrictBool = False
    activite_mixte: StrictBool = False
    remplacant: StrictBool = False
    exercice_coordonne: StrictBool | None = None


class Effectifs(Closed):
    """Whole patients by indicator: médecin traitant (`pmt`) and file active (`pfa`)."""

    pmt: Effectif | None = None
    pfa: Effectif | None = None


class Patientele(Effectifs):
    """The patientèle at signature, or the reference that an avenant fixed (OBJ-03)."""


class Objectifs(Effectifs):
    """The targets that the contract states, in patients, not in increments (OBJ-03)."""


class Observation(Effectifs):
    """What was counted for the contract year (OBJ-09)."""


class NatureObjectifs(Closed):
    """The nature of each objective, where the contract states it (OBJ-02)."""

    pmt: NatureEnoncee | None = None
    pfa: NatureEnoncee | None = None


class Seuils(Closed):
    """Percentiles of one indicator, in whole patients; `None` where the caller has none."""

    p30: Effectif | None = None
    p50: Effectif | None = None
    p70: Effectif | None = None
    p90: Effectif | None = None
    p95: Effectif | None = None


class Percentiles(Closed):
    """The caller's own distribution of the specialty, used where none is published (MNT-01)."""

    pmt: Seuils | None = None
    pfa: Seuils | None = None


class ContratAnterieur(Closed):
    """What was before an avenant of option (ELI-07, CTR-02), or a contract of 1.5 or 2 ETP (ELI-08)."""

    option_etp: OptionEtp | None = None
    date_signature: Jour | None = None
    objectifs_atteints: StrictBool | None = None


class Contrat(Closed):
    """The contract. `date_option` is the day the option was obtained, by default the signature."""

    date_signature: Jour
    option_etp: OptionEtp
    patientele_initiale: Patientele
    objectifs: Objectifs | None = None
    nature_objectifs: NatureObjectifs | None = None
    patientele_reference: Patientele | None = None
    contrat_anterieur: ContratAnterieur | None = None
    date_option: Jour | None = None
    date_embauche: Jour | None = None
    prorogation: StrictBool | None = None


class Dossier(Coherent):
    """Everything about one doctor, one contract and one contract year (1 is the first)."""

    medecin: Medecin
    contrat: Contrat
    annee: Annee
    observation: Observation | None = None
    circonstances_exceptionnelles: StrictBool = False
    percentiles: Percentiles | None = None

    @classmethod
    def _incoherences(cls, given: Any) -> list[Refusal]:
        contrat = given.contrat
        found: list[Refusal] = []
        if contrat.date_signature is not None:
            found += _impossible_dates(given, contrat.date_signature)
            found += _unexplained_year(given, contrat.date_signature)
        if contrat.objectifs is not None:
            found += targets_under_base(contrat, partial(_maybe_primo, given.medecin, contrat))
        if given.percentiles is not None:
            found += _percentiles_out_of_order(given)
        return found


def _impossible_dates(dossier: Any, signature: date) -> list[Refusal]:
    medecin, contrat, annee = dossier.medecin, dossier.contrat, dossier.annee
    installation, naissance, option = medecin.date_installation, medecin.date_naissance, contrat.date_option
    embauche = contrat.date_embauche
    found: list[Refusal] = []
    if signature < first_day():
        found.append(before_the_first_text("contrat.date_signature", signature))
    start = signature if embauche is None else max(signature, embauche)
    if start.year > date.max.year - LAST_YEAR:
        field = "contrat.date_signature" if start == signature else "contrat.date_embauche"
        return [_date_refusal(field, start, f"une date jusqu’à l’an {date.max.year - LAST_YEAR}")]
    if installation is not None and installation > signature:
        found.append(_after_signature("medecin.date_installation", installation, signature))
    if naissance is not None and naissance >= (installation or signature):
        expected = "une date avant l’installation et la signature"
        found.append(_date_refusal("medecin.date_naissance", naissance, expected))
    elif naissance is not None and improbable_birth(naissance, signature):
        expected = f"un médecin de {YOUNGEST} à {OLDEST} ans à la signature ({signature.isoformat()})"
        refusal = _date_refusal("medecin.date_naissance", naissance, expected)
        found.append(refusal._replace(remedy=WITHOUT_FILLER, code="date_de_remplissage"))
    if option is not None and option < signature:
        expected = f"une date à partir de la signature ({signature.isoformat()})"
        found.append(_date_refusal("contrat.date_option", option, expected))
    end = None if option is None or annee is None else _end_of_year(signature, embauche, annee)
    if option is not None and end is not None and option >= end:
        expected = f"une date avant la fin de l’année {annee} du contrat ({end.isoformat()})"
        found.append(_date_refusal("contrat.date_option", option, expected))
    before = contrat.contrat_anterieur
    if before is not None and before.date_signature is not None and before.date_signature > signature:
        field = "contrat.contrat_anterieur.date_signature"
        found.append(_after_signature(field, before.date_signature, signature))
    if before is not None and before.date_signature is not None and before.date_signature < first_day():
        field = "contrat.contrat_anterieur.date_signature"
        found.append(before_the_first_text(field, before.date_signature))
    return found


def _unexplained_year(dossier: Any, signature: date) -> Iterable[Refusal]:
    annee, prorogation = dossier.annee, dossier.contrat.prorogation
    if annee is None or not unexplained_year(annee, signature, prorogation):
        return ()
    return (
        Refusal(
            "annee",
            shown(annee),
            f"une année de 1 à {LAST_UNEXPLAINED_YEAR} : un contrat signé avant la convention 2024 dure "
            "5 ans, et un avenant le prolonge de 5 ans",
            "vérifiez l’année, ou dites « prorogation » si un avenant a prolongé le contrat",
            "annee_inexpliquee",
        ),
    )


def _end_of_year(signature: date, embauche: date | None, annee: int) -> date | None:
    """The latest end that the contract year may have; `None` under avenant 7 without the hiring."""
    if signature >= bareme_of("reglement_arbitral_2023").debut:
        return anniversary(signature, annee)
    return None if embauche is None else anniversary(max(signature, embauche), annee)


def _after_signature(field: str, received: date, signature: date) -> Refusal:
    return _date_refusal(field, received, f"une date jusqu’à la signature ({signature.isoformat()})")


def _date_refusal(field: str, received: date, expected: str) -> Refusal:
    remedy = "vérifiez les deux dates : l’une des deux est fausse"
    return Refusal(field, f"« {received.isoformat()} »", expected, remedy, "date_impossible")


def targets_under_base(contrat: Any, primo: Callable[[], bool]) -> Iterator[Refusal]:
    """OBJ-02: a target under its base is impossible, unless maintien is stated.

    primo: whether the doctor was installed within the window of a primo-installé. There the objective is
    P50 whatever the counts: the rules decide, once they know whether he is one.
    """
    for indicateur in INDICATEURS:
        target = of_indicator(contrat.objectifs, indicateur)
        base = of_indicator(contrat.patientele_reference, indicateur)
        if base is None:
            base = of_indicator(contrat.patientele_initiale, indicateur)
        if target is None or base is None or target > base:
            continue
        stated = contrat.nature_objectifs and getattr(contrat.nature_objectifs, indicateur)
        if stated == "augmentation":
            expected = f"plus que la base ({base}), puisque le contrat dit augmentation"
            yield target_refusal(indicateur, target, expected)
        elif stated is None and target < base and not primo():
            yield target_refusal(indicateur, target, f"au moins la base ({base})")


def target_refusal(indicateur: str, target: int, expected: str) -> Refusal:
    """The refusal of a target under its base (OBJ-02)."""
    return Refusal(
        f"contrat.objectifs.{indicateur}",
        shown(target),
        f"la cible à atteindre, {expected}",
        f"donnez la cible et non le nombre de patients en plus, ou dites nature_objectifs.{indicateur}",
        "cible_sous_la_base",
    )


def of_indicator(counts: Effectifs | None, indicateur: Indicateur) -> int | None:
    """The count of one indicator, `None` where the counts themselves were not given."""
    if counts is None:
        return None
    return counts.pmt if indicateur == "pmt" else counts.pfa


def _maybe_primo(medecin: Any, contrat: Any) -> bool:
    """Whether some barème, a simulated one included, may make this doctor a primo-installé (ELI-06).

    The model does not know which barème will be asked for: between this and the window of that one, the
    evaluation refuses.
    """
    installation, signature = medecin.date_installation, contrat.date_signature
    if installation is None or signature is None or signature < first_day():
        return False
    return bool(months_before(signature, widest_window()) <= installation <= signature)


@cache
def widest_window() -> int:
    """The most months that the window of a primo-installé may have in a simulated barème."""
    return max(b.parametres["fenetre_primo_mois"].maximum for b in chronology().baremes)


def _percentiles_out_of_order(dossier: Any) -> Iterator[Refusal]:
    for indicateur in INDICATEURS:
        seuils = dossier.percentiles and getattr(dossier.percentiles, indicateur)
        if seuils is not None:
            values = [(name.upper(), getattr(seuils, name)) for name in PERCENTILES]
            for fault in rising("ordre", values):
                yield percentile_refusal(indicateur, fault)


def percentile_refusal(indicateur: str, fault: str) -> Refusal:
    """The refusal of percentiles that do not rise, own or merged with the published (MNT-01)."""
    return Refusal(
        f"percentiles.{indicateur}",
        fault,
        "P30 < P50 < P70 < P90 < P95, une fois réunis à ceux qui sont publiés",
        "vérifiez les valeurs et la spécialité auprès de votre caisse",
        "percentiles_desordonnes",
    )


def specialite_of_code(code: str, nomenclature: Nomenclature, *, mep: bool | None = None) -> str:
    """The slug of a specialty from its code in a named nomenclature.

    `am`: codes of the Assurance Maladie, as text ("06" is radiologie); 01, 22 and 23 need `mep`.
    `convention`: codes of the percentile tables ("06" is dermatologie).
    Raises `RefusedData` for an unknown code, or one that `mep` must tell apart.
    """
    if nomenclature not in ("am", "convention"):
        raise RefusedData(
            [
                Refusal(
                    "nomenclature",
                    shown(nomenclature),
                    '"am" ou "convention"',
                    "nommez la nomenclature du code",
                    "nomenclature",
                )
            ]
        )
    found = specialite_from_code(code, nomenclature, register().specialites, mep)
    if len(found) == 1:
        return found[0].slug
    expected = (
        "un code de cette nomenclature, en texte" if not found else "mep=True ou mep=False en plus du code"
    )
    remedy = "vérifiez le code et sa nomenclature" if not found else "dites si le médecin est un MEP"
    raise RefusedData([Refusal("code", shown(code), expected, remedy, "code_specialite")])


__all__ = [
    "Contrat",
    "ContratAnterieur",
    "Dossier",
    "Effectifs",
    "Medecin",
    "NatureObjectifs",
    "Objectifs",
    "Observation",
    "Patientele",
    "Percentiles",
    "Seuils",
    "specialite_of_code",
]
