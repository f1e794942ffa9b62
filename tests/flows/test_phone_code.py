"""The code for the citizen's own phone: on the first page, signed elsewhere, gone at the first answer."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from nacl.signing import SigningKey

from kiosk.events import Answered, Back, LanguagesWanted, NotNow
from kiosk.phone_code import code_address
from kiosk.session import MOST_CASES, Rules
from kiosk.settings import Office, Settings
from kiosk.tagging import Habits
from kiosk.terminal import Terminal
from kiosk.view import look
from sync.contract.canonical import decode_response
from sync.contract.phone_token import CASES, DAYS, check_token, read_text, sign_token
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader
from tests.flows.flow import CATALOGUE, START, kien_hung, rules_for
from tests.flows.test_terminal import DOSSIERS, PIN, PLACE, SEALING, HandDriven
from tests.support.codes import opened

KEY = SigningKey(bytes(range(32)))
SITE = "https://danhgia.phuongmau.vn"


class Counter:
    """A terminal whose agent answers when the test says so."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.folder = folder
        self.outbox = Outbox(folder, "may-01", clock=lambda: START)
        self.world = HandDriven()
        self.rules: Rules = replace(rules_for(kien_hung()), phone_site=SITE, **changes)
        self.terminal = Terminal(
            rules=self.rules,
            place=PLACE,
            habits=Habits(),
            catalogue=CATALOGUE,
            store=self.outbox,
            sealing=SEALING,
            world=self.world,
            staff_pin=PIN,
        )

    def sign(self, sign: Callable[[bytes], bytes | None] = lambda packed: sign_token(packed, KEY)) -> str:
        """The agent signs what was wanted last; the address that came out."""
        wanted, place, made = self.world.wanted[-1]
        address = code_address(wanted, place, sign)
        made(address)
        return address

    def code(self) -> str | None:
        """What is on the glass."""
        settings = Settings(office=Office(name={"vi": "Phường Mẫu"}))
        return look(self.terminal.state, self.rules, settings, CATALOGUE).frame.code

    def stored(self) -> list[Response]:
        reader = OutboxReader(self.folder)
        return [decode_response(each.body) for each in reader.after(0, limit=100, max_bytes=10**7)]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path / "outbox")
    yield counter
    counter.outbox.close()


def test_the_code_says_the_visit_as_its_response_will(counter: Counter) -> None:
    counter.terminal.scanned(DOSSIERS[0])
    assert counter.code() == "", "its place is kept"
    address = counter.sign()
    assert counter.code() == address
    site, _, text = address.rpartition("/")
    assert site == f"{SITE}/p".upper()
    token, packed, signature = read_text(text)
    check_token(packed, signature, bytes(KEY.verify_key))
    counter.terminal.send(NotNow())
    (response,) = counter.stored()
    assert (token.device, token.visit_id, token.form, token.plan) == (
        response.device,
        response.id,
        response.survey,
        response.plan,
    )
    assert response.tag is not None
    assert replace(token.tag, cases=(), scanned_at=response.tag.scanned_at) == replace(response.tag, cases=())
    assert opened(replace(response, tag=token.tag)) == opened(response) != ()
    assert token.expires == int((START + timedelta(days=DAYS)).timestamp())
    assert response.phone_code


def test_the_code_goes_with_the_first_answer_and_nothing_moves(counter: Counter) -> None:
    counter.terminal.scanned(DOSSIERS[0])
    counter.sign()
    counter.world.ms += 2000
    counter.terminal.send(Answered("result", 5))
    assert counter.code() is None, "another page"
    counter.terminal.send(Back())
    assert counter.code() == ""


def test_another_dossier_of_the_citizen_makes_another_code(counter: Counter) -> None:
    counter.terminal.scanned(DOSSIERS[0])
    first = counter.sign()
    counter.world.wait(2)
    counter.terminal.scanned(DOSSIERS[1])
    assert counter.code() == ""
    old, second = counter.world.wanted[0], counter.sign()
    assert second != first
    old[2](first)
    assert counter.code() == second, "what is late changes nothing"
    token, _, _ = read_text(second.rpartition("/")[2])
    assert len(token.cases) == 2


def test_too_many_dossiers_leave_no_code(counter: Counter) -> None:
    assert MOST_CASES == CASES
    for dossier in DOSSIERS[: CASES + 1]:
        counter.terminal.scanned(dossier)
        counter.world.wait(2)
    assert counter.terminal.state.visit is not None
    assert counter.terminal.state.visit.tag is not None
    assert len(counter.terminal.state.visit.tag.cases) == CASES + 1
    assert counter.code() is None


@pytest.mark.parametrize("signed", [None, b""], ids=["no agent", "refused"])
def test_without_a_signature_the_place_stays_empty_and_the_response_says_so(
    counter: Counter, signed: bytes | None
) -> None:
    counter.terminal.scanned(DOSSIERS[0])
    counter.sign(lambda _: signed or None)
    assert counter.code() == ""
    counter.terminal.send(NotNow())
    assert [response.phone_code for response in counter.stored()] == [False]


def test_a_late_signature_does_not_show_a_code_to_who_has_begun(counter: Counter) -> None:
    counter.terminal.scanned(DOSSIERS[0])
    counter.terminal.send(Answered("result", 5))
    counter.sign()
    counter.terminal.send(Back())
    assert counter.code() == ""
    assert counter.terminal.state.visit is not None
    assert not counter.terminal.state.visit.coded


def test_the_list_of_languages_has_no_code(counter: Counter) -> None:
    counter.terminal.scanned(DOSSIERS[0])
    counter.sign()
    counter.terminal.send(LanguagesWanted())
    assert counter.code() is None


def test_a_power_cut_after_the_code_was_seen_leaves_that_it_was(tmp_path: Path) -> None:
    before = Counter(tmp_path / "outbox")
    before.terminal.scanned(DOSSIERS[0])
    before.sign()
    before.world.draw()
    before.outbox.close()
    after = Counter(tmp_path / "outbox")
    after.terminal.recover(after.outbox.drafts())
    assert [(each.outcome, each.phone_code) for each in after.stored()] == [("timed_out", True)]
    after.outbox.close()


def test_where_citizens_reach_no_centre_there_is_no_code(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "outbox")
    counter.terminal.rules = counter.rules = replace(counter.rules, phone_site="")
    counter.terminal.scanned(DOSSIERS[0])
    assert (counter.world.wanted, counter.code()) == ([], None)
    counter.outbox.close()


def test_who_may_be_several_is_asked_on_the_phone_too(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "outbox", respondents=("citizen", "organisation"))
    counter.terminal.scanned(DOSSIERS[0])
    token, _, _ = read_text(counter.sign().rpartition("/")[2])
    assert token.respondents == ("citizen", "organisation")
    counter.outbox.close()
