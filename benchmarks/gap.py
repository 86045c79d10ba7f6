"""Generalised assignment: instances of the OR-Library as projects, solved the ordinary way, compared with the optima.

Jobs are customers, agents are reps; cost and resource of every pair stand in the table of pairs. The instances gap1 to
gap12 are of D. G. Cattrysse, M. Salomon and L. N. Van Wassenhove, "A set partitioning heuristic for the generalized
assignment problem", European Journal of Operational Research 72 (1994) 167-174, doi:10.1016/0377-2217(94)90338-7.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.org import FloatArray

_PERIOD = "{start: 2027-01-01, end: 2027-03-31}"

_POLICY = f"""\
# A generalised assignment instance: every job to one agent, within the agents' capacities, at least cost.
version: 1
period: {_PERIOD}
tables: {{customers: customers.csv, reps: reps.csv, pairs: pairs.csv}}
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
    """A generalised-assignment instance; ``cost`` and ``resource`` have shape (agents, jobs)."""

    cost: FloatArray
    resource: FloatArray
    capacity: FloatArray

    @property
    def agents(self) -> int:
        """Number of agents."""
        return len(self.capacity)

    @property
    def jobs(self) -> int:
        """Number of jobs."""
        return self.cost.shape[1]


def read_instance(path: Path) -> Instance:
    """Read one instance: agents and jobs, the cost matrix, the resource matrix, the capacities.

    Raises
    ------
    ValueError
        When the file holds another number of values than its first line says, or something that is no number.
    """
    try:
        values = np.array(path.read_text(encoding="ascii").split(), dtype=np.float64)
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} holds something that is no number: {error}") from error
    if len(values) < 2:
        raise ValueError(f"{path.name} is no generalised-assignment instance: it has no first line")
    agents, jobs = int(values[0]), int(values[1])
    expected = 2 + 2 * agents * jobs + agents
    if len(values) != expected:
        raise ValueError(
            f"{path.name} should hold {expected} numbers for {agents} agents and {jobs} jobs, and holds {len(values)}"
        )
    cost, resource = values[2 : 2 + 2 * agents * jobs].reshape(2, agents, jobs)
    return Instance(cost, resource, values[-agents:])


def made_instance(agents: int, jobs: int, seed: int) -> Instance:
    """Draw an instance of the kind called C: costs 10 to 50, resources 5 to 25, capacities four fifths of even use.

    For where the library's files are not at hand. Kinds A to E: P. C. Chu and J. E. Beasley, "A genetic algorithm for
    the generalised assignment problem", Computers & Operations Research 24 (1997) 17-23,
    doi:10.1016/S0305-0548(96)00032-9.
    """
    rng = np.random.default_rng(seed)
    cost = rng.integers(10, 51, (agents, jobs)).astype(np.float64)
    resource = rng.integers(5, 26, (agents, jobs)).astype(np.float64)
    return Instance(cost, resource, np.floor(0.8 * resource.sum(axis=1) / agents))


def write_project(instance: Instance, folder: Path) -> None:
    """Write the instance as a project that `planner plan` can plan."""
    folder.mkdir(parents=True, exist_ok=True)
    customers = [f"J{job + 1:03d}" for job in range(instance.jobs)]
    reps = [f"A{agent + 1:03d}" for agent in range(instance.agents)]
    _write(folder / "customers.csv", ["customer_id"], [[customer] for customer in customers])
    _write(
        folder / "reps.csv",
        ["rep_id", "capacity_resource"],
        [[rep, f"{limit:g}"] for rep, limit in zip(reps, instance.capacity, strict=True)],
    )
    _write(
        folder / "pairs.csv",
        ["customer_id", "rep_id", "cost", "resource"],
        [
            [customer, rep, f"{instance.cost[agent, job]:g}", f"{instance.resource[agent, job]:g}"]
            for job, customer in enumerate(customers)
            for agent, rep in enumerate(reps)
        ],
    )
    (folder / "planner.yaml").write_text(_POLICY, encoding="utf-8")


def read_optima(folder: Path) -> dict[str, float]:
    """Read ``optima.csv`` (instance, agents, jobs, optimum): the proven optimum of each instance."""
    with (folder / "optima.csv").open(encoding="utf-8-sig", newline="") as source:
        return {row["instance"]: float(row["optimum"]) for row in csv.DictReader(source)}


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        table = csv.writer(target, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
