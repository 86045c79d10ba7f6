"""Filing: a plan by hand becomes a run, with the certificate of the run that it was made from.

It is a plan of the same problem, so that whatever bounds that run's plan bounds this one, too. With priorities the
bound of a later stage holds given what the earlier ones leave; where they leave more by this plan, only the prices of
the certificate can say what is true then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from models.account import Account, account_for
from models.check import Judge
from models.check.bound import bound_by
from models.check.multipliers import CertificateRefused
from models.explain.wishes import hear_wishes
from models.findings import Finding
from models.org import FloatArray, Org
from models.plan import Assignment, Judgement, Plan, StageResult, Status, is_optimal
from planner.by_hand.basis import Basis
from planner.contradictions import same
from planner.write.certificate import read_certificate
from planner.write.files import sha256
from planner.write.folder import Target
from planner.write.run import CERTIFICATE, About, Written, write_run

ENGINE = "by hand"
BY_PRICES = "prices"
BY_SEARCH = "the search with these wishes"


def plan_by_hand(
    basis: Basis,
    judge: Judge,
    assignment: Assignment,
    reason: str,
    *,
    pinned: bool = False,
    searched: Sequence[StageResult] = (),
) -> Plan:
    """Return an assignment as a plan of the run's problem: ``evaluated`` where it breaks rules, else with its bound.

    Parameters
    ----------
    judge
        Of the run's policy and org; ``pinned`` tells that the org has wishes as pins, which the run's has not.
    reason
        Who made the assignment, and how.
    searched
        The stages of a search with those pins, which bound it from below by more than the run's.
    """
    judgement = judge.of(assignment)
    claims = basis.record.status != "evaluated" and judgement.feasible
    stages = _searched(basis, searched) or _stages(basis, judgement, claims)
    proof = _proof(basis, judge, stages, pinned, bool(_searched(basis, searched))) if claims else _Proof()
    objective = judgement.objective
    proven = proof.bound is not None and is_optimal(objective, proof.bound)
    status: Status = "feasible"
    if not judgement.feasible:
        status = "evaluated"
    elif proven and all(stage.status == "optimal" for stage in stages[:-1]):
        status = "optimal"
    if stages:
        state: Status = "optimal" if proven else "feasible"
        last = replace(stages[-1], value=objective, status=state, bound=_or_nothing(proof.bound))
        stages = (*stages[:-1], last)
    return Plan(
        status=status,
        assignment=assignment,
        judgement=judgement,
        bound=None if proof.bound is None else min(proof.bound, objective),
        bound_by=proof.bound_by,
        engine=ENGINE,
        engine_reason=reason,
        seconds=0.0,
        seed=basis.record.seed,
        stopped_by="proof" if status == "optimal" else ENGINE,
        price_bound=None if proof.price_bound is None else min(proof.price_bound, objective),
        prices=proof.prices,
        stages=stages,
    )


def file_plan(
    basis: Basis,
    about: About,
    plan: Plan,
    out: Target | None,
    *,
    org: Org | None = None,
    explained: Callable[[Account], Account] = lambda account: account,
    beside: Callable[[Path], None] = lambda folder: None,
) -> Written:
    """Write a plan by hand as a run, to ``out`` or the next number of the project, with the inputs of its basis.

    ``about`` says what was changed; the rest is as the basis has it, but for ``org`` where it has pins. ``explained``
    may put in reasons of its own, and ``beside`` writes what else belongs into the folder. What refused wishes of the
    tables would cost is told by prices alone.
    """
    record, run = basis.record, basis.run
    whole = replace(
        about,
        project=record.project,
        scenario=record.scenario,
        changed=tuple(record.changed),
        assumptions=[
            Finding("TP300", one.assumed, hint=one.hint, examples=tuple(one.examples)) for one in record.assumptions
        ],
        after=record.after,
        lines=run.lines,
        hashes=record.sources,
    )
    org = run.org if org is None else org
    account = explained(account_for(org, run.policy, plan))
    heard = hear_wishes(org, run.policy, plan, most_asked=0)
    return write_run(basis.project, whole, org, run.policy, plan, account, heard, out=out, beside=beside)


@dataclass(frozen=True)
class _Proof:
    """What bounds the objective from below, and whose word that is."""

    bound: float | None = None
    bound_by: str | None = None
    price_bound: float | None = None
    prices: Mapping[str, FloatArray] = field(default_factory=dict)


def _stages(basis: Basis, judgement: Judgement, claims: bool) -> tuple[StageResult, ...]:
    """Return the stages as this plan leaves them, each with its bound as far as that of the run still holds.

    A stage whose cap the plan keeps is as it was in the run. Where the plan is beyond it, the cap is that of its own
    value, and nothing is known any more of what later stages could be at least.
    """
    before = basis.plan.stages
    if len(before) != len(basis.run.policy.stages):
        return ()
    holds, found = claims, []
    for stage, prior, value in zip(basis.run.policy.stages, before, judgement.stage_values, strict=True):
        bound = prior.bound if holds else -math.inf
        if prior.cap is not None and holds and (value <= prior.cap or same(value, prior.cap)):
            found.append(prior)
            continue
        cap = None if prior.cap is None else stage.cap(value)
        status: Status = "optimal" if is_optimal(value, bound) else "feasible"
        found.append(StageResult(stage.priority, tuple(stage.weights), value, bound, cap, status))
        holds = False
    return tuple(found)


def _searched(basis: Basis, searched: Sequence[StageResult]) -> tuple[StageResult, ...]:
    """Return the stages of a search with what each leaves to later ones; none where it bounds nothing."""
    if not searched or not all(math.isfinite(stage.bound) for stage in searched):
        return ()
    policy = basis.run.policy.stages
    caps = [*(stage.cap(one.value) for stage, one in zip(policy[:-1], searched[:-1], strict=True)), None]
    return tuple(replace(one, cap=cap) for one, cap in zip(searched, caps, strict=True))


def _proof(basis: Basis, judge: Judge, stages: tuple[StageResult, ...], pinned: bool, searched: bool) -> _Proof:
    record, prices = basis.record, _prices(basis)
    caps = [stage.cap for stage in stages]
    as_before = all(_alike(cap, stage.cap) for cap, stage in zip(caps, basis.plan.stages, strict=False))
    bound = record.bound if as_before or math.isfinite(stages[-1].bound) else None
    told = _Proof() if bound is None or record.bound_by == BY_PRICES else _Proof(bound, record.bound_by)
    if searched:
        told = _Proof(stages[-1].bound, BY_SEARCH)
    if prices is None:
        return told
    price_bound = record.price_bound
    if pinned or not as_before or price_bound is None or same(price_bound, record.objective):
        # what was proven may have been a hair more than the run's objective, which is all that its record says
        try:
            price_bound = bound_by(judge, {name: float(values[0]) for name, values in prices.items()}, caps)
        except CertificateRefused:
            return told
    if told.bound is None or price_bound >= told.bound:
        return _Proof(price_bound, BY_PRICES, price_bound, prices)
    return replace(told, price_bound=price_bound, prices=prices)


def _alike(cap: float | None, other: float | None) -> bool:
    return cap == other if cap is None or other is None else same(cap, other)


def _prices(basis: Basis) -> Mapping[str, FloatArray] | None:
    """Return the multipliers of the run's certificate, None where it proves nothing."""
    path = basis.run.folder / CERTIFICATE
    if basis.record.price_bound is None or not path.is_file() or sha256(path) != basis.record.files.get(CERTIFICATE):
        return None
    try:
        prices = read_certificate(path)
    except (OSError, ValueError):
        return None
    return prices if all(len(values) == 1 and np.isfinite(values[0]) for values in prices.values()) else None


def _or_nothing(bound: float | None) -> float:
    return -math.inf if bound is None else bound
