"""The reference of tables, docs/columns.md, made of the tables that the planner itself reads by.

``python -m planner.reference`` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.aliases import PROFILES
from planner.columns import FORMS, TABLES, Column, Table
from planner.read.problems import ALIKE, TITLES

PAGE = Path(__file__).parents[1] / "docs" / "columns.md"


def columns_reference() -> str:
    """Return the reference of all tables, columns, recognised headers and problems as Markdown."""
    lines = (*_opening(), *(line for table in TABLES.values() for line in _table(table)), *_forms())
    return "\n".join((*lines, *_headers(), *_sources(), *_problems())) + "\n"


def _opening() -> Iterator[str]:
    yield "# Tables and columns"
    yield ""
    yield "Made by `python -m planner.reference`; a test keeps it current. Only the **bold** columns are required."
    yield "Every further column of a table can be used in rules and measures under its own name; it is a flag, a"
    yield "number, a date or text, whichever all its values are. A blank cell counts as the default; `–` means unknown."


def _table(table: Table) -> Iterator[str]:
    yield from ("", f"## {table.name}", "", table.description, "")
    yield "| column | form | unit | default | allowed | meaning |"
    yield "|---|---|---|---|---|---|"
    for column in table.columns:
        name = f"**{column.name}**" if column.required else column.name.replace("*", "\\*")
        allowed = column.range_text
        if allowed and column.outside == "warning":
            allowed += " (else a warning)"
        yield f"| {name} | {column.kind} | {column.unit} | {_default(column)} | {allowed} | {column.description} |"


def _default(column: Column) -> str:
    if column.default is None:
        return "" if column.required else "–"
    return f"{column.default:g}" if isinstance(column.default, float) else str(column.default).lower()


def _forms() -> Iterator[str]:
    yield from ("", "## Forms", "")
    for kind, text in FORMS.items():
        yield f"- *{kind}*: {text}"


def _headers() -> Iterator[str]:
    yield from ("", "## Headers of other systems", "")
    yield "Read as the column in question wherever no header bears its own name, and said to be. Case, spaces, dots,"
    yield "dashes and underscores do not matter. The first is preferred; what is not needed stays an extra column. Of"
    yield "ids, two that are equally good are refused. `columns:` in planner.yaml says otherwise."
    for profile, tables in PROFILES.items():
        for table, columns in tables.items():
            yield from ("", f"### {profile}: {table}", "", "| column | headers |", "|---|---|")
            for column, headers in columns.items():
                yield f"| {column} | {', '.join(headers)} |"


def _sources() -> Iterator[str]:
    yield from ("", "## Sources", "")
    yield "- *Text*: the delimiter (`,` `;` tab `|`) is found out. UTF-8 with and without byte order mark, UTF-16 with"
    yield "  one and GB18030 are recognised; any other encoding is stated: `encoding: cp1252`."
    yield "- *Workbooks*: the first sheet, or `sheet: NAME`. A cell with an error such as `#REF!` is reported"
    yield "  (.xlsx and .xlsm)."
    yield "- *Databases*: `sql` and `url`. `${NAME}` in the url stands for an environment variable, so that no password"
    yield "  has to stand in a file; an SQLite file lies beside planner.yaml. Nothing is changed there."
    yield "- *Joins*: rows without a partner are kept, or not used, and both are counted; a key that is not unique in"
    yield "  the joined source is an error; a column that both have is taken from the first."
    yield "- *Money*: with a `currency` column and rates, the money columns are converted to the base currency, and"
    yield "  `original_currency` keeps each row's own."


def _problems() -> Iterator[str]:
    yield from ("", "## Who may see a column", "")
    yield "`visible_to: {margin: [leadership], discount: [sales, leadership]}` under a table of planner.yaml names the"
    yield "jobs (`sales`, `service`, `leadership`) that may see a column in reports; everybody may see the others."
    yield "Columns under `confidential: [credit_rating]` are in no report. Ids, names and owners cannot be kept back. A"
    yield "run keeps these marks with its inputs; plans use the columns all the same."
    yield from ("", "## Problems", "")
    yield f"All are found in one pass; more than {ALIKE} of one kind in one column are told as one, with examples."
    yield from ("", "| code | problem |", "|---|---|")
    for code, title in TITLES.items():
        yield f"| {code} | {title} |"


if __name__ == "__main__":
    PAGE.write_text(columns_reference(), encoding="utf-8")
