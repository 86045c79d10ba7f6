"""The frontier: what each bit more of one thing buys of another, with the band in which the truth must lie.

The ε-constraint method (Haimes, Lasdon and Wismer 1971, doi:10.1109/TSMC.1971.4308298) makes ``y`` small while ``x``
may not exceed a limit, for one limit after another. Each answer comes with a proven bound, so it speaks of every limit
below its own as well. Limits are put where most is still uncertain. The ends are lexicographic optima and dominated
points are never kept, as Mavrotas (2009, doi:10.1016/j.amc.2009.03.037) demands of an effective implementation.

Nothing here solves anything: who calls :func:`trace` says how.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["AT_ONCE", "Ask", "Frontier", "Knee", "Point", "Reached", "trace"]

AT_ONCE = 4
"""Limits asked for together, whatever the number of cores: the points must not depend on it."""
SOLVES_PER_POINT = 4
"""Limits tried at most for each point wanted; where solves prove little, most of them find nothing new."""
STEP = 4e-6
"""Two values of a real ``x`` that are closer, relative to max(1, |x|), are one: limits hold to 1e-6."""
SAME = 2e-6
"""The same of ``y``, whose optima are proven to 1e-6."""


@dataclass(frozen=True)
class Ask:
    """A question: the least ``y`` while ``x`` is at most ``limit`` (None: whatever it is), and the least ``x`` with it.

    With ``least`` the other way round: the least ``x``, and the least ``y`` with it.
    """

    limit: float | None = None
    least: bool = False


@dataclass(frozen=True)
class Reached:
    """An answer.

    Attributes
    ----------
    x, y : float or None
        Of the best plan found; None where there is none.
    bound : float
        No plan within the limit has a smaller ``y`` (of ``least``: none with this ``x``). Infinite where it is proven
        that there is no plan, minus infinity where nothing is known.
    status : str
        ``optimal``, ``feasible``, ``infeasible`` or ``no_plan``.
    least_x : float
        Of ``least``: no plan at all has a smaller ``x``.
    payload : object
        Whatever belongs to the plan; handed through.
    """

    x: float | None
    y: float | None
    bound: float
    status: str
    least_x: float = -math.inf
    payload: object = None


SolveBatch = Callable[[Sequence[Ask]], Sequence[Reached]]


@dataclass(frozen=True)
class Point:
    """A plan that no other plan found beats in both; none with as little ``x`` has a ``y`` below ``bound``.

    ``limit`` is what it was found with: None for no limit, its own ``x`` for the least one.
    """

    x: float
    y: float
    bound: float
    status: str
    ask: Ask
    payload: object = None

    @property
    def proven(self) -> bool:
        """True when no plan with as little ``x`` has a smaller ``y``."""
        return self.y - self.bound <= SAME * max(1.0, abs(self.y))


@dataclass(frozen=True)
class Knee:
    """Where the frontier bends most.

    Attributes
    ----------
    at : int
        Position of the point.
    distance : float
        From the chord between the ends, with both axes scaled to 0-1.
    before, after : float
        How much ``y`` one unit of ``x`` buys on the way from the first point to it, and from it to the last.
    """

    at: int
    distance: float
    before: float
    after: float


@dataclass(frozen=True)
class Frontier:
    """Points by growing ``x`` and falling ``y``, and the band in which the true frontier lies.

    Attributes
    ----------
    points : tuple of Point
    lower_to, lower : floats, shape (limits,)
        ``lower[i]`` is below the true frontier for every ``x`` above ``lower_to[i - 1]`` and up to ``lower_to[i]``; the
        last limit is infinite.
    least_x : float
        No plan has a smaller ``x``.
    complete : bool
        Every point of the true frontier is here.
    stopped_by : str
        ``complete``, ``closed`` (no limit left that could tell more), ``points``, ``work``, or the caller's reason.
    solves : int
        Questions asked.
    """

    points: tuple[Point, ...]
    lower_to: tuple[float, ...]
    lower: tuple[float, ...]
    least_x: float
    complete: bool
    stopped_by: str
    solves: int
    status: str = "feasible"

    def below(self, x: float) -> float:
        """Return what no plan with at most ``x`` has less ``y`` than; infinite where there is no plan."""
        if x < self.least_x:
            return math.inf
        return next((bound for upto, bound in zip(self.lower_to, self.lower, strict=True) if x <= upto), -math.inf)

    def above(self, x: float) -> float:
        """Return the least ``y`` found with at most ``x``; infinite where none was found."""
        return min((point.y for point in self.points if point.x <= x), default=math.inf)

    @property
    def rates(self) -> tuple[float, ...]:
        """How much ``y`` one unit of ``x`` buys from each point to the next, shape (points - 1,)."""
        return tuple((one.y - other.y) / (other.x - one.x) for one, other in pairwise(self.points))

    @property
    def knee(self) -> Knee | None:
        """The point farthest below the chord between the ends, None where the frontier does not bend that way.

        Both axes are scaled to 0-1 first (Das 1999, On characterizing the "knee" of the Pareto curve based on
        normal-boundary intersection, Structural Optimization 18, 107-115). Of equals the one with less ``x``.
        """
        if len(self.points) < 3:
            return None
        first, last = self.points[0], self.points[-1]
        wide, tall = last.x - first.x, first.y - last.y
        distances = [
            (1 - (point.x - first.x) / wide - (point.y - last.y) / tall) / math.sqrt(2) for point in self.points
        ]
        farthest = max(distances)
        at = next(i for i, one in enumerate(distances) if one >= farthest - 1e-9)
        if farthest <= 1e-9:
            return None
        point = self.points[at]
        before = (first.y - point.y) / (point.x - first.x)
        return Knee(at, distances[at], before, (point.y - last.y) / (last.x - point.x))


def trace(
    solve_batch: SolveBatch,
    points: int,
    *,
    whole: bool = False,
    at_once: int = AT_ONCE,
    stopped: Callable[[], str | None] = lambda: None,
) -> Frontier:
    """Trace the frontier of ``y`` against ``x``.

    Parameters
    ----------
    solve_batch
        Answers several questions, in order and at the same time if it can. It may answer fewer than it was asked, the
        first ones, when it is stopped.
    points
        How many points are wanted; fewer where that is all there are.
    whole
        ``x`` counts whole things, so that limits are whole numbers.
    at_once
        Questions asked together.
    stopped
        Returns why to stop early, or None.
    """
    search = _Search(whole)
    search.ask(solve_batch, [Ask(), Ask(least=True)])
    while True:
        reason = stopped() or search.ended(points)
        if reason is not None:
            return search.frontier(reason)
        found = len(search.points)
        limits = search.next_limits(min(at_once, max(1, points - found)))
        search.ask(solve_batch, [Ask(limit) for limit in limits])


@dataclass
class _Search:
    """What is known so far: ``tried`` holds the bound that each limit proved, infinity for no limit."""

    whole: bool
    tried: dict[float, float] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    least_x: float = -math.inf
    solves: int = 0
    asked: int = 0
    impossible: bool = False

    def ask(self, solve_batch: SolveBatch, asks: Sequence[Ask]) -> None:
        """Ask and take in the answers."""
        self.asked += len(asks)
        for ask, reached in zip(asks, solve_batch(asks), strict=False):
            self.solves += 1
            self.least_x = max(self.least_x, reached.least_x)
            if ask.limit is not None and reached.bound == math.inf:
                beyond = ask.limit + 1.0 if self.whole else math.nextafter(ask.limit, math.inf)
                self.least_x = max(self.least_x, beyond)
            self.impossible |= reached.status == "infeasible" and ask.limit is None
            limit = ask.limit if ask.limit is not None else math.inf
            if ask.least and reached.x is not None:
                limit = reached.x
            if not ask.least or reached.x is not None:
                self.tried[limit] = max(self.tried.get(limit, -math.inf), reached.bound)
            if reached.x is not None and reached.y is not None:
                # a limit may be exceeded by rounding
                x = limit if limit < reached.x <= limit + _step(limit, False) else reached.x
                self.points.append(Point(x, reached.y, reached.bound, reached.status, ask, reached.payload))
        self.points = _not_dominated(self.points, self.whole)

    def ended(self, points: int) -> str | None:
        """Return why there is nothing more to ask, None when there is."""
        if not self.points:
            return "infeasible" if self.impossible else "no_plan"
        if not self._segments():
            return "complete" if self._complete else "closed"
        if len(self.points) >= points:
            return "points"
        return "work" if self.asked >= SOLVES_PER_POINT * points else None

    def below(self, x: float) -> float:
        """Return the best bound of ``y`` for plans with at most ``x``."""
        if x < self.least_x:
            return math.inf
        return max((bound for limit, bound in self.tried.items() if limit >= x), default=-math.inf)

    def next_limits(self, count: int) -> list[float]:
        """Return the limits where most is uncertain, up to ``count``.

        In each interval between two points the middle comes first, then what is just below the right one.
        """
        segments = [segment.ranked for segment in self._segments()]
        limits: list[float] = []
        heapq.heapify(segments)
        while segments and len(limits) < count:
            segment = heapq.heappop(segments)[-1]
            limit = segment.limit(self.whole)
            limits.append(limit)
            # what is just below the right end most likely settles the interval
            for half in () if segment.near_end else segment.halves(limit):
                if not half.closed(self.whole):
                    heapq.heappush(segments, half.ranked)
        return sorted(limits)

    def _segments(self) -> list[_Segment]:
        """Return the open parts: between two neighbours and the limits tried between them."""
        if len(self.points) < 2:
            return []
        tall = self.points[0].y - self.points[-1].y
        found = []
        for left, right in pairwise(self.points):
            last = right.x - _step(right.x, self.whole)
            inner = sorted(limit for limit in self.tried if left.x < limit < right.x)
            for a, b in pairwise([left.x, *inner, right.x]):
                height = left.y - self.below(b)
                segment = _Segment(a, b, min(last, b), height, tall, near_end=bool(inner) and b == right.x)
                if height > SAME * max(1.0, abs(left.y)) and not segment.closed(self.whole):
                    found.append(segment)
        return found

    @property
    def _complete(self) -> bool:
        first = self.points[0]
        begins = self.least_x > first.x - _step(first.x, self.whole)
        # a limit between two points may have left a plan unfound that its bound allows
        limits = [*(point.x for point in self.points), *(limit for limit in self.tried if first.x <= limit), math.inf]
        proven = [(min(point.y for point in self.points if point.x <= at), self.below(at)) for at in limits]
        return begins and all(y - bound <= SAME * max(1.0, abs(y)) for y, bound in proven)

    def frontier(self, reason: str) -> Frontier:
        """Return what is known."""
        limits = sorted(limit for limit, bound in self.tried.items() if self.least_x <= limit and bound < math.inf)
        lower = [self.below(limit) for limit in limits]
        points = tuple(
            Point(one.x, one.y, min(one.y, self.below(one.x)), one.status, one.ask, one.payload) for one in self.points
        )
        status = "feasible"
        if not points:
            status = "infeasible" if self.impossible else "no_plan"
        complete = bool(points) and not self._segments() and self._complete
        return Frontier(points, tuple(limits), tuple(lower), self.least_x, complete, reason, self.solves, status)


@dataclass(frozen=True)
class _Segment:
    """A part in which the frontier may be below what was found: limits above ``a`` and up to ``b`` were not tried.

    ``last`` is the greatest limit that can tell anything new; ``near_end`` says to try that one.
    """

    a: float
    b: float
    last: float
    height: float
    tall: float
    near_end: bool

    @property
    def ranked(self) -> tuple[float, float, float, _Segment]:
        """The segment behind what orders it: the largest area first, of equals the leftmost."""
        # where nothing is known of the height, all of the range is possible
        height = min(self.height, 2 * self.tall)
        return (-(self.b - self.a) * height, self.a, self.b, self)

    def limit(self, whole: bool) -> float:
        """Return the limit to try in it."""
        if self.near_end:
            return self.last
        middle = (self.a + self.b) / 2
        return min(float(math.floor(middle)) if whole else middle, self.last)

    def halves(self, limit: float) -> tuple[_Segment, _Segment]:
        """Return what is left on both sides of a limit that is being tried."""
        left = _Segment(self.a, limit, limit, self.height, self.tall, False)
        return left, _Segment(limit, self.b, self.last, self.height, self.tall, False)

    def closed(self, whole: bool) -> bool:
        """Tell whether no limit is left in it that could tell anything new."""
        return self.b - self.a <= _step(self.b, whole) * (1 + 1e-9)


def _step(x: float, whole: bool) -> float:
    return 1.0 if whole else STEP * max(1.0, abs(x))


def _not_dominated(points: Sequence[Point], whole: bool) -> list[Point]:
    """Return the points that no other beats or equals in both, by growing ``x``."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda one: (one.x, one.y)):
        if kept and point.x - kept[-1].x <= (0.0 if whole else 0.5 * _step(point.x, whole)) and point.y < kept[-1].y:
            # the same x but for rounding
            kept[-1] = point
        elif not kept or point.y < kept[-1].y - SAME * max(1.0, abs(kept[-1].y)):
            kept.append(point)
    return kept
