"""Named tuples that read and write as JSON objects.

The answers of the engine are named tuples: immutable, typed, and three times cheaper to build than
frozen data classes. Left alone, pydantic writes them as arrays; `json_object` makes it write, read
and describe them as objects with the names of their fields.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_type_hints

from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=type[tuple[Any, ...]])


def json_object(cls: RecordT) -> RecordT:
    """Give a named tuple the JSON form of an object: closed, every field required."""

    def schema(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        hints = get_type_hints(cls, include_extras=True)
        names: tuple[str, ...] = cls._fields  # type: ignore[attr-defined]
        fields = core_schema.typed_dict_schema(
            {name: core_schema.typed_dict_field(handler(hints[name])) for name in names},
            extra_behavior="forbid",
            ref=f"{cls.__module__}.{cls.__name__}:fields",
            cls_name=cls.__name__,
        )
        return core_schema.no_info_after_validator_function(
            lambda values: cls(**values),
            fields,
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda record, serialize: serialize(dict(zip(names, record, strict=True))),
                schema=fields,
            ),
        )

    cls.__get_pydantic_core_schema__ = staticmethod(schema)  # type: ignore[attr-defined]
    return cls


def named(found: Mapping[str, T], name: str, unknown: str, known: str) -> T:
    """The thing of that name; a `KeyError` says in French what is `unknown`, and lists the `known`."""
    if name not in found:
        raise KeyError(f"{unknown} : {name} ; {known} : {', '.join(found)}")
    return found[name]


def adapter_of(cls: type[T]) -> TypeAdapter[T]:
    """What reads and writes a record as JSON; built at first use, not at import."""
    return _adapter(cls)  # type: ignore[arg-type]


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)
