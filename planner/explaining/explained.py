"""An answer of ``planner explain``: to be shown, or given as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.stop import Stop
from planner.console import Paper
from planner.run_folder import RunFolder


@dataclass(frozen=True)
class Explained:
    """What was found out.

    Attributes
    ----------
    document : mapping
        The whole answer as plain data, for ``--json``.
    show : function
        Writes the answer in plain sentences.
    known : bool
        False when the search ended before anything was found out.
    """

    document: Mapping[str, Any]
    show: Callable[[Paper], None]
    known: bool = True


Explain = Callable[[RunFolder, str, Stop, Callable[[str], None]], Explained]
"""What a subject's module offers: run, whom (empty where there is nobody), when to stop, whom to tell what is done."""
