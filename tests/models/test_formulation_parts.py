"""Candidates and costs are found part by part: what is found does not depend on where the parts end."""

import itertools

import numpy as np
import pytest

from models.expression import Expressions
from models.findings import InputRefused
from models.formulation import candidates as candidates_module
from models.formulation import pairs as pairs_module
from models.formulation import travel as travel_module
from models.formulation.amounts import Amounts
from models.formulation.candidates import find_candidates
from models.formulation.costs import candidate_costs
from models.formulation.pairs import Pairs, parts, places, starts
from models.formulation.regions import region_map
from models.formulation.spread import Spread
from models.formulation.units import form_units
from models.org import Org, great_circle_km
from models.policy import Policy
from tests.middling import middling_org
from tests.tables import org_of
from tests.tiny import tiny

SEEDS = range(40)


def facts_of(org: Org, policy: Policy) -> dict[str, object]:
    """Return candidates and costs, or what the input was refused for, as values that can be compared."""
    with Expressions(org, policy) as expressions:
        units, regions = form_units(org, policy, expressions), region_map(org)
        try:
            found = find_candidates(org, policy, units, regions, expressions)
            goals = frozenset(goal for stage in policy.stages for goal in stage.weights)
            amounts = Amounts(org, policy, units, regions, expressions)
            costs = candidate_costs(amounts, Spread(units, found), goals)
        except InputRefused as refused:
            return {"refused": refused.findings}
    arrays = {name: getattr(found, name) for name in ("start", "rep", "forced", "locked", "held", "lapsed")}
    facts = {**arrays, **costs, "last_removed_by": found.last_removed_by}
    return {"effects": found.effects, **{name: array.tolist() for name, array in facts.items()}}


@pytest.mark.parametrize("most", [1, 5])
@pytest.mark.parametrize("seed", SEEDS)
def test_small_parts_have_the_candidates_and_costs_of_one_large_part(monkeypatch, seed, most):
    org, policy = tiny(seed)
    whole = facts_of(org, policy)
    monkeypatch.setattr(pairs_module, "PART", most)
    monkeypatch.setattr(travel_module, "AT_ONCE", most)
    assert facts_of(org, policy) == whole


def test_the_random_orgs_have_parts_of_every_kind(monkeypatch):
    monkeypatch.setattr(pairs_module, "PART", 3)
    seen = set()
    for seed in SEEDS:
        org, policy = tiny(seed)
        with Expressions(org, policy) as expressions:
            units = form_units(org, policy, expressions)
            found = find_candidates(org, policy, units, region_map(org), expressions)
        pieces = [part for _, part in Spread(units, found).parts()]
        seen |= {"several" if len(pieces) > 1 else "one"}
        seen |= {f"{len(policy.roles)} roles", "pool" if policy.pool else "no pool"}
        seen |= {"family" if units.size.max() > 1 else "alone", "pairs" if org.pairs is not None else "no pairs"}
        seen |= {
            "nearest" if policy.eligibility.nearest else "all",
            *(policy.goal(g) and g for g in ("cost", "misfit")),
        }
    assert seen >= {"several", "2 roles", "pool", "family", "alone", "pairs", "nearest", "cost", "misfit"}


def test_the_middling_org_does_not_depend_on_parts_either(monkeypatch):
    org = middling_org(customers=90, reps=12)
    policy = Policy.model_validate(
        {"eligibility": {"nearest": 5}, "goals": [{"goal": "travel"}, {"goal": "disruption"}, {"goal": "moves"}]}
    )
    whole = facts_of(org, policy)
    for most in (1, 17, 100):
        monkeypatch.setattr(pairs_module, "PART", most)
        monkeypatch.setattr(travel_module, "AT_ONCE", most)
        assert facts_of(org, policy) == whole


