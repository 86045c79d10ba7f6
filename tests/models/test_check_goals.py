"""The goals, each in its natural unit and in points."""

import datetime as dt
from typing import Any

import pytest

from tests.tables import complaints, judged

CUSTOMERS = [
    {"customer_id": "C1", "revenue": 10.0, "region": "west", "owner_id": "ana"},
    {"customer_id": "C2", "revenue": 30.0, "region": "west", "owner_id": "ana"},
    {"customer_id": "C3", "revenue": 60.0, "region": "east", "owner_id": "ben"},
]
REPS = [{"rep_id": "ana", "team": "red", "regions": "west"}, {"rep_id": "ben", "team": "blue", "regions": "west;east"}]
PLAN = {"C1": "ana", "C2": "ben", "C3": "ben"}  # 10 and 90


def value(
    goal: str, *, customers: Any = CUSTOMERS, reps: Any = REPS, plan: Any = PLAN, more: Any = (), **sections: Any
) -> float:
    """Return a goal's value under a policy that has it alone, weighted by 2."""
    tables = {name: sections.pop(name) for name in ("pairs", "regions") if name in sections}
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}},
        "goals": [{"goal": goal, "weight": 2, **dict(more)}],
        **sections,
    }
    judgement = judged(customers, reps, policy, plan, **tables)
    assert judgement.objective == pytest.approx(2 * judgement.goals[goal].value)
    assert judgement.goals[goal].weighted == pytest.approx(judgement.objective)
    return judgement.goals[goal].value


class TestBalance:
    """Ana carries 10 USD and Ben 90 of 100."""

    @pytest.mark.parametrize(
        ("line", "percent"),
        [
            ({"target": "equal"}, 80 + 80),
            ({"target": "equal", "tolerance": "10%"}, 70 + 70),
            ({"target": "equal", "tolerance": "100%"}, 0),
            ({"target": "equal", "weight": 3}, 480),
            ({"target": "rep.weight"}, 50 + 12.5),  # 20 and 80
            ({"target": 40}, 75 + 125),
            # west: 40, of which ana has 1/(1 + 1/2), ben, who covers two regions, the rest; east: 60 for ben
            (
                {"target": "equal", "within": "region"},
                (80 / 3 - 10) / (80 / 3) * 100 + (90 - 220 / 3) / (220 / 3) * 100,
            ),
            # red had 40, blue 60
            ({"target": "equal", "within": "team"}, 75 + 50),
        ],
    )
    def test_every_percent_of_the_target_outside_the_band_is_a_point(self, line, percent):
        reps = [{**rep, "weight": weight} for rep, weight in zip(REPS, (1, 4), strict=True)]
        assert value("balance", reps=reps, balance=[{"measure": "revenue", **line}]) == pytest.approx(percent)

    def test_a_target_follows_share_and_presence(self):
        reps = [{**REPS[0], "available_from": dt.date(2027, 2, 15)}, {**REPS[1], "share": 0.5}]
        assert value("balance", reps=reps, balance=[{"measure": "revenue", "target": "share"}]) == pytest.approx(160)
        assert value("balance", reps=reps, balance=[{"measure": "revenue"}]) == pytest.approx(70 + 35)

    def test_who_is_not_there_has_no_band(self):
        reps = [*REPS, {"rep_id": "joe", "status": "left"}, {"rep_id": "kim", "status": "leave"}]
        assert value("balance", reps=reps, balance=[{"measure": "revenue"}]) == pytest.approx(160)

    def test_customers_of_nobodys_team_are_shared_by_all_teams(self):
        customers = [{**row, "owner_id": "dan" if row["customer_id"] == "C3" else row["owner_id"]} for row in CUSTOMERS]
        # red: its own 40 and half of 60; blue: the other half
        within = [{"measure": "revenue", "within": "team"}]
        assert value("balance", customers=customers, balance=within) == pytest.approx(60 / 70 * 100 + 200)

    def test_customers_without_a_region_are_shared_by_everybody(self):
        customers = [{**row, "region": None} for row in CUSTOMERS]
        within = [{"measure": "revenue", "within": "region"}]
        assert value("balance", customers=customers, balance=within) == pytest.approx(160)


