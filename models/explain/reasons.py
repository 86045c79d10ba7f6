"""Reasons: one plain line per customer and role, why it stays, moves, or goes where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from models.check.stays import FREE
from models.explain.exchange import Exchange, Need, value_moves
from models.explain.told import EVERYTHING, Told
from models.names import Texts, rep_names
from models.org import BoolArray, FloatArray, IntArray
from models.outcome import Outcome
from models.policy import Holdout, Keep, Lock, Policy, line_names
from models.presence import UNKNOWN_OWNER

MOST_ADVANTAGES = 2


def reasons_for(outcome: Outcome, exchange: Exchange | None = None, told: Told = EVERYTHING) -> Texts:
    """Return the reason of each member, shape (members,); ``exchange`` values the chosen moves, where that is done.

    A reason is made of what may be ``told`` only, and is None where that leaves nothing to say of a chosen move.
    Whoever reads it knows both owners.
    """
    ownership, changes = outcome.ownership, outcome.changes
    before, after = _owners_named(outcome), rep_names(outcome.org, ownership.after)
    texts: Texts = "stays with " + after
    texts[ownership.after < 0] = "stays without an owner"
    _name_locks(outcome, texts, told)
    newly = np.flatnonzero(changes.newly)
    texts[newly] = "had no owner: newly assigned to " + after[newly]
    forced = np.flatnonzero(changes.forced)
    texts[forced] = _why_forced(outcome, forced, before, told)
    exchange = value_moves(outcome) if exchange is None else exchange
    texts[exchange.member] = _why_chosen(outcome, exchange, told)
    return texts


def _owners_named(outcome: Outcome) -> Texts:
    """Return the name of each member's owner today; of one who is not on the roster, the id as written."""
    names = rep_names(outcome.org, outcome.ownership.before)
    unknown = outcome.ownership.before == UNKNOWN_OWNER
    names[unknown] = outcome.owner_ids[unknown]
    return names


# ---- who stays ---------------------------------------------------------------------------------------------


def _name_locks(outcome: Outcome, texts: Texts, told: Told) -> None:
    """Add to those who stay the lock (with its reason, if there is one) or the holdout that keeps them."""
    keep, stays = outcome.policy.keep, outcome.judge.stays
    stayed = ~outcome.changes.moved & (outcome.ownership.after >= 0)
    lock, holdout = outcome.of_members(stays.lock), outcome.of_members(stays.holdout)
    named, by_lock = np.zeros(len(lock), dtype=bool), np.zeros(len(lock), dtype=bool)
    locks, holdouts = stays_told(keep, told)
    lines: list[Lock | Holdout] = [*locks, *holdouts]
    for line in lines:
        held = lock if isinstance(line, Lock) else holdout
        mine = stayed & ~named & (held != FREE) & outcome.meant_by([line])
        texts[mine] += f": {line.name}"
        named |= mine
        by_lock |= mine & isinstance(line, Lock)
    if "lock_reason" in outcome.org.customers and told.column("customers", "lock_reason"):
        said = outcome.org.customers["lock_reason"].to_numpy(dtype=object)[outcome.ownership.customer]
        given = np.flatnonzero(by_lock & ~pd.isna(said))
        texts[given] = [f"{text} ({why})" for text, why in zip(texts[given], said[given], strict=True)]


def stays_told(keep: Keep, told: Told) -> tuple[list[Lock], list[Holdout]]:
    """Return the locks and the holdouts that may be told."""
    return (
        [line for line in keep.locks if told.line(f"keep.locks[{line.name}]")],
        [line for line in keep.holdouts if told.line(f"keep.holdouts[{line.name}]")],
    )


# ---- who may not stay --------------------------------------------------------------------------------------


