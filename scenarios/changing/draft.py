"""A project document in the making: its values, who changed which, and where the lines of its lists stood before."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.findings import Finding, Place
from scenarios.setting import POLICY, SettingError, Where, root_of, set_and_locate

Document = dict[str, Any]


class Draft:
    """A copy of a project document that is changed step by step.

    Attributes
    ----------
    document : dict
        Plain values.
    said : dict
        What was changed, by its place in the document, with the place of the change that did it.
    moved : dict
        For each list that lost or gained lines, by its place: where each line stood before, None for a new one.
    findings : list of Finding
        Changes that could not be made, and changes that change nothing.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document: Document = copy.deepcopy(dict(document))
        self.said: dict[Where, Place] = {}
        self.moved: dict[Where, list[int | None]] = {}
        self.findings: list[Finding] = []

    def set(self, path: str, value: Any, place: Place) -> None:
        """Set one value by its readable path."""
        try:
            changed, where = set_and_locate(self.document, path, value)
        except SettingError as error:
            self.findings.append(error.finding(place))
            return
        if changed == self.document:
            title = "The setting changes nothing: that is the value already"
            self._tell(title, place, f"{path} = {value}", severity="note")
        self.document = changed
        self.said[where] = place

    def switch_off(self, path: str, place: Place) -> None:
        """Remove a line or a whole section of the policy; what is not there is told."""
        try:
            if root_of(path, self.document) != POLICY:
                raise SettingError("Only what stands in the policy can be switched off", path)
            where = set_and_locate(self.document, path, None)[1]
        except SettingError as error:
            if error.absent:
                self._absent(path, place, error.hint)
            else:
                self.findings.append(error.finding(place))
            return
        above = self._at(where[:-1])
        if isinstance(above, dict) and above.get(where[-1]) is not None:
            del above[where[-1]]
            self.said[where] = place
        elif isinstance(above, list):
            self.remove(where)
        else:
            self._absent(path, place, None)

    def remove(self, line: Where) -> None:
        """Remove a line of a list."""
        where, at = line[:-1], int(line[-1])
        lines = self._at(where)
        self._positions(where, len(lines)).pop(at)
        del lines[at]
        self.said = {key: place for old, place in self.said.items() if (key := _after(old, where, at)) is not None}

    def append(self, path: str, lines: Sequence[Any], place_of: Callable[[int], Place]) -> None:
        """Add lines to a list of the policy, which begins with them where it is not there yet."""
        *above, last = (POLICY, *path.split("."))
        at = self.document
        for step in above:
            if at.get(step) is None:
                at[step] = {}
            if not isinstance(at[step], dict):
                return  # the document itself is wrong, which is told where it is read
            at = at[step]
        if at.get(last) is None:
            at[last] = []
        stated = at[last]
        if not isinstance(stated, list):
            return
        where: Where = (*above, last)
        for number, line in enumerate(lines):
            if line in stated:
                title = "The line changes nothing: it is there already"
                self._tell(title, place_of(number), path, hint="Try to leave it out")
                continue
            self._positions(where, len(stated)).append(None)
            self.said[(*where, len(stated))] = place_of(number)
            stated.append(copy.deepcopy(line))

    def weigh(self, goal: str, weight: float, place: Place) -> None:
        """Set the weight of a goal, or add the goal where the policy does not list it."""
        policy = self.document.get(POLICY) or {}
        goals = (policy.get("goals") or []) if isinstance(policy, dict) else None
        if not isinstance(goals, list):
            return
        at = next((at for at, line in enumerate(goals) if isinstance(line, dict) and line.get("goal") == goal), None)
        if at is not None:
            before = goals[at].get("weight")
            if weight == (1 if before is None else before):
                self._tell("The goal has that weight already", place, f"{goal}: {weight:g}", severity="note")
            goals[at]["weight"] = weight
            self.said[POLICY, "goals", at, "weight"] = place
            return
        by_priority = any(isinstance(line, dict) and line.get("priority") is not None for line in goals)
        if by_priority or goal == "cost":
            lacking = "its priority" if by_priority else "what it costs"
            line = {"goal": goal, **({"priority": 1} if by_priority else {})}
            shown = ", ".join(f"{key}: {one}" for key, one in line.items()) + (", value: …" if goal == "cost" else "")
            title = f"The policy does not list this goal, and {lacking} is not said"
            self._tell(title, place, goal, severity="error", hint=f"Try 'add: {{goals: [{{{shown}}}]}}'")
            return
        self.append("goals", [{"goal": goal, "weight": weight}], lambda _: place)

    def _at(self, where: Where) -> Any:
        at: Any = self.document
        for step in where:
            within = step in at if isinstance(at, dict) else isinstance(at, list)
            at = at[step] if within else None
        return at

    def _positions(self, where: Where, count: int) -> list[int | None]:
        return self.moved.setdefault(where, list(range(count)))

    def _absent(self, path: str, place: Place, hint: str | None) -> None:
        self._tell("There is nothing to switch off: the policy has no such part", place, path, hint=hint)

    def _tell(
        self, title: str, place: Place, found: str, *, severity: Any = "warning", hint: str | None = None
    ) -> None:
        self.findings.append(Finding("TP208", title, place, found=found, hint=hint, severity=severity))


def _after(where: Where, lines: Where, removed: int) -> Where | None:
    """Return a place after a line of a list was removed; None where it was in that line."""
    depth = len(lines)
    if where[:depth] != lines or len(where) <= depth:
        return where
    at = int(where[depth])
    if at == removed:
        return None
    return (*lines, at - (at > removed), *where[depth + 1 :])
