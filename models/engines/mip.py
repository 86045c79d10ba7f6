"""One mixed-integer program through OR-Tools (MathOpt): HiGHS, SCIP and CP-SAT."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from models.engines.program import Program
from models.engines.whole_numbers import in_whole_numbers
from models.org import FloatArray

Solver = Literal["highs", "scip", "cpsat", "glop"]

SOLVERS = {
    "highs": mathopt.SolverType.HIGHS,
    "scip": mathopt.SolverType.GSCIP,
    "cpsat": mathopt.SolverType.CP_SAT,
    "glop": mathopt.SolverType.GLOP,
}


MOST_WHOLE = 2.0**53


@dataclass(frozen=True)
class Answer:
    """What a solver says: values of the columns, a proven lower bound, and why it stopped.

    ``state`` is ``optimal``, ``feasible`` (stopped early with a solution), ``infeasible`` (proven) or ``unknown``.
    """

    state: Literal["optimal", "feasible", "infeasible", "unknown"]
    values: FloatArray | None
    bound: float
    duals: FloatArray | None = None
    detail: str = ""


LARGEST_COST = 1e7


class SolverFailed(Exception):
    """A solver ended with an error of its own instead of an answer."""


@dataclass(frozen=True)
class Effort:
    """How hard a solver may try.

    ``seconds`` and ``nodes`` are None for no limit; ``bound_only`` leaves the search for plans to others.
    """

    seconds: float | None = None
    nodes: int | None = None
    gap: float = 0.0
    seed: int = 1
    bound_only: bool = False


def _model(program: Program, relaxed: bool) -> mathopt.Model:
    matrix = program.matrix.tocsr()
    matrix.sort_indices()
    proto = model_pb2.ModelProto()
    n, m = len(program.cost), matrix.shape[0]
    proto.variables.ids.extend(range(n))
    proto.variables.lower_bounds.extend(np.zeros(n).tolist())
    proto.variables.upper_bounds.extend(program.upper.tolist())
    proto.variables.integers.extend((np.zeros(n, dtype=bool) if relaxed else program.integer).tolist())
    proto.objective.maximize = False
    priced = np.flatnonzero(program.cost)
    proto.objective.linear_coefficients.ids.extend(priced.tolist())
    proto.objective.linear_coefficients.values.extend(program.cost[priced].tolist())
    proto.linear_constraints.ids.extend(range(m))
    proto.linear_constraints.lower_bounds.extend(program.row_lower.tolist())
    proto.linear_constraints.upper_bounds.extend(program.row_upper.tolist())
    proto.linear_constraint_matrix.row_ids.extend(np.repeat(np.arange(m), np.diff(matrix.indptr)).tolist())
    proto.linear_constraint_matrix.column_ids.extend(matrix.indices.tolist())
    proto.linear_constraint_matrix.coefficients.extend(matrix.data.tolist())
    return mathopt.Model.from_model_proto(proto)


def solve_program(
    program: Program, solver: Solver, effort: Effort, hint: FloatArray | None = None, relaxed: bool = False
) -> Answer:
    """Solve a program, or its linear relaxation, on one thread.

    Parameters
    ----------
    hint
        Values of all columns of a solution to start from, shape (columns,).
    relaxed
        Solve the linear relaxation; the answer then holds the rows' duals.
    """
    if (program.row_lower > program.row_upper).any():
        return Answer("infeasible", None, np.inf, detail="a row's limits cross")
    if solver == "cpsat" and not relaxed:
        return _in_whole_numbers(program, effort, hint)
    points = _points_per_unit(program.cost)
    model = _model(dataclasses.replace(program, cost=program.cost / points), relaxed)
    params = mathopt.SolveParameters(
        time_limit=None if effort.seconds is None else dt.timedelta(seconds=max(effort.seconds, 0.01)),
        relative_gap_tolerance=None if relaxed else effort.gap,
        absolute_gap_tolerance=None if relaxed else 1e-9,
        random_seed=effort.seed,
    )
    if solver == "highs":
        params.highs.double_options["mip_feasibility_tolerance"] = 1e-9
        params.highs.double_options["primal_feasibility_tolerance"] = 1e-9
        params.highs.double_options["dual_feasibility_tolerance"] = 1e-9
        if effort.bound_only:
            for heuristic in ("rins", "rens", "root_reduced_cost"):
                params.highs.bool_options[f"mip_heuristic_run_{heuristic}"] = False
    else:
        params.threads = 1
    if solver == "scip":
        params.gscip.real_params["numerics/feastol"] = 1e-9
    if effort.nodes is not None and solver in ("highs", "scip"):
        params.node_limit = effort.nodes
    try:
        result = _run(model, solver, params, hint)
    except SolverFailed:
        if solver != "highs":
            raise
        # HiGHS 1.12 fails inside its presolve on some tiny programs that it solves without
        params.presolve = mathopt.Emphasis.OFF
        result = _run(model, solver, params, hint)
    answer = _answer(model, result, len(program.cost), relaxed)
    duals = None if answer.duals is None else answer.duals * points
    return dataclasses.replace(answer, bound=answer.bound * points, duals=duals)


def _points_per_unit(cost: FloatArray) -> float:
    """Return the points that make one unit of the solver's objective: 1, or a power of two where points are huge."""
    largest = float(np.abs(cost).max(initial=0.0))
    return 1.0 if largest <= LARGEST_COST else float(2.0 ** np.ceil(np.log2(largest / LARGEST_COST)))


