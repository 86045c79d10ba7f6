"""What can be wrong with tables: one line of input, one finding with its place and what to try."""

import numpy as np
import pytest

from models.check.roster import read_roster
from models.policy import Policy
from models.presence import departed
from planner.read.problems import ALIKE, TITLES
from tests.planner.read.reading import CUSTOMERS, read


def test_sound_tables_have_no_findings(tmp_path):
    assert read(tmp_path).findings == []


@pytest.mark.parametrize(
    ("customers", "code", "row", "column", "found"),
    [
        ("customer_id\nC1\n\nC1\n", "TP132", 4, "customer_id", "'C1'"),
        ("customer_id,name\nC1,A\n,B\n", "TP131", 3, "customer_id", "nothing"),
        ("customer_id,revenue\nC1,12x\n", "TP141", 2, "revenue", "'12x'"),
        ("customer_id,revenue\nC1,NaN\n", "TP141", 2, "revenue", "'NaN'"),
        ("customer_id,owner_since\nC1,01/02/2026\n", "TP142", 2, "owner_since", "'01/02/2026'"),
        ("customer_id,locked\nC1,perhaps\n", "TP143", 2, "locked", "'perhaps'"),
        ("customer_id,lock_until\nC1,soon\n", "TP142", 2, "lock_until", "'soon'"),
        ("customer_id,required_skills\nC1,cloud:high\n", "TP144", 2, "required_skills", "'cloud:high'"),
        ("customer_id,workload_hours\nC1,-1\n", "TP145", 2, "workload_hours", "'-1'"),
        ("customer_id,visits\nC1,-1\n", "TP145", 2, "visits", "'-1'"),
        ("customer_id,lat,lon\nC1,91,0\n", "TP145", 2, "lat", "'91'"),
        ("customer_id,lat,lon\nC1,0,181\n", "TP145", 2, "lon", "'181'"),
        ("customer_id,Umsatz,umsatz\nC1,1,2\n", "TP114", None, "umsatz", "'umsatz' in columns number 2 and 3"),
        ("customer_id,\nC1,2\n", "TP113", 2, None, "1 values in column number 2"),
        ("customer_id,name\nC1,A,B\n", "TP115", 2, None, "3 cells, from 'C1' to 'B'"),
        ("customer_id,name\nC1\n", "TP115", 2, None, "1 cells, from 'C1' to 'C1'"),
        ('customer_id,name\nC1,"A\nC2,B\n', "TP116", 2, None, None),
        ('customer_id,name\nC1,"A" b\n', "TP116", 2, None, None),
    ],
)
def test_a_bad_cell_is_an_error_with_its_row_and_column(tmp_path, customers, code, row, column, found):
    reading = read(tmp_path, customers=customers)
    finding = reading.only(code)
    assert finding.severity == "error"
    assert reading.cell(finding) == ("customers.csv", row, column)
    assert found is None or finding.found == found
    assert finding.expected
    assert finding.hint is not None
    assert finding.hint.startswith("Try ")


@pytest.mark.parametrize(
    ("reps", "code", "row", "column"),
    [
        ("rep_id,capacity_workload_hours\nana,-5\nbob,1\n", "TP145", 2, "capacity_workload_hours"),
        ("rep_id,max_customers\nana,-5\nbob,1\n", "TP145", 2, "max_customers"),
        ("rep_id,capacity_workload_hours\nana,many\nbob,1\n", "TP141", 2, "capacity_workload_hours"),
        ("rep_id,share\nana,1\nbob,-1\n", "TP145", 3, "share"),
        ("rep_id,ramp\nana,1.5\nbob,1\n", "TP145", 2, "ramp"),
        ("rep_id,available_from,available_to\nana,2027-02-01,2027-01-01\nbob,,\n", "TP151", 2, "available_to"),
        ("rep_id,leave_from,leave_to\nana,2027-02-01,2027-01-01\nbob,,\n", "TP151", 2, "leave_to"),
        ("rep_id,leave_from_2,leave_to_2\nana,2027-02-01,2027-01-01\nbob,,\n", "TP151", 2, "leave_to_2"),
        ("rep_id,skills\nana,cloud:-1\nbob,\n", "TP144", 2, "skills"),
    ],
)
def test_a_rep_that_cannot_be_is_an_error(tmp_path, reps, code, row, column):
    reading = read(tmp_path, reps=reps)
    finding = reading.only(code)
    assert finding.severity == "error"
    assert reading.cell(finding) == ("reps.csv", row, column)


