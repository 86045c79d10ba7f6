"""Parts: some units of a problem, judged by themselves, change what the whole changes and nothing else."""

import dataclasses

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from models.engines.parts import part_of, pieces
from models.formulation.build import formulate
from models.valuation import evaluate
from tests.middling import middling_org, middling_policy
from tests.tiny import tiny


def drawn(problem, rng):
    width = np.diff(problem.start)
    return problem.start[:-1] + (rng.random(len(width)) * width).astype(np.int64)


def a_part_counts_what_its_units_change(seed):
    problem = formulate(*tiny(seed)).problem
    if np.diff(problem.start).min(initial=1) == 0 or not problem.n_units:
        return False
    rng = np.random.default_rng(seed)
    for _ in range(4):
        inside = rng.random(problem.n_units) < 0.5
        units = np.flatnonzero(inside)
        before, drawn_again = drawn(problem, rng), drawn(problem, rng)
        after = np.where(inside, drawn_again, before)
        keep = rng.random(problem.n_candidates) < 0.5
        keep[before] = keep[after] = True
        part = part_of(problem, units, keep, problem.rows.activity(before, ~inside))
        small = [evaluate(part.problem, part.narrowed(choice)) for choice in (before, after)]
        whole = [evaluate(problem, choice) for choice in (before, after)]
        for goal in whole[0].goals:
            change = whole[1].goals[goal] - whole[0].goals[goal]
            assert small[1].goals[goal] - small[0].goals[goal] == pytest.approx(change, abs=1e-7), f"tiny({seed})"
        untouched = np.ones(problem.rows.count, dtype=bool)
        untouched[part.rows] = False
        assert (whole[0].excess[untouched] == whole[1].excess[untouched]).all(), f"tiny({seed})"
        for one, other in zip(whole, small, strict=True):
            assert other.excess == pytest.approx(one.excess[part.rows], abs=1e-7), f"tiny({seed})"
        assert part.widened(part.narrowed(after)).tolist() == after[units].tolist()
    return True


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_a_part_with_the_rest_is_the_whole(first):
    assert sum(a_part_counts_what_its_units_change(seed) for seed in range(first, first + 20)) >= 10


@pytest.mark.long
def test_a_part_with_the_rest_is_the_whole_on_two_thousand_orgs():
    assert sum(a_part_counts_what_its_units_change(seed) for seed in range(120, 2120)) >= 1000


def test_goals_of_all_parts_add_up_to_those_of_the_whole():
    # balance too: nothing is elsewhere, and every row is in one part
    problem = four_lands()
    choice = drawn(problem, np.random.default_rng(1))
    parts = [part_of(problem, units) for units in separated(problem)]
    assert len(parts) == 4
    assert sorted(np.concatenate([part.rows for part in parts])) == list(range(problem.rows.count))
    total: dict[str, float] = {}
    for part in parts:
        for goal, value in evaluate(part.problem, part.narrowed(choice)).goals.items():
            total[goal] = total.get(goal, 0.0) + value
    assert total == pytest.approx(evaluate(problem, choice).goals)


def four_lands(*budgets):
    """Formulate an org whose reps are each of one of four regions."""
    org = middling_org(40, 8)
    org.customers["region"] = [f"land {at % 4}" for at in range(40)]
    org.reps["regions"] = [f"land {at % 4}" for at in range(8)]
    sections = {"eligibility": {"region": "same"}, "disruption": {"budgets": budgets}}
    return formulate(org, middling_policy(**sections)).problem


def separated(problem):
    """Cut into pieces without putting small ones together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.parts.BUNDLE", 0)
        return pieces(problem)


def touched_rows(problem):
    """Return the rows of each unit, from the matrix written out."""
    matrix = problem.rows.matrix.tocoo()
    unit = np.searchsorted(problem.start, matrix.col, side="right") - 1
    rows = [set() for _ in range(problem.n_units)]
    for u, i, value in zip(unit, matrix.row, matrix.data, strict=True):
        if value:
            rows[u].add(int(i))
    if problem.n_aux:
        # whoever touches what defines a variable touches all rows that read it
        _, of_row = connected_components(abs(problem.rows.aux) @ abs(problem.rows.aux).T, directed=False)
        rows = [{-int(of_row[i]) for i in mine} for mine in rows]
    return rows


@pytest.mark.parametrize("seed", range(100, 160))
def test_pieces_are_what_connected_rows_leave_together(seed):
    problem = formulate(*tiny(seed)).problem
    if np.diff(problem.start).min(initial=1) == 0:
        return
    found = separated(problem)
    assert sorted(np.concatenate([*found, []]).tolist()) == list(range(problem.n_units))
    if not problem.n_units:
        assert len(found) == 1
        return
    together: list[tuple[set[int], set[int]]] = []
    for u, rows in enumerate(touched_rows(problem)):
        members, theirs = {u}, set(rows)
        apart = []
        for one in together:
            if one[1] & theirs:
                members |= one[0]
                theirs |= one[1]
            else:
                apart.append(one)
        together = [*apart, (members, theirs)]
    assert {frozenset(piece.tolist()) for piece in found} == {frozenset(members) for members, _ in together}


@pytest.mark.parametrize("seed", range(100, 160))
def test_no_row_is_in_two_pieces_however_they_are_put_together(seed, monkeypatch):
    problem = formulate(*tiny(seed)).problem
    if np.diff(problem.start).min(initial=1) == 0:
        return
    for bundle in (0, 3, 6):
        monkeypatch.setattr("models.engines.parts.BUNDLE", bundle)
        parts = [part_of(problem, units) for units in pieces(problem)]
        rows = np.concatenate([part.rows for part in parts])
        assert len(rows) == len(np.unique(rows))
        assert sum(part.problem.n_aux for part in parts) <= problem.n_aux


def test_a_budget_of_the_whole_company_leaves_one_piece():
    budget = {"of": "customers", "max": "40%"}
    assert len(separated(four_lands(budget))) == 1
    assert len(separated(four_lands({**budget, "per": "region"}))) == 4


def test_customers_that_count_once_stay_with_all_their_roles_in_one_piece():
    org = middling_org(40, 8)
    org.customers["region"] = [f"land {at % 4}" for at in range(40)]
    org.customers["owner_id_service"] = [f"R{at % 4 + 4:03d}" for at in range(40)]
    org.reps["regions"] = [f"land {at % 4}" for at in range(8)]
    org.reps["role"] = np.where(np.arange(8) < 4, "sales", "service")
    given = {table: columns | {"role", "regions", "region", "owner_id_service"} for table, columns in org.given.items()}
    budget = {"of": "customers", "per": "region", "max": "40%"}
    sections = {
        "roles": {"sales": {}, "service": {}},
        "eligibility": {"region": "same"},
        "capacity": [],
        "disruption": {"budgets": [budget]},
    }
    problem = formulate(dataclasses.replace(org, given=given), middling_policy(**sections)).problem
    parts = [part_of(problem, units) for units in separated(problem)]
    assert problem.n_aux
    assert sum(part.problem.n_aux for part in parts) == problem.n_aux
    assert len(parts) == 4
