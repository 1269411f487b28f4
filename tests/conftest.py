"""What several test files are given, and what a failure says: the dossier, ready to be evaluated."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

import depth  # noqa: F401 - the profile is loaded before the first property is read
from aide_am import Decision, Dossier
from terminal import Shell

CONTEXT = 3
"""How many frames of a failed test, from the innermost, are searched for its dossier."""


def _dossiers(excinfo: pytest.ExceptionInfo[BaseException]) -> Iterator[Dossier]:
    """The dossiers that a failed test and its helpers held, the innermost first."""
    traceback, frames = excinfo.tb, []
    while traceback is not None:
        if "/tests/" in traceback.tb_frame.f_code.co_filename.replace("\\", "/"):
            frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    for frame in reversed(frames[-CONTEXT:]):
        for value in frame.f_locals.values():
            if isinstance(value, Decision):
                yield value.dossier
            elif isinstance(value, Dossier):
                yield value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    report = yield
    if report.when == "call" and report.failed and call.excinfo is not None:
        for found in dict.fromkeys(
            each.model_dump_json(exclude_none=True) for each in _dossiers(call.excinfo)
        ):
            report.sections.append(("dossier, for aide-am evaluate -", found))
    return report


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The one session of the run: two local workers, it speaks to nobody else, and stops."""
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.pyspark.python": sys.executable,
        "spark.pyspark.driver.python": sys.executable,
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder),
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder}",
    }
    builder = SparkSession.builder.master("local[2]").appName("aide_am")
    for name, value in settings.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the session runs in one process, whatever the number of them (`--dist loadgroup`)."""
    for item in items:
        if "spark" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("spark"))
