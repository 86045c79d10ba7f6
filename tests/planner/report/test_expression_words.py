"""Expressions in words: what they say in either language, and that no reading of the words is another expression."""

import re
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import columns
from planner.language import language
from planner.report.plan.column_words import _word
from planner.report.plan.expression_words import condition_in_words, value_in_words

EN, ZH = language("en"), language("zh")
CONDITIONS = [
    ("customer.segment = 'strategic'", "the customer's segment is “strategic”", "客户的细分为“strategic”"),
    ("rep.seniority >= 3", "the rep's seniority is at least 3", "销售代表的资历不低于 3"),
    ("3 > rep.seniority", "the rep's seniority is less than 3", "销售代表的资历低于 3"),
    ("not rep.seniority > 2.50", "the rep's seniority is at most 2.5", "销售代表的资历不高于 2.5"),
    ("customer.revenue > 1500000", "the customer's revenue is more than 1,500,000", "客户的营收高于 1,500,000"),
    ("customer.arr_band <> -1", "the customer's arr band is not -1", "客户的 arr band 不为 -1"),
    ("customer.locked", "the customer is locked", "客户已锁定"),
    ("customer.locked = false", "the customer is not locked", "客户未锁定"),
    ("not customer.open_opportunity", "the customer has no open opportunity", "客户没有进行中的商机"),
    ("not customer.Key_Account", "the customer's Key Account is no", "客户的 Key Account 为“否”"),
    ("customer.tier in ('A', 'B', 'C')", "the customer's tier is “A”, “B” or “C”", "客户的等级为“A”、“B”或“C”"),
    ("customer.tier in ('A')", "the customer's tier is “A”", "客户的等级为“A”"),
    (
        "customer.tier not in ('A', 'B')",
        "the customer's tier is none of “A” and “B”",
        "客户的等级不是“A”和“B”中的任何一个",
    ),
    ("customer.region is null", "the customer's region is blank", "客户的区域为空"),
    ("customer.region is not null", "the customer's region is not blank", "客户的区域不为空"),
    (
        "rep.seniority between 2 and 4",
        "the rep's seniority is at least 2 and at most 4",
        "销售代表的资历不低于 2 且不高于 4",
    ),
    (
        "customer.next_renewal between period.start and period.start + 45",
        "the customer's next renewal is from the start of the period up to 45 days after it",
        "客户的下次续约日在期间首日至其后 45 天之间（含首尾）",
    ),
    (
        "customer.next_renewal < period.end - interval 1 week",
        "the customer's next renewal is before 7 days before the end of the period",
        "客户的下次续约日早于期间末日前 7 天",
    ),
    (
        "customer.last_activity not between '2027-01-01' and period.end",
        "the customer's last activity is before 1 Jan 2027 or after the end of the period",
        "客户的最近联系日早于2027年1月1日或晚于期间末日",
    ),
    (
        "rep.available_from <= date '2027-02-28' + interval 1 quarter",
        "the rep's first day at work is no later than 3 months after 28 Feb 2027",
        "销售代表的到岗日不晚于2027年2月28日后 3 个月",
    ),
    (
        "period.start - customer.last_purchase > 90",
        "the number of days from the customer's last purchase to the start of the period is more than 90",
        "从客户的最近购买日到期间首日的天数高于 90",
    ),
    ("skill(rep, 'cloud') >= 2", "the rep's skill “cloud” is at least 2", "销售代表的技能“cloud”不低于 2"),
    (
        "skill(rep, customer.industry) > skill(customer, 'x')",
        "the rep's skill in the customer's industry is more than the skill “x” that the customer requires",
        "销售代表在客户的行业方面的技能高于客户要求的技能“x”",
    ),
    (
        "customer.locked and (customer.tier = 'A' or not customer.locked)",
        "the customer is locked and (the customer's tier is “A” or the customer is not locked)",
        "客户已锁定，且（客户的等级为“A”或客户未锁定）",
    ),
    (
        "not (customer.locked and customer.tier = 'A') and rep.team = '北'",
        "it is not true that (the customer is locked and the customer's tier is “A”) and the rep's team is “北”",
        "并非（客户已锁定，且客户的等级为“A”），且销售代表的团队为“北”",
    ),
    (
        "pair.won > 0 and region.parent = rep.home",
        "the won of the customer with the rep is more than 0 and the region's parent is the rep's home",
        "客户与销售代表之间的 won 高于 0 ，且区域的上级区域为销售代表的 home",
    ),
    ("customer.is_or_was = 'x'", "the customer's “is_or_was” is “x”", "客户的“is_or_was”为“x”"),
]
VALUES = [
    ("customer.workload_hours", "the customer's workload hours", "客户的工作量（小时）"),
    ("rep.capacity_workload_hours", "the rep's capacity in workload hours", "销售代表的工作量（小时）容量"),
    ("rep.max_customers", "the rep's maximum of customers", "销售代表的客户数上限"),
    (
        "1 + 0.5 * least(customer.tenure_years, 4)",
        "1 plus 0.5 times the smaller of the customer's tenure in years and 4",
        "1 加 0.5 乘以较小值（客户的合作年限和4）",
    ),
    (
        "least(customer.visits, 4, rep.quota) - 1",
        "(the smallest of the customer's visits, 4 and the rep's quota) minus 1",
        "（最小值（客户的拜访次数、4和销售代表的配额））减 1",
    ),
    (
        "customer.revenue / (customer.visits + 1)",
        "the customer's revenue divided by (the customer's visits plus 1)",
        "客户的营收除以（客户的拜访次数加 1）",
    ),
    (
        "coalesce(customer.priority, 0) * 2",
        "the customer's priority (if blank, 0) times 2",
        "客户的优先级（空白时按 0 计）乘以 2",
    ),
    (
        "case when customer.tier = 'A' then 3 when customer.locked then 2 else 1 end",
        "3 if the customer's tier is “A”; otherwise 2 if the customer is locked; otherwise 1",
        "若客户的等级为“A”，则为 3 ；否则若客户已锁定，则为 2 ；否则 1",
    ),
    ("if(customer.locked, 3, 1) + 1", "(3 if the customer is locked; otherwise 1) plus 1", None),
]
WITHOUT_WORDS = [
    "customer.name like 'A%'",
    "customer.name not ilike 'A%'",
    "lower(customer.tier) = 'a'",
    "customer.tier > 'B'",
    "customer.tier between 'A' and 'C'",
    "customer.tier is distinct from 'A'",
    "customer.locked is true",
    "customer.tier = 'A” or the customer''s tier is “B'",
    "customer.\"tier is “A” or the customer's\" = 'x'",
    "customer.next_renewal > period.start + customer.grace",
    "customer.next_renewal > period.start + 0.5",
    "customer.next_renewal > 'soon'",
    "customer.next_renewal - customer.contract > 3",
    "date_part('month', customer.next_renewal) = 3",
    "tier = 'A'",
    "true",
    "customer.tier = 'A' and customer.name like 'A%'",
    "rep.seniority % 2 = 1",
    "case when customer.locked then 1 end > 0",
    "customer.q = 1e300",
    "read_csv('x')",
    "…",
]


