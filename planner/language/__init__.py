"""The languages of the planner: what it says in each of them, and how each writes numbers, money and dates."""

from planner.language.asked import ask_for, asked_for
from planner.language.labels import begun, label, measure_word
from planner.language.language import CODES, ENGLISH, UNITS, Language, beside, language

__all__ = [
    "CODES",
    "ENGLISH",
    "UNITS",
    "Language",
    "ask_for",
    "asked_for",
    "begun",
    "beside",
    "label",
    "language",
    "measure_word",
]
