"""Figures of columns on the terminal: digits as in English whatever the language, so that they stay aligned."""

from __future__ import annotations

import math

from planner.language import ENGLISH, beside
from scenarios.comparing.row_definition import INDEX, RATIO, SHARE

OTHER_MEANING = "≠"
"""Stands where a change against a baseline would say nothing: the values are of other goals, bands or units."""
_NOTHING = 1e-6
"""What is smaller is rounding, or what solvers take for nothing."""


def number(value: float) -> str:
    """Return a number with as many digits as one takes in at a glance.

    Examples
    --------
    >>> number(1234567), number(123456789), number(12.34), number(3.0), number(float("nan"))
    ('1,234,567', '123.5M', '12.3', '3', '–')
    """
    return ENGLISH.number(value)


def brief(value: float) -> str:
    """Return a number in few digits, for a remark beside the real figure.

    Examples
    --------
    >>> brief(643820), brief(97311000), brief(12.34)
    ('643.8k', '97.3M', '12.3')
    """
    return ENGLISH.brief(value)


def amount(value: float, unit: str) -> str:
    """Return a number with its unit behind it, money too: columns have no room for symbols of all countries.

    Examples
    --------
    >>> amount(1200, "USD"), amount(3, "")
    ('1,200 USD', '3')
    """
    return beside(number(value), unit)


def percent(share: float) -> str:
    """Return a share (0-1) as a percentage that is never rounded to nothing, nor to everything.

    Examples
    --------
    >>> percent(0.174), percent(0), percent(0.00004), percent(1), percent(float("inf"))
    ('17.4%', '0%', '<0.1%', '100%', '>999%')
    """
    return ">999%" if math.isinf(share) else ENGLISH.percent(share)


def signed_percent(value: float) -> str:
    """Return a deviation, given in percent, with its sign.

    Examples
    --------
    >>> signed_percent(11.11), signed_percent(-6.7), signed_percent(float("nan"))
    ('+11.1%', '−6.7%', '–')
    """
    return ENGLISH.signed_percent(value / 100, 0 if abs(value) >= 100 else 1)


def ratio(value: float) -> str:
    """Return how many times one thing is another.

    Examples
    --------
    >>> ratio(1.333), ratio(float("inf")), ratio(123.4)
    ('1.33', '∞', '123')
    """
    if math.isinf(value):
        return "∞"
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def figure_in(value: float | None, unit: str) -> str:
    """Return one value of a row as people read it.

    Examples
    --------
    >>> figure_in(0.123, "share"), figure_in(None, ""), figure_in(float("inf"), "ratio"), figure_in(1234.5, "USD")
    ('12.3%', '–', '∞', '1,234')
    """
    if value is None:
        return "–"
    if math.isinf(value):
        return "∞"
    if unit == SHARE:
        return percent(0.0 if abs(value) < _NOTHING else value)
    if unit == RATIO:
        return ratio(value)
    if unit == INDEX:
        return f"{value:.3f}"
    return brief(value) if abs(value) >= 1e5 else number(value)


def change_in(delta: float | None, unit: str) -> str:
    """Return how a value differs from the baseline's; shares differ by percentage points.

    Examples
    --------
    >>> change_in(-0.05, "share"), change_in(3.0, ""), change_in(0.0, ""), change_in(None, "")
    ('−5.0', '+3', '·', '')
    """
    if delta is None:
        return ""
    if abs(delta) < _NOTHING:
        return "·"
    sign = "+" if delta > 0 else "−"
    size = abs(delta)
    if unit == SHARE:
        return sign + (f"{100 * size:.1f}" if size >= 0.0005 else "<0.1")
    if unit == INDEX:
        return f"{sign}{size:.3f}"
    return sign + (f"{size:.2f}" if unit == RATIO and size < 100 else brief(size))
