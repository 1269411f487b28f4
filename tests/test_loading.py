"""The shipped data load; broken in one place, they are refused and the refusal names that place.

Each check of `loading` has a fixture: one exact substitution in a copy of the shipped files.
"""

import csv
import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aide_am.bareme import PARAMETRES, Bareme
from aide_am.errors import InvalidBareme
from aide_am.loading import DATA, load, shipped
from aide_am.references import Reference, weakness
from aide_am.terms import TEXTES

FILES = (
    "eligibilite.toml",
    "modulation.toml",
    "montants.toml",
    "objectifs.toml",
    "parametres.toml",
    "percentiles.toml",
    "regles.toml",
    "sources.toml",
    "specialites.toml",
    "textes.toml",
)
CHECKED = date(2026, 11, 21)
CHECKS = (CHECKED, date(2026, 11, 28))
"""The days on which the values were checked; the first one is the age of the barème."""

with (Path(__file__).parent / "data" / "specialites.csv").open(encoding="utf-8", newline="") as published:
    PUBLISHED = list(csv.DictReader(published))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data, to break."""
    directory = tmp_path / "data"
    directory.mkdir()
    for name in FILES:
        shutil.copy(DATA / name, directory / name)
    return directory


def break_in(directory: Path, file: str, old: str, new: str) -> None:
    """Substitute in one file a text that must stand there exactly once."""
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file} holds {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def refusal(directory: Path) -> InvalidBareme:
    with pytest.raises(InvalidBareme) as refused:
        load(directory)
    return refused.value


# The shipped data


def test_the_shipped_data_load_as_three_baremes_oldest_first() -> None:
    baremes = load(DATA)
    assert tuple(bareme.texte for bareme in baremes) == TEXTES
    assert [bareme.debut for bareme in baremes] == [
        date(2019, 9, 1),
        date(2023, 5, 1),
        date(2024, 6, 22),
    ]
    assert [dict(bareme.variantes) for bareme in baremes] == [{}, {}, {"2024-06-21": date(2024, 6, 21)}]
    assert [bareme.modulation_publiee for bareme in baremes] == [False, False, True]
    assert [bareme.objectifs is not None for bareme in baremes] == [True, False, False]
    assert [bareme.version for bareme in baremes] == [f"{texte} 2026-11-21" for texte in TEXTES]
    assert {bareme.checked for bareme in baremes} == {CHECKED}
    assert not any(bareme.simulated for bareme in baremes)


def test_the_shipped_baremes_are_read_once() -> None:
    assert shipped() is shipped()


def test_a_copy_of_the_shipped_data_loads_so_each_fixture_breaks_one_thing_only(data: Path) -> None:
    assert [bareme.nom for bareme in load(data)] == [bareme.nom for bareme in shipped()]


def test_the_age_of_the_bareme_is_that_of_the_source_checked_the_longest_ago(data: Path) -> None:
    checked = 'adresse = "afigec.com"\nverifie = '
    break_in(data, "sources.toml", f"{checked}2026-11-21", f"{checked}2025-01-31")
    assert {bareme.checked for bareme in load(data)} == {date(2025, 1, 31)}
    assert load(data)[0].version == "avenant_7 2025-01-31"


def references(bareme: Bareme) -> Iterator[Reference]:
    """The reference of every value of a barème."""
    yield bareme.reference
    yield from (parametre.reference for parametre in bareme.parametres.values())
    for distribution in bareme.percentiles.values():
        assert len(distribution.references) == 5
        yield from distribution.references
    tables = [
        *bareme.eligibilite.values(),
        *bareme.modulation.values(),
        *bareme.modulation_par_acces.values(),
        bareme.montants,
        bareme.regimes,
        *([bareme.objectifs] if bareme.objectifs else []),
    ]
    for table in tables:
        yield from (row.reference for row in table.rows.values())
    for option in bareme.options_tarifaires.values():
        yield from (option.at(day.toordinal()).reference for day in (date.min, date.max))
    yield from (bareme.classes_annee.at(year).reference for year in (1, 2, 3))


@pytest.mark.parametrize("bareme", shipped(), ids=TEXTES)
def test_every_value_has_a_registered_source_its_nature_and_the_day_it_was_checked(bareme: Bareme) -> None:
    for reference in references(bareme):
        assert reference.source in bareme.sources
        assert reference.place != ""
        assert weakness(reference) in range(5)
        assert reference.checked in CHECKS


@pytest.mark.parametrize("bareme", shipped(), ids=TEXTES)
def test_no_value_claims_a_stronger_nature_than_its_source(bareme: Bareme) -> None:
    for reference in references(bareme):
        source = bareme.sources[reference.source]
        assert weakness(reference) >= weakness(reference._replace(nature=source.nature)), reference


def number(cell: str) -> int | None:
    return int(cell) if cell else None


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda row: row["slug"])
@pytest.mark.parametrize("bareme", shipped()[1:], ids=TEXTES[1:])
def test_the_percentiles_since_2023_are_those_of_the_published_table(
    bareme: Bareme, published: dict[str, str]
) -> None:
    for indicateur in ("pmt", "pfa"):
        row = bareme.percentiles[published["slug"], indicateur]
        assert {name: getattr(row, name) for name in ("p30", "p50", "p90", "p95")} == {
            name: number(published[f"{name}_{indicateur}"]) for name in ("p30", "p50", "p90", "p95")
        }
        assert row.p70 is None
        assert not any(row.bounds)


def test_the_only_percentiles_of_avenant_7_are_those_of_the_medecin_traitant_in_medecine_generale() -> None:
    known = {key: row.known for key, row in shipped()[0].percentiles.items() if row.known}
    assert known == {("medecine_generale", "pmt"): (640, 850, 1107, 1503, 1721)}


@pytest.mark.rule("MNT-01")
def test_the_only_percentile_known_by_a_bound_is_the_p90_of_the_file_active_under_avenant_7() -> None:
    bounds = {key: row.bounds for key, row in shipped()[0].percentiles.items() if any(row.bounds)}
    assert bounds == {("medecine_generale", "pfa"): (None, None, None, 2355, None)}


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda row: row["slug"])
def test_each_specialty_has_the_name_group_and_codes_of_the_published_table(
    published: dict[str, str],
) -> None:
    for bareme in shipped():
        specialite = bareme.specialites[published["slug"]]
        assert specialite.slug == published["slug"]
        assert specialite.libelle == published["libelle"].replace("'", "’")
        assert specialite.groupe == published["groupe"]
        assert specialite.codes_am == tuple(code for code in published["code_am"].split(";") if code)
        assert specialite.code_convention == (published["code_convention"] or None)


def test_there_is_no_specialty_beyond_those_of_the_published_table() -> None:
    for bareme in shipped():
        assert list(bareme.specialites) == [row["slug"] for row in PUBLISHED]
        assert len(bareme.percentiles) == 2 * len(PUBLISHED)


def test_generalistes_mep_and_pediatres_have_two_indicators_and_the_others_one() -> None:
    both = {s.groupe for s in shipped()[0].specialites.values() if s.indicateurs == ("pmt", "pfa")}
    alone = {s.groupe for s in shipped()[0].specialites.values() if s.indicateurs == ("pfa",)}
    assert both == {"generaliste", "mep", "pediatre"}
    assert alone == {"gynecologie", "orl", "chirurgie", "specialite_clinique", "exclue", "a_apprecier"}


def test_a_parameter_is_exact_and_carries_the_fraction_it_equals() -> None:
    seuil = shipped()[0].parametres["seuil_honoraires_cliniques"]
    assert (seuil.valeur, seuil.num, seuil.den) == (Decimal("0.80"), 4, 5)
    assert (seuil.unite, seuil.minimum, seuil.maximum, seuil.regle) == ("part", 0, 1, "ELI-02")


# What every file must be


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(data: Path, file: str) -> None:
    (data / file).unlink()
    refused = refusal(data)
    assert refused.place == file
    assert "No such file" in refused.faults[0]


@pytest.mark.parametrize("file", FILES)
def test_a_malformed_file_is_named_with_the_line(data: Path, file: str) -> None:
    path = data / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[cassé\n", encoding="utf-8")
    refused = refusal(data)
    assert refused.place == file
    assert f"at line {text.count(chr(10)) + 2}" in refused.faults[0]


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_in_utf_8_is_named(data: Path, file: str) -> None:
    path = data / file
    path.write_bytes(path.read_bytes() + "# écrit en latin-1\n".encode("latin-1"))
    refused = refusal(data)
    assert refused.place == file
    assert len(refused.faults) == 1
    assert "utf-8" in refused.faults[0]


@pytest.mark.parametrize("file", FILES)
def test_a_file_with_a_number_that_no_decimal_holds_is_named(data: Path, file: str) -> None:
    path = data / file
    path.write_text("nombre = 1e99999999999999999999\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert refusal(data).place == file


def test_an_empty_register_of_sources_is_refused(data: Path) -> None:
    (data / "sources.toml").write_text("sources = []\n", encoding="utf-8")
    refused = refusal(data)
    assert refused.place == "sources.toml"
    assert [fault.split(" : ")[0] for fault in refused.faults] == ["sources"]


def sections(path: Path) -> tuple[str, list[str]]:
    """The head of a file of parameters, then each of its tables."""
    head, *tables = re.split(r"(?m)^(?=\[\w)", path.read_text(encoding="utf-8"))
    return head, tables


@pytest.mark.parametrize("rank", range(len(PARAMETRES)))
def test_a_parameter_that_the_rules_read_cannot_be_left_out(data: Path, rank: int) -> None:
    path = data / "parametres.toml"
    head, tables = sections(path)
    assert len(tables) == len(PARAMETRES)
    path.write_text(head + "".join(tables[:rank] + tables[rank + 1 :]), encoding="utf-8")
    refused = refusal(data)
    assert refused.place == "parametres.toml"
    assert refused.faults == (EXPECTED_PARAMETERS,)


def test_a_parameter_that_no_rule_reads_and_parameters_out_of_order_are_refused(data: Path) -> None:
    path = data / "parametres.toml"
    head, tables = sections(path)
    unread = tables[-1].replace("[preavis_mois]", "[duree_retraite]")
    for broken in (tables[1:] + tables[:1], [*tables, "\n", unread]):
        path.write_text(head + "".join(f"{table}\n" for table in broken), encoding="utf-8")
        assert refusal(data).faults == (EXPECTED_PARAMETERS,)


def test_a_share_may_be_written_without_decimals_and_whole_units_with_zeros(data: Path) -> None:
    break_in(data, "parametres.toml", "valeur = 0.80", "valeur = 1")
    break_in(data, "parametres.toml", "valeur = 65", "valeur = 65.0")
    parametres = load(data)[0].parametres
    assert (parametres["seuil_honoraires_cliniques"].num, parametres["age_senior"].num) == (1, 65)


def test_a_printed_growth_may_have_decimals(data: Path) -> None:
    break_in(data, "objectifs.toml", "{ p30_p50 = 35 }", "{ p30_p50 = 35.5 }")
    objectifs = load(data)[0].objectifs
    assert objectifs is not None
    assert Decimal("35.5") in {row.value for row in objectifs.rows.values()}


@pytest.mark.parametrize("file", FILES)
def test_an_unknown_key_at_the_top_of_a_file_is_named(data: Path, file: str) -> None:
    path = data / file
    path.write_text("inventee = []\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    refused = refusal(data)
    assert refused.place == file
    key = {"parametres.toml": "parametres.inventee"}.get(file, "inventee")
    assert [fault.split(" : ")[0] for fault in refused.faults] == [key]


REFERENCE = re.compile(r"reference = \{ source = .* \}$", re.MULTILINE)
SOURCED = [file for file in FILES if file not in ("sources.toml", "regles.toml")]


@pytest.mark.parametrize("file", SOURCED)
def test_no_value_loads_without_its_source_its_place_its_nature_and_its_date(data: Path, file: str) -> None:
    path = data / file
    text, count = REFERENCE.subn("reference = {}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    refused = refusal(data)
    assert refused.place == file
    assert count == text.count("reference = {}") > 0
    keys = [fault.split(" : ")[0].split(".") for fault in refused.faults]
    assert [key[-2:] for key in keys] == [
        ["reference", field] for field in ("source", "lieu", "nature", "verifie")
    ] * count


@pytest.mark.parametrize("file", SOURCED)
def test_no_value_loads_without_a_reference(data: Path, file: str) -> None:
    path = data / file
    text, count = REFERENCE.subn("", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    refused = refusal(data)
    assert refused.place == file
    assert [fault.split(" : ")[0].split(".")[-1] for fault in refused.faults] == ["reference"] * count


@pytest.mark.parametrize(
    ("file", "section"),
    [
        ("eligibilite.toml", "[[specialites]]"),
        ("eligibilite.toml", "[[honoraires_cliniques]]"),
        ("eligibilite.toml", "[[options_tarifaires]]"),
        ("eligibilite.toml", "[[options_par_specialite]]"),
        ("eligibilite.toml", "[[options_etp]]"),
        ("eligibilite.toml", "[[exercice_coordonne]]"),
        ("modulation.toml", "[regimes]"),
        ("modulation.toml", "[[tables]]"),
        ("montants.toml", "[[tableaux]]"),
        ("objectifs.toml", "[[pourcentages]]"),
        ("parametres.toml", "[duree_contrat]"),
        ("percentiles.toml", "[[distributions]]"),
        ("percentiles.toml", "[[non_publies]]"),
        ("specialites.toml", "# Specialties"),
        ("textes.toml", "[[textes]]"),
        ("textes.toml", "[[textes.variantes]]"),
    ],
)
def test_a_value_with_a_source_out_of_the_register_does_not_load(data: Path, file: str, section: str) -> None:
    path = data / file
    before, header, after = path.read_text(encoding="utf-8").rpartition(section)
    assert header == section
    path.write_text(
        before + header + re.sub(r'source = "\w+"', 'source = "ouï_dire"', after), encoding="utf-8"
    )
    refused = refusal(data)
    assert refused.place == file
    assert refused.faults == ("source inconnue « ouï_dire »",)


# What the shapes refuse: the file and the key

FEES = (
    'source = "ameli_novembre_2024", lieu = "80 % et plus des honoraires totaux", '
    'nature = "ameli", verifie = 2026-11-21'
)
FEES_KEY = "parametres.seuil_honoraires_cliniques.reference"
PILOT = 'id = "afigec_2024"\ntitre = "Montants de l’aide sous le règlement arbitral"\n'
PILOT_DATE = 'adresse = "afigec.com"\nverifie = 2026-11-21'
FIRST_TEXT = 'debut = 2019-09-01\nmodulation = "deduite"'
VARIANT = 'lecture = "2024-06-21"\ndebut = 2024-06-21\nreference ='
ONE_ETP = 'annee = "1", montants = [19000, 38000]'
PERCENTILES = "medecine_generale = [775, 1045, 1858, 2187]"
FIVE_CELLS = 'percentiles = ["p30", "p50", "p70", "p90", "p95"]\n'
GENERALISTES_APART = f'{FIVE_CELLS}sauf = ["medecine_generale"]\n'


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        # A value without its source, its place, its nature, its date; or with what is none of them.
        ("parametres.toml", FEES, FEES.replace('source = "ameli_novembre_2024", ', ""), f"{FEES_KEY}.source"),
        ("parametres.toml", FEES, FEES.replace('"ameli_novembre_2024"', '""'), f"{FEES_KEY}.source"),
        ("parametres.toml", FEES, FEES.replace('nature = "ameli", ', ""), f"{FEES_KEY}.nature"),
        ("parametres.toml", FEES, FEES.replace('"ameli"', '"rumeur"'), f"{FEES_KEY}.nature"),
        ("parametres.toml", FEES, FEES.replace(", verifie = 2026-11-21", ""), f"{FEES_KEY}.verifie"),
        ("parametres.toml", FEES, FEES.replace("2026-11-21", "20261121"), f"{FEES_KEY}.verifie"),
        ("parametres.toml", FEES, FEES.replace("2026-11-21", "20261121.0"), f"{FEES_KEY}.verifie"),
        ("parametres.toml", FEES, FEES.replace("2026-11-21", '"2026-11-21"'), f"{FEES_KEY}.verifie"),
        ("parametres.toml", FEES, FEES.replace("2026-11-21", "2026-11-21T00:00:00"), f"{FEES_KEY}.verifie"),
        (
            "parametres.toml",
            FEES,
            FEES.replace('"80 % et plus des honoraires totaux"', '""'),
            f"{FEES_KEY}.lieu",
        ),
        ("parametres.toml", FEES, f'{FEES}, page = "3"', f"{FEES_KEY}.page"),
        # The register of sources.
        ("sources.toml", PILOT, PILOT.replace('id = "afigec_2024"\n', ""), "sources.15.id"),
        ("sources.toml", PILOT, PILOT + 'auteur = "x"\n', "sources.15.auteur"),
        ("sources.toml", PILOT_DATE, PILOT_DATE.replace("2026-11-21", "2026.5"), "sources.15.verifie"),
        ("sources.toml", 'editeur = "Egora"\n', "", "sources.7.editeur"),
        (
            "sources.toml",
            'date = "janvier 2021"\nnature = "presse"',
            'date = "2021"\nnature = "x"',
            "sources.7.nature",
        ),
        # The rules.
        ("regles.toml", 'TMP-01 = "Texte en vigueur"', 'TMP-01 = ""', "regles.TMP-01"),
        ("regles.toml", 'TMP-01 = "Texte en vigueur"', "TMP-01 = 1", "regles.TMP-01"),
        # The texts.
        ("textes.toml", FIRST_TEXT, FIRST_TEXT.replace("2019-09-01", "2019.5"), "textes.0.debut"),
        (
            "textes.toml",
            FIRST_TEXT,
            FIRST_TEXT.replace("2019-09-01", "2019-09-01T00:00:00"),
            "textes.0.debut",
        ),
        ("textes.toml", FIRST_TEXT, FIRST_TEXT.replace('"deduite"', '"devinee"'), "textes.0.modulation"),
        ("textes.toml", FIRST_TEXT, FIRST_TEXT + "\nfin = 2023-04-30", "textes.0.fin"),
        ("textes.toml", 'id = "avenant_7"', 'id = "avenant_8"', "textes.0.id"),
        (
            "textes.toml",
            VARIANT,
            VARIANT.replace("debut = 2024-06-21", "debut = 2024.5"),
            "textes.2.variantes.0.debut",
        ),
        # The specialties.
        ("specialites.toml", 'slug = "cardiologie"\n', "", "specialites.2.slug"),
        (
            "specialites.toml",
            'slug = "cardiologie"\n',
            'slug = "cardiologie"\ncode = "03"\n',
            "specialites.2.code",
        ),
        ("specialites.toml", 'codes_am = ["03"]', "codes_am = [3]", "specialites.2.codes_am.0"),
        (
            "specialites.toml",
            'code_convention = "04"',
            "code_convention = 4",
            "specialites.2.code_convention",
        ),
        ("specialites.toml", 'groupe = "mep"', 'groupe = "homeopathe"', "specialites.1.groupe"),
        ("specialites.toml", 'mep = ["pmt", "pfa"]', 'mep = ["pmt", "pfb"]', "groupes.mep.1"),
        (
            "specialites.toml",
            'mep = ["pmt", "pfa"]',
            'mep = ["pmt", "pfa"]\ndentiste = ["pfa"]',
            "groupes.dentiste",
        ),
        # The parameters.
        ("parametres.toml", "valeur = 0.80\n", "", "parametres.seuil_honoraires_cliniques.valeur"),
        ("parametres.toml", "valeur = 0.80", "valeur = nan", "parametres.seuil_honoraires_cliniques.valeur"),
        ("parametres.toml", "valeur = 0.80", "valeur = inf", "parametres.seuil_honoraires_cliniques.valeur"),
        ("parametres.toml", "valeur = 0.80", "valeur = true", "parametres.seuil_honoraires_cliniques.valeur"),
        (
            "parametres.toml",
            "valeur = 0.80",
            "valeur = -0.01",
            "parametres.seuil_honoraires_cliniques.valeur",
        ),
        (
            "parametres.toml",
            "valeur = 0.80",
            'valeur = "0.80"',
            "parametres.seuil_honoraires_cliniques.valeur",
        ),
        ("parametres.toml", "valeur = 65", 'valeur = "65"', "parametres.age_senior.valeur"),
        ("parametres.toml", "valeur = 65", "valeur = -65", "parametres.age_senior.valeur"),
        ("parametres.toml", "maximum = 130", "maximum = 130.0", "parametres.age_senior.maximum"),
        ("parametres.toml", "maximum = 130", "maximum = 130\npas = 1", "parametres.age_senior.pas"),
        ("parametres.toml", 'unite = "ans"\n', "", "parametres.age_senior.unite"),
        # The percentiles.
        (
            "percentiles.toml",
            PERCENTILES,
            PERCENTILES.replace("1045", "1045.0"),
            "distributions.0.valeurs.medecine_generale.1",
        ),
        (
            "percentiles.toml",
            PERCENTILES,
            PERCENTILES.replace("1045", '"1045"'),
            "distributions.0.valeurs.medecine_generale.1",
        ),
        (
            "percentiles.toml",
            PERCENTILES,
            PERCENTILES.replace("1045", "-1045"),
            "distributions.0.valeurs.medecine_generale.1",
        ),
        (
            "percentiles.toml",
            PERCENTILES,
            PERCENTILES.replace("1045", "true"),
            "distributions.0.valeurs.medecine_generale.1",
        ),
        (
            "percentiles.toml",
            PERCENTILES,
            PERCENTILES.replace("1045", '"?"'),
            "distributions.0.valeurs.medecine_generale.1",
        ),
        (
            "percentiles.toml",
            'percentiles = ["p90", "p95"]',
            'percentiles = ["p90", "p99"]',
            "distributions.5.percentiles.1",
        ),
        ("percentiles.toml", GENERALISTES_APART, FIVE_CELLS, "non_publies.0.sauf"),
        (
            "percentiles.toml",
            '["plus de 2355"]',
            '["plus de 2 355"]',
            "distributions.7.valeurs.medecine_generale.0",
        ),
        # The amounts.
        ("montants.toml", ONE_ETP, ONE_ETP.replace("38000", "38000.0"), "tableaux.4.lignes.0.montants.1"),
        ("montants.toml", ONE_ETP, ONE_ETP.replace("38000", '"38000"'), "tableaux.4.lignes.0.montants.1"),
        ("montants.toml", ONE_ETP, ONE_ETP.replace("38000", "-1"), "tableaux.4.lignes.0.montants.1"),
        ("montants.toml", ONE_ETP, ONE_ETP.replace("38000", "true"), "tableaux.4.lignes.0.montants.1"),
        ("montants.toml", ONE_ETP, ONE_ETP + ', note = "x"', "tableaux.4.lignes.0.note"),
        ("montants.toml", 'classe = "3+"', 'classe = "3"', "classes_annee.2.classe"),
        ("montants.toml", "de = 3", "de = 3.0", "classes_annee.2.de"),
        # The objectives.
        ("objectifs.toml", "{ p30_p50 = 35 }", "{ p30_p50 = nan }", "pourcentages.5.cellules.p30_p50"),
        ("objectifs.toml", "{ p30_p50 = 35 }", '{ p30_p50 = "?" }', "pourcentages.5.cellules.p30_p50"),
        ("objectifs.toml", "{ p30_p50 = 35 }", '{ p30_p50 = "35" }', "pourcentages.5.cellules.p30_p50"),
        ("objectifs.toml", "{ p30_p50 = 35 }", "{ p30_p50 = true }", "pourcentages.5.cellules.p30_p50"),
        ("objectifs.toml", "{ p30_p50 = 35 }", "{ p30_p50 = -35 }", "pourcentages.5.cellules.p30_p50"),
        ("objectifs.toml", "{ p30_p50 = 35 }", "{ p30_p50 = -0.5 }", "pourcentages.5.cellules.p30_p50"),
        ("objectifs.toml", 'option = "1/3"', 'option = "1/4"', "pourcentages.0.option"),
        # Eligibility.
        ("eligibilite.toml", 'option = "OPTAM"\n', 'option = "OPTIM"\n', "options_tarifaires.0.option"),
        (
            "eligibilite.toml",
            'reponse = "satisfait_avant_l_heure"',
            'reponse = "bientôt"',
            "options_tarifaires.3.reponse",
        ),
        (
            "eligibilite.toml",
            'reponse = "satisfait_avant_l_heure"',
            'reponse = "satisfait"\ndepuis = 1',
            "options_tarifaires.3.depuis",
        ),
        ("eligibilite.toml", 'reponse = "exige"', 'reponse = ""', "exercice_coordonne.0.reponse"),
        ("eligibilite.toml", '"08", "09"', '"8", "09"', "specialites.6.departements.0"),
        (
            "eligibilite.toml",
            'reponse = "exige"',
            'reponse = "exige"\nsauf = []',
            "exercice_coordonne.0.sauf",
        ),
        # Modulation.
        (
            "modulation.toml",
            '{ pfa = "A", part = "cent" },\n    { pfa = "N0"',
            '{ pfa = "A", part = "tout" },\n    { pfa = "N0"',
            "tables.1.lignes.0.part",
        ),
        ("modulation.toml", 'lecture = "trou_6_2"', 'lecture = ""', "tables.3.lignes.3.lecture"),
        (
            "modulation.toml",
            'parts = { zero = "zero", cent = "cent" }',
            'parts = { zero = "x", cent = "cent" }',
            "tables.3.lignes.3.parts.zero",
        ),
        ("modulation.toml", 'mep = "non", ', "", "regimes.lignes.6.mep"),
    ],
)
def test_what_has_not_the_shape_of_its_file_is_refused_with_its_key(
    data: Path, file: str, old: str, new: str, key: str
) -> None:
    break_in(data, file, old, new)
    refused = refusal(data)
    assert refused.place == file
    # A value that may be of several kinds has one fault for each kind.
    assert {(fault.split(" : ")[0] + ".").startswith(f"{key}.") for fault in refused.faults} == {True}
    assert f"Barème refusé, {file} :\n- {key}" in str(refused)


# What the proofs refuse: the file or the table, and the line or the cell


def both(fault: str) -> tuple[str, ...]:
    """The same fault under the two texts that share a distribution."""
    return tuple(fault.format(texte) for texte in ("reglement_arbitral_2023", "convention_2024"))


PRIMO = 'parts = { prorata = "prorata", taux_le_plus_bas = "prorata_bas", zero = "zero" }'
PRIMO_ALONE = '{ pfa = "<P30", lecture = "primo_sous_p30", ' + PRIMO + " }"
REGIMES = "modulation.toml regimes"
MIXED_HIGH = '{ augmentation = ["A", "N0"], maintien = "A", hausse = "*", part = "cent" }'
PART_OR_READING = "donnez une part, ou une lecture et la part de chaque valeur"
EXPECTED_TABLES = (
    "tables attendues, une fois chacune : MOD-01, MOD-02, MOD-03, MOD-04, MOD-05, MOD-06, MOD-07"
)
EXPECTED_PARAMETERS = (
    "paramètres attendus, dans l’ordre : seuil_honoraires_cliniques, annee_etp_eleve, fenetre_primo_mois, "
    "derniere_annee_primo, age_senior, taux_atteint, tolerance_augmentation, tolerance_maintien, "
    "tolerance_senior, premiere_annee_modulee, duree_contrat, delai_versement_mois, part_acompte, "
    "part_acompte_tiers_temps, suivi_mois, remplacement_secretaire_mois, inscription_formation_annees, "
    "certification_annees, exercice_coordonne_annees, objectif_annees, objectif_primo_annees, "
    "absence_mois, carence_annees, preavis_mois"
)
NO_GENERALISTE = "trou : aucune ligne pour medecine_generale × avenant_7"
TWO = '{ pmt = "A", pfa = "A", part = "cent" }'
CUMULATIVE = '{ pmt = "A", pfa = "N0", lecture = "cumul_avenant_7"'
NC = "trou : {} × pediatrie × pmt × p95"
AV7_PMT = "avenant_7 medecine_generale pmt"


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "faults"),
    [
        # The texts: all three, in their order.
        (
            "textes.toml",
            'id = "convention_2024"',
            'id = "avenant_7"',
            "textes.toml",
            ("textes attendus, dans l’ordre : avenant_7, reglement_arbitral_2023, convention_2024",),
        ),
        (
            "textes.toml",
            VARIANT,
            VARIANT.replace('lecture = "2024-06-21"', 'lecture = "2024-06-20"'),
            "textes.toml",
            ("lecture inconnue de entree_en_vigueur : 2024-06-20",),
        ),
        # The register of sources: each once, those that the code names among them.
        (
            "sources.toml",
            PILOT,
            PILOT.replace("afigec_2024", "ameli_novembre_2024"),
            "sources.toml",
            ("un identifiant de source est donné deux fois",),
        ),
        *(
            (
                "sources.toml",
                f'id = "{name}"',
                f'id = "autre_{name}"',
                "sources.toml",
                (f"source absente : {name}",),
            )
            for name in ("appelant", "livre_des_regles", "simulation")
        ),
        # The specialties.
        (
            "specialites.toml",
            'orl = ["pfa"]\n',
            "",
            "specialites.toml",
            ("groupe sans indicateurs : orl",),
        ),
        (
            "specialites.toml",
            '\norl = ["pfa"]\n',
            "\norl = []\n",
            "specialites.toml",
            ("groupe sans indicateurs : orl",),
        ),
        (
            "specialites.toml",
            'slug = "neurologie"',
            'slug = "mpr"',
            "specialites.toml",
            ("slug donné deux fois : mpr",),
        ),
        (
            "specialites.toml",
            'codes_am = ["03"]',
            'codes_am = ["05"]',
            "specialites.toml",
            ("code 05 (am) : cardiologie, dermatologie",),
        ),
        (
            "specialites.toml",
            'code_convention = "04"',
            'code_convention = "06"',
            "specialites.toml",
            ("code 06 (convention) : cardiologie, dermatologie",),
        ),
        (
            "specialites.toml",
            'code_convention = "02"',
            'code_convention = "01"',
            "specialites.toml",
            ("code 01 (convention) : medecine_generale, mep",),
        ),
        (
            "specialites.toml",
            'groupe = "mep"',
            'groupe = "generaliste"',
            "specialites.toml",
            tuple(f"code {code} (am) : medecine_generale, mep" for code in ("01", "22", "23")),
        ),
        (
            "specialites.toml",
            'groupe = "generaliste"',
            'groupe = "mep"',
            "specialites.toml",
            tuple(f"code {code} (am) : medecine_generale, mep" for code in ("01", "22", "23")),
        ),
        (
            "specialites.toml",
            'codes_am = ["03"]',
            'codes_am = ["03", "22"]',
            "specialites.toml",
            ("code 22 (am) : medecine_generale, mep, cardiologie",),
        ),
        # The parameters.
        (
            "parametres.toml",
            "valeur = 0.80",
            "valeur = 1.01",
            "parametres.toml",
            ("seuil_honoraires_cliniques : 1.01 hors de [0, 1]",),
        ),
        (
            "parametres.toml",
            "valeur = 0.80",
            "valeur = 1.0000001",
            "parametres.toml",
            ("seuil_honoraires_cliniques : 1.0000001 hors de [0, 1]",),
        ),
        (
            "parametres.toml",
            "[duree_contrat]\nvaleur = 5\n",
            "[duree_contrat]\nvaleur = 0\n",
            "parametres.toml",
            ("duree_contrat : 0 hors de [1, 10]",),
        ),
        (
            "parametres.toml",
            "valeur = 65",
            "valeur = 65.5",
            "parametres.toml",
            ("age_senior : 65.5 n’est pas un nombre entier (ans)",),
        ),
        (
            "parametres.toml",
            "[age_senior]",
            "[age_retraite]",
            "parametres.toml",
            (EXPECTED_PARAMETERS,),
        ),
        (
            "parametres.toml",
            "valeur = 65",
            "valeur = 131",
            "parametres.toml",
            ("age_senior : 131 hors de [0, 130]",),
        ),
        (
            "parametres.toml",
            'regle = "ELI-06"',
            'regle = "ELI-66"',
            "parametres.toml",
            ("fenetre_primo_mois : règle inconnue « ELI-66 »",),
        ),
        (
            "regles.toml",
            'ELI-08 = "Conditions de 1,5 et 2 ETP"\n',
            "",
            "parametres.toml",
            ("annee_etp_eleve : règle inconnue « ELI-08 »",),
        ),
        # The percentiles.
        (
            "percentiles.toml",
            'pediatrie = [51, "NC", "NC", "NC"]',
            'pediatrie = [51, "NC", "NC"]',
            "percentiles.toml",
            ("pediatrie : 3 valeurs pour 4 colonnes", *both(NC)),
        ),
        (
            "percentiles.toml",
            'pediatrie = [51, "NC", "NC", "NC"]',
            'pediatrie = [51, "NC", "NC", "NC", 9]',
            "percentiles.toml",
            ("pediatrie : 5 valeurs pour 4 colonnes",),
        ),
        (
            "percentiles.toml",
            "\nmpr = [612]",
            "",
            "percentiles.toml",
            both("trou : {} × mpr × pfa × p30"),
        ),
        (
            "percentiles.toml",
            "\nmpr = [612]",
            "\nmpr = [612]\nhematologie = [612]",
            "percentiles.toml",
            both("chevauchement : {} × hematologie × pfa × p30"),
        ),
        (
            "percentiles.toml",
            "\nmpr = [612]",
            "\nmpr = [612]\nhomeopathie = [612]",
            "percentiles.toml",
            both("case inconnue : {} × homeopathie × pfa × p30"),
        ),
        (
            "percentiles.toml",
            GENERALISTES_APART,
            f'{FIVE_CELLS}sauf = ["medecine_generale", "homeopathie"]\n',
            "percentiles.toml",
            ("« sauf » : spécialité inconnue homeopathie",),
        ),
        (
            "percentiles.toml",
            GENERALISTES_APART,
            f'{FIVE_CELLS}sauf = ["medecine_generale", "orl"]\n',
            "percentiles.toml",
            tuple(f"trou : avenant_7 × orl × pmt × {p}" for p in ("p30", "p50", "p70", "p90", "p95")),
        ),
        (
            "percentiles.toml",
            GENERALISTES_APART,
            f"{FIVE_CELLS}sauf = []\n",
            "percentiles.toml",
            tuple(
                f"chevauchement : avenant_7 × medecine_generale × pmt × {p}"
                for p in ("p30", "p50", "p70", "p90", "p95")
            ),
        ),
        (
            "percentiles.toml",
            PERCENTILES,
            PERCENTILES.replace("1858", "1045"),
            "percentiles.toml",
            both("{} medecine_generale pmt : P50 = 1045 devrait être inférieur à P90 = 1045"),
        ),
        (
            "percentiles.toml",
            "medecine_generale = [1503, 1721]",
            "medecine_generale = [1721, 1503]",
            "percentiles.toml",
            ("avenant_7 medecine_generale pmt : P90 = 1721 devrait être inférieur à P95 = 1503",),
        ),
        (
            "percentiles.toml",
            "medecine_generale = [850]",
            "medecine_generale = [640]",
            "percentiles.toml",
            ("avenant_7 medecine_generale pmt : P30 = 640 devrait être inférieur à P50 = 640",),
        ),
        *(
            (
                "percentiles.toml",
                f"[{given}]",
                f'["plus de {over}"]',
                "percentiles.toml",
                (f"{AV7_PMT} : {fault}",),
            )
            for given, over, fault in (
                (1107, 1503, "P70, plus de 1503, devrait être inférieur à P90 = 1503"),
                (1107, 1502, "P70, plus de 1502, devrait être inférieur à P90 = 1503"),
                (1107, 850, "la borne de p70, plus de 850, ne dit rien de plus"),
                (850, 700, "une borne ne se donne que pour p70, p90, p95, pas pour p50"),
            )
        ),
        # The classes of contract years.
        (
            "montants.toml",
            'classe = "2"\nde = 2\na = 2',
            'classe = "2"\nde = 2\na = 1',
            "montants.toml classes_annee",
            ("bornes à l’envers : 2 après 1", "trou entre les lignes 2 et 3"),
        ),
        (
            "montants.toml",
            "de = 3",
            "de = 4",
            "montants.toml classes_annee",
            ("trou entre les lignes 2 et 3",),
        ),
        (
            "montants.toml",
            "de = 3",
            "de = 2",
            "montants.toml classes_annee",
            ("chevauchement entre les lignes 2 et 3",),
        ),
        (
            "montants.toml",
            "de = 3",
            "de = 3\na = 5",
            "montants.toml classes_annee",
            ("la fin du domaine n’est pas couverte",),
        ),
        (
            "montants.toml",
            "de = 1\na = 1",
            "de = 0\na = 1",
            "montants.toml classes_annee",
            ("le début du domaine (1) n’est pas couvert",),
        ),
        (
            "montants.toml",
            'classe = "2"',
            'classe = "1"',
            "montants.toml",
            ("classes d’année attendues, dans l’ordre : 1, 2, 3+",),
        ),
        # The amounts.
        (
            "montants.toml",
            '{ bandes = ["p90_p95"], annee = "3+", montants = [8767] }',
            '{ bandes = [], annee = "3+", montants = [8767] }',
            "montants convention_2024",
            ("ligne 4 : cellule vide « bande »", "trou : aucune ligne pour 1/3 × 3+ × p90_p95"),
        ),
        (
            "montants.toml",
            ONE_ETP,
            ONE_ETP.replace("[19000, 38000]", "[19000]"),
            "montants.toml",
            ("convention_2024 : [19000] pour ['0.5', '1']",),
        ),
        (
            "montants.toml",
            ONE_ETP,
            ONE_ETP.replace("[19000, 38000]", "[19000, 38000, 57000]"),
            "montants.toml",
            ("convention_2024 : [19000, 38000, 57000] pour ['0.5', '1']",),
        ),
        (
            "montants.toml",
            '    { bandes = ["p90_p95"], annee = "3+", montants = [8767] },\n',
            "",
            "montants convention_2024",
            ("trou : aucune ligne pour 1/3 × 3+ × p90_p95",),
        ),
        (
            "montants.toml",
            '{ bandes = ["p90_p95"], annee = "3+", montants = [8767] }',
            '{ bandes = ["p90_p95", "p95"], annee = "3+", montants = [8767] }',
            "montants convention_2024",
            ("chevauchement : 1/3 × 3+ × p95 dans montants convention_2024/4, montants convention_2024/5",),
        ),
        (
            "montants.toml",
            '{ bandes = ["p90_p95"], annee = "3+", montants = [8767] }',
            '{ bandes = ["p90_p99"], annee = "3+", montants = [8767] }',
            "montants convention_2024",
            (
                "ligne 4 : valeur hors du domaine de « bande » : « p90_p99 »",
                "trou : aucune ligne pour 1/3 × 3+ × p90_p95",
            ),
        ),
        (
            "montants.toml",
            'annee = "2", montants = [9450]',
            'annee = "2e", montants = [9450]',
            "montants convention_2024",
            (
                "ligne 2 : valeur hors du domaine de « annee » : « 2e »",
                "trou : aucune ligne pour 1/3 × 2 × p30_p90",
                "trou : aucune ligne pour 1/3 × 2 × p90_p95",
            ),
        ),
        # The objectives of avenant 7.
        (
            "objectifs.toml",
            ", p90_p95 = 4 }",
            " }",
            "objectifs avenant_7",
            ("trou : aucune ligne pour 1/3 × p90_p95",),
        ),
        (
            "objectifs.toml",
            "{ p90_p95 = 6 }",
            "{ p90_p95 = 6, p50_p70 = 6 }",
            "objectifs avenant_7",
            ("chevauchement : 0.5 × p50_p70 dans objectifs avenant_7/6, objectifs avenant_7/9",),
        ),
        (
            "objectifs.toml",
            "{ p90_p95 = 6 }",
            "{ p90_p95 = 6, p95 = 6 }",
            "objectifs avenant_7",
            ("ligne 9 : valeur hors du domaine de « tranche » : « p95 »",),
        ),
        (
            "objectifs.toml",
            'option = "1/3"',
            'option = "2"',
            "objectifs avenant_7",
            (
                *(f"ligne {n} : valeur hors du domaine de « option_etp » : « 2 »" for n in (1, 2, 3, 4)),
                *(
                    f"trou : aucune ligne pour 1/3 × {t}"
                    for t in ("p30_p50", "p50_p70", "p70_p90", "p90_p95")
                ),
            ),
        ),
        # Eligibility: specialties, clinical fees, options, coordinated practice.
        (
            "eligibilite.toml",
            'groupes = ["generaliste"]\n',
            "groupes = []\n",
            "eligibilite.toml ELI-01",
            ("ligne 3 : cellule vide « specialites »", NO_GENERALISTE),
        ),
        (
            "eligibilite.toml",
            'groupes = ["generaliste"]\n',
            "",
            "eligibilite.toml ELI-01",
            ("ligne 3 : entrée absente « specialites »", NO_GENERALISTE),
        ),
        (
            "eligibilite.toml",
            'groupes = ["generaliste"]\n',
            'groupes = ["generaliste"]\noptions = "*"\n',
            "eligibilite.toml ELI-01",
            ("ligne 3 : entrée inconnue « options »", NO_GENERALISTE),
        ),
        (
            "eligibilite.toml",
            'groupes = ["generaliste"]\n',
            'groupes = ["generaliste", "mep"]\n',
            "eligibilite.toml ELI-01",
            ("chevauchement : mep × avenant_7 dans eligibilite.toml ELI-01/3, eligibilite.toml ELI-01/4",),
        ),
        (
            "eligibilite.toml",
            'specialites = ["radiologie"]\n',
            'specialites = ["radio"]\n',
            "eligibilite.toml ELI-01",
            (
                "ligne 7 : valeur hors du domaine de « specialites » : « radio »",
                "trou : aucune ligne pour radiologie × avenant_7",
            ),
        ),
        (
            "eligibilite.toml",
            '"psychiatrie", "radiologie"]',
            '"psychiatrie", "medecine_generale"]',
            "eligibilite.toml ELI-01",
            ("ligne 4 : « sauf » : medecine_generale n’est pas d’un de ses groupes",),
        ),
        (
            "eligibilite.toml",
            'reponse = "selon_la_tension"\ndepartements',
            'reponse = "satisfait"\ndepartements',
            "eligibilite.toml ELI-01",
            ("ligne 7 : des départements pour la réponse « satisfait »",),
        ),
        (
            "eligibilite.toml",
            'specialites = ["gynecologie_obstetrique", "anesthesie"]',
            'specialites = ["gynecologie_obstetrique"]',
            "eligibilite.toml ELI-03",
            ("trou : aucune ligne pour OPTAM-ACO × anesthesie",),
        ),
        (
            "eligibilite.toml",
            'reponse = "prevue"\nreference = { source = "ameli_optam"',
            'reponse = "prévue"\nreference = { source = "ameli_optam"',
            "eligibilite.toml ELI-03",
            ("réponse inconnue « prévue »",),
        ),
        (
            "eligibilite.toml",
            'groupes = ["generaliste"]\n',
            'groupes = ["generaliste", "dentiste"]\n',
            "eligibilite.toml ELI-01",
            ("ligne 3 : groupe inconnu « dentiste »",),
        ),
        (
            "eligibilite.toml",
            'groupes = ["generaliste"]\ntextes = ["avenant_7"]\nreponse = "satisfait"',
            'groupes = ["generaliste"]\ntextes = ["avenant_7"]\nreponse = "seuil"',
            "eligibilite.toml ELI-01",
            ("réponse inconnue « seuil »",),
        ),
        (
            "eligibilite.toml",
            'groupes = ["gynecologie", "orl"]',
            'groupes = ["gynecologie"]',
            "eligibilite.toml ELI-02",
            both("trou : aucune ligne pour orl × {}"),
        ),
        (
            "eligibilite.toml",
            'reponse = "selon_lecture"',
            'reponse = "satisfait"',
            "eligibilite.toml ELI-02",
            ("réponse inconnue « satisfait »",),
        ),
        (
            "eligibilite.toml",
            'options = ["1/3", "0.5"]',
            'options = ["0.5"]',
            "eligibilite.toml ELI-07",
            ("trou : aucune ligne pour avenant_7 × 1/3",),
        ),
        (
            "eligibilite.toml",
            'options = ["1/3", "0.5"]',
            'options = ["1/3", "0.5", "1/4"]',
            "eligibilite.toml ELI-07",
            (
                "ligne 1 : valeur hors du domaine de « options » : « 1/4 »",
                "trou : aucune ligne pour avenant_7 × 1/3",
                "trou : aucune ligne pour avenant_7 × 0.5",
            ),
        ),
        (
            "eligibilite.toml",
            'reponse = "zip"',
            'reponse = "zac"',
            "eligibilite.toml ELI-07",
            ("réponse inconnue « zac »",),
        ),
        (
            "eligibilite.toml",
            'textes = ["avenant_7"]\nreponse = "exige"',
            'reponse = "exige"',
            "eligibilite.toml ELI-10",
            ("ligne 1 : entrée absente « textes »", "trou : aucune ligne pour avenant_7"),
        ),
        (
            "eligibilite.toml",
            'textes = ["avenant_7"]\nreponse = "exige"',
            'textes = "*"\nreponse = "exige"',
            "eligibilite.toml ELI-10",
            both("chevauchement : {} dans eligibilite.toml ELI-10/1, eligibilite.toml ELI-10/2"),
        ),
        (
            "eligibilite.toml",
            'textes = ["avenant_7"]\nreponse = "exige"',
            'textes = ["avenant_7"]\ngroupes = "mep"\nreponse = "exige"',
            "eligibilite.toml ELI-10",
            ("ligne 1 : entrée inconnue « groupes »", "trou : aucune ligne pour avenant_7"),
        ),
        (
            "eligibilite.toml",
            'reponse = "exige"',
            'reponse = "exigee"',
            "eligibilite.toml ELI-10",
            ("réponse inconnue « exigee »",),
        ),
        # Eligibility: tariff options by date.
        (
            "eligibilite.toml",
            'option = "OPTAM-ACO"\ndu = 2025-01-01',
            'option = "OPTAM-ACO"\ndu = 2025-01-02',
            "eligibilite.toml ELI-03 OPTAM-ACO",
            ("trou entre les lignes 1 et 2",),
        ),
        (
            "eligibilite.toml",
            'option = "OPTAM-ACO"\ndu = 2025-01-01',
            'option = "OPTAM-ACO"\ndu = 2024-12-31',
            "eligibilite.toml ELI-03 OPTAM-ACO",
            ("chevauchement entre les lignes 1 et 2",),
        ),
        (
            "eligibilite.toml",
            'option = "OPTAM"\n',
            'option = "OPTAM"\nau = 2030-12-31\n',
            "eligibilite.toml ELI-03 OPTAM",
            ("la fin du domaine n’est pas couverte",),
        ),
        (
            "eligibilite.toml",
            'option = "OPTAM"\n',
            'option = "OPTAM"\ndu = 2019-09-01\n',
            "eligibilite.toml ELI-03 OPTAM",
            ("le début du domaine (1) n’est pas couvert",),
        ),
        (
            "eligibilite.toml",
            'option = "aucune"',
            'option = "OPTAM"',
            "eligibilite.toml ELI-03 aucune",
            ("le début du domaine (1) n’est pas couvert", "la fin du domaine n’est pas couverte"),
        ),
        # The regimes.
        (
            "modulation.toml",
            'pmt = "absent", pfa = "maintien", mep = "*"',
            'pmt = "absent", pfa = "maintien", mep = "oui"',
            REGIMES,
            ("trou : aucune ligne pour absent × maintien × non",),
        ),
        (
            "modulation.toml",
            'pfa = "primo_installe", mep = "non"',
            'pfa = "primo_installe", mep = "*"',
            REGIMES,
            (
                "chevauchement : primo_installe × primo_installe × oui dans "
                "modulation.toml regimes/7, modulation.toml regimes/8",
            ),
        ),
        (
            "modulation.toml",
            'pfa = "primo_installe", mep = "non"',
            'pfa = "primo_installe", mep = "nom"',
            REGIMES,
            (
                "ligne 7 : valeur hors du domaine de « mep » : « nom »",
                "trou : aucune ligne pour primo_installe × primo_installe × non",
            ),
        ),
        (
            "modulation.toml",
            'mep = "*", regime = "MOD-05"',
            'mep = "*", regime = "MOD-55"',
            "modulation.toml",
            ("régime sans table : MOD-55",),
        ),
        (
            "modulation.toml",
            'regime = "MOD-05"\ntitre',
            'regime = "MOD-55"\ntitre',
            "modulation.toml",
            ("régime sans table : MOD-05", EXPECTED_TABLES),
        ),
        # The rows of modulation: a part, or a reading with the part of each of its values.
        (
            "modulation.toml",
            TWO,
            TWO.replace(', part = "cent"', ""),
            "modulation.toml MOD-01",
            (f"ligne 1 : {PART_OR_READING}",),
        ),
        (
            "modulation.toml",
            PRIMO_ALONE,
            PRIMO_ALONE.replace("parts =", 'part = "zero", parts ='),
            "modulation.toml MOD-07",
            (f"ligne 3 : {PART_OR_READING}",),
        ),
        (
            "modulation.toml",
            PRIMO_ALONE,
            PRIMO_ALONE.replace(f", {PRIMO}", ""),
            "modulation.toml MOD-07",
            (f"ligne 3 : {PART_OR_READING}",),
        ),
        (
            "modulation.toml",
            TWO,
            TWO.replace('part = "cent"', 'part = "cent", parts = { zero = "zero" }'),
            "modulation.toml MOD-01",
            (f"ligne 1 : {PART_OR_READING}",),
        ),
        (
            "modulation.toml",
            PRIMO_ALONE,
            PRIMO_ALONE.replace('zero = "zero"', 'rien = "zero"'),
            "modulation.toml MOD-07",
            ("ligne 3 : les parts ne sont pas celles de la lecture « primo_sous_p30 »",),
        ),
        (
            "modulation.toml",
            PRIMO_ALONE,
            PRIMO_ALONE.replace(', zero = "zero"', ""),
            "modulation.toml MOD-07",
            ("ligne 3 : les parts ne sont pas celles de la lecture « primo_sous_p30 »",),
        ),
        # The lines of a variant, for the contracts signed under a text.
        (
            "modulation.toml",
            CUMULATIVE,
            CUMULATIVE.replace("cumul_avenant_7", "cumul"),
            "modulation.toml MOD-01",
            ("ligne 1 : les parts ne sont pas celles de la lecture « cumul »",),
        ),
        (
            "modulation.toml",
            CUMULATIVE,
            CUMULATIVE.replace('pfa = "N0"', 'pfa = ["N0", "A"]').replace('pmt = "A"', 'pmt = "*"'),
            "MOD-01 avenant_7",
            (
                "chevauchement : non_atteint_sans_baisse × atteint dans MOD-01 avenant_7/1, "
                "MOD-01 avenant_7/2",
                "chevauchement : non_atteint_sans_baisse × non_atteint_sans_baisse dans MOD-01 avenant_7/1, "
                "MOD-01 avenant_7/3",
            ),
        ),
        (
            "modulation.toml",
            CUMULATIVE,
            CUMULATIVE.replace('pfa = "N0"', 'pfa = "N1"'),
            "MOD-01 avenant_7",
            ("ligne 1 : valeur hors du domaine de « pfa » : « code inconnu N1 »",),
        ),
        (
            "modulation.toml",
            'lecture = "trou_6_2"',
            'lecture = "trou_6_3"',
            "modulation.toml MOD-04",
            ("ligne 4 : les parts ne sont pas celles de la lecture « trou_6_3 »",),
        ),
    ],
)
def test_what_breaks_a_proof_is_refused_with_its_table_and_its_cell(
    data: Path, file: str, old: str, new: str, place: str, faults: tuple[str, ...]
) -> None:
    break_in(data, file, old, new)
    refused = refusal(data)
    assert refused.place == place
    assert refused.faults == faults
    assert str(refused).startswith(f"Barème refusé, {place} :\n- {faults[0]}")


LINES = {
    "MOD-01": ('{ pmt = "A", pfa = "A", part = "cent" }', "pmt", '"A"'),
    "MOD-02": ('{ pfa = "N0", part = "prorata" }', "pfa", '"N0"'),
    "MOD-03": ('{ pmt = ["N0", "N-"], pfa = "A", part = "cent" }', "pfa", '"A"'),
    "MOD-04": (
        '{ augmentation = ["A", "N0"], maintien = "A", hausse = "*", part = "cent" }',
        "hausse",
        '"*"',
    ),
    "MOD-05": ('{ pfa = ["N0", "N-"], part = "prorata" }', "pfa", '["N0", "N-"]'),
    "MOD-06": ('{ pmt = "P30", pfa = "P50", part = "cent" }', "pmt", '"P30"'),
    "MOD-07": ('{ pfa = "P30", part = "prorata" }', "pfa", '"P30"'),
}
"""A line of each modulation table, one of its inputs, and the cell of that input."""

GAPS = {
    "MOD-01": ["atteint × atteint"],
    "MOD-02": ["non_atteint_sans_baisse"],
    "MOD-03": ["non_atteint_sans_baisse × atteint", "non_atteint_avec_baisse × atteint"],
    "MOD-04": [
        f"{augmentation} × atteint × {hausse}"
        for augmentation in ("atteint", "non_atteint_sans_baisse")
        for hausse in ("oui", "non")
    ],
    "MOD-05": ["non_atteint_sans_baisse", "non_atteint_avec_baisse"],
    "MOD-06": ["p30 × p50"],
    "MOD-07": ["p30"],
}
"""The combinations that the line covers."""


ISO = r"\d{4}-\d{2}-\d{2}"
LATE = "reglement_arbitral_2023", "convention_2024"
EARLY = "avenant_7", "reglement_arbitral_2023"


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        pytest.param(
            VARIANT,
            VARIANT.replace("debut = 2024-06-21", "debut = 2023-05-01"),
            [("lecture 2024-06-21", *LATE)],
            id="under a reading only",
        ),
        pytest.param(
            "debut = 2024-06-22\nmodulation",
            "debut = 2023-05-01\nmodulation",
            [("premiers jours", *LATE)],
            id="under the default only",
        ),
        pytest.param(
            "debut = 2019-09-01",
            "debut = 2023-05-02",
            [("lecture 2024-06-21", *EARLY), ("premiers jours", *EARLY)],
            id="under both",
        ),
    ],
)
def test_the_first_days_of_the_texts_rise_under_each_reading_of_the_entry_into_force(
    data: Path, old: str, new: str, faults: list[tuple[str, str, str]]
) -> None:
    break_in(data, "textes.toml", old, new)
    refused = refusal(data)
    assert refused.place == "textes.toml"
    assert len(refused.faults) == len(faults)
    for found, (series, before, after) in zip(refused.faults, faults, strict=True):
        day = rf" \({ISO}\)" if series == "premiers jours" else ""
        assert re.fullmatch(
            rf"{series} : {before}{day} = \S+ devrait être inférieur à {after}{day} = \S+", found
        )


def test_the_first_days_that_do_not_rise_are_named_as_dates_that_a_reader_knows(data: Path) -> None:
    break_in(data, "textes.toml", "debut = 2019-09-01", "debut = 2023-05-02")
    fault = refusal(data).faults[-1]
    assert re.findall(rf"(\w+) \(({ISO})\)", fault) == [
        ("avenant_7", "2023-05-02"),
        ("reglement_arbitral_2023", "2023-05-01"),
    ]


@pytest.mark.parametrize("regime", LINES)
def test_a_modulation_table_with_a_line_taken_out_has_a_gap(data: Path, regime: str) -> None:
    line, _, _ = LINES[regime]
    break_in(data, "modulation.toml", f"    {line},\n", "")
    refused = refusal(data)
    assert refused.place == regime
    assert list(refused.faults) == [f"trou : aucune ligne pour {cell}" for cell in GAPS[regime]]


@pytest.mark.parametrize("regime", LINES)
def test_a_modulation_table_with_a_line_given_twice_overlaps(data: Path, regime: str) -> None:
    line, _, _ = LINES[regime]
    break_in(data, "modulation.toml", f"    {line},\n", f"    {line},\n    {line},\n")
    refused = refusal(data)
    assert refused.place == regime
    assert [fault.rpartition(" dans ")[0] for fault in refused.faults] == [
        f"chevauchement : {cell}" for cell in GAPS[regime]
    ]


@pytest.mark.parametrize("word", ["X", "a", "atteint", "p50", "P70", "tous"])
@pytest.mark.parametrize("regime", LINES)
def test_a_modulation_table_with_a_word_that_is_no_printed_code_is_refused(
    data: Path, regime: str, word: str
) -> None:
    line, name, cell = LINES[regime]
    assert f"{name} = {cell}," in line
    broken = line.replace(f"{name} = {cell},", f'{name} = "{word}",')
    break_in(data, "modulation.toml", f"    {line},\n", f"    {line},\n    {broken},\n")
    refused = refusal(data)
    assert refused.place == regime
    assert len(refused.faults) == 1
    assert refused.faults[0].endswith(f" : valeur hors du domaine de « {name} » : « code inconnu {word} »")


@pytest.mark.parametrize("regime", LINES)
def test_a_modulation_table_with_an_empty_cell_is_refused(data: Path, regime: str) -> None:
    line, name, cell = LINES[regime]
    broken = line.replace(f"{name} = {cell},", f"{name} = [],")
    break_in(data, "modulation.toml", f"    {line},\n", f"    {line},\n    {broken},\n")
    refused = refusal(data)
    assert refused.place == regime
    assert [fault.partition(" : ")[2] for fault in refused.faults] == [f"cellule vide « {name} »"]


@pytest.mark.parametrize("regime", LINES)
def test_a_modulation_table_with_an_input_too_few_or_too_many_is_refused(data: Path, regime: str) -> None:
    line, name, cell = LINES[regime]
    other = "maintien" if regime != "MOD-04" else "pmt"
    broken = line.replace(f"{name} = {cell},", f'{other} = "A",')
    break_in(data, "modulation.toml", f"    {line},\n", f"    {line},\n    {broken},\n")
    refused = refusal(data)
    assert refused.place == regime
    assert [fault.partition(" : ")[2] for fault in refused.faults] == [
        f"entrée inconnue « {other} »",
        f"entrée absente « {name} »",
    ]


def test_every_fault_of_a_file_comes_at_once(data: Path) -> None:
    break_in(data, "parametres.toml", "valeur = 0.80", "valeur = 80")
    break_in(data, "parametres.toml", 'regle = "ELI-06"', 'regle = "ELI-66"')
    break_in(data, "parametres.toml", "valeur = 65", "valeur = 165")
    assert refusal(data).faults == (
        "seuil_honoraires_cliniques : 80 hors de [0, 1]",
        "fenetre_primo_mois : règle inconnue « ELI-66 »",
        "age_senior : 165 hors de [0, 130]",
    )


def test_the_fixtures_cannot_pass_by_breaking_nothing(data: Path) -> None:
    with pytest.raises(AssertionError, match="holds 0 times"):
        break_in(data, "textes.toml", "texte absent", "autre")
    with pytest.raises(AssertionError, match="holds 4 times"):
        break_in(data, "textes.toml", "verifie = 2026-11-21", "verifie = 2026-11-22")


CERTIFICATION = '[[certification_annees.variantes]]\ntextes = ["avenant_7"]\nvaleur = 3\n'


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            CERTIFICATION,
            CERTIFICATION.replace("valeur = 3", "valeur = 100"),
            "certification_annees : 100 hors de [0, 99]",
        ),
        (
            CERTIFICATION,
            CERTIFICATION.replace("valeur = 3", "valeur = 2.5"),
            "certification_annees : 2.5 n’est pas un nombre entier (années)",
        ),
        (
            CERTIFICATION,
            CERTIFICATION.replace('["avenant_7"]', '["avenant_7", "avenant_7"]'),
            "certification_annees : deux variantes pour avenant_7",
        ),
    ],
)
def test_a_variant_of_a_parameter_is_proved_like_its_value(
    data: Path, old: str, new: str, fault: str
) -> None:
    break_in(data, "parametres.toml", old, new)
    assert refusal(data).faults == (fault,)


@pytest.mark.parametrize(
    ("new", "key"),
    [
        ("textes = []", "parametres.certification_annees.variantes.0.textes"),
        ('textes = ["avenant_8"]', "parametres.certification_annees.variantes.0.textes.0"),
    ],
)
def test_a_variant_names_texts_that_exist(data: Path, new: str, key: str) -> None:
    break_in(data, "parametres.toml", CERTIFICATION, CERTIFICATION.replace('textes = ["avenant_7"]', new))
    (fault,) = refusal(data).faults
    assert fault.startswith(f"{key} : ")


def test_a_parameter_has_its_own_value_in_the_texts_of_a_variant() -> None:
    values = [bareme.parametres["certification_annees"].num for bareme in shipped()]
    assert values == [3, 2, 2]


def test_the_source_of_a_rule_that_does_not_exist_is_refused(data: Path) -> None:
    break_in(data, "regles.toml", "CTR-09 = {", "CTR-19 = {")
    refused = refusal(data)
    assert (refused.place, refused.faults) == ("regles.toml", ("règle inconnue : CTR-19",))
