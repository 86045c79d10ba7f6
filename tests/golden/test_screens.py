"""The screens, word by word, at 80 columns and without colour."""

from models.findings import Finding, Place
from planner.console import width_of
from planner.screens.findings import show_findings
from planner.screens.plan import show_no_plan, show_plan
from tests.golden.compare import assert_golden, on_paper
from tests.plans import no_plan, plan_of, worked_account
from tests.tables import org_of
from tests.worked import OVERLOADED, THIRD, rows_of, worked_org, worked_plan, worked_policy

ASSUMPTIONS = (
    Finding(
        "TP901",
        "Revenue is balanced within 15% of each rep's share, three times as important as the number of customers",
        hint="Try policy: {balance: [{measure: revenue, target: rep.share, tolerance: 15%, weight: 3}]}",
        severity="note",
    ),
)


def test_the_plan_of_the_worked_case():
    shown = on_paper(lambda paper: show_plan(paper, worked_account(), title="worked", assumptions=ASSUMPTIONS))
    assert max(map(width_of, shown.splitlines())) <= 80
    assert_golden("worked_plan.txt", shown)


def test_the_plan_in_detail():
    account = worked_account(THIRD, status="feasible")
    assert_golden(
        "worked_plan_detail.txt", on_paper(lambda paper: show_plan(paper, account, title="worked", detail=True))
    )


def test_points_are_shown_only_in_detail():
    brief, detailed = (
        on_paper(lambda paper, detail=detail: show_plan(paper, worked_account(), title="worked", detail=detail))
        for detail in (False, True)
    )
    assert "points" not in brief
    assert "points" in detailed


def test_a_plan_that_cannot_exist():
    plan = no_plan(
        explanation=(
            "capacity[workload] and capacity[customers] cannot both hold for eve: C5 and C6 take 80 h of her 50 h.",
            "30 h more for eve, or a minimum of 1 customer for her, would do.",
        )
    )
    assert_golden("infeasible.txt", on_paper(lambda paper: show_no_plan(paper, plan, worked_org(), title="worked")))


def test_the_closest_attempt_calls_people_by_their_names():
    org, policy = worked_org(), worked_policy()
    plan = plan_of(org, policy, worked_plan(org, policy, OVERLOADED), status="infeasible")
    shown = on_paper(lambda paper: show_no_plan(paper, plan, org, title="worked"))
    assert "Eve (eve) carries" not in shown  # the name says no more than the id
    named = org_of(rows_of("customers.csv"), [{**one, "name": f"{one['name']} Doe"} for one in rows_of("reps.csv")])
    assert "Eve Doe (eve) carries 80 h" in on_paper(lambda paper: show_no_plan(paper, plan, named, title="worked"))


def test_findings_of_two_files():
    findings = [
        Finding(
            "TP204",
            "The owner is not on the roster",
            Place("customers.csv", row=6, column="owner_id"),
            found="dan",
            expected="a rep_id of reps.csv",
            hint="Try adding dan to reps.csv with the status left",
        ),
        Finding(
            "TP101",
            "Unknown key",
            Place("planner.yaml", line=12, path="policy.capacity[#1].mx"),
            found="mx",
            expected="measure, per, role, min, max or name",
            hint="Try 'max'",
        ),
        Finding(
            "TP301",
            "Blank revenue counts as 0",
            Place("customers.csv", column="revenue"),
            severity="warning",
            count=1200,
            examples=("C1", "C2", "C3"),
        ),
    ]
    assert_golden("findings.txt", on_paper(lambda paper: show_findings(paper, findings)))
