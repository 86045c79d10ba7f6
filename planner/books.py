"""Today's books, before any plan: what every rep, team and region carries, and the customers in no book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.expression import Expressions, parse
from models.findings import Finding
from models.formulation.units import needed_roles
from models.names import rep_names
from models.org import BoolArray, FloatArray, IntArray, Org
from models.policy import Policy
from models.presence import NO_OWNER, UNKNOWN_OWNER, departed, owners_today
from planner.book_concerns import Carried, concerns

USUAL = ("revenue", "workload_hours", "potential")
"""The columns that every book shows where the customers have them."""


@dataclass(frozen=True)
class Measured:
    """A quantity of the books: the column or measure, what people call it, and its unit."""

    name: str
    label: str
    unit: str


@dataclass(frozen=True)
class Book:
    """What some customers carry together.

    Attributes
    ----------
    id, label : str
        The rep, team or region, and what people call it; blank where customers or reps have none.
    amounts : tuple of float
        One per :attr:`Books.measured`; a blank cell weighs nothing.
    tiers : tuple of int
        Customers of each of :attr:`Books.tiers`.
    reps : int
        Reps at work behind the book.
    share : float
        Their shares together; 0 for those who have departed.
    deviation : float
        Percent by which the book is larger (+) or smaller (-) than an even one for its share; NaN without a share.
    """

    id: str
    label: str
    customers: int
    amounts: tuple[float, ...]
    tiers: tuple[int, ...]
    reps: int = 0
    share: float = 0.0
    deviation: float = float("nan")
    departed: bool = False
    team: str = ""


@dataclass(frozen=True)
class Books:
    """All books of one role, heaviest first, and what is wrong with them.

    ``yardstick`` is the position among ``measured`` by which books are compared; -1: the number of customers.
    """

    role: str
    measured: tuple[Measured, ...]
    tiers: tuple[str, ...]
    yardstick: int
    total: Book
    reps: tuple[Book, ...]
    teams: tuple[Book, ...]
    regions: tuple[Book, ...]
    present: Book
    of_departed: Book
    of_unknown: Book
    without_owner: Book
    findings: tuple[Finding, ...] = field(default=())

    @property
    def compared(self) -> Measured:
        """What books are compared by."""
        return self.measured[self.yardstick] if self.yardstick >= 0 else Measured("customers", "customers", "")

    def weight(self, book: Book) -> float:
        """Return how heavy a book is by the yardstick."""
        return book.amounts[self.yardstick] if self.yardstick >= 0 else float(book.customers)

    @property
    def even(self) -> tuple[Book, ...]:
        """The books of reps at work with a share, the heaviest for its share first."""
        at_work = [book for book in self.reps if not np.isnan(book.deviation)]
        return tuple(sorted(at_work, key=lambda book: -book.deviation))


def todays_books(org: Org, policy: Policy) -> tuple[Books, ...]:
    """Weigh today's books, one :class:`Books` per role of the policy.

    Parameters
    ----------
    org
        The tables; books show revenue, potential and workload where the customers have them, and every measure of
        the policy that depends on the customer alone.
    policy
        Its roles say who needs which owner; none of its rules is applied.
    """
    with Expressions(org, policy) as expressions:
        needed = needed_roles(org, policy, expressions)
        owners = owners_today(org, policy)
        return tuple(
            _Weighing(org, policy, role, needed[k], owners[k], _amounts(org, policy, role, expressions)).books()
            for k, role in enumerate(policy.role_names)
        )


Amounts = list[tuple[Measured, FloatArray]]


def _amounts(org: Org, policy: Policy, role: str, expressions: Expressions) -> Amounts:
    """Return what is weighed, each with its value per customer (NaN: unknown)."""
    by_value = {line.value.strip(): (name, line.unit) for name, line in policy.measures.items()}
    found: Amounts = []
    for column in USUAL:
        name, unit = by_value.pop(f"customer.{column}", (column, "h" if column == "workload_hours" else ""))
        if org.has("customers", column) and org.customers[column].dtype == np.float64:
            found.append((Measured(column, name, unit), org.customers[column].to_numpy(dtype=np.float64)))
    for value, (name, unit) in by_value.items():
        expression = parse(value, ("customer", "rep", "pair", "period"))
        if not expression.uses("rep") and not expression.uses("pair"):
            found.append((Measured(name, name, unit), expressions.customers(value, role=role).numbers()))
    return found


class _Weighing:
    """The books of one role; ``needed`` and ``owner`` tell for each customer whether it needs it, and whose it is."""

    def __init__(
        self, org: Org, policy: Policy, role: str, needed: BoolArray, owner: IntArray, amounts: Amounts
    ) -> None:
        self.org, self.role = org, role
        self.customers = np.flatnonzero(needed)
        self.owner = owner[self.customers]
        self.measured = tuple(measured for measured, _ in amounts)
        self.known = [values[self.customers] for _, values in amounts]
        self.values = [np.nan_to_num(values) for values in self.known]
        self.tier, tiers = _labelled(_as_texts(org.customers["tier"])[self.customers])
        self.tiers = tuple(tier for tier in tiers if tier)
        self.gone = departed(org)
        roles = org.reps["role"].to_numpy(dtype=object)
        self.mine = np.array([len(policy.roles) == 1 or cell == role for cell in roles], dtype=bool)
        self.share = np.where(self.gone | ~self.mine, 0.0, org.reps["share"].to_numpy(dtype=np.float64))
        self.yardstick = next((at for at, values in enumerate(self.values) if values.sum() > 0), -1)

    def books(self) -> Books:
        owner, gone = self.owner, self.gone
        rostered = owner >= 0
        of_departed = rostered.copy()
        of_departed[rostered] = gone[owner[rostered]]
        reps = self._rep_books()
        carried = Carried(
            role=self.role,
            customers=self.customers,
            owner=owner,
            of_departed=of_departed,
            measured=tuple((one.name, one.label, one.unit) for one in self.measured),
            values=self.known,
            yardstick=self.yardstick,
            at_work=self.mine & ~gone,
            share=self.share,
        )
        return Books(
            role=self.role,
            measured=self.measured,
            tiers=self.tiers,
            yardstick=self.yardstick,
            total=self._book(np.ones(len(owner), dtype=bool)),
            reps=reps,
            teams=self._team_books(),
            regions=self._region_books(),
            present=self._book(rostered & ~of_departed),
            of_departed=self._book(of_departed),
            of_unknown=self._book(owner == UNKNOWN_OWNER),
            without_owner=self._book(owner == NO_OWNER),
            findings=concerns(self.org, carried),
        )

    def _book(self, chosen: BoolArray) -> Book:
        """Return the book of the customers chosen, which belongs to nobody in particular."""
        return self._grouped(np.where(chosen, 0, -1), ("",))[0]

    def _rep_books(self) -> tuple[Book, ...]:
        names = [str(name) for name in rep_names(self.org, np.arange(self.org.n_reps))]
        teams = self.org.reps["team"].to_numpy(dtype=object)
        books = self._grouped(self.owner, self.org.rep_ids.tolist(), names, np.arange(self.org.n_reps))
        shown = [
            Book(**{**vars(book), "team": teams[at] or "", "departed": bool(self.gone[at])})
            for at, book in enumerate(books)
            if self.mine[at] or book.customers
        ]
        return self._heaviest_first(shown)

    def _team_books(self) -> tuple[Book, ...]:
        of_rep, teams = _labelled(self.org.reps["team"].to_numpy(dtype=object))
        if teams == ("",):
            return ()
        group = np.where(self.owner >= 0, of_rep[self.owner], -1)
        return self._heaviest_first(self._grouped(group, teams, teams, of_rep))

    def _region_books(self) -> tuple[Book, ...]:
        group, regions = _labelled(self.org.customers["region"].to_numpy(dtype=object)[self.customers])
        return () if regions in ((), ("",)) else self._heaviest_first(self._grouped(group, regions))

    def _heaviest_first(self, books: Sequence[Book]) -> tuple[Book, ...]:
        def heaviness(book: Book) -> float:
            return book.amounts[self.yardstick] if self.yardstick >= 0 else book.customers

        return tuple(sorted(books, key=lambda book: (-heaviness(book), -book.customers, book.id)))

    def _grouped(
        self,
        group: IntArray,
        ids: Sequence[Any],
        labels: Sequence[str] | None = None,
        of_rep: IntArray | None = None,
    ) -> list[Book]:
        """Return a book per id: customers by ``group`` (-1: in none), reps by ``of_rep``."""
        count = len(ids)
        inside = group >= 0
        customers = np.bincount(group[inside], minlength=count)
        amounts = np.array([np.bincount(group[inside], values[inside], count) for values in self.values])
        tiers = np.array([np.bincount(group[inside & (self.tier == at)], minlength=count) for at in self._tier_codes()])
        of_reps = np.full(self.org.n_reps, -1) if of_rep is None else of_rep
        behind = of_reps >= 0
        at_work = np.bincount(of_reps[behind & self.mine & ~self.gone], minlength=count)
        share = np.bincount(of_reps[behind], self.share[behind], count).astype(np.float64)
        deviation = _deviation(amounts[self.yardstick] if self.yardstick >= 0 else customers.astype(np.float64), share)
        return [
            Book(
                id=str(ids[at]),
                label=str(labels[at] if labels is not None else ids[at]),
                customers=int(customers[at]),
                amounts=tuple(float(values[at]) for values in amounts),
                tiers=tuple(int(values[at]) for values in tiers),
                reps=int(at_work[at]),
                share=float(share[at]),
                deviation=float(deviation[at]),
            )
            for at in range(count)
        ]

    def _tier_codes(self) -> list[int]:
        blank = 1 if len(self.tiers) < self.tier.max(initial=-1) + 1 else 0
        return [at + blank for at in range(len(self.tiers))]


def _deviation(weight: FloatArray, share: FloatArray) -> FloatArray:
    """Return how far each book is from an even one for its share, in percent; NaN without a share."""
    percent = np.full(len(weight), np.nan)
    sharing = share > 0
    total = weight[sharing].sum()
    if total > 0:
        even = total * share[sharing] / share[sharing].sum()
        percent[sharing] = 100 * (weight[sharing] / even - 1)
    return percent


def _labelled(cells: npt.NDArray[np.object_]) -> tuple[IntArray, tuple[str, ...]]:
    """Return the position of each cell's label among the sorted labels; blank is the label ""."""
    codes, labels = pd.factorize(np.array(["" if cell is None else cell for cell in cells], dtype=object), sort=True)
    return codes, tuple(map(str, labels))


