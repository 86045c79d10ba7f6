"""Reports made up for tests of what renders them: of any size, in both languages, with no plan behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.report.blocks import (
    Chart,
    Column,
    Difference,
    Fact,
    Facts,
    Report,
    Scorecard,
    ScorecardRow,
    Section,
    Sentences,
    Table,
)
from tests.planner.report import hostile
from tests.planner.report.made_words import CHINESE

HOSTILE = (*hostile.HOSTILE, "  spaces  ", "line\nbreak")
"""Names that come through as text, wherever they are shown."""

_REGIONS = {"en": ("North", "East", "South", "West"), "zh": ("华北", "华东", "华南", "西部")}
_FIRST = {
    "en": ("Ada", "Bram", "Chloé", "Dai", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jun"),
    "zh": ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"),
}
_LAST = {
    "en": ("Abbott", "Okafor", "Lindqvist", "Moreau", "Nakamura", "Oduya", "Petrov", "Quinn", "Rossi", "Silva"),
    "zh": ("伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "洋"),
}
_FIRMS = {
    "en": ("Logistics", "Foods", "Robotics", "Health", "Energy", "Textiles", "Software", "Optics"),
    "zh": ("物流有限公司", "食品股份有限公司", "机器人科技", "医疗集团", "能源", "纺织", "软件", "光学"),
}


def a_report(
    n_customers: int = 400,
    n_reps: int = 24,
    language: str = "en",
    *,
    hostile: bool = True,
    seed: int = 1,
) -> Report:
    """Return a report of every kind of block.

    Parameters
    ----------
    n_customers, n_reps
        How large the company is.
    language
        ``en`` (dollars) or ``zh`` (yuan).
    hostile
        Whether the first customers and reps are called as :data:`HOSTILE` has it.
    """
    return _Maker(n_customers, n_reps, language, hostile=hostile, seed=seed).report()


class _Maker:
    def __init__(self, n_customers: int, n_reps: int, language: str, *, hostile: bool, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.language, self.money = language, "CNY" if language == "zh" else "USD"
        self.region_names = _REGIONS[language]
        self.rep_ids = _texts(f"R{at:03}" for at in range(n_reps))
        joint = "" if language == "zh" else " "
        first, last = (rng.integers(0, 10, n_reps) for _ in range(2))
        self.rep_names = _texts(
            f"{_FIRST[language][one]}{joint}{_LAST[language][other]}" for one, other in zip(first, last, strict=True)
        )
        self.managers = _texts(f"{_LAST[language][at // 6 % 10]} {at // 6 + 1}" for at in range(n_reps))
        self.rep_region = np.arange(n_reps) % len(self.region_names)
        firm = rng.integers(0, 8, n_customers)
        self.customer_names = _texts(f"{_FIRMS[language][one]} {at:05}" for at, one in enumerate(firm))
        if hostile:
            few = min(len(HOSTILE), n_customers, n_reps)
            self.customer_names[: min(len(HOSTILE), n_customers)] = HOSTILE[:n_customers]
            self.rep_names[: few // 2] = HOSTILE[: few // 2]
        self.customer_ids = _texts(f"C{at:06}" for at in range(n_customers))
        self.revenue = np.round(rng.lognormal(10.5, 1.1, n_customers), 2)
        self.hours = np.round(rng.gamma(3, 7, n_customers), 1)
        owners = rng.integers(0, n_reps, (n_customers, 3))
        moved = rng.random((n_customers, 3)) < (0, 0.08, 0.2)
        self.owners = np.where(moved, owners, owners[:, :1]).astype(np.int32)
        self.owners[rng.random(n_customers) < 0.01, 0] = -1
        self.why = _texts(
            (
                self.say("closer to its new rep, and that book was 14% under its target"),
                self.say("the owner has left"),
            )[at % 2]
            for at in range(n_customers)
        )
        self.points = np.round(rng.gamma(2, 3, n_customers), 3)

    def say(self, text: str) -> str:
        return CHINESE[text] if self.language == "zh" else text

    def report(self) -> Report:
        say = self.say
        return Report(
            name="plan",
            title=say("Territory plan 2027 Q1"),
            headline=say("This plan moves 8% of customers; no plan under these rules can be more than 0.3% better."),
            subtitle=say("Plan compared in three scenarios"),
            scope=say("Made for managers; nothing is left out of the totals."),
            language=self.language,
            made=((say("Version"), "1.4.0"), (say("Seed"), "7"), (say("Inputs"), "customers.csv 9f86d081884c7d65")),
            sections=(
                Section("summary", say("Summary"), (self.facts(), self.bars(), self.regions())),
                Section("reps", say("Reps"), (self.reps(),), intro=say("The band is 10% wide.")),
                Section("customers", say("Customers"), (self.moves(), self.assignments())),
                Section("scorecard", say("Scorecard"), (self.scorecard(), self.difference())),
                Section("rules", say("Rules"), (self.sentences(),)),
            ),
        )

    def facts(self) -> Facts:
        say = self.say
        return Facts(
            "facts",
            (
                Fact(say("Certified"), "99.7%", say("at most 0.3% from the optimum"), "good"),
                Fact(say("Chosen moves"), f"{int(self._moved(1).sum()):,}", say("of 10% allowed"), "warn"),
                Fact(say("Books within the band"), "96%"),
            ),
            say("Summary"),
        )

    def sentences(self) -> Sentences:
        lines = (
            "Nobody may lose more than 20% of revenue.",
            "Customers with an open opportunity stay.",
            "Workload is kept within 10% of a fair share.",
        )
        return Sentences("rules", tuple(self.say(one) for one in lines), self.say("Rules"))

    def reps(self) -> Table:
        say, money = self.say, self.money
        before, after = self._books(self.hours, 0), self._books(self.hours, 1)
        worth_before, worth_after = self._books(self.revenue, 0), self._books(self.revenue, 1)
        share = np.where(np.arange(len(after)) == 0, np.nan, after / max(after.mean(), 1e-9) - 1)
        columns = (
            Column("rep_id", say("Rep ID"), "id"),
            Column("name", say("Rep")),
            Column("manager", say("Manager"), choice=True),
            Column("region", say("Region"), choice=True),
            Column("here", say("Here"), "flag"),
            Column("customers", say("Customers after"), "count", bar=True),
            Column("hours_before", say("Workload before"), "number", "h"),
            Column("hours_after", say("Workload after"), "number", "h", bar=True),
            Column("target", say("From target"), "share", bar=True, note=say("Deviation from the fair share.")),
            Column("revenue_before", say("Revenue before"), "number", money),
            Column("revenue_after", say("Revenue after"), "number", money),
            Column("net", say("Net revenue"), "change", money, bar=True),
        )
        cells: Mapping[str, npt.NDArray[Any]] = {
            "rep_id": self.rep_ids,
            "name": self.rep_names,
            "manager": self.managers,
            "region": _texts(self.region_names[at] for at in self.rep_region),
            "here": np.arange(len(after)) % 9 != 3,
            "customers": self._books(np.ones(len(self.hours)), 1).astype(np.int64),
            "hours_before": before,
            "hours_after": after,
            "target": share,
            "revenue_before": worth_before,
            "revenue_after": worth_after,
            "net": worth_after - worth_before,
        }
        return Table(
            "reps",
            say("Reps"),
            columns,
            cells,
            sort=("hours_after", True),
            searched=True,
            total=("customers", "hours_before", "hours_after", "revenue_before", "revenue_after", "net"),
            plotted=("hours_before", "hours_after"),
            named="name",
        )

    def moves(self) -> Table:
        say, rows = self.say, np.flatnonzero(self._moved(1))
        columns = (
            *self._customer_columns(),
            Column("from", say("From"), choice=True),
            Column("to", say("To"), choice=True),
            Column("revenue", say("Revenue"), "number", self.money, bar=True),
            Column("hours", say("Workload"), "number", "h"),
            Column("points", say("Points"), "points"),
            Column("why", say("Why")),
        )
        cells = self._customer_cells() | {
            "from": self._owner(0), "to": self._owner(1), "points": self.points, "why": self.why
        }  # fmt: skip
        some = {key: values[rows] for key, values in cells.items()}
        total = ("revenue", "hours")
        return Table("moves", say("Moves"), columns, some, "", ("revenue", True), True, ("manager",), total)

    def assignments(self) -> Table:
        say = self.say
        columns = (
            *self._customer_columns(),
            Column("rep", say("Rep"), choice=True),
            Column("rep_before", say("From"), choice=True),
            Column("moved", say("Moved"), "flag", choice=True),
            Column("revenue", say("Revenue"), "number", self.money),
            Column("hours", say("Workload"), "number", "h"),
        )
        cells = self._customer_cells() | {
            "rep": self._owner(1), "rep_before": self._owner(0), "moved": self._moved(1)
        }  # fmt: skip
        total = ("revenue", "hours")
        return Table("assignments", say("Assignments"), columns, cells, "", None, True, ("manager",), total)

    def _customer_columns(self) -> tuple[Column, ...]:
        say = self.say
        return (
            Column("customer_id", say("Customer ID"), "id"),
            Column("name", say("Customer")),
            Column("region", say("Region"), choice=True),
            Column("manager", say("Manager"), choice=True),
        )

    def _customer_cells(self) -> dict[str, npt.NDArray[Any]]:
        return {
            "customer_id": self.customer_ids,
            "name": self.customer_names,
            "region": self._region(1),
            "manager": self._manager(1),
            "revenue": self.revenue,
            "hours": self.hours,
        }

    def scorecard(self) -> Scorecard:
        say, inf, nan = self.say, float("inf"), float("nan")
        moved = [float(self._moved(at).sum()) for at in range(3)]
        worth = [float(self.revenue[self._moved(at)].sum()) for at in range(3)]
        spread = [float(np.ptp(self._books(self.hours, at))) for at in range(3)]
        fair, kept = say("Fairness"), say("Disruption")
        no = (False, False, False)
        rows = (
            ScorecardRow(fair, "within", say("Books within their band"), "share", "", "more", (0.42, 0.91, 0.97),
                         (False, False, True), ((1, 2),)),
            ScorecardRow(fair, "spread", say("Widest gap in workload"), "number", "h", "less", tuple(spread), no),
            ScorecardRow(fair, "ratio", say("Largest book over the smallest"), "ratio", "", "less", (inf, 1.31, 1.12),
                         (False, False, True)),
            ScorecardRow(kept, "moved", say("Moved customers"), "count", "", "less", tuple(moved),
                         (False, True, False)),
            ScorecardRow(kept, "worth", say("Revenue that changes owner"), "number", self.money, "less", tuple(worth),
                         (False, True, False)),
            ScorecardRow(kept, "risk", say("Revenue at risk"), "number", self.money, "less",
                         (nan, 0.4 * worth[1], 0.4 * worth[2]), no, ((1, 2),), (nan, 0.7 * worth[1], 0.7 * worth[2])),
            ScorecardRow(kept, "points", say("Points"), "points", "", "less", (212.5, 148.25, 151.0),
                         (False, True, False), meaning=(0, 1, 1)),
            ScorecardRow(kept, "gap", say("At most so far from the optimum"), "share", "", "less",
                         (nan, 0.003, 0.041), no, instead=("", "", say("not proven"))),
        )  # fmt: skip
        scenarios = (say("Today"), say("Steady"), say("Bold"))
        states = (say("measured only"), say("proven to 0.3%"), say("stopped early"))
        return Scorecard("scorecard", say("Scorecard"), scenarios, (False, True, True), rows, 1, states=states)

    def difference(self) -> Difference:
        say = self.say
        columns = (
            Column("customer_id", say("Customer ID"), "id"),
            Column("name", say("Customer")),
            Column("revenue", say("Revenue"), "number", self.money),
        )
        cells = {"customer_id": self.customer_ids, "name": self.customer_names, "revenue": self.revenue}
        owners = self.owners.copy()
        owners[-1:, 2] = -2
        return Difference(
            "difference",
            say("Difference between scenarios"),
            (say("Today"), say("Steady"), say("Bold")),
            Table("difference_customers", say("Customers"), columns, cells),
            owners,
            tuple(self.rep_names),
            say("Of each customer its owner in each scenario."),
        )

    def bars(self) -> Chart:
        """Return a chart of the load of at most twenty reps, before and after."""
        say, most = self.say, min(20, len(self.rep_ids))
        rows = [
            {"rep": self.rep_names[at], "when": say(when), "hours": round(float(hours[at]), 1)}
            for when, hours in (("Before", self._books(self.hours, 0)), ("After", self._books(self.hours, 1)))
            for at in range(most)
        ]
        spec = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "data": {"values": rows},
            "mark": {"type": "bar", "tooltip": True},
            "encoding": {
                "y": {"field": "rep", "type": "nominal", "title": say("Rep"), "sort": "-x"},
                "yOffset": {"field": "when", "sort": [say("Before"), say("After")]},
                "x": {"field": "hours", "type": "quantitative", "title": say("Workload")},
                "color": {
                    "field": "when",
                    "type": "nominal",
                    "title": None,
                    "sort": [say("Before"), say("After")],
                    "scale": {"range": ["#9aa5b1", "#0072b2"]},
                },
            },
            "width": 420,
        }
        summary = f"{say('Workload by rep')}: {most}"
        return Chart("workload_by_rep", say("Workload by rep"), spec, summary, say("The band is 10% wide."))

    def regions(self) -> Chart:
        """Return a chart that has another form where nobody can click."""
        say, moved = self.say, self._moved(1)
        region = np.asarray(self.rep_region[self.owners[:, 1]])
        sums = np.bincount(region[moved], self.revenue[moved], minlength=len(self.region_names))
        rows = [
            {"region": name, "revenue": round(float(one), 2)} for name, one in zip(self.region_names, sums, strict=True)
        ]
        still = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "data": {"values": rows},
            "mark": {"type": "bar", "color": "#0072b2"},
            "encoding": {
                "x": {"field": "region", "type": "nominal", "title": say("Region"), "sort": None},
                "y": {"field": "revenue", "type": "quantitative", "title": say("Revenue")},
            },
            "width": 320,
            "height": 220,
        }
        picked = {"name": "picked", "select": {"type": "point", "fields": ["region"]}}
        spec = {**still, "params": [picked], "mark": {"type": "bar", "color": "#0072b2", "cursor": "pointer"}}
        title = say("Revenue moved by region")
        return Chart("revenue_by_region", title, spec, title, still=still)

    def _books(self, weight: npt.NDArray[np.float64], at: int) -> npt.NDArray[np.float64]:
        owner = self.owners[:, at]
        return np.bincount(owner[owner >= 0], weight[owner >= 0], minlength=len(self.rep_ids)).astype(float)

    def _moved(self, at: int) -> npt.NDArray[np.bool_]:
        return np.asarray(self.owners[:, at] != self.owners[:, 0])

    def _owner(self, at: int) -> npt.NDArray[np.object_]:
        return np.append(self.rep_names, np.array([""], dtype=object))[self.owners[:, at]]

    def _region(self, at: int) -> npt.NDArray[np.object_]:
        return np.array(self.region_names, dtype=object)[self.rep_region[self.owners[:, at]]]

    def _manager(self, at: int) -> npt.NDArray[np.object_]:
        return self.managers[self.owners[:, at]]


def _texts(values: Any) -> npt.NDArray[np.object_]:
    held = list(values)
    texts = np.empty(len(held), dtype=object)
    texts[:] = held
    return texts
