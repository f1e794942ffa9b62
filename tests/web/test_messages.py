"""Messages on pages: what a person chooses, their feed, and what was not delivered."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, update

from sync.central.duties.tick import tick
from sync.central.duties.turns import Turn
from sync.central.office.address import name_own_address
from sync.central.office.audit.acts import By, acting
from sync.central.office.messages.identity import Content, Key, Link
from sync.central.office.messages.listing import undelivered
from sync.central.office.messages.outbox import put
from sync.central.office.messages.settings import FILE
from sync.central.office.names import NameBook
from sync.central.office.people.accounts import end_account
from sync.central.store.database import reading, writing
from sync.central.store.days_over import Days
from sync.central.store.outgoing import deliveries, messages, subscriptions
from sync.central.store.storage import Storage
from tests.support.mail_server import MailServer, mail_server
from tests.support.people import make_person
from tests.support.wire import NOW, CentreUnderTest
from tests.web.people_steps import Window

OWN, ALL, FEED = "/tai-khoan/toi/thong-bao", "/thong-bao", "/thong-bao.atom"
ADDRESS = "nguyen.mau@example.vn"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    made = CentreUnderTest(tmp_path / "centre")
    with acting(made.engine, By("test", NOW)) as act:
        name_own_address(act, "https://hailong.example.vn")
    yield made
    made.close()


@pytest.fixture
def mailbox(central: CentreUnderTest) -> Iterator[MailServer]:
    with mail_server() as server:
        (central.folder / FILE).write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nsender = "h@example.vn"\n'
        )
        yield server


def do_duties(central: CentreUnderTest) -> None:
    storage = Storage(central.engine)
    days = Days(storage.engine, storage.changing, central.now)
    turn = Turn(
        storage=storage,
        clock=central.now,
        now=central.now(),
        keys=central.keys,
        days=days,
        names=NameBook(),
        serving=True,
    )
    assert [each.problem for each in tick(turn) if each.problem] == []


def code_in(mailbox: MailServer) -> str:
    found = re.search(r"\b\d{6}\b", mailbox.mails[-1].get_content())
    assert found
    return found[0]


def subscribed(central: CentreUnderTest, window: Window, mailbox: MailServer) -> None:
    window.post(OWN, viec="loai", loai="monday")
    window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    do_duties(central)
    window.post(OWN, viec="ma", ma=code_in(mailbox))


def message_for(
    central: CentreUnderTest, account: int, subject: str = "phuong-mot", title: str = "Tin"
) -> None:
    content = Content(title, ("Cả 12 lượt đã trả lời.",), (Link("Xem", "/don-vi/phuong-mot"),))
    key = Key(kind="monday", subject=subject, due=date(2026, 3, 2), recipient=account)
    with writing(central.engine) as connection:
        assert put(connection, key, content, fell_due=central.now(), now=central.now())


# --- what a person chooses --------------------------------------------------------------------------------


def test_an_address_counts_only_after_its_code_was_typed(
    central: CentreUnderTest, mailbox: MailServer
) -> None:
    account = make_person(central, "mau", ("viewer", ""))
    window = Window(central, account)
    window.post(OWN, viec="loai", loai="monday")
    assert "checked" in window.get(OWN).text
    assert window.post(OWN, viec="dia-chi", dia_chi=ADDRESS).status_code == 303
    message_for(central, account)
    do_duties(central)
    (mail,) = mailbox.mails  # the code alone: nothing else goes to an address that nobody has confirmed
    assert mail["To"] == ADDRESS
    code = code_in(mailbox)
    assert code in mail["Subject"]
    wrong = window.post(OWN, viec="ma", ma=f"{(int(code) + 1) % 1_000_000:06d}")
    assert (wrong.status_code, "HL5181" in wrong.text) == (400, True)
    assert window.post(OWN, viec="ma", ma=f"{code[:3]} {code[3:]}").status_code == 303
    assert f"Thư được gửi tới {ADDRESS}." in window.get(OWN).text
    message_for(central, account, "xa-hai")
    do_duties(central)
    assert [mail["Subject"] for mail in mailbox.mails[1:]] == ["Tin"]
    window.post(OWN, viec="bo-dia-chi")
    message_for(central, account, "xa-ba")
    do_duties(central)
    assert len(mailbox.mails) == 2


def test_a_code_whose_address_was_dropped_meanwhile_has_not_failed(
    central: CentreUnderTest, mailbox: MailServer
) -> None:
    window = Window(central, make_person(central, "mau", ("viewer", "")))
    window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    window.post(OWN, viec="bo-dia-chi")
    do_duties(central)
    assert mailbox.mails == []
    with reading(central.engine) as connection:
        assert connection.execute(select(deliveries.c.state)).scalars().all() == ["left"]
        assert undelivered(connection, NOW + timedelta(days=1)).number == 0


def test_people_are_offered_the_kinds_of_which_they_may_get_something(central: CentreUnderTest) -> None:
    viewer = Window(central, make_person(central, "mau", ("viewer", "phuong-mot"))).get(OWN).text
    admin = Window(central, make_person(central, "chu", ("admin", "phuong-mot"))).get(OWN).text
    assert ("Cảnh báo mới" in viewer, "Cảnh báo mới" in admin) == (False, True)
    assert "Báo cáo chờ tôi phê duyệt" not in viewer


def test_a_code_holds_for_half_an_hour_and_five_tries(central: CentreUnderTest, mailbox: MailServer) -> None:
    window = Window(central, make_person(central, "mau", ("viewer", "")))
    window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    do_duties(central)
    for _ in range(5):
        assert window.post(OWN, viec="ma", ma="không").status_code == 400
    assert window.post(OWN, viec="ma", ma=code_in(mailbox)).status_code == 400
    central.now = lambda: NOW + timedelta(minutes=1)
    window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    do_duties(central)
    central.now = lambda: NOW + timedelta(minutes=32)
    assert window.post(OWN, viec="ma", ma=code_in(mailbox)).status_code == 400
    for minutes in (33, 34, 35):
        central.now = partial(lambda later: NOW + timedelta(minutes=later), minutes)
        assert window.post(OWN, viec="dia-chi", dia_chi=ADDRESS).status_code == 303
    sixth = window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    assert (sixth.status_code, "HL5182" in sixth.text) == (400, True)


@pytest.mark.parametrize(
    "address",
    [
        *("khong", "a@b\nBcc: c@d.vn", "a b@example.vn", "<a@example.vn>", "á@example.vn", "a@-", "a" * 260),
        *("nguyen..van@x.vn", ".a@x.vn", "a.@x.vn", "a@x..vn", "a@.vn", "a@x-.vn", f"{'a' * 65}@x.vn"),
    ],
)
def test_what_is_no_address_is_refused(central: CentreUnderTest, mailbox: MailServer, address: str) -> None:
    window = Window(central, make_person(central, "mau", ("viewer", "")))
    answer = window.post(OWN, viec="dia-chi", dia_chi=address)
    assert (answer.status_code, "HL5180" in answer.text) == (400, True)
    do_duties(central)
    assert mailbox.mails == []


def test_nothing_is_kept_from_which_a_code_or_a_feed_could_be_read(
    central: CentreUnderTest, mailbox: MailServer
) -> None:
    window = Window(central, make_person(central, "mau", ("viewer", "")))
    window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    do_duties(central)
    token = _token(window)
    kept = b"".join(path.read_bytes() for path in central.folder.glob("central.db*"))
    assert ADDRESS.encode() in kept
    assert code_in(mailbox).encode() not in kept
    assert token.encode() not in kept
    with reading(central.engine) as connection:
        log = str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert ADDRESS not in log


def test_without_a_mail_server_there_is_the_feed_alone(central: CentreUnderTest) -> None:
    window = Window(central, make_person(central, "mau", ("viewer", "")))
    assert 'name="dia_chi"' not in window.get(OWN).text
    answer = window.post(OWN, viec="dia-chi", dia_chi=ADDRESS)
    assert (answer.status_code, "HL5184" in answer.text) == (400, True)


# --- the feed ---------------------------------------------------------------------------------------------


def _token(window: Window) -> str:
    found = re.search(r"thong-bao\.atom\?ma=([\w-]+)", window.post(OWN, viec="nguon").text)
    assert found
    return found[1]


def titles(window: Window, token: str) -> list[str] | int:
    answer = window.get(f"{FEED}?ma={token}")
    if answer.status_code != 200:
        return answer.status_code
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    return [each.text or "" for each in feed.findall(".//{*}entry/{*}title")]


def test_a_feed_has_ones_own_messages_and_opens_by_its_address_alone(central: CentreUnderTest) -> None:
    account, other = (make_person(central, login, ("viewer", "")) for login in ("mau", "khac"))
    window, stranger = Window(central, account), Window(central)
    token = _token(window)
    assert titles(stranger, token) == []
    message_for(central, account, title="Của tôi")
    message_for(central, other, title="Của người khác")
    assert titles(stranger, token) == ["Của tôi"]
    assert [titles(stranger, wrong) for wrong in ("", "x", token[:-1])] == [404, 404, 404]
    newer = _token(window)
    assert [titles(stranger, each) for each in (token, newer)] == [404, ["Của tôi"]]
    window.post(OWN, viec="bo-nguon")
    assert titles(stranger, newer) == 404
    last = _token(window)
    with acting(central.engine, By("test", NOW)) as act:
        end_account(act, account, "left")
    assert titles(stranger, last) == 404
    with reading(central.engine) as connection:
        assert connection.execute(select(subscriptions)).all() == []


# --- what was not delivered -------------------------------------------------------------------------------


def test_who_looks_after_the_centre_sends_again_what_failed_or_leaves_it(
    central: CentreUnderTest, mailbox: MailServer
) -> None:
    account = make_person(central, "mau", ("viewer", "phuong-mot"))
    subscribed(central, Window(central, account), mailbox)
    for subject, title in (("phuong-mot", "Một"), ("xa-hai", "Hai")):
        message_for(central, account, subject, title)
    mailbox.answers = ["554 No", "554 No"]
    do_duties(central)
    admin = Window(central, make_person(central, "quan.tri", ("admin", "")))
    page = admin.get(f"{ALL}?xem=can-xem").text
    assert page.count("không gửi được") == 2
    assert "Máy chủ thư trả lời 554" in page
    assert "Cả 12 lượt" not in page  # what it says is for its recipient
    assert "2 thư, thông báo chưa gửi được" in admin.get("/he-thong").text
    with reading(central.engine) as connection:
        first, second = connection.execute(
            select(messages.c.id).where(messages.c.kind == "monday").order_by(messages.c.id)
        ).scalars()
    assert admin.post(ALL, viec="gui-lai", so=str(first)).status_code == 303
    assert admin.post(ALL, viec="thoi", so=str(second)).status_code == 303
    again = admin.post(ALL, viec="thoi", so=str(second))
    assert (again.status_code, "HL5183" in again.text) == (400, True)
    do_duties(central)
    assert mailbox.mails[-1]["Subject"] == "Một"
    assert "Không có thư nào như vậy." in admin.get(f"{ALL}?xem=can-xem").text
    assert "không gửi nữa" in admin.get(ALL).text
    with reading(central.engine) as connection:
        acts = connection.exec_driver_sql("SELECT act FROM audit WHERE act LIKE 'message-%'").scalars().all()
    assert {"message-again", "message-left"} <= set(acts)


def test_an_unsure_e_mail_says_so_and_waiting_too_long_needs_a_person(
    central: CentreUnderTest, mailbox: MailServer
) -> None:
    account = make_person(central, "mau", ("viewer", ""))
    subscribed(central, Window(central, account), mailbox)
    message_for(central, account)
    admin = Window(central, make_person(central, "quan.tri", ("admin", "")))
    assert "Không có thư nào như vậy." in admin.get(f"{ALL}?xem=can-xem").text
    assert "đang chờ" in admin.get(f"{ALL}?xem=dang-cho").text
    with writing(central.engine) as connection:
        connection.execute(update(deliveries).values(state="unsure"))
    assert "chưa rõ đã đến chưa" in admin.get(f"{ALL}?xem=can-xem").text


def test_an_administrator_of_a_unit_sees_the_messages_of_its_people_alone(
    central: CentreUnderTest,
) -> None:
    mine = make_person(central, "cua.toi", ("viewer", "phuong-mot"))
    above = make_person(central, "cap.tren", ("viewer", ""))
    admin = Window(central, make_person(central, "tin.hoc", ("admin", "phuong-mot")))
    message_for(central, mine, title="Của phường")
    message_for(central, above, title="Của tỉnh")
    page = admin.get(ALL).text
    assert ("Của phường" in page, "Của tỉnh" in page) == (True, False)
    with reading(central.engine) as connection:
        theirs = connection.execute(select(messages.c.id).where(messages.c.recipient == above)).scalar_one()
    for number in (theirs, 987654):
        assert admin.post(ALL, viec="gui-lai", so=str(number)).status_code == 404
