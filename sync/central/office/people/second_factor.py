"""The second factor: six digits of an authenticator app (TOTP, RFC 6238), or a recovery code on paper.

Promises:
- a code opens once: the time step of the last one is kept, and no code up to that step counts again;
- of two requests with one code at once, one gets in;
- a copy of the database gives no codes: secrets are sealed with `keys/accounts.json`, see box.py. A person
  who has that file too can make codes: keep both apart, as backups do;
- a recovery code holds 80 random bits and is stored as its SHA-256; a new set takes the place of the old one.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

import pyotp
from sqlalchemy import Connection, delete, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.people.accounts import changeable
from sync.central.office.people.box import AccountBox
from sync.central.office.people.permissions import Person
from sync.central.store.schema import accounts, recovery_codes, sessions
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import CODE_WRONG
from sync.contract.problem.centre import FACTOR_NOT_PROPOSED

STEP = 30  # seconds
DIGITS = 6
RECOVERY_CODES = 10
_SECRET_BYTES, _CODE_BYTES = 20, 10
ISSUER = "Hài Lòng"

RandomBytes = Callable[[int], bytes]


def matching_step(secret: str, code: str, now: float, *, after: int) -> int | None:
    """The time step of this code, if it is of this step or a neighbour and later than `after`. Pure."""
    digits = "".join(code.split()).encode()
    totp = pyotp.TOTP(secret, interval=STEP)
    current = int(now) // STEP
    # Every step is compared, so that the time says nothing.
    steps = [
        step for step in (current - 1, current, current + 1) if hmac.compare_digest(_at(totp, step), digits)
    ]
    return next((step for step in steps if step > after), None)


def _at(totp: pyotp.TOTP, step: int) -> bytes:
    return totp.generate_otp(step).encode()


def provisioning_uri(secret: str, login: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)


def propose_factor(act: Act, account: int, *, box: AccountBox, random_bytes: RandomBytes) -> str:
    """Begin to set a second factor up: its secret in base32, which counts once a code has confirmed it."""
    secret = base64.b32encode(random_bytes(_SECRET_BYTES)).decode()
    proposed = update(accounts).where(accounts.c.id == account).values(factor_proposed=box.seal(secret))
    act.connection.execute(proposed)
    act.note("second-factor-proposed", f"account {account}")
    return secret


def proposed_secret(connection: Connection, account: int, *, box: AccountBox) -> str:
    """The secret of a factor that waits for its first code, in base32; "" if none was proposed."""
    query = select(accounts.c.factor_proposed).where(accounts.c.id == account)
    sealed = connection.execute(query).scalar()
    return box.open(sealed) if sealed else ""


def confirm_factor(
    act: Act, account: int, code: str, *, box: AccountBox, random_bytes: RandomBytes
) -> tuple[str, ...]:
    """Let the proposed factor count, in place of the one before; ten recovery codes, shown only now.

    Raises ProblemError HL5110 (none was proposed) or HL4233 (the code is wrong).
    """
    sealed = act.connection.execute(
        select(accounts.c.factor_proposed).where(accounts.c.id == account)
    ).scalar()
    if sealed is None:
        raise ProblemError(FACTOR_NOT_PROPOSED())
    step = matching_step(box.open(sealed), code, act.now.timestamp(), after=0)
    if step is None:
        raise ProblemError(CODE_WRONG())
    act.connection.execute(
        update(accounts)
        .where(accounts.c.id == account)
        .values(factor=sealed, factor_proposed=None, factor_step=step)
    )
    codes = _new_codes(act, account, random_bytes)
    act.note("second-factor", f"account {account}")
    return codes


def renew_recovery_codes(act: Act, account: int, *, random_bytes: RandomBytes) -> tuple[str, ...]:
    """Ten new recovery codes in place of those before; shown only now."""
    codes = _new_codes(act, account, random_bytes)
    act.note("recovery-codes", f"account {account}")
    return codes


def _new_codes(act: Act, account: int, random_bytes: RandomBytes) -> tuple[str, ...]:
    act.connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    codes = tuple(_readable(random_bytes(_CODE_BYTES)) for _ in range(RECOVERY_CODES))
    changed = update(accounts).where(accounts.c.id == account).values(secrets_at=act.now.isoformat())
    act.connection.execute(changed)
    rows = [{"account": account, "digest": _digest(code)} for code in codes]
    act.connection.execute(insert(recovery_codes), rows)
    return codes


def recovery_codes_left(connection: Connection, account: int) -> int:
    """How many recovery codes of this account are unused."""
    unused = select(recovery_codes.c.digest).where(
        recovery_codes.c.account == account, recovery_codes.c.used_at.is_(None)
    )
    return len(connection.execute(unused).all())


def reset_factor(act: Act, account: int, reason: str, *, giver: Person | None = None) -> None:
    """Take the second factor away, for a person who lost the phone and the recovery codes; ends all sessions.

    Raises ProblemError HL5100, HL5105 or HL5108.
    """
    changeable(act, account, giver)
    act.connection.execute(
        update(accounts)
        .where(accounts.c.id == account)
        .values(factor=None, factor_proposed=None, secrets_at=act.now.isoformat())
    )
    act.connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    act.connection.execute(delete(sessions).where(sessions.c.account == account))
    act.note("second-factor-reset", f"account {account}", mask_digits(reason))


def spend_code(connection: Connection, account: int, code: str, *, box: AccountBox, now: datetime) -> bool:
    """Whether this code opens, of the app or for recovery; if so, it is spent in this write transaction."""
    row = connection.execute(
        select(accounts.c.factor, accounts.c.factor_step).where(accounts.c.id == account)
    ).first()
    if row is None or row.factor is None:
        return False
    if len("".join(code.split())) > DIGITS:
        return _spend_recovery_code(connection, account, code, now)
    step = matching_step(box.open(row.factor), code, now.timestamp(), after=row.factor_step)
    if step is None:
        return False
    later = (accounts.c.id == account) & (accounts.c.factor_step < step)
    return connection.execute(update(accounts).where(later).values(factor_step=step)).rowcount == 1


def _spend_recovery_code(connection: Connection, account: int, code: str, now: datetime) -> bool:
    unused = (
        (recovery_codes.c.account == account)
        & (recovery_codes.c.digest == _digest(code))
        & recovery_codes.c.used_at.is_(None)
    )
    spent = update(recovery_codes).where(unused).values(used_at=now.isoformat())
    return connection.execute(spent).rowcount == 1


def _readable(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _digest(code: str) -> bytes:
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(letters.encode()).digest()
