"""Figures: what a scenario's plan is worth, moves and risks, taken once from its outcome."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from models.books import MeasureBook
from models.formulation.rows import capacity_rows
from models.names import rep_names
from models.org import BoolArray, FloatArray, IntArray
from models.outcome import Outcome
from models.plan import Plan
from models.policy import CUSTOMERS, line_names
from models.summary import Shift, Summary, given_up, of_customers
from scenarios.comparing.evenness import gini, max_min, variation
from scenarios.comparing.goals import goal_definitions, stage_figures
from scenarios.comparing.scorecard import (
    LOSES_MUCH,
    NEAR_QUOTA,
    BeforeAfter,
    CapacityUse,
    Figures,
    GoalFigure,
    Losses,
    MeasureFigure,
    Moves,
    QuotaFigure,
    QuotaSpread,
    Reps,
    Revenue,
    Spread,
)

__all__ = ["Figures", "figures_of", "figures_without_plan"]

MOST_NAMED = 10
MOST_EXPLAINED = 12
_TINY = 1e-9


def figures_of(outcome: Outcome, summary: Summary) -> Figures:
    """Take the figures of a plan that assigns everybody; ``summary`` is the outcome's own."""
    plan, judgement = outcome.plan, outcome.judgement
    worth, unit = outcome.scales.revenue()
    revenue = outcome.scales.of_members(worth, outcome.ownership.after)
    broken = [f"{violation.line}: {violation.message}" for violation in judgement.violations]
    return Figures(
        status=plan.status,
        seconds=round(plan.seconds, 3),
        stopped_by=plan.stopped_by,
        objective=judgement.objective,
        bound=_finite(plan.bound),
        bound_by=plan.bound_by,
        price_bound=_finite(plan.price_bound),
        gap=plan.gap,
        certified_gap=plan.certified_gap,
        definitions=goal_definitions(outcome.policy),
        stages=stage_figures(outcome),
        goals={
            name: GoalFigure(value=goal.value, unit=goal.unit, weighted=goal.weighted)
            for name, goal in judgement.goals.items()
        },
        violations=len(judgement.violations),
        explanation=_some(broken),
        moves=_moves(outcome, summary),
        revenue=_revenue(outcome, summary, worth, unit, revenue),
        reps=_reps(outcome, summary),
        losses=_losses(outcome, revenue),
        measures={book.measure: _measure(outcome, book) for book in summary.books},
        travel_hours=_travel(outcome),
        misfits=_misfits(outcome),
        capacity=_capacity(outcome),
        quota=_quota(outcome),
    )


def figures_without_plan(plan: Plan) -> Figures:
    """Take what can be said of a scenario for which no plan exists, or none was found."""
    broken = plan.judgement.violations if plan.judgement is not None else ()
    lines = {violation.message: violation.line for violation in broken}
    told = [f"{lines[one]}: {one}" if one in lines else one for one in plan.explanation or lines]
    if not told and plan.status == "no_plan":
        told = [f"stopped ({plan.stopped_by}) before there was any plan"]
    return Figures(
        status=plan.status,
        seconds=round(plan.seconds, 3),
        stopped_by=plan.stopped_by,
        bound_by=plan.bound_by,
        explanation=_some(told),
    )


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - MOST_EXPLAINED
    return (*lines[:MOST_EXPLAINED], f"and {more:,} more") if more > 0 else tuple(lines)


# ---- moves -------------------------------------------------------------------------------------------------


def _moves(outcome: Outcome, summary: Summary) -> Moves:
    headline, ownership = summary.headline, outcome.ownership
    everyone = np.ones(outcome.units.count)
    base = round(headline.chosen.whole)
    left = round(of_customers(outcome, everyone, outcome.changes.moved & ownership.present))
    return Moves(
        chosen=round(headline.chosen.amount),
        base=base,
        share=headline.chosen.share,
        forced=headline.forced,
        newly_assigned=headline.newly,
        pooled=headline.pooled,
        kept=base - left,
        retention=(base - left) / base if base else None,
    )


def _revenue(outcome: Outcome, summary: Summary, worth: str, unit: str, revenue: FloatArray) -> Revenue:
    headline, changes, present = summary.headline, outcome.changes, outcome.ownership.present
    # a customer that moves in several roles is in transition once: what is chosen is not forced as well
    moved = of_customers(outcome, revenue, changes.moved)
    of_present = of_customers(outcome, revenue, changes.chosen | (changes.forced & present))
    return Revenue(
        measure=worth,
        unit=unit,
        total=headline.frozen.whole,
        base=headline.revenue.whole,
        chosen=headline.revenue.amount,
        share=headline.revenue.share,
        forced_present=max(0.0, of_present - headline.revenue.amount),
        forced_departed=max(0.0, moved - of_present),
        frozen_share=headline.frozen.share,
    )


