"""The life of a contract: events replayed in order give its state on any day (chapter CTR).

An impossible sequence is refused, naming the two events that cannot both be true; every such pair at
once. The amounts are told by `schedule`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from . import french
from .bareme import Bareme
from .chronology import chronology_with, register
from .closed import expected_type
from .errors import Refusal, RefusedData
from .evaluation import check_types, primo_installe
from .events import (
    AVENANTS,
    Absence,
    Avenant65Ans,
    AvenantObjectifs,
    AvenantOption,
    AvenantPrimo,
    AvenantProrogation,
    Certification,
    ChangementTarifaire,
    Depart,
    Embauche,
    EvenementAssistant,
    Event,
    InscriptionFormation,
    RemplacementSecretaire,
    Resiliation,
    Retour,
    Suspension,
    read_events,
)
from .models import (
    Contrat,
    ContratAnterieur,
    Dossier,
    Medecin,
    NatureObjectifs,
    Patientele,
    of_indicator,
    targets_under_base,
)
from .readings import DEFAULT, Readings
from .rules import life as ctr
from .rules import options, special_cases, texts
from .sentences import event_label
from .terms import Indicateur

Situation: TypeAlias = Literal["non_signe", "en_cours", "suspendu", "termine", "terme_a_confirmer", "resilie"]
Assistant: TypeAlias = Literal["inconnu", "attendu", "present", "absent", "parti", "suspendu"]
Poste: TypeAlias = Literal["inconnu", "sans_objet", "a_remplacer", "remplace"]


class Personne(NamedTuple):
    """One assistant and his training; no hiring for the one of whom only the dossier tells, or nobody."""

    embauche: Embauche | None = None
    inscription: InscriptionFormation | None = None
    certification: Certification | None = None


class Place(NamedTuple):
    """The post of one of the assistants who make up the ETP together (CTR-07).

    `personne`: who holds it, or is away without being replaced; `None` where nobody was told of, or
    after a departure. `remplaces`: who is away and replaced, and may come back, the last away last.
    `secretaire`: the post of the secretary who was promoted to this one.
    """

    situation: Assistant = "inconnu"
    depuis: date | None = None
    personne: Personne | None = Personne()
    remplaces: tuple[Personne, ...] = ()
    secretaire: Poste = "inconnu"


class State(NamedTuple):
    """The contract on one day, the events of that day included.

    `option_connue`: false before an avenant that tells nothing of the option that it changed.
    `sans_reference`: the indicators whose count of reference an avenant fixed but nobody gave
    (CTR-04). `terme`: the first day past the contract, `None` under tacit renewal, or when the years
    count from an unknown hiring. `assistants`: by rank, who is in post; the properties `assistant`,
    `assistant_depuis`, `embauche`, `inscription`, `certification` and `poste` (that of a promoted
    secretary) are those of the first one.
    """

    jour: date
    situation: Situation
    medecin: Medecin
    contrat: Contrat
    option_connue: bool
    sans_reference: tuple[Indicateur, ...]
    terme: date | None
    assistants: Mapping[int, Place]
    changement: ChangementTarifaire | None
    resiliation: Resiliation | None
    prorogations: int
    evenements: tuple[Event, ...]

    @property
    def assistant(self) -> Assistant:
        """The situation of the first assistant."""
        return self.assistants[1].situation

    @property
    def assistant_depuis(self) -> date | None:
        """The day from which it holds."""
        return self.assistants[1].depuis

    @property
    def embauche(self) -> Embauche | None:
        """The hiring of the first assistant, where an event tells it."""
        return _whoever(self.assistants[1]).embauche

    @property
    def inscription(self) -> InscriptionFormation | None:
        """The enrolment of the first assistant."""
        return _whoever(self.assistants[1]).inscription

    @property
    def certification(self) -> Certification | None:
        """The certification of the first assistant."""
        return _whoever(self.assistants[1]).certification

    @property
    def poste(self) -> Poste:
        """The post of the secretary who was promoted first assistant."""
        return self.assistants[1].secretaire

    @property
    def suspendu(self) -> bool:
        """Whether an avenant suspends the contract (CTR-07)."""
        return any(place.situation == "suspendu" for place in self.assistants.values())


NOBODY = Personne()


def _whoever(place: Place) -> Personne:
    return place.personne or NOBODY


class Vacancy(NamedTuple):
    """Days on which the post of an assistant was held by nobody (CTR-07).

    `cause`: what began it; `over`: the first day on which it is held again, or without the contract,
    `None` while it lasts; `suspension`: the avenant that suspended the contract meanwhile.
    """

    assistant: int
    cause: Absence | Depart
    over: date | None = None
    suspension: Suspension | None = None


def vacancies(events: Iterable[Event]) -> tuple[Vacancy, ...]:
    """Every vacancy that these events tell, in order; a departure during an absence goes on with it."""
    found: list[Vacancy] = []
    running: dict[int, int] = {}
    for event in events:
        if isinstance(event, Resiliation):
            for place in running.values():
                found[place] = found[place]._replace(over=event.date)
            running = {}
        if not isinstance(event, EvenementAssistant):
            continue
        rank = event.assistant
        if isinstance(event, (Absence, Depart)) and rank not in running:
            running[rank] = len(found)
            found.append(Vacancy(rank, event))
        elif isinstance(event, Suspension):
            found[running[rank]] = found[running[rank]]._replace(suspension=event)
        elif isinstance(event, (Retour, Embauche)) and rank in running:
            place = running.pop(rank)
            found[place] = found[place]._replace(over=event.date)
    return tuple(found)


class _Frame(NamedTuple):
    """What does not change while events are replayed."""

    dossier: Dossier
    acces: Bareme
    readings: Readings
    bareme: Bareme | None


def replay(
    dossier: Dossier,
    events: Iterable[Any] = (),
    on: date | None = None,
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
) -> State:
    """The state of the contract on the day `on`, by default after the last event.

    `events`: events, or mappings that name their `type`, in the order in which they happened. All are
    checked; those after `on` are not applied. A change of option that the dossier already tells
    (`date_option`) is one of them. `bareme`: simulated or not, in the place of that of its text.
    Raises `RefusedData` for an impossible sequence.
    """
    frame, states = _replayed(dossier, events, readings, bareme)
    if on is not None:
        expected_type("on", on, date, "une date", "date(2026, 9, 1)")
    return states[-1] if on is None else _at(frame, states, on)


def timeline(
    dossier: Dossier,
    events: Iterable[Any] = (),
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
) -> tuple[State, ...]:
    """The state at the signature, then after each event."""
    return _replayed(dossier, events, readings, bareme)[1]


def on_days(
    dossier: Dossier,
    events: Iterable[Any],
    days: Iterable[date],
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
) -> tuple[State, ...]:
    """The state on each of these days, the events replayed once."""
    frame, states = _replayed(dossier, events, readings, bareme)
    return tuple(_at(frame, states, day) for day in days)


def _replayed(
    dossier: Dossier, events: Iterable[Any], readings: Readings | None, bareme: Bareme | None
) -> tuple[_Frame, tuple[State, ...]]:
    """The frame, and the state at the signature and after each event."""
    check_types(dossier, readings, bareme)
    given, choices = read_events(events), readings or DEFAULT
    texts_of_law = chronology_with(bareme)
    acces = texts_of_law.at(dossier.contrat.date_signature, choices.entree_en_vigueur)
    frame = _Frame(dossier, acces, choices, bareme)
    if refused := [*_under_base(frame, dossier.contrat)]:
        raise RefusedData(refused)
    start = _signed(dossier, acces, any(isinstance(event, AvenantProrogation) for event in given))
    change = _change_told(dossier.contrat)
    ranked: list[tuple[int | None, Event]] = list(enumerate(given))
    if change is not None:
        place = next((rank for rank, event in enumerate(given) if event.date > change.date), len(given))
        ranked.insert(place, (None, change))
    return frame, _states(frame, _on(frame, start, start.jour), ranked)


def _at(frame: _Frame, states: tuple[State, ...], day: date) -> State:
    reached = [state for state in states if state.jour <= day]
    return _on(frame, reached[-1] if reached else states[0], day)


def _change_told(contrat: Contrat) -> AvenantOption | None:
    """The change of option that a dossier tells by `date_option`."""
    if contrat.date_option is None or contrat.date_option <= contrat.date_signature:
        return None
    before = contrat.contrat_anterieur
    reached = None if before is None else before.objectifs_atteints
    return AvenantOption(date=contrat.date_option, option_etp=contrat.option_etp, objectifs_atteints=reached)


def _signed(dossier: Dossier, acces: Bareme, prolonged_later: bool) -> State:
    """The contract as it was signed."""
    contrat = dossier.contrat
    known = True
    if _change_told(contrat) is not None:
        option = options.option_avant(contrat)
        known = option is not None
        told = {"option_etp": option or contrat.option_etp, "date_option": None, "contrat_anterieur": None}
        contrat = contrat.model_copy(update=told)
    return State(
        jour=contrat.date_signature,
        situation="en_cours",
        medecin=dossier.medecin,
        contrat=contrat,
        option_connue=known,
        sans_reference=(),
        terme=None,
        assistants={1: Place() if contrat.date_embauche is None else Place("present", contrat.date_embauche)},
        changement=None,
        resiliation=None,
        prorogations=_told_prorogations(dossier, acces) if not prolonged_later else 0,
        evenements=(),
    )


def _told_prorogations(dossier: Dossier, acces: Bareme) -> int:
    """How many terms the dossier says were added: enough to hold its year."""
    if not dossier.contrat.prorogation:
        return 0
    return max(1, (dossier.annee - 1) // ctr.derniere_annee(0, acces))


def _states(frame: _Frame, start: State, events: list[tuple[int | None, Event]]) -> tuple[State, ...]:
    """Every state; an event that cannot be is refused and passed over, to find the others."""
    states, refused = [start], []
    for rank, event in events:
        before = states[-1]
        found = _impossible(frame, before, event)
        if found is not None and not (rank is None and found[0] in TOLD):
            refused.append(_refusal(rank, event, *found))
            continue
        after = EFFECTS[type(event)](before, event)._replace(evenements=(*before.evenements, event))
        if rank is None:
            told = {"contrat_anterieur": frame.dossier.contrat.contrat_anterieur}
            after = after._replace(contrat=after.contrat.model_copy(update=told))
        elif clash := _target_under_base(frame, before, after, rank, event):
            refused.append(clash)
            continue
        states.append(_on(frame, after, max(event.date, before.jour)))
    if refused:
        raise RefusedData(refused)
    return tuple(states)


def _on(frame: _Frame, state: State, jour: date) -> State:
    """The same contract on another day: its situation then."""
    contrat, readings = state.contrat, frame.readings
    if ctr.tacite_reconduction(frame.acces):
        terme = None
    else:
        last = ctr.derniere_annee(state.prorogations, frame.acces)
        terme = texts.premier_jour(
            contrat.date_signature, contrat.date_embauche, last + 1, frame.acces.texte, readings.debut_annee
        )
    situation: Situation = "en_cours"
    if state.resiliation is not None and jour >= state.resiliation.date:
        situation = "resilie"
    elif jour < contrat.date_signature:
        situation = "non_signe"
    elif terme is not None and jour >= terme:
        situation = "termine" if contrat.prorogation is False else "terme_a_confirmer"
    elif state.suspendu:
        situation = "suspendu"
    places = {rank: _place_on(place, jour) for rank, place in state.assistants.items()}
    return state._replace(jour=jour, terme=terme, situation=situation, assistants=places)


def _place_on(place: Place, jour: date) -> Place:
    """The same post on another day: an assistant whose hiring lies ahead is expected."""
    if place.situation not in ("present", "attendu") or place.depuis is None:
        return place
    return place._replace(situation="present" if jour >= place.depuis else "attendu")


TOLD = ("meme_option", "apres_terme")
"""What is not refused of the change of option that the dossier itself tells: `evaluate` takes it too."""


# --- What each event does -----------------------------------------------------------------------


def _terms(state: State, event: Any) -> Contrat:
    """The objectives, natures and references that an avenant states; the others go on."""
    contrat = state.contrat
    update = {}
    for name in ("objectifs", "nature_objectifs", "patientele_reference"):
        new = getattr(event, name, None)
        if new is not None:
            old = getattr(contrat, name)
            merged = {} if old is None else old.model_dump(exclude_none=True)
            update[name] = type(new)(**{**merged, **new.model_dump(exclude_none=True)})
    return _by_avenant(contrat.model_copy(update=update)) if update else contrat


def _by_avenant(contrat: Contrat) -> Contrat:
    """The same contract, whose objectives are no longer those of the signature (MNT-09).

    A reference that an avenant leaves out stays as it was, given without its counts.
    """
    if contrat.patientele_reference is not None:
        return contrat
    return contrat.model_copy(update={"patientele_reference": Patientele()})


def _still_without(state: State, contrat: Contrat) -> tuple[Indicateur, ...]:
    return tuple(
        name for name in state.sans_reference if of_indicator(contrat.patientele_reference, name) is None
    )


def _objectifs(state: State, event: Any) -> State:
    contrat = _terms(state, event)
    return state._replace(contrat=contrat, sans_reference=_still_without(state, contrat))


def _option(state: State, event: AvenantOption) -> State:
    changed = _objectifs(state, event)
    old = state.contrat.option_etp if state.option_connue else None
    before = ContratAnterieur(
        option_etp=old,
        date_signature=state.contrat.date_signature,
        objectifs_atteints=event.objectifs_atteints,
    )
    update = {"option_etp": event.option_etp, "date_option": event.date, "contrat_anterieur": before}
    return changed._replace(contrat=changed.contrat.model_copy(update=update), option_connue=True)


def _senior(state: State, event: Avenant65Ans) -> State:
    """Maintien on both; the counts that are not given are missing (CTR-04)."""
    references = event.patientele_reference
    names = register().specialites[state.medecin.specialite].indicateurs
    without = tuple(name for name in names if of_indicator(references, name) is None)
    update = {
        "nature_objectifs": NatureObjectifs(pmt="maintien", pfa="maintien"),
        "patientele_reference": references,
        "objectifs": None,
    }
    return state._replace(contrat=state.contrat.model_copy(update=update), sans_reference=without)


def _primo(state: State, event: AvenantPrimo) -> State:
    """An increase of both, from the count of the avenant; a target that it leaves out is missing."""
    changed = _objectifs(state, event)
    update = {
        "nature_objectifs": NatureObjectifs(pmt="augmentation", pfa="augmentation"),
        "objectifs": event.objectifs,
    }
    return changed._replace(contrat=_by_avenant(changed.contrat.model_copy(update=update)))


def _prorogation(state: State, event: AvenantProrogation) -> State:
    changed = _objectifs(state, event)
    contrat = changed.contrat.model_copy(update={"prorogation": True})
    return changed._replace(contrat=contrat, prorogations=state.prorogations + 1)


def _place(state: State, event: EvenementAssistant) -> Place:
    """The post that an event speaks of."""
    return state.assistants.get(event.assistant, UNTOLD)


UNTOLD = Place()
"""The post of an assistant of whom nothing was told."""


def _placed(state: State, event: EvenementAssistant, **changes: Any) -> State:
    place = _place(state, event)._replace(**changes)
    return state._replace(assistants={**state.assistants, event.assistant: place})


def _embauche(state: State, event: Embauche) -> State:
    """Whoever is away is replaced and may come back; nobody waits for the one who left."""
    place = _place(state, event)
    secretaire, remplaces = place.secretaire, place.remplaces
    if event.secretaire_promue is not None:
        secretaire = "a_remplacer" if event.secretaire_promue else "sans_objet"
    if place.situation in AWAY and place.personne is not None:
        remplaces = (*remplaces, place.personne)
    first = state.contrat.date_embauche or event.date
    hired = state._replace(contrat=state.contrat.model_copy(update={"date_embauche": first}))
    return _placed(
        hired,
        event,
        situation="present",
        depuis=event.date,
        personne=Personne(event),
        remplaces=remplaces,
        secretaire=secretaire,
    )


AWAY = ("absent", "suspendu")
"""The situations of an assistant who may come back, unless he has left meanwhile."""


def _depart(state: State, event: Depart) -> State:
    """Nobody holds the post any more; a contract that is suspended stays so."""
    suspended = _place(state, event).situation == "suspendu"
    if suspended:
        return _placed(state, event, personne=None)
    return _placed(state, event, situation="parti", depuis=event.date, personne=None)


def _retour(state: State, event: Retour) -> State:
    """The one who is away without being replaced, else the last of those who were, takes his post again."""
    place = _place(state, event)
    back = {"situation": "present", "depuis": event.date}
    if place.situation in AWAY and place.personne is not None:
        return _placed(state, event, **back)
    *others, last = place.remplaces
    return _placed(state, event, personne=last, remplaces=tuple(others), **back)


def _training(state: State, event: InscriptionFormation | Certification) -> State:
    personne = _whoever(_place(state, event))
    if isinstance(event, InscriptionFormation):
        return _placed(state, event, personne=personne._replace(inscription=event))
    return _placed(state, event, personne=personne._replace(certification=event))


EFFECTS: Mapping[type[Event], Callable[[State, Any], State]] = {
    AvenantOption: _option,
    AvenantObjectifs: _objectifs,
    Avenant65Ans: _senior,
    AvenantPrimo: _primo,
    AvenantProrogation: _prorogation,
    Embauche: _embauche,
    Absence: lambda s, e: _placed(s, e, situation="absent", depuis=e.date),
    Depart: _depart,
    Suspension: lambda s, e: _placed(s, e, situation="suspendu", depuis=e.date),
    Retour: _retour,
    InscriptionFormation: _training,
    Certification: _training,
    RemplacementSecretaire: lambda s, e: _placed(s, e, secretaire="remplace"),
    ChangementTarifaire: lambda s, e: s._replace(
        changement=e,
        medecin=s.medecin.model_copy(update={"secteur": e.secteur, "option_tarifaire": e.option_tarifaire}),
    ),
    Resiliation: lambda s, e: s._replace(resiliation=e),
}
"""What each event changes."""


# --- What cannot be -----------------------------------------------------------------------------

BEFORE_SIGNATURE = (Embauche, InscriptionFormation, Certification)
"""What may come before the signature."""
ALLOWED: Mapping[type[EvenementAssistant], tuple[Assistant, ...]] = {
    Embauche: ("inconnu", "absent", "parti", "suspendu"),
    Absence: ("inconnu", "present"),
    Depart: ("inconnu", "present", "absent", "suspendu"),
    Suspension: ("absent", "parti"),
    Retour: ("present", "absent", "parti", "suspendu"),
}
"""The situations of the assistant in which an event can happen."""
EXPECTED: Mapping[str, tuple[str, str]] = {
    "ordre": (
        "des événements dans l’ordre de leurs dates",
        "remettez-les dans l’ordre, ou corrigez une date",
    ),
    "avant_signature": ("un événement à partir de la signature", "vérifiez les deux dates"),
    "apres_resiliation": (
        "aucun événement après la résiliation",
        "retirez l’événement, ou corrigez la date de la résiliation",
    ),
    "apres_terme": (
        "aucun événement après le terme d’un contrat qui n’est pas prorogé",
        "ajoutez l’avenant de prorogation, ou retirez l’événement",
    ),
    "assistant_present": (
        "une embauche quand le poste est vacant ou l’assistant absent",
        "ajoutez l’absence qui précède, ou retirez l’une des deux",
    ),
    "assistant_absent": (
        "un assistant présent, qui ne soit pas déjà absent",
        "ajoutez le retour qui précède, ou retirez l’une des deux",
    ),
    "deja_parti": (
        "un assistant qui n’a pas quitté son poste",
        "ajoutez l’embauche qui précède, ou retirez l’événement",
    ),
    "sans_absence": (
        "une absence en cours",
        "ajoutez l’absence qui précède, ou retirez l’événement",
    ),
    "meme_option": ("une autre option que celle en cours", "vérifiez l’option de l’avenant"),
    "avant_65_ans": (
        "un avenant à partir du 65e anniversaire",
        "vérifiez la date de naissance ou celle de l’avenant",
    ),
    "pas_primo": ("un médecin primo-installé à la signature", "utilisez un avenant d’objectifs"),
    "tacite": (
        "un contrat signé avant la convention 2024 : celui-ci se renouvelle par tacite reconduction",
        "retirez l’avenant de prorogation",
    ),
    "deja_proroge": ("une seule prorogation par terme", "retirez l’une des deux"),
    "deja_certifie": ("une seule certification de l’assistant en poste", "retirez l’une des deux"),
    "deja_inscrit": ("une seule inscription de l’assistant en poste", "retirez l’une des deux"),
    "sans_promotion": (
        "une embauche qui promeut le secrétaire du cabinet (secretaire_promue: true)",
        "complétez l’embauche, ou retirez l’événement",
    ),
    "deja_remplace": ("un seul remplacement du secrétaire promu", "retirez l’un des deux"),
}
"""By code: what is expected, and what to do."""


def _refusal(rank: int | None, event: Event, code: str, other: str) -> Refusal:
    expected, remedy = EXPECTED[code]
    field = "contrat.date_option" if rank is None else f"evenements.{rank}"
    return Refusal(field, f"{event_label(event)}, après {other}", expected, remedy, code)


def _under_base(frame: _Frame, contrat: Contrat) -> Iterator[Refusal]:
    """OBJ-02: the targets under their base, by the window of the barème that was asked for."""
    installation, signature = frame.dossier.medecin.date_installation, frame.dossier.contrat.date_signature
    recent = special_cases.recemment_installe(installation, signature, frame.acces)
    return targets_under_base(contrat, lambda: recent is True)


def _target_under_base(frame: _Frame, before: State, after: State, rank: int, event: Event) -> Refusal | None:
    """OBJ-02: an avenant that leaves a target under its base, with what came before it."""
    if after.contrat is before.contrat:
        return None
    for clash in _under_base(frame, after.contrat):
        signature = f"la signature du {french.day(before.contrat.date_signature)}"
        told = [e for e in before.evenements if isinstance(e, AVENANTS)]
        other = event_label(told[-1]) if told else signature
        received = f"{event_label(event)}, après {other} : cible de {clash.received}"
        return clash._replace(field=f"evenements.{rank}", received=received)
    return None


def _impossible(frame: _Frame, state: State, event: Event) -> tuple[str, str] | None:
    """Why an event cannot follow what came before it, and the event that forbids it."""
    last = state.evenements[-1] if state.evenements else None
    signature = f"la signature du {french.day(state.contrat.date_signature)}"
    previous = signature if last is None else event_label(last)
    if event.date < state.contrat.date_signature and not isinstance(event, BEFORE_SIGNATURE):
        return "avant_signature", signature
    if last is not None and event.date < last.date:
        return "ordre", previous
    if state.resiliation is not None:
        return "apres_resiliation", event_label(state.resiliation)
    past = state.terme is not None and event.date >= state.terme
    if past and not isinstance(event, AvenantProrogation):
        assert state.terme is not None
        return "apres_terme", f"le terme du {french.day(state.terme)}"
    if isinstance(event, EvenementAssistant) and (code := _wrong_assistant(state, event)) is not None:
        return code, _since(state, event, signature)
    check = CHECKS.get(type(event))
    return None if check is None else check(frame, state, event, signature)


def _wrong_assistant(state: State, event: EvenementAssistant) -> str | None:
    """Why an event cannot happen to its assistant as he is on that day."""
    place = _place_on(_place(state, event), event.date)
    if isinstance(event, Embauche) and _told_again(state, event):
        return None
    allowed = ALLOWED.get(type(event))
    if allowed is not None and place.situation not in allowed:
        gone = place.situation == "parti" and isinstance(event, (Absence, Depart))
        return "deja_parti" if gone else _WRONG_ASSISTANT[type(event)]
    if isinstance(event, Retour) and not place.remplaces:
        if place.personne is None:
            return "deja_parti"
        return None if place.situation in AWAY else "sans_absence"
    needed = isinstance(event, (Depart, InscriptionFormation, Certification))
    return "deja_parti" if needed and place.personne is None else None


def _told_again(state: State, event: Embauche) -> bool:
    """Whether an event tells the hiring that the dossier already told."""
    place = _place(state, event)
    unnamed = place.personne is not None and place.personne.embauche is None
    return unnamed and event.date == place.depuis


_WRONG_ASSISTANT: Mapping[type[EvenementAssistant], str] = {
    Embauche: "assistant_present",
    Absence: "assistant_absent",
    Depart: "assistant_absent",
    Suspension: "sans_absence",
    Retour: "sans_absence",
}


def _of_the_same(state: State, event: EvenementAssistant) -> list[Event]:
    """What was told of the same assistant as this event."""
    return [
        told
        for told in state.evenements
        if isinstance(told, EvenementAssistant) and told.assistant == event.assistant
    ]


def _since(state: State, event: EvenementAssistant, signature: str) -> str:
    """The last event that says where the assistant is."""
    told = [e for e in _of_the_same(state, event) if type(e) in ALLOWED]
    if told:
        return event_label(told[-1])
    if event.assistant == 1 and state.contrat.date_embauche is not None:
        return f"l’embauche du {french.day(state.contrat.date_embauche)}"
    return signature


def _check_option(
    frame: _Frame, state: State, event: AvenantOption, signature: str
) -> tuple[str, str] | None:
    same = state.option_connue and event.option_etp == state.contrat.option_etp
    changes = [e for e in state.evenements if isinstance(e, AvenantOption)]
    return ("meme_option", event_label(changes[-1]) if changes else signature) if same else None


def _check_senior(frame: _Frame, state: State, event: Avenant65Ans, signature: str) -> tuple[str, str] | None:
    born = state.medecin.date_naissance
    if ctr.revision_a_65_ans(born, event.date, frame.acces) is not False:
        return None
    assert born is not None
    birthday = ctr.anniversaire_senior(born, frame.acces)
    return "avant_65_ans", f"une naissance le {french.day(born)} (65 ans le {french.day(birthday)})"


def _check_primo(frame: _Frame, state: State, event: AvenantPrimo, signature: str) -> tuple[str, str] | None:
    if primo_installe(frame.dossier, readings=frame.readings, bareme=frame.bareme) is not False:
        return None
    installed = state.medecin.date_installation
    recent = special_cases.recemment_installe(installed, state.contrat.date_signature, frame.acces)
    if installed is None or recent:
        return "pas_primo", f"{signature} (patientèle au P50 ou au-dessus)"
    return "pas_primo", f"l’installation du {french.day(installed)}"


def _check_prorogation(
    frame: _Frame, state: State, event: AvenantProrogation, signature: str
) -> tuple[str, str] | None:
    if ctr.tacite_reconduction(frame.acces):
        return "tacite", f"la signature du {french.day(state.contrat.date_signature)}"
    done = [e for e in state.evenements if isinstance(e, AvenantProrogation)]
    started = ctr.derniere_annee(state.prorogations - 1, frame.acces)
    if done and state.terme is not None:
        begins = texts.premier_jour(
            state.contrat.date_signature,
            state.contrat.date_embauche,
            started + 1,
            frame.acces.texte,
            frame.readings.debut_annee,
        )
        if begins is not None and event.date < begins:
            return "deja_proroge", event_label(done[-1])
    return None


def _check_certification(
    frame: _Frame, state: State, event: InscriptionFormation | Certification, signature: str
) -> tuple[str, str] | None:
    personne = _whoever(_place(state, event))
    if personne.certification is not None:
        return "deja_certifie", event_label(personne.certification)
    if isinstance(event, InscriptionFormation) and personne.inscription is not None:
        return "deja_inscrit", event_label(personne.inscription)
    return None


def _check_secretary(
    frame: _Frame, state: State, event: RemplacementSecretaire, signature: str
) -> tuple[str, str] | None:
    place = _place(state, event)
    own = _of_the_same(state, event)
    if place.secretaire == "remplace":
        done = [e for e in own if isinstance(e, RemplacementSecretaire)]
        return "deja_remplace", event_label(done[-1])
    if place.secretaire == "sans_objet":
        told = [e for e in own if isinstance(e, Embauche) and e.secretaire_promue is not None]
        return "sans_promotion", event_label(told[-1])
    return None


CHECKS: Mapping[type[Event], Callable[[_Frame, State, Any, str], tuple[str, str] | None]] = {
    AvenantOption: _check_option,
    Avenant65Ans: _check_senior,
    AvenantPrimo: _check_primo,
    AvenantProrogation: _check_prorogation,
    InscriptionFormation: _check_certification,
    Certification: _check_certification,
    RemplacementSecretaire: _check_secretary,
}
"""What each event asks of what came before it."""
