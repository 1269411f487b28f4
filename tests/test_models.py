"""What a dossier refuses: in French, every refusal at once, and never repaired."""

import copy
import json
import pickle
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from aide_am.bareme import specialite_from_code
from aide_am.chronology import bareme_at
from aide_am.closed import Closed
from aide_am.errors import AideAmError, InvalidBareme, Refusal, RefusedData
from aide_am.models import (
    Contrat,
    ContratAnterieur,
    Dossier,
    Effectifs,
    Medecin,
    NatureObjectifs,
    Objectifs,
    Observation,
    Patientele,
    Percentiles,
    Seuils,
    specialite_of_code,
)
from aide_am.readings import CHOICES, DEFAULT, Readings, combinations

MINIMAL: dict[str, Any] = {
    "medecin": {"specialite": "medecine_generale"},
    "contrat": {
        "date_signature": "2024-09-01",
        "option_etp": "1",
        "patientele_initiale": {"pmt": 1300, "pfa": 1800},
    },
    "annee": 3,
}

COMPLETE: dict[str, Any] = {
    "medecin": {
        "specialite": "medecine_generale",
        "secteur": "2",
        "option_tarifaire": "OPTAM-CO",
        "date_naissance": "1970-05-02",
        "date_installation": "2005-09-01",
        "derogation_installation": "demenagement",
        "zone": "ZIP",
        "part_honoraires_cliniques": "0.85",
        "rqth": True,
        "ald": True,
        "activite_mixte": True,
        "remplacant": True,
        "exercice_coordonne": False,
    },
    "contrat": {
        "date_signature": "2024-09-01",
        "option_etp": "2",
        "patientele_initiale": {"pmt": 1300, "pfa": 1800},
        "objectifs": {"pmt": 1560, "pfa": 1800},
        "nature_objectifs": {"pmt": "augmentation", "pfa": "maintien"},
        "patientele_reference": {"pmt": 1310, "pfa": 1810},
        "contrat_anterieur": {
            "option_etp": "1",
            "date_signature": "2021-06-01",
            "objectifs_atteints": True,
        },
        "date_option": "2025-01-31",
        "date_embauche": "2024-10-15",
        "prorogation": False,
    },
    "annee": 3,
    "observation": {"pmt": 1500, "pfa": 1890},
    "circonstances_exceptionnelles": True,
    "percentiles": {
        "pmt": {"p30": 700, "p50": 1000, "p70": 1400, "p90": 1800, "p95": 2100},
        "pfa": {"p30": 1200, "p50": None, "p70": None, "p90": None, "p95": 3000},
    },
}


def dossier(**fields: Any) -> dict[str, Any]:
    """The minimal dossier with other fields, named by their path: `medecin__zone`."""
    data = copy.deepcopy(MINIMAL)
    for path, value in fields.items():
        place: dict[str, Any] = data
        *parents, name = path.split("__")
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = value
    return data


def refused(data: Any) -> tuple[Refusal, ...]:
    """The refusals of a dossier, the same by every way in."""
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate(data)
    return error.value.refusals


def only(data: Any) -> Refusal:
    """The one refusal of a dossier."""
    found = refused(data)
    assert len(found) == 1, found
    return found[0]


# What is read


def test_a_minimal_dossier_leaves_everything_else_not_known_and_nothing_claimed() -> None:
    read = Dossier.model_validate(MINIMAL)
    assert read.medecin.model_dump() == {
        "specialite": "medecine_generale",
        "secteur": None,
        "option_tarifaire": None,
        "date_naissance": None,
        "date_installation": None,
        "derogation_installation": None,
        "zone": None,
        "part_honoraires_cliniques": None,
        "rqth": False,
        "ald": False,
        "activite_mixte": False,
        "remplacant": False,
        "exercice_coordonne": None,
    }
    assert read.contrat.model_dump() == {
        "date_signature": date(2024, 9, 1),
        "option_etp": "1",
        "patientele_initiale": {"pmt": 1300, "pfa": 1800},
        "objectifs": None,
        "nature_objectifs": None,
        "patientele_reference": None,
        "contrat_anterieur": None,
        "date_option": None,
        "date_embauche": None,
        "prorogation": None,
    }
    assert (read.annee, read.observation, read.circonstances_exceptionnelles, read.percentiles) == (
        3,
        None,
        False,
        None,
    )


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Patientele, ("pmt", "pfa")),
        (Objectifs, ("pmt", "pfa")),
        (Observation, ("pmt", "pfa")),
        (NatureObjectifs, ("pmt", "pfa")),
        (Percentiles, ("pmt", "pfa")),
        (Seuils, ("p30", "p50", "p70", "p90", "p95")),
        (ContratAnterieur, ("option_etp", "date_signature", "objectifs_atteints")),
    ],
)
def test_what_is_left_out_of_the_smaller_models_is_not_known(
    model: type[Closed], names: tuple[str, ...]
) -> None:
    assert model().model_dump() == dict.fromkeys(names)


def test_a_dossier_is_read_the_same_from_a_mapping_from_json_and_from_models() -> None:
    read = Dossier.model_validate(COMPLETE)
    assert read == Dossier.model_validate_json(json.dumps(COMPLETE))
    assert read == Dossier.model_validate_json(json.dumps(COMPLETE).encode())
    assert read == Dossier(**COMPLETE)
    assert read == Dossier(**{**COMPLETE, "medecin": Medecin(**COMPLETE["medecin"])})
    assert read == Dossier.model_validate(read)


@pytest.mark.parametrize("data", [MINIMAL, COMPLETE], ids=["minimal", "complete"])
def test_a_dossier_goes_to_json_and_back_without_loss(data: dict[str, Any]) -> None:
    read = Dossier.model_validate(data)
    assert Dossier.model_validate_json(read.model_dump_json()) == read
    assert Dossier.model_validate(read.model_dump()) == read
    assert Dossier.model_validate(read.model_dump(mode="json")) == read


def test_a_complete_dossier_is_written_as_it_was_given() -> None:
    assert json.loads(Dossier.model_validate(COMPLETE).model_dump_json()) == COMPLETE


