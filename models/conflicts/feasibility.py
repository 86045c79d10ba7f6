"""Trials: whether there is a plan that keeps some members, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.conflicts.members import TIES
from models.conflicts.rounding import LARGE_COLUMNS, relaxed, rounded
from models.conflicts.rulebook import POOL, Rulebook
from models.conflicts.terrain import Terrain, terrain_of
from models.conflicts.undecided import undecided
from models.engines.mip import Answer as Solved
from models.engines.mip import Effort, SolverFailed, solve_program
from models.engines.program import Program, program
from models.org import BoolArray, FloatArray, IntArray
from models.plan import UNNEEDED, Assignment, Judgement
from models.stop import Stop

State = Literal["possible", "impossible", "unknown"]
NODES = 300
"""Nodes of a tree that a trial may take; what is not known then stays unknown."""
FEW_COLUMNS = 200
"""Up to so many columns the least that a limit would have to be is looked for exactly."""
WRITTEN_CANDIDATES = 60_000
"""Up to so many pairs are written as one program where nothing can be settled beforehand."""
RELAXED = 4
"""A linear relaxation is counted as so much less work than a program."""
FEW_LIMITS = 16
"""A program with fewer limits is counted as less work: with one or two hardly anything is left to decide."""
MOST_HELD = 4_000_000
"""Terrains are kept for later questions while they have fewer pairs than this in all."""


@dataclass(frozen=True)
class Witness:
    """A plan that the checker has judged by the whole policy."""

    assignment: Assignment
    judgement: Judgement


@dataclass(frozen=True)
class Answer:
    """What a trial has shown.

    ``witness`` is there where ``state`` is ``possible``: the checker reports nothing against the members that were
    asked about. Where something was to be made small, ``proven`` tells whether nothing could be smaller, and ``least``
    is a proven bound of what a limit would have to be, as the checker counts it.
    """

    state: State
    witness: Witness | None = None
    proven: bool = True
    least: float | None = None


class Trials:
    """Answers questions about which members can be kept together.

    Attributes
    ----------
    rules : Rulebook
    exempt : bool array, shape (entries,)
        Customers set aside: no member of the kind ``eligibility``, no tie or family asks anything of them.
    work : int
        Columns of the programs that were solved, fewer where limits are few: what is counted in place of seconds.
    """

    def __init__(self, rules: Rulebook, stop: Stop, most_work: float = np.inf) -> None:
        self.rules, self.stop, self.most_work = rules, stop, most_work
        self.exempt: BoolArray = np.zeros(rules.n_entries, dtype=bool)
        self.work = 0
        self.witnesses: list[tuple[Witness, frozenset[int]]] = []
        self.impossible: list[frozenset[int]] = []
        self._terrains: dict[bytes, tuple[Terrain, Program]] = {}

    def allowed(self, active: Iterable[int]) -> BoolArray:
        """Tell which pairs the active members allow, shape (entries, 1 + reps); families aside."""
        rules = self.rules
        active = set(active)
        allowed = rules.reach.copy()
        allowed[:, POOL] = rules.may_pool
        asked = ~self.exempt
        for member, table in rules.barred.items():
            if member in active:
                allowed[asked, 1:] &= ~table[asked]
        for ties in rules.ties:
            tied = np.flatnonzero(ties.of(active) & asked)
            ties.narrow(allowed, tied, tied)
        return allowed

    def kept(self, terrain: Terrain, active: Iterable[int]) -> BoolArray:
        """Tell which candidates of a terrain the active members allow, shape (candidates,)."""
        allowed = self.allowed(active)[terrain.entry]
        kept: BoolArray = np.logical_and.reduceat(allowed, terrain.units.start[:-1], axis=0)[
            terrain.problem.unit, terrain.column
        ]
        return kept

    def terrain(self, active: Iterable[int]) -> tuple[Terrain, Program]:
        """Return the terrain on which the active families hold, and everything on it as one program."""
        family = self.rules.family
        tied = np.isin(family, sorted(set(active))) & (family >= 0) & ~self.exempt
        key = tied.tobytes()
        if key not in self._terrains:
            laid = terrain_of(self.rules, tied)
            while self._terrains and len(self._terrains) * laid.problem.n_candidates > MOST_HELD:
                del self._terrains[next(iter(self._terrains))]
            self._terrains[key] = laid, program(laid.task)
        return self._terrains[key]

    def possible(self, active: frozenset[int], quick: bool = True) -> bool | None:
        """Tell whether some plan keeps every active member, None where that is not known; what is known is used."""
        if any(not broken & active for _, broken in self.witnesses):
            return True
        if any(known <= active for known in self.impossible):
            return False
        if self.spent:
            return None
        state = self.ask(active, quick=quick).state
        return None if state == "unknown" else state == "possible"

    @property
    def spent(self) -> bool:
        """Whether the work or the time is used up."""
        return self.work > self.most_work or self.stop.reason is not None

    def set_aside(self, entries: BoolArray) -> None:
        """Set customers aside (flags of shape (entries,)): what is known so far is forgotten."""
        self.exempt = self.exempt | entries
        self.witnesses.clear()
        self.impossible.clear()

    def ask(
        self,
        active: frozenset[int],
        little: int | None = None,
        among: BoolArray | None = None,
        quick: bool = False,
        much: bool = False,
    ) -> Answer:
        """Look for a plan that keeps every active member.

        Parameters
        ----------
        little
            A member with a limit: make what it limits as small as can be (as great, for a minimum).
        among
            Entries that matter, shape (entries,): others are there for a limit where that suits it, and not there where
            that suits it. Such an answer has no witness.
        quick
            Of a large program only the linear relaxation is solved: it may show that there is no plan, nothing else.
        much
            Make great what ``little`` would make small: everything else has room then, and a plan is found soon.
        """
        answer = self._ask(active, little, among, quick, -1.0 if much else 1.0)
        if among is None:
            if answer.witness is not None:
                self.witnesses.append((answer.witness, frozenset(self.broken(answer.witness.judgement))))
            elif answer.state == "impossible":
                self.impossible.append(active)
        return answer

    def _solved(self, program: Program, unit: IntArray, quick: bool) -> Solved:
        seconds = self.stop.seconds_left
        # the least of something takes much longer to prove than that there is a plan
        if len(program.cost) <= (FEW_COLUMNS if program.cost.any() else LARGE_COLUMNS):
            return solve_program(program, "highs", Effort(seconds=seconds, nodes=NODES))
        return relaxed(program, seconds) if quick else rounded(program, unit, seconds)

    def _ask(
        self, active: frozenset[int], little: int | None, among: BoolArray | None, quick: bool, sign: float
    ) -> Answer:
        terrain, whole = self.terrain(active)
        keep = self.kept(terrain, active)
        has_some = np.zeros(terrain.units.count, dtype=bool)
        has_some[terrain.problem.unit[keep]] = True
        stranded = self.rules.stranded[terrain.entry[terrain.units.start[:-1]]]
        matters = np.ones(terrain.units.count, dtype=bool)
        if among is not None:
            matters = np.logical_or.reduceat(among[terrain.entry], terrain.units.start[:-1])
        if not has_some[~stranded & matters].all():
            return Answer("impossible")
        cost = None if little is None else sign * self._little(terrain, whole, little)
        asked = undecided(terrain, whole, keep, active, matters, cost)
        if asked is None:
            return Answer("impossible")
        chosen, proven, least = asked.settled, True, None
        if asked.program is not None:
            columns = int(len(asked.program.cost) * min(1.0, asked.limits / FEW_LIMITS))
            self.work += columns // (RELAXED if quick else 1)
            try:
                found = self._solved(asked.program, terrain.problem.unit[asked.open], quick)
            except SolverFailed:
                return Answer("unknown")
            if found.state == "infeasible":
                return Answer("impossible")
            if little is not None and cost is not None and sign > 0:
                least = self._value(terrain, little, found.bound + float(cost[asked.settled].sum()))
            if found.values is None or (quick and found.duals is not None):
                return Answer("unknown", proven=False, least=least)
            chosen = np.r_[chosen, asked.open[found.values[: len(asked.open)] > 0.5]]
            proven = found.state == "optimal"
        if among is not None:
            return Answer("possible")
        return self._witnessed(self.rep_of(terrain, chosen), active, proven, least)

    def _witnessed(self, rep: IntArray, active: frozenset[int], proven: bool, least: float | None) -> Answer:
        assignment = self.rules.assignment(rep)
        judgement = self.rules.judged(assignment)
        if self.broken(judgement) & active:
            return Answer("unknown", proven=False, least=least)
        return Answer("possible", Witness(assignment, judgement), proven, least)

    def broken(self, judgement: Judgement) -> set[int]:
        """Return the members that a judged plan breaks, what concerns customers set aside left out."""
        rules, found = self.rules, set()
        for member, violations in rules.broken_by(judgement).items():
            if member < 0:
                continue
            single = rules.members[member].kind in ("eligibility", "family", *TIES)
            if not (single and all(self._set_aside(str(one.customer)) for one in violations)):
                found.add(member)
        return found

    def _set_aside(self, customer: str) -> bool:
        entries = self.rules.singles.unit_of[:, self.rules.org.customer_positions[customer]]
        return bool(self.exempt[entries[entries >= 0]].any())

    def rep_of(self, terrain: Terrain, chosen: IntArray) -> IntArray:
        """Return each entry's rep by chosen candidates: POOLED for nobody, UNNEEDED where there can be nobody."""
        of_unit = np.full(terrain.units.count, UNNEEDED + 1, dtype=np.int64)
        of_unit[terrain.problem.unit[chosen]] = terrain.column[chosen]
        rep = np.empty(self.rules.n_entries, dtype=np.int64)
        rep[terrain.entry] = of_unit[terrain.units.unit_of_member] - 1
        return rep

    def _value(self, terrain: Terrain, member: int, activity: float) -> float | None:
        """Return what a limit would have to be for its row to end at ``activity``; None where it has several rows."""
        wanted, rows = self.rules.members[member], terrain.problem.rows
        of_side = terrain.upper_of if wanted.side == "max" else terrain.lower_of
        mine = np.flatnonzero(of_side == member)
        if len(mine) != 1 or wanted.limit is None or not np.isfinite(activity):
            return None
        row = int(mine[0])
        if wanted.side == "max":
            return wanted.limit + activity - float(rows.upper[row])
        return wanted.limit - activity - float(rows.lower[row])

    def _little(self, terrain: Terrain, whole: Program, member: int) -> FloatArray:
        """Return the cost of each column that makes what a member limits small, or great for a minimum."""
        wanted = self.rules.members[member]
        cost = np.zeros(len(whole.cost))
        first = whole.first_row
        if wanted.kind == "goal":
            row = first + terrain.problem.rows.count + int(np.flatnonzero(terrain.cap_of == member)[0])
            return np.asarray(cost + whole.matrix[[row]].toarray().ravel())
        of_side = terrain.upper_of if wanted.side == "max" else terrain.lower_of
        for row in np.flatnonzero(of_side == member).tolist():
            coefficients = whole.matrix[[first + row]].toarray().ravel() / whole.row_scale[row]
            cost += coefficients if wanted.side == "max" else -coefficients
        return cost
