"""The programs outside Python that tests share, one of each for a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import Chromium, chromium
from tests.needs import need
from tests.office import Office


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """A Chromium that runs as long as the tests; each page that is opened in it has a profile of its own."""
    need("browser")
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A LibreOffice with a profile of its own."""
    need("office")
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def needs_chinese() -> None:
    """Ask for a font with Chinese characters."""
    need("chinese")