def _why_forced(outcome: Outcome, member: IntArray, owners: Texts, told: Told) -> Texts:
    """Say why today's owner may not keep each of ``member``: gone, or the first rule that speaks against it."""
    judge, ownership = outcome.judge, outcome.ownership
    texts: Texts = owners[member] + " may not keep it"
    if told.column("reps", "status") and told.column("reps", "available_to"):
        texts = "owner " + owners[member] + " has left"
    keep = outcome.policy.keep
    locks, holdouts = stays_told(keep, told)
    lapsed = outcome.lapsed_of([*locks, *holdouts])[member]
    texts[lapsed] = "lock lapsed: " + texts[lapsed]
    unexplained = ownership.present[member]
    alone = owners[member][unexplained] + " may not keep "
    together = "its family stays together, and " + alone + "all of it"
    texts[unexplained] = together if told.line("keep.families") else alone + "it"
    for k in range(len(outcome.policy.role_names)):
        at = np.flatnonzero(unexplained & (ownership.role[member] == k))
        customers, reps = ownership.customer[member[at]], ownership.before[member[at]]
        for test in judge.eligibility.tests(k, customers, reps):
            if not told.line(test.line):
                open_ = at[unexplained[at]]
                texts[open_] = owners[member[open_]] + " may not keep it"
                continue
            for i in np.flatnonzero(~test.holds & unexplained[at]).tolist():
                rule = rule_in_words(outcome, test.line, int(customers[i]), int(reps[i]))
                texts[at[i]] = f"{owners[member[at[i]]]} may not keep it: {rule}"
                unexplained[at[i]] = False
    return texts


def rule_in_words(outcome: Outcome, line: str, customer: int, rep: int) -> str:
    """Say why a rep may not own a customer: the rule at the policy path ``line``, without the rep's name."""
    org, judge = outcome.org, outcome.judge
    if line == "eligibility.region":
        return f"does not cover {org.customers['region'].iloc[customer]}"
    if line == "eligibility.skills":
        return "no " + judge.skills.lacking(customer, rep)[0].replace(";", ", no ")
    if line.startswith("tables.pairs"):
        return "not among the listed pairs"
    if line.startswith("roles["):
        return "is not a rep of this role"
    return line.removeprefix("eligibility.rules[").removesuffix("]")


# ---- who moves by choice -----------------------------------------------------------------------------------


def _why_chosen(outcome: Outcome, exchange: Exchange, told: Told) -> Texts:
    """Say what the plan gains by each chosen move: hard rules first, then the greatest gains in points."""
    said = [_Advantages(told) for _ in exchange.member]
    giver = rep_names(outcome.org, outcome.ownership.before[exchange.member])
    taker = rep_names(outcome.org, outcome.ownership.after[exchange.member])
    for need in exchange.needs:
        _say_need(outcome, need, said, giver, taker)
    _say_bands(outcome, exchange, said, giver, taker)
    _say_fit(outcome, exchange, said, taker)
    _say_amounts(outcome, exchange, said)
    _say_requests(outcome, exchange, said)
    came = np.bincount(
        outcome.ownership.after[outcome.changes.moved & (outcome.ownership.after >= 0)], minlength=outcome.org.n_reps
    )
    together = outcome.of_family(exchange.member)
    # what is left to say where nothing speaks for a move would tell that nothing does
    open_ = tells_all(outcome.policy, told)
    texts = np.full(len(said), None, dtype=object)
    for i, advantages in enumerate(said):
        text = advantages.text()
        if not text and not open_:
            continue
        if not text and together[i]:
            text = "moves with its family"
        elif not text:
            others = int(came[outcome.ownership.before[exchange.member[i]]])
            text = (
                f"part of an exchange: {giver[i]} takes {others} in return" if others else "makes room for other moves"
            )
        texts[i] = text
    return texts


def tells_all(policy: Policy, told: Told) -> bool:
    """Tell whether everything that can speak for a move may be told."""
    goals = {goal for stage in policy.stages for goal in stage.weights}
    lines = ("keep.families", "eligibility.skills", *(f"roles[{name}].same" for name in policy.role_names))
    return all(map(told.goal, goals)) and all(told.line(path) for path in (*lines, *dict(policy.lines())))


