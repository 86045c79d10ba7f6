"""The plan as a person wants it: eight numbers first, then books, managers, moves, budgets and assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.account import Account
from models.explain.wishes import Heard
from models.findings import Finding
from models.measure_names import begun
from models.names import Called, customer_names, first_of, rep_names
from models.org import IntArray, Org
from models.plan import Plan
from models.policy import CUSTOMERS
from models.summary import BudgetUse, Headline, Portion
from planner.console import Column, Look, Paper, Said, Words
from planner.language import ENGLISH, Language, label
from planner.language.reasons import reason_in_words
from planner.proof import NO_GAP, among, proof_of
from planner.screens.books import show_books, show_capacities
from planner.screens.figures import amount, number, percent, ratio
from planner.screens.requests import show_requests

MOST_MOVES = 8
MOST_LAPSED = 5
MOST_BROKEN = 12
MOST_MANAGERS = 12
MOST_BUDGETS = 10
_CELLS = 12
_STOPPED = {
    "interrupted": "interrupted, the best plan so far",
    "time limit": "time limit, the best plan so far",
    "by hand": "edited by hand",
}


def show_plan(
    paper: Paper,
    account: Account,
    *,
    title: str,
    assumptions: Sequence[Finding] = (),
    detail: bool = False,
    warm: str | None = None,
    heard: Heard | None = None,
    after: str | None = None,
) -> None:
    """Write a plan that assigns everybody: the first screen, and what stands behind it; ``warm`` began it.

    ``heard`` tells what became of wishes, ``after`` is the run that was circulated.
    """
    summary, period = account.summary, account.org.period
    paper.blank()
    paper.line(
        Said(title, "title"),
        Said(f"  {paper.language.day(period.start)} – {paper.language.day(period.end)}  ", "quiet"),
        _status(account.plan, paper.language),
    )
    paper.blank()
    show_headline(paper, summary.headline, account.plan)
    show_books(paper, account, everything=detail)
    show_capacities(paper, account)
    _show_managers(paper, account)
    _show_moves(paper, account, detail=detail)
    show_requests(paper, account, heard, after)
    _show_budgets(paper, summary.budgets)
    show_assumptions(paper, assumptions)
    if detail:
        show_detail(paper, account.plan, warm)


def show_headline(paper: Paper, headline: Headline, plan: Plan) -> None:
    """Write the eight numbers, one a line: what it is, the number, and what it is of."""
    say, loss = paper.language, headline.largest_loss
    gap, gap_note = gap_in_words(plan, say)
    worth = label(say, begun(headline.worth))
    rows: list[tuple[Words, Words, Words]] = [
        (
            say("Chosen moves"),
            f"{number(headline.chosen.amount)} · {percent(headline.chosen.share)}",
            say.plural(
                int(headline.chosen.whole),
                "of {count} customer with a present owner",
                "of {count} customers with a present owner",
            ),
        ),
        (say("Forced, newly assigned"), f"{headline.forced:,} · {headline.newly:,}", _forced_note(headline, say)),
        (say("{measure} moved", measure=worth), percent(headline.revenue.share), _of(headline.revenue, say)),
        (
            say("Reps inside the band"),
            f"{headline.inside.before:,.0f} → {headline.inside.after:,.0f}" if headline.banded_reps else "–",
            say.plural(headline.banded_reps, "of {count} rep", "of {count} reps")
            if headline.banded_reps
            else say("no balance line"),
        ),
        (
            say("Heaviest ÷ lightest book"),
            f"{ratio(headline.evenness.before)} → {ratio(headline.evenness.after)}",
            say("{measure} per share", measure=label(say, headline.evenness_of)),
        ),
        (
            say("Largest loss of {measure}", measure=label(say, headline.worth)),
            percent(loss.portion.share) if loss else "0%",
            f"{loss.name}: {_of(loss.portion, say)}{_forced_besides(loss.forced, say)}"
            if loss
            else say("nobody gives up anything by choice"),
        ),
        (
            say("{measure} frozen", measure=worth),
            percent(headline.frozen.share),
            say("{part}, by locks and holdouts", part=_of(headline.frozen, say)),
        ),
        (say("Certified gap"), gap, gap_note),
    ]
    columns = [Column(), Column(align="right", look="strong"), Column(look="quiet", wrap=True)]
    paper.table(columns, rows)


def gap_in_words(plan: Plan, say: Language = ENGLISH) -> tuple[str, str]:
    """Return the gap as a figure, and what it means in plain words.

    The figure is the gap that anyone can recompute from the certificate, where there is one.
    """
    proof = proof_of(plan)
    if proof.kind == "measured":
        return "–", say("measured as it is, not searched for")
    if proof.gap is None:
        return say("unknown"), say("how much better a plan could be is not known")
    whose = among(plan.stages)
    of = say(", {whose}", whose=say(whose)) if whose else ""
    if proof.kind == "proven":
        solver = "" if proof.solver_gap is None else f" ({proof.solver})"
        return "0%", say("proven: no plan is better") + of + solver
    solver = ""
    if proof.solver_gap is not None:
        solver = say("; {solver} says {gap}", solver=proof.solver, gap=gap_figure(proof.solver_gap))
    return gap_figure(proof.gap), say("no plan can be better by more") + of + solver


def gap_figure(gap: float) -> str:
    """Return a gap as a percentage; what solvers take for nothing is 0%."""
    return "0%" if gap <= NO_GAP else percent(gap)


def show_assumptions(paper: Paper, assumptions: Sequence[Finding]) -> None:
    """Write what was assumed because nothing was said, and what to write to say otherwise."""
    if not assumptions:
        return
    paper.heading("Assumptions", "what nobody said; planner.yaml can say otherwise")
    for finding in assumptions:
        examples = f" ({', '.join(finding.examples)})" if finding.examples else ""
        paper.paragraph(finding.title + examples, bullet="· ")
        if finding.hint:
            paper.paragraph(finding.hint, "quiet", indent=3)


def show_detail(paper: Paper, plan: Plan, warm: str | None = None) -> None:
    """Write what only those ask who know how plans are found: goals in points, bounds, stages, the engine.

    ``warm`` is the run that the solve began with.
    """
    say, judgement = paper.language, plan.judgement
    if judgement is not None:
        paper.heading("Goals", "in points")
        columns = [Column("goal"), Column("value", align="right"), Column("unit"), Column("points", align="right")]
        rows = [
            (label(paper.language, name), f"{goal.value:,.4f}", goal.unit, f"{goal.weighted:,.4f}")
            for name, goal in judgement.goals.items()
        ]
        paper.table(columns, [*rows, (say("objective"), "", "", Said(f"{judgement.objective:,.4f}", "strong"))])
    paper.heading("Proof")
    facts = [
        ("bound", "–" if plan.bound is None else f"{plan.bound:,.4f} points by {plan.bound_by}"),
        (
            "price bound",
            "–" if plan.price_bound is None else f"{plan.price_bound:,.4f} points by the prices in certificate.npz",
        ),
        ("gap", "–" if plan.gap is None else f"{plan.gap:.4%}"),
        ("engine", f"{plan.engine}: {plan.engine_reason}"),
        *([] if warm is None else [("began with", f"run {warm}")]),
        ("stopped by", f"{plan.stopped_by} after {plan.seconds:,.1f} s, seed {plan.seed}"),
    ]
    paper.table([Column(look="quiet"), Column(wrap=True)], [(say(fact), told) for fact, told in facts])
    if len(plan.stages) > 1:
        paper.heading("Stages", "solved one after another; each keeps within the cap of those before")
        columns = [
            Column("priority", align="right"),
            Column("goals"),
            Column("value", align="right"),
            Column("bound", align="right"),
            Column("cap", align="right"),
            Column("status"),
        ]
        paper.table(
            columns,
            [
                (
                    str(stage.priority),
                    ", ".join(stage.goals),
                    f"{stage.value:,.4f}",
                    f"{stage.bound:,.4f}",
                    "–" if stage.cap is None else f"{stage.cap:,.4f}",
                    stage.status,
                )
                for stage in plan.stages
            ],
        )


def show_no_plan(paper: Paper, plan: Plan, org: Org, *, title: str) -> None:
    """Write that no plan can exist, or that none was found in time, and why."""
    say, called = paper.language, Called.of(org)
    paper.blank()
    if plan.status == "infeasible":
        verdict = say("no plan can exist")
    else:
        verdict = say("no plan was found: {reason}", reason=say(plan.stopped_by))
    paper.line(Said(title, "title"), Said(f"  {verdict}", "bad"))
    violations = plan.judgement.violations if plan.judgement is not None else ()
    told = {violation.message for violation in violations}
    for line in plan.explanation:
        if line not in told:
            paper.paragraph(line, bullet="· ")
    if violations:
        paper.heading(
            "Closest attempt", say.plural(len(violations), "it breaks {count} rule", "it breaks {count} rules")
        )
        for violation in violations[:MOST_BROKEN]:
            paper.paragraph([Said(f"{violation.line}:", "quiet"), called.in_words(violation.message)], bullet="· ")
        paper.left_out(len(violations) - MOST_BROKEN, " in plan.json")


def show_written(paper: Paper, folder: Path) -> None:
    """Write where the run was written."""
    paper.blank()
    paper.line(Said(paper.language("Written to"), "quiet"), f" {folder}")


def show_put_beside(paper: Paper, out: Path | None, folder: Path) -> None:
    """Warn where something was put into ``out`` meanwhile, so that what was made lies in another folder."""
    if out is not None and folder != out:
        paper.paragraph(
            f"Something was put into {out} meanwhile, and was left alone: all that was made is in {folder}.", "warn"
        )


def _status(plan: Plan, say: Language) -> Said:
    if plan.status == "optimal":
        return Said(say("optimal"), "good")
    if plan.status == "evaluated":
        return Said(say("as it would be"), "quiet")
    known = _STOPPED.get(plan.stopped_by)
    return Said(say(known) if known else say("stopped: {reason}", reason=say(plan.stopped_by)), "warn")


def _forced_note(headline: Headline, say: Language) -> str:
    note = say("owner may not stay; no owner before")
    return note + (say("; {count} now without owner", count=f"{headline.pooled:,}") if headline.pooled else "")


def _forced_besides(value: float, say: Language) -> str:
    return say(", and {amount} by force", amount=say.brief(value)) if value else ""


def _of(portion: Portion, say: Language) -> str:
    part, whole = say.brief(portion.amount), say.brief(portion.whole)
    return say("{part} of {whole} {unit}", part=part, whole=whole, unit=say(portion.unit)).rstrip()


def _show_managers(paper: Paper, account: Account) -> None:
    summary = account.summary
    if len(summary.flows) < 2 or not len(summary.moves.member):
        return
    say = paper.language
    kind, others = ("manager", "managers") if summary.flow_by == "manager_id" else ("team", "teams")
    paper.heading(say("Moves by {kind}", kind=say(kind)), say("in and out: with other {kind}", kind=say(others)))
    busiest = sorted(summary.flows, key=lambda flow: -(flow.gained + flow.lost + flow.within))
    shown = busiest[:MOST_MANAGERS]
    columns = [Column(kind, shrink=True), *(Column(name, align="right") for name in ("in", "out", "within", "new"))]
    columns.append(Column(say("net {measure}", measure=label(say, summary.headline.worth)), align="right"))
    paper.table(
        columns,
        [
            (
                flow.label,
                *(f"{value:,}" if value else "·" for value in (flow.gained, flow.lost, flow.within, flow.newly)),
                _signed(flow.revenue_gained - flow.revenue_lost),
            )
            for flow in shown
        ],
    )
    paper.left_out(len(busiest) - len(shown), "")


def _show_moves(paper: Paper, account: Account, *, detail: bool) -> None:
    moves = account.summary.moves
    lapsed, others = np.flatnonzero(moves.lapsed), np.flatnonzero(~moves.lapsed)
    if len(lapsed):
        paper.heading("Lapsed locks and holdouts", _of_all(paper.language, len(lapsed), MOST_LAPSED))
        _show_some(paper, account, lapsed[:MOST_LAPSED], detail=detail)
    if len(others):
        beside = _newly_beside(paper.language, account.summary.headline.newly)
        told = _of_all(paper.language, len(others), MOST_MOVES)
        paper.heading("Biggest moves", told + beside if told else "")
        _show_some(paper, account, others[:MOST_MOVES], detail=detail)


def _of_all(say: Language, count: int, shown: int) -> str:
    return say("of {count}; all of them in moves.csv", count=f"{count:,}") if count > shown else ""


def _newly_beside(say: Language, newly: int) -> str:
    """Return where those are who had no owner: they are no moves, though they change hands on a page."""
    if not newly:
        return ""
    return say.plural(newly, "; not the {count} newly assigned", "; not the {count} newly assigned")


def _show_some(paper: Paper, account: Account, at: IntArray, *, detail: bool) -> None:
    """Write the moves at the positions ``at``, each with its reason below, in detail with what staying would cost."""
    moves, headline = account.summary.moves, account.summary.headline
    names = customer_names(account.org, moves.customer[at])
    givers, takers = account.previous_owners(moves.member[at]), rep_names(account.org, moves.after[at])
    rows = [
        (
            str(name),
            f"{giver} → {taker}",
            amount(float(moves.revenue[i]), headline.revenue.unit) if headline.worth != "customers" else "",
            paper.language("forced") if moves.forced[i] else "",
        )
        for i, name, giver, taker in zip(at, names, givers, takers, strict=True)
    ]
    columns = [Column(shrink=True, look="strong"), Column(shrink=True), Column(align="right"), Column(look="warn")]
    whys = account.whys(moves.member[at]) if detail else account.reasons[moves.member[at]]
    paper.table(columns, rows, notes=[reason_in_words(str(why), paper.language) for why in whys])


def _show_budgets(paper: Paper, budgets: Sequence[BudgetUse]) -> None:
    if not budgets:
        return
    tightest: dict[str, BudgetUse] = {}
    for use in budgets:
        if use.name not in tightest or use.share > tightest[use.name].share:
            tightest[use.name] = use
    paper.heading("Budgets used", "of several reps, teams or regions the tightest")
    columns = [
        Column("budget", shrink=True),
        Column("", shrink=True, look="quiet"),
        Column("used", align="right"),
        Column("limit", align="right"),
        Column(),
        Column("", align="right"),
    ]
    paper.table(
        columns,
        [
            (
                use.name,
                "" if use.label == "overall" else use.label,
                number(use.used),
                _limit(use, paper.language),
                usage_bar(use.share),
                percent(use.share),
            )
            for use in list(tightest.values())[:MOST_BUDGETS]
        ],
    )
    for name in tightest:
        small = [use for use in budgets if use.name == name and use.too_small]
        if small:
            whom = first_of((use.label for use in small), MOST_LAPSED)
            whose = "" if small[0].label == "overall" else f" of {whom}"
            paper.paragraph(f"{name}{whose}: no move fits into it", "warn", bullet="· ")


def _limit(use: BudgetUse, say: Language) -> str:
    return say.amount(use.limit, use.unit) if use.unit == CUSTOMERS else amount(use.limit, use.unit)


def usage_bar(share: float) -> tuple[Said, ...]:
    """Return how full something is; full is not bad, overfull is."""
    filled = round(min(share, 1.0) * _CELLS)
    look: Look = "bad" if share > 1 + 1e-9 else "warn" if share > 0.95 else "good"
    return Said("█" * filled, look), Said("·" * (_CELLS - filled), "quiet")


def _signed(value: float) -> str:
    if not value:
        return "·"
    return ("+" if value > 0 else "−") + number(abs(value))
