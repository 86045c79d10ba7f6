"""The verdict on an assignment: every rule, measure, goal and the objective, from org, policy and assignment alone."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

import numpy as np

from models.check.amounts import Amounts
from models.check.books import Loads, overloads, read_limits
from models.check.budgets import moves, overspent, read_allowances
from models.check.company import read_company
from models.check.costs import Costs
from models.check.eligibility import Eligibility
from models.check.facts import Facts
from models.check.families import read_units
from models.check.goals import Goals
from models.check.holdings import read_holdings
from models.check.listings import read_listings
from models.check.measures import Measures
from models.check.nearest import Ranking, beyond_nearest
from models.check.placements import Placement, placements
from models.check.places import read_places
from models.check.requests import read_proposal, read_wishes
from models.check.roster import read_roster
from models.check.skills import read_skills
from models.check.stays import FREE, read_stays
from models.check.wording import Wording
from models.expression import Expressions
from models.org import IntArray, Org
from models.plan import UNNEEDED, Assignment, Judgement, Violation
from models.policy import Policy


class Judge:
    """Judges assignments of one org under one policy; what does not depend on the assignment is read once.

    Shares nothing with the formulations and engines but the tables and the evaluation of expressions.
    Use it in a ``with`` statement, or call :meth:`close`.
    """

    def __init__(self, org: Org, policy: Policy) -> None:
        self.org, self.policy = org, policy
        self.expressions = Expressions(org, policy)
        self.wording = Wording(org)
        self.facts = Facts(org, self.expressions)
        self.roster = read_roster(org, policy)
        self.places = read_places(org)
        self.holdings = read_holdings(self.facts, policy, self.roster)
        self.units = tuple(
            read_units(self.facts, policy.keep, role, needed, written)
            for role, needed, written in zip(
                policy.role_names, self.holdings.needed, self.holdings.as_written, strict=True
            )
        )
        self.skills, self.listings = read_skills(org), read_listings(org, policy)
        self.eligibility = Eligibility(
            self.facts, policy, self.wording, self.roster, self.places, self.skills, self.listings
        )
        self.stays = read_stays(self.eligibility, self.holdings, self.units)
        self.measures = Measures(self.facts, policy, self.wording, self.holdings.needed)
        self.amounts = Amounts(self.facts, policy, self.roster, self.places, self.holdings, self.measures)
        self.company = read_company(self.facts, policy, self.wording, self.roster, self.holdings, self.units)
        self.limits = read_limits(self.amounts)
        self.allowances = read_allowances(self.amounts)
        self.wishes = read_wishes(org, policy.role_names, self.roster, self.holdings)
        self.proposal = read_proposal(org, policy.role_names, self.roster, self.holdings)
        self.costs = Costs(self.amounts, self.skills, self.listings, self.wishes, self.proposal)
        self.goals = Goals(self.amounts, self.costs, self.wording)

    def __enter__(self) -> Judge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the database that evaluates expressions."""
        self.expressions.close()

    def of(self, assignment: Assignment) -> Judgement:
        """Return the judgement on ``assignment``.

        Raises
        ------
        ValueError
            When the assignment has other roles, customers or reps than org and policy.
        """
        written = self._positions(assignment)
        planned = np.where(self.holdings.needed, written, UNNEEDED)
        placed = placements(planned)
        violations = list(self.company.unneeded(written))
        for placement in placed:
            violations.extend(self._ineligible(placement))
            violations.extend(self._too_far(placement, planned[placement.role]))
        violations.extend(self.stays.violations(self.policy, self.wording, self.holdings.owners, planned))
        if self.proposal is not None:
            violations.extend(self.proposal.violations(self.wording, planned))
        violations.extend(self.company.violations(planned))
        loads = Loads(self.amounts, placed, violations)
        violations.extend(overloads(self.limits, loads, self.wording))
        changes = moves(self.holdings, self.stays.may_stay, planned)
        violations.extend(overspent(self.allowances, self.amounts, self.wording, planned, changes.chosen))
        values = self.goals.values(placed, changes, loads, violations)
        violations.extend(self.goals.above(values))
        violations.extend(self.measures.problems.values())
        stages = tuple(
            float(sum(weight * values[goal].value for goal, weight in stage.weights.items()))
            for stage in self.policy.stages
        )
        return Judgement(
            violations=tuple(violations),
            goals=values,
            objective=stages[-1],
            stage_values=stages,
            moved=changes.chosen,
            forced=changes.forced,
            newly=changes.newly,
        )

    def _positions(self, assignment: Assignment) -> IntArray:
        planned = assignment.owners
        if assignment.roles != self.policy.role_names:
            raise ValueError(f"the plan has the roles {assignment.roles}, the policy {self.policy.role_names}")
        if planned.shape != (len(assignment.roles), self.org.n_customers):
            raise ValueError(f"the plan has shape {planned.shape}, expected roles x customers")
        if planned.size and not UNNEEDED <= planned.min() <= planned.max() < self.org.n_reps:
            raise ValueError("the plan names a rep who is not on the roster")
        return planned

    def _ineligible(self, placement: Placement) -> Iterator[Violation]:
        """Yield every pair that breaks a rule, unless it is a lock's; the pairs of a departed rep once only."""
        customers, reps, role = placement.customers, placement.reps, placement.role
        open_to_rules = (self.stays.lock[role, customers] == FREE) | (self.holdings.owners[role, customers] != reps)
        customers, reps = customers[open_to_rules], reps[open_to_rules]
        here = ~self.roster.departed[reps]
        for test in self.eligibility.tests(role, customers, reps):
            broken = ~test.holds if test.line == "presence" else ~test.holds & here
            for pair in np.flatnonzero(broken):
                yield self.eligibility.explain(test, role, int(customers[pair]), int(reps[pair]))

    def _too_far(self, placement: Placement, planned: IntArray) -> Iterator[Violation]:
        nearest = self.policy.eligibility.nearest
        if nearest is None:
            return
        role = placement.role
        units = self.units[role]
        ranking = Ranking(self.eligibility, role, units)
        owners = np.where(self.holdings.present[role], self.holdings.owners[role], -1)
        for unit, rep, rank in zip(
            *beyond_nearest(ranking, owners, planned, self.stays.lock[role] != FREE, nearest), strict=True
        ):
            customer = int(units.members[units.start[unit]])
            yield self.wording.broken(
                "eligibility.nearest",
                f"{self.wording.customer(customer)} is with {self.wording.rep(rep)}, "
                f"number {rank} of its eligible reps by distance, at most {nearest}",
                customer=customer,
                rep=int(rep),
                found=float(rank),
                limit=float(nearest),
                unit="nearest",
            )


def judge(org: Org, policy: Policy, assignment: Assignment) -> Judgement:
    """Recompute every rule, measure, goal and the objective of an assignment.

    Parameters
    ----------
    org, policy
        What the plan was made for.
    assignment
        Who owns whom. It may break any rule: what it breaks is in ``violations``, worded as the policy is.

    Raises
    ------
    ValueError
        When the assignment has other roles, customers or reps than org and policy.
    """
    with Judge(org, policy) as one:
        return one.of(assignment)
