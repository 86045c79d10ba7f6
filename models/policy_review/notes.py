"""Where the review writes what it finds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from models.expression import Expression, ExpressionError, Expressions, Kind
from models.findings import Finding, Place, Severity, did_you_mean
from models.org import Org
from models.policy import Policy, line_names

Path = tuple[str | int, ...]
PlaceOf = Callable[[Path], Place]

NUMBERS: frozenset[Kind] = frozenset({"number", "flag", "null"})
CONDITION: frozenset[Kind] = frozenset({"flag", "null"})
KINDS_IN_WORDS = {NUMBERS: "a number", CONDITION: "a condition (yes or no)"}


@dataclass
class Notes:
    """The policy under review, the org it is for, and the findings so far."""

    org: Org
    policy: Policy
    place_of: PlaceOf
    expressions: Expressions
    findings: list[Finding] = field(default_factory=list)
    read: dict[Path, Expression] = field(default_factory=dict)

    def add(
        self,
        code: str,
        title: str,
        path: Path,
        *,
        found: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = "error",
    ) -> None:
        """Note a finding at a path of the policy."""
        place = replace(self.place_of(path), path=readable(self.policy, path))
        self.findings.append(Finding(code, title, place, found, expected, hint, severity))

    def warn(self, code: str, title: str, path: Path, *, hint: str | None = None) -> None:
        """Note what forbids nothing and is hardly meant."""
        self.add(code, title, path, hint=hint, severity="warning")

    def expression(self, path: Path, text: str, tables: Collection[str], kinds: frozenset[Kind]) -> Expression | None:
        """Prove one expression of the policy; note what is wrong with it and return None then."""
        try:
            expression, kind = self.expressions.check(text, (*tables, "period"))
        except ExpressionError as error:
            self.add("TP210", error.title, path, found=error.found, expected=error.expected, hint=error.hint)
            return None
        if kind not in kinds:
            self.add(
                "TP211",
                "The expression is of the wrong kind",
                path,
                found=f"{text} ({'yes or no' if kind == 'flag' else kind})",
                expected=KINDS_IN_WORDS[kinds],
                hint="Try a comparison, such as > 0" if kinds is CONDITION else "Try case when … then 1 else 0 end",
            )
            return None
        self.read[path] = expression
        if ("customer", "tenure_years") in expression.columns and not self.has("customers", "owner_since"):
            self.warn(
                "TP212",
                "customer.tenure_years is 0 for everyone: the customers have no owner_since",
                path,
                hint=f"Try to add the column to {self.org.source('customers').file}",
            )
        return expression

    def has(self, table: str, column: str) -> bool:
        """Tell whether a table's source had a column; of owner columns, for any role."""
        given = self.org.given.get(table, frozenset())
        if column in ("owner_id", "owner_since"):
            return any(name == column or name.startswith(f"{column}_") for name in given)
        return column in given

    def need(self, path: Path, table: str, *columns: str, why: str) -> bool:
        """Note the columns that a line needs and the source does not have; return whether all are there."""
        missing = [column for column in columns if not self.has(table, column)]
        if missing:
            file = self.org.source(table).file
            self.add(
                "TP213",
                f"{why} needs a column that the {table} do not have",
                path,
                found=f"no {' and no '.join(missing)} in {file}",
                hint=f"Try to add {' and '.join(missing)} to {file}, or to leave the line out",
            )
        return not missing

    def known(self, code: str, what: str, word: str, valid: Collection[str], path: Path) -> bool:
        """Note a name that is none of the valid ones, with the nearest; return whether it is one."""
        if word in valid:
            return True
        self.add(code, f"Unknown {what}", path, found=repr(word), hint=did_you_mean(word, valid) if valid else None)
        return False


def readable(policy: Policy, path: Path) -> str:
    """Return a path of the policy as a person writes it: ``disruption.budgets[moved customers].max``."""
    named: dict[Path, tuple[str, ...]] = {
        ("capacity",): line_names(policy.capacity),
        ("balance",): line_names(policy.balance),
        ("disruption", "budgets"): line_names(policy.disruption.budgets),
        ("eligibility", "rules"): tuple(rule.name for rule in policy.eligibility.rules),
        ("goals",): tuple(goal.goal for goal in policy.goals),
    }
    for kind in ("locks", "holdouts", "conflicts", "groups"):
        named["keep", kind] = tuple(line.name for line in getattr(policy.keep, kind))
    text = ""
    for at, step in enumerate(path):
        names = named.get(path[:at])
        if isinstance(step, int):
            text += f"[{names[step]}]" if names and step < len(names) else f"[#{step + 1}]"
        else:
            text += f".{step}" if text else step
    return text
