"""Search in blocks of reps, and neighbourhoods solved anew: on any number of cores the same, and within every limit."""

import dataclasses

import numpy as np
import pytest

from models.engines.incumbent import Incumbent
from models.engines.neighbourhood import Neighbourhoods, Rounds
from models.engines.pace import Effort
from models.engines.program import Cap, StageTask
from models.engines.search import COMBINING_STEPS, _Chain, greedy, search
from models.formulation.build import formulate
from models.policy import Policy
from models.valuation import evaluate
from tests.middling import first_stage, middling_org, middling_policy
from tests.tables import org_of
from tests.tiny import tiny

SHARED = {
    "a budget of the company": {},
    "limits of teams": {"capacity": [{"measure": "workload", "per": "team", "max": {"red": 1200, "blue": 1300}}]},
    "limits of regions": {
        "pool": {"when": "TRUE", "penalty": "3"},
        "capacity": [{"measure": "workload", "per": "region", "min": {"west": 300}}],
    },
    "families, conflicts and groups": {
        "keep": {
            "families": "together",
            "groups": [{"name": "large", "when": "customer.revenue > 40", "per": "team", "max": 18}],
            "conflicts": [{"name": "rivals", "customers": ["C0001", "C0002", "C0003", "C0004"]}],
        }
    },
    "two roles": {
        "roles": {"sales": {}, "service": {"when": "customer.revenue > 25", "same": "team"}},
        "capacity": [{"measure": "workload", "per": "team", "max": {"red": 2400}, "role": "all"}],
    },
    "customers counted once": {
        "roles": {"sales": {}, "service": {"when": "customer.revenue > 15"}},
        "keep": {
            "families": "together",
            "groups": [{"name": "large", "when": "customer.revenue > 30", "per": "team", "min": 20, "max": 48}],
        },
        "disruption": {
            "budgets": [
                {"name": "moved", "of": "customers", "max": "40%"},
                {"name": "lost", "of": "revenue", "per": "team", "side": "lost", "max": "20%"},
                {"name": "gained", "of": "customers", "per": "team", "side": "gained", "max": "20%"},
                {"name": "gained by each", "of": "customers", "per": "rep", "side": "gained", "max": "60%"},
            ]
        },
    },
}


def org_with_teams(customers=150, reps=12, seed=1):
    org = middling_org(customers, reps, seed)
    org.customers["region"] = np.where(np.arange(customers) % 3 == 0, "west", "east")
    org.customers["family_id"] = [f"F{at // 2}" if at % 5 == 0 else None for at in range(customers)]
    org.reps["team"] = np.where(np.arange(reps) % 2 == 0, "red", "blue")
    org.reps["role"] = np.where(np.arange(reps) % 4 < 2, "sales", "service")
    org.customers["owner_id_service"] = [f"R{(at % 3) * 4 + 2 + at % 2:03d}" for at in range(customers)]
    given = dict(org.given)
    given["customers"] = given["customers"] | {"region", "family_id", "owner_id_service"}
    given["reps"] = given["reps"] | {"team", "role"}
    return dataclasses.replace(org, given=given)


def stage_of(kind):
    sections = {"eligibility": {"nearest": 6}, "capacity": [], **SHARED[kind]}
    if "pool" in sections:
        sections["goals"] = [{"goal": "balance"}, {"goal": "disruption"}, {"goal": "travel"}, {"goal": "pool"}]
    return first_stage(formulate(org_with_teams(), middling_policy(**sections)))


@pytest.fixture
def blocks(monkeypatch):
    """Cut small orgs into blocks, too."""
    monkeypatch.setattr("models.engines.search.ALONE", 0)
    monkeypatch.setattr("models.engines.search.UNITS_PER_BLOCK", 50)
    monkeypatch.setattr("models.engines.search.STEPS", 40)
    return monkeypatch


@pytest.mark.parametrize("kind", SHARED)
def test_limits_that_blocks_share_hold_in_the_end(blocks, kind):
    task = stage_of(kind)
    first = greedy(task)
    found = search(task, first, Effort(1500))
    valuation = evaluate(task.problem, found)
    assert valuation.feasible
    if evaluate(task.problem, first).feasible:
        assert valuation.value(task.weights) < evaluate(task.problem, first).value(task.weights)
    again = search(task, found, Effort(200), seed=4)
    assert evaluate(task.problem, again).feasible
    assert evaluate(task.problem, again).value(task.weights) <= valuation.value(task.weights)


