"""People sign in: passwords, codes, links, sessions, and what a stolen or forged one is worth."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from sync.central.housekeeping import House
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import end_account, read_person
from sync.central.office.people.one_time_links import LASTS
from sync.central.office.people.permissions import Person, may
from sync.central.office.people.second_factor import reset_factor
from sync.central.office.people.sessions import (
    ABSOLUTE,
    IDLE,
    STEP_UP,
    Browser,
    Seen,
    end_other_sessions,
    list_sessions,
)
from sync.central.office.people.throttle import MOST, MOST_OF_ADDRESS, WINDOW
from sync.central.office.people.visitor import find_visitor
from sync.central.store.database import reading
from sync.central.store.schema import audit, metadata, sessions
from sync.contract.problem import ProblemError
from tests.support.people import (
    BROWSER,
    PASSWORD,
    link_of,
    make_person,
    sign_in_desk,
    signed_in,
    visitor_of,
    with_factor,
)
from tests.support.wire import NOW, CentreUnderTest

DAY = NOW.date()


def later(central: CentreUnderTest, seconds: float) -> None:
    now = central.now() + timedelta(seconds=seconds)
    central.now = lambda: now


def acts(central: CentreUnderTest) -> list[tuple[str, str, str]]:
    with reading(central.engine) as connection:
        query = select(audit.c.who, audit.c.act, audit.c.detail).order_by(audit.c.number)
        return [(row.who, row.act, row.detail) for row in connection.execute(query)]


def everything(central: CentreUnderTest) -> str:
    """All that the database holds, as text."""
    with reading(central.engine) as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    return repr(rows)


def test_a_first_link_leads_to_a_password_a_factor_and_all_that_the_roles_allow(
    central: CentreUnderTest,
) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", "phuong-mot"), password=None)
    code = link_of(central, account)
    cookie = desk.use_link(code, BROWSER)
    visitor = visitor_of(central, cookie)
    assert visitor is not None
    assert (visitor.due, visitor.person.roles, visitor.stepped_up) == ("password", (), False)
    with pytest.raises(ProblemError, match="HL5103"):
        desk.set_password(cookie, "quá ngắn", BROWSER)
    second = desk.set_password(cookie, PASSWORD, BROWSER)
    assert visitor_of(central, cookie) is None
    visitor = visitor_of(central, second)
    assert visitor is not None
    assert (visitor.due, visitor.person.roles) == ("factor", ())
    third, app, codes = with_factor(central, second)
    visitor = visitor_of(central, third)
    assert visitor is not None
    assert (visitor.due, visitor.stepped_up, visitor.who) == ("", True, f"account {account}")
    assert may(visitor.person, "forget", "phuong-mot", DAY, ())
    assert not may(visitor.person, "forget", "", DAY, ())
    # The next morning: the password, then the code; each with a cookie of its own.
    later(central, 24 * 3600)
    assert visitor_of(central, third) is None
    half = desk.sign_in("VI.DU ", PASSWORD, BROWSER)
    visitor = visitor_of(central, half)
    assert visitor is not None
    assert (visitor.due, visitor.person.roles) == ("code", ())
    with pytest.raises(ProblemError, match="HL4235"):
        desk.set_password(half, "mật khẩu của kẻ lạ", BROWSER)
    whole = desk.give_code(half, app.at(central.now()), BROWSER)
    assert visitor_of(central, half) is None
    visitor = visitor_of(central, whole)
    assert visitor is not None
    assert visitor.due == ""
    secret = (PASSWORD, app.secret, code, cookie, second, third, half, whole, *codes)
    written = everything(central)
    assert [text for text in secret if text in written] == []
    assert [act for _, act, _ in acts(central)][2:] == [
        *("one-time-link", "sign-in", "session-end", "password", "second-factor-proposed", "second-factor"),
        *("session-end", "sign-in", "sign-in"),
    ]
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None


def test_five_wrong_tries_close_an_account_and_an_address_for_a_quarter_of_an_hour(
    central: CentreUnderTest,
) -> None:
    desk = sign_in_desk(central)
    make_person(central, "vi.du", ("viewer", ""))
    make_person(central, "nguoi.khac", ("viewer", ""))

    def number(login: str, password: str, address: str) -> str:
        try:
            return "" if desk.sign_in(login, password, Browser(address)) else "?"
        except ProblemError as error:
            return error.problem.number

    wrong = [number("vi.du", "không phải đâu", f"192.0.2.{place}") for place in range(MOST + 2)]
    assert wrong == ["HL4230"] * MOST + ["HL4231"] * 2
    assert number("vi.du", PASSWORD, "198.51.100.1") == "HL4231"  # also with the right one
    names = [number(f"khong-co-{place}", PASSWORD, "198.51.100.9") for place in range(MOST_OF_ADDRESS + 1)]
    assert names == ["HL4230"] * MOST_OF_ADDRESS + ["HL4231"]
    assert number("nguoi.khac", PASSWORD, "198.51.100.9") == "HL4231"
    assert number("nguoi.khac", PASSWORD, "198.51.100.2") == ""
    later(central, WINDOW)
    assert number("vi.du", PASSWORD, "198.51.100.1") == ""
    # Right tries count against nobody, however many.
    assert {number("vi.du", PASSWORD, "198.51.100.1") for _ in range(MOST + 2)} == {""}
    refused = [line for line in acts(central) if line[1] == "sign-in-refused"]
    assert len(refused) == MOST + MOST_OF_ADDRESS
    assert {who for who, _, _ in refused} == {"account 1", "browser"}


def test_of_many_tries_at_once_no_more_than_five_are_examined(central: CentreUnderTest) -> None:
    make_person(central, "vi.du", ("viewer", ""))
    desk = sign_in_desk(central)

    def wrong(place: int) -> str:
        with pytest.raises(ProblemError) as caught:
            desk.sign_in("vi.du", "không phải đâu", Browser(f"192.0.2.{place}"))
        return caught.value.problem.number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(wrong, range(12)))
    assert (numbers.count("HL4230"), numbers.count("HL4231")) == (MOST, 12 - MOST)


def test_a_code_opens_once_also_if_it_comes_twice_at_once(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", ""))
    _, app, codes = with_factor(central, signed_in(central, account))
    with pytest.raises(ProblemError, match="HL4233"):  # the code that confirmed the app
        desk.give_code(desk.sign_in("vi.du", PASSWORD, BROWSER), app.at(central.now()), BROWSER)
    later(central, 30)
    halves = [desk.sign_in("vi.du", PASSWORD, BROWSER) for _ in range(2)]

    def give(cookie: str) -> str:
        try:
            return "in" if desk.give_code(cookie, app.at(central.now()), BROWSER) else "?"
        except ProblemError as error:
            return error.problem.number

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give, halves)) == ["HL4233", "in"]
    later(central, 3600)
    assert desk.give_code(desk.sign_in("vi.du", PASSWORD, BROWSER), codes[3].upper(), BROWSER)
    half = desk.sign_in("vi.du", PASSWORD, BROWSER)
    for code in (codes[3], "aaaa-bbbb-cccc-dddd", "000000", ""):
        with pytest.raises(ProblemError, match="HL4233"):
            desk.give_code(half, code, BROWSER)
    assert desk.give_code(half, codes[4].replace("-", ""), BROWSER)


def test_a_link_opens_one_session_and_none_after_its_quarter_of_an_hour(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", ""), password=None)
    first = link_of(central, account, "once")
    second = link_of(central, account, "once")  # takes the place of the first

    def opened(code: str) -> str:
        try:
            return "in" if desk.use_link(code, BROWSER) else "?"
        except ProblemError as error:
            return error.problem.number

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(opened, [first, second, second])) == ["HL4232", "HL4232", "in"]
    late = link_of(central, account)
    later(central, LASTS)
    assert opened(late) == opened("") == "HL4232"
    person = read_of(central, account)
    with pytest.raises(ProblemError, match="HL5105"):  # from the web, nobody signs in as somebody else
        link_of(central, account, "once", giver=person)


def read_of(central: CentreUnderTest, account: int) -> Person:
    with reading(central.engine) as connection:
        return read_person(connection, account)


def test_a_forgotten_password_does_not_lift_the_second_factor(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", ""))
    with_factor(central, signed_in(central, account))
    cookie = desk.use_link(link_of(central, account), BROWSER)
    visitor = visitor_of(central, cookie)
    assert visitor is not None
    assert visitor.due == "code"
    with pytest.raises(ProblemError, match="HL4235"):
        desk.set_password(cookie, "mật khẩu của kẻ lạ", BROWSER)
    with pytest.raises(ProblemError, match="HL4235"):
        desk.propose_factor(cookie)


def test_a_session_ends_when_idle_and_after_twelve_hours_and_a_view_writes_nothing(
    central: CentreUnderTest,
) -> None:
    account = make_person(central, "vi.du", ("viewer", ""))
    desk, seen = sign_in_desk(central), Seen()
    cookie = desk.sign_in("vi.du", PASSWORD, BROWSER)
    before = everything(central)

    def view() -> bool:
        with reading(central.engine) as connection:
            return find_visitor(connection, cookie, central.now(), seen) is not None

    later(central, IDLE - 1)
    assert view()
    assert everything(central) == before
    later(central, IDLE - 1)
    assert view()  # by what this process has seen
    house: House = central.centre.house
    central.centre.seen.note(*next(iter(seen.waiting().items())))
    house.keep_seen()
    assert central.centre.seen.waiting() == {}
    assert visitor_of(central, cookie) is not None  # also by what is stored
    while central.now() < NOW + timedelta(seconds=ABSOLUTE):
        assert view()
        later(central, IDLE / 2)
    assert not view()
    desk.sign_in("vi.du", PASSWORD, BROWSER)
    with reading(central.engine) as connection:
        assert len(connection.execute(select(sessions)).all()) == 1  # what has ended is not kept
    with acting(central.engine, By("test", central.now())) as act:
        end_account(act, account, "left", giver=None)
    with reading(central.engine) as connection:
        assert connection.execute(select(sessions)).all() == []


def test_ones_sessions_are_listed_and_ended(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("viewer", ""))
    make_person(central, "khac", ("viewer", ""))
    cookies = [desk.sign_in("vi.du", PASSWORD, Browser("192.0.2.7", f"Máy {n}" * 99)) for n in range(3)]
    foreign = desk.sign_in("khac", PASSWORD, BROWSER)
    visitor = visitor_of(central, cookies[1])
    assert visitor is not None
    with reading(central.engine) as connection:
        now = int(central.now().timestamp())
        listed = list_sessions(connection, account, own=visitor.session, now=now)
    assert [(session.browser[:5], session.own) for session in listed] == [
        ("Máy 2", False),
        ("Máy 1", True),
        ("Máy 0", False),
    ]
    with acting(central.engine, By(visitor.who, central.now())) as act:
        end_other_sessions(act, account, own=visitor.session)
    assert [visitor_of(central, each) is None for each in cookies] == [True, False, True]
    assert visitor_of(central, foreign) is not None
    desk.sign_out(cookies[1])
    desk.sign_out("no such cookie")
    assert visitor_of(central, cookies[1]) is None


def test_revealing_needs_a_step_up_of_the_last_quarter_of_an_hour(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", ""))
    cookie, app, _ = with_factor(central, signed_in(central, account))

    def stepped_up() -> bool:
        visitor = visitor_of(central, cookie)
        assert visitor is not None
        return visitor.stepped_up

    assert stepped_up()
    later(central, STEP_UP)
    assert not stepped_up()
    with pytest.raises(ProblemError, match="HL4235"):
        desk.propose_factor(cookie)
    with pytest.raises(ProblemError, match="HL4235"):
        desk.renew_recovery_codes(cookie)
    with pytest.raises(ProblemError, match="HL4233"):
        desk.step_up(cookie, PASSWORD, BROWSER)  # where there is an app, the password is not enough
    desk.step_up(cookie, app.at(central.now()), BROWSER)
    assert stepped_up()
    assert len(set(desk.renew_recovery_codes(cookie))) == 10


def test_the_password_alone_is_no_confirmation_where_there_is_a_second_factor(
    central: CentreUnderTest,
) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", ""))
    cookie, _, _ = with_factor(central, signed_in(central, account))
    later(central, STEP_UP)
    cookie = desk.set_password(cookie, "một câu khác hẳn", BROWSER, old=PASSWORD)
    visitor = visitor_of(central, cookie)
    assert visitor is not None
    assert not visitor.stepped_up


def test_a_factor_is_set_up_only_by_a_person_who_has_shown_lately_who_it_is(
    central: CentreUnderTest,
) -> None:
    desk = sign_in_desk(central)
    cookie = signed_in(central, make_person(central, "xem.so", ("viewer", "")))
    later(central, STEP_UP)
    with pytest.raises(ProblemError, match="HL4235"):
        desk.propose_factor(cookie)
    desk.step_up(cookie, PASSWORD, BROWSER)
    assert desk.propose_factor(cookie)


def test_a_new_password_ends_all_other_sessions_and_needs_the_old_one(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    make_person(central, "vi.du", ("viewer", ""))
    stolen, own = (desk.sign_in("vi.du", PASSWORD, BROWSER) for _ in range(2))
    with pytest.raises(ProblemError, match="HL4230"):
        desk.set_password(stolen, "mật khẩu của kẻ lạ", BROWSER, old="đoán thử xem nào")
    own = desk.set_password(own, "một câu khác hẳn", BROWSER, old=PASSWORD)
    assert visitor_of(central, stolen) is None
    assert visitor_of(central, own) is not None
    with pytest.raises(ProblemError, match="HL4230"):
        desk.sign_in("vi.du", PASSWORD, BROWSER)
    assert desk.sign_in("vi.du", "một câu khác hẳn", BROWSER)


def test_a_factor_that_was_reset_is_set_up_again_and_ends_the_sessions(central: CentreUnderTest) -> None:
    desk = sign_in_desk(central)
    account = make_person(central, "vi.du", ("admin", ""))
    cookie, _, codes = with_factor(central, signed_in(central, account))
    with acting(central.engine, By("test", central.now())) as act:
        reset_factor(act, account, "lost the phone")
    assert visitor_of(central, cookie) is None
    fresh = desk.sign_in("vi.du", PASSWORD, BROWSER)
    visitor = visitor_of(central, fresh)
    assert visitor is not None
    assert visitor.due == "factor"
    with pytest.raises(ProblemError, match="HL4233"):
        desk.give_code(fresh, codes[0], BROWSER)
    with pytest.raises(ProblemError, match="HL5110"):
        desk.confirm_factor(fresh, "000000")
