"""The whole decision of typical doctors, line by line: a diff shows the effect of a change.

After a wanted change: `python tests/test_golden.py` writes the files anew; read the diff before it goes in.
"""

from pathlib import Path
from typing import Any

import pytest

from aide_am import Decision, Dossier, Readings, evaluate
from aide_am.decision import Criterion, Step
from aide_am.examples import examples
from support import dossier

HERE = Path(__file__).parent / "data" / "decisions"
AVENANT_7: dict[str, Any] = {
    "contrat.date_signature": "2022-03-01",
    "contrat.objectifs": None,
    "medecin.exercice_coordonne": True,
}
SURGEON = {"medecin.specialite": "chirurgie_viscerale", "contrat.objectifs": None}
RECENT = {
    "medecin.date_installation": "2024-06-01",
    "contrat.objectifs": None,
    "contrat.patientele_initiale": {"pmt": 600, "pfa": 900},
}
UNDER = {"contrat.patientele_initiale": {"pmt": 700, "pfa": 1300}, "contrat.objectifs": None}
TWO = {
    "contrat.option_etp": "2",
    "contrat.date_option": "2026-10-01",
    "annee": 4,
    "contrat.contrat_anterieur": {
        "option_etp": "1",
        "date_signature": "2024-09-01",
        "objectifs_atteints": True,
    },
}
CASES: dict[str, dict[str, Any]] = {
    "specialite_exclue": {"medecin.specialite": "radiologie", "contrat.objectifs": None},
    "specialite_a_apprecier": {"medecin.specialite": "chirurgie_maxillo_faciale_stomatologie"}
    | {"contrat.objectifs": None},
    "specialite_sous_avenant_7": AVENANT_7 | {"medecin.specialite": "cardiologie"},
    "radiologie_sous_avenant_7": AVENANT_7 | {"medecin.specialite": "radiologie"},
    "mep_sous_avenant_7": AVENANT_7 | {"medecin.specialite": "mep"},
    "part_inconnue": SURGEON,
    "part_insuffisante": SURGEON | {"medecin.part_honoraires_cliniques": "0.7999"},
    "part_a_la_borne": SURGEON | {"medecin.part_honoraires_cliniques": "0.80"},
    "secteur_inconnu": {"medecin.secteur": None},
    "secteur_2_option_inconnue": {"medecin.secteur": "2"},
    "secteur_2_sans_option": {"medecin.secteur": "2", "medecin.option_tarifaire": "aucune"},
    "secteur_2_optam_co_apres": {"medecin.secteur": "2", "medecin.option_tarifaire": "OPTAM-CO"}
    | {"contrat.date_signature": "2025-03-01"},
    "secteur_2_optam_aco_avant": {"medecin.secteur": "2", "medecin.option_tarifaire": "OPTAM-ACO"},
    "secteur_2_optam_co_generaliste": {"medecin.secteur": "2", "medecin.option_tarifaire": "OPTAM-CO"},
    "non_conventionne": {"medecin.secteur": "non_conventionne"},
    "sous_le_p30": UNDER,
    "au_p30": {"contrat.patientele_initiale": {"pmt": 775, "pfa": 1219}, "contrat.objectifs": None},
    "rqth": UNDER | {"medecin.rqth": True},
    "activite_mixte": UNDER | {"medecin.activite_mixte": True},
    "installation_inconnue": UNDER | {"medecin.date_installation": None},
    "primo_sans_percentile": RECENT | {"medecin.specialite": "dermatologie"},
    "derogation": RECENT | {"medecin.derogation_installation": "demenagement"},
    "derogation_sans_date": RECENT
    | {"medecin.derogation_installation": "changement_specialite", "medecin.date_installation": None},
    "derogation_possible": RECENT | {"medecin.date_installation": "2005-09-01"},
    "primo_mixte": RECENT | {"medecin.activite_mixte": True},
    "primo_annee_4": RECENT | {"annee": 4, "observation": {"pmt": 1100, "pfa": 1600}},
    "option_fermee": {"contrat.option_etp": "1/3"},
    "option_hors_zip": AVENANT_7 | {"medecin.zone": "hors_zone"},
    "option_en_zac": AVENANT_7 | {"medecin.zone": "ZAC"},
    "option_zone_inconnue": AVENANT_7 | {"medecin.zone": None},
    "exercice_inconnu": AVENANT_7 | {"medecin.exercice_coordonne": None},
    "exercice_isole": AVENANT_7 | {"medecin.exercice_coordonne": False},
    "deux_etp_avenant": TWO,
    "deux_etp_refuse": TWO | {"medecin.zone": "ZAC"},
    "deux_etp_nouveau": TWO | {"contrat.date_signature": "2026-09-01", "annee": 1},
    "remplacant": {"medecin.remplacant": True},
    "proroge": AVENANT_7 | {"contrat.date_signature": "2020-03-01", "annee": 7, "contrat.prorogation": True},
    "sans_prorogation": AVENANT_7 | {"contrat.date_signature": "2020-03-01", "annee": 7},
    "annee_future": {"annee": 5},
    "circonstances": {"circonstances_exceptionnelles": True, "observation": {"pmt": 1200, "pfa": 1700}},
    "maintien_incertain": {
        "medecin.date_naissance": None,
        "contrat.objectifs": None,
        "observation": {"pmt": 1200, "pfa": None},
    },
    "senior": {
        "medecin.date_naissance": "1955-01-01",
        "contrat.objectifs": None,
        "observation": {"pmt": 1170, "pfa": 1619},
    },
    "objectif_avenant_7": AVENANT_7
    | {"annee": 4, "percentiles": {"pmt": {"p70": 1100}, "pfa": {"p30": 1000, "p90": 2600, "p95": 3200}}},
    "embauche_inconnue": AVENANT_7 | {"annee": 2},
    "pediatre": {"medecin.specialite": "pediatrie", "contrat.objectifs": None}
    | {"contrat.patientele_initiale": {"pmt": 60, "pfa": 900}},
    "pediatre_les_deux": {"medecin.specialite": "pediatrie", "contrat.objectifs": None}
    | {"contrat.patientele_initiale": {"pmt": 60, "pfa": 900}},
    "mep_sous_p30": {"medecin.specialite": "mep", "contrat.objectifs": None}
    | {"contrat.patientele_initiale": {"pmt": 900, "pfa": 1000}},
    "mixte_installation_inconnue": UNDER
    | {"medecin.activite_mixte": True, "medecin.date_installation": None},
    "pourcentage_avenant_7": AVENANT_7 | {"contrat.patientele_initiale": {"pmt": 700, "pfa": 1500}},
}
READINGS = {
    "embauche_inconnue": Readings(debut_annee="embauche"),
    "sous_le_p30": Readings(indicateur_p30="les_deux"),
    "pediatre_les_deux": Readings(indicateur_p30="les_deux"),
    "circonstances": Readings(tolerance_augmentation="5_points"),
    "proroge": Readings(objectifs_prorogation="nouveaux"),
}


