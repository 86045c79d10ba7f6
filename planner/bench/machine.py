"""Where a benchmark ran: machine and versions, in one line each."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("territory-planner", "ortools", "pulp", "numpy", "scipy", "duckdb", "numba")


def machine() -> str:
    """Return processor, cores, memory, system, and how busy the machine is (1 per core is all of it)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {_memory_gb():.0f} GB, {platform.system()}, load {os.getloadavg()[0]:.1f}"


def versions() -> str:
    """Return Python's version and those of the packages that decide over speed and plans."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"Python {platform.python_version()}, {packages}"


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
