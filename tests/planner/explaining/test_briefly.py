"""Conflicts in the few lines that planner plan shows of them."""

from __future__ import annotations

from models.conflicts.conflict import Conflict
from models.conflicts.infeasibility import Infeasibility
from models.conflicts.members import Member
from models.conflicts.wording import ConflictTold, Told
from planner.explaining.briefly import in_brief


def told(*labels: str) -> ConflictTold:
    members = tuple(
        Told(Member("capacity", "capacity[workload]", "max", label), f"the workload of {label} is at most 50 h", ())
        for label in labels
    )
    return ConflictTold("These cannot all hold", members, (), ())


def first_line(*labels: str) -> str:
    story = told(*labels)
    conflict = Conflict(
        tuple(one.member for one in story.clash), (), minimal=False, witnesses=(), customers=(), reps=()
    )
    return in_brief(Infeasibility((conflict,), (story,), (), complete=False))[0]


def test_a_few_rules_are_each_named():
    said = "the workload of ana is at most 50 h; the workload of bob is at most 50 h"
    assert first_line("ana", "bob") == f"These cannot all hold: {said}, not shown minimal"


def test_of_many_rules_it_is_told_how_many_there_are_of_each_line():
    said = first_line(*(f"R{number:03d}" for number in range(96)))
    assert said == "These cannot all hold: 96 of capacity[workload], not shown minimal"
