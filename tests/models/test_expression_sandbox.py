"""An expression looks at columns and at nothing else, whatever the text tries."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.expression import TABLES, ExpressionError, Expressions, parse
from models.org import Org, Period
from models.policy import Policy

HOSTILE = [
    "read_csv('/etc/passwd')",
    "read_text('/etc/passwd')",
    "read_parquet('x.parquet')",
    "read_blob('/etc/passwd')",
    "glob('/etc/*')",
    "getenv('HOME')",
    "current_setting('memory_limit')",
    "set_config('x', 'y')",
    "version()",
    "pg_catalog.pg_class",
    "pg_sleep(10)",
    "query('select 1')",
    "query_table('customers')",
    "nextval('x')",
    "random()",
    "now()",
    "current_date",
    "today()",
    "COPY customers TO '/tmp/x'",
    "ATTACH '/tmp/x.db'",
    "PRAGMA database_list",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 8",
    "CREATE MACRO f(x) AS x",
    "DROP TABLE customers",
    "if exists drop table customers",
    "1; drop table customers",
    "1;",
    ";1",
    "1 -- and more",
    "1 /* hidden */",
    "/* */ 1",
    "(select 1)",
    "(select max(x) from customers)",
    "exists(select 1)",
    "customer.tier in (select 'A')",
    "customer.tier = any(select 'A')",
    "(from customers)",
    "(values (1))",
    "1 union select 2",
    "1 from customers",
    "1, 2",
    "1 as x",
    "customer.*",
    "*",
    "columns('.*')",
    "count(*)",
    "sum(customer.revenue)",
    "avg(customer.revenue)",
    "max(customer.revenue)",
    "string_agg(customer.tier)",
    "row_number() over ()",
    "sum(customer.revenue) over (partition by customer.tier)",
    "lag(customer.revenue) over ()",
    "list_transform([1], x -> x)",
    "list_filter([1], lambda x: x > 0)",
    "unnest([1, 2])",
    "generate_series(1, 100000000)",
    "range(1000000000)",
    "repeat('x', 1000000000)",
    "lpad('x', 1000000000)",
    "[1, 2][1]",
    "{'a': 1}",
    "struct_pack(a := 1)",
    "$1",
    "?",
    "getvariable('x')",
    "customer.tier collate nocase",
    "customer.tier similar to 'A'",
    "main.customer.tier",
    "customer.tier.x",
    "system.main.customer.tier",
    "information_schema.tables",
    "E'abc'",
    "x'ff'",
    "cast(customer.tier as json)",
    "cast(customer.tier as integer[])",
    "1::struct(a int)",
    "'unclosed",
    '"unclosed',
    "$$ unclosed",
    "",
    "   ",
    "\x00",
    "case when",
    "not",
    "if",
    ")",
    "customer.",
    ".tier",
    "customer..tier",
]


def refusal(text):
    """Return the error that refuses the text, None when it is an expression; any other error is a defect."""
    try:
        parse(text, TABLES)
    except ExpressionError as error:
        return error
    return None


def test_nothing_but_one_scalar_expression_is_accepted():
    assert [text for text in HOSTILE if refusal(text) is None] == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200 + "1" + ")" * 200,
        "not " * 300 + "true",
        "- " * 300 + "1",
        "abs(" * 100 + "1" + ")" * 100,
        "case when true then " * 50 + "1" + " end" * 50,
        "1" + " + 1" * 5000,
        "'" + "x" * 100_000 + "'",
        "1 in (" + ", ".join(["1"] * 5000) + ")",
    ],
)
def test_endless_or_bottomless_text_is_refused_before_it_is_run(text):
    with pytest.raises(ExpressionError, match=r"too (long|deep)|cannot be read"):
        parse(text)


def test_a_chain_of_a_hundred_conditions_is_still_an_expression(expressions):
    text = " or ".join(f"customer.revenue = {number}" for number in range(90))
    assert expressions.customers(text).true().tolist() == [False, False]
    assert expressions.customers("1" + " + 1" * 150).numbers().tolist() == [151.0, 151.0]


@pytest.fixture
def expressions():
    customers = pd.DataFrame({"customer_id": ["C1", "C2"], "revenue": [100.0, None], "tier": ["A", None]})
    reps = pd.DataFrame({"rep_id": ["R1"], "share": [1.0]})
    with Expressions(
        Org(
            customers,
            reps,
            Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31)),
            given={"customers": frozenset(customers), "reps": frozenset(reps)},
        ),
        Policy(),
    ) as evaluator:
        yield evaluator


def test_even_the_database_itself_can_reach_no_file_and_unlock_nothing(expressions):
    for statement in (
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '/tmp/never-written.csv'",
        "attach '/tmp/never-written.db'",
        "install httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "select * from customers_frame_of_the_caller",
    ):
        with pytest.raises(Exception, match=r"(?i)disabled|locked|not exist|cannot|denied|permission"):
            expressions._database.execute(statement)


def test_a_quote_in_a_text_or_a_name_stays_text(expressions):
    assert expressions.customers("customer.tier = 'x'' or 1=1 --'").true().tolist() == [False, False]
    assert expressions.customers("concat('a\"; drop', customer.tier)").text().tolist() == ['a"; dropA', 'a"; drop']
    with pytest.raises(ExpressionError, match="no such column"):
        expressions.customers('customer."tier"" from x"')


@example("--")
@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from([
    "customer.tier", "customer.revenue", "rep.share", "'A'", "1", "2.5", "null", "true", "(", ")", "+", "-", "*", "/",
    "=", "<", "and", "or", "not", "in", "between", "like", "is", "case", "when", "then", "else", "end", "abs(",
    "coalesce(", "cast(", "as", "date", "double", ",", "select", "from", "if", "period.start", "interval", "day", "::",
    "[", "]", "{", "}", ".", ";", "over", "distinct", "exists", "date_diff(", "'day'",
]), max_size=14).map(" ".join))  # fmt: skip
def test_any_text_is_either_an_expression_or_a_readable_refusal(text):
    error = refusal(text)
    assert error is None or str(error)
