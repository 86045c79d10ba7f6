"""Golden texts: what a command shows, kept word by word. ``UPDATE_GOLDEN=1 pytest`` writes them anew."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from planner.console import Paper
from planner.language import ENGLISH, Language

FOLDER = Path(__file__).parent


def assert_golden(name: str, text: str) -> None:
    """Compare ``text`` with the golden file of that name."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def on_paper(write: Callable[[Paper], None], *, width: int = 80, language: Language = ENGLISH) -> str:
    """Return what ``write`` writes on a paper of 80 columns, without colour."""
    stream = io.StringIO()
    write(Paper(stream, width=width, language=language))
    return stream.getvalue()
