"""What became of what managers asked for: wishes, and a proposal that was circulated."""

from __future__ import annotations

from models.account import Account
from models.explain.wishes import Heard
from models.names import customer_names
from planner.console import Paper, Said
from planner.screens.figures import number
from planner.screens.findings import counted

MOST_REFUSED = 3


def show_requests(paper: Paper, account: Account, heard: Heard | None, after: str | None) -> None:
    """Write how many wishes are honoured with the weightiest that are not, and how much of a proposal changes."""
    judgement = account.plan.judgement
    if after is not None and judgement is not None and "changes" in judgement.goals:
        changed = judgement.goals["changes"].value
        said = "as it was" if not changed else f"{number(changed)} of its customers changed"
        paper.heading("Proposal", f"run {after}")
        paper.paragraph(said, bullet="· ")
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
