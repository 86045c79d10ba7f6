"""Conditions and values in words can be read in one way only, and mean what the expression means, blanks too."""

import re
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.language import language
from planner.report.policy.expressions import condition_in_words, value_in_words

EN, ZH = language("en"), language("zh")

# Laws: the words are read anew, in every way in which they can be, and mean what the expression does in each of them.


ROWS = list(product([None, 0, 1, 2, 3], [1, 2, 3], [None, "x", "y"], [None, True, False]))
COMPARED = {
    "=": ("is", "为", lambda one, other: one == other),
    "<>": ("is not", "不为", lambda one, other: one != other),
    "<": ("is less than", "低于", lambda one, other: one < other),
    "<=": ("is at most", "不高于", lambda one, other: one <= other),
    ">": ("is more than", "高于", lambda one, other: one > other),
    ">=": ("is at least", "不低于", lambda one, other: one >= other),
}
NUMBER_COLUMNS = {"p": 0, "q": 1}


def true_on(predicate):
    return frozenset(number for number, row in enumerate(ROWS) if predicate(row))


def judged(at, predicate):
    """Return the rows on which a condition on one column is true, and those on which it is false: SQL knows a third."""
    return (
        true_on(lambda row: row[at] is not None and predicate(row[at])),
        true_on(lambda row: row[at] is not None and not predicate(row[at])),
    )


@st.composite
def comparisons(draw):
    """Draw a single condition as SQL, and the rows on which it is true and false."""
    kind = draw(st.sampled_from(["compare", "turned", "text", "flag", "blank", "in", "not in", "between", "beyond"]))
    column, at = draw(st.sampled_from([("customer.p", 0), ("customer.q", 1)]))
    if kind == "flag":
        return "customer.locked", *judged(3, lambda value: value)
    if kind == "blank":
        return "customer.p is null", true_on(lambda row: row[0] is None), true_on(lambda row: row[0] is not None)
    if kind in ("compare", "turned"):
        sign, number = draw(st.sampled_from(sorted(COMPARED))), draw(st.integers(0, 3))
        compare = COMPARED[sign][2]
        if kind == "compare":
            return f"{column} {sign} {number}", *judged(at, lambda value: compare(value, number))
        return f"{number} {sign} {column}", *judged(at, lambda value: compare(number, value))
    if kind in ("between", "beyond"):
        low, high = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3))))
        inside, outside = judged(at, lambda value: low <= value <= high)
        if kind == "between":
            return f"{column} between {low} and {high}", inside, outside
        return f"{column} not between {low} and {high}", outside, inside
    texts = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True))
    listed = ", ".join(f"'{text}'" for text in texts)
    among, others = judged(2, lambda value: value in texts)
    if kind == "text":
        return f"customer.t = '{texts[0]}'", *judged(2, lambda value: value == texts[0])
    if kind == "in":
        return f"customer.t in ({listed})", among, others
    return f"customer.t not in ({listed})", others, among


def both(*parts):
    return frozenset.intersection(*(true for _, true, _ in parts)), frozenset.union(*(false for *_, false in parts))


def either(*parts):
    return frozenset.union(*(true for _, true, _ in parts)), frozenset.intersection(*(false for *_, false in parts))


DRAWN = st.recursive(
    comparisons(),
    lambda parts: st.one_of(
        parts.map(lambda one: (f"not ({one[0]})", one[2], one[1])),
        st.lists(parts, min_size=2, max_size=3).map(
            lambda some: (" and ".join(f"({one[0]})" for one in some), *both(*some))
        ),
        st.tuples(parts, parts).map(lambda two: (f"({two[0][0]}) or ({two[1][0]})", *either(*two))),
        st.tuples(comparisons(), comparisons(), comparisons()).map(
            lambda three: (
                f"{three[0][0]} or {three[1][0]} and {three[2][0]}",
                *either(three[0], ("", *both(three[1], three[2]))),
            )
        ),
    ),
    max_leaves=6,
)


