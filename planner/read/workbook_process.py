"""Reads one sheet of a workbook in a process of its own, and writes it to standard output as JSON.

The native reader ends its process when a damaged workbook makes it ask for more memory than there is; then the planner
must go on and say so. For a quick start this file imports nothing of the planner.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import python_calamine as calamine

MOST_MEMORY_BYTES = 8 * 2**30


def main() -> int:
    """Write ``{"sheets", "sheet", "row", "cells"}``; ``{"sheets"}`` where it is not there; or ``{"error"}``."""
    path, *wanted = sys.argv[1:]
    _limit_memory()
    answer: dict[str, Any]
    try:
        with calamine.load_workbook(path) as workbook:
            sheets = [one.name for one in workbook.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
            name = next(iter(wanted or sheets), None)
            if name not in sheets:
                answer = {"sheets": sheets}
            else:
                sheet = workbook.get_sheet_by_name(name)
                row = (sheet.start or (0, 0))[0] + 1
                answer = {"sheets": sheets, "sheet": name, "row": row, "cells": sheet.to_python()}
    except (calamine.CalamineError, OSError, ValueError) as wrong:
        answer = {"error": str(wrong) or type(wrong).__name__}
    sys.stdout.write(json.dumps(answer, default=str))
    return 0


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MOST_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MOST_MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    sys.exit(main())
