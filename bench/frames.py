"""A table of dossiers through `evaluate_frame`: time and memory, beside NumPy by hand and two engines.

The yardstick is the whole convention in NumPy written for these dossiers alone (`peers/yardstick.py`); on a
part of the rules (`peers/subset.py`) NumPy, OpenFisca-core and zen-engine stand beside it. All answer the
same seeded dossiers. Every figure comes from a process of its own, in rounds that take each in turn, so that
a noisy machine slows all of them; the ratios are what to compare. The answers are compared first.

    python bench/frames.py [rows] [--rounds N] [--calls N] [--large] [--only NAME ...]

OpenFisca-core and zen-engine come with the extra `bench`; without them their lines are left out.
"""

import argparse
import ctypes
import gc
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from aide_am.frames import evaluate_frame
from peers import dossiers, subset, yardstick

AGREEMENT = 5_000
NULLS, WHOLE, PART = "coded with nulls", "NumPy", "part: NumPy"


class Job(NamedTuple):
    """What is measured: the input made of the dossiers, the call, and on one row in how many."""

    prepare: Callable[[dossiers.Table], Any]
    run: Callable[[Any], Any]
    one_in: int = 1
    needs: str = ""


def _openfisca(doctors: Any) -> Any:
    from peers import openfisca

    return openfisca.answer(doctors)


def _zen(doctors: Any) -> Any:
    from peers import zen

    return zen.answer(doctors)


def _contexts(t: dossiers.Table) -> Any:
    from peers import zen

    return zen.contexts(subset.doctors(t))


def _with_nulls(t: dossiers.Table) -> Any:
    return dossiers.coded(dossiers.with_nulls(t))


JOBS = {
    WHOLE: Job(lambda t: t, yardstick.answer),
    "coded": Job(dossiers.coded, evaluate_frame),
    "text": Job(dossiers.text, evaluate_frame),
    "text, dates too": Job(lambda t: dossiers.text(t, dates=True), evaluate_frame),
    NULLS: Job(_with_nulls, evaluate_frame),
    "pandas": Job(dossiers.pandas, evaluate_frame),
    "PyArrow": Job(dossiers.arrow, evaluate_frame),
    "DuckDB": Job(dossiers.duckdb, evaluate_frame),
    PART: Job(subset.doctors, subset.answer),
    "part: OpenFisca-core": Job(subset.doctors, _openfisca, needs="openfisca_core"),
    "part: zen-engine": Job(_contexts, _zen, one_in=100, needs="zen"),
}
LARGE = (WHOLE, "coded", "text")
"""What is also run on ten times the rows."""


# --- Agreement -----------------------------------------------------------------------------------------


def disagreements(rows: int, seed: int = 7) -> list[str]:
    """Where `evaluate_frame` and the NumPy yardstick differ, or a row is refused; empty if nowhere."""
    t = dossiers.make(rows, seed)
    theirs = evaluate_frame(dossiers.coded(t))
    found = [f"row {row}: {error}" for row, error in enumerate(theirs["error"].to_list()) if error]
    for name, mine in yardstick.in_words(yardstick.answer(t)).items():
        values = [int(v * 100) if isinstance(v, Decimal) else v for v in theirs[name].to_list()]
        pairs = enumerate(zip(mine, values, strict=True))
        found += [f"row {row}, {name}: NumPy {a}, evaluate_frame {b}" for row, (a, b) in pairs if a != b]
    return found


def check_part(rows: int, seed: int = 7) -> None:
    """Raise `AssertionError` where an engine that is here answers otherwise than NumPy on the part."""
    t = dossiers.make(rows, seed)
    mine = subset.answer(subset.doctors(t))
    for name, job in JOBS.items():
        if name.startswith("part") and here(job):
            subset.check(mine, job.run(job.prepare(t)))


def here(job: Job) -> bool:
    """Whether what the job needs is installed."""
    return not job.needs or importlib.util.find_spec(job.needs) is not None


# --- One process ---------------------------------------------------------------------------------------


def mebibytes(key: str) -> float:
    """A line of /proc/self/status; NaN where there is none (Linux alone has it)."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    return float("nan")


def forget() -> None:
    """Give back what making the input took, and let the peak of memory begin anew."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")