def test_iso_dates_and_dates_decimal_strings_and_decimals_are_read_exactly() -> None:
    text = Dossier.model_validate(dossier(medecin__part_honoraires_cliniques="0.8000000000000000000001"))
    assert text.medecin.part_honoraires_cliniques == Decimal("0.8000000000000000000001")
    typed = Dossier.model_validate(
        dossier(medecin__part_honoraires_cliniques=Decimal("0.85"), contrat__date_signature=date(2024, 9, 1))
    )
    assert typed.medecin.part_honoraires_cliniques == Decimal("0.85")
    assert typed.contrat.date_signature == date(2024, 9, 1)


@pytest.mark.parametrize("part", ["0", "1", "0.80", "1.0", "0.000001", Decimal(0), Decimal(1)])
def test_a_fraction_of_1_includes_both_ends(part: str | Decimal) -> None:
    read = Dossier.model_validate(dossier(medecin__part_honoraires_cliniques=part))
    assert read.medecin.part_honoraires_cliniques == Decimal(part)


@pytest.mark.parametrize("annee", [1, 99])
def test_the_first_and_the_last_readable_contract_years_are_read(annee: int) -> None:
    assert Dossier.model_validate(dossier(annee=annee)).annee == annee


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("medecin__secteur", ["1", "2", "non_conventionne", None]),
        ("medecin__option_tarifaire", ["aucune", "OPTAM", "OPTAM-ACO", "OPTAM-CO", None]),
        ("medecin__derogation_installation", ["demenagement", "changement_specialite", None]),
        ("medecin__zone", ["ZIP", "ZAC", "hors_zone", None]),
        ("medecin__exercice_coordonne", [True, False, None]),
        ("contrat__option_etp", ["1/3", "0.5", "1", "1.5", "2"]),
        ("contrat__prorogation", [True, False, None]),
    ],
)
def test_every_word_of_the_closed_vocabularies_is_read(path: str, values: list[Any]) -> None:
    part, name = path.split("__")
    for value in values:
        assert getattr(getattr(Dossier.model_validate(dossier(**{path: value})), part), name) == value


def test_a_dossier_is_frozen() -> None:
    read = Dossier.model_validate(COMPLETE)
    with pytest.raises(ValidationError, match="frozen"):
        read.annee = 4  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        read.contrat.patientele_initiale.pmt = 0  # type: ignore[misc]
    assert hash(read) == hash(Dossier.model_validate(COMPLETE))


# What one field refuses

COUNT = ("un nombre entier, sans guillemets", "écrivez le nombre seul, par exemple 1300")
YEAR = (COUNT[0], "écrivez le nombre seul, par exemple 3")
INT = (COUNT[0], "convertissez : int(…)")
GONE = "mettez None si la donnée manque"
NEGATIVE = ("un nombre supérieur ou égal à 0", "vérifiez la saisie")
DAY = ("une date ISO, AAAA-MM-JJ", "écrivez l’année, le mois et le jour, par exemple 2024-09-01")
DATE = "convertissez : .date()"
MIDNIGHT = "2024-09-01T00:00:00 (datetime.datetime)"
SHARE = (
    'une fraction de 1 en texte décimal, par exemple "0.85"',
    "écrivez la part entre 0 et 1, entre guillemets, avec un point",
)
ANSWER = ("true ou false, sans guillemets", "écrivez true ou false")
WORD = "choisissez une de ces valeurs, écrite exactement ainsi"
SLUG = "le nom court d’une spécialité du référentiel"
OBJECT = ("un objet, entre accolades", "donnez les champs de cet objet par leur nom")
TEXT = ("un texte, entre guillemets", "écrivez le nom entre guillemets")
ANY = ("une valeur de ce champ", "consultez le schéma du dossier")


