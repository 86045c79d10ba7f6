"""A language: its sentences, and how it writes numbers, shares, money and dates."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from planner.language.catalogue import Catalogue, catalogue

_PLACE = re.compile(r"\{(\w+)\}")
_NOTHING, _ENDLESS = "–", "∞"
_SHORT_FROM, _BRIEF_FROM = 1e7, 1e4
"""From here on numbers are shortened, where they are the real figure and where they are a remark."""
UNITS = {
    "customers": "{figure} customers",
    "points": "{figure} points",
    "moves": "{figure} moves",
    "% of target": "{figure}% of target",
}
"""Units that the planner itself counts in, beside a figure; those of a policy are the user's words."""


@dataclass(frozen=True)
class _Manner:
    """What Unicode's tables of a locale do not say as people in business write it."""

    locale: str
    sizes: tuple[tuple[float, str], ...]
    """Large numbers by name, the largest first."""
    whole_from: float
    """From so many of such a size on, parts of it are left out: 9,731万, where 97.3M has room for them."""
    date: str
    lists: str
    """The locale whose manner of listing is followed: English is spared the comma before "and"."""


_MANNERS: Mapping[str, _Manner] = MappingProxyType(
    {
        "en": _Manner("en_US", ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")), math.inf, "d MMM y", "en_GB"),
        "zh": _Manner("zh_Hans_CN", ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")), 100, "y年M月d日", "zh_Hans_CN"),
    }
)
CODES = tuple(_MANNERS)


@dataclass(frozen=True)
class Language:
    """A language; English texts are the keys of its sentences, and what has no translation stays English."""

    code: str
    locale: Locale

    def __call__(self, text: str, /, **values: object) -> str:
        """Return an English text in this language, its ``{places}`` filled with ``values``.

        Values are text, whatever braces are in them. Without values, the text is not looked at for places.

        Examples
        --------
        >>> zh = language("zh")
        >>> zh("Chosen moves"), zh("nobody translated this"), ENGLISH("Moves by {kind}", kind="team")
        ('主动调动', 'nobody translated this', 'Moves by team')
        """
        said = self._catalogue.texts.get(text, text)
        return _filled(said, values) if values else said

    def knows(self, text: str) -> bool:
        """Tell whether a text has a translation; English knows every text."""
        return self.code == "en" or text in self._catalogue.texts

    def knows_forms(self, one: str, many: str) -> bool:
        """Tell whether the forms of a count have a translation."""
        return self.code == "en" or (one, many) in self._catalogue.forms

    def plural(self, count: int, one: str, many: str, /, **values: object) -> str:
        """Return ``one`` or ``many`` in this language, whichever goes with ``count``; ``{count}`` is filled with it.

        Examples
        --------
        >>> ENGLISH.plural(1, "{count} rep", "{count} reps"), ENGLISH.plural(1200, "{count} rep", "{count} reps")
        ('1 rep', '1,200 reps')
        >>> language("zh").plural(1200, "{count} rep", "{count} reps")
        '1,200 名销售代表'
        """
        forms = self._catalogue.forms.get((one, many))
        said = forms[self._catalogue.form_of(count)] if forms else one if count == 1 else many
        return _filled(said, {"count": self._spelled(f"{count:,}"), **values})

    def number(self, value: float, digits: int | None = None) -> str:
        """Return a number, with as many digits as one takes in at a glance where ``digits`` does not say how many.

        Examples
        --------
        >>> [ENGLISH.number(value) for value in (1234567, 123456789, 12.34, 3.0, float("nan"), float("inf"))]
        ['1,234,567', '123.5M', '12.3', '3', '–', '∞']
        >>> ENGLISH.number(1234.5, 2), language("zh").number(123456789), language("zh").number(1234567)
        ('1,234.50', '1.2亿', '1,234,567')
        """
        if odd := _odd(value):
            return odd
        if digits is not None:
            return self._spelled(f"{value:,.{digits}f}")
        if abs(value) >= _SHORT_FROM:
            return self._shortened(value)
        if abs(value) >= 100 or math.isclose(value, round(value), abs_tol=1e-9):
            return self._spelled(f"{round(value):,}")
        if abs(value) >= 10:
            return self._spelled(f"{value:.1f}")
        return self._spelled(f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}")

    @property
    def sizes(self) -> tuple[tuple[float, str], ...]:
        """Large numbers by name, the largest first.

        Examples
        --------
        >>> ENGLISH.sizes[-2:], language("zh").sizes[-1]
        (((1000000.0, 'M'), (1000.0, 'k')), (10000.0, '万'))
        """
        return _MANNERS[self.code].sizes

    def brief(self, value: float) -> str:
        """Return a number in few digits, for a remark beside the real figure.

        Examples
        --------
        >>> [ENGLISH.brief(value) for value in (643820, 97311000, 12.34)]
        ['643.8k', '97.3M', '12.3']
        >>> [language("zh").brief(value) for value in (643820, 97311000, 123456789, 9999)]
        ['64.4万', '9,731万', '1.2亿', '9,999']
        """
        if odd := _odd(value):
            return odd
        return self._shortened(value) if abs(value) >= _BRIEF_FROM else self.number(value)

    def percent(self, share: float, digits: int = 1) -> str:
        """Return a share (0-1) as a percentage that is never rounded to nothing.

        Examples
        --------
        >>> [ENGLISH.percent(share) for share in (0.174, 0, 0.00004, 1, -0.05, float("nan"))]
        ['17.4%', '0%', '<0.1%', '100%', '-5.0%', '–']
        >>> ENGLISH.percent(0.174, 0), ENGLISH.percent(0.001, 0)
        ('17%', '<1%')
        """
        if odd := _odd(share):
            return odd
        least = 10.0**-digits
        if 0 < 100 * share < least / 2:
            return f"<{self._percentage(least, digits)}"
        return self._percentage(100 * share, 0 if share in (0, 1) else digits)

    def signed(self, value: float, digits: int | None = None) -> str:
        """Return a change with its sign.

        Examples
        --------
        >>> ENGLISH.signed(3.0), ENGLISH.signed(-12.42), ENGLISH.signed(0.0), ENGLISH.signed(-1234.5, 1)
        ('+3', '−12.4', '0', '−1,234.5')
        """
        return _with_sign(
            value, self.number(abs(value), digits), nothing=1e-9 if digits is None else 0.5 * 10.0**-digits
        )

    def signed_percent(self, share: float, digits: int = 1) -> str:
        """Return how far something is from what it should be, as a share (0.1 is 10% more), with its sign.

        Examples
        --------
        >>> ENGLISH.signed_percent(0.1111), ENGLISH.signed_percent(-0.067), ENGLISH.signed_percent(0.0)
        ('+11.1%', '−6.7%', '0%')
        """
        nothing = 0.5 * 10.0 ** -(digits + 2)
        return _with_sign(share, self.percent(abs(share), digits), nothing=nothing, zero=self.percent(0))

    def amount(self, value: float, unit: str) -> str:
        r"""Return a number with its unit; money, by its three-letter code, as the language writes it.

        Units of the planner itself, such as customers, are translated; those of a policy stay as they are.

        Examples
        --------
        >>> ENGLISH.amount(1200, "h"), ENGLISH.amount(3, ""), ENGLISH.amount(1200, "USD"), ENGLISH.amount(-5, "CHF")
        ('1,200 h', '3', '$1,200', '-CHF\xa05')
        >>> zh = language("zh")
        >>> zh.amount(1200, "USD"), zh.amount(1200, "CNY"), zh.amount(97311000, "CNY"), zh.amount(3, "customers")
        ('US$1,200', '¥1,200', '¥9,731万', '3 家客户')
        """
        return self._with_unit(self.number(value), unit)

    def brief_amount(self, value: float, unit: str) -> str:
        """Return an amount in few digits, for a remark beside the real figure.

        Examples
        --------
        >>> ENGLISH.brief_amount(643820, "USD"), language("zh").brief_amount(643820, "USD")
        ('$643.8k', 'US$64.4万')
        """
        return self._with_unit(self.brief(value), unit)

    def leading(self, value: float, unit: str, *, brief: bool = False) -> str:
        """Return a number that another one with the unit follows: of money it has its sign all the same.

        Examples
        --------
        >>> ENGLISH.leading(3, "h"), ENGLISH.leading(1500000, "USD", brief=True), ENGLISH.leading(1200, "EUR")
        ('3', '$1.5M', '€1,200')
        """
        figure = self.brief(value) if brief else self.number(value)
        return self._with_unit(figure, unit) if unit in self.locale.currencies else figure

    def day(self, date: dt.date) -> str:
        """Return a date in words that no country reads differently.

        Examples
        --------
        >>> ENGLISH.day(dt.date(2027, 1, 1)), language("zh").day(dt.date(2027, 1, 1))
        ('1 Jan 2027', '2027年1月1日')
        """
        return format_date(date, _MANNERS[self.code].date, locale=self.locale)

    def listed(self, names: Sequence[str]) -> str:
        """Return names in a row, as one says them.

        Examples
        --------
        >>> ENGLISH.listed(["a", "b", "c"]), language("zh").listed(["a", "b", "c"]), ENGLISH.listed([])
        ('a, b and c', 'a、b和c', '')
        """
        return format_list(names, locale=_MANNERS[self.code].lists)

    @property
    def _catalogue(self) -> Catalogue:
        return catalogue(self.code)

    def _shortened(self, value: float) -> str:
        """Return a number by the largest name that it reaches: thousands, millions; 万, 亿."""
        manner = _MANNERS[self.code]
        size, name = next((one for one in manner.sizes if abs(value) >= one[0]), manner.sizes[-1])
        digits = 0 if abs(value) >= manner.whole_from * size else 1
        return self._spelled(f"{value / size:,.{digits}f}") + name

    def _spelled(self, figure: str) -> str:
        """Return a number as Python writes it with this language's marks of thousands and decimals."""
        group, point = get_group_symbol(self.locale), get_decimal_symbol(self.locale)
        return figure.translate({ord(","): group, ord("."): point})

    def _percentage(self, percent: float, digits: int) -> str:
        return self._spelled(f"{percent:,.{digits}f}") + self.locale.percent_formats[None].suffix[0]

    def _with_unit(self, figure: str, unit: str) -> str:
        if unit not in self.locale.currencies:
            return self(UNITS[unit], figure=figure) if unit in UNITS else beside(figure, unit)
        symbol = get_currency_symbol(unit, locale=self.locale)
        sign, figure = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
        pattern = self.locale.currency_formats["standard"]
        before, after = pattern.prefix[0].replace("¤", symbol), pattern.suffix[0].replace("¤", symbol)
        if before[-1:].isalpha():
            before += "\xa0"
        return f"{sign}{before}{figure}{after}"


@cache
def language(code: str) -> Language:
    """Return the language of a code, one of :data:`CODES`; raises ``KeyError`` for another."""
    return Language(code, Locale.parse(_MANNERS[code].locale))


ENGLISH = language("en")


def is_known_unit(unit: str) -> bool:
    """Tell whether a unit is a currency, hours, or one in which the planner counts; others are the user's own words.

    Examples
    --------
    >>> is_known_unit("CNY"), is_known_unit("h"), is_known_unit("seats")
    (True, True, False)
    """
    return unit in ENGLISH.locale.currencies or unit in UNITS or unit in ("", "h")


def beside(figure: str, unit: str) -> str:
    """Return a figure with its unit behind it; percent stand close to it.

    Examples
    --------
    >>> beside("1,200", "h"), beside("9.5", "% of target"), beside("3", "")
    ('1,200 h', '9.5% of target', '3')
    """
    return f"{figure}{unit}" if unit.startswith("%") else f"{figure} {unit}".rstrip()


def _filled(text: str, values: Mapping[str, object]) -> str:
    """Fill the places of a text, each exactly once, so that braces in values are never places."""
    return _PLACE.sub(lambda place: str(values[place[1]]), text)


def _odd(value: float) -> str:
    """Return how what is no number, or has no end, is written; blank for others."""
    if math.isnan(value):
        return _NOTHING
    if math.isinf(value):
        return _ENDLESS if value > 0 else f"-{_ENDLESS}"
    return ""


def _with_sign(value: float, figure: str, *, nothing: float, zero: str = "0") -> str:
    if math.isnan(value):
        return _NOTHING
    if abs(value) < nothing:
        return zero
    return f"{'+' if value > 0 else '−'}{figure}"
