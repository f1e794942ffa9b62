"""The first start of an installation: from a machine with the package to an address that a person opens."""

import secrets
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from sync.central.commands.devices import invitation_for, show_invitation
from sync.central.commands.options import by_operator
from sync.central.commands.spans import opening_of
from sync.central.office.address import fingerprint_of, name_own_address, own_address, own_fingerprint
from sync.central.office.audit.acts import acting
from sync.central.office.central_env import DATA, DATABASE, FILE, HTTPS, read_env
from sync.central.office.data_folder import prepare
from sync.central.office.forms.form_file import read_form
from sync.central.office.installing import (
    CERTIFICATE,
    DATA_FOLDER,
    Host,
    Https,
    Wished,
    check_ready,
    prepare_machine,
    start_services,
    this_machine,
)
from sync.central.office.people.one_time_links import LASTS
from sync.central.office.setting_up import Beginning, code_of, set_up, what_is_there
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.address import read_address
from sync.contract.enrolment import Invitation
from sync.contract.problem import ProblemError, ProblemsError
from sync.contract.problem.centre import DATA_FOLDER_MISSING, MACHINE_NOT_READY
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.survey import Survey
from sync.host.assets import asset

USUAL_FORM = asset("surveys", "kien-hung.toml")
HOWS: dict[str, Https] = {"public": "public", "own": "own", "none": "none"}
ASKED = "HTTPS: public (tên miền công khai), own (chứng thư riêng, mạng nội bộ), none (tự lo)"


class Said(Struct, frozen=True, kw_only=True):
    """What a person said of the new centre; "" for what has still to be asked."""

    name: str
    address: str
    person: str
    login: str
    unit: str
    form: Path | None
    hours: tuple[str, ...]

    def beginning(self, certificate: Path | None = None) -> Beginning:
        """The new centre."""
        return Beginning(
            name=self.name.strip(),
            unit=self.unit or code_of(self.name),
            address=self.address,
            login=self.login,
            person=self.person,
            form=_form(self.form or USUAL_FORM),
            opening=opening_of(self.hours),
            certificate=certificate,
        )


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("setup")(setup)


def setup(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="The office's, as citizens read it.")] = "",
    address: Annotated[str, typer.Option(help="Where terminals and people reach it.")] = "",
    person: Annotated[str, typer.Option(help="Of who looks after it.")] = "",
    https: Annotated[str, typer.Option(help="public, own or none: how the address is encrypted.")] = "",
    login: Annotated[str, typer.Option(help="The name that person signs in with.")] = "quan-tri",
    unit: Annotated[str, typer.Option(help="The unit's code; else made of its name.")] = "",
    form: Annotated[Path | None, typer.Option(help="The form its terminals ask, as .toml or .xlsx.")] = None,
    hours: Annotated[
        list[str] | None, typer.Option(help='Opening hours, several times: "T2-T6 07:30-11:30"; else always.')
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="The device's code without a picture.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Only this data folder is made; folders, HTTPS and services are not.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="A PostgreSQL URL; else SQLite in the data folder.")
    ] = None,
) -> None:
    """Set up a new centre on this machine, running and encrypted; prints one address that signs in once."""
    said = Said(
        name=name,
        address=address,
        person=person,
        login=login,
        unit=unit,
        form=form,
        hours=tuple(hours or ()),
    )
    if data is not None:
        _begin(data, database, _asked(said).beginning(), plain=plain)
        return
    host = context.obj if isinstance(context.obj, Host) else this_machine()
    _install(host, said, https, database, plain=plain)