def dossiers() -> dict[str, Dossier]:
    """The examples of the package and the cases above."""
    return examples() | {name: dossier(**changes) for name, changes in CASES.items()}


def shown(name: str, doctor: Dossier) -> str:
    """A decision as lines: the answer, the criteria, the objectives, the trace."""
    decision = evaluate(doctor, readings=READINGS.get(name), force=True)
    answer = [
        f"{field}: {getattr(decision, field)}"
        for field in ("verdict", "band", "possible_bands", "maximum", "regime", "possible_regimes")
    ]
    answer += [f"share: {_bounds(decision.share)}", f"amount_due: {_bounds(decision.amount_due)}"]
    answer += [f"missing: {m.field} {m.rules} {m.stage}" for m in decision.missing]
    answer += [f"warning: {w.code} {w.rule} {w.values}" for w in decision.warnings]
    answer += [f"reading: {key}={value}" for key, value in decision.readings.items()]
    answer += [_objective(decision, key) for key in decision.objectives or {}]
    return "\n".join([*answer, *(_step(step) for step in decision.steps), ""])


def _bounds(found: Any) -> str:
    return "None" if found is None else f"{found.low} to {found.high}"


def _objective(decision: Decision, name: Any) -> str:
    assert decision.objectives is not None
    fields = decision.objectives[name]._asdict()
    return f"objective {name}: " + ", ".join(f"{key}={value}" for key, value in fields.items())


def _step(step: Step | Criterion) -> str:
    fields = {key: value for key, value in step._asdict().items() if value not in ((), None)}
    fields["references"] = [f"{r.source} | {r.place} | {r.nature}" for r in step.references]
    return "; ".join(f"{key}={value}" for key, value in fields.items())


@pytest.mark.parametrize("name", sorted(dossiers()))
def test_a_typical_doctor_keeps_his_whole_decision(name: str) -> None:
    assert shown(name, dossiers()[name]) == (HERE / f"{name}.txt").read_text("utf-8")


def test_no_golden_decision_is_left_without_its_doctor() -> None:
    assert {path.stem for path in HERE.glob("*.txt")} == set(dossiers())


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for each, doctor in dossiers().items():
        (HERE / f"{each}.txt").write_text(shown(each, doctor), "utf-8")