class _Advantages:
    """What speaks for one move; of each kind the weightiest, as far as it may be told."""

    def __init__(self, told: Told) -> None:
        self._of: dict[str, tuple[float, str]] = {}
        self._told = told

    def add(self, kind: str, text: str, weight: float, line: str = "", goal: str = "", label: str = "") -> None:
        """Add what the ``line`` of the policy, or a ``goal``, says of a ``label``; blank where it is of none."""
        told = self._told
        if (line and not told.line(line)) or (goal and not told.goal(goal)) or (label and not told.of_label(label)):
            return
        if weight > self._of.get(kind, (0.0, ""))[0]:
            self._of[kind] = weight, text

    def text(self) -> str:
        greatest = sorted(self._of.values(), key=lambda one: -one[0])[:MOST_ADVANTAGES]
        return ", ".join(text for _, text in greatest)


def _weights(policy: Policy) -> dict[str, float]:
    """Return points per unit of each goal; a goal of an earlier stage outweighs all of later ones.

    One that counts for nothing and has a limit is weighed last.
    """
    stages = policy.stages
    weights = {
        goal: weight * 1e9 ** (len(stages) - 1 - s)
        for s, stage in enumerate(stages)
        for goal, weight in stage.weights.items()
    }
    return {**weights, **{line.goal: weights[line.goal] or 1e-9 for line in policy.ceilings}}


def _say_need(outcome: Outcome, need: Need, said: Sequence[_Advantages], giver: Texts, taker: Texts) -> None:
    shared = _of_a_team_or_region(outcome, need)
    words = needs_in_words(outcome, need, giver, taker)
    for (i, text), label in zip(words, need.label if shared else ("",) * len(need.label), strict=True):
        said[i].add(need.kind, text, np.inf, line=need.line, label=label)


def needs_in_words(outcome: Outcome, need: Need, other: Texts, owner: Texts) -> Iterator[tuple[int, str]]:
    """Yield for each need the position of its member in the exchange, and what the row says for the owner.

    ``other`` and ``owner`` name the two owners of each member of the exchange.
    """
    name = need.line[need.line.index("[") + 1 : need.line.rindex("]")]
    measure = unit = ""
    if need.kind == "capacity":
        lines = outcome.policy.capacity
        measure = lines[line_names(lines).index(name)].measure
        unit = outcome.scales.unit(measure)
    shifted = _of_a_team_or_region(outcome, need)
    for i, label, load, limit in zip(need.move.tolist(), need.label, need.load, need.limit, strict=True):
        if need.kind == "conflict":
            text = f"apart from its competitor ({name})"
        elif need.kind == "pairing":
            text = f"stays in one {outcome.policy.roles[name].same} with its other owner"
        elif need.kind == "budget":
            text = f"the budget allows no further move ({name})"
        elif need.kind == "group":
            text = f"{owner[i]} needs it ({name})" if need.taken else f"{other[i]} has enough of them ({name})"
        elif shifted:
            text = f"keeps {label} within its limit ({name})"
        elif need.taken:
            text = f"{owner[i]} needs it ({measure} of at least {_quantity(limit, unit)})"
        else:
            text = f"{other[i]} has no room for it ({measure} {_quantity(load)} of {_quantity(limit, unit)})"
        yield i, text


def _of_a_team_or_region(outcome: Outcome, need: Need) -> bool:
    """Tell whether a need is of a limit that several reps share."""
    return need.kind == "capacity" and not np.isin(need.label, outcome.org.rep_ids.astype(str)).all()


def _say_bands(outcome: Outcome, exchange: Exchange, said: Sequence[_Advantages], giver: Texts, taker: Texts) -> None:
    weight = _weights(outcome.policy).get("balance", 0.0)
    by_path = {f"balance[{band.line}]": band for band in outcome.bands}
    before, after = outcome.ownership.before[exchange.member], outcome.ownership.after[exchange.member]
    for gain in exchange.bands:
        band = by_path[gain.line]
        level, width = 100 + band.deviation(band.before), 100 * band.tolerance
        for kind, points, who, today, edge, sign, what in (
            ("relief", gain.relief, giver, level[before], 100 + width, 1, ("relieves", "up to", "going over")),
            ("filling", gain.filling, taker, level[after], 100 - width, -1, ("fills up", "from", "falling under")),
        ):
            for i in np.flatnonzero(points > 1e-6).tolist():
                if sign * (today[i] - edge) > 1e-6:
                    at = f"today {_percent(today[i])} of target"
                    text = f"{what[0]} {who[i]} ({at}, {band.line} band {what[1]} {edge:g}%)"
                else:
                    text = f"keeps {who[i]} from {what[2]} the {band.line} band"
                said[i].add(kind, text, weight * points[i], line=gain.line)


