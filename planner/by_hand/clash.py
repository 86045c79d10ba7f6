"""Wishes that no plan can honour though each customer may be with whom they name: the limits they clash with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.conflicts.infeasibility import Infeasibility, explain_infeasible
from models.conflicts.members import ANSWERS
from models.conflicts.wording import ConflictTold, Told
from models.names import NOBODY
from models.org import Org
from models.policy import Policy
from models.stop import Stop
from planner.by_hand.pinned import pinned_org
from planner.by_hand.wishes import Wish

EFFORT = 0.2
"""A fifth of the work of ``planner explain infeasible``: what somebody waits for who tries one thing after another."""


def clash_of(org: Org, policy: Policy, wishes: Sequence[Wish], stop: Stop) -> Infeasibility | None:
    """Return the conflicts of wishes with an org's limits, and ways out that honour them.

    None where the wishes cannot be kept as answers to a proposal (:func:`planner.by_hand.pinned.pinned_org`).
    """
    pinned = pinned_org(org, policy.role_names, wishes)
    if pinned is None:
        return None
    why = explain_infeasible(pinned, policy, stop=replace(stop, effort=EFFORT * stop.effort), answers_stay=True)
    return replace(why, told=tuple(_as_wished(org, wishes, one) for one in why.told))


def _as_wished(org: Org, wishes: Sequence[Wish], told: ConflictTold) -> ConflictTold:
    return replace(told, clash=tuple(_wish_told(org, wishes, one) for one in told.clash))


def _wish_told(org: Org, wishes: Sequence[Wish], told: Told) -> Told:
    """Tell an answer as the wish it stands for, and without cells: no table of the user's has it."""
    if told.member.kind not in ANSWERS:
        return told
    kept = told.member.kind == "accepted"
    words = [
        f"{org.customer_ids[one.customer]} is {'' if one.kept else 'not '}with "
        f"{NOBODY if one.rep < 0 else org.rep_ids[one.rep]} ({one.words})"
        for one in wishes
        if one.customer in told.member.customers and one.kept == kept
    ]
    return replace(told, words="; ".join(words), cells=())
