"""Tracing a frontier: every point of made-up fronts is found, and the band never leaves the truth outside."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenarios.tracing.frontier import Ask, Frontier, Reached, trace

CONVEX = [(0, 64), (1, 32), (2, 16), (3, 8), (4, 4), (6, 1)]
HOLLOW = [(0, 10), (4, 9), (5, 5), (9, 4.5), (10, 0)]
STEEP = [(0, 100), (1, 3), (50, 1)]


class World:
    """Finitely many plans; answers questions exactly, or with plans and bounds that are off by some slack."""

    def __init__(self, plans, slack=lambda ask: 0.0, worse=lambda ask: 0):
        self.plans, self.slack, self.worse = sorted(plans), slack, worse
        self.batches = []

    def solve(self, asks):
        self.batches.append(len(asks))
        return [self.answer(ask) for ask in asks]

    def answer(self, ask):
        within = [plan for plan in self.plans if ask.limit is None or plan[0] <= ask.limit]
        if not within:
            return Reached(None, None, math.inf, "infeasible")
        if ask.least:
            x, y = min(within)
            return Reached(x, y, y - self.slack(ask), "feasible", least_x=x)
        ranked = sorted(within, key=lambda plan: (plan[1], plan[0]))
        found = ranked[min(self.worse(ask), len(ranked) - 1)]
        return Reached(found[0], found[1], ranked[0][1] - self.slack(ask), "feasible")


def pareto(plans):
    front = []
    for plan in sorted(plans):
        if not front or plan[1] < front[-1][1]:
            front.append(plan)
    return front


def coordinates(frontier: Frontier):
    return [(point.x, point.y) for point in frontier.points]


@pytest.mark.parametrize("front", [CONVEX, HOLLOW, STEEP, [(3, 3)], [(0, 2), (1, 1)]])
@pytest.mark.parametrize("at_once", [1, 4])
def test_every_point_is_found_and_called_complete(front, at_once):
    beaten = [(x + 1, y + 0.5) for x, y in front]
    found = trace(World(front + beaten).solve, 100, whole=True, at_once=at_once)
    assert coordinates(found) == front
    assert found.complete
    assert found.stopped_by == "complete"
    assert found.status == "feasible"


def test_points_that_no_weighing_of_the_two_would_find_are_found():
    # (4, 9) and (9, 4.5) lie above the chord between the ends
    assert {(4, 9), (9, 4.5)} <= set(coordinates(trace(World(HOLLOW).solve, 100)))


def test_the_ends_come_first_and_then_the_middle():
    world = World(CONVEX)
    asked = []
    trace(lambda asks: asked.extend(asks) or world.solve(asks), 100, whole=True, at_once=1)
    assert asked[:3] == [Ask(), Ask(least=True), Ask(3.0)]


def test_no_more_points_than_were_asked_for():
    plans = [(x, 1000 / (1 + x)) for x in range(200)]
    found = trace(World(plans).solve, 9, whole=True)
    assert len(found.points) == 9
    assert not found.complete
    assert found.stopped_by == "points"
    # the middle of what was uncertain, not the first ones
    assert found.points[-2].x > 20


def test_the_same_number_of_questions_at_once_gives_the_same_points():
    plans = [(x, 1000 / (1 + x)) for x in range(200)]
    one, other = World(plans), World(plans)
    assert trace(one.solve, 9, whole=True) == trace(lambda asks: list(map(other.answer, asks)), 9, whole=True)
    assert max(one.batches) == 4


def test_where_no_plan_exists_there_is_no_frontier():
    found = trace(World([]).solve, 5)
    assert (found.status, found.points, found.stopped_by) == ("infeasible", (), "infeasible")


def test_where_none_was_found_nothing_is_claimed():
    found = trace(lambda asks: [Reached(None, None, -math.inf, "no_plan")] * len(asks), 5)
    assert (found.status, found.points, found.complete) == ("no_plan", (), False)


def test_what_was_found_before_an_interruption_is_kept():
    world, asked = World(CONVEX), []
    found = trace(
        lambda asks: asked.extend(asks) or world.solve(asks),
        100,
        whole=True,
        stopped=lambda: "interrupted" if len(asked) >= 3 else None,
    )
    assert found.stopped_by == "interrupted"
    assert {(0, 64), (6, 1)} < set(coordinates(found))


def test_a_batch_that_was_cut_short_is_no_trouble():
    world, cut = World(CONVEX), []

    def solve(asks):
        cut.append(len(asks))
        return world.solve(asks[:1])

    found = trace(solve, 100, stopped=lambda: "time limit" if len(cut) > 1 else None)
    assert (6, 1) in coordinates(found)


def test_bounds_that_prove_little_end_after_a_bounded_number_of_questions():
    world = World(CONVEX, slack=lambda ask: 30.0)
    found = trace(world.solve, 12)
    assert found.stopped_by == "work"
    assert found.solves <= 4 * 12 + 3
    assert not found.complete


def test_a_limit_below_which_no_plan_exists_is_remembered():
    class Careless(World):
        def answer(self, ask):
            told = super().answer(ask)
            return Reached(told.x, told.y, told.bound, told.status) if ask.least else told

    found = trace(Careless([(5, 3), (9, 1)]).solve, 100, whole=True)
    assert coordinates(found) == [(5, 3), (9, 1)]
    # nobody proved that there is nothing to the left of the first point
    assert not found.complete


class TestKnee:
    """The point farthest below the chord."""

    def test_is_where_the_frontier_bends_most(self):
        found = trace(World(STEEP).solve, 100, whole=True)
        assert found.knee is not None
        assert (found.knee.at, found.knee.before) == (1, 97)
        assert found.knee.after == pytest.approx(2 / 49)
        assert found.knee.distance == pytest.approx((1 - 1 / 50 - 2 / 99) / math.sqrt(2))

    def test_is_told_by_what_was_bought_on_average_up_to_it_and_beyond(self):
        found = trace(World([(0, 10), (1, 6), (2, 3), (3, 1), (5, 0)]).solve, 100, whole=True)
        assert found.knee is not None
        assert (found.knee.at, found.knee.before, found.knee.after) == (2, 3.5, 1.0)

    def test_of_equals_is_the_one_that_changes_less(self):
        found = trace(World([(0, 4), (1, 2), (2, 1), (4, 0)]).solve, 100, whole=True)
        assert found.knee is not None
        assert found.knee.at == 1

    @pytest.mark.parametrize("front", [[(0, 1), (1, 0)], [(0, 3), (1, 2), (2, 1)], [(0, 10), (9, 9), (10, 0)]])
    def test_is_none_on_a_straight_or_bulging_frontier(self, front):
        assert trace(World(front).solve, 100, whole=True).knee is None

    def test_exchange_rates_are_those_between_neighbours(self):
        assert trace(World(CONVEX).solve, 100, whole=True).rates == (32, 16, 8, 4, 1.5)


plans_of = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=30)
unreliable = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=1, max_size=12)


@settings(deadline=None)
@given(plans_of, st.integers(1, 5))
def test_any_finite_set_of_plans_gives_exactly_its_pareto_front(plans, at_once):
    found = trace(World(plans).solve, 200, whole=True, at_once=at_once)
    assert coordinates(found) == pareto(plans)
    assert found.complete
    for point in found.points:
        assert point.proven


@settings(deadline=None)
@given(plans_of, st.floats(0.001, 1000))
def test_real_amounts_of_any_size_too(plans, size):
    found = trace(World([(x * size, y * size) for x, y in plans]).solve, 200)
    assert coordinates(found) == [(x * size, y * size) for x, y in pareto(plans)]
    assert found.complete


@settings(deadline=None)
@example([(0, 1), (1, 0), (2, 0)], [(0, 1)], True, 3)  # at most 1 allows (1, 0), and only (0, 1) is found
@given(plans_of, unreliable, st.booleans(), st.integers(2, 20))
def test_the_truth_is_within_the_band_however_loose_bounds_and_plans_are(plans, noise, whole, points):
    def draw(ask, what):
        return noise[int(ask.limit or 0) % len(noise)][what]

    world = World(plans, slack=lambda ask: float(draw(ask, 0)), worse=lambda ask: draw(ask, 1))
    found = trace(world.solve, points, whole=whole)
    front = pareto(plans)
    for x in range(-1, 42):
        truth = min((y for at, y in front if at <= x), default=math.inf)
        assert found.below(x) <= truth <= found.above(x)
    assert not found.complete or coordinates(found) == front
    # points fall as they should
    for one, other in pairwise(found.points):
        assert one.x < other.x
        assert one.y > other.y
    assert list(found.lower) == sorted(found.lower, reverse=True)
    assert list(found.lower_to) == sorted(found.lower_to)
