"""The end of the audit log, signed with the centre's key: access to the database is not enough to rewrite it.

The chain (chain.py) shows that a line was changed, but not that all lines after it were computed again. A
seal names a line and its digest, and covers everything up to that line.

Promises:
- a server seals new lines within a minute, unless they contradict the last seal or the one it made itself;
- a line that was changed, dropped or inserted before the sealed one is found by `audit` (HL5008), even if all
  digests were computed again;
- a seal that none of the centre's keys has made is refused (HL5041).

It can't show that the end was cut off and an older seal put back. Against that a person keeps the number and
the digest that `audit` and `backup` print, and checks them with `audit --seen`.
"""

import msgspec
from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Connection, Engine, insert, select, update

from sync.central.office.audit import chain
from sync.central.store.database import one_at_a_time, writing
from sync.central.store.schema import audit as lines
from sync.central.store.schema import facts
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import AUDIT_LOG_CHANGED, AUDIT_SEAL_UNTRUSTED

_TEXT = b"hailong audit\n"
_FACT = "audit_seal"
SHORTEST = 16  # letters of a digest that a person copied from paper


class Seal(Struct, frozen=True):
    """A line of the log and its digest, signed. key: the id of the signing key."""

    number: int
    digest: str
    key: str
    signature: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def read_seal(connection: Connection) -> Seal | None:
    """The last seal, by any key; None before the first."""
    text = connection.execute(select(facts.c.value).where(facts.c.name == _FACT)).scalar()
    return None if text is None else msgspec.json.decode(text, type=Seal)


def is_behind(connection: Connection, seal: Seal | None) -> bool:
    """Whether there are lines that this seal does not cover."""
    newest = connection.execute(select(lines.c.number).order_by(lines.c.number.desc()).limit(1)).scalar()
    return (newest or 0) != (seal.number if seal else 0)


def check_seal(connection: Connection, seal: Seal, trusted: dict[str, bytes]) -> None:
    """Return if a key of the centre (id -> public key) made this seal, and the log still has its line.

    Raises ProblemError HL5041 or HL5008.
    """
    try:
        VerifyKey(trusted[seal.key]).verify(_signed(seal.number, seal.digest), seal.signature)
    except (KeyError, BadSignatureError, ValueError) as error:
        raise ProblemError(AUDIT_SEAL_UNTRUSTED(where=f"line {seal.number}", detail=seal.key)) from error
    check_line(connection, seal.number, seal.digest)


def check_line(connection: Connection, number: int, digest: str) -> None:
    """Return if the log has this line, with a digest that begins with `digest`; raises HL5008."""
    there = connection.execute(select(lines.c.digest).where(lines.c.number == number)).scalar()
    if there is None or len(digest) < SHORTEST or not there.startswith(digest):
        raise ProblemError(AUDIT_LOG_CHANGED(where=f"line {number}"))


def seal(
    connection: Connection, *, before: Seal | None, trusted: dict[str, bytes], key_id: str, key: SigningKey
) -> Seal | None:
    """Seal the log as it is, in the open write transaction; None where it is empty.

    before: the seal that has to be valid first, None for no such check. Raises ProblemError HL5041 or HL5008.
    """
    one_at_a_time(connection)
    known: tuple[int, str] | tuple[()] = ()
    if before is not None:
        check_seal(connection, before, trusted)
        known = (before.number, before.digest)
    wrong = chain.verify(connection, *known)[1]
    if wrong is not None:
        raise ProblemError(AUDIT_LOG_CHANGED(where=f"line {wrong}"))
    row = connection.execute(select(lines.c.number, lines.c.digest).order_by(lines.c.number.desc())).first()
    if row is None:
        return None
    made = Seal(row.number, row.digest, key_id, key.sign(_signed(row.number, row.digest)).signature)
    text = msgspec.json.encode(made).decode()
    if connection.execute(update(facts).where(facts.c.name == _FACT).values(value=text)).rowcount == 0:
        connection.execute(insert(facts).values(name=_FACT, value=text))
    return made


def sign_log(
    engine: Engine, *, key_id: str, key: SigningKey, trusted: dict[str, bytes], anew: bool = False
) -> Seal | None:
    """Seal the log as it is, after checking the last seal; with `anew`, without that check. As `seal`."""
    with writing(engine) as connection:
        before = None if anew else read_seal(connection)
        return seal(connection, before=before, trusted=trusted, key_id=key_id, key=key)


def _signed(number: int, digest: str) -> bytes:
    return _TEXT + f"{number} {digest}".encode()