class Reader:
    """Somebody who knows single conditions, none of which holds on a blank, and reads a text in every way there is."""

    def __init__(self, code):
        self.en = code == "en"
        self.both, self.either = (" and ", " or ") if self.en else ("，且", "或")
        self.marks = "()" if self.en else "（）"
        self.conditions = cache(self._conditions)
        self.values = cache(self._values)

    def enclosed(self, text):
        """Return what a pair of brackets around the whole text holds, None where there is none."""
        opening, closing = self.marks
        if not (text.startswith(opening) and text.endswith(closing)):
            return None
        depth = 0
        for at, sign in enumerate(text):
            depth += (sign == opening) - (sign == closing)
            if depth == 0 and at < len(text) - 1:
                return None
        return text[1:-1]

    def splits(self, text, word):
        for found in re.finditer(re.escape(word), text):
            before = text[: found.start()]
            if before.count(self.marks[0]) == before.count(self.marks[1]):
                yield before, text[found.end() :]

    def _conditions(self, text):
        text = text.strip()
        if (inner := self.enclosed(text)) is not None:
            return self.conditions(inner)
        found = set()
        for word, join in ((self.both, frozenset.intersection), (self.either, frozenset.union)):
            for left, right in self.splits(text, word):
                found |= {join(one, other) for one in self.conditions(left) for other in self.conditions(right)}
        if (atom := self.atom(text)) is not None:
            found.add(true_on(lambda row: bool(atom(row))))
        return frozenset(found)

    def atom(self, text):
        if text in ("the customer is locked", "客户已锁定"):
            return lambda row: row[3]
        if text in ("the customer is not locked", "客户未锁定"):
            return lambda row: row[3] is False
        head = re.match(r"the customer's ([pqt]) | *客户的 ([pqt]) ", text)
        if head is None:
            return None
        at, said = "pqt".index(head[1] or head[2]), text[head.end() :]
        if said in ("is blank", "为空", "is not blank", "不为空"):
            return lambda row: (row[at] is None) == (said in ("is blank", "为空"))
        predicate = self.predicate(said)
        return predicate and (lambda row: row[at] is not None and predicate(row[at]))

    def predicate(self, said):
        """Return what is said of a value that is there."""
        for english, chinese, compare in COMPARED.values():
            word = english + " " if self.en else chinese
            if re.fullmatch(rf"{word} ?(\d)", said):
                number = int(said[-1])
                return lambda value, compare=compare, number=number: compare(value, number)
        texts = re.findall("“(.)”", said)
        frame = re.sub("“.”", "_", said)
        if frame in ("is _", "is _ or _", "is _, _ or _", "为_", "为_或_", "为_、_或_"):
            return lambda value: value in texts
        if frame in ("is not _", "is none of _ and _", "is none of _, _ and _"):
            return lambda value: value not in texts
        if frame in ("不为_", "不是_和_中的任何一个", "不是_、_和_中的任何一个"):
            return lambda value: value not in texts
        numbers = [int(one) for one in re.findall(r"\d", said)]
        frame = re.sub(r" ?\d ?", "#", said) if not self.en else re.sub(r"\d", "#", said)
        if frame in ("is at least # and at most #", "不低于#且不高于#"):
            return lambda value: numbers[0] <= value <= numbers[1]
        if frame in ("is less than # or more than #", "低于#或高于#"):
            return lambda value: value < numbers[0] or value > numbers[1]
        return None

    def _values(self, text):
        """Read arithmetic: times before plus and minus, those from left to right; no other rule is known."""
        text = text.strip()
        if (inner := self.enclosed(text)) is not None:
            return self.values(inner)
        found = set()
        if re.fullmatch(r"\d", text):
            found.add((Fraction(text),) * len(ROWS))
        if head := re.fullmatch(r"(?:the customer's|客户的) ([pq])", text):
            found.add(column_values(head[1]))
        for prefix, choose in (("the smaller of ", min), ("the larger of ", max), ("较小值", min), ("较大值", max)):
            if text.startswith(prefix):
                items = text.removeprefix(prefix)
                items = items if self.en else self.enclosed(items)
                for left, right in self.splits(items or "", " and " if self.en else "和"):
                    found |= self.joined(left, right, lambda *two, choose=choose: chosen(choose, *two))
        plus, minus, times, over = (
            (" plus ", " minus ", " times ", " divided by ") if self.en else ("加", "减", "乘以", "除以")
        )
        for word, of in ((plus, lambda one, other: one + other), (minus, lambda one, other: one - other)):
            for left, right in self.splits(text, word):
                if not any(True for later in (plus, minus) for _ in self.splits(right, later)):
                    found |= self.joined(left, right, lambda *two, of=of: applied(of, *two))
        for word, of in ((times, lambda one, other: one * other), (over, lambda one, other: one / other)):
            for left, right in self.splits(text, word):
                if not any(True for later in (plus, minus) for part in (left, right) for _ in self.splits(part, later)):
                    found |= self.joined(left, right, lambda *two, of=of: applied(of, *two))
        return frozenset(found)

    def joined(self, left, right, of):
        return {
            tuple(of(*two) for two in zip(one, other, strict=True))
            for one in self.values(left)
            for other in self.values(right)
        }


