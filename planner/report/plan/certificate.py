"""The certificate in plain words: how much better another plan could be, and how sure that is."""

from __future__ import annotations

from planner.language import Language
from planner.proof import NO_GAP, Provable, proof_of


def certificate_in_words(plan: Provable, broken: int, say: Language) -> str:
    """Return in a clause what is proven of a plan; ``broken`` counts the hard rules that a measured one breaks."""
    proof = proof_of(plan)
    if proof.kind == "measured":
        if not broken:
            return say("this plan was measured as it is and breaks no rule; nobody looked for a better one")
        return say.plural(
            broken,
            "this plan was measured as it is and breaks {count} rule",
            "this plan was measured as it is and breaks {count} rules",
        )
    if proof.kind == "proven":
        return say("proven: no plan under these rules is better")
    if proof.gap is None:
        return say("how much better a plan could be is not known")
    if proof.gap <= NO_GAP:
        return say("no plan under these rules can be noticeably better")
    if proof.solver_gap is not None and plan.certified_gap is not None:
        return say(
            "no plan under these rules can be more than {gap} better (the solver {solver} narrows it to {less})",
            gap=gap_figure(proof.gap, say),
            solver=_called(proof.solver),
            less=gap_figure(proof.solver_gap, say),
        )
    return say("no plan under these rules can be more than {gap} better", gap=gap_figure(proof.gap, say))


def certified_gap_in_words(plan: Provable, say: Language) -> tuple[str, str]:
    """Return the gap as a figure, and what it means."""
    proof = proof_of(plan)
    if proof.kind == "measured":
        return "–", say("measured as it is, not searched for")
    if proof.gap is None:
        return say("unknown"), say("how much better a plan could be is not known")
    if proof.kind == "proven":
        whom = proof.solver if proof.solver_gap is not None else None
        said = (
            say("proven by the solver {solver}: no plan is better", solver=_called(whom))
            if whom
            else say("proven: no plan is better")
        )
        return say.percent(0), said
    note = say("no plan can be better by more")
    if proof.solver_gap is not None and plan.certified_gap is not None:
        note = say(
            "no plan can be better by more; the solver {solver} says {less}",
            solver=_called(proof.solver),
            less=gap_figure(proof.solver_gap, say),
        )
    return gap_figure(proof.gap, say), note


def _called(solver: str | None) -> str:
    """Return what a solver is called: its name, without how it works."""
    return (solver or "").replace(" tree", "")


def gap_figure(gap: float, say: Language) -> str:
    """Return a gap as a percentage; what solvers take for nothing is 0%."""
    return say.percent(0 if gap <= NO_GAP else gap)
