"""The words of an expression: every form that may occur, and how each function is written in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

Kind = Literal["number", "text", "flag", "date", "span", "null"]

CALLED: dict[Kind, str] = {
    "number": "a number",
    "text": "text",
    "flag": "yes or no",
    "date": "a date",
    "span": "a span of time",
    "null": "nothing",
}
SQL_TYPES: dict[Kind, str] = {
    "number": "DOUBLE",
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "date": "DATE",
    "span": "INTERVAL",
    "null": "VARCHAR",
}

# Every kind of node that may occur, and the arguments it may carry. Whatever is not listed is refused, so
# that a new feature of the parser can never slip through.
_OPERATORS: dict[type[exp.Expr], frozenset[str]] = {
    node: frozenset(arguments.split())
    for node, arguments in {
        exp.Add: "this expression",
        exp.Sub: "this expression",
        exp.Mul: "this expression",
        exp.Div: "this expression typed safe",
        exp.IntDiv: "this expression",
        exp.Mod: "this expression",
        exp.Pow: "this expression",
        exp.Neg: "this",
        exp.Paren: "this",
        exp.EQ: "this expression",
        exp.NEQ: "this expression",
        exp.LT: "this expression",
        exp.LTE: "this expression",
        exp.GT: "this expression",
        exp.GTE: "this expression",
        exp.NullSafeEQ: "this expression",
        exp.NullSafeNEQ: "this expression",
        exp.And: "this expression",
        exp.Or: "this expression",
        exp.Not: "this",
        exp.Is: "this expression",
        exp.In: "this expressions",
        exp.Between: "this low high",
        exp.Like: "this expression negate",
        exp.ILike: "this expression negate",
        exp.RegexpLike: "this expression",
        exp.Case: "this ifs default",
        exp.If: "this true false",
        exp.Cast: "this to",
        exp.TryCast: "this to safe",
        exp.DataType: "this nested",
        exp.Interval: "this unit",
        exp.Var: "this",
        exp.Literal: "this is_string",
        exp.Boolean: "this",
        exp.Null: "",
        exp.Column: "this table",
        exp.Identifier: "this quoted",
    }.items()
}
_FUNCTIONS: dict[type[exp.Expr], frozenset[str]] = {
    node: frozenset(arguments.split())
    for node, arguments in {
        exp.Coalesce: "this expressions",
        exp.Nullif: "this expression",
        exp.Least: "this expressions ignore_nulls",
        exp.Greatest: "this expressions ignore_nulls",
        exp.Abs: "this",
        exp.Sign: "this",
        exp.Round: "this decimals",
        exp.Floor: "this",
        exp.Ceil: "this",
        exp.Sqrt: "this",
        exp.Exp: "this",
        exp.Ln: "this",
        exp.Log: "this expression",
        exp.Lower: "this",
        exp.Upper: "this",
        exp.Trim: "this position",
        exp.Length: "this",
        exp.Left: "this expression",
        exp.Right: "this expression",
        exp.Substring: "this start length",
        exp.Replace: "this expression replacement",
        exp.Contains: "this expression",
        exp.StartsWith: "this expression",
        exp.EndsWith: "this expression",
        exp.Concat: "expressions safe coalesce",
        exp.DPipe: "this expression safe",
        exp.Year: "this",
        exp.Quarter: "this",
        exp.Month: "this",
        exp.Week: "this",
        exp.Day: "this",
        exp.DayOfWeek: "this",
        exp.DayOfYear: "this",
        exp.Extract: "this expression",
        exp.DateDiff: "this expression unit date_part_boundary",
        exp.TimestampTrunc: "this unit",
        exp.DateTrunc: "this unit",
        exp.DateAdd: "this expression",
        exp.DateSub: "this expression",
        exp.Anonymous: "this expressions",
    }.items()
}
ALLOWED = {**_OPERATORS, **_FUNCTIONS}
UNTYPED_FUNCTIONS = ("date_part", "skill")
FUNCTION_NAMES = (
    *("abs", "case", "cast", "ceil", "coalesce", "concat", "contains", "date_add", "date_diff", "date_part"),
    *(
        "date_trunc",
        "day",
        "ends_with",
        "exp",
        "extract",
        "floor",
        "greatest",
        "if",
        "ilike",
        "least",
        "left",
    ),
    *("length", "like", "ln", "log", "log10", "lower", "month", "nullif", "pow", "quarter", "regexp_matches"),
    *("replace", "right", "round", "sign", "skill", "sqrt", "starts_with", "substring", "trim", "try_cast"),
    *("upper", "week", "year"),
)

SPANS = {
    "day": "to_days({})",
    "week": "to_days(7 * {})",
    "month": "to_months({})",
    "quarter": "to_months(3 * {})",
    "year": "to_years({})",
}
UNITS = ("day", "week", "month", "quarter", "year")
PARTS = (*UNITS, "dayofweek", "dow", "isodow", "dayofyear", "doy")
NUMBER_TYPES = {"DOUBLE", "FLOAT", "DECIMAL", "UDECIMAL", "BIGDECIMAL"}
WHOLE_TYPES = {"INT", "BIGINT", "SMALLINT", "TINYINT", "UINT", "UBIGINT", "INT128"}
TEXT_TYPES = {"TEXT", "VARCHAR", "CHAR"}
CAST_TYPES = NUMBER_TYPES | WHOLE_TYPES | TEXT_TYPES | {"BOOLEAN", "DATE"}

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}
ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Mul: "({0} * {1})",
    exp.Div: "({0} / nullif({1}, 0e0))",
    exp.IntDiv: "floor({0} / nullif({1}, 0e0))",
    exp.Mod: "({0} % nullif({1}, 0e0))",
    exp.Pow: "nullif(pow({0}, {1}), 'nan'::DOUBLE)",
}
PARTS_OF_DATE: dict[type[exp.Expr], str] = {
    exp.Year: "year",
    exp.Quarter: "quarter",
    exp.Month: "month",
    exp.Week: "week",
    exp.Day: "day",
    exp.DayOfWeek: "dow",
    exp.DayOfYear: "doy",
}


@dataclass(frozen=True)
class Plain:
    """A function with fixed kinds: its arguments in the tree, their kinds, the result, the SQL."""

    arguments: tuple[str, ...]
    kinds: tuple[Kind, ...]
    result: Kind
    sql: tuple[str, ...]


def _plain(arguments: str, kinds: str, result: Kind, *sql: str) -> Plain:
    of: dict[str, Kind] = {"n": "number", "t": "text"}
    return Plain(tuple(arguments.split()), tuple(of[k] for k in kinds), result, sql)


# The last arguments may be left out: ``sql`` lists one template per number of arguments, the shortest first.
PLAIN: dict[type[exp.Expr], Plain] = {
    exp.Neg: _plain("this", "n", "number", "(- {0})"),
    exp.Abs: _plain("this", "n", "number", "abs({0})"),
    exp.Sign: _plain("this", "n", "number", "CAST(sign({0}) AS DOUBLE)"),
    exp.Round: _plain("this decimals", "nn", "number", "round({0})", "round({0}, CAST({1} AS INTEGER))"),
    exp.Floor: _plain("this", "n", "number", "floor({0})"),
    exp.Ceil: _plain("this", "n", "number", "ceil({0})"),
    exp.Sqrt: _plain("this", "n", "number", "nullif(sqrt({0}), 'nan'::DOUBLE)"),
    exp.Exp: _plain("this", "n", "number", "exp({0})"),
    exp.Ln: _plain("this", "n", "number", "nullif(ln(nullif({0}, 0e0)), 'nan'::DOUBLE)"),
    exp.Log: _plain(
        "this expression",
        "nn",
        "number",
        "nullif(log10(nullif({0}, 0e0)), 'nan'::DOUBLE)",
        "nullif(log(nullif({0}, 0e0), nullif({1}, 0e0)), 'nan'::DOUBLE)",
    ),
    exp.Lower: _plain("this", "t", "text", "lower({0})"),
    exp.Upper: _plain("this", "t", "text", "upper({0})"),
    exp.Length: _plain("this", "t", "number", "CAST(length({0}) AS DOUBLE)"),
    exp.Left: _plain("this expression", "tn", "text", "", "left({0}, CAST({1} AS BIGINT))"),
    exp.Right: _plain("this expression", "tn", "text", "", "right({0}, CAST({1} AS BIGINT))"),
    exp.Substring: _plain(
        "this start length",
        "tnn",
        "text",
        "",
        "substring({0}, CAST({1} AS BIGINT))",
        "substring({0}, CAST({1} AS BIGINT), CAST({2} AS BIGINT))",
    ),
    exp.Replace: _plain("this expression replacement", "ttt", "text", "", "", "replace({0}, {1}, {2})"),
    exp.Contains: _plain("this expression", "tt", "flag", "", "contains({0}, {1})"),
    exp.StartsWith: _plain("this expression", "tt", "flag", "", "starts_with({0}, {1})"),
    exp.EndsWith: _plain("this expression", "tt", "flag", "", "ends_with({0}, {1})"),
    exp.RegexpLike: _plain("this expression", "tt", "flag", "", "regexp_matches({0}, {1})"),
    exp.DPipe: _plain("this expression", "tt", "text", "", "({0} || {1})"),
}
