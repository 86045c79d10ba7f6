"""Proves that a text is one scalar expression: no query, no statement, no function but those listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import TokenType

from models.expression.vocabulary import ALLOWED, CAST_TYPES, FUNCTION_NAMES, UNTYPED_FUNCTIONS
from models.findings import Finding, InputRefused, Place, did_you_mean, nearest_word

CUSTOMER, REP, PAIR, REGION, PERIOD = "customer", "rep", "pair", "region", "period"
TABLES = (CUSTOMER, REP, PAIR, REGION, PERIOD)
PERIOD_COLUMNS = ("start", "end")
SKILL_TABLES = (REP, CUSTOMER)

LONGEST = 4_000
MOST_TOKENS = 600
MOST_BRACKETS = 16
DEEPEST = 200

_CLOCK = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp)


class ExpressionError(ValueError):
    """A text that is no permitted expression, or one that cannot be evaluated on this org.

    ``title``, ``found``, ``expected`` and ``hint`` are those of a :class:`~models.findings.Finding`;
    ``column`` is the offset in the text (from 0) where the trouble starts, None when it concerns the whole.
    """

    def __init__(
        self,
        title: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        column: int | None = None,
    ) -> None:
        self.title, self.found, self.expected, self.hint, self.column = title, found, expected, hint, column
        super().__init__(str(self.finding("", Place())).strip())

    def finding(self, code: str, place: Place) -> Finding:
        """Return the error as a finding at a place of the policy."""
        return Finding(
            code,
            self.title,
            place,
            found=self.found,
            expected=self.expected,
            hint=self.hint,
            severity="error",
        )


class EvaluationFailed(ExpressionError, InputRefused):
    """An expression that is sound and yet has no value on some row: text that is cast to a number, say.

    Shows only when the rows are read, so it refuses the input by itself, wherever that happens.
    """

    def __init__(self, text: str, reason: str, path: str | None) -> None:
        hint = "Try try_cast, or case when … to leave such values out"
        super().__init__("The expression cannot be evaluated", found=text, expected=reason, hint=hint)
        self.findings = (self.finding("TP210", Place(path=path)),)


class UnqualifiedColumn(ExpressionError):
    """A column without its table: ``tier`` for ``customer.tier``."""

    def __init__(self, name: str, tables: Sequence[str], at: int | None, likely: Sequence[str] | None = None) -> None:
        self.name, self.tables = name, tuple(tables)
        hint = " or ".join(likely or [f"{table}.{name}" for table in tables if table != PERIOD])
        super().__init__(
            "A column needs its table in front",
            found=name,
            hint=f"Try {hint}; text stands in 'single quotes'",
            column=at,
        )


@dataclass(frozen=True)
class Expression:
    """A proven scalar expression: its text, its tree, and the (table, column) pairs it uses.

    A skill test counts as using the table's skill column: ``rep.skills`` or ``customer.required_skills``.
    """

    text: str
    columns: frozenset[tuple[str, str]]
    tree: exp.Expr = field(repr=False, compare=False)

    def uses(self, table: str) -> bool:
        """Tell whether the expression uses a column of ``table``."""
        return any(used == table for used, _ in self.columns)


def parse(text: str, tables: Collection[str] = TABLES, *, unqualified: str | None = None) -> Expression:
    """Read a text as one scalar expression over the columns of ``tables``.

    Parameters
    ----------
    text
        SQL in the dialect of DuckDB.
    tables
        The tables it may name, of ``customer``, ``rep``, ``pair``, ``region`` and ``period``.
    unqualified
        The table of a column without one. None: a bare column is refused.

    Raises
    ------
    ExpressionError
        When it is anything else: a query, a statement, two expressions, an unknown function, an aggregate,
        a comment.

    Examples
    --------
    >>> sorted(parse("1 + 0.5 * least(customer.tenure_years, 4)", ["customer"]).columns)
    [('customer', 'tenure_years')]
    >>> parse("read_csv('/etc/passwd')", ["customer"])
    Traceback (most recent call last):
    ...
    models.expression.grammar.ExpressionError: This function is not available: found read_csv; expected ...
    """
    if not isinstance(text, str):
        raise ExpressionError("This is no expression", found=repr(text), expected="text")
    return _parse(text, tuple(sorted(set(tables))), unqualified)


@lru_cache(maxsize=2048)
def _parse(text: str, tables: tuple[str, ...], unqualified: str | None) -> Expression:
    _check_tokens(text)
    try:
        tree = exp.maybe_parse(text, into=exp.Condition, dialect="duckdb")
        _check_nodes(tree)
        columns = frozenset(_columns(tree, tables, unqualified))
    except ParseError as error:
        raise _not_understood(text, error) from None
    except RecursionError:
        raise _too_deep(None) from None
    return Expression(text, columns, tree)


def _check_tokens(text: str) -> None:
    """Refuse what no expression needs before the parser sees it: endless text, comments, semicolons."""
    if not text.strip():
        raise ExpressionError("The expression is empty", hint="Try a condition such as customer.tier = 'A'")
    if len(text) > LONGEST:
        raise ExpressionError(
            "The expression is too long",
            found=f"{len(text):,} characters",
            expected=f"at most {LONGEST:,}",
            hint="Try to prepare the value as a column of the table",
        )
    if "\x00" in text:
        raise ExpressionError("The expression holds a character that cannot be typed", found="NUL")
    try:
        tokens = DuckDB().tokenize(text)
    except TokenError:
        raise ExpressionError(
            "The expression cannot be read",
            found=text,
            hint="Try to close every quote: text stands in 'single quotes'",
        ) from None
    if len(tokens) > MOST_TOKENS:
        raise ExpressionError(
            "The expression is too long",
            found=f"{len(tokens)} words and signs",
            expected=f"at most {MOST_TOKENS}",
            hint="Try to prepare the value as a column of the table",
        )
    if not tokens:
        raise ExpressionError("The expression holds a comment only", found=text, hint="Try a YAML comment (#)")
    depth = 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.text.lower() == "if" and (following is None or following.token_type != TokenType.L_PAREN):
            raise _not_readable(text, "if", token.start)
        if token.comments:
            raise ExpressionError("Comments do not belong in an expression", found=text, hint="Try a YAML comment (#)")
        if token.token_type == TokenType.SEMICOLON:
            raise ExpressionError("Only one expression may stand here", found=";", column=token.start)
        depth += {TokenType.L_PAREN: 1, TokenType.CASE: 1, TokenType.R_PAREN: -1, TokenType.END: -1}.get(
            token.token_type, 0
        )
        if depth > MOST_BRACKETS:
            raise _too_deep(token.start)


def _too_deep(at: int | None) -> ExpressionError:
    return ExpressionError(
        "The expression is nested too deeply",
        hint="Try several rules, or prepare the value as a column of the table",
        column=at,
    )


def _check_nodes(tree: exp.Expr) -> None:
    depths = {id(tree): 0}
    for node in tree.walk():
        depths[id(node)] = 0 if node.parent is None else depths.get(id(node.parent), 0) + 1
        if depths[id(node)] > DEEPEST:
            raise _too_deep(offset(node))
        kind = type(node)
        if kind not in ALLOWED:
            raise _refusal(node)
        if isinstance(node, exp.DataType) and (node.this.name not in CAST_TYPES or node.args.get("nested")):
            raise ExpressionError(
                "This cast is not available",
                found=node.sql(dialect="duckdb").lower(),
                expected="double, bigint, varchar, boolean or date",
                column=offset(node.parent or node),
            )
        if kind is exp.Anonymous and str(node.this).lower() not in UNTYPED_FUNCTIONS:
            raise _unknown_function(str(node.this), offset(node))
        extra = {name for name, value in node.args.items() if value} - ALLOWED[kind]
        if extra:
            raise ExpressionError(
                "This form is not available in an expression",
                found=" ".join([kind.__name__.lower(), *sorted(extra)]),
                hint="Try a simpler way to say it",
                column=offset(node),
            )


def _refusal(node: exp.Expr) -> ExpressionError:
    """Say why a node may not stand in an expression."""
    at = offset(node)
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return ExpressionError("A query may not stand in an expression", hint="Try a column of the table", column=at)
    if isinstance(node, exp.Window | exp.AggFunc):
        return ExpressionError(
            "An expression looks at one customer, rep or pair at a time",
            found=node.sql_name().lower() if isinstance(node, exp.Func) else "a window",
            hint="Try a measure, which is summed over each book, or a column of the table",
            column=at,
        )
    if isinstance(node, _CLOCK):
        return ExpressionError(
            "An expression knows no clock", found="today", hint="Try period.start or period.end", column=at
        )
    if isinstance(node, exp.Star | exp.Columns):
        return ExpressionError("A star may not stand in an expression", hint="Try one column", column=at)
    if isinstance(node, exp.Func):
        return _unknown_function(node.sql_name().lower(), at)
    return ExpressionError(
        "This form is not available in an expression",
        found=type(node).__name__.lower(),
        hint="Try arithmetic, comparisons, case, and, or, not, in, between, like",
        column=at,
    )


def _unknown_function(name: str, at: int | None) -> ExpressionError:
    return ExpressionError(
        "This function is not available",
        found=name,
        expected=", ".join(FUNCTION_NAMES),
        hint=did_you_mean(name, FUNCTION_NAMES) if nearest_word(name, FUNCTION_NAMES) else None,
        column=at,
    )


def _columns(tree: exp.Expr, tables: tuple[str, ...], unqualified: str | None) -> Iterator[tuple[str, str]]:
    skills: set[int] = set()
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).lower() == "skill":
            table = skill_table(call)
            if table not in tables:
                raise _unknown_table(table, None, tables, offset(call))
            skills.add(id(call.expressions[0]))
            yield table, "skills" if table == REP else "required_skills"
    for column in tree.find_all(exp.Column):
        if id(column) in skills:
            continue
        yield qualified(column, tables, unqualified)


def skill_table(call: exp.Anonymous) -> str:
    """Return the table of ``skill(rep, …)`` or ``skill(customer, …)``, after checking the call's form."""
    arguments = call.expressions
    table = arguments[0].name.lower() if arguments and isinstance(arguments[0], exp.Column) else ""
    named = len(arguments) == 2 and (
        (isinstance(arguments[1], exp.Literal) and arguments[1].is_string) or isinstance(arguments[1], exp.Column)
    )
    if table not in SKILL_TABLES or not named or arguments[0].args.get("table"):
        raise ExpressionError(
            "A skill test has another form",
            found=call.sql(dialect="duckdb", comments=False),
            expected="skill(rep, 'cloud') or skill(rep, customer.industry)",
            hint="Try skill(rep, 'cloud') >= 2",
            column=offset(call),
        )
    return table


