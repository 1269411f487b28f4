"""What holds for every doctor: bounds, monotony, round trips, reforms, readings, sound intervals."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aide_am import Bareme, Decision, Dossier, Readings, RefusedData, bareme_at, evaluate, outcomes
from aide_am.decision import Amount, Share
from aide_am.outcomes import result_of
from aide_am.readings import CHOICES
from depth import drawing
from strategies import dossier_dicts, dossiers, readings
from support import as_dict, decide, missing_fields


def read(data: dict[str, Any]) -> Dossier:
    return Dossier.model_validate(data)


def intervals(decision: Decision) -> Iterator[tuple[str, Amount | Share]]:
    for name in ("maximum", "share", "amount_due"):
        interval = getattr(decision, name)
        if interval is not None:
            yield name, interval


def without(data: dict[str, Any], *paths: str) -> dict[str, Any]:
    """The same dossier, in which these data are not known."""
    result = deepcopy(data)
    for path in paths:
        *parents, last = path.split(".")
        place = result
        for name in parents:
            place = place.get(name) or {}
        if last in place:
            place[last] = None
    return result


def known(data: dict[str, Any], path: str) -> bool:
    value: Any = data
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value is not None


def assert_contains(partial: Decision, full: Decision) -> None:
    """Whatever was said with less must stay true with more."""
    for name, wide in intervals(partial):
        narrow = getattr(full, name)
        assert narrow is not None, f"{name} was {wide}, it became None"
        assert wide.low <= narrow.low <= narrow.high <= wide.high, f"{name}: {narrow} is not in {wide}"


# --- Bounds -------------------------------------------------------------------------------------


@pytest.mark.rule("OBJ-04", "MNT-06", "MNT-07")
@drawing(70)
@given(dossier=dossiers(observed=True), chosen=readings(), force=st.booleans())
def test_no_doctor_is_due_less_than_nothing_or_more_than_his_maximum(
    dossier: Dossier, chosen: Readings, force: bool
) -> None:
    decision = evaluate(dossier, readings=chosen, force=force)
    if decision.verdict == "non_eligible" and not force:
        assert (decision.maximum, decision.objectives, decision.share, decision.amount_due) == (None,) * 4
        return
    if decision.maximum is None:
        assert (decision.share, decision.amount_due) == (None, None)
        return
    assert decision.maximum.low > 0
    assert decision.share is not None
    assert decision.amount_due is not None
    assert 0 <= decision.share.low <= decision.share.high <= 1
    assert 0 <= decision.amount_due.low <= decision.amount_due.high <= decision.maximum.high
    assert decision.amount_due.low <= decision.maximum.low


@pytest.mark.rule("MNT-06", "OBJ-08")
@drawing(70)
@given(dossier=dossiers(), chosen=readings())
def test_a_sum_has_one_value_exactly_when_its_two_ends_agree(dossier: Dossier, chosen: Readings) -> None:
    decision = evaluate(dossier, readings=chosen, force=True)
    for name, interval in intervals(decision):
        if interval.value is None:
            assert interval.low < interval.high, name
        else:
            assert interval.low == interval.value == interval.high, name


@pytest.mark.rule("MNT-07")
@drawing(60)
@given(dossier=dossiers(observed=True), chosen=readings())
def test_the_amount_due_is_the_maximum_times_the_share_to_less_than_one_euro(
    dossier: Dossier, chosen: Readings
) -> None:
    decision = evaluate(dossier, readings=chosen, force=True)
    assume(decision.share is not None and decision.amount_due is not None)
    assert decision.maximum is not None
    assert decision.share is not None
    assert decision.amount_due is not None
    step = 1 if chosen.arrondi == "troncature_euro" else 0.01
    shared = "option_en_cours_d_annee" in {alert.code for alert in decision.warnings}
    ends = (
        (decision.maximum.low, decision.share.low, decision.amount_due.low),
        (decision.maximum.high, decision.share.high, decision.amount_due.high),
    )
    for maximum, share, due in ends:
        gap = share * share.__class__(maximum) - share.__class__(due)
        assert abs(gap) < (2 * step if shared else step)
        if chosen.arrondi != "arrondi_centime" and not shared:
            assert gap >= 0


# --- Monotony -----------------------------------------------------------------------------------


def lifted(decision: Decision) -> bool:
    """MOD-08: circonstances exceptionnelles opened a row at 0 %."""
    return "caisse.MOD-08" in missing_fields(decision)


@pytest.mark.rule("MOD-01", "MOD-02", "MOD-03", "MOD-04", "MOD-05", "MOD-06", "MOD-07")
@drawing(90)
@given(
    data=dossier_dicts(observed=True),
    chosen=readings(),
    name=st.sampled_from(("pmt", "pfa")),
    more=st.integers(1, 50) | st.integers(1, 2000),
)
def test_a_doctor_with_more_patients_is_never_paid_less_exceptional_circumstances_apart(
    data: dict[str, Any], chosen: Readings, name: str, more: int
) -> None:
    assume(data["observation"][name] is not None)
    larger = deepcopy(data)
    larger["observation"][name] += more
    before = evaluate(read(data), readings=chosen, force=True)
    after = evaluate(read(larger), readings=chosen, force=True)
    exceptional = data["circonstances_exceptionnelles"] and lifted(before)
    for (what, low), (_, high) in zip(intervals(before), intervals(after), strict=True):
        assert low.low <= high.low, what
        if not exceptional:
            assert low.high <= high.high, what


GRIDS: dict[str, dict[str, Any]] = {
    "two increases": {},
    "one maintien": {
        "contrat.patientele_initiale": {"pmt": 1300, "pfa": 3300},
        "contrat.objectifs": {"pmt": 1560},
    },
    "p95": {"contrat.patientele_initiale": {"pmt": 2200, "pfa": 3300}, "contrat.objectifs": None},
    "65": {"medecin.date_naissance": "1959-09-01", "contrat.objectifs": None},
    "primo": {
        "medecin.date_installation": "2024-03-01",
        "contrat.patientele_initiale": {"pmt": 300, "pfa": 500},
        "contrat.objectifs": None,
    },
}
COUNTS = {
    "pmt": (0, 774, 775, 1044, 1045, 1169, 1170, 1235, 1299, 1300, 1430, 1482, 1547, 1560, 2089, 2090, 2201),
    "pfa": (0, 1218, 1219, 1513, 1514, 1619, 1620, 1710, 1799, 1800, 1855, 1905, 1910, 3134, 3135, 3301),
}
SHARE_READINGS = [
    {"taux_atteinte": rating, "tolerance_augmentation": dip, "trou_6_2": hole, "primo_sous_p30": low}
    for rating, dip, hole, low in (
        ("progression", "stricte", "zero", "prorata"),
        ("progression", "5_points", "cent", "taux_le_plus_bas"),
        ("niveau", "stricte", "cent", "zero"),
        ("niveau", "5_points", "zero", "taux_le_plus_bas"),
    )
]


@pytest.mark.rule("MOD-01", "MOD-03", "MOD-04", "MOD-06")
@pytest.mark.parametrize("chosen", SHARE_READINGS, ids=lambda chosen: " ".join(chosen.values()))
@pytest.mark.parametrize("label", GRIDS)
def test_across_every_bound_of_the_tables_one_more_patient_never_costs_money(
    label: str, chosen: dict[str, str]
) -> None:
    def share(pmt: int, pfa: int) -> Any:
        decision = decide(readings=chosen, **GRIDS[label], observation={"pmt": pmt, "pfa": pfa})
        assert decision.share is not None
        assert decision.share.value is not None
        return decision.share.value

    shares = [[share(pmt, pfa) for pfa in COUNTS["pfa"]] for pmt in COUNTS["pmt"]]
    for row in shares:
        assert row == sorted(row)
    for column in zip(*shares, strict=True):
        assert list(column) == sorted(column)


@pytest.mark.rule("MOD-08")
def test_the_exception_more_patients_may_close_what_exceptional_circumstances_had_opened() -> None:
    exceptional = {"circonstances_exceptionnelles": True}
    fallen = decide(**exceptional, observation={"pmt": 1299, "pfa": 1800}).share
    risen = decide(**exceptional, observation={"pmt": 1300, "pfa": 1800}).share
    assert fallen is not None
    assert risen is not None
    assert (fallen.low, fallen.high) == (0, 1)
    assert (risen.low, risen.high) == (0, 0)


# --- Round trips, determinism -------------------------------------------------------------------


@drawing(70)
@given(dossier=dossiers())
def test_a_dossier_goes_to_json_and_back_without_loss(dossier: Dossier) -> None:
    assert Dossier.model_validate_json(dossier.model_dump_json()) == dossier
    assert Dossier.model_validate(dossier.model_dump(mode="json")) == dossier


@drawing(70)
@given(dossier=dossiers(), chosen=readings(), force=st.booleans())
def test_a_decision_goes_to_json_and_back_without_loss(
    dossier: Dossier, chosen: Readings, force: bool
) -> None:
    decision = evaluate(dossier, readings=chosen, force=force)
    text = decision.to_json()
    back = Decision.from_json(text)
    assert back == decision
    assert back.to_json() == text


@drawing(70)
@given(dossier=dossiers(), other=dossiers(), chosen=readings())
def test_the_same_dossier_always_gets_the_same_decision(
    dossier: Dossier, other: Dossier, chosen: Readings
) -> None:
    first = evaluate(dossier, readings=chosen, force=True)
    evaluate(other, readings=chosen, force=True)
    again = evaluate(read(dossier.model_dump(mode="json")), readings=chosen, force=True)
    assert again == first


# --- Reforms ------------------------------------------------------------------------------------


def money(decision: Decision) -> tuple[Any, ...]:
    statuses = [(criterion.rule, criterion.status) for criterion in decision.criteria]
    return (result_of(decision), statuses, decision.possible_bands, decision.objectives, decision.regime)


def rewritten(bareme: Bareme) -> Bareme:
    """A reform that writes again every value that stands there already."""
    montants = {key: row.value for key, row in bareme.montants.rows.items() if row.value is not None}
    percentiles = {
        (slug, name, percentile): value
        for (slug, name), cells in bareme.percentiles.items()
        for percentile, value in zip(("p30", "p50", "p70", "p90", "p95"), cells[:5], strict=True)
        if value is not None
    }
    parametres = {name: parametre.valeur for name, parametre in bareme.parametres.items()}
    return bareme.with_changes(montants=montants, percentiles=percentiles, parametres=parametres)  # type: ignore[arg-type]


DAYS = (date(2019, 9, 1), date(2023, 5, 1), date(2024, 6, 22))
SAME = {day: (bareme_at(day).with_changes(), rewritten(bareme_at(day))) for day in DAYS}


@drawing(60)
@given(dossier=dossiers(), chosen=readings(), day=st.sampled_from(DAYS), force=st.booleans())
def test_a_reform_with_unchanged_values_changes_nothing_for_any_doctor(
    dossier: Dossier, chosen: Readings, day: date, force: bool
) -> None:
    expected = money(evaluate(dossier, readings=chosen, force=force))
    for reform in SAME[day]:
        simulated = evaluate(dossier, readings=chosen, bareme=reform, force=force)
        assert money(simulated) == expected
        assert simulated.simulated


# --- Readings -----------------------------------------------------------------------------------


@drawing(25)
@given(dossier=dossiers(), force=st.booleans())
def test_the_outcomes_of_a_dossier_are_distinct_start_with_the_default_and_can_be_made_again(
    dossier: Dossier, force: bool
) -> None:
    found = outcomes(dossier, force=force)
    results = [result_of(outcome.decision) for outcome in found]
    assert results[0] == result_of(evaluate(dossier, force=force))
    assert len(set(results)) == len(results)
    combinations = [chosen for outcome in found for chosen in outcome.readings]
    assert len({tuple(sorted(chosen.items())) for chosen in combinations}) == len(combinations)
    for outcome, expected in zip(found, results, strict=True):
        assert outcome.readings
        assert (outcome.verdict, outcome.maximum, outcome.share, outcome.amount_due) == (
            outcome.decision.verdict,
            outcome.decision.maximum,
            outcome.decision.share,
            outcome.decision.amount_due,
        )
        for chosen in outcome.readings:
            again = evaluate(dossier, readings=Readings(**chosen), force=force)  # type: ignore[arg-type]
            assert result_of(again) == expected
            assert set(again.readings) == set(chosen)


@drawing(40)
@given(dossier=dossiers(), chosen=readings(), force=st.booleans())
def test_no_combination_of_readings_leads_outside_of_the_outcomes(
    dossier: Dossier, chosen: Readings, force: bool
) -> None:
    results = [result_of(outcome.decision) for outcome in outcomes(dossier, force=force)]
    assert result_of(evaluate(dossier, readings=chosen, force=force)) in results


@drawing(70)
@given(dossier=dossiers(), chosen=readings(), name=st.sampled_from(sorted(CHOICES)), force=st.booleans())
def test_a_reading_that_a_decision_does_not_name_changes_nothing_for_the_doctor(
    dossier: Dossier, chosen: Readings, name: str, force: bool
) -> None:
    decision = evaluate(dossier, readings=chosen, force=force)
    assume(name not in decision.readings)
    for value in CHOICES[name]:
        other = evaluate(dossier, readings=chosen.model_copy(update={name: value}), force=force)
        assert result_of(other) == result_of(decision)


# --- What is not known --------------------------------------------------------------------------

# Data whose absence means "not known". Left out, because their absence means something else in the
# rule book: a target (OBJ-02: maintien at 65 or P95, else augmentation; OBJ-03: under avenant 7 the
# published percentage), a stated nature (OBJ-02) and the reference of an avenant (OBJ-03: the base is
# then the count at signature).
UNKNOWN_WHEN_ABSENT = (
    "observation.pmt",
    "observation.pfa",
    "contrat.patientele_initiale.pmt",
    "contrat.patientele_initiale.pfa",
    "contrat.date_embauche",
    "contrat.prorogation",
    "contrat.contrat_anterieur",
    "medecin.date_naissance",
    "medecin.date_installation",
    "medecin.zone",
    "medecin.secteur",
    "medecin.option_tarifaire",
    "medecin.part_honoraires_cliniques",
    "medecin.exercice_coordonne",
    "percentiles",
    *(
        f"percentiles.{name}.{cell}"
        for name in ("pmt", "pfa")
        for cell in ("p30", "p50", "p70", "p90", "p95")
    ),
)


def dropped(draw: st.DataObject, data: dict[str, Any]) -> list[str]:
    """One to three of the data that this dossier gives."""
    paths = [path for path in UNKNOWN_WHEN_ABSENT if known(data, path)]
    chosen: list[str] = draw.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=3, unique=True))
    return chosen


def readable(data: dict[str, Any]) -> Dossier | None:
    """`None` where the dossier is refused for want of the hiring that explains the day of its option."""
    try:
        return read(data)
    except RefusedData as refused:
        if {refusal.field for refusal in refused.refusals} == {"contrat.date_option"}:
            return None
        raise


@pytest.mark.rule("OBJ-08", "MNT-06", "MNT-01")
@drawing(120)
@given(data=dossier_dicts(observed=True), chosen=readings(), draw=st.data())
def test_what_is_said_of_a_doctor_with_less_data_stays_true_with_more(
    data: dict[str, Any], chosen: Readings, draw: st.DataObject
) -> None:
    less = readable(without(data, *dropped(draw, data)))
    assume(less is not None)
    assert less is not None
    partial, full = (evaluate(each, readings=chosen, force=True) for each in (less, read(data)))
    assume(lawful(full))
    assert_contains(partial, full)


def lawful(decision: Decision) -> bool:
    """Whether the option before an avenant could be held: untold, only those that could are possible."""
    return all(each.code != "avant_fermee" for each in decision.criteria)


@pytest.mark.rule("ELI-04", "ELI-06")
@drawing(90)
@given(data=dossier_dicts(), chosen=readings(), draw=st.data())
def test_removing_a_datum_never_makes_a_refused_doctor_eligible_nor_an_eligible_one_refused(
    data: dict[str, Any], chosen: Readings, draw: st.DataObject
) -> None:
    less = readable(without(data, *dropped(draw, data)))
    assume(less is not None)
    assert less is not None
    told = evaluate(read(data), readings=chosen)
    assume(lawful(told))
    partial, full = evaluate(less, readings=chosen).verdict, told.verdict
    assert {partial, full} != {"eligible", "non_eligible"}
    if full == "a_instruire":
        assert partial != "non_eligible"


MG: dict[str, Any] = {}
FALLEN = {"observation": {"pmt": 1250, "pfa": 1850}}
PRIMO: dict[str, Any] = GRIDS["primo"] | {"observation": {"pmt": 900, "pfa": 1000}}
PERCENTILES_MEP = {"p30": None, "p50": 1400, "p90": 2400, "p95": 3000}
DERMATO: dict[str, Any] = {
    "medecin.specialite": "dermatologie",
    "contrat.patientele_initiale": {"pfa": 2600},
    "contrat.objectifs": None,
    "observation": {"pfa": 2480},
}
AVENANT_7: dict[str, Any] = {
    "contrat.date_signature": "2022-06-22",
    "medecin.exercice_coordonne": True,
    "medecin.date_naissance": "1957-01-01",
}
COUNTS_TRIED = (0, 700, 774, 775, 1045, 1218, 1219, 1300, 1514, 1700, 1800, 1858, 2187, 2600, 3207, 4000)
BIRTHS_TRIED = ("1940-01-01", "1959-09-01", "1959-09-02", "1961-09-01", "1961-09-02", "1980-01-01")
SUPPLIED: list[tuple[str, dict[str, Any], str, tuple[Any, ...]]] = [
    ("generaliste", MG, "observation.pmt", COUNTS_TRIED),
    ("generaliste", MG, "observation.pfa", COUNTS_TRIED),
    ("generaliste who fell", FALLEN, "observation.pfa", COUNTS_TRIED),
    ("generaliste", MG, "contrat.objectifs.pfa", (1801, 1850, 1910, 4000)),
    ("generaliste who fell", FALLEN, "contrat.objectifs.pmt", (1301, 1400, 1560, 4000)),
    ("generaliste", MG, "medecin.date_naissance", BIRTHS_TRIED),
    ("no target", {"contrat.objectifs": None} | FALLEN, "medecin.date_naissance", BIRTHS_TRIED),
    ("generaliste", MG, "contrat.patientele_initiale.pfa", (0, 1219, 1800, 1909, 1910)),
    ("no target", {"contrat.objectifs": None}, "contrat.patientele_initiale.pfa", COUNTS_TRIED),
    (
        "stated maintien",
        {"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "augmentation"}}
        | {"contrat.objectifs": {"pfa": 1910}, "observation": {"pmt": 1180, "pfa": 1850}},
        "medecin.date_naissance",
        BIRTHS_TRIED,
    ),
    ("primo", PRIMO, "medecin.date_installation", ("2023-08-31", "2023-09-01", "2024-09-01", "2010-01-01")),
    ("primo in year 4", PRIMO | {"annee": 4}, "medecin.date_installation", ("2023-08-31", "2023-09-01")),
    ("primo", PRIMO, "medecin.date_naissance", BIRTHS_TRIED),
    ("primo", PRIMO, "observation.pmt", COUNTS_TRIED),
    ("primo", PRIMO, "contrat.patientele_initiale.pmt", (0, 300, 774, 775, 1044, 1045, 2187)),
    ("primo mixte", PRIMO | {"medecin.activite_mixte": True}, "contrat.objectifs.pmt", (775, 900, 1045)),
    ("primo mixte", PRIMO | {"medecin.activite_mixte": True}, "contrat.objectifs.pfa", (1219, 1400, 1514)),
    ("dermatologue", DERMATO, "percentiles.pfa.p95", (2000, 2599, 2600, 2601, 4000)),
    ("dermatologue", DERMATO, "percentiles.pfa.p90", (2000, 2599, 2600, 2601, 4000)),
    ("dermatologue", DERMATO, "percentiles.pfa.p50", (2000, 2600, 2601)),
    ("dermatologue", DERMATO, "medecin.date_naissance", BIRTHS_TRIED),
    (
        "recent dermatologue",
        DERMATO | {"medecin.date_installation": "2024-03-01"},
        "percentiles.pfa.p50",
        (1917, 2479, 2480, 2600, 2601, 4000),
    ),
    (
        "recent dermatologue",
        DERMATO | {"medecin.date_installation": "2024-03-01", "percentiles": {"pfa": {"p50": 2700}}},
        "medecin.date_installation",
        ("2023-08-31", "2023-09-01", "2010-01-01"),
    ),
    (
        "recent dermatologue whose contract gives a number",
        DERMATO
        | {"medecin.date_installation": "2024-03-01", "contrat.patientele_initiale": {"pfa": 500}}
        | {"contrat.objectifs": {"pfa": 2200}, "observation": {"pfa": 2100}},
        "percentiles.pfa.p50",
        (1950, 2200, 2500),
    ),
    (
        "hematologue",
        DERMATO | {"medecin.specialite": "hematologie", "medecin.date_installation": "2024-03-01"},
        "percentiles.pfa.p30",
        (1, 2480, 2481, 2600, 2601),
    ),
    (
        "mep",
        {"medecin.specialite": "mep", "contrat.objectifs": None, "percentiles": {"pfa": PERCENTILES_MEP}},
        "percentiles.pmt.p95",
        (1, 1299, 1300, 1301, 4000),
    ),
    (
        "hiring",
        AVENANT_7 | {"contrat.objectifs": None} | FALLEN,
        "contrat.date_embauche",
        ("2021-06-22", "2022-06-21", "2022-06-22", "2023-06-22", "2024-06-22"),
    ),
    (
        "hiring",
        AVENANT_7 | {"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"}} | FALLEN,
        "contrat.date_embauche",
        ("2021-06-22", "2022-06-21", "2022-06-22", "2023-06-22", "2024-06-22"),
    ),
    ("avenant 7", AVENANT_7, "percentiles.pfa.p95", (2357, 2400, 4000)),
    (
        "avenant 7",
        AVENANT_7,
        "medecin.date_naissance",
        ("1940-01-01", "1957-06-22", "1957-06-23", "1980-01-01"),
    ),
]
SWEPT = [
    {"taux_atteinte": rating, "tolerance_augmentation": dip, "debut_annee": start, "indicateur_p30": mode}
    for rating, dip in (("progression", "stricte"), ("niveau", "5_points"))
    for start in ("signature", "embauche")
    for mode in ("defaut", "les_deux")
]


@pytest.mark.rule("OBJ-08", "MNT-06")
@pytest.mark.parametrize(
    ("label", "given_data", "path", "values"), SUPPLIED, ids=[f"{row[0]} {row[2]}" for row in SUPPLIED]
)
def test_supplying_what_was_missing_never_contradicts_the_interval_that_a_doctor_was_given(
    label: str, given_data: dict[str, Any], path: str, values: tuple[Any, ...]
) -> None:
    base = deepcopy(given_data)
    partial_data = without(as_dict(**base), path)
    for chosen in SWEPT:
        reading = Readings(**chosen)  # type: ignore[arg-type]
        partial = evaluate(read(partial_data), readings=reading, force=True)
        assert partial.share is not None, label
        for value in values:
            full = evaluate(
                read(as_dict(**(deepcopy(given_data) | {path: value}))), readings=reading, force=True
            )
            assert_contains(partial, full)


@pytest.mark.rule("ELI-06")
def test_the_exception_a_date_of_installation_may_send_an_eligible_doctor_back_to_the_caisse() -> None:
    # at or over P30 with P50 not published, a recent doctor may be a primo-installé: inconnu
    at_p30 = {"medecin.specialite": "dermatologie", "contrat.patientele_initiale": {"pfa": 1916}}
    targets = {"contrat.objectifs": {"pfa": 2200}}
    assert decide(**at_p30, **targets, **{"medecin.date_installation": None}).verdict == "eligible"
    assert decide(**at_p30, **targets, **{"medecin.date_installation": "2024-03-01"}).verdict == "a_instruire"
