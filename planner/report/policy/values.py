"""Values of expressions in words: numbers, texts, days, columns and what is reckoned of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from models.expression import CUSTOMER, PERIOD, REP
from planner.language import Language
from planner.report.policy.columns import column_words, is_date

_DEEPEST = 30
_MOST_DIGITS = 15
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class NoWordsError(Exception):
    """Part of an expression has no words."""


@dataclass(frozen=True)
class Said:
    """Words for a part of an expression.

    ``kind`` tells what they are beside others: one thing, a product, a sum or a choice; of conditions one or several.
    ``open`` ones end in a row ("the smaller of a and b"), which what follows would seem to go on with.
    """

    text: str
    kind: str = "one"
    open: bool = False


class Values:
    """Says values; ``condition`` says a condition that one is chosen by."""

    def __init__(self, say: Language, condition: Callable[[exp.Expr], Said]) -> None:
        self.say, self.condition, self.depth = say, condition, 0

    def value(self, node: exp.Expr) -> Said:
        """Return what a value is in words."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NoWordsError
        try:
            return self._value(node)
        finally:
            self.depth -= 1

    def _value(self, node: exp.Expr) -> Said:
        if isinstance(node, exp.Paren):
            return self.value(node.this)
        if isinstance(node, exp.Literal):
            return Said(self.quoted(str(node.this)) if node.is_string else self.number(str(node.this)))
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
            return Said(self.number(f"-{node.this.this}"))
        if isinstance(node, exp.Column):
            if node.table.lower() == PERIOD:
                start = node.name.lower() == "start"
                return Said(self.say("the start of the period") if start else self.say("the end of the period"))
            return self.found(column_words(node.table.lower(), node.name, self.say))
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "skill":
            return self.skill(node)
        if isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast) and _is_day(node):
            return Said(self.day(node.this))
        if isinstance(node, exp.Add | exp.Sub):
            return self.sum(node)
        if isinstance(node, exp.Mul | exp.Div):
            return self.product(node)
        if isinstance(node, exp.Least | exp.Greatest):
            return self.extreme(node)
        if isinstance(node, exp.Coalesce) and len(node.expressions) == 1:
            value, otherwise = self.alone(node.this), self.alone(node.expressions[0])
            return Said(self.say("{value} (if blank, {otherwise})", value=value, otherwise=otherwise))
        if isinstance(node, exp.Case | exp.If):
            return self.choice(node)
        raise NoWordsError

    def sum(self, node: exp.Expr) -> Said:
        """Return a sum or difference, of dates the days between them."""
        left, right = node.this, node.expression
        added = isinstance(node, exp.Add)
        if self.dated(left) or self.dated(right):
            if self.dated(left) and not self.dated(right):
                return Said(self.shifted(self.alone(left), right, later=added))
            if added or not (self.dated(left) and self.dated(right)):
                raise NoWordsError
            since, until = self.alone(right), self.alone(left)
            return Said(self.say("the number of days from {since} to {until}", since=since, until=until), open=True)
        one, other = self.value(left), self.value(right)
        before = self.bracketed(one.text) if one.open or one.kind in ("quotient", "choice") else one.text
        after = self.bracketed(other.text) if other.kind not in ("one", "product") else other.text
        text = self.say("{left} plus {right}" if added else "{left} minus {right}", left=before, right=after)
        return Said(text, "sum", open=other.open)

    def product(self, node: exp.Expr) -> Said:
        """Return a product or quotient."""
        one, other = self.value(node.this), self.value(node.expression)
        times = isinstance(node, exp.Mul)
        plain = not one.open and one.kind in (("one", "product") if times else ("one",))
        before = one.text if plain else self.bracketed(one.text)
        after = other.text if other.kind == "one" else self.bracketed(other.text)
        text = self.say("{left} times {right}" if times else "{left} divided by {right}", left=before, right=after)
        return Said(text, "product" if times else "quotient", open=other.open)

    def extreme(self, node: exp.Expr) -> Said:
        """Return the least or greatest of several."""
        parts = [node.this, *node.expressions]
        if len(parts) == 1 or any(self.dated(one) or is_word(one) for one in parts):
            raise NoWordsError
        items = self.say.listed([self.closed(self.value(one)).strip() for one in parts])
        if isinstance(node, exp.Least):
            text = self.say("the smaller of {items}" if len(parts) == 2 else "the smallest of {items}", items=items)
        else:
            text = self.say("the larger of {items}" if len(parts) == 2 else "the largest of {items}", items=items)
        return Said(text, open=True)

    def choice(self, node: exp.Expr) -> Said:
        """Return what is chosen by conditions, the first that holds; without a rest it may be blank."""
        branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
        rest = node.args.get("default") if isinstance(node, exp.Case) else node.args.get("false")
        if rest is None or (isinstance(node, exp.Case) and node.this is not None):
            raise NoWordsError
        said = [
            self.say(
                "{value} if {condition}",
                value=self.alone(one.args["true"]),
                condition=self.condition(one.this).text,
            )
            for one in branches
        ]
        return Said(
            self.say("; otherwise ").join(one.rstrip() for one in [*said, self.alone(rest)]), "choice", open=True
        )

    def skill(self, node: exp.Anonymous) -> Said:
        """Return a level of a skill."""
        whose, asked = node.expressions
        word = self.alone(asked)
        if isinstance(asked, exp.Column):
            text = {
                REP: self.say("the rep's skill in {skill}", skill=word),
                CUSTOMER: self.say("the skill in {skill} that the customer requires", skill=word),
            }
        else:
            text = {
                REP: self.say("the rep's skill {skill}", skill=word),
                CUSTOMER: self.say("the skill {skill} that the customer requires", skill=word),
            }
        return Said(text[whose.name.lower()])

    # ---- days ------------------------------------------------------------------------------------------------

    def dated(self, node: exp.Expr) -> bool:
        """Tell whether a value is known to be a date; others may be one all the same."""
        if isinstance(node, exp.Paren | exp.Coalesce):
            return self.dated(node.this)
        if isinstance(node, exp.Column):
            return node.table.lower() == PERIOD or is_date(node.table.lower(), node.name)
        if isinstance(node, exp.Add | exp.Sub):
            return self.dated(node.this) and not self.dated(node.expression)
        return isinstance(node, exp.Cast) and _is_day(node)

    def shifted(self, date: str, span: exp.Expr, *, later: bool) -> str:
        """Return a date that is later or earlier than another."""
        days, months = _span(span)
        if later and months:
            return self.say.plural(months, "{count} month after {date}", "{count} months after {date}", date=date)
        if later:
            return self.say.plural(days, "{count} day after {date}", "{count} days after {date}", date=date)
        if months:
            return self.say.plural(months, "{count} month before {date}", "{count} months before {date}", date=date)
        return self.say.plural(days, "{count} day before {date}", "{count} days before {date}", date=date)

    def later(self, span: exp.Expr) -> str:
        """Return how much later than a date that was just named."""
        days, months = _span(span)
        if months:
            return self.say.plural(months, "{count} month after it", "{count} months after it")
        return self.say.plural(days, "{count} day after it", "{count} days after it")

    def day(self, literal: exp.Expr) -> str:
        """Return a day that is written as a text."""
        return self.say.day(dt.date.fromisoformat(str(literal.this).strip()))

    # ---- pieces ----------------------------------------------------------------------------------------------

    def any_of(self, items: list[str]) -> str:
        """Return texts of which one will do."""
        some = items[0]
        for item in items[1:-1]:
            some = self.say("{some}, {next}", some=some, next=item)
        return some + self.say(" or ") + items[-1]

    def beside(self, node: exp.Expr, *, dated: bool) -> Said:
        """Return a value that is compared: beside a date, a text that is written like one is one."""
        if dated and isinstance(node, exp.Literal):
            if not _is_iso(node):
                raise NoWordsError
            return Said(self.day(node))
        said = self.value(node)
        return Said(self.bracketed(said.text)) if said.kind == "choice" else said

    def alone(self, node: exp.Expr) -> str:
        """Return a value in words that may stand anywhere."""
        return self.closed(self.value(node))

    def closed(self, said: Said) -> str:
        """Return words that may stand anywhere."""
        return said.text if said.kind == "one" and not said.open else self.bracketed(said.text)

    def bracketed(self, text: str) -> str:
        """Return words in brackets."""
        return self.say("({words})", words=text.strip())

    def quoted(self, text: str) -> str:
        """Return a text in quotation marks; one that holds such marks itself could seem to end before it does."""
        if "“" in text or "”" in text:
            raise NoWordsError
        return self.say("“{text}”", text=text)

    def number(self, text: str) -> str:
        """Return a number with all its digits."""
        value = Decimal(text)
        digits = value.normalize().as_tuple()
        decimals = max(0, -int(digits.exponent))
        if len(digits.digits) + max(0, int(digits.exponent)) > _MOST_DIGITS or decimals > _MOST_DIGITS:
            raise NoWordsError
        return self.say("{expression}", expression=self.say.number(float(value), decimals))

    def found(self, words: str | None) -> Said:
        """Return words that there are."""
        if words is None:
            raise NoWordsError
        return Said(words)


