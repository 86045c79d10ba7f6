"""Assignments: every customer with the owner before and after, ready to be filtered."""

from __future__ import annotations

import numpy as np

from planner.report.blocks import Column, Section, Table
from planner.report.plan.brief import Brief, text_cells


def assignments(brief: Brief) -> Section:
    """Return all customers who may be seen."""
    say, table = brief.say, brief.evidence.customers
    columns: list[Column] = []
    cells: dict[str, np.ndarray] = {}

    def add(column: Column, values: np.ndarray) -> None:
        columns.append(column)
        cells[column.key] = values

    add(Column("customer_id", say("Customer ID"), "id"), table["customer_id"].to_numpy(dtype=object))
    names = table["name"].to_numpy(dtype=object)
    if (names != cells["customer_id"]).any():
        add(Column("name", say("Customer")), names)
    if brief.several_roles:
        add(Column("role", say("Role"), choice=True), table["role"].to_numpy(dtype=object))
    for key, title in (("region", say("Region")), ("tier", say("Tier"))):
        if key in table:
            add(Column(key, title, choice=True), text_cells(table[key]))
    add(Column("before", say("Before"), choice=True), brief.before_names)
    add(Column("after", say("After"), choice=True), brief.after_names)
    add(Column("change", say("Change"), choice=True), brief.changes)
    managers = brief.of_owner(brief.managers, brief.after)
    if any(manager is not None for manager in managers):
        add(Column("manager", say("Manager"), choice=True, note=say("of the owner after the plan")), managers)
    for place, measure in list(enumerate(brief.evidence.measures))[1:]:
        values = table[f"m:{measure.name}"].to_numpy(float)
        is_worth = brief.evidence.worth is not None and measure.name == brief.evidence.worth.name
        add(Column(f"m{place}", brief.heading(measure), "number", measure.unit, extra=not is_worth), values)
    worth = brief.evidence.worth
    if worth is not None and brief.evidence.measure(worth.name) is None:
        add(brief.worth_column("worth", brief.worth_title), brief.worths)
    totals = tuple(column.key for column in columns if column.kind == "number") if not brief.several_roles else ()
    made = Table(
        "assignments",
        say("Assignments"),
        tuple(columns),
        cells,
        searched=True,
        per=("manager",) if "manager" in cells else (),
        total=totals,
    )
    intro = say.plural(made.count, "{count} row.", "{count} rows, one for each customer.")
    if brief.several_roles:
        intro = say.plural(
            made.count, "{count} row of a customer and role.", "{count} rows, one for each customer and role."
        )
    return Section("assignments", say("Assignments"), (made,), intro)
