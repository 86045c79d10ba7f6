"""The languages of the planner: what it says in each of them, and how each writes numbers, money and dates."""

from planner.language.asked import ask_for, asked_for
from planner.language.labels import label
from planner.language.language import CODES, ENGLISH, Language, language

__all__ = ["CODES", "ENGLISH", "Language", "ask_for", "asked_for", "label", "language"]
