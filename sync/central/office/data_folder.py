"""The data folder of a centre: tables, secret keys, and their public halves; made, or brought up to date."""

from pathlib import Path

import msgspec
import tomli_w
from sqlalchemy import Engine

from sync.central.office.audit.acts import By
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.office.safe_migration import upgrade
from sync.central.store.database import open_database, writing
from sync.central.store.facts import database_url, ensure_facts


def prepare(data: Path, url: str | None, by: By) -> tuple[Engine, list[str]]:
    """Make what is missing; returns the database, and the ids of keys that were made, named after the day."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = make_keys(data / "keys", by.now.strftime("%Y%m%d"))
    public: dict[str, object] = msgspec.to_builtins(load_keys(data / "keys").public())
    (data / "keys.toml").write_text(tomli_w.dumps(public), "utf-8")
    engine = open_database(database_url(data, url))
    upgrade(engine, data, by, server=url)
    with writing(engine) as connection:
        ensure_facts(connection)
    return engine, made
