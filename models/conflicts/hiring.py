"""Hiring: one more rep, like one of those there are, with the skills and regions that a conflict's customers need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.amount import Amount
from models.conflicts.change import Change, NewRow, SetValue
from models.conflicts.conflict import Conflict
from models.conflicts.easing import Easing
from models.conflicts.feasibility import Trials
from models.conflicts.figures import written
from models.conflicts.members import Member
from models.conflicts.rulebook import Rulebook
from models.names import rep_labels
from models.org import Org, skill_levels
from models.plan import Assignment
from models.policy import Policy, line_names
from models.stop import Stop

HIRE = 2.0
"""What a rep to be hired counts: as much as two changes of another kind."""
_OF_A_PERSON = ("name", "available_from", "available_to", "leave_from", "leave_to", "ramp_until", "ramp", "status")


def hired(rules: Rulebook, conflicts: Iterable[Conflict], stop: Stop) -> tuple[Change, Assignment, Org, Policy] | None:
    """Look for one rep whose hiring cures all conflicts; None where none was found.

    The new rep is like the one who could own most of the conflicts' customers if regions and skills did not matter, is
    there for the whole period, has the skills that these customers require, and covers their regions.
    """
    org = rules.org
    customers = sorted({customer for conflict in conflicts for customer in conflict.customers})
    if org.pairs_only or rules.needs_pair_values or not customers:
        return None
    entries = np.flatnonzero(np.isin(rules.singles.member, customers))
    for role in np.unique(rules.singles.role[entries]).tolist():
        if stop.reason is not None:
            return None
        mine = entries[rules.singles.role[entries] == role]
        like = _like(rules, mine, role)
        if like is None:
            continue
        more, policy = _with_one_more(rules, like, role, rules.singles.member[mine].tolist())
        with Rulebook(more, policy) as changed:
            answer = Trials(changed, stop).ask(changed.every)
        if answer.witness is None or not answer.witness.judgement.feasible:
            continue
        row = more.reps.iloc[-1]
        parts = [f"a rep like {rep_labels(org, np.array([like]))[0]}"]
        for column, word in (("skills", "with"), ("regions", "in")):
            if column in row and isinstance(row[column], str) and _matters(rules, column):
                parts.append(f"{word} {row[column].replace(';', ' and ')}")
        if len(rules.policy.roles) > 1:
            parts.append(f"as {rules.policy.role_names[role]}")
        change = Change(
            Easing("hire", (), rep=like, what=" ".join(parts)),
            Member("hire", "reps"),
            None,
            None,
            HIRE,
            (NewRow("reps", tuple(_filled(more))), *_limits_in(rules.policy, policy)),
        )
        return change, answer.witness.assignment, more, policy
    return None


def _filled(org: Org) -> Iterator[tuple[str, Any]]:
    """Yield what stands in the last row of the reps' table, column by column of those that the user gave."""
    row = org.reps.iloc[-1]
    for column in org.reps.columns:
        if column in org.given["reps"] and not pd.isna(row[column]):
            value = row[column].item() if isinstance(row[column], np.generic) else row[column]
            yield str(column), value if isinstance(value, bool | int | float) else str(value)


def _matters(rules: Rulebook, column: str) -> bool:
    eligibility = rules.policy.eligibility
    return eligibility.skills == "required" if column == "skills" else eligibility.region != "any"


def _like(rules: Rulebook, entries: np.ndarray, role: int) -> int | None:
    """Return the rep whom the rules but region, skills and distance allow most of the entries; None for no rep."""
    allowed = rules.reach[entries, 1:].copy()
    for n, table in rules.barred.items():
        if rules.members[n].line.startswith("eligibility.rules["):
            allowed &= ~table[entries]
    serves = rules.judge.roster.serves[role] & ~rules.judge.roster.departed
    if not serves.any():
        serves = ~rules.judge.roster.departed
    if not serves.any():
        return None
    fits = np.where(serves, allowed.sum(axis=0) + rules.amounts.presence, -1.0)
    return int(np.argmax(fits))


def _with_one_more(rules: Rulebook, like: int, role: int, customers: list[int]) -> tuple[Org, Policy]:
    org, policy = rules.org, rules.policy
    rep_id = next(name for i in range(1, org.n_reps + 2) if (name := f"new-{i}") not in org.rep_positions)
    row = {str(name): value for name, value in org.reps.iloc[like].to_dict().items()}
    blank = {name: None for name in row if name.startswith(_OF_A_PERSON)}
    row.update(blank, rep_id=rep_id)
    if len(policy.roles) > 1:
        row["role"] = policy.role_names[role]
    if "skills" in row and "required_skills" in org.customers:
        levels: dict[str, float] = {}
        for cell in org.customers["required_skills"].iloc[customers].dropna():
            for name, level in skill_levels(str(cell)).items():
                levels[name] = max(level, levels.get(name, 0.0))
        row["skills"] = ";".join(f"{name}:{level:g}" for name, level in sorted(levels.items())) or None
    if "regions" in row and "region" in org.customers:
        regions = dict.fromkeys(org.customers["region"].iloc[customers].dropna())
        row["regions"] = ";".join(map(str, regions)) or None
    for column in ("lat", "lon"):
        if column in row and column in org.customers:
            row[column] = float(org.customers[column].iloc[customers].mean())
    columns = {
        name: pd.Series([*org.reps[name].tolist(), row[name]], dtype=org.reps[name].dtype) for name in org.reps.columns
    }
    changed = replace(org, reps=pd.DataFrame(columns))
    return changed, _limited(policy, str(org.rep_ids[like]), rep_id)


def _limited(policy: Policy, like: str, rep_id: str) -> Policy:
    """Return the policy in which the new rep has the limits that are written for the other by name."""

    def copied(amount: Amount | None) -> Amount | None:
        if amount is None or amount.by_label is None or like not in amount.by_label:
            return amount
        return replace(amount, by_label={**amount.by_label, rep_id: amount.by_label[like]})

    lines = tuple(
        line.model_copy(update={"min": copied(line.min), "max": copied(line.max)}) if line.per == "rep" else line
        for line in policy.capacity
    )
    return policy.model_copy(update={"capacity": lines})


def _limits_in(before: Policy, after: Policy) -> Iterator[SetValue]:
    """Yield the limits that are written by name and now have one for the new rep."""
    for name, old, new in zip(line_names(after.capacity), before.capacity, after.capacity, strict=True):
        for side in ("min", "max"):
            amount = getattr(new, side)
            if amount != getattr(old, side):
                yield SetValue(f"capacity[{name}].{side}", written(amount, whole=False))
