"""SQL expressions of a policy: one scalar over customer, rep, pair, region and period, and nothing else.

``vocabulary`` lists the forms and functions there are; ``grammar`` proves that a text is such an expression and
names the columns it uses; ``kinds`` checks its types and writes it anew; ``columns`` is what it may name in an org;
``query`` makes it ready for that org, and ``evaluation`` runs it in a locked DuckDB; ``reading`` tells what it draws
on.
"""

from models.expression.evaluation import Expressions
from models.expression.grammar import (
    CUSTOMER,
    PAIR,
    PERIOD,
    REGION,
    REP,
    TABLES,
    Expression,
    ExpressionError,
    parse,
)
from models.expression.reading import columns_read, texts_named
from models.expression.values import Values
from models.expression.vocabulary import Kind

__all__ = [
    "CUSTOMER",
    "PAIR",
    "PERIOD",
    "REGION",
    "REP",
    "TABLES",
    "Expression",
    "ExpressionError",
    "Expressions",
    "Kind",
    "Values",
    "columns_read",
    "parse",
    "texts_named",
]
