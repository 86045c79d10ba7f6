"""How rules are broken and what is assumed, in Chinese: whatever is said of them below has a Chinese sentence."""

from __future__ import annotations

import numpy as np
import pytest

from models.check.judge import Judge
from models.plan import Assignment
from planner.language import assumptions, language, violations
from planner.language.assumptions import assumption_in_words
from planner.language.violations import violation_in_words
from planner.project import load
from planner.report.rule_words import rule_and_why
from tests.tiny import tiny

ZH = language("zh")


def test_every_sentence_has_a_chinese_one():
    known = (*violations._SENTENCES.texts, *assumptions._SENTENCES.texts)
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
