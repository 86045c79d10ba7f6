"""Errands: what is worked on side by side when advice is sought, each done from what it is told alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.findings import InputRefused
from models.org import Org
from models.policy import Policy
from models.solve import Progress
from models.stop import Stop
from scenarios.advising.idea import Idea
from scenarios.advising.prediction import predict
from scenarios.advising.standing import Standing
from scenarios.advising.trial import Trial, try_out
from scenarios.running.processes import Tell


@dataclass(frozen=True)
class Plans:
    """The plan that stands, and what it was made from.

    ``document`` is the project document with the policy as plain values, under ``policy``.
    """

    org: Org
    policy: Policy
    document: Mapping[str, Any]
    standing: Standing
    seed: int


@dataclass(frozen=True)
class Predictions:
    """Ideas to be priced, one after another; ``seconds`` are for all of them, None for as long as it takes.

    With ``settle`` the prices settle at what each change makes of them.
    """

    plans: Plans
    ideas: tuple[Idea, ...]
    settle: bool
    seconds: float | None


@dataclass(frozen=True)
class Try:
    """One idea to be planned with, or none: then as hard a search by itself."""

    plans: Plans
    idea: Idea | None
    seconds: float | None


def run_errand(errand: Predictions | Try, stop: Stop, tell: Tell) -> Any:
    """Do an errand.

    Returns
    -------
    list of (tuple of float, or None)
        For predictions: by idea, the predicted change of each stage's value; None where the change does not fit, or
        where there was no time. Or
    list of (Trial or None)
        Of one trial.
    """
    stop = stop.anew(errand.seconds)
    plans = errand.plans
    if isinstance(errand, Predictions):
        tell("pricing changes", None, None)
        return [
            None
            if stop.reason is not None
            else predict(idea, plans.org, plans.policy, plans.document, plans.standing, stop, settle=errand.settle)
            for idea in errand.ideas
        ]

    def seen(progress: Progress) -> None:
        tell(progress.doing, progress.objective, progress.bound)

    trial: Trial | None
    try:
        trial = try_out(errand.idea, plans.org, plans.policy, plans.document, plans.standing, stop, plans.seed, seen)
    except InputRefused:
        trial = None
    return [trial]
