"""A phone next to a tablet: both answer the same handover at the same moment, and one of the two counts."""

import threading
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page
from sqlalchemy import select

from sync.agent.identity import own_key
from sync.central.intake.ingest import REPEATED
from sync.central.store.database import reading
from sync.central.store.schema import responses, set_aside
from sync.contract.batch import BatchReply
from sync.contract.canonical import decode_response
from sync.contract.response import Response
from sync.host.clock import local_now
from tests.support.phone import code_of
from tests.support.served import ServedCentre
from tests.support.web_browser import PHONE, WebBrowser

TURNS = 6
WARD = "phuong-mot"


@pytest.fixture(scope="module")
def served_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    """A centre as a process."""
    with ServedCentre(tmp_path_factory.mktemp("race")) as centre:
        yield centre


def filled(page: Page, code: str) -> None:
    """Open the code and answer, up to the button that sends."""
    page.goto(f"/p/{code}")
    while not page.locator("button[value=gui]").count():
        for asked in page.locator("fieldset").all():
            asked.locator("input").first.check()
        with page.expect_navigation():
            page.click("button[value=tiep]")


def silent(made: Response) -> Response:
    """The same visit, in which nobody answered on the glass."""
    return replace(made, outcome="timed_out", answers={}, timing={})


def stored(centre: ServedCentre) -> dict[str, Response]:
    with reading(centre.engine) as connection:
        bodies = connection.execute(select(responses.c.body)).scalars()
        return {made.id: made for made in (decode_response(bytes(body)) for body in bodies)}


@pytest.mark.parametrize("answered", [True, False], ids=["both answer", "the glass timed out"])
def test_of_a_phone_and_a_tablet_at_the_same_moment_one_answer_counts(
    served_centre: ServedCentre, web_browser: WebBrowser, answered: bool
) -> None:
    tablet = served_centre.device(WARD)
    key = own_key(served_centre.folder / "devices" / tablet.device)
    before = set(stored(served_centre))
    replies: list[object] = []
    visits = []
    with web_browser.window(served_centre.address, PHONE, java_script_enabled=False) as window:
        for turn in range(TURNS):
            made = replace(tablet.visit(), phone_code=True)
            made = made if answered else silent(made)
            visits.append(made.id)
            page = window.new_page()
            filled(page, code_of(made, local_now(), key))
            pushing = threading.Thread(target=lambda each=made: replies.append(tablet.push(each)))
            button = page.locator("button[value=gui]")
            if turn % 2:
                pushing.start()
                button.click()
            else:
                button.click(no_wait_after=True)
                pushing.start()
            page.wait_for_selector("h1:has-text('cảm ơn')")
            pushing.join(30)
            page.close()
    assert all(isinstance(reply, BatchReply) for reply in replies)
    assert len(replies) == TURNS
    made_now = {id: each for id, each in stored(served_centre).items() if id not in before}
    voided = {each.void.response for each in made_now.values() if each.void}
    counting = [each for id, each in made_now.items() if not each.void and id not in voided]
    with reading(served_centre.engine) as connection:
        query = select(set_aside.c.id, set_aside.c.detail).where(set_aside.c.status == REPEATED)
        apart = {row.id: row.detail for row in connection.execute(query) if row.detail in made_now}
    assert len(counting) == TURNS, "each handover counts once"
    assert {each.outcome for each in counting} == {"complete"}
    if answered:
        assert len(apart) == TURNS
        assert set(apart.values()) == {each.id for each in counting}
    else:
        assert {each.channel for each in counting} == {"phone"}
        assert voided | apart.keys() == set(visits), "no silent visit counts next to its answer"
    assert sum(each.channel == "kiosk" for each in counting) + sum(
        each.channel == "phone" for each in counting
    ) == (TURNS)
