"""Cells that can be read, and what is advised for those that cannot."""

import datetime as dt

import pytest

from planner.read import forms


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), (" 1.5 ", 1.5), ("-3", -3), ("+4", 4), ("1e3", 1000), (".5", 0.5), ("7.", 7)]
)
def test_a_number_is_read(text, value):
    assert forms.number(text) == value


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1,234", "Try 1234 (or 1.234 if the comma is a decimal point)"),
        ("1,234,567", "Try 1234567"),
        ("1,234.50", "Try 1234.50"),
        ("1.234,50", "Try 1234.50"),
        ("0,5", "Try 0.5"),
        ("1 234", "Try 1234"),
        ("1'234", "Try 1234"),
        ("45%", "Try 0.45, without a percent sign"),
        ("$1,200", "Try 1200 (or 1.200 if the comma is a decimal point), and the currency in a column named currency"),
        ("12 EUR", "Try 12, and the currency in a column named currency"),
        ("¥300", "Try 300, and the currency in a column named currency"),
        ("１２", "Try 12"),
        ("NaN", "Try leaving the cell empty where nothing is known"),
        ("N/A", "Try leaving the cell empty where nothing is known"),
        ("-", "Try leaving the cell empty where nothing is known"),
        ("inf", "Try a number; a limit that does not exist is left empty"),
        ("1e999", "Try a smaller number"),
        ("1_000", "Try a number without letters"),
        ("many", "Try a number without letters"),
        ("0x10", "Try a number without letters"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_try(text, advice):
    with pytest.raises(forms.Unreadable) as refused:
        forms.number(text)
    assert refused.value.hint.startswith(advice)


def test_a_percentage_is_read_where_the_column_is_a_share():
    assert forms.number("50%", percent=True) == 0.5


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-31",
        "2027/1/31",
        "2027.01.31",
        "20270131",
        "2027年1月31日",
        "2027-01-31 00:00:00",
        "2027-01-31T23:59:59Z",
    ],
)
def test_a_day_is_read_from_year_month_day(text):
    assert forms.date(text) == dt.date(2027, 1, 31)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("03/05/2027", "Try year-month-day: 2027-03-05 or 2027-05-03"),
        ("31.12.2027", "Try year-month-day: 2027-12-31"),
        ("2027-02-30", "Try a day that the calendar has"),
        ("46023", "Try formatting the column as a date: to a spreadsheet, 46023 is 2026-01-01"),
        ("46023.5", "Try formatting the column as a date: to a spreadsheet, 46023.5 is 2026-01-01"),
        ("today", "Try year-month-day, such as 2027-01-31"),
        ("2027-01", "Try year-month-day, such as 2027-01-31"),
        ("2027131", "Try year-month-day, such as 2027-01-31"),
        ("0000-00-00", "Try"),
        ("NaT", "Try leaving the cell empty where nothing is known"),
    ],
)
def test_what_is_no_day_or_two_days_is_refused_with_what_to_try(text, advice):
    with pytest.raises(forms.Unreadable) as refused:
        forms.date(text)
    assert refused.value.hint.startswith(advice)


def test_yes_and_no_are_read_in_the_usual_words():
    assert [forms.flag(word) for word in ("TRUE", "yes", "Y", "1", "是", "已锁定", "在职")] == [True] * 7
    assert [forms.flag(word) for word in ("False", "no", "n", "0", "否", "未锁定", "离职")] == [False] * 7
    with pytest.raises(forms.Unreadable, match="Try true or false"):
        forms.flag("perhaps")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("cloud:3,german:2", "Try cloud:3;german:2"),
        ("cloud:0", "Try name:level;name:level"),
        (":3", "Try name:level;name:level"),
        ("cloud:nan", "Try name:level;name:level"),
    ],
)
def test_skills_that_do_not_parse_are_refused_with_what_to_try(text, advice):
    with pytest.raises(forms.Unreadable) as refused:
        forms.skills(text)
    assert refused.value.hint == advice


def test_no_number_is_ever_read_as_not_finite_or_too_large_to_be_added_up():
    for text in ("nan", "inf", "-inf", "1e400", "Infinity", "-1e400", "1e308", "-1e101", "1e400%"):
        with pytest.raises(forms.Unreadable):
            forms.number(text, percent=True)
    assert forms.number("1e100") == 1e100
