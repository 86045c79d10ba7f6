"""Translations say what the English says: no place lost, no entry blank, twice there, or used nowhere."""

import ast
import re

import pytest

from planner.commands.options import LANGUAGES
from planner.language import CODES
from planner.language.catalogue import read_catalogue
from tests.literals import ROOT, literals

TRANSLATED = [code for code in CODES if code != "en"]
PLACE = re.compile(r"\{\w+\}")


def entries(code):
    return [entry for entry in read_catalogue(code) if entry.id]


def forms(entry):
    return [entry.id] if isinstance(entry.id, str) else list(entry.id)


def translations(entry):
    return [entry.string] if isinstance(entry.string, str) else list(entry.string)


def test_the_command_line_offers_every_language():
    assert LANGUAGES == CODES


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_blank_or_doubtful(code):
    for entry in entries(code):
        assert all(translations(entry)), entry.id
        assert not entry.fuzzy, entry.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_places_of_the_english(code):
    for entry in entries(code):
        wanted = {place for form in forms(entry) for place in PLACE.findall(form)}
        for said in translations(entry):
            assert set(PLACE.findall(said)) == wanted, entry.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_text_is_translated_twice(code):
    text = (ROOT / "planner" / "language" / f"{code}.po").read_text(encoding="utf-8")
    ids = [ast.literal_eval(line.split(" ", 1)[1]) for line in text.splitlines() if line.startswith("msgid ")]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == len(entries(code)) + 1  # the header


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_is_of_a_text_that_the_planner_says(code):
    said = {text for folder in ("models", "scenarios", "planner") for text in literals(ROOT / folder)}
    said |= {text.capitalize() for text in said} | {text[:1].upper() + text[1:] for text in said}
    said |= {text.replace("_", " ") for text in said}  # names of a status
    ids = [forms(entry)[0] for entry in entries(code)]
    assert not [one for one in ids if one not in said and one.removeprefix("{count} ") not in said]


def test_places_are_filled_once_and_braces_of_values_are_text():
    from planner.language import ENGLISH

    assert ENGLISH("{a} and {b}", a="{b}", b="{a}") == "{b} and {a}"
    assert ENGLISH("{a}") == "{a}"
    with pytest.raises(KeyError):
        ENGLISH("{a} and {b}", a=1)
