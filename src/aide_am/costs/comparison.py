"""The ways to employ side by side, for one doctor and one path (CST-04)."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..bareme import Bareme
from ..closed import expected_type
from ..errors import RefusedData
from ..models import Dossier
from ..readings import Readings
from ..simulation import Path
from .models import (
    CoefficientGroupement,
    EmploiDirect,
    FactureGroupement,
    Modalite,
    Poste,
    name_refusals,
)
from .records import ComparedEmployment, EmploymentComparison
from .remaining import contract_of, of_contract


def usual_ways() -> dict[str, Modalite]:
    """The ways to employ of CST-04, on the dated defaults, each bearing the whole post."""
    direct, tese = EmploiDirect(), EmploiDirect(mode="tese")
    return {
        "Emploi direct": Modalite(emploi=direct),
        "Emploi direct, Tese": Modalite(emploi=tese),
        "Groupement, facture": Modalite(emploi=FactureGroupement()),
        "Groupement, coefficient": Modalite(emploi=CoefficientGroupement()),
        "SCM": Modalite(structure="SCM", emploi=direct),
        "SEL": Modalite(structure="SEL", emploi=direct),
        "SISA": Modalite(structure="SISA", emploi=FactureGroupement()),
    }


def compare_employment(
    dossier: Dossier,
    poste: Poste,
    modalites: Mapping[str, Any] | None = None,
    path: Path | None = None,
    years: int = 5,
    *,
    events: Iterable[Any] = (),
    readings: Readings | None = None,
    bareme: Bareme | None = None,
    force: bool = False,
) -> EmploymentComparison:
    """What remains to one doctor under each way to employ, over the same contract and path.

    modalites: name → `Modalite` or a mapping of its fields; by default `usual_ways()`. The aid is the same
    under all of them: only the cost differs, and who employs. Raises `RefusedData`, every refusal at once,
    with the name of its way.
    """
    expected_type("poste", poste, Poste, "un Poste", "Poste.model_validate(…)")
    given = usual_ways() if modalites is None else modalites
    expected_type("modalites", given, Mapping, "des modalités par nom", '{"Emploi direct": {…}}')
    contract = contract_of(dossier, path, years, events=events, readings=readings, bareme=bareme, force=force)
    found, refused = [], list(name_refusals(given))
    for name, modalite in given.items():
        try:
            read = Modalite.model_validate(modalite)
            found.append(ComparedEmployment(str(name), read, of_contract(contract, poste, read)))
        except RefusedData as error:
            refused += [r._replace(field=_field(str(name), r.field)) for r in error.refusals]
    if refused:
        raise RefusedData(refused)
    return EmploymentComparison(tuple(found))


def _field(name: str, field: str) -> str:
    """The field of a way under its name; « dossier » is how a whole object that is none is called."""
    return name if field == "dossier" else f"{name} : {field}"
