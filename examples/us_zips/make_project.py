"""Make a mid-size sales force on real United States geography: ZIP areas with their population.

    python examples/us_zips/make_project.py SOURCE DIR [--customers 5000] [--reps 100] [--seed 1]

SOURCE holds uszips.csv (see README.md); DIR becomes the project. Only the places are real.
"""

import argparse
from pathlib import Path

from planner.generate import generate


def main() -> None:
    """Draw the org, write the project."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=Path, metavar="SOURCE", help="folder with uszips.csv")
    arguments.add_argument("folder", type=Path, metavar="DIR", help="the project to make")
    arguments.add_argument("--customers", type=int, default=5000)
    arguments.add_argument("--reps", type=int, default=100)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    made = generate(
        asked.folder,
        customers=asked.customers,
        reps=asked.reps,
        seed=asked.seed,
        geography=asked.source / "uszips.csv",
    )
    print(
        f"{made.customers:,} customers and {made.reps:,} reps in {made.folder}; "
        f"{made.places_left_out:,} ZIP areas without people were left out. Next: planner plan {made.folder}"
    )


if __name__ == "__main__":
    main()
