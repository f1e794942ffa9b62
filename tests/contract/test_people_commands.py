"""The commands for people: what they make, print, refuse and record."""

import csv
import io

import pytest

from sync.central.office.audit.chain import operator
from sync.central.store.database import reading
from sync.contract.problem import ProblemError
from sync.host.clock import local_now
from tests.contract.conftest import Run
from tests.support.people import BROWSER, PASSWORD, sign_in_desk, visitor_of
from tests.support.wire import CentreUnderTest

ADD = ("people", "add", "nguyen.vi.du", "--name", "Nguyễn Ví Dụ", "--role")


def code_of(printed: str) -> str:
    return printed.strip().rpartition("/bat-dau/")[2]


def listed(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("people", "list", "--csv").removeprefix("\ufeff"))))


def test_a_person_is_made_with_a_role_and_a_link_for_the_password(central: CentreUnderTest, run: Run) -> None:
    address = ("--address", "https://hailong.example.vn/", "--officer", "a01")
    central.now = local_now
    printed = run(*ADD, "admin", "--unit", "phuong-mot", "--to", "31/12/2099", *address)
    assert printed.startswith("https://hailong.example.vn/bat-dau/")
    assert listed(run) == [
        {
            "Tài khoản": "nguyen.vi.du",
            "Tên": "Nguyễn Ví Dụ",
            "Vai trò": "admin phuong-mot đến 31/12/2099",
            "Cán bộ": "a01",
            "Duyệt": "",
            "Đăng nhập bằng": "",
            "Trạng thái": "mở",
        }
    ]
    desk = sign_in_desk(central)
    cookie = desk.use_link(code_of(printed), BROWSER)
    desk.set_password(cookie, PASSWORD, BROWSER)
    assert listed(run)[0]["Đăng nhập bằng"] == "mật khẩu"
    assert desk.sign_in("nguyen.vi.du", PASSWORD, BROWSER)


def test_roles_marks_links_and_the_end_of_a_person(central: CentreUnderTest, run: Run) -> None:
    central.now = local_now
    run(*ADD, "admin")
    login = "nguyen.vi.du"
    assert run("people", "role", login, "--role", "admin", "--take") == "HL5104"
    run("people", "role", login, "--role", "viewer", "--unit", "phuong-mot")
    run("people", "role", login, "--role", "viewer", "--unit", "phuong-mot", "--take")
    run("people", "change", login, "--approver", "--officer", "a01")
    assert run("people", "change", login) == ""
    row = listed(run)[0]
    assert (row["Vai trò"], row["Duyệt"], row["Cán bộ"]) == ("admin toàn bộ", "có", "a01")
    desk = sign_in_desk(central)
    cookie = desk.use_link(code_of(run("people", "link", login, "--once")), BROWSER)
    visitor = visitor_of(central, cookie)
    assert visitor is not None
    assert visitor.due == ""
    run("people", "reset-factor", login, "--reason", "mất máy")
    assert visitor_of(central, cookie) is None
    assert run("people", "end", login, "--reason", "nghỉ việc") == "HL5104"
    run("people", "add", "nguoi.khac", "--name", "Người Khác", "--role", "admin")
    old = code_of(run("people", "link", login))
    run("people", "end", login, "--reason", "nghỉ việc")
    assert listed(run)[1]["Trạng thái"].startswith("đóng ")
    with pytest.raises(ProblemError, match="HL4232"):
        desk.use_link(old, BROWSER)
    assert run("people", "link", login) == "HL5108"
    assert run("people", "link", "khong.co") == "HL5100"
    assert run("people", "add", login, "--name", "X", "--role", "viewer") == "HL5101"
    with reading(central.engine) as connection:
        rows = connection.exec_driver_sql("SELECT who, act FROM audit").all()
    assert {row.who for row in rows if row.act != "sign-in"} == {operator()}
    assert {"account", "role-give", "role-take", "one-time-link", "account-end"} <= {row.act for row in rows}


def test_a_person_with_a_wrong_role_is_not_made(central: CentreUnderTest, run: Run) -> None:
    assert run(*ADD, "chief") == "HL5003"
    assert run(*ADD, "viewer", "--unit", "khong-co") == "HL5011"
    assert run(*ADD, "viewer", "--to", "01/01/2020") == "HL5107"
    assert listed(run) == []
