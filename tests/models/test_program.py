"""Programs: the same stage for every solver, in its own numbers or in whole ones."""

import numpy as np
import pytest

from models.engines.mip import Effort, solve_program
from models.engines.program import Cap, StageTask, program
from models.engines.second_opinion import solve_with_cbc
from models.engines.whole_numbers import in_whole_numbers
from models.formulation.build import formulate
from models.policy import Policy
from models.solve import ENGINES, solve
from models.valuation import evaluate
from tests.middling import first_stage, middling
from tests.tables import org_of
from tests.tiny import tiny
from tests.worked import OPTIMUM, worked_org, worked_policy

SOLVERS = ("highs", "scip", "cpsat")


@pytest.fixture(scope="module")
def worked():
    return formulate(worked_org(), worked_policy())


def names(formulation, choice):
    return " ".join(str(formulation.org.rep_ids[r]) for r in formulation.problem.rep[choice])


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_solver_finds_the_plan_of_the_worked_case(worked, solver):
    written = program(first_stage(worked))
    answer = solve_program(written, solver, Effort())
    assert answer.state == "optimal"
    assert answer.bound == pytest.approx(107 / 9, abs=1e-6)
    assert names(worked, written.choice(answer.values)) == OPTIMUM


def test_cbc_finds_it_too(worked):
    written = program(first_stage(worked))
    answer = solve_with_cbc(written, Effort())
    assert answer.state == "optimal"
    assert answer.bound == pytest.approx(107 / 9, abs=1e-6)
    assert names(worked, written.choice(answer.values)) == OPTIMUM


@pytest.mark.parametrize("solver", [*SOLVERS, "cbc"])
def test_every_solver_proves_that_there_is_no_plan(solver):
    capacity = [{"measure": "workload", "max": "rep.capacity_workload_hours"}, {"measure": "customers", "min": 2}]
    written = program(first_stage(formulate(worked_org(), worked_policy(capacity=capacity))))
    answer = solve_with_cbc(written, Effort()) if solver == "cbc" else solve_program(written, solver, Effort())
    assert answer.state == "infeasible"
    assert answer.values is None


def test_cbc_proves_it_where_only_whole_customers_do_not_fit():
    org, policy = tiny(5079)
    answer = solve_with_cbc(program(first_stage(formulate(org, policy))), Effort())
    assert answer.state == "infeasible"


def test_the_values_of_a_plan_satisfy_the_program(worked):
    task = first_stage(worked)
    written = program(task)
    choice = greedy_like(worked)
    values = written.hint(task.problem, choice)
    activity = written.matrix @ values
    tolerance = 1e-9
    rows = worked.problem.rows
    hard = np.r_[np.ones(worked.problem.n_units, bool), ~rows.soft]
    feasible = evaluate(task.problem, choice).feasible
    inside = (activity >= written.row_lower - tolerance) & (activity <= written.row_upper + tolerance)
    assert inside[~hard].all()
    assert inside.all() == feasible
    assert written.cost @ values == pytest.approx(evaluate(task.problem, choice).value(task.weights))
    assert written.choice(values).tolist() == choice.tolist()


def greedy_like(formulation):
    """Give everybody its first candidate: ana, ana, ana, ana, bob, bob."""
    return formulation.problem.start[:-1].copy()


def test_a_cap_of_an_earlier_stage_holds(worked):
    balance = {"balance": 1.0}
    cap = Cap(balance, 10 / 9)
    task = StageTask(worked.problem, {"disruption": 1.0, "misfit": 1.0}, (cap,))
    for solver in SOLVERS:
        written = program(task)
        answer = solve_program(written, solver, Effort())
        assert answer.bound == pytest.approx(14, abs=1e-6)
        assert task.allows(evaluate(worked.problem, written.choice(answer.values)))


def test_an_elastic_program_breaks_as_little_as_possible():
    capacity = [{"measure": "workload", "max": "rep.capacity_workload_hours"}, {"measure": "customers", "min": 2}]
    formulation = formulate(worked_org(), worked_policy(capacity=capacity))
    written = program(first_stage(formulation), elastic=True)
    answer = solve_program(written, "highs", Effort())
    valuation = evaluate(formulation.problem, written.choice(answer.values))
    # eve has one customer too few (half of the limit of 2), rather than 30 hours of 50 too many
    assert np.count_nonzero(valuation.excess) == 1
    assert valuation.excess.max() == pytest.approx(1)


def test_limits_that_cross_leave_no_plan(worked):
    capacity = [{"measure": "workload", "min": 50, "max": 40}]
    crossing = formulate(worked_org(), worked_policy(capacity=capacity))
    answer = solve_program(program(first_stage(crossing)), "highs", Effort())
    assert answer.state == "infeasible"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hair_beyond_a_limit_is_within_it_for_every_engine(engine):
    customers = [{"customer_id": f"C{k}", "owner_id": "ana", "hours": 5.0} for k in range(3)]
    document = {
        "measures": {"workload": "customer.hours"},
        "capacity": [{"measure": "workload", "max": 9.999999}],
        "balance": [{"measure": "customers"}],
        "disruption": {"budgets": [{"of": "customers", "max": "33.333333%"}]},
        "goals": [{"goal": "balance"}],
    }
    plan = solve(
        org_of(customers, [{"rep_id": "ana"}, {"rep_id": "bob"}]), Policy.model_validate(document), engine=engine
    )
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(200 / 3)


def test_whole_numbers_lose_nothing_that_counts():
    task = first_stage(middling())
    written = program(task)
    whole = in_whole_numbers(written)
    for part in (whole.program.cost, whole.program.matrix.data, whole.program.upper):
        assert np.equal(part, np.round(part)).all()
    finite = np.isfinite(whole.program.row_upper)
    assert np.equal(whole.program.row_upper[finite], np.round(whole.program.row_upper[finite])).all()
    assert np.abs(whole.program.matrix).sum(axis=1).max() < 2.0**53
    assert whole.error / whole.factor < 1e-6


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_every_plan_is_one_in_whole_numbers_at_no_more_than_its_cost(seed):
    problem = formulate(*tiny(seed)).problem
    width = np.diff(problem.start)
    if width.min(initial=1) == 0:
        return
    task = StageTask(problem, problem.stages[0].weights)
    written = program(task)
    whole = in_whole_numbers(written)
    rng = np.random.default_rng(seed)
    for _ in range(10):
        choice = problem.start[:-1] + (rng.random(len(width)) * width).astype(int)
        valuation = evaluate(problem, choice)
        values = whole.hint(written.hint(problem, choice))
        activity = whole.program.matrix @ values
        inside = (activity >= whole.program.row_lower) & (activity <= whole.program.row_upper)
        assert inside.all() or not valuation.feasible
        value = valuation.value(task.weights)
        assert whole.bound(whole.program.cost @ values) <= value + 1e-9 * max(1.0, abs(value))


def test_a_row_of_customers_counted_once_keeps_its_numbers_near_one():
    customers = [{"customer_id": "C1", "owner_id_sales": "ana", "owner_id_service": "eve", "revenue": 4000.0}]
    reps = [
        {"rep_id": rep, "role": role}
        for rep, role in (("ana", "sales"), ("bob", "sales"), ("eve", "service"), ("kim", "service"))
    ]
    document = {
        "measures": {"revenue": "customer.revenue"},
        "roles": {"sales": {}, "service": {}},
        "disruption": {"budgets": [{"of": "revenue", "max": "0%"}]},
    }
    written = program(first_stage(formulate(org_of(customers, reps), Policy.model_validate(document))))
    assert np.abs(written.matrix.data).max() == 1
