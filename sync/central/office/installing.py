"""The machine under a centre: folders, central.env, HTTPS by Caddy, services and timers.

Promises (each has a test of this name):
- a step whose result is there changes nothing, so that a set-up that was killed goes on where it was;
- what somebody else wrote into the Caddyfile stays: one line is added to it;
- nothing is changed on a machine that is not ready;
- a certificate of its own is made once: tablets trust exactly that one.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from sync.central.office.central_env import DATA, DATABASE, FILE, HTTPS, written
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import MACHINE_COMMAND_FAILED, MACHINE_NOT_READY
from sync.host.secret_file import write_secret

USER = "hailong"
DATA_FOLDER, BACKUPS = Path("/var/lib/hailong/central"), Path("/var/backups/hailong")
TLS = Path("/etc/hailong/tls")
CERTIFICATE, KEY = TLS / "centre.pem", TLS / "centre.key"
CADDYFILE, SITE = Path("/etc/caddy/Caddyfile"), Path("/etc/caddy/hailong.caddy")
TEN_YEARS = "3650"  # days
SERVICES = ("hailong-central.service",)
TIMERS = tuple(f"hailong-central-{job}.timer" for job in ("backup", "check", "purge", "tick"))
_IMPORT = f"import {SITE.name}\n"
_DEBIANS_OWN = ":80 { root * /usr/share/caddy file_server }"  # what Caddy's package shows, without remarks

Https = Literal["public", "own", "none"]
"""public: Caddy gets a certificate for a public name. own: one of this centre's own, on a LAN. none: a proxy
that somebody else looks after ends HTTPS."""


class Host(Struct, frozen=True, kw_only=True):
    """What set-up does outside of the database.

    root: put before every path. run: runs a command, returns its exit code. give: lets a user and a group own
    a path. as_service: a context in which this process is the service's user. found: a program's path.
    missing: what keeps this machine from being set up, "" nothing.
    """

    root: Path
    run: Callable[[Sequence[str]], int]
    give: Callable[[Path, str, str], None]
    as_service: Callable[[], AbstractContextManager[object]] = nullcontext
    found: Callable[[str], str | None] = shutil.which
    missing: str = ""

    def at(self, path: Path) -> Path:
        """Where this path is."""
        return self.root / path.relative_to("/")


class Wished(Struct, frozen=True, kw_only=True):
    """How a centre is to be installed. address: as `read_address` returns it."""

    address: str
    https: Https
    data: Path = DATA_FOLDER
    database: str | None = None


def this_machine() -> Host:
    """The machine that runs this process."""
    try:
        pwd.getpwnam(USER)
        missing = "" if os.geteuid() == 0 else "cần quyền root"
    except KeyError:
        missing = f"chưa có người dùng “{USER}”: cài gói hailong-central"
    return Host(root=Path("/"), run=_run, give=shutil.chown, as_service=_as_service, missing=missing)


def check_ready(host: Host, wished: Wished) -> None:
    """Raise ProblemError HL5203 for what this machine lacks."""
    programs = {"none": (), "public": ("caddy",), "own": ("caddy", "openssl")}[wished.https]
    lacking = [f"chưa cài {name}: apt install {name}" for name in programs if not host.found(name)]
    if wished.https != "none" and not wished.address.startswith("https://"):
        lacking.append(f"{wished.https} cần địa chỉ https://")
    if host.missing:
        lacking.insert(0, host.missing)
    if lacking:
        raise ProblemError(MACHINE_NOT_READY(where="setup", detail=lacking[0]))


def prepare_machine(host: Host, wished: Wished) -> list[str]:
    """Make folders, certificate, central.env and the proxy's file; returns what was not there before.

    Raises ProblemError HL5204, OSError.
    """
    changed = [str(path) for path in (wished.data, BACKUPS) if _folder(host, path)]
    if wished.https == "own" and _own_certificate(host, wished.address):
        changed.append(str(CERTIFICATE))
    values = {DATA: str(wished.data), DATABASE: wished.database or "", HTTPS: wished.https}
    if _put(host, FILE, written(values), group=USER):
        changed.append(str(FILE))
    if wished.https != "none" and _proxy(host, wished):
        changed.append(str(SITE))
    return changed


def start_services(host: Host, https: Https) -> list[str]:
    """Let everything run now and after each boot; returns what did not before. Raises HL5204."""
    started = []
    for unit in (*SERVICES, *TIMERS, *(["caddy.service"] if https != "none" else [])):
        known = (host.run(["systemctl", "--quiet", state, unit]) for state in ("is-enabled", "is-active"))
        if any(known):
            _must(host, ["systemctl", "enable", "--now", unit])
            started.append(unit)
    if https != "none":  # always: an earlier set-up may have been killed before this
        _must(host, ["systemctl", "reload", "caddy.service"])
    return started


def site(wished: Wished) -> str:
    """What Caddy serves at this address."""
    parts = urlsplit(wished.address)
    body = "\trequest_body {\n\t\tmax_size 2MB\n\t}\n\treverse_proxy 127.0.0.1:8700\n"
    if wished.https == "public":
        return f"{parts.netloc} {{\n{body}}}\n"
    # By port alone: a tablet that reaches it by a number sends no name.
    return f":{parts.port or 443} {{\n\ttls {CERTIFICATE} {KEY}\n{body}}}\n"


def _folder(host: Host, path: Path) -> bool:
    place = host.at(path)
    there = place.is_dir()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not there:
        place.chmod(0o700)
        host.give(place, USER, USER)
    return not there


def _put(host: Host, path: Path, text: str, *, group: str, mode: int = 0o640) -> bool:
    """Write this file if it is another one; whether it was."""
    place = host.at(path)
    if place.exists() and place.read_text("utf-8") == text:
        return False
    _reachable(place.parent)
    write_secret(place, text.encode(), mode)
    place.chmod(mode)
    host.give(place, "root", group)
    return True


def _reachable(folder: Path) -> None:
    """A folder that everybody may pass through, whatever the umask is."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _proxy(host: Host, wished: Wished) -> bool:
    changed = _put(host, SITE, site(wished), group="caddy")
    main = host.at(CADDYFILE)
    text = main.read_text("utf-8") if main.exists() else ""
    if _IMPORT in text:
        return changed
    lines = (line.strip() for line in text.splitlines())
    said = " ".join(line for line in lines if line and not line.startswith("#"))
    kept = "" if " ".join(said.split()) == _DEBIANS_OWN else text
    between = "\n" if kept and not kept.endswith("\n") else ""
    return _put(host, CADDYFILE, kept + between + _IMPORT, group="caddy", mode=0o644)


