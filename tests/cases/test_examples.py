"""The examples turn public data into projects; where the data is not at hand, small look-alikes stand in for it.

Set TERRITORY_DATA to the folder with ``maven_crm``, ``pfizer_turkey`` and ``us_zips`` to run them on the data itself.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.solve import solve
from models.stop import Stop
from planner.commands import planner
from planner.exits import DONE, run
from planner.project import load

EXAMPLES = Path(__file__).parents[2] / "examples"


def _public(name: str) -> Path:
    """Return the folder of a public data set."""
    root = os.environ.get("TERRITORY_DATA")
    if root is None:
        pytest.skip("the public data is not in the repository; TERRITORY_DATA names the folder that has it")
    folder = Path(root) / name
    assert folder.is_dir(), f"TERRITORY_DATA has no folder {name}"
    return folder


def _make(example: str, source: Path, project: Path, *options: str) -> Path:
    script = EXAMPLES / example / "make_project.py"
    subprocess.run([sys.executable, str(script), str(source), str(project), *options], check=True, cwd=EXAMPLES.parent)
    return project


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _plan(folder: Path, scenario: str | None = None, gap: float = 0.0):
    project = load(folder, scenario=scenario)
    plan = solve(project.org, project.policy, stop=Stop(gap=gap))
    assert plan.judgement is not None
    assert plan.judgement.feasible
    return plan


@pytest.mark.parametrize(
    ("scenario", "goal", "value", "beside"),
    [("least distance", "cost", 154.60, 1.2055), ("least change", "disruption", 0.1696, 188.95)],
)
def test_each_single_optimum_of_the_turkish_case_is_reproduced(tmp_path, scenario, goal, value, beside):
    folder = _make("pfizer_turkey", _public("pfizer_turkey"), tmp_path / "project")
    plan = _plan(folder, scenario)
    other = "disruption" if goal == "cost" else "cost"
    assert plan.status == "optimal"
    assert plan.judgement.goals[goal].value == pytest.approx(value, abs=1e-6)
    assert plan.judgement.goals[other].value == pytest.approx(beside, abs=1e-6)


def test_the_turkish_case_weighs_distance_against_change(tmp_path):
    folder = _make("pfizer_turkey", _public("pfizer_turkey"), tmp_path / "project")
    plan = _plan(folder)
    assert plan.status == "optimal"
    assert plan.judgement.goals["cost"].value == pytest.approx(174.68, abs=1e-6)
    assert plan.judgement.goals["disruption"].value == pytest.approx(0.2739, abs=1e-6)


def _step_by_step(folder: Path) -> list[tuple[float, float]]:
    """Return (index moved, distance) of all plans that no other beats, by the exact engine and limits of a goal.

    Indices have four decimals, so the next limit is one ten-thousandth below the last plan's.
    """
    front: list[tuple[float, float]] = []
    limit = 100.0
    while True:
        goals = [
            {"goal": "cost", "value": "pair.distance", "priority": 1},
            {"goal": "disruption", "priority": 2, "max": limit},
        ]
        project = load(folder, settings=[("goals", goals)])
        plan = solve(project.org, project.policy, engine="highs")
        if plan.status == "infeasible":
            return front[::-1]
        assert plan.status == "optimal"
        front.append((plan.judgement.goals["disruption"].value, plan.judgement.goals["cost"].value))
        limit = front[-1][0] - 1e-4


def test_the_turkish_case_has_twenty_plans_that_no_other_beats(tmp_path, capsys):
    folder = _make("pfizer_turkey", _public("pfizer_turkey"), tmp_path / "project")
    command = [
        "frontier",
        str(folder),
        "--goal",
        "cost",
        "--against",
        "workload",
        "--points",
        "60",
        "--json",
        "--quiet",
    ]
    assert run(planner, command) == DONE
    record = json.loads(capsys.readouterr().out)
    found = [(point["x"], point["y"]) for point in record["points"]]
    assert record["complete"]
    assert len(found) == 20
    assert found[0] == pytest.approx((0.1696, 188.95))
    assert found[-1] == pytest.approx((1.2055, 154.60))
    step_by_step = _step_by_step(folder)
    assert [x for x, _ in found] == pytest.approx([x for x, _ in step_by_step])
    assert [y for _, y in found] == pytest.approx([y for _, y in step_by_step])


def test_bricks_of_a_look_alike_go_to_the_near_office_within_the_band(tmp_path):
    source = tmp_path / "source"
    _write(source / "bricks.csv", "brick,index_value,current_rep,is_office_of\n1,1,1,1\n2,0.9,2,2\n3,0.1,1,\n")
    _write(
        source / "distances.csv",
        "brick,rep,distance\n1,1,0\n1,2,9\n2,1,9\n2,2,0\n3,1,5\n3,2,2\n",
    )
    folder = _make("pfizer_turkey", source, tmp_path / "project")
    assert _plan(folder, "least distance").judgement.goals["cost"].value == pytest.approx(2)
    assert _plan(folder, "least change").judgement.goals["disruption"].value == 0


def test_every_account_of_the_crm_export_gets_an_agent_of_its_office(tmp_path):
    folder = _make("maven_crm", _public("maven_crm"), tmp_path / "project")
    customers, reps = _rows(folder / "customers.csv"), _rows(folder / "reps.csv")
    assert (len(customers), len(reps)) == (85, 35)
    project = load(folder)
    spelled = [finding for finding in project.findings if "GTXPro" in str(finding)]
    assert len(spelled) == 1
    plan = _plan(folder, gap=0.05)
    office = {rep["rep_id"]: rep["regions"] for rep in reps}
    owners = project.org.rep_ids[plan.assignment.owners[0]]
    assert all(office[owner] == customer["region"] for owner, customer in zip(owners, customers, strict=True))
    assert len(set(owners)) > len({customer["owner_id"] for customer in customers})


def test_a_look_alike_crm_export_becomes_a_project(tmp_path):
    source = tmp_path / "source"
    _write(
        source / "accounts.csv",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Acme,technolgy,1990,10,100,Philipines,\nBolt,retail,1991,20,200,Italy,Acme\nCrux,retail,1992,5,50,Italy,\n",
    )
    _write(source / "products.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n")
    _write(
        source / "sales_teams.csv",
        "sales_agent,manager,regional_office\nAnn,Mo,East\nBob,Mo,East\nCid,Lu,West\nDee,Lu,West\n",
    )
    deals = [
        ("1", "Ann", "GTXPro", "Acme", "Won", "2017-01-02", "2017-02-01", "5000"),
        ("2", "Ann", "GTXPro", "Acme", "Lost", "2017-02-02", "2017-03-01", "0"),
        ("3", "Bob", "MG Special", "Acme", "Won", "2017-02-03", "2017-03-02", "50"),
        ("4", "Ann", "GTXPro", "Bolt", "Won", "2017-03-03", "2017-04-02", "4800"),
        ("5", "Cid", "MG Special", "Crux", "Won", "2017-03-04", "2017-04-04", "60"),
        ("6", "Cid", "MG Special", "Crux", "Engaging", "2017-08-04", "", ""),
        ("7", "Cid", "MG Special", "", "Engaging", "2017-08-05", "", ""),
    ]
    header = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    _write(source / "sales_pipeline.csv", header + "".join(",".join(deal) + "\n" for deal in deals))
    folder = _make("maven_crm", source, tmp_path / "project")
    acme, bolt, crux = _rows(folder / "customers.csv")
    assert (acme["owner_id"], acme["revenue"], acme["region"], acme["main_product"]) == (
        "Ann",
        "5050",
        "East",
        "GTXPro",
    )
    assert acme["family_id"] == bolt["family_id"] == "Acme"
    assert (crux["open_value"], crux["opportunities"]) == ("55", "2")
    project = load(folder)
    products = project.org.customers["main_product"].tolist()
    assert products == ["GTX Pro", "GTX Pro", "MG Special"]
    _plan(folder, gap=0.05)


@pytest.mark.parametrize("real", [True, False], ids=["census", "look-alike"])
def test_an_org_on_zip_areas_has_a_plan(tmp_path, real):
    source = tmp_path / "source"
    if real:
        source = _public("us_zips")
    else:
        rows = (f"{i:05d},{35 + i % 9},{-120 + i},{500 * i}" for i in range(50))
        _write(source / "uszips.csv", "zip,lat,lng,population\n" + "\n".join(rows) + "\n")
    folder = _make("us_zips", source, tmp_path / "project", "--customers", "60", "--reps", "6")
    assert _plan(folder, gap=0.05).gap <= 0.05
