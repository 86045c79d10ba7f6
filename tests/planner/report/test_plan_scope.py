"""The report of a plan for a manager, a rep, or a job: whoever is outside of it is nowhere in it."""

import re

import numpy as np
import pytest

from planner.report.blocks import Facts
from planner.report.readership.scope import Scope
from planner.run_folder import RunFolder
from tests.planner.report.made_plans import block, evidence_of, has_block, report_of, run_of, texts_in, varied_run
from tests.tables import org_of


@pytest.fixture(scope="module")
def varied(tmp_path_factory) -> RunFolder:
    return varied_run(tmp_path_factory.mktemp("varied"))


def test_a_manager_sees_nobody_of_others_anywhere_in_the_report(varied):
    mine = np.array([True, True, True, False, False, False])
    scope = Scope("for Li Na", mine, labels=frozenset({"R0", "R1", "R2", "north"}))
    report = report_of(varied, scope)
    seen = set(evidence_of(varied, scope).customers["customer_id"])
    org = varied.org
    hidden = set(org.customer_ids) - seen
    forbidden = hidden | {org.customers["name"][k] for k in range(45) if org.customer_ids[k] in hidden}
    forbidden |= {"R3", "R4", "R5", "M9", "Rep 3", "Rep 4", "Rep 5", "ghost"}
    assert len(hidden) > 5
    told = "\n".join(texts_in(report))
    assert not [name for name in forbidden if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told)]
    assert all(re.search(rf"(?<!\w){name}(?!\w)", told) for name in seen)
    assert len(block(report, "reps").cells["rep"]) == 3
    others = block(report, "others")
    totals = {one.label: one.value for one in others.facts}
    after = evidence_of(varied).reps["after:hours"].to_numpy()
    assert totals["Hours"] == f"{after[3:].sum():.0f} h"


def test_conditions_that_name_others_are_left_out_of_the_policy(tmp_path):
    org = org_of(
        [{"customer_id": "C-1", "owner_id": "r1"}, {"customer_id": "C-2", "owner_id": "r2"}],
        [{"rep_id": "r1"}, {"rep_id": "r2"}],
    )
    policy = {
        "keep": {
            "locks": [{"name": "promised", "when": "customer.customer_id = 'C-2'"}],
            "conflicts": [{"name": "rivals", "customers": ["C-1", "C-2"]}],
        },
        "capacity": [{"measure": "customers", "max": {"r1": 2, "r2": 2}}],
    }
    run = run_of(tmp_path, org, policy)
    told = "\n".join(texts_in(report_of(run, Scope("for r1", np.array([True, False]), hidden_lines=frozenset()))))
    assert "C-2" not in told
    assert "r2" not in told
    assert "promised" in told
    assert "r1: 2" in told
    assert "C-2" in "\n".join(texts_in(report_of(run)))


def test_a_measure_that_is_kept_back_is_not_in_the_report(varied):
    everybody = np.ones(6, dtype=bool)
    scope = Scope("for service", everybody, frozenset({("customers", "revenue")}), frozenset({"revenue"}))
    report = report_of(varied, scope)
    assert "revenue" not in "\n".join(texts_in(report)).lower()
    assert not has_block(report, "frozen")


def test_a_rep_sees_the_own_book_and_of_customers_that_left_not_to_whom(varied):
    mine = np.array([False, True, False, False, False, False])
    report = report_of(varied, Scope("for Li Na", mine, labels=frozenset({"R1"})))
    assert block(report, "reps").cells["rep_id"].tolist() == ["R1"]
    names = set(block(report, "assignments").cells["before"]) | set(block(report, "assignments").cells["after"])
    assert names <= {"Li Na", "another rep", "nobody", "somebody who has left"}
    assert not has_block(report, "managers")
    rows = block(report, "map").spec["datasets"]["customers"][0]["i"]
    assert set(rows) == set(block(report, "assignments").cells["customer_id"])


