"""Orders: a scenario with settings on top, planned for what a frontier asks of it.

Here they are planned one after another in this process; who has more to give may answer them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.engines.stage import EngineName
from models.solve import Progress, solve
from models.stop import Stop
from planner.project import load
from scenarios.frontier import AT_ONCE
from scenarios.trade_off import Found, Settings, found_of


@dataclass(frozen=True)
class Order:
    """A scenario of the project (None: as it is written), and settings that are applied last."""

    scenario: str | None
    settings: Settings


@dataclass(frozen=True)
class Terms:
    """On what terms orders are planned.

    Attributes
    ----------
    sets : tuple of str
        Settings ``PATH=VALUE`` of the command line, applied before those of each order.
    stop : Stop
        Of all orders together.
    expected : int
        Orders among which a time limit is shared out.
    """

    project: Path
    sets: tuple[str, ...]
    engine: EngineName
    seed: int
    stop: Stop
    expected: int


def plan_orders(
    orders: Sequence[Order],
    measure: str | None,
    terms: Terms,
    done: int = 0,
    report: Callable[[Progress], None] = lambda _: None,
) -> list[Found]:
    """Plan orders; return what was found for each, in order, and fewer when stopped.

    Parameters
    ----------
    measure
        What the chosen moves of a plan are counted in; None where nobody asks.
    done
        Orders planned before, of those expected.

    Raises
    ------
    InputRefused
        When project, scenario and settings do not fit together.
    """
    found: list[Found] = []
    for order in orders:
        if terms.stop.reason is not None:
            break
        project = load(terms.project, scenario=order.scenario, sets=terms.sets, settings=order.settings)
        stop = terms.stop.part(1 / max(AT_ONCE, terms.expected - done - len(found)))
        plan = solve(project.org, project.policy, engine=terms.engine, stop=stop, seed=terms.seed, progress=report)
        found.append(found_of(project.org, project.policy, plan, measure))
    return found
