"""Today's books: what everybody carries before any plan, and what is wrong with it."""

import json

import pytest

from models.policy import Policy
from planner.books import as_document, todays_books
from tests.tables import org_of

PLAIN = Policy()
REPS = [
    {"rep_id": "ana", "name": "Ana", "team": "north", "capacity_workload_hours": 10.0},
    {"rep_id": "bob", "name": "Bob", "team": "south", "share": 0.5},
    {"rep_id": "eve", "name": "Eve", "team": "south", "status": "left"},
    {"rep_id": "gus", "name": "Gus"},
]
CUSTOMERS = [
    {"customer_id": "C1", "owner_id": "ana", "revenue": 60.0, "workload_hours": 12.0, "tier": "A", "region": "west"},
    {"customer_id": "C2", "owner_id": "bob", "revenue": 30.0, "workload_hours": 3.0, "tier": "B", "region": "west"},
    {"customer_id": "C3", "owner_id": "eve", "revenue": 5.0, "workload_hours": 3.0, "tier": "B", "region": None},
    {"customer_id": "C4", "owner_id": "dan", "revenue": 4.0, "workload_hours": 3.0, "tier": None, "region": "east"},
    {"customer_id": "C5", "owner_id": None, "revenue": None, "workload_hours": 1.0, "tier": "B", "region": "east"},
]


def weighed(customers=CUSTOMERS, reps=REPS, policy=PLAIN):
    return todays_books(org_of(customers, reps), policy)


def found(books):
    return {finding.title: finding for finding in books.findings}


@pytest.fixture(scope="module")
def books():
    return weighed()[0]


def test_each_book_is_what_its_customers_add_up_to(books):
    assert [one.name for one in books.measured] == ["revenue", "workload_hours"]
    assert books.tiers == ("A", "B")
    assert {book.label: (book.customers, book.amounts, book.tiers) for book in books.reps} == {
        "Ana": (1, (60, 12), (1, 0)),
        "Bob": (1, (30, 3), (0, 1)),
        "Eve": (1, (5, 3), (0, 1)),
        "Gus": (0, (0, 0), (0, 0)),
    }
    assert (books.total.customers, books.total.amounts, books.total.tiers) == (5, (99, 22), (1, 3))


def test_every_customer_is_in_one_pair_of_hands(books):
    hands = (books.present, books.of_departed, books.of_unknown, books.without_owner)
    assert [book.customers for book in hands] == [2, 1, 1, 1]
    assert sum(book.amounts[0] for book in hands) == books.total.amounts[0]


def test_teams_and_regions_add_up_too(books):
    assert {book.label: (book.customers, book.amounts[0], book.reps) for book in books.teams} == {
        "north": (1, 60, 1),
        "south": (2, 35, 1),
        "": (0, 0, 1),
    }
    assert {book.label: book.amounts[0] for book in books.regions} == {"west": 90, "east": 4, "": 5}


def test_a_book_is_compared_with_an_even_one_for_the_share_of_those_at_work(books):
    deviation = {book.id: book.deviation for book in books.reps}
    assert deviation["ana"] == pytest.approx(100 * (60 / (90 / 2.5) - 1))
    assert deviation["bob"] == pytest.approx(100 * (30 / (90 * 0.5 / 2.5) - 1))
    assert deviation["gus"] == pytest.approx(-100)
    assert deviation["eve"] != deviation["eve"]


def test_what_is_wrong_is_told_with_numbers_and_examples(books):
    wrong = found(books)
    assert wrong["Customers of reps who have departed"].examples == ("C3",)
    assert wrong["Customers of owners who are not on the roster"].examples == ("C4",)
    assert wrong["Customers without an owner"].examples == ("C5",)
    assert wrong["Reps without a book"].examples == ("Gus",)
    assert wrong["Books over capacity"].found == "1 of 3 reps at work; most of all Ana with 12 of 10"
    assert wrong["Customers without a region"].examples == ("C3",)
    assert wrong["Customers without revenue"].examples == ("C5",)


