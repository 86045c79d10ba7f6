"""What became of wishes: which the plan honours, and what each of the others would have cost."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.check.obstacles import obstacles
from models.check.requests import Wishes
from models.explain.answer import Answer, Evidence, Pin
from models.explain.instead import cost_in_words, others_in_words, points, what_changes
from models.explain.question import Questions
from models.formulation.build import Formulation, formulate
from models.names import rep_names
from models.org import BoolArray, Org
from models.outcome import Outcome
from models.plan import Plan
from models.policy import Policy
from models.stop import Stop

MOST_ASKED = 12
"""Refused wishes for which is solved again, the weightiest first; what others would cost is told by prices."""
SHARE, LEAST_SECONDS = 0.25, 5.0
"""Of a time limit, what is added to ask about wishes, and the least of it."""


@dataclass(frozen=True)
class Refusal:
    """Why a wish is not honoured.

    Attributes
    ----------
    why : str
        In plain words.
    cost : float or None
        Points beyond what honouring the wish is worth by its weight; None where no plan can honour it, or nothing is
        known.
    low, high : float
        Between which points that lies, by what is proven.
    evidence : str or None
        How that is known, see :class:`~models.explain.answer.Answer`; ``proven`` where no plan can honour it.
    """

    why: str
    cost: float | None = None
    low: float = 0.0
    high: float = np.inf
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Heard:
    """The wishes of an org, and what a plan makes of them.

    Attributes
    ----------
    wishes : Wishes
        One entry for each role that a wish speaks of.
    honoured : bool array, shape (wishes,)
    refusals : mapping of wish to Refusal
        One for each wish that is not honoured.
    """

    wishes: Wishes
    honoured: BoolArray
    refusals: dict[int, Refusal] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of wishes."""
        return len(self.honoured)

    @property
    def refused_points(self) -> float:
        """The weights of the refused wishes, added up."""
        return float(self.wishes.weight[~self.honoured].sum())


def hear_wishes(
    org: Org, policy: Policy, plan: Plan, stop: Stop | None = None, most_asked: int = MOST_ASKED
) -> Heard | None:
    """Tell what a plan makes of the wishes of an org; None where there are none, or the plan assigns nobody.

    Parameters
    ----------
    stop
        The rule by which the plan was found. With a time limit, a quarter of it is added, and when that is over what
        is left is told by prices.
    most_asked
        For how many refused wishes is solved again.
    """
    if org.wishes is None or plan.assignment is None or plan.judgement is None:
        return None
    with Outcome(org, policy, plan) as outcome:
        wishes = outcome.judge.wishes
        assert wishes is not None
        honoured = wishes.honoured(plan.assignment.owners)
        heard = Heard(wishes, honoured)
        open_ = np.flatnonzero(~honoured).tolist()
        why = obstacles(outcome.judge, wishes) if open_ else ()
        for wish in open_:
            if why[wish] is not None:
                heard.refusals[wish] = Refusal(str(why[wish]), low=np.inf, evidence="proven")
        open_ = [wish for wish in open_ if wish not in heard.refusals]
        if open_ and plan.judgement.feasible and plan.status != "evaluated":
            rule = Stop() if stop is None else stop.after_it(SHARE, LEAST_SECONDS)
            _ask(outcome, heard, open_, rule, most_asked)
    for wish in open_:
        heard.refusals.setdefault(wish, Refusal("what it would cost is not known"))
    return heard


def _ask(outcome: Outcome, heard: Heard, open_: list[int], stop: Stop, most_asked: int) -> None:
    """Ask what honouring the wishes at ``open_`` would cost."""
    org, policy, wishes = outcome.org, outcome.policy, heard.wishes
    formulation = _with_wished_pairs(formulate(org, policy), wishes, open_)
    weightiest = sorted(open_, key=lambda wish: (-wishes.weight[wish], wishes.row[wish], wish))
    asked = [int(wishes.customer[wish]) for wish in weightiest[:most_asked]]
    with Questions(org, policy, outcome.plan, formulation, customers=asked) as questions:
        for number, wish in enumerate(weightiest):
            pins = [Pin(*_of(wishes, wish), kept=bool(wishes.kind[wish] != "not"))]
            solved = number < most_asked and stop.reason is None
            answer = questions.ask(pins, stop) if solved else questions.estimated(pins)
            if answer.state == "unknown":
                answer = questions.estimated(pins)
            heard.refusals[wish] = _refusal(outcome, wishes, wish, answer)


def _of(wishes: Wishes, wish: int) -> tuple[int, int, int]:
    return int(wishes.customer[wish]), int(wishes.role[wish]), int(wishes.rep[wish])


def _with_wished_pairs(formulation: Formulation, wishes: Wishes, open_: list[int]) -> Formulation:
    """Return a formulation in which every pair that is wished for can be chosen, where pairs are streamed."""
    if formulation.whole is None:
        return formulation
    pairs = {
        (int(formulation.units.unit_of[role, customer]), rep)
        for customer, role, rep in (_of(wishes, wish) for wish in open_ if wishes.kind[wish] != "not")
    }
    listed = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return formulation.widened(listed[:, 0], listed[:, 1]) if len(listed) else formulation


def _refusal(outcome: Outcome, wishes: Wishes, wish: int, answer: Answer) -> Refusal:
    what = _what(outcome.org, wishes, wish)
    if answer.cost is None:
        return Refusal(f"{what} no plan keeps every hard rule", low=np.inf, evidence="proven")
    text = f"{what} it would cost {cost_in_words(answer)}"
    if answer.cost > 0 and len(outcome.policy.stages) == 1:
        weighs = float(wishes.weight[wish]) * outcome.policy.stages[0].weights.get("wishes", 0.0)
        text += f" beyond the {points(weighs)} that it weighs"
    if answer.plan is not None:
        others = others_in_words(outcome.org, what_changes(outcome, answer).others)
        text += f": {others}" if others else ""
    return Refusal(text, max(answer.cost, 0.0), answer.low, answer.high, answer.evidence)


def _what(org: Org, wishes: Wishes, wish: int) -> str:
    rep = str(rep_names(org, wishes.rep[wish : wish + 1])[0])
    return {"with": f"with {rep}", "not": f"with anyone but {rep}", "keep": f"staying with {rep}"}[wishes.kind[wish]]
