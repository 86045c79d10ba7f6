"""Folders that the planner writes: numbered under ``runs/`` or named by the user, and what may be replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from models.findings import Finding, InputRefused, Place
from planner.report.readership.naming import EVERYBODY
from planner.write.unfinished import OLD, leftovers

RUNS = "runs"
SCENARIOS = "scenarios"
"""Below the runs: those of scenarios, by the hash of what they depend on."""
RECORD = "plan.json"
INPUTS = "inputs"
REPORTS = "report"
"""Beside finished work: a folder per reader."""
IMAGES = "images"
_FORMS = (".png", ".svg")
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in a folder that somebody looks at."""
_OF_A_DISK = "lost+found"
_MOST_SHOWN = 3
_MOVE = "Try another --out, or move that away"


@dataclass(frozen=True)
class Kind:
    """What a command writes into a folder, such as ``a run``.

    ``record`` is the file by which it is known, ``names`` are those of all files, with the folders that they lie in;
    ``images/*`` stands for pictures, each in both of their forms.
    """

    what: str
    record: str
    names: frozenset[str]

    def others(self, folder: Path, name: str | None = None) -> list[str]:
        """Return the names of what is in a folder, at any depth, and not of this kind.

        ``name`` is how the folder is called, where it lies under another name.
        """
        own = {PurePosixPath(one) for one in (*self.names, self.record)}
        homes = {home for one in own for home in one.parents}

        def foreign(place: Path, inside: PurePosixPath) -> Iterator[str]:
            names = {home.name for home in homes if home.parent == inside}
            for one in _contents(place, (name or _name(folder)) if place is folder else place.name, *names):
                path = inside / one.name
                if one.is_dir() and not one.is_symlink():
                    if path in homes:
                        yield from foreign(one, path)
                    else:
                        yield f"{path}/"
                elif path not in own and not (inside / "*" in own and _is_picture(one)):
                    yield str(path)

        return sorted(foreign(folder, PurePosixPath()))

    def stands_in(self, folder: Path, name: str | None = None) -> bool:
        """Tell whether a folder holds earlier work of this kind, or was being given some when that stopped."""
        aside = leftovers(folder, name or _name(folder), OLD)
        return any((one / self.record).is_file() for one in (folder, *aside))


@dataclass(frozen=True)
class Target:
    """Where to write, and what may be replaced there: nothing, or with ``force`` earlier work of that kind."""

    folder: Path
    kind: Kind
    force: bool = False

    def refusal(self, contents: Path | None = None) -> Finding | None:
        """Return why it may not be written there as things stand now; None where it may.

        ``contents`` is where that lies which is to be judged, if it was laid aside.
        """
        place, name = self.folder if contents is None else contents, _name(self.folder)
        if not place.exists():
            return None
        if not place.is_dir():
            return self._taken("a file", "Try another --out")
        if not _contents(place, name):
            return None
        if not any(self.kind.stands_in(one, name) for one in {place, self.folder} if one.is_dir()):
            return self._taken(f"files that are not {self.kind.what}", "Try another --out")
        earlier = f"an earlier {self.kind.what.removeprefix('a ')}"
        others = self.kind.others(place, name)
        if others:
            shown = ", ".join(others[:_MOST_SHOWN])
            more = f" and {len(others) - _MOST_SHOWN} more" if len(others) > _MOST_SHOWN else ""
            return self._taken(f"{earlier}, and what would be lost: {shown}{more}", _MOVE)
        return None if self.force else self._taken(earlier, "Try --force to replace it")

    def _taken(self, found: str, hint: str) -> Finding:
        title = "The folder to write into is not empty"
        place = Place(file=str(self.folder))
        return Finding("TP501", title, place, found=found, expected="a new or empty folder", hint=hint)


def chosen_folder(out: Path, kind: Kind, *, force: bool = False) -> Target:
    """Return ``out`` as a target if it may be written there.

    Raises
    ------
    InputRefused
        When it is not empty, unless it holds earlier work of that kind and nothing else, and ``force`` is given.
    """
    target = Target(out, kind, force)
    refusal = target.refusal()
    if refusal is not None:
        raise InputRefused([refusal])
    return target


def stays(one: Path) -> bool:
    """Tell whether something in a folder belongs to the disk that is mounted there, and is nobody's."""
    return one.name == _OF_A_DISK and os.path.ismount(one.parent)


def _contents(folder: Path, *names: str) -> list[Path]:
    """Return what somebody put into a folder; what is left of writing one of those names is nobody's."""
    hidden = {one.name for name in names for one in leftovers(folder, name)} | _LITTER
    return [one for one in folder.iterdir() if one.name not in hidden and not stays(one)]


def _is_picture(one: Path) -> bool:
    """Tell whether a file is one of a chart, which come in two forms."""
    return one.suffix in _FORMS and all(one.with_suffix(form).is_file() for form in _FORMS)


def _name(folder: Path) -> str:
    return Path(os.path.realpath(folder)).name


def pages_of(name: str) -> frozenset[str]:
    """Return the names of what a report is written as, by that of the report."""
    return frozenset({f"{name}.html", f"{name}.xlsx", f"{IMAGES}/*"})


def report_beside(name: str) -> frozenset[str]:
    """Return the names of the report for everybody, beside what it is of.

    One for a single reader is not among them: it was cut on purpose, and perhaps sent.
    """
    return frozenset(f"{REPORTS}/{EVERYBODY}/{one}" for one in pages_of(name))


def run_folders(project: Path) -> list[Path]:
    """Return the numbered runs of a project, the oldest first."""
    return sorted((one for one in _numbered(project) if one.is_dir()), key=lambda folder: int(folder.name))


def next_folder(project: Path) -> Path:
    """Return the folder of the next run: 001, 002 and so on, one after the highest there is."""
    last = max((int(one.name) for one in _numbered(project)), default=0)
    return project / RUNS / f"{last + 1:03}"


def _numbered(project: Path) -> Iterator[Path]:
    return (one for one in (project / RUNS).glob("[0-9]*") if one.name.isdecimal() and one.name.isascii())
