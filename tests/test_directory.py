"""The directory of the groupements d'employeurs (CST-05): the list, the search, what it refuses to hold."""

import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am.costs.directory import Directory, DirectoryEntry, groupements, repertoire
from aide_am.costs.directory_loading import load_directory
from aide_am.errors import InvalidBareme, Refusal, RefusedData
from aide_am.french import NARROW, WIDE
from aide_am.loading import DATA
from aide_am.rules import directory as rules
from depth import drawing
from terminal import Shell

KNOWN = repertoire()
CHECKED = date(2026, 11, 21)
NATIONAL = "Groupement d’employeurs LE GROUPEMENT – MG France"
INTERREGIONAL = "Groupement Employeurs Santé Services"
quick = drawing(100)


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(WIDE, " ")


def names(found: Directory) -> list[str]:
    return [entry.nom for entry in found.entries]


def refusals(**asked: Any) -> tuple[Refusal, ...]:
    with pytest.raises(RefusedData) as refused:
        groupements(**asked)
    return refused.value.refusals


# The list, row by row

INTERREGIONAL_REGIONS = (
    "Auvergne-Rhône-Alpes|Bretagne|Corse|Grand Est|Hauts-de-France|Île-de-France|Normandie|"
    "Nouvelle-Aquitaine|Pays de la Loire"
)
# fmt: off
TABLE: list[tuple[str, str, str | None, str | None, str | None]] = [
    ("France entière", NATIONAL, "contact@legroupement.org", None,
     "https://www.mgfrance.org/actualites/medge/n03/le-groupement"),
    (INTERREGIONAL_REGIONS, INTERREGIONAL, "contact@ge-santeservices.org", None,
     "https://ge-santeservices.org/home"),
    ("Bourgogne-Franche-Comté",
     "Groupement d’employeurs Ge MaSCo des maisons de santé et de l’exercice coordonné régional",
     None, "03 81 88 35 35", "http://www.groupe-psl.fr"),
    ("Bourgogne-Franche-Comté", "GEPS 89", "contact@geps89.fr", "03 86 52 33 10", None),
    ("Centre-Val de Loire", "Groupement d’employeurs GESA CVL", "contact@gesacvl.org",
     "06 52 18 06 33", None),
    ("Grand Est", "Groupement d’employeurs de la Haute Marne", "geda52@wanadoo.fr", "03 25 02 93 54", None),
    ("Grand Est", "GEIQ des Ardennes", "recrutement@geiq08.fr", "03 24 42 21 06",
     "https://geiqdesardennes.wixsite.com/geiq-des-ardennes"),
    ("Grand Est", "Groupement d’employeurs Valemploi Ardennes", "contact@valemploi-ardennes.fr",
     "03 24 42 67 72", "https://ge-valemploi.fr/"),
    ("Hauts-de-France", "Groupement d’employeurs SISA LIBERTE PÔLE SANTE", "sisalibertepolesante@gmail.com",
     "03 27 62 03 04", None),
    ("Île-de-France", "Groupement d’employeurs 77", "assistantgde77@orange.fr", "01 74 60 51 30", None),
    ("Île-de-France", "Groupement d’employeurs GEYVO Ile-de-France", "contact@geyvo.fr", "01 30 75 63 65",
     "http://www.geyvo.fr"),
    ("Île-de-France", "Groupement d’employeurs CLEF JOB", None, "06 75 79 74 04", "http://www.clefjob.fr"),
    ("La Réunion", "Groupement d’employeurs GEMBES", "contact@gembes.re", "06 93 66 83 34", None),
    ("Normandie", "EPI Santé Normandie", "contact@episante-normandie.fr", "02 35 02 39 26",
     "http://www.epi-normandie.fr"),
    ("Nouvelle-Aquitaine", "Groupement d’employeurs GEMS 23", "contact@gems23.fr", "05 55 81 75 02",
     "http://www.gems23.fr"),
    ("Nouvelle-Aquitaine", "Groupement Employeurs Santé Atlantique GE64", "accueil@ge64.fr",
     "05 59 68 56 42", "http://www.ge64.fr"),
    ("Nouvelle-Aquitaine", "DMS", "agencebergerac@ge-dms.fr", "05 53 24 95 86", "https://www.ge-dms.fr/"),
    ("Nouvelle-Aquitaine", "GEODES", "geodes24@msaservices.fr", "05 53 02 68 59", None),
    ("Occitanie", "Le Groupement des Employeurs Gévaudanais – Emplois Partagés", "gegeplozere@gmail.com",
     "06 31 32 13 01", "https://www.gegeplozere.fr/"),
    ("Occitanie", "Groupement employeur Appui Santé Occitanie Emplois (ASOE) en lien avec l’URPS Occitanie",
     "contactge@appui-sante-occitanie.fr", "07 48 14 64 92", "https://www.facs-occitanie.fr/"),
    ("Pays de la Loire", "Groupement d’employeurs social et solidaire", "contact@iresa.org",
     "02 41 88 91 07", "https://iresa.org/boite-a-outils/gess49/"),
    ("Provence-Alpes-Côte d’Azur", "Association Le Groupement", None, "01 43 13 10 99", None),
    ("Provence-Alpes-Côte d’Azur", "Groupement d’Employeurs social et médicosocial",
     "direction@objectifplus.org", "04 92 75 24 47", None),
]
# fmt: on


