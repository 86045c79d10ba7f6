"""The report of a plan in Chinese: each of its sentences has a Chinese one, reasons of moves as well."""

import ast
import re
from pathlib import Path

import pytest

import planner.report
from planner.language import language
from planner.report.plan import brief, provenance, reasons
from tests.planner.report.made_plans import headings, report_of, run_of
from tests.tables import org_of

ROOM = Path(planner.report.__file__).parent
FILES = sorted([*(ROOM / "plan").glob("*.py"), *(ROOM / "atlas").glob("*.py")])
ZH = language("zh")
GLUE = {" ", " · ", "balance", "disruption", "moves", "misfit", "travel", "cost", "pool", "wishes", "changes"}
GLUE |= {"rep", "team", "region"}
"""Texts within a call that are keys, or the same in every language."""


def said_in(file):
    """Return the English texts that a module says, and those with a singular and a plural."""
    texts, forms = [], []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called == "say" and node.args:
            texts += [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
        if called == "plural":
            forms.append((node.args[1].value, node.args[2].value))
    return [text for text in texts if isinstance(text, str) and text not in GLUE], forms


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_sentence_has_a_chinese_one(file):
    texts, forms = said_in(file)
    assert not [text for text in texts if not ZH.knows(text)]
    assert not [form for form in forms if form not in ZH._catalogue.forms]


def test_words_of_lists_have_chinese_ones():
    lists = [*brief._CHANGES.values(), *provenance._STOPPED.values(), *provenance._STATUS.values(), *reasons._SENTENCES]
    assert not [text for text in lists if text and not ZH.knows(text)]


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("owner dan has left", "负责人 dan 已离职"),
        (
            "relieves Ana (29% over the revenue band), fills up Bob (69% under the revenue band)",
            "减轻 Ana 的负担（高出 revenue 范围 29%）；充实 Bob（低于 revenue 范围 69%）",
        ),
        (
            "relieves Smith, Ann (3.0% over the a, b band), saves 2.5 h of travel",
            "减轻 Smith, Ann 的负担（高出 a, b 范围 3.0%）；节省 2.5 小时路程",
        ),
        ("had no owner: newly assigned to 王伟", "之前无人负责：新分配给 王伟"),
        ("something nobody wrote a sentence for", "something nobody wrote a sentence for"),
    ],
)
def test_a_reason_is_said_in_chinese_with_its_names_as_they_are(reason, chinese):
    assert reasons.reason_in_words(reason, ZH) == chinese


def test_a_reason_in_english_stays_as_it_is():
    assert reasons.reason_in_words("owner dan has left", language("en")) == "owner dan has left"


def test_no_heading_is_left_in_english(tmp_path):
    rows = [
        {
            "customer_id": f"c{k}",
            "name": f"客户{k}",
            "owner_id": "r1",
            "region": "北",
            "tier": "甲乙"[k % 2],
            "revenue": 5.0,
        }
        | {
            "lat": 39.9 + k / 50,
            "lon": 116.4 + k / 70,
            "stage": "新老"[k % 2],
            "recency": float(k),
            "frequency": float(k),
        }
        for k in range(8)
    ]
    reps = [{"rep_id": f"r{k}", "name": f"王{k}", "team": "组", "manager_id": f"经{k % 2}"} for k in range(3)]
    policy = {
        "measures": {"revenue": {"value": "customer.revenue", "unit": "CNY"}},
        "balance": [{"measure": "revenue", "tolerance": "10%"}],
        "capacity": [{"measure": "customers", "max": 6}],
        "disruption": {"budgets": [{"name": "预算", "of": "revenue", "max": "50%"}]},
    }
    report = report_of(run_of(tmp_path, org_of(rows, reps), policy), code="zh")
    assert {"map", "classes", "flows", "managers", "budgets"} <= {section.key for section in report.sections}
    users = {"HiGHS", "tree", "planner", "yaml", "CNY", "count", "datum"}
    left = [word for text in headings(report) for word in re.findall("[A-Za-z]{2,}", text) if word not in users]
    assert not left
