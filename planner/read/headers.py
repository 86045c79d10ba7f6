"""From headers to columns: what the project file says, then the column's own name, then the aliases of CRM exports."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.findings import Place, did_you_mean, nearest_word
from planner.aliases import Alias, aliases, plain
from planner.columns import Table
from planner.read.problems import Problems, quoted
from planner.read.sheet import Sheet, Written

ALIKE = 0.85
"""A header at least so much like a known column is probably meant to be it."""

STATED, EXACT, SPELLED, ALIASED = range(4)


@dataclass(frozen=True)
class Claim:
    """A header that may stand for a column: how surely (lower is surer), and which CRM systems write it so."""

    position: int
    sureness: int
    alias: Alias | None = None

    @property
    def order(self) -> tuple[int, int, int]:
        """The surest first; of those equally sure, the first as documented, then the first in the file."""
        return self.sureness, self.alias.order if self.alias else 0, self.position


def named_columns(
    sheet: Sheet, table: Table, stated: Mapping[str, str | None], problems: Problems
) -> dict[str, Written]:
    """Return the columns of a sheet by name, each header used once; extra columns keep their header as name.

    Parameters
    ----------
    sheet
        The table as written.
    table
        The known columns, whose names and aliases are looked for.
    stated
        The ``columns`` of the project file: header to column, None for a header that is left out.
    problems
        Headers that are missing, doubtful or double are added here.
    """
    stated_at, left_out = _stated_positions(sheet, stated, problems)
    claims: dict[str, list[Claim]] = {}
    for position, header in enumerate(sheet.headers):
        if position in left_out or not header.strip():
            continue
        if position in stated_at:
            claims.setdefault(stated_at[position], []).append(Claim(position, STATED))
        else:
            for column, claim in _readings(header, position, table):
                claims.setdefault(column, []).append(claim)
    chosen = _chosen(claims, sheet, table, problems)
    names = {claim.position: column for column, claim in chosen.items()}
    for position, header in enumerate(sheet.headers):
        if position not in names and position not in left_out and header.strip():
            names[position] = header.strip()
    _report_unnamed(sheet, left_out, problems)
    _report_aliases(chosen, names, sheet, problems)
    doubled = _report_doubles(names, sheet, problems)
    _report_near_misses(names, set(stated_at), sheet, table, problems)
    return {name: sheet.column(position) for position, name in sorted(names.items()) if position not in doubled}


def _stated_positions(
    sheet: Sheet, stated: Mapping[str, str | None], problems: Problems
) -> tuple[dict[int, str], set[int]]:
    """Return the columns that the project file states, by position, and the positions it leaves out."""
    positions: dict[int, str] = {}
    left_out: set[int] = set()
    by_header = {header.strip(): position for position, header in reversed(list(enumerate(sheet.headers)))}
    by_plain = {plain(header): position for header, position in by_header.items()}
    for header, column in stated.items():
        position = by_header.get(header.strip(), by_plain.get(plain(header)))
        if position is None:
            turned = column is not None and column.strip() in by_header
            problems.add(
                "TP118",
                sheet.place,
                found=f"no header {quoted(header)}",
                expected="header: column",
                hint=f"Try `{column}: {header}`" if turned else did_you_mean(header, by_header),
            )
        elif column is None:
            left_out.add(position)
        else:
            positions[position] = column.strip()
    return positions, left_out


def _readings(header: str, position: int, table: Table) -> list[tuple[str, Claim]]:
    """Return the columns a header may stand for."""
    bare = header.strip()
    if table.column(bare) is not None:
        return [(bare, Claim(position, EXACT))]
    spelled = next((name for name in table.names if plain(name) == plain(bare)), None)
    if spelled is not None:
        return [(spelled, Claim(position, SPELLED))]
    found = aliases(table.name).get(plain(bare), ())
    return [(alias.column, Claim(position, ALIASED + alias.rank, alias)) for alias in found]


def _chosen(claims: Mapping[str, list[Claim]], sheet: Sheet, table: Table, problems: Problems) -> dict[str, Claim]:
    """Choose the surest header for each column, surest columns first.

    Of two aliases that are equally sure, the first as documented is read and the other said to stay a column of its
    own; ids that are equally sure are a problem, as are two headers that are one but for case and spaces.
    """
    chosen: dict[str, Claim] = {}
    taken: set[int] = set()
    spare: list[tuple[str, Claim]] = []
    order = sorted(((claim.order, column, claim) for column, many in claims.items() for claim in many), key=_by_order)
    for _, column, claim in order:
        if claim.position in taken:
            continue
        if column not in chosen:
            chosen[column] = claim
            taken.add(claim.position)
        elif chosen[column].sureness == claim.sureness and claim.sureness != EXACT:
            if _told_apart(chosen[column], claim, column, table):
                spare.append((column, claim))
                continue
            first, second = sheet.headers[chosen[column].position], sheet.headers[claim.position]
            problems.add(
                "TP119",
                sheet.column(claim.position).place(),
                found=f"{quoted(first)} and {quoted(second)}, both for {column}",
                expected=f"one header for {column}",
                hint=f"Try `columns: {{{second}: null}}` to leave one out, or give it another name there",
            )
            taken.add(claim.position)
    for column, claim in spare:
        if claim.position not in taken:
            first, second = sheet.headers[chosen[column].position], sheet.headers[claim.position]
            problems.add(
                "TP119",
                sheet.column(claim.position).place(),
                found=f"{quoted(first)}, read as {column}, and {quoted(second)}, which stays a column of its own",
                hint=f"Try `columns: {{{second}: {column}}}` to read that one",
                severity="note",
            )
    return chosen


def _by_order(reading: tuple[tuple[int, int, int], str, Claim]) -> tuple[tuple[int, int, int], str]:
    return reading[:2]


def _told_apart(first: Claim, second: Claim, column: str, table: Table) -> bool:
    """Tell whether the documented order may choose between two equally sure headers: not between ids, or twins."""
    spec = table.column(column)
    if first.alias is None or second.alias is None or spec is None or spec.kind == "id":
        return False
    return first.alias.order != second.alias.order


def _report_unnamed(sheet: Sheet, left_out: set[int], problems: Problems) -> None:
    for position, header in enumerate(sheet.headers):
        if header.strip() or position in left_out:
            continue
        cells = sheet.cells[position]
        filled = [row for row, cell in zip(sheet.rows, cells, strict=True) if cell is not None]
        if filled:
            problems.add(
                "TP113",
                Place(file=sheet.file, sheet=sheet.sheet, row=int(filled[0])),
                found=f"{len(filled)} values in column number {position + 1}",
                expected="a header in its first row",
                hint="Try giving the column a header, or emptying it",
                count=len(filled),
            )


def _report_aliases(chosen: Mapping[str, Claim], names: Mapping[int, str], sheet: Sheet, problems: Problems) -> None:
    """Note which headers were read as which columns, and which looked like them but were not needed."""
    read = [
        f"{sheet.headers[claim.position]} = {column}"
        for column, claim in sorted(chosen.items(), key=lambda item: item[1].position)
        if claim.sureness >= SPELLED
    ]
    if not read:
        return
    profiles = Counter(profile for claim in chosen.values() if claim.alias for profile in claim.alias.profiles)
    systems = [name for name, _ in profiles.most_common(1) if name != "everyday"]
    problems.add(
        "TP120",
        sheet.place,
        found=", ".join(read) + (f" (as in exports of {systems[0]})" if systems else ""),
        hint="Try `columns: {HEADER: COLUMN}` to say otherwise",
        severity="note",
    )


def _report_doubles(names: Mapping[int, str], sheet: Sheet, problems: Problems) -> set[int]:
    """Report columns of one name (case does not tell columns apart); return the positions of the later ones."""
    first: dict[str, int] = {}
    doubled: set[int] = set()
    for position, name in sorted(names.items()):
        before = first.setdefault(name.casefold(), position)
        if before != position:
            doubled.add(position)
            problems.add(
                "TP114",
                sheet.column(position).place(),
                found=f"{quoted(sheet.headers[position])} in columns number {before + 1} and {position + 1}",
                expected="headers that differ by more than case",
                hint="Try renaming one of them",
            )
    return doubled


def _report_near_misses(
    names: Mapping[int, str], stated: set[int], sheet: Sheet, table: Table, problems: Problems
) -> None:
    missing = [name for name in table.names if name not in names.values()]
    for position, name in names.items():
        if position in stated or table.column(name) is not None:
            continue
        near = difflib.get_close_matches(plain(name), by_plain := {plain(one): one for one in missing}, 1, ALIKE)
        if near:
            known = by_plain[near[0]]
            problems.add(
                "TP121",
                sheet.column(position).place(),
                found=quoted(name),
                expected=f"{known}, or a column of your own",
                hint=f"Try `columns: {{{sheet.headers[position]}: {known}}}` if it is meant to be {known}",
                severity="warning",
            )


def report_missing(names: Sequence[str], table: Table, sheet: Sheet, problems: Problems) -> tuple[str, ...]:
    """Report key columns that no header stands for, each with the extra header most like it; return their names."""
    missing = tuple(column for column in table.key if column not in names)
    own = [name for name in names if table.column(name) is None]
    for column in missing:
        near = nearest_word(column, own)
        headers = ", ".join(quoted(header) for header in sheet.headers[:12] if header.strip())
        problems.add(
            "TP117",
            sheet.place,
            found=f"the headers {headers}" + (" …" if len(sheet.headers) > 12 else ""),
            expected=column,
            hint=f"Try `columns: {{{near or 'HEADER'}: {column}}}` in planner.yaml, or rename the header",
        )
    return missing
