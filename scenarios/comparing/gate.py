"""Gates: a condition over a comparison's rows that fails the scenarios for which it is true.

``moved_share > 10% or gap > 0.01`` is read as one expression of names, numbers, percentages and quoted text with
``and``, ``or``, ``not``, comparisons and arithmetic. Nothing else gets through, and nothing is ever run: the tree is
proven first and then walked. A value that is missing makes unknown what depends on it, as NULL does in SQL.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import TokenType

from models.findings import Finding, InputRefused, Place, did_you_mean
from models.policy import Policy
from scenarios.comparing.comparison import Comparison, Entry
from scenarios.comparing.row_shape import Shape
from scenarios.comparing.rows import definitions

Value = float | str | bool | None

STATUS, SCENARIO = "status", "scenario"
TEXTS = (STATUS, SCENARIO)
STATUSES = ("optimal", "feasible", "evaluated", "infeasible", "no_plan", "failed")
LONGEST = 2_000
MOST_TOKENS = 300
MOST_BRACKETS = 16
_EXAMPLE = "moved_share > 10% or gap > 0.01"

_COMPARES: Mapping[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
}
_COMBINES: Mapping[type[exp.Expr], Callable[[float, float], float]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
    exp.Div: operator.truediv,
}
_OTHERS = (exp.And, exp.Or, exp.Not, exp.Neg, exp.Paren, exp.Literal, exp.Boolean, exp.Column, exp.Identifier)
Kind = Literal["number", "text", "truth"]


@dataclass(frozen=True)
class Gate:
    """A condition that was read; ``names`` are the rows it uses, as they are called in the comparison."""

    text: str
    names: tuple[str, ...]
    tree: exp.Expr


@dataclass(frozen=True)
class Judged:
    """What the gate says of one scenario, and the values of the names it uses (None where there is none)."""

    scenario: str
    verdict: Literal["fails", "passes", "unknown"]
    values: Mapping[str, float | str | None]


@dataclass(frozen=True)
class Verdict:
    """What the gate says of all scenarios."""

    text: str
    judged: tuple[Judged, ...]

    @property
    def failing(self) -> tuple[Judged, ...]:
        """The scenarios for which the condition is true."""
        return tuple(one for one in self.judged if one.verdict == "fails")

    @property
    def unknown(self) -> tuple[Judged, ...]:
        """The scenarios of which it cannot be said, because a value is missing."""
        return tuple(one for one in self.judged if one.verdict == "unknown")

    @property
    def passed(self) -> bool:
        """True when no scenario fails."""
        return not self.failing


def names_for(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Return the names that a gate may use in scenarios of these policies, before anything is solved."""
    return (*TEXTS, *(definition.name for definition in definitions(Shape.of_policies(policies))))


def names_in(comparison: Comparison) -> tuple[str, ...]:
    """Return the names that a gate may use on a comparison, those of rows that nobody has a value for included."""
    shape = Shape.of_figures(entry.figures for entry in comparison.entries if entry.figures is not None)
    return (*TEXTS, *(definition.name for definition in definitions(shape)))


def read_gate(text: str, names: Collection[str]) -> Gate:
    """Read a condition over ``names``.

    Raises
    ------
    InputRefused
        When it is no such condition, with the place of the trouble; all unknown names are told at once.
    """
    tree = _parsed(text)
    _refuse_forms(text, tree)
    known = {name.lower(): name for name in names}
    used: dict[str, None] = {}
    findings = []
    for column in tree.find_all(exp.Column):
        name = _name(column)
        exact = name if name in names else known.get(name.lower())
        if exact is None:
            findings.append(
                Finding(
                    "TP521",
                    "The gate uses a name that no row has",
                    Place(file="--fail-if"),
                    found=name,
                    expected="a row of the comparison, status or scenario",
                    hint=_nearest(name, names),
                )
            )
        else:
            used[exact] = None
            column.set("this", exp.to_identifier(exact, quoted=True))
            for part in ("table", "db", "catalog"):
                column.set(part, None)
    findings += _unknown_statuses(tree)
    if findings:
        raise InputRefused(list(dict.fromkeys(findings)))
    if _kind(text, tree) != "truth":
        raise _refused(text, "The gate is no condition", "a comparison such as moved_share > 10%")
    return Gate(text, tuple(used), tree)


