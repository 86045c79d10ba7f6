"""Cases of a table that only ``make test-long`` runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def long_but(cases: Iterable[Any], *short: Any) -> list[Any]:
    """Return all cases, those that are not ``short`` marked as long."""
    return [case if case in short else _long(case) for case in cases]


def _long(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.long)
