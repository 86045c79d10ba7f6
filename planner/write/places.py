"""Where things stand in the user's own files, kept beside a run's snapshots: rows of tables, lines of the policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from models.findings import Place
from models.org import IntArray, Org, Source
from planner.document import Lines, Where
from planner.write.files import write_json

PLACES_FILE = "places.json"


def write_places(org: Org, lines: Lines | None, folder: Path) -> None:
    """Write where the rows of the tables and the lines of the policy stand."""
    document: dict[str, Any] = {"tables": {name: _source_document(source) for name, source in org.sources.items()}}
    if lines is not None:
        document["policy"] = {
            "file": lines.file,
            "lines": [[list(where), line] for where, line in lines.lines.items() if _of_policy(where)],
            "said": [[list(where), _stated(place)] for where, place in lines.said.items() if _of_policy(where)],
        }
    write_json(document, folder / PLACES_FILE)


def read_places(folder: Path) -> tuple[dict[str, Source], Lines | None]:
    """Return the sources of the tables and the lines of the policy, as :func:`write_places` wrote them.

    A run without them is one of before they were kept: there are none then.
    """
    path = folder / PLACES_FILE
    if not path.is_file():
        return {}, None
    document = json.loads(path.read_text(encoding="utf-8"))
    sources = {name: _source(one) for name, one in document["tables"].items()}
    policy = document.get("policy")
    if policy is None:
        return sources, None
    lines = {tuple(where): line for where, line in policy["lines"]}
    said = {tuple(where): Place(**place) for where, place in policy["said"]}
    return sources, Lines(policy["file"], lines, said)


def _of_policy(where: Where) -> bool:
    return where[:1] == ("policy",)


def _stated(place: Place) -> dict[str, Any]:
    return {key: value for key, value in asdict(place).items() if value is not None}


def _source_document(source: Source) -> dict[str, Any]:
    document: dict[str, Any] = {"file": source.file}
    if source.sheet is not None:
        document["sheet"] = source.sheet
    renamed = {column: header for column, header in source.headers.items() if column != header}
    if renamed:
        document["headers"] = renamed
    if source.rows is not None:
        document["rows"] = _runs(source.rows)
    if source.rest is not None:
        begin, more = source.rest
        document["rest"] = [begin, _source_document(more)]
    return document


def _source(document: Mapping[str, Any]) -> Source:
    runs, rest = document.get("rows"), document.get("rest")
    return Source(
        document["file"],
        document.get("sheet"),
        None if runs is None else _rows(runs),
        document.get("headers", {}),
        None if rest is None else (rest[0], _source(rest[1])),
    )


def _runs(rows: IntArray) -> dict[str, Any]:
    """Write row numbers, which mostly follow one another, as the runs in which they do."""
    first = np.flatnonzero(np.diff(rows, prepend=-1) != 1)
    return {"count": len(rows), "runs": [[int(at), int(rows[at])] for at in first]}


def _rows(document: Mapping[str, Any]) -> IntArray:
    """Read what :func:`_runs` wrote."""
    starts = np.array([at for at, _ in document["runs"]], dtype=np.int64)
    firsts = np.array([row for _, row in document["runs"]], dtype=np.int64)
    at = np.arange(document["count"])
    run = np.searchsorted(starts, at, side="right") - 1
    rows: IntArray = firsts[run] + at - starts[run]
    return rows
