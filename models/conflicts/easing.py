"""Easings: what could be changed so that a plan exists, what each costs, and the least that does it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import scipy.sparse as sp

from models.conflicts.feasibility import WRITTEN_CANDIDATES, Trials, Witness
from models.conflicts.members import TIES, Member
from models.conflicts.rounding import LARGE_COLUMNS, rounded
from models.conflicts.rulebook import POOL, Rulebook
from models.conflicts.terrain import ALWAYS
from models.engines.mip import Answer, Effort, SolverFailed, solve_program
from models.engines.program import Program
from models.org import BoolArray, FloatArray, IntArray, skill_levels

Way = Literal["limit", "lift", "free", "split", "drop", "cover", "train", "except", "list", "nearest", "pool", "hire"]
NODES = 1_000
STRUCTURAL = 1.0
"""What a change counts that is not one of a limit: as much as to double, or to give up, a limit."""
A_LITTLE = 1e-4
"""What decides between changes that count the same: rather train those who know more, rather that than no owner."""
MOST_EXCEPTIONS = 6_000
"""With more pairs of an involved customer and a rep than this, rules on who may own whom are not eased one by one."""


@dataclass(frozen=True)
class Easing:
    """One thing that could be changed.

    Attributes
    ----------
    way : str
        ``limit``: raise a maximum or lower a minimum; ``lift``: take the maximum from a rep who is away, of which any
        part is nothing; ``free``: unlock a customer, release it from a holdout, or take back an answer about it;
        ``split``: let a family's members have owners of their own; ``drop``: give a line up; ``cover``: let a rep cover
        a region; ``train``: teach a rep a skill; ``except``: leave a customer out of a rule; ``list``: list a pair;
        ``nearest``: let more reps count as near; ``pool``: let a customer be without an owner; ``hire``: one more rep.
    members : tuple of int
        The members that are eased, which have one line and side.
    rep : int or None
    what : str
        The region, the skill with its level, the number of nearest reps, or nothing.
    customer : int or None
    """

    way: Way
    members: tuple[int, ...]
    rep: int | None = None
    what: str = ""
    customer: int | None = None


@dataclass(frozen=True)
class Remedy:
    """Easings that together leave a plan, and that plan.

    ``least`` is a proven lower bound of what such easings cost in all, ``cost`` what these do.
    """

    easings: tuple[Easing, ...]
    cost: float
    least: float
    witness: Witness


class Easings:
    """All easings of a rulebook on one terrain, as a program that looks for the cheapest of them.

    Families are eased one by one where ``tied`` leaves them open; the cost of a limit is its relative change.
    """

    def __init__(self, trials: Trials, loosened: frozenset[int], entries: BoolArray) -> None:
        self.trials, self.rules = trials, trials.rules
        every = self.rules.every
        self.terrain, self.whole = trials.terrain(every - loosened)
        self.loosened = loosened
        self.far = 2.0 * max(2, self.rules.n_entries)
        self.list: list[Easing] = []
        self.cost: list[float] = []
        self._row: list[sp.coo_array] = []
        self._limits()
        self._companies()
        self._pairs(entries)

    # ---- what could be eased -------------------------------------------------------------------------------

    def _add(self, easing: Easing, cost: float) -> int:
        self.list.append(easing)
        self.cost.append(cost)
        return len(self.list) - 1

    def _limits(self) -> None:
        rules = self.rules
        self.of_member: dict[int, int] = {}
        shared: dict[tuple[str, str | None], int] = {}
        for n, member in enumerate(rules.members):
            if member.limit is None:
                continue
            if _prorated(member) and _absent(rules, member):
                if member.side == "max":
                    self.of_member[n] = self._add(Easing("lift", (n,)), STRUCTURAL)
                continue
            key = (member.line, member.side)
            if member.kind == "group" and key in shared:
                at = shared[key]
                self.list[at] = replace(self.list[at], members=(*self.list[at].members, n))
            else:
                at = shared[key] = self._add(Easing("limit", (n,)), 1.0 / member.base)
            self.of_member[n] = at

    def _companies(self) -> None:
        for n, member in enumerate(self.rules.members):
            if member.kind in ("conflict", "pairing"):
                self.of_member[n] = self._add(Easing("drop", (n,)), STRUCTURAL)
            elif member.kind in TIES:
                self.of_member[n] = self._add(Easing("free", (n,), customer=member.customers[0]), STRUCTURAL)
            elif member.kind == "family" and n in self.loosened:
                self.of_member[n] = self._add(Easing("split", (n,)), STRUCTURAL)

    def _pairs(self, entries: BoolArray) -> None:
        """Note for each pair within reach what must be eased before it is allowed; pairs that nothing eases are out."""
        rules, terrain = self.rules, self.terrain
        of_unit = np.split(terrain.entry, terrain.units.start[1:-1])
        matters = np.array([entries[mine].any() for mine in of_unit], dtype=bool)
        every = rules.every
        allowed = np.logical_and.reduceat(self.trials.allowed(every)[terrain.entry], terrain.units.start[:-1], axis=0)[
            terrain.problem.unit, terrain.column
        ]
        wanted = ~allowed & matters[terrain.problem.unit]
        some = np.flatnonzero(wanted)
        if len(some) > MOST_EXCEPTIONS:
            some = some[:0]
        known: dict[Easing, int] = {}
        pair: list[int] = []
        needs: list[tuple[int, ...]] = []
        for candidate in some.tolist():
            found = self._needed(of_unit[terrain.problem.unit[candidate]], int(terrain.column[candidate]), known)
            if found is None:
                continue
            pair += [candidate] * len(found)
            needs += found
        self.open = allowed.copy()
        self.open[sorted(set(pair))] = True
        self.pair, self.needs = np.array(pair, dtype=np.int64), needs

    def _needed(self, entries: IntArray, column: int, known: dict[Easing, int]) -> list[tuple[int, ...]] | None:
        """Return for each thing that forbids a pair the easings of which one is enough; None where nothing is."""
        rules = self.rules
        needs: list[tuple[int, ...]] = []
        for entry in entries.tolist():
            for ties in rules.ties:
                by = int(ties.by[entry])
                if by >= 0 and ties.forbids(entry, column) and not self.trials.exempt[entry]:
                    needs.append((self.of_member[by],))
            if column == POOL:
                if not rules.may_pool[entry]:
                    easing = Easing("pool", (len(rules.members) - 1,), customer=int(rules.singles.member[entry]))
                    needs.append((self._known(easing, known),))
                    self.cost[known[easing]] = STRUCTURAL + 5 * A_LITTLE
                continue
            for n, table in rules.barred.items():
                if table[entry, column - 1]:
                    ways = list(self._ways(n, entry, column - 1))
                    if not ways:
                        return None
                    for group in ways:
                        needs.append(tuple(self._known(one, known) for one in group))
        return needs

    def _known(self, easing: Easing, known: dict[Easing, int]) -> int:
        if easing not in known:
            nearest = self.rules.policy.eligibility.nearest
            wider = easing.way == "nearest" and nearest is not None
            cost = int(easing.what) / nearest - 1.0 if wider and nearest else STRUCTURAL
            if easing.way == "train" and easing.rep is not None:
                # of two who could be trained, the one who knows more already
                name, _, level = easing.what.partition(":")
                cost += A_LITTLE * (float(level) - _skills(self.rules, easing.rep).get(name, 0.0))
            known[easing] = self._add(easing, cost)
        return known[easing]

    def _ways(self, number: int, entry: int, rep: int) -> Iterator[tuple[Easing, ...]]:
        """Yield what is needed before a line allows a pair: all of what is yielded, of each one alternative."""
        rules, line = self.rules, self.rules.members[number].line
        customer = int(rules.singles.member[entry])
        if line == "eligibility.region":
            region = rules.amounts.regions.of_customer[customer]
            yield (Easing("cover", (number,), rep, str(rules.amounts.regions.names[region])),)
        elif line == "eligibility.skills":
            needed = skill_levels(str(rules.org.customers["required_skills"].iloc[customer]))
            has = _skills(rules, rep)
            for name, level in needed.items():
                if has.get(name, 0.0) < level:
                    yield tuple(Easing("train", (number,), rep, f"{name}:{one:g}") for one in self._levels(name, level))
        elif line.startswith("eligibility.rules["):
            yield (Easing("except", (number,), customer=customer),)
        elif line == "eligibility.nearest":
            enough = [k for k, near in self.rules.wider_nearest.items() if near[entry, rep]]
            yield tuple(Easing("nearest", (number,), what=str(k)) for k in enough)
        elif line == "tables.pairs.only" and not rules.needs_pair_values:
            yield (Easing("list", (number,), rep, customer=customer),)

    def _levels(self, name: str, level: float) -> list[float]:
        """Return the levels of a skill that some customer needs, from one upward."""
        return sorted(at for at in self._needed_levels[name] if at >= level)

    @cached_property
    def _needed_levels(self) -> dict[str, set[float]]:
        """By skill, the levels that some customer requires."""
        found: dict[str, set[float]] = {}
        for cell in self.rules.org.customers["required_skills"].dropna().unique():
            for one, at in skill_levels(str(cell)).items():
                found.setdefault(one, set()).add(at)
        return found

    # ---- the cheapest --------------------------------------------------------------------------------------

    def cheapest(self, without: frozenset[str] = frozenset(), barred: frozenset[Easing] = frozenset()) -> Remedy | None:
        """Return the cheapest easings after which there is a plan, None where there are none, or none is found.

        Parameters
        ----------
        without
            Paths of lines (with their side) that must stay as they are.
        barred
            Easings that must not be made.
        """
        if int(self.open.sum()) > WRITTEN_CANDIDATES:
            return None
        usable = np.array(
            [self.rules.members[one.members[0]].path not in without and one not in barred for one in self.list],
            dtype=bool,
        )
        program = self._program(usable)
        if program is None:
            return None
        try:
            answer = self._solved(program)
        except SolverFailed:
            return None
        if answer.values is None:
            return None
        used = answer.values[len(program.cost) - len(self.list) :]
        easings = tuple(
            one for one, value in zip(self.list, used, strict=True) if value > (1e-7 if one.way == "limit" else 0.5)
        )
        kept = np.flatnonzero(self.open)
        rep = self.trials.rep_of(self.terrain, kept[answer.values[: len(kept)] > 0.5])
        assignment = self.rules.assignment(rep)
        witness = Witness(assignment, self.rules.judged(assignment))
        cost = float(answer.values @ program.cost)
        self.trials.work += len(program.cost)
        return Remedy(easings, cost, float(answer.bound), witness)

    def _solved(self, program: Program) -> Answer:
        seconds = self.trials.stop.seconds_left
        if len(program.cost) <= LARGE_COLUMNS:
            return solve_program(program, "highs", Effort(seconds=seconds, nodes=NODES))
        return rounded(program, self.terrain.problem.unit[self.open], seconds)

    def _program(self, usable: BoolArray) -> Program | None:
        whole, terrain = self.whole, self.terrain
        columns = np.r_[np.flatnonzero(self.open), np.arange(len(self.open), len(whole.cost))]
        matrix = sp.csr_array(whole.matrix[:, columns])
        lower, upper = whole.row_lower.copy(), whole.row_upper.copy()
        required = np.zeros(terrain.units.count, dtype=bool)
        required[terrain.problem.unit[self.open]] = True
        stranded = self.rules.stranded[terrain.entry[terrain.units.start[:-1]]]
        if not required[~stranded].all():
            return None
        lower[: whole.first_row][~required] = -np.inf
        upper[: whole.first_row][~required] = np.inf
        # where a row has two limits, each may give way by itself, and the two may even cross
        coupling = np.arange(whole.first_row, whole.first_row + len(terrain.lower_of))
        both = coupling[np.isfinite(lower[coupling]) & np.isfinite(upper[coupling])]
        below = lower[both].copy()
        lower[both] = -np.inf
        above, under = self._slack(terrain.upper_of, -1.0), self._slack(terrain.lower_of, 1.0)
        single = np.ones(matrix.shape[0])
        single[both] = 0.0
        parts = [sp.hstack([matrix, above + sp.diags_array(single) @ under])]
        lowers, uppers = [lower], [upper]
        both_sides = sp.hstack([matrix[both], sp.csr_array(under)[both]]), below, np.full(len(both), np.inf)
        for extra, low, high in (both_sides, self._pair_rows(columns), *self._family_rows(columns)):
            parts.append(extra)
            lowers.append(low)
            uppers.append(high)
        binary = np.array([one.way != "limit" for one in self.list], dtype=bool)
        most = np.where(usable, np.where(binary, 1.0, np.inf), 0.0)
        return replace(
            whole,
            cost=np.r_[np.zeros(len(columns)), np.array(self.cost)],
            upper=np.r_[whole.upper[columns], most],
            integer=np.r_[whole.integer[columns], binary],
            matrix=sp.csr_array(sp.vstack(parts)),
            row_lower=np.concatenate(lowers),
            row_upper=np.concatenate(uppers),
            kept=np.flatnonzero(self.open),
        )

    def _slack(self, of_side: IntArray, sign: float) -> sp.csr_array:
        """Return by how much easings give way in each row on one side, caps with the upper one."""
        whole, terrain = self.whole, self.terrain
        scale, limit = terrain.problem.rows.scale, whole.row_upper if sign < 0 else whole.row_lower
        first: dict[int, float] = {}
        row: list[int] = []
        at: list[int] = []
        value: list[float] = []
        for i, n in enumerate(of_side.tolist()):
            if n == ALWAYS or n not in self.of_member or not np.isfinite(limit[whole.first_row + i]):
                continue
            # a percentage is another amount in another role
            gives = scale[i] / first.setdefault(n, scale[i]) if scale[i] > 0 else 1.0
            way = self.list[self.of_member[n]].way
            gives = gives if way == "limit" else self.far
            if way == "lift":  # all that customers may bring to the book
                gives = float(abs(whole.matrix[[whole.first_row + i]]).sum()) / whole.row_scale[i]
            row.append(whole.first_row + i)
            at.append(self.of_member[n])
            value.append(sign * whole.row_scale[i] * gives)
        for i, (cap, n) in enumerate(zip(terrain.caps, terrain.cap_of.tolist(), strict=True)):
            if sign < 0:
                row.append(whole.first_row + terrain.problem.rows.count + i)
                at.append(self.of_member[n])
                value.append(-1.0 / max(1.0, abs(cap.limit)))
        return sp.csr_array((value, (row, at)), shape=(len(whole.row_lower), len(self.list)))

    def _pair_rows(self, columns: IntArray) -> tuple[sp.csr_array, FloatArray, FloatArray]:
        """Return rows ``pair - easings <= 0``: a pair that is forbidden needs its easings."""
        place = np.full(len(self.open), -1, dtype=np.int64)
        place[self.open] = np.arange(int(self.open.sum()))
        n = len(self.pair)
        row = [np.arange(n)]
        column = [place[self.pair]]
        value = [np.ones(n)]
        for i, needs in enumerate(self.needs):
            row.append(np.full(len(needs), i))
            column.append(len(columns) + np.array(needs, dtype=np.int64))
            value.append(-np.ones(len(needs)))
        matrix = sp.csr_array(
            (np.concatenate(value), (np.concatenate(row), np.concatenate(column))),
            shape=(n, len(columns) + len(self.list)),
        )
        return matrix, np.full(n, -np.inf), np.zeros(n)

    def _family_rows(self, columns: IntArray) -> Iterator[tuple[sp.csr_array, FloatArray, FloatArray]]:
        """Yield rows ``-split <= x[one, r] - x[next, r] <= split`` for families that are loosened."""
        rules, terrain = self.rules, self.terrain
        place = np.full(len(self.open), -1, dtype=np.int64)
        place[self.open] = np.arange(int(self.open.sum()))
        table = np.full((terrain.units.count, self.rules.org.n_reps + 1), -1, dtype=np.int64)
        table[terrain.problem.unit, terrain.column] = place
        unit_of_entry = np.empty(rules.n_entries, dtype=np.int64)
        unit_of_entry[terrain.entry] = terrain.units.unit_of_member
        loosened = np.isin(rules.family, sorted(self.loosened)) & (rules.family >= 0) & ~self.trials.exempt
        row, column, value, rows = [], [], [], 0
        for group in np.unique(rules.together[loosened]):
            mine = np.flatnonzero(loosened & (rules.together == group))
            for one, other in itertools.pairwise(mine.tolist()):
                split = len(columns) + self.of_member[int(rules.family[one])]
                for a, b in zip(table[unit_of_entry[one]], table[unit_of_entry[other]], strict=True):
                    for sign in (1.0, -1.0):
                        if a < 0 and b < 0:
                            continue
                        for at, times in ((a, sign), (b, -sign), (split, -1.0)):
                            if at >= 0:
                                row.append(rows)
                                column.append(int(at))
                                value.append(times)
                        rows += 1
        if rows:
            matrix = sp.csr_array((value, (row, column)), shape=(rows, len(columns) + len(self.list)))
            yield matrix, np.full(rows, -np.inf), np.zeros(rows)


def _skills(rules: Rulebook, rep: int) -> dict[str, float]:
    cell = rules.org.reps["skills"].iloc[rep] if "skills" in rules.org.reps else None
    return skill_levels(cell) if isinstance(cell, str) else {}


def _prorated(member: Member) -> bool:
    return member.kind == "capacity" and member.per == "rep" and not member.counts_customers


def _absent(rules: Rulebook, member: Member) -> bool:
    assert member.label is not None
    return float(rules.amounts.presence[rules.org.rep_positions[member.label]]) <= 0.0


def touched(rules: Rulebook, easings: Iterable[Easing]) -> frozenset[str]:
    """Return the paths of the lines that easings change."""
    return frozenset(rules.members[one.members[0]].path for one in easings)
