"""Chapter COL: the contrat collectif of a group of généralistes, rule by rule, then its properties."""

import json
import re
import shutil
from copy import deepcopy
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from aide_am import Readings, RefusedData
from aide_am.calendar import anniversary
from aide_am.collective.bareme import (
    PARAMETRES_COLLECTIFS,
    STRUCTURES,
    BaremeCollectif,
    bareme_collectif,
)
from aide_am.collective.decision import CollectiveDecision, CollectiveObjective, Count, OwnObjective
from aide_am.collective.evaluation import (
    carence_end,
    closing_balance,
    contract_end,
    cqp_deadline,
    evaluate_collective,
)
from aide_am.collective.examples import collective_example, collective_examples, collective_texts
from aide_am.collective.loading import load_collective
from aide_am.collective.models import DossierCollectif, Membre
from aide_am.collective.outcomes import collective_outcomes
from aide_am.decision import Amount, Criterion, Share
from aide_am.errors import InvalidBareme
from aide_am.loading import DATA
from aide_am.models import Patientele
from aide_am.readings import CHOICES
from aide_am.rules import collective
from collective_strategies import CONSULTED, group_dicts, groups, readings
from depth import drawing

BAREME = bareme_collectif()
PROPERTY = drawing(100)


def doctor(number: int, **changes: Any) -> dict[str, Any]:
    """A généraliste of secteur 1, at 1000/1500, installed for long, without any earlier contract."""
    found: dict[str, Any] = {
        "identifiant": f"medecin_{number}",
        "specialite": "medecine_generale",
        "secteur": "1",
        "associe_en_nom_propre": True,
        "patientele": {"pmt": 1000, "pfa": 1500},
        "date_installation": "2010-01-04",
        "contrat_individuel": "aucun",
    }
    return found | changes