def test_the_headline_of_one_rep_tells_of_the_own_book_and_then_what_is_proven_of_all(varied):
    scope = Scope("for R1", np.arange(6) == 1, labels=frozenset({"R1"}))
    evidence, everybody = evidence_of(varied, scope), evidence_of(varied)
    report = report_of(varied, scope)
    own, company = report.headline.split(". Of the whole company: ")
    book = evidence.reps.iloc[0]
    assert own.startswith(f"{book['name']} has {book['after:customers']:.0f} customers after the plan, ")
    assert f"{book['before:customers']:.0f} before; {book['gained']} come and {book['lost']} go" in own
    assert report_of(varied).headline.endswith(company)
    assert f"{len(everybody.reps)} reps" not in report.headline
    assert [one.title for one in report.sections[0].blocks[:2]] == ["In this report", "The whole company"]


def test_the_headline_of_one_rep_says_how_the_book_stands_to_its_band(tmp_path):
    customers = [{"customer_id": f"c{k}", "owner_id": "r1", "revenue": 10.0} for k in range(4)]
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}},
        "balance": [{"measure": "revenue", "tolerance": "15%"}],
        "disruption": {"budgets": [{"of": "customers", "max": 0}]},
    }
    run = run_of(tmp_path, org_of(customers, [{"rep_id": "r1"}, {"rep_id": "r2"}]), policy)
    scope = Scope("for r1", np.array([True, False]), labels=frozenset({"r1"}), hidden_lines=frozenset())
    headline = report_of(run, scope).headline
    assert headline.startswith("R1 has 4 customers after the plan, 4 before; nobody comes and nobody goes; revenue ")
    assert "revenue $40, $40 before (+100% from target, outside the band)." in headline
    chinese = report_of(run, scope, code="zh").headline
    assert "没有转入也没有转出" in chinese
    assert "就全公司而言" in chinese


def test_the_headline_of_a_team_tells_of_its_books_and_then_what_is_proven_of_all(tmp_path):
    customers = [{"customer_id": f"c{k}", "owner_id": f"r{1 + k % 3}", "revenue": 10.0} for k in range(6)]
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "unit": "USD"}},
        "balance": [{"measure": "revenue", "tolerance": "15%"}],
        "disruption": {"budgets": [{"of": "customers", "max": 0}]},
    }
    run = run_of(tmp_path, org_of(customers, [{"rep_id": "r1"}, {"rep_id": "r2"}, {"rep_id": "r3"}]), policy)
    scope = Scope("The team of m", np.array([True, True, False]), labels=frozenset(), hidden_lines=frozenset())
    headline = report_of(run, scope).headline
    assert headline.startswith(
        "The team of m: 4 customers after the plan, 4 before; nobody comes and nobody goes; revenue $40, $40 before; "
        "2 of 2 reps are inside that band, 2 before. Of the whole company: "
    )


def test_bands_are_told_to_those_who_may_not_see_revenue(tmp_path):
    customers = [
        {"customer_id": f"c{k}", "owner_id": f"r{1 + k % 2}", "revenue": 9.0, "potential": 5} for k in range(4)
    ]
    policy = {
        "measures": {
            "revenue": {"value": "customer.revenue", "unit": "USD"},
            "potential": {"value": "customer.potential", "unit": "USD"},
        },
        "balance": [{"measure": "potential", "tolerance": "15%"}],
        "disruption": {"budgets": [{"of": "customers", "max": 0}]},
    }
    run = run_of(tmp_path, org_of(customers, [{"rep_id": "r1"}, {"rep_id": "r2"}]), policy)
    everybody = np.array([True, True])
    hidden, lines = frozenset({("customers", "revenue")}), frozenset()
    scope = Scope("sales", everybody, hidden, frozenset({"revenue"}), hidden_lines=lines)
    report = report_of(run, scope)
    assert "2 of 2 reps are inside their band, 2 before" in report.headline
    facts = next(one for one in report.blocks(Facts) if one.key == "numbers").facts
    told = {fact.label: (fact.value, fact.note) for fact in facts}
    assert told["Reps inside the band"] == ("2 → 2", "of 2 reps")
    assert not [text for text in told if "evenue" in text]
