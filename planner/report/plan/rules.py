"""The rules of a plan in plain words."""

from __future__ import annotations

from planner.report.blocks import Section, Sentences
from planner.report.plan.brief import Brief
from planner.report.policy.told import told_policy
from planner.report.policy.words import policy_in_words


def rules(brief: Brief) -> Section:
    """Return the policy, each of its lines as a sentence."""
    say = brief.say
    policy, left_out = told_policy(brief.policy, brief.scope)
    chapters = policy_in_words(policy, say, brief.discretion.allows)
    blocks = [Sentences(f"policy_{chapter.key}", chapter.lines, chapter.title) for chapter in chapters]
    if left_out:
        line = say.plural(left_out, "{count} line is not shown.", "{count} lines are not shown.")
        blocks.append(Sentences("policy_left_out", (line,)))
    return Section(
        "policy",
        say("Policy in plain words"),
        tuple(blocks),
        say("A condition on a blank does not hold. Names, and formulas that have no words, are quoted as they stand."),
    )
