"""The smallest benchmark of each kind: a fixed amount of work, and a value that must not get worse."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from models.solve import solve
from models.stop import Stop
from planner.generate import generate
from planner.generate.bench import VARIANTS
from planner.project import load

UNFINISHED = 0.02
"""Part of the usual work after which the larger org is compared: enough for a plan, too little for a proof."""
STORED = Path(__file__).parent / "smoke.json"


@dataclass(frozen=True)
class Value:
    """What a fixed amount of work comes to: the objective in points, and the proven gap to the best (0-1)."""

    objective: float
    gap: float


def measure() -> dict[str, Value]:
    """Solve a small org of every benchmark kind, a larger one not to the end, and a generalised assignment."""
    values = {}
    with tempfile.TemporaryDirectory(prefix="planner-smoke-") as made:
        for variant in VARIANTS:
            generate(Path(made) / variant, customers=40, reps=6, seed=1, preset=f"bench-{variant}")
            values[f"bench-{variant} 40 × 6"] = _solved(Path(made) / variant)
        generate(Path(made) / "larger", customers=150, reps=30, seed=2, preset="bench-soft")
        values["bench-soft 150 × 30, not to the end"] = _solved(Path(made) / "larger", effort=UNFINISHED)
        generate(Path(made) / "gap", customers=25, reps=5, seed=1, preset="gap-c")
        values["gap 5 × 25"] = _solved(Path(made) / "gap")
    return values


def store(values: Mapping[str, Value]) -> None:
    """Keep these values as those that later versions must reach."""
    text = json.dumps({name: asdict(value) for name, value in values.items()}, indent=2, ensure_ascii=False)
    STORED.write_text(text + "\n", encoding="utf-8")


def stored() -> dict[str, Value]:
    """Return the values to reach."""
    return {name: Value(**value) for name, value in json.loads(STORED.read_text(encoding="utf-8")).items()}


def worse(values: Mapping[str, Value]) -> list[str]:
    """Name what is missing, costs more or is proven less well than stored, by more than the tolerances of a solver."""
    found = []
    for name, kept in stored().items():
        value = values.get(name)
        slack = 1e-6 * max(1.0, abs(kept.objective))
        if value is None or value.objective > kept.objective + slack or value.gap > kept.gap + 1e-5:
            found.append(name)
    return found


def _solved(folder: Path, effort: float = 1.0) -> Value:
    project = load(folder)
    plan = solve(project.org, project.policy, stop=Stop(effort=effort))
    missing = float("inf")
    return Value(
        objective=missing if plan.objective is None else plan.objective,
        gap=missing if plan.gap is None else plan.gap,
    )
