"""One HTML file from a report: texts in plain sight, data and script inside, and a policy that lets nothing out."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from planner.language import Language, language
from planner.report.blocks import Block, Chart, Difference, Facts, Report, Scorecard, Section, Sentences, Table
from planner.report.page.charts import Store, chart_data, chart_place
from planner.report.page.columnar import in_script
from planner.report.page.comparisons import difference_view, scorecard_view
from planner.report.page.tables import table_view
from planner.report.page.words import words_of

SCRIPTS = (
    *("data.js", "figures.js", "rows.js", "columns.js", "tables.js", "scorecards.js", "differences.js"),
    *("sideways.js", "fitting.js", "charts.js", "start.js"),
)
_DRAWING = "window.planner = { embed: vegaEmbed };"
_LOCALES: dict[str, tuple[str, Literal["en-US", "zh-CN"]]] = {"en": ("en", "en-US"), "zh": ("zh-Hans", "zh-CN")}
"""Of a language: as a page declares it, and whose numbers and dates browsers and charts write."""


@dataclass(frozen=True)
class BlockView:
    """A block as a template takes it: ``shape`` names its macro, ``view`` is what the macro reads."""

    id: str
    shape: str
    block: Block
    view: Any


@dataclass(frozen=True)
class SectionView:
    """A section with its blocks."""

    section: Section
    blocks: tuple[BlockView, ...]

    @property
    def groups(self) -> list[tuple[BlockView, ...]]:
        """The blocks in order; slim charts that follow each other in twos, which stand abreast on paper."""
        groups: list[tuple[BlockView, ...]] = []
        for view in self.blocks:
            if groups and len(groups[-1]) == 1 and _is_slim(view) and _is_slim(groups[-1][0]):
                groups[-1] = (*groups[-1], view)
            else:
                groups.append((view,))
        return groups


def page(report: Report) -> str:
    """Return a report as one HTML document that needs nothing beside it.

    Headline, sentences, figures, the first rows of each table and what each chart shows are in the document itself;
    a script, allowed by its hash, sorts, searches, compares and draws. Nothing in it can ask a network for anything.
    """
    say = language(report.language)
    store = Store()
    data: dict[str, dict[str, Any]] = {}
    sections = tuple(
        SectionView(section, tuple(_block_view(block, say, store, data) for block in section.blocks))
        for section in report.sections
    )
    declared, locale = _LOCALES[report.language]
    head = {
        "locale": locale,
        "name": report.name,
        "words": words_of(say),
        "formats": vl_convert.get_format_locale(locale),
        "times": vl_convert.get_time_format_locale(locale),
    }
    drawn = any(view.shape == "chart" for one in sections for view in one.blocks)
    scripts = [Markup(_script_of_page())]  # noqa: S704 - package files; no text of a report is in them, texts travel as escaped JSON
    if drawn:
        scripts.insert(0, Markup(_script_of_charts()))  # noqa: S704 - the bundle of vl-convert, the same for all reports
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            report=report,
            sections=sections,
            say=say,
            language=declared,
            allowed=_allowed(scripts),
            style=Markup(_text("style", "page.css")),  # noqa: S704 - a package file, the same for all reports
            scripts=scripts,
            head=in_script(head),
            data=[(key, in_script(value)) for key, value in data.items()],
            store=[(name, in_script(rows)) for name, rows in store.held.items()],
        )
    )


def _is_slim(view: BlockView) -> bool:
    return view.shape == "chart" and view.view.is_slim


def _block_view(block: Block, say: Language, store: Store, data: dict[str, dict[str, Any]]) -> BlockView:
    address = f"block-{block.key}"
    match block:
        case Table():
            table = table_view(block, say)
            data[address] = table.data
            return BlockView(address, "table", block, table)
        case Scorecard():
            card = scorecard_view(block, say)
            data[address] = card.data
            return BlockView(address, "scorecard", block, card)
        case Difference():
            difference = difference_view(block, say)
            data[address] = difference.data
            return BlockView(address, "difference", block, difference)
        case Chart():
            data[address] = chart_data(block, store)
            return BlockView(address, "chart", block, chart_place(block))
        case Facts():
            return BlockView(address, "facts", block, None)
        case Sentences():
            return BlockView(address, "sentences", block, None)


def _allowed(scripts: list[Markup]) -> str:
    """Return the policy of the page: the scripts that it came with, the style inside, pictures inside, nothing else.

    Charts read their formulas without the browser's ``eval``, so that it stays forbidden.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("planner.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _script_of_page() -> str:
    parts = "\n".join(_text("script", name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


@cache
def _script_of_charts() -> str:
    bundle: str = vl_convert.javascript_bundle(_DRAWING)
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--").replace("\r\n", "\n")


def _text(*path: str) -> str:
    return files("planner.report.page").joinpath(*path).read_text(encoding="utf-8")