@pytest.mark.rule("CST-05")
@pytest.mark.parametrize(("rank", "row"), list(enumerate(TABLE)))
def test_a_row_of_the_source_gives_its_region_its_name_and_its_contacts(rank: int, row: Any) -> None:
    entry = KNOWN.entries[rank]
    assert ("|".join(entry.regions), entry.nom, entry.courriel, entry.telephone, entry.site) == row


def test_the_list_has_every_row_and_its_source_with_the_day_of_the_check() -> None:
    assert len(KNOWN.entries) == len(TABLE)
    assert (KNOWN.reference.source, KNOWN.reference.nature) == ("recrutement_en_pratique", "ameli")
    assert (KNOWN.geography.source, KNOWN.geography.nature) == ("code_officiel_geographique", "secondaire")
    assert KNOWN.reference.checked == KNOWN.geography.checked == CHECKED
    assert repertoire() is KNOWN


def test_only_one_association_is_printed_with_its_number_in_the_national_register() -> None:
    assert {e.nom: e.rna for e in KNOWN.entries if e.rna} == {"Association Le Groupement": "W751256004"}


@pytest.mark.rule("CST-05")
def test_no_person_is_named_in_the_list_nor_in_an_address() -> None:
    text = (DATA / "groupements.toml").read_text("utf-8")
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", text)
    assert sorted(addresses) == sorted(row[2] for row in TABLE if row[2])
    assert not any(re.match(r"[a-z][._-]\w+@", address) for address in addresses)
    assert not any(map(rules.nominative, addresses))
    assert not any(rules.civilite(entry.nom) for entry in KNOWN.entries)


# How a cell is read