def _run(
    model: mathopt.Model, solver: Solver, params: mathopt.SolveParameters, hint: FloatArray | None
) -> mathopt.SolveResult:
    try:
        return mathopt.solve(model, SOLVERS[solver], params=params, model_params=_hinted(model, hint))
    except (AttributeError, RuntimeError, ValueError) as failure:
        # MathOpt 9.15 stumbles over the status it should report, which is then only the context of its own error
        raise SolverFailed(f"{solver}: {failure.__context__ or failure}") from failure


def _in_whole_numbers(program: Program, effort: Effort, hint: FloatArray | None) -> Answer:
    """Solve with CP-SAT, to which only whole numbers are known."""
    whole = in_whole_numbers(program)
    model = _model(whole.program, relaxed=False)
    params = mathopt.SolveParameters(
        time_limit=None if effort.seconds is None else dt.timedelta(seconds=max(effort.seconds, 0.01)),
        relative_gap_tolerance=effort.gap,
        absolute_gap_tolerance=0.5,
        random_seed=effort.seed,
        threads=1,
    )
    params.cp_sat.mip_max_bound = MOST_WHOLE
    params.cp_sat.mip_max_activity_exponent = 60
    if effort.nodes is not None:
        params.cp_sat.max_deterministic_time = effort.nodes / 100.0
    hinted = _hinted(model, None if hint is None else whole.hint(hint))
    result = mathopt.solve(model, SOLVERS["cpsat"], params=params, model_params=hinted)
    answer = _answer(model, result, len(program.cost), relaxed=False)
    return dataclasses.replace(answer, bound=whole.bound(answer.bound))


def _hinted(model: mathopt.Model, hint: FloatArray | None) -> mathopt.ModelSolveParameters:
    parameters = mathopt.ModelSolveParameters()
    if hint is not None:
        values = dict(zip(model.variables(), hint.tolist(), strict=True))
        parameters.solution_hints.append(mathopt.SolutionHint(variable_values=values))
    return parameters


def _answer(model: mathopt.Model, result: mathopt.SolveResult, n: int, relaxed: bool) -> Answer:
    reason = result.termination.reason
    bound = result.termination.objective_bounds.dual_bound
    values = duals = None
    if result.has_primal_feasible_solution():
        by_variable = result.variable_values()
        values = np.fromiter((by_variable[v] for v in model.variables()), float, n)
    if relaxed and result.has_dual_feasible_solution():
        by_row = result.dual_values()
        duals = np.fromiter((by_row[row] for row in model.linear_constraints()), float)
    if reason == mathopt.TerminationReason.OPTIMAL:
        state: Literal["optimal", "feasible", "infeasible", "unknown"] = "optimal"
    elif reason in (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED):
        state = "infeasible"
    else:
        state = "feasible" if values is not None else "unknown"
    return Answer(state, values, bound, duals, f"{reason.name.lower()} {result.termination.detail}".strip())
