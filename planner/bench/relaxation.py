"""PDLP on the linear relaxation: no plan, but a bound, made valid by recomputing it from the multipliers.

D. Applegate et al. (2021), "Practical large-scale linear programming using primal-dual hybrid gradient", NeurIPS 34.
"""

from __future__ import annotations

import numpy as np
from ortools.pdlp import solve_log_pb2, solvers_pb2
from ortools.pdlp.python import pdlp

from models.engines.prices import price
from models.engines.program import row_scales
from planner.bench.question import Answer, Asked, Found

PRECISION = 1e-7


def with_pdlp(asked: Asked, found: Found) -> Answer:
    """Solve the relaxation on all threads, and return what its multipliers prove, however far it came."""
    written, problem = asked.program, asked.formulation.problem
    relaxed = pdlp.QuadraticProgram()
    relaxed.objective_vector = written.cost
    relaxed.constraint_matrix = written.matrix.tocsc()
    relaxed.constraint_lower_bounds, relaxed.constraint_upper_bounds = written.row_lower, written.row_upper
    relaxed.variable_lower_bounds, relaxed.variable_upper_bounds = np.zeros(len(written.cost)), written.upper
    parameters = solvers_pb2.PrimalDualHybridGradientParams(num_threads=asked.threads)
    parameters.termination_criteria.simple_optimality_criteria.eps_optimal_relative = PRECISION
    parameters.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = PRECISION
    parameters.termination_criteria.time_sec_limit = asked.seconds_left
    result = pdlp.primal_dual_hybrid_gradient(relaxed, parameters)
    log = result.solve_log
    rows = result.dual_solution[problem.n_units : problem.n_units + problem.rows.count] * row_scales(problem)
    proven = price(asked.stage, np.nan_to_num(rows), np.zeros(0)).bound
    reason = solve_log_pb2.TerminationReason.Name(log.termination_reason).removeprefix("TERMINATION_REASON_").lower()
    return Answer(None, proven, f"{reason} after {log.iteration_count:,} iterations", price_bound=proven)
