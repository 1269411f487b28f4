"""Closed, frozen pydantic models whose every error is a French refusal.

A refusal names the field, what was received, what is expected and what to do. All come at once, as
`RefusedData` from the constructors and `model_validate*`; where a `Dossier` is nested in a foreign
model, as French messages inside the `ValidationError` of pydantic.
"""

import difflib
import json
import re
import types
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Self, SupportsInt, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from .errors import Refusal, RefusedData

YEARS = (("annee",), ("years",))
"""The fields whose whole number is a year of the contract, not a count of patients."""
REFUSED = "donnee_refusee"
"""The pydantic error type under which a refusal travels."""


class ReadBy:
    """The annotation of a value that `read` makes of what is given, written as text in JSON.

    `schema` describes it in a JSON Schema. `read` raises `PydanticCustomError` for what it refuses.
    """

    def __init__(self, read: Callable[[object], object], schema: JsonSchemaValue) -> None:
        self.read, self.schema = read, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(plain_text, when_used="json"),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return deepcopy(self.schema)  # pydantic writes defaults and titles into what it is given


def plain_text(value: object) -> str:
    """A value as the text that is read back; a decimal without exponent."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


class Closed(BaseModel):
    """A frozen model that refuses unknown keys and answers in French."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def __init__(self, /, **data: Any) -> None:
        """Validate keyword arguments; raises `RefusedData`."""
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise RefusedData(refusals(type(self), error)) from None

    # Without this mark pydantic would call the constructor again for every nested model.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Validate a mapping or an instance; raises `RefusedData`."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise RefusedData(refusals(cls, error)) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Validate JSON text, in which no key may stand twice; raises `RefusedData`."""
        return cls.model_validate(read_json(json_data), **options)


