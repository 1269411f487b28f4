"""What the rows of a file were answered, added up block by block."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RefusedData
from .evaluation import explain_row
from .file_reading import SHOWN_ROWS

LOW, HIGH = "amount_due_low", "amount_due_high"
TERM = "CTR-01"
"""What `criteria_failed` says of a contract that ended at its term, where nothing else is refused."""
FORMULA = "^([=+@]|-[^0-9])"
"""How a text begins that a spreadsheet takes for a formula."""
_GIVEN = re.compile(r"\([^)]*[0-9][^)]*\)")


class Reason(NamedTuple):
    """A reason of refusal: the field and what it expects, how many rows, the first of them."""

    text: str
    times: int
    rows: tuple[int, ...]


@dataclass
class Summary:
    """What the rows of a file were answered.

    notes: how the file was read, in French. names: its columns that are those of a dossier. verdicts: rows
    by verdict. due: the sums of `amount_due_low` and `amount_due_high` by verdict, exact. undecided: rows,
    not `non_eligible`, whose amount due is an interval or is not known. ended: rows, `non_eligible`, of which
    nothing but the term of the contract is in question (DIT-06). formulas: cells that a spreadsheet
    could take for formulas in a CSV.
    """

    notes: tuple[str, ...] = ()
    names: Collection[str] = ()
    rows: int = 0
    refused: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    due: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    undecided: int = 0
    ended: int = 0
    formulas: int = 0
    _numbers: dict[str, list[int]] = field(default_factory=dict)
    _times: Counter[str] = field(default_factory=Counter)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of refusal, the most frequent first."""
        return tuple(Reason(text, n, tuple(self._numbers[text])) for text, n in self._times.most_common())

    def add(self, answered: "pa.Table", refused: "pa.Table", to_csv: "pa.Table | None" = None) -> None:
        """Count the answered rows of a block, of which those refused, and the cells that go to a CSV."""
        self.rows += answered.num_rows
        sums = answered.group_by("verdict").aggregate([([], "count_all"), (LOW, "sum"), (HIGH, "sum")])
        for row in sums.to_pylist():
            if (verdict := row["verdict"]) is not None:
                least, most = self.due.get(verdict, (Decimal(0), Decimal(0)))
                self.due[verdict] = least + (row[f"{LOW}_sum"] or 0), most + (row[f"{HIGH}_sum"] or 0)
                self.verdicts[verdict] += row["count_all"]
        concerned = pc.fill_null(pc.not_equal(answered["verdict"], "non_eligible"), False)
        settled = pc.fill_null(pc.equal(answered[LOW], answered[HIGH]), False)
        self.undecided += pc.sum(pc.and_not(concerned, settled)).as_py() or 0
        self.ended += pc.sum(pc.equal(answered["criteria_failed"], TERM)).as_py() or 0
        self._add_reasons(refused, answered["codes"][:1].to_pylist())
        for column in () if to_csv is None else to_csv.columns:
            if pa.types.is_string(column.type):
                self.formulas += pc.sum(pc.match_substring_regex(column, FORMULA)).as_py() or 0

    def _add_reasons(self, refused: "pa.Table", codes: list[str]) -> None:
        """Count the reasons of refused rows; their first columns are their numbers and their errors."""
        self.refused += refused.num_rows
        cells, known = refused.select(sorted(self.names)), dict[str, tuple[str, ...]]()
        numbers, errors = (refused.column(rank).to_pylist() for rank in (0, 1))
        for place, (number, error) in enumerate(zip(numbers, errors, strict=True)):
            if error not in known:
                row = {**cells.slice(place, 1).to_pylist()[0], "codes": codes[0]}
                known[error] = _reasons(row) or (error,)
            for reason in known[error]:
                self._times[reason] += 1
                self._numbers[reason] = [*self._numbers.get(reason, []), number][:SHOWN_ROWS]


def _reasons(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Each refusal of a row once, asked for again, without what that row alone gave."""
    try:
        explain_row(row)
    except RefusedData as found:
        told = [f"{each.field} : attendu {_GIVEN.sub('(…)', each.expected)}" for each in found.refusals]
        return tuple(dict.fromkeys(told))
    return ()


__all__ = ["Reason", "Summary"]
