"""Finds the customer or the rep that a question is about."""

from __future__ import annotations

import difflib

import numpy as np

from models.findings import Finding, InputRefused, Place
from models.names import Texts
from models.plan import Plan
from planner.finished import priced_plan
from planner.run_folder import RunFolder


def position_of(run: RunFolder, table: str, whom: str) -> int:
    """Return the position of a customer or a rep by id, or by a name that only one has.

    Raises
    ------
    InputRefused
        When there is no such customer or rep, or several have the name.
    """
    org = run.org
    rows, ids = (org.customers, org.customer_ids) if table == "customers" else (org.reps, org.rep_ids)
    at = np.flatnonzero(ids.astype(str) == whom)
    if not len(at) and "name" in rows:
        at = np.flatnonzero(rows["name"].to_numpy(dtype=object) == whom)
    if len(at) == 1:
        return int(at[0])
    what = table.removesuffix("s")
    place = Place(file=org.source(table).file)
    if len(at) > 1:
        named = ", ".join(str(one) for one in ids[at[:5]])
        raise InputRefused(
            [Finding("TP531", f"Several {table} have this name", place, found=whom, hint=f"Try an id: {named}")]
        )
    raise InputRefused([Finding("TP531", f"There is no such {what}", place, found=whom, hint=_like(whom, ids))])


def _like(whom: str, ids: Texts) -> str:
    """Return a hint with ids that look like the one that was asked for."""
    close = difflib.get_close_matches(whom, [str(one) for one in ids[:20_000]], n=3, cutoff=0.6)
    if close:
        return f"Try {' or '.join(close)}"
    return f"Try an id of the table, such as {ids[0]}" if len(ids) else "Try another run"


def plan_to_explain(run: RunFolder, about: str) -> Plan:
    """Return the plan of a run, with its prices.

    Raises
    ------
    InputRefused
        When the run has no plan.
    """
    plan = priced_plan(run)
    if plan.assignment is None or plan.judgement is None or plan.status in ("infeasible", "no_plan"):
        found = f"a run that is {plan.status}"
        hint = "Try planner explain infeasible" if plan.status == "infeasible" else "Try a run that has a plan"
        raise InputRefused(
            [Finding("TP532", f"There is no {about} to explain", Place(file=str(run.folder)), found=found, hint=hint)]
        )
    return plan
