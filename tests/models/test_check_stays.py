"""Who stays, and which moves are chosen or forced."""

import datetime as dt
from typing import Any

import pytest

from models.plan import Judgement
from tests.tables import complaints, judged

REPS = [{"rep_id": "ana", "regions": "west"}, {"rep_id": "ben", "regions": "west;east"}]
LOCKS = {"locks": [{"name": "in the CRM", "when": "customer.locked"}]}
HOLDOUTS = {"holdouts": [{"name": "renewal soon", "when": "customer.next_renewal <= period.end"}]}
SOON = dt.date(2027, 2, 1)


def moved(judgement: Judgement) -> str:
    """Say what happens to the only customer."""
    kinds = {"chosen": judgement.moved, "forced": judgement.forced, "new": judgement.newly}
    return next((kind for kind, mask in kinds.items() if mask.any()), "stays")


def one_customer(to: str | None, keep: dict[str, Any] | None = None, reps: Any = REPS, **customer: Any) -> Judgement:
    policy = {"eligibility": {"region": "same"}, "keep": keep or {}, "pool": {"when": "TRUE", "penalty": 1}}
    return judged([{"customer_id": "C1", **customer}], reps, policy, {"C1": to})


@pytest.mark.parametrize(
    ("owner", "region", "to", "kind"),
    [
        ("ana", "west", "ana", "stays"),
        ("ana", "west", "ben", "chosen"),
        ("ana", "east", "ben", "forced"),  # ana may not keep a customer in the east
        ("dan", "west", "ana", "forced"),  # dan is not on the roster
        (None, "west", "ana", "new"),
        ("ana", "west", None, "chosen"),  # leaving for the pool is a move
        ("ana", "east", None, "forced"),
        (None, "west", None, "stays"),
    ],
)
def test_a_move_is_forced_when_todays_owner_may_not_keep_the_customer(owner, region, to, kind):
    assert moved(one_customer(to, region=region, owner_id=owner)) == kind


def test_a_customer_of_a_departed_rep_moves_by_force():
    reps = [{"rep_id": "ana", "status": "left"}, {"rep_id": "ben", "status": None}]
    policy: dict[str, Any] = {"keep": {**LOCKS}}
    customers = [{"customer_id": "C1", "owner_id": "ana", "locked": True}]
    judgement = judged(customers, reps, policy, {"C1": "ben"})
    assert judgement.feasible  # the lock lapses
    assert moved(judgement) == "forced"


def test_a_lock_holds_even_against_eligibility():
    assert one_customer("ana", LOCKS, region="east", owner_id="ana", locked=True).feasible
    wrong = complaints(one_customer("ben", LOCKS, region="east", owner_id="ana", locked=True))
    assert wrong == ["keep.locks[in the CRM]: C1 stays with ana, but is with ben"]


def test_a_locked_customer_is_not_pooled():
    wrong = complaints(one_customer(None, LOCKS, owner_id="ana", locked=True))
    assert wrong == ["keep.locks[in the CRM]: C1 stays with ana, but is with nobody"]


@pytest.mark.parametrize(
    ("until", "holds"), [(None, True), (dt.date(2027, 1, 1), True), (dt.date(2026, 12, 31), False)]
)
def test_a_lock_lasts_until_its_day(until, holds):
    judgement = one_customer("ben", LOCKS, owner_id="ana", locked=True, lock_until=until)
    assert judgement.feasible == (not holds)


def test_a_lock_lapses_when_its_owner_is_unknown():
    assert one_customer("ben", LOCKS, owner_id="dan", locked=True).feasible


def test_a_holdout_stays_only_while_its_owner_is_eligible():
    assert complaints(one_customer("ben", HOLDOUTS, region="west", owner_id="ana", next_renewal=SOON)) == [
        "keep.holdouts[renewal soon]: C1 stays with ana, but is with ben"
    ]
    assert one_customer("ben", HOLDOUTS, region="east", owner_id="ana", next_renewal=SOON).feasible


def test_an_unlisted_pair_forces_todays_owner_out():
    judgement = judged(
        [{"customer_id": "C1", "owner_id": "ana"}],
        [{"rep_id": "ana"}, {"rep_id": "ben"}],
        {},
        {"C1": "ben"},
        pairs=[{"customer_id": "C1", "rep_id": "ben"}],
        pairs_only=True,
    )
    assert moved(judgement) == "forced"


def test_leaving_a_rep_who_is_not_among_the_nearest_is_a_choice():
    places = [{"rep_id": "ana", "lat": 40.0, "lon": 9.0}, {"rep_id": "ben", "lat": 40.0, "lon": 1.0}]
    customers = [{"customer_id": "C1", "owner_id": "ana", "lat": 40.0, "lon": 0.0}]
    assert moved(judged(customers, places, {"eligibility": {"nearest": 1}}, {"C1": "ben"})) == "chosen"
