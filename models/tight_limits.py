"""Limits that arithmetic alone shows to be too tight: budgets into which no move fits, sums that do not add up."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from models.coefficients import brought
from models.conflicts.figures import readable
from models.findings import Finding, Place
from models.formulation.build import Formulation
from models.org import BoolArray, FloatArray
from models.policy import CUSTOMERS, Budget, Capacity, line_names
from models.problem import Problem, RowBlock

TOLERANCE = 1e-6
MOST_NAMED = 5


def quantity(value: float) -> str:
    """Return a number in the digits that matter.

    Examples
    --------
    >>> quantity(0.6000000000000001), quantity(12345.6), quantity(6.0)
    ('0.6', '12,346', '6')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def unit_of(formulation: Formulation, measure: str) -> str:
    """Return what a measure is counted in: its unit, or its name where it has none."""
    return CUSTOMERS if measure == CUSTOMERS else formulation.policy.measures[measure].unit or measure


# ---- budgets -----------------------------------------------------------------------------------------------


def tight_budgets(formulation: Formulation) -> Iterator[Finding]:
    """Yield the budgets whose limit is above 0 and below the smallest move that could use it."""
    budgets = formulation.policy.disruption.budgets
    by_path = {f"disruption.budgets[{name}]": budget for name, budget in zip(line_names(budgets), budgets, strict=True)}
    for block in formulation.problem.blocks:
        budget = by_path.get(block.line)
        if budget is not None and not (formulation.whole is not None and budget.side == "gained"):
            least, limit = smallest_moves(formulation.problem, block), block.scale
            tight = np.flatnonzero((limit > 0) & np.isfinite(least) & (limit * (1 + TOLERANCE) + TOLERANCE < least))
            if len(tight):
                worst = int(tight[np.argmax(least[tight] / limit[tight])])
                unit = unit_of(formulation, budget.of)
                one = "customer" if unit == CUSTOMERS and least[worst] == 1 else unit
                labels = tuple(block.labels[j] for j in tight[:MOST_NAMED])
                whose = "" if budget.per is None else f" for {len(tight):,} of {block.count:,} {budget.per}s"
                of = "" if budget.per is None else f" for {block.labels[worst]}"
                yield Finding(
                    "TP323",
                    f"A budget allows no move at all{whose}",
                    Place(path=f"policy.{block.line}.max"),
                    found=f"at most {quantity(limit[worst])} {unit}{of}",
                    expected=f"at least {quantity(least[worst])} {one}, the smallest that could move",
                    hint=_larger(budget, float(limit[worst]), float(least[worst]), block.labels[worst]),
                    severity="warning",
                    count=len(tight),
                    examples=() if budget.per is None else labels,
                )


def smallest_moves(problem: Problem, block: RowBlock) -> FloatArray:
    """Return the least that one move uses of each row of a budget, infinite where nothing can move."""
    least = np.full(block.count, np.inf)
    row, candidate, value = (block.row, block.candidate, block.value) if block.books else block.listed
    width = np.diff(problem.start)
    free = np.repeat(width > 1, width)[candidate]
    if not free.all():
        row, candidate, value = row[free], candidate[free], value[free]
    if (candidate[1:] <= candidate[:-1]).any():
        # a family moves as one: what its members use adds up, less those who stay
        key = row * problem.n_candidates + candidate
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        row, value = row[order][first], np.add.reduceat(value[order], first) if len(first) else value[:0]
    if block.books:
        # what is taken back from a book is no move, but a coefficient of 0 is one
        row, value = row[value != 0], value[value != 0]
        of_nothing = (block.listed[2] == 0) & (width > 1)[problem.unit[block.listed[1]]]
        least[block.listed[0][of_nothing]] = 0.0
    np.minimum.at(least, row, np.abs(value))
    np.minimum.at(least, block.aux_row, np.abs(block.aux_value))
    return least


def _larger(budget: Budget, limit: float, needed: float, label: str) -> str:
    given = budget.max if budget.max.by_label is None else budget.max.by_label[label]
    if given.percent is None:
        return f"Try at least {quantity(needed)}"
    percent = 100 * given.percent * needed / limit
    digits = 0 if percent >= 1 else 2
    return f"Try at least {math.ceil(percent * 10**digits - TOLERANCE) / 10**digits:g}%"


# ---- capacity ----------------------------------------------------------------------------------------------