@pytest.mark.parametrize(
    ("path", "value", "received", "expected", "remedy"),
    [
        # A count is a whole number, and nothing is made into one.
        ("contrat__patientele_initiale__pmt", "12", '"12"', *COUNT),
        ("contrat__patientele_initiale__pmt", 12.5, "12.5", *COUNT),
        ("contrat__patientele_initiale__pmt", 12.0, "12.0", *COUNT),
        ("contrat__patientele_initiale__pfa", True, "true", *COUNT),
        ("contrat__patientele_initiale__pfa", Decimal(12), "12 (decimal.Decimal)", *INT),
        ("contrat__patientele_initiale__pfa", float("nan"), "NaN", COUNT[0], GONE),
        ("contrat__objectifs__pmt", "1560", '"1560"', *COUNT),
        ("contrat__patientele_reference__pfa", [1800], "[1800]", *COUNT),
        ("observation__pmt", 1500.0, "1500.0", *COUNT),
        ("percentiles__pfa__p30", "1000", '"1000"', *COUNT),
        ("annee", "3", '"3"', *YEAR),
        ("annee", True, "true", *YEAR),
        ("annee", 3.0, "3.0", *YEAR),
        ("annee", None, "null", *YEAR),
        # Within its bounds.
        ("contrat__patientele_initiale__pmt", -1, "-1", *NEGATIVE),
        ("observation__pfa", -1, "-1", *NEGATIVE),
        ("percentiles__pmt__p95", -5, "-5", *NEGATIVE),
        ("annee", 0, "0", "un nombre supérieur ou égal à 1", "vérifiez la saisie"),
        ("annee", -3, "-3", "un nombre supérieur ou égal à 1", "vérifiez la saisie"),
        ("annee", 100, "100", "un nombre inférieur ou égal à 99", "vérifiez la saisie"),
        # A day is an ISO date: no timestamp, no time of day, no other order.
        ("contrat__date_signature", 1725148800, "1725148800", *DAY),
        ("contrat__date_signature", 1725148800.0, "1725148800.0", *DAY),
        ("contrat__date_signature", "1725148800", '"1725148800"', *DAY),
        ("contrat__date_signature", datetime(2024, 9, 1), MIDNIGHT, DAY[0], DATE),
        ("contrat__date_signature", "2024-09-01T00:00:00", '"2024-09-01T00:00:00"', *DAY),
        ("contrat__date_signature", "20240901", '"20240901"', *DAY),
        ("contrat__date_signature", "2024-W35-7", '"2024-W35-7"', *DAY),
        ("contrat__date_signature", "2024-9-1", '"2024-9-1"', *DAY),
        ("contrat__date_signature", " 2024-09-1", '" 2024-09-1"', *DAY),
        ("contrat__date_signature", "2024-09-31", '"2024-09-31"', *DAY),
        ("contrat__date_signature", "2023-02-29", '"2023-02-29"', *DAY),
        ("contrat__date_signature", "2024/09-01", '"2024/09-01"', *DAY),
        ("contrat__date_signature", "2024-09/01", '"2024-09/01"', *DAY),
        ("contrat__date_signature", "", '""', *DAY),
        ("contrat__date_signature", None, "null", *DAY),
        ("contrat__date_signature", "31/12/2024", '"31/12/2024"', DAY[0], "écrivez 2024-12-31"),
        ("medecin__date_naissance", "02/05/1970", '"02/05/1970"', DAY[0], "écrivez 1970-05-02"),
        # No French date is made of what is not three numbers.
        ("contrat__date_signature", "jj/mm/aaaa", '"jj/mm/aaaa"', *DAY),
        ("contrat__date_signature", "31/déc/2024", '"31/déc/2024"', *DAY),
        ("contrat__date_signature", "//", '"//"', *DAY),
        ("contrat__date_signature", "31/12", '"31/12"', *DAY),
        ("contrat__date_signature", "-1/12/2024", '"-1/12/2024"', *DAY),
        ("medecin__date_installation", 2005, "2005", *DAY),
        ("contrat__date_option", "demain", '"demain"', *DAY),
        ("contrat__date_embauche", True, "true", *DAY),
        ("contrat__contrat_anterieur__date_signature", "2021", '"2021"', *DAY),
        # A fraction of 1 is exact.
        ("medecin__part_honoraires_cliniques", 0.85, "0.85", *SHARE),
        ("medecin__part_honoraires_cliniques", 1, "1", *SHARE),
        ("medecin__part_honoraires_cliniques", True, "true", *SHARE),
        ("medecin__part_honoraires_cliniques", "0,85", '"0,85"', *SHARE),
        ("medecin__part_honoraires_cliniques", "85 %", '"85 %"', *SHARE),
        ("medecin__part_honoraires_cliniques", "", '""', *SHARE),
        ("medecin__part_honoraires_cliniques", ".85", '".85"', *SHARE),
        ("medecin__part_honoraires_cliniques", "0.", '"0."', *SHARE),
        ("medecin__part_honoraires_cliniques", "+0.85", '"+0.85"', *SHARE),
        ("medecin__part_honoraires_cliniques", " 0.85", '" 0.85"', *SHARE),
        ("medecin__part_honoraires_cliniques", "0.85\n", '"0.85\\n"', *SHARE),
        ("medecin__part_honoraires_cliniques", "85e-2", '"85e-2"', *SHARE),
        ("medecin__part_honoraires_cliniques", "0_1", '"0_1"', *SHARE),
        ("medecin__part_honoraires_cliniques", "٠.٨٥", '"٠.٨٥"', *SHARE),
        ("medecin__part_honoraires_cliniques", Decimal("NaN"), "NaN (decimal.Decimal)", SHARE[0], GONE),
        ("medecin__part_honoraires_cliniques", "NaN", '"NaN"', *SHARE),
        ("medecin__part_honoraires_cliniques", "Infinity", '"Infinity"', *SHARE),
        ("medecin__part_honoraires_cliniques", "1.01", '"1.01"', *SHARE),
        ("medecin__part_honoraires_cliniques", "-0.01", '"-0.01"', *SHARE),
        ("medecin__part_honoraires_cliniques", Decimal("85"), "85 (decimal.Decimal)", *SHARE),
        # A word is one of a closed list.
        ("medecin__secteur", 1, "1", '"1", "2" ou "non_conventionne"', WORD),
        ("medecin__secteur", "3", '"3"', '"1", "2" ou "non_conventionne"', WORD),
        ("medecin__zone", "zip", '"zip"', '"ZIP", "ZAC" ou "hors_zone"', WORD),
        ("medecin__option_tarifaire", "", '""', '"aucune", "OPTAM", "OPTAM-ACO" ou "OPTAM-CO"', WORD),
        ("contrat__option_etp", 1, "1", '"1/3", "0.5", "1", "1.5" ou "2"', WORD),
        ("contrat__option_etp", 0.5, "0.5", '"1/3", "0.5", "1", "1.5" ou "2"', WORD),
        ("contrat__option_etp", "0,5", '"0,5"', '"1/3", "0.5", "1", "1.5" ou "2"', WORD),
        ("contrat__nature_objectifs__pmt", "primo", '"primo"', '"augmentation" ou "maintien"', WORD),
        # An answer is true or false.
        ("medecin__rqth", "oui", '"oui"', *ANSWER),
        ("medecin__ald", 1, "1", *ANSWER),
        ("medecin__activite_mixte", "false", '"false"', *ANSWER),
        ("medecin__remplacant", None, "null", *ANSWER),
        ("medecin__exercice_coordonne", 0, "0", *ANSWER),
        ("contrat__prorogation", "non", '"non"', *ANSWER),
        ("contrat__contrat_anterieur__objectifs_atteints", "true", '"true"', *ANSWER),
        ("circonstances_exceptionnelles", "true", '"true"', *ANSWER),
        # An object is an object.
        ("medecin", "medecine_generale", '"medecine_generale"', *OBJECT),
        ("medecin", None, "null", *OBJECT),
        ("contrat", [], "[]", *OBJECT),
        ("observation", 1500, "1500", *OBJECT),
        ("contrat__patientele_initiale", 1300, "1300", *OBJECT),
        ("percentiles__pfa", [1000, 1400], "[1000, 1400]", *OBJECT),
        # A specialty is a slug of the register, never a code.
        ("medecin__specialite", 1, "1", *TEXT),
        ("medecin__specialite", None, "null", *TEXT),
        ("medecin__specialite", True, "true", *TEXT),
        ("medecin__specialite", ["mep"], '["mep"]', *TEXT),
        ("medecin__specialite", "01", '"01"', SLUG, "consultez la liste"),
        (
            "medecin__specialite", "medecine_general", '"medecine_general"', SLUG,
            "essayez « medecine_generale », « medecine_urgence », « medecine_interne »",
        ),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_read_is_refused_with_what_came_what_is_expected_and_what_to_do(
    path: str, value: object, received: str, expected: str, remedy: str
) -> None:
    found = only(dossier(**{path: value}))
    assert found[:4] == (path.replace("__", "."), received, expected, remedy)
    assert str(found) == f"{found.field} : reçu {received} ; attendu : {expected} ; à faire : {remedy}"


@pytest.mark.parametrize(
    ("path", "known", "remedy"),
    [
        ("medecin__secteurs", Medecin, "renommez en « secteur »"),
        ("medecin__nom", Medecin, "retirez cette clé"),
        ("contrat__date_signatures", Contrat, "renommez en « date_signature »"),
        ("contrat__patientele_initiale__pfaa", Patientele, "renommez en « pfa »"),
        ("contrat__contrat_anterieur__date", ContratAnterieur, "retirez cette clé"),
        ("contrat__nature_objectifs__autre", NatureObjectifs, "retirez cette clé"),
        ("observation__pnt", Observation, "renommez en « pmt »"),
        ("percentiles__pfa__p55", Seuils, "renommez en « p95 »"),
        ("annees", Dossier, "renommez en « annee »"),
    ],
)
def test_an_unknown_key_is_refused_with_the_known_ones_and_the_nearest(
    path: str, known: type[Closed], remedy: str
) -> None:
    found = only(dossier(**{path: 1}))
    assert found.field == path.replace("__", ".")
    assert found.received == "1"
    assert found.expected == f"une clé connue : {', '.join(known.model_fields)}"
    assert found.remedy == remedy
    assert found.code == "extra_forbidden"


@pytest.mark.parametrize(
    "path",
    [
        "medecin",
        "medecin.specialite",
        "contrat",
        "contrat.date_signature",
        "contrat.option_etp",
        "contrat.patientele_initiale",
        "annee",
    ],
)
def test_what_a_dossier_cannot_do_without_is_asked_for(path: str) -> None:
    data = dossier()
    place = data
    *parents, name = path.split(".")
    for parent in parents:
        place = place[parent]
    del place[name]
    assert only(data) == (
        path,
        "rien",
        "une valeur, ce champ est obligatoire",
        "ajoutez ce champ",
        "missing",
    )


def test_a_key_that_is_not_text_is_refused() -> None:
    assert only({**dossier(), 1: 2})[2:4] == ANY


def test_a_long_value_is_cut_where_it_would_fill_the_screen() -> None:
    fits, over = "x" * 78, "x" * 79
    assert only(dossier(annee=fits)).received == f'"{fits}"'
    cut = only(dossier(annee=over)).received
    assert cut == '"' + "x" * 76 + "…"
    assert len(cut) == 78


def test_a_value_that_json_cannot_write_is_shown_as_text() -> None:
    assert only(dossier(annee=date(2024, 9, 1))).received == "2024-09-01 (datetime.date)"
    assert only(dossier(annee=Decimal("3"))).received == "3 (decimal.Decimal)"
    assert only(dossier(annee="é")).received == '"é"'


def test_a_value_that_nothing_can_write_is_shown_by_its_type() -> None:
    loop: list[Any] = []
    loop.append(loop)
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    for value, kind in ((loop, "list"), (deep, "list"), ({(1, 2): 3}, "dict")):
        found = only({**MINIMAL, "annee": value})
        assert found[:4] == ("annee", f"une valeur de type {kind}", *YEAR)


# What cannot be true across fields


def impossible(field: str, received: str, expected: str) -> Refusal:
    return Refusal(
        field,
        f"« {received} »",
        expected,
        "vérifiez les deux dates : l’une des deux est fausse",
        "date_impossible",
    )


def test_a_signature_before_the_first_text_is_refused() -> None:
    assert only(dossier(contrat__date_signature="2019-08-31")) == Refusal(
        "contrat.date_signature",
        "« 2019-08-31 »",
        "une date à partir du 2019-09-01, premier jour du dispositif",
        "vérifiez la date ; aucun contrat n’a pu être signé avant ce jour",
        "avant_le_premier_texte",
    )


def test_a_signature_on_the_first_day_of_the_first_text_is_read() -> None:
    read = Dossier.model_validate(dossier(contrat__date_signature="2019-09-01"))
    assert read.contrat.date_signature == date(2019, 9, 1)


def test_an_installation_after_the_signature_is_refused() -> None:
    assert only(dossier(medecin__date_installation="2024-09-02")) == impossible(
        "medecin.date_installation", "2024-09-02", "une date jusqu’à la signature (2024-09-01)"
    )


def test_an_installation_on_the_day_of_the_signature_is_read() -> None:
    read = Dossier.model_validate(dossier(medecin__date_installation="2024-09-01"))
    assert read.medecin.date_installation == date(2024, 9, 1)


@pytest.mark.parametrize(
    ("birth", "installation"),
    [
        pytest.param("2005-09-01", "2005-09-01", id="on the day of the installation"),
        pytest.param("2005-09-02", "2005-09-01", id="after the installation"),
        pytest.param("2024-09-01", None, id="on the day of the signature"),
        pytest.param("2030-01-01", None, id="after the signature"),
    ],
)
def test_a_birth_that_is_not_before_the_installation_and_the_signature_is_refused(
    birth: str, installation: str | None
) -> None:
    data = dossier(medecin__date_naissance=birth, medecin__date_installation=installation)
    assert only(data) == impossible(
        "medecin.date_naissance", birth, "une date avant l’installation et la signature"
    )


@pytest.mark.parametrize(("birth", "installation"), [("1975-08-31", "1975-09-01"), ("2004-09-01", None)])
def test_a_birth_the_day_before_the_installation_or_twenty_years_before_the_signature_is_read(
    birth: str, installation: str | None
) -> None:
    data = dossier(medecin__date_naissance=birth, medecin__date_installation=installation)
    assert Dossier.model_validate(data).medecin.date_naissance == date.fromisoformat(birth)


def test_an_option_obtained_before_the_signature_is_refused() -> None:
    assert only(dossier(contrat__date_option="2024-08-31")) == impossible(
        "contrat.date_option", "2024-08-31", "une date à partir de la signature (2024-09-01)"
    )


@pytest.mark.parametrize(
    ("annee", "hiring", "end"),
    [
        (1, None, "2025-09-01"),
        (3, None, "2027-09-01"),
        (3, "2024-10-15", "2027-09-01"),
        (3, "2024-08-15", "2027-09-01"),
    ],
)
def test_an_option_obtained_after_the_contract_year_is_refused(
    annee: int, hiring: str | None, end: str
) -> None:
    data = dossier(annee=annee, contrat__date_embauche=hiring, contrat__date_option=end)
    assert only(data) == impossible(
        "contrat.date_option", end, f"une date avant la fin de l’année {annee} du contrat ({end})"
    )


@pytest.mark.parametrize(
    ("signature", "hiring", "end"),
    [
        pytest.param("2022-03-01", "2022-06-15", "2024-06-15", id="avenant 7, hired after"),
        pytest.param("2022-03-01", "2022-01-15", "2024-03-01", id="avenant 7, hired before"),
        pytest.param("2020-02-29", "2020-02-29", "2022-02-28", id="avenant 7, hired the same day"),
        pytest.param("2023-04-30", "2023-06-15", "2025-06-15", id="the last day of avenant 7"),
        pytest.param("2023-05-01", "2023-06-15", "2025-05-01", id="the first day of the règlement arbitral"),
        pytest.param("2024-06-22", "2024-10-15", "2026-06-22", id="convention"),
        pytest.param("2024-06-22", None, "2026-06-22", id="convention, hiring unknown"),
    ],
)
def test_the_year_of_an_option_runs_from_the_hiring_under_avenant_7_alone(
    signature: str, hiring: str | None, end: str
) -> None:
    last = (date.fromisoformat(end) - timedelta(days=1)).isoformat()
    fields = {"annee": 2, "contrat__date_signature": signature, "contrat__date_embauche": hiring}
    read = Dossier.model_validate(dossier(**fields, contrat__date_option=last))
    assert read.contrat.date_option == date.fromisoformat(last)
    assert only(dossier(**fields, contrat__date_option=end)) == impossible(
        "contrat.date_option", end, f"une date avant la fin de l’année 2 du contrat ({end})"
    )


@pytest.mark.parametrize("signature", ["2019-09-01", "2023-04-30"])
def test_under_avenant_7_an_unknown_hiring_leaves_the_end_of_the_year_open(signature: str) -> None:
    data = dossier(annee=1, contrat__date_signature=signature, contrat__date_option="2030-01-01")
    assert Dossier.model_validate(data).contrat.date_option == date(2030, 1, 1)


def test_a_year_that_cannot_be_read_is_refused_alone_whatever_the_option() -> None:
    assert only(dossier(annee="3", contrat__date_option="2090-01-01")).field == "annee"


@pytest.mark.parametrize("option", ["2024-09-01", "2027-08-31"])
def test_an_option_obtained_from_the_signature_to_the_last_day_of_the_year_is_read(option: str) -> None:
    read = Dossier.model_validate(dossier(contrat__date_option=option))
    assert read.contrat.date_option == date.fromisoformat(option)


def test_an_earlier_contract_signed_after_this_one_is_refused() -> None:
    data = dossier(contrat__contrat_anterieur__date_signature="2024-09-02")
    assert only(data) == impossible(
        "contrat.contrat_anterieur.date_signature",
        "2024-09-02",
        "une date jusqu’à la signature (2024-09-01)",
    )


@pytest.mark.parametrize("earlier", ["2024-09-01", "2021-06-01", None])
def test_an_earlier_contract_signed_until_this_one_is_read(earlier: str | None) -> None:
    data = dossier(contrat__contrat_anterieur__date_signature=earlier)
    assert Dossier.model_validate(data).contrat.contrat_anterieur is not None


def test_an_earlier_contract_signed_before_the_first_text_is_refused() -> None:
    data = dossier(contrat__contrat_anterieur__date_signature="2019-08-31")
    assert only(data) == Refusal(
        "contrat.contrat_anterieur.date_signature",
        "« 2019-08-31 »",
        "une date à partir du 2019-09-01, premier jour du dispositif",
        "vérifiez la date ; aucun contrat n’a pu être signé avant ce jour",
        "avant_le_premier_texte",
    )


def test_an_earlier_contract_signed_on_the_first_day_of_the_first_text_is_read() -> None:
    read = Dossier.model_validate(dossier(contrat__contrat_anterieur__date_signature="2019-09-01"))
    assert read.contrat.contrat_anterieur == ContratAnterieur(date_signature=date(2019, 9, 1))


def test_a_hiring_so_late_that_the_calendar_would_end_is_refused_under_its_own_name() -> None:
    for fields in (
        {},
        {"contrat__date_signature": "9900-12-31"},
        {"medecin__date_installation": "2030-01-01"},
    ):
        assert only(dossier(contrat__date_embauche="9901-01-01", **fields)) == impossible(
            "contrat.date_embauche", "9901-01-01", "une date jusqu’à l’an 9900"
        )
    read = Dossier.model_validate(dossier(contrat__date_embauche="9900-12-31", annee=99))
    assert read.contrat.date_embauche == date(9900, 12, 31)


def test_a_signature_so_late_that_the_calendar_would_end_is_refused_alone() -> None:
    data = dossier(contrat__date_signature="9901-01-01", medecin__date_installation="9902-01-01")
    found = only(data)
    assert (found.field, found.received, found.code) == (
        "contrat.date_signature",
        "« 9901-01-01 »",
        "date_impossible",
    )


# Targets

TARGET = "donnez la cible et non le nombre de patients en plus, ou dites nature_objectifs.{}"


@pytest.mark.parametrize(("indicateur", "base"), [("pmt", 1300), ("pfa", 1800)])
def test_a_target_under_its_base_is_refused(indicateur: str, base: int) -> None:
    assert only(dossier(**{f"contrat__objectifs__{indicateur}": base - 1})) == Refusal(
        f"contrat.objectifs.{indicateur}",
        str(base - 1),
        f"la cible à atteindre, au moins la base ({base})",
        TARGET.format(indicateur),
        "cible_sous_la_base",
    )


def test_a_number_of_patients_to_gain_in_the_place_of_the_target_is_refused_for_each_indicator() -> None:
    found = refused(dossier(contrat__objectifs={"pmt": 260, "pfa": 110}))
    assert [(one.field, one.received) for one in found] == [
        ("contrat.objectifs.pmt", "260"),
        ("contrat.objectifs.pfa", "110"),
    ]


def test_the_base_is_the_count_that_an_avenant_fixed_where_there_is_one() -> None:
    under = dossier(contrat__objectifs={"pmt": 1350}, contrat__patientele_reference={"pmt": 1351})
    assert only(under).expected == "la cible à atteindre, au moins la base (1351)"
    over = dossier(contrat__objectifs={"pmt": 1250}, contrat__patientele_reference={"pmt": 1250})
    assert Dossier.model_validate(over).contrat.objectifs == Objectifs(pmt=1250)
    other = dossier(contrat__objectifs={"pmt": 1299}, contrat__patientele_reference={"pfa": 1})
    assert only(other).expected == "la cible à atteindre, au moins la base (1300)"
    nobody = dossier(contrat__objectifs={"pmt": 1}, contrat__patientele_reference={"pmt": 0})
    assert Dossier.model_validate(nobody).contrat.patientele_reference == Patientele(pmt=0)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"contrat__objectifs": {"pmt": 1300}}, id="equal to its base"),
        pytest.param({"contrat__objectifs": {"pmt": 1301}}, id="over its base"),
        pytest.param({"contrat__objectifs": {"pmt": None}}, id="not known"),
        pytest.param(
            {"contrat__objectifs": {"pmt": 900}, "contrat__patientele_initiale": {"pfa": 1800}},
            id="with no base known",
        ),
        pytest.param(
            {"contrat__objectifs": {"pmt": 1200}, "contrat__nature_objectifs": {"pmt": "maintien"}},
            id="under its base, where the contract states maintien",
        ),
        pytest.param(
            {"contrat__objectifs": {"pmt": 1301}, "contrat__nature_objectifs": {"pmt": "augmentation"}},
            id="over its base, where the contract states augmentation",
        ),
        pytest.param(
            {"contrat__nature_objectifs": {"pmt": "augmentation"}}, id="not known, with its nature stated"
        ),
        pytest.param(
            {"contrat__objectifs": {"pmt": 1045}, "medecin__date_installation": "2023-09-01"},
            id="under its base, on the first day of the window of a primo-installation",
        ),
        pytest.param(
            {"contrat__objectifs": {"pmt": 1045}, "medecin__date_installation": "2024-09-01"},
            id="under its base, on the last day of that window",
        ),
    ],
)
def test_a_target_that_can_be_true_is_read(fields: dict[str, Any]) -> None:
    data = dossier(**fields)
    assert Dossier.model_validate(data).contrat.model_dump(mode="json", exclude_unset=True) == data["contrat"]


