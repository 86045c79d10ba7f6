"""What is wrong with today's books: uneven, empty, too full, of people who have left, or not known well enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.findings import Finding, Place
from models.names import rep_names
from models.org import BoolArray, FloatArray, IntArray, Org
from models.presence import NO_OWNER, UNKNOWN_OWNER, availability

UNEVEN = 2.0
"""A heaviest book more than so many times the lightest, each for its share, is worth a word."""
LARGE = 3.0
"""So is a book that holds more than so many times its even part of everything."""
EXAMPLES = 5


@dataclass(frozen=True)
class Carried:
    """Who carries what in one role.

    Attributes
    ----------
    customers, owner : int arrays, shape (members,)
        Positions of the customers that need the role, and of their owners (or NO_OWNER, UNKNOWN_OWNER).
    of_departed : bool array, shape (members,)
        True where the owner has departed.
    measured : tuple of (name, label, unit)
        What is weighed.
    values : list of float array, shape (members,)
        What each customer weighs, NaN where unknown; one per measured.
    yardstick : int
        Position of the measured by which books are compared; -1: the number of customers.
    at_work, share : arrays, shape (reps,)
        Whether the rep is there for this role; the rep's share, 0 where not.
    """

    role: str
    customers: IntArray
    owner: IntArray
    of_departed: BoolArray
    measured: tuple[tuple[str, str, str], ...]
    values: list[FloatArray]
    yardstick: int
    at_work: BoolArray
    share: FloatArray

    @property
    def label(self) -> str:
        """What books are compared by."""
        return self.measured[self.yardstick][1] if self.yardstick >= 0 else "customers"

    @property
    def unit(self) -> str:
        """The unit of the yardstick, with a space before it."""
        unit = self.measured[self.yardstick][2] if self.yardstick >= 0 else ""
        return f" {unit}" if unit else ""

    @property
    def weight(self) -> FloatArray:
        """What each member weighs by the yardstick, blanks nothing."""
        return np.nan_to_num(self.values[self.yardstick]) if self.yardstick >= 0 else np.ones(len(self.owner))

    def books(self, weight: FloatArray) -> FloatArray:
        """Return each rep's book, shape (reps,)."""
        owned = self.owner >= 0
        return np.bincount(self.owner[owned], weight[owned], len(self.share)).astype(np.float64)


def concerns(org: Org, carried: Carried) -> tuple[Finding, ...]:
    """Return what is wrong with the books of one role, what weighs most first."""
    return (
        *_in_no_book(org, carried),
        *_uneven(org, carried),
        *_without_book(org, carried),
        *_too_full(org, carried),
        *_unknown(org, carried),
    )


def _in_no_book(org: Org, carried: Carried) -> Iterator[Finding]:
    whole = carried.weight.sum()
    for code, title, chosen, hint in (
        ("TP181", "Customers of reps who have departed", carried.of_departed, "Try planner plan: they all must move"),
        (
            "TP182",
            "Customers of owners who are not on the roster",
            carried.owner == UNKNOWN_OWNER,
            "Try adding the owners to the reps if they are still there; else they must move",
        ),
        ("TP183", "Customers without an owner", carried.owner == NO_OWNER, "Try planner plan: it places them"),
    ):
        if chosen.any():
            part = carried.weight[chosen].sum() / whole if whole else 0.0
            examples = org.customer_ids[carried.customers[chosen]][:EXAMPLES].tolist()
            yield _finding(
                code,
                title,
                f"{_customers(chosen)} with {part:.1%} of the {carried.label}",
                hint,
                int(chosen.sum()),
                examples,
            )


def _uneven(org: Org, carried: Carried) -> Iterator[Finding]:
    """Say who carries most and least for the share, and whether one book holds much of everything."""
    books = carried.books(carried.weight)
    sharing = np.flatnonzero((carried.share > 0) & (books > 0))
    if len(sharing) < 2:
        return
    per_share = books[sharing] / carried.share[sharing]
    heavy, light = sharing[per_share.argmax()], sharing[per_share.argmin()]
    if per_share.max() > UNEVEN * per_share.min():
        heaviest, lightest = rep_names(org, np.array([heavy, light]))
        most, least = (f"{books[rep]:,.0f}{carried.unit}" for rep in (heavy, light))
        times = per_share.max() / per_share.min()
        yield _finding(
            "TP184",
            "Uneven books",
            f"{heaviest} carries {most} of {carried.label}, for the share {times:,.1f} times what {lightest} carries "
            f"({least})",
            f"Try a balance line on {carried.label}",
        )
    part = books[heavy] / carried.weight.sum()
    if part > LARGE * carried.share[heavy] / carried.share.sum():
        yield _finding(
            "TP185",
            "Much in one book",
            f"{part:.1%} of all {carried.label} is with {rep_names(org, np.array([heavy]))[0]}",
            "Try a capacity line such as {measure: " + carried.label + ", max: 20%}",
        )


