"""The file that describes the open points of law is held against the readings of the code."""

from pathlib import Path

import pytest

from aide_am.errors import InvalidBareme
from aide_am.lectures import FILE, lectures, load_lectures
from aide_am.readings import CHOICES

P30 = 'valeurs.exclue = { libelle = "le P30'
WHOLE = "valeurs.incluse = { libelle"


@pytest.fixture
def text() -> str:
    return FILE.read_text(encoding="utf-8")


def refusal(directory: Path, text: str) -> InvalidBareme:
    """The refusal of a broken file, which is not the shipped one."""
    path = directory / "lectures.toml"
    assert text != FILE.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidBareme) as refused:
        load_lectures(path)
    assert refused.value.place == "lectures.toml"
    return refused.value


def section(text: str, name: str) -> str:
    """The table of one reading, up to the next."""
    return text[text.index(f"[{name}]") :].partition("\n[")[0]


def test_a_copy_of_the_shipped_file_describes_the_same_readings(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lectures.toml"
    path.write_text(text, encoding="utf-8")
    assert load_lectures(path) == lectures()
    assert lectures() is lectures()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[borne_p30]\n", '[borne_p30]\nauteur = "x"\n', "borne_p30.auteur"),
        (P30, P30.replace("{ libelle", '{ page = "3", libelle'), "borne_p30.valeurs.exclue.page"),
        (P30, P30.replace("libelle", "nom"), "borne_p30.valeurs.exclue.libelle"),
        ('titre = "Patientèle égale au P30"\n', "", "borne_p30.titre"),
        ('titre = "Patientèle égale au P30"', "titre = 30", "borne_p30.titre"),
        ("[borne_p30]\n", "autre = 1\n\n[borne_p30]\n", "autre"),
    ],
)
def test_what_has_not_the_shape_of_the_file_is_refused_with_its_key(
    tmp_path: Path, text: str, old: str, new: str, key: str
) -> None:
    assert text.count(old) == 1
    refused = refusal(tmp_path, text.replace(old, new))
    assert key in {
        ".".join(fault.split(" : ")[0].split(".")[-key.count(".") - 1 :]) for fault in refused.faults
    }


@pytest.mark.parametrize("name", CHOICES)
def test_a_reading_that_the_file_does_not_describe_is_refused(tmp_path: Path, text: str, name: str) -> None:
    refused = refusal(tmp_path, text.replace(section(text, name), ""))
    assert refused.faults == (f"{name} : décrit None, déclaré {CHOICES[name]}",)


def test_a_reading_that_the_code_does_not_have_is_refused(tmp_path: Path, text: str) -> None:
    other = section(text, "borne_p30").replace("[borne_p30]", "[borne_p50]")
    refused = refusal(tmp_path, f"{text}\n{other}\n")
    assert refused.faults == ("borne_p50 : décrit ('incluse', 'exclue'), déclaré None",)


def test_values_in_another_order_are_refused_since_the_first_is_the_default(
    tmp_path: Path, text: str
) -> None:
    was = section(text, "borne_p30")
    title, low, high = was.strip().partition("\nvaleurs.")[0], *was.strip().split("\n")[-2:]
    assert low.startswith(WHOLE)
    refused = refusal(tmp_path, text.replace(was, f"{title}\n{high}\n{low}\n"))
    assert refused.faults == ("borne_p30 : décrit ('exclue', 'incluse'), déclaré ('incluse', 'exclue')",)


def test_a_value_left_out_and_one_that_is_not_known_are_refused(tmp_path: Path, text: str) -> None:
    renamed = refusal(tmp_path, text.replace(P30, P30.replace("exclue", "depassee")))
    assert renamed.faults == ("borne_p30 : décrit ('incluse', 'depassee'), déclaré ('incluse', 'exclue')",)
    line = next(line for line in text.splitlines() if line.startswith(P30))
    short = refusal(tmp_path, text.replace(f"{line}\n", ""))
    assert short.faults == ("borne_p30 : décrit ('incluse',), déclaré ('incluse', 'exclue')",)
