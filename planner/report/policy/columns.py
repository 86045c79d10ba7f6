"""What columns are called in sentences: "the customer's tenure in years" for ``customer.tenure_years``.

Columns that the planner knows have names in every language; those of the user keep theirs, with blanks for underscores.
"""

from __future__ import annotations

import re

from models.expression import CUSTOMER, PAIR, REGION, REP
from models.policy import CUSTOMERS
from planner import columns
from planner.language import Language

_TABLES = {CUSTOMER: columns.CUSTOMERS, REP: columns.REPS, PAIR: columns.PAIRS, REGION: columns.REGIONS}
_CALLED = {
    "customer_id": "id",
    "rep_id": "id",
    "family_id": "family",
    "manager_id": "manager",
    "owner_id": "owner",
    "owner_since": "start with today's owner",
    "lat": "latitude",
    "lon": "longitude",
    "tenure_years": "tenure in years",
    "opportunity_close": "opportunity close date",
    "lock_until": "last day of the lock",
    "available_from": "first day at work",
    "available_to": "last day at work",
    "leave_from": "first day of leave",
    "leave_to": "last day of leave",
    "ramp_until": "end of the ramp",
    "drive_minutes": "drive in minutes",
}
_DERIVED = {(CUSTOMER, "tenure_years")}
_MISLEADING = frozenset(
    (
        *("a", "an", "and", "are", "at", "after", "before", "between", "by", "divided", "equal", "equals"),
        *("from", "if", "in", "is", "least", "less", "minus", "more", "most", "no", "none", "nor"),
        *("not", "of", "one", "or", "otherwise", "plus", "than", "the", "times", "to", "true", "up"),
        *("with", "within"),
    )
)
"""Words that, in the name of a column, would read as part of the sentence."""


def column_words(table: str, name: str, say: Language) -> str | None:
    """Return what a column is called, None for one that cannot be said.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> column_words("customer", "workload_hours", ENGLISH), column_words("rep", "max_customers", ENGLISH)
    ("the customer's workload hours", "the rep's maximum of customers")
    """
    called = _called(table, name, say)
    if table not in _TABLES or called is None:
        return None
    return say(
        {
            CUSTOMER: "the customer's {column}",
            REP: "the rep's {column}",
            PAIR: "the {column} of the customer with the rep",
            REGION: "the region's {column}",
        }[table],
        column=called,
    )


def flag_words(table: str, name: str, say: Language, *, holds: bool) -> str | None:
    """Return that a column of yes and no is yes, or no; None for one that cannot be said.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> flag_words("customer", "locked", ENGLISH, holds=False), flag_words("customer", "vip", ENGLISH, holds=True)
    ('the customer is not locked', "the customer's vip is yes")
    """
    if (table, name.lower()) == (CUSTOMER, "locked"):
        return say("the customer is locked" if holds else "the customer is not locked")
    if (table, name.lower()) == (CUSTOMER, "open_opportunity"):
        return say("the customer has an open opportunity" if holds else "the customer has no open opportunity")
    called = column_words(table, name, say)
    return called and say("{column} is yes" if holds else "{column} is no", column=called)


def is_date(table: str, name: str) -> bool:
    """Tell whether a column is known to hold dates."""
    known = _TABLES[table].column(name.lower()) if table in _TABLES else None
    return known is not None and known.kind == "date"


def plain_column_words(table: str, name: str, say: Language) -> str:
    """Return what a column is called without whose it is; one that cannot be said stays as it is."""
    return _called(table, name, say) or name


def _called(table: str, name: str, say: Language) -> str | None:
    if not re.fullmatch(r"\w+", name) or table not in _TABLES:
        return None
    known = name.lower()
    if known in _TABLES[table].names or (table, known) in _DERIVED:
        return say(_word(known))
    kind, _, measure = known.partition("_")
    if table == REP and measure and kind in ("capacity", "max", "min"):
        of = _of_measure(name.partition("_")[2], say)
        return {
            "capacity": say("capacity in {measure}", measure=of),
            "max": say("maximum of {measure}", measure=of),
            "min": say("minimum of {measure}", measure=of),
        }[kind]
    return _as_written(name, say)


def _of_measure(name: str, say: Language) -> str:
    if name.lower() == CUSTOMERS or name.lower() in columns.CUSTOMERS.names:
        return say(_word(name.lower()))
    return _as_written(name, say)


def _word(name: str) -> str:
    return _CALLED.get(name, name.replace("_", " "))


def _as_written(name: str, say: Language) -> str:
    words = [word for word in name.split("_") if word]
    if not words or any(word.lower() in _MISLEADING for word in words):
        return say("“{text}”", text=name)
    return say("{expression}", expression=" ".join(words))
