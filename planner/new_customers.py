"""The tables of a project as scenarios ask for them: files with new customers, and what a column may hold."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from models.findings import Finding, Place, errors_among
from models.org import Org
from planner.columns import TABLES
from planner.project_file import ProjectFile
from planner.read import TableSource
from planner.read.further import read_further_customers
from scenarios.changing.tables import NewCustomers, Origin


class ProjectTables:
    """The tables of one project. ``files`` are the files that were read, by the name that the project file uses."""

    def __init__(self, folder: Path, project: ProjectFile, *, strict: bool) -> None:
        self.files: dict[str, Path] = {}
        self._folder, self._project, self._strict = folder, project, strict

    def new_customers(self, origin: Origin, org: Org, place: Place, findings: list[Finding]) -> NewCustomers | None:
        """Read new customers beside those of ``org``; headers and spellings as the customers' table, unless stated."""
        source = self._source(origin, place, findings)
        if source is None:
            return None
        for name in (one.file for one in (source, *source.join)):
            if name is not None:
                self.files[name] = self._folder / name
        rows, given, where, found = read_further_customers(
            source,
            self._folder,
            org,
            strict=self._strict,
            currency=self._project.currency,
            as_another=isinstance(origin, str),
        )
        findings += found
        return None if errors_among(found) else NewCustomers(rows, given, where)

    def range_of(self, table: str, column: str) -> tuple[float | None, float | None]:
        """Return the least and the greatest number that a column may hold, None where there is no limit."""
        spec = TABLES[table].column(column)
        return (None, None) if spec is None or spec.outside != "error" else (spec.minimum, spec.maximum)

    def _source(self, origin: Origin, place: Place, findings: list[Finding]) -> TableSource | None:
        if isinstance(origin, str):
            stated = self._project.tables.get("customers")
            known = {} if stated is None else {"columns": stated.columns, "values": stated.values}
            return TableSource.model_validate({"file": origin, **known})
        try:
            source = TableSource.model_validate(dict(origin))
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                said = str(problem["msg"]).removeprefix("Value error, ")
                step = ".".join(map(str, problem["loc"])) or "add"
                findings.append(Finding("TP205", "This says not how to read a file", place, found=f"{step}: {said}"))
            return None
        if source.only:
            title = "This says not how to read a file"
            findings.append(Finding("TP205", title, place, found="only", expected="'only' with the pairs"))
            return None
        return source
