"""``planner report`` as somebody at the keyboard meets it: what is written, where, for whom, and what is refused."""

import contextlib
import json
import shutil

import pytest

from planner.exits import BAD_INPUT, DONE
from planner.report.blocks import Table
from planner.report.writing import make_report
from tests.browser import opened
from tests.planner.at_keyboard import said
from tests.planner.finished.made import edit, infeasible_run, planned_project


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the worked case with a run, which no test changes."""
    return planned_project(tmp_path_factory.mktemp("report") / "worked")


@pytest.fixture
def project(planned, tmp_path):
    """Return the same in a folder of its own, which is the current one."""
    with contextlib.chdir(shutil.copytree(planned, tmp_path / "worked")):
        yield tmp_path / "worked"


def test_a_page_and_a_workbook_stand_beside_the_run(project, capsys):
    code, shown, _ = said(capsys, "report")
    assert code == DONE
    folder = project / "runs" / "001" / "report" / "all"
    assert sorted(one.name for one in folder.iterdir()) == ["plan.html", "plan.xlsx"]
    assert "plan.html" in shown
    assert said(capsys, "verify")[0] == DONE


def test_pictures_of_every_chart_are_written_when_asked_for(project, capsys):
    code, shown, _ = said(capsys, "report", "runs/001", "--images", "--json")
    assert code == DONE
    files = json.loads(shown)["files"]
    pictures = [one for one in files if "/images/" in one]
    assert pictures
    assert {one.rsplit(".", 1)[1] for one in pictures} == {"png", "svg"}
    assert all((project / one).stat().st_size > 500 for one in files)


def test_sheets_per_manager_of_people_without_managers_are_a_warning_and_the_rest_is_written(project, capsys):
    rows = [line.split(",") for line in (project / "reps.csv").read_text(encoding="utf-8").splitlines()]
    assert "manager_id" not in rows[0]
    code, shown, told = said(capsys, "report", "--sheet-per-manager", "--images", "--json")
    assert code == DONE
    assert len(json.loads(shown)["files"]) > 2
    assert "--sheet-per-manager would change nothing here: no table in it names managers." in " ".join(told.split())
    assert "--sheet-per-manager" not in said(capsys, "report", "--images")[2]


def test_a_report_again_replaces_the_one_before_and_nothing_else(project, capsys):
    said(capsys, "report", "--images")
    said(capsys, "report")
    assert not (project / "runs/001/report/all/images").exists()
    assert [one.name for one in (project / "runs").iterdir()] == ["001"]


def test_a_folder_with_other_things_is_not_replaced(project, capsys):
    (project / "mine").mkdir()
    (project / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    code, _, told = said(capsys, "report", "--out", "mine", "--force")
    assert code == BAD_INPUT
    assert "not empty" in told
    assert [one.name for one in (project / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("letter", ["all", "all/letter.txt"])
def test_what_is_no_report_is_not_replaced_where_reports_go_by_themselves_either(project, capsys, letter):
    place = project / "runs/001/report" / letter
    place.parent.mkdir(parents=True)
    place.write_text("dear", encoding="utf-8")
    code, _, told = said(capsys, "report")
    assert code == BAD_INPUT
    assert "not empty" in told
    assert place.read_text(encoding="utf-8") == "dear"
    assert [one.name for one in (project / "runs/001/report").iterdir()] == ["all"]


def test_an_earlier_report_is_replaced_by_force_only(project, capsys):
    assert said(capsys, "report", "--out", "out")[0] == DONE
    assert said(capsys, "report", "--out", "out")[0] == BAD_INPUT
    assert said(capsys, "report", "--out", "out", "--force")[0] == DONE


def test_one_person_has_a_folder_of_its_own(project, capsys):
    code, _, _ = said(capsys, "report", "--for", "rep:ana")
    assert code == DONE
    folder = project / "runs/001/report/rep-ana"
    assert (folder / "plan.html").is_file()
    page = (folder / "plan.html").read_text(encoding="utf-8")
    assert "North Star" in page
    assert "River Foods" not in page
    assert '"Eve"' not in page
    assert ">Eve<" not in page


def test_a_person_has_one_folder_however_typed(project, capsys):
    for typed in ("rep:ana", "REP: Ana"):
        assert said(capsys, "report", "--for", typed)[0] == DONE
    assert [one.name for one in (project / "runs/001/report").iterdir()] == ["rep-ana"]


def test_people_whose_ids_differ_in_capitals_only_share_no_folder_on_any_system(project, capsys):
    edit(project, "reps.csv", "bob,Bob,", "ANA,Bob,")
    edit(project, "customers.csv", ",bob,", ",ANA,")
    assert said(capsys, "plan", "--quiet", "--out", "both")[0] == DONE
    for person in ("rep:ana", "rep:ANA"):
        assert said(capsys, "report", "both", "--for", person)[0] == DONE
    folders = [one.name for one in (project / "both/report").iterdir()]
    assert len({one.casefold() for one in folders}) == len(folders) == 2


@pytest.mark.long
def test_the_report_of_a_comparison_for_one_has_the_folder_of_that_person(project, capsys):
    assert said(capsys, "compare", "--scenario", "base", "--scenario", "status quo", "--out", "both")[0] == DONE
    for typed in ("rep:ana", "rep:Ana"):
        assert said(capsys, "report", "both", "--for", typed)[0] == DONE
    assert [one.name for one in (project / "both/report").iterdir()] == ["rep-ana"]


def test_a_report_never_replaces_what_it_is_of_nor_anything_that_is_no_report(project, capsys):
    assert said(capsys, "compare", "--scenario", "base", "--report", "--out", "both")[0] == DONE
    assert said(capsys, "report")[0] == DONE
    shutil.copy("runs/001/report/all/plan.html", "plan.html")
    before = {one: one.stat().st_ino for one in project.rglob("*")}
    for of, out in (("both", "both"), (".", ".")):
        code, _, told = said(capsys, "report", of, "--out", out, "--force")
        assert code == BAD_INPUT
        assert "an earlier report, and what would be lost: " in " ".join(told.split())
    assert {one: one.stat().st_ino for one in project.rglob("*")} == before


def test_a_report_goes_into_the_current_folder_too(project, capsys):
    (project / "mine").mkdir()
    with contextlib.chdir(project / "mine"):
        assert said(capsys, "report", "..", "--out", ".")[0] == DONE
        assert said(capsys, "report", "..", "--out", ".", "--force")[0] == DONE
        assert sorted(one.name for one in (project / "mine").iterdir()) == ["plan.html", "plan.xlsx"]


def test_nobody_of_that_name_is_refused_and_nothing_is_written(project, capsys):
    code, _, told = said(capsys, "report", "--for", "rep:anna")
    assert code == BAD_INPUT
    assert "Try 'ana'" in told
    assert not (project / "runs/001/report").exists()


def test_without_a_run_or_a_plan_there_is_nothing_to_report(tmp_path, capsys):
    assert said(capsys, "report", str(tmp_path))[0] == BAD_INPUT
    folder = infeasible_run(tmp_path)
    code, _, told = said(capsys, "report", str(folder))
    assert code == BAD_INPUT
    assert "infeasible, or name another run" in " ".join(told.split())


def test_the_page_speaks_chinese(project, capsys):
    code, _, _ = said(capsys, "report", "--lang", "zh")
    assert code == DONE
    page = (project / "runs/001/report/all/plan.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans"' in page
    assert "客户" in page


def test_edited_assignments_are_reported_as_they_are_now_or_refused(project, capsys):
    edit(project / "runs/001", "assignments.csv", "C1,owner,ana", "C1,owner,nobody-known")
    code, _, told = said(capsys, "report")
    assert code == BAD_INPUT
    assert "nobody-known" in told


def test_what_was_proven_of_a_plan_is_not_told_of_an_edited_one(project, capsys):
    edit(project / "runs/001", "assignments.csv", "C1,owner,ana", "C1,owner,bob")
    code, _, told = said(capsys, "report")
    assert code == BAD_INPUT
    assert "Try planner adopt runs/001/assignments.csv runs/001" in " ".join(told.split())
    assert not (project / "runs/001/report").exists()
    said(capsys, "adopt", "runs/001/assignments.csv", "runs/001", "--even-broken", "--out", "mine")
    assert "measured as it is" in make_report("mine", out="out").report.headline


def test_a_gap_that_does_not_follow_from_the_plan_is_not_told(project, capsys):
    edit(project / "runs/001", "plan.json", '"certified_gap": 0.', '"certified_gap": 0.0')
    code, _, told = said(capsys, "report")
    assert code == BAD_INPUT
    assert "planner verify runs/001" in " ".join(told.split())


def test_names_that_break_whoever_draws_them_are_drawn_all_the_same(project, capsys, browser):
    edit(project, "reps.csv", "ana,Ana,", "ana,Ana\x0bBerg,")
    edit(project, "reps.csv", "bob,Bob,", "bob,constructor,")
    edit(project, "reps.csv", "eve,Eve,", "eve,Eve\u2028Berg,")
    edit(project, "customers.csv", ",100,A", ",100,__proto__")
    edit(project, "customers.csv", ",60,B", ",60,toString")
    assert said(capsys, "plan", "--quiet")[0] == DONE
    assert said(capsys, "report", "--images", "--out", "out")[0] == DONE
    with opened(browser, project / "out" / "plan.html") as shown:
        charts = shown.locator("[data-block=chart]")
        for at in range(charts.count()):
            charts.nth(at).scroll_into_view_if_needed()
            charts.nth(at).locator("svg.marks, canvas.marks").first.wait_for()


@pytest.mark.long
def test_a_link_to_a_section_below_charts_brings_it_into_view(project, capsys, browser):
    assert said(capsys, "report", "--out", "out")[0] == DONE
    with opened(browser, project / "out" / "plan.html", fragment="assignments", height=600) as shown:
        shown.wait_for_timeout(1500)
        top = shown.evaluate("document.getElementById('assignments').getBoundingClientRect().top")
        end = shown.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
        assert 0 <= top < 60 or end


def test_moves_say_what_staying_would_cost(project):
    made = make_report("runs/001", out="out")
    (moves,) = (one for one in made.report.blocks(Table) if one.key == "moves")
    staying = dict(zip(moves.cells["customer_id"], moves.cells["staying"], strict=True))
    assert staying["C3"] == pytest.approx(29 / 9)


def test_a_project_called_like_somebody_else_is_not_named_to_others(project, capsys):
    renamed = project.rename(project.parent / "about eve")
    with contextlib.chdir(renamed):
        assert said(capsys, "plan", "--quiet", "--out", "lose eve")[0] == DONE
        made = make_report("lose eve", out="out", person="rep:ana")
    assert "eve" not in f"{made.report.title} {made.report.subtitle} {dict(made.report.made)}".casefold().split()
    assert "about eve" not in made.files[0].read_text(encoding="utf-8")
