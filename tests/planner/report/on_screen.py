"""Looking at a page: what a table shows, and waiting for what comes to be so."""

from __future__ import annotations

from typing import Any

TABLE = "#block-customers"
DRAWN = "[data-block=chart][data-drawn]"


def column(shown: Any, at: int, block: str = TABLE) -> list[str]:
    return shown.locator(f"{block} tbody tr > :nth-child({at})").all_inner_texts()


def position(shown: Any, block: str = TABLE) -> str:
    return str(shown.inner_text(f"{block} .position"))


def heading(shown: Any, title: str, block: str = TABLE) -> Any:
    return shown.locator(f"{block} thead th", has=shown.locator(f"button[title='Sort by {title}']"))


def until(shown: Any, told: str, value: Any = None) -> None:
    """Wait for something to be so; asked from outside, since the page forbids to evaluate texts in it."""
    for _ in range(100):
        if shown.evaluate(told, value):
            return
        shown.wait_for_timeout(50)
    raise AssertionError(f"it never came to be that {told}")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as the accessibility guidelines reckon it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    if colour.startswith("#"):
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    else:
        parts = [int(float(one)) for one in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [one / 255 / 12.92 if one <= 10 else ((one / 255 + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
