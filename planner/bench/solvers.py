"""HiGHS, SCIP and CP-SAT on the whole program, through OR-Tools (MathOpt), without a hint from anybody.

They are set up here once more, apart from ``models.engines``: what others get must not change with our engine.
HiGHS has one thread in OR-Tools 9.15, which refuses to give it more. SCIP has one as well, and several in its
concurrent mode, in which it tells nothing of its way.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from models.engines.program import Program
from planner.bench.question import Answer, Asked, Found

TOLERANCE = 1e-9
"""How far a solver may exceed a row; the checker allows 1e-6, which the program uses already."""

PARTS_OF_A_POINT = 1_000
"""CP-SAT counts in whole numbers: amounts over and under soft rows in thousandths of a point."""

# Expl. | BestBound BestSol Gap: the only news of better plans that HiGHS gives through MathOpt
_HIGHS_PROGRESS = re.compile(r"\d%\s+(?:-?inf|[-+\d.e]+)\s+([-+\d.e]+)\s+(?:[\d.]+%|Large)\s")


def with_highs(asked: Asked, found: Found) -> Answer:
    """Solve with HiGHS, on one thread."""
    parameters = _parameters(asked, None)
    for name in ("mip_feasibility_tolerance", "primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        parameters.highs.double_options[name] = TOLERANCE

    def read(lines: Sequence[str]) -> None:
        for line in lines:
            seen = _HIGHS_PROGRESS.search(line)
            if seen is not None:
                found(float(seen.group(1)))

    return _solved(asked, mathopt.SolverType.HIGHS, parameters, read=read)


def with_scip(asked: Asked, found: Found) -> Answer:
    """Solve with SCIP, on one thread."""
    return _solved(asked, mathopt.SolverType.GSCIP, _scip(asked, 1), found=found)


def with_scip_concurrent(asked: Asked, found: Found) -> Answer:
    """Solve with SCIP in its concurrent mode, on all threads."""
    return _solved(asked, mathopt.SolverType.GSCIP, _scip(asked, asked.threads))


def with_cpsat(asked: Asked, found: Found) -> Answer:
    """Solve with CP-SAT on all threads; its bound is lowered by what counting in whole parts can have added."""
    parameters = _parameters(asked, asked.threads)
    parameters.cp_sat.mip_var_scaling = float(PARTS_OF_A_POINT)
    parameters.cp_sat.mip_scale_large_domain = True  # amounts have no upper limit, and would stay in whole points
    written = asked.program
    rounded = float(written.cost[written.amounts].sum()) / PARTS_OF_A_POINT
    return _solved(asked, mathopt.SolverType.CP_SAT, parameters, found=found, rounded=rounded)


def _scip(asked: Asked, threads: int) -> mathopt.SolveParameters:
    parameters = _parameters(asked, threads)
    parameters.gscip.real_params["numerics/feastol"] = TOLERANCE
    return parameters


def _parameters(asked: Asked, threads: int | None) -> mathopt.SolveParameters:
    return mathopt.SolveParameters(
        relative_gap_tolerance=0.0, absolute_gap_tolerance=1e-6, random_seed=asked.seed, threads=threads
    )


def _solved(
    asked: Asked,
    solver: mathopt.SolverType,
    parameters: mathopt.SolveParameters,
    *,
    found: Found | None = None,
    read: Callable[[Sequence[str]], None] | None = None,
    rounded: float = 0.0,
) -> Answer:
    written = asked.program
    model = model_of(written)
    registered, callback = None, None
    if found is not None:
        cost = dict(zip(model.variables(), written.cost.tolist(), strict=True))

        def better(data: mathopt.CallbackData) -> mathopt.CallbackResult:
            found(sum(value * cost[variable] for variable, value in (data.solution or {}).items()))
            return mathopt.CallbackResult()

        callback = better
        registered = mathopt.CallbackRegistration(
            events={mathopt.Event.MIP_SOLUTION}, mip_solution_filter=mathopt.VariableFilter(skip_zero_values=True)
        )
    parameters.time_limit = dt.timedelta(seconds=asked.seconds_left)
    try:
        result = mathopt.solve(model, solver, params=parameters, callback_reg=registered, cb=callback, msg_cb=read)
    except (AttributeError, RuntimeError, ValueError) as failure:
        # MathOpt 9.15 stumbles over the status it should report, which is then only the context of its own error
        return Answer(None, None, f"failed: {failure.__context__ or failure}")
    bound = result.termination.objective_bounds.dual_bound - rounded
    said = f"{result.termination.reason.name.lower()} {result.termination.detail}".strip()
    assignment = None
    if result.has_primal_feasible_solution():
        by_variable = result.variable_values()
        values = np.fromiter((by_variable[variable] for variable in model.variables()), float, len(written.cost))
        assignment = asked.formulation.assignment(written.choice(values))
    return Answer(assignment, bound if np.isfinite(bound) else None, said)


def model_of(written: Program) -> mathopt.Model:
    """Return the program as MathOpt wants it."""
    matrix = written.matrix.tocsr()
    matrix.sort_indices()
    proto = model_pb2.ModelProto()
    columns, rows = len(written.cost), matrix.shape[0]
    proto.variables.ids.extend(range(columns))
    proto.variables.lower_bounds.extend([0.0] * columns)
    proto.variables.upper_bounds.extend(written.upper.tolist())
    proto.variables.integers.extend(written.integer.tolist())
    priced = np.flatnonzero(written.cost)
    proto.objective.linear_coefficients.ids.extend(priced.tolist())
    proto.objective.linear_coefficients.values.extend(written.cost[priced].tolist())
    proto.linear_constraints.ids.extend(range(rows))
    proto.linear_constraints.lower_bounds.extend(written.row_lower.tolist())
    proto.linear_constraints.upper_bounds.extend(written.row_upper.tolist())
    proto.linear_constraint_matrix.row_ids.extend(np.repeat(np.arange(rows), np.diff(matrix.indptr)).tolist())
    proto.linear_constraint_matrix.column_ids.extend(matrix.indices.tolist())
    proto.linear_constraint_matrix.coefficients.extend(matrix.data.tolist())
    return mathopt.Model.from_model_proto(proto)
