"""The figures of chapter CST: they load, they are those of their sources, and broken they are refused.

Each check of `costs.loading` has a fixture: one exact substitution in a copy of the shipped files.
"""

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from aide_am.costs.bareme import (
    MODES,
    PARAMETRES_EMPLOI,
    POSITIONS,
    STRUCTURES,
    BaremeEmploi,
    Fiche,
    bareme_emploi,
)
from aide_am.costs.loading import load_employment
from aide_am.errors import InvalidBareme
from aide_am.loading import DATA
from aide_am.references import Reference, weakness

BAREME = bareme_emploi()
CHECKED = date(2026, 11, 21)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data, to break."""
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    return directory


def substitute(directory: Path, old: str, new: str, file: str = "emploi.toml") -> None:
    """Substitute in one file a text that must stand there exactly once."""
    path = directory / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{file} holds {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new), "utf-8")


def refused(directory: Path) -> InvalidBareme:
    with pytest.raises(InvalidBareme) as refusal:
        load_employment(directory)
    return refusal.value


def fiches() -> list[Fiche]:
    return [*BAREME.structures.values(), *BAREME.modes.values()]


def references(bareme: BaremeEmploi) -> Iterator[Reference]:
    """The reference of every figure and of every remark."""
    yield from (parametre.reference for parametre in bareme.parametres.values())
    yield from (grille.reference for grille in bareme.grilles)
    yield from (remarque.reference for fiche in fiches() for remarque in fiche.remarques)


# The shipped figures, as the sources print them


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("name", "value", "unit", "rule", "source", "nature"),
    [
        ("facteur_employeur", "1.30", "coefficient", "CST-01", "fmf_grille_2019", "deduit"),
        ("prime_fin_cdd", "0.10", "part", "CST-01", "urps_partenaires", "secondaire"),
        ("duree_cdd_mois", "18", "mois", "CST-01", "urps_partenaires", "secondaire"),
        ("heures_temps_plein", "35", "heures par semaine", "CST-01", "urps_partenaires", "secondaire"),
        ("frais_tese", "0", "euros par mois", "CST-01", "recrutement_en_pratique", "ameli"),
        ("mise_en_place", "700", "euros", "CST-02", "geio_cpts", "secondaire"),
        ("gestion_mensuelle", "83", "euros par mois", "CST-02", "geio_cpts", "secondaire"),
        ("paie_mensuelle", "70", "euros par mois", "CST-02", "geio_cpts", "secondaire"),
        ("provision_fin_contrat", "1200", "euros", "CST-02", "geio_cpts", "secondaire"),
        ("coefficient_groupement", "1.6", "coefficient", "CST-02", "ge_mesdocs", "secondaire"),
    ],
)
def test_each_default_is_the_figure_of_its_source_with_its_nature(
    name: str, value: str, unit: str, rule: str, source: str, nature: str
) -> None:
    parametre = BAREME.parametres[name]
    assert (parametre.valeur, parametre.unite, parametre.regle) == (Decimal(value), unit, rule)
    assert Fraction(parametre.num, parametre.den) == Fraction(value)
    assert (parametre.reference.source, parametre.reference.nature) == (source, nature)


def test_there_is_no_default_beyond_those_of_the_table_above() -> None:
    assert tuple(BAREME.parametres) == PARAMETRES_EMPLOI
    assert len(PARAMETRES_EMPLOI) == 10


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(
    ("name", "first", "last", "position", "monthly", "yearly", "source"),
    [
        ("avenant 76", date(2019, 6, 27), date(2020, 12, 31), 5, "1642.00", "19704.00", "fmf_grille_2019"),
        ("avenant 76", date(2019, 6, 27), date(2020, 12, 31), 9, "1943.00", "23316.00", "fmf_grille_2019"),
        ("avenant 90", date(2024, 1, 1), None, 5, "1815.79", "21789.48", "ccn_1147_avenant_90"),
        ("avenant 90", date(2024, 1, 1), None, 9, "2159.91", "25918.92", "ccn_1147_avenant_90"),
    ],
)
def test_the_conventional_minima_are_those_of_the_published_grids(
    name: str, first: date, last: date | None, position: int, monthly: str, yearly: str, source: str
) -> None:
    (grille,) = [each for each in BAREME.grilles if each.nom == name]
    assert (grille.debut, grille.fin) == (first, last)
    minimum = grille.minima[position]
    assert minimum is not None
    assert str(minimum) == monthly
    assert str(minimum * 12) == yearly
    assert (grille.reference.source, grille.reference.nature) == (source, "secondaire")


@pytest.mark.rule("CST-01")
def test_the_minima_of_positions_6_to_8_are_not_known_and_those_of_5_to_9_alone_are_told() -> None:
    assert [grille.nom for grille in BAREME.grilles] == ["avenant 76", "avenant 90"]
    for grille in BAREME.grilles:
        assert tuple(grille.minima) == POSITIONS == (5, 6, 7, 8, 9)
        assert [grille.minima[position] for position in (6, 7, 8)] == [None, None, None]


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(("gross", "printed"), [("1642", 25_600), ("1943", 30_300)])
def test_the_employer_factor_reproduces_the_loaded_costs_of_the_fmf_to_the_hundred(
    gross: str, printed: int
) -> None:
    loaded = Decimal(gross) * 12 * BAREME.parametres["facteur_employeur"].valeur
    assert round(loaded, -2) == printed
    for other in ("1.29", "1.31"):
        assert round(Decimal(gross) * 12 * Decimal(other), -2) != printed


@pytest.mark.rule("CST-02")
def test_the_fees_of_the_geio_make_the_6_percent_that_it_announces_on_2500_euros() -> None:
    fees = BAREME.parametres["gestion_mensuelle"].valeur + BAREME.parametres["paie_mensuelle"].valeur
    assert (fees, round(fees / 2500, 4)) == (153, Decimal("0.0612"))


@pytest.mark.rule("CST-01", "CST-02")
def test_every_figure_and_every_remark_has_a_registered_source_a_place_in_it_and_its_day() -> None:
    for reference in references(BAREME):
        assert reference.source in BAREME.sources
        assert reference.place.strip()
        assert reference.checked == CHECKED


def test_no_figure_claims_a_stronger_nature_than_its_source() -> None:
    for reference in references(BAREME):
        source = BAREME.sources[reference.source]
        assert weakness(reference) >= weakness(reference._replace(nature=source.nature)), reference


def test_each_structure_and_each_mode_has_a_name_and_remarks_in_french_typography() -> None:
    assert tuple(BAREME.structures) == STRUCTURES == ("medecin", "SCM", "SEL", "SISA")
    assert tuple(BAREME.modes) == MODES == ("direct", "tese", "groupement", "coefficient")
    for fiche in fiches():
        assert fiche.libelle
        assert fiche.remarques
        for remarque in fiche.remarques:
            assert remarque.texte.endswith(".")
            assert "'" not in remarque.texte


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        ("SCM", "utilisation réelle"),
        ("SCM", "contrat collectif"),
        ("SEL", "exclue du contrat collectif"),
        ("SISA", "groupement d’employeurs"),
    ],
)
def test_the_remarks_of_a_structure_say_what_the_sources_say_of_it(structure: str, words: str) -> None:
    fiche = {str(name): fiche for name, fiche in BAREME.structures.items()}[structure]
    assert any(words in remarque.texte for remarque in fiche.remarques)


def test_the_shipped_figures_are_read_once_and_say_their_age() -> None:
    assert bareme_emploi() is BAREME
    assert (BAREME.version, BAREME.checked) == ("emploi 2026-11-21", CHECKED)


def test_the_figures_cannot_be_changed_in_place() -> None:
    for table in (
        BAREME.parametres,
        BAREME.structures,
        BAREME.modes,
        BAREME.sources,
        BAREME.grilles[0].minima,
    ):
        with pytest.raises(TypeError):
            table["x"] = None  # type: ignore[index]


# The broken ones


def test_a_copy_of_the_shipped_data_loads_so_each_fixture_breaks_one_thing_only(data: Path) -> None:
    loaded = load_employment(data)
    assert loaded.parametres == BAREME.parametres
    assert loaded.grilles == BAREME.grilles
    assert (loaded.structures, loaded.modes) == (BAREME.structures, BAREME.modes)


def test_the_age_of_the_figures_is_that_of_the_source_checked_the_longest_ago(data: Path) -> None:
    checked = 'adresse = "fmfpro.org"\nverifie = '
    substitute(data, f"{checked}2026-11-21", f"{checked}2025-01-31", "sources.toml")
    assert load_employment(data).version == "emploi 2025-01-31"


FACTEUR, PRIME = "[parametres.facteur_employeur]\nvaleur = ", "[parametres.prime_fin_cdd]\nvaleur = "
GESTION = "[parametres.gestion_mensuelle]\nvaleur = "
DUREE = '18\nunite = "mois"\nminimum = 1\nmaximum = 120\nregle = "CST-01"'
OLD, NEW = 'debut = 2019-06-27\nfin = 2020-12-31\nminima = { 5 = "1642.00"', 'minima = { 5 = "1815.79"'
TESE = 'lieu = "Tese", nature = "ameli", verifie = 2026-11-21 }'


@pytest.mark.rule("CST-01", "CST-02")
@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        # the parameters
        ("[parametres.mise_en_place]", "[parametres.installation]", "paramètres attendus, dans l’ordre"),
        (DUREE, DUREE.replace("CST-01", "CST-99"), "duree_cdd_mois : règle inconnue « CST-99 »"),
        (f"{FACTEUR}1.30", f"{FACTEUR}0.99", "facteur_employeur : 0.99 hors de [1, 5]"),
        (f"{FACTEUR}1.30", f"{FACTEUR}5.01", "facteur_employeur : 5.01 hors de [1, 5]"),
        (f"{PRIME}0.10", f"{PRIME}1.01", "prime_fin_cdd : 1.01 hors de [0, 1]"),
        (f"{GESTION}83", f"{GESTION}83.5", "gestion_mensuelle : 83.5 n’est pas un nombre entier"),
        (DUREE, DUREE.replace("18", "18.5"), "duree_cdd_mois : 18.5 n’est pas un nombre entier (mois)"),
        (f"{GESTION}83", f"{GESTION}-83", "parametres.gestion_mensuelle.valeur"),
        (f"{GESTION}83", f'{GESTION}"83"', "parametres.gestion_mensuelle.valeur"),
        (f"{GESTION}83", f"{GESTION}true", "parametres.gestion_mensuelle.valeur"),
        (f"{FACTEUR}1.30", f"{FACTEUR}nan", "parametres.facteur_employeur.valeur"),
        (f"{FACTEUR}1.30", f"{FACTEUR}inf", "parametres.facteur_employeur.valeur"),
        (f"{FACTEUR}1.30", FACTEUR.removesuffix("valeur = "), "parametres.facteur_employeur.valeur"),
        (f"{FACTEUR}1.30", f"{FACTEUR}1.30\nan = 2019", "parametres.facteur_employeur.an"),
        (DUREE, DUREE.replace('"mois"', '""'), "parametres.duree_cdd_mois.unite"),
        # the grids
        (
            '6 = "inconnu", 7 = "inconnu", 8 = "inconnu", 9 = "1943.00"',
            '9 = "1943.00"',
            "avenant 76 : positions",
        ),
        (OLD, OLD.replace("5 =", "4 ="), "avenant 76 : positions attendues, dans l’ordre : (5, 6, 7, 8, 9)"),
        (
            '9 = "1943.00"',
            '9 = "1642.00"',
            "avenant 76 : position 5 = 164200 devrait être inférieur à position 9",
        ),
        (
            '9 = "1943.00"',
            '9 = "1641.99"',
            "avenant 76 : position 5 = 164200 devrait être inférieur à position 9",
        ),
        ("fin = 2020-12-31", "fin = 2019-06-26", "avenant 76 : finit avant de commencer"),
        ("fin = 2020-12-31", "fin = 2024-01-01", "avenant 90 : commence avant la fin de avenant 76"),
        ("debut = 2024-01-01", "debut = 2020-12-31", "avenant 90 : commence avant la fin de avenant 76"),
        ("fin = 2020-12-31\n", "", "avenant 90 : commence avant la fin de avenant 76"),
        (OLD, OLD.replace('"1642.00"', '"1642"'), "grilles.0.minima.5"),
        (OLD, OLD.replace('"1642.00"', "1642.00"), "grilles.0.minima.5"),
        (NEW, NEW.replace('"1815.79"', '"inconnue"'), "grilles.1.minima.5"),
        (NEW, NEW.replace('"1815.79"', '"-1815.79"'), "grilles.1.minima.5"),
        ("debut = 2024-01-01", 'debut = "2024-01-01"', "grilles.1.debut"),
        ("debut = 2024-01-01", "depuis = 2024-01-01", "grilles.1.depuis"),
        ('nom = "avenant 90"', 'nom = ""', "grilles.1.nom"),
        # the sheets and the sources
        ("[structures.SISA]\n", "[structures.GIE]\n", "structures.SISA.libelle"),
        ("[modes.direct]\n", "[modes.direct]\nprix = 0\n", "modes.direct.prix"),
        ('libelle = "une SCM"', 'libelle = ""', "structures.SCM.libelle"),
        (TESE, TESE.replace("ameli", "exacte"), "modes.tese.remarques.0.reference.nature"),
        (TESE, TESE.replace(', nature = "ameli"', ""), "modes.tese.remarques.0.reference.nature"),
        (f'"recrutement_en_pratique", {TESE}', f'"ailleurs", {TESE}', "source inconnue « ailleurs »"),
        ("[modes.tese]", "[modes.tese", "line"),
        ("[modes.tese]", "[modes.direct]", "line"),
    ],
)
def test_figures_broken_in_one_place_are_refused_with_that_place(
    data: Path, old: str, new: str, fault: str
) -> None:
    substitute(data, old, new)
    refusal = refused(data)
    assert refusal.place == "emploi.toml"
    assert any(fault in each for each in refusal.faults), refusal.faults


@pytest.mark.parametrize("known", ["structures", "modes"])
def test_a_sheet_that_is_missing_or_unknown_is_refused_with_the_names_in_order(
    data: Path, known: str
) -> None:
    path = data / "emploi.toml"
    name, other = {"structures": ("SISA", "GIE"), "modes": ("coefficient", "forfait")}[known]
    path.write_text(path.read_text("utf-8").replace(f"[{known}.{name}", f"[{known}.{other}"), "utf-8")
    path.write_text(path.read_text("utf-8").replace(f"[[{known}.{name}", f"[[{known}.{other}"), "utf-8")
    names = {"structures": STRUCTURES, "modes": MODES}[known]
    assert refused(data).faults == (f"{known} : attendu, dans l’ordre : {', '.join(names)}",)


def test_a_sheet_without_a_remark_is_refused(data: Path) -> None:
    path = data / "emploi.toml"
    text = path.read_text("utf-8")
    begin, end = text.index("[[modes.tese.remarques]]"), text.index("[modes.groupement]")
    path.write_text(f"{text[:begin]}remarques = []\n{text[end:]}", "utf-8")
    assert any("modes.tese.remarques" in fault for fault in refused(data).faults)


def test_figures_without_any_grid_are_refused(data: Path) -> None:
    path = data / "emploi.toml"
    text = path.read_text("utf-8")
    begin, end = text.index("[[grilles]]"), text.index("# Who employs")
    path.write_text(f"grilles = []\n{text[:begin]}{text[end:]}", "utf-8")
    assert any(fault.startswith("grilles :") for fault in refused(data).faults)


def test_every_fault_of_the_file_is_told_at_once(data: Path) -> None:
    substitute(data, f"{FACTEUR}1.30", f"{FACTEUR}0.5")
    substitute(data, f"{GESTION}83", f"{GESTION}83.5")
    substitute(data, '9 = "1943.00"', '9 = "1.00"')
    assert len(refused(data).faults) == 3


def test_a_missing_file_is_refused_by_its_name(data: Path) -> None:
    (data / "emploi.toml").unlink()
    assert refused(data).place == "emploi.toml"


def test_a_register_of_sources_that_is_broken_is_refused_under_its_own_name(data: Path) -> None:
    substitute(data, 'id = "geio_cpts"', 'id = "geio"', "sources.toml")
    assert refused(data).faults == ("source inconnue « geio_cpts »",)
    (data / "sources.toml").unlink()
    assert refused(data).place == "sources.toml"


@pytest.mark.rule("CST-01")
def test_a_grid_may_begin_on_the_day_after_the_end_of_the_one_before(data: Path) -> None:
    substitute(data, "fin = 2020-12-31", "fin = 2023-12-31")
    assert [grille.fin for grille in load_employment(data).grilles] == [date(2023, 12, 31), None]
    substitute(data, "fin = 2023-12-31", "fin = 2019-06-27")
    assert load_employment(data).grilles[0].fin == date(2019, 6, 27)


@pytest.mark.rule("CST-01")
@pytest.mark.parametrize(("value", "maximum"), [("1", 5), ("5", 5)])
def test_a_default_may_stand_on_its_bounds(data: Path, value: str, maximum: int) -> None:
    substitute(data, f"{FACTEUR}1.30", f"{FACTEUR}{value}")
    found = load_employment(data).parametres["facteur_employeur"]
    assert (found.valeur, found.num, found.den, found.maximum) == (Decimal(value), int(value), 1, maximum)
