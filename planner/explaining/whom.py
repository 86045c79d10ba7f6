"""Finds the customer or the rep that a question is about."""

from __future__ import annotations

from models.findings import Finding, InputRefused, Place
from models.plan import Plan
from planner.finished import priced_plan
from planner.known_ids import UNKNOWN, Known
from planner.run_folder import RunFolder
from planner.to_type import command


def position_of(run: RunFolder, table: str, whom: str) -> int:
    """Return the position of a customer or a rep by id, or by a name that only one has.

    Raises
    ------
    InputRefused
        When there is no such customer or rep, or several have the name.
    """
    known = Known.customers(run.org) if table == "customers" else Known.reps(run.org)
    position = known.position(whom)
    if position == UNKNOWN:
        title = f"There is no such {table.removesuffix('s')}, or there are several of this name"
        place = Place(file=run.org.source(table).file)
        raise InputRefused([Finding("TP531", title, place, found=whom, hint=known.hint(whom))])
    return position


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
        hint = (
            f"Try {command('explain', run.folder, 'infeasible')}"
            if plan.status == "infeasible"
            else "Try a run that has a plan"
        )
        raise InputRefused(
            [Finding("TP532", f"There is no {about} to explain", Place(file=str(run.folder)), found=found, hint=hint)]
        )
    return plan
