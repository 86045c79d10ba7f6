"""Pages for the tests of the browser and a comparison, each written once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.exits import DONE
from planner.language import ENGLISH
from planner.report.blocks import Report
from planner.report.comparison.report import report_of_comparison
from planner.report.page import page
from tests.planner.report.comparing import EVERYBODY, NASTY
from tests.planner.report.made_up import whole
from tests.planner.together.worked_project import planned, worked_project


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a report as a page, each once."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def save(name: str, make: Callable[[], Report]) -> Path:
        if name not in made:
            made[name] = folder / f"{name}.html"
            made[name].write_text(page(make()), encoding="utf-8")
        return made[name]

    return save


@pytest.fixture(scope="module")
def everything(saved: Callable[..., Path]) -> Path:
    return saved("everything", whole)


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked case compared, with an infeasible scenario in the middle and a name that is no text to a browser."""
    folder = worked_project(tmp_path_factory.mktemp("report") / "q1")
    file = folder / "planner.yaml"
    more = f"  '{NASTY}': {{set: {{'balance[revenue].tolerance': 11%}}}}\n"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    code, _, _ = planned("compare", folder, "--out", folder / "first", "--fail-if", "moved_share > 90%")
    assert code == DONE
    return folder


@pytest.fixture(scope="session")
def report(compared: Path) -> Report:
    return report_of_comparison(compared / "first", EVERYBODY, ENGLISH)


@pytest.fixture
def project(compared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(compared, tmp_path / "q1")
