"""What an expression reads: the columns of tables it draws on, and the texts that it names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp

from models.expression.columns import TABLE_NAMES
from models.expression.grammar import CUSTOMER, PERIOD, REP, parse, skill_table

SINCE = "owner_since"
FROM_OTHERS: dict[tuple[str, str], tuple[str, ...]] = {(CUSTOMER, "tenure_years"): (SINCE,)}
"""Columns that are made of others where the source has none of their name."""


@lru_cache(maxsize=2048)
def columns_read(text: str) -> frozenset[tuple[str, str]]:
    """Return the (table, column) pairs that an expression reads, tables as a project file names them.

    Columns are in lower case, in which they are compared. One without its table is read in every table, and what is
    made of another column reads that too.

    Raises
    ------
    ExpressionError
        When the text is no expression.

    Examples
    --------
    >>> sorted(columns_read("customer.Margin * pair.fit + customer.tenure_years"))
    [('customers', 'margin'), ('customers', 'owner_since'), ('customers', 'tenure_years'), ('pairs', 'fit')]
    >>> sorted(columns_read("skill(rep, 'cloud') >= 2"))
    [('reps', 'skills')]
    """
    return frozenset(
        (TABLE_NAMES[table], name.lower())
        for table, column in _named(text)
        for name in (column, *FROM_OTHERS.get((table, column.lower()), ()))
    )


@lru_cache(maxsize=2048)
def texts_named(text: str) -> frozenset[str]:
    """Return the texts and numbers that stand in an expression, as written.

    Examples
    --------
    >>> sorted(texts_named("customer.tier = 'A' and rep.rep_id in ('R07', 'R08')"))
    ['A', 'R07', 'R08']
    """
    tree = parse(text, unqualified=CUSTOMER).tree
    return frozenset(str(literal.this) for literal in tree.find_all(exp.Literal))


def _named(text: str) -> Iterator[tuple[str, str]]:
    tree = parse(text, unqualified=CUSTOMER).tree
    skills = set()
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).lower() == "skill":
            table = skill_table(call)
            skills.add(id(call.expressions[0]))
            yield table, "skills" if table == REP else "required_skills"
    for column in tree.find_all(exp.Column):
        if id(column) not in skills and column.table.lower() != PERIOD:
            for table in (column.table.lower(),) if column.table else TABLE_NAMES:
                yield table, column.name