def _own_certificate(host: Host, address: str) -> bool:
    """Make a key and a certificate for the host of this address, for ten years, unless there is one."""
    certificate, key = host.at(CERTIFICATE), host.at(KEY)
    if certificate.exists() and key.exists():
        return False
    _reachable(certificate.parent)
    with tempfile.TemporaryDirectory(dir=certificate.parent) as folder:
        settings, made, made_key = (Path(folder, name) for name in ("settings", "pem", "key"))
        settings.write_text(_request(urlsplit(address).hostname or ""), "ascii")
        command = ["openssl", "req", "-x509", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        command += ["-nodes", "-days", TEN_YEARS, "-config", str(settings)]
        _must(host, [*command, "-keyout", str(made_key), "-out", str(made)])
        for path, place, mode in ((made_key, key, 0o640), (made, certificate, 0o644)):
            path.chmod(mode)
            host.give(path, "root", "caddy")
            path.replace(place)
    return True


def _request(host: str) -> str:
    """What OpenSSL is asked for: a certificate that vouches for this name or number, and for itself."""
    try:
        name = f"IP:{ip_address(host)}"
    except ValueError:
        name = f"DNS:{host}"
    lines: Mapping[str, Sequence[str]] = {
        "req": ("distinguished_name = name", "x509_extensions = own", "prompt = no"),
        "name": (f"CN = {host[:64]}",),
        "own": (
            f"subjectAltName = {name}",
            "basicConstraints = critical,CA:TRUE,pathlen:0",
            "keyUsage = critical,digitalSignature,keyCertSign",
            "extendedKeyUsage = serverAuth",
            "subjectKeyIdentifier = hash",
        ),
    }
    return "".join(f"[{part}]\n" + "".join(f"{line}\n" for line in each) for part, each in lines.items())


def _must(host: Host, command: Sequence[str]) -> None:
    code = host.run(command)
    if code:
        raise ProblemError(MACHINE_COMMAND_FAILED(where=" ".join(command), detail=f"mã thoát {code}"))


def _run(command: Sequence[str]) -> int:
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return 127
    return done.returncode


@contextmanager
def _as_service() -> Iterator[None]:
    """Be the service's user for a while, so that what is written is its own."""
    user, home = pwd.getpwnam(USER), os.environ.get("HOME", "/root")
    os.initgroups(USER, user.pw_gid)
    os.setegid(user.pw_gid)
    os.seteuid(user.pw_uid)
    os.environ["HOME"] = user.pw_dir  # where PostgreSQL's library looks for the password
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups([])
        os.environ["HOME"] = home
