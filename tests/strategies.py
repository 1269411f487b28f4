"""Hypothesis strategies: dossiers that the models accept, and the readings of the open points of law.

Counts and days are drawn around the bounds of the law; half of the optional data is left out.
`dossier_dicts` gives the input, `dossiers` the validated model. Nothing is drawn that would be refused.
`event_dicts` draws any event, `histories` what can happen to a contract; `Life` says why an event cannot.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from aide_am import Dossier, Readings, RefusedData, bareme_at, replay
from aide_am.calendar import anniversary
from aide_am.evaluation import primo_installe
from aide_am.readings import CHOICES

PERCENTILES = ("p30", "p50", "p70", "p90", "p95")
FIRST_DAY, ARBITRAL_DAY = date(2019, 9, 1), date(2023, 5, 1)
TURNING_DAYS = tuple(
    day + timedelta(days=shift)
    for day in (date(2020, 2, 29), date(2023, 5, 1), date(2024, 2, 29), date(2024, 6, 22), date(2025, 1, 1))
    for shift in (-1, 0, 1)
)
SPECIALITES = (
    "medecine_generale",
    "mep",
    "pediatrie",
    "dermatologie",
    "psychiatrie",
    "orl",
    "gynecologie_medicale",
    "gynecologie_obstetrique",
    "chirurgie_orthopedique",
    "hematologie",
    "radiologie",
    "chirurgie_maxillo_faciale_stomatologie",
    "autre_specialite",
)
FEES = ("0", "0.7999", "0.80", "0.8001", "1")


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value, or `None` for what is not known."""
    return st.none() | values


def iso(day: date | None) -> str | None:
    """A day as the JSON of a dossier writes it."""
    return None if day is None else day.isoformat()


def readings() -> st.SearchStrategy[Readings]:
    """Every open point of law settled one way or another; the default is the simplest."""
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}).map(
        lambda chosen: Readings(**chosen)
    )


def dossiers(**fixed: Any) -> st.SearchStrategy[Dossier]:
    """Valid dossiers; `specialite`, `signature`, `option`, `annee` and `observed=True` can be fixed."""
    return dossier_dicts(**fixed).map(Dossier.model_validate)


@st.composite
def dossier_dicts(
    draw: st.DrawFn,
    *,
    specialite: str | None = None,
    signature: date | None = None,
    option: str | None = None,
    annee: int | None = None,
    observed: bool = False,
) -> dict[str, Any]:
    """The same as input of `Dossier.model_validate`, so that a datum can be taken away or replaced."""
    slug = specialite or draw(st.just("medecine_generale") | st.sampled_from(SPECIALITES))
    signed = signature or draw(st.sampled_from(TURNING_DAYS) | st.dates(FIRST_DAY, date(2026, 11, 21)))
    option_etp = option or draw(st.sampled_from(("1", "1", "0.5", "0.5", "1/3", "1.5", "2")))
    year = annee or draw(st.integers(1, 8))
    cells = {name: _published(slug, name, signed) for name in ("pmt", "pfa")}
    over = {name: _bounds(slug, name, signed) for name in cells}
    initial = {name: draw(maybe(_counts(cells[name] + over[name]))) for name in cells}
    reference = draw(maybe(st.fixed_dictionaries({name: maybe(_counts(cells[name])) for name in cells})))
    natures = draw(
        maybe(
            st.fixed_dictionaries(
                {name: maybe(st.sampled_from(("augmentation", "maintien"))) for name in cells}
            )
        )
    )
    base = {
        name: initial[name] if reference is None or reference[name] is None else reference[name]
        for name in cells
    }
    targets = draw(
        maybe(
            st.fixed_dictionaries(
                {
                    name: maybe(_target(base[name], None if natures is None else natures[name]))
                    for name in cells
                }
            )
        )
    )
    hiring = draw(maybe(st.integers(-30, 400).map(lambda days: signed + timedelta(days=days))))
    contrat = {
        "date_signature": iso(signed),
        "option_etp": option_etp,
        "patientele_initiale": initial,
        "objectifs": targets,
        "nature_objectifs": natures,
        "patientele_reference": reference,
        "contrat_anterieur": draw(maybe(_anterieur(signed))),
        "date_option": iso(draw(maybe(_option_day(signed, hiring, year)))),
        "date_embauche": iso(hiring),
        "prorogation": draw(maybe(st.booleans())),
    }
    seen = st.fixed_dictionaries({name: maybe(_observed(base[name], cells[name])) for name in cells})
    return {
        "medecin": draw(_medecin(slug, signed)),
        "contrat": contrat,
        "annee": year,
        "observation": draw(seen if observed else maybe(seen)),
        "circonstances_exceptionnelles": draw(st.booleans()),
        "percentiles": draw(maybe(_percentiles(cells, over))),
    }


