"""One centre over the small invented province, and one browser, for all tests of pages in a process.

The province is read by most tests. A test that changes something changes what no other test looks at, or uses
`own_centre`, a copy whose clock begins where the province ends: it is never older than its test.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from sync.host.clock import local_now
from tests.support.made_everything import make_everything
from tests.support.province import Province, small_province
from tests.support.served_pages import PageCentre, ServedPages
from tests.support.web_browser import DESK, WebBrowser


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The small invented province, with reports, plans, paper forms and interviews; it ends now."""
    made = small_province(tmp_path_factory.mktemp("province"))
    make_everything(made)
    return made


@pytest.fixture(scope="session")
def copied(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The same in a folder that no other process writes to."""
    return province.copy(tmp_path_factory.mktemp("copied") / "province")


@pytest.fixture(scope="session")
def served(province: Province, copied: Province) -> Iterator[ServedPages]:
    """A process that serves the province; what it does by the clock is not in the copy."""
    with ServedPages(province) as pages:
        yield pages


@pytest.fixture(scope="module")
def web_browser() -> Iterator[WebBrowser]:
    """Chromium; while it is open, its event loop is that of this thread, so it ends with its file."""
    with WebBrowser() as browser:
        yield browser


@pytest.fixture(scope="session")
def pages(copied: Province) -> Iterator[PageCentre]:
    """The copy in this process, for tests that need no browser: nothing changes in it by itself."""
    with PageCentre(copied) as centre:
        centre.centre.house.do_duties()  # or a test that is open for a minute would see them done
        yield centre


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """A province that is only copied."""
    return small_province(tmp_path_factory.mktemp("untouched"))


@pytest.fixture
def own_centre(untouched: Province, tmp_path: Path) -> Iterator[PageCentre]:
    """A province of this test alone, in this process."""
    opened = local_now()

    def now() -> datetime:
        return untouched.until + (local_now() - opened)

    with PageCentre(untouched.copy(tmp_path / "province"), now) as centre:
        yield centre


SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(served: ServedPages, web_browser: WebBrowser) -> Iterator[SignedIn]:
    """Opens a page in a window in which this person is signed in: `signed_in("tin-hoc", "/may")`."""
    with ExitStack() as windows:

        def open_page(login: str, path: str = "/", size: tuple[int, int] = DESK, **options: Any) -> Page:
            page = windows.enter_context(web_browser.window(served.address, size, **options)).new_page()
            page.goto(served.link(login))
            page.click("main form button")
            page.goto(path)
            return page

        yield open_page
