"""A plan that cannot exist, with its conflicts and the cheapest ways out in a few lines of its record."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from models.conflicts.alike import alike_together, other_limit
from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.conflicts.members import Member
from models.conflicts.wording import ConflictTold, named
from models.findings import InputRefused
from models.names import rep_labels
from models.org import Org
from models.plan import Plan
from models.policy import Policy
from models.stop import Stop

EFFORT = 0.25
"""A quarter of the work of ``planner explain infeasible``: a plan should not take much longer for it."""
MOST_CONFLICTS = 8
MOST_WORDS, MOST_MEMBERS = 5, 12


def explained_briefly(org: Org, policy: Policy, plan: Plan, stop: Stop) -> Plan:
    """Return an infeasible plan with what a little work says of it put before what is known already."""
    lines = why_briefly(org, policy, stop)
    return replace(plan, explanation=(*lines, *(line for line in plan.explanation if line not in lines)))


def why_briefly(org: Org, policy: Policy, stop: Stop) -> tuple[str, ...]:
    """Return what a little work says of why no plan can exist, a line each."""
    try:
        return in_brief(org, explain_infeasible(org, policy, stop=replace(stop, effort=EFFORT * stop.effort)))
    except InputRefused:
        return ()


def in_brief(org: Org, why: Infeasibility) -> tuple[str, ...]:
    """Return conflicts and relaxations in a plain line each."""
    lines = []
    groups = alike_together(zip(why.conflicts, why.told, strict=True))
    for (conflict, told), *others in groups[:MOST_CONFLICTS]:
        if not conflict.minimal and len(told.clash) > MOST_MEMBERS:
            lines.append("Which few rules conflict was not found so soon: planner explain infeasible looks longer")
            continue
        label = "" if conflict.minimal else ", not shown minimal"
        clash = f": {_clash(told)}" if told.clash else ""
        given = f", given {', '.join(one.member.line for one in told.given)}" if told.given else ""
        lines.append(f"{told.title}{clash}{given}{label}")
        lines += [f"{line[:1].upper()}{line[1:]}" for line in told.sums[:MOST_WORDS]]
        if others:
            limits = (other_limit(conflict, other) for other, _ in others)
            lines.append(f"The same with {named(_label(org, limit) for limit in limits if limit)}")
    more = sum(len(group) for group in groups[MOST_CONFLICTS:])
    if more:
        lines.append(f"{more:,} more conflicts: planner explain infeasible lists them")
    lines += [f"A way out: {one.sentence[:1].lower()}{one.sentence[1:]}" for one in why.relaxations]
    return tuple(lines)


def _label(org: Org, limit: Member) -> str:
    at = org.rep_positions.get(str(limit.label)) if limit.per == "rep" else None
    return str(limit.label) if at is None else str(rep_labels(org, np.array([at]))[0])


def _clash(told: ConflictTold) -> str:
    """Write the members of a conflict, or how many there are of each line where they are many."""
    if len(told.clash) <= MOST_MEMBERS:
        words = [one.words for one in told.clash]
        more = f" and {len(words) - MOST_WORDS:,} more" if len(words) > MOST_WORDS else ""
        return f"{'; '.join(words[:MOST_WORDS])}{more}"
    lines = Counter(one.member.line for one in told.clash)
    return ", ".join(f"{count:,} of {line}" for line, count in lines.most_common())
