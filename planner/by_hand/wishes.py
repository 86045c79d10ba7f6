"""Wishes on a finished run as people write them: ``C0412=R07``, ``C0412:service=R07``, ``C0190``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.check import Judge
from models.findings import Finding, InputRefused, Place, did_you_mean
from models.names import NOBODY
from models.org import owner_column
from models.plan import POOLED, UNNEEDED
from planner.by_hand.basis import Basis
from planner.known_ids import UNKNOWN, Known

MOVE, KEEP, NOT = "--move", "--keep", "--not"
Moves = Sequence[str] | Mapping[str, str | None]
"""Customers with reps: ``["C0412=R07"]`` or ``{"C0412": "R07"}``, None for nobody."""


@dataclass(frozen=True)
class Wish:
    """A customer, in one role, with a rep, or (``kept`` is False) with anyone else.

    Attributes
    ----------
    words : str
        As on the command line.
    customer, role, rep : int
        Positions; POOLED for nobody.
    """

    words: str
    customer: int
    role: int
    rep: int
    kept: bool = True


def read_wishes(basis: Basis, judge: Judge, moves: Moves, keeps: Sequence[str], nots: Moves) -> tuple[Wish, ...]:
    """Read wishes; ``judge`` is of the run's org and policy.

    Raises
    ------
    InputRefused
        When one names nobody known, cannot be meant, or contradicts another: all problems at once.
    """
    reader = _Reader(basis, judge)
    found = [
        *reader.pairs(MOVE, _written(moves), kept=True),
        *reader.keeps(keeps),
        *reader.pairs(NOT, _written(nots), kept=False),
    ]
    wishes = tuple({(one.customer, one.role, one.rep, one.kept): one for one in found}.values())
    reader.findings.extend(_contradictions(wishes))
    if not found and not reader.findings:
        reader.findings.append(
            Finding("TP550", "There is no wish to try", hint=f"Try {MOVE} CUSTOMER=REP, {KEEP} CUSTOMER or {NOT}")
        )
    if reader.findings:
        raise InputRefused(reader.findings)
    return wishes


def _written(pairs: Moves) -> list[str]:
    if isinstance(pairs, Mapping):
        return [f"{customer}={rep or ''}" for customer, rep in pairs.items()]
    return list(pairs)


class _Reader:
    """Reads wishes one by one and collects what is wrong with them."""

    def __init__(self, basis: Basis, judge: Judge) -> None:
        self.findings: list[Finding] = []
        assert basis.plan.assignment is not None
        self._org, self._policy, self._judge = basis.run.org, basis.run.policy, judge
        self._needed = basis.plan.assignment.owners != UNNEEDED
        self._customers, self._reps = Known.customers(self._org), Known.reps(self._org)

    def pairs(self, option: str, texts: Iterable[str], *, kept: bool) -> Iterator[Wish]:
        """Read ``CUSTOMER[:ROLE]=REP``."""
        for text in texts:
            words = f"{option} {text}"
            if "=" not in text:
                self._add(words, "TP551", "A wish without a rep", text, "CUSTOMER=REP", f"Try {option} {text}=REP")
                continue
            whose, rep_text = self._split(text)
            customer, role_text = self._customer(words, whose)
            rep = self._rep(words, rep_text)
            role = self._role(words, customer, role_text, rep)
            if customer >= 0 and role >= 0 and rep != UNKNOWN:
                yield Wish(words, customer, role, rep, kept)

    def keeps(self, texts: Iterable[str]) -> Iterator[Wish]:
        """Read ``CUSTOMER[:ROLE]``: in each role with an owner where none is named."""
        for text in texts:
            words = f"{KEEP} {text}"
            customer, role_text = self._customer(words, text)
            if customer < 0:
                continue
            roles = np.flatnonzero(self._needed[:, customer]).tolist()
            if role_text is not None:
                role = self._role(words, customer, role_text, POOLED)
                roles = [] if role < 0 else [role]
            owned = [role for role in roles if self._judge.holdings.owners[role, customer] >= 0]
            if roles and (not owned or role_text is not None) and len(owned) < len(roles):
                self._nobody_to_keep(words, customer, roles[0])
            for role in owned:
                yield Wish(words, customer, role, int(self._judge.holdings.owners[role, customer]))

    def _split(self, text: str) -> tuple[str, str]:
        """Split at the sign of equality; ids may hold one, and then the parts that are known tell which."""
        places = [at for at, letter in enumerate(text) if letter == "="]

        def known(at: int) -> int:
            customer, _ = self._spelled(text[:at])
            return int(customer >= 0) + int(self._reps.position(text[at + 1 :].strip()) >= 0)

        at = max(places, key=known)
        return text[:at], text[at + 1 :].strip()

    def _spelled(self, text: str) -> tuple[int, str | None]:
        """Return the position of the customer, and the role that is named behind it."""
        whole = text.strip()
        position = self._customers.position(whole)
        if position >= 0 or ":" not in whole:
            return position, None
        customer, _, role = whole.rpartition(":")
        return self._customers.position(customer.strip()), role.strip()

    def _customer(self, words: str, text: str) -> tuple[int, str | None]:
        position, role = self._spelled(text)
        if position < 0:
            asked = text.strip() if role is None else text.rpartition(":")[0].strip()
            self._add(
                words,
                "TP541",
                "A customer who is not in the run",
                repr(asked),
                "an id of the customers' table",
                self._customers.hint(asked),
            )
        return position, role

    def _rep(self, words: str, text: str) -> int:
        position = self._reps.position(text)
        if position != UNKNOWN:
            return position
        if text and text.casefold() != NOBODY:
            expected = "an id of the reps' table"
            self._add(words, "TP542", "A rep who is not in the run", repr(text), expected, self._reps.hint(text))
            return UNKNOWN
        if self._policy.pool is None:
            self._add(
                words,
                "TP544",
                "This policy lets nobody go without an owner",
                "no rep",
                "an id of the reps' table",
                "Try a rep, or a pool in the policy and planner plan again",
            )
            return UNKNOWN
        return POOLED

    def _role(self, words: str, customer: int, text: str | None, rep: int) -> int:
        """Return the role that is named, or the only one that it can be."""
        names = self._policy.role_names
        if text is not None:
            if text not in names:
                expected = "one of the roles " + ", ".join(names)
                self._add(
                    words,
                    "TP148",
                    "A role that the policy does not have",
                    repr(text),
                    expected,
                    did_you_mean(text, names),
                )
                return UNKNOWN
            role = names.index(text)
            if customer >= 0 and not self._needed[role, customer]:
                self._needless(words, customer, text)
                return UNKNOWN
            return role
        if customer < 0 or rep == UNKNOWN:
            return UNKNOWN
        roles = np.flatnonzero(self._needed[:, customer])
        if len(roles) > 1 and rep >= 0:
            roles = roles[self._judge.roster.serves[roles, rep]]
        if len(roles) == 1:
            return int(roles[0])
        named = [names[role] for role in np.flatnonzero(self._needed[:, customer])]
        who = str(self._org.customer_ids[customer])
        if not named:
            self._needless(words, customer, "any role")
        else:
            self._add(
                words,
                "TP543",
                "It is not clear which role is meant",
                who,
                f"{who}:ROLE",
                "Try " + " or ".join(f"{who}:{name}" for name in named),
            )
        return UNKNOWN

    def _needless(self, words: str, customer: int, role: str) -> None:
        who = str(self._org.customer_ids[customer])
        self._add(words, "TP543", "A role that the customer does not need", f"{who} as {role}", None, "Try without it")

    def _nobody_to_keep(self, words: str, customer: int, role: int) -> None:
        column = owner_column(self._org, self._policy.role_names[role], self._policy.first_role)
        owner = None if column is None else self._org.customers[column].iloc[customer]
        found = f"the owner {owner}, who is not among the reps" if isinstance(owner, str) else "no owner today"
        who = str(self._org.customer_ids[customer])
        self._add(
            words,
            "TP552",
            "There is nobody to keep it with",
            f"{who}: {found}",
            "a customer with an owner",
            f"Try {MOVE} {who}=REP",
        )

    def _add(self, words: str, code: str, title: str, found: str, expected: str | None, hint: str) -> None:
        self.findings.append(Finding(code, title, Place(file="planner try", path=words), found, expected, hint))


def _contradictions(wishes: Sequence[Wish]) -> Iterator[Finding]:
    """Yield wishes about one customer and role that no plan can honour together."""
    with_rep: dict[tuple[int, int], Wish] = {}
    for wish in (one for one in wishes if one.kept):
        other = with_rep.setdefault((wish.customer, wish.role), wish)
        if other.rep != wish.rep:
            yield _contradict(other, wish)
    for wish in (one for one in wishes if not one.kept):
        other = with_rep.get((wish.customer, wish.role), wish)
        if other.kept and other.rep == wish.rep:
            yield _contradict(other, wish)


def _contradict(one: Wish, other: Wish) -> Finding:
    return Finding(
        "TP553",
        "Two wishes contradict each other",
        Place(file="planner try", path=other.words),
        found=f"{one.words} and {other.words}",
        hint="Try one of them at a time",
    )
