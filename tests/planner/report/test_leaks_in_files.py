"""Nothing of others, and nothing that is kept back, is anywhere in the files that somebody is sent."""

import re
import zipfile

import numpy as np
import pandas as pd
import pytest

from planner.commands import planner
from planner.exits import DONE, run
from planner.language import language
from planner.report.page import page
from planner.report.pictures import write_pictures
from planner.report.readership.audience import Audience, scope_for
from planner.report.workbook import write_workbook
from planner.run_folder import find_run, open_run
from tests.long_ones import long_but
from tests.planner.report.made_plans import evidence_of, report_of

MARKS = """tables:
  reps: {file: reps.csv, visible_to: {seniority: leadership}}
  regions: regions.csv
  customers:
    file: customers.csv
    visible_to: {uplift: [leadership, service], industry: [service], next_renewal: leadership}
    confidential: [credit, remark]
"""
MEASURE = "    profit: {value: customer.uplift * 2, unit: EUR}\n    revenue:"
BALANCE = "  balance:\n    - {name: fair profits, measure: profit, tolerance: 10%}\n"
LOCK = "    locks:\n      - {name: bad payers stay, when: customer.credit < 300000}\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Plan an org whose every name and figure is found by looking for it."""
    folder = tmp_path_factory.mktemp("leaks") / "org"
    assert run(planner, ["generate", str(folder), "--customers", "70", "--reps", "8", "--seed", "4"]) == DONE
    rng = np.random.default_rng(1)
    customers, reps = (pd.read_csv(folder / f"{name}.csv", dtype=str) for name in ("customers", "reps"))
    count = len(customers)
    customers["name"] = [f"Quux{at:03d} & Zorn" for at in range(count)]
    customers["revenue"] = [f"{value:.2f}" for value in rng.uniform(200_000, 900_000, count)]
    customers["potential"] = [f"{value:.2f}" for value in rng.uniform(200_000, 900_000, count)]
    customers["uplift"] = [f"{value:.2f}" for value in rng.uniform(200_000, 900_000, count)]
    customers["credit"] = [f"{value:.2f}" for value in rng.uniform(200_000, 900_000, count)]
    customers["remark"] = [f"REMARK{at}" for at in range(count)]
    customers["industry"] += "ish"
    reps["name"] = [f"Vex{at:02d} Quill" for at in range(len(reps))]
    reps["manager_id"] = [("CHIEF-A", "CHIEF-B", "CHIEF-C")[at % 3] for at in range(len(reps))]
    customers.to_csv(folder / "customers.csv", index=False)
    reps.to_csv(folder / "reps.csv", index=False)
    file = folder / "planner.yaml"
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^tables:\n.*?\n\n", MARKS + "\n", text)
    for before, after in (("    revenue:", MEASURE), ("    locks:\n", LOCK)):
        assert before in text
        text = text.replace(before, after, 1)
    text = text.replace("industry = 'healthcare'", "industry = 'healthcareish'")
    text = re.sub(r"(?m)^  balance:.*\n", BALANCE, text, count=1)
    file.write_text(text, encoding="utf-8")
    assert run(planner, ["plan", str(folder), "--quiet", "--time-limit", "20"]) == DONE
    return open_run(find_run(folder))


def everything_written(report, folder, *, pictures):
    """Return all text of the page, of every part of the workbook, and of the pictures."""
    html = page(report)
    write_workbook(report, folder / "plan.xlsx", sheet_per_manager=True)
    with zipfile.ZipFile(folder / "plan.xlsx") as parts:
        texts = [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
    if pictures:
        files = write_pictures(report, folder / "images")
        texts += [one.read_bytes().decode("utf-8", "replace") for one in files]
        texts += [one.name for one in files]
    return "\n".join([html, *texts])


def found(words, text):
    """Return which words stand in a text by themselves."""
    tokens = set(re.findall(r"\w+(?:[.-]\w+)*", text)) | set(re.findall(r"\w+", text))
    return {word for word in words if (word in text if " " in word else word in tokens)}


def figures(table, columns):
    values = {float(value) for column in columns for value in table[column]}
    return {text for value in values for text in (f"{value}", f"{value:.2f}", f"{value:,.2f}", f"{value:,.0f}")}


@pytest.mark.parametrize(
    ("person", "code", "pictures"),
    long_but([("manager:CHIEF-B", "en", True), ("rep:{first}", "zh", False)], ("manager:CHIEF-B", "en", True)),
)
def test_what_a_person_is_sent_has_nothing_of_others(finished, tmp_path, person, code, pictures):
    org = finished.org
    who = person.format(first=org.rep_ids[1])
    scope = scope_for(finished, Audience(who), language(code))
    shown = set(evidence_of(finished, scope).customers["customer_id"])
    text = everything_written(report_of(finished, scope, code), tmp_path, pictures=pictures)
    own, others = org.reps[scope.reps], org.reps[~scope.reps]
    foreign = org.customers[~org.customers["customer_id"].isin(shown)]
    assert 0 < len(shown) < org.n_customers
    assert found(own["name"], text) == set(own["name"])
    assert not found({*others["rep_id"], *others["name"]}, text)
    assert not found({*foreign["customer_id"], *foreign["name"]}, text)
    assert not found({"CHIEF-A", "CHIEF-C"} - set(own["manager_id"]), text)
    assert not found(figures(foreign, ["revenue", "potential"]), text)
    assert found(figures(org.customers[org.customers["customer_id"].isin(shown)], ["revenue"]), text)


def hidden_words(org, *, of_leadership):
    confidential = {*figures(org.customers, ["credit"]), *org.customers["remark"], "credit", "bad payers stay"}
    return confidential if of_leadership else {*confidential, *figures(org.customers, ["uplift"]), "uplift", "profit"}


@pytest.mark.parametrize(
    ("job", "person"), long_but([("sales", None), ("sales", "manager:CHIEF-B"), ("leadership", None)], ("sales", None))
)
def test_what_a_job_may_not_see_is_in_no_file(finished, tmp_path, job, person):
    org = finished.org
    scope = scope_for(finished, Audience(person, job), language("en"))
    text = everything_written(report_of(finished, scope), tmp_path, pictures=False)
    assert not found(hidden_words(org, of_leadership=job == "leadership"), text)
    assert not found(set(org.customers["industry"].dropna()), text)
    assert bool(found({"profit"}, text)) == (job == "leadership")
    assert not found({"healthcare goes to those who know it"}, text)
    assert bool(found({"strategic customers need an experienced rep"}, text)) == (job == "leadership")