def _losses(outcome: Outcome, revenue: FloatArray) -> Losses:
    chosen, _, book = given_up(outcome, revenue)
    share = np.divide(chosen, book, out=np.zeros(len(book)), where=book > 0)
    much = np.flatnonzero(share > LOSES_MUCH + _TINY)
    named = much[np.argsort(-share[much], kind="stable")][:MOST_NAMED]
    largest = int(share.argmax()) if share.any() else None
    return Losses(
        over_fifth=len(much),
        names=tuple(str(name) for name in rep_names(outcome.org, named)),
        largest=0.0 if largest is None else float(share[largest]),
        largest_name=None if largest is None else str(rep_names(outcome.org, np.array([largest]))[0]),
    )


# ---- books -------------------------------------------------------------------------------------------------


def _reps(outcome: Outcome, summary: Summary) -> Reps:
    bands, headline = summary.bands, summary.headline
    outside = {}
    for side, sign in (("over", 1.0), ("under", -1.0)):
        counts = []
        for when in ("before", "after"):
            beyond = np.zeros(outcome.org.n_reps, dtype=bool)
            for band in bands:
                books: FloatArray = getattr(band, when)
                beyond |= ~band.inside(books) & (sign * (books - band.target) > 0)
            counts.append(float(beyond.sum()))
        outside[side] = BeforeAfter(before=counts[0], after=counts[1])
    return Reps(
        present=int((outcome.amounts.here & (outcome.amounts.presence > 0)).sum()),
        banded=headline.banded_reps,
        inside=_shift(headline.inside),
        over=outside["over"],
        under=outside["under"],
        evenness=_shift(headline.evenness),
        evenness_of=headline.evenness_of,
    )


def _measure(outcome: Outcome, book: MeasureBook) -> MeasureFigure:
    values = outcome.scales.of_members(book.measure, outcome.ownership.after)
    changes = outcome.changes
    return MeasureFigure(
        unit=book.unit,
        total=float(values.sum()),
        by_owner=outcome.amounts.depends_on_rep(book.measure),
        chosen=float(values[changes.chosen].sum()),
        forced=float(values[changes.forced].sum()),
        in_motion=of_customers(outcome, values, changes.chosen),
        before=_spread(outcome, book, book.before, [band.before for band in book.bands]),
        after=_spread(outcome, book, book.after, [band.after for band in book.bands]),
    )


def _spread(outcome: Outcome, book: MeasureBook, carried: FloatArray, banded: Sequence[FloatArray]) -> Spread | None:
    """Return how a measure is spread, each book divided by share and presence, and by the mean of its role."""
    amounts = outcome.amounts
    weight = amounts.shares() * amounts.presence
    counts = amounts.here & (weight > 0) & (amounts.rep_role >= 0)
    relative = np.divide(carried, weight, out=np.zeros(len(weight)), where=counts)
    for role in range(len(outcome.policy.roles)):
        mine = counts & (amounts.rep_role == role)
        mean = float(relative[mine].mean()) if mine.any() else 0.0
        if mean > 0:
            relative[mine] /= mean
    books = relative[counts]
    if not len(books) or books.max() <= 0:
        return None
    return Spread(
        cv=variation(books), max_min=max_min(books), gini=gini(books), inside=_share_inside(outcome, book, banded)
    )


def _share_inside(outcome: Outcome, book: MeasureBook, carried: Sequence[FloatArray]) -> float | None:
    inside = np.ones(outcome.org.n_reps, dtype=bool)
    banded = np.zeros(outcome.org.n_reps, dtype=bool)
    for band, books in zip(book.bands, carried, strict=True):
        inside &= band.inside(books)
        banded |= band.banded
    return float(inside[banded].mean()) if banded.any() else None


# ---- travel, fit, capacity, quota --------------------------------------------------------------------------


def _travel(outcome: Outcome) -> BeforeAfter | None:
    """Return the hours on the road in a period, as the goal ``travel`` counts them; None unless all are known."""
    travel = outcome.amounts.travel
    if not (travel.located or travel.driven):
        return None
    visits = np.ones(outcome.org.n_customers)
    if "visits" in outcome.org.customers:
        given = outcome.org.customers["visits"].to_numpy(float)
        visits = np.where(np.isnan(given), 1.0, given)
    goal = outcome.policy.goal("travel")
    default = None if goal is None else goal.default
    hours = []
    for owner in (outcome.ownership.before, outcome.ownership.after):
        owned = np.flatnonzero(owner >= 0)
        customers = outcome.ownership.customer[owned]
        one_way = travel.minutes(customers, owner[owned]) / 60.0
        if default is not None:
            one_way = np.where(np.isnan(one_way), default, one_way)
        hours.append(float((visits[customers] * 2.0 * one_way).sum()))
    before, after = (_finite(one) for one in hours)
    return None if after is None else BeforeAfter(before=before, after=after)


