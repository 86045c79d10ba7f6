"""Reading tables: from files and databases to typed, checked tables, with every problem named where it stands."""

from planner.read.org import read_org
from planner.read.source import CurrencyRates, Join, TableSource

__all__ = ["CurrencyRates", "Join", "TableSource", "read_org"]
