"""What expressions come to on a few customers and reps."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

from models.expression import ExpressionError, Expressions, evaluation, parse
from models.findings import InputRefused
from models.org import Org, Period
from models.policy import Policy

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["C1", "C2", "C3"],
        "tier": ["A", None, "C"],
        "industry": ["Cloud", "steel", None],
        "required_skills": ["cloud:2;german", None, "steel"],
        "workload_hours": [40.0, np.nan, 30.0],
        "locked": [True, False, False],
        "owner_id": ["ana", None, "bob"],
        "owner_id_service": [None, "eve", "ana"],
        "owner_since": pd.to_datetime(["2023-01-01", None, "2027-06-01"]),
        "owner_since_service": pd.to_datetime([None, "2026-01-01", None]),
        "next_renewal": pd.to_datetime(["2027-01-31 17:30", None, "2027-05-01 00:00"]),
        "vip": pd.array([True, None, False], dtype="boolean"),
        "annual spend": [1.0, 2.0, 3.0],
        "potential": [0.0, 0.0, 0.0],
        "notes": [None, None, None],
    }
)
REPS = pd.DataFrame(
    {
        "rep_id": ["ana", "bob"],
        "seniority": [3.0, np.nan],
        "skills": ["cloud:3;steel:2", None],
        "share": [1.0, 0.5],
        "team": ["west", None],
    }
)
PAIRS = pd.DataFrame({"customer_id": ["C3", "C1"], "rep_id": ["ana", "bob"], "drive_minutes": [20.0, 10.0]})
REGIONS = pd.DataFrame({"region": ["west", "east"], "limit_hours": [100.0, np.nan]})


def org_of(customers=CUSTOMERS, reps=REPS, pairs=PAIRS, regions=REGIONS):
    tables = {"customers": customers, "reps": reps, "pairs": pairs, "regions": regions}
    given = {name: frozenset(table.columns) for name, table in tables.items() if table is not None}
    given["customers"] -= {"potential"}
    period = Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31))
    return Org(customers, reps, period, pairs=pairs, regions=regions, given=given)


@pytest.fixture
def expressions():
    with Expressions(org_of(), Policy.model_validate({"roles": {"sales": {}, "service": {}}})) as evaluator:
        yield evaluator


def one(expressions, text):
    """Return what a text without columns comes to."""
    values = expressions.customers(text)
    return None if values.missing[0] else values.data[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 2", 0.5),
        ("7 // 2", 3.0),
        ("7 % 4", 3.0),
        ("mod(7, 4)", 3.0),
        ("2 ** 3", 8.0),
        ("2 ^ 3", 8.0),
        ("1 / 0", None),
        ("2000000000 * 2000000000", 4e18),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("-(3)", -3.0),
        ("1 + null", None),
        ("abs(-2)", 2.0),
        ("sign(-2)", -1.0),
        ("sqrt(-1) > 5", None),
        ("ln(0)", None),
        ("ln(-1) is null", True),
        ("log(2, -1)", None),
        ("cast('nan' as double) > 0", None),
        ("round(2.567, 1)", 2.6),
        ("round(2.5)", 3.0),
        ("floor(2.7)", 2.0),
        ("ceil(2.1)", 3.0),
        ("sqrt(9)", 3.0),
        ("exp(0)", 1.0),
        ("ln(1)", 0.0),
        ("log(100)", 2.0),
        ("log(2, 8)", 3.0),
        ("log10(1000)", 3.0),
        ("pow(2, 3)", 8.0),
        ("least(3, null, 1)", 1.0),
        ("greatest(3, null, 1)", 3.0),
        ("coalesce(null, 3)", 3.0),
        ("ifnull(null, 3)", 3.0),
        ("nullif(3, 3)", None),
        ("if(true, 1, 2)", 1.0),
        ("case when false then 1 end", None),
        ("case 2 when 1 then 'a' when 2 then 'b' else 'c' end", "b"),
        ("lower('AbC')", "abc"),
        ("upper('abc')", "ABC"),
        ("trim('  x ')", "x"),
        ("ltrim('  x ')", "x "),
        ("rtrim('  x ')", "  x"),
        ("length('abc')", 3.0),
        ("left('abc', 2)", "ab"),
        ("right('abc', 2)", "bc"),
        ("substring('abc', 2)", "bc"),
        ("substring('abc', 2, 1)", "b"),
        ("replace('abc', 'b', 'x')", "axc"),
        ("contains('abc', 'b')", True),
        ("starts_with('abc', 'a')", True),
        ("ends_with('abc', 'a')", False),
        ("regexp_matches('abc', '^a.c$')", True),
        ("'abc' like 'a%'", True),
        ("'abc' not like 'a%'", False),
        ("'ABC' ilike 'a%'", True),
        ("'a' || 'b'", "ab"),
        ("concat('a', null, 1, '-', 2.5)", "a1-2.5"),
        ("cast(3 as varchar)", "3"),
        ("cast('2.5' as double)", 2.5),
        ("try_cast('x' as double)", None),
        ("cast(true as int)", 1.0),
        ("cast('true' as boolean)", True),
        ("2 between 1 and 3", True),
        ("2 not between 1 and 3", False),
        ("2 in (1, 2)", True),
        ("2 not in (1, 2)", False),
        ("null is null", True),
        ("1 is not null", True),
        ("(1 = 1) is true", True),
        ("1 is distinct from null", True),
        ("not true or true and false", False),
        ("period.start + 45", np.datetime64("2027-02-15")),
        ("45 + period.start", np.datetime64("2027-02-15")),
        ("period.end - 1", np.datetime64("2027-03-30")),
        ("period.end - period.start", 89.0),
        ("period.start + interval 2 month", np.datetime64("2027-03-01")),
        ("period.start - interval '2 weeks'", np.datetime64("2026-12-18")),
        ("date_add(period.start, interval 1 year)", np.datetime64("2028-01-01")),
        ("date_diff('month', period.start, period.end)", 2.0),
        ("datediff('day', period.start, period.end)", 89.0),
        ("date_trunc('quarter', period.end)", np.datetime64("2027-01-01")),
        ("date_part('year', period.end)", 2027.0),
        ("extract(month from period.end)", 3.0),
        ("year(period.end) + quarter(period.end) + month(period.end) + day(period.end)", 2062.0),
        ("period.end > '2027-03-30'", True),
        ("period.start = date '2027-01-01'", True),
        ("cast('2027-01-01' as date) = period.start", True),
        ("period.end - '2027-03-30'", 1.0),
    ],
)
def test_every_form_comes_to_what_a_user_expects(expressions, text, value):
    found = one(expressions, text)
    assert found == pytest.approx(value) if isinstance(value, float) else found == value


def test_a_blank_is_null_and_null_holds_no_condition(expressions):
    assert expressions.customers("customer.tier = 'A'").true().tolist() == [True, False, False]
    assert expressions.customers("customer.tier <> 'A'").true().tolist() == [False, False, True]
    assert expressions.customers("customer.tier is null").true().tolist() == [False, True, False]
    assert expressions.customers("customer.vip").missing.tolist() == [False, True, False]
    assert expressions.customers("customer.vip").true().tolist() == [True, False, False]
    hours = expressions.customers("customer.workload_hours * 2")
    np.testing.assert_array_equal(hours.numbers(), [80.0, np.nan, 60.0])
    assert hours.missing.tolist() == [False, True, False]
    assert expressions.customers("customer.notes").missing.all()
    assert expressions.customers("coalesce(customer.notes, 'none')").text().tolist() == ["none"] * 3


def test_a_date_has_no_time_of_day_so_the_last_day_counts(expressions):
    due = expressions.customers("customer.next_renewal between period.start and period.start + 30")
    assert due.true().tolist() == [True, False, False]


def test_tenure_and_owner_are_those_of_the_role(expressions):
    sales = expressions.customers("customer.tenure_years", role="sales").numbers()
    np.testing.assert_allclose(sales, [1461 / 365.25, 0.0, 0.0])
    service = expressions.customers("customer.tenure_years", role="service").numbers()
    np.testing.assert_allclose(service, [0.0, 365 / 365.25, 0.0])
    assert expressions.customers("customer.owner_id").text().tolist() == ["ana", None, "bob"]
    assert expressions.customers("customer.owner_id", role="service").text().tolist() == [None, "eve", "ana"]
    assert expressions.customers("customer.owner_id_service").text().tolist() == [None, "eve", "ana"]


def test_names_may_be_written_in_any_case_and_with_spaces_in_quotes(expressions):
    assert expressions.customers("CUSTOMER.Tier = 'A'").true().tolist() == [True, False, False]
    assert expressions.customers('customer."annual spend"').numbers().tolist() == [1.0, 2.0, 3.0]


def test_skills_have_levels_and_a_missing_one_is_zero(expressions):
    assert expressions.reps("skill(rep, 'Cloud')").numbers().tolist() == [3.0, 0.0]
    assert expressions.customers("skill(customer, 'cloud')").numbers().tolist() == [2.0, 0.0, 0.0]
    customers, reps = np.array([0, 1, 2, 0, 0]), np.array([0, 0, 0, 1, -1])
    levels = expressions.pairs("skill(rep, customer.industry)", customers, reps).numbers()
    np.testing.assert_array_equal(levels, [3.0, 2.0, 0.0, 0.0, np.nan])
    enough = expressions.pairs("skill(rep, 'cloud') >= skill(customer, 'cloud')", customers, reps)
    assert enough.true().tolist() == [True, True, True, False, False]


PAIR_TEXTS = [
    "1",
    "customer.workload_hours",
    "rep.seniority",
    "customer.tier = 'A' and rep.seniority >= 3",
    "pair.drive_minutes",
    "coalesce(pair.drive_minutes, 99) * rep.share + customer.workload_hours",
    "skill(rep, customer.industry) + coalesce(pair.drive_minutes, 0)",
    "concat(customer.tier, rep.team)",
    "rep.rep_id is null",
    "date_diff('day', period.start, customer.next_renewal) * rep.share",
]


@pytest.mark.parametrize("text", PAIR_TEXTS)
def test_pairs_come_to_the_same_one_by_one_and_in_bulk(expressions, text, monkeypatch):
    rng = np.random.default_rng(7)
    customers, reps = rng.integers(0, 3, 200), rng.integers(-1, 2, 200)
    bulk = expressions.pairs(text, customers, reps).text()
    single = [expressions.pairs(text, customers[i : i + 1], reps[i : i + 1]).text()[0] for i in range(200)]
    assert bulk.tolist() == single
    monkeypatch.setattr(evaluation, "CHUNK", 7)
    assert expressions.pairs(text, customers, reps).text().tolist() == single
    assert len(expressions.pairs(text, customers[:0], reps[:0])) == 0


def test_pair_columns_are_null_for_nobody_and_for_a_pair_that_is_not_listed(expressions):
    minutes = expressions.pairs("pair.drive_minutes", np.array([2, 0, 0, 2]), np.array([0, 1, 0, -1])).numbers()
    np.testing.assert_array_equal(minutes, [20.0, 10.0, np.nan, np.nan])
    without = Expressions(org_of(pairs=None), Policy())
    with pytest.raises(ExpressionError, match="There is no table of pairs"):
        without.pairs("pair.drive_minutes", np.array([0]), np.array([0]))


def test_an_expression_that_fails_only_on_pairs_that_are_not_asked_for_does_not_fail(expressions):
    text = "cast(case when customer.tier = 'A' then concat('x', rep.team) else '1' end as double)"
    assert expressions.pairs(text, np.array([1, 2]), np.array([0, 1])).numbers().tolist() == [1.0, 1.0]
    with pytest.raises(ExpressionError, match="cannot be evaluated"):
        expressions.pairs(text, np.array([0, 1, 2]), np.array([0, 0, 0]))


def test_a_value_that_fails_only_on_some_row_refuses_the_input_and_names_its_line():
    text = "cast(customer.tier as integer) > 1"
    policy = Policy.model_validate({"keep": {"groups": [{"name": "key ones", "when": f" {text} ", "max": 1}]}})
    with Expressions(org_of(), policy) as expressions, pytest.raises(InputRefused) as refused:
        expressions.customers(text)
    (finding,) = refused.value.findings
    assert (finding.code, finding.place.path) == ("TP210", "keep.groups[key ones].when")
    assert finding.found == text
    assert finding.hint.startswith("Try try_cast")


def test_regions_have_columns_of_their_own(expressions):
    np.testing.assert_array_equal(expressions.regions("region.limit_hours / 2").numbers(), [50.0, np.nan])


def test_an_empty_table_gives_no_values_rather_than_an_error():
    with Expressions(org_of(customers=CUSTOMERS[:0], reps=REPS[:0], pairs=PAIRS[:0]), Policy()) as empty:
        assert len(empty.customers("customer.workload_hours > 1 and customer.locked")) == 0
        assert len(empty.reps("skill(rep, 'cloud') > 1")) == 0
        assert len(empty.pairs("pair.drive_minutes + rep.share", np.empty(0, int), np.empty(0, int))) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer.teir = 'A'", "Try customer.tier"),
        ("customer.senority", "Try"),
        ("customer.seniority", "Try rep.seniority"),
        ("custmer.tier", "Try customer.tier"),
        ("tier = 'A'", "Try customer.tier"),
        ("customer.potential > 1", "Try to add the column to customers"),
        ("customer.tier + 1", "text in customer.tier + 1"),
        ("'a' + 1", "numbers"),
        ("customer.tier = 1", "Try quotes"),
        ("customer.workload_hours = '40'", "Try quotes"),
        ("customer.locked = 'yes'", "Try the yes/no column alone"),
        ("customer.locked + 1", "case when"),
        ("customer.tier and true", "yes or no"),
        ("customer.workload_hours and true", "Try a comparison"),
        ("customer.next_renewal > 'soon'", "2027-01-31"),
        ("customer.next_renewal * 2", "date"),
        ("sum(customer.workload_hours)", "one customer, rep or pair at a time"),
        ("lowr(customer.tier)", "Try 'lower'"),
        ("skill(rep, 'x', 'y')", "skill(rep, 'cloud')"),
        ("skill(customer)", "skill(rep, 'cloud')"),
        ("today()", "period.start"),
        ("period.begin", "period.start or period.end"),
        ("cast(customer.tier as double)", "Could not convert"),
        ("interval 3 day", "span of time"),
        ("customer.tier is 'A'", "Try ="),
        ("date_part(customer.tier, period.start)", "date_part"),
        ("date_part('eon', period.start)", "Unknown part"),
        ("round()", "arguments|cannot be read"),
        ("regexp_matches(customer.tier, '(')", "cannot be evaluated"),
    ],
)
def test_a_mistake_is_named_with_what_to_try(expressions, text, said):
    with pytest.raises(ExpressionError, match=said if "|" in said else re.escape(said)):
        expressions.pairs(text, np.array([0, 1]), np.array([0, 1]))


def test_an_error_points_into_the_text():
    with pytest.raises(ExpressionError) as error:
        parse("1 + custmer.tier", ["customer"])
    assert error.value.column == 4
    with pytest.raises(ExpressionError) as error:
        parse("rep.seniority > 2", ["customer", "period"])
    assert error.value.hint == "Try a column of customer"


def test_values_of_the_wrong_kind_are_refused_not_converted(expressions):
    with pytest.raises(ExpressionError, match="wrong kind"):
        expressions.customers("customer.tier").numbers()
    with pytest.raises(ExpressionError, match="condition"):
        expressions.customers("customer.workload_hours").true()
    np.testing.assert_array_equal(expressions.customers("customer.vip").numbers(), [1.0, np.nan, 0.0])


def test_an_expression_tells_its_columns_and_its_kind_without_being_run(expressions):
    expression, kind = expressions.check("skill(rep, customer.industry) >= 2", ("customer", "rep"))
    assert expression.columns == {("rep", "skills"), ("customer", "industry")}
    assert kind == "flag"
    assert expression.uses("rep")
    assert not expression.uses("pair")


def test_a_bare_name_may_stand_for_a_column_of_the_named_table(expressions):
    assert expressions.customers("tier = 'A'", unqualified="customer").true().tolist() == [True, False, False]
    assert expressions.columns("customer")[:2] == ("customer_id", "tier")
    assert "tenure_years" in expressions.columns("customer")
    assert "potential" not in expressions.columns("customer")