def sums_that_clash(formulation: Formulation) -> Iterator[Finding]:
    """Yield the capacity lines that no plan can keep, because their limits add up to too little or too much.

    What the customers bring to the reps (or teams) with a maximum is at least the sum of what each customer brings
    by the candidate that brings least, and likewise for minimums: where the limits' sum is beyond that, nothing helps.
    """
    lines = formulation.policy.capacity
    by_path = {f"capacity[{name}]": line for name, line in zip(line_names(lines), lines, strict=True)}
    for block in formulation.problem.blocks:
        line = by_path.get(block.line)
        if line is not None and line.per != "region" and block.kind == "capacity" and formulation.problem.n_units:
            for limits, at_most in ((block.upper, True), (block.lower, False)):
                yield from _clash(formulation, line, block, limits, at_most)


def _clash(
    formulation: Formulation, line: Capacity, block: RowBlock, limits: FloatArray, at_most: bool
) -> Iterator[Finding]:
    problem = formulation.problem
    bounded = np.isfinite(limits)
    if not bounded.any() or (np.diff(problem.start) == 0).any():
        return
    fold = np.minimum if at_most else np.maximum
    if formulation.whole is None:
        there = float(brought(problem, block, bounded, fold).sum())
    elif block.books:
        there = float(_brought_by_all(formulation, block, bounded, at_most).sum())
    else:
        return
    rows, allowed = int(bounded.sum()), float(limits[bounded].sum())
    slack = 2 * TOLERANCE * float(np.maximum(1.0, block.scale[bounded]).sum())
    if (there - allowed if at_most else allowed - there) <= slack:
        return
    unit, each = unit_of(formulation, line.measure), limits[bounded]
    sides = f"{rows:,} {line.per}{'' if rows == 1 else 's'}"
    alike = bool(np.allclose(each, each[0]))
    needed, there_is = readable(there, up=at_most), f"{readable(allowed, up=not at_most):,.12g}"
    total = f"{sides} × {quantity(each[0])} = {there_is}" if alike else f"{sides}, {there_is} in all"
    if at_most:
        need = f"{needed:,.12g} {unit} need an owner"
    else:
        need = f"there are {needed:,.12g} {unit} that they may get"
    verb, side, bound = ("raise", "maximum", "at least") if at_most else ("lower", "minimum", "at most")
    if alike:
        change = f"{verb} the {side} to {bound} {_rounded(there / rows, up=at_most, whole=line.measure == CUSTOMERS)}"
    else:
        change = f"{verb} the {side} by at least {readable(abs(needed - allowed), up=True):,.12g} in all"
    yield Finding(
        "TP324",
        f"The {side} of all {line.per}s together is too {'small' if at_most else 'great'}: no plan can exist",
        Place(path=f"policy.{block.line}.{'max' if at_most else 'min'}"),
        found=f"{total}, but {need}",
        hint=f"Try to {change}",
    )


def _brought_by_all(formulation: Formulation, block: RowBlock, counted: BoolArray, at_most: bool) -> FloatArray:
    """Return the least, or the most, that each unit brings to the counted rows with any rep whom the screens allow.

    For problems whose pairs are streamed: what the working problem lacks counts, too.
    """
    assert formulation.whole is not None
    eligible = formulation.whole.eligible
    found = np.zeros(formulation.problem.n_units)
    for book in block.books:
        inside = (book.row_of_rep >= 0) & counted[book.row_of_rep]
        every, some = ~eligible.table[:, ~inside].any(axis=1), eligible.table[:, inside].any(axis=1)
        brings = np.asarray(every if at_most else some)[eligible.row]
        found += np.where(brings, book.amount, 0.0)
    if at_most:
        found[eligible.units.every(eligible.poolable)] = 0.0
    return found


def clash_in_words(finding: Finding) -> str:
    """Return a finding of :func:`sums_that_clash` as one plain line."""
    path = (finding.place.path or "").removeprefix("policy.")
    return f"{path}: {finding.found}: {(finding.hint or '').removeprefix('Try to ')}"


def _rounded(value: float, *, up: bool, whole: bool) -> str:
    """Return a limit that is surely enough: rounded away from the one that is not."""
    digits = 0 if whole else max(0, 3 - math.floor(math.log10(value))) if value > 0 else 0
    scaled = value * 10**digits
    return f"{(math.ceil(scaled - TOLERANCE) if up else math.floor(scaled + TOLERANCE)) / 10**digits:,.{digits}f}"
