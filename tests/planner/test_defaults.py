"""Bare tables get a sensible policy, every assumption is named, and none of them leaves everybody without a plan."""

import datetime as dt

import pytest

from models.policy import Policy
from models.solve import solve
from planner.bare_files import next_quarter
from planner.defaults import flow
from planner.document import parse_document
from planner.project import load

TODAY = dt.date(2026, 11, 20)
CUSTOMERS = "customer_id,owner_id,revenue\n1,a,100\n2,a,20\n3,b,\n4,,5\n5,b,30\n"
REPS = "rep_id\na\nb\nc\n"


def bare(folder, customers=CUSTOMERS, reps=REPS, project=None, **options):
    (folder / "customers.csv").write_text(customers)
    (folder / "reps.csv").write_text(reps)
    if project is not None:
        (folder / "planner.yaml").write_text(project)
    return load(folder, today=TODAY, **options)


def said(project):
    return " · ".join(one.title for one in project.assumptions)


def test_the_usual_policy_is_assumed_for_ids_owner_and_revenue(tmp_path):
    project = bare(tmp_path)
    assert project.document["policy"] == {
        "measures": {"revenue": {"value": "customer.revenue", "default": 0}},
        "balance": [
            {"measure": "revenue", "target": "rep.share", "tolerance": "15%", "weight": 3},
            {"measure": "customers", "target": "rep.share", "tolerance": "20%", "weight": 1},
        ],
        "disruption": {
            "budgets": [
                {"name": "moved customers", "of": "customers", "max": "10%"},
                {"name": "moved revenue", "of": "revenue", "max": "10%"},
                {"name": "lost per rep", "of": "revenue", "per": "rep", "side": "lost", "max": "20%"},
            ]
        },
        "goals": [{"goal": "balance", "weight": 1}, {"goal": "disruption", "weight": 1}],
    }
    assert project.org.period == next_quarter(TODAY)
    assert [(one.code, one.count, one.severity) for one in project.findings] == [("TP291", 1, "warning")]
    assert solve(project.org, project.policy).status == "optimal"


def test_every_assumption_is_named_with_yaml_that_reads_back(tmp_path):
    project = bare(tmp_path)
    assert "larger than half a book of revenue" in said(project)
    assert [one.examples for one in project.assumptions if "without a book" in one.title] == [("c",)]
    for one in project.assumptions:
        assert one.severity == "note"
        if one.hint:
            text = one.hint.removeprefix("Try '").removesuffix("'")
            document = parse_document(text, "hint")
            assert document.findings == []
            section, *_ = document.values
            if section not in ("tables", "period"):
                stated = {"measures": project.document["policy"]["measures"], **document.values}
                Policy.model_validate(stated)


def test_a_policy_that_is_written_down_is_not_assumed_and_a_period_that_is_not_is(tmp_path):
    project = bare(tmp_path, project="policy: {goals: [{goal: disruption}]}")
    assert [one.title[:10] for one in project.assumptions] == ["The tables", "The period"]
    assert project.policy.balance == ()


def test_an_assumed_policy_can_be_changed_by_a_setting_and_a_scenario(tmp_path):
    project = bare(tmp_path, sets=["balance[revenue].tolerance=5%"], scenario="greenfield")
    assert project.policy.balance[0].tolerance == 0.05
    assert project.policy.disruption.budgets == ()


def test_rules_switch_on_where_their_columns_are(tmp_path):
    project = bare(
        tmp_path,
        "customer_id,owner_id,revenue,region,required_skills,workload_hours,locked,family_id,next_renewal,lat,lon\n"
        "1,a,10,west,cloud,5,true,F,2027-02-01,48.1,11.5\n2,b,20,east,,5,false,,,48.2,11.6\n",
        "rep_id,regions,skills,capacity_workload_hours,max_customers,lat,lon\n"
        "a,west,cloud:2,40,10,48,11\nb,east,,40,10,48,12\n",
    )
    policy = project.policy
    assert (policy.eligibility.region, policy.eligibility.skills) == ("same", "required")
    assert [(one.measure, one.max.expression) for one in policy.capacity] == [
        ("workload_hours", "rep.capacity_workload_hours"),
        ("customers", "rep.max_customers"),
    ]
    assert [one.name for one in (*policy.keep.locks, *policy.keep.holdouts)] == ["locked", "renewal within 90 days"]
    assert [one.goal for one in policy.goals] == ["balance", "disruption", "travel"]


@pytest.mark.parametrize(
    ("customers", "reps", "assumed"),
    [
        (
            "region,required_skills\n1,a,9,west,sap\n2,b,9,east,",
            "regions,skills\na,west,\nb,east,",
            "Skills are preferred",
        ),
        ("region,required_skills\n1,a,9,moon,\n2,b,9,east,", "regions,skills\na,west,\nb,east,", "Regions do not bind"),
        (
            "region,required_skills\n1,a,9,moon,sap\n2,b,9,east,",
            "regions,skills\na,west,\nb,east,",
            "Regions do not bind and skills are preferred",
        ),
        (
            "workload_hours\n1,a,9,90\n2,b,9,90",
            "capacity_workload_hours,max_customers\na,50,9\nb,120,9",
            "capacity_workload_hours, max_customers limits nothing",
        ),
        ("workload_hours\n1,a,9,90\n2,b,9,9", "min_customers\na,2\nb,1", "min_customers limits nothing"),
    ],
)
def test_an_assumed_rule_that_leaves_no_plan_is_given_up(tmp_path, customers, reps, assumed):
    customers = f"customer_id,owner_id,revenue,{customers}\n"
    project = bare(tmp_path, customers, f"rep_id,{reps}\n")
    assert assumed in said(project)
    assert solve(project.org, project.policy).status in ("optimal", "feasible")


def test_limits_that_some_plan_keeps_stay_even_if_todays_books_do_not(tmp_path):
    rows = "".join(f"{number},a,10,10\n" for number in range(20))
    reps = "rep_id,capacity_workload_hours\na,190\nb,100\n"
    project = bare(tmp_path, "customer_id,owner_id,revenue,workload_hours\n" + rows, reps)
    assert len(project.policy.capacity) == 1
    assert solve(project.org, project.policy).status == "optimal"


def test_negative_revenue_counts_nothing_and_is_named(tmp_path):
    project = bare(tmp_path, CUSTOMERS.replace("20", "-20"))
    assert "Negative revenue counts 0: 1 customers" in said(project)
    assert project.policy.measures["revenue"].value == "greatest(customer.revenue, 0)"


def test_without_any_value_customers_are_counted(tmp_path):
    project = bare(tmp_path, "customer_id\n1\n2\n", REPS)
    assert [one.measure for one in project.policy.balance] == ["customers"]
    assert [one.goal for one in project.policy.goals] == ["balance"]


def test_yaml_is_quoted_only_where_it_must_be():
    value = {"when": "customer.tier = 'A'", "max": "10%", "at": dt.date(2027, 1, 1), "n": 1, "yes": "true", "l": [None]}
    text = flow(value)
    assert text == """{when: "customer.tier = 'A'", max: 10%, at: 2027-01-01, n: 1, "yes": "true", l: [null]}"""
    assert parse_document(text, "x").values == value
