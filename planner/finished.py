"""A finished run made a plan again, as it was solved: to be weighed, compared and explained without solving it anew."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.check import judge
from models.findings import Finding, InputRefused, Place
from models.org import FloatArray
from models.plan import Assignment, Plan, StageResult
from planner.record import NotPlanned, Planned
from planner.run_folder import RunFolder, read_assignment
from planner.write.certificate import read_certificate
from planner.write.files import read_csv_as_text, sha256
from planner.write.run import CERTIFICATE, MOVES


def finished_plan(run: RunFolder, assignment: Assignment | None = None) -> Plan:
    """Return the plan of a run, judged anew from its inputs and assignments; without one where it has none.

    ``assignment`` stands in for what is in the run's folder, which may have been edited since.

    Raises
    ------
    InputRefused
        When the assignments cannot be read, or a row of them names nobody known.
    """
    record = run.record
    if isinstance(record, NotPlanned):
        return Plan(
            status=record.status,
            assignment=None,
            judgement=None,
            **_shared(record),
            explanation=tuple(record.explanation) or tuple(one.message for one in record.violations),
        )
    assignment = _written(run) if assignment is None else assignment
    return Plan(
        status=record.status,
        assignment=assignment,
        judgement=judge(run.org, run.policy, assignment),
        **_shared(record),
        price_bound=record.price_bound,
        stages=tuple(_stages(record)),
    )


def _written(run: RunFolder) -> Assignment:
    file = read_assignment(run)
    if file.wrong:
        path = Path(run.folder) / file.wrong[0].line
        raise InputRefused(
            Finding("TP502", "The assignments cannot be compared", Place(file=str(path)), found=one.message)
            for one in file.wrong
        )
    return file.assignment


def priced_plan(run: RunFolder, assignment: Assignment | None = None) -> Plan:
    """Return what :func:`finished_plan` does, with the multipliers of the run's certificate as far as it has them.

    Raises
    ------
    InputRefused
        When the assignments or the certificate cannot be read.
    """
    return dataclasses.replace(finished_plan(run, assignment), prices=_prices(run))


def with_staying(run: RunFolder, plan: Plan) -> Plan:
    """Return a plan with what it would cost to leave each chosen move where it was, as the run's table of moves has it.

    Left out where that table is not what the run wrote.
    """
    path = run.folder / MOVES
    if plan.assignment is None or not isinstance(run.record, Planned) or not path.is_file():
        return plan
    if sha256(path) != run.record.files.get(MOVES):
        return plan
    table = read_csv_as_text(path, ("customer_id", "role", "staying_points"))
    if "staying_points" not in table:
        return plan
    staying = np.full(plan.assignment.owners.shape, np.nan)
    points = pd.to_numeric(table["staying_points"], errors="coerce").to_numpy(float)
    customers = table["customer_id"].map(run.org.customer_positions).to_numpy(float)
    roles = table["role"].map({name: at for at, name in enumerate(run.policy.role_names)}).to_numpy(float)
    known = np.flatnonzero(~np.isnan(points) & ~np.isnan(customers) & ~np.isnan(roles))
    staying[roles[known].astype(int), customers[known].astype(int)] = points[known]
    return dataclasses.replace(plan, staying=staying)


def _prices(run: RunFolder) -> dict[str, FloatArray]:
    """Return the multipliers by the names of rows; none where the certificate is not there any more."""
    path = run.folder / CERTIFICATE
    if not path.is_file():
        return {}
    try:
        return {name: values for name, values in read_certificate(path).items() if np.isfinite(values).all()}
    except (OSError, ValueError) as error:
        found = str(error).splitlines()[0]
        raise InputRefused(
            [Finding("TP502", "The certificate of the run cannot be read", Place(file=str(path)), found=found)]
        ) from error


def _shared(record: Planned | NotPlanned) -> dict[str, Any]:
    return {
        "bound": record.bound,
        "bound_by": record.bound_by,
        "engine": record.engine,
        "engine_reason": record.engine_reason,
        "seconds": record.seconds,
        "seed": record.seed,
        "stopped_by": record.stopped_by,
    }


def _stages(record: Planned) -> list[StageResult]:
    return [
        StageResult(
            one.priority,
            tuple(one.goals),
            one.value if one.value is not None else float("inf"),
            one.bound if one.bound is not None else -float("inf"),
            one.cap,
            "optimal" if one.status == "optimal" else "feasible",
        )
        for one in record.stages
    ]
