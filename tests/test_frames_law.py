"""The same law for a table as for a dossier: random tables against `evaluate`, row by row, to the centime.

The oracle makes each dossier from the flat row by a mapping of its own, written from the rule book, and asks
`evaluate`. Every row of every chunk is compared in every output column.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest

from aide_am import Bareme, Decision, Dossier, Readings, RefusedData, bareme_at, evaluate
from aide_am.errors import Refusal
from aide_am.frames import COLUMNS, OUTPUTS, evaluate_frame, evaluation, explain_row
from aide_am.frames.engine import engine
from depth import DEPTH
from frames_support import (
    REQUIRED,
    Columns,
    place_of,
    polars_table,
    random_readings,
    random_table,
    with_codes,
)

# --- The oracle ---------------------------------------------------------------------------------

SHARED_CODES = ("01", "22", "23")
"""The codes of the Assurance Maladie that généralistes and MEP share."""


@cache
def slug_of(code: str, mep: bool | None) -> str:
    if code in SHARED_CODES:
        return "mep" if mep else "medecine_generale"
    specialites = bareme_at(date(2024, 6, 22)).specialites
    return next(slug for slug, found in specialites.items() if code in found.codes_am)


def dossier_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The nested dossier of a flat row; an empty cell says nothing."""
    cells = {name: cell for name, cell in row.items() if cell is not None}
    code, mep = cells.pop("specialite_am", None), cells.pop("mep", None)
    if code is not None and "specialite" not in cells:
        cells["specialite"] = slug_of(code, mep)
    dossier: dict[str, Any] = {"medecin": {}, "contrat": {"patientele_initiale": {}}}
    for name, cell in cells.items():
        *parents, last = place_of(name)
        place = dossier
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = cell
    return dossier


class Answer(NamedTuple):
    """What a row of an answered table must say; `refused` are the places that the models refuse."""

    verdict: str | None = None
    criteria_failed: str | None = None
    band: str | None = None
    maximum_low: Any = None
    maximum_high: Any = None
    regime: str | None = None
    pmt_status: str | None = None
    pfa_status: str | None = None
    pmt_rate: float | None = None
    pfa_rate: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    amount_due_low: Any = None
    amount_due_high: Any = None
    missing: str | None = None
    warnings: str | None = None
    refused: tuple[str, ...] = ()


def decision_of(row: Mapping[str, Any], readings: Readings, bareme: Bareme | None) -> Decision:
    """The decision of `evaluate` on one row; raises `RefusedData`."""
    dossier = Dossier.model_validate(dossier_of_row(row))
    if no_telling(row):
        raise RefusedData([Refusal("specialite_am", str(row["specialite_am"]), "mep", "", "")])
    return evaluate(dossier, readings=readings, bareme=bareme)


def no_telling(row: Mapping[str, Any]) -> bool:
    """Whether a code alone stands for two specialties."""
    told = row.get("specialite") is not None or row.get("mep") is not None
    return not told and row.get("specialite_am") in SHARED_CODES


def ends(found: Any) -> tuple[Any, Any]:
    return (None, None) if found is None else (found.low, found.high)


def fractions(found: Any) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (float(found.low), float(found.high))


def expected(row: Mapping[str, Any], readings: Readings, bareme: Bareme | None) -> Answer:
    """The answer of `evaluate` to one row, or the places that it refuses."""
    try:
        decision = decision_of(row, readings, bareme)
    except RefusedData as error:
        return Answer(refused=tuple(refusal.field for refusal in error.refusals))
    objectives = decision.objectives or {}
    pmt, pfa = objectives.get("pmt"), objectives.get("pfa")
    rates = [None if o is None or o.rate is None else float(o.rate) for o in (pmt, pfa)]
    failed = [criterion.rule for criterion in decision.criteria if criterion.status == "non_satisfait"]
    return Answer(
        decision.verdict,
        " ".join(failed) or None,
        decision.band,
        *ends(decision.maximum),
        decision.regime,
        None if pmt is None else pmt.status,
        None if pfa is None else pfa.status,
        *rates,
        *fractions(decision.share),
        *ends(decision.amount_due),
        " ".join(missing.field for missing in decision.missing) or None,
        " ".join(dict.fromkeys(alert.code for alert in decision.warnings)) or None,
    )


