"""A second opinion: the same program written with PuLP and solved by CBC."""

from __future__ import annotations

import numpy as np
import pulp

from models.engines.mip import Answer, Effort
from models.engines.program import Program


def solve_with_cbc(program: Program, effort: Effort) -> Answer:
    """Solve a program with the CBC that PuLP brings along, on one thread.

    CBC reports no bound through PuLP: the bound is the objective where it proves optimality, minus infinity elsewhere.
    """
    model = pulp.LpProblem("plan", pulp.LpMinimize)
    columns = [
        model.add_variable(
            f"z{j}",
            0,
            None if np.isinf(program.upper[j]) else float(program.upper[j]),
            pulp.LpInteger if program.integer[j] else pulp.LpContinuous,
        )
        for j in range(len(program.cost))
    ]
    model += pulp.LpAffineExpression([(columns[j], float(c)) for j, c in enumerate(program.cost)])
    matrix = program.matrix.tocsr()
    for i in range(matrix.shape[0]):
        at = slice(matrix.indptr[i], matrix.indptr[i + 1])
        terms = [(columns[j], float(v)) for j, v in zip(matrix.indices[at], matrix.data[at], strict=True)]
        low, high = program.row_lower[i], program.row_upper[i]
        if not terms:
            if low > 1e-9 or high < -1e-9:
                return Answer("infeasible", None, np.inf)
            continue
        row = pulp.LpAffineExpression(terms)
        if low == high:
            model += row == float(low)
            continue
        if np.isfinite(low):
            model += row >= float(low)
        if np.isfinite(high):
            model += row <= float(high)
    solver = pulp.COIN_CMD(
        path=pulp.PULP_CBC_CMD.pulp_cbc_path,
        msg=False,
        threads=1,
        timeLimit=effort.seconds,
        gapRel=effort.gap,
        gapAbs=1e-9,
        maxNodes=effort.nodes,
        options=["primalTolerance 1e-9", "integerTolerance 1e-9", f"randomCbcSeed {effort.seed}"],
    )
    model.solve(solver)
    # "integer infeasible" reaches only the status, not the solution's
    if pulp.LpStatusInfeasible in (model.status, model.sol_status):
        return Answer("infeasible", None, np.inf)
    if model.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Answer("unknown", None, -np.inf)
    values = np.array([column.value() or 0.0 for column in columns])
    if model.sol_status == pulp.LpSolutionOptimal:
        value = float(program.cost @ values)
        return Answer("optimal", values, value - effort.gap * abs(value))
    return Answer("feasible", values, -np.inf)
