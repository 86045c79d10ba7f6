"""The numbers of the first screen, as far as a reader may see what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.books import Band
from models.org import BoolArray
from models.outcome import Outcome
from models.policy import CUSTOMERS
from models.summary import Headline, Portion, Shift, of_customers
from planner.report.readership.scope import Scope


def headline_told(
    outcome: Outcome, scope: Scope, headline: Headline, bands: Sequence[Band], kept: BoolArray
) -> Headline:
    """Return the numbers of the first screen without those that tell of single reps or of what is hidden.

    Parameters
    ----------
    bands
        Those that may be told, the weightiest first.
    kept : bool array, shape (members,)
        Whom locks and holdouts keep that may be told.
    """
    if scope.everything:
        return headline
    if not scope.measure(headline.worth):
        everybody = np.ones(len(kept))
        frozen = Portion(0.0, of_customers(outcome, everybody, np.ones(len(kept), dtype=bool)), CUSTOMERS)
        headline = replace(headline, worth=CUSTOMERS, revenue=headline.chosen, largest_loss=None, frozen=frozen)
    loss = headline.largest_loss
    banded = np.logical_or.reduce([band.banded for band in bands], initial=False)
    inside = (
        np.logical_and.reduce([band.inside(getattr(band, when)) for band in bands]) & banded
        for when in ("before", "after")
    )
    even = bands[0] if bands and scope.whole else None
    worth = outcome.scales.of_members(headline.worth, outcome.ownership.after)
    return replace(
        headline,
        inside=Shift(*(float(np.sum(flags)) for flags in inside)),
        banded_reps=int(np.sum(banded)),
        evenness=Shift(np.nan, np.nan)
        if even is None
        else Shift(even.heaviest_to_lightest(even.before), even.heaviest_to_lightest(even.after)),
        evenness_of="" if even is None else even.measure,
        largest_loss=loss if loss is None or scope.reps[loss.rep] else None,
        frozen=replace(headline.frozen, amount=of_customers(outcome, worth, kept)),
    )
