"""Capacities: what reps, teams and regions may carry."""

import datetime as dt
from typing import Any

import pytest

from models.check import judge
from models.policy import Policy
from tests.tables import assignment_of, complaints, judged, org_of

MEASURES = {
    "work": {"value": "customer.workload_hours", "unit": "h"},
    "own": {"value": "customer.workload_hours / rep.seniority", "unit": "h"},
    "drive": {"value": "pair.drive_minutes", "unit": "min"},
}
CUSTOMERS = [
    {"customer_id": "C1", "workload_hours": 10.0, "region": "west"},
    {"customer_id": "C2", "workload_hours": 20.0, "region": "coast"},
    {"customer_id": "C3", "workload_hours": 30.0, "region": "east"},
    {"customer_id": "C4", "workload_hours": 40.0},
]
REPS = [{"rep_id": "ana", "team": "red"}, {"rep_id": "ben", "team": "red"}, {"rep_id": "eve", "team": "blue"}]
PLAN = {"C1": "ana", "C2": "ana", "C3": "ben", "C4": "eve"}
REGIONS = [{"region": "west", "most": 25.0}, {"region": "coast", "parent": "west"}, {"region": "east", "most": None}]


def overloads(line: dict[str, Any], *, reps: Any = REPS, plan: Any = PLAN, **more: Any) -> list[str]:
    policy = {"measures": MEASURES, "capacity": [line], "pool": {"when": "TRUE", "penalty": 1}}
    return [one.partition(": ")[2] for one in complaints(judged(CUSTOMERS, reps, policy, plan, **more))]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ({"measure": "work", "max": 35}, ["eve carries 40 h, at most 35 h"]),
        ({"measure": "work", "min": 35}, ["ana carries 30 h, at least 35 h", "ben carries 30 h, at least 35 h"]),
        ({"measure": "work", "max": "30%"}, ["eve carries 40 h, at most 30 h"]),
        ({"measure": "customers", "max": 1}, ["ana carries 2 customers, at most 1 customer"]),
        ({"measure": "customers", "min": 1, "max": 2}, []),
        ({"measure": "work", "max": {"ana": 20, "eve": "50%"}}, ["ana carries 30 h, at most 20 h"]),
        ({"measure": "work", "per": "team", "max": 50}, ["team red carries 60 h, at most 50 h"]),
        ({"measure": "work", "per": "team", "max": {"blue": "30%"}}, ["team blue carries 40 h, at most 30 h"]),
        (
            {"measure": "work", "per": "region", "max": 29},
            ["region west carries 30 h, at most 29 h", "region east carries 30 h, at most 29 h"],
        ),
        (
            {"measure": "work", "per": "region", "max": {"coast": 15, "east": 60}},
            ["region coast carries 20 h, at most 15 h"],
        ),
        ({"measure": "work", "per": "region", "max": "region.most"}, ["region west carries 30 h, at most 25 h"]),
        (
            {"measure": "customers", "per": "region", "min": {"west": 3}},
            ["region west carries 2 customers, at least 3 customers"],
        ),
    ],
)
def test_a_limit_is_kept_per_rep_team_or_region(line, wrong):
    assert overloads(line, regions=REGIONS) == wrong


def test_a_column_limits_only_the_reps_who_have_it():
    reps = [{**rep, "max_work": 15.0 if rep["rep_id"] == "ana" else None} for rep in REPS]
    assert overloads({"measure": "work", "max": "rep.max_work"}, reps=reps) == ["ana carries 30 h, at most 15 h"]


def test_exactly_full_is_not_too_much():
    assert overloads({"measure": "work", "max": {"ana": 30 - 1e-6}}) == []
    assert len(overloads({"measure": "work", "max": {"ana": 30 - 1e-4}})) == 1


def test_a_pooled_customer_is_in_no_book_but_in_the_total():
    plan = {**PLAN, "C4": None}
    assert overloads({"measure": "work", "max": "30%"}, plan=plan) == []
    assert overloads({"measure": "work", "per": "region", "max": {"east": 29}}, plan={**PLAN, "C3": None}) == []
    assert overloads({"measure": "customers", "min": 1}, plan=plan) == ["eve carries 0 customers, at least 1 customer"]


