"""Nothing of others, and nothing that is kept back, is anywhere in what a report is made of."""

import dataclasses

import numpy as np
import pytest

from planner.report.readership.audience import JOBS
from tests.planner.report.readers import (
    differences,
    evidence_of,
    judged_anew,
    random_case,
    said,
    scope_of,
    somebody,
    texts_in,
    with_hidden,
)

TOTALS = (".others", ".headline", ".budgets")
"""Where figures of others stand, added up."""
FEW, MANY = 16, 400
COLUMNS = (
    ("customers", "revenue"),
    ("customers", "potential"),
    ("customers", "workload_hours"),
    ("customers", "next_renewal"),
    ("customers", "segment"),
    ("customers", "tier"),
    ("customers", "lat"),
    ("customers", "family_id"),
    ("customers", "locked"),
    ("reps", "seniority"),
    ("reps", "share"),
    ("reps", "capacity_workload_hours"),
    ("reps", "max_customers"),
    ("reps", "ramp"),
    ("reps", "lon"),
    ("pairs", "cost"),
    ("pairs", "load"),
)


def words_of(text):
    return f" {''.join(one if one.isalnum() else ' ' for one in text.lower())} "


def nothing_of_others(seed):
    org, policy, plan, rng = random_case(seed)
    if plan is None:
        return False
    scope = scope_of(org, policy, somebody(org, rng), str(rng.choice(JOBS)))
    evidence = evidence_of(org, policy, plan, scope)
    mine = org.rep_ids[scope.reps]
    shown = evidence.customers["customer_id"].unique()
    owners = plan.assignment.owners
    today = [name for name in org.customers if name == "owner_id" or name.startswith("owner_id_")]
    for at, customer in enumerate(org.customer_ids):
        own = org.customers[today].iloc[at].isin(mine).any() or any(
            owner >= 0 and scope.reps[owner] for owner in owners[:, at]
        )
        assert customer not in shown or own
    others = {str(one).lower() for one in org.rep_ids[~scope.reps]} | {"dan"}
    others |= {str(name).lower() for name in org.reps["name"][~scope.reps]}
    others |= {str(one).lower() for one in org.customer_ids if one not in shown}
    others |= {f"firm {one}".lower() for one in org.customer_ids if one not in shown}
    own_managers = set(org.reps["manager_id"][scope.reps]) - set(org.rep_ids)
    others |= {"m1", "m2"} - own_managers
    for where, text in texts_in(evidence):
        assert not [one for one in others if words_of(one) in words_of(text)], (where, text)
    foreign = org.customers["revenue"][~org.customers["customer_id"].isin(shown)].to_numpy()
    for where, number in said(evidence):
        if isinstance(number, float) and not where.startswith(TOTALS):
            assert not np.isclose(foreign, number, rtol=1e-9, atol=0).any(), where
    assert set(evidence.reps["rep_id"]) == set(mine)
    return True


def what_a_hidden_column_holds_is_not_seen(seed):
    """Let a hidden column hold something else: the reader of the same plan sees no difference."""
    org, policy, plan, rng = random_case(seed)
    there = [(table, column) for table, column in COLUMNS if org.has(table, column)]
    table, column = there[int(rng.integers(len(there)))]
    if plan is None:
        return False
    org = with_hidden(org, (table, column))
    rows = org.tables[table]
    cells = rows[column]
    if cells.dtype.kind == "f":
        other = cells * rng.uniform(0.3, 2.5, len(cells)) + rng.uniform(0, 2)
    else:
        other = cells.sample(frac=1, random_state=int(rng.integers(1 << 30))).set_axis(cells.index)
    changed = dataclasses.replace(org, **{table: rows.assign(**{column: other.to_numpy()})})
    try:
        again = judged_anew(changed, policy, plan)
        person = somebody(org, rng) if rng.random() < 0.5 else None
        first, second = (
            evidence_of(one, policy, judged_anew(one, policy, plan), scope_of(one, policy, person))
            for one in (org, changed)
        )
    except ValueError:
        return False  # the other values do not fit the policy
    before = judged_anew(org, policy, plan).judgement
    if any((getattr(before, what) != getattr(again.judgement, what)).any() for what in ("forced", "moved", "newly")):
        return False  # which moves are chosen is told to everybody
    if any(role.when is not None and column in role.when for role in policy.roles.values()):
        return False  # and so is which customers need an owner in a role
    assert not differences(first, second), (table, column)
    return True


# cases that say nothing (no plan, other values that do not fit) are not counted: enough must be judged


def test_nothing_of_others_is_in_the_evidence():
    assert sum(map(nothing_of_others, range(FEW))) > FEW / 2


@pytest.mark.long
def test_nothing_of_others_is_in_the_evidence_of_many_orgs():
    assert sum(map(nothing_of_others, range(FEW, MANY))) > (MANY - FEW) / 2


def test_what_a_hidden_column_holds_makes_no_difference_to_its_reader():
    assert sum(map(what_a_hidden_column_holds_is_not_seen, range(FEW))) > FEW / 2


@pytest.mark.long
def test_what_a_hidden_column_holds_makes_no_difference_in_many_orgs():
    assert sum(map(what_a_hidden_column_holds_is_not_seen, range(FEW, MANY))) > (MANY - FEW) / 2
