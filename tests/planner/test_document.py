"""A project file is plain values with lines, or a problem with a line; never a traceback."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.document import LARGEST_FILE, parse_document, read_document, read_scalar


def said(text):
    document = parse_document(text, "planner.yaml")
    return [(one.code, one.place.line) for one in document.findings]


def test_values_have_the_kinds_a_user_means():
    document = parse_document(
        "start: 2027-01-01\nmax: 10%\nyes: true\nblank:\nnumbers: [1, 2.5, 1_000, 1e3]\ntext: '2027-01-01'\nno: no\n",
        "planner.yaml",
    )
    assert document.findings == []
    assert document.values == {
        "start": dt.date(2027, 1, 1),
        "max": "10%",
        "yes": True,
        "blank": None,
        "numbers": [1, 2.5, 1000, 1000.0],
        "text": "2027-01-01",
        "no": "no",
    }


def test_every_path_knows_its_line():
    document = parse_document("a: 1\nb:\n  - {c: 2}\n  - c: 3\n    d: 4\n", "planner.yaml")
    assert document.lines.place(("b", 1, "d")).line == 5
    assert document.lines.place(("b", 1)).line == 4
    assert document.lines.place(("b", 1, "not there")).line == 4
    assert str(document.lines.place(("b", 0, "c"))) == "planner.yaml, line 3, b[#1].c"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3", [("TP202", 3)]),
        ("a: [1,\nb: 2", [("TP201", 2)]),
        ("a: b: c", [("TP201", 1)]),
        ("a:\n\t- 1", [("TP201", 2)]),
        ("a: 2027-13-45", [("TP201", 1)]),
        ("a: !!python/object:os.system x", [("TP201", 1)]),
        ("a: !secret x", [("TP201", 1)]),
        ("a: &x [*x]", [("TP201", 1)]),
        ("a: *nowhere", [("TP201", 1)]),
        ("a: &x {b: 1}\nc:\n  <<: *x", [("TP201", 3)]),
        ("? [1]\n: 2", [("TP201", 1)]),
        ("a: 1\n---\nb: 2", [("TP201", 2)]),
        ("a: \x01", [("TP201", None)]),
        ("[" * 3000, [("TP201", None)]),
        ("a: " + "9" * 5000, [("TP201", 1)]),
    ],
)
def test_a_mistake_in_the_syntax_is_named_with_its_line(text, found):
    assert said(text) == found


def test_a_character_escaped_in_two_halves_is_one_and_half_of_one_is_none():
    document = parse_document(r'"\ud83d\ude00 \u5ba2": {"a": "\ud83d\ude00"}', "planner.yaml")
    assert document.values == {"😀 客": {"a": "😀"}}
    for text in (r'a: "\ud83d"', r'"\udc00 b": 1', r'"\ude00\ud83d": 1'):
        assert said(text) == [("TP201", 1)], text


def test_anchors_cannot_unfold_without_end():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert [code for code, _ in said(bomb)] == ["TP201"]
    assert parse_document("a: &x [1]\nb: *x\n", "planner.yaml").values == {"a": [1], "b": [1]}


def test_files_that_cannot_be_read_are_findings(tmp_path):
    def code(data):
        path = tmp_path / "planner.yaml"
        path.write_bytes(data)
        return [one.code for one in read_document(path, "planner.yaml").findings]

    assert code("\ufeffname: 华东\n".encode()) == []
    assert code("name: 华东\n".encode("utf-16")) == []
    assert code("version: 1\nname: caf\xe9\n".encode("cp1252")) == ["TP200"]
    assert code(b"#" * (LARGEST_FILE + 1)) == ["TP200"]
    assert code(b"\x00\x01\x02") == ["TP201"]
    assert read_document(tmp_path / "nowhere.yaml", "nowhere.yaml").findings[0].code == "TP200"
    assert read_document(tmp_path, "folder").findings[0].code == "TP200"


def test_a_setting_is_read_as_yaml():
    assert [read_scalar(text) for text in ("3%", "0.5", "true", "[0%, 2%]", "2027-01-01", "", "same")] == [
        "3%",
        0.5,
        True,
        ["0%", "2%"],
        dt.date(2027, 1, 1),
        None,
        "same",
    ]
    with pytest.raises(ValueError, match="flow"):
        read_scalar("[1, 2")


PIECES = ["a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&x ", "*x", "!t ", "|", ">", "'", '"', "#", "%", "@",
          "?", "---", "...", "1", "2027-01-01", "\t", "~", "<<", "é", "\u2028", "\x85"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_a_document_or_a_finding(text):
    document = parse_document(text, "planner.yaml")
    assert all(one.code in ("TP201", "TP202") for one in document.findings)
