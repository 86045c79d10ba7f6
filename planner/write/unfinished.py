"""Folders that are being written, and what is left of them when whoever wrote them was killed.

They lie hidden beside what they are to become, or in it where it cannot be exchanged as a whole. Whoever writes one
holds a lock on it, which the system lets go when the process ends, however it ends. So what nobody holds is nobody's.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

with contextlib.suppress(ImportError):  # not on Windows, where leftovers stay
    import fcntl

PARTIAL, OLD = "partial", "old"
_FORM = re.compile(rf"\.(?P<of>.+)\.[0-9a-f]{{32}}\.(?P<state>{PARTIAL}|{OLD})", re.DOTALL)
_PAUSE_SECONDS = 0.02
_PATIENCE_SECONDS = 60.0
"""For one who looks whether a new folder is a leftover, and removes it."""


def hidden(home: Path, name: str, state: str) -> Path:
    """Return a new name in ``home`` for what becomes ``name`` (``PARTIAL``), or was it (``OLD``)."""
    return home / f".{name}.{uuid.uuid4().hex}.{state}"


def leftovers(home: Path, name: str, *states: str) -> list[Path]:
    """Return the folders with such names that lie in ``home``, of all states if none is named; some may be in use."""
    forms = [(one, _FORM.fullmatch(one.name)) for one in home.iterdir()]
    named = [one for one, form in forms if form and form["of"] == name and form["state"] in (states or (PARTIAL, OLD))]
    return [one for one in named if one.is_dir() and not one.is_symlink()]


def sweep(home: Path, name: str, state: str) -> None:
    """Remove those that nobody holds any more."""
    for one in leftovers(home, name, state):
        with held(one) as mine:
            if mine:
                shutil.rmtree(one, ignore_errors=True)


@contextlib.contextmanager
def held(folder: Path, *, patience_seconds: float = 0) -> Iterator[bool]:
    """Hold a folder as long as this lasts; False where somebody else does, or where no lock can be had at all."""
    if os.name == "nt":
        yield False
        return
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        yield False
        return
    try:
        yield _locked(handle, patience_seconds)
    finally:
        os.close(handle)


def _locked(handle: int, patience_seconds: float) -> bool:
    end = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_PAUSE_SECONDS)
        except OSError:  # a file system that knows no locks
            return False
        else:
            return True


@contextlib.contextmanager
def unfinished(home: Path, name: str) -> Iterator[Path]:
    """Make a folder in ``home`` to write into, and hold it; what of it is left at the end goes.

    So do the folders that were made for it, if nothing came into them.
    """
    made: list[Path] = []
    try:
        with contextlib.ExitStack() as stack:
            while True:
                made += [one for one in (home, *home.parents) if not one.exists()]
                home.mkdir(parents=True, exist_ok=True)
                work = hidden(home, name, PARTIAL)
                try:
                    work.mkdir()
                except FileNotFoundError:  # another, who failed, removed the empty home at this moment
                    continue
                stack.enter_context(held(work, patience_seconds=_PATIENCE_SECONDS))
                if work.is_dir():  # nobody took it for a leftover before it was held
                    break
            stack.callback(shutil.rmtree, work, ignore_errors=True)
            yield work
    finally:
        for one in made:
            with contextlib.suppress(OSError):
                one.rmdir()
