"""People who sign in at the pages: accounts, roles, and links for a first or forgotten password."""

import secrets
from datetime import date
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Reason, Unit, by_operator, typed_day
from sync.central.commands.printing import AsCsv, show
from sync.central.office.audit.acts import acting
from sync.central.office.people.accounts import (
    AccountStatus,
    change_officer,
    end_account,
    find_account,
    list_accounts,
    mark_approver,
)
from sync.central.office.people.one_time_links import LinkKind, make_link
from sync.central.office.people.permissions import Held
from sync.central.office.people.roles import add_person, give_role, take_role
from sync.central.office.people.second_factor import reset_factor
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

people_app = typer.Typer(help="People who sign in at the centre's pages.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="The name for signing in, such as nguyen.vi.du.")]
Role = Annotated[str, typer.Option(help="admin, analyst, viewer, keyer or interviewer.")]
First = Annotated[date | None, typer.Option("--from", parser=typed_day, help="The role's first day.")]
Last = Annotated[date | None, typer.Option("--to", parser=typed_day, help="The role's last day.")]
Address = Annotated[str, typer.Option(help="The address of the pages.")]

# Behind the address of the pages; the pages' router has a route of this name.
START = "/bat-dau/"


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(people_app, name="people")


@people_app.command("add")
def people_add(
    data: Data,
    login: Login,
    name: Annotated[str, typer.Option(help="As colleagues see it.")],
    role: Role,
    unit: Unit = "",
    first: First = None,
    last: Last = None,
    officer: Annotated[str, typer.Option(help="The officer that this person is.")] = "",
    address: Address = "",
    database: Database = None,
) -> None:
    """Make an account with a role, and print a link at which the person sets the password in 15 minutes."""
    with acting(existing_database(data, database), by_operator()) as act:
        account = add_person(
            act,
            login=login,
            name=name,
            officer=officer,
            role=role,
            unit=unit,
            first=first,
            last=last,
        )
        code = make_link(act, account, kind="password", link_text=lambda: secrets.token_urlsafe(32))
    typer.echo(f"{address.rstrip('/')}{START}{code}")


@people_app.command("list")
def people_list(data: Data, as_csv: AsCsv = False, database: Database = None) -> None:
    """Every account with its roles; what opens them is stored nowhere."""
    with reading(existing_database(data, database)) as connection:
        found = list_accounts(connection)
    show(
        ("Tài khoản", "Tên", "Vai trò", "Cán bộ", "Duyệt", "Đăng nhập bằng", "Trạng thái"),
        [_row(account) for account in found],
        as_csv,
        unbroken=("Tài khoản",),
    )


@people_app.command("role")
def people_role(
    data: Data,
    login: Login,
    role: Role,
    unit: Unit = "",
    first: First = None,
    last: Last = None,
    take: Annotated[bool, typer.Option("--take", help="Take the role away instead.")] = False,
    database: Database = None,
) -> None:
    """Give a role at a unit, or take it away."""
    with acting(existing_database(data, database), by_operator()) as act:
        account = find_account(act.connection, login)
        if take:
            take_role(act, account, role=role, unit=unit)
        else:
            give_role(act, account, role=role, unit=unit, first=first, last=last)


@people_app.command("change")
def people_change(
    data: Data,
    login: Login,
    officer: Annotated[str | None, typer.Option(help="The officer that this person is; empty: none.")] = None,
    approver: Annotated[bool | None, typer.Option(help="May approve reports, or no longer.")] = None,
    database: Database = None,
) -> None:
    """Record which officer a person is, and whether the person approves reports."""
    with acting(existing_database(data, database), by_operator()) as act:
        account = find_account(act.connection, login)
        if officer is None and approver is None:
            act.undo()
        if officer is not None:
            change_officer(act, account, officer)
        if approver is not None:
            mark_approver(act, account, approver)


@people_app.command("link")
def people_link(
    data: Data,
    login: Login,
    once: Annotated[
        bool, typer.Option("--once", help="Signs in without a password; right after set-up.")
    ] = False,
    address: Address = "",
    database: Database = None,
) -> None:
    """Print a link for a new password, valid for 15 minutes and once; the second factor stays."""
    with acting(existing_database(data, database), by_operator()) as act:
        account = find_account(act.connection, login)
        kind: LinkKind = "once" if once else "password"
        code = make_link(act, account, kind=kind, link_text=lambda: secrets.token_urlsafe(32))
    typer.echo(f"{address.rstrip('/')}{START}{code}")


@people_app.command("reset-factor")
def people_reset_factor(data: Data, login: Login, reason: Reason, database: Database = None) -> None:
    """Take the second factor away, of a person who has lost the phone and the recovery codes."""
    with acting(existing_database(data, database), by_operator()) as act:
        reset_factor(act, find_account(act.connection, login), reason)


@people_app.command("end")
def people_end(data: Data, login: Login, reason: Reason, database: Database = None) -> None:
    """End an account: its sessions, links and tokens count no more."""
    with acting(existing_database(data, database), by_operator()) as act:
        end_account(act, find_account(act.connection, login), reason)


def _row(account: AccountStatus) -> tuple[str, ...]:
    person = account.person
    ways = [way for way, there in (("mật khẩu", account.has_password), ("mã", account.has_factor)) if there]
    return (
        person.login,
        person.name,
        "; ".join(map(_held, person.roles)),
        person.officer,
        "có" if person.approver else "",
        " + ".join(ways),
        f"đóng {account.ended_at[:10]}" if account.ended_at else "mở",
    )


def _held(held: Held) -> str:
    days = [
        f"từ {held.first:%d/%m/%Y}" if held.first else "",
        f"đến {held.last:%d/%m/%Y}" if held.last else "",
    ]
    return " ".join(filter(None, (held.role, held.unit or "toàn bộ", *days)))
