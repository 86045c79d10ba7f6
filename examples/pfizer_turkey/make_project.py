"""Turn the Pfizer Turkey teaching case into a project: bricks are customers, distances are pairs.

    python examples/pfizer_turkey/make_project.py SOURCE DIR

SOURCE holds bricks.csv and distances.csv (see README.md); DIR becomes the project.
"""

import argparse
import csv
from pathlib import Path

POLICY = """\
# Pfizer Turkey: 22 bricks, 4 reps, each with an office brick. Who should cover which brick?
version: 1
period: {start: 2027-01-01, end: 2027-03-31}      # the case has no dates; any quarter will do

tables:
  customers: customers.csv
  reps: reps.csv
  pairs: pairs.csv                     # the distance from every brick to every office

policy:
  measures:
    workload: customer.index_value     # 1 = one rep's full work; all bricks together are 4

  capacity:
    - {measure: workload, min: 0.8, max: 1.2}

  disruption:
    move_cost: customer.index_value    # a moved brick costs its share of the work

  goals:                               # one unit of work changing hands counts as much as 100 units of distance
    - {goal: cost, value: pair.distance, unit: distance, weight: 0.01}
    - {goal: disruption, weight: 1}

scenarios:
  least distance: {set: {"goals[cost].weight": 1, "goals[disruption].weight": 0}}
  least change: {set: {"goals[cost].weight": 0}}
"""


def main() -> None:
    """Read the two files, write the project."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=Path, metavar="SOURCE", help="folder with bricks.csv and distances.csv")
    arguments.add_argument("folder", type=Path, metavar="DIR", help="the project to make")
    asked = arguments.parse_args()
    bricks = read(asked.source / "bricks.csv")
    distances = read(asked.source / "distances.csv")
    asked.folder.mkdir(parents=True, exist_ok=True)
    write(
        asked.folder / "customers.csv",
        [
            {
                "customer_id": f"B{int(brick['brick']):02d}",
                "name": f"Brick {brick['brick']}",
                "owner_id": f"R{brick['current_rep']}",
                "index_value": brick["index_value"],
            }
            for brick in bricks
        ],
    )
    write(
        asked.folder / "reps.csv",
        [
            {"rep_id": f"R{brick['is_office_of']}", "office": f"B{int(brick['brick']):02d}"}
            for brick in sorted(bricks, key=lambda brick: brick["is_office_of"])
            if brick["is_office_of"]
        ],
    )
    write(
        asked.folder / "pairs.csv",
        [
            {"customer_id": f"B{int(row['brick']):02d}", "rep_id": f"R{row['rep']}", "distance": row["distance"]}
            for row in distances
        ],
    )
    (asked.folder / "planner.yaml").write_text(POLICY, encoding="utf-8")
    print(f"{len(bricks)} bricks in {asked.folder}. Next: planner plan {asked.folder}")


def read(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as rows."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
