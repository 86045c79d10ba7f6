"""Planning again from an earlier run: as good as from nothing, whatever has changed, and never a wrong bound."""

import contextlib
import io
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, THE_ANSWER_IS_NO, run
from planner.write.certificate import read_certificate, write_certificate
from tests.long_ones import long_but
from tests.middling import middling_org
from tests.sizes import solve_as_if_large

POLICY = {
    "measures": {"revenue": "customer.revenue", "workload": "customer.workload_hours"},
    "eligibility": {"nearest": 3},
    "capacity": [{"measure": "workload", "max": "rep.capacity_workload_hours"}],
    "balance": [{"measure": "revenue", "tolerance": "5%", "weight": 2}, {"measure": "workload", "tolerance": "5%"}],
    "disruption": {"budgets": [{"of": "customers", "max": "40%"}]},
    "goals": [{"goal": "balance"}, {"goal": "disruption"}, {"goal": "travel", "weight": 0.2}],
}
BY_PRIORITY = [{"priority": 1, "goal": "balance", "slack": "20%"}, {"priority": 2, "goal": "disruption"}]
TWO_ROLES = {"sales": {}, "service": {"when": "customer.revenue > 30"}}
POOL = {"when": "customer.revenue < 20", "penalty": 3}
LIKE_LARGE = "as if it were large"


def write_project(folder, customers, reps, policy):
    folder.mkdir(exist_ok=True)
    for name, table in (("customers", customers), ("reps", reps)):
        table.dropna(axis=1, how="all").to_csv(folder / f"{name}.csv", index=False)
    text = io.StringIO()
    YAML().dump(
        {
            "name": "again",
            "period": {"start": "2027-01-01", "end": "2027-03-31"},
            "tables": {name: f"{name}.csv" for name in ("customers", "reps")},
            "policy": policy,
        },
        text,
    )
    (folder / "planner.yaml").write_text(text.getvalue(), encoding="utf-8")


def tables(customers=32, reps=4):
    org = middling_org(customers, reps)
    columns = ["customer_id", "owner_id", "lat", "lon", "revenue", "workload_hours"]
    mine = org.reps[["rep_id", "lat", "lon", "capacity_workload_hours"]].assign(
        role=np.where(np.arange(reps) % 3 < 2, "sales", "service")
    )
    return org.customers[columns], mine


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "again"
    write_project(folder, *tables(), POLICY)
    with contextlib.chdir(folder):
        yield folder


def planned(capsys, *arguments):
    code = run(planner, arguments)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def plan(capsys, *arguments):
    """Plan, verify what was written, and return the record."""
    code, shown, messages = planned(capsys, "plan", "--json", "--quiet", *arguments)
    assert code == DONE, messages
    record = json.loads(shown)
    code, shown, messages = planned(capsys, "verify", record["run"], "--json", "--quiet")
    assert code == DONE, shown + messages
    return record


def assert_as_good(warm, cold):
    """Both are within the same gap of optima that are the same."""
    assert warm["bound"] <= cold["objective"] + 1e-6 * max(1.0, abs(cold["objective"]))
    assert cold["bound"] <= warm["objective"] + 1e-6 * max(1.0, abs(warm["objective"]))
    if warm["status"] == cold["status"] == "optimal":
        assert warm["objective"] == pytest.approx(cold["objective"], rel=2e-6)


@pytest.fixture(params=[pytest.param("as it is", marks=pytest.mark.long), LIKE_LARGE])
def size(request, monkeypatch):
    """Solve once as the small org that it is, and once by the engines of large ones."""
    if request.param == LIKE_LARGE:
        solve_as_if_large(monkeypatch)
        monkeypatch.setattr("models.engines.stage.NEIGHBOURHOOD_CANDIDATES", 0)
        monkeypatch.setattr("models.engines.stage.MOST_PER_UNIT", 1_000)
    return request.param


