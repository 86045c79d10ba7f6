"""Gives every expression its kind, and writes it anew: only our templates, quoted names and literals remain.

All numbers are double precision: ``/`` never truncates (``1 / 2`` is 0.5; ``//`` rounds down) and whole numbers
cannot overflow. Dividing by zero gives NULL, as do a root or a logarithm that does not exist. A date plus a number
is that many days later; the difference of two dates is a number of days. Dates carry no time of day. ``least`` and
``greatest`` ignore NULLs, ``concat`` reads them as ''. Texts compare with case; a text written like a date is a date
beside a date.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlglot import exp

from models.expression.grammar import ExpressionError, offset
from models.expression.vocabulary import (
    ARITHMETIC,
    CALLED,
    COMPARISONS,
    NUMBER_TYPES,
    PARTS,
    PARTS_OF_DATE,
    PLAIN,
    SPANS,
    SQL_TYPES,
    TEXT_TYPES,
    UNITS,
    WHOLE_TYPES,
    Kind,
    Plain,
)


@dataclass(frozen=True)
class Written:
    """A (sub)expression written anew: its SQL, its kind, and the text of a plain text literal."""

    sql: str
    kind: Kind
    literal: str | None = None


def write(tree: exp.Expr, column: Callable[[exp.Column | exp.Anonymous], Written]) -> Written:
    """Write a proven tree as SQL and tell its kind.

    ``column`` writes a column or a ``skill(…)`` test: it knows the org.

    Raises
    ------
    ExpressionError
        When the kinds do not fit: text plus a number, a date compared with a flag.
    """
    return _Writer(column).write(tree)


class _Writer:
    """One walk over a tree."""

    def __init__(self, column: Callable[[exp.Column | exp.Anonymous], Written]) -> None:
        self.column = column

    def write(self, node: exp.Expr) -> Written:
        kind = type(node)
        if kind in PLAIN:
            return self._plain(node, PLAIN[kind])
        if kind in ARITHMETIC:
            return Written(ARITHMETIC[kind].format(*self._numbers(node, "this", "expression")), "number")
        if kind in COMPARISONS:
            left, right = self._alike(node, [node.this, node.expression])
            return Written(f"({left.sql} {COMPARISONS[kind]} {right.sql})", "flag")
        if kind in PARTS_OF_DATE:
            return self._part(node, PARTS_OF_DATE[kind], node.this)
        if isinstance(node, exp.Anonymous) and node.name.lower() == "date_part":
            return self._date_part(node)
        if isinstance(node, exp.Column | exp.Anonymous):
            return self.column(node)
        writer: Callable[[exp.Expr], Written] = getattr(self, f"_{kind.__name__.lower()}")
        return writer(node)

    def _plain(self, node: exp.Expr, function: Plain) -> Written:
        given = [node.args[name] for name in function.arguments if node.args.get(name) is not None]
        template = function.sql[len(given) - 1] if 0 < len(given) <= len(function.sql) else ""
        if not template:
            raise ExpressionError(
                "This function needs another number of arguments", found=_shown(node), column=offset(node)
            )
        written = [self._as(one, kind) for one, kind in zip(given, function.kinds, strict=False)]
        return Written(template.format(*(one.sql for one in written)), function.result)

    # literals

    def _literal(self, node: exp.Expr) -> Written:
        text = str(node.this)
        if node.args.get("is_string"):
            return Written(_quoted(text), "text", literal=text)
        value = float(text)
        if not math.isfinite(value):
            raise ExpressionError("The number is too large", found=text, column=offset(node))
        shown = repr(value)
        return Written(shown if "e" in shown else shown + "e0", "number")

    def _boolean(self, node: exp.Expr) -> Written:
        return Written("TRUE" if node.this else "FALSE", "flag")

    def _null(self, node: exp.Expr) -> Written:
        return Written("NULL", "null")

    def _paren(self, node: exp.Expr) -> Written:
        return self.write(node.this)

    # dates

    def _add(self, node: exp.Expr) -> Written:
        left, right = self.write(node.this), self.write(node.expression)
        if right.kind == "date" and left.kind != "date":
            left, right = right, left
        return self._shifted(node, left, right, "+")

    def _sub(self, node: exp.Expr) -> Written:
        left, right = self.write(node.this), self.write(node.expression)
        if left.kind == "date" and right.literal is not None:
            right = _date_of(right) or right
        if left.kind == right.kind == "date":
            return Written(f"CAST(({left.sql} - {right.sql}) AS DOUBLE)", "number")
        return self._shifted(node, left, right, "-")

    def _dateadd(self, node: exp.Expr) -> Written:
        return self._shifted(node, self._as(node.this, "date"), self.write(node.expression), "+")

    def _datesub(self, node: exp.Expr) -> Written:
        return self._shifted(node, self._as(node.this, "date"), self.write(node.expression), "-")

    def _shifted(self, node: exp.Expr, left: Written, right: Written, sign: str) -> Written:
        if left.kind == "date" and right.kind in ("number", "null"):
            return Written(f"({left.sql} {sign} CAST({right.sql} AS INTEGER))", "date")
        if left.kind == "date" and right.kind == "span":
            return Written(f"CAST(({left.sql} {sign} {right.sql}) AS DATE)", "date")
        for one in (left, right):
            if one.kind not in ("number", "null"):
                raise _unfit(node, one.kind, "numbers, or a date and a number of days")
        return Written(f"(CAST({left.sql} AS DOUBLE) {sign} CAST({right.sql} AS DOUBLE))", "number")

    def _interval(self, node: exp.Expr) -> Written:
        unit = str(node.args["unit"].name if node.args.get("unit") else "").lower().removesuffix("s")
        if unit not in SPANS or node.this is None:
            raise ExpressionError(
                "This span of time cannot be read",
                found=_shown(node),
                expected="interval 45 day (week, month, quarter, year)",
                column=offset(node),
            )
        written = self.write(node.this)
        if written.literal is not None:
            try:
                written = Written(f"{float(written.literal)!r}", "number")
            except ValueError:
                raise _unfit(node, "text", "a number of days, weeks, months, quarters or years") from None
        if written.kind not in ("number", "null"):
            raise _unfit(node, written.kind, "a number")
        return Written(SPANS[unit].format(f"CAST({written.sql} AS INTEGER)"), "span")

    def _part(self, node: exp.Expr, part: str, of: exp.Expr) -> Written:
        if part not in PARTS:
            raise ExpressionError("Unknown part of a date", found=part, expected=", ".join(PARTS), column=offset(node))
        return Written(f"CAST(date_part('{part}', {self._as(of, 'date').sql}) AS DOUBLE)", "number")

    def _date_part(self, node: exp.Anonymous) -> Written:
        arguments = node.expressions
        if len(arguments) != 2 or not isinstance(arguments[0], exp.Literal):
            raise ExpressionError(
                "date_part needs a part and a date",
                found=_shown(node),
                hint="Try date_part('month', customer.next_renewal)",
                column=offset(node),
            )
        return self._part(node, arguments[0].name.lower(), arguments[1])

    def _extract(self, node: exp.Expr) -> Written:
        return self._part(node, node.this.name.lower(), node.expression)

    def _datediff(self, node: exp.Expr) -> Written:
        until, since = self._as(node.this, "date").sql, self._as(node.expression, "date").sql
        return Written(f"CAST(date_diff('{self._unit(node)}', {since}, {until}) AS DOUBLE)", "number")

    def _timestamptrunc(self, node: exp.Expr) -> Written:
        return Written(f"CAST(date_trunc('{self._unit(node)}', {self._as(node.this, 'date').sql}) AS DATE)", "date")

    _datetrunc = _timestamptrunc

    def _unit(self, node: exp.Expr) -> str:
        unit = str(node.args["unit"].name if node.args.get("unit") else "").lower().removesuffix("s")
        if unit not in UNITS:
            raise ExpressionError("Unknown unit of time", found=unit, expected=", ".join(UNITS), column=offset(node))
        return unit

    # conditions

    def _and(self, node: exp.Expr) -> Written:
        word = "AND" if isinstance(node, exp.And) else "OR"
        return Written("(" + f" {word} ".join(self._as(one, "flag").sql for one in node.flatten()) + ")", "flag")

    _or = _and

    def _not(self, node: exp.Expr) -> Written:
        return Written(f"(NOT {self._as(node.this, 'flag').sql})", "flag")

    def _is(self, node: exp.Expr) -> Written:
        right = node.expression
        if isinstance(right, exp.Null):
            return Written(f"({self.write(node.this).sql} IS NULL)", "flag")
        if isinstance(right, exp.Boolean):
            answer = "TRUE" if right.this else "FALSE"
            return Written(f"({self._as(node.this, 'flag').sql} IS {answer})", "flag")
        raise ExpressionError("IS goes with NULL, TRUE or FALSE", found=_shown(node), hint="Try =", column=offset(node))

    def _in(self, node: exp.Expr) -> Written:
        if not node.expressions:
            raise ExpressionError("IN needs a list", found=_shown(node), hint="Try in ('a', 'b')", column=offset(node))
        one, *others = self._alike(node, [node.this, *node.expressions])
        return Written(f"({one.sql} IN ({', '.join(other.sql for other in others)}))", "flag")

    def _between(self, node: exp.Expr) -> Written:
        one, low, high = self._alike(node, [node.this, node.args["low"], node.args["high"]])
        return Written(f"({one.sql} BETWEEN {low.sql} AND {high.sql})", "flag")

    def _like(self, node: exp.Expr) -> Written:
        word = "LIKE" if isinstance(node, exp.Like) else "ILIKE"
        left, right = self._as(node.this, "text"), self._as(node.expression, "text")
        negated = "NOT " if node.args.get("negate") else ""
        return Written(f"({left.sql} {negated}{word} {right.sql})", "flag")

    _ilike = _like

    # choices

    def _case(self, node: exp.Expr) -> Written:
        branches = node.args["ifs"]
        default = [node.args["default"]] if node.args.get("default") else []
        answers = self._alike(node, [*(one.args["true"] for one in branches), *default])
        if node.this is not None:
            asked, *keys = (one.sql for one in self._alike(node, [node.this, *(one.this for one in branches)]))
            whens = [f"WHEN {key}" for key in keys]
        else:
            asked, whens = "", [f"WHEN {self._as(one.this, 'flag').sql}" for one in branches]
        body = " ".join(f"{when} THEN {answer.sql}" for when, answer in zip(whens, answers, strict=False))
        last = f" ELSE {answers[-1].sql}" if default else ""
        return Written(f"(CASE {asked} {body}{last} END)", _common(answers))

    def _if(self, node: exp.Expr) -> Written:
        otherwise = node.args.get("false") or exp.Null()
        yes, no = self._alike(node, [node.args["true"], otherwise])
        return Written(
            f"(CASE WHEN {self._as(node.this, 'flag').sql} THEN {yes.sql} ELSE {no.sql} END)",
            _common([yes, no]),
        )

    def _coalesce(self, node: exp.Expr) -> Written:
        written = self._alike(node, [node.this, *node.expressions])
        return Written(f"{type(node).__name__.lower()}({', '.join(one.sql for one in written)})", _common(written))

    _least = _coalesce
    _greatest = _coalesce

    def _nullif(self, node: exp.Expr) -> Written:
        left, right = self._alike(node, [node.this, node.expression])
        return Written(f"nullif({left.sql}, {right.sql})", left.kind)

    # text

    def _trim(self, node: exp.Expr) -> Written:
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position")), "trim")
        return Written(f"{name}({self._as(node.this, 'text').sql})", "text")

    def _concat(self, node: exp.Expr) -> Written:
        written = [self.write(one) for one in node.expressions]
        return Written(f"concat({', '.join(self._as_text(node, one) for one in written)})", "text")

    def _as_text(self, node: exp.Expr, one: Written) -> str:
        """Write a value of any kind as text; 3 is '3', not '3.0'."""
        if one.kind == "span":
            raise _unfit(node, one.kind, "text")
        text = one.sql if one.kind == "text" else f"CAST({one.sql} AS VARCHAR)"
        return f"regexp_replace({text}, '[.]0$', '')" if one.kind == "number" else text

    # casts

    def _cast(self, node: exp.Expr) -> Written:
        word = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
        target, one = str(node.args["to"].this.name), self.write(node.this)
        if target in NUMBER_TYPES and one.kind in ("number", "text", "flag", "null"):
            return Written(f"nullif({word}({one.sql} AS DOUBLE), 'nan'::DOUBLE)", "number")
        if target in WHOLE_TYPES and one.kind in ("number", "text", "flag", "null"):
            return Written(f"CAST({word}({one.sql} AS BIGINT) AS DOUBLE)", "number")
        if target in TEXT_TYPES:
            return Written(self._as_text(node, one), "text")
        if target == "DATE" and one.kind in ("text", "date", "null"):
            return Written(f"{word}({one.sql} AS DATE)", "date")
        if target == "BOOLEAN" and one.kind in ("text", "flag", "number", "null"):
            return Written(f"{word}({one.sql} AS BOOLEAN)", "flag")
        raise ExpressionError(
            "This cast is not available",
            found=f"{CALLED[one.kind]} cast to {target.lower()}",
            expected="double, bigint, varchar, boolean or date",
            column=offset(node),
        )

    _trycast = _cast

    # kinds

    def _as(self, node: exp.Expr, kind: Kind) -> Written:
        written = self.write(node)
        if kind == "date" and written.literal is not None:
            written = _date_of(written) or written
        if written.kind not in (kind, "null"):
            raise _unfit(node, written.kind, CALLED[kind])
        return written if written.kind != "null" else Written(f"CAST({written.sql} AS {SQL_TYPES[kind]})", kind)

    def _numbers(self, node: exp.Expr, *arguments: str) -> Iterable[str]:
        return [self._as(node.args[name], "number").sql for name in arguments]

    def _alike(self, node: exp.Expr, nodes: list[exp.Expr]) -> list[Written]:
        """Write several that must be of one kind; texts beside a date are read as dates."""
        written = [self.write(one) for one in nodes]
        if any(one.kind == "date" for one in written):
            written = [_date_of(one) or one for one in written]
        kinds = {one.kind for one in written} - {"null"}
        if len(kinds) > 1 or "span" in kinds:
            names = " with ".join(CALLED[kind] for kind in dict.fromkeys(w.kind for w in written) if kind != "null")
            raise ExpressionError(
                "Different kinds of values are mixed",
                found=f"{names} in {_shown(node)}",
                expected="the same kind on both sides",
                hint=_mixing_hint(kinds),
                column=offset(node),
            )
        return written


def _common(written: list[Written]) -> Kind:
    return next((one.kind for one in written if one.kind != "null"), "null")


def _date_of(written: Written) -> Written | None:
    """Read a text literal as a date, or return None."""
    if written.literal is None:
        return None
    try:
        day = dt.date.fromisoformat(written.literal.strip())
    except ValueError:
        return None
    return date_literal(day)


def date_literal(day: dt.date) -> Written:
    """Write a date."""
    return Written(f"CAST('{day.isoformat()}' AS DATE)", "date")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _shown(node: exp.Expr) -> str:
    text = node.sql(dialect="duckdb", comments=False)
    return text if len(text) <= 80 else text[:77] + "…"


def _mixing_hint(kinds: Iterable[Kind]) -> str:
    mixed = set(kinds)
    if mixed == {"text", "number"}:
        return "Try quotes around the value where the column is text ('1'), none where it is a number (1)"
    if mixed == {"text", "date"}:
        return "Try a date written '2027-01-31'"
    if "flag" in mixed:
        return "Try the yes/no column alone, without a comparison"
    return "Try cast(… as double) or cast(… as date)"


def _unfit(node: exp.Expr, kind: Kind, expected: str) -> ExpressionError:
    return ExpressionError(
        "The expression mixes kinds that do not go together",
        found=f"{CALLED[kind]} in {_shown(node)}",
        expected=expected,
        hint={
            "text": "Try cast(… as double) where the text is a number",
            "number": "Try a comparison, such as > 0",
            "flag": "Try case when … then 1 else 0 end",
            "date": "Try date_diff('day', period.start, …)",
        }.get(kind),
        column=offset(node),
    )