@pytest.mark.parametrize("target", [1300, 1299])
def test_a_stated_augmentation_that_does_not_grow_is_refused(target: int) -> None:
    data = dossier(contrat__objectifs={"pmt": target}, contrat__nature_objectifs={"pmt": "augmentation"})
    found = only(data)
    assert found.field == "contrat.objectifs.pmt"
    assert found.received == str(target)
    assert (
        found.expected == "la cible à atteindre, plus que la base (1300), puisque le contrat dit augmentation"
    )


def test_the_window_of_a_primo_installation_does_not_excuse_a_stated_augmentation() -> None:
    data = dossier(
        contrat__objectifs={"pmt": 1299},
        contrat__nature_objectifs={"pmt": "augmentation"},
        medecin__date_installation="2024-01-01",
    )
    assert only(data).code == "cible_sous_la_base"


def test_the_nature_stated_for_one_indicator_does_not_excuse_the_other() -> None:
    data = dossier(contrat__objectifs={"pfa": 1799}, contrat__nature_objectifs={"pmt": "maintien"})
    assert only(data).field == "contrat.objectifs.pfa"


@pytest.mark.parametrize("installation", ["2014-08-31", "2005-09-01", None])
def test_a_target_under_its_base_is_refused_out_of_any_window_of_a_primo_installation(
    installation: str | None,
) -> None:
    data = dossier(contrat__objectifs={"pmt": 1045}, medecin__date_installation=installation)
    assert only(data).code == "cible_sous_la_base"


