"""What measures are called: as columns of the tables are, or as their user calls them."""

from __future__ import annotations

KNOWN_MEASURES = frozenset({"customers", "revenue", "potential", "workload", "visits"})
"""Measures that are called as columns of the tables are; any other one is the user's own."""


def begun(name: str) -> str:
    """Return the name of a measure as a line begins with it: that of a user stays as it is written.

    Examples
    --------
    >>> begun("revenue"), begun("ARR"), begun("iPhone Units")
    ('Revenue', 'ARR', 'iPhone Units')
    """
    return name.capitalize() if name in KNOWN_MEASURES else name
