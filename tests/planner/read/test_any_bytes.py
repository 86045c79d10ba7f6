"""Whatever a file holds: findings with a place and advice, never an exception."""

import io
import tempfile
import zipfile
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.read import TableSource, read_org
from planner.read.problems import TITLES
from tests.planner.read.reading import FIRST_QUARTER
from tests.worked import FOLDER

CSV = (FOLDER / "customers.csv").read_bytes()
PIECES = st.sampled_from(
    [b'"', b"\n", b"\r\n", b",", b";", b"\x00", b"\xff", b'"x"y', b"\xef\xbb\xbf", b"1e999", b"C1", "，：；".encode()]
)


def checked(folder: Path, name: str, content: bytes, table: str = "customers") -> None:
    (folder / name).write_bytes(content)
    sources = {one: TableSource(file=str(FOLDER / f"{one}.csv")) for one in ("customers", "reps")}
    org, findings = read_org({**sources, table: TableSource(file=name)}, folder, FIRST_QUARTER)
    for finding in findings:
        assert finding.code in TITLES
        assert finding.hint is None or finding.hint.startswith("Try ")
        assert str(finding.place)
        str(finding).encode()
    if not any(finding.severity == "error" for finding in findings):
        assert org.customers["customer_id"].is_unique
        assert org.reps["rep_id"].is_unique


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with pieces put in, taken out and overwritten."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(content)))
        if draw(st.booleans()):
            del content[at : at + draw(st.integers(0, 30))]
        content[at : at + draw(st.integers(0, 1))] = draw(PIECES | st.binary(max_size=4))
    return bytes(content)


def parquet() -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as duck:
        duck.execute(f"copy (select * from read_csv('{FOLDER}/customers.csv')) to '{folder}/c.parquet'")
        return Path(folder, "c.parquet").read_bytes()


def workbook() -> dict[str, bytes]:
    """The parts of a small workbook: a damaged archive is refused at once, so it is the parts that are damaged."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(CSV.decode().splitlines()):
            for column, cell in enumerate(line.split(",")):
                sheet.write(row, column, float(cell) if cell.isdigit() else cell)
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARQUET, WORKBOOK = parquet(), workbook()
MANY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.long
@settings(MANY, max_examples=40)
@given(content=st.binary(max_size=400) | damaged(CSV), table=st.sampled_from(["customers", "reps", "pairs", "regions"]))
def test_any_text_file(tmp_path, content, table):
    checked(tmp_path, "any.csv", content, table)


@pytest.mark.long
@settings(MANY, max_examples=25)
@given(content=st.binary(max_size=400) | damaged(PARQUET))
def test_any_parquet_file(tmp_path, content):
    checked(tmp_path, "any.parquet", content)


@settings(MANY, max_examples=8)
@given(data=st.data())
def test_any_workbook(tmp_path, data):
    part = data.draw(st.sampled_from([name for name in WORKBOOK if name.startswith("xl/")]))
    content = data.draw(damaged(WORKBOOK[part]))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, whole in WORKBOOK.items():
            archive.writestr(name, content if name == part else whole)
    checked(tmp_path, "any.xlsx", stream.getvalue())


@pytest.mark.long
@settings(MANY, max_examples=2000)
@given(content=damaged(CSV), binary=damaged(PARQUET))
def test_any_file_at_length(tmp_path, content, binary):
    checked(tmp_path, "any.csv", content)
    checked(tmp_path, "any.parquet", binary)


@settings(MANY, max_examples=40)
@given(cell=st.text(max_size=12), column=st.sampled_from(["owner_since", "revenue", "locked", "region", "own"]))
def test_any_text_in_a_cell(tmp_path, cell, column):
    quoted = '"' + cell.replace('"', '""') + '"'
    checked(tmp_path, "any.csv", f"customer_id,{column}\nC1,{quoted}\nC2,\n".encode("utf-8", "surrogatepass"))
