"""Several sources in one table, spellings mapped, money converted: nothing lost, nothing doubled."""

import numpy as np
import pytest

from planner.read import CurrencyRates
from tests.planner.read.reading import read

CRM = "customer_id,owner_id,name\nC1,ana,Acme\nC2,ana,Boreal\nC3,bob,Cobalt\n"


def joined(folder, erp, *, customers=CRM, **source):
    (folder / "erp.csv").write_text(erp, encoding="utf-8")
    join = {"file": "erp.csv", "on": "customer_id", **source}
    return read(folder, customers=customers, sources={"customers": {"file": "customers.csv", "join": join}})


class TestJoins:
    def test_a_joined_source_adds_its_columns(self, tmp_path):
        reading = joined(tmp_path, "customer_id,revenue,own\nC3,3,c\nC1,1,a\nC2,2,b\n")
        assert reading.findings == []
        assert reading.org.customers["revenue"].tolist() == [1, 2, 3]
        assert reading.org.customers["own"].tolist() == ["a", "b", "c"]
        assert reading.org.has("customers", "revenue")

    def test_rows_without_a_partner_are_listed_both_ways(self, tmp_path):
        reading = joined(tmp_path, "customer_id,revenue\nC1,1\nC8,8\nC9,9\n")
        ours, theirs = reading.all("TP163")
        assert (ours.severity, ours.place.file, ours.count) == ("warning", "customers.csv", 2)
        assert ours.examples == ("row 3: 'C2'", "row 4: 'C3'")
        assert (theirs.severity, theirs.place.file, theirs.count) == ("warning", "erp.csv", 2)
        assert theirs.examples == ("row 3: 'C8'", "row 4: 'C9'")
        assert reading.org.customers["revenue"].tolist()[0] == 1
        assert np.isnan(reading.org.customers["revenue"].tolist()[1:]).all()

    def test_a_double_key_in_the_joined_source_is_an_error(self, tmp_path):
        reading = joined(tmp_path, "customer_id,revenue\nC1,1\nC2,2\nC1,9\nC3,3\n")
        finding = reading.only("TP162")
        assert (finding.severity, reading.cell(finding)) == ("error", ("erp.csv", 4, "customer_id"))
        assert finding.hint == "Try keeping one of the rows 2 and 4"
        assert reading.org.n_customers == 3

    def test_a_bad_cell_is_named_where_it_stands(self, tmp_path):
        reading = joined(tmp_path, "customer_id,revenue\nC3,x\nC1,1\nC2,2\n")
        assert reading.cell(reading.only("TP141")) == ("erp.csv", 2, "revenue")

    def test_a_key_may_have_another_name_there(self, tmp_path):
        reading = joined(tmp_path, "debtor,revenue\nC1,1\nC2,2\nC3,3\n", columns={"debtor": "customer_id"})
        assert reading.org.customers["revenue"].tolist() == [1, 2, 3]

    def test_the_key_may_be_another_column_or_several(self, tmp_path):
        crm = "customer_id,country,number\nC1,de,1\nC2,fr,1\nC3,fr,2\n"
        reading = joined(
            tmp_path, "country,number,revenue\nfr,1,21\nfr,2,22\nde,1,11\n", customers=crm, on=["country", "number"]
        )
        assert reading.findings == []
        assert reading.org.customers["revenue"].tolist() == [11, 21, 22]

    def test_a_missing_key_is_an_error_that_names_the_headers(self, tmp_path):
        finding = joined(tmp_path, "customer_no_,revenue\nC1,1\n", on="debtor").all("TP161")
        assert [one.place.file for one in finding] == ["customers.csv", "erp.csv"]

    def test_a_column_in_both_is_kept_from_the_first_with_a_warning(self, tmp_path):
        reading = joined(tmp_path, "customer_id,name\nC1,x\nC2,y\nC3,z\n")
        assert (reading.only("TP164").severity, reading.only("TP164").place.file) == ("warning", "erp.csv")
        assert reading.org.customers["name"].tolist() == ["Acme", "Boreal", "Cobalt"]

    def test_an_empty_joined_source_gives_blanks(self, tmp_path):
        reading = joined(tmp_path, "customer_id,revenue\n")
        assert reading.only("TP163").count == 3
        assert np.isnan(reading.org.customers["revenue"]).all()

    def test_a_blank_key_finds_no_partner(self, tmp_path):
        reading = joined(tmp_path, "code,revenue\n,5\na,1\n", customers="customer_id,code\nC1,a\nC2,\n", on="code")
        assert reading.org.customers["revenue"].tolist()[0] == 1
        assert np.isnan(reading.org.customers["revenue"].tolist()[1])


def spelled(folder, customers, values):
    return read(folder, customers=customers, sources={"customers": {"file": "customers.csv", "values": values}})


