"""How sums, verdicts and other readings are said (chapter DIT): every text, page and chart asks here."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from . import french
from .chronology import register
from .decision import Amount, Criterion
from .documents import Entry, Section
from .lectures import lectures
from .outcomes import End, Span
from .readings import CHOICES, Readings
from .rules.answers import Condition, Effet, condition
from .sentences import WORDS, verdict_words
from .terms import Verdict

UNKNOWN = "à dire par la caisse"
"""What stands for a sum that no text gives."""
CONDITIONS: Mapping[Condition, str] = {
    "acquis": "",
    "si_admis": " si le contrat est admis",
    "si_maintenu": " si le contrat est maintenu",
    "refuse": "",
}
"""What a sum hangs on, after its name: montant dû si le contrat est admis."""
WEAKEST: tuple[Condition, ...] = ("si_maintenu", "si_admis")
"""What is said of the sum of several years that hang on different conditions: the weakest of them."""
NOTHING_DUE = "rien n’est dû"
OTHER_READINGS = "Ce que changerait une autre lecture"
CODES = "Codes des lectures, pour l’analyste"
"""The titles of what other readings change, and of the codes by which a reading is asked for."""
CONTRADICTED = "les données du dossier se contredisent alors"


# --- Sums ---------------------------------------------------------------------------------------


def amount_text(amount: Amount) -> str:
    """18 000 €, or both ends of an interval."""
    if amount.value is not None:
        return french.euros(amount.value)
    return f"entre {french.euros(amount.low)} et {french.euros(amount.high)}"


def sum_text(amount: Amount | None) -> str:
    """The amount, or that the caisse must say."""
    return UNKNOWN if amount is None else amount_text(amount)


def conditioned(name: str, verdict: Verdict | None, forced: bool = False) -> str:
    """The name of a sum with what it hangs on (DIT-01): « montant dû si le contrat est admis »."""
    return name if verdict is None else name + CONDITIONS[condition(verdict, forced)]


def conditioned_by_all(name: str, verdicts: Iterable[Verdict | None], forced: bool = False) -> str:
    """The name of a sum over several years with what it hangs on: the weakest of their verdicts."""
    found = {condition(verdict, forced) for verdict in verdicts if verdict is not None}
    return name + next((CONDITIONS[each] for each in WEAKEST if each in found), "")


def named_sum(name: str, amount: Amount, verdict: Verdict | None, forced: bool = False) -> str:
    """A sum in the run of a sentence: montant dû 38 000 €, montant dû si le contrat est admis : 38 000 €."""
    called = conditioned(name, verdict, forced)
    return f"{called}{' ' if called == name else ' : '}{amount_text(amount)}"


def due_text(
    verdict: Verdict | None,
    amount: Amount | None,
    forced: bool = False,
    unknown: str = UNKNOWN,
    criteria: Iterable[Criterion] = (),
) -> str:
    """What is due, with the verdict: nothing after a refusal, whatever is not known of it."""
    if verdict is not None and condition(verdict, forced) == "refuse":
        return f"0 € ({french.lower(verdict_words(verdict, criteria))})"
    return unknown if amount is None else conditioned(amount_text(amount), verdict, forced)


def verdict_cell(verdict: Verdict | None, unknown: str = "–", criteria: Iterable[Criterion] = ()) -> str:
    """A verdict in a table, with what the sums beside it hang on; past its term a contract is said so."""
    if verdict is None:
        return unknown
    return verdict_words(verdict, criteria) + (
        " (dû si le contrat est admis)" if verdict == "a_instruire" else ""
    )


# --- What a result is -----------------------------------------------------------------------------


def result_text(
    verdict: Verdict,
    maximum: Amount | None,
    due: Amount | None,
    forced: bool = False,
    criteria: Iterable[Criterion] = (),
    before: tuple[Amount | None, Amount | None] = (None, None),
) -> str:
    """A result in a few words: never a sum without the verdict that it hangs on (DIT-01).

    before: the maximum and the amount due of the result that it is set beside; where the maximum alone
    differs, it is what is told.
    """
    if condition(verdict, forced) == "refuse":
        return f"{french.lower(verdict_words(verdict, criteria))}, {NOTHING_DUE}"
    if maximum is not None and due is not None and due == before[1] and maximum != before[0]:
        return f"{named_sum('montant maximal', maximum, verdict, forced)}, montant dû inchangé"
    for name, amount in (("montant dû", due), ("montant maximal", maximum)):
        if amount is not None:
            return named_sum(name, amount, verdict, forced)
    return f"{WORDS[verdict].lower()}, aucun montant connu"


def effects_text(effects: Iterable[Effet], verdict: Verdict, result: str, criteria: Iterable[str]) -> str:
    """What another reading changes, from what it gives: verdict and sum first, else the criteria (DIT-02)."""
    found = set(effects)
    if found == {"critere"}:
        return criteria_text(criteria)
    word = WORDS[verdict].lower()
    told = result.startswith(word) or result.endswith(NOTHING_DUE)
    return f"{word}, {result}" if "verdict" in found and not told else result


def criteria_text(criteria: Iterable[str]) -> str:
    """The criteria that another reading changes, where it changes nothing else."""
    return f"{french.enumeration(list(dict.fromkeys(criteria)))}, sans changer le verdict ni le montant"


def changed_criteria(before: Iterable[Criterion], after: Iterable[Criterion]) -> list[str]:
    """The criteria whose status differs, in words; one that a side does not ask is sans objet there."""
    once, now = ({(c.rule, c.values.get("membre")): c.status for c in each} for each in (before, after))
    titles = register().regles
    found = []
    for key in dict.fromkeys((*now, *once)):
        was, status = once.get(key, "sans_objet"), now.get(key, "sans_objet")
        if was != status:
            title = titles[key[0]].lower()
            found.append(f"critère {key[0]} ({title}) : {WORDS[status]} au lieu de {WORDS[was]}")
    return found


# --- Every reading together -----------------------------------------------------------------------


def span_text(span: Span) -> str:
    """What every reading gives together, a refusal said as such: 0 € (non éligible) ou 38 000 €."""
    parts = ["0 € (non éligible)"] if span.refused else []
    if span.admitted is not None:
        parts.append(conditioned_by_all(amount_text(span.admitted), span.verdicts, span.forced))
    elif not refused_alone(span):
        parts.append("une somme qui n’est pas encore connue")
    return " ou ".join(parts)


def refused_alone(span: Span) -> bool:
    """Whether no reading admits the contract."""
    return span.refused and len(span.verdicts) == 1


def span_entries(span: Span, name: str = "montant dû") -> tuple[Entry, ...]:
    """The span of every reading where they differ, with the combinations that no single one stands for."""
    same = len(span.verdicts) == 1 and not any(end.readings for end in span.ends)
    if same or not span.ends or refused_alone(span):
        return ()
    called = name if span.of == "montant_du" else "montant maximal"
    text = f"Toutes lectures confondues, le {called} est {span_text(span)}."
    notes = [f"{_end(end, span)} : {combination_text(end.readings)}" for end in combined(span)]
    return (Entry(french.typeset(text), tuple(map(french.typeset, notes))),)


def combined(span: Span) -> tuple[End, ...]:
    """The ends of a span that no single other reading gives."""
    return tuple(end for end in span.ends if len(end.readings) > 1)


def _end(end: End, span: Span) -> str:
    refused = span.refused and end.verdict == "non_eligible"
    return f"{french.euros(end.amount)}{' (non éligible)' if refused else ''}"


def combination_text(readings: Mapping[str, str]) -> str:
    """The readings to change, together if there are several, by their labels."""
    told = [f"« {label(name, value)} » ({lectures()[name].titre})" for name, value in readings.items()]
    return f"en retenant {'à la fois ' if len(told) > 1 else ''}{french.enumeration(told)}"


# --- One other reading ----------------------------------------------------------------------------


class Other(NamedTuple):
    """A reading that mattered, the value retained, and what each other value changes, in French."""

    name: str
    chosen: str
    effects: tuple[tuple[str, str], ...]


def by_reading(told: Iterable[tuple[str, str, str]], choices: Readings) -> tuple[Other, ...]:
    """What other values change, put together by reading; `told`: a reading, a value, what it changes."""
    effects: dict[str, list[tuple[str, str]]] = {}
    for name, value, effect in told:
        effects.setdefault(name, []).append((value, effect))
    return tuple(Other(name, getattr(choices, name), tuple(each)) for name, each in effects.items())


def label(name: str, value: str) -> str:
    """The label of a value of a reading."""
    return lectures()[name].valeurs[value].libelle


def reading_entries(found: Iterable[Other], evidence: bool = True) -> tuple[Entry, ...]:
    """One entry a reading that changes something: its title, what is retained, what the others change.

    evidence: with what speaks for each value.
    """
    return tuple(_reading(other, evidence) for other in found if other.effects)


def _reading(other: Other, evidence: bool) -> Entry:
    lecture = lectures()[other.name]

    def told(value: str) -> str:
        why = f" ({lecture.valeurs[value].preuve})" if evidence else ""
        return f"{label(other.name, value)}{why}"

    notes = [f"retenu : {told(other.chosen)}"]
    notes += [f"sinon : {told(value)} → {effect}" for value, effect in other.effects]
    return Entry(french.typeset(lecture.titre), tuple(map(french.typeset, notes)))


def codes_section(names: Iterable[str], choices: Readings) -> Section:
    """By what code an analyst asks for each value of these readings; the doctor reads their labels."""
    entries = []
    for name in dict.fromkeys(names):
        values = [value + (" (retenu)" if value == getattr(choices, name) else "") for value in CHOICES[name]]
        text = french.typeset(f"{lectures()[name].titre} : ")
        entries.append(Entry(f"{text}{name}={' | '.join(values)}"))
    return Section(CODES, tuple(entries), folded=True)
