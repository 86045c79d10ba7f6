"""A finished comparison as a report: headline, scorecard, how books are spread, and customers of any two plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from models.findings import Finding, InputRefused, Place
from models.policy import CUSTOMERS
from planner.comparison_record import ComparisonRecord
from planner.frontier_record import FrontierRecord
from planner.language import Language, begun
from planner.report.blocks import Block, Chart, Column, Difference, Facts, Report, Section, Sentences, Table
from planner.report.comparison.books import PlansCompared, read_plans
from planner.report.comparison.charts import books_chart, deviations_chart
from planner.report.comparison.meanings import meanings
from planner.report.comparison.plotted import drawn_first
from planner.report.comparison.rows import ComparisonRows
from planner.report.comparison.runs import (
    compared_runs,
    frontier_beside,
    frontier_run,
    read_comparison,
    read_frontier,
)
from planner.report.comparison.troubles import troubles_section
from planner.report.comparison.words import ComparisonWords
from planner.report.frontier.placed import latest_plan, scenario_beside
from planner.report.frontier.report import frontier_report, may_see_frontier
from planner.report.frontier.words import FrontierWords
from planner.report.readership.audience import Audience, scope_for
from planner.report.readership.naming import EVERYBODY
from planner.report.versions import versions_told

MOST_PLOTTED = 40
"""Reps that a spreadsheet can draw side by side."""
MOST_WITH_DEVIATION = 2
"""Of more scenarios, only books are shown at first, and how far they are from target on demand."""
MOST_WITH_BARS = 4
"""Of more scenarios, a table has no room for bars beside figures."""
SHORT_DIGEST = 16


def report_of_comparison(folder: Path, audience: Audience, say: Language) -> Report:
    """Return the report of a finished comparison, cut to what its audience may see.

    Raises
    ------
    InputRefused
        When the comparison or one of its runs cannot be read, is gone or has changed since, or nobody is called as the
        audience is.
    """
    record = read_comparison(folder)
    plans = read_plans(compared_runs(record, folder), record.baseline, lambda run: scope_for(run, audience, say))
    if plans.scope is None and audience != Audience():
        title = "None of the scenarios has a plan, so that nobody knows who may see what"
        hint = "Try without --for and --job"
        raise InputRefused([Finding("TP563", title, Place(file=str(folder)), hint=hint)])
    return comparison_report(record, plans, say, frontier_beside(folder))


def report_of_frontier(folder: Path, audience: Audience, say: Language) -> Report:
    """Return the report of a finished frontier; who may see what is known from the run of one of its points.

    Raises
    ------
    InputRefused
        When it cannot be read, none of its runs is there for an audience that may not see everything, or the audience
        may not see what is weighed in it.
    """
    record = read_frontier(folder)
    run = frontier_run(record, folder)
    if run is None:
        if audience != Audience():
            title = "No run of the frontier is there, so that nobody knows who may see what"
            hint = "Try planner frontier again, or without --for and --job"
            raise InputRefused([Finding("TP563", title, Place(file=str(folder)), hint=hint)])
        return frontier_report(record, say)
    scope = scope_for(run, audience, say)
    if not may_see_frontier(record, scope):
        title = "The frontier weighs what this reader may not see"
        found = f"{record.y.name} against {record.x.name}"
        given = [option for option, value in (("--for", audience.person), ("--job", audience.job)) if value is not None]
        hint = f"Try another {' or '.join(given)}"
        raise InputRefused([Finding("TP564", title, Place(file=str(folder)), found, hint=hint)])
    return frontier_report(record, say, scope, latest_plan(record, run.folder))


def comparison_report(
    record: ComparisonRecord,
    plans: PlansCompared,
    say: Language,
    frontier: FrontierRecord | None = None,
) -> Report:
    """Return the report of a comparison and its plans, which are cut to what the reader may see already.

    Parameters
    ----------
    frontier
        One of the same project, shown beside the scenarios.
    """
    return _Sections(record, plans, say, frontier).report()


class _Sections:
    def __init__(
        self,
        record: ComparisonRecord,
        plans: PlansCompared,
        say: Language,
        frontier: FrontierRecord | None,
    ) -> None:
        scope = plans.scope
        self.record, self.say = record, say
        self.closed = scope is not None and not scope.everything
        self.rows = ComparisonRows(record, say, scope)
        self.words = ComparisonWords(record, self.rows, say)
        self.plans = replace(plans, sides=tuple(replace(side, name=self.rows.name(side.name)) for side in plans.sides))
        self.baseline = self.rows.name(record.baseline)
        self.project = "" if scope is not None and scope.names_outside(record.project) else record.project
        seen = frontier is not None and (scope is None or may_see_frontier(frontier, scope))
        self.frontier = frontier if seen else None

    def report(self) -> Report:
        """Return the report."""
        say, record = self.say, self.record
        count = say.plural(len(record.scenarios), "{count} scenario", "{count} scenarios")
        held = say("held against {name}", name=self.baseline)
        found = (self._overview(), self._scenarios(),
                 troubles_section(self.rows, self.plans, say, closed=self.closed),
                 self._distributions(), self._frontier(),
                 self._differences(), self._provenance())  # fmt: skip
        return Report(
            name="comparison",
            title=say("Scenarios compared"),
            headline=self.words.headline(),
            sections=tuple(one for one in found if one is not None),
            language=say.code,
            subtitle=" · ".join(part for part in (self.project, count, held) if part),
            scope="" if self.plans.scope is None else self.plans.scope.label,
            folder=EVERYBODY if self.plans.scope is None else self.plans.scope.folder,
            made=self._made(),
        )

    # ---- the whole ---------------------------------------------------------------------------------------------

    def _overview(self) -> Section:
        blocks: list[Block] = []
        if facts := tuple(self.words.facts()):
            blocks.append(Facts("best", facts))
        if caution := [*self.words.caution(), *self._others()]:
            blocks.append(Sentences("caution", tuple(caution), self.say("What is not certain")))
        if gates := tuple(self.words.gates()):
            blocks.append(Sentences("gates", gates, self.say("Gates")))
        return Section("overview", self.say("Overview"), tuple(blocks))

    def _others(self) -> Iterator[str]:
        """Yield which scenarios are of other people and customers than the first one."""
        sides = self.plans.sides
        others = [side.name for side in sides if side.company != sides[0].company]
        if others:
            yield self.say(
                "{others} and {name} are of other reps and customers, even where ids are the same: nobody is in both.",
                others=self.say.listed(others),
                name=sides[0].name,
            )

    def _scenarios(self) -> Section:
        say = self.say
        low, high = self.record.revenue_at_risk
        risk = say.percent(low, 0) if low == high else f"{say.percent(low, 0)} – {say.percent(high, 0)}"
        notes = [
            say(
                "The best of those that keep all hard rules are marked, ties all alike; nothing is where all are equal."
            )
        ]
        if "revenue_at_risk_low" in self.rows.shown:
            notes.append(say("At risk: {share} of the revenue that changes hands, chosen or forced.", share=risk))
        card = replace(self.rows.scorecard(), tab=say("All figures"))
        if any(row.meaning for row in card.rows):
            notes.append(
                say(
                    "≠: of other goals, weights, bands or units, so that these values cannot be compared; as best only "
                    "those are marked that can be compared with {name}.",
                    name=self.baseline,
                )
            )
        uncertain = tuple(
            say(
                "{label}: it is not certain which is better of {pairs}.",
                label=self.rows.label(row),
                pairs=self.words.pairs(self.rows.uncertain(name)),
            )
            for name, row in self.rows.shown.items()
            if row.uncertain
        )
        blocks: list[Block] = [replace(card, note=" ".join(notes))]
        blocks.append(Sentences("meanings", tuple(meanings(self.rows, say)), say("What is meant")))
        if uncertain:
            blocks.append(Sentences("uncertain", uncertain, say("Differences that are not certain")))
        return Section("scenarios", say("Scenarios side by side"), tuple(blocks))

    def _frontier(self) -> Section | None:
        if self.frontier is None:
            return None
        beside = scenario_beside(self.frontier, self.record)
        if beside is not None:
            beside = replace(beside, name=self.rows.name(beside.name))
        return FrontierWords(self.frontier, self.say, beside, self.plans.scope).section()

    # ---- books -------------------------------------------------------------------------------------------------

    def _measure(self) -> str:
        """Return the measure whose books are drawn: of the weightiest band, or what stands for revenue."""
        sides = sorted(self.plans.sides, key=lambda side: side.name != self.baseline)
        banded = [side.weightiest for side in sides if side.weightiest in side.books]
        if banded:
            return str(banded[0])
        worth = self.plans.worth
        if worth is not None and any(worth.name in side.books for side in sides):
            return worth.name
        return CUSTOMERS

    def _distributions(self) -> Section | None:
        say, measure = self.say, self._measure()
        sides = [side for side in self.plans.sides if measure in side.books and len(side.reps)]
        if not sides:
            return None
        units = {side.name: side.books[measure].unit for side in sides}
        unit = units.get(self.baseline, sides[0].books[measure].unit)
        # one axis has one unit
        charts = (deviations_chart(sides, measure, say),
                  books_chart([side for side in sides if units[side.name] == unit], measure, say))  # fmt: skip
        blocks: list[Block] = [chart for chart in charts if isinstance(chart, Chart)]
        blocks.append(self._books(measure))
        return Section("distributions", say("How books are spread"), tuple(blocks))

    def _books(self, measure: str) -> Table:
        """Return every rep's book in each scenario."""
        say = self.say
        sides = [side for side in self.plans.sides if measure in side.books]
        first: dict[tuple[int, str], dict[str, object]] = {}
        for side in sides:
            for row in side.reps.to_dict("records"):
                first.setdefault((side.company, str(row["rep_id"])), {str(key): value for key, value in row.items()})
        ids = list(first)
        place = {rep: at for at, rep in enumerate(ids)}
        unit = next((one for one in sides if one.name == self.baseline), sides[0]).books[measure].unit
        columns = [Column("name", say("Rep")), Column("rep_id", say("Rep ID"), "id", extra=True)]
        cells: dict[str, np.ndarray] = {
            "rep_id": np.array([rep for _, rep in ids], dtype=object),
            "name": np.array([first[rep]["name"] for rep in ids], dtype=object),
        }
        for key, title in (("team", say("Team")), ("manager_id", say("Manager"))):
            if any(first[rep].get(key) is not None for rep in ids):
                columns.append(Column(key, title, choice=True, extra="team" in cells))
                cells[key] = np.array([first[rep].get(key) or "" for rep in ids], dtype=object)
        today = np.full(len(ids), np.nan)
        columns.append(Column("today", say("Today"), "number", unit))
        cells["today"] = today
        for at, side in enumerate(sides):
            books, rows = side.books[measure], [place[side.company, str(rep)] for rep in side.reps["rep_id"]]
            fresh = np.isnan(today[rows]) & (books.unit == unit)
            today[np.array(rows, dtype=int)[fresh]] = books.before[fresh]
            columns.append(Column(f"book_{at}", side.name, "number", books.unit, bar=len(sides) <= MOST_WITH_BARS))
            cells[f"book_{at}"] = _spread(books.after, rows, len(ids))
        for at, side in enumerate(sides):
            books, rows = side.books[measure], [place[side.company, str(rep)] for rep in side.reps["rep_id"]]
            if books.banded.any():
                title = say("{scenario}: from target", scenario=side.name)
                columns.append(Column(f"deviation_{at}", title, "deviation", extra=len(sides) > MOST_WITH_DEVIATION))
                cells[f"deviation_{at}"] = _spread(books.deviation, rows, len(ids))
        refused = {self.rows.name(one.name) for one in self.record.scenarios if not one.allowed}
        order, said = drawn_first(sides, measure, self.baseline, refused, say)
        order = [at for at in order if sides[at].books[measure].unit == unit]
        plotted = tuple(f"book_{at}" for at in order) if len(ids) <= MOST_PLOTTED else ()
        title = say("Books in each scenario: {measure}", measure=say(measure))
        return Table("books_by_rep", title, tuple(columns), cells, searched=True, plotted=plotted, named="name",
                     plotted_first=said, tab=say("Books"))  # fmt: skip

    # ---- customers ---------------------------------------------------------------------------------------------

    def _differences(self) -> Section | None:
        say, plans = self.say, self.plans
        if not plans.sides or not len(plans.customers):
            return None
        customers, owners = plans.customers, plans.owners
        if "worth" in customers:
            order = np.argsort(-customers["worth"].to_numpy(float), kind="stable")
            customers, owners = customers.iloc[order], owners[order]
        columns = [Column("customer_id", say("Customer ID"), "id"), Column("name", say("Customer"))]
        if len(plans.roles) > 1:
            columns.append(Column("role", say("Role"), choice=True))
        for key, title in (("region", say("Region")), ("tier", say("Tier")), ("segment", say("Segment"))):
            if key in customers:
                columns.append(Column(key, title, choice=True))
        if plans.worth is not None and "worth" in customers:
            title = say(plans.worth.name)
            columns.append(Column("worth", begun(title), "number", plans.worth.unit, bar=True))
        cells = {one.key: _cells(customers[one.key].to_numpy(), one.kind) for one in columns}
        note = say("Owners today and in each scenario.")
        table = Table("customers", say("Customers"), tuple(columns), cells, searched=True)
        title = say("Any two scenarios, customer by customer")
        block = Difference("difference", title, (self._today(), *(side.name for side in plans.sides)), table,
                           owners.astype(np.int32), plans.names, note, say("Customer by customer"))  # fmt: skip
        return Section("differences", say("Who is with whom"), (block,))

    def _today(self) -> str:
        """Return what today's owners are called beside scenarios, one of which may be called so, too."""
        today, taken = self.say("Today"), {side.name for side in self.plans.sides}
        return today if today not in taken else self.say("Today's owners")

    # ---- provenance --------------------------------------------------------------------------------------------

    def _made(self) -> tuple[tuple[str, str], ...]:
        say, seeds = self.say, sorted({side.record.seed for side in self.plans.sides})
        return (
            (say("Project"), self.project),
            (say("Baseline"), self.baseline),
            *([(say("Seed"), ", ".join(map(str, seeds)))] if seeds else []),
            *versions_told(self.record.versions, say),
        )

    def _provenance(self) -> Section:
        say, sides = self.say, self.plans.sides
        columns = (
            Column("scenario", say("Scenario")),
            Column("run", say("Run"), "id"),
            Column("engine", say("Engine")),
            Column("seed", say("Seed"), "id"),
            Column("gap", say("Gap to the bound"), "share"),
            Column("digest", say("SHA-256 of its record"), "id"),
        )
        cells = {
            "scenario": _texts(side.name for side in sides),
            "run": _texts(self._told(side.place) for side in sides),
            "engine": _texts(side.record.engine for side in sides),
            "seed": _texts(str(side.record.seed) for side in sides),
            "gap": np.array([np.nan if side.record.gap is None else side.record.gap for side in sides], dtype=float),
            "digest": _texts(side.digest for side in sides),
        }
        table = Table("runs", say("The runs compared"), columns, cells)
        lines = (say("planner verify judges each of these runs by itself."),)
        return Section("provenance", say("Where it comes from"), (table, Sentences("verify", lines)))

    def _told(self, place: str) -> str:
        """Return where a run is, unless its folder is called like somebody whom the reader may not see."""
        scope = self.plans.scope
        return self.say("not shown") if scope is not None and scope.names_outside(place) else place


def _spread(values: np.ndarray, rows: Sequence[int], count: int) -> np.ndarray:
    spread = np.full(count, np.nan)
    spread[rows] = values
    return spread


def _texts(values: Iterator[str | None]) -> np.ndarray:
    return np.array([value or "" for value in values], dtype=object)


def _cells(values: np.ndarray, kind: str) -> np.ndarray:
    if kind == "number":
        return values.astype(float)
    return np.array(["" if value is None or value != value else str(value) for value in values], dtype=object)
