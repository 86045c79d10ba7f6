"""Plans by hand as plain data, for ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from models.explain.deviations import BookChange, Deviation, GoalChange
from models.plan import Violation
from planner.by_hand.adoption import Adoption
from planner.by_hand.trial import Outlook, Trial
from planner.by_hand.wishes import Wish
from planner.exits import findings_as_json
from planner.explaining.infeasible import infeasibility_document
from planner.plain_values import finite, rep_id
from planner.run_folder import RunFolder


def adoption_document(adoption: Adoption) -> dict[str, Any]:
    """Return an adoption."""
    run, plan = adoption.basis.run, adoption.plan
    roles = run.policy.role_names
    return {
        "run": str(run.folder),
        "restored": adoption.basis.restored,
        "file": str(adoption.file),
        "filed": None if adoption.folder is None else str(adoption.folder),
        "status": plan.status,
        "feasible": adoption.feasible,
        "objective": plan.objective,
        "bound": finite(plan.bound),
        "bound_by": plan.bound_by,
        "gap": plan.gap,
        "points": adoption.points,
        "points_alone": adoption.points_alone,
        "deviations": [deviation_document(run, one) for one in adoption.deviations],
        "goals": goal_documents(adoption.goals),
        "books": [book_document(run, one) for one in adoption.books],
        "violations": [violation_document(run, one) for one in adoption.judgement.violations],
        "newly_broken": [violation_document(run, one) for one in adoption.broken],
        "absent": [{"customer": str(run.org.customer_ids[c]), "role": roles[k]} for c, k in adoption.absent],
        "notes": findings_as_json(adoption.notes),
    }


def trial_document(trial: Trial) -> dict[str, Any]:
    """Return a trial."""
    run, answer = trial.basis.run, trial.answer
    best = None
    if answer is not None:
        best = {
            "state": answer.state,
            "evidence": answer.evidence,
            "cost": answer.cost,
            "priority": answer.priority,
            "low": finite(answer.low),
            "high": finite(answer.high),
            "opened": [rep_id(run.org, rep) for rep in answer.opened.tolist()],
            **({} if trial.best is None else _outlook(run, trial.best)),
            **{
                name: [_moved(run, one) for one in part]
                for name, part in zip(("wished", "family", "instead"), trial.parted, strict=True)
            },
        }
    return {
        "run": str(run.folder),
        "restored": trial.basis.restored,
        "wishes": [_wish(run, one) for one in trial.wishes],
        "can_be": trial.can_be,
        "as_it_stands": {
            "feasible": trial.stands_feasible,
            "unmet": [one.words for one in trial.unmet],
            **_outlook(run, trial.stands),
        },
        "best": best,
        "against": [violation_document(run, one) for one in trial.against],
        "clash": None if trial.clash is None else infeasibility_document(run, trial.clash),
        "written": None if trial.folder is None else str(trial.folder),
    }


def _moved(run: RunFolder, one: Deviation) -> dict[str, Any]:
    return {
        "customer": str(run.org.customer_ids[one.customer]),
        "role": run.policy.role_names[one.role],
        "planned_rep": rep_id(run.org, one.planned),
        "rep": rep_id(run.org, one.other),
    }


def _wish(run: RunFolder, one: Wish) -> dict[str, Any]:
    return {
        "words": one.words,
        "customer": str(run.org.customer_ids[one.customer]),
        "role": run.policy.role_names[one.role],
        "rep": rep_id(run.org, one.rep),
        "kept": one.kept,
    }


def _outlook(run: RunFolder, outlook: Outlook) -> dict[str, Any]:
    return {
        "objective": outlook.judgement.objective,
        "deviations": [deviation_document(run, one) for one in outlook.deviations],
        "goals": goal_documents(outlook.goals),
        "books": [book_document(run, one) for one in outlook.books],
        "violations": [violation_document(run, one) for one in outlook.judgement.violations],
    }


def deviation_document(run: RunFolder, one: Deviation) -> dict[str, Any]:
    """Return a deviation; reps by id, None for nobody."""
    return {
        "customer": str(run.org.customer_ids[one.customer]),
        "role": run.policy.role_names[one.role],
        "planned_rep": rep_id(run.org, one.planned),
        "rep": rep_id(run.org, one.other),
        "points": one.points,
        "stages": list(one.stages),
        "goals": dict(one.goals),
        "breaks": None if one.broken is None else [violation_document(run, broken) for broken in one.broken],
    }


def goal_documents(goals: Sequence[GoalChange]) -> dict[str, Any]:
    """Return goals before and after, by name."""
    return {
        one.goal: {"unit": one.unit, "before": one.before, "after": one.after, "points": one.points} for one in goals
    }


def book_document(run: RunFolder, one: BookChange) -> dict[str, Any]:
    """Return a book before and after; limits and the band's ends are None where there is none."""
    return {
        "rep": rep_id(run.org, one.rep),
        "measure": one.measure,
        "unit": one.unit,
        "before": one.before,
        "after": one.after,
        "minimum": finite(one.minimum),
        "maximum": finite(one.maximum),
        "balance": None if one.band is None else one.band.line,
        "band_low": one.low,
        "band_high": one.high,
    }


def violation_document(run: RunFolder, one: Violation) -> dict[str, Any]:
    """Return a broken rule with the place of its line in the user's project file."""
    place = run.place_of(one)
    return {
        **asdict(one),
        "found": finite(one.found),
        "limit": finite(one.limit),
        "file": None if place is None else place.file,
        "file_line": None if place is None else place.line,
    }
