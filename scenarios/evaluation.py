"""Evaluates the expressions of scenarios: what was made ready for an org is kept as long as the org is the same."""

from __future__ import annotations

from types import TracebackType

from models.expression import Expressions
from models.org import Org
from models.policy import Policy


class Evaluations:
    """Expressions over orgs, one org at a time; several scenarios of one org may share it. ``with`` frees them."""

    def __init__(self, *, kept: bool = False) -> None:
        self._kept = kept
        self._first: Expressions | None = None
        self._last: Expressions | None = None

    def of(self, org: Org) -> Expressions:
        """Return what evaluates expressions over an org."""
        for ready in (self._first, self._last):
            if ready is not None and ready.org is org:
                return ready
        made = Expressions(org, Policy())
        if self._first is None:
            self._first = made
        else:
            if self._last is not None:
                self._last.close()
            self._last = made
        return made

    def close(self) -> None:
        """Free everything."""
        for ready in (self._first, self._last):
            if ready is not None:
                ready.close()
        self._first = self._last = None

    def __enter__(self) -> Evaluations:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            self.close()
