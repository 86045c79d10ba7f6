"""Run folders: numbered under ``runs/`` or named by the user, and never half-written."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from models.findings import Finding, InputRefused, Place

RUNS = "runs"
SCENARIOS = "scenarios"
"""Below the runs: those of scenarios, by the hash of what they depend on."""
RECORD = "plan.json"
INPUTS = "inputs"


def run_folders(project: Path) -> list[Path]:
    """Return the numbered runs of a project, the oldest first."""
    folders = [folder for folder in (project / RUNS).glob("[0-9]*") if folder.name.isdigit() and folder.is_dir()]
    return sorted(folders, key=lambda folder: int(folder.name))


def next_folder(project: Path) -> Path:
    """Return the folder of the next run: 001, 002 and so on, one after the highest there is."""
    last = max((int(folder.name) for folder in run_folders(project)), default=0)
    return project / RUNS / f"{last + 1:03}"


def chosen_folder(out: Path, *, force: bool = False, record: str = RECORD) -> Path:
    """Return ``out`` if a run may be written there; ``record`` is the file by which an earlier one is known.

    Raises
    ------
    InputRefused
        When it is not empty, unless it is an earlier run and ``force`` is given.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return out
    earlier = (out / record).is_file()
    if earlier and force:
        return out
    raise InputRefused(
        [
            Finding(
                "TP501",
                "The folder for the run is not empty",
                Place(file=str(out)),
                found="an earlier run" if earlier else "files that are not a run" if out.is_dir() else "a file",
                expected="a new or empty folder",
                hint="Try --force to replace that run" if earlier else "Try another --out",
            )
        ]
    )


def publish(target: Path | None, project: Path, write: Callable[[Path], None]) -> Path:
    """Let ``write`` fill an empty folder that becomes ``target`` (None: the next number) once all is written.

    When anything fails on the way, nothing is left behind. The folder that was at ``target`` is replaced; of a link to
    a folder, the folder that it leads to.
    """
    place = target if target is None or not target.is_symlink() else Path(os.path.realpath(target))
    parent = (place or next_folder(project)).parent
    parent.mkdir(parents=True, exist_ok=True)
    work = parent / f".{place.name if place else 'run'}.{uuid.uuid4().hex}.partial"
    work.mkdir()
    try:
        write(work)
        if target is None or place is None:
            return _number(work, project)
        _replace(work, place)
        return target
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _number(work: Path, project: Path) -> Path:
    """Give the folder the next free number; another run may take one at the same moment."""
    while True:
        target = next_folder(project)
        try:
            target.mkdir()
        except FileExistsError:
            continue
        return work.rename(target)


def _replace(work: Path, target: Path) -> None:
    """Put the folder at ``target``; another run may do the same at the same moment, and the last one stays."""
    while True:
        old = target.parent / f".{target.name}.{uuid.uuid4().hex}.old"
        with contextlib.suppress(FileNotFoundError):
            target.rename(old)
        try:
            work.rename(target)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            continue
        finally:
            shutil.rmtree(old, ignore_errors=True)
        return
