"""What tests of comparisons' reports share: equal reports, and every text in one."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from planner.report.blocks import Block, Report
from planner.report.readership.audience import Audience

EVERYBODY = Audience()
NASTY = "<script>alert(1)</script>"
B = TypeVar("B", bound=Block)


def plain(value: object) -> object:
    """Return a report, or a part of it, as something that can be compared: arrays as lists, NaN as a word."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return "NaN" if isinstance(value, float) and value != value else value


def texts_in(value: object) -> Iterator[str]:
    """Yield every text in a report, data behind charts and keys included."""
    if isinstance(value, Report):
        value = plain(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from texts_in(str(key))
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def record_of(folder: Path) -> dict[str, Any]:
    """Return the record of the comparison in a project of the fixture ``compared``."""
    return json.loads((folder / "first" / "comparison.json").read_text(encoding="utf-8"))


def block(report: Report, kind: type[B], key: str) -> B:
    """Return the block of a kind with a key."""
    return next(one for one in report.blocks(kind) if one.key == key)
