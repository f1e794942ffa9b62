"""Who is calling: bearer tokens of administrators and devices. Shown once, stored as SHA-256 digests."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.units.stored import is_unit
from sync.central.store.schema import devices, tokens
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import (
    DEVICE_UNKNOWN,
    ROLE_UNKNOWN,
    TOKEN_DAYS_INVALID,
    TOKEN_UNKNOWN,
    UNIT_UNKNOWN,
)
from sync.contract.problem.wire import TOKEN_INVALID

Role = Literal["admin", "analyst", "viewer"]
ROLES: tuple[str, ...] = get_args(Role)
USUAL_DAYS, MOST_DAYS = 365, 3650


class Caller(Struct, frozen=True):
    """Anyone who holds a token. role: a role of an administrator, or "device" with `device` set."""

    token: int
    role: str
    device: str = ""
    unit: str | None = None
    label: str = ""


def create_token(
    act: Act,
    *,
    token_text: Callable[[], str],
    role: str = "",
    device: str = "",
    unit: str | None = None,
    label: str = "",
    expires: datetime | None = None,
) -> str:
    """Make a token for a role or for a device and return it: this is the only time it can be read.

    unit: the role is held at this unit, and sees only its subtree; None: it sees everything. expires: after
    USUAL_DAYS if not given; every token expires.
    `token_text` gives 256 random bits as text, `secrets.token_urlsafe` in the product.
    Raises ProblemError HL5003 (no such role), HL5004 (no such device) or HL5011 (no such unit).
    """
    connection, now = act.connection, act.now
    if device:
        if connection.execute(select(devices.c.id).where(devices.c.id == device)).first() is None:
            raise ProblemError(DEVICE_UNKNOWN(where="--device", detail=device))
    elif role not in ROLES:
        raise ProblemError(ROLE_UNKNOWN(where="--role", detail=", ".join(ROLES)))
    if unit is not None and not is_unit(connection, unit):
        raise ProblemError(UNIT_UNKNOWN(where="--unit", detail=unit or "để trống"))
    act.note("token", device or f"{role} {unit or ''}".strip(), label)
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
    """The caller of a request with this `Authorization` header; raises ProblemError HL4001."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise ProblemError(TOKEN_INVALID(where="Authorization"))
    row = connection.execute(select(tokens).where(tokens.c.digest == token_digest(text.strip()))).first()
    if row is None or row.revoked_at or _is_past(row.expires_at, now):
        raise ProblemError(TOKEN_INVALID(where="Authorization"))
    return Caller(row.id, row.role, row.device or "", row.unit, row.label)


class TokenStatus(Struct, frozen=True):
    """One line of the list of tokens; state: "valid", "expired" or "revoked"."""

    id: int
    role: str
    device: str
    unit: str
    label: str
    created_at: str
    expires_at: str
    state: str


def list_tokens(connection: Connection, now: datetime) -> list[TokenStatus]:
    """All tokens ever made, also expired and revoked ones, the oldest first."""
    return [
        TokenStatus(
            id=row.id,
            role=row.role,
            device=row.device or "",
            unit=row.unit or "",
            label=row.label,
            created_at=row.created_at,
            expires_at=row.expires_at or "",
            state="revoked" if row.revoked_at else ("expired" if _is_past(row.expires_at, now) else "valid"),
        )
        for row in connection.execute(select(tokens).order_by(tokens.c.id))
    ]


def expire_token(act: Act, *, id: int, at: datetime) -> None:
    """Let a token expire at `at`; raises ProblemError HL5010."""
    _change_token(act.connection, id, {"expires_at": at.isoformat()})
    act.note("token-expire", str(id), at.isoformat())


def revoke_token(act: Act, *, id: int, reason: str) -> None:
    """Revoke a token permanently; raises ProblemError HL5010."""
    _change_token(act.connection, id, {"revoked_at": act.now.isoformat()})
    act.note("token-revoke", str(id), reason)


def _change_token(connection: Connection, id: int, values: dict[str, str]) -> None:
    if connection.execute(update(tokens).where(tokens.c.id == id).values(values)).rowcount == 0:
        raise ProblemError(TOKEN_UNKNOWN(where="id", detail=str(id)))


def _is_past(moment: str | None, now: datetime) -> bool:
    return bool(moment) and datetime.fromisoformat(str(moment)) <= now


def token_digest(text: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(text.encode()).digest()
