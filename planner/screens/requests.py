"""What became of what managers asked for: wishes, and a proposal that was circulated."""

from __future__ import annotations

import numpy as np

from models.account import Account
from models.explain.wishes import Heard
from models.names import customer_names, rep_names
from models.plan import POOLED
from planner.circulated import Changed, changed_since
from planner.console import Paper, Said
from planner.screens.figures import number
from planner.screens.findings import counted

MOST_REFUSED = 3
MOST_CHANGED = 6


def show_requests(paper: Paper, account: Account, heard: Heard | None, after: str | None) -> None:
    """Write how many wishes are honoured with the weightiest that are not, and how much of a proposal changes."""
    judgement = account.plan.judgement
    if after is not None and judgement is not None and "changes" in judgement.goals:
        count = judgement.goals["changes"].value
        said = "as it was" if not count else f"{number(count)} of its customers changed"
        paper.heading("Proposal", paper.language("run {name}", name=after))
        paper.paragraph(said, bullet="· ")
        changed = changed_since(account)
        for one in changed[:MOST_CHANGED]:
            name, words = _changed(account, one)
            paper.paragraph([Said(f"{name}:", "strong"), words], indent=3)
        paper.left_out(len(changed) - MOST_CHANGED, "", indent=3)
    if heard is None:
        return
    refused = heard.count - int(heard.honoured.sum())
    paper.heading("Wishes", "" if not refused else "all of them in wishes.csv")
    paper.paragraph(
        f"{counted(heard.count, 'wish', 'wishes')}: {heard.count - refused:,} honoured, {refused:,} refused"
    )
    weightiest = sorted(heard.refusals, key=lambda wish: (-heard.wishes.weight[wish], heard.wishes.row[wish], wish))
    for wish in weightiest[:MOST_REFUSED]:
        name = str(customer_names(account.org, heard.wishes.customer[wish : wish + 1])[0])
        paper.paragraph([Said(f"{name}:", "strong"), heard.refusals[wish].why], bullet="· ")


def _changed(account: Account, one: Changed) -> tuple[str, str]:
    """Return the name of a customer, and from whom to whom it went since the proposal."""
    org, owned, roles = account.org, account.ownership, account.policy.role_names
    there = org.rep_positions.get(one.proposed or "", POOLED)
    was, now = rep_names(org, np.array([there, owned.after[one.member]]))
    if one.proposed is not None and there == POOLED:
        was = one.proposed
    whose = f" as {roles[owned.role[one.member]]}" if len(roles) > 1 else ""
    rejected = ", which was rejected" if one.answer == "no" else ""
    (name,) = customer_names(org, owned.customer[one.member : one.member + 1])
    return str(name), f"{was} → {now}{whose}{rejected}"
