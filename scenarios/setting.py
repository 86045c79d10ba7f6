"""Sets one value of a project document by its readable path: ``disruption.budgets[moved customers].max``."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.findings import Finding, Place, did_you_mean, nearest_word
from models.policy import Policy
from scenarios.shape import inside, is_mapping, keys

POLICY = "policy"
TOP_LEVEL = ("name", "period", "tables", "currency", "strict")
Where = tuple[str | int, ...]

_NUMBERED = re.compile(r"^(?P<of>.*?)\s*#(?P<number>\d+)$")


class SettingError(ValueError):
    """A path that names nothing, or several things. Carries what :class:`~models.findings.Finding` needs.

    ``absent`` tells that the path could name something: a line of a list, a name of the user's own that is not there.
    """

    def __init__(self, title: str, found: str, hint: str | None = None, *, absent: bool = False) -> None:
        self.title, self.found, self.hint, self.absent = title, found, hint, absent
        super().__init__(f"{title}: {found}" + (f". {hint}" if hint else ""))

    def finding(self, place: Place) -> Finding:
        """Return the error as a finding."""
        return Finding("TP206", self.title, place, found=self.found, hint=self.hint)


@dataclass(frozen=True)
class _Step:
    """One step of a path: a key, or what stands in square brackets."""

    word: str
    selects: bool


def root_of(path: str, document: Mapping[str, Any]) -> str:
    """Return where a path begins: ``policy``, or the top-level key it names.

    Paths are relative to the policy first; ``strict``, which may stand in both, is where the document has it.

    Raises
    ------
    SettingError
        When the first word is no key of either.
    """
    first = _steps(path)[0].word
    if first == POLICY:
        return POLICY
    in_policy = first in Policy.model_fields
    if in_policy and first in TOP_LEVEL:
        return POLICY if first in (document.get(POLICY) or {}) else first
    if in_policy:
        return POLICY
    if first in TOP_LEVEL:
        return first
    raise SettingError("The path names nothing", path, did_you_mean(first, [*Policy.model_fields, *TOP_LEVEL]))


def set_value(document: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a new document in which one value is set.

    Parameters
    ----------
    document
        A project document: plain dicts and lists, as the project file holds them.
    path
        Keys joined by dots, relative to ``policy`` first and to the top level else. ``[…]`` picks a line by its name,
        by the measure (``of``, goal) that only one line has, or by position (``[#2]``).
    value
        The new value. It is judged when the document is read, like every other.

    Raises
    ------
    SettingError
        When the path names nothing, or more than one thing; the hint lists what there is.

    Examples
    --------
    >>> document = {"policy": {"balance": [{"measure": "revenue", "tolerance": "10%"}]}}
    >>> set_value(document, "balance[revenue].tolerance", "5%")
    {'policy': {'balance': [{'measure': 'revenue', 'tolerance': '5%'}]}}
    >>> set_value(document, "balance[revnue].tolerance", "5%")
    Traceback (most recent call last):
    ...
    scenarios.setting.SettingError: The path names nothing: balance[revnue].tolerance. Try balance[revenue]
    """
    changed, _ = set_and_locate(document, path, value)
    return changed


def set_and_locate(document: Mapping[str, Any], path: str, value: Any) -> tuple[dict[str, Any], Where]:
    """Set a value as :func:`set_value` does, and tell where in the document it stands."""
    changed = copy.deepcopy(dict(document))
    steps = _steps(path)
    where: list[str | int] = []
    at: Any = changed
    kind: Any = None
    if root_of(path, document) == POLICY:
        if steps[0].word == POLICY:
            steps = steps[1:]
        if not steps:
            raise SettingError("The path names the whole policy", path, "Try one value of it")
        if not isinstance(changed.get(POLICY), dict):
            changed[POLICY] = {}
        at, kind, where = changed[POLICY], Policy, [POLICY]
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        said = _said(steps[: number + 1])
        if isinstance(at, list):
            position = _position(at, step, path, _said(steps[:number]))
            where.append(position)
            if last:
                at[position] = value
                break
            if not isinstance(at[position], dict | list):
                raise SettingError("The path goes on where a single value stands", path, f"Try {said}")
            at, kind = at[position], inside(kind, position)
            continue
        key = _key(at, step, kind, path, _said(steps[:number]))
        where.append(key)
        below = inside(kind, key)
        if last:
            at[key] = value
            break
        at[key] = _opened(at.get(key), below, steps[number + 1], path, said)
        at, kind = at[key], below
    return changed, tuple(where)


def assignment(text: str) -> tuple[str, str]:
    """Split ``PATH=VALUE`` at the first ``=`` outside square brackets.

    Raises
    ------
    SettingError
        When there is none.

    >>> assignment("capacity[a=b].max=40%")
    ('capacity[a=b].max', '40%')
    """
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if sign == "=" and depth <= 0:
            return text[:at].strip(), text[at + 1 :].strip()
    raise SettingError("A setting has the form PATH=VALUE", text, "Try 'balance[revenue].tolerance=5%'")


