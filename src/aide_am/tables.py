"""Decision tables and interval tables: exactly one row, or an error; the proofs run when they load."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from .errors import InvalidBareme
from .references import Reference

V = TypeVar("V")
ANY = "*"


class Row(NamedTuple, Generic[V]):
    """The row that applied: its id (table and line), its value, its source."""

    id: str
    value: V
    reference: Reference


class Line(NamedTuple, Generic[V]):
    """A line as the law prints it: for each input one value, several, or `*` for all."""

    cells: Mapping[str, str | Sequence[str]]
    value: V
    reference: Reference


class DecisionTable(Generic[V]):
    """Exactly one row for every combination of closed inputs.

    `rows` maps the tuple of input values, in the order of `inputs`, to its row.
    """

    __slots__ = ("inputs", "name", "rows")

    name: str
    inputs: Mapping[str, tuple[str, ...]]
    rows: Mapping[tuple[str, ...], Row[V]]

    def __init__(
        self,
        name: str,
        inputs: Mapping[str, Sequence[str]],
        rows: Mapping[tuple[str, ...], Row[V]],
    ) -> None:
        domains = MappingProxyType({key: tuple(domain) for key, domain in inputs.items()})
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "inputs", domains)
        object.__setattr__(self, "rows", MappingProxyType(dict(rows)))

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a table never changes."""
        raise AttributeError(f"une table est immuable : {name}")

    def __getitem__(self, key: tuple[str, ...]) -> Row[V]:
        """The one row of this combination; outside of the domain, `InvalidBareme`."""
        try:
            return self.rows[key]
        except KeyError:
            raise InvalidBareme(self.name, [f"aucune ligne pour {_shown(key)}"]) from None

    def replacing(self, changes: Mapping[tuple[str, ...], V], reference: Reference) -> "DecisionTable[V]":
        """A copy with other values in existing rows; a key that is no row is refused."""
        unknown = [key for key in changes if key not in self.rows]
        if unknown:
            raise InvalidBareme(self.name, [f"aucune ligne pour {_shown(key)}" for key in unknown])
        rows = {
            key: Row(row.id, changes[key], reference) if key in changes else row
            for key, row in self.rows.items()
        }
        return DecisionTable(self.name, self.inputs, rows)


def _shown(key: Iterable[object]) -> str:
    return " × ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def decision_table(
    name: str, inputs: Mapping[str, Sequence[str]], lines: Sequence[Line[V]]
) -> DecisionTable[V]:
    """Expand printed lines and prove them: known inputs, no gap, no overlap, whole domain."""
    faults: list[str] = []
    found: dict[tuple[str, ...], list[Row[V]]] = {key: [] for key in product(*inputs.values())}
    for number, line in enumerate(lines, start=1):
        row = Row(f"{name}/{number}", line.value, line.reference)
        wrong = _cell_faults(inputs, line)
        faults += [f"ligne {number} : {fault}" for fault in wrong]
        if not wrong:
            for key in product(*(_cell(line.cells[name], inputs[name]) for name in inputs)):
                found[key].append(row)
    for key, rows in found.items():
        if not rows:
            faults.append(f"trou : aucune ligne pour {_shown(key)}")
        elif len(rows) > 1:
            ids = ", ".join(row.id for row in rows)
            faults.append(f"chevauchement : {_shown(key)} dans {ids}")
    if faults:
        raise InvalidBareme(name, faults)
    return DecisionTable(name, inputs, {key: rows[0] for key, rows in found.items()})


