"""What prices predict of a change: by how much the bound moves when the changed problem is priced.

At given prices ``y`` the bound ``L(y)`` is one of the changed problem too, whatever the change is. So a change never
saves more than ``L(y) - L'(y)``, beyond what today's plan is above its own bound (Geoffrion 1974,
doi:10.1007/BFb0120690).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.engines.program import StageTask
from models.findings import InputRefused
from models.formulation.build import formulate
from models.org import Org
from models.policy import Policy
from models.solve import ceilings_of
from models.stop import Stop
from models.warm import Warm
from scenarios.advising.idea import Idea, applied
from scenarios.advising.standing import Standing, settled


def predict(
    idea: Idea,
    org: Org,
    policy: Policy,
    document: Mapping[str, Any],
    standing: Standing,
    stop: Stop,
    *,
    settle: bool = False,
) -> tuple[float, ...] | None:
    """Return the predicted change of each stage's value in points, negative where the change saves.

    The prices are the run's own, and 0 for rows that the change brings; with ``settle`` they settle at what the change
    makes of them, which predicts less and comes closer. None when the change does not fit the org, or leaves somebody
    without any possible owner.
    """
    try:
        changed_org, changed_policy = applied(idea, org, policy, document)
        formulation = formulate(changed_org, changed_policy)
    except InputRefused:
        return None
    problem = formulation.problem
    if problem.n_units and np.diff(problem.start).min() == 0:
        return None
    hard = ceilings_of(changed_policy)
    predicted = []
    for stage, before in zip(problem.stages, standing.stages, strict=True):
        task = StageTask(problem, stage.weights, (*hard, *before.caps))
        warm = Warm(standing.warm.customers, standing.warm.roles, standing.warm.reps, before.prices)
        prices = warm.prices_of(task)
        if settle:
            prices = settled(task, prices, stop)
        predicted.append(prices.bound - before.price_bound)
    return tuple(predicted)
