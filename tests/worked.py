"""The worked case of ``tests/cases/worked``: six customers and three reps, every number known by hand."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from models.org import Org
from models.plan import Assignment
from models.policy import Policy
from tests.tables import assignment_of, org_of

FOLDER = Path(__file__).parent / "cases" / "worked"

# customer by customer, C1 to C6
OPTIMUM = "ana ana bob bob eve bob"
SECOND = "bob ana ana ana eve bob"
THIRD = "ana ana bob bob bob eve"
ALL_STAY = "ana ana ana bob bob eve"
OVERLOADED = "ana ana ana bob eve eve"


def copy_worked(folder: Path) -> Path:
    """Copy the project file and the two tables into a new folder, and return it."""
    folder.mkdir()
    for name in ("planner.yaml", "customers.csv", "reps.csv"):
        shutil.copy(FOLDER / name, folder / name)
    return folder


def worked_org() -> Org:
    """Read the two tables."""
    return org_of(rows_of("customers.csv"), rows_of("reps.csv"))


def worked_policy(**changes: Any) -> Policy:
    """Read the policy; ``changes`` replace whole sections of it."""
    document = YAML(typ="safe").load((FOLDER / "planner.yaml").read_text(encoding="utf-8"))
    return Policy.model_validate({**copy.deepcopy(document["policy"]), **changes})


def measured_also(names: Iterable[str]) -> dict[str, Any]:
    """Return the section of measures with further ones, for :func:`worked_policy`; each counts the revenue again."""
    measures = worked_policy().model_dump(mode="json", exclude_unset=True)["measures"]
    return {**measures, **{name: measures["revenue"] for name in names}}


def worked_plan(org: Org, policy: Policy, reps: str) -> Assignment:
    """Give C1 to C6 to the reps named."""
    return assignment_of(org, policy, owner=dict(zip(org.customer_ids, reps.split(), strict=True)))


def rows_of(file: str) -> list[dict[str, Any]]:
    """Read the rows of one of the two tables; a blank cell is left out."""
    table = pd.read_csv(FOLDER / file, keep_default_na=False).replace("", None)
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_dict("records")]