@pytest.mark.parametrize(("expression", "english", "chinese"), CONDITIONS)
def test_a_condition_is_said_in_words(expression, english, chinese):
    assert (condition_in_words(expression, EN), condition_in_words(expression, ZH)) == (english, chinese)


@pytest.mark.parametrize(("expression", "english", "chinese"), VALUES)
def test_a_value_is_said_in_words(expression, english, chinese):
    assert value_in_words(expression, EN) == english
    assert chinese is None or value_in_words(expression, ZH) == chinese


@pytest.mark.parametrize("expression", WITHOUT_WORDS)
@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
def test_what_cannot_be_said_exactly_has_no_words(expression, say):
    assert condition_in_words(expression, say) is None
    assert value_in_words(expression, say) is None


def test_what_is_nested_too_deeply_has_no_words():
    assert value_in_words(" + ".join(["customer.visits"] * 10), EN) is not None
    assert value_in_words(" + ".join(["customer.visits"] * 150), EN) is None


def test_every_known_column_has_a_chinese_name():
    tables = (columns.CUSTOMERS, columns.REPS, columns.PAIRS, columns.REGIONS)
    known = {_word(name) for table in tables for name in (*table.names, "tenure_years")}
    assert not [word for word in known if not ZH.knows(word)]


# Laws: the words are read anew, in every way in which they can be, and mean what the expression does in each of them.

ROWS = list(product([0, 1, 2, 3], [1, 2, 3], ["x", "y", "z"], [True, False]))
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


@st.composite
def comparisons(draw):
    """Draw an atom of a condition as SQL, and the rows on which it holds."""
    kind = draw(st.sampled_from(["compare", "turned", "text", "flag", "in", "not in", "between", "not between"]))
    column, numbers = draw(st.sampled_from("pq")), sorted(draw(st.lists(st.integers(0, 3), min_size=2, max_size=3)))
    at, low, high = NUMBER_COLUMNS[column], numbers[0], numbers[-1]
    sign = draw(st.sampled_from(sorted(COMPARED)))
    compare = COMPARED[sign][2]
    texts = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True))
    listed = ", ".join(f"'{text}'" for text in texts)
    return {
        "compare": (f"customer.{column} {sign} {low}", true_on(lambda row: compare(row[at], low))),
        "turned": (f"{low} {sign} customer.{column}", true_on(lambda row: compare(low, row[at]))),
        "text": (f"customer.t = '{texts[0]}'", true_on(lambda row: row[2] == texts[0])),
        "flag": ("customer.locked", true_on(lambda row: row[3])),
        "in": (f"customer.t in ({listed})", true_on(lambda row: row[2] in texts)),
        "not in": (f"customer.t not in ({listed})", true_on(lambda row: row[2] not in texts)),
        "between": (f"customer.{column} between {low} and {high}", true_on(lambda row: low <= row[at] <= high)),
        "not between": (
            f"customer.{column} not between {low} and {high}",
            true_on(lambda row: not low <= row[at] <= high),
        ),
    }[kind]