def _is_iso(node: exp.Expr) -> bool:
    if not (isinstance(node, exp.Literal) and node.is_string):
        return False
    try:
        dt.date.fromisoformat(str(node.this).strip())
    except ValueError:
        return False
    return True


def is_word(node: exp.Expr) -> bool:
    """Tell whether a node is a text that is no day."""
    return isinstance(node, exp.Literal) and bool(node.is_string) and not _is_iso(node)


def _is_day(node: exp.Cast) -> bool:
    """Tell whether a cast writes a day: ``date '2027-01-31'``."""
    return str(node.args["to"].this.name) == "DATE" and _is_iso(node.this)


def _span(node: exp.Expr) -> tuple[int, int]:
    """Return a span of time in days and months, one of them 0."""
    unit, count = "day", node
    if isinstance(node, exp.Interval):
        unit = str(node.args["unit"].name if node.args.get("unit") else "").lower().removesuffix("s")
        count = node.this
    if not isinstance(count, exp.Literal) or not str(count.this).isdecimal() or int(str(count.this)) == 0:
        raise NoWordsError
    if count.is_string and not isinstance(node, exp.Interval):
        raise NoWordsError
    whole = int(str(count.this))
    if unit in _DAYS:
        return whole * _DAYS[unit], 0
    if unit in _MONTHS:
        return 0, whole * _MONTHS[unit]
    raise NoWordsError
