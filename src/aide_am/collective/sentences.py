"""The sentences of chapter COL, by the codes of `rules.collective` and `tracing`.

They are merged into those of `sentences`, which fills and typesets them.
"""

# ruff: noqa: E501 - a sentence stands on one line
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .. import french

WORDS: Mapping[str, str] = {
    "COL-01.structure": "la forme de la société",
    "COL-01.activite_de_soins": "son activité de soins propre",
    "COL-02.specialite": "la spécialité",
    "COL-02.secteur": "le secteur ou l’option tarifaire",
    "COL-02.associe": "la qualité d’associé en nom propre",
    "COL-02.seul": "l’adhésion d’un seul médecin à la signature, alors que la source parle d’un groupe",
    "COL-04.plafond": "le plafond",
    "COL-04.demi_etp": "le demi-ETP, dont la source ne dit rien",
}

SENTENCES: Mapping[str, str] = {
    "COL-01 satisfait": "Une {structure} qui a une activité de soins propre peut signer.",
    "COL-01 non_satisfait": "Une SCP, une SCM ou une SISA ayant une activité de soins propre peut signer, une SEL non. "
    "En cause : {causes:mots}.",
    "COL-01 inconnu": "Une SCP, une SCM ou une SISA ayant une activité de soins propre peut signer. Non connu : {causes:mots}.",
    "COL-01 a_apprecier": "La source ne nomme que la SCP, la SCM et la SISA, et exclut la SEL : la caisse apprécie.",
    "COL-02 satisfait": "{membre} : généraliste associé en nom propre, en secteur 1 ou en secteur 2 avec l’Optam.",
    "COL-02 non_satisfait": "{membre} : seul un généraliste (MEP exclus), en secteur 1 ou 2 Optam, associé en nom propre, "
    "peut adhérer. En cause : {causes:mots}.",
    "COL-02 inconnu": "{membre} : non connu, {causes:mots}.",
    "COL-02 a_apprecier": "{membre} : la caisse apprécie {causes:mots}.",
    "COL-02 adherents": "{medecins:adherents} cette année. Patientèle médecin traitant moyenne à "
    "l’adhésion : {moyenne:dec|non connue}.",
    "COL-02 mouvements": "{medecins:adherents} cette année, {fondateurs:n} à la signature ; le nombre d’ETP "
    "ne change pas. Patientèle médecin traitant moyenne à l’adhésion : {moyenne:dec|non connue}.",
    "COL-03 satisfait": "{medecins:medecins} à la signature : leur patientèle médecin traitant moyenne atteint "
    "{seuil:n} (moyenne : {moyenne:dec|non connue}).",
    "COL-03 non_satisfait": "{medecins:medecins} à la signature : leur patientèle médecin traitant moyenne "
    "({moyenne:dec|non connue}) n’atteint pas {seuil:n}.",
    "COL-03 inconnu": "{medecins:medecins} à la signature : leur patientèle médecin traitant moyenne, qui doit "
    "atteindre {seuil:n}, n’est pas connue.",
    "COL-03 sous_le_seuil": "La moyenne des adhérents de l’année ({moyenne:dec|non connue}) est sous {seuil:n} : ce n’est pas, à "
    "soi seul, un motif de résiliation.",
    "COL-04 satisfait": "{etp:dec} ETP, pour un plafond de {medecins:dec} et un bonus « docteurs juniors » de {bonus_bas:dec}.",
    "COL-04 non_satisfait": "{etp:dec} ETP, pour un plafond de {medecins:dec} et un bonus « docteurs juniors » de "
    "{bonus_haut:dec} au plus. En cause : {causes:mots}.",
    "COL-04 inconnu": "{etp:dec} ETP, pour un plafond de {medecins:dec} et un bonus « docteurs juniors » de {bonus_bas:dec} "
    "à {bonus_haut:dec}, selon les données qui manquent.",
    "COL-04 a_apprecier": "{etp:dec} ETP, pour un plafond de {medecins:dec} à la signature et un bonus de {bonus_haut:dec} : "
    "la caisse apprécie {causes:mots}.",
    "COL-05 montant": "Année {annee} : {euros:eur} par ETP, pour {etp:dec} ETP : {bas:cts}, versés à la société, sur son "
    "compte bancaire français.",
    "COL-05 intervalle": "Année {annee} : {euros:eur} par ETP, pour {etp_bas:dec} ou {etp:dec} ETP : de {bas:cts} à "
    "{haut:cts}, versés à la société, sur son compte bancaire français.",
    "COL-06 objectif": "{indicateur:Mots} du groupe : passer de {base:n} à {cible_basse:n} patients (+{plus_bas:n}) avant le "
    "{echeance:jour} : {par_etp:n} par ETP, moins {gains:n} déjà gagnés sous contrat individuel.",
    "COL-06 intervalle": "{indicateur:Mots} du groupe : passer de {base:n} à une cible entre {cible_basse:n} et "
    "{cible_haute:n} patients avant le {echeance:jour} : {par_etp:n} par ETP, moins ceux déjà gagnés sous contrat "
    "individuel ({gains:n|nombre non connu}).",
    "COL-06 base_inconnue": "{indicateur:Mots} du groupe : gagner de {plus_bas:n} à {plus_haut:n} patients avant le "
    "{echeance:jour} ; le niveau de départ n’est pas connu.",
    "COL-06 objectif_propre": "{membre}, installé depuis moins de 12 mois à son adhésion : {indicateur:mots}, {cible:n} "
    "patients à atteindre avant le {echeance:jour} (observés : {observe:n|effectif non connu}).",
    "COL-06 objectif_propre_possible": "{membre}, s’il était installé depuis moins de 12 mois à son adhésion : "
    "{indicateur:mots}, {cible:n} patients à atteindre avant le {echeance:jour} (observés : {observe:n|effectif non connu}).",
    "COL-06 nouveaux_comptes": "{medecins:nouveaux} : patientèle comptée aussi dans le "
    "total du groupe, par choix.",
    "COL-07 atteint": "{indicateur:Mots} du groupe : {observe:n} patients observés, objectif atteint.",
    "COL-07 non_atteint": "{indicateur:Mots} du groupe : {releve} : objectif non atteint.",
    "COL-07 non_atteint_intervalle": "{indicateur:Mots} du groupe : {releve} : objectif non atteint.",
    "COL-07 incertain": "{indicateur:Mots} du groupe : {observe:n} patients observés ; taux de {taux_bas:part} à "
    "{taux_haut:part}, selon les données qui manquent.",
    "COL-07 en_baisse": "{indicateur:Mots} du groupe : {observe:n} patients observés, sous le niveau de départ ({base:n}).",
    "COL-07 non_observe": "{indicateur:Mots} du groupe : l’effectif observé n’est pas connu, tous les taux restent possibles.",
    "COL-07 integral": "L’année {annee} est versée en entier, quel que soit le résultat.",
    "COL-07 sans_observation": "Sans observation, la décision s’arrête au montant maximal.",
    "COL-07 part": "Part versée, au prorata de l’objectif : {bas:part}.",
    "COL-07 part_intervalle": "Part versée, au prorata de l’objectif : de {bas:part} à {haut:part}, selon ce que la source "
    "ou le dossier ne dit pas.",
    "COL-08 satisfait": "{membre} : aucun contrat individuel ne court à l’adhésion.",
    "COL-08 non_satisfait": "{membre} : le contrat individuel doit être clos avant l’adhésion, les deux ne se cumulent pas.",
    "COL-08 inconnu": "{membre} : l’on ne sait pas si un contrat individuel court encore à l’adhésion.",
    "COL-09 annee": "L’année {annee} du contrat signé le {signature:jour} court du {debut:jour} au {fin:jour}. "
    "Fin du contrat, sauf renouvellement : le {terme:jour}.",
    "COL-09 dans_la_duree": "L’année {annee} est dans les {duree} ans du contrat.",
    "COL-09 renouvellement_satisfait": "Le contrat a été renouvelé au-delà de {duree} ans.",
    "COL-09 renouvellement_non_satisfait": "Le contrat, qui n’a pas été renouvelé, est arrivé à son terme de {duree} ans, le {terme:jour}.",
    "COL-09 renouvellement_inconnu": "Le contrat, de {duree} ans, est renouvelable ; l’on ne sait pas s’il l’a été.",
    "COL-09 sans_objet": "{membre} : aucun contrat collectif antérieur.",
    "COL-09 carence_individuelle": "{membre} : un contrat individuel a été clos avant l’adhésion ; selon le motif, un délai de carence "
    "peut courir jusqu’au {fin_carence:jour}, la caisse le dit.",
    "COL-09 carence_satisfait": "{membre} : le délai de carence d’un contrat collectif antérieur a pris fin le {fin_carence:jour}.",
    "COL-09 carence_levee": "{membre} : le délai de carence court jusqu’au {fin_carence:jour} ; le directeur de la caisse l’a levé.",
    "COL-09 carence_non_satisfait": "{membre} : le délai de carence d’un contrat collectif antérieur court jusqu’au "
    "{fin_carence:jour}, sauf circonstances exceptionnelles étudiées avec le directeur de la caisse.",
    "COL-10 sans_objet": "La société emploie elle-même.",
    "COL-10 satisfait": "Un groupement d’employeurs emploie, sous la convention collective des cabinets médicaux.",
    "COL-10 non_satisfait": "Un groupement d’employeurs ne peut employer que sous la convention collective des cabinets médicaux.",
    "COL-10 inconnu": "Un groupement d’employeurs emploie ; l’on ne sait pas si le contrat de travail relève de la convention "
    "collective des cabinets médicaux.",
}

