"""A run as it is written: everything at once, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.account import Account
from models.books import Band
from models.explain.wishes import Heard
from models.findings import Finding
from models.org import Org
from models.plan import Plan, Violation
from models.policy import Policy
from models.summary import Headline, Shift
from planner.document import Lines
from planner.plain_values import finite
from planner.record import (
    SCHEMA,
    AdoptedEntry,
    AssumptionEntry,
    BandEntry,
    BudgetEntry,
    GoalEntry,
    HeadlineEntry,
    LossEntry,
    MeasureEntry,
    NotPlanned,
    Planned,
    ShiftEntry,
    StageEntry,
    TriedEntry,
    ViolationEntry,
    WishesEntry,
    record_document,
)
from planner.versions import versions
from planner.write.certificate import write_certificate
from planner.write.files import sha256, write_csv, write_json
from planner.write.folder import INPUTS, RECORD, Kind, Target, report_beside
from planner.write.inputs import INPUT_FILES, write_inputs
from planner.write.publishing import publish
from planner.write.tables import assignments_table, moves_table, reps_table, wishes_table

ASSIGNMENTS = "assignments.csv"
MOVES = "moves.csv"
WISHES = "wishes.csv"
CERTIFICATE = "certificate.npz"
REPS = "reps.csv"
DEVIATIONS, VERIFIED, SCENARIO_FILE = "deviations.csv", "verified.json", "scenario.json"
"""What is written beside a run by those who adopt, verify and compare."""
RUN = Kind(
    "a run",
    RECORD,
    frozenset({ASSIGNMENTS, MOVES, REPS, WISHES, CERTIFICATE, DEVIATIONS, VERIFIED, SCENARIO_FILE})
    | {f"{INPUTS}/{name}" for name in INPUT_FILES}
    | report_beside("plan"),
)


@dataclass(frozen=True)
class About:
    """What a run's record says beyond org, policy and plan.

    ``sources`` names the files of the project that were read; ``changed`` the values that --set changed; ``warm`` the
    run that the solve began with; ``after`` the run that was circulated; ``typed`` what --wishes, --after and
    --accepted named, as typed; ``lines`` where the policy stands. A plan by hand is made of a run: ``hashes`` are those
    of the files which that run read, ``adopted`` and ``tried`` say what was changed.
    """

    project: str
    scenario: str | None = None
    changed: tuple[str, ...] = ()
    assumptions: Sequence[Finding] = ()
    sources: Mapping[str, Path] = field(default_factory=dict)
    warm: str | None = None
    after: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    lines: Lines | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    adopted: AdoptedEntry | None = None
    tried: TriedEntry | None = None


@dataclass(frozen=True)
class Written:
    """Where a run was written, and its record as plain data."""

    folder: Path
    record: Mapping[str, Any]


def write_run(
    project: Path,
    about: About,
    org: Org,
    policy: Policy,
    plan: Plan,
    account: Account | None,
    heard: Heard | None = None,
    *,
    out: Target | Path | None = None,
    beside: Callable[[Path], None] = lambda folder: None,
) -> Written:
    """Write a run to ``out``, or to the next numbered folder of the project; ``account`` is None without a plan.

    ``heard`` tells what became of wishes, where there are some; ``beside`` writes what else belongs into the folder.
    """
    records: list[Mapping[str, Any]] = []

    def write(folder: Path) -> None:
        inputs = write_inputs(org, policy, folder / INPUTS, about.lines)
        shared = _shared(about, org, policy, plan, inputs)
        if account is None:
            record = _without_plan(shared, plan)
        else:
            for name, table in (
                (ASSIGNMENTS, assignments_table(account)),
                (MOVES, moves_table(account)),
                (REPS, reps_table(account)),
            ):
                write_csv(table, folder / name)
            if heard is not None:
                write_csv(wishes_table(account, heard), folder / WISHES)
            write_certificate(plan.prices, folder / CERTIFICATE)
            files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
            record = _with_plan(shared, account, heard, files)
        records.append(record)
        write_json(record, folder / RECORD)
        beside(folder)

    folder = publish(out, project, write)
    return Written(folder, records[0])


def _shared(about: About, org: Org, policy: Policy, plan: Plan, inputs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "project": about.project,
        "scenario": about.scenario,
        "changed": list(about.changed),
        "period": {"start": org.period.start, "end": org.period.end},
        "customers": org.n_customers,
        "reps": org.n_reps,
        "roles": list(policy.role_names),
        "engine": plan.engine,
        "engine_reason": plan.engine_reason,
        "seconds": round(plan.seconds, 3),
        "seed": plan.seed,
        "warm": about.warm,
        "after": about.after,
        "typed": dict(about.typed),
        "adopted": about.adopted,
        "tried": about.tried,
        "stopped_by": plan.stopped_by,
        "bound": finite(plan.bound),
        "bound_by": plan.bound_by,
        "price_bound": finite(plan.price_bound),
        "stages": [
            StageEntry(
                priority=stage.priority,
                goals=list(stage.goals),
                value=finite(stage.value),
                bound=finite(stage.bound),
                cap=finite(stage.cap),
                status=stage.status,
            )
            for stage in plan.stages
        ],
        "assumptions": [
            AssumptionEntry(assumed=one.title, hint=one.hint, examples=list(one.examples)) for one in about.assumptions
        ],
        "explanation": list(plan.explanation),
        "inputs": dict(inputs),
        "sources": {**about.hashes, **{name: sha256(path) for name, path in about.sources.items()}},
        "versions": versions(),
    }


def _without_plan(shared: Mapping[str, Any], plan: Plan) -> Mapping[str, Any]:
    broken = plan.judgement.violations if plan.judgement is not None else ()
    entries = [_violation(one) for one in broken]
    return record_document(NotPlanned.model_validate({**shared, "status": plan.status, "violations": entries}))


def _with_plan(
    shared: Mapping[str, Any], account: Account, heard: Heard | None, files: Mapping[str, str]
) -> Mapping[str, Any]:
    plan, headline = account.plan, account.summary.headline
    assert plan.judgement is not None
    return record_document(
        Planned.model_validate(
            {
                **shared,
                "status": plan.status,
                "objective": plan.judgement.objective,
                "gap": plan.gap,
                "certified_gap": plan.certified_gap,
                "goals": {
                    name: GoalEntry(value=goal.value, unit=goal.unit, weighted=goal.weighted)
                    for name, goal in plan.judgement.goals.items()
                },
                "measures": _measures(account),
                "moved_customers": round(headline.chosen.amount),
                "moved_share": headline.chosen.share,
                "forced_moves": headline.forced,
                "newly_assigned": headline.newly,
                "pooled": headline.pooled,
                "headline": _headline(account, headline),
                "budgets": [
                    BudgetEntry(name=use.name, label=use.label, used=use.used, limit=use.limit, unit=use.unit)
                    for use in account.summary.budgets
                ],
                "wishes": None if heard is None else _wishes(heard),
                "violations": [_violation(one) for one in plan.judgement.violations],
                "files": dict(files),
            }
        )
    )


def _wishes(heard: Heard) -> WishesEntry:
    honoured = int(heard.honoured.sum())
    return WishesEntry(
        count=heard.count,
        honoured=honoured,
        refused=heard.count - honoured,
        refused_points=heard.refused_points,
    )


def _measures(account: Account) -> dict[str, MeasureEntry]:
    chosen = account.changes.chosen
    entries = {}
    for book in account.summary.books:
        carried = account.carried.get(book.measure, np.ones(len(chosen)))
        entries[book.measure] = MeasureEntry(
            unit=book.unit,
            total=float(carried.sum()),
            moved=float(carried[chosen].sum()),
            bands=[_band(band) for band in book.bands],
        )
    return entries


def _band(band: Band) -> BandEntry:
    banded = band.banded
    return BandEntry(
        line=band.line,
        tolerance=band.tolerance,
        reps=int(banded.sum()),
        inside=ShiftEntry(
            before=float(band.inside(band.before)[banded].sum()), after=float(band.inside(band.after)[banded].sum())
        ),
        heaviest_to_lightest=_shift(
            Shift(band.heaviest_to_lightest(band.before), band.heaviest_to_lightest(band.after))
        ),
    )


def _headline(account: Account, headline: Headline) -> HeadlineEntry:
    loss = headline.largest_loss
    return HeadlineEntry(
        revenue_measure=headline.worth,
        revenue_moved=headline.revenue.amount,
        revenue_moved_share=headline.revenue.share,
        reps_with_band=headline.banded_reps,
        reps_inside_band=_shift(headline.inside),
        heaviest_to_lightest=_shift(headline.evenness),
        largest_loss=None
        if loss is None
        else LossEntry(rep_id=str(account.org.rep_ids[loss.rep]), amount=loss.portion.amount, share=loss.portion.share),
        frozen_revenue=headline.frozen.amount,
        frozen_share=headline.frozen.share,
    )


def _shift(shift: Shift) -> ShiftEntry:
    return ShiftEntry(before=finite(shift.before), after=finite(shift.after))


def _violation(violation: Violation) -> ViolationEntry:
    return ViolationEntry(
        line=violation.line,
        message=violation.message,
        customer=violation.customer,
        rep=violation.rep,
        found=finite(violation.found),
        limit=finite(violation.limit),
        unit=violation.unit,
    )