EVERY_ROW = true_on(lambda _: True)
DRAWN = st.recursive(
    comparisons(),
    lambda parts: st.one_of(
        parts.map(lambda one: (f"not ({one[0]})", EVERY_ROW - one[1])),
        st.lists(parts, min_size=2, max_size=3).map(
            lambda some: (" and ".join(f"({one})" for one, _ in some), frozenset.intersection(*(on for _, on in some)))
        ),
        st.tuples(parts, parts).map(lambda two: (f"({two[0][0]}) or ({two[1][0]})", two[0][1] | two[1][1])),
        st.tuples(comparisons(), comparisons(), comparisons()).map(
            lambda three: (
                f"{three[0][0]} or {three[1][0]} and {three[2][0]}",
                three[0][1] | (three[1][1] & three[2][1]),
            )
        ),
    ),
    max_leaves=6,
)


class Reader:
    """Somebody who knows what single comparisons mean, and reads a text in every way in which it can be."""

    def __init__(self, code):
        self.en = code == "en"
        self.both, self.either, self.denial = (
            (" and ", " or ", "it is not true that ") if self.en else ("，且", "或", "并非")
        )
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
        if text.startswith(self.denial) and (inner := self.enclosed(text.removeprefix(self.denial))) is not None:
            found |= {EVERY_ROW - one for one in self.conditions(inner)}
        for word, join in ((self.both, frozenset.intersection), (self.either, frozenset.union)):
            for left, right in self.splits(text, word):
                found |= {join(one, other) for one in self.conditions(left) for other in self.conditions(right)}
        if (atom := self.atom(text)) is not None:
            found.add(true_on(atom))
        return frozenset(found)

    def atom(self, text):
        if text in ("the customer is locked", "客户已锁定"):
            return lambda row: row[3]
        if text in ("the customer is not locked", "客户未锁定"):
            return lambda row: not row[3]
        head = re.match(r"the customer's ([pqt]) | *客户的 ([pqt]) ", text)
        if head is None:
            return None
        at, said = "pqt".index(head[1] or head[2]), text[head.end() :]
        for english, chinese, compare in COMPARED.values():
            word = english + " " if self.en else chinese
            if re.fullmatch(rf"{word} ?(\d)", said):
                number = int(said[-1])
                return lambda row, compare=compare, number=number: compare(row[at], number)
        texts = re.findall("“(.)”", said)
        frame = re.sub("“.”", "_", said)
        if frame in ("is _", "is _ or _", "is _, _ or _", "为_", "为_或_", "为_、_或_"):
            return lambda row: row[at] in texts
        if frame in ("is not _", "is none of _ and _", "is none of _, _ and _"):
            return lambda row: row[at] not in texts
        if frame in ("不为_", "不是_和_中的任何一个", "不是_、_和_中的任何一个"):
            return lambda row: row[at] not in texts
        numbers = [int(one) for one in re.findall(r"\d", said)]
        frame = re.sub(r" ?\d ?", "#", said) if not self.en else re.sub(r"\d", "#", said)
        if frame in ("is at least # and at most #", "不低于#且不高于#"):
            return lambda row: numbers[0] <= row[at] <= numbers[1]
        if frame in ("is less than # or more than #", "低于#或高于#"):
            return lambda row: row[at] < numbers[0] or row[at] > numbers[1]
        return None

    def _values(self, text):
        """Read arithmetic: times before plus and minus, those from left to right; no other rule is known."""
        text = text.strip()
        if (inner := self.enclosed(text)) is not None:
            return self.values(inner)
        found = set()
        if re.fullmatch(r"\d", text):
            found.add(tuple(Fraction(text) for _ in ROWS))
        if head := re.fullmatch(r"(?:the customer's|客户的) ([pq])", text):
            found.add(tuple(Fraction(row["pq".index(head[1])]) for row in ROWS))
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


def applied(of, one, other):
    """Return a result that is blank where a value is, or where it is divided by nothing."""
    try:
        return None if one is None or other is None else of(one, other)
    except ZeroDivisionError:
        return None


def chosen(choose, *values):
    return choose((one for one in values if one is not None), default=None)


@given(drawn=DRAWN)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_condition_in_words_can_be_read_in_one_way_only_and_means_the_same(code, drawn):
    expression, rows = drawn
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
    st.integers(0, 9).map(lambda number: (str(number), tuple(Fraction(number) for _ in ROWS))),
    st.sampled_from("pq").map(
        lambda column: (f"customer.{column}", tuple(Fraction(row[NUMBER_COLUMNS[column]]) for row in ROWS))
    ),
)


def computed(sign, one, other):
    if sign in ARITHMETIC:
        values = tuple(applied(ARITHMETIC[sign], *two) for two in zip(one[1], other[1], strict=True))
        return f"({one[0]}) {sign} ({other[0]})", values
    choose = {"least": min, "greatest": max}[sign]
    return f"{sign}({one[0]}, {other[0]})", tuple(chosen(choose, *two) for two in zip(one[1], other[1], strict=True))


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
