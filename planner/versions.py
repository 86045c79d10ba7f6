"""The versions on which a plan may depend: of packages, of Python, and of the planner's own code."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import platform
from pathlib import Path

_PACKAGES = ("territory-planner", "duckdb", "numba", "numpy", "ortools", "pandas", "pulp", "scipy", "sqlglot")
MACHINE = "platform"
"""What is on record of the machine, and is nobody's business who is sent a report."""
_STOREYS = ("models", "scenarios", "planner")


def versions() -> dict[str, str]:
    """Return the versions on which a plan may depend."""
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), MACHINE: platform.platform(terse=True), **found}


@functools.cache
def code() -> str:
    """Return the SHA-256 of the planner's own code: between two releases it changes and its version does not."""
    found = hashlib.sha256()
    house = Path(__file__).resolve().parent.parent
    for storey in _STOREYS:
        for path in sorted((house / storey).rglob("*.py")):
            found.update(str(path.relative_to(house)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
