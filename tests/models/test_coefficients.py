"""What units bring to rows is the same whether coefficients are written out or not, and wherever parts end."""

import functools

import numpy as np
import pytest

from models.coefficients import brought, units_touched
from models.findings import InputRefused
from models.formulation import pairs as pairs_module
from models.formulation.build import formulate
from models.problem import Problem, RowBlock
from models.survey import survey
from tests.long_ones import long_but
from tests.tiny import tiny

SEEDS = range(30)


@functools.cache
def problems() -> list[Problem]:
    found = []
    for seed in SEEDS:
        try:
            found.append(formulate(*tiny(seed)).problem)
        except InputRefused:
            continue
    return found


def rows_of(problem: Problem) -> list[object]:
    """Return every number of every row, so that rows can be compared."""
    rows = []
    for block in problem.blocks:
        limits = (block.lower, block.upper, block.scale, block.over_points, block.under_points)
        rows.append((block.line, block.labels, *(part.tolist() for part in (*limits, *block.listed))))
        rows.append([(book.row_of_rep.tolist(), book.amount.tolist()) for book in block.books])
        rows.append([part.tolist() for part in (block.aux_row, block.aux, block.aux_value)])
    return rows


@pytest.mark.parametrize("most", [pytest.param(1, marks=pytest.mark.long), 5, 1_000])
def test_a_row_touches_the_units_that_its_coefficients_name(monkeypatch, most):
    monkeypatch.setattr(pairs_module, "PART", most)
    kinds = set()
    for problem in problems():
        for block in problem.blocks:
            named = np.zeros(problem.n_units, dtype=bool)
            named[problem.unit[block.candidate]] = True
            assert units_touched(problem, [block]).tolist() == named.tolist()
            kinds |= {block.kind, "books" if block.books else "listed", "some" if not named.all() else "all"}
    assert kinds >= {"capacity", "balance", "budget", "group", "books", "listed", "some", "all"}


@pytest.mark.parametrize("fold", [np.minimum, np.maximum])
def test_what_units_bring_to_rows_is_the_sum_of_their_coefficients(monkeypatch, fold):
    monkeypatch.setattr(pairs_module, "PART", 3)
    looked_at = 0
    for problem in problems():
        if not problem.n_units or np.diff(problem.start).min() == 0:
            continue
        for block in problem.blocks:
            counted = np.arange(block.count) % 2 == 0
            assert brought(problem, block, counted, fold) == pytest.approx(_written_out(problem, block, counted, fold))
            looked_at += 1
    assert looked_at > 30


def _written_out(problem: Problem, block: RowBlock, counted: np.ndarray, fold: np.ufunc) -> list[float]:
    each = [0.0] * problem.n_candidates
    for row, candidate, value in zip(block.row, block.candidate, block.value, strict=True):
        if counted[row]:
            each[candidate] += value
    pick = min if fold is np.minimum else max
    return [pick(each[a:b]) for a, b in zip(problem.start[:-1], problem.start[1:], strict=True)]


@pytest.mark.parametrize("most", long_but([1, 5]))
def test_rows_and_survey_do_not_depend_on_where_parts_end(monkeypatch, most):
    def seen(seed: int) -> object:
        org, policy = tiny(seed)
        try:
            found = survey(org, policy)
        except InputRefused as refused:
            return refused.findings
        facts = found.effects, found.candidates_per_unit.tolist(), found.frozen, found.findings
        return facts, rows_of(formulate(org, policy).problem)

    whole = [seen(seed) for seed in SEEDS]
    monkeypatch.setattr(pairs_module, "PART", most)
    assert [seen(seed) for seed in SEEDS] == whole
