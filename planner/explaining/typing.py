"""What to type for a change: values to set on the command line, cells to edit, lines to take out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.conflicts.change import NewRow, SetCell, SetValue
from models.conflicts.relaxation import Relaxation
from models.findings import Place
from models.org import Org
from planner.document import read_scalar
from planner.run_folder import RunFolder
from planner.to_type import options
from scenarios.setting import assignment


@dataclass(frozen=True)
class Typing:
    """Puts the changes of a relaxation as one would make them by hand, with places in the user's own files.

    ``scenario``, ``changed`` and ``typed`` (files by option) are what the run was planned with on the command line:
    what comes of the changes comes of them with these.
    """

    org: Org
    of_policy: Callable[[str], Place]
    scenario: str | None = None
    changed: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_run(cls, run: RunFolder) -> Typing:
        """Return what puts changes of a run's inputs in words."""
        return cls(run.org, run.place, run.record.scenario, tuple(run.record.changed), dict(run.record.typed.items()))

    def lines(self, relaxation: Relaxation) -> tuple[str, ...]:
        """Return one line per value, cell or line to change."""
        return tuple(self._lines(relaxation))

    def _lines(self, relaxation: Relaxation) -> Iterator[str]:
        values, cells, rows = settled(relaxation)
        sets = [one for one in self.changed if _path(one) not in values]
        for path, value in values.items():
            if value is None:
                line = self.of_policy(f"policy.{path}")
                yield f"take out {path} ({line.file}, line {line.line})" if line.line else f"take out {path}"
            else:
                sets.append(f"{path}={as_yaml(value)}")
        for row in rows:
            filled = ", ".join(f"{column} {_shown(value)}" for column, value in row.cells)
            yield f"a new row in {self.org.source(row.table).file}: {filled}"
        for cell in cells:
            if cell.table == "proposal":
                customer = self.org.tables[cell.table]["customer_id"].iloc[cell.row]
                yield f"in the answers to the proposal: leave accepted blank for {customer}"
            else:
                old = getattr(self.org, cell.table)[cell.column].iloc[cell.row]
                place = where(self.org, cell.table, cell.row, cell.column)
                yield f"{place}: {_shown(cell.value)} instead of {_shown(old)}"
        gone = [path for path, value in values.items() if value is None]
        in_them = any(path.startswith(_path(one)) for path in gone for one in self.changed)
        words = " ".join(options(self.scenario, self.typed, sets))
        if words and not in_them:  # else they would put back what is to be taken out of them
            yield words


def settled(relaxation: Relaxation) -> tuple[dict[str, Any], list[SetCell], list[NewRow]]:
    """Return the values, cells and rows that are left when all changes of a relaxation are made, the last of each."""
    values: dict[str, Any] = {}
    cells: dict[tuple[str, int, str], SetCell] = {}
    rows: list[NewRow] = []
    for typed in (typed for change in relaxation.changes for typed in change.typed):
        match typed:
            case SetValue():
                values[typed.path] = typed.value
            case SetCell():
                cells[typed.table, typed.row, typed.column] = typed
            case NewRow():
                rows.append(typed)
    return values, list(cells.values()), rows


def where(org: Org, table: str, row: int, column: str) -> str:
    """Return the place of a cell in the user's own file."""
    return str(org.source(table).place(row, column))


def placed(org: Org, table: str, row: int, column: str, value: Any) -> str:
    """Return a cell with its place and what stands there."""
    return f"{where(org, table, row, column)} = {_shown(value)}"


def _path(setting: str) -> str:
    return assignment(setting)[0].removeprefix("policy.")


def as_yaml(value: Any) -> str:
    """Return a value as --set takes it: a text as it is, and in quotes where YAML would make something else of it."""
    if isinstance(value, str) and value == value.strip() and _reads_as(value, value):
        return value
    readable = json.dumps(value, ensure_ascii=False)
    return readable if _reads_as(readable, value) else json.dumps(value)


def _reads_as(text: str, value: Any) -> bool:
    try:
        read = read_scalar(text)
    except ValueError:
        return False
    return type(read) is type(value) and bool(read == value)


def _shown(value: Any) -> str:
    if value is None or value != value:
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
