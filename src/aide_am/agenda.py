"""The calendar of a contract: what must be done or expected, and by which day (CTR-08).

Every day comes from a rule of chapters CTR, TMP and VRS; what is added here is which of them concern
this contract, and what its events settled. No clock is read: the same dossier and the same events
always give the same calendar.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from .agenda_record import KINDS, Deadline, Deadlines, Kind, Status
from .bareme import Bareme
from .calendar import ONE_DAY, anniversary
from .chronology import Chronology, chronology_with
from .decision import Alert, Decision, Value
from .evaluation import evaluate
from .events import (
    AVENANTS,
    Avenant65Ans,
    AvenantPrimo,
    AvenantProrogation,
    Certification,
    Depart,
    Embauche,
    Event,
    InscriptionFormation,
    Profil,
    RemplacementSecretaire,
    Resiliation,
    read_events,
)
from .life import Personne, Place, State, timeline, vacancies
from .models import Dossier
from .readings import Readings
from .references import Reference
from .rules import eligibility, texts
from .rules import life as ctr
from .scheduling import schedule
from .scheduling_record import Payment, Schedule, ScheduledYear, weakened
from .terms import Indicateur, NatureObjectif, Verdict


def deadlines(
    dossier: Dossier,
    events: Iterable[Any] = (),
    *,
    years: int = 5,
    observations: Mapping[int, Any] | None = None,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> Deadlines:
    """Every date of contract years 1 to `years`, the first day after them included.

    The arguments are those of `schedule`: `observations` settle the amounts of the payments, `events`
    cut the contract and settle what they did. A doctor who is not eligible has no payment and no
    objective, unless `force`. Raises `RefusedData` as `schedule` does.
    """
    given = read_events(events)
    paid = schedule(dossier, observations, years, events=given, readings=readings, bareme=bareme, force=force)
    frame = _frame(dossier, given, years, bareme, paid)
    found = [item for part in PARTS for item in part(frame)]
    order = {kind: rank for rank, kind in enumerate(KINDS)}
    found.sort(key=lambda d: (d.day, d.start or d.day, order[d.kind], d.rank))
    simulated = bareme is not None and bareme.simulated
    decisions = [year.decision for year in paid.years if year.decision is not None]
    return Deadlines(
        dossier=dossier,
        events=given,
        observations=paid.observations,
        years=years,
        items=tuple(found),
        missing=_missing(frame),
        warnings=_warnings(paid, found),
        readings=paid.readings,
        baremes=tuple(dict.fromkeys(used for decision in decisions for used in decision.baremes)),
        choices=frame.readings,
        forced=force,
        simulated=simulated,
        checked=frame.acces.checked,
    )


# --- The contract, once replayed ----------------------------------------------------------------


RANKS = 100
"""How far apart the ranks of two assistants are: what happens to one moves no deadline of the other."""


class _Frame(NamedTuple):
    """What every deadline of one contract is reckoned from.

    `acces`: the text at the signature. `states`: at the signature, then after each event. `signed`:
    the decision of year 1 on the terms as they were signed; `None` where nothing may be paid.
    """

    dossier: Dossier
    years: int
    readings: Readings
    bareme: Bareme | None
    law: Chronology
    acces: Bareme
    states: tuple[State, ...]
    paid: Schedule
    signed: Decision | None

    @property
    def signature(self) -> date:
        return self.dossier.contrat.date_signature

    @property
    def last(self) -> State:
        return self.states[-1]

    @property
    def horizon(self) -> date:
        """The first day after the years that were asked.

        Counted from the signature where the hiring is not known, as the payments are.
        """
        return self.first_day(self.years + 1) or anniversary(self.signature, self.years)

    @property
    def terme(self) -> date:
        """The first day past a contract that does not renew itself.

        Counted from the signature where the hiring is not known: it is not over before that day.
        """
        last = ctr.derniere_annee(self.last.prorogations, self.acces)
        if ctr.tacite_reconduction(self.acces) or last > self.years:
            return date.max
        return self.first_day(last + 1) or anniversary(self.signature, last)

    @property
    def resilie(self) -> date:
        """The first day without a contract that was résilié."""
        ended = self.last.resiliation
        return date.max if ended is None else ended.date

    def happened(self, *kinds: type[Event]) -> list[Any]:
        """The events of these kinds, in order."""
        return [event for event in self.last.evenements if isinstance(event, kinds)]

    def place(self, assistant: int, day: date) -> Place:
        """Who held the post of an assistant on a day."""
        reached = [state for state in self.states if state.jour <= day] or [self.states[0]]
        return reached[-1].assistants.get(assistant, Place())

    def first_day(self, annee: int) -> date | None:
        """The first day of a contract year; `None` when the years count from an unknown hiring."""
        return texts.premier_jour(
            self.signature,
            self.last.contrat.date_embauche,
            annee,
            self.acces.texte,
            self.readings.debut_annee,
        )

    def annee(self, day: date) -> int | None:
        """The contract year of a day, `None` outside the contract."""
        first = self.first_day(1)
        if first is None or not max(first, self.signature) <= day < min(self.terme, self.resilie):
            return None
        reached = day.year - first.year + 1
        start = self.first_day(reached)
        assert start is not None
        return reached if start <= day else reached - 1

    def runs(self, day: date) -> bool:
        """Whether the contract is in force on a day, within the years that were asked."""
        return self.signature <= day < min(self.terme, self.resilie) and day <= self.horizon

    def binds(self, day: date) -> bool:
        """Whether a time limit may end on a day: the first one past the contract still counts."""
        return day < self.resilie and day <= min(self.terme, self.horizon)

    def limit(self, name: str) -> Reference:
        """The source of a parameter of the text of access."""
        return self.acces.parametres[name].reference

    def deadline(
        self,
        kind: Kind,
        rank: int,
        rule: str,
        day: date,
        *references: Reference,
        code: str = "",
        status: Status = "due",
        done_on: date | None = None,
        assistant: int = 1,
        **values: Value,
    ) -> Deadline:
        """A deadline of one day, done if the day on which an event settled it is given.

        `assistant`: whose it is; the ranks of each start after those of the ones before him.
        """
        settled: Status = status if done_on is None else "done"
        rank += RANKS * (assistant - 1)
        if assistant > 1:
            values["assistant"] = assistant
        return Deadline(
            kind, rank, code, rule, None, day, self.annee(day), settled, done_on, values, references
        )


def _frame(
    dossier: Dossier,
    events: tuple[Event, ...],
    years: int,
    bareme: Bareme | None,
    paid: Schedule,
) -> _Frame:
    readings = paid.choices
    law = chronology_with(bareme)
    states = timeline(dossier, events, readings=readings, bareme=bareme)
    alive = paid.forced or any(year.verdict != "non_eligible" for year in paid.years)
    return _Frame(
        dossier,
        years,
        readings,
        bareme,
        law,
        law.at(dossier.contrat.date_signature, readings.entree_en_vigueur),
        states,
        paid,
        _on_terms(dossier, states[0], readings, bareme) if alive else None,
    )


def _on_terms(dossier: Dossier, state: State, readings: Readings, bareme: Bareme | None) -> Decision:
    """The decision of year 1 if the contract had these terms: only the objectives are read."""
    contrat = state.contrat.model_copy(update={"date_option": None, "contrat_anterieur": None})
    changed = dossier.model_copy(update={"contrat": contrat, "annee": 1, "observation": None})
    return evaluate(changed, readings=readings, bareme=bareme, force=True)


def _natures(decision: Decision | None) -> list[tuple[NatureObjectif, ...]]:
    """The natures that each objective may have."""
    objectives: dict[Indicateur, Any] = (decision and decision.objectives) or {}
    return [objective.possible_natures for objective in objectives.values()]


def _replaced(frame: _Frame, nature: NatureObjectif, by: date) -> date | None:
    """The day of the avenant after which no objective has this nature any more, if it came by a day."""
    for state in frame.states[1:]:
        event = state.evenements[-1]
        if isinstance(event, AVENANTS) and event.date <= by:
            terms = _on_terms(frame.dossier, state, frame.readings, frame.bareme)
            if not any(nature in natures for natures in _natures(terms)):
                return event.date
    return None


# --- The dates, kind by kind --------------------------------------------------------------------


def _follow_ups(frame: _Frame) -> Iterator[Deadline]:
    """CTR-08: the meetings with the caisse, the last day that was asked included if the contract goes on."""
    months = frame.acces.parametres["suivi_mois"].num
    end = min(frame.horizon + ONE_DAY, frame.terme, frame.resilie)
    for rank, day in enumerate(ctr.points_d_echange(frame.signature, end, frame.acces), start=1):
        yield frame.deadline("suivi", rank, "CTR-08", day, frame.limit("suivi_mois"), mois=months * rank)


def _anniversaries(frame: _Frame) -> Iterator[Deadline]:
    """TMP-02, CTR-08: the first day of each contract year after the first."""
    for rank in range(1, frame.years + 1):
        day = frame.first_day(rank + 1)
        if day is not None and day > frame.signature and frame.runs(day):
            yield frame.deadline("anniversaire", rank, "CTR-08", day, frame.limit("duree_contrat"))


def _ends(frame: _Frame) -> Iterator[Deadline]:
    """CTR-01, CTR-05: the last day of each term, and that of a contract that was résilié."""
    duration = frame.acces.parametres["duree_contrat"].num
    ended = frame.last.resiliation if frame.resilie <= frame.horizon else None
    rank = 1
    while duration * rank <= frame.years:
        after = frame.first_day(duration * rank + 1)
        if after is None or frame.resilie <= after:
            break
        yield _term(frame, rank, after - ONE_DAY, duration)
        if after == frame.terme:
            return
        rank += 1
    if ended is not None:
        yield frame.deadline(
            "fin_de_contrat", rank, "CTR-05", max(ended.date - ONE_DAY, frame.signature),
            frame.acces.references["CTR-05"],
            code="resiliation", done_on=ended.date, resiliation=ended.date.isoformat(),
        )  # fmt: skip


def _term(frame: _Frame, rank: int, day: date, duration: int) -> Deadline:
    """CTR-01: the last day of a term, said with what follows it."""
    prolonged = [event.date for event in frame.happened(AvenantProrogation)]
    done_on = prolonged[rank - 1] if rank <= len(prolonged) else None
    status: Status = "due"
    if ctr.tacite_reconduction(frame.acces):
        code = "reconduction"
    elif rank <= frame.last.prorogations:
        code, status = "proroge", "done"
    else:
        code = "terme" if frame.last.contrat.prorogation is False else "sauf_avenant"
    return frame.deadline(
        "fin_de_contrat", rank, "CTR-01", day, frame.limit("duree_contrat"),
        code=code, status=status, done_on=done_on, duree=duration,
    )  # fmt: skip


def _training(frame: _Frame) -> Iterator[Deadline]:
    """CTR-08: the enrolment and the certification of each assistant.

    Those of the first one in each post count from the signature; those of one who comes later, from his
    hiring: after an absence only the caisse can say (the first one may come back), after a departure his
    clock starts as that of a first one (CTR-07).
    """
    for assistant in frame.last.assistants:
        yield from _first_training(frame, assistant)
        for rank, (embauche, gone) in enumerate(_successors(frame, assistant), start=2):
            if embauche.date > frame.horizon:
                break
            yield from _later_training(frame, assistant, rank, embauche, gone)


def _first_training(frame: _Frame, assistant: int) -> Iterator[Deadline]:
    """The deadlines of the first one in a post, which another one may meet in his place."""
    enrolled, certified = ctr.echeances_de_formation(frame.signature, frame.acces)
    later = {id(embauche) for embauche, _ in _successors(frame, assistant)}
    told = [event for event in frame.happened(Embauche) if event.assistant == assistant]
    first = next((event for event in told if id(event) not in later), None)
    if enrolled is not None and frame.binds(enrolled):
        done = [
            event.date
            for event in frame.happened(InscriptionFormation, Certification)
            if event.assistant == assistant
        ]
        yield _trained(frame, "inscription", assistant, 1, enrolled, first, done_on=min(done, default=None))
    if not frame.binds(certified):
        return
    place = frame.place(assistant, certified)
    holds = place.personne is not None and id(place.personne.embauche) not in later
    own = _certifications(frame, assistant, lambda embauche: id(embauche) not in later)
    others = [] if holds else _certifications(frame, assistant, lambda embauche: id(embauche) in later)
    status, done_on = _certified([*own, *others], not holds)
    yield _trained(frame, "certification", assistant, 1, certified, first, status=status, done_on=done_on)


def _later_training(
    frame: _Frame, assistant: int, rank: int, embauche: Embauche, gone: bool
) -> Iterator[Deadline]:
    """The deadlines of one who came later, unless he leaves before them; `gone`: nobody is waited for."""
    enrolled, certified = ctr.echeances_de_formation(embauche.date, frame.acces)
    own = [personne for personne in _people(frame, assistant) if personne.embauche is embauche]
    if gone and enrolled is not None and frame.binds(enrolled):
        started = [e.date for each in own for e in (each.inscription, each.certification) if e is not None]
        if started or _kept(frame.place(assistant, enrolled), embauche):
            yield _trained(
                frame, "inscription", assistant, rank, enrolled, embauche,
                code=LATER, done_on=min(started, default=None),
            )  # fmt: skip
    if not frame.binds(certified):
        return
    place = frame.place(assistant, certified)
    holds = place.personne is not None and place.personne.embauche is embauche
    obtained = _certifications(frame, assistant, lambda hired: hired is embauche)
    status, done_on = _certified(obtained, not (gone and holds))
    if status == "done" or _kept(place, embauche):
        yield _trained(
            frame, "certification", assistant, rank, certified, embauche,
            code=LATER, status=status, done_on=done_on,
        )  # fmt: skip


def _coordination(frame: _Frame) -> Iterator[Deadline]:
    """CTR-08, ELI-10: under avenant 7, the exercice coordonné that is not there yet, or maybe not."""
    awaited = eligibility.exercice_coordonne_attendu(frame.dossier.medecin.exercice_coordonne, frame.acces)
    day = eligibility.echeance_de_l_exercice_coordonne(frame.signature, frame.acces)
    if awaited is not False and frame.binds(day):
        yield frame.deadline(
            "exercice_coordonne", 1, "CTR-08", day,
            frame.limit("exercice_coordonne_annees"), frame.acces.references["ELI-10"],
            code="" if awaited else "eventuel", duree=frame.acces.parametres["exercice_coordonne_annees"].num,
        )  # fmt: skip


LATER = "nouvel_assistant"
"""The code of what one who came later has to do."""


def _trained(
    frame: _Frame,
    kind: Kind,
    assistant: int,
    rank: int,
    day: date,
    embauche: Embauche | None,
    *,
    code: str = "",
    status: Status = "due",
    done_on: date | None = None,
) -> Deadline:
    """One deadline of the training of an assistant."""
    profil = None if embauche is None else embauche.profil
    more: dict[str, Value] = {}
    if code and embauche is not None:
        more["embauche"] = embauche.date.isoformat()
    if profil == "sage_femme":
        more["profil"] = profil
    limit = frame.limit("certification_annees" if kind == "certification" else "inscription_formation_annees")
    found = frame.deadline(
        kind, rank, "CTR-08", day, limit._replace(nature="deduit") if code == LATER else limit,
        code=code, status=status, done_on=done_on, assistant=assistant,
        diplomes=" ".join(ctr.diplome_attendu(profil)),
    )  # fmt: skip
    return found._replace(values={**more, **found.values})


def _successors(frame: _Frame, assistant: int) -> list[tuple[Embauche, bool]]:
    """The hirings that replace another assistant in a post, and whether he had left for good."""
    found = []
    for before, after in pairwise(frame.states):
        event = after.evenements[-1] if after.evenements else None
        if not isinstance(event, Embauche) or event.assistant != assistant:
            continue
        place = before.assistants.get(assistant)
        if place is not None and place.situation in ("absent", "parti", "suspendu"):
            found.append((event, place.personne is None and not place.remplaces))
    return found


def _people(frame: _Frame, assistant: int) -> list[Personne]:
    """Everybody who held a post, or holds it, each as he was after every event."""
    return [
        personne
        for state in frame.states
        if (place := state.assistants.get(assistant)) is not None
        for personne in (place.personne, *place.remplaces)
        if personne is not None
    ]


def _kept(place: Place, embauche: Embauche) -> bool:
    """Whether an assistant holds a post, or may come back to it."""
    people = (place.personne, *place.remplaces)
    return any(personne is not None and personne.embauche is embauche for personne in people)


def _certifications(
    frame: _Frame, assistant: int, mine: Callable[[Embauche | None], bool]
) -> list[tuple[Certification, Profil | None]]:
    """The certifications obtained by those whose hiring is `mine`, each with a profile."""
    return [
        (personne.certification, None if personne.embauche is None else personne.embauche.profil)
        for personne in _people(frame, assistant)
        if personne.certification is not None and mine(personne.embauche)
    ]


def _certified(
    obtained: Iterable[tuple[Certification, Profil | None]], open_to_doubt: bool
) -> tuple[Status, date | None]:
    """Whether a certification that fits the profile of its assistant was obtained, and when.

    Another one than expected, or an assistant who came later, is for the caisse to say.
    """
    for certification, profil in obtained:
        if certification.diplome in ctr.diplome_attendu(profil):
            return "done", certification.date
        open_to_doubt = True
    return ("a_apprecier" if open_to_doubt else "due"), None


def _secretary(frame: _Frame) -> Iterator[Deadline]:
    """CTR-08: the post of each promoted secretary."""
    for assistant in frame.last.assistants:
        told = [event for event in frame.happened(Embauche) if event.assistant == assistant]
        promoted = [event for event in told if event.secretaire_promue]
        replaced = [e for e in frame.happened(RemplacementSecretaire) if e.assistant == assistant]
        for rank, event in enumerate(promoted, start=1):
            if event.date > frame.horizon:
                break
            until = promoted[rank].date if rank < len(promoted) else date.max
            filled = [e.date for e in replaced if event.date <= e.date <= until]
            day = ctr.remplacement_du_secretaire(event.date, frame.acces)
            if frame.binds(day):
                yield frame.deadline(
                    "remplacement_secretaire", rank, "CTR-08", day,
                    frame.limit("remplacement_secretaire_mois"),
                    done_on=filled[0] if filled else None, promotion=event.date.isoformat(),
                    assistant=assistant,
                )  # fmt: skip


def _birthday(frame: _Frame) -> Iterator[Deadline]:
    """CTR-04: the day from which the objectives may be revised to maintien."""
    born = frame.dossier.medecin.date_naissance
    if born is None:
        return
    day = ctr.anniversaire_senior(born, frame.acces)
    if day > frame.signature and frame.runs(day):
        revised = frame.happened(Avenant65Ans)
        yield frame.deadline(
            "anniversaire_65_ans", 1, "CTR-04", day, frame.acces.references["CTR-04"],
            done_on=revised[0].date if revised else None,
            age=frame.acces.parametres["age_senior"].num,
            comptage=ctr.dernier_comptage(day).isoformat(),
        )  # fmt: skip


def _objective(frame: _Frame) -> Iterator[Deadline]:
    """CTR-08: the day by which an objective of increase is reached, counted from the signature."""
    natures = _natures(frame.signed)
    day = ctr.echeance_de_l_objectif(frame.signature, frame.acces)
    if frame.binds(day) and any("augmentation" in possible for possible in natures):
        certain = ("augmentation",) in natures
        yield frame.deadline(
            "objectif_augmentation", 1, "CTR-08", day, frame.limit("objectif_annees"),
            code="" if certain else "eventuel", done_on=_replaced(frame, "augmentation", day),
            duree=frame.acces.parametres["objectif_annees"].num,
        )  # fmt: skip


def _primo(frame: _Frame) -> Iterator[Deadline]:
    """CTR-03: the end of the first objective of a primo-installé, and that of each new one."""
    avenants = frame.happened(AvenantPrimo)
    if avenants or ("primo_installe",) in _natures(frame.signed):
        reached, under = _reached(frame.paid.years)
        last = frame.acces.parametres["derniere_annee_primo"].num
        annee = last if reached is None else reached
        after = frame.first_day(annee + 1)
        day = None if after is None else after - ONE_DAY
        if day is not None and frame.runs(day):
            done_on = avenants[0].date if avenants else _replaced(frame, "primo_installe", day)
            yield frame.deadline(
                "nouvel_objectif_primo", 1, "CTR-03", day, frame.acces.references["CTR-03"],
                code="sous_p30" if under else "p50" if annee < last else "",
                status="a_apprecier" if under else "due", done_on=done_on,
            )  # fmt: skip
    for rank, avenant in enumerate(avenants, start=1):
        if avenant.date > frame.horizon:
            return
        text = frame.law.at(avenant.date, frame.readings.entree_en_vigueur)
        day = ctr.echeance_du_nouvel_objectif(avenant.date, text)
        if frame.binds(day):
            yield frame.deadline(
                "objectif_primo", rank, "CTR-03", day, text.parametres["objectif_primo_annees"].reference,
                avenant=avenant.date.isoformat(),
            )  # fmt: skip


def _reached(years: tuple[ScheduledYear, ...]) -> tuple[int | None, bool]:
    """The year in which a primo-installé reached what calls for a new objective; under P30 at the end."""
    codes = {year.annee: {alert.code for alert in year.warnings} for year in years}
    found = [annee for annee, said in codes.items() if "nouvel_objectif_a_fixer" in said]
    return min(found, default=None), any("primo_sous_p30_au_terme" in said for said in codes.values())


def _absences(frame: _Frame) -> Iterator[Deadline]:
    """CTR-07: the day from which a post that nobody holds calls for an avenant of suspension."""
    ranks: Counter[int] = Counter()
    for vacancy in vacancies(frame.last.evenements):
        ranks[vacancy.assistant] += 1
        start, over, avenant = vacancy.cause.date, vacancy.over, vacancy.suspension
        day = ctr.suspension_due(start, frame.acces)
        if start > frame.horizon or not frame.runs(day):
            continue
        after = avenant.date if avenant is not None else None if over == frame.resilie else over
        settled = after is not None and (avenant is not None or after <= day)
        left, told = isinstance(vacancy.cause, Depart), frame.limit("absence_mois")
        yield frame.deadline(
            "suspension", ranks[vacancy.assistant], "CTR-07", day,
            told._replace(nature="deduit") if left else told,
            code="depart" if left else "",
            status="due" if after is None else "a_apprecier",
            done_on=after if settled else None, absence=start.isoformat(), assistant=vacancy.assistant,
        )  # fmt: skip


def _notice(frame: _Frame) -> Iterator[Deadline]:
    """CTR-05, CTR-08: the last day on which a doctor may give notice of his résiliation."""
    ended = frame.last.resiliation
    if ended is None or ended.initiative != "medecin":
        return
    day, told = ctr.fin_de_preavis(ended.date, frame.acces), ended.date_notification
    if frame.signature <= day <= frame.horizon:
        late = ctr.preavis_tardif(ended.initiative, told, day)
        yield frame.deadline(
            "preavis", 1, "CTR-05", day, frame.limit("preavis_mois"),
            status="a_apprecier" if late else "due", done_on=None if late else told,
            resiliation=ended.date.isoformat(),
        )  # fmt: skip


def _carence(frame: _Frame) -> Iterator[Deadline]:
    """CTR-06: the latest end of the delay before a new contract; the caisse decides by the ground."""
    ended = frame.last.resiliation
    if ended is not None and ended.date <= frame.horizon:
        yield frame.deadline(
            "carence", 1, "CTR-06", ctr.fin_de_carence(ended.date, frame.acces),
            frame.limit("carence_annees"), status="a_apprecier", resiliation=ended.date.isoformat(),
        )  # fmt: skip


def _payments(frame: _Frame) -> Iterator[Deadline]:
    """VRS-01 to VRS-04, CTR-02, CTR-05: the payments of the schedule, each with its window."""
    whole = _whole_windows(frame)
    for year in frame.paid.years:
        if year.debut is not None and year.debut >= frame.terme:
            return
        waiting = any(missing.field.startswith("caisse.") for missing in year.missing)
        for rank, payment in enumerate(year.payments):
            if payment.due_by is not None:
                kind: Kind = "solde" if rank else "versement"
                item = _payment(payment, payment.due_by, kind, waiting, year.verdict)
                yield item if rank else _until_the_end(frame, item, whole.get(year.annee))


def _whole_windows(frame: _Frame) -> dict[int, date]:
    """CTR-05: the last day of the first payment of each year, had the contract not been résilié."""
    if frame.resilie > frame.horizon:
        return {}
    asked = frame.paid
    going_on = schedule(
        frame.dossier,
        asked.observations,
        frame.years,
        events=[event for event in asked.events if not isinstance(event, Resiliation)],
        readings=frame.readings,
        bareme=frame.bareme,
        force=asked.forced,
    )
    firsts = [year.payments[0] for year in going_on.years if year.payments]
    return {first.annee: first.due_by for first in firsts if first.due_by is not None}


def _until_the_end(frame: _Frame, item: Deadline, whole: date | None) -> Deadline:
    """CTR-05: a first payment cut on the eve of a résiliation; nobody knows if it was made by then.

    `whole`: the last day that its window had. What the résiliation says was paid settles that of its
    year.
    """
    ended = frame.last.resiliation
    if ended is None or whole is None:
        return item
    start = item.start or item.day
    day = max(start, min(item.day, ended.date - ONE_DAY))
    status = item.status
    if ended.verse is not None and item.annee == frame.annee(max(frame.signature, ended.date - ONE_DAY)):
        status = "done"
    elif ended.date < whole:
        status = "a_apprecier"
    return item._replace(start=None if start == day else start, day=day, status=status)


def _payment(payment: Payment, day: date, kind: Kind, waiting: bool, verdict: Verdict | None) -> Deadline:
    """A payment; one that waits for a decision of the caisse, or has no amount, is for it to say."""
    amount = payment.amount
    code = "resiliation" if (payment.rule, payment.kind) == ("CTR-05", "solde") else payment.kind
    return Deadline(
        kind,
        payment.annee,
        code,
        payment.rule,
        None if payment.due_from == day else payment.due_from,
        day,
        payment.annee,
        "a_apprecier" if amount is None or waiting else "due",
        None,
        {
            "bas": None if amount is None else str(amount.low),
            "haut": None if amount is None else str(amount.high),
            **({"verdict": verdict} if verdict == "a_instruire" else {}),
        },
        payment.references,
    )


PARTS = (
    _payments,
    _follow_ups,
    _anniversaries,
    _training,
    _coordination,
    _secretary,
    _objective,
    _primo,
    _birthday,
    _absences,
    _notice,
    _ends,
    _carence,
)


def _warnings(paid: Schedule, items: Iterable[Deadline]) -> tuple[Alert, ...]:
    """What the schedule warns of; the weakest source that it tells is that of the dates too (TMP-04)."""
    sources = [reference for item in items for reference in item.references]
    return tuple(weakened(alert, sources) for alert in paid.warnings)


def _missing(frame: _Frame) -> dict[str, tuple[Kind, ...]]:
    """What nobody gave, and the kinds of deadlines left out for lack of it."""
    natures = _natures(frame.signed)
    primo = ("primo_installe",) in natures or bool(frame.happened(AvenantPrimo))
    found: dict[str, tuple[Kind, ...]] = {}
    if frame.first_day(1) is None:
        kinds: tuple[Kind, ...] = ("versement", "solde", "anniversaire", "fin_de_contrat")
        found["contrat.date_embauche"] = (*kinds, "nouvel_objectif_primo") if primo else kinds
    untold = "contrat.contrat_anterieur.option_etp"
    if any(y.decision is None and untold in {m.field for m in y.missing} for y in frame.paid.years):
        found[untold] = ("versement", "solde")
    if frame.dossier.medecin.date_naissance is None:
        found["medecin.date_naissance"] = ("anniversaire_65_ans",)
    if frame.signed is not None and not primo and any("primo_installe" in n for n in natures):
        for missing in frame.signed.missing:
            if {"ELI-06", "OBJ-02"} & set(missing.rules):
                found[missing.field] = (*found.get(missing.field, ()), "nouvel_objectif_primo")
    if frame.paid.years and all(year.verdict == "non_eligible" for year in frame.paid.years):
        useful = {missing.field for missing in frame.paid.missing}
        found = {field: kinds for field, kinds in found.items() if frame.paid.forced or field in useful}
    unconfirmed = frame.last.contrat.prorogation is None and not frame.last.prorogations
    if unconfirmed and frame.terme < frame.horizon:
        found["contrat.prorogation"] = ("versement", "solde", "suivi", "anniversaire")
    return found
