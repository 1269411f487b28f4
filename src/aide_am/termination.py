"""What a résiliation costs: the sum that the caisse recovers, and when a new contract may be signed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .bareme import Bareme
from .calendar import ONE_DAY
from .chronology import chronology_with
from .closed import shown
from .contract_terms import late_notice
from .contract_year import UNTOLD_REST
from .decision import Alert, Amount, BaremeUsed, Missing
from .documents import Format
from .errors import Refusal, RefusedData
from .events import Event, EventRecord, Resiliation, read_events
from .life import replay
from .models import LAST_YEAR, Dossier, Observation
from .outcomes import others
from .readings import CHOICES, DEFAULT, Readings
from .records import adapter_of, json_object
from .references import Reference
from .rules import amounts
from .rules import life as ctr
from .scheduling import schedule
from .scheduling_record import Schedule, ScheduledYear, weakened
from .terms import Verdict


@json_object
class OtherRecovery(NamedTuple):
    """What one other value of one reading would give after a résiliation, in euros.

    Both sums are `None` where they are not known. `possible` is false where the events cannot be under
    that reading: nothing else is known then.
    """

    reading: str
    value: str
    possible: bool
    verdict: Verdict | None
    recovered: Amount | None
    left_to_pay: Amount | None


OF_TIME = ("entree_en_vigueur", "debut_annee")
"""The readings of the days on which the contract years start (TMP-01, TMP-02)."""


@json_object
class Recovery(NamedTuple):
    """What follows a résiliation, in euros.

    `annee`: the contract year in which it takes effect, `jours_courus` of its `jours` being run.
    `due`: the amount of that year for these days. `paid`: what was paid for it; an interval from zero
    where a payment may or may not have been made by that day. `recovered`: paid − due, if positive;
    `left_to_pay`: due − paid, if positive. A new contract may be signed from a day between
    `new_contract_from` and `new_contract_by`: the caisse decides by the ground (CTR-06).
    `notice_by`: the last day of the notice of a doctor's own résiliation. `others`: what every other value
    of the readings consulted would give, where the sums differ. Under `recuperation=prorata_du_verse` the
    sum recovered does not hang on what is due; what is left to pay then is for the caisse to say.
    """

    resiliation: Resiliation
    annee: int | None
    verdict: Verdict | None
    jours_courus: int | None
    jours: int | None
    due: Amount | None
    paid: Amount | None
    recovered: Amount | None
    left_to_pay: Amount | None
    new_contract_from: date
    new_contract_by: date
    notice_by: date | None
    others: tuple[OtherRecovery, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    references: tuple[Reference, ...]
    dossier: Dossier
    events: tuple[EventRecord, ...]
    observations: dict[int, Observation]
    baremes: tuple[BaremeUsed, ...]
    choices: Readings
    forced: bool

    def explain(self, format: Format = "texte") -> str:
        """The answer in French, as text, Markdown or HTML."""
        from .termination_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")

    def to_json(self, *, indent: int | None = None) -> str:
        """The answer as JSON text."""
        return adapter_of(Recovery).dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "Recovery":
        """The answer that `to_json` wrote, equal to it."""
        return adapter_of(Recovery).validate_json(text)


def recovery(
    dossier: Dossier,
    events: Iterable[Any],
    observations: Mapping[int, Any] | None = None,
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> Recovery:
    """What the caisse recovers after the résiliation that ends `events` (CTR-05, CTR-06).

    Without `verse` in the résiliation, a payment whose window is closed is taken as made, one whose
    window is open as made or not, one not yet due as not made. Raises `RefusedData` without a
    résiliation, and as `schedule` does.
    """
    found = _recovery(dossier, read_events(events), observations, readings or DEFAULT, bareme, force)
    differing = []
    for name, value, choices in others(found.readings, found.choices):
        try:
            other = _recovery(dossier, found.events, observations, choices, bareme, force)
        except RefusedData:  # a reading under which these events cannot be
            differing.append(OtherRecovery(name, value, False, None, None, None))
            continue
        sums = (other.verdict, other.recovered, other.left_to_pay)
        if sums != (found.verdict, found.recovered, found.left_to_pay):
            differing.append(OtherRecovery(name, value, True, *sums))
    return found._replace(others=tuple(differing))


def _recovery(
    dossier: Dossier,
    given: tuple[Event, ...],
    observations: Mapping[int, Any] | None,
    choices: Readings,
    bareme: Bareme | None,
    force: bool,
) -> Recovery:
    """What follows a résiliation under some readings, without what the others would give."""
    end = _resiliation(dossier, given, choices, bareme)
    going_on, ended = _schedules(dossier, end, given, observations, choices, bareme, force)
    whole, cut = _holding(going_on.years, end.date), _holding(ended.years, end.date)
    year = cut or whole
    refused = year is not None and year.verdict == "non_eligible" and not force
    told = _money(whole, cut, end)
    sums = told._replace(paid=None) if refused else told
    recovered, left = _balance(sums, choices)
    acces = chronology_with(bareme).at(dossier.contrat.date_signature, choices.entree_en_vigueur)
    by_doctor = end.initiative == "medecin"
    notice = (acces.parametres["preavis_mois"].reference,) if by_doctor else ()
    annee = None if whole is None else whole.annee
    references = (*map(acces.references.__getitem__, ("CTR-05", "CTR-06")), *notice)
    warnings = _warnings(year, late_notice(end, acces, annee))
    return Recovery(
        resiliation=end,
        annee=annee,
        verdict=None if year is None else year.verdict,
        jours_courus=told.run,
        jours=told.total,
        due=told.due,
        paid=told.paid,
        recovered=recovered,
        left_to_pay=left,
        new_contract_from=end.date,
        new_contract_by=ctr.fin_de_carence(end.date, acces),
        notice_by=ctr.fin_de_preavis(end.date, acces) if by_doctor else None,
        others=(),
        missing=_lacks(year, told.paid, given.index(end), left, choices, refused),
        warnings=tuple(weakened(alert, references) for alert in warnings),
        readings=_consulted(_of_the_years(going_on.years) if year is None else year.readings, sums, choices),
        references=references,
        dossier=dossier,
        events=given,
        observations=going_on.observations,
        baremes=() if year is None or year.decision is None else year.decision.baremes,
        choices=choices,
        forced=force,
    )


def _resiliation(
    dossier: Dossier, given: tuple[Event, ...], choices: Readings, bareme: Bareme | None
) -> Resiliation:
    """The résiliation that ends these events; raises `RefusedData` where there is none."""
    end = replay(dossier, given, readings=choices, bareme=bareme).resiliation
    if end is None:
        remedy = "ajoutez l’événement « resiliation » à la fin"
        raise RefusedData([Refusal("evenements", "aucune résiliation", "une résiliation", remedy, "vide")])
    return end


def _schedules(
    dossier: Dossier,
    end: Resiliation,
    given: tuple[Event, ...],
    observations: Mapping[int, Any] | None,
    choices: Readings,
    bareme: Bareme | None,
    force: bool,
) -> tuple[Schedule, Schedule]:
    """The contract as it would have gone on, and as it ended.

    Both tell what is due for the days run; what is recovered of it, by the reading, is said here.
    """
    by_days = choices.model_copy(update={"recuperation": "sur_le_du"})
    options: dict[str, Any] = {"readings": by_days, "bareme": bareme, "force": force}
    years = _years(dossier, end, given, observations)
    before = [event for event in given if not isinstance(event, Resiliation)]
    return (
        schedule(dossier, observations, years, events=before, **options),
        schedule(dossier, observations, years, events=given, **options),
    )


class _Sums(NamedTuple):
    """What is due for the days run, what was paid, the days run and those of the year; `None`: not known."""

    due: Amount | None
    paid: Amount | None
    run: int | None
    total: int | None


def _warnings(year: ScheduledYear | None, late: list[Alert]) -> tuple[Alert, ...]:
    """Those of the year; a late notice is told though the year that would say it is not there any more."""
    warnings = () if year is None else year.warnings
    return (*warnings, *(alert for alert in late if alert.code not in {w.code for w in warnings}))


def _consulted(of_the_year: Mapping[str, str], sums: _Sums, choices: Readings) -> dict[str, str]:
    """The readings of the year, and that of the sum recovered where it matters, with its rounding."""
    found = {name: value for name, value in of_the_year.items() if name != "recuperation"}
    every = (choices.model_copy(update={"recuperation": value}) for value in CHOICES["recuperation"])
    if len({_balance(sums, each) for each in every}) > 1:
        found["recuperation"] = choices.recuperation
        if choices.recuperation != "sur_le_du" and _rounded(sums):
            found["arrondi"] = choices.arrondi
    return found


def _of_the_years(years: Iterable[ScheduledYear]) -> dict[str, str]:
    """The readings that tell when the years run, where none of them is known to hold the résiliation."""
    return {name: year.readings[name] for year in years for name in OF_TIME if name in year.readings}


def _rounded(sums: _Sums) -> bool:
    """Whether another rounding would recover another part of what was paid."""
    if sums.paid is None or sums.run is None or sums.total is None:
        return False
    left = sums.total - sums.run
    return any(
        amounts.depend_de_l_arrondi(Fraction(end), left, sums.total)
        for end in (sums.paid.low, sums.paid.high)
    )


def _lacks(
    year: ScheduledYear | None,
    paid: Amount | None,
    rank: int,
    left: Amount | None,
    choices: Readings,
    refused: bool,
) -> tuple[Missing, ...]:
    """What the year lacks, what was paid for it where that is not sure, and the word of the caisse."""
    unsure = not refused and (paid is None or paid.value is None)
    rest = choices.recuperation != "sur_le_du" and (left is None or left.high > 0) and not refused
    return (
        *((Missing(f"evenements.{rank}.verse", ("CTR-05",), "part"),) if unsure else ()),
        *(() if year is None else year.missing),
        *(UNTOLD_REST if rest and paid is not None else ()),
        Missing("caisse.CTR-06", ("CTR-06",), "part"),
    )


def _years(
    dossier: Dossier, end: Resiliation, events: Sequence[Event], observations: Mapping[int, Any] | None
) -> int:
    """Enough contract years to hold the résiliation and every observation."""
    years = end.date.year - dossier.contrat.date_signature.year + 2
    if years > LAST_YEAR:
        field = f"evenements.{events.index(end)}.date"
        expected = f"une date dans les {LAST_YEAR} années du contrat"
        raise RefusedData([Refusal(field, shown(end.date), expected, "vérifiez la date", "date_impossible")])
    told = observations if isinstance(observations, Mapping) else {}
    return max([years, *(annee for annee in told if type(annee) is int and annee <= LAST_YEAR)])


def _holding(years: Iterable[ScheduledYear], day: date) -> ScheduledYear | None:
    """The contract year that holds a day, or that ends on its eve by a résiliation."""
    for year in years:
        if year.debut is None or year.fin is None:
            continue
        cut = any(payment.rule == "CTR-05" for payment in year.payments)
        if year.debut <= day <= (year.fin + ONE_DAY if cut else year.fin):
            return year
    return None


def _money(whole: ScheduledYear | None, cut: ScheduledYear | None, end: Resiliation) -> _Sums:
    """The sums and the days of the year, whole as it would have been, `cut` as it was."""
    paid = None if end.verse is None else _exact(end.verse)
    if whole is None or whole.debut is None or whole.fin is None:
        return _Sums(None, paid, None, None)
    run, total = (end.date - whole.debut).days, (whole.fin + ONE_DAY - whole.debut).days
    due = amounts.amount(0, 0) if not run else None if cut is None else cut.amount_due
    return _Sums(due, paid or _paid(whole, end.date), run, total)


def _exact(euros: Decimal) -> Amount:
    """A sum that is known."""
    return amounts.amount(amounts.centimes(euros), amounts.centimes(euros))


def _paid(year: ScheduledYear, day: date) -> Amount | None:
    """What was paid by that day of a year's first payment, as far as its window tells."""
    first = year.payments[0] if year.payments else None
    if first is None or first.amount is None or first.due_from is None or first.due_by is None:
        return None
    if day > first.due_by:
        return first.amount
    high = first.amount.high if day > first.due_from else Decimal(0)
    return amounts.amount(0, amounts.centimes(high))


