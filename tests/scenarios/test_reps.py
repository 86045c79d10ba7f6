"""Reps go on leave, change region, capacity or share, and lose or gain what their columns say."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from models.check.roster import read_roster
from models.org import Org
from models.policy import Policy
from models.presence import availability, departed
from planner.new_customers import ProjectTables
from planner.project_file import ProjectFile
from scenarios.definition import RepChanges
from tests.tables import org_of
from tests.what_ifs import applied, change_of, told

REPS = [
    {
        "rep_id": "ana",
        "team": "red",
        "regions": "west",
        "skills": "cloud:2",
        "seniority": 3,
        "share": 1.0,
        "capacity_hours": 100,
    },
    {
        "rep_id": "bob",
        "team": "red",
        "regions": "east",
        "share": 0.5,
        "capacity_hours": 80,
        "leave_from": dt.date(2027, 1, 11),
        "leave_to": dt.date(2027, 1, 20),
    },
    {"rep_id": "eve", "team": "blue", "status": "leave", "share": 1.0},
    {"rep_id": "zoe", "team": "blue", "status": "left", "share": 1.0, "available_to": dt.date(2026, 12, 1)},
]


@pytest.fixture
def org():
    return org_of([{"customer_id": "C1"}], REPS)


def present_days(org: Org) -> list[float]:
    """Days of presence, which formulation and checker must count alike."""
    days = availability(org) * org.period.days
    assert days == pytest.approx(read_roster(org, Policy()).availability * org.period.days)
    return [round(float(one), 6) for one in days]


def away(*absences):
    return {"reps": {"absent": [dict(zip(("rep", "from", "to"), one, strict=False)) for one in absences]}}


def test_leave_takes_its_days_and_only_those_of_the_period(org):
    assert present_days(org) == [90, 80, 0, 0]
    changed, findings = applied(org, away(("ana", "2027-03-22", "2027-05-10")))
    assert findings == []
    assert present_days(changed) == [80, 80, 0, 0]
    assert not departed(changed)[0], "who is on leave stays"
    changed, _ = applied(org, away(("ana", "2027-01-15")))
    assert present_days(changed) == [14, 80, 0, 0]
    changed, _ = applied(org, {"reps": {"absent": {"rep": "ana", "to": "2027-01-10"}}})
    assert present_days(changed) == [80, 80, 0, 0]
    assert changed.has("reps", "leave_from")


def test_absences_that_overlap_or_follow_each_other_are_one_and_count_each_day_once(org):
    changed, findings = applied(org, away(("bob", "2027-01-15", "2027-01-25")))
    assert (present_days(changed)[1], findings) == (75, [])
    changed, findings = applied(org, away(("bob", "2027-01-26", "2027-01-30"), ("bob", "2027-01-21", "2027-01-25")))
    assert (present_days(changed)[1], findings) == (70, [])
    changed, _ = applied(org, away(("ana", "2027-02-01", "2027-02-10"), ("ana", "2027-02-05", "2027-02-14")))
    assert present_days(changed)[0] == 76


def test_absences_apart_from_each_other_add_up_in_any_order(org):
    apart = [("bob", "2027-03-01", "2027-03-10"), ("bob", "2027-02-01", "2027-02-05"), ("ana", "2027-03-31")]
    changed, findings = applied(org, away(*apart))
    assert findings == []
    assert present_days(changed) == [89, 65, 0, 0]
    assert {"leave_from_2", "leave_to_3"} <= changed.given["reps"]
    assert present_days(applied(org, away(*reversed(apart)))[0]) == [89, 65, 0, 0]
    joined, findings = applied(changed, away(("bob", "2027-01-15", "2027-03-05")))
    assert findings == []
    assert present_days(joined) == [89, 31, 0, 0]
    assert joined.reps.loc[1, ["leave_from_2", "leave_to_3"]].isna().all()


@pytest.mark.parametrize(
    ("absence", "said"),
    [
        (("ana", "2028-01-01", "2028-02-01"), "outside the period"),
        (("ana", "2026-01-01", "2026-12-31"), "outside the period"),
        (("bob", "2027-01-12", "2027-01-13"), "so already"),
        (("eve", "2027-01-12", "2027-01-13"), "so already"),
        (("zoe", "2027-01-12", "2027-01-13"), "already left"),
        (("anna", "2027-01-12", "2027-01-13"), "not on the roster"),
    ],
)
def test_a_leave_that_changes_nothing_is_told(org, absence, said):
    changed, findings = applied(org, away(absence))
    assert changed is org
    assert [one.severity for one in findings] == ["error" if absence[0] == "anna" else "warning"]
    assert said in findings[0].title


def test_columns_of_named_reps_change_to_values(org):
    line = {
        "rep": ["ana", "bob"],
        "region": ["west", "east"],
        "share": "50%",
        "team": "key",
        "skills": None,
        "manager_id": 7,
    }
    changed, findings = applied(org, {"reps": {"change": line}})
    assert findings == []
    assert changed.reps["regions"].tolist()[:3] == ["west;east", "west;east", None]
    assert changed.reps["share"].tolist() == [0.5, 0.5, 1.0, 1.0]
    assert changed.reps["team"].tolist() == ["key", "key", "blue", "blue"]
    assert changed.reps["skills"].tolist()[0] is None
    assert changed.reps["manager_id"].tolist()[0] == "7"
    assert changed.reps.dtypes.equals(org.reps.dtypes)
    assert org.reps["share"].tolist()[0] == 1.0


def test_numbers_of_reps_may_be_expressions_over_what_they_were(org):
    lines = [{"where": "team = 'red'", "share": "share * 0.5", "capacity_hours": "rep.capacity_hours * share"}]
    changed, findings = applied(org, {"reps": {"change": lines}})
    assert findings == []
    assert changed.reps["share"].tolist() == [0.5, 0.25, 1.0, 1.0]
    assert changed.reps["capacity_hours"].tolist()[:2] == [100.0, 40.0]


def test_only_who_is_named_and_meets_the_condition_changes(org):
    changed, _ = applied(org, {"reps": {"change": [{"rep": ["ana", "eve"], "where": "team = 'red'", "share": 3}]}})
    assert changed.reps["share"].tolist() == [3.0, 0.5, 1.0, 1.0]
    changed, _ = applied(org, {"reps": {"change": {"rep": "zoe", "status": None, "available_to": None}}})
    assert not departed(changed)[3]


def test_a_new_ramp_holds_for_the_whole_period_unless_it_ends(org):
    changed, _ = applied(org, {"reps": {"change": {"rep": "ana", "ramp": "60%"}}})
    assert present_days(changed)[0] == 54
    changed, _ = applied(org, {"reps": {"change": {"rep": "ana", "ramp": 0.5, "ramp_until": "2027-01-11"}}})
    assert present_days(changed)[0] == 85


TABLES = ProjectTables(Path("nowhere"), ProjectFile(), strict=False)


@pytest.mark.parametrize(
    ("line", "severity", "place"),
    [
        ({"rep": "anna", "share": 1}, "error", "rep"),
        ({"rep": "ana", "shar": 1}, "error", "shar"),
        ({"rep": "ana", "capacity_ours": 1}, "error", "capacity_ours"),
        ({"rep": "ana", "rep_id": "x"}, "error", "rep_id"),
        ({"rep": "ana", "share": -1}, "error", "share"),
        ({"rep": "ana", "share": "-share"}, "error", "share"),
        ({"rep": "ana", "share": "share / 0"}, "error", "share"),
        ({"rep": "ana", "share": "1e300 * share"}, "error", "share"),
        ({"rep": "ana", "ramp": "150%"}, "error", "ramp"),
        ({"rep": "ana", "share": "shre * 2"}, "error", "share"),
        ({"rep": "ana", "share": "team"}, "error", "share"),
        ({"rep": "eve", "share": "seniority"}, "error", "share"),
        ({"rep": "ana", "share": "customer.revenue"}, "error", "share"),
        ({"rep": "ana", "share": "(select 1)"}, "error", "share"),
        ({"rep": "ana", "share": {"west": 1}}, "error", "share"),
        ({"rep": "ana", "skills": "cloud:x"}, "error", "skills"),
        ({"rep": "ana", "available_from": "soon"}, "error", "available_from"),
        ({"rep": "ana", "available_from": "2027-02-02", "available_to": "2027-02-01"}, "error", ""),
        ({"rep": "ana", "team": "red"}, "warning", ""),
        ({"rep": "ana", "share": "share * 1"}, "warning", ""),
        ({"where": "share > 7", "share": 1}, "warning", "where"),
        ({"rep": "ana", "where": "share < 1", "share": 1}, "warning", "where"),
        ({"where": "shre > 7", "share": 1}, "error", "where"),
    ],
)
def test_a_change_of_reps_that_does_not_fit_or_changes_nothing_is_told(org, line, severity, place):
    changed, findings = applied(org, {"reps": {"change": [line]}}, TABLES)
    assert changed is org
    assert told(findings) == [(severity, f"reps.change.0.{place}".rstrip("."))]


def test_one_wrong_value_keeps_the_right_ones_out_as_well(org):
    changed, findings = applied(org, {"reps": {"change": [{"rep": "ana", "team": "blue", "share": "x y"}]}})
    assert changed is org
    assert len(findings) == 1


def test_a_change_of_roles_names_a_role_there_is(org):
    asked = change_of("it", {"it": {"reps": {"change": [{"rep": "ana", "role": "sale"}]}}})
    _, findings = asked.of_org(org, {"policy": {"roles": {"sales": {}, "service": {}}}})
    assert findings[0].hint == "Try 'sales'"


def test_reps_leave_are_hired_change_and_go_on_leave_in_this_order(org):
    scenario = {
        "reps": {
            "absent": {"rep": "hire-1", "from": "2027-02-15"},
            "change": {"rep": "hire-1", "team": "red"},
            "hire": {"team": "blue"},
            "leave": "ana",
        }
    }
    changed, findings = applied(org, scenario)
    assert findings == []
    assert changed.reps["team"].tolist()[4] == "red"
    assert present_days(changed) == [0, 80, 0, 0, 45]
    assert np.isnat(changed.reps["leave_to"].to_numpy()[0])


@pytest.mark.parametrize("line", [{"hire": {}}, {"change": {"rep": "ana"}}])
def test_a_column_is_said_once(line):
    ((kind, stated),) = line.items()
    RepChanges.model_validate({kind: {**stated, "region": "west"}})
    with pytest.raises(ValidationError, match="only one of the two"):
        RepChanges.model_validate({kind: {**stated, "region": "west", "regions": "east"}})


def test_leaves_that_are_open_reach_to_the_side_of_the_period_they_are_open_at():
    reps = [
        {"rep_id": "ana", "leave_from": dt.date(2027, 3, 22), "leave_to": None},
        {"rep_id": "bob", "leave_from": None, "leave_to": dt.date(2027, 1, 10)},
        {"rep_id": "eve", "leave_from": dt.date(2026, 3, 1), "leave_to": dt.date(2026, 4, 1)},
    ]
    roster = org_of([{"customer_id": "C1"}], reps)
    assert present_days(roster) == [80, 80, 90]
    changed, _ = applied(roster, away((["ana", "bob", "eve"], "2027-01-11", "2027-01-15")))
    assert present_days(changed) == [75, 75, 85]


def places_org():
    return org_of(
        [
            {"customer_id": "C1", "region": "east", "lat": 10.0, "lon": 20.0},
            {"customer_id": "C2", "region": "east", "lat": 12.0, "lon": 22.0},
            {"customer_id": "C3", "region": "west", "lat": 50.0, "lon": 60.0},
        ],
        [{"rep_id": "R1", "regions": "east", "lat": 11.0, "lon": 21.0}],
    )


def hired(**line):
    return applied(places_org(), {"reps": {"hire": [line]}})


def test_a_hire_without_a_place_lives_in_the_middle_of_the_customers_of_the_region():
    org, findings = hired(count=2, region="east")
    assert org.reps["lat"].tolist() == [11.0, 11.0, 11.0]
    assert org.reps["lon"].tolist() == [21.0, 21.0, 21.0]
    assert [(one.severity, one.found) for one in findings] == [("note", "hire-1, hire-2: lat 11.00, lon 21.00")]


def test_a_hire_with_a_place_lives_there():
    org, findings = hired(region="east", lat=1.0, lon=2.0)
    assert org.reps["lat"].tolist() == [11.0, 1.0]
    assert findings == []


def test_a_region_that_does_not_exist_is_refused_for_a_hire_and_for_a_change():
    for reps in ({"hire": [{"region": "wst"}]}, {"change": [{"rep": "R1", "region": "wst"}]}):
        _, findings = applied(places_org(), {"reps": reps})
        errors = [one for one in findings if one.severity == "error"]
        assert [(one.found, one.hint) for one in errors] == [("'wst'", "Try 'west'")]
