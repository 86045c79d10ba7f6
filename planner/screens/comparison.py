"""Scenarios side by side as a leader wants them: eight numbers first, then everything else, the best marked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from models.names import first_of
from planner.console import Column, Look, Paper, Said, Words, clipped, width_of
from planner.language import Language, beside, label, within
from planner.screens.figures import OTHER_MEANING, change_in, figure_in
from planner.screens.findings import counted
from scenarios.comparing.comparison import Comparison, Entry, Row, Section
from scenarios.comparing.gate import Judged, Verdict
from scenarios.comparing.row_definition import CERTIFIED_GAP, IN_SHORT, INDEX, PROOF, RATIO, SHARE

_GAP = 2
_NARROWEST, _WIDEST = 11, 24
_LABELS = ((100, 40), (70, 26), (0, 18))
"""How wide labels may be on paper of so many columns."""
_LINES_OF_NAME = 3
_MOST_TOLD = 4
_STATUS: dict[str, tuple[str, Look]] = {
    "optimal": ("optimal", "good"),
    "feasible": ("not proven best", "quiet"),
    "evaluated": ("as it would be", "quiet"),
    "infeasible": ("infeasible", "bad"),
    "no_plan": ("no plan yet", "bad"),
    "failed": ("failed", "bad"),
}


def show_comparison(paper: Paper, comparison: Comparison, *, title: str, everything: bool = True) -> None:
    """Write the comparison: blocks of as many scenarios as fit, the eight numbers of all of them first.

    Without ``everything`` the eight numbers only.
    """
    paper.blank()
    paper.paragraph(
        [
            Said(title, "title"),
            Said(f"· {counted(len(comparison.entries), 'scenario', say=paper.language)}", "strong"),
            Said("· " + paper.language("held against {name}", name=comparison.names[comparison.baseline]), "quiet"),
        ]
    )
    layout = _Layout(paper, comparison)
    short = [section for section in comparison.sections if section.title == IN_SHORT]
    for block in layout.blocks(range(len(comparison.entries))):
        layout.show_block(block, short)
    _show_legend(paper, comparison, everything=everything)
    _show_troubles(paper, comparison)
    if not everything:
        return
    rest = [section for section in comparison.sections if section.title != IN_SHORT]
    planned = [at for at, entry in enumerate(comparison.entries) if entry.figures and entry.figures.has_plan]
    for block in layout.blocks(planned):
        layout.show_block(block, rest, titled=True)


def show_verdict(paper: Paper, verdict: Verdict) -> None:
    """Write what a gate says: who fails by which values, and of whom nothing can be said."""
    paper.blank()
    if verdict.passed:
        paper.line(Said(paper.language("Gate passed"), "good"), Said(f"  {verdict.text}", "quiet"))
    else:
        paper.line(Said(paper.language("Gate failed"), "bad"), Said(f"  {verdict.text}", "quiet"))
    for judged in verdict.failing:
        paper.paragraph([Said(f"{judged.scenario}:", "strong"), _values(judged)], bullet="· ")
    if verdict.unknown:
        paper.paragraph(
            [
                Said(paper.language("Not judged, a value is missing:"), "warn"),
                ", ".join(judged.scenario for judged in verdict.unknown),
            ],
            bullet="· ",
        )


def _values(judged: Judged) -> str:
    return ", ".join(f"{name} = {_plain(value)}" for name, value in judged.values.items() if name != "scenario")


def _plain(value: float | str | None) -> str:
    return value if isinstance(value, str) else "missing" if value is None else f"{value:.6g}"


class _Layout:
    """Cells of all rows, and which scenarios stand beside each other."""

    def __init__(self, paper: Paper, comparison: Comparison) -> None:
        self._paper, self._comparison, self._say = paper, comparison, paper.language
        self._rows = [
            row for section in comparison.sections for row in section.rows if not self._is_told_elsewhere(row)
        ]
        n = len(comparison.entries)
        self._cells = {row.name: [self._cell(row, at) for at in range(n)] for row in self._rows}
        self._marks = {row.name: [self._mark(row, at) for at in range(n)] for row in self._rows}
        widest = next(room for width, room in _LABELS if paper.width >= width)
        self._label = min(max(width_of(self._label_of(row)) for row in self._rows), widest)
        self._most = min(_WIDEST, paper.width - 1 - self._label - _GAP)
        self._widths = [
            max([_NARROWEST, *(self._width(row, at) for row in self._rows), *self._name_width(at)]) for at in range(n)
        ]

    def blocks(self, scenarios: Iterable[int]) -> list[list[int]]:
        """Return which of the scenarios, by position, stand beside each other."""
        room = self._paper.width - 1 - self._label
        blocks: list[list[int]] = []
        used = 0
        for at in scenarios:
            width = self._widths[at] + _GAP
            if not blocks or used + width > room:
                blocks.append([])
                used = 0
            blocks[-1].append(at)
            used += width
        return blocks

    def show_block(self, block: Sequence[int], sections: Sequence[Section], *, titled: bool = False) -> None:
        """Write some scenarios, section by section."""
        paper = self._paper
        if titled:
            paper.blank()
        names = self._table(self._heads(block), block)
        if not titled:
            paper.blank()
        paper.table(*names)
        for section in sections:
            rows = [row for row in section.rows if row.name in self._cells and self._has_value(row, block)]
            if titled and rows:
                paper.heading(section.title)
            lines: list[list[list[Said]]] = []
            for row in rows if titled else [row for row in section.rows if row.name in self._cells]:
                lines += self._lines(row, block)
            paper.table(*self._table(lines, block))

    def _has_value(self, row: Row, block: Sequence[int]) -> bool:
        return any(row.values[at] is not None for at in block)

    def _table(self, lines: list[list[list[Said]]], block: Sequence[int]) -> tuple[list[Column], list[list[Words]]]:
        columns = [Column(), *(Column(align="right") for _ in block)]
        widths = [self._label, *(self._widths[at] for at in block)]
        rows: list[list[Words]] = []
        for line in lines:
            cells: list[Words] = []
            for cell, width, column in zip(line, widths, columns, strict=True):
                filler = Said(" " * (width - sum(width_of(piece.text) for piece in cell)))
                cells.append([filler, *cell] if column.align == "right" else [*cell, filler])
            rows.append(cells)
        return columns, rows

    def _heads(self, block: Sequence[int]) -> list[list[list[Said]]]:
        names = [_wrapped(self._comparison.names[at], self._widths[at]) for at in block]
        deepest = max(map(len, names))
        lines = [
            [[Said("")], *([Said(name[k] if k < len(name) else "", "strong")] for name in names)]
            for k in range(deepest)
        ]
        states = [self._state(at) for at in block]
        return [*lines, [[Said("")], *([state] for state in states)]]

    def _state(self, at: int) -> Said:
        entry = self._comparison.entries[at]
        if entry.figures is not None and entry.figures.has_plan and not entry.allowed:
            return Said(self._say("not allowed"), "bad")
        text, look = _STATUS[entry.status]
        return Said(self._say(text), look)

    def _lines(self, row: Row, block: Sequence[int]) -> Iterator[list[list[Said]]]:
        """Yield the lines of a row: the label, on two lines where it is long, with the values on the last one."""
        parts = _wrapped(self._label_of(row), self._label, lines=2)
        blank: list[list[Said]] = [[Said("")] for _ in block]
        yield from ([[Said(part)], *blank] for part in parts[:-1])
        indent = "  " if len(parts) > 1 else ""
        yield [[Said(clipped(indent + parts[-1], self._label))], *(self._pieces(row, at) for at in block)]

    def _pieces(self, row: Row, at: int) -> list[Said]:
        value, delta = self._cells[row.name][at]
        best, uncertain = self._marks[row.name][at]
        entry = self._comparison.entries[at]
        look: Look = "good" if best else "" if entry.allowed else "quiet"
        pieces = [Said(value, look), Said("*" if best else " ", "good")]
        width = self._delta_width(at)
        if width:
            text = ("≈" if uncertain else "") + delta
            pieces.append(Said(" " * (1 + width - width_of(text))))
            pieces.append(Said(text, "warn" if uncertain else "quiet"))
        return pieces

    def _delta_width(self, at: int) -> int:
        if at == self._comparison.baseline:
            return 0
        return max(width_of(self._cells[row.name][at][1]) + self._marks[row.name][at][1] for row in self._rows)

    def _width(self, row: Row, at: int) -> int:
        delta = self._delta_width(at)
        return width_of(self._cells[row.name][at][0]) + 1 + (delta + 1 if delta else 0)

    def _name_width(self, at: int) -> Iterator[int]:
        name = self._comparison.names[at]
        yield min(max(map(width_of, name.split() or [""])), self._most)
        yield min(math.ceil(width_of(name) / _LINES_OF_NAME) + 2, self._most)
        yield width_of(self._state(at).text)

    def _cell(self, row: Row, at: int) -> tuple[str, str]:
        value = row.values[at]
        if row.upto is not None and value is not None:
            high = self._comparison.rows[row.upto].values[at]
            ends = figure_in(value, row.unit), figure_in(high, row.unit)
            said = self._with_unit(row, at, ends[0] if ends[0] == ends[1] else "–".join(ends))
            return said, OTHER_MEANING if row.other[at] else ""
        if row.name == CERTIFIED_GAP and self._proven(at):
            return self._say("proven"), ""
        # seconds depend on the machine, and a bound by itself is no better for being smaller
        told = row.better is not None or row.section != PROOF
        told &= row.name != CERTIFIED_GAP or not self._proven(self._comparison.baseline)
        said = self._with_unit(row, at, figure_in(value, row.unit))
        if row.other[at]:
            return said, OTHER_MEANING
        return said, change_in(row.deltas[at], row.unit) if told else ""

    def _with_unit(self, row: Row, at: int, said: str) -> str:
        """Return a value, with its unit where that is another one than the row's."""
        return said if row.values[at] is None or row.unit_at(at) == row.unit else beside(said, row.unit_at(at))

    def _proven(self, at: int) -> bool:
        return self._comparison.entries[at].status == "optimal"

    def _mark(self, row: Row, at: int) -> tuple[bool, bool]:
        base = self._comparison.baseline
        return row.best[at], tuple(sorted((at, base))) in row.uncertain

    def _label_of(self, row: Row) -> str:
        shown = "" if row.unit in (SHARE, RATIO, INDEX, "s") else row.unit
        named = label(self._say, row.label)
        return f"{named}, {self._say(shown)}" if shown and shown != row.label.lower() else named

    def _is_told_elsewhere(self, row: Row) -> bool:
        """Tell whether a row is the upper end of a range, or the travel that is a goal already."""
        rows = self._comparison.rows
        travel = rows.get("goals.travel")
        is_end = row.name in {one.upto for one in rows.values()}
        return is_end or (row.name == "travel_hours" and travel is not None and None not in travel.values)


