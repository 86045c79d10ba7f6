"""Pieces of a policy in words: names, measures, amounts, ranges, and expressions, each only where it may be told."""

from __future__ import annotations

import math
from collections.abc import Callable

from models.amount import Amount
from models.expression import REP
from models.policy import CUSTOMERS, Policy
from planner.language import Language, begun, measure_word
from planner.report.policy.columns import plain_column_words
from planner.report.policy.expressions import condition_in_words, value_in_words


class Phrases:
    """The pieces of which sentences on a policy are made.

    ``allows`` tells which texts of the user may be told.
    """

    def __init__(self, policy: Policy, say: Language, allows: Callable[[str], bool]) -> None:
        self.policy, self.say, self.allows = policy, say, allows

    def quoted(self, text: str) -> str:
        """Return a text of the user as it stands, where it may be told."""
        return text if self.allows(text) else self.say("(not shown)")

    def condition(self, text: str) -> str:
        """Return a condition in words, or as it stands, where it may be told."""
        return self.worded(text, condition_in_words)

    def value(self, text: str) -> str:
        """Return what a value is in words, or as it stands, where it may be told."""
        return self.worded(text, value_in_words)

    def worded(self, text: str, words: Callable[[str, Language], str | None]) -> str:
        """Return an expression in words, or as it stands, where it may be told."""
        said = words(text, self.say) if self.allows(text) else None
        return self.quoted(text) if said is None else said

    def column(self, name: str) -> str:
        """Return what a column of the reps is called, where it may be told."""
        return plain_column_words(REP, name, self.say).strip() if self.allows(name) else self.quoted(name)

    def cost(self, text: str) -> str:
        """Return points that something costs."""
        if self.allows(text) and (number := _number(text)) is not None:
            return self.say("{points} points", points=self.exact(number))
        return self.say("this many points: {points}", points=self.value(text))

    def measure(self, name: str) -> str:
        """Return what a measure is called."""
        return measure_word(name if name == CUSTOMERS else self.quoted(name), self.say)

    def unit(self, measure: str) -> str:
        """Return the unit of a measure."""
        line = self.policy.measures.get(measure)
        return line.unit if line is not None else ""

    def exact(self, value: float) -> str:
        """Return a number with all the digits that it was written with."""
        decimals = f"{value:.6f}".rstrip("0").partition(".")[2]
        return self.say.number(value, len(decimals))

    def amount(self, amount: Amount, unit: str = "") -> str:
        """Return an amount: a number, a percentage, an expression, or one for each label."""
        if amount.number is not None:
            return f"{self.exact(amount.number)} {unit}".rstrip()
        if amount.percent is not None:
            return f"{self.exact(round(100 * amount.percent, 9))}%"
        if amount.expression is not None:
            return self.value(amount.expression)
        each = [
            self.say("{label}: {amount}", label=label, amount=self.amount(one, unit))
            for label, one in (amount.by_label or {}).items()
            if self.allows(label)
        ]
        return self.say.listed(each) if each else self.say("(not shown)")

    def within(self, least: str | None, most: str | None) -> str:
        """Return a range in words."""
        if least is None:
            return self.say("at most {most}", most=most)
        if most is None:
            return self.say("at least {least}", least=least)
        return self.say("at least {least} and at most {most}", least=least, most=most)

    def within_own(self, least: str | None, most: str | None) -> str:
        """Return a range in words whose ends are words themselves."""
        if least is None:
            return self.say("no more than {most}", most=most)
        if most is None:
            return self.say("no less than {least}", least=least)
        return self.say("no less than {least} and no more than {most}", least=least, most=most)

    def of_role(self, role: str | None) -> str:
        """Return for which role a line holds; blank where it says none."""
        if role is None:
            return ""
        return self.say(" (role {role})", role=self.quoted(role))

    def named(self, name: str, plain: str, text: str) -> str:
        """Return a sentence with the name of its line before it, where the line has one of its own."""
        if name == plain or name.startswith(f"{plain} #"):
            return self.sentence(begun(text))
        return self.sentence(self.say("{name}: ", name=self.quoted(name)) + text)

    def sentence(self, text: str) -> str:
        """Return a text as a sentence of its own."""
        return self.say("{sentence}.", sentence=text)


def _number(text: str) -> float | None:
    """Return the number that an expression is, None where it is more than one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
