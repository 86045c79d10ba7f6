"""--lang and PLANNER_LANG choose the language of what people read, never of what machines read."""

import json

from planner.commands import planner
from planner.exits import BAD_INPUT, DONE, run
from tests.worked import copy_worked


def test_a_flag_or_the_environment_chooses_the_language(tmp_path, capsys, monkeypatch):
    project = str(copy_worked(tmp_path / "worked"))
    assert run(planner, ["check", project, "--lang", "zh"]) == DONE
    chosen = capsys.readouterr().out
    assert "策略条目" in chosen
    assert run(planner, ["check", project]) == DONE
    assert "候选" not in capsys.readouterr().out
    monkeypatch.setenv("PLANNER_LANG", "zh")
    assert run(planner, ["check", project]) == DONE
    assert capsys.readouterr().out == chosen
    assert run(planner, ["check", project, "--lang", "en"]) == DONE
    assert "Candidates" in capsys.readouterr().out


def test_json_is_never_translated(tmp_path, capsys):
    project = str(copy_worked(tmp_path / "worked"))
    said = []
    for code in ("en", "zh"):
        assert run(planner, ["check", project, "--json", "--lang", code]) == DONE
        said.append(json.loads(capsys.readouterr().out))
    assert said[0] == said[1]


def test_a_language_that_the_planner_does_not_speak_is_refused(tmp_path, capsys):
    assert run(planner, ["check", str(tmp_path), "--lang", "tlh"]) == BAD_INPUT
    assert "'en', 'zh'" in capsys.readouterr().err
