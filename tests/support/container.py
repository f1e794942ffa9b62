"""`make container-test`: the container file built, set up and asked, as its guide says. Needs root.

The base image is an empty Debian that is made here, under the name that the file begins with: a machine that
tests may reach no registry of images. Everything else is the guide's: the last commit's sources, the image, a
volume with the data, the ordinary user, `setup`, `serve` and the image's own question after its health.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console

from tests.support.chroot import ROOT, Chroot, end_at_sigterm, pip_folders
from tests.support.processes import free_port, running, wait_until

FILE = Path("deploy", "container", "Containerfile")
IMAGE = "hailong-central"
DATA, BACKUP = "/var/lib/hailong/central", "/var/backups/hailong"
USER = 990
PATIENCE = 300.0
"""Seconds until the server answers, next to other work."""


class Builder:
    """buildah with a store of its own in `folder`; what it builds runs in a chroot."""

    def __init__(self, folder: Path) -> None:
        self.command = ["buildah", "--storage-driver", "vfs"]
        self.command += ["--root", str(folder / "store"), "--runroot", str(folder / "run")]

    def __call__(self, *arguments: str | Path) -> str:
        """What a command of buildah prints; raises CalledProcessError where it fails."""
        done = subprocess.run([*self.command, *arguments], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def base(self, system: Path, name: str) -> None:
        """Give the files under `system` the name of an image."""
        container = self("from", "scratch")
        self("add", "--quiet", container, system, "/")
        self("commit", "--quiet", container, name)
        self("rm", container)

    @contextmanager
    def container(self, folder: Path) -> Iterator[list[str]]:
        """A container of the image with two volumes in `folder`; gives the beginning of commands in it."""
        name = self("from", "--pull-never", IMAGE)
        volumes = []
        for inside in (DATA, BACKUP):
            outside = folder / Path(inside).name
            outside.mkdir(mode=0o700)
            os.chown(outside, USER, USER)
            volumes += ["--volume", f"{outside}:{inside}"]
        yield [*self.command, "run", "--isolation", "chroot", *volumes, name, "--"]
        self("rm", name)


def sources(folder: Path) -> Path:
    """The last commit's files."""
    target = folder / "sources"
    target.mkdir()
    with subprocess.Popen(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "--no-same-owner", "-C", target], stdin=archive.stdout, check=True)
    return target


def main() -> int:
    """Build, set up and ask; raises at the first thing that is not as the guide says."""
    end_at_sigterm()
    console = Console()
    text = (ROOT / FILE).read_text("utf-8")
    (base,) = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    suite = re.findall(r":(\w+)-slim$", base)[0]
    with tempfile.TemporaryDirectory(prefix="hailong-container-") as temporary:
        folder = Path(temporary)
        builder = Builder(folder)
        with Chroot(suite, "/root", sources=False) as system:
            builder.base(system.root, base)
        context = sources(folder)
        shared = [f"--volume={each}:{each}:ro" for each in pip_folders()]
        how = ("build", "--isolation", "chroot", "--pull-never", "--format", "docker", *shared)
        builder(*how, "-t", IMAGE, "-f", context / FILE, context)
        console.print(f"{IMAGE}: built")
        with builder.container(folder) as inside:
            asked(inside, folder, console)
    return 0


def asked(inside: list[str], folder: Path, console: Console) -> None:
    """Set a centre up in a container, serve it, ask after its health."""

    def does(*command: str) -> str:
        return subprocess.run([*inside, *command], check=True, stdout=subprocess.PIPE, text=True).stdout

    assert does("id", "-u").strip() == str(USER)
    said = does(
        *("hailong-central", "setup", "--data", DATA, "--plain", "--name", "UBND phường Ví Dụ"),
        *("--address", "https://vi-du.example", "--person", "Người trông máy"),
    )
    assert "https://vi-du.example" in said
    port = free_port()
    serve = [*inside, "hailong-central", "serve", "--data", DATA, "--host", "127.0.0.1", "--port", str(port)]
    health = re.findall(r'CMD \["python3", "-c", "(.+)"\]', (ROOT / FILE).read_text("utf-8"))[0]
    question = health.replace("8700", str(port))

    def healthy() -> bool:
        asking = [*inside, "python3", "-c", question]
        return subprocess.run(asking, check=False, stderr=subprocess.DEVNULL).returncode == 0

    said_by_server = folder / "serve.log"
    with said_by_server.open("wb") as log, running(serve, os.environ, log=log) as server:
        try:
            wait_until(healthy, seconds=PATIENCE)
        except AssertionError:
            console.print(said_by_server.read_text("utf-8"), markup=False)
            raise
        finally:
            # buildah's own children leave its group, and would keep the container.
            for child in psutil.Process(server.pid).children(recursive=True):
                child.kill()
    console.print("set up and healthy as an ordinary user")


if __name__ == "__main__":
    sys.exit(main())
