"""What things are called in a made-up org: industries, companies and people, in English and Chinese."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Words:
    """A vocabulary. ``kinds`` names, per industry, what its companies call themselves (``Clinics``).

    ``lines`` names the lines and scenarios of the policy, with places for an industry or a rep.
    """

    currency: str
    industries: tuple[str, ...]
    company_names: tuple[str, ...]
    kinds: tuple[tuple[str, ...], ...]
    subsidiaries: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    surname_first: bool
    segments: tuple[str, ...]
    stages: tuple[str, ...]
    lock_reasons: tuple[str, ...]
    lines: Mapping[str, str]

    @property
    def space(self) -> str:
        """What stands between the parts of a company's name."""
        return "" if self.surname_first else " "


@cache
def words(language: str) -> Words:
    """Return the vocabulary ``english`` or ``chinese``."""
    source = resources.files("planner.generate") / "vocabulary" / f"{language}.json"
    spoken: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    for name, value in spoken.items():
        if isinstance(value, list):
            spoken[name] = tuple(value)
    return Words(**spoken)