def judge_gate(comparison: Comparison, gate: Gate | str) -> Verdict:
    """Tell which scenarios of a comparison fail.

    Raises
    ------
    InputRefused
        When ``gate`` is text that cannot be read.
    """
    if isinstance(gate, str):
        gate = read_gate(gate, names_in(comparison))
    judged = []
    for at, entry in enumerate(comparison.entries):
        values = {name: _value(comparison, at, entry, name) for name in gate.names}
        truth = _evaluated(gate.tree, values)
        verdict: Literal["fails", "passes", "unknown"] = (
            "unknown" if truth is None else "fails" if truth is True else "passes"
        )
        judged.append(Judged(entry.name, verdict, values))
    return Verdict(gate.text, tuple(judged))


def _value(comparison: Comparison, at: int, entry: Entry, name: str) -> float | str | None:
    if name in TEXTS:
        return entry.status if name == STATUS else entry.name
    row = comparison.rows.get(name)
    return None if row is None else row.values[at]


# ---- reading -----------------------------------------------------------------------------------------------


def _parsed(text: str) -> exp.Expr:
    if not text.strip():
        raise _refused(text, "The gate is empty", "a condition")
    if len(text) > LONGEST:
        raise _refused(text[:40] + "…", "The gate is too long", f"at most {LONGEST:,} characters")
    if "\x00" in text:
        raise _refused("NUL", "The gate holds a character that cannot be typed", "a condition")
    try:
        return exp.maybe_parse(_with_percentages(text), into=exp.Condition, dialect="duckdb")
    except (ParseError, TokenError, RecursionError):
        expected = 'one condition, every bracket and quote closed; a name with other signs in "double quotes"'
        raise _refused(text, "The gate cannot be read", expected) from None


def _with_percentages(text: str) -> str:
    """Return the text with every percentage written as a number; refuse what no condition needs."""
    tokens = DuckDB().tokenize(text)
    if len(tokens) > MOST_TOKENS:
        raise _refused(text[:40] + "…", "The gate is too long", f"at most {MOST_TOKENS} words and signs")
    depth, written, done = 0, [], 0
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth > MOST_BRACKETS:
            raise _refused(text[:40] + "…", "The gate is nested too deeply", f"at most {MOST_BRACKETS} brackets")
        if token.comments or token.token_type == TokenType.SEMICOLON:
            raise _refused(text, "The gate is one condition", "no comment and no semicolon")
        if token.token_type == TokenType.NUMBER and following is not None and following.token_type == TokenType.MOD:
            start = token.start - (text[token.start - 1 : token.start] == ".")  # .5% is a number behind a dot
            written += [text[done:start], _percentage(text, text[start : token.end + 1])]
            done = following.end + 1
    return "".join([*written, text[done:]])


def _percentage(text: str, number: str) -> str:
    try:
        return f"({float(number) / 100.0!r})"
    except ValueError:
        raise _refused(text, "The gate cannot be read", f"a number before %, not {number}") from None


def _refuse_forms(text: str, tree: exp.Expr) -> None:
    allowed = {*_COMPARES, *_COMBINES, *_OTHERS}
    for node in tree.walk():
        if type(node) not in allowed:
            form = node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.lower()
            known = "names, numbers, and, or, not, < > = + - * /"
            raise _refused(text, "This form is not available in a gate", known, form)
        if isinstance(node, exp.Column) and (not _name(node) or node.args.get("join_mark")):
            raise _refused(text, "The gate cannot be read", "the name of a row")


def _unknown_statuses(tree: exp.Expr) -> Iterator[Finding]:
    """Yield what is compared with ``status`` and is none."""
    for node in tree.find_all(exp.EQ, exp.NEQ):
        sides = [part.unnest() for part in (node.this, node.expression)]
        if any(isinstance(one, exp.Column) and one.name.lower() == STATUS for one in sides):
            for one in sides:
                if isinstance(one, exp.Literal) and one.is_string and one.this not in STATUSES:
                    title = "The gate asks for a status that no scenario can have"
                    yield Finding(
                        "TP521", title, Place(file="--fail-if"), repr(one.this), hint=did_you_mean(one.this, STATUSES)
                    )


