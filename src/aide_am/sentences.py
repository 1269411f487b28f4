"""The sentences of the reasons: a code and its values become French. They live here only.

A template names its values with a format that says how to write them: `{debut:jour}` a date,
`{effectif:n}` patients, `{bas:eur}` whole euros, `{bas:cts}` centimes, `{option:etp}`, `{bandes:mots}`
codes looked up in `WORDS`. A value that is not known reads « non connu », or what the format says after
a bar: `{base:n|non connue}`. What several values say together is written first, under a name of its own.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from string import Formatter
from typing import Any

from . import french
from .collective import sentences as collective_sentences
from .decision import Alert, Criterion, Missing, Step, Value
from .events import AvenantOption, EvenementAssistant, Event
from .rules import answers
from .terms import PERCENTILES, Verdict

WORDS: Mapping[str, str] = {
    "pmt": "patientèle médecin traitant (PMT)",
    "pfa": "file active (PFA)",
    "sous_p30": "sous le P30",
    "p30_p90": "de P30 à P90",
    "p90_p95": "de P90 à P95",
    "p95": "P95 et plus",
    "avenant_7": "avenant 7",
    "reglement_arbitral_2023": "règlement arbitral de 2023",
    "convention_2024": "convention 2024",
    "augmentation": "augmentation",
    "maintien": "maintien",
    "primo_installe": "primo-installé",
    "atteint": "atteint",
    "non_atteint_sans_baisse": "non atteint sans baisse",
    "non_atteint_avec_baisse": "non atteint avec baisse",
    "eligible": "Éligible",
    "non_eligible": "Non éligible",
    "a_instruire": "À instruire",
    "satisfait": "satisfait",
    "non_satisfait": "non satisfait",
    "inconnu": "inconnu",
    "a_apprecier": "à apprécier par la caisse",
    "sans_objet": "sans objet",
    "texte": "texte officiel",
    "ameli": "source officielle ameli",
    "secondaire": "source secondaire",
    "presse": "presse",
    "deduit": "déduction",
    "demenagement": "un déménagement trop lointain dans le département pour garder sa patientèle",
    "changement_specialite": "un changement de spécialité",
    "ZIP": "ZIP",
    "ZAC": "ZAC",
    "hors_zone": "hors zone",
    "groupe": "la spécialité n’est pas la médecine générale, MEP exclus",
    "medecin.zone": "le cabinet n’est pas en ZIP",
    "contrat.contrat_anterieur.option_etp": "le contrat antérieur n’était pas à 1 ETP",
    "contrat.contrat_anterieur.objectifs_atteints": "ses objectifs n’étaient pas tous atteints",
    "contrat.contrat_anterieur.date_signature": "ce contrat n’avait pas atteint sa 3e année",
    "annee": "l’année du contrat est antérieure à la 3e",
    **collective_sentences.WORDS,
}
SIGLES: Mapping[str, str] = {
    "P30": "30e percentile : 30 % des médecins de la spécialité ont un effectif plus bas ; de même P50, P70, P90 et P95",
    "ETP": "équivalent temps plein",
    "MEP": "médecin généraliste à exercice particulier",
    "OPTAM": "option pratique tarifaire maîtrisée",
    "ZIP": "zone d’intervention prioritaire",
    "ZAC": "zone d’action complémentaire",
    "RQTH": "reconnaissance de la qualité de travailleur handicapé",
    "ALD": "affection de longue durée",
    "CPN": "commission paritaire nationale",
}
"""What the words of a text stand for, for a doctor who does not know them; PMT and PFA are said in full."""
ETP = {"1/3": "1/3 ETP", "0.5": "0,5 ETP", "1": "1 ETP", "1.5": "1,5 ETP", "2": "2 ETP"}
UNKNOWN = "non connu"

_REVISED = (
    "{annee:annees} : le médecin a {age} ans à compter du {jour:jour} ; dès ce jour, un avenant peut remplacer "
    "les objectifs par un maintien. "
)
_COUNTED = (
    "{sous_reserve:reserve}, sur la base de {bases:effectifs}, qui tient lieu du comptage du {comptage:jour}, à donner "
    "pour l’avenant."
)
REVISIONS: Mapping[str, str] = {
    "montant": f"{_REVISED}S’il décidait de toute l’année, le montant dû serait de {{bas:cts}}{_COUNTED}",
    "intervalle": f"{_REVISED}S’il décidait de toute l’année, le montant dû serait compris entre {{bas:cts}} et "
    f"{{haut:cts}}{_COUNTED}",
    "sans_montant": f"{_REVISED}Sa base est le comptage du {{comptage:jour}}, à donner.",
}
"""What an avenant of 65 years would do (CTR-04), as a step and as a warning, by the sum that it gives."""

SENTENCES: Mapping[str, str] = {
    "TMP-03 annee_datee": "L’année {annee} du contrat signé le {signature:jour} court du {debut:jour} au {fin:jour}. "
    "Conditions d’accès : {acces:mots}. Montants : {montants:mots}.",
    "TMP-03 annee_sans_date": "L’année {annee} du contrat signé le {signature:jour} commence à l’anniversaire de "
    "l’embauche, dont la date n’est pas connue. Conditions d’accès : {acces:mots}. Montants possibles : {montants:mots}.",
    "TMP-04 annee_future": "L’année commence le {debut:jour}, après la dernière vérification des données ({verifie:jour}).",
    "TMP-05 modulation_deduite": "Aucune table de modulation n’est publiée pour une année commencée avant la convention "
    "2024 : {lecture:modulation}.",
    "ELI-01 satisfait": "La spécialité ouvre droit à l’aide.",
    "ELI-01 non_satisfait": "La spécialité est exclue de l’aide.",
    "ELI-01 a_apprecier": "La spécialité est laissée à l’appréciation de la caisse sous ce texte.",
    "ELI-01 selon_la_tension": "L’avenant 7 n’excluait aucune spécialité, mais l’accès de celle-ci dépendait de la tension "
    "du département : la caisse apprécie.",
    "ELI-01 departements": "L’avenant 7 n’excluait aucune spécialité, mais l’accès de celle-ci dépendait de la tension "
    "du département ; selon la presse, elle était ouverte dans {nombre} départements : {departements:mots}. La caisse apprécie.",
    "ELI-02 sans_objet": "Aucune part d’honoraires cliniques n’est exigée de cette spécialité.",
    "ELI-02 part_inconnue": "La part des honoraires cliniques n’est pas connue.",
    "ELI-02 satisfait": "La part des honoraires cliniques suffit.",
    "ELI-02 non_satisfait": "La part des honoraires cliniques ne suffit pas.",
    "ELI-03 secteur_inconnu": "Le secteur conventionnel n’est pas connu.",
    "ELI-03 secteur_1": "Le médecin exerce en secteur 1.",
    "ELI-03 secteur_non_conventionne": "Le médecin n’est pas conventionné.",
    "ELI-03 option_inconnue": "Le médecin exerce en secteur 2 ; son option tarifaire n’est pas connue.",
    "ELI-03 secteur_2_satisfait": "Le médecin exerce en secteur 2 avec l’option {option}.",
    "ELI-03 secteur_2_non_satisfait": "Le médecin exerce en secteur 2 sans option tarifaire maîtrisée.",
    "ELI-03 secteur_2_a_apprecier": "L’option {option} n’existait plus à la signature : la caisse apprécie.",
    "ELI-04 sans_seuil": "Aucune patientèle minimale n’est exigée d’un médecin reconnu RQTH ou en ALD.",
    "ELI-04 seuil_atteint": "{indicateur:Mots} : l’effectif initial atteint le P30 de la spécialité.",
    "ELI-04 primo_sans_seuil": "Aucune patientèle minimale n’est exigée d’un primo-installé.",
    "ELI-04 seuil_inconnu": "{indicateur:Mots} : l’effectif initial ne peut pas être comparé au P30, "
    "faute de connaître l’effectif ou le seuil.",
    "ELI-04 primo_inconnu": "{indicateur:Mots} : l’effectif initial est sous le P30, et l’on ne sait pas si le "
    "médecin est primo-installé.",
    "ELI-04 activite_mixte": "{indicateur:Mots} : l’effectif initial est sous le P30 ; la caisse reconstitue le "
    "niveau d’un médecin à l’activité mixte.",
    "ELI-04 derogation": "{indicateur:Mots} : l’effectif initial est sous le P30 ; si la caisse admet la dérogation, aucune "
    "patientèle minimale n’est exigée.",
    "ELI-04 sous_le_seuil": "{indicateur:Mots} : l’effectif initial n’atteint pas le P30 de la spécialité.",
    "ELI-04 sous_le_seuil_sans_derogation": "{indicateur:Mots} : l’effectif initial n’atteint pas le P30 de la spécialité. Un "
    "déménagement trop lointain dans le département pour garder sa patientèle, ou un changement de spécialité, compte comme une "
    "nouvelle installation par dérogation de la CPN : s’il a eu lieu, donnez la dérogation d’installation (déménagement ou "
    "changement de spécialité) et son jour, comme date d’installation. Le contrat antérieur est alors clos, et un nouveau est signé.",
    "ELI-05 sans_objet": "Aucune exception n’est en jeu.",
    "ELI-05 rqth_ald": "Le médecin est reconnu RQTH ou en ALD ; son objectif se fixe avec la caisse.",
    "ELI-05 derogation": "Le médecin demande une dérogation : une nouvelle installation lèverait le seuil.",
    "ELI-05 primo": "Le médecin est primo-installé.",
    "ELI-05 activite_mixte": "Le médecin déclare une activité mixte.",
    "ELI-05 primo_inconnu": "L’on ne sait pas si le médecin est primo-installé.",
    "ELI-06 sans_objet": "Le médecin n’est pas concerné.",
    "ELI-06 primo": "Le médecin s’est installé pour la première fois dans le département dans les douze mois qui précèdent la signature, "
    "et sa patientèle est sous le P50.",
    "ELI-06 derogation": "{derogation:Mots} compte comme une nouvelle installation, par dérogation de la CPN : le contrat "
    "antérieur est clos et un nouveau est signé. La patientèle est sous le P50 ; la caisse apprécie.",
    "ELI-06 primo_inconnu": "La date de la première installation dans le département n’est pas connue, ou la patientèle ne peut pas être "
    "comparée au P50.",
    "ELI-07 ouverte": "L’option {option:etp} était ouverte le {jour:jour} ({texte:mots}).",
    "ELI-07 fermee": "L’option {option:etp} n’était pas ouverte le {jour:jour} ({texte:mots}).",
    "ELI-07 zip": "L’option {option:etp} était ouverte le {jour:jour} en ZIP ({texte:mots}).",
    "ELI-07 sous_conditions": "L’option {option:etp} était ouverte le {jour:jour} sous conditions ({texte:mots}).",
    "ELI-07 zone_inconnue": "L’option {option:etp} n’était ouverte qu’en ZIP ({texte:mots}) ; la zone du cabinet n’est pas connue.",
    "ELI-07 zac": "Les sources ne s’accordent pas : selon ameli, l’option {option:etp} n’était ouverte qu’en ZIP ({texte:mots}) ; "
    "selon la presse de 2020, elle l’était aussi en ZAC. La caisse apprécie.",
    "ELI-07 hors_zip": "L’option {option:etp} n’était ouverte qu’en ZIP ({texte:mots}).",
    "ELI-07 avant_fermee": "L’option {option:etp}, tenue avant l’avenant du {avenant:jour}, n’était ouverte à ce médecin aucun "
    "jour depuis la signature du {jour:jour}.",
    "ELI-07 avant_zone_inconnue": "L’option {option:etp}, tenue avant l’avenant du {avenant:jour}, n’était ouverte à la "
    "signature du {jour:jour} que selon la zone, qui n’est pas connue.",
    "ELI-07 avant_a_apprecier": "L’option {option:etp}, tenue avant l’avenant du {avenant:jour}, n’était pas ouverte de plein "
    "droit à la signature du {jour:jour} ({texte:mots}) : la caisse apprécie.",
    "ELI-07 avant_plus_tard": "L’option {option:etp}, tenue avant l’avenant du {avenant:jour}, n’était pas ouverte à la "
    "signature du {jour:jour} ; elle l’est depuis le {ouverture:jour} : un avenant antérieur a pu l’obtenir, la caisse apprécie.",
    "ELI-08 sans_objet": "L’option demandée n’est ni 1,5 ni 2 ETP.",
    "ELI-08 satisfait": "Un contrat à 1 ETP précède, et les conditions de {option:etp} sont réunies.",
    "ELI-08 inconnu": "Les conditions de {option:etp} ne sont pas toutes connues.",
    "ELI-08 a_apprecier": "Les conditions de {option:etp} sont réunies, mais aucun texte ne donne le montant des premières "
    "années d’un nouveau contrat : la caisse apprécie.",
    "ELI-08 non_satisfait": "Les conditions de {option:etp} ne sont pas réunies : {manque:mots}.",
    "ELI-08 avenant_satisfait": "L’avenant au contrat à 1 ETP réunit les conditions de {option:etp}.",
    "ELI-08 avenant_inconnu": "Les conditions de l’avenant à {option:etp} ne sont pas toutes connues.",
    "ELI-08 avenant_non_satisfait": "Les conditions de l’avenant à {option:etp} ne sont pas réunies : {manque:mots}.",
    "ELI-09 signataire": "Le médecin n’est pas remplaçant. Le contrat se signe avec la caisse du cabinet principal, "
    "qu’il y ait ou non un lieu d’exercice distinct.",
    "ELI-09 remplacant": "Un remplaçant ne peut pas signer.",
    "ELI-10 sans_objet": "L’exercice coordonné n’est plus exigé depuis mai 2023.",
    "ELI-10 satisfait": "Le médecin exerce de façon regroupée et coordonnée.",
    "ELI-10 engagement": "Le médecin n’exerçait pas de façon regroupée et coordonnée à la signature. Sous l’avenant 7, s’engager à "
    "le faire dans les {duree} ans, au plus tard le {echeance:jour}, suffisait (une source les compte à partir du recrutement), "
    "et des dérogations existaient : la caisse apprécie.",
    "ELI-10 inconnu": "L’avenant 7 demande un exercice regroupé et coordonné, ou l’engagement d’y venir ; celui du médecin n’est pas connu.",
    "CTR-01 prorogation_satisfait": "Le contrat, signé avant la convention, a été prorogé par avenant au-delà de son terme de {duree} ans{terme:du_jour|}.",
    "CTR-01 prorogation_non_satisfait": "Le contrat, signé avant la convention et non prorogé, est arrivé à son terme de {duree} ans{terme:le_jour|}.",
    "CTR-01 prorogation_inconnu": "Le contrat, signé avant la convention, arrive à son terme au bout de {duree} ans{terme:le_jour|}, sauf "
    "avenant de prorogation ; l’on ne sait pas s’il existe.",
    "CTR-01 renouvele": "Le contrat, signé depuis la convention, s’est renouvelé par tacite reconduction au bout de {duree} ans.",
    "MNT-01 position": "{indicateur:Mots} : {effectif:patients|effectif initial non connu}. {percentiles}. Position : {bandes:ou}.",
    "MNT-09 p95_exclu": "{indicateur:Mots} : le contrat demandait une augmentation à la signature, qu’aucun contrat ne "
    "demande à partir du P95. Position : {bandes:ou}.",
    "MNT-02 tranche": "Tranche retenue pour le montant : {bandes:ou}.",
    "MNT-03 montant": "Montant maximal de l’année {annee} à {option:etp} ({textes:ou}) : {bas:eur}.",
    "MNT-04 convention": "Option 1/3 ETP, fermée aux nouveaux contrats : l’année {annee} suit le tableau de la convention.",
    "MNT-04 avant_convention": "Option 1/3 ETP : l’année {annee} suit le tableau d’avant la convention.",
    "MNT-04 sans_montant": "Aucun texte ne donne de montant pour l’année {annee} à {option:etp}.",
    "MNT-05 sans_montant": "Aucun texte ne donne de montant pour l’année {annee} à {option:etp} : ces options ont des "
    "montants à partir de la 3e année.",
    "MNT-06 intervalle": "La tranche, le texte ou l’option de l’année reste à connaître : le montant maximal de l’année {annee} à {option:etp} "
    "est compris entre {bas:eur} et {haut:eur}.",
    "MNT-07 montant_du": "Montant dû = maximum × part, arrondi une seule fois : {bas:cts}.",
    "MNT-07 intervalle": "Montant dû = maximum × part, arrondi une seule fois : de {bas:cts} à {haut:cts}.",
    **dict.fromkeys(
        ("MNT-07 ecart arrondi_centime", "MNT-07 ecart troncature_centime"),
        "Le maximum affiché est lui-même arrondi : refait à la main sur lui, ce calcul peut s’en écarter d’un centime.",
    ),
    "MNT-07 ecart troncature_euro": "Le maximum affiché est lui-même arrondi : refait à la main sur lui, ce calcul "
    "peut s’en écarter d’un euro.",
    "MNT-04 montant_incertain": "Selon le texte, la tranche ou l’option, l’année {annee} à {option:etp} a un montant ou n’en a aucun.",
    "MNT-05 montant_incertain": "Selon le texte, la tranche ou l’option, l’année {annee} à {option:etp} a un montant ou n’en a aucun.",
    "CTR-02 prorata": "L’option a changé en cours d’année {annee} : {jours_avant:jours} {option_avant:a_option|à une option non connue}, puis {jours_apres:jours} à {option:etp}. "
    "Montant maximal au prorata : {bas:cts}.",
    "CTR-02 prorata_intervalle": "L’option a changé en cours d’année {annee} : {jours_avant:jours} {option_avant:a_option|à une option non connue}, puis {jours_apres:jours} à {option:etp}. "
    "Montant maximal au prorata : de {bas:cts} à {haut:cts}.",
    "MNT-08 sous_p30": "Une patientèle sous le P30 prend les montants de la tranche commune, par déduction.",
    "MNT-08 peut_etre_sous_p30": "Si la patientèle est sous le P30, elle prend les montants de la tranche commune, par déduction.",
    "OBJ-01 deux_indicateurs": "La spécialité a deux indicateurs : patientèle médecin traitant et file active.",
    "OBJ-01 file_active_seule": "La spécialité a un seul indicateur : la file active.",
    "OBJ-09 par_indicateur": "Les effectifs comptent tous les lieux d’exercice, comme le contrat d’origine : la patientèle "
    "médecin traitant (PMT) {pmt:comptage}, la file active (PFA) {pfa:comptage}.",
    "OBJ-09 tous": "Les effectifs comptent tous les lieux d’exercice, adultes et enfants.",
    "OBJ-02 nature": "{indicateur:Mots} : objectif {natures:d_objectif}.",
    "OBJ-02 natures": "{indicateur:Mots} : la nature de l’objectif n’est pas certaine : {natures:d_objectif}.",
    "OBJ-03 base": "{indicateur:Mots} : maintenir la base, {base:patients|qui n’est pas connue}.",
    "OBJ-03 contrat": "{indicateur:Mots} : passer de {base:n|la base, non connue,} à {cible:patients}, selon le contrat.",
    "OBJ-03 inconnue": "{indicateur:Mots} : la cible n’est pas connue (base : {base:n|non connue}). Elle figure au contrat ou à son "
    "avenant ; {simulateur:source}.",
    "OBJ-03 pourcentage": "{indicateur:Mots} : passer de {base:n} à {cible:patients}, pourcentage de l’avenant 7 "
    "tronqué au patient.",
    "OBJ-03 p50": "{indicateur:Mots} : atteindre le P50 de la spécialité, {cible:patients}.",
    "OBJ-03 entre_p30_et_p50": "{indicateur:Mots} : la cible d’un primo-installé à l’activité mixte est fixée au contrat, "
    "entre le P30 ({au_moins:n|non publié}) et le P50 ({au_plus:n|non publié}).",
    "OBJ-03 p50_inconnu": "{indicateur:Mots} : atteindre le P50 de la spécialité, qui n’est pas publié{au_moins:plancher|}.",
    "OBJ-05 atteint": "{indicateur:Mots} : {releve} : objectif atteint.",
    "OBJ-05 non_atteint_sans_baisse": "{indicateur:Mots} : {releve} : objectif non atteint, sans baisse{seuil:seuil|}.",
    "OBJ-05 non_atteint_avec_baisse": "{indicateur:Mots} : {releve} : objectif non atteint, avec baisse.",
    "OBJ-05 statuts": "{indicateur:Mots} : {observe:observes} ; statut incertain ({statuts:ou}).",
    "OBJ-06 atteint": "{indicateur:Mots} : {releve} : maintien atteint{seuil:a_partir|}.",
    "OBJ-06 non_atteint_avec_baisse": "{indicateur:Mots} : {releve} : maintien non atteint, la baisse dépasse la tolérance{seuil:a_partir|}.",
    "OBJ-06 statuts": "{indicateur:Mots} : {observe:observes} ; statut incertain ({statuts:ou}).",
    "OBJ-08 non_observe": "{indicateur:Mots} : l’effectif observé n’est pas connu, tous les statuts restent possibles.",
    "OBJ-08 sans_observation": "Sans observation, la décision s’arrête au montant maximal.",
    "OBJ-08 sans_regime": "Aucune table ne couvre ces deux natures d’objectif : la caisse décide.",
    "MOD-00 integral": "L’année {annee} est versée en entier, quel que soit le résultat.",
    "MOD part": "Part versée : {bas:part}.{lignes}",
    "MOD part_intervalle": "Part versée : de {bas:part} à {haut:part}, {cause}.{lignes}",
    **collective_sentences.SENTENCES,
}

PARTS: Mapping[str, str] = {
    "cent": "100 %",
    "zero": "0 %",
    "prorata": "prorata du meilleur taux",
    "prorata_bas": "prorata du taux le plus bas",
    "ouverte": "part que la caisse décide",
}
ALONE: Mapping[str, str] = {PARTS[part]: "prorata du taux d’atteinte" for part in ("prorata", "prorata_bas")}
"""What a regime with a single indicator says instead."""

MODULATIONS: Mapping[str, str] = {
    "tables_2024": "celles de la convention sont appliquées, par déduction",
    "inconnue": "la part est laissée ouverte, de 0 au maximum",
}
"""What stands for the tables that were not published, by the reading `modulation_avant_2024`."""
CAUSES: Mapping[str, str] = {
    "leve": "que la caisse fixe après avis de la CPN (circonstances exceptionnelles)",
    "a_decider": "que la caisse fixe",
}
"""Why a share is an interval, where the caisse must settle it (MOD-01, MOD-08)."""
TARGET_FROM: Mapping[bool, str] = {
    True: "le simulateur officiel et la caisse la donnent aussi",
    False: "la caisse la donne aussi",
}
"""Who else gives a target: by whether the official simulator knows such a contract (DIT-04)."""
OBJECTIVES: Mapping[str, str] = {
    "augmentation": "d’augmentation",
    "maintien": "de maintien",
    "primo_installe": "de primo-installé",
}
ASKED: Mapping[str, str] = {
    "augmentation": "demandés",
    "maintien": "à maintenir",
    "primo_installe": "à atteindre",
}

ALERTS: Mapping[str, str] = {
    "annee_future": "{annee:commence} après la dernière vérification des données ({verifie:jour}) : les règles ont pu changer.",
    "option_en_cours_d_annee": "L’option a changé en cours d’année : le montant est proratisé par jours, par déduction ; aucun texte ne le dit.",
    "modulation_deduite": "Aucune table n’a été publiée pour la part versée avant la convention 2024 : {lecture:modulation}.",
    "optam_aco_avant_l_heure": "L’OPTAM-ACO n’existe que depuis le 1er janvier 2025 : vérifiez l’option à la signature.",
    "optam_co_autre_specialite": "L’OPTAM-CO était faite pour la chirurgie et la gynécologie-obstétrique : vérifiez l’option du médecin.",
    "optam_aco_autre_specialite": "L’OPTAM-ACO est faite pour les médecins qui réalisent au moins 50 actes de chirurgie, d’obstétrique ou "
    "d’anesthésie : vérifiez l’option du médecin.",
    "indicateurs_en_desaccord": "La patientèle médecin traitant et la file active ne sont pas du même côté du P30 : il est atteint ou non selon "
    "l’indicateur qui décide.",
    "sans_prorogation": "Sans avenant de prorogation, un contrat d’avant la convention prend fin au bout de {duree} ans.",
    "percentiles_differents": "{indicateur:Mots} : des percentiles fournis ({ecartes:sigles}) diffèrent des publiés, qui l’emportent.",
    "percentiles_du_dossier": "{indicateur:Mots} : des percentiles fournis avec le dossier sont utilisés ; ils ne sont pas vérifiés ici.",
    "admis_sous_p30": "Aucun texte ne dit le montant d’un médecin sous le P30 : celui de la tranche commune est déduit.",
    "p95_exclu": "{indicateur:Mots} : le P95 n’est pas publié ; l’augmentation demandée à la signature le dit au-dessus de "
    "l’effectif initial, par déduction.",
    "montant_incertain": "Selon les données qui manquent, un texte donne un montant pour cette année ou n’en donne aucun : la caisse doit le dire.",
    "sans_montant": "Aucun texte ne donne le montant de cette année : ce n’est pas zéro, la caisse doit le dire.",
    "pmt_ignoree": "La patientèle médecin traitant est ignorée : la spécialité n’a que la file active.",
    "primo_sans_reference": "{indicateur:Mots} : sans patientèle de référence fixée par l’avenant, la base reste celle de la "
    "signature ; le taux peut être surestimé.",
    "cible_ecartee": "{indicateur:Mots} : la cible fournie est écartée ; la règle la fixe (base d’un maintien, P50 d’un primo-installé){cible:deux_points|, ici non connue}.",
    "cible_mixte_hors_bornes": "{indicateur:Mots} : la cible fournie sort de l’intervalle du P30 au P50, elle n’est pas retenue.",
    "primo_sous_p30": "Un indicateur du primo-installé est sous le P30 : la ligne du tableau se lit de plusieurs façons.",
    "cumul_avenant_7": "Contrat signé sous l’avenant 7 : il se peut que les deux objectifs (PMT et file active) doivent être atteints ; "
    "la presse le dit des anciens contrats, la fiche de l’URPS ne les distingue pas. Vérifiez le contrat auprès de la caisse.",
    "circonstances": "Les circonstances exceptionnelles lèvent la part de 0 % : la caisse et la CPN fixent la part.",
    "sans_regime": "Aucune table ne couvre un objectif de primo-installé avec un objectif d’une autre nature.",
    "dates_avenant_7": "{annee:annees} : le total de l’avenant 7 est certain ; son découpage et ses dates sont ceux de la convention 2024, faute de mieux "
    "(une source secondaire dit 70 % dans les 15 jours de l’embauche).",
    "observation_remplacee": "{annee:annees} : l’observation donnée à l’échéancier remplace celle du dossier.",
    "objectifs_en_cours_d_annee": "{annee:annees} : un avenant a changé les objectifs en cours d’année ; aucun texte ne dit lesquels décident, "
    "le montant couvre les deux.",
    "reference_inconnue": "{indicateur:Mots} : l’avenant des 65 ans fixe l’effectif à maintenir, qui n’est pas donné.",
    "suspension": "{annee:annees} : le contrat est suspendu, du début de l’absence ou du jour où la caisse en est informée ; la caisse dit ce qui reste dû.",
    "suspension_a_conclure": "{annee:annees} : l’assistant a été absent plus de {mois} mois sans remplacement ; un avenant peut suspendre le contrat, "
    "du début de l’absence ou du jour où la caisse en est informée, avec l’accord écrit du médecin : la caisse dit ce qui reste dû.",
    "depart_sans_remplacement": "{annee:annees} : l’assistant est parti sans être remplacé dans les {mois} mois, le délai d’une absence, par déduction ; "
    "un avenant peut suspendre le contrat, avec l’accord écrit du médecin : la caisse dit ce qui reste dû.",
    "contrat_renouvele": "Contrat renouvelé par tacite reconduction au-delà de {duree} ans : aucune source ne dit ce qui lui est demandé ; "
    "ce sont ici les montants de l’année 3 et au-delà, avec les objectifs du contrat.",
    "prorogation_tardive": "{annee:annees} : l’avenant de prorogation vient après le terme ; l’aide ne court que de sa signature, la caisse dit ce qui est dû.",
    "condition_perdue": "Une condition d’accès (secteur ou option tarifaire) est perdue en cours de contrat : la caisse apprécie.",
    "option_fermee": "{annee:annees} : l’option {option:etp} n’était pas ouverte à ce médecin le {jour:jour}, jour où le "
    "contrat l’a prise ({texte:mots}) : l’aide est refusée.",
    "resiliation": "{annee:annees} : le contrat est résilié ; l’aide est comptée par jours, par déduction. La caisse dit si un délai de carence s’applique.",
    "preavis_tardif": "La résiliation par le médecin est notifiée le {notification:jour}, après le {limite:jour} : le préavis de {mois} mois, "
    "que donne une source secondaire, n’est pas tenu. La caisse dit de quel jour elle prend effet.",
    "termes_d_une_autre_annee": "L’avenant qui fixe la patientèle de référence n’est pas daté : les années avant l’année {dossier} suivent les mêmes termes.",
    "nouvel_objectif_a_fixer": "{annee:annees} : l’objectif du primo-installé est arrivé à son terme, un avenant fixe le suivant.",
    "primo_sous_p30_au_terme": "{annee:annees} : le primo-installé est sous le P30 au terme de son objectif ; la caisse apprécie la suite.",
    "nature_source": "La source la plus faible utilisée est de nature « {nature:mots} » ; la plus ancienne vérification date du {verifie:jour}.",
    "bareme_simule": "Barème simulé : ce résultat n’est pas le droit en vigueur.",
    **collective_sentences.ALERTS,
}

NOTES = (
    "admis_sous_p30",
    "modulation_deduite",
    "option_en_cours_d_annee",
    "dates_avenant_7",
    "pmt_ignoree",
    "observation_remplacee",
    "termes_d_une_autre_annee",
    "percentiles_du_dossier",
    "annee_future",
    "nature_source",
)
"""The warnings that come after all the others, in this order (`by_weight`)."""

MISSING: Mapping[str, str] = {
    "verse": "la somme déjà versée pour l’année en cours à la date de la résiliation",
    "medecin.secteur": "le secteur conventionnel du médecin",
    "medecin.option_tarifaire": "l’option tarifaire du médecin (OPTAM, OPTAM-ACO ou aucune)",
    "medecin.part_honoraires_cliniques": "la part des honoraires cliniques sur les douze mois avant la signature",
    "medecin.zone": "la zone du cabinet (ZIP, ZAC ou hors zone)",
    "medecin.exercice_coordonne": "l’exercice regroupé et coordonné du médecin à la signature",
    "medecin.date_naissance": "la date de naissance du médecin",
    "medecin.date_installation": "la date de première installation dans le département, ou celle du déménagement ou du changement "
    "de spécialité qui compte comme telle",
    "contrat.date_embauche": "la date d’embauche de l’assistant",
    "contrat.prorogation": "l’avenant de prorogation du contrat, s’il existe",
    "contrat.contrat_anterieur.option_etp": "l’option tenue avant l’avenant, ou celle du contrat antérieur",
    "contrat.contrat_anterieur.objectifs_atteints": "l’atteinte de tous les objectifs du contrat antérieur",
    "contrat.contrat_anterieur.date_signature": "la date de signature du contrat antérieur",
    "observation": "les effectifs observés pour l’année, que la caisse communique",
    "caisse.ELI-01": "la décision de la caisse sur la spécialité",
    "caisse.ELI-03": "la décision de la caisse sur l’option tarifaire",
    "caisse.ELI-04": "la patientèle que la caisse reconstitue pour l’activité mixte",
    "caisse.ELI-06": "la décision de la caisse, après avis de la CPN, sur la dérogation d’installation",
    "caisse.ELI-07": "la décision de la caisse sur l’option obtenue",
    "caisse.ELI-10": "la décision de la caisse sur l’engagement à l’exercice coordonné, ou sur une dérogation",
    "caisse.ELI-08": "la décision de la caisse sur les premières années de l’option",
    "caisse.CTR-01": "la décision de la caisse sur l’année où la prorogation a été signée",
    "caisse.CTR-03": "la décision de la caisse sur l’objectif du primo-installé resté sous le P30",
    "caisse.CTR-05": "la décision de la caisse sur le solde des jours courus avant la résiliation",
    "caisse.CTR-06": "la décision de la caisse sur le délai de carence",
    "caisse.CTR-07": "la décision de la caisse sur l’aide pendant que le poste n’est pas tenu",
    "caisse.CTR-09": "la décision de la caisse sur la condition d’accès perdue",
    "caisse.OBJ-03": "la décision de la caisse sur les objectifs de l’année où un avenant les a changés",
    "caisse.MOD": "la décision de la caisse sur la part versée",
    "caisse.MOD-01": "la décision de la caisse sur la part versée à un contrat de l’avenant 7 dont les deux objectifs ne sont pas atteints",
    "caisse.MOD-08": "la décision de la caisse, après avis de la CPN, sur les circonstances exceptionnelles",
    **collective_sentences.MISSING,
}

MISSING_FAMILIES: Mapping[str, str] = {
    "contrat.patientele_initiale": "l’effectif initial, {indicateur} ; il figure au contrat",
    "contrat.patientele_reference": "l’effectif de référence fixé par avenant, {indicateur}",
    "contrat.objectifs": "la cible de l’objectif, {indicateur} ; elle figure au contrat ou à son avenant, la caisse la donne aussi",
    "contrat.objectifs simulateur": "la cible de l’objectif, {indicateur} ; elle figure au contrat ou à son avenant, le simulateur "
    "officiel et la caisse la donnent aussi",
    "observation": "l’effectif observé, {indicateur}, que la caisse communique",
    "percentiles": "le {cellule} de la spécialité, {indicateur}, qui n’est pas publié ; la caisse peut le connaître "
    "(distribution nationale du texte)",
}


class _French(Formatter):
    """Format specifications that write a value in French."""

    def format_field(self, value: Any, format_spec: str) -> str:
        how, bar, unknown = format_spec.partition("|")
        if value is None:
            return unknown if bar else UNKNOWN
        return str(_WRITERS.get(how, str)(value))


def _words(value: object, last: str) -> str:
    found = [WORDS.get(word, word) for word in str(value).split()]
    return french.enumeration(found, last)


_WRITERS: Mapping[str, Any] = {
    "jour": lambda value: french.day(date.fromisoformat(value)),
    "n": french.whole,
    "comptage": {"adultes": "les adultes seulement", "tous": "tous les âges"}.__getitem__,
    "eur": lambda value: french.euros(Decimal(value)),
    "cts": lambda value: french.euros(Decimal(value).scaleb(-2)),
    "part": lambda value: french.share(Fraction(value)),
    "dec": collective_sentences.decimal,
    "etp": lambda value: ETP[value],
    "a_option": lambda value: f"à {ETP[value]}",
    "patients": french.patients,
    "le_jour": lambda value: f", le {french.day(date.fromisoformat(value))}",
    "du_jour": lambda value: f" ({french.day(date.fromisoformat(value))})",
    "sigles": lambda value: french.enumeration(str(value).upper().split()),
    "plancher": lambda value: f" (il dépasse le P30 : {french.whole(value)} au moins)",
    "jours": lambda value: f"{french.whole(value)} jour{'s' if value > 1 else ''}",
    "seuil": lambda value: f" ; il l’est à partir de {french.whole(value)}",
    "a_partir": lambda value: f" (à partir de {french.whole(value)})",
    "medecins": lambda value: collective_sentences.plural(value, "médecin"),
    "adherents": lambda value: collective_sentences.plural(value, "médecin", "adhérent"),
    "nouveaux": lambda value: collective_sentences.plural(value, "médecin") + " d’installation récente",
    "modulation": lambda value: MODULATIONS[value],
    "commence": lambda value: _begin(str(value).split()),
    "deux_points": lambda value: f" : {french.whole(value)}",
    "observes": lambda value: f"{french.patients(value)} observé{'s' if value > 1 else ''}",
    "source": lambda value: TARGET_FROM[value],
    "d_objectif": lambda value: french.enumeration([OBJECTIVES[n] for n in str(value).split()], "ou"),
    "annees": lambda value: _years(str(value).split()),
    "reserve": lambda value: ", si le contrat est admis" if value else "",
    "effectifs": lambda value: _counts(str(value).split()),
    "mots": lambda value: _words(value, "et"),
    "ou": lambda value: _words(value, "ou"),
    "Mots": lambda value: _capital(_words(value, "et")),
}
_FORMATTER = _French()


STATUSES: Mapping[str, str] = {
    "atteint": "objectif atteint",
    "non_atteint_sans_baisse": "objectif non atteint, sans baisse",
    "non_atteint_avec_baisse": "objectif non atteint, avec baisse",
}
"""The status of an objective, after its indicator."""


def _years(years: list[str]) -> str:
    """Année 3, or Années 3 et 5."""
    return f"Année{'s' if len(years) > 1 else ''} {french.enumeration(years)}"


def _counts(counts: list[str]) -> str:
    """1 300 patients (PMT) et 1 800 patients (PFA), from `pmt=1300 pfa=1800`; « ? » is not known."""
    told = []
    for each in counts:
        name, _, count = each.partition("=")
        shown = "un effectif non connu" if count == "?" else f"{french.whole(int(count))} patients"
        told.append(f"{shown} ({name.upper()})")
    return french.enumeration(told)


def _begin(years: list[str]) -> str:
    """L’année 3 commence, or Les années 3 et 5 commencent."""
    if len(years) > 1:
        return f"Les années {french.enumeration(years)} commencent"
    return f"L’année {' '.join(years)} commence"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(template: str, values: Mapping[str, Value]) -> str:
    """A template filled with its values and typeset."""
    return french.typeset(_FORMATTER.vformat(template, (), values))


def step_sentence(step: Step | Criterion) -> str:
    """The sentence of a step."""
    code, values = step.code, step.values
    if code == "revision_65_ans":
        return sentence(_revision(values), values)
    if step.rule == "MNT-07" and values["bas"] != values["haut"]:
        code = "intervalle"
    modulation = step.rule.startswith("MOD") and code.startswith("part")
    key = f"MOD {code}" if modulation else f"{step.rule} {code}"
    if modulation:
        cause = next((CAUSES[name] for name in CAUSES if values[name]), "selon les données qui manquent")
        values = {**values, "lignes": _rows(values), "cause": cause}
    elif key == "MNT-01 position":
        values = {**values, "percentiles": _percentiles(values)}
    elif step.rule in ("OBJ-05", "OBJ-06"):
        values = {**values, "releve": _seen(values)}
    elif key.startswith("COL-07 non_atteint"):
        values = {**values, "releve": collective_sentences.seen(values)}
    text = sentence(SENTENCES[key], values)
    if values.get("maximum_arrondi"):
        gap = SENTENCES[f"MNT-07 ecart {values['lecture']}"]
        text += french.typeset(f" {gap}")
    return text


def _rows(values: Mapping[str, Any]) -> str:
    """The rows of the table, where the share does not say by itself which one it is."""
    names = str(values["parts"]).split()
    capped = answers.plafonne(names, Fraction(values["haut"]))
    rows = []
    for name in names:
        row = ALONE.get(PARTS[name], PARTS[name]) if values["seul"] else PARTS[name]
        if capped and name.startswith("prorata"):
            row += ", plafonné à 100 %" if len(names) == 1 else " (plafonné à 100 %)"
        rows.append(row)
    if len(rows) > 1:
        return f" Lignes possibles : {french.enumeration(rows, 'ou')}."
    return f" Ligne appliquée : {rows[0]}." if names[0].startswith("prorata") else ""


def _seen(values: Mapping[str, Any]) -> str:
    """What was observed beside what was asked for: patients first, then the percentage (DIT-05)."""
    seen, base, nature = values["observe"], values["base"], values["nature"]
    text = f"{french.patients(seen)} observé{'s' if seen > 1 else ''}"
    if nature == "augmentation" and base is not None and seen < base:
        fallen = f"{text}, {french.whole(base - seen)} de moins que la base de {french.whole(base)}"
        return f"{fallen}, baisse tolérée" if values["statuts"] == "non_atteint_sans_baisse" else fallen
    if values["taux"] is None:
        return text
    rate = french.percent(Fraction(values["taux"]))
    counted, asked = answers.patients_du_taux(nature, values["lecture"], base, values["cible"], seen)
    if nature != "augmentation" or values["lecture"] == "niveau":
        return f"{text} pour {french.whole(asked or 0)} {ASKED[nature]} ({rate})"
    if asked is None:
        return f"{text}, aucun gagné"
    demanded = f"{french.whole(asked)} demandé{'s' if asked > 1 else ''}"
    return f"{text}, soit {collective_sentences.gained(counted)} sur {demanded} ({rate})"


def verdict_words(verdict: Verdict, criteria: Iterable[Criterion]) -> str:
    """The verdict; a contract past its term is said so, with its last day where it is known (DIT-06)."""
    ended = answers.seul_le_terme(criteria) if verdict == "non_eligible" else None
    if ended is None:
        return WORDS[verdict]
    day = answers.dernier_jour(ended)
    return "Arrivé à son terme" + ("" if day is None else f" le {french.day(day)}")


def _percentiles(values: Mapping[str, Value]) -> str:
    """P30 640, P50 850, P90 plus de 2 355, P95 non publié; P70 only where it is known."""
    told = []
    for name in PERCENTILES:
        cell, over = values[name], values.get(f"{name}_plus_de")
        if isinstance(cell, int):
            told.append(f"{name.upper()} {french.whole(cell)}")
        elif isinstance(over, int):
            told.append(f"{name.upper()} {french.over(over)}")
        elif name != "p70":
            told.append(f"{name.upper()} non publié")
    return ", ".join(told)


def by_weight(alerts: Iterable[Alert]) -> list[Alert]:
    """What may move the money or the verdict first; notes on the data, then on the sources, last."""
    return sorted(alerts, key=lambda alert: NOTES.index(alert.code) if alert.code in NOTES else -1)


def warning_sentence(alert: Alert) -> str:
    """The sentence of a warning."""
    template = _revision(alert.values) if alert.code == "revision_65_ans" else ALERTS[alert.code]
    return sentence(template, alert.values)


def _revision(values: Mapping[str, Value]) -> str:
    """CTR-04: by the sum that the avenant of 65 years would give: none, one, or an interval."""
    if values["bas"] is None:
        return REVISIONS["sans_montant"]
    return REVISIONS["montant" if values["bas"] == values["haut"] else "intervalle"]


def missing_sentence(missing: Missing) -> str:
    """What to look for, and where."""
    return french.typeset(_missing(missing.field, missing.code))


EVENTS: Mapping[str, str] = {
    "avenant_option": "l’avenant d’option",
    "avenant_objectifs": "l’avenant d’objectifs",
    "avenant_65_ans": "l’avenant des 65 ans",
    "avenant_primo": "l’avenant de nouvel objectif du primo-installé",
    "avenant_prorogation": "l’avenant de prorogation",
    "embauche": "l’embauche",
    "absence": "l’absence de l’assistant",
    "depart": "le départ de l’assistant",
    "avenant_suspension": "l’avenant de suspension",
    "retour": "le retour de l’assistant",
    "inscription_formation": "l’inscription à la formation",
    "certification": "la certification",
    "remplacement_secretaire": "le remplacement du secrétaire",
    "changement_tarifaire": "le changement de secteur ou d’option tarifaire",
    "resiliation": "la résiliation",
}


MOTIFS: Mapping[str, str] = {
    "choix_du_medecin": "choix du médecin",
    "cessation_d_activite": "cessation d’activité",
    "changement_d_adresse": "changement d’adresse",
    "changement_de_specialite": "changement de spécialité",
    "fin_du_contrat_de_travail": "fin du contrat de travail de l’assistant",
    "non_respect_des_engagements": "non-respect des engagements",
    "passage_au_contrat_collectif": "passage au contrat collectif",
    "autre": "autre motif",
}
"""The grounds of a résiliation."""


DEADLINES: Mapping[str, str] = {
    "suivi": "Point d’échange avec la caisse, {mois} mois après la signature",
    "anniversaire": "Anniversaire du contrat, début de l’année {annee}",
    "fin_de_contrat reconduction": "Terme de {duree} ans : le contrat se renouvelle par tacite reconduction",
    "fin_de_contrat terme": "Dernier jour du contrat, qui n’est pas prorogé",
    "fin_de_contrat sauf_avenant": "Dernier jour du contrat, sauf avenant de prorogation",
    "fin_de_contrat proroge": "Terme de {duree} ans, prorogé par avenant",
    "fin_de_contrat resiliation": "Dernier jour du contrat, résilié à partir du {resiliation:jour}",
    "inscription": "Inscription de l’assistant à la formation ({diplomes:ou})",
    "inscription nouvel_assistant": "Inscription à la formation de l’assistant embauché le {embauche:jour} ({diplomes:ou}) : "
    "aucun texte ne date ce délai, compté ici de cette embauche",
    "certification": "Certification de l’assistant ({diplomes:ou})",
    "certification nouvel_assistant": "Certification de l’assistant embauché le {embauche:jour} ({diplomes:ou}) : "
    "aucun texte ne date ce délai, compté ici de cette embauche",
    "exercice_coordonne": "Exercice regroupé et coordonné, à mettre en place dans les {duree} ans de la signature",
    "exercice_coordonne eventuel": "Exercice regroupé et coordonné dans les {duree} ans de la signature, si le médecin n’exerçait "
    "pas encore ainsi",
    "remplacement_secretaire": "Remplacement du secrétaire promu assistant le {promotion:jour}",
    "anniversaire_65_ans": "{age}e anniversaire du médecin : un avenant peut ramener ses objectifs au maintien du dernier "
    "effectif connu, celui du {comptage:jour}",
    "nouvel_objectif_primo": "Nouvel objectif du primo-installé, à fixer par avenant",
    "nouvel_objectif_primo p50": "Nouvel objectif du primo-installé, qui a atteint le P50, à fixer par avenant "
    "(au plus tard à la fin de l’année où il est constaté)",
    "nouvel_objectif_primo sous_p30": "Fin du premier objectif du primo-installé, resté sous le P30",
    "objectif_primo": "Échéance du nouvel objectif du primo-installé, fixé par l’avenant du {avenant:jour}",
    "objectif_augmentation": "Échéance de l’objectif d’augmentation de la patientèle",
    "objectif_augmentation eventuel": "Échéance de l’objectif d’augmentation de la patientèle, si le contrat en fixe un",
    "suspension": "Avenant de suspension à conclure : assistant absent sans remplacement depuis le {absence:jour}",
    "preavis": "Dernier jour pour notifier, par lettre recommandée, la résiliation du {resiliation:jour} à l’initiative du médecin",
    "suspension depart": "Avenant de suspension à conclure : assistant parti le {absence:jour} et non remplacé, délai déduit de celui d’une absence",
    "carence": "Fin du délai de carence, au plus tard, après la résiliation du {resiliation:jour}",
    "versement versement_unique": "Versement de l’année {annee} : {montant}",
    "versement acompte": "Acompte de l’année {annee} : {montant}",
    "solde solde": "Solde de l’année {annee} : {montant}",
    "solde trop_percu": "Trop-perçu de l’année {annee} : {montant}",
    "solde resiliation": "Solde de l’année {annee} à la résiliation : {montant}",
    "profil": ", sage-femme : son diplôme n’en dispense pas, allègements et VAE se demandent à la CPNEFP",
    "assistant": ", assistant {assistant}",
    "deduit": "par déduction",
    "deduit objectif_augmentation": "délai déduit, {duree} ans",
}
"""The dates of a contract, by kind, then by what is particular to one of them; last, what is deduced."""


def event_label(event: Event) -> str:
    """An event of a contract with its day: l’avenant d’option (2 ETP) du 1er août 2027."""
    told = ""
    if isinstance(event, AvenantOption):
        told = f" ({ETP[event.option_etp]})"
    elif isinstance(event, EvenementAssistant) and event.assistant > 1:
        told = f" (assistant {event.assistant})"
    return f"{EVENTS[event.type]}{told} du {french.day(event.date)}"


def _missing(field: str, code: str) -> str:
    if field in MISSING:
        return MISSING[field]
    if field.startswith("membres."):
        return collective_sentences.member_missing(field)
    family, _, last = field.rpartition(".")
    if last == "verse":
        return MISSING["verse"]
    family, _, indicateur = family.rpartition(".") if family.startswith("percentiles") else (family, "", last)
    return MISSING_FAMILIES[f"{family} {code}".strip()].format(
        indicateur=WORDS[indicateur], cellule=last.upper()
    )
