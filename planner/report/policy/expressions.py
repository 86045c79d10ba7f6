"""Expressions of a policy in words: "the customer's segment is “strategic”" for ``customer.segment = 'strategic'``.

What has no words here that mean the same has none at all, so that nothing is ever said wrongly; whoever asks quotes
it as it stands. Brackets stay wherever words alone could be read in two ways.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from models.expression import ExpressionError, parse
from planner.language import Language
from planner.report.policy.columns import flag_words
from planner.report.policy.values import NoWordsError, Said, Values, is_word

_DEEPEST = 30
_NEGATED: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
}
_TURNED: dict[type[exp.Expr], type[exp.Binary]] = {exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE}


def condition_in_words(text: str, say: Language) -> str | None:
    """Return a condition in words, None where it has none.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> condition_in_words("customer.segment = 'strategic' and not customer.locked", ENGLISH)
    "the customer's segment is “strategic” and the customer is not locked"
    >>> condition_in_words("customer.name like 'A%'", ENGLISH)
    """
    return _in_words(text, lambda tree: _Conditions(say).condition(tree).text)


def value_in_words(text: str, say: Language) -> str | None:
    """Return what a value is in words, None where it has none.

    Examples
    --------
    >>> from planner.language import ENGLISH
    >>> value_in_words("1 + 0.5 * least(customer.tenure_years, 4)", ENGLISH)
    "1 plus 0.5 times the smaller of the customer's tenure in years and 4"
    """
    return _in_words(text, lambda tree: _Conditions(say).values.value(tree).text)


def _in_words(text: str, words: Callable[[exp.Expr], str]) -> str | None:
    try:
        return words(parse(text).tree).strip()
    except (ExpressionError, NoWordsError):
        return None


class _Conditions:
    """One walk over a tree."""

    def __init__(self, say: Language) -> None:
        self.say, self.depth, self.values = say, 0, Values(say, self.condition)

    def condition(self, node: exp.Expr, *, holds: bool = True) -> Said:
        """Return a condition in words, or that it does not hold."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NoWordsError
        try:
            return self._condition(node, holds=holds)
        finally:
            self.depth -= 1

    def _condition(self, node: exp.Expr, *, holds: bool) -> Said:
        if isinstance(node, exp.Paren):
            return self.condition(node.this, holds=holds)
        if isinstance(node, exp.Not):
            return self.condition(node.this, holds=not holds)
        if isinstance(node, exp.And | exp.Or):
            return self.joined(node, holds=holds)
        if isinstance(node, exp.Column):
            words = flag_words(node.table.lower(), node.name, self.say, holds=holds)
            return self.values.found(words)
        if isinstance(node, exp.EQ | exp.NEQ) and isinstance(node.expression, exp.Boolean):
            return self.condition(node.this, holds=holds == (isinstance(node, exp.EQ) == bool(node.expression.this)))
        if isinstance(node, exp.Binary) and type(node) in _NEGATED:
            return self.comparison(type(node) if holds else _NEGATED[type(node)], node.this, node.expression)
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            left = self.values.alone(node.this)
            return Said(self.say("{left} is blank" if holds else "{left} is not blank", left=left))
        if isinstance(node, exp.In):
            return self.among(node, holds=holds)
        if isinstance(node, exp.Between):
            return self.between(node, holds=holds)
        raise NoWordsError

    def joined(self, node: exp.Expr, *, holds: bool) -> Said:
        """Return several conditions in a row; that not all hold is that one of them does not.

        So every "not" ends at a single condition, where a blank is the same as one that does not hold.
        """
        clauses = [self.condition(one, holds=holds) for one in node.flatten()]
        closed = [self.values.bracketed(one.text) if one.kind != "one" or one.open else one.text for one in clauses]
        if isinstance(node, exp.And) == holds:
            return Said(self.say(" and ").join(one.rstrip() for one in closed), "several")
        return Said(self.say(" or ").join(closed), "several")

    def comparison(self, kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> Said:
        if isinstance(left, exp.Literal) and not isinstance(right, exp.Literal):
            kind, left, right = _TURNED.get(kind, kind), right, left
        dated = self.values.dated(left) or self.values.dated(right)
        if not dated and kind in _TURNED and (is_word(left) or is_word(right)):
            raise NoWordsError  # texts are ordered by their letters, which "more" does not say
        one, other = self.values.beside(left, dated=dated), self.values.beside(right, dated=dated)
        if dated:
            text = self.say(
                {
                    exp.EQ: "{left} is {right}",
                    exp.NEQ: "{left} is not {right}",
                    exp.LT: "{left} is before {right}",
                    exp.LTE: "{left} is no later than {right}",
                    exp.GT: "{left} is after {right}",
                    exp.GTE: "{left} is no earlier than {right}",
                }[kind],
                left=one.text,
                right=other.text,
            )
        else:
            text = self.say(
                {
                    exp.EQ: "{left} is {right}",
                    exp.NEQ: "{left} is not {right}",
                    exp.LT: "{left} is less than {right}",
                    exp.LTE: "{left} is at most {right}",
                    exp.GT: "{left} is more than {right}",
                    exp.GTE: "{left} is at least {right}",
                }[kind],
                left=one.text,
                right=other.text,
            )
        return Said(text, open=other.open)

    def among(self, node: exp.Expr, *, holds: bool) -> Said:
        if len(node.expressions) == 1:
            return self.comparison(exp.EQ if holds else exp.NEQ, node.this, node.expressions[0])
        dated = any(self.values.dated(one) for one in (node.this, *node.expressions))
        left = self.values.beside(node.this, dated=dated).text
        items = [self.values.closed(self.values.beside(one, dated=dated)).strip() for one in node.expressions]
        if holds:
            return Said(self.say("{left} is {right}", left=left, right=self.values.any_of(items)), "several")
        return Said(self.say("{left} is none of {items}", left=left, items=self.say.listed(items)), "several")

    def between(self, node: exp.Expr, *, holds: bool) -> Said:
        one, least, most = node.this, node.args["low"], node.args["high"]
        dated = any(self.values.dated(part) for part in (one, least, most))
        if not dated and any(is_word(part) for part in (one, least, most)):
            raise NoWordsError
        left, low, high = (self.values.closed(self.values.beside(part, dated=dated)) for part in (one, least, most))
        if not dated:
            pattern = self.say(
                "{left} is at least {low} and at most {high}"
                if holds
                else "{left} is less than {low} or more than {high}",
                left=left,
                low=low,
                high=high,
            )
            return Said(pattern, "several")
        if not holds:
            return Said(self.say("{left} is before {low} or after {high}", left=left, low=low, high=high), "several")
        if isinstance(least, exp.Column) and isinstance(most, exp.Add) and most.this == least:
            high = self.values.later(most.expression)
        return Said(self.say("{left} is from {low} up to {high}", left=left, low=low, high=high))
