"""CBC on the whole program, through PuLP."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pulp

from models.engines.program import Program
from planner.bench.question import Answer, Asked, Found

TOLERANCE = 1e-9
_PRINTED = 1e-3  # the log has three decimals

_BETTER = re.compile(r"Integer solution of ([-+\d.e]+) found.*\(([\d.]+) seconds\)")
_BOUND = re.compile(r"^(?:Lower bound:|Cbc0005I Partial search.*best possible)\s*([-+\d.e]+)", re.MULTILINE)


def with_cbc(asked: Asked, found: Found) -> Answer:
    """Solve with the CBC that PuLP brings, on all threads; its log tells of better plans and of the bound."""
    written = asked.program
    model, columns = model_of(written)
    with tempfile.TemporaryDirectory(prefix="planner-cbc-") as made:
        log = Path(made) / "cbc.log"
        solver = pulp.COIN_CMD(
            path=pulp.PULP_CBC_CMD.pulp_cbc_path,
            msg=False,
            threads=asked.threads,
            timeLimit=asked.seconds_left,
            logPath=str(log),
            options=[
                f"primalTolerance {TOLERANCE:g}",
                f"integerTolerance {TOLERANCE:g}",
                f"randomCbcSeed {asked.seed}",
            ],
        )
        began = asked.seconds_used
        model.solve(solver)
        told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    for value, seconds in _BETTER.findall(told):
        found(float(value), began + float(seconds))
    state = pulp.LpSolution[model.sol_status].lower()
    if model.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Answer(None, _bound(told), state)
    values = np.array([column.value() or 0.0 for column in columns])
    bound = float(written.cost @ values) if model.sol_status == pulp.LpSolutionOptimal else _bound(told)
    return Answer(asked.formulation.assignment(written.choice(values)), bound, state)


def _bound(told: str) -> float | None:
    bounds = _BOUND.findall(told)
    return float(bounds[-1]) - _PRINTED if bounds else None


def model_of(written: Program) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """Return the program in PuLP's words, and its columns in order."""
    model = pulp.LpProblem("plan", pulp.LpMinimize)
    columns = [
        model.add_variable(
            f"z{at}",
            0,
            None if np.isinf(upper) else float(upper),
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for at, (upper, whole) in enumerate(zip(written.upper, written.integer, strict=True))
    ]
    model += pulp.LpAffineExpression(zip(columns, written.cost.tolist(), strict=True))
    matrix = written.matrix.tocsr()
    for row in range(matrix.shape[0]):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = pulp.LpAffineExpression(
            [(columns[j], value) for j, value in zip(matrix.indices[at], matrix.data[at].tolist(), strict=True)]
        )
        low, high = float(written.row_lower[row]), float(written.row_upper[row])
        if low == high:
            model += terms == low
            continue
        if np.isfinite(low):
            model += terms >= low
        if np.isfinite(high):
            model += terms <= high
    return model, columns
