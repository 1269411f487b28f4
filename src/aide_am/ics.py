"""The calendar of a contract as an iCalendar file (RFC 5545): the only module that needs `icalendar`.

Days without times, in no time zone; a window ends the day after its last day, as the format wants.
Nothing depends on the clock: the same calendar gives the same bytes, and importing it again updates
the dates that it already brought, by their UIDs.
"""

from datetime import UTC, datetime, time
from hashlib import sha256

from . import french
from .agenda_record import KINDS, Deadline, Deadlines
from .calendar import ONE_DAY
from .closed import shown
from .errors import AideAmError, Refusal, RefusedData
from .rendering import SIMULATED, contract

PRODID = "-//aide_am//Calendrier d’un contrat//FR"
CATEGORY = "Assistant médical"
DISCLAIMER = "Ce n’est pas un calcul officiel."
SEPARATOR = "\n"
"""Between what identifies a deadline: no reference holds a line break once its spaces are plain."""
WITHOUT_EXTRA = (
    "le fichier de calendrier demande une bibliothèque qui n’est pas installée : "
    'lancez pip install "aide-am[calendar]".'
)


def to_ics(found: Deadlines, reference: str | None = None) -> bytes:
    """The file, in UTF-8, one event a deadline.

    `reference`: what the caller calls the contract (see `Deadlines.to_ics`). Raises `RefusedData` where
    it is not text, `AideAmError` when the extra `calendar` is not installed.
    """
    if reference is not None and not isinstance(reference, str):
        remedy = "donnez le nom du contrat entre guillemets, ou rien"
        raise RefusedData(
            [Refusal("reference", shown(reference), "un texte, entre guillemets", remedy, "string_type")]
        )
    try:
        from icalendar import Calendar, Event
    except ImportError as error:
        raise AideAmError(french.typeset(WITHOUT_EXTRA)) from error
    name = " ".join((reference or "").split())
    stamp = datetime.combine(found.checked, time(), UTC)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    for item in found.items:
        event = Event()
        event.add("uid", _uid(found, item, name))
        event.add("dtstamp", stamp)
        event.add("dtstart", item.start or item.day)
        event.add("dtend", item.day + ONE_DAY)
        event.add("summary", _summary(item, name))
        event.add("description", _description(found, item))
        event.add("categories", [CATEGORY, french.capital(KINDS[item.kind])])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _uid(found: Deadlines, item: Deadline, name: str) -> str:
    """What identifies a deadline, and nothing that a new datum could change: neither day nor amount."""
    contrat, medecin = found.dossier.contrat, found.dossier.medecin
    identity = (name, contrat.date_signature.isoformat(), medecin.specialite, item.kind, str(item.rank))
    return f"{sha256(SEPARATOR.join(identity).encode()).hexdigest()[:32]}@aide-am"


def _summary(item: Deadline, name: str) -> str:
    text = f"{item.label} ({item.state})" if item.status == "done" else item.label
    return f"{name} – {text}" if name else text


def _description(found: Deadlines, item: Deadline) -> str:
    lines = [f"{contract(found.dossier)}.", *item.notes, DISCLAIMER]
    if found.simulated:
        lines.insert(0, SIMULATED)
    return "\n".join(map(french.typeset, lines))
