"""How each of many scenarios ended, on the board that shows them while they are planned."""

from __future__ import annotations

from planner.console import Board
from planner.screens.figures import percent
from scenarios.running.runner import Ended

_HOW = {
    "optimal": "proven: no plan is better",
    "evaluated": "measured as it is",
    "infeasible": "no plan can exist",
    "no_plan": "no plan was found",
}


def show_ended(board: Board, name: str, news: Ended) -> None:
    """Mark a scenario as ended, with how it ended in a few words."""
    if news.trouble is not None:
        board.end(name, "failed", news.trouble.message)
        return
    figures = news.result.figures
    how = _HOW.get(figures.status)
    if how is None:
        gap = figures.gap if figures.gap is not None else figures.certified_gap
        how = "done" if gap is None else f"at most {percent(gap)} better is possible"
    board.end(name, "again" if news.again else "done", how + (", planned before" if news.again else ""))
