"""Random tiny orgs of which managers ask for something: wishes, a circulated proposal, or both.

Orgs and policies are those of ``tests.tiny``; what is asked is drawn apart, so that these stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.org import Org
from models.policy import Policy
from planner.columns import TABLES
from tests.tables import frame_of
from tests.tiny import tiny_document


def asked(seed: int) -> tuple[Org, Policy]:
    """Return a tiny org with wishes, a proposal or both, and its policy with the goals that count them."""
    org, document = tiny_document(seed)
    rng = np.random.default_rng([seed, 7])
    both = rng.random()
    goals = [*document["goals"]]
    if both < 0.7:
        org = replace(org, wishes=_wishes(org, document, rng))
        goals.append(_goal("wishes", goals, rng))
    if both > 0.3:
        org = replace(org, proposal=_proposal(org, document, rng))
        goals.append(_goal("changes", goals, rng))
    return org, Policy.model_validate({**document, "goals": goals})


def _goal(name: str, goals: list[dict[str, Any]], rng: np.random.Generator) -> dict[str, Any]:
    line: dict[str, Any] = {"goal": name, "weight": float(rng.choice([1.0, 0.5, 3.0]))}
    if any("priority" in goal for goal in goals):
        line["priority"] = int(rng.choice([1, 2]))
        slack = next((goal.get("slack") for goal in goals if goal["priority"] == line["priority"]), None)
        if slack is not None:
            line["slack"] = slack
    return line


def _role(document: dict[str, Any], rng: np.random.Generator) -> str | None:
    roles = list(document.get("roles") or ["owner"])
    return str(rng.choice(roles)) if rng.random() < 0.6 else None


def _rep(org: Org, rng: np.random.Generator) -> str:
    return "dan" if rng.random() < 0.05 else str(rng.choice(org.rep_ids.astype(str)))


def _wishes(org: Org, document: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for _ in range(int(rng.integers(1, 9))):
        kind = str(rng.choice(["with", "not", "keep"]))
        rows.append(
            {
                "customer_id": str(rng.choice([*org.customer_ids.astype(str), "C99"])),
                "rep_id": None if kind == "keep" else _rep(org, rng),
                "kind": kind,
                "weight": float(rng.choice([0.1, 0.2, 1.0, 2.5, 7.0])),
                "role": _role(document, rng),
            }
        )
    return frame_of(TABLES["wishes"], rows)


def _proposal(org: Org, document: dict[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for role in document.get("roles") or ["owner"]:
        for customer in [*org.customer_ids.astype(str), "C99"]:
            if rng.random() < 0.85:
                rep = None if document.get("pool") and rng.random() < 0.15 else _rep(org, rng)
                answer = rng.random()
                rows.append(
                    {
                        "customer_id": customer,
                        "role": role,
                        "rep_id": rep,
                        "accepted": "yes" if answer < 0.05 else "no" if answer < 0.18 else None,
                    }
                )
    return frame_of(TABLES["proposal"], rows)
