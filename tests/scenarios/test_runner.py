"""Many jobs side by side: none stops another, what was done is found again, parents come first."""

import subprocess
import sys

import pytest

from models.cores import cores
from scenarios.running.processes import Processes
from scenarios.running.runner import Ended, Job, run
from tests.errands import errand


def job(name, parent=None, **order):
    return Job(name, name, {"name": name, "do": "name", **order}, parent)


def never(_):
    return None


def found_among(done):
    return lambda one: done.get(one.key)


def test_every_job_ends_with_its_own_result():
    with Processes(errand, 2) as crew:
        ended = run([job(f"n{i}", do="double", number=i) for i in range(5)], crew, never)
    assert {key: one.result for key, one in ended.items()} == {f"n{i}": 2 * i for i in range(5)}


@pytest.mark.parametrize("size", [1, 3])
def test_one_that_dies_refuses_or_stumbles_stops_no_other(size):
    jobs = [job("dies", do="die"), job("refuses", do="refuse"), job("stumbles", do="stumble"), job("well")]
    with Processes(errand, size) as crew:
        ended = run(jobs, crew, never)
    assert ended["well"].result == "well"
    assert "SIGKILL" in ended["dies"].trouble.message
    assert ended["refuses"].trouble.findings[0].found == "'R99'"
    assert ended["refuses"].trouble.kind == "refused"
    assert ended["dies"].trouble.kind == "failed"
    assert ended["stumbles"].trouble.message == "RuntimeError: stumbled"
    assert ended["stumbles"].trouble.kind == "defect"


def test_what_was_done_before_is_found_again_and_not_done(tmp_path):
    log = tmp_path / "log"
    jobs = [job("old", log=str(log)), job("new", log=str(log))]
    with Processes(errand, 2) as crew:
        ended = run(jobs, crew, found_among({"old": "kept"}))
    assert ended["old"] == Ended("old", "kept", again=True)
    assert log.read_text().split() == ["new"]


def test_a_parent_is_finished_before_its_children_begin(tmp_path):
    log = tmp_path / "log"
    jobs = [job("child", parent="parent", log=str(log)), job("parent", log=str(log))]
    with Processes(errand, 2) as crew:
        run(jobs, crew, never)
    assert log.read_text().split() == ["parent", "child"]


def test_the_children_of_one_that_failed_are_not_begun():
    jobs = [job("child", parent="parent"), job("parent", do="stumble"), job("grandchild", parent="child")]
    with Processes(errand, 2) as crew:
        ended = run(jobs, crew, never)
    assert "stumbled" in ended["child"].trouble.message
    assert ended["grandchild"].trouble.kind == "defect"


def test_the_child_of_one_that_was_refused_begins_with_nothing():
    jobs = [job("child", parent="parent"), job("parent", do="refuse")]
    with Processes(errand, 2) as crew:
        ended = run(jobs, crew, never)
    assert ended["parent"].trouble.kind == "refused"
    assert ended["child"].result == "child"


def test_jobs_that_wait_for_each_other_are_refused():
    with Processes(errand, 2) as crew, pytest.raises(ValueError, match="wait for each other"):
        run([job("hen", parent="egg"), job("egg", parent="hen")], crew, never)


@pytest.mark.skipif(cores() < 2, reason="there is one core only, and nothing to share out")
def test_the_last_one_uses_the_cores_of_those_that_have_ended():
    jobs = [job("long", do="wait for cores", number=cores()), job("short"), job("shorter")]
    with Processes(errand, cores()) as crew:
        ended = run(jobs, crew, never)
    assert ended["long"].result == cores()


def test_an_interruption_ends_those_at_work_with_what_they_have_and_lets_nobody_begin():
    jobs = [job(f"w{i}", do="wait") for i in range(3)]
    begun = []
    with Processes(errand, 2) as crew:
        ended = run(jobs, crew, never, told=begun.append, interrupted=lambda: len(begun) >= 2)
    assert sorted(str(one.result) for one in ended.values()) == ["None", "interrupted", "interrupted"]
    assert "before it began" in ended["w2"].trouble.message


def test_the_result_of_a_job_does_not_depend_on_how_many_are_done_at_a_time():
    def results(size, order):
        jobs = [job(f"n{i}", do="double", number=i, parent=f"n{i - 1}" if i % 3 else None) for i in order]
        with Processes(errand, size) as crew:
            return {key: one.result for key, one in run(jobs, crew, never).items()}

    assert results(1, range(6)) == results(4, [5, 3, 1, 0, 2, 4])


PRESSED = """
import os, signal, time
from scenarios.running.processes import Processes
from scenarios.running.runner import Job, run
from tests.errands import errand

os.setsid()
signal.signal(signal.SIGINT, lambda *_: None)
with Processes(errand, 1, preload=("models.solve",)) as crew:
    crew.get_ready()
    for _ in range(15):
        time.sleep(0.05)
        os.killpg(0, signal.SIGINT)
    ended = run([Job("one", "one", {"name": "one", "do": "name"}, None)], crew, lambda _: None)
    print(ended["one"].result)
"""


def test_ctrl_c_reaches_no_process_that_still_reads_its_modules():
    ended = subprocess.run([sys.executable, "-c", PRESSED], capture_output=True, text=True, check=False, timeout=120)
    assert (ended.stdout, ended.stderr) == ("one\n", "")
