"""A project is loaded in one call, or refused with everything that is wrong."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from models.findings import InputRefused
from planner.project import load
from scenarios.definition import ScenarioKind

CUSTOMERS = """\
customer_id,family_id,owner_id,owner_since,region,required_skills,workload_hours,revenue,tier
C1,,ana,2023-01-01,west,,40,100,A
C2,,ana,2027-01-01,west,cloud:2,30,60,B
C3,F1,ana,2023-01-01,west,,30,40,B
C4,F1,bob,2027-01-01,west,,20,30,C
C5,,dan,2020-06-30,east,,50,80,B
C6,,,,east,,30,50,C
"""
REPS = """\
rep_id,team,regions,skills,seniority,capacity_workload_hours,available_from
ana,field,west,cloud:3,3,120,
bob,field,west;east,cloud:1,1,110,
eve,field,east,,2,100,2027-02-15
"""
PROJECT = """\
version: 1
period: {start: 2027-01-01, end: 2027-03-31}
tables: {customers: customers.csv, reps: reps.csv}
policy:
  measures:
    workload: {value: customer.workload_hours, unit: h}
    revenue: {value: customer.revenue, unit: USD}
  eligibility:
    region: same
    skills: required
    rules:
      - {name: key customers, when: customer.tier = 'A', prefer: rep.seniority >= 3, penalty: 10}
  capacity:
    - {measure: workload, max: rep.capacity_workload_hours}
  balance:
    - {measure: revenue, target: equal, tolerance: 10%, weight: 1}
  keep: {families: as_today}
  disruption:
    budgets:
      - {name: moved customers, of: customers, max: 50%}
    move_cost: 1 + 0.5 * least(customer.tenure_years, 4)
  goals:
    - {goal: balance, weight: 1}
    - {goal: disruption, weight: 1}
    - {goal: misfit, weight: 1}
scenarios:
  light touch: {set: {"disruption.budgets[moved customers].max": 3%}}
  lose ana: {reps: {leave: [ana]}}
  bad quarter: {combine: [lose ana, light touch]}
sweeps:
  how much disruption: {over: {"disruption.budgets[moved customers].max": [0%, 50%]}}
