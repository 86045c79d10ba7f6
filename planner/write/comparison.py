"""The files of a comparison: a table for machines and spreadsheets, the record, and a page in Markdown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from planner.comparison_record import comparison_document, comparison_record
from planner.language import beside
from planner.screens.figures import OTHER_MEANING, change_in, figure_in
from planner.versions import versions
from planner.write.files import write_csv, write_json
from planner.write.folder import Kind, pages_of, report_beside
from planner.write.tables import for_people, headed_for_people
from scenarios.comparing.comparison import Comparison, Row
from scenarios.comparing.difference import Difference
from scenarios.comparing.gate import Verdict
from scenarios.comparing.row_definition import CERTIFIED_GAP

TABLE, RECORD, PAGE = "comparison.csv", "comparison.json", "comparison.md"
CUSTOMERS = "customers.csv"
FRONTIER = "frontier.json"
"""A frontier that the report of a comparison shows beside it."""
COMPARISON = Kind(
    "a comparison",
    RECORD,
    frozenset({TABLE, PAGE, CUSTOMERS, FRONTIER}) | pages_of("comparison") | report_beside("comparison"),
)


def write_comparison(
    folder: Path,
    comparison: Comparison,
    *,
    project: str,
    verdicts: Sequence[Verdict] = (),
    runs: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Write the three files to a folder that exists, and return the record as plain data."""
    record = comparison_record(comparison, project=project, versions=versions(), verdicts=verdicts, runs=runs)
    document = comparison_document(record)
    write_csv(comparison_table(comparison), folder / TABLE)
    write_json(document, folder / RECORD)
    text = comparison_page(comparison, title=project, verdicts=verdicts)
    (folder / PAGE).write_text(text, encoding="utf-8", errors="backslashreplace")
    return document


def write_difference(folder: Path, difference: Difference) -> None:
    """Write ``customers.csv``: the customers that two plans give to different reps, or that only one of them has."""
    write_csv(difference_table(difference), folder / CUSTOMERS)


def difference_document(difference: Difference) -> list[dict[str, object]]:
    """Return the customers of ``customers.csv`` as plain data, blanks left out."""
    rows = difference_table(difference).to_dict("records")
    return [{str(name): value for name, value in row.items() if not pd.isna(value)} for row in rows]


def comparison_table(comparison: Comparison) -> pd.DataFrame:
    """Return one row per scenario with a column per figure, named as gates name it; infinite ones are ``inf``.

    Before a name that a spreadsheet would take for a formula stands an apostrophe, as before such cells.
    """
    entries = comparison.entries
    explained = [" · ".join(entry.explanation) or None for entry in entries]
    table = {
        "scenario": for_people(np.array([entry.name for entry in entries], dtype=object)),
        "status": [entry.status for entry in entries],
        "allowed": [entry.allowed for entry in entries],
        "baseline": [at == comparison.baseline for at in range(len(entries))],
    }
    for name, row in comparison.rows.items():
        table[name] = np.array([math.nan if value is None else value for value in row.values], dtype=float)
    table["explanation"] = for_people(np.array(explained, dtype=object))
    return headed_for_people(pd.DataFrame(table))


def difference_table(difference: Difference) -> pd.DataFrame:
    """Return one row per customer and role that differs, the greatest revenue first, then those of one plan only."""
    changes = difference.changes
    goals = list(dict.fromkeys(goal for one in changes for goal in one.changes))
    alone = [(customer, "a") for customer in difference.only_a] + [(customer, "b") for customer in difference.only_b]
    blank = [None] * len(alone)

    def text(values: Sequence[str | None]) -> np.ndarray:
        return for_people(np.array([*values, *blank], dtype=object))

    names = {"a": difference.name_a, "b": difference.name_b}
    kinds = np.array([*(one.kind for one in changes), *(f"only in {side}" for _, side in alone)], dtype=object)
    because = [*(one.because for one in changes), *(f"only {names[side]} has this customer" for _, side in alone)]
    table: dict[str, object] = {
        "customer_id": [*(one.customer_id for one in changes), *(customer for customer, _ in alone)],
        "name": text([one.name for one in changes]),
        "role": [*(one.role for one in changes), *blank],
        "rep_id_a": [*(one.owner_a for one in changes), *blank],
        "rep_name_a": text([one.name_a for one in changes]),
        "rep_id_b": [*(one.owner_b for one in changes), *blank],
        "rep_name_b": text([one.name_b for one in changes]),
        "revenue": np.array([*(one.revenue for one in changes), *(math.nan for _ in alone)], dtype=float),
        "explained_by": kinds,
        "goal": [*(one.goal for one in changes), *blank],
        "points": np.array([*(one.points for one in changes), *(math.nan for _ in alone)], dtype=float),
        "because": for_people(np.array(because, dtype=object)),
    }
    for goal in goals:
        values = [*(one.changes.get(goal, math.nan) for one in changes), *(math.nan for _ in alone)]
        table[f"change_{goal}"] = np.array(values, dtype=float)
    return pd.DataFrame(table)