@pytest.mark.rule("CST-05")
@pytest.mark.parametrize(
    ("cell", "kind", "read"),
    [
        ("contact@geps89.fr", "courriel", "contact@geps89.fr"),
        ("Contact@GEPS-89.fr", "courriel", "Contact@GEPS-89.fr"),
        ("05 65 00 00 00", "telephone", "05 65 00 00 00"),
        ("0565000000", "telephone", "05 65 00 00 00"),
        ("05.65.00.00.00", "telephone", "05 65 00 00 00"),
        ("05-65-00-00-00", "telephone", "05 65 00 00 00"),
        (f"05{WIDE}65{NARROW}00 00 00", "telephone", "05 65 00 00 00"),
        ("+33 5 65 00 00 00", "telephone", "05 65 00 00 00"),
        ("+33 (0)5 65 00 00 00", "telephone", "05 65 00 00 00"),
        ("0033565000000", "telephone", "05 65 00 00 00"),
        ("https://ge-valemploi.fr/", "site", "https://ge-valemploi.fr/"),
        ("http://www.groupe-psl.fr", "site", "http://www.groupe-psl.fr"),
        ("www.geyvo.fr", "site", "http://www.geyvo.fr"),
        ("05 65 00 00 0", None, None),
        ("05 65 00 00 000", None, None),
        ("00 65 00 00 00", None, None),
        ("+32 5 65 00 00 00", None, None),
        ("contact@geps89", None, None),
        ("@geps89.fr", None, None),
        ("contact@a.fr et accueil@a.fr", None, None),
        ("geyvo.fr", None, None),
        ("ftp://geyvo.fr", None, None),
        ("javascript:alert(1)", None, None),
        ("https://geyvo.fr/a b", None, None),
        ("le mardi", None, None),
        (" ", None, None),
    ],
)
def test_a_cell_is_read_by_what_it_contains(cell: str, kind: Any, read: str | None) -> None:
    assert rules.sorte(cell) == kind
    if kind is not None:
        assert rules.normalise(kind, cell) == read


@quick
@given(
    number=st.from_regex(r"\A0[1-9][0-9]{8}\Z"),
    between=st.sampled_from(["", " ", ".", "-", "/", WIDE]),
    abroad=st.booleans(),
)
def test_a_number_is_one_however_it_is_printed(number: str, between: str, abroad: bool) -> None:
    pairs = re.findall("..", number)
    printed = between.join(["+33", number[1], *pairs[1:]] if abroad else pairs)
    assert rules.sorte(printed) == "telephone"
    assert rules.telephone(printed) == " ".join(pairs)
    assert rules.telephone(rules.telephone(printed)) == rules.telephone(printed)


def test_a_cell_that_is_no_telephone_is_not_made_into_one() -> None:
    with pytest.raises(ValueError, match="le mardi"):
        rules.telephone("le mardi")


@pytest.mark.rule("CST-05")
@pytest.mark.parametrize(
    ("local", "carries"),
    [
        ("i.nom", True),
        ("i-nom", True),
        ("i_nom", True),
        ("I.NOM", True),
        ("i.nom2", True),
        ("prenom.nom", True),
        ("prenom-compose.nom", True),
        ("prénom.nom", True),
        ("secretariat.nom", True),
        ("contact+nom", True),
        ("prenom2nom", True),
        ("contact", False),
        ("contact.emploi", False),
        ("service-paie", False),
        ("ge64", False),
        ("geda52", False),
        ("contact.77", False),
        ("agencebergerac", False),
    ],
)
def test_an_address_with_the_form_of_a_name_is_told_from_a_generic_one(local: str, carries: bool) -> None:
    assert rules.nominative(f"{local}@exemple.fr") is carries


@quick
@given(
    initial=st.from_regex(r"\A[a-z]\Z"),
    name=st.from_regex(r"\A[a-z]{2,12}\Z"),
    between=st.sampled_from("._-"),
)
def test_an_initial_and_a_name_are_always_those_of_a_person(initial: str, name: str, between: str) -> None:
    assert rules.nominative(f"{initial}{between}{name}@exemple.fr")


@pytest.mark.parametrize(
    ("name", "titled"),
    [
        ("Association (présidente Mme Nom)", True),
        ("Cabinet du Dr Nom", True),
        ("Groupement de M. Nom", True),
        ("MG France", False),
        ("G.E.M. 77", False),
        ("DMS", False),
        ("Prévention et drainage", False),
    ],
)
def test_a_title_before_a_name_is_that_of_a_person(name: str, titled: bool) -> None:
    assert rules.civilite(name) is titled


# The départements and their regions


