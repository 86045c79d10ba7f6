"""How the folder of a reader is called: by the person and not by how the person was typed."""

from __future__ import annotations

import hashlib
import re

EVERYBODY = "all"
_LONGEST = 40


def folder_name(person: str | None, job: str | None, *, others: bool = False) -> str:
    """Return the name of the folder for a reader: letters and digits, so that it can stand anywhere.

    ``person`` is ``manager:ID`` or ``rep:ID``; ``others`` tells that there are ids that differ from it in capitals
    only, which are one name to many file systems.

    >>> folder_name("manager:M1", None), folder_name(None, "sales"), folder_name(None, None)
    ('manager-M1', 'sales', 'all')
    >>> folder_name("rep:R 1", None), folder_name("rep:R1", None, others=True)
    ('rep-R-1-3c3b2a', 'rep-R1-adbe6c')
    """
    named = " ".join(filter(None, (person, job)))
    if not named:
        return EVERYBODY
    plain = re.sub(r"[^A-Za-z0-9]+", "-", named).strip("-")[:_LONGEST]
    if plain == named.replace(":", "-") and not others:
        return plain
    return f"{plain}-{hashlib.sha256(named.encode(errors='surrogatepass')).hexdigest()[:6]}"
