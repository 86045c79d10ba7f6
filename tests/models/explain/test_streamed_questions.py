"""Questions to a plan whose pairs are streamed: all pairs of the customer asked about are at hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.explain.customer import explain_customer
from models.outcome import Outcome
from models.solve import solve
from models.stop import Stop
from tests.middling import middling_org, middling_policy
from tests.sizes import hold_all_pairs, stream_everything


@pytest.mark.long
def test_everybody_who_may_own_a_customer_is_ranked_where_pairs_are_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    stream_everything(monkeypatch)
    org, policy = middling_org(24, 5), middling_policy(eligibility={})
    plan = solve(org, policy, stop=Stop(effort=0.05))
    with Outcome(org, policy, plan) as outcome:
        moved = outcome.ownership.customer[np.flatnonzero(outcome.changes.chosen)]
    assert len(moved)
    streamed = explain_customer(org, policy, plan, int(moved[0]))[0]
    hold_all_pairs(monkeypatch)
    held = explain_customer(org, policy, plan, int(moved[0]))[0]
    assert sorted(one.rep for one in streamed.contenders) == sorted(one.rep for one in held.contenders)
    assert [one.rep for one in streamed.excluded] == [one.rep for one in held.excluded]
    assert streamed.staying is not None
    assert streamed.staying.evidence != "proven"
    assert streamed.staying.low <= streamed.staying.high
