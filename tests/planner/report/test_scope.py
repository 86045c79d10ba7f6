"""Who may see what of a run."""

import dataclasses

import pytest

from models.findings import InputRefused
from models.policy import Policy
from planner.language import language
from planner.report.readership.audience import JOBS, Audience, scope_for
from tests.planner.report.readers import organisation, run_of, scope_of, with_hidden


def seen(org, person, job=None, policy=None):
    scope = scope_of(org, policy or Policy(), person, job)
    return set(org.rep_ids[scope.reps])


def refusals(org, person, job=None):
    with pytest.raises(InputRefused) as caught:
        scope_of(org, Policy(), person, job)
    return caught.value.findings


# ---- whose customers -------------------------------------------------------------------------------------------


def test_a_rep_sees_the_own_book_only():
    assert seen(organisation(), "rep:mia") == {"mia"}


def test_a_manager_sees_the_teams_of_managers_below_and_the_own_book():
    assert seen(organisation(), "manager:top") == {"top", "mia", "ned", "ola", "pia"}
    assert seen(organisation(), "manager:mia") == {"mia", "ned", "ola"}


def test_a_manager_who_is_no_rep_sees_the_reps_below():
    assert seen(organisation(), "manager:M9") == {"quy"}


def test_reps_who_manage_each_other_see_the_whole_circle():
    circle = {"ana": "bob", "bob": "eve", "eve": "ana", "dan": "M1"}
    assert seen(organisation(circle), "manager:bob") == {"ana", "bob", "eve"}
    assert seen(organisation({"ana": "ana", "bob": None}), "manager:ana") == {"ana"}


def test_without_a_person_every_book_is_seen():
    scope = scope_of(organisation(), Policy())
    assert scope.everything
    assert scope.label == ""


def test_a_person_is_found_by_name_and_whatever_the_case_of_the_kind():
    assert seen(organisation(), "Rep: Ned Ng") == {"ned"}
    assert seen(organisation(), "manager:Mia Ng") == {"mia", "ned", "ola"}


@pytest.mark.parametrize(
    ("person", "code", "hint"),
    [
        ("rep:nedd", "TP546", "Try 'ned'"),
        ("manager:toq", "TP546", "Try 'top'"),
        ("manager:ned", "TP546", "Try rep:ned"),
        ("rep:M9", "TP546", "Try manager:M9"),
        ("mia", "TP546", "Try manager:mia or rep:mia"),
        ("team:mia", "TP546", "Try manager:mia or rep:mia"),
        ("rep:", "TP546", None),
        ("", "TP546", None),
    ],
)
def test_a_person_who_is_nobody_is_refused_with_what_was_meant(person, code, hint):
    (one,) = refusals(organisation(), person)
    assert (one.code, one.hint, one.place.file) == (code, hint, "--for")


def test_everything_wrong_with_an_audience_is_told_at_once():
    assert [one.code for one in refusals(organisation(), "rep:nobody", "saless")] == ["TP546", "TP547"]


def test_labels_are_those_of_teams_that_are_wholly_seen():
    org = organisation(team=["lead", "north", "north", "north", "south", "south"])
    scope = scope_of(org, Policy(), "manager:mia")
    assert scope.labels == {"mia", "ned", "ola", "north"}
    assert scope.budget("moved", "north")
    assert scope.budget("moved", "overall")
    assert not scope.budget("moved", "south")


def test_a_team_called_like_the_rep_of_another_is_not_shown():
    org = organisation(team=["lead", "pia", "pia", "pia", "south", "south"])
    assert "pia" not in scope_of(org, Policy(), "manager:mia").labels


# ---- in which job ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "job", "sees"),
    [
        (None, None, "leadership"),
        ("rep:mia", None, "service"),
        ("rep:top", None, "leadership"),
        ("rep:pia", None, "sales"),
        ("manager:mia", None, "service"),
        ("manager:top", None, "sales"),
        ("rep:ned", "leadership", "leadership"),
    ],
)
def test_the_job_is_what_the_roles_say_unless_it_is_stated(person, job, sees):
    org = organisation(role=["Leadership", "service", "service", "service", "hunter", "sales"])
    org = dataclasses.replace(org, readers={("customers", one): frozenset({one}) for one in JOBS})
    scope = scope_of(org, Policy(), person, job)
    assert {one for one in JOBS if scope.column("customers", one)} == {sees}


def test_a_leader_for_a_team_sees_its_customers_only_but_the_columns_of_leadership():
    org = dataclasses.replace(organisation(), readers={("customers", "revenue"): frozenset({"leadership"})})
    scope = scope_of(org, Policy(), "manager:mia", "leadership")
    assert scope.reps.sum() == 3
    assert scope.column("customers", "revenue")
    assert not scope_of(org, Policy(), "manager:mia").column("customers", "revenue")


def test_confidential_columns_are_seen_by_nobody():
    org = with_hidden(organisation(), ("customers", "revenue"))
    assert not any(scope_of(org, Policy(), job=job).column("customers", "revenue") for job in JOBS)


def test_the_label_says_for_whom_it_is_in_both_languages():
    org = with_hidden(organisation(), ("customers", "revenue"))
    english, chinese = (
        scope_for(run_of(org, Policy()), Audience("manager:mia"), language(code)).label for code in ("en", "zh")
    )
    assert english == "The team of Mia Ng (mia), without what sales may not see"
    assert chinese == "Mia Ng (mia)的团队，不含销售无权查看的内容"


