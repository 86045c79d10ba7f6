"""Nothing that a person put into a folder is lost, whenever and however deep in it: new work goes beside it."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.findings import InputRefused
from planner.write.comparison import COMPARISON
from planner.write.folder import Kind, chosen_folder
from planner.write.frontier import FRONTIER
from planner.write.publishing import publish
from planner.write.run import RUN
from tests.planner.finished.made import worked_run

NOTE = Kind("a note", "a", frozenset({"a", "b/c"}))


def write(folder: Path, text: str = "new") -> None:
    (folder / "a").write_text(text)
    (folder / "b").mkdir()
    (folder / "b" / "c").write_text(text)


def files(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if not one.is_dir())


@pytest.fixture
def enters(tmp_path):
    """What writes a note while somebody puts a letter into the same folder."""

    def entering(out: Path):
        def writing(work: Path) -> None:
            write(work)
            out.mkdir(exist_ok=True)
            (out / "letter").write_text("dear")

        return writing

    return entering


@pytest.mark.parametrize("before", ["absent", "empty", "earlier"])
def test_what_enters_a_folder_while_work_goes_on_stays_and_the_work_goes_beside_it(tmp_path, enters, before):
    out = tmp_path / "out"
    if before != "absent":
        out.mkdir()
    if before == "earlier":
        write(out, "old")
    target = chosen_folder(out, NOTE, force=before == "earlier")
    assert publish(target, tmp_path, enters(out)) == tmp_path / "out-2"
    old = ["out/a", "out/b/c"] if before == "earlier" else []
    assert files(tmp_path) == ["out-2/a", "out-2/b/c", *old, "out/letter"]
    assert (tmp_path / "out-2" / "a").read_text() == "new"


def test_work_goes_into_no_folder_that_is_there_already_when_its_own_is_taken(tmp_path, enters):
    (tmp_path / "out-2").mkdir()
    (tmp_path / "out-3").symlink_to("nowhere")
    out = tmp_path / "out"
    assert publish(chosen_folder(out, NOTE), tmp_path, enters(out)) == tmp_path / "out-4"


def test_a_file_that_takes_the_name_of_the_folder_stays(tmp_path):
    out = tmp_path / "out"

    def writing(work: Path) -> None:
        write(work)
        out.write_text("dear")

    assert publish(chosen_folder(out, NOTE), tmp_path, writing) == tmp_path / "out-2"
    assert files(tmp_path) == ["out", "out-2/a", "out-2/b/c"]


def test_what_enters_the_current_folder_stays_and_the_work_goes_into_a_new_one_in_it(tmp_path, enters):
    here = tmp_path / "here"
    here.mkdir()
    with contextlib.chdir(here):
        made = publish(chosen_folder(Path(), NOTE), tmp_path, enters(here))
        assert made == Path("here-2")
        assert files(here) == ["here-2/a", "here-2/b/c", "letter"]
    assert [one.name for one in tmp_path.iterdir()] == ["here"]


def test_what_is_reached_by_a_link_goes_beside_the_folder_that_the_link_leads_to(tmp_path, enters):
    there = tmp_path / "disk" / "there"
    there.mkdir(parents=True)
    (tmp_path / "out").symlink_to(there)
    made = publish(chosen_folder(tmp_path / "out", NOTE), tmp_path, enters(there))
    assert made == tmp_path / "disk" / "there-2"
    assert files(there) == ["letter"]


def test_what_enters_at_the_very_moment_of_the_exchange_is_given_back(tmp_path, monkeypatch):
    out, rename = tmp_path / "out", Path.rename
    out.mkdir()

    def late(self: Path, target: Path) -> Path:
        if self == out:
            (out / "letter").write_text("dear")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    assert publish(chosen_folder(out, NOTE), tmp_path, write) == tmp_path / "out-2"
    assert files(tmp_path) == ["out-2/a", "out-2/b/c", "out/letter"]


def test_of_those_who_write_to_one_folder_at_the_same_time_each_keeps_the_work(tmp_path):
    target = chosen_folder(tmp_path / "out", NOTE)
    with ThreadPoolExecutor(max_workers=4) as pool:
        made = list(pool.map(lambda text: publish(target, tmp_path, lambda one: write(one, str(text))), range(40)))
    assert sorted((one / "a").read_text() for one in made) == sorted(map(str, range(40)))
    assert len(set(made)) == 40 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize(
    ("kind", "mine"),
    [
        (RUN, "inputs/notes.txt"),
        (RUN, "inputs/runs/001/plan.json"),
        (RUN, "report/mine/slides.pptx"),
        (RUN, "report/all/mine.txt"),
        (RUN, "report/all/images/mine.png"),
        (RUN, "report/manager-M1/plan.html"),
        (RUN, "report/mine/"),
        (COMPARISON, "images/mine.png"),
        (COMPARISON, "report/rep-ana/comparison.html"),
        (FRONTIER, "images/mine.txt"),
        (FRONTIER, "frontier.csv/mine.txt"),
    ],
)
def test_force_replaces_nothing_of_others_in_the_subfolders_of_earlier_work(tmp_path, kind, mine):
    (tmp_path / kind.record).write_text("{}")
    path = tmp_path / mine
    path.parent.mkdir(parents=True, exist_ok=True)
    if mine.endswith("/"):
        path.mkdir()
    else:
        path.write_text("dear")
    with pytest.raises(InputRefused) as refused:
        chosen_folder(tmp_path, kind, force=True)
    (finding,) = refused.value.findings
    lost = finding.found.removeprefix(f"an earlier {kind.what.removeprefix('a ')}, and what would be lost: ")
    assert mine.startswith(lost)
    assert "move that away" in finding.hint


def test_all_that_the_planner_writes_by_itself_may_be_replaced(tmp_path):
    out = worked_run(tmp_path, out=tmp_path / "q1")
    for name in ("verified.json", "report/all/plan.html", "report/all/plan.xlsx", "report/all/.DS_Store"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("made")
    (out / "report/all/images").mkdir()
    for form in ("png", "svg"):
        (out / f"report/all/images/map.{form}").write_text("drawn")
    (out / "report" / f".all.{'0' * 32}.partial").mkdir()
    assert RUN.others(out) == []
    assert worked_run(tmp_path, out=chosen_folder(out, RUN, force=True)) == out
    assert not (out / "report").exists()
