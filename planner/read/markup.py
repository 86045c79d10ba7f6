"""The markup inside an .xlsx workbook, for what its reader does not tell: it gives ``#REF!`` as blank."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,20})["']""")
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt\s*=\s*["']e["'][^>]*)>(.{0,2000}?)</(?:\w+:)?c>""", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>(.*?)</(?:\w+:)?v>", re.DOTALL)


def sheet_markup(path: Path, sheet: str) -> bytes | None:
    """Return the XML of a sheet, or None where the file is no .xlsx (but an .xls, .xlsb or .ods)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(_part(archive, sheet))
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, EOFError):
        # what zipfile raises for: no archive, no such part, unreadable, unknown compression, encrypted, cut off; the
        # reader has read the cells by then, and without markup only the names of its error cells are not told
        return None


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds the sheet; KeyError where there is none."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(relations)}
    for tag in _SHEET.findall(book):
        if _attribute(tag, "name") == sheet:
            target = targets[_attribute(tag, "r:id")]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"""\s{name}\s*=\s*("[^"]*"|'[^']*')""", tag)
    return html.unescape(match.group(1)[1:-1]) if match else ""


def error_cells(markup: bytes) -> list[tuple[int, str]]:
    """Return row and description of each cell that holds an error such as ``#DIV/0!``."""
    found = []
    for attributes, content in _ERROR_CELL.findall(markup):
        cell, value = _CELL.search(attributes), _VALUE.search(content)
        if cell:
            text = html.unescape(value.group(1).decode("utf-8", "replace")) if value else "an error"
            found.append((int(cell.group(2)), f"{text} in {cell.group(1).decode()}{cell.group(2).decode()}"))
    return found