def _wrapped(text: str, width: int, *, lines: int = _LINES_OF_NAME) -> list[str]:
    """Break a text into lines of at most ``width`` cells; what does not fit on the last one is cut."""
    broken: list[str] = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".strip()
        if width_of(longer) <= width or not broken[-1]:
            broken[-1] = longer
        else:
            broken.append(word)
    if len(broken) > lines:
        broken = [*broken[: lines - 1], " ".join(broken[lines - 1 :])]
    return [clipped(line, width) for line in broken]


def _show_legend(paper: Paper, comparison: Comparison, *, everything: bool) -> None:
    paper.blank()
    say, (low, high) = paper.language, comparison.risk
    notes = []
    if any(any(row.best) for row in comparison.rows.values()):
        notes.append(say("* best of those allowed"))
    if len(comparison.entries) > 1:
        notes.append(say("after each value: change against the baseline, of percentages in points"))
    told = comparison.rows.values() if everything else comparison.sections[0].rows
    if any(any(row.other) for row in told):
        notes.append(
            say("{mark} of other goals, bands or units than the baseline's: not comparable", mark=OTHER_MEANING)
        )
    if any(entry.status == "optimal" for entry in comparison.entries):
        notes.append(say("proven: no plan is better"))
    evenness = {entry.figures.reps.evenness_of for entry in comparison.entries if entry.figures and entry.figures.reps}
    if evenness:
        measures = say(" or ").join(label(say, measure) for measure in sorted(evenness))
        notes.append(say("heaviest ÷ lightest: {measures} per share", measures=measures))
    if any(value is not None for value in comparison.rows["revenue_at_risk_low"].values):
        at_risk = _range(low, high)
        notes.append(say("at risk: {share} of the revenue that changes hands, chosen or forced", share=at_risk))
    paper.paragraph(say("; ").join(notes), "quiet")
    for row in comparison.rows.values():
        if row.uncertain:
            names = (say("{a} and {b}", a=comparison.names[a], b=comparison.names[b]) for a, b in row.uncertain)
            pairs = first_of(names, _MOST_TOLD)
            paper.paragraph(
                say(
                    "≈ not certain which is better in {row}: {pairs}; a longer search may decide",
                    row=within(row.label) if say.code == "en" else label(say, row.label),
                    pairs=pairs,
                ),
                "warn",
            )


def _range(low: float, high: float) -> str:
    return f"{100 * low:g}%" if low == high else f"{100 * low:g}–{100 * high:g}%"


def _show_troubles(paper: Paper, comparison: Comparison) -> None:
    """Write why a scenario has no plan, or which hard rules it breaks."""
    for entry in comparison.entries:
        if entry.allowed or not entry.explanation:
            continue
        paper.blank()
        paper.line(Said(entry.name, "strong"), Said(f"  {_trouble(entry, paper.language)}", "bad"))
        for line in entry.explanation[:_MOST_TOLD]:
            paper.paragraph(line, bullet="· ")
        paper.left_out(len(entry.explanation) - _MOST_TOLD, " in comparison.json", indent=3)


def _trouble(entry: Entry, say: Language) -> str:
    if entry.figures is None:
        return say("failed")
    if entry.figures.has_plan:
        return say.plural(
            entry.figures.violations,
            "not allowed: breaks {count} hard rule",
            "not allowed: breaks {count} hard rules",
        )
    return say("no plan can exist" if entry.status == "infeasible" else "no plan was found")