def _misfits(outcome: Outcome) -> BeforeAfter | None:
    eligibility = outcome.policy.eligibility
    if eligibility.skills != "preferred" and all(rule.prefer is None for rule in eligibility.rules):
        return None
    everyone = np.ones(outcome.units.count)
    before, after = (
        of_customers(outcome, everyone, _breaks(outcome, owner))
        for owner in (outcome.ownership.before, outcome.ownership.after)
    )
    return BeforeAfter(before=before, after=after)


def _breaks(outcome: Outcome, owner: IntArray) -> BoolArray:
    """Tell which members an owner (a rep position, negative: nobody) breaks a preference of, shape (members,)."""
    ownership, policy, judge = outcome.ownership, outcome.policy, outcome.judge
    breaks = np.zeros(len(owner), dtype=bool)
    for k, role in enumerate(policy.role_names):
        at = np.flatnonzero((ownership.role == k) & (owner >= 0))
        customers, reps = ownership.customer[at], owner[at]
        for rule in policy.eligibility.rules:
            if rule.prefer is not None:
                applies = judge.facts.pair_true(rule.when, role, customers, reps)
                breaks[at] |= applies & ~judge.facts.pair_true(rule.prefer, role, customers, reps)
        if policy.eligibility.skills == "preferred":
            breaks[at] |= ~judge.skills.met(customers, reps)
    return breaks


def _capacity(outcome: Outcome) -> tuple[CapacityUse, ...]:
    """Return for each capacity line with a limit above how full it is, over all its reps, teams or regions."""
    lines = dict(zip(line_names(outcome.policy.capacity), outcome.policy.capacity, strict=True))
    loads: dict[str, list[tuple[str, float, float]]] = {}
    for block in capacity_rows(outcome.amounts, outcome.as_planned):
        name = block.line.removeprefix("capacity[").removesuffix("]")
        carried = np.bincount(block.row, block.value, minlength=block.count).astype(float)
        limit = block.upper
        if lines[name].per == "region":
            # the rows of regions hold only what pooling takes away: the limit as written is their scale
            limit = block.scale
            carried += np.where(np.isfinite(block.upper), limit - block.upper, 0.0)
        bounded = np.flatnonzero(np.isfinite(block.upper))
        found = loads.setdefault(name, [])
        found += [(block.labels[j], float(carried[j]), float(limit[j])) for j in bounded]
    uses = []
    for name, rows in loads.items():
        if not rows:
            continue
        used, room = sum(row[1] for row in rows), sum(row[2] for row in rows)
        label, load, most = max(rows, key=lambda row: _fullness(row[1], row[2]))
        line = lines[name]
        uses.append(
            CapacityUse(
                line=name,
                measure=line.measure,
                unit="" if line.measure == CUSTOMERS else outcome.scales.unit(line.measure),
                used=used,
                room=room,
                share=used / room if room > 0 else None,
                fullest=_named(outcome, label) if line.per == "rep" else label,
                fullest_share=_finite(_fullness(load, most)),
            )
        )
    return tuple(uses)


def _fullness(load: float, limit: float) -> float:
    """Return a load as a share of its limit; of a limit of nothing, nothing is no share and all else is too much."""
    if limit > 0:
        return load / limit
    return math.inf if load > 0 else -math.inf


def _named(outcome: Outcome, rep_id: str) -> str:
    at = outcome.org.rep_positions.get(rep_id)
    return rep_id if at is None else str(rep_names(outcome.org, np.array([at]))[0])


def _quota(outcome: Outcome) -> QuotaFigure | None:
    """Return potential divided by quota, before and after, where reps have a quota and customers a potential."""
    org, amounts = outcome.org, outcome.amounts
    if "potential" not in outcome.policy.measures and not org.has("customers", "potential"):
        return None
    if not org.has("reps", "quota"):
        return None
    quota = org.reps["quota"].to_numpy(float)
    counts = amounts.here & (np.nan_to_num(quota, nan=0.0) > 0)
    if not counts.any():
        return None
    spreads = []
    for owner in (outcome.ownership.before, outcome.ownership.after):
        owned = owner >= 0
        values = outcome.scales.of_members("potential", owner)
        book = np.bincount(owner[owned], values[owned], minlength=org.n_reps)[counts] / quota[counts]
        low, high = NEAR_QUOTA
        spreads.append(
            QuotaSpread(
                minimum=float(book.min()),
                median=float(np.median(book)),
                maximum=float(book.max()),
                cv=variation(book),
                near=float(((book >= low - _TINY) & (book <= high + _TINY)).mean()),
            )
        )
    return QuotaFigure(reps=int(counts.sum()), before=spreads[0], after=spreads[1])


def _shift(shift: Shift) -> BeforeAfter:
    return BeforeAfter(before=_finite(shift.before), after=_finite(shift.after))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