class TestSpellings:
    def test_spellings_are_mapped_and_counted(self, tmp_path):
        reading = spelled(tmp_path, "customer_id,region\nC1,华东\nC2,华东 \nC3,west\n", {"region": {"华东": "east"}})
        assert reading.org.customers["region"].tolist() == ["east", "east", "west"]
        note = reading.only("TP165")
        assert (note.severity, note.count, note.found) == ("note", 2, "'华东' read as 'east', 2 times")

    def test_a_spelling_that_never_occurs_is_a_warning(self, tmp_path):
        reading = spelled(tmp_path, "customer_id,region\nC1,west\n", {"region": {"West": "west"}})
        assert (reading.only("TP166").severity, reading.only("TP166").hint) == ("warning", "Try 'west'")

    def test_in_lists_and_skills_names_are_mapped(self, tmp_path):
        values = {"skills": {"GTXPro": "GTX Pro"}, "regions": {"华东": "east"}}
        reading = read(
            tmp_path,
            reps="rep_id,skills,regions\nana,GTXPro:2;MG,华东;west\nbob,,\n",
            sources={"reps": {"file": "reps.csv", "values": values}},
        )
        assert reading.org.reps["skills"].tolist() == ["GTX Pro:2;MG", None]
        assert reading.org.reps["regions"].tolist() == ["east;west", None]

    def test_a_spelling_may_stand_for_blank_and_numbers_for_themselves(self, tmp_path):
        values = {"revenue": {"n/a": None}, "tier": {1: "A", 2: "B"}, "locked": {"gesperrt": True}}
        reading = spelled(tmp_path, "customer_id,revenue,tier,locked\nC1,n/a,1,gesperrt\nC2,5,2,\n", values)
        assert reading.codes("error") == []
        assert np.isnan(reading.org.customers["revenue"].tolist()[0])
        assert reading.org.customers["tier"].tolist() == ["A", "B"]
        assert reading.org.customers["locked"].tolist() == [True, False]

    def test_values_for_a_column_that_is_not_there_are_an_error(self, tmp_path):
        finding = spelled(tmp_path, "customer_id,region\nC1,west\n", {"regoin": {"a": "b"}}).only("TP167")
        assert (finding.severity, finding.hint) == ("error", "Try 'region'")


MIXED = "customer_id,revenue,potential,currency\nC1,100,10,USD\nC2,100,10,EUR\nC3,100,,EUR\n"
RATES = {"base": "USD", "rates": {"EUR": 1.08}}


class TestCurrencies:
    def test_money_is_converted_to_the_base_currency(self, tmp_path):
        reading = read(tmp_path, customers=MIXED, currency=RATES)
        customers = reading.org.customers
        assert customers["revenue"].tolist() == pytest.approx([100, 108, 108])
        assert customers["potential"].tolist()[:2] == pytest.approx([10, 10.8])
        assert customers["currency"].tolist() == ["USD"] * 3
        assert customers["original_currency"].tolist() == ["USD", "EUR", "EUR"]
        assert reading.org.has("customers", "original_currency")
        assert reading.only("TP173").found == "potential, revenue converted to USD: USD (1 rows), EUR (2 rows)"

    def test_only_the_columns_named_are_converted(self, tmp_path):
        org = read(tmp_path, customers=MIXED, currency={**RATES, "columns": ["revenue"]}).org
        assert org.customers["potential"].tolist()[:2] == [10, 10]

    def test_mixed_currencies_without_rates_are_refused(self, tmp_path):
        finding = read(tmp_path, customers=MIXED).only("TP171")
        assert (finding.severity, finding.found) == ("error", "USD (1 rows), EUR (2 rows)")

    def test_one_currency_needs_no_rates(self, tmp_path):
        assert read(tmp_path, customers=MIXED.replace("EUR", "USD")).findings == []

    def test_a_currency_without_a_rate_is_an_error(self, tmp_path):
        reading = read(tmp_path, customers=MIXED.replace("C3,100,,EUR", "C3,100,,eur"), currency=RATES)
        finding = reading.only("TP172")
        assert (finding.place.row, finding.found, finding.hint) == (4, "'eur'", "Try 'EUR'")

    def test_a_row_without_a_currency_counts_as_base_with_a_warning(self, tmp_path):
        reading = read(tmp_path, customers=MIXED.replace("C3,100,,EUR", "C3,100,,"), currency=RATES)
        assert (reading.only("TP174").severity, reading.only("TP174").place.row) == ("warning", 4)
        assert reading.org.customers["revenue"].tolist()[2] == 100

    def test_rates_without_a_currency_column_are_a_warning(self, tmp_path):
        assert read(tmp_path, currency=RATES).only("TP175").severity == "warning"

    @pytest.mark.parametrize("rates", [{"EUR": 0}, {"EUR": -1}, {"EUR": float("nan")}, {"USD": 2.0}])
    def test_a_rate_that_cannot_be_is_refused(self, rates):
        with pytest.raises(ValueError, match="validation error"):
            CurrencyRates.model_validate({"base": "USD", "rates": rates})
