"""The names of a policy: measures, roles, customers, and the reps, teams and regions that a mapping labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import pandas as pd

from models.amount import Amount
from models.findings import did_you_mean
from models.org import Org
from models.policy import CUSTOMERS, DEFAULT_ROLE, EVERY_ROLE, line_names
from models.policy_review.notes import Notes, Path

_COMPARED = 5_000


def review_names(notes: Notes) -> None:
    """Look up every name that the policy uses."""
    _measures(notes)
    _roles(notes)
    _ids(notes)
    _labels(notes)
    _unique(notes)


def amounts(notes: Notes) -> Iterator[tuple[Path, Amount, str | None, str]]:
    """Yield every limit with its path, what it is per, and its measure."""
    for at, line in enumerate(notes.policy.capacity):
        for key in ("min", "max"):
            limit = getattr(line, key)
            if limit is not None:
                yield ("capacity", at, key), limit, line.per, line.measure
    for at, budget in enumerate(notes.policy.disruption.budgets):
        yield ("disruption", "budgets", at, "max"), budget.max, budget.per, budget.of


def _measures(notes: Notes) -> None:
    policy = notes.policy
    valid = (CUSTOMERS, *policy.measures)
    if CUSTOMERS in policy.measures:
        notes.add(
            "TP220",
            "The measure 'customers' is always there: each counts 1",
            ("measures", CUSTOMERS),
            hint="Try another name",
        )
    for kind in ("capacity", "balance"):
        for at, line in enumerate(getattr(policy, kind)):
            notes.known("TP220", "measure", line.measure, valid, (kind, at, "measure"))
    for at, budget in enumerate(policy.disruption.budgets):
        notes.known("TP220", "measure", budget.of, valid, ("disruption", "budgets", at, "of"))


def _roles(notes: Notes) -> None:
    policy = notes.policy
    valid = (*policy.roles, EVERY_ROLE)
    for kind in ("capacity", "balance"):
        for at, line in enumerate(getattr(policy, kind)):
            if line.role is not None:
                notes.known("TP221", "role", line.role, valid, (kind, at, "role"))
    columns = [column for column in notes.expressions.columns("rep") if column not in ("rep_id", "name")]
    for name, role in policy.roles.items():
        path: Path = ("roles", name, "same")
        if role.same is None:
            continue
        if name == policy.first_role:
            notes.add(
                "TP221",
                "The first role is the one that the others are paired with",
                path,
                found=f"same: {role.same}",
                hint="Try 'same' on another role" if len(policy.roles) > 1 else "Try a second role",
            )
        else:
            notes.known("TP221", "column of the reps", role.same, columns, path)
    if len(policy.roles) > 1:
        notes.need(("roles",), "reps", "role", why="A policy with several roles")
    if list(policy.roles) != [DEFAULT_ROLE] and not notes.has("customers", "owner_id"):
        notes.warn(
            "TP243",
            "No customer has an owner today in any role",
            ("roles",),
            hint=f"Try columns such as owner_id_{policy.first_role} in {notes.org.source('customers').file}",
        )


def _ids(notes: Notes) -> None:
    if not notes.policy.keep.conflicts:
        return
    positions = set(filter(None, notes.org.customer_positions))  # a table with errors may hold blank ids
    for at, conflict in enumerate(notes.policy.keep.conflicts):
        for customer in conflict.customers:
            if customer not in positions:
                notes.add(
                    "TP222",
                    "Unknown customer",
                    ("keep", "conflicts", at, "customers"),
                    found=repr(customer),
                    hint=_nearest_id(customer, positions),
                )
        if len(set(conflict.customers)) < 2:
            notes.add(
                "TP222",
                "A conflict needs two different customers",
                ("keep", "conflicts", at, "customers"),
                found=", ".join(conflict.customers),
            )


def _nearest_id(word: str, ids: Collection[str]) -> str:
    """Return a hint with the id most like a word; of many ids only those that begin like it are compared."""
    if len(ids) <= _COMPARED:
        return did_you_mean(word, ids)
    folded = word.strip().lower()
    exact = [one for one in ids if one.lower() == folded]
    for length in (4, 3, 2, 1):
        alike = exact or [one for one in ids if one[:length].lower() == folded[:length]]
        if 0 < len(alike) <= _COMPARED:
            return did_you_mean(word, alike)
    return "Try an id as it stands in the customers' table"


def _labels(notes: Notes) -> None:
    for path, amount, per, _ in amounts(notes):
        if amount.by_label is None:
            continue
        if per is None:
            notes.add(
                "TP223",
                "A budget over everything has one limit",
                path,
                found=str(amount),
                hint="Try 'per: rep', 'per: team' or 'per: region' beside it",
            )
            continue
        valid = labels(notes.org, per)
        for label in amount.by_label:
            notes.known("TP223", per, label, valid, path)


def labels(org: Org, per: str) -> tuple[str, ...]:
    """Return the labels that a limit per rep, team or region may name: regions with their ancestors."""
    if per == "rep":
        return tuple(rep for rep in org.rep_ids if isinstance(rep, str))
    if per == "team":
        return tuple(_texts([org.reps["team"]])) if "team" in org.reps else ()
    sources = [org.customers["region"]] if "region" in org.customers else []
    if org.regions is not None:
        sources += [org.regions[name] for name in ("region", "parent") if name in org.regions]
    return tuple(_texts(sources))


def _texts(columns: Iterable[pd.Series]) -> list[str]:
    words = (str(word).strip() for column in columns for word in column.dropna().unique())
    return list(dict.fromkeys(word for word in words if word))


def _unique(notes: Notes) -> None:
    policy = notes.policy
    kinds: list[tuple[Path, tuple[str, ...]]] = [
        (("capacity",), line_names(policy.capacity)),
        (("balance",), line_names(policy.balance)),
        (("disruption", "budgets"), line_names(policy.disruption.budgets)),
        (("eligibility", "rules"), tuple(rule.name for rule in policy.eligibility.rules)),
    ]
    for kind in ("locks", "holdouts", "conflicts", "groups"):
        kinds.append((("keep", kind), tuple(line.name for line in getattr(policy.keep, kind))))
    for path, names in kinds:
        for name, times in Counter(names).items():
            if times > 1:
                second = [at for at, one in enumerate(names) if one == name][1]
                notes.add(
                    "TP224",
                    "Two lines have the same name",
                    (*path, second),
                    found=repr(name),
                    hint="Try a 'name' of its own for each line: reports and --set address lines by name",
                )
