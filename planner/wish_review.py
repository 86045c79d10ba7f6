"""What is worth knowing of wishes and proposals before a plan is made: roles, contradictions, what cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.check import Judge
from models.check.obstacles import obstacles
from models.check.requests import Wishes
from models.findings import Finding, did_you_mean
from models.org import Org
from models.policy import Policy
from planner.read.problems import Problems, quoted

MOST_TOLD = 20


def unknown_roles(org: Org, policy: Policy) -> list[Finding]:
    """Return an error for each row of wishes or of a proposal that names a role the policy does not have."""
    problems = Problems()
    for name in ("wishes", "proposal"):
        table = org.tables.get(name)
        if table is None:
            continue
        odd = table["role"].notna() & ~table["role"].isin(policy.role_names)
        for row in np.flatnonzero(odd.to_numpy())[:MOST_TOLD].tolist():
            said = str(table["role"].iloc[row])
            problems.add(
                "TP187",
                org.source(name).place(row, "role"),
                found=quoted(said),
                expected="one of " + ", ".join(policy.role_names),
                hint=did_you_mean(said, policy.role_names),
            )
    return problems.findings


def review_wishes(org: Org, policy: Policy) -> list[Finding]:
    """Return warnings of wishes that contradict each other, or that a hard rule forbids."""
    if org.wishes is None or not len(org.wishes):
        return []
    problems = Problems()
    with Judge(org, policy) as judge:
        wishes = judge.wishes
        assert wishes is not None
        told: set[int] = set()
        for one, other in _contradictions(wishes):
            rows = sorted((int(wishes.row[one]), int(wishes.row[other])))
            if len(told) < MOST_TOLD and rows[1] not in told:
                told.add(rows[1])
                who = judge.wording.customer(int(wishes.customer[one]))
                place = org.source("wishes").place(rows[1], "kind")
                first = org.source("wishes").place(rows[0]).row
                found = f"{who}: {_said(judge, wishes, other)}, and in row {first}: {_said(judge, wishes, one)}"
                hint = "Try leaving the one that matters; at most one of them is honoured"
                problems.add("TP183", place, found=found, hint=hint, severity="warning")
        why = obstacles(judge, wishes)
        forbidden = [wish for wish, reason in enumerate(why) if reason is not None]
        for number, wish in enumerate(forbidden[:MOST_TOLD]):
            last = number == MOST_TOLD - 1 and len(forbidden) > MOST_TOLD
            who = judge.wording.customer(int(wishes.customer[wish]))
            problems.add(
                "TP184",
                org.source("wishes").place(int(wishes.row[wish]), "customer_id"),
                found=f"{who}: {_said(judge, wishes, wish)}; {why[wish]}",
                hint="Try another rep, or changing the rule",
                severity="warning",
                count=len(forbidden) - MOST_TOLD + 1 if last else 1,
            )
    return problems.findings


def _said(judge: Judge, wishes: Wishes, wish: int) -> str:
    kind, rep = wishes.kind[wish], int(wishes.rep[wish])
    if kind == "keep":
        return "keep"
    return f"{kind} {judge.wording.rep(rep)}"


def _contradictions(wishes: Wishes) -> Iterator[tuple[int, int]]:
    """Yield two wishes of one customer and role that no plan honours both, the earlier first."""
    key = wishes.role * (int(wishes.customer.max(initial=0)) + 1) + wishes.customer
    order = np.argsort(key, kind="stable")
    edges = np.flatnonzero(np.diff(key[order])) + 1
    for group in np.split(order, edges):
        if len(group) < 2:
            continue
        wanted = [wish for wish in group.tolist() if wishes.kind[wish] != "not" and wishes.rep[wish] >= 0]
        for wish in group.tolist():
            for other in wanted:
                same = wishes.rep[wish] == wishes.rep[other]
                if wish != other and (same if wishes.kind[wish] == "not" else not same and wish > other):
                    yield (wish, other) if wishes.row[wish] < wishes.row[other] else (other, wish)
