"""Files of every kind, sound and broken: what is read, and what is said where nothing can be."""

import contextlib
import datetime as dt
import os
import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import xlsxwriter

from planner.read import TableSource, read_org
from planner.read.delimited import delimiter_of
from planner.read.origin import read_sheet
from planner.read.problems import Problems
from planner.write.files import write_parquet
from tests.planner.read.reading import CUSTOMERS, FIRST_QUARTER, REPS, read


@contextlib.contextmanager
def unprivileged():
    """Be nobody for a while, where the tests run as root, who may read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def ids(reading):
    return reading.org.customers["customer_id"].tolist()


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found_out(self, tmp_path, delimiter):
        reading = read(tmp_path, customers=CUSTOMERS.replace(",", delimiter), reps=REPS.replace(",", delimiter))
        assert reading.findings == []
        assert reading.org.customers["revenue"].tolist() == [100, 50]

    def test_the_delimiter_may_be_stated(self, tmp_path):
        source = {"file": "customers.csv", "delimiter": "|"}
        reading = read(tmp_path, customers="customer_id|note\nC1|a,b\n", sources={"customers": source})
        assert reading.org.customers["note"].tolist() == ["a,b"]

    def test_a_list_in_a_cell_is_not_taken_for_a_delimiter(self):
        assert delimiter_of("rep_id,regions\nana,north;east;west\nbob,south\n") == ","
        assert delimiter_of("rep_id\nana\n") == ","

    def test_the_delimiter_that_excel_states_is_heeded(self, tmp_path):
        reading = read(tmp_path, customers="sep=;\ncustomer_id;revenue\nC1;x\n")
        assert reading.only("TP141").place.row == 3

    @pytest.mark.parametrize(
        ("start", "encoding"), [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")]
    )
    def test_utf8_with_and_without_mark_and_utf16_are_read(self, tmp_path, start, encoding):
        reading = read(tmp_path, customers=start + "customer_id,name\nC1,Müller 华东\n".encode(encoding))
        assert reading.findings == []
        assert reading.org.customers["name"].tolist() == ["Müller 华东"]

    def test_gb18030_is_recognised_and_noted(self, tmp_path):
        text = "客户编号,客户名称,区域\nC1,上海第一机床厂,华东\nC2,北京制药有限公司,华北\n"
        reading = read(tmp_path, customers=text.encode("gb18030"))
        assert reading.org.customers["region"].tolist() == ["华东", "华北"]
        assert reading.only("TP123").severity == "note"

    def test_western_text_is_not_taken_for_chinese(self, tmp_path):
        text = "customer_id,name\nC1,Müller & Söhne\nC2,Café Élysée\nC3,Ångström\n"
        reading = read(tmp_path, customers=text.encode("cp1252"))
        finding = reading.only("TP106")
        assert (finding.severity, finding.place.row) == ("error", 2)
        assert "cp1252" in (finding.hint or "")

    def test_a_stated_encoding_is_used(self, tmp_path):
        reading = read(
            tmp_path,
            customers="customer_id,name\nC1,Müller\n".encode("cp1252"),
            sources={"customers": {"file": "customers.csv", "encoding": "cp1252"}},
        )
        assert reading.org.customers["name"].tolist() == ["Müller"]

    def test_a_line_break_in_a_cell_counts_as_one_row(self, tmp_path):
        reading = read(tmp_path, customers='customer_id,name,revenue\nC1,"Acme\nLtd",5\nC2,B,x\n')
        assert reading.org.customers["name"].tolist() == ["Acme\nLtd", "B"]
        assert reading.only("TP141").place.row == 3

    def test_empty_rows_are_noted_and_still_counted(self, tmp_path):
        reading = read(tmp_path, customers="customer_id,revenue\nC1,5\n\n,\nC2,x\n")
        assert ids(reading) == ["C1", "C2"]
        assert (reading.only("TP122").place.row, reading.only("TP122").count) == (3, 2)
        assert reading.only("TP141").place.row == 5

    def test_a_bad_row_does_not_shift_the_others(self, tmp_path):
        reading = read(tmp_path, customers="customer_id,revenue\nC1,5,6,7\nC2\nC3,x\n")
        assert [one.place.row for one in reading.all("TP115")] == [2, 3]
        assert reading.only("TP141").place.row == 4

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\r\n\n"])
    def test_every_line_ending_is_read(self, tmp_path, ending):
        assert ids(read(tmp_path, customers=ending.join(["customer_id,name", "C1,A", "C2,B"]))) == ["C1", "C2"]

    def test_a_name_with_brackets_is_one_file(self, tmp_path):
        (tmp_path / "c[1]*.csv").write_text(CUSTOMERS)
        assert ids(read(tmp_path, sources={"customers": "c[1]*.csv"})) == ["C1", "C2"]


class TestBrokenFiles:
    @pytest.mark.parametrize("name", ["c.csv", "c.xlsx", "c.parquet", "c.txt"])
    def test_a_missing_file_gets_the_nearest_name(self, tmp_path, name):
        (tmp_path / f"k{name}").write_text("x")
        finding = read(tmp_path, sources={"customers": name}).only("TP101")
        assert (finding.severity, finding.place.file) == ("error", name)
        assert finding.hint == f"Try 'k{name}'"

    def test_a_folder_is_not_a_file(self, tmp_path):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "customers.csv").write_text(CUSTOMERS)
        finding = read(tmp_path, sources={"customers": "data"}).only("TP102")
        assert finding.hint == "Try a file inside it, such as data/customers.csv"

    @pytest.mark.parametrize("name", ["closed.csv", "closed.xlsx", "closed.parquet"])
    def test_a_file_that_may_not_be_read_is_told(self, name):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            folder.chmod(0o755)
            (folder / name).write_text(CUSTOMERS)
            (folder / name).chmod(0)
            with unprivileged():
                findings = read_org({"customers": TableSource(file=name)}, folder, FIRST_QUARTER)[1]
        assert [one.code for one in findings] == ["TP110", "TP103"]

    @pytest.mark.parametrize("name", ["c.csv", "c.xlsx", "c.parquet"])
    def test_an_empty_file_is_told(self, tmp_path, name):
        (tmp_path / name).write_bytes(b"")
        assert read(tmp_path, sources={"customers": name}).only("TP104").place.file == name

    @pytest.mark.parametrize("content", ["\n\n", " \n", "\ufeff"])
    def test_a_file_of_nothing_is_told(self, tmp_path, content):
        assert read(tmp_path, customers=content).only("TP104").severity == "error"

    def test_a_workbook_named_csv_is_recognised(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [["customer_id"], ["C1"]])
        finding = read(tmp_path, customers=(tmp_path / "c.xlsx").read_bytes()).only("TP105")
        assert finding.hint == "Try giving it .xlsx"

    @pytest.mark.parametrize("name", ["c.csv", "c.xlsx", "c.parquet"])
    def test_junk_is_told(self, tmp_path, name):
        (tmp_path / name).write_bytes(b"\x00\x01\x02PAR\xff\xfe" * 50)
        assert set(read(tmp_path, sources={"customers": name}).codes()) <= {"TP105", "TP106"}

    def test_a_name_that_no_file_can_have_is_told(self, tmp_path):
        assert read(tmp_path, sources={"customers": "a\0b.csv"}).codes() == ["TP101"]


def write_workbook(path, rows, sheets=("Sheet1",)):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name in sheets:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)


class TestWorkbooks:
    def test_numbers_dates_and_ids_are_read_as_a_person_sees_them(self, tmp_path):
        write_workbook(
            tmp_path / "c.xlsx",
            [["customer_id", "owner_since", "revenue", "locked"], [123, dt.date(2026, 5, 1), 1.5, True], ["007"]],
        )
        reading = read(tmp_path, sources={"customers": "c.xlsx"})
        customers = reading.org.customers
        assert reading.findings == []
        assert customers["customer_id"].tolist() == ["123", "007"]
        assert customers["owner_since"].dt.date.tolist()[0] == dt.date(2026, 5, 1)
        assert customers["revenue"].tolist()[0] == 1.5
        assert customers["locked"].tolist() == [True, False]

    def test_a_date_that_is_a_bare_number_is_an_error_that_names_the_date(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [["customer_id", "owner_since"], ["C1", 46023]])
        finding = read(tmp_path, sources={"customers": "c.xlsx"}).only("TP142")
        assert str(finding.place) == "c.xlsx, sheet Sheet1, row 2, column owner_since"
        assert "46023 is 2026-01-01" in (finding.hint or "")

    def test_a_table_may_begin_below_the_first_row(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [[], [], [None, "customer_id", "revenue"], [None, "C1", "x"]])
        assert read(tmp_path, sources={"customers": "c.xlsx"}).only("TP141").place.row == 4

    def test_an_error_in_a_cell_is_not_read_as_blank(self, tmp_path):
        with xlsxwriter.Workbook(tmp_path / "c.xlsx") as workbook:
            sheet = workbook.add_worksheet("A & B")
            sheet.write_row(0, 0, ["customer_id", "revenue"])
            sheet.write(1, 0, "C1")
            sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        finding = read(tmp_path, sources={"customers": "c.xlsx"}).only("TP150")
        assert (finding.severity, finding.place.row, finding.found) == ("error", 2, "#DIV/0! in B2")

    def test_a_sheet_is_read_by_its_name(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [["customer_id"], ["C1"]], ["Notes", "2027"])
        reading = read(tmp_path, sources={"customers": {"file": "c.xlsx", "sheet": 2027}})
        assert reading.org.source("customers").sheet == "2027"
        assert reading.findings == []

    def test_without_a_name_the_first_sheet_is_read_and_noted(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [["customer_id"], ["C1"]], ["Accounts", "Notes"])
        finding = read(tmp_path, sources={"customers": "c.xlsx"}).only("TP112")
        assert (finding.severity, finding.place.sheet) == ("note", "Accounts")

    def test_a_missing_sheet_gets_the_nearest_name(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [["customer_id"], ["C1"]], ["Accounts"])
        finding = read(tmp_path, sources={"customers": {"file": "c.xlsx", "sheet": "Acounts"}}).only("TP107")
        assert finding.hint == "Try 'Accounts'"

    def test_an_empty_sheet_is_told(self, tmp_path):
        write_workbook(tmp_path / "c.xlsx", [])
        assert read(tmp_path, sources={"customers": "c.xlsx"}).only("TP104").place.sheet == "Sheet1"

    def test_a_stray_cell_in_the_last_corner_ends_nothing(self, tmp_path):
        with xlsxwriter.Workbook(tmp_path / "c.xlsx") as workbook:
            sheet = workbook.add_worksheet()
            sheet.write_column(0, 0, ["customer_id", "C1"])
            sheet.write(1_048_575, 16_383, "stray")
        finding = read(tmp_path, sources={"customers": "c.xlsx"}).only("TP105")
        assert "stray cell" in (finding.found or "")


class TestParquet:
    def write(self, path, select):
        with duckdb.connect() as duck:
            duck.execute(f"copy ({select}) to '{path}'")

    def test_typed_values_are_read_as_a_person_would_write_them(self, tmp_path):
        self.write(
            tmp_path / "c.parquet",
            "select 123.0::double as customer_id, date '2026-05-01' as owner_since, 1.25::float as revenue, "
            "timestamptz '2026-05-01 00:00:00+00' as last_activity, true as locked, ['a', 'b'] as own",
        )
        reading = read(tmp_path, sources={"customers": "c.parquet"})
        row = reading.org.customers.iloc[0]
        assert reading.findings == []
        assert (row["customer_id"], row["revenue"], row["locked"], row["own"]) == ("123", 1.25, True, "a;b")
        assert row["owner_since"].date() == row["last_activity"].date() == dt.date(2026, 5, 1)

    def test_not_a_number_is_an_error_there_too(self, tmp_path):
        self.write(tmp_path / "c.parquet", "select 'C1' as customer_id, 'nan'::double as revenue")
        finding = read(tmp_path, sources={"customers": "c.parquet"}).only("TP141")
        assert (finding.place.row, finding.found) == (2, "'nan'")

    def test_numbers_come_out_of_csv_and_parquet_alike(self, tmp_path):
        numbers = ["0.1", "1e-7", "123456789.123456789", "4586.74", "3.141592653589793"]
        text = "customer_id,revenue\n" + "".join(f"C{at},{one}\n" for at, one in enumerate(numbers))
        from_csv = read(tmp_path, customers=text).org.customers["revenue"]
        self.write(tmp_path / "c.parquet", f"select * from read_csv('{tmp_path}/customers.csv')")
        from_parquet = read(tmp_path, sources={"customers": "c.parquet"}).org.customers["revenue"]
        assert from_csv.tolist() == from_parquet.tolist() == list(map(float, numbers))


@pytest.mark.parametrize(
    "said",
    [
        {"file": "c.csv", "sql": "select 1", "url": "sqlite://"},
        {"sql": "select 1"},
        {"url": "sqlite://"},
        {},
        {"file": "c.csv", "sheet": "A"},
        {"file": "c.xlsx", "delimiter": ";"},
        {"file": "c.parquet", "encoding": "utf-8"},
        {"file": "c.csv", "delimiter": ";;"},
        {"file": "c.csv", "encoding": "klingon"},
        {"file": "c.csv", "encoding": "base64"},
        {"file": "c.csv", "colums": {}},
    ],
)
def test_a_source_that_contradicts_itself_is_refused(said):
    with pytest.raises(ValueError, match="validation error"):
        TableSource.model_validate(said)


def test_equal_texts_of_a_table_are_one_text_in_memory(tmp_path):
    texts = ["health", None, "media", "food"] * 10
    frame = pd.DataFrame({"customer_id": [f"C{at}" for at in range(40)], "industry": texts})
    write_parquet(frame, tmp_path / "customers.parquet")
    frame.to_csv(tmp_path / "customers.csv", index=False)
    for file in ("customers.parquet", "customers.csv"):
        sheet = read_sheet(TableSource(file=file), tmp_path, Problems())
        industry = sheet.cells[sheet.headers.index("industry")]
        assert industry.tolist() == texts
        assert len({id(text) for text in industry if text is not None}) == 3
