"""Dates that fill an empty cell (DIT-07), and contract years that nothing explains (CTR-01)."""

import json
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import polars as pl
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import aide_am
from aide_am import (
    AvenantObjectifs,
    AvenantProrogation,
    Dossier,
    RefusedData,
    Schedule,
    bareme_at,
    deadlines,
    evaluate,
    recovery,
    replay,
    schedule,
    simulate,
)
from aide_am.calendar import anniversary
from aide_am.chronology import chronology
from aide_am.closed import Closed
from aide_am.costs import EmploiDirect, Poste, remaining_cost
from aide_am.frames import evaluate_frame
from aide_am.rules.dates import FILLERS, LAST_UNEXPLAINED_YEAR
from support import as_dict, decide, dossier

ISO = [day.isoformat() for day in FILLERS]
REMEDY = "laissez vide si la date n’est pas connue, sinon donnez la vraie"
ROW = {
    "specialite": "medecine_generale",
    "secteur": "1",
    "date_signature": "2024-09-01",
    "option_etp": "1",
    "annee": 3,
    "pmt_initiale": 1300,
    "pfa_initiale": 1800,
}


def refusals(data: dict[str, Any]) -> list[Any]:
    with pytest.raises(RefusedData) as error:
        Dossier.model_validate(data)
    return list(error.value.refusals)


@cache
def date_fields() -> frozenset[tuple[type[BaseModel], str]]:
    """Every field of every input model that reads a day."""
    for module in walk_packages(aide_am.__path__, "aide_am."):
        if ".cli" not in module.name and ".plots" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    kinds, found = [Closed], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        for name, field in kind.model_fields.items():
            if '"format": "date"' in json.dumps(kind.model_json_schema()["properties"][name]):
                assert field.annotation is not None
                found.add((kind, name))
    return frozenset(found)


# --- Fillers ----------------------------------------------------------------------------------------


