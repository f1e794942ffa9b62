"""Accounts and roles: who may change whose, and that a centre keeps an administrator."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.people.above import above
from sync.central.office.people.accounts import (
    change_officer,
    create_account,
    end_account,
    list_accounts,
    mark_approver,
    read_person,
)
from sync.central.office.people.one_time_links import make_link
from sync.central.office.people.permissions import Held, Person, may
from sync.central.office.people.roles import add_person, give_role, take_role
from sync.central.office.people.second_factor import reset_factor
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.above import units_from
from sync.central.office.units.importing import MEANING
from sync.central.office.units.stored import import_units
from sync.central.store.database import reading
from sync.contract.problem import ProblemError, ProblemsError
from tests.support.people import BROWSER, PASSWORD, make_person, sign_in_desk, signed_in, visitor_of
from tests.support.wire import NOW, CentreUnderTest

DAY = NOW.date()
UNITS = [
    ["code", "name", "parent", "valid_from", "valid_to"],
    ["tinh-a", "Tỉnh A", "", "", ""],
    ["tinh-b", "Tỉnh B", "", "", ""],
    ["phuong-mot", "Phường Một", "tinh-a", "2000-01-01", "2026-02-28"],
    ["phuong-mot", "Phường Một", "tinh-b", "2026-03-01", ""],
    ["phuong-hai", "Phường Hai", "tinh-a", "", ""],
    ["phuong-ba", "Phường Ba", "tinh-a", "2010-01-01", "2014-12-31"],
    ["phuong-ba", "Phường Ba", "tinh-b", "2020-01-01", "2024-12-31"],
]


@pytest.fixture
def tree(central: CentreUnderTest, tmp_path: Path) -> CentreUnderTest:
    file = tmp_path / "units.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(UNITS)
    with acting(central.engine, By("test", NOW)) as act:
        assert import_units(act, read_sheet(file, MEANING)).problems == ()
    return central


def person(central: CentreUnderTest, account: int) -> Person:
    with reading(central.engine) as connection:
        return read_person(connection, account)


def state(central: CentreUnderTest) -> str:
    """All accounts and roles, and the number of lines in the audit log."""
    with reading(central.engine) as connection:
        lines = connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one()
        return f"{list_accounts(connection)!r} {lines}"


def test_a_role_at_a_province_counts_for_the_wards_of_that_day(tree: CentreUnderTest) -> None:
    account = make_person(tree, "vi.du", ("analyst", "tinh-a"))
    with reading(tree.engine) as connection:
        allowed = {
            (unit, day): may(person(tree, account), "see-rows", unit, day, above(connection, unit, day))
            for unit in ("phuong-mot", "phuong-hai", "tinh-a", "tinh-b", "khong-co", "")
            for day in (date(2026, 2, 28), date(2026, 3, 1))
        }
    assert {pair for pair, yes in allowed.items() if yes} == {
        ("phuong-mot", date(2026, 2, 28)),
        *(("phuong-hai", day) for day in (date(2026, 2, 28), date(2026, 3, 1))),
        *(("tinh-a", day) for day in (date(2026, 2, 28), date(2026, 3, 1))),
    }


def test_units_above_are_those_of_the_chain_on_every_day(tree: CentreUnderTest) -> None:
    days = [date(year, month, 1) for year in (1999, 2010, 2015, 2020, 2025, 2026) for month in (1, 3)]
    with reading(tree.engine) as connection:
        for unit in ("phuong-mot", "phuong-hai", "phuong-ba", "tinh-a", "khong-co"):
            for day in days:
                chain = {each.code for each in units_from(connection, unit, day)}
                assert above(connection, unit, day) == chain - {unit}, (unit, day)


def test_nobody_gives_or_takes_above_the_own_role_or_outside_the_own_subtree(tree: CentreUnderTest) -> None:
    chief = person(tree, make_person(tree, "chi.huy", ("admin", "")))
    giver = person(tree, make_person(tree, "tinh", ("admin", "tinh-a"), ("analyst", "tinh-b")))
    analyst = person(tree, make_person(tree, "phan.tich", ("analyst", "")))
    other = make_person(tree, "khac", ("viewer", "phuong-mot"))
    before = state(tree)
    refused = [(giver, "admin", ""), (giver, "admin", "tinh-b"), (giver, "viewer", "phuong-mot")]
    refused += [
        (analyst, "viewer", "phuong-hai"),
        (analyst, "analyst", ""),
        (person(tree, other), "viewer", ""),
    ]
    for by, role, unit in refused:
        for act_of in (give_role, take_role):
            with pytest.raises(ProblemError, match="HL5105"), acting(tree.engine, By("x", NOW)) as act:
                act_of(act, other, role=role, unit=unit, giver=by)
    assert state(tree) == before
    with acting(tree.engine, By("x", NOW)) as act:
        give_role(act, other, role="admin", unit="phuong-hai", giver=giver)
        take_role(act, other, role="admin", unit="phuong-hai", giver=giver)
        give_role(act, other, role="admin", unit="", giver=chief)


def test_nobody_gives_a_role_for_longer_than_the_own_one(tree: CentreUnderTest) -> None:
    until = DAY + timedelta(days=30)
    giver = person(tree, make_person(tree, "co.han", ("admin", "phuong-hai"), last=until))
    other = make_person(tree, "cap.duoi")
    before = state(tree)
    for account in (other, giver.account):
        for last in (None, until + timedelta(days=1)):
            with pytest.raises(ProblemError, match="HL5105"), acting(tree.engine, By("x", NOW)) as act:
                give_role(act, account, role="admin", unit="phuong-hai", last=last, giver=giver)
    assert state(tree) == before
    with acting(tree.engine, By("x", NOW)) as act:
        give_role(act, other, role="viewer", unit="phuong-hai", last=until, giver=giver)


def test_nobody_takes_over_the_account_of_a_person_who_is_above(tree: CentreUnderTest) -> None:
    ward = person(tree, make_person(tree, "phuong", ("admin", "phuong-hai")))
    province = make_person(tree, "tinh", ("viewer", "phuong-hai"), ("viewer", "tinh-a"))
    own = make_person(tree, "cap.duoi", ("viewer", "phuong-hai"))
    bare = make_person(tree, "chua.co")
    before = state(tree)
    marks: list[Callable[[Act, int], object]] = [
        lambda act, who: mark_approver(act, who, True, giver=ward),
        lambda act, who: change_officer(act, who, "a01", giver=ward),
    ]
    changes: list[Callable[[Act, int], object]] = [
        *marks,
        lambda act, who: make_link(act, who, kind="password", link_text=str, giver=ward),
        lambda act, who: reset_factor(act, who, "?", giver=ward),
        lambda act, who: end_account(act, who, "?", giver=ward),
    ]
    refused = [(account, change) for account in (province, bare) for change in changes]
    refused += [(ward.account, mark) for mark in marks]  # nobody does that to oneself
    for account, change in refused:
        with pytest.raises(ProblemError, match="HL5105"), acting(tree.engine, By("x", NOW)) as act:
            change(act, account)
    assert state(tree) == before
    with acting(tree.engine, By("x", NOW)) as act:
        make_link(act, own, kind="password", link_text=str, giver=ward)
        mark_approver(act, own, True, giver=ward)
        change_officer(act, own, "a01", giver=ward)
        end_account(act, own, "left", giver=ward)


def test_the_last_admin_of_a_centre_stays(central: CentreUnderTest) -> None:
    first = make_person(central, "nguoi.mot", ("admin", ""), ("viewer", ""))
    make_person(central, "nguoi.hai", ("admin", "phuong-mot"))
    ending = make_person(central, "nguoi.ba", ("admin", ""), last=DAY)
    central.now = lambda: NOW + timedelta(days=1)  # the third one's role is over
    before = state(central)
    refused: list[Callable[[Act], object]] = [
        lambda act: take_role(act, first, role="admin", unit=""),
        lambda act: end_account(act, first, "left"),
        lambda act: give_role(act, first, role="admin", unit="", first=DAY + timedelta(days=9)),
        lambda act: give_role(act, first, role="admin", unit="", last=DAY + timedelta(days=9)),
    ]
    for change in refused:
        with (
            pytest.raises(ProblemError, match="HL5104"),
            acting(central.engine, By("x", central.now())) as act,
        ):
            change(act)
    assert state(central) == before
    with acting(central.engine, By("x", central.now())) as act:
        give_role(act, ending, role="admin", unit="")
        end_account(act, first, "left")


def test_what_was_taken_or_ended_counts_from_the_next_view_on(central: CentreUnderTest) -> None:
    account = make_person(central, "vi.du", ("viewer", "phuong-mot"), ("analyst", ""), officer="a01")
    cookie = signed_in(central, account)
    visitor = visitor_of(central, cookie)
    assert visitor is not None
    assert visitor.person.officer == "a01"
    assert visitor.person.roles == (Held(role="viewer", unit="phuong-mot"), Held(role="analyst", unit=""))
    with acting(central.engine, By("x", NOW)) as act:
        take_role(act, account, role="analyst", unit="")
    visitor = visitor_of(central, cookie)
    assert visitor is not None
    assert visitor.person.roles == (Held(role="viewer", unit="phuong-mot"),)
    with acting(central.engine, By("x", NOW)) as act:
        end_account(act, account, "left")
    assert visitor_of(central, cookie) is None
    with pytest.raises(ProblemError, match="HL4230"):
        sign_in_desk(central).sign_in("vi.du", PASSWORD, BROWSER)
    refused: list[Callable[[Act], object]] = [
        lambda act: give_role(act, account, role="viewer", unit=""),
        lambda act: end_account(act, account, "again"),
        lambda act: make_link(act, account, kind="once", link_text=str),
    ]
    for change in refused:
        with pytest.raises(ProblemError, match="HL5108"), acting(central.engine, By("x", NOW)) as act:
            change(act)


@pytest.mark.parametrize(
    ("login", "name", "officer", "number"),
    [
        ("vi.du", "Ví Dụ", "", "HL5101"),
        ("VI.DU", "Ví Dụ", "", "HL5101"),
        ("ví dụ", "Ví Dụ", "", "HL5102"),
        ("ab", "Ví Dụ", "", "HL5102"),
        ("", "Ví Dụ", "", "HL5102"),
        ("khac", "", "", "HL5109"),
        ("khac", "Hai\nDòng", "", "HL5109"),
        ("khac", "N" * 101, "", "HL5109"),
        ("khac", "Ngược\u202e", "", "HL5109"),
        ("khac", "Ví Dụ", "khong-co", "HL5112"),
    ],
)
def test_an_account_that_is_not_well_formed_is_not_made(
    central: CentreUnderTest, login: str, name: str, officer: str, number: str
) -> None:
    make_person(central, "vi.du")
    before = state(central)
    with pytest.raises(ProblemError, match=number), acting(central.engine, By("x", NOW)) as act:
        create_account(act, login=login, name=name, officer=officer)
    assert state(central) == before


def test_all_that_is_wrong_with_a_new_person_is_named_at_once(central: CentreUnderTest) -> None:
    before = state(central)
    with pytest.raises(ProblemsError) as caught, acting(central.engine, By("x", NOW)) as act:
        add_person(act, login="A", name="", officer="x", role="chief", unit="y", last=DAY - timedelta(days=1))
    numbers = [problem.number for problem in caught.value.problems]
    assert numbers == ["HL5102", "HL5109", "HL5112", "HL5011", "HL5003", "HL5107"]
    assert state(central) == before


@pytest.mark.parametrize(
    ("role", "unit", "first", "last", "number"),
    [
        ("chief", "", None, None, "HL5003"),
        ("viewer", "khong-co", None, None, "HL5011"),
        ("viewer", "", None, DAY - timedelta(days=1), "HL5107"),
        ("viewer", "", DAY + timedelta(days=2), DAY + timedelta(days=1), "HL5107"),
    ],
)
def test_a_role_that_is_not_well_formed_is_not_given(
    central: CentreUnderTest, role: str, unit: str, first: date | None, last: date | None, number: str
) -> None:
    account = make_person(central, "vi.du", ("viewer", "phuong-mot"))
    before = state(central)
    with pytest.raises(ProblemError, match=number), acting(central.engine, By("x", NOW)) as act:
        give_role(act, account, role=role, unit=unit, first=first, last=last)
    with pytest.raises(ProblemError, match="HL5106"), acting(central.engine, By("x", NOW)) as act:
        take_role(act, account, role="viewer", unit="")
    with pytest.raises(ProblemError, match="HL5100"), acting(central.engine, By("x", NOW)) as act:
        give_role(act, 99, role="viewer", unit="")
    assert state(central) == before
