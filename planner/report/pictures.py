"""The charts of a report as pictures for slides: PNG for those who paste, SVG for those who edit.

Latin text is drawn in the first of :data:`FONTS` that the machine has, Chinese in the first of those that has the
characters; where none has, any other font of the machine that does. The fonts of the system and of its user are found
by themselves, those of :data:`FONT_FOLDERS` are added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from planner.report.blocks import Chart, Report
from planner.report.drawable import drawable

FONTS = (
    "Helvetica Neue",
    "Segoe UI",
    "Arial",
    "Liberation Sans",
    "DejaVu Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "sans-serif",
)
"""Families in the order they are looked for: Latin ones of macOS, Windows and Linux, then Chinese ones."""
FONT_FOLDERS = (
    "/System/Library/AssetsV2/com_apple_MobileAsset_Font7",
    "/System/Library/AssetsV2/com_apple_MobileAsset_Font8",
    "~/AppData/Local/Microsoft/Windows/Fonts",
)
"""Where systems keep fonts aside: macOS those that it fetches itself (PingFang), Windows those of one user."""
SCALE = 2.0
"""Pixels of a picture per pixel of a chart, so that it is sharp on a projector."""
_LETTERS = {"labelFontSize": 12, "titleFontSize": 12}
"""As large as on the page: on a sheet that is filled by the widest picture they are still seven points high."""
_LONGEST = 120
"""Bytes of a file's name, which leaves room for a number and an ending."""
_DEVICES = re.compile(r"(?i:con|prn|aux|nul|(com|lpt)[0-9])")
"""What Windows keeps for itself."""
_VERSION = re.compile(r"/vega-lite/v(\d+)")


def write_pictures(report: Report, folder: Path) -> list[Path]:
    """Write a PNG and an SVG file of each chart into a folder, made if need be, and return the files.

    Pictures have the chart's title in them and are white behind, so that they stand on any slide. Nothing is fetched: a
    chart that asks for an address is refused.
    """
    import vl_convert

    _register_fonts()
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name, chart in _named(report.blocks(Chart)):
        spec = picture_of(chart)
        how: dict[str, Any] = {"vl_version": _version(spec), "allowed_base_urls": []}
        png, svg = folder / f"{name}.png", folder / f"{name}.svg"
        png.write_bytes(vl_convert.vegalite_to_png(spec, scale=SCALE, **how))
        svg.write_text(vl_convert.vegalite_to_svg(spec, **how), encoding="utf-8")
        files += [png, svg]
    return files


def picture_of(chart: Chart) -> dict[str, Any]:
    """Return what is drawn of a chart: its still form, with its title, on white, in fonts that have Chinese."""
    spec = dict(chart.still or chart.spec)
    fonts = ", ".join(f'"{one}"' if " " in one else one for one in FONTS)
    config = {**spec.get("config", {}), "font": fonts, "background": "white"}
    for part in ("title", "axis", "legend", "header", "mark", "text"):
        config[part] = {
            **(_LETTERS if part in ("axis", "legend", "header") else {}),
            **_without_fonts(config.get(part)),
        }
    title = {"text": drawable(chart.title), "anchor": "start", "fontSize": 16, "offset": 14}
    config = {key: value for key, value in config.items() if value}
    return {**spec, "title": title, "background": "white", "padding": 16, "config": config}


def _without_fonts(settings: Any) -> dict[str, Any]:
    """Return settings of a chart without fonts of their own: the fonts are those of the picture."""
    held = settings if isinstance(settings, Mapping) else {}
    return {key: value for key, value in held.items() if key not in ("font", "labelFont", "titleFont", "subtitleFont")}


def _named(charts: list[Chart]) -> list[tuple[str, Chart]]:
    """Return charts with the names of their files, no two of which are one to any system."""
    named: dict[str, Chart] = {}
    taken: set[str] = set()
    for chart in charts:
        safe = _file_name(chart.called or chart.key)
        name, count = safe, 1
        while name.casefold() in taken:
            count += 1
            name = f"{safe}-{count}"
        taken.add(name.casefold())
        named[name] = chart
    return list(named.items())


def _file_name(text: str) -> str:
    """Return a text as any system takes it for the name of a file: letters and digits of any script.

    Examples
    --------
    >>> _file_name("book_revenue / Q1"), _file_name("book_营收"), _file_name("../up"), _file_name("…")
    ('book_revenue-Q1', 'book_营收', 'up', 'chart')
    """
    known = [one if one in "_-" or category(one)[0] in "LNM" else " " for one in normalize("NFKC", text)]
    name, left = "-".join("".join(known).split()).strip("-"), _LONGEST
    for at, one in enumerate(name):
        left -= len(one.encode())
        if left < 0:
            name = name[:at].rstrip("-")
            break
    return "chart" if not name else f"chart-{name}" if _DEVICES.fullmatch(name) else name


def _version(spec: Mapping[str, Any]) -> str | None:
    """Return the newest version of Vega-Lite here that is of a specification's major one; None for the newest."""
    import vl_convert

    asked = _VERSION.search(str(spec.get("$schema", "")))
    versions: list[str] = vl_convert.get_vegalite_versions()
    fitting = [one for one in versions if asked and one.split(".")[0] == asked[1]]
    return max(fitting, key=lambda one: tuple(map(int, one.split(".")))) if fitting else None


@cache
def _register_fonts() -> None:
    import vl_convert

    for folder in (Path(one).expanduser() for one in FONT_FOLDERS):
        if folder.is_dir():
            vl_convert.register_font_directory(str(folder))