def qualified(column: exp.Column, tables: Collection[str] = TABLES, unqualified: str | None = None) -> tuple[str, str]:
    """Return the (table, column) that a column of the tree names."""
    table = column.table.lower() or unqualified
    if table is None:
        raise UnqualifiedColumn(column.name, [one for one in TABLES if one in tables], offset(column))
    if table not in tables:
        raise _unknown_table(table, column.name, tables, offset(column))
    if table == PERIOD and column.name.lower() not in PERIOD_COLUMNS:
        raise ExpressionError(
            "The period has a start and an end, nothing else",
            found=f"period.{column.name}",
            expected="period.start or period.end",
            hint=did_you_mean(column.name, PERIOD_COLUMNS),
            column=offset(column),
        )
    return table, column.name


def _unknown_table(table: str, name: str | None, tables: Collection[str], at: int | None) -> ExpressionError:
    written = f"{table}.{name}" if name else table
    usable = [one for one in TABLES if one in tables]
    if table in TABLES:
        return ExpressionError(
            f"This line cannot look at a {table}",
            found=written,
            expected="columns of " + ", ".join(usable),
            hint=f"Try a column of {usable[0]}" if usable else None,
            column=at,
        )
    near = nearest_word(table, usable)
    return ExpressionError(
        "Unknown table",
        found=written,
        expected="columns of " + ", ".join(usable),
        hint=f"Try {near}.{name}" if near and name else did_you_mean(table, usable),
        column=at,
    )


def _not_understood(text: str, error: ParseError) -> ExpressionError:
    """Return the error of a text that does not parse, with the place where the parser gave up."""
    at = next((one.get("col") for one in error.errors if one.get("col")), None)
    word = next((one.get("highlight") for one in error.errors if one.get("highlight")), None)
    return _not_readable(text, word, None if at is None else max(int(at) - 1, 0))


def _not_readable(text: str, word: str | None, at: int | None) -> ExpressionError:
    return ExpressionError(
        "The expression cannot be read",
        found=text if not word else f"{text} (trouble near {word!r})",
        expected="one SQL expression",
        hint="Try a form like customer.tier = 'A' and rep.seniority >= 3",
        column=at,
    )


def offset(node: exp.Expr) -> int | None:
    """Return where in the text a node starts, None when the parser does not say."""
    starts = [one.meta["start"] for one in node.walk() if "start" in one.meta]
    return min(starts) if starts else None
