"""From text to typed columns, all cells of one spelling at once; what does not fit is reported with its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.findings import did_you_mean
from models.org import BoolArray, FloatArray, IntArray
from planner.columns import Column, Kind
from planner.read import forms
from planner.read.problems import Problems, quoted
from planner.read.sheet import Cells, Written

SAMPLE = 200
"""So many different values tell whether it is worth looking at all of them."""
MIXED_CELLS, MIXED_SHARE = 10, 0.9
"""An extra column of text in which at least so many cells, and this share of them, are numbers or dates is reported."""
TWINS_AMONG = 500
"""Spellings are compared in columns with at most so many different values."""

EXTRA_FLAGS = frozenset({"true", "false", "yes", "no"})
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]")

Array = npt.NDArray[Any]


class Values(NamedTuple):
    """The different values of a column, and which of them each cell has (-1: blank)."""

    codes: IntArray
    texts: Sequence[str]


def typed(column: Written, spec: Column, problems: Problems) -> Array:
    """Return the cells in the form of ``spec``: float64 (NaN), datetime64[s] (NaT), bool, or text (None) as object.

    Blank cells take the default of ``spec``. Cells that do not fit are reported, and left blank.
    """
    if spec.kind == "number":
        quick = _plain_numbers(column.cells)
        if quick is not None:
            return _completed(quick, column, spec, problems)
    codes, texts = pd.factorize(column.cells)
    values = Values(codes, texts.tolist())
    kind = _kind_of_any(values, spec) if spec.kind == "any" else spec.kind
    if kind == "number":
        return _completed(_numbers(column, values, spec, problems), column, spec, problems)
    if kind == "date":
        days = _converted(column, values, forms.date, forms.DATE, problems)
        return _spread(np.array([day or "NaT" for day in days], dtype="datetime64[s]"), values, "NaT")
    if kind == "flag":
        flags = _converted(column, values, forms.flag, forms.FLAG, problems)
        return _spread(np.array([bool(one) for one in flags], dtype=bool), values, bool(spec.default))
    if kind == "answer":
        answers = _converted(column, values, forms.flag, forms.ANSWER, problems)
        words = [None if one is None else "yes" if one else "no" for one in answers]
        return _spread(np.array(words, dtype=object), values, None)
    if kind == "word":
        known = [text.strip().casefold() for text in values.texts]
        _refuse_other_words(column, values, known, spec, problems)
        words = [word if word in spec.words else None for word in known]
        return _spread(np.array(words, dtype=object), values, None)
    if kind == "skills":
        parsed = _converted(column, values, forms.skills, forms.SKILLS, problems)
        sound = [code for code, text in enumerate(parsed) if text is not None]
        _report_separators(column, values, sound, problems)
    if spec.kind == "any":
        _report_mixed(column, values, problems)
    if kind == "text":
        _report_twins(column, values, spec, problems)
        _report_words(column, values, spec, problems)
    return column.cells


def defaults(spec: Column, count: int) -> Array:
    """Return ``count`` cells of a column that the source lacks."""
    if spec.kind == "number":
        return np.full(count, np.nan if spec.default is None else float(spec.default))
    if spec.kind == "date":
        return np.full(count, "NaT", dtype="datetime64[s]")
    if spec.default is not None:
        return np.full(count, bool(spec.default))
    return np.full(count, None, dtype=object)


def _spread(by_value: Array, values: Values, blank: object) -> Array:
    """Return the cells, given what each different value is."""
    return np.append(by_value, np.array([blank], dtype=by_value.dtype))[values.codes]


def _positions(values: Values, which: Sequence[int]) -> list[int]:
    """Return the positions of the cells that have one of the values ``which``."""
    chosen: list[int] = np.flatnonzero(np.isin(values.codes, np.array(which, dtype=np.int64))).tolist()
    return chosen


def _converted(
    column: Written, values: Values, parse: Callable[[str], Any], form: forms.Form, problems: Problems
) -> list[Any]:
    """Return each different value in its form, None where it has none (which is reported)."""
    parsed: list[Any] = []
    hints: dict[int, str] = {}
    for code, text in enumerate(values.texts):
        try:
            parsed.append(parse(text))
        except forms.Unreadable as wrong:
            parsed.append(None)
            hints[code] = wrong.hint
    if hints:
        problems.cells(
            form.code,
            column,
            _positions(values, list(hints)),
            expected=form.expected,
            hint=lambda position: hints[int(values.codes[position])],
        )
    return parsed


def _numbers(column: Written, values: Values, spec: Column, problems: Problems) -> FloatArray:
    by_value = forms.plain_numbers(values.texts)
    if by_value is None:
        read = partial(forms.number, percent=spec.percent)
        parsed = _converted(column, values, read, forms.NUMBER, problems)
        by_value = np.array([np.nan if one is None else one for one in parsed], dtype=np.float64)
    return _spread(by_value, values, np.nan)


def _plain_numbers(cells: Cells) -> FloatArray | None:
    """Return the cells as numbers where all are written plainly, without looking at each by itself."""
    filled = ~np.asarray(pd.isna(cells))
    read = forms.plain_numbers(cells[filled].tolist())
    if read is None:
        return None
    numbers = np.full(len(cells), np.nan)
    numbers[filled] = read
    return numbers


def _completed(numbers: FloatArray, column: Written, spec: Column, problems: Problems) -> FloatArray:
    """Report numbers out of range, and put the default of ``spec`` where there is none."""
    _report_range(numbers, column, spec, problems)
    if spec.default is not None:
        numbers[np.isnan(numbers)] = float(spec.default)
    return numbers


def _report_range(numbers: FloatArray, column: Written, spec: Column, problems: Problems) -> None:
    low, high = spec.minimum, spec.maximum
    outside: BoolArray = np.zeros(len(numbers), dtype=bool)
    if low is not None:
        outside |= numbers < low
    if spec.above is not None:
        outside |= numbers <= spec.above
    if high is not None:
        outside |= numbers > high
    if not outside.any():
        return

    def hint(position: int) -> str:
        value = float(numbers[position])
        if spec.percent and high == 1 and 1 < value <= 100:
            return f"Try {value / 100:g}, or {value:g}%"
        if spec.name == "lat" and abs(value) <= 180:
            return "Try swapping lat and lon"
        if spec.outside == "warning":
            return "Try 0 or a blank cell if it is not meant; a negative book cannot be balanced or limited"
        return f"Try a number of {spec.range_text}"

    problems.cells(
        "TP145",
        column,
        np.flatnonzero(outside).tolist(),
        expected=spec.range_text + (f" {spec.unit}" if spec.unit else ""),
        hint=hint,
        severity=spec.outside,
        together=spec.outside == "warning",
    )


def _kind_of_any(values: Values, spec: Column) -> Kind:
    """Return flag, number or date where all values are so, else text. Codes such as 007 are text."""
    if not values.texts:
        return "flag" if spec.default is not None else "text"
    words = EXTRA_FLAGS if spec.default is None else forms.TRUE_WORDS | forms.FALSE_WORDS
    if len(values.texts) <= len(words) and all(text.strip().casefold() in words for text in values.texts):
        return "flag"
    if _are_plain_numbers(values.texts):
        return "number"
    return "date" if all(map(_is_date, values.texts)) else "text"


def _are_plain_numbers(texts: Sequence[str]) -> bool:
    if forms.plain_numbers(texts) is not None:
        return not any(map(_LEADING_ZERO.match, texts))
    return all(map(_is_plain_number, texts))


def _is_plain_number(text: str) -> bool:
    return not _LEADING_ZERO.match(text.strip()) and _reads(forms.number, text)


def _is_date(text: str) -> bool:
    return _reads(forms.date, text)


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except forms.Unreadable:
        return False
    return True


def _report_mixed(column: Written, values: Values, problems: Problems) -> None:
    """Warn of an extra column that would be numbers or dates but for a few cells."""
    sample = values.texts[:SAMPLE]
    for what, fits in (("numbers", _is_plain_number), ("dates", _is_date)):
        if sum(map(fits, sample)) < len(sample) / 2:
            continue
        odd = [code for code, text in enumerate(values.texts) if not fits(text)]
        positions = _positions(values, odd)
        filled = int((values.codes >= 0).sum())
        if filled >= MIXED_CELLS and 0 < len(positions) <= (1 - MIXED_SHARE) * filled:
            problems.cells(
                "TP146",
                column,
                positions,
                expected=f"{what}, as in the other {filled - len(positions):,} cells; the whole column is read as text",
                hint=f"Try mending these cells, or emptying them, so that the column is read as {what}",
                severity="warning",
                together=True,
            )
            return


def folded(text: str) -> str:
    """Return a text as it is compared to find spellings of one thing: without case, spaces, dashes, underscores."""
    return re.sub(r"[\s_\-]+", "", text).casefold()


def _report_twins(column: Written, values: Values, spec: Column, problems: Problems) -> None:
    if spec.name == "name" or not 1 < len(values.texts) <= TWINS_AMONG:
        return
    spellings: dict[str, list[int]] = {}
    for code, text in enumerate(values.texts):
        spellings.setdefault(folded(text), []).append(code)
    counts = np.bincount(values.codes[values.codes >= 0], minlength=len(values.texts))
    for codes in spellings.values():
        if len(codes) > 1:
            codes.sort(key=lambda code: -counts[code])
            usual, rarer = codes[0], codes[1:]
            problems.add(
                "TP147",
                column.place(_positions(values, rarer)[0]),
                found=" and ".join(f"{quoted(values.texts[code])} ({counts[code]:,} times)" for code in codes),
                expected="one spelling",
                hint=f"Try mapping it under `values`: {values.texts[rarer[0]].strip()}: {values.texts[usual]}",
                severity="warning",
                count=int(counts[rarer].sum()),
            )


def _report_words(column: Written, values: Values, spec: Column, problems: Problems) -> None:
    unknown = [code for code, text in enumerate(values.texts) if text.strip().casefold() not in spec.words]
    if spec.words and unknown:
        problems.cells(
            "TP148",
            column,
            _positions(values, unknown),
            expected=f"one of {', '.join(spec.words)}; anything else counts as {spec.words[0]}",
            hint=f"Try mapping it under `values`: {quoted(values.texts[unknown[0]])}: {spec.words[0]}",
            severity="warning",
            together=True,
        )


def _refuse_other_words(
    column: Written, values: Values, known: Sequence[str], spec: Column, problems: Problems
) -> None:
    other = [code for code, word in enumerate(known) if word not in spec.words]
    if other:
        problems.cells(
            "TP148",
            column,
            _positions(values, other),
            expected=f"one of {', '.join(spec.words)}",
            hint=lambda position: did_you_mean(known[int(values.codes[position])], spec.words),
        )


def _report_separators(column: Written, values: Values, parsed: Sequence[int], problems: Problems) -> None:
    odd = [code for code in parsed if forms.with_semicolons(values.texts[code]) != values.texts[code]]
    if odd:
        problems.cells(
            "TP149",
            column,
            _positions(values, odd),
            expected="semicolons between skills, and a colon before a level",
            hint=lambda position: "Try " + forms.with_semicolons(column.cells[position]),
            severity="warning",
            together=True,
        )
