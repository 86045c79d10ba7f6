"""Wishes are read as people write them; what cannot be meant is refused, with what was probably meant."""

import pytest

from models.check import Judge
from models.findings import InputRefused
from planner.by_hand.basis import read_basis
from planner.by_hand.wishes import read_wishes
from tests.planner.by_hand.made import run_with_two_roles
from tests.planner.finished.made import solved_run


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Return the optimum of the worked case with a judge of it."""
    basis = read_basis(solved_run(tmp_path_factory.mktemp("solved")))
    with Judge(basis.run.org, basis.run.policy) as judge:
        yield basis, judge


def test_a_name_that_only_one_has_stands_for_the_id(worked):
    (wish,) = read(worked, ["Ash & Oak = Eve"])
    assert (wish.customer, wish.rep) == (5, 2)


@pytest.fixture(scope="module")
def two_roles(tmp_path_factory):
    """Return a run with two roles and a pool with a judge of it."""
    basis = read_basis(run_with_two_roles(tmp_path_factory.mktemp("roles")))
    with Judge(basis.run.org, basis.run.policy) as judge:
        yield basis, judge


def read(run, moves=(), keeps=(), nots=()):
    return read_wishes(*run, moves, keeps, nots)


@pytest.mark.parametrize(
    ("wishes", "title", "hint"),
    [
        ({"moves": ["C9=bob"]}, "A customer who is not in the run", "Try one of: C1"),
        ({"moves": ["c1=bob"]}, "A customer who is not in the run", "Try 'C1'"),
        ({"moves": ["C1=bo"]}, "A rep who is not in the run", "Try 'bob'"),
        ({"moves": ["C1="]}, "This policy lets nobody go without an owner", "Try a rep"),
        ({"moves": {"C1": None}}, "This policy lets nobody go without an owner", "Try a rep"),
        ({"nots": ["C1"]}, "A wish without a rep", "Try --not C1=REP"),
        ({"keeps": ["C9"]}, "A customer who is not in the run", "Try one of: C1"),
        ({"keeps": ["C5"]}, "There is nobody to keep it with", "Try --move C5=REP"),
        ({"keeps": ["C6:owner"]}, "There is nobody to keep it with", "Try --move C6=REP"),
        ({"keeps": ["C1:sales"]}, "A role that the policy does not have", "Try one of: owner"),
        ({"moves": ["C1=bob", "C1=ana"]}, "Two wishes contradict each other", "one of them"),
        ({"moves": ["C1=bob"], "keeps": ["C1"]}, "Two wishes contradict each other", "one of them"),
        ({"moves": ["C1=bob"], "nots": ["C1=bob"]}, "Two wishes contradict each other", "one of them"),
        ({}, "There is no wish to try", "Try --move"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused(worked, wishes, title, hint):
    with pytest.raises(InputRefused) as refused:
        read(worked, **wishes)
    (finding,) = refused.value.findings
    assert finding.title == title
    assert hint in finding.hint


def test_every_problem_with_wishes_is_told_at_once(worked):
    with pytest.raises(InputRefused) as refused:
        read(worked, ["C9=zoe", "C1=bob"], ["C5"], ["C1=bob"])
    assert [one.place.path for one in refused.value.findings] == [
        "--move C9=zoe",
        "--move C9=zoe",
        "--keep C5",
        "--not C1=bob",
    ]


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"moves": ["=C1="]}, "It is not clear which role is meant"),
        ({"moves": ["C2:service=sam"]}, "A role that the customer does not need"),
        ({"keeps": ["C2:service"]}, "A role that the customer does not need"),
    ],
)
def test_a_role_that_cannot_be_meant_is_refused(two_roles, wishes, title):
    with pytest.raises(InputRefused) as refused:
        read(two_roles, **wishes)
    assert [one.title for one in refused.value.findings] == [title]


def test_an_owner_is_kept_in_every_role_unless_one_is_named(two_roles):
    assert [one.role for one in read(two_roles, keeps=["=C1"])] == [0, 1]
    assert [one.role for one in read(two_roles, keeps=["=C1:service"])] == [1]
