"""What is shown to be typed says, typed back, what was meant: whatever names and ids hold."""

import contextlib
import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.commands import planner
from planner.document import read_scalar
from planner.exits import DONE, THE_ANSWER_IS_NO, run
from planner.explaining.typing import as_yaml
from scenarios.setting import assignment
from tests.planner.finished.made import edit
from tests.worked import copy_worked

OTHERWISE_IN_YAML = (
    *("C: 0 #", "a: b", "a #b", "#a", "{a", "[a]", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "- a", "? a", ": a"),
    *("yes", "no", "true", "null", "~", "", "1e3", "1_000", "0x10", "12", "3.5", ".inf", "2027-01-01", "1:30"),
    *(
        "'a'",
        '"a"',
        "it's",
        '"',
        "\\",
        "a\\nb",
        '\\"',
        "a\nb",
        " a",
        "a ",
        "\t",
        "\x7f",
        "\x85a",
        "\u2028",
        "😀: ",
        "---",
    ),
)


def typed_back(value):
    """Copy a line to a shell and read what comes there of --set."""
    words = shlex.split(f"--set {shlex.quote(f'name={as_yaml(value)}')}")
    parsed = planner.get_command(None, "plan").make_context("plan", words, resilient_parsing=True).params["sets"]
    return [read_scalar(assignment(one)[1]) for one in parsed]


@pytest.mark.parametrize("text", OTHERWISE_IN_YAML)
def test_a_text_that_yaml_takes_for_something_else_is_typed_in_quotes(text):
    assert typed_back(text) == [text]
    assert typed_back([text, 1]) == [[text, 1]]


@pytest.mark.parametrize("text", ["same", "40%", "customer.tier = 'A' and rep.seniority < 3", "华东", "a:b", "a#b"])
def test_a_text_that_yaml_takes_as_it_is_is_typed_without_quotes(text):
    assert as_yaml(text) == text
    assert typed_back(text) == [text]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_every_text_is_typed_so_that_it_comes_back(text):
    assert typed_back(text) == [text]


@pytest.mark.parametrize("value", [True, None, 12, 12.5, 1e-7, 1e22, ["A", "B: #"], {"max": 3, "of: #": "yes"}])
def test_other_values_are_typed_so_that_they_come_back(value):
    assert typed_back(value) == [value]


@pytest.mark.parametrize("customer", ["C: 0 #", "'C' # \"0\": \\", "{C5}: *a #"])
def test_a_rule_is_eased_by_the_line_to_copy_though_ids_hold_what_yaml_takes_for_its_own(tmp_path, capsys, customer):
    folder = copy_worked(tmp_path / "worked")
    quoted = customer.replace('"', '""')
    edit(folder, "customers.csv", "C5,", f'"{quoted}",')
    rule = (
        "{name: 'senior: only #1', when: customer.tier = 'B' and customer.region = 'east', require: rep.seniority > 5}"
    )
    edit(folder, "planner.yaml", "    rules:\n", f"    rules:\n      - {rule}\n")
    with contextlib.chdir(folder):
        assert told(capsys, "plan", "--quiet")[0] == THE_ANSWER_IS_NO
        _, shown = told(capsys, "explain", "infeasible", "--json")
        lines = [one["type"][-1] for one in json.loads(shown)["relaxations"] if not one["cells"]]
        of_the_rule = [line for line in lines if "senior: only #1].when=" in line]
        assert of_the_rule
        for line in of_the_rule:
            assert told(capsys, "plan", "--quiet", *shlex.split(line))[0] == DONE


def told(capsys, *arguments):
    """Run a command and return its code and what it said on stdout."""
    code = run(planner, arguments)
    return code, capsys.readouterr().out