def test_nothing_has_changed(project, capsys, size):
    cold = plan(capsys)
    warm = plan(capsys, "--warm", "001")
    assert_as_good(warm, cold)
    # it begins with the earlier plan, and may stop as soon as it is proven as well
    assert warm["objective"] <= cold["objective"] + 1e-6
    assert warm["gap"] <= cold["gap"] + 1e-6
    # a folder is as good as a number
    again = plan(capsys, "--warm", "runs/002")
    assert again["objective"] <= warm["objective"] + 1e-6


def a_rep_less(customers, reps, policy):
    return customers, reps[reps["rep_id"] != "R002"].assign(capacity_workload_hours=10_000.0), policy


def one_more_and_one_gone(customers, reps, policy):
    new = customers.iloc[[7]].assign(customer_id="C-new", owner_id=None)
    return pd.concat([customers.iloc[1:], new]), reps, policy


def rows_renamed(customers, reps, policy):
    lines = [{**line, "name": f"fair {at}"} for at, line in enumerate(policy["balance"])]
    return customers, reps, {**policy, "balance": lines}


def other_lines(customers, reps, policy):
    lines = [{"measure": "customers", "max": 12}]
    goals = [{"goal": "disruption"}, {"goal": "travel"}]
    return customers, reps, {**policy, "capacity": lines, "balance": [], "goals": goals}


def everybody_else(customers, reps, policy):
    customers = customers.assign(customer_id="X" + customers["customer_id"], owner_id="Y" + customers["owner_id"])
    return customers, reps.assign(rep_id="Y" + reps["rep_id"]), policy


def by_priority(customers, reps, policy):
    return customers, reps, {**policy, "goals": BY_PRIORITY}


def two_roles(customers, reps, policy):
    return customers.assign(owner_id_service=None), reps, {**policy, "roles": TWO_ROLES, "capacity": []}


def with_a_pool(customers, reps, policy):
    return customers, reps, {**policy, "pool": POOL, "goals": [*policy["goals"], {"goal": "pool"}]}


CHANGES = (
    a_rep_less,
    one_more_and_one_gone,
    other_lines,
    everybody_else,
    rows_renamed,
    by_priority,
    two_roles,
    with_a_pool,
)

SMALL = (a_rep_less, one_more_and_one_gone, by_priority)


@pytest.mark.parametrize("change", long_but(SMALL, a_rep_less), ids=lambda change: change.__name__)
def test_a_small_org_is_planned_again_to_the_optimum(project, capsys, change):
    plan(capsys)
    write_project(project, *change(*tables(), POLICY))
    warm, cold = plan(capsys, "--warm", "001"), plan(capsys)
    assert warm["status"] == cold["status"] == "optimal"
    assert_as_good(warm, cold)


@pytest.mark.parametrize(
    "change",
    long_but(CHANGES, everybody_else),
    ids=lambda change: getattr(change, "__name__", None),
)
def test_something_has_changed(project, capsys, size, change):
    plan(capsys)
    write_project(project, *change(*tables(), POLICY))
    warm, cold = plan(capsys, "--warm", "001"), plan(capsys)
    assert_as_good(warm, cold)
    if size == LIKE_LARGE:
        # not better than the earlier run, which is all that was asked for, or nearly as good as from nothing
        assert warm["objective"] <= cold["objective"] * 1.3 + 0.5


@pytest.mark.parametrize("kind", [by_priority, two_roles, with_a_pool], ids=lambda kind: kind.__name__)
def test_stages_roles_and_the_pool_begin_where_they_ended(project, capsys, size, kind):
    write_project(project, *kind(*tables(), POLICY))
    cold = plan(capsys)
    warm = plan(capsys, "--warm", "001")
    assert_as_good(warm, cold)
    if len(cold["stages"]) == 1:
        assert warm["objective"] <= cold["objective"] + 1e-6


def refused(capsys, *arguments):
    code, shown, messages = planned(capsys, "plan", "--quiet", *arguments)
    assert code == BAD_INPUT
    assert shown == ""
    assert "Traceback" not in messages
    return messages


