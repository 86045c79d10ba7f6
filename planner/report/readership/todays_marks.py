"""Who may see which column by the project file as it is today, which counts for reports of earlier runs as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.findings import Finding
from planner.document import read_document
from planner.project_file import PROJECT_FILE, readable_parts, validated
from planner.read.readers import Readers, readers_of

FARTHEST = 4
"""So many folders above a run its project may be: runs, and the folders of comparisons in them."""


def todays_readers(run: Path, wrong: list[Finding]) -> Readers:
    """Return what the project file above a run says today; nothing where there is none.

    A file that cannot be understood adds to ``wrong``: it may keep something back that would be shown.
    """
    file = next((one for one in (_above(run) or _above(run.resolve())) if one.is_file()), None)
    if file is None:
        return {}
    document = read_document(file, str(file))
    if document.findings or not isinstance(document.values, Mapping):
        wrong += [_of_today(one) for one in document.findings]
        return {}
    tables = document.values.get("tables")
    found = validated({"tables": tables}, document.lines)[1]
    wrong += [_of_today(one) for one in found]
    return {} if found else readers_of(readable_parts({"tables": tables}).tables)


def _above(run: Path) -> list[Path]:
    return [folder / PROJECT_FILE for folder in list(run.parents)[:FARTHEST] if (folder / PROJECT_FILE).is_file()]


def _of_today(one: Finding) -> Finding:
    return replace(one, code="TP548", title=f"What the project keeps back today cannot be read: {one.title}")