@pytest.mark.parametrize("kind", SHARED)
def test_blocks_find_the_same_on_any_number_of_cores(blocks, kind):
    task = stage_of(kind)
    found = []
    for cores in (1, 2, 4):
        blocks.setattr("models.engines.search.cores", lambda cores=cores: cores)
        found.append(search(task, greedy(task), Effort(300)).tolist())
    assert found[0] == found[1] == found[2]


def test_a_cap_that_blocks_share_holds_in_the_end(blocks):
    task = stage_of("a budget of the company")
    good = search(task, greedy(task), Effort(1500))
    cap = Cap({"balance": 1.0}, evaluate(task.problem, good).goals["balance"] * 1.5)
    later = StageTask(task.problem, {"travel": 1.0}, (cap,))
    found = search(later, good, Effort(1500))
    valuation = evaluate(task.problem, found)
    assert later.allows(valuation)
    assert valuation.goals["travel"] < evaluate(task.problem, good).goals["travel"]


@pytest.mark.parametrize(
    "kind", ["a budget of the company", "limits of teams", "limits of regions", "customers counted once"]
)
def test_no_block_takes_what_is_left_for_another(blocks, kind):
    # so dear that no gain pays for it: from a plan that keeps every row, no step may break one
    task = stage_of(kind)
    start = search(task, greedy(task), Effort(300))
    assert evaluate(task.problem, start).feasible
    look, broken = _Chain._look, []

    def watched(chain):
        broken.append(not evaluate(task.problem, chain.chosen).feasible)
        look(chain)

    blocks.setattr("models.engines.search._Chain._look", watched)
    dear = np.full(task.problem.rows.count, 1e9)
    free = StageTask(task.problem, {"travel": 1.0, "balance": 0.1})
    found = search(free, start, Effort(400), prices=dear)
    assert len(broken) == 40 + COMBINING_STEPS
    assert not any(broken)
    assert evaluate(task.problem, found).value(free.weights) < evaluate(task.problem, start).value(free.weights)


BOOKS = {"capacity": [], "disruption": {}}
PAIRS = {
    **BOOKS,
    "measures": {
        "revenue": "customer.revenue",
        "workload": "customer.workload_hours * (1 + length(rep.rep_id || customer.customer_id) / 10 + rep.lat / 90)",
    },
    "balance": [{"measure": "workload", "target": 230, "tolerance": "1%"}, {"measure": "revenue", "tolerance": "1%"}],
}


def soft_stage(sections):
    goals = [{"goal": "balance"}, {"goal": "disruption"}, {"goal": "travel"}, {"goal": "pool"}]
    policy = middling_policy(pool={"when": "TRUE", "penalty": "3"}, goals=goals, eligibility={"nearest": 6}, **sections)
    return first_stage(formulate(org_with_teams(80, 8), policy))


@pytest.mark.parametrize("sections", [BOOKS, PAIRS], ids=["books", "single coefficients"])
def test_the_search_believes_of_every_change_what_it_is_worth(blocks, sections):
    # cold from the first proposal, with soft rows only: a change that is accepted may never make the plan worse
    blocks.setattr("models.engines.search.ALONE", 10_000)
    goals = [{"goal": "balance"}, {"goal": "disruption"}, {"goal": "travel"}, {"goal": "pool"}]
    policy = middling_policy(pool={"when": "TRUE", "penalty": "3"}, goals=goals, eligibility={"nearest": 6}, **sections)
    task = first_stage(formulate(org_with_teams(80, 8), policy))
    for seed, per_unit in ((1, 5.0), (2, 40.0), (3, 400.0)):
        kernel, steps = exact_steps(blocks)
        search(task, task.problem.start[:-1].copy(), Effort(per_unit, heat=0.0), chains=1, seed=seed)
        blocks.setattr("models.engines.annealing_kernels.anneal", kernel)
        values = [evaluate(task.problem, choice).value(task.weights) for _, choice, _ in steps]
        assert len(set(values)) > 5
        assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("sections", [BOOKS, PAIRS], ids=["books", "single coefficients"])
def test_after_many_changes_the_search_still_knows_the_books(monkeypatch, sections):
    # one call of the kernel that cools to nothing: with a wrong account of the rows it would end beside an optimum
    for name, value in (("STEPS", 1), ("COLD_STEPS", 0), ("COOLING", 1e-9)):
        monkeypatch.setattr(f"models.engines.search.{name}", value)
    task = soft_stage(sections)
    problem = task.problem
    _, steps = exact_steps(monkeypatch)
    search(task, problem.start[:-1].copy(), Effort(3000, heat=1.0), chains=1)
    ((_, ended, accepted),) = steps
    assert accepted > 5_000
    value = evaluate(problem, ended).value(task.weights)
    for u in range(problem.n_units):
        for e in range(problem.start[u], problem.start[u + 1]):
            other = ended.copy()
            other[u] = e
            assert evaluate(problem, other).value(task.weights) >= value - 1e-9


