"""How the checker names customers, reps and amounts: by the ids and units that the user wrote."""

from __future__ import annotations

from dataclasses import dataclass

from models.org import Org
from models.plan import Violation


@dataclass(frozen=True)
class Wording:
    """Names for positions, and violations in the words of tables and policy."""

    org: Org

    def customer(self, position: int) -> str:
        """Return a customer's id."""
        return str(self.org.customer_ids[position])

    def rep(self, position: int) -> str:
        """Return a rep's id; ``nobody`` for the pool."""
        return str(self.org.rep_ids[position]) if position >= 0 else "nobody"

    def broken(
        self,
        line: str,
        message: str,
        *,
        customer: int | None = None,
        rep: int | None = None,
        found: float | None = None,
        limit: float | None = None,
        unit: str = "",
        label: str | None = None,
    ) -> Violation:
        """Return a violation; customer and rep are positions, a rep below 0 is nobody."""
        return Violation(
            line=line,
            message=message,
            customer=None if customer is None else self.customer(customer),
            rep=None if rep is None or rep < 0 else self.rep(rep),
            found=None if found is None else float(found),
            limit=None if limit is None else float(limit),
            unit=unit,
            label=label,
        )


def quantity(value: float, unit: str = "") -> str:
    """Write an amount with its unit.

    Examples
    --------
    >>> quantity(80.0, "h"), quantity(1234567.891), quantity(1.0, "customers"), quantity(1.5, "% of target")
    ('80 h', '1,234,567.89', '1 customer', '1.5% of target')
    """
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 100 else f"{value:.6g}"
    if unit.startswith("%"):
        return f"{text}{unit}"
    return f"{text} {'customer' if text == '1' and unit == 'customers' else unit}".rstrip()
