"""The house itself: public names, rule ids, layers, documents, schemas, what an import costs."""

import ast
import doctest
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

import aide_am
from aide_am import Decision, Dossier, evaluate, examples, schemas
from aide_am.chronology import chronology
from aide_am.examples import example, example_texts
from aide_am.lectures import lectures
from aide_am.readings import CHOICES, DEFAULT
from aide_am.rules import registry
from support import script

ROOT = Path(__file__).parent.parent
CHAPTERS = {
    "TMP": range(1, 6),
    "ELI": range(1, 11),
    "MNT": range(1, 10),
    "OBJ": range(1, 10),
    "MOD": range(9),
    "VRS": range(1, 7),
    "CTR": range(1, 10),
    "COL": range(1, 12),
    "CST": range(1, 6),
    "DIT": range(1, 8),
}
RULE_IDS = {f"{chapter}-{number:02}" for chapter, numbers in CHAPTERS.items() for number in numbers}


def claimed() -> set[str]:
    """The rule ids that the marks of the tests name."""
    found: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
                found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def test_every_rule_of_the_chapters_tmp_to_dit_is_claimed_by_a_test() -> None:
    assert claimed() >= RULE_IDS


def test_every_rule_has_a_title_and_a_function_that_carries_its_id() -> None:
    titles = chronology().baremes[-1].regles
    assert set(titles) == RULE_IDS
    assert all(registry.functions(rule_id) for rule_id in titles)
    assert set(registry.RULES) == set(titles)


def test_every_rule_function_fits_on_a_screen_and_says_what_it_does() -> None:
    for functions in registry.RULES.values():
        for function in functions:
            plain = getattr(function, "__wrapped__", function)
            assert plain.__doc__, plain.__qualname__
            source = Path(plain.__code__.co_filename).read_text("utf-8")
            nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
            (node,) = [n for n in nodes if n.name == plain.__name__]
            statements = [line for s in node.body[1:] for line in range(s.lineno, (s.end_lineno or 0) + 1)]
            assert len(set(statements)) <= 40, plain.__qualname__


def test_the_public_names_are_sorted_and_complete() -> None:
    told = {name for name in dir(aide_am) if not name.startswith("_")} - {"import_module", "TYPE_CHECKING"}
    own = [name for name in told if not isinstance(getattr(aide_am, name), ModuleType)]
    assert aide_am.__all__ == sorted([*own, "__version__"])
    with pytest.raises(AttributeError, match="surnom"):
        aide_am.surnom  # type: ignore[attr-defined]  # noqa: B018


def test_a_name_that_is_imported_later_is_never_hidden_by_the_module_that_holds_it() -> None:
    code = (
        "import aide_am, importlib, pkgutil\n"
        "names = [found.name for found in pkgutil.iter_modules(aide_am.__path__, 'aide_am.')]\n"
        "for name in names: importlib.import_module(name)\n"
        "print([name for name in aide_am.__all__ if type(getattr(aide_am, name)).__name__ == 'module'])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
    assert re.fullmatch(r"\d+\.\d+\.\d+", aide_am.__version__)


def test_an_import_loads_no_extra_no_table_and_no_calendar() -> None:
    code = (
        "import sys, aide_am\n"
        "names = ('typer', 'rich', 'click', 'tomllib', 'dateutil', 'numpy', 'pandas', 'polars',"
        " 'icalendar', 'aide_am.loading', 'aide_am.rendering', 'aide_am.life', 'aide_am.cli')\n"
        "print([name for name in names if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_base_install_depends_on_pydantic_and_dateutil_alone() -> None:
    path = ROOT / "pyproject.toml"
    project = tomllib.loads(path.read_text("utf-8"))["project"]
    names = [re.match(r"[\w-]+", line)[0] for line in project["dependencies"]]  # type: ignore[index]
    assert names == ["pydantic", "python-dateutil"]


def test_no_figure_of_an_amount_or_a_percentile_stands_in_the_code() -> None:
    bareme = chronology().baremes
    figures = {row.value for b in bareme for row in b.montants.rows.values() if row.value}
    figures |= {cell for b in bareme for d in b.percentiles.values() for cell in d[:5] if cell is not None}
    for path in Path(aide_am.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        numbers = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is int}
        assert not {number for number in numbers if number > 100} & figures, path.name


def test_the_default_of_a_reading_is_its_first_value_and_each_is_described() -> None:
    assert DEFAULT.model_dump() == {name: values[0] for name, values in CHOICES.items()}
    assert {name: tuple(lecture.valeurs) for name, lecture in lectures().items()} == dict(CHOICES)


@pytest.mark.parametrize("name", example_texts())
def test_an_example_fits_the_published_schema_and_so_does_its_decision(name: str) -> None:
    published = schemas()
    jsonschema.validate(json.loads(example_texts()[name]), published["dossier"])
    decision = evaluate(example(name), force=True)
    jsonschema.validate(json.loads(decision.to_json()), published["decision"])
    assert Decision.from_json(decision.to_json()) == decision
    assert Dossier.model_validate_json(examples()[name].model_dump_json()) == examples()[name]


def test_an_unknown_example_is_refused_with_the_names_of_the_others() -> None:
    with pytest.raises(KeyError, match="dermatologue"):
        example("dentiste")


@pytest.mark.parametrize("name", schemas())
def test_the_schemas_are_closed(name: str) -> None:
    schema = schemas()[name]
    objects = [schema, *schema.get("$defs", {}).values()]
    closed = [o for o in objects if o.get("properties")]
    assert closed
    assert all(o.get("additionalProperties") is False for o in closed)


def test_the_schemas_are_the_same_each_time_they_are_asked_for() -> None:
    assert json.dumps(schemas()) == json.dumps(schemas())


def test_the_generated_pages_and_schemas_are_those_of_the_code() -> None:
    generate = script(ROOT / "docs" / "generate.py")
    stale = [path.name for path, text in generate.pages().items() if path.read_text("utf-8") != text]
    assert stale == [], "run: make docs"


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "docs").glob("*.md")))
def test_the_examples_of_the_guide_run(page: str) -> None:
    result = doctest.testfile(str(ROOT / "docs" / page), module_relative=False, encoding="utf-8")
    assert result.failed == 0


def test_the_links_of_the_guide_and_of_the_readme_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def python_of_the_readme() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_the_python_of_the_readme_gives_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = python_of_the_readme()
    exec(compile(code, "README.md", "exec"), {})
    (said,) = re.findall(r"^# (eligible .+)$", code, re.MULTILINE)
    assert capsys.readouterr().out.splitlines()[0] == said


def test_the_three_lines_of_the_readme_answer_a_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    doctor = {
        "specialite": "medecine_generale",
        "secteur": "1",
        "date_installation": "01/09/2005",
        "date_signature": "01/09/2024",
        "option_etp": "1",
        "annee": "1",
        "pmt_initiale": "1300",
    }
    Path("contrats.csv").write_text(f"{','.join(doctor)}\n{','.join(doctor.values())}\n", "utf-8")
    _, code = python_of_the_readme()
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip() == "[('eligible', Decimal('38000.00'), None)]"
