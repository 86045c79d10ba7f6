"""Ids that people write: found among those of a run, or answered with what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.findings import did_you_mean
from models.names import Texts
from models.org import IntArray, Org

UNKNOWN = -9
MOST_SHOWN = 5
"""Of customers or reps of one name, so many ids are told."""
ESCAPE = "'"
"""What stands before a text that a spreadsheet would take for a formula."""


@dataclass(frozen=True)
class Known:
    """The ids of a table and, where it has them, the names that people know them by."""

    ids: Texts
    names: Texts | None

    @classmethod
    def customers(cls, org: Org) -> Known:
        """Return the customers of an org."""
        return cls(org.customer_ids, _names(org.customers))

    @classmethod
    def reps(cls, org: Org) -> Known:
        """Return the reps of an org."""
        return cls(org.rep_ids, _names(org.reps))

    def positions(self, cells: Sequence[object] | Texts) -> IntArray:
        """Return the position of each id, UNKNOWN where it is none; an apostrophe before it is no part of it."""
        index = pd.Index(self.ids.astype(object))
        texts = np.asarray(cells, dtype=object)
        found = index.get_indexer(pd.Index(texts)).astype(np.int64)
        for at in np.flatnonzero(found < 0).tolist():
            if isinstance(texts[at], str) and texts[at].startswith(ESCAPE):
                found[at] = index.get_indexer(pd.Index([texts[at][1:]], dtype=object))[0]
        found[found < 0] = UNKNOWN
        return found

    def position(self, word: str) -> int:
        """Return the position of an id, or of a name that only one has; UNKNOWN where it is neither."""
        at = int(self.positions([word])[0])
        named = self._by_name.get(_folded(word), [])
        return int(self.positions(named)[0]) if at == UNKNOWN and len(named) == 1 else at

    def hint(self, word: str) -> str:
        """Return what to try instead of an id that is none."""
        key = _folded(word)
        if key in self._by_spelling:
            return f"Try {self._by_spelling[key]!r}"
        if key in self._by_name:
            meant = self._by_name[key]
            shown = " or ".join(repr(one) for one in meant[:MOST_SHOWN])
            return f"Try the id {shown}{' …' if len(meant) > MOST_SHOWN else ''}: {word!r} is a name"
        return did_you_mean(word, self._by_spelling.values())

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {_folded(str(one)): str(one) for one in self.ids if one is not None}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        meant: dict[str, list[str]] = {}
        for name, one in zip(self.names if self.names is not None else (), self.ids, strict=False):
            if isinstance(name, str) and one is not None:
                meant.setdefault(_folded(name), []).append(str(one))
        return meant


def _names(table: pd.DataFrame) -> Texts | None:
    return table["name"].to_numpy(dtype=object) if "name" in table else None


def _folded(text: str) -> str:
    return text.strip().removeprefix(ESCAPE).casefold()
