"""What lines of a policy are called by people who do not read YAML, and how they are broken."""

from __future__ import annotations

import re
from collections.abc import Mapping

from planner.language import Language, begun, measure_word
from planner.language.violations import violation_in_words

_RULES: Mapping[str, str] = {
    "eligibility.region": "regions that reps cover",
    "eligibility.skills": "skills that customers require",
    "eligibility.nearest": "nearest reps only",
    "eligibility.rules": "rule {name}",
    "capacity": "limit of books: {name}",
    "keep.families": "families stay together",
    "keep.locks": "lock {name}",
    "keep.holdouts": "holdout {name}",
    "keep.conflicts": "never with one rep: {name}",
    "keep.groups": "group {name}",
    "disruption.budgets": "budget {name}",
    "goals": "limit of the goal {name}",
    "roles": "role {name}",
    "pool": "customers without an owner",
    "tables.pairs": "listed pairs",
}
"""What lines of a policy are called by people who do not read YAML."""
_PATH = re.compile(rf"(?<![\w.\[])({'|'.join(map(re.escape, _RULES))})(?:\[([^\]]*)\])?(?:\.(?:max|min))?(?![\w\[])")
_BEGINNING = re.compile(rf"({_PATH.pattern}): ", re.DOTALL)


def rule_and_why(line: str, say: Language) -> tuple[str, str]:
    """Take apart which rule is broken and how, of a line such as ``capacity[workload]: ana carries 9 h, at most 8 h``.

    The rule is blank where a line is of no single one.
    """
    found = _BEGINNING.match(line)
    if found is None:
        return "", violation_in_words(_PATH.sub(lambda path: f"“{_called(path, say)}”", line), say)
    path = _PATH.fullmatch(found[1])
    assert path is not None
    return begun(_called(path, say)), violation_in_words(line[found.end() :], say)


def _called(path: re.Match[str], say: Language) -> str:
    """Return what a line of the policy is called; a path that names no line stays as it is."""
    rule = _RULES[path[1]]
    if "{name}" not in rule:
        return say(rule)
    return path[0] if path[2] is None else say(rule, name=measure_word(path[2], say))
