"""What is said of plans by hand holds for every kind of org and policy, judged by the checker and by every plan."""

import contextlib

import numpy as np
import pytest

from models.account import account_for
from models.check import Judge
from models.findings import InputRefused
from models.plan import POOLED, UNNEEDED, Assignment
from models.solve import solve
from planner.by_hand.adoption import adopt
from planner.by_hand.trial import try_moves
from planner.run_folder import load_record, open_run, read_assignment
from planner.verification import verify_run
from planner.write.run import About, write_run
from tests.oracle import best_of, judged_plans
from tests.properties.test_questions import cost_of, honouring
from tests.tiny import tiny


def run_of(seed, folder):
    """Plan a tiny org and write the run; None where it cannot be planned."""
    org, policy = tiny(seed)
    plan = solve(org, policy)
    if plan.status not in ("optimal", "feasible"):
        return None
    return write_run(folder, About("tiny"), org, policy, plan, account_for(org, policy, plan)).folder


def written(path, run, owners):
    """Write who owns whom as a table by hand, in an order of its own."""
    org, roles = run.org, run.policy.role_names
    lines = ["rep_id,role,customer_id"]
    for role, customer in np.argwhere(owners != UNNEEDED)[::-1].tolist():
        rep = owners[role, customer]
        lines.append(f"{org.rep_ids[rep] if rep >= 0 else ''},{roles[role]},{org.customer_ids[customer]}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def edited(rng, run, owners):
    """Give about a third of the customers to somebody else."""
    other = rng.integers(POOLED if run.policy.pool is not None else 0, run.org.n_reps, owners.shape)
    return np.where((owners != UNNEEDED) & (rng.random(owners.shape) < 0.35), other, owners)


def adopting_holds(seed, folder):
    """Adopt the plan itself, and an edited one: priced and filed as the checker says."""
    path = run_of(seed, folder)
    if path is None:
        return
    run, rng = open_run(path), np.random.default_rng(seed)
    owners = read_assignment(run).assignment.owners
    same = adopt(path, written(folder / "same.csv", run, owners))
    assert (same.deviations, same.points, same.broken, same.books) == ((), 0.0, (), ())
    assert same.plan.status == run.record.status
    assert verify_run(same.folder).passed
    other = edited(rng, run, owners)
    adoption = adopt(path, written(folder / "other.csv", run, other), even_broken=True)
    roles = run.policy.role_names
    with Judge(run.org, run.policy) as judge:
        before, after = (judge.of(Assignment(roles, one)) for one in (owners, other))
        assert adoption.points == pytest.approx(after.objective - before.objective, abs=1e-9)
        assert adoption.feasible == after.feasible
        assert {(one.role, one.customer) for one in adoption.deviations} == set(zip(*np.nonzero(owners != other)))  # noqa: B905
        for one in adoption.deviations:
            alone = owners.copy()
            alone[one.role, one.customer] = one.other
            judged = judge.of(Assignment(roles, alone))
            for goal, value in judged.goals.items():
                worse = value.weighted - before.goals[goal].weighted
                assert one.goals.get(goal, 0.0) == pytest.approx(worse, rel=1e-6, abs=1e-6), (seed, goal)
            assert one.broken == tuple(broken for broken in judged.violations if broken not in before.violations)
    verification = verify_run(adoption.folder)
    assert verification.passed, (seed, verification.differences, verification.violations)


def wishes_of(rng, run):
    """Draw one to three wishes of any kind, however foolish, in words."""
    org, policy = run.org, run.policy
    drawn = {"moves": [], "keeps": [], "nots": []}
    needed = np.argwhere(read_assignment(run).assignment.owners != UNNEEDED)
    for role, customer in rng.permutation(needed)[: int(rng.integers(1, 4))].tolist():
        who = f"{org.customer_ids[customer]}:{policy.role_names[role]}"
        reps = [*org.rep_ids, *(["nobody"] if policy.pool is not None else [])]
        kind = str(rng.choice(["moves", "moves", "keeps", "nots"]))
        drawn[kind].append(who if kind == "keeps" else f"{who}={rng.choice(reps)}")
    return drawn


def trying_holds(seed, folder):
    """Try wishes: the best plan honours them, passes the checker and costs what trying every plan says."""
    path = run_of(seed, folder)
    if path is None:
        return 0
    run, rng = open_run(path), np.random.default_rng(seed)
    judged = judged_plans(run.org, run.policy)
    tried = 0
    for number in range(3):
        wishes = wishes_of(rng, run)
        with contextlib.suppress(InputRefused):  # nobody to keep a customer with
            trial = try_moves(path, **wishes, out=folder / f"best{number}")
            tried += 1
            as_every_plan_says(trial, judged, f"tiny({seed}): {wishes}")
    return tried


def as_every_plan_says(trial, judged, where):
    policy, answer = trial.basis.run.policy, trial.answer
    left = judged
    for wish in trial.wishes:
        left = honouring(left, wish)
        owner = trial.stands.assignment.owners[wish.role, wish.customer]
        assert (owner == wish.rep) == wish.kept or wish in trial.unmet, where
    best, true = best_of(policy, judged), best_of(policy, left)
    if trial.stands_feasible:
        assert true.feasible, where
    if true.stages is None:
        assert (trial.can_be, trial.best, trial.folder) == (False, None, None), where
        return
    assert trial.can_be, where
    assert trial.best.judgement.feasible, where
    for wish in trial.wishes:
        assert (trial.best.assignment.owners[wish.role, wish.customer] == wish.rep) == wish.kept, where
    if trial.basis.plan.status == "optimal":
        assert answer.evidence == "proven", where
        assert answer.cost == pytest.approx(cost_of(best, true), rel=1e-5, abs=1e-5), where
    verification = verify_run(trial.folder)
    assert verification.passed, (where, verification.differences)
    record = load_record(trial.folder)
    if record.bound is not None:
        assert record.bound <= true.stages[-1] + 1e-5 * max(1.0, abs(true.stages[-1])), where
    if record.tried.pinned and answer.evidence == "proven":
        assert record.status == "optimal", where


@pytest.mark.parametrize("seed", range(1))
def test_an_adopted_plan_is_what_the_checker_says(seed, tmp_path):
    adopting_holds(seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 400))
def test_every_adopted_plan_is_what_the_checker_says(seed, tmp_path):
    adopting_holds(seed, tmp_path)


@pytest.mark.parametrize("seed", range(1))
def test_the_best_plan_with_wishes_is_what_trying_every_plan_says(seed, tmp_path):
    assert trying_holds(seed, tmp_path) > 0


@pytest.mark.long
@pytest.mark.parametrize("first", range(1, 400, 21))
def test_every_best_plan_with_wishes_is_what_trying_every_plan_says(first, tmp_path):
    judged = 0
    for seed in range(first, first + 21):
        folder = tmp_path / str(seed)
        folder.mkdir()
        judged += trying_holds(seed, folder) > 0
    assert judged > 0
