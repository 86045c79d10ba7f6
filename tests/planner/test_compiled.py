"""What is compiled at first use can be compiled ahead."""

from planner import compiled


def test_orgs_that_run_the_compiled_loops_are_solved_and_leave_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(compiled, "ORGS", (("bench-soft", 120, 6), ("gap-d", 100, 10)))
    assert compiled.compile_ahead() > 0
    assert list(tmp_path.iterdir()) == []
