"""Who is calling: bearer tokens of administrators and devices. Shown once, stored as their SHA-256."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, insert, select

from sync.central.schema import devices, tokens
from sync.contract.problem import ProblemError, problem

Role = Literal["admin", "analyst", "viewer"]
ROLES: tuple[str, ...] = get_args(Role)


class Caller(Struct, frozen=True):
    """Whoever holds a token. role: a role of an administrator, or "device" with `device` set."""

    token: int
    role: str
    device: str = ""
    unit: str | None = None
    label: str = ""


def create_token(
    connection: Connection,
    *,
    now: datetime,
    token_text: Callable[[], str],
    role: str = "",
    device: str = "",
    label: str = "",
    expires: datetime | None = None,
) -> str:
    """Make a token for a role or for a device and return it: this is the only time it can be read.

    `token_text` gives 256 random bits as text, `secrets.token_urlsafe` in the product.
    Raises ProblemError HL5003 (no such role) or HL5004 (no such device).
    """
    if device:
        if connection.execute(select(devices.c.id).where(devices.c.id == device)).first() is None:
            raise ProblemError(problem("HL5004", where="--device", detail=device))
    elif role not in ROLES:
        raise ProblemError(problem("HL5003", where="--role", detail=", ".join(ROLES)))
    text = f"hl_{token_text()}"
    connection.execute(
        insert(tokens).values(
            digest=token_digest(text),
            role="device" if device else role,
            device=device or None,
            label=label,
            created_at=now.isoformat(),
            expires_at=expires.isoformat() if expires else None,
        )
    )
    return text


def find_caller(connection: Connection, authorization: str, now: datetime) -> Caller:
    """The caller of a request with this `Authorization` header; raises ProblemError HL4001."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise ProblemError(problem("HL4001", where="Authorization"))
    row = connection.execute(select(tokens).where(tokens.c.digest == token_digest(text.strip()))).first()
    if row is None or row.revoked_at or (row.expires_at and datetime.fromisoformat(row.expires_at) <= now):
        raise ProblemError(problem("HL4001", where="Authorization"))
    return Caller(row.id, row.role, row.device or "", row.unit, row.label)


def token_digest(text: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(text.encode()).digest()
