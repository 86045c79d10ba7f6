"""The rules of a plan in plain words."""

from __future__ import annotations

from planner.report.blocks import Section, Sentences
from planner.report.plan.brief import Brief
from planner.report.policy_words import policy_in_words


def rules(brief: Brief) -> Section:
    """Return the policy, each of its lines as a sentence."""
    say = brief.say
    chapters = policy_in_words(brief.policy, say, brief.discretion.allows)
    blocks = tuple(Sentences(f"policy_{chapter.key}", chapter.lines, chapter.title) for chapter in chapters)
    return Section(
        "policy", say("Policy in plain words"), blocks, say("Names and conditions are quoted as they stand.")
    )
