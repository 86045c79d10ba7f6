"""The catalogue of a language: what every English text is in it, read from the ``.po`` file beside this module."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
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
    """Read the files of a language as they are, those of rooms after the general one."""
    paths = sorted((one for one in files("planner.language").iterdir() if one.name.startswith(code)), key=str)
    whole, *others = [_read(one, code) for one in paths if one.name.endswith(".po")]
    for other in others:
        for entry in other:
            if entry.id:
                whole[entry.id] = entry
    return whole


def _read(path: Traversable, code: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=code)
