"""A case of bricks and offices: the frontier of distance against work that changes hands, to the last point."""

import csv
import json

import numpy as np
import pytest

from planner.commands import planner
from planner.exits import DONE, run

BRICKS, REPS = 11, 3

POLICY = """\
version: 1
period: {start: 2027-01-01, end: 2027-03-31}
tables: {customers: customers.csv, reps: reps.csv, pairs: pairs.csv}
policy:
  measures: {workload: customer.index_value}
  capacity: [{measure: workload, min: 0.8, max: 1.2}]
  goals:
    - {goal: cost, value: pair.distance, unit: km}
    - {goal: disruption}
"""


class Bricks:
    """Bricks with an index of work, reps with an office each, and who has which brick today."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        at = rng.uniform(0, 10, size=(BRICKS, 2))
        index = rng.uniform(0.5, 2.0, BRICKS)
        self.index = np.round(index / index.sum() * REPS, 4)
        self.distance = np.round(np.linalg.norm(at[:, None] - at[None, :REPS], axis=2), 2)
        # near today, but not everywhere
        self.owner = np.where(rng.random(BRICKS) < 0.6, self.distance.argmin(axis=1), rng.integers(0, REPS, BRICKS))

    def front(self) -> list[tuple[float, float]]:
        """Try every plan."""
        plans = np.stack(np.unravel_index(np.arange(REPS**BRICKS), (REPS,) * BRICKS), axis=1)
        loads = np.stack([(plans == rep) @ self.index for rep in range(REPS)], axis=1)
        plans = plans[((loads >= 0.8 - 1e-6) & (loads <= 1.2 + 1e-6)).all(axis=1)]
        moved = np.round((plans != self.owner) @ self.index, 6)
        distance = np.round(self.distance[np.arange(BRICKS), plans].sum(axis=1), 6)
        front: list[tuple[float, float]] = []
        for at in np.lexsort((distance, moved)).tolist():
            if not front or distance[at] < front[-1][1]:
                front.append((float(moved[at]), float(distance[at])))
        return front

    def write(self, folder) -> None:
        """Write the project."""
        (folder / "planner.yaml").write_text(POLICY, encoding="utf-8")
        self._table(folder / "reps.csv", "rep_id", [[f"R{rep}"] for rep in range(REPS)])
        self._table(
            folder / "customers.csv",
            "customer_id owner_id index_value",
            [[f"B{b:02}", f"R{self.owner[b]}", self.index[b]] for b in range(BRICKS)],
        )
        self._table(
            folder / "pairs.csv",
            "customer_id rep_id distance",
            [[f"B{b:02}", f"R{rep}", self.distance[b, rep]] for b in range(BRICKS) for rep in range(REPS)],
        )

    @staticmethod
    def _table(path, header: str, rows) -> None:
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([header.split(), *rows])


@pytest.mark.long
@pytest.mark.parametrize("seed", [3, 1, 6])
def test_distance_against_work_that_changes_hands(tmp_path, capsys, seed):
    bricks = Bricks(seed)
    bricks.write(tmp_path)
    command = ["frontier", str(tmp_path), "--goal", "cost", "--against", "workload", "--points", "80"]
    assert run(planner, [*command, "--json", "--quiet"]) == DONE
    record = json.loads(capsys.readouterr().out)
    true = bricks.front()
    assert len(true) > 3
    assert record["complete"]
    assert record["stopped_by"] == "complete"
    assert [point["x"] for point in record["points"]] == pytest.approx([x for x, _ in true], abs=1e-5)
    assert [point["y"] for point in record["points"]] == pytest.approx([y for _, y in true], abs=1e-4)
    assert [point["status"] for point in record["points"]] == ["optimal"] * len(true)
    assert record["x"]["base"] == pytest.approx(bricks.index.sum())
