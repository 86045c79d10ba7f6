"""What measures are called, and labels put together of one and what is said of it, such as "workload: Gini"."""

from __future__ import annotations

from models.measure_names import KNOWN_MEASURES
from planner.language.language import Language

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
_AFTER_A_NAME = tuple(
    composed.removeprefix("{measure}") for composed in _COMPOSED if not composed.startswith("{measure}, ")
)


def is_known_measure(name: str) -> bool:
    """Tell whether a measure is called as a column of the tables is, which says nothing of anybody."""
    return name in KNOWN_MEASURES


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


def within(text: str) -> str:
    """Return an English label as it stands within a sentence: names of the user's own stay as they are written.

    Examples
    --------
    >>> within("Revenue moved, chosen"), within("ARR moved, chosen"), within("Reps inside the band")
    ('revenue moved, chosen', 'ARR moved, chosen', 'reps inside the band')
    """
    measures = (text.removesuffix(end) for end in _AFTER_A_NAME if text.endswith(end))
    if any(measure.lower() not in KNOWN_MEASURES for measure in measures):
        return text
    return text[:1].lower() + text[1:]


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
    if plain in KNOWN_MEASURES and (not mark or number.isdigit()):
        return f"{language(plain)}{mark}{number}"
    return name
