"""How rules are broken and what is assumed, in Chinese: whatever is said of them below has a Chinese sentence."""

from __future__ import annotations

import numpy as np
import pytest

from models.check.judge import Judge
from models.plan import Assignment
from models.policy import Policy
from models.solve import solve
from planner.language import assumptions, language, violations
from planner.language.assumptions import assumption_in_words
from planner.language.recognised import Sentences
from planner.language.violations import violation_in_words
from planner.project import load
from planner.report.rule_words import rule_and_why
from tests.tables import org_of
from tests.tiny import tiny

ZH = language("zh")


def test_every_sentence_has_a_chinese_one():
    known = [
        text
        for place in (violations, assumptions)
        for one in vars(place).values()
        if isinstance(one, Sentences)
        for text in one.texts
    ]
    assert not [text for text in known if not ZH.knows(text)]


def test_whatever_the_checker_finds_is_said_in_chinese():
    rng, seen = np.random.default_rng(1), set()
    for seed in range(24):
        org, policy = tiny(seed)
        with Judge(org, policy) as judge:
            for _ in range(10):
                owners = rng.integers(-2, org.n_reps, (len(policy.roles), org.n_customers))
                for one in judge.of(Assignment(policy.role_names, owners)).violations:
                    assert violation_in_words(one.message, ZH) != one.message, one
                    seen.add(one.line.partition("[")[0])
    assert {"capacity", "disruption.budgets", "keep.families", "keep.groups", "eligibility.region", "pool"} <= seen


@pytest.mark.parametrize("limit", [{"max": 2}, {"min": 4}, {"max": {"ana": 1, "bob": 4}}, {"min": {"ana": 3, "bob": 4}},
                                   {"max": 1, "per": "team"}])  # fmt: skip
def test_why_limits_do_not_add_up_is_said_in_chinese(limit):
    customers = [{"customer_id": f"C{n}", "owner_id": "ana"} for n in range(6)]
    org = org_of(customers, [{"rep_id": "ana", "team": "east"}, {"rep_id": "bob", "team": "west"}])
    plan = solve(org, Policy.model_validate({"capacity": [{"measure": "customers", **limit}]}))
    told = violation_in_words(plan.explanation[0].partition(": ")[2], ZH)
    assert "需要负责人的有 6 家客户：请将上限" in told or "可分配给他们的只有 6 家客户：请将下限" in told


@pytest.mark.parametrize(
    ("line", "rule", "why"),
    [
        (
            "capacity[workload]: region 上海 carries 12 customers, at most 10 customers",
            "客户组合上限：工作量",
            "区域上海 承担 12 家客户，最多 10 家客户",
        ),
        (
            "keep.families: a family that stays together is divided: C1 with ana",
            "关联客户须在一起",
            "须在一起的关联客户被拆分：C1 with ana",
        ),
        (
            "capacity[customers].max: 19 reps × 3 = 57, but 60 customers need an owner: "
            "raise the maximum to at least 4",
            "客户组合上限：客户数",
            "19 名销售代表 × 3 = 57，但需要负责人的有 60 家客户：请将上限提高到至少 4",
        ),
        (
            "capacity[workload].min: 2 teams, 1,200 in all, but there are 900 h that they may get: "
            "lower the minimum by at least 300 in all",
            "客户组合上限：工作量",
            "2 个团队，合计 1,200，但可分配给他们的只有 900 h：请将下限合计降低至少 300",
        ),
        (
            "<b> × 3 = 4, but 5 need an owner: run",
            "",
            "<b> × 3 = 4，但需要负责人的有 5：run",
        ),
        ("stopped (time limit) before there was any plan", "", "在找到任何规划之前已停止（时限）"),
        ("what nobody has said yet", "", "what nobody has said yet"),
    ],
)
def test_a_line_is_taken_apart_into_rule_and_reason(line, rule, why):
    assert rule_and_why(line, ZH) == (rule, why)


def test_whatever_is_assumed_of_bare_files_is_said_in_chinese(tmp_path):
    for more in ("", "locked,family_id,required_skills,region,lat,lon,opportunity_close,"):
        blank = "," * more.count(",")
        rows = "".join(f"C{n},ana,{10 if n else 900},{blank}\n" for n in range(6))
        (tmp_path / "customers.csv").write_text(f"customer_id,owner_id,revenue,{more}\n{rows}", encoding="utf-8")
        (tmp_path / "reps.csv").write_text("rep_id,capacity_workload_hours\nana,9\nbob,9\n", encoding="utf-8")
        told = load(tmp_path).assumptions
        assert len(told) > 6
        for one in told:
            assert assumption_in_words(one.title, ZH) != one.title
            assert one.hint is None or assumption_in_words(one.hint, ZH).startswith("可尝试")
