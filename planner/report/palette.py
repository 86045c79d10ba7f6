"""The colours of charts and maps: told apart by readers who do not see all colours, on white and on black.

Okabe and Ito's colours (Color Universal Design, 2008), a little darkened where white would swallow them.
"""

from __future__ import annotations

from types import MappingProxyType

OWNERS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#A6961C", "#8C564B")
"""Of owners on a map and of parts of a bar; neighbours never share one where eight are enough."""
NOBODY = "#8A8A8A"
"""Of customers without an owner, and of what nothing is known of."""
OTHERS = "#B8B8B8"
"""Of what belongs to those who are not shown."""

BEFORE = "#8A94A0"
AFTER = "#0072B2"
OUTSIDE = "#D55E00"
"""Of a book outside its band."""
BAND = "#7FA7C4"
LIMIT = "#B03060"
"""Of a hard limit."""
LAND = "#9AA3AB"
"""Of lines and shapes below a map."""

LABEL = "#5E6266"
"""Of words in charts that stand back: read on white, and turned to be read on black."""

FLOW = ("#E3EEF6", "#0072B2")
"""From few to many."""
ON_FLOW = ("#000010", "#FFFFF0")
"""Of figures upon the few and upon the many; with a hue, so that no dark screen turns them."""
FLOW_TURNS = 0.92
"""From this share of the most on, the second of them is read better."""
CHANGES = MappingProxyType(
    {"chosen": "#0072B2", "forced": "#D55E00", "new": "#009E73", "pooled": "#8A8A8A", "": "#B8C2CC"}
)
"""By what becomes of customers."""


def owner_colour(place: int) -> str:
    """Return the colour at a place, going round; ``NOBODY`` below 0."""
    return NOBODY if place < 0 else OWNERS[place % len(OWNERS)]
