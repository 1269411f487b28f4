"""The columns of a table of dossiers: their names, their place in a dossier, and how a cell is read.

A table says the fields of a dossier, flat. A cell is understood as spreadsheets and data frames write
it (1300.0, "31/12/2024", "0,85", VRAI) where that can mean one thing only; everything else goes to the
models unchanged, which refuse it in their own words.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from math import isnan
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from ..chronology import register
from ..closed import shown
from ..errors import Refusal, RefusedData
from ..models import Dossier, specialite_of_code
from ..terms import (
    INDICATEURS,
    PERCENTILES,
    DerogationInstallation,
    NatureEnoncee,
    OptionEtp,
    OptionTarifaire,
    Secteur,
    Zone,
)

Kind = Literal["choix", "specialite", "code", "date", "effectif", "annee", "drapeau", "part"]


class Column(NamedTuple):
    """A column: its name, its place in the JSON of a dossier, what a cell is, the choices of its list."""

    name: str
    path: tuple[str, ...]
    kind: Kind
    choices: tuple[str, ...] = ()
    required: bool = False


_NATURES, _OPTIONS = get_args(NatureEnoncee), get_args(OptionEtp)

COLUMNS: tuple[Column, ...] = (
    Column("specialite", ("medecin", "specialite"), "specialite", required=True),
    Column("specialite_am", (), "code"),
    Column("mep", (), "drapeau"),
    Column("secteur", ("medecin", "secteur"), "choix", get_args(Secteur)),
    Column("option_tarifaire", ("medecin", "option_tarifaire"), "choix", get_args(OptionTarifaire)),
    Column("date_naissance", ("medecin", "date_naissance"), "date"),
    Column("date_installation", ("medecin", "date_installation"), "date"),
    Column(
        "derogation_installation",
        ("medecin", "derogation_installation"),
        "choix",
        get_args(DerogationInstallation),
    ),
    Column("zone", ("medecin", "zone"), "choix", get_args(Zone)),
    Column("part_honoraires_cliniques", ("medecin", "part_honoraires_cliniques"), "part"),
    Column("rqth", ("medecin", "rqth"), "drapeau"),
    Column("ald", ("medecin", "ald"), "drapeau"),
    Column("activite_mixte", ("medecin", "activite_mixte"), "drapeau"),
    Column("remplacant", ("medecin", "remplacant"), "drapeau"),
    Column("exercice_coordonne", ("medecin", "exercice_coordonne"), "drapeau"),
    Column("date_signature", ("contrat", "date_signature"), "date", required=True),
    Column("option_etp", ("contrat", "option_etp"), "choix", _OPTIONS, required=True),
    *(Column(f"{i}_initiale", ("contrat", "patientele_initiale", i), "effectif") for i in INDICATEURS),
    *(Column(f"{i}_objectif", ("contrat", "objectifs", i), "effectif") for i in INDICATEURS),
    *(Column(f"{i}_nature", ("contrat", "nature_objectifs", i), "choix", _NATURES) for i in INDICATEURS),
    *(Column(f"{i}_reference", ("contrat", "patientele_reference", i), "effectif") for i in INDICATEURS),
    Column("anterieur_option_etp", ("contrat", "contrat_anterieur", "option_etp"), "choix", _OPTIONS),
    Column("anterieur_date_signature", ("contrat", "contrat_anterieur", "date_signature"), "date"),
    Column("anterieur_objectifs_atteints", ("contrat", "contrat_anterieur", "objectifs_atteints"), "drapeau"),
    Column("date_option", ("contrat", "date_option"), "date"),
    Column("date_embauche", ("contrat", "date_embauche"), "date"),
    Column("prorogation", ("contrat", "prorogation"), "drapeau"),
    Column("annee", ("annee",), "annee", required=True),
    *(Column(f"{i}_observee", ("observation", i), "effectif") for i in INDICATEURS),
    Column("circonstances_exceptionnelles", ("circonstances_exceptionnelles",), "drapeau"),
    *(
        Column(f"{i}_{percentile}", ("percentiles", i, percentile), "effectif")
        for i in INDICATEURS
        for percentile in PERCENTILES
    ),
)
"""Every column that a table of dossiers may have, in the order of a template."""
BY_NAME: Mapping[str, Column] = MappingProxyType({column.name: column for column in COLUMNS})
_BY_PATH = {".".join(column.path): column.name for column in COLUMNS if column.path}

Outputs = Literal[
    "verdict",
    "criteria_failed",
    "band",
    "maximum_low",
    "maximum_high",
    "regime",
    "pmt_status",
    "pfa_status",
    "pmt_rate",
    "pfa_rate",
    "share_low",
    "share_high",
    "amount_due_low",
    "amount_due_high",
    "missing",
    "warnings",
    "error",
    "codes",
]
OUTPUTS: tuple[str, ...] = get_args(Outputs)
"""The columns that an evaluation adds, in their order."""


def known_slugs() -> tuple[str, ...]:
    """The slugs of the specialties, in the order of the data."""
    return tuple(register().specialites)


# --- One cell --------------------------------------------------------------------------------------

NOTHING = ("NAType", "NaTType")
"""The types of what pandas writes where there is nothing; they have no truth of their own."""
LONGEST = 40
"""The digits beyond which a text or a number is no count, no part, no choice."""
_SPACES = "\u0020\u00a0\u202f"
_THOUSANDS = re.compile(rf"[0-9]{{1,3}}([{_SPACES}][0-9]{{3}})+", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?", re.ASCII)
_FRENCH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})( 00:00(:00)?)?", re.ASCII)
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?", re.ASCII)
_TRUE, _FALSE = ("vrai", "oui", "true", "1"), ("faux", "non", "false", "0")


def understood(kind: Kind, value: Any) -> Any:
    """The value of a cell as the models read it; what cannot be understood comes back unchanged.

    An empty cell is `None`: the datum is not known.
    """
    if isinstance(value, Enum):
        value = value.value
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if value is None or type(value).__name__ in NOTHING:
        return None
    if (isinstance(value, float) and isnan(value)) or (isinstance(value, Decimal) and value.is_nan()):
        return None
    if isinstance(value, str):
        value = value.strip().encode("utf-8", "replace").decode()  # half a character is none
        if not value:
            return None
    return _READERS[kind](value)


def _choice(value: Any) -> Any:
    """A name; a number of a closed list ("0.5", "1") may have been read as a number."""
    number = _exact(value)
    if number is None:
        return value
    whole = number == number.to_integral_value()
    return str(int(number)) if whole else format(number.normalize(), "f")


def _code(value: Any) -> Any:
    """A code of two digits, whose first zero a spreadsheet may have lost."""
    text = _choice(value)
    return text.zfill(2) if isinstance(text, str) and text.isascii() and text.isdigit() else text


def _count(value: Any) -> Any:
    if isinstance(value, str) and _THOUSANDS.fullmatch(value):
        return int(re.sub(rf"[{_SPACES}]", "", value))
    number = _exact(value)
    if number is None or number != number.to_integral_value():
        return value
    return int(number)


def _part(value: Any) -> Any:
    number = _exact(value)
    return value if number is None else number if number else abs(number)


def _exact(value: Any) -> Decimal | None:
    """The number that a cell writes, with a point or a comma; a float is what its shortest text says."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        fine = len(value) <= LONGEST and _NUMBER.fullmatch(value)
        return Decimal(value.replace(",", ".")) if fine else None
    if not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() and number.adjusted() <= LONGEST else None


