"""Bars that say how far a book is from its target, with and without colour."""

from __future__ import annotations

import math

from planner.console.paper import Look, Said


def deviation_bar(
    after: float, tolerance: float, scale: float, *, before: float = math.nan, cells: int = 21
) -> tuple[Said, ...]:
    """Return a bar that grows left or right of the target by the deviation, in percent of the target.

    What lies inside the band is hatched, what lies outside is solid; dotted lines mark the edges of the
    band, a ring where the book stood before, an arrow head what lies beyond the scale.

    Examples
    --------
    >>> "".join(piece.text for piece in deviation_bar(25.0, 10.0, 50.0, before=-40.0))
    '  ○     ┊ │▒▒███      '
    """
    side = cells // 2
    drawn: list[tuple[str, Look]] = [(" ", "")] * (2 * side + 1)
    drawn[side] = ("│", "quiet")
    edge = _cell(tolerance, scale, side)
    for sign in (-1, 1):
        if 0 < edge <= side:
            drawn[side + sign * edge] = ("┊", "quiet")
    if not math.isnan(after):
        _fill(drawn, after, tolerance, scale, side)
    if not math.isnan(before):
        at = _cell(abs(before), scale, side)
        if at <= side:
            drawn[side + (at if before > 0 else -at)] = ("○", "quiet")
        else:
            drawn[2 * side if before > 0 else 0] = ("▶" if before > 0 else "◀", "quiet")
    return tuple(Said(text, look) for text, look in drawn)


def deviation_look(deviation: float, tolerance: float) -> Look:
    """Return the look of a deviation: good inside the band, a warning outside, bad beyond three bands."""
    if math.isnan(deviation):
        return "quiet"
    if abs(deviation) <= tolerance * (1 + 1e-9) + 1e-9:
        return "good"
    return "warn" if abs(deviation) <= 3 * tolerance else "bad"


def _cell(percent: float, scale: float, side: int) -> int:
    """Return in which cell from the centre a percentage lies: 1 is the first beside the centre."""
    if math.isinf(percent):
        return side + 1
    return math.ceil(percent / scale * side - 1e-9)


def _fill(drawn: list[tuple[str, Look]], after: float, tolerance: float, scale: float, side: int) -> None:
    look = deviation_look(after, tolerance)
    length = abs(after) / scale * side
    last = min(side, math.floor(length + 0.75)) if math.isfinite(length) else side
    for k in range(1, last + 1):
        solid = (k - 0.5) * scale / side > tolerance or (k == last and look != "good")
        mark = "█" if solid else "▒"
        if length - (k - 1) < 0.75:
            mark = "▌" if after > 0 else "▐"
        drawn[side + (k if after > 0 else -k)] = (mark, look)
    if length > side + 0.5:
        drawn[2 * side if after > 0 else 0] = ("▶" if after > 0 else "◀", look)
