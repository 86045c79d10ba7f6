"""A scenario changes policy and org as it says, and says so when it changes nothing."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.findings import Place
from models.org import Org, Period
from models.policy import Policy
from models.presence import availability, departed
from scenarios.changing.change import Change
from scenarios.definition import Scenario, ScenarioKind, order_of

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["C1", "C2", "C3"],
        "region": ["west", "east", None],
        "potential": [10.0, 20.0, np.nan],
        "locked": [True, False, False],
        "tier": ["A", "B", None],
        "next_renewal": pd.to_datetime(["2027-02-01", None, None]),
        "unseen": [1.0, 1.0, 1.0],
    }
)
REPS = pd.DataFrame(
    {
        "rep_id": ["ana", "bob", "hire-1"],
        "name": ["Ana", "Bob", None],
        "regions": ["west", "east", None],
        "skills": ["cloud:3", None, None],
        "capacity_workload_hours": [120.0, 110.0, np.nan],
        "share": [1.0, 0.5, 1.0],
        "ramp": [0.5, 0.5, 0.5],
        "ramp_until": pd.to_datetime([None, None, None]),
        "available_from": pd.to_datetime([None, None, None]),
        "status": [None, None, "left"],
    }
)
POLICY = {
    "disruption": {"budgets": [{"name": "moved", "of": "customers", "max": "10%"}], "move_cost": 2},
    "keep": {"locks": [{"name": "l", "when": "customer.locked"}], "holdouts": [{"name": "h", "when": "true"}]},
    "goals": [{"goal": "balance", "weight": 2}, {"goal": "disruption", "weight": 1}],
}


@pytest.fixture
def org():
    given = {"customers": frozenset(CUSTOMERS) - {"unseen"}, "reps": frozenset(REPS) - {"available_from", "ramp_until"}}
    return Org(CUSTOMERS, REPS, Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31)), given=given)


def change(name, scenarios, *settings):
    typed = {key: Scenario.model_validate(value) for key, value in scenarios.items()}
    return Change(name, typed, settings, lambda where: Place("planner.yaml", path=".".join(map(str, where))))


def applied(name, scenarios, org):
    return change(name, scenarios).of_org(org, {"policy": POLICY})


def policy_of(name, scenarios, policy=POLICY):
    return change(name, scenarios).of_document({"policy": policy}, policy=True)


def test_settings_of_a_scenario_come_before_those_of_the_command_line():
    scenarios = {"light": {"set": {"disruption.budgets[moved].max": "3%", "period.end": "2027-06-30"}}}
    asked = change("light", scenarios, ("disruption.budgets[moved].max", "1%"))
    assert asked.of_document({"policy": POLICY}, policy=False).document["period"] == {"end": "2027-06-30"}
    changed = asked.of_document({"policy": POLICY}, policy=True)
    assert changed.document["policy"]["disruption"]["budgets"][0]["max"] == "1%"
    assert changed.said == {
        ("policy", "disruption", "budgets", 0, "max"): Place("--set", path="disruption.budgets[moved].max")
    }
    assert POLICY["disruption"]["budgets"][0]["max"] == "10%"


def test_a_setting_that_names_nothing_or_changes_nothing_is_told():
    scenarios = {"wrong": {"set": {"disruption.budgets[moevd].max": "3%", "disruption.budgets[moved].max": "10%"}}}
    findings = policy_of("wrong", scenarios).findings
    assert [(one.code, one.severity) for one in findings] == [("TP206", "error"), ("TP208", "note")]
    assert findings[0].place.path == "scenarios.wrong.set.disruption.budgets[moevd].max"


def test_combined_scenarios_are_applied_in_order_and_once():
    scenarios = {name: Scenario.model_validate({"combine": parts}) for name, parts in
                 {"a": [], "b": ["a"], "c": ["b", "a", "greenfield"]}.items()}  # fmt: skip
    assert order_of("c", scenarios) == ["a", "b", "greenfield", "c"]


def test_unknown_and_circular_scenarios_are_refused():
    assert change("greenfeild", {}).problems()[0].hint == "Try 'greenfield'"
    assert change("a", {"a": {"combine": ["b"]}}).problems()[0].found == "'b'"
    assert change("a", {"a": {"combine": ["b"]}, "b": {"combine": ["a"]}}).problems()[0].found == "a → b → a"
    assert change(None, {}).problems() == []


def test_minimal_moves_lifts_budgets_and_puts_the_number_of_moves_first():
    changed = policy_of("minimal moves", {})
    assert changed.document["policy"]["disruption"] == {"move_cost": 2}
    policy = Policy.model_validate(changed.document["policy"])
    assert [stage.weights for stage in policy.stages] == [{"moves": 1.0}, {"balance": 2.0, "disruption": 1.0}]
    assert changed.kind is ScenarioKind.PLANNED
    pooled = {
        **POLICY,
        "pool": {"when": "true", "penalty": 3},
        "goals": [{"goal": "balance", "priority": 4, "slack": 1}],
    }
    policy = Policy.model_validate(policy_of("minimal moves", {}, pooled).document["policy"])
    assert [stage.weights for stage in policy.stages] == [{"moves": 1.0}, {"balance": 1.0, "pool": 1.0}]


def test_greenfield_forgets_budgets_move_costs_and_holdouts_but_no_lock():
    policy = policy_of("greenfield", {}).document["policy"]
    assert policy == {
        "disruption": {},
        "keep": {"locks": POLICY["keep"]["locks"]},
        "goals": [{"goal": "balance", "weight": 2}],
    }


def test_the_status_quo_is_measured_and_changes_nothing():
    changed = policy_of("as is", {"as is": {"combine": ["status quo"]}})
    assert changed.document == {"policy": POLICY}
    assert changed.kind is ScenarioKind.EVALUATED


def test_a_rep_who_leaves_has_departed(org):
    changed, findings = applied("lose", {"lose": {"reps": {"leave": "ana"}}}, org)
    assert departed(changed).tolist() == [True, False, True]
    assert departed(org).tolist() == [False, False, True]
    assert findings == []
    assert changed.has("reps", "status")
    changed, findings = applied("lose", {"lose": {"reps": {"leave": ["anna", "hire-1"]}}}, org)
    assert changed is org
    assert [(one.severity, one.hint) for one in findings] == [("error", "Try 'ana'"), ("warning", None)]


def test_new_reps_have_the_stated_columns_and_defaults_elsewhere(org):
    line = {"count": 2, "region": "west", "skills": "cloud:3", "capacity_workload_hours": 480, "ramp": "50%"}
    changed, findings = applied("hire", {"hire": {"reps": {"hire": [line]}}}, org)
    assert findings == []
    new = changed.reps.iloc[3:]
    assert new["rep_id"].tolist() == ["hire-2", "hire-3"]
    assert new["name"].tolist() == ["New hire 2", "New hire 3"]
    assert new["regions"].tolist() == ["west", "west"]
    assert new["capacity_workload_hours"].tolist() == [480.0, 480.0]
    assert new["share"].tolist() == [1.0, 1.0]
    assert availability(changed)[3:].tolist() == [0.5, 0.5]
    assert changed.reps.dtypes.equals(org.reps.dtypes)
    assert changed.reps.iloc[:3].equals(org.reps)
    assert org.n_reps == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"regoins": "west"}, "Try 'regions'"),
        ({"max_customers": 30}, "Try to add max_customers"),
        ({"share": "half"}, "a number"),
        ({"available_from": "soon"}, "a date"),
        ({"skills": "cloud:x"}, "does not fit"),
        ({"count": 2, "rep_id": "new"}, "of one rep only"),
        ({"rep_id": "ana"}, "must be new"),
    ],
)
def test_a_hire_that_does_not_fit_the_table_is_refused(org, line, said):
    changed, findings = applied("hire", {"hire": {"reps": {"hire": [line]}}}, org)
    assert changed is org
    assert said in str(findings[0])


def test_a_hire_needs_a_role_where_there_are_several(org):
    asked = change("hire", {"hire": {"reps": {"hire": [{"region": "west"}]}}})
    _, findings = asked.of_org(org, {"policy": {"roles": {"sales": {}, "service": {}}}})
    assert findings[0].expected == "sales or service"


def test_columns_of_customers_change_where_the_condition_holds(org):
    line = {"where": "region = 'west'", "set": {"potential": "potential * 1.2", "tier": "'A+'", "locked": "false"}}
    changed, findings = applied("grow", {"grow": {"customers": [line]}}, org)
    assert findings == []
    assert changed.customers["potential"].tolist()[:2] == [12.0, 20.0]
    assert changed.customers["tier"].tolist()[:2] == ["A+", "B"]
    assert changed.customers["locked"].tolist() == [False, False, False]
    assert changed.customers.dtypes.equals(org.customers.dtypes)
    changed, _ = applied("due", {"due": {"customers": {"set": {"next_renewal": "period.start + 10"}}}}, org)
    assert changed.customers["next_renewal"].dt.day.tolist() == [11, 11, 11]
    assert changed.customers.dtypes.equals(org.customers.dtypes)


@pytest.mark.parametrize(
    ("line", "code", "severity", "said"),
    [
        ({"where": "region = 'south'", "set": {"potential": "1"}}, "TP208", "warning", "touches nothing"),
        ({"where": "regoin = 'west'", "set": {"potential": "1"}}, "TP210", "error", "Try customer.region"),
        ({"set": {"potental": "1"}}, "TP208", "error", "Try 'potential'"),
        ({"set": {"unseen": "1"}}, "TP208", "error", "no such column"),
        ({"set": {"customer_id": "'x'"}}, "TP208", "error", "ids of customers stay"),
        ({"set": {"potential": "tier"}}, "TP210", "error", "wrong kind"),
        ({"set": {"tier": "potential"}}, "TP210", "error", "does not fit"),
        ({"set": {"locked": "1"}}, "TP210", "error", "does not fit"),
        ({"set": {"next_renewal": "1"}}, "TP210", "error", "does not fit"),
        ({"set": {"potential": "rep.share"}}, "TP210", "error", "cannot look at a rep"),
    ],
)
def test_a_change_of_customers_that_does_not_fit_is_told(org, line, code, severity, said):
    _, findings = applied("x", {"x": {"customers": [line]}}, org)
    assert [(one.code, one.severity) for one in findings] == [(code, severity)]
    assert said in str(findings[0])