def _steps(path: str) -> list[_Step]:
    """Split a path into keys and selectors; a selector may hold dots, spaces and balanced brackets."""
    steps: list[_Step] = []
    word, depth, selector = "", 0, ""
    for sign in path:
        if depth:
            depth += (sign == "[") - (sign == "]")
            if depth:
                selector += sign
            else:
                steps.append(_Step(selector.strip(), True))
                selector = ""
        elif sign in ".[":
            if word.strip():
                steps.append(_Step(word.strip(), False))
            elif not steps or (sign == "." and not steps[-1].selects):
                raise SettingError("The path cannot be read", path, "Try 'balance[revenue].tolerance'")
            word, depth = "", int(sign == "[")
        else:
            word += sign
    if word.strip():
        steps.append(_Step(word.strip(), False))
    if depth or not steps or steps[0].selects or path.rstrip().endswith("."):
        raise SettingError("The path cannot be read", path, "Try 'balance[revenue].tolerance'")
    return steps


def _said(steps: list[_Step]) -> str:
    text = ""
    for step in steps:
        text += f"[{step.word}]" if step.selects else f".{step.word}" if text else step.word
    return text


def _position(lines: list[Any], step: _Step, path: str, before: str) -> int:
    """Return the position of the line that a selector picks."""
    if not step.selects:
        raise SettingError("Which of the lines is meant?", path, _candidates(lines, before))
    names = [_name(line) for line in lines]
    unnamed = [at for at, line in enumerate(lines) if not (isinstance(line, dict) and line.get("name"))]
    subjects = {at: _subject(lines[at]) for at in range(len(lines))}
    found = [at for at, name in enumerate(names) if name == step.word]
    if not found:
        found = [at for at in unnamed if subjects[at] == step.word]
    if not found:
        found = [at for at, subject in subjects.items() if subject == step.word]
    if not found and (numbered := _NUMBERED.match(step.word)):
        at = int(numbered["number"]) - 1
        if at in range(len(lines)) and numbered["of"] in ("", subjects[at], names[at]):
            return at
    if len(found) == 1:
        return found[0]
    title = "The path names several lines" if found else "The path names nothing"
    hint = _candidates(lines, before, None if found else step.word)
    raise SettingError(title, path, hint, absent=not found)


def _name(line: Any) -> str | None:
    return str(line["name"]) if isinstance(line, dict) and line.get("name") else None


def _subject(line: Any) -> str | None:
    """Return the measure or goal that a line is about."""
    if not isinstance(line, dict):
        return None
    return next((str(line[key]) for key in ("measure", "of", "goal") if line.get(key) is not None), None)


def _candidates(lines: list[Any], before: str, word: str | None = None) -> str:
    """Return a hint with the lines there are, each as it can be addressed, or the one most like ``word``."""
    subjects = [_subject(line) for line in lines]
    ways = []
    for at, line in enumerate(lines):
        name = _name(line) or (subjects[at] if subjects.count(subjects[at]) == 1 else None)
        ways.append(name or f"#{at + 1}")
    near = nearest_word(word, ways) if word else None
    if near is not None:
        return f"Try {before}[{near}]"
    if not ways:
        return f"Try another path: nothing stands under {before}"
    return "Try " + ", ".join(f"{before}[{way}]" for way in ways)


def _key(at: dict[str, Any], step: _Step, kind: Any, path: str, before: str) -> str:
    """Return the key that a step names: one that is there, or one that may be there."""
    if step.word in at:
        return step.word
    allowed = keys(kind)
    if step.word in allowed or (kind is None and not step.selects):
        return step.word
    known = list(dict.fromkeys([*map(str, at), *allowed]))
    near = nearest_word(step.word, known)
    if near is None:
        hint = "Try one of: " + ", ".join(known[:12]) if known else None
    else:
        hint = f"Try {before}[{near}]" if step.selects else f"Try {before + '.' if before else ''}{near}"
    raise SettingError("The path names nothing", path, hint, absent=is_mapping(kind))


def _opened(value: Any, kind: Any, following: _Step, path: str, said: str) -> Any:
    """Return what a path goes on into, made where it may be and is not there yet."""
    if isinstance(value, dict | list):
        return value
    if value is None:
        if kind is not None and not keys(kind) and not is_mapping(kind):
            hint = f"Try another path: nothing stands under {said}"
            raise SettingError("The path names nothing", path, hint, absent=True)
        return {}
    if following.word in keys(kind):
        return {"value": value} if "value" in keys(kind) else {}
    raise SettingError("The path goes on where a single value stands", path, f"Try {said}")
