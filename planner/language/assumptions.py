"""What was assumed, in the reader's language: the sentences of planner/defaults and planner/project."""

from __future__ import annotations

from planner.language.labels import measure_word
from planner.language.language import Language
from planner.language.recognised import Sentences

_SENTENCES = Sentences(
    (
        "There is no planner.yaml: everything is assumed",
        "The tables are {files}",
        "The period is the next quarter, {start} to {end}",
        "The policy names no goal: as few customers as possible are moved",
        "Wishes that are not honoured count beside the other goals, in points",
        "No policy was given, so the usual one is used; the run's inputs hold it as YAML to start from",
        "There is no revenue and no potential, so only the number of customers is balanced",
        "Negative {measure} counts 0: {count} customers",
        "Books are balanced on the number of customers by share, within {share}, weight {weight}",
        "Books are balanced on {measure} by share, within {share}, weight {weight}",
        "A rep looks after customers of the own regions",
        "A rep needs the skills that a customer requires",
        "The reps' {column} is a hard limit",
        "Families that share an owner today stay together",
        "Customers marked as locked stay",
        "Customers stay while the rep may keep them: {what}",
        "At most {share} of the customers, {part} of the {measure} move by choice, and no rep loses over {most} of the "
        "own {own}",
        "At most {share} of the customers move by choice, and no rep loses over {most} of the own {own}",
        "The goals are weighed: {what}",
        "1 customer is larger than half a book of {measure}: it cannot be divided",
        "{count} customers are larger than half a book of {measure}: they cannot be divided",
        "1 rep without a book today counts as full: share 1 unless the reps' share says less",
        "{count} reps without a book today count as full: share 1 unless the reps' share says less",
        "Try {what}",
    )
)
_MEASURES = ("measure", "own")


def assumption_in_words(text: str, say: Language) -> str:
    """Return what was assumed, or what to write to say otherwise, in a language; what is not known stays as it is.

    Examples
    --------
    >>> from planner.language import language
    >>> assumption_in_words("Customers marked as locked stay", language("zh"))
    '标记为锁定的客户保留'
    """
    return _SENTENCES.in_words(
        text, say, lambda place, value: measure_word(value, say) if place in _MEASURES else value
    )