def iso_departements() -> dict[str, tuple[str, str]]:
    """Code → name and region, from ISO 3166-2, where Alsace stands above two of them."""
    places = {place.code: place for place in pycountry.subdivisions.get(country_code="FR")}
    found = {}
    for code, place in places.items():
        top = place
        while top.parent_code:
            top = places[top.parent_code]
        found[code.removeprefix("FR-").replace("75C", "75")] = (place.name, top.name)
    found["973"] = ("Guyane", "Guyane")  # "Guyane (française)"
    return {code: pair for code, pair in found.items() if re.fullmatch(r"\d\d|2[AB]|97[1-6]", code)}


def test_the_départements_and_their_regions_are_those_of_iso_3166_2() -> None:
    own = {d.code: (rules.cle(d.nom), rules.cle(d.region)) for d in KNOWN.departements.values()}
    assert own == {
        code: (rules.cle(nom), rules.cle(region)) for code, (nom, region) in iso_departements().items()
    }


def test_there_are_101_départements_in_18_regions_and_no_region_is_empty() -> None:
    assert len(KNOWN.departements) == 101
    assert len(KNOWN.regions) == 18
    assert {d.region for d in KNOWN.departements.values()} == set(KNOWN.regions)
    assert all(code == d.code for code, d in KNOWN.departements.items())


# The search

LOCAL = {
    "Bourgogne-Franche-Comté": 2,
    "Centre-Val de Loire": 1,
    "Grand Est": 3,
    "Hauts-de-France": 1,
    "Île-de-France": 3,
    "La Réunion": 1,
    "Normandie": 1,
    "Nouvelle-Aquitaine": 4,
    "Occitanie": 2,
    "Pays de la Loire": 1,
    "Provence-Alpes-Côte d’Azur": 2,
}
"""How many groupements are listed for one region alone; none for the others."""


@pytest.mark.rule("CST-05")
@pytest.mark.parametrize("region", KNOWN.regions)
def test_a_region_has_its_own_groupements_first_then_the_wider_ones(region: str) -> None:
    found = groupements(region=region)
    wider = [INTERREGIONAL] if region in INTERREGIONAL_REGIONS.split("|") else []
    own = [row[1] for row in TABLE if row[0] == region]
    assert names(found) == [*own, *wider, NATIONAL]
    assert len(own) == LOCAL.get(region, 0)
    assert (found.region, found.departement, found.references) == (region, None, (KNOWN.reference,))
    assert ("aucun groupement pour cette région elle-même" in found.explain()) is (not own)


@pytest.mark.rule("CST-05")
@pytest.mark.parametrize("code", KNOWN.departements)
def test_a_département_has_the_groupements_of_its_region_by_its_code_and_by_its_name(code: str) -> None:
    place = KNOWN.departements[code]
    found = groupements(departement=code)
    assert found == groupements(departement=place.nom) == groupements(departement=code.lower())
    assert found == groupements(departement=code, region=place.region)
    assert found.entries == groupements(region=place.region).entries
    assert (found.region, found.departement) == (place.region, place)
    assert found.references == (KNOWN.reference, KNOWN.geography)


def test_without_a_place_the_whole_list_comes_the_most_local_first() -> None:
    found = groupements()
    assert (found.region, found.departement) == (None, None)
    assert names(found) == [*[row[1] for row in TABLE[2:]], INTERREGIONAL, NATIONAL]
    assert [e.portee for e in found.entries[-3:]] == ["regionale", "interregionale", "nationale"]


@pytest.mark.parametrize(
    ("asked", "region"),
    [
        ("ile de france", "Île-de-France"),
        ("ILE-DE-FRANCE", "Île-de-France"),
        ("  Nouvelle Aquitaine ", "Nouvelle-Aquitaine"),
        ("provence alpes cote d'azur", "Provence-Alpes-Côte d’Azur"),
        ("grand-est", "Grand Est"),
        ("la reunion", "La Réunion"),
        ("I\u0302le-de-France", "Île-de-France"),
    ],
)
def test_a_region_is_read_without_case_accents_or_hyphens(asked: str, region: str) -> None:
    assert groupements(region=asked) == groupements(region=region)


