"""What a comparison comes to in sentences, never more certain than its figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.policy import CUSTOMERS
from planner.comparison_record import ComparisonRecord, JudgedEntry
from planner.language import Language, measure_word
from planner.report.blocks import Fact
from planner.report.comparison.rows import ComparisonRows
from scenarios.comparing.row_definition import CERTIFIED_GAP, GAP

EVEN = ("goals.balance", "reps_inside_band_share", "heaviest_to_lightest", "customers.cv")
"""By which books are even, the first that tells scenarios apart: balance counts how far books are outside, too."""
CALM = ("moved_share", "revenue_moved_share")
MOST_NAMED = 3


@dataclass(frozen=True)
class ComparisonWords:
    """The sentences of one comparison."""

    record: ComparisonRecord
    rows: ComparisonRows
    say: Language

    @property
    def allowed(self) -> list[int]:
        """Positions of the scenarios with a plan that breaks no rule."""
        return [at for at, one in enumerate(self.record.scenarios) if one.allowed]

    @property
    def unfound(self) -> list[int]:
        """Positions of the scenarios whose search ended before any plan: nobody knows whether there is one."""
        return [at for at, one in enumerate(self.record.scenarios) if one.status == "no_plan"]

    @cached_property
    def peers(self) -> list[int]:
        """Positions of those with a plan whose org is the baseline's; all with a plan where these are less than two."""
        alike = [at for at in self.allowed if not self._of_another_org(at)]
        return alike if len(alike) > 1 else self.allowed

    def headline(self) -> str:
        """Return what it comes to: which scenario is best in what, what it costs, and what of that is not certain.

        More reps or fewer are another org, in which books are more even or less for that alone: such scenarios are
        left out where others can be compared, and else told with that.
        """
        named = {*self._best(EVEN), *self._best(CALM), self.rows.position(self.record.baseline)}
        pairs = [pair for pair in self.rows.uncertain("objective") if set(pair) <= named]
        if not pairs:
            return self._best_in_what()
        unsure = self.say(
            "By the goals as weighed, it is not certain which is better of {pairs}.", pairs=self.pairs(pairs)
        )
        return f"{self._best_in_what()} {unsure}"

    def _best_in_what(self) -> str:
        say, allowed = self.say, self.allowed
        if not allowed and self.unfound:
            return say("No plan that keeps all hard rules was found for any of the scenarios compared.")
        if not allowed:
            return say("None of the scenarios compared has a plan that keeps all hard rules.")
        if len(allowed) == 1:
            return self._only(allowed[0])
        even, calm = self._first(EVEN), self._first(CALM)
        if even is None and calm is None:
            return say(
                "The {count} scenarios with a plan that keeps all hard rules are alike in how even the books are and "
                "in how many customers move.",
                count=say.number(len(allowed)),
            )
        if even is None or calm is None:
            return self._one_sided(even, calm)
        most, least = self.rows.best_among(even, self.peers), self.rows.best_among(calm, self.peers)
        both = [at for at in most if at in least]
        if both:
            return say(
                "Best in both how even books are and how few customers move by choice is {who}: {even}, at "
                "the cost of {cost}.",
                who=self._called(both),
                even=self._what(even, both[0]),
                cost=self._cost(both[0]),
            )
        return say(
            "Books are most even in {even_who}: {even}, at the cost of {cost}; fewest move by choice in {calm_who}: "
            "{calm}, with {loss}.",
            even_who=self._called(most),
            even=self._what(even, most[0]),
            cost=self._cost(most[0]),
            calm_who=self._called(least),
            calm=self._what(calm, least[0]),
            loss=self._what(even, least[0]),
        )

    def caution(self) -> list[str]:
        """Return what is not certain of the headline."""
        say = self.say
        open_ = [at for at in self.allowed if self.record.scenarios[at].status == "feasible"]
        pairs = self.rows.uncertain("objective")
        told: list[str] = []
        if pairs:
            told.append(
                say(
                    "By the goals as weighed, it is not certain which is better of {pairs}: what is proven of them "
                    "overlaps, and a longer search may decide.",
                    pairs=self.pairs(pairs),
                )
            )
        if open_:
            told.append(
                say(
                    "These plans are not proven best, and better ones may exist: {names}.",
                    names=say.listed([self._open(at) for at in open_]),
                )
            )
        if self.unfound:
            told.append(
                say(
                    "The search for {names} ended before there was any plan: with more time there may be one.",
                    names=self._listed(self.unfound),
                )
            )
        told += [
            say("{name} is of another org than {baseline}: {what}.", name=self.rows.names[at],
                baseline=self.rows.name(self.record.baseline), what=say.listed(others))
            for at in self.allowed
            if (others := self._of_another_org(at))
        ]  # fmt: skip
        early = [at for at in open_ if self._ended_at_its_gap(at)]
        if early:
            told.append(
                say(
                    "The search for {names} ended at the gap that was asked for: planned by itself, such a scenario "
                    "may be proven further or come out a little better.",
                    names=self._listed(early),
                )
            )
        return told

    def facts(self) -> Iterator[Fact]:
        """Yield who is best in each of the numbers that leaders ask for first."""
        say = self.say
        questions = (
            ("reps_inside_band_share", say("Most reps inside the band")),
            ("heaviest_to_lightest", say("Heaviest ÷ lightest book is least")),
            ("moved_share", say("Fewest customers moved by choice")),
            ("revenue_at_risk_low", say("Least revenue at risk")),
            ("objective", say("Best by the goals as weighed")),
        )
        for name, label in questions:
            best = self.rows.best(name)
            if not best:
                continue
            rivals = sorted({one for pair in self.rows.uncertain(name) for one in pair if set(pair) & set(best)})
            rivals = [at for at in rivals if at not in best]
            others = self._of_another_org(best[0])
            if others:
                note = say("{figure}; with {others}", figure=self.rows.text(name, best[0]), others=say.listed(others))
                yield Fact(label, self._listed(best), note, "warn")
            elif rivals:
                note = say("{figure}; not certain against {names}", figure=self.rows.text(name, best[0]),
                           names=self._listed(rivals))  # fmt: skip
                yield Fact(label, self._listed(best), note, "warn")
            else:
                yield Fact(label, self._listed(best), self.rows.text(name, best[0]), "good")
        without = [one for one in self.record.scenarios if not one.allowed]
        if without:
            yield Fact(
                say("Without a plan that keeps all rules"),
                say.number(len(without)),
                self._named([self.rows.name(one.name) for one in without]),
                "bad",
            )

    def gates(self) -> Iterator[str]:
        """Yield what each gate says; those that speak of what may not be seen are left out."""
        say = self.say
        for gate in self.record.gates:
            if self.rows.hides(gate.condition):
                continue
            if gate.passed and not gate.unknown:
                yield say("Gate passed: no scenario has {condition}.", condition=gate.condition)
            elif gate.passed:
                yield say(
                    "Gate passed, as far as can be told: no scenario has {condition}; not judged, as a value is "
                    "missing: {names}.",
                    condition=gate.condition,
                    names=self._named([self.rows.name(one) for one in gate.unknown]),
                )
            else:
                failing = [self._failing(one) for one in gate.failing]
                yield say("Gate failed: {condition} is true of {names}.", condition=gate.condition,
                          names=say.listed(failing))  # fmt: skip
                if gate.unknown:
                    unknown = [self.rows.name(one) for one in gate.unknown]
                    yield say("Not judged, as a value is missing: {names}.", names=self._named(unknown))

    def pairs(self, pairs: Sequence[tuple[int, int]]) -> str:
        """Return pairs of scenarios by name."""
        names = self.rows.names
        return self._named([self.say("{a} and {b}", a=names[a], b=names[b]) for a, b in pairs])

    # ---- pieces ------------------------------------------------------------------------------------------------

    def _only(self, at: int) -> str:
        told = "Only {name} has a plan that keeps all hard rules: {even}, at the cost of {cost}."
        found = "Only for {name} was a plan found that keeps all hard rules: {even}, at the cost of {cost}."
        return self.say(
            found if self.unfound else told,
            name=self.rows.names[at],
            even=self._what(self._known(EVEN, at), at),
            cost=self._cost(at),
        )

    def _one_sided(self, even: str | None, calm: str | None) -> str:
        name = even or calm
        assert name is not None
        best = self.rows.best_among(name, self.peers)
        if even is not None:
            return self.say(
                "Books are most even in {who}: {even}, at the cost of {cost}.",
                who=self._called(best),
                even=self._what(name, best[0]),
                cost=self._cost(best[0]),
            )
        return self.say("Fewest move by choice in {who}: {calm}; books are equally even in all.",
                        who=self._called(best), calm=self._what(name, best[0]))  # fmt: skip

    def _best(self, names: Sequence[str]) -> list[int]:
        name = self._first(names)
        return [] if name is None else self.rows.best_among(name, self.peers)

    def _first(self, names: Sequence[str]) -> str | None:
        return next((name for name in names if self.rows.best_among(name, self.peers)), None)

    def _known(self, names: Sequence[str], at: int) -> str:
        return next((name for name in names if not math.isnan(self.rows.values(name)[at])), names[-1])

    def _what(self, name: str, at: int) -> str:
        """Return a figure with what it is of; of balance what people can picture."""
        if name == "goals.balance":
            known = [one for one in EVEN[1:3] if not math.isnan(self.rows.values(one)[at])]
            if known:
                return self.say.listed([self._what(one, at) for one in known])
        said = self.rows.text(name, at)
        texts = {
            "goals.balance": "an imbalance of {figure}",
            "reps_inside_band_share": "{figure} of reps inside the band",
            "heaviest_to_lightest": "the heaviest book {figure} times the lightest",
            "customers.cv": "a variation of {figure} in customers per rep",
            "moved_share": "{figure} of customers",
            "revenue_moved_share": "{figure} of revenue",
        }
        return self.say(texts[name], figure=said)

    def _cost(self, at: int) -> str:
        """Return what a scenario costs: customers moved, by force too, and revenue at risk where it is known."""
        say = self.say
        cost = say("moving {moved} of customers by choice", moved=self.rows.text("moved_share", at))
        forced = self.rows.values("forced_moves")[at]
        if forced > 0:
            cost = say.plural(round(forced), "{cost} and {count} by force", "{cost} and {count} by force", cost=cost)
        if math.isnan(self.rows.values("revenue_at_risk_low")[at]):
            return cost
        risk = self.rows.text("revenue_at_risk_low", at)
        return say("{cost}, with {risk} of revenue at risk", cost=cost, risk=risk)

    def _of_another_org(self, at: int) -> list[str]:
        """Return in what a scenario's org differs from the baseline's: reps, customers, and what they are worth."""
        say, base = self.say, self.record.scenarios[self.rows.position(self.record.baseline)].figures
        figures = self.record.scenarios[at].figures
        if base is None or figures is None or base.reps is None or figures.reps is None:
            return []
        told = []
        if figures.reps.present != base.reps.present:
            reps = say.plural(figures.reps.present, "{count} rep", "{count} reps")
            told.append(say("{what} instead of {other}", what=reps, other=say.number(base.reps.present)))
        for measure, there in figures.measures.items():
            was = base.measures.get(measure)
            if was is None or was.unit != there.unit or there.by_owner or not self.rows.sees(measure):
                continue
            if math.isclose(there.total, was.total, rel_tol=1e-6, abs_tol=1e-9):
                continue
            if measure == CUSTOMERS:
                total = say.plural(round(there.total), "{count} customer", "{count} customers")
            else:
                amount = say.brief_amount(there.total, there.unit)
                total = say("{measure} of {amount}", measure=measure_word(measure, say), amount=amount)
            told.append(say("{what} instead of {other}", what=total, other=say.brief_amount(was.total, was.unit)))
        return told

    def _ended_at_its_gap(self, at: int) -> bool:
        figures = self.record.scenarios[at].figures
        return figures is not None and figures.stopped_by == "gap"

    def _open(self, at: int) -> str:
        gap = self.rows.values(CERTIFIED_GAP)[at]
        name = self.rows.names[at]
        if math.isnan(gap):
            return self.say("{name} (nothing is proven)", name=name)
        said, solver = self.say.percent(gap), self.say.percent(self.rows.values(GAP)[at])
        if said == solver or math.isnan(self.rows.values(GAP)[at]):
            return self.say("{name} (gap {gap})", name=name, gap=said)
        return self.say("{name} (certified gap {gap}, by the solver {solver})", name=name, gap=said, solver=solver)

    def _called(self, positions: Sequence[int]) -> str:
        """Return scenarios by name, those of another org with what differs."""
        names = []
        for at in positions:
            others = self._of_another_org(at)
            name = self.rows.names[at]
            names.append(self.say("{name} ({what})", name=name, what=self.say.listed(others)) if others else name)
        return self._named(names)

    def _listed(self, positions: Sequence[int]) -> str:
        return self._named([self.rows.names[at] for at in positions])

    def _named(self, names: Sequence[str]) -> str:
        more = len(names) - MOST_NAMED
        if more <= 0:
            return self.say.listed(list(names))
        return self.say.listed([*names[:MOST_NAMED], self.say("{count} more", count=self.say.number(more))])

    def _failing(self, judged: JudgedEntry) -> str:
        """Return a scenario that fails with the values that decide."""
        values = ", ".join(self._value(name, value) for name, value in judged.values.items() if name != "scenario")
        return f"{self.rows.name(judged.scenario)} ({values})" if values else self.rows.name(judged.scenario)

    def _value(self, name: str, value: float | str | None) -> str:
        said = self.say("missing") if value is None else value if isinstance(value, str) else f"{value:.6g}"
        return f"{name} = {said}"