def _install(host: Host, said: Said, https: str, database: str | None, *, plain: bool) -> None:
    """Set up the machine and the centre on it; what is there stays as it is."""
    known = read_env(host.at(FILE))
    folder = Path(known.get(DATA, str(DATA_FOLDER)))
    data, in_use = host.at(folder), known.get(DATABASE) or None
    if database and database != in_use and (in_use or (data / "central.db").exists()):
        detail = "đã có trung tâm ở cơ sở dữ liệu khác: chuyển bằng hailong-central migrate-db"
        raise ProblemError(MACHINE_NOT_READY(where="--database", detail=detail))
    database = database or in_use
    there, address = _centre_there(data, database, host.as_service())
    if not there:
        said = _asked(said)
        address = read_address(said.address, "address")
    settled = known.get(HTTPS, "") if there else ""
    how = HOWS.get(settled or https or typer.prompt(ASKED, default=_usual(address)))
    if how is None:
        raise ProblemError(ENTRY_INVALID(where="--https", detail=f"một trong: {', '.join(HOWS)}"))
    wished = Wished(address=address, https=how, data=folder, database=database)
    check_ready(host, wished)
    beginning = None if there else said.beginning(host.at(CERTIFICATE) if how == "own" else None)
    changed = prepare_machine(host, wished)
    begun = None
    with host.as_service():
        if beginning is not None:
            begun = _made(data, database, beginning)
        elif how == "own":
            _put_into_codes(data, database, host.at(CERTIFICATE))
    changed += start_services(host, how)
    for line in changed:
        typer.echo(f"+ {line}")
    if begun is not None and beginning is not None:
        _show(begun, beginning, plain=plain)
        return
    typer.echo(f"Trung tâm đã dựng từ trước: {there}, {address}. Đơn vị, máy, tài khoản giữ nguyên.")
    if not changed:
        typer.echo("Không có gì phải đổi.")
    typer.echo("Cần liên kết đăng nhập khác: hailong-central people link quan-tri --address ĐỊA-CHỈ")


def _centre_there(
    data: Path, database: str | None, as_service: AbstractContextManager[object]
) -> tuple[str, str]:
    """The first unit, device or person of the centre that is there, "" without any; and its address."""
    with as_service:
        try:
            engine = existing_database(data, database)
        except ProblemError as error:
            if error.problem.kind is not DATA_FOLDER_MISSING:
                raise
            return "", ""
        with reading(engine) as connection:
            found = what_is_there(connection), own_address(connection)
        engine.dispose()
    return found


def _put_into_codes(data: Path, database: str | None, certificate: Path) -> None:
    """Let codes carry the fingerprint of this certificate, if they don't."""
    engine = existing_database(data, database)
    with acting(engine, by_operator()) as act:
        if own_fingerprint(act.connection) == fingerprint_of(certificate):
            act.undo()
        else:
            name_own_address(act, own_address(act.connection), certificate)
    engine.dispose()


def _asked(said: Said) -> Said:
    """Ask for what no option says."""
    return replace(
        said,
        name=said.name or typer.prompt("Tên cơ quan"),
        address=said.address or typer.prompt("Địa chỉ của trung tâm, như https://hailong.example.vn"),
        person=said.person or typer.prompt("Họ tên người quản trị"),
    )


def _usual(address: str) -> Https:
    """How an address like this is usually encrypted: a public name has dots and letters."""
    host = address.partition("://")[2].partition(":")[0]
    public = "." in host and host.rpartition(".")[2].isalpha() and not host.endswith((".local", ".lan"))
    return "none" if address.startswith("http://") else "public" if public else "own"


class _Made(Struct, frozen=True):
    """The link for the first person, and the code for the first device."""

    link: str
    device: str
    invitation: Invitation


def _begin(data: Path, database: str | None, beginning: Beginning, *, plain: bool) -> None:
    _show(_made(data, database, beginning), beginning, plain=plain)


def _made(data: Path, database: str | None, beginning: Beginning) -> _Made:
    by = by_operator()
    engine, made = prepare(data, database, by)
    with acting(engine, by) as act:
        if made:
            act.note("keys-made", " ".join(made))
        begun = set_up(act, beginning, link_text=lambda: secrets.token_urlsafe(32))
        invitation = invitation_for(act, data, begun.device)
    engine.dispose()
    return _Made(begun.address, begun.device, invitation)


def _show(made: _Made, beginning: Beginning, *, plain: bool) -> None:
    form, login = beginning.form.id, beginning.login
    typer.echo(f"{beginning.name}: đơn vị {beginning.unit}, phiếu {form}, tài khoản {login}")
    show_invitation(made.invitation, made.device, plain)
    typer.echo(f"Mở địa chỉ này trong {LASTS // 60} phút để đặt mật khẩu, một lần:")
    typer.echo(made.link)


def _form(file: Path) -> Survey:
    incoming = read_form(file)
    if incoming.survey is None:
        raise ProblemsError(incoming.faults)
    return incoming.survey
