"""The rows of a comparison: what each one is called, what it means, which value is better, and where it is read.

The names are those of ``comparison.csv`` and ``comparison.json``, and those that gates use. Which rows there are
depends on the goals, measures and capacity lines of the policies compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from models.measure_names import begun
from models.policy import CUSTOMERS
from scenarios.comparing.risk import Risk
from scenarios.comparing.row_definition import (
    BANDS,
    CERTIFIED_GAP,
    FAIRNESS,
    GAP,
    GOALS,
    IN_SHORT,
    INDEX,
    MEANS,
    MOVES,
    OBJECTIVE,
    POINTS,
    PROOF,
    QUOTA,
    RATIO,
    SHARE,
    Better,
    RowDefinition,
)
from scenarios.comparing.row_shape import Shape
from scenarios.comparing.row_values import (
    bands_meant,
    bands_on,
    inside_share,
    risked,
    share_of,
    unbounded,
    worth_and_unit,
    worth_measure,
    worth_unit,
)
from scenarios.comparing.scorecard import BeforeAfter, Figures, QuotaSpread, Spread

_TAKEN = ("goals", "capacity", "quota")


def definitions(shape: Shape) -> tuple[RowDefinition, ...]:
    """Return the rows that a comparison of this shape can have, in the order in which they are shown."""
    return (
        *_in_short(shape),
        *_goals(shape),
        *_fairness(shape),
        *_bands(),
        *_moves(shape),
        *_means(shape),
        *_quota(),
        *_proof(),
    )


def _in_short(shape: Shape) -> Iterator[RowDefinition]:
    worth, unit = shape.revenue
    yield RowDefinition(
        "moved_share", IN_SHORT, "Chosen moves", SHARE, "less", lambda f, _: None if f.moves is None else f.moves.share
    )
    yield RowDefinition(
        "forced_moves",
        IN_SHORT,
        "Forced moves",
        "",
        "less",
        lambda f, _: None if f.moves is None else float(f.moves.forced),
    )
    yield RowDefinition(
        "revenue_moved_share",
        IN_SHORT,
        f"{begun(worth)} moved",
        SHARE,
        "less",
        lambda f, _: None if f.revenue is None else f.revenue.share,
        meaning=worth_measure,
    )
    for at, end in enumerate(("low", "high")):
        yield RowDefinition(
            f"revenue_at_risk_{end}",
            IN_SHORT,
            "Revenue at risk" + (", at most" if at else ""),
            unit,
            "less",
            risked(at),
            upto=None if at else "revenue_at_risk_high",
            meaning=worth_and_unit,
            unit_of=worth_unit,
        )
    yield RowDefinition(
        "reps_inside_band_share",
        IN_SHORT,
        "Reps inside the band",
        SHARE,
        "more",
        lambda f, _: inside_share(f),
        meaning=bands_meant,
    )
    yield RowDefinition(
        "heaviest_to_lightest",
        IN_SHORT,
        "Heaviest ÷ lightest book",
        RATIO,
        "less",
        lambda f, _: None if f.reps is None else unbounded(f.reps.evenness.after),
        meaning=lambda f: None if f.reps is None else f.reps.evenness_of,
    )
    yield RowDefinition(
        "reps_losing_over_20",
        IN_SHORT,
        "Reps who lose over 20%",
        "",
        "less",
        lambda f, _: None if f.losses is None else float(f.losses.over_fifth),
        meaning=worth_measure,
    )
    # a plan that a solver has proven best is best, however far the bound is that anyone can recompute
    yield RowDefinition(
        CERTIFIED_GAP,
        IN_SHORT,
        "Certified gap",
        SHARE,
        "less",
        lambda f, _: f.certified_gap,
        rank=lambda f, _: 0.0 if f.status == "optimal" else f.certified_gap,
    )


def _goals(shape: Shape) -> Iterator[RowDefinition]:
    yield RowDefinition(
        OBJECTIVE, GOALS, "Objective", POINTS, "less", lambda f, _: f.objective, meaning=lambda f: f.all_goals
    )
    for name, unit in shape.goals:

        def value(figures: Figures, risk: Risk, name: str = name) -> float | None:
            goal = figures.goals.get(name)
            return None if goal is None else goal.value

        def meant(figures: Figures, name: str = name) -> tuple[str | None, str]:
            return figures.definitions.get(name), unit_in(figures, name)

        def unit_in(figures: Figures, name: str = name) -> str:
            goal = figures.goals.get(name)
            return "" if goal is None else goal.unit

        yield RowDefinition(
            f"goals.{name}",
            GOALS,
            name[:1].upper() + name[1:],
            unit,
            "less",
            value,
            goal=name,
            meaning=meant,
            unit_of=unit_in,
        )


_SPREADS: tuple[tuple[str, str, str, Better, Callable[[Spread], float | None]], ...] = (
    ("cv", "variation (CV)", SHARE, "less", lambda spread: spread.cv),
    ("max_min", "max ÷ min", RATIO, "less", lambda spread: unbounded(spread.max_min)),
    ("inside_share", "inside the band", SHARE, "more", lambda spread: spread.inside),
    ("gini", "Gini", INDEX, "less", lambda spread: spread.gini),
)


def _fairness(shape: Shape) -> Iterator[RowDefinition]:
    for measure, _ in shape.measures:
        for name, label, unit, better, take in _SPREADS:

            def value(
                figures: Figures,
                risk: Risk,
                measure: str = measure,
                take: Callable[[Spread], float | None] = take,
            ) -> float | None:
                found = figures.measures.get(measure)
                return None if found is None or found.after is None else take(found.after)

            machine, meaning = f"{_scope(measure)}.{name}", bands_on(measure) if name == "inside_share" else None
            label = f"{measure}: {label}"
            yield RowDefinition(machine, FAIRNESS, label, unit, better, value, meaning=meaning)


def _bands() -> Iterator[RowDefinition]:
    yield RowDefinition(
        "reps", BANDS, "Reps present", "", None, lambda f, _: None if f.reps is None else float(f.reps.present)
    )
    for name, label, better in (
        ("inside", "Reps inside the band", "more"),
        ("over", "Reps over the band", "less"),
        ("under", "Reps under the band", "less"),
    ):

        def value(figures: Figures, risk: Risk, name: str = name) -> float | None:
            if figures.reps is None or not figures.reps.banded:
                return None
            counts: BeforeAfter = getattr(figures.reps, name)
            return counts.after

        # how many is comparable only where there are as many reps: the share above says which is best
        ranked: Better | None = "less" if better == "less" else None
        yield RowDefinition(f"reps_{name}_band", BANDS, label, "", ranked, value, meaning=bands_meant)
    yield RowDefinition(
        "largest_loss_share",
        BANDS,
        "Largest loss of one rep",
        SHARE,
        "less",
        lambda f, _: None if f.losses is None else f.losses.largest,
        meaning=worth_measure,
    )


def _moves(shape: Shape) -> Iterator[RowDefinition]:
    worth, unit = shape.revenue
    for name, label, better in (
        ("chosen", "Customers moved, chosen", "less"),
        ("newly_assigned", "Newly assigned", None),
        ("pooled", "Without an owner", "less"),
    ):

        def count(figures: Figures, risk: Risk, name: str = name) -> float | None:
            return None if figures.moves is None else float(getattr(figures.moves, name))

        machine = "moved_customers" if name == "chosen" else name
        yield RowDefinition(machine, MOVES, label, "", "less" if better else None, count)
    yield RowDefinition(
        "retention",
        MOVES,
        "Relationships kept",
        SHARE,
        "more",
        lambda f, _: None if f.moves is None else f.moves.retention,
    )
    yield RowDefinition(
        "revenue_moved",
        MOVES,
        f"{begun(worth)} moved, chosen",
        unit,
        "less",
        lambda f, _: None if f.revenue is None else f.revenue.chosen,
        meaning=worth_and_unit,
        unit_of=worth_unit,
    )
    yield RowDefinition(
        "revenue_moved_forced",
        MOVES,
        f"{begun(worth)} moved, forced",
        unit,
        "less",
        lambda f, _: None if f.revenue is None else f.revenue.forced_present + f.revenue.forced_departed,
        meaning=worth_and_unit,
        unit_of=worth_unit,
    )
    yield RowDefinition(
        "revenue_frozen_share",
        MOVES,
        f"{begun(worth)} frozen",
        SHARE,
        None,
        lambda f, _: None if f.revenue is None else f.revenue.frozen_share,
        meaning=worth_measure,
    )
    for measure, measure_unit in shape.measures:
        if measure in (worth, CUSTOMERS):
            continue
        for name in ("chosen", "forced"):

            def carried(figures: Figures, risk: Risk, measure: str = measure, name: str = name) -> float | None:
                found = figures.measures.get(measure)
                return None if found is None else float(getattr(found, name))

            def unit_in(figures: Figures, measure: str = measure) -> str:
                found = figures.measures.get(measure)
                return "" if found is None else found.unit

            machine = f"{_scope(measure)}.{'moved' if name == 'chosen' else 'moved_forced'}"
            label = f"{begun(measure)} moved, {name}"
            yield RowDefinition(machine, MOVES, label, measure_unit, "less", carried, meaning=unit_in, unit_of=unit_in)


def _means(shape: Shape) -> Iterator[RowDefinition]:
    yield RowDefinition(
        "travel_hours",
        MEANS,
        "Travel",
        "h",
        "less",
        lambda f, _: None if f.travel_hours is None else f.travel_hours.after,
    )
    yield RowDefinition(
        "misfits",
        MEANS,
        "Misfitting customers",
        "",
        "less",
        lambda f, _: None if f.misfits is None else f.misfits.after,
        meaning=lambda f: f.definitions.get("misfit"),
    )
    for line in shape.capacities:
        for name, label in (("share", "capacity used"), ("fullest_share", "fullest")):

            def used(figures: Figures, risk: Risk, line: str = line, name: str = name) -> float | None:
                found = next((use for use in figures.capacity if use.line == line), None)
                return None if found is None else share_of(found, name)

            machine = f"capacity.{line}.{'used_share' if name == 'share' else name}"
            yield RowDefinition(machine, MEANS, f"{line}: {label}", SHARE, None, used)


_QUOTAS: tuple[tuple[str, str, str, Better | None, Callable[[QuotaSpread], float]], ...] = (
    ("min", "lowest", RATIO, "more", lambda spread: spread.minimum),
    ("median", "median", RATIO, None, lambda spread: spread.median),
    ("max", "highest", RATIO, "less", lambda spread: spread.maximum),
    ("cv", "variation (CV)", SHARE, "less", lambda spread: spread.cv),
    ("near_share", "books at 0.8 to 1.2", SHARE, "more", lambda spread: spread.near),
)


def _quota() -> Iterator[RowDefinition]:
    for name, label, unit, better, take in _QUOTAS:
        for when in ("before", "after"):

            def value(
                figures: Figures,
                risk: Risk,
                when: str = when,
                take: Callable[[QuotaSpread], float] = take,
            ) -> float | None:
                return None if figures.quota is None else take(getattr(figures.quota, when))

            before = when == "before"
            machine = f"quota.{name}_before" if before else f"quota.{name}"
            said = f"{label}, before" if before else label
            yield RowDefinition(machine, QUOTA, said[:1].upper() + said[1:], unit, None if before else better, value)


def _proof() -> Iterator[RowDefinition]:
    yield RowDefinition("bound", PROOF, "Bound", POINTS, None, lambda f, _: f.bound, meaning=lambda f: f.all_goals)
    yield RowDefinition(GAP, PROOF, "Gap to the bound", SHARE, "less", lambda f, _: f.gap)
    yield RowDefinition(
        "violations",
        PROOF,
        "Hard rules broken",
        "",
        "less",
        lambda f, _: float(f.violations) if f.has_plan else None,
    )
    yield RowDefinition("seconds", PROOF, "Seconds", "s", None, lambda f, _: f.seconds)


def _scope(measure: str) -> str:
    """Return the first part of the names of a measure's rows."""
    return f"measures.{measure}" if measure in _TAKEN else measure
