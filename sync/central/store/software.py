"""Releases of the terminals' software, see office/software.py."""

from sqlalchemy import BigInteger, Column, String, Table, Text, UniqueConstraint

from sync.central.store.schema import metadata

# A file each. The file itself is in the data folder, named by its digest. stage: none, one, ten, all or
# withdrawn, the same for all files of a version; device: of the stage one.
software = Table(
    "software",
    metadata,
    Column("version", String(40), primary_key=True),
    Column("arch", String(20), primary_key=True),
    Column("python", String(8), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("stage", String(10), nullable=False, server_default="none"),
    Column("device", String(64), nullable=False, server_default=""),
    Column("added_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("changed_by", Text, nullable=False),
    UniqueConstraint("sha256"),
)
