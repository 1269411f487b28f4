"""Mutation testing of the rules and the tables: `make mutation`.

mutmut leaves decorated functions alone, and every rule function is decorated with its rule ids. So a
copy of the project is made in `mutants-copy`, in which the decorators `@rule` and `@lru_cache` become
a registration after the function; mutmut runs there, with the tests of law. The score comes last,
and the survivors with it. A number runs that many mutants, drawn with a fixed seed:

    python tests/mutation.py 500
"""

import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPY = ROOT / "mutants-copy"
TESTS = (
    "test_tables.py",
    "test_texts.py",
    "test_eligibility.py",
    "test_amounts.py",
    "test_objectives.py",
    "test_modulation.py",
    "test_special_cases.py",
    "test_found_wrong.py",
    "test_golden.py",
    "test_payments.py",
    "test_life.py",
    "test_termination.py",
    "test_collective.py",
)
HELPERS = ("support.py", "strategies.py", "plans.py", "collective_strategies.py")
KEPT = ("__init__.py", *HELPERS, *TESTS)
TARGETS = ("src/aide_am/rules/*.py", "src/aide_am/tables.py")
CONFIG = """
[tool.mutmut]
source_paths = ["src/aide_am"]
only_mutate = [{targets}]
do_not_mutate = ["src/aide_am/rules/registry.py"]
pytest_add_cli_args_test_selection = ["tests"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-o", "addopts=", "-o", "{unescaped}=true"]
"""
UNESCAPED = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support"
"""mutmut names tests on a command line, where pytest does not find escaped accents again."""
DECORATOR = re.compile(r"^@(rule|lru_cache)\((.*)\)$")


def undecorated(source: str) -> str:
    """A module whose rule functions are registered after their definition, uncached."""
    lines, ids, calls = [], "", []
    for line in source.splitlines():
        found = DECORATOR.match(line)
        if found:
            ids = found[2] if found[1] == "rule" else ids
            continue
        if ids and (name := re.match(r"def (\w+)\(", line)):
            calls.append(f"rule({ids})({name[1]})")
            ids = ""
        lines.append(line)
    return "\n".join([*lines, "", *calls, ""])


def prepare() -> None:
    """Copy what mutmut needs and undecorate the rules."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT / "src", COPY / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    (COPY / "tests").mkdir()
    for name in KEPT:
        if (ROOT / "tests" / name).exists():
            shutil.copy(ROOT / "tests" / name, COPY / "tests" / name)
    shutil.copytree(ROOT / "tests" / "data", COPY / "tests" / "data")
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, COPY / name)
    for path in (COPY / "src/aide_am/rules").glob("*.py"):
        if path.name != "registry.py":
            path.write_text(undecorated(path.read_text("utf-8")), "utf-8")
    targets = ", ".join(f'"{target}"' for target in TARGETS)
    config = (ROOT / "pyproject.toml").read_text("utf-8") + CONFIG.format(
        targets=targets, unescaped=UNESCAPED
    )
    (COPY / "pyproject.toml").write_text(config, "utf-8")


def names() -> list[str]:
    """Every mutant that mutmut made, by name."""
    found = []
    for path in sorted((COPY / "mutants" / "src").rglob("*.meta")):
        found += json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def main(sample: int | None = None) -> None:
    prepare()
    run = [sys.executable, "-m", "mutmut", "run", "--max-children", "2"]
    if sample is None:
        subprocess.run(run, cwd=COPY, check=False)
    else:
        # The mutants are made before the first is run; the smallest module is enough to have them all.
        subprocess.run([*run, "aide_am.rules.tiers_temps*"], cwd=COPY, check=False)
        chosen = random.Random(2026).sample(names(), sample)
        subprocess.run([*run, *chosen], cwd=COPY, check=False)
    codes: dict[str, int] = {}
    for path in (COPY / "mutants" / "src").rglob("*.meta"):
        found = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        codes |= {name: code for name, code in found.items() if code is not None}
    survivors = sorted(name for name, code in codes.items() if code == 0)
    print("\n".join(["", "Survivors:", *survivors]))
    score = 100 * (1 - len(survivors) / len(codes))
    print(f"{len(codes)} mutants of {len(names())}, {len(survivors)} survive: score {score:.1f} %")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
