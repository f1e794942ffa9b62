"""central.env: where the centre of this machine is, for its services and for every command.

    HAILONG_DATA=/var/lib/hailong/central      the data folder
    HAILONG_DATABASE=postgresql://…            the database; without this line, SQLite in the data folder
    HAILONG_HTTPS=public                       how the address is encrypted, see commands/setup.py

`hailong-central setup` writes it. systemd reads it for the services (EnvironmentFile=), and each command
reads it when it starts; what somebody sets in the environment or types as an option goes before it.
"""

import os
import pwd
from collections.abc import Mapping, MutableMapping
from pathlib import Path

FILE = Path("/etc/hailong/central.env")
DATA, DATABASE, HTTPS = "HAILONG_DATA", "HAILONG_DATABASE", "HAILONG_HTTPS"


def read_env(file: Path) -> dict[str, str]:
    """The values in `file`, by name; {} without such a file. Raises PermissionError."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.strip().partition("=") for line in lines if not line.lstrip().startswith(("#", ";")))
    return {name.strip(): _unquoted(value.strip()) for name, sign, value in pairs if sign}


def written(values: Mapping[str, str]) -> str:
    """The text of a file with these values, each on a line."""
    head = "# Written by `hailong-central setup`. Services and commands of the centre read it.\n"
    return head + "".join(f"{name}={value}\n" for name, value in values.items() if value)


def add_defaults(environment: MutableMapping[str, str], file: Path = FILE) -> None:
    """Add what the file says to `environment`, where that says nothing itself."""
    try:
        values = read_env(file)
    except PermissionError:
        return  # another user's command: it names its own folder
    for name, value in values.items():
        environment.setdefault(name, value)


def become_owner(folder: Path) -> None:
    """Go on as the owner of `folder` if root started this process: the service can't read root's files."""
    if os.geteuid() != 0 or not folder.exists():
        return
    owner = folder.stat().st_uid
    if owner == 0:
        return
    user = pwd.getpwuid(owner)
    os.initgroups(user.pw_name, user.pw_gid)
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(owner, owner, owner)
    os.environ["HOME"] = user.pw_dir  # where PostgreSQL's programs look for the password


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
