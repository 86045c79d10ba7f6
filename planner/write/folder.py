"""Folders that the planner writes: numbered under ``runs/`` or named by the user, and what may be replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.findings import Finding, InputRefused, Place
from planner.write.unfinished import OLD, leftovers

RUNS = "runs"
SCENARIOS = "scenarios"
"""Below the runs: those of scenarios, by the hash of what they depend on."""
RECORD = "plan.json"
INPUTS = "inputs"
REPORTS = "report"
"""Beside finished work: a folder per reader."""
IMAGES = "images"
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in a folder that somebody looks at."""
_OF_A_DISK = "lost+found"
_MOST_SHOWN = 3


@dataclass(frozen=True)
class Kind:
    """What a command writes into a folder, such as ``a run``: the file by which it is known, and the names of all."""

    what: str
    record: str
    names: frozenset[str]

    def others(self, folder: Path) -> list[str]:
        """Return the names of what is in a folder and not of this kind."""
        return sorted({one.name for one in _contents(folder)} - self.names - {self.record})

    def stands_in(self, folder: Path) -> bool:
        """Tell whether a folder holds earlier work of this kind, or was being given some when that stopped."""
        aside = leftovers(folder, _name(folder), OLD)
        return any((one / self.record).is_file() for one in (folder, *aside))


def stays(one: Path) -> bool:
    """Tell whether something in a folder belongs to the disk that is mounted there, and is nobody's."""
    return one.name == _OF_A_DISK and os.path.ismount(one.parent)


def _contents(folder: Path) -> list[Path]:
    """Return what somebody put into a folder."""
    hidden = {one.name for one in leftovers(folder, _name(folder))} | _LITTER
    return [one for one in folder.iterdir() if one.name not in hidden and not stays(one)]


def _name(folder: Path) -> str:
    return Path(os.path.realpath(folder)).name


def pages_of(name: str) -> frozenset[str]:
    """Return the names of what a report is written as, by that of the report."""
    return frozenset({f"{name}.html", f"{name}.xlsx", IMAGES})


def run_folders(project: Path) -> list[Path]:
    """Return the numbered runs of a project, the oldest first."""
    return sorted((one for one in _numbered(project) if one.is_dir()), key=lambda folder: int(folder.name))


def next_folder(project: Path) -> Path:
    """Return the folder of the next run: 001, 002 and so on, one after the highest there is."""
    last = max((int(one.name) for one in _numbered(project)), default=0)
    return project / RUNS / f"{last + 1:03}"


def _numbered(project: Path) -> Iterator[Path]:
    return (one for one in (project / RUNS).glob("[0-9]*") if one.name.isdecimal() and one.name.isascii())


def chosen_folder(out: Path, kind: Kind, *, force: bool = False) -> Path:
    """Return ``out`` if it may be written there.

    Raises
    ------
    InputRefused
        When it is not empty, unless it holds earlier work of that kind and nothing else, and ``force`` is given.
    """
    if not out.exists():
        return out
    if not out.is_dir():
        raise _refused(out, "a file", "Try another --out")
    if not _contents(out):
        return out
    if not kind.stands_in(out):
        raise _refused(out, f"files that are not {kind.what}", "Try another --out")
    earlier = f"an earlier {kind.what.removeprefix('a ')}"
    others = kind.others(out)
    if others:
        shown = ", ".join(others[:_MOST_SHOWN])
        more = f" and {len(others) - _MOST_SHOWN} more" if len(others) > _MOST_SHOWN else ""
        raise _refused(out, f"{earlier}, and what is not of it: {shown}{more}", "Try another --out, or move that away")
    if not force:
        raise _refused(out, earlier, "Try --force to replace it")
    return out


def _refused(out: Path, found: str, hint: str) -> InputRefused:
    title = "The folder to write into is not empty"
    return InputRefused(
        [Finding("TP501", title, Place(file=str(out)), found=found, expected="a new or empty folder", hint=hint)]
    )
