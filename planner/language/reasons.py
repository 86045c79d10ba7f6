"""Reasons of moves in the reader's language: the sentences of models/explain, with whom and what they name as it is."""

from __future__ import annotations

import re

from planner.language.labels import begun, measure_word
from planner.language.language import Language
from planner.language.recognised import Sentences

_CUSTOMERS = " customers"
_COLUMNS = ("team", "region")
"""By which two owners of a customer may have to agree."""

_SENTENCES = Sentences(
    (
        "stays with {who}",
        "stays without an owner",
        "had no owner: newly assigned to {who}",
        "lock lapsed: owner {who} has left",
        "lock lapsed: {who} may not keep it",
        "owner {who} has left",
        "its family stays together, and {who} may not keep all of it",
        "{who} may not keep it: does not cover {what}",
        "{who} may not keep it: not among the listed pairs",
        "{who} may not keep it: is not a rep of this role",
        "{who} may not keep it: no {what}",
        "{who} may not keep it: {what}",
        "{who} may not keep it",
        "moves with its family",
        "part of an exchange: {who} takes {count} in return",
        "makes room for other moves",
        "apart from its competitor ({what})",
        "stays in one {measure} with its other owner",
        "the budget allows no further move ({measure})",
        "keeps {who} within its limit ({measure})",
        "{who} needs it ({measure} of at least {least})",
        "{who} needs it ({what})",
        "{who} has enough of them ({what})",
        "{who} has no room for it ({measure} {load} of {limit})",
        "relieves {who} (today {share} of target, {measure} band up to {edge})",
        "keeps {who} from going over the {measure} band",
        "fills up {who} (today {share} of target, {measure} band from {edge})",
        "keeps {who} from falling under the {measure} band",
        "fits {who} (has the skills)",
        "fits {who} ({what})",
        "saves {what} h of travel",
        "saves {what} of cost",
        "saves {what}",
        "honours a wish",
        "as proposed",
        "was accepted",
        "decided by hand; planned with {who}",
        "decided by hand",
    )
)
"""As models/explain says them; the more particular before the more general."""
_ENGINES = Sentences(
    (
        "{engine} was asked for",
        "{count} candidates, a hard limit per book: knapsacks prove the bound, search and dives find the plan",
        "{count} candidates: HiGHS alone proves the optimum",
        "{count} candidates: prices, search and neighbourhoods find the plan, HiGHS proves how good it is",
        "{count} candidates: prices prove the bound, search and neighbourhoods find the plan",
        "{count} candidates: prices prove the bound, search in the shortlist finds the plan",
        "{count} independent parts; the largest has {rest}",
        "solved again with some customers fixed",
        "edited by {who} from run {run} ({file})",
    )
)
"""Why an engine was chosen, as models/engines say it, or who wrote a plan without one."""


def reason_in_words(reason: str, say: Language) -> str:
    """Return a reason in a language; what no sentence fits stays as it is."""
    if say.code == "en":
        return reason
    parts = _parts(reason, say)
    return say("; ").join(parts) if parts else reason


def reason_as_sentence(reason: str, say: Language) -> str:
    """Return a reason as it stands by itself, such as in a cell of a table; a name stays as it is written.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> reason_as_sentence("honours a wish", ENGLISH), reason_as_sentence("li may not keep it: tier A", ENGLISH)
    ('Honours a wish', 'li may not keep it: tier A')
    """
    said = reason_in_words(reason, say)
    first, _, _ = _split(reason, say)
    known = _parts(first, say)
    return begun(said) if known and not _SENTENCES.begins_with_a_place(first) else said


def engine_in_words(reason: str, say: Language) -> str:
    """Return why an engine was chosen in a language; what no sentence fits stays as it is."""
    return _ENGINES.in_words(
        reason, say, lambda place, value: engine_in_words(value, say) if place == "rest" else value
    )


def _parts(reason: str, say: Language) -> tuple[str, ...]:
    """Return the one or two sentences that a reason is made of, in a language; none where they are not known."""
    _, first, second = _split(reason, say)
    return tuple(one for one in (first, second) if one is not None)


def _split(reason: str, say: Language) -> tuple[str, str | None, str | None]:
    """Return the first sentence of a reason as it is, and both in a language: None where there is none."""
    for at in (found.start() for found in re.finditer(", ", reason)):
        first, second = _whole(reason[:at], say), _whole(reason[at + 2 :], say)
        if first is not None and second is not None:
            return reason[:at], first, second
    return reason, _whole(reason, say), None


def _whole(reason: str, say: Language) -> str | None:
    return _SENTENCES.said(reason, say, lambda place, value: _told(place, value, say))


def _told(place: str, value: str, say: Language) -> str:
    """Return what fills a place: measures that the planner knows in the language, texts of users as they are."""
    if place == "measure":
        return say(value) if value in _COLUMNS else measure_word(value, say)
    if place in ("limit", "least") and value.endswith(_CUSTOMERS):
        return say("{figure} customers", figure=value.removesuffix(_CUSTOMERS))
    return value
