"""Situations: rows that share the codes a rule reads share its answer, and one of them asks for it.

A `Facet` is one part of the law (the criteria of access, the maximum, the objectives…). Its key is made
of codes; the first row with a new key is answered by the scalar rules, and the answer serves every
row with that key, in this table and the next ones. No rule is written a second time here.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import count
from math import prod
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa

from .ranks import Part, Ranks
from .reading import EPOCH, NULL_DAY

DENSE = 1 << 22
"""The most keys for which a facet keeps an array of all of them: beyond, few of them are ever met."""
_KEYS: tuple[Any, ...] = (np.int16, np.int32, np.int64)
_ROOMS = (2**15, 2**31, 2**63)
FIRST, LAST = date(1900, 1, 1).toordinal() - EPOCH, date(2077, 1, 1).toordinal() - EPOCH
"""The days that tables of days hold; the rows beyond are answered one by one."""


class Answers:
    """The rank of the answer of each row, and the fields of the answers by rank."""

    def __init__(self, ranks: Any, fields: Mapping[str, Any]) -> None:
        self.ranks, self.fields = ranks, fields
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """One field for each row."""
        if name not in self._made:
            self._made[name] = self.fields[name].take(self.ranks)
        return self._made[name]

    def only(self, rows: Any) -> "Answers":
        """The answers of these rows, and nothing for the others."""
        return Answers(self.ranks * rows, self.fields)


class Facet:
    """The answers of one part of the law, by situation.

    nothing: the fields of an answer, whole numbers, each with its value where nothing is said (rank 0).
    `at` takes the inputs and `ask`, which answers one row (its rank in the slice) by the scalar rules.
    """

    def __init__(self, **nothing: int) -> None:
        self.nothing = nothing
        self.met = Ranks(None)
        self.fields: dict[str, Any] = {name: np.array([value]) for name, value in nothing.items()}
        self._tables: dict[tuple[int, ...], Any] = {}
        self._lock = RLock()
        self._count = count(1)

    def at(self, parts: Sequence[Part], size: int, ask: Callable[[int], tuple[int, ...]]) -> Answers:
        """The answer of each of `size` rows.

        Keys are told apart by the room of their parts: where that grows, they are learnt again.
        """
        rooms = tuple(many for _, many in parts)
        key = mixed(parts)
        key = np.full(size, key, np.intp) if isinstance(key, int) else key.astype(np.intp, copy=False)
        with self._lock:
            if rooms not in self._tables:  # pages of an array that no key touches take no memory
                self._tables[rooms] = np.zeros(prod(rooms), np.intp) if prod(rooms) <= DENSE else {}
            table = self._tables[rooms]
        look = self._in_dictionary if isinstance(table, dict) else self._in_array
        return Answers(look(table, key, ask), self.fields)

    def ranks(self, parts: Sequence[Part], size: int) -> Part:
        """The rank of each combination of codes by its first appearance: a shorter key for another facet."""
        return self.met.part(self.at(parts, size, lambda row: (next(self._count),)).ranks)

    def _in_array(self, table: Any, key: Any, ask: Callable[[int], tuple[int, ...]]) -> Any:
        """Ranks in an array of every key, where 0 is not known yet."""
        ranks = table.take(key)
        if not ranks.all():
            with self._lock:
                unknown = np.flatnonzero(table.take(key) == 0)
                found, first = np.unique(key[unknown], return_index=True)
                if found.size:
                    table[found] = self._keep([ask(row) for row in unknown[first].tolist()])
            ranks = table.take(key)
        return ranks

    def _in_dictionary(self, table: dict[int, int], key: Any, ask: Callable[[int], tuple[int, ...]]) -> Any:
        """Ranks in a dictionary, looked up once for each distinct key."""
        encoded = pa.array(key).dictionary_encode()
        found, indices = encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)
        ranks = [table.get(each, 0) for each in found]
        unknown = [place for place, rank in enumerate(ranks) if not rank]
        if unknown:
            first = np.zeros(len(found), np.int64)
            first[indices[::-1]] = np.arange(len(indices) - 1, -1, -1)
            with self._lock:
                kept = self._keep([ask(int(first[place])) for place in unknown])
                for place, rank in zip(unknown, kept, strict=True):
                    ranks[place] = table.setdefault(found[place], rank)
        return np.array(ranks, np.intp).take(indices)

    def _keep(self, answers: list[tuple[int, ...]]) -> list[int]:
        """The ranks of answers; their fields are there before anybody reads those ranks."""
        ranks = [self.met.rank(answer) for answer in answers]
        columns = zip(tuple(self.nothing.values()), *self.met.values[1:], strict=True)
        self.fields = {name: _small(values) for name, values in zip(self.nothing, columns, strict=True)}
        return ranks


def _small(values: Sequence[int]) -> Any:
    """An array in the smallest of the types that hold these values."""
    low, high = min(values), max(values)
    fits = (
        dtype for dtype in (np.int8, np.int32) if np.iinfo(dtype).min <= low <= high <= np.iinfo(dtype).max
    )
    return np.array(values, next(fits, np.int64))


def mixed(parts: Sequence[Part]) -> Any:
    """One number for every combination of codes: an array, or one number where no part is an array.

    Small codes first, in the smallest type that holds what there is so far.
    """
    key: Any = 0
    room = 1
    for codes, many in sorted(parts, key=lambda part: part[1]):
        room *= many
        dtype = _KEYS[bisect_left(_ROOMS, room)]
        if isinstance(key, int) and isinstance(codes, int):
            key = key * many + codes
        elif isinstance(key, int):
            start = key * many
            key = codes.astype(dtype)
            if start:
                key += dtype(start)
        else:
            key = key.astype(dtype, copy=False)
            key *= dtype(many)
            np.add(key, codes, out=key, casting="unsafe")
    return key


class Days:
    """A day that a rule makes of another day, kept: anniversaries, windows."""

    def __init__(self, rule: Callable[[date], date]) -> None:
        self.rule = rule
        self._made = np.full(LAST - FIRST, NULL_DAY, np.int32)
        self._lock = RLock()

    def at(self, days: Any) -> Any:
        """The days that the rule makes; unknown days stay unknown."""
        places = days - np.int32(FIRST)
        absent = days == NULL_DAY
        some = absent.any()
        if some:
            places[absent] = 0
        found = self._made.take(places)
        if (found == NULL_DAY).any():
            self._make(places[(found == NULL_DAY) & ~absent])
            found = self._made.take(places)
        if some:
            found[absent] = NULL_DAY
        return found

    def _make(self, places: Any) -> None:
        with self._lock:
            for place in np.unique(places).tolist():
                made = self.rule(date.fromordinal(place + FIRST + EPOCH))
                self._made[place] = made.toordinal() - EPOCH
