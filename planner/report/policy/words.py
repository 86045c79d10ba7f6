"""A policy in plain words: each of its lines as a sentence; names are the user's own, as they stand.

Expressions are said in words; those that have none are quoted as they stand.

What a line means is said in models/README.md; here it is only read out, to people who do not read YAML.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.policy import (
    Balance,
    Budget,
    Capacity,
    Goal,
    Group,
    Policy,
    Rule,
    Together,
    line_names,
)
from planner.language import Language, begun
from planner.report.policy.phrases import Phrases


@dataclass(frozen=True)
class Chapter:
    """Sentences on one part of a policy."""

    key: str
    title: str
    lines: tuple[str, ...]


def policy_in_words(policy: Policy, say: Language, allows: Callable[[str], bool] = lambda _: True) -> list[Chapter]:
    """Return a policy chapter by chapter, in the order in which it is written; chapters without a line are left out.

    ``allows`` tells which texts of the user may be told; others are left out of their sentences.
    """
    return _Reading(policy, say, allows).chapters()


class _Reading:
    def __init__(self, policy: Policy, say: Language, allows: Callable[[str], bool]) -> None:
        self.policy, self.say, self.allows = policy, say, allows
        self.words = Phrases(policy, say, allows)

    def chapters(self) -> list[Chapter]:
        say = self.say
        made = [
            Chapter("measures", say("What is measured"), tuple(self.measures())),
            Chapter("roles", say("Roles"), tuple(self.roles())),
            Chapter("eligibility", say("Who may own whom"), tuple(self.eligibility())),
            Chapter("capacity", say("Limits of books"), tuple(self.capacity())),
            Chapter("balance", say("Fair books"), tuple(self.balance())),
            Chapter("keep", say("What stays, and who belongs together"), tuple(self.keep())),
            Chapter("disruption", say("How much may change"), tuple(self.disruption())),
            Chapter("pool", say("Customers without an owner"), tuple(self.pool())),
            Chapter("goals", say("What is striven for"), tuple(self.goals())),
        ]
        return [chapter for chapter in made if chapter.lines]

    def measures(self) -> list[str]:
        lines = []
        for name, measure in self.policy.measures.items():
            called = self.words.measure(name)
            text = self.say("{measure} is {value}", measure=begun(called), value=self.words.value(measure.value))
            if measure.unit:
                text += self.say(", in {unit}", unit=measure.unit)
            if measure.default is not None:
                text += self.say("; a blank counts as {default}", default=self.words.exact(measure.default))
            lines.append(self.words.sentence(text))
        return lines

    def roles(self) -> list[str]:
        if len(self.policy.roles) == 1 and next(iter(self.policy.roles.values())).when is None:
            (name,) = self.policy.roles
            return (
                []
                if name == "owner"
                else [self.say("Every customer has one owner, as {role}.", role=self.words.quoted(name))]
            )
        lines = []
        for name, role in self.policy.roles.items():
            if role.when is None:
                text = self.say("Every customer has an owner as {role}", role=self.words.quoted(name))
            else:
                text = self.say(
                    "Where {condition}, a customer has an owner as {role}",
                    condition=self.words.condition(role.when),
                    role=self.words.quoted(name),
                )
            if role.same is not None:
                text += self.say(
                    ", of the same {column} as the owner as {first}",
                    column=self.words.column(role.same),
                    first=self.words.quoted(self.policy.first_role),
                )
            lines.append(self.words.sentence(text))
        return lines

    def eligibility(self) -> list[str]:
        given, say = self.policy.eligibility, self.say
        lines = [
            {
                "same": say("A rep owns only customers of the regions that the rep covers."),
                "neighbour": say(
                    "A rep owns only customers of the regions that the rep covers, and of regions next to them."
                ),
                "any": say("A rep may own customers of any region."),
            }[given.region]
        ]
        if given.skills == "required":
            lines.append(say("A rep must have the skills that a customer requires."))
        elif given.skills == "preferred":
            penalty = self.words.exact(1.0 if given.skills_penalty is None else given.skills_penalty)
            lines.append(
                say(
                    "A rep should have the skills that a customer requires; each customer with a rep who has not "
                    "costs {points} points.",
                    points=penalty,
                )
            )
        if given.nearest is not None:
            lines.append(
                say.plural(
                    given.nearest,
                    "Only the nearest rep of each customer may own it, and today's owner.",
                    "Only the {count} nearest reps of each customer may own it, and today's owner.",
                )
            )
        lines += [self.rule(rule) for rule in given.rules]
        if self.policy.strict:
            lines.append(say("Strict: data that is doubtful counts as wrong."))
        return lines

    def rule(self, rule: Rule) -> str:
        say = self.say
        named = say("{name}: ", name=self.words.quoted(rule.name))
        if rule.when is not None:
            named += say("where {condition}, ", condition=self.words.condition(rule.when))
        if rule.require is not None:
            return named + say("it is required that {requirement}.", requirement=self.words.condition(rule.require))
        return named + say(
            "it is preferred that {preference}; each customer for which that does not hold costs {cost}.",
            preference=self.words.condition(rule.prefer or ""),
            cost=self.words.cost(rule.penalty_points),
        )

    def capacity(self) -> list[str]:
        lines = []
        for name, line in zip(line_names(self.policy.capacity), self.policy.capacity, strict=True):
            lines.append(self.words.named(name, line.measure, self.capacity_line(line)))
        return lines

    def capacity_line(self, line: Capacity) -> str:
        unit = self.words.unit(line.measure)
        least, most = (None if one is None else self.words.amount(one, unit) for one in (line.min, line.max))
        if any(one is not None and one.expression is not None for one in (line.min, line.max)):
            return self.own_capacity(line, self.words.within_own(least, most))
        return self.say(
            {
                "rep": "each rep carries {range} of {measure}{role}",
                "team": "each team carries {range} of {measure}{role}",
                "region": "each region carries {range} of {measure}{role}",
            }[line.per],
            range=self.words.within(least, most),
            measure=self.words.measure(line.measure),
            role=self.words.of_role(line.role),
        )

    def own_capacity(self, line: Capacity, limits: str) -> str:
        """Return a limit that has words of its own: "at most the rep's capacity of workload" would say it twice."""
        return self.say(
            {
                "rep": "of {measure}, each rep carries {range}{role}",
                "team": "of {measure}, each team carries {range}{role}",
                "region": "of {measure}, each region carries {range}{role}",
            }[line.per],
            range=limits,
            measure=self.words.measure(line.measure),
            role=self.words.of_role(line.role),
        )

    def balance(self) -> list[str]:
        return [
            self.words.named(name, line.measure, self.balance_line(line))
            for name, line in zip(line_names(self.policy.balance), self.policy.balance, strict=True)
        ]

    def balance_line(self, line: Balance) -> str:
        say = self.say
        target = (
            say("the same for all")
            if line.target.expression == "equal"
            else self.words.amount(line.target, self.words.unit(line.measure))
        )
        text = say(
            "{measure} of each rep is to be within {tolerance} of the target ({target}){role}; each percent outside "
            "costs {weight} points",
            measure=self.words.measure(line.measure),
            tolerance=f"{self.words.exact(round(100 * line.tolerance, 9))}%",
            target=target,
            role=self.words.of_role(line.role),
            weight=self.words.exact(line.weight),
        )
        if line.within == "region":
            text += say(", targets being set within each region")
        elif line.within == "team":
            text += say(", targets being set within each team")
        return text

    def keep(self) -> list[str]:
        keep, say = self.policy.keep, self.say
        if isinstance(keep.families, Together):
            lines = [
                say(
                    "Families stay together where {condition}.",
                    condition=self.words.condition(keep.families.together_when),
                )
            ]
        else:
            lines = [
                {
                    "as_today": say("Families that share a rep today stay together."),
                    "together": say("Families are together with one rep."),
                    "free": say("Members of a family may have different reps."),
                }[keep.families]
            ]
        lines += [
            say(
                "{name}: where {condition}, that customer stays with its owner, whatever other rules say.",
                name=self.words.quoted(lock.name),
                condition=self.words.condition(lock.when),
            )
            for lock in keep.locks
        ]
        lines += [
            say(
                "{name}: where {condition}, that customer stays with its owner as long as the owner may own it.",
                name=self.words.quoted(holdout.name),
                condition=self.words.condition(holdout.when),
            )
            for holdout in keep.holdouts
        ]
        for conflict in keep.conflicts:
            shown = [one for one in conflict.customers if self.allows(one)]
            whom = say.listed(shown) if len(shown) == len(conflict.customers) else say("(not shown)")
            lines.append(
                say(
                    "{name}: no two of {customers} may be with one rep.",
                    name=self.words.quoted(conflict.name),
                    customers=whom,
                )
            )
        return lines + [self.group(group) for group in keep.groups]

    def group(self, group: Group) -> str:
        least, most = (None if one is None else self.words.exact(one) for one in (group.min, group.max))
        return self.say(
            {
                "rep": "{name}: of the customers where {condition}, each rep has {range}.",
                "team": "{name}: of the customers where {condition}, each team has {range}.",
            }[group.per],
            name=self.words.quoted(group.name),
            range=self.words.within(least, most),
            condition=self.words.condition(group.when),
        )

    def disruption(self) -> list[str]:
        given, say = self.policy.disruption, self.say
        lines = [
            self.words.named(name, budget.of, self.budget(budget))
            for name, budget in zip(line_names(given.budgets), given.budgets, strict=True)
        ]
        if given.move_cost is not None:
            lines.append(say("A chosen move costs {cost}.", cost=self.words.cost(given.move_cost)))
        return lines

    def budget(self, budget: Budget) -> str:
        unit = self.words.unit(budget.of)
        pattern = {
            (None, None): "chosen moves carry at most {most} of {measure}",
            ("region", None): "chosen moves carry at most {most} of {measure} in each region",
            ("rep", "lost"): "each rep loses at most {most} of {measure} by chosen moves",
            ("rep", "gained"): "each rep gains at most {most} of {measure} by chosen moves",
            ("team", "lost"): "each team loses at most {most} of {measure} by chosen moves",
            ("team", "gained"): "each team gains at most {most} of {measure} by chosen moves",
        }[budget.per, budget.side]
        return self.say(pattern, most=self.words.amount(budget.max, unit), measure=self.words.measure(budget.of))

    def pool(self) -> list[str]:
        pool = self.policy.pool
        if pool is None:
            return []
        return [
            self.say(
                "Where {condition}, a customer may be left without an owner, which costs {cost}.",
                condition=self.words.condition(pool.when),
                cost=self.words.cost(pool.penalty),
            )
        ]

    def goals(self) -> list[str]:
        say, goals = self.say, self.policy.goals
        ranked = any(goal.priority is not None for goal in goals)
        lines = []
        if ranked:
            lines.append(
                say(
                    "Goals are pursued one after another; a later one gives up nothing of an earlier one but its slack."
                )
            )
        elif len(goals) > 1:
            lines.append(say("Goals are weighed against each other."))
        return lines + [self.goal(goal, ranked=ranked) for goal in goals]

    def goal(self, goal: Goal, *, ranked: bool) -> str:
        say = self.say
        text = self.say(
            {
                "balance": "Fair books",
                "disruption": "Little disruption, by the cost of moves",
                "moves": "Few chosen moves",
                "misfit": "Reps who fit their customers",
                "travel": "Little travel",
                "cost": "Low cost",
                "pool": "Few customers without an owner",
                "wishes": "Wishes honoured",
                "changes": "Few changes since the proposal",
            }[goal.goal]
        )
        if goal.value is not None:
            text += say(" ({value})", value=self.words.value(goal.value))
        if ranked:
            text += say(": priority {priority}", priority=goal.priority or 1)
            text += (
                say(", weight {weight}", weight=self.words.exact(goal.points_per_unit))
                if goal.weight is not None
                else ""
            )
        else:
            text += say(": weight {weight}", weight=self.words.exact(goal.points_per_unit))
        if goal.slack is not None:
            slack = self.words.amount(goal.slack, "" if goal.slack.percent is not None else say("points"))
            text += say(", slack {slack}", slack=slack)
        if goal.unit:
            text += say(", in {unit}", unit=goal.unit)
        if goal.max is not None:
            text += say(", never more than {most}", most=self.words.amount(goal.max, goal.unit))
        if goal.default is not None:
            text += say("; a blank counts as {default}", default=self.words.exact(goal.default))
        if goal.speed_kmh is not None:
            text += say("; at {speed} km/h", speed=self.words.exact(goal.speed_kmh))
        return self.words.sentence(text)
