"""A folder is there as a whole or not at all, wherever it lies; nothing of anybody else's is lost on the way."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.findings import InputRefused
from planner.write.folder import Kind, chosen_folder, next_folder
from planner.write.publishing import publish
from planner.write.run import RUN
from planner.write.unfinished import OLD, PARTIAL, held, hidden
from tests.planner.finished.made import worked_run

NOTE = Kind("a note", "a", frozenset({"a", "b", "b/c", "b/old"}))


def write(folder: Path, text: str = "new") -> None:
    (folder / "a").write_text(text)
    (folder / "b").mkdir()
    (folder / "b" / "c").write_text(text)


def broken(folder: Path) -> None:
    write(folder)
    raise OSError(28, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
def mounted(tmp_path, request):
    """A folder where another disk is mounted, or the same one once more: that cannot be renamed."""
    place, source = tmp_path / "out", tmp_path / "source"
    place.mkdir()
    source.mkdir()
    how = ["--bind", source] if request.param == "bind" else ["-t", "tmpfs", "tmpfs"]
    if subprocess.run(["mount", *how, place], check=False, capture_output=True).returncode:
        pytest.skip("may not mount")
    yield place
    subprocess.run(["umount", place], check=True)


def test_runs_are_numbered_and_none_is_overwritten(tmp_path):
    assert [worked_run(tmp_path).name, worked_run(tmp_path).name] == ["001", "002"]
    (tmp_path / "runs" / "041").mkdir()
    assert next_folder(tmp_path).name == "042"


def test_a_file_that_is_called_like_a_run_takes_its_number(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "007").write_text("dear")
    assert publish(None, tmp_path, write).name == "008"


def test_those_who_number_at_the_same_time_take_a_number_each(tmp_path):
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(lambda _: publish(None, tmp_path, write).name, range(40)))
    assert sorted(found) == names(tmp_path / "runs") == [f"{number:03}" for number in range(1, 41)]


# ---- what may be replaced ----------------------------------------------------------------------------------------


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    assert chosen_folder(out, NOTE).folder == out
    (out / "thesis.txt").write_text("dear")
    with pytest.raises(InputRefused, match="not empty"):
        chosen_folder(out, NOTE, force=True)


def test_an_earlier_run_is_replaced_only_by_force(tmp_path):
    out = tmp_path / "q1"
    worked_run(tmp_path, out=out)
    with pytest.raises(InputRefused, match="--force"):
        chosen_folder(out, RUN)
    before = (out / "plan.json").stat().st_ino
    assert worked_run(tmp_path, out=chosen_folder(out, RUN, force=True)) == out
    assert (out / "plan.json").stat().st_ino != before
    assert names(tmp_path) == ["q1"]


def test_force_replaces_nothing_that_is_not_of_the_earlier_run(tmp_path):
    out = tmp_path / "Downloads"
    worked_run(tmp_path, out=out)
    for name in ("thesis.txt", "cats", "taxes.xlsx", "zebra"):
        (out / name).write_text("dear")
    with pytest.raises(InputRefused) as refused:
        chosen_folder(out, RUN, force=True)
    (finding,) = refused.value.findings
    assert finding.found == "an earlier run, and what would be lost: cats, taxes.xlsx, thesis.txt and 1 more"
    assert finding.hint == "Try another --out, or move that away"


def test_what_file_managers_leave_does_not_fill_a_folder(tmp_path):
    (tmp_path / ".DS_Store").write_text("icons")
    assert chosen_folder(tmp_path, NOTE).folder == tmp_path


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path):
    elsewhere = tmp_path / "disk"
    for name, target in (("there", elsewhere / "there"), ("not-yet", elsewhere / "new")):
        (tmp_path / name).symlink_to(target)
    (elsewhere / "there").mkdir(parents=True)
    for name in ("there", "not-yet"):
        assert publish(tmp_path / name, tmp_path, lambda work: (work / "a").write_text("a")) == tmp_path / name
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / name / "a").read_text() == "a"
    assert names(tmp_path) == ["disk", "not-yet", "there"]
    assert names(elsewhere) == ["new", "there"]


def test_two_who_replace_one_folder_at_the_same_time_leave_a_whole_one_and_nothing_else(tmp_path):
    target = tmp_path / "runs" / "one"
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda _: publish(target, tmp_path, write), range(200)))
    assert names(target) == ["a", "b"]
    assert names(target.parent) == ["one"]


# ---- where a folder has to stay what it is -------------------------------------------------------------------------


@pytest.mark.parametrize("mounted", ["tmpfs", "bind"], indirect=True)
def test_a_mount_point_is_given_contents_and_stays_mounted(mounted, tmp_path):
    disk = mounted.stat().st_ino
    assert publish(chosen_folder(mounted, NOTE), tmp_path, write) == mounted
    (mounted / "b" / "old").write_text("old")
    publish(chosen_folder(mounted, NOTE, force=True), tmp_path, write)
    assert mounted.stat().st_ino == disk
    assert (names(mounted), names(mounted / "b")) == (["a", "b"], ["c"])
    assert names(tmp_path) == ["out", "source"]


@pytest.mark.parametrize("mounted", ["tmpfs", "bind"], indirect=True)
def test_a_mount_point_keeps_what_it_had_when_writing_fails(mounted, tmp_path):
    publish(mounted, tmp_path, lambda work: write(work, "old"))
    with pytest.raises(OSError, match="No space"):
        publish(mounted, tmp_path, broken)
    assert names(mounted) == ["a", "b"]
    assert (mounted / "b" / "c").read_text() == "old"
    assert names(tmp_path) == ["out", "source"]


@pytest.mark.parametrize("mounted", ["tmpfs"], indirect=True)
def test_a_new_disk_is_empty_in_spite_of_what_its_file_system_needs(mounted, tmp_path):
    (mounted / "lost+found").mkdir()
    for force in (False, True):
        publish(chosen_folder(mounted, NOTE, force=force), tmp_path, write)
        assert names(mounted) == ["a", "b", "lost+found"]


@pytest.mark.parametrize("mounted", ["tmpfs"], indirect=True)
def test_a_folder_that_cannot_be_moved_aside_costs_nothing_of_what_was_there(mounted, tmp_path):
    write(mounted, "old")
    inner = mounted / "z"
    inner.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", inner], check=True)
    try:
        with pytest.raises(OSError, match="busy"):
            publish(mounted, tmp_path, write)
    finally:
        subprocess.run(["umount", inner], check=True)
    assert names(mounted) == ["a", "b", "z"]
    assert (mounted / "a").read_text() == "old"


@pytest.mark.parametrize("called", [".", "../here"])
def test_the_current_folder_is_given_contents_and_stays_the_current_one(tmp_path, called):
    here = tmp_path / "here"
    here.mkdir()
    with contextlib.chdir(here):
        for force in (False, True):
            publish(chosen_folder(Path(called), NOTE, force=force), tmp_path, write)
            assert names(Path()) == names(here) == ["a", "b"]
    assert names(tmp_path) == ["here"]


def test_a_folder_that_is_ones_own_in_one_that_is_not_is_given_contents(tmp_path):
    """As root may write everywhere, somebody else does."""
    shut = tmp_path / "shut"
    own = shut / "own"
    own.mkdir(parents=True)
    shut.chmod(0o555)
    if os.geteuid() == 0:
        for one in (tmp_path, *tmp_path.parents):
            if one == Path(tempfile.gettempdir()):
                break
            one.chmod(one.stat().st_mode | 0o055)
        os.chown(own, 65534, 65534)
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            publish(own, tmp_path, write)
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert names(own) == ["a", "b"]
    shut.chmod(0o755)


# ---- what is left ------------------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_no_folder_that_was_made_for_it(tmp_path):
    (tmp_path / "mine").mkdir()
    for target in (tmp_path / "a" / "b" / "c", tmp_path / "mine" / "d", None):
        with pytest.raises(OSError, match="No space"):
            publish(target, tmp_path, broken)
    assert names(tmp_path) == ["mine"]
    assert names(tmp_path / "mine") == []


KILLED = """
import sys, time
from pathlib import Path
from planner.write.publishing import publish

