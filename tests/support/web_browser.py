"""A real browser on the pages of a centre, in which anything that a page must not do ends the test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

DESK = (1366, 650)
"""What a ward's monitor of 1366×768 leaves to a page."""
PHONE = (360, 800)
# As root, Chromium runs only without its sandbox; the pages are our own.
_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


class Watch:
    """What a page did that no page may do: errors, refused contents, calls to other hosts."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.wrong: list[str] = []

    def follow(self, page: Page) -> None:
        """Watch this page too."""
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))

    def _said(self, kind: str, text: str) -> None:
        # A page of a problem is loaded with its status, which Chromium reports as an error of its own.
        if kind == "error" and "Failed to load resource" not in text:
            self.wrong.append(text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.netloc != self._host:
            self.wrong.append(f"asked another host: {url}")


class WebBrowser:
    """Chromium of the system, shared by many tests; each test has a context of its own."""

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        assert program, "chromium is not installed: deploy/system-packages.sh test"
        self.browser: Browser = self._playwright.chromium.launch(executable_path=program, args=_OPTIONS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.browser.close()
        self._playwright.stop()

    @contextmanager
    def window(
        self, address: str, size: tuple[int, int] = DESK, *, language: str = "vi-VN", **options: Any
    ) -> Iterator[BrowserContext]:
        """A window without cookies on the centre at `address`; fails if a page did what none may."""
        watch = Watch(urlsplit(address).netloc)
        context = self.browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            **options,
        )
        context.set_default_timeout(20_000)
        context.on("page", watch.follow)
        try:
            yield context
            assert watch.wrong == []
        finally:
            context.close()
