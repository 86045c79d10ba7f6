"""Today's books on the screen, word by word, and the command that shows them."""

import json

import pytest
from click.testing import CliRunner

from planner.books import todays_books
from planner.commands.books import books
from planner.console import width_of
from planner.project import load
from planner.screens.todays_books import show_todays_books
from tests.golden.compare import assert_golden, on_paper
from tests.worked import FOLDER


@pytest.fixture(scope="module")
def project():
    return load(FOLDER)


def shown(project, width=80, everything=False):
    weighed = todays_books(project.org, project.policy)
    return on_paper(
        lambda paper: show_todays_books(
            paper, weighed, title=project.name, period=project.org.period, everything=everything
        ),
        width=width,
    )


def test_the_books_of_the_worked_case(project):
    assert_golden("worked_books.txt", shown(project))


@pytest.mark.parametrize("width", [50, 60, 80, 100])
def test_no_line_is_wider_than_the_paper(project, width):
    assert max(map(width_of, shown(project, width).splitlines())) <= width


def test_the_command_writes_json_and_nothing_else_to_stdout():
    result = CliRunner().invoke(books, [str(FOLDER), "--json"], standalone_mode=False)
    document = json.loads(result.stdout)
    assert document["books"][0]["total"]["revenue"] == 360
    assert [finding["code"] for finding in document["findings"]] == ["TP154"]


def test_the_command_shows_the_books(project):
    result = CliRunner().invoke(books, [str(FOLDER)], standalone_mode=False)
    assert "Books by rep" in result.stdout
    assert "\x1b" not in result.stdout
