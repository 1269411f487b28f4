"""The answers of a table as arrays, and the Arrow columns that carry them."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import inf, nan
from typing import Any

import numpy as np
import pyarrow as pa

from ..decision import Decision
from ..rules.amounts import centimes
from ..terms import BANDES, INDICATEURS, STATUTS
from .columns import OUTPUTS
from .ranks import Ranks

NO_SUM = -1
"""The centimes of a sum that is not known."""
VERDICTS: tuple[str, ...] = ("eligible", "a_instruire", "non_eligible")
CLOSED: Mapping[str, tuple[str, ...]] = {
    "verdict": VERDICTS,
    "band": BANDES,
    "regime": ("MOD-00", "MOD-01", "MOD-02", "MOD-03", "MOD-04", "MOD-05", "MOD-06", "MOD-07"),
    "pmt_status": STATUTS,
    "pfa_status": STATUTS,
}
"""The texts of the outputs that are closed lists, in the order of their categories."""
OPEN = ("criteria_failed", "missing", "warnings", "error")
"""The other texts: their categories are those that the table has, sorted."""
SUMS = ("maximum_low", "maximum_high", "amount_due_low", "amount_due_high")
RATES = ("pmt_rate", "pfa_rate", "share_low", "share_high")
MONEY = pa.decimal128(12, 2)
SCHEMA = pa.schema(
    (
        name,
        MONEY
        if name in SUMS
        else pa.float64()
        if name in RATES
        else pa.dictionary(pa.int8() if name in CLOSED else pa.int32(), pa.string()),
    )
    for name in OUTPUTS
)
"""The output columns of a table, in their order."""


class Results:
    """The answers of `size` rows: ranks of texts, centimes, fractions of 1."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.texts: dict[str, Any] = {name: np.full(size, -1, np.int8) for name in CLOSED}
        self.texts |= {name: np.full(size, -1, np.int32) for name in OPEN}
        self.sums = {name: np.zeros((size, 2), np.int64) for name in SUMS}  # as 128 bits: the upper half is 0
        self.rates = {name: np.empty(size) for name in RATES}
        self.words = {name: Ranks() for name in OPEN}

    def fill(self, rows: Any, answers: Mapping[str, Any]) -> None:
        """Write the answers of many rows: `rows` is a slice, or their ranks."""
        for name in CLOSED:
            self.texts[name][rows] = answers[name]
        for name in SUMS:
            self.sums[name][rows, 0] = answers[name]
        for name in RATES:
            self.rates[name][rows] = answers[name]

    def say(self, name: str, rows: Any, texts: Sequence[str], ranks: Any) -> None:
        """Write an open text of many rows: `ranks` among `texts`, where "" is none."""
        own = np.full(len(texts), -1, np.int32)
        for rank in np.flatnonzero(np.bincount(ranks, minlength=1)).tolist():
            if texts[rank]:
                own[rank] = self.words[name].rank(texts[rank])
        self.texts[name][rows] = own.take(ranks)

    def refuse(self, row: int, reason: str) -> None:
        """Write the reason of a refused row, which has no answer."""
        self._nothing(row)
        written = reason.encode("utf-8", "replace").decode()
        self.texts["error"][row] = self.words["error"].rank(written)

    def _nothing(self, row: int) -> None:
        for name in SUMS:
            self.sums[name][row, 0] = NO_SUM
        for name in RATES:
            self.rates[name][row] = np.nan

    def put(self, row: int, decision: Decision) -> None:
        """Write the decision of one row."""
        self._nothing(row)
        known: dict[str, str | None] = {
            "verdict": decision.verdict,
            "band": decision.band,
            "regime": decision.regime,
        }
        shown = decision.objectives or {}
        for indicateur in INDICATEURS:
            found = shown.get(indicateur)
            known[f"{indicateur}_status"] = None if found is None else found.status
            self.rates[f"{indicateur}_rate"][row] = _number(None if found is None else found.rate)
        for name, text in known.items():
            self.texts[name][row] = -1 if text is None else CLOSED[name].index(text)
        failed = " ".join(c.rule for c in decision.criteria if c.status == "non_satisfait")
        missing = " ".join(each.field for each in decision.missing)
        warnings = " ".join(dict.fromkeys(alert.code for alert in decision.warnings))
        for name, text in (("criteria_failed", failed), ("missing", missing), ("warnings", warnings)):
            self.texts[name][row] = self.words[name].rank(text) if text else -1
        for name, amount in (("maximum", decision.maximum), ("amount_due", decision.amount_due)):
            if amount is not None:
                self.sums[f"{name}_low"][row, 0] = centimes(amount.low)
                self.sums[f"{name}_high"][row, 0] = centimes(amount.high)
        if decision.share is not None:
            self.rates["share_low"][row] = float(decision.share.low)
            self.rates["share_high"][row] = float(decision.share.high)

    def arrays(self, codes: str) -> dict[str, Any]:
        """The Arrow columns, in the order of `OUTPUTS`; `codes` is the same for every row."""
        found: dict[str, Any] = {}
        for name in OUTPUTS:
            if name in SUMS:
                wide = self.sums[name]
                found[name] = _arrow(MONEY, self.size, wide[:, 0] != NO_SUM, wide)
            elif name in RATES:
                values = self.rates[name]
                found[name] = _arrow(pa.float64(), self.size, ~np.isnan(values), values)
            elif name == "codes":
                found[name] = labels(np.zeros(self.size, np.int32), [codes])
            elif name in CLOSED:
                found[name] = labels(self.texts[name], CLOSED[name])
            else:
                found[name] = labels(*_sorted(self.texts[name], self.words[name].values))
        return found


def _number(value: Fraction | None) -> float:
    if value is None:
        return nan
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _sorted(ranks: Any, texts: list[str]) -> tuple[Any, list[str]]:
    """The same texts in the order of the alphabet: that in which rows were answered does not show."""
    order = sorted(texts)
    if order == texts:
        return ranks, texts
    places = {text: place for place, text in enumerate(order)}
    moved = np.array([*(places[text] for text in texts), -1], np.int32)
    return moved.take(ranks), order


def labels(ranks: Any, texts: Iterable[str]) -> Any:
    """Ranks of texts as a dictionary array; -1 is null."""
    indices = _arrow(pa.from_numpy_dtype(ranks.dtype), len(ranks), ranks >= 0, ranks)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def _arrow(kind: Any, size: int, known: Any, values: Any) -> Any:
    """An Arrow array over the memory of a NumPy one."""
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, size, [valid, pa.py_buffer(values)])