@pytest.mark.parametrize(
    ("presence", "part"),
    [
        ({"available_from": dt.date(2027, 2, 15)}, 0.5),
        ({"leave_from": dt.date(2027, 1, 1), "leave_to": dt.date(2027, 1, 9)}, 0.9),
        ({"leave_from": dt.date(2027, 3, 1)}, 59 / 90),
        ({"leave_from": dt.date(2027, 3, 1), "leave_to_2": dt.date(2027, 1, 9)}, 50 / 90),
        ({"status": "leave", "leave_from_2": dt.date(2027, 3, 1)}, 59 / 90),
        ({"status": "leave"}, 0.0),
        ({"ramp_until": dt.date(2027, 2, 15)}, 0.75),
        ({"ramp_until": dt.date(2027, 2, 15), "ramp": 0.2}, 0.6),
        ({"ramp_until": dt.date(2027, 2, 15), "available_from": dt.date(2027, 1, 10)}, (36 / 2 + 45) / 90),
    ],
)
def test_hours_are_prorated_by_presence_and_ramp_but_the_number_of_customers_is_not(presence, part):
    reps = [{**rep, **(presence if rep["rep_id"] == "ana" else {})} for rep in REPS]
    policy = {
        "measures": MEASURES,
        "capacity": [{"measure": "work", "max": {"ana": 20}}, {"measure": "customers", "max": 1}],
    }
    broken = judged(CUSTOMERS, reps, policy, PLAN).violations
    assert [one.limit for one in broken] == pytest.approx([20 * part, 1])


def test_a_team_limit_is_not_prorated():
    reps = [{**rep, "status": "leave"} for rep in REPS]
    assert overloads({"measure": "work", "per": "team", "max": 60}, reps=reps) == []


def test_a_rep_who_has_left_has_no_minimum():
    reps = [*REPS, {"rep_id": "joe", "team": "green", "status": "left"}]
    assert overloads({"measure": "customers", "min": 1}, reps=reps) == []
    assert overloads({"measure": "customers", "per": "team", "min": 1}, reps=reps) == []


def test_a_measure_may_differ_from_rep_to_rep():
    reps = [{**rep, "seniority": seniority} for rep, seniority in zip(REPS, (1, 2, 4), strict=True)]
    assert overloads({"measure": "own", "max": 12}, reps=reps) == [
        "ana carries 30 h, at most 12 h",
        "ben carries 15 h, at most 12 h",
    ]


def test_a_missing_value_of_a_pair_is_named_and_a_default_stands_for_it():
    pairs = [{"customer_id": one, "rep_id": rep, "drive_minutes": 50.0} for one, rep in PLAN.items() if one != "C4"]
    line = {"measure": "drive", "max": 90}
    assert overloads(line, pairs=pairs) == ["C4 has no value for eve", "ana carries 100 min, at most 90 min"]
    with_default = {"drive": {**MEASURES["drive"], "default": 95}}
    judgement = judged(CUSTOMERS, REPS, {"measures": with_default, "capacity": [line]}, PLAN, pairs=pairs)
    assert [one.rep for one in judgement.violations] == ["ana", "eve"]


class TestRoles:
    """Two roles: C1 and C2 need both."""

    ORG = org_of(
        [
            {"customer_id": "C1", "workload_hours": 10.0, "tier": "A"},
            {"customer_id": "C2", "workload_hours": 20.0, "tier": "A"},
            {"customer_id": "C3", "workload_hours": 40.0, "tier": "B"},
        ],
        [
            {"rep_id": "ana", "role": "sales", "team": "red"},
            {"rep_id": "ben", "role": "sales", "team": "red"},
            {"rep_id": "sue", "role": "service", "team": "red"},
        ],
    )

    @pytest.mark.parametrize(
        ("line", "wrong"),
        [
            ({"max": "50%"}, ["ana carries 50 h as sales, at most 35 h", "sue carries 30 h as service, at most 15 h"]),
            ({"max": "50%", "role": "sales"}, ["ana carries 50 h as sales, at most 35 h"]),
            ({"max": "40%", "role": "all"}, ["ana carries 50 h, at most 40 h"]),
            ({"max": 60, "per": "team"}, ["team red carries 70 h as sales, at most 60 h"]),
            ({"max": 60, "per": "team", "role": "all"}, ["team red carries 100 h, at most 60 h"]),
            ({"min": 1, "role": "service"}, []),
        ],
    )
    def test_limits_are_per_role_unless_all_are_meant(self, line, wrong):
        policy = Policy.model_validate(
            {
                "measures": MEASURES,
                "roles": {"sales": {}, "service": {"when": "customer.tier = 'A'"}},
                "capacity": [{"measure": "work", **line}],
            }
        )
        sales, service = {"C1": "ana", "C2": "ben", "C3": "ana"}, {"C1": "sue", "C2": "sue"}
        found = judge(self.ORG, policy, assignment_of(self.ORG, policy, sales=sales, service=service))
        assert complaints(found) == [f"capacity[work]: {one}" for one in wrong]
