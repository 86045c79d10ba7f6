"""Six customers and three reps, every number known by hand.

C1 stays with Ana; C3 moves from Ana to Bob by choice; C5's owner Dan has left; C6 never had one.
"""

import datetime as dt

import numpy as np
import pandas as pd

from models.org import Org, Period
from models.plan import Assignment, GoalValue, Judgement, Plan
from models.policy import Policy

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["C1", "C2", "C3", "C4", "C5", "C6"],
        "name": ["Acme", "Borealis", "Cobalt", "Cobalt Labs", "Delta", "Ember"],
        "family_id": [None, None, "F1", "F1", None, None],
        "owner_id": ["ana", "ana", "ana", "bob", "dan", None],
        "owner_since": pd.to_datetime(["2023-01-01", "2027-01-01", "2023-01-01", "2027-01-01", "2020-06-30", None]),
        "region": ["west", "west", "west", "west", "east", "east"],
        "required_skills": [None, "cloud:2", None, None, None, None],
        "workload_hours": [40.0, 30.0, 30.0, 20.0, 50.0, 30.0],
        "revenue": [100.0, 60.0, 40.0, 30.0, 80.0, 50.0],
        "tier": ["A", "B", "B", "C", "B", "C"],
    }
)
REPS = pd.DataFrame(
    {
        "rep_id": ["ana", "bob", "eve"],
        "name": ["Ana", "Bob", "Eve"],
        "team": ["field", "field", "field"],
        "regions": ["west", "west;east", "east"],
        "skills": ["cloud:3", "cloud:1", None],
        "seniority": [3.0, 1.0, 2.0],
        "capacity_workload_hours": [120.0, 110.0, 100.0],
        "available_from": pd.to_datetime([None, None, "2027-02-15"]),
    }
)
POLICY = {
    "measures": {
        "workload": {"value": "customer.workload_hours", "unit": "h"},
        "revenue": {"value": "customer.revenue", "unit": "USD"},
    },
    "eligibility": {
        "region": "same",
        "skills": "required",
        "rules": [
            {"name": "key customers", "when": "customer.tier = 'A'", "prefer": "rep.seniority >= 3", "penalty": 10}
        ],
    },
    "capacity": [{"measure": "workload", "max": "rep.capacity_workload_hours"}],
    "balance": [{"measure": "revenue", "target": "equal", "tolerance": "10%", "weight": 1}],
    "disruption": {
        "budgets": [{"name": "moved customers", "of": "customers", "max": "50%"}],
        "move_cost": "1 + 0.5 * least(customer.tenure_years, 4)",
    },
    "goals": [
        {"goal": "balance", "weight": 1},
        {"goal": "disruption", "weight": 1},
        {"goal": "misfit", "weight": 1},
    ],
}
ANA, BOB, EVE = 0, 1, 2
OPTIMUM = (ANA, ANA, BOB, BOB, EVE, BOB)


def org(customers: pd.DataFrame = CUSTOMERS, reps: pd.DataFrame = REPS) -> Org:
    return Org(
        customers.copy(),
        reps.copy(),
        Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31)),
        given={"customers": frozenset(customers.columns), "reps": frozenset(reps.columns)},
    )


def policy(**changes: object) -> Policy:
    return Policy.model_validate({**POLICY, **changes})


def assignment(owners: tuple[int, ...] = OPTIMUM) -> Assignment:
    return Assignment(("owner",), np.array([owners]))


def optimum() -> Plan:
    """The proven optimum as the checker judges it, written down by hand."""
    return Plan(
        status="optimal",
        assignment=assignment(),
        judgement=Judgement(
            violations=(),
            goals={
                "balance": GoalValue(80 / 9, "% of target", 80 / 9),
                "disruption": GoalValue(3.0, "points", 3.0),
                "misfit": GoalValue(0.0, "points", 0.0),
            },
            objective=107 / 9,
            stage_values=(107 / 9,),
            moved=np.array([[False, False, True, False, False, False]]),
            forced=np.array([[False, False, False, False, True, False]]),
            newly=np.array([[False, False, False, False, False, True]]),
        ),
        bound=107 / 9,
        bound_by="highs tree",
        engine="highs",
        engine_reason="small: 10 candidates",
        seconds=0.04,
        seed=1,
        stopped_by="optimal",
    )
