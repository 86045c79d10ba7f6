"""Reasons of moves in the reader's language: the sentences of models/explain, with whom and what they name as it is."""

from __future__ import annotations

import re
from functools import cache

from planner.language import Language

_SENTENCES = (
    "stays with {who}",
    "stays without an owner",
    "had no owner: newly assigned to {who}",
    "lock lapsed: owner {who} has left",
    "owner {who} has left",
    "its family stays together, and {who} may not keep all of it",
    "{who} may not keep it: does not cover {what}",
    "{who} may not keep it: not among the listed pairs",
    "{who} may not keep it: is not a rep of this role",
    "{who} may not keep it: no {what}",
    "{who} may not keep it: {what}",
    "moves with its family",
    "part of an exchange: {who} takes {count} in return",
    "makes room for other moves",
    "apart from its competitor ({what})",
    "stays in one {what} with its other owner",
    "the budget allows no further move ({what})",
    "keeps {who} within its limit ({what})",
    "{who} needs it ({what} of at least {least})",
    "{who} needs it ({what})",
    "{who} has enough of them ({what})",
    "{who} has no room for it ({what} {load} of {limit})",
    "relieves {who} ({share} over the {what} band)",
    "keeps {who} from going over the {what} band",
    "fills up {who} ({share} under the {what} band)",
    "keeps {who} from falling under the {what} band",
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
"""As models/explain says them; the more particular before the more general."""
_PLACE = re.compile(r"\{(\w+)\}")


def reason_in_words(reason: str, say: Language) -> str:
    """Return a reason in a language; what no sentence fits stays as it is."""
    if say.code == "en":
        return reason
    for at in (found.start() for found in re.finditer(", ", reason)):
        first, second = _whole(reason[:at], say), _whole(reason[at + 2 :], say)
        if first is not None and second is not None:
            return say("; ").join((first, second))
    said = _whole(reason, say)
    return reason if said is None else said


def _whole(reason: str, say: Language) -> str | None:
    """Return a single sentence in a language; None where it is none that is known."""
    for sentence, pattern in _patterns():
        found = pattern.fullmatch(reason)
        if found is not None:
            return say(sentence, **found.groupdict()) if found.groupdict() else say(sentence)
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    made = []
    for sentence in _SENTENCES:
        parts = _PLACE.split(sentence)
        text = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
        made.append((sentence, re.compile(text, re.DOTALL)))
    return tuple(made)