def test_all_problems_are_found_in_one_pass(tmp_path):
    reading = read(
        tmp_path,
        customers="customer_id,revenue,owner_since\nC1,x,2026-01-01\nC1,5,soon\n,1,\n",
        reps="rep_id,share\nana,-1\nana,1\n",
        pairs="customer_id,rep_id\nC9,ana\n",
    )
    assert sorted(reading.codes("error")) == ["TP131", "TP132", "TP132", "TP141", "TP142", "TP145", "TP155"]


def test_negative_money_is_only_a_warning(tmp_path):
    finding = read(tmp_path, customers="customer_id,revenue\nC1,-5\n").only("TP145")
    assert finding.severity == "warning"


def test_a_share_may_be_a_percentage(tmp_path):
    reading = read(tmp_path, reps="rep_id,share,ramp\nana,50%,\nbob,,25%\n")
    assert reading.org.reps["share"].tolist() == [0.5, 1]
    assert reading.org.reps["ramp"].tolist() == [0.5, 0.25]


def test_a_ramp_of_fifty_is_probably_half(tmp_path):
    assert read(tmp_path, reps="rep_id,ramp\nana,50\nbob,1\n").only("TP145").hint == "Try 0.5, or 50%"


def test_a_latitude_that_is_a_longitude_is_recognised(tmp_path):
    finding = read(tmp_path, customers="customer_id,lat,lon\nC1,-122.4,37.8\n").only("TP145")
    assert finding.hint == "Try swapping lat and lon"


def test_a_latitude_without_a_longitude_is_a_warning(tmp_path):
    reading = read(tmp_path, customers="customer_id,lat,lon\nC1,1,2\nC2,1,\n")
    assert reading.only("TP159").severity == "warning"


def test_many_alike_are_one_finding_with_a_count_and_examples(tmp_path):
    rows = "".join(f"C{number},x{number}\n" for number in range(ALIKE + 1))
    finding = read(tmp_path, customers=f"customer_id,revenue\n{rows}").only("TP141")
    assert finding.count == ALIKE + 1
    assert finding.place.row == 2
    assert finding.examples[:2] == ("row 2: 'x0'", "row 3: 'x1'")


def test_a_few_alike_are_told_one_by_one(tmp_path):
    rows = "".join(f"C{number},x{number}\n" for number in range(ALIKE))
    assert len(read(tmp_path, customers=f"customer_id,revenue\n{rows}").all("TP141")) == ALIKE


def test_an_unknown_status_counts_as_active_and_is_a_warning(tmp_path):
    finding = read(tmp_path, reps="rep_id,status\nana,Active\nbob,sabbatical\n").only("TP148")
    assert (finding.severity, finding.place.row, finding.found) == ("warning", 3, "'sabbatical'")


@pytest.mark.parametrize(
    ("header", "stays", "went"),
    [
        ("Active", "TRUE", "FALSE"),
        ("IsActive", "1", "0"),
        ("User Active", "yes", "no"),
        ("Deactivated", "false", "true"),
        ("是否在职", "是", "否"),
        ("是否离职", "在职", "离职"),
        ("status", "Active", "Former"),
        ("Status", "enabled", "Resigned "),
        ("状态", "在职", "已离职"),
        ("状态", "启用", "停用"),
    ],
)
def test_who_has_left_is_read_in_the_words_of_exports(tmp_path, header, stays, went):
    reading = read(tmp_path, reps=f"rep_id,{header}\nana,{stays}\nbob,{went}\n")
    assert departed(reading.org).tolist() == [False, True]
    assert read_roster(reading.org, Policy()).departed.tolist() == [False, True]
    assert not reading.all("TP148")
    note = reading.only("TP165")
    assert note.severity == "note"
    assert f"{went!r} read as left, 1 time" in note.found