def comparison_page(comparison: Comparison, *, title: str, verdicts: Sequence[Verdict] = ()) -> str:
    """Return the comparison as Markdown: a table per section, the best in bold."""
    return "\n".join(_page(comparison, title, verdicts)).rstrip() + "\n"


def _page(comparison: Comparison, title: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    names = [_cell(name) for name in comparison.names]
    yield f"# {_cell(title)}: scenarios compared"
    yield ""
    yield f"Held against *{names[comparison.baseline]}*. **Bold** is the best of those allowed; in brackets the change"
    yield "against the baseline, of percentages in points; ≈ marks a difference that is not certain."
    if any(any(row.other) for row in comparison.rows.values()):
        yield f"{OTHER_MEANING} marks values of other goals, bands or units than the baseline's: not comparable."
    for section in comparison.sections:
        yield from ("", f"## {section.title}", "")
        yield f"|  | {' | '.join(names)} |"
        yield f"|---|{'---:|' * len(names)}"
        ends = {row.upto for row in section.rows}
        for row in section.rows:
            if row.name not in ends:
                cells = (_figure(comparison, row, at) for at in range(len(names)))
                unit = "" if row.unit in ("share", "ratio", "index") else row.unit
                yield f"| {_cell(row.label + (f', {unit}' if unit else ''))} | {' | '.join(cells)} |"
    for verdict in verdicts:
        yield from ("", f"## Gate {'passed' if verdict.passed else 'failed'}", "", f"    {_line(verdict.text)}", "")
        for judged in verdict.failing:
            yield f"- {_cell(judged.scenario)} fails"
        for judged in verdict.unknown:
            yield f"- {_cell(judged.scenario)} is not judged: a value is missing"
    troubled = [entry for entry in comparison.entries if not entry.allowed and entry.explanation]
    for entry in troubled:
        yield from ("", f"## {_cell(entry.name)}: {entry.status}", "")
        for line in entry.explanation:
            yield f"- {_cell(line)}"


def _figure(comparison: Comparison, row: Row, at: int) -> str:
    proven = row.name == CERTIFIED_GAP and comparison.entries[at].status == "optimal"
    text = "proven" if proven else figure_in(row.values[at], row.unit)
    if row.upto is not None and row.values[at] is not None:
        text += f"–{figure_in(comparison.rows[row.upto].values[at], row.unit)}"
    if row.values[at] is not None and row.unit_at(at) != row.unit:
        text = beside(text, row.unit_at(at))
    if row.best[at]:
        text = f"**{text}**"
    delta = "" if row.name == CERTIFIED_GAP else change_in(row.deltas[at], row.unit)
    if row.other[at]:
        return f"{text} ({OTHER_MEANING})"
    if delta and delta != "·" and row.upto is None:
        uncertain = tuple(sorted((at, comparison.baseline))) in row.uncertain
        text += f" ({'≈' if uncertain else ''}{delta})"
    return text


def _line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


def _cell(text: str) -> str:
    """Return a text that Markdown takes as it is, on one line, and that no spreadsheet takes for a formula."""
    escaped = re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", _line(text))
    return f"'{escaped}" if escaped.startswith(("=", "+", "-", "@")) else escaped
