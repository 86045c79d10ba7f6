"""Cores: how many this process may use."""

from __future__ import annotations

import os

_allowed: int | None = None


def cores() -> int:
    """Return how many cores this process may use."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return there if _allowed is None else min(there, _allowed)


def allow(count: int) -> None:
    """Let this process use at most so many cores from now on, as when others work beside it; a plan is the same."""
    global _allowed
    _allowed = count