class Coherent(Closed):
    """A closed model whose fields must agree: what cannot be true is refused with whatever else is wrong."""

    @model_validator(mode="wrap")
    @classmethod
    def _coherent(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse what cannot be true, after what cannot be read."""
        try:
            model = handler(value)
        except ValidationError as error:
            unread = refusals(cls, error)
            found = [*unread, *cls._incoherences_of_refused(value, unread)]
            raise as_pydantic(cls.__name__, found, value) from None
        if found := [*cls._incoherences(model)]:
            raise as_pydantic(cls.__name__, found, value)
        return model

    @classmethod
    @abstractmethod
    def _incoherences(cls, given: Any) -> Iterable[Refusal]:
        """What cannot be true across the fields, of which `given` has the names; `None` is passed over."""

    @classmethod
    def _incoherences_of_refused(cls, value: Any, unread: Iterable[Refusal]) -> Iterable[Refusal]:
        """What cannot be true across the parts of refused data that can be read; `unread`: the others."""
        return cls._incoherences(readable(cls, value))


def readable(model: type[BaseModel], value: Any) -> Any:
    """The parts of refused data that can be read, everything else `None`: enough to cross-check."""
    if isinstance(value, model):
        return value
    parts = {}
    for name, field in model.model_fields.items():
        raw = value.get(name) if isinstance(value, dict) else None
        nested = nested_model(field.annotation)
        if nested is not None:
            parts[name] = readable(nested, raw)
            continue
        try:
            parts[name] = _field_adapter(model, name).validate_python(raw)
        except ValidationError:
            parts[name] = None
    return SimpleNamespace(**parts)


@cache
def _field_adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """What reads one field by itself, made once: making it takes longer than a refusal."""
    field = model.model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[annotation, *field.metadata] if field.metadata else annotation)


def read_json(text: str | bytes | bytearray) -> Any:
    """Plain values from JSON text; a text that is not JSON, or a key given twice, is refused."""
    twice: list[str] = []

    def closed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice.extend(key for key in dict.fromkeys(keys) if keys.count(key) > 1)
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=closed)
    except (ValueError, RecursionError) as error:
        received = shown(text if isinstance(text, str) else bytes(text).decode(errors="replace"))
        place = (
            f", ligne {error.lineno}, colonne {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        remedy = "vérifiez accolades, guillemets et virgules"
        refusal = Refusal("dossier", received + place, "un texte JSON complet", remedy, "json_invalid")
        raise RefusedData([refusal]) from None
    if twice:
        remedy = "ne gardez que la bonne valeur"
        raise RefusedData(
            Refusal(key, "deux fois la même clé", "une clé une seule fois", remedy, "cle_double")
            for key in twice
        )
    return value


def texts_in(directory: Path) -> dict[str, str]:
    """The JSON text of every file of a directory by its name, in alphabetical order."""
    return {path.stem: path.read_text("utf-8") for path in sorted(directory.glob("*.json"))}


def expected_date(value: object) -> PydanticCustomError:
    """The error of a date field that received anything but an ISO date."""
    return expected_value("une date ISO, AAAA-MM-JJ", _date_remedy(value), "date")


def expected_part(value: object) -> PydanticCustomError:
    """The error of a fraction that is not an exact decimal between 0 and 1."""
    return expected_value(
        'une fraction de 1 en texte décimal, par exemple "0.85"',
        "écrivez la part entre 0 et 1, entre guillemets, avec un point",
        "part",
    )


@lru_cache(maxsize=1024)
def _nearest(value: str, known: tuple[str, ...]) -> list[str]:
    """The names of a list that are nearest to a value, kept: a table repeats its slips."""
    return difflib.get_close_matches(value.casefold(), known, n=3, cutoff=0.4)


def unknown_choice(value: str, known: Iterable[str], what: str) -> PydanticCustomError:
    """The error of a name that is not in a closed list; the remedy offers the nearest ones."""
    near = _nearest(value, tuple(known))
    remedy = f"essayez {', '.join(f'« {name} »' for name in near)}" if near else "consultez la liste"
    return expected_value(what, remedy, "choix")


def expected_value(expected: str, remedy: str, code: str) -> PydanticCustomError:
    """The error of a value that is not what is expected; the remedy says what to do."""
    return PydanticCustomError(
        REFUSED,
        "attendu : {expected} ; à faire : {remedy}",
        {"expected": expected, "remedy": remedy, "code": code},
    )


_FRENCH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def _date_remedy(value: object) -> str:
    french = _FRENCH_DATE.fullmatch(value) if isinstance(value, str) else None
    if french is not None:
        try:
            return f"écrivez {date(int(french[3]), int(french[2]), int(french[1])).isoformat()}"
        except ValueError:
            return "vérifiez la date : ce jour n’existe pas"
    return "écrivez l’année, le mois et le jour, par exemple 2024-09-01"


def wrong_type(field: str, value: object, expected: str, remedy: str) -> RefusedData:
    """The refusal of an argument that is not of the type it should be."""
    return RefusedData([Refusal(field, shown(value), expected, remedy, "type")])


def expected_type(
    field: str, value: object, kind: type | tuple[type, ...], expected: str, remedy: str
) -> None:
    """Nothing for a value of that type; raises `RefusedData` for any other.

    A date and time is no `date` and `True` is no `int`, although Python says so.
    """
    kinds = kind if isinstance(kind, tuple) else (kind,)
    posing = isinstance(value, datetime) and datetime not in kinds and date in kinds
    posing = posing or (isinstance(value, bool) and bool not in kinds and int in kinds)
    if posing or not isinstance(value, kinds):
        raise wrong_type(field, value, expected, remedy)


def as_pydantic(title: str, found: Iterable[Refusal], value: Any) -> ValidationError:
    """Refusals as the `ValidationError` that pydantic merges into that of an outer model."""
    details: list[InitErrorDetails] = [
        {
            "type": PydanticCustomError(
                REFUSED,
                "reçu {received} ; attendu : {expected} ; à faire : {remedy}",
                refusal._asdict(),
            ),
            "loc": tuple(refusal.field.split(".")),
            "input": value,
        }
        for refusal in found
    ]
    return ValidationError.from_exception_data(title, details)


def refusals(model: type[BaseModel], error: ValidationError) -> list[Refusal]:
    """Every error of pydantic as a refusal, in the order in which they were found."""
    return [_refusal(model, detail) for detail in error.errors(include_url=False)]


def _refusal(model: type[BaseModel], detail: ErrorDetails) -> Refusal:
    loc = tuple(str(part) for part in detail["loc"])
    field = ".".join(loc) or "dossier"
    context = detail.get("ctx", {})
    if detail["type"] == REFUSED:
        received = context.get("received") or shown(detail["input"])
        remedy = _conversion(detail["input"], context["code"]) or context["remedy"]
        return Refusal(field, received, context["expected"], remedy, context["code"])
    expected, remedy = _sentences(model, loc, detail["type"], context)
    if detail["type"] == "missing":
        return Refusal(field, "rien", expected, remedy, "missing")
    remedy = _conversion(detail["input"], detail["type"]) or remedy
    return Refusal(field, shown(detail["input"]), expected, remedy, detail["type"])


def _sentences(
    model: type[BaseModel], loc: tuple[str, ...], kind: str, context: Mapping[str, Any]
) -> tuple[str, str]:
    """What is expected and what to do, for each kind of error that pydantic can find here."""
    match kind:
        case "missing":
            return "une valeur, ce champ est obligatoire", "ajoutez ce champ"
        case "extra_forbidden":
            known = _fields(model, loc[:-1])
            near = difflib.get_close_matches(loc[-1].casefold(), known, n=1, cutoff=0.6)
            remedy = f"renommez en « {near[0]} »" if near else "retirez cette clé"
            return f"une clé connue : {', '.join(known)}", remedy
        case "literal_error":
            expected = str(context["expected"]).replace(" or ", " ou ").replace("'", '"')
            return expected, "choisissez une de ces valeurs, écrite exactement ainsi"
        case "int_type" | "int_from_float" | "int_parsing_size":
            example = 3 if loc[-1:] in YEARS else 1300
            return "un nombre entier, sans guillemets", f"écrivez le nombre seul, par exemple {example}"
        case "greater_than_equal":
            return f"un nombre supérieur ou égal à {context['ge']}", "vérifiez la saisie"
        case "less_than_equal":
            return f"un nombre inférieur ou égal à {context['le']}", "vérifiez la saisie"
        case "string_type":
            return "un texte, entre guillemets", "écrivez le nom entre guillemets"
        case "bool_type":
            return "true ou false, sans guillemets", "écrivez true ou false"
        case "tuple_type" | "list_type":
            return "une liste, entre crochets", "donnez les éléments l’un après l’autre"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "un objet, entre accolades", "donnez les champs de cet objet par leur nom"
        case _:
            return "une valeur de ce champ", "consultez le schéma du dossier"


def _fields(model: type[BaseModel], loc: tuple[str, ...]) -> list[str]:
    """The names of the fields of the model nested at `loc`; a rank in a list says nothing."""
    for name in loc:
        if name not in model.model_fields:
            continue
        nested = nested_model(model.model_fields[name].annotation)
        if nested is None:
            return []
        model = nested
    return list(model.model_fields)


def nested_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation `Model`, `Model | None` or a list of `Model`, if there is one."""
    containers = (Union, types.UnionType, tuple, list)
    options = get_args(annotation) if get_origin(annotation) in containers else [annotation]
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def shown(value: object) -> str:
    """A received value: its JSON text, or that of Python and its type; cut where it would fill the screen."""
    kind = type(value)
    own = isinstance(value, JSON) and kind.__module__ == "builtins"
    try:
        text = json.dumps(value, ensure_ascii=False, default=_plain) if own else _plain(value)
    except (TypeError, ValueError, RecursionError):
        return f"une valeur de type {kind.__name__}"
    text = text if len(text) <= 80 else text[:77] + "…"
    return text if own else f"{text} ({_type_name(kind)})"


JSON = (str, int, float, bool, list, tuple, dict, types.NoneType)
"""The types that JSON writes."""


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def _type_name(kind: type) -> str:
    """The name of a type with its package, as its users write it: numpy.int64, pandas.Timestamp."""
    package = kind.__module__.partition(".")[0]
    return kind.__name__ if package == "builtins" else f"{package}.{kind.__name__}"


ABSENT = ("nan", "NaN", "NaT", "<NA>")
"""How data frames write a value that is not there."""
CONVERTED: Mapping[str, str] = {
    "int_type": "int(…)",
    "bool_type": "bool(…)",
    "string_type": "str(…)",
    "literal_error": "str(…)",
}
"""What makes of a number or a text of a data frame one of Python, by the kind of error."""


def _conversion(value: object, kind: str) -> str | None:
    """What to do with a value that only Python can hold, such as those of data frames."""
    foreign = type(value).__module__ != "builtins"
    if (isinstance(value, float) or foreign) and _plain(value) in ABSENT:
        return "mettez None si la donnée manque"
    if isinstance(value, datetime) and kind == "date":
        return "convertissez : .date()"
    if foreign and kind in CONVERTED and isinstance(value, (SupportsInt, str)):
        return f"convertissez : {CONVERTED[kind]}"
    return None
