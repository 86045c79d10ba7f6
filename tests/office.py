"""Workbooks as LibreOffice reads them: a second opinion on what is in their cells, and what they print."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Formulas are calculated when a workbook is opened, as Excel does it, and not believed as they were written.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


class OfficeFailed(Exception):
    """LibreOffice could not do it; the message is what it said."""


@dataclass(frozen=True)
class Office:
    """A LibreOffice without a screen. Those that run at the same time need a profile folder each."""

    profile: Path
    seconds: float = 120

    def pdf(self, workbook: Path, folder: Path) -> Path:
        """Print all sheets of a workbook into a PDF in ``folder``."""
        said = self._converted(workbook, "pdf", folder)
        return _written([folder / f"{workbook.stem}.pdf"], workbook, said)[0]

    def sheets(self, workbook: Path, *, shown: bool = True) -> dict[str, list[list[str]]]:
        """Read every sheet, formulas calculated anew: text as ``shown`` to a reader, or numbers in full."""
        # comma, quote, UTF-8, from row 1; cells as shown or not; no formulas; -1: every sheet, into <stem>-<sheet>.csv
        options = f"44,34,76,1,,0,false,true,{str(shown).lower()},false,false,-1"
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            said = self._converted(workbook, f"csv:Text - txt - csv (StarCalc):{options}", folder)
            # it tells of the sheets in their order
            files = sorted(folder.glob("*.csv"), key=lambda file: said.find(f"{file.name}\n"))
            return {
                file.stem.removeprefix(f"{workbook.stem}-"): list(csv.reader(file.open(encoding="utf-8", newline="")))
                for file in _written(files, workbook, said)
            }

    def _converted(self, workbook: Path, kind: str, folder: Path) -> str:
        settings = self.profile / "user" / "registrymodifications.xcu"
        if not settings.exists():
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text(_SETTINGS, encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation={self.profile.resolve().as_uri()}", "--headless", "--norestore"]
        command += ["--infilter=Calc MS Excel 2007 XML", "--convert-to", kind, "--outdir", str(folder), str(workbook)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=self.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
            raise OfficeFailed(
                f"{workbook.name}: not done after {self.seconds:g} s. LibreOffice said:\n{said}"
            ) from None
        if process.returncode != 0:
            raise OfficeFailed(f"{workbook.name}: exit code {process.returncode}. LibreOffice said:\n{said}")
        return said


def page_count(pdf: Path) -> int:
    """Count the pages of a PDF that LibreOffice wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def _written(files: list[Path], workbook: Path, said: str) -> list[Path]:
    """Give the files back if they are there: LibreOffice exits 0 even when it wrote nothing."""
    if not files or not all(file.exists() and file.stat().st_size for file in files):
        raise OfficeFailed(f"{workbook.name}: nothing was written. LibreOffice said:\n{said}")
    return files
