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
    Embauche,
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
    of_indicator,
    targets_under_base,
)
from .readings import DEFAULT, Readings
from .rules import life as ctr
from .rules import options, special_cases, texts
from .sentences import event_label
from .terms import Indicateur

Situation: TypeAlias = Literal["non_signe", "en_cours", "suspendu", "termine", "terme_a_confirmer", "resilie"]
Assistant: TypeAlias = Literal["inconnu", "attendu", "present", "absent", "suspendu"]
Poste: TypeAlias = Literal["inconnu", "sans_objet", "a_remplacer", "remplace"]


class State(NamedTuple):
    """The contract on one day, the events of that day included.

    `option_connue`: false before an avenant that tells nothing of the option that it changed.
    `sans_reference`: the indicators whose count of reference an avenant fixed but nobody gave
    (CTR-04). `terme`: the first day past the contract, `None` under tacit renewal, or when the years
    count from an unknown hiring. `poste`: the post of a promoted secretary.
    """

    jour: date
    situation: Situation
    medecin: Medecin
    contrat: Contrat
    option_connue: bool
    sans_reference: tuple[Indicateur, ...]
    terme: date | None
    assistant: Assistant
    assistant_depuis: date | None
    poste: Poste
    embauche: Embauche | None
    inscription: InscriptionFormation | None
    certification: Certification | None
    changement: ChangementTarifaire | None
    resiliation: Resiliation | None
    prorogations: int
    evenements: tuple[Event, ...]


class _Frame(NamedTuple):
    """What does not change while events are replayed."""

    dossier: Dossier
    acces: Bareme
    readings: Readings


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
    frame = _Frame(dossier, acces, choices)
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
        assistant="inconnu" if contrat.date_embauche is None else "present",
        assistant_depuis=contrat.date_embauche,
        poste="inconnu",
        embauche=None,
        inscription=None,
        certification=None,
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
    elif state.assistant == "suspendu":
        situation = "suspendu"
    assistant = state.assistant
    if assistant in ("present", "attendu") and state.assistant_depuis is not None:
        assistant = "present" if jour >= state.assistant_depuis else "attendu"
    return state._replace(jour=jour, terme=terme, situation=situation, assistant=assistant)


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
    return contrat.model_copy(update=update)


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
    return changed._replace(contrat=changed.contrat.model_copy(update=update))


def _prorogation(state: State, event: AvenantProrogation) -> State:
    changed = _objectifs(state, event)
    contrat = changed.contrat.model_copy(update={"prorogation": True})
    return changed._replace(contrat=contrat, prorogations=state.prorogations + 1)


def _embauche(state: State, event: Embauche) -> State:
    poste = state.poste
    if event.secretaire_promue is not None:
        poste = "a_remplacer" if event.secretaire_promue else "sans_objet"
    first = state.contrat.date_embauche or event.date
    return state._replace(
        contrat=state.contrat.model_copy(update={"date_embauche": first}),
        assistant="present",
        assistant_depuis=event.date,
        poste=poste,
        embauche=event,
        inscription=None,
        certification=None,
    )


EFFECTS: Mapping[type[Event], Callable[[State, Any], State]] = {
    AvenantOption: _option,
    AvenantObjectifs: _objectifs,
    Avenant65Ans: _senior,
    AvenantPrimo: _primo,
    AvenantProrogation: _prorogation,
    Embauche: _embauche,
    Absence: lambda s, e: s._replace(assistant="absent", assistant_depuis=e.date),
    Suspension: lambda s, e: s._replace(assistant="suspendu", assistant_depuis=e.date),
    Retour: lambda s, e: s._replace(assistant="present", assistant_depuis=e.date),
    InscriptionFormation: lambda s, e: s._replace(inscription=e),
    Certification: lambda s, e: s._replace(certification=e),
    RemplacementSecretaire: lambda s, e: s._replace(poste="remplace"),
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
ALLOWED: Mapping[type[Event], tuple[Assistant, ...]] = {
    Embauche: ("inconnu", "absent", "suspendu"),
    Absence: ("inconnu", "present"),
    Suspension: ("absent",),
    Retour: ("absent", "suspendu"),
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
    return targets_under_base(contrat, primo=recent is True)


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
    if (allowed := ALLOWED.get(type(event))) is not None and _assistant(state, event) not in allowed:
        if isinstance(event, Embauche) and state.embauche is None and event.date == state.assistant_depuis:
            return None
        return _WRONG_ASSISTANT[type(event)], _since(state, signature)
    check = CHECKS.get(type(event))
    return None if check is None else check(frame, state, event, signature)


def _assistant(state: State, event: Event) -> Assistant:
    """The situation of the assistant when the event happens."""
    if state.assistant == "attendu" and state.assistant_depuis is not None:
        return "present" if event.date >= state.assistant_depuis else "attendu"
    return state.assistant


_WRONG_ASSISTANT: Mapping[type[Event], str] = {
    Embauche: "assistant_present",
    Absence: "assistant_absent",
    Suspension: "sans_absence",
    Retour: "sans_absence",
}


def _since(state: State, signature: str) -> str:
    """The last event that says where the assistant is."""
    kinds = tuple(ALLOWED)
    told = [event for event in state.evenements if isinstance(event, kinds)]
    if told:
        return event_label(told[-1])
    if state.contrat.date_embauche is not None:
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
    if primo_installe(frame.dossier, readings=frame.readings) is not False:
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


def _check_certification(frame: _Frame, state: State, event: Event, signature: str) -> tuple[str, str] | None:
    if state.certification is not None:
        return "deja_certifie", event_label(state.certification)
    if isinstance(event, InscriptionFormation) and state.inscription is not None:
        return "deja_inscrit", event_label(state.inscription)
    return None


def _check_secretary(
    frame: _Frame, state: State, event: RemplacementSecretaire, signature: str
) -> tuple[str, str] | None:
    if state.poste == "remplace":
        done = [e for e in state.evenements if isinstance(e, RemplacementSecretaire)]
        return "deja_remplace", event_label(done[-1])
    if state.poste == "sans_objet" and state.embauche is not None:
        return "sans_promotion", event_label(state.embauche)
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