def _without_book(org: Org, carried: Carried) -> Iterator[Finding]:
    owned = np.bincount(carried.owner[carried.owner >= 0], minlength=org.n_reps)
    empty = np.flatnonzero(carried.at_work & (carried.share > 0) & (owned == 0))
    if len(empty):
        yield _finding(
            "TP186",
            "Reps without a book",
            f"{len(empty):,} of {int(carried.at_work.sum()):,} reps at work",
            "Try a smaller `share` for those who are to begin with less than a full book",
            len(empty),
            rep_names(org, empty[:EXAMPLES]).tolist(),
        )


def _too_full(org: Org, carried: Carried) -> Iterator[Finding]:
    """Compare books with the capacity columns of the reps, in proportion to their presence in the period."""
    presence = availability(org)
    weights = {"customers": np.ones(len(carried.owner))}
    for (name, label, _), values in zip(carried.measured, carried.values, strict=True):
        weights[name] = weights[label] = np.nan_to_num(values)
    for column in sorted(org.given.get("reps", frozenset())):
        kind, _, name = column.partition("_")
        if kind not in ("capacity", "max") or name not in weights or org.reps[column].dtype != np.float64:
            continue
        limit = org.reps[column].to_numpy(dtype=np.float64) * (1.0 if name == "customers" else presence)
        books = carried.books(weights[name])
        over = np.flatnonzero(carried.at_work & (books > limit * (1 + 1e-9)))
        if len(over):
            worst = over[np.argsort(-(books[over] - limit[over]), kind="stable")]
            first, worst_off = worst[0], rep_names(org, worst[:1])[0]
            yield Finding(
                "TP187",
                "Books over capacity",
                org.source("reps").place(column=column),
                found=f"{len(over):,} of {int(carried.at_work.sum()):,} reps at work; most of all {worst_off} "
                f"with {books[first]:,.0f} of {limit[first]:,.0f}",
                expected="books within the capacity, in proportion to the days at work",
                hint=f"Try a capacity line: {{measure: {name}, max: rep.{column}}}",
                severity="warning",
                count=len(over),
                examples=tuple(map(str, rep_names(org, worst[:EXAMPLES]))),
            )


def _unknown(org: Org, carried: Carried) -> Iterator[Finding]:
    """Count the customers of which something is not known that other customers have."""
    table = org.customers.iloc[carried.customers]
    for title, columns in (("a region", ("region",)), ("coordinates", ("lat", "lon"))):
        given = [column for column in columns if org.has("customers", column)]
        if given:
            yield from _blank(org, carried, title, given[0], table[given].isna().any(axis=1).to_numpy())
    for (name, label, _), values in zip(carried.measured, carried.values, strict=True):
        yield from _blank(org, carried, label, name, np.isnan(values))


def _blank(org: Org, carried: Carried, what: str, column: str, blank: BoolArray) -> Iterator[Finding]:
    if blank.any():
        yield Finding(
            "TP188",
            f"Customers without {what}",
            org.source("customers").place(column=column),
            found=f"{blank.sum():,} of {_customers(np.ones_like(blank))}",
            hint=f"Try filling in {column}",
            severity="warning",
            count=int(blank.sum()),
            examples=tuple(map(str, org.customer_ids[carried.customers[blank]][:EXAMPLES])),
        )


def _customers(chosen: BoolArray) -> str:
    count = int(chosen.sum())
    return f"{count:,} customer" + ("" if count == 1 else "s")


def _finding(code: str, title: str, found: str, hint: str, count: int = 1, examples: Sequence[object] = ()) -> Finding:
    return Finding(
        code,
        title,
        Place(),
        found=found,
        hint=hint,
        severity="warning",
        count=count,
        examples=tuple(map(str, examples)),
    )
