"""The part of the rules of `subset` in zen-engine (GoRules): decision tables in a graph, one doctor a call.

A static loader compiles the graph once: 3 times as fast a call as the way of its README.
"""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import zen

from aide_am.terms import INDICATEURS, OPTIONS_ETP

from .dossiers import Table, choices, slugs
from .subset import ANSWERS, NEVER, figures

Cells = tuple[Any, ...]
ETP = tuple(1 / 3 if option == "1/3" else float(option) for option in OPTIONS_ETP)
STATUS = (
    "({shown}) ? ({den} * {name}_obs >= $.base_{name} * (age > {age} ? {after} : {before}) ? 1"
    " : ({name}_obs >= {name} ? 2 : 3)) : 0"
)


def _node(name: str, kind: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    node = {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
    return node if content is None else node | {"content": content}


def _table(name: str, inputs: list[str], outputs: list[str], rows: Iterable[Cells]) -> dict[str, Any]:
    """A table of ZEN expressions, the first row that applies; "" is any value."""
    ins = [{"id": f"i{number}", "name": field, "field": field} for number, field in enumerate(inputs)]
    outs = [{"id": f"o{number}", "name": field, "field": field} for number, field in enumerate(outputs)]
    ids = [column["id"] for column in (*ins, *outs)]
    rules = [
        {"_id": str(number)} | dict(zip(ids, map(str, row), strict=True)) for number, row in enumerate(rows)
    ]
    content = {"hitPolicy": "first", "inputs": ins, "outputs": outs, "rules": rules} | _passing(True)
    return _node(name, "decisionTableNode", content)


def _expressions(name: str, pairs: Iterable[tuple[str, str]], *, through: bool = True) -> dict[str, Any]:
    expressions = [{"id": key, "key": key, "value": value} for key, value in pairs]
    return _node(name, "expressionNode", {"expressions": expressions} | _passing(through))


def _passing(through: bool) -> dict[str, Any]:
    return {"passThrough": through, "inputField": None, "outputPath": None, "executionMode": "single"}


def _specialties() -> list[Cells]:
    law = figures()
    cells = zip(slugs(), law.p30["pmt"], law.p30["pfa"], law.two, strict=True)
    rows: list[Cells] = [
        (f'"{slug}"', pmt, pfa, _word(two), _word(slug == slugs()[law.general]))
        for slug, pmt, pfa, two in cells
        if pfa < NEVER
    ]
    return [*rows, ("", NEVER, NEVER, "false", "false")]


def _word(value: bool) -> str:
    return "true" if value else "false"


def _bands() -> list[Cells]:
    rows: list[Cells] = [("false", "", "", "", 0)]
    for band, edges in ((3, figures().p95), (2, figures().p90)):
        rows += [("", "true", f">= {edges['pmt']}", "", band), ("", "true", "", f">= {edges['pfa']}", band)]
    return [*rows, ("", "", "", "", 1)]


def _amounts() -> list[Cells]:
    """From the last year to the first, equal ones merged."""
    asked = ("< 0.4", "0.5", "1", "1.5", "2")
    rows: list[list[Any]] = []
    for band, option in np.ndindex(4, 5):
        last = 0
        for year in (3, 2, 1):
            euros = figures().amounts[band][year - 1][option]
            if euros and euros == last:
                rows[-1][1] = f">= {year}"
            elif euros:
                old, dense = ("true" if option == 0 else ""), ("true" if option >= 3 else "")
                rows.append([band, f">= {year}", asked[option], old, dense, euros])
            last = euros
    return [*map(tuple, rows), ("", "", "", "", "", 0)]


def _shares() -> list[Cells]:
    best = "two ? max([pfa_obs / base_pfa, pmt_obs / base_pmt]) : pfa_obs / base_pfa"
    return [
        ("false", "", "", "", "", "0"),
        ("", "< 3", "", "", "", "1"),
        ("", "", "false", "3", "", "0"),
        ("", "", "false", "", "3", "0"),
        ("", "", "", "1", "", "1"),
        ("", "", "", "", "1", "1"),
        ("", "", "", "", "", best),
    ]


def _model() -> dict[str, Any]:
    law = figures()
    begins = np.datetime64(law.begins, "D")
    active = "(pfa >= p30_pfa or pmt >= p30_pmt or primo)"
    words = {"den": law.den, "age": law.age, "before": law.kept[0], "after": law.kept[1]}
    shown = {"pmt": "eligible and two", "pfa": "eligible"}
    bases = [(f"base_{name}", f"$.keeps ? {name} : {name}_cible") for name in INDICATEURS]
    statuses = [(f"status_{n}", STATUS.format(name=n, shown=shown[n], **words)) for n in INDICATEURS]
    access = [
        ("eligible", f"p30_pfa < {NEVER} and (secteur == 1 or optam) and {active}"),
        ("old", f'date(signature) < date("{begins}")'),
        ("dense", 'general and zone == "ZIP" and annee >= 3'),
    ]
    paid = [*((name, name) for name in ANSWERS if name != "due"), ("due", "maximum * share")]
    inputs = ["eligible", "annee", "keeps", "status_pmt", "status_pfa"]
    chain = [
        _node("in", "inputNode"),
        _table("specialites", ["specialite"], ["p30_pmt", "p30_pfa", "two", "general"], _specialties()),
        _expressions("acces", access),
        _table("bande", ["eligible", "general", "pmt", "pfa"], ["band"], _bands()),
        _table("montants", ["band", "annee", "etp", "old", "dense"], ["maximum"], _amounts()),
        _expressions("objectifs", [("keeps", f"band == 3 or age > {law.age}"), *bases, *statuses]),
        _table("part", inputs, ["share"], _shares()),
        _expressions("versement", paid, through=False),
        _node("out", "outputNode"),
    ]
    edges = [
        {"id": f"e{number}", "type": "edge", "sourceId": here["id"], "targetId": there["id"]}
        for number, (here, there) in enumerate(pairwise(chain))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": chain, "edges": edges}


@cache
def _engine() -> Any:
    return zen.ZenEngine({"loader": {"type": "static", "content": {"part": _model()}}})


def contexts(doctors: Table) -> list[dict[str, Any]]:
    """The doctors as the JSON that zen-engine takes, one a doctor."""
    words = {
        "specialite": np.array(slugs(), object),
        "zone": np.array(choices("zone"), object),
        "etp": np.array(ETP, object),
    }
    columns = []
    for name, values in doctors.items():
        found = words[name][values] if name in words else values
        columns.append(np.datetime_as_string(found) if name == "signature" else found)
    names = tuple(doctors)
    return [dict(zip(names, row, strict=True)) for row in zip(*(c.tolist() for c in columns), strict=True)]


def answer(doctors: list[dict[str, Any]]) -> dict[str, Any]:
    """The answers, one call a doctor."""
    engine = _engine()
    found = [engine.evaluate("part", doctor)["result"] for doctor in doctors]
    return {name: np.array([each[name] for each in found]) for name in ANSWERS}
