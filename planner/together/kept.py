"""What was found for a scenario, kept in its run folder so that nobody need look for it again."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planner.record import Planned, read_record
from planner.write.files import sha256, write_json
from planner.write.folder import INPUTS, RECORD, RUNS, SCENARIOS
from planner.write.run import SCENARIO_FILE
from scenarios.comparing.scorecard import Figures

_SHOWN = 16
"""Characters of a key by which its folder is called."""


class Kept(BaseModel):
    """A scenario's figures, and the hash of everything that they depend on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal[1] = Field(1, alias="schema")
    key: str
    scenario: str
    seconds_allowed: float | None = Field(description="null where work was counted instead")
    figures: Figures


def folder_of(project: Path, key: str) -> Path:
    """Return the folder in which the run with this key is kept."""
    return project / RUNS / SCENARIOS / key[:_SHOWN]


def write_kept(kept: Kept, folder: Path) -> None:
    """Write what was found beside the run."""
    write_json(kept.model_dump(mode="json", by_alias=True), folder / SCENARIO_FILE)


def find_kept(folder: Path, key: str, seconds: float | None) -> Kept | None:
    """Return what was found earlier; None where there is nothing of use.

    What ended because it was interrupted is of no use, nor what ended by a time limit unless that was at least as
    long as ``seconds``, nor a run whose files are no longer those that were written: it is planned again.
    """
    kept = read_kept(folder)
    if kept is None or kept.key != key or kept.figures.stopped_by == "interrupted":
        return None
    if kept.figures.stopped_by == "time limit":
        allowed = kept.seconds_allowed
        if allowed is None or seconds is None or allowed < seconds * (1 - 1e-9):
            return None
    return kept if _is_whole(folder) else None


def _is_whole(folder: Path) -> bool:
    """Tell whether a run's files are those that its record names."""
    try:
        record = read_record((folder / RECORD).read_bytes())
        files = record.files if isinstance(record, Planned) else {}
        return all(sha256(folder / name) == digest for name, digest in files.items()) and all(
            sha256(folder / INPUTS / name) == digest for name, digest in record.inputs.items()
        )
    except (OSError, ValidationError):
        return False


def read_kept(folder: Path) -> Kept | None:
    """Read what was found; None where there is no file, or none that can be read."""
    try:
        return Kept.model_validate_json((folder / SCENARIO_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
