"""The shape of typed sections: which keys may stand where in a document that pydantic reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel


def alternatives(kind: Any) -> Iterator[Any]:
    """Yield the types that a (perhaps optional, annotated) type may be."""
    if hasattr(kind, "__metadata__"):
        yield from alternatives(get_args(kind)[0])
    elif type(kind).__name__ == "UnionType" or str(get_origin(kind)) == "typing.Union":
        for one in get_args(kind):
            yield from alternatives(one)
    elif kind is not None:
        yield kind


def sections(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the sections with named keys that a type may be."""
    for one in alternatives(kind):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one


def keys(kind: Any) -> tuple[str, ...]:
    """Return the keys that may stand in a section, as a document writes them."""
    fields = (item for section in sections(kind) for item in section.model_fields.items())
    return tuple(dict.fromkeys(field.alias or name for name, field in fields))


def is_mapping(kind: Any) -> bool:
    """Tell whether a type may be a mapping with keys of the user's own."""
    return any(get_origin(one) is dict for one in alternatives(kind))


def inside(kind: Any, step: str | int) -> Any:
    """Return the type of what stands under a key, or of a list's items; None where nothing is known.

    >>> from models.policy import Policy
    >>> inside(inside(Policy, "balance"), 0).__name__
    'Balance'
    """
    for one in alternatives(kind):
        if isinstance(one, type) and issubclass(one, BaseModel):
            for name, field in one.model_fields.items():
                if step == (field.alias or name):
                    return field.annotation
        elif get_origin(one) is dict and isinstance(step, str):
            return get_args(one)[1]
        elif get_origin(one) in (tuple, list) and isinstance(step, int):
            return get_args(one)[0]
    return None