def rows_of(columns: Columns) -> Iterator[dict[str, Any]]:
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


COLUMN_AT = {".".join(place_of(column.name)): column.name for column in COLUMNS if column.path}
SHOWN = [name for name in OUTPUTS if name not in ("error", "codes")]


def differences(
    columns: Columns, answers: pl.DataFrame, readings: Readings, bareme: Bareme | None
) -> list[str]:
    """The rows, at most five, whose answer is not that of `evaluate`."""
    found: list[str] = []
    told = zip(answers.select(SHOWN).rows(), answers["error"].to_list(), strict=True)
    for rank, (row, (told_row, error)) in enumerate(zip(rows_of(columns), told, strict=True)):
        wanted = expected(row, readings, bareme)
        if told_row != wanted[:-1] or (error is None) != (not wanted.refused):
            apart = [
                f"{name}: told {told!r}, expected {true!r}"
                for name, told, true in zip(SHOWN, told_row, wanted[:-1], strict=True)
                if told != true
            ]
            given = {name: str(cell) for name, cell in row.items() if cell is not None}
            found.append(f"row {rank} {given}: {apart}, error {error!r}, refused {wanted.refused}")
        if len(found) == 5:
            break
    return found


# --- 200 000 random rows ------------------------------------------------------------------------

SIZE = 5_000
CHUNKS = 120 if DEPTH == "thorough" else 40
DEFAULT = Readings()


def reforms() -> list[tuple[Bareme, Readings]]:
    """Simulated barèmes: amounts, percentiles, tolerances and shares of their own, for each text."""
    arbitral, avenant = bareme_at(date(2023, 5, 1)), bareme_at(date(2019, 9, 1))
    convention = bareme_at(date(2024, 6, 22))
    return [
        (
            convention.with_changes(
                montants={("1", "3+", "p30_p90"): 23_457, ("0.5", "3+", "p95"): 0, ("1", "1", "p95"): 50_001},
                parametres={"tolerance_maintien": "0.07", "taux_atteint": "0.9", "age_senior": 62},
            ),
            DEFAULT,
        ),
        (
            convention.with_changes(
                percentiles={("medecine_generale", "pmt", "p30"): 900, ("mep", "pfa", "p50"): 1500},
                modulation={("MOD-01", "atteint", "non_atteint_sans_baisse"): "prorata"},
            ),
            random_readings(77),
        ),
        (
            convention.with_changes(
                parametres={"premiere_annee_modulee": 2, "derniere_annee_primo": 5, "fenetre_primo_mois": 24}
            ),
            random_readings(78),
        ),
        (
            arbitral.with_changes(
                percentiles={("dermatologie", "pfa", "p30"): 1_000},
                parametres={"seuil_honoraires_cliniques": "0.7", "duree_contrat": 3, "annee_etp_eleve": 2},
            ),
            DEFAULT,
        ),
        (avenant.with_changes(montants={("1/3", "2", "p30_p90"): 11_111}), random_readings(79)),
    ]


REFORMS = reforms()


def chunk(seed: int) -> tuple[Readings, Bareme | None]:
    """Defaults for half of the chunks, then random readings, the last ones under a simulated barème."""
    if seed < CHUNKS // 2:
        return DEFAULT, None
    if seed < CHUNKS - len(REFORMS):
        return random_readings(seed), None
    bareme, readings = REFORMS[seed - CHUNKS]
    return readings, bareme


def given_columns(seed: int) -> Columns:
    columns = random_table(seed, SIZE)
    return with_codes(columns, seed) if seed % 8 == 5 else columns


