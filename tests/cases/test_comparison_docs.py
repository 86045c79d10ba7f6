"""What docs/comparison.md says of rows, gates and files is true."""

import re
import shlex
from pathlib import Path

import pytest

from models.outcome import Outcome
from planner.commands.compare import compare
from planner.write.comparison import difference_table
from scenarios.comparing.difference import difference
from scenarios.comparing.gate import names_for, read_gate
from tests.plans import plan_of
from tests.worked import OPTIMUM, SECOND, worked_org, worked_plan, worked_policy

PAGE = (Path(__file__).parents[2] / "docs" / "comparison.md").read_text(encoding="utf-8")
ROWS = PAGE[PAGE.index("## The eight numbers") : PAGE.index("## Gates")]
GATES = re.findall(r"^    (.+)$", PAGE[PAGE.index("## Gates") :], flags=re.MULTILINE)
COMMANDS = re.findall(r"^    planner compare (.*?)(?:\s+#.*)?$", PAGE[: PAGE.index("## Gates")], flags=re.MULTILINE)
NAMES = names_for(
    [
        worked_policy(
            capacity=[{"measure": "workload", "max": 1}, {"name": "field hours", "measure": "workload", "max": 1}]
        )
    ]
)


def test_every_name_in_a_table_of_rows_is_a_row():
    cells = re.findall(r"^\| (`[^|]*) \|", ROWS, flags=re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert len(named) > 25
    assert named <= set(NAMES)


def test_every_row_is_described():
    described = set(re.findall(r"`([a-z_.0-9]+)`", ROWS))
    of_measures = {name.rpartition(".")[2] for name in described}
    missing = [
        name
        for name in NAMES
        if name not in described
        and name.removesuffix("_before") not in described
        and not (
            name.rpartition(".")[2] in of_measures
            and name.startswith(("customers.", "workload.", "revenue.", "capacity."))
        )
        and not name.startswith("goals.")
        and name not in ("status", "scenario")
    ]
    assert missing == []


@pytest.mark.parametrize("arguments", COMMANDS)
def test_every_command_of_the_page_is_one(arguments):
    assert compare.make_context("compare", shlex.split(arguments)).params["places"]


@pytest.mark.parametrize("text", GATES)
def test_every_gate_can_be_read(text):
    assert read_gate(text, NAMES).names


def test_every_column_of_the_customers_is_described():
    org, policy = worked_org(), worked_policy()
    with (
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, OPTIMUM))) as a,
        Outcome(org, policy, plan_of(org, policy, worked_plan(org, policy, SECOND))) as b,
    ):
        columns = set(difference_table(difference(a, b, "a", "b")))
    described = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert {name for name in columns if not name.startswith("change_")} <= described
    assert "change_<goal>" in PAGE
