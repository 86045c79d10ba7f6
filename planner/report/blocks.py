"""What a report is made of: sections of facts, sentences, tables, charts and maps, in plain data.

A page, a workbook and pictures are renderings of the same report, so that they cannot tell different things. Texts are
in the language of the report already, and are text: whoever renders them escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from planner.report.drawable import drawable_spec
from planner.report.readership.naming import EVERYBODY

Kind = Literal["text", "id", "count", "number", "share", "points", "flag", "change", "deviation", "ratio"]
"""``share`` and ``ratio`` are fractions, ``deviation`` one with its sign; ``change`` is a number with its sign;
``flag`` is true or false."""
Mark = Literal["", "circle", "diamond", "square"]
Cells = npt.NDArray[Any]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        By which its cells are found, and a link or a filter names it: letters, digits, ``_``.
    title : str
    kind : str
    unit : str
        As the policy has it: ``USD``, ``h``; blank for a plain number.
    bar : bool
        Draw the value as a bar beside the number.
    choice : bool
        Few different values: offer them to filter by.
    note : str
        What the column means, where the title does not say it.
    extra : bool
        On a page, shown only to those who choose it: a table is read by few columns. A workbook has them all.
    """

    key: str
    title: str
    kind: Kind = "text"
    unit: str = ""
    bar: bool = False
    choice: bool = False
    note: str = ""
    extra: bool = False


