"""How a title and its unit stand together, wherever they do: above columns, beside rows, along axes."""

from __future__ import annotations

from babel.numbers import get_currency_symbol

from planner.language import UNITS, Language
from planner.report.blocks import Kind


def headed(title: str, unit: str, kind: Kind, say: Language) -> str:
    """Return a title with its unit, money as the language writes it: of a column, a row or an axis.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> headed("Revenue", "USD", "number", ENGLISH), headed("Moved", "share", "share", ENGLISH)
    ('Revenue ($)', 'Moved')
    """
    if (
        not unit
        or unit in (kind, "index")
        or unit.casefold() == title.casefold()
        or (kind, unit) == ("count", "customers")
    ):
        return title
    if unit in say.locale.currencies:
        shown = get_currency_symbol(unit, locale=say.locale)
    else:
        shown = say(unit) if unit in UNITS else unit
    return say("{title} ({unit})", title=title, unit=shown)
