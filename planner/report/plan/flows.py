"""Flows: who gives customers to whom, among managers or teams and among reps."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from models.names import Texts
from planner.report.blocks import Block, Chart, Column, Section, Table
from planner.report.drawing import drawn, ink_on_flow, rows, step_for
from planner.report.palette import FLOW
from planner.report.plan.brief import Brief
from planner.report.readership.evidence import CHOSEN, FORCED, NEW

MOST_PAIRS = 40
MOST_SQUARES = 36
"""A heat map has so many rows at most."""


def flows(brief: Brief) -> Section | None:
    """Return who gives to whom; None where nobody moves."""
    say = brief.say
    if not brief.moved.any():
        return None
    blocks: list[Block] = []
    if brief.evidence.flow_by and len(brief.evidence.reps) > 1:
        giver, taker = _groups_of_moves(brief)
        chart = _heat(brief, "flows_groups", _among_groups(brief), giver, taker)
        blocks += [chart] if chart is not None else []
    at = np.flatnonzero(brief.moved)
    giver, taker = brief.before_names[at], brief.after_names[at]
    chart = _heat(brief, "flows_reps", say("Who gives to whom, by rep"), giver, taker)
    blocks += [chart] if chart is not None else []
    blocks.append(_pairs(brief, giver, taker))
    return Section("flows", say("Flows"), tuple(blocks), say("Moves by choice and by force; rows give, columns take."))


def managers(brief: Brief) -> Section | None:
    """Return what comes in and goes out of each manager's (or team's) books; None without any."""
    say = brief.say
    names = brief.groups
    known = sorted({name for name in names if isinstance(name, str)})
    if not known or len(brief.evidence.reps) < 2:
        return None
    table = _balance(brief, known)
    title = say("Teams") if brief.evidence.flow_by == "team" else say("Managers")
    intro = say("In and out are moves across managers; within are moves among the reps of one.")
    if brief.evidence.flow_by == "team":
        intro = say("In and out are moves across teams; within are moves among the reps of one.")
    return Section("managers", title, (table,), intro)


def _groups_of_moves(brief: Brief) -> tuple[Texts, Texts]:
    at = np.flatnonzero(brief.moved)
    return _group(brief, brief.before[at]), _group(brief, brief.after[at])


def _group(brief: Brief, owners: np.ndarray) -> Texts:
    """Return the manager or team of each owner, in words also for those who have none."""
    say = brief.say
    named = brief.of_owner(brief.groups, owners)
    named[(owners >= 0) & np.array([name is None for name in named], dtype=bool)] = say("none")
    named[owners == -1] = say("nobody")
    named[owners == -2] = say("those who have left")
    named[owners == -3] = say("reps out of sight")
    return named


def _balance(brief: Brief, known: Sequence[str]) -> Table:
    say = brief.say
    kinds = brief.evidence.customers["change"].to_numpy(dtype=object)
    before, after = (brief.of_owner(brief.groups, owners) for owners in (brief.before, brief.after))
    before[brief.before >= 0] = [name or say("none") for name in before[brief.before >= 0]]
    after[brief.after >= 0] = [name or say("none") for name in after[brief.after >= 0]]
    names = [*known, *([say("none")] if any(name is None for name in brief.groups) else [])]
    moved, newly, worth = brief.moved, kinds == NEW, brief.worths
    crosses = moved & np.array([a != b for a, b in zip(before, after, strict=True)], dtype=bool)
    came = {name: np.array([one == name for one in after], dtype=bool) for name in names}
    left = {name: np.array([one == name for one in before], dtype=bool) for name in names}
    into = np.array([int((crosses & came[name]).sum()) for name in names])
    out = np.array([int((crosses & left[name]).sum()) for name in names])
    within = np.array([int((moved & ~crosses & came[name]).sum()) for name in names])
    new = np.array([int((newly & came[name]).sum()) for name in names])
    net = np.array([float(worth[crosses & came[name]].sum() - worth[crosses & left[name]].sum()) for name in names])
    gained = np.array([float(worth[newly & came[name]].sum()) for name in names])
    columns = [
        Column("group", brief.group_title),
        Column("in", say("In"), "count", bar=True),
        Column("out", say("Out"), "count", bar=True),
        Column("within", say("Within"), "count"),
        Column("new", say("New"), "count", note=say("had no owner before")),
    ]
    cells = {"group": np.array(names, dtype=object), "in": into, "out": out, "within": within, "new": new}
    if brief.evidence.worth is not None:
        title, unit = brief.worth_title, brief.evidence.worth.unit
        columns += [
            Column("net", say("Net {measure}", measure=title), "change", unit, bar=True, note=say("in less out")),
            Column("new_worth", say("New {measure}", measure=title), "number", unit),
        ]
        cells |= {"net": net, "new_worth": gained}
    kept = np.array(
        [bool(name in known or into[at] or out[at] or within[at] or new[at]) for at, name in enumerate(names)]
    )
    return Table(
        "managers",
        say("Moves by team") if brief.evidence.flow_by == "team" else say("Moves by manager"),
        tuple(columns),
        {key: values[kept] for key, values in cells.items()},
        sort=("in", True),
        total=tuple(column.key for column in columns[1:]),
        plotted=("in", "out"),
        named="group",
    )


def _among_groups(brief: Brief) -> str:
    if brief.evidence.flow_by == "team":
        return brief.say("Who gives to whom, by team")
    return brief.say("Who gives to whom, by manager")


def _heat(brief: Brief, key: str, title: str, giver: Texts, taker: Texts) -> Chart | None:
    """Return a heat map of givers and takers; None where there are too many, or nothing to compare."""
    say = brief.say
    counts = pd.Series(1, index=range(len(giver))).groupby([giver, taker]).sum()
    givers, takers = ({str(pair[side]) for pair in counts.index} for side in (0, 1))
    if max(len(givers), len(takers)) > MOST_SQUARES or len(givers | takers) < 2:
        return None
    order = sorted(givers | takers)
    data = rows(
        {
            "giver": [str(pair[0]) for pair in counts.index],
            "taker": [str(pair[1]) for pair in counts.index],
            "count": counts.to_numpy(),
        }
    )
    limit = float(counts.max())
    y = alt.Y(
        field="giver",
        type="nominal",
        sort=[name for name in order if name in givers],
        axis=alt.Axis(title=say("gives"), labelLimit=160, ticks=False),
    )
    x = alt.X(
        field="taker",
        type="nominal",
        sort=[name for name in order if name in takers],
        axis=alt.Axis(title=say("takes"), labelLimit=120, labelAngle=-45, orient="top", ticks=False),
    )
    base = alt.Chart(data)
    chart = alt.layer(
        base.mark_rect(cornerRadius=2).encode(
            x=x,
            y=y,
            color=alt.Color(
                field="count",
                type="quantitative",
                scale=alt.Scale(range=list(FLOW), domain=[0, limit], interpolate="rgb"),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip(field="giver", type="nominal", title=say("gives")),
                alt.Tooltip(field="taker", type="nominal", title=say("takes")),
                alt.Tooltip(field="count", type="quantitative", title=say("customers")),
            ],
        ),
        base.mark_text(fontSize=11).encode(
            x=x,
            y=y,
            text=alt.Text(field="count", type="quantitative"),
            color=ink_on_flow("count", limit),
        ),
    ).properties(height=step_for(len(givers), 26))
    return drawn(key, title, chart, _strongest(brief, counts))


def _strongest(brief: Brief, counts: pd.Series) -> str:
    """Return how many move, and between which two most of them."""
    say, total = brief.say, int(counts.sum())
    across = counts[[pair[0] != pair[1] for pair in counts.index.tolist()]]
    if not len(across):
        return say.plural(total, "{count} customer moves, within one.", "{count} customers move, all within one.")
    giver, taker = max(across.index.tolist(), key=across.to_dict().__getitem__)
    said = say.plural(
        total,
        "{count} customer moves; most go from {giver} to {taker}: {most}.",
        "{count} customers move; most go from {giver} to {taker}: {most}.",
        giver=giver,
        taker=taker,
        most=say.number(int(across.max())),
    )
    within = total - int(across.sum())
    if within:
        said += say.plural(within, " {count} stays within.", " {count} stay within.")
    return said


def _pairs(brief: Brief, giver: Texts, taker: Texts) -> Table:
    """Return the pairs of reps between whom most customers move."""
    say = brief.say
    frame = pd.DataFrame({"giver": giver, "taker": taker, "count": 1, "worth": brief.worths[brief.moved]})
    frame = frame.groupby(["giver", "taker"], as_index=False)[["count", "worth"]].sum()
    frame["forced"] = _forced(brief, giver, taker, frame)
    order = np.lexsort((-frame["worth"].to_numpy(), -frame["count"].to_numpy()))
    shown = frame.iloc[order[:MOST_PAIRS]]
    columns = [
        Column("giver", say("From")),
        Column("taker", say("To")),
        Column("count", say("Customers"), "count", bar=True),
        Column("forced", say("Of them forced"), "count"),
    ]
    cells = {key: shown[key].to_numpy() for key in ("giver", "taker", "count", "forced")}
    if brief.evidence.worth is not None:
        columns.append(brief.worth_column("worth", brief.worth_title, bar=True))
        cells["worth"] = shown["worth"].to_numpy(float)
    note = "" if len(frame) <= MOST_PAIRS else say("the strongest {shown} of {all}", shown=MOST_PAIRS, all=len(frame))
    return Table(
        "flows",
        say("From whom to whom"),
        tuple(columns),
        cells,
        note=note,
        sort=("count", True),
        searched=True,
        total=("count", "forced", *(("worth",) if "worth" in cells else ())) if not note else (),
    )


def _forced(brief: Brief, giver: Texts, taker: Texts, frame: pd.DataFrame) -> np.ndarray:
    kinds = brief.evidence.customers["change"].to_numpy(dtype=object)[brief.moved]
    assert set(kinds.tolist()) <= {CHOSEN, FORCED}
    counted = pd.Series((kinds == FORCED).astype(int)).groupby([giver, taker]).sum()
    return np.array([int(counted[pair]) for pair in zip(frame["giver"], frame["taker"], strict=True)])
