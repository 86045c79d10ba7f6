"""An idea: one single change that might make the plan better, written as a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from models.findings import Finding, InputRefused, errors_among
from models.org import Org
from models.policy import Policy
from scenarios.changing.change import Change
from scenarios.definition import Scenario

Kind = Literal[
    "hire", "train", "cover", "budget", "capacity", "minimum", "group", "goal", "band", "unlock", "rule", "nearest"
]


@dataclass(frozen=True)
class Idea:
    """A change that one may make.

    Attributes
    ----------
    title : str
        What to do, as one would say it: ``Train Bob in cloud to level 2``.
    scenario : mapping
        The change as a scenario of a project file has it.
    hoped : float
        What today's prices would save at most, points; a rough figure by which ideas are put in order.
    relaxes : bool
        Nothing that is allowed today is forbidden by it, and nothing is counted differently: it never makes a plan
        worse.
    redefines : bool
        It changes what is counted as good, not who can have whom: points fall without fairer books.
    """

    kind: Kind
    title: str
    scenario: Mapping[str, Any]
    hoped: float
    relaxes: bool = False
    redefines: bool = False

    @property
    def name(self) -> str:
        """What the scenario may be called in a project file: the title without what stands between names there."""
        return " ".join(self.title.translate(str.maketrans(":;", "  ")).split())


def applied(idea: Idea, org: Org, policy: Policy, document: Mapping[str, Any]) -> tuple[Org, Policy]:
    """Return org and policy after the change.

    Parameters
    ----------
    document
        The project document with the policy as plain values, under ``policy``.

    Raises
    ------
    InputRefused
        When the change does not fit the org.
    """
    change = Change(idea.name, {idea.name: Scenario.model_validate(idea.scenario)})
    findings: list[Finding] = [*change.problems()]
    changed = change.of_document(document, policy=True)
    changed_org, more = change.of_org(org, changed.document)
    findings += [*changed.findings, *more]
    if errors_among(findings):
        raise InputRefused(errors_among(findings))
    new = Policy.model_validate(changed.document.get("policy") or {})
    return changed_org, new.model_copy(update={"strict": policy.strict})
