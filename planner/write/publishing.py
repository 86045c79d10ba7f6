"""Publishing: a folder is there as a whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from planner.write.folder import RUNS, Target, next_folder, stays
from planner.write.unfinished import OLD, PARTIAL, held, hidden, leftovers, sweep, unfinished

_NUMBERED = "run"
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
_PATIENCE_SECONDS = 10.0
"""For another who gives the same folder other contents; then it is done all the same."""
_FIXED = (errno.EBUSY, errno.EACCES, errno.EPERM)


def publish(target: Target | Path | None, project: Path, write: Callable[[Path], None]) -> Path:
    """Let ``write`` fill an empty folder that becomes ``target`` (None: the next number) once all is written.

    When anything fails on the way, nothing is left behind; what is left of one who was killed goes when the same is
    written again. The folder that was at ``target`` is replaced; of a link to a folder, the folder that it leads to.
    What cannot be exchanged as a whole, as a mount point or the current folder, is kept, and given other contents.

    Whether a :class:`Target` may be filled is asked once more when all is written. If somebody has put something there
    meanwhile, that stays, and the new folder comes to lie beside it under a free name (in it, where it has to stay
    what it is). A path is the planner's own, and replaced whatever is there. Returns where the folder is now.
    """
    named = target.folder if isinstance(target, Target) else target
    place = None if named is None else Path(os.path.realpath(named))
    fixed = place is not None and _is_fixed(place)
    home = project / RUNS if place is None else place if fixed else place.parent
    name = _NUMBERED if place is None else place.name
    with unfinished(home, name) as work:
        sweep(home, name, PARTIAL)
        write(work)
        if place is None or named is None:
            return _number(work, project)
        guard = _guard(target)
        try:
            guard(place)
            if fixed:
                _fill(work, place, guard)
            else:
                _replace(work, place, guard)
        except _TakenError:
            free = _beside(work, home, name)
            if fixed:
                return named / free.name
            return named.parent / free.name if Path(os.path.realpath(named.parent)) == home else free
        sweep(home, name, OLD)
    return named


class _TakenError(Exception):
    """Somebody has put something there that must not be replaced."""


Guard = Callable[[Path], None]
"""Raises when what lies in a folder, perhaps laid aside already, must not be replaced."""


def _guard(target: Target | Path | None) -> Guard:
    def guard(contents: Path) -> None:
        if not isinstance(target, Target):
            return
        try:
            taken = target.refusal(contents) is not None
        except OSError:  # what cannot be looked at is somebody's
            taken = True
        if taken:
            raise _TakenError

    return guard


def _beside(work: Path, home: Path, name: str) -> Path:
    """Put a folder into ``home`` under the first free name after ``name``."""
    for number in itertools.count(2):
        free = home / f"{name}-{number}"
        if not os.path.lexists(free):
            try:
                return work.rename(free)
            except OSError as error:
                if error.errno not in _TAKEN:
                    raise
    raise AssertionError("numbers do not end")


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


def _replace(work: Path, target: Path, guard: Guard) -> None:
    """Put the folder at ``target``; another run may do the same at the same moment, and the last one stays."""
    try:
        while not _exchanged(work, target, guard):
            pass
    except OSError as error:  # a mount point that looks like any folder, or somebody else's
        if error.errno not in _FIXED or not target.is_dir():
            raise
        _fill_from_outside(work, target, guard)


def _exchanged(work: Path, target: Path, guard: Guard) -> bool:
    """Lay aside what is at ``target`` and put ``work`` there; False where another was quicker."""
    guard(target)
    old = hidden(target.parent, target.name, OLD)
    with held(target):
        with contextlib.suppress(FileNotFoundError):
            target.rename(old)
        try:
            guard(old)
            work.rename(target)
        except OSError as error:
            if error.errno in _TAKEN:
                shutil.rmtree(old, ignore_errors=True)
                return False
            with contextlib.suppress(OSError):
                old.rename(target)
            raise
        except _TakenError:
            _give_back(old, target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    return True


def _give_back(old: Path, target: Path) -> None:
    try:
        old.rename(target)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        _beside(old, target.parent, target.name)


def _fill_from_outside(work: Path, place: Path, guard: Guard) -> None:
    with unfinished(place, place.name) as inside:
        sweep(place, place.name, PARTIAL)
        shutil.copytree(work, inside, dirs_exist_ok=True)
        _fill(inside, place, guard)
        sweep(place, place.name, OLD)


def _fill(work: Path, place: Path, guard: Guard) -> None:
    """Give a folder other contents; its own are laid aside in it, and come back when that fails."""
    aside = hidden(place, place.name, OLD)
    with held(place, patience_seconds=_PATIENCE_SECONDS):
        aside.mkdir()
        with held(aside):
            hold = {work.name, *(one.name for one in leftovers(place, place.name))}
            before = [one for one in place.iterdir() if one.name not in hold and not stays(one)]
            done: list[tuple[Path, Path]] = []

            def move(some: Iterable[Path], to: Path) -> None:
                for source in some:
                    target = to / source.name
                    source.rename(target)
                    done.append((source, target))

            try:
                move(before, aside)
                guard(aside)
                move(list(work.iterdir()), place)
            except BaseException:
                for source, target in reversed(done):
                    target.rename(source)
                aside.rmdir()
                raise
            shutil.rmtree(aside, ignore_errors=True)
