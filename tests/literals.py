"""What texts the source says, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def literals(folder: Path) -> Iterator[str]:
    """Yield every string literal below a folder."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def calls(folder: Path, name: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a function or method of that name, with its file and line."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if name == (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def said_in(argument: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be, either side of an ``if``; of an f-string the words between places."""
    if isinstance(argument, ast.IfExp):
        yield from said_in(argument.body)
        yield from said_in(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.JoinedStr):
        for part in argument.values:
            if isinstance(part, ast.Constant):
                yield str(part.value)
