"""The language that was asked for: every paper that a command writes on is of it."""

from __future__ import annotations

from contextvars import ContextVar

from planner.language.language import ENGLISH, Language, language

_ASKED: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def ask_for(code: str) -> None:
    """Have the screens of this command written in a language."""
    _ASKED.set(language(code))


def asked_for() -> Language:
    """Return the language that was asked for last; English before."""
    return _ASKED.get()
