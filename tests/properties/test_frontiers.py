"""Frontiers of tiny orgs are the Pareto fronts found by trying every plan."""

import itertools
import math

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.check import Judge
from models.findings import InputRefused
from models.org import Org
from models.outcome import Outcome
from models.policy import Policy
from models.solve import solve
from models.summary import summarise
from planner.write.inputs import policy_document
from scenarios.comparing.figures import figures_of, figures_without_plan
from scenarios.setting import set_value
from scenarios.tracing.frontier import Ask
from scenarios.tracing.trade_off import TradeOff, found_in, trace_trade_off, trade_off
from tests.long_ones import long_but
from tests.oracle import _plans
from tests.tiny import tiny
from tests.worked import worked_org, worked_policy

some = settings(derandomize=True, deadline=None, phases=(Phase.generate,), database=None)
SEEDS = st.integers(0, 10**9)
PAIRS = (
    ("balance", "customers"),
    ("balance", "revenue"),
    ("balance", "travel"),
    ("travel", "balance"),
    ("cost", "moves"),
)


def in_this_process(org: Org, policy: Policy, trade: TradeOff):
    """Plan settings of a policy, one after another."""

    def solve_orders(orders):
        found = []
        for order in orders:
            document = {"policy": policy_document(policy)}
            for path, value in order:
                document = set_value(document, path, value)
            changed = Policy.model_validate(document["policy"])
            plan = solve(org, changed)
            if plan.status in ("infeasible", "no_plan"):
                found.append(found_in(figures_without_plan(plan), trade.measure))
                continue
            with Outcome(org, changed, plan) as outcome:
                found.append(found_in(figures_of(outcome, summarise(outcome)), trade.measure))
        return found

    return solve_orders


def traded(seed: int, y: str, x: str, **options) -> tuple[Org, Policy, TradeOff] | None:
    """Return a tiny org and what is traded in it; None where its policy knows nothing of that."""
    org, policy = tiny(seed)
    if any(policy.goal(goal) is None for goal in (y, x) if goal in ("travel", "cost", "balance")):
        return None
    try:
        return org, policy, trade_off(org, policy, policy_document(policy), goals=(y,), against=x, **options)
    except InputRefused:
        return None


def true_front(org: Org, policy: Policy, trade: TradeOff) -> list[tuple[float, float]]:
    """Try every plan."""
    found = []
    with Judge(org, policy) as judge:
        counted = judge.measures.once(trade.against) if trade.of_moves else None
        for plan in _plans(judge):
            judgement = judge.of(plan)
            if not judgement.feasible:
                continue
            if counted is None:
                x = judgement.goals[trade.against].value
            else:
                x = float(counted[judgement.moved.any(axis=0)].sum())
            y = sum(weight * judgement.goals[goal].value for goal, weight in trade.goals.items())
            found.append((x, y))
    front: list[tuple[float, float]] = []
    for x, y in sorted(found):
        if not front or y < front[-1][1] - 3e-6 * max(1.0, abs(front[-1][1])):
            if front and x - front[-1][0] < 4e-6 * max(1.0, abs(x)):
                front.pop()
            front.append((x, y))
    return front


def is_the_pareto_front(seed: int, y: str, x: str) -> bool:
    drawn = traded(seed, y, x)
    if drawn is None:
        return False
    org, policy, trade = drawn
    every_goal = {line.goal: line for line in policy.goals}
    assert set(trade.goals) <= {*every_goal, "pool"}
    front = true_front(org, policy, trade)
    if len(front) < 2 and seed % 10:
        return False
    frontier = trace_trade_off(trade, in_this_process(org, policy, trade), 60)
    where = f"tiny({seed}), {y} against {x}"
    if not front:
        assert frontier.status == "infeasible", where
        return False
    assert len(frontier.points) == len(front), where
    for point, (at, value) in zip(frontier.points, front, strict=True):
        assert point.x == pytest.approx(at, rel=5e-6, abs=5e-6), where
        assert point.y == pytest.approx(value, rel=5e-6, abs=5e-6), where
    if len(policy.roles) == 1:
        assert frontier.complete, where
    for at, value in front:
        room = 5e-6 * max(1.0, abs(value))
        assert frontier.below(at) <= value + room, where
        assert value <= frontier.above(at + 5e-6 * max(1.0, abs(at))) + room, where
    return len(front) > 1


@pytest.mark.parametrize(("y", "x"), long_but(PAIRS, ("cost", "moves")))
def test_a_frontier_is_the_pareto_front_found_by_trying_every_plan(y, x):
    traced = itertools.islice(filter(lambda seed: is_the_pareto_front(seed, y, x), range(2000)), 3)
    assert len(list(traced)) == 3


@pytest.mark.long
@pytest.mark.parametrize(("y", "x"), PAIRS)
def test_frontiers_are_pareto_fronts_on_hundreds_of_orgs(y, x):
    traced = itertools.islice(filter(lambda seed: is_the_pareto_front(seed, y, x), range(2000, 9000)), 15)
    assert len(list(traced)) > 5


@settings(some, max_examples=4)
@given(SEEDS, st.sampled_from(PAIRS[:3]))
def test_loosening_a_limit_never_worsens_the_other_goal(seed, pair):
    drawn = traded(seed, *pair)
    if drawn is None:
        return
    org, policy, trade = drawn
    solve_orders = in_this_process(org, policy, trade)
    limits = [0.0, 1.0, 2.0, 5.0, 1e6]
    found = solve_orders([trade.settings(Ask(limit)) for limit in limits])
    ys = []
    for limit, one in zip(limits, found, strict=True):
        reached = trade.reached(Ask(limit), one)
        ys.append(math.inf if reached.y is None else reached.y)
        assert reached.x is None or reached.x <= limit + 1e-6 * max(1.0, limit)
    for tighter, looser in itertools.pairwise(ys):
        assert looser <= tighter + 5e-6 * max(1.0, abs(looser))