def _name(column: exp.Column) -> str:
    parts = (column.args.get(part) for part in ("catalog", "db", "table", "this"))
    return ".".join(part.name for part in parts if isinstance(part, exp.Identifier))


def _kind(text: str, node: exp.Expr) -> Kind:
    """Return what a proven tree is, refusing numbers where conditions belong and the other way round."""
    if isinstance(node, exp.Paren):
        return _kind(text, node.this)
    if isinstance(node, exp.Literal):
        if not node.is_string and not _is_finite(node.this):
            raise _refused(text, "The gate holds a number that cannot be read", "a number such as 0.1 or 10%")
        return "text" if node.is_string else "number"
    if isinstance(node, exp.Column):
        return "text" if node.name in TEXTS else "number"
    if isinstance(node, exp.Boolean):
        return "truth"
    parts = [_kind(text, part) for part in node.iter_expressions()]
    if isinstance(node, exp.And | exp.Or | exp.Not):
        if set(parts) != {"truth"}:
            raise _refused(text, "Between 'and', 'or' and 'not' stand conditions", "a comparison such as gap > 1%")
        return "truth"
    if type(node) in _COMPARES:
        same = len(set(parts)) == 1 and "truth" not in parts
        if not same or ("text" in parts and not isinstance(node, exp.EQ | exp.NEQ)):
            raise _refused(text, "This comparison compares nothing", "two numbers, or status = 'optimal'")
        return "truth"
    if set(parts) != {"number"}:
        raise _refused(text, "Arithmetic takes numbers", "names of rows and numbers")
    return "number"


def _is_finite(number: str) -> bool:
    try:
        return math.isfinite(float(number))
    except ValueError:
        return False


def _nearest(name: str, names: Collection[str]) -> str:
    ends = [one for one in names if one.rpartition(".")[2] == name.rpartition(".")[2]]
    return did_you_mean(name, [*names] if not ends or name in ends else [*ends, *names])


def _refused(text: str, title: str, expected: str, found: str | None = None) -> InputRefused:
    return InputRefused(
        [
            Finding(
                "TP520",
                title,
                Place(file="--fail-if"),
                found=(text or "nothing") if found is None else f"{found} in {text}",
                expected=expected,
                hint=f'Try "{_EXAMPLE}"',
            )
        ]
    )


# ---- judging -----------------------------------------------------------------------------------------------


def _evaluated(node: exp.Expr, values: Mapping[str, float | str | None]) -> Value:
    """Return the value of a proven tree; None is unknown."""
    if isinstance(node, exp.Paren):
        return _evaluated(node.this, values)
    if isinstance(node, exp.Column):
        return values[node.name]
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else float(node.this)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    parts = list(_parts(node, values))
    if isinstance(node, exp.And | exp.Or):
        decides = isinstance(node, exp.Or)
        if decides in (one for one in parts if one is not None):
            return decides
        return None if None in parts else not decides
    if None in parts:
        return None
    if isinstance(node, exp.Not):
        return not parts[0]
    numbers = [one for one in parts if isinstance(one, float)]
    if isinstance(node, exp.Neg):
        return -numbers[0]
    if type(node) in _COMPARES:
        # two numbers, or two texts for = and !=: _kind has refused all else
        return bool(_COMPARES[type(node)](*parts))
    return _combined(_COMBINES[type(node)], *numbers)


def _parts(node: exp.Expr, values: Mapping[str, float | str | None]) -> Iterator[Value]:
    for part in node.iter_expressions():
        yield _evaluated(part, values)


def _combined(combine: Callable[[float, float], float], one: float, other: float) -> float | None:
    """Return a result of arithmetic; what divides by 0, or is no number, is unknown."""
    try:
        result = combine(one, other)
    except (ZeroDivisionError, OverflowError):
        return None
    return None if math.isnan(result) else result