@pytest.mark.many
@pytest.mark.parametrize("seed", range(CHUNKS))
def test_every_row_of_a_random_table_gets_the_answer_that_evaluate_gives_alone(seed: int) -> None:
    columns, (readings, bareme) = given_columns(seed), chunk(seed)
    frame = polars_table(columns, seed if seed % 2 else None)
    answers = evaluate_frame(frame, readings=readings, bareme=bareme)
    assert answers.height == SIZE
    assert differences(columns, answers, readings, bareme) == []


@pytest.mark.parametrize("seed", [0, 3, 9, 28, 38])
def test_the_error_of_a_refused_row_names_every_column_that_is_refused(seed: int) -> None:
    columns, (readings, bareme) = given_columns(seed), chunk(seed)
    answers = evaluate_frame(polars_table(columns), readings=readings, bareme=bareme)
    found, refused = [], 0
    for row, error in zip(rows_of(columns), answers["error"].to_list(), strict=True):
        if error is None:
            continue
        refused += 1
        fields = expected(row, readings, bareme).refused
        names = [COLUMN_AT.get(field, field) for field in fields]
        found += [(name, error) for name in names if re.search(rf"(?<![.\w]){name}\b", error) is None]
        assert not any(f"{place}." in error for place in ("medecin", "contrat", "observation")), error
    assert refused > 20
    assert found == []


def test_two_hundred_thousand_rows_at_least_are_compared() -> None:
    assert SIZE * CHUNKS >= 200_000
    kinds = [chunk(seed) for seed in range(CHUNKS)]
    assert sum(readings == DEFAULT and bareme is None for readings, bareme in kinds) == CHUNKS // 2
    assert sum(bareme is not None for _, bareme in kinds) == len(REFORMS)


@cache
def covered() -> tuple[pl.DataFrame, Columns]:
    """The answers to a table of the size of four chunks, under the defaults."""
    parts = [random_table(seed, SIZE) for seed in range(4)]
    names = [column.name for column in COLUMNS if any(column.name in part for part in parts)]
    columns = {name: [cell for part in parts for cell in part.get(name, [None] * SIZE)] for name in names}
    return evaluate_frame(polars_table(columns)), columns


def share_kinds(answers: pl.DataFrame) -> Counter[str]:
    found: Counter[str] = Counter()
    for low, high, due in answers.select("share_low", "share_high", "amount_due_low").rows():
        if low is None:
            found["none"] += 1
        elif low < high:
            found["interval"] += 1
        else:
            found["all" if low == 1 else "nothing" if low == 0 else "prorata"] += 1
        found["due"] += due is not None
    return found


LEAST = {
    "verdict": {"eligible": 3_000, "a_instruire": 3_000, "non_eligible": 1_000},
    "regime": {f"MOD-0{number}": 40 for number in range(8)},
    "band": {"sous_p30": 300, "p30_p90": 1_000, "p90_p95": 200, "p95": 300},
    **{
        f"{indicator}_status": {
            "atteint": 800, "non_atteint_sans_baisse": 200, "non_atteint_avec_baisse": 400,
        }
        for indicator in ("pmt", "pfa")
    },
}  # fmt: skip


@pytest.mark.parametrize("column", list(LEAST))
def test_the_random_rows_hold_every_answer_in_real_numbers(column: str) -> None:
    answers, _ = covered()
    counts = Counter(answers[column].to_list())
    print(column, dict(counts))
    assert {value: count for value, count in LEAST[column].items() if counts[value] < count} == {}


def test_the_random_rows_hold_every_kind_of_share_every_text_and_refusals() -> None:
    answers, columns = covered()
    kinds = share_kinds(answers)
    print(dict(kinds))
    for kind, least in (
        ("all", 2_000),
        ("nothing", 200),
        ("prorata", 300),
        ("interval", 500),
        ("none", 1_000),
    ):
        assert kinds[kind] >= least, kind
    texts = Counter(
        bareme_at(day).texte for day in columns["date_signature"] if day and day >= date(2019, 9, 1)
    )
    print(dict(texts))
    assert all(texts[text] > 2_000 for text in ("avenant_7", "reglement_arbitral_2023", "convention_2024"))
    refused = answers["error"].is_not_null().sum()
    print("refused", refused)
    assert 0 < refused < answers.height / 5
    for end in ("maximum", "amount_due"):
        assert (answers[f"{end}_low"] < answers[f"{end}_high"]).sum() > 300
        assert (answers[f"{end}_low"] == answers[f"{end}_high"]).sum() > 2_000