@pytest.mark.rule("ELI-06", "OBJ-02")
@pytest.mark.parametrize("installation", ["2014-09-01", "2023-08-31", "2024-01-01"])
def test_a_target_under_its_base_in_a_window_that_a_reform_may_open_is_left_to_the_evaluation(
    installation: str,
) -> None:
    data = dossier(contrat__objectifs={"pmt": 1045}, medecin__date_installation=installation)
    assert Dossier.model_validate(data).contrat.objectifs.pmt == 1045  # type: ignore[union-attr]


# Percentiles


def test_percentiles_out_of_order_are_refused_for_each_indicator_and_each_pair() -> None:
    found = refused(dossier(percentiles={"pmt": {"p30": 9, "p50": 8}, "pfa": {"p30": 3, "p50": 2, "p90": 2}}))
    assert [(one.field, one.received) for one in found] == [
        ("percentiles.pmt", "ordre : P30 = 9 devrait être inférieur à P50 = 8"),
        ("percentiles.pfa", "ordre : P30 = 3 devrait être inférieur à P50 = 2"),
        ("percentiles.pfa", "ordre : P50 = 2 devrait être inférieur à P90 = 2"),
    ]
    assert found[0][2:] == (
        "P30 < P50 < P70 < P90 < P95, une fois réunis à ceux qui sont publiés",
        "vérifiez les valeurs et la spécialité auprès de votre caisse",
        "percentiles_desordonnes",
    )