def test_a_part_is_a_spread_of_its_own_units(monkeypatch):
    org = org_of(
        [
            {"customer_id": "C1", "family_id": "F"},
            {"customer_id": "C2"},
            {"customer_id": "C3", "family_id": "F"},
            {"customer_id": "C4"},
        ],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
    )
    policy = Policy.model_validate({"keep": {"families": "together"}})
    with Expressions(org, policy) as expressions:
        units = form_units(org, policy, expressions)
        spread = Spread(units, find_candidates(org, policy, units, region_map(org), expressions))
    monkeypatch.setattr(pairs_module, "PART", 2)
    pieces = list(spread.parts())
    assert [(where.start, where.stop) for where, _ in pieces] == [(0, 2), (2, 4), (4, 6)]
    assert [part.unit.tolist() for _, part in pieces] == [[0, 0], [1, 1], [2, 2]]
    assert [part.candidate.tolist() for _, part in pieces] == [[0, 0, 1, 1], [0, 1], [0, 1]]
    assert np.concatenate([part.member for _, part in pieces]).tolist() == spread.member.tolist()
    assert [units.member[part.member].tolist() for _, part in pieces] == [[0, 2, 0, 2], [1, 1], [3, 3]]
    monkeypatch.setattr(pairs_module, "PART", 4)
    (_, _), (where, rest) = spread.parts()
    assert (where.start, where.stop, rest.unit.tolist()) == (2, 6, [1, 1, 2, 2])
    monkeypatch.setattr(pairs_module, "PART", 2)
    assert [(where.start, part.unit.tolist()) for where, part in rest.parts()] == [(0, [1, 1]), (2, [2, 2])]


def test_what_cannot_be_used_is_counted_over_all_parts(monkeypatch):
    org = org_of(
        [{"customer_id": f"C{c}", "worth": None if c in (1, 4, 5) else 1.0} for c in range(6)],
        [{"rep_id": "ana"}, {"rep_id": "bob"}],
    )
    policy = Policy.model_validate(
        {"disruption": {"move_cost": "1"}, "goals": [{"goal": "cost", "value": "customer.worth"}, {"goal": "travel"}]}
    )
    monkeypatch.setattr(pairs_module, "PART", 2)
    worth, travel = facts_of(org, policy)["refused"][::-1]
    assert (worth.code, worth.count) == ("TP304", 6)
    assert worth.examples == ("C1 with ana", "C1 with bob", "C4 with ana", "C4 with bob", "C5 with ana")
    assert worth.found == "blank for C1 with ana"
    assert (travel.code, travel.count, travel.examples) == ("TP305", 6, ("C0", "C1", "C2", "C3", "C4"))


# ---- nearest ---------------------------------------------------------------------------------------------------


def crowded_org(seed: int, customers: int, reps: int, families: bool, listed: bool) -> Org:
    """Draw an org whose reps share few offices, some of them unknown, so that many are equally near.

    With ``listed`` the candidates are those of a table of pairs, which has them all.
    """
    rng = np.random.default_rng(seed)
    offices = [(40.0, -75.0), (40.0, -73.0), (41.0, -74.0), (39.0, -74.0), (42.5, -71.0)]
    rows = []
    for c in range(customers):
        near = offices[rng.integers(len(offices))]
        lat, lon = (40.0, -74.0) if c % 5 == 0 else (near[0] + rng.normal(), near[1] + rng.normal())
        family = f"F{rng.integers(customers // 3)}" if families else None
        rows.append(
            {
                "customer_id": f"C{c}",
                "lat": None if c % 11 == 3 else float(lat),
                "lon": float(lon),
                "family_id": family,
                "required_skills": ["cloud", None][c % 2],
            }
        )
    roster = []
    for r in rng.permutation(reps):
        lat, lon = offices[rng.integers(len(offices))]
        skills = "cloud" if rng.random() < 0.7 else None
        known = rng.random() < 0.9
        roster.append(
            {"rep_id": f"R{r}", "lat": lat if known else None, "lon": lon if known else None, "skills": skills}
        )
    if not listed:
        return org_of(rows, roster)
    pairs = [{"customer_id": row["customer_id"], "rep_id": rep["rep_id"]} for row in rows for rep in roster]
    return org_of(rows, roster, pairs=pairs, pairs_only=True)


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("families", [False, True])
@pytest.mark.parametrize("k", [1, 4, 7])
@pytest.mark.parametrize("seed", range(4))
def test_the_nearest_are_those_of_a_full_ranking(monkeypatch, seed, k, families, listed):
    org = crowded_org(seed, customers=33, reps=24, families=families, listed=listed)
    policy = Policy.model_validate(
        {
            "eligibility": {"skills": "required", "nearest": k},
            "keep": {"families": "together" if families else "free"},
            "goals": [{"goal": "moves"}],
        }
    )
    monkeypatch.setattr(pairs_module, "PART", 40)
    with Expressions(org, policy) as expressions:
        units = form_units(org, policy, expressions)
        found = find_candidates(org, policy, units, region_map(org), expressions)
    at, base = org.customers[["lat", "lon"]].to_numpy(), org.reps[["lat", "lon"]].to_numpy()
    needs, knows = org.customers["required_skills"].notna().to_numpy(), org.reps["skills"].notna().to_numpy()
    for u in range(units.count):
        members = units.member[units.start[u] : units.start[u + 1]]
        able = [r for r in range(org.n_reps) if knows[r] or not needs[members].any()]
        km = {r: sum(float(great_circle_km(*at[c], *base[r])) for c in members) for r in able}
        ranked = sorted(able, key=lambda r: (np.inf if np.isnan(km[r]) else km[r], str(org.rep_ids[r])))
        assert found.rep[found.start[u] : found.start[u + 1]].tolist() == sorted(ranked[:k])


