"""Publishing: a folder is there as a whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from planner.write.folder import RUNS, next_folder, stays
from planner.write.unfinished import OLD, PARTIAL, held, hidden, leftovers, sweep, unfinished

_NUMBERED = "run"
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
_PATIENCE_SECONDS = 10.0
"""For another who gives the same folder other contents; then it is done all the same."""
_FIXED = (errno.EBUSY, errno.EACCES, errno.EPERM)


def publish(target: Path | None, project: Path, write: Callable[[Path], None]) -> Path:
    """Let ``write`` fill an empty folder that becomes ``target`` (None: the next number) once all is written.

    When anything fails on the way, nothing is left behind; what is left of one who was killed goes when the same is
    written again. The folder that was at ``target`` is replaced; of a link to a folder, the folder that it leads to.
    What cannot be exchanged as a whole, as a mount point or the current folder, is kept, and given other contents.
    """
    place = None if target is None else Path(os.path.realpath(target))
    fixed = place is not None and _is_fixed(place)
    home = project / RUNS if place is None else place if fixed else place.parent
    name = _NUMBERED if place is None else place.name
    with unfinished(home, name) as work:
        sweep(home, name, PARTIAL)
        write(work)
        if place is None or target is None:
            return _number(work, project)
        if fixed:
            _fill(work, place)
        else:
            _replace(work, place)
        sweep(home, name, OLD)
    return target


def _is_fixed(place: Path) -> bool:
    """Tell whether a folder has to stay the one that it is."""
    if not place.is_dir():
        return False
    return os.path.ismount(place) or place == _current() or not os.access(place.parent, os.W_OK | os.X_OK)


def _current() -> Path | None:
    try:
        return Path(os.path.realpath(Path.cwd()))
    except FileNotFoundError:
        return None


def _number(work: Path, project: Path) -> Path:
    """Give the folder the next free number; another run may take one at the same moment."""
    while True:
        target = next_folder(project)
        try:
            return work.rename(target)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise


def _replace(work: Path, target: Path) -> None:
    """Put the folder at ``target``; another run may do the same at the same moment, and the last one stays."""
    try:
        while not _exchanged(work, target):
            pass
    except OSError as error:  # a mount point that looks like any folder, or somebody else's
        if error.errno not in _FIXED or not target.is_dir():
            raise
        _fill_from_outside(work, target)


def _exchanged(work: Path, target: Path) -> bool:
    """Lay aside what is at ``target`` and put ``work`` there; False where another was quicker."""
    old = hidden(target.parent, target.name, OLD)
    with held(target):
        with contextlib.suppress(FileNotFoundError):
            target.rename(old)
        try:
            work.rename(target)
        except OSError as error:
            if error.errno in _TAKEN:
                shutil.rmtree(old, ignore_errors=True)
                return False
            with contextlib.suppress(OSError):
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    return True


def _fill_from_outside(work: Path, place: Path) -> None:
    with unfinished(place, place.name) as inside:
        sweep(place, place.name, PARTIAL)
        shutil.copytree(work, inside, dirs_exist_ok=True)
        _fill(inside, place)
        sweep(place, place.name, OLD)


def _fill(work: Path, place: Path) -> None:
    """Give a folder other contents; its own are laid aside in it, and come back when that fails."""
    aside = hidden(place, place.name, OLD)
    with held(place, patience_seconds=_PATIENCE_SECONDS):
        aside.mkdir()
        with held(aside):
            hold = {work.name, *(one.name for one in leftovers(place, place.name))}
            before = [one for one in place.iterdir() if one.name not in hold and not stays(one)]
            moves = [*((one, aside / one.name) for one in before), *((one, place / one.name) for one in work.iterdir())]
            done: list[tuple[Path, Path]] = []
            try:
                for source, target in moves:
                    source.rename(target)
                    done.append((source, target))
            except BaseException:
                for source, target in reversed(done):
                    target.rename(source)
                aside.rmdir()
                raise
            shutil.rmtree(aside, ignore_errors=True)
