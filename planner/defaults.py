"""What is assumed where a project says nothing: the policy of bare files.

Every assumption is a finding of severity ``note``: what was assumed, and the YAML that says otherwise.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.expression.columns import stored
from models.findings import Finding, Place
from models.org import Org
from models.policy import Policy
from models.presence import departed, owners_today

PolicyDocument = dict[str, Any]
MONEY = ("revenue", "potential")
REGION_SAME = "A rep looks after customers of the own regions"
SKILLS_REQUIRED = "A rep needs the skills that a customer requires"
_PLAIN = re.compile(r"[^\W\d][\w .%/*()+-]*", re.UNICODE)


def assumed(said: str, change: Any = None, *, examples: tuple[str, ...] = (), count: int = 1) -> Finding:
    """Return an assumption: what was assumed, and a piece of ``planner.yaml`` that says otherwise."""
    hint = None if change is None else f"Try '{flow(change)[1:-1] if isinstance(change, Mapping) else change}'"
    return Finding("TP290", said, Place(), hint=hint, severity="note", count=count, examples=examples)


def flow(value: Any) -> str:
    """Write a plain value as one line of YAML.

    >>> flow({"capacity": [{"measure": "workload", "max": "40%"}], "strict": True})
    '{capacity: [{measure: workload, max: 40%}], strict: true}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) or re.fullmatch(r"\d+(\.\d+)?%", value)
        words = value.lower() in ("true", "false", "null", "yes", "no", "on", "off", "~")
        return value if plain and not words and value == value.strip() else json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@dataclass
class Inferred:
    """The policy of bare files as a document, what it assumes, and what there is to warn about."""

    policy: dict[str, Any] = field(default_factory=dict)
    assumptions: list[Finding] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def assume(self, said: str, change: Any = None, **more: Any) -> None:
        """Note an assumption; ``change`` is what would stand under ``policy:``."""
        self.assumptions.append(assumed(said, change, **more))


def infer_policy(org: Org) -> Inferred:
    """Return the usual policy for the columns that the tables have.

    Books are balanced on revenue and number of customers by share, few customers move, and the rules switch on for
    which there are columns: region, skills, capacity, locks, holdouts, families.
    """
    inferred = Inferred()
    inferred.assume("No policy was given, so the usual one is used; the run's inputs hold it as YAML to start from")
    money = _measures(org, inferred)
    _balance(org, inferred, money)
    _eligibility(org, inferred)
    _capacity(org, inferred)
    _keep(org, inferred)
    _disruption(org, inferred, money)
    _goals(org, inferred)
    _name_the_unusual(org, inferred, money)
    return inferred


def _numeric(org: Org, table: str, column: str) -> bool:
    frame = org.customers if table == "customers" else org.reps
    return org.has(table, column) and pd.api.types.is_numeric_dtype(frame[column].dtype)


def _measures(org: Org, inferred: Inferred) -> str | None:
    """Infer the measure that books are worth: revenue, else potential."""
    money = next((name for name in MONEY if _numeric(org, "customers", name)), None)
    if money is None:
        inferred.assume("There is no revenue and no potential, so only the number of customers is balanced")
        return None
    values = org.customers[money].to_numpy(dtype=float)
    _blanks(org, inferred, money, values)
    value = f"customer.{money}"
    if (values < 0).any():
        value = f"greatest({value}, 0)"
        said = f"Negative {money} counts 0: {int((values < 0).sum()):,} customers"
        inferred.assume(said, {"measures": {money: {"value": f"customer.{money}"}}})
    inferred.policy["measures"] = {money: {"value": value, "default": 0}}
    return money if np.nansum(np.maximum(values, 0)) > 0 else None


def _blanks(org: Org, inferred: Inferred, column: str, values: np.ndarray) -> None:
    blank = np.flatnonzero(np.isnan(values))
    if len(blank):
        source = org.source("customers")
        inferred.findings.append(
            Finding(
                "TP291",
                f"Blank {column} counts 0",
                source.place(int(blank[0]), column),
                found=f"{len(blank):,} customers without {column}",
                hint="Try to fill the cells",
                severity="warning",
                count=len(blank),
                examples=tuple(str(org.customer_ids[at]) for at in blank[:5]),
            )
        )


def _balance(org: Org, inferred: Inferred, money: str | None) -> None:
    lines = [{"measure": "customers", "target": "rep.share", "tolerance": "20%", "weight": 1}]
    if money is not None:
        lines.insert(0, {"measure": money, "target": "rep.share", "tolerance": "15%", "weight": 3})
    inferred.policy["balance"] = lines
    for line in lines:
        what = "the number of customers" if line["measure"] == "customers" else str(line["measure"])
        inferred.assume(
            f"Books are balanced on {what} by share, within {line['tolerance']}, weight {line['weight']}",
            {"balance": [line]},
        )


def _eligibility(org: Org, inferred: Inferred) -> None:
    eligibility: dict[str, Any] = {}
    if org.has("customers", "region") and org.has("reps", "regions"):
        eligibility["region"] = "same"
        inferred.assume(REGION_SAME, {"eligibility": {"region": "any"}})
    if org.has("customers", "required_skills") and org.has("reps", "skills"):
        eligibility["skills"] = "required"
        inferred.assume(SKILLS_REQUIRED, {"eligibility": {"skills": "ignored"}})
    if eligibility:
        inferred.policy["eligibility"] = eligibility


