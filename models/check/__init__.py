"""The checker: recomputes a plan from org, policy and assignment alone.

Written apart from every formulation and engine, on purpose: candidates, rows, goals and the objective are rebuilt
here from the tables, and only the evaluation of SQL expressions is shared. Rooms: ``roster`` (who is there),
``holdings`` (today's books), ``families`` (units), ``eligibility``, ``kinds``, ``neighbourhoods`` and ``shortlists``
(who may own whom, without looking at every pair), ``nearest`` (ranks by distance), ``stays`` (locks, holdouts),
``company`` (groups, conflicts, pairs, pool), ``requests`` (wishes, answers to a proposal), ``amounts`` (limits,
targets), ``books`` (capacities), ``budgets``, ``costs`` and ``goals``, ``judge``, ``acceptance`` and ``obstacles`` (why
what was asked for cannot be). For the bound that a certificate proves: ``candidates`` (who may own whom),
``multipliers`` (what a price may be), ``row_prices`` (rows that add up books), ``tallies`` (rows that count customers),
``bound``.
"""

from models.check.judge import Judge, judge

__all__ = ["Judge", "judge"]