def test_percentiles_with_unknown_ones_between_are_compared_all_the_same() -> None:
    assert only(dossier(percentiles={"pfa": {"p30": 2000, "p95": 2000}})).field == "percentiles.pfa"
    read = Dossier.model_validate(dossier(percentiles={"pfa": {"p30": 2000, "p95": 2001}}))
    assert read.percentiles == Percentiles(pfa=Seuils(p30=2000, p95=2001))


# All at once, by every way in

MIXED = dossier(
    medecin__specialite="dermato",
    medecin__date_naissance="31/12/1970",
    medecin__date_installation="2024-09-02",
    medecin__rqth="oui",
    medecin__surnom="x",
    contrat__option_etp=1,
    contrat__objectifs={"pmt": 260, "pfa": "110"},
    contrat__date_option="2024-08-31",
    annee=0,
    percentiles={"pfa": {"p30": 3, "p50": 2, "p90": -1}},
)

MIXED_FIELDS = [
    "medecin.specialite",
    "medecin.date_naissance",
    "medecin.rqth",
    "medecin.surnom",
    "contrat.option_etp",
    "contrat.objectifs.pfa",
    "annee",
    "percentiles.pfa.p90",
    "medecin.date_installation",
    "contrat.date_option",
    "contrat.objectifs.pmt",
    "percentiles.pfa",
]


def test_fields_that_cannot_be_read_and_facts_that_cannot_be_true_are_refused_together() -> None:
    assert [one.field for one in refused(MIXED)] == MIXED_FIELDS


