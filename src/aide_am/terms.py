"""The closed vocabularies of the convention, shared by the models, the tables and the rules."""

from typing import Literal, TypeAlias, get_args

Texte: TypeAlias = Literal["avenant_7", "reglement_arbitral_2023", "convention_2024"]
OptionEtp: TypeAlias = Literal["1/3", "0.5", "1", "1.5", "2"]
Secteur: TypeAlias = Literal["1", "2", "non_conventionne"]
OptionTarifaire: TypeAlias = Literal["aucune", "OPTAM", "OPTAM-ACO", "OPTAM-CO"]
Zone: TypeAlias = Literal["ZIP", "ZAC", "hors_zone"]
DerogationInstallation: TypeAlias = Literal["demenagement", "changement_specialite"]
Indicateur: TypeAlias = Literal["pmt", "pfa"]
Percentile: TypeAlias = Literal["p30", "p50", "p70", "p90", "p95"]
NatureEnoncee: TypeAlias = Literal["augmentation", "maintien"]
NatureObjectif: TypeAlias = Literal["augmentation", "maintien", "primo_installe"]
Statut: TypeAlias = Literal["atteint", "non_atteint_sans_baisse", "non_atteint_avec_baisse"]
StatutCritere: TypeAlias = Literal["satisfait", "non_satisfait", "inconnu", "a_apprecier", "sans_objet"]
Verdict: TypeAlias = Literal["eligible", "non_eligible", "a_instruire"]
Bande: TypeAlias = Literal["sous_p30", "p30_p90", "p90_p95", "p95"]
Tranche: TypeAlias = Literal["sous_p30", "p30_p50", "p50_p70", "p70_p90", "p90_p95", "p95"]
Groupe: TypeAlias = Literal[
    "generaliste",
    "mep",
    "pediatre",
    "gynecologie",
    "orl",
    "chirurgie",
    "specialite_clinique",
    "exclue",
    "a_apprecier",
]
NatureSource: TypeAlias = Literal["texte", "ameli", "secondaire", "presse", "deduit"]
Nomenclature: TypeAlias = Literal["am", "convention"]
ClasseAnnee: TypeAlias = Literal["1", "2", "3+"]

TEXTES: tuple[Texte, ...] = get_args(Texte)
OPTIONS_ETP: tuple[OptionEtp, ...] = get_args(OptionEtp)
INDICATEURS: tuple[Indicateur, ...] = get_args(Indicateur)
PERCENTILES: tuple[Percentile, ...] = get_args(Percentile)
BANDES: tuple[Bande, ...] = get_args(Bande)
TRANCHES: tuple[Tranche, ...] = get_args(Tranche)
GROUPES: tuple[Groupe, ...] = get_args(Groupe)
NATURES_OBJECTIF: tuple[NatureObjectif, ...] = get_args(NatureObjectif)
STATUTS: tuple[Statut, ...] = get_args(Statut)
CLASSES_ANNEE: tuple[ClasseAnnee, ...] = get_args(ClasseAnnee)
OPTIONS_TARIFAIRES: tuple[OptionTarifaire, ...] = get_args(OptionTarifaire)
OPTIONS_DE_SPECIALITE: tuple[OptionTarifaire, ...] = ("OPTAM-CO", "OPTAM-ACO")
"""The tariff options that were made for some specialties alone (ELI-03)."""
NATURES_SOURCE: tuple[NatureSource, ...] = get_args(NatureSource)
"""From the strongest nature to the weakest."""
