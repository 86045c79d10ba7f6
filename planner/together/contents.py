"""What a plan depends on, hashed: the project file and the tables, and of the scenarios only those it is made of."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.bare_files import next_quarter, tables_in
from planner.document import read_document
from planner.project_file import PROJECT_FILE, ProjectFile, readable_parts, validated
from planner.read.source import TableSource
from planner.together.order import Limits
from planner.versions import code, versions
from planner.write.files import sha256
from scenarios.definition import BASE, BUILT_IN, Scenario, order_of
from scenarios.sweep import points_of, with_points

_OF_NO_INTEREST = ("name", "scenarios", "sweeps")
"""Parts of a project file on which no plan depends but through the scenario that is asked for."""


@dataclass(frozen=True)
class Contents:
    """A project as far as it can be told without reading its tables.

    Attributes
    ----------
    folder : Path
    document : dict
        The project file as plain values; empty where there is none.
    scenarios : mapping of name to Scenario
        Those of the project file, sweeps made into scenarios among them.
    swept : mapping of sweep to names
        The scenarios that each sweep makes.
    hashes : mapping of file to SHA-256
        Every file that the tables come from; None where it cannot be read.
    files : tuple of str
        The project file and those of the tables, as they are called in the project.
    """

    folder: Path
    document: Mapping[str, Any]
    scenarios: Mapping[str, Scenario]
    swept: Mapping[str, Sequence[str]]
    hashes: Mapping[str, str | None]
    files: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the project is called."""
        name = self.document.get("name")
        return name if isinstance(name, str) else self.folder.resolve().name


def read_contents(project: Path) -> Contents:
    """Read the project file of a folder (or the file itself) and hash the tables.

    Problems are for ``load`` to tell; a project with a table from a database, of which no file says whether it has
    changed, is loaded.
    """
    file = PROJECT_FILE
    if project.is_file() and project.suffix.lower() in (".yaml", ".yml"):
        file, project = project.name, project.parent
    path = project / file
    document: dict[str, Any] = {}
    typed = ProjectFile()
    if path.is_file():
        read = read_document(path, file)
        document = read.values if isinstance(read.values, dict) else {}
        typed = validated({**document, "policy": None}, read.lines)[0] or readable_parts(document)
    tables = typed.tables or {name: TableSource.model_validate(there) for name, there in tables_in(project).items()}
    sources = [one for table in tables.values() for one in (table, *table.join)]
    files = tuple(dict.fromkeys(one.file for one in sources if one.file is not None))
    hashes = {name: _hash(project / name) for name in files}
    written = (file,) if path.is_file() else ()
    if any(one.sql is not None for one in sources):
        hashes["queried"] = _queried(project / file if path.is_file() else project)
    scenarios = with_points(typed.scenarios, typed.sweeps)
    swept = {name: [point.name for point in points_of(name, sweep)] for name, sweep in typed.sweeps.items()}
    return Contents(project, document, scenarios, swept, hashes, (*written, *files))


def key_of(
    contents: Contents,
    scenario: str,
    sets: Sequence[str],
    settings: Sequence[tuple[str, Any]],
    limits: Limits,
    today: dt.date,
    parent: str | None,
) -> str:
    """Return the hash of everything that a scenario's plan depends on, in hexadecimal.

    The time limit is not part of it: a plan that was found sooner is the same.
    """
    parts = parts_of(contents, scenario)
    added = added_by(contents, scenario)
    quarter = None if contents.document.get("period") else next_quarter(today)
    told = {
        "project": {key: value for key, value in contents.document.items() if key not in _OF_NO_INTEREST},
        "tables": contents.hashes,
        "added": {file: _hash(contents.folder / file) for file in added},
        "scenarios": [[one if one in BUILT_IN else "", _plain(contents.scenarios.get(one))] for one in parts],
        "sets": list(sets),
        "settings": [[path, value] for path, value in settings],
        "gap": limits.gap,
        "effort": limits.effort,
        "engine": limits.engine,
        "seed": limits.seed,
        "quarter": None if quarter is None else [quarter.start, quarter.end],
        "parent": parent,
        "versions": versions(),
        "code": code(),
    }
    text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def parts_of(contents: Contents, scenario: str) -> list[str]:
    """Return the scenarios of which one is made; itself where its parts are not to be found."""
    if scenario == BASE:
        return []
    try:
        return order_of(scenario, contents.scenarios)
    except (KeyError, ValueError):
        return [scenario]


def added_by(contents: Contents, scenario: str) -> list[str]:
    """Return the files of new customers that a scenario and its parts name."""
    return [file for one in parts_of(contents, scenario) for file in _added_files(contents.scenarios, one)]


def _added_files(scenarios: Mapping[str, Scenario], name: str) -> list[str]:
    scenario = scenarios.get(name)
    if scenario is None:
        return []
    added = [one.add for one in scenario.customers if one.add is not None]
    files = [one if isinstance(one, str) else one.get("file") for one in added]
    return [file for file in files if isinstance(file, str)]


def _plain(scenario: Scenario | None) -> Any:
    """Return what a scenario changes; what it is called and described as is of no interest."""
    if scenario is None:
        return None
    return scenario.model_dump(mode="json", exclude={"description", "combine", "parent"}, by_alias=True)


def _queried(project: Path) -> str:
    """Return the hash of what the tables hold now."""
    from planner.project import load

    org = load(project).org
    found = hashlib.sha256()
    for table in (org.customers, org.reps, org.pairs, org.regions):
        if table is not None:
            found.update(json.dumps([str(column) for column in table.columns]).encode())
            found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()


def _hash(path: Path) -> str | None:
    try:
        return sha256(path)
    except OSError:
        return None