def _say_fit(outcome: Outcome, exchange: Exchange, said: Sequence[_Advantages], taker: Texts) -> None:
    gain = exchange.goals.get("misfit", np.zeros(len(said)))
    better = np.flatnonzero(gain > 1e-6)
    if not len(better):
        return
    weight = _weights(outcome.policy).get("misfit", 0.0)
    for line, name, fits in _preferences(outcome, exchange.member[better]):
        for i in better[fits].tolist():
            said[i].add("fit", f"fits {taker[i]} ({name})", weight * gain[i], line=line)


def _preferences(outcome: Outcome, member: IntArray) -> list[tuple[str, str, BoolArray]]:
    """Return line and name of every preference, and which members' new owner meets it where today's does not."""
    ownership, policy = outcome.ownership, outcome.policy
    found = []
    customer = ownership.customer[member]
    for rule in policy.eligibility.rules:
        if rule.prefer is None:
            continue
        broken = np.zeros((2, len(member)), dtype=bool)
        for k, role in enumerate(policy.role_names):
            at = np.flatnonzero(ownership.role[member] == k)
            for side, reps in enumerate((ownership.before[member[at]], ownership.after[member[at]])):
                applies = outcome.judge.facts.pair_true(rule.when, role, customer[at], reps)
                meets = outcome.judge.facts.pair_true(rule.prefer, role, customer[at], reps)
                broken[side, at] = applies & ~meets & (reps >= 0)
        found.append((f"eligibility.rules[{rule.name}]", rule.name, broken[0] & ~broken[1]))
    if policy.eligibility.skills == "preferred":
        able = [
            outcome.judge.skills.met(customer, np.maximum(reps[member], 0))
            for reps in (ownership.before, ownership.after)
        ]
        found.append(("eligibility.skills", "has the skills", ~able[0] & able[1] & (ownership.after[member] >= 0)))
    return found


def _say_amounts(outcome: Outcome, exchange: Exchange, said: Sequence[_Advantages]) -> None:
    weights = _weights(outcome.policy)
    cost = outcome.policy.goal("cost")
    unit = cost.unit if cost is not None else ""
    for goal, what in (("travel", "{:,.1f} h of travel"), ("cost", "{:,.0f} " + (unit or "of cost"))):
        gain: FloatArray = exchange.goals.get(goal, np.zeros(len(said)))
        for i in np.flatnonzero(gain > (0.05 if goal == "travel" else 0.5)).tolist():
            said[i].add(goal, "saves " + what.format(gain[i]), weights.get(goal, 0.0) * gain[i], goal=goal)


def _say_requests(outcome: Outcome, exchange: Exchange, said: Sequence[_Advantages]) -> None:
    """Say which moves were accepted, are wished for, or are as a proposal has them."""
    weights, proposal = _weights(outcome.policy), outcome.judge.proposal
    for goal, text in (("wishes", "honours a wish"), ("changes", "as proposed")):
        gain: FloatArray = exchange.goals.get(goal, np.zeros(len(said)))
        for i in np.flatnonzero(gain > 1e-6).tolist():
            said[i].add(goal, text, weights.get(goal, 0.0) * gain[i], goal=goal)
    if proposal is not None:
        role, customer = outcome.ownership.role[exchange.member], outcome.ownership.customer[exchange.member]
        for i in np.flatnonzero(proposal.accepted[role, customer]).tolist():
            said[i].add("accepted", "was accepted", np.inf, goal="changes")


def _quantity(value: float, unit: str = "") -> str:
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def _percent(value: float) -> str:
    """Write a percentage with one decimal, as all screens and pages do; nothing and all of it without."""
    return f"{value:.0f}%" if value in (0, 100) else f"{value:.1f}%"