def test_books_of_one_size_are_not_wrong():
    customers = [{"customer_id": f"C{at}", "owner_id": rep, "revenue": 10.0} for at, rep in enumerate(("ana", "gus"))]
    reps = [{"rep_id": "ana"}, {"rep_id": "gus"}]
    assert weighed(customers, reps)[0].findings == ()


def test_a_book_twice_as_heavy_for_a_double_share_is_even():
    customers = [{"customer_id": f"C{at}", "owner_id": rep, "revenue": 10.0} for at, rep in enumerate("aab")]
    reps = [{"rep_id": "a", "share": 1.0}, {"rep_id": "b", "share": 0.5}]
    assert [book.deviation for book in weighed(customers, reps)[0].reps] == pytest.approx([0, 0])


def test_capacity_counts_for_the_days_at_work_only():
    customers = [{"customer_id": "C1", "owner_id": "ana", "workload_hours": 60.0}]
    reps = [{"rep_id": "ana", "capacity_workload_hours": 100.0, "available_from": "2027-02-15"}]
    over = found(weighed(customers, reps)[0])["Books over capacity"]
    assert over.found == "1 of 1 reps at work; most of all ana with 60 of 50"


def test_without_money_books_are_compared_by_the_number_of_customers():
    customers = [{"customer_id": "C1", "owner_id": "ana"}, {"customer_id": "C2", "owner_id": "ana"}]
    books = weighed(customers, [{"rep_id": "ana"}, {"rep_id": "bob"}])[0]
    assert books.compared.name == "customers"
    assert [book.id for book in books.reps] == ["ana", "bob"]


def test_a_measure_of_the_policy_is_weighed_and_lends_its_name_and_unit():
    policy = Policy.model_validate(
        {
            "measures": {
                "workload": {"value": "customer.workload_hours", "unit": "h"},
                "weighted": {"value": "2 * customer.revenue", "unit": "EUR"},
                "drive": "pair.drive_minutes",
            }
        }
    )
    books = weighed(policy=policy)[0]
    assert [(one.name, one.label, one.unit) for one in books.measured] == [
        ("revenue", "revenue", ""),
        ("workload_hours", "workload", "h"),
        ("weighted", "weighted", "EUR"),
    ]
    assert books.total.amounts == (99, 22, 198)


def test_every_role_has_books_of_its_own():
    policy = Policy.model_validate({"roles": {"sales": {}, "service": {"when": "customer.tier = 'A'"}}})
    customers = [
        {"customer_id": "C1", "owner_id": "ana", "owner_id_service": "sam", "tier": "A"},
        {"customer_id": "C2", "owner_id": "ana", "owner_id_service": None, "tier": "B"},
    ]
    reps = [{"rep_id": "ana", "role": "sales"}, {"rep_id": "sam", "role": "service"}]
    sales, service = weighed(customers, reps, policy)
    assert [(book.id, book.customers) for book in sales.reps] == [("ana", 2)]
    assert [(book.id, book.customers) for book in service.reps] == [("sam", 1)]
    assert service.total.customers == 1


def test_tiers_may_be_numbers():
    customers = [{"customer_id": f"C{at}", "owner_id": "ana", "tier": tier} for at, tier in enumerate((1.0, 2.0, 1.0))]
    books = weighed(customers, [{"rep_id": "ana"}])[0]
    assert (books.tiers, books.reps[0].tiers) == (("1", "2"), (2, 1))


def test_an_org_without_customers_has_empty_books():
    books = weighed([], [{"rep_id": "ana"}])[0]
    assert (books.total.customers, books.reps[0].customers, books.regions) == (0, 0, ())


def test_the_document_is_plain_data(books):
    document = as_document(books)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["total"] == {"customers": 5, "revenue": 99, "workload_hours": 22, "tiers": {"A": 1, "B": 3}}
    assert [rep["rep_id"] for rep in document["reps"]] == ["ana", "bob", "eve", "gus"]
    assert document["reps"][2]["deviation_percent"] is None
