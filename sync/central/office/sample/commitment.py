"""The seed of a draw and the key of its codes: made, and their digests published, before any list comes.

Both are secrets until the draw: a file of mode 600 in `keys/samples/`, in no database and no backup. With
the draw the seed is written into the minutes, and anybody can repeat the draw. The key stays secret, because
with it a telephone number could be tried against the codes. It was published by its digest as well: whether
somebody is drawn depends on their code, so a key chosen later would be a chosen draw.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, frame_people, frames, samples
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import SAMPLE_DRAWN, SEED_LOST, SEED_NOT_PUBLISHED, SEED_PUBLISHED
from sync.host.secret_file import write_secret

FOLDER = "samples"
BYTES = 32


class Stratum(Struct, frozen=True):
    """A group of a plan whose people are drawn."""

    plan: str
    group: str


class Secrets(Struct, frozen=True):
    """Both secrets of a draw, hex."""

    seed: str
    key: str


class Commitment(Struct, frozen=True, kw_only=True):
    """What is known of a draw. seed, drawn_at: "" before it."""

    seed_digest: str
    key_digest: str
    published_at: str
    seed: str
    spare_percent: int
    drawn_at: str


def digest_of_secret(secret: str) -> str:
    """The published digest of a secret: SHA-256 of its hex digits, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def publish_seed(
    act: Act, keys: Path, stratum: Stratum, random_bytes: Callable[[int], bytes] = os.urandom
) -> Commitment:
    """Make both secrets of a draw and publish their digests; `keys` is the folder of the centre's keys.

    Only where the file of an earlier seed is lost, before the draw, there is another one; lists that came in
    between are removed, because their codes need the lost key. Raises ProblemError HL4311, HL4313 for a group
    whose people are asked without a list already.
    """
    connection = act.connection
    one_at_a_time(connection)
    known = find_commitment(connection, stratum)
    if known is not None and (known.drawn_at or _is_here(keys, stratum, known)):
        raise ProblemError(SEED_PUBLISHED(where=stratum.group))
    asked = select(drawn_people.c.place).where(of_stratum(drawn_people, stratum)).limit(1)
    if connection.execute(asked).first():  # where they were met, see interviews/met.py
        raise ProblemError(SAMPLE_DRAWN(where=stratum.group))
    made = Secrets(random_bytes(BYTES).hex(), random_bytes(BYTES).hex())
    for table in (samples, frames, frame_people):
        connection.execute(delete(table).where(of_stratum(table, stratum)))
    digests = {"seed_digest": digest_of_secret(made.seed), "key_digest": digest_of_secret(made.key)}
    values = {"plan": stratum.plan, "stratum": stratum.group, "published_at": act.now.isoformat(), **digests}
    connection.execute(insert(samples).values(values))
    act.note(
        "sample-seed",
        f"{stratum.plan} {stratum.group}",
        f"seed digest: {digests['seed_digest']}, key digest: {digests['key_digest']}",
    )
    file = _file(keys, stratum)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    write_secret(file, msgspec.json.encode(made))
    return commitment_of(connection, stratum)


def find_commitment(connection: Connection, stratum: Stratum) -> Commitment | None:
    """What was published for this group; None for nothing."""
    row = connection.execute(select(samples).where(of_stratum(samples, stratum))).first()
    if row is None:
        return None
    return Commitment(**{name: getattr(row, name) for name in Commitment.__struct_fields__})


def commitment_of(connection: Connection, stratum: Stratum) -> Commitment:
    """The same; raises ProblemError HL4310 if nothing was published."""
    known = find_commitment(connection, stratum)
    if known is None:
        raise ProblemError(SEED_NOT_PUBLISHED(where=stratum.group))
    return known


def read_secrets(keys: Path, stratum: Stratum, known: Commitment) -> Secrets:
    """Both secrets, as they were published; raises ProblemError HL4312."""
    try:
        secrets = msgspec.json.decode(_file(keys, stratum).read_bytes(), type=Secrets)
    except (OSError, msgspec.DecodeError) as error:
        raise ProblemError(SEED_LOST(where=stratum.group)) from error
    found = (digest_of_secret(secrets.seed), digest_of_secret(secrets.key))
    if found != (known.seed_digest, known.key_digest):
        raise ProblemError(SEED_LOST(where=stratum.group))
    return secrets


def forget_secrets(keys: Path, stratum: Stratum) -> None:
    """Remove the file: no code can be made, or tried, any more."""
    _file(keys, stratum).unlink(missing_ok=True)


def of_stratum(table: Table, stratum: Stratum) -> ColumnElement[bool]:
    """The condition for rows of this group."""
    return and_(table.c.plan == stratum.plan, table.c.stratum == stratum.group)


def _is_here(keys: Path, stratum: Stratum, known: Commitment) -> bool:
    try:
        read_secrets(keys, stratum, known)
    except ProblemError:
        return False
    return True


def _file(keys: Path, stratum: Stratum) -> Path:
    # No id holds a "+", so two groups never share a file.
    return keys / FOLDER / f"{stratum.plan}+{stratum.group}.json"
