"""What people see never depends on a colour, an encoding or what stands in somebody's table."""

import io
import os
import subprocess
import sys

import pytest

from planner.console import WIDEST_TABLE, Column, Paper, Progress, Said, deviation_bar, plain, width_of


def written(write, *, width=80, encoding="utf-8", colour=None):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    write(Paper(stream, width=width, colour=colour))
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("two\nlines\tand\rmore", "two␊lines␉and␍more"),
        ("evil\u202egpj.exe", "evil\ufffdgpj.exe"),
        ("\x9b31mred", "\ufffd31mred"),
        ("half a \ud800 pair", "half a \ufffd pair"),
        ("北京 café [bold] :smile:", "北京 café [bold] :smile:"),
    ],
)
def test_text_from_tables_cannot_steer_the_terminal(text, shown):
    assert plain(text) == shown
    assert written(lambda paper: paper.line(text)) == f" {shown}\n"


def test_nothing_is_coloured_in_a_pipe():
    assert "\x1b" not in written(lambda paper: paper.heading("Reps", "by revenue"))


def test_colour_marks_a_title_on_a_terminal():
    assert "\x1b[1;36mReps\x1b[0m" in written(lambda paper: paper.heading("Reps"), colour=True)


def test_a_long_name_is_cut_and_the_numbers_beside_it_are_not():
    columns = [Column("rep", shrink=True), Column("revenue", align="right")]
    shown = written(lambda paper: paper.table(columns, [("Maximiliana " * 10, "1,234,567")]), width=40)
    assert all(width_of(line) <= 40 for line in shown.splitlines())
    assert "…  1,234,567" in shown


def test_wide_characters_keep_the_columns_straight():
    rows = [("华东销售", "1"), ("Ana", "2")]
    lines = written(lambda paper: paper.table([Column(), Column(align="right")], rows)).splitlines()
    assert {width_of(line) for line in lines} == {1 + 8 + 2 + 1}


def test_a_terminal_without_unicode_gets_the_same_plan_in_ascii():
    def write(paper):
        paper.line("2.1 → 1.3 ÷ · – ±")
        paper.line(*deviation_bar(25.0, 10.0, 50.0, before=-40.0))
        paper.line("华")

    assert written(write, encoding="ascii") == " 2.1 -> 1.3 / - - +/-\n   o     : |==###\n \\u534e\n"


def test_a_bar_says_inside_outside_and_beyond_without_colour():
    def bar(after, before=0.0):
        return "".join(piece.text for piece in deviation_bar(after, 10.0, 50.0, before=before, cells=11))

    assert bar(8.0) == "    ┊○▒    "
    assert bar(30.0) == "    ┊○▒██  "
    assert bar(90.0) == "    ┊○▒███▶"
    assert bar(-90.0) == "◀███▒○┊    "
    assert bar(0.0, before=float("inf")) == "    ┊│┊   ▶"


def test_running_text_is_broken_at_spaces_and_hangs_under_its_first_word():
    shown = written(lambda paper: paper.paragraph("word " * 20, bullet="· "), width=40)
    assert shown.splitlines()[1].startswith("   word")
    assert max(map(len, shown.splitlines())) <= 40


def test_a_row_with_nothing_to_add_is_followed_by_the_next_row():
    columns = [Column("rep"), Column("points")]
    shown = written(lambda paper: paper.table(columns, [("ana", "1"), ("bob", "2")], notes=["", "a band"]))
    assert [line.split() for line in shown.splitlines()] == [
        ["rep", "points"],
        ["ana", "1"],
        ["bob", "2"],
        ["a", "band"],
    ]


def test_a_reader_who_leaves_early_does_not_change_how_the_command_ends():
    code = (
        "import sys; from planner.console import output; paper = output()\n"
        "for number in range(100000): paper.line(str(number))\n"
        "sys.exit(0)"
    )
    shown = subprocess.run(
        f"\"{sys.executable}\" -c '{code}' | head -n 1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    assert (shown.stdout.split(), shown.stderr) == (["0", "0"], "")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_progress_in_a_log_is_a_line_at_most_every_five_seconds():
    clock = Clock()

    def write(paper):
        with Progress(paper, clock=clock) as progress:
            for second in range(12):
                clock.now = float(second)
                progress.say(f"step {second}")

    assert [line.split()[-1] for line in written(write).splitlines()] == ["0", "5", "10"]


def test_what_was_said_too_early_for_a_log_is_said_later():
    clock = Clock()

    def write(paper):
        progress = Progress(paper, clock=clock)
        progress.say("reading")
        clock.now = 1.0
        progress.say("looking for a plan")
        clock.now = 6.0
        progress.catch_up()
        progress.catch_up()

    assert written(write).splitlines() == ["     0 s  reading", "     6 s  looking for a plan"]


def test_quiet_means_that_nothing_is_said():
    def write(paper):
        with Progress(paper, quiet=True) as progress:
            progress.say("working")
            progress.note("careful")

    assert written(write) == ""


def test_styled_pieces_keep_their_text():
    assert written(lambda paper: paper.line("a ", Said("b", "bad"))) == " a b\n"


@pytest.mark.parametrize(("columns", "calm", "wide"), [(60, 60, 60), (140, 100, 140), (300, 100, 200)])
def test_only_tables_of_many_columns_fill_a_wide_terminal(columns, calm, wide, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert (Paper(io.StringIO()).width, Paper(io.StringIO(), widest=WIDEST_TABLE).width) == (calm, wide)
