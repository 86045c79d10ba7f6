"""Conflicts in the few lines that planner plan shows of them."""

from __future__ import annotations

from models.conflicts.conflict import Conflict
from models.conflicts.infeasibility import Infeasibility
from models.conflicts.members import Member
from models.conflicts.wording import ConflictTold, Told
from models.org import Org
from planner.explaining.briefly import in_brief
from tests.worked import worked_org


def told(*labels: str) -> ConflictTold:
    members = tuple(
        Told(
            Member("capacity", "capacity[workload]", "max", label, per="rep", limit=50.0),
            f"the workload of {label} is at most 50 h",
            (),
        )
        for label in labels
    )
    return ConflictTold("These cannot all hold", members, (), ())


def conflict_of(story: ConflictTold, minimal: bool) -> Conflict:
    members = tuple(one.member for one in story.clash)
    return Conflict(members, (), minimal=minimal, witnesses=(), customers=(), reps=())


def lines(*stories: ConflictTold, minimal: bool = True, org: Org | None = None) -> tuple[str, ...]:
    org = worked_org() if org is None else org
    conflicts = tuple(conflict_of(story, minimal) for story in stories)
    return in_brief(org, Infeasibility(conflicts, stories, (), complete=False))


def test_a_few_rules_are_each_named():
    said = "the workload of ana is at most 50 h; the workload of bob is at most 50 h"
    assert lines(told("ana", "bob"), minimal=False) == (f"These cannot all hold: {said}, not shown minimal",)


def test_of_many_rules_it_is_told_how_many_there_are_of_each_line():
    many = told(*(f"R{number:03d}" for number in range(96)))
    assert lines(many) == ("These cannot all hold: 96 of capacity[workload]",)


def test_many_rules_of_which_none_was_shown_to_matter_are_not_called_a_conflict():
    many = told(*(f"R{number:03d}" for number in range(96)))
    (said,) = lines(many, minimal=False)
    assert said == "Which few rules conflict was not found so soon: planner explain infeasible looks longer"


def test_conflicts_that_are_the_same_but_for_the_rep_are_told_once():
    said = lines(told("ana"), told("bob"), told("eve"), told("ana", "eve"))
    assert said == (
        "These cannot all hold: the workload of ana is at most 50 h",
        "The same with bob and eve",
        "These cannot all hold: the workload of ana is at most 50 h; the workload of eve is at most 50 h",
    )


def test_those_of_whom_the_same_is_true_are_called_by_name_and_id():
    org = worked_org()
    org.reps["name"] = ["Ana Diaz", "Bob", "Eve Adler"]
    said = lines(told("ana"), told("bob"), told("eve"), org=org)
    assert said[-1] == "The same with bob and Eve Adler (eve)"
