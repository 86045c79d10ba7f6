"""Size limits moved down, so that orgs small enough to know every answer of go the way of large ones.

Whether pairs are streamed, a relaxation is solved or a tree is grown depends on how large an org is. The orgs for which
that differs are far too large to try every plan of; with the limits moved, the same code is held to the truth on tiny
ones. Only numbers at the head of modules are changed: no code of ours is replaced.
"""

from __future__ import annotations

import pytest


def stream_everything(monkeypatch: pytest.MonkeyPatch, cheapest: int = 2) -> None:
    """Stream whatever can be, from a working problem of so many pairs a unit; as beyond ten million pairs."""
    monkeypatch.setattr("models.formulation.whole.MOST_HELD", 0)
    monkeypatch.setattr("models.formulation.whole.CHEAPEST", cheapest)
    monkeypatch.setattr("models.streamed.CHEAPEST", cheapest)


def hold_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stream nothing."""
    monkeypatch.setattr("models.formulation.whole.MOST_HELD", 10**9)


def solve_as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let prices come from a climb and plans from searching, without a tree; as beyond 60,000 candidates."""
    monkeypatch.setattr("models.engines.stage.TINY_CANDIDATES", 0)
    monkeypatch.setattr("models.engines.stage.TREE_CANDIDATES", 0)
    monkeypatch.setattr("models.engines.prices.LP_CANDIDATES", 0)