@quick
@given(
    place=st.sampled_from([*KNOWN.departements.values()]),
    write=st.sampled_from([str.upper, str.lower, str.title, rules.cle, lambda name: name.replace("-", " ")]),
)
def test_a_département_is_read_without_case_accents_or_hyphens(place: Any, write: Any) -> None:
    assert groupements(departement=write(place.nom)).departement == place


# What is refused


@pytest.mark.parametrize(
    ("asked", "code", "received", "said"),
    [
        ({"region": "Occitannie"}, "choix", '"Occitannie"', "« Occitanie »"),
        ({"region": "Réunion"}, "choix", '"Réunion"', "« La Réunion »"),
        ({"region": ""}, "choix", '""', "« Provence-Alpes-Côte d’Azur »"),
        ({"region": "PACA"}, "choix", '"PACA"', "« Provence-Alpes-Côte d’Azur »"),
        ({"region": "France entière"}, "choix", '"France entière"', "« Île-de-France »"),
        ({"region": 76}, "type", "76", 'par exemple "Occitanie"'),
        ({"departement": "Haute-Garone"}, "choix", '"Haute-Garone"', "« Haute-Garonne »"),
        (
            {"departement": "Occitanie"},
            "choix",
            '"Occitanie"',
            "« Occitanie » est une région : demandez region",
        ),
        ({"departement": "corse"}, "choix", '"corse"', "« Corse » est une région"),
        ({"departement": "1"}, "choix", '"1"', "essayez « 01 »"),
        ({"departement": "20"}, "choix", '"20"', "écrivez son code"),
        ({"departement": "975"}, "choix", '"975"', "écrivez son code"),
        ({"departement": "31000"}, "choix", '"31000"', "écrivez son code"),
        ({"departement": 31}, "type", "31", 'par exemple "31"'),
        ({"departement": True}, "type", "true", "entre guillemets"),
    ],
)
def test_a_place_that_is_not_known_is_refused_with_the_nearest_names(
    asked: dict[str, Any], code: str, received: str, said: str
) -> None:
    (refusal,) = refusals(**asked)
    assert (refusal.field, refusal.code, refusal.received) == (next(iter(asked)), code, received)
    assert said in refusal.remedy


def test_a_region_and_a_département_that_are_both_unknown_are_refused_together() -> None:
    assert [r.field for r in refusals(region="Occitannie", departement="20")] == ["region", "departement"]
    assert [r.field for r in refusals(region="Occitannie", departement="31")] == ["region"]


def test_a_département_of_another_region_is_refused() -> None:
    (refusal,) = refusals(region="bretagne", departement="31")
    assert refusal == Refusal(
        "departement",
        "« Haute-Garonne » (31), de la région Occitanie",
        "un département de la région demandée, Bretagne",
        "gardez la région ou le département, pas les deux",
        "region_contraire",
    )


# The answer


def test_a_row_says_the_nature_of_the_source_and_the_day_of_the_check() -> None:
    rows = groupements(region="Corse").rows()
    assert rows[0] == {
        "portee": "interregionale",
        "regions": INTERREGIONAL_REGIONS.replace("|", ", "),
        "nom": INTERREGIONAL,
        "courriel": "contact@ge-santeservices.org",
        "telephone": None,
        "site": "https://ge-santeservices.org/home",
        "rna": None,
        "source": "recrutement_en_pratique",
        "nature_source": "ameli",
        "verifie": CHECKED,
    }
    assert len(groupements().rows()) == len(TABLE)


