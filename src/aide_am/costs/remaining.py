"""What remains to pay once the aid is counted, for a doctor and for those who share a post (CST-03).

Every payer has the worst and the best case of the rules, and his own path where he gives one. An aid that
no text gives is `None`, and so is all that depends on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ..bareme import Bareme
from ..closed import Closed, expected_type
from ..collective.models import Identifiant
from ..errors import Refusal, RefusedData
from ..evaluation import check_types
from ..events import read_events
from ..french import euros
from ..models import Dossier
from ..readings import Readings
from ..rules.amounts import from_centimes
from ..scheduling import check_years, schedule
from ..scheduling_record import Schedule
from ..simulation import Growth, Path, grown
from .aid import AidYear, of_schedule, without_contract
from .balances import Spent, spent_by
from .bareme import Structure
from .models import Associe, Emploi, Modalite, Poste, check_employment, key_refusals
from .payers import cases_of, contract_notes, invoice_over
from .records import Balance, Note, RemainingCost
from .sentences import note

ALONE = "medecin"
"""The label of a doctor who shares with nobody."""


class Contract(NamedTuple):
    """The contract of one payer: what the rules allow whatever is counted, and his path if he has one."""

    bounds: Schedule
    path: Schedule | None


def contract_of(
    dossier: Dossier,
    path: Path | None,
    years: int,
    *,
    events: Iterable[Any] = (),
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> Contract:
    """The two schedules of a contract; a count of the path wins over that of the dossier."""
    check_years(years)
    check_types(dossier, readings, bareme)
    given = read_events(events)
    told: dict[str, Any] = {"events": given, "readings": readings, "bareme": bareme, "force": force}
    if path is None:
        return Contract(schedule(dossier, None, years, **told), None)
    expected_type(
        "path", path, (Mapping, Growth), "des effectifs par année, ou une croissance", "Growth(pmt=…)"
    )
    seen = grown(dossier, path, years) if isinstance(path, Growth) else path
    found = schedule(dossier, seen, years, **told)
    unseen = dossier if dossier.annee not in seen else dossier.model_copy(update={"observation": None})
    return Contract(schedule(unseen, None, years, **told), found)


def remaining_cost(
    dossier: Dossier,
    poste: Poste,
    emploi: Emploi,
    path: Path | None = None,
    years: int = 5,
    *,
    identifiant: str = ALONE,
    part: Fraction | str | Decimal = Fraction(1),
    structure: Structure = "medecin",
    frais_structure_annuels: Decimal | int | str | None = None,
    events: Iterable[Any] = (),
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> RemainingCost:
    """What remains to one doctor, by contract year and by calendar month.

    path: counts by contract year or a yearly `Growth`, as for `simulate`. part: his part of the post.
    structure: who employs, and `frais_structure_annuels` its own euros a year, shared by the same part.
    Raises `RefusedData` as `schedule` and `employment_cost` do.
    """
    check_employment(poste, emploi)
    modalite = Modalite.model_validate(
        {
            "structure": structure,
            "emploi": emploi,
            "part": part,
            "frais_structure_annuels": frais_structure_annuels,
        }
    )
    label = _Label(identifiant=identifiant).identifiant
    contract = contract_of(dossier, path, years, events=events, readings=readings, bareme=bareme, force=force)
    return of_contract(contract, poste, modalite, label)


class _Label(Closed):
    identifiant: Identifiant


def of_contract(
    contract: Contract, poste: Poste, modalite: Modalite, identifiant: str = ALONE
) -> RemainingCost:
    """What remains to one doctor under a contract and a way to employ."""
    bounds = of_schedule(contract.bounds)
    cost = invoice_over(poste, modalite.emploi, [bounds], modalite.frais_structure_annuels)
    part = modalite.part
    spent = spent_by(cost.lines, [part] if part == 1 else [part, 1 - part])[0]
    notes = [*contract_notes(contract.bounds, bounds, poste, part)]
    notes += _structure_notes(modalite.structure, modalite.frais_structure_annuels)
    balance = Balance(identifiant, part, cases_of(spent, bounds, _path(contract)), tuple(notes))
    schedules, always = (contract.path or contract.bounds,), (contract.bounds,)
    return RemainingCost(cost, modalite.structure, (balance,), schedules, always, ())


def _structure_notes(structure: Structure, euros: Decimal | None) -> list[Note]:
    """What a company costs, where it is not told."""
    return [note("structure_non_comptee")] if structure != "medecin" and euros is None else []


def _path(contract: Contract | None) -> tuple[AidYear, ...] | None:
    """The years under the path, where there is one."""
    return None if contract is None or contract.path is None else of_schedule(contract.path)


def shared_cost(
    poste: Poste,
    emploi: Emploi,
    associes: Sequence[Associe],
    years: int = 5,
    *,
    structure: Structure = "medecin",
    frais_structure_annuels: Decimal | int | str | None = None,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> RemainingCost:
    """What remains to each of the doctors who share a post by a key, each with his own contract.

    One balance a doctor, in the order given; their parts of every month sum to its cost, to the centime.
    structure: the company that employs, and `frais_structure_annuels` its own euros a year, shared alike.
    Raises `RefusedData` for parts that do not sum to one and for what `schedule` refuses, by label.
    """
    check_years(years)
    check_employment(poste, emploi)
    _check_key(associes)
    found = _contracts(associes, years, readings, bareme, force)
    contracts, signed = [contract for contract, _ in found], [aids for _, aids in found]
    first = min((aids[0].debut for aids in signed if aids), default=poste.debut)
    bounds = [aids or without_contract(first, years) for aids in signed]
    company = Modalite.model_validate(
        {"structure": structure, "emploi": emploi, "frais_structure_annuels": frais_structure_annuels}
    )
    cost = invoice_over(poste, emploi, bounds, company.frais_structure_annuels)
    spent = spent_by(cost.lines, [each.part for each in associes])
    common = _structure_notes(company.structure, company.frais_structure_annuels)
    balances = []
    for each, contract, aids, own in zip(associes, contracts, bounds, spent, strict=True):
        notes = (*_own_notes(each, contract, aids, poste), *_outside(own, aids, contract), *common)
        balances.append(Balance(each.identifiant, each.part, cases_of(own, aids, _path(contract)), notes))
    schedules = tuple(None if c is None else c.path or c.bounds for c in contracts)
    always = tuple(None if c is None else c.bounds for c in contracts)
    return RemainingCost(cost, company.structure, tuple(balances), schedules, always, ())


def _own_notes(
    each: Associe, contract: Contract | None, aids: Sequence[AidYear], poste: Poste
) -> Iterable[Note]:
    """What one of those who share must know of his contract."""
    return (
        [note("sans_contrat")]
        if contract is None
        else contract_notes(contract.bounds, aids, poste, each.part)
    )


def _outside(own: Sequence[Spent], aids: Sequence[AidYear], contract: Contract | None) -> Iterable[Note]:
    """What one pays on days that fall in none of his years."""
    first, last = aids[0].debut, aids[-1].fin
    centimes = sum(each.centimes for each in own if each.fin < first or last < each.debut)
    if centimes:
        code = "hors_du_contrat" if contract is not None else "hors_des_annees"
        yield note(code, euros=euros(from_centimes(centimes)))


def _contracts(
    associes: Sequence[Associe], years: int, readings: Readings | None, bareme: Bareme | None, force: bool
) -> list[tuple[Contract | None, tuple[AidYear, ...] | None]]:
    """The contract of each and its years; every refusal at once, under the label of its doctor."""
    found: list[tuple[Contract | None, tuple[AidYear, ...] | None]] = []
    refused: list[Refusal] = []
    for each in associes:
        try:
            contract = _contract(each, years, readings, bareme, force)
            found.append((contract, None if contract is None else of_schedule(contract.bounds)))
        except RefusedData as error:
            refused += [r._replace(field=f"{each.identifiant} : {r.field}") for r in error.refusals]
    if refused:
        raise RefusedData(refused)
    return found


def _contract(
    each: Associe, years: int, readings: Readings | None, bareme: Bareme | None, force: bool
) -> Contract | None:
    if each.dossier is None:
        return None
    path = each.observations if each.croissance is None else each.croissance
    return contract_of(each.dossier, path, years, readings=readings, bareme=bareme, force=force)


def _check_key(associes: Sequence[Associe]) -> None:
    """Labels all different, parts that sum to one."""
    for rank, each in enumerate(associes):
        expected_type(f"associes.{rank}", each, Associe, "un Associe", "Associe.model_validate(…)")
    labels = [each.identifiant for each in associes]
    refused = list(key_refusals("associes", labels, [each.part for each in associes]))
    if refused:
        raise RefusedData(refused)
