"""The same jobs on a Dask cluster: a real scheduler on loopback and two worker processes, one of which is killed."""

import os
import signal
import time

import pytest

from models.findings import InputRefused
from scenarios.running.cluster import Cluster
from scenarios.running.runner import Ended, Job, Said, run
from tests.errands import errand

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")


@pytest.fixture(scope="module")
def scheduler():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster


def job(name, parent=None, **order):
    return Job(name, name, {"name": name, "do": "name", **order}, parent)


def never(_):
    return None


def test_jobs_end_as_they_would_here_and_tell_on_the_way(scheduler):
    told = []
    jobs = [job("twice", do="double", number=4), job("refuses", do="refuse"), job("after", parent="twice")]
    with Cluster(scheduler.scheduler_address, errand) as crew:
        assert crew.hands == 2
        ended = run(jobs, crew, never, told=told.append)
    assert ended["twice"].result == 8
    assert ended["after"].result == "after"
    assert ended["refuses"].trouble.findings[0].found == "'R99'"
    assert {one.key for one in told if isinstance(one, Said)} >= {"twice"}


def test_a_worker_that_is_killed_midway_loses_nothing_and_nothing_finished_is_run_again(scheduler, tmp_path):
    log = tmp_path / "log"
    jobs = [job(f"s{i}", do="sleep", seconds=0.4, log=str(log)) for i in range(8)]
    finished = []
    killed = []

    def told(news):
        if isinstance(news, Ended):
            finished.append(news.key)
            if len(finished) == 3 and not killed:
                with distributed.Client(scheduler.scheduler_address, set_as_default=False) as client:
                    pid = next(iter(client.run(os.getpid).values()))
                killed.append((pid, set(finished)))
                os.kill(pid, signal.SIGKILL)

    with Cluster(scheduler.scheduler_address, errand) as crew:
        ended = run(jobs, crew, never, told=told)
    assert {key: one.result for key, one in ended.items()} == {f"s{i}": f"s{i}" for i in range(8)}
    begun = log.read_text().split()
    _, before = killed[0]
    # what had come back was not begun again; of the others at most what the killed worker was at, or had just finished
    assert all(begun.count(name) == 1 for name in before)
    assert len(begun) - len(jobs) <= 2


def test_interrupted_it_takes_back_what_is_not_finished(scheduler):
    begun = time.monotonic()
    jobs = [job(f"w{i}", do="sleep", seconds=3) for i in range(4)]
    with Cluster(scheduler.scheduler_address, errand) as crew:
        ended = run(jobs, crew, never, interrupted=lambda: time.monotonic() - begun > 0.5)
    assert all("stopped" in one.trouble.message for one in ended.values())


def test_an_address_where_nobody_answers_is_refused(monkeypatch):
    monkeypatch.setattr("scenarios.running.cluster.CONNECT_SECONDS", 0.5)
    with pytest.raises(InputRefused, match="No scheduler answers"):
        Cluster("tcp://127.0.0.1:9", errand)


@pytest.mark.parametrize("address", ["foo", "http://127.0.0.1:8786", "[bold]x", ""])
def test_what_is_no_address_is_refused_at_once(address):
    with pytest.raises(InputRefused, match="No scheduler answers"):
        Cluster(address, errand)
