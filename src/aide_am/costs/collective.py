"""What remains to a company under a contrat collectif, and to its doctors by a key (CST-03, COL-10)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..chronology import bareme_at
from ..closed import Closed, expected_type, shown
from ..collective.decision import CollectiveDecision
from ..collective.evaluation import evaluate_collective
from ..collective.models import DossierCollectif, Identifiant
from ..errors import Refusal, RefusedData
from ..french import fraction
from ..models import Annee, Observation
from ..readings import Readings
from ..scheduling import check_years
from .aid import AidYear, of_decisions, shared
from .balances import spent_by
from .models import COMPANY, Cle, Emploi, Poste, check_employment, key_refusals
from .payers import cases_of, invoice_over, uncovered, year_notes
from .records import Balance, EmploymentCost, RemainingCost
from .sentences import note


def collective_cost(
    dossier: DossierCollectif,
    poste: Poste,
    emploi: Emploi,
    key: Mapping[str, Any] | None = None,
    observations: Mapping[int, Any] | None = None,
    years: int = 5,
    *,
    readings: Readings | None = None,
    force: bool = False,
) -> RemainingCost:
    """What remains to a company under a contrat collectif, then to each of its doctors by a key (COL-10).

    key: label → part, exact, summing to one; the caisse does not arbitrate it. observations: counts of the
    whole group by contract year. No source says when the aid is paid: months bear no treasury.
    """
    expected_type(
        "dossier", dossier, DossierCollectif, "un DossierCollectif", "DossierCollectif.model_validate(…)"
    )
    check_years(years)
    check_employment(poste, emploi)
    parts = read_key({} if key is None else key)
    seen = _Seen(observations=observations or {}).observations
    if late := [annee for annee in seen if annee > years]:
        expected = f"une année du contrat, de 1 à {years}"
        remedy = "corrigez l’année, ou demandez plus d’années (years)"
        raise RefusedData(Refusal("observations", shown(annee), expected, remedy, "annee") for annee in late)
    unseen = dossier if dossier.annee not in seen else _unseen(dossier)
    decisions = _decisions(unseen, {}, years, readings, force)
    bounds, path = of_decisions(decisions), None
    if seen:
        decisions = _decisions(dossier, seen, years, readings, force)
        path = of_decisions(decisions)
    cost = invoice_over(poste, emploi, [bounds])
    balances = [_company(dossier, poste, cost, bounds, path), *_members(parts, cost, bounds, path)]
    nobody = (None,) * len(balances)
    return RemainingCost(cost, None, tuple(balances), nobody, nobody, decisions)


def _company(
    dossier: DossierCollectif,
    poste: Poste,
    cost: EmploymentCost,
    bounds: Sequence[AidYear],
    path: Sequence[AidYear] | None,
) -> Balance:
    """The balance of the company, which is paid the aid and pays the post."""
    notes = [*year_notes(bounds), *uncovered(bounds, poste, bareme_at(dossier.date_signature))]
    if poste.temps < dossier.etp:
        etp = fraction(Fraction(dossier.etp))
        notes.append(note("temps_sous_l_option", temps=fraction(poste.temps), option=etp))
    spent = spent_by(cost.lines, [Fraction(1)])[0]
    return Balance(COMPANY, Fraction(1), cases_of(spent, bounds, path), tuple(notes))


def _members(
    key: Mapping[str, Fraction],
    cost: EmploymentCost,
    bounds: Sequence[AidYear],
    path: Sequence[AidYear] | None,
) -> Iterator[Balance]:
    """The balance of each doctor of the key: his part of the cost, and of the aid."""
    parts = list(key.values())
    spent = spent_by(cost.lines, parts) if parts else []
    for rank, (label, part) in enumerate(key.items()):
        own = None if path is None else shared(path, parts, rank)
        cases = cases_of(spent[rank], shared(bounds, parts, rank), own)
        yield Balance(label, part, cases, (note("part_libre"),))


class _Seen(Closed):
    observations: dict[Annee, Observation]


class _Parts(Closed):
    cle: dict[Identifiant, Cle]


def read_key(key: Mapping[str, Any]) -> dict[str, Fraction]:
    """The parts of a key by label; raises `RefusedData` where they do not sum to one. No key, no part."""
    parts = _Parts(cle=key).cle
    refused = list(key_refusals("cle", list(parts), list(parts.values()))) if parts else []
    if refused:
        raise RefusedData(refused)
    return parts


def _unseen(dossier: DossierCollectif) -> DossierCollectif:
    """The group without any count of its year."""
    membres = tuple(membre.model_copy(update={"observation": None}) for membre in dossier.membres)
    return dossier.model_copy(update={"observation": None, "membres": membres})


def _decisions(
    dossier: DossierCollectif,
    seen: Mapping[int, Observation],
    years: int,
    readings: Readings | None,
    force: bool,
) -> tuple[CollectiveDecision, ...]:
    """The decision of each year; the counts of the dossier serve its own year, where `seen` has none."""
    found = []
    for annee in range(1, years + 1):
        own = annee == dossier.annee and annee not in seen
        base = dossier if own else _unseen(dossier).model_copy(update={"observation": seen.get(annee)})
        values = {**base.model_dump(), "annee": annee}
        year = DossierCollectif.model_validate(values)
        found.append(evaluate_collective(year, readings=readings, force=force))
    return tuple(found)
