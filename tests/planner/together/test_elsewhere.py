"""A comparison planned on a Dask cluster: a real scheduler, two worker processes, and one of them is killed midway."""

import os
import shutil
import signal

import pytest

from planner.exits import DONE
from planner.together.crews import crew_for
from planner.together.order import Limits
from planner.together.solved import Together, Wanted, everything
from scenarios.running.runner import Ended
from tests.planner.together.worked_project import planned, worked_project

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")


@pytest.fixture(scope="module")
def address():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def without_seconds(document):
    rows = [row for section in document["sections"] for row in section["rows"] if row["name"] != "seconds"]
    return [{**one, "run": None, "figures": {**one["figures"], "seconds": None}} for one in document["scenarios"]], rows


@pytest.mark.long
def test_the_same_comes_out_as_here_and_is_found_again_here(address, tmp_path):
    here, elsewhere = worked_project(tmp_path / "here"), worked_project(tmp_path / "elsewhere")
    _, expected, _ = planned("compare", here)
    code, document, _ = planned("compare", elsewhere, "--cluster", address)
    assert code == DONE
    assert without_seconds(document) == without_seconds(expected)
    _, _, told = planned("compare", elsewhere)
    assert told.count("planned before") == 7
    # a run that came back is a run like any other
    assert planned("verify", document["runs"]["base"])[0] == DONE


@pytest.mark.long
def test_when_a_worker_is_killed_midway_nothing_is_lost(address, tmp_path):
    project = worked_project(tmp_path / "q1")
    shutil.copy(project / "customers.csv", tmp_path / "customers.csv")
    file = project / "planner.yaml"  # a table that stands beside the project goes with it
    file.write_text(file.read_text(encoding="utf-8").replace("customers: customers.csv", "customers: ../customers.csv"))
    together = Together(project, Limits())
    wanted = [Wanted(name) for name in everything(together.contents)]
    ended: list[str] = []

    def told(name, news):
        if isinstance(news, Ended):
            ended.append(name)
            if len(ended) == 2:
                with distributed.Client(address, set_as_default=False) as client:
                    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)

    with crew_for(together.contents, None, address) as crew:
        solved = together.solve(wanted, crew, told=told)
    assert [one.trouble for one in solved] == [None] * 7
    assert sorted(ended) == sorted(one.name for one in solved)
    assert all((one.folder / "scenario.json").is_file() for one in solved)


def test_a_worker_with_other_versions_is_not_trusted(address, tmp_path, monkeypatch):
    project = worked_project(tmp_path / "q1")
    monkeypatch.setattr("planner.together.sent.versions", lambda: {"numpy": "1.0"})
    together = Together(project, Limits())
    with crew_for(together.contents, None, address) as crew:
        (solved,) = together.solve([Wanted("base")], crew)
    assert "other versions" in solved.trouble.message
    assert "numpy" in solved.trouble.message