"""
TODAY = dt.date(2026, 11, 20)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, PROJECT)
    return tmp_path


def write(folder, project=None, customers=CUSTOMERS, reps=REPS):
    for name, text in (("planner.yaml", project), ("customers.csv", customers), ("reps.csv", reps)):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")


def refused(folder, **options):
    with pytest.raises(InputRefused) as error:
        load(folder, today=TODAY, **options)
    assert all(one.hint is None or one.hint.startswith("Try") for one in error.value.findings)
    return [(one.code, one.place.file, one.place.line or one.place.row) for one in error.value.findings]


def test_the_worked_case_loads_with_a_warning_for_the_owner_who_left(folder):
    project = load(folder)
    assert (project.org.n_customers, project.org.n_reps) == (6, 3)
    assert [(one.code, one.severity) for one in project.findings] == [("TP154", "warning")]
    assert project.assumptions == ()
    assert project.kind is ScenarioKind.PLANNED
    assert set(project.files) == {"planner.yaml", "customers.csv", "reps.csv"}
    assert project.place(("capacity", 0, "max")).line == 14
    assert load(folder / "planner.yaml").policy == project.policy


def test_scenarios_and_settings_change_what_is_loaded(folder):
    project = load(folder, scenario="bad quarter", sets=["balance[revenue].tolerance=5%", "strict=false"])
    assert project.policy.disruption.budgets[0].max.percent == 0.03
    assert project.policy.balance[0].tolerance == 0.05
    assert project.org.reps["status"].tolist()[0] == "left"
    assert load(folder, scenario="status quo").kind is ScenarioKind.EVALUATED
    assert load(folder, scenario="minimal moves").policy.stages[0].weights == {"moves": 1.0}
    assert load(folder, scenario="greenfield").policy.disruption.budgets == ()
    period = load(folder, sets=["period.start=2026-01-01", "period.end=2026-12-31"]).org.period
    assert period.days == 365


def test_a_strict_project_refuses_an_owner_who_is_not_on_the_roster(folder):
    assert refused(folder, sets=["strict=true"]) == [("TP154", "customers.csv", 6)]


def test_tables_and_policy_and_settings_are_judged_in_one_pass(folder):
    write(
        folder,
        PROJECT.replace("tolerance: 10%", "tolerence: 10%")
        .replace("customer.tier = 'A'", "customer.teir = 'A'")
        .replace("combine: [lose ana", "combine: [lose anna"),
        customers=CUSTOMERS.replace("C3,F1,ana,2023-01-01,west,,30", "C3,F1,ana,2023-13-01,west,,-30"),
    )
    found = refused(folder, scenario="bad quarter", sets=["balence[revenue].weight=2", "goals[balance].weight=[1"])
    assert found == [
        ("TP210", "planner.yaml", 12),
        ("TP203", "planner.yaml", 16),
        ("TP207", "planner.yaml", 29),
        ("TP206", "--set", None),
        ("TP142", "customers.csv", 4),
        ("TP145", "customers.csv", 4),
        ("TP154", "customers.csv", 6),
        ("TP206", "--set", None),
    ]


def test_a_setting_that_does_not_fit_is_told_as_the_setting_it_was(folder):
    with pytest.raises(InputRefused) as error:
        load(folder, sets=["balance[revenue].tolerance=wide", "capacity[workload].max=rep.capacity"])
    places = {one.code: one.place for one in error.value.findings if one.severity == "error"}
    assert (places["TP205"].file, places["TP205"].path) == ("--set", "policy.balance[#1].tolerance")
    assert (places["TP210"].file, places["TP210"].path) == ("--set", "capacity[workload].max")


@pytest.mark.parametrize(
    ("project", "codes"),
    [
        ("policy: [", ["TP201"]),
        ("- a list", ["TP201"]),
        ("tables: {customers: nowhere.csv, reps: reps.csv}", ["TP101"]),
        ("tables: {customers: customers.csv}", ["TP110"]),
        ("tables: {customers: {fiel: customers.csv}, reps: reps.csv}", ["TP203"]),
        ("tables: 3", ["TP205"]),
        ("policy: 3", ["TP205"]),
        ("policy: {roles: {}}", ["TP221"]),
        ("version: 7", ["TP205"]),
        ("strict: false\npolicy: {strict: true}", ["TP154", "TP205"]),
    ],
)
def test_a_broken_project_file_is_refused_with_the_reason(folder, project, codes):
    write(folder, project)
    with pytest.raises(InputRefused) as error:
        load(folder, today=TODAY)
    assert sorted(one.code for one in error.value.findings if one.severity == "error") == codes


def test_mistakes_in_scenarios_that_are_not_asked_for_are_warnings(folder):
    project = PROJECT.replace("leave: [ana]", "leave: [anna]")
    write(folder, project.replace("over: {", 'over: {"goals[travel].weight": [1, 2], '))
    found = {one.code: (one.severity, one.place.line) for one in load(folder).findings if one.code != "TP154"}
    assert found == {"TP208": ("warning", 28), "TP206": ("warning", 31)}
    assert refused(folder, scenario="bad quarter")[0] == ("TP208", "planner.yaml", 28)


@pytest.mark.parametrize("scenario", ["minimal moves", "greenfield"])
def test_a_scenario_that_lifts_budgets_does_not_make_others_wrong(folder, scenario):
    assert "TP206" not in {one.code for one in load(folder, scenario=scenario).findings}


def test_a_folder_that_is_no_project_says_how_to_begin_one(tmp_path):
    assert refused(tmp_path / "nowhere") == [("TP209", str(tmp_path / "nowhere"), None)]
    assert refused(tmp_path) == [("TP209", str(tmp_path), None)]
    (tmp_path / "notes.txt").write_text("x")
    assert refused(tmp_path / "notes.txt") == [("TP209", str(tmp_path / "notes.txt"), None)]
    write(tmp_path, reps=None)
    assert [code for code, *_ in refused(tmp_path)] == ["TP110"]


def test_the_package_is_imported_at_once_and_offers_its_verbs():
    code = "import sys, planner; heavy = {'pandas', 'numpy', 'duckdb'} & set(sys.modules); print(heavy, planner.load)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("set() <function load")


def test_a_policy_of_limits_only_moves_as_few_customers_as_it_must(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,owner_id\nC1,ana\nC2,ana\nC3,ana\n", encoding="utf-8")
    (tmp_path / "reps.csv").write_text("rep_id\nana\nbob\n", encoding="utf-8")
    (tmp_path / "planner.yaml").write_text(
        "version: 1\nperiod: {start: 2027-01-01, end: 2027-03-31}\n"
        "tables: {customers: customers.csv, reps: reps.csv}\n"
        "policy:\n  capacity:\n    - {measure: customers, max: 2}\n",
        encoding="utf-8",
    )
    project = load(tmp_path)
    assert [(goal.goal, goal.points_per_unit) for goal in project.policy.goals] == [("disruption", 1.0)]
    assert any("names no goal" in assumption.title for assumption in project.assumptions)