def _day(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, str):
        french = _FRENCH.fullmatch(value)
        if french is not None:
            try:
                return date(int(french[3]), int(french[2]), int(french[1]))
            except ValueError:
                return value
        midnight = _MIDNIGHT.fullmatch(value)
        return value if midnight is None else midnight[1]
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str):
        text = value.casefold()
        return True if text in _TRUE else False if text in _FALSE else value
    if isinstance(value, bool):
        return value
    number = _exact(value)
    return bool(number) if number in (0, 1) else value


_READERS: Mapping[Kind, Any] = MappingProxyType(
    {
        "choix": _choice,
        "specialite": lambda value: value,
        "code": _code,
        "date": _day,
        "effectif": _count,
        "annee": _count,
        "drapeau": _flag,
        "part": _part,
    }
)


# --- One row ---------------------------------------------------------------------------------------


def dossier_of(cells: Mapping[str, Any]) -> Dossier:
    """The dossier of one row, from its cells by column name; raises `RefusedData` (see `in_columns`)."""
    given = {name: understood(BY_NAME[name].kind, cell) for name, cell in cells.items() if cell is not None}
    found, refused = slug_of(given)
    tree: dict[str, Any] = {"contrat": {"patientele_initiale": {}}}
    for column in COLUMNS:
        value = found if column.name == "specialite" else given.get(column.name)
        if value is None or not column.path:
            continue
        place = tree
        for part in column.path[:-1]:
            place = place.setdefault(part, {})
        place[column.path[-1]] = value
    tree.setdefault("medecin", {})
    try:
        dossier = Dossier.model_validate(tree)
    except RefusedData as error:
        others = [r for r in error.refusals if not (refused and r.field == "medecin.specialite")]
        raise RefusedData([*refused, *others]) from None
    if refused:
        raise RefusedData(refused)
    return dossier


