"""The contest is fair: an end to whoever overruns, no bound that a plan disproves, no plan that the checker rejects."""

import math
import sys
import time
from pathlib import Path

import pytest

from models.findings import InputRefused
from planner.bench.contest import Attempt, Outcome, compete, summed_up
from planner.bench.instance import Case, from_files, orgs, own
from planner.bench.watch import watched


def attempt(method, objective=None, bound=None, **more):
    status = "plan" if objective is not None else "no plan"
    facts = {"seconds": 10.0, "cpu_seconds": 10.0, "peak_gb": 1.0, "price_bound": None, "said": ""} | more
    return Attempt(method=method, status=status, objective=objective, bound=bound, **facts)


def outcome(*attempts, seed=1, best_known=None):
    return Outcome(Case("org", seed, lambda folder: folder, best_known), attempts)


def test_gaps_are_to_the_best_bound_of_any_method():
    one = outcome(attempt("auto", 100.0, 90.0), attempt("highs", 110.0, 95.0), attempt("pdlp", bound=80.0))
    assert one.best_bound == 95.0
    assert one.gap(one.attempts[0]) == pytest.approx(0.05)
    assert one.gap(one.attempts[1]) == pytest.approx(15 / 110)
    assert one.gap(one.attempts[2]) is None


def test_a_bound_that_a_plan_disproves_is_named_and_not_used():
    one = outcome(attempt("auto", 100.0, 90.0), attempt("cpsat", 120.0, 101.0))
    assert [one.disproved(each) for each in one.attempts] == [False, True]
    assert one.best_bound == 90.0


def test_seconds_to_a_gap_are_those_of_the_first_plan_so_near():
    one = outcome(attempt("auto", 100.0, 99.95, trace=((1.0, 130.0), (2.0, 100.5), (4.0, 100.01))))
    ours = one.attempts[0]
    assert (one.seconds_to(ours, 0.01), one.seconds_to(ours, 0.001)) == (2.0, 4.0)
    untold = outcome(attempt("greedy", 100.0), attempt("pdlp", bound=99.5))
    assert (untold.seconds_to(untold.attempts[0], 0.01), untold.seconds_to(untold.attempts[0], 0.001)) == (10.0, None)


def test_the_distance_to_the_best_known_value_is_a_part_of_that():
    one = outcome(attempt("auto", 101.0, 99.0), best_known=100.0)
    assert one.to_best_known(one.attempts[0]) == pytest.approx(0.01)


def test_a_median_over_seeds_needs_a_plan_of_each():
    first = outcome(attempt("auto", 100.0, 99.0), attempt("highs", 200.0))
    second = outcome(attempt("auto", 100.0, 97.0), attempt("highs"), seed=2)
    ours, theirs = summed_up([first, second])
    assert (ours.plans, ours.gap) == (2, pytest.approx(0.02))
    assert (theirs.plans, theirs.gap, len(theirs.gaps)) == (1, None, 1)


def test_each_method_is_judged_in_a_process_of_its_own():
    (case,) = orgs(["40x6"], ["soft"], [1])
    one = compete(case, ("greedy", "round-robin", "pdlp"), seconds=20, threads=1)
    assert [each.status for each in one.attempts] == ["plan", "plan", "bound"]
    assert one.best_bound < one.attempts[0].objective < one.attempts[1].objective
    assert all(each.peak_gb > 0.05 for each in one.attempts if sys.platform == "linux")
    assert (one.attempts[0].customers, one.attempts[0].reps) == (40, 6)


def test_goals_by_priority_cannot_be_compared(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\nC1\nC2\n")
    (tmp_path / "reps.csv").write_text("rep_id\nA\nB\n")
    (tmp_path / "planner.yaml").write_text(
        "version: 1\npolicy:\n  goals:\n    - {goal: moves, priority: 1}\n    - {goal: disruption, priority: 2}\n"
    )
    (case,) = own(tmp_path, [1])
    with pytest.raises(InputRefused, match="priorities"):
        compete(case, ("greedy",), seconds=5, threads=1)


@pytest.mark.parametrize(("sizes", "variants", "code"), [(["huge"], ["soft"], "TP197"), (["S"], ["sofd"], "TP191")])
def test_an_unknown_size_or_variant_is_refused(sizes, variants, code):
    with pytest.raises(InputRefused) as refused:
        list(orgs(sizes, variants, [1]))
    assert refused.value.findings[0].code == code


def test_what_maximises_is_minimised_with_the_sign_turned(tmp_path):
    (tmp_path / "gap1.txt").write_text("1\n 2 3\n 1 9 9\n 9 1 2\n 1 1 1\n 1 1 1\n 2 1\n")
    (tmp_path / "best_known.csv").write_text("instance,best_known\ngap1-1,27\n")
    (case,) = from_files([tmp_path / "gap1.txt"], [1])
    assert (case.sign, case.best_known) == (-1, -27.0)
    one = compete(case, ("cbc",), seconds=20, threads=1)
    assert one.attempts[0].objective == pytest.approx(-27.0)
    assert one.to_best_known(one.attempts[0]) == pytest.approx(0.0)


def test_a_process_that_is_late_is_ended_with_its_children():
    began = time.monotonic()
    sleeper = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    seen = watched([sys.executable, "-c", sleeper], late=lambda: time.monotonic() - began > 1.0)
    assert (seen.killed_for, seen.exit_code) == ("time", -9)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell what a process holds")
def test_a_process_that_wants_too_much_memory_is_ended():
    hungry = "import time; held = bytearray(400 * 2**20); time.sleep(600)"
    seen = watched([sys.executable, "-c", hungry], most_gb=0.2)
    assert seen.killed_for == "memory"
    assert seen.peak_gb > 0.2


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell what a process holds")
def test_the_peak_is_that_of_the_process_and_not_of_who_started_it():
    ballast = bytearray(300 * 2**20)
    seen = watched([sys.executable, "-c", "import time; time.sleep(0.5)"])
    assert len(ballast) > seen.peak_gb * 2**30 > 0
    assert math.isclose(seen.exit_code, 0)
