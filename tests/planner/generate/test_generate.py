"""A synthetic org is believable, repeatable, and has a plan."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from models.findings import InputRefused
from models.org import great_circle_km, skill_levels
from models.solve import solve
from models.stop import Stop
from planner.commands.generate import generate as command
from planner.generate import PRESETS, china, generate, read_geography, sample, united_states
from planner.project import load


def _tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        pd.read_csv(folder / "customers.csv", keep_default_na=False),
        pd.read_csv(folder / "reps.csv", keep_default_na=False),
    )


def _numbers(column: pd.Series) -> np.ndarray:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("parquet", [False, True])
def test_the_same_seed_writes_the_same_bytes(tmp_path, preset, parquet):
    for name in ("one", "two"):
        made = generate(tmp_path / name, customers=120, reps=12, seed=3, preset=preset, parquet=parquet)
    for file in made.files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_seed_makes_another_org(tmp_path):
    generate(tmp_path / "one", customers=120, reps=8, seed=1)
    generate(tmp_path / "two", customers=120, reps=8, seed=2)
    assert (tmp_path / "one" / "customers.csv").read_text() != (tmp_path / "two" / "customers.csv").read_text()


@pytest.mark.parametrize(("customers", "reps"), [(10, 2), (50, 3), (50, 25), (300, 15), (900, 60), (3000, 40)])
@pytest.mark.parametrize("preset", ["us", "china"])
def test_every_size_has_the_customers_and_reps_it_was_asked_for(tmp_path, customers, reps, preset):
    generate(tmp_path / "org", customers=customers, reps=reps, seed=5, preset=preset)
    table, roster = _tables(tmp_path / "org")
    assert len(table) == table["customer_id"].nunique() == customers
    assert len(roster) == roster["rep_id"].nunique() == reps


def test_lines_and_scenarios_of_a_chinese_org_have_chinese_names(tmp_path):
    generate(tmp_path / "org", customers=80, reps=6, seed=1, preset="china")
    text = (tmp_path / "org" / "planner.yaml").read_text(encoding="utf-8")
    names = [*re.findall(r"name: ([^,\n]+)", text), *yaml.safe_load(text)["scenarios"]]
    assert len(names) > 12
    assert all(re.search("[\u4e00-\u9fff]", name) for name in names), names


def test_a_few_customers_are_worth_as_much_as_many(tmp_path):
    generate(tmp_path / "org", customers=3000, reps=60, seed=1)
    table, roster = _tables(tmp_path / "org")
    revenue = np.sort(_numbers(table["revenue"]))[::-1]
    assert revenue[: len(revenue) // 10].sum() > 0.4 * revenue.sum()
    rank = [pd.Series(_numbers(table[name])).rank() for name in ("potential", "revenue", "workload_hours")]
    assert rank[0].corr(rank[1]) > 0.6
    assert rank[0].corr(rank[2]) > 0.4
    assert _numbers(table["potential"]).max() < _numbers(table["potential"]).sum() / len(roster) / 2


def test_customers_live_near_the_city_they_name(tmp_path):
    generate(tmp_path / "org", customers=500, reps=20, seed=1)
    table, _ = _tables(tmp_path / "org")
    places = united_states()
    number = {name: position for position, name in enumerate(places.names)}
    here = table[table["city"] != "Portland"]
    city = here["city"].map(number).to_numpy()
    distance_km = great_circle_km(_numbers(here["lat"]), _numbers(here["lon"]), places.lat[city], places.lon[city])
    assert distance_km.max() < 200
    assert set(here["region"]) <= {leaf.name for leaf in places.leaves}


def test_the_books_of_today_are_unfair_and_have_gaps(tmp_path):
    generate(tmp_path / "org", customers=2000, reps=60, seed=1)
    table, roster = _tables(tmp_path / "org")
    on_roster = table["owner_id"].isin(roster["rep_id"])
    blank = table["owner_id"] == ""
    assert 0.005 < blank.mean() < 0.03
    assert 0.003 < (~on_roster & ~blank).mean() < 0.03
    books = table[on_roster].groupby("owner_id")["workload_hours"].apply(lambda hours: _numbers(hours).sum())
    active = roster[roster["status"] == "active"].set_index("rep_id")
    new = active[active["ramp_until"] != ""].index
    assert len(new) > 0
    assert not set(new) & set(books.index)
    assert (roster["status"] == "left").any()
    load = books.reindex(active.index.difference(new)) / _numbers(active["share"].reindex(active.index.difference(new)))
    assert load.max() > 2 * load.min()


def test_families_live_in_one_region_and_name_their_parent(tmp_path):
    generate(tmp_path / "org", customers=1000, reps=40, seed=1)
    table, _ = _tables(tmp_path / "org")
    families = table[table["family_id"] != ""].groupby("family_id")
    assert families.size().min() >= 2
    assert families.size().sum() == 250
    assert (families["region"].nunique() == 1).all()
    assert (families["parent_id"].agg(lambda parents: (parents == "").sum()) == 1).all()


@pytest.mark.parametrize(("customers", "reps"), [(50, 3), (300, 15), (1500, 60)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_customer_has_a_rep_who_may_own_it(tmp_path, customers, reps, seed):
    generate(tmp_path / "org", customers=customers, reps=reps, seed=seed)
    table, roster = _tables(tmp_path / "org")
    regions = pd.read_csv(tmp_path / "org" / "regions.csv", keep_default_na=False)
    parent = dict(zip(regions["region"], regions["parent"], strict=True))
    roster = roster[roster["status"] != "left"]
    skills = [skill_levels(text) for text in roster["skills"]]
    covers = [set(text.split(";")) - {""} for text in roster["regions"]]
    for customer in table.to_dict("records"):
        required = skill_levels(customer["required_skills"])
        able = [
            rep
            for rep, (levels, covered) in enumerate(zip(skills, covers, strict=True))
            if (not covered or {customer["region"], parent[customer["region"]]} & covered)
            and all(levels.get(skill, 0) >= level for skill, level in required.items())
            and (customer["segment"] != "strategic" or roster["seniority"].iloc[rep] >= 3)
        ]
        assert able, customer["customer_id"]


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ({"reps": 1}, "These numbers make no sales force"),
        ({"customers": 20}, "These numbers make no sales force"),
        ({"preset": "usa"}, "There is no such preset"),
        ({"seed": -1}, "A seed is not negative"),
        ({"geography": Path("nowhere.csv")}, "The file of places cannot be read"),
        ({"geography": Path("nowhere.csv"), "preset": "china"}, "Places of your own go with the preset us only"),
        (
            {"customers": 40, "reps": 2, "preset": "bench-families"},
            "Too few reps for eight industries: nobody knows one of them",
        ),
    ],
)
def test_an_org_that_cannot_be_is_refused_in_words(tmp_path, arguments, title):
    with pytest.raises(InputRefused) as refused:
        generate(tmp_path / "org", **{"customers": 100, "reps": 11, **arguments})
    assert title in [finding.title for finding in refused.value.findings]
    assert not (tmp_path / "org").exists()


@pytest.mark.parametrize("scenario", [None, "light touch", "two more reps", "healthcare grows a fifth", "status quo"])
def test_a_made_up_org_is_sound_and_so_are_its_scenarios(tmp_path, scenario):
    generate(tmp_path / "org", customers=300, reps=15, seed=4)
    project = load(tmp_path / "org", scenario=scenario)
    assert {finding.code for finding in project.findings} <= {"TP154", "TP158"}
    assert not project.assumptions


@pytest.mark.parametrize(("customers", "reps", "preset"), [(60, 4, "us"), (80, 8, "china"), (100, 30, "us")])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_made_up_org_has_a_plan(tmp_path, customers, reps, preset, seed):
    generate(tmp_path / "org", customers=customers, reps=reps, seed=seed, preset=preset)
    project = load(tmp_path / "org")
    plan = solve(project.org, project.policy, stop=Stop(gap=0.2))
    assert plan.status in ("optimal", "feasible")
    assert plan.judgement is not None
    assert plan.judgement.violations == ()


def test_the_command_names_every_preset():
    option = next(option for option in command.params if option.name == "preset")
    assert all(name in (option.help or "") for name in PRESETS)


def test_a_sample_is_made_once_and_then_left_as_it_was_changed(tmp_path):
    assert sample(tmp_path / "demo", customers=50, reps=3, seed=1)
    yaml = tmp_path / "demo" / "planner.yaml"
    yaml.write_text(yaml.read_text().replace("12%", "20%"))
    assert not sample(tmp_path / "demo", customers=50, reps=3, seed=1)
    assert "20%" in yaml.read_text()


def test_a_sample_never_takes_a_folder_of_somebody_else(tmp_path):
    (tmp_path / "planner.yaml").write_text("version: 1\n")
    with pytest.raises(InputRefused, match="The folder is not empty"):
        sample(tmp_path, customers=50, reps=3, seed=1)


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputRefused, match="The folder is not empty"):
        generate(tmp_path, customers=50, reps=3)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    generate(tmp_path, customers=50, reps=3, force=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "customers.csv").exists()


def test_places_of_your_own_become_the_geography(tmp_path):
    places = tmp_path / "zips.csv"
    rows = [f"{10000 + i},{40 + i % 7 / 10},{-75 - i / 10},{1000 * (i + 1)}" for i in range(40)]
    places.write_text("zip,lat,lng,population\n" + "\n".join([*rows, "20000,10,10,", "20001,10,10,0"]) + "\n")
    made = generate(tmp_path / "org", customers=200, reps=40, seed=1, geography=places)
    table, _ = _tables(tmp_path / "org")
    assert made.places_left_out == 2
    assert set(table["city"]) <= set(range(10000, 10040))
    west = _numbers(table["lon"][table["region"].str.startswith("west")])
    east = _numbers(table["lon"][table["region"].str.startswith("east")])
    assert west.max() < east.min()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "The file of places is no CSV table in UTF-8"),
        ("lat,lng\n1,2\n", "The file of places has no population column"),
        ("lat,lng,population\n91,2,3\n", "A place has a value that cannot be"),
        ("lat,lng,population\n1,2,many\n", "A place has a value that cannot be"),
        ("lat,lng,population\n1,2,3\n", "The file has too few inhabited places"),
    ],
)
def test_a_bad_file_of_places_is_refused_in_words(tmp_path, text, title):
    places = tmp_path / "places.csv"
    places.write_text(text)
    with pytest.raises(InputRefused, match=title):
        read_geography(places)


@pytest.mark.parametrize("geography", [united_states(), china()], ids=["us", "china"])
def test_neighbours_are_mutual_and_every_region_has_cities(geography):
    neighbours = {leaf.name: set(leaf.neighbours) for leaf in geography.leaves}
    assert all(one in neighbours[other] for one, others in neighbours.items() for other in others)
    assert set(geography.region.tolist()) == set(range(len(geography.leaves)))