WARNINGS = {
    "nature_source": 10_000, "annee_future": 2_000, "percentiles_du_dossier": 1_000, "pmt_ignoree": 1_000,
    "modulation_deduite": 1_000, "cible_ecartee": 500, "option_en_cours_d_annee": 500, "primo_sous_p30": 300,
    "indicateurs_en_desaccord": 300, "percentiles_differents": 200, "admis_sous_p30": 200,
    "primo_sans_reference": 200, "circonstances": 200, "optam_aco_avant_l_heure": 100,
    "sans_prorogation": 100, "sans_regime": 50, "cible_mixte_hors_bornes": 20, "montant_incertain": 10,
    "sans_montant": 5, "revision_65_ans": 100, "contrat_renouvele": 50,
}  # fmt: skip
"""The warnings of a decision, and in how many rows of the tables at least."""


def test_the_random_rows_hold_every_warning_of_a_decision() -> None:
    answers, _ = covered()
    told = [codes for codes in answers["warnings"].to_list() if codes is not None]
    counts = Counter(code for codes in told for code in codes.split())
    print(dict(counts))
    assert {code: least for code, least in WARNINGS.items() if counts[code] < least} == {}
    assert all(len(codes.split()) == len(set(codes.split())) for codes in told)


@pytest.mark.rule("CTR-01", "CTR-04")
@pytest.mark.parametrize(
    ("born", "annee", "nature", "said"),
    [
        (date(1962, 8, 31), 3, None, {"revision_65_ans"}),  # 65 on the last day of year 3
        (date(1962, 9, 1), 3, None, set()),
        (date(1959, 9, 1), 3, None, set()),  # 65 on the day of the signature
        (date(1959, 9, 2), 3, None, {"revision_65_ans"}),
        (date(1959, 9, 2), 2, None, set()),
        (date(1959, 9, 2), 3, "maintien", set()),
        (date(1980, 1, 1), 6, None, {"contrat_renouvele"}),
        (date(1960, 1, 1), 6, None, {"contrat_renouvele", "revision_65_ans"}),
        (None, 5, None, set()),
    ],
)
def test_a_table_says_what_a_decision_says_of_turning_65_and_of_a_renewed_contract(
    born: date | None, annee: int, nature: str | None, said: set[str]
) -> None:
    row = {
        "specialite": "medecine_generale", "secteur": "1", "option_etp": "1", "annee": annee,
        "pmt_initiale": 1300, "pfa_initiale": 1800, "pmt_nature": nature, "pfa_nature": nature,
        "date_signature": date(2024, 9, 1), "date_naissance": born, "date_installation": date(2005, 1, 1),
        "pmt_observee": 1250, "pfa_observee": 1720,
    }  # fmt: skip
    told = evaluate_frame(pl.DataFrame([row], infer_schema_length=None))["warnings"].item() or ""
    assert {code for code in told.split() if code in ("revision_65_ans", "contrat_renouvele")} == said
    decision = explain_row(evaluate_frame(pl.DataFrame([row], infer_schema_length=None)), 0)
    assert told == " ".join(dict.fromkeys(alert.code for alert in decision.warnings))


@pytest.mark.rule("TMP-04")
def test_a_table_warns_of_a_year_to_come_of_a_weak_source_and_of_a_simulated_barème() -> None:
    checked = bareme_at(date(2024, 6, 22)).checked
    row = {
        "specialite": "dermatologie", "secteur": "1", "option_etp": "1", "annee": 1,
        "pmt_initiale": 900, "pfa_initiale": 2600,
    }  # fmt: skip
    days = [checked, date.fromordinal(checked.toordinal() + 1), date(2018, 1, 1)]
    frame = pl.DataFrame([{**row, "date_signature": day} for day in days])
    today, tomorrow, refused = evaluate_frame(frame)["warnings"].to_list()
    assert today == "pmt_ignoree nature_source"
    assert tomorrow == "annee_future pmt_ignoree nature_source"
    assert refused is None
    reform = bareme_at(date(2024, 6, 22)).with_changes(parametres={"suivi_mois": 7})
    told = evaluate_frame(frame, bareme=reform)["warnings"].to_list()
    assert told == [f"{today} bareme_simule", f"{tomorrow} bareme_simule", None]


