"""A test that needs a program is skipped without it, unless the program is called for."""

from __future__ import annotations

import pytest

from tests.needs import CALLED_FOR, need


@pytest.fixture
def bare_system(monkeypatch, tmp_path):
    """No program is found on this system."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(CALLED_FOR, raising=False)


@pytest.mark.usefixtures("bare_system")
@pytest.mark.parametrize(
    ("what", "package"),
    [("browser", "chromium"), ("office", "libreoffice-calc-nogui"), ("chinese", "fonts-wqy-microhei")],
)
def test_what_is_missing_skips_the_test_and_says_what_to_install(monkeypatch, what, package):
    with pytest.raises(pytest.skip.Exception, match=package):
        need(what)
    monkeypatch.setenv(CALLED_FOR, f"chinese, {what}")
    with pytest.raises(pytest.fail.Exception, match=f"{package}.* calls for it"):
        need(what)


@pytest.mark.usefixtures("bare_system")
def test_a_need_that_nobody_knows_is_an_error_and_not_forgotten(monkeypatch):
    monkeypatch.setenv(CALLED_FOR, "browsers")
    with pytest.raises(pytest.fail.Exception, match=r"has browsers. Try browser, office, chinese"):
        need("browser")
