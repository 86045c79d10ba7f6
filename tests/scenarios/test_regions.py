"""Regions are merged and split for customers, reps and the map of regions alike."""

import pytest
from pydantic import ValidationError

from models.formulation.regions import region_map
from scenarios.definition import RegionMerge
from tests.tables import org_of
from tests.what_ifs import applied, told

CUSTOMERS = [
    {"customer_id": "C1", "region": "north", "lat": 50.0},
    {"customer_id": "C2", "region": "east", "lat": 30.0},
    {"customer_id": "C3", "region": "west", "lat": 45.0},
    {"customer_id": "C4", "region": "west", "lat": 35.0},
    {"customer_id": "C5", "region": None, "lat": 60.0},
]
REPS = [
    {"rep_id": "ana", "regions": "north; east"},
    {"rep_id": "bob", "regions": "east;west"},
    {"rep_id": "eve", "regions": None},
    {"rep_id": "zoe", "regions": "all"},
]
REGIONS = [
    {"region": "north", "parent": "all", "neighbours": "east", "climate": "cold"},
    {"region": "east", "parent": "all", "neighbours": None, "climate": "cold"},
    {"region": "west", "parent": "all", "neighbours": "north", "climate": "mild"},
    {"region": "all", "parent": None, "neighbours": None, "climate": None},
]


def org(regions=REGIONS):
    return org_of(CUSTOMERS, REPS, regions=regions)


def rows(org):
    table = org.regions.astype(object).where(org.regions.notna(), None)
    return {row["region"]: (row["parent"], row["neighbours"]) for row in table.to_dict("records")}


def test_merged_regions_are_one_for_customers_reps_and_neighbours():
    changed, findings = applied(org(), {"regions": {"merge": {"regions": ["north", "east"], "into": "northeast"}}})
    assert findings == []
    assert changed.customers["region"].tolist() == ["northeast", "northeast", "west", "west", None]
    assert changed.reps["regions"].tolist() == ["northeast", "northeast;west", None, "all"]
    assert rows(changed) == {
        "northeast": ("all", None),
        "west": ("all", "northeast"),
        "all": (None, None),
    }
    assert changed.regions["climate"].tolist()[0] == "cold"
    assert org().customers["region"].tolist()[0] == "north"


def test_regions_may_be_merged_into_one_of_them_and_without_a_table():
    changed, _ = applied(org(), {"regions": {"merge": {"regions": ["north"], "into": "west"}}})
    assert changed.customers["region"].tolist() == ["west", "east", "west", "west", None]
    assert rows(changed)["west"] == ("all", "east")
    changed, findings = applied(org(None), {"regions": {"merge": {"regions": ["north", "east"], "into": "x"}}})
    assert (changed.regions, findings) == (None, [])


def test_a_region_merged_with_the_one_that_contains_it_takes_its_place():
    changed, findings = applied(org(), {"regions": {"merge": {"regions": ["west"], "into": "all"}}})
    assert rows(changed) == {"north": ("all", "east"), "east": ("all", None), "all": (None, "north")}
    assert [one.severity for one in findings] == ["note"]
    assert "climate" in findings[0].found
    region_map(changed)


def test_a_merge_never_makes_a_region_contain_itself():
    chain = [{"region": one, "parent": above} for one, above in (("west", "east"), ("east", "north"), ("north", None))]
    changed, _ = applied(org(chain), {"regions": {"merge": {"regions": ["west", "north"], "into": "ends"}}})
    assert rows(changed) == {"ends": (None, None), "east": ("ends", None)}


def test_regions_of_different_parents_are_told_to_be_in_none():
    apart = [{"region": "north", "parent": "a"}, {"region": "east", "parent": "b"}, {"region": "a"}, {"region": "b"}]
    changed, findings = applied(org(apart), {"regions": {"merge": {"regions": ["north", "east"], "into": "x"}}})
    assert rows(changed)["x"] == (None, None)
    assert (findings[0].severity, findings[0].found) == ("warning", "a, b")


def test_the_named_reps_serve_the_new_part_of_a_region_instead_of_the_old_one():
    line = {"region": "west", "when": "customer.lat > 40", "into": "west-north", "reps": ["bob", "zoe"]}
    changed, findings = applied(org(), {"regions": {"split": [line]}})
    assert findings == []
    assert changed.customers["region"].tolist() == ["north", "east", "west-north", "west", None]
    assert changed.reps["regions"].tolist() == ["north; east", "east;west-north", None, "all;west-north"]
    assert rows(changed)["west-north"] == ("all", "north;west")
    assert rows(changed)["west"] == ("all", "north;west-north")
    assert changed.regions["climate"].tolist()[-1] == "mild"


def test_without_names_whoever_served_the_region_serves_both_parts():
    changed, findings = applied(org(None), {"regions": {"split": {"region": "west", "when": "lat > 40", "into": "w2"}}})
    assert findings == []
    assert changed.reps["regions"].tolist() == ["north; east", "east;west;w2", None, "all"]
    line = {"region": "north", "when": "true", "into": "n2"}
    changed, _ = applied(org(), {"regions": {"split": line}})
    assert rows(changed)["n2"] == ("all", "east;north")
    assert rows(changed)["west"] == ("all", "north;n2"), "who was next to the old region is next to the new one"


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ({"merge": {"regions": ["nort", "east"], "into": "x"}}, [("error", "regions.merge.0")]),
        ({"merge": {"regions": ["east"], "into": "east"}}, [("warning", "regions.merge.0")]),
        ({"split": {"region": "wes", "when": "true", "into": "x"}}, [("error", "regions.split.0.region")]),
        ({"split": {"region": "west", "when": "true", "into": "east"}}, [("error", "regions.split.0.into")]),
        ({"split": {"region": "west", "when": "lt > 4", "into": "x"}}, [("error", "regions.split.0.when")]),
        ({"split": {"region": "west", "when": "lat > 90", "into": "x"}}, [("warning", "regions.split.0.when")]),
        (
            {"split": {"region": "west", "when": "true", "into": "x", "reps": ["anna"]}},
            [("error", "regions.split.0.reps")],
        ),
    ],
)
def test_a_change_of_regions_that_cannot_be_made_or_changes_nothing_is_told(regions, expected):
    before = org()
    changed, findings = applied(before, {"regions": regions})
    assert changed is before
    assert told(findings) == expected


def test_a_rep_who_serves_every_region_is_told_to_serve_the_new_one_already():
    line = {"region": "west", "when": "true", "into": "x", "reps": ["eve"]}
    changed, findings = applied(org(), {"regions": {"split": line}})
    assert changed.reps["regions"].tolist()[2] is None
    assert told(findings) == [("warning", "regions.split.0.reps")]


@pytest.mark.parametrize("name", ["a;b", " ", ""])
def test_a_new_region_has_one_name(name):
    with pytest.raises(ValidationError):
        RegionMerge(regions=["west"], into=name)
    assert RegionMerge(regions=["west"], into=" w ").into == "w"
