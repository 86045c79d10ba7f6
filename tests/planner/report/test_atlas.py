"""The map: right wherever an org is, light where it is large, and drawn without anybody's borders."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import vl_convert

from models.findings import InputRefused
from planner.commands import planner
from planner.exits import run
from planner.report.atlas.basemap import MOST_BYTES, read_basemap, shapes_of
from planner.report.atlas.colours import colours_of
from planner.report.atlas.frame import frame_of
from planner.report.atlas.shapes import net, patches
from planner.report.atlas.sheet import MOST_NAMED
from planner.report.atlas.zoom import in_corner
from planner.report.palette import OWNERS
from tests.planner.report.made_plans import block, has_block, report_of, run_of
from tests.tables import org_of

FIJI = (np.array([-17.0, -18.0, -17.5, -16.9]), np.array([178.4, -179.6, 179.9, -178.9]))
US = (np.array([40.7, 34.0, 47.6, 25.8]), np.array([-74.0, -118.2, -122.3, -80.2]))
CHINA = (np.array([39.9, 31.2, 23.1, 43.8, 45.8]), np.array([116.4, 121.5, 113.3, 87.6, 126.5]))
CITY = (np.array([48.85, 48.86, 48.87]), np.array([2.33, 2.35, 2.37]))


def placed(lat, lon, owners, **columns):
    """Return customers at places, owned by ``owners``."""
    return [
        {
            "customer_id": f"c{k}",
            "name": f"Customer {k}",
            "owner_id": owners[k % len(owners)],
            "lat": float(lat[k]),
            "lon": float(lon[k]),
            **{name: values[k % len(values)] for name, values in columns.items()},
        }
        for k in range(len(lat))
    ]


# ---- the frame -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", [US, CHINA, CITY, FIJI])
def test_all_places_are_inside_the_frame(places):
    lat, lon = places
    frame = frame_of(lat, lon)
    turned = frame.from_centre(lon)
    assert ((turned >= frame.west) & (turned <= frame.east)).all()
    assert ((lat >= frame.south) & (lat <= frame.north)).all()


def test_places_on_both_sides_of_the_antimeridian_lie_together():
    frame = frame_of(*FIJI)
    assert frame.east - frame.west < 10
    assert abs(abs(frame.centre) - 180) < 2


def test_a_country_is_a_cone_a_city_a_cylinder_and_the_world_an_oval():
    assert frame_of(*US).projection["type"] == "conicEqualArea"
    assert frame_of(*CHINA).projection["type"] == "conicEqualArea"
    assert frame_of(*CITY).projection["type"] == "mercator"
    world = frame_of(np.array([60.0, -40.0, 30.0]), np.array([-120.0, 150.0, 0.0]))
    assert world.projection["type"] == "equalEarth"


def test_one_customer_alone_has_a_map_around_it():
    frame = frame_of(np.array([10.0]), np.array([20.0]))
    assert frame.east > frame.west
    assert frame.north > frame.south
    assert net(frame)


# ---- shapes ----------------------------------------------------------------------------------------------------------


def turn_of(ring):
    """Return the signed area of a ring: negative where it goes clockwise."""
    lon, lat = np.array(ring[:-1]).T
    return np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat)


def test_a_patch_goes_clockwise_as_charts_fill_it_and_one_stray_customer_does_not_stretch_it():
    rng = np.random.default_rng(1)
    lat, lon = np.append(45 + rng.random(40), 60.0), np.append(5 + rng.random(40), 30.0)
    frame = frame_of(lat, lon)
    nowhere = (np.array([]), np.array([]))
    (shape,), (label,) = patches(frame, lat, lon, np.array(["alps"] * 41, dtype=object), nowhere)
    (ring,) = shape["geometry"]["coordinates"]
    assert turn_of(ring) < 0
    assert max(lat for _, lat in ring) < 50
    assert label["region"] == "alps"


def test_a_region_of_one_customer_has_a_patch_too():
    frame = frame_of(*US)
    nowhere = (np.array([]), np.array([]))
    regions = np.array(["a", "b", "c", None], dtype=object)
    shapes, labels = patches(frame, *US, regions, nowhere)
    assert len(shapes) == len(labels) == 3


def test_names_that_a_narrow_map_has_no_room_for_are_told_from_those_it_has():
    lat, lon = np.array([40.0, 40.1, 30.0, 30.1]), np.array([-100.0, -99.0, -80.0, -79.9])
    frame = frame_of(lat, lon)
    nowhere = (np.array([]), np.array([]))
    names = np.array(["great northern plains", "lesser northern plains", "delta", "delta"], dtype=object)
    _, labels = patches(frame, lat, lon, names, nowhere)
    first = {label["region"]: label["first"] for label in labels}
    assert first["delta"]
    assert sorted([first["great northern plains"], first["lesser northern plains"]]) == [False, True]


def test_names_of_neighbours_are_not_taken_for_each_others(tmp_path):
    run(planner, ["generate", str(tmp_path), "--customers", "400", "--reps", "20", "--seed", "5", "--quiet"])
    table = pd.read_csv(tmp_path / "customers.csv")
    lat, lon, region = (table[name].to_numpy() for name in ("lat", "lon", "region"))
    frame = frame_of(lat, lon)
    _, labels = patches(frame, lat, lon, region.astype(object), (np.array([]), np.array([])))
    neighbours = {label["region"]: label for label in labels if label["region"] in ("mid-atlantic", "new england")}
    assert len(neighbours) == 2
    for name, label in neighbours.items():
        away = np.hypot((lon - label["lon"]) * frame.stretch, lat - label["lat"])
        assert region[np.argmin(away)] == name


def test_nothing_is_written_where_the_name_of_the_region_looked_at_stands():
    frame = frame_of(*US)
    west, south, east, north = -10.0, 33.0, 10.0, 45.0
    ring = np.array([[west, south], [west, north], [east, north], [east, south]])
    corner, middle = [west + 1.0, north - 0.2], [0.0, 39.0]
    assert in_corner(frame, [frame.ring(), ring], np.array([corner, middle])) == [[1], []]


# ---- colours ---------------------------------------------------------------------------------------------------------


def test_neighbours_get_different_colours():
    side = 5
    x, y = np.meshgrid(np.arange(40), np.arange(40))
    owner = ((x // 8) + side * (y // 8)).ravel()
    colours = colours_of(y.ravel() / 100, x.ravel() / 100, (owner,), side * side)
    for one in range(side * side):
        for other in [one + 1] * (one % side < side - 1) + [one + side] * (one < side * (side - 1)):
            assert colours[one] != colours[other]
    assert len(set(colours.tolist())) <= len(OWNERS)


# ---- the chart -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", [US, CHINA, CITY, FIJI], ids=["us", "china", "city", "fiji"])
def test_a_map_can_be_drawn_wherever_the_org_is(tmp_path, places):
    rows = placed(*places, ["r", "s"], region=["北", "south"])
    org = org_of(rows, [{"rep_id": "r", "lat": rows[0]["lat"], "lon": rows[0]["lon"]}, {"rep_id": "s"}])
    chart = block(report_of(run_of(tmp_path, org, {})), "map")
    for spec in ({**chart.spec, "width": 600}, chart.still):
        drawn = vl_convert.vegalite_to_svg(json.dumps(spec))
        assert "NaN" not in drawn
        assert drawn.count("circle") or drawn.count("<path") > len(rows)
        assert "北" in drawn


def test_the_switch_shows_owners_before_and_after_in_the_readers_language(tmp_path):
    org = org_of(placed(*CITY, ["r"]), [{"rep_id": "r"}])
    chart = block(report_of(run_of(tmp_path, org, {}), code="zh"), "map")
    view = next(one for one in chart.spec["params"] if one["name"] == "view")
    assert view["value"] == "after"
    assert view["bind"]["labels"] == ["调整前", "调整后"]
    (columns,) = chart.spec["datasets"]["customers"]
    assert columns["i"] == ["c0", "c1", "c2"]
    assert columns["b"] == columns["a"] == [0, 0, 0]


def test_customers_without_a_place_are_counted_not_drawn(tmp_path):
    rows = [*placed(*CITY, ["r"]), {"customer_id": "lost", "owner_id": "r"}]
    report = report_of(run_of(tmp_path, org_of(rows, [{"rep_id": "r"}]), {}))
    (section,) = [one for one in report.sections if one.key == "map"]
    assert "1 row has no place." in section.intro
    assert "lost" not in json.dumps(block(report, "map").spec)


def test_without_places_there_is_no_map(tmp_path):
    org = org_of([{"customer_id": "a", "owner_id": "r"}], [{"rep_id": "r"}])
    assert not has_block(report_of(run_of(tmp_path, org, {})), "map")


def test_a_customer_called_script_is_text_on_the_map(tmp_path):
    rows = placed(*CITY, ["r"])
    rows[0]["name"] = 'Smith, "Sons"\n<script>alert(1)</script>'
    chart = block(report_of(run_of(tmp_path, org_of(rows, [{"rep_id": "r"}]), {})), "map")
    assert chart.spec["datasets"]["customers"][0]["n"][0] == rows[0]["name"]
    vl_convert.vegalite_to_svg(json.dumps({**chart.spec, "width": 600}))


def test_the_map_asks_a_page_to_make_no_code_of_its_data(tmp_path):
    chart = block(report_of(run_of(tmp_path, org_of(placed(*CITY, ["r"]), [{"rep_id": "r"}]), {})), "map")
    assert '"format"' not in json.dumps([chart.spec, chart.still])


def test_the_map_of_a_large_company_tells_ids_and_is_light(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.report.atlas.sheet.MOST_NAMED", 50)
    rng = np.random.default_rng(2)
    rows = placed(40 + rng.random(60), -74 + rng.random(60), ["r", "s"])
    chart = block(report_of(run_of(tmp_path, org_of(rows, [{"rep_id": "r"}, {"rep_id": "s"}]), {})), "map")
    assert MOST_NAMED == 20_000
    assert "Customer 7" not in json.dumps(chart.spec)
    assert "c7" in chart.spec["datasets"]["customers"][0]["i"]
    assert chart.spec["usermeta"]["embedOptions"]["renderer"] == "canvas"
    assert len(json.dumps(chart.spec["datasets"]["customers"])) < 40 * 60


# ---- the user's own base map -----------------------------------------------------------------------------------------


def square(west, south, east, north, **properties):
    """Return a square as most GeoJSON has it: counter-clockwise."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def collection(*features):
    """Return a document of features."""
    return {"type": "FeatureCollection", "features": list(features)}


