"""Moves: who changes hands, from whom to whom, what goes along, and why."""

from __future__ import annotations

import numpy as np

from models.names import Texts
from models.org import BoolArray
from planner.language.reasons import reason_as_sentence
from planner.report.blocks import Block, Column, Section, Sentences, Table
from planner.report.drawing import drawn
from planner.report.palette import CHANGES
from planner.report.plan.brief import Brief, text_cells
from planner.report.plan.stacked import stacked_bars
from planner.report.readership.evidence import CHOSEN, FORCED, NEW, POOLED


def moves(brief: Brief) -> Section:
    """Return how many move in which way, and each of them."""
    say, changed = brief.say, _changed(brief)
    if not changed.any():
        text = say("Nobody changes hands.")
        return Section("moves", say("Moves"), (Sentences("no_moves", (text,)),))
    blocks = (*_by_region(brief, changed), moves_table(brief, changed))
    return Section("moves", say("Moves"), blocks, _in_all(brief, changed))


def _in_all(brief: Brief, changed: BoolArray) -> str:
    """Return how many rows there are of which kind, and which of them are moves."""
    say, kinds = brief.say, brief.evidence.customers["change"].to_numpy(dtype=object)[changed]
    shown = [kind for kind in (CHOSEN, FORCED, NEW, POOLED) if (kinds == kind).any()]
    words = brief.change_words(np.array(shown, dtype=object))
    told = say.listed(
        [f"{say.number(int((kinds == kind).sum()))} {word}" for kind, word in zip(shown, words, strict=True)]
    )
    newly = int((kinds == NEW).sum())
    said = say.plural(len(kinds), "{count} changes hands: {kinds}.", "{count} change hands: {kinds}.", kinds=told)
    if newly and newly < len(kinds) and brief.scope.whole:
        said += say(
            " Who had no owner is no move: moves.csv has the other {count}.", count=say.number(len(kinds) - newly)
        )
    return said


def moves_table(brief: Brief, changed: BoolArray) -> Table:
    """Return all who change hands, the greatest first."""
    say, table = brief.say, brief.evidence.customers
    at = np.flatnonzero(changed)
    at = at[np.lexsort((-brief.worths[at], table["change"].to_numpy(dtype=object)[at] == NEW))]
    columns: list[Column] = []
    cells: dict[str, np.ndarray] = {}

    def add(column: Column, values: np.ndarray) -> None:
        columns.append(column)
        cells[column.key] = values

    add(Column("customer_id", say("Customer ID"), "id"), table["customer_id"].to_numpy(dtype=object)[at])
    add(Column("name", say("Customer")), table["name"].to_numpy(dtype=object)[at])
    if brief.several_roles:
        add(Column("role", say("Role"), choice=True), table["role"].to_numpy(dtype=object)[at])
    add(Column("kind", say("Kind"), choice=True), brief.changes[at])
    add(Column("from", say("From"), choice=True), brief.before_names[at])
    add(Column("to", say("To"), choice=True), brief.after_names[at])
    _add_whys(brief, at, add)
    if brief.evidence.worth is not None:
        add(brief.worth_column("worth", brief.worth_title, bar=True), brief.worths[at])
    for place, measure in list(enumerate(brief.evidence.measures))[1:]:
        if brief.evidence.worth is None or measure.name != brief.evidence.worth.name:
            title = brief.heading(measure)
            add(
                Column(f"m{place}", title, "number", measure.unit, extra=True),
                table[f"m:{measure.name}"].to_numpy(float)[at],
            )
    for key, title in (("region", say("Region")), ("tier", say("Tier"))):
        if key in table:
            extra = key == "tier" or "staying_to" in cells  # a screen has no room for more
            add(Column(key, title, choice=True, extra=extra), text_cells(table[key].iloc[at]))
    for kind, title_from, title_to, values in (
        ("team", say("Team from"), say("Team to"), brief.of_reps("team")),
        ("manager", say("Manager from"), say("Manager to"), brief.managers),
    ):
        if any(value is not None for value in values):
            add(Column(f"{kind}_from", title_from, choice=True, extra=True), brief.of_owner(values, brief.before[at]))
            add(Column(f"{kind}_to", title_to, choice=True, extra=True), brief.of_owner(values, brief.after[at]))
    return Table(
        "moves",
        say("Who changes hands"),
        tuple(columns),
        cells,
        searched=True,
        per=("manager_from", "manager_to") if "manager_to" in cells else (),
        total=("worth",) if "worth" in cells else (),
    )


