"""How rules are broken in the reader's language: the sentences of models/check, with what they name as it is."""

from __future__ import annotations

from planner.language.language import Language
from planner.language.recognised import Sentences

_CUSTOMERS = (" customers", " customer")
_KINDS = {"team": "team {name}", "region": "region {name}"}
_SENTENCES = Sentences(
    (
        "a family that stays together is divided: {who}",
        "chosen moves take {amount} in {where}, at most {limit}",
        "chosen moves take {amount}, at most {limit}",
        "the goal {goal} comes to {amount}, at most {limit}",
        "what was accepted breaks {path}: {what}",
        "{who}: no rep may own it ({path})",
        "{who}: no rep may own them together ({path})",
        "stopped ({why}) before there was any plan",
        "and {count} more",
        "{who} has {rep} as {role} and {other} as {first}, not of the same {column}",
        "{who} needs an owner as {role} and has none",
        "{who} does not need the role {role}",
        "{who} may not be without an owner, because one of its family may not",
        "{who} may not be without an owner",
        "{who} is with {rep}, who has left",
        "{who} is with {rep}, whose role is {role}",
        "{who} is with {rep}, number {rank} of its eligible reps by distance, at most {limit}",
        "{who} is with {rep}, which was rejected",
        "{who} was accepted with {rep}, but is with {other}",
        "{who} stays with {rep}, but is with {other}",
        "{who} is in {where}, {rep} covers {what}",
        "{who} needs {what}, {rep} has {amount}",
        "{who} with {rep} is not among the listed pairs",
        "{who} with {rep} does not meet the rule",
        "{who} with {rep} has no value",
        "{who} carries {amount} as {role}, at most {limit}",
        "{who} carries {amount} as {role}, at least {limit}",
        "{who} carries {amount}, at most {limit}",
        "{who} carries {amount}, at least {limit}",
        "{who} loses {amount}, at most {limit}",
        "{who} gains {amount}, at most {limit}",
        "{who} has {what}, at most one of them is allowed",
        "{who} has {amount}, at most {limit}",
        "{who} has {amount}, at least {limit}",
        "{who} has no value for {rep}",
        "{who} has no value",
    )
)
"""As models/check says them; the more particular before the more general."""
_CLASHES = Sentences(
    (
        "{sum}, but {amount} need an owner: {change}",
        "{sum}, but there are {amount} that they may get: {change}",
    )
)
_SUMS = Sentences(("{those} × {each} = {total}", "{those}, {total} in all"))
_CHANGES = Sentences(
    (
        "raise the maximum to at least {figure}",
        "raise the maximum by at least {figure} in all",
        "lower the minimum to at most {figure}",
        "lower the minimum by at least {figure} in all",
    )
)
"""Why limits do not add up, as models/tight_limits says it."""


def violation_in_words(text: str, say: Language) -> str:
    """Return how a rule is broken in a language; what no sentence fits stays as it is.

    Examples
    --------
    >>> from planner.language import language
    >>> violation_in_words("ana carries 12 customers, at most 10 customers", language("zh"))
    'ana 承担 12 家客户，最多 10 家客户'
    """
    if say.code == "en":
        return text
    said = _CLASHES.said(text, say, lambda place, value: _told(place, value, say))
    return _SENTENCES.in_words(text, say, lambda place, value: _told(place, value, say)) if said is None else said


def _told(place: str, value: str, say: Language) -> str:
    """Return what fills a place: amounts of customers and nobody in the language, texts of users as they are."""
    inner = {"sum": _SUMS, "change": _CHANGES}.get(place)
    if inner is not None:
        return inner.in_words(value, say, lambda place, value: _told(place, value, say))
    if place == "those":
        return _counted(value, say)
    if place in ("amount", "limit"):
        figure = next((value.removesuffix(end) for end in _CUSTOMERS if value.endswith(end)), None)
        return value if figure is None else say("{figure} customers", figure=figure)
    if place in ("rep", "other") and value == "nobody":
        return say("nobody")
    if place == "what":
        return violation_in_words(value, say)
    if place == "why":
        return say(value)
    if place in ("who", "where"):
        kind, _, name = value.partition(" ")
        return say(_KINDS[kind], name=name) if kind in _KINDS and name else value
    return value


def _counted(value: str, say: Language) -> str:
    """Return how many reps or teams there are."""
    count, _, kind = value.partition(" ")
    figure = count.replace(",", "")
    if not (figure.isascii() and figure.isdecimal()):
        return value
    whole = int(figure)
    if kind.startswith("team"):
        return say.plural(whole, "{count} team", "{count} teams")
    return say.plural(whole, "{count} rep", "{count} reps")