def test_a_column_of_yes_and_no_stays_one_for_rules(tmp_path):
    org = read(tmp_path, reps="rep_id,Active\nana,true\nbob,false\n").org
    assert org.reps["status"].tolist() == ["active", "left"]
    assert org.reps["Active"].tolist() == [True, False]


def test_a_count_under_active_tells_nobody_to_have_left(tmp_path):
    reading = read(tmp_path, reps="rep_id,Active\nana,12\nbob,0\n")
    assert not departed(reading.org).any()
    assert reading.only("TP148").severity == "warning"


def test_an_owner_since_a_day_in_the_period_is_a_warning(tmp_path):
    reading = read(tmp_path, customers="customer_id,owner_since\nC1,2027-01-01\nC2,2027-01-02\n")
    assert reading.only("TP157").place.row == 3
    assert reading.codes("error") == []


def test_the_lock_status_of_an_export_is_a_flag(tmp_path):
    org = read(tmp_path, customers="客户编号,锁定状态\nC1,未锁定\nC2,已锁定\nC3,是\nC4,\n").org
    assert org.customers["locked"].tolist() == [False, True, True, False]


def test_an_expired_lock_is_noted(tmp_path):
    reading = read(tmp_path, customers="customer_id,locked,lock_until\nC1,true,2026-12-31\nC2,true,2027-01-01\n")
    assert (reading.only("TP158").severity, reading.only("TP158").place.row) == ("note", 2)


def test_spellings_that_differ_only_in_case_are_a_warning(tmp_path):
    finding = read(tmp_path, customers="customer_id,industry\nC1,GTX Pro\nC2,GTXPro\nC3,GTX Pro\n").only("TP147")
    assert finding.found == "'GTX Pro' (2 times) and 'GTXPro' (1 times)"
    assert finding.hint == "Try mapping it under `values`: GTXPro: GTX Pro"


def test_skills_between_commas_are_a_warning(tmp_path):
    finding = read(tmp_path, reps='rep_id,skills\nana,"cloud,german"\nbob,云：3，德语：2\n').only("TP149")
    assert finding.severity == "warning"
    assert finding.hint == "Try cloud;german"


class TestIds:
    def test_an_id_keeps_its_zeros(self, tmp_path):
        org = read(tmp_path, customers="customer_id,owner_id\n00123,007\n", reps="rep_id\n007\n").org
        assert org.customers["customer_id"].tolist() == ["00123"]
        assert org.customers["owner_id"].tolist() == ["007"]

    def test_spaces_around_an_id_are_kept_and_warned_of(self, tmp_path):
        reading = read(tmp_path, customers="customer_id,owner_id\nC1 ,ana\nC2, ana\n")
        assert [finding.place.column for finding in reading.all("TP133")] == ["customer_id", "owner_id"]
        assert reading.org.customers["owner_id"].tolist() == ["ana", " ana"]
        assert reading.only("TP154").hint == "Try writing owners as the roster does: 'ana', not ' ana'"

    def test_ids_that_differ_only_in_case_are_a_warning(self, tmp_path):
        finding = read(tmp_path, customers="customer_id\nc1\nC1\nC2\n").only("TP134")
        assert (finding.severity, finding.found) == ("warning", "'c1' and 'C1'")

    def test_an_id_that_a_spreadsheet_rounded_is_a_warning(self, tmp_path):
        finding = read(tmp_path, customers="customer_id\n1.23457E+12\n").only("TP135")
        assert finding.severity == "warning"

    def test_a_double_id_names_the_row_it_was_seen_in_first(self, tmp_path):
        finding = read(tmp_path, customers="customer_id\nC1\nC2\nC1\n").only("TP132")
        assert finding.place.row == 4
        assert finding.hint == "Try removing it here or in row 2"


