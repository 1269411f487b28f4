"""What the pictures of tables share: rows brought into memory once they are few, and refusals."""

from typing import Any

import narwhals as nw

from ..errors import Refusal, RefusedData
from .style import Row


def collected(table: Any) -> list[Row]:
    """The rows of a small table of any kind."""
    found = table.collect() if isinstance(table, nw.LazyFrame) else table
    return [dict(row) for row in found.rows(named=True)]


def refused(field: str, received: str, expected: str, remedy: str, code: str) -> RefusedData:
    """One refusal as an exception."""
    return RefusedData([Refusal(field, received, expected, remedy, code)])
