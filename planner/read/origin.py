"""From what the project file says of a table to its sheet: which file, of which kind, and may it be read."""

from __future__ import annotations

from pathlib import Path

from models.findings import Place, did_you_mean
from planner.read.delimited import read_delimited
from planner.read.parquet import read_parquet
from planner.read.problems import Problems
from planner.read.sheet import Sheet
from planner.read.source import Origin
from planner.read.workbook import read_workbook


def read_sheet(origin: Origin, folder: Path, problems: Problems) -> Sheet | None:
    """Read the file or query of ``origin``; None where it cannot be read (which is then among the problems)."""
    if origin.file is None:
        from planner.read.database import read_query  # brings SQLAlchemy, which files do not need

        return read_query(origin.sql or "", origin.url or "", folder, problems)
    path = folder / origin.file
    try:
        if not _is_filled_file(path, origin.file, problems):
            return None
        match origin.kind:
            case "parquet":
                return read_parquet(path, origin.file, problems)
            case "workbook":
                return read_workbook(path, origin.file, origin.sheet, problems)
            case _:
                return read_delimited(path, origin.file, origin.delimiter, origin.encoding, problems)
    except OSError as wrong:
        problems.add(
            "TP103",
            Place(file=origin.file),
            found=wrong.strerror or type(wrong).__name__,
            expected="a file that can be read",
            hint="Try its permissions",
        )
        return None


def _is_filled_file(path: Path, file: str, problems: Problems) -> bool:
    place = Place(file=file)
    try:
        if path.is_dir():
            problems.add("TP102", place, expected="a file", hint=_inside(path))
        elif not path.exists():
            problems.add("TP101", place, expected=f"a file in {_shown(path.parent)}", hint=_nearest(path))
        elif path.stat().st_size == 0:
            problems.add("TP104", place, expected="a header and rows", hint="Try exporting the table again")
        else:
            path.open("rb").close()  # raises where it may not be read, the same for every kind of file
            return True
    except ValueError as wrong:  # a name that no file can have
        problems.add("TP101", place, found=str(wrong), expected="the name of a file", hint="Try another name")
    return False


def _inside(folder: Path) -> str:
    names = sorted(one.name for one in folder.iterdir() if one.is_file())
    return f"Try a file inside it, such as {folder.name}/{names[0]}" if names else "Try the name of a file"


def _shown(folder: Path) -> str:
    return f"the folder {folder.name!r}" if folder.name else "the folder"


def _nearest(path: Path) -> str:
    """Return a hint that names the file most like a missing one."""
    folder = path.parent
    if not folder.is_dir():
        return "Try a path that begins at the folder of planner.yaml"
    names = sorted(one.name for one in folder.iterdir() if one.is_file() and one.name != "planner.yaml")
    return did_you_mean(path.name, names) if names else "Try putting it beside planner.yaml"
