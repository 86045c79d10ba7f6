"""Wishes are tried on a finished run: what just these would break and cost, and the best plan that honours them."""

import json

import pytest

import planner as library
from models.findings import InputRefused
from models.plan import POOLED
from models.stop import Stop
from planner.by_hand.adoption import adopt
from planner.by_hand.trial import try_moves
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO
from planner.run_folder import load_record
from planner.screens.trial import show_trial
from planner.verification import verify_run
from tests.golden.compare import assert_golden, on_paper
from tests.planner.at_keyboard import said
from tests.planner.by_hand.made import run_with_two_roles
from tests.planner.finished.made import edit, infeasible_run, solved_run
from tests.worked import ALL_STAY

NINTH = 1 / 9


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Return the optimum of the worked case, which no test changes."""
    return solved_run(tmp_path_factory.mktemp("solved"))


def moved(trial, part):
    """Return who moves by the best plan, as ``C1: ana to bob``."""
    org = trial.basis.run.org
    names = [*org.rep_ids, "nobody"]
    return [f"{org.customer_ids[one.customer]}: {names[one.planned]} to {names[one.other]}" for one in part]


def test_keeping_c3_costs_what_the_worked_case_says(solved):
    trial = try_moves(solved, keeps=["C3"])
    assert trial.can_be
    assert trial.answer.evidence == "proven"
    assert trial.answer.cost == pytest.approx(29 * NINTH)
    wished, family, others = trial.parted
    assert (moved(trial, wished), family) == (["C3: bob to ana"], [])
    assert moved(trial, others) == ["C1: ana to bob", "C4: bob to ana"]
    assert {one.goal: one.after for one in trial.best.goals} == pytest.approx(
        {"balance": 10 * NINTH, "disruption": 4, "misfit": 10}
    )


def test_as_it_stands_nothing_but_the_wish_changes(solved):
    stands = try_moves(solved, keeps=["C3"]).stands
    assert [one.points for one in stands.deviations] == pytest.approx([500 * NINTH - 3])
    assert (stands.judgement.feasible, stands.broken) == (True, ())
    assert stands.judgement.objective == pytest.approx(580 * NINTH)
    books = {(one.rep, one.measure): (one.before, one.after) for one in stands.books}
    assert books == {
        (0, "workload"): (70, 100),
        (0, "revenue"): (160, 200),
        (1, "workload"): (80, 50),
        (1, "revenue"): (120, 80),
    }


def test_what_breaks_as_it_stands_may_be_mended_by_moving_others(solved):
    trial = try_moves(solved, {"C6": "eve"})
    (broken,) = trial.stands.broken
    assert (broken.line, broken.rep, broken.found, broken.limit, broken.unit) == (
        "capacity[workload]",
        "eve",
        80,
        50,
        "h",
    )
    assert not trial.stands_feasible
    assert trial.can_be
    assert trial.answer.cost == pytest.approx(24 + 2 / 3 - 107 * NINTH)
    assert moved(trial, trial.parted[2]) == ["C5: eve to bob"]


def test_a_pair_that_the_rules_exclude_is_told_with_the_rule(solved):
    trial = try_moves(solved, ["C2=bob"])
    assert (trial.can_be, trial.best) == (False, None)
    (rule,) = trial.against
    assert (rule.line, rule.customer, rule.rep) == ("eligibility.skills", "C2", "bob")


def test_a_customer_whom_nobody_else_may_own_cannot_go(solved):
    trial = try_moves(solved, nots=["C2=ana"])
    assert trial.can_be is False
    assert [one.words for one in trial.unmet] == ["--not C2=ana"]
    assert {one.line for one in trial.against} == {"eligibility.skills", "eligibility.region"}
    assert trial.stands.deviations == ()


def test_wishes_that_only_limits_forbid_are_told_apart(solved):
    trial = try_moves(solved, ["C5=eve", "C6=eve"])
    assert (trial.can_be, trial.against) == (False, ())
    assert [one.line for one in trial.stands.broken] == ["capacity[workload]"]


def test_limits_that_forbid_wishes_are_named_with_ways_out_that_honour_them(solved):
    wishes = ["C1=bob", "C3=bob", "C4=bob"]
    trial = try_moves(solved, wishes)
    org, clash = trial.basis.run.org, trial.clash
    (conflict,), (told,) = clash.conflicts, clash.told
    assert {(one.path, one.label) for one in conflict.clash if one.limit is not None} == {
        ("capacity[workload].max", "bob"),
        ("capacity[workload].max", "eve"),
        ("disruption.budgets[moved customers].max", "overall"),
    }
    assert [one.words for one in told.clash if one.member.kind == "accepted"] == [
        "C1 is with bob (--move C1=bob)",
        "C3 is with bob (--move C3=bob)",
    ]
    first, *others = clash.relaxations
    assert first.words == ("raise the maximum of workload of bob by 10 h to 120 h",)
    assert others
    for one in clash.relaxations:
        assert {one.assignment.owners[0, org.customer_positions[wish[:2]]] for wish in wishes} == {1}


def test_who_may_not_stay_goes_to_the_cheapest_other(solved):
    trial = try_moves(solved, nots={"C5": "eve"})
    assert moved(trial, trial.stands.deviations) == ["C5: eve to bob"]
    assert [one.line for one in trial.stands.broken] == ["capacity[workload]"]
    assert moved(trial, trial.parted[2]) == ["C6: bob to eve"]


def test_a_wish_that_is_fulfilled_already_costs_nothing(solved):
    trial = try_moves(solved, ["C1=ana"], ["C2"], ["C3=ana"])
    assert (trial.can_be, trial.answer.cost, trial.answer.evidence) == (True, 0.0, "proven")
    assert trial.best.deviations == ()


def test_a_family_that_stays_together_moves_along(tmp_path):
    folder = solved_run(tmp_path, keep={"families": "together"})
    planned = load_record(folder)
    assert planned.status == "optimal"
    owner = {0: "bob", 1: "ana"}[_owner(folder, "C3")]
    trial = try_moves(folder, {"C3": owner})
    assert [one.line for one in trial.stands.broken if one.line.startswith("keep.families")]
    wished, family, _ = trial.parted
    assert [len(wished), len(family)] == [1, 1]
    apart = try_moves(folder, {"C3": "ana", "C4": "bob"})
    assert apart.can_be is False
    assert [one.line.split("[")[0] for one in apart.against] == ["keep.families"]


def _owner(folder, customer):
    line = next(one for one in (folder / "assignments.csv").read_text().splitlines() if one.startswith(customer))
    return ["ana", "bob", "eve"].index(line.split(",")[2])


def test_a_run_that_was_only_measured_is_shown_as_it_stands(tmp_path):
    folder = solved_run(tmp_path, evaluate_only=True, capacity=[{"measure": "customers", "max": 2}])
    trial = try_moves(folder, ["C3=bob"], nots=["C5=bob"])
    assert (trial.answer, trial.best) == (None, None)
    assert moved(trial, trial.stands.deviations) == ["C3: ana to bob", "C5: bob to eve"]
    assert trial.stands_feasible
    assert trial.can_be


def test_the_best_plan_is_written_as_a_run_that_is_held_to_the_wishes(solved, tmp_path):
    trial = try_moves(solved, keeps=["C3"], out=tmp_path / "mine")
    assert trial.folder == tmp_path / "mine"
    record = load_record(trial.folder)
    assert (record.status, record.objective, record.bound) == ("optimal", *[pytest.approx(136 * NINTH)] * 2)
    assert (record.tried.run, record.tried.wishes, record.tried.evidence) == ("001", ["--keep C3"], "proven")
    assert record.tried.pinned
    verification = verify_run(trial.folder)
    assert verification.passed
    assert verification.price_bound > load_record(solved).price_bound
    edit(trial.folder, "assignments.csv", "C3,owner,ana", "C3,owner,bob")
    assert "proposal.accepted" in [one.line for one in verify_run(trial.folder).violations]


def test_the_written_run_plans_again_with_the_wishes(solved, tmp_path, capsys):
    try_moves(solved, {"C6": "eve"}, nots=["C1=bob"], out=tmp_path / "mine")
    assert said(capsys, "plan", str(tmp_path / "mine" / "inputs"), "--out", str(tmp_path / "again"))[0] == DONE
    first, again = load_record(tmp_path / "mine"), load_record(tmp_path / "again")
    assert again.objective == pytest.approx(first.objective) == pytest.approx(24 + 2 / 3)


def test_wishes_that_no_proposal_can_say_are_written_without_pins(tmp_path):
    run = run_with_two_roles(tmp_path)
    trial = try_moves(run, nots=["C3=+bob", "C3=nobody"], out=tmp_path / "mine")
    assert load_record(trial.folder).tried.pinned is False
    assert verify_run(trial.folder).passed


def test_nothing_is_written_where_no_plan_honours_the_wishes(solved, tmp_path):
    assert try_moves(solved, ["C2=bob"], out=tmp_path / "mine").folder is None
    assert not (tmp_path / "mine").exists()


def test_a_run_without_a_plan_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="has no plan"):
        try_moves(infeasible_run(tmp_path), ["C1=ana"])


@pytest.fixture(scope="module")
def two_roles(tmp_path_factory):
    """Return a run with two roles and a pool, which no test changes."""
    return run_with_two_roles(tmp_path_factory.mktemp("roles"))


def test_the_rep_tells_which_role_is_meant(two_roles):
    trial = try_moves(two_roles, ["=C1=+bob", "C3=nobody"])
    assert [(one.customer, one.role, one.rep) for one in trial.wishes] == [(0, 0, 1), (2, 0, POOLED)]
    assert trial.can_be
    trial = try_moves(two_roles, ["=C1:service=sam"], ["C2"], {"=C1": "+bob"})
    assert [(one.customer, one.role) for one in trial.wishes] == [(0, 1), (1, 0), (0, 0)]


def test_a_rep_of_another_role_cannot_own_a_customer(two_roles):
    trial = try_moves(two_roles, ["C2=sam"])
    assert trial.can_be is False
    assert [one.line for one in trial.against] == ["roles[sales]"]


def test_the_pool_is_only_for_whom_the_policy_says(two_roles):
    assert try_moves(two_roles, {"C2": None}).can_be
    trial = try_moves(two_roles, ["=C1:sales="])
    assert trial.can_be is False
    assert [one.line for one in trial.against] == ["pool.when"]


def test_a_search_that_is_stopped_says_what_is_not_known(solved):
    stop = Stop()
    stop.interrupted.set()
    trial = try_moves(solved, {"C6": "eve"}, stop=stop)
    assert (trial.answer.state, trial.can_be, trial.best) == ("unknown", None, None)
    shown = on_paper(lambda paper: show_trial(paper, trial))
    assert "not known whether it can be honoured" in shown


def test_the_command_answers_in_plain_sentences(project, capsys):
    code, shown, _ = said(capsys, "try", "--keep", "C3")
    assert code == DONE
    assert_golden("try_command.txt", shown)
    code, shown, _ = said(capsys, "try", "001", "--move", "C2=bob", "--quiet")
    assert code == THE_ANSWER_IS_NO
    assert "C2 needs cloud:2, bob has cloud:1 (planner.yaml, line 12)" in " ".join(shown.split())
    code, _, told = said(capsys, "try", "--move", "C9=bob")
    assert code == BAD_INPUT
    assert "--move C9=bob" in told


def test_machines_get_the_whole_trial(project, capsys):
    code, shown, _ = said(capsys, "try", "--keep", "C3", "--json", "--out", "mine")
    document = json.loads(shown)
    assert (code, document["can_be"], document["written"]) == (DONE, True, "mine")
    assert document["best"]["cost"] == pytest.approx(29 * NINTH)
    assert [one["customer"] for one in document["best"]["instead"]] == ["C1", "C4"]
    assert document["as_it_stands"]["feasible"]
    assert document["wishes"][0] == {
        "words": "--keep C3",
        "customer": "C3",
        "role": "owner",
        "rep": "ana",
        "kept": True,
    }
    assert said(capsys, "verify", "mine")[0] == DONE


def test_it_is_one_call_from_python(project):
    trial = library.try_moves("001", moves={"C6": "eve"}, keeps=["C1"])
    assert trial.can_be


def test_an_edit_in_place_does_not_change_what_wishes_are_tried_on(project):
    edit(project / "runs" / "001", "assignments.csv", "C3,owner,bob", "C3,owner,ana")
    trial = try_moves("001", keeps=["C3"])
    assert trial.basis.restored
    assert trial.answer.cost == pytest.approx(29 * NINTH)


def test_a_plan_that_is_only_measured_is_not_called_the_best_that_keeps_a_customer(solved, tmp_path):
    """All stay in the worked case: 63.06 points; the best plan in which C3 stays has 15.11."""
    measured = adopt(solved, _owners(tmp_path, ALL_STAY), out=tmp_path / "adopted").folder
    trial = try_moves(measured, keeps=["C3"])
    assert trial.answer.plan.objective == pytest.approx(136 * NINTH)
    assert (trial.answer.evidence, trial.answer.low) == ("interval", 0.0)
    shown = on_paper(lambda paper: show_trial(paper, trial))
    assert "this one is 47.9 points better" in shown
    assert "inf" not in shown.replace("information", "")


def _owners(folder, reps):
    path = folder / "owners.csv"
    rows = [f"C{number},{rep}" for number, rep in enumerate(reps.split(), start=1)]
    path.write_text("\n".join(["customer_id,rep_id", *rows]) + "\n", encoding="utf-8")
    return path