class TestExtraColumns:
    @pytest.mark.parametrize(
        ("cells", "kind"),
        [
            ("1,2.5,", "float64"),
            ("2027-01-01,,2027/02/03", "datetime64[s]"),
            ("true,FALSE,true", "bool"),
            ("007,008,009", "object"),
            ("1,2,x", "object"),
            (",,", "object"),
        ],
    )
    def test_an_extra_column_is_what_all_its_values_are(self, tmp_path, cells, kind):
        rows = "".join(f"C{number},{cell}\n" for number, cell in enumerate(cells.split(",")))
        org = read(tmp_path, customers=f"customer_id,own\n{rows}").org
        assert str(org.customers["own"].dtype) == kind
        assert org.has("customers", "own")

    def test_a_column_of_numbers_but_for_a_few_is_a_warning(self, tmp_path):
        rows = "".join(f"C{number},{number if number else 'none'}\n" for number in range(30))
        finding = read(tmp_path, customers=f"customer_id,employees\n{rows}").only("TP146")
        assert (finding.severity, finding.place.row, finding.found) == ("warning", 2, "'none'")

    @pytest.mark.parametrize(
        ("cells", "kind"), [("yes;no;", "bool"), ("1;0;1", "bool"), ("12000;;5", "float64"), ("won;lost;", "object")]
    )
    def test_an_open_opportunity_may_be_a_flag_a_stage_or_an_amount(self, tmp_path, cells, kind):
        rows = "".join(f"C{number},{cell}\n" for number, cell in enumerate(cells.split(";")))
        org = read(tmp_path, customers=f"customer_id,open_opportunity\n{rows}").org
        assert str(org.customers["open_opportunity"].dtype) == kind


class TestRegions:
    REGIONS = "region,parent,neighbours\nland,,\nwest,land,east\neast,land,\n"
    ROSTER = 'rep_id,regions\nana,west;east\nbob,"west,east"\n'

    def test_a_region_that_is_not_in_the_table_is_an_error(self, tmp_path):
        reading = read(tmp_path, customers=CUSTOMERS + "C3,,wset,1\n", regions=self.REGIONS)
        finding = reading.only("TP152")
        assert reading.cell(finding) == ("customers.csv", 4, "region")
        assert (finding.severity, finding.hint) == ("error", "Try 'west'")

    def test_regions_of_a_rep_between_commas_are_recognised(self, tmp_path):
        finding = read(tmp_path, reps=self.ROSTER, regions=self.REGIONS).only("TP152")
        assert (finding.place.row, finding.hint) == (3, "Try west;east")

    def test_without_a_table_a_region_that_no_customer_has_is_explained(self, tmp_path):
        reading = read(tmp_path, reps=self.ROSTER)
        assert reading.only("TP149").hint == "Try west;east"
        reading = read(tmp_path, reps="rep_id,regions\nana,West\nbob,north\n")
        assert reading.only("TP147").hint == "Try west"

    def test_a_parent_must_be_a_region(self, tmp_path):
        finding = read(tmp_path, regions="region,parent\nwest,lnd\neast,\nland,\n").only("TP152")
        assert (finding.place.column, finding.hint) == ("parent", "Try 'land'")

    def test_regions_that_contain_each_other_are_told_once(self, tmp_path):
        finding = read(tmp_path, regions="region,parent\nwest,east\neast,land\nland,west\n").only("TP153")
        assert finding.found == "'east' in 'land' in 'west' in 'east'"

    def test_a_region_that_contains_itself_is_an_error(self, tmp_path):
        assert read(tmp_path, regions="region,parent\nwest,west\neast,\n").only("TP153").place.row == 2


class TestPairs:
    def test_pairs_are_read(self, tmp_path):
        reading = read(tmp_path, pairs="customer_id,rep_id,drive_minutes,own\nC1,ana,5,x\nC1,bob,,y\n")
        assert reading.findings == []
        assert reading.org.pairs is not None
        assert reading.org.pairs["drive_minutes"].tolist()[0] == 5
        assert not reading.org.pairs_only

    def test_only_makes_the_listed_pairs_the_only_candidates(self, tmp_path):
        reading = read(
            tmp_path, pairs="customer_id,rep_id\nC1,ana\n", sources={"pairs": {"file": "pairs.csv", "only": True}}
        )
        assert reading.org.pairs_only

    def test_a_pair_of_nobody_and_a_double_pair_are_errors(self, tmp_path):
        reading = read(tmp_path, pairs="customer_id,rep_id,cost\nC9,ana,1\nC1,zoe,1\nC1,ana,1\nC1,ana,2\n,ana,1\n")
        assert [reading.cell(one)[1:] for one in reading.all("TP155")] == [(2, "customer_id"), (3, "rep_id")]
        assert (reading.only("TP156").place.row, reading.only("TP156").found) == (5, "'C1 with ana'")
        assert reading.only("TP131").place.row == 6