@pytest.mark.rule("TMP-04", "ELI-04")
def test_a_refused_doctor_of_a_table_keeps_the_warnings_of_his_criteria_alone() -> None:
    row = {
        "specialite": "medecine_generale", "secteur": "2", "option_tarifaire": "aucune", "option_etp": "1",
        "annee": 1, "pmt_initiale": 700, "pfa_initiale": 1900, "date_signature": date(2024, 9, 1),
    }  # fmt: skip
    answers = evaluate_frame(pl.DataFrame([row]))
    decision = explain_row(answers, 0)
    assert (answers["verdict"].item(), decision.trace[-1].rule) == ("non_eligible", "TMP-03")
    assert answers["warnings"].item() == "indicateurs_en_desaccord nature_source"


def test_the_column_of_warnings_stands_after_what_is_missing() -> None:
    place = OUTPUTS.index("missing")
    assert OUTPUTS[place:] == ("missing", "warnings", "error", "codes")


def test_the_random_tables_have_every_column_and_leave_some_out() -> None:
    names = {column.name for column in COLUMNS}
    tables = [set(given_columns(seed)) for seed in range(12)]
    assert set().union(*tables) == names
    assert any(names - table - {"specialite_am", "mep"} for table in tables)
    _, columns = covered()
    for name, values in columns.items():
        assert len(set(values)) > 1, name
        assert None in values or name in REQUIRED, name


def test_many_random_rows_are_alike_but_for_one_cell() -> None:
    rows = list(zip(*random_table(0, SIZE).values(), strict=True))
    holes = Counter((rank, row[:rank] + row[rank + 1 :]) for row in set(rows) for rank in range(len(row)))
    assert sum(count > 1 for count in holes.values()) > SIZE / 10


@pytest.mark.rule("CTR-02", "MNT-07")
@pytest.mark.parametrize(
    ("annee", "embauche", "option"),
    [
        (3, None, "2023-08-31"),
        (2, None, "2024-04-27"),
        (3, "2022-06-01", "2023-10-01"),
        (3, None, "2022-09-01"),
        (3, None, "2022-08-31"),
    ],
)
def test_an_option_obtained_after_the_year_never_makes_its_amount_less_than_that_of_the_option_before(
    annee: int, embauche: str | None, option: str
) -> None:
    row = {
        "specialite": "medecine_generale", "secteur": "1", "zone": "ZIP", "exercice_coordonne": True,
        "date_naissance": "1970-01-01", "date_installation": "2000-01-01", "date_signature": "2019-09-01",
        "annee": annee, "option_etp": "1", "anterieur_option_etp": "0.5", "date_option": option,
        "date_embauche": embauche, "pmt_initiale": 900, "pfa_initiale": 1400,
    }  # fmt: skip
    before = dict(row, option_etp="0.5", date_option=None)
    told = [evaluate_frame(pl.DataFrame([each])).row(0, named=True) for each in (row, before)]
    assert told[0]["error"] is None
    late, early = told[0]["maximum_low"], told[1]["maximum_low"]
    assert late >= early > 0
    if option >= "2022-09-01":
        assert late == early


# --- Tables that say the same -------------------------------------------------------------------


def answered(seed: int, size: int = 1_500) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = polars_table(random_table(seed, size))
    return frame, evaluate_frame(frame)


def same(first: pl.DataFrame, second: pl.DataFrame) -> bool:
    return first.columns == second.columns and first.rows() == second.rows()


