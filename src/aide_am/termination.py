"""What a résiliation costs: the sum that the caisse recovers, and when a new contract may be signed."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from . import french
from .bareme import Bareme
from .chronology import chronology
from .contract_year import ONE_DAY
from .decision import Alert, Amount, Missing
from .documents import Document, Entry, Format, Section, written
from .errors import Refusal, RefusedData
from .events import Resiliation, read_events
from .life import replay
from .models import Dossier
from .readings import DEFAULT, Readings
from .records import adapter_of, json_object
from .references import Reference
from .rendering import amount_text, contract, sentence_case
from .rules import amounts
from .rules import life as ctr
from .scheduling import schedule
from .scheduling_record import ScheduledYear
from .sentences import MOTIFS, missing_sentence, warning_sentence


@json_object
class Recovery(NamedTuple):
    """What follows a résiliation, in euros.

    `annee`: the contract year in which it takes effect, `jours_courus` of its `jours` being run.
    `due`: the amount of that year for these days. `paid`: what was paid for it; an interval from zero
    where a payment may or may not have been made by that day. `recovered`: paid − due, if positive;
    `left_to_pay`: due − paid, if positive. A new contract may be signed from a day between
    `new_contract_from` and `new_contract_by`: the caisse decides by the ground (CTR-06).
    """

    resiliation: Resiliation
    annee: int | None
    jours_courus: int | None
    jours: int | None
    due: Amount | None
    paid: Amount | None
    recovered: Amount | None
    left_to_pay: Amount | None
    new_contract_from: date
    new_contract_by: date
    missing: tuple[Missing, ...]
    warnings: tuple[Alert, ...]
    readings: dict[str, str]
    references: tuple[Reference, ...]
    dossier: Dossier

    def explain(self, format: Format = "texte") -> str:
        """The answer in French, as text, Markdown or HTML."""
        return written(_document(self), format)

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
    given = read_events(events)
    choices = readings or DEFAULT
    end = replay(dossier, given, readings=choices).resiliation
    if end is None:
        remedy = "ajoutez l’événement « resiliation » à la fin"
        raise RefusedData([Refusal("evenements", "aucune résiliation", "une résiliation", remedy, "vide")])
    before = [event for event in given if not isinstance(event, Resiliation)]
    years = max([end.date.year - dossier.contrat.date_signature.year + 1, *(observations or {})])
    options: dict[str, Any] = {"readings": choices, "bareme": bareme, "force": force}
    whole = _holding(schedule(dossier, observations, years, events=before, **options).years, end.date)
    cut = _holding(schedule(dossier, observations, years, events=given, **options).years, end.date)
    acces = chronology().at(dossier.contrat.date_signature, choices.entree_en_vigueur)
    due, paid, run, total = _money(whole, cut, end)
    recovered, left = _balance(due, paid)
    unsure = paid is None or paid.value is None
    told = cut or whole
    return Recovery(
        end,
        None if whole is None else whole.annee,
        run,
        total,
        due,
        paid,
        recovered,
        left,
        end.date,
        ctr.fin_de_carence(end.date, acces),
        (
            *((Missing("evenements.resiliation.verse", ("CTR-05",), "part"),) if unsure else ()),
            *(() if told is None else told.missing),
            Missing("caisse.CTR-06", ("CTR-06",), "part"),
        ),
        () if told is None else told.warnings,
        {} if told is None else told.readings,
        (
            acces.references["CTR-05"],
            acces.references["CTR-06"],
            acces.parametres["carence_annees"].reference,
        ),
        dossier,
    )


def _holding(years: Iterable[ScheduledYear], day: date) -> ScheduledYear | None:
    """The contract year that holds a day, or that ends on its eve by a résiliation."""
    for year in years:
        if year.debut is None or year.fin is None:
            continue
        cut = any(payment.rule == "CTR-05" for payment in year.payments)
        if year.debut <= day <= (year.fin + ONE_DAY if cut else year.fin):
            return year
    return None


def _money(
    whole: ScheduledYear | None, cut: ScheduledYear | None, end: Resiliation
) -> tuple[Amount | None, Amount | None, int | None, int | None]:
    """Due for the days run, paid by that day, days run, days of the year; `None` where not known."""
    told = None if end.verse is None else _exact(end.verse)
    if whole is None or whole.debut is None or whole.fin is None:
        return None, told, None, None
    run, total = (end.date - whole.debut).days, (whole.fin + ONE_DAY - whole.debut).days
    due = amounts.amount(0, 0) if not run else None if cut is None else cut.amount_due
    return due, told or _paid(whole, end.date), run, total


def _exact(euros: Decimal) -> Amount:
    """A sum that is known."""
    return amounts.amount(amounts.centimes(euros), amounts.centimes(euros))


def _paid(year: ScheduledYear, day: date) -> Amount | None:
    """What was paid by that day of a year's first payment, as far as its window tells."""
    first = year.payments[0] if year.payments else None
    if first is None:
        return amounts.amount(0, 0)
    if first.amount is None or first.due_from is None or first.due_by is None:
        return None
    if day >= first.due_by and day > first.due_from:
        return first.amount
    high = first.amount.high if day > first.due_from else Decimal(0)
    return amounts.amount(0, amounts.centimes(high))


def _balance(due: Amount | None, paid: Amount | None) -> tuple[Amount | None, Amount | None]:
    """What is recovered, and what is left to pay; one of them is nothing."""
    if due is None or paid is None:
        return None, None
    low, high = amounts.centimes(due.low), amounts.centimes(due.high)
    least, most = amounts.centimes(paid.low), amounts.centimes(paid.high)
    recovered = amounts.amount(ctr.recupere(least, high), ctr.recupere(most, low))
    return recovered, amounts.amount(ctr.recupere(low, most), ctr.recupere(high, least))


def _document(answer: Recovery) -> Document:
    """The answer before it is written."""
    end = answer.resiliation
    lines = [
        f"Résiliation au {french.day(end.date)}, à l’initiative "
        f"{'du médecin' if end.initiative == 'medecin' else 'de la caisse'} : {MOTIFS[end.motif]}.",
        f"À récupérer par la caisse : {_shown(answer.recovered)}.",
    ]
    if answer.left_to_pay is not None and answer.left_to_pay.high:
        lines.append(f"Reste à verser au médecin : {_shown(answer.left_to_pay)}.")
    lines.append(
        f"Nouveau contrat : possible au plus tard à partir du {french.day(answer.new_contract_by)} ; "
        f"la caisse peut l’admettre dès le {french.day(answer.new_contract_from)}, selon le motif."
    )
    steps = [
        Entry(f"Année {answer.annee} : {answer.jours_courus} jours courus sur {answer.jours}."),
        Entry(f"[CTR-05] Dû pour ces jours : {_shown(answer.due)}."),
        Entry(f"[CTR-05] Déjà versé pour cette année : {_shown(answer.paid)}."),
    ]
    sections = (
        Section("Calcul", tuple(steps) if answer.jours is not None else ()),
        Section("À savoir", tuple(Entry(warning_sentence(alert)) for alert in answer.warnings)),
        Section("Ce qui manque", tuple(Entry(sentence_case(missing_sentence(m))) for m in answer.missing)),
    )
    return Document(
        french.typeset(f"Résiliation : {contract(answer.dossier)}"),
        tuple(map(french.typeset, lines)),
        tuple(
            section._replace(entries=tuple(e._replace(text=french.typeset(e.text)) for e in section.entries))
            for section in sections
            if section.entries
        ),
    )


def _shown(amount: Amount | None) -> str:
    return "à dire par la caisse" if amount is None else amount_text(amount)