def test_only_the_geometry_of_a_base_map_inside_the_frame_is_used(tmp_path):
    org = org_of(placed(*CITY, ["r"]), [{"rep_id": "r"}])
    document = collection(square(2.0, 48.5, 3.0, 49.0, owner="secret"), square(100, 10, 101, 11))
    chart = block(report_of(run_of(tmp_path, org, {}), basemap=document), "map")
    (shape,) = chart.spec["datasets"]["basemap"]
    (ring,) = shape["geometry"]["coordinates"]
    assert turn_of(ring) < 0
    assert "secret" not in json.dumps(chart.spec)
    frame = frame_of(*CITY)
    assert all(frame.south - 0.001 <= lat <= frame.north + 0.001 for _, lat in ring)
    vl_convert.vegalite_to_svg(json.dumps({**chart.spec, "width": 600}))


def test_a_base_map_across_the_antimeridian_is_in_the_frame_on_both_sides():
    document = collection(square(177, -20, 180, -15), square(-180, -20, -177, -15))
    assert len(shapes_of(document, frame_of(*FIJI))) == 2


def test_lines_of_a_base_map_stay_lines():
    line = {"type": "LineString", "coordinates": [[2.33, 48.85], [2.35, 48.86], [9, 50], [2.36, 48.86], [2.34, 48.85]]}
    shapes = shapes_of(line, frame_of(*CITY))
    assert [shape["geometry"]["type"] for shape in shapes] == ["LineString", "LineString"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("{", "The base map is not JSON"),
        ("[" * 100_000, "The base map is not JSON"),
        ('{"type": "Topology"}', "The base map is not GeoJSON"),
        ("[1, 2]", "The base map is not GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[[500000, 4000000], [1, 1], [2, 2]]]}', "The base map is not GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[["a", "b"], [1, 1], [2, 2]]]}', "The base map is not GeoJSON"),
        ('{"type": "Point", "coordinates": [1, 2]}', "The base map has no lines and no areas"),
        (" " * (MOST_BYTES + 1), "The base map is too large"),
    ],
)
def test_a_file_that_is_no_base_map_is_refused(tmp_path, text, title):
    path = tmp_path / "land.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_basemap(path)
    assert [one.title for one in refused.value.findings] == [title]
    assert refused.value.findings[0].hint.startswith("Try")