ALERTS: Mapping[str, str] = {
    "source_collective": "Le contrat collectif n’est connu ici que par une source secondaire, un groupement d’employeurs qui "
    "paraphrase ameli : la caisse fait foi. Données vérifiées le {verifie:jour}.",
    "mouvements": "Des médecins sont entrés ou sortis depuis la signature : le niveau de départ est pris ici à l’adhésion des "
    "médecins de l’année, la source ne le dit pas.",
    "demi_etp": "La source ne parle que d’ETP entiers : un demi-ETP est admis, ou non, selon la lecture.",
    "nouveaux_comptes": "La source ne dit pas si les patients d’un médecin nouvellement installé comptent dans le total du groupe.",
    "objectif_propre_effet": "La source ne dit pas ce que coûte au groupe l’objectif manqué d’un médecin nouvellement installé : "
    "la part peut descendre jusqu’à son taux.",
    "sous_le_depart": "{indicateur:Mots} : le total du groupe est sous son niveau de départ ; rien ne ramène l’aide à 0 pour "
    "cela seul, mais la caisse peut résilier si aucune solution n’est trouvée.",
    "renouvele": "Passé {duree} ans, la source ne dit ni comment le contrat se renouvelle ni ses montants : ceux de la "
    "3e année et des suivantes sont repris.",
}

