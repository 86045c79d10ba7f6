"""The worked case with a run, for trying and adopting at the command line."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.planner.finished.made import planned_project


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the worked case with a run, which no test changes."""
    return planned_project(tmp_path_factory.mktemp("planned") / "worked")


@pytest.fixture
def project(planned: Path, tmp_path: Path) -> Iterator[Path]:
    """Return the same in a folder of its own, which is the current one."""
    with contextlib.chdir(shutil.copytree(planned, tmp_path / "worked")):
        yield Path()