@pytest.mark.parametrize("first", range(0, 40, 20))
def test_cold_changes_never_make_a_tiny_plan_worse(monkeypatch, first):
    """Every kind of row at a price: from one step to the next the kernel's own account never goes up."""
    monkeypatch.setattr("models.engines.search.STEPS", 60)
    for seed in range(first, first + 20):
        problem = formulate(*tiny(seed)).problem
        if not problem.n_units or np.diff(problem.start).min() == 0:
            continue
        # hard rows become soft ones, so that the value of a plan is all that counts
        points = [dataclasses.replace(one, **at_a_price(one)) for one in problem.blocks]
        soft = dataclasses.replace(problem, blocks=tuple(points))
        task = StageTask(soft, {**problem.stages[0].weights, "balance": 1.0})
        kernel, steps = exact_steps(monkeypatch)
        # a handful of proposals a step, so that none can hide behind another
        per_step = 8.0 / problem.n_units
        search(task, problem.start[:-1].copy(), Effort(per_step * 60, heat=0.0), chains=1)
        for before, after, accepted in steps:
            value = [evaluate(soft, choice).value(task.weights) for choice in (before, after)]
            room = 1e-7 * max(1.0, abs(value[0]))
            assert value[1] <= value[0] + room, f"tiny({seed})"
            assert accepted or before.tolist() == after.tolist()
        monkeypatch.setattr("models.engines.annealing_kernels.anneal", kernel)


def at_a_price(block):
    if block.kind == "balance":
        return {}
    points = 10.0 / np.maximum(1.0, block.scale)
    return {"over_points": points, "under_points": points}


def exact_steps(monkeypatch):
    """Look at the choice before and after each call of the kernel."""
    from models.engines import annealing_kernels

    kernel, seen = annealing_kernels.anneal, []

    def watched(*arguments):
        chosen = arguments[25]
        before = chosen.copy()
        accepted = kernel(*arguments)
        seen.append((before, chosen.copy(), accepted))
        return accepted

    monkeypatch.setattr("models.engines.annealing_kernels.anneal", watched)
    return kernel, seen


def improved(monkeypatch, task, cores, start):
    monkeypatch.setattr("models.engines.neighbourhood.cores", lambda: cores)
    best = Incumbent(task, start)
    values = [best.value]
    keep = np.ones(task.problem.n_candidates, dtype=bool)
    Neighbourhoods(best, keep, seed=2).run(
        Rounds(2, 60), lambda: None, lambda: False, lambda: values.append(best.value)
    )
    assert values == sorted(values, reverse=True)
    assert task.allows(evaluate(task.problem, best.choice))
    return best


@pytest.mark.parametrize("kind", SHARED)
def test_neighbourhoods_improve_within_every_limit_and_the_same_on_two_cores(monkeypatch, kind):
    task = stage_of(kind)
    start = search(task, greedy(task), Effort(40))
    assert evaluate(task.problem, start).feasible
    one, two = (improved(monkeypatch, task, cores, start) for cores in (1, 2))
    assert one.choice.tolist() == two.choice.tolist()
    assert one.value < evaluate(task.problem, start).value(task.weights)


def test_neighbourhoods_keep_caps(monkeypatch):
    task = stage_of("a budget of the company")
    start = search(task, greedy(task), Effort(300))
    cap = Cap({"balance": 1.0}, evaluate(task.problem, start).goals["balance"] * 1.05)
    later = StageTask(task.problem, {"travel": 1.0}, (cap,))
    best = improved(monkeypatch, later, 2, start)
    assert best.value < evaluate(task.problem, start).goals["travel"]
    assert evaluate(task.problem, best.choice).goals["balance"] <= cap.limit + 2 * cap.tolerance


def test_a_unit_that_may_go_nowhere_else_is_left_alone(monkeypatch):
    reps = [{"rep_id": one, "regions": one} for one in ("west", "east")]
    customers = [{"customer_id": f"C{at}", "region": ("west", "east")[at % 2]} for at in range(6)]
    policy = Policy.model_validate(
        {"eligibility": {"region": "same"}, "balance": [{"measure": "customers"}], "goals": [{"goal": "balance"}]}
    )
    task = first_stage(formulate(org_of(customers, reps), policy))
    best = improved(monkeypatch, task, 2, greedy(task))
    assert best.choice.tolist() == list(range(6))
