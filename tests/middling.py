"""Random orgs of middling size: too many plans to try, few enough to solve in a moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.engines.program import StageTask
from models.formulation.build import Formulation, formulate
from models.org import Org
from models.policy import Policy
from tests.tables import org_of


def middling_org(customers: int = 60, reps: int = 6, seed: int = 1) -> Org:
    """Draw customers of skewed revenue around a few cities, each owned by a rep who is not far away."""
    rng = np.random.default_rng(seed)
    bases = rng.uniform((40, -110), (44, -100), size=(reps, 2))
    home = rng.integers(0, reps, customers)
    at = bases[home] + rng.normal(0, 0.8, size=(customers, 2))
    owner = np.where(rng.random(customers) < 0.8, home, rng.integers(0, reps, customers))
    revenue = np.round(rng.lognormal(3, 0.8, customers), 1)
    hours = np.round(rng.uniform(4, 20, customers), 1)
    return org_of(
        [
            {
                "customer_id": f"C{c:04d}",
                "owner_id": f"R{owner[c]:03d}" if rng.random() < 0.95 else None,
                "lat": float(at[c, 0]),
                "lon": float(at[c, 1]),
                "revenue": float(revenue[c]),
                "workload_hours": float(hours[c]),
            }
            for c in range(customers)
        ],
        [
            {
                "rep_id": f"R{r:03d}",
                "lat": float(bases[r, 0]),
                "lon": float(bases[r, 1]),
                "capacity_workload_hours": float(hours.sum() / reps * 1.15),
            }
            for r in range(reps)
        ],
    )


def middling_policy(**sections: Any) -> Policy:
    """Two tight bands, a limit of hours and a budget of moves; ``sections`` replace or add."""
    document: dict[str, Any] = {
        "measures": {"revenue": "customer.revenue", "workload": "customer.workload_hours"},
        "eligibility": {"nearest": 4},
        "capacity": [{"measure": "workload", "max": "rep.capacity_workload_hours"}],
        "balance": [
            {"measure": "revenue", "tolerance": "5%", "weight": 2},
            {"measure": "workload", "tolerance": "5%"},
        ],
        "disruption": {"budgets": [{"of": "customers", "max": "40%"}]},
        "goals": [{"goal": "balance"}, {"goal": "disruption"}, {"goal": "travel", "weight": 0.2}],
    }
    return Policy.model_validate({**document, **sections})


def middling(customers: int = 60, reps: int = 6, seed: int = 1, **sections: Any) -> Formulation:
    """Formulate a middling org."""
    return formulate(middling_org(customers, reps, seed), middling_policy(**sections))


def first_stage(formulation: Formulation) -> StageTask:
    """Return what an engine is asked in the first stage."""
    return StageTask(formulation.problem, formulation.problem.stages[0].weights)