MISSING: Mapping[str, str] = {
    "structure": "la forme de la société signataire (SCP, SCM, SISA ou autre)",
    "activite_de_soins": "l’activité de soins propre de la société",
    "agree_terrain_de_stage": "l’agrément de la structure comme terrain de stage ambulatoire",
    "convention_cabinets_medicaux": "la convention collective dont relève le contrat de travail de l’assistant",
    "renouvellement": "le renouvellement du contrat collectif au-delà de son terme",
    "caisse.COL-01": "la décision de la caisse sur la forme de la société",
    "caisse.COL-02": "la décision de la caisse sur l’adhésion d’un médecin",
    "caisse.COL-04": "la décision de la caisse sur le nombre d’ETP",
    "caisse.COL-06": "la décision de la caisse sur l’objectif d’un médecin nouvellement installé",
    "caisse.COL-09": "la décision de la caisse sur le délai de carence d’un médecin",
    "caisse.COL-07": "la décision de la caisse sur un groupe passé sous son niveau de départ",
}

MEMBER: Mapping[str, str] = {
    "secteur": "le secteur conventionnel",
    "option_tarifaire": "l’option tarifaire (Optam ou non)",
    "associe_en_nom_propre": "la qualité d’associé en nom propre",
    "date_installation": "la date d’installation",
    "contrat_individuel": "l’état de son contrat individuel (aucun, clos ou en cours)",
    "date_cloture_individuel": "le jour de clôture de son contrat individuel",
    "maitre_de_stage_pamsu": "la qualité de maître de stage (PAMSU)",
    "accueille_docteur_junior": "l’accueil d’un docteur junior",
    "patientele.pmt": "la patientèle médecin traitant à l’adhésion",
    "patientele.pfa": "la file active à l’adhésion",
    "gains_anterieurs.pmt": "les patients (PMT) déjà gagnés sous contrat individuel",
    "gains_anterieurs.pfa": "les patients (PFA) déjà gagnés sous contrat individuel",
    "observation.pmt": "l’effectif observé, patientèle médecin traitant (PMT)",
    "observation.pfa": "l’effectif observé, file active (PFA)",
}
"""What is missing of one doctor, by the field after his rank."""


def member_missing(field: str) -> str:
    """What to look for, of which doctor: his rank in the dossier, the first is 1."""
    _, rank, name = field.split(".", 2)
    return f"{MEMBER[name]}, {int(rank) + 1}{'er' if rank == '0' else 'e'} médecin de la liste"


def seen(values: Mapping[str, Any]) -> str:
    """What was observed of a group beside what was asked for: patients first, then the percentage (DIT-05)."""
    observed, base = values["observe"], values["base"]
    low, high = values["plus_bas"], values["plus_haut"]
    text = f"{french.patients(observed)} observé{'s' if observed > 1 else ''}"
    if values["lecture"] == "niveau":
        counted, asked = "pour", _span(base + low, base + high)
    else:
        counted, asked = f"soit {gained(max(0, observed - base))} sur", _span(low, high)
    rates = list(dict.fromkeys(french.percent(Fraction(values[end])) for end in ("taux_bas", "taux_haut")))
    comma = "" if values["lecture"] == "niveau" else ","
    return f"{text}{comma} {counted} {asked} demandés ({' à '.join(rates)})"


def plural(count: int, *words: str) -> str:
    """1 médecin adhérent, 4 médecins adhérents."""
    end = "s" if count > 1 else ""
    return f"{french.whole(count)} {' '.join(f'{word}{end}' for word in words)}"


def gained(count: int) -> str:
    """614 patients gagnés, or that nobody was."""
    return f"{french.patients(count)} gagné{'s' if count > 1 else ''}" if count else "aucun patient gagné"


def _span(low: int, high: int) -> str:
    return french.whole(low) if low == high else f"{french.whole(low)} à {french.whole(high)}"


def decimal(value: str) -> str:
    """An exact number as French reads it: 2,5 or 1 033,33."""
    units, _, rest = f"{float(round(Fraction(value), 2)):.2f}".partition(".")
    rest = rest.rstrip("0")
    return french.whole(int(units)) + (f",{rest}" if rest else "")