@pytest.mark.parametrize("seed", [101, 102])
def test_rows_in_another_order_get_their_answers_in_that_order(seed: int) -> None:
    frame, answers = answered(seed)
    order = np.random.default_rng(seed).permutation(frame.height)
    assert same(evaluate_frame(frame[order]), answers[order])


@pytest.mark.parametrize("seed", [103, 104])
def test_rows_given_several_times_get_the_same_answer_each_time(seed: int) -> None:
    frame, answers = answered(seed)
    drawn = np.random.default_rng(seed).integers(0, frame.height, 2 * frame.height)
    assert same(evaluate_frame(frame[drawn]), answers[drawn])


@pytest.mark.parametrize("seed", [105, 106])
def test_a_part_of_a_table_gets_that_part_of_the_answers(seed: int) -> None:
    frame, answers = answered(seed)
    assert same(evaluate_frame(frame[200:900]), answers[200:900])
    assert same(evaluate_frame(frame[::7]), answers[::7])


@pytest.mark.parametrize("seed", [107, 108])
def test_a_table_cut_in_two_gives_the_two_parts_of_its_answers(seed: int) -> None:
    frame, answers = answered(seed)
    parts = [evaluate_frame(part) for part in (frame[:611], frame[611:])]
    assert [row for part in parts for row in part.rows()] == answers.rows()


@pytest.mark.parametrize("seed", [109, 110])
def test_a_row_alone_gets_the_answer_that_it_has_among_others(seed: int) -> None:
    frame, answers = answered(seed)
    for row in range(0, frame.height, 23):
        assert same(evaluate_frame(frame[row]), answers[row])


def test_the_columns_in_another_order_change_no_answer() -> None:
    frame, answers = answered(111)
    turned = evaluate_frame(frame.select(reversed(frame.columns)))
    assert turned.columns == [*reversed(frame.columns), *OUTPUTS]
    assert same(turned.select(answers.columns), answers)


def test_a_foreign_column_is_kept_and_changes_no_answer() -> None:
    frame, answers = answered(112)
    foreign = frame.with_row_index("numero_ps").with_columns(pl.lit("Hérault").alias("departement"))
    told = evaluate_frame(foreign)
    assert told.columns == [*foreign.columns, *OUTPUTS]
    assert same(told.select(answers.columns), answers)


@pytest.mark.parametrize("column", [column.name for column in COLUMNS if not column.required])
def test_an_empty_column_says_no_more_than_a_column_left_out(column: str) -> None:
    columns = with_codes(random_table(113, 400), 113)
    columns.pop(column, None)
    if column == "mep":
        columns["specialite_am"] = [code if code != "01" else None for code in columns["specialite_am"]]
    without = evaluate_frame(polars_table(columns))
    empty = evaluate_frame(polars_table(columns).with_columns(pl.lit(None).alias(column)))
    assert same(empty.select(OUTPUTS), without.select(OUTPUTS))


# --- One row explained --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [120, 121, 122, 123, 124, 125])
def test_the_decision_of_a_row_is_the_whole_decision_that_evaluate_gives(seed: int) -> None:
    columns = random_table(seed, 1_200)
    readings, bareme = (DEFAULT, None) if seed == 120 else chunk(CHUNKS - seed + 120)
    answers = evaluate_frame(polars_table(columns, seed), readings=readings, bareme=bareme)
    rows = list(rows_of(columns))
    refused = [row for row, error in enumerate(answers["error"]) if error is not None]
    for row in [*range(0, 1_200, 17), *refused[:10]]:
        cells = answers.row(row, named=True)
        if row in refused:
            for asked in (lambda: explain_row(answers, row), lambda: explain_row(cells)):  # noqa: B023
                with pytest.raises(RefusedData):
                    asked()
            continue
        wanted = decision_of(rows[row], readings, bareme)
        assert explain_row(answers, row) == wanted
        assert explain_row(cells) == wanted


