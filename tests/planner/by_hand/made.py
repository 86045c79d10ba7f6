"""Runs that tests of plans by hand begin with."""

from pathlib import Path

from models.account import account_for
from models.policy import Policy
from models.solve import solve
from planner.write.run import About, write_run
from tests.tables import org_of


def run_with_two_roles(project: Path) -> Path:
    """Write a run with two roles and a pool; some ids are what a spreadsheet would take for formulas."""
    org = org_of(
        [
            {"customer_id": "=C1", "owner_id_sales": "ana", "owner_id_service": "sam"},
            {"customer_id": "C2", "owner_id_sales": "+bob", "tier": "A"},
            {"customer_id": "C3", "owner_id_sales": "ana", "tier": "A"},
        ],
        [
            {"rep_id": "ana", "name": "Ana", "role": "sales"},
            {"rep_id": "+bob", "name": "Bob", "role": "sales"},
            {"rep_id": "sam", "name": "Sam", "role": "service"},
        ],
    )
    policy = Policy.model_validate(
        {
            "roles": {"sales": {}, "service": {"when": "customer.tier IS NULL"}},
            "pool": {"when": "customer.tier = 'A'", "penalty": 5},
            "goals": [{"goal": "disruption"}],
        }
    )
    plan = solve(org, policy)
    return write_run(project, About("roles"), org, policy, plan, account_for(org, policy, plan)).folder
