"""Wishes that a run honours, kept with it as answers to a proposal: whoever judges it again holds it to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from models.org import Org, Source
from planner.by_hand.wishes import Wish

SOURCE = "planner try"
YES, NO = "yes", "no"


def pinned_org(org: Org, roles: Sequence[str], wishes: Sequence[Wish]) -> Org | None:
    """Return the org with wishes as the accepted and rejected rows of its proposal.

    None where a proposal cannot say them: there is one already, against which changes are counted, or a customer may
    not be with several reps.
    """
    if org.proposal is not None:
        return None
    said: dict[tuple[int, int], Wish] = {}
    for wish in sorted(wishes, key=lambda one: not one.kept):
        other = said.setdefault((wish.customer, wish.role), wish)
        if not other.kept and other.rep != wish.rep:
            return None
    rows = [said[key] for key in sorted(said)]
    table = pd.DataFrame(
        {
            "customer_id": pd.Series([str(org.customer_ids[one.customer]) for one in rows], dtype=object),
            "role": pd.Series([roles[one.role] for one in rows], dtype=object),
            "rep_id": pd.Series([str(org.rep_ids[one.rep]) if one.rep >= 0 else None for one in rows], dtype=object),
            "accepted": pd.Series([YES if one.kept else NO for one in rows], dtype=object),
        }
    )
    return replace(
        org,
        proposal=table,
        given={**org.given, "proposal": frozenset(table.columns)},
        sources={**org.sources, "proposal": Source(SOURCE)},
    )
