"""Generalised assignment: every job to one agent, within the agents' capacities, at least cost.

The kinds of instance that the literature measures itself on, drawn anew from a seed:

==== ==============================  ======================================  ==============================
kind resource ``a`` of a pair        cost ``c`` of a pair                    capacity of an agent
==== ==============================  ======================================  ==============================
C    whole, 5 to 25                  whole, 10 to 50                         0.8 · Σ a over its jobs / agents
D    whole, 1 to 100                 111 − a + e, e whole, −10 to 10         the same
E    1 − 10 ln u, u in (0, 1]        1000/a − 10 v, v in [0, 1]              the same
==== ==============================  ======================================  ==============================

All numbers are rounded down to whole ones, as in the published files. In D and E what is cheap uses much, which makes
them hard. Kinds C and D: P. C. Chu and J. E. Beasley (1997), "A genetic algorithm for the generalised assignment
problem", Computers & Operations Research 24, 17-23, doi:10.1016/S0305-0548(96)00032-9. Kind E: M. Laguna, J. P. Kelly,
J. L. González-Velarde and F. Glover (1995), "Tabu search for the multilevel generalized assignment problem", European
Journal of Operational Research 82, 176-189, doi:10.1016/0377-2217(93)E0174-V. The sizes, 100 to 1,600 jobs and 5 to 80
agents: M. Yagiura, T. Ibaraki and F. Glover (2004), "An ejection chain approach for the generalized assignment
problem", INFORMS Journal on Computing 16, 133-151, doi:10.1287/ijoc.1030.0036.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models.org import FloatArray
from planner.generate.tables import write_table

KINDS = {
    "c": "literature: generalised assignment, kind C",
    "d": "literature: generalised assignment, kind D (dear jobs use little)",
    "e": "literature: generalised assignment, kind E (the same, skewed)",
}

INSTANCE_FILE = "instance.txt"
_A_LINE = 20

_POLICY = """\
# Generalised assignment, {name}: every job to one agent, within the agents' capacities, at least cost.
version: 1
period: {{start: 2027-01-01, end: 2027-03-31}}
tables:
  customers: customers.{extension}
  reps: reps.{extension}
  pairs: {{file: pairs.{extension}, only: true}}
policy:
  measures:
    resource: pair.resource
  capacity:
    - {{measure: resource, max: rep.capacity_resource}}
  goals:
    - {{goal: cost, value: pair.cost}}
"""


@dataclass(frozen=True)
class Instance:
    """A generalised-assignment instance.

    Attributes
    ----------
    cost, resource : float arrays, shape (agents, jobs)
        What a job costs (or, where ``maximise``, earns) with an agent, and what it uses of the agent's capacity.
    capacity : float array, shape (agents,)
    """

    name: str
    cost: FloatArray
    resource: FloatArray
    capacity: FloatArray
    maximise: bool = False

    @property
    def agents(self) -> int:
        """Number of agents."""
        return len(self.capacity)

    @property
    def jobs(self) -> int:
        """Number of jobs."""
        return self.cost.shape[1]

    def text(self) -> str:
        """Return the instance as the OR-Library writes one: agents and jobs, costs, resources, capacities."""
        lines = [f" {self.agents} {self.jobs}"]
        for row in (*self.cost, *self.resource, self.capacity):
            lines += [
                "".join(f" {value:.17g}" for value in row[at : at + _A_LINE]) for at in range(0, len(row), _A_LINE)
            ]
        return "\n".join(lines) + "\n"


def drawn(rng: np.random.Generator, kind: str, jobs: int, agents: int) -> Instance:
    """Draw an instance of kind ``c``, ``d`` or ``e``. Nothing promises that a tiny one can be solved at all."""
    shape = (agents, jobs)
    if kind == "c":
        cost = rng.integers(10, 51, shape)
        resource = rng.integers(5, 26, shape)
    elif kind == "d":
        resource = rng.integers(1, 101, shape)
        cost = 111 - resource + rng.integers(-10, 11, shape)
    elif kind == "e":
        resource = np.floor(1.0 - 10.0 * np.log(1.0 - rng.random(shape))).astype(np.int64)
        cost = np.floor(1000.0 / resource - 10.0 * rng.random(shape)).astype(np.int64)
    else:
        raise ValueError(f"there is no kind {kind!r} of generalised assignment here: one of {', '.join(KINDS)}")
    capacity = np.floor(0.8 * resource.sum(axis=1) / agents)
    return Instance(f"{kind}{agents:02d}{jobs}", cost.astype(float), resource.astype(float), capacity)


def tables_of(instance: Instance, extension: str) -> tuple[dict[str, pd.DataFrame], str]:
    """Return the instance as a project: jobs are customers, agents reps, and only the listed pairs are candidates.

    The planner minimises: where the instance maximises, costs are its profits with the sign turned.
    """
    jobs = np.array([f"J{job + 1:04d}" for job in range(instance.jobs)], dtype=object)
    agents = np.array([f"A{agent + 1:03d}" for agent in range(instance.agents)], dtype=object)
    cost = -instance.cost if instance.maximise else instance.cost
    tables = {
        "customers": pd.DataFrame({"customer_id": jobs}),
        "reps": pd.DataFrame({"rep_id": agents, "capacity_resource": instance.capacity}),
        "pairs": pd.DataFrame(
            {
                "customer_id": np.repeat(jobs, instance.agents),
                "rep_id": np.tile(agents, instance.jobs),
                "cost": cost.T.ravel() + 0.0,
                "resource": instance.resource.T.ravel(),
            }
        ),
    }
    return tables, _POLICY.format(name=instance.name, extension=extension)


def write_project(instance: Instance, folder: Path, *, parquet: bool = True) -> None:
    """Write the instance as a project that ``planner plan`` can plan."""
    extension = "parquet" if parquet else "csv"
    tables, yaml = tables_of(instance, extension)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_table(table, folder / f"{name}.{extension}")
    (folder / "planner.yaml").write_text(yaml, encoding="utf-8")
