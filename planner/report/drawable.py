"""Texts that charts can draw: what breaks whoever draws them is replaced before a chart is made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_OF_EVERY_OBJECT = frozenset(
    (
        *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor"),
        *("hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"),
    )
)
_BREAKING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u2028\u2029]")
_JOINER = "\u2060"


def drawable(text: str) -> str:
    r"""Return a text that may stand in a chart, and group its rows.

    Pictures are XML, which has no control characters; expressions of charts end at separators of lines; and groups are
    kept by name in objects that have names already: an invisible joiner tells ours from those.

    Examples
    --------
    >>> drawable("Ada"), drawable("A\x0bda"), drawable("__proto__")
    ('Ada', 'A da', '\u2060__proto__')
    """
    plain = _BREAKING.sub(" ", text)
    return f"{_JOINER}{plain}" if plain in _OF_EVERY_OBJECT else plain


def drawable_spec(value: Any) -> Any:
    """Return a specification, or a part of one, in which every text is drawable; names of fields stay as they are."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {key: drawable_spec(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [drawable_spec(part) for part in value]
    return value
