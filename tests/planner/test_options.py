"""Flags whose values no solver can use end as a mistake in the command, not as a defect."""

import json

import pytest

from planner.commands import planner
from planner.exits import BAD_INPUT, run


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--gap", "nan"),
        ("--gap", "1"),
        ("--time-limit", "nan"),
        ("--time-limit", "0"),
        ("--time-limit", "inf"),
        ("--time-limit", "1e300"),
        ("--seed", "-1"),
        ("--seed", "99999999999999999999"),
    ],
)
def test_a_flag_out_of_its_range_is_refused_by_name(tmp_path, capsys, flag, value):
    assert run(planner, ["plan", str(tmp_path), flag, value, "--json"]) == BAD_INPUT
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == "refused"
    assert flag in said["message"]