JSON_DATE, TABLE_DATE = "une date ISO, AAAA-MM-JJ", "une date, AAAA-MM-JJ ou JJ/MM/AAAA"
"""What the models expect of a date, and what a table may write."""


def in_columns(refusals: Sequence[Refusal], names: Mapping[str, str]) -> RefusedData:
    """The same refusals, each under the name of its column instead of its place in a dossier."""
    renamed = []
    for refusal in refusals:
        column = _BY_PATH.get(refusal.field, refusal.field)
        remedy, expected = refusal.remedy, refusal.expected.replace(JSON_DATE, TABLE_DATE)
        for name in INDICATEURS:
            stated = f"{name}_nature"
            remedy = remedy.replace(f"nature_objectifs.{name}", names.get(stated, stated))
        renamed.append(refusal._replace(field=names.get(column, column), expected=expected, remedy=remedy))
    return RefusedData(renamed)


def slug_of(given: Mapping[str, Any]) -> tuple[Any, list[Refusal]]:
    """The specialty of a row: its slug, or its code of the Assurance Maladie with the flag `mep`."""
    slug, code, mep = given.get("specialite"), given.get("specialite_am"), given.get("mep")
    wrong = None if mep is None or isinstance(mep, bool) else mep
    if wrong is not None:
        known = Refusal("mep", shown(wrong), "true ou false", "écrivez true ou false", "bool_type")
        return slug, [known]
    if slug is not None and mep is not None and (contradiction := _against(slug, mep)):
        return slug, [contradiction]
    if code is None:
        return slug, []
    try:
        found = specialite_of_code(code, "am", mep=mep)
    except RefusedData as error:
        if slug is not None and isinstance(code, str) and slug in _bearing(code):
            return slug, []
        return slug, [_of_code(refusal, mep) for refusal in error.refusals]
    if slug is None or slug == found:
        return found, []
    remedy = "gardez celui des deux qui est juste"
    return slug, [Refusal("specialite_am", shown(code), f"un code de {slug}", remedy, "specialite_double")]


def _against(slug: Any, mep: bool) -> Refusal | None:
    """The refusal of a flag `mep` that says the contrary of the specialty."""
    known = register().specialites
    own = known.get(slug) if isinstance(slug, str) else None
    if own is None or (own.groupe == "mep") is mep:
        return None
    expected = f"{'faux' if mep else 'vrai'}, comme le dit la spécialité {slug}"
    return Refusal("mep", shown(mep), expected, "gardez celle des deux colonnes qui est juste", "mep")


def _bearing(code: str) -> tuple[str, ...]:
    known = register().specialites.values()
    return tuple(specialite.slug for specialite in known if code in specialite.codes_am)


def _of_code(refusal: Refusal, mep: bool | None) -> Refusal:
    """The refusal of a code, as a table says it: a column `mep`, no keyword."""
    if refusal.expected.startswith("mep="):
        return refusal._replace(
            field="specialite_am",
            expected="vrai ou faux dans la colonne mep, en plus du code",
            remedy="dites si le médecin est un MEP",
        )
    return refusal._replace(
        field="specialite_am",
        expected="un code de spécialité de l’Assurance Maladie, en texte",
        remedy="vérifiez le code, ou donnez le nom court dans la colonne specialite",
    )


__all__ = [
    "BY_NAME",
    "COLUMNS",
    "OUTPUTS",
    "Column",
    "Kind",
    "dossier_of",
    "in_columns",
    "known_slugs",
    "understood",
]