def write(folder):
    (folder / "a").write_text("half")
    print("writing", flush=True)
    time.sleep(60)

publish(Path(sys.argv[1]) if sys.argv[1] else None, Path(sys.argv[2]), write)
"""


@contextlib.contextmanager
def writing(target: Path | None, project: Path):
    """Somebody who writes there at this moment, and does not come to an end."""
    command = [sys.executable, "-c", KILLED, "" if target is None else str(target), str(project)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"writing\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("where", ["report/all", "here", None])
def test_what_is_left_of_one_who_was_killed_goes_when_the_same_is_written_again(tmp_path, where):
    target = None if where is None else tmp_path / where
    home = tmp_path / "runs" if target is None else target.parent
    if where == "here":
        target.mkdir()
        home = target
    with contextlib.chdir(target if where == "here" else tmp_path):
        with writing(target, tmp_path) as process:
            process.send_signal(signal.SIGKILL)
        assert [one for one in names(home) if one.endswith(".partial")]
        made = publish(None if target is None else chosen_folder(target, NOTE), tmp_path, write)
    assert names(made) == ["a", "b"]
    assert not [one for one in names(home) if one.startswith(".")]


def test_what_another_is_writing_at_this_moment_is_left_to_it(tmp_path):
    target = tmp_path / "report" / "all"
    with writing(target, tmp_path):
        (theirs,) = names(target.parent)
        publish(target, tmp_path, write)
        assert names(target.parent) == [theirs, "all"]
        assert (target.parent / theirs / "a").read_text() == "half"


def test_only_what_has_such_a_name_and_is_a_folder_of_its_own_is_a_leftover(tmp_path):
    home, precious = tmp_path / "report", tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").write_text("dear")
    home.mkdir()
    link = hidden(home, "all", PARTIAL)
    link.symlink_to(precious)
    file = hidden(home, "all", PARTIAL)
    file.write_text("dear")
    others = [hidden(home, "rep-R1", PARTIAL), home / ".all.mine.partial", home / ".all.partial", home / "all.old"]
    for one in others:
        one.mkdir()
    publish(home / "all", tmp_path, write)
    assert names(home) == sorted(one.name for one in (home / "all", link, file, *others))
    assert names(precious) == ["letter"]


def test_what_was_laid_aside_stays_until_there_is_another_whole_one(tmp_path):
    aside = hidden(tmp_path, "all", OLD)
    aside.mkdir()
    write(aside)
    with pytest.raises(OSError, match="No space"):
        publish(tmp_path / "all", tmp_path, broken)
    assert names(tmp_path) == [aside.name]
    publish(tmp_path / "all", tmp_path, write)
    assert names(tmp_path) == ["all"]


def test_a_folder_that_was_being_given_other_contents_is_still_an_earlier_one(tmp_path):
    aside = hidden(tmp_path, tmp_path.name, OLD)
    aside.mkdir()
    (aside / "a").write_text("old")
    (tmp_path / "b").write_text("new")
    with pytest.raises(InputRefused, match="--force"):
        chosen_folder(tmp_path, NOTE)
    with contextlib.chdir(tmp_path):
        publish(chosen_folder(tmp_path, NOTE, force=True), tmp_path, write)
    assert names(tmp_path) == ["a", "b"]


def test_whoever_waits_for_a_folder_gets_it_when_it_is_let_go(tmp_path):
    with ThreadPoolExecutor() as pool:
        with held(tmp_path) as mine, held(tmp_path) as other:
            assert (mine, other) == (True, False)
            waiting = pool.submit(lambda: held(tmp_path, patience_seconds=60).__enter__())
            time.sleep(0.05)
            assert not waiting.done()
        assert waiting.result(timeout=30)