@st.composite
def _medecin(draw: st.DrawFn, slug: str, signed: date) -> dict[str, Any]:
    installed = draw(maybe(_installation_day(signed)))
    born = draw(maybe(_birth_day(signed)))
    return {
        "specialite": slug,
        "secteur": draw(st.sampled_from(("1", "1", "1", "2", "2", "non_conventionne", None))),
        "option_tarifaire": draw(st.sampled_from(("OPTAM", "OPTAM-ACO", "OPTAM-CO", "aucune", None))),
        "date_naissance": iso(born),
        "date_installation": iso(installed),
        "derogation_installation": draw(
            st.sampled_from((None, None, None, "demenagement", "changement_specialite"))
        ),
        "zone": draw(st.sampled_from(("ZIP", "ZIP", "ZIP", "ZAC", "hors_zone", None))),
        "part_honoraires_cliniques": draw(maybe(st.sampled_from(FEES))),
        "rqth": draw(st.booleans()),
        "ald": draw(st.booleans()),
        "activite_mixte": draw(st.booleans()),
        "remplacant": draw(st.sampled_from((False,) * 9 + (True,))),
        "exercice_coordonne": draw(st.sampled_from((True, True, False, None))),
    }


def _installation_day(signed: date) -> st.SearchStrategy[date]:
    """Around the edge of the window of the primo-installé, within it, or years before."""
    edge = anniversary(signed, -1)
    return st.sampled_from((edge - timedelta(days=1), edge, edge + timedelta(days=1), signed)) | st.integers(
        0, 7000
    ).map(lambda days: signed - timedelta(days=days))


def _birth_day(signed: date) -> st.SearchStrategy[date]:
    """Around 65 years before the signature, or at any age from 45: always before the installation."""
    edge = anniversary(signed, -65)
    return st.sampled_from((edge - timedelta(days=1), edge, edge + timedelta(days=1))) | st.integers(
        16500, 28000
    ).map(lambda days: signed - timedelta(days=days))


def _option_day(signed: date, hiring: date | None, year: int) -> st.SearchStrategy[date]:
    """From the signature to the last day of the contract year, the days of the texts included.

    The year may run from the hiring under avenant 7 alone; unknown, the hiring is taken to be early.
    """
    start = signed if hiring is None or signed >= ARBITRAL_DAY else max(signed, hiring)
    last = (anniversary(start, year) - signed).days - 1
    inside = [day for day in TURNING_DAYS if 0 <= (day - signed).days <= last]
    days = st.integers(0, last).map(lambda days: signed + timedelta(days=days))
    return st.sampled_from(inside) | days if inside else days


def _anterieur(signed: date) -> st.SearchStrategy[dict[str, Any]]:
    edge = anniversary(signed, -2)
    first = date(2019, 9, 1)
    around = st.sampled_from(
        tuple(max(first, day) for day in (edge - timedelta(days=1), edge, edge + timedelta(days=1)))
    )
    return st.fixed_dictionaries(
        {
            "option_etp": maybe(st.sampled_from(("1", "0.5", "1/3", "1.5", "2"))),
            "date_signature": maybe((st.just(signed) | around).map(iso)),
            "objectifs_atteints": maybe(st.booleans()),
        }
    )


def _published(slug: str, name: str, signed: date) -> list[int | None]:
    """The five published cells: what a caller may complete, never contradict in its order."""
    found = bareme_at(signed).percentiles.get((slug, name))
    return [None] * 5 if found is None else list(found[:5])


def _bounds(slug: str, name: str, signed: date) -> list[int | None]:
    """The five published bounds: a percentile known by one is over it."""
    found = bareme_at(signed).percentiles.get((slug, name))
    return [None] * 5 if found is None else list(found.bounds)


def _counts(cells: list[int | None]) -> st.SearchStrategy[int]:
    """Around each published percentile, or anywhere."""
    edges = [cell + shift for cell in cells if cell is not None for shift in (-1, 0, 1)]
    return st.sampled_from(edges) | st.integers(0, 4000) if edges else st.integers(0, 4000)


