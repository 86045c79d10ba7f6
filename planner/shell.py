"""Names as one types them in a shell: what is proposed to be typed does what it says, whatever a folder is called."""

from __future__ import annotations

import shlex
from pathlib import Path


def quoted(path: str | Path) -> str:
    """Return a path as one word of a command line.

    >>> print(quoted("acme"), quoted("my work"), quoted("x $(rm y)"), quoted("-x"))
    acme 'my work' 'x $(rm y)' ./-x
    """
    text = str(path)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)
