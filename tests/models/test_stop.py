"""Stop rules: limits that make no sense are refused, and the reason to stop has a name."""

import threading

import pytest

from models.stop import Stop


def test_without_limits_there_is_no_reason_to_stop():
    stop = Stop()
    assert stop.reason is None
    assert stop.seconds_left is None
    assert stop.seconds_used >= 0


def test_ctrl_c_comes_from_any_thread_and_wins_over_the_clock():
    stop = Stop(time_limit=1e-9)
    assert stop.reason == "time limit"
    thread = threading.Thread(target=stop.interrupt)
    thread.start()
    thread.join()
    assert stop.reason == "interrupted"
    assert stop.interrupted.is_set()


def test_an_interrupt_stops_one_solve_only():
    one, other = Stop(), Stop()
    one.interrupt()
    assert other.reason is None


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_limit_is_above_zero(seconds):
    with pytest.raises(ValueError, match="time_limit"):
        Stop(time_limit=seconds)


@pytest.mark.parametrize("gap", [-0.1, 1, 5])
def test_a_gap_is_a_fraction(gap):
    with pytest.raises(ValueError, match="gap"):
        Stop(gap=gap)


def test_what_comes_after_a_solve_has_a_share_of_its_time_of_its_own_and_ends_with_it():
    stop = Stop(time_limit=40)
    after = stop.after_it(0.25, 5)
    assert after.seconds_left <= 10 <= after.time_limit
    assert Stop(time_limit=4).after_it(0.25, 5).time_limit > 4
    assert Stop().after_it(0.25, 5).time_limit is None
    stop.interrupt()
    assert after.reason == "interrupted"