def _as_texts(column: pd.Series) -> npt.NDArray[np.object_]:
    """Return a column of text, numbers or dates as text, None where blank; the tier 1.0 is 1."""
    cells = [None if pd.isna(cell) else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in column]
    texts = np.empty(len(cells), dtype=object)
    texts[:] = cells
    return texts


def as_document(books: Books) -> dict[str, Any]:
    """Return books as plain data for ``--json``."""

    def one(book: Book) -> dict[str, Any]:
        return {
            "customers": book.customers,
            **{measured.name: amount for measured, amount in zip(books.measured, book.amounts, strict=True)},
            "tiers": dict(zip(books.tiers, book.tiers, strict=True)),
        }

    def held(book: Book) -> dict[str, Any]:
        deviation = None if np.isnan(book.deviation) else book.deviation
        return {**one(book), "reps": book.reps, "share": book.share, "deviation_percent": deviation}

    return {
        "role": books.role,
        "units": {measured.name: measured.unit for measured in books.measured},
        "compared_by": books.compared.name,
        "total": one(books.total),
        "of_present_reps": one(books.present),
        "of_departed_reps": one(books.of_departed),
        "of_unknown_owners": one(books.of_unknown),
        "without_owner": one(books.without_owner),
        "reps": [
            {"rep_id": book.id, "name": book.label, "team": book.team, "departed": book.departed, **held(book)}
            for book in books.reps
        ],
        "teams": [{"team": book.id, **held(book)} for book in books.teams],
        "regions": [{"region": book.id, **one(book)} for book in books.regions],
    }