def as_dict(*doctors: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A SISA of these doctors (by default two), 2 ETP signed on 2026-03-01, year 1."""
    members = doctors or (doctor(1), doctor(2))
    found: dict[str, Any] = {
        "structure": "SISA",
        "activite_de_soins": True,
        "date_signature": "2026-03-01",
        "etp": "2",
        "membres": list(members),
        "annee": 1,
    }
    return deepcopy(found | changes)


def group(*doctors: dict[str, Any], **changes: Any) -> DossierCollectif:
    return DossierCollectif.model_validate(as_dict(*doctors, **changes))


def decide(
    *doctors: dict[str, Any], chosen: dict[str, Any] | None = None, force: bool = False, **changes: Any
) -> CollectiveDecision:
    return evaluate_collective(group(*doctors, **changes), readings=Readings(**(chosen or {})), force=force)


def criteria(decision: CollectiveDecision, rule: str) -> list[Criterion]:
    return [c for c in decision.criteria if c.rule == rule]


def criterion(decision: CollectiveDecision, rule: str, member: str | None = None) -> Criterion:
    (found,) = [c for c in criteria(decision, rule) if c.values.get("membre") == member]
    return found


def missing_fields(decision: CollectiveDecision) -> set[str]:
    return {m.field for m in decision.missing}


def warning_codes(decision: CollectiveDecision) -> set[str]:
    return {alert.code for alert in decision.warnings}


def refused(*doctors: dict[str, Any], **changes: Any) -> dict[str, str]:
    """The refusals of a group: field → code."""
    with pytest.raises(RefusedData) as error:
        group(*doctors, **changes)
    return {refusal.field: refusal.code for refusal in error.value.refusals}


def objective(decision: CollectiveDecision, name: Any) -> CollectiveObjective:
    assert decision.objectives is not None
    return decision.objectives[name]


def certain(value: int | str) -> Amount:
    return Amount(Decimal(value), Decimal(value), Decimal(value))


# COL-01, who signs


@pytest.mark.rule("COL-01")
@pytest.mark.parametrize(
    ("structure", "activity", "status", "missing"),
    [
        ("SCP", True, "satisfait", ()),
        ("SCM", True, "satisfait", ()),
        ("SISA", True, "satisfait", ()),
        ("SEL", True, "non_satisfait", ()),
        ("SEL", None, "non_satisfait", ()),
        ("autre", True, "a_apprecier", ("caisse.COL-01",)),
        (None, True, "inconnu", ("structure",)),
        ("SISA", None, "inconnu", ("activite_de_soins",)),
        (None, None, "inconnu", ("structure", "activite_de_soins")),
        ("autre", None, "inconnu", ("activite_de_soins",)),
        ("SISA", False, "non_satisfait", ()),
        (None, False, "non_satisfait", ()),
    ],
)
def test_a_company_with_its_own_care_activity_signs_but_never_a_sel(
    structure: str | None, activity: bool | None, status: str, missing: tuple[str, ...]
) -> None:
    found = criterion(decide(structure=structure, activite_de_soins=activity), "COL-01")
    assert (found.status, found.missing) == (status, missing)
    row = None if structure is None else BAREME.structures[(structure,)]
    assert found.row == (row and row.id)
    assert found.references == ((BAREME.reference if row is None else row.reference),)


@pytest.mark.rule("COL-01")
def test_what_is_wrong_with_the_company_is_named() -> None:
    found = criterion(decide(structure="SEL", activite_de_soins=False), "COL-01")
    assert found.values["causes"] == "COL-01.structure COL-01.activite_de_soins"
    assert criterion(decide(), "COL-01").values["causes"] == ""


@pytest.mark.rule("COL-01")
@pytest.mark.parametrize(
    ("day", "answer"),
    [("2026-02-24", {"date_signature": "avant_le_contrat_collectif"}), ("2026-02-25", {})],
)
def test_a_contrat_collectif_exists_from_the_25_february_2026(day: str, answer: dict[str, str]) -> None:
    if answer:
        assert refused(date_signature=day) == answer
    else:
        assert decide(date_signature=day).verdict == "eligible"


# COL-02, who adheres


@pytest.mark.rule("COL-02")
@pytest.mark.parametrize(
    ("changes", "status", "missing"),
    [
        ({}, "satisfait", ()),
        ({"specialite": "mep"}, "non_satisfait", ()),
        ({"specialite": "pediatrie"}, "non_satisfait", ()),
        ({"specialite": "radiologie"}, "non_satisfait", ()),
        ({"secteur": "2", "option_tarifaire": "OPTAM"}, "satisfait", ()),
        ({"secteur": "2", "option_tarifaire": "aucune"}, "non_satisfait", ()),
        ({"secteur": "2", "option_tarifaire": "OPTAM-CO"}, "a_apprecier", ("caisse.COL-02",)),
        ({"secteur": "2", "option_tarifaire": "OPTAM-ACO"}, "a_apprecier", ("caisse.COL-02",)),
        ({"secteur": "2"}, "inconnu", ("membres.1.option_tarifaire",)),
        ({"secteur": None}, "inconnu", ("membres.1.secteur",)),
        ({"secteur": "1", "option_tarifaire": "aucune"}, "satisfait", ()),
        ({"secteur": "non_conventionne"}, "non_satisfait", ()),
        ({"associe_en_nom_propre": None}, "inconnu", ("membres.1.associe_en_nom_propre",)),
        ({"associe_en_nom_propre": False}, "non_satisfait", ()),
        ({"specialite": "mep", "secteur": None}, "non_satisfait", ()),
    ],
)
def test_a_generaliste_of_secteur_1_or_2_optam_adheres_in_his_own_name(
    changes: dict[str, Any], status: str, missing: tuple[str, ...]
) -> None:
    decision = decide(doctor(1), doctor(2, **changes))
    found = criterion(decision, "COL-02", "medecin_2")
    assert (found.status, found.missing) == (status, missing)
    assert criterion(decision, "COL-02", "medecin_1").status == "satisfait"
    verdict = {"satisfait": "eligible", "non_satisfait": "non_eligible"}.get(status, "a_instruire")
    assert decision.verdict == verdict


@pytest.mark.rule("COL-02")
def test_a_single_doctor_at_the_signature_is_no_group_for_sure_so_the_caisse_decides() -> None:
    found = criterion(decide(doctor(1), etp="1"), "COL-02", "medecin_1")
    assert (found.status, found.missing) == ("a_apprecier", ("caisse.COL-02",))
    assert found.values["causes"] == "COL-02.seul"
    left = doctor(2, date_retrait="2027-03-01")
    assert criterion(decide(doctor(1), left, annee=2), "COL-02", "medecin_1").status == "satisfait"


@pytest.mark.rule("COL-02")
def test_only_the_doctors_of_the_year_are_judged() -> None:
    joiner = doctor(3, specialite="mep", date_adhesion="2027-03-01")
    leaver = doctor(4, secteur="non_conventionne", date_retrait="2027-03-01")
    first = decide(doctor(1), doctor(2), joiner, leaver)
    second = decide(doctor(1), doctor(2), joiner, leaver, annee=2)
    assert first.members == ("medecin_1", "medecin_2", "medecin_4")
    assert second.members == ("medecin_1", "medecin_2", "medecin_3")
    assert [c.values["membre"] for c in criteria(first, "COL-02") if c.status == "non_satisfait"] == [
        "medecin_4"
    ]
    assert [c.values["membre"] for c in criteria(second, "COL-02") if c.status == "non_satisfait"] == [
        "medecin_3"
    ]


@pytest.mark.rule("COL-02")
@pytest.mark.parametrize(
    ("changes", "field", "near"),
    [
        ({"date_adhesion": "2027-02-28"}, "date_adhesion", "2026-03-01 ou 2027-03-01"),
        ({"date_adhesion": "2027-03-02"}, "date_adhesion", "2027-03-01 ou 2028-03-01"),
        ({"date_adhesion": "2026-02-28"}, "date_adhesion", "2026-03-01"),
        ({"date_adhesion": "2020-03-01"}, "date_adhesion", "2026-03-01"),
        ({"date_retrait": "2027-03-02"}, "date_retrait", "2027-03-01 ou 2028-03-01"),
        ({"date_retrait": "2026-06-01"}, "date_retrait", "2027-03-01"),
        ({"date_retrait": "2019-06-01"}, "date_retrait", "2027-03-01"),
        ({"date_retrait": "9999-12-30"}, "date_retrait", "9999-03-01"),
    ],
)
def test_who_enters_or_leaves_between_two_anniversaries_is_refused_with_the_nearest_ones(
    changes: dict[str, Any], field: str, near: str
) -> None:
    with pytest.raises(RefusedData) as error:
        group(doctor(1), doctor(2, **changes))
    (refusal,) = error.value.refusals
    assert refusal.field == f"membres.1.{field}"
    assert refusal.code == "hors_anniversaire"
    assert refusal.remedy == f"choisissez {near}"


@pytest.mark.rule("COL-02")
def test_the_anniversary_of_a_29_february_is_the_28_in_common_years() -> None:
    fits = doctor(2, date_adhesion="2029-02-28", date_retrait="2032-02-29")
    assert decide(doctor(1), fits, date_signature="2028-02-29", annee=2).members == ("medecin_1", "medecin_2")
    late = doctor(2, date_adhesion="2029-03-01")
    assert refused(doctor(1), late, date_signature="2028-02-29") == {
        "membres.1.date_adhesion": "hors_anniversaire"
    }


@pytest.mark.rule("COL-02")
@pytest.mark.parametrize("day", ["2026-03-01", "2027-03-01"])
def test_a_doctor_does_not_leave_before_or_on_the_day_he_came(day: str) -> None:
    wrong = doctor(2, date_adhesion="2027-03-01", date_retrait=day)
    assert refused(doctor(1), wrong) == {"membres.1.date_retrait": "date_impossible"}


# COL-03, the activity of the group


@pytest.mark.rule("COL-03")
@pytest.mark.parametrize(
    ("counts", "status", "gap"),
    [
        ((775, 775), "satisfait", 0),
        ((550, 1000), "satisfait", 0),
        ((549, 1000), "non_satisfait", -1),
        ((775, 774), "non_satisfait", -1),
        ((2000, 100), "satisfait", 550),
    ],
)
def test_the_mean_of_the_group_reaches_775_patients_whatever_each_doctor_has(
    counts: tuple[int, int], status: str, gap: int
) -> None:
    doctors = [doctor(n, patientele={"pmt": pmt, "pfa": 1500}) for n, pmt in enumerate(counts, start=1)]
    decision = decide(*doctors)
    found = criterion(decision, "COL-03")
    assert (found.status, found.value, found.threshold, found.gap) == (status, sum(counts), 1550, gap)
    assert decision.average == Fraction(sum(counts), 2)
    assert found.values["moyenne"] == str(Fraction(sum(counts), 2))


@pytest.mark.rule("COL-03")
@pytest.mark.parametrize(
    ("known", "status", "missing"),
    [(1550, "satisfait", ()), (1549, "inconnu", ("membres.1.patientele.pmt",))],
)
def test_one_doctor_may_reach_the_mean_for_two_when_the_other_is_not_known(
    known: int, status: str, missing: tuple[str, ...]
) -> None:
    doctors = doctor(1, patientele={"pmt": known}), doctor(2, patientele={"pfa": 1500})
    found = criterion(decide(*doctors), "COL-03")
    assert (found.status, found.missing, found.value) == (status, missing, None)


@pytest.mark.rule("COL-03")
def test_a_departure_that_brings_the_group_under_775_ends_nothing_by_itself() -> None:
    big = doctor(1, patientele={"pmt": 1000, "pfa": 1500}, date_retrait="2027-03-01")
    small = doctor(2, patientele={"pmt": 600, "pfa": 900})
    stays = decide(big, small, annee=2)
    assert stays.verdict == "eligible"
    assert stays.average == 600
    assert [s.rule for s in stays.trace if s.code == "sous_le_seuil"] == ["COL-03"]
    assert "mouvements" in warning_codes(stays)
    before = decide(big, small)
    assert [s.code for s in before.trace if s.rule == "COL-02"] == ["adherents"]
    limit = decide(big, doctor(2, patientele={"pmt": 775, "pfa": 900}), annee=2)
    assert "sous_le_seuil" not in {s.code for s in limit.trace}


# COL-04, how many ETP

NOVEMBER = "2026-11-01"


def juniors(hosting: int, of: int) -> list[dict[str, Any]]:
    """`of` doctors, of whom `hosting` are PAMSU and host a docteur junior."""
    return [
        doctor(n, maitre_de_stage_pamsu=n <= hosting, accueille_docteur_junior=n <= hosting)
        for n in range(1, of + 1)
    ]


@pytest.mark.rule("COL-04")
@pytest.mark.parametrize(("etp", "status"), [("1", "satisfait"), ("2", "satisfait"), ("3", "non_satisfait")])
def test_there_are_no_more_etp_than_doctors_who_adhered(etp: str, status: str) -> None:
    decision = decide(*juniors(0, 2), etp=etp, agree_terrain_de_stage=False)
    found = criterion(decision, "COL-04")
    assert (found.status, found.threshold, found.gap) == (status, Decimal(2), Decimal(etp) - 2)


@pytest.mark.rule("COL-04")
@pytest.mark.parametrize(
    ("hosting", "agree", "etp", "status"),
    [
        (2, False, "5", "satisfait"),
        (2, False, "6", "non_satisfait"),
        (0, True, "6", "satisfait"),
        (2, True, "6", "satisfait"),
        (4, True, "7", "non_satisfait"),
        (0, False, "5", "non_satisfait"),
        (2, None, "5", "satisfait"),
        (2, None, "6", "inconnu"),
        (2, None, "7", "non_satisfait"),
    ],
)
def test_four_doctors_of_whom_two_host_a_docteur_junior_have_5_etp_and_6_in_an_accredited_structure(
    hosting: int, agree: bool | None, etp: str, status: str
) -> None:
    decision = decide(*juniors(hosting, 4), date_signature=NOVEMBER, etp=etp, agree_terrain_de_stage=agree)
    assert criterion(decision, "COL-04").status == status


@pytest.mark.rule("COL-04")
@pytest.mark.parametrize(
    ("pamsu", "junior", "hosts"),
    [
        (True, True, True),
        (True, False, False),
        (False, True, False),
        (True, None, None),
        (None, True, None),
        (None, None, None),
        (False, None, False),
        (None, False, False),
    ],
)
def test_the_bonus_needs_a_pamsu_doctor_who_hosts_a_docteur_junior(
    pamsu: bool | None, junior: bool | None, hosts: bool | None
) -> None:
    assert collective.accueille_un_junior(pamsu, junior) is hosts


@pytest.mark.rule("COL-04")
@pytest.mark.parametrize(
    ("hosts", "agree", "low", "high"),
    [
        ([True, None, False], False, "0.5", "1.0"),
        ([True, None, False], None, "0.5", "1.5"),
        ([True, None, False], True, "1.5", "1.5"),
        ([False, False], False, "0", "0"),
        ([], True, "0", "0"),
    ],
)
def test_a_bonus_that_is_not_known_lies_between_what_is_sure_and_what_may_be(
    hosts: list[bool | None], agree: bool | None, low: str, high: str
) -> None:
    assert collective.bonus_docteurs_juniors(hosts, agree, BAREME) == (Decimal(low), Decimal(high))


@pytest.mark.rule("COL-04")
@pytest.mark.parametrize(("day", "status"), [("2026-10-31", "a_apprecier"), (NOVEMBER, "satisfait")])
def test_the_bonus_opens_in_november_2026_and_the_caisse_decides_for_a_contract_signed_before(
    day: str, status: str
) -> None:
    decision = decide(*juniors(2, 4), date_signature=day, etp="5", agree_terrain_de_stage=False)
    found = criterion(decision, "COL-04")
    assert found.status == status
    threshold = Decimal(5 if status == "satisfait" else 4)
    assert (found.value, found.threshold, found.gap) == (Decimal(5), threshold, 5 - threshold)
    assert decision.cap == (Decimal(4), *(2 * [Decimal(1 if status == "satisfait" else 0)]))
    assert found.missing == (("caisse.COL-04",) if status == "a_apprecier" else ())


@pytest.mark.rule("COL-04")
def test_what_would_settle_the_bonus_is_asked_for_and_nothing_else() -> None:
    doctors = [
        doctor(1, maitre_de_stage_pamsu=True),
        doctor(2, maitre_de_stage_pamsu=False),
        doctor(3, accueille_docteur_junior=True),
        doctor(4),
    ]
    decision = decide(*doctors, date_signature=NOVEMBER, etp="5")
    assert criterion(decision, "COL-04").missing == (
        "agree_terrain_de_stage",
        "membres.0.accueille_docteur_junior",
        "membres.2.maitre_de_stage_pamsu",
        "membres.3.maitre_de_stage_pamsu",
        "membres.3.accueille_docteur_junior",
    )
    settled = decide(*doctors, date_signature=NOVEMBER, etp="5", agree_terrain_de_stage=True)
    assert criterion(settled, "COL-04").missing == ()


@pytest.mark.rule("COL-04", "COL-02")
def test_entries_and_withdrawals_leave_the_number_of_etp_as_it_was_chosen() -> None:
    leaver = doctor(2, date_retrait="2027-03-01")
    left = decide(doctor(1), leaver, annee=2)
    assert (criterion(left, "COL-04").status, left.maximum) == ("satisfait", certain("56000.00"))
    more = decide(doctor(1), doctor(2), doctor(3, date_adhesion="2027-03-01"), annee=2, etp="3")
    assert criterion(more, "COL-04").status == "a_apprecier"
    soon = decide(
        *juniors(0, 2), doctor(3, date_adhesion="2027-03-01"), etp="3", agree_terrain_de_stage=False
    )
    assert criterion(soon, "COL-04").status == "non_satisfait"


@pytest.mark.rule("COL-04", "COL-05")
@pytest.mark.parametrize(
    ("lecture", "status", "verdict", "low", "high"),
    [
        ("intervalle", "a_apprecier", "a_instruire", "38000.00", "57000.00"),
        ("lineaire", "satisfait", "eligible", "57000.00", "57000.00"),
        ("non_admis", "non_satisfait", "non_eligible", "38000.00", "38000.00"),
    ],
)
def test_half_an_etp_counts_for_half_or_not_at_all_by_the_reading(
    lecture: str, status: str, verdict: str, low: str, high: str
) -> None:
    decision = decide(etp="1.5", chosen={"demi_etp_collectif": lecture}, force=True)
    found = criterion(decision, "COL-04")
    assert (found.status, decision.verdict) == (status, verdict)
    assert decision.maximum is not None
    assert (decision.maximum.low, decision.maximum.high) == (Decimal(low), Decimal(high))
    assert decision.amount_due == decision.maximum
    assert decision.readings == {"demi_etp_collectif": lecture}
    assert "demi_etp" in warning_codes(decision)


@pytest.mark.rule("COL-04")
def test_half_an_etp_over_the_cap_is_refused_whatever_the_reading() -> None:
    for lecture in CHOICES["demi_etp_collectif"]:
        decision = decide(
            *juniors(0, 2), etp="2.5", agree_terrain_de_stage=False, chosen={"demi_etp_collectif": lecture}
        )
        assert criterion(decision, "COL-04").status == "non_satisfait"
        assert "COL-04.plafond" in str(criterion(decision, "COL-04").values["causes"])


@pytest.mark.rule("COL-04")
@pytest.mark.parametrize("etp", ["1", "2", "3"])
def test_a_whole_number_of_etp_consults_no_reading_and_warns_of_nothing(etp: str) -> None:
    decision = decide(doctor(1), doctor(2), doctor(3), etp=etp)
    assert decision.readings == {}
    assert warning_codes(decision) == {"source_collective"}


# COL-05, how much


@pytest.mark.rule("COL-05")
@pytest.mark.parametrize(
    ("year", "euros"), [(1, 38000), (2, 28000), (3, 22000), (4, 22000), (5, 22000), (6, 22000)]
)
@pytest.mark.parametrize("etp", [1, 2, 3])
def test_the_company_gets_38000_then_28000_then_22000_by_etp(year: int, euros: int, etp: int) -> None:
    decision = decide(doctor(1), doctor(2), doctor(3), annee=year, etp=str(etp), renouvellement=True)
    assert decision.maximum == certain(f"{euros * etp}.00")


@pytest.mark.rule("COL-05")
def test_a_group_with_many_patients_gets_no_more_than_another() -> None:
    many = [doctor(n, patientele={"pmt": 3000, "pfa": 4000}) for n in (1, 2)]
    assert decide(*many, annee=3).maximum == decide(annee=3).maximum == certain("44000.00")


@pytest.mark.rule("COL-05")
def test_nothing_is_computed_for_a_group_that_is_not_eligible_unless_asked() -> None:
    decision = decide(structure="SEL")
    assert (decision.verdict, decision.maximum, decision.objectives) == ("non_eligible", None, None)
    assert (decision.share, decision.amount_due, decision.own_objectives) == (None, None, ())
    assert not any(step.rule == "COL-05" for step in decision.trace)
    assert decide(structure="SEL", force=True).amount_due == certain("76000.00")


@pytest.mark.rule("COL-05")
def test_the_money_goes_to_the_company_and_the_explanation_says_so() -> None:
    whole, half = plain(decide().explain()), plain(decide(etp="1.5").explain())
    assert "38 000 € par ETP, pour 2 ETP : 76 000 €, versés à la société" in whole
    assert "38 000 € par ETP, pour 1 ou 1,5 ETP : de 38 000 € à 57 000 €, versés à la société" in half
    assert "Montant dû à la société : 76 000 €" in whole


# COL-06, what the group must gain


@pytest.mark.rule("COL-06")
def test_each_financed_etp_asks_for_260_and_110_more_patients_within_2_years() -> None:
    decision = decide()
    pmt, pfa = objective(decision, "pmt"), objective(decision, "pfa")
    assert (pmt.base, pmt.gains, pmt.increment, pmt.target) == (
        2000,
        0,
        Count(520, 520, 520),
        Count(2520, 2520, 2520),
    )
    assert (pfa.base, pfa.increment, pfa.target) == (3000, Count(220, 220, 220), Count(3220, 3220, 3220))
    (step, _) = [s for s in decision.trace if s.code == "objectif"]
    assert step.values["echeance"] == "2028-03-01"


@pytest.mark.rule("COL-06")
@pytest.mark.parametrize(
    ("gained", "increment"), [(0, 520), (1, 519), (519, 1), (520, 0), (521, 0), (2000, 0)]
)
def test_patients_gained_under_individual_contracts_lower_the_objective_never_under_0(
    gained: int, increment: int
) -> None:
    closed = {"contrat_individuel": "clos", "date_cloture_individuel": "2026-02-28"}
    decision = decide(doctor(1, **closed, gains_anterieurs={"pmt": gained, "pfa": 0}), doctor(2))
    assert objective(decision, "pmt").increment == Count(increment, increment, increment)
    assert objective(decision, "pfa").increment == Count(220, 220, 220)


@pytest.mark.rule("COL-06")
@pytest.mark.parametrize("state", ["clos", None])
def test_gains_that_are_not_known_leave_the_objective_open_down_to_0(state: str | None) -> None:
    old = doctor(1, contrat_individuel=state, gains_anterieurs={"pfa": 20})
    other = doctor(2, contrat_individuel="en_cours", gains_anterieurs={"pmt": 100})
    decision = decide(old, other, force=True)
    pmt, pfa = objective(decision, "pmt"), objective(decision, "pfa")
    assert (pmt.gains, pmt.increment) == (None, Count(0, 420, None))
    assert (pfa.gains, pfa.increment) == (None, Count(0, 200, None))
    assert {"membres.0.gains_anterieurs.pmt", "membres.1.gains_anterieurs.pfa"} <= missing_fields(decision)
    assert "membres.1.gains_anterieurs.pmt" not in missing_fields(decision)


@pytest.mark.rule("COL-06")
def test_gains_are_not_asked_for_once_nothing_is_left_to_gain() -> None:
    done = {"contrat_individuel": "clos", "date_cloture_individuel": "2026-02-28"}
    decision = decide(
        doctor(1, **done, gains_anterieurs={"pmt": 900, "pfa": 300}), doctor(2, **done), annee=1
    )
    assert objective(decision, "pmt").increment == Count(0, 0, 0)
    assert not any("gains" in field for field in missing_fields(decision))


@pytest.mark.rule("COL-06", "COL-02")
def test_the_start_is_that_of_the_doctors_of_the_year_and_a_withdrawal_leaves_the_increment() -> None:
    closed = {"contrat_individuel": "clos", "date_cloture_individuel": "2026-02-28"}
    leaver = doctor(2, **closed, gains_anterieurs={"pmt": 20, "pfa": 10}, date_retrait="2027-03-01")
    joiner = doctor(3, patientele={"pmt": 700, "pfa": 800}, date_adhesion="2027-03-01")
    first, second = (decide(doctor(1), leaver, joiner, annee=year) for year in (1, 2))
    assert (objective(first, "pmt").base, objective(second, "pmt").base) == (2000, 1700)
    assert objective(first, "pmt").increment == objective(second, "pmt").increment == Count(500, 500, 500)


@pytest.mark.rule("COL-06")
def test_a_start_that_is_not_known_leaves_the_target_open_and_asks_for_it() -> None:
    decision = decide(
        doctor(1, patientele={"pmt": 2000}), doctor(2), annee=3, observation={"pmt": 4000, "pfa": 4000}
    )
    pfa = objective(decision, "pfa")
    assert (pfa.base, pfa.target, pfa.reached, pfa.rate) == (
        None,
        None,
        None,
        Share(Fraction(0), Fraction(1), None),
    )
    assert pfa.missing_patients is None
    assert "membres.0.patientele.pfa" in missing_fields(decision)
    assert {s.code for s in decision.trace if s.rule == "COL-06"} == {"objectif", "base_inconnue"}


@pytest.mark.rule("COL-06")
@pytest.mark.parametrize(
    ("installed", "adhered", "recent"),
    [
        ("2025-03-01", "2026-03-01", False),
        ("2025-03-02", "2026-03-01", True),
        ("2026-03-01", "2026-03-01", True),
        ("2010-01-04", "2026-03-01", False),
        ("2027-02-28", "2028-02-29", False),
        ("2027-03-01", "2028-02-29", True),
        (None, "2026-03-01", None),
    ],
)
def test_a_doctor_is_newly_installed_for_less_than_12_months_at_his_adhesion(
    installed: str | None, adhered: str, recent: bool | None
) -> None:
    day = None if installed is None else date.fromisoformat(installed)
    assert collective.nouvellement_installe(day, date.fromisoformat(adhered), BAREME) is recent


def own(decision: CollectiveDecision, name: str) -> OwnObjective:
    (found,) = [o for o in decision.own_objectives if o.indicator == name]
    return found


@pytest.mark.rule("COL-06")
def test_a_doctor_newly_installed_must_reach_1045_and_1514_three_years_after_his_adhesion() -> None:
    young = doctor(2, date_installation="2026-01-05")
    decision = decide(doctor(1), young)
    assert own(decision, "pmt") == OwnObjective(
        "medecin_2", "pmt", True, 1045, date(2029, 3, 1), False, None, None, None
    )
    assert own(decision, "pfa").target == 1514
    assert "nouveaux_comptes" in warning_codes(decision)
    assert "membres.1.observation.pmt" not in missing_fields(decision)


@pytest.mark.rule("COL-06", "COL-07")
@pytest.mark.parametrize(
    ("seen", "reached", "low"),
    [
        ({"pmt": 1045, "pfa": 1514}, True, Fraction(1)),
        ({"pmt": 1044, "pfa": 1514}, False, Fraction(1044, 1045)),
        ({"pmt": 2000, "pfa": 757}, True, Fraction(1, 2)),
        ({"pmt": 0, "pfa": 1514}, False, Fraction(0)),
    ],
)
def test_a_missed_objective_of_his_own_may_cost_the_group_down_to_his_rate(
    seen: dict[str, int], reached: bool, low: Fraction
) -> None:
    young = doctor(2, date_installation="2026-01-05", observation=seen)
    decision = decide(doctor(1), young, annee=3, observation={"pmt": 2520, "pfa": 3220})
    assert decision.share is not None
    assert (decision.share.low, decision.share.high) == (low, Fraction(1))
    assert own(decision, "pmt").reached is reached
    said = "objectif_propre_effet" in warning_codes(decision)
    assert said is (low < 1)
    assert ("caisse.COL-06" in missing_fields(decision)) is said


@pytest.mark.rule("COL-06")
@pytest.mark.parametrize(("year", "due"), [(3, False), (4, True)])
def test_the_objective_of_a_later_entrant_is_due_three_years_after_he_came(year: int, due: bool) -> None:
    young = doctor(3, date_installation="2027-01-04", date_adhesion="2027-03-01")
    decision = decide(
        doctor(1), doctor(2), young, annee=year, observation={"pmt": 9000, "pfa": 9000}, renouvellement=True
    )
    assert own(decision, "pmt").due is due
    assert decision.share is not None
    assert decision.share.low == (0 if due else 1)
    assert ("membres.2.observation.pmt" in missing_fields(decision)) is due


@pytest.mark.rule("COL-06")
def test_without_his_date_of_installation_a_doctor_may_have_an_objective_of_his_own() -> None:
    unknown = doctor(2, date_installation=None)
    decision = decide(doctor(1), unknown, annee=3, observation={"pmt": 9000, "pfa": 9000})
    assert not own(decision, "pmt").certain
    assert decision.share == Share(Fraction(0), Fraction(1), None)
    assert "membres.1.date_installation" in missing_fields(decision)
    assert "nouveaux_comptes" not in warning_codes(decision)


# COL-07, what is paid


@pytest.mark.rule("COL-07")
@pytest.mark.parametrize("year", [1, 2])
@pytest.mark.parametrize("seen", [None, {"pmt": 0, "pfa": 0}, {"pmt": 9000, "pfa": 9000}])
def test_years_1_and_2_are_paid_whole_whatever_the_result(year: int, seen: dict[str, int] | None) -> None:
    decision = decide(annee=year, observation=seen)
    assert decision.share == Share(Fraction(1), Fraction(1), Fraction(1))
    assert decision.amount_due == decision.maximum
    assert "observation" not in missing_fields(decision)
    assert decision.readings == {}


@pytest.mark.rule("COL-07")
def test_from_year_3_nothing_is_due_before_something_is_counted() -> None:
    decision = decide(annee=3)
    assert (decision.maximum, decision.share, decision.amount_due) == (certain("44000.00"), None, None)
    assert missing_fields(decision) == {"observation"}


@pytest.mark.rule("COL-07")
@pytest.mark.parametrize(
    ("seen", "lowest", "best"),
    [
        ({"pmt": 2520, "pfa": 3220}, 1, 1),
        ({"pmt": 2519, "pfa": 3220}, Fraction(519, 520), 1),
        ({"pmt": 2494, "pfa": 3220}, Fraction(494, 520), 1),
        ({"pmt": 2260, "pfa": 3055}, Fraction(1, 4), Fraction(1, 2)),
        ({"pmt": 2000, "pfa": 3000}, 0, 0),
        ({"pmt": 1999, "pfa": 3110}, 0, Fraction(1, 2)),
        ({"pmt": 9000, "pfa": 9000}, 1, 1),
    ],
)
def test_the_lower_or_the_better_rate_counts_by_the_reading_and_the_default_is_between(
    seen: dict[str, int], lowest: Fraction, best: Fraction
) -> None:
    found = {}
    for lecture in CHOICES["objectifs_collectifs"]:
        decision = decide(annee=3, observation=seen, chosen={"objectifs_collectifs": lecture})
        assert decision.share is not None
        found[lecture] = (decision.share.low, decision.share.high)
        assert ("objectifs_collectifs" in decision.readings) is (lowest != best)
    assert found == {
        "intervalle": (lowest, best),
        "taux_le_plus_bas": (lowest, lowest),
        "meilleur_taux": (best, best),
    }


@pytest.mark.rule("COL-07")
def test_the_objective_is_whole_or_prorated_without_the_tolerance_of_5_percent() -> None:
    decision = decide(annee=3, observation={"pmt": 2516, "pfa": 3219})
    assert objective(decision, "pmt").reached is False
    assert objective(decision, "pmt").missing_patients == Count(4, 4, 4)
    assert decision.share is not None
    assert decision.share.high < 1


@pytest.mark.rule("COL-07")
def test_the_amount_is_the_maximum_by_the_share_rounded_once() -> None:
    low = {"objectifs_collectifs": "taux_le_plus_bas"}
    seen = {"pmt": 2100, "pfa": 3220}
    assert decide(annee=3, observation=seen, chosen=low).amount_due == certain("8461.54")
    cut = low | {"arrondi": "troncature_euro"}
    assert decide(annee=3, observation=seen, chosen=cut).amount_due == certain("8461.00")
    assert "arrondi" in decide(annee=3, observation=seen, chosen=low).readings
    even = decide(annee=3, observation={"pmt": 2260, "pfa": 3110}, chosen=low)
    assert even.amount_due == certain("22000.00")
    assert "arrondi" not in even.readings


@pytest.mark.rule("COL-07")
@pytest.mark.parametrize(
    ("observed", "base", "increment", "lecture", "rate"),
    [
        (None, 2000, 520, "progression", (0, 1)),
        (2520, None, 520, "progression", (0, 1)),
        (2519, 2000, 520, "progression", (Fraction(519, 520),) * 2),
        (2520, 2000, 520, "progression", (1, 1)),
        (1999, 2000, 520, "progression", (0, 0)),
        (1999, 2000, 520, "niveau", (Fraction(1999, 2520),) * 2),
        (2000, 2000, 0, "progression", (1, 1)),
        (1999, 2000, 0, "progression", (0, 1)),
        (1999, 2000, 0, "niveau", (Fraction(1999, 2000),) * 2),
        (0, 0, 260, "progression", (0, 0)),
        (0, 0, 260, "niveau", (0, 0)),
    ],
)
def test_the_rate_is_the_progress_or_the_level_of_the_group_between_0_and_1(
    observed: int | None, base: int | None, increment: int, lecture: str, rate: tuple[Any, Any]
) -> None:
    assert collective.taux_collectif(observed, base, increment, lecture) == rate


@pytest.mark.rule("COL-07")
def test_the_level_pays_more_than_the_progress_and_the_reading_is_consulted() -> None:
    seen = {"pmt": 2260, "pfa": 3220}
    chosen = {"objectifs_collectifs": "taux_le_plus_bas"}
    progress = decide(annee=3, observation=seen, chosen=chosen)
    level = decide(annee=3, observation=seen, chosen=chosen | {"taux_atteinte": "niveau"})
    assert progress.share == Share(*(3 * [Fraction(1, 2)]))
    assert level.share == Share(*(3 * [Fraction(2260, 2520)]))
    assert "taux_atteinte" in progress.readings
    assert "taux_atteinte" not in decide(annee=3, observation={"pmt": 2520, "pfa": 3220}).readings


@pytest.mark.rule("COL-07")
@pytest.mark.parametrize(("count", "said"), [(2000, False), (1999, True)])
@pytest.mark.parametrize("year", [2, 3])
def test_a_group_under_its_start_is_not_at_0_for_that_but_the_caisse_may_terminate(
    count: int, said: bool, year: int
) -> None:
    decision = decide(annee=year, observation={"pmt": count, "pfa": 3220})
    assert ("sous_le_depart" in warning_codes(decision)) is said
    assert ("caisse.COL-07" in missing_fields(decision)) is said
    assert decision.verdict == "eligible"
    assert decision.share is not None
    assert decision.share.high == 1


@pytest.mark.rule("COL-07")
def test_a_count_that_is_not_known_leaves_its_rate_open_and_is_asked_for() -> None:
    decision = decide(annee=3, observation={"pmt": 2260})
    assert decision.share == Share(Fraction(0), Fraction(1), None)
    assert missing_fields(decision) == {"observation.pfa"}
    best = decide(annee=3, observation={"pmt": 2260}, chosen={"objectifs_collectifs": "meilleur_taux"})
    assert best.share == Share(Fraction(1, 2), Fraction(1), None)


@pytest.mark.rule("COL-07")
def test_the_counts_of_every_doctor_make_that_of_the_group() -> None:
    doctors = [doctor(n, observation={"pmt": 1130, "pfa": 1610}) for n in (1, 2)]
    decision = decide(*doctors, annee=3, chosen={"objectifs_collectifs": "taux_le_plus_bas"})
    assert objective(decision, "pmt").observed == 2260
    assert decision.share == Share(*(3 * [Fraction(1, 2)]))
    one = decide(doctors[0], doctor(2), annee=3)
    assert one.share is None
    part = decide(doctors[0], doctor(2, observation={"pmt": 1130}), annee=3)
    assert (objective(part, "pmt").observed, objective(part, "pfa").observed) == (2260, None)


@pytest.mark.rule("COL-07")
@pytest.mark.parametrize(
    ("seen", "codes"),
    [
        (2300, ["incertain"]),
        (2100, ["non_atteint_intervalle"]),
        (2390, ["atteint"]),
        (1999, ["en_baisse"]),
    ],
)
def test_half_an_etp_may_leave_open_whether_the_objective_is_reached(seen: int, codes: list[str]) -> None:
    decision = decide(etp="1.5", annee=3, observation={"pmt": seen, "pfa": 9000})
    found = [s.code for s in decision.trace if s.rule == "COL-07" and s.values.get("indicateur") == "pmt"]
    assert found == codes
    assert objective(decision, "pmt").increment == Count(260, 390, None)
    reached = {"incertain": None, "atteint": True}.get(codes[0], False)
    assert objective(decision, "pmt").reached is reached


@pytest.mark.rule("COL-05", "COL-07")
def test_the_amount_of_half_an_etp_lies_between_those_of_the_two_readings() -> None:
    seen = {"pmt": 2260, "pfa": 9000}
    chosen: dict[str, Any] = {"objectifs_collectifs": "taux_le_plus_bas"}
    whole, line, both = (
        decide(etp="1.5", annee=3, observation=seen, force=True, chosen=chosen | {"demi_etp_collectif": each})
        for each in ("non_admis", "lineaire", "intervalle")
    )
    assert whole.amount_due == certain("22000.00")
    assert line.amount_due == certain("22000.00")
    assert both.amount_due == certain("22000.00")
    assert (whole.share, line.share) == (Share(*(3 * [Fraction(1)])), Share(*(3 * [Fraction(2, 3)])))
    assert both.share == Share(Fraction(2, 3), Fraction(1), None)


# COL-08, no contract beside it


@pytest.mark.rule("COL-08")
@pytest.mark.parametrize(
    ("state", "closed", "status", "missing"),
    [
        ("aucun", None, "satisfait", ()),
        ("en_cours", None, "non_satisfait", ()),
        (None, None, "inconnu", ("membres.1.contrat_individuel",)),
        ("clos", None, "inconnu", ("membres.1.date_cloture_individuel",)),
        ("clos", "2026-03-01", "satisfait", ()),
        ("clos", "2026-02-28", "satisfait", ()),
        ("clos", "2026-03-02", "non_satisfait", ()),
        (None, "2026-02-28", "inconnu", ("membres.1.contrat_individuel",)),
    ],
)
def test_an_individual_contract_is_closed_before_a_doctor_adheres(
    state: str | None, closed: str | None, status: str, missing: tuple[str, ...]
) -> None:
    decision = decide(
        doctor(1),
        doctor(
            2,
            contrat_individuel=state,
            date_cloture_individuel=closed,
            gains_anterieurs={"pmt": 0, "pfa": 0},
        ),
    )
    found = criterion(decision, "COL-08", "medecin_2")
    assert (found.status, found.missing) == (status, missing)
    assert criterion(decision, "COL-08", "medecin_1").status == "satisfait"


@pytest.mark.rule("COL-08")
def test_a_later_entrant_has_until_his_own_adhesion_to_close_his_contract() -> None:
    old = {"contrat_individuel": "clos", "gains_anterieurs": {"pmt": 0, "pfa": 0}}
    joiner = doctor(3, **old, date_adhesion="2027-03-01", date_cloture_individuel="2027-03-01")
    assert decide(doctor(1), doctor(2), joiner, annee=2).verdict == "eligible"


@pytest.mark.rule("COL-08")
@pytest.mark.parametrize(
    ("closing", "balance"),
    [
        ("2025-09-01", "-28000.00"),
        ("2026-03-01", "-14115.07"),
        ("2026-09-01", "0.00"),
    ],
)
def test_a_contract_closed_within_its_year_is_settled_by_days(closing: str, balance: str) -> None:
    due, start = Decimal(28000), date(2025, 9, 1)
    assert closing_balance(due, due, start, date.fromisoformat(closing)) == Decimal(balance)


@pytest.mark.rule("COL-08")
def test_what_was_not_paid_yet_is_owed_to_the_doctor_and_rounded_by_the_reading() -> None:
    start, closing = date(2025, 9, 1), date(2026, 3, 1)
    assert closing_balance(Decimal(22000), Decimal(0), start, closing) == Decimal("10909.59")
    assert closing_balance(Decimal(22000), Decimal("0.01"), start, closing) == Decimal("10909.58")
    cut = Readings(arrondi="troncature_euro")
    assert closing_balance(Decimal(22000), Decimal(0), start, closing, readings=cut) == Decimal("10909.00")


@pytest.mark.rule("COL-08")
def test_a_closing_out_of_its_year_and_sums_that_are_no_money_are_refused_together() -> None:
    with pytest.raises(RefusedData) as error:
        closing_balance(Decimal("1.005"), Decimal(-1), date(2025, 9, 1), date(2026, 9, 2))
    assert [refusal.field for refusal in error.value.refusals] == ["due", "paid", "closing"]
    with pytest.raises(RefusedData) as error:
        closing_balance(Decimal("NaN"), Decimal(1), date(2025, 9, 1), date(2025, 8, 31))
    assert [refusal.field for refusal in error.value.refusals] == ["due", "closing"]


# COL-09, how long


@pytest.mark.rule("COL-09")
def test_a_contract_lasts_5_years_and_a_doctor_waits_2_years_after_it() -> None:
    assert contract_end(date(2026, 3, 1)) == date(2031, 3, 1) == decide().contract_end
    assert contract_end(date(2028, 2, 29)) == date(2033, 2, 28)
    assert carence_end(date(2031, 3, 1)) == date(2033, 3, 1)


@pytest.mark.rule("COL-09")
@pytest.mark.parametrize(
    ("year", "renewed", "status", "verdict"),
    [
        (5, None, "satisfait", "eligible"),
        (6, None, "inconnu", "a_instruire"),
        (6, True, "satisfait", "eligible"),
        (6, False, "non_satisfait", "non_eligible"),
    ],
)
def test_past_5_years_the_contract_must_have_been_renewed(
    year: int, renewed: bool | None, status: str, verdict: str
) -> None:
    decision = decide(annee=year, renouvellement=renewed)
    assert criterion(decision, "COL-09").status == status
    assert decision.verdict == verdict
    assert ("renouvellement" in missing_fields(decision)) is (status == "inconnu")
    assert ("renouvele" in warning_codes(decision)) is (year == 6 and renewed is not False)


@pytest.mark.rule("COL-09")
@pytest.mark.parametrize(
    ("ended", "agreed", "status", "code"),
    [
        (None, False, "sans_objet", "sans_objet"),
        ("2028-03-01", False, "satisfait", "carence_satisfait"),
        ("2028-03-02", False, "non_satisfait", "carence_non_satisfait"),
        ("2028-03-02", True, "satisfait", "carence_levee"),
        ("2028-03-01", True, "satisfait", "carence_satisfait"),
    ],
)
def test_a_doctor_waits_2_years_after_a_contrat_collectif_unless_the_director_agrees(
    ended: str | None, agreed: bool, status: str, code: str
) -> None:
    returning = doctor(2, fin_collectif_anterieur=ended, derogation_carence=agreed)
    decision = decide(doctor(1), returning, date_signature="2030-03-01")
    found = criterion(decision, "COL-09", "medecin_2")
    assert (found.status, found.code) == (status, code)
    assert criterion(decision, "COL-09", "medecin_1").status == "sans_objet"


@pytest.mark.rule("COL-09")
def test_the_year_runs_from_an_anniversary_to_the_next() -> None:
    decision = decide(annee=2)
    assert (decision.year_start, decision.year_end) == (date(2027, 3, 1), date(2028, 3, 1))
    assert "court du 1er mars 2027 au 29 février 2028" in plain(decision.explain())
    assert "annee_future" in warning_codes(decision)
    assert "annee_future" not in warning_codes(decide(date_signature="2026-11-21"))
    assert "annee_future" in warning_codes(decide(date_signature="2026-11-22"))


# COL-10, who employs, and the CQP


@pytest.mark.rule("COL-10")
@pytest.mark.parametrize(
    ("pool", "convention", "status"),
    [
        (False, None, "sans_objet"),
        (False, False, "sans_objet"),
        (True, True, "satisfait"),
        (True, False, "non_satisfait"),
        (True, None, "inconnu"),
    ],
)
def test_a_groupement_employs_under_the_convention_of_the_cabinets_medicaux(
    pool: bool, convention: bool | None, status: str
) -> None:
    decision = decide(groupement_employeurs=pool, convention_cabinets_medicaux=convention)
    assert criterion(decision, "COL-10").status == status
    assert ("convention_cabinets_medicaux" in missing_fields(decision)) is (status == "inconnu")


@pytest.mark.rule("COL-10")
@pytest.mark.parametrize(
    ("profession", "deadline"),
    [
        (None, date(2028, 5, 4)),
        ("secretaire", date(2028, 5, 4)),
        ("infirmier", None),
        ("aide_soignant", None),
        ("auxiliaire_puericulture", None),
        ("sage_femme", date(2028, 5, 4)),  # not one of the trades that the source exempts
    ],
)
def test_an_assistant_holds_the_cqp_within_2_years_of_the_hiring_but_for_the_trades_of_care(
    profession: str | None, deadline: date | None
) -> None:
    assert cqp_deadline(date(2026, 5, 4), profession) == deadline


# COL-11, the papers


@pytest.mark.rule("COL-11")
def test_six_papers_are_asked_for_and_the_accreditation_where_the_bonus_is_claimed() -> None:
    without = decide().papers
    assert without == (
        "extrait_rne",
        "statuts",
        "mandataires",
        "rib",
        "contrats_de_travail",
        "bulletins_d_adhesion",
    )
    bonus = decide(*juniors(2, 4), date_signature=NOVEMBER, etp="5", agree_terrain_de_stage=False)
    assert bonus.papers == (*without, "agrement")
    assert "Agrément PAMSU" in bonus.explain()
    assert "Agrément PAMSU" not in decide().explain()


# What cannot be true


def test_two_doctors_never_bear_the_same_label() -> None:
    assert refused(doctor(1), doctor(1), doctor(1)) == {
        "membres.1.identifiant": "identifiant_double",
        "membres.2.identifiant": "identifiant_double",
    }


def test_a_label_of_40_characters_is_read() -> None:
    assert group(doctor(1), doctor(2, identifiant="x" * 40)).membres[1].identifiant == "x" * 40


@pytest.mark.parametrize("label", ["", "   ", "x" * 41, "a\nb", 3])
def test_a_label_is_a_short_line_of_text(label: object) -> None:
    assert set(refused(doctor(1), doctor(2, identifiant=label))) == {"membres.1.identifiant"}


@pytest.mark.parametrize("etp", ["0", "-1", "0.25", "1.2", 1, 1.5, "un", "1,5", None, "NaN", True])
def test_the_etp_are_exact_decimal_text_in_halves(etp: object) -> None:
    assert refused(etp=etp) == {"etp": "etp"}


@pytest.mark.parametrize("etp", ["0.5", "1", "1.50", "12", Decimal("2.5")])
def test_halves_of_etp_are_read(etp: object) -> None:
    assert group(etp=etp).etp == Decimal(str(etp))


def test_somebody_adheres_at_the_signature_and_in_the_year() -> None:
    assert refused(doctor(1, date_adhesion="2027-03-01")) == {"membres": "sans_adherent"}
    assert refused(membres=[]) == {"membres": "sans_adherent"}
    gone = doctor(1, date_retrait="2027-03-01")
    assert refused(gone, annee=2) == {"membres": "sans_adherent"}
    assert group(gone, annee=1).annee == 1


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"date_installation": "2026-03-02"}, "date_installation", "date_impossible"),
        ({"date_cloture_individuel": "2026-01-01"}, "date_cloture_individuel", "date_impossible"),
        (
            {"contrat_individuel": "en_cours", "date_cloture_individuel": "2026-01-01"},
            "date_cloture_individuel",
            "date_impossible",
        ),
        (
            {"contrat_individuel": "clos", "date_cloture_individuel": "2019-08-31"},
            "date_cloture_individuel",
            "avant_le_premier_texte",
        ),
        ({"gains_anterieurs": {"pfa": 1}}, "gains_anterieurs.pfa", "gains_sans_contrat"),
        (
            {"fin_collectif_anterieur": "2026-02-24"},
            "fin_collectif_anterieur",
            "avant_le_contrat_collectif",
        ),
    ],
)
def test_a_past_that_cannot_be_is_refused(changes: dict[str, Any], field: str, code: str) -> None:
    assert refused(doctor(1), doctor(2, **changes)) == {f"membres.1.{field}": code}


@pytest.mark.parametrize(
    "changes",
    [
        {"date_installation": "2026-03-01"},
        {"gains_anterieurs": {"pmt": 0}},
        {"contrat_individuel": "clos", "date_cloture_individuel": "2019-09-01"},
        {"contrat_individuel": None, "date_cloture_individuel": "2026-01-01"},
        {"fin_collectif_anterieur": "2026-02-25"},
    ],
)
def test_a_past_that_can_be_is_read(changes: dict[str, Any]) -> None:
    assert len(group(doctor(1), doctor(2, **changes)).membres) == 2


def test_the_count_of_the_group_is_that_of_its_doctors_of_the_year() -> None:
    doctors = [doctor(n, observation={"pmt": 1100, "pfa": None}) for n in (1, 2)]
    later = doctor(3, date_adhesion="2029-03-01", observation={"pmt": 5, "pfa": 5})
    wrong = {"pmt": 2201, "pfa": 9}
    assert refused(*doctors, later, annee=3, observation=wrong) == {"observation.pmt": "total_different"}
    assert group(*doctors, later, annee=3, observation={"pmt": 2200, "pfa": 9}).observation is not None
    assert group(*doctors, later, annee=4, observation={"pmt": 2205}, renouvellement=None).annee == 4


def test_a_contract_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(RefusedData, match="une date jusqu’à l’an 9900"):
        group(date_signature="9901-01-01")
    assert group(doctor(1), doctor(2), date_signature="9900-01-01").date_signature == date(9900, 1, 1)


def test_every_refusal_of_a_group_comes_at_once_with_the_rank_of_the_doctor() -> None:
    found = refused(
        doctor(1, secteur="3", date_retrait="2027-01-01"),
        doctor(1, patientele={"pmt": "1000"}, specialite="generaliste", couleur="bleu"),
        structure="SARL",
        etp="1.3",
        annee=0,
    )
    assert found == {
        "structure": "literal_error",
        "etp": "etp",
        "membres.0.secteur": "literal_error",
        "membres.1.specialite": "choix",
        "membres.1.patientele.pmt": "int_type",
        "membres.1.couleur": "extra_forbidden",
        "annee": "greater_than_equal",
        "membres.1.identifiant": "identifiant_double",
        "membres.0.date_retrait": "hors_anniversaire",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"membres": None}, {"membres"}),
        ({"membres": "deux"}, {"membres"}),
        ({"membres": [3, None]}, {"membres.0", "membres.1"}),
        ({"date_signature": "01/03/2026"}, {"date_signature"}),
        ({"date_signature": None}, {"date_signature"}),
    ],
)
def test_data_that_cannot_be_read_are_refused_without_a_false_complaint(
    changes: dict[str, Any], expected: set[str]
) -> None:
    assert set(refused(**changes)) == expected


def test_nothing_is_compared_to_an_adhesion_that_cannot_be_read() -> None:
    later = doctor(2, date_adhesion="01/03/2027", date_installation="2026-12-01", date_retrait="2028-03-01")
    assert set(refused(doctor(1), later)) == {"membres.1.date_adhesion"}
    assert set(refused(doctor(1), {"identifiant": "x"})) == {"membres.1.specialite", "membres.1.patientele"}


def test_a_text_that_is_no_object_is_refused() -> None:
    with pytest.raises(RefusedData) as error:
        DossierCollectif.model_validate("dossier")
    assert [refusal.field for refusal in error.value.refusals] == ["dossier"]


def test_a_group_inside_a_foreign_model_is_refused_in_french() -> None:
    class Outer(BaseModel):
        dossier: DossierCollectif

    assert Outer(dossier=group()).dossier == group()
    with pytest.raises(ValidationError, match="choisissez 2027-03-01"):
        Outer.model_validate({"dossier": as_dict(doctor(1), doctor(2, date_retrait="2026-06-01"))})


# The barème


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data, to break."""
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    return directory


def test_the_shipped_figures_are_those_of_the_source() -> None:
    assert (BAREME.debut, BAREME.bonus_debut) == (date(2026, 2, 25), date(2026, 11, 1))
    assert {name: p.valeur for name, p in BAREME.parametres.items()} == {
        "seuil_pmt_moyen": 775,
        "etp_par_medecin": 1,
        "bonus_par_medecin": Decimal("0.5"),
        "objectif_annees": 2,
        "installation_recente_mois": 12,
        "nouveau_medecin_annees": 3,
        "premiere_annee_modulee": 3,
        "duree_contrat": 5,
        "carence_annees": 2,
        "cqp_annees": 2,
    }
    assert [BAREME.montants.at(year).value for year in (1, 2, 3, 4, 99)] == [
        38000,
        28000,
        22000,
        22000,
        22000,
    ]
    assert {name: (o.par_etp, o.nouveau_medecin) for name, o in BAREME.objectifs.items()} == {
        "pmt": (260, 1045),
        "pfa": (110, 1514),
    }
    assert tuple(BAREME.parametres) == PARAMETRES_COLLECTIFS
    assert [BAREME.structures[(s,)].value for s in STRUCTURES] == [
        *["satisfait"] * 3,
        "non_satisfait",
        "a_apprecier",
    ]


def every_reference(bareme: BaremeCollectif) -> list[Any]:
    tables: list[Any] = [bareme.structures, bareme.specialites, bareme.secteurs]
    found = [row.reference for table in tables for row in table.rows.values()]
    found += [p.reference for p in bareme.parametres.values()]
    found += [o.reference for o in bareme.objectifs.values()]
    found += [bareme.montants.at(year).reference for year in (1, 2, 3)]
    return [*found, *bareme.references.values(), bareme.reference, bareme.bonus_reference]


def test_every_value_is_of_secondary_nature_from_the_one_known_source() -> None:
    assert {(r.source, r.nature, r.checked) for r in every_reference(BAREME)} == {
        ("ge_mesdocs", "secondaire", date(2026, 11, 21))
    }
    assert all(reference.place for reference in every_reference(BAREME))


def test_a_copy_of_the_shipped_data_loads_so_each_fixture_breaks_one_thing_only(data: Path) -> None:
    assert load_collective(data).parametres == BAREME.parametres
    assert bareme_collectif() is BAREME
    assert BAREME.version == "dispositif_collectif_2026 2026-11-21"


SEUIL = '[parametres.seuil_pmt_moyen]\nvaleur = 775\nunite = "patients"'
MEP = 'groupes = ["mep", "pediatre"'


@pytest.mark.parametrize(
    ("old", "new", "place", "fault"),
    [
        ("jour = 2026-02-25", 'jour = "2026-02-25"', "collectif.toml", "entree_en_vigueur.jour"),
        ("jour = 2026-02-25", "jour = 2026-02-25\nheure = 1", "collectif.toml", "entree_en_vigueur.heure"),
        ("jour = 2026-11-01", "jour = 2026-02-24", "collectif.toml", "avant l’entrée en vigueur"),
        ("euros = 38000", "euros = 38000.5", "collectif.toml", "montants.0.euros"),
        ("euros = 38000", "euros = -1", "collectif.toml", "montants.0.euros"),
        ("de = 2\na = 2", "de = 2\na = 3", "collectif.toml montants", "chevauchement"),
        ("de = 2\na = 2", "de = 3\na = 3", "collectif.toml montants", "trou"),
        ("de = 3\neuros", "de = 3\na = 9\neuros", "collectif.toml montants", "fin du domaine"),
        ('["SEL"]', '["SEL", "SCP"]', "collectif.toml structures", "chevauchement"),
        ('["SEL"]', '["SELARL"]', "collectif.toml structures", "hors du domaine"),
        (MEP, 'groupes = ["pediatre"', "collectif.toml specialites", "trou : aucune ligne pour mep"),
        (
            'options = ["OPTAM-ACO", "OPTAM-CO"]',
            'options = ["OPTAM-ACO"]',
            "collectif.toml secteurs",
            "OPTAM-CO",
        ),
        (
            'structures = ["autre"]\nreponse = "a_apprecier"',
            'structures = ["autre"]\nreponse = "oui"',
            "collectif.toml",
            "structures.2.reponse",
        ),
        ("par_etp = 260", "par_etp = 261", "collectif.toml", "objectifs.pmt : 261 par ETP"),
        ("[objectifs.pfa]", "[objectifs.pma]", "collectif.toml", "objectifs.pma"),
        (SEUIL, SEUIL.replace("775", "100001"), "collectif.toml", "100001 hors de [0, 100000]"),
        (SEUIL, SEUIL.replace("775", "775.5"), "collectif.toml", "775.5 n’est pas un multiple de 1"),
        ("valeur = 0.5", "valeur = 0.25", "collectif.toml", "0.25 n’est pas un multiple de 0.5 (ETP)"),
        ('regle = "COL-03"', 'regle = "COL-99"', "collectif.toml", "règle inconnue « COL-99 »"),
        ("[parametres.cqp_annees]", "[parametres.cqp]", "collectif.toml", "paramètres attendus"),
        ("COL-11 = {", "COL-12 = {", "collectif.toml", "références attendues, dans l’ordre : COL-02"),
        ('id = "rib"', 'id = "statuts"', "collectif.toml", "pièce donnée deux fois : statuts"),
        ("bonus = true", 'bonus = "true"', "collectif.toml", "pieces.6.bonus"),
        (
            'COL-08 = { source = "ge_mesdocs"',
            'COL-08 = { source = "ailleurs"',
            "collectif.toml",
            "source inconnue « ailleurs »",
        ),
        ("[bonus]", "[bonus", "collectif.toml", "line"),
    ],
)
def test_a_barème_broken_in_one_place_is_refused_with_that_place(
    data: Path, old: str, new: str, place: str, fault: str
) -> None:
    path = data / "collectif.toml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InvalidBareme) as refusal:
        load_collective(data)
    assert refusal.value.place == place
    assert any(fault in each for each in refusal.value.faults)


def test_objectives_in_another_order_or_missing_are_refused(data: Path) -> None:
    path = data / "collectif.toml"
    text = path.read_text("utf-8")
    start, end = text.index("[objectifs.pfa]"), text.index("# The figures that stand alone.")
    path.write_text(text[:start] + text[end:], "utf-8")
    with pytest.raises(InvalidBareme, match="objectifs attendus, dans l’ordre : pmt, pfa"):
        load_collective(data)
    path.unlink()
    with pytest.raises(InvalidBareme, match=r"collectif\.toml"):
        load_collective(data)


# The decision, as it is written and read


@pytest.mark.parametrize("name", collective_texts())
def test_an_example_fits_its_schema_and_so_does_its_decision(name: str) -> None:
    jsonschema.validate(json.loads(collective_texts()[name]), DossierCollectif.model_json_schema())
    decision = evaluate_collective(collective_example(name))
    jsonschema.validate(json.loads(decision.to_json()), CollectiveDecision.json_schema())
    assert CollectiveDecision.from_json(decision.to_json()) == decision
    assert DossierCollectif.model_validate_json(decision.dossier.model_dump_json()) == decision.dossier


def test_the_examples_tell_four_situations() -> None:
    found = {name: evaluate_collective(dossier) for name, dossier in collective_examples().items()}
    assert {name: (d.verdict, d.amount_due) for name, d in found.items()} == {
        "cabinet_annee_1": ("eligible", certain("76000.00")),
        "demi_etp_et_jeune_installe": (
            "a_instruire",
            Amount(Decimal("20842.11"), Decimal("33000.00"), None),
        ),
        "docteurs_juniors": ("eligible", certain("190000.00")),
        "maison_de_sante_annee_3": ("eligible", Amount(Decimal("50000.00"), Decimal("66000.00"), None)),
    }
    with pytest.raises(KeyError, match="docteurs_juniors"):
        collective_example("clinique")


@pytest.mark.parametrize("schema", [DossierCollectif.model_json_schema(), CollectiveDecision.json_schema()])
def test_the_schemas_are_closed(schema: dict[str, Any]) -> None:
    objects = [schema, *schema.get("$defs", {}).values()]
    closed = [o for o in objects if o.get("properties")]
    assert closed
    assert all(o.get("additionalProperties") is False for o in closed)


def test_the_schema_reads_the_etp_that_the_model_reads() -> None:
    schema = DossierCollectif.model_json_schema()["properties"]["etp"]
    for text in ("0.5", "1", "12", "2.50"):
        jsonschema.validate(text, schema)
    for text in ("0.25", "1,5", "un", "-1"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(text, schema)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@PROPERTY
@given(groups(), readings())
def test_every_reason_of_every_group_has_its_sentence(dossier: DossierCollectif, chosen: Readings) -> None:
    decision = evaluate_collective(dossier, readings=chosen, force=True)
    text = decision.explain()
    for alert in decision.warnings:
        assert alert.message in text
    for missing in decision.missing:
        assert missing.message[1:] in text
    for step in decision.steps:
        assert f"[{step.rule}]" in text
        assert all(plain(reference.place) in plain(text) for reference in step.references)
    assert "{" not in text
    assert "None" not in text
    assert "Nature de la source : secondaire." in plain(text)


@pytest.mark.parametrize("name", collective_texts())
def test_the_three_formats_say_the_same_lines(name: str) -> None:
    decision = evaluate_collective(collective_example(name))
    lines = [line.strip(" -") for line in decision.explain("texte").splitlines() if line.startswith("-")]
    markdown = re.sub(r"\\(.)", r"\1", decision.explain("markdown"))
    html = decision.explain("html").replace("&#x27;", "'").replace("&quot;", '"')
    assert lines
    assert all(line in markdown and line in html for line in lines if set(line) != {"-"})
    assert decision._repr_html_() == decision.explain("html")
    with pytest.raises(ValueError, match="format inconnu"):
        decision.explain("pdf")  # type: ignore[arg-type]


def test_the_explanation_says_what_another_reading_would_change() -> None:
    text = plain(evaluate_collective(collective_example("maison_de_sante_annee_3")).explain())
    assert "4 médecins adhérents cette année, 3 à la signature" in text
    assert "Patientèle médecin traitant moyenne à l’adhésion : 1 037,5." in text
    assert "moins 120 déjà gagnés sous contrat individuel" in text
    assert "Part versée, au prorata de l’objectif : de 25/33 (75,76 %) à 100 %" in text
    assert "sinon : les deux objectifs sont exigés, le taux le plus bas compte" in text
    assert "→ montant dû 50 000 €" in text
    assert "Toutes lectures confondues, le montant dû est entre 50 000 € et 66 000 €" not in text
    half = plain(decide(etp="1.5").explain())
    assert "sinon : seuls les ETP entiers sont financés" in half
    assert "→ non éligible" in half
    open_half = plain(decide(etp="1.5", annee=3).explain())
    assert "→ éligible, montant maximal 33 000 €" in open_half
    level = plain(decide(annee=3, observation={"pmt": 2260, "pfa": 3110}).explain())
    assert "Toutes lectures confondues, le montant dû est entre 22 000 € et" in level


def test_the_explanation_names_the_criterion_and_the_doctor_that_fail() -> None:
    text = plain(decide(doctor(1), doctor(2, contrat_individuel="en_cours")).explain())
    refused = "Critère non satisfait : non-cumul avec un contrat individuel (COL-08), medecin_2."
    assert f"Verdict : non éligible. {refused}" in text
    assert "COL-08 non satisfait" in text
    forced = plain(decide(doctor(1), doctor(2, contrat_individuel="en_cours"), force=True).explain())
    assert "Le calcul continue parce qu’il a été demandé" in forced


def test_what_is_missing_of_a_doctor_names_his_rank() -> None:
    decision = decide(doctor(1, secteur=None), doctor(2, secteur=None))
    assert [plain(m.message) for m in decision.missing] == [
        "le secteur conventionnel, 1er médecin de la liste",
        "le secteur conventionnel, 2e médecin de la liste",
    ]
    assert {m.stage for m in decision.missing} == {"verdict"}


def test_what_settles_the_verdict_is_asked_for_before_the_rest_and_the_caisse_comes_last() -> None:
    decision = decide(doctor(1, secteur=None), doctor(2), structure="autre", etp="1.5", annee=3)
    assert [(m.field, m.stage) for m in decision.missing] == [
        ("membres.0.secteur", "verdict"),
        ("caisse.COL-01", "verdict"),
        ("caisse.COL-04", "verdict"),
        ("observation", "part"),
    ]


@pytest.mark.rule("DIT-03", "COL-08")
def test_a_group_that_every_reading_refuses_is_asked_nothing() -> None:
    refused = decide(doctor(1, secteur=None), doctor(2, contrat_individuel="en_cours"))
    assert refused.verdict == "non_eligible"
    assert refused.missing == ()
    doctors = doctor(1, secteur=None), doctor(2, contrat_individuel="en_cours")
    forced = missing_fields(decide(*doctors, annee=3, force=True))
    assert "observation" in forced
    assert "membres.0.secteur" not in forced


@pytest.mark.rule("DIT-03", "COL-04")
def test_a_group_of_a_half_etp_that_another_reading_admits_is_still_asked() -> None:
    whole = {"demi_etp_collectif": "non_admis"}
    refused = decide(doctor(1, secteur=None), doctor(2), etp="1.5", chosen=whole)
    assert refused.verdict == "non_eligible"
    assert "membres.0.secteur" in missing_fields(refused)


# Properties


@PROPERTY
@given(groups(), readings())
def test_every_decision_warns_of_its_secondary_source(dossier: DossierCollectif, chosen: Readings) -> None:
    decision = evaluate_collective(dossier, readings=chosen, force=True)
    assert {reference.nature for reference in decision.references} == {"secondaire"}
    assert decision.warnings[0].code == "source_collective"
    assert [alert.code for alert in decision.warnings].count("source_collective") == 1
    assert CollectiveDecision.from_json(decision.to_json()) == decision


@PROPERTY
@given(groups(observed=True), readings())
def test_what_is_due_is_between_0_and_the_maximum(dossier: DossierCollectif, chosen: Readings) -> None:
    decision = evaluate_collective(dossier, readings=chosen, force=True)
    assert decision.maximum is not None
    assert decision.share is not None
    assert decision.amount_due is not None
    assert 0 <= decision.share.low <= decision.share.high <= 1
    assert 0 <= decision.amount_due.low <= decision.amount_due.high <= decision.maximum.high
    assert decision.maximum.low <= decision.maximum.high
    top = {1: 38000, 2: 28000}.get(dossier.annee, 22000)
    assert decision.maximum.high <= dossier.etp * top
    if decision.share.value == 1 and decision.maximum.value is not None:
        assert decision.amount_due == decision.maximum


@PROPERTY
@given(group_dicts(observed=True), readings(), st.sampled_from(("pmt", "pfa")), st.integers(1, 900))
def test_a_group_with_more_patients_is_never_paid_less(
    data: dict[str, Any], chosen: Readings, name: str, more: int
) -> None:
    assume(data["observation"][name] is not None)
    for member in data["membres"]:
        member["observation"] = None
    better = deepcopy(data)
    better["observation"][name] += more
    before, after = (
        evaluate_collective(DossierCollectif.model_validate(each), readings=chosen, force=True)
        for each in (data, better)
    )
    assert before.amount_due is not None
    assert after.amount_due is not None
    assert before.amount_due.low <= after.amount_due.low
    assert before.amount_due.high <= after.amount_due.high


UNKNOWN_OF_GROUP = ("structure", "activite_de_soins", "agree_terrain_de_stage", "renouvellement")
UNKNOWN_OF_DOCTOR = (
    "secteur",
    "option_tarifaire",
    "associe_en_nom_propre",
    "date_installation",
    "contrat_individuel",
    "date_cloture_individuel",
    "gains_anterieurs",
    "maitre_de_stage_pamsu",
    "accueille_docteur_junior",
)


def holds(wide: Amount | Share | None, narrow: Amount | Share | None) -> bool:
    """Whether an interval holds another; no interval is the widest of all."""
    return wide is None or (narrow is not None and wide.low <= narrow.low and narrow.high <= wide.high)


POSSIBLE = {
    "eligible": {"eligible"},
    "non_eligible": {"non_eligible"},
    "a_instruire": {"eligible", "non_eligible", "a_instruire"},
}
"""What each verdict allows once more is known."""


@PROPERTY
@given(group_dicts(complete=True, observed=True), readings(), st.data())
def test_what_is_not_known_only_widens_the_answer(
    data: dict[str, Any], chosen: Readings, draw: st.DataObject
) -> None:
    less = deepcopy(data)
    for name in draw.draw(st.sets(st.sampled_from(UNKNOWN_OF_GROUP))):
        less[name] = None
    for member in less["membres"]:
        for name in draw.draw(st.sets(st.sampled_from(UNKNOWN_OF_DOCTOR))):
            member[name] = None
        for name in draw.draw(st.sets(st.sampled_from(("pmt", "pfa")))):
            member["patientele"][name] = None
    for name in draw.draw(st.sets(st.sampled_from(("pmt", "pfa")))):
        less["observation"][name] = None
        for member in less["membres"]:
            if member["observation"] is not None:
                member["observation"][name] = None
    full, part = (
        evaluate_collective(DossierCollectif.model_validate(each), readings=chosen, force=True)
        for each in (data, less)
    )
    assert full.verdict in POSSIBLE[part.verdict]
    assert holds(part.maximum, full.maximum)
    assert holds(part.share, full.share)
    assert holds(part.amount_due, full.amount_due)
    assert part.average in (None, full.average)


@PROPERTY
@given(groups(observed=True), readings())
def test_the_default_readings_hold_what_every_other_would_give(
    dossier: DossierCollectif, chosen: Readings
) -> None:
    default = chosen.model_copy(
        update={"objectifs_collectifs": "intervalle", "demi_etp_collectif": "intervalle"}
    )
    wide = evaluate_collective(dossier, readings=default, force=True)
    narrow = evaluate_collective(dossier, readings=chosen, force=True)
    assert narrow.verdict in POSSIBLE[wide.verdict] or narrow.verdict == "a_instruire"
    assert holds(wide.maximum, narrow.maximum)
    assert holds(wide.share, narrow.share)
    assert holds(wide.amount_due, narrow.amount_due)
    assert wide.objectives is not None
    assert narrow.objectives is not None
    for name, found in narrow.objectives.items():
        around = wide.objectives[name].increment
        assert around.low <= found.increment.low <= found.increment.high <= around.high


@PROPERTY
@given(group_dicts(), readings(), st.randoms(use_true_random=False))
def test_the_order_of_the_doctors_does_not_matter(data: dict[str, Any], chosen: Readings, draw: Any) -> None:
    other = deepcopy(data)
    draw.shuffle(other["membres"])
    one, two = (
        evaluate_collective(DossierCollectif.model_validate(each), readings=chosen, force=True)
        for each in (data, other)
    )
    assert (one.verdict, one.average, one.cap, one.maximum) == (
        two.verdict,
        two.average,
        two.cap,
        two.maximum,
    )
    assert (one.objectives, one.share, one.amount_due) == (two.objectives, two.share, two.amount_due)
    assert set(one.own_objectives) == set(two.own_objectives)
    assert {(c.rule, c.status, c.values.get("membre")) for c in one.criteria} == {
        (c.rule, c.status, c.values.get("membre")) for c in two.criteria
    }


@PROPERTY
@given(group_dicts())
def test_one_doctor_more_at_the_signature_never_lowers_the_cap(data: dict[str, Any]) -> None:
    more = deepcopy(data)
    more["membres"].append(doctor(9))
    for each in (data, more):
        each["observation"] = None
    one, two = (
        evaluate_collective(DossierCollectif.model_validate(each), force=True).cap for each in (data, more)
    )
    assert two.base == one.base + 1
    assert two.bonus_low >= one.bonus_low
    assert two.bonus_high >= one.bonus_high


@PROPERTY
@given(group_dicts(annee=3), readings())
def test_a_withdrawal_leaves_the_etp_the_maximum_and_the_increments(
    data: dict[str, Any], chosen: Readings
) -> None:
    data["membres"].append(doctor(9))
    data["observation"] = None
    left = deepcopy(data)
    signed = date.fromisoformat(data["date_signature"])
    left["membres"][-1]["date_retrait"] = anniversary(signed, 2).isoformat()
    stays, leaves = (
        evaluate_collective(DossierCollectif.model_validate(each), readings=chosen, force=True)
        for each in (data, left)
    )
    assert (stays.cap, stays.maximum) == (leaves.cap, leaves.maximum)
    assert stays.objectives is not None
    assert leaves.objectives is not None
    for name, found in stays.objectives.items():
        assert leaves.objectives[name].increment == found.increment
    (one,), (two,) = (criteria(each, "COL-04") for each in (stays, leaves))
    assert one.status == two.status


@PROPERTY
@given(groups())
def test_the_outcomes_are_distinct_and_the_first_is_that_of_the_default_readings(
    dossier: DossierCollectif,
) -> None:
    found = collective_outcomes(dossier, force=True)
    assert found[0].decision == evaluate_collective(dossier, force=True)
    results = [(o.verdict, o.maximum, o.share, o.amount_due) for o in found]
    assert len(set(results)) == len(results)
    for outcome in found:
        for combination in outcome.readings:
            again = evaluate_collective(dossier, readings=Readings.model_validate(combination), force=True)
            assert (again.verdict, again.amount_due) == (outcome.verdict, outcome.amount_due)
            assert set(again.readings) == set(combination)


@PROPERTY
@given(groups(), readings())
def test_a_reading_that_was_not_consulted_changes_nothing(
    dossier: DossierCollectif, chosen: Readings
) -> None:
    decision = evaluate_collective(dossier, readings=chosen, force=True)
    assert set(decision.readings) <= set(CONSULTED)
    for name in CONSULTED:
        for value in () if name in decision.readings else CHOICES[name]:
            other = evaluate_collective(dossier, readings=chosen.model_copy(update={name: value}), force=True)
            assert other.verdict == decision.verdict
            assert (other.maximum, other.share, other.amount_due) == (
                decision.maximum,
                decision.share,
                decision.amount_due,
            )


def test_a_member_is_built_by_name() -> None:
    built = Membre(identifiant="a", specialite="medecine_generale", patientele=Patientele(pmt=1))
    assert (built.date_adhesion, built.derogation_carence) == (None, False)


@pytest.mark.rule("COL-09", "COL-08")
@pytest.mark.parametrize(
    ("closed", "status"),
    [
        ("2026-09-01", "sans_objet"),  # the day of the adhesion
        ("2026-08-31", "sans_objet"),  # its eve
        ("2026-08-30", "a_apprecier"),
        ("2024-09-02", "a_apprecier"),
        ("2024-09-01", "sans_objet"),  # two years before
    ],
)
def test_an_individual_contract_closed_before_the_adhesion_may_open_a_carence(
    closed: str, status: str
) -> None:
    member = {
        "identifiant": "medecin_1",
        "specialite": "medecine_generale",
        "secteur": "1",
        "associe_en_nom_propre": True,
        "patientele": {"pmt": 1000, "pfa": 1500},
        "date_installation": "2012-09-03",
        "contrat_individuel": "clos",
        "date_cloture_individuel": closed,
    }
    other = {
        **member,
        "identifiant": "medecin_2",
        "contrat_individuel": "aucun",
        "date_cloture_individuel": None,
    }
    group = {
        "structure": "SISA",
        "activite_de_soins": True,
        "date_signature": "2026-09-01",
        "etp": "2",
        "annee": 1,
    }
    decision = evaluate_collective(DossierCollectif.model_validate({**group, "membres": [member, other]}))
    (found,) = [
        c.status for c in decision.criteria if c.rule == "COL-09" and c.values.get("membre") == "medecin_1"
    ]
    assert found == status
    assert decision.verdict == ("a_instruire" if status == "a_apprecier" else "eligible")


@pytest.mark.rule("COL-09")
def test_the_director_of_the_caisse_may_lift_the_carence_of_an_individual_contract() -> None:
    day = date(2026, 9, 1)
    bareme = BAREME
    waiting = collective.carence("medecin_1", None, date(2026, 3, 15), False, day, bareme)
    assert (waiting.status, waiting.values["fin_carence"]) == ("a_apprecier", "2028-03-15")
    assert waiting.references == (bareme.parametres["carence_annees"].reference,)
    assert collective.carence("medecin_1", None, date(2026, 3, 15), True, day, bareme).status == "sans_objet"
    ended = collective.carence("medecin_1", date(2026, 3, 1), date(2026, 3, 15), False, day, bareme)
    assert ended.status == "non_satisfait"
