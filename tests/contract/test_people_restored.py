"""A restore undoes nothing that was decided about people after the backup, and signs everybody out."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check, restore
from sync.central.office.people.accounts import (
    change_officer,
    end_account,
    list_accounts,
    mark_approver,
    read_person,
)
from sync.central.office.people.restored import carry_people, read_people
from sync.central.office.people.roles import take_role
from sync.central.office.people.second_factor import reset_factor
from sync.central.store.database import reading, writing
from sync.central.store.schema import accounts, known_ids, one_time_links, sessions, sign_in_tries
from sync.contract.problem import ProblemError
from tests.support.people import BROWSER, PASSWORD, link_of, make_person, sign_in_desk, signed_in, with_factor
from tests.support.wire import NOW, CentreUnderTest


def move(central: CentreUnderTest, hours: float) -> None:
    central.now = lambda: NOW + timedelta(hours=hours)


def test_what_was_ended_taken_or_changed_of_people_stays_so(central: CentreUnderTest, tmp_path: Path) -> None:
    desk = sign_in_desk(central)
    leaves = make_person(central, "nguoi.di", ("viewer", ""))
    stays = make_person(central, "nguoi.o", ("admin", ""), ("analyst", "phuong-mot"))
    lost = make_person(central, "mat.may", ("viewer", ""))
    with_factor(central, signed_in(central, lost))
    _, app, codes = with_factor(central, signed_in(central, stays))
    desk.sign_in("nguoi.di", PASSWORD, BROWSER)
    link_of(central, leaves)
    with pytest.raises(ProblemError, match="HL4230"):
        desk.sign_in("nguoi.di", "không phải đâu", BROWSER)
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    assert check(copy, central.url).people == 3

    move(central, 1)
    half = desk.give_code(desk.sign_in("nguoi.o", PASSWORD, BROWSER), codes[0], BROWSER)
    assert half
    with acting(central.engine, By("test", central.now())) as act:
        end_account(act, leaves, "left")
        take_role(act, stays, role="analyst", unit="phuong-mot")
        reset_factor(act, lost, "lost the phone")
    cookie = desk.sign_in("mat.may", PASSWORD, BROWSER)
    desk.set_password(cookie, "một câu khác hẳn", BROWSER, old=PASSWORD)
    new = make_person(central, "moi.den", ("viewer", ""))
    move(central, 2)
    desk.give_code(desk.sign_in("nguoi.o", PASSWORD, BROWSER), app.at(central.now()), BROWSER)

    central.close()
    done = restore(copy, central.address, By("test", central.now()))
    central.open()
    assert done.carried is not None
    assert (done.people, done.carried.people) == (3, 4)
    with reading(central.engine) as connection:
        assert [connection.execute(select(table)).all() for table in (sessions, one_time_links)] == [[], []]
        assert connection.execute(select(sign_in_tries)).all() == []
        held = {each.person.login: (each.person.roles, each.ended_at) for each in list_accounts(connection)}
        lines = connection.exec_driver_sql("SELECT act, subject, detail FROM audit").all()
        assert {(line.act, line.subject) for line in lines if line.detail.startswith("carried over")} == {
            ("account-end", f"account {leaves}"),
            ("account-secrets", f"account {lost}"),
            ("role-take", f"account {stays}"),
            ("account-end", f"account {new}"),
        }
    assert held["nguoi.di"][1] != ""
    assert [role.role for role in held["nguoi.o"][0]] == ["admin"]
    assert (held["moi.den"][0], held["moi.den"][1] != "") == ((), True)
    desk = sign_in_desk(central)
    with pytest.raises(ProblemError, match="HL4230"):
        desk.sign_in("nguoi.di", PASSWORD, BROWSER)
    with pytest.raises(ProblemError, match="HL4230"):
        desk.sign_in("mat.may", PASSWORD, BROWSER)
    assert desk.sign_in("mat.may", "một câu khác hẳn", BROWSER)
    cookie = desk.sign_in("nguoi.o", PASSWORD, BROWSER)
    for spent in (codes[0], app.at(central.now())):
        with pytest.raises(ProblemError, match="HL4233"):
            desk.give_code(cookie, spent, BROWSER)
    assert desk.give_code(cookie, codes[1], BROWSER)


def back(central: CentreUnderTest, copy: Path) -> None:
    central.close()
    restore(copy, central.address, By("test", central.now()))
    central.open()


def logins(central: CentreUnderTest) -> dict[int, tuple[str, bool]]:
    with reading(central.engine) as connection:
        return {
            each.person.account: (each.person.login, not each.ended_at) for each in list_accounts(connection)
        }


def test_the_number_of_an_account_made_after_the_backup_is_given_to_nobody_else(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    first = make_person(central, "co.truoc", ("admin", ""))
    copy, whole = tmp_path / "copy", tmp_path / "whole"
    back_up(central.engine, copy)
    move(central, 1)
    lost = make_person(central, "moi.den")
    back_up(central.engine, whole)

    back(central, copy)
    move(central, 2)
    other = make_person(central, "nguoi.khac")
    assert logins(central) == {
        first: ("co.truoc", True),
        lost: ("moi.den", False),
        other: ("nguoi.khac", True),
    }
    assert other > lost

    back(central, whole)  # in which the account is open: the first restore has not ended it there
    assert logins(central) == {
        first: ("co.truoc", True),
        lost: ("moi.den", True),
        other: ("nguoi.khac", False),
    }


def test_what_a_person_did_about_remarks_stays_theirs_where_another_has_their_number(
    central: CentreUnderTest,
) -> None:
    make_person(central, "co.truoc")
    own = make_person(central, "nguoi.nay")
    with reading(central.engine) as connection:
        there = read_people(connection)
    with writing(central.engine) as connection:
        connection.execute(update(accounts).where(accounts.c.id == own).values(created_at="another day"))
        carried = carry_people(connection, there, lambda *_: None, NOW)
    again = carried.numbers[own]
    assert (carried.count, again != own) == (1, True)
    assert logins(central)[own] == ("nguoi.nay", True)
    assert logins(central)[again] == (f"nguoi.nay~{again}", False)
    assert make_person(central, "sau.cung") > again


@pytest.mark.parametrize("marked_later", [False, True])
def test_the_stricter_mark_of_a_person_holds_after_a_restore(
    central: CentreUnderTest, tmp_path: Path, marked_later: bool
) -> None:
    rated = make_person(central, "cb.mot", ("admin", ""))
    with writing(central.engine) as connection:
        connection.execute(insert(known_ids).values(kind="officer", id="cb-01", unit="phuong-mot", name=""))

    def mark(officer: str, *, approver: bool) -> None:
        with acting(central.engine, By("test", central.now())) as act:
            change_officer(act, rated, officer)
            mark_approver(act, rated, approver)

    mark("" if marked_later else "cb-01", approver=not marked_later)
    back_up(central.engine, tmp_path / "copy")
    mark("cb-01" if marked_later else "", approver=marked_later)
    back(central, tmp_path / "copy")
    with reading(central.engine) as connection:
        person = read_person(connection, rated)
        lines = connection.exec_driver_sql("SELECT act, detail FROM audit").all()
    assert (person.officer, person.approver) == ("cb-01", False)
    carried = {line.act for line in lines if line.detail.startswith("carried over")}
    assert carried == ({"account-officer"} if marked_later else {"account-approver"})


def test_a_copy_whose_rows_of_people_can_not_be_read_is_refused(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    make_person(central, "vi.du", ("viewer", ""))
    with writing(central.engine) as connection:
        connection.exec_driver_sql("UPDATE roles SET first_day = 'soon'")
    copy = tmp_path / "copy"
    back_up(central.engine, copy)
    with pytest.raises(ProblemError, match="HL5009"):
        check(copy, central.url)
