"""What remains to pay once the aid is counted: for a doctor, for those who share, for a group (CST-03).

Every payer has the worst and the best case of the rules, and his own path where he gives one. An aid that
no text gives is `None`, and so is all that depends on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ..bareme import Bareme
from ..calendar import ONE_DAY, months_after
from ..chronology import chronology_with
from ..closed import Closed, expected_type, shown
from ..collective.decision import CollectiveDecision
from ..collective.evaluation import evaluate_collective
from ..collective.models import DossierCollectif, Identifiant
from ..errors import Refusal, RefusedData
from ..evaluation import check_types
from ..events import read_events
from ..french import day as french_day
from ..french import enumeration
from ..models import Annee, Dossier, Observation
from ..readings import Readings
from ..scheduling import check_years, schedule
from ..scheduling_record import Schedule
from ..simulation import Growth, Path, grown
from .aid import NOTHING, AidYear, of_decisions, of_schedule, shared, without_contract
from .balances import Spent, case, spent_by
from .invoicing import invoice
from .models import Associe, Cle, Emploi, Modalite, Poste, check_employment, key_refusals
from .records import Balance, Case, EmploymentCost, Note, RemainingCost
from .sentences import note

ALONE = "medecin"
"""The label of a doctor who shares with nobody."""
COMPANY = "societe"
"""The label of the company of a contrat collectif."""


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
    part: Fraction | str | Decimal = Fraction(1),
    events: Iterable[Any] = (),
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> RemainingCost:
    """What remains to one doctor, by contract year and by calendar month.

    path: counts by contract year or a yearly `Growth`, as for `simulate`. part: his part of the post.
    Raises `RefusedData` as `schedule` and `employment_cost` do.
    """
    key = _Key(part=part).part
    contract = contract_of(dossier, path, years, events=events, readings=readings, bareme=bareme, force=force)
    return of_contract(contract, poste, Modalite(emploi=emploi, part=key))


class _Key(Closed):
    part: Cle


def of_contract(contract: Contract, poste: Poste, modalite: Modalite) -> RemainingCost:
    """What remains to one doctor under a contract and a way to employ."""
    check_employment(poste, modalite.emploi)
    bounds = of_schedule(contract.bounds)
    cost = _invoice(poste, modalite.emploi, [bounds], modalite.frais_structure_annuels)
    part = modalite.part
    spent = spent_by(cost.lines, [part] if part == 1 else [part, 1 - part])[0]
    notes = [*_notes(contract.bounds, bounds, poste, part)]
    if modalite.structure != "medecin" and modalite.frais_structure_annuels is None:
        notes.append(note("structure_non_comptee"))
    balance = Balance(ALONE, part, _cases(spent, bounds, _path(contract)), tuple(notes))
    return RemainingCost(cost, (balance,), (contract.path or contract.bounds,), (contract.bounds,), ())


def _path(contract: Contract | None) -> tuple[AidYear, ...] | None:
    """The years under the path, where there is one."""
    return None if contract is None or contract.path is None else of_schedule(contract.path)


def _cases(
    spent: Sequence[Spent], bounds: Sequence[AidYear], path: Sequence[AidYear] | None
) -> tuple[Case, ...]:
    """The worst case of the rules, the path, the best case."""
    worst = case("pire", spent, bounds, "low", latest=True)
    best = case("meilleur", spent, bounds, "high", latest=False)
    if path is None:
        return worst, best
    if all(year.low == year.high for year in path):
        return worst, case("trajectoire", spent, path, "low", latest=True), best
    low = case("trajectoire_basse", spent, path, "low", latest=True)
    return worst, low, case("trajectoire_haute", spent, path, "high", latest=True), best


def _invoice(
    poste: Poste, emploi: Emploi, contracts: Sequence[Sequence[AidYear]], structure: Decimal | None = None
) -> EmploymentCost:
    """The invoice over the days of the contracts, cut at each of their years."""
    first = min(years[0].debut for years in contracts)
    last = max(years[-1].fin for years in contracts)
    if poste.debut > last or (poste.fin is not None and poste.fin < first):
        expected = (
            f"un poste dont des jours tombent dans le contrat ({first.isoformat()} – {last.isoformat()})"
        )
        remedy = "vérifiez les dates du poste et celles du contrat"
        raise RefusedData([Refusal("poste.debut", poste.debut.isoformat(), expected, remedy, "hors_contrat")])
    cuts = {day for years in contracts for year in years for day in (year.debut, year.fin + ONE_DAY)}
    end = last if poste.fin is None else min(last, poste.fin)
    found = invoice(poste, emploi, end, first, cuts, structure)
    if poste.debut < first:
        return found._replace(notes=(*found.notes, note("avant_le_contrat", jour=french_day(first))))
    return found


def _notes(bounds: Schedule, years: Sequence[AidYear], poste: Poste, part: Fraction) -> Iterable[Note]:
    """What a payer with a contract must know."""
    yield from _year_notes(years)
    terms = [year.decision.dossier.contrat for year in bounds.years if year.decision is not None]
    wanted = max(Fraction(contrat.option_etp) for contrat in (bounds.dossier.contrat, *terms))
    if part * poste.temps < wanted:
        yield note("temps_sous_l_option", temps=_decimal(part * poste.temps), option=_decimal(wanted))
    yield from _uncovered(years, poste)
    if any(year.high is not None and year.high.due for year in years):
        yield note("versement_au_plus_tard")


def _year_notes(years: Sequence[AidYear]) -> Iterable[Note]:
    """What the years of a contract leave to the caisse."""
    for code, found in (
        ("a_instruire", [y for y in years if y.verdict == "a_instruire" and y.high not in (None, NOTHING)]),
        (
            "non_eligible",
            [y for y in years if y.verdict == "non_eligible" and y.high == NOTHING],
        ),
        ("aide_inconnue", [y for y in years if y.low is None]),
        ("versements_inconnus", [y for y in years if y.low is not None and y.low.payments is None]),
    ):
        if found:
            yield note(code, annees=_which(found))


def _which(years: Sequence[AidYear]) -> str:
    """Année 3, or Années 1 et 2."""
    return f"Année{'s' if len(years) > 1 else ''} {enumeration([str(year.annee) for year in years])}"


def _uncovered(years: Sequence[AidYear], poste: Poste) -> Iterable[Note]:
    """A contract without an assistant for longer than an absence may last (CTR-07)."""
    longest = chronology_with(None).baremes[-1].parametres["absence_mois"].num
    start, end = years[0].debut, years[-1].fin
    until = end if poste.fin is None else poste.fin
    if poste.debut > months_after(start, longest) or months_after(until, longest) < end:
        last = french_day(until)
        yield note("poste_non_couvert", debut=french_day(poste.debut), fin=last)


def _decimal(value: Fraction) -> str:
    """1/3, or 0,5: exact where a decimal is."""
    exact = Decimal(value.numerator) / value.denominator
    return f"{exact.normalize():f}".replace(".", ",") if Fraction(exact) == value else str(value)


def shared_cost(
    poste: Poste,
    emploi: Emploi,
    associes: Sequence[Associe],
    years: int = 5,
    *,
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> RemainingCost:
    """What remains to each of the doctors who share a post by a key, each with his own contract.

    One balance a doctor, in the order given; their parts of every month sum to its cost, to the centime.
    Raises `RefusedData` for parts that do not sum to one and for what `schedule` refuses, by label.
    """
    check_years(years)
    check_employment(poste, emploi)
    _check_key(associes)
    contracts = _contracts(associes, years, readings, bareme, force)
    signed = [None if contract is None else of_schedule(contract.bounds) for contract in contracts]
    first = max(poste.debut, min((aids[0].debut for aids in signed if aids), default=poste.debut))
    bounds = [aids or without_contract(first, years) for aids in signed]
    cost = _invoice(poste, emploi, bounds)
    spent = spent_by(cost.lines, [each.part for each in associes])
    balances = []
    for each, contract, aids, own in zip(associes, contracts, bounds, spent, strict=True):
        told = [note("sans_contrat")] if contract is None else _notes(contract.bounds, aids, poste, each.part)
        outside = any(line.fin < aids[0].debut or aids[-1].fin < line.debut for line in cost.lines)
        notes = (*told, *([note("hors_du_contrat")] if outside else []))
        balances.append(Balance(each.identifiant, each.part, _cases(own, aids, _path(contract)), notes))
    schedules = tuple(None if c is None else c.path or c.bounds for c in contracts)
    always = tuple(None if c is None else c.bounds for c in contracts)
    return RemainingCost(cost, tuple(balances), schedules, always, ())


def _contracts(
    associes: Sequence[Associe], years: int, readings: Readings | None, bareme: Bareme | None, force: bool
) -> list[Contract | None]:
    """The contract of each; every refusal at once, under the label of its doctor."""
    found: list[Contract | None] = []
    refused: list[Refusal] = []
    for each in associes:
        try:
            contract = _contract(each, years, readings, bareme, force)
            if contract is not None:
                of_schedule(contract.bounds)
            found.append(contract)
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
    refused = list(key_refusals("associes", [each.part for each in associes]))
    labels = [each.identifiant for each in associes]
    for label in dict.fromkeys(labels):
        if labels.count(label) > 1:
            expected, remedy = "un repère par associé", "donnez à chacun un repère différent"
            refused.append(Refusal("associes", shown(label), expected, remedy, "identifiant_double"))
    if refused:
        raise RefusedData(refused)


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
    bounds = of_decisions(_decisions(unseen, {}, years, readings, force))
    decisions = _decisions(dossier, seen, years, readings, force)
    path = of_decisions(decisions) if seen else None
    cost = _invoice(poste, emploi, [bounds])
    company = spent_by(cost.lines, [Fraction(1)])[0]
    notes = [*_year_notes(bounds), *_uncovered(bounds, poste)]
    if poste.temps < dossier.etp:
        etp = _decimal(Fraction(dossier.etp))
        notes.append(note("temps_sous_l_option", temps=_decimal(poste.temps), option=etp))
    balances = [Balance(COMPANY, Fraction(1), _cases(company, bounds, path), tuple(notes))]
    key_parts = list(parts.values())
    spent = spent_by(cost.lines, key_parts) if key_parts else []
    for rank, (label, part) in enumerate(parts.items()):
        own = shared(bounds, key_parts, rank)
        own_path = None if path is None else shared(path, key_parts, rank)
        cases = _cases(spent[rank], own, own_path)
        balances.append(Balance(label, part, cases, (note("part_libre"),)))
    nobody = (None,) * len(balances)
    return RemainingCost(cost, tuple(balances), nobody, nobody, decisions)


class _Seen(Closed):
    observations: dict[Annee, Observation]


class _Parts(Closed):
    cle: dict[Identifiant, Cle]


def read_key(key: Mapping[str, Any]) -> dict[str, Fraction]:
    """The parts of a key by label; raises `RefusedData` where they do not sum to one. No key, no part."""
    parts = _Parts(cle=key).cle
    refused = list(key_refusals("cle", list(parts.values()))) if parts else []
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