class TestDisruption:
    """C2 moves from Ana to Ben."""

    def test_a_chosen_move_costs_one_point_unless_stated(self):
        assert value("disruption") == 1
        assert value("moves") == 1

    def test_a_move_may_cost_by_tenure_and_by_the_new_owner(self):
        since = [{**row, "owner_since": dt.date(2023, 1, 1)} for row in CUSTOMERS]
        cost = {"move_cost": "1 + least(customer.tenure_years, 4)"}
        assert value("disruption", customers=since, disruption=cost) == 5
        reps = [{**rep, "seniority": 3} for rep in REPS]
        assert value("disruption", reps=reps, disruption={"move_cost": "coalesce(rep.seniority, 7)"}) == 3

    def test_towards_the_pool_there_is_no_new_owner(self):
        judgement = judged(
            CUSTOMERS,
            [{**rep, "seniority": 3} for rep in REPS],
            {
                "disruption": {"move_cost": "coalesce(rep.seniority, 7)"},
                "pool": {"when": "TRUE", "penalty": 2},
                "goals": [{"goal": "disruption"}, {"goal": "pool", "weight": 10}],
            },
            {**PLAN, "C2": None},
        )
        assert (judgement.goals["disruption"].value, judgement.goals["pool"].value) == (7, 2)
        assert judgement.objective == 27

    def test_forced_and_new_ones_cost_nothing(self):
        customers = [{**row, "owner_id": owner} for row, owner in zip(CUSTOMERS, ("dan", None, "ben"), strict=True)]
        assert value("disruption", customers=customers) == 0

    def test_a_cost_that_is_missing_or_below_zero_is_named(self):
        for cost, found in (("-1", "is -1"), ("customer.priority", "has no value")):
            customers = [{**row, "priority": 1 if row["customer_id"] == "C1" else None} for row in CUSTOMERS]
            policy = {"disruption": {"move_cost": cost}, "goals": [{"goal": "disruption"}]}
            judgement = judged(customers, REPS, policy, PLAN)
            assert complaints(judgement) == [f"disruption.move_cost: C2 with ben {found}"]


class TestMisfit:
    def test_a_preference_that_is_not_met_costs_its_penalty(self):
        rule = {
            "name": "large to red",
            "when": "customer.revenue >= 30",
            "prefer": "rep.team = 'red'",
            "penalty": "customer.revenue",
        }
        assert value("misfit", eligibility={"rules": [rule]}) == 90

    def test_an_unknown_preference_is_not_met(self):
        rule = {"name": "senior", "prefer": "rep.seniority > 1"}
        reps = [{**REPS[0], "seniority": 2}, REPS[1]]
        assert value("misfit", reps=reps, eligibility={"rules": [rule]}) == 2

    def test_preferred_skills_cost_points_per_customer(self):
        customers = [{**row, "required_skills": "cloud"} for row in CUSTOMERS]
        reps = [{**REPS[0], "skills": "cloud"}, REPS[1]]
        preferred: dict[str, Any] = {"skills": "preferred"}
        assert value("misfit", customers=customers, reps=reps, eligibility=preferred) == 2
        preferred["skills_penalty"] = 5
        assert value("misfit", customers=customers, reps=reps, eligibility=preferred) == 10


class TestTravel:
    PAIRS = tuple({"customer_id": one, "rep_id": rep, "drive_minutes": 30.0} for one, rep in PLAN.items())

    def test_travel_is_visits_times_the_round_trip(self):
        customers = [{**row, "visits": visits} for row, visits in zip(CUSTOMERS, (1.0, 4.0, None), strict=True)]
        assert value("travel", customers=customers, pairs=self.PAIRS) == pytest.approx(1 + 4 + 1)

    def test_without_a_drive_time_the_great_circle_is_driven(self):
        customers = [{**row, "lat": 0.0, "lon": 1.0} for row in CUSTOMERS]
        reps = [{**rep, "lat": 0.0, "lon": 0.0} for rep in REPS]
        degree_km = 6371.0088 * 3.141592653589793 / 180
        assert value("travel", customers=customers, reps=reps) == pytest.approx(6 * degree_km / 60)
        assert value("travel", customers=customers, reps=reps, more={"speed_kmh": 100}) == pytest.approx(
            6 * degree_km / 100
        )

    def test_an_unknown_way_is_named_or_has_the_default(self):
        assert value("travel", pairs=self.PAIRS[1:], more={"default": 2}) == pytest.approx(2 + 4)
        judgement = judged(CUSTOMERS, REPS, {"goals": [{"goal": "travel"}]}, PLAN, pairs=self.PAIRS[1:])
        assert complaints(judgement) == ["goals[travel]: C1 with ana has no value"]


def test_cost_sums_its_value_and_may_be_negative():
    pairs = [
        {"customer_id": one, "rep_id": rep, "cost": cost}
        for (one, rep), cost in zip(PLAN.items(), (5.0, -2.0, None), strict=True)
    ]
    assert value("cost", pairs=pairs, more={"value": "pair.cost", "default": 1.5}) == 4.5


def test_stages_are_valued_each_by_itself():
    goals = [
        {"priority": 1, "goal": "balance"},
        {"priority": 2, "goal": "disruption", "weight": 2},
        {"priority": 2, "goal": "moves"},
    ]
    policy = {"measures": {"revenue": "customer.revenue"}, "balance": [{"measure": "revenue"}], "goals": goals}
    judgement = judged(CUSTOMERS, REPS, policy, PLAN)
    assert judgement.stage_values == pytest.approx((160, 3))
    assert judgement.objective == pytest.approx(3)