def test_the_text_of_a_département_says_what_is_listed_and_what_the_source_does_not_say() -> None:
    text = plain(groupements(departement="31").explain())
    assert text.startswith(
        "Groupements d’employeurs, Haute-Garonne (31), région Occitanie\n\n"
        "Région Occitanie : 2 propres à la région, aucun interrégional qui la cite et 1 national.\n"
        "Liste reprise d’une copie de la page d’ameli, qui ne porte pas de date ; relue le 21 novembre 2026 "
        "(source officielle ameli).\n"
    )
    assert "La source donne la région d’un groupement, jamais son territoire exact" in text
    assert "ni nom de personne, ni adresse qui en porte un" in text
    assert "« Le recrutement d’un assistant médical en pratique » (sans date)" in text
    assert "« Code officiel géographique : régions et départements »" in text


def test_the_text_of_a_region_without_any_groupement_of_its_own_says_so() -> None:
    text = plain(groupements(region="Guadeloupe").explain())
    assert (
        "Région Guadeloupe : aucun propre à la région, aucun interrégional qui la cite et 1 national." in text
    )
    assert "La liste n’a aucun groupement pour cette région elle-même." in text
    assert "Code officiel géographique" not in text


def test_the_text_of_the_whole_list_counts_it_and_spells_the_regions_of_the_interregional_one() -> None:
    text = plain(groupements().explain())
    assert text.startswith(
        "Groupements d’employeurs, liste entière\n\n23 groupements d’employeurs dans la liste."
    )
    assert "Interrégional, 9 régions" in text
    assert f"- {INTERREGIONAL} : {INTERREGIONAL_REGIONS.replace('|', ', ')}." in text
    assert "Association Le Groupement (RNA W751256004)" in text
    assert all(row[1] in text and (row[3] or "–") in text and (row[2] or "–") in text for row in TABLE)


def test_the_answer_is_also_markdown_and_html() -> None:
    found = groupements(region="Île-de-France")
    assert "| Île-de-France | Groupement d’employeurs 77 | assistantgde77@orange.fr |" in found.explain(
        "markdown"
    )
    html = found.explain("html")
    assert found._repr_html_() == html
    assert '<th scope="col">Groupement</th>' in html
    assert "<td>01 74 60 51 30</td>" in html
    with pytest.raises(ValueError, match="format inconnu : pdf"):
        found.explain("pdf")  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", [{}, {"region": "Corse"}, {"departement": "2A"}])
def test_an_answer_is_read_from_the_json_that_it_wrote(asked: dict[str, str]) -> None:
    found = groupements(**asked)
    assert Directory.from_json(found.to_json()) == found
    assert isinstance(Directory.from_json(found.to_json(indent=2)).entries[0], DirectoryEntry)
    jsonschema.validate(json.loads(found.to_json()), Directory.json_schema())


def test_the_schema_is_closed() -> None:
    schema = Directory.json_schema()
    closed = [o for o in [schema, *schema.get("$defs", {}).values()] if o.get("properties")]
    assert len(closed) == 4
    assert all(o.get("additionalProperties") is False for o in closed)


# The files, broken in one place


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data, to break."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def test_a_copy_of_the_shipped_data_loads_so_each_fixture_breaks_one_thing_only(data: Path) -> None:
    assert load_directory(data) == KNOWN


CELLS = 'cellules = ["contact@geps89.fr", "03 86 52 33 10"]'


def test_the_order_of_the_cells_does_not_matter(data: Path) -> None:
    substitute(data / "groupements.toml", CELLS, 'cellules = ["03 86 52 33 10", "contact@geps89.fr"]')
    assert load_directory(data) == KNOWN


