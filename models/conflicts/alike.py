"""Alike conflicts: those that are the same but for whom one limit is for."""

from __future__ import annotations

from collections.abc import Iterable

from models.conflicts.conflict import Conflict
from models.conflicts.members import Member
from models.conflicts.wording import ConflictTold

InWords = tuple[Conflict, ConflictTold]


def alike_together(conflicts: Iterable[InWords]) -> list[list[InWords]]:
    """Put conflicts together that differ from the first of them in a limit of the same line only."""
    groups: list[list[InWords]] = []
    for one in conflicts:
        mine = next((group for group in groups if other_limit(group[0][0], one[0])), None)
        if mine is None:
            groups.append([one])
        else:
            mine.append(one)
    return groups


def other_limit(first: Conflict, other: Conflict) -> Member | None:
    """Return the limit that the other has in place of one of the first, if that is all in which they differ."""
    gone, come = set(first.members) - set(other.members), set(other.members) - set(first.members)
    if len(gone) != 1 or len(come) != 1 or first.minimal != other.minimal:
        return None
    before, after = gone.pop(), come.pop()
    return after if before.path == after.path and after.limit is not None else None
