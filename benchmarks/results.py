"""RESULTS.md: tables that a benchmark rewrites between its own two markers, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"

SECTIONS = {
    "methods": (
        "Methods side by side",
        "`python -m benchmarks methods --write`: every method in a process of its own, on the same problem, for the\n"
        "same time and on the same processor cores; each objective is the checker's. Medians over the seeds. The gap\n"
        "is to the best bound of *any* method, as a part of the objective; seconds run from the loaded tables. HiGHS\n"
        "and SCIP have one thread ([why](README.md#equal-terms)).",
    ),
    "orgs": ("Synthetic orgs through `planner plan`", "`python -m benchmarks orgs --write`: one process each."),
    "curve": (
        "How cost grows",
        "`python -m benchmarks curve --write`: `planner plan` until the same gap at every size, the whole command, by\n"
        "the million candidates.",
    ),
    "variants": ("Harder variants", "`python -m benchmarks variants --write`: one process each."),
    "classes": (
        "Generalised assignment, kinds D and E",
        "`python -m benchmarks classes --write`: drawn anew as published (`planner generate --preset gap-d`), or from\n"
        "files; the best bound is the planner's own or PDLP's.",
    ),
    "gap": (
        "Generalised assignment, gap1 to gap12 of the OR-Library",
        "`python -m benchmarks gap FOLDER --write`: each instance as a project with `pairs`, through load and solve.",
    ),
    "warm": (
        "Planning again after a small change",
        "`python -m benchmarks warm --write`: one rep leaves; planned anew, and from the run before (`--warm`). Wall\n"
        "seconds of the whole command, without a time limit.",
    ),
}
"""Title and introduction of each section, in their order; a section stands in the page once it has been measured."""


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a Markdown table; their keys are the headings."""
    headings = list(rows[0])
    lines = [headings, ["---"] * len(headings), *([row[heading] for heading in headings] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def put(path: Path, name: str, text: str) -> None:
    """Put ``text`` into its section of a page; a section that is not there yet is added in its place."""
    page = path.read_text(encoding="utf-8")
    if f"<!-- {name} -->" not in page:
        names = list(SECTIONS)
        title, introduction = SECTIONS[name]
        section = f"\n## {title}\n\n{introduction}\n\n<!-- {name} -->\n<!-- /{name} -->\n"
        at = len(page)
        for later in names[names.index(name) + 1 :]:
            heading = page.find(f"\n## {SECTIONS[later][0]}\n")
            if heading >= 0:
                at = heading
                break
        else:
            before = [page.find(f"<!-- /{earlier} -->\n") for earlier in names[: names.index(name)]]
            if max(before, default=-1) >= 0:
                at = page.index("\n", max(before)) + 1
        path.write_text(page[:at] + section + page[at:], encoding="utf-8")
    replace_between_markers(path, name, text)


def replace_between_markers(path: Path, name: str, text: str) -> None:
    """Put ``text`` between ``<!-- name -->`` and ``<!-- /name -->`` in a file.

    Raises
    ------
    ValueError
        When the file does not have both markers in this order.
    """
    before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not begin or not end:
        raise ValueError(f"{path.name} has no place for {name!r}: <!-- {name} --> and <!-- /{name} -->")
    path.write_text(f"{before}{begin}{text.rstrip()}\n{end}{after}", encoding="utf-8")
