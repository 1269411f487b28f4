"""The command line as a reader of its streams sees it."""

import io
from typing import NamedTuple

import pytest

from aide_am.cli import run


class Answer(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """The command line as a reader of its streams sees it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> Answer:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))
        code = run(arguments)
        out, err = self.capsys.readouterr()
        return Answer(code, out, err)
