"""Text as a terminal may safely show it: tables hold control characters, escapes and right-to-left tricks."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

# Joiners that some scripts and emoji need are kept; every other invisible character is made visible.
_HARMLESS_INVISIBLE = frozenset("\u200c\u200d")
_SHOWN_AS_A_MARK = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# What our own screens draw, said with ASCII for terminals that know nothing else.
_ASCII = str.maketrans(
    {
        "█": "#",
        "▒": "=",
        "▌": "+",
        "▐": "+",
        "│": "|",
        "┊": ":",
        "─": "-",
        "○": "o",
        "◀": "<",
        "▶": ">",
        "→": "->",
        "÷": "/",
        "×": "x",
        "·": "-",
        "…": "...",
        "−": "-",
        "–": "-",
        "±": "+/-",
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "€": "EUR",
        "\u00a0": " ",
    }
)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    r"""Return ``text`` on one line, every character that could steer a terminal replaced by a visible mark.

    Control characters become their Unicode pictures, other invisible characters and bidirectional overrides
    ``\ufffd``.

    Examples
    --------
    >>> plain("Acme\x1b[31m\nRed")
    'Acme␛[31m␊Red'
    """
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in _HARMLESS_INVISIBLE or unicodedata.category(character) not in _SHOWN_AS_A_MARK:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"


def spelled(text: str, encoding: str) -> str:
    r"""Return plain ``text``, what ``encoding`` cannot write said in ASCII or else by its number, such as ``\u4e2d``.

    Examples
    --------
    >>> spelled("2.1 → 1.3", "ascii")
    '2.1 -> 1.3'
    """
    text = plain(text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, errors="backslashreplace").decode(encoding)
    return text


def width_of(text: str) -> int:
    """Return how many terminal cells ``text`` takes; Chinese characters take two."""
    return cell_len(text)


def clipped(text: str, width: int, ellipsis: str = "…") -> str:
    """Return ``text`` in at most ``width`` cells, with an ellipsis where something was left off.

    Examples
    --------
    >>> clipped("Northern Hardware", 10)
    'Northern…'
    """
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    return set_cell_size(text, room).rstrip() + ellipsis if room > 0 else set_cell_size(text, max(width, 0))
