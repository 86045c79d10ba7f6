"""Tables for the tests of reading: write a few lines, read them, look at what was found."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.findings import Finding
from models.org import Org, Period
from planner.read import CurrencyRates, TableSource, read_org

FIRST_QUARTER = Period(dt.date(2027, 1, 1), dt.date(2027, 3, 31))
CUSTOMERS = "customer_id,owner_id,region,revenue\nC1,ana,west,100\nC2,bob,east,50\n"
REPS = "rep_id,name\nana,Ana\nbob,Bob\n"


@dataclass(frozen=True)
class Reading:
    """What reading gave: the org and all findings."""

    org: Org
    findings: list[Finding]

    def only(self, code: str) -> Finding:
        """Return the one finding of a code."""
        found = self.all(code)
        assert len(found) == 1, f"{len(found)} findings {code} among {self.codes()}"
        return found[0]

    def all(self, code: str) -> list[Finding]:
        """Return all findings of a code."""
        return [finding for finding in self.findings if finding.code == code]

    def codes(self, severity: str | None = None) -> list[str]:
        """Return the codes of all findings, in order."""
        return [finding.code for finding in self.findings if severity in (None, finding.severity)]

    def cell(self, finding: Finding) -> tuple[str | None, int | None, str | None]:
        """Return where a finding is: file, row and column."""
        return finding.place.file, finding.place.row, finding.place.column


def read(
    folder: Path,
    *,
    customers: str | bytes | None = CUSTOMERS,
    reps: str | bytes | None = REPS,
    strict: bool = False,
    currency: dict[str, Any] | None = None,
    sources: dict[str, Any] | None = None,
    **others: str | bytes,
) -> Reading:
    """Write tables to ``folder`` as CSV and read them; ``sources`` says more of them, or of other files."""
    said: dict[str, Any] = {}
    for name, content in {"customers": customers, "reps": reps, **others}.items():
        if content is not None:
            (folder / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
            said[name] = f"{name}.csv"
    said |= sources or {}
    tables = {name: TableSource.model_validate(source) for name, source in said.items()}
    rates = CurrencyRates.model_validate(currency) if currency else None
    return Reading(*read_org(tables, folder, FIRST_QUARTER, strict=strict, currency=rates))