def substitute(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


def cells(*printed: str) -> tuple[str, str]:
    return CELLS, f"cellules = {json.dumps(printed)}"


GEPS = 'regions = ["Bourgogne-Franche-Comté"]\nnom = "GEPS 89"'


@pytest.mark.rule("CST-05")
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (cells("contact@geps89.fr", "le mardi"), "groupements.3 « GEPS 89 » : cellules.1 : ni un courriel"),
        (cells("contact@geps89.fr et accueil@geps89.fr"), "cellules.0 : ni un courriel"),
        (cells("03 86 52 33 10", "03 86 52 33 11"), "GEPS 89 » : 2 cellules de la même sorte, telephone"),
        (cells("a@geps89.fr", "b@geps89.fr", "c@geps89.fr"), "3 cellules de la même sorte, courriel"),
        (cells("www.geps89.fr", "https://geps89.fr"), "2 cellules de la même sorte, site"),
        (cells("i.nom@geps89.fr"), "GEPS 89 » : cellules.0 : un courriel qui porte le nom d’une personne"),
        (cells("prenom.nom@geps89.fr"), "cellules.0 : un courriel qui porte le nom d’une personne"),
        (cells(), "groupements.3.cellules"),
        ((CELLS, "cellules = [3]"), "groupements.3.cellules.0"),
        ((CELLS, f"{CELLS}\nadresse = 'rue'"), "groupements.3.adresse"),
        ((CELLS, f"{CELLS}\nrna = '751256004'"), "groupements.3.rna"),
        ((GEPS, GEPS.replace("Comté", "Comte")), "GEPS 89 » : région inconnue « Bourgogne-Franche-Comte »"),
        ((GEPS, GEPS.replace('"]', '", "Bourgogne-Franche-Comté"]')), "une région est donnée deux fois"),
        ((GEPS, GEPS.replace('["', '["France entière", "')), "« France entière » ne va avec aucune autre"),
        ((GEPS, GEPS.replace('["Bourgogne-Franche-Comté"]', "[]")), "groupements.3.regions"),
        ((GEPS, GEPS.replace("GEPS 89", "GEPS 89, Mme Nom")), "nom : il porte celui d’une personne"),
        ((GEPS, GEPS.replace("GEPS 89", "")), "groupements.3.nom"),
        ((GEPS, GEPS.replace("GEPS 89", "Geodes")), "« GEODES » : donné deux fois"),
        (('source = "recrutement_en_pratique"', 'source = "ailleurs"'), "source inconnue « ailleurs »"),
        (("verifie = 2026-11-21", 'verifie = "2026-11-21"'), "reference.verifie"),
        (('nature = "ameli"', 'nature = "officielle"'), "reference.nature"),
        (("reference = {", "reference = "), "line"),
    ],
)
def test_a_list_broken_in_one_place_is_refused_with_that_place(
    data: Path, change: tuple[str, str], fault: str
) -> None:
    substitute(data / "groupements.toml", *change)
    with pytest.raises(InvalidBareme) as refusal:
        load_directory(data)
    assert refusal.value.place == "groupements.toml"
    assert any(fault in each for each in refusal.value.faults), refusal.value.faults


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            '2A = "Corse-du-Sud"',
            '29 = "Corse-du-Sud"',
            "département 29 dans deux régions : Bretagne et Corse",
        ),
        ('76 = "Seine-Maritime"', '76 = "ORNE"', "nom de département donné deux fois : « ORNE » (61 et 76)"),
        (
            '[regions."Corse"]',
            '[regions."BRETAGNE"]',
            "région donnée deux fois : « Bretagne » et « BRETAGNE »",
        ),
        ('974 = "La Réunion"', "", "regions.La Réunion"),
        ('974 = "La Réunion"', '9740 = "La Réunion"', "regions.La Réunion.9740"),
        ('974 = "La Réunion"', "974 = 1", "regions.La Réunion.974"),
        ('974 = "La Réunion"', '974 = "La Réunion"\nprefecture = "x"', "regions.La Réunion.prefecture"),
        ('source = "code_officiel_geographique"', 'source = "ailleurs"', "source inconnue « ailleurs »"),
        ("reference = {", "reference = ", "line"),
    ],
)
def test_départements_broken_in_one_place_are_refused_with_that_place(
    data: Path, old: str, new: str, fault: str
) -> None:
    substitute(data / "departements.toml", old, new)
    with pytest.raises(InvalidBareme) as refusal:
        load_directory(data)
    assert refusal.value.place == "departements.toml"
    assert any(fault in each for each in refusal.value.faults), refusal.value.faults


