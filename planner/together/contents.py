"""What a plan depends on, hashed: the project file and the tables, and of the scenarios only those it is made of."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from models.findings import InputRefused, errors_among
from planner.bare_files import next_quarter, tables_in
from planner.document import read_document
from planner.project_file import PROJECT_FILE, ProjectFile, validated
from planner.read.source import Origin, TableSource
from planner.read.text import without_halves
from planner.together.order import Limits
from planner.versions import code, versions
from planner.write.files import sha256
from scenarios.definition import BASE, BUILT_IN, Scenario, order_of
from scenarios.sweep import points_of, with_points

if TYPE_CHECKING:
    from planner.project import Project

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
    read_at : str
        Another one for each reading.
    """

    folder: Path
    document: Mapping[str, Any]
    scenarios: Mapping[str, Scenario]
    swept: Mapping[str, Sequence[str]]
    hashes: Mapping[str, str | None]
    files: tuple[str, ...]
    read_at: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def title(self) -> str:
        """What the project is called."""
        name = self.document.get("name")
        return name if isinstance(name, str) else without_halves(self.folder.resolve().name)


def read_contents(project: Path, sets: Sequence[str] = ()) -> Contents:
    """Read the project file of a folder (or the file itself) and hash the tables.

    A project with a table from a database, of which no file says whether it has changed, is loaded.

    Raises
    ------
    InputRefused
        When the project file cannot be understood, or a database does not answer. What is wrong with tables is for
        ``load`` to tell.
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
        whole, problems = validated(document, read.lines)
        if whole is None or errors_among(read.findings):
            _loaded(path, sets)  # says everything that is wrong, with the tables
            raise InputRefused([*read.findings, *problems])
        typed = whole
    tables = typed.tables or {name: TableSource.model_validate(there) for name, there in tables_in(project).items()}
    sources = [one for table in tables.values() for one in (table, *table.join)]
    files = tuple(dict.fromkeys(one.file for one in sources if one.file is not None))
    hashes = {name: _hash(project / name) for name in files}
    written = (file,) if path.is_file() else ()
    if any(one.sql is not None for one in sources):
        hashes["queried"] = _queried(project / file if path.is_file() else project, sets)
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
        # nobody knows whether a database has changed since
        "asked": contents.read_at if _asks_a_database(contents, scenario) else None,
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
    sources = [source for one in added for source in _sources(one)]
    return [source.file for source in sources if source.file is not None]


def _sources(origin: object) -> list[Origin]:
    """Return the sources that new customers come from; none where what is said makes no sense, which ``load`` tells."""
    try:
        table = TableSource.model_validate(origin)
    except ValidationError:
        return []
    return [table, *table.join]


def _asks_a_database(contents: Contents, scenario: str) -> bool:
    changes = [contents.scenarios[one] for one in parts_of(contents, scenario) if one in contents.scenarios]
    added = [one.add for change in changes for one in change.customers if one.add is not None]
    return any(source.sql is not None for one in added for source in _sources(one))


def _plain(scenario: Scenario | None) -> Any:
    """Return what a scenario changes; what it is called and described as is of no interest."""
    if scenario is None:
        return None
    return scenario.model_dump(mode="json", exclude={"description", "combine", "parent"}, by_alias=True)


def _loaded(project: Path, sets: Sequence[str]) -> Project:
    from planner.project import load  # brings the solver along, which is not needed where all was planned before

    return load(project, sets=sets)


def _queried(project: Path, sets: Sequence[str]) -> str:
    """Return the hash of what the tables hold now."""
    org = _loaded(project, sets).org
    found = hashlib.sha256()
    for table in org.tables.values():
        found.update(json.dumps([str(column) for column in table.columns]).encode())
        found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()


def _hash(path: Path) -> str | None:
    try:
        return sha256(path)
    except (OSError, ValueError):  # a name with a NUL in it is none of a file
        return None