def test_the_fillers_are_those_of_the_rule_book() -> None:
    assert ISO == ["1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "9999-12-31"]


@pytest.mark.rule("DIT-07")
@pytest.mark.parametrize("day", ISO)
def test_every_date_of_every_input_model_refuses_a_filler(day: str) -> None:
    fields = date_fields()
    assert {"date_naissance", "date_signature", "date", "debut", "fin", "date_adhesion"} <= {
        n for _, n in fields
    }
    assert len(fields) > 20
    for kind, name in fields:
        for value in (day, date.fromisoformat(day)):
            with pytest.raises(RefusedData) as error:
                kind.model_validate({name: value})
            (found,) = [refusal for refusal in error.value.refusals if refusal.field == name]
            assert found.code == "date_de_remplissage", (kind, name)
            assert found.remedy == REMEDY


@pytest.mark.rule("DIT-07")
@pytest.mark.parametrize("day", ISO)
@pytest.mark.parametrize(
    "field",
    [
        "medecin.date_naissance",
        "medecin.date_installation",
        "contrat.date_signature",
        "contrat.date_option",
        "contrat.date_embauche",
        "contrat.contrat_anterieur.date_signature",
    ],
)
def test_a_filler_is_refused_once_under_its_field_and_nothing_is_made_of_it(field: str, day: str) -> None:
    (one,) = refusals(as_dict(**{field: day}))
    assert (one.field, one.code, one.remedy) == (field, "date_de_remplissage", REMEDY)
    assert day in one.expected


@pytest.mark.rule("DIT-07")
@pytest.mark.parametrize("day", ["1970-01-01", "1960-02-29", "2004-09-01", "1923-09-02"])
def test_a_birthday_of_a_doctor_of_twenty_to_a_hundred_is_read(day: str) -> None:
    changes = {"medecin.date_naissance": day, "medecin.date_installation": None}
    assert decide(**changes).verdict == "eligible"


@pytest.mark.rule("DIT-07")
@pytest.mark.parametrize("day", ["2004-09-02", "2010-01-01", "1923-09-01", "1902-01-01", "0001-01-01"])
def test_a_birth_that_makes_the_doctor_under_twenty_or_over_a_hundred_is_a_filler(day: str) -> None:
    changes = {"medecin.date_naissance": day, "medecin.date_installation": None}
    (one,) = refusals(as_dict(**changes))
    assert (one.field, one.code) == ("medecin.date_naissance", "date_de_remplissage")
    assert one.expected == "un médecin de 20 à 100 ans à la signature (2024-09-01)"
    assert one.remedy == REMEDY


@pytest.mark.rule("DIT-07", "OBJ-02")
def test_born_in_1900_makes_no_senior_and_an_empty_birth_leaves_the_nature_open() -> None:
    with pytest.raises(RefusedData):
        dossier(**{"medecin.date_naissance": "1900-01-01"})
    left = decide(**{"medecin.date_naissance": None, "contrat.objectifs": None})
    assert {nature for o in (left.objectives or {}).values() for nature in o.possible_natures} == {
        "augmentation",
        "maintien",
    }
    assert "medecin.date_naissance" in {missing.field for missing in left.missing}


@pytest.mark.rule("DIT-07")
@pytest.mark.parametrize("kind", ["text", "french", "date", "timestamp", "object"])
@pytest.mark.parametrize("column", ["date_naissance", "date_installation", "date_option", "date_embauche"])
def test_the_row_of_a_filler_is_refused_with_its_reason_and_no_other_row_is(column: str, kind: str) -> None:
    days = [*FILLERS, date(1970, 1, 1) if column == "date_naissance" else None]
    cells: list[Any] = days
    if kind in ("text", "french"):
        shape = "%Y-%m-%d" if kind == "text" else "%d/%m/%Y"
        cells = [None if day is None else day.strftime(shape) for day in days]
    series = pl.Series(column, cells, dtype=pl.Object if kind == "object" else None)
    if kind == "timestamp":
        series = series.cast(pl.Datetime("ms"))
    frame = pl.DataFrame([ROW] * len(days)).with_columns(series)
    answers = evaluate_frame(frame)
    errors, verdicts = answers["error"].to_list(), answers["verdict"].to_list()
    for day, error in zip(FILLERS, errors, strict=False):
        assert error.startswith(f"{column} : "), error
        assert f"une vraie date : {day.isoformat()} remplit d’ordinaire une case vide" in error
        assert REMEDY in error
    assert (errors[-1], verdicts) == (None, [None] * len(FILLERS) + ["eligible"])


@pytest.mark.rule("DIT-07")
def test_ages_of_a_table_are_judged_at_the_signature_to_the_day() -> None:
    signed = [date(2024, 2, 29), date(2024, 9, 1), date(2026, 3, 1)]
    rows = []
    for day in signed:
        for years in (-20, -101):
            for step in (-1, 0, 1):
                born = date.fromordinal(anniversary(day, years).toordinal() + step)
                rows.append({**ROW, "date_signature": day, "date_naissance": born, "annee": 1})
    answers = evaluate_frame(pl.DataFrame(rows))
    for row, error in zip(rows, answers["error"].to_list(), strict=True):
        changes = {
            "contrat.date_signature": row["date_signature"].isoformat(),
            "medecin.date_naissance": row["date_naissance"].isoformat(),
        }
        data = as_dict(**changes, **{"medecin.date_installation": None, "annee": 1})
        try:
            Dossier.model_validate(data)
        except RefusedData:
            assert "un médecin de 20 à 100 ans" in error
        else:
            assert error is None
    assert 6 <= sum(error is not None for error in answers["error"]) < len(rows)


@pytest.mark.rule("DIT-07")
def test_a_schema_and_a_type_of_pydantic_refuse_a_filler_too() -> None:
    adapter = TypeAdapter(Dossier)
    with pytest.raises(ValidationError, match="case vide"):
        adapter.validate_python(as_dict(**{"medecin.date_naissance": "1900-01-01"}))


# --- Years over ten -----------------------------------------------------------------------------------

OLD = {"contrat.date_signature": "2021-03-01", "medecin.exercice_coordonne": True, "observation": None}


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize(
    ("signed", "annee", "prorogation", "refused"),
    [
        ("2021-03-01", 10, None, False),
        ("2021-03-01", 11, None, True),
        ("2021-03-01", 11, False, True),
        ("2021-03-01", 11, True, False),
        ("2021-03-01", 99, None, True),
        ("2023-06-01", 11, None, True),
        ("2024-06-20", 11, None, True),
        ("2024-06-21", 11, None, False),  # renewed by itself under one of the readings
        ("2024-06-22", 11, None, False),
        ("2024-06-22", 99, False, False),
    ],
)
def test_a_year_over_ten_is_refused_unless_a_prorogation_or_a_tacit_renewal_explains_it(
    signed: str, annee: int, prorogation: bool | None, refused: bool
) -> None:
    changes = {**OLD, "contrat.date_signature": signed, "contrat.prorogation": prorogation, "annee": annee}
    row = {**ROW, "date_signature": signed, "annee": annee, "prorogation": prorogation}
    schema = {"prorogation": pl.Boolean}
    (error,) = evaluate_frame(pl.DataFrame([row], schema_overrides=schema))["error"]
    assert (error is not None) is refused
    if not refused:
        assert dossier(**changes).annee == annee
        return
    (one,) = refusals(as_dict(**changes))
    assert (one.field, one.received, one.code) == ("annee", str(annee), "annee_inexpliquee")
    assert "prorogation" in one.remedy
    assert error == str(one)


@pytest.mark.rule("CTR-01")
def test_no_barème_makes_a_first_term_longer_than_the_years_that_are_read_without_explanation() -> None:
    assert all(b.parametres["duree_contrat"].maximum == LAST_UNEXPLAINED_YEAR for b in chronology().baremes)


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize(
    ("prorogation", "verdict", "missing"),
    [(None, "a_instruire", {"contrat.prorogation"}), (False, "non_eligible", set())],
)
def test_a_schedule_goes_past_year_ten_without_an_amount_that_nothing_explains(
    prorogation: bool | None, verdict: str, missing: set[str]
) -> None:
    doctor = dossier(**OLD, **{"contrat.prorogation": prorogation, "annee": 3})
    found = schedule(doctor, years=12)
    assert len(found.years) == 12
    for year in found.years[10:]:
        assert (year.verdict, year.amount_due, year.payments) == (verdict, None, ())
        assert {each.field for each in year.missing} == missing
    assert all(year.decision is not None for year in found.years[:10])
    assert Schedule.from_json(found.to_json()) == found
    assert "12" in found.explain()


@pytest.mark.rule("CTR-01")
def test_two_avenants_of_prorogation_pay_the_years_past_ten() -> None:
    doctor = dossier(**OLD, annee=3)
    told = [AvenantProrogation(date=date(year, 2, 1)) for year in (2026, 2031)]
    found = schedule(doctor, years=15, events=told)
    assert {year.verdict for year in found.years} == {"eligible"}
    assert all(year.decision is not None and year.amount_due is not None for year in found.years)


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize("signed", ["2021-03-01", "2024-09-01"])
def test_whatever_counts_years_of_its_own_goes_past_ten_without_failing(signed: str) -> None:
    doctor = dossier(**{**OLD, "contrat.date_signature": signed, "annee": 2})
    assert len(simulate(doctor, {3: {"pmt": 1500, "pfa": 1900}}, 12).years) == 12
    assert simulate(doctor, {}, 12, readings="toutes").explain()
    assert deadlines(doctor, years=13).explain()
    assert replay(doctor, on=date(2040, 1, 1)).contrat == doctor.contrat
    post = Poste(debut=date.fromisoformat(signed), etp="1")
    answer = remaining_cost(doctor, post, EmploiDirect(cout_charge_annuel="36000"), years=12)
    assert len(answer.balance.cases[0].years) == 12
    assert answer.explain()
    end = {"type": "resiliation", "date": "2033-01-15", "initiative": "medecin", "motif": "autre"}
    if signed >= "2024":
        assert recovery(doctor, [end]).annee == 9
    else:
        with pytest.raises(RefusedData) as error:
            recovery(doctor, [end])
        assert [refusal.code for refusal in error.value.refusals] == ["apres_terme"]


@pytest.mark.rule("CTR-01")
def test_a_year_over_ten_of_a_renewed_contract_is_evaluated_like_the_others() -> None:
    eleven, five = (evaluate(dossier(annee=annee)) for annee in (11, 5))
    assert eleven.amount_due == five.amount_due
    assert bareme_at(date(2034, 9, 1)).texte == "convention_2024"


@pytest.mark.rule("DIT-07")
def test_an_event_on_a_filler_day_is_refused_at_its_rank() -> None:
    with pytest.raises(RefusedData) as error:
        replay(dossier(), [{"type": "absence", "date": "1900-01-01"}])
    assert [(r.field, r.code) for r in error.value.refusals] == [("evenements.0.date", "date_de_remplissage")]
    with pytest.raises(RefusedData):
        AvenantObjectifs(date=date(9999, 12, 31), objectifs={"pmt": 1600})
