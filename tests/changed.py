"""The test files to run for what changed: `python tests/changed.py` prints them, one a line.

What changed is what git says differs from the last commit; after a commit, what that commit changed. A test
file is concerned if it changed, if it bears the name of a module that changed, if it imports that module or
one that imports it.
"""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES, TESTS = ROOT / "src", ROOT / "tests"


def git(*arguments: str) -> list[str]:
    """The lines that a command of git prints."""
    shown = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return shown.stdout.splitlines()


def changed() -> set[Path]:
    """The files of the working tree that differ from the last commit, or else those of that commit."""
    pending = git("diff", "--name-only", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    return {ROOT / name for name in pending or git("show", "--name-only", "--format=", "HEAD")}


def module_of(path: Path) -> str:
    """The dotted name of a source or of a helper of the tests."""
    inside = path.relative_to(SOURCES if path.is_relative_to(SOURCES) else TESTS).with_suffix("")
    return ".".join(inside.parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a file imports, relative ones made whole."""
    package = module_of(path).split(".")
    if path.stem != "__init__":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def concerned() -> list[str]:
    """The test files of what changed, in alphabetical order."""
    files = changed()
    python = [path for path in files if path.suffix == ".py" and path.exists()]
    names = {module_of(p) for p in python if p.is_relative_to(SOURCES) or p.parent == TESTS}
    rooms = [path for path in SOURCES.rglob("*.py") if path.stem != "__init__"]  # which name everything
    near = {module_of(path) for path in rooms if names.intersection(imported(path))}
    stems = tuple(f"test_{name.rpartition('.')[2]}" for name in names)
    return [
        str(path.relative_to(ROOT))
        for path in sorted(TESTS.glob("test_*.py"))
        if path in files or path.stem.startswith(stems) or (names | near).intersection(imported(path))
    ]


if __name__ == "__main__":
    print("\n".join(concerned()))
