"""What measures are called, and labels put together of one and what is said of it, such as "workload: Gini"."""

from __future__ import annotations

from planner.language.language import Language

_KNOWN_MEASURES = frozenset({"customers", "revenue", "potential", "workload", "visits"})
"""Measures that are called as columns of the tables are; any other one is the user's own."""
_COMPOSED = (
    "{measure} moved, chosen",
    "{measure} moved, forced",
    "{measure} moved",
    "{measure} frozen",
    "{measure}, at most",
    "{measure}, before",
    "{measure}: variation (CV)",
    "{measure}: max ÷ min",
    "{measure}: inside the band",
    "{measure}: Gini",
    "{measure}: capacity used",
    "{measure}: fullest",
)


def is_known_measure(name: str) -> bool:
    """Tell whether a measure is called as a column of the tables is, which says nothing of anybody."""
    return name in _KNOWN_MEASURES


def label(language: Language, text: str) -> str:
    """Return a label in a language, such as that of a row of a comparison; names of measures are known by themselves.

    Examples
    --------
    >>> from planner.language import language
    >>> zh = language("zh")
    >>> label(zh, "Revenue moved, chosen"), label(zh, "MRR: Gini"), label(zh, "Chosen moves"), label(zh, "Seats")
    ('主动调动营收', 'MRR：基尼系数', '主动调动', 'Seats')
    """
    if language.code == "en" or language.knows(text):
        return language(text)
    for composed in _COMPOSED:
        end = composed.removeprefix("{measure}")
        if text.endswith(end):
            return language(composed, measure=label(language, text.removesuffix(end)))
    return language(text.lower()) if language.knows(text.lower()) else text


def begun(text: str) -> str:
    """Return a text as a line begins with it.

    Examples
    --------
    >>> begun("workload: Gini"), begun("")
    ('Workload: Gini', '')
    """
    return text[:1].upper() + text[1:]


def measure_word(name: str, language: Language) -> str:
    """Return what a measure is called, or a line of the policy that is called as its measure; others are quoted.

    Examples
    --------
    >>> from planner.language import language
    >>> zh = language("zh")
    >>> measure_word("revenue", zh), measure_word("revenue #2", zh), measure_word("reach", zh)
    ('营收', '营收 #2', 'reach')
    """
    plain, mark, number = name.partition(" #")
    if plain in _KNOWN_MEASURES and (not mark or number.isdigit()):
        return f"{language(plain)}{mark}{number}"
    return name
