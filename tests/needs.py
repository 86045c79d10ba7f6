"""What some tests need that no Python package brings: they are skipped without it, or fail where it is called for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CALLED_FOR = "TERRITORY_TESTS_NEED"  # `browser,office,chinese` in CI, where a missing one is a failure


def need(what: str) -> None:
    """Skip the test where ``what`` is missing; fail it where the environment says that it must be there."""
    there, advice = _NEEDS[what]
    called_for = {name.strip() for name in os.environ.get(CALLED_FOR, "").split(",")} - {""}
    if unknown := called_for - _NEEDS.keys():
        pytest.fail(f"{CALLED_FOR} has {', '.join(sorted(unknown))}. Try {', '.join(_NEEDS)}.", pytrace=False)
    if there():
        return
    if what in called_for:
        pytest.fail(f"{advice} {CALLED_FOR} calls for it.", pytrace=False)
    pytest.skip(advice)


def _has_chromium() -> bool:
    return shutil.which("chromium") is not None


def _has_calc() -> bool:
    office = shutil.which("soffice")
    return office is not None and (Path(office).resolve().parent / "libsclo.so").exists()


def _has_chinese() -> bool:
    fonts = shutil.which("fc-list")
    return fonts is not None and bool(subprocess.run([fonts, ":lang=zh-cn"], capture_output=True, check=True).stdout)


_NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "browser": (_has_chromium, "No Chromium here. Try: apt-get install chromium (Debian)."),
    "office": (_has_calc, "No LibreOffice Calc here. Try: apt-get install libreoffice-calc-nogui (Debian, Ubuntu)."),
    "chinese": (
        _has_chinese,
        "No font has Chinese here. Try: apt-get install fontconfig fonts-wqy-microhei (Debian, Ubuntu).",
    ),
}