def measure(name: str, rows: int, calls: int) -> dict[str, Any]:
    """Seconds of the first call and of the next ones, and the peak of memory above the input."""
    job = JOBS[name]
    given = job.prepare(dossiers.make(rows // job.one_in))
    forget()
    before, times = mebibytes("VmRSS"), []
    extra = float("nan")
    for call in range(calls + 1):
        start = perf_counter()
        answers = job.run(given)
        times.append(perf_counter() - start)
        extra = mebibytes("VmHWM") - before if call == 0 else extra
        del answers
    return {"first": times[0], "next": [t * job.one_in for t in times[1:]], "extra": extra}


def in_a_process(name: str, rows: int, calls: int) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, str(rows), "--calls", str(calls), "--job", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


# --- The table -------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """What one job took over all rounds: milliseconds, the ratio to NumPy, mebibytes."""

    rows: int
    first: float
    warm: float
    ratio: float
    extra: float


def measured(names: list[str], rows: int, rounds: int, calls: int) -> dict[str, Line]:
    """Every job in turn, round after round; ratios are those of a round, to its NumPy."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            found[name].append(in_a_process(name, rows, calls))
    base = [median(one["next"]) for one in found[WHOLE]]
    return {
        name: Line(
            rows // JOBS[name].one_in,
            median(one["first"] for one in each) * 1e3,
            median(second for one in each for second in one["next"]) * 1e3,
            median(median(one["next"]) / numpy for one, numpy in zip(each, base, strict=True)),
            median(one["extra"] for one in each),
        )
        for name, each in found.items()
    }


def table(lines: dict[str, Line], rows: int) -> str:
    """The lines as text; a job that ran on fewer rows is scaled to all of them."""
    head = f"{f'{rows:,} dossiers':24}{'rows':>12}{'first ms':>11}{'warm ms':>11}{'ns a row':>10}"
    text = [head + f"{'x NumPy':>9}{'MiB above':>11}"]
    for name, line in lines.items():
        mark = " *" if line.rows < rows else ""
        times = f"{line.first:11.1f}{line.warm:11.1f}{line.warm * 1e6 / rows:10.0f}{line.ratio:9.2f}"
        text.append(f"{name + mark:24}{line.rows:>12,}{times}{line.extra:11.0f}")
    if any(line.rows < rows for line in lines.values()):
        text.append("* on fewer rows: warm time scaled to all of them, first call and memory not")
    return "\n".join(text)


def bars(lines: dict[str, Line]) -> list[str]:
    """What the issue asks for, beside what was found; ratios do not depend on the machine."""
    said = []
    if coded := lines.get("coded"):
        said.append(f"coded / NumPy             {coded.ratio:8.2f}      (bar 3, aim 1.5)")
        said.append(f"coded, memory             {coded.extra:8.0f} MiB  (bar 200 for 10^6 rows)")
    if text := lines.get("text"):
        said.append(f"text / NumPy (coded)      {text.ratio:8.2f}")
        said.append(f"text, this machine        {text.warm:8.1f} ms   (bar 100 for 10^6 rows)")
        said.append(f"text, memory              {text.extra:8.0f} MiB  (bar 200 for 10^6 rows)")
    if coded and (engine := lines.get("part: OpenFisca-core")):
        ratio = coded.ratio / engine.ratio
        said.append(f"coded / OpenFisca-core    {ratio:8.2f}      (bar 1; it has a part of the rules)")
    return said


def large(names: list[str], rows: int, calls: int, lines: dict[str, Line]) -> str:
    """The same on ten times the rows, once, and whether the time of a row stays."""
    kept = [name for name in LARGE if name in names]
    more = measured(kept, 10 * rows, 1, calls)
    text = [table(more, 10 * rows)]
    for name, line in more.items():
        growth = line.warm / lines[name].warm / 10
        text.append(f"{name}: {growth:.2f} times the time a row (linear: 1)")
    return "\n".join(text)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="evaluate_frame beside NumPy, OpenFisca-core, zen-engine")
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="processes for each line")
    parser.add_argument("--calls", type=int, default=7, help="warm calls in each process")
    parser.add_argument("--large", action="store_true", help="also ten times the rows")
    parser.add_argument("--only", nargs="+", choices=list(JOBS), help="these lines, and NumPy")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    if asked.job:
        print(json.dumps(measure(asked.job, asked.rows, asked.calls)))
        return
    found = disagreements(AGREEMENT)
    assert not found, "\n".join([f"{len(found)} differences", *found[:10]])
    print(f"evaluate_frame and NumPy agree on {AGREEMENT:,} dossiers, all answered")
    check_part(1_000)
    wanted = [name for name in JOBS if not asked.only or name == WHOLE or name in asked.only]
    absent = [name for name in wanted if not here(JOBS[name])]
    for name in absent:
        print(f"{name}: left out, not installed (pip install 'aide-am[bench]')")
    names = [name for name in wanted if name not in absent]
    lines = measured(names, asked.rows, asked.rounds, asked.calls)
    print(table(lines, asked.rows), *bars(lines), sep="\n")
    if asked.large:
        print(large(names, asked.rows, asked.calls, lines))


if __name__ == "__main__":
    main()
