"""What is left of a policy with mistakes, so that the sound lines are reviewed in the same pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from models.findings import Finding
from models.org import Org
from models.policy import Policy
from models.policy_review import review
from planner.document import Lines, Where
from planner.project_file import in_document, without_blank_sections

# Findings about one line that stay true whatever becomes of the others.
_OF_ONE_LINE = ("TP210", "TP211", "TP213", "TP222", "TP223", "TP240", "TP241")
_ROUNDS = 20


@dataclass(frozen=True)
class Remainder:
    """The sound lines of a policy, and where each stood before the others were left out."""

    policy: Policy | None
    lines: Lines
    positions: Mapping[Where, list[int]] = field(default_factory=dict)

    def findings(self, org: Org) -> list[Finding]:
        """Return what the review finds in the sound lines."""
        if self.policy is None:
            return []
        found = review(org, self.policy, lambda path: self.lines.place(("policy", *self.before(path))))
        return [one for one in found if one.code in _OF_ONE_LINE]

    def before(self, path: Where) -> Where:
        """Return where something of the sound lines stood before."""
        before: Where = ()
        for at, step in enumerate(path):
            positions = self.positions.get(path[:at])
            before += (positions[step] if isinstance(step, int) and positions is not None else step,)
        return before


def sound_policy(document: Any, lines: Lines) -> Remainder:
    """Leave out of a policy what does not fit, until the rest does."""
    if not isinstance(document, Mapping):
        return Remainder(None, lines)
    values = without_blank_sections({"policy": document})["policy"]
    gone: set[Where] = set()
    for _ in range(_ROUNDS):
        left, positions = _without(values, gone, ())
        try:
            return Remainder(Policy.model_validate(left), lines, positions)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                where = in_document(problem["loc"], left, problem["type"])
                if problem["type"] == "missing":
                    where = where[:-1]
                gone.add(_line(Remainder(None, lines, positions).before(where)))
    return Remainder(None, lines)


def _line(where: Where) -> Where:
    """Return the list item that a place is in, or the place itself."""
    numbered = [at for at, step in enumerate(where) if isinstance(step, int)]
    return where[: numbered[0] + 1] if numbered else where


def _without(value: Any, gone: set[Where], at: Where) -> tuple[Any, dict[Where, list[int]]]:
    """Return a copy without some places, and for each list which items are left, by the place in the copy."""
    positions: dict[Where, list[int]] = {}

    def copied(value: Any, before: Where, after: Where) -> Any:
        if isinstance(value, Mapping):
            return {
                key: copied(one, (*before, key), (*after, key))
                for key, one in value.items()
                if (*before, key) not in gone
            }
        if isinstance(value, list):
            left = [number for number in range(len(value)) if (*before, number) not in gone]
            positions[after] = left
            return [copied(value[number], (*before, number), (*after, at)) for at, number in enumerate(left)]
        return value

    return copied(value, at, at), positions
