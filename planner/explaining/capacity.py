"""``planner explain capacity``: what limits are worth, and which single changes are worth making."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any

from ruamel.yaml import YAML

from models.stop import Stop
from planner.document import read_scalar
from planner.explaining.explained import Explained
from planner.finished import priced_plan
from planner.plain_values import finite
from planner.run_folder import RunFolder
from planner.screens.capacity import show_capacity
from scenarios.advising.advice import Advice, AdvisedChange, advise
from scenarios.advising.idea import Idea
from scenarios.definition import BASE
from scenarios.setting import assignment


def explain(run: RunFolder, whom: str, stop: Stop, tell: Callable[[str], None]) -> Explained:
    """Say what capacity is worth at a finished run, and which changes are worth making, from its own inputs.

    Raises
    ------
    InputRefused
        When the run has no plan, is only measured, or its certificate cannot be read.
    """
    del whom
    advice = advise(run.org, run.policy, priced_plan(run), run.document, stop=stop, progress=tell)
    snippets = {one.idea.name: snippet(one.idea, run) for one in (*advice.changes, *advice.redefining)}
    return Explained(
        advice_document(advice, snippets), lambda paper: show_capacity(paper, advice, snippets, run.folder.name)
    )


def snippet(idea: Idea, run: RunFolder) -> str:
    """Return what to paste into the project file, as YAML: the change on top of what the run was planned with."""
    scenario: dict[str, Any] = {}
    if run.record.scenario not in (None, BASE):
        scenario["combine"] = [run.record.scenario]
    sets = {path: read_scalar(value) for path, value in map(assignment, run.record.changed)}
    own = {key: value for key, value in idea.scenario.items() if key != "set"}
    settings = {**sets, **idea.scenario.get("set", {})}
    scenario |= {**({"set": settings} if settings else {}), **own}
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 1000
    text = io.StringIO()
    yaml.dump({"scenarios": {idea.name: scenario}}, text)
    return text.getvalue()


def advice_document(advice: Advice, snippets: Mapping[str, str]) -> dict[str, Any]:
    """Return advice as plain data."""

    def change(one: AdvisedChange) -> dict[str, Any]:
        goals = {
            goal: {"before": before.value, "after": after.value, "unit": before.unit}
            for goal, (before, after) in one.goals.items()
        }
        return {
            "title": one.idea.title,
            "kind": one.idea.kind,
            "stage": one.effect.stage + 1,
            "predicted": one.predicted,
            "predicted_at_prices": one.at_prices,
            "verified": one.effect.points,
            "low": finite(one.effect.low),
            "high": finite(one.effect.high),
            "evidence": one.effect.evidence,
            "certain": one.effect.certain,
            "goals": goals,
            "chosen_moves": {"before": one.chosen[0], "after": one.chosen[1]},
            "as_counted_before": one.by_old_count,
            "scenario": {"name": one.idea.name, **one.idea.scenario},
            "yaml": snippets.get(one.idea.name),
        }

    return {
        "stages": [
            {
                "goals": list(stage.goals),
                "one_point_is": list(stage.point),
                **{
                    part: [dataclasses.asdict(one) for one in getattr(stage, part)]
                    for part in ("limits", "regions", "teams", "skills")
                },
            }
            for stage in advice.worth.stages
        ],
        "changes": [change(one) for one in advice.changes],
        "redefining": [change(one) for one in advice.redefining],
        "fruitless": [change(one) for one in advice.fruitless],
        "ideas": advice.ideas,
        "priced": advice.predicted,
        "verified": advice.verified,
        "search_alone": advice.search_alone,
        "stopped_by": advice.stopped_by,
    }
