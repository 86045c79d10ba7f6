"""Revenue at risk: what part of a moved customer's sales a change of owner may cost.

Shi, Sridhar, Grewal and Lilien (2017), "Sales Representative Departures and Customer Reassignment Strategies in
Business-to-Business Markets", Journal of Marketing 81(2), 25-44, find in a difference-in-differences analysis of one
Fortune 500 firm that transitions of sales representatives lead to losses of 13.2 % to 17.6 % in annual sales, and that
existing reps who resemble the one before lose less than new hires do. It is one firm and reps who left: a range to
think with, not a forecast.
"""

from __future__ import annotations

import math
import re

from models.amount import amount
from models.findings import Finding, InputRefused, Place

Risk = tuple[float, float]

LITERATURE: Risk = (0.13, 0.17)
"""From the first year's losses that the literature reports, rounded down so that the range promises nothing."""


def risk_of(text: str) -> Risk:
    """Read a range of shares, ``13%-17%``, or a single one, ``15%``.

    Raises
    ------
    InputRefused
        When it is not a range within 0 and 100 %.

    Examples
    --------
    >>> risk_of("10% - 20%"), risk_of("0.15")
    ((0.1, 0.2), (0.15, 0.15))
    """
    shares = [_share(part) for part in re.split(r"\s*(?:[-–]|\.\.)\s*", text.strip())]
    low, high = shares[0], shares[-1]
    if len(shares) > 2 or low is None or high is None or not 0 <= low <= high <= 1:
        raise InputRefused(
            [
                Finding(
                    "TP510",
                    "The revenue at risk is not a range of shares",
                    Place(),
                    found=repr(text),
                    expected="two percentages within 0% and 100%, the lower one first",
                    hint="Try 13%-17%",
                )
            ]
        )
    return low, high


def _share(text: str) -> float | None:
    try:
        read = amount(text)
    except ValueError:
        return None
    share = read.percent if read.percent is not None else read.number
    return share if share is not None and math.isfinite(share) else None