NAMED_REPS = "rep_id,name\nE1,Ana Lopez\nE2,Bob Roy\n"


class TestOwnersGivenByName:
    def test_owners_who_are_all_names_are_refused_with_what_to_map(self, tmp_path):
        customers = "customer_id,owner_id\nC1,Ana Lopez\nC2,bob roy\nC3,Eve Old\nC4,\n"
        reading = read(tmp_path, customers=customers, reps=NAMED_REPS)
        finding = reading.only("TP160")
        assert (finding.severity, finding.count, finding.place.row) == ("error", 2, 2)
        assert "`columns: {rep_id: null, name: rep_id}` in the reps table" in finding.hint
        assert not reading.all("TP154")

    def test_the_advice_works(self, tmp_path):
        source = {"file": "reps.csv", "columns": {"rep_id": None, "name": "rep_id"}}
        customers = "customer_id,owner_id\nC1,Ana Lopez\n"
        assert read(tmp_path, customers=customers, reps=NAMED_REPS, sources={"reps": source}).codes("error") == []

    def test_a_header_that_holds_the_ids_is_the_better_advice(self, tmp_path):
        customers = "customer_id,owner_id,Seller No\nC1,Ana Lopez,E1\nC2,Bob Roy,E2\n"
        finding = read(tmp_path, customers=customers, reps=NAMED_REPS, strict=True).only("TP160")
        assert "`columns: {Seller No: owner_id}` in the customers table" in finding.hint

    def test_some_names_among_ids_are_a_warning_that_says_so(self, tmp_path):
        finding = read(tmp_path, customers="customer_id,owner_id\nC1,E1\nC2,Bob Roy\n", reps=NAMED_REPS).only("TP154")
        assert finding.severity == "warning"
        assert finding.hint.startswith("'Bob Roy' is the name of a rep, not a rep_id. Try ")


def test_where_no_owner_is_on_the_roster_the_warning_says_that_everybody_would_move(tmp_path):
    finding = read(tmp_path, customers="customer_id,owner_id\nC1,x1\nC2,x2\n").only("TP154")
    assert finding.severity == "warning"
    assert finding.hint.startswith("No owner is on the roster, so that every owned customer would have to move")


def test_owners_in_several_roles_are_each_looked_up(tmp_path):
    reading = read(tmp_path, customers="customer_id,owner_id_sales,owner_id_service\nC1,ana,dan\nC2,,eve\n")
    finding = reading.only("TP154")
    assert (finding.place.column, finding.count) == ("owner_id_service", 2)
    assert reading.org.has("customers", "owner_id_sales")


def test_a_table_of_headers_only_is_an_error_where_rows_are_needed(tmp_path):
    reading = read(tmp_path, customers="customer_id,revenue\n", pairs="customer_id,rep_id\n")
    assert [(one.place.file, one.severity) for one in reading.all("TP109")] == [
        ("customers.csv", "error"),
        ("pairs.csv", "warning"),
    ]
    assert reading.org.n_customers == 0
    assert reading.org.customers["revenue"].dtype == np.float64


def test_an_unknown_table_gets_the_nearest_name(tmp_path):
    reading = read(tmp_path, sources={"regoins": "customers.csv"})
    assert (reading.only("TP111").severity, reading.only("TP111").hint) == ("error", "Try 'regions'")


def test_customers_and_reps_are_needed(tmp_path):
    reading = read(tmp_path, reps=None)
    assert reading.only("TP110").place.path == "tables.reps"
    assert reading.codes("error") == ["TP110"]


def test_every_kind_of_problem_has_a_title():
    assert all(title[0].isupper() and not title.endswith(".") for title in TITLES.values())
