"""Minimal sets: what is left of a set that cannot be kept, when nothing more can be left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")

Possible = Callable[[frozenset[_Item]], "bool | None"]
"""Whether some items can be kept together; None where that is not known."""


def minimal_set(
    items: Sequence[_Item], possible: Possible[_Item], always: frozenset[_Item] = frozenset()
) -> list[_Item]:
    """Return a part of ``items`` that cannot be kept with ``always``, and of which every item is needed for that.

    By QuickXplain (Junker 2004, *QUICKXPLAIN: preferred explanations and relaxations for over-constrained problems*,
    AAAI), which asks about halves: few questions where few items are needed. Items that come late are left out first.
    Where ``possible`` does not know, the items stay, so that the result is a set that cannot be kept in any case, but
    may not be minimal. Nothing is returned where ``always`` cannot be kept by itself.

    Examples
    --------
    >>> def possible(kept):
    ...     return not {2, 5} <= kept
    >>> minimal_set(range(8), possible)
    [2, 5]
    """
    return _needed(always, list(items), possible, True)


def _needed(kept: frozenset[_Item], items: list[_Item], possible: Possible[_Item], new: bool) -> list[_Item]:
    if new and possible(kept) is False:
        return []
    if len(items) <= 1:
        return items
    half = len(items) // 2
    first, second = items[:half], items[half:]
    of_second = _needed(kept | frozenset(first), second, possible, True)
    of_first = _needed(kept | frozenset(of_second), first, possible, bool(of_second))
    return of_first + of_second
