"""Classes of customers, where the tables have any: tiers, stages, and a grid of recency and frequency."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from models.names import Texts
from planner.report.blocks import Block, Chart, Column, Section, Table
from planner.report.drawing import beside, drawn, ink_on_flow, rows
from planner.report.palette import FLOW, LABEL, NOBODY, OWNERS
from planner.report.plan.brief import Brief, text_cells
from planner.report.plan.stacked import stacked_bars

MOST_CLASSES = 12
MOST_OWNERS = 40
_RFM = ("recency", "frequency")
_GRADES = 5


def classes(brief: Brief) -> Section | None:
    """Return tiers, stages and the grid of recency and frequency; None where customers have none of these."""
    say, blocks = brief.say, []
    for column, title, of in (
        ("tier", say("Customers by tier"), say("Tier")),
        ("stage", say("Customers by stage"), say("Stage")),
        ("rfm", say("Customers by RFM class"), say("RFM class")),
    ):
        blocks += _class(brief, column, title, of)
    grid = _grid(brief)
    blocks += [grid] if grid is not None else []
    return Section("classes", say("Classes"), tuple(blocks)) if blocks else None


def _class(brief: Brief, column: str, title: str, of: str) -> list[Block]:
    table, say = brief.evidence.customers, brief.say
    if column not in table:
        return []
    values = text_cells(table[column])
    first = _each_once(brief)
    known = np.array([value is not None for value in values], dtype=bool)
    names = sorted({str(value) for value in values[known]}, key=_by_name)
    if not 2 <= len(names) <= MOST_CLASSES:
        return []
    if not known.all():
        values[~known] = say("unknown")
        names.append(say("unknown"))
    counts = np.array([int((first & (values == name)).sum()) for name in names])
    worth = np.array([float(brief.worths[first & (values == name)].sum()) for name in names])
    moved = np.array([int((_moves_once(brief) & (values == name)).sum()) for name in names])
    columns = [Column("class", of), Column("count", say("Customers"), "count", bar=True)]
    cells: dict[str, np.ndarray] = {"class": np.array(names, dtype=object), "count": counts}
    if brief.evidence.worth is not None:
        columns.append(brief.worth_column("worth", brief.worth_title, bar=True))
        cells["worth"] = worth
    columns += [
        Column("moved", say("Moved"), "count", note=say("by choice or by force")),
        Column("moved_share", say("Moved, share"), "share"),
    ]
    cells |= {"moved": moved, "moved_share": moved / np.maximum(counts, 1)}
    return [
        _pyramid(brief, column, title, names, counts, worth),
        Table(
            f"class_{column}",
            title,
            tuple(columns),
            cells,
            total=tuple(key for key in ("count", "worth", "moved") if key in cells),
        ),
        *_by_owner(brief, column, of, values, names),
    ]


def _each_once(brief: Brief) -> np.ndarray:
    """Return which rows are the first of their customer, so that each counts once whatever its roles."""
    return ~brief.evidence.customers["customer_id"].duplicated().to_numpy(bool)


def _moves_once(brief: Brief) -> np.ndarray:
    """Return which rows stand for customers that move in some role, each once."""
    ids = brief.evidence.customers["customer_id"]
    movers = set(ids[brief.moved])
    return _each_once(brief) & ids.isin(movers).to_numpy(bool)


def _pyramid(brief: Brief, key: str, title: str, names: list[str], counts: np.ndarray, worth: np.ndarray) -> Chart:
    """Return the share of customers to the left and of worth to the right of each class, as a pyramid."""
    say = brief.say
    sides = [(say("share of customers"), -counts / max(counts.sum(), 1), OWNERS[5])]
    if brief.evidence.worth is not None and worth.sum() > 0:
        sides.append((say("share of {measure}", measure=brief.worth_title), worth / worth.sum(), OWNERS[0]))
    else:
        sides = [(sides[0][0], -sides[0][1], OWNERS[0])]
    data = rows(
        {
            "class": names * len(sides),
            "side": [side for side, _, _ in sides for _ in names],
            "share": np.concatenate([values for _, values, _ in sides]),
            "size": np.abs(np.concatenate([values for _, values, _ in sides])),
        }
    )
    most = max(float(np.abs(values).max()) for _, values, _ in sides)
    # room for a figure at the end of each bar
    end = beside(["100.0%" * len(sides)], most)
    start = {"expr": f"-({end['expr']})"} if len(sides) > 1 else 0
    base = alt.Chart(data)
    y = alt.Y(field="class", type="nominal", sort=names, axis=alt.Axis(title=None, labelLimit=160, ticks=False))
    x = alt.X(
        field="share",
        type="quantitative",
        scale=alt.Scale(domainMin=start, domainMax=end, nice=False),
        axis=alt.Axis(title=None, labelExpr="format(abs(datum.value), '.0%')", grid=True),
    )
    bars = base.mark_bar(height=22).encode(
        y=y,
        x=x,
        color=alt.Color(
            field="side",
            type="nominal",
            scale=alt.Scale(domain=[side for side, _, _ in sides], range=[colour for _, _, colour in sides]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        tooltip=[
            alt.Tooltip(field="class", type="nominal", title=title),
            alt.Tooltip(field="side", type="nominal", title=say("Share")),
            alt.Tooltip(field="size", type="quantitative", format=".1%", title=say("Size")),
        ],
    )
    left = base.transform_filter("datum.share < 0").mark_text(align="right", dx=-4, fontSize=11, color=LABEL)
    right = base.transform_filter("datum.share >= 0").mark_text(align="left", dx=4, fontSize=11, color=LABEL)
    text = alt.Text(field="size", type="quantitative", format=".1%")
    chart = alt.layer(bars, left.encode(y=y, x=x, text=text), right.encode(y=y, x=x, text=text))
    top = int(np.argmax(worth if len(sides) > 1 else counts))
    said = say(
        "{name} is {share} of customers",
        name=names[top],
        share=say.percent(float(counts[top] / max(counts.sum(), 1))),
    )
    if len(sides) > 1:
        said += say(
            " and {share} of {measure}", share=say.percent(float(worth[top] / worth.sum())), measure=brief.worth_title
        )
    return drawn(f"pyramid_{key}", title, chart.properties(height=alt.Step(30)), say("{sentence}.", sentence=said))


def _by_owner(brief: Brief, key: str, of: str, values: Texts, names: list[str]) -> list[Block]:
    """Return how many of each class everybody has after the plan: by rep, or by manager where reps are many."""
    say = brief.say
    owned = brief.after >= 0
    by_rep = len(brief.evidence.reps) <= MOST_OWNERS
    if not by_rep and not brief.evidence.flow_by:
        return []
    owners = brief.of_owner(brief.reps if by_rep else brief.groups, brief.after)
    owned &= np.array([owner is not None for owner in owners], dtype=bool)
    known, code = np.unique(owners[owned].astype(str), return_inverse=True)
    if not 2 <= len(known) <= 2 * MOST_OWNERS:
        return []
    counts = {name: np.bincount(code, values[owned] == name, minlength=len(known)) for name in names}
    who = say("Rep") if by_rep else brief.group_title
    shades = [_shade(rank, len(names)) for rank in range(len(names))]
    chart = stacked_bars(known.tolist(), counts, shades, (who, of), say, legend=of)
    first = counts[names[0]]
    said = say(
        "After the plan, {most} has the most of {name}: {count}; the least is {least}.",
        most=str(known[int(first.argmax())]),
        name=names[0],
        count=say.number(int(first.max())),
        least=say.number(int(first.min())),
    )
    title = say("{name} by rep", name=of) if by_rep else say("{name} by {group}", name=of, group=brief.group_title)
    return [drawn(f"owners_{key}", title, chart, said)]


def _grid(brief: Brief) -> Chart | None:
    """Return how many customers are how recent and how frequent, in fifths; None without these columns."""
    table, say = brief.evidence.customers, brief.say
    if any(column not in table for column in _RFM):
        return None
    first = _each_once(brief)
    numbers = [_numbers(table[column].to_numpy(dtype=object)[first]) for column in _RFM]
    known = ~np.isnan(numbers[0]) & ~np.isnan(numbers[1])
    if known.sum() < _GRADES:
        return None
    grades = [_grade(values[known]) for values in numbers]
    counts = np.zeros((_GRADES, _GRADES), dtype=int)
    np.add.at(counts, (grades[0], grades[1]), 1)
    worth = np.zeros((_GRADES, _GRADES))
    np.add.at(worth, (grades[0], grades[1]), brief.worths[first][known])
    at = np.argwhere(counts > 0)
    data = rows(
        {
            "recency": at[:, 0] + 1,
            "frequency": at[:, 1] + 1,
            "count": counts[counts > 0],
            "worth": worth[counts > 0],
        }
    )
    limit = float(counts.max())
    base = alt.Chart(data)
    x = alt.X(
        field="frequency",
        type="ordinal",
        axis=alt.Axis(title=say("frequency, in fifths from low to high"), labelAngle=0),
    )
    y = alt.Y(field="recency", type="ordinal", axis=alt.Axis(title=say("recency, in fifths from low to high")))
    tips = [
        alt.Tooltip(field="recency", type="ordinal", title=say("recency")),
        alt.Tooltip(field="frequency", type="ordinal", title=say("frequency")),
        alt.Tooltip(field="count", type="quantitative", title=say("Customers")),
    ]
    if brief.evidence.worth is not None:
        tips.append(alt.Tooltip(field="worth", type="quantitative", format=",.0f", title=brief.worth_title))
    chart = alt.layer(
        base.mark_rect(cornerRadius=2).encode(
            x=x,
            y=y,
            tooltip=tips,
            color=alt.Color(
                field="count",
                type="quantitative",
                legend=None,
                scale=alt.Scale(range=list(FLOW), domain=[0, limit], interpolate="rgb"),
            ),
        ),
        base.mark_text(fontSize=12).encode(
            x=x,
            y=y,
            text=alt.Text(field="count", type="quantitative"),
            color=ink_on_flow("count", limit),
        ),
    ).properties(height=alt.Step(36))
    top = np.unravel_index(int(counts.argmax()), counts.shape)
    said = say(
        "Most customers, {count} of {all}, are in fifth {recency} of recency and fifth {frequency} of frequency.",
        count=say.number(int(counts.max())),
        all=say.number(int(known.sum())),
        recency=int(top[0]) + 1,
        frequency=int(top[1]) + 1,
    )
    return drawn("rfm_grid", say("Recency and frequency"), chart, said)


def _numbers(cells: np.ndarray) -> np.ndarray:
    return np.asarray(pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(dtype=float))


def _grade(values: np.ndarray) -> np.ndarray:
    """Return the fifth of each value: as it is where values are grades from 1 to 5 already."""
    if set(np.unique(values)) <= set(range(1, _GRADES + 1)):
        return np.asarray(values - 1, dtype=int)
    edges = np.quantile(values, np.linspace(0, 1, _GRADES + 1)[1:-1])
    return np.searchsorted(edges, values, side="left")


def _shade(rank: int, count: int) -> str:
    """Return the colour of a class: the first ones of the palette while they last."""
    return OWNERS[rank % len(OWNERS)] if count <= len(OWNERS) or rank < len(OWNERS) else NOBODY


def _by_name(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)