def test_a_base_map_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputRefused):
        read_basemap(tmp_path / "nowhere.geojson")


def test_a_base_map_is_read(tmp_path):
    path = tmp_path / "land.geojson"
    path.write_text(json.dumps(collection(square(0, 0, 1, 1))), encoding="utf-8-sig")
    assert read_basemap(path)["type"] == "FeatureCollection"


# ---- coming nearer -----------------------------------------------------------------------------------------------


def extent(svg, layer):
    """Return the corners of what a layer of a drawn map covers, in pixels."""
    marks = re.search(rf'class="mark-shape role-mark {layer}[^"]*".*?</g>', svg, re.DOTALL)[0]
    numbers = [float(one) for d in re.findall(r' d="([^"]*)"', marks) for one in re.findall(r"-?\d+\.?\d*", d)]
    points = np.array(numbers).reshape(-1, 2)
    return (*points.min(axis=0), *points.max(axis=0))


@pytest.mark.parametrize("places", [US, CITY, FIJI, (np.array([60.0, -40.0, 30.0]), np.array([-120.0, 150.0, 0.0]))])
def test_the_whole_map_fills_its_place_and_a_region_does_when_it_is_chosen(tmp_path, places):
    rows = placed(*places, ["r"], region=["a", "b"])
    chart = block(report_of(run_of(tmp_path, org_of(rows, [{"rep_id": "r"}]), {})), "map")
    spec = {**chart.spec, "width": 600}
    height = spec["height"]
    west, north, east, south = extent(vl_convert.vegalite_to_svg(json.dumps(spec)), "layer_0")
    assert min(west, north) >= 0
    assert east <= 600.5
    assert south <= height + 0.5
    assert east - west > 580 or south - north > height - 20
    near = next(one for one in spec["params"] if one["name"] == "near")
    assert near["bind"]["labels"] == ["all", "a", "b"]
    near["value"] = 2
    spec["datasets"] = {**spec["datasets"], "regions": spec["datasets"]["regions"][1:]}
    west, north, east, south = extent(vl_convert.vegalite_to_svg(json.dumps(spec)), "layer_1")
    assert min(west, north) >= -0.5
    assert east <= 600.5
    assert south <= height + 0.5
    assert east - west > 580 or south - north > height - 20
