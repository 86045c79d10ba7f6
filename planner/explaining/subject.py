"""The words after ``planner explain``: which run, about what, about whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.findings import Finding, InputRefused, Place, did_you_mean

OF_WHOM = ("customer", "rep")
AS_A_WHOLE = ("capacity", "infeasible")
SUBJECTS = (*OF_WHOM, *AS_A_WHOLE)
USAGE = "planner explain [DIR] customer ID | rep ID | capacity | infeasible"


@dataclass(frozen=True)
class Subject:
    """What is asked: ``about`` is one of :data:`SUBJECTS`, ``whom`` an id, empty where the subject has none."""

    run: Path | None
    about: str
    whom: str


def read_subject(words: Sequence[str]) -> Subject:
    """Read the words of a question.

    Raises
    ------
    InputRefused
        When they are no question.

    Examples
    --------
    >>> read_subject(["customer", "C3"])
    Subject(run=None, about='customer', whom='C3')
    """
    run: Path | None = None
    left = list(words)
    if left and left[0] not in SUBJECTS:
        run = Path(left.pop(0))
        if not left and not run.exists():
            raise _refused(str(run), did_you_mean(str(run), SUBJECTS))
    if not left:
        raise _refused("nothing to explain", f"Try one of: {', '.join(SUBJECTS)}")
    about = left.pop(0)
    if about not in SUBJECTS:
        raise _refused(about, did_you_mean(about, SUBJECTS))
    if about in OF_WHOM:
        if not left:
            raise _refused(f"{about} without an id", f"Try planner explain {about} ID")
        whom = left.pop(0)
    else:
        whom = ""
    if left:
        raise _refused(" ".join(left), "Try one question at a time")
    return Subject(run, about, whom)


def _refused(found: str, hint: str) -> InputRefused:
    return InputRefused(
        [Finding("TP530", "This is no question", Place(file="planner explain"), found=found, expected=USAGE, hint=hint)]
    )
