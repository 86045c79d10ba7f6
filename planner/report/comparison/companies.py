"""Which runs are of one company: ids that stand for other people and customers are not to be put side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.names import Texts, customer_names, rep_names
from models.org import Org


class Companies:
    """The companies of the orgs seen so far, numbered as they come."""

    def __init__(self) -> None:
        self._known: list[tuple[Mapping[str, str], ...]] = []

    def of(self, org: Org) -> int:
        """Return the number of the company of an org.

        It is another one than those before where most of the reps' ids, or of the customers', that both have are called
        otherwise there.
        """
        reps, customers = np.arange(org.n_reps), np.arange(org.n_customers)
        called = (_called(org.rep_ids, rep_names(org, reps)), _called(org.customer_ids, customer_names(org, customers)))
        for at, known in enumerate(self._known):
            if not any(_are_others(*pair) for pair in zip(known, called, strict=True)):
                return at
        self._known.append(called)
        return len(self._known) - 1


def _called(ids: Texts, names: Texts) -> Mapping[str, str]:
    return dict(zip(map(str, ids), map(str, names), strict=True))


def _are_others(known: Mapping[str, str], called: Mapping[str, str]) -> bool:
    shared = known.keys() & called.keys()
    return 2 * sum(known[one] != called[one] for one in shared) > len(shared)
