"""Problems and programs as text that a person can read, in the manner of an .lp file."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp

from models.engines.program import StageTask, program
from models.formulation.build import Formulation
from models.problem import CouplingRows, Problem


def column_names(formulation: Formulation) -> list[str]:
    """Name each candidate by the customers of its unit and its rep: ``C1+C2 -> ana``."""
    units, candidates, org = formulation.units, formulation.candidates, formulation.org
    several = len(formulation.policy.role_names) > 1
    names = []
    for unit, rep in zip(candidates.unit, candidates.rep, strict=True):
        who = "+".join(str(org.customer_ids[c]) for c in units.member[units.start[unit] : units.start[unit + 1]])
        role = f"{formulation.policy.role_names[units.role[unit]]} of " if several else ""
        names.append(f"[{role}{who} -> {'pool' if rep < 0 else org.rep_ids[rep]}]")
    return names


def rows_text(formulation: Formulation, kind: str | None = None) -> str:
    """Write the coupling rows, those of one kind or all."""
    problem, rows = formulation.problem, formulation.problem.rows
    names = [*column_names(formulation), *(f"once{a + 1}" for a in range(problem.n_aux))]
    matrix = sp.csr_array(sp.hstack([rows.matrix, rows.aux]))
    kinds = np.repeat([block.kind for block in problem.blocks], [block.count for block in problem.blocks])
    wanted = [i for i in range(rows.count) if kind is None or kinds[i] == kind]
    return "".join(f"{rows.names[i]}:\n    {_row(matrix, i, names)}{_limits(rows, i)}\n" for i in wanted)


def costs_text(problem: Problem, names: Iterable[str]) -> str:
    """Write each goal's cost per candidate, those of 0 left out."""
    named = list(names)
    return "".join(f"{goal}:\n    {_terms(cost, named)}\n" for goal, cost in problem.costs.items())


def program_text(formulation: Formulation) -> str:
    """Write the first stage as the solvers are given it, scaled rows and all."""
    problem = formulation.problem
    written = program(StageTask(problem, problem.stages[0].weights))
    rows = problem.rows
    names = [
        *column_names(formulation),
        *(f"over_{rows.names[i]}" for i in written.over_row),
        *(f"under_{rows.names[i]}" for i in written.under_row),
        *(f"once{a + 1}" for a in range(written.n_aux)),
    ]
    lines = ["minimise", f"    {_terms(written.cost, names)}", "subject to"]
    labels = [*(f"one owner {u + 1}" for u in range(problem.n_units)), *rows.names]
    matrix = sp.csr_array(written.matrix)
    for i, label in enumerate(labels):
        low, high = written.row_lower[i], written.row_upper[i]
        lines.append(f"    {label}: {_between(_row(matrix, i, names), low, high)}")
    integer = sum(written.integer)
    return "\n".join([*lines, f"with {integer} whole columns of {len(written.integer)}", ""])


def _row(matrix: sp.csr_array, i: int, names: list[str]) -> str:
    return _terms(matrix[[i]].toarray().ravel(), names)


def _terms(values: np.ndarray, names: list[str]) -> str:
    terms = []
    for j in np.flatnonzero(values):
        sign = "-" if values[j] < 0 else "+"
        size = abs(values[j])
        terms.append(f"{sign} {'' if abs(size - 1) < 1e-12 else f'{size:.6g} '}{names[j]}")
    return " ".join(terms).removeprefix("+ ") or "nothing"


def _between(terms: str, low: float, high: float) -> str:
    if low == high:
        return f"{terms} = {low:.6g}"
    left = f"{low:.6g} <= " if np.isfinite(low) else ""
    right = f" <= {high:.6g}" if np.isfinite(high) else ""
    return f"{left}{terms}{right}"


def _limits(rows: CouplingRows, i: int) -> str:
    low, high = rows.lower[i], rows.upper[i]
    if low == high:
        text = f" = {low:.6g}"
    else:
        text = f" <= {high:.6g}" if np.isfinite(high) else ""
        text += f" >= {low:.6g}" if np.isfinite(low) else ""
    if rows.soft[i]:
        text += f" at {rows.over_points[i]:.6g} over, {rows.under_points[i]:.6g} under"
    return text
