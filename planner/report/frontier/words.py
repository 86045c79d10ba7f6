"""What a frontier says: the way to the knee, how certain it is, where the plan lies, its chart and its points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.frontier_record import FrontierRecord
from planner.language import UNITS, Language, begun
from planner.report.blocks import Block, Chart, Column, Fact, Facts, Kind, Section, Sentences, Table
from planner.report.drawing import drawn
from planner.report.frontier.chart import FrontierLabels, frontier_chart, frontier_lines
from planner.report.frontier.placed import WHOLE, Placed, left_out
from planner.report.headings import headed
from planner.report.readership.scope import Scope

_STOPPED = {
    "points": "as many points were found as were asked for",
    "closed": "no further limit would tell more; longer searches would",
    "work": "further limits told nothing new; longer searches might",
    "time limit": "the time limit ended the search",
    "interrupted": "the search was interrupted",
}
SAME = 1e-5
"""A gap this small is rounding."""


class FrontierWords:
    """What a frontier says, in a language; ``placed`` is a plan beside it, ``scope`` that of a reader with limits."""

    def __init__(
        self, record: FrontierRecord, say: Language, placed: Placed | None = None, scope: Scope | None = None
    ) -> None:
        self.record, self.say = record, say
        self.placed = placed if record.points else None
        self.left_out = [goal for goal in left_out(record) if scope is None or scope.goal(goal)]

    @property
    def y(self) -> str:
        """What is made small."""
        goals = self.record.y.name.split(" + ")
        return " + ".join(self.say("imbalance") if goal == "balance" else self.say(goal) for goal in goals)

    @property
    def x(self) -> str:
        """What it costs."""
        name = self.record.x.name
        moved = name.removesuffix(" moved")
        if self.record.x.base is not None and moved != name:
            return self.say("{measure} moved", measure=self.say(moved))
        return self.say(name)

    @property
    def has_shares(self) -> bool:
        """Whether ``x`` is a part of something."""
        return bool(self.record.x.base)

    @property
    def step(self) -> float:
        """What one step is in units of ``x``: a percent of the base, or one unit."""
        return self.record.x.base / 100 if self.record.x.base else 1.0

    @property
    def called_step(self) -> str:
        """What one step is called."""
        return self.say.percent(0.01, 0) if self.has_shares else self.said_x(1.0)

    def title(self) -> str:
        """Return what is weighed against what."""
        return begun(self.say("{y} against {x}", y=self.y, x=self.x))

    def said_x(self, x: float) -> str:
        """Return a value of ``x`` with its unit."""
        if self.record.x.name == WHOLE:
            return self.say.plural(round(x), "{count} customer", "{count} customers")
        return self.say.amount(x, self.record.x.unit)

    def said_y(self, y: float) -> str:
        """Return a value of ``y`` with its unit."""
        return self.say.amount(y, self.record.y.unit)

    def where(self, at: int) -> str:
        """Return where a point is along ``x``, with its share."""
        return self._with_share(self.record.points[at].x, self.record.points[at].x_share)

    def at(self, at: int) -> str:
        """Return where a point is along ``x``, and what that is of."""
        if self.record.x.name == WHOLE:
            return self.say("{amount} moved", amount=self.where(at))
        return self.say("{amount} of {x}", amount=self.where(at), x=self.x)

    def headline(self) -> str:
        """Return the one sentence: what the knee buys, or what there is."""
        say, record = self.say, self.record
        if not record.points:
            if record.status == "infeasible":
                return say("No plan keeps the rules, so that there is nothing to weigh against anything.")
            return say("No plan was found before the search ended.")
        first, last = record.points[0], record.points[-1]
        if record.knee is not None:
            at = next(at for at, point in enumerate(record.points) if point.knee)
            most = (first.y - record.points[at].y) / (first.y - last.y)
            return say(
                "The way up to {where} buys most of it: {y} falls from {before} to {knee}, {part} of the whole fall on "
                "the points found; beyond it each {step} buys {after} instead of {rate}.",
                where=self.at(at),
                y=self.y,
                before=self.said_y(first.y),
                knee=self.said_y(record.points[at].y),
                part=say.percent(most, 0),
                step=self.called_step,
                after=self.said_y(record.knee.after * self.step),
                rate=self.said_y(record.knee.before * self.step),
            )
        if len(record.points) == 1:
            return say(
                "There is one point: {y} {value} at {where}.",
                y=self.y,
                value=self.said_y(first.y),
                where=self.at(0),
            )
        return say(
            "From {least} to {most}, {y} falls from {before} to {after}; no point is a plain knee.",
            least=self.where(0),
            most=self.at(len(record.points) - 1),
            y=self.y,
            before=self.said_y(first.y),
            after=self.said_y(last.y),
        )

    def standing(self) -> str:
        """Return how certain the frontier is."""
        record, say = self.record, self.say
        if record.complete:
            return say("Every point of the true frontier is here, each proven.")
        reason = say(_STOPPED[record.stopped_by]) if record.stopped_by in _STOPPED else record.stopped_by
        if len(record.points) > 1:
            return say(
                "The true frontier lies in the shaded band, between what was found and what is proven to be out of "
                "reach; {reason}.",
                reason=reason,
            )
        return say("There may be more points; {reason}.", reason=reason)

    def widest(self) -> str:
        """Return how far the band opens at a point, as far as anything is proven."""
        gaps = [point.gap for point in self.record.points if point.gap is not None]
        unknown = len(self.record.points) - len(gaps)
        if not gaps:
            return self.say("Nothing is proven of any point.")
        if max(gaps) <= SAME and not unknown:
            return self.say("At the points, no plan with as little change is better.")
        told = self.say("At the points, no plan with as little change is better by more than {gap}.",
                        gap=self.say.percent(max(gaps)))  # fmt: skip
        if unknown:
            told = f"{told} " + self.say.plural(
                unknown, "Of {count} point nothing is proven.", "Of {count} points nothing is proven."
            )
        return told

    def traced(self) -> list[str]:
        """Return what is weighed against what, what is left out of it, and where the plan lies."""
        say = self.say
        lines = [
            say(
                "Each point has the least {y} that was found for some limit on {x}; all hard rules hold.",
                y=self.y,
                x=self.x,
            )
        ]
        if self.left_out:
            goals = say.listed([say(goal) for goal in self.left_out])
            lines.append(say("Not counted here, though the plan itself weighs it: {goals}.", goals=goals))
        return lines + self._where_the_plan_is()

    def plan_called(self) -> str:
        """Return what the plan beside the frontier is called."""
        assert self.placed is not None
        return self.say("plan {run}", run=self.placed.name) if self.placed.run else self.placed.name

    def _plan_begun(self) -> str:
        """Return the same as a line begins with it: a name of a scenario is not written any other way."""
        called = self.plan_called()
        return begun(called) if self.placed is not None and self.placed.run else called

    def _where_the_plan_is(self) -> list[str]:
        say, placed, record = self.say, self.placed, self.record
        if placed is None:
            return []
        share = None if not record.x.base else placed.x / record.x.base
        where = self._with_share(placed.x, share)
        lines = [say("{plan} lies at {where}, with {y} {value}.", plan=self._plan_begun(), where=where, y=self.y,
                     value=self.said_y(placed.y))]  # fmt: skip
        reached = [point.y for point in record.points if point.x <= placed.x + SAME]
        if reached and min(reached) < placed.y - SAME * max(1.0, abs(placed.y)):
            best = self.said_y(min(reached))
            lines.append(
                say("With no more change the frontier has {best}, because it counts nothing else.", best=best)
                if self.left_out
                else say("With no more change the frontier has {best}.", best=best)
            )
        return lines

    def _with_share(self, x: float, share: float | None) -> str:
        said = self.said_x(x)
        return said if share is None else self.say("{amount} ({share})", amount=said, share=self.say.percent(share))

    def chart(self) -> Chart:
        """Return the chart; there must be a point."""
        record, say = self.record, self.say
        labels = FrontierLabels(
            x=_axis(self.x, "" if record.x.name == WHOLE else record.x.unit, say),
            y=_axis(self.y, record.y.unit, say),
            found=say("found"),
            knee=say("knee"),
            band=say("may still be better"),
            share=say("share"),
            at_best=say("at best"),
            plan="" if self.placed is None else self.plan_called(),
        )
        first, last = record.points[0], record.points[-1]
        summary = say.plural(
            len(record.points),
            "{count} point: {y} from {before} at {least} to {after} at {most}.",
            "{count} points: {y} from {before} at {least} to {after} at {most}.",
            y=self.y,
            before=self.said_y(first.y),
            least=self.where(0),
            after=self.said_y(last.y),
            most=self.at(len(record.points) - 1),
        )
        at = next((at for at, point in enumerate(record.points) if point.knee), None)
        if at is not None:
            summary += " " + say(
                "The knee is at {where}, with {y} {value}.",
                where=self.where(at),
                y=self.y,
                value=self.said_y(record.points[at].y),
            )
        summary += f" {self.widest()}"
        chart = frontier_chart(record, labels, say, self.placed)
        told = drawn("frontier", self.title(), chart, summary, self.standing())
        return replace(told, lines=frontier_lines(record, labels, self.placed))

    def table(self) -> Table:
        """Return one row per point."""
        record, say = self.record, self.say
        points = record.points
        y_kind: Kind = "points" if record.y.unit == "points" else "number"
        columns = [
            Column("x", begun(self.x), "count" if record.x.name == WHOLE else "number", _unit(record.x.unit)),
            Column("y", begun(self.y), y_kind, _unit(record.y.unit), bar=True),
            Column("bound", begun(say("at best")), "number", _unit(record.y.unit),
                   note=say("No plan with as little change is better than this.")),
            Column("gap", begun(say("gap")), "share"),
            Column("next", begun(say("next {step} buys", step=self.called_step)), "number", _unit(record.y.unit)),
            Column("proven", begun(say("proven")), "flag"),
            Column("knee", begun(say("knee")), "flag"),
        ]  # fmt: skip
        if self.has_shares:
            columns.insert(1, Column("share", begun(say("share")), "share"))
        cells = {
            "x": np.array([point.x for point in points], dtype=float),
            "share": _numbers([point.x_share for point in points]),
            "y": np.array([point.y for point in points], dtype=float),
            "bound": _numbers([point.bound for point in points]),
            "gap": _numbers([0.0 if point.gap is not None and point.gap <= SAME else point.gap for point in points]),
            "next": _numbers([None if point.rate is None else point.rate * self.step for point in points]),
            "proven": np.array([point.status == "optimal" for point in points], dtype=bool),
            "knee": np.array([point.knee for point in points], dtype=bool),
        }
        return Table("points", say("Points"), tuple(columns), {one.key: cells[one.key] for one in columns})

    def section(self) -> Section:
        """Return everything as one section."""
        say, record = self.say, self.record
        blocks: list[Block] = []
        if record.points:
            blocks += [self.chart(), Sentences("traced", tuple(self.traced())), self.table()]
        else:
            blocks.append(Sentences("no_points", (self.headline(),)))
        return Section("frontier", say("What each bit of change buys"), tuple(blocks),
                       self.headline() if record.points else "")  # fmt: skip

    def facts(self) -> Facts:
        """Return the ends and the knee side by side."""
        say, record = self.say, self.record
        facts = [
            Fact(say("Least change"), self.where(0), self.said_y(record.points[0].y)),
            Fact(say("Most change"), self.where(len(record.points) - 1), self.said_y(record.points[-1].y)),
        ]
        at = next((at for at, point in enumerate(record.points) if point.knee), None)
        if at is not None:
            facts.insert(1, Fact(say("Knee"), self.where(at), self.said_y(record.points[at].y), "good"))
        if self.placed is not None:
            share = None if not record.x.base else self.placed.x / record.x.base
            where = self._with_share(self.placed.x, share)
            facts.append(Fact(self._plan_begun(), where, self.said_y(self.placed.y)))
        proven = sum(point.status == "optimal" for point in record.points)
        facts.append(
            Fact(
                say("Points proven"),
                say("{count} of {all}", count=say.number(proven), all=say.number(len(record.points))),
                say("complete") if record.complete else "",
                "good" if record.complete else "",
            )
        )
        return Facts("frontier_facts", tuple(facts))


def _axis(name: str, unit: str, say: Language) -> str:
    told = say(unit) if unit in UNITS else unit
    return begun(name) if told and name.startswith(told) else headed(begun(name), unit, "number", say)


def _unit(unit: str) -> str:
    return "" if unit == "customers" else unit


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=float)