def test_the_decision_of_a_row_is_found_in_a_table_that_was_filtered_and_sorted() -> None:
    table = polars_table(random_table(126, 1_200))
    answers = evaluate_frame(table, readings=Readings(taux_atteinte="niveau"))
    kept = answers.filter(pl.col("verdict").cast(pl.String) == "eligible").sort(
        "amount_due_high", nulls_last=True
    )
    assert kept.height > 50
    for row in range(0, kept.height, 20):
        decision = explain_row(kept, row)
        assert decision.choices.taux_atteinte == "niveau"
        assert ends(decision.amount_due) == kept.row(row, named=True)["amount_due_low"] or ends(
            decision.amount_due
        ) == tuple(kept.select("amount_due_low", "amount_due_high").row(row))


def test_the_refusal_of_a_row_is_that_of_its_column_error() -> None:
    answers = evaluate_frame(pl.DataFrame({"specialite": ["orl"], "secteur": ["orl"]} | REST))
    with pytest.raises(RefusedData) as refused:
        explain_row(answers, 0)
    assert " ; ".join(map(str, refused.value.refusals)) == answers["error"].item()


REST = {"date_signature": ["2024-09-01"], "option_etp": ["1"], "annee": [3]}


@pytest.mark.parametrize("row", [-1, 1, 2**70, True, "0", None])
def test_a_row_that_is_not_there_is_refused_in_words(row: Any) -> None:
    answers = evaluate_frame(pl.DataFrame({"specialite": ["orl"]} | REST))
    with pytest.raises(RefusedData, match="comptez les lignes depuis 0"):
        explain_row(answers, row)


def test_a_table_that_was_not_evaluated_cannot_be_explained() -> None:
    with pytest.raises(RefusedData, match="passez d’abord le tableau à evaluate_frame"):
        explain_row(pl.DataFrame({"specialite": ["orl"]} | REST), 0)


# --- Days on which the text itself is a reading -------------------------------------------------------

DISPUTED = [date(2024, 6, day) for day in range(19, 25)]
"""Around the two days on which the convention may have entered into force (TMP-01)."""


def around_the_entry(option: str, before: str | None, signature: date | None) -> Columns:
    """A doctor under the threshold, of an unknown zone, signed or with an avenant on each of these days."""
    size = len(DISPUTED)
    columns: Columns = {
        "specialite": ["medecine_generale"] * size,
        "date_signature": DISPUTED if signature is None else [signature] * size,
        "option_etp": [option] * size,
        "annee": [2] * size,
        "pmt_initiale": [700] * size,
        "pfa_initiale": [1_300] * size,
        "zone": [None] * size,
    }
    if signature is not None:
        columns |= {"date_option": DISPUTED, "anterieur_option_etp": [before] * size}
    return columns


@pytest.mark.rule("DIT-03", "ELI-07", "TMP-01")
@pytest.mark.parametrize("indicateur", ["defaut", "un_des_deux"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("option", "before", "signature"),
    [
        ("2", None, None),
        ("1", None, None),
        ("2", "1", date(2023, 6, 1)),
        ("1", "2", date(2023, 6, 1)),
        ("1", "2", date(2022, 6, 30)),
        ("1.5", None, date(2023, 6, 1)),
    ],
)
def test_around_the_entry_into_force_a_refused_doctor_of_a_table_is_asked_what_evaluate_asks(
    option: str, before: str | None, signature: date | None, reverse: bool, indicateur: Any
) -> None:
    columns = around_the_entry(option, before, signature)
    if reverse:
        columns = {name: cells[::-1] for name, cells in columns.items()}
    readings = Readings(indicateur_p30=indicateur)
    engine.cache_clear()
    assert (
        differences(columns, evaluate_frame(polars_table(columns), readings=readings), readings, None) == []
    )


@pytest.mark.rule("TMP-01")
def test_the_doctors_signed_on_a_disputed_day_do_not_slow_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    alone: list[int] = []
    monkeypatch.setattr(evaluation, "one_by_one", lambda table, row, *rest: alone.append(row))
    for option, before, signature in (("2", None, None), ("1", "2", date(2023, 6, 1))):
        evaluate_frame(polars_table(around_the_entry(option, before, signature) | {"annee": [3] * 6}))
    assert alone == []
