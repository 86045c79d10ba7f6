"""Random policies for the tiny orgs: lines of every kind, only such as fit the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.tiny import Draft

Line = dict[str, Any]


def policy_for(draft: Draft) -> Line:
    """Draw a policy, as it would be written in YAML."""
    policy: Line = {
        "measures": {
            "workload": {"value": "customer.workload_hours", "unit": "h"},
            "revenue": {"value": "customer.revenue", "unit": "USD"},
            "potential": {"value": "customer.potential", "unit": "USD", "default": 4},
        },
        "eligibility": _eligibility(draft),
        "keep": _keep(draft),
    }
    if draft.pairs is not None:
        policy["measures"]["load"] = {"value": "pair.load * 1.5", "unit": "h", "default": 3}
    elif draft.chance(0.3):
        policy["measures"]["load"] = {"value": "customer.workload_hours / rep.seniority", "unit": "h"}
    if len(draft.roles) == 2:
        policy["roles"] = _roles(draft)
    if draft.pool:
        penalty = draft.pick("3", "1 + 0.2 * customer.revenue", "20")
        policy["pool"] = {
            "when": draft.pick("customer.tier = 'C'", "TRUE", "customer.revenue < 20"),
            "penalty": penalty,
        }
    policy["capacity"] = [_capacity(draft, policy) for _ in range(draft.pick(0, 1, 1, 1, 2, 2, 3))]
    policy["balance"] = [_balance(draft, policy) for _ in range(draft.pick(0, 1, 1, 1, 2))]
    policy["disruption"] = {"budgets": [_budget(draft) for _ in range(draft.pick(0, 0, 1, 1, 2))]}
    policy["goals"] = _goals(draft, policy)
    for lines in (policy["capacity"], policy["balance"], policy["disruption"]["budgets"]):
        for place, line in enumerate(lines):
            if len(lines) > 1 or draft.chance(0.3):
                line["name"] = f"line {place + 1}"
    for section in ("balance", "capacity", "keep"):
        if not policy[section]:
            del policy[section]
    return policy


def _eligibility(draft: Draft) -> Line:
    line: Line = {
        "region": draft.pick("any", "same", "same", "neighbour" if draft.regions else "any"),
        "skills": draft.pick("ignored", "required", "required", "preferred"),
    }
    if line["skills"] == "preferred" and draft.chance(0.5):
        line["skills_penalty"] = draft.pick(0.5, 4)
    if len(draft.reps) > 1 and draft.chance(0.2):
        line["nearest"] = draft.pick(1, 2, 2)
    rules = []
    if draft.chance(0.25):
        need = draft.pick("rep.seniority >= 2", "skill(rep, 'cloud') >= 1", "rep.team <> 'blue'")
        rules.append({"name": "key customers", "when": "customer.tier = 'A'", "require": need})
    if draft.chance(0.12) and draft.pairs is not None:
        rules.append({"name": "fit", "when": "pair.fit is not null", "require": "pair.fit >= 1"})
    if draft.chance(0.35):
        rules.append(
            {
                "name": "seniors first",
                "when": draft.pick("customer.tier in ('A', 'B')", "customer.revenue > 15 and rep.share >= 1"),
                "prefer": draft.pick("rep.seniority >= 3", "rep.team = 'red'"),
                "penalty": draft.pick(2, 10, "0.1 * customer.revenue + rep.seniority"),
            }
        )
    if draft.chance(0.15):
        rules.append({"name": "same manager", "prefer": "rep.manager_id = 'm1'"})
    if rules:
        line["rules"] = rules
    return line


def _keep(draft: Draft) -> Line:
    keep: Line = {
        "families": draft.pick("as_today", "together", "free", {"together_when": "customer.revenue >= 10"}),
    }
    if draft.chance(0.45):
        keep["locks"] = [{"name": "locked in the CRM", "when": "customer.locked"}]
        if draft.chance(0.2):
            keep["locks"].append({"name": "large", "when": "customer.revenue > 36"})
    if draft.chance(0.3):
        soon = "customer.next_renewal between period.start and period.start + 90"
        keep["holdouts"] = [{"name": "renewal", "when": draft.pick(soon, "customer.tenure_years > 5")}]
    if len(draft.customers) > 2 and draft.chance(0.2):
        some = draft.rng.permutation(draft.customer_ids)[: draft.pick(2, 2, 3)]
        keep["conflicts"] = [{"name": "competitors", "customers": [str(one) for one in some]}]
    if draft.chance(0.35):
        keep["groups"] = [_group(draft)]
    return keep


def _group(draft: Draft) -> Line:
    """Draw a group whose limit is about what the planted books have."""
    column, labels = draft.pick(("segment", ("strategic", "core")), ("tier", ("A", "B")), ("tier", ("C",)))
    counts = [sum(row[column] in labels for row in draft.book(rep)) for rep in draft.rep_ids]
    group: Line = {
        "name": "strategic ones",
        "when": f"customer.{column} in ({', '.join(map(repr, labels))})",
        "per": draft.pick("rep", "team"),
    }
    if draft.chance(0.25):
        group["min"] = min(1, *counts, 1)
    if "min" not in group or draft.chance(0.5):
        group["max"] = max(1, *counts, 1) + draft.pick(0, 0, 0, 1, -1)
    return group


def _roles(draft: Draft) -> Line:
    service: Line = {}
    if draft.chance(0.7):
        service["when"] = draft.pick(
            "customer.tier in ('A', 'B')", "customer.revenue > 15", "customer.segment is not null"
        )
    if draft.chance(0.45):
        service["same"] = draft.pick("team", "team", "manager_id")
        for rep in draft.reps:
            if draft.chance(0.7):
                rep[service["same"]] = "red" if service["same"] == "team" else "m1"
    sales: Line = {"when": "customer.tier is not null"} if draft.chance(0.1) else {}
    return {"sales": sales, "service": service}


def _role(draft: Draft) -> Line:
    if len(draft.roles) == 1 or draft.chance(0.5):
        return {}
    return {"role": draft.pick("sales", "service", "all")}


def _column(measure: str) -> str:
    return {"workload": "workload_hours"}.get(measure, measure)


def _teams(draft: Draft) -> list[str]:
    return sorted({rep["team"] for rep in draft.reps} - {None})


def _regions(draft: Draft) -> list[str]:
    """Regions that a line may name: those of the customers."""
    return list(dict.fromkeys(row["region"] for row in draft.customers if row["region"]))


def _whole(draft: Draft, measure: str) -> float:
    """What all customers carry together."""
    if measure == "customers":
        return float(len(draft.customers))
    if measure == "load":
        return 3.0 * len(draft.customers)
    return sum(row[_column(measure)] or 0.0 for row in draft.customers)


def _heaviest(draft: Draft, measure: str) -> float:
    """What the heaviest planted book carries."""
    if measure == "customers":
        return float(max(len(draft.book(rep)) for rep in draft.rep_ids))
    if measure == "load":
        return 3.5 * max(len(draft.book(rep)) for rep in draft.rep_ids)
    return max(draft.load(_column(measure), rep) for rep in draft.rep_ids)


def _limit(draft: Draft, measure: str, amount: float) -> Any:
    """Write a limit near an amount, as a number or (where that is allowed) as a percentage."""
    whole = _whole(draft, measure)
    if measure == "load" or not whole or draft.chance(0.6):
        return draft.near(amount)
    return f"{round(100 * draft.near(amount) / whole, 1)}%"


def _capacity(draft: Draft, policy: Line) -> Line:
    kinds = ("own", "own", "rep", "rep", "count", "count", "least", "team", "team", "region", "labels")
    kind = draft.pick(*kinds, *(["region"] * 4 if draft.pool else []))
    measure = draft.pick("workload", "revenue", "potential", *(["load"] if "load" in policy["measures"] else []))
    heaviest, role = _heaviest(draft, measure), _role(draft)
    if kind == "own":
        return {"measure": "workload", "max": "rep.capacity_workload_hours", **role}
    if kind == "count":
        most = draft.pick("rep.max_customers", max(1, int(draft.near(_heaviest(draft, "customers")))), "60%")
        least = {"min": "10%" if most == "60%" else draft.pick(0, 1, 1)} if draft.chance(0.4) else {}
        return {"measure": "customers", "max": most, **least, **role}
    if kind == "least":
        return {"measure": "revenue", "min": draft.pick("5%", "15%", 3, draft.whole(1, 12)), **role}
    if kind == "labels":
        labels = [str(rep) for rep in draft.rng.permutation(draft.rep_ids)[:2]]
        return {"measure": measure, "max": {rep: _limit(draft, measure, heaviest) for rep in labels}, **role}
    if kind == "team" and _teams(draft):
        labels = _teams(draft)[: draft.whole(1, 2)]
        by_team = {team: _limit(draft, measure, heaviest * 1.4) for team in labels}
        most = draft.pick(by_team, _limit(draft, measure, heaviest * 1.4))
        return {"measure": measure, "per": "team", "max": most, **role}
    if kind == "region" and _regions(draft):
        return {"per": "region", **_capacity_of_regions(draft, measure), **role}
    return {"measure": measure, "max": _limit(draft, measure, heaviest), **role}


def _capacity_of_regions(draft: Draft, measure: str) -> Line:
    if draft.regions is not None and draft.chance(0.4):
        return {"measure": "workload", "max": "region.most_hours"}
    if draft.pool and draft.chance(0.3):
        return {"measure": "customers", "min": {draft.pick(*_regions(draft)): 1}}
    labels = _regions(draft)[: draft.whole(1, 3)]
    by_region = {region: _limit(draft, measure, _inside(draft, measure, region)) for region in labels}
    most = max(_inside(draft, measure, region) for region in labels)
    return {"measure": measure, "max": draft.pick(by_region, _limit(draft, measure, most * 1.4))}


def _inside(draft: Draft, measure: str, region: str) -> float:
    """What the customers of a region carry together."""
    inside = [row for row in draft.customers if row["region"] == region]
    return 3.0 * len(inside) if measure == "load" else sum(row[_column(measure)] or 0.0 for row in inside)


def _balance(draft: Draft, policy: Line) -> Line:
    line: Line = {"measure": draft.pick("revenue", "revenue", "workload", "potential", "customers"), **_role(draft)}
    line["tolerance"] = draft.pick("0%", "5%", "10%", "20%")
    line["weight"] = draft.pick(1, 1, 0.5, 3)
    line["target"] = draft.pick("equal", "share", "rep.share", "rep.seniority", "rep.max_customers")
    if draft.chance(0.2):
        line["target"] = draft.near(_whole(draft, line["measure"]) / len(draft.reps)) + 1
        if "load" in policy["measures"]:
            line["measure"] = draft.pick("load", line["measure"])
    elif draft.chance(0.35):
        line["within"] = draft.pick("region", "team")
    return line


def _budget(draft: Draft) -> Line:
    of = draft.pick("customers", "customers", "revenue", "workload", "potential")
    per = draft.pick(None, None, "rep", "rep", "region", "team")
    labels = {"rep": draft.rep_ids, "region": _regions(draft), "team": _teams(draft)}.get(per, [])
    amount: Any = draft.pick("0%", "25%", "34%", "50%", "60%", "100%", "150%")
    if draft.chance(0.35):
        amount = draft.pick(0, 1, 1, 2) if of == "customers" else draft.near(_whole(draft, of) / 3)
    if not labels:
        return {"of": of, "max": amount}
    if draft.chance(0.35):
        amount = {draft.pick(*labels): amount}
    side = {} if per == "region" else {"side": draft.pick("lost", "gained")}
    return {"of": of, "per": per, **side, "max": amount}


def _goals(draft: Draft, policy: Line) -> list[Line]:
    goals: list[Line] = []
    rules = policy["eligibility"].get("rules", ())
    if policy["balance"]:
        goals.append({"goal": "balance"})
    if policy["eligibility"]["skills"] == "preferred" or any("prefer" in rule for rule in rules):
        goals.append({"goal": "misfit"})
    if draft.chance(0.8) or not goals:
        goals.append({"goal": "disruption"})
        cost = draft.pick(
            None,
            "2",
            "1 + 0.5 * least(customer.tenure_years, 4)",
            "coalesce(rep.seniority, 3) * 0.7",
            "customer.revenue / 10",
        )
        if cost is not None:
            policy["disruption"]["move_cost"] = cost
    if draft.chance(0.1):
        goals.append({"goal": "moves"})
    if draft.chance(0.3):
        goals.append({"goal": "travel", **draft.pick({}, {"speed_kmh": 80}, {"default": 1.5})})
    if draft.pairs is not None and draft.chance(0.4):
        goals.append(
            {
                "goal": "cost",
                **draft.pick({"value": "pair.cost", "default": 2.5}, {"value": "coalesce(pair.cost, 7) * 2"}),
                "unit": "USD",
            }
        )
    if draft.pool and draft.chance(0.5):
        goals.append({"goal": "pool"})
    if len(goals) > 1 and draft.chance(0.3):
        slacks = {1: draft.pick(None, "0%", "10%", 0, 2), 2: draft.pick(None, 1)}
        for place, goal in enumerate(goals):
            goal["priority"] = min(place + 1, 3) if draft.chance(0.7) else draft.whole(1, 2)
            if draft.chance(0.3):
                goal["weight"] = draft.pick(0.5, 2)
        last = max(goal["priority"] for goal in goals)
        for goal in goals:
            slack = slacks.get(goal["priority"])
            if slack is not None and goal["priority"] < last:
                goal["slack"] = slack
        return goals
    for goal in goals:
        goal["weight"] = draft.pick(1, 1, 0.5, 0.1, 3)
    return goals