def test_every_refusal_is_a_french_sentence_with_field_received_expected_and_remedy() -> None:
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate(MIXED)
    head, *lines = str(error.value).split("\n")
    assert head == "12 données refusées :"
    assert len(lines) == 12
    for line, field in zip(lines, MIXED_FIELDS, strict=True):
        assert line.startswith(f"- {field} : reçu ")
        assert " ; attendu : " in line
        assert " ; à faire : " in line
        assert not any(english in line.lower() for english in ("input", "should", "valid ", "none", "must"))


def test_a_single_refusal_is_announced_in_the_singular() -> None:
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate(dossier(annee=0))
    assert str(error.value) == (
        "1 donnée refusée :\n"
        "- annee : reçu 0 ; attendu : un nombre supérieur ou égal à 1 ; à faire : vérifiez la saisie"
    )


def test_the_constructor_the_mapping_and_the_json_text_refuse_the_same() -> None:
    found = refused(MIXED)
    with pytest.raises(RefusedData) as constructed:
        Dossier(**MIXED)
    with pytest.raises(RefusedData) as from_text:
        Dossier.model_validate_json(json.dumps(MIXED))
    assert constructed.value.refusals == from_text.value.refusals == found


AFTER = Medecin.model_validate({"specialite": "orl", "date_installation": "2024-09-02"})


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"medecin": AFTER}, ["medecin.date_installation"]),
        ({"medecin": AFTER, "annee": 0}, ["annee", "medecin.date_installation"]),
    ],
)
def test_a_part_that_is_already_a_model_is_cross_checked_too(
    parts: dict[str, Any], fields: list[str]
) -> None:
    assert [one.field for one in refused({**dossier(), **parts})] == fields


def test_an_unreadable_signature_is_refused_alone_since_nothing_can_be_compared_to_it() -> None:
    data = dossier(contrat__date_signature="?", medecin__date_installation="2030-01-01")
    assert only(data).field == "contrat.date_signature"


@pytest.mark.parametrize("text", ["", "{", '{"annee": 3,}', "{'annee': 3}", b"\xff"])
def test_a_text_that_is_not_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate_json(text)
    (found,) = error.value.refusals
    assert found.field == "dossier"
    assert found.expected == "un texte JSON complet"
    assert found.remedy == "vérifiez accolades, guillemets et virgules"


def test_a_text_that_is_not_json_says_where_it_breaks() -> None:
    with pytest.raises(RefusedData, match="ligne 2, colonne 3"):
        Dossier.model_validate_json('{"annee":\n  }')


def test_a_key_given_twice_in_a_json_text_is_refused_and_the_last_does_not_win() -> None:
    text = json.dumps(MINIMAL)
    assert Dossier.model_validate_json(text).annee == 3
    twice = text.replace('"annee": 3', '"annee": 3, "annee": 4').replace(
        '"pmt": 1300', '"pmt": 1, "pmt": 1300'
    )
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate_json(twice)
    assert [tuple(one) for one in error.value.refusals] == [
        (
            key,
            "deux fois la même clé",
            "une clé une seule fois",
            "ne gardez que la bonne valeur",
            "cle_double",
        )
        for key in ("pmt", "annee")
    ]


def test_a_key_given_three_times_with_the_same_value_is_refused_once() -> None:
    text = json.dumps(MINIMAL).replace('"annee": 3', '"annee": 3, "annee": 3, "annee": 3')
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate_json(text)
    assert [one.field for one in error.value.refusals] == ["annee"]


@pytest.mark.parametrize("opening", ["[", '{"medecin":'])
def test_a_text_nested_without_end_is_refused_and_breaks_nothing(opening: str) -> None:
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate_json(opening * 100_000)
    (found,) = error.value.refusals
    assert (found.field, found.code, len(found.received)) == ("dossier", "json_invalid", 78)


@pytest.mark.parametrize("data", [None, "dossier", 3, [], [MINIMAL]])
def test_what_is_not_an_object_is_no_dossier(data: object) -> None:
    assert only(data)[0] == "dossier"
    assert only(data)[2:4] == OBJECT
    with pytest.raises(RefusedData, match="un objet, entre accolades"):
        Dossier.model_validate_json(json.dumps(data))


def test_a_part_built_alone_refuses_its_own_data_too() -> None:
    with pytest.raises(RefusedData) as error:
        Medecin(specialite="dermato", rqth="oui")  # type: ignore[arg-type]
    assert [one.field for one in error.value.refusals] == ["specialite", "rqth"]
    with pytest.raises(RefusedData, match="date_signature : reçu rien"):
        Contrat.model_validate({})
    with pytest.raises(RefusedData, match="pmt : reçu -1"):
        Effectifs.model_validate_json('{"pmt": -1}')


def test_a_closed_model_with_a_list_of_objects_still_names_the_unknown_key() -> None:
    class Cabinet(Closed):
        medecins: list[Medecin]

    with pytest.raises(RefusedData) as error:
        Cabinet.model_validate({"medecins": [{"specialite": "orl", "surnom": "x"}]})
    (found,) = error.value.refusals
    assert (found.field, found.received, found.remedy) == ("medecins.0.surnom", '"x"', "retirez cette clé")


def test_the_exceptions_can_be_caught_as_errors_of_the_package_and_travel_between_processes() -> None:
    with pytest.raises(AideAmError) as error:
        Dossier.model_validate(MIXED)
    assert isinstance(error.value, ValueError)
    assert error.value.__cause__ is None
    again = pickle.loads(pickle.dumps(error.value))
    assert isinstance(again, RefusedData)
    assert str(again) == str(error.value)
    invalid = pickle.loads(pickle.dumps(InvalidBareme("textes.toml", iter(["un", "deux"]))))
    assert isinstance(invalid, AideAmError)
    assert (invalid.place, invalid.faults) == ("textes.toml", ("un", "deux"))
    assert str(invalid) == "Barème refusé, textes.toml :\n- un\n- deux"


# Nested in the model of somebody else


class Demande(BaseModel):
    """A model that is not of this package."""

    numero: int
    dossier: Dossier


def test_a_dossier_nested_in_a_foreign_model_is_read() -> None:
    read = Demande.model_validate({"numero": 1, "dossier": COMPLETE})
    assert read.dossier == Dossier.model_validate(COMPLETE)
    assert Demande.model_validate_json(read.model_dump_json()) == read


