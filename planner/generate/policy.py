"""The policy of a made-up org, written for people: every line says what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.org import Period


@dataclass(frozen=True)
class Terms:
    """What the policy of a generated org depends on; ``names`` are what its lines and scenarios are called."""

    period: Period
    extension: str
    currency: str
    industry: str
    region_same: bool
    strategic: str
    most_strategic: int
    rivals: Sequence[str]
    nearest: int | None
    leaving: str
    hire: str
    seed_line: str
    names: Mapping[str, str]


def policy_text(terms: Terms) -> str:
    """Return planner.yaml for a generated org."""
    called = {key: name.format(industry=terms.industry, leaving=terms.leaving) for key, name in terms.names.items()}
    nearest = (
        f"\n    nearest: {terms.nearest}                        # of the reps who may, only the nearest (and the owner)"
        if terms.nearest
        else ""
    )
    region = (
        "same                       # a rep owns customers of the regions the rep covers; also: neighbour, any"
        if terms.region_same
        else "any                        # few reps, who cover everything; also: same, neighbour"
    )
    conflict = (
        f"""
    conflicts:
      - {{name: {called["rivals"]}, customers: [{", ".join(terms.rivals)}]}}"""
        if len(terms.rivals) > 1
        else ""
    )
    return f"""\
{terms.seed_line}
# All customers and reps are made up. Change a line, run `planner plan`, and see what it does.
version: 1
period: {{start: {terms.period.start}, end: {terms.period.end}}}

tables:
  customers: customers.{terms.extension}
  reps: reps.{terms.extension}
  regions: regions.{terms.extension}

policy:
  measures:                            # what is summed over a book; `customers` (each counts 1) is always there
    workload: {{value: customer.workload_hours, unit: h}}
    potential: {{value: customer.potential, unit: {terms.currency}}}
    revenue: {{value: customer.revenue, unit: {terms.currency}}}

  eligibility:                         # who may own whom at all
    region: {region}
    skills: required                   # customer.required_skills must be met, with their levels{nearest}
    rules:
      - name: {called["senior"]}
        when: customer.segment = '{terms.strategic}'
        require: rep.seniority >= 3
      - name: {called["expert"]}
        when: customer.industry = '{terms.industry}'
        prefer: skill(rep, '{terms.industry}') >= 2
        penalty: 3                     # points for each customer that breaks it

  capacity:                            # hard: never more than this
    - {{measure: workload, max: rep.capacity_workload_hours}}
    - {{measure: customers, max: rep.max_customers}}

  balance:                             # soft: each percent of a rep's target outside the band costs points
    - {{measure: potential, target: rep.share, tolerance: 15%, weight: 2}}
    - {{measure: workload, target: rep.share, tolerance: 20%, weight: 1}}

  keep:
    families: as_today                 # parents and subsidiaries that share a rep today stay together
    locks:
      - {{name: {called["locked"]}, when: customer.locked}}
    holdouts:                          # nobody changes the rep in the middle of a deal
      - name: {called["deal"]}
        when: customer.opportunity_close between period.start and period.start + 45
      - name: {called["renewal"]}
        when: customer.next_renewal between period.start and period.start + 30{conflict}
    groups:
      - name: {called["spread"]}
        when: customer.segment = '{terms.strategic}'
        max: {terms.most_strategic}

  disruption:                          # how much may change; moves that a rule forces are not counted here
    budgets:
      - {{name: {called["moved_customers"]}, of: customers, max: 12%}}
      - {{name: {called["moved_revenue"]}, of: revenue, max: 12%}}
      - {{name: {called["lost"]}, of: revenue, per: rep, side: lost, max: 25%}}
    move_cost: 1 + 0.5 * least(customer.tenure_years, 4)    # points: an old relationship is dearer

  goals:                               # one point of imbalance weighs as much as one point of disruption
    - {{goal: balance, weight: 1}}
    - {{goal: disruption, weight: 1}}
    - {{goal: misfit, weight: 1}}
    - {{goal: travel, weight: 0.02}}     # one point for 50 hours on the road

scenarios:                             # try one: planner plan --scenario "{called["light"]}"
  {called["light"]}: {{set: {{"disruption.budgets[{called["moved_customers"]}].max": 3%}}}}
  {called["leaves"]}: {{reps: {{leave: [{terms.leaving}]}}}}
  {called["hires"]}:
    reps:
      hire: [{terms.hire}]
  {called["grows"]}:
    customers:
      - where: customer.industry = '{terms.industry}'
        set: {{potential: customer.potential * 1.2, workload_hours: customer.workload_hours * 1.2}}
"""
