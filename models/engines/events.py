"""Events of customers that count once over several roles, as the search keeps count of them.

An auxiliary variable is the greatest of its events, and every event is 0 or 1, so it is 1 wherever their number is
above 0. That number is linear in the choice: the search carries it like the activity of a row, one for each
variable after all others, and changes the rows that read the variable when it comes from 0 or falls back to it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from models.org import BoolArray, FloatArray, IntArray
from models.problem import CouplingRows, Listed, Problem


@dataclass(frozen=True)
class CountedEvents:
    """The rows of a problem, then one row for each auxiliary variable with the number of its events.

    Attributes
    ----------
    rows : CouplingRows
        Those that define auxiliary variables, and the rows of numbers, have no limits: they hold by themselves.
    first : int
        The row of the first number.
    always : float array, shape (auxiliaries,)
        Events that happen whatever is chosen, less those that candidates take back.
    uses : CSR, shape (auxiliaries, rows)
        What each variable adds to the rows that read it.
    """

    rows: CouplingRows
    first: int
    always: FloatArray
    uses: sp.csr_array

    @cached_property
    def units(self) -> tuple[IntArray, IntArray]:
        """(variable, unit) of all units on which an event depends, each pair once."""
        listed = self.rows.listed
        at = listed.row >= self.first
        pairs = np.unique(np.stack([listed.row[at] - self.first, listed.unit[at]]), axis=1)
        return pairs[0], pairs[1]

    def activity(self, choice: IntArray) -> FloatArray:
        """Add up the rows for a choice of one candidate per unit, and the numbers of events; shape (rows,)."""
        total = self.rows.activity(choice)
        if len(self.always):
            events = total[self.first :] + self.always
            total[self.first :] = events
            total[: self.first] += self.uses.T @ np.minimum(events, 1.0)
        return total


def counted_events(problem: Problem) -> CountedEvents:
    """Return a problem's rows with each auxiliary variable as the events that define it."""
    rows, n = problem.rows, problem.rows.count
    if not problem.n_aux:
        return CountedEvents(rows, n, np.zeros(0), sp.csr_array((0, n)))
    coefficients = rows.aux.tocoo()
    of_kind = [np.full(block.count, block.kind == "counted once") for block in problem.blocks]
    defines: BoolArray = np.concatenate(of_kind)
    negative = coefficients.data < 0
    # one event in each such row: sum of candidates - upper, which is 0 or 1
    event_row, event_aux = coefficients.row[negative], coefficients.col[negative]
    aux_of_row = np.full(n, -1, dtype=np.int64)
    aux_of_row[event_row] = event_aux
    listed = rows.listed
    aux = aux_of_row[listed.row]
    kept = np.flatnonzero((aux >= 0) | ~defines[listed.row])
    counted = Listed(
        np.searchsorted(listed.unit[kept], np.arange(problem.n_units + 1)),
        listed.unit[kept],
        listed.candidate[kept],
        np.where(aux >= 0, n + aux, listed.row)[kept],
        listed.value[kept],
    )
    free = np.full(problem.n_aux, np.inf)
    lower, upper = np.where(defines, -np.inf, rows.lower), np.where(defines, np.inf, rows.upper)
    reads = ~negative & ~defines[coefficients.row]
    uses = sp.coo_array(
        (coefficients.data[reads], (coefficients.col[reads], coefficients.row[reads])), shape=(problem.n_aux, n)
    )
    always = -np.bincount(event_aux, rows.upper[event_row], minlength=problem.n_aux).astype(float)
    extended = dataclasses.replace(rows, listed=counted, lower=np.r_[lower, -free], upper=np.r_[upper, free])
    return CountedEvents(extended, n, always, sp.csr_array(uses))
