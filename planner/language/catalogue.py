"""The catalogue of a language: what every English text is in it, read from the ``.po`` file beside this module."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po


@dataclass(frozen=True)
class Catalogue:
    """What texts are in a language: ``texts`` by themselves, ``forms`` by the English singular and plural."""

    texts: Mapping[str, str]
    forms: Mapping[tuple[str, str], tuple[str, ...]]
    form_of: Callable[[int], int]
    """Which of the forms goes with a count."""


@cache
def catalogue(code: str) -> Catalogue:
    """Return the catalogue of a language, read once; English needs none, its texts are the keys.

    Examples
    --------
    >>> catalogue("zh").texts["Chosen moves"], len(catalogue("en").texts)
    ('主动调动', 0)
    """
    if code == "en":
        return Catalogue(MappingProxyType({}), MappingProxyType({}), lambda count: int(count != 1))
    entries = read_catalogue(code)
    texts: dict[str, str] = {}
    forms: dict[tuple[str, str], tuple[str, ...]] = {}
    for entry in entries:
        if isinstance(entry.id, str):
            if entry.id and isinstance(entry.string, str) and entry.string:
                texts[entry.id] = entry.string
        elif isinstance(entry.string, tuple) and all(entry.string):
            one, many = entry.id
            forms[one, many] = entry.string
    form_of: Callable[[int], int] = gettext.c2py(entries.plural_expr)
    return Catalogue(MappingProxyType(texts), MappingProxyType(forms), form_of)


def read_catalogue(code: str) -> Catalog:
    """Read the file of a language as it is."""
    with files("planner.language").joinpath(f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)
