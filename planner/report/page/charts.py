"""Charts as the page has them: data of all charts in one store, each once, by column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.report.blocks import Chart
from planner.report.page.columnar import drawable, plain, rows_by_column

MANY_MARKS = 3000
"""From so many rows on, a chart is painted rather than drawn: a drawing of so many parts is slow."""
_FEW_ROWS = 20


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
    names: dict[str, str] = {}
    most = 0

    def walk(value: Any, key: str = "") -> Any:
        nonlocal most
        if isinstance(value, list | tuple):
            return [walk(one) for one in value]
        if not isinstance(value, Mapping):
            return drawable(value) if isinstance(value, str) else plain(value)
        if key == "data" and isinstance(value.get("values"), list | tuple):
            rows = value["values"]
            most = max(most, len(rows))
            name = store.put(rows)
            if name is not None:
                names[name] = name
                rest = {one: walk(part, one) for one, part in value.items() if one not in ("values", "name")}
                return {"name": name, **rest}
            return plain(value)
        return {str(one): walk(part, str(one)) for one, part in value.items()}

    drawn = {key: walk(part, key) for key, part in spec.items() if key not in ("datasets", "usermeta", "$schema")}
    kept: dict[str, Any] = {}
    for given, rows in (spec.get("datasets") or {}).items():
        if isinstance(rows, list | tuple):
            most = max(most, len(rows))
            name = store.put(rows)
            if name is not None:
                names[str(given)] = name
                continue
        kept[str(given)] = plain(rows)
    return {"spec": drawn, "rows": names, "datasets": kept, "many": most > MANY_MARKS}


def height_of(chart: Chart) -> int:
    """Return about how high a chart will be, so that what is below it need not jump when it is drawn."""
    height = chart.spec.get("height")
    return int(height) + 60 if isinstance(height, int | float) else 260