def _target(base: int | None, nature: str | None) -> st.SearchStrategy[int]:
    """A target that is not under its base (OBJ-02), strictly over it for a stated augmentation."""
    if base is None:
        return st.integers(0, 4000)
    return st.integers(1 if nature == "augmentation" else 0, 600).map(lambda more: base + more)


def _observed(base: int | None, cells: list[int | None]) -> st.SearchStrategy[int]:
    """Around the base and its tolerances, around percentiles, or anywhere."""
    if base is None:
        return _counts(cells)
    edges = [max(0, base * rate // 100 + shift) for rate in (90, 95, 100) for shift in (-1, 0, 1)]
    return st.sampled_from(edges) | st.integers(base, base + 700) | _counts(cells)


@st.composite
def _percentiles(
    draw: st.DrawFn, cells: dict[str, list[int | None]], over: dict[str, list[int | None]]
) -> dict[str, Any]:
    """The caller's own cells: rising once merged with the published ones and over their bounds."""
    result: dict[str, Any] = {}
    for name, published in cells.items():
        low = 0
        own: dict[str, int | None] = {}
        for rank, (percentile, known) in enumerate(zip(PERCENTILES, published, strict=True)):
            after = next((cell for cell in published[rank + 1 :] if cell is not None), None)
            if known is None:
                value = draw(st.integers(low + 1, low + 900 if after is None else after - 1))
            else:
                value = known
            kept = draw(st.booleans())
            own[percentile] = value if kept else None
            low = value if kept or known is not None else low
            bound = over[name][rank]
            if bound is not None and not (kept and value > bound):
                low = max(low, bound + 1)
        result[name] = draw(maybe(st.just(own)))
    return result


# --- Events ------------------------------------------------------------------------------------

KINDS = (
    "avenant_option",
    "avenant_objectifs",
    "avenant_65_ans",
    "avenant_primo",
    "avenant_prorogation",
    "embauche",
    "absence",
    "depart",
    "avenant_suspension",
    "retour",
    "inscription_formation",
    "certification",
    "remplacement_secretaire",
    "changement_tarifaire",
    "resiliation",
)
BEFORE_SIGNATURE = ("embauche", "inscription_formation", "certification")
GROUNDS = (
    "choix_du_medecin",
    "cessation_d_activite",
    "changement_d_adresse",
    "changement_de_specialite",
    "fin_du_contrat_de_travail",
    "non_respect_des_engagements",
    "passage_au_contrat_collectif",
    "autre",
)
PROFILES = ("secretaire", "infirmier", "aide_soignant", "auxiliaire_puericulture", "sage_femme", "autre")
OF_AN_ASSISTANT = (
    "embauche",
    "absence",
    "depart",
    "avenant_suspension",
    "retour",
    "inscription_formation",
    "certification",
    "remplacement_secretaire",
)


def event_dicts(kind: str, day: date, **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    """An event of this kind on this day, as JSON writes it; optional data left out half of the time."""
    values = {**_event_values(kind), **{name: st.just(value) for name, value in fixed.items()}}
    if kind in OF_AN_ASSISTANT:
        values.setdefault("assistant", st.sampled_from((1, 1, 1, 2)))
    found = st.fixed_dictionaries({"type": st.just(kind), "date": st.just(iso(day)), **values})
    if kind != "avenant_objectifs":
        return found
    stated = ("objectifs", "nature_objectifs", "patientele_reference")
    return found.filter(lambda event: any(event.get(name) is not None for name in stated))


def _event_values(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    both = st.fixed_dictionaries({"pmt": maybe(st.integers(0, 4000)), "pfa": maybe(st.integers(0, 4000))})
    stated = maybe(st.sampled_from(("augmentation", "maintien")))
    natures = st.fixed_dictionaries({"pmt": stated, "pfa": stated})
    terms = {"objectifs": maybe(both), "patientele_reference": maybe(both)}
    match kind:
        case "avenant_option":
            etp = st.sampled_from(("1/3", "0.5", "1", "1.5", "2"))
            return {
                "option_etp": etp,
                "objectifs_atteints": maybe(st.booleans()),
                "nature_objectifs": maybe(natures),
                **terms,
            }
        case "avenant_objectifs" | "avenant_prorogation":
            return {"nature_objectifs": maybe(natures), **terms}
        case "avenant_primo":
            return terms
        case "avenant_65_ans":
            return {"patientele_reference": maybe(both)}
        case "embauche":
            return {
                "profil": maybe(st.sampled_from(PROFILES)),
                "secretaire_promue": maybe(st.booleans()),
            }
        case "certification":
            return {"diplome": st.sampled_from(("CQP", "FAE"))}
        case "changement_tarifaire":
            return {
                "secteur": st.sampled_from(("1", "2", "non_conventionne")),
                "option_tarifaire": maybe(st.sampled_from(("OPTAM", "OPTAM-ACO", "OPTAM-CO", "aucune"))),
            }
        case "resiliation":
            centimes = st.integers(0, 8_000_000)
            return {
                "initiative": st.sampled_from(("medecin", "caisse")),
                "motif": st.sampled_from(GROUNDS),
                "verse": maybe(centimes.map(lambda c: f"{c // 100}.{c % 100:02}")),
                "date_notification": maybe(st.dates(date(2019, 9, 1), date(2036, 12, 31)).map(str)),
            }
    return {}


@dataclass(frozen=True)
class Seat:
    """What the tests know of the post of one assistant.

    `people`: those who may hold it, each with what he has of "enrolled" and "certified"; the last one
    has it now, or had it last. `vacant`: the one who had it left for good; those of `people` may come
    back. `held`: whether somebody is in post; `None` where nothing was told. `named`: whether a hiring
    told of the one who has it.
    """

    held: bool | None = None
    since: date | None = None
    suspended: bool = False
    people: tuple[frozenset[str], ...] = (frozenset(),)
    vacant: bool = False
    named: bool = False
    secretary: str = "inconnu"

    @property
    def situation(self) -> str:
        """The situation that the code should tell of a day after every event."""
        if self.held is None:
            return "inconnu"
        if self.held:
            return "present"
        return "suspendu" if self.suspended else "parti" if self.vacant else "absent"

    @property
    def holder(self) -> frozenset[str]:
        """The training of whoever has the post, or had it last and may come back."""
        return frozenset() if self.vacant else self.people[-1]

    def why_not(self, kind: str, day: date) -> dict[str, bool]:
        """Every reason for which this cannot happen in this post, and whether it applies."""
        ahead = bool(self.held) and self.since is not None and day < self.since
        away = self.held is False
        some = bool(self.people) if self.vacant else len(self.people) > 1
        back = some or (away and not self.vacant)
        trained = kind in ("inscription_formation", "certification")
        again = not self.named and not self.vacant and day == self.since
        return {
            "assistant_present": kind == "embauche" and bool(self.held) and not again,
            "assistant_absent": (kind == "absence" and (ahead or (away and self.situation != "parti")))
            or (kind == "depart" and ahead),
            "deja_parti": self.vacant
            and (
                trained
                or kind == "depart"
                or (kind == "absence" and self.situation == "parti")
                or (kind == "retour" and not some)
            ),
            "sans_absence": (kind == "retour" and (ahead or not (back or self.vacant)))
            or (kind == "avenant_suspension" and (not away or self.suspended)),
            "deja_certifie": trained and "certified" in self.holder,
            "deja_inscrit": kind == "inscription_formation"
            and "enrolled" in self.holder
            and "certified" not in self.holder,
            "deja_remplace": kind == "remplacement_secretaire" and self.secretary == "remplace",
            "sans_promotion": kind == "remplacement_secretaire" and self.secretary == "sans_objet",
        }

    def after(self, event: dict[str, Any]) -> "Seat":
        """The post once this event, which can be, has happened."""
        kind, day = event["type"], date.fromisoformat(event["date"])
        match kind:
            case "embauche":
                replaced = self.held is False and not self.vacant
                waiting = self.people if replaced or self.vacant else ()
                promoted = event.get("secretaire_promue")
                named = {True: "a_remplacer", False: "sans_objet", None: self.secretary}[promoted]
                return Seat(True, day, False, (*waiting, frozenset()), False, True, named)
            case "absence":
                return replace(self, held=False, since=day)
            case "depart":
                people = self.people[:-1]
                return replace(
                    self, held=False, since=self.since if self.suspended else day, people=people, vacant=True
                )
            case "avenant_suspension":
                return replace(self, suspended=True, since=day)
            case "retour":
                comes = self.people if self.vacant or not self.held else self.people[:-1]
                return replace(self, held=True, since=day, suspended=False, people=comes, vacant=False)
            case "inscription_formation" | "certification":
                own = self.holder | {"enrolled" if kind == "inscription_formation" else "certified"}
                return replace(self, people=(*self.people[:-1], own))
        return replace(self, secretary="remplace")


@dataclass(frozen=True)
class Life:
    """What the tests themselves know of a contract, apart from the code: enough to say what cannot be."""

    signed: date
    option: str
    day: date
    tacit: bool
    born: date | None = None
    primo: bool | None = None
    seats: tuple[Seat, Seat] = (Seat(), Seat())
    prolonged: int = 0
    ended: date | None = None

    @classmethod
    def of(cls, dossier: Dossier) -> "Life":
        """The contract as it was signed; its assistant hired by then, if it tells the hiring."""
        medecin, contrat = dossier.medecin, dossier.contrat
        signed = contrat.date_signature
        return cls(
            signed,
            contrat.option_etp,
            date.min,
            signed >= date(2024, 6, 22),
            medecin.date_naissance,
            primo_installe(dossier),
            (Seat(None if contrat.date_embauche is None else True, contrat.date_embauche), Seat()),
        )

    @property
    def term(self) -> date | None:
        """The first day past the contract; none under tacit renewal (CTR-01)."""
        return None if self.tacit else anniversary(self.signed, 5 * (1 + self.prolonged))

    def why_not(self, event: dict[str, Any]) -> set[str]:
        """Every reason for which this event cannot follow; empty if it can."""
        kind, day = event["type"], date.fromisoformat(event["date"])
        past = self.term is not None and day >= self.term
        reasons = {
            "avant_signature": day < self.signed and kind not in BEFORE_SIGNATURE,
            "ordre": day < self.day,
            "apres_resiliation": self.ended is not None,
            "apres_terme": past and kind != "avenant_prorogation",
            "meme_option": kind == "avenant_option" and event["option_etp"] == self.option,
            "avant_65_ans": kind == "avenant_65_ans"
            and self.born is not None
            and day < anniversary(self.born, 65),
            "pas_primo": kind == "avenant_primo" and self.primo is False,
            "tacite": kind == "avenant_prorogation" and self.tacit,
            "deja_proroge": kind == "avenant_prorogation"
            and self.prolonged > 0
            and day < anniversary(self.signed, 5 * self.prolonged),
        }
        if kind in OF_AN_ASSISTANT:
            reasons |= self.seats[event.get("assistant", 1) - 1].why_not(kind, day)
        return {code for code, applies in reasons.items() if applies}

    def after(self, event: dict[str, Any]) -> "Life":
        """The contract once this event, which can be, has happened."""
        kind, day = event["type"], date.fromisoformat(event["date"])
        changes: dict[str, Any] = {"day": day}
        if kind in OF_AN_ASSISTANT:
            own = event.get("assistant", 1) - 1
            seats = [*self.seats]
            seats[own] = seats[own].after(event)
            changes["seats"] = tuple(seats)
        match kind:
            case "avenant_option":
                changes["option"] = event["option_etp"]
            case "avenant_prorogation":
                changes["prolonged"] = self.prolonged + 1
            case "resiliation":
                changes["ended"] = day
        return replace(self, **changes)


@st.composite
def histories(
    draw: st.DrawFn,
    dossier: Dossier,
    *,
    kinds: tuple[str, ...] = KINDS,
    options: tuple[str, ...] = ("0.5", "1"),
    at_most: int = 6,
    terms: bool = False,
) -> list[dict[str, Any]]:
    """Events that can happen one after the other to this contract.

    `terms`: avenants state counts, targets and natures, none of which leaves a target under its base.
    """
    life = Life.of(dossier)
    found: list[dict[str, Any]] = []
    day = life.signed
    for _ in range(draw(st.integers(0, at_most))):
        day += timedelta(days=draw(st.sampled_from((0, 1, 30, 90, 180, 365)) | st.integers(0, 500)))
        kind = draw(st.sampled_from(kinds))
        fixed: dict[str, Any] = {}
        if kind == "avenant_option":
            fixed["option_etp"] = draw(st.sampled_from(options))
        if not terms:
            silent = ("objectifs", "nature_objectifs", "patientele_reference")
            fixed |= {name: None for name in silent if name in _event_values(kind)}
            if kind == "avenant_objectifs":
                fixed["nature_objectifs"] = {}
        event = draw(event_dicts(kind, day, **fixed))
        if not life.why_not(event) and not (terms and clashes(dossier, [*found, event])):
            found.append(event)
            life = life.after(event)
    return found


def clashes(dossier: Dossier, events: list[dict[str, Any]]) -> bool:
    """Whether the last of these events leaves a target under its base (OBJ-02)."""
    try:
        replay(dossier, events)
    except RefusedData as error:
        return any(refusal.code == "cible_sous_la_base" for refusal in error.refusals)
    return False
