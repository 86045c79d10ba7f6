"""RESULTS.md: tables that a benchmark rewrites between its own two markers, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a Markdown table; their keys are the headings."""
    headings = list(rows[0])
    lines = [headings, ["---"] * len(headings), *([row[heading] for heading in headings] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replace_between_markers(path: Path, name: str, text: str) -> None:
    """Put ``text`` between ``<!-- name -->`` and ``<!-- /name -->`` in a file.

    Raises
    ------
    ValueError
        When the file does not have both markers in this order.
    """
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not begin or not end:
        raise ValueError(f"{path.name} has no place for {name!r}: <!-- {name} --> and <!-- /{name} -->")
    path.write_text(f"{before}{begin}{text.rstrip()}\n{end}{after}", encoding="utf-8")
