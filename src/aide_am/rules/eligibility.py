"""Chapter ELI: may this doctor be paid? One criterion a rule, each with a status and its reasons."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ..bareme import Bareme
from ..calendar import ONE_DAY, anniversary
from ..decision import Criterion
from ..models import ContratAnterieur
from ..readings import CHOICES
from ..references import Reference
from ..terms import (
    OPTIONS_DE_SPECIALITE,
    DerogationInstallation,
    Groupe,
    Indicateur,
    OptionEtp,
    OptionTarifaire,
    Secteur,
    StatutCritere,
    Zone,
)
from .facts import DEUX, Facts
from .registry import rule
from .special_cases import inconnues_du_p50, primo_installe

NOTHING: dict[str, bool | int | str | None] = {}
CACHED = 65536
"""How many answers a rule without counts keeps: its inputs are closed lists and days."""

AUTRE_SPECIALITE = {
    "OPTAM-CO": "optam_co_autre_specialite",
    "OPTAM-ACO": "optam_aco_autre_specialite",
}
"""The warning of an option that was made for other specialties."""
_SANS_OBJET = {
    name: Criterion(name, "sans_objet", "sans_objet", NOTHING)
    for name in ("ELI-02", "ELI-05", "ELI-06", "ELI-08", "ELI-10")
}
_INDICATEUR: dict[str, dict[str, bool | int | str | None]] = {
    name: {"indicateur": name} for name in ("pmt", "pfa")
}
_SIGNATAIRE = Criterion("ELI-09", "satisfait", "signataire", NOTHING)
_REMPLACANT = Criterion("ELI-09", "non_satisfait", "remplacant", NOTHING)


@rule("ELI-01")
@lru_cache(maxsize=CACHED)
def specialite(slug: str, bareme: Bareme) -> Criterion:
    """Specialty not excluded; avenant 7 excluded none, but left most of them to the caisse.

    There the tension of the département decided: the départements that a source names are said.
    """
    row = bareme.eligibilite["ELI-01"][(slug,)]
    status: StatutCritere = "a_apprecier" if row.value == "selon_la_tension" else row.value  # type: ignore[assignment]
    values: dict[str, bool | int | str | None] = {"specialite": slug, "texte": bareme.texte}
    named = bareme.departements.get(slug)
    if named is not None:
        values |= {"departements": " ".join(named), "nombre": len(named)}
    return Criterion(
        "ELI-01",
        status,
        row.value if named is None else "departements",
        values,
        row=row.id,
        references=(row.reference,),
        missing=("caisse.ELI-01",) if status == "a_apprecier" else (),
    )


@rule("ELI-02")
@lru_cache(maxsize=CACHED)
def honoraires_cliniques(
    groupe: Groupe, part: Decimal | None, bareme: Bareme, specialites_a_seuil: str, seuil_lecture: str
) -> Criterion:
    """Clinical fees of chirurgiens, ORL and gynécologues, as a fraction of 1 of total fees."""
    row = bareme.eligibilite["ELI-02"][(groupe,)]
    readings: tuple[str, ...] = ("specialites_a_seuil",) if row.value == "selon_lecture" else ()
    if row.value == "sans_seuil":
        return _SANS_OBJET["ELI-02"]
    if readings and specialites_a_seuil == "chirurgie":
        return _SANS_OBJET["ELI-02"]._replace(readings=readings)
    parametre = bareme.parametres["seuil_honoraires_cliniques"]
    seuil = parametre.valeur
    known: dict[str, bool | int | str | None] = {"lecture": seuil_lecture}
    references = (parametre.reference,)
    if part is None:
        return Criterion(
            "ELI-02", "inconnu", "part_inconnue", known, None, seuil, None, row.id, references,
            readings, ("medecin.part_honoraires_cliniques",),
        )  # fmt: skip
    if part == seuil:
        readings += ("seuil_honoraires_cliniques",)
    part = part.normalize()  # 0.80 and 0.8 share the cache: what is written must not tell who came first
    enough = part > seuil if seuil_lecture == "plus_de_80" else part >= seuil
    status: StatutCritere = "satisfait" if enough else "non_satisfait"
    return Criterion("ELI-02", status, status, known, part, seuil, part - seuil, row.id, references, readings)


@rule("ELI-03")
@lru_cache(maxsize=CACHED)
def secteur(
    secteur: Secteur | None, option: OptionTarifaire | None, slug: str, date_signature: date, bareme: Bareme
) -> Criterion:
    """Secteur 1, or secteur 2 with an option of controlled tariffs, by its dates.

    An option made for other specialties than the doctor's changes nothing but a warning.
    """
    if secteur is None:
        return Criterion("ELI-03", "inconnu", "secteur_inconnu", NOTHING, missing=("medecin.secteur",))
    optam = bareme.options_tarifaires
    base = optam["OPTAM"].at(1).reference
    if secteur != "2":
        status: StatutCritere = "satisfait" if secteur == "1" else "non_satisfait"
        return Criterion("ELI-03", status, f"secteur_{secteur}", NOTHING, references=(base,))
    if option is None:
        missing = ("medecin.option_tarifaire",)
        return Criterion("ELI-03", "inconnu", "option_inconnue", NOTHING, references=(base,), missing=missing)
    row = optam[option].at(date_signature.toordinal())
    early = row.value == "satisfait_avant_l_heure"
    status = "satisfait" if early else row.value  # type: ignore[assignment]
    references = [row.reference]
    warnings = ["optam_aco_avant_l_heure"] if early else []
    if option in OPTIONS_DE_SPECIALITE:
        genre = bareme.eligibilite["ELI-03"][(option, slug)]
        if genre.value == "autre_specialite":
            references.append(genre.reference)
            warnings.append(AUTRE_SPECIALITE[option])
    return Criterion(
        "ELI-03",
        status,
        f"secteur_2_{status}",
        {"option": option},
        row=row.id,
        references=tuple(references),
        missing=("caisse.ELI-03",) if status == "a_apprecier" else (),
        warnings=tuple(warnings),
    )


@rule("ELI-04")
def mode_de_decision(groupe: Groupe, indicateurs: tuple[Indicateur, ...], lecture: str) -> str:
    """Which indicator decides: `pmt`, `pfa`, `un_des_deux` or `les_deux` (reading `indicateur_p30`)."""
    if len(indicateurs) == 1:
        return "pfa"
    if lecture != "defaut":
        return lecture
    return "pmt" if groupe == "generaliste" else "pfa"


@lru_cache(maxsize=256)
def modes_possibles(groupe: Groupe, indicateurs: tuple[Indicateur, ...]) -> tuple[str, ...]:
    """Every mode that the readings of `indicateur_p30` give for this group."""
    lectures = CHOICES["indicateur_p30"]
    return tuple(dict.fromkeys(mode_de_decision(groupe, indicateurs, each) for each in lectures))


@rule("ELI-04")
def p30_atteint(effectif: int | None, p30: int | None, borne: str) -> bool | None:
    """Whether a count reaches its P30; `None` when one of the two is not known."""
    if effectif is None or p30 is None:
        return None
    return effectif >= p30 if borne == "incluse" else effectif > p30


@rule("ELI-04")
def seuil_atteint(mode: str, reached: Sequence[bool | None]) -> bool | None:
    """The answer of the deciding indicator, or of both; `reached` is PMT then PFA, or PFA alone."""
    if mode == "pmt":
        return reached[0]
    if mode == "pfa":
        return reached[-1]
    settled = mode == "un_des_deux"
    if settled in reached:
        return settled
    return None if None in reached else not settled


@rule("ELI-04")
def lectures_activite(
    modes: tuple[str, ...], facts: Sequence[Facts], reached: Sequence[bool | None]
) -> tuple[str, ...]:
    """The readings that change the answer of ELI-04 for these counts."""
    found: tuple[str, ...] = ()
    if reached[0] is not reached[-1] and len({seuil_atteint(mode, reached) for mode in modes}) > 1:
        found = ("indicateur_p30",)
    for fact in facts:
        if fact.initial is not None and fact.initial == fact.distribution.p30:
            return (*found, "borne_p30")
    return found


@rule("ELI-04")
def activite_minimale(
    mode: str,
    facts: Sequence[Facts],
    reached: Sequence[bool | None],
    answer: bool | None,
    sans_seuil: bool,
    primo: bool | None,
    recent: bool | None,
    claimed: DerogationInstallation | None,
    derogation: bool,
    activite_mixte: bool,
    readings: tuple[str, ...],
    acces: Bareme,
) -> Criterion:
    """The initial patientèle reaches the P30 of the specialty, but for the exceptions of ELI-05.

    `reached` says it of each indicator and `answer` of the deciding one; `claimed` is the derogation that
    the doctor claims, `derogation` whether it alone makes him a primo-installé.
    """
    fact = _deciding(mode, facts)
    value, threshold = fact.initial, fact.distribution.p30
    gap = None if value is None or threshold is None else value - threshold
    references = fact.distribution.references[:1]
    if len(facts) > 1 and mode not in DEUX and acces.texte != "avenant_7":  # the page speaks of May 2023 on
        references = (*references, acces.references["ELI-04"])
    missing: tuple[str, ...] = ()
    status: StatutCritere = "satisfait"
    if sans_seuil:
        code, readings = "sans_seuil", ()
    elif answer:
        code = "seuil_atteint"
    elif primo:
        code = "primo_sans_seuil"
    elif answer is None:
        status, code, missing = "inconnu", "seuil_inconnu", _unknown_p30(mode, facts, reached)
    elif derogation:
        status, code = "a_apprecier", "derogation"
        missing = ("caisse.ELI-06", "caisse.ELI-04") if activite_mixte else ("caisse.ELI-06",)
    elif primo is None:
        status, code = "inconnu", "primo_inconnu"
        missing = ("medecin.date_installation",) if recent is None else inconnues_du_p50(facts, mode)
    elif activite_mixte:
        status, code, missing = "a_apprecier", "activite_mixte", ("caisse.ELI-04",)
    else:
        status, code = "non_satisfait", "sous_le_seuil"
        if claimed is None and recent is False and primo_installe(True, facts, mode) is not False:
            code = "sous_le_seuil_sans_derogation"
    disagree = reached[0] is not reached[-1] and None not in reached
    return Criterion(
        "ELI-04", status, code, _INDICATEUR[fact.indicateur], value, threshold, gap, None,
        references, readings, missing,
        ("indicateurs_en_desaccord",) if disagree else (),
    )  # fmt: skip


def _deciding(mode: str, facts: Sequence[Facts]) -> Facts:
    """The indicator to show: the deciding one; of two, the one that settles the answer."""
    if mode == "pmt":
        return facts[0]
    if mode == "pfa":
        return facts[-1]
    gaps = [
        (fact.initial - fact.distribution.p30, fact)
        for fact in facts
        if fact.initial is not None and fact.distribution.p30 is not None
    ]
    choose = max if mode == "un_des_deux" else min
    return choose(gaps, key=lambda gap: gap[0])[1] if gaps else facts[-1]


def _unknown_p30(mode: str, facts: Sequence[Facts], reached: Sequence[bool | None]) -> tuple[str, ...]:
    """The counts and thresholds that the deciding indicators lack."""
    return tuple(
        f"contrat.patientele_initiale.{fact.indicateur}"
        if fact.initial is None
        else f"percentiles.{fact.indicateur}.p30"
        for rank, fact in enumerate(facts)
        if reached[rank] is None and fact.decides(mode)
    )


@rule("ELI-05")
@lru_cache(maxsize=CACHED)
def exceptions(
    rqth: bool,
    ald: bool,
    activite_mixte: bool,
    primo: bool | None,
    recent: bool | None,
    answer: bool | None,
    derogation: bool,
) -> Criterion:
    """What lifts the minimum activity, for whoever claims it; it never refuses anybody by itself."""
    if rqth or ald:
        return Criterion("ELI-05", "satisfait", "rqth_ald", {"rqth": rqth, "ald": ald})
    if primo:
        return Criterion("ELI-05", "satisfait", "primo", NOTHING)
    if derogation and not answer:
        return Criterion("ELI-05", "a_apprecier", "derogation", NOTHING, missing=("caisse.ELI-06",))
    if activite_mixte and answer is False and primo is False:
        return Criterion("ELI-05", "a_apprecier", "activite_mixte", NOTHING, missing=("caisse.ELI-04",))
    if (recent or activite_mixte) and primo is None and not answer:
        return Criterion("ELI-05", "inconnu", "primo_inconnu", NOTHING)
    return _SANS_OBJET["ELI-05"]


@rule("ELI-06")
def primo_installation(
    mode: str,
    primo: bool | None,
    recent: bool | None,
    admitted: bool | None,
    claimed: DerogationInstallation | None,
    derogation: bool,
    facts: Sequence[Facts],
    readings: tuple[str, ...],
    acces: Bareme,
) -> Criterion:
    """First installation in the département in the window, and a patientèle under P50.

    Sans objet for whoever was installed before, reaches P50, or is admitted otherwise (`admitted`:
    P30 reached, RQTH or ALD) and neither gives a date nor claims a derogation. A far move or a change of
    specialty counts as a first installation if the caisse admits it (`derogation`).
    """
    if primo is False or (recent is None and admitted and claimed is None):
        sans_objet = _SANS_OBJET["ELI-06"]
        return sans_objet._replace(readings=readings) if readings else sans_objet
    references = tuple(fact.distribution.references[1] for fact in facts)
    if primo:
        return Criterion("ELI-06", "satisfait", "primo", NOTHING, references=references, readings=readings)
    if derogation:
        return Criterion(
            "ELI-06", "a_apprecier", "derogation", {"derogation": claimed},
            references=(*references, acces.references["ELI-06"]), readings=readings,
            missing=("caisse.ELI-06",),
        )  # fmt: skip
    missing = inconnues_du_p50(facts, mode) if recent else ("medecin.date_installation",)
    return Criterion(
        "ELI-06", "inconnu", "primo_inconnu", NOTHING,
        references=references, readings=readings, missing=missing,
    )  # fmt: skip


@rule("ELI-07")
@lru_cache(maxsize=CACHED)
def option_ouverte(option: OptionEtp, zone: Zone | None, jour: date, bareme: Bareme) -> Criterion:
    """The option was open on the day it was obtained (`jour`), under the text of that day.

    Under avenant 7 the sources disagree on 1 ETP in a ZAC: the caisse decides.
    """
    row = bareme.eligibilite["ELI-07"][(option,)]
    status: StatutCritere = "satisfait"
    code = row.value
    missing: tuple[str, ...] = ()
    references: tuple[Reference, ...] = (row.reference,)
    if code == "fermee":
        status = "non_satisfait"
    elif code == "zip" and zone is None:
        status, code, missing = "inconnu", "zone_inconnue", ("medecin.zone",)
    elif code == "zip" and zone == "ZAC":
        status, code, missing = "a_apprecier", "zac", ("caisse.ELI-07",)
        references = (row.reference, bareme.references["ELI-07"])
    elif code == "zip" and zone != "ZIP":
        status, code = "non_satisfait", "hors_zip"
    return Criterion(
        "ELI-07",
        status,
        code,
        {"option": option, "zone": zone, "jour": jour.isoformat(), "texte": bareme.texte},
        row=row.id,
        references=references,
        missing=missing,
    )


@rule("ELI-08")
def etp_eleve(
    option: OptionEtp,
    groupe: Groupe,
    zone: Zone | None,
    annee: int,
    date_signature: date,
    date_option: date | None,
    anterieur: ContratAnterieur | None,
    bareme: Bareme,
) -> Criterion:
    """1.5 and 2 ETP: ZIP, médecine générale, a 1 ETP contract, its objectives, from its 3rd year.

    A later `date_option` is an avenant to that contract, whose years `annee` counts; another date of
    signature is that of an older contract, which a new one follows: its first years are left to the
    caisse, since no text gives their amount. Without that date nothing tells the two apart. Who holds
    1.5 or 2 ETP has signed a 1 ETP contract before: he may change again (a deduction).
    """
    if option not in ("1.5", "2"):
        return _SANS_OBJET["ELI-08"]
    parametre = bareme.parametres["annee_etp_eleve"]
    first_year = int(parametre.valeur)
    before = anterieur or ContratAnterieur()
    obtained = date_option or date_signature
    start = before.date_signature
    avenant = obtained > date_signature and start == date_signature
    answers: dict[str, bool | None] = {
        "groupe": groupe == "generaliste",
        "medecin.zone": None if zone is None else zone == "ZIP",
        "contrat.contrat_anterieur.option_etp": None
        if before.option_etp is None
        else before.option_etp in ("1", "1.5", "2"),
        "contrat.contrat_anterieur.objectifs_atteints": before.objectifs_atteints,
        "contrat.contrat_anterieur.date_signature": None
        if start is None
        else obtained >= anniversary(start, first_year - 1),
        "annee": annee >= first_year if avenant else True,
    }
    failed = [name for name, answer in answers.items() if answer is False]
    unknown = tuple(name for name, answer in answers.items() if answer is None)
    status: StatutCritere = "satisfait"
    if failed:
        status = "non_satisfait"
    elif unknown:
        status = "inconnu"
    elif not avenant and annee < first_year:
        status = "a_apprecier"
    return Criterion(
        "ELI-08",
        status,
        f"avenant_{status}" if avenant else status,
        {"option": option, "annee": annee, "premiere_annee": first_year, "manque": " ".join(failed)},
        references=(parametre.reference,),
        missing=unknown if status == "inconnu" else ("caisse.ELI-08",) if status == "a_apprecier" else (),
    )


@rule("ELI-09")
def signataire(remplacant: bool) -> Criterion:
    """A remplaçant cannot sign. The carence after a résiliation (CTR-06) is not modelled here."""
    return _REMPLACANT if remplacant else _SIGNATAIRE


@rule("ELI-10")
@lru_cache(maxsize=CACHED)
def exercice_coordonne(exercice_coordonne: bool | None, date_signature: date, bareme: Bareme) -> Criterion:
    """Exercice regroupé et coordonné, asked by avenant 7 alone.

    A commitment to it was enough, with its deadline (CTR-08), and derogations existed: without it, the
    caisse decides.
    """
    row = bareme.eligibilite["ELI-10"][()]
    if row.value == "libre":
        return _SANS_OBJET["ELI-10"]
    if exercice_coordonne is not False:
        known = exercice_coordonne is not None
        status: StatutCritere = "satisfait" if known else "inconnu"
        missing = () if known else ("medecin.exercice_coordonne",)
        return Criterion(
            "ELI-10", status, status, NOTHING, row=row.id, references=(row.reference,), missing=missing
        )
    parametre = bareme.parametres["exercice_coordonne_annees"]
    day = echeance_de_l_exercice_coordonne(date_signature, bareme)
    return Criterion(
        "ELI-10",
        "a_apprecier",
        "engagement",
        {"duree": parametre.num, "echeance": day.isoformat()},
        row=row.id,
        references=(row.reference, parametre.reference, bareme.references["ELI-10"]),
        missing=("caisse.ELI-10",),
    )


@rule("CTR-08", "ELI-10")
def echeance_de_l_exercice_coordonne(date_signature: date, bareme: Bareme) -> date:
    """The day by which a doctor of avenant 7 exercises with others: 2 years after the signature."""
    return anniversary(date_signature, bareme.parametres["exercice_coordonne_annees"].num)


@rule("CTR-08", "ELI-10")
def exercice_coordonne_attendu(exercice_coordonne: bool | None, bareme: Bareme) -> bool | None:
    """Whether it is still to come at the signature, under a text that asks it; `None`: not known."""
    if bareme.eligibilite["ELI-10"][()].value == "libre" or exercice_coordonne:
        return False
    return None if exercice_coordonne is None else True


@rule("CTR-01")
def apres_le_terme(annee: int, acces: Bareme) -> bool:
    """Whether a year is past the term of a contract without tacit renewal: one of an older text."""
    return annee > acces.parametres["duree_contrat"].num and not acces.modulation_publiee


@rule("CTR-01")
def prorogation(prorogation: bool | None, annee: int, acces: Bareme, depart: date | None) -> Criterion:
    """A contract signed before the convention ends at its term, unless an avenant prolonged it.

    Asked past the term alone (`apres_le_terme`). Without the datum the doctor is not refused: it is
    missing, and said.
    `depart`: the day from which the years count (TMP-02), `None` when it is not known.
    """
    parametre = acces.parametres["duree_contrat"]
    status: StatutCritere = {True: "satisfait", False: "non_satisfait", None: "inconnu"}[  # type: ignore[assignment]
        prorogation
    ]
    duration = int(parametre.valeur)
    term = None if depart is None else anniversary(depart, duration) - ONE_DAY
    return Criterion(
        "CTR-01",
        status,
        f"prorogation_{status}",
        {"annee": annee, "duree": duration, "terme": None if term is None else term.isoformat()},
        references=(parametre.reference,),
        missing=("contrat.prorogation",) if status == "inconnu" else (),
        warnings=("sans_prorogation",) if status == "inconnu" else (),
    )
