"""What native libraries print past Python: solvers write to stdout now and then, which is for results alone."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STDOUT = 1


@contextmanager
def muted() -> Iterator[None]:
    """Let nothing that native code prints reach stdout; Python must not print there meanwhile either."""
    try:
        kept = os.dup(_STDOUT)
    except OSError:  # the process was started without a stdout
        yield
        return
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)
    try:
        yield
    finally:
        # C keeps what it prints into a pipe in a buffer of its own
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, _STDOUT)
        os.close(kept)
