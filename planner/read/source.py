"""What the project file says about a table: where it comes from and how its headers and spellings are to be read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
PARQUETS = frozenset({".parquet", ".pq"})


def _word(value: object) -> object:
    """Let YAML's bare numbers and booleans stand for their text: ``values: {tier: {1: A}}``."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _words(value: object) -> object:
    return {_word(key): _word(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def _several(value: object) -> object:
    return [value] if isinstance(value, str | Mapping) else value


Word = Annotated[str, BeforeValidator(_word)]
Words = Annotated[dict[str, str | None], BeforeValidator(_words)]
Job = Literal["sales", "service", "leadership"]
Jobs = Annotated[tuple[Job, ...], BeforeValidator(_several), Field(min_length=1)]


class Origin(BaseModel):
    """A file or a query, and how to read it.

    ``columns`` maps a header to the column it holds (``null`` leaves it out); ``values`` maps, per column, a spelling
    to the value it stands for (``null``: blank).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str | None = Field(default=None, min_length=1)
    sql: str | None = Field(default=None, min_length=1)
    url: str | None = Field(default=None, min_length=1)
    sheet: Word | None = None
    delimiter: str | None = None
    encoding: str | None = None
    columns: Words = Field(default_factory=dict)
    values: dict[str, Words] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """Read ``customers: customers.csv`` as ``customers: {file: customers.csv}``."""
        return {"file": value} if isinstance(value, str) else value

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str | None) -> str | None:
        if value is None:
            return None
        named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(value.lower(), value)
        if len(named) != 1 or named in '"\r\n':
            raise ValueError("a delimiter is one character such as ';', or 'tab'")
        return named

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                known = codecs.lookup(value)
            except (LookupError, ValueError) as wrong:
                raise ValueError(f"no encoding is called {value!r}; try utf-8, gb18030 or cp1252") from wrong
            if not getattr(known, "_is_text_encoding", True):
                raise ValueError(f"{value!r} is no text encoding; try utf-8, gb18030 or cp1252")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Origin:
        if (self.file is None) == (self.sql is None):
            raise ValueError("a table comes either from a 'file' or from a query ('sql' and 'url')")
        if (self.sql is None) != (self.url is None):
            raise ValueError("'sql' needs a 'url' such as sqlite:///crm.db, and a 'url' needs 'sql'")
        for key, kind in (("sheet", "workbook"), ("delimiter", "text"), ("encoding", "text")):
            if getattr(self, key) is not None and self.kind != kind:
                raise ValueError(f"{key!r} has no effect on {self.label}")
        return self

    @property
    def kind(self) -> Literal["query", "parquet", "workbook", "text"]:
        """How the source is read, by the ending of its name."""
        if self.file is None:
            return "query"
        ending = PurePath(self.file).suffix.lower()
        return "parquet" if ending in PARQUETS else "workbook" if ending in WORKBOOKS else "text"

    @property
    def label(self) -> str:
        """What findings call this source: the file as written, or the database without its password."""
        return self.file if self.file is not None else without_password(self.url or "")


class Join(Origin):
    """A further source whose columns are added to a table, row by row, by the columns ``on``."""

    on: Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]


class TableSource(Origin):
    """Where a table comes from. ``only`` (pairs): no other pair is a candidate.

    ``visible_to`` names the jobs that may see a column in reports, ``confidential`` the columns that nobody may see
    there.
    """

    join: Annotated[tuple[Join, ...], BeforeValidator(_several)] = ()
    only: bool = False
    visible_to: dict[Word, Jobs] = Field(default_factory=dict)
    confidential: Annotated[tuple[Word, ...], BeforeValidator(_several)] = ()


class CurrencyRates(BaseModel):
    """What one unit of each currency is worth in ``base``; ``columns`` names the money columns, all if None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = Field(min_length=1)
    rates: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(default_factory=dict)
    columns: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _base_is_one(self) -> CurrencyRates:
        if self.rates.get(self.base, 1.0) != 1.0:
            raise ValueError(f"the base currency {self.base} has the rate 1")
        return self

    def rate(self, currency: str) -> float | None:
        """Return the value of one unit of ``currency`` in the base currency, or None where no rate is stated."""
        return 1.0 if currency == self.base else self.rates.get(currency)


_PASSWORD = re.compile(r"(://[^:/@\s]*):.*@")
_SECRET_KEY = re.compile(r"([?&](?:password|passwd|pwd|token|secret)=)[^&]*", re.IGNORECASE)


def without_password(url: str) -> str:
    """Return a database url with its password masked.

    >>> without_password("postgresql://sales:s3cret@crm.example/db")
    'postgresql://sales:***@crm.example/db'
    """
    return _SECRET_KEY.sub(r"\1***", _PASSWORD.sub(r"\1:***@", url))
