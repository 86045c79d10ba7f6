"""Every method solves the same problem: the same optimum, no bound above it, and rules of thumb that keep the rules."""

import numpy as np
import pytest

from models.check import judge
from models.engines.mip import Effort, solve_program
from models.engines.program import StageTask, program
from models.formulation.build import formulate
from models.valuation import evaluate
from planner.bench.methods import METHODS
from planner.bench.question import Asked
from planner.bench.rules import _Books, _largest_first, greedy_choice, round_robin_choice
from planner.bench.solvers import _HIGHS_PROGRESS
from planner.generate import generate
from planner.project import load

PROVERS = [name for name, method in METHODS.items() if name not in ("greedy", "round-robin") and not method.bound_only]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench") / "small"
    generate(folder, customers=20, reps=5, seed=1, preset="bench-soft")
    return load(folder)


def task_of(project):
    problem = formulate(project.org, project.policy).problem
    return StageTask(problem, problem.stages[0].weights)


def answered(project, name, seconds=20.0):
    told = []
    asked = Asked(project.org, project.policy, seconds, threads=2, seed=1)
    answer = METHODS[name].load()(asked, lambda objective, seconds=None: told.append(objective))
    return answer, told


@pytest.fixture(scope="module")
def optimum(small):
    answer, _ = answered(small, "highs")
    return judge(small.org, small.policy, answer.assignment).objective


@pytest.mark.parametrize("name", PROVERS)
def test_every_solver_proves_the_same_optimum(small, optimum, name):
    answer, told = answered(small, name)
    judgement = judge(small.org, small.policy, answer.assignment)
    assert judgement.feasible
    # CP-SAT counts in thousandths of a point, for each of 20 amounts
    assert judgement.objective == pytest.approx(optimum, abs=0.1 if name == "cpsat" else 1e-4)
    assert optimum - 0.2 <= answer.bound <= optimum + 1e-4
    assert all(objective >= optimum - 0.1 for objective in told)


def test_the_bound_of_the_relaxation_is_valid_and_close(small, optimum):
    answer, _ = answered(small, "pdlp")
    assert answer.assignment is None
    exact = solve_program(program(task_of(small)), "glop", Effort(), relaxed=True).bound
    assert answer.bound <= optimum
    assert answer.bound == pytest.approx(exact, rel=1e-5)


def test_a_solver_that_has_no_time_says_so_and_nothing_is_lost(small):
    answer, _ = answered(small, "highs", seconds=0.01)
    assert answer.assignment is None or judge(small.org, small.policy, answer.assignment).feasible


@pytest.mark.parametrize("variant", ["soft", "budget", "three", "families"])
def test_greedy_beats_round_robin_and_both_keep_hard_rules(tmp_path, variant):
    generate(tmp_path / "org", customers=200, reps=12, seed=3, preset=f"bench-{variant}")
    task = task_of(load(tmp_path / "org"))
    greedy, dealt = (evaluate(task.problem, choose(task)) for choose in (greedy_choice, round_robin_choice))
    assert greedy.feasible
    assert dealt.feasible
    assert greedy.value(task.weights) < dealt.value(task.weights)


def test_greedy_keeps_tight_capacities_where_the_cheapest_would_not(tmp_path):
    generate(tmp_path / "jobs", customers=100, reps=5, seed=1, preset="gap-d")
    task = task_of(load(tmp_path / "jobs"))
    cheapest = _largest_first(task, task.problem.candidate_cost(task.weights))
    assert not evaluate(task.problem, cheapest).feasible
    assert evaluate(task.problem, greedy_choice(task)).feasible


def test_greedy_counts_the_points_that_a_choice_really_has(small):
    task = task_of(small)
    problem, books = task.problem, _Books(task)
    cost = problem.candidate_cost(task.weights)
    rows = problem.rows
    total = task.weights["balance"] * float((np.maximum(rows.lower, 0.0) * rows.under_points).sum())  # all books empty
    choice = greedy_choice(task)
    for unit in range(problem.n_units):
        first, last = int(problem.start[unit]), int(problem.start[unit + 1])
        _, points = books.added(first, last)
        total += float(points[choice[unit] - first] + cost[choice[unit]])
        books.take(int(choice[unit]))
    assert total == pytest.approx(evaluate(problem, choice).value(task.weights))


def test_round_robin_deals_alike_where_everybody_may_own_everything(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\n" + "".join(f"C{number}\n" for number in range(9)))
    (tmp_path / "reps.csv").write_text("rep_id\nA\nB\nC\n")
    (tmp_path / "planner.yaml").write_text(
        "version: 1\npolicy:\n  capacity: [{measure: customers, max: 9}]\n  goals: [{goal: disruption}]\n"
    )
    task = task_of(load(tmp_path))
    reps = task.problem.rep[round_robin_choice(task)]
    assert reps.tolist() == [0, 1, 2] * 3


def test_round_robin_passes_over_who_is_full(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\n" + "".join(f"C{number}\n" for number in range(9)))
    (tmp_path / "reps.csv").write_text("rep_id,most\nA,1\nB,9\nC,9\n")
    (tmp_path / "planner.yaml").write_text(
        "version: 1\npolicy:\n  capacity: [{measure: customers, max: rep.most}]\n  goals: [{goal: disruption}]\n"
    )
    task = task_of(load(tmp_path))
    reps = task.problem.rep[round_robin_choice(task)]
    assert np.bincount(reps).tolist() == [1, 4, 4]


@pytest.mark.parametrize(
    ("line", "objective"),
    [
        (
            " L       0       0         0   0.00%   5993.063006     6008.879293        0.26%      480",
            "6008.879293",
        ),
        ("         0       0         0   0.00%   -inf            6120.5          Large        0      0", "6120.5"),
        ("         0       0         0   0.00%   5000.0          inf                  inf      0      0", None),
        ("  Gap               0.24% (tolerance: 0.01%)", None),
    ],
)
def test_the_progress_of_highs_is_read_from_its_table_only(line, objective):
    seen = _HIGHS_PROGRESS.search(line)
    assert (seen and seen.group(1)) == objective
