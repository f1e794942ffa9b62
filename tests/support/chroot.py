"""An empty Debian in a folder, in which commands run as on a machine that has just been installed.

The base system of each release is made once (build/fresh/<suite>) and copied for each run. Commands run in
their own mount and process namespaces: when a command ends, even by a crash, all its mounts and processes are
gone. apt and pip are configured as on this machine; nothing else is shared.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "fresh"
SCRIPTS = Path("/usr/share/debootstrap/scripts")
INCLUDED = ("git", "make", "python3", "python3-venv", "python3-pip", "ca-certificates")
"""What somebody has installed who builds from the sources."""
PIP = ("etc/pip.conf", "etc/xdg/pip", "root/.config/pip", "root/.pip")
CERTIFICATES = Path("usr/local/share/ca-certificates")
# Mounts what a program expects and the folders that pip's configuration names, then becomes the command.
ENTER = """set -eu
root=$1 folders=$2; shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
for folder in $folders; do
    mkdir -p "$root$folder"
    mount --bind "$folder" "$root$folder"
done
exec chroot "$root" "$@"
"""


def suites() -> list[str]:
    """The Debian releases of the guide that debootstrap can make here."""
    return [suite for suite in ("bookworm", "trixie") if (SCRIPTS / suite).exists()]


def _codename() -> str:
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "")


def _mirror() -> list[str]:
    """Where this machine's apt gets Debian itself from; empty: debootstrap's own default."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(SITE)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    own = f"{_codename()} main "
    return [line.removeprefix(own) for line in listed.splitlines() if line.startswith(own)][:1]


def environment() -> dict[str, str]:
    """The environment of root's commands: a plain one, with this machine's settings of pip."""
    kept = ("PIP_", "SSL_CERT_")
    return {
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        **{key: value for key, value in os.environ.items() if key.startswith(kept)},
    }


def end_at_sigterm() -> None:
    """Let SIGTERM end this process as Ctrl-C does, so that every `with` cleans up."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def pip_folders() -> list[str]:
    """The folders of this machine that its pip configuration takes packages from."""
    listed = subprocess.run(
        ["python3", "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    words = [word.strip("'\"").removeprefix("file://") for word in listed.replace("=", " ").split()]
    folders = {Path(word.removesuffix("/simple")) for word in words if word.startswith("/")}
    return sorted(str(folder) for folder in folders if folder.is_dir())


def _base(suite: str, included: tuple[str, ...]) -> Path:
    """The base system of `suite`, made if it is not there; a half-made one is never used."""
    base = BUILD / (suite if included == INCLUDED else f"{suite}-{'-'.join(included)}")
    if base.exists():
        return base
    part = BUILD / f"{base.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    include = f"--include={','.join(included)}"
    subprocess.run(["debootstrap", "--variant=minbase", include, suite, part, *_mirror()], check=True)
    part.rename(base)
    return base


class Chroot:
    """A fresh Debian `suite` in which commands run in `folder`, deleted at the end of the `with`.

    sources: HEAD of this repository is in `folder`, and what builds from it is installed.
    """

    def __init__(self, suite: str, folder: str, *, sources: bool = True) -> None:
        self.root = BUILD / f"{suite}-{os.getpid()}"
        self._suite = suite
        self.folder = folder
        self._sources = sources

    def __enter__(self) -> Self:
        base = _base(self._suite, INCLUDED if self._sources else ("ca-certificates",))
        try:
            subprocess.run(["cp", "-a", "--reflink=auto", base, self.root], check=True)
            (self.root / self.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
            self._configure()
            if self._sources:
                self._unpack()
        except BaseException:
            self._delete()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._delete()

    def _delete(self) -> None:
        subprocess.run(["rm", "-rf", "--one-file-system", self.root], check=True)

    def _configure(self) -> None:
        apt = self.root / "etc/apt"
        shutil.rmtree(apt)
        shutil.copytree("/etc/apt", apt, symlinks=True)
        for sources in (apt / "sources.list", *apt.glob("sources.list.d/*")):
            if sources.is_file():
                text = sources.read_text("utf-8").replace(_codename(), self._suite)
                sources.write_text(text, "utf-8")
        for name in PIP:
            here, there = Path("/", name), self.root / name
            there.parent.mkdir(parents=True, exist_ok=True)
            if here.is_dir():
                shutil.copytree(here, there)
            elif here.exists():
                shutil.copy(here, there)
        if Path("/", CERTIFICATES).is_dir():
            shutil.copytree(Path("/", CERTIFICATES), self.root / CERTIFICATES, dirs_exist_ok=True)
        for name in ("etc/resolv.conf", "etc/hosts"):
            shutil.copy(Path("/", name), self.root / name)
        refusal = self.root / "usr/sbin/policy-rc.d"  # no package starts a service in a chroot
        refusal.write_text("#!/bin/sh\nexit 101\n", "utf-8")
        refusal.chmod(0o755)
        self.run("update-ca-certificates")

    def _unpack(self) -> None:
        target = self.root / self.folder.lstrip("/")
        with subprocess.Popen(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE) as archive:
            subprocess.run(["tar", "-x", "--no-same-owner", "-C", target], stdin=archive.stdout, check=True)
        identity = ("-c", "user.name=fresh", "-c", "user.email=fresh@example.org")
        self.run("git", "init", "--quiet")
        self.run("git", "add", "--all")
        self.run("git", *identity, "commit", "--quiet", "--message", "HEAD")

    def run(self, *command: str) -> None:
        """Run `command` as root in the repository; raises CalledProcessError where it fails."""
        inside = ["sh", "-euc", 'cd "$1"; shift; exec "$@"', "sh", self.folder, *command]
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        enter = ["sh", "-c", ENTER, "sh", str(self.root), " ".join(pip_folders()), *inside]
        subprocess.run([*namespaces, *enter], check=True, env=environment(), stdin=subprocess.DEVNULL)