@cache
def column_values(column):
    values = (row[NUMBER_COLUMNS[column]] for row in ROWS)
    return tuple(None if value is None else Fraction(value) for value in values)


def applied(of, one, other):
    """Return a result that is blank where a value is, or where it is divided by nothing."""
    try:
        return None if one is None or other is None else of(one, other)
    except ZeroDivisionError:
        return None


def chosen(choose, *values):
    return choose((one for one in values if one is not None), default=None)


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize(
    "pattern", ["customer.q {} 2", "2 {} customer.q", "not customer.p {} 2", "not 2 {} customer.p"]
)
@pytest.mark.parametrize("sign", COMPARED)
def test_every_comparison_is_said_as_itself(sign, pattern, code):
    compare, at = COMPARED[sign][2], 0 if ".p" in pattern else 1
    turned, denied = "2 {}" in pattern, pattern.startswith("not")
    true, false = judged(at, lambda value: compare(2, value) if turned else compare(value, 2))
    said = condition_in_words(pattern.format(sign), language(code))
    assert Reader(code).conditions(said) == {false if denied else true}, said


@settings(deadline=None)
@given(drawn=DRAWN)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_condition_in_words_can_be_read_in_one_way_only_and_means_the_same(code, drawn):
    expression, rows, _ = drawn
    said = condition_in_words(expression, language(code))
    assert said is not None
    assert Reader(code).conditions(said) == {rows}, said


ARITHMETIC = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
}
LEAVES = st.one_of(
    st.integers(0, 9).map(lambda number: (str(number), (Fraction(number),) * len(ROWS))),
    st.sampled_from("pq").map(lambda column: (f"customer.{column}", column_values(column))),
)


def computed(sign, one, other):
    if sign in ARITHMETIC:
        values = tuple(applied(ARITHMETIC[sign], *two) for two in zip(one[1], other[1], strict=True))
        return f"({one[0]}) {sign} ({other[0]})", values
    choose = {"least": min, "greatest": max}[sign]
    return f"{sign}({one[0]}, {other[0]})", tuple(chosen(choose, *two) for two in zip(one[1], other[1], strict=True))


@settings(deadline=None)
@given(
    drawn=st.recursive(
        LEAVES,
        lambda parts: st.builds(computed, st.sampled_from([*ARITHMETIC, "least", "greatest"]), parts, parts),
        max_leaves=6,
    )
)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_value_in_words_can_be_read_in_one_way_only_and_means_the_same(code, drawn):
    expression, values = drawn
    said = value_in_words(expression, language(code))
    assert said is not None
    assert Reader(code).values(said) == {values}, said