def _add_whys(brief: Brief, at: np.ndarray, add: object) -> None:
    say, table = brief.say, brief.evidence.customers
    whys = table["why"].to_numpy(dtype=object)[at]
    assert callable(add)
    if any(isinstance(why, str) for why in whys):
        add(
            Column("why", say("Why")),
            np.array([reason_as_sentence(why, say) if isinstance(why, str) else None for why in whys], dtype=object),
        )
    points = table["staying_points"].to_numpy(float)[at]
    evidence = table["staying_evidence"].to_numpy(dtype=object)[at]
    if not np.isnan(points).all():
        alone = table["staying_alone"].to_numpy(float)[at]
        note = say("by how many points the plan would be worse if the customer stayed and the others adapted to it; "
                   "what is not proven may be more")  # fmt: skip
        title = say("Cost of staying") if np.isnan(alone).all() else say("Cost of staying, from")
        add(Column("staying", title, "points", "points", note=note), np.where(np.isinf(points), np.nan, points))
        if not np.isnan(alone).all():
            note = say("the same if nobody else changed for it; blank where that would break a rule")
            add(Column("staying_to", say("up to"), "points", "points", note=note), alone)
        add(Column("sure", say("How sure"), choice=True, extra=True), _how_sure(brief, points, evidence))


def _how_sure(brief: Brief, points: np.ndarray, evidence: Texts) -> Texts:
    say = brief.say
    words = {"proven": say("proven"), "estimate": say("estimate")}
    said = [
        say("no plan keeps every rule if it stays") if np.isinf(point) else words.get(kind, kind)
        for point, kind in zip(points, evidence, strict=True)
    ]
    return np.array(said, dtype=object)


def _changed(brief: Brief) -> BoolArray:
    return np.asarray(brief.evidence.customers["change"].isin((CHOSEN, FORCED, NEW, POOLED)).to_numpy())


def _by_region(brief: Brief, changed: BoolArray) -> list[Block]:
    """Return a bar for each region of those who change hands, by kind; nothing where customers have no regions."""
    say, table = brief.say, brief.evidence.customers
    if "region" not in table:
        return []
    regions = text_cells(table["region"])
    known = changed & np.array([region is not None for region in regions], dtype=bool)
    kinds = table["change"].to_numpy(dtype=object)
    names, code = np.unique(regions[known].astype(str), return_inverse=True)
    if not 2 <= len(names) <= _MOST_REGIONS:
        return []
    shown = [kind for kind in (CHOSEN, FORCED, NEW, POOLED) if (kinds[known] == kind).any()]
    words = dict(zip(shown, brief.change_words(np.array(shown, dtype=object)), strict=True))
    counts = {words[kind]: np.bincount(code, kinds[known] == kind, minlength=len(names)).astype(int) for kind in shown}
    total = np.bincount(code)
    most = int(total.argmax())
    colours = [CHANGES[kind] for kind in shown]
    chart = stacked_bars(names.tolist(), counts, colours, (say("Region"), say("Kind")), say)
    said = say(
        "Most customers change hands in {region}: {count} of {all}.",
        region=names[most],
        count=say.number(int(total[most])),
        all=say.number(int(known.sum())),
    )
    return [drawn("moves_by_region", say("Who changes hands, by region"), chart, said)]


_MOST_REGIONS = 40
