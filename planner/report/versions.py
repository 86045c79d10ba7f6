"""Versions as reports tell them: of the planner, its solvers and what they stand on; nothing of the machine."""

from __future__ import annotations

from collections.abc import Mapping

from planner.language import Language

SHOWN = ("territory-planner", "python", "ortools", "pulp", "duckdb", "numpy", "pandas", "scipy")


def versions_told(versions: Mapping[str, str], say: Language) -> tuple[tuple[str, str], ...]:
    """Return what to tell of the versions that work was done with, as pairs of what and which.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> versions_told({"python": "3.12.4", "platform": "Linux-6.1-of-somebody"}, ENGLISH)
    (('Version of python', '3.12.4'),)
    """
    return tuple((say("Version of {name}", name=name), versions[name]) for name in SHOWN if name in versions)
