"""A page as a reader's browser shows it, alone in the world: no network, no complaint on the console."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no host has an address, whatever else lets a request through
)


@dataclass(frozen=True)
class Chromium:
    """A running browser and the loop that Playwright drives it by."""

    process: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Let Playwright run its loop; elsewhere the thread has none, so that other tests may begin their own."""
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self.loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Run the Chromium of the system without a screen, with an empty profile that goes when it ends."""
    play = sync_playwright().start()
    loop = asyncio.get_running_loop()
    try:
        running = Chromium(
            play.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=list(FLAGS)), loop
        )
        asyncio._set_running_loop(None)
        yield running
    finally:
        asyncio._set_running_loop(loop)
        play.stop()
        asyncio._set_running_loop(None)


@contextmanager
def opened(
    browser: Chromium,
    path: Path,
    *,
    fragment: str = "",
    width: int = 1280,
    height: int = 800,
    scale: float = 1,
    color_scheme: Literal["light", "dark", "no-preference"] = "light",
    locale: str = "en-US",
    media: Literal["screen", "print"] = "screen",
    reduced_motion: bool = False,
    javascript: bool = True,
) -> Iterator[Page]:
    """Open a local file in a window of its own, and assert at the end that it kept quiet and asked for nothing.

    Errors and warnings on the console, errors of scripts, and requests for anything but the file itself (``data:``
    and ``blob:`` are part of it) are gathered from the beginning to the end. ``fragment`` is what follows the ``#``.
    """
    address = path.resolve().as_uri()
    with browser.awake():
        context = browser.process.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme=color_scheme,
            locale=locale,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            java_script_enabled=javascript,
            service_workers="block",
        )
        try:
            page = context.new_page()
            complaints = _listened(context, page, address)
            page.emulate_media(media=media)
            page.goto(address + (f"#{fragment}" if fragment else ""))
            try:
                yield page
                _settle(page, javascript)
            except Exception as error:  # of whatever kind the test failed: told what the page said, and raised again
                for complaint in complaints:
                    error.add_note(f"The page {complaint}")
                raise
        finally:
            context.close()
    if complaints:
        raise AssertionError("\n".join([f"{path.name} is not a page by itself:", *(f"  it {c}" for c in complaints)]))


def screenshot(page: Page, path: Path, *, whole: bool = True) -> Path:
    """Save what the page looks like as a PNG, all of it or just the window, with nothing in motion."""
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


def _listened(context: BrowserContext, page: Page, address: str) -> list[str]:
    """Hear what a page complains of and asks for; refuse it whatever is not the file itself."""
    complaints: list[str] = []

    def own(url: str) -> bool:
        return url.startswith(("data:", "blob:", "about:")) or url.partition("#")[0] == address

    def answer(route: Route) -> None:
        if own(route.request.url):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", answer)
    context.on("request", lambda r: None if own(r.url) else complaints.append(f"asked for {r.url} ({r.resource_type})"))
    page.on("websocket", lambda socket: complaints.append(f"asked for {socket.url} (websocket)"))
    context.on(
        "console",
        lambda m: complaints.append(f"logged ({m.type}): {m.text}") if m.type in ("error", "warning") else None,
    )
    context.on("weberror", lambda e: complaints.append(f"has a script that failed: {e.error}"))
    page.on("crash", lambda _: complaints.append("crashed"))
    return complaints


def _settle(page: Page, javascript: bool) -> None:
    """Wait until the page is loaded and drawn, and what it has said so far has arrived here."""
    if page.is_closed():
        return
    page.wait_for_load_state("load")
    if javascript:
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    else:
        page.title()
