"""Trials: wishes applied to a finished run as it stands, and the best plan that honours them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.check import Judge
from models.conflicts.infeasibility import Infeasibility
from models.explain.answer import Answer
from models.explain.deviations import (
    BookChange,
    Deviation,
    GoalChange,
    book_changes,
    broken_by,
    goal_changes,
    price_deviations,
)
from models.explain.question import Questions
from models.outcome import Outcome
from models.plan import Assignment, Judgement, Violation
from models.presence import owners_today
from models.stop import Stop
from planner.by_hand.basis import Basis, read_basis
from planner.by_hand.clash import clash_of
from planner.by_hand.filing import file_plan, plan_by_hand
from planner.by_hand.honouring import apply_wishes, pins_of, rules_against
from planner.by_hand.pinned import pinned_org
from planner.by_hand.wishes import Moves, Wish, read_wishes
from planner.record import TriedEntry
from planner.run_folder import RunFolder
from planner.write.folder import Target, chosen_folder
from planner.write.run import RUN, About


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
    against : tuple of Violation
        Where no plan honours the wishes because of who and whom they name: the rules that speak against it.
    clash : Infeasibility or None
        Where none does though each customer may be with whom they name: the limits that they clash with.
    folder : Path or None
        The run as which the best plan was written.
    """

    basis: Basis
    wishes: tuple[Wish, ...]
    stands: Outlook
    unmet: tuple[Wish, ...]
    answer: Answer | None
    best: Outlook | None
    against: tuple[Violation, ...] = ()
    clash: Infeasibility | None = None
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

    @property
    def parted(self) -> tuple[list[Deviation], list[Deviation], list[Deviation]]:
        """Who moves by the best plan: those wished for, the rest of their families, and all others."""
        wished = {(one.role, one.customer) for one in self.wishes}
        others = set() if self.answer is None else set(zip(*(one.tolist() for one in self.answer.others), strict=True))
        parts: tuple[list[Deviation], list[Deviation], list[Deviation]] = ([], [], [])
        for one in self.best.deviations if self.best is not None else ():
            who = (one.role, one.customer)
            parts[0 if who in wished else 2 if who in others else 1].append(one)
        return parts

    @property
    def others(self) -> tuple[tuple[str, list[Deviation]], ...]:
        """What becomes of all others by the best plan: who has to move, who stays after all, who goes elsewhere."""
        run = self.basis.run
        today = owners_today(run.org, run.policy)
        have: list[Deviation] = []
        stay: list[Deviation] = []
        go: list[Deviation] = []
        for one in self.parted[2]:
            owner = today[one.role, one.customer]
            (have if one.planned == owner else stay if one.other == owner else go).append(one)
        told = (("has to move instead", "have to move instead", have), ("stays after all", "stay after all", stay))
        return tuple(
            (single if len(some) == 1 else several, some)
            for single, several, some in (*told, ("goes to somebody else", "go to somebody else", go))
            if some
        )


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
    stop = Stop() if stop is None else stop
    target = None if out is None else chosen_folder(Path(out), RUN, force=force)
    basis = read_basis(run.folder if isinstance(run, RunFolder) else None if run is None else Path(run))
    with Outcome(basis.run.org, basis.run.policy, basis.plan) as outcome:
        wishes = read_wishes(basis, outcome.judge, moves, keeps, nots)
        if not outcome.judgement.feasible:
            applied = apply_wishes(outcome, None, wishes)
            return Trial(basis, wishes, _outlook(outcome, applied.assignment), applied.unmet, None, None)
        customers = [one.customer for one in wishes]
        with Questions(outcome.org, outcome.policy, outcome.plan, customers=customers) as questions:
            applied = apply_wishes(outcome, questions, wishes)
            answer = questions.ask(pins_of(wishes), stop)
            against = () if answer.pair is None else rules_against(outcome, questions, wishes, answer.pair)
        by_limits = answer.state == "impossible" and not against
        clash = clash_of(basis.run.org, basis.run.policy, wishes, stop) if by_limits else None
        best = None if answer.plan is None or answer.plan.assignment is None else answer.plan.assignment
        trial = Trial(
            basis,
            wishes,
            _outlook(outcome, applied.assignment),
            applied.unmet,
            answer,
            None if best is None else _outlook(outcome, best),
            against,
            clash,
        )
        if target is None or best is None:
            return trial
        # where pairs are streamed the search bounds the plans of the pairs at hand only
        return _filed(trial, answer, target, bounded=questions.formulation.whole is None)


def _filed(trial: Trial, answer: Answer, target: Target, *, bounded: bool) -> Trial:
    """Write the best plan as a run with the wishes as pins, and with the certificate of the run they were tried on.

    ``bounded`` tells that what the search proved of its plans holds for all with these wishes.
    """
    found, basis = answer.plan, trial.basis
    assert found is not None
    assert found.assignment is not None
    words = [one.words for one in trial.wishes]
    reason = f"tried on run {basis.name}: {', '.join(words)}"
    pinned = pinned_org(basis.run.org, basis.run.policy.role_names, trial.wishes)
    org = basis.run.org if pinned is None else pinned
    with Judge(org, basis.run.policy) as judge:
        stages = found.stages if pinned is not None and bounded else ()
        plan = plan_by_hand(basis, judge, found.assignment, reason, pinned=pinned is not None, searched=stages)
    plan = replace(plan, engine=found.engine, seconds=found.seconds, stopped_by=found.stopped_by)
    tried = TriedEntry(run=basis.name, wishes=words, evidence=answer.evidence, pinned=pinned is not None)
    written = file_plan(basis, About(basis.record.project, tried=tried), plan, target, org=org)
    return replace(trial, folder=written.folder)


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
