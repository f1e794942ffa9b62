"""Who administers an invented province: an account for each role, at the province and at its first commune.

quan-tri       admin of the whole centre          can-bo      viewer there, and the first officer
chuyen-vien    analyst of the province            nhap-phieu  keyer there
chu-tich       viewer of the province             tin-hoc     admin there
xa-khac        admin of the second commune        phan-tich   analyst there
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Engine

from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.keys.stored import Keys
from sync.central.office.people.accounts import create_account, find_account
from sync.central.office.people.box import AccountBox
from sync.central.office.people.one_time_links import make_link
from sync.central.office.people.roles import give_role
from sync.central.office.people.sessions import Browser
from sync.central.office.people.sign_in import SignInDesk
from sync.central.store.storage import Storage
from tests.support.people import quick_passwords
from tests.support.province.places import PROVINCE, Commune

ADMIN = "quan-tri"
LINK = "/bat-dau/"
"""Where the code of a one-time link goes in an address."""


class Account(Struct, frozen=True):
    """unit: where the role is held, "" for the whole centre. officer: the officer this person is."""

    login: str
    name: str
    role: str
    unit: str = ""
    officer: str = ""


def accounts_of(communes: Sequence[Commune]) -> tuple[Account, ...]:
    """All accounts."""
    first, second = communes[:2]
    officer = first.officers[0]
    return (
        Account(ADMIN, "Quản trị dữ liệu mẫu", "admin"),
        Account("chuyen-vien", "Chuyên viên tỉnh Mẫu", "analyst", PROVINCE),
        Account("chu-tich", "Lãnh đạo tỉnh Mẫu", "viewer", PROVINCE),
        Account("tin-hoc", f"Quản trị {first.name}", "admin", first.code),
        Account("phan-tich", f"Phân tích {first.name}", "analyst", first.code),
        Account("can-bo", officer.name, "viewer", first.code, officer.id),
        Account("nhap-phieu", f"Nhập phiếu {first.name}", "keyer", first.code),
        Account("xa-khac", f"Quản trị {second.name}", "admin", second.code),
    )


def make_accounts(act: Act, communes: Sequence[Commune]) -> None:
    """Make them, without passwords: a one-time link lets each in."""
    for account in accounts_of(communes):
        number = create_account(act, login=account.login, name=account.name, officer=account.officer)
        give_role(act, number, role=account.role, unit=account.unit)


def open_session(engine: Engine, keys: Keys, login: str, now: datetime, who: str) -> str:
    """The cookie of a new session of this person, in which nothing is due."""
    desk = SignInDesk(
        Storage(engine), now=lambda: now, passwords=quick_passwords(), box=AccountBox(keys.account_keys())
    )
    code = one_time_path(engine, login, now, who).removeprefix(LINK)
    return desk.use_link(code, Browser("127.0.0.1", "test"))


def one_time_path(engine: Engine, login: str, now: datetime, who: str) -> str:
    """The path of a new one-time link that signs this person in."""
    with acting(engine, By(who, now)) as act:
        account = find_account(act.connection, login)
        return LINK + make_link(act, account, kind="once", link_text=lambda: secrets.token_urlsafe(32))