def test_a_dossier_nested_in_a_foreign_model_is_refused_in_french_beside_the_errors_of_that_model() -> None:
    with pytest.raises(ValidationError) as error:
        Demande.model_validate({"numero": "x", "dossier": MIXED})
    assert not isinstance(error.value, RefusedData)
    found = error.value.errors()
    assert [one["loc"] for one in found] == [
        ("numero",),
        *(("dossier", *field.split(".")) for field in MIXED_FIELDS),
    ]
    assert {one["type"] for one in found[1:]} == {"donnee_refusee"}
    assert [one["msg"] for one in found[1:]] == [
        f"reçu {one.received} ; attendu : {one.expected} ; à faire : {one.remedy}" for one in refused(MIXED)
    ]


def test_a_dossier_nested_in_a_foreign_model_is_cross_checked_even_when_every_field_reads() -> None:
    with pytest.raises(ValidationError) as error:
        Demande.model_validate({"numero": 1, "dossier": dossier(contrat__date_signature="2019-08-31")})
    (found,) = error.value.errors()
    assert found["loc"] == ("dossier", "contrat", "date_signature")
    assert "premier jour du dispositif" in found["msg"]


# The schema


def test_the_schema_of_a_dossier_says_what_is_read() -> None:
    schema = Dossier.model_json_schema()
    medecin = schema["$defs"]["Medecin"]["properties"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["medecin", "contrat", "annee"]
    assert schema["$defs"]["Contrat"]["properties"]["date_signature"]["format"] == "date"
    assert medecin["date_naissance"]["anyOf"][0] == {"type": "string", "format": "date"}
    assert medecin["part_honoraires_cliniques"]["anyOf"][0]["type"] == "string"
    assert medecin["specialite"]["enum"] == list(bareme_at(date(2024, 9, 1)).specialites)


# Codes of specialties


@pytest.mark.parametrize(
    ("code", "nomenclature", "slug"),
    [
        ("06", "am", "radiologie"),
        ("06", "convention", "dermatologie"),
        ("05", "am", "dermatologie"),
        ("84", "am", "medecine_vasculaire"),
        ("84", "convention", "medecine_vasculaire"),
        ("74", "am", "radiotherapie"),
        ("76", "am", "radiotherapie"),
        ("10-1", "convention", "gynecologie_medicale"),
        ("01", "convention", "medecine_generale"),
        ("02", "convention", "mep"),
        ("02", "am", "anesthesie"),
        ("22", "convention", "nephrologie"),
        ("45", "am", "chirurgie_maxillo_faciale_stomatologie"),
    ],
)
def test_the_same_number_is_another_specialty_in_the_other_nomenclature(
    code: str, nomenclature: Any, slug: str
) -> None:
    assert specialite_of_code(code, nomenclature) == slug


@pytest.mark.parametrize("code", ["01", "22", "23"])
def test_codes_01_22_and_23_of_am_need_to_be_told_whether_the_doctor_is_a_mep(code: str) -> None:
    assert specialite_of_code(code, "am", mep=False) == "medecine_generale"
    assert specialite_of_code(code, "am", mep=True) == "mep"
    with pytest.raises(RefusedData) as error:
        specialite_of_code(code, "am")
    assert error.value.refusals == (
        Refusal(
            "code",
            f'"{code}"',
            "mep=True ou mep=False en plus du code",
            "dites si le médecin est un MEP",
            "code_specialite",
        ),
    )


@pytest.mark.parametrize(
    ("code", "nomenclature"), [("99", "am"), ("03", "convention"), (6, "am"), ("6", "am")]
)
def test_an_unknown_code_is_refused(code: Any, nomenclature: Any) -> None:
    with pytest.raises(RefusedData) as error:
        specialite_of_code(code, nomenclature)
    assert error.value.refusals == (
        Refusal(
            "code",
            json.dumps(code),
            "un code de cette nomenclature, en texte",
            "vérifiez le code et sa nomenclature",
            "code_specialite",
        ),
    )


@pytest.mark.parametrize("nomenclature", ["", "AM", "cnam", None])
def test_a_code_is_never_read_without_a_known_nomenclature(nomenclature: Any) -> None:
    with pytest.raises(RefusedData) as error:
        specialite_of_code("06", nomenclature)
    assert error.value.refusals == (
        Refusal(
            "nomenclature",
            json.dumps(nomenclature),
            '"am" ou "convention"',
            "nommez la nomenclature du code",
            "nomenclature",
        ),
    )


def test_every_code_of_every_specialty_leads_back_to_it() -> None:
    specialites = bareme_at(date(2024, 9, 1)).specialites
    for slug, specialite in specialites.items():
        for code in specialite.codes_am:
            shared = len(specialite_from_code(code, "am", specialites, None)) > 1
            mep = specialite.groupe == "mep" if shared else None
            assert specialite_of_code(code, "am", mep=mep) == slug
        if specialite.code_convention is not None:
            assert specialite_of_code(specialite.code_convention, "convention") == slug


# Readings


def test_the_readings_default_to_the_first_of_their_values() -> None:
    assert Readings() == DEFAULT
    assert DEFAULT.model_dump() == {name: values[0] for name, values in CHOICES.items()}
    assert DEFAULT.tranche_deux_indicateurs == "la_plus_haute"


def test_the_readings_are_closed_and_frozen() -> None:
    with pytest.raises(RefusedData) as error:
        Readings.model_validate({"arrondi": "centime", "arondi": "troncature_euro"})
    assert [(one.field, one.remedy) for one in error.value.refusals] == [
        ("arrondi", "choisissez une de ces valeurs, écrite exactement ainsi"),
        ("arondi", "renommez en « arrondi »"),
    ]
    with pytest.raises(ValidationError, match="frozen"):
        DEFAULT.arrondi = "troncature_euro"  # type: ignore[misc]


def test_the_combinations_of_two_readings_are_every_pair_of_their_values() -> None:
    assert list(combinations(("debut_annee", "trou_6_2"))) == [
        {"debut_annee": "signature", "trou_6_2": "zero"},
        {"debut_annee": "signature", "trou_6_2": "cent"},
        {"debut_annee": "embauche", "trou_6_2": "zero"},
        {"debut_annee": "embauche", "trou_6_2": "cent"},
    ]
    assert list(combinations(())) == [{}]
