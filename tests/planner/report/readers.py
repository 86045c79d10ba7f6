"""Readers of reports for tests: random ones, and everything that they get to see."""

import dataclasses
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.check import judge
from models.org import Org
from models.outcome import Outcome
from models.plan import Plan
from models.policy import Policy
from models.solve import solve
from planner.document import Lines
from planner.language import ENGLISH
from planner.report.readership.audience import Audience, managers_of, scope_for
from planner.report.readership.evidence import Evidence, read_evidence
from planner.report.readership.scope import Scope
from planner.run_folder import RunFolder
from tests.tables import org_of
from tests.tiny import tiny

REPS = {"top": None, "mia": "top", "ned": "mia", "ola": "mia", "pia": "top", "quy": "M9"}
"""Each rep and who manages the rep; M9 is no rep."""
NOWHERE = Path("/nowhere/runs/001")


def organisation(managers: Mapping[str, str | None] = REPS, **columns: list[Any]) -> Org:
    """Return an org of reps and their managers, a customer each; ``columns`` are further ones of the reps."""
    reps = [
        {"rep_id": rep, "name": f"{rep.title()} Ng", "manager_id": manager, "team": "field", "regions": "west"}
        | {name: cells[at] for name, cells in columns.items()}
        for at, (rep, manager) in enumerate(managers.items())
    ]
    customers = [
        {
            "customer_id": f"C-{rep}",
            "name": f"{rep} & Sons",
            "owner_id": rep,
            "region": "west",
            "revenue": 1_000.25 * at,
        }
        for at, rep in enumerate(managers, start=1)
    ]
    return org_of(customers, reps)


def run_of(org: Org, policy: Policy) -> RunFolder:
    """Return a run as far as a scope needs it."""
    return RunFolder(NOWHERE, None, org, policy, {}, Lines("planner.yaml"))


def scope_of(org: Org, policy: Policy, person: str | None = None, job: str | None = None) -> Scope:
    """Return what somebody may see."""
    return scope_for(run_of(org, policy), Audience(person, job), ENGLISH)


def evidence_of(org: Org, policy: Policy, plan: Plan, scope: Scope, **reasons: str) -> Evidence:
    """Return what a scope leaves of a plan."""
    with Outcome(org, policy, plan) as outcome:
        return read_evidence(outcome, scope, {(one, "owner"): text for one, text in reasons.items()})


def somebody(org: Org, rng: np.random.Generator) -> str:
    """Draw a manager or a rep."""
    people = [f"manager:{one}" for one in managers_of(org).ids] + [f"rep:{one}" for one in org.rep_ids]
    return str(rng.choice(people))


def random_case(seed: int) -> tuple[Org, Policy, Plan | None, np.random.Generator]:
    """Return a tiny org in which reps may manage reps, its policy, and a plan where there is one."""
    rng = np.random.default_rng(seed)
    org, policy = tiny(seed)
    reps = org.reps.assign(name=[f"Rep {one.upper()} Ó{one}" for one in org.rep_ids])
    reps["manager_id"] = [str(rng.choice(["m1", "m2", *org.rep_ids])) for _ in org.rep_ids]
    customers = org.customers.assign(
        name=[f"Firm {one}" for one in org.customer_ids],
        revenue=np.round(rng.uniform(100_000, 900_000, org.n_customers), 2),
    )
    given = {**org.given}
    given["customers"] |= {"name"}
    given["reps"] |= {"name", "manager_id"}
    org = dataclasses.replace(org, reps=reps, customers=customers, given=given)
    plan = solve(org, policy)
    return org, policy, plan if plan.assignment is not None else None, rng


def with_hidden(org: Org, *columns: tuple[str, str], jobs: tuple[str, ...] = ()) -> Org:
    """Return the org with columns that only some jobs may see; nobody, if none is named."""
    return dataclasses.replace(org, readers={column: frozenset(jobs) for column in columns})


def said(one: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every text and number that is anywhere in some evidence, with where it is."""
    if isinstance(one, pd.DataFrame):
        for column in one:
            for cell in one[column].tolist():
                yield from said(cell, f"{where}.{column}")
        yield from ((f"{where} columns", str(column)) for column in one)
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            yield from said(getattr(one, field.name), f"{where}.{field.name}")
    elif isinstance(one, tuple | list):
        for item in one:
            yield from said(item, where)
    elif one is not None:
        yield where, one


def texts_in(evidence: Evidence) -> list[tuple[str, str]]:
    """Return every text in some evidence, with where it is."""
    return [(where, one) for where, one in said(evidence) if isinstance(one, str)]


def differences(one: Evidence, other: Evidence) -> list[tuple[Any, Any]]:
    """Return what two readers see differently, with where it is."""
    pairs = zip_longest(said(one), said(other))
    return [(first, second) for first, second in pairs if not _alike(first, second)]


def _alike(first: Any, second: Any) -> bool:
    if first is None or second is None or first[0] != second[0]:
        return False
    a, b = first[1], second[1]
    both_numbers = isinstance(a, float) and isinstance(b, float)
    return bool(np.isclose(a, b, equal_nan=True)) if both_numbers else bool(a == b)


def judged_anew(org: Org, policy: Policy, plan: Plan) -> Plan:
    """Return the same assignment as it is in another org."""
    return dataclasses.replace(plan, judgement=judge(org, policy, plan.assignment), staying=None)
