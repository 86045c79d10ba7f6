"""The goals of a policy: each once, all weighed or all in order, each with something to measure."""

from __future__ import annotations

from models.policy import Goal
from models.policy_review.effects import can_measure_distance
from models.policy_review.notes import Notes, Path


def review_goals(notes: Notes) -> None:
    """Judge the list of goals, and refuse lines whose goal is not listed."""
    _listed_once(notes)
    _lines_without_their_goal(notes)
    _priorities(notes)
    for at, goal in enumerate(notes.policy.goals):
        _something_to_measure(notes, ("goals", at), goal)
        if goal.weight == 0 and goal.max is None:
            notes.warn(
                "TP235",
                f"The goal {goal.goal!r} has weight 0 and counts for nothing",
                ("goals", at, "weight"),
                hint="Try a weight above 0, or leave the goal out",
            )
    if not notes.policy.goals:
        notes.warn(
            "TP233",
            "There are no goals: any plan that keeps the rules is as good as any other",
            ("goals",),
            hint="Try 'goals: [{goal: balance}, {goal: disruption}]'",
        )


def _listed_once(notes: Notes) -> None:
    seen: set[str] = set()
    for at, goal in enumerate(notes.policy.goals):
        if goal.goal in seen:
            notes.add("TP231", "A goal is listed twice", ("goals", at), found=goal.goal, hint="Try one line for it")
        seen.add(goal.goal)


def _lines_without_their_goal(notes: Notes) -> None:
    policy = notes.policy

    def refuse(goal: str, path: Path, what: str) -> None:
        if policy.goal(goal) is None:
            notes.add(
                "TP230",
                f"{what} counts in the goal {goal!r}, which is not listed",
                path,
                hint=f"Try to add '- {{goal: {goal}, weight: 1}}' under 'goals'",
            )

    for at in range(len(policy.balance)):
        refuse("balance", ("balance", at), "A balance line")
    for at, rule in enumerate(policy.eligibility.rules):
        if rule.prefer is not None:
            refuse("misfit", ("eligibility", "rules", at), "A 'prefer' rule")
    if policy.eligibility.skills == "preferred":
        refuse("misfit", ("eligibility", "skills"), "'skills: preferred'")
    if policy.disruption.move_cost is not None:
        refuse("disruption", ("disruption", "move_cost"), "A move cost")


def _priorities(notes: Notes) -> None:
    goals = notes.policy.goals
    ranked = [at for at, goal in enumerate(goals) if goal.priority is not None]
    if not ranked:
        return
    for at, goal in enumerate(goals):
        if goal.priority is None:
            notes.add(
                "TP232",
                "Some goals have a priority, this one has none",
                ("goals", at),
                found=goal.goal,
                hint="Try a priority for every goal, or weights only",
            )
    slacks: dict[int, str] = {}
    last = max(goals[at].priority or 0 for at in ranked)
    for at in ranked:
        goal = goals[at]
        assert goal.priority is not None
        if goal.slack is None:
            continue
        if slacks.setdefault(goal.priority, str(goal.slack)) != str(goal.slack):
            notes.add(
                "TP232",
                "Goals of one priority share one slack",
                ("goals", at, "slack"),
                found=f"{slacks[goal.priority]} and {goal.slack}",
                hint="Try the same slack on both",
            )
        if goal.priority == last:
            notes.warn(
                "TP232", "The slack of the last priority has no effect: nothing comes after it", ("goals", at, "slack")
            )


def _something_to_measure(notes: Notes, path: Path, goal: Goal) -> None:
    policy = notes.policy
    if goal.goal == "travel" and not can_measure_distance(notes):
        notes.add(
            "TP234",
            "The goal 'travel' needs to know how far it is",
            path,
            found="neither drive_minutes in the pairs nor lat and lon of customers and reps",
            hint="Try to add lat and lon to both tables, or to leave the goal out",
        )
    preferences = any(rule.prefer is not None for rule in policy.eligibility.rules)
    no_owner = not notes.has("customers", "owner_id") and "no customer has an owner today"
    nothing = {
        "balance": not policy.balance and "there is no balance line",
        "misfit": not preferences and policy.eligibility.skills != "preferred" and "nothing is preferred",
        "disruption": no_owner,
        "moves": no_owner,
        "pool": policy.pool is None and "there is no pool",
        "wishes": notes.org.wishes is None and "there is no table of wishes",
        "changes": notes.org.proposal is None and "there is no table with a circulated proposal",
    }.get(goal.goal)
    if nothing:
        notes.warn("TP233", f"The goal {goal.goal!r} has nothing to measure: {nothing}", path)
