"""Who plans scenarios: processes of this machine, or a cluster to which the project is sent."""

from __future__ import annotations

from planner.together.contents import Contents, added_by
from planner.together.order import carry_out
from planner.together.sent import Parcel, carry_out_elsewhere, parcel, received
from scenarios.running.cluster import Cluster
from scenarios.running.processes import Processes
from scenarios.running.runner import Job

PRELOADED = ("models.solve", "models.account", "planner.project", "planner.write.run", "scenarios.comparing.figures")
"""What every process needs: imported once, before they part."""


def crew_for(contents: Contents, jobs: int | None, cluster: str | None) -> Processes | Cluster:
    """Return those who plan: ``jobs`` processes (one per core if None), or the cluster at an address.

    Raises
    ------
    InputRefused
        When no cluster answers there.
    """
    if cluster is None:
        return Processes(carry_out, jobs, preload=PRELOADED)

    def packed(job: Job) -> Parcel:
        return parcel(job, contents, added_by(contents, job.order.scenario))

    return Cluster(cluster, carry_out_elsewhere, pack=packed, unpack=received)
