"""Plans that are closed: what was handed over, and who has confirmed that it arrived.

What a package holds is decided above (pulling/handing_over.py); here it is kept, with its digest.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_closings
from sync.central.store.schema import plans
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.handing_over import PACKAGE_SAME
from sync.contract.problem.planning import (
    PACKAGE_DIFFERS,
    PLAN_CHANGED,
    PLAN_CLOSED,
    PLAN_ENTRY_WRONG,
    PLAN_NOT_CLOSED,
)

CODE = 8
"""Characters of a digest that a receiver types, at least."""
NAME = 200  # characters


class PackedFile(Struct, frozen=True, kw_only=True):
    """One file of a package. rows: without its heading; None for one that is no table."""

    name: str
    rows: int | None
    size: int
    sha256: str


class PackedGroup(Struct, frozen=True):
    """A group of the plan, and how many forms count for it."""

    id: str
    name: str
    forms: int


class HandedForm(Struct, frozen=True, kw_only=True):
    """A form that another body had handed over. body: who; file, sha256: what came from them."""

    id: str
    version: int
    body: str
    file: str
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a package holds. plan, version: of the wording in force. forms: those of it that were handed over.

    package: which of this plan it is, from 1; before: the digest of the one that it takes the place of, why:
    the reason for that.
    """

    plan: str
    title: str
    number: str
    version: int
    groups: tuple[PackedGroup, ...]
    files: tuple[PackedFile, ...]
    forms: tuple[HandedForm, ...] = ()
    package: int = 1
    before: str = ""
    why: str = ""

    @property
    def forms_count(self) -> int:
        """How many forms count for all groups."""
        return sum(group.forms for group in self.groups)

    def encoded(self) -> bytes:
        """The file that names all others: the same contents are the same bytes."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)

    @property
    def digest(self) -> str:
        """SHA-256 of that file, hex: by it two people compare what they have."""
        return hashlib.sha256(self.encoded()).hexdigest()


class Closing(Struct, frozen=True, kw_only=True):
    """A closed plan. received_at: None until the receiver has confirmed."""

    manifest: Manifest
    digest: str
    closed_at: datetime
    closed_by: int
    received_by: str
    received_at: datetime | None


def closing_of(connection: Connection, plan: str) -> Closing | None:
    """The closing of a plan; None while it is open."""
    row: Any = connection.execute(select(plan_closings).where(plan_closings.c.plan == plan)).first()
    if row is None:
        return None
    return Closing(
        manifest=msgspec.json.decode(row.package, type=Manifest),
        digest=row.digest,
        closed_at=datetime.fromisoformat(row.closed_at),
        closed_by=row.closed_by,
        received_by=row.received_by,
        received_at=datetime.fromisoformat(row.received_at) if row.received_at else None,
    )


def closed_plans(connection: Connection) -> frozenset[str]:
    """The ids of all closed plans."""
    return frozenset(connection.execute(select(plan_closings.c.plan)).scalars())


def is_closed(connection: Connection, plan: str) -> bool:
    """Whether the plan is closed: it takes no new forms."""
    return (
        connection.execute(select(plan_closings.c.plan).where(plan_closings.c.plan == plan)).first()
        is not None
    )


def check_open(connection: Connection, plan: str) -> None:
    """Raise ProblemError HL4298 for a closed plan."""
    if is_closed(connection, plan):
        raise ProblemError(PLAN_CLOSED(where=plan))


def put_closing(act: Act, plan: str, unit: str, manifest: Manifest, *, account: int) -> None:
    """Close the plan with this package; raises ProblemError HL4298 if it is closed."""
    one_at_a_time(act.connection)
    check_open(act.connection, plan)
    values = {
        "plan": plan,
        "unit": unit,
        "closed_at": act.now.isoformat(),
        "closed_by": account,
        "package": msgspec.json.encode(manifest).decode(),
        "digest": manifest.digest,
        "received_by": "",
        "received_at": "",
        "received_account": 0,
        "changed_at": act.now.isoformat(),
    }
    act.connection.execute(insert(plan_closings).values(values))
    act.note("plan-close", plan, manifest.digest)


def renew_package(act: Act, plan: str, manifest: Manifest, *, account: int) -> None:
    """Hand a closed plan over once more, as this package in place of the last: data came after the closing.

    Who got the last one has to confirm again. Raises ProblemError HL4291 if there is another package by now,
    HL4299, HL4368 where nothing is different, HL5071 without a reason.
    """
    begin(act, manifest.why)
    there = _now(act, plan)
    if manifest.before != there.digest:
        raise ProblemError(PLAN_CHANGED(where=plan))
    if (manifest.files, manifest.groups) == (there.manifest.files, there.manifest.groups):
        raise ProblemError(PACKAGE_SAME(where=plan))
    act.connection.execute(delete(plan_closings).where(plan_closings.c.plan == plan))
    unit = act.connection.execute(select(plans.c.unit).where(plans.c.id == plan)).scalars().first()
    put_closing(act, plan, unit or "", manifest, account=account)


def reopen_plan(act: Act, plan: str, why: str) -> None:
    """Open a closed plan again. Raises ProblemError HL4299 for an open one, HL5071 without a reason."""
    begin(act, why)
    _now(act, plan)
    act.connection.execute(delete(plan_closings).where(plan_closings.c.plan == plan))
    act.note("plan-reopen", plan, mask_digits(why))


def confirm_received(act: Act, plan: str, code: str, *, by: str, account: int) -> None:
    """Note that `by` has the package whose digest begins with `code`.

    Raises ProblemError HL4290 for a code that is too short, without a name, or by who closed the plan, HL4291
    if it was confirmed, HL4299, HL4300 for another package.
    """
    closing = _now(act, plan)
    code = "".join(code.split()).lower()
    name = " ".join(by.split())
    if not name or len(name) > NAME:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ben_nhan", detail="để trống" if not name else ""))
    if account == closing.closed_by:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ben_nhan", detail="người đóng không tự xác nhận"))
    if len(code) < CODE:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ma_goi", detail=f"ít nhất {CODE} ký tự"))
    if not closing.digest.startswith(code):
        raise ProblemError(PACKAGE_DIFFERS(where="ma_goi"))
    if closing.received_at is not None:
        raise ProblemError(PLAN_CHANGED(where=plan))
    at = act.now.isoformat()
    values = {"received_by": name, "received_at": at, "received_account": account, "changed_at": at}
    act.connection.execute(update(plan_closings).where(plan_closings.c.plan == plan).values(values))
    act.note("plan-received", plan, closing.digest)


def _now(act: Act, plan: str) -> Closing:
    one_at_a_time(act.connection)
    closing = closing_of(act.connection, plan)
    if closing is None:
        raise ProblemError(PLAN_NOT_CLOSED(where=plan))
    return closing
