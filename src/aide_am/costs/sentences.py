"""The sentences of chapter CST, in French; a code and its values make a note."""

from collections.abc import Mapping

from ..french import typeset
from .records import CaseName, Note, Origine, Rubrique

RUBRIQUES: Mapping[Rubrique, str] = {
    "salaire_charge": "salaire chargé",
    "paie": "paye et suivi",
    "prime_fin_cdd": "prime de fin de CDD",
    "recrutement": "recrutement",
    "mise_en_place": "mise en place",
    "adhesion": "adhésion annuelle",
    "gestion": "frais de gestion",
    "deplacements": "déplacements",
    "provision_fin_contrat": "provision de fin de contrat",
    "frais_structure": "frais de la structure",
}
CASES: Mapping[CaseName, str] = {
    "pire": "pire cas",
    "trajectoire": "trajectoire",
    "trajectoire_basse": "trajectoire, aide la plus basse",
    "trajectoire_haute": "trajectoire, aide la plus haute",
    "meilleur": "meilleur cas",
}
ORIGINES: Mapping[Origine, str] = {
    "saisi": "valeur saisie",
    "defaut": "valeur par défaut",
    "non_compte": "rien n’est compté",
}
LABELS: Mapping[str, str] = {
    "temps": "temps de travail",
    "salaire_brut": "salaire brut mensuel d’un temps plein",
    "minimum_conventionnel": "salaire brut mensuel d’un temps plein, minimum conventionnel",
    "hausse_annuelle": "hausse annuelle du salaire",
    "cout_charge_annuel": "coût chargé annuel du poste",
    "salaire_charge_mensuel": "salaire chargé mensuel du poste, facturé",
    "adhesion_annuelle": "adhésion annuelle au groupement",
    "deplacements_mensuels": "frais de déplacement",
    "paie_mensuelle": "paye confiée à un prestataire",
    "recrutement": "frais de recrutement",
    "mise_en_place": "mise en place",
    "frais_structure_annuels": "frais propres de la structure",
}
"""What a figure is, where no parameter of the data tells."""
NOTES: Mapping[str, str] = {
    "sous_le_minimum": (
        "Le salaire brut ({brut}) est sous le minimum conventionnel de la position {position} ({minimum}, {grille}) : "
        "vérifiez-le avant tout contrat."
    ),
    "minimum_a_verifier": (
        "Le salaire est le minimum de la position {position} dans l’{grille} ({minimum}), la grille connue de ces jours : "
        "d’autres avenants, ou le Smic, que les sources ne donnent pas, ont pu le dépasser."
    ),
    "salaire_remplace": "Le coût chargé qui est saisi remplace le salaire brut et la position du poste.",
    "cdd_long": "Le CDD dépasse {mois} mois, durée la plus longue que disent les sources.",
    "cdd_conteste": (
        "Les sources ne s’accordent pas sur le CDD : l’une l’admet (assistants-medicaux.org), une autre, le site d’un avocat, "
        "dit que l’aide demande un CDI. "
        "La caisse doit le dire."
    ),
    "hors_allegements": (
        "Le facteur employeur est un ordre de grandeur : réductions de cotisations, mutuelle, congés et remplacements "
        "ne sont pas calculés."
    ),
    "provision_au_debut": "La provision de fin de contrat est appelée au début du contrat.",
    "avant_le_contrat": "Les jours du poste avant le premier jour du contrat ({jour}) ne sont pas comptés{quoi}.",
    "apres_les_jours": "{quoi} : due le {jour}, après les jours comptés ; elle ne l’est pas ici.",
    "poste_non_couvert": (
        "Le poste n’est pourvu que du {debut} au {fin} : l’aide des jours sans assistant est à dire par la caisse "
        "(CTR-07) ; elle est comptée ici en entier."
    ),
    "temps_sous_l_option": (
        "Le temps de travail financé ({temps} ETP) est inférieur à l’option du contrat ({option} ETP) : "
        "ce que devient l’aide est à dire par la caisse."
    ),
    "non_eligible": "{annees} : non éligible, aucune aide n’est comptée.",
    "terme": "{annees} : le contrat est arrivé à son terme, aucune aide n’est comptée.",
    "aide_a_preciser": "{annees} : le montant de l’aide n’est pas connu, il manque {champs}.",
    "aide_inconnue": "{annees} : aucun texte ne donne le montant de l’aide ; la caisse doit le dire.",
    "sans_contrat": "Ce médecin n’a pas de contrat d’aide : il paie sa part entière.",
    "hors_du_contrat": (
        "Sa part du poste court aussi hors des jours de son contrat : {euros}, dans la trésorerie, dans aucune année."
    ),
    "hors_des_annees": (
        "Le poste court plus longtemps que les années montrées : {euros} de sa part sont dans la trésorerie, dans aucune "
        "année."
    ),
    "poste_apres_le_contrat": (
        "Le poste commence le {jour}, après le contrat : l’aide de l’année 1 est comptée en entier, la caisse dit ce qu’il en "
        "est des jours sans assistant."
    ),
    "adhesion_a_verifier": (
        "La source range la mise en place sous « Adhésion/Cotisation » : vérifiez que l’adhésion annuelle s’y ajoute."
    ),
    "a_instruire": "{annees} : le verdict est à instruire ; l’aide est comptée, la caisse doit encore la dire due.",
    "versements_inconnus": "{annees} : rien ne dit quand l’aide est versée ; la trésorerie n’est pas calculée à partir de là.",
    "part_libre": "Le partage interne est l’affaire des associés : la caisse ne l’arbitre pas (COL-10).",
    "versement_au_plus_tard": (
        "Trésorerie : dans le pire cas et la trajectoire, l’aide est versée le dernier jour permis ; "
        "dans le meilleur, le premier."
    ),
    "structure_non_comptee": "Les frais propres de la structure ne sont pas donnés : ils ne sont pas comptés.",
}


def note(code: str, **values: str) -> Note:
    """A note, its sentence typeset."""
    text = typeset(NOTES[code].format(**values))
    return Note(code, text[:1].upper() + text[1:])
