"""Advice: the single changes that would make a finished plan better, the best ones verified by planning again."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.engines.stage import TINY_CANDIDATES
from models.org import Org
from models.plan import GoalValue, Plan
from models.policy import Policy
from models.stop import Stop
from scenarios.advising.errand import Plans, Predictions, Try, run_errand
from scenarios.advising.idea import Idea
from scenarios.advising.limits import Limits
from scenarios.advising.people import People
from scenarios.advising.rent import Rent
from scenarios.advising.standing import Ground, Standing, read_ground
from scenarios.advising.ties import unlocked, without_rules
from scenarios.advising.trial import TOLERANCE, Effect, Trial, better, effect_of, trial_of_standing
from scenarios.advising.worth import Worth, worth_of
from scenarios.running.alone import Alone
from scenarios.running.processes import Processes
from scenarios.running.runner import Crew, Ended, Job, Said, run

BEST = 5
MOST_REDEFINING = 2
PREDICTED = ((60_000, 120, 24), (math.inf, 40, 6))
"""How many ideas are priced, and of one kind those that hope for most, up to so many candidates."""
SETTLED = ((6_000, 60, 20), (60_000, 16, 4), (math.inf, 8, 2))
"""For how many ideas prices settle, and for how many of one kind, up to so many candidates."""
VERIFIED = ((600, 12, 4), (60_000, 8, 2), (math.inf, 5, 2))
"""How many are verified, and at first of one kind, up to so many candidates."""
PART_FOR_PREDICTIONS = 0.2
"""Share of the seconds, where there is a limit, that goes into predictions."""
CHUNK = 8
"""Ideas that are priced one after another in one errand."""


class Undone(Exception):
    """A re-solve ended by a defect of the planner."""


@dataclass(frozen=True)
class AdvisedChange:
    """A change, what prices predict of it, and what it really does.

    Attributes
    ----------
    at_prices : float
        What the prices of the plan as they are predict: change in points of the stage of ``effect``, negative where
        the change saves. No change saves more, beyond the plan's own distance to its price bound.
    predicted : float
        The same once prices have settled at what the change makes of them; no change saves more than that either.
    goals : mapping of goal to (before, after)
    chosen : (int, int)
        Customers that move by choice, before and after.
    by_old_count : float or None
        For a change of what is counted: by how much the new plan differs as the policy counted before, in the first
        stage that does.
    """

    idea: Idea
    at_prices: float
    predicted: float
    effect: Effect
    goals: Mapping[str, tuple[GoalValue, GoalValue]]
    chosen: tuple[int, int]
    by_old_count: float | None = None


@dataclass(frozen=True)
class Advice:
    """What limits are worth, and which single changes are worth making.

    Attributes
    ----------
    changes : tuple of AdvisedChange
        The best ones, those first that certainly save something.
    redefining : tuple of AdvisedChange
        Changes of what is counted as good, apart.
    fruitless : tuple of AdvisedChange
        Verified, and of no use.
    stages : tuple of tuple of str
        The goals of each stage.
    ideas, predicted, verified : int
        How many ideas there were, how many were priced, and how many of them planned with.
    search_alone : float
        By how much as hard a search without any change betters the plan, points; changes are held against that.
    stopped_by : str or None
        ``time limit`` or ``interrupted`` where not everything was done, or not at length.
    """

    worth: Worth
    changes: tuple[AdvisedChange, ...]
    redefining: tuple[AdvisedChange, ...]
    fruitless: tuple[AdvisedChange, ...]
    stages: tuple[tuple[str, ...], ...]
    ideas: int
    predicted: int
    verified: int
    search_alone: float
    stopped_by: str | None


def advise(
    org: Org,
    policy: Policy,
    plan: Plan,
    document: Mapping[str, Any],
    *,
    stop: Stop | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Advice:
    """Say what the limits of a finished plan are worth, and which single changes would better it most.

    Every change that fits is priced at the plan's multipliers; the most promising ones are verified by planning
    again, from the plan and with its seed. Counted work: the same plan, the same advice, unless ``stop`` has a time
    limit that fires.

    Parameters
    ----------
    document
        The project document with the policy as plain values, under ``policy``; scenarios are written for it.
    jobs
        How many are planned with at a time; one per core when None.
    progress
        Called with what is being done.

    Raises
    ------
    InputRefused
        When the plan is none: infeasible, not found, or only measured.
    """
    stop = Stop() if stop is None else stop
    progress("reading the prices of the plan")
    ground = read_ground(org, policy, plan, stop)
    worth = worth_of(ground)
    every = all_ideas(ground, document)
    plans = Plans(org, policy, document, ground.standing, plan.seed)
    with _crew(ground.standing, stop, jobs) as crew:
        search = _Search(plans, crew, stop, progress)
        at_prices = search.predictions(_most_hopeful(every, *_of_size(PREDICTED, ground.standing)))
        promising = _shortlist(at_prices, ground.standing, *_of_size(SETTLED, ground.standing))
        settled = search.predictions([idea for idea, _ in promising], settle=True)
        shortlist = _shortlist(settled, ground.standing, *_of_size(VERIFIED, ground.standing))
        trials, alone = search.trials([idea for idea, _ in shortlist])
    before = trial_of_standing(plan, ground.standing)
    start = before
    if alone is not None:
        before = better(before, alone)
    first = {idea.title: predicted for idea, predicted in at_prices}
    found = [
        _advised(idea, first[idea.title], predicted, before, trial)
        for (idea, predicted), trial in zip(shortlist, trials, strict=True)
        if trial is not None
    ]
    found.sort(key=_rank)
    cut = {idea.name for (idea, _), trial in zip(shortlist, trials, strict=True) if trial is not None and trial.hurried}
    good = [one for one in found if one.effect.points < -_least(before, one.effect.stage)]
    return Advice(
        worth=worth,
        changes=tuple(one for one in good if not one.idea.redefines)[:BEST],
        redefining=tuple(one for one in good if one.idea.redefines)[:MOST_REDEFINING],
        fruitless=tuple(one for one in found if one not in good and one.idea.name not in cut),
        stages=tuple(tuple(stage.weights) for stage in policy.stages),
        ideas=len(every),
        predicted=len(at_prices),
        verified=len(found),
        search_alone=effect_of(start, before, relaxes=False).points,
        stopped_by=stop.reason or ("time limit" if cut else None),
    )


def all_ideas(ground: Ground, document: Mapping[str, Any]) -> list[Idea]:
    """Return every change that may better a plan, by kind."""
    prices = np.sum([one.rows for one in ground.prices], axis=0)
    rent = Rent(ground, prices)
    people = People(ground, rent, document)
    limits = Limits(ground, prices, document)
    ideas = itertools.chain(
        people.hires(),
        people.trainings(),
        people.covers(),
        limits.ideas(),
        unlocked(ground, rent),
        without_rules(ground, prices),
    )
    by_name: dict[str, Idea] = {}
    for idea in ideas:
        by_name.setdefault(idea.name, idea)
    return list(by_name.values())


def _most_hopeful(ideas: Iterable[Idea], most: int, of_one_kind: int) -> list[Idea]:
    """Return of each kind the ideas that hope for most, the first ones of all kinds before the later ones of any."""
    by_kind: dict[str, list[Idea]] = {}
    for idea in ideas:
        by_kind.setdefault(idea.kind, []).append(idea)
    orders = [sorted(same, key=lambda idea: -idea.hoped)[:of_one_kind] for same in by_kind.values()]
    return [idea for turn in itertools.zip_longest(*orders) for idea in turn if idea is not None][:most]


def _of_size(table: Sequence[tuple[float, int, int]], standing: Standing) -> tuple[int, int]:
    return next((most, of_kind) for candidates, most, of_kind in table if standing.candidates <= candidates)


def _shortlist(
    predictions: Sequence[tuple[Idea, tuple[float, ...]]], standing: Standing, most: int, of_one_kind: int
) -> list[tuple[Idea, tuple[float, ...]]]:
    """Return the most promising ideas: stage by stage in turn those of which prices predict most, few of one kind."""
    stages = range(len(standing.stages))
    orders = [
        [
            at
            for at in sorted(range(len(predictions)), key=lambda at: predictions[at][1][k])
            if predictions[at][1][k] < -TOLERANCE * max(1.0, abs(standing.stages[k].value))
        ]
        for k in stages
    ]
    taken: dict[int, None] = {}
    kinds: dict[str, int] = {}
    for limit in (of_one_kind, most):
        for turn in itertools.zip_longest(*orders):
            for at in turn:
                if at is None or at in taken or len(taken) >= most:
                    continue
                kind = predictions[at][0].kind
                if kinds.get(kind, 0) < limit:
                    kinds[kind] = kinds.get(kind, 0) + 1
                    taken[at] = None
    return [predictions[at] for at in taken]


def _advised(
    idea: Idea, at_prices: tuple[float, ...], predicted: tuple[float, ...], before: Trial, after: Trial
) -> AdvisedChange:
    effect = effect_of(before, after, idea.relaxes)
    k = effect.stage
    return AdvisedChange(
        idea,
        at_prices[k],
        predicted[k],
        effect,
        {goal: (before.goals[goal], after.goals[goal]) for goal in before.goals if goal in after.goals},
        (before.chosen, after.chosen),
        None if after.as_before is None else _first_difference(before.judged, after.as_before),
    )


def _first_difference(before: Sequence[float], after: Sequence[float]) -> float:
    """Return by how much the first stage differs that does, 0 where none does."""
    differences = (new - old for old, new in zip(before, after, strict=True))
    return next((one for one in differences if abs(one) > TOLERANCE * max(1.0, *map(abs, before))), 0.0)


def _rank(one: AdvisedChange) -> tuple[bool, int, float, str]:
    return not one.effect.certain, one.effect.stage, one.effect.points, one.idea.title


def _least(before: Trial, stage: int) -> float:
    return 2 * TOLERANCE * max(1.0, abs(before.values[stage]))


def _crew(standing: Standing, stop: Stop, jobs: int | None) -> AbstractContextManager[Crew]:
    """Return who works: this process alone where a plan takes no longer than a process to begin."""
    if standing.candidates <= TINY_CANDIDATES:
        return Alone(run_errand, stop)
    return Processes(run_errand, jobs, preload=("scenarios.advising.errand", "models.solve"))


@dataclass(frozen=True)
class _Search:
    """Predictions and trials, done side by side by a crew."""

    plans: Plans
    crew: Crew
    stop: Stop
    progress: Callable[[str], None]

    def predictions(self, ideas: Sequence[Idea], *, settle: bool = False) -> list[tuple[Idea, tuple[float, ...]]]:
        """Return the ideas that fit, each with the predicted change of every stage's value."""
        each = 1 if settle and self.plans.standing.candidates > SETTLED[0][0] else CHUNK
        parts = [tuple(ideas[at : at + each]) for at in range(0, len(ideas), each)]
        seconds = self._share(len(parts), PART_FOR_PREDICTIONS)
        self.progress(f"pricing {len(ideas):,} changes")
        errands = [Predictions(self.plans, part, settle, seconds) for part in parts]
        results = self._run(errands, "changes priced again" if settle else "changes priced", each)
        found = []
        for part, result in zip(parts, results, strict=True):
            for idea, predicted in zip(part, result or [None] * len(part), strict=True):
                if predicted is not None:
                    found.append((idea, predicted))
        return found

    def trials(self, ideas: Sequence[Idea]) -> tuple[list[Trial | None], Trial | None]:
        """Return how the plan comes out with each idea, and without any where it is not proven best."""
        none: list[Idea | None] = [] if self.plans.standing.optimal else [None]
        wanted = [*none, *ideas]
        seconds = self._share(len(wanted), 1.0)
        self.progress(f"planning again with {len(ideas):,} changes")
        results = self._run([Try(self.plans, idea, seconds) for idea in wanted], "changes verified", 1)
        trials = [None if result is None else result[0] for result in results]
        return trials[len(none) :], trials[0] if none else None

    def _share(self, count: int, part: float) -> float | None:
        left = self.stop.seconds_left
        return None if left is None else part * left / max(1, math.ceil(count / self.crew.hands))

    def _run(self, errands: Sequence[Predictions | Try], what: str, each: int) -> list[Any]:
        """Do errands side by side; None for each that was not done."""
        if self.stop.reason is not None:
            return [None] * len(errands)
        jobs = [Job(str(at), what, errand) for at, errand in enumerate(errands)]
        done = 0

        def told(news: Said | Ended) -> None:
            nonlocal done
            if isinstance(news, Ended):
                done += 1
                self.progress(f"{done * each:,} of {len(errands) * each:,} {what}")

        ended = run(jobs, self.crew, lambda job: None, told=told, interrupted=lambda: self.stop.interrupted.is_set())
        results = []
        for job in jobs:
            end = ended[job.key]
            if end.trouble is not None and end.trouble.kind == "defect":
                raise Undone(end.trouble.message)
            results.append(end.result)
        return results
