"""Commands to be copied: whole, and quoted so that a shell takes every name and path as it is."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from planner.read.text import without_halves
from scenarios.definition import BASE

HERE = Path()


def quoted(path: str | Path) -> str:
    """Return a path as one word of a command line.

    >>> print(quoted("acme"), quoted("my work"), quoted("x $(rm y)"), quoted("-x"))
    acme 'my work' 'x $(rm y)' ./-x
    """
    text = str(path)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def command(
    verb: str,
    folder: Path = HERE,
    *words: str,
    scenario: str | None = None,
    files: Mapping[str, str] | None = None,
    sets: Iterable[str] = (),
) -> str:
    """Return a command on a project or a run; the current folder needs no name.

    >>> command("plan", Path("my books"), scenario="light touch", sets=["balance[revenue].tolerance=5%"])
    "planner plan 'my books' --scenario 'light touch' --set 'balance[revenue].tolerance=5%'"
    >>> command("explain", HERE, "infeasible")
    'planner explain infeasible'
    """
    where = [] if folder == HERE else [quoted(folder)]
    return " ".join(["planner", verb, *where, *map(shlex.quote, words), *options(scenario, files or {}, sets)])


def typed(**files: Path | None) -> dict[str, str]:
    """Return the files and runs that options name, as they were typed; those that were not given are left out."""
    return {option: without_halves(str(file)) for option, file in files.items() if file is not None}


def options(scenario: str | None, files: Mapping[str, str], sets: Iterable[str]) -> Iterator[str]:
    """Return what changes a project for one command, each option with its value; ``files`` by option."""
    if scenario not in (None, BASE):
        yield f"--scenario {shlex.quote(scenario)}"
    yield from (f"--{option} {shlex.quote(path)}" for option, path in files.items())
    yield from (f"--set {shlex.quote(one)}" for one in sets)
