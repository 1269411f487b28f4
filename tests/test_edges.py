"""What stands at the edges: values of data frames, arguments of another kind, keys that look right."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from aide_am import (
    AvenantObjectifs,
    Dossier,
    Growth,
    RefusedData,
    carence_end,
    closing_balance,
    collective_example,
    compare,
    contract_end,
    cqp_deadline,
    deadlines,
    evaluate,
    evaluate_collective,
    frontier,
    gaps,
    read_events,
    recovery,
    replay,
    schedule,
    simulate,
)
from aide_am.closed import expected_type, shown
from aide_am.errors import Refusal
from aide_am.events import EVENTS
from support import as_dict, dossier

# What a data frame holds, without the library that makes it


def foreign(module: str, name: str, *bases: type, text: str = "", **members: Any) -> Any:
    """The class of another library, known by its name and its module alone."""
    told = {"__str__": lambda self: text} if text else {}
    return type(name, bases, {"__module__": module, **told, **members})


int64 = foreign("numpy", "int64", text="1500", __int__=lambda self: 1500)()
float64 = foreign("numpy", "float64", float)(1500.0)
float32_nan = foreign("numpy", "float32", text="nan", __int__=lambda self: 0)()
boolean = foreign("numpy", "bool", text="True", __int__=lambda self: 1)()
Timestamp = foreign("pandas._libs.tslibs.timestamps", "Timestamp", datetime)
NOT_A_TIME = foreign("pandas._libs.tslibs.nattype", "NaTType", text="NaT")()
NOT_AVAILABLE = foreign("pandas._libs.missing", "NAType", text="<NA>", __ne__=lambda self, other: self)()
ABSENT = "mettez None si la donnée manque"


def refusals(call: Any, *given: Any, **named: Any) -> tuple[Refusal, ...]:
    with pytest.raises(RefusedData) as error:
        call(*given, **named)
    return error.value.refusals


def refusal(call: Any, *given: Any, **named: Any) -> Refusal:
    (found,) = refusals(call, *given, **named)
    return found


@pytest.mark.parametrize(
    ("path", "value", "received", "remedy"),
    [
        ("observation.pmt", int64, "1500 (numpy.int64)", "convertissez : int(…)"),
        ("observation.pmt", float64, "1500.0 (numpy.float64)", "convertissez : int(…)"),
        ("annee", int64, "1500 (numpy.int64)", "convertissez : int(…)"),
        ("medecin.rqth", boolean, "True (numpy.bool)", "convertissez : bool(…)"),
        (
            "contrat.date_signature",
            Timestamp(2024, 9, 1),
            "2024-09-01T00:00:00 (pandas.Timestamp)",
            "convertissez : .date()",
        ),
        (
            "medecin.date_naissance",
            datetime(1970, 5, 2),
            "1970-05-02T00:00:00 (datetime.datetime)",
            "convertissez : .date()",
        ),
        ("observation.pmt", float("nan"), "NaN", ABSENT),
        ("observation.pmt", float32_nan, "nan (numpy.float32)", ABSENT),
        ("observation.pfa", NOT_AVAILABLE, "<NA> (pandas.NAType)", ABSENT),
        ("medecin.date_naissance", NOT_A_TIME, "NaT (pandas.NaTType)", ABSENT),
        ("medecin.zone", float("nan"), "NaN", ABSENT),
        ("medecin.part_honoraires_cliniques", NOT_AVAILABLE, "<NA> (pandas.NAType)", ABSENT),
        ("medecin.specialite", float("nan"), "NaN", ABSENT),
    ],
)
def test_a_value_of_a_data_frame_is_shown_as_it_is_with_what_makes_it_readable(
    path: str, value: Any, received: str, remedy: str
) -> None:
    found = refusal(Dossier.model_validate, as_dict(**{path: value}))
    assert (found.field, found.received, found.remedy) == (path, received, remedy)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1500", '"1500"'),
        (1500, "1500"),
        (None, "null"),
        ({"a": [1, "b"]}, '{"a": [1, "b"]}'),
        ({"jour": date(2024, 9, 1)}, '{"jour": "2024-09-01"}'),
        (Decimal("0.85"), "0.85 (decimal.Decimal)"),
        (b"abc", "b'abc' (bytes)"),
        ({1}, "{1} (set)"),
        (foreign("polars", "Series", text="a\n  b")(), "a b (polars.Series)"),
        (foreign("polars", "Series", text="x" * 100)(), "x" * 77 + "… (polars.Series)"),
    ],
)
def test_only_what_json_writes_is_shown_as_json_and_anything_else_with_its_type(
    value: object, text: str
) -> None:
    assert shown(value) == text


# Arguments of another kind


def test_a_type_that_is_expected_passes_and_any_other_is_one_refusal_in_french() -> None:
    assert expected_type("jour", date(2024, 9, 1), date, "une date", "…") is None  # type: ignore[func-returns-value]
    assert expected_type("n", "a", (int, str), "un texte", "…") is None  # type: ignore[func-returns-value]
    for value in (datetime(2024, 9, 1), Timestamp(2024, 9, 1), "2024-09-01", None):
        found = refusal(expected_type, "jour", value, date, "une date", "convertissez")
        assert found == Refusal("jour", shown(value), "une date", "convertissez", "type")
    assert refusal(expected_type, "n", True, int, "un nombre", "comptez").received == "true"


@pytest.mark.parametrize("call", [gaps, frontier])
@pytest.mark.parametrize("value", [as_dict(), None, "dossier.json"])
def test_what_if_asks_for_a_dossier_and_says_how_to_make_one(call: Any, value: Any) -> None:
    found = refusal(call, value)
    assert (found.field, found.expected) == ("dossier", "un Dossier")
    assert found.remedy == "Dossier.model_validate(…)"


@pytest.mark.rule("COL-01")
def test_a_group_is_evaluated_from_a_collective_dossier_alone() -> None:
    for value in (collective_example("cabinet_annee_1").model_dump(), dossier(), None):
        found = refusal(evaluate_collective, value)
        assert (found.field, found.remedy) == ("dossier", "DossierCollectif.model_validate(…)")


@pytest.mark.rule("COL-09", "COL-10")
@pytest.mark.parametrize(
    ("call", "field"),
    [(contract_end, "date_signature"), (carence_end, "end"), (cqp_deadline, "date_embauche")],
)
@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (datetime(2026, 3, 1), "convertissez : .date()"),
        (None, "écrivez l’année, le mois et le jour, par exemple 2024-09-01"),
        ("01/03/2026", "écrivez 2026-03-01"),
        (date(9901, 1, 1), "vérifiez l’année"),
        (date(9999, 12, 30), "vérifiez l’année"),
        (date.max, "laissez vide si la date n’est pas connue, sinon donnez la vraie"),
    ],
)
def test_a_day_of_a_group_is_a_date_that_the_calendar_can_follow(
    call: Any, field: str, value: Any, remedy: str
) -> None:
    found = refusal(call, value)
    assert (found.field, found.remedy) == (field, remedy)


@pytest.mark.rule("COL-09")
def test_the_last_year_that_the_calendar_can_follow_is_answered() -> None:
    assert contract_end(date(9900, 3, 1)) == date(9905, 3, 1)
    assert carence_end(date(9900, 3, 1)) == date(9902, 3, 1)


@pytest.mark.rule("COL-10")
@pytest.mark.parametrize("profession", ["infirmiere", "Infirmier", "", 1, ["infirmier"]])
def test_an_assistant_of_an_unknown_profession_has_no_deadline_but_a_refusal(profession: Any) -> None:
    found = refusal(cqp_deadline, date(2026, 5, 4), profession)
    assert found.field == "profession"
    assert "auxiliaire_puericulture" in found.expected


@pytest.mark.rule("COL-08")
@pytest.mark.parametrize(
    ("due", "paid"), [(22000, 0), ("22000", "0.00"), (Decimal(22000), 0), ("22000.0", Decimal("0.00"))]
)
def test_the_sums_of_a_closing_are_exact_in_any_of_their_forms(due: Any, paid: Any) -> None:
    expected = closing_balance(Decimal(22000), Decimal(0), date(2025, 9, 1), date(2026, 3, 1))
    assert closing_balance(due, paid, date(2025, 9, 1), date(2026, 3, 1)) == expected


@pytest.mark.rule("COL-08")
def test_everything_that_is_wrong_with_a_closing_comes_at_once() -> None:
    found = refusals(closing_balance, 0.5, None, datetime(2025, 9, 1), "hier")
    assert [each.field for each in found] == ["due", "paid", "year_start", "closing"]
    found = refusals(closing_balance, "1.005", 1, date(2025, 9, 1), date(2026, 9, 2))
    assert [each.field for each in found] == ["due", "closing"]
    (far,) = refusals(closing_balance, 1, 1, date(9999, 12, 30), date(9999, 12, 30))[:1]
    assert (far.field, far.remedy) == ("year_start", "vérifiez l’année")


# Events


@pytest.mark.rule("CTR-02")
@pytest.mark.parametrize(
    "values",
    [
        "absence",
        b"[]",
        None,
        3,
        {"type": "absence", "date": "2026-01-01"},
        AvenantObjectifs(date=date(2026, 1, 1), objectifs={"pmt": 1600}),
    ],
)
def test_what_is_no_list_of_events_is_one_refusal(values: Any) -> None:
    found = refusal(read_events, values)
    assert (found.field, found.expected) == ("evenements", "une liste d’événements")
    assert found.remedy == "mettez les événements entre crochets"


@pytest.mark.rule("CTR-02")
def test_events_come_from_any_collection_of_them() -> None:
    given = {"type": "absence", "date": "2026-01-01"}
    expected = read_events([given])
    assert read_events((given,)) == read_events(iter([given])) == read_events(expected) == expected
    assert read_events([]) == ()


@pytest.mark.rule("CTR-02")
@pytest.mark.parametrize(
    ("event", "field", "received", "expected", "remedy"),
    [
        (
            {"type": "resilation"},
            "type",
            '"resilation"',
            "un type d’événement connu",
            "essayez « resiliation »",
        ),
        ({"type": "ABSENCE"}, "type", '"ABSENCE"', "un type d’événement connu", "essayez « absence »"),
        ({"Type": "absence"}, "Type", '"absence"', "la clé « type »", "renommez en « type »"),
        ({"tpye": "absence"}, "tpye", '"absence"', "la clé « type »", "renommez en « type »"),
    ],
)
def test_a_type_that_looks_like_another_is_told_the_right_one(
    event: dict[str, Any], field: str, received: str, expected: str, remedy: str
) -> None:
    found = refusal(read_events, [{**event, "date": "2026-01-01"}])
    assert found == Refusal(f"evenements.0.{field}", received, expected, remedy, "type")


@pytest.mark.rule("CTR-02")
@pytest.mark.parametrize("event", [{"type": "zzz"}, {"type": None}, {"type": 3}, {"date": "2026-01-01"}, {}])
def test_a_type_that_looks_like_no_other_is_told_all_of_them(event: dict[str, Any]) -> None:
    found = refusal(read_events, [event])
    assert found.field == "evenements.0.type"
    assert found.expected.count(",") == len(EVENTS) - 1
    assert "avenant_option" in found.expected


@pytest.mark.rule("OBJ-02", "OBJ-03")
def test_an_avenant_of_objectives_that_states_nothing_is_refused() -> None:
    found = refusal(read_events, [{"type": "avenant_objectifs", "date": "2026-01-01"}])
    assert found.field == "evenements.0"
    assert found.expected == "au moins un de : objectifs, nature_objectifs, patientele_reference"
    assert refusal(AvenantObjectifs, date="2026-01-01", objectifs=None).code == "avenant_vide"
    for name, value in (
        ("objectifs", {"pmt": 1600}),
        ("nature_objectifs", {"pmt": "maintien"}),
        ("patientele_reference", {"pfa": 0}),
    ):
        (read,) = read_events([{"type": "avenant_objectifs", "date": "2026-01-01", name: value}])
        assert getattr(read, name).model_dump(exclude_none=True) == value


# Keys


@pytest.mark.parametrize(
    ("path", "key", "remedy"),
    [
        ("observation.PMT", "observation.PMT", "renommez en « pmt »"),
        ("Annee", "Annee", "renommez en « annee »"),
        ("medecin.ZONE", "medecin.ZONE", "renommez en « zone »"),
        ("medecin.surnom", "medecin.surnom", "retirez cette clé"),
    ],
)
def test_a_key_that_differs_by_its_capitals_is_told_the_right_one(path: str, key: str, remedy: str) -> None:
    found = refusal(Dossier.model_validate, as_dict(**{path: 1}))
    assert (found.field, found.remedy) == (key, remedy)


@pytest.mark.parametrize(
    ("path", "example"), [("annee", "3"), ("observation.pmt", "1300"), ("contrat.objectifs.pfa", "1300")]
)
def test_the_example_of_a_number_is_a_year_for_a_year_and_a_count_for_a_count(
    path: str, example: str
) -> None:
    found = refusal(Dossier.model_validate, as_dict(**{path: "beaucoup"}))
    assert found.remedy == f"écrivez le nombre seul, par exemple {example}"


def test_a_specialty_in_capitals_is_offered_as_it_is_written() -> None:
    found = refusal(Dossier.model_validate, as_dict(**{"medecin.specialite": "Medecine_Generale"}))
    assert "« medecine_generale »" in found.remedy


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: evaluate(as_dict()), "dossier"),
        (lambda: schedule(as_dict()), "dossier"),
        (lambda: schedule(dossier(), readings={"taux_atteinte": "niveau"}), "readings"),
        (lambda: evaluate(dossier(), bareme="x"), "bareme"),
        (lambda: replay(as_dict()), "dossier"),
        (lambda: replay(dossier(), on="2026-01-01"), "on"),
        (lambda: deadlines(as_dict()), "dossier"),
        (lambda: simulate(as_dict(), {}), "dossier"),
        (lambda: simulate(dossier(), None), "path"),
        (lambda: simulate(dossier(), {}, readings={"taux_atteinte": "niveau"}), "readings"),
        (lambda: simulate(dossier(), Growth(), 10**9), "years"),
        (lambda: schedule(dossier(), [{"pmt": 1}]), "observations"),
        (lambda: compare(as_dict()), "dossier"),
        (lambda: compare(dossier(), dossier={"annee": 1}), "dossier"),
        (lambda: compare(dossier(), a={1: 2}), "a : variante"),
        (lambda: recovery(as_dict(), []), "dossier"),
        (lambda: recovery(dossier(), [END], {"3": {"pmt": 1}}), "observations"),
        (lambda: recovery(dossier(), [{**END, "date": "2200-01-01"}]), "evenements.0.date"),
    ],
)
def test_what_is_of_another_kind_is_refused_in_french_by_every_public_function(
    call: Callable[[], object], field: str
) -> None:
    with pytest.raises(RefusedData) as error:
        call()
    assert error.value.refusals[0].field == field


END = {"type": "resiliation", "date": "2026-03-01", "initiative": "medecin", "motif": "autre"}
