"""The rulebook: every hard rule of an org as members, and which of them a pair of customer and rep breaks.

What a rule says is read from the whole policy, once, and stays so whatever other rules are left aside: whose move is a
chosen one, who ranks as near, whom a holdout keeps. A plan keeps a member when the checker, judging by the whole
policy, reports nothing against it. So leaving a rule aside can only allow more plans, and minimal sets mean something.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from models.check import Judge
from models.check.requests import ACCEPTED, REJECTED
from models.conflicts.families import families_of
from models.conflicts.members import OVERALL, TIES, Member, per_of_lines
from models.conflicts.ties import read_ties
from models.formulation.amounts import Amounts
from models.formulation.candidates import candidates_of
from models.formulation.eligible import read_eligible
from models.formulation.regions import region_map
from models.formulation.screens import reads_pairs, screen
from models.formulation.units import form_units
from models.goal_units import goal_unit
from models.org import BoolArray, IntArray, Org
from models.plan import UNNEEDED, Assignment, Judgement, Violation
from models.policy import CUSTOMERS, Eligibility, Keep, Policy, Rule

POOL = 0
"""Column of the pool in tables of who may own whom; the rep at position r has column r + 1."""
MOST_CELLS = 40_000_000
"""More pairs of customer and rep than this are not looked at one by one."""
_ALWAYS = ("presence", "roles[", "pool")


class Rulebook:
    """The members of an org's policy, and the tables that say what pairs break them; use it in a ``with``.

    An *entry* is a customer in a role that it needs, in the order of role and customer.

    Attributes
    ----------
    singles : Units
        One unit per entry.
    forced : bool array, shape (entries,)
        Today's owner may not keep the customer, by the whole policy.
    reach : bool array, shape (entries, 1 + reps)
        Pairs that could be allowed: somebody who has left, or of another role, is False. The first column is the pool.
    may_pool : bool array, shape (entries,)
        To whom the policy's pool is open. That it is closed to others is in every conflict, and a member of none.
    stranded : bool array, shape (entries,)
        For whom there is nobody, whatever members are left aside.
    members : tuple of Member
        The last one stands for the pool.
    barred : dict of member to bool array, shape (entries, reps)
        Pairs that a member of the kind ``eligibility`` forbids.
    ties : tuple of Ties
        What keeps entries with an owner, or from one: locks and holdouts; what was accepted of a proposal; what was
        rejected.
    family : int array, shape (entries,)
        The family member that ties an entry to others, -1 where there is none.
    together : int array, shape (entries,)
        Entries of one number stay together as long as their family member holds.
    """

    def __init__(self, org: Org, policy: Policy) -> None:
        self.org, self.policy = org, policy
        self.judge = Judge(org, policy)
        expressions = self.judge.expressions
        regions = region_map(org)
        free = policy.model_copy(update={"keep": policy.keep.model_copy(update={"families": "free"})})
        self.singles = form_units(org, free, expressions)
        self.amounts = Amounts(org, policy, self.singles, regions, expressions)
        self._read_whole()
        self.reach = self._read_reach()
        members: list[Member] = [*self._limits(), *self._company()]
        self.together, self.family, of_families = families_of(self._units, self.singles, len(members))
        members += of_families
        of_ties, self.ties = read_ties(self.judge, self.singles, policy.keep, len(members))
        members += of_ties
        self.barred: dict[int, BoolArray] = {}
        for member, table in self._bars():
            table[self._to_owner] = False
            if table.any():
                self.barred[len(members)] = table
                members.append(member)
        members.append(Member("pool", "pool"))
        self.members = tuple(members)
        self.position = {self._key(member): at for at, member in enumerate(self.members)}

    def __enter__(self) -> Rulebook:
        return self

    def __exit__(self, *error: object) -> None:
        self.judge.close()

    @property
    def n_entries(self) -> int:
        """Number of entries."""
        return len(self.singles.member)

    @property
    def every(self) -> frozenset[int]:
        """All members that a conflict may have."""
        return frozenset(range(len(self.members) - 1))

    @staticmethod
    def _key(member: Member) -> tuple[object, ...]:
        stays = member.customers if member.kind in (*TIES, "family") else ()
        return member.line, member.side, member.label, stays

    # ---- who may own whom ----------------------------------------------------------------------------------

    def _read_whole(self) -> None:
        """Read what the whole policy says of units: who is forced, locked, held, and who may be pooled."""
        org, policy, expressions = self.org, self.policy, self.judge.expressions
        self._units = units = form_units(org, policy, expressions)
        eligible = read_eligible(org, policy, units, self.amounts.regions, expressions)
        found = candidates_of(org, policy, eligible, expressions)
        self._entry = self.singles.unit_of[units.role_of_member, units.member]
        self._back = np.empty_like(self._entry)
        self._back[self._entry] = np.arange(len(self._entry))
        self.forced, self.locked, self.held = (flags[self._back] for flags in (found.forced, found.locked, found.held))
        poolable = units.every(eligible.poolable) if units.count else np.zeros(0, dtype=bool)
        self.may_pool = poolable[units.unit_of_member][self._back]

    @cached_property
    def _to_owner(self) -> tuple[IntArray, IntArray]:
        """(entry, today's owner) of locked entries: no rule on pairs forbids them."""
        entry = np.flatnonzero(self.locked)
        return entry, self.singles.owner[entry]

    def _read_reach(self) -> BoolArray:
        roster = self.judge.roster
        reach = np.zeros((self.n_entries, 1 + self.org.n_reps), dtype=bool)
        reach[:, 1:] = (roster.serves & ~roster.departed)[self.singles.role]
        entry, owner = self._to_owner
        reach[entry, owner + 1] = True
        reach[:, POOL] = True
        for text, default in self._pair_texts():
            entry, rep = np.nonzero(reach[:, 1:])
            values = self.amounts.pair_numbers(text, entry, rep)
            unusable = ~np.isfinite(values if default is None else np.where(np.isnan(values), default, values))
            reach[entry[unusable], rep[unusable] + 1] = False
        self.stranded = ~reach[:, 1:].any(axis=1) & ~self.may_pool
        return reach

    def _pair_texts(self) -> Iterator[tuple[str, float | None]]:
        """Yield what is measured pair by pair: a pair without a value can be in no plan."""
        used = {line.measure for line in self.policy.capacity}
        capped = {goal.goal for goal in self.policy.ceilings}
        if "balance" in capped:
            used |= {line.measure for line in self.policy.balance}
        for name in sorted(used - {CUSTOMERS}):
            if self.amounts.depends_on_rep(name):
                yield self.policy.measures[name].value, self.policy.measures[name].default
        for goal in self.policy.ceilings:
            if goal.goal == "cost" and goal.value is not None:
                yield goal.value, goal.default

    def _bars(self) -> Iterator[tuple[Member, BoolArray]]:
        eligibility, roster = self.policy.eligibility, self._roster_table()
        if eligibility.region != "any":
            only = Eligibility(region=eligibility.region)
            yield Member("eligibility", "eligibility.region"), roster & ~self._screened(only)
        if eligibility.skills == "required":
            yield Member("eligibility", "eligibility.skills"), roster & ~self._screened(Eligibility(skills="required"))
        for rule in eligibility.rules:
            if rule.require is not None:
                member = Member("eligibility", f"eligibility.rules[{rule.name}]")
                table = self._pair_rule(rule) if reads_pairs(rule) else ~self._screened(Eligibility(rules=(rule,)))
                yield member, roster & table
        if self.org.pairs_only:
            yield Member("eligibility", "tables.pairs.only"), roster & ~self._listed()
        if eligibility.nearest is not None:
            yield Member("eligibility", "eligibility.nearest"), ~self._near(eligibility.nearest)

    def _roster_table(self) -> BoolArray:
        roster = self.judge.roster
        return np.asarray((roster.serves & ~roster.departed)[self.singles.role])

    def _screened(self, eligibility: Eligibility) -> BoolArray:
        """Tell who may own whom by some rules alone, shape (entries, reps)."""
        policy = self.policy.model_copy(update={"eligibility": eligibility})
        profiles = screen(self.org, policy, self.singles, self.amounts.regions, self.judge.expressions)
        return np.asarray(profiles.allowed[profiles.of_member])

    def _pair_rule(self, rule: Rule) -> BoolArray:
        """Tell which pairs break a rule that reads the pairs table, shape (entries, reps)."""
        shape = self.n_entries, self.org.n_reps
        entry, rep = (at.ravel() for at in np.indices(shape))
        broken = np.ones(len(entry), dtype=bool)
        if rule.when is not None:
            broken = self.amounts.pair_flags(rule.when, entry, rep)
        broken &= ~self.amounts.pair_flags(rule.require or "TRUE", entry, rep)
        return broken.reshape(shape)

    def _listed(self) -> BoolArray:
        listed = np.zeros((self.n_entries, self.org.n_reps), dtype=bool)
        every = np.arange(self.org.n_reps)
        for of_customer in self.singles.unit_of:
            customers = np.flatnonzero(of_customer >= 0)
            pairs = np.repeat(customers, len(every)), np.tile(every, len(customers))
            listed[of_customer[customers]] = self.judge.listings.listed(*pairs).reshape(len(customers), len(every))
        return listed

    def _near(self, nearest: int) -> BoolArray:
        """Tell which pairs are near, or not judged by distance: shape (entries, reps).

        Units with a locked member are not judged by distance, nor are reps whom other rules forbid.
        """
        units = self._units
        near = ~self._eligible(None) | self._eligible(nearest)
        stuck = ~units.every(~self.locked[self._entry]) if units.count else np.zeros(0, dtype=bool)
        near[stuck] = True
        return np.asarray(near[units.unit_of_member][self._back])

    def _eligible(self, nearest: int | None) -> BoolArray:
        """Tell which reps the rules on who may own whom leave to the whole policy's units, shape (units, reps)."""
        org, units, expressions = self.org.unanswered, self._units, self.judge.expressions
        eligibility = self.policy.eligibility.model_copy(update={"nearest": nearest})
        keep = Keep(families=self.policy.keep.families)
        policy = self.policy.model_copy(update={"keep": keep, "pool": None, "eligibility": eligibility})
        eligible = read_eligible(org, policy, units, self.amounts.regions, expressions)
        found = candidates_of(org, policy, eligible, expressions)
        table = np.zeros((units.count, org.n_reps), dtype=bool)
        table[found.unit, found.rep] = True
        return table

    @cached_property
    def wider_nearest(self) -> dict[int, BoolArray]:
        """Who is near by greater numbers of nearest reps than the policy's, ascending: shape (entries, reps) each."""
        nearest, most = self.policy.eligibility.nearest, self.org.n_reps
        if nearest is None:
            return {}
        wider = {*range(nearest + 1, nearest + 9), 2 * nearest, 4 * nearest, most}
        return {k: self._near(k) for k in sorted(wider) if nearest < k <= most}

    @property
    def needs_pair_values(self) -> bool:
        """Whether something is measured pair by pair, so that a pair needs more than to be listed."""
        return any(True for _ in self._pair_texts())

    # ---- limits, company ----------------------------------------------------------------------------

    def _limits(self) -> Iterator[Member]:
        """Yield the limits as the checker has them, one member per line, side and label."""
        per = per_of_lines(self.policy)
        seen: set[tuple[str, str, str]] = set()
        for limits in self.judge.limits:
            unit = self.judge.measures.unit(limits.capacity.measure)
            for side, values in (("min", limits.least), ("max", limits.most)):
                for name, value in zip(limits.names, values, strict=True):
                    if np.isfinite(value) and (limits.line, side, name) not in seen:
                        seen.add((limits.line, side, name))
                        yield Member(
                            "capacity",
                            limits.line,
                            "min" if side == "min" else "max",
                            str(name),
                            per[limits.line],
                            limit=float(value),
                            unit=unit,
                            base=abs(float(value)) or self._typical(limits.capacity.measure),
                        )
        for allowance in self.judge.allowances:
            unit = self.judge.measures.unit(allowance.budget.of)
            for name, value in zip(allowance.names, allowance.most, strict=True):
                if np.isfinite(value):
                    label = str(name) or OVERALL
                    base = abs(float(value)) or self._typical(allowance.budget.of)
                    yield Member(
                        "budget",
                        allowance.line,
                        "max",
                        label,
                        per[allowance.line],
                        limit=float(value),
                        unit=unit,
                        base=base,
                    )
        for goal in self.policy.ceilings:
            assert goal.limit is not None
            unit, base = goal_unit(self.policy, goal.goal), abs(goal.limit) or 1.0
            yield Member("goal", f"goals[{goal.goal}]", "max", limit=goal.limit, unit=unit, base=base)

    def _typical(self, measure: str) -> float:
        """Return what a customer brings to a measure on average, 1 where that depends on the rep, or is nothing."""
        if self.amounts.depends_on_rep(measure) or not self.n_entries:
            return 1.0
        return float(self.amounts.of_members(measure).mean()) or 1.0

    def _company(self) -> Iterator[Member]:
        """Yield groups, conflicts and pairings."""
        roster = self.judge.roster
        for group, inside in zip(self.policy.keep.groups, self.judge.company.members, strict=True):
            served = np.flatnonzero(inside.any(axis=1))
            here = roster.in_scope(served.tolist()) if len(served) else np.zeros_like(roster.departed)
            if group.per == "rep":
                labels = [str(self.org.rep_ids[r]) for r in np.flatnonzero(here)]
            else:
                teams = np.unique(roster.teams.codes[here])
                labels = [roster.teams.names[t] for t in teams[teams >= 0]]
            for side, limit in (("min", group.min), ("max", group.max)):
                if limit is not None:
                    for label in labels:
                        yield Member(
                            "group",
                            f"keep.groups[{group.name}]",
                            "min" if side == "min" else "max",
                            label,
                            group.per,
                            limit=float(limit),
                            unit=CUSTOMERS,
                            base=float(limit) or 1.0,
                        )
        at = self.org.customer_positions
        for conflict in self.policy.keep.conflicts:
            listed = tuple(sorted({at[one] for one in conflict.customers if one in at}))
            yield Member("conflict", f"keep.conflicts[{conflict.name}]", customers=listed)
        for name, role in list(self.policy.roles.items())[1:]:
            if role.same is not None:
                yield Member("pairing", f"roles[{name}].same")

    # ---- judgement -----------------------------------------------------------------------------------------

    def assignment(self, rep: IntArray) -> Assignment:
        """Return who owns whom when each entry has the rep at a position, POOLED or UNNEEDED."""
        owners = np.full(self.singles.unit_of.shape, UNNEEDED, dtype=np.int64)
        owners[self.singles.role, self.singles.member] = rep
        return Assignment(self.policy.role_names, owners)

    def judged(self, assignment: Assignment) -> Judgement:
        """Let the checker judge an assignment by the whole policy."""
        return self.judge.of(assignment)

    def broken_by(self, judgement: Judgement) -> dict[int, list[Violation]]:
        """Return the members against which the checker reports something; -1 stands for what no member can allow."""
        found: dict[int, list[Violation]] = {}
        for violation in judgement.violations:
            found.setdefault(self.member_of(violation), []).append(violation)
        return found

    def member_of(self, violation: Violation) -> int:
        """Return the member that a violation speaks of, -1 where it is none that could be left aside."""
        line = violation.line
        side = None
        label = violation.label
        customers: tuple[int, ...] = ()
        if violation.found is not None and violation.limit is not None and not line.startswith(("keep.conf", "elig")):
            side = "max" if violation.found > violation.limit else "min"
        if line.startswith("disruption.budgets["):
            label = label or OVERALL
        if line.startswith(("keep.locks[", "keep.holdouts[", ACCEPTED, REJECTED)):
            customers = (self.org.customer_positions[str(violation.customer)],)
        if line == "keep.families":
            return self._family_of(self.org.customer_positions[str(violation.customer)])
        return self.position.get((line, side, label, customers), -1)

    def _family_of(self, customer: int) -> int:
        entries = self.singles.unit_of[:, customer]
        return int(self.family[entries[entries >= 0]].max(initial=-1))
