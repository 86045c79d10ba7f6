"""Relaxations: the cheapest changes that cure every conflict at once, each tried on the changed org and policy."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from models.check import judge
from models.check.wording import quantity
from models.conflicts.change import Change
from models.conflicts.conflict import Conflict
from models.conflicts.easing import Easing, Easings, Remedy, touched
from models.conflicts.edits import Edited, edited
from models.conflicts.feasibility import Trials
from models.conflicts.hiring import hired
from models.conflicts.members import Member
from models.conflicts.rulebook import Rulebook
from models.conflicts.wording import changes_in_words
from models.expression import ExpressionError
from models.findings import InputRefused
from models.org import BoolArray, Org
from models.plan import Assignment
from models.policy import Policy
from models.stop import Stop

MOST_RELAXATIONS = 4
MOST_TRIED = 24
MOST_WORDS = 4
"""Of more changes of a line than this, the greatest are told, and how many more there are."""
SOLVED_PAIRS = 20_000
"""With more pairs of customer and rep than this no plan is solved for, only a remedy's own is tried; and a rep is hired
only where nobody may own some customers."""
MOST_WORK = 200_000
"""Columns of the programs that relaxations may take."""
MOST_FAMILIES = 40
"""With more families than this only those of conflicts may be split."""
SMALL_EFFORT = 0.2


@dataclass(frozen=True)
class Relaxation:
    """Changes after which there is a plan.

    Attributes
    ----------
    changes : tuple of Change
    size : float
        What the changes count in all: relative changes of limits, and 1 for any other change.
    least : float
        What changes of these lines must count at least; proven.
    assignment : Assignment
        A plan after the changes; the checker has passed it.
    org, policy
        After the changes.
    words : tuple of str
        Each change in words.
    spared : tuple of Member
        What an alternative leaves as it is because a cheaper way out changes it: ``least`` holds with these kept.
    """

    changes: tuple[Change, ...]
    size: float
    least: float
    assignment: Assignment
    org: Org
    policy: Policy
    words: tuple[str, ...] = ()
    spared: tuple[Member, ...] = ()

    @property
    def cheapest(self) -> bool:
        """Whether it is proven that no smaller change of the same lines is enough, what is ``spared`` kept."""
        return self.size - self.least <= 2e-3 * max(1e-3, self.size)

    @property
    def sentence(self) -> str:
        """All changes in one sentence, without its full stop."""
        text = "; ".join(self._parts())
        return text[:1].upper() + text[1:]

    def _parts(self) -> Iterator[str]:
        """Yield the changes, of many alike the greatest and how many more there are."""
        alike: dict[tuple[str, str], list[int]] = {}
        for at, change in enumerate(self.changes):
            alike.setdefault((change.easing.way, change.member.path), []).append(at)
        for (_, path), mine in alike.items():
            if len(mine) <= MOST_WORDS:
                yield from (self.words[at] for at in mine)
                continue
            greatest = sorted(mine, key=lambda at: -self.changes[at].size)[:MOST_WORDS]
            yield from (self.words[at] for at in greatest)
            more = f"{len(mine) - MOST_WORDS:,} more such changes of {path}"
            moved = [abs(one.after - one.before) for at in mine if (one := self.changes[at]).after and one.before]
            yield f"{more}, {quantity(sum(moved), self.changes[mine[0]].member.unit)} in all" if moved else more

    @property
    def note(self) -> str:
        """What is not proven of it, in words; nothing where all is."""
        if self.cheapest:
            return ""
        return f"Enough, not shown to be the least: it counts {self.size:.3g}, and at least {self.least:.3g} is needed."

    @property
    def lines(self) -> frozenset[str]:
        """Paths of the lines that change, with their side."""
        return frozenset(change.member.path for change in self.changes)


def find_relaxations(
    rules: Rulebook, conflicts: tuple[Conflict, ...], stop: Stop, kept: frozenset[str] = frozenset()
) -> tuple[Relaxation, ...]:
    """Return the cheapest relaxations that touch different lines, least first, and none of those ``kept``.

    The cheapest of all is found first; then each line that it touches is left as it is in turn, and so on, so that
    alternatives come in the order of what they count. Where only one set of lines can give way, alternatives change
    them for other reps, customers or labels.
    """
    trials = Trials(rules, stop, MOST_WORK * stop.effort)
    families = {n for n, member in enumerate(rules.members) if member.kind == "family"}
    if len(families) > MOST_FAMILIES:
        mine = {member for conflict in conflicts for member in conflict.members}
        families = {n for n in families if rules.members[n] in mine}
    try:
        easings = Easings(trials, frozenset(families), _entries(rules, conflicts))
    except InputRefused:
        return ()
    found: list[Relaxation] = []
    order = itertools.count()
    queue: list[tuple[float, int, frozenset[str], frozenset[Easing], Remedy]] = []
    seen: set[frozenset[str | Easing]] = set()
    tried = 0

    def look(without: frozenset[str], barred: frozenset[Easing] = frozenset()) -> None:
        nonlocal tried
        if without | barred in seen or tried >= MOST_TRIED or trials.spent:
            return
        seen.add(without | barred)
        tried += 1
        remedy = easings.cheapest(without, barred)
        if remedy is not None and remedy.easings:
            heapq.heappush(queue, (remedy.cost, next(order), without, barred, remedy))

    look(kept)
    while queue and len(found) < MOST_RELAXATIONS:
        _, _, without, _, remedy = heapq.heappop(queue)
        lines = touched(rules, remedy.easings)
        if not any(one.lines <= lines for one in found):
            relaxation = verified(rules, remedy, stop)
            if relaxation is not None:
                found.append(relaxation)
        for line in sorted(lines):
            look(without | {line})
    by_rules = all(not conflict.clash for conflict in conflicts)
    small = rules.n_entries * rules.org.n_reps <= SOLVED_PAIRS
    if len(found) < MOST_RELAXATIONS and stop.reason is None and (small or by_rules):
        found += _with_a_hire(rules, conflicts, stop)
    if len(found) == 1:
        made = frozenset(change.easing for change in found[0].changes)
        for one in sorted(made, key=lambda easing: easing.members):
            look(kept, frozenset([one]))
    while queue and len(found) == 1:
        _, _, _, barred, remedy = heapq.heappop(queue)
        if not made <= frozenset(remedy.easings):
            relaxation = verified(rules, remedy, stop)
            if relaxation is not None and relaxation.words != found[0].words:
                spared = tuple(rules.members[n] for n in sorted({n for one in barred for n in one.members}))
                found.append(replace(relaxation, spared=spared))
        for one in remedy.easings:
            look(kept, barred | {one})
    return tuple(sorted(found, key=lambda one: one.size))


def _with_a_hire(rules: Rulebook, conflicts: tuple[Conflict, ...], stop: Stop) -> list[Relaxation]:
    try:
        one = hired(rules, conflicts, stop)
    except InputRefused:
        return []
    if one is None:
        return []
    change, assignment, org, policy = one
    words = changes_in_words(rules, (change,))
    return [Relaxation((change,), change.size, change.size, assignment, org, policy, words)]


def verified(rules: Rulebook, remedy: Remedy, stop: Stop) -> Relaxation | None:
    """Make a remedy's changes and let the checker judge a plan of what comes of them; None where none passes."""
    try:
        after = edited(rules, remedy)
        assignment = _passing(after, remedy.witness.assignment, stop)
    except (InputRefused, ExpressionError):
        return None
    if assignment is None or not after.changes:
        return None
    size = float(sum(change.size for change in after.changes))
    least = min(remedy.least, size)
    words = changes_in_words(rules, after.changes)
    return Relaxation(after.changes, size, least, assignment, after.org, after.policy, words)


def _passing(after: Edited, first: Assignment, stop: Stop) -> Assignment | None:
    """Return a plan that the checker passes: the remedy's own, else one that is solved for."""
    from models.solve import solve

    if judge(after.org, after.policy, first).feasible:
        return first
    if after.org.n_customers * after.org.n_reps > SOLVED_PAIRS:
        return None
    plan = solve(after.org, after.policy, stop=replace(stop, effort=SMALL_EFFORT * stop.effort))
    if plan.assignment is None or plan.judgement is None or not plan.judgement.feasible:
        return None
    return plan.assignment


def _entries(rules: Rulebook, conflicts: tuple[Conflict, ...]) -> BoolArray:
    """Tell which entries' pairs may be allowed one by one: all in a small org, else those of conflicts."""
    if rules.n_entries * rules.org.n_reps <= 5_000:
        return np.ones(rules.n_entries, dtype=bool)
    customers = {customer for conflict in conflicts for customer in conflict.customers}
    return np.isin(rules.singles.member, sorted(customers))
