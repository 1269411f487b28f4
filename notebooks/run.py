"""Run the notebooks again and store their outputs: after a change in one of them or in what it shows.

python notebooks/run.py

A notebook is its only source: change its cells here or in any editor of notebooks, then run this. A test
compares the texts that it stores with those of the day.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
TIMEOUT = 300
"""The seconds that one cell may take."""


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of today, by the Python that runs this; raises `CellExecutionError`."""
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder, _own_folders(Path(folder)):
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(
            notebook, timeout=TIMEOUT, record_timing=False, coalesce_streams=True, resources=resources
        )
        client.kernel_name = "python3"
        client.execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


@contextmanager
def _own_folders(folder: Path) -> Iterator[None]:
    """Jupyter and IPython keep what they write, history and connections, in this folder."""
    own = {name: str(folder / name) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.ipynb")):
        nbformat.write(executed(path), path)
        print(path.relative_to(HERE.parent))