def _capacity(org: Org, inferred: Inferred) -> None:
    lines: list[dict[str, Any]] = []
    for column in sorted(org.given.get("reps", frozenset())):
        kind, _, measure = column.partition("_")
        key = {"capacity": "max", "max": "max", "min": "min"}.get(kind)
        if key is None or not _numeric(org, "reps", column) or not _measured(org, inferred, measure):
            continue
        line = next((one for one in lines if one["measure"] == measure and key not in one), None)
        if line is None:
            line = {"name": column, "measure": measure}
            lines.append(line)
        line[key] = f"rep.{column}"
        inferred.assume(f"The reps' {column} is a hard limit", {"capacity": [line]})
    if lines:
        inferred.policy["capacity"] = lines


def _measured(org: Org, inferred: Inferred, name: str) -> bool:
    """Tell whether there is a measure of that name, making it of the column where there is one."""
    measures = inferred.policy.setdefault("measures", {})
    if name == "customers" or name in measures:
        return True
    if not _numeric(org, "customers", name):
        return False
    values = org.customers[name].to_numpy(dtype=float)
    if (values < 0).any():
        return False
    _blanks(org, inferred, name, values)
    measures[name] = {"value": f"customer.{name}", "default": 0}
    return True


def _keep(org: Org, inferred: Inferred) -> None:
    keep: dict[str, Any] = {}
    if org.has("customers", "family_id"):
        keep["families"] = "as_today"
        inferred.assume("Families that share an owner today stay together", {"keep": {"families": "free"}})
    if org.has("customers", "locked") and stored(org.customers["locked"]).kind == "flag":
        keep["locks"] = [{"name": "locked", "when": "customer.locked"}]
        inferred.assume("Customers marked as locked stay", {"keep": {"locks": []}})
    holdouts = []
    for column, days, name in (("opportunity_close", 45, "deal about to close"), ("next_renewal", 90, "renewal")):
        if org.has("customers", column) and stored(org.customers[column]).kind == "date":
            when = f"customer.{column} between period.start and period.start + {days}"
            holdouts.append({"name": f"{name} within {days} days", "when": when})
    if org.has("customers", "open_opportunity") and stored(org.customers["open_opportunity"]).kind == "flag":
        holdouts.append({"name": "open opportunity", "when": "customer.open_opportunity"})
    if holdouts:
        keep["holdouts"] = holdouts
        said = f"Customers stay while the rep may keep them: {', '.join(one['name'] for one in holdouts)}"
        inferred.assume(said, {"keep": {"holdouts": []}})
    if keep:
        inferred.policy["keep"] = keep


def _disruption(org: Org, inferred: Inferred, money: str | None) -> None:
    if not org.has("customers", "owner_id"):
        return
    budgets: list[dict[str, Any]] = [{"name": "moved customers", "of": "customers", "max": "10%"}]
    if money is not None:
        budgets.append({"name": f"moved {money}", "of": money, "max": "10%"})
    measure = money or "customers"
    budgets.append({"name": "lost per rep", "of": measure, "per": "rep", "side": "lost", "max": "20%"})
    inferred.policy["disruption"] = {"budgets": budgets}
    most = "10% of the customers" + (f", 10% of the {money}" if money else "")
    inferred.assume(
        f"At most {most} move by choice, and no rep loses over 20% of the own {measure}",
        {"disruption": {"budgets": [{**budgets[0], "max": "5%"}, *budgets[1:]]}},
    )


def _goals(org: Org, inferred: Inferred) -> None:
    goals: list[dict[str, Any]] = [{"goal": "balance", "weight": 1}]
    if org.has("customers", "owner_id"):
        goals.append({"goal": "disruption", "weight": 1})
    if _knows_distances(org):
        goals.append({"goal": "travel", "weight": 0.5})
    inferred.policy["goals"] = goals
    named = ", ".join(f"{one['goal']} {one['weight']}" for one in goals)
    inferred.assume(f"The goals are weighed: {named}", {"goals": goals})


def _knows_distances(org: Org) -> bool:
    """Tell whether every customer and every rep at work has coordinates."""
    if not all(org.has(table, name) for table in ("customers", "reps") for name in ("lat", "lon")):
        return False
    here = ~departed(org)
    return bool(
        org.customers[["lat", "lon"]].notna().all(axis=None)
        and org.reps.loc[here, ["lat", "lon"]].notna().all(axis=None)
    )


def _name_the_unusual(org: Org, inferred: Inferred, money: str | None) -> None:
    """Name the customers larger than half a book, and the reps without a book."""
    here = np.flatnonzero(~departed(org))
    if money is not None and len(here):
        values = np.nan_to_num(np.maximum(org.customers[money].to_numpy(dtype=float), 0))
        large = np.flatnonzero(values > values.sum() / len(here) / 2)
        large = large[np.argsort(-values[large], kind="stable")]
        if len(large):
            inferred.assume(
                f"1 customer is larger than half a book of {money}: it cannot be divided"
                if len(large) == 1
                else f"{len(large):,} customers are larger than half a book of {money}: they cannot be divided",
                examples=tuple(str(org.customer_ids[at]) for at in large[:5]),
                count=len(large),
            )
    if org.has("customers", "owner_id"):
        owners = owners_today(org, Policy())[0]
        new = [at for at in here if at not in set(owners[owners >= 0].tolist())]
        if new:
            inferred.assume(
                (
                    "1 rep without a book today counts"
                    if len(new) == 1
                    else f"{len(new):,} reps without a book today count"
                )
                + " as full: share 1 unless the reps' share says less",
                examples=tuple(str(org.rep_ids[at]) for at in new[:5]),
                count=len(new),
            )
