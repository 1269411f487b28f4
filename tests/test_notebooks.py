"""The notebooks run, and say today what they store."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support import script

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 300_000
"""The bytes of a notebook that a reader can open anywhere."""
FACES = ("text/markdown", "text/html")
"""The texts that a reader sees; a picture depends on the fonts of the machine."""


def said(notebook: Any) -> list[list[str]]:
    """What each cell of code says: what it prints, the tables and the decisions that it shows."""
    return [
        [text for output in cell["outputs"] for text in _texts(output)]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def _texts(output: Any) -> list[str]:
    if output["output_type"] == "stream":
        return ["".join(output["text"])]
    return ["".join(text) for face, text in output["data"].items() if face in FACES]


def test_there_are_two_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["etude_reforme", "suivi_departement"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_it_stores(path: Path) -> None:
    stored = json.loads(path.read_text("utf-8"))
    assert said(script(ROOT / "notebooks" / "run.py").executed(path)) == said(stored), "run: make docs"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_with_answers_and_pictures_and_without_errors_or_machine_paths(
    path: Path,
) -> None:
    text = path.read_text("utf-8")
    assert len(text.encode()) < LARGEST
    outputs = [o for cell in json.loads(text)["cells"] for o in cell.get("outputs", ())]
    assert {output["output_type"] for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert all(output.get("name") != "stderr" for output in outputs)
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) == 2
    assert not re.search(r"/(tmp|home|work|Users)/| at 0x", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_that_its_doctors_are_invented_and_links_to_the_guide(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert "n’existent pas" in prose
    for target in re.findall(r"\]\(([^)#:]+)\)", prose):
        assert (path.parent / target).exists(), target
    assert "../docs/tableaux.md" in prose


def test_the_study_of_a_reform_says_on_each_picture_that_the_bareme_is_simulated() -> None:
    stored = json.loads((ROOT / "notebooks" / "etude_reforme.ipynb").read_text("utf-8"))
    pictures = [
        "".join(output["data"]["image/svg+xml"])
        for cell in stored["cells"]
        for output in cell.get("outputs", ())
        if "image/svg+xml" in output.get("data", {})
    ]
    assert pictures
    assert all("BARÈME SIMULÉ" in picture for picture in pictures)
