"""Certificates: verify recomputes what they prove, and refuses what they do not."""

import json
import math

import numpy as np
import pytest

from planner.commands import planner
from planner.exits import DONE, THE_ANSWER_IS_NO, run
from planner.screens.verification import show_verification
from planner.verification import verify_run
from planner.write.certificate import write_certificate
from tests.golden.compare import assert_golden, on_paper
from tests.planner.finished.made import edit, rewrite_certificate, solved_run

ROW = "balance[revenue][ana]"
HARD, BOTH = "capacity[workload][ana]", "capacity[workload][bob]"
PRIORITIES = [{"goal": "disruption", "priority": 1, "slack": 1}, {"goal": "balance", "priority": 2}]


def told(folder):
    return " / ".join(verify_run(folder).differences)


def record(folder):
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))


def test_the_price_bound_is_recomputed_from_the_certificate(tmp_path):
    folder = solved_run(tmp_path)
    verification = verify_run(folder)
    assert verification.passed
    assert verification.price_bound == pytest.approx(record(folder)["price_bound"])


def test_with_priorities_the_bound_holds_given_what_the_first_leaves(tmp_path):
    folder = solved_run(tmp_path, goals=PRIORITIES)
    assert verify_run(folder).passed
    edit(folder, "plan.json", '"cap": 1.0', '"cap": 0.0')
    assert "stage 1 leaves 1 points to later ones, the record says 0" in told(folder)


def test_the_multiplier_of_a_goals_limit_is_recomputed_too(tmp_path):
    goals = [{"goal": "balance"}, {"goal": "misfit"}, {"goal": "disruption", "weight": 0, "max": 2.5}]
    folder = solved_run(tmp_path, goals=goals)
    assert verify_run(folder).passed
    rewrite_certificate(folder, {"goals[disruption]": 0.5})
    assert "the multipliers in certificate.npz prove" in told(folder)
    rewrite_certificate(folder, {"goals[disruption]": -0.5})
    assert "the multiplier of goals[disruption] is -0.5, and must be at least 0" in told(folder)


def test_a_plan_above_the_limit_of_a_goal_does_not_pass(tmp_path):
    folder = solved_run(tmp_path)
    edit(folder / "inputs", "planner.yaml", "goal: disruption\n", "goal: disruption\n    max: 2\n")
    found = verify_run(folder)
    assert "the goal disruption comes to 3 points, at most 2 points" in [one.message for one in found.violations]


def test_a_verified_certificate_on_screen(tmp_path):
    folder = solved_run(tmp_path)
    shown = on_paper(lambda paper: show_verification(paper, verify_run(folder)))
    assert_golden("verified.txt", shown.replace(str(folder), "runs/001"))


def test_a_changed_multiplier_proves_another_bound(tmp_path):
    folder = solved_run(tmp_path)
    rewrite_certificate(folder, {ROW: -0.02})
    assert "the multipliers in certificate.npz prove" in told(folder)


def test_a_changed_certificate_is_refused_whatever_it_proves(tmp_path):
    folder = solved_run(tmp_path)
    rewrite_certificate(folder, {"balance[revenue][bob]": 0.0}, forged=False)
    assert told(folder) == "certificate.npz is not the file the run wrote"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({ROW: -1e6}, "certificate.npz proves nothing: the multiplier of balance[revenue][ana] is -1e+06, beyond"),
        ({ROW: math.nan}, "certificate.npz proves nothing: the multiplier of balance[revenue][ana] is nan"),
        ({ROW: math.inf}, "certificate.npz proves nothing: the multiplier of balance[revenue][ana] is inf"),
        ({ROW: -math.inf}, "certificate.npz proves nothing: the multiplier of balance[revenue][ana] is -inf"),
        ({"balance[revenue][zoe]": math.nan}, "the multiplier of balance[revenue][zoe] is nan"),
        ({"": 1.0}, "certificate.npz proves nothing: there is no row "),
        ({"stage 1": 1.0}, "certificate.npz proves nothing: there is no row stage 1"),
        (
            {HARD: 1e-3},
            "certificate.npz proves nothing: the multiplier of capacity[workload][ana] is 0.001, and the row",
        ),
        (
            {HARD: -1.7e308, BOTH: -1.7e308},
            "certificate.npz proves nothing: the multipliers are too great to be added up",
        ),
        ({"balance[revenue][zoe]": 1.0}, "certificate.npz proves nothing: there is no row balance[revenue][zoe]"),
        ({"capacity[workload][ana]": 1.0}, "and the row has no lower limit"),
    ],
)
def test_a_multiplier_that_no_row_allows_is_refused(tmp_path, changes, message):
    folder = solved_run(tmp_path)
    rewrite_certificate(folder, changes)
    assert message in told(folder)