def test_a_run_without_a_plan_is_nothing_to_begin_with(project, capsys):
    code, _, _ = planned(capsys, "plan", "--set", "capacity=[{measure: customers, min: 30}]", "--quiet")
    assert code == THE_ANSWER_IS_NO
    messages = refused(capsys, "--warm", "001")
    assert "TP504" in messages
    assert "infeasible" in messages
    assert not (project / "runs" / "002").exists()


def test_no_such_run(project, capsys):
    for named in ("007", str(project / "planner.yaml")):
        assert "There is no run here" in refused(capsys, "--warm", named)


def test_broken_files_are_named(project, capsys):
    plan(capsys)
    for file, content, code in (
        ("assignments.csv", b"", "TP504"),
        ("assignments.csv", b"\xff\xfe\x00nothing to be read\x00", "TP504"),
        ("assignments.csv", b"customer_id,rep_id\nC0001,R001\n", "TP504"),
        ("assignments.csv", None, "TP504"),
        ("certificate.npz", b"", "TP504"),
        ("certificate.npz", b"PK\x03\x04 and then nothing", "TP504"),
        ("plan.json", b"{}", "TP"),
    ):
        path = project / "runs" / "001" / file
        before = path.read_bytes()
        path.unlink() if content is None else path.write_bytes(content)
        messages = refused(capsys, "--warm", "001")
        assert code in messages
        assert file in messages.replace("\n", "")
        path.write_bytes(before)


def test_assignments_of_nobody_known_are_passed_over(project, capsys):
    cold = plan(capsys)
    path = project / "runs" / "001" / "assignments.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    strange = [row.replace("R00", "Q00") if at % 2 else row.replace("C00", "Z00") for at, row in enumerate(rows)]
    path.write_text("\n".join([head, *strange, *rows[:3], *rows[:3]]), encoding="utf-8")
    assert_as_good(plan(capsys, "--warm", "001"), cold)


@pytest.mark.long
def test_without_a_certificate_the_plan_alone_is_begun_with(project, capsys, size):
    cold = plan(capsys)
    (project / "runs" / "001" / "certificate.npz").unlink()
    assert_as_good(plan(capsys, "--warm", "001"), cold)


@pytest.mark.parametrize("forged", long_but((-1e300, np.nan, -1.0, 1e6, np.inf), -1e300))
def test_forged_prices_prove_nothing(project, capsys, monkeypatch, forged):
    solve_as_if_large(monkeypatch)
    monkeypatch.setattr("models.engines.stage.MOST_PER_UNIT", 1_000)
    cold = plan(capsys)
    path = project / "runs" / "001" / "certificate.npz"
    prices = read_certificate(path)
    write_certificate({**{name: np.array([forged]) for name in prices}, "stage 1": np.array([forged])}, path)
    warm = plan(capsys, "--warm", "001")
    assert_as_good(warm, cold)
    assert warm["price_bound"] == pytest.approx(cold["price_bound"], rel=0.01)


@pytest.mark.parametrize("gap", [3.0, 1.0, -0.5])
def test_an_earlier_gap_is_no_more_than_a_wish(project, capsys, gap):
    cold = plan(capsys)
    path = project / "runs" / "001" / "plan.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "gap": gap}), encoding="utf-8")
    assert_as_good(plan(capsys, "--warm", "001"), cold)


@pytest.mark.long
def test_a_copied_run_of_another_project_is_as_good_as_nothing(project, capsys, tmp_path, size):
    plan(capsys)
    other = tmp_path / "other"
    write_project(other, *everybody_else(*tables(), POLICY))
    shutil.copytree(project / "runs" / "001", other / "runs" / "001")
    with contextlib.chdir(other):
        warm, cold = plan(capsys, "--warm", "001"), plan(capsys)
    assert (warm["objective"], warm["bound"]) == (cold["objective"], cold["bound"])
