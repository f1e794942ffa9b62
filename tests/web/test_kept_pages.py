"""Pages of figures that are given again for a second: to whom, how old, and when they are not."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from sync.central.office.audit.acts import By, acting
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING
from sync.central.office.units.stored import import_units, put_bundled_units
from sync.central.store.database import writing
from sync.central.web.kept_pages import MOST, KeptPages
from sync.central.web.look import Look
from sync.central.web.shown import Shown
from sync.central.web.visit import SESSION
from sync.contract.catalogue import Unit
from tests.support.people import make_person, signed_in, visitor_of
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

WARD, OTHER = "phuong-mot", "phuong-hai"


class Office:
    """A centre whose clock is moved, and pages of people who are signed in."""

    def __init__(self, folder: Path) -> None:
        self.now: datetime = NOW
        self.central = CentreUnderTest(folder, now=lambda: self.now)
        self.central.centre.web.kept = KeptPages(1)
        self._client = TestClient(self.central.app, base_url="https://centre.example")
        with writing(self.central.engine) as connection:
            put_bundled_units(
                connection, [Unit(code=code, name={"vi": code}) for code in (WARD, OTHER)], self.now
            )

    def person(self, role: str, unit: str, login: str) -> dict[str, str]:
        """The cookie of a new person with this role."""
        account = make_person(self.central, login, (role, unit))
        return {"Cookie": f"{SESSION}={signed_in(self.central, account)}"}

    def page(self, cookie: dict[str, str]) -> str:
        """What is on the page of the morning, without its frame."""
        answer = self._client.get("/?ky=hom-nay", headers=cookie)
        assert answer.status_code == 200
        (main,) = re.findall(r"<main.*</main>", answer.text, re.DOTALL)
        return str(main)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "centre")
    yield office
    office.central.close()


def test_a_page_is_at_most_a_second_old(office: Office) -> None:
    cookie = office.person("admin", WARD, "mot-mot")
    before = office.page(cookie)
    store_unasked(office.central, numbered(3))
    office.now += timedelta(seconds=0.9)
    assert office.page(cookie) == before
    office.now += timedelta(seconds=0.1)
    after = office.page(cookie)
    assert after != before
    office.now -= timedelta(seconds=30)  # a clock that was set back makes no page older
    store_unasked(office.central, numbered(5)[3:])
    assert office.page(cookie) not in (before, after)


def test_an_act_is_seen_at_once(office: Office, tmp_path: Path) -> None:
    cookie = office.person("admin", WARD, "mot-mot")
    assert "Phường Mới" not in office.page(cookie)
    table = tmp_path / "units.csv"
    table.write_text(f"code,name\n{WARD},Phường Mới\n{OTHER},{OTHER}\n", "utf-8")
    with acting(office.central.engine, By("test", office.now)) as act:
        assert import_units(act, read_sheet(table, MEANING)).problems == ()
    assert "Phường Mới" in office.page(cookie)


def test_a_page_is_given_to_who_may_see_the_same_and_to_nobody_else(office: Office) -> None:
    first = office.page(office.person("admin", WARD, "mot-mot"))
    same = office.person("admin", WARD, "hai-hai")
    elsewhere, below = office.person("admin", OTHER, "mot-hai"), office.person("viewer", WARD, "xem")
    store_unasked(office.central, numbered(3))
    office.page(same)  # people were added meanwhile, which are acts
    kept = office.page(same)
    store_unasked(office.central, numbered(5)[3:])
    assert office.page(same) == kept != first
    assert office.page(elsewhere) != kept
    assert office.page(below) != kept


def test_two_who_need_a_page_at_once_wait_for_one_decision(office: Office) -> None:
    desk, page = office.central.centre.web, Shown(template="home.html", title="", page=None)
    visitor = visitor_of(office.central, office.person("admin", WARD, "mot-mot")["Cookie"].partition("=")[2])
    decisions: list[Look] = []
    twice = threading.Event()

    def make(look: Look) -> Shown:
        decisions.append(look)
        if len(decisions) > 1:
            twice.set()
        twice.wait(0.3)
        return page

    def ask() -> Shown:
        with desk.looking(visitor, "vi") as look:
            return desk.kept.decided(look, make, ())

    with ThreadPoolExecutor(2) as threads:
        assert [asked.result() for asked in [threads.submit(ask), threads.submit(ask)]] == [page, page]
    assert len(decisions) == 1


def test_pages_that_are_refused_fill_no_memory(office: Office) -> None:
    desk = office.central.centre.web
    visitor = visitor_of(office.central, office.person("admin", WARD, "mot-mot")["Cookie"].partition("=")[2])

    def refuse(look: Look, number: int) -> Shown:
        raise LookupError(number)

    def asked(number: int) -> bool:
        with desk.looking(visitor, "vi") as look, pytest.raises(LookupError):
            desk.kept.decided(look, refuse, (number,))
        return True

    assert all(asked(number) for number in range(3 * MOST))
    assert len(desk.kept) <= MOST
