"""A sweep is a grid of scenarios, each named by what is varied."""

import pytest
from pydantic import ValidationError

from models.findings import Place
from scenarios.definition import Scenario, Sweep, ancestors, names, order_of
from scenarios.sweep import collisions, placed, points_of, with_points
from tests.what_ifs import change_of

TOUCH = Sweep(
    over={"disruption.budgets[moved].max": ["0%", "5%"], "balance[revenue].weight": [1, 2.5, True]}, combine="x"
)


def place(where):
    return Place(path=".".join(map(str, where)))


def test_two_values_are_varied_over_their_grid_with_other_scenarios_combined():
    points = {point.name: point.scenario for point in points_of("touch", TOUCH)}
    assert list(points) == [
        "touch: 0%, 1",
        "touch: 0%, 2.5",
        "touch: 0%, true",
        "touch: 5%, 1",
        "touch: 5%, 2.5",
        "touch: 5%, true",
    ]
    one = points["touch: 5%, 2.5"]
    assert one.set == {"disruption.budgets[moved].max": "5%", "balance[revenue].weight": 2.5}
    assert one.combine == ("x",)


def test_points_are_scenarios_like_others():
    every = with_points({"x": Scenario()}, {"touch": TOUCH})
    assert order_of("touch: 0%, 1", every) == ["x", "touch: 0%, 1"]
    assert names(every)[-1] == "touch: 5%, true"
    policy = {
        "disruption": {"budgets": [{"name": "moved", "of": "customers", "max": "9%"}]},
        "balance": [{"measure": "revenue"}],
    }
    asked = change_of("both", {**every, "both": {"combine": ["touch: 5%, 1"]}})
    changed = asked.of_document({"policy": policy}, policy=True).document["policy"]
    assert changed["disruption"]["budgets"][0]["max"] == "5%"
    assert changed["balance"][0]["weight"] == 1


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"a": []},
        {"a": [1], "b": [1], "c": [1]},
        {"a": [1, 2, 1]},
        {"a": [1, "1"]},
        {"a": list(range(401))},
        {"a": list(range(21)), "b": list(range(20))},
        {"a": 3},
    ],
)
def test_a_sweep_that_is_no_grid_or_too_large_a_one_is_refused(over):
    with pytest.raises(ValidationError):
        Sweep(over=over)


def test_the_largest_grid_has_four_hundred_points():
    assert len(list(points_of("s", Sweep(over={"a": list(range(20)), "b": list(range(20))})))) == 400


def test_points_that_are_called_like_something_else_are_told():
    one, other = Sweep(over={"a": ["0%"]}), Sweep(over={"b": [1]})
    assert list(collisions({"z": Scenario()}, {"s": one}, place)) == []
    found = list(collisions({"s: 0%": Scenario()}, {"s": one}, place))
    assert [(finding.found, finding.place.path) for finding in found] == [
        ("'s: 0%', which is a scenario too", "sweeps.s")
    ]
    twice = {"s": Sweep(over={"a": ["1, 2"]}), "s ": other}
    assert list(collisions({}, twice, place)) == []
    assert len(list(collisions({}, {"s": Sweep(over={"a": ["x: 1"]}), "s: x": other}, place))) == 1


def test_what_is_wrong_with_a_point_stands_in_the_sweep():
    where = placed({"touch": TOUCH}, place)
    assert where(("scenarios", "touch: 5%, 1", "set", "a.b")).path == "sweeps.touch.over.a.b"
    assert where(("scenarios", "touch: 5%, 1", "combine")).path == "sweeps.touch.combine"
    assert where(("scenarios", "other", "set", "a")).path == "scenarios.other.set.a"
    assert where(("policy",)).path == "policy"


def test_a_parent_is_a_scenario_there_is_and_nobody_is_their_own_ancestor():
    typed = {
        name: Scenario(parent=parent) for name, parent in {"a": "b", "b": "base", "c": "d", "d": "c", "e": "x"}.items()
    }
    assert ancestors("a", typed) == ["b", "base"]
    assert ancestors("greenfield", typed) == []
    assert change_of("c", {"c": {"parent": "d"}, "d": {"parent": "c"}}).problems()[0].found == "c → d → c"
    assert change_of("c", {"c": {"parent": "c"}}).problems()[0].found == "c → c"
    unknown = change_of("e", {"e": {"parent": "bse"}}).problems()
    assert [(one.place.path, one.hint) for one in unknown] == [("scenarios.e.parent", "Try 'base'")]
    assert change_of("a", {"a": {"parent": "base"}}).problems() == []


def test_the_base_is_the_project_as_it_is_written():
    asked = change_of("base", {"a": {"set": {"strict": True}}})
    document = {"policy": {"goals": []}, "strict": False}
    assert asked.problems() == []
    assert asked.of_document(document, policy=True).document == document
    assert asked.of_document(document, policy=False).document == document
    assert names(["a"])[0] == "base"
