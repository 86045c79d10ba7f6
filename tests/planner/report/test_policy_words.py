"""A policy in plain words leaves no line out, in either language, and quotes what users wrote."""

import re

import pytest
import yaml

from models.policy import Policy
from planner.generate import generate
from planner.language import language
from planner.report.policy.words import policy_in_words

EVERYTHING = {
    "measures": {"hours": {"value": "customer.q1", "unit": "h7", "default": 3}, "worth": {"value": "customer.q2"}},
    "eligibility": {
        "region": "neighbour",
        "skills": "preferred",
        "skills_penalty": 4.25,
        "nearest": 17,
        "rules": [
            {"name": "n-hard", "when": "customer.q3", "require": "rep.q4"},
            {"name": "n-soft", "prefer": "rep.q5", "penalty": "rep.q6"},
        ],
    },
    "capacity": [
        {"name": "n-cap", "measure": "hours", "min": 12.5, "max": "rep.q7", "role": "sales"},
        {"measure": "worth", "per": "team", "max": "41%"},
        {"measure": "customers", "per": "region", "max": {"west": 43, "orient": "44%"}},
    ],
    "balance": [
        {
            "name": "n-bal",
            "measure": "hours",
            "target": "rep.q8",
            "tolerance": "6.5%",
            "weight": 2.75,
            "within": "team",
        },
        {"measure": "worth", "tolerance": 0.08, "within": "region", "role": "service"},
    ],
    "keep": {
        "families": {"together_when": "customer.q9"},
        "conflicts": [{"name": "n-con", "customers": ["k1", "k2"]}],
        "locks": [{"name": "n-lock", "when": "customer.q10"}],
        "holdouts": [{"name": "n-hold", "when": "customer.q11"}],
        "groups": [
            {"name": "n-group", "when": "customer.q12", "min": 51, "max": 52},
            {"name": "n-team-group", "when": "customer.q13", "per": "team", "max": 53},
        ],
    },
    "disruption": {
        "budgets": [
            {"name": "n-all", "of": "customers", "max": "61%"},
            {"of": "hours", "per": "rep", "side": "lost", "max": 62},
            {"of": "worth", "per": "team", "side": "gained", "max": "63%"},
            {"name": "n-rep", "of": "customers", "per": "rep", "side": "gained", "max": 64},
            {"name": "n-team", "of": "customers", "per": "team", "side": "lost", "max": 65},
            {"name": "n-region", "of": "customers", "per": "region", "max": 66},
        ],
        "move_cost": "customer.q14",
    },
    "roles": {"sales": {"when": "customer.q15"}, "service": {"same": "q16"}},
    "pool": {"when": "customer.q17", "penalty": "customer.q18"},
    "goals": [
        {"goal": "balance", "priority": 1, "slack": "7.5%"},
        {"goal": "travel", "priority": 2, "weight": 0.625, "speed_kmh": 71, "default": 72, "slack": 73},
        {"goal": "cost", "priority": 3, "value": "pair.q19", "unit": "u20", "max": 74},
        {"goal": "wishes", "priority": 4},
    ],
    "strict": True,
}
USERS_WORDS = [
    *(f"q{number}" for number in range(1, 20)),
    *("h7", "u20", "k1", "k2", "west", "orient", "sales", "service", "hours", "worth"),
    *("n-hard", "n-soft", "n-cap", "n-bal", "n-con", "n-lock", "n-hold", "n-group", "n-team-group", "n-all", "n-rep"),
    *("n-team", "n-region"),
]
NUMBERS = [
    "4.25",
    "17",
    "12.5",
    "41%",
    "43",
    "44%",
    "6.5%",
    "2.75",
    "8%",
    "51",
    "52",
    "53",
    "61%",
    "62",
    "63%",
    "64",
    "65",
]
NUMBERS += ["66", "7.5%", "0.625", "71", "72", "73", "74", "1", "2", "3", "4"]