def _balance(sums: _Sums, choices: Readings) -> tuple[Amount | None, Amount | None]:
    """What is recovered, and what is left to pay, by the reading `recuperation`."""
    if choices.recuperation == "prorata_du_verse":
        return _by_the_days_left(sums, choices.arrondi)
    due, paid = sums.due, sums.paid
    if due is None or paid is None:
        return None, None
    low, high = amounts.centimes(due.low), amounts.centimes(due.high)
    least, most = amounts.centimes(paid.low), amounts.centimes(paid.high)
    recovered = amounts.amount(ctr.recupere(least, high), ctr.recupere(most, low))
    return recovered, amounts.amount(ctr.recupere(low, most), ctr.recupere(high, least))


def _by_the_days_left(sums: _Sums, arrondi: str) -> tuple[Amount | None, Amount | None]:
    """The part of what was paid that stands for the days left; the caisse says what is left to pay.

    It is nothing, or up to what the days run are worth beyond what is kept.
    """
    due, paid, run, total = sums
    if paid is None or run is None or total is None:
        return None, None
    ends = [amounts.centimes(end) for end in (paid.low, paid.high)]
    taken = [ctr.recupere_au_prorata(end, total - run, total, arrondi) for end in ends]
    recovered = amounts.amount(*taken)
    if due is None:
        return recovered, None
    most = amounts.centimes(due.high)
    cases = (ctr.du_apres_recuperation(end, back, most) for end, back in zip(ends, taken, strict=True))
    return recovered, amounts.amount(0, max(worth - kept for kept, worth in cases))
