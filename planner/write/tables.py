"""The tables of a run: who owns whom, who moved, and every rep's books."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.account import Account
from models.books import Band, MeasureBook
from models.explain.wishes import Heard
from models.names import Texts, customer_names, rep_names
from models.org import FloatArray, IntArray, Org

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def assignments_table(account: Account) -> pd.DataFrame:
    """Return one row per customer and role it needs, customers in input order.

    ``moved`` tells that the owner changes, by choice or by force; a newly assigned customer has not moved.
    """
    ownership, changes = account.ownership, account.changes
    order = np.lexsort((ownership.role, ownership.customer))
    return pd.DataFrame(
        {
            "customer_id": account.org.customer_ids[ownership.customer],
            "role": np.array(account.policy.role_names, dtype=object)[ownership.role],
            "rep_id": rep_ids(account.org, ownership.after),
            "previous_rep_id": account.owner_ids,
            "moved": changes.moved,
            "forced": changes.forced,
            "reason": for_people(account.reasons),
        }
    ).iloc[order]


def moves_table(account: Account) -> pd.DataFrame:
    """Return the chosen and forced moves, the greatest revenue first, with what each carries."""
    moves, org = account.summary.moves, account.org
    table = pd.DataFrame(
        {
            "customer_id": org.customer_ids[moves.customer],
            "name": for_people(customer_names(org, moves.customer)),
            "role": np.array(account.policy.role_names, dtype=object)[moves.role],
            "from": account.owner_ids[moves.member],
            "from_name": for_people(account.previous_owners(moves.member)),
            "to": rep_ids(org, moves.after),
            "to_name": for_people(rep_names(org, moves.after)),
            "forced": moves.forced,
            "why": for_people(account.whys(moves.member)),
            "staying_points": _of_moves(moves.member, account.staying.member, _finite(account.staying.points), np.nan),
            "staying_evidence": _of_moves(moves.member, account.staying.member, account.staying.evidence, None),
        }
    )
    if account.summary.headline.worth not in (*account.carried, "customers"):
        table[account.summary.headline.worth] = moves.revenue
    for measure, values in account.carried.items():
        table[measure if measure not in table else f"measure_{measure}"] = values[moves.member]
    return headed_for_people(table)


def _of_moves(members: IntArray, known: IntArray, values: npt.NDArray[Any], blank: object) -> npt.NDArray[Any]:
    """Return values that are known of some members (ascending) for all of ``members``."""
    at = np.searchsorted(known, members)
    there = np.flatnonzero(at < len(known))
    there = there[known[at[there]] == members[there]]
    found = np.full(len(members), blank, dtype=values.dtype)
    found[there] = values[at[there]]
    return found


def reps_table(account: Account) -> pd.DataFrame:
    """Return one row per rep, measure and balance line on it: books before and after, target, band and limits."""
    parts = [_rep_rows(account, book, band) for book in account.summary.books for band in (book.bands or (None,))]
    table = pd.concat(parts, ignore_index=True)
    order = np.lexsort((np.arange(len(table)), np.tile(np.arange(account.org.n_reps), len(parts))))
    return table.iloc[order]


def wishes_table(account: Account, heard: Heard) -> pd.DataFrame:
    """Return one row per wish and role it speaks of, as the wishes stand: honoured or not, why not, and what it costs.

    Costs are points beyond the weight of the wish; blank where it is honoured, where no plan can honour it, or where
    nothing is known.
    """
    org, wishes = account.org, heard.wishes
    assert org.wishes is not None
    assert account.plan.assignment is not None
    order = np.lexsort((wishes.role, wishes.row))
    refusals = [heard.refusals.get(wish) for wish in order.tolist()]
    row, customer, role = wishes.row[order], wishes.customer[order], wishes.role[order]
    rep = np.maximum(wishes.rep[order], -1)
    owner = account.plan.assignment.owners[role, customer]

    def of_refusals(name: str) -> list[float]:
        known = [None if one is None or one.cost is None else getattr(one, name) for one in refusals]
        return [np.nan if value is None or not np.isfinite(value) else float(value) for value in known]

    return pd.DataFrame(
        {
            "customer_id": org.customer_ids[customer],
            "name": for_people(customer_names(org, customer)),
            "role": np.array(account.policy.role_names, dtype=object)[role],
            "kind": wishes.kind[order],
            "rep_id": rep_ids(org, rep),
            "weight": wishes.weight[order],
            "who": for_people(_cells(org.wishes, "who", row)),
            "note": for_people(_cells(org.wishes, "note", row)),
            "owner_id": rep_ids(org, owner),
            "honoured": np.where(heard.honoured[order], "yes", "no"),
            "cost_points": of_refusals("cost"),
            "cost_low": of_refusals("low"),
            "cost_high": of_refusals("high"),
            "evidence": [None if one is None else one.evidence for one in refusals],
            "why_not": for_people(np.array([None if one is None else one.why for one in refusals], dtype=object)),
        }
    )


def _cells(table: pd.DataFrame, column: str, rows: IntArray) -> Texts:
    """Return the filled cells of some rows, None where they are blank or the column is not there."""
    if column not in table:
        return np.full(len(rows), None, dtype=object)
    cells = table[column].astype(object)
    texts: Texts = cells.where(cells.notna(), None).to_numpy(dtype=object)[rows]
    return texts


def rep_ids(org: Org, positions: IntArray) -> Texts:
    """Return rep ids by position, None for a position below 0."""
    ids: Texts = np.append(org.rep_ids, np.array([None], dtype=object))[np.maximum(positions, -1)]
    return ids


def _rep_rows(account: Account, book: MeasureBook, band: Band | None) -> pd.DataFrame:
    everyone = np.arange(account.org.n_reps)
    blank = np.full(len(everyone), np.nan)
    target = np.where(band.banded, band.target, np.nan) if band is not None else blank
    width = band.tolerance if band is not None else 0.0
    return pd.DataFrame(
        {
            "rep_id": account.org.rep_ids,
            "name": for_people(rep_names(account.org, everyone)),
            "measure": book.measure,
            "balance": band.line if band is not None else None,
            "unit": book.unit or None,
            "before": book.before,
            "after": book.after,
            "target": target,
            "band_low": target * (1 - width),
            "band_high": target * (1 + width),
            "capacity_min": _finite(book.minimum),
            "capacity": _finite(book.maximum),
            "deviation_percent_before": band.deviation(band.before) if band is not None else blank,
            "deviation_percent": band.deviation(band.after) if band is not None else blank,
            "customers_gained": account.summary.gained,
            "customers_lost": account.summary.lost,
        }
    )


def _finite(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, np.nan)


def for_people(texts: Texts) -> Texts:
    """Return texts that no spreadsheet takes for a formula, and no terminal for a command."""
    texts = np.array([_CONTROLS.sub(" ", text) if isinstance(text, str) else text for text in texts], dtype=object)
    risky = np.array([isinstance(text, str) and text.startswith(_FORMULA) for text in texts], dtype=bool)
    if not risky.any():
        return texts
    escaped = texts.copy()
    escaped[risky] = "'" + escaped[risky]
    return escaped


def headed_for_people(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose headers, with names of the user's own among them, no spreadsheet takes for formulas."""
    return table.set_axis(for_people(table.columns.to_numpy(dtype=object)), axis="columns")
