"""The dual and the climb on it: never above the relaxation, close to it, and the same on any number of cores."""

import numpy as np
import pytest

from models.engines.dual import Dual
from models.engines.mip import Effort, solve_program
from models.engines.prices import climb, price
from models.engines.program import Cap, StageTask, program
from models.formulation.build import formulate
from tests.middling import first_stage, middling
from tests.tiny import tiny

POOL = {"pool": {"when": "TRUE", "penalty": "2"}, "goals": [{"goal": "balance"}, {"goal": "travel"}]}
KINDS = {
    "bands, capacity and a budget": {},
    "without move costs": {"goals": [{"goal": "balance"}, {"goal": "travel", "weight": 0.2}]},
    "least and most": {"capacity": [{"measure": "workload", "min": "12%", "max": "20%"}]},
    "a pool": POOL,
    "groups and conflicts": {
        "keep": {
            "groups": [{"name": "large", "when": "customer.revenue > 40", "min": 1, "max": 3}],
            "conflicts": [{"name": "rivals", "customers": ["C0001", "C0002", "C0003"]}],
        }
    },
    "budgets per rep": {
        "disruption": {
            "budgets": [
                {"name": "lost", "of": "revenue", "per": "rep", "side": "lost", "max": "20%"},
                {"name": "gained", "of": "revenue", "per": "rep", "side": "gained", "max": "20%"},
            ]
        }
    },
    "a measure of pairs": {
        "measures": {
            "revenue": "customer.revenue",
            "workload": "customer.workload_hours",
            "effort": "customer.workload_hours + coalesce(rep.lat, 0) / 10",
        },
        "capacity": [{"measure": "effort", "max": 170}],
    },
}


def never(*_):
    return False


def relaxed(task):
    return solve_program(program(task), "glop", Effort(), relaxed=True).bound


def assert_close_to_the_relaxation(task, within):
    """Climb from nothing; tell how far below the relaxation that ends, and that it is not above."""
    value, found = relaxed(task), climb(task, never)
    size = max(1.0, abs(value))
    # solvers are given limits that are a hair wider
    assert found.bound <= value + 1e-4 * size
    assert found.bound >= value - within * size, f"{found.bound} is short of {value}"
    again = price(task, found.rows, found.caps)
    assert again.bound == pytest.approx(found.bound, abs=1e-9 * size)


@pytest.mark.parametrize("kind", KINDS)
def test_the_climb_reaches_the_relaxation(kind):
    assert_close_to_the_relaxation(first_stage(middling(**KINDS[kind])), 2e-4)


def test_rows_without_any_spread_of_costs_are_reached_too():
    problem = middling(balance=[{"measure": "revenue", "tolerance": "0%", "target": 200}]).problem
    assert_close_to_the_relaxation(StageTask(problem, {"balance": 1.0}), 1e-3)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("first", "then", "slack"),
    [
        ({"balance": 1.0}, {"disruption": 1.0, "travel": 0.2}, 1.0),
        ({"disruption": 1.0}, {"balance": 1.0}, 1.2),
        ({"disruption": 1.0}, {"balance": 1.0, "travel": 0.2}, 3.0),
        ({"balance": 1.0, "disruption": 1.0}, {"travel": 1.0}, 2.0),
        ({"travel": 1.0}, {"balance": 1.0, "disruption": 1.0}, 5.0),
    ],
)
def test_caps_of_earlier_stages_have_their_price(first, then, slack, seed):
    problem = middling(seed=seed).problem
    limit = relaxed(StageTask(problem, first)) + slack
    assert_close_to_the_relaxation(StageTask(problem, then, (Cap(first, limit),)), 2e-3)


def test_two_caps_at_once():
    problem = middling().problem
    balance = relaxed(StageTask(problem, {"balance": 1.0})) + 2.0
    caps = (Cap({"balance": 1.0}, balance), Cap({"disruption": 1.0}, 12.0))
    assert_close_to_the_relaxation(StageTask(problem, {"travel": 1.0}, caps), 1e-3)


def below_the_relaxation(seed):
    problem = formulate(*tiny(seed)).problem
    if not problem.n_units or np.diff(problem.start).min() == 0:
        return 0
    task = StageTask(problem, problem.stages[0].weights)
    answer = solve_program(program(task), "glop", Effort(), relaxed=True)
    if answer.duals is None:
        return 0
    later = problem.stages[-1].weights if len(problem.stages) > 1 else {"disruption": 1.0, "travel": 1.0}
    # a cap just above the relaxation, and one far above
    for cap in (None, 1.0 + 0.01 * abs(answer.bound), 1.0 + abs(answer.bound)):
        if cap is None:
            assert_close_to_the_relaxation(task, np.inf)
        else:
            capped = StageTask(problem, later, (Cap(task.weights, answer.bound + cap),))
            assert_close_to_the_relaxation(capped, np.inf)
    return problem.n_aux