def test_every_fault_of_the_list_comes_at_once(data: Path) -> None:
    substitute(data / "groupements.toml", *cells("le mardi", "i.nom@geps89.fr"))
    substitute(data / "groupements.toml", "accueil@ge64.fr", "accueil")
    with pytest.raises(InvalidBareme) as refusal:
        load_directory(data)
    assert [fault.split(" : ")[0] for fault in refusal.value.faults] == [
        *["groupements.3 « GEPS 89 »"] * 2,
        "groupements.15 « Groupement Employeurs Santé Atlantique GE64 »",
    ]


@pytest.mark.parametrize("name", ["groupements.toml", "departements.toml"])
def test_a_file_that_is_not_there_is_named(data: Path, name: str) -> None:
    (data / name).unlink()
    with pytest.raises(InvalidBareme, match=re.escape(name)):
        load_directory(data)


# The command line


def test_groupements_prints_what_the_library_says(shell: Shell, tmp_path: Path) -> None:
    assert shell("groupements").out == groupements().explain()
    assert shell("groupements", "--region", "occitanie").out == groupements(region="Occitanie").explain()
    assert shell("groupements", "--departement", "2a").out == groupements(departement="2A").explain()
    markdown = shell("groupements", "--departement", "gers", "--format", "markdown")
    assert markdown == (0, groupements(departement="32").explain("markdown"), "")
    html = shell("groupements", "--region", "Corse", "--format", "html").out
    assert html.strip() == groupements(region="Corse").explain("html")
    target = tmp_path / "groupements.json"
    assert shell("groupements", "--format", "json", "-o", str(target)) == (0, "", "")
    assert Directory.from_json(target.read_bytes()) == groupements()


def test_groupements_as_csv_has_a_line_for_each(shell: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(shell("groupements", "--region", "Corse", "--format", "csv").out)))
    assert [row["nom"] for row in rows] == [INTERREGIONAL, NATIONAL]
    assert rows[1]["telephone"] == ""
    assert {(row["nature_source"], row["verifie"]) for row in rows} == {("ameli", "2026-11-21")}


def test_a_place_that_is_not_known_goes_to_stderr_in_the_words_of_the_command_line(shell: Shell) -> None:
    code, out, err = shell("groupements", "--region", "Bretagnne", "--departement", "20")
    assert (code, out) == (1, "")
    assert plain(err).startswith('2 données refusées :\n- --region : reçu "Bretagnne" ; attendu :')
    assert "essayez « Bretagne »" in plain(err)
    assert '- --departement : reçu "20"' in plain(err)
    contrary = shell("groupements", "--region", "Corse", "--departement", "31")
    assert (contrary.code, contrary.out) == (1, "")
    assert "gardez la région ou le département, pas les deux" in contrary.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--format", "pdf"), "valeurs : texte, markdown, html, json, csv"),
        (("--ville", "Toulouse"), "option inconnue : --ville"),
        (("Occitanie",), "en trop : Occitanie"),
        (("--region",), "l’option --region attend une valeur"),
    ],
)
def test_wrong_usage_is_said_in_french(shell: Shell, arguments: tuple[str, ...], sentence: str) -> None:
    code, out, err = shell("groupements", *arguments)
    assert (code, out) == (2, "")
    assert sentence.lower() in plain(err).lower()


def test_the_help_of_the_program_names_the_command(shell: Shell) -> None:
    assert "Répertoire des groupements d’employeurs" in shell("--help").out
    assert "--departement" in shell("groupements", "--help").out