# ---- what follows from what is hidden --------------------------------------------------------------------------

HIDING = {
    "measures": {
        "margin": {"value": "customer.Revenue * customer.fee", "unit": "USD"},
        "effort": "pair.load",
        "workload": "customer.workload_hours",
    },
    "eligibility": {
        "rules": [
            {"name": "dear", "when": "customer.fee > 3", "require": "rep.seniority > 1"},
            {"name": "far", "require": "pair.load < 9"},
            {"name": "tier", "when": "customer.tier = 'A'", "prefer": "skill(rep, 'cloud') > 1"},
        ]
    },
    "capacity": [{"measure": "workload", "max": "rep.capacity_hours"}, {"measure": "effort", "max": 9}],
    "balance": [{"measure": "margin"}, {"measure": "workload", "target": "share"}],
    "keep": {
        "locks": [{"name": "old", "when": "customer.tenure_years > 3"}, {"name": "asked", "when": "customer.locked"}],
        "groups": [{"name": "rich", "when": "customer.fee > 5", "max": 3}],
    },
    "disruption": {"budgets": [{"of": "margin", "max": "9%"}, {"of": "workload", "max": "9%"}]},
    "goals": [{"goal": "cost", "value": "pair.load * 2", "unit": "USD"}, {"goal": "balance"}, {"goal": "travel"}],
}


@pytest.mark.parametrize(
    ("column", "lines"),
    [
        (
            ("customers", "fee"),
            {
                "measures[margin]",
                "eligibility.rules[dear]",
                "balance[margin]",
                "keep.groups[rich]",
                "disruption.budgets[margin]",
                "goals[balance]",
            },
        ),
        (
            ("pairs", "load"),
            {"measures[effort]", "eligibility.rules[far]", "capacity[effort]", "goals[cost]"},
        ),
        (("reps", "skills"), {"eligibility.rules[tier]", "goals[misfit]"}),
        (("customers", "owner_since_service"), {"keep.locks[old]"}),
        (("reps", "share"), {"balance[workload]", "goals[balance]"}),
        (("reps", "capacity_hours"), {"capacity[workload]"}),
        (("customers", "lat"), {"goals[travel]"}),
        (
            ("reps", "status"),
            {"balance[margin]", "balance[workload]", "capacity[workload]", "capacity[effort]", "goals[balance]"},
        ),
    ],
)
def test_what_reads_a_hidden_column_is_hidden_with_it(column, lines):
    org = with_hidden(organisation(), column)
    assert scope_of(org, Policy.model_validate(HIDING)).hidden_lines == lines


def test_a_measure_and_an_expression_ask_for_their_columns():
    scope = scope_of(with_hidden(organisation(), ("customers", "Fee")), Policy.model_validate(HIDING))
    assert not scope.measure("margin")
    assert scope.measure("workload")
    assert not scope.expression("customer.FEE > 1")
    assert scope.expression("customer.tier = 'A'")
    assert not scope.expression("no ( expression")


def test_a_line_that_names_somebody_outside_is_not_told():
    policy = Policy.model_validate(
        {
            "eligibility": {
                "rules": [
                    {"name": "not pia", "when": "customer.tier = 'A'", "require": "rep.team <> 'x'"},
                    {"name": "one", "require": "rep.rep_id <> 'PIA'"},
                    {"name": "for Quy Ng, always", "require": "rep.team <> 'x'"},
                    {"name": "only ned", "require": "rep.rep_id <> 'ned'"},
                ]
            },
            "capacity": [
                {"measure": "customers", "max": {"ned": 3}},
                {"name": "all", "measure": "customers", "max": {"pia": 3}},
            ],
            "keep": {"conflicts": [{"name": "rivals", "customers": ["C-ned", "C-pia"]}]},
        }
    )
    scope = scope_of(organisation(), policy, "manager:mia")
    told = [path for path, _ in policy.lines() if scope.line(path)]
    assert told == ["eligibility.rules[only ned]", "capacity[customers]"]


def test_a_measure_called_like_somebody_out_of_sight_is_not_shown():
    measures = {
        "ned": {"value": "customer.revenue"},
        "Ned Ng's": {"value": "customer.revenue"},
        "seats": {"value": "customer.revenue", "unit": "ned"},
        "revenue": {"value": "customer.revenue", "unit": "USD"},
    }
    policy = Policy.model_validate(
        {"measures": measures, "balance": [{"measure": "ned"}], "goals": [{"goal": "balance"}]}
    )
    closed, open_ = scope_of(organisation(), policy, "rep:mia"), scope_of(organisation(), policy, "manager:mia")
    assert [name for name in measures if closed.measure(name)] == ["revenue"]
    assert not closed.line("balance[ned]")
    assert not closed.goal("balance")
    assert all(open_.measure(name) for name in measures)


def test_a_role_called_like_somebody_out_of_sight_has_a_number():
    roles = ("ned work", "service")
    assert scope_of(organisation(), Policy(), "rep:mia").roles(roles) == ("#1", "service")
    assert scope_of(organisation(), Policy(), "manager:mia").roles(roles) == roles
