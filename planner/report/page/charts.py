"""Charts as the page has them: data of all charts in one store, each once, by column."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.report.blocks import Chart
from planner.report.page.columnar import plain, rows_by_column

MANY_MARKS = 3000
"""From so many rows on, a chart is painted rather than drawn: a drawing of so many parts is slow."""
_FEW_ROWS = 20
_MOST_ABREAST = 10
"""Of more names side by side, a chart needs the whole width of a sheet."""


@dataclass
class Store:
    """The data of charts, each once however many charts draw them."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)

    def put(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """Keep rows and return their name; ``None`` for what is not worth keeping, or has no columns."""
        if len(rows) < _FEW_ROWS or not all(isinstance(row, Mapping) for row in rows):
            return None
        columns = rows_by_column(rows)
        if columns is None:
            return None
        text = json.dumps(columns, sort_keys=True)
        name = f"rows-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        self.held[name] = columns
        return name


def chart_data(chart: Chart, store: Store) -> dict[str, Any]:
    """Return what the browser draws a chart from; its rows go to the store."""
    data = {"summary": chart.summary, **_drawing(chart.spec, store)}
    if chart.still and chart.still != chart.spec:
        data["still"] = _drawing(chart.still, store)
    return data


def _drawing(spec: Mapping[str, Any], store: Store) -> dict[str, Any]:
    given = {str(name): rows for name, rows in (spec.get("datasets") or {}).items()}
    names: dict[str, str] = {}
    kept: dict[str, Any] = {}
    most = 0

    def take(name: str | None, rows: Any, form: Mapping[str, Any]) -> str | None:
        """Keep the rows of a drawing, named or not; return the name that it knows them by, if they could be kept."""
        nonlocal most
        read = _read(rows, form)
        most = max(most, len(read) if isinstance(read, list) else 0)
        place = store.put(read) if isinstance(read, list) else None
        if place is None:
            if name is not None:
                kept[name] = plain(read)
            return None
        names[name or place] = place
        return name or place

    def data(value: Mapping[str, Any]) -> dict[str, Any]:
        name, form = value.get("name"), value.get("format") or {}
        if name in given and name not in names and name not in kept:
            take(name, given[name], form)
        rows = value.get("values")
        if isinstance(rows, list | tuple | str):
            name = take(None, rows, form)
            if name is None:
                return {**plain(value), "values": plain(_read(rows, form)), **({"format": {}} if _is_csv(form) else {})}
        rest = {key: plain(part) for key, part in value.items() if key not in ("values", "name")}
        if _is_csv(form):
            rest.pop("format")
        return rest if name is None else {"name": name, **rest}

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, list | tuple):
            return [walk(one) for one in value]
        if not isinstance(value, Mapping):
            return plain(value)
        if key == "data":
            return data(value)
        return {str(one): walk(part, str(one)) for one, part in value.items()}

    drawn = {key: walk(part, key) for key, part in spec.items() if key not in ("datasets", "usermeta", "$schema")}
    return {"spec": drawn, "rows": names, "datasets": kept, "many": most > MANY_MARKS}


def _is_csv(form: Mapping[str, Any]) -> bool:
    return form.get("type") == "csv"


def _read(rows: Any, form: Mapping[str, Any]) -> Any:
    """Return rows given as comma-separated text as rows: the browser would need to evaluate code to read them."""
    if not (_is_csv(form) and isinstance(rows, str)):
        return list(rows) if isinstance(rows, tuple) else rows
    numbers = {name for name, kind in (form.get("parse") or {}).items() if kind == "number"}
    return [
        {name: (float(cell) if cell else None) if name in numbers else cell for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(rows))
    ]


@dataclass(frozen=True)
class ChartPlace:
    """What is known of a chart before it is drawn: about how high it will be, and if two go abreast on paper."""

    height: int
    is_slim: bool


def chart_place(chart: Chart) -> ChartPlace:
    """Return the place that is kept for a chart, so that what is below it need not jump when it is drawn."""
    height = chart.spec.get("height")
    parts = [chart.spec, *chart.spec.get("layer", ())]
    across = [((part.get("encoding") or {}).get("x") or {}).get("sort") for part in parts]
    is_crowded = any(isinstance(names, list) and len(names) > _MOST_ABREAST for names in across)
    is_alone = ("layer" in chart.spec or "mark" in chart.spec) and "hconcat" not in chart.still
    is_slim = is_alone and not is_crowded and not any(part.get("projection") for part in parts)
    return ChartPlace(int(height) + 60 if isinstance(height, int | float) else 260, is_slim)