@dataclass(frozen=True)
class Table:
    """A table; ``cells`` has an array per column, all of one length: text, numbers (NaN is blank), or bools.

    Attributes
    ----------
    key : str
        Unique in its report.
    sort : (str, bool)
        The column it is sorted by at first, and whether descending.
    searched : bool
        Offer a search over all texts.
    per : tuple of str
        Columns whose values may each have a sheet of their own in the workbook, with the rows that hold it in any of
        them: the manager.
    total : tuple of str
        Columns whose sum is shown in a last row.
    plotted : tuple of str
        Columns that a spreadsheet draws side by side for each row, which ``named`` names: as many as fit on a sheet of
        paper, those named first before others.
    plotted_first : str
        Which stand first among them, in words.
    tab : str
        What the sheet of the workbook is called, where its title is too long for that.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    cells: Mapping[str, Cells]
    note: str = ""
    sort: tuple[str, bool] | None = None
    searched: bool = False
    per: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    plotted: tuple[str, ...] = ()
    named: str = ""
    plotted_first: str = ""
    tab: str = ""

    def __post_init__(self) -> None:
        lengths = {len(self.cells[column.key]) for column in self.columns}
        if len(lengths) > 1:
            raise ValueError(f"columns of table {self.key} differ in length: {sorted(lengths)}")

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.cells[self.columns[0].key]) if self.columns else 0


@dataclass(frozen=True)
class Fact:
    """One figure with its name: ``value`` in words, and what it is of."""

    label: str
    value: str
    note: str = ""
    look: Literal["", "good", "warn", "bad"] = ""


@dataclass(frozen=True)
class Facts:
    """Figures side by side."""

    key: str
    facts: tuple[Fact, ...]
    title: str = ""


@dataclass(frozen=True)
class Sentences:
    """Plain sentences, one a line."""

    key: str
    lines: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Line:
    """Points of a chart that a spreadsheet draws: joined, where ``mark`` is blank, and marked one by one otherwise.

    ``x`` and ``y`` have one length; the line is broken where they are NaN. ``told`` says whether the legend has it.
    """

    title: str
    x: Cells
    y: Cells
    color: str
    mark: Mark = ""
    told: bool = True


@dataclass(frozen=True)
class Lines:
    """A chart as a spreadsheet can draw it; ``x_kind`` is how the axis counts."""

    x_title: str
    y_title: str
    lines: tuple[Line, ...]
    x_kind: Kind = "number"


@dataclass(frozen=True)
class Chart:
    """A chart as a Vega-Lite specification with its data inside.

    Attributes
    ----------
    spec : mapping
        Vega-Lite, version 5 or 6 as altair makes it; no address in it leads anywhere, and every text can be drawn.
    summary : str
        What the chart shows, in a sentence, for those who do not see it.
    still : mapping
        What to draw where nobody can click (pictures, print): the same specification if empty.
    lines : Lines or None
        The same for a spreadsheet to draw by itself, where it can.
    called : str
        What the files of its picture are called, where the key does not say it: any text.
    """

    key: str
    title: str
    spec: Mapping[str, Any]
    summary: str
    note: str = ""
    still: Mapping[str, Any] = field(default_factory=dict)
    lines: Lines | None = None
    called: str = ""

    def __post_init__(self) -> None:
        for name in ("spec", "still"):
            object.__setattr__(self, name, drawable_spec(getattr(self, name)))


@dataclass(frozen=True)
class Scorecard:
    """Scenarios side by side, with changes against a baseline that the reader chooses.

    Attributes
    ----------
    scenarios : tuple of str
    allowed : tuple of bool
        Whether each has a plan that breaks no rule.
    rows : tuple of ScorecardRow
    baseline : int
        The one to begin with.
    states : tuple of str
        What became of each, in a few words: "proven best", "no plan can exist"; may be empty.
    tab : str
        What the sheet of the workbook is called, where its title is too long for that.
    """

    key: str
    title: str
    scenarios: tuple[str, ...]
    allowed: tuple[bool, ...]
    rows: tuple[ScorecardRow, ...]
    baseline: int
    note: str = ""
    states: tuple[str, ...] = ()
    tab: str = ""


@dataclass(frozen=True)
class ScorecardRow:
    """A figure of each scenario: NaN where it has none, infinite where it has no end.

    ``best`` tells which are the best of those allowed, ``uncertain`` the pairs whose order is not certain.
    ``upto`` has the upper ends where values are the lower ends of ranges. Where ``instead`` has a text for a scenario,
    that is shown in place of the figure, and no change against another one: "proven". ``meaning`` numbers what the
    values mean, where that differs: of two scenarios with other numbers none is better, and there is no change.
    """

    section: str
    name: str
    label: str
    kind: Kind
    unit: str
    better: Literal["less", "more", ""]
    values: tuple[float, ...]
    best: tuple[bool, ...]
    uncertain: tuple[tuple[int, int], ...] = ()
    upto: tuple[float, ...] = ()
    instead: tuple[str, ...] = ()
    meaning: tuple[int, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Customers by scenario, of which any two can be held against each other.

    ``owners`` has a column per scenario: an index into ``names``, -1 for nobody, -2 where the scenario does not have
    the customer, -3 for somebody else, whom the reader may not see; shape (customers, scenarios). ``tab`` is what the
    sheet of the workbook is called, where the title is too long for that.
    """

    key: str
    title: str
    scenarios: tuple[str, ...]
    table: Table
    owners: npt.NDArray[np.int32]
    names: tuple[str, ...]
    note: str = ""
    tab: str = ""


Block = Table | Facts | Sentences | Chart | Scorecard | Difference


@dataclass(frozen=True)
class Section:
    """A part of a report with a heading of its own; ``key`` is its address on the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    intro: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that is told, in order.

    Attributes
    ----------
    name : str
        Of the files: ``plan`` or ``comparison``.
    headline : str
        The one sentence.
    scope : str
        For whom it was made and what is left out; blank where everything is in it.
    folder : str
        The name of the folder for whoever it was made for.
    language : str
        ``en`` or ``zh``.
    made : tuple of (str, str)
        Provenance: what and which, in words.
    """

    name: str
    title: str
    headline: str
    sections: tuple[Section, ...]
    language: str
    subtitle: str = ""
    scope: str = ""
    made: tuple[tuple[str, str], ...] = ()
    folder: str = EVERYBODY

    def blocks(self, kind: type[Block]) -> list[Any]:
        """Return all blocks of a kind, in order."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, kind)]