def test_a_price_bound_that_the_multipliers_do_not_prove_is_found_out(tmp_path):
    folder = solved_run(tmp_path)
    said, gap = record(folder)["price_bound"], record(folder)["certified_gap"]
    edit(folder, "plan.json", f'"price_bound": {said}', '"price_bound": 11.5')
    assert "prove 3.41563 points, the record says 11.5" in told(folder)
    edit(folder, "plan.json", f'"certified_gap": {gap}', '"certified_gap": 0.01')
    assert "the gap between objective and price bound is" in told(folder)


@pytest.mark.parametrize(("off", "found"), [(3e-7, False), (-3e-7, False), (3e-6, True), (-3e-6, True)])
def test_a_price_bound_may_be_off_by_rounding_only(tmp_path, off, found):
    folder = solved_run(tmp_path)
    said = record(folder)["price_bound"]
    edit(folder, "plan.json", f'"price_bound": {said}', f'"price_bound": {said * (1 + off)!r}')
    assert ("certificate.npz prove" in told(folder)) == found
    if found:
        assert f": {abs(said * off):,.6g} {'more' if off > 0 else 'less'} / " in told(folder) + " / "
        assert run(planner, ["verify", str(folder)]) == THE_ANSWER_IS_NO


def test_a_bound_by_prices_is_no_better_than_the_prices(tmp_path):
    folder = solved_run(tmp_path)
    edit(folder, "plan.json", '"bound_by": "HiGHS tree"', '"bound_by": "prices"')
    assert "prices prove the bound 3.41563, the record says 11.8889" in told(folder)


def test_a_missing_certificate_proves_nothing(tmp_path):
    folder = solved_run(tmp_path)
    (folder / "certificate.npz").unlink()
    assert told(folder) == "certificate.npz is missing: nothing proves the price bound 3.41563"
    assert run(planner, ["verify", str(folder)]) == THE_ANSWER_IS_NO


@pytest.mark.parametrize("wreck", [b"", b"\x00\xff\xfe", b"PK\x03\x04 and so on", b"PK\x05\x06" + bytes(18)])
def test_an_unreadable_certificate_proves_nothing(tmp_path, wreck):
    folder = solved_run(tmp_path)
    (folder / "certificate.npz").write_bytes(wreck)
    assert "certificate.npz cannot be read" in told(folder)


def test_a_certificate_with_a_byte_turned_over_is_refused_wherever_it_is(tmp_path):
    folder = solved_run(tmp_path)
    path = folder / "certificate.npz"
    whole = path.read_bytes()
    for place in range(0, len(whole), 23):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert not verify_run(folder).passed, place


def test_a_certificate_with_two_numbers_for_a_row_is_refused(tmp_path):
    folder = solved_run(tmp_path)
    write_certificate({ROW: np.array([-0.1, -0.03])}, folder / "certificate.npz")
    assert "it holds 2 numbers for balance[revenue][ana]" in told(folder)


def test_todays_books_measured_claim_no_bound(tmp_path):
    verification = verify_run(solved_run(tmp_path, evaluate_only=True))
    assert verification.passed
    assert verification.price_bound is None


def test_a_forged_certificate_is_no_proof_to_the_command_either(tmp_path, capsys):
    folder = solved_run(tmp_path)
    assert run(planner, ["verify", str(folder)]) == DONE
    assert "The price bound was recomputed from the certificate" in capsys.readouterr().out
    rewrite_certificate(folder, {ROW: None})
    assert run(planner, ["verify", str(folder)]) == THE_ANSWER_IS_NO
    assert "the multipliers in certificate.npz prove 0.207632 points" in " ".join(capsys.readouterr().out.split())