def overlaid(table: DecisionTable[V], name: str, lines: Sequence[Line[V]]) -> DecisionTable[V]:
    """A copy in which these lines stand in the place of the rows that they cover, proved like them."""
    faults: list[str] = []
    found: dict[tuple[str, ...], Row[V]] = {}
    for number, line in enumerate(lines, start=1):
        row = Row(f"{name}/{number}", line.value, line.reference)
        wrong = _cell_faults(table.inputs, line)
        faults += [f"ligne {number} : {fault}" for fault in wrong]
        if wrong:
            continue
        for key in product(*(_cell(line.cells[each], domain) for each, domain in table.inputs.items())):
            if key in found:
                faults.append(f"chevauchement : {_shown(key)} dans {found[key].id}, {row.id}")
            found[key] = row
    if faults:
        raise InvalidBareme(name, faults)
    return DecisionTable(table.name, table.inputs, {**table.rows, **found})


def _cell(cell: str | Sequence[str], domain: Sequence[str]) -> Sequence[str]:
    if cell == ANY:
        return domain
    return (cell,) if isinstance(cell, str) else cell


def _cell_faults(inputs: Mapping[str, Sequence[str]], line: Line[V]) -> list[str]:
    faults = [f"entrée inconnue « {name} »" for name in line.cells if name not in inputs]
    for name, domain in inputs.items():
        if name not in line.cells:
            faults.append(f"entrée absente « {name} »")
            continue
        if not line.cells[name]:
            faults.append(f"cellule vide « {name} »")
        faults += [
            f"valeur hors du domaine de « {name} » : « {value} »"
            for value in _cell(line.cells[name], domain)
            if value not in domain
        ]
    return faults


class Interval(NamedTuple, Generic[V]):
    """A line of an interval table: both bounds included; `None` is the open end."""

    low: int | None
    high: int | None
    value: V
    reference: Reference


class IntervalTable(Generic[V]):
    """Exactly one row for every whole number from `start` on (contract years, ordinals of days)."""

    __slots__ = ("_lows", "_rows", "name")

    name: str
    _lows: tuple[int, ...]
    _rows: tuple[Row[V], ...]

    def __init__(self, name: str, start: int, intervals: Sequence[Interval[V]]) -> None:
        """Prove order, no gap, no overlap, and both ends of the domain; else `InvalidBareme`."""
        object.__setattr__(self, "name", name)
        lows = [start if interval.low is None else interval.low for interval in intervals]
        faults = [
            f"bornes à l’envers : {lows[rank]} après {interval.high}"
            for rank, interval in enumerate(intervals)
            if interval.high is not None and interval.high < lows[rank]
        ]
        if not intervals or lows[0] != start:
            faults.append(f"le début du domaine ({start}) n’est pas couvert")
        if not intervals or intervals[-1].high is not None:
            faults.append("la fin du domaine n’est pas couverte")
        for number, before in enumerate(intervals[:-1], start=1):
            if before.high is None or lows[number] <= before.high:
                faults.append(f"chevauchement entre les lignes {number} et {number + 1}")
            elif lows[number] > before.high + 1:
                faults.append(f"trou entre les lignes {number} et {number + 1}")
        if faults:
            raise InvalidBareme(name, faults)
        rows = tuple(
            Row(f"{name}/{number}", interval.value, interval.reference)
            for number, interval in enumerate(intervals, start=1)
        )
        object.__setattr__(self, "_lows", tuple(lows))
        object.__setattr__(self, "_rows", rows)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a table never changes."""
        raise AttributeError(f"une table est immuable : {name}")

    def at(self, position: int) -> Row[V]:
        """The one row that holds `position`; before the domain, `InvalidBareme`."""
        rank = bisect_right(self._lows, position)
        if not rank:
            raise InvalidBareme(self.name, [f"{position} est avant le début du domaine"])
        return self._rows[rank - 1]


def rising(name: str, values: Iterable[tuple[str, int | None]]) -> list[str]:
    """The faults of a series that must rise strictly; `None` (not published) is passed over."""
    known = [(label, value) for label, value in values if value is not None]
    return [
        f"{name} : {label} = {value} devrait être inférieur à {after} = {above}"
        for (label, value), (after, above) in pairwise(known)
        if value >= above
    ]
