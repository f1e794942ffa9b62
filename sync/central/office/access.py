"""Who is calling: bearer tokens of administrators and devices. Shown once, stored as SHA-256 digests.

A token of a person never does more than the person: it opens nothing once the account has ended, or the
person no longer holds its role, or one above it, at its unit.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.people.above import above
from sync.central.office.people.accounts import is_ended, read_person
from sync.central.office.people.permissions import covering, is_within
from sync.central.office.units.stored import is_unit
from sync.central.store.schema import accounts, devices, tokens
from sync.contract.masking import mask_digits
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import (
    ACCOUNT_ENDED,
    BEYOND_OWN_ROLE,
    DEVICE_UNKNOWN,
    ROLE_UNKNOWN,
    TOKEN_DAYS_INVALID,
    TOKEN_UNKNOWN,
    UNIT_UNKNOWN,
)
from sync.contract.problem.wire import ACCESS_DENIED, TOKEN_INVALID

# A program has no use for the other roles.
ROLES = ("admin", "analyst", "viewer")
USUAL_DAYS, MOST_DAYS = 365, 3650


class Caller(Struct, frozen=True):
    """Anyone who holds a token. role: a role of an administrator, or "device" with `device` set.

    officer: the officer that this person is, whose responses they do not get; "" for none.
    """

    token: int
    role: str
    device: str = ""
    unit: str | None = None
    label: str = ""
    officer: str = ""


def create_token(
    act: Act,
    *,
    token_text: Callable[[], str],
    role: str = "",
    device: str = "",
    unit: str | None = None,
    label: str = "",
    account: int | None = None,
    expires: datetime | None = None,
) -> str:
    """Make a token for a role or for a device and return it: this is the only time it can be read.

    unit: the role is held at this unit, and sees only its subtree; None: it sees everything. account: whose
    it is. expires: after USUAL_DAYS if not given; every token expires.
    `token_text` gives 256 random bits as text, `secrets.token_urlsafe` in the product.
    Raises ProblemError HL5003 (no such role), HL5004 (no such device), HL5011 (no such unit), HL5100 (no such
    account), HL5105 (its person may not do that) or HL5108.
    """
    connection, now = act.connection, act.now
    if device:
        if connection.execute(select(devices.c.id).where(devices.c.id == device)).first() is None:
            raise ProblemError(DEVICE_UNKNOWN(where="--device", detail=device))
    elif role not in ROLES:
        raise ProblemError(ROLE_UNKNOWN(where="--role", detail=", ".join(ROLES)))
    if unit is not None and not is_unit(connection, unit):
        raise ProblemError(UNIT_UNKNOWN(where="--unit", detail=unit or "để trống"))
    if account is not None:
        person = read_person(connection, account)
        if is_ended(connection, account):
            raise ProblemError(ACCOUNT_ENDED(where="--account", detail=person.login))
        if device or not _may(connection, account, role, unit, now):
            raise ProblemError(BEYOND_OWN_ROLE(where="--account", detail=person.login))
    whose = f"account {account}" if account is not None else ""
    act.note("token", device or f"{role} {unit or ''}".strip(), " ".join(filter(None, (whose, label))))
    text = f"hl_{token_text()}"
    connection.execute(
        insert(tokens).values(
            digest=token_digest(text),
            role="device" if device else role,
            device=device or None,
            unit=unit,
            label=label,
            created_at=now.isoformat(),
            expires_at=(expires or in_days(now, USUAL_DAYS)).isoformat(),
            account=account,
        )
    )
    return text


def in_days(now: datetime, days: int, least: int = 1) -> datetime:
    """The end of a token that is valid for `days`; raises ProblemError HL5040 for too few or too many."""
    if not least <= days <= MOST_DAYS:
        detail = f"{days}; từ {least} đến {MOST_DAYS}"
        raise ProblemError(TOKEN_DAYS_INVALID(where="--days", detail=detail))
    return now + timedelta(days=days)


def find_caller(connection: Connection, authorization: str, now: datetime) -> Caller:
    """The caller of a request with this `Authorization` header.

    Raises ProblemError HL4001, also if its account has ended, or HL4002 if its person lost the role.
    """
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise ProblemError(TOKEN_INVALID(where="Authorization"))
    row = connection.execute(select(tokens).where(tokens.c.digest == token_digest(text.strip()))).first()
    if row is None or row.revoked_at or _is_past(row.expires_at, now):
        raise ProblemError(TOKEN_INVALID(where="Authorization"))
    officer = ""
    if row.account is not None:
        if is_ended(connection, row.account):
            raise ProblemError(TOKEN_INVALID(where="Authorization"))
        if not _may(connection, row.account, row.role, row.unit, now):
            detail = "người giữ mã không còn vai trò này"
            raise ProblemError(ACCESS_DENIED(where="Authorization", detail=detail))
        officer = read_person(connection, row.account).officer
    return Caller(row.id, row.role, row.device or "", row.unit, row.label, officer)


def _may(connection: Connection, account: int, role: str, unit: str | None, now: datetime) -> bool:
    """Whether the person may do at this unit all that the role may."""
    day, place = now.astimezone(VIET_NAM).date(), unit or ""
    held = covering(read_person(connection, account), place, day, above(connection, place, day))
    return any(is_within(role, each.role) for each in held)


class TokenStatus(Struct, frozen=True):
    """One line of the list of tokens; state: "valid", "expired", "revoked" or "ended" with its account.

    login: of the person whose it is; "" for none.
    """

    id: int
    role: str
    device: str
    unit: str
    label: str
    created_at: str
    expires_at: str
    state: str
    login: str


def list_tokens(connection: Connection, now: datetime, account: int | None = None) -> list[TokenStatus]:
    """All tokens ever made, or those of an account, also expired and revoked ones, the oldest first."""
    query = (
        select(tokens, accounts.c.login, accounts.c.ended_at)
        .outerjoin(accounts, accounts.c.id == tokens.c.account)
        .order_by(tokens.c.id)
    )
    if account is not None:
        query = query.where(tokens.c.account == account)
    return [
        TokenStatus(
            id=row.id,
            role=row.role,
            device=row.device or "",
            unit=row.unit or "",
            label=row.label,
            created_at=row.created_at,
            expires_at=row.expires_at or "",
            state=_state(row, now),
            login=row.login or "",
        )
        for row in connection.execute(query)
    ]


def _state(row: Row[Any], now: datetime) -> str:
    if row.revoked_at:
        return "revoked"
    if _is_past(row.expires_at, now):
        return "expired"
    return "ended" if row.ended_at else "valid"


def expire_token(act: Act, *, id: int, at: datetime, account: int | None = None) -> None:
    """Let a token expire at `at`; account: only a token of this one. Raises ProblemError HL5010."""
    _change_token(act.connection, id, account, {"expires_at": at.isoformat()})
    act.note("token-expire", str(id), at.isoformat())


def revoke_token(act: Act, *, id: int, reason: str, account: int | None = None) -> None:
    """Revoke a token permanently; account: only a token of this one. Raises ProblemError HL5010."""
    _change_token(act.connection, id, account, {"revoked_at": act.now.isoformat()})
    act.note("token-revoke", str(id), mask_digits(reason))


def _change_token(connection: Connection, id: int, account: int | None, values: dict[str, str]) -> None:
    changed = update(tokens).where(tokens.c.id == id).values(values)
    if account is not None:
        changed = changed.where(tokens.c.account == account)
    if connection.execute(changed).rowcount == 0:
        raise ProblemError(TOKEN_UNKNOWN(where="id", detail=str(id)))


def _is_past(moment: str | None, now: datetime) -> bool:
    return bool(moment) and datetime.fromisoformat(str(moment)) <= now


def token_digest(text: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(text.encode()).digest()
