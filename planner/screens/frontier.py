"""The frontier on the terminal: a plot of points, band and knee, and what each step buys."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.console import Column, Look, Paper, Said, Words, width_of
from planner.exchange_rates import Rates
from planner.language import ENGLISH, Language, beside, label
from planner.screens.conflicts import show_explain
from planner.screens.figures import number, percent
from planner.screens.findings import counted
from planner.screens.plan import gap_figure
from scenarios.tracing.frontier import Frontier
from scenarios.tracing.trade_off import TradeOff

ROWS = 14
_LABEL = 9
_STOPPED = {
    "points": "as many points as were asked for; --points asks for more",
    "closed": "no further limit would tell more; longer solves would",
    "work": "further limits told nothing new; longer solves might",
    "time limit": "stopped by the time limit",
    "interrupted": "interrupted",
}


def show_frontier(
    paper: Paper,
    frontier: Frontier,
    trade: TradeOff,
    *,
    title: str,
    explanation: Sequence[str] = (),
    explain: Sequence[str] = (),
) -> None:
    """Write a frontier: the plot, the knee with its reason, and the table of points; or why no plan can exist.

    ``explain`` are the commands that tell more of why none can.
    """
    paper.blank()
    say = paper.language
    against = say("{y} against {x}", y=label(say, trade.y), x=label(say, trade.x))
    paper.line(Said(title, "title"), Said(f"  {against}", "quiet"))
    if not frontier.points:
        paper.blank()
        proven = frontier.status == "infeasible"
        if proven:
            paper.paragraph(say("No plan can exist"), "bad")
            for because in explanation:
                paper.paragraph(because, bullet="· ")
            if explain:
                show_explain(paper, explain)
            return
        paper.paragraph(say("No plan was found."), "warn")
        if frontier.stopped_by in _STOPPED:
            paper.paragraph(say(_STOPPED[frontier.stopped_by]), "quiet")
        return
    if len(frontier.points) > 1:
        paper.blank()
        for line in plot(frontier, trade, paper.width, say):
            paper.line(*line)
    _show_knee(paper, frontier, trade)
    _show_points(paper, frontier, trade)
    paper.blank()
    paper.paragraph(_standing(frontier, trade, say), "quiet")


def show_frontier_written(paper: Paper, folder: Path, points: int) -> None:
    """Say where it was written, and what is in there."""
    paper.blank()
    paper.line(Said(paper.language("Written to"), "quiet"), f" {folder}")
    if not points:
        return
    told = "frontier.json holds the settings of each point: paste them as a scenario's 'set' to plan it."
    paper.paragraph(paper.language(told), "quiet")


def plot(frontier: Frontier, trade: TradeOff, width: int, say: Language = ENGLISH) -> list[list[str | Said]]:
    """Return the plot, line by line: points ●, the knee ◆, what is reached ─, what may still be better ░."""
    columns, points = width - _LABEL - 6, frontier.points
    x0, x1 = points[0].x, points[-1].x
    tops = [point.y for point in points]
    floors = [bound for bound in (frontier.below(point.x) for point in points) if math.isfinite(bound)]
    high, low = max(tops), min([*tops, *floors])

    def column(x: float) -> int:
        return math.ceil((x - x0) / (x1 - x0) * (columns - 1) - 1e-6)

    def row(y: float) -> int:
        return ROWS - 1 if y == -math.inf else round((high - y) / (high - low) * (ROWS - 1))

    grid: list[list[tuple[str, Look]]] = [[(" ", "")] * columns for _ in range(ROWS)]
    before = row(tops[0])
    for c in range(columns):
        x = x0 + c / (columns - 1) * (x1 - x0) + 1e-9 * (x1 - x0)
        upper = row(frontier.above(x))
        lower = row(max(frontier.below(math.floor(x) if trade.whole else x), low))
        for r in range(upper + 1, lower + 1):
            grid[r][c] = ("░", "quiet")
        for r in range(before + 1, upper):
            grid[r][c] = ("│", "quiet")
        grid[upper][c] = ("─", "quiet")
        before = upper
    knee = frontier.knee
    for at, point in enumerate(points):
        is_knee = knee is not None and knee.at == at
        grid[row(point.y)][column(point.x)] = ("◆", "strong") if is_knee else ("●", "good")
    if knee is not None:  # on top of its neighbours
        grid[row(points[knee.at].y)][column(points[knee.at].x)] = ("◆", "strong")
    lines: list[list[str | Said]] = [[Said(_axis(trade.y, trade.y_unit, say), "quiet")]]
    for r, cells in enumerate(grid):
        y = high - r / (ROWS - 1) * (high - low)
        label = number(y) if r % 4 == 0 or r == ROWS - 1 else ""
        lines.append([Said(f"{label:>{_LABEL}} ┤" if label else " " * (_LABEL + 1) + "│", "quiet"), *_runs(cells)])
    lines.append([Said(" " * (_LABEL + 1) + "└" + "─" * columns, "quiet")])
    lines.append([Said(" " * (_LABEL + 2) + _x_labels(trade, x0, x1, columns), "quiet")])
    axis = _axis(trade.x, trade.unit, say)
    lines.append([Said(" " * (_LABEL + 2 + columns - width_of(axis)) + axis, "quiet")])
    return lines


def _axis(name: str, unit: str, say: Language) -> str:
    named = label(say, name)
    return f"{named} ({say(unit)})" if unit and not name.startswith(unit) else named


def _runs(cells: list[tuple[str, Look]]) -> list[str | Said]:
    """Join neighbours of one look."""
    runs: list[Said] = []
    for text, look in cells:
        if runs and runs[-1].look == look:
            runs[-1] = Said(runs[-1].text + text, look)
        else:
            runs.append(Said(text, look))
    return list(runs)


def _x_labels(trade: TradeOff, x0: float, x1: float, columns: int) -> str:
    texts = []
    for part in (0.0, 0.5, 1.0):
        x = x0 + part * (x1 - x0)
        share = f" · {percent(x / trade.base)}" if trade.base else ""
        texts.append(number(x) + share)
    middle = columns // 2 - len(texts[1]) // 2
    line = texts[0].ljust(middle) + texts[1]
    return line + texts[2].rjust(columns - len(line))


def _show_knee(paper: Paper, frontier: Frontier, trade: TradeOff) -> None:
    knee = frontier.knee
    if knee is None:
        return
    say, point = paper.language, frontier.points[knee.at]
    where = f"{_x(trade, point.x)}, {trade.y} {beside(number(point.y), trade.y_unit)}"
    paper.blank()
    paper.paragraph([Said(say("Knee") + "  ", "title"), Said(f"{where}: ", "strong"), Rates(trade).knee(knee) + "."])


def _x(trade: TradeOff, x: float) -> str:
    if trade.whole:
        return f"{counted(round(x), 'customer')} moved"
    return beside(number(x), trade.unit) + f" of {trade.x}"


def _apart(values: Sequence[float]) -> Callable[[float], str]:
    """Return how to write numbers so that neighbours can be told apart."""
    largest, least = max(map(abs, values)), min((abs(value) for value in values if value), default=1.0)
    if largest >= 1e7:
        return number
    first = max(0, min(2, 2 - math.floor(math.log10(least))))
    decimals = next((d for d in range(first, 5) if len({f"{value:.{d}f}" for value in values}) == len(values)), 4)
    return lambda value: f"{value:,.{decimals}f}" if math.isfinite(value) else "–"


def _show_points(paper: Paper, frontier: Frontier, trade: TradeOff) -> None:
    rates, words, knee = frontier.rates, Rates(trade), frontier.knee
    say, shares = paper.language, trade.base is not None and trade.base > 0
    columns = [
        Column(),
        Column(_axis(trade.x, trade.unit, say), align="right"),
        *([Column("share", align="right")] if shares else []),
        Column(label(say, trade.y), align="right", look="strong"),
        Column("at best", align="right"),
        Column("gap", align="right"),
        Column(say("next {step} buys", step=words.brief_step), align="right"),
    ]
    x_text = number if trade.whole else _apart([point.x for point in frontier.points])
    y_text = _apart([point.y for point in frontier.points])
    rows: list[list[Words]] = []
    for at, point in enumerate(frontier.points):
        gap = (point.y - point.bound) / max(abs(point.y), 1e-9)
        rows.append(
            [
                "◆" if knee is not None and knee.at == at else "●",
                x_text(point.x),
                *([percent(point.x / trade.base)] if shares and trade.base else []),
                y_text(point.y),
                y_text(point.bound) if math.isfinite(point.bound) else "–",
                gap_figure(gap) if math.isfinite(gap) else say("unknown"),
                number(rates[at] * words.step) if at < len(rates) else "",
            ]
        )
    paper.heading("Points", "at best: no plan with as little change is better")
    paper.table(columns, rows)


def _standing(frontier: Frontier, trade: TradeOff, say: Language) -> str:
    if frontier.complete:
        return say("Complete: every point of the true frontier is here, each proven.")
    reason = say(_STOPPED.get(frontier.stopped_by, frontier.stopped_by))
    open_ = "The true frontier lies in the shaded band" if len(frontier.points) > 1 else "There may be more points"
    large = "" if trade.in_order else say(" A frontier of an org this large is never called complete.")
    return say("{open}; {reason}.", open=say(open_), reason=reason) + large
