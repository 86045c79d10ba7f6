"""The bound that multipliers prove, recomputed from org, policy and multipliers alone.

Every row of the problem, multiplied by its price, is added to the objective; what is left falls apart into one choice
per unit, and the cheapest choice of each unit gives a bound that no plan can be below (Lagrangian duality; Geoffrion
1974, doi:10.1007/BFb0120690). It holds for every price that its row allows, so that nothing need be known of how the
prices were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.check.candidates import Candidates, Chunk
from models.check.contenders import read_contenders
from models.check.judge import Judge
from models.check.multipliers import CertificateRefused, Multipliers
from models.check.row_prices import read_row_prices
from models.check.shortlists import Shortlist
from models.check.tallies import count, read_tallies
from models.org import FloatArray, Org
from models.policy import Policy


def price_bound(org: Org, policy: Policy, multipliers: Mapping[str, float], caps: Sequence[float | None] = ()) -> float:
    """Return the lower bound of the last stage's objective that the multipliers prove, in points.

    Parameters
    ----------
    multipliers
        By row name, ``<policy line>[<label>]``; ``goals[<goal>]`` for the limit of a goal, ``stage <n>`` for what
        stage n leaves to later ones. A row without one counts as 0.
    caps
        What each stage but the last leaves to later ones, in points; the bound holds given these.

    Returns
    -------
    float
        Infinite when some unit may be owned by nobody.

    Raises
    ------
    CertificateRefused
        When a multiplier is not a finite number, is of no row of the problem, or is beyond what its row allows, or
        when multipliers are so great that they come to no number.
    """
    with Judge(org, policy) as judge:
        return bound_by(judge, multipliers, caps)


def bound_by(judge: Judge, multipliers: Mapping[str, float], caps: Sequence[float | None] = ()) -> float:
    """Return what :func:`price_bound` returns, by a judge of org and policy."""
    with np.errstate(over="ignore", invalid="ignore"):
        bound = _summed(judge, Multipliers(multipliers), caps)
    if np.isnan(bound):
        raise CertificateRefused("the multipliers are too great to be added up")
    return bound


def _summed(judge: Judge, given: Multipliers, caps: Sequence[float | None]) -> float:
    weights = _weights(judge.policy, given, caps)
    candidates = Candidates(judge.eligibility, judge.holdings, judge.units, judge.stays, judge.company, judge.proposal)
    rows = read_row_prices(given, judge.amounts, judge.limits, judge.goals, judge.company, weights.get("balance", 0.0))
    tallies = tuple(read_tallies(given, judge.amounts, judge.allowances, judge.company, judge.stays))
    counted = count(tallies, given, judge.amounts, candidates)
    given.refuse_others()
    bound = given.limits + sum(one.variables for one in counted)

    def least(chunk: Chunk) -> FloatArray:
        paid = rows.of(chunk)
        for one in counted:
            paid += one.of(chunk)
        return _least(chunk, _cost(judge, chunk, weights) - paid, rows.above_bands(chunk))

    for role in range(len(judge.units)):
        every = candidates.shortlists(role)
        contenders = read_contenders(every, weights, rows, counted, judge.stays.may_stay[role])
        if contenders is None:
            bound += sum(float(least(chunk).sum()) for chunk in candidates.chunks(role))
            continue

        def exactly(found: Shortlist, role: int = role) -> FloatArray:
            return least(candidates.chunk(role, found))

        bound += sum(float(exactly(found).sum()) for found in contenders.shortlists(every, exactly))
    return float(bound)


def _weights(policy: Policy, given: Multipliers, caps: Sequence[float | None]) -> dict[str, float]:
    """Return the last stage's weights, goals with a limit and earlier stages added, times their multipliers."""
    stages = policy.stages
    weights = dict(stages[-1].weights)
    # a cap is an upper limit, but its multiplier is stated as at least 0
    for line in policy.goals:
        if line.limit is not None:
            price = given.at_least_zero(f"goals[{line.goal}]", line.limit)
            weights[line.goal] = weights.get(line.goal, 0.0) + price
    for position, stage in enumerate(stages[:-1]):
        cap = caps[position] if position < len(caps) else None
        price = given.at_least_zero(f"stage {position + 1}", np.nan if cap is None else cap)
        for goal, weight in stage.weights.items():
            weights[goal] = weights.get(goal, 0.0) + price * weight
    return weights


def _cost(judge: Judge, chunk: Chunk, weights: Mapping[str, float]) -> FloatArray:
    """Return the points of each entry by all goals but the balance, shape (entries,)."""
    cost: FloatArray = np.zeros(len(chunk.reps))
    for goal, weight in weights.items():
        if goal == "balance" or not weight:
            continue
        for part in judge.costs.parts(goal, chunk.role, chunk.customers, chunk.reps, chunk.chosen):
            if not np.isfinite(part.values).all():
                raise CertificateRefused(f"{part.line} has no value for some pairs, which no bound can be without")
            cost[part.at] += weight * part.values
    return cost


def _least(chunk: Chunk, priced: FloatArray, whole: FloatArray) -> FloatArray:
    """Return the cheapest candidate of each unit, infinite where it has none; shape (units of the chunk,).

    ``priced`` are the points of each entry, ``whole`` those of a candidate as a whole.
    """
    of_candidates = priced
    if len(chunk.candidate) > chunk.start[-1]:
        of_candidates = np.bincount(chunk.candidate, priced, int(chunk.start[-1])).astype(np.float64)
    least = np.full(len(chunk.units), np.inf)
    some = np.flatnonzero(np.diff(chunk.start))
    if len(some):
        least[some] = np.minimum.reduceat(of_candidates + whole, chunk.start[some])
    return least
