"""A centre with nothing in it gets what it needs to begin: a unit, a form, a counter, and who looks after it.

Promises (each has a test of this name):
- a centre that was set up is refused and stays as it is: its units, devices and people are changed by their
  own acts;
- all of it is stored, or nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.office.address import name_own_address
from sync.central.office.audit.acts import Act
from sync.central.office.bundle import issue
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.office_settings import change_office
from sync.central.office.configuration.shipped_holidays import take_in
from sync.central.office.people.accounts import create_account
from sync.central.office.people.one_time_links import make_link
from sync.central.office.people.roles import give_role
from sync.central.office.places import device_at
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import accounts, devices, units
from sync.contract.assignment import Assignment, Assignments
from sync.contract.catalogue import Catalogue, Counter, Unit
from sync.contract.opening import Opening
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import CENTRE_SET_UP
from sync.contract.survey import Survey
from sync.contract.text import without_marks

ASSIGNMENT = "hang-ngay"
"""The id of the first assignment: the form is asked every day."""
COUNTER = "quay-1"
_AUTHORITIES = ("uy ban nhan dan ", "ubnd ")


class Beginning(Struct, frozen=True, kw_only=True):
    """What a person says of a new centre.

    name: of the office; unit: its code. address: where terminals and people reach the centre. login, person:
    of who looks after it. opening: the office's hours, () always open. form: what its terminals ask.
    certificate: its own for HTTPS, None without one.
    """

    name: str
    unit: str
    address: str
    login: str
    person: str
    form: Survey
    opening: tuple[Opening, ...] = ()
    certificate: Path | None = None


class Begun(Struct, frozen=True, kw_only=True):
    """What the first person needs: an address that lets them in once, and the device of the first counter."""

    address: str
    unit: str
    device: str


def set_up(act: Act, beginning: Beginning, *, link_text: Callable[[], str]) -> Begun:
    """Give an empty centre its first unit, form, counter, holidays, device and administrator.

    link_text: 256 random bits as text. Raises ProblemError HL5126 if it was set up, HL4116 for an address
    that is none, HL1003 … for another wrong value, HL5102 or HL5109 for the person's names.
    """
    there = what_is_there(act.connection)
    if there:
        raise ProblemError(CENTRE_SET_UP(where="setup", detail=f"'{there}'"))
    address = name_own_address(act, beginning.address, beginning.certificate)
    issue(act, _files(beginning))
    office = {"name": {"vi": beginning.name}, "opening": beginning.opening or None}
    change_office(act, beginning.unit, office, "setup")
    take_in(act, act.now.astimezone(VIET_NAM).date())
    device = device_at(act, unit=beginning.unit, counter=COUNTER)
    account = create_account(act, login=beginning.login, name=beginning.person)
    give_role(act, account, role="admin", unit=CENTRE)
    link = make_link(act, account, kind="password", link_text=link_text)
    act.note("setup", beginning.unit, beginning.name)
    return Begun(address=f"{address}/bat-dau/{link}", unit=beginning.unit, device=device)


def what_is_there(connection: Connection) -> str:
    """The first unit, device or person that a centre has; "" for an empty one."""
    for name in (units.c.code, devices.c.id, accounts.c.login):
        there = connection.execute(select(name).order_by(name).limit(1)).scalar()
        if there is not None:
            return str(there)
    return ""


def code_of(name: str) -> str:
    """The code of a unit with this name: "UBND phường Mẫu" is phuong-mau."""
    plain = without_marks(name)
    for authority in _AUTHORITIES:
        plain = plain.removeprefix(authority)
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split()
    return "-".join(words)[:64].rstrip("-")


def _files(beginning: Beginning) -> dict[str, str]:
    """The folder that an office would write; what its terminals look like is decided at the unit itself."""
    unit, form = beginning.unit, beginning.form
    catalogue = checked(
        Catalogue,
        "setup",
        units=(checked(Unit, "unit", code=unit, name={"vi": beginning.name}),),
        counters=(Counter(COUNTER, unit, {"vi": "Quầy số 1", "en": "Counter 1"}),),
        languages=form.languages,
    )
    assigned = Assignment(id=ASSIGNMENT, unit=unit, survey=form.id, respondents=form.respondents[:1])
    return {
        "catalogue.toml": _toml(catalogue),
        "assignments.toml": _toml(Assignments((assigned,))),
        f"surveys/{form.id}.toml": _toml(form),
    }


def _toml(value: Any) -> str:
    return msgspec.toml.encode(value).decode()
