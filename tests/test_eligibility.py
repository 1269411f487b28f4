"""Chapter ELI: may this doctor be paid? Every status of every criterion, bounds on both sides."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aide_am import Decision, Dossier, Readings, RefusedData, bareme_at, evaluate
from aide_am.costs.directory import repertoire
from aide_am.sentences import step_sentence
from depth import drawing
from strategies import dossier_dicts, readings
from support import criterion, decide, missing_fields, status_of, verdict_of, warning_codes

EXCLUDED = [
    "radiologie",
    "radiotherapie",
    "stomatologie",
    "anesthesie",
    "anatomo_cytopathologie",
    "medecine_nucleaire",
]
SURGEONS = [
    "chirurgie_generale",
    "neurochirurgie",
    "chirurgie_urologique",
    "chirurgie_orthopedique",
    "chirurgie_infantile",
    "chirurgie_maxillo_faciale",
    "chirurgie_plastique",
    "chirurgie_thoracique",
    "chirurgie_vasculaire",
    "chirurgie_viscerale",
]
ORL_AND_GYNECOLOGUES = ["orl", "gynecologie_medicale", "gynecologie_obstetrique"]
OTHERS = ["mep", "pediatrie", "dermatologie", "psychiatrie", "hematologie", "autre_specialite"]

AVENANT_7 = {
    "contrat.date_signature": "2022-03-01",
    "medecin.exercice_coordonne": True,
    "annee": 1,
    "observation": None,
}
UNDER_P30 = {"contrat.patientele_initiale": {"pmt": 700, "pfa": 1100}, "contrat.objectifs": None}
NEW = {"annee": 1, "observation": None, "contrat.objectifs": None}


def counts(pmt: int | None, pfa: int | None) -> dict[str, Any]:
    return {"contrat.patientele_initiale": {"pmt": pmt, "pfa": pfa}, **NEW}


# The verdict


@pytest.mark.rule("ELI-01", "ELI-03", "ELI-04", "ELI-07", "ELI-09")
def test_a_generaliste_of_the_secteur_1_over_p30_is_eligible_and_every_criterion_is_returned() -> None:
    decision = decide()
    assert decision.verdict == "eligible"
    assert {c.rule: c.status for c in decision.criteria} == {
        "ELI-01": "satisfait",
        "ELI-02": "sans_objet",
        "ELI-03": "satisfait",
        "ELI-04": "satisfait",
        "ELI-05": "sans_objet",
        "ELI-06": "sans_objet",
        "ELI-07": "satisfait",
        "ELI-08": "sans_objet",
        "ELI-09": "satisfait",
        "ELI-10": "sans_objet",
    }


@pytest.mark.rule("ELI-01", "ELI-03", "ELI-09")
def test_one_refusal_is_enough_but_every_other_criterion_is_still_evaluated() -> None:
    decision = decide(
        **{"medecin.remplacant": True, "medecin.secteur": None, "medecin.specialite": "radiologie"}
    )
    assert decision.verdict == "non_eligible"
    assert len(decision.criteria) == 10
    assert criterion(decision, "ELI-01").status == "non_satisfait"
    assert criterion(decision, "ELI-03").status == "inconnu"
    assert criterion(decision, "ELI-09").status == "non_satisfait"
    assert (decision.maximum, decision.objectives, decision.share, decision.amount_due) == (None,) * 4


@pytest.mark.rule("ELI-09")
def test_a_contract_that_already_runs_can_be_computed_although_the_doctor_is_not_eligible() -> None:
    decision = decide(force=True, **{"medecin.remplacant": True})
    assert decision.verdict == "non_eligible"
    assert decision.amount_due is not None
    assert decision.amount_due.value == 18000


@pytest.mark.rule("ELI-03")
def test_a_doctor_to_be_examined_is_computed_all_the_same() -> None:
    decision = decide(**{"medecin.secteur": None})
    assert decision.verdict == "a_instruire"
    assert decision.amount_due is not None
    assert decision.amount_due.value == 18000


@pytest.mark.rule("ELI-03", "ELI-04")
def test_what_would_settle_the_verdict_is_the_first_thing_that_is_missing() -> None:
    unknown = {
        "medecin.specialite": "hematologie",
        "medecin.secteur": None,
        "contrat.patientele_initiale": {"pfa": 900},
        "contrat.objectifs": None,
    }
    decision = decide(**unknown)
    stages = [missing.stage for missing in decision.missing]
    assert stages == sorted(stages, key=["verdict", "montant", "part"].index)
    settling = {missing.field for missing in decision.missing if missing.stage == "verdict"}
    assert settling == {"medecin.secteur", "percentiles.pfa.p30"}


@pytest.mark.rule("ELI-01", "ELI-03", "ELI-04", "ELI-08")
@pytest.mark.parametrize(
    ("rule", "doctor"),
    [
        ("ELI-01", {"medecin.specialite": "chirurgie_maxillo_faciale_stomatologie"}),
        (
            "ELI-03",
            {
                "medecin.secteur": "2",
                "medecin.option_tarifaire": "OPTAM-CO",
                "contrat.date_signature": "2025-01-01",
            },
        ),
        ("ELI-04", {"contrat.patientele_initiale.pmt": 700, "medecin.activite_mixte": True}),
        (
            "ELI-08",
            {
                "contrat.option_etp": "2",
                "contrat.contrat_anterieur": {
                    "option_etp": "1",
                    "date_signature": "2021-06-01",
                    "objectifs_atteints": True,
                },
            },
        ),
    ],
)
def test_what_the_caisse_decides_is_named_as_missing(rule: str, doctor: dict[str, Any]) -> None:
    decision = decide(**(NEW | doctor))
    assert criterion(decision, rule).status == "a_apprecier"
    assert criterion(decision, rule).missing == (f"caisse.{rule}",)
    assert decision.verdict == "a_instruire"


# ELI-01: specialty


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", ["2023-05-01", "2023-06-01", "2024-09-01"])
@pytest.mark.parametrize("specialite", EXCLUDED)
def test_six_specialties_are_excluded_since_may_2023(specialite: str, signed: str) -> None:
    decision = decide(**{"medecin.specialite": specialite, "contrat.date_signature": signed, **NEW})
    assert criterion(decision, "ELI-01").status == "non_satisfait"
    assert decision.verdict == "non_eligible"


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", ["2022-03-01", "2023-06-01", "2024-09-01"])
def test_a_maxillo_facial_surgeon_and_stomatologue_is_for_the_caisse(signed: str) -> None:
    doctor = {
        "medecin.specialite": "chirurgie_maxillo_faciale_stomatologie",
        "contrat.date_signature": signed,
        **NEW,
    }
    assert status_of("ELI-01", **doctor) == "a_apprecier"


def signed_as(specialite: str, signed: str) -> dict[str, Any]:
    unknown = {"medecin.date_installation": None, "medecin.date_naissance": None}
    return {"medecin.specialite": specialite, "contrat.date_signature": signed, **unknown, **NEW}


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("specialite", [*OTHERS, *SURGEONS, *ORL_AND_GYNECOLOGUES])
@pytest.mark.parametrize("signed", ["2023-05-01", "2024-06-22"])
def test_every_specialty_but_six_is_open_since_may_2023(specialite: str, signed: str) -> None:
    assert status_of("ELI-01", **signed_as(specialite, signed)) == "satisfait"


OPEN_EVERYWHERE = [
    "pediatrie",
    "cardiologie",
    "gynecologie_medicale",
    "gynecologie_obstetrique",
    "gastro_enterologie",
    "ophtalmologie",
    "psychiatrie",
]
"""The specialties that avenant 7 opened on the whole territory, généralistes apart."""
SPECIALTIES = sorted(bareme_at(date(2022, 3, 1)).specialites)


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", ["2019-09-01", "2023-04-30"])
@pytest.mark.parametrize("specialite", OPEN_EVERYWHERE)
def test_six_specialties_had_access_everywhere_under_avenant_7_by_a_secondary_source(
    specialite: str, signed: str
) -> None:
    found = criterion(decide(**signed_as(specialite, signed)), "ELI-01")
    assert (found.status, found.missing) == ("satisfait", ())
    (reference,) = found.references
    assert (reference.source, reference.nature) == ("baker_tilly", "secondaire")


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", ["2019-09-01", "2023-04-30"])
@pytest.mark.parametrize("specialite", sorted({*SPECIALTIES} - {*OPEN_EVERYWHERE, "medecine_generale"}))
def test_every_other_specialty_hung_on_the_tension_of_the_departement_until_may_2023(
    specialite: str, signed: str
) -> None:
    decision = decide(**signed_as(specialite, signed))
    found = criterion(decision, "ELI-01")
    assert (found.status, found.missing) == ("a_apprecier", ("caisse.ELI-01",))
    assert "la tension du département" in step_sentence(found)


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", ["2019-09-01", "2022-03-01", "2023-04-30"])
@pytest.mark.parametrize("specialite", SPECIALTIES)
def test_no_specialty_was_refused_under_avenant_7(specialite: str, signed: str) -> None:
    assert status_of("ELI-01", **signed_as(specialite, signed)) in ("satisfait", "a_apprecier")


ELEVEN = ("08", "09", "10", "15", "43", "46", "48", "53", "88", "89", "91")


@pytest.mark.rule("ELI-01")
def test_radiologie_was_open_in_eleven_departements_under_avenant_7_and_the_reason_names_them() -> None:
    decision = decide(**signed_as("radiologie", "2022-03-01"))
    found = criterion(decision, "ELI-01")
    assert found.status == "a_apprecier"
    assert decision.verdict == "a_instruire"
    assert found.references[0].source == "docteur_imago_2019"
    named = f"onze départements : {', '.join(ELEVEN[:-1])} et {ELEVEN[-1]}".replace("onze", "11")
    assert named in decision.explain().replace("\u00a0", " ")


@pytest.mark.rule("ELI-01")
def test_the_departements_that_the_law_names_are_departements() -> None:
    known = repertoire().departements
    for day in (date(2022, 3, 1), date(2023, 6, 1), date(2024, 9, 1)):
        named = bareme_at(day).departements
        assert {code for codes in named.values() for code in codes} <= known.keys()
    assert bareme_at(date(2022, 3, 1)).departements == {"radiologie": ELEVEN}


@pytest.mark.rule("ELI-01")
@pytest.mark.parametrize("signed", ["2022-03-01", "2023-06-01", "2024-09-01"])
def test_a_generaliste_has_access_under_every_text(signed: str) -> None:
    assert status_of("ELI-01", **{"contrat.date_signature": signed, **NEW}) == "satisfait"


# ELI-02: clinical fees


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize("specialite", [*SURGEONS, *ORL_AND_GYNECOLOGUES])
@pytest.mark.parametrize(
    ("fees", "au_moins_80", "plus_de_80"),
    [
        ("0", "non_satisfait", "non_satisfait"),
        ("0.7999", "non_satisfait", "non_satisfait"),
        ("0.80", "satisfait", "non_satisfait"),
        ("0.8001", "satisfait", "satisfait"),
        ("1", "satisfait", "satisfait"),
    ],
)
def test_surgeons_orl_and_gynecologues_need_80_percent_of_clinical_fees(
    specialite: str, fees: str, au_moins_80: str, plus_de_80: str
) -> None:
    doctor = {"medecin.specialite": specialite, "medecin.part_honoraires_cliniques": fees, **NEW}
    assert status_of("ELI-02", **doctor) == au_moins_80
    assert status_of("ELI-02", readings={"seuil_honoraires_cliniques": "plus_de_80"}, **doctor) == plus_de_80


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize(("fees", "consulted"), [("0.7999", False), ("0.80", True), ("0.8001", False)])
def test_the_reading_of_the_80_percent_only_matters_at_80_percent(fees: str, consulted: bool) -> None:
    doctor = {"medecin.specialite": "chirurgie_generale", "medecin.part_honoraires_cliniques": fees, **NEW}
    assert ("seuil_honoraires_cliniques" in decide(**doctor).readings) is consulted


@pytest.mark.rule("ELI-02")
def test_the_gap_to_80_percent_is_exact() -> None:
    doctor = {
        "medecin.specialite": "chirurgie_generale",
        "medecin.part_honoraires_cliniques": "0.7999",
        **NEW,
    }
    found = criterion(decide(**doctor), "ELI-02")
    assert (str(found.value), str(found.threshold), str(found.gap)) == ("0.7999", "0.80", "-0.0001")


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize("specialite", [*SURGEONS, *ORL_AND_GYNECOLOGUES])
def test_clinical_fees_that_are_not_given_are_unknown_and_asked_for(specialite: str) -> None:
    enough = {"contrat.patientele_initiale": {"pfa": 9000}, "contrat.objectifs": None}
    decision = decide(**{"medecin.specialite": specialite, **NEW, **enough})
    assert criterion(decision, "ELI-02").status == "inconnu"
    assert "medecin.part_honoraires_cliniques" in missing_fields(decision)


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize("specialite", ORL_AND_GYNECOLOGUES)
def test_orl_and_gynecologues_are_free_where_the_threshold_is_read_for_surgeons_alone(
    specialite: str,
) -> None:
    doctor = {"medecin.specialite": specialite, "medecin.part_honoraires_cliniques": "0.1", **NEW}
    decision = decide(readings={"specialites_a_seuil": "chirurgie"}, **doctor)
    assert criterion(decision, "ELI-02").status == "sans_objet"
    assert decision.readings["specialites_a_seuil"] == "chirurgie"


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize("specialite", SURGEONS)
def test_surgeons_keep_the_threshold_under_both_readings(specialite: str) -> None:
    doctor = {"medecin.specialite": specialite, "medecin.part_honoraires_cliniques": "0.1", **NEW}
    decision = decide(readings={"specialites_a_seuil": "chirurgie"}, **doctor)
    assert criterion(decision, "ELI-02").status == "non_satisfait"
    assert "specialites_a_seuil" not in decision.readings


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize("specialite", ["medecine_generale", *OTHERS])
def test_other_doctors_are_not_asked_for_their_clinical_fees(specialite: str) -> None:
    doctor = {"medecin.specialite": specialite, "medecin.part_honoraires_cliniques": "0.1", **NEW}
    assert status_of("ELI-02", **doctor) == "sans_objet"


@pytest.mark.rule("ELI-02")
@pytest.mark.parametrize(
    ("signed", "status"), [("2023-04-30", "sans_objet"), ("2023-05-01", "non_satisfait")]
)
def test_clinical_fees_were_not_asked_under_avenant_7(signed: str, status: str) -> None:
    doctor = {
        "medecin.specialite": "chirurgie_generale",
        "medecin.part_honoraires_cliniques": "0.1",
        "contrat.date_signature": signed,
        **NEW,
    }
    assert status_of("ELI-02", **doctor) == status


# ELI-03: secteur


@pytest.mark.rule("ELI-03")
@pytest.mark.parametrize(
    ("secteur", "option", "status"),
    [
        ("1", None, "satisfait"),
        ("1", "aucune", "satisfait"),
        ("2", "OPTAM", "satisfait"),
        ("2", "aucune", "non_satisfait"),
        ("2", None, "inconnu"),
        ("non_conventionne", None, "non_satisfait"),
        ("non_conventionne", "OPTAM", "non_satisfait"),
        (None, None, "inconnu"),
        (None, "OPTAM", "inconnu"),
    ],
)
def test_a_doctor_is_in_secteur_1_or_in_secteur_2_with_an_option(
    secteur: str | None, option: str | None, status: str
) -> None:
    assert status_of("ELI-03", **{"medecin.secteur": secteur, "medecin.option_tarifaire": option}) == status


@pytest.mark.rule("ELI-03")
@pytest.mark.parametrize(
    ("option", "signed", "status", "warned"),
    [
        ("OPTAM-CO", "2024-12-30", "satisfait", False),
        ("OPTAM-CO", "2024-12-31", "satisfait", False),
        ("OPTAM-CO", "2025-01-01", "a_apprecier", False),
        ("OPTAM-CO", "2025-01-02", "a_apprecier", False),
        ("OPTAM-ACO", "2024-12-30", "satisfait", True),
        ("OPTAM-ACO", "2024-12-31", "satisfait", True),
        ("OPTAM-ACO", "2025-01-01", "satisfait", False),
        ("OPTAM-ACO", "2025-01-02", "satisfait", False),
        ("OPTAM", "2022-03-01", "satisfait", False),
        ("OPTAM", "2024-12-31", "satisfait", False),
        ("OPTAM", "2025-01-01", "satisfait", False),
    ],
)
def test_optam_aco_takes_the_place_of_optam_co_on_1_january_2025(
    option: str, signed: str, status: str, warned: bool
) -> None:
    doctor = {
        "medecin.secteur": "2",
        "medecin.option_tarifaire": option,
        "contrat.date_signature": signed,
        **NEW,
    }
    decision = decide(**doctor)
    assert criterion(decision, "ELI-03").status == status
    assert ("optam_aco_avant_l_heure" in warning_codes(decision)) is warned


MADE_FOR = {
    "OPTAM-CO": {*SURGEONS, "gynecologie_obstetrique"},
    "OPTAM-ACO": {*SURGEONS, "gynecologie_obstetrique", "anesthesie"},
}
"""The specialties that each option was made for."""
NOT_SETTLED = {
    "orl",
    "ophtalmologie",
    "gynecologie_medicale",
    "chirurgie_maxillo_faciale_stomatologie",
}


@pytest.mark.rule("ELI-03")
@pytest.mark.parametrize(
    ("option", "signed", "status"),
    [
        ("OPTAM", "2024-09-01", "satisfait"),
        ("OPTAM-CO", "2022-03-01", "satisfait"),
        ("OPTAM-CO", "2024-12-31", "satisfait"),
        ("OPTAM-CO", "2025-01-01", "a_apprecier"),
        ("OPTAM-ACO", "2024-12-31", "satisfait"),
        ("OPTAM-ACO", "2025-01-01", "satisfait"),
    ],
)
@pytest.mark.parametrize("specialite", SPECIALTIES)
def test_an_option_made_for_other_specialties_is_accepted_with_a_warning(
    specialite: str, option: str, signed: str, status: str
) -> None:
    doctor = {"medecin.secteur": "2", "medecin.option_tarifaire": option} | signed_as(specialite, signed)
    decision = decide(**doctor)
    assert criterion(decision, "ELI-03").status == status
    expected = option in MADE_FOR and specialite not in MADE_FOR[option] | NOT_SETTLED
    codes = {"optam_co_autre_specialite", "optam_aco_autre_specialite"}
    said = criterion(decision, "ELI-03").warnings
    assert (codes & {*said} == {f"{option.replace('-', '_').lower()}_autre_specialite"}) is expected
    if not expected:
        assert not codes & {*said}


@pytest.mark.rule("ELI-03")
@pytest.mark.parametrize(
    ("option", "signed", "source"),
    [("OPTAM-CO", "2024-09-01", "convention_2016_titre_4"), ("OPTAM-ACO", "2025-02-01", "ameli_optam")],
)
def test_the_warning_on_the_option_of_a_generaliste_says_whom_it_was_made_for(
    option: str, signed: str, source: str
) -> None:
    doctor = {"medecin.secteur": "2", "medecin.option_tarifaire": option, "contrat.date_signature": signed}
    decision = decide(**doctor, **NEW)
    assert decision.verdict == "eligible"
    assert source in [reference.source for reference in criterion(decision, "ELI-03").references]
    assert "chirurgie" in decision.explain()


@pytest.mark.rule("ELI-03")
@pytest.mark.parametrize("secteur", ["1", "non_conventionne", None])
def test_outside_of_the_secteur_2_the_option_says_nothing(secteur: str | None) -> None:
    doctor = {"medecin.secteur": secteur, "medecin.option_tarifaire": "OPTAM-CO"}
    assert not criterion(decide(**doctor), "ELI-03").warnings


@pytest.mark.rule("ELI-03")
@pytest.mark.parametrize(
    ("doctor", "field"),
    [
        ({"medecin.secteur": None}, "medecin.secteur"),
        ({"medecin.secteur": "2"}, "medecin.option_tarifaire"),
    ],
)
def test_a_secteur_that_is_not_given_is_asked_for(doctor: dict[str, Any], field: str) -> None:
    decision = decide(**doctor)
    assert decision.verdict == "a_instruire"
    assert field in missing_fields(decision)


# ELI-04: minimum activity

P30_FILE_ACTIVE = [
    ("mep", 1025),
    ("cardiologie", 1457),
    ("dermatologie", 1916),
    ("gynecologie_medicale", 1519),
    ("gastro_enterologie", 1270),
    ("medecine_interne", 694),
    ("orl", 2060),
    ("pneumologie", 1385),
    ("rhumatologie", 1215),
    ("ophtalmologie", 3151),
    ("mpr", 612),
    ("neurologie", 1076),
    ("psychiatrie", 173),
    ("nephrologie", 477),
    ("endocrinologie", 1033),
    ("geriatrie", 393),
    ("medecine_vasculaire", 1608),
    ("allergologie", 1345),
]
"""Published P30 of the file active on 31 December 2021, specialties with one indicator."""


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize("signed", ["2023-05-01", "2024-09-01"])
@pytest.mark.parametrize(("specialite", "p30"), P30_FILE_ACTIVE)
def test_a_specialist_reaches_the_p30_of_his_file_active(specialite: str, p30: int, signed: str) -> None:
    doctor = {"medecin.specialite": specialite, "contrat.date_signature": signed}
    for pfa, status, gap in [
        (p30 - 1, "non_satisfait", -1),
        (p30, "satisfait", 0),
        (p30 + 1, "satisfait", 1),
    ]:
        found = criterion(decide(**doctor, **counts(None, pfa)), "ELI-04")
        assert (found.status, found.value, found.threshold, found.gap) == (status, pfa, p30, gap)


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("signed", "p30"), [("2022-03-01", 640), ("2023-04-30", 640), ("2023-05-01", 775), ("2024-09-01", 775)]
)
def test_a_generaliste_reaches_the_p30_of_his_patientele_medecin_traitant(signed: str, p30: int) -> None:
    doctor = {"contrat.date_signature": signed}
    for pmt, status, gap in [
        (p30 - 1, "non_satisfait", -1),
        (p30, "satisfait", 0),
        (p30 + 1, "satisfait", 1),
    ]:
        found = criterion(decide(**doctor, **counts(pmt, 1800)), "ELI-04")
        assert (found.status, found.value, found.threshold, found.gap) == (status, pmt, p30, gap)


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize("specialite", [name for name, _ in P30_FILE_ACTIVE])
def test_a_p30_reached_exactly_is_not_enough_where_the_bound_is_read_excluded(specialite: str) -> None:
    p30 = dict(P30_FILE_ACTIVE)[specialite]
    doctor = {"medecin.specialite": specialite, "readings": {"borne_p30": "exclue"}}
    assert status_of("ELI-04", **doctor, **counts(None, p30)) == "non_satisfait"
    assert status_of("ELI-04", **doctor, **counts(None, p30 + 1)) == "satisfait"


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("pmt", "incluse", "exclue", "consulted"),
    [
        (774, "non_satisfait", "non_satisfait", False),
        (775, "satisfait", "non_satisfait", True),
        (776, "satisfait", "satisfait", False),
    ],
)
def test_a_generaliste_at_775_exactly_hangs_on_the_reading_of_the_bound(
    pmt: int, incluse: str, exclue: str, consulted: bool
) -> None:
    decision = decide(**counts(pmt, 1800))
    assert criterion(decision, "ELI-04").status == incluse
    assert ("borne_p30" in decision.readings) is consulted
    assert status_of("ELI-04", readings={"borne_p30": "exclue"}, **counts(pmt, 1800)) == exclue


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("pmt", "pfa", "defaut", "un_des_deux", "les_deux"),
    [
        (775, 1219, "satisfait", "satisfait", "satisfait"),
        (775, 1218, "satisfait", "satisfait", "non_satisfait"),
        (774, 1219, "non_satisfait", "satisfait", "non_satisfait"),
        (774, 1218, "non_satisfait", "non_satisfait", "non_satisfait"),
        (775, None, "satisfait", "satisfait", "inconnu"),
        (774, None, "non_satisfait", "inconnu", "non_satisfait"),
        (None, 1219, "inconnu", "satisfait", "inconnu"),
        (None, 1218, "inconnu", "inconnu", "non_satisfait"),
        (None, None, "inconnu", "inconnu", "inconnu"),
    ],
)
def test_the_indicator_that_decides_for_a_generaliste_is_a_reading(
    pmt: int | None, pfa: int | None, defaut: str, un_des_deux: str, les_deux: str
) -> None:
    for reading, status in [("defaut", defaut), ("un_des_deux", un_des_deux), ("les_deux", les_deux)]:
        assert status_of("ELI-04", readings={"indicateur_p30": reading}, **counts(pmt, pfa)) == status


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("pmt", "pfa", "defaut", "un_des_deux", "les_deux"),
    [
        (51, 949, "satisfait", "satisfait", "satisfait"),
        (52, 948, "non_satisfait", "satisfait", "non_satisfait"),
        (51, 948, "non_satisfait", "satisfait", "non_satisfait"),
        (51, 900, "non_satisfait", "satisfait", "non_satisfait"),
        (50, 949, "satisfait", "satisfait", "non_satisfait"),
        (50, 950, "satisfait", "satisfait", "non_satisfait"),
        (50, 948, "non_satisfait", "non_satisfait", "non_satisfait"),
        (50, None, "inconnu", "inconnu", "non_satisfait"),
        (51, None, "inconnu", "satisfait", "inconnu"),
        (None, 949, "satisfait", "satisfait", "inconnu"),
        (None, 948, "non_satisfait", "inconnu", "non_satisfait"),
    ],
)
def test_the_file_active_of_a_pediatre_decides_by_default(
    pmt: int | None, pfa: int | None, defaut: str, un_des_deux: str, les_deux: str
) -> None:
    pediatre = {"medecin.specialite": "pediatrie", **counts(pmt, pfa)}
    assert status_of("ELI-04", **pediatre) == defaut
    assert status_of("ELI-04", readings={"indicateur_p30": "un_des_deux"}, **pediatre) == un_des_deux
    assert status_of("ELI-04", readings={"indicateur_p30": "les_deux"}, **pediatre) == les_deux


@pytest.mark.rule("ELI-04")
def test_a_pediatre_of_51_pmt_and_900_pfa_is_refused_and_told_what_either_count_would_give() -> None:
    decision = decide(**{"medecin.specialite": "pediatrie"}, **counts(51, 900))
    assert decision.verdict == "non_eligible"
    found = criterion(decision, "ELI-04")
    assert (found.value, found.threshold, found.gap) == (900, 949, -49)
    assert "ameli_mai_2023" in [reference.source for reference in found.references]
    assert decision.readings["indicateur_p30"] == "defaut"
    assert "indicateurs_en_desaccord" in warning_codes(decision)
    other = evaluate(decision.dossier, readings=Readings(indicateur_p30="un_des_deux"))
    assert other.verdict == "eligible"
    told = decision.explain()
    assert "sinon : l’un des deux indicateurs suffit" in told.replace("\u00a0", " ")
    assert "indicateur_p30=defaut (retenu) | un_des_deux | les_deux" in told


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("specialite", "cited"),
    [("medecine_generale", True), ("mep", True), ("pediatrie", True), ("dermatologie", False)],
)
def test_of_two_indicators_the_source_of_the_deciding_one_is_cited(specialite: str, cited: bool) -> None:
    doctor = {"medecin.specialite": specialite, **counts(1300, 2300)}
    sources = [each.source for each in criterion(decide(**doctor), "ELI-04").references]
    assert ("ameli_mai_2023" in sources) is cited
    either = criterion(decide(readings={"indicateur_p30": "un_des_deux"}, **doctor), "ELI-04")
    assert "ameli_mai_2023" not in [each.source for each in either.references]


@pytest.mark.rule("ELI-04", "TMP-04")
@pytest.mark.parametrize(("signed", "cited"), [("2023-04-30", False), ("2023-05-01", True)])
def test_a_page_on_contracts_since_may_2023_is_no_source_of_an_older_one(signed: str, cited: bool) -> None:
    doctor = {"contrat.date_signature": signed, "annee": 1, "observation": None}
    found = criterion(decide(**doctor), "ELI-04")
    assert ("ameli_mai_2023" in [each.source for each in found.references]) is cited


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize("reading", ["defaut", "un_des_deux", "les_deux"])
@pytest.mark.parametrize(
    ("pmt", "pfa", "warned"),
    [(775, 1219, False), (775, 1218, True), (774, 1219, True), (774, 1218, False), (775, None, False)],
)
def test_indicators_that_disagree_always_give_a_warning(
    reading: str, pmt: int, pfa: int | None, warned: bool
) -> None:
    decision = decide(readings={"indicateur_p30": reading}, **counts(pmt, pfa))
    assert ("indicateurs_en_desaccord" in warning_codes(decision)) is warned


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("pmt", "pfa", "consulted"), [(800, 1300, False), (800, 1000, True), (700, 1300, True)]
)
def test_the_deciding_indicator_is_only_a_question_when_the_two_disagree(
    pmt: int, pfa: int, consulted: bool
) -> None:
    assert ("indicateur_p30" in decide(**counts(pmt, pfa)).readings) is consulted


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize("specialite", ["hematologie", "genetique_medicale", "autre_specialite"])
def test_a_p30_that_is_not_published_is_unknown_and_asked_for(specialite: str) -> None:
    decision = decide(**{"medecin.specialite": specialite}, **counts(None, 900))
    assert criterion(decision, "ELI-04").status == "inconnu"
    assert decision.verdict == "a_instruire"
    assert "percentiles.pfa.p30" in missing_fields(decision)


@pytest.mark.rule("ELI-04", "MNT-01")
@pytest.mark.parametrize(("pfa", "status"), [(799, "non_satisfait"), (800, "satisfait"), (801, "satisfait")])
def test_a_p30_that_the_doctor_supplies_is_used_where_none_is_published(pfa: int, status: str) -> None:
    hematologue = {"medecin.specialite": "hematologie", "percentiles": {"pfa": {"p30": 800}}}
    assert status_of("ELI-04", **hematologue, **counts(None, pfa)) == status


@pytest.mark.rule("ELI-04", "MNT-01")
@pytest.mark.parametrize(("pfa", "status"), [(1915, "non_satisfait"), (1916, "satisfait")])
def test_a_published_p30_wins_over_that_of_the_doctor(pfa: int, status: str) -> None:
    dermatologue = {"medecin.specialite": "dermatologie", "percentiles": {"pfa": {"p30": 100}}}
    assert status_of("ELI-04", **dermatologue, **counts(None, pfa)) == status


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(
    ("doctor", "field"),
    [
        (counts(None, 1800), "contrat.patientele_initiale.pmt"),
        ({"medecin.specialite": "dermatologie", **counts(2000, None)}, "contrat.patientele_initiale.pfa"),
    ],
)
def test_a_patientele_that_is_not_given_is_unknown_and_never_zero(doctor: dict[str, Any], field: str) -> None:
    decision = decide(**doctor)
    assert criterion(decision, "ELI-04").status == "inconnu"
    assert decision.verdict == "a_instruire"
    assert field in missing_fields(decision)


@pytest.mark.rule("ELI-04", "ELI-06")
@pytest.mark.parametrize(
    ("reading", "specialite", "pmt", "pfa", "asked"),
    [
        ("defaut", "medecine_generale", None, None, {"pmt"}),
        ("defaut", "mep", None, None, {"pfa"}),
        ("defaut", "pediatrie", None, None, {"pfa"}),
        ("defaut", "pediatrie", 51, None, {"pfa"}),
        ("un_des_deux", "pediatrie", None, None, {"pmt", "pfa"}),
        ("un_des_deux", "pediatrie", None, 900, {"pmt"}),
        ("un_des_deux", "pediatrie", 50, None, {"pfa"}),
        ("un_des_deux", "medecine_generale", 700, None, {"pfa"}),
        ("un_des_deux", "medecine_generale", None, 1100, {"pmt"}),
        ("les_deux", "medecine_generale", 1300, None, {"pfa"}),
        ("les_deux", "medecine_generale", None, 1800, {"pmt"}),
        ("les_deux", "medecine_generale", None, None, {"pmt", "pfa"}),
    ],
)
def test_a_doctor_is_only_asked_for_the_counts_that_the_deciding_indicator_lacks(
    reading: str, specialite: str, pmt: int | None, pfa: int | None, asked: set[str]
) -> None:
    doctor = {"medecin.specialite": specialite, **counts(pmt, pfa)}
    found = criterion(decide(readings={"indicateur_p30": reading}, **doctor), "ELI-04")
    assert found.status == "inconnu"
    assert set(found.missing) == {f"contrat.patientele_initiale.{name}" for name in asked}


@pytest.mark.rule("ELI-04")
def test_a_doctor_whose_deciding_p30_is_not_published_is_asked_for_that_one_alone() -> None:
    doctor = AVENANT_7 | counts(900, None) | {"medecin.date_installation": "2005-09-01"}
    found = criterion(decide(readings={"indicateur_p30": "les_deux"}, **doctor), "ELI-04")
    assert found.missing == ("contrat.patientele_initiale.pfa",)
    doctor |= counts(None, 1500)
    found = criterion(decide(readings={"indicateur_p30": "les_deux"}, **doctor), "ELI-04")
    assert found.missing == ("contrat.patientele_initiale.pmt", "percentiles.pfa.p30")
    found = criterion(decide(**doctor), "ELI-04")
    assert found.missing == ("contrat.patientele_initiale.pmt",)


@pytest.mark.rule("ELI-04")
@pytest.mark.parametrize(("pmt", "status"), [(0, "non_satisfait"), (1, "non_satisfait")])
def test_a_doctor_with_nearly_no_patient_is_under_the_threshold(pmt: int, status: str) -> None:
    assert status_of("ELI-04", **counts(pmt, 1800)) == status


# ELI-05: exceptions to the minimum activity


@pytest.mark.rule("ELI-05", "ELI-04")
@pytest.mark.parametrize("claim", ["medecin.rqth", "medecin.ald"])
@pytest.mark.parametrize("installed", [None, "2005-09-01", "2024-08-01"])
def test_a_doctor_with_rqth_or_ald_has_no_threshold(claim: str, installed: str | None) -> None:
    decision = decide(**(UNDER_P30 | {claim: True, "medecin.date_installation": installed}))
    assert criterion(decision, "ELI-04").status == "satisfait"
    assert criterion(decision, "ELI-05").status == "satisfait"
    assert criterion(decision, "ELI-04").missing == ()


@pytest.mark.rule("ELI-05", "ELI-04")
@pytest.mark.parametrize("claim", ["medecin.rqth", "medecin.ald"])
def test_a_doctor_with_rqth_or_ald_needs_no_count_and_no_published_p30(claim: str) -> None:
    doctor = {claim: True, "medecin.specialite": "hematologie", **counts(None, None)}
    assert status_of("ELI-04", **doctor) == "satisfait"


@pytest.mark.rule("ELI-05", "ELI-04")
def test_the_caisse_reconstitutes_the_level_of_a_doctor_with_another_activity() -> None:
    decision = decide(**(UNDER_P30 | {"medecin.activite_mixte": True}))
    assert criterion(decision, "ELI-04").status == "a_apprecier"
    assert criterion(decision, "ELI-05").status == "a_apprecier"
    assert decision.verdict == "a_instruire"


@pytest.mark.rule("ELI-05", "ELI-04")
@pytest.mark.parametrize(("pmt", "status"), [(774, "a_apprecier"), (775, "satisfait"), (776, "satisfait")])
def test_another_activity_only_matters_under_the_threshold(pmt: int, status: str) -> None:
    assert status_of("ELI-04", **counts(pmt, 1800), **{"medecin.activite_mixte": True}) == status


@pytest.mark.rule("ELI-05", "ELI-04")
@pytest.mark.parametrize("activite_mixte", [False, True])
def test_under_the_threshold_an_unknown_installation_leaves_the_answer_open(activite_mixte: bool) -> None:
    doctor = UNDER_P30 | {"medecin.date_installation": None, "medecin.activite_mixte": activite_mixte}
    decision = decide(**doctor)
    assert criterion(decision, "ELI-04").status == "inconnu"
    assert criterion(decision, "ELI-05").status == ("inconnu" if activite_mixte else "sans_objet")
    assert criterion(decision, "ELI-06").status == "inconnu"
    assert decision.verdict == "a_instruire"
    assert "medecin.date_installation" in missing_fields(decision)


@pytest.mark.rule("ELI-05", "ELI-04")
@pytest.mark.parametrize(
    ("installed", "pmt", "status"),
    [
        ("2005-09-01", 700, "a_apprecier"),
        ("2005-09-01", None, "sans_objet"),
        ("2005-09-01", 775, "sans_objet"),
        ("2024-06-01", 700, "satisfait"),
        ("2024-06-01", None, "inconnu"),
        ("2024-06-01", 1045, "sans_objet"),
        (None, 700, "inconnu"),
        (None, None, "inconnu"),
        (None, 775, "sans_objet"),
    ],
)
def test_another_activity_waits_for_the_installation_and_the_count_of_the_doctor(
    installed: str | None, pmt: int | None, status: str
) -> None:
    doctor = {"medecin.activite_mixte": True, "medecin.date_installation": installed}
    assert status_of("ELI-05", **doctor, **counts(pmt, 1800)) == status


@pytest.mark.rule("ELI-05", "ELI-06", "ELI-04")
@pytest.mark.parametrize("claim", ["medecin.rqth", "medecin.ald"])
def test_a_doctor_with_rqth_or_ald_under_the_threshold_needs_no_date_of_installation(claim: str) -> None:
    decision = decide(**(UNDER_P30 | {claim: True, "medecin.date_installation": None}))
    assert criterion(decision, "ELI-06").status == "sans_objet"
    assert criterion(decision, "ELI-06").missing == ()
    assert decision.verdict == "eligible"
    assert not [missing for missing in decision.missing if missing.stage == "verdict"]


@pytest.mark.rule("ELI-05", "ELI-04", "ELI-06")
def test_over_the_threshold_an_unknown_installation_changes_nothing() -> None:
    decision = decide(**{"medecin.date_installation": None})
    assert decision.verdict == "eligible"
    assert criterion(decision, "ELI-04").status == "satisfait"
    assert criterion(decision, "ELI-06").status == "sans_objet"
    assert not [missing for missing in decision.missing if missing.stage == "verdict"]


@pytest.mark.rule("ELI-05")
@drawing(120)
@given(data=dossier_dicts(), chosen=readings())
def test_the_exceptions_never_refuse_anybody_by_themselves(data: dict[str, Any], chosen: Readings) -> None:
    decision = evaluate(Dossier.model_validate(data), readings=chosen)
    assert criterion(decision, "ELI-05").status != "non_satisfait"
    assert criterion(decision, "ELI-06").status != "non_satisfait"


# ELI-06: primo-installé


@pytest.mark.rule("ELI-06", "ELI-05", "ELI-04")
@pytest.mark.parametrize(
    ("signed", "installed", "primo"),
    [
        ("2024-09-01", "2023-08-31", False),
        ("2024-09-01", "2023-09-01", True),  # 12 months to the day
        ("2024-09-01", "2023-09-02", True),
        ("2024-09-01", "2024-08-31", True),
        ("2024-09-01", "2024-09-01", True),  # on the day of the signature
        ("2024-02-29", "2023-02-27", False),
        ("2024-02-29", "2023-02-28", True),  # 12 months before a 29 February
        ("2024-02-29", "2023-03-01", True),
        ("2025-02-28", "2024-02-27", False),
        ("2025-02-28", "2024-02-28", True),
        ("2025-02-28", "2024-02-29", True),
        ("2025-03-01", "2024-02-29", False),
        ("2025-03-01", "2024-03-01", True),
    ],
)
def test_a_primo_installe_settled_within_the_12_months_before_the_signature(
    signed: str, installed: str, primo: bool
) -> None:
    doctor = {"contrat.date_signature": signed, "medecin.date_installation": installed}
    decision = decide(**doctor, **counts(300, 500))
    assert criterion(decision, "ELI-06").status == ("satisfait" if primo else "sans_objet")
    assert criterion(decision, "ELI-05").status == ("satisfait" if primo else "sans_objet")
    assert criterion(decision, "ELI-04").status == ("satisfait" if primo else "non_satisfait")
    assert decision.verdict == ("eligible" if primo else "non_eligible")


RECENT = {"medecin.date_installation": "2024-06-01"}


@pytest.mark.rule("ELI-06")
def test_a_doctor_cannot_sign_before_he_settles() -> None:
    with pytest.raises(RefusedData) as refused:
        decide(**{"medecin.date_installation": "2024-09-02"})
    assert [refusal.field for refusal in refused.value.refusals] == ["medecin.date_installation"]


@pytest.mark.rule("ELI-06")
@pytest.mark.parametrize(
    ("pmt", "pfa", "defaut", "other_readings"),
    [
        (300, 500, "satisfait", "satisfait"),
        (1044, 1513, "satisfait", "satisfait"),
        (1045, 1513, "sans_objet", "sans_objet"),
        (1046, 1513, "sans_objet", "sans_objet"),
        (1044, 1514, "satisfait", "sans_objet"),
        (1045, 1514, "sans_objet", "sans_objet"),
        (1044, None, "satisfait", "inconnu"),
        (None, 1513, "inconnu", "inconnu"),
        (None, 1514, "inconnu", "sans_objet"),
    ],
)
def test_a_primo_installe_is_under_p50_on_the_deciding_indicator_or_on_both(
    pmt: int | None, pfa: int | None, defaut: str, other_readings: str
) -> None:
    doctor = RECENT | counts(pmt, pfa)
    assert status_of("ELI-06", **doctor) == defaut
    assert status_of("ELI-06", readings={"indicateur_p30": "un_des_deux"}, **doctor) == other_readings
    assert status_of("ELI-06", readings={"indicateur_p30": "les_deux"}, **doctor) == other_readings


@pytest.mark.rule("ELI-06")
@pytest.mark.parametrize(("pmt", "status"), [(849, "satisfait"), (850, "sans_objet"), (851, "sans_objet")])
def test_under_avenant_7_the_primo_installe_is_under_850_adults(pmt: int, status: str) -> None:
    doctor = {"medecin.date_installation": "2022-01-15", **counts(pmt, 900), **AVENANT_7}
    assert status_of("ELI-06", **doctor) == status


@pytest.mark.rule("ELI-06", "ELI-04")
@pytest.mark.parametrize(
    ("pfa", "primo", "activity", "verdict"),
    [
        (1915, "satisfait", "satisfait", "eligible"),  # under P30, so under P50
        (1916, "inconnu", "satisfait", "a_instruire"),  # P50 is not published
        (1917, "inconnu", "satisfait", "a_instruire"),
    ],
)
def test_a_dermatologue_who_has_just_settled_is_under_p50_if_he_is_under_p30(
    pfa: int, primo: str, activity: str, verdict: str
) -> None:
    decision = decide(**{"medecin.specialite": "dermatologie"}, **RECENT, **counts(None, pfa))
    assert criterion(decision, "ELI-06").status == primo
    assert criterion(decision, "ELI-04").status == activity
    assert decision.verdict == verdict
    settling = {missing.field for missing in decision.missing if missing.stage == "verdict"}
    assert settling == ({"percentiles.pfa.p50"} if primo == "inconnu" else set())


@pytest.mark.rule("ELI-06", "MNT-01")
@pytest.mark.parametrize(("pfa", "status"), [(2399, "satisfait"), (2400, "sans_objet"), (2401, "sans_objet")])
def test_a_p50_that_the_doctor_supplies_says_whether_he_is_a_primo_installe(pfa: int, status: str) -> None:
    doctor = {"medecin.specialite": "dermatologie", "percentiles": {"pfa": {"p50": 2400}}}
    assert status_of("ELI-06", **doctor, **RECENT, **counts(None, pfa)) == status


@pytest.mark.rule("ELI-06", "ELI-04")
@pytest.mark.parametrize(
    ("pmt", "pfa", "status"),
    [(50, 948, "satisfait"), (51, 948, "inconnu"), (50, 949, "inconnu"), (51, 949, "inconnu")],
)
def test_a_pediatre_read_by_either_count_is_under_p50_if_both_his_counts_are_under_p30(
    pmt: int, pfa: int, status: str
) -> None:
    doctor = {"medecin.specialite": "pediatrie", **RECENT, **counts(pmt, pfa)}
    assert status_of("ELI-06", readings={"indicateur_p30": "un_des_deux"}, **doctor) == status


@pytest.mark.rule("ELI-06", "ELI-04")
@pytest.mark.parametrize(
    ("pmt", "pfa", "status"),
    [(50, 948, "satisfait"), (51, 948, "satisfait"), (50, 949, "inconnu"), (51, 949, "inconnu")],
)
def test_a_pediatre_who_has_just_settled_is_under_p50_if_his_file_active_is_under_p30(
    pmt: int, pfa: int, status: str
) -> None:
    doctor = {"medecin.specialite": "pediatrie", **RECENT, **counts(pmt, pfa)}
    assert status_of("ELI-06", **doctor) == status


EITHER = {"medecin.specialite": "pediatrie", "readings": {"indicateur_p30": "un_des_deux"}}


@pytest.mark.rule("ELI-06", "ELI-04")
@pytest.mark.parametrize(
    ("doctor", "asked"),
    [
        (counts(None, None), {"contrat.patientele_initiale.pmt"}),  # the PMT alone decides
        ({"medecin.specialite": "pediatrie", **counts(60, 1000)}, {"percentiles.pfa.p50"}),  # the PFA alone
        ({**EITHER, **counts(50, 1000)}, {"percentiles.pfa.p50"}),  # 50 < P30 < P50
        ({**EITHER, **counts(60, 900)}, {"percentiles.pmt.p50"}),  # 900 < P30 < P50
        ({**EITHER, **counts(60, 1000)}, {"percentiles.pmt.p50", "percentiles.pfa.p50"}),
    ],
    ids=[
        "generaliste",
        "pediatre",
        "pediatre by either count, under P30 by PMT",
        "pediatre by either count, under P30 by PFA",
        "pediatre by either count, over both P30",
    ],
)
def test_a_doctor_who_has_just_settled_is_asked_for_what_would_settle_his_case_and_no_more(
    doctor: dict[str, Any], asked: set[str]
) -> None:
    found = criterion(decide(**doctor, **RECENT), "ELI-06")
    assert found.status == "inconnu"
    assert set(found.missing) == asked


@pytest.mark.rule("ELI-06")
def test_under_the_threshold_a_primo_installation_without_a_date_is_asked_for() -> None:
    decision = decide(**(UNDER_P30 | {"medecin.date_installation": None}))
    assert criterion(decision, "ELI-06").status == "inconnu"
    assert "medecin.date_installation" in missing_fields(decision)


# ELI-06: a far move or a change of specialty, by derogation of the CPN

CLAIMS = ["demenagement", "changement_specialite"]
CLAIM = {"medecin.derogation_installation": "demenagement"}


@pytest.mark.rule("ELI-06", "ELI-05", "ELI-04")
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("installed", ["2023-09-01", "2024-06-01", "2024-09-01"])
def test_a_doctor_who_moved_far_or_changed_specialty_within_12_months_is_for_the_caisse(
    claim: str, installed: str
) -> None:
    doctor = {"medecin.derogation_installation": claim, "medecin.date_installation": installed}
    decision = decide(**doctor, **counts(300, 500))
    for rule in ("ELI-04", "ELI-05", "ELI-06"):
        found = criterion(decision, rule)
        assert (found.status, found.missing) == ("a_apprecier", ("caisse.ELI-06",))
    assert decision.verdict == "a_instruire"
    assert "caisse.ELI-06" in missing_fields(decision)
    said = step_sentence(criterion(decision, "ELI-06"))
    assert "le contrat antérieur est clos et un nouveau est signé" in said.replace("\u00a0", " ")
    assert "urps_partenaires" in [each.source for each in criterion(decision, "ELI-06").references]


@pytest.mark.rule("ELI-06", "OBJ-08", "OBJ-02")
@pytest.mark.parametrize(
    ("changes", "natures"),
    [
        ({}, {("primo_installe", "augmentation")}),
        ({"medecin.date_naissance": "1955-01-01"}, {("maintien",)}),  # 65 and older: maintien wins
        ({"contrat.nature_objectifs": {"pmt": "maintien", "pfa": "maintien"}}, {("maintien",)}),
        ({"contrat.objectifs": {"pmt": 300, "pfa": 500}}, {("primo_installe", "maintien")}),
        ({"contrat.objectifs": {"pmt": 400, "pfa": 600}}, {("primo_installe", "augmentation")}),
    ],
)
def test_the_objectives_of_a_derogation_are_those_of_a_primo_installe_or_of_anybody(
    changes: dict[str, Any], natures: set[tuple[str, ...]]
) -> None:
    decision = decide(**(RECENT | counts(300, 500) | CLAIM | {"annee": 3} | changes))
    assert decision.objectives is not None
    assert {objective.possible_natures for objective in decision.objectives.values()} == natures
    if len(*natures) > 1:
        nature = next(m for m in decision.missing if m.field == "caisse.ELI-06")
        assert "OBJ-02" in nature.rules


@pytest.mark.rule("ELI-06", "OBJ-08", "MOD-01", "MOD-06")
def test_a_derogation_is_paid_between_what_the_two_objectives_give() -> None:
    # P50 is 1 045 and 1 514: as a primo-installé he has reached them, as anybody he is half way.
    doctor = RECENT | counts(700, 900) | {"annee": 3}
    doctor |= {"contrat.objectifs": {"pmt": 1500, "pfa": 2300}, "observation": {"pmt": 1100, "pfa": 1600}}
    open_ = decide(**doctor, **CLAIM)
    primo = decide(**doctor)
    other = decide(force=True, **(doctor | {"medecin.date_installation": "2005-09-01"}))
    assert open_.amount_due is not None
    assert primo.amount_due is not None
    assert other.amount_due is not None
    assert (open_.amount_due.low, open_.amount_due.high) == (other.amount_due.low, primo.amount_due.high)
    assert other.amount_due.low < primo.amount_due.high


@pytest.mark.rule("ELI-06", "ELI-05", "ELI-04")
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize(
    ("installed", "pmt"), [("2023-08-31", 300), ("2005-09-01", 1300), ("2024-06-01", 1045)]
)
def test_outside_of_the_window_or_from_p50_on_a_derogation_changes_nothing(
    claim: str, installed: str, pmt: int
) -> None:
    doctor = {"medecin.date_installation": installed, **counts(pmt, 1800)}
    without = decide(**doctor)
    claimed = decide(**doctor, **{"medecin.derogation_installation": claim})
    assert claimed.verdict == without.verdict
    assert claimed.missing == without.missing
    assert claimed.objectives == without.objectives
    assert [c.status for c in claimed.criteria] == [c.status for c in without.criteria]


@pytest.mark.rule("ELI-06", "ELI-05", "ELI-04")
@pytest.mark.parametrize(("pmt", "activity"), [(774, "a_apprecier"), (775, "satisfait"), (1044, "satisfait")])
def test_from_p30_on_a_derogation_only_leaves_the_objectives_to_the_caisse(pmt: int, activity: str) -> None:
    decision = decide(**RECENT, **CLAIM, **counts(pmt, 900))
    assert criterion(decision, "ELI-04").status == activity
    assert criterion(decision, "ELI-05").status == (
        "sans_objet" if activity == "satisfait" else "a_apprecier"
    )
    assert criterion(decision, "ELI-06").status == "a_apprecier"
    assert decision.verdict == "a_instruire"


@pytest.mark.rule("ELI-06", "ELI-05", "ELI-04")
@pytest.mark.parametrize("exempt", ["medecin.rqth", "medecin.ald"])
def test_a_doctor_with_rqth_or_ald_who_moved_has_no_threshold_but_waits_for_his_objectives(
    exempt: str,
) -> None:
    decision = decide(**RECENT, **CLAIM, **{exempt: True}, **counts(300, 500))
    assert [criterion(decision, f"ELI-0{n}").status for n in (4, 5, 6)] == [
        "satisfait", "satisfait", "a_apprecier",
    ]  # fmt: skip


@pytest.mark.rule("ELI-06", "ELI-04")
@pytest.mark.parametrize("pmt", [300, 900])
def test_a_derogation_without_its_day_is_asked_for_it(pmt: int) -> None:
    decision = decide(**CLAIM, **{"medecin.date_installation": None}, **counts(pmt, 900))
    found = criterion(decision, "ELI-06")
    assert (found.status, found.missing) == ("inconnu", ("medecin.date_installation",))
    assert criterion(decision, "ELI-04").status == ("inconnu" if pmt == 300 else "satisfait")
    assert decision.verdict == "a_instruire"


@pytest.mark.rule("ELI-06", "ELI-04")
def test_a_derogation_of_which_the_p50_is_not_published_is_asked_for_it() -> None:
    found = criterion(
        decide(**RECENT, **CLAIM, **{"medecin.specialite": "dermatologie"}, **counts(None, 1950)), "ELI-06"
    )
    assert (found.status, found.missing) == ("inconnu", ("percentiles.pfa.p50",))


@pytest.mark.rule("ELI-06", "ELI-04")
def test_another_activity_and_a_derogation_both_wait_for_the_caisse() -> None:
    decision = decide(**RECENT, **CLAIM, **{"medecin.activite_mixte": True}, **counts(300, 500))
    assert criterion(decision, "ELI-04").missing == ("caisse.ELI-06", "caisse.ELI-04")


@pytest.mark.rule("ELI-06", "OBJ-08")
@drawing(80)
@given(data=dossier_dicts(annee=3, observed=True), chosen=readings(), kind=st.sampled_from(CLAIMS))
def test_a_derogation_leaves_open_what_a_first_installation_and_none_would_pay(
    data: dict[str, Any], chosen: Readings, kind: str
) -> None:
    signed = date.fromisoformat(data["contrat"]["date_signature"])
    recent, long_ago = ((signed - timedelta(days=days)).isoformat() for days in (100, 7_000))
    doctor = data["medecin"] | {"date_installation": recent, "derogation_installation": None}
    few = {"pmt": 60, "pfa": 150}  # under the P50 of every specialty
    contrat = data["contrat"] | {"patientele_initiale": few, "patientele_reference": None, "objectifs": None}
    told = data | {"medecin": doctor, "contrat": contrat, "percentiles": None}
    primo, claimed, other = (
        evaluate(Dossier.model_validate(told | {"medecin": doctor | change}), readings=chosen, force=True)
        for change in ({}, {"derogation_installation": kind}, {"date_installation": long_ago})
    )
    assert (
        criterion(claimed, "ELI-06").status == "a_apprecier" or criterion(primo, "ELI-06").status == "inconnu"
    )
    assert claimed.verdict != "eligible"
    for one in (primo, other):
        assert (claimed.amount_due is None) is (one.amount_due is None)
        if claimed.amount_due is not None and one.amount_due is not None:
            assert claimed.amount_due.low <= one.amount_due.low
            assert claimed.amount_due.high >= one.amount_due.high


@pytest.mark.rule("ELI-01", "ELI-10")
@drawing(150)
@given(data=dossier_dicts(signature=date(2022, 3, 1)), chosen=readings())
def test_neither_his_specialty_nor_a_practice_alone_refuses_a_doctor_of_avenant_7(
    data: dict[str, Any], chosen: Readings
) -> None:
    decision = evaluate(Dossier.model_validate(data), readings=chosen)
    for rule in ("ELI-01", "ELI-10"):
        assert criterion(decision, rule).status != "non_satisfait"


def said_of(decision: Decision) -> str:
    return decision.explain().replace("\u00a0", " ").replace("\u202f", " ").replace("\n", " ")


@pytest.mark.rule("ELI-06", "ELI-04")
def test_a_doctor_of_300_and_500_installed_in_2005_is_refused_and_told_of_the_derogation() -> None:
    decision = decide(**counts(300, 500))
    assert decision.verdict == "non_eligible"
    said = said_of(decision)
    for words in (
        "déménagement",
        "changement de spécialité",
        "nouvelle installation",
        "dérogation d’installation",
        "date d’installation",
    ):
        assert words in said
    assert "derogation_installation" not in said
    assert "Le contrat antérieur est alors clos, et un nouveau est signé." in said


@pytest.mark.rule("ELI-06", "ELI-04")
@pytest.mark.parametrize(
    "doctor",
    [
        CLAIM | counts(300, 500),  # claimed, and too old: nothing more to say
        counts(800, 1000) | {"readings": {"indicateur_p30": "les_deux"}, "medecin.date_installation": None},
        counts(1300, 1000) | {"readings": {"indicateur_p30": "les_deux"}},  # over P50 by the PMT
        counts(1300, 1800),
    ],
    ids=["claimed in vain", "no date", "over P50", "over P30"],
)
def test_the_derogation_is_told_only_to_whom_it_may_serve(doctor: dict[str, Any]) -> None:
    assert "par dérogation de la CPN" not in said_of(decide(**doctor))


# ELI-07: option


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize(
    ("signed", "option", "zip_", "outside", "unknown"),
    [
        ("2022-03-01", "1/3", "satisfait", "satisfait", "satisfait"),
        ("2022-03-01", "0.5", "satisfait", "satisfait", "satisfait"),
        ("2022-03-01", "1.5", "non_satisfait", "non_satisfait", "non_satisfait"),
        ("2022-03-01", "2", "non_satisfait", "non_satisfait", "non_satisfait"),
        ("2023-06-01", "1/3", "non_satisfait", "non_satisfait", "non_satisfait"),
        ("2023-06-01", "0.5", "satisfait", "satisfait", "satisfait"),
        ("2023-06-01", "1", "satisfait", "satisfait", "satisfait"),
        ("2023-06-01", "1.5", "non_satisfait", "non_satisfait", "non_satisfait"),
        ("2023-06-01", "2", "non_satisfait", "non_satisfait", "non_satisfait"),
        ("2024-09-01", "1/3", "non_satisfait", "non_satisfait", "non_satisfait"),
        ("2024-09-01", "0.5", "satisfait", "satisfait", "satisfait"),
        ("2024-09-01", "1", "satisfait", "satisfait", "satisfait"),
        ("2024-09-01", "1.5", "satisfait", "satisfait", "satisfait"),  # the zone is for ELI-08
        ("2024-09-01", "2", "satisfait", "satisfait", "satisfait"),
    ],
)
def test_the_options_open_under_each_text(
    signed: str, option: str, zip_: str, outside: str, unknown: str
) -> None:
    contract = {"contrat.date_signature": signed, "contrat.option_etp": option, **NEW}
    for zone, status in [("ZIP", zip_), ("ZAC", outside), ("hors_zone", outside), (None, unknown)]:
        assert status_of("ELI-07", **contract, **{"medecin.zone": zone}) == status


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize("signed", ["2019-09-01", "2022-03-01", "2023-04-30"])
@pytest.mark.parametrize(
    ("zone", "status", "missing"),
    [
        ("ZIP", "satisfait", ()),
        ("ZAC", "a_apprecier", ("caisse.ELI-07",)),
        ("hors_zone", "non_satisfait", ()),
        (None, "inconnu", ("medecin.zone",)),
    ],
)
def test_one_etp_of_avenant_7_was_for_zip_and_in_zac_the_sources_disagree(
    signed: str, zone: str | None, status: str, missing: tuple[str, ...]
) -> None:
    unknown = {"medecin.date_installation": None, "medecin.date_naissance": None}
    contract = {"contrat.date_signature": signed, "contrat.option_etp": "1", "medecin.zone": zone}
    found = criterion(decide(**contract, **unknown, **NEW), "ELI-07")
    assert (found.status, found.missing) == (status, missing)
    sources = [reference.source for reference in found.references]
    assert sources == ["ameli_mai_2023", *(["medscape_2020"] if zone == "ZAC" else [])]


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize(
    ("option", "zone", "day", "status"),
    [
        ("1/3", "ZIP", "2023-04-29", "satisfait"),
        ("1/3", "ZIP", "2023-04-30", "satisfait"),
        ("1/3", "ZIP", "2023-05-01", "non_satisfait"),
        ("1/3", "ZIP", "2023-05-02", "non_satisfait"),
        ("1", "ZAC", "2023-04-30", "a_apprecier"),
        ("1", "hors_zone", "2023-04-30", "non_satisfait"),
        ("1", "ZAC", "2023-05-01", "satisfait"),
        ("1.5", "ZIP", "2024-06-21", "non_satisfait"),
        ("1.5", "ZIP", "2024-06-22", "satisfait"),
        ("2", "ZIP", "2024-06-20", "non_satisfait"),
        ("2", "ZIP", "2024-06-21", "non_satisfait"),
        ("2", "ZIP", "2024-06-22", "satisfait"),
        ("2", "ZIP", "2024-06-23", "satisfait"),
    ],
)
def test_an_option_opens_or_closes_with_a_text_for_a_signature_and_for_an_avenant(
    option: str, zone: str, day: str, status: str
) -> None:
    choice = {"contrat.option_etp": option, "medecin.zone": zone, "contrat.objectifs": None}
    assert status_of("ELI-07", **choice, **{"contrat.date_signature": day, "annee": 1}) == status
    avenant = {"contrat.date_signature": "2022-01-15", "contrat.date_option": day, "annee": 4}
    assert status_of("ELI-07", **choice, **avenant) == status


@pytest.mark.rule("ELI-07")
@pytest.mark.parametrize("annee", [1, 2, 3, 4, 5])
def test_the_third_of_an_etp_lives_on_in_contracts_signed_before_may_2023(annee: int) -> None:
    third = {"contrat.date_signature": "2023-04-30", "contrat.option_etp": "1/3", "annee": annee}
    assert status_of("ELI-07", **third) == "satisfait"


@pytest.mark.rule("ELI-07")
def test_a_zone_that_is_not_given_is_asked_for_one_etp_under_avenant_7() -> None:
    decision = decide(**AVENANT_7, **{"medecin.zone": None})
    assert decision.verdict == "a_instruire"
    assert "medecin.zone" in missing_fields(decision)


# ELI-08: 1.5 and 2 ETP

FOLLOWS = {
    "contrat.date_signature": "2024-09-01",
    "contrat.contrat_anterieur": {
        "option_etp": "1",
        "date_signature": "2021-06-01",
        "objectifs_atteints": True,
    },
    "annee": 3,
}
"""A new contract that follows one of 1 ETP."""
AMENDS = {
    "contrat.date_signature": "2022-09-01",
    "contrat.date_option": "2024-10-01",
    "contrat.contrat_anterieur": {
        "option_etp": "1",
        "date_signature": "2022-09-01",
        "objectifs_atteints": True,
    },
    "medecin.exercice_coordonne": True,
    "annee": 3,
}
"""An avenant to the running contract of 1 ETP, in its third year."""


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize("option", ["1.5", "2"])
@pytest.mark.parametrize("contract", [FOLLOWS, AMENDS], ids=["new contract", "avenant"])
def test_a_generaliste_in_zip_with_a_1_etp_contract_and_its_objectives_can_have_more(
    contract: dict[str, Any], option: str
) -> None:
    decision = decide(**contract, **{"contrat.option_etp": option})
    assert criterion(decision, "ELI-08").status == "satisfait"
    assert decision.verdict == "eligible"


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize("option", ["1.5", "2"])
@pytest.mark.parametrize("contract", [FOLLOWS, AMENDS], ids=["new contract", "avenant"])
@pytest.mark.parametrize(
    "lacking",
    [
        {"medecin.zone": "ZAC"},
        {"medecin.zone": "hors_zone"},
        {"medecin.specialite": "mep"},
        {"medecin.specialite": "dermatologie"},
        {"medecin.specialite": "pediatrie"},
        {"contrat.contrat_anterieur.option_etp": "0.5"},
        {"contrat.contrat_anterieur.option_etp": "1/3"},
        {"contrat.contrat_anterieur.objectifs_atteints": False},
    ],
    ids=lambda lacking: " ".join(f"{key} {value}" for key, value in lacking.items()),
)
def test_each_condition_of_1_5_and_2_etp_refuses_by_itself(
    contract: dict[str, Any], option: str, lacking: dict[str, Any]
) -> None:
    decision = decide(**(contract | {"contrat.option_etp": option} | lacking))
    assert criterion(decision, "ELI-08").status == "non_satisfait"
    assert decision.verdict == "non_eligible"


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize("contract", [FOLLOWS, AMENDS], ids=["new contract", "avenant"])
@pytest.mark.parametrize(
    "field",
    ["medecin.zone", "contrat.contrat_anterieur.option_etp", "contrat.contrat_anterieur.objectifs_atteints"],
)
def test_each_condition_of_2_etp_that_is_not_known_is_asked_for(contract: dict[str, Any], field: str) -> None:
    decision = decide(**(contract | {"contrat.option_etp": "2", field: None}))
    assert criterion(decision, "ELI-08").status == "inconnu"
    assert field in missing_fields(decision)


@pytest.mark.rule("ELI-08")
def test_the_date_of_the_contract_that_2_etp_follow_is_asked_for() -> None:
    field = "contrat.contrat_anterieur.date_signature"
    decision = decide(**(FOLLOWS | {"contrat.option_etp": "2", field: None}))
    assert criterion(decision, "ELI-08").status == "inconnu"
    assert field in missing_fields(decision)


@pytest.mark.rule("ELI-08")
def test_2_etp_without_a_word_on_the_contract_before_are_unknown_and_not_refused() -> None:
    decision = decide(**(FOLLOWS | {"contrat.option_etp": "2", "contrat.contrat_anterieur": None}))
    assert criterion(decision, "ELI-08").status == "inconnu"
    assert decision.verdict == "a_instruire"


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize(
    ("before", "status"),
    [
        ("2022-08-31", "satisfait"),
        ("2022-09-01", "satisfait"),  # its third year starts on 2024-09-01
        ("2022-09-02", "non_satisfait"),
        ("2024-09-01", "non_satisfait"),
    ],
)
def test_a_new_contract_of_2_etp_follows_one_that_is_in_its_third_year(before: str, status: str) -> None:
    field = "contrat.contrat_anterieur.date_signature"
    assert status_of("ELI-08", **(FOLLOWS | {"contrat.option_etp": "2", field: before})) == status


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize(
    ("before", "status"),
    [("2022-02-28", "satisfait"), ("2022-03-01", "non_satisfait")],
)
def test_the_third_year_is_counted_to_the_day_around_29_february(before: str, status: str) -> None:
    contract = FOLLOWS | {
        "contrat.date_signature": "2024-02-29",
        "contrat.option_etp": "2",
        "contrat.contrat_anterieur.date_signature": before,
    }
    assert status_of("ELI-08", **contract) == status


@pytest.mark.rule("ELI-08", "MNT-05")
@pytest.mark.parametrize(
    ("annee", "status", "verdict"),
    [(1, "a_apprecier", "a_instruire"), (2, "a_apprecier", "a_instruire"), (3, "satisfait", "eligible")],
)
def test_the_first_two_years_of_a_new_contract_of_2_etp_are_for_the_caisse(
    annee: int, status: str, verdict: str
) -> None:
    decision = decide(**(FOLLOWS | {"contrat.option_etp": "2", "annee": annee}))
    assert criterion(decision, "ELI-08").status == status
    assert decision.verdict == verdict


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize(
    ("obtained", "annee", "status"),
    [
        ("2024-08-30", 2, "non_satisfait"),
        ("2024-08-31", 2, "non_satisfait"),  # the last day of year 2
        ("2024-09-01", 3, "satisfait"),  # the first day of year 3
        ("2024-09-02", 3, "satisfait"),
        ("2025-09-01", 4, "satisfait"),
    ],
)
def test_an_avenant_of_2_etp_needs_the_third_year_of_the_running_contract(
    obtained: str, annee: int, status: str
) -> None:
    contract = AMENDS | {"contrat.option_etp": "2", "contrat.date_option": obtained, "annee": annee}
    assert status_of("ELI-08", **contract) == status


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize(
    ("before", "annee", "status"),
    [
        ("2022-11-30", 3, "satisfait"),
        ("2022-12-01", 3, "satisfait"),  # its third year starts on 2024-12-01
        ("2022-12-01", 2, "a_apprecier"),
        ("2022-12-01", 1, "a_apprecier"),
        ("2022-12-02", 3, "non_satisfait"),
        ("2022-12-02", 1, "non_satisfait"),
    ],
)
def test_an_option_obtained_after_the_signature_is_that_of_a_new_contract_if_an_older_one_is_named(
    before: str, annee: int, status: str
) -> None:
    contract = FOLLOWS | {
        "contrat.option_etp": "2",
        "contrat.date_option": "2024-12-01",
        "contrat.contrat_anterieur.date_signature": before,
        "annee": annee,
    }
    found = criterion(decide(**contract), "ELI-08")
    assert (found.status, found.code) == (status, status)
    assert found.missing == (("caisse.ELI-08",) if status == "a_apprecier" else ())


@pytest.mark.rule("ELI-08")
def test_an_option_obtained_after_the_signature_is_an_avenant_if_the_contract_before_is_the_same() -> None:
    field = "contrat.contrat_anterieur.date_signature"
    same = {field: AMENDS["contrat.date_signature"]}
    found = criterion(decide(**(AMENDS | {"contrat.option_etp": "2"} | same)), "ELI-08")
    assert (found.status, found.code) == ("satisfait", "avenant_satisfait")


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize("annee", [1, 3])
@pytest.mark.parametrize("before", [None, {"option_etp": "1", "objectifs_atteints": True}])
def test_nothing_tells_an_avenant_from_a_new_contract_without_the_date_of_the_one_before(
    before: dict[str, object] | None, annee: int
) -> None:
    decision = decide(
        **{
            "contrat.date_signature": "2025-01-01",
            "contrat.option_etp": "2",
            "contrat.date_option": "2025-06-01",
            "contrat.contrat_anterieur": before,
            "annee": annee,
        }
    )
    assert decision.verdict == "a_instruire"
    assert "contrat.contrat_anterieur.date_signature" in missing_fields(decision)


@pytest.mark.rule("ELI-08", "ELI-07")
@pytest.mark.parametrize(
    ("obtained", "verdict"), [("2024-06-21", "non_eligible"), ("2024-06-22", "eligible")]
)
def test_an_avenant_of_2_etp_is_possible_from_the_convention_on(obtained: str, verdict: str) -> None:
    contract = AMENDS | {
        "contrat.date_signature": "2022-03-01",
        "contrat.contrat_anterieur.date_signature": "2022-03-01",
        "contrat.option_etp": "2",
        "contrat.date_option": obtained,
    }
    assert verdict_of(**contract) == verdict


@pytest.mark.rule("ELI-08")
@pytest.mark.parametrize("option", ["0.5", "1"])
def test_nothing_more_is_asked_for_half_an_etp_or_one(option: str) -> None:
    outside = {"contrat.option_etp": option, "medecin.zone": "hors_zone"}
    assert status_of("ELI-08", **outside) == "sans_objet"


# ELI-09: who signs


@pytest.mark.rule("ELI-09")
def test_a_remplacant_cannot_sign() -> None:
    decision = decide(**{"medecin.remplacant": True})
    assert criterion(decision, "ELI-09").status == "non_satisfait"
    assert decision.verdict == "non_eligible"


@pytest.mark.rule("ELI-09")
def test_a_doctor_who_is_settled_can_sign() -> None:
    assert status_of("ELI-09", **{"medecin.remplacant": False}) == "satisfait"


# ELI-10: exercice coordonné


@pytest.mark.rule("ELI-10")
@pytest.mark.parametrize(
    ("coordinated", "status"), [(True, "satisfait"), (False, "a_apprecier"), (None, "inconnu")]
)
def test_avenant_7_asked_for_a_coordinated_practice(coordinated: bool | None, status: str) -> None:
    decision = decide(**(AVENANT_7 | {"medecin.exercice_coordonne": coordinated}))
    assert criterion(decision, "ELI-10").status == status
    assert ("medecin.exercice_coordonne" in missing_fields(decision)) is (status == "inconnu")


@pytest.mark.rule("ELI-10", "CTR-08")
@pytest.mark.parametrize(
    ("signed", "day"), [("2022-03-01", "1er mars 2024"), ("2020-02-29", "28 février 2022")]
)
def test_a_commitment_to_a_coordinated_practice_within_2_years_is_for_the_caisse_and_never_a_refusal(
    signed: str, day: str
) -> None:
    doctor = AVENANT_7 | {"medecin.exercice_coordonne": False, "contrat.date_signature": signed}
    decision = decide(**doctor)
    found = criterion(decision, "ELI-10")
    assert (found.status, found.missing) == ("a_apprecier", ("caisse.ELI-10",))
    assert decision.verdict == "a_instruire"
    assert decision.amount_due is not None
    assert day in said_of(decision)
    sources = [reference.source for reference in found.references]
    assert sources[1:] == ["csmf_criteres", "fmf_proposition_avenant_7"]


@pytest.mark.rule("ELI-10")
@pytest.mark.parametrize("coordinated", [True, False, None])
@pytest.mark.parametrize(
    ("signed", "asked"),
    [("2023-04-29", True), ("2023-04-30", True), ("2023-05-01", False), ("2023-05-02", False)],
)
def test_a_coordinated_practice_is_no_longer_asked_since_may_2023(
    signed: str, asked: bool, coordinated: bool | None
) -> None:
    doctor = {"contrat.date_signature": signed, "medecin.exercice_coordonne": coordinated, **NEW}
    assert (status_of("ELI-10", **doctor) != "sans_objet") is asked


# CTR-01: after the term


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize("annee", [6, 7, 10])
@pytest.mark.parametrize(
    ("prorogation", "verdict"), [(True, "eligible"), (False, "non_eligible"), (None, "a_instruire")]
)
@pytest.mark.parametrize("signed", ["2019-10-15", "2023-05-01", "2024-06-21"])
def test_a_contract_signed_before_the_convention_ends_at_its_term_unless_prolonged(
    signed: str, prorogation: bool | None, verdict: str, annee: int
) -> None:
    contract = {
        "contrat.date_signature": signed,
        "contrat.prorogation": prorogation,
        "medecin.exercice_coordonne": True,
        "annee": annee,
    }
    decision = decide(**contract)
    assert decision.verdict == verdict
    assert ("sans_prorogation" in warning_codes(decision)) is (prorogation is None)
    assert ("contrat.prorogation" in missing_fields(decision)) is (prorogation is None)


@pytest.mark.rule("CTR-01")
@pytest.mark.parametrize("prorogation", [True, False, None])
@pytest.mark.parametrize(
    ("signed", "annee"),
    [
        ("2019-10-15", 1),
        ("2019-10-15", 5),
        ("2024-06-21", 5),
        ("2024-06-22", 6),
        ("2024-09-01", 6),
        ("2024-09-01", 11),
    ],
)
def test_before_the_term_or_with_tacit_renewal_no_prolongation_is_asked(
    signed: str, annee: int, prorogation: bool | None
) -> None:
    contract = {
        "contrat.date_signature": signed,
        "contrat.prorogation": prorogation,
        "medecin.exercice_coordonne": True,
        "annee": annee,
    }
    decision = decide(**contract)
    assert decision.verdict == "eligible"
    assert "sans_prorogation" not in warning_codes(decision)


# Properties

ALWAYS_GIVEN = {
    "specialite",
    "date_signature",
    "option_etp",
    "patientele_initiale",
    "annee",
    "medecin",
    "contrat",
}
APART = {"remplacant", "date_option"}
"""Taken away, the first is a denial and the second becomes the day of the signature."""


def _without_each(data: dict[str, Any], kept: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """The same input without each optional datum in turn, at any depth."""
    found = []
    for key, value in data.items():
        if key not in kept and value is not None:
            found.append((key, {other: data[other] for other in data if other != key}))
        if isinstance(value, dict):
            inner = kept - {"option_etp", "date_signature"} if key == "contrat_anterieur" else kept
            found += [(f"{key}.{path}", data | {key: less}) for path, less in _without_each(value, inner)]
    return found


def _verdict(data: dict[str, Any], chosen: Readings) -> str:
    try:
        return evaluate(Dossier.model_validate(data), readings=chosen).verdict
    except RefusedData:
        return "refused"


def _closed_before(data: dict[str, Any], chosen: Readings) -> bool:
    decision = evaluate(Dossier.model_validate(data), readings=chosen)
    return criterion(decision, "ELI-07").code == "avant_fermee"


@pytest.mark.rule("ELI-01", "ELI-02", "ELI-03", "ELI-04", "ELI-05", "ELI-06", "ELI-07", "ELI-08", "ELI-10")
@drawing(250)
@given(data=dossier_dicts(), chosen=readings())
def test_a_doctor_who_gives_less_never_becomes_eligible(data: dict[str, Any], chosen: Readings) -> None:
    """But for an option that no avenant could follow: untold, only those that could be held are possible."""
    data["medecin"]["remplacant"] = False
    if _verdict(data, chosen) == "non_eligible" and not _closed_before(data, chosen):
        for path, less in _without_each(data, ALWAYS_GIVEN | APART):
            assert _verdict(less, chosen) != "eligible", path


@pytest.mark.rule("ELI-04", "ELI-05", "ELI-06")
@drawing(300)
@given(
    pmt=st.none() | st.integers(600, 1100),
    pfa=st.none() | st.integers(1100, 1600),
    installed=st.none() | st.dates(date(2023, 6, 1), date(2024, 9, 1)),
    mixte=st.booleans(),
    chosen=readings(),
)
def test_a_generaliste_who_hides_a_count_or_his_installation_never_becomes_eligible(
    pmt: int | None, pfa: int | None, installed: date | None, mixte: bool, chosen: Readings
) -> None:
    doctor = {
        "medecin.date_installation": None if installed is None else installed.isoformat(),
        "medecin.activite_mixte": mixte,
        **counts(pmt, pfa),
    }
    choices = chosen.model_dump()
    if verdict_of(readings=choices, **doctor) == "non_eligible":
        for path in (
            "contrat.patientele_initiale.pmt",
            "contrat.patientele_initiale.pfa",
            "medecin.date_installation",
        ):
            assert verdict_of(readings=choices, **(doctor | {path: None})) != "eligible", path


@pytest.mark.rule("ELI-01", "ELI-04")
@drawing(150)
@given(data=dossier_dicts(), chosen=readings())
def test_the_verdict_follows_from_the_criteria(data: dict[str, Any], chosen: Readings) -> None:
    decision = evaluate(Dossier.model_validate(data), readings=chosen)
    statuses = {each.status for each in decision.criteria}
    for each in decision.criteria:
        assert each.missing == () or each.status in ("inconnu", "a_apprecier")
    if "non_satisfait" in statuses:
        assert decision.verdict == "non_eligible"
        assert decision.maximum is None
    elif statuses & {"inconnu", "a_apprecier"}:
        assert decision.verdict == "a_instruire"
        assert [missing for missing in decision.missing if missing.stage == "verdict"]
    else:
        assert decision.verdict == "eligible"
        assert not [missing for missing in decision.missing if missing.stage == "verdict"]
