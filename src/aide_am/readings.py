"""The open points of law, one field each, with the default of the rule book (section 9).

A reading is a choice of the caller where the sources leave several. Titles, labels and evidence of
every value stand in `data/lectures.toml`.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import product
from typing import Literal, TypeVar, get_args

from .closed import Closed

AnswerT = TypeVar("AnswerT")


class Readings(Closed):
    """One value for each open point; every field has a default."""

    entree_en_vigueur: Literal["2024-06-22", "2024-06-21"] = "2024-06-22"
    debut_annee: Literal["signature", "embauche"] = "signature"
    indicateur_p30: Literal["defaut", "un_des_deux", "les_deux"] = "defaut"
    borne_p30: Literal["incluse", "exclue"] = "incluse"
    tranche_deux_indicateurs: Literal["la_plus_haute", "pmt", "la_plus_basse"] = "la_plus_haute"
    seuil_honoraires_cliniques: Literal["au_moins_80", "plus_de_80"] = "au_moins_80"
    specialites_a_seuil: Literal["chirurgie_orl_gynecologie", "chirurgie"] = "chirurgie_orl_gynecologie"
    modulation_avant_2024: Literal["tables_2024", "inconnue"] = "tables_2024"
    taux_atteinte: Literal["progression", "niveau"] = "progression"
    tolerance_augmentation: Literal["stricte", "5_points"] = "stricte"
    borne_tolerance: Literal["incluse", "exclue"] = "incluse"
    trou_6_2: Literal["zero", "cent"] = "zero"
    primo_sous_p30: Literal["prorata", "taux_le_plus_bas", "zero"] = "prorata"
    arrondi: Literal["arrondi_centime", "troncature_centime", "troncature_euro"] = "arrondi_centime"
    objectifs_prorogation: Literal["inchanges", "nouveaux"] = "inchanges"
    cumul_avenant_7: Literal["non", "oui"] = "non"
    tolerance_6_2: Literal["elargie", "5_points"] = "elargie"
    recuperation: Literal["sur_le_du", "prorata_du_verse"] = "sur_le_du"
    objectifs_collectifs: Literal["intervalle", "taux_le_plus_bas", "meilleur_taux"] = "intervalle"
    demi_etp_collectif: Literal["intervalle", "lineaire", "non_admis"] = "intervalle"


CHOICES: Mapping[str, tuple[str, ...]] = {
    name: get_args(field.annotation) for name, field in Readings.model_fields.items()
}
"""Every reading with its values, the default first."""

DEFAULT = Readings()


def combinations(names: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Every combination of the values of these readings."""
    for values in product(*(CHOICES[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def explored(
    under: Callable[[Readings], AnswerT],
    consulted: Callable[[AnswerT], Iterable[str]],
    result: Callable[[AnswerT], Hashable],
) -> list[tuple[AnswerT, tuple[dict[str, str], ...]]]:
    """The distinct answers over every combination of the readings that they consult, the default first.

    `under` answers under some readings, `consulted` names those that mattered, `result` tells which
    answers are the same.
    """
    found: dict[Hashable, tuple[AnswerT, list[dict[str, str]]]] = {}
    pending: list[tuple[dict[str, str], AnswerT | None]] = [({}, None)]
    while pending:
        chosen, answer = pending.pop()
        if answer is None:
            answer = under(Readings(**chosen))
        undecided = [name for name in consulted(answer) if name not in chosen]
        if undecided:
            name = undecided[0]
            default, *others = CHOICES[name]
            pending += [({**chosen, name: value}, None) for value in reversed(others)]
            pending.append(({**chosen, name: default}, answer))
            continue
        found.setdefault(result(answer), (answer, []))[1].append(chosen)
    return [(answer, tuple(combinations)) for answer, combinations in found.values()]
