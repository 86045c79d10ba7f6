"""YAML as plain values with the line of each: what the project file says and where."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from models.findings import Finding, Place

LARGEST_FILE = 2_000_000
MOST_VALUES = 200_000
DEEPEST = 40

Step = str | int
Where = tuple[Step, ...]

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Lines:
    """The lines of a file, by the path of what stands there.

    What a scenario or ``--set`` has changed stands where that says so (``said``).
    """

    file: str
    lines: Mapping[Where, int] = field(default_factory=dict)
    said: Mapping[Where, Place] = field(default_factory=dict)

    def place(self, where: Where) -> Place:
        """Return the place of a path: its own line, or that of the nearest thing around it."""
        for length in range(len(where), -1, -1):
            if where[:length] in self.said:
                return replace(self.said[where[:length]], path=written(where))
            if where[:length] in self.lines:
                return Place(file=self.file, line=self.lines[where[:length]], path=written(where))
        return Place(file=self.file, path=written(where))

    def changed(self, said: Mapping[Where, Place], moved: Mapping[Where, Sequence[int | None]] | None = None) -> Lines:
        """Return the lines of the document after some paths were changed elsewhere.

        ``moved`` tells for each list that lost or gained items where each of them stood before (None: nowhere).
        """
        lines, before = dict(self.lines), dict(self.said)
        for where, positions in (moved or {}).items():
            lines, before = _renumbered(lines, where, positions), _renumbered(before, where, positions)
        if said:
            lines = {
                one: line
                for one, line in lines.items()
                if not any(one[:length] in said for length in range(len(one) + 1))
            }
        return Lines(self.file, lines, {**before, **said})


Stands = TypeVar("Stands")


def _renumbered(places: Mapping[Where, Stands], where: Where, positions: Sequence[int | None]) -> dict[Where, Stands]:
    """Return what stands where after the items of a list have moved."""
    now = {before: at for at, before in enumerate(positions) if before is not None}
    depth = len(where)
    renumbered: dict[Where, Stands] = {}
    for one, stands in places.items():
        if one[:depth] != where or len(one) == depth:
            renumbered[one] = stands
        elif isinstance(step := one[depth], int) and step in now:
            renumbered[(*where, now[step], *one[depth + 1 :])] = stands
    return renumbered


def written(where: Where) -> str | None:
    """Return a path as a person writes it: ``policy.capacity[#2].max``; None for the whole file."""
    text = ""
    for step in where:
        text += f"[#{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text or None


@dataclass
class Document:
    """A YAML file as plain values: dict, list, text, number, bool, date, None; with lines and problems."""

    values: Any
    lines: Lines
    findings: list[Finding]


class _NotRead(Exception):
    """Something in a document that cannot be made a value."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def read_document(path: Path, file: str) -> Document:
    """Read a YAML file; ``file`` is what findings call it.

    Problems are among the findings: a file that cannot be read, is no UTF-8, is endless, has a mistake in its syntax,
    or has a key twice. Then ``values`` is None, or holds the first of two.
    """
    try:
        with path.open("rb") as source:
            data = source.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _refused(Finding("TP200", "The file cannot be read", Place(file=file), found=reason.lower()), file)
    if len(data) > LARGEST_FILE:
        return _refused(
            Finding(
                "TP200",
                "The file is too large for a project file",
                Place(file=file),
                found=f"more than {LARGEST_FILE / 1e6:g} MB",
                hint="Try to keep tables in files of their own",
            ),
            file,
        )
    marks = (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if data.startswith(marks) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _refused(
            Finding(
                "TP200",
                "The file is not written in UTF-8",
                Place(file=file, line=line),
                found=f"the bytes {data[error.start : error.start + 4].hex(' ')}",
                hint="Try saving it as UTF-8 in your editor",
            ),
            file,
        )
    return parse_document(text, file)


def parse_document(text: str, file: str) -> Document:
    """Read YAML from a text; see :func:`read_document`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            node = YAML(typ="safe", pure=True).compose(text)
        reader = _Reader(file)
        values = None if node is None else reader.value(node, (), 0)
    except _NotRead as problem:
        return _refused(problem.finding, file)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ": ".join(str(part) for part in (error.context, error.problem) if part)
        return _refused(_syntax(file, None if mark is None else mark.line + 1, said), file)
    except YAMLError as error:
        return _refused(_syntax(file, None, str(error).split("\n")[0]), file)
    except RecursionError:
        return _refused(_endless(file, None), file)
    return Document(values, Lines(file, reader.lines), reader.findings)


def _refused(finding: Finding, file: str) -> Document:
    return Document(None, Lines(file), [finding])


def _syntax(file: str, line: int | None, said: str) -> Finding:
    said = said.removeprefix("found ")
    hint = "Try to check the indentation, and put quotes around text that holds ': ' or begins with a special sign"
    if "\\t" in said or "'\t'" in said:
        hint = "Try spaces instead of tabs"
    return Finding("TP201", "The file is no valid YAML", Place(file=file, line=line), found=said, hint=hint)


def _endless(file: str, line: int | None) -> Finding:
    return Finding(
        "TP201",
        "The file unfolds into too much",
        Place(file=file, line=line),
        expected=f"at most {MOST_VALUES:,} values, {DEEPEST} levels deep",
        hint="Try to write it without anchors (&) and aliases (*)",
    )


class _Reader:
    """Makes values of nodes, notes the line of each and every key that stands twice."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Where, int] = {}
        self.findings: list[Finding] = []
        self._count = 0

    def value(self, node: Node, where: Where, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(where, line)
        self._count += 1
        if self._count > MOST_VALUES or depth > DEEPEST:
            raise _NotRead(_endless(self.file, line))
        if isinstance(node, MappingNode):
            self._known_tag(node, "map")
            return self._mapping(node, where, depth)
        if isinstance(node, SequenceNode):
            self._known_tag(node, "seq")
            return [self.value(one, (*where, at), depth + 1) for at, one in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node)

    def _mapping(self, node: MappingNode, where: Where, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                raise _NotRead(_syntax(self.file, line, "a list or a mapping as a key"))
            key = self._text(key_node)
            if key_node.tag == _TAG + "merge":
                raise _NotRead(_syntax(self.file, line, "the merge key '<<', which is not supported"))
            if key in values:
                self.findings.append(
                    Finding(
                        "TP202",
                        "The key stands twice",
                        Place(self.file, line=line, path=written((*where, key))),
                        found=f"{key!r}, first on line {self.lines[(*where, key)]}",
                        hint="Try to join the two, or remove one",
                    )
                )
                continue
            self.lines[(*where, key)] = line
            values[key] = self.value(value_node, (*where, key), depth + 1)
        return values

    def _scalar(self, node: ScalarNode) -> Any:
        text, line = self._text(node), node.start_mark.line + 1
        kind = str(node.tag).removeprefix(_TAG)
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() in ("true", "yes", "on", "y")
            if kind == "int":
                return int(text.replace("_", ""), 0 if text.lower().lstrip("+-").startswith(("0x", "0o", "0b")) else 10)
            if kind == "float":
                return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
            if kind == "timestamp":
                return dt.date.fromisoformat(text) if len(text) <= 10 else dt.datetime.fromisoformat(text)
        except ValueError:
            wanted = "a date" if kind == "timestamp" else "a number"
            raise _NotRead(
                Finding(
                    "TP201",
                    f"A value that looks like {wanted} is none",
                    Place(file=self.file, line=line),
                    found=text if len(text) <= 60 else text[:59] + "…",
                    hint="Try 2027-01-31" if kind == "timestamp" else "Try quotes around it if it is text",
                )
            ) from None
        self._known_tag(node, "str")
        return text

    def _text(self, node: ScalarNode) -> str:
        """Return a text; a character that is escaped in two halves, as JSON does it, is one."""
        text = str(node.value)
        if text.isascii():
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            line = node.start_mark.line + 1
            raise _NotRead(_syntax(self.file, line, f"half a character in {ascii(text)[:60]}")) from None

    def _known_tag(self, node: Node, kind: str) -> None:
        if str(node.tag) not in (_TAG + kind, "!"):
            raise _NotRead(
                _syntax(self.file, node.start_mark.line + 1, f"the tag {str(node.tag)[:60]!r}, which is not supported")
            )


def read_scalar(text: str) -> Any:
    """Read the value of ``--set PATH=VALUE`` as YAML: ``3%``, ``0.5``, ``true``, ``[1%, 2%]``, ``2027-01-01``.

    Raises
    ------
    ValueError
        When the text is no YAML value.

    >>> read_scalar("[0%, 2%]"), read_scalar("12"), read_scalar("same")
    (['0%', '2%'], 12, 'same')
    """
    document = parse_document(text, "--set")
    if document.findings:
        raise ValueError(document.findings[0].found or document.findings[0].title)
    return document.values