def test_the_frontier_of_the_worked_case_is_the_one_worked_out_by_hand():
    org, policy = worked_org(), worked_policy()
    trade = trade_off(org, policy, policy_document(policy))
    found = trace_trade_off(trade, in_this_process(org, policy, trade), 12)
    assert [point.x for point in found.points] == [0, 1, 2]
    assert [point.y for point in found.points] == pytest.approx([63 + 1 / 18, 8 + 8 / 9, 1 + 1 / 9])
    assert found.complete
    assert found.knee is not None
    assert found.knee.at == 1
    assert trade.base == 4


def test_a_limit_of_its_own_ends_the_frontier_unless_it_is_lifted():
    org = worked_org()
    policy = worked_policy(disruption={"budgets": [{"of": "customers", "max": 1}]})
    document = policy_document(policy)
    for beyond, most in ((False, 1), (True, 2)):
        trade = trade_off(org, policy, document, beyond_budget=beyond)
        found = trace_trade_off(trade, in_this_process(org, policy, trade), 12)
        assert [point.x for point in found.points] == list(range(most + 1))
        assert found.complete


@pytest.mark.long
def test_a_goals_own_limit_ends_the_frontier_unless_it_is_lifted():
    org = worked_org()
    lines = [{"goal": "balance"}, {"goal": "disruption", "max": 3.5}, {"goal": "misfit"}]
    policy = worked_policy(goals=lines)
    for beyond, points in ((False, [0, 3]), (True, [0, 3, 4])):
        trade = trade_off(org, policy, policy_document(policy), against="disruption", beyond_budget=beyond)
        found = trace_trade_off(trade, in_this_process(org, policy, trade), 12)
        assert [point.x for point in found.points] == points


def test_a_limit_on_moves_that_the_policy_has_as_a_goal_is_lifted_like_a_budget():
    org = worked_org()
    lines = [{"goal": "balance"}, {"goal": "moves", "weight": 0, "max": 1}, {"goal": "disruption"}, {"goal": "misfit"}]
    policy = worked_policy(goals=lines)
    for beyond, most in ((False, 1), (True, 2)):
        trade = trade_off(org, policy, policy_document(policy), beyond_budget=beyond)
        found = trace_trade_off(trade, in_this_process(org, policy, trade), 12)
        assert [point.x for point in found.points] == list(range(most + 1))


def test_what_is_made_small_together_has_bounds_that_hold(monkeypatch):
    monkeypatch.setattr("scenarios.tracing.trade_off.LARGEST_IN_ORDER", 0)
    org, policy = worked_org(), worked_policy()
    trade = trade_off(org, policy, policy_document(policy))
    assert not trade.in_order
    found = trace_trade_off(trade, in_this_process(org, policy, trade), 12)
    front = true_front(org, policy, trade)
    assert [point.x for point in found.points] == [x for x, _ in front]
    assert [point.y for point in found.points] == pytest.approx([y for _, y in front])
    for x, y in front:
        # below the truth by what a little of x counts, and by no more
        assert y - 0.1 <= found.below(x) <= y + 1e-6
    assert not found.complete


class TestRefusals:
    """What cannot be traced is told in one finding each."""

    def refused(self, policy: Policy | None = None, **options):
        policy = worked_policy() if policy is None else policy
        with pytest.raises(InputRefused) as refusal:
            trade_off(worked_org(), policy, policy_document(policy), **options)
        return [(one.title, one.found) for one in refusal.value.findings]

    def test_goals_and_measures_that_do_not_exist(self):
        assert self.refused(goals=("fairness",), against="moods") == [
            ("There is no such goal to trace", "'fairness'"),
            ("There is neither a measure nor a goal to trace against", "'moods'"),
        ]

    def test_a_goal_the_policy_has_nothing_for(self):
        assert self.refused(goals=("cost",)) == [("The policy has nothing by which to measure the goal 'cost'", "cost")]

    @pytest.mark.parametrize(("goal", "against"), [("balance", "balance"), ("moves", "customers"), ("moves", "moves")])
    def test_a_goal_against_itself(self, goal, against):
        assert self.refused(goals=(goal,), against=against)[0][0] == "A goal cannot be traced against itself"

    def test_the_cost_of_moves_against_a_measure_that_moves(self):
        ((title, _),) = self.refused(goals=("disruption",), against="revenue")
        assert title == "What a move costs cannot be traced against a measure that moves"

    def test_a_limit_on_the_cost_of_moves_beside_a_measure_that_moves(self):
        lines = [{"goal": "balance"}, {"goal": "disruption", "max": 3}, {"goal": "misfit"}]
        ((title, _),) = self.refused(worked_policy(goals=lines), against="revenue")
        assert title.startswith("With a limit on the goal 'disruption'")

    def test_a_measure_that_differs_from_rep_to_rep(self):
        measures = {**policy_document(worked_policy())["measures"], "drive": {"value": "rep.seniority"}}
        ((title, _),) = self.refused(worked_policy(measures=measures), against="drive")
        assert title == "A measure that differs from rep to rep cannot be counted in moves"
