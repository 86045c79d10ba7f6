"""Evaluates the expressions of scenarios over orgs that change, in one database."""

from __future__ import annotations

from types import TracebackType

from models.expression import Expressions
from models.org import Org
from models.policy import Policy


class Evaluations:
    """Expressions over orgs: the first org and the latest are kept ready. ``with`` frees them, unless ``kept``."""

    def __init__(self, *, kept: bool = False) -> None:
        self._kept = kept
        self._first: Expressions | None = None
        self._last: Expressions | None = None

    def of(self, org: Org) -> Expressions:
        """Return what evaluates expressions over an org."""
        if self._first is None:
            self._first = self._last = Expressions(org, Policy())
        for ready in (self._first, self._last):
            if ready is not None and ready.org is org:
                return ready
        self._last = Expressions(org, Policy(), beside=self._first)
        return self._last

    def close(self) -> None:
        """Free the database."""
        if self._first is not None:
            self._first.close()
        self._first = self._last = None

    def __enter__(self) -> Evaluations:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            self.close()