def told(policy, code="en", **options):
    """Return all sentences as one text."""
    document = Policy.model_validate(policy)
    chapters = policy_in_words(document, language(code), **options)
    return "\n".join(line for chapter in chapters for line in chapter.lines)


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("word", USERS_WORDS)
def test_what_the_user_wrote_is_quoted(code, word):
    assert word in told(EVERYTHING, code)


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_is_said(code, number):
    assert number in told(EVERYTHING, code)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_each_line_of_a_policy_changes_what_is_said(code):
    whole = told(EVERYTHING, code)
    for path in leaves(EVERYTHING):
        try:
            less = told(without(EVERYTHING, path), code)
        except ValueError:
            continue  # the line cannot do without it
        assert less != whole, path


def leaves(document, path=()):
    """Yield the paths of everything that stands in a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))


def without(document, path):
    """Return a copy of a document that lacks what stands at a path."""
    key, *rest = path
    if isinstance(document, dict):
        return {
            name: without(value, rest) if name == key else value
            for name, value in document.items()
            if name != key or rest
        }
    return [
        without(value, rest) if place == key else value for place, value in enumerate(document) if place != key or rest
    ]


@pytest.mark.parametrize("families", ["as_today", "together", "free"])
def test_families_are_told_of_whatever_becomes_of_them(families):
    others = {"as_today", "together", "free"} - {families}
    assert all(told({"keep": {"families": families}}) != told({"keep": {"families": one}}) for one in others)


@pytest.mark.parametrize("goal", ["balance", "disruption", "moves", "misfit", "travel", "pool", "wishes", "changes"])
def test_every_goal_has_words_of_its_own(goal):
    assert told({"goals": [{"goal": goal, "weight": 3}]}) != told(
        {"goals": [{"goal": "cost", "value": "1", "weight": 3}]}
    )
    assert "weight 3" in told({"goals": [{"goal": goal, "weight": 3}]})


def test_what_may_not_be_told_is_left_out():
    said = told(EVERYTHING, allows=lambda text: "q10" not in text and text != "k2" and text != "orient")
    assert "q10" not in said
    assert "k2" not in said
    assert "orient" not in said
    assert "n-lock" in said


SQL = re.compile(r"\b(customer|rep|pair|region|period)\.\w|[=<>*]|\b(between|least|skill)\(")


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("preset", ["us", "china"])
def test_the_policy_of_a_sample_is_said_in_words_throughout(tmp_path, preset, code):
    generate(tmp_path / "made", customers=120, reps=12, seed=3, preset=preset)
    document = yaml.safe_load((tmp_path / "made" / "planner.yaml").read_text(encoding="utf-8"))
    said = told(document["policy"], code)
    assert "3" in said
    assert not SQL.search(said), said


def test_what_has_no_words_is_quoted_and_the_rest_of_its_line_said():
    rules = [{"name": "n", "when": "customer.name like 'A%'", "require": "rep.seniority >= 3"}]
    assert "n: where customer.name like 'A%', it is required that the rep's seniority is at least 3." in told(
        {"eligibility": {"rules": rules}}
    )


def test_an_expression_that_may_not_be_told_is_not_told_in_words_either():
    asked = []

    def allows(text):
        asked.append(text)
        return text != "customer.segment = 'strategic'"

    rules = [{"name": "n", "when": "customer.segment = 'strategic'", "require": "rep.seniority >= 3"}]
    said = told({"eligibility": {"rules": rules}}, allows=allows)
    assert "n: where (not shown), it is required that the rep's seniority is at least 3." in said
    assert "rep.seniority >= 3" in asked


def test_a_number_of_points_that_may_not_be_told_is_not():
    rules = [{"name": "n", "prefer": "customer.locked", "penalty": "12345"}]
    assert "12,345" in told({"eligibility": {"rules": rules}})
    assert "12,345" not in told({"eligibility": {"rules": rules}}, allows=lambda text: text != "12345")