def test_on_tiny_orgs_it_is_never_above():
    assert sum(below_the_relaxation(seed) for seed in range(30, 34)) > 0  # variables that count a customer once


@pytest.mark.long
def test_on_a_thousand_tiny_orgs_it_is_never_above():
    assert sum(below_the_relaxation(seed) for seed in range(1000)) > 60


def climbed(monkeypatch, task, cores, per_part):
    monkeypatch.setattr("models.engines.dual.cores", lambda: cores)
    monkeypatch.setattr("models.engines.dual.CANDIDATES_PER_PART", per_part)
    return climb(task, never)


def test_threads_change_no_bit(monkeypatch):
    problem = middling(30, 4, pool={"when": "TRUE", "penalty": "2"}).problem
    cap = Cap({"balance": 1.0}, 40.0)
    for task in (StageTask(problem, {"balance": 1.0, "travel": 0.2}), StageTask(problem, {"travel": 1.0}, (cap,))):
        one, other = (climbed(monkeypatch, task, cores, 40) for cores in (1, 2))
        assert one.bound == other.bound
        assert one.rows.tolist() == other.rows.tolist()
        assert one.caps.tolist() == other.caps.tolist()
        assert one.reduced.tolist() == other.reduced.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_parts_add_up_to_the_whole(monkeypatch, kind):
    task = first_stage(middling(**KINDS[kind]))
    rng = np.random.default_rng(1)
    at = rng.normal(size=task.problem.rows.count)
    y = price(task, at, np.zeros(0)).rows
    seen = []
    for per_part in (10**9, 7):
        monkeypatch.setattr("models.engines.dual.CANDIDATES_PER_PART", per_part)
        with Dual(task) as dual:
            smooth = dual.smoothed(y, np.zeros(0), 0.5)
            least, reduced = dual.reduced(y, np.zeros(0))
            assert dual.exact(y, np.zeros(0)) == least
            seen.append((least, reduced, smooth.least, smooth.shared_cost, smooth.activity))
    for one, other in zip(*seen, strict=True):
        assert one == pytest.approx(other, rel=1e-10, abs=1e-9)
    problem = task.problem
    written = problem.candidate_cost(task.weights) - problem.rows.matrix.T @ y
    least = np.minimum.reduceat(written, problem.start[:-1])
    assert seen[0][1] == pytest.approx(written - least[problem.unit], abs=1e-9)
    # the shares of a unit add up to one, and to the rows what the matrix says
    heat = np.exp(-(written - least[problem.unit]) / 0.5)
    share = heat / np.add.reduceat(heat, problem.start[:-1])[problem.unit]
    assert seen[0][4] == pytest.approx(problem.rows.matrix @ share, rel=1e-9, abs=1e-9)


def test_a_climb_that_begins_with_a_sample_proves_as_much(monkeypatch):
    task = first_stage(middling(200, 8))
    whole = climb(task, never)
    monkeypatch.setattr("models.engines.ascent.SAMPLE_FROM", 100)
    monkeypatch.setattr("models.engines.ascent.SAMPLED", 200)
    sampled = climb(task, never)
    assert sampled.rows.tolist() != whole.rows.tolist()
    assert sampled.bound == pytest.approx(whole.bound, rel=1e-3)
    assert sampled.bound <= relaxed(task) * (1 + 1e-5)


def test_a_sample_of_every_unit_is_the_whole():
    task = first_stage(middling(**POOL))
    zero, y = np.zeros(0), np.zeros(task.problem.rows.count)
    every = np.arange(task.problem.n_units)
    with Dual(task) as whole, Dual(task, every) as sample, Dual(task, every[::2]) as half:
        assert sample.exact(y, zero) == pytest.approx(whole.exact(y, zero))
        one, other = whole.smoothed(y, zero, 0.3), sample.smoothed(y, zero, 0.3)
        assert one.activity == pytest.approx(other.activity)
        assert half.smoothed(y, zero, 0.3).activity.sum() == pytest.approx(one.activity.sum(), rel=0.5)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3, 1e9, 1e200, 1e308])
def test_prices_from_anywhere_to_begin_with_prove_nothing_wrong(size):
    task = first_stage(middling())
    rng = np.random.default_rng(3)
    drawn = size * rng.uniform(-1, 1, size=task.problem.rows.count)
    with np.errstate(over="ignore", invalid="ignore"):
        first = price(task, drawn, np.zeros(0))
        found = climb(task, never, first)
    assert found.bound <= relaxed(task) * (1 + 1e-5)
    nothing = price(task, np.zeros_like(drawn), np.zeros(0))
    assert found.bound >= nothing.bound - 1e-6
    assert (found.reduced >= 0).all()