@pytest.mark.parametrize("order", list(itertools.permutations(["R1", "R2", "R3"])))
def test_the_first_ids_are_taken_where_all_are_equally_near_but_one_too_many(order):
    roster = [{"rep_id": rep, "lat": 40.0, "lon": -75.0} for rep in order]
    org = org_of([{"customer_id": "C1", "lat": 41.0, "lon": -75.0}], roster)
    facts = facts_of(org, Policy.model_validate({"eligibility": {"nearest": 2}, "goals": [{"goal": "moves"}]}))
    assert facts["rep"] == sorted([order.index("R1"), order.index("R2")])


def test_the_nearest_of_too_many_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(candidates_module, "MOST_CANDIDATES", 3)
    org = middling_org(customers=4, reps=3)
    facts = facts_of(org, Policy.model_validate({"eligibility": {"nearest": 1}, "goals": [{"goal": "moves"}]}))
    assert [finding.found for finding in facts["refused"]] == ["4 pairs of customer and rep"]


# ---- the list of pairs -----------------------------------------------------------------------------------------


def test_parts_never_cut_a_group_and_leave_none_out():
    start = starts(np.array([0, 5, 1, 0, 2, 9, 0, 1]))
    for most in (1, 2, 6, 100):
        cut = list(parts(start, most))
        assert [group for part in cut for group in range(part.start, part.stop)] == list(range(8))
        assert all(start[part.stop - 1] - start[part.start] < most or part.stop == part.start + 1 for part in cut)
    assert list(parts(np.zeros(1, dtype=np.int64))) == []


def test_pairs_are_found_kept_and_merged(monkeypatch):
    monkeypatch.setattr(pairs_module, "PART", 2)
    rng = np.random.default_rng(5)
    table, row = rng.random((4, 9)) < 0.4, rng.integers(0, 4, 12)
    pairs = Pairs.of_table(table, row)
    held = {(u, r) for u in range(12) for r in range(9) if table[row[u], r]}

    def listed(some: Pairs) -> list[tuple[int, int]]:
        return [(u, int(r)) for u in range(12) for r in some.rep[some.start[u] : some.start[u + 1]]]

    assert listed(pairs) == sorted(held)
    unit, rep = (grid.ravel() for grid in np.meshgrid(np.arange(12), np.arange(-1, 9), indexing="ij"))
    at, there = pairs.find(unit, rep)
    assert there.tolist() == [pair in held for pair in zip(unit.tolist(), rep.tolist(), strict=True)]
    assert (pairs.rep[at[there]] == rep[there]).all()
    odd = pairs.keep(lambda unit, rep: (unit + rep) % 2 == 1)
    assert listed(odd) == sorted((u, r) for u, r in held if (u + r) % 2 == 1)
    more = sorted({(int(u), int(r)) for u, r in rng.integers((0, -1), (12, 9), size=(20, 2))})
    assert listed(odd.merged(*np.array(more).T)) == sorted({*listed(odd), *more})


def test_places_stand_one_group_after_another():
    start = starts(np.array([2, 0, 3]))
    assert places(start, np.array([2, 0, 1, 0])).tolist() == [2, 3, 4, 0, 1, 0, 1]
