"""The same dossier under several options, dates, readings or barèmes, side by side."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from .bareme import Bareme
from .closed import shown
from .decision import Amount, Criterion, Decision, Share, Step
from .documents import Format
from .errors import Refusal, RefusedData
from .evaluation import evaluate
from .models import Dossier
from .readings import Readings
from .records import named
from .scheduling import schedule
from .scheduling_record import Schedule
from .sentences import step_sentence

BASE = "dossier"
"""The name of the dossier as it is, in the tables."""

Variant: TypeAlias = Mapping[str, Any] | Dossier | Readings | Bareme
"""What changes: fields by dotted path, a whole dossier, readings, or a barème."""


class Difference(NamedTuple):
    """A step of the reasoning that differs: its rule, and what each says; `None` where it is absent."""

    rule: str
    before: Step | Criterion | None
    after: Step | Criterion | None


class Compared(NamedTuple):
    """One variant: its decision, its schedule, and the steps in which it differs from the dossier."""

    name: str
    decision: Decision
    schedule: Schedule
    differences: tuple[Difference, ...]


class Comparison(NamedTuple):
    """The dossier as it is, first, then its variants in the order in which they were given."""

    compared: tuple[Compared, ...]

    def __getitem__(self, name: Any) -> Any:
        """A variant by its name; a rank gives the field of that rank, as in any tuple."""
        if not isinstance(name, str):
            return tuple.__getitem__(self, name)
        found = {each.name: each for each in self.compared}
        return named(found, name, "variante inconnue", "variantes")

    def rows(self) -> list[dict[str, Any]]:
        """One plain mapping a variant, ready for a data frame; euros as `Decimal`, shares as `Fraction`."""
        return [
            {
                "variante": each.name,
                "verdict": each.decision.verdict,
                "tranche": each.decision.band,
                **_ends("maximum", each.decision.maximum),
                "regime": each.decision.regime,
                **_ends("part", each.decision.share),
                **_ends("du", each.decision.amount_due),
                **_ends("total", each.schedule.total),
            }
            for each in self.compared
        ]

    def explain(self, format: Format = "texte") -> str:
        """The comparison in French, as text, Markdown or HTML."""
        from .comparison_rendering import explain

        return explain(self, format)

    def _repr_html_(self) -> str:
        return self.explain("html")


def _ends(name: str, interval: Amount | Share | None) -> dict[str, Any]:
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return {f"{name}_min": low, f"{name}_max": high}


def compare(
    dossier: Dossier,
    /,
    *,
    years: int = 5,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
    **variants: Variant,
) -> Comparison:
    """The decision and the schedule of a dossier, and of its variants, with the steps that differ.

    A variant is a mapping of dotted paths (`{"contrat.option_etp": "0.5"}`, nested mappings too), a
    whole `Dossier`, some `Readings`, or a `Bareme`; what it does not name is that of the dossier.
    Raises `RefusedData` for variants that cannot be, every refusal at once, with their names.
    """
    base = _one(BASE, dossier, readings, bareme, years, force)
    found, refused = [base], []
    if BASE in variants:
        remedy = "donnez un autre nom à cette variante"
        expected = "le nom d’une variante ; celui-ci est celui du dossier lui-même"
        raise RefusedData([Refusal(BASE, shown(BASE), expected, remedy, "variante")])
    for name, variant in variants.items():
        try:
            found.append(_variant(name, dossier, variant, readings, bareme, years, force))
        except RefusedData as error:
            refused += [r._replace(field=f"{name} : {r.field}") for r in error.refusals]
    if refused:
        raise RefusedData(refused)
    return Comparison((base, *(each._replace(differences=_differences(base, each)) for each in found[1:])))


def _variant(
    name: str,
    dossier: Dossier,
    variant: Variant,
    readings: Readings | None,
    bareme: Bareme | None,
    years: int,
    force: bool,
) -> Compared:
    if isinstance(variant, Readings):
        return _one(name, dossier, variant, bareme, years, force)
    if isinstance(variant, Bareme):
        return _one(name, dossier, readings, variant, years, force)
    if isinstance(variant, Mapping) and all(isinstance(path, str) for path in variant):
        variant = changed(dossier, variant)
    if not isinstance(variant, Dossier):
        expected = "des champs à changer, un Dossier, des Readings ou un Bareme"
        remedy = 'par exemple {"contrat.option_etp": "0.5"}'
        raise RefusedData([Refusal("variante", shown(variant), expected, remedy, "variante")])
    return _one(name, variant, readings, bareme, years, force)


def changed(dossier: Dossier, changes: Mapping[str, Any]) -> Dossier:
    """A dossier with other values, by dotted path or nested mapping, validated as a whole."""
    values = dossier.model_dump()
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = values
        for name in parents:
            if not isinstance(place.get(name), dict):
                place[name] = {}
            place = place[name]
        if isinstance(value, Mapping) and isinstance(place.get(last), dict):
            place[last] = {**place[last], **value}
        else:
            place[last] = value
    return Dossier.model_validate(values)


def _one(
    name: str, dossier: Dossier, readings: Readings | None, bareme: Bareme | None, years: int, force: bool
) -> Compared:
    decision = evaluate(dossier, readings=readings, bareme=bareme, force=force)
    payments = schedule(dossier, None, years, readings=readings, bareme=bareme, force=force)
    return Compared(name, decision, payments, ())


def _differences(base: Compared, other: Compared) -> tuple[Difference, ...]:
    """The steps that do not say the same, in the order of the rules."""
    before = {_key(step): step for step in base.decision.steps}
    after = {_key(step): step for step in other.decision.steps}
    return tuple(
        Difference((after.get(key) or before[key]).rule, before.get(key), after.get(key))
        for key in dict.fromkeys((*before, *after))
        if _said(before.get(key)) != _said(after.get(key))
    )


def _key(step: Step | Criterion) -> tuple[object, ...]:
    """What makes two steps comparable: the rule, or its chapter for shares, and what it speaks of."""
    rule_id = "MOD" if step.rule.startswith("MOD") else step.rule
    if rule_id in MAXIMUM and "option" in step.values:
        rule_id = "maximum"
    return rule_id, step.values.get("indicateur"), step.values.get("nature")


MAXIMUM = ("MNT-03", "MNT-04", "MNT-05", "MNT-06", "CTR-02")
"""The rules of which one tells the maximum of the year, or that there is none."""


def _said(step: Step | Criterion | None) -> tuple[str, str] | None:
    """What a reader would see."""
    if step is None:
        return None
    return step.status if isinstance(step, Criterion) else "", step_sentence(step)
