"""What a comparison comes to in sentences: which is best, what is not certain, and what nobody knows."""

from planner.comparison_record import comparison_record
from planner.language import ENGLISH, language
from planner.report.blocks import Sentences
from planner.report.comparison.books import read_plans
from planner.report.comparison.report import comparison_report
from planner.report.comparison.rows import ComparisonRows
from planner.report.comparison.runs import compared_runs, read_comparison
from planner.report.comparison.words import ComparisonWords
from planner.report.readership.audience import scope_for
from scenarios.comparing.comparison import Entry, compare
from tests.planner.report.comparing import EVERYBODY, block
from tests.scenarios.compared import figures_for, worked_figures
from tests.tables import org_of
from tests.worked import ALL_STAY, OPTIMUM, SECOND, rows_of, worked_policy


def test_a_search_that_ended_at_its_gap_says_that_more_may_be_proven(compared):
    folder = compared / "first"
    record = read_comparison(folder)
    base = record.scenarios[0]
    early = base.model_copy(
        update={"status": "feasible", "figures": base.figures.model_copy(update={"stopped_by": "gap"})}
    )
    plans = read_plans(compared_runs(record, folder), "base", lambda run: scope_for(run, EVERYBODY, ENGLISH))
    told = comparison_report(record.model_copy(update={"scenarios": [early, *record.scenarios[1:]]}), plans, ENGLISH)
    lines = block(told, Sentences, "caution").lines
    assert lines[-1].startswith("The search for base ended at the gap that was asked for")


def test_the_headline_says_which_is_best_in_what_and_what_it_costs(report):
    assert report.headline.startswith("Books are most even in eve all quarter: 66.7% of reps inside the band")
    assert "at the cost of moving 25.0% of customers by choice and 1 by force, with $" in report.headline
    assert "fewest move by choice in status quo and minimal moves: 0% of customers" in report.headline


def words_without_plans(compared, *found):
    """Return the sentences of the comparison had no plan been found in the time but for some scenarios."""
    record = read_comparison(compared / "first")
    scenarios = [
        one if one.name in found else one.model_copy(update={"status": "no_plan", "allowed": False, "figures": None})
        for one in record.scenarios
    ]
    cut = record.model_copy(update={"scenarios": scenarios})
    return ComparisonWords(cut, ComparisonRows(cut, ENGLISH), ENGLISH)


def test_a_search_that_ended_before_any_plan_is_not_told_as_if_there_were_none(compared):
    words = words_without_plans(compared, "base")
    assert words.headline().startswith("Only for base was a plan found that keeps all hard rules: ")
    assert any("ended before there was any plan" in line for line in words.caution())
    none = words_without_plans(compared)
    assert none.headline() == "No plan that keeps all hard rules was found for any of the scenarios compared."


def test_gates_are_told_with_those_not_judged(report):
    lines = block(report, Sentences, "gates").lines
    assert len(lines) == 1
    assert lines[0].startswith("Gate passed, as far as can be told")
    assert "two each" in lines[0]


def test_what_is_not_certain_is_said_to_be_so(compared):
    folder = compared / "first"
    record = read_comparison(folder)

    pairs = {"uncertain": [("base", "eve all quarter")]}
    sections = [
        section.model_copy(
            update={"rows": [row.model_copy(update=pairs) if row.name == "objective" else row for row in section.rows]}
        )
        for section in record.sections
    ]
    unsure = record.model_copy(update={"sections": sections})
    plans = read_plans(compared_runs(record, folder), "base", lambda run: scope_for(run, EVERYBODY, ENGLISH))
    report = comparison_report(unsure, plans, ENGLISH)
    assert "not certain which is better of base and eve all quarter" in report.headline
    assert any("base and eve all quarter" in line for line in block(report, Sentences, "caution").lines)
    assert any("Objective" in line for line in block(report, Sentences, "uncertain").lines)


def test_a_scenario_of_another_org_is_told_from_the_baseline():
    customers, reps = rows_of("customers.csv"), rows_of("reps.csv")
    hired = [{**reps[0], "rep_id": f"new-{n}"} for n in (1, 2)]
    richer = [{**one, "revenue": 2 * float(one["revenue"])} for one in customers]
    orgs = {"base": (customers, reps), "hire": (customers, [*reps, *hired]), "growth": (richer, reps)}
    entries = [Entry(name, figures_for(org_of(*org), worked_policy(), OPTIMUM)) for name, org in orgs.items()]
    entries.append(Entry("calm", worked_figures(SECOND)))
    record = comparison_record(compare(entries, "base"), project="q1", versions={})
    words = [ComparisonWords(record, ComparisonRows(record, say), say) for say in (ENGLISH, language("zh"))]
    lines = {one.say.code: [line for line in one.caution() if line.startswith(("hire", "growth"))] for one in words}
    assert lines["en"] == [
        "hire is of another org than base: 5 reps instead of 3.",
        "growth is of another org than base: revenue of $720 instead of $360.",
    ]
    assert ["组织不同" in line for line in lines["zh"]] == [True, True]


def test_a_scenario_with_fewer_reps_wins_no_headline_unflagged():
    customers, reps = rows_of("customers.csv"), rows_of("reps.csv")
    few = [{**one, "capacity_workload_hours": 900} for one in reps if one["rep_id"] != "eve"]
    base, all_stay = worked_figures(SECOND), worked_figures(ALL_STAY)
    fewer = figures_for(org_of(customers, few), worked_policy(), OPTIMUM.replace("eve", "bob"))

    def headline(*entries):
        record = comparison_record(compare(entries, "base"), project="q1", versions={})
        return ComparisonWords(record, ComparisonRows(record, ENGLISH), ENGLISH).headline()

    among = headline(Entry("base", base), Entry("all stay", all_stay), Entry("eve leaves", fewer))
    assert "eve leaves" not in among
    alone = headline(Entry("base", base), Entry("eve leaves", fewer))
    assert "eve leaves (2 reps instead of 3)" in alone
