"""Reports of plans made in tests: orgs of a few rows, solved and written, and read back as the command does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.account import account_for
from models.org import Org
from models.outcome import Outcome
from models.policy import Policy
from models.solve import solve
from planner.finished import priced_plan
from planner.language import language
from planner.report.blocks import Block, Chart, Facts, Report, Sentences, Table
from planner.report.plan.report import plan_report
from planner.report.readership.evidence import Evidence, read_evidence
from planner.report.readership.scope import Scope, everything
from planner.run_folder import RunFolder, open_run
from planner.write.run import About, write_run
from tests.tables import org_of


def run_of(project: Path, org: Org, policy: Policy | Mapping[str, Any], *, evaluate_only: bool = False) -> RunFolder:
    """Solve an org, write the run, and read it back."""
    policy = policy if isinstance(policy, Policy) else Policy.model_validate(policy)
    plan = solve(org, policy, evaluate_only=evaluate_only)
    account = account_for(org, policy, plan)
    return open_run(write_run(project, About("made"), org, policy, plan, account).folder)


def varied_run(project: Path) -> RunFolder:
    """Return a plan of an org with managers, regions, places, tiers, grades, a lock, a family and a departed rep."""
    rng = np.random.default_rng(3)
    reps = [
        {
            "rep_id": f"R{k}",
            "name": "Li Na" if k < 2 else f"Rep {k}",
            "team": "north" if k < 3 else "south",
            "manager_id": "R0" if k < 3 else "M9",
            "regions": "n;s",
            "lat": 40 + 0.1 * k,
            "lon": -74 + 0.1 * k,
            **({"status": "left"} if k == 5 else {}),
        }
        for k in range(6)
    ]
    customers = [
        {
            "customer_id": f"K{k:02d}",
            "name": f"Customer {k}",
            "owner_id": "ghost" if k % 22 == 5 else f"R{rng.choice([0, 0, 0, 1, 2, 3, 4, 5])}" if k % 11 else None,
            "region": "n" if k % 2 else "s",
            "tier": "ABC"[k % 3],
            "stage": "new" if k % 4 else "mature",
            "lat": 40 + rng.random(),
            "lon": -74 + rng.random(),
            "workload_hours": float(rng.integers(1, 9)),
            "revenue": float(rng.integers(10, 99)),
            "locked": k == 3,
            "recency": float(k % 5 + 1),
            "frequency": float(k % 4 + 1),
        }
        for k in range(45)
    ]
    policy = {
        "measures": {"hours": {"value": "customer.workload_hours", "unit": "h"}, "revenue": "customer.revenue"},
        "balance": [{"measure": "hours", "tolerance": "10%"}],
        "keep": {"locks": [{"name": "locked", "when": "customer.locked"}]},
        "disruption": {"budgets": [{"of": "customers", "max": "30%"}], "move_cost": "1"},
        "goals": [{"goal": "balance"}, {"goal": "disruption"}],
    }
    return run_of(project, org_of(customers, reps), policy)


def evidence_of(run: RunFolder, scope: Scope | None = None) -> Evidence:
    """Weigh the plan of a run."""
    with Outcome(run.org, run.policy, priced_plan(run)) as outcome:
        return read_evidence(outcome, scope or everything(run.org), {})


def report_of(
    run: RunFolder, scope: Scope | None = None, code: str = "en", basemap: Mapping[str, Any] | None = None
) -> Report:
    """Return the report of a run."""
    scope = scope or everything(run.org)
    return plan_report(run, evidence_of(run, scope), scope, language(code), basemap=basemap)


def block(report: Report, key: str) -> Any:
    """Return the block with a key."""
    return next(one for section in report.sections for one in section.blocks if one.key == key)


def has_block(report: Report, key: str) -> bool:
    """Tell whether there is a block with a key."""
    return any(one.key == key for section in report.sections for one in section.blocks)


def rows_of(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table by the keys of its columns."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in zip(*(table.cells[key] for key in keys), strict=True)]


def texts_in(thing: object) -> Iterator[str]:
    """Yield every text anywhere in a report: titles, cells, what lies in the data behind charts."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, np.ndarray):
        yield from texts_in(thing.tolist())
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from texts_in(key)
            yield from texts_in(value)
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from texts_in(one)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts_in(getattr(thing, field.name))


def headings(report: Report) -> Iterator[str]:
    """Yield what is written over things: titles of sections, blocks, columns and axes, and labels of facts."""
    yield report.headline
    for section in report.sections:
        yield from (section.title, section.intro)
        for one in section.blocks:
            yield from _headings(one)


def _headings(one: Block) -> Iterator[str]:
    if isinstance(one, Table):
        yield from (one.title, one.note, *(column.title for column in one.columns), *(c.note for c in one.columns))
    elif isinstance(one, Facts):
        yield from (one.title, *(text for fact in one.facts for text in (fact.label, fact.note)))
    elif isinstance(one, Sentences):
        yield one.title
    elif isinstance(one, Chart):
        yield from (one.title, one.summary, one.note, *_titles(one.spec), *_titles(one.still))


def _titles(spec: object) -> Iterator[str]:
    """Yield the titles within a specification; titles of tooltips and axes, which may be names of measures, too."""
    if isinstance(spec, Mapping):
        for key, value in spec.items():
            if key == "title" and isinstance(value, str):
                yield value
            yield from _titles(value)
    elif isinstance(spec, list):
        for one in spec:
            yield from _titles(one)
