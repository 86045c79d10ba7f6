"""Trials: wishes applied to a finished run as it stands, and the best plan that honours them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.check import Judge
from models.explain.deviations import (
    MOST_JUDGED,
    BookChange,
    Deviation,
    GoalChange,
    book_changes,
    broken_by,
    goal_changes,
    price_deviations,
)
from models.explain.question import Answer, Pin, Questions
from models.org import IntArray
from models.outcome import Outcome
from models.plan import POOLED, Assignment, Judgement, Plan, Violation
from models.stop import Stop
from planner.by_hand.basis import Basis, read_basis
from planner.by_hand.filing import file_plan, plan_by_hand
from planner.by_hand.wishes import Moves, Wish, read_wishes
from planner.record import TriedEntry
from planner.run_folder import RunFolder
from planner.write.folder import chosen_folder
from planner.write.run import About


@dataclass(frozen=True)
class Outlook:
    """What another assignment than the run's would be like.

    Attributes
    ----------
    deviations : tuple of Deviation
        Customers with another owner than by the run, each priced by itself.
    goals, books : tuples
        What they change together.
    broken : tuple of Violation
        Hard rules that the run keeps and this breaks.
    """

    assignment: Assignment
    judgement: Judgement
    deviations: tuple[Deviation, ...]
    goals: tuple[GoalChange, ...]
    books: tuple[BookChange, ...]
    broken: tuple[Violation, ...]


@dataclass(frozen=True)
class Trial:
    """Wishes on a finished run, tried.

    Attributes
    ----------
    stands : Outlook
        The run's plan with just these wishes applied. Who may not stay with a rep goes to whoever costs least.
    unmet : tuple of Wish
        Wishes that even that cannot honour: nobody else may own the customer.
    answer : Answer or None
        The best plan that honours the wishes; None of a run that breaks hard rules itself.
    best : Outlook or None
        What that plan would be like; None where there is none.
    folder : Path or None
        The run as which the best plan was written.
    """

    basis: Basis
    wishes: tuple[Wish, ...]
    stands: Outlook
    unmet: tuple[Wish, ...]
    answer: Answer | None
    best: Outlook | None
    folder: Path | None = None

    @property
    def stands_feasible(self) -> bool:
        """True when the wishes alone, with nothing else changed, break no rule."""
        return not self.unmet and self.stands.judgement.feasible

    @property
    def can_be(self) -> bool | None:
        """Whether some plan honours the wishes; None when that was not found out."""
        if self.best is not None or self.stands_feasible:
            return True
        return False if self.answer is not None and self.answer.state == "impossible" else None


def try_moves(
    run: str | Path | RunFolder | None,
    moves: Moves = (),
    keeps: Sequence[str] = (),
    nots: Moves = (),
    *,
    out: str | Path | None = None,
    force: bool = False,
    stop: Stop | None = None,
) -> Trial:
    """Try wishes on a finished run: what just these would break and cost, and the best plan that honours them.

    Parameters
    ----------
    run
        A finished run: its folder, its number, or a project whose latest run is meant (None: the current folder).
    moves, nots
        ``["C0412=R07"]`` or ``{"C0412": "R07"}``: who shall, or shall not, own a customer; with several roles
        ``C0412:service=R07`` where the rep does not tell which. No rep is the pool.
    keeps
        Customers that stay with today's owner.
    out
        Where to write the best plan as a run; it is not written if None. ``force`` replaces an earlier run there.
    stop
        When to stop; by default after a counted amount of work.

    Raises
    ------
    InputRefused
        When the run has no plan, or a wish names nobody known or contradicts another: every problem at once.
    """
    target = None if out is None else chosen_folder(Path(out), force=force)
    basis = read_basis(run.folder if isinstance(run, RunFolder) else None if run is None else Path(run))
    with Outcome(basis.run.org, basis.run.policy, basis.plan) as outcome:
        wishes = read_wishes(basis, outcome.judge, moves, keeps, nots)
        assignment, unmet = _applied(basis, outcome.judge, wishes)
        trial = Trial(basis, wishes, _outlook(outcome, assignment), unmet, None, None)
        if outcome.judgement.feasible:
            trial = _with_best(trial, outcome, stop)
        if target is not None and trial.best is not None:
            trial = _filed(trial, outcome.judge, target)
    return trial


def _with_best(trial: Trial, outcome: Outcome, stop: Stop | None) -> Trial:
    pins = [Pin(one.customer, one.role, one.rep, one.kept) for one in trial.wishes]
    with Questions(outcome.org, outcome.policy, outcome.plan) as questions:
        answer = questions.ask(pins, stop)
    found = answer.plan.assignment if answer.plan is not None else None
    return replace(trial, answer=answer, best=None if found is None else _outlook(outcome, found))


def _filed(trial: Trial, judge: Judge, target: Path) -> Trial:
    assert trial.best is not None and trial.answer is not None
    basis, words = trial.basis, [one.words for one in trial.wishes]
    plan = replace(_best_plan(trial, judge), engine_reason=f"tried on run {basis.name}: {', '.join(words)}")
    tried = TriedEntry(run=basis.name, wishes=words, evidence=trial.answer.evidence)
    written = file_plan(basis, About(basis.record.project, tried=tried), plan, target)
    return replace(trial, folder=written.folder)


def _best_plan(trial: Trial, judge: Judge) -> Plan:
    assert trial.best is not None and trial.answer is not None and trial.answer.plan is not None
    plan = plan_by_hand(trial.basis, judge, trial.best.assignment, trial.best.judgement, "")
    found = trial.answer.plan
    return replace(plan, engine=found.engine, seconds=found.seconds, stopped_by=found.stopped_by)


def _outlook(outcome: Outcome, assignment: Assignment) -> Outlook:
    judgement = outcome.judge.of(assignment)
    return Outlook(
        assignment,
        judgement,
        price_deviations(outcome, assignment),
        goal_changes(outcome.judgement, judgement),
        book_changes(outcome, assignment),
        broken_by(outcome.judgement, judgement),
    )


def _applied(basis: Basis, judge: Judge, wishes: Sequence[Wish]) -> tuple[Assignment, tuple[Wish, ...]]:
    """Apply wishes to the run's plan, and return those that cannot be: nobody else may own the customer."""
    assert basis.plan.assignment is not None
    roles, owners = basis.plan.assignment.roles, basis.plan.assignment.owners.copy()
    for wish in wishes:
        if wish.kept:
            owners[wish.role, wish.customer] = wish.rep
    unmet = []
    for wish in wishes:
        if not wish.kept and owners[wish.role, wish.customer] == wish.rep:
            refused = [one.rep for one in wishes if (one.customer, one.role) == (wish.customer, wish.role)]
            others = np.setdiff1d(_others(basis, judge, wish), refused)
            if not len(others):
                unmet.append(wish)
                continue
            owners[wish.role, wish.customer] = _cheapest(judge, roles, owners, wish, others)
    return Assignment(roles, owners), tuple(unmet)


def _others(basis: Basis, judge: Judge, wish: Wish) -> IntArray:
    """Return who may own a customer by the rules on a pair, the pool last."""
    everyone = np.arange(basis.run.org.n_reps)
    customers = np.full(len(everyone), wish.customer)
    able = everyone[judge.eligibility.allowed(wish.role, customers, everyone)]
    return np.append(able, POOLED) if basis.run.policy.pool is not None else able


def _cheapest(judge: Judge, roles: tuple[str, ...], owners: IntArray, wish: Wish, others: IntArray) -> int:
    """Return the owner by whom the fewest rules break and, among equals, the points are least, all else as it is."""
    most = max(1, MOST_JUDGED // max(owners.shape[1], 1))
    best: tuple[int, tuple[float, ...], int] | None = None
    for rep in others[:most].tolist():
        tried = owners.copy()
        tried[wish.role, wish.customer] = rep
        judgement = judge.of(Assignment(roles, tried))
        value = (len(judgement.violations), judgement.stage_values, rep)
        best = value if best is None else min(best, value)
    assert best is not None
    return best[2]
