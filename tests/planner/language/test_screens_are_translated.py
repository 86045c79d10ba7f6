"""No heading, column or verdict of a screen is forgotten: whoever writes a new one is asked for its translation."""

import ast

import pytest

from planner.language import CODES, label, language
from planner.screens.plan import show_plan
from scenarios.comparing import rows
from scenarios.comparing.row_shape import Shape
from tests.golden.compare import on_paper
from tests.literals import ROOT, calls, said_in
from tests.plans import worked_account
from tests.scenarios.compared import worked_entries

SCREENS = ROOT / "planner" / "screens"
TRANSLATED = [language(code) for code in CODES if code != "en"]
SAME = {" → ", " (", ")", ", ", "", "  "}
"""Pieces between names that every language writes alike."""


def missing(say, texts):
    return {text for text in texts if text not in SAME and not say.knows(text)}


@pytest.mark.parametrize("say", TRANSLATED, ids=lambda say: say.code)
def test_every_heading_with_its_note_is_translated(say):
    for where, call in calls(SCREENS, "heading"):
        for argument in call.args:
            assert not missing(say, said_in(argument)), where


@pytest.mark.parametrize("say", TRANSLATED, ids=lambda say: say.code)
def test_every_title_of_a_column_is_translated(say):
    for where, call in calls(SCREENS, "Column"):
        for argument in call.args[:1]:
            assert not missing(say, said_in(argument)), where


@pytest.mark.parametrize("say", TRANSLATED, ids=lambda say: say.code)
def test_every_text_that_a_screen_asks_a_language_for_is_translated(say):
    for name in ("say", "_say", "language"):
        for where, call in calls(SCREENS, name):
            for argument in call.args[:1]:
                assert not isinstance(argument, ast.JoinedStr), f"{where}: name the values, say('… {{name}}', name=…)"
                assert not missing(say, said_in(argument)), where
    for where, call in calls(SCREENS, "plural"):
        one, many = call.args[1:3]
        if isinstance(one, ast.Constant) and isinstance(many, ast.Constant):
            assert say.knows_forms(one.value, many.value), where
    for where, call in calls(SCREENS, "counted"):
        if any(keyword.arg == "say" for keyword in call.keywords) and isinstance(call.args[1], ast.Constant):
            noun = call.args[1].value
            assert say.knows_forms(f"{{count}} {noun}", f"{{count}} {noun}s"), where


@pytest.mark.parametrize("say", TRANSLATED, ids=lambda say: say.code)
def test_every_row_of_a_comparison_is_translated(say):
    shape = Shape.of_figures(entry.figures for entry in worked_entries() if entry.figures is not None)
    for row in rows.definitions(shape):
        assert label(say, row.label) != row.label, row.label
        assert say.knows(row.section), row.section


def test_an_english_screen_is_the_same_whatever_was_asked_for_before():
    zh = on_paper(lambda paper: show_plan(paper, worked_account(), title="worked"), language=language("zh"))
    english = on_paper(lambda paper: show_plan(paper, worked_account(), title="worked"))
    assert "主动调动" in zh
    assert "Chosen moves" in english
