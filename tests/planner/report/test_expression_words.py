"""Expressions in words: what they say in either language, and that no reading of the words is another expression."""

import pytest

from planner import columns
from planner.language import language
from planner.report.policy.columns import _word
from planner.report.policy.expressions import condition_in_words, value_in_words

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
        "(the customer is not locked or the customer's tier is not “A”) and the rep's team is “北”",
        "（客户未锁定或客户的等级不为“A”），且销售代表的团队为“北”",
    ),
    (
        "pair.won > 0 and region.parent = rep.home",
        "the won of the customer with the rep is more than 0 and the region's parent is the rep's home",
        "客户与销售代表之间的 won 高于 0，且区域的上级区域为销售代表的 home",
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
        "若客户的等级为“A”，则为 3；否则若客户已锁定，则为 2；否则 1",
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
