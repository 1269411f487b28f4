"""`summarise`: what an evaluated table adds up to, group by group, in the kind of table that came in.

Written once with narwhals expressions: a lazy Polars frame, a DuckDB relation or a PySpark frame stays
lazy. Sums are whole centimes until the end, then exact euros with two decimals. What is not known is
never added as zero: it is counted beside the sum, and a sum of nothing is null.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import narwhals as nw
import pyarrow as pa

from ..closed import shown
from ..errors import Refusal, RefusedData
from .backends import opened
from .columns import understood
from .results import MONEY, SUMS
from .thresholds import collected, evaluated, in_kind_of, near_ranks

Part = Decimal | Fraction | float | int | str
"""A share of the maximum that a caller assumes, between 0 and 1; "0,85" and 0.85 are 85/100."""
Scenario = Part | Mapping[str, Mapping[Any, Part]]
"""One share for every row, or one for each value of one column."""

COUNTS = ("rows", "refused", "eligible", "a_instruire", "non_eligible", "settled", "open", "without_amount",
          "without_maximum")  # fmt: skip
SHARES = ("settled_shares", "full_payments", "full_payment_share", "mean_share")
EXPECTED = ("expected_low", "expected_high", "not_estimated")
NEAR = "near_threshold"
SUMMARY: tuple[str, ...] = (*COUNTS, *SUMS, *SHARES, *EXPECTED, NEAR)
"""Every column that `summarise` may add, in their order."""

FINEST = 1_000_000
"""The largest denominator of an assumed share: centimes × share then hold in whole numbers of 64 bits."""
NONE = -1
_CENT = Decimal("0.01")


def summarise(
    frame: Any,
    *,
    by: str | Sequence[str] | None = None,
    scenario: Scenario | None = None,
    near: int | None = None,
) -> Any:
    """One row a group, sorted by group, of a table that `evaluate_frame` answered.

    by: a column or several, any of the table; `None`: one row for the whole table.
    scenario: the share of its maximum that each row still open is assumed to get, for `expected_*`:
    one part for all, or `{"annee": {3: "0.8", 4: "0.9"}}` by the values of one column.
    near: count the rows that `near` patients bring over a threshold (`near_thresholds`); the table is
    then read into memory.

    Counts. `rows` = `refused` + `eligible` + `a_instruire` + `non_eligible`. Of the eligible and
    `a_instruire` ones: `settled`, whose amount due is one sum; `open`, whose amount is an interval or
    not known; among these `without_amount`, that are in no sum of amounts (often: nothing observed yet),
    and `without_maximum`, that have not even a maximum (MNT-04).
    Sums in exact euros of what is known, null where no row has it: `maximum_low`, `maximum_high`,
    `amount_due_low`, `amount_due_high`. A row `a_instruire` counts as if it were admitted: group by
    `verdict` to tell them apart.
    Shares: `settled_shares`, rows whose share is one number; `full_payments`, those where it is 1 (years
    1 and 2 always are, MOD-00: group by `annee`); `full_payment_share`, the second over the first;
    `mean_share`, the mean of these shares, each row the same weight. Null where there is none.
    With a scenario: `expected_low`, `expected_high`, the settled amounts plus, for each open row, its
    maximum × the assumed share, rounded once a row, half up, to the centime, and kept within the
    interval that the row already has; `not_estimated`, the eligible and `a_instruire` rows left out
    because they have no maximum, or a value that the scenario does not name.
    With `near`: `near_threshold`.

    Returns the same kind of table. Raises `RefusedData`, in French, for a table that was not evaluated,
    an unknown column, a share that is not one.
    """
    table = opened(frame)
    schema = evaluated(table)
    keys = _keys(by, schema)
    shares = None if scenario is None else _assumed(scenario, schema)
    near_column = []
    if near is not None:
        table = collected(table)
        found = set(near_ranks(table, near))
        flags = [int(rank in found) for rank in range(len(table))]
        table = table.with_columns(nw.new_series(NEAR, flags, nw.Int64, backend=table.implementation))
        near_column = [nw.col(NEAR)]
    table = _exact(table)
    rows = table.select(*_group_keys(keys, schema), *_measures(), *_expected(shares), *near_column)
    known = list(_measured(shares is not None, near is not None))
    sums = [nw.col(name).sum() for name in known]
    grouped = rows.group_by(keys).agg(*sums).sort(keys, nulls_last=True) if keys else rows.select(*sums)
    whole = grouped.with_columns(nw.col(*(name for name in known if name != "shares")).cast(nw.Int64))
    return in_kind_of(frame, whole.select(*keys, *_answers(shares is not None, near is not None)))


# --- One row -----------------------------------------------------------------------------------------


def _text(name: str) -> nw.Expr:
    return nw.col(name).cast(nw.String).fill_null("")


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _centimes(name: str) -> nw.Expr:
    return (nw.col(name) * 100).cast(nw.Int64)


def _same(low: str, high: str) -> nw.Expr:
    """Both ends are known and equal."""
    return (nw.col(low) == nw.col(high)).fill_null(False)


def _open() -> nw.Expr:
    return _admitted() & ~_same("amount_due_low", "amount_due_high")


def _admitted() -> nw.Expr:
    """Not refused, not turned down."""
    return (_text("verdict") == "eligible") | (_text("verdict") == "a_instruire")


def _measures() -> list[nw.Expr]:
    """What is added up over the rows of a group: ones, centimes, shares."""
    verdict, one_share = _text("verdict"), _same("share_low", "share_high")
    ones = {
        "rows": verdict == verdict,
        "refused": ~nw.col("error").is_null(),
        "eligible": verdict == "eligible",
        "a_instruire": verdict == "a_instruire",
        "non_eligible": verdict == "non_eligible",
        "settled": _same("amount_due_low", "amount_due_high"),
        "open": _open(),
        "without_amount": _admitted() & nw.col("amount_due_low").is_null(),
        "without_maximum": _admitted() & nw.col("maximum_low").is_null(),
        "settled_shares": one_share,
        "full_payments": one_share & (nw.col("share_low").fill_null(0) == 1),
    }
    return [
        *(_one(condition).alias(name) for name, condition in ones.items()),
        *(_centimes(name).alias(name) for name in SUMS),
        nw.when(one_share).then(nw.col("share_low")).otherwise(nw.lit(0.0)).alias("shares"),
    ]


def _measured(expected: bool, near: bool) -> Iterable[str]:
    yield from (*COUNTS, *SUMS, "settled_shares", "full_payments", "shares")
    yield from EXPECTED if expected else ()
    yield from (NEAR,) if near else ()


def _answers(expected: bool, near: bool) -> list[nw.Expr]:
    """The columns of a group, from its sums."""
    admitted = nw.col("eligible") + nw.col("a_instruire")
    with_maximum = admitted - nw.col("without_maximum")
    with_amount = admitted - nw.col("without_amount")
    shares = nw.when(nw.col("settled_shares") > 0).then(nw.col("settled_shares"))
    found: list[nw.Expr] = [nw.col(name) for name in COUNTS]
    found += [_euros(name, with_maximum) for name in SUMS[:2]]
    found += [_euros(name, with_amount) for name in SUMS[2:]]
    found += [nw.col("settled_shares"), nw.col("full_payments")]
    found += [(nw.col("full_payments") / shares).alias("full_payment_share")]
    found += [(nw.col("shares") / shares).alias("mean_share")]
    if expected:
        estimated = admitted - nw.col("not_estimated")
        found += [*(_euros(name, estimated) for name in EXPECTED[:2]), nw.col("not_estimated")]
    return [*found, nw.col(NEAR)] if near else found


def _euros(name: str, count: nw.Expr) -> nw.Expr:
    """Centimes as exact euros, null where no row of the group has a sum."""
    return (nw.lit(_CENT) * nw.when(count > 0).then(nw.col(name))).alias(name)


# --- A scenario --------------------------------------------------------------------------------------


def _expected(shares: tuple[nw.Expr, int] | None) -> list[nw.Expr]:
    """The expected centimes of a row, both ends, and whether it has none though it is not turned down.

    shares: the whole numerator of the share of each row, `NONE` where none is assumed, and the denominator.
    """
    if shares is None:
        return []
    num, den = shares
    known = ~nw.col("maximum_low").is_null() & (num != NONE)
    sums = []
    for end in ("low", "high"):
        exact = 2 * _centimes(f"maximum_{end}") * num + den  # half up: ⌊x + 1/2⌋
        part = exact // (2 * den)
        low, high = _centimes("amount_due_low"), _centimes("amount_due_high")
        part = nw.when((part < low).fill_null(False)).then(low).otherwise(part)
        part = nw.when((part > high).fill_null(False)).then(high).otherwise(part)
        assumed = nw.when(_open() & known).then(part)
        settled = _same("amount_due_low", "amount_due_high")
        sums.append(nw.when(settled).then(low).otherwise(assumed).alias(f"expected_{end}"))
    return [*sums, _one(_open() & ~known).alias("not_estimated")]


def _assumed(scenario: Scenario, schema: nw.Schema) -> tuple[nw.Expr, int]:
    """The numerator of the share of each row and the denominator of all; raises `RefusedData`."""
    if not isinstance(scenario, Mapping):
        part = _part("scenario", scenario)
        return nw.lit(part.numerator, nw.Int64), part.denominator
    if len(scenario) != 1:
        expected = 'une seule colonne, par exemple {"annee": {3: "0.8"}}'
        raise _refused("scenario", shown(list(scenario)), expected, "gardez une colonne", "scenario")
    ((column, by_value),) = scenario.items()
    _known_columns("scenario", [column], schema)
    if not isinstance(by_value, Mapping) or not by_value:
        expected = "une part pour chaque valeur de la colonne"
        remedy = f'écrivez par exemple {{"{column}": {{3: "0.8"}}}}'
        raise _refused(f"scenario[{column}]", shown(by_value), expected, remedy, "scenario")
    parts = {value: _part(f"scenario[{column}][{value}]", part) for value, part in by_value.items()}
    den = _common(column, parts)
    number = schema[column].is_numeric()
    num: nw.Expr = nw.lit(NONE, nw.Int64)
    for value, part in parts.items():
        here = (nw.col(column) == _number(column, value)) if number else (_text(column) == str(value))
        num = nw.when(here.fill_null(False)).then(nw.lit(int(part * den), nw.Int64)).otherwise(num)
    return num, den


def _number(column: str, value: object) -> int:
    found = understood("effectif", value)
    if type(found) is int:
        return found
    raise _refused(
        f"scenario[{column}]", shown(value), "un nombre entier, comme la colonne",
        "écrivez la valeur telle qu’elle est dans la colonne", "scenario",
    )  # fmt: skip


def _part(field: str, value: object) -> Fraction:
    """An assumed share, exact; a float is what its shortest text says."""
    found = value if isinstance(value, Fraction) else understood("part", value)
    exact = Fraction(found) if isinstance(found, Fraction | Decimal) and not isinstance(value, bool) else None
    if exact is None or not 0 <= exact <= 1 or exact.denominator > FINEST:
        expected = "une part entre 0 et 1, de six décimales au plus"
        raise _refused(field, shown(value), expected, 'écrivez par exemple "0.85"', "part")
    return exact


def _common(column: str, parts: Mapping[Any, Fraction]) -> int:
    den = lcm(*(part.denominator for part in parts.values()))
    if den > FINEST:
        received = f"des parts dont le dénominateur commun est {den}"
        remedy = "arrondissez-les à quatre décimales"
        raise _refused(f"scenario[{column}]", received, f"{FINEST} au plus", remedy, "part")
    return den


# --- What is asked -----------------------------------------------------------------------------------


def _keys(by: object, schema: nw.Schema) -> list[str]:
    """The columns of the groups; raises `RefusedData`."""
    given = () if by is None else (by,) if isinstance(by, str) else by
    listed = list(given) if isinstance(given, Iterable) else [given]
    names = [name for name in listed if isinstance(name, str)]
    if len(names) < len(listed):
        remedy = 'écrivez par exemple by="annee" ou by=["annee", "verdict"]'
        raise _refused("by", shown(by), "un nom de colonne, ou une liste de noms", remedy, "by")
    _known_columns("by", names, schema)
    taken = [name for name in names if name in SUMMARY]
    if taken:
        remedy = "renommez la colonne avant la synthèse"
        received = f"{', '.join(taken)}, le nom d’une colonne de la synthèse"
        raise _refused("by", received, "un autre nom", remedy, "colonne_prise")
    return list(dict.fromkeys(names))


def _known_columns(field: str, names: Iterable[object], schema: nw.Schema) -> None:
    found = []
    for name in names:
        if name not in schema:
            near = difflib.get_close_matches(str(name), list(schema), n=1, cutoff=0.6)
            remedy = f"essayez « {near[0]} »" if near else "corrigez le nom"
            expected = f"une colonne du tableau : {', '.join(schema)}"
            found.append(Refusal(field, shown(name), expected, remedy, "colonne_inconnue"))
    if found:
        raise RefusedData(found)


def _group_keys(keys: Iterable[str], schema: nw.Schema) -> list[nw.Expr]:
    """The groups; categories as their texts, so that every kind of table sorts them alike."""
    categories = (nw.Categorical, nw.Enum)
    return [nw.col(key).cast(nw.String) if schema[key] in categories else nw.col(key) for key in keys]


def _exact(table: Any) -> Any:
    """A pandas table whose sums are Python objects (read back from a file), with exact Arrow columns."""
    objects = [name for name in SUMS if table.collect_schema()[name] == nw.Object]
    if not objects:
        return table
    import pandas as pd

    native = nw.to_native(table)
    return nw.from_native(native.assign(**{
        name: pd.Series(pd.array(pa.array(native[name].tolist(), MONEY, from_pandas=True),
                                 dtype=pd.ArrowDtype(MONEY)), index=native.index)
        for name in objects
    }))  # fmt: skip


def _refused(field: str, received: str, expected: str, remedy: str, code: str) -> RefusedData:
    return RefusedData([Refusal(field, received, expected, remedy, code)])
