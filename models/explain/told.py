"""What may be told to whoever reads a reason: lines of the policy, goals, columns and labels."""

from __future__ import annotations

from typing import Protocol


class Told(Protocol):
    """Says what may be told."""

    def line(self, path: str) -> bool:
        """Tell whether a line of the policy may be told, by its readable path."""

    def goal(self, name: str) -> bool:
        """Tell whether the value of a goal may be told."""

    def column(self, table: str, column: str) -> bool:
        """Tell whether a column may be told."""

    def of_label(self, label: str) -> bool:
        """Tell whether limits of a rep, a team or a region may be told."""


class Everything:
    """Everything may be told."""

    def line(self, path: str) -> bool:
        """Tell any line."""
        return True

    def goal(self, name: str) -> bool:
        """Tell any goal."""
        return True

    def column(self, table: str, column: str) -> bool:
        """Tell any column."""
        return True

    def of_label(self, label: str) -> bool:
        """Tell any label."""
        return True


EVERYTHING = Everything()
