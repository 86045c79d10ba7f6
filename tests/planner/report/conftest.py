"""Pages for the tests of the browser, each written once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.report.blocks import Report
from planner.report.page import page
from tests.planner.report.made_up import whole


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
