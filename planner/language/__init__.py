"""The languages of the planner: what it says in each of them, and how each writes numbers, money and dates."""

from planner.language.asked import ask_for, asked_for
from planner.language.labels import begun, is_known_measure, label, measure_word, within
from planner.language.language import CODES, ENGLISH, UNITS, Language, beside, is_known_unit, language

__all__ = [
    "CODES",
    "ENGLISH",
    "UNITS",
    "Language",
    "ask_for",
    "asked_for",
    "begun",
    "beside",
    "is_known_measure",
    "is_known_unit",
    "label",
    "language",
    "measure_word",
    "within",
]
